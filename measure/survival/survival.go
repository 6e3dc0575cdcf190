// Package survival compares how long something takes when not everyone has
// got there yet: time to a first deal, to a solved case, to leaving.
//
// Two facts that surprise. A mean duration over finished cases only is biased
// towards the fast ones; the restricted mean (area under the Kaplan-Meier
// curve up to τ) is not. And it must stop where either group's follow-up
// stops: beyond, the curve says nothing.
package survival

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/measure"
)

// A Curve is a Kaplan-Meier estimate. Survival[k] is the share not yet there
// just after Time[k]; only times with events are listed.
type Curve struct {
	Time     []float64 // ascending, in the unit of the durations
	Survival []float64
	SE       []float64 // Greenwood's; NaN once nobody is left
	Lo, Hi   []float64 // on the log scale, as R's survfit
	AtRisk   []int     // just before Time[k]
	Events   []int     // at Time[k]
	N        int
	Last     float64 // longest duration, with or without event
}

// KaplanMeier estimates P(T > t).
//
// duration[i] is the time observed (≥ 0, any unit), event[i] whether the
// event ended it (false: still waiting, censored). Assumption: whoever is
// censored would have gone on like those who are not. level 0 means 0.95.
// Source: Kaplan and Meier (1958); Greenwood (1926).
func KaplanMeier(duration []float64, event []bool, level float64) (Curve, error) {
	level, err := measure.Level(level)
	if err != nil {
		return Curve{}, err
	}
	if err := check(duration, event); err != nil {
		return Curve{}, err
	}
	order := make([]int, len(duration))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(duration[a], duration[b]) })
	c := Curve{N: len(duration), Last: duration[order[len(order)-1]]}
	left, share, green := len(duration), 1.0, 0.0
	q := measure.NormalQuantile((1 + level) / 2)
	for at := 0; at < len(order); {
		t, events, next := duration[order[at]], 0, at
		for ; next < len(order) && duration[order[next]] == t; next++ {
			if event[order[next]] {
				events++
			}
		}
		if events > 0 {
			share *= 1 - float64(events)/float64(left)
			green += float64(events) / (float64(left) * float64(left-events)) // +Inf when all go
			se, lo, hi := share*math.Sqrt(green), math.NaN(), math.NaN()
			if share > 0 {
				lo, hi = share*math.Exp(-q*math.Sqrt(green)), math.Min(1, share*math.Exp(q*math.Sqrt(green)))
			}
			c.Time, c.Survival = append(c.Time, t), append(c.Survival, share)
			c.SE, c.Lo, c.Hi = append(c.SE, se), append(c.Lo, lo), append(c.Hi, hi)
			c.AtRisk, c.Events = append(c.AtRisk, left), append(c.Events, events)
		}
		left -= next - at
		at = next
	}
	return c, nil
}

func check(duration []float64, event []bool) error {
	if len(duration) == 0 {
		return measure.Invalid("survival: no rows: give one row per person or case")
	}
	if len(event) != len(duration) {
		return measure.Invalid("survival: event has %d rows, duration has %d: every column needs one value per row", len(event), len(duration))
	}
	for i, d := range duration {
		if !(d >= 0) || math.IsInf(d, 1) {
			return measure.Invalid("survival: duration, row %d: %v is not a time of 0 or more: correct the row or leave it out", i+1, d)
		}
	}
	return nil
}

// Quantile is the shortest time by which a share p has had the event; NaN if
// the curve never gets there. A flat step exactly at p gives its middle, as R.
func (c Curve) Quantile(p float64) float64 {
	for k, s := range c.Survival {
		switch {
		case math.Abs(s-(1-p)) < 1e-12:
			if k+1 < len(c.Time) {
				return (c.Time[k] + c.Time[k+1]) / 2
			}
			return c.Time[k]
		case s < 1-p:
			return c.Time[k]
		}
	}
	return math.NaN()
}

// Mean is the mean of min(T, tau), the area under the curve, and its
// standard error by Greenwood's formula (Klein and Moeschberger 2003, eq.
// 4.5.1 and 4.5.2); terms in which everyone at risk has the event are
// skipped, for the curve is zero after them.
func (c Curve) Mean(tau float64) (mean, se float64) {
	var times []float64
	for _, t := range c.Time {
		if t < tau {
			times = append(times, t)
		}
	}
	area := make([]float64, len(times)) // under the curve from times[k] to tau
	end := tau
	var tail float64
	for k := len(times) - 1; k >= 0; k-- {
		tail += c.Survival[k] * (end - times[k])
		area[k], end = tail, times[k]
	}
	mean = tail + end
	var v float64
	for k, a := range area {
		n, d := float64(c.AtRisk[k]), float64(c.Events[k])
		if n > d {
			v += a * a * d / (n * (n - d))
		}
	}
	return mean, math.Sqrt(v)
}

// Options of [RestrictedMean].
type Options struct {
	Tau   float64 // horizon, in the durations' unit; 0: the shorter of the two arms' follow-ups
	Level float64 // 0 means 0.95
	// Reduced is for groups of a few dozen: Greenwood's variances, whose
	// divisor is n, are widened by d/(d−1) with d events before τ, and the
	// intervals are Welch's t. Without censoring that is Welch's test.
	Reduced bool
}

// A Comparison is a result with the two curves.
type Comparison struct {
	measure.Result
	Tau              float64
	Treated, Control Curve
}

// RestrictedMean compares two groups by their restricted mean time.
//
// Estimand: "difference", the mean of min(T, τ) among the treated less that
// among the others, in the durations' unit; "ratio" of the two; and both
// means, "treated" and "control". Assumptions: independent censoring within
// each group; for a causal reading, groups that are otherwise alike
// (randomised). No proportional hazards needed. Inputs as [KaplanMeier], with
// treated[i] for the group. Errors: [measure.ErrInput]. Refusals:
// "everyone-treated", "nobody-treated", "too-few-events" (under two events in
// a group before τ), "beyond-follow-up" (τ later than a group's last
// observation while somebody still waited: once nobody waits, any later τ
// gives the same mean).
// Source: Irwin (1949); Royston and Parmar (2013); errors by Greenwood,
// intervals normal (difference) and log-normal (ratio), as survRM2.
func RestrictedMean(duration []float64, event, treated []bool, o Options) (Comparison, error) {
	level, err := measure.Level(o.Level)
	if err != nil {
		return Comparison{}, err
	}
	if err := check(duration, event); err != nil {
		return Comparison{}, err
	}
	if len(treated) != len(duration) {
		return Comparison{}, measure.Invalid("survival: treatment has %d rows, duration has %d: every column needs one value per row", len(treated), len(duration))
	}
	if !(o.Tau >= 0) || math.IsInf(o.Tau, 1) {
		return Comparison{}, measure.Invalid("survival: tau %v is not a positive time", o.Tau)
	}
	c := Comparison{Result: measure.Result{Method: "rmst", N: len(duration)}, Tau: o.Tau}
	var d [2][]float64
	var e [2][]bool
	for i, t := range treated {
		arm := 0
		if t {
			arm = 1
		}
		d[arm], e[arm] = append(d[arm], duration[i]), append(e[arm], event[i])
	}
	if c.refuseArms(len(d[1]), len(d[0])) {
		return c, nil
	}
	for arm, curve := range []*Curve{&c.Control, &c.Treated} {
		if *curve, err = KaplanMeier(d[arm], e[arm], level); err != nil {
			return Comparison{}, err
		}
	}
	if c.Tau == 0 {
		c.Tau = math.Min(c.Treated.Last, c.Control.Last)
	}
	c.compare(level, o.Reduced)
	return c, nil
}

func (c *Comparison) refuseArms(treated, control int) bool {
	switch {
	case control == 0:
		c.Refuse("everyone-treated", "所有人都在处理组，没有对照。", "Everyone is treated: there is no group to compare with.", math.NaN())
	case treated == 0:
		c.Refuse("nobody-treated", "没有人在处理组。", "Nobody is treated: there is no effect to see.", math.NaN())
	default:
		return false
	}
	return true
}

// follow is up to when a group's mean time is known: for ever once nobody
// waits, as in survRM2.
func (c Curve) follow() float64 {
	if n := len(c.Survival); n > 0 && c.Survival[n-1] == 0 {
		return math.Inf(1)
	}
	return c.Last
}

func (c *Comparison) compare(level float64, reduced bool) {
	m1, s1 := c.Treated.Mean(math.Min(c.Tau, c.Treated.Last))
	m0, s0 := c.Control.Mean(math.Min(c.Tau, c.Control.Last))
	df1, df0, df := math.Inf(1), math.Inf(1), math.Inf(1)
	if d1, d0 := float64(c.Treated.before(c.Tau)), float64(c.Control.before(c.Tau)); reduced && d1 > 1 && d0 > 1 {
		df1, df0 = d1-1, d0-1
		s1, s0 = s1*math.Sqrt(d1/df1), s0*math.Sqrt(d0/df0)
		if a, b := s1*s1, s0*s0; a+b > 0 {
			df = (a + b) * (a + b) / (a*a/df1 + b*b/df0)
		}
	}
	se := math.Hypot(s1, s0)
	mde := measure.MDE(se, level, 0.8)
	shortest := math.Min(c.Treated.follow(), c.Control.follow())
	if c.Tau > shortest {
		c.Refuse("beyond-follow-up", fmt.Sprintf("时间上限 %g 超过了较短一组的随访 %g；请用不超过它的上限。", c.Tau, shortest),
			fmt.Sprintf("The horizon %g is beyond the shorter group's follow-up, %g: choose one up to it.", c.Tau, shortest), mde)
		return
	}
	for _, curve := range []Curve{c.Treated, c.Control} {
		if n := curve.before(c.Tau); n < 2 {
			c.Refuse("too-few-events", fmt.Sprintf("有一组在 %g 之前只有 %d 个事件，无法衡量误差。", c.Tau, n),
				fmt.Sprintf("One group has only %d events before %g: too few to judge uncertainty by.", n, c.Tau), math.NaN())
			return
		}
	}
	ratio := measure.WaldT("ratio", math.Log(m1/m0), math.Hypot(s1/m1, s0/m0), df, level)
	ratio.Value, ratio.SE = m1/m0, m1/m0*ratio.SE
	ratio.Lo, ratio.Hi = math.Exp(ratio.Lo), math.Exp(ratio.Hi)
	c.Estimates = []measure.Estimate{
		measure.WaldT("difference", m1-m0, se, df, level), ratio,
		measure.WaldT("treated", m1, s1, df1, level), measure.WaldT("control", m0, s0, df0, level),
	}
	c.Note("horizon", measure.Info, fmt.Sprintf("平均时间只算到 %g；更晚的部分数据看不到。", c.Tau),
		fmt.Sprintf("Mean times count up to %g; what comes later the data don't show.", c.Tau),
		map[string]float64{"tau": c.Tau, "treated": float64(c.Treated.N), "control": float64(c.Control.N), "mde": mde})
}

func (c Curve) before(tau float64) int {
	n := 0
	for k, t := range c.Time {
		if t <= tau {
			n += c.Events[k]
		}
	}
	return n
}
