package synth

import (
	"fmt"
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
)

func columns(seed uint64, n, rows int) ([][]float64, []float64) {
	rng := measure.Rand(seed)
	common := make([]float64, rows)
	for t := range common {
		common[t] = rng.NormFloat64()
	}
	a := make([][]float64, n)
	for i := range a {
		a[i] = make([]float64, rows)
		load := rng.NormFloat64()
		for t := range a[i] {
			a[i][t] = 5 + load*common[t] + 0.3*rng.NormFloat64()
		}
	}
	b := make([]float64, rows)
	for t := range b {
		b[t] = 5 + 0.7*common[t] + 0.3*rng.NormFloat64()
	}
	return a, b
}

// optimal checks the Karush-Kuhn-Tucker conditions: the gradient is the same
// for every positive weight and no better for a zero one.
func optimal(t *testing.T, a [][]float64, b, w []float64, eta float64) {
	t.Helper()
	r := append([]float64(nil), b...)
	var sum float64
	for i, v := range w {
		if v < 0 {
			t.Fatalf("weight %d = %v, want ≥ 0", i, v)
		}
		sum += v
		for s, x := range a[i] {
			r[s] -= v * x
		}
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Fatalf("weights sum to %v, want 1", sum)
	}
	var nu float64
	for i, v := range w {
		nu += v * (dot(a[i], r) - eta*v)
	}
	for i, v := range w {
		g := dot(a[i], r) - eta*v - nu
		if g > 1e-7 || v > 1e-9 && g < -1e-7 {
			t.Fatalf("gradient of weight %d (%v) = %v, want ≤ 0, and 0 where positive", i, v, g)
		}
	}
}

func TestOptimum(t *testing.T) {
	for _, size := range []struct{ n, rows int }{{2, 5}, {5, 20}, {40, 10}, {38, 19}, {300, 30}, {3, 2}} {
		for seed := range uint64(10) {
			t.Run(fmt.Sprint(size, seed), func(t *testing.T) {
				a, b := columns(seed, size.n, size.rows)
				optimal(t, a, b, simplex(a, b), 0)
				for _, eta := range []float64{0.01, 1, 100} {
					q := &ridge{rows: size.rows, eta: eta}
					for _, c := range a {
						q.a = append(q.a, c...)
					}
					optimal(t, a, b, q.solve(b, q.start(b), nil), eta)
				}
			})
		}
	}
}

// Two donors alike: weights are not unique, the fit is.
func TestOptimumTwins(t *testing.T) {
	a, b := columns(4, 6, 8)
	a = append(a, a...)
	optimal(t, a, b, simplex(a, b), 0)
}

func BenchmarkDiD(b *testing.B) {
	for _, size := range []struct{ units, periods, treated int }{{1000, 30, 50}, {20000, 60, 1000}} {
		b.Run(fmt.Sprint(size.units, "x", size.periods), func(b *testing.B) {
			p := factorPanel(3, size.units, size.periods, size.treated, 2)
			b.ReportAllocs()
			for b.Loop() {
				f, err := DiD(b.Context(), p, Options{Seed: 1})
				if err != nil {
					b.Fatal(err)
				}
				if e := f.Estimates[0]; math.Abs(e.Value-2) > 6*e.SE {
					b.Fatalf("ATT = %v (%v), want about 2", e.Value, e.SE)
				}
			}
		})
	}
}

func BenchmarkControl(b *testing.B) {
	p := factorPanel(3, 200, 40, 1, 2)
	for b.Loop() {
		if _, err := Control(b.Context(), p, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// factorPanel draws units that load on two common paths, and adds effect to
// the first treated units from two thirds of the periods on.
func factorPanel(seed uint64, units, periods, treated int, effect float64) Panel {
	rng := measure.Rand(seed)
	paths := make([][2]float64, periods)
	for t := 1; t < periods; t++ {
		paths[t] = [2]float64{paths[t-1][0] + rng.NormFloat64(), 0.7*paths[t-1][1] + rng.NormFloat64()}
	}
	p := Panel{Since: periods * 2 / 3}
	for u := range units {
		a, b, c := rng.NormFloat64(), rng.Float64(), rng.Float64()
		if u < treated {
			p.Treated = append(p.Treated, u)
		}
		for t := range periods {
			v := a + b*paths[t][0] + c*paths[t][1] + rng.NormFloat64()
			if u < treated && t >= p.Since {
				v += effect
			}
			p.Unit, p.Time, p.Outcome = append(p.Unit, u), append(p.Time, t), append(p.Outcome, v)
		}
	}
	return p
}
