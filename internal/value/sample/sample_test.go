package sample_test

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/internal/value/sample"
	"github.com/chanzipu/outfitter/internal/value/valuetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var now = time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)

func gather(t *testing.T, db *store.DB, text string) (sample.Gathered, []map[string]string) {
	t.Helper()
	c, err := claim.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	g, err := sample.Gather(t.Context(), db, c, now, func(int64, int64, string, string) {})
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(strings.NewReader(string(g.CSV))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, l := range lines[1:] {
		r := map[string]string{}
		for i, name := range lines[0] {
			r[name] = l[i]
		}
		rows = append(rows, r)
	}
	return g, rows
}

// count adds up a column by the values of others.
func count(rows []map[string]string, of string, by ...string) map[string]int {
	out := map[string]int{}
	for _, r := range rows {
		var key []string
		for _, b := range by {
			key = append(key, r[b])
		}
		n := 0
		for _, d := range r[of] {
			n = 10*n + int(d-'0')
		}
		out[strings.Join(key, " ")] += n
	}
	return out
}

func TestGather(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valuetest.Fill(t, db)
		t.Run("campaign", func(t *testing.T) { campaign(t, db) })
		t.Run("roll-out", func(t *testing.T) { rollOut(t, db) })
		t.Run("seen", func(t *testing.T) { seen(t, db) })
	})
}

func campaign(t *testing.T, db *store.DB) {
	g, rows := gather(t, db, valuetest.Campaign)
	if len(rows) != 200 || g.About.LeftOut != 0 || g.About.Currency != "CNY" || g.About.LoadedUntil != "2026-04-20" {
		t.Errorf("%d rows, about %+v, want 200, none left out, CNY, until 2026-04-20", len(rows), g.About)
	}
	if diff := cmp.Diff(map[string]int{"0": 30, "1": 50}, count(rows, "outcome", "treated")); diff != "" {
		t.Errorf("buyers by arm, late orders not among them (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]int{"实验": 100, "对照": 100}, g.About.Arms); diff != "" {
		t.Errorf("arms (-want +got):\n%s", diff)
	}
	// Every buyer's evidence: the entry, and the order that counted.
	roles := map[string]int{}
	for _, e := range g.Evidence {
		roles[e.Role]++
	}
	if diff := cmp.Diff(map[string]int{"entry": 200, "outcome": 80}, roles); diff != "" {
		t.Errorf("evidence (-want +got):\n%s", diff)
	}
}

func rollOut(t *testing.T, db *store.DB) {
	g, rows := gather(t, db, valuetest.RollOut)
	// 24 colleagues, 8 months; one left at the end of March.
	if want := 24*8 - 5; len(rows) != want {
		t.Errorf("%d rows, want %d", len(rows), want)
	}
	first := map[string]string{}
	for _, r := range rows {
		first[r["cluster"]] = r["first"]
	}
	if diff := cmp.Diff(map[string]string{"T1": "2026-03", "T2": "2026-05", "T3": "", "T4": ""}, first); diff != "" {
		t.Errorf("first exposed month by team (-want +got):\n%s", diff)
	}
	for _, r := range rows {
		want := "2"
		if r["treated"] == "1" {
			want = "4"
		}
		if r["outcome"] != want && r["period"] != "2026-07" {
			t.Errorf("%s %s: %s deals with treated %s, want %s", r["unit"], r["period"], r["outcome"], r["treated"], want)
		}
	}
	if len(g.Evidence) == 0 || g.About.Events == 0 {
		t.Error("no evidence")
	}
	for _, e := range g.Evidence {
		if e.Role == "outcome" && (e.Ref.Batch == "" || e.Ref.Row == 0) {
			t.Fatalf("evidence without an address: %+v", e)
		}
	}
}

func seen(t *testing.T, db *store.DB) {
	for _, tt := range []struct {
		text string
		want int64
	}{
		{valuetest.Campaign, 100},
		{strings.Replace(valuetest.Campaign, "since: 2026-01-01, until: 2026-09-01", "since: 2027-01-01, until: 2028-01-01", 1), 0},
	} {
		c, err := claim.Parse([]byte(tt.text))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := sample.Seen(t.Context(), db, c); err != nil || got != tt.want {
			t.Errorf("Seen(%s) = %d, %v, want %d", c.Window.Since, got, err, tt.want)
		}
	}
}
