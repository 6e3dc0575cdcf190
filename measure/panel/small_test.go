package panel_test

import (
	"errors"
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/panel"
)

// Tiny and degenerate data end in an estimate, a refusal or ErrInput: never
// in a panic, and never in a coefficient that is NaN.
func TestSmall(t *testing.T) {
	for seed := range uint64(600) {
		rng := measure.Rand(seed)
		n := 1 + rng.IntN(12)
		column := func(k int) []float64 {
			x := make([]float64, n)
			for i := range x {
				x[i] = float64(rng.IntN(k))
			}
			return x
		}
		factor := func(k int) absorb.Factor {
			id := make([]int, n)
			for i := range id {
				id[i] = rng.IntN(k)
			}
			return absorb.NewFactor("f", id)
		}
		d := panel.Data{Outcome: column(4), Regressors: []panel.Column{{Name: "x", Values: column(3)}, {Name: "z", Values: column(2)}},
			Fixed: []absorb.Factor{factor(1 + rng.IntN(4)), factor(1 + rng.IntN(3))}}
		if rng.IntN(2) == 0 {
			d.Clusters = []absorb.Factor{factor(3)}
		}
		if rng.IntN(3) == 0 {
			d.Weights = column(3)
		}
		check := func(name string, f panel.Fit, err error) {
			t.Helper()
			if err != nil {
				if !errors.Is(err, measure.ErrInput) {
					t.Errorf("%s(seed %d) = %v, want ErrInput", name, seed, err)
				}
				return
			}
			if f.Refusal == nil && len(f.Estimates) == 0 {
				t.Errorf("%s(seed %d): neither estimate nor refusal", name, seed)
			}
			for _, e := range f.Estimates {
				if math.IsNaN(e.Value) {
					t.Errorf("%s(seed %d): %s is NaN", name, seed, e.Name)
				}
			}
		}
		f, err := panel.OLS(t.Context(), d, panel.Options{})
		check("OLS", f, err)
		f, err = panel.Poisson(t.Context(), d, panel.Options{DropSingletons: seed%2 == 0})
		check("Poisson", f, err)
		iv, err := panel.TwoStage(t.Context(), d, panel.Column{Name: "d", Values: column(3)}, []panel.Column{{Name: "i", Values: column(2)}}, panel.Options{})
		check("TwoStage", iv.Fit, err)
		c, err := panel.DoseResponse(t.Context(), d, column(4), nil, panel.Options{})
		check("DoseResponse", c.Fit, err)
	}
}
