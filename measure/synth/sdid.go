package synth

import (
	"context"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/chanzipu/outfitter/measure"
)

// timeRidge is synthdid's η_λ: just enough to make time weights unique.
const timeRidge = 1e-6

// DiD is synthetic difference in differences.
//
// Estimand: "ATT", the mean effect on the treated units over the treated
// periods, outcome units. Donor weights make the donors' path parallel (not
// equal) to the treated's before treatment; period weights make the earlier
// periods like the later ones for donors; the estimate is the weighted
// difference in differences. Assumptions: parallel paths after weighting, all
// treated units start together, donors unaffected. SE is the placebo one:
// donors are drawn as if treated, as many as there are treated units, and
// both weights are estimated anew; it needs more donors than treated units
// and assumes that the treated vary like donors. Errors: [measure.ErrInput].
// Refusals as [Control].
// Source: Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), algorithms
// 1 and 4, equations 4 to 6; both weights are the exact optima.
func DiD(ctx context.Context, p Panel, o Options) (Fit, error) {
	level, err := measure.Level(o.Level)
	if err != nil {
		return Fit{}, err
	}
	m, err := p.matrix()
	if err != nil {
		return Fit{}, err
	}
	f := Fit{Result: measure.Result{Method: "sdid", N: len(m.y)}}
	if m.refuse(&f.Result) {
		return f, nil
	}
	b := newBlock(m)
	y := mean(m.y[m.donors:])
	omega, lambda, att := b.estimate(y, nil, b.dual)
	f.fill(m, y, omega)
	f.TimeWeights = weights(m.times[:m.before], lambda)
	b.shift(&f, lambda)
	se, draws, err := b.placebo(ctx, o)
	if err != nil {
		return Fit{}, err
	}
	f.Estimates = []measure.Estimate{measure.Wald("ATT", att, se, level)}
	if math.IsNaN(se) {
		f.Note("no-placebo", measure.Warning, "对照单位不比被处理单位多，无法用安慰剂法估计误差。",
			"There are no more untreated units than treated ones, so placebos can't give a standard error.", nil)
	} else {
		f.Note("placebo", measure.Info, fmt.Sprintf("标准误来自 %d 次安慰剂抽样。", draws), fmt.Sprintf("The standard error comes from %d placebo draws.", draws),
			map[string]float64{"draws": float64(draws), "mde": measure.MDE(se, measure.DefaultLevel, 0.8)})
	}
	f.quality(m)
	return f, nil
}

// shift moves the synthetic path to the treated's level in the weighted
// earlier periods, which is what the double difference compares.
func (b *block) shift(f *Fit, lambda []float64) {
	var d float64
	for t, l := range lambda {
		d += l * (f.Observed[t] - f.Synthetic[t])
	}
	var sq float64
	for t := range f.Synthetic {
		f.Synthetic[t] += d
		if t < b.before {
			e := f.Observed[t] - f.Synthetic[t]
			sq += e * e
		}
	}
	f.RMSE = math.Sqrt(sq / float64(b.before))
}

// block is what all placebo draws share.
type block struct {
	matrix
	q    *ridge        // donors' centred paths before treatment
	dual *dual         // optimum for the treated: where placebos start
	post []float64     // donors' mean after
	gram *mat.SymDense // of (before periods, post) over donors, raw
	sum  []float64     // of the same
	eta  float64       // time ridge
}

func newBlock(m matrix) *block {
	b := &block{matrix: m, post: make([]float64, m.donors)}
	noise := b.noise()
	after := len(m.times) - m.before
	treated := len(m.y) - m.donors
	zeta := math.Pow(float64(treated*after), 0.25) * noise
	b.q = &ridge{rows: m.before, a: make([]float64, 0, m.donors*m.before), eta: math.Max(zeta*zeta*float64(m.before), 1e-12)}
	k := m.before + 1
	b.gram, b.sum = mat.NewSymDense(k, nil), make([]float64, k)
	for i, row := range m.y[:m.donors] {
		var c, post float64
		for t, v := range row {
			if t < m.before {
				c += v / float64(m.before)
			} else {
				post += v / float64(after)
			}
		}
		b.post[i] = post
		for _, v := range row[:m.before] {
			b.q.a = append(b.q.a, v-c)
		}
	}
	for i := range m.donors {
		b.count(i, 1, b.gram, b.sum)
	}
	b.eta = timeRidge * noise * timeRidge * noise
	b.dual = b.q.start(make([]float64, m.before))
	return b
}

// noise is the standard deviation of donors' period-to-period changes before
// treatment; equation 5's σ̂.
func (b *block) noise() float64 {
	var d []float64
	for _, row := range b.y[:b.donors] {
		for t := 1; t < b.before; t++ {
			d = append(d, row[t]-row[t-1])
		}
	}
	return deviation(d)
}

// count adds donor i, sign times, to the time weights' cross-products.
// Values are taken about the donor's level, which the intercept makes free.
func (b *block) count(i int, sign float64, gram *mat.SymDense, sum []float64) {
	k := b.before
	x := append(append(make([]float64, 0, k+1), b.y[i][:k]...), b.post[i])
	for s, v := range x {
		sum[s] += sign * v
		for t := s; t <= k; t++ {
			gram.SetSym(s, t, gram.At(s, t)+sign*v*x[t])
		}
	}
}

// estimate computes both weights and the effect for a treated path y; skip
// marks donors that are not to be used. d is where the dual starts, and ends.
func (b *block) estimate(y []float64, skip []bool, d *dual) (omega, lambda []float64, att float64) {
	gram, sum, n := b.gram, b.sum, b.donors
	if skip != nil {
		gram, sum = mat.NewSymDense(len(sum), nil), slices.Clone(sum)
		gram.CopySym(b.gram)
		for i, s := range skip {
			if s {
				b.count(i, -1, gram, sum)
				n--
			}
		}
	}
	lambda = b.timeWeights(gram, sum, float64(n))
	var c float64
	for _, v := range y[:b.before] {
		c += v / float64(b.before)
	}
	centred := make([]float64, b.before)
	for t := range centred {
		centred[t] = y[t] - c
	}
	omega = b.q.solve(centred, d, skip)
	counter := blend(b.y[:b.donors], omega)
	for t, v := range y {
		g := v - counter[t]
		if t < b.before {
			att -= lambda[t] * g
		} else {
			att += g / float64(len(y)-b.before)
		}
	}
	return omega, lambda, att
}

// timeWeights solves equation 6 from cross-products: centred for the
// intercept, then by its Cholesky factor as a small least-squares problem.
func (b *block) timeWeights(gram *mat.SymDense, sum []float64, n float64) []float64 {
	k := b.before
	g := mat.NewSymDense(k, nil)
	c := make([]float64, k)
	var trace float64
	for s := range k {
		c[s] = gram.At(s, k) - sum[s]*sum[k]/n
		for t := s; t < k; t++ {
			g.SetSym(s, t, gram.At(s, t)-sum[s]*sum[t]/n)
		}
		trace += g.At(s, s)
	}
	for s := range k {
		g.SetSym(s, s, g.At(s, s)+n*b.eta+1e-13*trace)
	}
	var chol mat.Cholesky
	if trace == 0 || !chol.Factorize(g) {
		w := make([]float64, k)
		for s := range w {
			w[s] = 1 / float64(k)
		}
		return w
	}
	var l mat.TriDense
	chol.LTo(&l)
	a := make([][]float64, k) // L', so that |L'w − z|² has the same quadratic part
	for s := range a {
		a[s] = make([]float64, k)
		for t := range s + 1 {
			a[s][t] = l.At(s, t)
		}
	}
	z := make([]float64, k) // L z = c
	for s := range z {
		z[s] = c[s]
		for t := range s {
			z[s] -= l.At(s, t) * z[t]
		}
		z[s] /= l.At(s, s)
	}
	return simplex(a, z)
}

// placebo is algorithm 4: as many donors as there are treated units are
// drawn without replacement and treated as treated.
func (b *block) placebo(ctx context.Context, o Options) (se float64, draws int, err error) {
	treated := len(b.y) - b.donors
	if b.donors < treated+2 {
		return math.NaN(), 0, nil
	}
	draws = o.Placebos
	if draws == 0 {
		draws = 200
	}
	rng := measure.Rand(o.Seed)
	sets := make([][]int, draws)
	for k := range sets {
		sets[k] = rng.Perm(b.donors)[:treated]
	}
	effects := make([]float64, draws)
	err = each(ctx, draws, func(k int) {
		skip := make([]bool, b.donors)
		var rows [][]float64
		for _, i := range sets[k] {
			skip[i] = true
			rows = append(rows, b.y[i])
		}
		_, _, effects[k] = b.estimate(mean(rows), skip, b.dual.clone())
	})
	return deviation(effects) * math.Sqrt(float64(draws-1)/float64(draws)), draws, err
}
