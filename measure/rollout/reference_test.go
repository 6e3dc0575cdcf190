package rollout_test

import (
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/measuretest"
	"github.com/chanzipu/outfitter/measure/panel"
	"github.com/chanzipu/outfitter/measure/rollout"
)

// want is one published (or pinned) coefficient with its standard error; an
// SE of 0 is not checked.
type want struct {
	name       string
	value, se  float64
	tolerance  float64
	seDistance float64 // 0: as tolerance
}

func check(t *testing.T, r measure.Result, wants []want) {
	t.Helper()
	if r.Refusal != nil {
		t.Fatalf("refused: %s", r.Refusal.Reason.EN)
	}
	for _, w := range wants {
		e, ok := r.Get(w.name)
		if !ok {
			t.Errorf("no estimate %q", w.name)
			continue
		}
		measuretest.Near(t, w.name, e.Value, w.value, w.tolerance)
		if w.se > 0 {
			d := w.seDistance
			if d == 0 {
				d = w.tolerance
			}
			measuretest.Near(t, w.name+" SE", e.SE, w.se, d)
		}
	}
}

// fixest walkthrough: feols(y ~ x1 + sunab(year_treated, year) | id + year).
func TestBaseStagg(t *testing.T) {
	tb := measuretest.Read(t, "base_stagg/base_stagg.csv")
	r := rollout.Data{
		Outcome: tb.Float("y"), Unit: tb.Int("id"), Time: tb.Int("year"), First: tb.Int("year_treated"),
		Covariates: []panel.Column{{Name: "x1", Values: tb.Float("x1")}},
	}
	f, err := rollout.SunAbraham(t.Context(), r, panel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	check(t, f.Result, []want{
		{name: "ATT", value: -1.133749, se: .205070, tolerance: 1e-6},
		{name: "x1", value: .994678, se: .018378, tolerance: 1e-6},
		{name: "event=0", value: -5.188207, se: .221068, tolerance: 1e-6},
		{name: "event=8", value: 6.243626, se: .297557, tolerance: 1e-6},
		{name: "event=-9", value: .3518, se: .3591, tolerance: 1e-4},
	})
	if f.N != 950 {
		t.Errorf("n = %d, want 950", f.N)
	}
	on := make([]float64, tb.N)
	for i, g := range r.First {
		if r.Time[i] >= g {
			on[i] = 1
		}
	}
	tw, _, err := rollout.TWFE(t.Context(), r, on, panel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	// A pin: negative, although most true effects are positive by then.
	check(t, tw.Result, []want{{name: "treatment", value: -3.6831014, se: .3610711, tolerance: 1e-7}})
}

// fixest walkthrough: feols(y ~ x1 + i(period, treat, 5) | id + period).
func TestBaseDid(t *testing.T) {
	tb := measuretest.Read(t, "base_did/base_did.csv")
	first := make([]int, tb.N)
	for i, d := range tb.Int("treat") {
		first[i] = 6 * d
	}
	f, err := rollout.EventStudy(t.Context(), rollout.Data{
		Outcome: tb.Float("y"), Unit: tb.Int("id"), Time: tb.Int("period"), First: first,
		Covariates: []panel.Column{{Name: "x1", Values: tb.Float("x1")}},
	}, panel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var wants []want
	for _, w := range []want{
		{"x1", .973490, .045678, 0, 0}, {"event=-5", -1.403045, 1.110267, 0, 0}, {"event=-4", -1.247511, 1.093145, 0, 0},
		{"event=-3", -.273206, 1.106935, 0, 0}, {"event=-2", -1.795721, 1.087974, 0, 0}, {"event=0", .784452, 1.028388, 0, 0},
		{"event=1", 3.598897, 1.101563, 0, 0}, {"event=2", 3.811766, 1.247502, 0, 0}, {"event=3", 4.731426, 1.097113, 0, 0},
		{"event=4", 6.606229, 1.120494, 0, 0},
	} {
		w.tolerance = 1e-6
		wants = append(wants, w)
	}
	check(t, f.Result, wants)
}

// bacondecomp's vignette.
func TestBacon(t *testing.T) {
	castle := measuretest.Read(t, "castle/castle.csv")
	reform := measuretest.Read(t, "castle/math_reform.csv")
	type part struct{ weight, value float64 }
	tests := []struct {
		name               string
		r                  rollout.Data
		treated            []float64
		value, se, tol     float64
		early, late, never part
		partTolerance      float64
	}{
		{
			name:    "castle",
			r:       rollout.Data{Outcome: castle.Float("l_homicide"), Unit: absorbCodes(castle.Text("state")), Time: castle.Int("year")},
			treated: castle.Float("post"), value: 0.0818116169306475, se: .0588742, tol: 1e-10,
			early: part{.05976, -.00554}, late: part{.03190, .07032}, never: part{.90834, .08796}, partTolerance: 5e-6,
		},
		{
			name:    "math reform",
			r:       rollout.Data{Outcome: reform.Float("incearn_ln"), Unit: absorbCodes(reform.Text("state")), Time: reform.Int("class")},
			treated: reform.Float("reform_math"), value: .06353*.02868 + .05265*.03375 - .88382*.00129, tol: 1e-5,
			early: part{.06353, .02868}, late: part{.05265, .03375}, never: part{.88382, -.00129}, partTolerance: 5e-6,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, list, err := rollout.TWFE(t.Context(), tt.r, tt.treated, panel.Options{})
			if err != nil {
				t.Fatal(err)
			}
			w := want{name: "treatment", value: tt.value, se: tt.se, tolerance: tt.tol, seDistance: 1e-7}
			check(t, f.Result, []want{w})
			measuretest.Near(t, "sum of the parts", rollout.Value(list), f.Coef[0], 1e-9)
			sum := map[string]part{}
			for _, c := range list {
				p := sum[c.Kind]
				p.weight += c.Weight
				p.value += c.Weight * c.Value
				sum[c.Kind] = p
			}
			for kind, want := range map[string]part{"earlier v. later": tt.early, "later v. earlier": tt.late, "treated v. untreated": tt.never} {
				measuretest.Near(t, kind+" weight", sum[kind].weight, want.weight, tt.partTolerance)
				measuretest.Near(t, kind, sum[kind].value/sum[kind].weight, want.value, tt.partTolerance)
			}
		})
	}
}

func absorbCodes(names []string) []int {
	f := absorb.NewFactor("", names)
	out := make([]int, len(f.Code))
	for i, c := range f.Code {
		out[i] = int(c)
	}
	return out
}

// did's mpdta: static TWFE (published −0.03654894) and Sun-Abraham.
func TestMpdta(t *testing.T) {
	tb := measuretest.Read(t, "mpdta/mpdta.csv")
	r := rollout.Data{Outcome: tb.Float("lemp"), Unit: tb.Int("countyreal"), Time: tb.Int("year"), First: tb.Int("first.treat")}
	treated := make([]float64, tb.N)
	for i, g := range r.First {
		if g > 0 && r.Time[i] >= g {
			treated[i] = 1
		}
	}
	f, _, err := rollout.TWFE(t.Context(), r, treated, panel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	check(t, f.Result, []want{{name: "treatment", value: -.036548936674, se: .0132652, tolerance: 1e-10, seDistance: 1e-5}})
	sa, err := rollout.SunAbraham(t.Context(), r, panel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	check(t, sa.Result, []want{
		{name: "ATT", value: -.0399513, se: .0117963, tolerance: 1e-7, seDistance: 1e-5},
		{name: "event=0", value: -.019932, tolerance: 1e-6},
		{name: "event=1", value: -.050957, tolerance: 1e-6},
		{name: "event=2", value: -.137259, tolerance: 1e-6},
		{name: "event=3", value: -.100811, tolerance: 1e-6},
	})
}
