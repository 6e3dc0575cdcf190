package evaluate

import (
	"fmt"
	"time"

	"github.com/chanzipu/outfitter/internal/simulate/company"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
	"github.com/chanzipu/outfitter/internal/value/sample"
)

// The sources, as the example mappings name them.
const (
	srcHR, srcPortal, srcTicket, srcGrowth = "hr", "portal", "ticket", "growth"
)

var srcCRM = [2]string{"fxiaoke", "xiaoshouyi"}

// exported is when the made company's systems wrote their exports: what
// happened later stands in none.
var exported = stage.DayOf("2027-01-04")

// A writer puts a world's events into a book.
type writer struct {
	w      *company.World
	events []sample.Event
}

// Book keeps the events that an import of the world's exports with the
// example mappings would give, as far as the templates ask for them.
func Book(w *company.World) *sample.Book {
	b := &writer{w: w}
	b.sales()
	b.service()
	b.growth()
	b.portal()
	stays := b.people()
	until := stage.Date(stage.Days - 1)
	last := map[string]time.Time{srcHR: until, srcPortal: until, srcTicket: stage.Date(exported - 1), srcGrowth: until, srcCRM[0]: until, srcCRM[1]: until}
	return sample.NewBook(b.events, stays, last)
}

func (b *writer) put(e sample.Event) {
	if e.Day.IsZero() {
		e.Day = midnight(e.TS)
	}
	b.events = append(b.events, e)
}

// onDay is an event known only to the day.
func (b *writer) onDay(day int, e sample.Event) {
	e.TS, e.Coarse = stage.Date(day), true
	b.put(e)
}

func midnight(t time.Time) time.Time {
	t = t.In(stage.Zone)
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, stage.Zone)
}

func (b *writer) no(staff int) string { return b.w.Staff[staff].No() }

func (b *writer) account(a int) string { return b.w.AccountSystem(a) + "/" + b.w.AccountKey(a) }

// sales are deals and notes; a deal stands in the CRM of its account's unit.
func (b *writer) sales() {
	w := b.w
	for o := range w.Opportunities {
		amount := o.Amount
		e := sample.Event{Verb: "deal.created", TS: o.Created, Staff: b.no(o.Creator), Account: b.account(o.Account), Source: srcCRM[w.Accounts[o.Account].Unit], Kind: "deal", Key: fmt.Sprint(o.Seq), Amount: &amount, Currency: "CNY"}
		b.put(e)
		if o.Open() {
			continue
		}
		e.Verb, e.TS, e.Staff = "deal.lost", o.Closed, b.no(o.Closer)
		if o.Won {
			e.Verb = "deal.won"
		}
		b.put(e)
	}
	for f := range w.Followups {
		b.put(sample.Event{Verb: "activity.logged", TS: f.Time, Staff: b.no(f.Staff), Account: b.account(f.Account), Source: srcCRM[w.Accounts[f.Account].Unit], Kind: "deal"})
	}
}

func (b *writer) service() {
	w := b.w
	for c := range w.Companies {
		if d := w.Churned(c); w.Companies[c].Org && d > 0 && d < stage.Days {
			b.onDay(d, sample.Event{Verb: "account.churned", Account: fmt.Sprint("ORG", c), Source: srcTicket})
		}
	}
	for t := range w.Tickets {
		group := w.Teams[t.Group].Name
		e := sample.Event{Verb: "feedback.received", TS: t.Created, Account: fmt.Sprint("ORG", t.Company), Person: fmt.Sprint("U", t.Person), Source: srcTicket, Kind: "case", Key: company.TicketKey(t),
			Attrs: map[string]string{"group": group, "priority": company.Priorities[t.Priority]}}
		b.put(e)
		if t.Replied.Before(stage.Date(exported)) {
			e.Verb, e.TS, e.Staff, e.Attrs = "feedback.replied", t.Replied, w.Staff[t.Agent].No(), map[string]string{"group": group}
			b.put(e)
		}
	}
}

func (b *writer) growth() {
	w := b.w
	for _, x := range w.Ideas {
		e := sample.Event{Verb: "idea.sought", TS: x.Sought, Staff: b.no(x.Staff), Source: srcGrowth, Kind: "idea", Key: fmt.Sprint(x.ID), Attrs: map[string]string{"team": w.TeamName(x.Staff, monthOf(x.Sought))}}
		b.put(e)
		e.Attrs = map[string]string{"target": fmt.Sprint(x.Target)}
		if !x.Chosen.IsZero() {
			tried := float64(x.Tried)
			e.Verb, e.TS, e.Quantity = "idea.chosen", x.Chosen, &tried
			b.put(e)
		}
		if !x.Launched.IsZero() {
			actual := x.Actual
			e.Verb, e.TS, e.Quantity = "idea.launched", x.Launched, &actual
			b.put(e)
		}
	}
	arms := map[bool]string{false: "实验", true: "对照"}
	for t := range w.Touches {
		e := sample.Event{Verb: "arm.assigned", TS: t.Assigned, Person: fmt.Sprint("M", t.Member), Source: srcGrowth, Kind: "campaign", Key: company.CampaignKey(t.Campaign),
			Attrs: map[string]string{"arm": arms[t.Control], "slice": company.SliceNames[t.Slice]}}
		b.put(e)
		if !t.Order.IsZero() {
			amount := t.Amount
			b.put(sample.Event{Verb: "order.placed", TS: t.Order, Person: e.Person, Source: srcGrowth, Kind: "order", Key: fmt.Sprint(t.Seq), Amount: &amount, Currency: "CNY"})
		}
	}
}

func (b *writer) portal() {
	w := b.w
	b.access()
	for t := range w.Tasks {
		at := map[string]string{"kind": company.TaskKinds[t.Kind].Name, "withheld": fmt.Sprint(t.Withheld)}
		if t.Access {
			at["shovel"] = stage.Shovels[company.TaskKinds[t.Kind].Shovel].ID
		}
		e := sample.Event{Verb: "task.started", TS: t.Start, Staff: b.no(t.Staff), Source: srcPortal, Kind: "task", Key: fmt.Sprint(t.Seq), Attrs: at}
		b.put(e)
		if !t.End.IsZero() {
			minutes := t.Minutes
			e.Verb, e.TS, e.Quantity = "task.ended", t.End, &minutes
			b.put(e)
		}
	}
	for n := range w.Needs {
		key := fmt.Sprint(n.ID)
		at := map[string]string{"from": company.Departments[n.From], "to": company.Departments[n.To]}
		b.put(sample.Event{Verb: "need.raised", TS: n.Raised, Staff: b.no(n.Staff), Source: srcPortal, Kind: "need", Key: key, Attrs: at})
		if !n.Delivered.IsZero() {
			b.put(sample.Event{Verb: "flow.delivered", TS: n.Delivered, Staff: b.no(n.Staff), Source: srcPortal, Kind: "match", Key: key, Attrs: at})
		}
	}
	packs := map[bool]string{true: "有", false: "无"}
	for _, h := range w.Handovers {
		for _, a := range w.SeatAccounts(h.Seat) {
			b.onDay(h.Day, sample.Event{Verb: "account.handed", Staff: b.no(h.To), Account: b.account(int(a)), Source: srcPortal, Kind: "handover", Key: fmt.Sprint(h.ID), Attrs: map[string]string{"pack": packs[h.Pack]}})
		}
	}
}

// access is the roll-out list: a withdrawn shovel had been there since before
// the span.
func (b *writer) access() {
	w := b.w
	line := func(k int, team, who string, since, stop int) {
		at := map[string]string{"scope": "团队", "team": team}
		if who != "" {
			at["scope"] = "个人"
		}
		if stage.Shovels[k].Design == stage.Withdrawn {
			since = stage.DayOf("2024-05-06")
		}
		e := sample.Event{Verb: "shovel.enabled", Staff: who, Source: srcPortal, Kind: "shovel", Key: stage.Shovels[k].ID, Attrs: at}
		b.onDay(since, e)
		if stop < stage.Months {
			e.Verb = "shovel.disabled"
			b.onDay(stage.FirstWorkday(stop), e)
		}
	}
	for _, r := range w.Rollouts {
		if r.Team >= 0 {
			line(r.Shovel, w.Teams[r.Team].Name, "", stage.FirstWorkday(r.Month), r.Stop)
		} else {
			line(r.Shovel, w.TeamName(r.Staff, r.Month), b.no(r.Staff), stage.FirstWorkday(r.Month), r.Stop)
		}
	}
	for d, m := range w.BrokerRollouts() {
		if m < stage.Months {
			line(stage.BrokerDesk, d, "", stage.FirstWorkday(m), stage.Months)
		}
	}
}

// people is who joined, and who sat where.
func (b *writer) people() (stays []sample.Stay) {
	w := b.w
	for i, s := range w.Staff {
		team := w.TeamName(i, stage.Months-1)
		b.onDay(s.Joined, sample.Event{Verb: "staff.joined", Staff: s.No(), Source: srcHR, Attrs: map[string]string{"team": team}})
		stay := sample.Stay{Staff: s.No(), Team: team, Since: stage.Date(s.Joined)}
		if s.Left < stage.Days {
			stay.Until = stage.Date(s.Left - 1) // the roster gives the last day
		}
		stays = append(stays, stay)
		for k, st := range s.Stints {
			if k == 0 {
				continue
			}
			day := stage.Date(stage.FirstWorkday(st.From))
			stays = append(stays, sample.Stay{Staff: s.No(), Team: w.Teams[s.Stints[k-1].Team].Name, Until: day}, sample.Stay{Staff: s.No(), Team: w.Teams[st.Team].Name, Since: day})
		}
		if s.Role == stage.Service {
			stays = append(stays, sample.Stay{Staff: s.No(), Team: team})
		}
	}
	return stays
}

func monthOf(t time.Time) int { return stage.MonthOf(int(t.Sub(stage.Epoch) / (24 * time.Hour))) }
