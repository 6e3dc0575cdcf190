package akm_test

import (
	"errors"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/akm"
)

// Tiny graphs end in figures, a refusal or ErrInput.
func TestSmall(t *testing.T) {
	for seed := range uint64(400) {
		rng := measure.Rand(seed)
		n := 1 + rng.IntN(20)
		y, person, firm := make([]float64, n), make([]int, n), make([]int, n)
		for i := range y {
			y[i], person[i], firm[i] = float64(rng.IntN(5)), rng.IntN(5), rng.IntN(4)
		}
		d := akm.Data{Outcome: y, Person: absorb.NewFactor("p", person), Platform: absorb.NewFactor("f", firm)}
		for _, method := range []akm.Method{akm.Exact, akm.Projection} {
			r, err := akm.Decompose(t.Context(), d, akm.Options{Method: method, Draws: 20})
			if err != nil && !errors.Is(err, measure.ErrInput) {
				t.Errorf("Decompose(seed %d, %s) = %v, want ErrInput", seed, method, err)
			}
			if err == nil && r.Refusal == nil && !(r.Estimates[0].Value == r.Estimates[0].Value) {
				t.Errorf("Decompose(seed %d, %s): %v", seed, method, r.Estimates)
			}
		}
	}
}
