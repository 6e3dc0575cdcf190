package adjust

import (
	"fmt"
	"math"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/regression"
)

// Regression is the linear model whose sensitivity is asked for.
type Regression struct {
	Outcome    []float64
	Treatment  []float64 // any numbers; 0 and 1 for groups
	Covariates [][]float64
	Factors    [][]int   // columns of categories, e.g. a village, entered as indicators
	Weights    []float64 // nil: equal
}

// SensitivityOptions of [Sensitivity].
type SensitivityOptions struct {
	// Benchmark is the number (from 0) of the covariate to measure the unseen
	// cause by; negative: none.
	Benchmark int
	Times     []float64 // multiples of the benchmark; nil: 1, 2, 3
	Reduce    float64   // share of the effect to explain away; 0: all of it
	Level     float64
}

// Sensitivity says how strong an unmeasured cause would have to be to explain
// a regression's result away (Cinelli and Hazlett 2020).
//
// Estimates: "effect", the least-squares coefficient of Treatment (outcome
// units per unit of treatment; classical errors); "partial r2", the share of
// the outcome's remaining variance that treatment explains; "rv", the
// robustness value: an unseen cause must explain at least this share of what
// remains of both treatment and outcome to bring the effect to zero (eq. 18);
// "rv alpha": to make its interval include zero; "bound 2x": effect, error and
// interval if the unseen cause were 2 times as strong as the benchmark
// covariate (eq. 6, 7 and 15 to 17 with R² measured as in section 4.4).
//
// It fails on malformed input and refuses where the treatment does not vary
// once covariates are held fixed, or no degrees of freedom are left.
func Sensitivity(in Regression, o SensitivityOptions) (measure.Result, error) {
	res := measure.Result{Method: "sensitivity", N: len(in.Outcome)}
	level, err := measure.Level(o.Level)
	if err != nil {
		return res, err
	}
	if o.Reduce == 0 {
		o.Reduce = 1
	}
	if !(o.Reduce > 0) {
		return res, measure.Invalid("adjust: share of the effect to explain away is %v: give a number above 0, 1 for all of it", o.Reduce)
	}
	if o.Benchmark >= len(in.Covariates) {
		return res, measure.Invalid("adjust: benchmark covariate %d of %d: name one of the covariates", o.Benchmark+1, len(in.Covariates))
	}
	if o.Times == nil {
		o.Times = []float64{1, 2, 3}
	}
	m, err := in.fit(o.Benchmark)
	if err != nil {
		return res, err
	}
	if m.df < 2 || !m.varies {
		res.Refuse("not-identified",
			"扣除协变量之后，处理变量没有剩余变化（或没有剩余自由度），无法估计它的作用。",
			"Once the covariates are held fixed the treatment does not vary (or no degrees of freedom are left), so its effect can't be estimated.", math.NaN())
		return res, nil
	}
	if !(m.se > 0) {
		res.Estimates = append(res.Estimates, measure.Point("effect", m.value))
		res.Note("constant-outcome", measure.Serious, "结果被完全解释，没有误差可言。", "The outcome is explained exactly; there is no error to speak of.", nil)
		return res, nil
	}
	t := m.value / m.se
	f := o.Reduce * math.Abs(t) / math.Sqrt(m.df)
	critical := measure.TQuantile((1+level)/2, m.df-1) / math.Sqrt(m.df-1)
	rv, rva := robustness(f), robustnessAt(f, critical)
	res.Estimates = append(res.Estimates, measure.WaldT("effect", m.value, m.se, m.df, level),
		measure.Point("partial r2", t*t/(t*t+m.df)), measure.Point("rv", rv), measure.Point("rv alpha", rva))
	res.Note("robustness", measure.Info,
		fmt.Sprintf("一个没有被记录的因素，要同时解释处理和结果剩余差异的 %.1f%% 以上，才能把效果全部抵消；达到 %.1f%% 就足以使它不再显著。", 100*rv, 100*rva),
		fmt.Sprintf("An unrecorded cause must explain more than %.1f %% of what is left of both treatment and outcome to cancel the effect, and %.1f %% to make it insignificant.", 100*rv, 100*rva),
		map[string]float64{"rv": rv, "rv_alpha": rva, "df": m.df})
	if o.Benchmark >= 0 {
		for _, k := range o.Times {
			m.bound(k, level, &res)
		}
	}
	return res, nil
}

// robustness is ½(√(f⁴+4f²) − f²).
func robustness(f float64) float64 { return (math.Sqrt(f*f*f*f+4*f*f) - f*f) / 2 }

func robustnessAt(f, critical float64) float64 {
	switch {
	case f <= critical:
		return 0
	case critical > 0 && f > 1/critical: // the extreme case of one-sided confounding
		return (f*f - critical*critical) / (1 + f*f)
	}
	return robustness(f - critical)
}

type linearModel struct {
	value, se, df float64
	varies        bool
	r2d, r2y      float64 // partial R² of the benchmark with treatment, and with the outcome
}

func (in Regression) fit(benchmark int) (linearModel, error) {
	n := len(in.Outcome)
	var m linearModel
	if n == 0 {
		return m, measure.Invalid("adjust: no rows: the outcome column is empty")
	}
	if err := measure.CheckFinite("adjust", "outcome", in.Outcome); err != nil {
		return m, err
	}
	if err := measure.CheckLength("adjust", "treatment", len(in.Treatment), n); err != nil {
		return m, err
	}
	if err := measure.CheckFinite("adjust", "treatment", in.Treatment); err != nil {
		return m, err
	}
	if err := measure.CheckWeights("adjust", in.Weights, n); err != nil {
		return m, err
	}
	cols := append([][]float64{}, in.Covariates...)
	for j, f := range in.Factors {
		if err := measure.CheckLength("adjust", fmt.Sprintf("factor %d", j+1), len(f), n); err != nil {
			return m, err
		}
		code, levels := measure.Index(f)
		if len(levels) > 3000 {
			return m, measure.Invalid("adjust: factor %d has %d categories: at most 3000 fit here, use fixed effects for more", j+1, len(levels))
		}
		for l := 1; l < len(levels); l++ {
			c := make([]float64, n)
			for i, v := range code {
				if v == l {
					c[i] = 1
				}
			}
			cols = append(cols, c)
		}
	}
	// Treatment last: it is then what gets dropped where covariates explain it.
	full, err := regression.NewDesign(n, append(cols, in.Treatment))
	if err != nil {
		return m, fmt.Errorf("adjust: %w", err)
	}
	fit, err := full.OLS(nil, in.Outcome, in.Weights)
	if err != nil {
		return m, fmt.Errorf("adjust: %w", err)
	}
	last := len(cols) + 1
	rows := n
	for _, w := range in.Weights {
		if w == 0 {
			rows--
		}
	}
	m.df = float64(rows - fit.Rank)
	m.varies = fit.Inv[last*full.P+last] > 0
	if m.df < 2 || !m.varies {
		return m, nil
	}
	m.value = fit.Coef()[last]
	m.se = math.Sqrt(in.residual(fit, in.Outcome) / m.df * fit.Inv[last*full.P+last] * fit.VarScale(last))
	if benchmark < 0 {
		return m, nil
	}
	m.r2y = in.partial(fit, in.Outcome, benchmark+1, m.df)
	assign, err := regression.NewDesign(n, cols)
	if err != nil {
		return m, fmt.Errorf("adjust: %w", err)
	}
	dfit, err := assign.OLS(nil, in.Treatment, in.Weights)
	if err != nil {
		return m, fmt.Errorf("adjust: %w", err)
	}
	m.r2d = in.partial(dfit, in.Treatment, benchmark+1, float64(rows-dfit.Rank))
	return m, nil
}

func (in Regression) residual(fit *regression.Fit, y []float64) float64 {
	var ss, all float64
	for i, v := range y {
		w := 1.0
		if in.Weights != nil {
			w = in.Weights[i]
		}
		r := v - fit.Linear(i)
		ss += w * r * r
		all += w * v * v
	}
	if ss <= 1e-22*all { // rounding, not variance
		return 0
	}
	return ss
}

// partial is the partial R² of column j, from its t statistic.
func (in Regression) partial(fit *regression.Fit, y []float64, j int, df float64) float64 {
	p := len(fit.Beta)
	v := fit.Inv[j*p+j] * in.residual(fit, y) / df
	if !(v > 0) {
		return math.NaN()
	}
	t2 := fit.Beta[j] * fit.Beta[j] / v
	return t2 / (t2 + df)
}

// bound adds the effect as it would be beside an unseen cause k times as
// strong as the benchmark.
func (m linearModel) bound(k, level float64, res *measure.Result) {
	name := fmt.Sprintf("bound %gx", k)
	d := k * m.r2d / (1 - m.r2d)
	z := k * m.r2d * m.r2d / ((1 - k*m.r2d) * (1 - m.r2d))
	if !(k >= 0) || math.IsNaN(m.r2y) || !(d < 1) || !(z < 1) || k*m.r2d >= 1 {
		res.Note("bound-impossible", measure.Info,
			fmt.Sprintf("没有因素能有基准变量的 %g 倍那么强：它会解释掉全部差异。", k),
			fmt.Sprintf("No cause can be %g times as strong as the benchmark: it would explain everything.", k), nil)
		res.Estimates = append(res.Estimates, measure.Point(name, math.NaN()))
		return
	}
	y := math.Pow((math.Sqrt(k)+math.Sqrt(z))/math.Sqrt(1-z), 2) * m.r2y / (1 - m.r2y)
	y = min(y, 1)
	bias := m.se * math.Sqrt(m.df) * math.Sqrt(y*d/(1-d))
	value := math.Copysign(math.Abs(m.value)-bias, m.value)
	if bias > math.Abs(m.value) {
		value = m.value - math.Copysign(bias, m.value)
	}
	se := m.se * math.Sqrt((1-y)/(1-d)*m.df/(m.df-1))
	res.Estimates = append(res.Estimates, measure.WaldT(name, value, se, m.df-1, level))
	res.Note(fmt.Sprintf("bound-%gx", k), measure.Info,
		fmt.Sprintf("若有一个未记录的因素强达基准变量的 %g 倍，效果为 %.4g（误差 %.4g）。", k, value, se),
		fmt.Sprintf("Beside an unrecorded cause %g times as strong as the benchmark the effect would be %.4g (error %.4g).", k, value, se),
		map[string]float64{"r2_treatment": d, "r2_outcome": y})
}
