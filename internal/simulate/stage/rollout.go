package stage

import "math/rand/v2"

// Designs say who got a shovel when, and why; the truth of each design is
// what decides which estimators may be used.
const (
	TeamsAtRandom  = "teams-at-random"  // 随机分批: teams drawn by lot into cohorts, one of them never
	PeopleAtRandom = "people-at-random" // 随机个人: half of the people drawn by lot on one day, later joiners when they join
	Volunteers     = "volunteers"       // 自愿报名: better people adopt earlier
	Withdrawn      = "withdrawn"        // 全员 since before the span, switched off for teams drawn by lot
	CampaignsOf    = "campaigns"        // decided campaign by campaign
)

// A Shovel is one thing that the middle office hands over.
type Shovel struct {
	ID, ZH, EN string
	Kind       string // message, brief, battlecard, segment, report, answer, contact
	For        string // role
	Face       string // floor, ceiling, constant, hours, precision, speed, continuity, none
	Design     string
	Month      int // the first roll-out; for Withdrawn the month of switching off
	YearCost   int // yuan, besides wages
	Line       string
	None       bool // exactly no effect, on anything
}

// Numbers of the shovels in Shovels.
const (
	Battlecard = iota
	BrandMessage
	CustomerBrief
	StarterPack
	Navigation
	Playbook
	MarketDaily
	QuoteTemplate
	CaseCollection
	PreciseSegment
	CampaignArchive
	AnswerLibrary
	HandoverPack
	LeadList
	BrokerDesk
	PhraseCards
	shovelCount
)

// The parameters of the effects; README.md's table prints them.
const (
	FloorLine     = 3    // new opportunities per month: the line fixed beforehand
	FloorLevel    = 4.5  // mean up to which the floor lifts
	FloorShare    = 0.7  // share of the gap to floorLevel that is closed
	CeilingRank   = 0.6  // ability rank above which the playbook helps
	CeilingGain   = 0.4  // gain at the very top, linear from 0 at ceilingRank
	BattlecardK   = 1.20 // times the chance to win, access at closing
	BriefK        = 1.25 // times the chance to win, where a brief was used
	StarterRatio  = 0.70 // times the days to the first deal
	NavigationK   = 1.06 // times the rate of new opportunities
	LeadsK        = 1.15 // the same, until switched off
	IdeaRatio     = 0.55 // times the days from seeking to choosing
	LaunchRatio   = 0.80 // times the days from choosing to launch
	HitBefore     = 0.18 // share of ideas that reach their target
	HitAfter      = 0.30
	ReplyRatio    = 0.60 // times the service minutes to a first reply
	HandoverRatio = 0.50 // times the days to recovery
	BrokerRatio   = 0.50 // times the days from need to delivery
	PrepRatio     = 0.20 // times the effort of preparing a visit
	SearchRatio   = 0.12 // times the effort of finding competitor material
	PullRatio     = 0.30 // times the effort of pulling data
	LateChurn     = 0.08 // points of 90-day churn that a late first answer adds
	LateRenew     = 0.10 // points of 90-day repurchase that it costs
)

// Shovels are all of them, in order of their numbers.
var Shovels = [shovelCount]Shovel{
	{ID: "SH01", ZH: "竞品战卡", EN: "competitor battlecards", Kind: "battlecard", For: Sales, Face: "constant", Design: TeamsAtRandom, Month: 8, YearCost: 60_000, Line: "赢单数 / 结单数"},
	{ID: "SH02", ZH: "品牌口径", EN: "brand message", Kind: "message", For: Sales, Face: "floor", Design: TeamsAtRandom, Month: 7, YearCost: 40_000, Line: "每人每月新商机不少于3个"},
	{ID: "SH03", ZH: "客户简报", EN: "customer brief", Kind: "brief", For: Sales, Face: "constant", Design: PeopleAtRandom, Month: 9, YearCost: 90_000, Line: "赢单数 / 结单数"},
	{ID: "SH04", ZH: "新人大礼包", EN: "starter pack", Kind: "message", For: Sales, Face: "floor", Design: PeopleAtRandom, Month: 6, YearCost: 20_000, Line: "入职到首单的天数"},
	{ID: "SH05", ZH: "深挖导航", EN: "where to dig next", Kind: "segment", For: Sales, Face: "constant", Design: Volunteers, Month: 7, YearCost: 50_000, Line: "每人每月新商机"},
	{ID: "SH06", ZH: "高手打法库", EN: "top performers' plays", Kind: "answer", For: Sales, Face: "ceiling", Design: TeamsAtRandom, Month: 9, YearCost: 35_000, Line: "每人每月新商机的P90"},
	{ID: "SH07", ZH: "行业日报", EN: "market daily", Kind: "report", For: Sales, Face: "none", Design: TeamsAtRandom, Month: 7, YearCost: 30_000, Line: "每人每月新商机", None: true},
	{ID: "SH08", ZH: "报价模板", EN: "quote template", Kind: "message", For: Sales, Face: "none", Design: PeopleAtRandom, Month: 10, YearCost: 10_000, Line: "赢单数 / 结单数", None: true},
	{ID: "SH09", ZH: "案例集", EN: "case collection", Kind: "report", For: Sales, Face: "none", Design: Volunteers, Month: 8, YearCost: 25_000, Line: "每人每月新商机", None: true},
	{ID: "SH10", ZH: "精准人群包", EN: "precise segment", Kind: "segment", For: Growth, Face: "precision", Design: CampaignsOf, Month: 8, YearCost: 80_000, Line: "每千人成交人数"},
	{ID: "SH11", ZH: "战役档案", EN: "campaign archive", Kind: "report", For: Growth, Face: "hours", Design: TeamsAtRandom, Month: 8, YearCost: 30_000, Line: "从找想法到选定的天数"},
	{ID: "SH12", ZH: "答案库", EN: "answer library", Kind: "answer", For: Service, Face: "speed", Design: TeamsAtRandom, Month: 8, YearCost: 70_000, Line: "首次回复超过24小时的占比"},
	{ID: "SH13", ZH: "交接包", EN: "hand-over pack", Kind: "contact", For: Sales, Face: "continuity", Design: PeopleAtRandom, Month: 6, YearCost: 15_000, Line: "交接到首次跟进的天数"},
	{ID: "SH14", ZH: "每周线索清单", EN: "weekly lead list", Kind: "segment", For: Sales, Face: "constant", Design: Withdrawn, Month: 14, YearCost: 45_000, Line: "每人每月新商机"},
	{ID: "SH15", ZH: "撮合台", EN: "broker desk", Kind: "contact", For: Middle, Face: "speed", Design: TeamsAtRandom, Month: 9, YearCost: 20_000, Line: "从需求到交付的天数"},
	{ID: "SH16", ZH: "话术卡", EN: "phrase cards", Kind: "answer", For: Service, Face: "none", Design: TeamsAtRandom, Month: 10, YearCost: 12_000, Line: "首次回复分钟数", None: true},
}

// A Rollout is one line of the roll-out list.
type Rollout struct {
	Shovel int
	Team   int // -1: a person's
	Staff  int // -1: a team's
	Month  int // exposed from the start of this month
	Stop   int // month of switching off; Months: never
}

// cohortGap is the months between the cohorts of a staggered roll-out.
const CohortGap = 2

// Exposure of one shovel: month of first access per person, Months for never.
type Exposure []int8

func (w *Stage) rollOut() {
	w.Access = make([]Exposure, shovelCount)
	for k := range Shovels {
		e := make(Exposure, len(w.Staff))
		for i := range e {
			e[i] = Months
		}
		w.Access[k] = e
		switch Shovels[k].Design {
		case TeamsAtRandom:
			if k != BrokerDesk {
				w.rollOutTeams(k, e)
			}
		case PeopleAtRandom:
			if k != HandoverPack {
				w.rollOutPeople(k, e)
			}
		case Volunteers:
			w.rollOutVolunteers(k, e)
		case Withdrawn:
			w.withdraw(k, e)
		}
	}
}

// Cohorts draws teams into four cohorts of equal size, three gaps apart and
// one never.
func (w *Stage) Cohorts(k int) map[int]int {
	s := Shovels[k]
	teams := w.TeamsOf(s.For)
	r := w.Rand("cohort", k)
	r.Shuffle(len(teams), func(i, j int) { teams[i], teams[j] = teams[j], teams[i] })
	month := map[int]int{}
	for i, t := range teams {
		c := i * 4 / len(teams)
		month[t] = s.Month + c*CohortGap
		if c == 3 {
			month[t] = Months
		}
	}
	return month
}

// rollOutTeams: access comes with the team and stays with the person.
func (w *Stage) rollOutTeams(k int, e Exposure) {
	month := w.Cohorts(k)
	for _, t := range w.TeamsOf(Shovels[k].For) {
		if month[t] < Months {
			w.Rollouts = append(w.Rollouts, Rollout{Shovel: k, Team: t, Staff: -1, Month: month[t], Stop: Months})
		}
	}
	for i, s := range w.Staff {
		if s.Role != Shovels[k].For {
			continue
		}
		for _, st := range s.Stints {
			if from := max(st.From, month[st.Team]); from < st.To {
				e[i] = min(e[i], int8(from))
			}
		}
	}
}

func (w *Stage) rollOutPeople(k int, e Exposure) {
	s := Shovels[k]
	for i, p := range w.Staff {
		from := p.Stints[0].From
		if p.Role != s.For || MonthOf(p.Left-1) < s.Month || w.Rand("lot", k, i).IntN(2) == 1 {
			continue
		}
		if k == StarterPack && (!p.Newcomer() || from < s.Month) {
			continue
		}
		e[i] = int8(max(from, s.Month))
		w.Rollouts = append(w.Rollouts, Rollout{Shovel: k, Team: -1, Staff: i, Month: int(e[i]), Stop: Months})
	}
}

// rollOutVolunteers: the quarter with the highest score comes first, the
// next ones cohortGap months later each, the last quarter never. The score
// is the ability's rank and as much noise as leaves a correlation of about
// two thirds.
func (w *Stage) rollOutVolunteers(k int, e Exposure) {
	s := Shovels[k]
	var order []int
	score := make([]float64, len(w.Staff))
	for i, p := range w.Staff {
		if p.Role == s.For {
			score[i] = -(p.Rank + 0.3*w.Rand("eager", k, i).NormFloat64())
			order = append(order, i)
		}
	}
	SortBy(order, func(i int) float64 { return score[i] })
	for n, i := range order {
		c := n * 4 / len(order)
		from := max(s.Month+c*CohortGap, w.Staff[i].Stints[0].From)
		if c == 3 || from > MonthOf(w.Staff[i].Left-1) {
			continue
		}
		e[i] = int8(from)
		w.Rollouts = append(w.Rollouts, Rollout{Shovel: k, Team: -1, Staff: i, Month: from, Stop: Months})
	}
}

// withdraw: everybody has it from the start, half of the teams lose it; a
// person has it while her team has.
func (w *Stage) withdraw(k int, e Exposure) {
	s := Shovels[k]
	teams := w.TeamsOf(s.For)
	r := w.Rand("cohort", k)
	r.Shuffle(len(teams), func(i, j int) { teams[i], teams[j] = teams[j], teams[i] })
	w.Lost = map[int]bool{}
	for i, t := range teams {
		ro := Rollout{Shovel: k, Team: t, Staff: -1, Month: 0, Stop: Months}
		if i < len(teams)/2 {
			w.Lost[t] = true
			ro.Stop = s.Month
		}
		w.Rollouts = append(w.Rollouts, ro)
	}
	for i, p := range w.Staff {
		if p.Role == s.For {
			e[i] = int8(p.Stints[0].From)
		}
	}
}

// Exposed says whether the person has access to shovel k in month m.
func (w *Stage) Exposed(k, staff, m int) bool {
	if m >= Months || int(w.Access[k][staff]) > m {
		return false
	}
	if k == LeadList && m >= Shovels[LeadList].Month {
		return !w.Lost[w.Staff[staff].TeamIn(m)]
	}
	return true
}

// adopts says whether this person takes up what she is offered: the abler,
// the likelier. Use is a choice, so comparing users with others misleads.
func Adopts(r *rand.Rand, s Staff, base float64) bool {
	return r.Float64() < base*(0.5+s.Rank)
}
