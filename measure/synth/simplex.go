package synth

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// simplex finds the w that minimises |b − Σ w_i a_i|² with w ≥ 0, Σ w = 1,
// exactly, by an active set: columns enter where the gradient asks for them
// and leave where the least-squares step would make them negative (Lawson and
// Hanson 1974, chapter 23, with the sum as an equality). a[i] is column i,
// as long as b. At most len(b)+1 weights are positive.
func simplex(a [][]float64, b []float64) []float64 {
	w := make([]float64, len(a))
	if len(a) == 0 {
		return w
	}
	best, closest := 0, math.Inf(1)
	var scale float64
	for i, c := range a {
		if d := distance(c, b); d < closest {
			best, closest = i, d
		}
		scale = math.Max(scale, math.Sqrt(distance(c, b)))
	}
	w[best] = 1
	set := []int{best}
	barred := make([]bool, len(a)) // entered and left at once: rounding, not progress
	r := make([]float64, len(b))
	for range 10*len(a) + 100 {
		residual(r, a, b, w, set)
		var nu float64 // the gradient's common value on the set
		for _, i := range set {
			nu += w[i] * dot(a[i], r)
		}
		enter, most := -1, 1e-11*scale*math.Max(norm(r), 1e-12*scale)
		for i, c := range a {
			if w[i] == 0 && !barred[i] {
				if gain := dot(c, r) - nu; gain > most {
					enter, most = i, gain
				}
			}
		}
		if enter < 0 {
			break
		}
		before := dot(r, r)
		set = append(set, enter)
		set = descend(a, b, w, set)
		residual(r, a, b, w, set)
		if w[enter] == 0 || dot(r, r) >= before {
			barred[enter] = true
		} else {
			clear(barred)
		}
	}
	return w
}

// descend moves w to the least-squares point of the set, dropping members
// that reach zero on the way, and returns the set left.
func descend(a [][]float64, b []float64, w []float64, set []int) []int {
	for len(set) > 1 {
		goal, ok := equality(a, b, set)
		if !ok { // the newcomer repeats the others
			last := set[len(set)-1]
			w[last] = 0
			return set[:len(set)-1]
		}
		step, out := 1.0, -1
		for k, i := range set {
			if goal[k] <= 0 {
				if s := w[i] / (w[i] - goal[k]); s < step || out < 0 {
					step, out = s, k
				}
			}
		}
		for k, i := range set {
			w[i] += step * (goal[k] - w[i])
		}
		if out < 0 {
			return set
		}
		var left []int
		for k, i := range set {
			if k == out || w[i] <= 0 {
				w[i] = 0
			} else {
				left = append(left, i)
			}
		}
		set = left
	}
	if len(set) == 1 {
		w[set[0]] = 1
	}
	return set
}

// equality solves the least squares over the set with weights adding to one.
func equality(a [][]float64, b []float64, set []int) ([]float64, bool) {
	base := a[set[0]]
	n, k := len(b), len(set)-1
	if k > n {
		return nil, false
	}
	d := mat.NewDense(n, k, nil)
	y := mat.NewVecDense(n, nil)
	for t := range n {
		y.SetVec(t, b[t]-base[t])
		for j, i := range set[1:] {
			d.Set(t, j, a[i][t]-base[t])
		}
	}
	var qr mat.QR
	qr.Factorize(d)
	if qr.Cond() > 1e13 {
		return nil, false
	}
	var x mat.VecDense
	if err := qr.SolveVecTo(&x, false, y); err != nil && math.IsNaN(x.AtVec(0)) {
		return nil, false
	}
	out := make([]float64, k+1)
	out[0] = 1
	for j := range k {
		out[j+1] = x.AtVec(j)
		out[0] -= x.AtVec(j)
	}
	return out, true
}

func residual(r []float64, a [][]float64, b, w []float64, set []int) {
	copy(r, b)
	for _, i := range set {
		for t, v := range a[i] {
			r[t] -= w[i] * v
		}
	}
}

func distance(x, y []float64) float64 {
	var s float64
	for t, v := range x {
		s += (v - y[t]) * (v - y[t])
	}
	return s
}

func dot(x, y []float64) float64 {
	var s float64
	for t, v := range x {
		s += v * y[t]
	}
	return s
}

func norm(x []float64) float64 { return math.Sqrt(dot(x, x)) }
