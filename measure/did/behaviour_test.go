package did

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

func must(t testing.TB, in Input, o Options) Effects {
	t.Helper()
	got, err := Estimate(context.Background(), in, o)
	if err != nil {
		t.Fatal(err)
	}
	if got.Refusal != nil {
		t.Fatalf("refused: %s", got.Refusal.Reason.EN)
	}
	return got
}

func value(t testing.TB, e Effects, name string) measure.Estimate {
	t.Helper()
	v, ok := e.Get(name)
	if !ok {
		t.Fatalf("no estimate %q", name)
	}
	return v
}

// TestBootstrap: R did's README prints .0246 for 2004/04 and a critical value
// of 2.7 to 2.75 over the twelve cells; both move with the seed.
func TestBootstrap(t *testing.T) {
	in := mpdta(t, false)
	analytic, got := must(t, in, Options{}), must(t, in, Options{Draws: 2000, Seed: 7})
	for i, e := range got.Estimates {
		a := analytic.Estimates[i]
		if math.Abs(e.SE/a.SE-1) > 0.10 { // 20 counties in cohort 2004: the two differ there
			t.Errorf("%s: bootstrap SE %v, analytic %v, want within 10 %%", e.Name, e.SE, a.SE)
		}
	}
	measuretest.Near(t, "bootstrap SE of 2004/04", value(t, got, "ATT(2004,2004)").SE, .0246, .08*.0246)
	if got.Critical < 2.5 || got.Critical > 2.95 {
		t.Errorf("critical value over 12 cells = %v, want about 2.7", got.Critical)
	}
	again := must(t, in, Options{Draws: 2000, Seed: 7})
	other := must(t, in, Options{Draws: 2000, Seed: 8})
	if again.Critical != got.Critical || other.Critical == got.Critical {
		t.Errorf("critical values %v, %v with one seed, %v with another", got.Critical, again.Critical, other.Critical)
	}
}

func TestUniversalBase(t *testing.T) {
	in := rollout(3, 200, 9, false)
	v, u := must(t, in, Options{}), must(t, in, Options{Base: Universal})
	for _, name := range []string{"simple", "dynamic", "group", "calendar", "ATT(5,6)", "ATT(7,9)"} {
		if a, b := value(t, v, name), value(t, u, name); a != b {
			t.Errorf("%s: varying %+v, universal %+v: effects after treatment must not depend on the base", name, a, b)
		}
	}
	// Short differences add up to the long one: against t=4, period 2 is −(δ3+δ4).
	want := -(value(t, v, "ATT(5,3)").Value + value(t, v, "ATT(5,4)").Value)
	measuretest.Near(t, "universal ATT(5,2)", value(t, u, "ATT(5,2)").Value, want, 1e-12)
	if e := value(t, u, "ATT(5,4)"); e.Value != 0 || !math.IsNaN(e.SE) {
		t.Errorf("reference period = %+v, want 0 without error", e)
	}
}

// TestInvariance: order of rows, unit numbers and a shift of the outcome by
// unit or period change nothing; a weight of 2 equals a second such unit.
func TestInvariance(t *testing.T) {
	in := rollout(5, 120, 7, true)
	want := must(t, in, Options{})
	var mixed Input
	n := len(in.Outcome)
	mixed.Covariates = [][]float64{nil}
	for k := range n {
		i := (k*7919 + 13) % n
		mixed.Unit = append(mixed.Unit, -1_000_000_007*in.Unit[i])
		mixed.Time, mixed.FirstTreated = append(mixed.Time, in.Time[i]), append(mixed.FirstTreated, in.FirstTreated[i])
		mixed.Outcome = append(mixed.Outcome, in.Outcome[i]+float64(in.Unit[i])+3*float64(in.Time[i]))
		mixed.Covariates[0] = append(mixed.Covariates[0], 1e6*in.Covariates[0][i]-5)
	}
	got := must(t, mixed, Options{})
	for i, e := range got.Estimates {
		measuretest.Near(t, e.Name, e.Value, want.Estimates[i].Value, 1e-9)
		measuretest.Near(t, e.Name+" se", e.SE, want.Estimates[i].SE, 1e-9)
	}
	weighted, doubled := in, in
	weighted.Weights = make([]float64, n)
	for i := range n {
		weighted.Weights[i] = 1
		if in.Unit[i] <= 40 {
			weighted.Weights[i] = 2
			doubled.Unit, doubled.Time = append(doubled.Unit, in.Unit[i]+1000), append(doubled.Time, in.Time[i])
			doubled.Outcome, doubled.FirstTreated = append(doubled.Outcome, in.Outcome[i]), append(doubled.FirstTreated, in.FirstTreated[i])
			doubled.Covariates = [][]float64{append(doubled.Covariates[0], in.Covariates[0][i])}
		}
	}
	// Clustering the copies with their originals makes the errors equal too.
	for _, u := range doubled.Unit {
		doubled.Cluster = append(doubled.Cluster, u%1000)
	}
	w, d := must(t, weighted, Options{}), must(t, doubled, Options{})
	for i, e := range w.Estimates {
		measuretest.Near(t, "weighted "+e.Name, e.Value, d.Estimates[i].Value, 1e-9)
		measuretest.Near(t, "weighted "+e.Name+" se", e.SE, d.Estimates[i].SE, 1e-9)
	}
}

func TestMissingPeriods(t *testing.T) {
	full := rollout(9, 300, 7, false)
	cut := Input{}
	for i := range full.Outcome {
		if full.Unit[i] <= 60 && full.Time[i] == 2 {
			continue
		}
		cut.Unit, cut.Time = append(cut.Unit, full.Unit[i]), append(cut.Time, full.Time[i])
		cut.Outcome, cut.FirstTreated = append(cut.Outcome, full.Outcome[i]), append(cut.FirstTreated, full.FirstTreated[i])
	}
	drop, pair, all := must(t, cut, Options{}), must(t, cut, Options{Missing: PairUnits}), must(t, full, Options{})
	if drop.N != 240 || pair.N != 300 {
		t.Errorf("units = %d dropped, %d paired, want 240 and 300", drop.N, pair.N)
	}
	if len(drop.Diagnostics) == 0 || drop.Diagnostics[0].Code != "incomplete-units" || drop.Diagnostics[0].Values["units"] != 60 {
		t.Errorf("diagnostics = %+v, want 60 incomplete units", drop.Diagnostics)
	}
	// Cells that do not touch period 2 are those of the full panel.
	if a, b := value(t, pair, "ATT(5,6)"), value(t, all, "ATT(5,6)"); math.Abs(a.Value-b.Value) > 1e-12 || math.Abs(a.SE-b.SE) > 1e-12 {
		t.Errorf("ATT(5,6) = %+v with pairs, %+v in full", a, b)
	}
	if a, b := value(t, pair, "ATT(3,3)"), value(t, all, "ATT(3,3)"); math.Abs(a.Value-b.Value) < 1e-12 || !(a.SE > b.SE) {
		t.Errorf("ATT(3,3) = %+v with fewer pairs, %+v in full, want another value with a larger error", a, b)
	}
}

func TestClusters(t *testing.T) {
	in := rollout(11, 300, 7, false)
	in.Cluster = make([]int, len(in.Unit))
	shock := measure.Rand(2)
	size := map[[2]int]float64{}
	for i, u := range in.Unit {
		in.Cluster[i] = u % 30
		k := [2]int{u % 30, in.Time[i]}
		if _, ok := size[k]; !ok {
			size[k] = 2 * shock.NormFloat64()
		}
		in.Outcome[i] += size[k]
	}
	by := must(t, in, Options{})
	in.Cluster = nil
	plain := must(t, in, Options{})
	a, b := value(t, by, "simple"), value(t, plain, "simple")
	if a.Value != b.Value || a.SE == b.SE {
		t.Errorf("simple by cluster %+v, by unit %+v: want the same value and another error", a, b)
	}
}

func TestNoNeverTreated(t *testing.T) {
	in := rollout(13, 300, 9, false)
	out := Input{}
	for i := range in.Outcome {
		if in.FirstTreated[i] > 0 {
			out.Unit, out.Time = append(out.Unit, in.Unit[i]), append(out.Time, in.Time[i])
			out.Outcome, out.FirstTreated = append(out.Outcome, in.Outcome[i]), append(out.FirstTreated, in.FirstTreated[i])
		}
	}
	got, err := Estimate(t.Context(), out, Options{})
	if err != nil || got.Refusal == nil || got.Refusal.Code != "everyone-treated" {
		t.Fatalf("never-treated control without any: %v, %+v, want a refusal", err, got.Refusal)
	}
	e := must(t, out, Options{Control: NotYetTreated})
	// The last cohort (9) serves as control to the end, and has no effect of its own.
	value(t, e, "ATT(3,8)")
	for _, name := range []string{"ATT(9,9)", "ATT(3,9)"} {
		if _, ok := e.Get(name); ok {
			t.Errorf("%s estimated although nobody is left untreated", name)
		}
	}
}

func TestPlacebo(t *testing.T) {
	in := rollout(17, 1500, 9, false)
	got, err := Placebo(t.Context(), in, 2, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e := value(t, got, "simple"); !(e.Lo < 0 && 0 < e.Hi) {
		t.Errorf("placebo on parallel trends = %+v, want an interval around 0", e)
	}
	for i := range in.Outcome { // now the treated drift upwards from the start
		if in.FirstTreated[i] > 0 {
			in.Outcome[i] += 0.5 * float64(in.Time[i])
		}
	}
	got, err = Placebo(t.Context(), in, 2, Options{})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "placebo under a drift of .5 per period", value(t, got, "simple").Value, 0.75, 0.15)
	if d := got.Diagnostics[len(got.Diagnostics)-1]; d.Severity != measure.Serious {
		t.Errorf("last diagnostic = %+v, want a serious one", d)
	}
	if e := must(t, in, Options{}); !(e.PreTest.P < 1e-6) {
		t.Errorf("pre-test under drift: p = %v, want near 0", e.PreTest.P)
	}
	if _, err := Placebo(t.Context(), in, 0, Options{}); !errors.Is(err, measure.ErrInput) {
		t.Errorf("Placebo(lead 0) error %v, want ErrInput", err)
	}
}

func TestInvalid(t *testing.T) {
	base := func() Input { return rollout(1, 20, 5, true) }
	tests := []struct {
		name   string
		change func(*Input, *Options)
		want   string
	}{
		{"no rows", func(in *Input, _ *Options) { *in = Input{} }, "no rows"},
		{"NaN", func(in *Input, _ *Options) { in.Outcome[7] = math.NaN() }, "row 8"},
		{"infinite covariate", func(in *Input, _ *Options) { in.Covariates[0][2] = math.Inf(1) }, "covariate 1, row 3"},
		{"lengths differ", func(in *Input, _ *Options) { in.Time = in.Time[1:] }, "time has 99 rows"},
		{"duplicate", func(in *Input, _ *Options) { in.Time[1] = 1 }, "two rows in period 1 (rows 1 and 2)"},
		{"negative cohort", func(in *Input, _ *Options) { in.FirstTreated[3] = -2 }, "row 4: -2 is negative"},
		{"changing cohort", func(in *Input, _ *Options) { in.FirstTreated[3] += 1 }, "must be the same"},
		{"changing cluster", func(in *Input, _ *Options) { in.Cluster = append([]int(nil), in.Time...) }, "stay in one cluster"},
		{"negative weight", func(in *Input, _ *Options) { in.Weights = make([]float64, 100); in.Weights[5] = -1 }, "row 6"},
		{"sparse periods", func(in *Input, _ *Options) {
			*in = Input{}
			for i := range 3000 {
				in.Unit, in.Time = append(in.Unit, i), append(in.Time, 7*i)
				in.Outcome, in.FirstTreated = append(in.Outcome, 1), append(in.FirstTreated, 0)
			}
		}, "weeks or months"},
		{"unknown control", func(_ *Input, o *Options) { o.Control = "all" }, `"not-yet"`},
		{"unknown base", func(_ *Input, o *Options) { o.Base = "x" }, `"universal"`},
		{"few draws", func(_ *Input, o *Options) { o.Draws = 5 }, "at least 100"},
		{"level", func(_ *Input, o *Options) { o.Level = 95 }, "0.95"},
		{"anticipation", func(_ *Input, o *Options) { o.Anticipation = -1 }, "negative"},
	}
	for _, tt := range tests {
		in, o := base(), Options{}
		tt.change(&in, &o)
		_, err := Estimate(t.Context(), in, o)
		if !errors.Is(err, measure.ErrInput) || !strings.Contains(fmt.Sprint(err), tt.want) {
			t.Errorf("%s: error %v, want ErrInput with %q", tt.name, err, tt.want)
		}
	}
}

func TestRefusals(t *testing.T) {
	panel := func(firsts ...int) Input {
		var in Input
		for u, g := range firsts {
			for p := 1; p <= 4; p++ {
				in.Unit, in.Time, in.FirstTreated = append(in.Unit, u), append(in.Time, p), append(in.FirstTreated, g)
				in.Outcome = append(in.Outcome, float64((u*31+p*17)%11))
			}
		}
		return in
	}
	oneYear := Input{Unit: []int{1, 2}, Time: []int{1, 1}, Outcome: []float64{1, 2}, FirstTreated: []int{0, 1}}
	separated := panel(3, 3, 3, 0, 0, 0)
	separated.Covariates = [][]float64{{}}
	for _, g := range separated.FirstTreated {
		separated.Covariates[0] = append(separated.Covariates[0], float64(g))
	}
	weightless := panel(3, 0)
	weightless.Weights = []float64{1, 1, 1, 1, 0, 0, 0, 0}
	tests := []struct {
		name string
		in   Input
		want string
	}{
		{"one period", oneYear, "one-period"},
		{"nobody treated", panel(0, 0, 9), "nobody-treated"},
		{"everyone treated from the start", panel(1, 1), "no-units"},
		{"only the early are treated", panel(1, 1, 0), "nobody-treated"},
		{"everyone treated at once", panel(3, 3), "everyone-treated"},
		{"covariates separate", separated, "no-overlap"},
		{"controls without weight", weightless, "everyone-treated"},
	}
	for _, tt := range tests {
		got, err := Estimate(t.Context(), tt.in, Options{})
		if err != nil || got.Refusal == nil || got.Refusal.Code != tt.want {
			t.Errorf("%s: error %v, refusal %+v, want %s", tt.name, err, got.Refusal, tt.want)
		}
		if len(got.Estimates) > 0 {
			t.Errorf("%s: %d estimates beside a refusal", tt.name, len(got.Estimates))
		}
	}
	constant := panel(3, 3, 0, 0)
	for i := range constant.Outcome {
		constant.Outcome[i] = 4
	}
	for _, draws := range []int{0, 100} {
		got := must(t, constant, Options{Draws: draws})
		if e := value(t, got, "simple"); e.Value != 0 || !math.IsNaN(e.SE) || !math.IsNaN(e.Lo) {
			t.Errorf("constant outcome: %+v, want 0 without an interval", e)
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Estimate(ctx, rollout(1, 50, 5, false), Options{Draws: 200}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}
