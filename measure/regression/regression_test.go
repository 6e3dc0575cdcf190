package regression

import (
	"errors"
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var close9 = cmpopts.EquateApprox(1e-9, 1e-9)

func TestOLS(t *testing.T) {
	// y = 1 + 2a − 3b exactly; c = a + b is dropped, e is constant.
	a, b := []float64{1, 2, 3, 4, 5}, []float64{1e6, 3e6, 2e6, 7e6, 5e6}
	c, e, y := make([]float64, 5), []float64{4, 4, 4, 4, 4}, make([]float64, 5)
	for i := range a {
		c[i], y[i] = a[i]+b[i]/1e6, 1+2*a[i]-3*b[i]/1e6
	}
	d, err := NewDesign(5, [][]float64{a, b, c, e})
	if err != nil {
		t.Fatal(err)
	}
	f, err := d.OLS(nil, y, []float64{1, 2, 1, 2, 1})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{1, 2, -3e-6, 0, 0}, f.Coef(), cmpopts.EquateApprox(1e-8, 1e-12)); diff != "" {
		t.Errorf("OLS (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{3, 4}, f.Dropped); diff != "" {
		t.Errorf("Dropped (-want +got):\n%s", diff)
	}
	if _, err := d.OLS([]int{}, y, nil); err == nil {
		t.Error("OLS on no rows succeeded, want an error")
	}
}

// A two-by-two table has the log odds ratio as its logit slope.
func TestLogit(t *testing.T) {
	x, y := []float64{0, 0, 0, 0, 0, 1, 1, 1, 1}, []float64{1, 0, 0, 0, 0, 1, 1, 1, 0}
	d, err := NewDesign(len(x), [][]float64{x})
	if err != nil {
		t.Fatal(err)
	}
	f, err := d.Logit(nil, y, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := []float64{math.Log(1. / 4), math.Log(3) - math.Log(1./4)}
	if diff := cmp.Diff(want, f.Coef(), close9); diff != "" {
		t.Errorf("Logit (-want +got):\n%s", diff)
	}
	if got := f.Inv[3] * f.VarScale(1); math.Abs(got-(1+1./4+1./3+1)) > 1e-8 {
		t.Errorf("variance of the log odds ratio = %v, want 1/1+1/4+1/3+1/1", got)
	}
}

func TestLogitSeparated(t *testing.T) {
	tests := []struct {
		name    string
		x, y    []float64
		wantErr bool
	}{
		{"perfect", []float64{1, 2, 3, 4}, []float64{0, 0, 1, 1}, true},
		{"one class", []float64{1, 2, 3, 4}, []float64{1, 1, 1, 1}, true},
		{"some rows", []float64{0, 0, 1, 1}, []float64{0, 0, 0, 1}, false},
	}
	for _, tt := range tests {
		d, err := NewDesign(len(tt.x), [][]float64{tt.x})
		if err != nil {
			t.Fatal(err)
		}
		f, err := d.Logit(nil, tt.y, nil, nil)
		if errors.Is(err, ErrSeparated) != tt.wantErr {
			t.Errorf("%s: Logit error %v, want separated %v", tt.name, err, tt.wantErr)
		}
		if err == nil && (!f.Separated || f.Prob(0) > 1e-4 || math.Abs(f.Prob(3)-.5) > 1e-6) {
			t.Errorf("%s: separated %v, p %v and %v, want true, 0 and .5", tt.name, f.Separated, f.Prob(0), f.Prob(3))
		}
	}
}

// An orthonormal design has closed forms: ridge b/(1+λ), lasso soft(b, λ).
func TestPenalty(t *testing.T) {
	a, b := []float64{1, 1, -1, -1}, []float64{1, -1, 1, -1}
	y := []float64{3, 2.6, -1, -0.6}
	d, err := NewDesign(4, [][]float64{a, b})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		m    Model
		want []float64
	}{
		{"none", Model{}, []float64{1, 1.8, 0}},
		{"ridge", Model{Penalty: Ridge, Lambda: .5}, []float64{1, 1.2, 0}},
		{"lasso", Model{Penalty: Lasso, Lambda: .5}, []float64{1, 1.3, 0}},
	}
	for _, tt := range tests {
		f, err := tt.m.Fit(d, nil, y, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, f.Coef(), close9); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// Lasso by cross-validation keeps the one true slope and shrinks 20 of noise.
func TestChoose(t *testing.T) {
	rng, n := measure.Rand(1), 400
	cols := make([][]float64, 21)
	for j := range cols {
		cols[j] = make([]float64, n)
		for i := range cols[j] {
			cols[j][i] = rng.NormFloat64()
		}
	}
	y, bin := make([]float64, n), make([]float64, n)
	for i := range y {
		y[i] = 2*cols[0][i] + rng.NormFloat64()
		if rng.Float64() < expit(2*cols[0][i]) {
			bin[i] = 1
		}
	}
	d, err := NewDesign(n, cols)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []Model{{Penalty: Lasso}, {Penalty: Ridge}, {Penalty: Lasso, Logit: true}, {Penalty: Ridge, Logit: true}} {
		target := y
		if m.Logit {
			target = bin
		}
		f, err := m.Fit(d, nil, target, nil)
		if err != nil {
			t.Fatal(err)
		}
		c := f.Coef()
		if c[1] < 1.4 || c[1] > 2.6 {
			t.Errorf("%+v: slope %v, want about 2", m, c[1])
		}
		for j, v := range c[2:] {
			if math.Abs(v) > .35 {
				t.Errorf("%+v: noise slope %d = %v, want near 0", m, j, v)
			}
		}
	}
}
