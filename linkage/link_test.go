package linkage_test

import (
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/linkage"
	"github.com/chanzipu/outfitter/linkage/evaluate"
	"github.com/chanzipu/outfitter/linkage/zh/zhtest"
)

// set is a data set with its truth, as Link takes it.
type set struct {
	tables []*linkage.Table
	truth  []linkage.Truth
}

// readSet reads er files; the id column and the truth column (or a function of
// the id) stay out of what is compared.
func readSet(t *testing.T, id, truth string, files ...string) set {
	t.Helper()
	var s set
	for _, file := range files {
		f, err := os.Open(filepath.Join("../../shared/data/er", file))
		if err != nil {
			t.Skipf("record linkage data is absent: %v", err)
		}
		defer f.Close()
		r := csv.NewReader(f)
		r.LazyQuotes = true
		rows, err := r.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		s.add(t, strings.TrimSuffix(filepath.Base(file), ".csv"), rows, id, truth)
	}
	return s
}

func (s *set) add(t *testing.T, source string, rows [][]string, id, truth string) {
	t.Helper()
	var columns []string
	keep, idAt, truthAt := []int{}, -1, -1
	for i, h := range rows[0] {
		switch h = strings.TrimSpace(h); h {
		case id:
			idAt = i
		case truth:
			truthAt = i
		default:
			columns, keep = append(columns, h), append(keep, i)
		}
	}
	tab, err := linkage.NewTable(source, columns)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		vals := make([]string, len(keep))
		for i, k := range keep {
			vals[i] = strings.TrimSpace(row[k])
		}
		if err := tab.Append(row[idAt], vals); err != nil {
			t.Fatal(err)
		}
		entity := ""
		if truthAt >= 0 {
			entity = row[truthAt]
		} else { // FEBRL: rec-223-dup-0 is of rec-223
			entity = strings.Join(strings.Split(row[idAt], "-")[:2], "-")
		}
		s.truth = append(s.truth, linkage.Truth{Source: source, ID: row[idAt], Entity: entity})
	}
	s.tables = append(s.tables, tab)
}

func link(t *testing.T, s set, settings *linkage.Settings, opt linkage.Options) (*linkage.Result, linkage.Evaluation) {
	t.Helper()
	res, err := linkage.Link(t.Context(), s.tables, settings, opt)
	if err != nil {
		t.Fatal(err)
	}
	ev, err := res.Evaluate(s.truth)
	if err != nil {
		t.Fatal(err)
	}
	return res, ev
}

// TestAccuracy holds what was measured without settings, at the default threshold.
func TestAccuracy(t *testing.T) {
	tests := []struct {
		name      string
		id, truth string
		files     []string
		f1, b3    float64
		maxPairs  int
	}{
		{name: "fake_1000", id: "unique_id", truth: "cluster", files: []string{"fake_1000/fake_1000.csv"}, f1: .945, b3: .958, maxPairs: 400e3},
		{name: "febrl1", id: "rec_id", files: []string{"febrl/dataset1.csv"}, f1: .999, b3: .999, maxPairs: 400e3},
		{name: "febrl2", id: "rec_id", files: []string{"febrl/dataset2.csv"}, f1: .998, b3: .999, maxPairs: 400e3},
		{name: "febrl3", id: "rec_id", files: []string{"febrl/dataset3.csv"}, f1: .997, b3: .998, maxPairs: 400e3},
		{name: "febrl4", id: "rec_id", files: []string{"febrl/dataset4a.csv", "febrl/dataset4b.csv"}, f1: .999, b3: .999, maxPairs: 400e3},
		{name: "historical_50k", id: "unique_id", truth: "cluster", files: []string{"historical_50k/historical_50k.csv"}, f1: .90, b3: .91, maxPairs: 1e6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if testing.Short() && tt.name == "historical_50k" {
				t.Skip("50,000 records take seconds")
			}
			res, ev := link(t, readSet(t, tt.id, tt.truth, tt.files...), nil, linkage.Options{Seed: 1})
			if ev.Pairwise.F1 < tt.f1 || ev.BCubed.F1 < tt.b3 {
				t.Errorf("F1 = %.4f, B3 = %.4f; want at least %.4f and %.4f", ev.Pairwise.F1, ev.BCubed.F1, tt.f1, tt.b3)
			}
			if len(res.Edges) > tt.maxPairs {
				t.Errorf("%d pairs compared, want at most %d", len(res.Edges), tt.maxPairs)
			}
			if ev.CalibrationError > .03 {
				t.Errorf("calibration error = %.4f, want at most .03", ev.CalibrationError)
			}
		})
	}
}

func made(t *testing.T, recs []zhtest.Record, columns []string) set {
	t.Helper()
	var s set
	at := map[string]*linkage.Table{}
	for _, r := range recs {
		tab := at[r.Source]
		if tab == nil {
			var err error
			if tab, err = linkage.NewTable(r.Source, columns); err != nil {
				t.Fatal(err)
			}
			at[r.Source] = tab
			s.tables = append(s.tables, tab)
		}
		if err := tab.Append(r.ID, r.Values); err != nil {
			t.Fatal(err)
		}
		s.truth = append(s.truth, linkage.Truth{Source: r.Source, ID: r.ID, Entity: r.Entity})
	}
	return s
}

func TestChinesePeople(t *testing.T) {
	_, ev := link(t, made(t, zhtest.People(1, 15000), zhtest.PeopleColumns), nil, linkage.Options{Seed: 1})
	if ev.Pairwise.F1 < .95 {
		t.Errorf("F1 on made people = %.4f, want at least .95", ev.Pairwise.F1)
	}
}

func TestChineseCompanies(t *testing.T) {
	recs := zhtest.Companies(1, 15000)
	res, ev := link(t, made(t, recs, zhtest.CompanyColumns), nil, linkage.Options{Seed: 1})
	if ev.Pairwise.F1 < .97 {
		t.Errorf("F1 on made companies = %.4f, want at least .97", ev.Pairwise.F1)
	}
	if share := hardMerged(res, recs); share > .01 {
		t.Errorf("share of hard negatives merged = %.4f, want at most .01", share)
	}
}

// hardMerged is the share of branches, sisters and namesakes elsewhere that
// ended up in a cluster with another company.
func hardMerged(res *linkage.Result, recs []zhtest.Record) float64 {
	entity, kind := map[string]string{}, map[string]string{}
	for _, r := range recs {
		entity[r.ID], kind[r.Entity] = r.Entity, r.Kind
	}
	in := map[uint32]map[string]bool{}
	for rec, c := range res.Clusters {
		_, id := res.Record(uint32(rec))
		if in[c] == nil {
			in[c] = map[string]bool{}
		}
		in[c][entity[id]] = true
	}
	merged := map[string]bool{}
	for _, es := range in {
		if len(es) > 1 {
			for e := range es {
				if kind[e] != "plain" {
					merged[e] = true
				}
			}
		}
	}
	hard := 0
	for _, k := range kind {
		if k != "plain" {
			hard++
		}
	}
	return float64(len(merged)) / float64(hard)
}

func TestSameSeedSameResult(t *testing.T) {
	s := readSet(t, "unique_id", "cluster", "fake_1000/fake_1000.csv")
	a, _ := link(t, s, nil, linkage.Options{Seed: 7, Workers: 1})
	b, _ := link(t, s, nil, linkage.Options{Seed: 7, Workers: 4})
	if diff := cmp.Diff(a.Clusters, b.Clusters); diff != "" {
		t.Errorf("clusters with one worker and four differ (-one +four):\n%s", diff)
	}
	if diff := cmp.Diff(a.Edges, b.Edges); diff != "" {
		t.Errorf("edges with one worker and four differ (-one +four):\n%s", diff)
	}
}

func TestExplainSumsToWeight(t *testing.T) {
	res, _ := link(t, readSet(t, "unique_id", "cluster", "fake_1000/fake_1000.csv"), nil, linkage.Options{Seed: 1})
	for i, ed := range res.Edges {
		w, err := res.Explain(ed.A, ed.B)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(w.Weight-float64(ed.Weight)) > 1e-9 {
			t.Fatalf("Explain(%d, %d) sums to %v, the edge's weight is %v", ed.A, ed.B, w.Weight, ed.Weight)
		}
		if got := res.RuleOf(i); got != w.Rule {
			t.Fatalf("RuleOf(%d) = %q, Explain says %q", i, got, w.Rule)
		}
	}
}

func TestLabelsAreRespected(t *testing.T) {
	s := readSet(t, "unique_id", "cluster", "fake_1000/fake_1000.csv")
	before, _ := link(t, s, nil, linkage.Options{Seed: 1})
	var apart, join [2]uint32
	for _, ed := range before.Edges {
		if before.Clusters[ed.A] == before.Clusters[ed.B] {
			apart = [2]uint32{ed.A, ed.B}
		} else if before.Clusters[ed.A] != before.Clusters[apart[0]] {
			join = [2]uint32{ed.A, ed.B}
		}
	}
	label := func(p [2]uint32, match bool) linkage.Label {
		sa, a := before.Record(p[0])
		sb, b := before.Record(p[1])
		return linkage.Label{SourceA: sa, A: a, SourceB: sb, B: b, Match: match}
	}
	after, _ := link(t, s, nil, linkage.Options{Seed: 1, Labels: []linkage.Label{label(apart, false), label(join, true)}})
	if after.Clusters[apart[0]] == after.Clusters[apart[1]] {
		t.Errorf("records %v are labelled different and still together", apart)
	}
	if after.Clusters[join[0]] != after.Clusters[join[1]] {
		t.Errorf("records %v are labelled the same and still apart", join)
	}
}

func TestOneByOneAsBatch(t *testing.T) {
	s := readSet(t, "unique_id", "cluster", "fake_1000/fake_1000.csv")
	res, _ := link(t, s, nil, linkage.Options{Seed: 1})
	n := len(res.Clusters)
	for _, step := range []int{1, 7, 333} { // three orders; each step is coprime to 1,000
		rv := res.EmptyResolver()
		at := make([]uint32, n)
		for i := range n {
			rec := i * step % n
			vals := make([]string, len(rv.Columns()))
			for c := range vals {
				vals[c] = s.tables[0].Value(rec, c)
			}
			r, err := rv.Add(0, vals)
			if err != nil {
				t.Fatal(err)
			}
			at[rec] = r.Record
		}
		got := make([]uint32, n)
		for rec := range got {
			got[rec] = uint32(rv.Entity(at[rec]))
		}
		score, err := evaluate.BCubed(got, res.Clusters)
		if err != nil {
			t.Fatal(err)
		}
		if score.F1 < .995 {
			t.Errorf("B3 of records added in steps of %d against the batch = %.4f, want at least .995", step, score.F1)
		}
	}
}

// TestResolverKeepsIDs checks that a record joining an entity doesn't rename it.
func TestResolverKeepsIDs(t *testing.T) {
	s := readSet(t, "unique_id", "cluster", "fake_1000/fake_1000.csv")
	res, _ := link(t, s, nil, linkage.Options{Seed: 1})
	rv := res.Resolver()
	vals := make([]string, len(rv.Columns()))
	for c := range vals {
		vals[c] = s.tables[0].Value(1, c)
	}
	before := rv.Entity(1)
	r, err := rv.Add(0, vals)
	if err != nil {
		t.Fatal(err)
	}
	if r.Entity != before || rv.Entity(1) != before {
		t.Errorf("a copy of record 1 went to entity %d and record 1 to %d, want both in %d", r.Entity, rv.Entity(1), before)
	}
}
