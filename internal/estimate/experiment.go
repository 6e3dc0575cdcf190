package estimate

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/experiment"
)

// rows declares an experiment's columns and runs one estimator per arm.
func (r *Request) experiment(ratio bool, run func(experiment.Rows) (measure.Result, error)) (measure.Result, error) {
	f, err := open(r)
	if err != nil {
		return measure.Result{}, err
	}
	y := f.number("outcome", r.Outcome)
	x := f.terms("covariates", r.Covariates)
	w := f.optional("weights", r.Weights)
	denominator := &numbers{}
	if ratio {
		denominator = f.number("denominator", r.Denominator)
	}
	below := f.terms("covariate-denominators", r.CovariateDenominators)
	cluster := f.cluster(r)
	a := f.treatment(r)
	if err := f.complete(a.use()); err != nil {
		return measure.Result{}, err
	}
	return a.each(f, func(c comparison) (measure.Result, error) {
		in := experiment.Rows{Outcome: of(c, y.v), Treated: c.treated, Denominator: of(c, denominator.v), Weights: of(c, w.v),
			Covariates: x.values(c.rows), CovariateDenominators: below.values(c.rows), Cluster: of(c, cluster.code)}
		return run(in)
	})
}

// cluster declares the one cluster column, or the unit of randomisation.
func (f *frame) cluster(r *Request) *labels {
	switch {
	case len(r.Cluster) > 1:
		f.fail(usage("clusters", "This method takes one --cluster column.", "该方法只能有一个 --cluster 列。"))
	case len(r.Cluster) == 1:
		return f.label("cluster", r.Cluster[0])
	case r.Unit != "":
		return f.label("unit", r.Unit)
	}
	return &labels{}
}

func runDiff(_ context.Context, r *Request) (measure.Result, error) {
	return r.experiment(false, func(in experiment.Rows) (measure.Result, error) {
		return experiment.Analyse(in, experiment.Options{Level: r.Level})
	})
}

func runRatio(_ context.Context, r *Request) (measure.Result, error) {
	return r.experiment(true, func(in experiment.Rows) (measure.Result, error) {
		return experiment.Analyse(in, experiment.Options{Level: r.Level})
	})
}

func runSequential(_ context.Context, r *Request) (measure.Result, error) {
	res, err := r.experiment(r.Denominator != "", func(in experiment.Rows) (measure.Result, error) {
		control, treated, err := in.Arms()
		if err != nil {
			return measure.Result{}, err
		}
		return experiment.Sequential(control, treated, experiment.Options{Level: r.Level, Tuning: r.Tuning})
	})
	if err == nil {
		res.Note("tuning", measure.Info, fmt.Sprintf("区间在 %.0f 个单位附近最窄；该数必须在实验开始前定好（--tuning）。", r.Tuning),
			fmt.Sprintf("The interval is narrowest near %.0f units; that number must be fixed before the experiment (--tuning).", r.Tuning), map[string]float64{"tuning": r.Tuning})
	}
	return res, err
}

// runSRM counts rows by arm, or distinct units, or adds up a column of counts.
func runSRM(_ context.Context, r *Request) (measure.Result, error) {
	f, err := open(r)
	if err != nil {
		return measure.Result{}, err
	}
	arm := f.label("treatment", r.Treatment)
	unit := &labels{}
	if r.Unit != "" {
		unit = f.label("unit", r.Unit)
	}
	w := f.optional("weights", r.Weights)
	if err := f.complete(nil); err != nil {
		return measure.Result{}, err
	}
	sum, seen := make([]float64, len(arm.names)), map[[2]int]bool{}
	for i, k := range arm.code {
		switch {
		case unit.code != nil && seen[[2]int{k, unit.code[i]}]:
			continue
		case unit.code != nil:
			seen[[2]int{k, unit.code[i]}] = true
		}
		if w.v != nil {
			sum[k] += w.v[i]
		} else {
			sum[k]++
		}
	}
	counts := make([]int, len(sum))
	for k, s := range sum {
		if s != math.Trunc(s) || s < 0 {
			return measure.Result{}, usage("counts", fmt.Sprintf("--weights: arm %q adds up to %v: units must be whole numbers of 0 or more.", arm.names[k], s),
				fmt.Sprintf("--weights：“%s”组合计 %v：单位数应为不小于 0 的整数。", arm.names[k], s))
		}
		counts[k] = int(s)
	}
	shares, err := r.shares(arm.names)
	if err != nil {
		return measure.Result{}, err
	}
	var res measure.Result
	if len(counts) < 2 {
		res.N = counts[0]
		res.Refuse("one-arm", fmt.Sprintf("只有“%s”一组，没有比例可查。", arm.names[0]), fmt.Sprintf("There is only the arm %q: no ratio to check.", arm.names[0]), math.NaN())
		return res, nil
	}
	if res, err = experiment.SRM(counts, shares); err != nil {
		return res, err
	}
	for k, name := range arm.names {
		for i := range res.Estimates {
			if res.Estimates[i].Name == fmt.Sprintf("share %d", k+1) {
				res.Estimates[i].Name = "share " + name
				break
			}
		}
	}
	f.note(&res)
	return res, nil
}

// shares reads planned shares, by name or in the arms' order; nil for equal.
func (r *Request) shares(names []string) ([]float64, error) {
	if len(r.Shares) == 0 {
		return nil, nil
	}
	bad := usage("shares", fmt.Sprintf("--shares: give one share per arm, in the order %s, or as ARM=SHARE,….", list(names)),
		fmt.Sprintf("--shares：请按 %s 的顺序给出每组的比例，或写成 组=比例,…。", list(names)))
	if len(r.Shares) != len(names) {
		return nil, bad
	}
	out := make([]float64, len(names))
	for i, s := range r.Shares {
		k := i
		if at := strings.LastIndex(s, "="); at >= 0 {
			k = -1
			for j, n := range names {
				if strings.EqualFold(n, strings.TrimSpace(s[:at])) {
					k = j
				}
			}
			s = s[at+1:]
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil || k < 0 || out[k] != 0 {
			return nil, bad
		}
		out[k] = v
	}
	return out, nil
}

// runPower plans an experiment from figures, or from a file of the outcome.
func runPower(_ context.Context, r *Request) (measure.Result, error) {
	p := experiment.Plan{SD: r.SD, Treated: r.Treated, ClusterSize: r.ClusterSize, SizeCV: r.SizeCV, Level: r.Level, Power: r.Power}
	if !math.IsNaN(r.ICC) {
		p.ICC = r.ICC
	}
	if !math.IsNaN(r.Explained) {
		p.Explained = r.Explained
	}
	baseline, units := r.Baseline, r.Units
	var from *frame
	if r.Input != "" {
		f, err := open(r)
		if err != nil {
			return measure.Result{}, err
		}
		y, cluster, x := f.number("outcome", r.Outcome), f.cluster(r), f.terms("covariates", r.Covariates)
		if err := f.complete(nil); err != nil {
			return measure.Result{}, err
		}
		mean, sd := moments(y.v)
		if math.IsNaN(p.SD) {
			p.SD = sd
		}
		if math.IsNaN(baseline) {
			baseline = mean
		}
		n := len(y.v)
		if cluster.code != nil {
			n = r.clustered(&p, y.v, cluster)
		}
		if units == 0 && math.IsNaN(r.Effect) && math.IsNaN(r.Lift) {
			units = n
		}
		if cols := x.values(nil); len(cols) > 0 && math.IsNaN(r.Explained) {
			share, err := explained(cols, y.v)
			if err != nil {
				return measure.Result{}, err
			}
			p.Explained = share
		}
		from = f
	}
	if math.IsNaN(p.SD) && baseline > 0 && baseline < 1 {
		p.SD = math.Sqrt(baseline * (1 - baseline))
	}
	if math.IsNaN(p.SD) {
		return measure.Result{}, usage("sd", "Say how much the outcome varies: --sd, or --baseline SHARE for a rate, or --input FILE --outcome COLUMN.",
			"请说明结果的波动：--sd，或对比率给出 --baseline，或 --input 文件 --outcome 列。")
	}
	effect := r.Effect
	if math.IsNaN(effect) && !math.IsNaN(r.Lift) {
		if math.IsNaN(baseline) {
			return measure.Result{}, usage("baseline", "--lift is relative: give --baseline as well.", "--lift 是相对值：请同时给出 --baseline。")
		}
		effect = r.Lift * math.Abs(baseline)
	}
	if math.IsNaN(effect) {
		effect = 0
	}
	if units == 0 && effect == 0 {
		return measure.Result{}, usage("power", "Give --units (what effect can be seen?) or --effect (how many units are needed?), or both (with what power?).",
			"请给出 --units（能看出多大的效果？）或 --effect（需要多少单位？），或两者（把握多大？）。")
	}
	res, err := p.Size(units, effect)
	if err != nil {
		return res, err
	}
	if from != nil {
		from.note(&res)
		values := map[string]float64{"sd": p.SD, "mean": baseline, "icc": p.ICC, "cluster size": max(p.ClusterSize, 1), "explained": p.Explained}
		res.Note("from-file", measure.Info, fmt.Sprintf("由文件得出：均值 %.4g，标准差 %.4g。", baseline, p.SD), fmt.Sprintf("From the file: mean %.4g, standard deviation %.4g.", baseline, p.SD), values)
	}
	if m, ok := res.Get("mde"); ok && !math.IsNaN(baseline) && baseline != 0 {
		res.Estimates = append(res.Estimates, measure.Point("mde lift", m.Value/math.Abs(baseline)))
	}
	return res, nil
}

// clustered fills in sizes and intraclass correlation (ANOVA estimator) from
// the file, and returns the number of clusters.
func (r *Request) clustered(p *experiment.Plan, y []float64, c *labels) int {
	g := len(c.names)
	size, sum := make([]float64, g), make([]float64, g)
	for i, k := range c.code {
		size[k]++
		sum[k] += y[i]
	}
	mean, _ := moments(y)
	var within, between, squares float64
	for i, k := range c.code {
		d := y[i] - sum[k]/size[k]
		within += d * d
	}
	for k := range size {
		d := sum[k]/size[k] - mean
		between += size[k] * d * d
		squares += size[k] * size[k]
	}
	n := float64(len(y))
	avg, spread := moments(size)
	if p.ClusterSize == 0 {
		p.ClusterSize = avg
	}
	if p.SizeCV == 0 && avg > 0 && g > 1 {
		p.SizeCV = spread / avg
	}
	if math.IsNaN(r.ICC) && g > 1 && len(y) > g {
		msb, msw := between/float64(g-1), within/(n-float64(g))
		m0 := (n - squares/n) / float64(g-1)
		if rho := (msb - msw) / (msb + (m0-1)*msw); rho > 0 && rho <= 1 {
			p.ICC = rho
		}
	}
	return g
}

// moments are mean and sample standard deviation.
func moments(x []float64) (mean, sd float64) {
	for _, v := range x {
		mean += v
	}
	mean /= float64(len(x))
	for _, v := range x {
		sd += (v - mean) * (v - mean)
	}
	return mean, math.Sqrt(sd / float64(len(x)-1))
}
