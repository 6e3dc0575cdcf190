package panel_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/measuretest"
	"github.com/chanzipu/outfitter/measure/panel"
)

// compress makes cells of rows that share all levels, as SQL would.
func compress(d panel.Data) panel.Cells {
	cell := d.Fixed[0]
	for _, f := range append(append([]absorb.Factor(nil), d.Fixed[1:]...), d.Clusters...) {
		cell = absorb.Intersect(cell, f)
	}
	vars := [][]float64{d.Outcome}
	c := panel.Cells{Rows: make([]float64, cell.Levels)}
	for _, x := range d.Regressors {
		vars, c.Names = append(vars, x.Values), append(c.Names, x.Name)
	}
	c.Sum, c.Cross = make([][]float64, len(vars)), make([][][]float64, len(vars))
	for a := range vars {
		c.Sum[a], c.Cross[a] = make([]float64, cell.Levels), make([][]float64, len(vars))
		for b := a; b < len(vars); b++ {
			c.Cross[a][b] = make([]float64, cell.Levels)
		}
	}
	first := make([]int, cell.Levels)
	for i, k := range cell.Code {
		first[k] = i
		c.Rows[k]++
		for a := range vars {
			c.Sum[a][k] += vars[a][i]
			for b := a; b < len(vars); b++ {
				c.Cross[a][b][k] += vars[a][i] * vars[b][i]
			}
		}
	}
	code := func(f absorb.Factor) absorb.Factor {
		out := absorb.Factor{Name: f.Name, Levels: f.Levels, Code: make([]int32, cell.Levels)}
		for k, i := range first {
			out.Code[k] = f.Code[i]
		}
		return out
	}
	for _, f := range d.Fixed {
		c.Fixed = append(c.Fixed, code(f))
	}
	for _, f := range d.Clusters {
		c.Clusters = append(c.Clusters, code(f))
	}
	return c
}

func small(seed uint64, n int) panel.Data {
	rng := measure.Rand(seed)
	y, x, z := make([]float64, n), make([]float64, n), make([]float64, n)
	a, b, g := make([]int, n), make([]int, n), make([]int, n)
	for i := range y {
		a[i], b[i] = rng.IntN(20), rng.IntN(6)
		g[i] = a[i] / 2
		x[i], z[i] = rng.NormFloat64()+float64(a[i])/5, float64(rng.IntN(2))
		y[i] = 2*x[i] - z[i] + math.Sin(float64(a[i])) + float64(b[i]) + rng.NormFloat64()
	}
	return panel.Data{
		Outcome: y, Regressors: []panel.Column{{Name: "x", Values: x}, {Name: "z", Values: z}},
		Fixed: []absorb.Factor{absorb.NewFactor("a", a), absorb.NewFactor("b", b)}, Clusters: []absorb.Factor{absorb.NewFactor("g", g), absorb.NewFactor("b", b)},
	}
}

// Cells must give what rows give.
func TestCellOLS(t *testing.T) {
	for clusters := range 3 {
		d := small(2, 900)
		d.Clusters = d.Clusters[:clusters]
		rows, err := panel.OLS(t.Context(), d, panel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		cells, err := panel.CellOLS(t.Context(), compress(d), panel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if cells.N != rows.N {
			t.Errorf("n = %d, want %d", cells.N, rows.N)
		}
		for j, e := range rows.Estimates {
			measuretest.Near(t, e.Name, cells.Estimates[j].Value, e.Value, 1e-8)
			measuretest.Near(t, e.Name+" SE", cells.Estimates[j].SE, e.SE, 1e-8)
			measuretest.Near(t, e.Name+" P", cells.Estimates[j].P, e.P, 1e-8)
		}
	}
	if _, err := panel.CellOLS(t.Context(), compress(small(2, 90)), panel.Options{Errors: panel.Robust}); !errors.Is(err, measure.ErrInput) {
		t.Errorf("CellOLS(robust) = %v, want ErrInput", err)
	}
}

func TestRefusal(t *testing.T) {
	time := []int{1, 2, 1, 2, 1, 2, 1, 2}
	unit := []int{1, 1, 2, 2, 3, 3, 4, 4}
	y := []float64{1, 2, 3, 4, 5, 7, 2, 1}
	after := []float64{0, 1, 0, 1, 0, 1, 0, 1}
	noise := []float64{3, 1, 4, 1, 5, 9, 2, 6}
	fixed := []absorb.Factor{absorb.NewFactor("unit", unit), absorb.NewFactor("time", time)}
	x := func(v []float64) []panel.Column { return []panel.Column{{Name: "x", Values: v}} }
	one := []absorb.Factor{absorb.NewFactor("all", make([]int, 8))}
	ols := func(d panel.Data) (panel.Fit, error) { return panel.OLS(t.Context(), d, panel.Options{}) }
	ppml := func(d panel.Data) (panel.Fit, error) { return panel.Poisson(t.Context(), d, panel.Options{}) }
	tests := []struct {
		name string
		fit  func(panel.Data) (panel.Fit, error)
		d    panel.Data
		want string
	}{
		{"exposure collinear with time", ols, panel.Data{Outcome: y, Regressors: x(after), Fixed: fixed}, "collinear"},
		{"too few rows", ols, panel.Data{Outcome: y[:4], Regressors: x(noise[:4]), Fixed: []absorb.Factor{absorb.NewFactor("unit", unit[:4]), absorb.NewFactor("time", time[:4])}}, "too-few-rows"},
		{"one cluster", ols, panel.Data{Outcome: y, Regressors: x(noise), Fixed: fixed, Clusters: one}, "too-few-clusters"},
		{"everyone treated", ppml, panel.Data{Outcome: y, Regressors: x([]float64{1, 1, 1, 1, 1, 1, 1, 1}), Fixed: fixed}, "collinear"},
		{"nothing happened", ppml, panel.Data{Outcome: make([]float64, 8), Regressors: x(noise), Fixed: fixed}, "no-events"},
	}
	for _, tt := range tests {
		f, err := tt.fit(tt.d)
		if err != nil || f.Refusal == nil || f.Refusal.Code != tt.want || len(f.Estimates) > 0 {
			t.Errorf("%s = %+v, %v, want refusal %q", tt.name, f.Refusal, err, tt.want)
		}
	}
	iv, err := panel.TwoStage(t.Context(), panel.Data{Outcome: y, Fixed: fixed}, panel.Column{Name: "d", Values: noise}, []panel.Column{{Name: "z", Values: after}}, panel.Options{})
	if err != nil || iv.Refusal == nil || iv.Refusal.Code != "instrument-irrelevant" {
		t.Errorf("TwoStage(instrument collinear with time) = %+v, %v, want refusal", iv.Refusal, err)
	}
	for name, dose := range map[string][]float64{"no-zero-dose": noise, "one-dose": after} {
		c, err := panel.DoseResponse(t.Context(), panel.Data{Outcome: y, Fixed: fixed}, dose, nil, panel.Options{})
		if err != nil || c.Refusal == nil || c.Refusal.Code != name {
			t.Errorf("DoseResponse = %+v, %v, want refusal %q", c.Refusal, err, name)
		}
	}
}

func TestBadInput(t *testing.T) {
	y := []float64{1, 2, 3}
	x := []panel.Column{{Name: "x", Values: []float64{1, 0, 1}}}
	for name, d := range map[string]panel.Data{
		"empty":           {Regressors: x},
		"no regressor":    {Outcome: y},
		"NaN":             {Outcome: []float64{1, math.NaN(), 2}, Regressors: x},
		"x short":         {Outcome: y, Regressors: []panel.Column{{Name: "x", Values: y[:2]}}},
		"x infinite":      {Outcome: y, Regressors: []panel.Column{{Name: "x", Values: []float64{1, math.Inf(1), 2}}}},
		"twice":           {Outcome: y, Regressors: append(x, x...)},
		"factor short":    {Outcome: y, Regressors: x, Fixed: []absorb.Factor{absorb.NewFactor("f", []int{1})}},
		"negative weight": {Outcome: y, Regressors: x, Weights: []float64{1, -1, 1}},
	} {
		if _, err := panel.OLS(t.Context(), d, panel.Options{}); !errors.Is(err, measure.ErrInput) {
			t.Errorf("OLS(%s) = %v, want ErrInput", name, err)
		}
	}
	if _, err := panel.Poisson(t.Context(), panel.Data{Outcome: []float64{1, -2, 1}, Regressors: x}, panel.Options{}); !errors.Is(err, measure.ErrInput) {
		t.Errorf("Poisson(negative) = %v, want ErrInput", err)
	}
	if _, err := panel.OLS(t.Context(), panel.Data{Outcome: y, Regressors: x}, panel.Options{Errors: panel.Clustered}); !errors.Is(err, measure.ErrInput) {
		t.Errorf("OLS(clustered without cluster) = %v, want ErrInput", err)
	}
	if _, err := panel.OLS(t.Context(), panel.Data{Outcome: y, Regressors: x}, panel.Options{Level: 2}); !errors.Is(err, measure.ErrInput) {
		t.Errorf("OLS(level 2) = %v, want ErrInput", err)
	}
}

// Weak instruments: the Anderson-Rubin set must be unbounded, not short.
func TestWeakInstrument(t *testing.T) {
	rng := measure.Rand(8)
	const n = 200
	y, dose, z := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range y {
		u := rng.NormFloat64()
		z[i], dose[i], y[i] = rng.NormFloat64(), u+rng.NormFloat64(), u+rng.NormFloat64()
	}
	f, err := panel.TwoStage(t.Context(), panel.Data{Outcome: y}, panel.Column{Name: "d", Values: dose}, []panel.Column{{Name: "z", Values: z}}, panel.Options{Errors: panel.Robust})
	if err != nil {
		t.Fatal(err)
	}
	unbounded := false
	for _, s := range f.AndersonRubin {
		unbounded = unbounded || math.IsInf(s.Lo, -1) || math.IsInf(s.Hi, 1)
	}
	if !unbounded {
		t.Errorf("Anderson-Rubin set = %v, want unbounded (F %.2f)", f.AndersonRubin, f.FirstF)
	}
}

func ExampleOLS() {
	// Four people over three weeks; two of them got the shovel in week 3.
	person := []int{1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4}
	week := []int{1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3}
	calls := []float64{10, 11, 15, 20, 22, 26, 8, 9, 10, 15, 15, 17}
	shovel := []float64{0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	f, err := panel.OLS(context.Background(), panel.Data{
		Outcome: calls, Regressors: []panel.Column{{Name: "shovel", Values: shovel}},
		Fixed: []absorb.Factor{absorb.NewFactor("person", person), absorb.NewFactor("week", week)},
	}, panel.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	e, _ := f.Get("shovel")
	fmt.Printf("%.2f calls a week\n", e.Value)
	// Output: 3.00 calls a week
}

func ExampleFit_Ratio() {
	person := []int{1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3}
	deals := []float64{2, 1, 4, 3, 0, 1, 1, 2, 5, 6, 4, 6}
	shovel := []float64{0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0}
	f, err := panel.Poisson(context.Background(), panel.Data{
		Outcome: deals, Regressors: []panel.Column{{Name: "shovel", Values: shovel}}, Fixed: []absorb.Factor{absorb.NewFactor("person", person)},
	}, panel.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, sentence, _ := f.Ratio("shovel")
	fmt.Println(sentence.ZH)
	// Output: 同一个人，有铲子是没铲子的 2.50 倍（1.30 到 4.80）
}

// simulations with a known truth: each returns the estimate of "x".
var simulations = map[string]measuretest.Draw{
	"fe, clustered": func(seed uint64) (measure.Estimate, float64, error) {
		rng := measure.Rand(seed)
		var y, x []float64
		var id, time []int
		for i := range 80 {
			level, shock := rng.NormFloat64(), 0.0
			own := rng.NormFloat64()
			for t := range 8 {
				shock = 0.6*shock + rng.NormFloat64()
				own = 0.6*own + rng.NormFloat64()
				id, time, x = append(id, i), append(time, t), append(x, own+level)
				y = append(y, own+level+2*level+float64(t)+shock)
			}
		}
		f := absorb.NewFactor("id", id)
		fit, err := panel.OLS(context.Background(), panel.Data{Outcome: y, Regressors: []panel.Column{{Name: "x", Values: x}},
			Fixed: []absorb.Factor{f, absorb.NewFactor("time", time)}, Clusters: []absorb.Factor{f}}, panel.Options{})
		return first(fit.Result, err), 1, err
	},
	"ppml, clustered": func(seed uint64) (measure.Estimate, float64, error) {
		rng := measure.Rand(seed)
		var y, x []float64
		var id []int
		for i := range 150 {
			level := 0.5 * rng.NormFloat64()
			for range 6 {
				v := 0.5*rng.NormFloat64() + level
				id, x = append(id, i), append(x, v)
				y = append(y, math.Floor(math.Exp(1+0.5*v+level)*rng.ExpFloat64()+rng.Float64()))
			}
		}
		f := absorb.NewFactor("id", id)
		fit, err := panel.Poisson(context.Background(), panel.Data{Outcome: y, Regressors: []panel.Column{{Name: "x", Values: x}},
			Fixed: []absorb.Factor{f}, Clusters: []absorb.Factor{f}}, panel.Options{})
		return first(fit.Result, err), 0.5, err
	},
	"2sls, Anderson-Rubin, weak": func(seed uint64) (measure.Estimate, float64, error) {
		rng := measure.Rand(seed)
		const n = 300
		y, d, z := make([]float64, n), make([]float64, n), make([]float64, n)
		for i := range y {
			u := rng.NormFloat64()
			z[i] = float64(i % 2)
			d[i] = 0.3*z[i] + u + rng.NormFloat64()
			y[i] = d[i] + 2*u + rng.NormFloat64()
		}
		fit, err := panel.TwoStage(context.Background(), panel.Data{Outcome: y}, panel.Column{Name: "d", Values: d}, []panel.Column{{Name: "z", Values: z}}, panel.Options{Errors: panel.Robust})
		e := measure.Point("AR", math.NaN())
		for _, s := range fit.AndersonRubin {
			if s.Lo <= 1 && 1 <= s.Hi {
				e.Lo, e.Hi = s.Lo, s.Hi
			}
		}
		return e, 1, err
	},
}

func first(r measure.Result, err error) measure.Estimate {
	if err != nil || len(r.Estimates) == 0 {
		return measure.Point("", math.NaN())
	}
	return r.Estimates[0]
}

func TestSimulation(t *testing.T) {
	for name, draw := range simulations {
		if got := measuretest.Coverage(t, 50, draw); got < 0.8 {
			t.Errorf("%s: coverage of 50 draws = %v, want about 0.95", name, got)
		}
	}
}

// A curve that rises and then stays flat must show as steps, not as a line.
func TestDoseResponse(t *testing.T) {
	rng := measure.Rand(6)
	const n = 2000
	y, dose, id := make([]float64, n), make([]float64, n), make([]int, n)
	for i := range y {
		id[i] = i / 10
		if i%3 > 0 {
			dose[i] = float64(1 + rng.IntN(8))
		}
		y[i] = 2*math.Min(dose[i], 3) + float64(id[i]%5) + 0.5*rng.NormFloat64()
	}
	c, err := panel.DoseResponse(t.Context(), panel.Data{Outcome: y, Fixed: []absorb.Factor{absorb.NewFactor("id", id)}}, dose, []float64{1, 2, 3}, panel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for j, want := range []float64{2, 4, 6, 6} {
		measuretest.Near(t, fmt.Sprint("step ", j), c.Steps[j].Effect.Value, want, 0.2)
	}
	found := false
	for _, d := range c.Diagnostics {
		found = found || d.Code == "not-a-line"
	}
	if !found {
		t.Errorf("diagnostics = %v, want not-a-line", c.Diagnostics)
	}
}

// A row of weight zero is a row left out.
func TestZeroWeight(t *testing.T) {
	d := small(4, 200)
	d.Clusters = d.Clusters[:1]
	d.Weights = make([]float64, 200)
	var cut panel.Data
	cut.Regressors = []panel.Column{{Name: "x"}, {Name: "z"}}
	var a, b, g []int32
	for i := range d.Weights {
		if i%5 == 0 {
			continue
		}
		d.Weights[i] = 1 + float64(i%3)
		cut.Outcome, cut.Weights = append(cut.Outcome, d.Outcome[i]), append(cut.Weights, d.Weights[i])
		for j := range cut.Regressors {
			cut.Regressors[j].Values = append(cut.Regressors[j].Values, d.Regressors[j].Values[i])
		}
		a, b, g = append(a, d.Fixed[0].Code[i]), append(b, d.Fixed[1].Code[i]), append(g, d.Clusters[0].Code[i])
	}
	cut.Fixed = []absorb.Factor{absorb.NewFactor("a", a), absorb.NewFactor("b", b)}
	cut.Clusters = []absorb.Factor{absorb.NewFactor("g", g)}
	got, err := panel.OLS(t.Context(), d, panel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := panel.OLS(t.Context(), cut, panel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "x", got.Coef[0], want.Coef[0], 1e-9)
	measuretest.Near(t, "x SE", got.Estimates[0].SE, want.Estimates[0].SE, 1e-9)
}

// Nothing left to explain: no interval, and a warning instead of a NaN.
func TestPerfectFit(t *testing.T) {
	x := []float64{1, 2, 3, 4, 5, 7}
	y := make([]float64, 6)
	for i, v := range x {
		y[i] = 2*v + 1
	}
	f, err := panel.OLS(t.Context(), panel.Data{Outcome: y, Regressors: []panel.Column{{Name: "x", Values: x}}}, panel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	e := f.Estimates[0]
	measuretest.Near(t, "x", e.Value, 2, 1e-12)
	if !math.IsNaN(e.P) || f.Diagnostics[len(f.Diagnostics)-1].Code != "perfect-fit" {
		t.Errorf("perfect fit = %+v, %+v, want no P and a diagnostic", e, f.Diagnostics)
	}
}
