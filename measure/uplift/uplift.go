// Package uplift judges a targeting score: would treating those it ranks
// first gain more than treating people at random?
//
// Two facts that surprise. "Qini" and "AUUC" have several normalisations that
// differ by more than most models do; the formulas used here are written at
// [Score], and are scikit-uplift's. And people with equal scores can't be
// ranked, so they enter together; otherwise a result hangs on row order.
package uplift

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/measure"
)

// Data has one row per person of an experiment.
type Data struct {
	Outcome []float64 // e.g. 1 bought, 0 did not
	Treated []bool    // randomised
	Score   []float64 // predicted uplift: higher is treated first
}

// A Point is one step of a curve: after the N best-scored people, Gain.
type Point struct {
	N    int
	Gain float64
}

// A Curve set holds what Qini and AUUC are areas of.
type Curves struct {
	measure.Result
	Uplift, PerfectUplift []Point
	Qini, PerfectQini     []Point
}

func (d Data) check() error {
	n := len(d.Outcome)
	if n == 0 {
		return measure.Invalid("uplift: no rows: give one row per person")
	}
	if len(d.Treated) != n {
		return measure.Invalid("uplift: treatment has %d rows, the outcome has %d: every column needs one value per row", len(d.Treated), n)
	}
	if err := measure.CheckLength("uplift", "score", len(d.Score), n); err != nil {
		return err
	}
	if err := measure.CheckFinite("uplift", "outcome", d.Outcome); err != nil {
		return err
	}
	return measure.CheckFinite("uplift", "score", d.Score)
}

// refuse says why no comparison is possible; false if one is.
func (d Data) refuse(r *measure.Result) bool {
	treated := 0
	for _, t := range d.Treated {
		if t {
			treated++
		}
	}
	switch treated {
	case len(d.Treated):
		r.Refuse("everyone-treated", "所有人都在处理组，没有对照。", "Everyone is treated: there is no group to compare with.", math.NaN())
	case 0:
		r.Refuse("nobody-treated", "没有人在处理组。", "Nobody is treated: there is no effect to see.", math.NaN())
	default:
		return false
	}
	return true
}

// Score computes Qini and AUUC.
//
// After the n best-scored people, with n_t, n_c treated and control among
// them and y_t, y_c their outcomes' sums:
//
//	uplift(n) = (y_t/n_t − y_c/n_c) · n      (a term with no people is 0)
//	qini(n)   = y_t − y_c · n_t/n_c           (y_t where n_c = 0)
//
// at the last person of each group of equal scores, from (0, 0). "auuc" is
// (area under uplift − area under the straight line from 0 to its end)
// divided by the same for the perfect order, and "qini" likewise; 0 is
// random, 1 perfect, below 0 worse than random. The perfect orders put first
// the treated who responded and last the controls who did, as scikit-uplift
// does; they need an outcome of 0 and 1, and for other outcomes only
// "auuc-area" and "qini-area", the areas above the line per person squared,
// are given. Assumption: treatment was randomised. No interval: compare
// scores by repeating on other people. Errors: [measure.ErrInput]. Refusals:
// "everyone-treated", "nobody-treated", "constant-score".
// Source: Radcliffe (2007); Devriendt, Van Belle, Guns and Verbeke (2020);
// scikit-uplift 0.5, uplift_auc_score and qini_auc_score.
func Score(d Data) (Curves, error) {
	if err := d.check(); err != nil {
		return Curves{}, err
	}
	c := Curves{Result: measure.Result{Method: "qini", N: len(d.Outcome)}}
	if d.refuse(&c.Result) {
		return c, nil
	}
	if slices.Min(d.Score) == slices.Max(d.Score) {
		c.Refuse("constant-score", "所有人的得分相同，无法排序。", "Everyone has the same score: nobody can be ranked.", math.NaN())
		return c, nil
	}
	c.Uplift, c.Qini = d.curves(d.Score)
	n := float64(len(d.Outcome))
	up, upBase := area(c.Uplift), line(c.Uplift)
	qi, qiBase := area(c.Qini), line(c.Qini)
	if !d.binary() {
		c.Estimates = []measure.Estimate{measure.Point("qini-area", (qi-qiBase)/(n*n)), measure.Point("auuc-area", (up-upBase)/(n*n))}
		c.Note("not-binary", measure.Info, "结果不是 0/1，没有完美排序可作标准，只给出面积。", "The outcome is not 0 or 1, so there is no perfect order to divide by: areas only.", nil)
		return c, nil
	}
	perfect := d.perfect()
	c.PerfectUplift, _ = d.curves(perfect)
	for i, t := range d.Treated {
		perfect[i] = d.Outcome[i]
		if !t {
			perfect[i] = -d.Outcome[i]
		}
	}
	_, c.PerfectQini = d.curves(perfect)
	c.Estimates = []measure.Estimate{
		measure.Point("qini", (qi-qiBase)/(area(c.PerfectQini)-line(c.PerfectQini))),
		measure.Point("auuc", (up-upBase)/(area(c.PerfectUplift)-line(c.PerfectUplift))),
		measure.Point("qini-area", (qi-qiBase)/(n*n)), measure.Point("auuc-area", (up-upBase)/(n*n)),
	}
	for k := range c.Estimates[:2] { // 0/0: nobody responded, or everybody did
		if math.IsInf(c.Estimates[k].Value, 0) {
			c.Estimates[k].Value = math.NaN()
		}
	}
	return c, nil
}

func (d Data) binary() bool {
	for _, y := range d.Outcome {
		if y != 0 && y != 1 {
			return false
		}
	}
	return true
}

// perfect is scikit-uplift's perfect order for the uplift curve.
func (d Data) perfect() []float64 {
	var respond, idle float64 // controls who responded, treated who did not
	for i, y := range d.Outcome {
		if d.Treated[i] {
			idle += 1 - y
		} else {
			respond += y
		}
	}
	out := make([]float64, len(d.Outcome))
	for i, y := range d.Outcome {
		t := 0.0
		if d.Treated[i] {
			t = 1
		}
		if y == t {
			out[i] = 2
		}
		if respond > idle {
			out[i] += y
		} else {
			out[i] += t
		}
	}
	return out
}

func order(score []float64) []int {
	by := make([]int, len(score))
	for i := range by {
		by[i] = i
	}
	slices.SortStableFunc(by, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
	return by
}

// curves walks down the score, people of equal score together.
func (d Data) curves(score []float64) (uplift, qini []Point) {
	uplift, qini = []Point{{}}, []Point{{}}
	by := order(score)
	var yt, yc, nt, nc float64
	for k, i := range by {
		if d.Treated[i] {
			yt += d.Outcome[i]
			nt++
		} else {
			yc += d.Outcome[i]
			nc++
		}
		if k+1 < len(by) && score[by[k+1]] == score[i] {
			continue
		}
		uplift = append(uplift, Point{k + 1, (ratio(yt, nt) - ratio(yc, nc)) * (nt + nc)})
		qini = append(qini, Point{k + 1, yt - yc*ratio(nt, nc)})
	}
	return uplift, qini
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// area under a curve by trapezoids.
func area(c []Point) float64 {
	var s float64
	for k := 1; k < len(c); k++ {
		s += float64(c[k].N-c[k-1].N) * (c[k].Gain + c[k-1].Gain) / 2
	}
	return s
}

// line is the area under the straight line to the curve's end: random order.
func line(c []Point) float64 {
	end := c[len(c)-1]
	return float64(end.N) * end.Gain / 2
}

// top marks the best-scored share of people: weight 1 above the cut, a
// fraction for those tied at it, so that the total is share·n rounded down.
func top(score []float64, share float64) []float64 {
	by := order(score)
	left := math.Floor(share*float64(len(score)) + 1e-9)
	w := make([]float64, len(score))
	for k := 0; k < len(by) && left > 0; {
		end := k
		for end < len(by) && score[by[end]] == score[by[k]] {
			end++
		}
		f := math.Min(1, left/float64(end-k))
		for _, i := range by[k:end] {
			w[i] = f
		}
		left -= float64(end - k)
		k = end
	}
	return w
}

// AtK compares treated and control among the best-scored share k (0 to 1) of
// people: "uplift" there, "uplift-all" among everybody, and "gain" between
// them, in outcome units per person. People tied at the cut count in part.
// Intervals are normal with a variance per group (Welch); "gain" has none.
// Assumption: treatment was randomised. Refusals: "everyone-treated",
// "nobody-treated", "too-few-units" (under two of a group in the share).
func AtK(d Data, k, level float64) (measure.Result, error) {
	level, err := measure.Level(level)
	if err != nil {
		return measure.Result{}, err
	}
	if err := d.check(); err != nil {
		return measure.Result{}, err
	}
	if !(k > 0 && k <= 1) {
		return measure.Result{}, measure.Invalid("uplift: share %v is not above 0 and up to 1, e.g. 0.3", k)
	}
	r := measure.Result{Method: "uplift-at-k", N: len(d.Outcome)}
	if d.refuse(&r) {
		return r, nil
	}
	name := fmt.Sprintf("uplift@%g%%", math.Round(1e4*k)/1e2)
	best, ok := d.difference(name, top(d.Score, k), level)
	all, _ := d.difference("uplift-all", top(d.Score, 1), level)
	if !ok {
		r.Refuse("too-few-units", fmt.Sprintf("得分最高的 %g%% 里处理组或对照组不足两人。", 100*k),
			fmt.Sprintf("The best-scored %g %% hold fewer than two treated or two control people.", 100*k), measure.MDE(all.SE, level, 0.8))
		return r, nil
	}
	r.Estimates = []measure.Estimate{best, all, measure.Point("gain", best.Value-all.Value)}
	r.Note("mde", measure.Info, "该人数下能看到的最小差异见数值。", "The smallest difference that this many people could show is among the values.",
		map[string]float64{"mde": measure.MDE(best.SE, level, 0.8)})
	return r, nil
}

// difference of weighted means between treated and control.
func (d Data) difference(name string, w []float64, level float64) (measure.Estimate, bool) {
	var n, sum, sq [2]float64
	for i, y := range d.Outcome {
		arm := 0
		if d.Treated[i] {
			arm = 1
		}
		n[arm] += w[i]
		sum[arm] += w[i] * y
	}
	mean := [2]float64{sum[0] / n[0], sum[1] / n[1]}
	for i, y := range d.Outcome {
		arm := 0
		if d.Treated[i] {
			arm = 1
		}
		sq[arm] += w[i] * (y - mean[arm]) * (y - mean[arm])
	}
	if n[0] < 2 || n[1] < 2 {
		return measure.Point(name, math.NaN()), false
	}
	v := sq[0]/(n[0]-1)/n[0] + sq[1]/(n[1]-1)/n[1]
	return measure.Wald(name, mean[1]-mean[0], math.Sqrt(v), level), true
}

// HitsPerThousand compares how many respond per thousand people contacted:
// "hits" among the best-scored share k, "base" among everybody, and "lift",
// their ratio (one shot, or one in ten thousand). hit[i] says whether person
// i responded; no control group is needed, and nothing is said about cause.
// Intervals for the two rates are Wilson's (1927), in hits per thousand;
// "lift" has none. Refusal: "no-hits".
func HitsPerThousand(hit []bool, score []float64, k, level float64) (measure.Result, error) {
	level, err := measure.Level(level)
	if err != nil {
		return measure.Result{}, err
	}
	if len(hit) == 0 {
		return measure.Result{}, measure.Invalid("uplift: no rows: give one row per person")
	}
	if err := measure.CheckLength("uplift", "score", len(score), len(hit)); err != nil {
		return measure.Result{}, err
	}
	if err := measure.CheckFinite("uplift", "score", score); err != nil {
		return measure.Result{}, err
	}
	if !(k > 0 && k <= 1) {
		return measure.Result{}, measure.Invalid("uplift: share %v is not above 0 and up to 1, e.g. 0.1", k)
	}
	r := measure.Result{Method: "hits-per-thousand", N: len(hit)}
	var n, hits, all float64
	for i, w := range top(score, k) {
		n += w
		if hit[i] {
			hits += w
			all++
		}
	}
	if all == 0 || n < 1 {
		r.Refuse("no-hits", "没有任何命中，或所选人数不足一人。", "Nobody responded, or the share holds less than one person.", math.NaN())
		return r, nil
	}
	best, base := wilson("hits", hits, n, level), wilson("base", all, float64(len(hit)), level)
	r.Estimates = []measure.Estimate{best, base, measure.Point("lift", best.Value/base.Value)}
	r.Note("not-causal", measure.Warning, "命中率高不等于有效果：这些人不联系可能也会来。", "A high hit rate is not an effect: these people might have come anyway.", nil)
	return r, nil
}

// wilson is a share's score interval, per thousand; its SE is the plain one.
func wilson(name string, hits, n, level float64) measure.Estimate {
	p, q := hits/n, measure.NormalQuantile((1+level)/2)
	mid := (p + q*q/(2*n)) / (1 + q*q/n)
	half := q / (1 + q*q/n) * math.Sqrt(p*(1-p)/n+q*q/(4*n*n))
	e := measure.Point(name, 1000*p)
	e.SE, e.Lo, e.Hi = 1000*math.Sqrt(p*(1-p)/n), 1000*math.Max(0, mid-half), 1000*math.Min(1, mid+half)
	return e
}
