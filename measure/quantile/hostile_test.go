package quantile

import (
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
)

// TestHostile feeds small, ugly samples: whatever comes back must be an
// error, a refusal or finite effects, and never a panic.
func TestHostile(t *testing.T) {
	values := []float64{0, 0, 1, -1, 1e-300, 1e150, -1e150, 3, 7, math.Pi}
	for seed := range uint64(400) {
		rng := measure.Rand(seed)
		var in Input
		in.Covariates = make([][]float64, rng.IntN(3))
		for i := range 1 + rng.IntN(60) {
			in.Outcome, in.Treated = append(in.Outcome, values[rng.IntN(len(values))]), append(in.Treated, rng.IntN(2) == 0)
			in.Weights, in.Cluster = append(in.Weights, float64(rng.IntN(3))), append(in.Cluster, i/3)
			for j := range in.Covariates {
				in.Covariates[j] = append(in.Covariates[j], values[rng.IntN(5)])
			}
		}
		if seed%2 == 0 {
			in.Weights = nil
		}
		if seed%3 == 0 {
			in.Cluster = nil
		}
		got, err := Effects(t.Context(), in, Options{Draws: 100, OnTreated: seed%5 == 0, Clip: float64(seed%2) * .02})
		if err != nil || got.Refusal != nil {
			continue
		}
		for _, e := range got.Estimates {
			relative := len(e.Name) > 8 && e.Name[:8] == "relative"
			if math.IsInf(e.Value, 0) || (math.IsNaN(e.Value) && !relative) {
				t.Fatalf("seed %d: %s = %v without a refusal", seed, e.Name, e.Value)
			}
		}
	}
}
