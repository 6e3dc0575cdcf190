package did

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"sync"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/regression"
)

// cell is a Cell with its influence function: segments of consecutive units,
// zero elsewhere, scaled to the whole panel (mean over p.n units).
type cell struct {
	Cell
	group int // index into panel.groups
	psi   []segment
}

type segment struct {
	from int
	v    []float64
}

// span is a range of unit positions [from, to).
type span struct{ from, to int }

// task names one comparison before it is computed.
type task struct {
	group, t, base  int // group index; positions in panel.times
	post, reference bool
	controls        []span
}

// cells computes all comparisons the panel allows, in order of group and time.
func (p *panel) cells(ctx context.Context, o Options, lead int, res *measure.Result) ([]cell, error) {
	tasks := p.tasks(o, lead, res)
	if res.Refusal != nil {
		return nil, nil
	}
	out, bad, errs := make([]cell, len(tasks)), make([]error, len(tasks)), make([]error, 1)
	if p.x != nil { // designs are made once, before the workers share them
		for _, k := range tasks {
			if _, err := p.x(min(k.t, k.base)); err != nil {
				return nil, err
			}
		}
	}
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), len(tasks))
	for w := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := w; i < len(tasks); i += workers {
				if ctx.Err() != nil {
					return
				}
				out[i], bad[i] = p.compute(tasks[i], o)
			}
		}()
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("did: %w", err)
	}
	kept, lost, posts := out[:0], 0, 0
	for i, c := range out {
		switch {
		case bad[i] == nil:
			kept = append(kept, c)
			if c.post {
				posts++
			}
		case errors.Is(bad[i], errNoOverlap):
			lost++
		default:
			errs[0] = bad[i]
		}
	}
	if errs[0] != nil {
		return nil, errs[0]
	}
	if lost > 0 {
		res.Note("cells-without-overlap", measure.Warning,
			fmt.Sprintf("有 %d 个“批次×时期”在协变量上找不到可比的对照，未估计。", lost),
			fmt.Sprintf("%d cohort-period cells have no comparable controls given the covariates and were left out.", lost),
			map[string]float64{"cells": float64(lost)})
	}
	if posts == 0 {
		res.Refuse("no-overlap", "任何一批上线单位都找不到可比的对照：请减少协变量，或换对照组。",
			"No cohort has comparable controls: use fewer covariates or another comparison group.", math.NaN())
		return nil, nil
	}
	return kept, nil
}

// tasks lists the comparisons, and refuses where there is none.
func (p *panel) tasks(o Options, lead int, res *measure.Result) []task {
	last := len(p.groups) - 1
	hasNever := p.groups[last] == never
	treated := len(p.groups)
	if hasNever {
		treated--
	}
	if treated == 0 {
		res.Refuse("nobody-treated", "数据期间内没有单位上线，没有可估计的效果。",
			"No unit is treated within the data, so there is no effect to estimate.", math.NaN())
		return nil
	}
	if !hasNever && o.Control == NeverTreated {
		res.Refuse("everyone-treated", "所有单位最后都上线了，没有“从未上线”的对照；可改用“尚未上线”作对照。",
			"Every unit is treated in the end, so there is no never-treated comparison; units not yet treated can serve instead (control: not-yet).", math.NaN())
		return nil
	}
	var tasks []task
	posts := 0
	for g := range treated {
		start, end := p.groups[g]-lead, never
		if lead > 0 {
			end = p.groups[g] - o.Anticipation
		}
		base := -1 // last period before treatment
		for t, v := range p.times {
			if v < start-o.Anticipation {
				base = t
			}
		}
		if base < 0 {
			continue
		}
		for t, v := range p.times {
			k := task{group: g, t: t, base: base, post: v >= start, reference: t == base}
			if v >= end || (lead > 0 && !k.post) {
				continue
			}
			if o.Base == Varying && v < start-o.Anticipation {
				if t == 0 {
					continue
				}
				k.base, k.reference = t-1, false
			}
			if k.controls = p.controls(g, max(p.times[k.t], p.times[k.base])+o.Anticipation, o); k.controls == nil {
				continue
			}
			if k.post {
				posts++
			}
			tasks = append(tasks, k)
		}
	}
	if posts == 0 {
		res.Refuse("no-comparison", "没有任何“批次×时期”既有上线前的数据、又有尚未上线的对照。",
			"No cohort has both a period before its start and units not yet treated to compare with.", math.NaN())
		return nil
	}
	return tasks
}

// controls are the units not treated through the period until.
func (p *panel) controls(g, until int, o Options) []span {
	var out []span
	for k, cohort := range p.groups {
		if k == g || (cohort != never && (o.Control == NeverTreated || cohort <= until)) {
			continue
		}
		if n := len(out); n > 0 && out[n-1].to == p.start[k] {
			out[n-1].to = p.start[k+1]
			continue
		}
		out = append(out, span{p.start[k], p.start[k+1]})
	}
	return out
}

var errNoOverlap = errors.New("no comparable controls")

func (p *panel) compute(k task, o Options) (cell, error) {
	c := cell{group: k.group}
	c.Group, c.Time, c.Base, c.post, c.reference = p.groups[k.group], p.times[k.t], p.times[k.base], k.post, k.reference
	c.SE = math.NaN()
	treat := span{p.start[k.group], p.start[k.group+1]}
	if k.reference {
		c.Treated, c.Control = treat.to-treat.from, size(k.controls)
		return c, nil
	}
	now, before := p.y[k.t*p.n:(k.t+1)*p.n], p.y[k.base*p.n:(k.base+1)*p.n]
	if p.x != nil {
		return p.doublyRobust(c, k, treat, now, before)
	}
	mt, nt, wt := p.change(now, before, treat)
	mc, nc, wc := p.change(now, before, k.controls...)
	if wt <= 0 || wc <= 0 {
		return c, errNoOverlap
	}
	c.ATT, c.Treated, c.Control = mt-mc, nt, nc
	c.psi = append(c.psi, p.deviations(now, before, treat, mt, float64(p.n)/wt))
	for _, s := range k.controls {
		c.psi = append(c.psi, p.deviations(now, before, s, mc, -float64(p.n)/wc))
	}
	return c, nil
}

func size(spans []span) int {
	var n int
	for _, s := range spans {
		n += s.to - s.from
	}
	return n
}

// change is the weighted mean change over spans, with the units and weight
// that have both periods.
func (p *panel) change(now, before []float64, spans ...span) (mean float64, n int, weight float64) {
	var sum float64
	for _, s := range spans {
		for i := s.from; i < s.to; i++ {
			d := now[i] - before[i]
			if d != d {
				continue
			}
			w := 1.0
			if p.w != nil {
				w = p.w[i]
			}
			n++
			weight += w
			sum += w * d
		}
	}
	return sum / weight, n, weight
}

func (p *panel) deviations(now, before []float64, s span, mean, factor float64) segment {
	v := make([]float64, s.to-s.from)
	for i := range v {
		d := now[s.from+i] - before[s.from+i]
		if d != d {
			continue
		}
		v[i] = factor * (d - mean)
		if p.w != nil {
			v[i] *= p.w[s.from+i]
		}
	}
	return segment{s.from, v}
}

// trim leaves out controls that are almost surely treated, as DRDID does.
const trim = 0.995

// doublyRobust is Sant'Anna and Zhao (2020) for panel data, with Hájek
// weights; influence as in their theorem A.1.
func (p *panel) doublyRobust(c cell, k task, treat span, now, before []float64) (cell, error) {
	x, err := p.x(min(k.t, k.base))
	if err != nil {
		return c, err
	}
	var rows, controls []int
	spans := append([]span{treat}, k.controls...)
	for _, s := range spans {
		for i := s.from; i < s.to; i++ {
			if d := now[i] - before[i]; d == d && (p.w == nil || p.w[i] > 0) {
				rows = append(rows, i)
				if s != treat {
					controls = append(controls, i)
				}
			}
		}
	}
	c.Treated, c.Control = len(rows)-len(controls), len(controls)
	if c.Treated == 0 || c.Control == 0 {
		return c, errNoOverlap
	}
	d, dy := make([]float64, p.n), make([]float64, p.n)
	for _, i := range rows {
		dy[i] = now[i] - before[i]
		if i >= treat.from && i < treat.to {
			d[i] = 1
		}
	}
	score, err := p.score(k, x, rows, d)
	if errors.Is(err, regression.ErrSeparated) {
		return c, errNoOverlap
	} else if err != nil {
		return c, fmt.Errorf("did: %w", err)
	}
	trend, err := x.OLS(controls, dy, p.w)
	if err != nil {
		return c, fmt.Errorf("did: %w", err)
	}
	return p.combine(c, x, spans, rows, d, dy, score, trend)
}

// score fits who is treated; one fit serves all periods of a cohort that
// have the same units and covariates.
func (p *panel) score(k task, x *regression.Design, rows []int, d []float64) (*regression.Fit, error) {
	if !p.complete {
		return x.Logit(rows, d, p.w, nil)
	}
	key := scoreKey{x, k.group, fmt.Sprint(k.controls)}
	p.mu.Lock()
	fit, ok := p.scores[key]
	if !ok {
		fit = sync.OnceValues(func() (*regression.Fit, error) { return x.Logit(rows, d, p.w, nil) })
		p.scores[key] = fit
	}
	p.mu.Unlock()
	return fit()
}

type scoreKey struct {
	x        *regression.Design
	group    int
	controls string
}

func (p *panel) combine(c cell, x *regression.Design, spans []span, rows []int, d, dy []float64, score, trend *regression.Fit) (cell, error) {
	n := len(rows)
	pr, rest, wc := make([]float64, n), make([]float64, n), make([]float64, n)
	var sumT, sumC, attT, attC float64
	for r, i := range rows {
		w := p.weight(i)
		pr[r] = min(score.Prob(i), 1-1e-6)
		rest[r] = dy[i] - trend.Linear(i)
		if d[i] == 1 {
			sumT += w
			attT += w * rest[r]
		} else if pr[r] < trim {
			wc[r] = w * pr[r] / (1 - pr[r])
			sumC += wc[r]
			attC += wc[r] * rest[r]
		}
	}
	if sumC <= 1e-8*sumT {
		return c, errNoOverlap
	}
	attT, attC = attT/sumT, attC/sumC
	c.ATT = attT - attC
	// Derivatives of the two means in the nuisance coefficients.
	m1, m2, m3 := make([]float64, x.P), make([]float64, x.P), make([]float64, x.P)
	for r, i := range rows {
		z := x.Row(i)
		if d[i] == 1 {
			axpy(m1, p.weight(i)/sumT, z)
		} else if wc[r] > 0 {
			axpy(m2, wc[r]*(rest[r]-attC)/sumC, z)
			axpy(m3, wc[r]/sumC, z)
		}
	}
	for a := range m1 {
		m1[a] -= m3[a] // both means subtract the fitted trend
	}
	byTrend, byScore := times(trend.Inv, m1), times(score.Inv, m2)
	psi := make([]float64, p.n)
	for r, i := range rows {
		w, z := p.weight(i), x.Row(i)
		var v float64
		if d[i] == 1 {
			v = w * (rest[r] - attT) / sumT
		} else {
			v = -wc[r]*(rest[r]-attC)/sumC - w*rest[r]*inner(z, byTrend)
		}
		v -= w * (d[i] - score.Prob(i)) * inner(z, byScore)
		psi[i] = v * float64(p.n)
	}
	for _, s := range spans {
		c.psi = append(c.psi, segment{s.from, append([]float64(nil), psi[s.from:s.to]...)})
	}
	return c, nil
}

func (p *panel) weight(i int) float64 {
	if p.w == nil {
		return 1
	}
	return p.w[i]
}

func axpy(dst []float64, a float64, x []float64) {
	for i, v := range x {
		dst[i] += a * v
	}
}

func inner(a, b []float64) float64 {
	var s float64
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

func times(m, v []float64) []float64 {
	out := make([]float64, len(v))
	for a := range out {
		out[a] = inner(m[a*len(v):(a+1)*len(v)], v)
	}
	return out
}
