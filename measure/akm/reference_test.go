package akm_test

import (
	"encoding/csv"
	"os"
	"strconv"
	"testing"

	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/akm"
	"github.com/chanzipu/outfitter/measure/measuretest"
)

// leaveOutTwoWay is the test file of LeaveOutTwoWay: worker, firm, year, log wage.
func leaveOutTwoWay(tb testing.TB) akm.Data {
	f, err := os.Open(measuretest.Path(tb, "akm_kss_test/test.csv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	var worker, firm []string
	var d akm.Data
	for _, r := range rows {
		y, err := strconv.ParseFloat(r[3], 64)
		if err != nil {
			tb.Fatal(err)
		}
		worker, firm, d.Outcome = append(worker, r[0]), append(firm, r[1]), append(d.Outcome, y)
	}
	d.Person, d.Platform = absorb.NewFactor("worker", worker), absorb.NewFactor("firm", firm)
	return d
}

// LeaveOutTwoWay's vignette: plug-in, KSS exact and KSS by projection.
func TestLeaveOutTwoWay(t *testing.T) {
	d := leaveOutTwoWay(t)
	plug := []float64{.01982141, -.00390911, .10353941, -.08629}
	exact := []float64{.01028877, .00462931, .08520404, .156352}
	names := []string{"var(platform)", "cov(person,platform)", "var(person)", "corr(person,platform)"}
	for _, tt := range []struct {
		method akm.Method
		share  float64 // 0: 1e-6 absolute
	}{{akm.Exact, 0}, {akm.Projection, .05}} {
		r, err := akm.Decompose(t.Context(), d, akm.Options{Method: tt.method, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if r.N != 56044 || r.Diagnostics[0].Values["movers"] != 6414 || r.Diagnostics[0].Values["platforms"] != 1684 || r.Diagnostics[0].Values["connected rows"] != 63462 {
			t.Errorf("n, set = %d, %v, want 56044 rows of 63462, 6414 movers, 1684 firms", r.N, r.Diagnostics[0].Values)
		}
		for j, name := range names {
			p, _ := r.Get("plug-in " + name)
			e, _ := r.Get(name)
			tol := 1e-6
			measuretest.Near(t, "plug-in "+name, p.Value, plug[j], max(tol, float64(j/3)*1e-5))
			if tt.share > 0 {
				tol = tt.share * exact[j]
			}
			measuretest.Near(t, string(tt.method)+" "+name, e.Value, exact[j], tol)
		}
		t.Log(tt.method, r.Estimates[:4])
	}
}

func BenchmarkDecompose(b *testing.B) {
	d := leaveOutTwoWay(b)
	for _, method := range []akm.Method{akm.Exact, akm.Projection} {
		b.Run(string(method), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := akm.Decompose(b.Context(), d, akm.Options{Method: method}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
