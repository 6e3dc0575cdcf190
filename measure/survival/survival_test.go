package survival_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/measuretest"
	"github.com/chanzipu/outfitter/measure/survival"
)

func lung(tb testing.TB) (duration []float64, event, female []bool) {
	t := measuretest.Read(tb, "lung/lung.csv")
	for i, s := range t.Int("status") {
		event, female = append(event, s == 1), append(female, t.Int("sex")[i] == 2)
	}
	return t.Float("time"), event, female
}

// survminer PR 827 (survRM2); survfit prints median 310, rmean 376.3 (19.7).
func TestLung(t *testing.T) {
	duration, event, female := lung(t)
	all, err := survival.KaplanMeier(duration, event, 0)
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "median", all.Quantile(0.5), 310, 0)
	mean, se := all.Mean(1022)
	measuretest.Near(t, "rmean", mean, 376.2747, 1e-4)
	measuretest.Near(t, "rmean SE", se, 19.708, 1e-3)
	tests := []struct {
		tau  float64
		want []measure.Estimate
		tol  float64
	}{
		{965, []measure.Estimate{
			{Name: "difference", Value: 131.8557, SE: 39.75870, Lo: 53.93005, Hi: 209.7813, P: .0009118595},
			{Name: "treated", Value: 455.9041, SE: 32.91742, Lo: math.NaN(), P: math.NaN()},
			{Name: "control", Value: 324.0484, SE: 22.29794, Lo: math.NaN(), P: math.NaN()},
		}, 5e-5},
		{365, []measure.Estimate{
			{Name: "difference", Value: 55.970324, SE: 14.958126, Lo: math.NaN(), P: math.NaN()},
			{Name: "treated", Value: 297.465410, SE: 10.791324, Lo: math.NaN(), P: math.NaN()},
			{Name: "control", Value: 241.495085, SE: 10.358226, Lo: math.NaN(), P: math.NaN()},
		}, 1e-6},
	}
	for _, tt := range tests {
		c, err := survival.RestrictedMean(duration, event, female, survival.Options{Tau: tt.tau})
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range tt.want {
			e, _ := c.Get(w.Name)
			measuretest.Near(t, w.Name, e.Value, w.Value, tt.tol)
			measuretest.Near(t, w.Name+" SE", e.SE, w.SE, tt.tol)
			if !math.IsNaN(w.Lo) {
				measuretest.Near(t, w.Name+" lo", e.Lo, w.Lo, tt.tol)
				measuretest.Near(t, w.Name+" hi", e.Hi, w.Hi, tt.tol)
				measuretest.Near(t, w.Name+" p", e.P, w.P, 1e-9)
			}
		}
	}
	if c, _ := survival.RestrictedMean(duration, event, female, survival.Options{}); c.Tau != 965 {
		t.Errorf("default tau = %v, want 965, the women's follow-up", c.Tau)
	}
}

func TestRefusal(t *testing.T) {
	d := []float64{1, 2, 3, 4, 5, 6}
	yes, no := []bool{true, true, true, true, true, true}, make([]bool, 6)
	half := []bool{true, true, true, false, false, false}
	tests := []struct {
		name           string
		event, treated []bool
		tau            float64
		want           string
	}{
		{"all treated", yes, yes, 0, "everyone-treated"},
		{"none treated", yes, no, 0, "nobody-treated"},
		{"no events", no, half, 0, "too-few-events"},
		{"too long", []bool{true, true, false, true, true, false}, half, 4, "beyond-follow-up"},
	}
	for _, tt := range tests {
		c, err := survival.RestrictedMean(d, tt.event, tt.treated, survival.Options{Tau: tt.tau})
		if err != nil || c.Refusal == nil || c.Refusal.Code != tt.want || len(c.Estimates) > 0 {
			t.Errorf("RestrictedMean(%s) = %+v, %v, want refusal %q", tt.name, c.Refusal, err, tt.want)
		}
		if tt.want == "beyond-follow-up" && !(c.Refusal.MDE > 0) {
			t.Errorf("MDE(%s) = %v, want a number", tt.name, c.Refusal.MDE)
		}
	}
}

func TestBadInput(t *testing.T) {
	ok := []bool{true, true}
	tests := []struct {
		name           string
		d              []float64
		event, treated []bool
		tau            float64
	}{
		{"empty", nil, nil, nil, 0},
		{"NaN", []float64{1, math.NaN()}, ok, ok, 0},
		{"negative", []float64{1, -1}, ok, ok, 0},
		{"event short", []float64{1, 2}, ok[:1], ok, 0},
		{"treatment short", []float64{1, 2}, ok, ok[:1], 0},
		{"tau", []float64{1, 2}, ok, ok, -1},
	}
	for _, tt := range tests {
		if _, err := survival.RestrictedMean(tt.d, tt.event, tt.treated, survival.Options{Tau: tt.tau}); !errors.Is(err, measure.ErrInput) {
			t.Errorf("RestrictedMean(%s) = %v, want ErrInput", tt.name, err)
		}
	}
}

func ExampleRestrictedMean() {
	// Days to a newcomer's first deal; the last of each group still waits.
	days := []float64{20, 31, 40, 52, 60, 35, 50, 64, 71, 90}
	deal := []bool{true, true, true, true, false, true, true, true, true, false}
	shovel := []bool{true, true, true, true, true, false, false, false, false, false}
	c, err := survival.RestrictedMean(days, deal, shovel, survival.Options{Tau: 60})
	if err != nil {
		fmt.Println(err)
		return
	}
	d, _ := c.Get("difference")
	fmt.Printf("%.1f days (%.1f to %.1f)\n", d.Value, d.Lo, d.Hi)
	// Output: -12.4 days (-27.6 to 2.8)
}

// simulate draws exponential times with exponential censoring; the truth is
// the difference of E min(T, τ) = (1−e^(−λτ))/λ.
func simulate(seed uint64) (measure.Estimate, float64, error) {
	rng := measure.Rand(seed)
	const n, tau = 300, 5.0
	d, e, z := make([]float64, n), make([]bool, n), make([]bool, n)
	rate := func(treated bool) float64 {
		if treated {
			return 0.3
		}
		return 0.2
	}
	for i := range d {
		z[i] = i%2 == 0
		t, c := rng.ExpFloat64()/rate(z[i]), rng.ExpFloat64()/0.08
		d[i], e[i] = math.Min(t, c), t <= c
	}
	truth := func(l float64) float64 { return (1 - math.Exp(-l*tau)) / l }
	r, err := survival.RestrictedMean(d, e, z, survival.Options{Tau: tau})
	est, _ := r.Get("difference")
	return est, truth(0.3) - truth(0.2), err
}

func TestSimulation(t *testing.T) {
	if got := measuretest.Coverage(t, 50, simulate); got < 0.8 {
		t.Errorf("coverage of 50 draws = %v, want about 0.95", got)
	}
}

func BenchmarkRestrictedMean(b *testing.B) {
	rng := measure.Rand(1)
	const n = 100000
	d, e, z := make([]float64, n), make([]bool, n), make([]bool, n)
	for i := range d {
		d[i], e[i], z[i] = rng.ExpFloat64(), rng.IntN(3) > 0, i%2 == 0
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := survival.RestrictedMean(d, e, z, survival.Options{Tau: 1}); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleKaplanMeier() {
	c, err := survival.KaplanMeier([]float64{2, 3, 3, 5, 8, 9}, []bool{true, true, false, true, false, true}, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("half by day %g; %.2f left after day 3\n", c.Quantile(0.5), c.Survival[1])
	// Output: half by day 5; 0.67 left after day 3
}

// TestNobodyWaits: once all of a group have ended, a later horizon changes
// nothing for them.
func TestNobodyWaits(t *testing.T) {
	d := []float64{1, 2, 3, 4, 5, 6, 9}
	event := []bool{true, true, true, true, true, true, false}
	treated := []bool{true, true, true, false, false, false, false}
	c, err := survival.RestrictedMean(d, event, treated, survival.Options{Tau: 8})
	if err != nil || c.Refusal != nil {
		t.Fatalf("RestrictedMean = %+v, %v, want a figure", c.Refusal, err)
	}
	if e, _ := c.Get("treated"); e.Value != 2 {
		t.Errorf("treated mean up to 8 = %v, want 2", e.Value)
	}
}
