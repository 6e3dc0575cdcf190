// Package panel estimates from repeated observations of the same units: least
// squares and Poisson regression with any number of fixed effects,
// instruments, dose-response curves, sufficient statistics in place of rows,
// and the ratio k of "what a person achieves with the shovel" to "without".
// Staggered roll-outs are in package rollout.
//
// Two facts that surprise. Standard errors hang on how many parameters are
// counted: fixed effects nested in a cluster are not, as in fixest. And
// clusters that are few (under twenty) make every interval too short.
package panel

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
)

// A Column is a named variable, one value per row.
type Column struct {
	Name   string
	Values []float64
}

// Data is one row per observation; every column has as many rows as the outcome.
type Data struct {
	Outcome    []float64
	Regressors []Column
	Fixed      []absorb.Factor // none means an intercept
	Clusters   []absorb.Factor // one or more ways
	Weights    []float64       // nil means 1; rows with weight 0 are left out
}

// Errors says which standard errors are wanted.
type Errors int

// The kinds of standard errors.
const (
	Auto      Errors = iota // Clustered where Data.Clusters is given, else IID
	IID                     // same variance for every row
	Robust                  // HC1: a variance of its own for each row
	Clustered               // rows of a cluster may move together; several ways add up
	Reduced                 // clustered for few clusters: bias-reduced, with Satterthwaite's degrees of freedom; one way
)

// Options of an estimator; the zero value is right for most uses.
type Options struct {
	Errors         Errors
	Level          float64 // of intervals; 0 means 0.95
	DropSingletons bool    // leave out rows alone in a fixed effect's level, as reghdfe does
}

// A Fit is a result with what further computation needs.
type Fit struct {
	measure.Result
	Names     []string   // of the coefficients kept
	Coef      []float64  // as Names
	Cov       *Symmetric // of Coef
	DF        float64    // degrees of freedom of the t statistics; +Inf for Poisson
	Sigma     float64    // residual standard deviation, outcome units
	R2Within  float64    // share of the variance within fixed effects that the regressors explain
	Collinear []string   // regressors left out: the fixed effects or other regressors explain them
	Clusters  int        // in the smallest clustering dimension; 0 without
	dfs       []float64  // by coefficient, where they differ
	sample    *sample
}

// sample is the data after checks: rows without weight and, if asked, rows
// alone in a level are gone.
type sample struct {
	y        []float64
	x        [][]float64
	names    []string
	fixed    []absorb.Factor
	clusters []absorb.Factor
	weights  []float64
	alone    int // singleton rows found
	dropped  int // rows left out
}

// minClusters is below which clustered intervals are known to be too short.
const minClusters = 20

func newSample(d Data, o Options) (*sample, error) {
	n := len(d.Outcome)
	if n == 0 {
		return nil, measure.Invalid("panel: no rows: give at least a few observations")
	}
	if err := measure.CheckFinite("panel", "outcome", d.Outcome); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, c := range d.Regressors {
		if seen[c.Name] {
			return nil, measure.Invalid("panel: regressor %q is given twice: name each column once", c.Name)
		}
		seen[c.Name] = true
		if err := measure.CheckLength("panel", c.Name, len(c.Values), n); err != nil {
			return nil, err
		}
		if err := measure.CheckFinite("panel", c.Name, c.Values); err != nil {
			return nil, err
		}
	}
	for _, f := range append(append([]absorb.Factor(nil), d.Fixed...), d.Clusters...) {
		if err := measure.CheckLength("panel", f.Name, len(f.Code), n); err != nil {
			return nil, err
		}
	}
	if err := measure.CheckWeights("panel", d.Weights, n); err != nil {
		return nil, err
	}
	if (o.Errors == Clustered || o.Errors == Reduced) && len(d.Clusters) == 0 {
		return nil, measure.Invalid("panel: clustered errors asked for, but no cluster given: name the cluster column")
	}
	s := &sample{y: d.Outcome, fixed: d.Fixed, clusters: d.Clusters, weights: d.Weights}
	for _, c := range d.Regressors {
		s.x, s.names = append(s.x, c.Values), append(s.names, c.Name)
	}
	if len(s.fixed) == 0 {
		s.fixed = []absorb.Factor{absorb.Constant(n)}
	}
	if slices.Contains(s.weights, 0) {
		some := make([]bool, n)
		for i, w := range s.weights {
			some[i] = w > 0
		}
		s.cut(some)
	}
	keep, alone := absorb.Singletons(s.fixed)
	s.alone = alone
	if alone > 0 && o.DropSingletons {
		s.cut(keep)
	}
	return s, nil
}

func allTrue(n int) []bool {
	b := make([]bool, n)
	for i := range b {
		b[i] = true
	}
	return b
}

// cut leaves only the rows to keep (indices of the present sample).
func (s *sample) cut(keep []bool) {
	whole := len(s.y)
	s.y = pick(s.y, keep)
	for c := range s.x {
		s.x[c] = pick(s.x[c], keep)
	}
	if s.weights != nil {
		s.weights = pick(s.weights, keep)
	}
	s.fixed = pickFactors(s.fixed, keep)
	s.clusters = pickFactors(s.clusters, keep)
	s.dropped += whole - len(s.y)
}

func pick(x []float64, keep []bool) []float64 {
	out := make([]float64, 0, len(x))
	for i, k := range keep {
		if k {
			out = append(out, x[i])
		}
	}
	return out
}

func pickFactors(f []absorb.Factor, keep []bool) []absorb.Factor {
	out := make([]absorb.Factor, len(f))
	for q := range f {
		out[q] = f[q].Keep(keep)
	}
	return out
}

// within returns copies of y and x with the fixed effects taken out, and the
// sums of squares of the columns before (about their mean) to judge collinearity.
func (s *sample) within(ctx context.Context, solver *absorb.Solver, columns [][]float64) (out [][]float64, raw []float64, err error) {
	out, raw = make([][]float64, len(columns)), make([]float64, len(columns))
	for c, x := range columns {
		out[c] = append([]float64(nil), x...)
		raw[c] = centredSquares(x, s.weights)
	}
	if err := solver.Residuals(ctx, out); err != nil {
		return nil, nil, fmt.Errorf("panel: %w", err)
	}
	return out, raw, nil
}

func centredSquares(x, w []float64) float64 {
	var n, mean, m2 float64
	for i, v := range x {
		wi := 1.0
		if w != nil {
			wi = w[i]
		}
		n += wi
		d := v - mean
		mean += d * wi / n
		m2 += wi * d * (v - mean)
	}
	return m2
}

// parameters counts what the fixed effects use up. With clusters, an effect
// nested in a cluster counts as one (fixest's fixef.K = "nested").
func parameters(fixed, clusters []absorb.Factor) int {
	k := 1 - len(fixed)
	for _, f := range fixed {
		k += f.Levels
		for _, g := range clusters {
			if f.Nested(g) {
				k -= f.Levels - 1
				break
			}
		}
	}
	return max(k, 1)
}

// notes adds what a reader should know about the rows and the errors.
func (f *Fit) notes(o Options) {
	s := f.sample
	if s.alone > 0 {
		done, zh := "kept, as fixest does; they say nothing about the coefficients", "保留（与 fixest 相同），不影响系数"
		if o.DropSingletons {
			done, zh = "left out", "已去掉"
		}
		f.Note("singletons", measure.Info, fmt.Sprintf("%d 行在某个固定效应里只有自己一行：%s。", s.alone, zh),
			fmt.Sprintf("%d rows are alone in a level of a fixed effect: %s.", s.alone, done), map[string]float64{"rows": float64(s.alone)})
	}
	for _, name := range f.Collinear {
		f.Note("collinear", measure.Warning, fmt.Sprintf("变量 %s 已被固定效应或其他变量完全解释，无法估计，已去掉。", name),
			fmt.Sprintf("%s is explained by the fixed effects or the other variables, so it has no estimate and was left out.", name), nil)
	}
	if f.Clusters > 0 && f.Clusters < minClusters && f.dfs == nil {
		f.Note("few-clusters", measure.Warning, fmt.Sprintf("只有 %d 个聚类，区间可能偏窄；请同时看随机化检验。", f.Clusters),
			fmt.Sprintf("Only %d clusters: intervals may be too short; look at a randomisation test as well.", f.Clusters),
			map[string]float64{"clusters": float64(f.Clusters)})
	}
}

// estimates fills the result from the coefficients.
func (f *Fit) estimates(level float64) {
	for j, name := range f.Names {
		df := f.DF
		if f.dfs != nil {
			df = f.dfs[j]
		}
		f.Estimates = append(f.Estimates, measure.WaldT(name, f.Coef[j], math.Sqrt(f.Cov.At(j, j)), df, level))
	}
}

// Contrast is the estimate of Σ weights[j]·Coef[j], with its standard error
// from the full covariance.
func (f Fit) Contrast(name string, weights []float64, level float64) measure.Estimate {
	var v, s float64
	for a, wa := range weights {
		v += wa * f.Coef[a]
		for b, wb := range weights {
			s += wa * wb * f.Cov.At(a, b)
		}
	}
	return measure.WaldT(name, v, math.Sqrt(math.Max(s, 0)), f.DF, level)
}
