package synth_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/synth"
)

func background() context.Context { return context.Background() }

func TestRefusal(t *testing.T) {
	all := func(p synth.Panel) synth.Panel {
		p.Treated = nil
		for u := range 6 {
			p.Treated = append(p.Treated, u)
		}
		return p
	}
	base := panelOf(1, 6, 9, 1, 0)
	since := func(t int) synth.Panel {
		p := base
		p.Since = t
		return p
	}
	tests := []struct {
		name string
		p    synth.Panel
		want string
	}{
		{"everyone", all(base), "everyone-treated"},
		{"one donor", panelOf(1, 2, 9, 1, 0), "too-few-donors"},
		{"from the start", since(1), "too-few-before"},
		{"never", since(99), "no-after"},
	}
	for _, tt := range tests {
		for name, f := range map[string]func(context.Context, synth.Panel, synth.Options) (synth.Fit, error){"Control": synth.Control, "DiD": synth.DiD} {
			got, err := f(t.Context(), tt.p, synth.Options{})
			if err != nil || got.Refusal == nil || got.Refusal.Code != tt.want || len(got.Estimates) > 0 {
				t.Errorf("%s(%s) = %+v, %v, want refusal %q", name, tt.name, got.Refusal, err, tt.want)
			}
		}
	}
}

func TestImpactRefusal(t *testing.T) {
	y := []float64{1, 2, 3, 2, 1, 2, 3, 4}
	for _, tt := range []struct {
		name string
		s    synth.Series
		want string
	}{
		{"no after", synth.Series{Outcome: y, Before: 8}, "no-after"},
		{"short", synth.Series{Outcome: y, Before: 3}, "too-few-before"},
		{"constant", synth.Series{Outcome: []float64{1, 1, 1, 1, 1, 1, 2}, Before: 6}, "constant-before"},
	} {
		f, err := synth.Impact(t.Context(), tt.s, synth.ImpactOptions{})
		if err != nil || f.Refusal == nil || f.Refusal.Code != tt.want {
			t.Errorf("Impact(%s) = %+v, %v, want refusal %q", tt.name, f.Refusal, err, tt.want)
		}
	}
	if _, err := synth.Impact(t.Context(), synth.Series{Outcome: []float64{1, math.NaN()}}, synth.ImpactOptions{}); !errors.Is(err, measure.ErrInput) {
		t.Errorf("Impact(NaN) = %v, want ErrInput", err)
	}
}

// A control that never changes before treatment must do no harm.
func TestImpactConstantControl(t *testing.T) {
	rng := measure.Rand(2)
	s := synth.Series{Controls: [][]float64{make([]float64, 40)}, Before: 30}
	for range 40 {
		s.Outcome = append(s.Outcome, 5+rng.NormFloat64())
	}
	f, err := synth.Impact(t.Context(), s, synth.ImpactOptions{Draws: 400})
	if err != nil || f.Refusal != nil {
		t.Fatal(err, f.Refusal)
	}
	if e, _ := f.Get("average"); !(math.Abs(e.Value) < 3*e.SE) {
		t.Errorf("average = %+v, want about 0", e)
	}
}

func TestSameSeedSameDigits(t *testing.T) {
	p := panelOf(3, 30, 20, 4, 1)
	a, _ := synth.DiD(t.Context(), p, synth.Options{Seed: 7})
	b, _ := synth.DiD(t.Context(), p, synth.Options{Seed: 7})
	if a.Estimates[0] != b.Estimates[0] {
		t.Errorf("DiD twice = %v, %v, want the same", a.Estimates[0], b.Estimates[0])
	}
}

func TestBadInput(t *testing.T) {
	ok := panelOf(1, 5, 6, 1, 0)
	change := func(f func(*synth.Panel)) synth.Panel {
		p := synth.Panel{Outcome: append([]float64(nil), ok.Outcome...), Unit: append([]int(nil), ok.Unit...), Time: append([]int(nil), ok.Time...), Treated: []int{0}, Since: 4}
		f(&p)
		return p
	}
	for name, p := range map[string]synth.Panel{
		"empty":      {},
		"NaN":        change(func(p *synth.Panel) { p.Outcome[3] = math.NaN() }),
		"twice":      change(func(p *synth.Panel) { p.Time[1] = p.Time[0] }),
		"incomplete": change(func(p *synth.Panel) { p.Outcome, p.Unit, p.Time = p.Outcome[1:], p.Unit[1:], p.Time[1:] }),
		"unknown":    change(func(p *synth.Panel) { p.Treated = []int{99} }),
		"none":       change(func(p *synth.Panel) { p.Treated = nil }),
		"short":      change(func(p *synth.Panel) { p.Unit = p.Unit[1:] }),
	} {
		if _, err := synth.Control(t.Context(), p, synth.Options{}); !errors.Is(err, measure.ErrInput) {
			t.Errorf("Control(%s) = %v, want ErrInput", name, err)
		}
	}
}

// stores is one treated store, five others, eight weeks.
func stores() synth.Panel {
	sales := [][]float64{
		{10, 11, 12, 13, 14, 19, 20, 21}, {8, 9, 10, 11, 12, 13, 14, 15}, {12, 13, 14, 15, 16, 17, 18, 19},
		{5, 5, 6, 6, 7, 7, 8, 8}, {20, 19, 18, 18, 17, 17, 16, 16}, {9, 11, 10, 12, 11, 13, 12, 14},
	}
	p := synth.Panel{Treated: []int{0}, Since: 5}
	for u, row := range sales {
		for t, v := range row {
			p.Unit, p.Time, p.Outcome = append(p.Unit, u), append(p.Time, t), append(p.Outcome, v)
		}
	}
	return p
}

func ExampleControl() {
	f, err := synth.Control(context.Background(), stores(), synth.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e := f.Estimates[0]
	fmt.Printf("%.1f a week, P %.2f\n", e.Value, e.P)
	// Output: 4.0 a week, P 0.17
}

func ExampleDiD() {
	f, err := synth.DiD(context.Background(), stores(), synth.Options{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.1f a week\n", f.Estimates[0].Value)
	// Output: 4.3 a week
}

func ExampleImpact() {
	s := synth.Series{Before: 20, Controls: [][]float64{nil}}
	for t := range 30 {
		x := float64(t%7) - 3
		y := 50 + 2*x + float64(t%3)
		if t >= 20 {
			y += 10
		}
		s.Controls[0], s.Outcome = append(s.Controls[0], x), append(s.Outcome, y)
	}
	f, err := synth.Impact(context.Background(), s, synth.ImpactOptions{Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := f.Get("average")
	fmt.Printf("about %.0f a period\n", e.Value)
	// Output: about 10 a period
}
