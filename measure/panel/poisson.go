package panel

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
)

const (
	poissonSteps     = 300
	poissonTolerance = 1e-11 // relative change of the deviance
	settled          = 1e-6  // relative change from which separated rows are looked for
	vanishing        = 1e-3  // fitted mean, relative to the outcome's, below which a zero row may be separated
)

// Poisson is Poisson pseudo-maximum likelihood with fixed effects.
//
// Estimand: the coefficients β of E[y | x, levels] = exp(x'β + Σ effects), so
// exp(β) is the ratio of means that one unit of x makes; see [Fit.Ratio].
// Assumption: that mean is right; y need not be a count nor Poisson, and may
// be zero. Rows that no finite coefficient fits are left out and counted in
// the diagnostics: levels in which every outcome is zero ("only-zeros"), and
// zeros that some regressor separates ("separated"). Errors are clustered
// where clusters are given, else HC1 (the variance need not equal the mean);
// degrees of freedom as [OLS]; intervals are normal, with [Reduced] errors t.
// Errors:
// [measure.ErrInput], also on a negative outcome. Refusals: "no-events"
// (every outcome zero) and those of [OLS].
// Source: Gourieroux, Monfort and Trognon (1984); Santos Silva and Tenreyro
// (2006); separation: Correia, Guimarães and Zylkin (2019).
func Poisson(ctx context.Context, d Data, o Options) (Fit, error) {
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
	for i, y := range d.Outcome {
		if y < 0 {
			return Fit{}, measure.Invalid("panel: outcome, row %d: %v is negative: Poisson regression needs 0 or more", i+1, y)
		}
	}
	f := Fit{Result: measure.Result{Method: "ppml"}, sample: s, DF: math.Inf(1)}
	zeros := s.onlyZeros()
	f.N = len(s.y)
	if f.N == 0 {
		f.Refuse("no-events", "所有结果都是 0，没有可比较的。", "Every outcome is zero: there is nothing to compare.", math.NaN())
		return f, nil
	}
	p := irls{sample: s, o: o}
	if err := p.run(ctx, &f); err != nil {
		return Fit{}, err
	}
	f.N = len(s.y)
	if f.Refusal != nil {
		return f, nil
	}
	f.notes(o)
	if zeros > 0 {
		f.Note("only-zeros", measure.Info, fmt.Sprintf("%d 行所在的固定效应里结果全是 0，不提供信息，已去掉。", zeros),
			fmt.Sprintf("%d rows lie in levels where every outcome is zero; they say nothing and were left out.", zeros), map[string]float64{"rows": float64(zeros)})
	}
	if p.separated > 0 {
		f.Note("separated", measure.Warning, fmt.Sprintf("%d 行结果为 0 且被变量完全分开，没有有限的系数能拟合，已去掉。", p.separated),
			fmt.Sprintf("%d zero rows are separated by a regressor: no finite coefficient fits them, and they were left out.", p.separated),
			map[string]float64{"rows": float64(p.separated)})
	}
	f.estimates(level)
	return f, nil
}

// onlyZeros drops levels in which every outcome is zero, until there is none.
func (s *sample) onlyZeros() int {
	before := len(s.y)
	for {
		keep, all := allTrue(len(s.y)), true
		for _, f := range s.fixed {
			some := make([]bool, f.Levels)
			for i, c := range f.Code {
				some[c] = some[c] || s.y[i] > 0
			}
			for i, c := range f.Code {
				if !some[c] {
					keep[i], all = false, false
				}
			}
		}
		if all {
			return before - len(s.y)
		}
		s.cut(keep)
	}
}

// irls is iteratively reweighted least squares.
type irls struct {
	*sample
	o         Options
	separated int
	eta, mu   []float64
	x         [][]float64 // within, at the last weights
	e         []float64   // working residual
	bread     *mat.SymDense
}

func (p *irls) run(ctx context.Context, f *Fit) error {
	var mean float64
	for _, y := range p.y {
		mean += y / float64(len(p.y))
	}
	p.eta, p.mu = make([]float64, len(p.y)), make([]float64, len(p.y))
	for i, y := range p.y {
		p.mu[i] = (y + mean) / 2
		p.eta[i] = math.Log(p.mu[i])
	}
	solver, err := absorb.New(p.fixed, nil)
	if err != nil {
		return fmt.Errorf("panel: %w", err)
	}
	deviance := math.Inf(1)
	for step := 0; ; step++ {
		if step > poissonSteps {
			return measure.Invalid("panel: Poisson regression did not converge after %d steps: scale the regressors, or look for one that explains zeros completely", poissonSteps)
		}
		if err := p.step(ctx, solver, f); err != nil {
			return err
		}
		if len(f.Names) == 0 {
			f.refuseCollinear(p.sample)
			return nil
		}
		next := p.update(deviance)
		change := math.Abs(next-deviance) / (0.1 + math.Abs(next))
		deviance = next
		if change > settled {
			continue
		}
		if p.drop(vanishing * mean) {
			if solver, err = absorb.New(p.fixed, nil); err != nil {
				return fmt.Errorf("panel: %w", err)
			}
			deviance = math.Inf(1)
		} else if change < poissonTolerance {
			break
		}
	}
	if err := p.step(ctx, solver, f); err != nil { // regressors and bread at the final weights
		return err
	}
	return p.infer(ctx, f)
}

// step is one weighted least-squares fit of the working outcome.
func (p *irls) step(ctx context.Context, solver *absorb.Solver, f *Fit) error {
	w := p.working()
	if err := solver.Reweight(w); err != nil {
		return fmt.Errorf("panel: %w", err)
	}
	z := make([]float64, len(p.y))
	for i, y := range p.y {
		z[i] = p.eta[i] + (y-p.mu[i])/p.mu[i]
	}
	plain := *p.sample
	plain.weights = w
	columns, raw, err := plain.within(ctx, solver, append([][]float64{z}, p.sample.x...))
	if err != nil {
		return err
	}
	fit := Fit{sample: &plain}
	x := screen(&fit, p.names, columns[1:], raw[1:])
	x, p.bread = fit.reduce(x, cross(x, w))
	f.Names, f.Collinear = fit.Names, fit.Collinear
	p.x, p.e = x, columns[0]
	f.Coef = make([]float64, len(x))
	for j := range x {
		for l := range x {
			f.Coef[j] += p.bread.At(j, l) * wdot(x[l], columns[0], w)
		}
	}
	for j, b := range f.Coef {
		for i, v := range x[j] {
			p.e[i] -= b * v
		}
	}
	for i := range z {
		p.e[i] = z[i] - p.e[i] - p.eta[i] // the step in eta
	}
	return nil
}

// working returns the weights mu × given ones.
func (p *irls) working() []float64 {
	w := make([]float64, len(p.mu))
	for i, m := range p.mu {
		w[i] = m
		if p.weights != nil {
			w[i] *= p.weights[i]
		}
	}
	return w
}

// update moves eta by the step, halving it while the deviance grows, and
// returns the new deviance.
func (p *irls) update(old float64) float64 {
	size := 1.0
	for {
		dev := p.deviance(size)
		if dev <= old*(1+1e-9)+1e-9 || size < 1e-3 {
			for i := range p.eta {
				p.eta[i] += size * p.e[i]
				p.mu[i] = math.Max(math.Exp(math.Min(p.eta[i], 300)), 1e-290)
			}
			return dev
		}
		size /= 2
	}
}

func (p *irls) deviance(size float64) float64 {
	var dev float64
	for i, y := range p.y {
		eta := p.eta[i] + size*p.e[i]
		mu := math.Exp(eta)
		d := mu - y
		if y > 0 {
			d += y * (math.Log(y) - eta)
		}
		if p.weights != nil {
			d *= p.weights[i]
		}
		dev += 2 * d
	}
	if math.IsNaN(dev) {
		return math.Inf(1)
	}
	return dev
}

// drop leaves out zero rows whose fitted mean keeps shrinking: when the others
// have settled, a separated row's eta still moves by −1 per step.
func (p *irls) drop(limit float64) bool {
	keep, some := allTrue(len(p.y)), false
	for i, m := range p.mu {
		if p.y[i] == 0 && m < limit && p.e[i] < -0.5 {
			keep[i], some = false, true
			p.separated++
		}
	}
	if some {
		p.cut(keep)
		p.eta, p.mu = pick(p.eta, keep), pick(p.mu, keep)
	}
	return some
}

func (p *irls) infer(ctx context.Context, f *Fit) error {
	n, k := float64(len(p.y)), float64(len(f.Coef))
	if n-k-float64(parameters(p.fixed, nil)) < 1 {
		f.Refuse("too-few-rows", fmt.Sprintf("只有 %d 行，固定效应和变量已用尽自由度。", len(p.y)),
			fmt.Sprintf("%d rows are used up by the fixed effects and regressors: none is left to judge uncertainty by.", len(p.y)), math.NaN())
		return nil
	}
	w := p.working()
	e := make([]float64, len(p.y))
	for i, y := range p.y {
		e[i] = y/p.mu[i] - 1
	}
	plain := *p.sample
	plain.weights = w
	f.sample = &plain
	defer func() { f.sample = p.sample }()
	switch {
	case p.o.Errors == IID:
		f.Cov = mat.NewSymDense(len(f.Coef), nil)
		f.Cov.CopySym(p.bread)
	case p.o.Errors == Clustered || p.o.Errors == Reduced || p.o.Errors == Auto && len(p.clusters) > 0:
		f.Cov = f.clustered(p.x, e, p.bread, k)
		f.DF = math.Inf(1)
		if p.o.Errors == Reduced && f.Refusal == nil {
			return f.reduced(ctx, e)
		}
	default:
		f.Cov = sandwich(p.bread, meat(p.x, e, w, nil))
		f.Cov.ScaleSym(n/(n-k-float64(parameters(p.fixed, nil))), f.Cov)
	}
	return nil
}

// Ratio is the constant k of a log-linear fit, exp(coefficient of name): how
// many times the outcome is with the exposure what it is without, for the
// same person. Interval and P are the coefficient's, its SE by the delta
// method; the sentence is the one to print.
func (f Fit) Ratio(name string) (measure.Estimate, measure.Text, error) {
	b, ok := f.Get(name)
	if !ok {
		return measure.Estimate{}, measure.Text{}, measure.Invalid("panel: no coefficient %q in the fit: name one that was estimated", name)
	}
	k := measure.Estimate{Name: "k", Value: math.Exp(b.Value), SE: math.Exp(b.Value) * b.SE, Lo: math.Exp(b.Lo), Hi: math.Exp(b.Hi), P: b.P}
	return k, measure.Text{
		ZH: fmt.Sprintf("同一个人，有铲子是没铲子的 %.2f 倍（%.2f 到 %.2f）", k.Value, k.Lo, k.Hi),
		EN: fmt.Sprintf("The same person with the shovel achieves %.2f times what they do without (%.2f to %.2f).", k.Value, k.Lo, k.Hi),
	}, nil
}
