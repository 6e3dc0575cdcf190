package experiment

import (
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
)

// TestHostile feeds small, ugly experiments: whatever comes back must be an
// error, a refusal or finite effects, and never a panic.
func TestHostile(t *testing.T) {
	values := []float64{0, 0, 1, -1, 1e-300, 1e150, -1e150, 3, 7, math.Pi}
	for seed := range uint64(3000) {
		rng := measure.Rand(seed)
		var r Rows
		var when []float64
		r.Covariates = make([][]float64, rng.IntN(3))
		for range 1 + rng.IntN(14) {
			c := rng.IntN(6)
			r.Outcome, r.Treated = append(r.Outcome, values[rng.IntN(len(values))]), append(r.Treated, c%2 == 0)
			r.Weights, r.Cluster = append(r.Weights, float64(rng.IntN(3))), append(r.Cluster, c)
			r.Denominator = append(r.Denominator, values[rng.IntN(4)])
			when = append(when, float64(rng.IntN(20)-10))
			for j := range r.Covariates {
				r.Covariates[j] = append(r.Covariates[j], values[rng.IntN(len(values))])
			}
		}
		small := Small{Outcome: r.Outcome, Treated: r.Treated, Stratum: r.Cluster}
		if seed%2 == 0 {
			r.Weights, r.Denominator, small.Stratum = nil, nil, nil
		}
		if seed%3 == 0 {
			r.Cluster = nil
		}
		var results []measure.Result
		add := func(res measure.Result, err error) {
			if err == nil && res.Refusal == nil {
				results = append(results, res)
			}
		}
		add(Analyse(r, Options{}))
		if c, a, err := r.Arms(); err == nil {
			add(Sequential(c, a, Options{Tuning: 10}))
		}
		add(Randomise(t.Context(), small, SmallOptions{Draws: 200, Exact: 5000, Level: .8}))
		add(Reaching(t.Context(), small, ReachingOptions{Line: 1, SmallOptions: SmallOptions{Level: .8}}))
		add(DaysToFirst(t.Context(), small, small.Treated, FirstOptions{SmallOptions: SmallOptions{Level: .8}}))
		add(Switchback(Switches{Outcome: r.Outcome, Treated: r.Treated, Time: when, Burn: float64(seed % 2)}))
		for _, res := range results {
			if e := res.Estimates[0]; math.IsNaN(e.Value) || math.IsInf(e.Value, 0) || e.Lo > e.Hi {
				t.Fatalf("seed %d: %s: %+v without a refusal", seed, res.Method, e)
			}
		}
	}
}
