package adjust

import (
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/regression"
)

// TestHostile feeds small, ugly samples: whatever comes back must be an
// error, a refusal or a finite effect, and never a panic.
func TestHostile(t *testing.T) {
	values := []float64{0, 0, 1, -1, 1e-300, 1e150, -1e150, 3, 7, math.Pi}
	for seed := range uint64(1500) {
		rng := measure.Rand(seed)
		var in Input
		var reg Regression
		in.Covariates = make([][]float64, rng.IntN(4))
		for i := range 1 + rng.IntN(80) {
			in.Outcome, in.Treated = append(in.Outcome, values[rng.IntN(len(values))]), append(in.Treated, rng.IntN(3) == 0)
			in.Weights, in.Cluster = append(in.Weights, float64(rng.IntN(3))), append(in.Cluster, i/3)
			reg.Treatment = append(reg.Treatment, values[rng.IntN(4)])
			for j := range in.Covariates {
				in.Covariates[j] = append(in.Covariates[j], values[rng.IntN(len(values))])
			}
		}
		if seed%2 == 0 {
			in.Weights = nil
		}
		if seed%3 == 0 {
			in.Cluster = nil
		}
		o := Options{Folds: 1 + rng.IntN(5), Repeats: rng.IntN(3), Discard: seed%7 == 0,
			Outcome: regression.Penalty(rng.IntN(3)), Propensity: regression.Penalty(rng.IntN(3))}
		if seed%2 == 1 {
			o.Target = ATT
		}
		got, err := AIPW(t.Context(), in, o)
		if err == nil && got.Refusal == nil {
			for _, e := range got.Estimates {
				if math.IsNaN(e.Value) || math.IsInf(e.Value, 0) {
					t.Fatalf("seed %d: %s = %v without a refusal", seed, e.Name, e.Value)
				}
			}
		}
		reg.Outcome, reg.Covariates, reg.Weights = in.Outcome, in.Covariates, in.Weights
		got, err = Sensitivity(reg, SensitivityOptions{Benchmark: len(in.Covariates) - 1})
		if err == nil && got.Refusal == nil {
			if e := got.Estimates[0]; math.IsNaN(e.Value) || math.IsInf(e.Value, 0) {
				t.Fatalf("seed %d: sensitivity %+v without a refusal", seed, e)
			}
		}
	}
}
