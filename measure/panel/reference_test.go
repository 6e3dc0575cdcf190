package panel_test

import (
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/measuretest"
	"github.com/chanzipu/outfitter/measure/panel"
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

// complete returns columns on the rows where all of them are present.
func complete(tb *measuretest.Table, names ...string) map[string][]float64 {
	keep := make([]bool, tb.N)
	for i := range keep {
		keep[i] = true
	}
	cols := map[string][]float64{}
	for _, name := range names {
		cols[name] = tb.Float(name)
		for i, v := range cols[name] {
			keep[i] = keep[i] && !math.IsNaN(v)
		}
	}
	out := map[string][]float64{}
	for _, name := range names {
		for i, v := range cols[name] {
			if keep[i] {
				out[name] = append(out[name], v)
			}
		}
	}
	return out
}

func apply(x []float64, f func(float64) float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = f(v)
	}
	return out
}

func square(x float64) float64 { return x * x }

// Stata Longitudinal/Panel-Data manual, xtreg fe example on nlswork.
func TestNLSWork(t *testing.T) {
	tb := measuretest.Read(t, "nlswork/nlswork.csv")
	c := complete(tb, "ln_wage", "idcode", "age", "ttl_exp", "tenure", "race", "not_smsa", "south", "grade")
	d := panel.Data{
		Outcome: c["ln_wage"],
		Fixed:   []absorb.Factor{absorb.NewFactor("idcode", c["idcode"])},
		Regressors: []panel.Column{
			{Name: "grade", Values: c["grade"]},
			{Name: "age", Values: c["age"]}, {Name: "age2", Values: apply(c["age"], square)},
			{Name: "ttl_exp", Values: c["ttl_exp"]}, {Name: "ttl_exp2", Values: apply(c["ttl_exp"], square)},
			{Name: "tenure", Values: c["tenure"]}, {Name: "tenure2", Values: apply(c["tenure"], square)},
			{Name: "black", Values: apply(c["race"], func(v float64) float64 {
				if v == 2 {
					return 1
				}
				return 0
			})},
			{Name: "not_smsa", Values: c["not_smsa"]}, {Name: "south", Values: c["south"]},
		},
	}
	f, err := panel.OLS(t.Context(), d, panel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	check(t, f.Result, []want{
		{name: "age", value: .0359987, se: .0033864, tolerance: 1e-7},
		{name: "age2", value: -.000723, se: .0000533, tolerance: 1e-7},
		{name: "ttl_exp", value: .0334668, se: .0029653, tolerance: 1e-7},
		{name: "ttl_exp2", value: .0002163, se: .0001277, tolerance: 1e-7},
		{name: "tenure", value: .0357539, se: .0018487, tolerance: 1e-7},
		{name: "tenure2", value: -.0019701, se: .000125, tolerance: 1e-7},
		{name: "not_smsa", value: -.0890108, se: .0095316, tolerance: 1e-7},
		{name: "south", value: -.0606309, se: .0109319, tolerance: 1e-7},
	})
	measuretest.Near(t, "sigma", f.Sigma, .29068923, 1e-7)
	measuretest.Near(t, "within R2", f.R2Within, .1727, 5e-5)
	if f.N != 28091 || len(f.Collinear) != 2 {
		t.Errorf("n, collinear = %d, %v, want 28091 and grade, black", f.N, f.Collinear)
	}
}

// Pins: two-way fixed effects with singletons kept and dropped.
func TestNLSWorkSingletons(t *testing.T) {
	tb := measuretest.Read(t, "nlswork/nlswork.csv")
	c := complete(tb, "ln_wage", "idcode", "year", "ttl_exp", "tenure")
	id := absorb.NewFactor("idcode", c["idcode"])
	d := panel.Data{
		Outcome: c["ln_wage"], Clusters: []absorb.Factor{id},
		Fixed:      []absorb.Factor{id, absorb.NewFactor("year", c["year"])},
		Regressors: []panel.Column{{Name: "ttl_exp", Values: c["ttl_exp"]}, {Name: "tenure", Values: c["tenure"]}},
	}
	for _, tt := range []struct {
		drop       bool
		n          int
		exp, tenur float64
	}{{false, 28101, .00243877, .00149316}, {true, 27549, .00243882, .00149319}} {
		f, err := panel.OLS(t.Context(), d, panel.Options{DropSingletons: tt.drop})
		if err != nil {
			t.Fatal(err)
		}
		check(t, f.Result, []want{
			{name: "ttl_exp", value: .03263601, se: tt.exp, tolerance: 1e-8},
			{name: "tenure", value: .01068112, se: tt.tenur, tolerance: 1e-8},
		})
		if f.N != tt.n {
			t.Errorf("n = %d, want %d", f.N, tt.n)
		}
	}
}

// plm's vignette: within estimates of Grunfeld's investment equation.
func TestGrunfeld(t *testing.T) {
	tb := measuretest.Read(t, "grunfeld/Grunfeld.csv")
	firm, year := absorb.NewFactor("firm", tb.Int("firm")), absorb.NewFactor("year", tb.Int("year"))
	x := []panel.Column{{Name: "value", Values: tb.Float("value")}, {Name: "capital", Values: tb.Float("capital")}}
	for name, tt := range map[string]struct {
		fixed []absorb.Factor
		wants []want
	}{
		"one-way": {[]absorb.Factor{firm}, []want{{name: "value", value: .110124, se: .011857, tolerance: 1e-6}, {name: "capital", value: .310065, se: .017355, tolerance: 1e-6}}},
		"two-way": {[]absorb.Factor{firm, year}, []want{{name: "value", value: .117716, se: .013751, tolerance: 1e-6}, {name: "capital", value: .357916, se: .022719, tolerance: 1e-6}}},
	} {
		f, err := panel.OLS(t.Context(), panel.Data{Outcome: tb.Float("inv"), Regressors: x, Fixed: tt.fixed}, panel.Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		check(t, f.Result, tt.wants)
	}
}

// fixest walkthrough: feols(y ~ x1 + sunab(year_treated, year) | id + year).
func TestBaseStagg(t *testing.T) {
	tb := measuretest.Read(t, "base_stagg/base_stagg.csv")
	r := panel.Rollout{
		Outcome: tb.Float("y"), Unit: tb.Int("id"), Time: tb.Int("year"), First: tb.Int("year_treated"),
		Covariates: []panel.Column{{Name: "x1", Values: tb.Float("x1")}},
	}
	f, err := panel.SunAbraham(t.Context(), r, panel.Options{})
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
	tw, _, err := panel.TWFE(t.Context(), r, on, panel.Options{})
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
	f, err := panel.EventStudy(t.Context(), panel.Rollout{
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
		r                  panel.Rollout
		treated            []float64
		value, se, tol     float64
		early, late, never part
		partTolerance      float64
	}{
		{
			name:    "castle",
			r:       panel.Rollout{Outcome: castle.Float("l_homicide"), Unit: absorbCodes(castle.Text("state")), Time: castle.Int("year")},
			treated: castle.Float("post"), value: 0.0818116169306475, se: .0588742, tol: 1e-10,
			early: part{.05976, -.00554}, late: part{.03190, .07032}, never: part{.90834, .08796}, partTolerance: 5e-6,
		},
		{
			name:    "math reform",
			r:       panel.Rollout{Outcome: reform.Float("incearn_ln"), Unit: absorbCodes(reform.Text("state")), Time: reform.Int("class")},
			treated: reform.Float("reform_math"), value: .06353*.02868 + .05265*.03375 - .88382*.00129, tol: 1e-5,
			early: part{.06353, .02868}, late: part{.05265, .03375}, never: part{.88382, -.00129}, partTolerance: 5e-6,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, list, err := panel.TWFE(t.Context(), tt.r, tt.treated, panel.Options{})
			if err != nil {
				t.Fatal(err)
			}
			w := want{name: "treatment", value: tt.value, se: tt.se, tolerance: tt.tol, seDistance: 1e-7}
			check(t, f.Result, []want{w})
			measuretest.Near(t, "sum of the parts", panel.Value(list), f.Coef[0], 1e-9)
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
	r := panel.Rollout{Outcome: tb.Float("lemp"), Unit: tb.Int("countyreal"), Time: tb.Int("year"), First: tb.Int("first.treat")}
	treated := make([]float64, tb.N)
	for i, g := range r.First {
		if g > 0 && r.Time[i] >= g {
			treated[i] = 1
		}
	}
	f, _, err := panel.TWFE(t.Context(), r, treated, panel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	check(t, f.Result, []want{{name: "treatment", value: -.036548936674, se: .0132652, tolerance: 1e-10, seDistance: 1e-5}})
	sa, err := panel.SunAbraham(t.Context(), r, panel.Options{})
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
