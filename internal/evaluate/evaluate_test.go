package evaluate

import (
	"context"
	"encoding/csv"
	"errors"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/examples"
	"github.com/chanzipu/outfitter/internal/simulate"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/source/stage"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/internal/value/sample"
)

// TestBand checks the exact binomial against its definition: half a percent
// or less lies beyond each end, and more would if the band were one shorter.
func TestBand(t *testing.T) {
	tests := []struct {
		n      int
		p      float64
		lo, hi float64
	}{
		{n: 1000, p: 0.95, lo: 0.931, hi: 0.967},
		{n: 1000, p: 0.05, lo: 0.033, hi: 0.069},
		{n: 1, p: 0.95, lo: 0, hi: 1},
		{n: 0, p: 0.95, lo: 0, hi: 1},
	}
	for _, tt := range tests {
		if lo, hi := Band(tt.n, tt.p); math.Abs(lo-tt.lo) > 1e-12 || math.Abs(hi-tt.hi) > 1e-12 {
			t.Errorf("Band(%d, %g) = %g, %g, want %g, %g", tt.n, tt.p, lo, hi, tt.lo, tt.hi)
		}
	}
}

func TestSummarise(t *testing.T) {
	trial := func(estimate, half float64) Trial {
		x := Trial{Claim: "c", Truth: Answer{Expected: 1, Null: 0}, Estimate: claim.Number(estimate), Lo: claim.Number(estimate - half), Hi: claim.Number(estimate + half), Grade: claim.A, Method: "fe"}
		x.Covered = math.Abs(estimate-1) <= half
		x.Alarm = math.Abs(estimate) > half
		return x
	}
	refused := Trial{Claim: "c", Refusal: "few-control", Estimate: claim.None, Lo: claim.None, Hi: claim.None}
	l := Summarise([]Trial{trial(1.5, 1), trial(0.5, 1), trial(3, 1), refused, {Claim: "c", Refusal: NoTruth}})
	if l.Trials != 4 || l.Answered != 3 || l.Refusals["few-control"] != 1 || math.Abs(float64(l.Coverage)-2.0/3) > 1e-12 || math.Abs(float64(l.Alarms)-2.0/3) > 1e-12 ||
		math.Abs(float64(l.Bias)-2.0/3) > 1e-12 || l.Grade != claim.A {
		t.Errorf("Summarise = %+v, want 4 trials, 3 answered, 2 of 3 covered, 2 of 3 alarms, bias 2/3, grade A", l)
	}
}

// TestCoverageSmoke puts every question to a few companies: intervals that
// hold the truth in fewer than three of four would be broken, not unlucky
// (below it lie less than one in a thousand fair outcomes of 20).
func TestCoverageSmoke(t *testing.T) {
	const n = 20
	questions, err := Questions()
	if err != nil {
		t.Fatal(err)
	}
	if len(questions) < 20 {
		t.Fatalf("%d questions, want the built-in claims that have a truth", len(questions))
	}
	by := map[string][]Trial{}
	err = Coverage(t.Context(), questions, 1, n, simulate.Small, func(trials []Trial) error {
		for _, x := range trials {
			by[x.Claim] = append(by[x.Claim], x)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range questions {
		l := Summarise(by[q.Claim.ID])
		if l.Trials != n {
			t.Errorf("%s: %d trials, want %d", q.Claim.ID, l.Trials, n)
		}
		if selfChosen(q.Claim) {
			if l.Grade < claim.C {
				t.Errorf("%s: grade %s for volunteers, want C at best", q.Claim.ID, l.Grade)
			}
			continue
		}
		if l.Answered == n && l.Coverage < 0.75 {
			t.Errorf("%s: %.0f%% of %d intervals hold the truth: %+v", q.Claim.ID, 100*l.Coverage, n, l)
		}
	}
}

func selfChosen(c claim.Claim) bool { return c.Exposure.Design == claim.Volunteers }

func TestCancel(t *testing.T) {
	questions, err := Questions()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Coverage(ctx, questions[:1], 1, 1000, simulate.Small, func([]Trial) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("Coverage(cancelled) = %v, want context.Canceled", err)
	}
	broken := errors.New("disk full")
	if err := Coverage(t.Context(), questions[:1], 1, 1000, simulate.Small, func([]Trial) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("Coverage(failing each) = %v, want %v", err, broken)
	}
}

// TestBookIsTheExports holds both ways to a sample together: made from the
// walks, and gathered by SQL from the imported exports.
func TestBookIsTheExports(t *testing.T) {
	if testing.Short() {
		t.Skip("imports a whole company: run without -short")
	}
	dir := t.TempDir()
	if _, err := simulate.Run(t.Context(), simulate.Options{Seed: 3, Size: simulate.Small, Out: dir}); err != nil {
		t.Fatal(err)
	}
	db := imported(t, dir)
	truth, err := simulate.ReadTruth(dir)
	if err != nil {
		t.Fatal(err)
	}
	w, err := simulate.World(3, simulate.Small)
	if err != nil {
		t.Fatal(err)
	}
	book := Book(w)
	questions, err := Questions()
	if err != nil {
		t.Fatal(err)
	}
	quiet := func(int64, int64, string, string) {}
	for _, q := range questions {
		t.Run(q.Claim.ID, func(t *testing.T) {
			if q.Claim.Population.Entry == nil || q.Claim.Cluster == "team" {
				t.Skip("the roster has more sources in the exports than in the walks: who had it when still differs for some colleagues")
			}
			q := q.For(truth)
			want, err := sample.Gather(t.Context(), db, q.Claim, Now, quiet)
			if err != nil {
				t.Fatal(err)
			}
			got, err := book.Gather(t.Context(), q.Claim, Now)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(anonymous(t, want.CSV), anonymous(t, got.CSV)); diff != "" {
				if len(diff) > 4000 {
					diff = diff[:4000]
				}
				t.Errorf("sample of %s (-exports +walks):\n%s", q.Claim.ID, diff)
			}
			if want.About.LeftOut != got.About.LeftOut {
				t.Errorf("left out: %d from the exports, %d from the walks", want.About.LeftOut, got.About.LeftOut)
			}
		})
	}
}

func imported(t *testing.T, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: filepath.Join(t.TempDir(), "data"), Memory: "1GB"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := migrate.Up(t.Context(), db, func() error { return nil }); err != nil {
		t.Fatal(err)
	}
	maps, err := examples.Company()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range maps {
		if _, err := os.Stat(filepath.Join(dir, m.Folder)); err != nil {
			t.Fatal(err)
		}
		if _, err := source.Import(t.Context(), db, source.Request{Paths: []string{filepath.Join(dir, m.Folder)}, Mapping: m.YAML, AcceptDrift: true, Actor: "test"}, stage.Progress(func(int64, int64, string, string) {})); err != nil {
			t.Fatalf("%s: %v", m.Folder, err)
		}
	}
	return db
}

// anonymous is a sample without its ids, and without what hangs on the last
// day of other tables and on the roster's further sources: its units, each with its rows, in an
// order that does not hang on how they are called. Names of teams and
// campaigns stay; ids of people as clusters go, as units do.
func anonymous(t *testing.T, text []byte) []string {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	head := lines[0]
	unit, cluster := slices.Index(head, "unit"), slices.Index(head, "cluster")
	rows := map[string][]string{}
	for _, l := range lines[1:] {
		key := l[unit]
		l = slices.Clone(l)
		l[unit] = ""
		for _, name := range []string{"follow", "first", "team"} {
			if k := slices.Index(head, name); k >= 0 {
				l[k] = ""
			}
		}
		if cluster >= 0 && !strings.ContainsFunc(l[cluster], func(r rune) bool { return r > 0x2e80 }) {
			l[cluster] = "" // a person
		}
		rows[key] = append(rows[key], strings.Join(l, ","))
	}
	var out []string
	for _, r := range slices.Collect(maps.Values(rows)) {
		slices.Sort(r)
		out = append(out, strings.Join(r, "\n"))
	}
	slices.Sort(out)
	return out
}
