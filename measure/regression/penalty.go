package regression

import (
	"math"

	"github.com/chanzipu/outfitter/measure"
)

// Penalty shrinks slopes; the intercept is never penalised. The objective is
// loss/(2·weight) + λ·(½‖β‖² or ‖β‖₁) on standardised columns, with squared
// error or deviance as loss (Friedman, Hastie and Tibshirani 2010, eq. 1).
type Penalty int

// The penalties.
const (
	None Penalty = iota
	Ridge
	Lasso
)

// Model says which model to fit: linear or logit, with which penalty.
// Lambda 0 with a penalty means: choose by Folds-fold cross-validation
// (folds are row number modulo Folds, 5 if 0), smallest mean loss.
type Model struct {
	Logit   bool
	Penalty Penalty
	Lambda  float64
	Folds   int
}

// Fit fits the model over rows (nil: all).
func (m Model) Fit(d *Design, rows []int, y, w []float64) (*Fit, error) {
	if m.Lambda < 0 || math.IsNaN(m.Lambda) {
		return nil, measure.Invalid("regression: penalty %v is negative: give 0 to choose it by cross-validation", m.Lambda)
	}
	if m.Penalty == None {
		if m.Logit {
			return d.Logit(rows, y, w, nil)
		}
		return d.OLS(rows, y, w)
	}
	if rows == nil {
		rows = make([]int, d.N)
		for i := range rows {
			rows[i] = i
		}
	}
	lambda := m.Lambda
	if lambda == 0 {
		var err error
		if lambda, err = m.Choose(d, rows, y, w); err != nil {
			return nil, err
		}
	}
	return m.penalised(d, rows, y, w, lambda, nil, 1e-9)
}

// Choose returns the penalty with the smallest cross-validated loss over rows.
// It walks up to 20 penalties from the smallest that zeroes every slope
// down to a thousandth of it, and stops once four in a row made it no better.
func (m Model) Choose(d *Design, rows []int, y, w []float64) (float64, error) {
	folds := m.Folds
	if folds == 0 {
		folds = 5
	}
	top := m.largest(d, rows, y, w)
	if top == 0 || len(rows) < 2*folds {
		return 1e-8, nil
	}
	train, test := make([][]int, folds), make([][]int, folds)
	for pos, i := range rows {
		for k := range folds {
			if pos%folds == k {
				test[k] = append(test[k], i)
			} else {
				train[k] = append(train[k], i)
			}
		}
	}
	const steps = 20
	warm := make([]*Fit, folds)
	best, least := 0, math.Inf(1)
	for s := 0; s < steps && s-best <= 4; s++ {
		var loss float64
		for k := range folds {
			f, err := m.penalised(d, train[k], y, w, lambdaAt(top, s, steps), warm[k], 1e-5)
			if err != nil {
				return 0, err
			}
			warm[k] = f
			for _, i := range test[k] {
				loss += at(w, i) * m.loss(f.Linear(i), y[i])
			}
		}
		if loss < least {
			best, least = s, loss
		}
	}
	return lambdaAt(top, best, steps), nil
}

func lambdaAt(top float64, s, steps int) float64 {
	return top * math.Pow(1e-3, float64(s)/float64(steps-1))
}

func (m Model) loss(eta, y float64) float64 {
	if m.Logit {
		return 2 * (max(eta, 0) + math.Log1p(math.Exp(-math.Abs(eta))) - y*eta)
	}
	return (y - eta) * (y - eta)
}

// largest is the smallest lasso penalty at which no slope enters; for ridge,
// where none does, ten times that.
func (m Model) largest(d *Design, rows []int, y, w []float64) float64 {
	var sw, sy float64
	for _, i := range rows {
		sw += at(w, i)
		sy += at(w, i) * y[i]
	}
	grad := make([]float64, d.P)
	for _, i := range rows {
		r := at(w, i) * (y[i] - sy/sw)
		for a, z := range d.Row(i) {
			grad[a] += r * z
		}
	}
	var top float64
	for _, g := range grad[1:] {
		top = max(top, math.Abs(g)/sw)
	}
	if m.Penalty == Ridge {
		top *= 10
	}
	return top
}

// penalised fits at a fixed λ: proximal Newton, coordinate descent inside,
// until no coefficient moves by more than tol.
func (m Model) penalised(d *Design, rows []int, y, w []float64, lambda float64, warm *Fit, tol float64) (*Fit, error) {
	p := d.P
	f := &Fit{Beta: make([]float64, p), Inv: make([]float64, p*p), Rank: p, Lambda: lambda, design: d}
	if warm != nil {
		copy(f.Beta, warm.Beta)
	}
	if !m.Logit {
		gram, xy := d.moments(rows, y, w)
		if gram[0] <= 0 {
			return nil, measure.Invalid("regression: no row with weight: the group to fit is empty")
		}
		descend(f.Beta, gram, xy, lambda*gram[0], m.Penalty)
		return f, nil
	}
	working := make([]float64, p)
	for range 50 {
		s := d.score(rows, y, w, f.Beta)
		if s.total <= 0 {
			return nil, measure.Invalid("regression: no row with weight: the group to fit is empty")
		}
		for a := range p {
			s.info[a*p+a] += 1e-9 * s.total
		}
		for a := range p {
			working[a] = s.grad[a] + dot(s.info[a*p:(a+1)*p], f.Beta)
		}
		old := append([]float64(nil), f.Beta...)
		descend(f.Beta, s.info, working, lambda*s.total, m.Penalty)
		var moved float64
		for a := range p {
			moved = max(moved, math.Abs(f.Beta[a]-old[a]))
		}
		if moved > 5 { // a Newton step this long overshoots
			for a := range p {
				f.Beta[a] = old[a] + (f.Beta[a]-old[a])*5/moved
			}
		}
		if moved < tol {
			break
		}
	}
	return f, nil
}

// descend minimises ½βᵀGβ − cᵀβ + penalty by coordinate descent.
func descend(beta, gram, c []float64, lambda float64, kind Penalty) {
	p := len(beta)
	for range 1000 {
		var moved float64
		for j := range p {
			g := gram[j*p+j]
			if g <= 0 {
				continue
			}
			r := c[j] - dot(gram[j*p:(j+1)*p], beta) + g*beta[j]
			var b float64
			switch {
			case j == 0:
				b = r / g
			case kind == Ridge:
				b = r / (g + lambda)
			default:
				b = math.Copysign(max(math.Abs(r)-lambda, 0), r) / g
			}
			moved = max(moved, math.Abs(b-beta[j])*math.Sqrt(g))
			beta[j] = b
		}
		if moved < 1e-10*math.Sqrt(gram[0])*(1+math.Abs(beta[0])) {
			return
		}
	}
}
