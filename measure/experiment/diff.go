package experiment

import (
	"fmt"
	"math"

	"github.com/chanzipu/outfitter/measure"
)

// Options of [Diff] and [Sequential]. The zero value is usual.
type Options struct {
	Level float64 // 0 means 0.95
	// Tuning is the number of units at which a sequential interval is to be
	// narrowest; fix it before the experiment. Required by Sequential alone.
	Tuning float64
}

// Diff compares two randomised arms.
//
// Estimand: the average effect of assignment on the metric, absolute
// ("effect", the metric's unit) and relative to the control arm's unadjusted
// metric ("lift", a share). Assumes random assignment of the units counted in
// Arm.N, no interference between them, and covariates that were known before.
//
// Without covariates: Welch's t (1947). With covariates: CUPED, the
// difference adjusted by θ from the two arms pooled (Deng, Xu, Kohavi and
// Walker 2013, eq. 4 and 5; several covariates by least squares; for a ratio
// θ is fitted within the arms). Ratios,
// clusters and weights: the delta method on ratios of sums (Deng, Knoblich
// and Lu 2018, eq. 4), degrees of freedom by Welch from the units. The lift's
// error includes that of the control metric and its covariance with the
// adjustment.
//
// It fails on malformed arms and refuses arms of fewer than two units.
func Diff(control, treated Arm, o Options) (measure.Result, error) {
	level, err := measure.Level(o.Level)
	if err != nil {
		return measure.Result{}, err
	}
	c, res, err := compare(control, treated, "diff")
	if err != nil || res.Refusal != nil {
		return res, err
	}
	res.Estimates = append(res.Estimates,
		measure.WaldT("effect", c.effect, c.se, c.df, level),
		measure.WaldT("lift", c.lift, c.liftSE, c.df, level),
		measure.WaldT("control", c.control, math.Sqrt(c.controlVar), float64(control.N-1), level),
		measure.WaldT("treated", c.treated, math.Sqrt(c.treatedVar), float64(treated.N-1), level))
	return res, nil
}

// comparison is an effect with its parts, before any interval is chosen.
type comparison struct {
	effect, se, df         float64
	lift, liftSE           float64 // NaN without a control metric to divide by
	control, treated       float64 // unadjusted metrics
	controlVar, treatedVar float64
	theta                  []float64
}

func compare(control, treated Arm, method string) (comparison, measure.Result, error) {
	res := measure.Result{Method: method, N: control.N + treated.N}
	columns := len(control.Mean)
	if columns < 2 || columns%2 != 0 {
		return comparison{}, res, measure.Invalid("experiment: control arm: %d columns, want pairs of numerator and denominator", columns)
	}
	if control.N < 2 || treated.N < 2 {
		res.Refuse("too-few-units",
			fmt.Sprintf("对照组有 %d 个单位，实验组有 %d 个；每组至少要有 2 个才能比较。", control.N, treated.N),
			fmt.Sprintf("The control arm has %d units and the treated arm %d; a comparison needs at least 2 in each.", control.N, treated.N),
			math.NaN())
		return comparison{}, res, nil
	}
	if err := control.check("control", columns); err != nil {
		return comparison{}, res, err
	}
	if err := treated.check("treated", columns); err != nil {
		return comparison{}, res, err
	}
	c := contrast(control, treated)
	if math.IsNaN(c.effect) || math.IsInf(c.effect, 0) {
		return comparison{}, res, measure.Invalid("experiment: the numbers are too large or too small to compute with (control %v, treated %v): change the unit", c.control, c.treated)
	}
	c.note(&res, control, treated)
	return c, res, nil
}

func contrast(control, treated Arm) comparison {
	lc, lt := control.linearise(), treated.linearise()
	c := comparison{control: lc.ratio[0], treated: lt.ratio[0],
		controlVar: lc.cov[0][0] / lc.n, treatedVar: lt.cov[0][0] / lt.n}
	c.theta = theta(pool(control, treated, lc, lt))
	c.effect = c.treated - c.control
	for j, th := range c.theta {
		c.effect -= th * (lt.ratio[j+1] - lc.ratio[j+1])
	}
	vc, vt := lc.adjusted(c.theta)/lc.n, lt.adjusted(c.theta)/lt.n
	c.se = math.Sqrt(vc + vt)
	// Welch-Satterthwaite, on the unadjusted variances as the units have them.
	a, b := c.controlVar, c.treatedVar
	c.df = (a + b) * (a + b) / (a*a/(lc.n-1) + b*b/(lt.n-1))
	base := math.Abs(c.control)
	c.lift, c.liftSE = math.NaN(), math.NaN()
	if base > 0 {
		c.lift = c.effect / base
		s := c.effect / c.control // signed: d|r|/dr cancels in effect·dr/(r·|r|)
		// The control side enters through the adjusted mean and the divisor.
		cross := lc.cov[0][0]
		for j, th := range c.theta {
			cross -= th * lc.cov[0][j+1]
		}
		v := vt + vc + 2*s*cross/lc.n + s*s*c.controlVar
		c.liftSE = math.Sqrt(max(v, 0)) / base
	}
	return c
}

// pool is what θ is fitted on: all units together for a mean (Deng et al.
// 2013), deviations from each arm's own ratio for a ratio.
func pool(control, treated Arm, lc, lt linear) linear {
	if control.Cov[1][1] == 0 && treated.Cov[1][1] == 0 {
		return merge(control, treated).linearise()
	}
	p := linear{n: lc.n + lt.n, ratio: lc.ratio, cov: square(len(lc.ratio))}
	for i := range p.cov {
		for j := range p.cov {
			p.cov[i][j] = ((lc.n-1)*lc.cov[i][j] + (lt.n-1)*lt.cov[i][j]) / (p.n - 2)
		}
	}
	return p
}

// theta is the least-squares slope of the metric on the covariates; one that
// is constant, or repeats others, gets 0.
func theta(l linear) []float64 {
	k := len(l.ratio) - 1
	out := make([]float64, k)
	if k == 0 {
		return out
	}
	scale := make([]float64, k)
	for j := range scale {
		scale[j] = math.Sqrt(l.cov[j+1][j+1])
		if scale[j] <= 1e-12*math.Abs(l.ratio[j+1]) {
			scale[j] = 0
		}
	}
	a, b := square(k), make([]float64, k)
	for i := range k {
		if scale[i] == 0 {
			a[i][i] = 1
			continue
		}
		b[i] = l.cov[0][i+1] / scale[i]
		for j := range k {
			if scale[j] > 0 {
				a[i][j] = l.cov[i+1][j+1] / (scale[i] * scale[j])
			}
		}
	}
	eliminate(a, b)
	for j := range out {
		if scale[j] > 0 {
			out[j] = b[j] / scale[j]
		}
	}
	return out
}

// eliminate solves a·x = b for a correlation matrix a, leaving x in b; a
// column that earlier ones explain gets 0.
func eliminate(a [][]float64, b []float64) {
	k := len(b)
	dead := make([]bool, k)
	for i := range k {
		if a[i][i] < 1e-10 {
			dead[i] = true
			continue
		}
		for r := range k {
			if r == i || dead[r] {
				continue
			}
			f := a[r][i] / a[i][i]
			for c := i; c < k; c++ {
				a[r][c] -= f * a[i][c]
			}
			b[r] -= f * b[i]
		}
	}
	for i := range b {
		if dead[i] {
			b[i] = 0
		} else {
			b[i] /= a[i][i]
		}
	}
}

// adjusted is the variance per unit of L0 − θᵀL.
func (l linear) adjusted(theta []float64) float64 {
	v := l.cov[0][0]
	for i, a := range theta {
		v -= 2 * a * l.cov[0][i+1]
		for j, b := range theta {
			v += a * b * l.cov[i+1][j+1]
		}
	}
	return max(v, 0)
}

func (c comparison) note(res *measure.Result, control, treated Arm) {
	if c.se == 0 {
		res.Note("constant-outcome", measure.Serious,
			"两组内的结果都没有差异，无法给出误差区间。",
			"The outcome does not vary within either arm, so there is no interval.", nil)
	}
	if len(c.theta) > 0 {
		plain := c.controlVar + c.treatedVar
		share := 0.0
		if plain > 0 {
			share = 1 - c.se*c.se/plain
		}
		res.Note("cuped", measure.Info,
			fmt.Sprintf("用实验前的数据消去了 %.1f%% 的方差。", 100*share),
			fmt.Sprintf("Data from before the experiment removed %.1f %% of the variance.", 100*share),
			map[string]float64{"variance_removed": share, "theta": c.theta[0]})
	}
	if math.IsNaN(c.lift) {
		res.Note("no-lift", measure.Warning,
			"对照组的指标为 0，无法给出相对变化。",
			"The control metric is zero, so there is no relative change to give.", nil)
	} else if cv := math.Sqrt(c.controlVar) / math.Abs(c.control); cv > 0.2 {
		res.Note("lift-unstable", measure.Warning,
			fmt.Sprintf("对照组指标本身的误差达到 %.0f%%，相对变化只能粗看。", 100*cv),
			fmt.Sprintf("The control metric itself is only known to ±%.0f %%; read the relative change roughly.", 100*cv),
			map[string]float64{"control_cv": cv})
	}
	if n := min(control.N, treated.N); n < 30 {
		res.Note("small-arm", measure.Warning,
			fmt.Sprintf("较小的一组只有 %d 个单位，请同时看随机化检验。", n),
			fmt.Sprintf("The smaller arm has only %d units; look at randomisation inference too.", n),
			map[string]float64{"units": float64(n)})
	}
}
