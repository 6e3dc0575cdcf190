package panel

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
)

// An Interval of a confidence set; ends may be infinite.
type Interval struct{ Lo, Hi float64 }

// An Instrumented fit is a two-stage fit with what shows its instruments' strength.
type Instrumented struct {
	Fit
	FirstF        float64    // F of the excluded instruments in the first stage, with the fit's errors
	AndersonRubin []Interval // values of the effect not rejected; nil if all are rejected
}

const weakF = 10 // Staiger and Stock (1997): below, normal intervals mislead

// TwoStage is two-stage least squares of one endogenous exposure, with fixed
// effects, and an interval that holds whatever the instruments' strength.
//
// d.Regressors are the exogenous controls; endogenous is the exposure (e.g.
// use), instruments what moved it from outside (e.g. randomised access).
// Estimand: the coefficient of the exposure, outcome units per unit; with a
// binary instrument and effects that differ, the mean effect on those whose
// exposure the instrument moved. Assumptions: given fixed effects and
// controls, instruments are as good as random, and touch the outcome through
// the exposure alone. Estimates: the exposure under its name, from 2SLS with
// errors as [OLS]; "Anderson-Rubin", the same value with the robust interval
// (unbounded ends as ±Inf; NaN where the set is not one interval, see
// AndersonRubin) and the P value of no effect; then the controls. Errors:
// [measure.ErrInput]. Refusals as [OLS], and "instrument-irrelevant" when the
// fixed effects explain all instruments.
// Source: Anderson and Rubin (1949); Andrews, Stock and Sun (2019), section 5;
// robust form: Wald test of the instruments in the regression of y − βd.
func TwoStage(ctx context.Context, d Data, endogenous Column, instruments []Column, o Options) (Instrumented, error) {
	level, err := measure.Level(o.Level)
	if err != nil {
		return Instrumented{}, err
	}
	if len(instruments) == 0 {
		return Instrumented{}, measure.Invalid("panel: no instrument: name at least one column that moved the exposure from outside")
	}
	controls := len(d.Regressors)
	all := d
	all.Regressors = append(append(append([]Column(nil), d.Regressors...), endogenous), instruments...)
	s, err := newSample(all, o)
	if err != nil {
		return Instrumented{}, err
	}
	iv := Instrumented{Fit: Fit{Result: measure.Result{Method: "iv", N: len(s.y)}, sample: s}, FirstF: math.NaN()}
	if len(s.y) == 0 {
		iv.Refuse("too-few-rows", "去掉孤立行后没有剩下数据。", "No row is left once rows alone in a fixed effect are gone.", math.NaN())
		return iv, nil
	}
	solver, err := absorb.New(s.fixed, s.weights)
	if err != nil {
		return Instrumented{}, fmt.Errorf("panel: %w", err)
	}
	columns, raw, err := s.within(ctx, solver, append([][]float64{s.y}, s.x...))
	if err != nil {
		return Instrumented{}, err
	}
	t := stages{Instrumented: &iv, y: columns[0], d: columns[1+controls], o: o, level: level}
	if wdot(t.d, t.d, s.weights) <= absorbedShare*raw[1+controls] {
		iv.refuseCollinear(s)
		return iv, nil
	}
	t.w, t.z = t.exogenous(s.names, columns[1:], raw[1:], controls)
	if len(t.z) == 0 {
		iv.Refuse("instrument-irrelevant", "固定效应或控制变量完全解释了工具变量，它无法推动使用。",
			"Fixed effects or controls explain the instruments completely: nothing is left that moves the exposure.", math.NaN())
		return iv, nil
	}
	t.fit(endogenous.Name)
	return iv, nil
}

// stages holds the within columns of a two-stage fit.
type stages struct {
	*Instrumented
	y, d  []float64
	w, z  [][]float64 // controls and instruments kept
	names []string    // of w
	o     Options
	level float64
}

// exogenous screens controls and instruments for collinearity, controls first.
func (t *stages) exogenous(names []string, x [][]float64, raw []float64, controls int) (w, z [][]float64) {
	order := append(append([][]float64(nil), x[:controls]...), x[controls+1:]...)
	orderRaw := append(append([]float64(nil), raw[:controls]...), raw[controls+1:]...)
	orderNames := append(append([]string(nil), names[:controls]...), names[controls+1:]...)
	var kept [][]float64
	var at []int
	for j, c := range order {
		if wdot(c, c, t.sample.weights) > absorbedShare*orderRaw[j] {
			kept, at = append(kept, c), append(at, j)
		} else {
			t.Collinear = append(t.Collinear, orderNames[j])
		}
	}
	keep := independent(cross(kept, t.sample.weights))
	for k, c := range kept {
		switch {
		case len(keep) <= k || !keep[k]:
			t.Collinear = append(t.Collinear, orderNames[at[k]])
		case at[k] < controls:
			w, t.names = append(w, c), append(t.names, orderNames[at[k]])
		default:
			z = append(z, c)
		}
	}
	return w, z
}

// regress is weighted least squares of y on x, all within.
func regress(x [][]float64, y, w []float64) (coef []float64, bread *mat.SymDense, e []float64) {
	bread = invert(cross(x, w))
	coef = make([]float64, len(x))
	for j := range x {
		for l := range x {
			coef[j] += bread.At(j, l) * wdot(x[l], y, w)
		}
	}
	e = append([]float64(nil), y...)
	for j, b := range coef {
		for i, v := range x[j] {
			e[i] -= b * v
		}
	}
	return coef, bread, e
}

func (t *stages) fit(name string) {
	weights := t.sample.weights
	first := append(append([][]float64(nil), t.z...), t.w...)
	_, _, e1 := regress(first, t.d, weights)
	fitted := make([]float64, len(t.d))
	for i, v := range t.d {
		fitted[i] = v - e1[i]
	}
	t.FirstF = t.wald(first, t.d, len(t.z)) / float64(len(t.z))
	x := append([][]float64{fitted}, t.w...)
	if xx := cross(x, weights); !independent(xx)[0] || wdot(fitted, fitted, weights) < 1e-14*wdot(t.d, t.d, weights) {
		t.Refuse("instrument-irrelevant", "工具变量与使用完全无关，无法估计。", "The instruments do not move the exposure at all: there is no estimate.", math.NaN())
		return
	}
	coef, bread, _ := regress(x, t.y, weights)
	e := append([]float64(nil), t.y...)
	for i := range e {
		e[i] -= coef[0] * t.d[i]
		for j, c := range t.w {
			e[i] -= coef[1+j] * c[i]
		}
	}
	t.Coef, t.Names = coef, append([]string{name}, t.names...)
	t.infer(x, e, bread, wdot(e, e, weights), t.o)
	if t.Refusal != nil {
		return
	}
	t.notes(t.o)
	t.estimates(t.level)
	t.robust(name, first)
}

// robust adds the Anderson-Rubin interval after the exposure's estimate.
func (t *stages) robust(name string, first [][]float64) {
	k := len(t.z)
	limit := t.critical(k)
	b, se := t.Coef[0], math.Sqrt(t.Cov.At(0, 0))
	if !(se > 0) {
		return // a perfect fit: nothing to invert
	}
	stat := t.statistic(first, k, b, se)
	t.AndersonRubin = invertTest(func(beta float64) float64 { return stat(beta) - limit }, b, se)
	ar := measure.Point("Anderson-Rubin", b)
	if math.IsInf(t.DF, 1) || t.DF <= 0 {
		ar.P = measure.ChiSquaredP(stat(0), float64(k))
	} else {
		ar.P = measure.FP(stat(0)/float64(k), float64(k), t.DF)
	}
	if len(t.AndersonRubin) == 1 {
		ar.Lo, ar.Hi = t.AndersonRubin[0].Lo, t.AndersonRubin[0].Hi
	}
	t.Estimates = append(t.Estimates[:1], append([]measure.Estimate{ar}, t.Estimates[1:]...)...)
	severity, zh, en := measure.Info, "足够强", "strong enough for the normal interval"
	if t.FirstF < weakF {
		severity, zh, en = measure.Warning, "偏弱，请用 Anderson-Rubin 区间", "weak: read the Anderson-Rubin interval"
	}
	t.Note("first-stage", severity, fmt.Sprintf("第一阶段 F = %.1f，工具变量%s。", t.FirstF, zh), fmt.Sprintf("First-stage F = %.1f, %s.", t.FirstF, en),
		map[string]float64{"F": t.FirstF, "instruments": float64(k)})
	if len(t.AndersonRubin) != 1 {
		t.Note("anderson-rubin-set", measure.Warning, "稳健区间不是单一区间：工具变量太弱或相互矛盾。",
			"The robust confidence set is not one interval: instruments are weak or contradict each other.", map[string]float64{"pieces": float64(len(t.AndersonRubin))})
	}
}

// critical value of the Wald statistic of k instruments.
func (t *stages) critical(k int) float64 {
	lo, hi := 0.0, 1e6
	for range 200 {
		mid := (lo + hi) / 2
		if measure.FP(mid/float64(k), float64(k), t.DF) > 1-t.level {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}

// wald tests that the first k coefficients of y on x are zero, with the
// errors of the options.
func (t *stages) wald(x [][]float64, y []float64, k int) float64 {
	coef, cov := t.reduced(x, y, k)
	return quadratic(coef, cov)
}

// reduced is the regression of y on x: its first k coefficients and their
// covariance; nil where there is none.
func (t *stages) reduced(x [][]float64, y []float64, k int) ([]float64, *mat.SymDense) {
	coef, bread, e := regress(x, y, t.sample.weights)
	f := Fit{sample: t.sample}
	f.infer(x, e, bread, wdot(e, e, t.sample.weights), t.o)
	if f.Cov == nil {
		return coef[:k], nil
	}
	keep := make([]bool, len(x))
	for j := range k {
		keep[j] = true
	}
	return coef[:k], pickSym(f.Cov, keep)
}

func quadratic(coef []float64, cov *mat.SymDense) float64 {
	if cov == nil {
		return math.NaN()
	}
	inv := invert(cov)
	var q float64
	for a, x := range coef {
		for b, y := range coef {
			q += x * inv.At(a, b) * y
		}
	}
	return q
}

// statistic returns the Wald statistic of the instruments in the regression
// of y − βd as a function of β. Coefficients are linear in β and their
// covariance is quadratic, so three regressions, at b and b ± h, give all.
func (t *stages) statistic(x [][]float64, k int, b, h float64) func(float64) float64 {
	at := func(beta float64) ([]float64, *mat.SymDense) {
		u := make([]float64, len(t.y))
		for i := range u {
			u[i] = t.y[i] - beta*t.d[i]
		}
		return t.reduced(x, u, k)
	}
	c0, v0 := at(b)
	c1, v1 := at(b + h)
	_, v2 := at(b - h)
	return func(beta float64) float64 {
		if v0 == nil || v1 == nil || v2 == nil {
			return math.NaN()
		}
		s := (beta - b) / h
		coef, v := make([]float64, k), mat.NewSymDense(k, nil)
		for i := range k {
			coef[i] = c0[i] + s*(c1[i]-c0[i])
			for j := i; j < k; j++ {
				odd, even := (v1.At(i, j)-v2.At(i, j))/2, (v1.At(i, j)+v2.At(i, j))/2-v0.At(i, j)
				v.SetSym(i, j, v0.At(i, j)+s*odd+s*s*even)
			}
		}
		return quadratic(coef, v)
	}
}

// invertTest finds where g ≤ 0 on the whole line: signs on a grid that is
// dense near b, in units of se, and reaches to infinity, then bisection.
func invertTest(g func(float64) float64, b, se float64) []Interval {
	const points = 200
	if !(se > 0) {
		se = 1
	}
	at := func(k int) float64 { // tangent grid: ±points ↔ ±infinity
		return b + se*3*math.Tan(math.Pi/2*float64(k)/(points+0.5))
	}
	edge := func(lo, hi float64) float64 {
		inside := g(lo) <= 0
		for range 60 {
			mid := (lo + hi) / 2
			if (g(mid) <= 0) == inside {
				lo = mid
			} else {
				hi = mid
			}
		}
		return (lo + hi) / 2
	}
	var out []Interval
	open := false
	last := at(-points)
	for k := -points; k <= points; k++ {
		x := at(k)
		in := g(x) <= 0
		switch {
		case in && !open:
			lo := math.Inf(-1)
			if k > -points {
				lo = edge(last, x)
			}
			out = append(out, Interval{lo, math.Inf(1)})
			open = true
		case !in && open:
			out[len(out)-1].Hi = edge(last, x)
			open = false
		}
		last = x
	}
	return out
}
