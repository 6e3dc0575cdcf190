package experiment

import (
	"fmt"
	"math"

	"github.com/chanzipu/outfitter/measure"
)

// Analyse is [Diff] on rows: it sums them into arms by cluster and adds what
// only rows can show (how many clusters stand behind each side).
func Analyse(r Rows, o Options) (measure.Result, error) {
	control, treated, err := r.Arms()
	if err != nil {
		return measure.Result{}, err
	}
	res, err := Diff(control, treated, o)
	if err != nil {
		return res, err
	}
	if r.Denominator != nil {
		res.Method = "ratio"
	}
	if r.Cluster == nil {
		return res, nil
	}
	if res.Refusal == nil && min(control.N, treated.N) < 10 {
		res.Note("few-clusters", measure.Warning,
			fmt.Sprintf("只分配了 %d 个组和 %d 个对照组，区间偏乐观；请用随机化检验核对。", treated.N, control.N),
			fmt.Sprintf("Only %d clusters were treated and %d were not; the interval is optimistic. Check with randomisation inference.", treated.N, control.N),
			map[string]float64{"treated": float64(treated.N), "control": float64(control.N)})
	}
	if f := designEffect(r); !math.IsNaN(f) {
		res.Note("design-effect", measure.Info,
			fmt.Sprintf("同组的行彼此相似：%d 行只相当于约 %.0f 行独立数据。", len(r.Outcome), float64(len(r.Outcome))/f),
			fmt.Sprintf("Rows of one cluster resemble each other: %d rows are worth about %.0f independent ones.", len(r.Outcome), float64(len(r.Outcome))/f),
			map[string]float64{"design_effect": f})
	}
	return res, nil
}

// designEffect is the variance of the difference by cluster over that by row.
func designEffect(r Rows) float64 {
	c, t, err := r.Arms()
	if err != nil || c.N < 2 || t.N < 2 {
		return math.NaN()
	}
	r.Cluster = nil
	rc, rt, err := r.Arms()
	if err != nil {
		return math.NaN()
	}
	by, plain := contrast(c, t).se, contrast(rc, rt).se
	if plain == 0 {
		return math.NaN()
	}
	return by * by / (plain * plain)
}

// SRM is the sample-ratio check: whether units came into the arms in the
// shares planned. A mismatch means that the assignment or the logging is
// broken, and nothing computed from the arms can be trusted.
//
// counts holds units per arm; shares the planned shares (any positive
// numbers, nil for equal). Estimates: "chi2" (Pearson's statistic; P is its
// tail with arms−1 degrees of freedom) and each arm's observed share. The
// diagnostic is serious below P = 0.001 (Fabijan et al. 2019).
func SRM(counts []int, shares []float64) (measure.Result, error) {
	k := len(counts)
	res := measure.Result{Method: "srm"}
	if k < 2 {
		return res, measure.Invalid("experiment: srm: %d arms: give the counts of at least two", k)
	}
	if shares == nil {
		shares = make([]float64, k)
		for i := range shares {
			shares[i] = 1
		}
	}
	if err := measure.CheckLength("experiment", "planned shares", len(shares), k); err != nil {
		return res, err
	}
	var total float64
	for i, s := range shares {
		if !(s > 0) || math.IsInf(s, 0) {
			return res, measure.Invalid("experiment: srm: planned share of arm %d is %v: it must be above 0", i+1, s)
		}
		if counts[i] < 0 {
			return res, measure.Invalid("experiment: srm: arm %d counts %d units: a count can't be negative", i+1, counts[i])
		}
		total += s
		res.N += counts[i]
	}
	var chi, smallest float64 = 0, math.Inf(1)
	for i, s := range shares {
		want := float64(res.N) * s / total
		smallest = min(smallest, want)
		if want > 0 {
			chi += (float64(counts[i]) - want) * (float64(counts[i]) - want) / want
		}
	}
	if smallest < 5 {
		res.Refuse("too-few-units",
			fmt.Sprintf("按计划最小的一组应有 %.1f 个单位；少于 5 个无法检查分流比例。", smallest),
			fmt.Sprintf("The smallest arm should hold %.1f units; below 5 the ratio can't be checked.", smallest), math.NaN())
		return res, nil
	}
	e := measure.Point("chi2", chi)
	e.P = measure.ChiSquaredP(chi, float64(k-1))
	res.Estimates = append(res.Estimates, e)
	for i, c := range counts {
		res.Estimates = append(res.Estimates, measure.Point(fmt.Sprintf("share %d", i+1), float64(c)/float64(res.N)))
	}
	if e.P < 0.001 {
		res.Note("sample-ratio-mismatch", measure.Serious,
			"各组人数偏离了计划的比例，不可能是偶然：分流或记录出了错，先查清再看结果。",
			"Arm sizes are off the plan by more than chance: assignment or logging is broken. Find out why before reading any result.",
			map[string]float64{"p": e.P})
	}
	return res, nil
}
