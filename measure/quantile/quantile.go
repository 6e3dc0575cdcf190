// Package quantile estimates what a shovel did to the weak and to the strong:
// effects on the quantiles of an outcome, the floor (P10) and the ceiling
// (P90) above all, and whether one moved more than the other.
//
// Two facts surprise. An effect on the P10 is not the effect on the people who
// were at the P10; it compares two distributions. And the definition of a
// quantile matters more than the estimator: on LaLonde's experiment P90 moves
// by 2,856 to 3,276 depending on it, so ours is fixed and written down.
package quantile

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/regression"
)

// Input is one row per person (or unit). Only Outcome and Treated are required.
type Input struct {
	Outcome    []float64
	Treated    []bool
	Covariates [][]float64 // columns that explain who was treated; nil where assignment was random
	Weights    []float64   // sampling weights, 0 or more
	Cluster    []int       // resampled as wholes
}

// Options of [Effects]. The zero value asks for the deciles .1 to .9.
type Options struct {
	Tau []float64 // quantiles in (0, 1); nil: .1, .2, … .9
	// OnTreated asks for the effect on the treated's distribution (QTT)
	// instead of everyone's (QTE).
	OnTreated bool
	// Clip keeps propensities in [Clip, 1−Clip]; 0: leave them as they are.
	Clip  float64
	Level float64 // 0: 0.95
	Draws int     // bootstrap draws; 0: 500
	Seed  uint64
	// Floor and Ceiling are the two quantiles compared; 0: .1 and .9.
	Floor, Ceiling float64
}

// Effects estimates quantile treatment effects.
//
// Estimand: for each τ the τ-quantile with treatment minus that without, of
// everyone's outcome distribution (of the treated's with OnTreated), in the
// outcome's unit ("tau=0.1"), and the same over |quantile without| as a share
// ("relative tau=0.1"). "band tau=0.1" repeats the first with an interval
// that holds for all τ at once. "ceiling-floor" is the effect at Ceiling minus
// the effect at Floor; "relative ceiling-floor" the same of the relative
// effects: an additive floor and a multiplying constant give opposite answers,
// and both are true. "ate" is the difference of weighted means.
//
// Assumes random assignment, or assignment at random given Covariates, with
// overlap. Propensities: logit by maximum likelihood. Weights: D/p and
// (1−D)/(1−p), normalised to one by arm (Firpo 2007, eq. 8; Hájek); with
// OnTreated D and (1−D)·p/(1−p).
//
// Quantiles: an arm of equal weights interpolates its distribution function
// (R's type 4), a weighted arm takes inf{y: F(y) ≥ τ}. Intervals: bootstrap
// of rows (or clusters), the propensity refitted in each draw; standard error
// from the interquartile range, normal interval; bands from the largest
// studentised deviation (Chernozhukov, Fernández-Val and Melly 2013,
// algorithm 3).
//
// A τ whose tail holds fewer than five people in either arm is left out with a
// diagnostic; if none is left the whole is refused. A quantile that sits on a
// mass point (many zeros) is given without an interval.
func Effects(ctx context.Context, in Input, o Options) (measure.Result, error) {
	res := measure.Result{Method: "qte", N: len(in.Outcome)}
	if err := o.fill(); err != nil {
		return res, err
	}
	s, err := newSample(in)
	if err != nil {
		return res, err
	}
	if !s.enough(&o, &res) {
		return res, nil
	}
	if s.x != nil {
		if !s.overlap(o, &res) {
			return res, nil
		}
	}
	est, err := s.estimate(o, nil, &scratch{})
	if errors.Is(err, errEmpty) {
		res.Refuse("no-overlap", "加权后某一组没有人可比。", "After weighting one arm holds nobody to compare.", math.NaN())
		return res, nil
	} else if err != nil {
		return res, err
	}
	draws, err := s.bootstrap(ctx, o, len(est))
	if err != nil {
		return res, err
	}
	s.report(o, est, draws, &res)
	return res, nil
}

func (o *Options) fill() error {
	var err error
	if o.Level, err = measure.Level(o.Level); err != nil {
		return err
	}
	if o.Tau == nil {
		o.Tau = []float64{.1, .2, .3, .4, .5, .6, .7, .8, .9}
	}
	for _, t := range o.Tau {
		if !(t > 0 && t < 1) {
			return measure.Invalid("quantile: tau %v is not between 0 and 1, e.g. 0.5 for the median", t)
		}
	}
	o.Tau = slices.Compact(slices.Sorted(slices.Values(o.Tau)))
	if o.Floor == 0 {
		o.Floor = .1
	}
	if o.Ceiling == 0 {
		o.Ceiling = .9
	}
	if !(o.Floor > 0 && o.Floor < o.Ceiling && o.Ceiling < 1) {
		return measure.Invalid("quantile: floor %v and ceiling %v: give 0 < floor < ceiling < 1", o.Floor, o.Ceiling)
	}
	if !(o.Clip >= 0 && o.Clip < 0.5) {
		return measure.Invalid("quantile: clip %v is not between 0 and 0.5, e.g. 0.01", o.Clip)
	}
	if o.Draws == 0 {
		o.Draws = 500
	}
	if o.Draws < 100 {
		return measure.Invalid("quantile: %d bootstrap draws: give at least 100", o.Draws)
	}
	return nil
}

// sample is the checked input: rows with weight, the untreated first, each
// arm by outcome, so that a resample reads memory in order.
type sample struct {
	n, split int       // rows; the first treated one
	y        []float64 // ascending within each arm
	w        []float64 // nil: equal
	x        *regression.Design
	d        []float64 // 1 treated, 0 not
	start    []float64 // propensity coefficients of the whole sample
	code     []int     // cluster by row; nil: the row
	clusters int
}

// arm is the range of rows of the untreated (0) or treated (1).
func (s *sample) arm(k int) (from, to int) {
	if k == 0 {
		return 0, s.split
	}
	return s.split, s.n
}

func newSample(in Input) (*sample, error) {
	n := len(in.Outcome)
	if n == 0 {
		return nil, measure.Invalid("quantile: no rows: the outcome column is empty")
	}
	if err := measure.CheckFinite("quantile", "outcome", in.Outcome); err != nil {
		return nil, err
	}
	if err := measure.CheckLength("quantile", "treatment", len(in.Treated), n); err != nil {
		return nil, err
	}
	if err := measure.CheckWeights("quantile", in.Weights, n); err != nil {
		return nil, err
	}
	for j, c := range in.Covariates {
		name := fmt.Sprintf("covariate %d", j+1)
		if err := measure.CheckLength("quantile", name, len(c), n); err != nil {
			return nil, err
		}
		if err := measure.CheckFinite("quantile", name, c); err != nil {
			return nil, err
		}
	}
	if in.Cluster != nil {
		if err := measure.CheckLength("quantile", "cluster", len(in.Cluster), n); err != nil {
			return nil, err
		}
	}
	return in.sort()
}

func (in Input) sort() (*sample, error) {
	var order []int
	for i := range in.Outcome {
		if in.Weights == nil || in.Weights[i] > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case in.Treated[a] != in.Treated[b]:
			if in.Treated[b] {
				return -1
			}
			return 1
		case in.Outcome[a] < in.Outcome[b]:
			return -1
		case in.Outcome[a] > in.Outcome[b]:
			return 1
		}
		return 0
	})
	pick := func(c []float64) []float64 {
		out := make([]float64, len(order))
		for k, i := range order {
			out[k] = c[i]
		}
		return out
	}
	s := &sample{n: len(order), split: len(order), y: pick(in.Outcome), d: make([]float64, len(order)), clusters: len(order)}
	for k, i := range order {
		if in.Treated[i] {
			s.d[k] = 1
			s.split = min(s.split, k)
		}
	}
	if in.Weights != nil {
		s.w = pick(in.Weights)
	}
	if in.Cluster != nil {
		ids := make([]int, len(order))
		for k, i := range order {
			ids[k] = in.Cluster[i]
		}
		var levels []int
		s.code, levels = measure.Index(ids)
		s.clusters = len(levels)
	}
	if len(in.Covariates) > 0 {
		cols := make([][]float64, len(in.Covariates))
		for j, c := range in.Covariates {
			cols[j] = pick(c)
		}
		x, err := regression.NewDesign(s.n, cols)
		if err != nil {
			return nil, fmt.Errorf("quantile: %w", err)
		}
		s.x = x
	}
	return s, nil
}

// tail is the fewest people that may lie beyond a quantile in an arm.
const tail = 5

// enough drops quantiles with thin tails from o.Tau; false if it refused.
func (s *sample) enough(o *Options, res *measure.Result) bool {
	n0, n1 := s.split, s.n-s.split
	if min(n0, n1) == 0 {
		res.Refuse("one-arm", "只有一组有数据，没有可比的另一组。", "Only one arm has data; there is nothing to compare it with.", math.NaN())
		return false
	}
	kept, thin := []float64{}, []float64{}
	for _, t := range o.Tau {
		if float64(min(n0, n1))*min(t, 1-t) < tail-1e-9 {
			thin = append(thin, t)
		} else {
			kept = append(kept, t)
		}
	}
	o.Tau = kept
	if len(kept) == 0 {
		res.Refuse("thin-tails",
			fmt.Sprintf("较小的一组只有 %d 人，所求分位点之外不足 %d 人；请改看“达到既定线的比例”，用随机化检验。", min(n0, n1), tail),
			fmt.Sprintf("The smaller arm has %d people, so fewer than %d lie beyond the quantiles asked for; look at the share reaching a fixed line instead, with randomisation inference.", min(n0, n1), tail),
			measure.MDE(s.meanSE(), o.Level, 0.8))
		return false
	}
	if len(thin) > 0 {
		res.Note("thin-tails", measure.Warning,
			fmt.Sprintf("有 %d 个分位点之外不足 %d 人，未给出（最靠边的是 %.3g）。", len(thin), tail, thin[0]),
			fmt.Sprintf("%d quantiles have fewer than %d people beyond them and were left out (the outermost is %.3g).", len(thin), tail, thin[0]),
			map[string]float64{"left_out": float64(len(thin)), "smaller_arm": float64(min(n0, n1))})
	}
	return true
}

func (s *sample) meanSE() float64 {
	var v float64
	for k := range 2 {
		from, to := s.arm(k)
		if to-from < 2 {
			return math.NaN()
		}
		var m, ss float64
		for i, y := range s.y[from:to] {
			d := y - m
			m += d / float64(i+1)
			ss += d * (y - m)
		}
		v += ss / float64(to-from-1) / float64(to-from)
	}
	return math.Sqrt(v)
}

// overlap fits the propensity once and reports on it; false if it refused.
func (s *sample) overlap(o Options, res *measure.Result) bool {
	fit, err := s.x.Logit(nil, s.d, s.w, nil)
	if err != nil {
		res.Refuse("no-overlap", "协变量把两组完全分开，没有可比的人。",
			"The covariates tell the arms apart perfectly; there is nobody to compare.", math.NaN())
		return false
	}
	s.start = fit.Beta
	var clipped, extreme int
	sum, square := [2]float64{}, [2]float64{}
	for i := range s.n {
		p := fit.Prob(i)
		if o.Clip > 0 && (p < o.Clip || p > 1-o.Clip) {
			clipped++
		}
		if p < .01 || p > .99 {
			extreme++
		}
		v := s.ipw(i, p, o) * s.weight(i)
		sum[int(s.d[i])] += v
		square[int(s.d[i])] += v * v
	}
	values := map[string]float64{"extreme_share": float64(extreme) / float64(s.n), "clipped": float64(clipped),
		"effective_control": sum[0] * sum[0] / square[0], "effective_treated": sum[1] * sum[1] / square[1]}
	severity := measure.Info
	if min(values["effective_control"], values["effective_treated"]) < 30 {
		severity = measure.Warning
	}
	res.Note("overlap", severity,
		fmt.Sprintf("加权后对照组相当于 %.0f 人、实验组相当于 %.0f 人；%.1f%% 的人几乎肯定属于某一组。", values["effective_control"], values["effective_treated"], 100*values["extreme_share"]),
		fmt.Sprintf("After weighting the control arm is worth %.0f people and the treated arm %.0f; %.1f %% of people almost surely belong to one arm.", values["effective_control"], values["effective_treated"], 100*values["extreme_share"]),
		values)
	if clipped > 0 {
		res.Note("clipped", measure.Warning,
			fmt.Sprintf("%d 人的概率被限制在 [%.3g, %.3g] 内。", clipped, o.Clip, 1-o.Clip),
			fmt.Sprintf("The propensity of %d people was held within [%.3g, %.3g].", clipped, o.Clip, 1-o.Clip),
			map[string]float64{"clipped": float64(clipped)})
	}
	return true
}

func (s *sample) weight(i int) float64 {
	if s.w == nil {
		return 1
	}
	return s.w[i]
}

// ipw is the inverse-probability weight of row i at propensity p.
func (s *sample) ipw(i int, p float64, o Options) float64 {
	if o.Clip > 0 {
		p = min(max(p, o.Clip), 1-o.Clip)
	}
	switch {
	case s.d[i] == 1 && o.OnTreated:
		return 1
	case s.d[i] == 1:
		return 1 / p
	case o.OnTreated:
		return p / (1 - p)
	}
	return 1 / (1 - p)
}
