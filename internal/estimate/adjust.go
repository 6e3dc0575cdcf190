package estimate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/adjust"
	"github.com/chanzipu/outfitter/measure/quantile"
	"github.com/chanzipu/outfitter/measure/regression"
	"github.com/chanzipu/outfitter/measure/survival"
)

func runQTE(ctx context.Context, r *Request) (measure.Result, error) {
	f, err := open(r)
	if err != nil {
		return measure.Result{}, err
	}
	y, w, x, cluster, a := f.number("outcome", r.Outcome), f.optional("weights", r.Weights), f.terms("covariates", r.Covariates), f.cluster(r), f.treatment(r)
	if err := f.complete(a.use()); err != nil {
		return measure.Result{}, err
	}
	o := quantile.Options{Tau: r.Tau, OnTreated: r.OnTreated, Clip: r.Clip, Level: r.Level, Draws: r.Draws, Seed: r.Seed}
	return a.each(f, func(c comparison) (measure.Result, error) {
		return quantile.Effects(ctx, quantile.Input{Outcome: of(c, y.v), Treated: c.treated, Covariates: x.values(c.rows), Weights: of(c, w.v), Cluster: of(c, cluster.code)}, o)
	})
}

func runAIPW(ctx context.Context, r *Request) (measure.Result, error) {
	o := adjust.Options{Target: adjust.Target(r.Target), Folds: r.Folds, Repeats: r.Repeats, Seed: r.Seed, Clip: r.Clip, Discard: r.Discard, Level: r.Level}
	switch strings.ToLower(r.Penalty) {
	case "", "none":
	case "ridge":
		o.Outcome, o.Propensity = regression.Ridge, regression.Ridge
	case "lasso":
		o.Outcome, o.Propensity = regression.Lasso, regression.Lasso
	default:
		return measure.Result{}, usage("penalty", fmt.Sprintf("--penalty %q: give none, ridge or lasso.", r.Penalty), fmt.Sprintf("--penalty “%s”：应为 none、ridge 或 lasso。", r.Penalty))
	}
	f, err := open(r)
	if err != nil {
		return measure.Result{}, err
	}
	y, w, x, cluster, a := f.number("outcome", r.Outcome), f.optional("weights", r.Weights), f.terms("covariates", r.Covariates), f.cluster(r), f.treatment(r)
	if err := f.complete(a.use()); err != nil {
		return measure.Result{}, err
	}
	return a.each(f, func(c comparison) (measure.Result, error) {
		return adjust.AIPW(ctx, adjust.Input{Outcome: of(c, y.v), Treated: c.treated, Covariates: x.values(c.rows), Weights: of(c, w.v), Cluster: of(c, cluster.code)}, o)
	})
}

// runSensitivity takes a treatment of numbers as it is, and one of arms by pairs.
func runSensitivity(_ context.Context, r *Request) (measure.Result, error) {
	f, err := open(r)
	if err != nil {
		return measure.Result{}, err
	}
	y, w := f.number("outcome", r.Outcome), f.optional("weights", r.Weights)
	var names []string
	fixed := slices.Clone(r.Fixed)
	for _, c := range r.Covariates { // text covariates are factors
		if k := f.t.Column(c); k >= 0 && !f.numeric(k) {
			fixed = append(fixed, c)
		} else {
			names = append(names, c)
		}
	}
	x := f.terms("covariates", names)
	var cats []*labels
	for _, c := range fixed {
		cats = append(cats, f.label("fe", c))
	}
	dose, a := &numbers{}, (*arms)(nil)
	k := f.column("treatment", r.Treatment)
	if f.err == nil && f.numeric(k) && r.ControlArm == "" && r.TreatedArm == "" {
		dose = f.number("treatment", r.Treatment)
	} else {
		a = f.treatment(r)
	}
	var use func(int) bool
	if a != nil {
		use = a.use()
	}
	if err := f.complete(use); err != nil {
		return measure.Result{}, err
	}
	o := adjust.SensitivityOptions{Benchmark: -1, Times: r.Times, Reduce: r.Reduce, Level: r.Level}
	if r.Benchmark != "" {
		columns := x.columns()
		for j, c := range columns {
			if strings.EqualFold(c.Name, strings.TrimSpace(r.Benchmark)) {
				o.Benchmark = j
			}
		}
		if o.Benchmark < 0 {
			return measure.Result{}, usage("benchmark", fmt.Sprintf("--benchmark %q is not one of the numeric covariates: %s.", r.Benchmark, list(names)), fmt.Sprintf("--benchmark “%s”不在数值协变量之中：%s。", r.Benchmark, list(names)))
		}
	}
	one := func(c comparison, d []float64) (measure.Result, error) {
		in := adjust.Regression{Outcome: of(c, y.v), Treatment: d, Covariates: x.values(c.rows), Weights: of(c, w.v)}
		for _, l := range cats {
			in.Factors = append(in.Factors, of(c, l.code))
		}
		return adjust.Sensitivity(in, o)
	}
	if a == nil {
		res, err := one(comparison{}, dose.v)
		if err == nil {
			f.note(&res)
		}
		return res, err
	}
	return a.each(f, func(c comparison) (measure.Result, error) {
		d := make([]float64, len(c.treated))
		for i, t := range c.treated {
			if t {
				d[i] = 1
			}
		}
		return one(c, d)
	})
}

// runEValue takes a published ratio or difference, or works one out from a file.
func runEValue(_ context.Context, r *Request) (measure.Result, error) {
	scale := func(of func(float64, bool) float64, v float64) (rr, lo, hi float64) {
		return of(v, r.Rare), of(r.Lo, r.Rare), of(r.Hi, r.Rare)
	}
	switch {
	case !math.IsNaN(r.RR):
		return adjust.EValue(r.RR, r.Lo, r.Hi)
	case !math.IsNaN(r.OR):
		return adjust.EValue(scale(adjust.OddsRatio, r.OR))
	case !math.IsNaN(r.HR):
		return adjust.EValue(scale(adjust.HazardRatio, r.HR))
	case !math.IsNaN(r.D):
		return adjust.EValue(adjust.MeanDifference(r.D, r.SE))
	case r.Input == "":
		return measure.Result{}, usage("ratio", "Give the risk ratio to explain away, --rr (with --lo and --hi), or --or, --hr, --d; or --input FILE --outcome --treatment.",
			"请给出要解释掉的风险比 --rr（及 --lo、--hi），或 --or、--hr、--d；或 --input 文件 --outcome --treatment。")
	}
	f, err := open(r)
	if err != nil {
		return measure.Result{}, err
	}
	y, a := f.number("outcome", r.Outcome), f.treatment(r)
	if err := f.complete(a.use()); err != nil {
		return measure.Result{}, err
	}
	return a.each(f, func(c comparison) (measure.Result, error) { return crudeEValue(of(c, y.v), c.treated, r.Level) })
}

// crudeEValue is the E-value of the unadjusted risk ratio of a 0/1 outcome
// (interval on the log scale), or of the standardised difference of another.
func crudeEValue(y []float64, treated []bool, level float64) (measure.Result, error) {
	level, err := measure.Level(level)
	if err != nil {
		return measure.Result{}, err
	}
	var n, sum, squares [2]float64
	binary := true
	for i, v := range y {
		k := 0
		if treated[i] {
			k = 1
		}
		n[k]++
		sum[k] += v
		binary = binary && (v == 0 || v == 1)
	}
	res := measure.Result{Method: "evalue", N: len(y)}
	if n[0] < 2 || n[1] < 2 {
		res.Refuse("too-few-units", "有一组不足两个单位，无从比较。", "One arm has fewer than two units: nothing to compare.", math.NaN())
		return res, nil
	}
	m0, m1 := sum[0]/n[0], sum[1]/n[1]
	if binary && m0 > 0 && m1 > 0 {
		rr := measure.Wald("rr", math.Log(m1/m0), math.Sqrt((1-m1)/(n[1]*m1)+(1-m0)/(n[0]*m0)), level)
		if res, err = adjust.EValue(m1/m0, math.Exp(rr.Lo), math.Exp(rr.Hi)); err != nil {
			return res, err
		}
		rr.Value, rr.Lo, rr.Hi, rr.SE = math.Exp(rr.Value), math.Exp(rr.Lo), math.Exp(rr.Hi), rr.SE*m1/m0
		res.Estimates, res.N = append(res.Estimates, rr), len(y)
		return res, nil
	}
	for i, v := range y {
		k, m := 0, m0
		if treated[i] {
			k, m = 1, m1
		}
		squares[k] += (v - m) * (v - m)
	}
	sd := math.Sqrt((squares[0] + squares[1]) / (n[0] + n[1] - 2))
	if sd == 0 || binary {
		res.Refuse("constant-outcome", "有一组从不发生（或结果不变），比值无从计算。", "The outcome never happens in one arm, or never varies: there is no ratio.", math.NaN())
		return res, nil
	}
	d := (m1 - m0) / sd
	if res, err = adjust.EValue(adjust.MeanDifference(d, math.Sqrt(1/n[0]+1/n[1]+d*d/(2*(n[0]+n[1]))))); err != nil {
		return res, err
	}
	res.Estimates, res.N = append(res.Estimates, measure.Point("d", d)), len(y)
	return res, nil
}

func runRMST(_ context.Context, r *Request) (measure.Result, error) {
	if len(r.Tau) > 1 {
		return measure.Result{}, usage("tau", "rmst takes one --tau, the horizon in the duration's unit.", "rmst 只接受一个 --tau（时间上限，单位同时长）。")
	}
	o := survival.Options{Level: r.Level, Reduced: r.Reduced}
	if len(r.Tau) == 1 {
		o.Tau = r.Tau[0]
	}
	f, err := open(r)
	if err != nil {
		return measure.Result{}, err
	}
	d, e, a := f.number("duration", r.Duration), f.flagged("event", r.Event), f.treatment(r)
	if err := f.complete(a.use()); err != nil {
		return measure.Result{}, err
	}
	return a.each(f, func(c comparison) (measure.Result, error) {
		got, err := survival.RestrictedMean(of(c, d.v), yes(of(c, e.v)), c.treated, o)
		return got.Result, err
	})
}

func yes(x []float64) []bool {
	out := make([]bool, len(x))
	for i, v := range x {
		out[i] = v == 1
	}
	return out
}

// explained is the share of y's variance that columns explain, by least squares.
func explained(cols [][]float64, y []float64) (float64, error) {
	d, err := regression.NewDesign(len(y), cols)
	if err != nil {
		return 0, err
	}
	fit, err := d.OLS(nil, y, nil)
	if err != nil {
		return 0, err
	}
	mean, _ := moments(y)
	var left, all float64
	for i, v := range y {
		left += (v - fit.Linear(i)) * (v - fit.Linear(i))
		all += (v - mean) * (v - mean)
	}
	if all == 0 {
		return 0, nil
	}
	return max(0, 1-left/all), nil
}
