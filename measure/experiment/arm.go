// Package experiment analyses what was assigned at random: differences in
// means with or without covariates known before (CUPED), ratio metrics,
// sequential intervals, cluster and switchback designs, sample-ratio checks,
// power, and exact randomisation inference for teams of 8 to 40.
//
// Large experiments come as one [Arm] of moments per side, so SQL can do the
// summing; [Rows] makes arms from rows, and sums within clusters on the way.
// A clustered or weighted mean is treated as what it is, a ratio of sums.
package experiment

import (
	"math"

	"github.com/chanzipu/outfitter/measure"
)

// Arm is what the store reports about one side of a comparison: the joint
// moments, over its N units of randomisation, of the columns
//
//	numerator, denominator, then per covariate: numerator, denominator.
//
// The metric is sum(numerator)/sum(denominator); for a plain mean the
// denominator is the constant 1. Means and centred products, not sums of
// squares: those lose all digits when the mean is large and the spread small.
type Arm struct {
	N    int         // units of randomisation
	Mean []float64   // length 2 + 2·covariates
	Cov  [][]float64 // sample covariance (divisor N−1) of the columns
}

// MeanArm is the arm of a plain mean: n units, their mean, and the sum of
// squared deviations from it.
func MeanArm(n int, mean, m2 float64) Arm {
	v := math.NaN()
	if n > 1 {
		v = m2 / float64(n-1)
	}
	return Arm{N: n, Mean: []float64{mean, 1}, Cov: [][]float64{{v, 0}, {0, 0}}}
}

// ProportionArm is the arm of a share: hits among n units.
func ProportionArm(n, hits int) Arm {
	p := float64(hits) / float64(n)
	return MeanArm(n, p, float64(n)*p*(1-p)*float64(n-1)/float64(n)) // variance p(1−p)
}

// SumsArm makes an arm from plain sums: sum[a] of column a and product[a][b]
// of columns a and b, in the order that [Arm] gives. Use it only where the
// store has nothing better; large means cost digits.
func SumsArm(n int, sum []float64, product [][]float64) Arm {
	a := Arm{N: n, Mean: make([]float64, len(sum)), Cov: square(len(sum))}
	for i := range sum {
		a.Mean[i] = sum[i] / float64(n)
	}
	for i := range sum {
		for j := range sum {
			a.Cov[i][j] = (product[i][j] - float64(n)*a.Mean[i]*a.Mean[j]) / float64(n-1)
		}
	}
	return a
}

func (a Arm) check(name string, columns int) error {
	if len(a.Mean) != columns || len(a.Cov) != columns {
		return measure.Invalid("experiment: %s arm: %d means and %d rows of covariances, want %d of each (numerator, denominator and a pair per covariate)",
			name, len(a.Mean), len(a.Cov), columns)
	}
	if a.N < 2 {
		return nil // refused later
	}
	if err := measure.CheckFinite("experiment", name+" arm means", a.Mean); err != nil {
		return err
	}
	for i, row := range a.Cov {
		if len(row) != columns {
			return measure.Invalid("experiment: %s arm: covariance row %d has %d columns, want %d", name, i+1, len(row), columns)
		}
		if err := measure.CheckFinite("experiment", name+" arm covariances", row); err != nil {
			return err
		}
		if row[i] < 0 {
			return measure.Invalid("experiment: %s arm: variance of column %d is %v, below zero: check the sums", name, i+1, row[i])
		}
	}
	for j := 1; j < columns; j += 2 {
		if a.Mean[j] == 0 {
			return measure.Invalid("experiment: %s arm: the denominator (column %d) sums to zero: leave out units without a denominator, or choose another metric", name, j+1)
		}
	}
	return nil
}

// linear is an arm's metric and covariates as ratios, with the covariance of
// their linearisations L = (num − ratio·den)/mean(den); index 0 is the metric.
type linear struct {
	n     float64
	ratio []float64
	cov   [][]float64
}

func (a Arm) linearise() linear {
	k := len(a.Mean) / 2
	l := linear{n: float64(a.N), ratio: make([]float64, k), cov: square(k)}
	for i := range k {
		l.ratio[i] = a.Mean[2*i] / a.Mean[2*i+1]
	}
	for i := range k {
		for j := range k {
			ri, rj := l.ratio[i], l.ratio[j]
			c := a.Cov[2*i][2*j] - ri*a.Cov[2*i+1][2*j] - rj*a.Cov[2*i][2*j+1] + ri*rj*a.Cov[2*i+1][2*j+1]
			l.cov[i][j] = c / (a.Mean[2*i+1] * a.Mean[2*j+1])
		}
	}
	return l
}

// merge pools two arms as if they were one.
func merge(a, b Arm) Arm {
	n := float64(a.N + b.N)
	m := Arm{N: a.N + b.N, Mean: make([]float64, len(a.Mean)), Cov: square(len(a.Mean))}
	for i := range m.Mean {
		m.Mean[i] = (float64(a.N)*a.Mean[i] + float64(b.N)*b.Mean[i]) / n
	}
	between := float64(a.N) * float64(b.N) / n
	for i := range m.Mean {
		for j := range m.Mean {
			m.Cov[i][j] = (float64(a.N-1)*a.Cov[i][j] + float64(b.N-1)*b.Cov[i][j] +
				between*(a.Mean[i]-b.Mean[i])*(a.Mean[j]-b.Mean[j])) / (n - 1)
		}
	}
	return m
}

func square(k int) [][]float64 {
	flat, out := make([]float64, k*k), make([][]float64, k)
	for i := range out {
		out[i] = flat[i*k : (i+1)*k]
	}
	return out
}
