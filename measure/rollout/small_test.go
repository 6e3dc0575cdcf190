package rollout_test

import (
	"errors"
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/panel"
	"github.com/chanzipu/outfitter/measure/rollout"
)

// Tiny and ragged panels end in an estimate, a refusal or ErrInput.
func TestSmall(t *testing.T) {
	for seed := range uint64(600) {
		rng := measure.Rand(seed)
		var r rollout.Data
		units, periods := 1+rng.IntN(6), 1+rng.IntN(6)
		for u := range units {
			first := rng.IntN(periods + 3)
			for p := range periods {
				if rng.IntN(5) > 0 || seed%2 == 0 {
					r.Outcome, r.Unit, r.Time, r.First = append(r.Outcome, float64(rng.IntN(5))), append(r.Unit, u), append(r.Time, p+1), append(r.First, first)
				}
			}
		}
		check := func(name string, f panel.Fit, err error) {
			t.Helper()
			switch {
			case err != nil && !errors.Is(err, measure.ErrInput):
				t.Errorf("%s(seed %d) = %v, want ErrInput", name, seed, err)
			case err == nil && f.Refusal == nil && len(f.Estimates) == 0:
				t.Errorf("%s(seed %d): neither estimate nor refusal", name, seed)
			}
			for _, e := range f.Estimates {
				if math.IsNaN(e.Value) {
					t.Errorf("%s(seed %d): %s is NaN", name, seed, e.Name)
				}
			}
		}
		f, err := rollout.SunAbraham(t.Context(), r, panel.Options{})
		check("SunAbraham", f, err)
		f, err = rollout.EventStudy(t.Context(), r, panel.Options{})
		check("EventStudy", f, err)
		f, _, err = rollout.TWFE(t.Context(), r, on(r), panel.Options{})
		check("TWFE", f, err)
	}
}
