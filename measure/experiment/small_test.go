package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/measuretest"
)

// twoByTwo is hits and misses of the treated, then of the control.
func twoByTwo(th, tm, ch, cm int) Small {
	var in Small
	add := func(n int, y float64, t bool) {
		for range n {
			in.Outcome, in.Treated = append(in.Outcome, y), append(in.Treated, t)
		}
	}
	add(th, 1, true)
	add(tm, 0, true)
	add(ch, 1, false)
	add(cm, 0, false)
	return in
}

// TestReaching: Fisher's tea (1935), and the exact intervals for average
// effects that Li and Ding (2016, table 1) print, times n (quoted from memory).
func TestReaching(t *testing.T) {
	tests := []struct {
		name           string
		th, tm, ch, cm int
		p              float64
		lo, hi         float64 // people; NaN: not published
	}{
		{"tea", 3, 1, 1, 3, 34. / 70, math.NaN(), math.NaN()},
		{"(2,6,8,0)", 2, 6, 8, 0, math.NaN(), -14, -5},
		{"(6,0,11,3)", 6, 0, 11, 3, math.NaN(), -4, 8},
		{"(6,4,4,6)", 6, 4, 4, 6, math.NaN(), -4, 10},
	}
	for _, tt := range tests {
		got, err := Reaching(t.Context(), twoByTwo(tt.th, tt.tm, tt.ch, tt.cm), ReachingOptions{Line: 1})
		if err != nil {
			t.Fatal(err)
		}
		e := get(t, got, "effect")
		n := float64(tt.th + tt.tm + tt.ch + tt.cm)
		measuretest.Near(t, tt.name, e.Value, float64(tt.th)/float64(tt.th+tt.tm)-float64(tt.ch)/float64(tt.ch+tt.cm), 1e-12)
		if tt.p == tt.p {
			measuretest.Near(t, tt.name+" p", e.P, tt.p, 1e-12)
		}
		if tt.lo == tt.lo {
			measuretest.Near(t, tt.name+" lo", n*e.Lo, tt.lo, 1e-9)
			measuretest.Near(t, tt.name+" hi", n*e.Hi, tt.hi, 1e-9)
		}
	}
}

// TestRandomiseByHand: brute force over shifts gives the interval that the
// closed form finds.
func TestRandomiseByHand(t *testing.T) {
	in := Small{Outcome: []float64{5, 9, 7, 12, 3, 8, 10, 1}, Treated: []bool{false, true, false, true, false, true, true, false}}
	got, err := Randomise(t.Context(), in, SmallOptions{Level: .9})
	if err != nil {
		t.Fatal(err)
	}
	e := get(t, got, "effect")
	pAt := func(tau float64) float64 {
		y := make([]float64, 8)
		for i := range y {
			y[i] = in.Outcome[i]
			if in.Treated[i] {
				y[i] -= tau
			}
		}
		diff := func(mask int) float64 {
			var a, b float64
			for i, v := range y {
				if mask>>i&1 == 1 {
					a += v / 4
				} else {
					b += v / 4
				}
			}
			return a - b
		}
		seen, extreme, all := 0, 0, 0
		for i, d := range in.Treated {
			if d {
				seen |= 1 << i
			}
		}
		for mask := range 256 {
			ones := 0
			for i := range 8 {
				ones += mask >> i & 1
			}
			if ones != 4 {
				continue
			}
			all++
			if math.Abs(diff(mask)) >= math.Abs(diff(seen))-1e-9 {
				extreme++
			}
		}
		return float64(extreme) / float64(all)
	}
	measuretest.Near(t, "p", e.P, pAt(0), 1e-12)
	const step = 1e-4
	for _, edge := range []struct {
		name string
		at   float64
		out  float64
	}{{"lo", e.Lo, -step}, {"hi", e.Hi, step}} {
		if in, out := pAt(edge.at-edge.out/100), pAt(edge.at+edge.out); !(in > .1 && out <= .1) {
			t.Errorf("%s = %v: p inside %v, just outside %v; want above and at most .1", edge.name, edge.at, in, out)
		}
	}
	drawn, err := Randomise(t.Context(), in, SmallOptions{Exact: 1, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "drawn p", get(t, drawn, "effect").P, e.P, .01)
}

func TestStrataAndClusters(t *testing.T) {
	// Two strata of very different level: shuffling within them sees the effect.
	in := Small{Stratum: []int{1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2}}
	for i := range 12 {
		y := float64(i % 3)
		if i >= 6 {
			y += 100
		}
		if i%2 == 0 {
			y += 5
		}
		in.Outcome, in.Treated = append(in.Outcome, y), append(in.Treated, i%2 == 0)
	}
	got, err := Randomise(t.Context(), in, SmallOptions{})
	if err != nil {
		t.Fatal(err)
	}
	e := get(t, got, "effect")
	if n := got.Diagnostics[0].Values["assignments"]; n != 400 {
		t.Errorf("assignments = %v, want 20·20", n)
	}
	measuretest.Near(t, "effect within strata", e.Value, 5, 1e-9)
	measuretest.Near(t, "p", e.P, 2./400, 1e-12)
	in.Stratum = nil
	pooled, err := Randomise(t.Context(), in, SmallOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if p := get(t, pooled, "effect").P; p < .5 {
		t.Errorf("p without strata = %v, want above .5: the levels drown the effect", p)
	}
	in.Cluster = []int{0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5} // six clusters of two rows: 20 assignments
	by, err := Randomise(t.Context(), in, SmallOptions{Level: .8})
	if err != nil {
		t.Fatal(err)
	}
	if by.N != 6 || by.Diagnostics[0].Values["assignments"] != 20 {
		t.Errorf("clusters: %d units, %v assignments, want 6 and 20", by.N, by.Diagnostics[0].Values["assignments"])
	}
}

func TestDaysToFirst(t *testing.T) {
	in := Small{Outcome: []float64{10, 20, 15, 90, 30, 60, 70, 80, 90, 90}, Treated: []bool{true, true, true, true, true, false, false, false, false, false}}
	happened := []bool{true, true, true, false, true, true, true, true, false, false}
	got, err := DaysToFirst(t.Context(), in, happened, FirstOptions{})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "days", get(t, got, "effect").Value, 33-78, 1e-12)
	if p := get(t, got, "effect").P; !(p < .1) {
		t.Errorf("p = %v, want below .1", p)
	}
	happened[0] = false // watched for ten days only
	got, err = DaysToFirst(t.Context(), in, happened, FirstOptions{Horizon: 90})
	if err != nil || got.Refusal == nil || got.Refusal.Code != "short-watch" {
		t.Errorf("short watch: %v, %+v, want a refusal", err, got.Refusal)
	}
	in.Outcome[3] = -1
	if _, err := DaysToFirst(t.Context(), in, happened, FirstOptions{}); !errors.Is(err, measure.ErrInput) {
		t.Errorf("negative days: error %v", err)
	}
}

// TestPower: Cohen (1988), table 2.4.1, and the cluster example of Donner and
// Klar (2000): a design effect multiplies the units by itself.
func TestPower(t *testing.T) {
	for effect, perArm := range map[float64]float64{.2: 394, .5: 64, .8: 26} {
		got, err := Plan{SD: 1}.Size(0, effect)
		if err != nil {
			t.Fatal(err)
		}
		measuretest.Near(t, fmt.Sprintf("units for d=%v", effect), get(t, got, "units").Value, 2*perArm, 2)
	}
	got, err := Plan{SD: 1}.Size(128, .5)
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "power at 64 per arm", get(t, got, "power").Value, .8015, .003)
	measuretest.Near(t, "mde at 64 per arm", get(t, got, "mde").Value, .5, .003)
	plain, err := Plan{SD: 10}.Size(100_000, 0)
	if err != nil {
		t.Fatal(err)
	}
	clustered, err := Plan{SD: 10, ClusterSize: 20, ICC: .05}.Size(5000, 0) // as many rows
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "design effect", math.Pow(get(t, clustered, "mde").Value/get(t, plain, "mde").Value, 2), 1+19*.05, .002)
	cuped, err := Plan{SD: 10, Explained: .75}.Size(100_000, 0)
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "mde with three quarters explained", get(t, cuped, "mde").Value, get(t, plain, "mde").Value/2, 1e-9)
	for name, p := range map[string]Plan{"no SD": {}, "ICC": {SD: 1, ICC: 2}, "share": {SD: 1, Treated: 1}} {
		if _, err := p.Size(10, 1); !errors.Is(err, measure.ErrInput) {
			t.Errorf("%s: error %v, want ErrInput", name, err)
		}
	}
}

// queue draws a switchback over places and hourly blocks of four quarters,
// with shocks by block and an effect of 3 that takes lag quarters to come.
func queue(seed uint64, places, blocks int, lag float64) Switches {
	rng := measure.Rand(seed)
	var in Switches
	for p := range places {
		level := 20 * rng.NormFloat64()
		for b := range blocks {
			on, shock := rng.IntN(2) == 1, rng.NormFloat64()
			for q := range 4 {
				y := level + shock + rng.NormFloat64()
				if on && float64(q) >= lag {
					y += 3
				}
				in.Outcome, in.Treated = append(in.Outcome, y), append(in.Treated, on)
				in.Time, in.Place = append(in.Time, float64(4*b+q)), append(in.Place, p)
				in.Block = append(in.Block, b)
			}
		}
	}
	return in
}

func TestSwitchback(t *testing.T) {
	in := queue(1, 6, 200, 2)
	all, err := Switchback(in)
	if err != nil {
		t.Fatal(err)
	}
	in.Burn = 2
	burnt, err := Switchback(in)
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "without burn-in", get(t, all, "effect").Value, 1.5, .25)
	measuretest.Near(t, "with burn-in", get(t, burnt, "effect").Value, 3, .25)
	if d := all.Diagnostics[0]; d.Code != "carry-over" || d.Severity != measure.Serious {
		t.Errorf("diagnostic %+v, want a serious carry-over", d)
	}
	in.Block = nil
	runs, err := Switchback(in)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := get(t, runs, "effect"), get(t, burnt, "effect"); a.SE == b.SE {
		t.Errorf("runs and blocks have one error %v", a.SE)
	}
	in.Block = make([]int, len(in.Outcome))
	if _, err := Switchback(in); !errors.Is(err, measure.ErrInput) {
		t.Errorf("a block on and off: error %v, want ErrInput", err)
	}
	short := queue(1, 1, 5, 0)
	got, err := Switchback(short)
	if err != nil || got.Refusal == nil || got.Refusal.Code != "too-few-blocks" {
		t.Errorf("five blocks: %v, %+v, want a refusal", err, got.Refusal)
	}
}

func TestRefusals(t *testing.T) {
	if got, err := Randomise(t.Context(), Small{Outcome: []float64{1, 2, 3, 4}, Treated: []bool{true, true, false, false}}, SmallOptions{}); err != nil || got.Refusal == nil || got.Refusal.Code != "too-few-units" {
		t.Errorf("four people: %v, %+v, want a refusal", err, got.Refusal)
	}
	if got, err := Randomise(t.Context(), Small{Outcome: []float64{1, 2}, Treated: []bool{true, true}}, SmallOptions{}); err != nil || got.Refusal == nil || got.Refusal.Code != "one-arm" {
		t.Errorf("everyone treated: %v, %+v, want a refusal", err, got.Refusal)
	}
	if got, err := Analyse(Rows{Outcome: []float64{1, 2}, Treated: []bool{true, true}}, Options{}); err != nil || got.Refusal == nil || got.Refusal.Code != "too-few-units" {
		t.Errorf("Analyse, everyone treated: %v, %+v, want a refusal", err, got.Refusal)
	}
	if got, err := SRM([]int{3, 2}, nil); err != nil || got.Refusal == nil {
		t.Errorf("SRM of five units: %v, %+v, want a refusal", err, got.Refusal)
	}
	constant, err := Analyse(Rows{Outcome: []float64{2, 2, 2, 2}, Treated: []bool{true, true, false, false}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e := get(t, constant, "effect"); e.Value != 0 || !math.IsNaN(e.Lo) {
		t.Errorf("constant outcome: %+v, want 0 without an interval", e)
	}
	if got, err := Randomise(t.Context(), twoByTwo(10, 0, 10, 0), SmallOptions{}); err != nil || get(t, got, "effect").P != 1 {
		t.Errorf("constant outcome: %v, %+v, want p 1", err, got)
	}
}

func TestInvalid(t *testing.T) {
	rows := func() Rows {
		return Rows{Outcome: []float64{1, 2, 3, 4}, Treated: []bool{true, false, true, false}, Covariates: [][]float64{{1, 2, 3, 4}}}
	}
	tests := []struct {
		name, want string
		change     func(*Rows)
	}{
		{"no rows", "no rows", func(r *Rows) { *r = Rows{} }},
		{"NaN", "outcome, row 3", func(r *Rows) { r.Outcome[2] = math.NaN() }},
		{"covariate", "covariate 1, row 1", func(r *Rows) { r.Covariates[0][0] = math.Inf(-1) }},
		{"length", "treatment has 3", func(r *Rows) { r.Treated = r.Treated[1:] }},
		{"denominator", "denominator", func(r *Rows) { r.Denominator = make([]float64, 4) }},
		{"mixed cluster", "cluster 1 holds", func(r *Rows) { r.Cluster = []int{1, 1, 2, 2} }},
		{"weights", "negative", func(r *Rows) { r.Weights = []float64{1, 1, 1, -1} }},
		{"denominators", "1 covariate denominators for", func(r *Rows) {
			r.CovariateDenominators, r.Covariates = r.Covariates, append(r.Covariates, r.Covariates[0])
		}},
	}
	for _, tt := range tests {
		r := rows()
		tt.change(&r)
		_, err := Analyse(r, Options{})
		if !errors.Is(err, measure.ErrInput) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want ErrInput with %q", tt.name, err, tt.want)
		}
	}
	c, a, err := rows().Arms()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Sequential(c, a, Options{}); !errors.Is(err, measure.ErrInput) {
		t.Errorf("no tuning: error %v, want ErrInput", err)
	}
	if _, err := Diff(MeanArm(5, math.NaN(), 1), MeanArm(5, 1, 1), Options{}); !errors.Is(err, measure.ErrInput) {
		t.Errorf("NaN arm: error %v, want ErrInput", err)
	}
	if _, err := Diff(Arm{N: 5}, Arm{N: 5}, Options{}); !errors.Is(err, measure.ErrInput) {
		t.Errorf("empty arm: error %v, want ErrInput", err)
	}
	for _, counts := range [][]int{{5}, {-1, 20}} {
		if _, err := SRM(counts, nil); !errors.Is(err, measure.ErrInput) {
			t.Errorf("SRM(%v) error %v, want ErrInput", counts, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Randomise(ctx, twoByTwo(5, 5, 5, 5), SmallOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestWeightsAndSeveralCovariates: a weight of 2 is a second such row by
// cluster; a covariate that repeats another, or is constant, changes nothing.
func TestWeightsAndSeveralCovariates(t *testing.T) {
	r := visits(1, 60, 1, false)
	base, err := Analyse(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	again := make([]float64, 60)
	for i, v := range r.Covariates[0] {
		again[i] = 3 - 2*v
	}
	r.Covariates = append(r.Covariates, again, make([]float64, 60))
	more, err := Analyse(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "effect", get(t, more, "effect").Value, get(t, base, "effect").Value, 1e-9)
	measuretest.Near(t, "se", get(t, more, "effect").SE, get(t, base, "effect").SE, 1e-9)
	r.Covariates = nil
	r.Weights = make([]float64, 60)
	twice := Rows{}
	for i := range r.Outcome {
		r.Weights[i] = float64(1 + i%2)
		for range 1 + i%2 {
			twice.Outcome, twice.Treated = append(twice.Outcome, r.Outcome[i]), append(twice.Treated, r.Treated[i])
			twice.Cluster = append(twice.Cluster, i)
		}
	}
	a, err := Analyse(r, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Analyse(twice, Options{})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "weighted", get(t, a, "effect").Value, get(t, b, "effect").Value, 1e-12)
	measuretest.Near(t, "weighted se", get(t, a, "effect").SE, get(t, b, "effect").SE, 1e-12)
}
