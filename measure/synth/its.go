package synth

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/chanzipu/outfitter/measure"
)

// Counts are one series of counts over time, rows in order.
type Counts struct {
	Outcome []float64 // ≥ 0
	Time    []float64 // ascending, in any unit; nil: 1, 2, 3 …
	After   []bool    // whether the interruption has happened by that row; once true, true to the end
	Offset  []float64 // exposure > 0 (people, open days) that counts are proportional to; nil: none
}

// CountOptions of [Interrupted]; the zero value has no season and Poisson errors.
type CountOptions struct {
	Period    float64 // length of the season in units of Time, e.g. 12; needed with Harmonics
	Harmonics int     // pairs of sine and cosine
	Quasi     bool    // scale errors by the Pearson dispersion
	Level     float64 // 0 means 0.95
}

// A CountFit is a result with what a chart needs.
type CountFit struct {
	measure.Result
	Fitted, Counterfactual []float64 // of the level model, by row
	Dispersion             float64   // Pearson χ² per degree of freedom
	Lag1                   float64   // autocorrelation of Pearson residuals
}

// Interrupted is an interrupted time series of counts: segmented log-linear
// regression.
//
// Estimand, from a model with a trend and a change of level: "ratio", what
// the interruption multiplied the rate by, and "cumulative", the counts more
// (or fewer) since then than without it. From a model in which the trend may
// change as well: "ratio-at-start" and "slope-ratio", the factor by which
// each unit of time multiplies the effect. Assumption: the trend and season
// before would have gone on, and nothing else changed then; there is no
// control series. Errors are Poisson, with Quasi scaled by the dispersion;
// where residuals are autocorrelated (lag 1 beyond 2/√n) "ratio, Newey-West"
// adds the same ratio with Newey and West's (1987) errors, lag
// ⌊4(n/100)^(2/9)⌋. Intervals are normal on the log scale. Errors:
// [measure.ErrInput]. Refusals: "too-few-before", "no-after", "no-events".
// Source: Bernal, Cummins and Gasparrini (2017), steps 3 to 5.
func Interrupted(c Counts, o CountOptions) (CountFit, error) {
	level, err := measure.Level(o.Level)
	if err != nil {
		return CountFit{}, err
	}
	if c.Time == nil {
		for t := range c.Outcome {
			c.Time = append(c.Time, float64(t+1))
		}
	}
	if err := c.check(o); err != nil {
		return CountFit{}, err
	}
	f := CountFit{Result: measure.Result{Method: "its", N: len(c.Outcome)}}
	if c.refuse(o, &f.Result) {
		return f, nil
	}
	step, err := c.regress(o, false)
	if err != nil {
		return CountFit{}, err
	}
	f.Fitted, f.Dispersion, f.Lag1 = step.mu, step.dispersion, step.lag1()
	f.Estimates = append(f.Estimates, step.ratio("ratio", afterColumn, step.cov, level), step.cumulative(c, level, &f))
	if step.correlated() {
		f.Estimates = append(f.Estimates, step.ratio("ratio, Newey-West", afterColumn, step.neweyWest(), level))
		f.Note("autocorrelation", measure.Warning, fmt.Sprintf("残差前后相关（%.2f），请看 Newey-West 误差。", f.Lag1),
			fmt.Sprintf("Residuals of neighbouring periods are correlated (%.2f): read the Newey-West errors.", f.Lag1), map[string]float64{"lag1": f.Lag1})
	}
	slope, err := c.regress(o, true)
	if err == nil {
		f.Estimates = append(f.Estimates, slope.ratio("ratio-at-start", afterColumn, slope.cov, level),
			slope.ratio("slope-ratio", slopeColumn, slope.cov, level))
	}
	if f.Dispersion > 1.5 && !o.Quasi {
		f.Note("overdispersion", measure.Serious, fmt.Sprintf("波动是泊松分布的 %.1f 倍，区间过窄；请用 quasi。", f.Dispersion),
			fmt.Sprintf("Counts vary %.1f times as much as Poisson allows, so intervals are too short: use quasi.", f.Dispersion), map[string]float64{"dispersion": f.Dispersion})
	}
	f.Note("no-control", measure.Warning, "没有对照序列：同期的其他变化会被算作效应。", "There is no control series: anything else that changed at that time counts as the effect.", nil)
	return f, nil
}

func (c Counts) check(o CountOptions) error {
	n := len(c.Outcome)
	if n == 0 {
		return measure.Invalid("synth: no rows: give one row per period")
	}
	if err := measure.CheckFinite("synth", "outcome", c.Outcome); err != nil {
		return err
	}
	if err := measure.CheckLength("synth", "time", len(c.Time), n); err != nil {
		return err
	}
	if err := measure.CheckFinite("synth", "time", c.Time); err != nil {
		return err
	}
	if len(c.After) != n {
		return measure.Invalid("synth: intervention has %d rows, the outcome has %d: every column needs one value per row", len(c.After), n)
	}
	if c.Offset != nil {
		if err := measure.CheckLength("synth", "offset", len(c.Offset), n); err != nil {
			return err
		}
	}
	for i, y := range c.Outcome {
		switch {
		case y < 0:
			return measure.Invalid("synth: outcome, row %d: %v is negative: counts must be 0 or more", i+1, y)
		case i > 0 && c.Time[i] <= c.Time[i-1]:
			return measure.Invalid("synth: time, row %d: %v is not after %v: sort the rows, one per period", i+1, c.Time[i], c.Time[i-1])
		case i > 0 && c.After[i-1] && !c.After[i]:
			return measure.Invalid("synth: intervention, row %d: it ends again; an interruption must last to the end", i+1)
		case c.Offset != nil && !(c.Offset[i] > 0 && c.Offset[i] < math.MaxFloat64):
			return measure.Invalid("synth: offset, row %d: %v is not a positive number", i+1, c.Offset[i])
		}
	}
	if o.Harmonics < 0 || o.Harmonics > 0 && !(o.Period > 0) {
		return measure.Invalid("synth: %d harmonics need a period above 0, e.g. 12 for months; got %v", o.Harmonics, o.Period)
	}
	if o.Harmonics > 0 && 2*float64(o.Harmonics) > o.Period {
		return measure.Invalid("synth: %d harmonics are too many for a period of %v: at most half of it", o.Harmonics, o.Period)
	}
	return nil
}

func (c Counts) refuse(o CountOptions, r *measure.Result) bool {
	before := 0
	var sum, early float64
	for i, a := range c.After {
		sum += c.Outcome[i]
		if !a {
			before++
			early += c.Outcome[i]
		}
	}
	need := 4 + 2*o.Harmonics
	switch {
	case before == len(c.After):
		r.Refuse("no-after", "中断之后没有数据。", "There is no period after the interruption.", math.NaN())
	case before < need || len(c.After) < need+3:
		r.Refuse("too-few-before", fmt.Sprintf("中断之前只有 %d 期，至少需要 %d 期才能估计趋势。", before, need),
			fmt.Sprintf("Only %d periods before the interruption: at least %d are needed for trend and season.", before, need), math.NaN())
	case early == 0 || sum == early:
		r.Refuse("no-events", "中断之前或之后没有任何计数。", "There is not a single count before, or after, the interruption.", math.NaN())
	default:
		return false
	}
	return true
}

// The columns of the design: intercept, time, after, then slope if asked for.
const (
	afterColumn = 2
	slopeColumn = 3
)

// countModel is one fitted regression.
type countModel struct {
	x          *mat.Dense
	y, mu      []float64
	beta       []float64
	bread, cov *mat.SymDense
	dispersion float64
}

// design centres time for the sake of the arithmetic; the change of slope
// counts from the first row after the interruption.
func (c Counts) design(o CountOptions, slope bool) *mat.Dense {
	n := len(c.Outcome)
	k := 3 + 2*o.Harmonics
	if slope {
		k++
	}
	x := mat.NewDense(n, k, nil)
	middle, span := (c.Time[0]+c.Time[n-1])/2, (c.Time[n-1]-c.Time[0])/2
	start := math.NaN()
	for i, t := range c.Time {
		x.Set(i, 0, 1)
		x.Set(i, 1, (t-middle)/span)
		at := 3
		if slope {
			at = 4
		}
		if c.After[i] {
			if math.IsNaN(start) {
				start = t
			}
			x.Set(i, afterColumn, 1)
			if slope {
				x.Set(i, slopeColumn, t-start)
			}
		}
		for h := 1; h <= o.Harmonics; h++ {
			angle := 2 * math.Pi * float64(h) * t / o.Period
			x.Set(i, at, math.Sin(angle))
			if at+1 < k {
				x.Set(i, at+1, math.Cos(angle))
			}
			at += 2
		}
	}
	if o.Harmonics > 0 && 2*float64(o.Harmonics) == o.Period { // the last sine is zero at whole periods
		return without(x, k-2)
	}
	return x
}

// without leaves out a column.
func without(x *mat.Dense, column int) *mat.Dense {
	n, k := x.Dims()
	out := mat.NewDense(n, k-1, nil)
	for j := range k - 1 {
		from := j
		if j >= column {
			from++
		}
		out.SetCol(j, mat.Col(nil, from, x))
	}
	return out
}

// regress fits the Poisson regression by iteratively reweighted least squares.
func (c Counts) regress(o CountOptions, slope bool) (*countModel, error) {
	m := &countModel{x: c.design(o, slope), y: c.Outcome}
	n, k := m.x.Dims()
	log := make([]float64, n)
	for i := range log {
		if c.Offset != nil {
			log[i] = math.Log(c.Offset[i])
		}
	}
	var mean float64
	for _, y := range m.y {
		mean += y / float64(n)
	}
	m.mu, m.beta = make([]float64, n), make([]float64, k)
	for i, y := range m.y {
		m.mu[i] = (y + mean) / 2
	}
	old := math.Inf(1)
	for range 200 {
		a, b := mat.NewSymDense(k, nil), mat.NewVecDense(k, nil)
		for i, y := range m.y {
			z := math.Log(m.mu[i]) - log[i] + (y-m.mu[i])/m.mu[i]
			row := m.x.RawRowView(i)
			for p, v := range row {
				b.SetVec(p, b.AtVec(p)+m.mu[i]*v*z)
				for q := p; q < k; q++ {
					a.SetSym(p, q, a.At(p, q)+m.mu[i]*v*row[q])
				}
			}
		}
		var chol mat.Cholesky
		if !chol.Factorize(a) || chol.Cond() > 1e14 {
			return nil, measure.Invalid("synth: trend, season and intervention are collinear: use fewer harmonics or more periods")
		}
		var beta mat.VecDense
		if err := chol.SolveVecTo(&beta, b); err != nil {
			return nil, fmt.Errorf("synth: interrupted series: %w", err)
		}
		m.bread = mat.NewSymDense(k, nil)
		if err := chol.InverseTo(m.bread); err != nil {
			return nil, fmt.Errorf("synth: interrupted series: %w", err)
		}
		var dev float64
		for i, y := range m.y {
			eta := log[i] + mat.Dot(m.x.RowView(i), &beta)
			m.mu[i] = math.Max(math.Exp(eta), 1e-12)
			dev += 2 * (m.mu[i] - y)
			if y > 0 {
				dev += 2 * y * math.Log(y/m.mu[i])
			}
		}
		copy(m.beta, beta.RawVector().Data)
		if math.Abs(dev-old) < 1e-11*(math.Abs(dev)+0.1) {
			m.finish(o)
			return m, nil
		}
		old = dev
	}
	return nil, measure.Invalid("synth: the counts' regression did not converge: too many zeros on one side of the interruption")
}

func (m *countModel) finish(o CountOptions) {
	n, k := m.x.Dims()
	for _, r := range m.pearson() {
		m.dispersion += r * r / float64(n-k)
	}
	m.cov = mat.NewSymDense(k, nil)
	m.cov.CopySym(m.bread)
	if o.Quasi {
		m.cov.ScaleSym(m.dispersion, m.cov)
	}
}

func (m *countModel) pearson() []float64 {
	r := make([]float64, len(m.y))
	for i, y := range m.y {
		r[i] = (y - m.mu[i]) / math.Sqrt(m.mu[i])
	}
	return r
}

func (m *countModel) lag1() float64 {
	r := m.pearson()
	return dot(r[1:], r[:len(r)-1]) / dot(r, r)
}

func (m *countModel) correlated() bool {
	return math.Abs(m.lag1()) > 2/math.Sqrt(float64(len(m.y)))
}

// neweyWest weights products of scores up to the lag by Bartlett's kernel.
func (m *countModel) neweyWest() *mat.SymDense {
	n, k := m.x.Dims()
	lag := int(4 * math.Pow(float64(n)/100, 2.0/9))
	meat := mat.NewDense(k, k, nil)
	for d := 0; d <= lag; d++ {
		w := 1 - float64(d)/float64(lag+1)
		for i := d; i < n; i++ {
			s := w * (m.y[i] - m.mu[i]) * (m.y[i-d] - m.mu[i-d])
			for p := range k {
				for q := range k {
					v := s * m.x.At(i, p) * m.x.At(i-d, q)
					meat.Set(p, q, meat.At(p, q)+v)
					if d > 0 {
						meat.Set(q, p, meat.At(q, p)+v)
					}
				}
			}
		}
	}
	var a, v mat.Dense
	a.Mul(m.bread, meat)
	v.Mul(&a, m.bread)
	out := mat.NewSymDense(k, nil)
	for p := range k {
		for q := p; q < k; q++ {
			out.SetSym(p, q, (v.At(p, q)+v.At(q, p))/2*float64(n)/float64(n-k))
		}
	}
	return out
}

// ratio is exp of a coefficient.
func (m *countModel) ratio(name string, column int, cov *mat.SymDense, level float64) measure.Estimate {
	e := measure.Wald(name, m.beta[column], math.Sqrt(cov.At(column, column)), level)
	e.Value, e.Lo, e.Hi = math.Exp(e.Value), math.Exp(e.Lo), math.Exp(e.Hi)
	e.SE *= e.Value
	return e
}

// cumulative is Σ over rows after of fitted less counterfactual counts, by
// the delta method.
func (m *countModel) cumulative(c Counts, level float64, f *CountFit) measure.Estimate {
	_, k := m.x.Dims()
	grad := mat.NewVecDense(k, nil)
	var sum float64
	f.Counterfactual = append([]float64(nil), m.mu...)
	for i, a := range c.After {
		if !a {
			continue
		}
		without := m.mu[i] * math.Exp(-m.beta[afterColumn])
		f.Counterfactual[i] = without
		sum += m.mu[i] - without
		for p := range k {
			d := (m.mu[i] - without) * m.x.At(i, p)
			if p == afterColumn {
				d = m.mu[i]
			}
			grad.SetVec(p, grad.AtVec(p)+d)
		}
	}
	return measure.Wald("cumulative", sum, math.Sqrt(mat.Inner(grad, m.cov, grad)), level)
}
