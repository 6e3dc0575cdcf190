package panel_test

import (
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/panel"
)

// design is bench/measure/fe_pyfixest.py's: "easy" has units drawn at
// random, "sparse" workers of ten years who seldom move, on a ring of firms.
func design(n int, kind string) (y, x []float64, a, b []int) {
	rng := measure.Rand(1)
	y, x, a, b = make([]float64, n), make([]float64, n), make([]int, n), make([]int, n)
	firms, at := n/100, 0
	for i := range n {
		if kind == "easy" {
			a[i], b[i] = rng.IntN(n/20), rng.IntN(int(math.Sqrt(float64(n))))
		} else {
			a[i] = i / 10
			if i%10 == 0 {
				at = rng.IntN(firms)
			} else if rng.Float64() < 0.02 {
				at = (at + 1 + rng.IntN(3)) % firms
			}
			b[i] = at
		}
		x[i] = rng.NormFloat64() + math.Sin(float64(b[i]))
		y[i] = x[i] + math.Sin(float64(a[i])) + math.Cos(float64(b[i])) + rng.NormFloat64()
	}
	return y, x, a, b
}

func BenchmarkOLS(b *testing.B) {
	for _, bm := range []struct {
		name, kind string
		n          int
	}{{"easy-1M", "easy", 1e6}, {"sparse-1M", "sparse", 1e6}, {"easy-10M", "easy", 1e7}, {"sparse-10M", "sparse", 1e7}} {
		b.Run(bm.name, func(b *testing.B) {
			y, x, unit, firm := design(bm.n, bm.kind)
			b.ReportAllocs()
			for b.Loop() {
				f, err := panel.OLS(b.Context(), panel.Data{
					Outcome: y, Regressors: []panel.Column{{Name: "x", Values: x}},
					Fixed: []absorb.Factor{absorb.NewFactor("a", unit), absorb.NewFactor("b", firm)},
				}, panel.Options{})
				if err != nil {
					b.Fatal(err)
				}
				if math.Abs(f.Coef[0]-1) > 0.01 {
					b.Fatalf("coefficient = %v, want 1", f.Coef[0])
				}
			}
		})
	}
}
