// Package adjust compares who was treated with who was not when nobody
// randomised: by models of the outcome and of who gets treated (AIPW), and
// by how strong an unseen cause would have to be to explain the rest away.
//
// Nothing here proves causation. The estimate is right only if the
// covariates hold everything that drives both treatment and outcome, so each
// result belongs beside its robustness value or E-value.
package adjust

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/regression"
)

// Input is one row per unit. Covariates must be known before treatment.
type Input struct {
	Outcome    []float64
	Treated    []bool
	Covariates [][]float64
	Weights    []float64 // sampling weights, 0 or more; nil: equal
	Cluster    []int     // for the error, and kept in one fold; nil: the row
}

// Target is whose average effect is asked for.
type Target string

// The targets.
const (
	ATE Target = "ate" // everyone
	ATT Target = "att" // the treated
)

// Options of [AIPW]. The zero value: effect on everyone, no penalty, five
// folds by row number, propensities clipped at 0.01.
type Options struct {
	Target Target
	// Outcome and Propensity are the penalties of the two models; Lambda 0
	// chooses their strength by cross-validation, once on all rows.
	Outcome, Propensity regression.Penalty
	Lambda              float64
	// Folds is the number of cross-fitting folds; 0: 5, 1: no cross-fitting.
	Folds int
	// Repeats draws that many random splits and reports the median. 0: one
	// split, row (or cluster) number modulo Folds.
	Repeats int
	Seed    uint64
	// Clip keeps propensities in [Clip, 1−Clip]; 0: 0.01, negative: no clipping.
	Clip float64
	// Discard leaves out rows beyond Clip instead; the estimand is then the
	// effect on those who are left.
	Discard bool
	Level   float64
}

// AIPW is the augmented inverse-probability-weighted (doubly robust) estimate.
//
// Estimand: the average treatment effect on everyone ("ate") or on the
// treated ("att"), in the outcome's unit. Assumes no unmeasured common cause
// given Covariates, overlap, no interference; right if either model is.
// Scores: Robins, Rotnitzky and Zhao (1994); cross-fitting and the median
// over splits, whose variance adds the spread between splits: Chernozhukov
// et al. (2018, definitions 3.1 and 3.3). Outcome models are fitted by arm,
// least squares or penalised; propensities by logit. Also given: "raw", the
// unadjusted difference, and "ipw", the difference of means weighted by
// propensity alone (Hájek, first split, no interval): far from the first,
// it says that the two models disagree.
//
// It fails on malformed input. It refuses where an arm is missing or smaller
// than a fold needs, and where covariates leave no overlap.
func AIPW(ctx context.Context, in Input, o Options) (measure.Result, error) {
	res := measure.Result{Method: "aipw", N: len(in.Outcome)}
	if err := o.fill(); err != nil {
		return res, err
	}
	s, err := newSample(in)
	if err != nil {
		return res, err
	}
	if !s.enough(o, &res) {
		return res, nil
	}
	if o.Discard {
		if s, err = s.discard(o, &res); err != nil || res.Refusal != nil {
			return res, err
		}
	}
	l, err := s.learners(o)
	if err != nil {
		return res, fmt.Errorf("adjust: %w", err)
	}
	splits := s.splits(o)
	values, ses := make([]float64, len(splits)), make([]float64, len(splits))
	var first nuisance
	for k, fold := range splits {
		if err := ctx.Err(); err != nil {
			return res, fmt.Errorf("adjust: %w", err)
		}
		nu, err := s.nuisance(o, l, fold)
		if errors.Is(err, regression.ErrSeparated) || errors.Is(err, errThinFold) {
			s.refuseOverlap(o, &res)
			return res, nil
		} else if err != nil {
			return res, fmt.Errorf("adjust: %w", err)
		}
		if k == 0 {
			first = nu
		}
		values[k], ses[k] = s.score(o, nu)
	}
	if !s.overlap(o, first, &res) {
		return res, nil
	}
	value, se := middle(values, ses)
	res.Estimates = append(res.Estimates, measure.Wald(string(o.Target), value, se, o.Level), s.raw(o),
		measure.Point("ipw", s.weighted(o, first)))
	if len(splits) > 1 {
		lo, hi := slices.Min(values), slices.Max(values)
		res.Note("splits", measure.Info,
			fmt.Sprintf("%d 次随机分折的结果在 %.4g 到 %.4g 之间，取中位数。", len(splits), lo, hi),
			fmt.Sprintf("Over %d random splits the result ran from %.4g to %.4g; the median is given.", len(splits), lo, hi),
			map[string]float64{"lo": lo, "hi": hi})
	}
	if !(se > 0) {
		res.Note("constant-outcome", measure.Serious,
			"结果没有差异，无法给出误差区间。", "The outcome does not vary, so there is no interval.", nil)
	}
	res.Note("no-hidden-cause", measure.Warning,
		"只有当协变量包含了所有同时影响“是否使用”和“结果”的因素时，这才是因果效果；请同时看稳健值。",
		"This is a causal effect only if the covariates hold everything that drives both treatment and outcome; read it beside its robustness value.", nil)
	return res, nil
}

func (o *Options) fill() error {
	var err error
	if o.Level, err = measure.Level(o.Level); err != nil {
		return err
	}
	if o.Target == "" {
		o.Target = ATE
	}
	if o.Target != ATE && o.Target != ATT {
		return measure.Invalid("adjust: target %q: use %q or %q", o.Target, ATE, ATT)
	}
	if o.Folds == 0 {
		o.Folds = 5
	}
	if o.Folds < 1 || o.Folds > 100 {
		return measure.Invalid("adjust: %d folds: give 2 to 100, or 1 for no cross-fitting", o.Folds)
	}
	if o.Repeats < 0 || o.Repeats > 10000 {
		return measure.Invalid("adjust: %d repeats: give 0 for one fixed split, or up to 10000", o.Repeats)
	}
	if o.Clip == 0 {
		o.Clip = 0.01
	}
	if math.IsNaN(o.Clip) || o.Clip >= 0.5 {
		return measure.Invalid("adjust: clip %v: give a probability below 0.5, e.g. 0.01, or a negative number for none", o.Clip)
	}
	if o.Lambda < 0 || math.IsNaN(o.Lambda) {
		return measure.Invalid("adjust: penalty strength %v: give 0 or more", o.Lambda)
	}
	o.Clip = max(o.Clip, 0)
	return nil
}

// middle is the median over splits; each split's variance counts with its
// distance from the median.
func middle(values, ses []float64) (value, se float64) {
	value = median(values)
	v := make([]float64, len(values))
	for k := range v {
		v[k] = ses[k]*ses[k] + (values[k]-value)*(values[k]-value)
	}
	return value, math.Sqrt(median(v))
}

func median(x []float64) float64 {
	s := slices.Sorted(slices.Values(x))
	n := len(s)
	if n%2 == 1 {
		return s[n/2]
	}
	return (s[n/2-1] + s[n/2]) / 2
}

// overlap tells how comparable the arms are; false if it refused.
func (s *sample) overlap(o Options, nu nuisance, res *measure.Result) bool {
	var outside, clipped int
	lo, hi := 1.0, 0.0
	sum, square := [2]float64{}, [2]float64{}
	w := make([]float64, s.n)
	for i, p := range nu.raw {
		lo, hi = min(lo, p), max(hi, p)
		if p < .001 || p > .999 {
			outside++
		}
		if p != nu.p[i] {
			clipped++
		}
		k := int(s.d[i])
		w[i] = s.weight(i) * balance(o.Target, k, nu.p[i])
		sum[k] += w[i]
		square[k] += w[i] * w[i]
	}
	ess := [2]float64{sum[0] * sum[0] / square[0], sum[1] * sum[1] / square[1]}
	if float64(outside) > .9*float64(s.n) || min(ess[0], ess[1]) < 2 {
		s.refuseOverlap(o, res)
		return false
	}
	before, after := s.imbalance(nil), s.imbalance(w)
	severity := measure.Info
	if lo < .01 || hi > .99 || after > .1 {
		severity = measure.Warning
	}
	res.Note("overlap", severity,
		fmt.Sprintf("被处理的概率在 %.3f 到 %.3f 之间；加权后对照组相当于 %.0f 人、处理组相当于 %.0f 人；协变量的最大差距由 %.2f 个标准差降到 %.2f。", lo, hi, ess[0], ess[1], before, after),
		fmt.Sprintf("The chance of treatment runs from %.3f to %.3f; after weighting the untreated are worth %.0f units and the treated %.0f; the largest covariate gap falls from %.2f to %.2f standard deviations.", lo, hi, ess[0], ess[1], before, after),
		map[string]float64{"p_lo": lo, "p_hi": hi, "effective_control": ess[0], "effective_treated": ess[1], "gap_before": before, "gap_after": after})
	if clipped > 0 {
		res.Note("clipped", measure.Warning,
			fmt.Sprintf("%d 个单位（%.1f%%）的概率被限制在 [%.3g, %.3g] 内。", clipped, 100*float64(clipped)/float64(s.n), o.Clip, 1-o.Clip),
			fmt.Sprintf("The propensity of %d units (%.1f %%) was held within [%.3g, %.3g].", clipped, 100*float64(clipped)/float64(s.n), o.Clip, 1-o.Clip),
			map[string]float64{"clipped": float64(clipped), "share": float64(clipped) / float64(s.n)})
	}
	return true
}

func balance(t Target, treated int, p float64) float64 {
	switch {
	case t == ATT && treated == 1:
		return 1
	case t == ATT:
		return p / (1 - p)
	case treated == 1:
		return 1 / p
	}
	return 1 / (1 - p)
}

func (s *sample) refuseOverlap(o Options, res *measure.Result) {
	res.Refuse("no-overlap",
		"协变量几乎完全决定了谁被处理，两组之间没有可比的人；请减少协变量，或只比较重叠的部分。",
		"The covariates all but decide who is treated, so the arms hold nobody to compare; use fewer covariates, or compare only where they overlap.",
		measure.MDE(s.raw(o).SE, o.Level, 0.8))
}
