package panel

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
)

// Symmetric is a symmetric matrix, gonum's.
type Symmetric = mat.SymDense

const (
	absorbedShare = 1e-10 // of a column's variation left within: below it the fixed effects explain the column
	pivotShare    = 1e-9  // of a column's within variation left by the columns before it
)

// OLS is least squares with fixed effects.
//
// Estimand: the coefficients β of E[y | x, levels] = x'β + Σ effects, by
// weighted least squares. Assumption: given the fixed effects and the other
// regressors, what is left of a regressor is unrelated to what is left of the
// outcome (for β to be a causal effect), and clusters are independent (for
// the interval). Estimates are in outcome units per unit of the regressor.
//
// Degrees of freedom follow fixest: K counts slopes, and levels of all fixed
// effects less one per further effect, those nested in a cluster as one;
// variances are scaled by (n−1)/(n−K), with clusters also by G/(G−1), with G
// the smallest dimension, and t has G−1 degrees of freedom (n−K without
// clusters). Several clusters: Cameron, Gelbach and Miller (2011), negative
// eigenvalues set to zero.
//
// Errors: [measure.ErrInput] on malformed columns. Refusals: "collinear" when
// the fixed effects explain every regressor (e.g. an exposure that only
// changes with time), "too-few-rows", "too-few-clusters".
// Source: Frisch and Waugh (1933); Correia (2016) for the solver's problem.
func OLS(ctx context.Context, d Data, o Options) (Fit, error) {
	level, err := measure.Level(o.Level)
	if err != nil {
		return Fit{}, err
	}
	if len(d.Regressors) == 0 {
		return Fit{}, measure.Invalid("panel: no regressor: name the exposure whose effect is asked for")
	}
	s, err := newSample(d, o)
	if err != nil {
		return Fit{}, err
	}
	return s.ols(ctx, o, level)
}

func (s *sample) ols(ctx context.Context, o Options, level float64) (Fit, error) {
	f := Fit{Result: measure.Result{Method: "fe", N: len(s.y)}, sample: s}
	if len(s.y) == 0 {
		f.Refuse("too-few-rows", "去掉孤立行后没有剩下数据。", "No row is left once rows alone in a fixed effect are gone.", math.NaN())
		return f, nil
	}
	solver, err := absorb.New(s.fixed, s.weights)
	if err != nil {
		return Fit{}, fmt.Errorf("panel: %w", err)
	}
	columns, raw, err := s.within(ctx, solver, append([][]float64{s.y}, s.x...))
	if err != nil {
		return Fit{}, err
	}
	x := screen(&f, s.names, columns[1:], raw[1:])
	y := columns[0]
	xx := cross(x, s.weights)
	x, bread := f.reduce(x, xx)
	if len(x) == 0 {
		f.refuseCollinear(s)
		return f, nil
	}
	f.Coef = make([]float64, len(x))
	xy := make([]float64, len(x))
	for j := range x {
		xy[j] = wdot(x[j], y, s.weights)
	}
	for j := range f.Coef {
		for l := range xy {
			f.Coef[j] += bread.At(j, l) * xy[l]
		}
	}
	tss := wdot(y, y, s.weights)
	e := y
	for j, b := range f.Coef {
		for i, v := range x[j] {
			e[i] -= b * v
		}
	}
	rss := wdot(e, e, s.weights)
	f.R2Within = 1 - rss/tss
	f.infer(x, e, bread, rss, o)
	if f.Refusal == nil && o.Errors == Reduced {
		if err := f.reduced(ctx, e); err != nil {
			return Fit{}, err
		}
	}
	if f.Refusal == nil {
		f.notes(o)
		f.estimates(level)
		f.checkPerfect(rss, raw[0])
	}
	return f, nil
}

// checkPerfect warns where nothing is left to be explained.
func (f *Fit) checkPerfect(rss, raw float64) {
	if rss <= 1e-20*raw || raw == 0 {
		f.Note("perfect-fit", measure.Serious, "模型完全拟合了数据，没有残差可以衡量不确定性。", "The model fits every row exactly, so nothing is left to judge its uncertainty by.", nil)
		for j := range f.Estimates {
			f.Estimates[j] = measure.Point(f.Estimates[j].Name, f.Estimates[j].Value)
		}
	}
}

func (f *Fit) refuseCollinear(s *sample) {
	var names, zh string
	for _, x := range s.fixed {
		if names != "" {
			names, zh = names+", ", zh+"、"
		}
		names, zh = names+x.Name, zh+x.Name
	}
	f.Refuse("collinear", "固定效应（"+zh+")完全解释了要估计的变量，数据无法区分它的作用（例如所有人同时开始使用）。",
		"The fixed effects ("+names+") explain the exposure completely, so its effect can't be told apart (for example, everyone started at the same time).", math.NaN())
}

// screen drops columns that the fixed effects explain.
func screen(f *Fit, names []string, x [][]float64, raw []float64) [][]float64 {
	w := f.sample.weights
	var kept [][]float64
	for j := range x {
		if left := wdot(x[j], x[j], w); !(left > absorbedShare*raw[j]) {
			f.Collinear = append(f.Collinear, names[j])
			continue
		}
		kept = append(kept, x[j])
		f.Names = append(f.Names, names[j])
	}
	return kept
}

// reduce drops columns that earlier ones explain, by Cholesky pivots, and
// inverts the cross-product of the rest.
func (f *Fit) reduce(x [][]float64, xx *mat.SymDense) ([][]float64, *mat.SymDense) {
	keep := independent(xx)
	var names []string
	var kept [][]float64
	for j := range x {
		if keep[j] {
			kept, names = append(kept, x[j]), append(names, f.Names[j])
		} else {
			f.Collinear = append(f.Collinear, f.Names[j])
		}
	}
	f.Names = names
	return kept, invert(pickSym(xx, keep))
}

// independent marks the columns of a cross-product that no earlier column explains.
func independent(xx *mat.SymDense) []bool {
	n := xx.SymmetricDim()
	keep := make([]bool, n)
	l := make([][]float64, 0, n) // rows of the factor, by column kept
	for j := range n {
		row := make([]float64, 0, n)
		d := xx.At(j, j)
		at := 0
		for i := range j {
			if !keep[i] {
				continue
			}
			v := xx.At(i, j)
			for t, a := range l[at][:at] {
				v -= a * row[t]
			}
			v /= l[at][at]
			row = append(row, v)
			d -= v * v
			at++
		}
		if d > pivotShare*xx.At(j, j) && xx.At(j, j) > 0 {
			keep[j] = true
			l = append(l, append(row, math.Sqrt(d)))
		}
	}
	return keep
}

func pickSym(m *mat.SymDense, keep []bool) *mat.SymDense {
	var at []int
	for j, k := range keep {
		if k {
			at = append(at, j)
		}
	}
	if len(at) == 0 {
		return nil
	}
	out := mat.NewSymDense(len(at), nil)
	for a, i := range at {
		for b := a; b < len(at); b++ {
			out.SetSym(a, b, m.At(i, at[b]))
		}
	}
	return out
}

// invert inverts a positive definite matrix after scaling it to unit diagonal.
func invert(m *mat.SymDense) *mat.SymDense {
	if m == nil {
		return nil
	}
	n := m.SymmetricDim()
	scale := make([]float64, n)
	for j := range scale {
		scale[j] = 1 / math.Sqrt(m.At(j, j))
	}
	unit := mat.NewSymDense(n, nil)
	for a := range n {
		for b := a; b < n; b++ {
			unit.SetSym(a, b, m.At(a, b)*scale[a]*scale[b])
		}
	}
	var c mat.Cholesky
	inv := mat.NewSymDense(n, nil)
	if !c.Factorize(unit) || c.InverseTo(inv) != nil && math.IsNaN(inv.At(0, 0)) {
		return inv
	}
	for a := range n {
		for b := a; b < n; b++ {
			inv.SetSym(a, b, inv.At(a, b)*scale[a]*scale[b])
		}
	}
	return inv
}

func wdot(a, b, w []float64) float64 {
	var s float64
	if w == nil {
		for i, v := range a {
			s += v * b[i]
		}
		return s
	}
	for i, v := range a {
		s += v * b[i] * w[i]
	}
	return s
}

func cross(x [][]float64, w []float64) *mat.SymDense {
	if len(x) == 0 {
		return &mat.SymDense{}
	}
	m := mat.NewSymDense(len(x), nil)
	for a := range x {
		for b := a; b < len(x); b++ {
			m.SetSym(a, b, wdot(x[a], x[b], w))
		}
	}
	return m
}
