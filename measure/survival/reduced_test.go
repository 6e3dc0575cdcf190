package survival_test

import (
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure/survival"
)

// TestReducedIsWelch: when nobody is censored and the horizon lies beyond all,
// the restricted mean is the mean, and the reduced interval Welch's.
func TestReducedIsWelch(t *testing.T) {
	a, b := []float64{12, 19, 7, 30, 22}, []float64{41, 25, 38, 60, 33, 47}
	var d []float64
	var e, treated []bool
	for i, x := range [][]float64{a, b} {
		for _, v := range x {
			d, e, treated = append(d, v), append(e, true), append(treated, i == 0)
		}
	}
	c, err := survival.RestrictedMean(d, e, treated, survival.Options{Tau: 100, Reduced: true})
	if err != nil {
		t.Fatal(err)
	}
	mean := func(x []float64) (m, v float64) {
		for _, y := range x {
			m += y / float64(len(x))
		}
		for _, y := range x {
			v += (y - m) * (y - m) / float64(len(x)-1) / float64(len(x))
		}
		return m, v
	}
	ma, va := mean(a)
	mb, vb := mean(b)
	got, _ := c.Get("difference")
	if math.Abs(got.Value-(ma-mb)) > 1e-9 || math.Abs(got.SE-math.Sqrt(va+vb)) > 1e-9 {
		t.Errorf("difference = %.9g ± %.9g, want %.9g ± %.9g", got.Value, got.SE, ma-mb, math.Sqrt(va+vb))
	}
	plain, err := survival.RestrictedMean(d, e, treated, survival.Options{Tau: 100})
	if err != nil {
		t.Fatal(err)
	}
	wald, _ := plain.Get("difference")
	if !(got.Hi-got.Lo > 1.1*(wald.Hi-wald.Lo)) {
		t.Errorf("reduced interval [%g, %g] is not wider than the normal one [%g, %g] with 11 cases", got.Lo, got.Hi, wald.Lo, wald.Hi)
	}
}
