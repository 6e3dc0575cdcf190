package adjust

import (
	"context"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/measuretest"
	"github.com/chanzipu/outfitter/measure/regression"
)

// observed draws people of whom the able are treated more often and earn
// more; treatment adds 2 + x, so 2 on average over everyone.
func observed(seed uint64, n int) Input {
	rng := measure.Rand(seed)
	in := Input{Covariates: make([][]float64, 4)}
	for range n {
		x := [4]float64{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}
		d := rng.Float64() < 1/(1+math.Exp(-.6*x[0]+.4*x[1]))
		y := 10 + 2*x[0] - x[1] + rng.NormFloat64()
		if d {
			y += 2 + x[0]
		}
		in.Outcome, in.Treated = append(in.Outcome, y), append(in.Treated, d)
		for j, v := range x {
			in.Covariates[j] = append(in.Covariates[j], v)
		}
	}
	return in
}

func draw(o Options) measuretest.Draw {
	return func(seed uint64) (measure.Estimate, float64, error) {
		in := observed(seed, 600)
		r, err := AIPW(context.Background(), in, o)
		truth := 2.0
		e, _ := r.Get("ate")
		if o.Target == ATT {
			// The truth for the treated is 2 + E[x|treated], from one large draw.
			e, _ = r.Get("att")
			truth = treatedMean()
		}
		return e, truth, err
	}
}

var treatedMean = sync.OnceValue(func() float64 {
	in := observed(999, 400_000)
	var sum, n float64
	for i, d := range in.Treated {
		if d {
			sum += 2 + in.Covariates[0][i]
			n++
		}
	}
	return sum / n
})

func TestSmoke(t *testing.T) {
	for name, o := range map[string]Options{"ate": {}, "att": {Target: ATT},
		"lasso": {Outcome: regression.Lasso, Propensity: regression.Lasso}} {
		if got := measuretest.Coverage(t, 50, draw(o)); got < .84 {
			t.Errorf("%s: %v of 50 intervals hold the truth, want about .95", name, got)
		}
	}
}

// TestDoublyRobust: with one model starved of its covariate the other still
// removes the bias; the raw difference keeps it.
func TestDoublyRobust(t *testing.T) {
	in := observed(3, 40_000)
	got, err := AIPW(t.Context(), in, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if raw := value(t, got, "raw").Value; raw < 3 {
		t.Fatalf("raw difference = %v, want a clear bias above 3", raw)
	}
	measuretest.Near(t, "both models", value(t, got, "ate").Value, 2, .06)
	for name, o := range map[string]Options{
		"outcome model useless":    {Outcome: regression.Lasso, Lambda: 1e6},
		"propensity model useless": {Propensity: regression.Lasso, Lambda: 1e6},
	} {
		got, err := AIPW(t.Context(), in, o)
		if err != nil {
			t.Fatal(err)
		}
		measuretest.Near(t, name, value(t, got, "ate").Value, 2, .12)
	}
}

func TestSplits(t *testing.T) {
	in := observed(4, 300)
	run := func(o Options) float64 {
		got, err := AIPW(t.Context(), in, o)
		if err != nil {
			t.Fatal(err)
		}
		return value(t, got, "ate").Value
	}
	if a, b := run(Options{}), run(Options{Seed: 9}); a != b {
		t.Errorf("fixed split moved with the seed: %v, %v", a, b)
	}
	if a, b, c := run(Options{Repeats: 3, Seed: 1}), run(Options{Repeats: 3, Seed: 1}), run(Options{Repeats: 3, Seed: 2}); a != b || a == c {
		t.Errorf("random splits: %v and %v with one seed, %v with another", a, b, c)
	}
	v, se := middle([]float64{1, 2, 6}, []float64{3, 3, 3}) // variances 10, 9, 25
	if v != 2 || se != math.Sqrt(10) {
		t.Errorf("middle = %v (%v), want 2 (√10)", v, se)
	}
}

func TestWeightsAndClusters(t *testing.T) {
	in := observed(5, 300)
	twice := Input{Covariates: make([][]float64, 4)}
	in.Weights = make([]float64, 300)
	for i := range in.Outcome {
		in.Weights[i] = float64(1 + i%2)
		for range 1 + i%2 {
			twice.Outcome, twice.Treated = append(twice.Outcome, in.Outcome[i]), append(twice.Treated, in.Treated[i])
			twice.Cluster = append(twice.Cluster, i)
			for j := range 4 {
				twice.Covariates[j] = append(twice.Covariates[j], in.Covariates[j][i])
			}
		}
	}
	a, err := AIPW(t.Context(), in, Options{Folds: 1})
	if err != nil {
		t.Fatal(err)
	}
	b, err := AIPW(t.Context(), twice, Options{Folds: 1})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "weighted against doubled", value(t, a, "ate").Value, value(t, b, "ate").Value, 1e-9)
	measuretest.Near(t, "their errors", value(t, a, "ate").SE, value(t, b, "ate").SE, 1e-9)
}

func TestOverlap(t *testing.T) {
	steep := observed(6, 2000)
	for i := range steep.Treated {
		steep.Treated[i] = 4*steep.Covariates[0][i]+steep.Outcome[i]-10-2*steep.Covariates[0][i] > 0
	}
	got, err := AIPW(t.Context(), steep, Options{Clip: .05})
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]measure.Severity{}
	for _, d := range got.Diagnostics {
		codes[d.Code] = d.Severity
	}
	if codes["clipped"] != measure.Warning || codes["overlap"] != measure.Warning {
		t.Errorf("steep assignment: diagnostics %v, want warnings of clipping and overlap", codes)
	}
	kept, err := AIPW(t.Context(), steep, Options{Clip: .05, Discard: true})
	if err != nil {
		t.Fatal(err)
	}
	if kept.N >= 2000 || kept.N < 100 || kept.Diagnostics[0].Code != "discarded" {
		t.Errorf("discarding kept %d of 2000 with %+v", kept.N, kept.Diagnostics[0])
	}
	perfect := observed(6, 200)
	for i := range perfect.Treated {
		perfect.Treated[i] = perfect.Covariates[0][i] > 0
	}
	alone, few := observed(6, 50), observed(6, 60)
	for i := range alone.Treated {
		alone.Treated[i] = true
		few.Treated[i] = i < 4
	}
	for name, tt := range map[string]struct {
		in   Input
		want string
	}{"perfect": {perfect, "no-overlap"}, "everyone treated": {alone, "one-arm"}, "four treated": {few, "too-few-units"}} {
		got, err := AIPW(t.Context(), tt.in, Options{})
		if err != nil || got.Refusal == nil || got.Refusal.Code != tt.want || len(got.Estimates) > 0 {
			t.Errorf("%s: %v, %+v, want refusal %s", name, err, got.Refusal, tt.want)
		}
	}
	constant := observed(6, 200)
	for i := range constant.Outcome {
		constant.Outcome[i] = 1
	}
	got, err = AIPW(t.Context(), constant, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e := value(t, got, "ate"); math.Abs(e.Value) > 1e-9 {
		t.Errorf("constant outcome: %+v, want 0", e)
	}
}

func TestInvalid(t *testing.T) {
	tests := []struct {
		name, want string
		change     func(*Input, *Options)
	}{
		{"no rows", "no rows", func(i *Input, _ *Options) { *i = Input{} }},
		{"NaN", "row 2", func(i *Input, _ *Options) { i.Outcome[1] = math.NaN() }},
		{"NaN covariate", "covariate 2, row 1", func(i *Input, _ *Options) { i.Covariates[1][0] = math.NaN() }},
		{"lengths", "treatment has 99", func(i *Input, _ *Options) { i.Treated = i.Treated[1:] }},
		{"cluster", "cluster has 1", func(i *Input, _ *Options) { i.Cluster = []int{1} }},
		{"weights", "negative", func(i *Input, _ *Options) { i.Weights = make([]float64, 100); i.Weights[0] = -1 }},
		{"target", `"att"`, func(_ *Input, o *Options) { o.Target = "all" }},
		{"folds", "folds", func(_ *Input, o *Options) { o.Folds = -2 }},
		{"clip", "clip", func(_ *Input, o *Options) { o.Clip = .6 }},
		{"repeats", "repeats", func(_ *Input, o *Options) { o.Repeats = -1 }},
		{"penalty", "penalty", func(_ *Input, o *Options) { o.Lambda = -1 }},
	}
	for _, tt := range tests {
		in, o := observed(1, 100), Options{}
		tt.change(&in, &o)
		_, err := AIPW(t.Context(), in, o)
		if !errors.Is(err, measure.ErrInput) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want ErrInput with %q", tt.name, err, tt.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := AIPW(ctx, observed(1, 100), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for name, args := range map[string][3]float64{"zero": {0, 1, 2}, "outside": {2, 3, 4}, "NaN": {math.NaN(), 1, 2}} {
		if _, err := EValue(args[0], args[1], args[2]); !errors.Is(err, measure.ErrInput) {
			t.Errorf("EValue(%s) error %v, want ErrInput", name, err)
		}
	}
	if _, err := Sensitivity(Regression{Outcome: []float64{1, 2}, Treatment: []float64{0, 1}}, SensitivityOptions{Benchmark: 0}); !errors.Is(err, measure.ErrInput) {
		t.Errorf("benchmark without covariates: %v, want ErrInput", err)
	}
}

func TestSensitivityLimits(t *testing.T) {
	in := Regression{Outcome: []float64{1, 2, 3, 5, 4, 7}, Treatment: []float64{0, 1, 0, 1, 0, 1}}
	in.Covariates = [][]float64{{0, 2, 0, 2, 0, 2}} // the treatment twice over
	got, err := Sensitivity(in, SensitivityOptions{Benchmark: -1})
	if err != nil || got.Refusal == nil || got.Refusal.Code != "not-identified" {
		t.Errorf("collinear treatment: %v, %+v, want a refusal", err, got.Refusal)
	}
	in.Covariates, in.Outcome = nil, []float64{1, 4, 1, 4, 1, 4}
	got, err = Sensitivity(in, SensitivityOptions{Benchmark: -1})
	if err != nil {
		t.Fatal(err)
	}
	if e := value(t, got, "effect"); math.Abs(e.Value-3) > 1e-9 || !math.IsNaN(e.SE) {
		t.Errorf("exact outcome: %+v, want 3 without error", e)
	}
	in.Outcome = []float64{1, 1, 2, 2, 3, 3}
	got, err = Sensitivity(in, SensitivityOptions{Benchmark: -1})
	if err != nil {
		t.Fatal(err)
	}
	if a := value(t, got, "rv alpha").Value; a != 0 {
		t.Errorf("rv alpha of an insignificant effect = %v, want 0", a)
	}
}

// TestOtherPins: the plain regressions that the data's notes pin.
func TestOtherPins(t *testing.T) {
	for name, tt := range map[string]struct {
		in    Input
		value float64
	}{"401(k) partly linear": {pension(t), 9815.269227}, "NSW treated and CPS": {nsw(t, "nsw_dw/cps_mixtape.csv"), 793.587040}} {
		r := Regression{Outcome: tt.in.Outcome, Covariates: tt.in.Covariates}
		for _, d := range tt.in.Treated {
			v := 0.0
			if d {
				v = 1
			}
			r.Treatment = append(r.Treatment, v)
		}
		got, err := Sensitivity(r, SensitivityOptions{Benchmark: -1})
		if err != nil {
			t.Fatal(err)
		}
		measuretest.Near(t, name, value(t, got, "effect").Value, tt.value, 1e-6)
	}
}

func TestScales(t *testing.T) {
	// VanderWeele and Ding (2017), table 2.
	measuretest.Near(t, "OddsRatio(4)", OddsRatio(4, false), 2, 1e-12)
	measuretest.Near(t, "OddsRatio(4, rare)", OddsRatio(4, true), 4, 0)
	measuretest.Near(t, "HazardRatio(1)", HazardRatio(1, false), 1, 1e-12)
	if h := HazardRatio(.56, false); !(h > .56 && h < 1) {
		t.Errorf("HazardRatio(.56) = %v, want between .56 and 1", h)
	}
	rr, lo, hi := MeanDifference(.5, .1)
	if !(lo < rr && rr < hi) {
		t.Errorf("MeanDifference = %v [%v, %v]", rr, lo, hi)
	}
}

func BenchmarkAIPW(b *testing.B) {
	in := observed(1, 100_000)
	for _, bb := range []struct {
		name string
		o    Options
	}{{"100000x4", Options{}}, {"100000x4/lasso", Options{Outcome: regression.Lasso, Propensity: regression.Lasso}}} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := AIPW(b.Context(), in, bb.o); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
