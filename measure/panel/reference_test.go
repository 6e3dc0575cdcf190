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
