package experiment

import (
	"context"
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/measuretest"
)

// visits draws units of size rows each (one row: size 1), skewed outcomes
// with an effect of 1, and a covariate known before that explains half.
func visits(seed uint64, units, size int, ratio bool) Rows {
	rng := measure.Rand(seed)
	var r Rows
	var x []float64
	for u := range units {
		t, shared := rng.IntN(2) == 1, rng.NormFloat64()
		rows := size
		if size > 1 {
			rows = 1 + rng.IntN(2*size-1)
		}
		for range rows {
			before := shared + rng.NormFloat64()
			y := 5 + before + rng.ExpFloat64()
			if t {
				y++
			}
			r.Outcome, r.Treated, x = append(r.Outcome, y), append(r.Treated, t), append(x, before)
			r.Cluster = append(r.Cluster, u)
			if ratio {
				d := float64(1 + rng.IntN(4))
				r.Outcome[len(r.Outcome)-1] = y * d
				r.Denominator = append(r.Denominator, d)
			}
		}
	}
	r.Covariates = [][]float64{x}
	if size == 1 {
		r.Cluster = nil
	}
	return r
}

func drawVisits(name string, units, size int, cuped, ratio bool) measuretest.Draw {
	return func(seed uint64) (measure.Estimate, float64, error) {
		r := visits(seed, units, size, ratio)
		if !cuped {
			r.Covariates = nil
		}
		res, err := Analyse(r, Options{})
		e, _ := res.Get(name)
		truth := 1.0
		if name == "lift" {
			truth = 1. / 6
		}
		return e, truth, err
	}
}

func drawSwitches(seed uint64) (measure.Estimate, float64, error) {
	res, err := Switchback(queue(seed, 4, 30, 0))
	e, _ := res.Get("effect")
	return e, 3, err
}

// drawLooks asks whether an interval looked at every 100 units ever misses.
func drawLooks(seed uint64) (measure.Estimate, float64, error) {
	rng := measure.Rand(seed)
	worst := measure.Estimate{Lo: math.Inf(-1), Hi: math.Inf(1)}
	var r Rows
	for i := range 3000 {
		y := rng.ExpFloat64()
		if i%2 == 0 {
			y += .2
		}
		r.Outcome, r.Treated = append(r.Outcome, y), append(r.Treated, i%2 == 0)
		if i%100 != 99 || i < 300 {
			continue
		}
		c, a, err := r.Arms()
		if err != nil {
			return worst, .2, err
		}
		res, err := Sequential(c, a, Options{Tuning: 1500})
		if err != nil {
			return worst, .2, err
		}
		e, _ := res.Get("effect")
		worst.Lo, worst.Hi = max(worst.Lo, e.Lo), min(worst.Hi, e.Hi)
	}
	return worst, .2, nil
}

// team draws n people with an effect of add; p values and exact intervals are
// to be at least as good as promised.
func drawTeam(n int, add float64) measuretest.Draw {
	return func(seed uint64) (measure.Estimate, float64, error) {
		rng := measure.Rand(seed)
		in := Small{Outcome: make([]float64, n), Treated: make([]bool, n)}
		for k, i := range rng.Perm(n) {
			in.Treated[i] = k < n/2
			in.Outcome[i] = rng.ExpFloat64()
			if in.Treated[i] {
				in.Outcome[i] += add
			}
		}
		res, err := Randomise(context.Background(), in, SmallOptions{Seed: seed, Exact: 50_000, Draws: 1000})
		e, _ := res.Get("effect")
		return e, add, err
	}
}

// drawReaching fixes potential outcomes and draws the assignment.
func drawReaching(seed uint64) (measure.Estimate, float64, error) {
	rng := measure.Rand(seed)
	const n = 24 // 6 reach the line anyway, 8 through treatment, 2 only without it
	in := Small{Outcome: make([]float64, n), Treated: make([]bool, n)}
	for k, i := range rng.Perm(n) {
		in.Treated[i] = k < n/2
		if i < 6 || (i < 14 && in.Treated[i]) || (i >= 14 && i < 16 && !in.Treated[i]) {
			in.Outcome[i] = 1
		}
	}
	res, err := Reaching(context.Background(), in, ReachingOptions{Line: 1, SmallOptions: SmallOptions{Exact: 1, Draws: 100}})
	e, _ := res.Get("effect")
	return e, 6. / n, err
}

func TestSmoke(t *testing.T) {
	for name, draw := range map[string]measuretest.Draw{
		"mean": drawVisits("effect", 200, 1, false, false), "lift with cuped": drawVisits("lift", 200, 1, true, false),
		"ratio": drawVisits("effect", 200, 1, false, true), "clusters": drawVisits("effect", 40, 10, true, false),
		"switchback": drawSwitches, "every look": drawLooks, "team of 12": drawTeam(12, 1), "reaching": drawReaching,
	} {
		if got := measuretest.Coverage(t, 50, draw); got < .84 {
			t.Errorf("%s: %v of 50 intervals hold the truth, want about .95 or more", name, got)
		}
	}
}

func BenchmarkAnalyse(b *testing.B) {
	r := visits(1, 1_000_000, 1, false)
	b.Run("1000000/cuped", func(b *testing.B) {
		for b.Loop() {
			if _, err := Analyse(r, Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRandomise(b *testing.B) {
	for _, n := range []int{20, 40} {
		in := Small{}
		rng := measure.Rand(1)
		for i := range n {
			in.Outcome, in.Treated = append(in.Outcome, rng.NormFloat64()), append(in.Treated, i%2 == 0)
		}
		b.Run(map[int]string{20: "20/exact", 40: "40/drawn"}[n], func(b *testing.B) {
			for b.Loop() {
				if _, err := Randomise(b.Context(), in, SmallOptions{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkReaching(b *testing.B) {
	in := twoByTwo(14, 6, 8, 12)
	for b.Loop() {
		if _, err := Reaching(b.Context(), in, ReachingOptions{Line: 1}); err != nil {
			b.Fatal(err)
		}
	}
}
