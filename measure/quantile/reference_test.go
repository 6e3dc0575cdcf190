package quantile

import (
	"fmt"
	"testing"

	"github.com/chanzipu/outfitter/measure/measuretest"
)

var vignette = []float64{.05, .1, .15, .2, .25, .3, .35, .4, .45, .5, .55, .6, .65, .7, .75, .8, .85, .9, .95}

func lalonde(t testing.TB, file string, adjust bool) Input {
	d := measuretest.Read(t, "lalonde_qte/"+file)
	in := Input{Outcome: d.Float("re78")}
	for _, v := range d.Int("treat") {
		in.Treated = append(in.Treated, v == 1)
	}
	if adjust {
		for _, c := range []string{"age", "education", "black", "hispanic", "married", "nodegree"} {
			in.Covariates = append(in.Covariates, d.Float(c))
		}
	}
	return in
}

// TestLaLonde holds the 57 values of the vignette R-QTEs of package qte 1.x.
func TestLaLonde(t *testing.T) {
	tests := []struct {
		name string
		in   Input
		o    Options
		want []float64
		ate  float64
	}{
		{"QTE by weighting, PSID", lalonde(t, "lalonde_psid2675.csv", true), Options{},
			[]float64{0, 0, -2955.45, -7447.74, -8754.13, -9632.81, -10499.12, -11313.14, -12583.22, -13397.72, -13619.18,
				-12500.73, -12703.25, -14180.98, -16545.34, -18614.16, -21397.01, -25253.39, -29856.92}, -13115.59},
		{"QTT by weighting, PSID", lalonde(t, "lalonde_psid2675.csv", true), Options{OnTreated: true},
			[]float64{0, 0, -218.70, -1034.41, -2025.71, -3586.78, -4459.40, -5067.52, -4988.25, -4659.23, -4612.01,
				-5144.90, -4715.92, -5150.22, -5884.24, -6985.32, -8235.10, -10575.45, -10782.01}, -4444.33},
		{"experiment", lalonde(t, "lalonde_exp445.csv", false), Options{},
			[]float64{0, 0, 0, 0, 338.65, 846.40, 1451.51, 1177.72, 1396.08, 1123.55, 1181.54, 1466.51, 2115.04, 1795.12,
				2347.49, 2278.12, 2178.28, 3239.60, 3979.62}, 1794.34},
	}
	for _, tt := range tests {
		tt.o.Tau, tt.o.Draws, tt.o.Seed = vignette, 100, 1
		got, err := Effects(t.Context(), tt.in, tt.o)
		if err != nil {
			t.Fatal(err)
		}
		for k, tau := range vignette {
			e, ok := got.Get(fmt.Sprintf("tau=%g", tau))
			if !ok {
				t.Errorf("%s: no estimate at %v", tt.name, tau)
			}
			measuretest.Near(t, fmt.Sprintf("%s %v", tt.name, tau), e.Value, tt.want[k], .01)
		}
		e, _ := got.Get("ate")
		measuretest.Near(t, tt.name+" ate", e.Value, tt.ate, .01)
	}
}
