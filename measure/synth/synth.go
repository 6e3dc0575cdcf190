// Package synth measures what happened to one unit (or a few) by building its
// counterfactual: from other units (synthetic control, synthetic difference
// in differences), from its own past (interrupted time series), or from both
// (a Bayesian structural time series).
//
// Two facts that surprise. Weights here are exact optima; the reference R
// package stops early, so a synthetic control differs from it in the third
// digit (California −19.51, not −19.62). And with one treated unit there is
// no sampling error to speak of: standard errors and P values come from
// pretending that each untreated unit was treated.
package synth

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/chanzipu/outfitter/measure"
)

// A Panel has one row per unit and period, complete: every unit in every period.
type Panel struct {
	Outcome []float64
	Unit    []int // any ids
	Time    []int // any numbers, in order
	Treated []int // ids of the treated units; more than one are averaged
	Since   int   // first treated period
}

// Options of the two estimators; the zero value is right for most uses.
type Options struct {
	Level    float64 // of the interval; 0 means 0.95
	Placebos int     // draws for the standard error; 0: 200 (SDID), each donor once (Control)
	Seed     uint64  // of the placebo draws
}

// A Weight is what a unit or a period counts in the counterfactual.
type Weight struct {
	ID    int
	Share float64
}

// A Fit is a result with what a chart needs.
type Fit struct {
	measure.Result
	Weights     []Weight  // of donors above 1e-6, largest first
	TimeWeights []Weight  // of periods before treatment (SDID)
	Times       []int     // all periods
	Observed    []float64 // mean outcome of the treated, by period
	Synthetic   []float64 // the counterfactual, by period
	RMSE        float64   // between the two before treatment
}

// matrix is the panel as units × periods, donors first.
type matrix struct {
	units  []int
	times  []int
	donors int // rows that are untreated; the rest are treated
	before int // periods before treatment
	y      [][]float64
}

func (p Panel) matrix() (matrix, error) {
	n := len(p.Outcome)
	if n == 0 {
		return matrix{}, measure.Invalid("synth: no rows: give one row per unit and period")
	}
	if err := measure.CheckFinite("synth", "outcome", p.Outcome); err != nil {
		return matrix{}, err
	}
	if err := measure.CheckLength("synth", "unit", len(p.Unit), n); err != nil {
		return matrix{}, err
	}
	if err := measure.CheckLength("synth", "time", len(p.Time), n); err != nil {
		return matrix{}, err
	}
	if len(p.Treated) == 0 {
		return matrix{}, measure.Invalid("synth: no treated unit named: say which unit was treated")
	}
	unit, units := measure.Index(p.Unit)
	time, times := measure.Index(p.Time)
	treated := make([]bool, len(units))
	for _, id := range p.Treated {
		at, ok := slices.BinarySearch(units, id)
		if !ok {
			return matrix{}, measure.Invalid("synth: treated unit %d is not in the data", id)
		}
		treated[at] = true
	}
	if len(units)*len(times) > 10*n+1000 {
		return matrix{}, measure.Invalid("synth: %d rows for %d units × %d periods: every unit needs a row in every period; round the time to weeks or months", n, len(units), len(times))
	}
	m := matrix{times: times, y: make([][]float64, len(units)), units: make([]int, len(units))}
	place := make([]int, len(units))
	last := len(units)
	for u := range units {
		if treated[u] {
			last--
			place[u] = last
		} else {
			place[u] = m.donors
			m.donors++
		}
		m.units[place[u]] = units[u]
		m.y[place[u]] = nans(len(times))
	}
	for _, t := range times {
		if t < p.Since {
			m.before++
		}
	}
	for i, v := range p.Outcome {
		row := m.y[place[unit[i]]]
		if !math.IsNaN(row[time[i]]) {
			return matrix{}, measure.Invalid("synth: row %d: unit %d appears twice in period %d: aggregate to one row per unit and period", i+1, p.Unit[i], p.Time[i])
		}
		row[time[i]] = v
	}
	for u, row := range m.y {
		for t, v := range row {
			if math.IsNaN(v) {
				return matrix{}, measure.Invalid("synth: unit %d has no row in period %d: complete the panel, or leave the unit or the period out", m.units[u], times[t])
			}
		}
	}
	return m, nil
}

func nans(n int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = math.NaN()
	}
	return x
}

// refuse says why a panel can't answer; false if it can.
func (m matrix) refuse(r *measure.Result) bool {
	after := len(m.times) - m.before
	switch {
	case m.donors == 0:
		r.Refuse("everyone-treated", "所有单位都被处理，没有对照单位。", "Every unit is treated: there is nobody to build the counterfactual from.", math.NaN())
	case m.donors < 2:
		r.Refuse("too-few-donors", "只有一个对照单位，无法合成。", "There is only one untreated unit: a synthetic control needs several.", math.NaN())
	case after < 1:
		r.Refuse("no-after", "处理开始之后没有数据。", "There is no period from the start of treatment on.", math.NaN())
	case m.before < 2:
		r.Refuse("too-few-before", fmt.Sprintf("处理之前只有 %d 期，无法拟合。", m.before),
			fmt.Sprintf("Only %d periods before treatment: at least two are needed to fit.", m.before), math.NaN())
	default:
		return false
	}
	return true
}

// mean of some rows, by period.
func mean(rows [][]float64) []float64 {
	out := make([]float64, len(rows[0]))
	for _, r := range rows {
		for t, v := range r {
			out[t] += v
		}
	}
	for t := range out {
		out[t] /= float64(len(rows))
	}
	return out
}

// Control is the synthetic control method.
//
// Estimand: "ATT", the mean over treated periods of the treated unit's
// outcome less its counterfactual, outcome units. The counterfactual is the
// weighted mean of untreated units, weights at least 0 and adding to one,
// closest to the treated before treatment (all periods alike, no covariates).
// Assumptions: that match would have gone on, no anticipation, untreated
// units unaffected. P is the rank of the treated unit's ratio of prediction
// errors after and before among all placebos (exact, two-sided by
// construction); SE is the placebo effects' standard deviation, without an
// interval, for scale. Errors: [measure.ErrInput] (incomplete panel, unknown
// unit). Refusals: "everyone-treated", "too-few-donors", "too-few-before",
// "no-after".
// Source: Abadie, Diamond and Hainmueller (2010), equations 2 and 3 and section 2.4.
func Control(ctx context.Context, p Panel, o Options) (Fit, error) {
	if _, err := measure.Level(o.Level); err != nil {
		return Fit{}, err
	}
	m, err := p.matrix()
	if err != nil {
		return Fit{}, err
	}
	f := Fit{Result: measure.Result{Method: "synth", N: len(m.y)}}
	if m.refuse(&f.Result) {
		return f, nil
	}
	y := mean(m.y[m.donors:])
	w := simplex(head(m.y[:m.donors], m.before), y[:m.before])
	f.fill(m, y, w)
	att, ratio := gap(f.Observed, f.Synthetic, m.before)
	effects, ratios, err := m.placebos(ctx, o.Placebos)
	if err != nil {
		return Fit{}, err
	}
	larger := 1
	for _, r := range ratios {
		if r >= ratio {
			larger++
		}
	}
	e := measure.Point("ATT", att)
	e.SE = deviation(effects)
	e.P = float64(larger) / float64(len(ratios)+1)
	f.Estimates = []measure.Estimate{e}
	f.Note("placebo", measure.Info, fmt.Sprintf("把 %d 个对照单位逐个当作被处理：该比值排第 %d；最小可能的 P 值是 %.3f。", len(ratios), larger, 1/float64(len(ratios)+1)),
		fmt.Sprintf("Treating each of %d untreated units as treated, this one's ratio ranks %d; the smallest P possible is %.3f.", len(ratios), larger, 1/float64(len(ratios)+1)),
		map[string]float64{"ratio": ratio, "rank": float64(larger), "placebos": float64(len(ratios)), "mde": measure.MDE(e.SE, measure.DefaultLevel, 0.8)})
	f.quality(m)
	return f, nil
}

// head cuts rows to their first n values.
func head(rows [][]float64, n int) [][]float64 {
	out := make([][]float64, len(rows))
	for i, r := range rows {
		out[i] = r[:n]
	}
	return out
}

// placebos fits each donor (or the first limit of them) by the other donors.
func (m matrix) placebos(ctx context.Context, limit int) (effects, ratios []float64, err error) {
	n := m.donors
	if limit > 0 {
		n = min(n, limit)
	}
	if m.donors < 3 {
		return nil, nil, nil
	}
	effects, ratios = make([]float64, n), make([]float64, n)
	err = each(ctx, n, func(i int) {
		others := slices.Concat(m.y[:i], m.y[i+1:m.donors])
		w := simplex(head(others, m.before), m.y[i][:m.before])
		effects[i], ratios[i] = gap(m.y[i], blend(others, w), m.before)
	})
	return effects, ratios, err
}

func blend(rows [][]float64, w []float64) []float64 {
	out := make([]float64, len(rows[0]))
	for i, r := range rows {
		if w[i] == 0 {
			continue
		}
		for t, v := range r {
			out[t] += w[i] * v
		}
	}
	return out
}

// gap is the mean difference after, and the ratio of mean squared
// differences after and before.
func gap(y, counter []float64, before int) (att, ratio float64) {
	var pre, post float64
	for t, v := range y {
		d := v - counter[t]
		if t < before {
			pre += d * d / float64(before)
		} else {
			post += d * d / float64(len(y)-before)
			att += d / float64(len(y)-before)
		}
	}
	if pre == 0 {
		pre = math.SmallestNonzeroFloat64
	}
	return att, post / pre
}

func (f *Fit) fill(m matrix, y, w []float64) {
	f.Times, f.Observed, f.Synthetic = m.times, y, blend(m.y[:m.donors], w)
	var sq float64
	for t := range m.before {
		d := y[t] - f.Synthetic[t]
		sq += d * d
	}
	f.RMSE = math.Sqrt(sq / float64(m.before))
	f.Weights = weights(m.units[:m.donors], w)
}

func weights(id []int, w []float64) []Weight {
	var out []Weight
	for i, v := range w {
		if v > 1e-6 {
			out = append(out, Weight{id[i], v})
		}
	}
	slices.SortFunc(out, func(a, b Weight) int { return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.ID, b.ID)) })
	return out
}

// quality warns where the match before treatment is poor.
func (f *Fit) quality(m matrix) {
	spread := deviation(f.Observed[:m.before])
	values := map[string]float64{"rmse": f.RMSE, "donors": float64(len(f.Weights))}
	if spread > 0 && f.RMSE > spread {
		f.Note("poor-fit", measure.Serious, "处理前合成单位与实际相差超过其自身波动，对照不可靠。",
			"Before treatment the synthetic unit misses by more than the outcome's own variation: the counterfactual can't be relied on.", values)
		return
	}
	f.Note("fit", measure.Info, fmt.Sprintf("处理前平均误差 %.4g，用到 %d 个对照单位。", f.RMSE, len(f.Weights)),
		fmt.Sprintf("Before treatment the synthetic unit misses by %.4g on average (root mean square), using %d units.", f.RMSE, len(f.Weights)), values)
}

// deviation is the standard deviation; NaN for fewer than two values.
func deviation(x []float64) float64 {
	if len(x) < 2 {
		return math.NaN()
	}
	var m, s float64
	for _, v := range x {
		m += v / float64(len(x))
	}
	for _, v := range x {
		s += (v - m) * (v - m)
	}
	return math.Sqrt(s / float64(len(x)-1))
}

// each runs f(0) … f(n−1) on all cores until the context ends.
func each(ctx context.Context, n int, f func(int)) error {
	var mu sync.Mutex
	var wg sync.WaitGroup
	at := 0
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				mu.Lock()
				i := at
				at++
				mu.Unlock()
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}
