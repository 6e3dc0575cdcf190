// Package did estimates what a staggered roll-out did, after Callaway and
// Sant'Anna (2021): one effect per cohort and period, then four averages.
//
// Two facts surprise. A two-way fixed-effects regression on the same data can
// get the sign wrong, because it uses teams already treated as controls; this
// package never does. And "simple" and "dynamic" are different questions:
// −0.040 and −0.077 on the same minimum-wage data, both right.
package did

import (
	"context"
	"fmt"
	"math"

	"github.com/chanzipu/outfitter/measure"
)

// Input is a panel in long form, one row per unit and period, in any order.
type Input struct {
	Unit         []int
	Time         []int // periods; gaps are fine, the next recorded period counts as next
	Outcome      []float64
	FirstTreated []int       // first period with treatment, the same on all rows of a unit; 0: never
	Covariates   [][]float64 // optional columns; the value at the earlier period of each comparison is used
	Cluster      []int       // optional, constant within a unit; nil: the unit
	Weights      []float64   // optional, 0 or more; a unit's first row counts
}

// Control says whom the treated are compared with.
type Control string

// The comparison groups.
const (
	NeverTreated  Control = "never"
	NotYetTreated Control = "not-yet" // never treated, or treated later than the period compared
)

// Base says what the periods before treatment are compared with. Effects
// after treatment do not depend on it.
type Base string

// The base periods.
const (
	Varying   Base = "varying"   // each early period against the one before it
	Universal Base = "universal" // all periods against the last before treatment
)

// Missing says what to do with units not seen in every period.
type Missing string

// The choices for units not seen in every period.
const (
	DropUnits Missing = "drop" // leave them out, as R's did does by default
	PairUnits Missing = "pair" // use them in each comparison whose two periods they have
)

// Options of [Estimate]; the zero value is R did's default without bootstrap.
type Options struct {
	Control      Control // "" is NeverTreated
	Base         Base    // "" is Varying
	Missing      Missing // "" is DropUnits
	Anticipation int     // periods (in units of Time) by which effects may precede treatment
	Level        float64 // 0 is 0.95
	// Draws of the multiplier bootstrap (Mammen weights by cluster). With it,
	// standard errors are the bootstrap's and each family of estimates has a
	// simultaneous band; 0 gives analytic errors and pointwise intervals.
	Draws int
	Seed  uint64
}

// Cell is one group-time average effect.
type Cell struct {
	Group, Time, Base int
	ATT, SE           float64 // SE NaN for the reference period of a universal base
	Treated, Control  int     // units
	post, reference   bool
}

// Effects is a result with its cells and its pre-test.
type Effects struct {
	measure.Result
	Cells   []Cell
	PreTest PreTest
	// Critical is the critical value of the simultaneous band over all cells;
	// NaN without bootstrap.
	Critical float64
}

// Estimate computes group-time average treatment effects on the treated.
//
// Estimand: ATT(g,t), the mean effect at t on the units first treated at g,
// in the outcome's unit; and averages: "simple" (all cells after treatment,
// by group size), "dynamic" (mean over event times of the mean at each),
// "group" (mean over cohorts of each one's mean), "calendar" (mean over
// periods). Parts are named "dynamic e=2", "group g=2004", "calendar t=2005",
// "ATT(2004,2005)".
//
// Assumes: treatment stays on; no anticipation beyond Options.Anticipation;
// and parallel trends between each cohort and its comparison group,
// conditional on Covariates where given.
//
// Without covariates: differences of mean changes. With: the doubly robust
// estimator of Sant'Anna and Zhao (2020, eq. 2.6; logit by maximum
// likelihood, outcome change by least squares on controls). Errors come from
// influence functions, including that of the aggregation weights, summed by
// cluster (Callaway and Sant'Anna 2021, theorems 2 and 3; bootstrap:
// algorithm 1).
//
// It fails on duplicate unit-period rows, on a unit whose first treatment or
// cluster changes, on negative first-treated periods and values that are not
// numbers. It refuses where nobody is treated within the window, nobody is
// left to compare with, or there is no period before.
func Estimate(ctx context.Context, in Input, o Options) (Effects, error) {
	return estimate(ctx, in, o, 0)
}

func estimate(ctx context.Context, in Input, o Options, lead int) (Effects, error) {
	out := Effects{Result: measure.Result{Method: "did"}, Critical: math.NaN(), PreTest: noPreTest()}
	if err := o.fill(); err != nil {
		return out, err
	}
	p, err := newPanel(in, o, &out.Result)
	if err != nil || out.Refusal != nil {
		return out, err
	}
	out.N = p.n
	cells, err := p.cells(ctx, o, lead, &out.Result)
	if err != nil || out.Refusal != nil {
		return out, err
	}
	families := p.aggregate(cells)
	if err := p.infer(ctx, o, cells, families, &out); err != nil {
		return out, err
	}
	for _, c := range cells {
		out.Cells = append(out.Cells, c.Cell)
	}
	if lead == 0 {
		out.PreTest = p.preTest(o, cells, families, &out.Result)
	}
	p.warn(cells, &out.Result)
	return out, nil
}

func (o *Options) fill() error {
	var err error
	if o.Level, err = measure.Level(o.Level); err != nil {
		return err
	}
	if o.Control == "" {
		o.Control = NeverTreated
	}
	if o.Base == "" {
		o.Base = Varying
	}
	if o.Missing == "" {
		o.Missing = DropUnits
	}
	switch {
	case o.Control != NeverTreated && o.Control != NotYetTreated:
		return measure.Invalid("did: control %q: use %q or %q", o.Control, NeverTreated, NotYetTreated)
	case o.Base != Varying && o.Base != Universal:
		return measure.Invalid("did: base %q: use %q or %q", o.Base, Varying, Universal)
	case o.Missing != DropUnits && o.Missing != PairUnits:
		return measure.Invalid("did: missing %q: use %q or %q", o.Missing, DropUnits, PairUnits)
	case o.Anticipation < 0:
		return measure.Invalid("did: anticipation %d is negative: give the number of periods, 0 for none", o.Anticipation)
	case o.Draws < 0 || (o.Draws > 0 && o.Draws < 100):
		return measure.Invalid("did: %d bootstrap draws: give at least 100, or 0 for analytic errors", o.Draws)
	}
	return nil
}

// Placebo pretends that every cohort was treated lead periods (units of Time)
// earlier and uses its rows from before the true date alone. The "simple"
// estimate should be near zero; where it is not, what is measured afterwards
// is not the treatment alone.
func Placebo(ctx context.Context, in Input, lead int, o Options) (Effects, error) {
	if lead < 1 {
		return Effects{}, measure.Invalid("did: placebo lead %d: give how many periods earlier to pretend, at least 1", lead)
	}
	out, err := estimate(ctx, in, o, lead)
	out.Method = "did-placebo"
	if e, ok := out.Get("simple"); ok && err == nil && e.P < 0.05 {
		out.Note("placebo-effect", measure.Serious,
			fmt.Sprintf("把上线日期假设提前 %d 期，也“测出”了 %.4g 的效果：两组本来就在分化，真实日期的结果不可信。", lead, e.Value),
			fmt.Sprintf("Pretending the start was %d periods earlier also “finds” an effect of %.4g: the groups were already drifting apart, so the result at the true date can't be trusted.", lead, e.Value),
			map[string]float64{"placebo": e.Value, "p": e.P})
	}
	return out, err
}

func (p *panel) warn(cells []cell, res *measure.Result) {
	small := map[int]int{}
	for _, c := range cells {
		if c.post && c.Treated < 5 {
			small[c.Group] = c.Treated
		}
	}
	if len(small) > 0 {
		res.Note("small-cohorts", measure.Warning,
			fmt.Sprintf("有 %d 批上线的单位不足 5 个，这些批次的误差被低估。", len(small)),
			fmt.Sprintf("%d cohorts have fewer than 5 units; their errors are understated.", len(small)),
			map[string]float64{"cohorts": float64(len(small))})
	}
	if p.clusters < 30 {
		res.Note("few-clusters", measure.Warning,
			fmt.Sprintf("独立的单位只有 %d 个，区间偏乐观。", p.clusters),
			fmt.Sprintf("There are only %d independent units; intervals are optimistic.", p.clusters),
			map[string]float64{"clusters": float64(p.clusters)})
	}
}
