package estimate

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/did"
	"github.com/chanzipu/outfitter/measure/panel"
	"github.com/chanzipu/outfitter/measure/rollout"
)

// A staggered is a panel with its roll-out, ready for an estimator.
type staggered struct {
	f        *frame
	y, w     *numbers
	unit     *labels
	time     *times
	x        *covariates
	clusters []*labels
	first    []int
	on       []float64 // treated by then
}

func (r *Request) staggered() (*staggered, error) {
	f, err := open(r)
	if err != nil {
		return nil, err
	}
	s := &staggered{f: f, y: f.number("outcome", r.Outcome), w: f.optional("weights", r.Weights), unit: f.label("unit", r.Unit), time: f.time("time", r.Time),
		x: f.terms("covariates", r.Covariates)}
	for _, c := range r.Cluster {
		s.clusters = append(s.clusters, f.label("cluster", c))
	}
	var declared []int
	treat := &numbers{}
	switch {
	case r.FirstTreated != "":
		declared = f.starts("first-treated", r.FirstTreated, s.time)
	case r.Treatment != "":
		treat = f.flagged("treatment", r.Treatment)
	}
	if err := f.complete(nil); err != nil {
		return nil, err
	}
	if err := f.unique(s.unit, s.time); err != nil {
		return nil, err
	}
	s.first, s.on, err = f.rollout(r, s.unit, s.time, declared, treat)
	return s, err
}

func (s *staggered) data() rollout.Data {
	d := rollout.Data{Outcome: s.y.v, Unit: s.unit.code, Time: s.time.v, First: s.first, Covariates: s.x.columns(), Weights: s.w.v}
	for _, c := range s.clusters {
		d.Clusters = append(d.Clusters, c.factor())
	}
	return d
}

var period = regexp.MustCompile(`ATT\((\d+),(\d+)\)|(group g|calendar t)=(\d+)`)

// name writes periods as the file does: "ATT(2024Q1,2024Q3)".
func (s *staggered) name(n string) string {
	if s.time.Plain() {
		return n
	}
	label := func(t string) string {
		v, err := strconv.Atoi(t)
		if err != nil {
			return t
		}
		return s.time.Label(v)
	}
	return period.ReplaceAllStringFunc(n, func(m string) string {
		p := period.FindStringSubmatch(m)
		if p[1] != "" {
			return "ATT(" + label(p[1]) + "," + label(p[2]) + ")"
		}
		return p[3] + "=" + label(p[4])
	})
}

func runDiD(ctx context.Context, r *Request) (measure.Result, error) {
	s, err := r.staggered()
	if err != nil {
		return measure.Result{}, err
	}
	in := did.Input{Unit: s.unit.code, Time: s.time.v, Outcome: s.y.v, FirstTreated: s.first, Covariates: s.x.values(nil), Weights: s.w.v}
	switch len(s.clusters) {
	case 0:
	case 1:
		in.Cluster = s.clusters[0].code
	default:
		return measure.Result{}, usage("clusters", "did takes one --cluster column.", "did 只能有一个 --cluster 列。")
	}
	o := did.Options{Control: did.Control(r.Control), Base: did.Base(r.Base), Missing: did.Missing(r.Missing), Anticipation: r.Anticipation, Level: r.Level, Draws: r.Draws, Seed: r.Seed}
	e, err := did.Estimate(ctx, in, o)
	if err != nil {
		return measure.Result{}, err
	}
	for i := range e.Estimates {
		e.Estimates[i].Name = s.name(e.Estimates[i].Name)
	}
	s.f.note(&e.Result)
	return e.Result, nil
}

func runSunab(ctx context.Context, r *Request) (measure.Result, error) {
	s, err := r.staggered()
	if err != nil {
		return measure.Result{}, err
	}
	fit, err := rollout.SunAbraham(ctx, s.data(), panel.Options{Level: r.Level})
	if err == nil {
		s.f.note(&fit.Result)
		describe(&fit)
	}
	return fit.Result, err
}

// runTWFE gives the one coefficient with its decomposition, and the event
// study beside it where periods before and after treatment exist.
func runTWFE(ctx context.Context, r *Request) (measure.Result, error) {
	if r.Treatment != "" && r.FirstTreated == "" && r.Since == "" && !r.EventStudy {
		if res, done, err := doseTWFE(ctx, r); done || err != nil {
			return res, err
		}
	}
	s, err := r.staggered()
	if err != nil {
		return measure.Result{}, err
	}
	o := panel.Options{Level: r.Level}
	if r.EventStudy {
		fit, err := rollout.EventStudy(ctx, s.data(), o)
		if err == nil {
			s.f.note(&fit.Result)
			describe(&fit)
		}
		return fit.Result, err
	}
	fit, parts, err := rollout.TWFE(ctx, s.data(), s.on, o)
	if err != nil {
		return measure.Result{}, err
	}
	decompose(&fit.Result, parts)
	s.f.note(&fit.Result)
	describe(&fit)
	if fit.Refusal != nil {
		return fit.Result, nil
	}
	study, err := rollout.EventStudy(ctx, s.data(), o)
	if err != nil || study.Refusal != nil {
		return fit.Result, err
	}
	for _, e := range study.Estimates {
		if len(e.Name) > 6 && e.Name[:6] == "event=" {
			fit.Estimates = append(fit.Estimates, e)
		}
	}
	return fit.Result, nil
}

// doseTWFE is the two-way regression on a treatment that is no 0/1 switch, or
// that switches off again: no start can be derived from it.
func doseTWFE(ctx context.Context, r *Request) (measure.Result, bool, error) {
	f, err := open(r)
	if err != nil {
		return measure.Result{}, false, err
	}
	k := f.column("treatment", r.Treatment)
	if f.err != nil {
		return measure.Result{}, false, f.err
	}
	if !f.numeric(k) {
		return measure.Result{}, false, nil
	}
	y, w, unit, time, x, d := f.number("outcome", r.Outcome), f.optional("weights", r.Weights), f.label("unit", r.Unit), f.time("time", r.Time), f.terms("covariates", r.Covariates), f.number("treatment", r.Treatment)
	var clusters []*labels
	for _, c := range r.Cluster {
		clusters = append(clusters, f.label("cluster", c))
	}
	if err := f.complete(nil); err != nil {
		return measure.Result{}, false, err
	}
	if switches01(unit.code, time.v, d.v) {
		return measure.Result{}, false, nil
	}
	if err := f.unique(unit, time); err != nil {
		return measure.Result{}, false, err
	}
	s := &staggered{f: f, y: y, w: w, unit: unit, time: time, x: x, clusters: clusters, first: make([]int, len(y.v))}
	fit, _, err := rollout.TWFE(ctx, s.data(), d.v, panel.Options{Level: r.Level})
	if err == nil {
		f.note(&fit.Result)
		describe(&fit)
	}
	return fit.Result, true, err
}

// switches01 reports whether a treatment is 0 and 1, and stays on in every unit.
func switches01(unit, time []int, d []float64) bool {
	order := make([]int, len(unit))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		if unit[a] != unit[b] {
			return unit[a] - unit[b]
		}
		return time[a] - time[b]
	})
	varies := false
	for k, i := range order {
		if d[i] != 0 && d[i] != 1 {
			return false
		}
		if k > 0 && unit[order[k-1]] == unit[i] && d[order[k-1]] != d[i] {
			if d[i] == 0 {
				return false
			}
			varies = true
		}
	}
	return varies
}

// decompose adds Goodman-Bacon's comparisons by kind.
func decompose(res *measure.Result, parts []rollout.Comparison) {
	if len(parts) == 0 || res.Refusal != nil {
		return
	}
	weight, value := map[string]float64{}, map[string]float64{}
	var kinds []string
	for _, c := range parts {
		if _, ok := weight[c.Kind]; !ok {
			kinds = append(kinds, c.Kind)
		}
		weight[c.Kind] += c.Weight
		value[c.Kind] += c.Weight * c.Value
	}
	slices.Sort(kinds)
	for _, k := range kinds {
		if weight[k] == 0 {
			continue
		}
		res.Note("bacon", measure.Info, fmt.Sprintf("Goodman-Bacon 分解：%s 占权重 %.1f%%，平均 %.4g。", kindZH(k), 100*weight[k], value[k]/weight[k]),
			fmt.Sprintf("Goodman-Bacon: %s carry %.1f %% of the weight, average %.4g.", k, 100*weight[k], value[k]/weight[k]),
			map[string]float64{k + " weight": weight[k], k + " estimate": value[k] / weight[k]})
	}
}

func kindZH(k string) string {
	switch k {
	case "treated v. untreated":
		return "已上线对未上线"
	case "earlier v. later":
		return "先上线对后上线"
	case "later v. earlier":
		return "后上线对先上线"
	}
	return "后上线对一直上线"
}

// describe adds what a regression table prints below its coefficients.
func describe(f *panel.Fit) {
	if f.Refusal != nil || f.Sigma == 0 && f.R2Within == 0 && f.Clusters == 0 {
		return
	}
	f.Note("fit", measure.Info, fmt.Sprintf("残差标准差 %.6g，组内 R² %.4f，聚类 %d 个。", f.Sigma, f.R2Within, f.Clusters),
		fmt.Sprintf("Residual standard deviation %.6g, within R² %.4f, %d clusters.", f.Sigma, f.R2Within, f.Clusters),
		map[string]float64{"sigma": f.Sigma, "r2 within": f.R2Within, "clusters": float64(f.Clusters), "df": f.DF})
}

func factors(list []*labels) []absorb.Factor {
	var out []absorb.Factor
	for _, l := range list {
		out = append(out, l.factor())
	}
	return out
}
