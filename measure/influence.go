package measure

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// An influence function ψ has one value per unit, mean (about) zero, scaled
// so that the estimate's error is the mean of ψ. Its variance is then
// Σ_c (Σ_{i∈c} ψ_i)² / n², summed within clusters c first.

// SE is the standard error of an estimate with influence psi (length n).
// cluster, if not nil, holds the cluster of each unit, any integers. No
// small-sample factor is applied; see [ClusterFactor].
func SE(psi []float64, cluster []int) float64 {
	n := float64(len(psi))
	if n == 0 {
		return math.NaN()
	}
	var ss float64
	if cluster == nil {
		for _, v := range psi {
			ss += v * v
		}
		return math.Sqrt(ss) / n
	}
	code, levels := Index(cluster)
	for _, v := range sumBy(psi, code, len(levels)) {
		ss += v * v
	}
	return math.Sqrt(ss) / n
}

// ClusterFactor is sqrt(G/(G−1)), the usual correction of an SE with G clusters.
func ClusterFactor(clusters int) float64 {
	if clusters < 2 {
		return math.NaN()
	}
	return math.Sqrt(float64(clusters) / float64(clusters-1))
}

// Covariance is the joint covariance matrix of estimates whose influence
// functions are psi[k], each of length n. cluster as in [SE].
func Covariance(psi [][]float64, cluster []int) *mat.SymDense {
	if len(psi) == 0 {
		return &mat.SymDense{}
	}
	n := float64(len(psi[0]))
	if cluster != nil {
		code, levels := Index(cluster)
		sums := make([][]float64, len(psi))
		for k := range psi {
			sums[k] = sumBy(psi[k], code, len(levels))
		}
		psi = sums
	}
	v := mat.NewSymDense(len(psi), nil)
	for a := range psi {
		for b := a; b < len(psi); b++ {
			var s float64
			for i, x := range psi[a] {
				s += x * psi[b][i]
			}
			v.SetSym(a, b, s/(n*n))
		}
	}
	return v
}

func sumBy(x []float64, code []int, levels int) []float64 {
	out := make([]float64, levels)
	for i, v := range x {
		out[code[i]] += v
	}
	return out
}

// Index replaces ids by codes 0…len(levels)−1 in sorted order of the ids.
func Index[K cmp.Ordered](ids []K) (code []int, levels []K) {
	at := make(map[K]int, 64)
	for _, id := range ids {
		at[id] = 0
	}
	levels = make([]K, 0, len(at))
	for id := range at {
		levels = append(levels, id)
	}
	slices.Sort(levels)
	for i, id := range levels {
		at[id] = i
	}
	code = make([]int, len(ids))
	for i, id := range ids {
		code[i] = at[id]
	}
	return code, levels
}

// CheckFinite fails on the first NaN or infinity of a column; where is the
// calling package, name the column as the user knows it.
func CheckFinite(where, name string, x []float64) error {
	for i, v := range x {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return Invalid("%s: %s, row %d: %v is not a number: fill or leave out rows without a value", where, name, i+1, v)
		}
	}
	return nil
}

// CheckLength fails if a column's length is not n.
func CheckLength(where, name string, got, n int) error {
	if got != n {
		return Invalid("%s: %s has %d rows, the outcome has %d: every column needs one value per row", where, name, got, n)
	}
	return nil
}

// CheckWeights fails on a weight that is negative or not finite, and when
// all are zero. nil means equal weights and passes.
func CheckWeights(where string, w []float64, n int) error {
	if w == nil {
		return nil
	}
	if err := CheckLength(where, "weights", len(w), n); err != nil {
		return err
	}
	if err := CheckFinite(where, "weights", w); err != nil {
		return err
	}
	var sum float64
	for i, v := range w {
		if v < 0 {
			return Invalid("%s: weights, row %d: %v is negative: weights must be 0 or more", where, i+1, v)
		}
		sum += v
	}
	if sum == 0 {
		return Invalid("%s: all weights are zero: give at least one row weight", where)
	}
	return nil
}
