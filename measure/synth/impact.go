package synth

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/mat"

	"github.com/chanzipu/outfitter/measure"
)

// A Series is one outcome over time with others that the treatment could not
// touch. Rows are periods in order.
type Series struct {
	Outcome  []float64
	Controls [][]float64 // columns, as long as the outcome
	Before   int         // periods before treatment; the rest are treated
}

// ImpactOptions; the zero value is CausalImpact's model.
type ImpactOptions struct {
	Level   float64 // of the interval; 0 means 0.95
	Draws   int     // kept; 0 means 4,000 (and a quarter more as burn-in)
	Seed    uint64
	LevelSD float64 // prior guess of the level's step, in standard deviations of the outcome; 0 means 0.01
	Size    float64 // expected number of controls in the regression; 0 means 3
}

// An ImpactFit is a result with what a chart needs.
type ImpactFit struct {
	measure.Result
	Counterfactual []float64 // posterior mean by treated period
	Lo, Hi         []float64 // its interval
	Inclusion      []float64 // posterior probability of each control
}

// CausalImpact's priors: degrees of freedom and expected fit of the
// regression, weight of the slab in observations, weight of the level's guess.
const (
	regressionDF = 50
	expectedR2   = 0.8
	slabWeight   = 0.01
	slabShrink   = 0.5
	levelDF      = 32
	noiseLimit   = 1.2 // noise is at most this many standard deviations
)

// Impact is a Bayesian structural time series: a local level and a
// regression on controls with a spike-and-slab prior, fitted before treatment
// and carried on after it.
//
// Estimand: "cumulative" and "average", the outcome less its counterfactual
// over the treated periods, and "relative", cumulative over the
// counterfactual's sum. SE is the posterior standard deviation, Lo and Hi
// posterior quantiles, P twice the posterior probability of an effect of the
// other sign (CausalImpact prints once). Assumptions: controls are not
// affected by the treatment and keep their relation to the outcome; errors
// are normal. Errors: [measure.ErrInput]. Refusals: "too-few-before" (under
// five periods), "no-after", "constant-before".
// Source: Brodersen, Gallusser, Koehler, Remy and Scott (2015), sections 2.1
// to 2.4, priors as in R's CausalImpact 1.2; Gibbs sampler: Scott and Varian
// (2014); level: forward filtering, backward sampling.
func Impact(ctx context.Context, s Series, o ImpactOptions) (ImpactFit, error) {
	level, err := measure.Level(o.Level)
	if err != nil {
		return ImpactFit{}, err
	}
	n := len(s.Outcome)
	if n == 0 {
		return ImpactFit{}, measure.Invalid("synth: no rows: give one row per period")
	}
	if err := measure.CheckFinite("synth", "outcome", s.Outcome); err != nil {
		return ImpactFit{}, err
	}
	for _, c := range s.Controls {
		if err := measure.CheckLength("synth", "control", len(c), n); err != nil {
			return ImpactFit{}, err
		}
		if err := measure.CheckFinite("synth", "control", c); err != nil {
			return ImpactFit{}, err
		}
	}
	if o.Draws < 0 || o.LevelSD < 0 || o.Size < 0 {
		return ImpactFit{}, measure.Invalid("synth: draws %d, level sd %v and size %v must not be negative", o.Draws, o.LevelSD, o.Size)
	}
	f := ImpactFit{Result: measure.Result{Method: "impact", N: n}}
	if s.refuse(&f.Result) {
		return f, nil
	}
	g := newGibbs(s, o)
	if err := g.run(ctx); err != nil {
		return ImpactFit{}, err
	}
	f.summarise(s, g, level)
	return f, nil
}

func (s Series) refuse(r *measure.Result) bool {
	switch {
	case s.Before >= len(s.Outcome):
		r.Refuse("no-after", "处理开始之后没有数据。", "There is no period from the start of treatment on.", math.NaN())
	case s.Before < 5:
		r.Refuse("too-few-before", "处理之前的时期太少，无法学习正常水平。", "There are too few periods before treatment to learn what is normal.", math.NaN())
	case slices.Min(s.Outcome[:s.Before]) == slices.Max(s.Outcome[:s.Before]):
		r.Refuse("constant-before", "处理之前结果没有任何波动，无法衡量不确定性。", "Before treatment the outcome never changes: nothing to judge uncertainty by.", math.NaN())
	default:
		return false
	}
	return true
}

// gibbs is the sampler, on series standardised by their periods before.
type gibbs struct {
	rng        *rand.Rand
	n, k       int // periods before, controls
	y          []float64
	x          [][]float64
	centre, sd float64
	levelSS    float64
	size       float64
	burn, keep int

	level      []float64
	beta       []float64
	in         []bool
	noise      float64 // variance of the observation
	step       float64 // variance of the level's step
	xx         *mat.SymDense
	prior      *mat.SymDense // slab precision, over noise
	future     [][]float64   // kept draws of the counterfactual, original scale
	used       []float64     // times each control was in
	filtered   []float64
	filteredVT []float64
}

func newGibbs(s Series, o ImpactOptions) *gibbs {
	g := &gibbs{rng: measure.Rand(o.Seed), n: s.Before, k: len(s.Controls), keep: o.Draws, size: o.Size}
	if g.keep == 0 {
		g.keep = 4000
	}
	if g.size == 0 {
		g.size = 3
	}
	g.burn = g.keep / 4
	guess := o.LevelSD
	if guess == 0 {
		guess = 0.01
	}
	g.levelSS = levelDF * guess * guess
	g.y, g.centre, g.sd = standardise(s.Outcome, s.Before)
	for _, c := range s.Controls {
		x, _, _ := standardise(c, s.Before)
		g.x = append(g.x, x)
	}
	g.level, g.beta, g.in = make([]float64, g.n), make([]float64, g.k), make([]bool, g.k)
	g.used = make([]float64, g.k)
	g.filtered, g.filteredVT = make([]float64, g.n), make([]float64, g.n)
	g.noise, g.step = 1-expectedR2, guess*guess
	if g.k > 0 {
		g.xx, g.prior = mat.NewSymDense(g.k, nil), mat.NewSymDense(g.k, nil)
	}
	for a := range g.k {
		g.in[a] = g.k < g.n // else begin with none: flipping is quick while few are in
		for b := a; b < g.k; b++ {
			v := dot(g.x[a][:g.n], g.x[b][:g.n])
			g.xx.SetSym(a, b, v)
			v *= slabWeight / float64(g.n)
			if a != b {
				v *= 1 - slabShrink
			}
			g.prior.SetSym(a, b, v)
		}
	}
	return g
}

// standardise by the mean and standard deviation of the first n values.
func standardise(x []float64, n int) (z []float64, m, sd float64) {
	for _, v := range x[:n] {
		m += v / float64(n)
	}
	if slices.Min(x[:n]) < slices.Max(x[:n]) {
		sd = deviation(x[:n])
	}
	z = make([]float64, len(x))
	for i, v := range x {
		z[i] = v - m
		if sd > 0 {
			z[i] /= sd
		}
	}
	return z, m, sd
}

func (g *gibbs) run(ctx context.Context) error {
	for draw := range g.burn + g.keep {
		if draw%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		g.drawLevel()
		g.drawStep()
		g.drawRegression()
		if draw >= g.burn {
			g.predict()
		}
	}
	return nil
}

func (g *gibbs) fit(t int) float64 {
	var v float64
	for j, b := range g.beta {
		v += b * g.x[j][t]
	}
	return v
}

// drawLevel filters forward and samples backward. The first level is normal
// about the first outcome with the outcome's variance.
func (g *gibbs) drawLevel() {
	mean, v := g.y[0], 1.0
	for t := range g.n {
		gain := v / (v + g.noise)
		mean += gain * (g.y[t] - g.fit(t) - mean)
		v *= 1 - gain
		g.filtered[t], g.filteredVT[t] = mean, v
		v += g.step
	}
	g.level[g.n-1] = mean + math.Sqrt(g.filteredVT[g.n-1])*g.rng.NormFloat64()
	for t := g.n - 2; t >= 0; t-- {
		share := g.filteredVT[t] / (g.filteredVT[t] + g.step)
		m := g.filtered[t] + share*(g.level[t+1]-g.filtered[t])
		g.level[t] = m + math.Sqrt(g.filteredVT[t]*(1-share))*g.rng.NormFloat64()
	}
}

func (g *gibbs) drawStep() {
	ss := g.levelSS
	for t := 1; t < g.n; t++ {
		d := g.level[t] - g.level[t-1]
		ss += d * d
	}
	g.step = g.variance(levelDF+float64(g.n-1), ss, 1)
}

// variance draws from the inverse gamma (df/2, ss/2) below limit.
func (g *gibbs) variance(df, ss, limit float64) float64 {
	v := limit
	for range 1000 {
		if v = ss / (2 * g.gamma(df/2)); v <= limit {
			return v
		}
	}
	return limit
}

// gamma draws from Gamma(shape ≥ 1, 1) by Marsaglia and Tsang (2000).
func (g *gibbs) gamma(shape float64) float64 {
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := g.rng.NormFloat64()
		v := 1 + c*x
		if v <= 0 {
			continue
		}
		v *= v * v
		if math.Log(1-g.rng.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

// drawRegression draws which controls are in (one at a time, coefficients
// and noise integrated out), then noise, then coefficients.
func (g *gibbs) drawRegression() {
	r := make([]float64, g.n)
	for t := range r {
		r[t] = g.y[t] - g.level[t]
	}
	xr := make([]float64, g.k)
	for j := range xr {
		xr[j] = dot(g.x[j][:g.n], r)
	}
	ss := regressionDF*(1-expectedR2) + dot(r, r)
	now := g.posterior(xr, ss)
	if chance := math.Min(1, g.size/float64(max(g.k, 1))); chance < 1 {
		odds := math.Log(chance / (1 - chance))
		for _, j := range g.rng.Perm(g.k) {
			g.in[j] = !g.in[j]
			other := g.posterior(xr, ss)
			lift := other.log - now.log
			if g.in[j] {
				lift += odds
			} else {
				lift -= odds
			}
			if g.rng.Float64() < 1/(1+math.Exp(-lift)) {
				now = other
			} else {
				g.in[j] = !g.in[j]
			}
		}
	}
	g.noise = g.variance(regressionDF+float64(g.n), now.ss, noiseLimit*noiseLimit)
	clear(g.beta)
	if len(now.at) == 0 {
		return
	}
	z := mat.NewVecDense(len(now.at), nil)
	for j := range now.at {
		z.SetVec(j, g.rng.NormFloat64())
	}
	var u mat.TriDense // precision = U'U, so U⁻¹z has its inverse as variance
	now.chol.UTo(&u)
	var d mat.VecDense
	if err := d.SolveVec(&u, z); err != nil && math.IsNaN(d.AtVec(0)) {
		return
	}
	for j, a := range now.at {
		g.beta[a] = now.mean.AtVec(j) + math.Sqrt(g.noise)*d.AtVec(j)
	}
}

// slab is the regression's posterior given which controls are in.
type slab struct {
	at   []int
	chol mat.Cholesky // of the posterior precision, over noise
	mean *mat.VecDense
	ss   float64
	log  float64 // log marginal likelihood, up to a constant
}

func (g *gibbs) posterior(xr []float64, ss float64) slab {
	var p slab
	for j, in := range g.in {
		if in {
			p.at = append(p.at, j)
		}
	}
	p.ss = ss
	if k := len(p.at); k > 0 {
		prior, post := mat.NewSymDense(k, nil), mat.NewSymDense(k, nil)
		rhs := mat.NewVecDense(k, nil)
		for a, i := range p.at {
			rhs.SetVec(a, xr[i])
			for b := a; b < k; b++ {
				j := p.at[b]
				prior.SetSym(a, b, g.prior.At(i, j))
				post.SetSym(a, b, g.prior.At(i, j)+g.xx.At(i, j))
			}
			if g.xx.At(i, i) == 0 { // a control that never changed before
				prior.SetSym(a, a, 1)
				post.SetSym(a, a, 1)
			}
		}
		var c mat.Cholesky
		p.mean = mat.NewVecDense(k, nil)
		if !c.Factorize(prior) || !p.chol.Factorize(post) {
			p.log = math.Inf(-1)
			p.at = nil
			return p
		}
		if err := p.chol.SolveVecTo(p.mean, rhs); err != nil && math.IsNaN(p.mean.AtVec(0)) {
			p.log = math.Inf(-1)
			p.at = nil
			return p
		}
		p.ss -= mat.Dot(p.mean, rhs)
		p.log = (c.LogDet() - p.chol.LogDet()) / 2
	}
	p.log -= (regressionDF + float64(g.n)) / 2 * math.Log(p.ss)
	return p
}

// predict carries the level on and keeps the counterfactual.
func (g *gibbs) predict() {
	out := make([]float64, len(g.y)-g.n)
	level := g.level[g.n-1]
	for t := range out {
		level += math.Sqrt(g.step) * g.rng.NormFloat64()
		v := level + g.fit(g.n+t) + math.Sqrt(g.noise)*g.rng.NormFloat64()
		out[t] = g.centre + g.sd*v
	}
	g.future = append(g.future, out)
	for j, in := range g.in {
		if in {
			g.used[j]++
		}
	}
}

func (f *ImpactFit) summarise(s Series, g *gibbs, level float64) {
	actual := s.Outcome[s.Before:]
	periods := float64(len(actual))
	var total float64
	for _, v := range actual {
		total += v
	}
	draws := float64(len(g.future))
	sums, relative := make([]float64, len(g.future)), make([]float64, len(g.future))
	column := make([]float64, len(g.future))
	for t := range actual {
		var m float64
		for d, path := range g.future {
			column[d] = path[t]
			sums[d] += path[t]
			m += path[t] / draws
		}
		slices.Sort(column)
		f.Counterfactual = append(f.Counterfactual, m)
		f.Lo, f.Hi = append(f.Lo, quantile(column, (1-level)/2)), append(f.Hi, quantile(column, (1+level)/2))
	}
	average := make([]float64, len(sums))
	below := 0.0
	for d, v := range sums {
		if v < total {
			below++
		}
		sums[d], average[d], relative[d] = total-v, (total-v)/periods, total/v-1
	}
	p := 2 * math.Min(below+1, draws-below+1) / (draws + 1)
	for _, x := range []struct {
		name  string
		draws []float64
	}{{"cumulative", sums}, {"average", average}, {"relative", relative}} {
		f.Estimates = append(f.Estimates, posterior(x.name, x.draws, level, math.Min(p, 1)))
	}
	for _, u := range g.used {
		f.Inclusion = append(f.Inclusion, u/draws)
	}
	f.Note("tail-area", measure.Info, "后验尾部概率（单侧，与 CausalImpact 相同）见数值。", "The posterior tail area (one-sided, as CausalImpact prints it) is among the values.",
		map[string]float64{"p": p / 2, "mde": measure.MDE(deviation(sums), measure.DefaultLevel, 0.8)})
	if len(s.Controls) == 0 {
		f.Note("no-controls", measure.Warning, "没有对照序列：同期的其他变化会被算作效应。", "There are no control series: anything else that changed at that time counts as the effect.", nil)
	}
}

func posterior(name string, x []float64, level, p float64) measure.Estimate {
	e := measure.Estimate{Name: name, SE: deviation(x), P: p}
	for _, v := range x {
		e.Value += v / float64(len(x))
	}
	sorted := slices.Clone(x)
	slices.Sort(sorted)
	e.Lo, e.Hi = quantile(sorted, (1-level)/2), quantile(sorted, (1+level)/2)
	return e
}

// quantile of sorted values, interpolated (R's type 7).
func quantile(x []float64, p float64) float64 {
	h := p * float64(len(x)-1)
	i := int(h)
	if i+1 >= len(x) {
		return x[len(x)-1]
	}
	return x[i] + (h-float64(i))*(x[i+1]-x[i])
}
