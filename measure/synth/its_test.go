package synth_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/measuretest"
	"github.com/chanzipu/outfitter/measure/synth"
)

// statsmodels 0.14's GLM on the same made-up series, Poisson and scale='X2'.
func TestStatsmodels(t *testing.T) {
	var c synth.Counts
	for i := 1; i <= 60; i++ {
		x, after := float64(i), 0.0
		if i > 36 {
			after = 1
		}
		pop := 10000 + 50*x
		c.Outcome = append(c.Outcome, math.Floor(pop*0.01*math.Exp(-0.15*after+0.004*x+0.1*math.Sin(2*math.Pi*x/12)+0.2*math.Cos(7*x))))
		c.Time, c.After, c.Offset = append(c.Time, x), append(c.After, after == 1), append(c.Offset, pop)
	}
	for _, tt := range []struct {
		quasi bool
		se    float64
	}{{false, 0.046419343717233566}, {true, 0.07571896980974745}} {
		f, err := synth.Interrupted(c, synth.CountOptions{Period: 12, Harmonics: 2, Quasi: tt.quasi})
		if err != nil {
			t.Fatal(err)
		}
		e, _ := f.Get("ratio")
		measuretest.Near(t, "ratio", e.Value, 0.7868592720786788, 1e-9)
		measuretest.Near(t, "ratio SE", e.SE/e.Value, tt.se, 1e-9)
		measuretest.Near(t, "dispersion", f.Dispersion, 2.6607949092711856, 1e-8)
		if tt.quasi {
			continue
		}
		s, _ := f.Get("ratio-at-start")
		measuretest.Near(t, "ratio at start", math.Log(s.Value), -0.2397828398334083, 1e-9)
		measuretest.Near(t, "ratio at start SE", s.SE/s.Value, 0.04913940033229376, 1e-9)
		k, _ := f.Get("slope-ratio")
		measuretest.Near(t, "slope", math.Log(k.Value), 1.4438322855431923e-05, 1e-9)
		measuretest.Near(t, "slope SE", k.SE/k.Value, 0.003023411007283091, 1e-9)
	}
}

func TestCountRefusal(t *testing.T) {
	y := []float64{5, 6, 4, 5, 7, 6, 3, 2, 3, 2, 3}
	after := func(n int) []bool {
		b := make([]bool, len(y))
		for i := n; i < len(b); i++ {
			b[i] = true
		}
		return b
	}
	for _, tt := range []struct {
		name string
		c    synth.Counts
		want string
	}{
		{"never", synth.Counts{Outcome: y, After: after(11)}, "no-after"},
		{"at once", synth.Counts{Outcome: y, After: after(2)}, "too-few-before"},
		{"zeros", synth.Counts{Outcome: make([]float64, 11), After: after(6)}, "no-events"},
	} {
		f, err := synth.Interrupted(tt.c, synth.CountOptions{})
		if err != nil || f.Refusal == nil || f.Refusal.Code != tt.want {
			t.Errorf("Interrupted(%s) = %+v, %v, want refusal %q", tt.name, f.Refusal, err, tt.want)
		}
	}
	for name, tt := range map[string]struct {
		c synth.Counts
		o synth.CountOptions
	}{
		"empty":     {},
		"negative":  {c: synth.Counts{Outcome: []float64{1, -1}, After: []bool{false, true}}},
		"unsorted":  {c: synth.Counts{Outcome: []float64{1, 1}, Time: []float64{2, 1}, After: []bool{false, true}}},
		"ends":      {c: synth.Counts{Outcome: []float64{1, 1}, After: []bool{true, false}}},
		"offset":    {c: synth.Counts{Outcome: []float64{1, 1}, After: []bool{false, true}, Offset: []float64{1, 0}}},
		"no period": {c: synth.Counts{Outcome: y, After: after(6)}, o: synth.CountOptions{Harmonics: 1}},
		"after":     {c: synth.Counts{Outcome: y, After: after(6)[:3]}},
	} {
		if _, err := synth.Interrupted(tt.c, tt.o); !errors.Is(err, measure.ErrInput) {
			t.Errorf("Interrupted(%s) = %v, want ErrInput", name, err)
		}
	}
}

func ExampleInterrupted() {
	complaints := []float64{40, 44, 43, 47, 45, 49, 50, 48, 36, 38, 35, 39, 37, 38}
	after := make([]bool, len(complaints))
	for i := 8; i < len(after); i++ {
		after[i] = true
	}
	f, err := synth.Interrupted(synth.Counts{Outcome: complaints, After: after}, synth.CountOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := f.Get("ratio")
	fmt.Printf("× %.2f (%.2f to %.2f)\n", e.Value, e.Lo, e.Hi)
	// Output: × 0.70 (0.51 to 0.96)
}

func poisson(mean float64, uniform func() float64) float64 {
	limit, n := math.Exp(-mean), 0.0
	for p := uniform(); p > limit; p *= uniform() {
		n++
	}
	return n
}

// panelOf draws units on a common path plus noise, no effect but what is given.
func panelOf(seed uint64, units, periods, treated int, effect float64) synth.Panel {
	rng := measure.Rand(seed)
	path := make([]float64, periods)
	for t := 1; t < periods; t++ {
		path[t] = path[t-1] + rng.NormFloat64()
	}
	p := synth.Panel{Since: periods * 2 / 3}
	for u := range units {
		a, b := 3*rng.NormFloat64(), rng.Float64()
		if u < treated {
			p.Treated = append(p.Treated, u)
		}
		for t := range periods {
			v := a + b*path[t] + rng.NormFloat64()
			if u < treated && t >= p.Since {
				v += effect
			}
			p.Unit, p.Time, p.Outcome = append(p.Unit, u), append(p.Time, t), append(p.Outcome, v)
		}
	}
	return p
}

var simulations = map[string]measuretest.Draw{
	"its, quasi": func(seed uint64) (measure.Estimate, float64, error) {
		rng := measure.Rand(seed)
		var c synth.Counts
		for t := range 120 {
			on := t >= 70
			m := 3 + 0.004*float64(t) + 0.2*math.Sin(2*math.Pi*float64(t)/12)
			if on {
				m += math.Log(0.8)
			}
			c.After = append(c.After, on)
			c.Outcome = append(c.Outcome, 2*poisson(math.Exp(m)/2, rng.Float64)) // twice Poisson's variance
		}
		f, err := synth.Interrupted(c, synth.CountOptions{Period: 12, Harmonics: 1, Quasi: true})
		e, _ := f.Get("ratio")
		return e, 0.8, err
	},
	"impact": func(seed uint64) (measure.Estimate, float64, error) {
		rng := measure.Rand(seed)
		s := synth.Series{Controls: [][]float64{nil}, Before: 80}
		const effect = 0.7
		level := 0.0
		for t := range 100 {
			level += 0.0115 * rng.NormFloat64() // what the prior expects: 0.01 standard deviations
			x := math.Sin(float64(t)/5) + 0.5*rng.NormFloat64()
			y := 10 + level + 1.2*x + 0.5*rng.NormFloat64()
			if t >= s.Before {
				y += effect
			}
			s.Controls[0], s.Outcome = append(s.Controls[0], x), append(s.Outcome, y)
		}
		f, err := synth.Impact(background(), s, synth.ImpactOptions{Seed: seed, Draws: 800})
		e, _ := f.Get("average")
		return e, effect, err
	},
}

// Placebo tests have a size, not a coverage: rejections of a true null.
var sizes = map[string]func(seed uint64) (p float64, err error){
	"synth": func(seed uint64) (float64, error) {
		f, err := synth.Control(background(), panelOf(seed, 20, 24, 1, 0), synth.Options{})
		if err != nil || f.Refusal != nil {
			return 0, err
		}
		return f.Estimates[0].P, nil
	},
	"sdid": func(seed uint64) (float64, error) {
		f, err := synth.DiD(background(), panelOf(seed, 40, 24, 5, 0), synth.Options{Seed: seed, Placebos: 100})
		if err != nil || f.Refusal != nil {
			return 0, err
		}
		return f.Estimates[0].P, nil
	},
}

func size(tb testing.TB, draws int, test func(uint64) (float64, error)) float64 {
	return 1 - measuretest.Coverage(tb, draws, func(seed uint64) (measure.Estimate, float64, error) {
		p, err := test(seed)
		return measure.Estimate{Lo: 0.05 + 1e-12, Hi: 2}, p, err // held where P is above 0.05
	})
}

func TestSimulation(t *testing.T) {
	for name, draw := range simulations {
		if got := measuretest.Coverage(t, 50, draw); got < 0.8 {
			t.Errorf("%s: coverage of 50 draws = %v, want about 0.95", name, got)
		}
	}
	for name, test := range sizes {
		if got := size(t, 50, test); got > 0.2 {
			t.Errorf("%s: size over 50 draws = %v, want at most about 0.05", name, got)
		}
	}
}
