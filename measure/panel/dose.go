package panel

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/measure"
)

// A Step is one piece of a dose-response curve.
type Step struct {
	Lo, Hi float64 // doses in (Lo, Hi]
	Mean   float64 // mean dose there
	Rows   int
	Effect measure.Estimate
}

// A Curve is the response to a dose.
type Curve struct {
	Fit
	Steps []Step
}

// DoseResponse estimates how the outcome answers to how much of a shovel was
// used: one effect per range of doses against dose 0 ("dose (lo,hi]"), and
// "per unit", the slope of a straight line through all doses.
//
// dose[i] ≥ 0 belongs to row i of d; cuts are the upper ends of the ranges,
// ascending (the last range is open); nil takes quartiles of the positive
// doses. Estimand and assumptions as [OLS], for each range: given fixed
// effects and regressors, who uses how much is unrelated to what the outcome
// would have been. A dose is chosen by its user, so without an instrument
// this is an adjusted comparison; a diagnostic says so. It also tells whether
// the line is rejected against the steps. Refusals as [OLS], and
// "no-zero-dose", "one-dose".
func DoseResponse(ctx context.Context, d Data, dose []float64, cuts []float64, o Options) (Curve, error) {
	level, err := measure.Level(o.Level)
	if err != nil {
		return Curve{}, err
	}
	if err := measure.CheckLength("panel", "dose", len(dose), len(d.Outcome)); err != nil {
		return Curve{}, err
	}
	var positive []float64
	for i, v := range dose {
		if !(v >= 0) || math.IsInf(v, 1) {
			return Curve{}, measure.Invalid("panel: dose, row %d: %v is not a number of 0 or more", i+1, v)
		}
		if v > 0 {
			positive = append(positive, v)
		}
	}
	c := Curve{Fit: Fit{Result: measure.Result{Method: "dose-response", N: len(dose)}}}
	slices.Sort(positive)
	switch {
	case len(positive) == len(dose):
		c.Refuse("no-zero-dose", "没有剂量为 0 的行，没有比较的起点。", "No row has dose 0: there is nothing to compare with.", math.NaN())
		return c, nil
	case len(positive) == 0 || positive[0] == positive[len(positive)-1]:
		c.Refuse("one-dose", "正剂量不足两种，画不出响应曲线。", "There are fewer than two different positive doses: no curve can be drawn.", math.NaN())
		return c, nil
	}
	if cuts == nil {
		for q := 1; q < 4; q++ {
			cuts = append(cuts, positive[len(positive)*q/4])
		}
		cuts = slices.Compact(cuts)
	}
	if !slices.IsSorted(cuts) || len(cuts) > 0 && cuts[0] <= 0 {
		return Curve{}, measure.Invalid("panel: cuts %v must be positive and ascending", cuts)
	}
	own := d.Regressors
	steps, columns := ranges(dose, cuts)
	d.Regressors = append(append([]Column(nil), columns...), own...)
	if c.Fit, err = OLS(ctx, d, o); err != nil {
		return Curve{}, err
	}
	c.Method = "dose-response"
	if c.Refusal != nil {
		return c, nil
	}
	for j, s := range steps {
		if e, ok := c.Get(columns[j].Name); ok {
			s.Effect = e
			c.Steps = append(c.Steps, s)
		}
	}
	d.Regressors = append([]Column{{Name: "per unit", Values: dose}}, own...)
	line, err := OLS(ctx, d, o)
	if err != nil {
		return Curve{}, err
	}
	if e, ok := line.Get("per unit"); ok {
		c.Estimates = append(c.Estimates, e)
		c.straight(e, level)
	}
	c.Note("dose-chosen", measure.Warning, "用多少由使用者自己决定：这是调整后的比较，不是实验。",
		"How much is used is its user's choice: this is an adjusted comparison, not an experiment.", nil)
	return c, nil
}

// ranges cuts doses into steps and their indicator columns.
func ranges(dose, cuts []float64) (steps []Step, columns []Column) {
	ends := append(append([]float64{0}, cuts...), math.Inf(1))
	for j := 1; j < len(ends); j++ {
		s := Step{Lo: ends[j-1], Hi: ends[j]}
		x := make([]float64, len(dose))
		for i, v := range dose {
			if v > s.Lo && v <= s.Hi {
				x[i] = 1
				s.Rows++
				s.Mean += v
			}
		}
		if s.Rows == 0 {
			continue
		}
		s.Mean /= float64(s.Rows)
		steps = append(steps, s)
		columns = append(columns, Column{Name: fmt.Sprintf("dose (%g,%g]", s.Lo, s.Hi), Values: x})
	}
	return steps, columns
}

// straight notes steps that lie off the straight line.
func (c *Curve) straight(slope measure.Estimate, level float64) {
	off := 0.0
	for _, s := range c.Steps {
		if line := slope.Value * s.Mean; s.Effect.Lo > line || s.Effect.Hi < line {
			off++
		}
	}
	if off > 0 {
		c.Note("not-a-line", measure.Info, fmt.Sprintf("%.0f 段剂量的作用不在直线上：用得越多不等于成比例地越好。", off),
			fmt.Sprintf("%.0f ranges of doses lie off the straight line at %.0f %%: more use is not proportionally better.", off, 100*level), map[string]float64{"ranges": off})
	}
}
