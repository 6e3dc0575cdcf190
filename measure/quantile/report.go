package quantile

import (
	"fmt"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/measure"
)

// curve is one figure with its bootstrap draws.
type curve struct {
	name  string
	value float64
	draws []float64
}

func (s *sample) report(o Options, est []float64, draws [][]float64, res *measure.Result) {
	if len(draws) < o.Draws/2 {
		res.Note("unstable", measure.Serious,
			"多数重抽样中两组无法比较，没有可靠的误差。",
			"In most resamples the arms could not be compared, so there is no reliable error.",
			map[string]float64{"draws": float64(len(draws))})
		draws = nil
	}
	at := func(name string, f func([]float64) float64) curve {
		c := curve{name: name, value: f(est)}
		for _, d := range draws {
			if v := f(d); !math.IsNaN(v) {
				c.draws = append(c.draws, v)
			}
		}
		if len(c.draws) < len(draws)*9/10 {
			c.draws = nil
		}
		return c
	}
	effect := func(k int) func([]float64) float64 {
		return func(v []float64) float64 { return v[2*k] - v[2*k+1] }
	}
	relative := func(k int) func([]float64) float64 {
		return func(v []float64) float64 {
			if v[2*k+1] == 0 {
				return math.NaN()
			}
			return (v[2*k] - v[2*k+1]) / math.Abs(v[2*k+1])
		}
	}
	var absolutes []curve
	var mass, noRelative []float64
	for k, tau := range o.Tau {
		a := at(fmt.Sprintf("tau=%g", tau), effect(k))
		absolutes = append(absolutes, a)
		e := a.wald(o.Level)
		if math.IsNaN(e.SE) && draws != nil {
			mass = append(mass, tau)
		}
		r := at(fmt.Sprintf("relative tau=%g", tau), relative(k)).wald(o.Level)
		if math.IsNaN(r.Value) {
			noRelative = append(noRelative, tau)
		}
		res.Estimates = append(res.Estimates, e, r)
	}
	s.bands(o, absolutes, res)
	k := len(o.Tau)
	small := float64(min(s.split, s.n-s.split))
	if small*min(o.Floor, 1-o.Ceiling) >= tail-1e-9 {
		gap := func(f func(int) func([]float64) float64) func([]float64) float64 {
			return func(v []float64) float64 { return f(k+1)(v) - f(k)(v) }
		}
		res.Estimates = append(res.Estimates,
			at("ceiling-floor", gap(effect)).wald(o.Level),
			at("relative ceiling-floor", gap(relative)).wald(o.Level))
		tellGap(o, res)
	} else {
		res.Note("no-ceiling-floor", measure.Info,
			fmt.Sprintf("较小的一组只有 %.0f 人，下限与上限之外不足 %d 人，不比较两者。", small, tail),
			fmt.Sprintf("The smaller arm has %.0f people, so fewer than %d lie beyond floor or ceiling; the two are not compared.", small, tail), nil)
	}
	res.Estimates = append(res.Estimates, at("ate", effect(k+2)).wald(o.Level))
	if len(mass) > 0 {
		res.Note("mass-point", measure.Warning,
			fmt.Sprintf("有 %d 个分位点落在同一个反复出现的值上（例如很多人为 0），只给出数值，不给区间。", len(mass)),
			fmt.Sprintf("%d quantiles sit on a value that many people share (many zeros, say); they are given without an interval.", len(mass)),
			map[string]float64{"quantiles": float64(len(mass)), "first": mass[0]})
	}
	if len(noRelative) > 0 {
		res.Note("no-relative", measure.Info,
			fmt.Sprintf("有 %d 个分位点在对照组为 0，没有相对变化。", len(noRelative)),
			fmt.Sprintf("%d quantiles are zero in the control arm, so they have no relative change.", len(noRelative)),
			map[string]float64{"quantiles": float64(len(noRelative))})
	}
}

func tellGap(o Options, res *measure.Result) {
	a, _ := res.Get("ceiling-floor")
	r, _ := res.Get("relative ceiling-floor")
	side := func(e measure.Estimate) (string, string) {
		switch {
		case math.IsNaN(e.P):
			return "无法比较", "can't be compared"
		case e.P >= 0.05:
			return "看不出差别", "show no difference"
		case e.Value < 0:
			return "下限提高得更多", "show the floor rising more"
		}
		return "上限提高得更多", "show the ceiling rising more"
	}
	az, ae := side(a)
	rz, re := side(r)
	res.Note("floor-and-ceiling", measure.Info,
		fmt.Sprintf("P%.0f 与 P%.0f 相比：按绝对值%s，按比例%s。", 100*o.Floor, 100*o.Ceiling, az, rz),
		fmt.Sprintf("P%.0f against P%.0f: absolute effects %s, relative effects %s.", 100*o.Floor, 100*o.Ceiling, ae, re),
		map[string]float64{"absolute": a.Value, "relative": r.Value})
}

// bands adds intervals that hold for all τ at once.
func (s *sample) bands(o Options, curves []curve, res *measure.Result) {
	var live []curve
	var top []float64
	for _, c := range curves {
		if se := c.se(); se > 0 {
			live = append(live, c)
			if top == nil {
				top = make([]float64, len(c.draws))
			}
			for b, v := range c.draws {
				top[b] = max(top[b], math.Abs(v-c.value)/se)
			}
		}
	}
	if len(live) < 2 {
		return
	}
	slices.Sort(top)
	critical := max(top[position(o.Level, len(top))], measure.NormalQuantile((1+o.Level)/2))
	for _, c := range live {
		se := c.se()
		z, beyond := math.Abs(c.value)/se, 0
		for _, v := range top {
			if v >= z {
				beyond++
			}
		}
		res.Estimates = append(res.Estimates, measure.Estimate{Name: "band " + c.name, Value: c.value, SE: se,
			Lo: c.value - critical*se, Hi: c.value + critical*se, P: float64(1+beyond) / float64(1+len(top))})
	}
	res.Note("simultaneous-band", measure.Info,
		fmt.Sprintf("“band”各区间同时成立（临界值 %.3f）。", critical),
		fmt.Sprintf("The intervals named “band” hold all at once (critical value %.3f).", critical),
		map[string]float64{"critical": critical})
}

func (c curve) wald(level float64) measure.Estimate {
	se := c.se()
	if !(se > 0) {
		return measure.Point(c.name, c.value)
	}
	return measure.Wald(c.name, c.value, se, level)
}

// se is from the interquartile range: 0 on a mass point, and deaf to the
// few draws in which a propensity ran wild.
func (c curve) se() float64 {
	if len(c.draws) == 0 || math.IsNaN(c.value) {
		return 0
	}
	d := slices.Sorted(slices.Values(c.draws))
	return (d[position(.75, len(d))] - d[position(.25, len(d))]) / (2 * measure.NormalQuantile(.75))
}

func position(q float64, n int) int {
	return min(max(int(math.Ceil(q*float64(n)))-1, 0), n-1)
}
