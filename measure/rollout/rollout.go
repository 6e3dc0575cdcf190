// Package rollout estimates what a roll-out did by regression on unit and
// period effects: the event study, its repair by Sun and Abraham (2021), and
// the plain two-way coefficient with the decomposition that shows why not to
// trust it. Callaway and Sant'Anna's estimator is in package did.
//
// Two facts that surprise. The two-way coefficient of a staggered roll-out
// compares some units with others that are already treated, so it may have
// the wrong sign where every unit's effect is positive; [TWFE] shows how much
// of it does. And an event study by plain two-way regression mixes event
// times in the same way, so its pre-trends can look wrong, or right, falsely.
package rollout

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/panel"
)

// Data is a panel in which units start to be treated and stay treated.
type Data struct {
	Outcome    []float64
	Unit       []int // any ids
	Time       []int // any numbers; equal means the same period
	First      []int // first treated period of the row's unit; 0 or after the last period: never
	Covariates []panel.Column
	Clusters   []absorb.Factor // nil means by unit
	Weights    []float64
}

func (r Data) check() error {
	n := len(r.Outcome)
	for name, got := range map[string]int{"unit": len(r.Unit), "time": len(r.Time), "first treated": len(r.First)} {
		if err := measure.CheckLength("rollout", name, got, n); err != nil {
			return err
		}
	}
	if n == 0 {
		return measure.Invalid("rollout: no rows: give at least a few observations")
	}
	type cell struct{ unit, time int }
	seen := make(map[cell]bool, n)
	first := map[int]int{}
	early := slices.Min(r.Time)
	for i, u := range r.Unit {
		if r.First[i] < min(0, early) {
			return measure.Invalid("rollout: row %d: first treated period %d is before the data: write 0 for units never treated", i+1, r.First[i])
		}
		if f, ok := first[u]; ok && f != r.First[i] {
			return measure.Invalid("rollout: unit %d has two first treated periods, %d and %d: it must be one per unit", u, f, r.First[i])
		}
		first[u] = r.First[i]
		c := cell{u, r.Time[i]}
		if seen[c] {
			return measure.Invalid("rollout: row %d: unit %d appears twice in period %d: aggregate to one row per unit and period", i+1, u, r.Time[i])
		}
		seen[c] = true
	}
	return nil
}

func (r Data) never(first, last int) bool { return first == 0 || first > last }

// data is the regression of the outcome on x with unit and time effects.
func (r Data) data(x []panel.Column) panel.Data {
	unit := absorb.NewFactor("unit", r.Unit)
	d := panel.Data{Outcome: r.Outcome, Regressors: append(x, r.Covariates...), Weights: r.Weights, Clusters: r.Clusters,
		Fixed: []absorb.Factor{unit, absorb.NewFactor("time", r.Time)}}
	if d.Clusters == nil {
		d.Clusters = []absorb.Factor{unit}
	}
	return d
}

func pick(x []float64, keep []bool) []float64 {
	var out []float64
	for i, k := range keep {
		if k {
			out = append(out, x[i])
		}
	}
	return out
}

// weight of the rows where an indicator is 1.
func weight(x, w []float64) float64 {
	var s float64
	for i, v := range x {
		if w != nil {
			v *= w[i]
		}
		s += v
	}
	return s
}

// keep returns the roll-out on some rows.
func (r Data) keep(rows []bool) Data {
	ints := func(x []int) []int {
		var out []int
		for i, k := range rows {
			if k {
				out = append(out, x[i])
			}
		}
		return out
	}
	out := Data{Outcome: pick(r.Outcome, rows), Unit: ints(r.Unit), Time: ints(r.Time), First: ints(r.First), Clusters: r.Clusters}
	for _, c := range r.Covariates {
		out.Covariates = append(out.Covariates, panel.Column{Name: c.Name, Values: pick(c.Values, rows)})
	}
	if r.Weights != nil {
		out.Weights = pick(r.Weights, rows)
	}
	if r.Clusters != nil {
		out.Clusters = make([]absorb.Factor, len(r.Clusters))
		for q, f := range r.Clusters {
			out.Clusters[q] = f.Keep(rows)
		}
	}
	return out
}

// EventStudy estimates the effect per period since first treatment by two-way
// fixed effects: one coefficient per event time, "event=e", e = −1 (or the
// last untreated period there is) being the reference.
//
// Estimand: the average difference of treated units from their own reference
// period, against the others in the same period. Assumption: parallel trends,
// no anticipation and, when units start at different times, effects that are
// the same in every cohort; otherwise each coefficient mixes the effects of
// other event times (Sun and Abraham 2021) and a warning says so: use
// [SunAbraham]. Inputs as in [Data]; errors are clustered by unit unless
// Clusters says otherwise. Refusals: "nobody-treated", "everyone-treated",
// "no-before".
func EventStudy(ctx context.Context, r Data, o panel.Options) (panel.Fit, error) {
	if err := r.check(); err != nil {
		return panel.Fit{}, err
	}
	f := panel.Fit{Result: measure.Result{Method: "event-study", N: len(r.Outcome)}}
	last := slices.Max(r.Time)
	cohorts := map[int]bool{}
	var events []int
	for i, g := range r.First {
		if !r.never(g, last) {
			cohorts[g] = true
			events = append(events, r.Time[i]-g)
		}
	}
	slices.Sort(events)
	events = slices.Compact(events)
	if refuseRollout(&f, r, cohorts, events, last) {
		return f, nil
	}
	if len(events)*len(r.Outcome) > maxEntries {
		return panel.Fit{}, tooMany(len(events), len(r.Outcome))
	}
	reference := events[0]
	for _, e := range events {
		if e < 0 {
			reference = e
		}
	}
	var x []panel.Column
	for _, e := range events {
		if e == reference {
			continue
		}
		c := panel.Column{Name: fmt.Sprintf("event=%d", e), Values: make([]float64, len(r.Outcome))}
		for i, g := range r.First {
			if !r.never(g, last) && r.Time[i]-g == e {
				c.Values[i] = 1
			}
		}
		x = append(x, c)
	}
	fit, err := panel.OLS(ctx, r.data(x), o)
	fit.Method = "event-study"
	if err == nil && len(cohorts) > 1 {
		fit.Note("staggered", measure.Warning, "各单位开始时间不同，双向固定效应的事件系数会混入其他时期的效应；请看 Sun-Abraham 或 Callaway-Sant'Anna。",
			"Units started at different times, so these coefficients mix effects of other event times: see Sun-Abraham or Callaway-Sant'Anna.", nil)
	}
	return fit, err
}

// refuseRollout refuses where there is nobody to compare.
func refuseRollout(f *panel.Fit, r Data, cohorts map[int]bool, events []int, last int) bool {
	nan := math.NaN()
	switch {
	case len(cohorts) == 0:
		f.Refuse("nobody-treated", "没有任何单位在观察期内开始。", "No unit is treated within the data: there is no effect to see.", nan)
	case len(cohorts) == 1 && !slices.ContainsFunc(r.First, func(g int) bool { return r.never(g, last) }):
		f.Refuse("everyone-treated", "所有单位同时开始，没有对照：作用与时间无法区分。",
			"Every unit was treated at the same time, so the effect can't be told from that of time: an untreated group is needed.", nan)
	case events[0] >= 0:
		f.Refuse("no-before", "开始之前没有数据，无法比较前后。", "There is no period before treatment: nothing to compare with.", nan)
	default:
		return false
	}
	return true
}

// maxEntries bounds the indicator columns: 4 GB.
const maxEntries = 500_000_000

func tooMany(columns, rows int) error {
	return measure.Invalid("rollout: %d cohorts and event times × %d rows need too much memory: round periods to weeks or months, or use Callaway-Sant'Anna", columns, rows)
}

// cohortEvent is one interaction of Sun and Abraham's regression.
type cohortEvent struct{ cohort, event int }

// SunAbraham estimates event-time effects that stay valid when units start
// at different times and effects differ between cohorts.
//
// Estimand: for each event time e the average effect over cohorts, weighted
// by their observations at e ("event=e"), and "ATT", the average over all
// treated observations. Covariates' coefficients follow under their names.
// Assumption: parallel trends between each cohort and the never treated (or,
// where nobody is, the last cohort, before its own start), no anticipation.
// The reference is event −1 (a cohort's last untreated period, if it lacks
// −1). Units treated from the first period on are left out. Errors are
// clustered by unit unless Clusters says otherwise; shares are taken as
// fixed, as fixest does. Refusals: "nobody-treated", "everyone-treated",
// "no-before".
// Source: Sun and Abraham (2021), interaction-weighted estimator, section 4.1.
func SunAbraham(ctx context.Context, r Data, o panel.Options) (panel.Fit, error) {
	level, err := measure.Level(o.Level)
	if err != nil {
		return panel.Fit{}, err
	}
	if err := r.check(); err != nil {
		return panel.Fit{}, err
	}
	f := panel.Fit{Result: measure.Result{Method: "sunab", N: len(r.Outcome)}}
	r, always, control := r.comparable()
	if len(r.Outcome) == 0 {
		f.Refuse("no-before", "开始之前没有数据，无法比较前后。", "There is no period before treatment: nothing to compare with.", math.NaN())
		return f, nil
	}
	last := slices.Max(r.Time)
	cells, x, refused, err := r.interactions(&f, last)
	if err != nil || refused {
		return f, err
	}
	fit, err := panel.OLS(ctx, r.data(x), o)
	if err != nil {
		return panel.Fit{}, err
	}
	fit.Method = "sunab"
	if fit.Refusal != nil {
		return fit, nil
	}
	aggregate(&fit, cells, x, r, level)
	if always > 0 {
		fit.Note("always-treated", measure.Info, fmt.Sprintf("%d 个单位从第一期起就已开始，没有事前数据，已去掉。", always),
			fmt.Sprintf("%d units were treated from the first period on; without a before they were left out.", always), map[string]float64{"units": float64(always)})
	}
	if control != 0 {
		fit.Note("last-cohort-control", measure.Warning, fmt.Sprintf("没有从未开始的单位：以最后一批（%d 期开始）在其开始之前作对照。", control),
			fmt.Sprintf("No unit is never treated: the last cohort (from period %d) before its own start serves as control.", control), nil)
	}
	return fit, nil
}

// comparable leaves out units treated from the start and, where nobody is
// never treated, the periods from the last cohort's start on. control is that
// cohort, 0 otherwise.
func (r Data) comparable() (out Data, always, control int) {
	early, last := slices.Min(r.Time), slices.Max(r.Time)
	keep := make([]bool, len(r.Outcome))
	for i := range keep {
		keep[i] = true
	}
	gone := map[int]bool{}
	latest, hasNever := 0, false
	for i, g := range r.First {
		switch {
		case r.never(g, last):
			hasNever = true
		case g <= early:
			keep[i], gone[r.Unit[i]] = false, true
		default:
			latest = max(latest, g)
		}
	}
	if !hasNever && latest != 0 {
		others := false
		for i, g := range r.First {
			others = others || keep[i] && g != latest
		}
		if others {
			control = latest
			for i, t := range r.Time {
				keep[i] = keep[i] && t < latest
			}
		}
	}
	return r.keep(keep), len(gone), control
}

// interactions makes the columns cohort × event time.
func (r Data) interactions(f *panel.Fit, last int) ([]cohortEvent, []panel.Column, bool, error) {
	at := map[cohortEvent][]int32{}
	cohorts, all := map[int]bool{}, []int{}
	for i, g := range r.First {
		if r.never(g, last) {
			continue
		}
		cohorts[g] = true
		all = append(all, r.Time[i]-g)
		c := cohortEvent{g, r.Time[i] - g}
		at[c] = append(at[c], int32(i))
	}
	slices.Sort(all)
	if refuseRollout(f, r, cohorts, slices.Compact(all), last) {
		return nil, nil, true, nil
	}
	for g := range cohorts { // take out each cohort's reference
		ref := math.MinInt
		for c := range at {
			if c.cohort == g && c.event < 0 {
				ref = max(ref, c.event)
			}
		}
		delete(at, cohortEvent{g, ref})
	}
	var cells []cohortEvent
	for c := range at {
		cells = append(cells, c)
	}
	slices.SortFunc(cells, func(a, b cohortEvent) int { return cmp.Or(a.event-b.event, a.cohort-b.cohort) })
	if len(cells)*len(r.Outcome) > maxEntries {
		return nil, nil, false, tooMany(len(cells), len(r.Outcome))
	}
	x := make([]panel.Column, len(cells))
	for j, c := range cells {
		x[j] = panel.Column{Name: fmt.Sprintf("cohort=%d,event=%d", c.cohort, c.event), Values: make([]float64, len(r.Outcome))}
		for _, i := range at[c] {
			x[j].Values[i] = 1
		}
	}
	return cells, x, false, nil
}

// aggregate replaces the interactions' estimates by their averages.
func aggregate(f *panel.Fit, cells []cohortEvent, x []panel.Column, r Data, level float64) {
	place := map[string]int{}
	for j, name := range f.Names {
		place[name] = j
	}
	att := make([]float64, len(f.Coef))
	by := map[int][]float64{}
	var events []int
	for j, c := range cells {
		k, ok := place[x[j].Name]
		if !ok {
			continue
		}
		w := weight(x[j].Values, r.Weights)
		if by[c.event] == nil {
			by[c.event] = make([]float64, len(f.Coef))
			events = append(events, c.event)
		}
		by[c.event][k] = w
		if c.event >= 0 {
			att[k] = w
		}
	}
	plain := f.Estimates
	f.Estimates = []measure.Estimate{f.Contrast("ATT", normalise(att), level)}
	for _, e := range events {
		f.Estimates = append(f.Estimates, f.Contrast(fmt.Sprintf("event=%d", e), normalise(by[e]), level))
	}
	covariates := len(r.Covariates)
	for _, c := range r.Covariates {
		if k, ok := place[c.Name]; ok && covariates > 0 {
			f.Estimates = append(f.Estimates, plain[k])
		}
	}
}

func normalise(w []float64) []float64 {
	var sum float64
	for _, v := range w {
		sum += v
	}
	if sum > 0 {
		for j := range w {
			w[j] /= sum
		}
	}
	return w
}
