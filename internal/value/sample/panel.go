package sample

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/metric"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

// A span is one period of a panel, in days, half-open.
type span struct {
	label        string
	since, until int
}

// spans cuts a window into periods; what is not whole at its ends is left out.
func spans(w claim.Window, period string) (out []span) {
	grain := metric.Grain(period)
	since, err := time.Parse(time.DateOnly, w.Since)
	until, err2 := time.Parse(time.DateOnly, w.Until)
	if err != nil || err2 != nil {
		return nil
	}
	begin := since
	switch grain {
	case metric.Week:
		begin = begin.AddDate(0, 0, -(int(begin.Weekday())+6)%7)
	case metric.Quarter:
		begin = time.Date(begin.Year(), begin.Month()-(begin.Month()-1)%3, 1, 0, 0, 0, 0, time.UTC)
	case metric.Month:
		begin = begin.AddDate(0, 0, 1-begin.Day())
	}
	for t := begin; t.Before(until); t = grain.Next(t) {
		if next := grain.Next(t); !t.Before(since) && !next.After(until) {
			out = append(out, span{label(t, grain), dayNumber(t), dayNumber(next)})
		}
	}
	return out
}

// label names a period as package estimate reads it.
func label(t time.Time, grain metric.Grain) string {
	switch grain {
	case metric.Quarter:
		return t.Format("2006") + "Q" + string(rune('1'+(t.Month()-1)/3))
	case metric.Month:
		return t.Format("2006-01")
	}
	return t.Format(time.DateOnly)
}

// spanOf is the claim's period that holds a day, in or out of its window.
func (g *gatherer) spanOf(day int) span {
	if s, ok := g.spans[day]; ok {
		return s
	}
	s := spans(claim.Window{Since: dayText(day - 93), Until: dayText(day + 93)}, g.c.Period)
	if g.spans == nil {
		g.spans = map[int]span{}
	}
	g.spans[day] = s[find(s, day)]
	return g.spans[day]
}

func find(all []span, day int) int {
	i, ok := slices.BinarySearchFunc(all, day, func(s span, d int) int {
		switch {
		case s.until <= d:
			return -1
		case s.since > d:
			return 1
		}
		return 0
	})
	if !ok {
		return -1
	}
	return i
}

// A cell is what a unit's period adds up to.
type cell struct {
	n, of, sum float64
	valued     float64
}

type history struct {
	cells       []cell
	first, last int // days of its own events
}

// panel makes a row per unit and period.
func (g *gatherer) panel(ctx context.Context, all grants) error {
	periods := spans(g.c.Window, g.c.Period)
	if len(periods) == 0 {
		return fault.New(fault.ErrInvalid, "claim.window", "The window holds no whole period. Make it longer, or the period shorter.", "窗口内没有一个完整的周期。请延长窗口或缩短周期。")
	}
	units := map[string]*history{}
	if err := g.tally(ctx, periods, units); err != nil {
		return err
	}
	in, err := g.population(ctx, units)
	if err != nil {
		return err
	}
	for _, unit := range slices.Sorted(maps.Keys(in)) {
		h := units[unit]
		if h == nil {
			h = &history{cells: make([]cell, len(periods))}
		}
		g.unitRows(unit, h, periods, g.of(all, unit))
	}
	switch {
	case g.c.Estimator.After:
		g.after()
	case g.c.Estimator.Method == "its" || g.c.Estimator.Method == "" && g.c.Exposure.Design == claim.BeforeAfter:
		g.collapse()
	}
	return nil
}

// after keeps what came once the last roll-out had begun: there those who have
// it and those who never get it live in the same months. What they did before
// the first roll-out becomes a covariate.
func (g *gatherer) after() {
	first, last := "", ""
	for _, r := range g.rows {
		if r.first != "" && (first == "" || r.first < first) {
			first = r.first
		}
		last = max(last, r.first)
	}
	sum, n := map[string]float64{}, map[string]float64{}
	for _, r := range g.rows {
		if r.period < first {
			sum[r.unit] += r.outcome
			n[r.unit]++
		}
	}
	kept := g.rows[:0]
	for _, r := range g.rows {
		if r.period < last || last == "" {
			continue
		}
		if n[r.unit] > 0 {
			r.before = sum[r.unit] / n[r.unit]
		}
		kept = append(kept, r)
	}
	g.rows = kept
}

// collapse makes one series of all units: before and after a single date
// there is nobody to compare with. Counts and sums add up, the rest averages.
func (g *gatherer) collapse() {
	type total struct{ sum, n, on float64 }
	by := map[string]*total{}
	for _, r := range g.rows {
		t := by[r.period]
		if t == nil {
			t = &total{}
			by[r.period] = t
		}
		t.sum += r.outcome
		t.n++
		t.on = max(t.on, r.treated)
	}
	g.rows = nil
	for _, p := range slices.Sorted(maps.Keys(by)) {
		t := by[p]
		y := t.sum
		if m := g.c.Outcome.Measure; m != claim.Count && m != claim.Sum {
			y /= t.n
		}
		g.rows = append(g.rows, row{unit: "all", period: p, treated: t.on, outcome: y, ended: math.NaN(), follow: math.NaN(), before: math.NaN(), covariates: make([]string, len(g.c.Covariates))})
	}
}

// tally adds up the outcome's events by unit and period.
func (g *gatherer) tally(ctx context.Context, periods []span, units map[string]*history) error {
	o := g.c.Outcome
	verbs := slices.Clone(o.Verbs)
	for _, v := range o.Of {
		if !slices.Contains(verbs, v) {
			verbs = append(verbs, v)
		}
	}
	s := selection{verbs: verbs, where: o.Where, attrs: g.attrsOf(o.Column), since: dayText(periods[0].since), until: dayText(periods[len(periods)-1].until)}
	return g.events(ctx, s, func(h happening) {
		unit := g.unitOf(h)
		i := find(periods, h.day)
		if i < 0 {
			return
		}
		if unit == "" {
			g.left("unit")
			return
		}
		u := units[unit]
		if u == nil {
			u = &history{cells: make([]cell, len(periods)), first: h.day}
			units[unit] = u
		}
		u.last = h.day
		c := &u.cells[i]
		if slices.Contains(o.Of, h.verb) {
			c.of++
		}
		if slices.Contains(o.Verbs, h.verb) {
			c.n++
			if v, ok := h.column(o.Column); ok && o.Column != "" {
				c.sum += v
				c.valued++
			}
		}
		g.prove(unit, periods[i].label, "outcome", h.ref)
	})
}

// unitOf is whom an event counts for.
func (g *gatherer) unitOf(h happening) string {
	switch g.c.Unit {
	case claim.Staff:
		return h.staff
	case claim.Team:
		if key, ok := attrName(g.c.Exposure.Carrier); ok {
			return h.attrs[key]
		}
		return g.staff.team(h.staff, h.day)
	case claim.Account:
		return h.account
	case claim.Person:
		return h.person
	case claim.Member:
		if h.person == "" || h.key == "" {
			return ""
		}
		return h.key + "/" + h.person
	}
	return h.object()
}

// population is who is in: by verbs where they are named, else colleagues and
// teams of the roster, else whoever has an outcome.
func (g *gatherer) population(ctx context.Context, units map[string]*history) (map[string]bool, error) {
	in := map[string]bool{}
	p := g.c.Population
	if len(p.Verbs) > 0 {
		s := selection{verbs: p.Verbs, where: p.Where, attrs: g.attrsOf(""), since: g.c.Window.Since, until: g.c.Window.Until}
		err := g.events(ctx, s, func(h happening) { in[g.unitOf(h)] = true })
		if err != nil {
			return nil, err
		}
	} else {
		for u := range units {
			in[u] = true
		}
		switch {
		case g.c.Unit == claim.Staff && len(p.Teams) > 0:
			for u := range g.staff.stays {
				in[u] = true
			}
		case g.c.Unit == claim.Team && len(p.Teams) > 0:
			for _, t := range g.staff.teams {
				in[t] = true
			}
		}
	}
	delete(in, "")
	for u := range in {
		if !g.inTeams(u) {
			delete(in, u)
		}
	}
	return in, nil
}

func (g *gatherer) inTeams(unit string) bool {
	p := g.c.Population.Teams
	switch g.c.Unit {
	case claim.Team:
		return matches(p, unit)
	case claim.Staff:
		return len(p) == 0 || slices.ContainsFunc(g.staff.stays[unit], func(s stay) bool { return matches(p, s.team) })
	}
	return true
}

// unitRows makes a unit's rows, those of the periods in which it was there.
func (g *gatherer) unitRows(unit string, h *history, periods []span, own grants) {
	since, until, dated := 0, 0, false
	if g.c.Unit == claim.Staff {
		since, until, dated = g.staff.employed(unit)
	}
	if !dated && g.c.Unit == claim.Staff {
		since, until = h.first, h.last+1
	}
	start, exposed := g.start(own, periods)
	if g.c.Exposure.Stopped && len(own) == 0 {
		g.left("never-had")
		return
	}
	if exposed {
		for _, x := range own {
			if x.ref.Batch != "" {
				g.prove(unit, "", "exposure", x.ref)
			}
		}
	}
	for i, p := range periods {
		there := min(p.until, orMax(until)) - max(p.since, since)
		if 2*there < p.until-p.since {
			continue
		}
		team := ""
		if g.c.Unit == claim.Staff {
			team = g.staff.team(unit, max(p.since, since))
			if !matches(g.c.Population.Teams, team) {
				continue
			}
		}
		y := g.value(h.cells[i])
		r := row{unit: unit, team: team, period: p.label, treated: 0, outcome: y, ended: math.NaN(), follow: math.NaN(), before: math.NaN(), cluster: g.clusterOf(unit, team)}
		if exposed {
			r.first = periods[start].label
			if i >= start {
				r.treated = 1
			}
		}
		if math.IsNaN(y) {
			g.left("no-value")
			continue
		}
		r.covariates = make([]string, len(g.c.Covariates))
		g.rows = append(g.rows, r)
	}
}

func orMax(day int) int {
	if day == 0 {
		return 1 << 40
	}
	return day
}

// start is the first period exposed; of a claim about what stopped, the first
// one without.
func (g *gatherer) start(own grants, periods []span) (int, bool) {
	day := 0
	for _, x := range own {
		d := x.since
		if g.c.Exposure.Stopped {
			d = x.until
		}
		if d != 0 && (day == 0 || d < day) {
			day = d
		}
	}
	if day == 0 || day >= periods[len(periods)-1].until {
		return 0, false
	}
	if day < periods[0].since {
		return 0, true
	}
	return find(periods, day), true
}

// value is what a cell comes to; NaN where it has no value.
func (g *gatherer) value(c cell) float64 {
	o := g.c.Outcome
	switch o.Measure {
	case claim.Sum:
		return c.sum
	case claim.Mean:
		if c.valued == 0 {
			return math.NaN()
		}
		return c.sum / c.valued
	case claim.Share:
		if c.of == 0 {
			return math.NaN()
		}
		return c.n / c.of
	case claim.Any:
		return truth(c.n > 0)
	case claim.Reached:
		if o.Column != "" {
			return truth(c.sum >= o.Line)
		}
		return truth(c.n >= o.Line)
	}
	return c.n
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// clusterOf is what was assigned together. A colleague's cluster is the team
// of the first row, so that it never changes.
func (g *gatherer) clusterOf(unit, team string) string {
	if g.c.Cluster != "team" || g.c.Unit != claim.Staff {
		return ""
	}
	if n := len(g.rows); n > 0 && g.rows[n-1].unit == unit {
		return g.rows[n-1].cluster
	}
	return team
}

// attrsOf are the attributes to bring with events.
func (g *gatherer) attrsOf(more ...string) (out []string) {
	for _, name := range append(more, g.c.Exposure.Carrier, g.c.Cluster, g.c.Estimator.Stratum, g.c.Outcome.Target) {
		if key, ok := attrName(name); ok {
			out = append(out, key)
		}
	}
	return out
}
