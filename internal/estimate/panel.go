package estimate

import (
	"context"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/akm"
	"github.com/chanzipu/outfitter/measure/panel"
)

// regression declares the columns of a fixed-effects regression. names are the
// regressors that the treatment makes.
func (r *Request) regression() (*frame, panel.Data, []string, error) {
	f, err := open(r)
	if err != nil {
		return nil, panel.Data{}, nil, err
	}
	y, w := f.number("outcome", r.Outcome), f.optional("weights", r.Weights)
	treat, a := &covariates{}, (*arms)(nil)
	if k := f.t.Column(r.Treatment); r.Treatment != "" && k >= 0 && !f.numeric(k) {
		a = f.treatment(r)
	} else if r.Treatment != "" {
		treat = f.terms("treatment", []string{r.Treatment})
	}
	x := f.terms("covariates", r.Covariates)
	var fixed, clusters []*labels
	for _, c := range r.Fixed {
		fixed = append(fixed, f.label("fe", c))
	}
	for _, c := range r.Cluster {
		clusters = append(clusters, f.label("cluster", c))
	}
	if f.err == nil && a == nil && len(treat.parts)+len(x.parts) == 0 {
		f.fail(usage("regressors", "Name the regressors: --treatment COLUMN, --covariates a,b, or both.", "请给出自变量：--treatment 列、--covariates a,b，或两者。"))
	}
	var use func(int) bool
	if a != nil {
		use = a.use()
	}
	if err := f.complete(use); err != nil {
		return nil, panel.Data{}, nil, err
	}
	if a != nil {
		treat.parts = []part{{name: r.Treatment, cat: a.from(a.control)}}
	}
	d := panel.Data{Outcome: y.v, Weights: w.v, Fixed: factors(fixed), Clusters: factors(clusters)}
	var names []string
	for _, c := range treat.columns() {
		names = append(names, c.Name)
		d.Regressors = append(d.Regressors, c)
	}
	d.Regressors = append(d.Regressors, x.columns()...)
	return f, d, names, nil
}

func (r *Request) panelOptions() panel.Options {
	o := panel.Options{Level: r.Level, DropSingletons: r.DropSingletons}
	if r.Robust {
		o.Errors = panel.Robust
	}
	if r.Reduced {
		o.Errors = panel.Reduced
	}
	return o
}

func runFE(ctx context.Context, r *Request) (measure.Result, error) {
	f, d, _, err := r.regression()
	if err != nil {
		return measure.Result{}, err
	}
	fit, err := panel.OLS(ctx, d, r.panelOptions())
	if err == nil {
		f.note(&fit.Result)
		describe(&fit)
	}
	return fit.Result, err
}

// runPPML adds the ratio that each regressor of the treatment makes.
func runPPML(ctx context.Context, r *Request) (measure.Result, error) {
	f, d, names, err := r.regression()
	if err != nil {
		return measure.Result{}, err
	}
	fit, err := panel.Poisson(ctx, d, r.panelOptions())
	if err != nil {
		return measure.Result{}, err
	}
	f.note(&fit.Result)
	if fit.Refusal != nil {
		return fit.Result, nil
	}
	all := fit.Names
	for _, name := range all {
		k, text, err := fit.Ratio(name)
		if err != nil {
			continue
		}
		k.Name = "ratio " + name
		fit.Estimates = append(fit.Estimates, k)
		if len(names) == 1 && names[0] == name {
			fit.Note("ratio", measure.Info, text.ZH, text.EN, map[string]float64{"k": k.Value})
		}
	}
	return fit.Result, nil
}

// runAKM takes the person from --unit or the first --fe, and the platform from
// --platform or the other --fe.
func runAKM(ctx context.Context, r *Request) (measure.Result, error) {
	f, err := open(r)
	if err != nil {
		return measure.Result{}, err
	}
	person, platform, fixed := r.Unit, r.Platform, r.Fixed
	if person == "" && len(fixed) > 0 {
		person, fixed = fixed[0], fixed[1:]
	}
	for _, c := range fixed {
		if platform == "" && c != person {
			platform = c
		}
	}
	if person == "" || platform == "" {
		return measure.Result{}, usage("akm", "Name who moves and what between: --unit PERSON --platform FIRM, or --fe PERSON,FIRM.",
			"请给出流动的人和平台：--unit 人 --platform 平台，或 --fe 人,平台。")
	}
	y, p, q, x := f.number("outcome", r.Outcome), f.label("unit", person), f.label("platform", platform), f.terms("covariates", r.Covariates)
	if err := f.complete(nil); err != nil {
		return measure.Result{}, err
	}
	o := akm.Options{Draws: r.Draws, Seed: r.Seed}
	if r.Exact {
		o.Method = akm.Exact
	}
	res, err := akm.Decompose(ctx, akm.Data{Outcome: y.v, Person: absorb.NewFactor(person, p.code), Platform: absorb.NewFactor(platform, q.code), Controls: x.columns()}, o)
	if err == nil {
		f.note(&res)
	}
	return res, err
}
