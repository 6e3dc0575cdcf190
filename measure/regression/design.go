// Package regression fits the linear and logistic models that the estimators
// of measure are made of: least squares, maximum-likelihood logit, and both
// with a ridge or lasso penalty chosen by cross-validation.
//
// Columns are centred and scaled inside a [Design], so covariates may come in
// any unit; a column that is constant or a linear combination of earlier ones
// is dropped and named, as R does, never an error.
package regression

import (
	"fmt"
	"math"

	"github.com/chanzipu/outfitter/measure"
)

// Design is a model matrix: an intercept and standardised columns, by rows.
type Design struct {
	N, P  int // P counts the intercept
	z     []float64
	mean  []float64 // of each input column
	scale []float64 // 0 marks a constant column
}

// NewDesign standardises cols, each of length n. It does not keep them.
func NewDesign(n int, cols [][]float64) (*Design, error) {
	d := &Design{N: n, P: len(cols) + 1, mean: make([]float64, len(cols)), scale: make([]float64, len(cols))}
	d.z = make([]float64, n*d.P)
	for i := range n {
		d.z[i*d.P] = 1
	}
	for j, c := range cols {
		name := fmt.Sprintf("covariate %d", j+1)
		if err := measure.CheckLength("regression", name, len(c), n); err != nil {
			return nil, err
		}
		if err := measure.CheckFinite("regression", name, c); err != nil {
			return nil, err
		}
		var top float64
		for _, v := range c {
			top = max(top, math.Abs(v))
		}
		if top == 0 {
			continue
		}
		var m, ss float64
		for i, v := range c { // Welford on v/top: no overflow, no cancellation
			v /= top
			delta := v - m
			m += delta / float64(i+1)
			ss += delta * (v - m)
		}
		sd := math.Sqrt(ss / float64(n))
		d.mean[j] = m * top
		if sd <= 1e-13 {
			continue
		}
		d.scale[j] = sd * top
		for i, v := range c {
			d.z[i*d.P+j+1] = (v/top - m) / sd
		}
	}
	return d, nil
}

// Row is the i-th row in the design's own (standardised) coordinates.
func (d *Design) Row(i int) []float64 { return d.z[i*d.P : (i+1)*d.P] }

// Fit is a fitted model in the design's coordinates.
type Fit struct {
	Beta    []float64 // length P, 0 for dropped columns
	Inv     []float64 // P×P inverse of ZᵀWZ (of the information for a logit), 0 where dropped
	Dropped []int     // columns (1 is the first covariate) that carry nothing new
	Rank    int
	Lambda  float64 // penalty used, 0 for none
	// Separated marks a logit without a maximum: some rows' covariates occur in one group only.
	Separated bool
	design    *Design
}

// Linear is the linear predictor of row i.
func (f *Fit) Linear(i int) float64 { return dot(f.Beta, f.design.Row(i)) }

// Prob is the fitted probability of row i of a logit.
func (f *Fit) Prob(i int) float64 { return expit(f.Linear(i)) }

// Coef returns intercept and slopes in the units of the input columns.
func (f *Fit) Coef() []float64 {
	out := make([]float64, len(f.Beta))
	out[0] = f.Beta[0]
	for j, s := range f.design.scale {
		if s == 0 {
			continue
		}
		out[j+1] = f.Beta[j+1] / s
		out[0] -= out[j+1] * f.design.mean[j]
	}
	return out
}

// VarScale turns the j-th diagonal of Inv into the units of covariate j (from 1).
func (f *Fit) VarScale(j int) float64 {
	s := f.design.scale[j-1]
	if s == 0 {
		return math.NaN()
	}
	return 1 / (s * s)
}

func dot(a, b []float64) float64 {
	var s float64
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

func expit(x float64) float64 {
	if x >= 0 {
		return 1 / (1 + math.Exp(-x))
	}
	e := math.Exp(x)
	return e / (1 + e)
}
