package rollout_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/measuretest"
	"github.com/chanzipu/outfitter/measure/panel"
	"github.com/chanzipu/outfitter/measure/rollout"
)

// staggered draws units × periods; a third is never treated, the others
// start in one of three periods; the effect is grow per period treated.
func staggered(seed uint64, units, periods int, grow float64) (r rollout.Data, att float64) {
	rng := measure.Rand(seed)
	n := 0.0
	for u := range units {
		first := 0
		if k := u % 6; k > 1 {
			first = 3 + (k/2)*periods/5
		}
		level, shock := rng.NormFloat64(), 0.0
		for t := 1; t <= periods; t++ {
			shock = 0.5*shock + rng.NormFloat64()
			y := level + 0.1*float64(t) + shock
			if first > 0 && t >= first {
				y += grow * float64(t-first+1)
				att += grow * float64(t-first+1)
				n++
			}
			r.Outcome, r.Unit, r.Time, r.First = append(r.Outcome, y), append(r.Unit, u), append(r.Time, t), append(r.First, first)
		}
	}
	return r, att / n
}

func on(r rollout.Data) []float64 {
	d := make([]float64, len(r.Time))
	for i, g := range r.First {
		if g > 0 && r.Time[i] >= g {
			d[i] = 1
		}
	}
	return d
}

// Bacon's theorem on random panels: the parts add up to the coefficient.
func TestDecomposition(t *testing.T) {
	for seed := range uint64(10) {
		r, _ := staggered(seed, 30+int(seed), 12, 0.3)
		if seed%2 == 1 { // some treated from the start
			for i := range r.First {
				if r.Unit[i]%6 == 0 {
					r.First[i] = 1
				}
			}
		}
		f, list, err := rollout.TWFE(t.Context(), r, on(r), panel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		measuretest.Near(t, "Σ weight × value", rollout.Value(list), f.Coef[0], 1e-9)
	}
}

func TestRefusal(t *testing.T) {
	full := func(first ...int) rollout.Data {
		var r rollout.Data
		for u, g := range first {
			for t := 1; t <= 4; t++ {
				r.Outcome, r.Unit, r.Time, r.First = append(r.Outcome, float64((u*7+t*3)%5)), append(r.Unit, u), append(r.Time, t), append(r.First, g)
			}
		}
		return r
	}
	tests := []struct {
		name string
		r    rollout.Data
		want string
	}{
		{"nobody", full(0, 0, 0), "nobody-treated"},
		{"everyone at once", full(3, 3, 3), "everyone-treated"},
		{"from the start", full(1, 1, 1), "no-before"},
	}
	for _, tt := range tests {
		f, err := rollout.SunAbraham(t.Context(), tt.r, panel.Options{})
		if err != nil || f.Refusal == nil || f.Refusal.Code != tt.want || len(f.Estimates) > 0 {
			t.Errorf("SunAbraham(%s) = %+v, %v, want refusal %q", tt.name, f.Refusal, err, tt.want)
		}
	}
	f, err := rollout.EventStudy(t.Context(), full(3, 3, 3), panel.Options{})
	if err != nil || f.Refusal == nil || f.Refusal.Code != "everyone-treated" {
		t.Errorf("EventStudy(everyone) = %+v, %v, want refusal", f.Refusal, err)
	}
	r := full(3, 3, 3)
	w, _, err := rollout.TWFE(t.Context(), r, on(r), panel.Options{})
	if err != nil || w.Refusal == nil || w.Refusal.Code != "collinear" {
		t.Errorf("TWFE(everyone at once) = %+v, %v, want refusal", w.Refusal, err)
	}
}

// Without a never-treated unit the last cohort is the control, and stays in.
func TestLastCohort(t *testing.T) {
	r, _ := staggered(4, 60, 12, 1)
	for i, g := range r.First {
		if g == 0 {
			r.First[i] = 11
		}
	}
	f, err := rollout.SunAbraham(t.Context(), r, panel.Options{})
	if err != nil || f.Refusal != nil {
		t.Fatal(err, f.Refusal)
	}
	e, _ := f.Get("event=0")
	measuretest.Near(t, "event=0", e.Value, 1, 4*e.SE)
	if f.N != 60*10 {
		t.Errorf("n = %d, want 600: periods before 11", f.N)
	}
}

func TestBadInput(t *testing.T) {
	ok, _ := staggered(1, 12, 8, 1)
	change := func(f func(*rollout.Data)) rollout.Data {
		r := rollout.Data{Outcome: append([]float64(nil), ok.Outcome...), Unit: append([]int(nil), ok.Unit...), Time: append([]int(nil), ok.Time...), First: append([]int(nil), ok.First...)}
		f(&r)
		return r
	}
	for name, r := range map[string]rollout.Data{
		"empty":    {},
		"twice":    change(func(r *rollout.Data) { r.Time[1] = r.Time[0] }),
		"negative": change(func(r *rollout.Data) { r.First[0] = -3 }),
		"two":      change(func(r *rollout.Data) { r.First[0] = 7 }),
		"short":    change(func(r *rollout.Data) { r.Unit = r.Unit[1:] }),
		"NaN":      change(func(r *rollout.Data) { r.Outcome[0] = math.NaN() }),
	} {
		if _, err := rollout.SunAbraham(t.Context(), r, panel.Options{}); !errors.Is(err, measure.ErrInput) {
			t.Errorf("SunAbraham(%s) = %v, want ErrInput", name, err)
		}
	}
	if _, _, err := rollout.TWFE(t.Context(), ok, []float64{1}, panel.Options{}); !errors.Is(err, measure.ErrInput) {
		t.Errorf("TWFE(short treatment) = %v, want ErrInput", err)
	}
}

func ExampleSunAbraham() {
	var d rollout.Data
	for team, first := range []int{0, 0, 3, 4, 4} {
		for week := 1; week <= 5; week++ {
			y := float64(10*team + week)
			if first > 0 && week >= first {
				y += float64(2 * (week - first + 1)) // grows by 2 a week
			}
			d.Outcome, d.Unit, d.Time, d.First = append(d.Outcome, y), append(d.Unit, team), append(d.Time, week), append(d.First, first)
		}
	}
	f, err := rollout.SunAbraham(context.Background(), d, panel.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"ATT", "event=0", "event=1", "event=2"} {
		e, _ := f.Get(name)
		fmt.Printf("%s %.2f\n", name, e.Value)
	}
	// Output:
	// ATT 3.43
	// event=0 2.00
	// event=1 4.00
	// event=2 6.00
}

var simulations = map[string]measuretest.Draw{
	"sunab, ATT": func(seed uint64) (measure.Estimate, float64, error) {
		r, att := staggered(seed, 120, 12, 0.3)
		f, err := rollout.SunAbraham(context.Background(), r, panel.Options{})
		e, _ := f.Get("ATT")
		return e, att, err
	},
	"event study, one cohort": func(seed uint64) (measure.Estimate, float64, error) {
		r, _ := staggered(seed, 120, 12, 0.3)
		for i, g := range r.First {
			if g > 0 && r.Unit[i]%2 == 0 {
				r.First[i] = 0
			} else if g > 0 {
				r.First[i] = 6
			}
		}
		for i, g := range r.First { // the same effect for all, from 6 on
			if g == 0 && r.Unit[i]%6 > 1 || g == 6 {
				old := 3 + (r.Unit[i]%6/2)*12/5
				if r.Time[i] >= old {
					r.Outcome[i] -= 0.3 * float64(r.Time[i]-old+1)
				}
			}
			if g == 6 && r.Time[i] >= 6 {
				r.Outcome[i] += 0.5
			}
		}
		f, err := rollout.EventStudy(context.Background(), r, panel.Options{})
		e, _ := f.Get("event=2")
		return e, 0.5, err
	},
}

func TestSimulation(t *testing.T) {
	for name, draw := range simulations {
		if got := measuretest.Coverage(t, 50, draw); got < 0.8 {
			t.Errorf("%s: coverage of 50 draws = %v, want about 0.95", name, got)
		}
	}
}

func BenchmarkSunAbraham(b *testing.B) {
	r, _ := staggered(1, 5000, 18, 0.3)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rollout.SunAbraham(b.Context(), r, panel.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
