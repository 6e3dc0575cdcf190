package sample

import (
	"context"
	"database/sql"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

// An entered is one row in the making.
type entered struct {
	h        happening // the entry
	unit     string
	accounts map[string]bool // of all the entries of the unit that came together
	outcomes []happening     // matching, oldest first
	answer   float64         // late: hours to the answer; NaN = none
}

func attrName(s string) (string, bool) { return strings.CutPrefix(s, "attr:") }

// entries makes a row per entry.
func (g *gatherer) entries(ctx context.Context, all grants) error {
	list, err := g.enter(ctx)
	if err != nil {
		return err
	}
	if err := g.follow(ctx, list); err != nil {
		return err
	}
	if g.c.Exposure.Kind == claim.Late {
		if err := g.answers(ctx, list); err != nil {
			return err
		}
	}
	fields, err := g.partyFields(ctx)
	if err != nil {
		return err
	}
	before, err := g.beforehand(ctx, list)
	if err != nil {
		return err
	}
	end, _ := dayOf(g.until)
	for i, e := range list {
		r, ok := g.entryRow(e, all, end)
		if !ok {
			continue
		}
		for j, c := range g.c.Covariates {
			v := ""
			switch {
			case c.Attr != "":
				v = e.h.attrs[c.Attr]
			case c.Party != "":
				v = fields[j][e.unitParty(g.c.Unit)]
			case c.Before > 0:
				v = figure(before[i][j])
			}
			r.covariates = append(r.covariates, v)
		}
		g.rows = append(g.rows, r)
		g.prove(r.unit, r.day, "entry", e.h.ref)
		for _, o := range e.outcomes {
			g.prove(r.unit, r.day, "outcome", o.ref)
		}
		g.consider(e, r)
	}
	return nil
}

func (e entered) unitParty(u claim.Unit) string {
	switch u {
	case claim.Staff:
		return e.h.staff
	case claim.Person, claim.Member:
		return e.h.person
	}
	return e.h.account
}

// enter reads the entries, the first of each unit (or of each object of it).
func (g *gatherer) enter(ctx context.Context) (list []*entered, err error) {
	p := g.c.Population.Entry
	until := g.c.Window.Until
	if p.Until != "" && p.Until < until {
		until = p.Until
	}
	attrs := g.attrsOf(g.c.Outcome.Column)
	for _, c := range g.c.Covariates {
		attrs = append(attrs, c.Attr)
	}
	attrs = append(attrs, g.attr())
	attrs = slices.DeleteFunc(attrs, func(s string) bool { return s == "" })
	seen := map[string]*entered{}
	err = g.events(ctx, selection{verbs: p.Verbs, where: p.Where, attrs: attrs, since: g.c.Window.Since, until: until}, func(h happening) {
		unit := g.unitOf(h)
		if unit == "" {
			g.left("unit")
			return
		}
		if e, ok := seen[unit]; ok {
			if e.h.day == h.day {
				e.accounts[h.account] = true
			}
			if p.First || g.c.Unit == claim.Object || g.c.Unit == claim.Member {
				return
			}
		}
		e := &entered{h: h, unit: unit, accounts: map[string]bool{h.account: true}, answer: math.NaN()}
		seen[unit] = e
		list = append(list, e)
	})
	return list, err
}

// attr is the attribute that splits the entries.
func (g *gatherer) attr() string {
	switch g.c.Exposure.Kind {
	case claim.Arm, claim.Attribute:
		if g.c.Exposure.Attr == "" {
			return "arm"
		}
		return g.c.Exposure.Attr
	}
	return ""
}

// keysOf are what an outcome event can be found by.
func (g *gatherer) match() []string {
	m := g.c.Outcome.Match
	if m == "" {
		m = "object"
		switch g.c.Unit {
		case claim.Staff, claim.Account, claim.Person:
			m = string(g.c.Unit)
		case claim.Member:
			m = "person"
		}
	}
	return strings.Split(m, "+")
}

func (h happening) by(what string) string {
	switch what {
	case "account":
		return h.account
	case "person":
		return h.person
	case "staff":
		return h.staff
	case "key": // whatever its kind: a need and its match
		if h.key == "" {
			return ""
		}
		return h.source + "\x1f" + h.key
	}
	return h.object()
}

// follow finds the outcome events of each entry.
func (g *gatherer) follow(ctx context.Context, list []*entered) error {
	o := g.c.Outcome
	if g.own() {
		return nil
	}
	by := g.match()
	index := map[string][]*entered{}
	for _, e := range list {
		keys := []string{e.h.by(by[0])}
		if by[0] == "account" {
			keys = slices.Sorted(mapKeys(e.accounts))
		}
		for _, k := range keys {
			if k != "" {
				index[k] = append(index[k], e)
			}
		}
	}
	s := selection{verbs: o.Verbs, where: o.Where, attrs: g.attrsOf(o.Column), since: g.c.Window.Since}
	return g.events(ctx, s, func(h happening) {
		for _, e := range index[h.by(by[0])] {
			if g.counts(e, h, by) {
				e.outcomes = append(e.outcomes, h)
			}
		}
	})
}

// own reports whether the entry's own event is the outcome: won or lost.
func (g *gatherer) own() bool {
	return g.c.Outcome.Measure == claim.Share
}

func (g *gatherer) counts(e *entered, h happening, by []string) bool {
	if h.coarse || e.h.coarse {
		if h.day < e.h.day {
			return false
		}
	} else if h.ts.Before(e.h.ts) {
		return false
	}
	if w := g.c.Outcome.Within; w > 0 && (h.day > e.h.day+w || !h.coarse && !e.h.coarse && h.ts.Sub(e.h.ts) >= time.Duration(w)*24*time.Hour) {
		return false
	}
	for _, b := range by[1:] {
		if h.by(b) != e.h.by(b) {
			return false
		}
	}
	switch g.c.Outcome.Measure {
	case claim.Days, claim.Time, claim.Value, claim.Reached:
		return len(e.outcomes) == 0 // the first alone
	}
	return true
}

// answers finds when each entry was first answered.
func (g *gatherer) answers(ctx context.Context, list []*entered) error {
	index := map[string][]*entered{}
	for _, e := range list {
		index[e.h.object()] = append(index[e.h.object()], e)
	}
	return g.events(ctx, selection{verbs: g.c.Exposure.Verbs, since: g.c.Window.Since}, func(h happening) {
		for _, e := range index[h.object()] {
			if math.IsNaN(e.answer) && !h.coarse && !e.h.coarse && !h.ts.Before(e.h.ts) {
				e.answer = h.ts.Sub(e.h.ts).Hours()
				g.prove(e.unit, dayText(e.h.day), "exposure", h.ref)
			}
		}
	})
}

// entryRow is the row of an entry, where it has one.
func (g *gatherer) entryRow(e *entered, all grants, end int) (row, bool) {
	r := row{unit: e.unit, team: g.staff.team(e.h.staff, e.h.day), day: dayText(e.h.day), ended: math.NaN(), before: math.NaN(), follow: float64(end - e.h.day)}
	if g.c.Period != "" {
		r.period = g.spanOf(e.h.day).label
	}
	r.cluster = g.entryKey(g.c.Cluster, e)
	r.stratum = g.entryKey(g.c.Estimator.Stratum, e)
	if !matches(g.c.Population.Teams, g.staff.team(e.h.staff, e.h.day)) && len(g.c.Population.Teams) > 0 {
		return r, false
	}
	if r.follow < 0 {
		g.left("follow-up")
		return r, false
	}
	code := g.expose(e, all, &r)
	if code == "" {
		code = g.outcome(e, end, &r)
	}
	if code != "" {
		g.left(code)
		return r, false
	}
	return r, true
}

// entryKey is a column of an entry: team, staff, person, account, object,
// source, attr:<key>.
func (g *gatherer) entryKey(name string, e *entered) string {
	if key, ok := attrName(name); ok {
		return e.h.attrs[key]
	}
	switch name {
	case "team":
		return g.staff.team(e.h.staff, e.h.day)
	case "source":
		return e.h.source
	case "staff", "person", "account":
		return e.h.by(name)
	case "object":
		return e.h.key
	}
	return ""
}

// expose says whether the entry was exposed, or why that can't be said.
func (g *gatherer) expose(e *entered, all grants, r *row) string {
	x := g.c.Exposure
	switch x.Kind {
	case claim.Arm, claim.Attribute:
		v := e.h.attrs[g.attr()]
		if g.out.About.Arms == nil {
			g.out.About.Arms = map[string]int{}
		}
		g.out.About.Arms[v]++
		t, ok := side(x, v)
		if !ok {
			return "arm"
		}
		r.treated = truth(t)
	case claim.Late:
		end, _ := dayOf(g.until)
		if math.IsNaN(e.answer) && float64(end-e.h.day)*24 < x.Hours {
			return "follow-up"
		}
		if e.h.coarse {
			return "coarse"
		}
		r.treated = truth(math.IsNaN(e.answer) || e.answer > x.Hours)
	case claim.Everybody:
		r.treated = 1
	default:
		return g.carried(e, all, r)
	}
	return ""
}

// carried is access at the time of the entry, of whoever handled it. With
// periods the whole first period counts as exposed, as it does in a panel.
func (g *gatherer) carried(e *entered, all grants, r *row) string {
	var own grants
	carrier := g.c.Exposure.Carrier
	switch key, attr := attrName(carrier); {
	case attr:
		if e.h.attrs[key] == "" {
			return "carrier"
		}
		own = all.ofTeam(e.h.attrs[key])
	case carrier == "team":
		own = all.ofTeam(g.staff.team(e.h.staff, e.h.day))
	default:
		if e.h.staff == "" {
			return "carrier"
		}
		own = all.ofStaff(g.staff, e.h.staff)
	}
	day := e.h.day
	if g.c.Period != "" {
		day = g.spanOf(day).until - 1
	}
	r.treated = truth(own.on(day))
	if len(own) > 0 && g.c.Period != "" {
		r.first = g.spanOf(own[0].since).label
	}
	return ""
}

// yes are the words that mean treated where the claim names none.
var yes = []string{"true", "yes", "1", "t", "是", "有", "实验", "实验组", "treatment", "treated", "test"}

// side is which group a value means.
func side(x claim.Exposure, v string) (treated, ok bool) {
	switch {
	case v == "":
		return false, false
	case slices.Contains(x.Treated, v):
		return true, true
	case len(x.Treated) == 0 && slices.Contains(yes, strings.ToLower(v)):
		return true, true
	case len(x.Control) > 0:
		return false, slices.Contains(x.Control, v)
	}
	return false, true
}

// outcome fills in what came of the entry, or says why it can't.
func (g *gatherer) outcome(e *entered, end int, r *row) string {
	o := g.c.Outcome
	enough := o.Within == 0 || end-e.h.day >= o.Within
	switch o.Measure {
	case claim.Share:
		r.outcome = truth(slices.Contains(o.Verbs, e.h.verb))
		return ""
	case claim.Days, claim.Time:
		return g.lasted(e, end, r)
	case claim.Value, claim.Reached:
		return g.valued(e, r)
	case claim.Any:
		r.outcome = truth(len(e.outcomes) > 0)
	case claim.Sum, claim.Mean:
		n := 0.0
		for _, h := range e.outcomes {
			if v, ok := h.column(o.Column); ok {
				r.outcome, n = r.outcome+v, n+1
			}
		}
		if o.Measure == claim.Mean {
			if n == 0 {
				return "no-value"
			}
			r.outcome /= n
		}
	default:
		r.outcome = float64(len(e.outcomes))
	}
	if !enough {
		return "follow-up"
	}
	return ""
}

// lasted is the time to the first outcome; what has not ended by the end of
// the data, or by the horizon, is censored.
func (g *gatherer) lasted(e *entered, end int, r *row) string {
	o := g.c.Outcome
	unit := 24.0
	if o.Measure == claim.Time {
		unit = 1
	}
	if e.h.coarse && unit == 1 {
		return "coarse"
	}
	if g.c.Unit == claim.Staff { // who has left is no longer waited for
		if _, until, ok := g.staff.employed(e.unit); ok && until != 0 {
			end = max(min(end, until-1), e.h.day)
		}
	}
	r.ended, r.outcome = 0, float64(end+1-e.h.day)*24/unit
	if len(e.outcomes) > 0 {
		h := e.outcomes[0]
		switch {
		case !h.coarse && !e.h.coarse:
			r.ended, r.outcome = 1, h.ts.Sub(e.h.ts).Hours()/unit
		case unit == 1:
			return "coarse"
		default:
			r.ended, r.outcome = 1, float64(h.day-e.h.day)
		}
	}
	if o.Beyond > 0 {
		if r.ended == 0 && r.outcome < o.Beyond {
			return "follow-up"
		}
		r.outcome, r.ended = truth(r.outcome > o.Beyond), math.NaN()
		return ""
	}
	if o.Horizon > 0 && r.outcome > o.Horizon {
		r.outcome, r.ended = o.Horizon, 0
	}
	if o.Log {
		if r.ended == 0 {
			return "follow-up"
		}
		// Their logarithm exists: the same day is half a day, the same moment a minute.
		least := time.Minute.Hours()
		if e.h.coarse || e.outcomes[0].coarse {
			least = 12
		}
		r.outcome = math.Log(max(r.outcome, least/unit))
		r.ended = math.NaN()
	}
	return ""
}

// valued is the column of the first outcome, or whether it reached its line.
func (g *gatherer) valued(e *entered, r *row) string {
	o := g.c.Outcome
	if len(e.outcomes) == 0 {
		return "no-value"
	}
	h := e.outcomes[0]
	v, ok := h.column(o.Column)
	if !ok {
		return "no-value"
	}
	if o.Measure == claim.Reached {
		line := o.Line
		if key, is := attrName(o.Target); is {
			if line, ok = number(h.attrs[key]); !ok {
				return "no-value"
			}
		}
		v = truth(v >= line)
	}
	if o.Log {
		if v <= 0 {
			return "no-value"
		}
		v = math.Log(v)
	}
	r.outcome = v
	return ""
}

// partyFields reads the covariates that stand with the unit's party.
func (g *gatherer) partyFields(ctx context.Context) ([]map[string]string, error) {
	out := make([]map[string]string, len(g.c.Covariates))
	kind := map[claim.Unit]string{claim.Staff: "staff", claim.Person: "person", claim.Member: "person"}[g.c.Unit]
	if kind == "" {
		kind = "account"
	}
	for i, c := range g.c.Covariates {
		if c.Party == "" {
			continue
		}
		out[i] = map[string]string{}
		rows, err := g.db.Facts.Query(ctx, sqlParty, kind, strings.TrimPrefix(c.Party, "attr:"))
		if err != nil {
			return nil, err
		}
		_, err = store.Collect(rows, nil, func(r *sql.Rows) (struct{}, error) {
			var unit string
			var v sql.NullString
			err := r.Scan(&unit, &v)
			out[i][unit] = v.String
			return struct{}{}, err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

// beforehand counts each entry's own outcomes in the days before it.
func (g *gatherer) beforehand(ctx context.Context, list []*entered) (map[int]map[int]float64, error) {
	out := map[int]map[int]float64{}
	days := 0
	for _, c := range g.c.Covariates {
		days = max(days, c.Before)
	}
	if days == 0 {
		return out, nil
	}
	by := g.match()[0]
	index := map[string][]int{}
	for i, e := range list {
		index[e.h.by(by)] = append(index[e.h.by(by)], i)
		out[i] = map[int]float64{}
	}
	since, ok := dayOf(g.c.Window.Since)
	s := selection{verbs: g.c.Outcome.Verbs, where: g.c.Outcome.Where, attrs: g.attrsOf(g.c.Outcome.Column)}
	if ok {
		s.since = dayText(since - days)
	}
	return out, g.events(ctx, s, func(h happening) {
		for _, i := range index[h.by(by)] {
			for j, c := range g.c.Covariates {
				if d := list[i].h.day - h.day; d > 0 && d <= c.Before {
					v := 1.0
					if x, ok := h.column(g.c.Outcome.Column); ok && g.c.Outcome.Column != "" {
						v = x
					}
					out[i][j] += v
				}
			}
		}
	})
}

// consider keeps cases that began and ended within a day, known to the
// minute, as candidates for the example.
func (g *gatherer) consider(e *entered, r row) {
	if e.h.coarse || len(e.outcomes) == 0 || e.outcomes[0].coarse {
		return
	}
	o := e.outcomes[0]
	if d := o.ts.Sub(e.h.ts); d <= 0 || d > 7*24*time.Hour {
		return
	}
	v, err := strconv.ParseFloat(figure(r.outcome), 64)
	if err != nil {
		return
	}
	g.out.Moments = append(g.out.Moments, Candidate{Unit: r.unit, Team: g.staff.team(e.h.staff, e.h.day), Treated: r.treated == 1, Began: e.h.ts, Ended: o.ts, Value: v, Rows: []claim.RowRef{e.h.ref, o.ref}})
}
