package measure

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"
)

// DefaultLevel is the confidence level used where none is given.
const DefaultLevel = 0.95

// Level returns level, or [DefaultLevel] if it is 0.
// It fails on anything else outside (0, 1).
func Level(level float64) (float64, error) {
	if level == 0 {
		return DefaultLevel, nil
	}
	if !(level > 0 && level < 1) {
		return 0, Invalid("measure: level %v is not between 0 and 1, e.g. 0.95", level)
	}
	return level, nil
}

// NormalCDF is P(Z ≤ x) of a standard normal.
func NormalCDF(x float64) float64 { return distuv.UnitNormal.CDF(x) }

// NormalQuantile is the x with P(Z ≤ x) = p; ±Inf at 0 and 1, NaN outside.
func NormalQuantile(p float64) float64 {
	if !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	return distuv.UnitNormal.Quantile(p)
}

// NormalP is the two-sided P value of a z statistic; NaN for NaN.
func NormalP(z float64) float64 {
	if math.IsNaN(z) {
		return z
	}
	return math.Erfc(math.Abs(z) / math.Sqrt2)
}

// TQuantile is the p quantile of Student's t; the normal's if df is infinite,
// NaN if df is not positive.
func TQuantile(p, df float64) float64 {
	switch {
	case math.IsInf(df, 1):
		return NormalQuantile(p)
	case !(df > 0) || !(p > 0 && p < 1):
		return math.NaN()
	}
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(p)
}

// TP is the two-sided P value of a t statistic with df degrees of freedom.
func TP(t, df float64) float64 {
	switch {
	case math.IsInf(df, 1):
		return NormalP(t)
	case math.IsNaN(t) || !(df > 0):
		return math.NaN()
	case math.IsInf(t, 0):
		return 0
	}
	return 2 * distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.CDF(-math.Abs(t))
}

// ChiSquaredP is P(X ≥ x) for chi-squared with df degrees of freedom.
func ChiSquaredP(x, df float64) float64 {
	if math.IsNaN(x) || !(df > 0) {
		return math.NaN()
	}
	return distuv.ChiSquared{K: df}.Survival(x)
}

// FP is P(X ≥ x) for F with d1 and d2 degrees of freedom.
func FP(x, d1, d2 float64) float64 {
	if math.IsNaN(x) || !(d1 > 0 && d2 > 0) {
		return math.NaN()
	}
	return distuv.F{D1: d1, D2: d2}.Survival(x)
}

// Wald is an estimate with a normal interval at level. With an SE of 0 or
// NaN the figure has no interval and no P value: a constant tells nothing
// about its own uncertainty.
func Wald(name string, value, se, level float64) Estimate {
	return WaldT(name, value, se, math.Inf(1), level)
}

// WaldT is [Wald] with Student's t on df degrees of freedom.
func WaldT(name string, value, se, df, level float64) Estimate {
	e := Estimate{Name: name, Value: value, SE: se, Lo: math.NaN(), Hi: math.NaN(), P: math.NaN()}
	if !(se > 0) || math.IsInf(se, 1) || math.IsNaN(value) {
		return e
	}
	q := TQuantile((1+level)/2, df)
	e.Lo, e.Hi, e.P = value-q*se, value+q*se, TP(value/se, df)
	return e
}

// Point is an estimate without an interval.
func Point(name string, value float64) Estimate {
	nan := math.NaN()
	return Estimate{Name: name, Value: value, SE: nan, Lo: nan, Hi: nan, P: nan}
}

// MDE is the smallest true effect that a two-sided test at level finds with
// the given power, for an estimator with standard error se.
func MDE(se, level, power float64) float64 {
	return (NormalQuantile((1+level)/2) + NormalQuantile(power)) * se
}

// Rand is a deterministic stream (PCG): the same seed gives the same draws
// on every machine.
func Rand(seed uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, 0x9e3779b97f4a7c15))
}
