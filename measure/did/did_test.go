package did

import (
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure/measuretest"
)

func mpdta(t testing.TB, covariate bool) Input {
	d := measuretest.Read(t, "mpdta/mpdta.csv")
	in := Input{Unit: d.Int("countyreal"), Time: d.Int("year"), Outcome: d.Float("lemp"), FirstTreated: d.Int("first.treat")}
	if covariate {
		in.Covariates = [][]float64{d.Float("lpop")}
	}
	return in
}

// TestMinimumWage: mpdta as in R did's README (four decimals) and Stata's
// csdid help (covariate lpop); further digits recomputed independently.
func TestMinimumWage(t *testing.T) {
	nan := math.NaN()
	tests := []struct {
		name    string
		x       bool
		control Control
		tol     float64
		want    map[string][2]float64 // value, SE (NaN: not published)
		chi2, p float64
	}{
		{"no covariates, never treated", false, NeverTreated, 1e-6, map[string][2]float64{
			"ATT(2004,2004)": {-.0105032, .0232510}, "ATT(2004,2005)": {-.0704232, .0309848},
			"ATT(2004,2006)": {-.1372587, .0364357}, "ATT(2004,2007)": {-.1008114, .0343592},
			"ATT(2006,2004)": {.0065201, nan}, "ATT(2006,2005)": {-.0027508, nan},
			"ATT(2006,2006)": {-.0045946, .0177552}, "ATT(2006,2007)": {-.0412245, .0202292},
			"ATT(2007,2004)": {.0305067, nan}, "ATT(2007,2005)": {-.0027259, nan},
			"ATT(2007,2006)": {-.0310871, nan}, "ATT(2007,2007)": {-.0260544, .0166554},
			"simple": {-.0399513, .0120340}, "dynamic": {-.0772398, .0199650},
			"group": {-.0310183, .0124461}, "calendar": {-.0417004, .0159719},
			"dynamic e=-3": {.030507, nan}, "dynamic e=-2": {-.000563, nan}, "dynamic e=-1": {-.024459, nan},
			"dynamic e=0": {-.019932, .011826}, "dynamic e=1": {-.050957, .016893},
			"dynamic e=2": {-.137259, .036436}, "dynamic e=3": {-.100811, .034359},
		}, 7.791237, .16812},
		{"doubly robust, never treated", true, NeverTreated, 1e-7, map[string][2]float64{
			"simple": {-.0417518, .0115028}, "calendar t=2004": {-.0145297, .0221292},
			"dynamic": {-.0803539, .0189576}, "group": {-.0328196, .0118982},
		}, 6.841824981670454, .2326722805724242},
		{"doubly robust, not yet treated", true, NotYetTreated, 1e-7, map[string][2]float64{
			"ATT(2004,2004)": {-.0211831, .0216482}, "simple": {-.0413516, .0114278},
		}, nan, nan},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Estimate(t.Context(), mpdta(t, tt.x), Options{Control: tt.control})
			if err != nil {
				t.Fatal(err)
			}
			for name, w := range tt.want {
				e, ok := got.Get(name)
				if !ok {
					t.Errorf("no estimate %q", name)
					continue
				}
				measuretest.Near(t, name, e.Value, w[0], tt.tol)
				if w[1] == w[1] {
					measuretest.Near(t, name+" se", e.SE, w[1], tt.tol)
				}
			}
			if tt.chi2 == tt.chi2 {
				measuretest.Near(t, "chi2", got.PreTest.Statistic, tt.chi2, tt.tol)
				measuretest.Near(t, "p", got.PreTest.P, tt.p, 5e-6)
			}
			if testing.Verbose() {
				for _, d := range got.Diagnostics {
					t.Log(d.Code, d.Text.EN, d.Text.ZH)
				}
			}
		})
	}
}
