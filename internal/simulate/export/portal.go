package export

import (
	"fmt"
	"time"

	"github.com/chanzipu/outfitter/internal/simulate/company"
	"github.com/chanzipu/outfitter/internal/simulate/sink"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
)

// designs as the roll-out list spells them.
var designs = map[string]string{stage.TeamsAtRandom: "随机分批", stage.PeopleAtRandom: "随机个人", stage.Volunteers: "自愿报名", stage.Withdrawn: "全员", stage.CampaignsOf: "按活动"}

// rolloutDay is the first working day of a month: the day of a roll-out.
func rolloutDay(m int) sink.Day {
	d := stage.FirstDay(m)
	for !stage.Workday(d) {
		d++
	}
	return sink.Day(d)
}

// shovels writes the catalogue and the roll-out list.
func (e *exporter) shovels() {
	w := e.w
	o := e.Open("po.shovel", "").Header()
	for k, s := range stage.Shovels {
		launched, stopped := rolloutDay(s.Month), sink.NoDay
		if s.Design == stage.Withdrawn {
			launched, stopped = sink.Day(stage.DayOf("2024-05-06")), rolloutDay(s.Month)
		}
		owner := w.Staff[e.owner(k)]
		o.Row(s.ID, s.ZH, s.Kind, s.For, owner.No(), launched, stopped, s.YearCost, s.Line)
	}
	o.Close()

	a := e.Open("po.access", "").Header()
	for _, r := range w.Rollouts {
		s := stage.Shovels[r.Shovel]
		scope, team, who := "团队", "", ""
		day := rolloutDay(r.Month)
		if r.Team >= 0 {
			team = w.Teams[r.Team].Name
		} else {
			scope, who, team = "个人", w.Staff[r.Staff].No(), w.TeamName(r.Staff, r.Month)
		}
		stopped := sink.NoDay
		if s.Design == stage.Withdrawn {
			day = sink.Day(stage.DayOf("2024-05-06"))
		}
		if r.Stop < stage.Months {
			stopped = rolloutDay(r.Stop)
			a.Verb("shovel.disabled")
		}
		a.Row(s.ID, scope, team, who, day, stopped, designs[s.Design])
		a.Verb("shovel.enabled")
	}
	joins := w.BrokerRollouts()
	for _, d := range company.Departments {
		if joins[d] < stage.Months {
			a.Row(stage.Shovels[14].ID, "团队", d, "", rolloutDay(joins[d]), sink.NoDay, designs[stage.TeamsAtRandom])
			a.Verb("shovel.enabled")
		}
	}
	a.Close()
}

// owner is the person of the middle office who looks after a shovel.
func (e *exporter) owner(k int) int {
	var hands []int
	for _, s := range e.w.Staff {
		if s.Role == stage.Middle && s.Left == stage.Days && !s.Newcomer() {
			hands = append(hands, s.ID)
		}
	}
	return hands[k%len(hands)]
}

// delivery is a line of the portal's log.
type delivery struct {
	ID          string `json:"id"`
	TS          string `json:"ts"`
	Event       string `json:"event"`
	Shovel      string `json:"shovel"`
	Kind        string `json:"kind"`
	Staff       string `json:"staff"`
	Team        string `json:"team"`
	System      string `json:"system,omitempty"`
	Account     string `json:"account,omitempty"`
	Opportunity string `json:"opportunity,omitempty"`
	Reason      string `json:"reason,omitempty"`
}

func (e *exporter) deliveries() {
	w := e.w
	var o *sink.Out
	month := -1
	for d := range w.Deliveries {
		if at := stage.MonthOf(dayNumber(d.Time)); at != month {
			if o != nil {
				o.Close()
			}
			o, month = e.Open("po.delivery", stage.MonthName(at)), at
		}
		s := stage.Shovels[d.Shovel]
		x := delivery{ID: fmt.Sprintf("D%010d-%c", d.Seq+1, d.Verb[7]), TS: d.Time.Format(time.RFC3339), Event: d.Verb, Shovel: s.ID, Kind: s.Kind, Staff: w.Staff[d.Staff].No(), Team: w.TeamName(d.Staff, month), Reason: d.Reason}
		if d.Verb == "shovel.opened" {
			x.ID += "p"
		}
		if d.Account >= 0 {
			x.System, x.Account = w.AccountSystem(d.Account), w.AccountKey(d.Account)
		}
		if d.Opportunity >= 0 {
			x.Opportunity = OpportunityKey(w.Accounts[d.Account].Unit, d.Opportunity)
		}
		o.Verb(d.Verb)
		if !o.Row(x) {
			break
		}
	}
	if o != nil {
		o.Close()
	}
}

func (e *exporter) tasks() {
	o := e.Open("po.task", "").Header()
	for t := range e.w.Tasks {
		shovel, held, effort := "", "否", any(t.Minutes)
		if t.Access {
			shovel = stage.Shovels[company.TaskKinds[t.Kind].Shovel].ID
		}
		if t.Withheld {
			held = "是"
		}
		o.Verb("task.started")
		if t.End.IsZero() {
			effort = ""
		} else {
			o.Verb("task.ended")
		}
		if !o.Row("RW"+pad(t.Seq+1, 8), company.TaskKinds[t.Kind].Name, e.w.Staff[t.Staff].No(), t.Start, t.End, effort, shovel, held) {
			break
		}
	}
	o.Close()
}

// brokerLine is a line of the broker's log.
type brokerLine struct {
	ID     string `json:"id"`
	TS     string `json:"ts"`
	Event  string `json:"event"`
	Need   string `json:"need"`
	Offer  string `json:"offer,omitempty"`
	From   string `json:"from"`
	To     string `json:"to"`
	Staff  string `json:"staff"`
	Title  string `json:"title"`
	TwoWay bool   `json:"two_way"`
	Via    string `json:"via"`
}

// broker writes the needs and what became of them, need by need.
func (e *exporter) broker() {
	o := e.Open("po.broker", "")
	for n := range e.w.Needs {
		via, offer := "群里问", fmt.Sprintf("O%07d", n.ID+1)
		if n.Desk {
			via = "撮合台"
		}
		steps := []struct {
			verb string
			at   time.Time
		}{{"need.raised", n.Raised}, {"offer.made", n.Offered}, {"match.made", n.Matched}, {"flow.delivered", n.Delivered}}
		for i, s := range steps {
			if s.at.IsZero() || !s.at.Before(stage.Date(stage.Days)) {
				continue
			}
			x := brokerLine{ID: fmt.Sprintf("N%07d-%d", n.ID+1, i), TS: s.at.Format(time.RFC3339), Event: s.verb, Need: fmt.Sprintf("N%07d", n.ID+1), From: company.Departments[n.From], To: company.Departments[n.To], Staff: e.w.Staff[n.Staff].No(), Title: n.Title, TwoWay: n.TwoWay, Via: via}
			if i > 0 {
				x.Offer = offer
			}
			o.Row(x)
			o.Verb(s.verb)
		}
	}
	o.Close()

	h := e.Open("po.handover", "").Header()
	for _, x := range e.w.Handovers {
		pack := "无"
		if x.Pack {
			pack = "有"
		}
		for _, a := range e.w.SeatAccounts(x.Seat) {
			h.Row(company.HandoverKey(x.ID), e.w.Staff[x.From].No(), e.w.Staff[x.To].No(), e.w.AccountSystem(int(a)), e.w.AccountKey(int(a)), sink.Day(x.Day), pack)
			h.Verb("account.handed")
		}
	}
	h.Close()
}

// views writes who looked at which BI report.
func (e *exporter) views() {
	w := e.w
	o := e.Open("bi.view", "").Header()
	reports := []string{"经营日报", "赢单漏斗", "回款跟踪", "续费到期", "客服时效", "活动复盘", "库存预警"}
	n := 0
	for m := range stage.Months {
		for _, s := range w.Staff {
			if s.TeamIn(m) < 0 {
				continue
			}
			r := w.Rand("view", s.ID, m)
			for range stage.CountOf(r, w.ViewsPer) {
				n++
				k := int(float64(len(reports)) * r.Float64() * r.Float64())
				day := stage.FirstDay(m) + r.IntN(28)
				for !stage.Workday(day) {
					day = stage.FirstDay(m) + r.IntN(28)
				}
				exported := "否"
				if r.IntN(6) == 0 {
					exported = "是"
				}
				o.Row("V"+pad(n, 9), s.No(), fmt.Sprintf("BI%03d", 101+k), reports[k], stage.Date(day).Add(time.Duration(9*3600+r.IntN(9*3600))*time.Second), 5+r.IntN(600), exported)
				o.Verb("report.viewed")
			}
		}
	}
	o.Close()
}
