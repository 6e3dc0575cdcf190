package measure_test

import (
	"encoding/json"
	"errors"
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/google/go-cmp/cmp"
)

func TestResultJSON(t *testing.T) {
	nan := math.NaN()
	tests := []struct {
		name string
		in   measure.Result
		want string
	}{
		{"NaN is null, lists are never null",
			measure.Result{Method: "diff", N: 3, Estimates: []measure.Estimate{{Name: "a", Value: 1, SE: nan, Lo: nan, Hi: math.Inf(1), P: nan}}},
			`{"method":"diff","estimates":[{"name":"a","estimate":1,"se":null,"lo":null,"hi":null,"p":null}],"n":3,"diagnostics":[],"refusal":null}`},
		{"a refusal",
			measure.Result{Method: "did", Refusal: &measure.Refusal{Code: "c", Reason: measure.Text{ZH: "无", EN: "no"}, MDE: nan}},
			`{"method":"did","estimates":[],"n":0,"diagnostics":[],"refusal":{"code":"c","reason":{"zh":"无","en":"no"},"mde":null}}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := json.Marshal(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("Marshal(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEstimateRoundTrip(t *testing.T) {
	want := measure.Wald("x", 1.5, 0.5, 0.95)
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	var got measure.Estimate
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("round trip (-want +got):\n%s", diff)
	}
}

// Values from Abramowitz and Stegun's tables 26.1, 26.7, 26.8, 26.10.
func TestDistributions(t *testing.T) {
	tests := []struct {
		name      string
		got, want float64
	}{
		{"NormalQuantile(.975)", measure.NormalQuantile(.975), 1.959963984540054},
		{"NormalP(1.96)", measure.NormalP(1.96), 0.04999579},
		{"NormalP(10)", measure.NormalP(10) * 1e23, 1.523970604832},
		{"TQuantile(.975, 10)", measure.TQuantile(.975, 10), 2.228138852},
		{"TP(2.228138852, 10)", measure.TP(2.228138852, 10), 0.05},
		{"ChiSquaredP(11.0705, 5)", measure.ChiSquaredP(11.0704976935, 5), 0.05},
		{"FP(4.9646, 1, 10)", measure.FP(4.96460274, 1, 10), 0.05},
		{"MDE(1, .95, .8)", measure.MDE(1, .95, .8), 2.80158521811},
	}
	for _, tt := range tests {
		if math.Abs(tt.got-tt.want) > 1e-7 {
			t.Errorf("%s = %v, want %v", tt.name, tt.got, tt.want)
		}
	}
}

func TestSE(t *testing.T) {
	psi := []float64{1, -1, 2, -2}
	if got, want := measure.SE(psi, nil), math.Sqrt(10)/4; got != want {
		t.Errorf("SE(%v) = %v, want %v", psi, got, want)
	}
	// Clusters {1,2} and {−1,−2} add up; {1,−1} and {2,−2} cancel.
	if got, want := measure.SE(psi, []int{7, -3, 7, -3}), math.Sqrt(18)/4; got != want {
		t.Errorf("SE by cluster = %v, want %v", got, want)
	}
	if got := measure.SE(psi, []int{1, 1, 2, 2}); got != 0 {
		t.Errorf("SE by cancelling cluster = %v, want 0", got)
	}
	cov := measure.Covariance([][]float64{psi, {1, 1, 1, 1}}, []int{7, -3, 7, -3})
	if got, want := []float64{cov.At(0, 0), cov.At(0, 1), cov.At(1, 1)}, []float64{18. / 16, 0, 8. / 16}; !cmp.Equal(got, want) {
		t.Errorf("Covariance = %v, want %v", got, want)
	}
}

func TestWaldWithoutSpread(t *testing.T) {
	for _, se := range []float64{0, math.NaN(), math.Inf(1)} {
		if e := measure.Wald("x", 2, se, .95); !math.IsNaN(e.Lo) || !math.IsNaN(e.P) || e.Value != 2 {
			t.Errorf("Wald(2, se %v) = %+v, want the value alone", se, e)
		}
	}
}

func TestChecks(t *testing.T) {
	for name, err := range map[string]error{
		"NaN":             measure.CheckFinite("x", "outcome", []float64{1, math.NaN()}),
		"length":          measure.CheckLength("x", "treatment", 2, 3),
		"negative weight": measure.CheckWeights("x", []float64{1, -1}, 2),
		"no weight":       measure.CheckWeights("x", []float64{0, 0}, 2),
	} {
		if !errors.Is(err, measure.ErrInput) {
			t.Errorf("%s: error %v, want ErrInput", name, err)
		}
	}
	if err := measure.CheckWeights("x", nil, 5); err != nil {
		t.Errorf("CheckWeights(nil) = %v, want nil", err)
	}
}

func TestIndex(t *testing.T) {
	code, levels := measure.Index([]string{"b", "a", "b"})
	if !cmp.Equal(code, []int{1, 0, 1}) || !cmp.Equal(levels, []string{"a", "b"}) {
		t.Errorf("Index = %v, %v", code, levels)
	}
}
