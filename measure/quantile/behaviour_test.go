package quantile

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

// team draws n people, half treated, outcome 50 + 10·normal; treatment lifts
// everyone by 5 (an additive floor) or by a tenth (a multiplying constant).
func team(seed uint64, n int, add, times float64) Input {
	rng := measure.Rand(seed)
	var in Input
	for i := range n {
		y := 50 + 10*rng.NormFloat64()
		if i%2 == 0 {
			y = y*times + add
		}
		in.Outcome, in.Treated = append(in.Outcome, y), append(in.Treated, i%2 == 0)
	}
	return in
}

func must(t testing.TB, in Input, o Options) measure.Result {
	t.Helper()
	got, err := Effects(context.Background(), in, o)
	if err != nil {
		t.Fatal(err)
	}
	if got.Refusal != nil {
		t.Fatalf("refused: %s", got.Refusal.Reason.EN)
	}
	return got
}

func value(t testing.TB, r measure.Result, name string) measure.Estimate {
	t.Helper()
	e, ok := r.Get(name)
	if !ok {
		t.Fatalf("no estimate %q", name)
	}
	return e
}

// TestFloorAndCeiling: an additive effect raises floor and ceiling alike in
// absolute terms and the floor more in relative ones; a multiplying one the
// other way round.
func TestFloorAndCeiling(t *testing.T) {
	add, times := must(t, team(1, 8000, 5, 1), Options{}), must(t, team(1, 8000, 0, 1.2), Options{})
	if e := value(t, add, "ceiling-floor"); !(e.P > .05) {
		t.Errorf("additive, absolute: %+v, want no difference", e)
	}
	if e := value(t, add, "relative ceiling-floor"); !(e.Hi < 0) {
		t.Errorf("additive, relative: %+v, want the floor rising more", e)
	}
	if e := value(t, times, "ceiling-floor"); !(e.Lo > 0) {
		t.Errorf("multiplying, absolute: %+v, want the ceiling rising more", e)
	}
	if e := value(t, times, "relative ceiling-floor"); !(e.P > .05) {
		t.Errorf("multiplying, relative: %+v, want no difference", e)
	}
	measuretest.Near(t, "relative median", value(t, times, "relative tau=0.5").Value, .2, .02)
}

// TestPension is Firpo's estimator on the 401(k) data beside DoubleML's
// (doubleml-docs, py_double_ml_pension_qte, gradient boosting): within one
// of their standard errors at the median, where the two models are closest.
func TestPension(t *testing.T) {
	d := measuretest.Read(t, "pension401k/hdm_pension9915.csv")
	in := Input{Outcome: d.Float("net_tfa")}
	for _, v := range d.Int("e401") {
		in.Treated = append(in.Treated, v == 1)
	}
	for _, c := range []string{"age", "inc", "educ", "fsize", "marr", "twoearn", "db", "pira", "hown"} {
		x := d.Float(c)
		in.Covariates = append(in.Covariates, x)
		if c == "age" || c == "inc" {
			sq := make([]float64, len(x))
			for i, v := range x {
				sq[i] = v * v
			}
			in.Covariates = append(in.Covariates, sq)
		}
	}
	got := must(t, in, Options{Tau: []float64{.1, .5, .9}, Draws: 200})
	for tau, w := range map[float64][2]float64{.1: {1210, 486.4}, .5: {4601, 448.1}, .9: {21550, 2279.1}} {
		e := value(t, got, fmt.Sprintf("tau=%g", tau))
		measuretest.Near(t, e.Name, e.Value, w[0], w[1])
	}
}

func TestMassPoint(t *testing.T) {
	in := team(2, 400, 5, 1)
	for i := range in.Outcome {
		if i%10 < 4 { // four in ten of either arm have nothing
			in.Outcome[i] = 0
		}
	}
	got := must(t, in, Options{})
	e := value(t, got, "tau=0.1")
	if e.Value != 0 || !math.IsNaN(e.SE) || !math.IsNaN(e.Lo) {
		t.Errorf("P10 on a mass of zeros = %+v, want 0 without an interval", e)
	}
	if _, ok := got.Get("band tau=0.1"); ok {
		t.Error("a band for a degenerate quantile")
	}
	if !(value(t, got, "tau=0.8").SE > 0) {
		t.Error("no error for a quantile beside the mass point")
	}
	if e := value(t, got, "relative tau=0.1"); !math.IsNaN(e.Value) {
		t.Errorf("relative effect on zero = %+v, want NaN", e)
	}
	for i := range in.Outcome {
		in.Outcome[i] = 3
	}
	for _, e := range must(t, in, Options{}).Estimates {
		if e.Value != 0 || !math.IsNaN(e.Lo) {
			t.Errorf("constant outcome: %+v, want 0 without an interval", e)
		}
	}
}

func TestThinTails(t *testing.T) {
	got := must(t, team(3, 60, 5, 1), Options{}) // 30 a side: tails of five from .17 on
	if _, ok := got.Get("tau=0.1"); ok {
		t.Error("tau=0.1 given although three people lie below it")
	}
	value(t, got, "tau=0.2")
	if _, ok := got.Get("ceiling-floor"); ok {
		t.Error("ceiling-floor given although its tails are thin")
	}
	r, err := Effects(t.Context(), team(3, 16, 5, 1), Options{})
	if err != nil || r.Refusal == nil || r.Refusal.Code != "thin-tails" || !(r.Refusal.MDE > 5) {
		t.Errorf("8 a side: %v, %+v, want a refusal with its minimum detectable effect", err, r.Refusal)
	}
}

func TestWeights(t *testing.T) {
	in := team(4, 300, 5, 1)
	double := in
	in.Weights = make([]float64, 300)
	for i := range in.Weights {
		in.Weights[i] = 1
		if i%3 == 0 {
			in.Weights[i] = 2
			double.Outcome, double.Treated = append(double.Outcome, in.Outcome[i]), append(double.Treated, in.Treated[i])
		}
	}
	double.Weights = make([]float64, len(double.Outcome))
	for i := range double.Weights {
		double.Weights[i] = 1
	}
	a, b := must(t, in, Options{Draws: 100}), must(t, double, Options{Draws: 100})
	for _, tau := range []string{"tau=0.2", "tau=0.5", "tau=0.9", "ate"} {
		measuretest.Near(t, tau, value(t, a, tau).Value, value(t, b, tau).Value, 1e-12)
	}
}

func TestInvalidAndRefused(t *testing.T) {
	in := func() Input {
		v := team(5, 100, 5, 1)
		v.Covariates = [][]float64{append([]float64(nil), v.Outcome...)}
		return v
	}
	tests := []struct {
		name, want string
		change     func(*Input, *Options)
	}{
		{"no rows", "no rows", func(i *Input, _ *Options) { *i = Input{} }},
		{"NaN", "row 4", func(i *Input, _ *Options) { i.Outcome[3] = math.NaN() }},
		{"lengths", "treatment has 99 rows", func(i *Input, _ *Options) { i.Treated = i.Treated[1:] }},
		{"covariate", "covariate 1, row 1", func(i *Input, _ *Options) { i.Covariates[0][0] = math.Inf(1) }},
		{"weights", "negative", func(i *Input, _ *Options) { i.Weights = make([]float64, 100); i.Weights[2] = -1 }},
		{"tau", "between 0 and 1", func(_ *Input, o *Options) { o.Tau = []float64{.5, 10} }},
		{"draws", "at least 100", func(_ *Input, o *Options) { o.Draws = 3 }},
		{"clip", "clip", func(_ *Input, o *Options) { o.Clip = .7 }},
		{"floor", "floor", func(_ *Input, o *Options) { o.Floor = .95 }},
	}
	for _, tt := range tests {
		i, o := in(), Options{}
		tt.change(&i, &o)
		_, err := Effects(t.Context(), i, o)
		if !errors.Is(err, measure.ErrInput) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want ErrInput with %q", tt.name, err, tt.want)
		}
	}
	alone, split := in(), in()
	for i := range alone.Treated {
		alone.Treated[i] = true
		split.Covariates[0][i] = float64(i % 2)
	}
	for name, tt := range map[string]struct {
		in   Input
		want string
	}{"everyone treated": {alone, "one-arm"}, "covariate separates": {split, "no-overlap"}} {
		got, err := Effects(t.Context(), tt.in, Options{})
		if err != nil || got.Refusal == nil || got.Refusal.Code != tt.want {
			t.Errorf("%s: %v, %+v, want refusal %s", name, err, got.Refusal, tt.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Effects(ctx, in(), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error %v", err)
	}
}

func TestSeed(t *testing.T) {
	in := team(6, 200, 5, 1)
	a, b, c := must(t, in, Options{Seed: 1}), must(t, in, Options{Seed: 1}), must(t, in, Options{Seed: 2})
	if x, y := value(t, a, "tau=0.5"), value(t, b, "tau=0.5"); x != y {
		t.Errorf("same seed: %+v and %+v", x, y)
	}
	if x, y := value(t, a, "tau=0.5"), value(t, c, "tau=0.5"); x.Value != y.Value || x.SE == y.SE {
		t.Errorf("other seed: %+v and %+v, want the same value and another error", x, y)
	}
}

func TestCluster(t *testing.T) {
	in := team(7, 200, 5, 1)
	plain := value(t, must(t, in, Options{}), "tau=0.5").SE
	n := len(in.Outcome)
	for i := range n { // everyone twice: by cluster the error must not shrink
		in.Outcome, in.Treated = append(in.Outcome, in.Outcome[i]), append(in.Treated, in.Treated[i])
	}
	for i := range in.Outcome {
		in.Cluster = append(in.Cluster, i%n)
	}
	by := value(t, must(t, in, Options{}), "tau=0.5").SE
	measuretest.Near(t, "SE of copies by cluster over SE", by/plain, 1, .2)
}

// confounded draws people whose x raises both the chance of treatment and the
// outcome; treatment adds 5 to everyone.
func confounded(seed uint64, n int) Input {
	rng := measure.Rand(seed)
	in := Input{Covariates: [][]float64{make([]float64, n)}}
	for i := range n {
		x := rng.NormFloat64()
		d := rng.Float64() < 1/(1+math.Exp(-.7*x))
		y := 50 + 6*x + 8*rng.NormFloat64()
		if d {
			y += 5
		}
		in.Covariates[0][i] = x
		in.Outcome, in.Treated = append(in.Outcome, y), append(in.Treated, d)
	}
	return in
}

func drawQuantile(adjusted, onTreated bool, name string, n, draws int) measuretest.Draw {
	return func(seed uint64) (measure.Estimate, float64, error) {
		in := team(seed, n, 5, 1)
		if adjusted {
			in = confounded(seed, n)
		}
		r, err := Effects(context.Background(), in, Options{Draws: draws, Seed: seed, OnTreated: onTreated})
		e, _ := r.Get(name)
		truth := 5.0
		if name == "ceiling-floor" {
			truth = 0
		}
		return e, truth, err
	}
}

// bandDraw says whether all nine intervals of a band hold 5 at once.
func bandDraw(seed uint64) (measure.Estimate, float64, error) {
	r, err := Effects(context.Background(), team(seed, 400, 5, 1), Options{Draws: 300, Seed: seed})
	worst := measure.Estimate{Lo: math.Inf(-1), Hi: math.Inf(1)}
	for k := range 9 {
		e, _ := r.Get(fmt.Sprintf("band tau=0.%d", k+1))
		worst.Lo, worst.Hi = max(worst.Lo, e.Lo), min(worst.Hi, e.Hi)
	}
	return worst, 5, err
}

func TestSmoke(t *testing.T) {
	for name, draw := range map[string]measuretest.Draw{
		"median": drawQuantile(false, false, "tau=0.5", 300, 200),
		"P10":    drawQuantile(true, false, "tau=0.1", 300, 200),
		"gap":    drawQuantile(false, false, "ceiling-floor", 300, 200),
		"band":   bandDraw,
	} {
		if got := measuretest.Coverage(t, 50, draw); got < .84 {
			t.Errorf("%s: %v of 50 intervals hold the truth, want about .95", name, got)
		}
	}
}

func BenchmarkEffects(b *testing.B) {
	for _, bb := range []struct {
		name string
		in   Input
	}{{"64000/random", team(1, 64000, 5, 1)}, {"10000/adjusted", confounded(1, 10000)}} {
		b.Run(bb.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := Effects(b.Context(), bb.in, Options{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
