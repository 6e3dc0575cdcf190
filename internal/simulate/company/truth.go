package company

import (
	"math"
	"sort"
	"time"
)

// TruthVersion changes when a field of Truth changes its meaning.
const TruthVersion = 1

// Truth is what truth.json holds, apart from the entities, which are
// streamed into its last field.
type Truth struct {
	Version   int             `json:"version"`
	Seed      uint64          `json:"seed"`
	Size      string          `json:"size"`
	Since     string          `json:"since"` // first day
	Until     string          `json:"until"` // the day after the last
	Zone      string          `json:"zone"`
	Shovels   []TrueShovel    `json:"shovels"`
	Effects   []Effect        `json:"effects"`
	Late      []Effect        `json:"late_answers"` // what a late first answer costs
	Campaigns []TrueCampaign  `json:"campaigns"`
	Precision []Effect        `json:"precision"` // hits per thousand, the segment against the random slice
	Themes    []TrueTheme     `json:"themes"`
	Handovers []TrueHandover  `json:"handovers"`
	Stopped   []TrueStop      `json:"stopped"` // what was switched off in the year
	Staff     []TrueStaff     `json:"staff"`
	Finance   []TrueFinance   `json:"finance"`
	Families  []TrueFamily    `json:"families"` // branches and their parents, by entity
	Entities  []TrueReference `json:"entities,omitempty"`
}

// TrueShovel says how a shovel came to whom.
type TrueShovel struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Kind     string            `json:"kind"`
	For      string            `json:"for"`
	Face     string            `json:"face"`
	Design   string            `json:"design"`
	NoEffect bool              `json:"no_effect"`
	Teams    map[string]string `json:"teams,omitempty"`  // team → first exposed day; "" for never
	People   map[string]string `json:"people,omitempty"` // HR number → first exposed day, team roll-outs included; the never exposed are left out
}

// Effect is one estimand with its truth. With and Without are the two
// potential outcomes of the same exposed units: without means that this one
// shovel (campaign, lateness) is taken away and all else stays.
type Effect struct {
	Shovel    string  `json:"shovel,omitempty"`
	Face      string  `json:"face"`
	Outcome   string  `json:"outcome"`   // what is measured, of which unit
	Estimand  string  `json:"estimand"`  // in words
	Files     string  `json:"files"`     // where the outcome stands
	Units     int     `json:"units"`     // exposed units that the figures are over
	Parameter float64 `json:"parameter"` // of the data-generating process
	Meaning   string  `json:"meaning"`   // of the parameter
	// Expected is over the luck of the outcomes, given who was exposed, when,
	// and how able they are; Realised is with the luck that was drawn.
	Expected Pair `json:"expected"`
	Realised Pair `json:"realised"`
}

// Pair holds both potential outcomes and what follows.
type Pair struct {
	With       float64 `json:"with"`
	Without    float64 `json:"without"`
	Difference float64 `json:"difference"`
	Ratio      float64 `json:"ratio"`
}

func pair(with, without float64) Pair {
	p := Pair{With: with, Without: without, Difference: with - without}
	if without != 0 {
		p.Ratio = with / without
	}
	return p
}

// TrueCampaign is a campaign's lift.
type TrueCampaign struct {
	ID       string  `json:"id"`
	Holdout  float64 `json:"holdout"`
	Targeted bool    `json:"targeted"`
	Treated  int     `json:"treated"`
	Control  int     `json:"control"`
	Lift     float64 `json:"lift"`     // the parameter: chance × (1 + lift)
	Expected Pair    `json:"expected"` // 14-day purchase share of the treated
	Realised Pair    `json:"realised"`
}

// TrueTheme is a planted theme.
type TrueTheme struct {
	Key       string   `json:"key"`
	ZH        string   `json:"zh"`
	EN        string   `json:"en"`
	Start     string   `json:"start"`
	End       string   `json:"end"` // exclusive
	Ramp      int      `json:"ramp_days"`
	PerDay    float64  `json:"per_day"`   // mean on an ordinary working day at the plateau, tickets and chat
	Tickets   []string `json:"tickets"`   // 工单号
	Messages  []string `json:"messages"`  // msgid
	Customers int      `json:"customers"` // distinct companies that wrote about it
}

// TrueHandover is a seat changing hands.
type TrueHandover struct {
	ID       string `json:"id"`
	From     string `json:"from"`
	To       string `json:"to"`
	Day      string `json:"day"`
	Pack     bool   `json:"pack"`
	Recovery int    `json:"recovery_days"`
	Without  int    `json:"without_days"`
	Accounts int    `json:"accounts"`
}

// TrueStop is a shovel that was switched off for some.
type TrueStop struct {
	Shovel string   `json:"shovel"`
	Day    string   `json:"day"`
	Teams  []string `json:"teams"`
}

// TrueStaff is a person's own ability: never in any export, and never to be
// shown; it is here so that estimates of it can be judged.
type TrueStaff struct {
	No      string  `json:"no"`
	Role    string  `json:"role"`
	Ability float64 `json:"ability"`
}

// TrueFinance is a month's figures of a business unit, in yuan.
type TrueFinance struct {
	Unit       string  `json:"unit"`
	Month      string  `json:"month"`
	Contracts  float64 `json:"contracts"`
	Payments   float64 `json:"payments"`
	Recognised float64 `json:"recognised"`
}

// TrueFamily names a branch and its parent: two entities, never one.
type TrueFamily struct {
	Branch string `json:"branch"`
	Parent string `json:"parent"`
}

// TrueReference says which entity a record of a system is.
type TrueReference struct {
	System string `json:"system"`
	Kind   string `json:"kind"` // account, person, staff
	ID     string `json:"id"`
	Entity string `json:"entity"`
}

// tally sums both potential outcomes.
type tally struct{ n, with, without, expWith, expWithout float64 }

func (t *tally) add(with, without, expWith, expWithout float64) {
	t.n++
	t.with += with
	t.without += without
	t.expWith += expWith
	t.expWithout += expWithout
}

func (t tally) effect(e Effect) Effect {
	e.Units = int(t.n)
	if t.n > 0 {
		e.Expected, e.Realised = pair(t.expWith/t.n, t.expWithout/t.n), pair(t.with/t.n, t.without/t.n)
	}
	return e
}

func one(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// effects gathers what the walks reveal.
type effects struct {
	exposed []exposure
	lost    map[int]bool // teams without the weekly lead list

	late, renew         tally
	reply, over24       tally
	replyLog, scriptLog tally
}

func (e *effects) addTicket(w *World, t *Ticket) {
	m := MonthOf(dayOf(t.Created))
	if w.Exposed(script, t.Agent, m) {
		l := math.Log(t.Replied.Sub(t.Created).Minutes())
		e.scriptLog.add(l, l, l, l)
	}
	if !w.Exposed(answers, t.Agent, m) {
		return
	}
	with, without := t.Replied.Sub(t.Created), t.without.Sub(t.Created)
	e.reply.add(with.Minutes(), without.Minutes(), with.Minutes(), without.Minutes())
	e.replyLog.add(math.Log(with.Minutes()), math.Log(without.Minutes()), math.Log(with.Minutes()), math.Log(without.Minutes()))
	e.over24.add(one(with > 24*time.Hour), one(without > 24*time.Hour), one(with > 24*time.Hour), one(without > 24*time.Hour))
}

func (e *effects) addFate(late, churn, churn0, renew, renew0 bool, pc, c0, pr, n0 float64) {
	if late {
		e.late.add(one(churn), one(churn0), pc, c0)
		e.renew.add(one(renew), one(renew0), pr, n0)
	}
}

// Truth walks the streams once more and says what everything really did.
// Finance and the themes' records are the exporter's to add, since only it
// knows the files' numbers.
func (w *World) Truth() Truth {
	t := Truth{
		Version: TruthVersion, Seed: w.Seed, Size: w.Size, Since: Date(0).Format(time.DateOnly), Until: Date(Days).Format(time.DateOnly), Zone: "Asia/Shanghai",
	}
	t.Shovels = w.trueShovels()
	t.Effects = append(t.Effects, w.rateEffects()...)
	t.Effects = append(t.Effects, w.winEffects()...)
	t.Effects = append(t.Effects, w.timeEffects()...)
	t.Late = []Effect{
		w.effects.late.effect(Effect{Face: "late", Outcome: "share of companies gone within 90 days of their index ticket", Files: "工单系统, 组织.csv 停用日期; 客户 流失日期 of both CRMs",
			Estimand: "mean difference for companies whose index ticket (the first before 2026-10-01) got its first reply after more than 24 wall-clock hours", Parameter: lateChurn, Meaning: "points added; the base depends on 优先级, which also speeds the answer: adjust for it"}),
		w.effects.renew.effect(Effect{Face: "late", Outcome: "share of companies that buy again (合同类型 续费) within 90 days of their index ticket", Files: "工单系统; 合同 of both CRMs",
			Estimand: "as above", Parameter: -lateRenew, Meaning: "points added"}),
	}
	t.Campaigns, t.Precision = w.campaignEffects()
	for _, h := range w.Handovers {
		t.Handovers = append(t.Handovers, TrueHandover{ID: HandoverKey(h.ID), From: w.Staff[h.From].No(), To: w.Staff[h.To].No(), Day: Date(h.Day).Format(time.DateOnly),
			Pack: h.Pack, Recovery: h.Recovery, Without: h.Without, Accounts: len(w.seats[h.Seat].accounts)})
	}
	stop := TrueStop{Shovel: Shovels[leads].ID, Day: Date(firstWorkday(Shovels[leads].Month)).Format(time.DateOnly)}
	for team := range w.effects.lost {
		stop.Teams = append(stop.Teams, w.Teams[team].Name)
	}
	sort.Strings(stop.Teams)
	t.Stopped = []TrueStop{stop}
	for _, s := range w.Staff {
		t.Staff = append(t.Staff, TrueStaff{No: s.No(), Role: s.Role, Ability: round(s.Ability, 6)})
	}
	for c, co := range w.Companies {
		if co.Parent >= 0 {
			t.Families = append(t.Families, TrueFamily{Branch: CompanyEntity(c), Parent: CompanyEntity(int(co.Parent))})
		}
	}
	return t
}

func round(x float64, places int) float64 {
	p := math.Pow(10, float64(places))
	return math.Round(x*p) / p
}

func (w *World) trueShovels() (out []TrueShovel) {
	for k, s := range Shovels {
		x := TrueShovel{ID: s.ID, Name: s.ZH, Kind: s.Kind, For: s.For, Face: s.Face, Design: s.Design, NoEffect: s.None, Teams: map[string]string{}, People: map[string]string{}}
		for _, r := range w.Rollouts {
			if r.Shovel == k && r.Team >= 0 {
				x.Teams[w.Teams[r.Team].Name] = Date(firstWorkday(r.Month)).Format(time.DateOnly)
			}
		}
		if len(x.Teams) > 0 {
			for _, team := range w.teamsOf(s.For) {
				if _, ok := x.Teams[w.Teams[team].Name]; !ok {
					x.Teams[w.Teams[team].Name] = ""
				}
			}
		}
		if k == broker {
			for d, m := range w.BrokerRollouts() {
				x.Teams[d] = ""
				if m < Months {
					x.Teams[d] = Date(firstWorkday(m)).Format(time.DateOnly)
				}
			}
		}
		for i, m := range w.effects.exposed[k] {
			if m < Months {
				x.People[w.Staff[i].No()] = Date(max(firstWorkday(int(m)), w.Staff[i].Joined)).Format(time.DateOnly)
			}
		}
		out = append(out, x)
	}
	return out
}
