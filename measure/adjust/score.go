package adjust

import (
	"errors"
	"fmt"
	"math"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/regression"
)

var errThinFold = errors.New("a fold leaves too few units in one arm")

type sample struct {
	n        int
	y, d, w  []float64 // w nil: equal
	x        *regression.Design
	cols     [][]float64
	cluster  []int // code by row; nil: the row
	clusters int
}

func newSample(in Input) (*sample, error) {
	n := len(in.Outcome)
	if n == 0 {
		return nil, measure.Invalid("adjust: no rows: the outcome column is empty")
	}
	if err := measure.CheckFinite("adjust", "outcome", in.Outcome); err != nil {
		return nil, err
	}
	if err := measure.CheckLength("adjust", "treatment", len(in.Treated), n); err != nil {
		return nil, err
	}
	if err := measure.CheckWeights("adjust", in.Weights, n); err != nil {
		return nil, err
	}
	s := &sample{n: n, y: in.Outcome, w: in.Weights, d: make([]float64, n), cols: in.Covariates, clusters: n}
	for i, t := range in.Treated {
		if t {
			s.d[i] = 1
		}
	}
	if in.Cluster != nil {
		if err := measure.CheckLength("adjust", "cluster", len(in.Cluster), n); err != nil {
			return nil, err
		}
		var levels []int
		s.cluster, levels = measure.Index(in.Cluster)
		s.clusters = len(levels)
	}
	var err error
	if s.x, err = regression.NewDesign(n, in.Covariates); err != nil {
		return nil, fmt.Errorf("adjust: %w", err)
	}
	return s, nil
}

func (s *sample) weight(i int) float64 {
	if s.w == nil {
		return 1
	}
	return s.w[i]
}

// enough refuses arms that can't fill the folds.
func (s *sample) enough(o Options, res *measure.Result) bool {
	var n [2]int
	for i, d := range s.d {
		if s.weight(i) > 0 {
			n[int(d)]++
		}
	}
	if min(n[0], n[1]) == 0 {
		res.Refuse("one-arm", "只有一组有数据，没有可比的另一组。", "Only one arm has data; there is nothing to compare it with.", math.NaN())
		return false
	}
	if need := max(5, 2*o.Folds); min(n[0], n[1]) < need {
		res.Refuse("too-few-units",
			fmt.Sprintf("较小的一组只有 %d 个单位，至少需要 %d 个才能分折建模。", min(n[0], n[1]), need),
			fmt.Sprintf("The smaller arm has %d units; at least %d are needed to fit and score in folds.", min(n[0], n[1]), need),
			measure.MDE(s.raw(o).SE, o.Level, 0.8))
		return false
	}
	return true
}

// splits assigns each row a fold: by number, or at random by seed.
func (s *sample) splits(o Options) [][]int {
	rounds := max(1, o.Repeats)
	if o.Folds == 1 {
		rounds = 1
	}
	out := make([][]int, rounds)
	rng := measure.Rand(o.Seed)
	for r := range out {
		of := make([]int, s.clusters)
		order := make([]int, s.clusters)
		for i := range order {
			order[i] = i
		}
		if o.Repeats > 0 {
			order = rng.Perm(s.clusters)
		}
		for k, c := range order {
			of[c] = k % o.Folds
		}
		out[r] = make([]int, s.n)
		for i := range out[r] {
			c := i
			if s.cluster != nil {
				c = s.cluster[i]
			}
			out[r][i] = of[c]
		}
	}
	return out
}

// learners are the three models with their penalties, chosen once on all rows.
type learners struct {
	propensity regression.Model
	outcome    [2]regression.Model // without and with treatment
}

func (s *sample) learners(o Options) (learners, error) {
	l := learners{propensity: regression.Model{Logit: true, Penalty: o.Propensity, Lambda: o.Lambda}}
	choose := func(m *regression.Model, y []float64, use func(i int) bool) error {
		if m.Penalty == regression.None || m.Lambda > 0 {
			return nil
		}
		var rows []int
		for i := range s.n {
			if s.weight(i) > 0 && use(i) {
				rows = append(rows, i)
			}
		}
		var err error
		m.Lambda, err = m.Choose(s.x, rows, y, s.w)
		return err
	}
	err := choose(&l.propensity, s.d, func(int) bool { return true })
	for k := range l.outcome {
		l.outcome[k] = regression.Model{Penalty: o.Outcome, Lambda: o.Lambda}
		err = errors.Join(err, choose(&l.outcome[k], s.y, func(i int) bool { return int(s.d[i]) == k }))
	}
	return l, err
}

// nuisance holds, by row, the predictions made without that row's fold.
type nuisance struct {
	m0, m1 []float64 // outcome without and with treatment
	p, raw []float64 // propensity clipped, and as fitted
}

func (s *sample) nuisance(o Options, l learners, fold []int) (nuisance, error) {
	nu := nuisance{m0: make([]float64, s.n), m1: make([]float64, s.n), p: make([]float64, s.n), raw: make([]float64, s.n)}
	for k := range o.Folds {
		var train, test []int
		var arm [2][]int
		for i := range s.n {
			if fold[i] == k {
				test = append(test, i)
				if o.Folds > 1 {
					continue
				}
			}
			if s.weight(i) > 0 {
				train = append(train, i)
				arm[int(s.d[i])] = append(arm[int(s.d[i])], i)
			}
		}
		if len(test) == 0 {
			continue
		}
		if min(len(arm[0]), len(arm[1])) < 2 {
			return nu, errThinFold
		}
		p, err := l.propensity.Fit(s.x, train, s.d, s.w)
		if err != nil {
			return nu, err
		}
		m0, err := l.outcome[0].Fit(s.x, arm[0], s.y, s.w)
		if err != nil {
			return nu, err
		}
		m1, err := l.outcome[1].Fit(s.x, arm[1], s.y, s.w)
		if err != nil {
			return nu, err
		}
		for _, i := range test {
			nu.m0[i], nu.m1[i], nu.raw[i] = m0.Linear(i), m1.Linear(i), p.Prob(i)
			nu.p[i] = nu.raw[i]
			if !o.Discard {
				nu.p[i] = min(nu.p[i], 1-o.Clip)
				if o.Target == ATE { // the treated's effect never divides by p
					nu.p[i] = max(nu.p[i], o.Clip)
				}
			}
			nu.p[i] = min(max(nu.p[i], 1e-12), 1-1e-12) // no division by zero even unclipped
		}
	}
	return nu, nil
}

// score is the estimate of one split with its standard error.
func (s *sample) score(o Options, nu nuisance) (value, se float64) {
	psi, base := make([]float64, s.n), make([]float64, s.n)
	var top, bottom float64
	for i := range s.n {
		r := s.y[i] - nu.m0[i]
		if o.Target == ATT {
			base[i] = s.d[i]
			psi[i] = s.d[i]*r - (1-s.d[i])*nu.p[i]/(1-nu.p[i])*r
		} else {
			base[i] = 1
			psi[i] = nu.m1[i] - nu.m0[i] + s.d[i]*(s.y[i]-nu.m1[i])/nu.p[i] - (1-s.d[i])*r/(1-nu.p[i])
		}
		top += s.weight(i) * psi[i]
		bottom += s.weight(i) * base[i]
	}
	value = top / bottom
	for i := range psi {
		psi[i] = s.weight(i) * (psi[i] - value*base[i]) * float64(s.n) / bottom
	}
	return value, measure.SE(psi, s.cluster)
}

// weighted is the difference of propensity-weighted means.
func (s *sample) weighted(o Options, nu nuisance) float64 {
	var sum, total [2]float64
	for i, d := range s.d {
		w := s.weight(i) * balance(o.Target, int(d), nu.p[i])
		sum[int(d)] += w * s.y[i]
		total[int(d)] += w
	}
	return sum[1]/total[1] - sum[0]/total[0]
}

// raw is the unadjusted difference of weighted means.
func (s *sample) raw(o Options) measure.Estimate {
	var sum, total [2]float64
	for i, d := range s.d {
		sum[int(d)] += s.weight(i) * s.y[i]
		total[int(d)] += s.weight(i)
	}
	psi := make([]float64, s.n)
	for i, d := range s.d {
		k := int(d)
		psi[i] = (2*d - 1) * s.weight(i) * (s.y[i] - sum[k]/total[k]) * float64(s.n) / total[k]
	}
	return measure.Wald("raw", sum[1]/total[1]-sum[0]/total[0], measure.SE(psi, s.cluster), o.Level)
}

// imbalance is the largest standardised difference of a covariate between
// the arms, weighted by w (nil: the sampling weights).
func (s *sample) imbalance(w []float64) float64 {
	var worst float64
	for _, c := range s.cols {
		var sum, total, mean, ss [2]float64
		for i, v := range c {
			k, u := int(s.d[i]), s.weight(i)
			mean[k] += u
			ss[k] += u * v
			if w != nil {
				u = w[i]
			}
			total[k] += u
			sum[k] += u * v
		}
		var spread float64
		centre := [2]float64{ss[0] / mean[0], ss[1] / mean[1]}
		for i, v := range c {
			k := int(s.d[i])
			spread += s.weight(i) * (v - centre[k]) * (v - centre[k]) / mean[k] / 2
		}
		if spread > 0 {
			worst = max(worst, math.Abs(sum[1]/total[1]-sum[0]/total[0])/math.Sqrt(spread))
		}
	}
	return worst
}

// discard keeps the rows whose propensity, fitted on all, lies within Clip.
func (s *sample) discard(o Options, res *measure.Result) (*sample, error) {
	fit, err := regression.Model{Logit: true, Penalty: o.Propensity, Lambda: o.Lambda}.Fit(s.x, nil, s.d, s.w)
	if errors.Is(err, regression.ErrSeparated) {
		s.refuseOverlap(o, res)
		return s, nil
	} else if err != nil {
		return s, fmt.Errorf("adjust: %w", err)
	}
	in := Input{Covariates: make([][]float64, len(s.cols))}
	for i := range s.n {
		if p := fit.Prob(i); p < o.Clip || p > 1-o.Clip {
			continue
		}
		in.Outcome, in.Treated = append(in.Outcome, s.y[i]), append(in.Treated, s.d[i] == 1)
		for j, c := range s.cols {
			in.Covariates[j] = append(in.Covariates[j], c[i])
		}
		if s.w != nil {
			in.Weights = append(in.Weights, s.w[i])
		}
		if s.cluster != nil {
			in.Cluster = append(in.Cluster, s.cluster[i])
		}
	}
	gone := s.n - len(in.Outcome)
	if gone == 0 {
		return s, nil
	}
	if len(in.Outcome) == 0 {
		s.refuseOverlap(o, res)
		return s, nil
	}
	kept, err := newSample(in)
	if err != nil {
		return s, err
	}
	res.N = kept.n
	res.Note("discarded", measure.Warning,
		fmt.Sprintf("%d 个单位没有可比的对象，未使用；结论只适用于留下的 %d 个。", gone, kept.n),
		fmt.Sprintf("%d units have no counterpart and were left out; the result holds for the %d that remain.", gone, kept.n),
		map[string]float64{"discarded": float64(gone)})
	kept.enough(o, res)
	return kept, nil
}
