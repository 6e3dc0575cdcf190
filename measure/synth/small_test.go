package synth_test

import (
	"errors"
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/synth"
)

// Tiny and degenerate series end in an estimate, a refusal or ErrInput.
func TestSmall(t *testing.T) {
	for seed := range uint64(400) {
		rng := measure.Rand(seed)
		check := func(name string, r measure.Result, err error) {
			t.Helper()
			switch {
			case err != nil && !errors.Is(err, measure.ErrInput):
				t.Errorf("%s(seed %d) = %v, want ErrInput", name, seed, err)
			case err == nil && r.Refusal == nil && len(r.Estimates) == 0:
				t.Errorf("%s(seed %d): neither estimate nor refusal", name, seed)
			}
			for _, e := range r.Estimates {
				if math.IsNaN(e.Value) || math.IsInf(e.Value, 0) {
					t.Errorf("%s(seed %d): %s = %v", name, seed, e.Name, e.Value)
				}
			}
		}
		units, periods := 1+rng.IntN(7), 1+rng.IntN(8)
		p := synth.Panel{Treated: []int{0}, Since: rng.IntN(periods + 1)}
		var c synth.Counts
		s := synth.Series{Before: rng.IntN(periods + 8), Controls: [][]float64{nil, nil}}
		for u := range units {
			for k := range periods {
				p.Unit, p.Time, p.Outcome = append(p.Unit, u), append(p.Time, k), append(p.Outcome, float64(rng.IntN(3)))
			}
		}
		if units > 3 && seed%3 == 0 {
			p.Treated = append(p.Treated, 1)
		}
		for k := range periods + 8 {
			c.Outcome, c.After = append(c.Outcome, float64(rng.IntN(3))), append(c.After, k >= s.Before)
			s.Outcome = append(s.Outcome, float64(rng.IntN(3)))
			for j := range s.Controls {
				s.Controls[j] = append(s.Controls[j], float64(rng.IntN(2)))
			}
		}
		f, err := synth.Control(t.Context(), p, synth.Options{})
		check("Control", f.Result, err)
		f, err = synth.DiD(t.Context(), p, synth.Options{Placebos: 20})
		check("DiD", f.Result, err)
		i, err := synth.Interrupted(c, synth.CountOptions{Quasi: seed%2 == 0})
		check("Interrupted", i.Result, err)
		b, err := synth.Impact(t.Context(), s, synth.ImpactOptions{Draws: 50})
		if err == nil && b.Refusal == nil {
			e, _ := b.Get("average")
			check("Impact", measure.Result{Estimates: []measure.Estimate{e}}, nil)
		} else {
			check("Impact", b.Result, err)
		}
	}
}

// TestImpactManyControls has more controls than periods before: the prior
// picks the one that drives the outcome.
func TestImpactManyControls(t *testing.T) {
	const before, after, controls, effect = 40, 20, 100, 5.0
	r := measure.Rand(7)
	s := synth.Series{Outcome: make([]float64, before+after), Before: before}
	for c := range controls {
		x, level := make([]float64, before+after), 0.0
		for i := range x {
			level = 0.8*level + r.NormFloat64()
			x[i] = 50 + 3*level
		}
		if c == 17 {
			for i := range x {
				s.Outcome[i] = 10 + 1.5*x[i] + r.NormFloat64()
				if i >= before {
					s.Outcome[i] += effect
				}
			}
		}
		s.Controls = append(s.Controls, x)
	}
	f, err := synth.Impact(t.Context(), s, synth.ImpactOptions{Draws: 500})
	if err != nil || f.Refusal != nil {
		t.Fatalf("Impact() = %+v, %v, want an estimate", f.Refusal, err)
	}
	if got, ok := f.Get("average"); !ok || math.Abs(got.Value-effect) > 1 || got.SE > 1 {
		t.Errorf("Impact() average = %+v, want %v within 1", got, effect)
	}
}
