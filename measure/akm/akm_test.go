package akm_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/akm"
	"github.com/chanzipu/outfitter/measure/measuretest"
	"github.com/chanzipu/outfitter/measure/panel"
)

// simulate draws people of four periods on a few platforms, with known
// effects; truth is their variances over person-periods.
func simulate(seed uint64, people, platforms int) (d akm.Data, platform, cov float64) {
	rng := measure.Rand(seed)
	psi := make([]float64, platforms)
	for j := range psi {
		psi[j] = 0.3 * rng.NormFloat64()
	}
	var person, firm []int
	var a, b []float64
	for i := range people {
		alpha, at := rng.NormFloat64()*0.5, rng.IntN(platforms)
		for t := range 4 {
			if t == 2 && i%3 > 0 {
				at = rng.IntN(platforms)
			}
			person, firm = append(person, i), append(firm, at)
			a, b = append(a, alpha), append(b, psi[at])
			d.Outcome = append(d.Outcome, alpha+psi[at]+0.6*rng.NormFloat64())
		}
	}
	d.Person, d.Platform = absorb.NewFactor("person", person), absorb.NewFactor("platform", firm)
	return d, covariance(b, b), covariance(a, b)
}

func covariance(a, b []float64) float64 {
	var ma, mb, s float64
	for i := range a {
		ma += a[i] / float64(len(a))
		mb += b[i] / float64(len(a))
	}
	for i := range a {
		s += (a[i] - ma) * (b[i] - mb)
	}
	return s / float64(len(a)-1)
}

// Over 50 draws the corrected figures average to the truth, the plug-in ones do not.
func TestUnbiased(t *testing.T) {
	var corrected, plug, cov []float64
	for seed := range uint64(50) {
		d, platform, c := simulate(seed+1, 240, 40)
		r, err := akm.Decompose(t.Context(), d, akm.Options{})
		if err != nil || r.Refusal != nil {
			t.Fatal(err, r.Refusal)
		}
		v, _ := r.Get("var(platform)")
		p, _ := r.Get("plug-in var(platform)")
		k, _ := r.Get("cov(person,platform)")
		corrected, plug, cov = append(corrected, v.Value-platform), append(plug, p.Value-platform), append(cov, k.Value-c)
	}
	for name, x := range map[string][]float64{"var(platform)": corrected, "cov": cov} {
		m, se := mean(x)
		if math.Abs(m) > 3.5*se {
			t.Errorf("bias of %s = %v (%v), want 0", name, m, se)
		}
	}
	if m, se := mean(plug); m < 3.5*se {
		t.Errorf("bias of the plug-in = %v (%v), want well above 0: else this test shows nothing", m, se)
	}
}

func mean(x []float64) (m, se float64) {
	for _, v := range x {
		m += v / float64(len(x))
	}
	for _, v := range x {
		se += (v - m) * (v - m)
	}
	return m, math.Sqrt(se) / float64(len(x))
}

// Controls are fitted first: a shift by a control must not change anything.
func TestControls(t *testing.T) {
	d, _, _ := simulate(3, 200, 20)
	want, err := akm.Decompose(t.Context(), d, akm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rng := measure.Rand(9)
	x := make([]float64, len(d.Outcome))
	with := d
	with.Outcome = append([]float64(nil), d.Outcome...)
	for i := range x {
		x[i] = rng.NormFloat64()
		with.Outcome[i] += 5 * x[i]
	}
	with.Controls = []panel.Column{{Name: "x", Values: x}}
	got, err := akm.Decompose(t.Context(), with, akm.Options{})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "var(platform)", got.Estimates[0].Value, want.Estimates[0].Value, 0.01)
}

func TestRefusal(t *testing.T) {
	y := []float64{1, 2, 3, 4, 5, 7}
	tests := []struct {
		name         string
		person, firm []int
		want         string
	}{
		{"nobody moves", []int{1, 1, 2, 2, 3, 3}, []int{1, 1, 2, 2, 2, 2}, "no-movers"},
		{"one bridge", []int{1, 1, 2, 2, 3, 3}, []int{1, 2, 1, 1, 2, 2}, "no-leave-out-set"},
	}
	for _, tt := range tests {
		r, err := akm.Decompose(t.Context(), akm.Data{Outcome: y, Person: absorb.NewFactor("p", tt.person), Platform: absorb.NewFactor("f", tt.firm)}, akm.Options{})
		if err != nil || r.Refusal == nil || r.Refusal.Code != tt.want {
			t.Errorf("Decompose(%s) = %+v, %v, want refusal %q", tt.name, r, err, tt.want)
		}
	}
}

func TestBadInput(t *testing.T) {
	f := absorb.NewFactor("f", []int{1, 2})
	for name, tt := range map[string]struct {
		d akm.Data
		o akm.Options
	}{
		"empty":        {},
		"NaN":          {d: akm.Data{Outcome: []float64{1, math.NaN()}, Person: f, Platform: f}},
		"person short": {d: akm.Data{Outcome: []float64{1, 2, 3}, Person: f, Platform: f}},
		"method":       {d: akm.Data{Outcome: []float64{1, 2}, Person: f, Platform: f}, o: akm.Options{Method: "guess"}},
	} {
		if _, err := akm.Decompose(t.Context(), tt.d, tt.o); !errors.Is(err, measure.ErrInput) {
			t.Errorf("Decompose(%s) = %v, want ErrInput", name, err)
		}
	}
}

func ExampleDecompose() {
	// Three people, each seen twice on both tools: tool 2 gives 1 more.
	d := akm.Data{
		Outcome:  []float64{1, 1.1, 2.1, 2, 2, 2.1, 3.1, 3, 5, 5.1, 6.1, 6},
		Person:   absorb.NewFactor("person", []int{1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3}),
		Platform: absorb.NewFactor("tool", []int{1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2}),
	}
	r, err := akm.Decompose(context.Background(), d, akm.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	v, _ := r.Get("var(platform)")
	fmt.Printf("%s %.3f\n", v.Name, v.Value)
	// Output: var(platform) 0.273
}
