package company

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/simulate/stage"
)

func TestHolidays(t *testing.T) {
	tests := []struct {
		day  string
		want bool
	}{
		{"2025-09-28", true}, // a Sunday worked for 国庆
		{"2025-10-08", false},
		{"2025-10-11", true},
		{"2026-01-02", false},
		{"2026-01-04", true}, // a Sunday
		{"2026-02-14", true}, // a Saturday before 春节
		{"2026-02-23", false},
		{"2026-02-28", true},
		{"2026-04-06", false},
		{"2026-05-05", false},
		{"2026-05-06", true},
		{"2026-05-09", true},
		{"2026-06-19", false},
		{"2026-09-20", true},
		{"2026-09-25", false},
		{"2026-10-07", false},
		{"2026-10-10", true},
		{"2026-10-17", false}, // an ordinary Saturday
		{"2026-12-31", true},
	}
	for _, tt := range tests {
		if got := stage.Workday(stage.DayOf(tt.day)); got != tt.want {
			t.Errorf("Workday(%s) = %v, want %v", tt.day, got, tt.want)
		}
	}
	// 248 working days in 2026: 365 less 104 weekend days and 13 statutory
	// days, which is what moving days about must leave.
	n := 0
	for d := stage.DayOf("2026-01-01"); d < stage.Days; d++ {
		if stage.Workday(d) {
			n++
		}
	}
	if n != 248 {
		t.Errorf("2026 has %d working days, want 248", n)
	}
}

func TestPoissonIsMonotone(t *testing.T) {
	for _, u := range []float64{0, 0.1, 0.5, 0.9, 0.999999} {
		last := 0
		for mean := 0.1; mean < 60; mean *= 1.3 {
			k := stage.Poisson(u, mean)
			if k < last {
				t.Errorf("poisson(%g, %g) = %d, less than %d at a lower mean", u, mean, k, last)
			}
			last = k
		}
	}
	if got, want := stage.PoissonTail(3, 2), 1-math.Exp(-2)*5; math.Abs(got-want) > 1e-12 {
		t.Errorf("poissonTail(3, 2) = %g, want %g", got, want)
	}
}

func TestWalksRepeat(t *testing.T) {
	a, b := New(stage.Small(7)), New(stage.Small(7))
	if diff := cmp.Diff(a.Truth(), b.Truth()); diff != "" {
		t.Errorf("two truths of one seed differ:\n%s", diff)
	}
	sum := func(w *World) (n int, amount float64) {
		for o := range w.Opportunities {
			n++
			amount += o.Amount
		}
		return n, amount
	}
	n1, a1 := sum(a)
	n2, a2 := sum(a)
	n3, a3 := sum(b)
	if n1 != n2 || n2 != n3 || a1 != a2 || a2 != a3 {
		t.Errorf("walks give %d, %d, %d opportunities worth %g, %g, %g", n1, n2, n3, a1, a2, a3)
	}
	if c := New(stage.Small(8)).Truth(); cmp.Equal(a.Truth().Staff, c.Staff) {
		t.Error("another seed gives the same staff")
	}
}

func TestTruthOfEffects(t *testing.T) {
	truth := New(stage.Medium(3)).Truth()
	seen := map[string]bool{}
	for _, e := range append(truth.Effects, truth.Late...) {
		seen[e.Shovel] = true
		name := e.Shovel + " " + e.Outcome
		if e.Units == 0 {
			t.Errorf("%s: no exposed units", name)
		}
		if s := shovelByID(e.Shovel); s != nil && s.None && (e.Realised.Difference != 0 || e.Expected.Difference != 0) {
			t.Errorf("%s: difference %g, want exactly 0", name, e.Realised.Difference)
		}
		if math.Abs(e.Realised.With-e.Expected.With) > 0.06*math.Abs(e.Expected.With)+0.03 {
			t.Errorf("%s: realised %g is far from expected %g in a large company", name, e.Realised.With, e.Expected.With)
		}
	}
	for _, s := range stage.Shovels {
		if !seen[s.ID] && s.ID != "SH10" {
			t.Errorf("no effect is stated for %s", s.ID)
		}
	}
	if len(truth.Precision) != 1 || truth.Precision[0].Expected.Ratio < 1.5 {
		t.Errorf("precision = %+v, want one well above 1", truth.Precision)
	}
}

func shovelByID(id string) *stage.Shovel {
	for i := range stage.Shovels {
		if stage.Shovels[i].ID == id {
			return &stage.Shovels[i]
		}
	}
	return nil
}

// Volunteers are abler than others; those drawn by lot are not.
func TestSelection(t *testing.T) {
	w := New(stage.Medium(5))
	gap := func(k int) float64 {
		var in, out tally
		for i, s := range w.Staff {
			if s.Role != stage.Sales || s.Newcomer() || s.Left < stage.Days {
				continue
			}
			if w.Exposed(k, i, stage.Months-1) {
				in.add(s.Rank, 0, 0, 0)
			} else {
				out.add(s.Rank, 0, 0, 0)
			}
		}
		return in.with/in.n - out.with/out.n
	}
	for k, s := range stage.Shovels {
		if s.For != stage.Sales || k == stage.HandoverPack || k == stage.StarterPack {
			continue
		}
		g := gap(k)
		if s.Design == stage.Volunteers && g < 0.2 {
			t.Errorf("%s: volunteers rank %.3f above others, want at least 0.2", s.ID, g)
		}
		if (s.Design == stage.TeamsAtRandom || s.Design == stage.PeopleAtRandom) && math.Abs(g) > 0.08 {
			t.Errorf("%s: those drawn by lot rank %.3f apart from others, want near 0", s.ID, g)
		}
	}
}
