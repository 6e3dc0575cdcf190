package stage

import (
	"fmt"
	"math"
	"strings"

	"github.com/chanzipu/outfitter/internal/simulate/lexicon"
)

// Roles of staff.
const (
	Sales   = "销售"
	Growth  = "增长"
	Service = "客服"
	Product = "产品"
	Middle  = "中台"
)

// The two business units; each keeps its own CRM.
const (
	Enterprise = 0 // 企业事业部, 纷享销客
	Starter    = 1 // 成长事业部, 销售易
)

// Units names the business units.
var Units = [2]string{"企业事业部", "成长事业部"}

// A Team is a sales team, a growth team, a service group …
type Team struct {
	ID     int
	Name   string
	Role   string
	Unit   int    // sales only
	Region string // sales only
}

// A Stint is the time [From, To) in months that a person sits in a team.
type Stint struct{ Team, From, To int }

// A Staff is one person who works here. Ability is x in y = a·x: the truth
// knows it, no export does.
type Staff struct {
	ID     int
	Name   lexicon.Person
	Login  string // 销售易, 工单系统, 禅道
	WeCom  string
	Mobile string
	Role   string
	Title  string
	Joined int // first day; negative: before the span
	Left   int // the day after the last one; Days: still here
	Stints []Stint
	// Ability multiplies the rate of new opportunities; mean 1 in logs at 0.
	Ability float64
	// Rank is the ability's share of colleagues below, in [0,1).
	Rank float64
	Wage float64 // gross yuan per month
}

// No is the HR number.
func (s Staff) No() string { return fmt.Sprintf("CC%05d", s.ID+1) }

// Newcomer says whether the person joined within the span.
func (s Staff) Newcomer() bool { return s.Joined > 0 }

// TeamIn gives the team in month m, or -1 when not employed then.
func (s Staff) TeamIn(m int) int {
	for _, t := range s.Stints {
		if t.From <= m && m < t.To {
			return t.Team
		}
	}
	return -1
}

// A Seat is a sales position with its accounts: people come and go, the
// accounts stay with the seat.
type Seat struct {
	Team      int
	Occupants [Months]int
	Accounts  []int32
	Weights   Sampler // over Accounts
}

// A Handover is a seat changing hands at the start of a month.
type Handover struct {
	ID       int
	Seat     int
	From, To int // staff
	Day      int
	Pack     bool // with the hand-over pack, drawn at random since 2026
	Recovery int  // days until the successor's first follow-up on these accounts
	Without  int  // what Recovery would have been without the pack
}

const abilitySigma = 0.45

func (w *Stage) hireAll() {
	for u := range 2 {
		for i := range w.SalesTeams / 2 {
			region := lexicon.Regions[i%len(lexicon.Regions)]
			w.Teams = append(w.Teams, Team{
				ID: len(w.Teams), Name: fmt.Sprintf("%s%s%s组", Units[u][:6], region, ordinal(i/len(lexicon.Regions)+1)),
				Role: Sales, Unit: u, Region: region,
			})
		}
	}
	w.addTeams(w.GrowthTeams, Growth, "增长%s组")
	w.addTeams(w.ServiceGroups, Service, "客服%s组")
	w.addTeams(max(1, w.ProductStaff/8), Product, "产品%s组")
	w.addTeams(max(1, w.MiddleStaff/8), Middle, "中台%s组")

	for _, t := range w.Teams {
		n := 4
		switch t.Role {
		case Sales:
			n = w.SeatsPerTeam
		case Product:
			n = w.ProductStaff / max(1, w.ProductStaff/8)
		case Middle:
			n = w.MiddleStaff / max(1, w.MiddleStaff/8)
		}
		for range n {
			s := w.hire(t.Role, -30-w.Rand("tenure", len(w.Staff)).IntN(1500))
			w.Staff[s].Stints = []Stint{{t.ID, 0, Months}}
			if t.Role == Sales {
				st := Seat{Team: t.ID}
				for m := range Months {
					st.Occupants[m] = s
				}
				w.Seats = append(w.Seats, st)
			}
		}
	}
	w.turnOver()
	w.rank()
}

func ordinal(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	if n < 10 {
		return digits[n]
	}
	s := "十" + digits[n%10]
	if n >= 20 {
		s = digits[n/10] + s
	}
	return s
}

func (w *Stage) addTeams(n int, role, pattern string) {
	for i := range n {
		name := fmt.Sprintf(pattern, fmt.Sprint(i+1))
		if i < 99 {
			name = fmt.Sprintf(pattern, ordinal(i+1))
		}
		w.Teams = append(w.Teams, Team{ID: len(w.Teams), Name: name, Role: role})
	}
}

func (w *Stage) hire(role string, joined int) int {
	id := len(w.Staff)
	r := w.Rand("staff", id)
	s := Staff{ID: id, Name: lexicon.NewPerson(r), Mobile: lexicon.Mobile(r), Role: role, Joined: joined, Left: Days}
	s.Ability = math.Exp(abilitySigma * r.NormFloat64())
	login := s.Name.Roman + s.Name.Pinyin()
	if w.logins[login]++; w.logins[login] > 1 {
		login = fmt.Sprintf("%s%d", login, w.logins[login])
	}
	s.Login = login
	s.WeCom = strings.ToUpper(s.Name.Roman[:1]) + s.Name.Roman[1:] + "." + login[len(s.Name.Roman):]
	switch role {
	case Sales:
		s.Title = []string{"客户经理", "高级客户经理", "销售代表"}[r.IntN(3)]
		s.Wage = Lognormal(r, 13_000, 0.18) * math.Pow(s.Ability, 0.4)
	case Growth:
		s.Title = []string{"增长运营", "活动策划", "内容运营"}[r.IntN(3)]
		s.Wage = Lognormal(r, 17_000, 0.2)
	case Service:
		s.Title = []string{"客服专员", "高级客服"}[r.IntN(2)]
		s.Wage = Lognormal(r, 8_500, 0.15)
	case Product:
		s.Title = []string{"产品经理", "研发工程师", "测试工程师"}[r.IntN(3)]
		s.Wage = Lognormal(r, 24_000, 0.25)
	default:
		s.Title = []string{"数据分析师", "中台运营", "内容运营", "数据工程师"}[r.IntN(4)]
		s.Wage = Lognormal(r, 19_000, 0.22)
	}
	s.Wage = math.Round(s.Wage/100) * 100
	w.Staff = append(w.Staff, s)
	return id
}

// turnOver lets people leave at a month's end, puts newcomers in their
// seats at the start of the next, and lets colleagues swap teams.
func (w *Stage) turnOver() {
	for m := 1; m < Months; m++ {
		for i := range w.Seats {
			st := &w.Seats[i]
			r := w.Rand("turnover", i, m)
			old := st.Occupants[m]
			if w.Staff[old].TeamIn(m-1) < 0 || FirstDay(m)-w.Staff[old].Joined < 90 || r.Float64() > 0.024*seasonOfLeaving(m) {
				continue
			}
			w.leave(old, m)
			next := w.hire(Sales, FirstWorkday(m))
			w.Staff[next].Stints = []Stint{{st.Team, m, Months}}
			w.occupy(i, next, m)
			w.handOver(i, old, next, m)
		}
		for i := range w.Seats {
			r := w.Rand("swap", i, m)
			j := r.IntN(len(w.Seats))
			a, b := w.Seats[i].Occupants[m], w.Seats[j].Occupants[m]
			ta, tb := w.Seats[i].Team, w.Seats[j].Team
			if r.Float64() > 0.003 || ta == tb || w.Teams[ta].Unit != w.Teams[tb].Unit || !w.settled(a, m) || !w.settled(b, m) {
				continue
			}
			w.move(a, tb, m)
			w.move(b, ta, m)
			w.occupy(i, b, m)
			w.occupy(j, a, m)
			w.handOver(i, a, b, m)
			w.handOver(j, b, a, m)
		}
	}
	for i := range w.Staff { // others leave too, and are replaced in kind
		s := w.Staff[i]
		if s.Role == Sales || s.Newcomer() {
			continue
		}
		r := w.Rand("others", i)
		if m := 1 + r.IntN(Months*6); m < Months {
			w.leave(i, m)
			next := w.hire(s.Role, FirstWorkday(m))
			w.Staff[next].Stints = []Stint{{s.Stints[0].Team, m, Months}}
		}
	}
}

// People leave after the year's bonus, in March.
func seasonOfLeaving(m int) float64 {
	if (m+6)%12 == 2 {
		return 2.2
	}
	return 0.9
}

func (w *Stage) settled(s, m int) bool {
	return len(w.Staff[s].Stints) == 1 && FirstDay(m)-w.Staff[s].Joined > 90
}

func (w *Stage) leave(s, m int) {
	st := &w.Staff[s]
	st.Left = FirstDay(m)
	st.Stints[len(st.Stints)-1].To = m
}

func (w *Stage) move(s, team, m int) {
	st := &w.Staff[s]
	st.Stints[len(st.Stints)-1].To = m
	st.Stints = append(st.Stints, Stint{team, m, Months})
}

func (w *Stage) occupy(seat, s, m int) {
	for ; m < Months; m++ {
		w.Seats[seat].Occupants[m] = s
	}
}

// handOver records the change; the recovery's luck is one draw, so that the
// time without the pack is known too.
func (w *Stage) handOver(seat, from, to, m int) {
	id := len(w.Handovers)
	r := w.Rand("handover", id)
	without := int(math.Ceil(Lognormal(r, recoveryMedian, recoverySigma)))
	h := Handover{ID: id, Seat: seat, From: from, To: to, Day: FirstWorkday(m), Recovery: without, Without: without}
	if m >= PreMonths && r.IntN(2) == 0 {
		h.Pack = true
		h.Recovery = int(math.Ceil(float64(without) * HandoverRatio))
	}
	w.Handovers = append(w.Handovers, h)
}

// Days to the recovery of a hand-over without the pack.
const recoveryMedian, recoverySigma = 38, 0.55

// MeanRecovery is the mean of a hand-over's days to recovery: a mean of whole
// numbers is the sum of the chances to exceed each.
func MeanRecovery(pack bool) (mean float64) {
	step := 1.0
	if pack {
		step = 1 / HandoverRatio
	}
	for k := range 2000 {
		z := math.Log(step*float64(k)/recoveryMedian) / recoverySigma
		mean += 0.5 * math.Erfc(z/math.Sqrt2)
	}
	return mean
}

func (w *Stage) rank() {
	n := len(w.Staff)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	SortBy(order, func(i int) float64 { return w.Staff[i].Ability })
	bySales := 0
	for _, i := range order {
		if w.Staff[i].Role == Sales {
			bySales++
		}
	}
	k := 0
	for _, i := range order {
		if w.Staff[i].Role == Sales {
			w.Staff[i].Rank = float64(k) / float64(bySales)
			k++
		}
	}
}
