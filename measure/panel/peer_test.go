package panel_test

import (
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/measuretest"
	"github.com/chanzipu/outfitter/measure/panel"
)

// Figures printed by pyfixest 0.60.0 on the same files.
func TestPyfixestPoisson(t *testing.T) {
	tb := measuretest.Read(t, "base_stagg/base_stagg.csv")
	y := apply(tb.Float("y"), func(v float64) float64 { return math.Max(math.RoundToEven(math.Abs(v)-1), 0) })
	id, year := absorb.NewFactor("id", tb.Int("id")), absorb.NewFactor("year", tb.Int("year"))
	x1, treated := panel.Column{Name: "x1", Values: tb.Float("x1")}, panel.Column{Name: "treated", Values: tb.Float("treated")}
	clustered := []absorb.Factor{id}
	tests := []struct {
		name     string
		d        panel.Data
		errors   panel.Errors
		n        int
		x1, se   float64
		treated  float64
		tolerate float64
	}{
		{"one effect, hetero", panel.Data{Regressors: []panel.Column{x1, treated}, Fixed: []absorb.Factor{year}}, panel.Robust, 950, -0.02421776, 0.0279842, 0.64781932, 1e-6},
		{"one effect, clustered", panel.Data{Regressors: []panel.Column{x1, treated}, Fixed: []absorb.Factor{year}, Clusters: clustered}, panel.Auto, 950, -0.02421776, 0.03205269, 0.64781932, 1e-6},
		{"two effects, hetero", panel.Data{Regressors: []panel.Column{x1}, Fixed: []absorb.Factor{id, year}}, panel.Robust, 940, -0.03459725, 0.02382228, 0, 1e-6},
		{"two effects, clustered", panel.Data{Regressors: []panel.Column{x1}, Fixed: []absorb.Factor{id, year}, Clusters: clustered}, panel.Auto, 940, -0.03459725, 0.02874679, 0, 1e-6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.d.Outcome = y
			f, err := panel.Poisson(t.Context(), tt.d, panel.Options{Errors: tt.errors})
			if err != nil {
				t.Fatal(err)
			}
			wants := []want{{name: "x1", value: tt.x1, se: tt.se, tolerance: tt.tolerate}}
			if tt.treated != 0 {
				wants = append(wants, want{name: "treated", value: tt.treated, tolerance: tt.tolerate})
			}
			check(t, f.Result, wants)
			if f.N != tt.n {
				t.Errorf("n = %d, want %d", f.N, tt.n)
			}
		})
	}
}

func TestPyfixestGrunfeld(t *testing.T) {
	tb := measuretest.Read(t, "grunfeld/Grunfeld.csv")
	firm, year := absorb.NewFactor("firm", tb.Int("firm")), absorb.NewFactor("year", tb.Int("year"))
	w := apply(tb.Float("year"), func(v float64) float64 { return v - 1930 })
	d := panel.Data{
		Outcome: tb.Float("inv"), Fixed: []absorb.Factor{firm, year},
		Regressors: []panel.Column{{Name: "value", Values: tb.Float("value")}, {Name: "capital", Values: tb.Float("capital")}},
	}
	type fit func(d panel.Data, o panel.Options) (panel.Fit, error)
	ols := func(d panel.Data, o panel.Options) (panel.Fit, error) { return panel.OLS(t.Context(), d, o) }
	ppml := func(d panel.Data, o panel.Options) (panel.Fit, error) { return panel.Poisson(t.Context(), d, o) }
	tests := []struct {
		name         string
		fit          fit
		clusters     []absorb.Factor
		weights      []float64
		errors       panel.Errors
		value, se, p float64
		tolerance    float64
	}{
		{"two-way clustered", ols, []absorb.Factor{firm, year}, nil, panel.Auto, 0.11771586, 0.01126579, 2.47971688e-06, 1e-8},
		{"hetero", ols, nil, nil, panel.Robust, 0.11771586, 0.01917992, 5.78157944e-09, 1e-8},
		{"weighted", ols, []absorb.Factor{firm}, w, panel.Auto, 0.13543001, 0.01674019, 0, 1e-8},
		{"Poisson", ppml, []absorb.Factor{firm}, nil, panel.Auto, 0.00017386, 4.76114280e-05, 0.00026054, 1e-8},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d.Clusters, d.Weights = tt.clusters, tt.weights
			f, err := tt.fit(d, panel.Options{Errors: tt.errors})
			if err != nil {
				t.Fatal(err)
			}
			check(t, f.Result, []want{{name: "value", value: tt.value, se: tt.se, tolerance: tt.tolerance}})
			if e, _ := f.Get("value"); tt.p > 0 {
				measuretest.Near(t, "p", e.P, tt.p, tt.p*1e-3)
			}
		})
	}
}

// A regressor that is on only where the outcome is zero has no finite
// coefficient; its rows must go and the others' estimates must not move.
func TestSeparation(t *testing.T) {
	rng := measure.Rand(5)
	const n = 600
	y, x, sep := make([]float64, n), make([]float64, n), make([]float64, n)
	id := make([]int, n)
	for i := range y {
		id[i], x[i] = i/10, rng.NormFloat64()
		y[i] = math.Floor(math.Exp(0.5*x[i]+0.1*float64(id[i]%7)) * rng.ExpFloat64() * 1.5)
		if y[i] == 0 && i%3 == 0 {
			sep[i] = 1
		}
	}
	d := panel.Data{Outcome: y, Fixed: []absorb.Factor{absorb.NewFactor("id", id)}, Regressors: []panel.Column{{Name: "x", Values: x}, {Name: "sep", Values: sep}}}
	f, err := panel.Poisson(t.Context(), d, panel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	keep := func(col []float64) []float64 {
		var out []float64
		for i, v := range col {
			if sep[i] == 0 {
				out = append(out, v)
			}
		}
		return out
	}
	var ids []int
	for i, v := range id {
		if sep[i] == 0 {
			ids = append(ids, v)
		}
	}
	g, err := panel.Poisson(t.Context(), panel.Data{Outcome: keep(y), Fixed: []absorb.Factor{absorb.NewFactor("id", ids)}, Regressors: []panel.Column{{Name: "x", Values: keep(x)}}}, panel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Estimates) != 1 || f.N != g.N {
		t.Fatalf("estimates, n = %v, %d, want x alone, %d", f.Estimates, f.N, g.N)
	}
	measuretest.Near(t, "x", f.Coef[0], g.Coef[0], 1e-8)
	measuretest.Near(t, "x SE", f.Estimates[0].SE, g.Estimates[0].SE, 1e-8)
}

func TestPyfixestInstrument(t *testing.T) {
	tb := measuretest.Read(t, "grunfeld/Grunfeld.csv")
	value := tb.Float("value")
	z := make([]float64, len(value))
	for i := range z {
		z[i] = math.Sin(float64(i)) * 100
		if i > 0 {
			z[i] += value[i-1]
		}
	}
	d := panel.Data{
		Outcome: tb.Float("inv"), Regressors: []panel.Column{{Name: "capital", Values: tb.Float("capital")}},
		Fixed: []absorb.Factor{absorb.NewFactor("firm", tb.Int("firm")), absorb.NewFactor("year", tb.Int("year"))},
	}
	f, err := panel.TwoStage(t.Context(), d, panel.Column{Name: "value", Values: value}, []panel.Column{{Name: "z", Values: z}}, panel.Options{Errors: panel.Robust})
	if err != nil {
		t.Fatal(err)
	}
	value2 := want{name: "value", value: 0.12853205, se: 0.08788553, tolerance: 1e-8}
	check(t, f.Result, []want{value2, {name: "capital", value: 0.35278129, se: 0.05865493, tolerance: 1e-8}})
	if len(f.AndersonRubin) != 1 || f.AndersonRubin[0].Lo > 0.1285 || f.AndersonRubin[0].Hi < 0.1285 {
		t.Errorf("Anderson-Rubin set = %v, want one interval around the estimate", f.AndersonRubin)
	}
	t.Logf("F %.2f AR %v", f.FirstF, f.AndersonRubin)
}
