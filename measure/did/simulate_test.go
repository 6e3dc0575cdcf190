package did

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/measuretest"
)

// rollout draws a panel: cohorts in periods 3, 5, … and a never-treated
// fifth, unit and period effects, an effect of 1 + 0.5·periods since start.
// With a covariate, trends depend on it and so does who is treated when.
func rollout(seed uint64, units, periods int, covariate bool) Input {
	rng := measure.Rand(seed)
	var in Input
	x := []float64(nil)
	for u := range units {
		xi, g := rng.NormFloat64(), 0
		g = cohort(rng, periods, xi, covariate)
		base := 2 * rng.NormFloat64()
		for t := 1; t <= periods; t++ {
			y := base + 0.3*float64(t) + rng.NormFloat64()
			if covariate {
				y += 0.4 * xi * float64(t)
			}
			if g > 0 && t >= g {
				y += 1 + 0.5*float64(t-g)
			}
			in.Unit, in.Time, in.FirstTreated = append(in.Unit, u+1), append(in.Time, t), append(in.FirstTreated, g)
			in.Outcome = append(in.Outcome, y)
			x = append(x, xi)
		}
	}
	if covariate {
		in.Covariates = [][]float64{x}
	}
	return in
}

func cohort(rng *rand.Rand, periods int, x float64, covariate bool) int {
	u := rng.Float64()
	if covariate {
		u = 1 / (1 + math.Exp(-(x/2 + math.Log(u/(1-u))))) // tilted by x
	}
	k := int(u * 5)
	if k == 0 {
		return 0
	}
	return min(1+2*k, periods)
}

func drawEvent(units int, o Options, covariate bool) measuretest.Draw {
	return func(seed uint64) (measure.Estimate, float64, error) {
		o := o
		o.Seed = seed
		r, err := Estimate(context.Background(), rollout(seed, units, 9, covariate), o)
		e, _ := r.Get("dynamic e=2")
		return e, 2, err
	}
}

func TestSmoke(t *testing.T) {
	for name, draw := range map[string]measuretest.Draw{
		"never":   drawEvent(300, Options{}, false),
		"not-yet": drawEvent(300, Options{Control: NotYetTreated}, false),
		"doubly":  drawEvent(400, Options{}, true),
	} {
		if got := measuretest.Coverage(t, 50, draw); got < 0.84 {
			t.Errorf("%s: %v of 50 intervals hold the truth, want about 0.95", name, got)
		}
	}
}

func BenchmarkEstimate(b *testing.B) {
	in := rollout(1, 20000, 18, false)
	withX := rollout(1, 20000, 18, true)
	for _, bb := range []struct {
		name string
		in   Input
		o    Options
	}{
		{"20000x18/analytic", in, Options{}},
		{"20000x18/not-yet", in, Options{Control: NotYetTreated}},
		{"20000x18/bootstrap999", in, Options{Draws: 999, Seed: 1}},
		{"20000x18/covariate", withX, Options{}},
	} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Estimate(b.Context(), bb.in, bb.o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
