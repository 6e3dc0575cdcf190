package estimate

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/estimate/calendar"
	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/synth"
)

// A onePanel is a complete panel with its treated units.
type onePanel struct {
	f      *frame
	unit   *labels
	time   *times
	panel  synth.Panel // may lack units that are treated too
	others int         // how many
}

// onePanel declares unit, time and outcome, and finds who is treated since
// when: from --treated and --since, or from a 0/1 column.
func (r *Request) onePanel() (*onePanel, error) {
	f, err := open(r)
	if err != nil {
		return nil, err
	}
	p := &onePanel{f: f, unit: f.label("unit", r.Unit), time: f.time("time", r.Time)}
	y := f.number("outcome", r.Outcome)
	treat := &numbers{}
	var declared []int
	switch {
	case r.FirstTreated != "":
		declared = f.starts("first-treated", r.FirstTreated, p.time)
	case r.Treatment != "":
		treat = f.flagged("treatment", r.Treatment)
	case r.TreatedUnit == "":
		f.fail(usage("treated", "Say who is treated: --treated UNIT --since TIME, or --treatment COLUMN of 0 and 1.", "请指明谁被处理：--treated 单位 --since 时期，或 0/1 的 --treatment 列。"))
	}
	if err := f.complete(nil); err != nil {
		return nil, err
	}
	if err := f.unique(p.unit, p.time); err != nil {
		return nil, err
	}
	p.panel = synth.Panel{Outcome: y.v, Unit: p.unit.code, Time: p.time.v}
	if r.TreatedUnit == "" {
		err = p.derived(r, declared, treat)
	} else if err = p.named(r); err == nil {
		p.untreated(declared, treat)
	}
	if err != nil {
		return nil, err
	}
	return p, p.whole()
}

func (p *onePanel) named(r *Request) (err error) {
	for _, name := range splitUnits(r.TreatedUnit, p.unit.names) {
		k := slices.IndexFunc(p.unit.names, func(n string) bool { return strings.EqualFold(n, name) })
		if k < 0 {
			return usage("treated", fmt.Sprintf("--treated: there is no unit %q; there are: %s.", name, list(p.unit.names)), fmt.Sprintf("--treated：没有单位“%s”；现有：%s。", name, list(p.unit.names)))
		}
		p.panel.Treated = append(p.panel.Treated, k)
	}
	p.panel.Since, err = p.time.when("since", r.Since)
	return err
}

// untreated leaves out units, other than those named, that are treated too: a
// donor must not have what the treated have.
func (p *onePanel) untreated(declared []int, treat *numbers) {
	gone := map[int]bool{}
	last := slices.Max(p.panel.Time)
	for i, u := range p.unit.code {
		on := treat.v != nil && treat.v[i] > 0
		if declared != nil {
			g := declared[p.f.row[i]]
			on = g > 0 && g <= last
		}
		if on && !slices.Contains(p.panel.Treated, u) {
			gone[u] = true
		}
	}
	if p.others = len(gone); p.others == 0 {
		return
	}
	var rows []int
	for i, u := range p.unit.code {
		if !gone[u] {
			rows = append(rows, i)
		}
	}
	p.panel.Outcome, p.panel.Time, p.panel.Unit = pick(p.panel.Outcome, rows), pick(p.panel.Time, rows), pick(p.panel.Unit, rows)
}

// note tells of units left out.
func (p *onePanel) note(r *measure.Result) {
	if p.others > 0 {
		r.Note("treated-donors", measure.Info, fmt.Sprintf("另有 %d 个单位也被处理，不作对照。", p.others),
			fmt.Sprintf("%d other units are treated too and were not used as controls.", p.others), map[string]float64{"units": float64(p.others)})
	}
	p.f.note(r)
}

// splitUnits cuts at commas unless a unit bears the whole name.
func splitUnits(s string, names []string) []string {
	if slices.Contains(names, s) {
		return []string{s}
	}
	var out []string
	for _, n := range strings.Split(s, ",") {
		out = append(out, strings.TrimSpace(n))
	}
	return out
}

func (p *onePanel) derived(r *Request, declared []int, treat *numbers) error {
	first, _, err := p.f.rollout(r, p.unit, p.time, declared, treat)
	if err != nil {
		return err
	}
	start := map[int]int{}
	for i, g := range first {
		if g == 0 {
			continue
		}
		if !slices.Contains(p.panel.Treated, p.unit.code[i]) {
			p.panel.Treated = append(p.panel.Treated, p.unit.code[i])
		}
		start[g]++
		p.panel.Since = g
	}
	if len(start) > 1 {
		return usage("staggered", "The treated units start at different times; this method needs one start: use did, or name some with --treated and --since.",
			"被处理的单位开始时间不同，而该方法要求同时开始：请用 did，或用 --treated 与 --since 指定。")
	}
	if len(start) == 0 {
		return usage("treated", fmt.Sprintf("--treatment: no unit is treated in column %q.", r.Treatment), fmt.Sprintf("--treatment：列“%s”中没有被处理的单位。", r.Treatment))
	}
	return nil
}

// whole fails on a unit that misses a period, in the file's words.
func (p *onePanel) whole() error {
	seen, all := make([]map[int]bool, len(p.unit.names)), map[int]bool{}
	for i, u := range p.panel.Unit {
		if seen[u] == nil {
			seen[u] = map[int]bool{}
		}
		seen[u][p.panel.Time[i]] = true
		all[p.panel.Time[i]] = true
	}
	for u, s := range seen {
		if s == nil || len(s) == len(all) {
			continue
		}
		for t := range all {
			if !s[t] {
				return usage("incomplete", fmt.Sprintf("Unit %q has no value in period %s: every unit needs one in every period; complete it, or leave the unit or the period out.", p.unit.names[u], p.time.Label(t)),
					fmt.Sprintf("单位“%s”在时期 %s 没有数值：每个单位每个时期都要有；请补齐，或去掉该单位或时期。", p.unit.names[u], p.time.Label(t)))
			}
		}
	}
	return nil
}

// weights adds who makes up the counterfactual, and the effect by period.
func (p *onePanel) weights(f *synth.Fit, byPeriod bool) {
	if f.Refusal != nil {
		return
	}
	donors, text := map[string]float64{}, []string{}
	for _, w := range f.Weights {
		donors[p.unit.names[w.ID]] = w.Share
		if len(text) < 8 {
			text = append(text, fmt.Sprintf("%s %.3f", p.unit.names[w.ID], w.Share))
		}
	}
	f.Note("weights", measure.Info, "对照的权重："+strings.Join(text, "，")+"。", "Donor weights: "+strings.Join(text, ", ")+".", donors)
	if len(f.TimeWeights) > 0 {
		periods := map[string]float64{}
		for _, w := range f.TimeWeights {
			periods[p.time.Label(w.ID)] = w.Share
		}
		f.Note("time-weights", measure.Info, "各时期的权重见 values。", "The weights of the periods before treatment are in values.", periods)
	}
	for k, t := range f.Times {
		if byPeriod && t >= p.panel.Since && k < len(f.Synthetic) {
			f.Estimates = append(f.Estimates, measure.Point("effect t="+p.time.Label(t), f.Observed[k]-f.Synthetic[k]))
		}
	}
	p.note(&f.Result)
}

func runSynth(ctx context.Context, r *Request) (measure.Result, error) {
	p, err := r.onePanel()
	if err != nil {
		return measure.Result{}, err
	}
	f, err := synth.Control(ctx, p.panel, synth.Options{Level: r.Level, Seed: r.Seed, Placebos: r.Draws})
	if err == nil {
		p.weights(&f, true)
	}
	return f.Result, err
}

func runSDiD(ctx context.Context, r *Request) (measure.Result, error) {
	p, err := r.onePanel()
	if err != nil {
		return measure.Result{}, err
	}
	f, err := synth.DiD(ctx, p.panel, synth.Options{Level: r.Level, Seed: r.Seed, Placebos: r.Draws})
	if err == nil {
		p.weights(&f, false)
	}
	return f.Result, err
}

// ordered sorts kept rows by period and fails on two rows in one.
func (f *frame) ordered(t *times) ([]int, error) {
	order := make([]int, len(t.v))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return t.v[a] - t.v[b] })
	for k := 1; k < len(order); k++ {
		if a, b := order[k-1], order[k]; t.v[a] == t.v[b] {
			return nil, usage("duplicate", fmt.Sprintf("%q has two rows in period %s (lines %d and %d): give one series, or name --unit.", f.t.Name, t.Label(t.v[a]), f.line(a), f.line(b)),
				fmt.Sprintf("“%s”在时期 %s 有两行（第 %d 行和第 %d 行）：请只给一条序列，或给出 --unit。", f.t.Name, t.Label(t.v[a]), f.line(a), f.line(b)))
		}
	}
	return order, nil
}

// clock is the time column, or row numbers from 1 where none is named.
func (f *frame) clock(r *Request) *times {
	if r.Time != "" {
		return f.time("time", r.Time)
	}
	t := &times{flag: "time", v: make([]int, f.t.Rows), none: make([]bool, f.t.Rows), Calendar: calendar.Rows()}
	for i := range t.v {
		t.v[i] = i + 1
	}
	f.cells = append(f.cells, t)
	return t
}

// runITS takes the interruption as a period, or as a 0/1 column.
func runITS(_ context.Context, r *Request) (measure.Result, error) {
	f, err := open(r)
	if err != nil {
		return measure.Result{}, err
	}
	y, offset, t := f.number("outcome", r.Outcome), f.optional("offset", r.Offset), f.clock(r)
	since, flag := r.Intervention, &numbers{}
	switch {
	case since != "" && f.t.Column(since) >= 0:
		flag = f.flagged("intervention", since)
	case since == "" && r.Treatment != "":
		flag = f.flagged("treatment", r.Treatment)
	case since == "":
		since = r.Since
	}
	if err := f.complete(nil); err != nil {
		return measure.Result{}, err
	}
	order, err := f.ordered(t)
	if err != nil {
		return measure.Result{}, err
	}
	c := synth.Counts{Outcome: pick(y.v, order), Offset: pick(offset.v, order)}
	start := 0
	if flag.v == nil {
		if start, err = t.when("intervention", since); err != nil {
			return measure.Result{}, err
		}
	}
	for _, i := range order {
		c.Time = append(c.Time, float64(t.v[i]))
		if flag.v != nil {
			c.After = append(c.After, flag.v[i] == 1)
		} else {
			c.After = append(c.After, t.v[i] >= start)
		}
	}
	fit, err := synth.Interrupted(c, synth.CountOptions{Period: r.Period, Harmonics: r.Harmonics, Quasi: r.Quasi, Level: r.Level})
	if err != nil {
		return measure.Result{}, err
	}
	f.note(&fit.Result)
	if fit.Refusal == nil {
		fit.Note("dispersion", measure.Info, fmt.Sprintf("离散度 %.3f，残差一阶自相关 %.3f。", fit.Dispersion, fit.Lag1), fmt.Sprintf("Dispersion %.3f, lag-1 autocorrelation of residuals %.3f.", fit.Dispersion, fit.Lag1),
			map[string]float64{"dispersion": fit.Dispersion, "lag 1": fit.Lag1})
	}
	return fit.Result, nil
}

// runImpact reads a wide file (controls as columns) or, with --unit, a long
// one, whose other units are the controls.
func runImpact(ctx context.Context, r *Request) (measure.Result, error) {
	var s synth.Series
	var f *frame
	var names []string
	var err error
	if r.Unit != "" {
		s, f, names, err = r.longSeries()
	} else {
		s, f, names, err = r.wideSeries()
	}
	if err != nil {
		return measure.Result{}, err
	}
	fit, err := synth.Impact(ctx, s, synth.ImpactOptions{Level: r.Level, Seed: r.Seed, Draws: r.Draws})
	if err != nil {
		return measure.Result{}, err
	}
	f.note(&fit.Result)
	if fit.Refusal == nil && len(names) > 0 {
		values := map[string]float64{}
		for k, p := range fit.Inclusion {
			values[names[k]] = p
		}
		fit.Note("inclusion", measure.Info, "各对照序列进入模型的后验概率见 values。", "The posterior probability of each control being in the model is in values.", values)
	}
	return fit.Result, nil
}

func (r *Request) wideSeries() (s synth.Series, f *frame, names []string, err error) {
	if f, err = open(r); err != nil {
		return s, f, nil, err
	}
	y, t, x := f.number("outcome", r.Outcome), f.clock(r), f.terms("covariates", r.Covariates)
	flag := &numbers{}
	since := r.Since
	if since == "" {
		since = r.Intervention
	}
	if since == "" && r.Treatment != "" {
		flag = f.flagged("treatment", r.Treatment)
	}
	if err = f.complete(nil); err != nil {
		return s, f, nil, err
	}
	order, err := f.ordered(t)
	if err != nil {
		return s, f, nil, err
	}
	s.Outcome = pick(y.v, order)
	for _, c := range x.columns() {
		names = append(names, c.Name)
		s.Controls = append(s.Controls, pick(c.Values, order))
	}
	start := math.MaxInt
	if flag.v == nil {
		if start, err = t.when("since", since); err != nil {
			return s, f, nil, err
		}
	}
	for k, i := range order {
		after := t.v[i] >= start
		if flag.v != nil {
			after = flag.v[i] == 1
		}
		if after {
			break
		}
		s.Before = k + 1
	}
	return s, f, names, nil
}

func (r *Request) longSeries() (s synth.Series, f *frame, names []string, err error) {
	p, err := r.onePanel()
	if err != nil {
		return s, nil, nil, err
	}
	periods := slices.Clone(p.panel.Time)
	slices.Sort(periods)
	periods = slices.Compact(periods)
	at := map[int]int{}
	for k, t := range periods {
		at[t] = k
		if t < p.panel.Since {
			s.Before = k + 1
		}
	}
	series := make([][]float64, len(p.unit.names))
	for i, u := range p.panel.Unit {
		if series[u] == nil {
			series[u] = make([]float64, len(periods))
		}
		series[u][at[p.panel.Time[i]]] = p.panel.Outcome[i]
	}
	s.Outcome = make([]float64, len(periods))
	for u, x := range series {
		if x == nil {
			continue
		}
		if !slices.Contains(p.panel.Treated, u) {
			s.Controls, names = append(s.Controls, x), append(names, p.unit.names[u])
			continue
		}
		for k, v := range x {
			s.Outcome[k] += v / float64(len(p.panel.Treated))
		}
	}
	return s, p.f, names, nil
}
