package panel

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
)

// Cells are sufficient statistics in place of rows: a cell is a combination
// of fixed-effect levels (and clusters) that occurs. SQL makes them:
//
//	SELECT person, week, count(*), sum(y), sum(x), sum(y*y), sum(x*y), sum(x*x) … GROUP BY person, week
type Cells struct {
	Names    []string        // of the regressors
	Rows     []float64       // per cell: rows in it
	Sum      [][]float64     // [0] the outcome, [1+j] regressor j: sums by cell
	Cross    [][][]float64   // Cross[a][b], a ≤ b, same numbering: sums of products by cell; others may be nil
	Fixed    []absorb.Factor // one code per cell
	Clusters []absorb.Factor // one code per cell: each cell lies in one cluster
}

func (c Cells) check() error {
	n, k := len(c.Rows), len(c.Names)+1
	if n == 0 || k < 2 {
		return measure.Invalid("panel: %d cells with %d regressors: give at least one of each", n, k-1)
	}
	if len(c.Sum) != k || len(c.Cross) < k || len(c.Fixed) == 0 {
		return measure.Invalid("panel: cells need %d sums, %d rows of cross sums and a fixed effect; got %d, %d and %d", k, k, len(c.Sum), len(c.Cross), len(c.Fixed))
	}
	for i, w := range c.Rows {
		if !(w >= 1) || math.IsInf(w, 1) {
			return measure.Invalid("panel: cell %d holds %v rows: must be 1 or more", i+1, w)
		}
	}
	for a := range k {
		if err := finiteCell(fmt.Sprint("sum ", a), c.Sum[a], n); err != nil {
			return err
		}
		for b := a; b < k; b++ {
			if len(c.Cross[a]) <= b {
				return measure.Invalid("panel: cross sums %d, %d missing", a, b)
			}
			if err := finiteCell(fmt.Sprint("cross sum ", a, ",", b), c.Cross[a][b], n); err != nil {
				return err
			}
		}
	}
	for _, f := range append(append([]absorb.Factor(nil), c.Fixed...), c.Clusters...) {
		if err := measure.CheckLength("panel", f.Name, len(f.Code), n); err != nil {
			return err
		}
	}
	return nil
}

func finiteCell(name string, x []float64, n int) error {
	if err := measure.CheckLength("panel", name, len(x), n); err != nil {
		return err
	}
	return measure.CheckFinite("panel", name, x)
}

// CellOLS is [OLS] from sufficient statistics: the same coefficients, and the
// same IID or clustered errors, without the rows. Robust errors would need
// fourth moments and are an error. Diagnostics are those of OLS, but for
// singletons, which are kept. Source: Wong, Forsell, Lewis, Mao and Wardrop
// (2021), extended by cross sums so that regressors may vary within a cell.
func CellOLS(ctx context.Context, c Cells, o Options) (Fit, error) {
	level, err := measure.Level(o.Level)
	if err != nil {
		return Fit{}, err
	}
	if err := c.check(); err != nil {
		return Fit{}, err
	}
	if o.Errors == Robust || o.Errors == Clustered && len(c.Clusters) == 0 {
		return Fit{}, measure.Invalid("panel: from cells only IID errors, or clustered ones with a cluster per cell, can be had")
	}
	t := cellFit{Cells: c, k: len(c.Sum)}
	if err := t.project(ctx); err != nil {
		return Fit{}, err
	}
	f := Fit{Result: measure.Result{Method: "fe", N: int(math.Round(t.rows))}, sample: &sample{fixed: c.Fixed, clusters: c.Clusters}}
	if o.Errors == IID {
		f.sample.clusters = nil
	}
	keep := t.screen(&f)
	xx := mat.NewSymDense(t.k-1, nil)
	for a := 1; a < t.k; a++ {
		for b := a; b < t.k; b++ {
			xx.SetSym(a-1, b-1, t.within.At(a, b))
		}
	}
	if len(f.Names) == 0 {
		f.refuseCollinear(f.sample)
		return f, nil
	}
	t.solve(&f, invert(pickSym(xx, keep)), keep)
	if f.Refusal == nil {
		f.notes(o)
		f.estimates(level)
	}
	return f, nil
}

// cellFit holds the fixed effects' fit of each variable, by cell.
type cellFit struct {
	Cells
	k      int
	rows   float64
	effect [][]float64   // fitted by the fixed effects: variable, cell
	within *mat.SymDense // cross-products of what is left
	raw    []float64     // sums of squares about the mean
}

func (t *cellFit) project(ctx context.Context) error {
	solver, err := absorb.New(t.Fixed, t.Rows)
	if err != nil {
		return fmt.Errorf("panel: %w", err)
	}
	mean, left := make([][]float64, t.k), make([][]float64, t.k)
	for a := range t.k {
		mean[a] = make([]float64, len(t.Rows))
		for i, s := range t.Sum[a] {
			mean[a][i] = s / t.Rows[i]
		}
		left[a] = append([]float64(nil), mean[a]...)
	}
	if err := solver.Residuals(ctx, left); err != nil {
		return fmt.Errorf("panel: %w", err)
	}
	t.effect, t.within, t.raw = make([][]float64, t.k), mat.NewSymDense(t.k, nil), make([]float64, t.k)
	for a := range t.k {
		t.effect[a] = mean[a]
		for i, v := range left[a] {
			t.effect[a][i] -= v
		}
	}
	for i, n := range t.Rows {
		t.rows += n
		for a := range t.k {
			for b := a; b < t.k; b++ {
				t.within.SetSym(a, b, t.within.At(a, b)+t.moment(a, b, i, n))
			}
		}
	}
	for a := range t.k {
		var s, sq float64
		for i := range t.Rows {
			s += t.Sum[a][i]
			sq += t.Cross[a][a][i]
		}
		t.raw[a] = sq - s*s/t.rows
	}
	return nil
}

// moment is Σ over a cell's rows of (a − its effect)(b − its effect).
func (t *cellFit) moment(a, b, i int, n float64) float64 {
	return t.Cross[a][b][i] - t.effect[a][i]*t.Sum[b][i] - t.effect[b][i]*t.Sum[a][i] + n*t.effect[a][i]*t.effect[b][i]
}

func (t *cellFit) screen(f *Fit) []bool {
	xx := mat.NewSymDense(t.k-1, nil)
	for a := 1; a < t.k; a++ {
		for b := a; b < t.k; b++ {
			xx.SetSym(a-1, b-1, t.within.At(a, b))
		}
		if !(t.within.At(a, a) > absorbedShare*t.raw[a]) {
			for b := range t.k - 1 {
				xx.SetSym(a-1, b, 0)
			}
		}
	}
	keep := independent(xx)
	for j, k := range keep {
		if k {
			f.Names = append(f.Names, t.Names[j])
		} else {
			f.Collinear = append(f.Collinear, t.Names[j])
		}
	}
	return keep
}

func (t *cellFit) solve(f *Fit, bread *mat.SymDense, keep []bool) {
	var at []int
	for j, k := range keep {
		if k {
			at = append(at, j+1)
		}
	}
	f.Coef = make([]float64, len(at))
	for j := range at {
		for l, b := range at {
			f.Coef[j] += bread.At(j, l) * t.within.At(0, b)
		}
	}
	rss := t.within.At(0, 0)
	for j, a := range at {
		rss -= f.Coef[j] * t.within.At(0, a)
	}
	f.R2Within = 1 - rss/t.within.At(0, 0)
	s := f.sample
	k := float64(len(at))
	free := t.rows - k - float64(parameters(s.fixed, nil))
	if free < 1 {
		f.Refuse("too-few-rows", "固定效应和变量已用尽自由度。", "The fixed effects and regressors use up all rows: none is left to judge uncertainty by.", math.NaN())
		return
	}
	f.Sigma, f.DF = math.Sqrt(math.Max(rss, 0)/free), free
	if len(s.clusters) == 0 {
		f.Cov = mat.NewSymDense(len(at), nil)
		f.Cov.ScaleSym(math.Max(rss, 0)/free, bread)
		return
	}
	if f.Clusters = fewest(s.clusters); f.Clusters < 2 {
		f.refuseClusters()
		return
	}
	scores := make([][]float64, len(at)) // Σ x̃·e by cell
	for j, a := range at {
		scores[j] = make([]float64, len(t.Rows))
		for i, n := range t.Rows {
			scores[j][i] = t.moment(0, a, i, n)
			for l, b := range at {
				scores[j][i] -= f.Coef[l] * t.moment(min(a, b), max(a, b), i, n)
			}
		}
	}
	g := float64(f.Clusters)
	f.DF = g - 1
	one := make([]float64, len(t.Rows))
	for i := range one {
		one[i] = 1
	}
	m := multiway(s.clusters, len(at), func(c absorb.Factor) *mat.SymDense { return meat(scores, one, nil, &c) })
	m.ScaleSym(g/(g-1)*(t.rows-1)/(t.rows-k-float64(parameters(s.fixed, s.clusters))), m)
	f.Cov = sandwich(bread, m)
	if len(s.clusters) > 1 {
		f.repair(f.Cov)
	}
}
