package did

import (
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
)

// TestHostile feeds small, ugly panels: whatever comes back must be an error,
// a refusal or finite effects, and never a panic.
func TestHostile(t *testing.T) {
	values := []float64{0, 0, 1, -1, 1e-300, 1e150, -1e150, 3, 7, math.Pi}
	for seed := range uint64(3000) {
		rng := measure.Rand(seed)
		var in Input
		units, periods := 1+rng.IntN(8), 1+rng.IntN(6)
		in.Covariates = make([][]float64, rng.IntN(3))
		for u := range units {
			g, c := rng.IntN(periods+3), rng.IntN(3)
			for p := 1; p <= periods; p++ {
				if rng.IntN(10) == 0 {
					continue
				}
				in.Unit, in.Time, in.FirstTreated = append(in.Unit, u), append(in.Time, p*(1+int(seed%3))), append(in.FirstTreated, g)
				in.Outcome = append(in.Outcome, values[rng.IntN(len(values))])
				in.Weights, in.Cluster = append(in.Weights, float64(rng.IntN(3))), append(in.Cluster, c)
				for j := range in.Covariates {
					in.Covariates[j] = append(in.Covariates[j], values[rng.IntN(5)])
				}
			}
		}
		if seed%2 == 0 {
			in.Weights = nil
		}
		if seed%3 == 0 {
			in.Cluster = nil
		}
		o := Options{Anticipation: rng.IntN(2)}
		if rng.IntN(2) == 0 {
			o.Control = NotYetTreated
		}
		if rng.IntN(2) == 0 {
			o.Base = Universal
		}
		if rng.IntN(2) == 0 {
			o.Missing = PairUnits
		}
		if rng.IntN(4) == 0 {
			o.Draws = 100
		}
		got, err := Estimate(t.Context(), in, o)
		if err != nil || got.Refusal != nil {
			continue
		}
		for _, e := range got.Estimates {
			if math.IsNaN(e.Value) || math.IsInf(e.Value, 0) {
				t.Fatalf("seed %d: %s = %v without a refusal", seed, e.Name, e.Value)
			}
		}
		if _, err := Placebo(t.Context(), in, 1, o); err != nil {
			t.Fatalf("seed %d: placebo: %v", seed, err)
		}
	}
}
