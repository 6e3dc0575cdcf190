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

// A Comparison is one two-by-two difference in differences inside a two-way
// fixed-effects coefficient, and its weight there.
type Comparison struct {
	Kind    string // "treated v. untreated", "earlier v. later", "later v. earlier", "later v. always"
	Treated int    // first treated period of the treated group
	Control int    // of the control group; 0 if never treated
	Weight  float64
	Value   float64
}

// TWFE is the two-way fixed-effects coefficient of a treatment, "treatment",
// in outcome units, with its Goodman-Bacon decomposition as a warning.
//
// treated[i] is 0 or 1 for row i (any dose is accepted, then without
// decomposition); First of the roll-out is not used. Estimand: the
// coefficient of treated in a regression with unit and time effects. It is an
// average effect only under parallel trends and, if units start at different
// times, effects that do not change with time; the comparisons that use
// already treated units as controls, and their weight, are in the diagnostic
// "forbidden-comparisons". The decomposition exists for balanced panels
// without covariates or weights in which nobody stops being treated.
// Errors are clustered by unit unless Clusters says otherwise. Refusals:
// "collinear" (everyone treated at once), "too-few-clusters".
// Source: Goodman-Bacon (2021), theorem 1, equations 10 a to g.
func TWFE(ctx context.Context, r Data, treated []float64, o panel.Options) (panel.Fit, []Comparison, error) {
	if err := measure.CheckLength("rollout", "treatment", len(treated), len(r.Outcome)); err != nil {
		return panel.Fit{}, nil, err
	}
	r.First = make([]int, len(r.Outcome))
	if err := r.check(); err != nil {
		return panel.Fit{}, nil, err
	}
	d := r.data([]panel.Column{{Name: "treatment", Values: treated}})
	f, err := panel.OLS(ctx, d, o)
	if err != nil {
		return panel.Fit{}, nil, err
	}
	f.Method = "twfe"
	if f.Refusal != nil {
		return f, nil, nil
	}
	if len(f.Names) == 0 || f.Names[0] != "treatment" {
		f.Refuse("collinear", "单位和时间效应完全解释了处理变量，数据无法区分它的作用（例如所有人同时开始使用）。",
			"Unit and time effects explain the treatment completely, so its effect can't be told apart (for example, everyone started at the same time).", math.NaN())
		return f, nil, nil
	}
	b, why := newBacon(r, treated)
	if why != "" {
		f.Note("no-decomposition", measure.Info, "无法做 Goodman-Bacon 分解（"+why+")，请同时看 Callaway-Sant'Anna。",
			"No Goodman-Bacon decomposition ("+why+"); look at Callaway-Sant'Anna as well.", nil)
		return f, nil, nil
	}
	list := b.decompose()
	noteBacon(&f, list)
	return f, list, nil
}

// bacon notes how much of the coefficient compares with treated units.
func noteBacon(f *panel.Fit, list []Comparison) {
	sum := map[string]float64{}
	weight := map[string]float64{}
	for _, c := range list {
		weight[c.Kind] += c.Weight
		sum[c.Kind] += c.Weight * c.Value
	}
	values := map[string]float64{}
	for kind, w := range weight {
		values["weight "+kind] = w
		if w > 0 {
			values["effect "+kind] = sum[kind] / w
		}
	}
	bad := weight[laterEarlier] + weight[laterAlways]
	severity := measure.Info
	switch {
	case bad > 0.25:
		severity = measure.Serious
	case bad > 0:
		severity = measure.Warning
	}
	f.Note("forbidden-comparisons", severity,
		fmt.Sprintf("系数中 %.1f%% 的权重把已经开始的单位当作对照；若作用随时间变化，这部分会带来偏差甚至反号。", 100*bad),
		fmt.Sprintf("%.1f %% of the coefficient's weight compares with units that are already treated; where effects change over time that part is biased and may even have the wrong sign.", 100*bad), values)
}

// The kinds of comparison.
const (
	treatedNever = "treated v. untreated"
	earlierLater = "earlier v. later"
	laterEarlier = "later v. earlier"
	laterAlways  = "later v. always"
)

// group is the units that start in one period.
type group struct {
	start int       // index of the first treated period; periods if never
	first int       // that period; 0 if never
	share float64   // of units
	sum   []float64 // running total, over periods, of the group's mean outcome
}

type bacon struct {
	periods int
	groups  []group // by start
}

// newBacon brings a balanced panel with a treatment that stays into groups;
// why says what stands in the way.
func newBacon(r Data, treated []float64) (b bacon, why string) {
	if len(r.Covariates) > 0 {
		return b, "covariates"
	}
	if r.Weights != nil {
		return b, "weights"
	}
	unit := absorb.NewFactor("unit", r.Unit)
	times := slices.Clone(r.Time)
	slices.Sort(times)
	times = slices.Compact(times)
	b.periods = len(times)
	if unit.Levels*b.periods != len(r.Outcome) {
		return b, "panel not balanced"
	}
	y, d := make([]float64, len(r.Outcome)), make([]float64, len(r.Outcome))
	for i, u := range unit.Code {
		t, _ := slices.BinarySearch(times, r.Time[i])
		y[int(u)*b.periods+t], d[int(u)*b.periods+t] = r.Outcome[i], treated[i]
	}
	at := map[int]*group{}
	for u := range unit.Levels {
		row := d[u*b.periods : (u+1)*b.periods]
		start := b.periods
		for t, v := range row {
			switch {
			case v != 0 && v != 1:
				return b, "treatment not 0 or 1"
			case v == 1:
				start = min(start, t)
			case start < b.periods:
				return b, "treatment ends"
			}
		}
		g := at[start]
		if g == nil {
			g = &group{start: start, sum: make([]float64, b.periods+1)}
			if start < b.periods {
				g.first = times[start]
			}
			at[start] = g
		}
		g.share++
		for t, v := range y[u*b.periods : (u+1)*b.periods] {
			g.sum[t+1] += v
		}
	}
	for _, g := range at {
		for t := range b.periods {
			g.sum[t+1] = g.sum[t] + g.sum[t+1]/g.share
		}
		g.share /= float64(unit.Levels)
		b.groups = append(b.groups, *g)
	}
	slices.SortFunc(b.groups, func(x, y group) int { return cmp.Compare(x.start, y.start) })
	return b, ""
}

// mean of a group's outcome over periods [since, until).
func (g group) mean(since, until int) float64 {
	return (g.sum[until] - g.sum[since]) / float64(until-since)
}

// did is treated's change from [a, b) to [b, c) less control's.
func did(treated, control group, a, b, c int) float64 {
	return treated.mean(b, c) - treated.mean(a, b) - control.mean(b, c) + control.mean(a, b)
}

func (b bacon) decompose() []Comparison {
	t := float64(b.periods)
	var list []Comparison
	var total float64
	add := func(kind string, treated, control group, weight, value float64) {
		total += weight
		list = append(list, Comparison{kind, treated.first, control.first, weight, value})
	}
	for x, k := range b.groups {
		for _, l := range b.groups[x+1:] { // k starts before l
			dk, dl := float64(b.periods-k.start)/t, float64(b.periods-l.start)/t
			pair := k.share + l.share
			split := k.share / pair * (1 - k.share/pair)
			if l.start == b.periods {
				if k.start > 0 {
					add(treatedNever, k, l, pair*pair*split*dk*(1-dk), did(k, l, 0, k.start, b.periods))
				}
				continue
			}
			if k.start > 0 {
				w := pair * (1 - dl)
				w *= w * split * (dk - dl) / (1 - dl) * (1 - dk) / (1 - dl)
				add(earlierLater, k, l, w, did(k, l, 0, k.start, l.start))
			}
			w := pair * dk
			w *= w * split * dl / dk * (dk - dl) / dk
			kind := laterEarlier
			if k.start == 0 {
				kind = laterAlways
			}
			add(kind, l, k, w, did(l, k, k.start, l.start, b.periods))
		}
	}
	for j := range list {
		if total > 0 {
			list[j].Weight /= total
		}
	}
	if total == 0 {
		return nil
	}
	return list
}

// Value is Σ weight × value of the comparisons: the coefficient itself.
func Value(list []Comparison) float64 {
	if len(list) == 0 {
		return math.NaN()
	}
	var v float64
	for _, c := range list {
		v += c.Weight * c.Value
	}
	return v
}
