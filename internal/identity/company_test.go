package identity_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/identity"
	"github.com/chanzipu/outfitter/internal/simulate"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
	"github.com/chanzipu/outfitter/linkage/evaluate"
)

// load imports files of one source with the mapping that is proposed for them.
func load(t *testing.T, db *store.DB, name string, files ...string) {
	t.Helper()
	var ups []source.Upload
	for _, f := range files {
		r, err := os.Open(f)
		if err != nil {
			t.Fatal(err)
		}
		u, err := source.AddUpload(t.Context(), db, filepath.Base(f), "test", r)
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Close()
		ups = append(ups, u)
	}
	res, err := source.Import(t.Context(), db, source.Request{Uploads: ups, Source: name, Actor: "test"}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range res.Failed {
		t.Logf("%s: %s: %s", name, f.Name, f.EN)
	}
}

// score compares entities with the truth, by kind: party id → true entity.
func score(t *testing.T, db *store.DB, truth map[string]string) evaluate.Score {
	t.Helper()
	view := resolved(context.Background(), t, db)
	var got, want []uint32
	gots, wants := map[string]uint32{}, map[string]uint32{}
	number := func(m map[string]uint32, s string) uint32 {
		if _, ok := m[s]; !ok {
			m[s] = uint32(len(m))
		}
		return m[s]
	}
	for p, e := range truth {
		got, want = append(got, number(gots, view[p])), append(want, number(wants, e))
	}
	s, err := evaluate.Pairwise(got, want)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestMadeCompany links the exports of a company whose truth is known, as they
// are proposed to be mapped, and holds what the docs promise.
func TestMadeCompany(t *testing.T) {
	if testing.Short() {
		t.Skip("it imports a whole company; left out with -short")
	}
	dir := t.TempDir()
	if _, err := simulate.Run(t.Context(), simulate.Options{Seed: 7, Size: simulate.Small, Out: dir}); err != nil {
		t.Fatal(err)
	}
	db := storetest.Embedded(t)
	for name, files := range map[string][]string{
		"纷享销客": {"客户.xlsx", "联系人.xlsx"}, "销售易": {"客户.csv", "联系人.csv"}, "财务": {"合同台账.csv"}, "工单系统": {"组织.csv", "用户.csv", "坐席.csv"},
		"企业微信": {"外部联系人.csv", "成员.csv"}, "增长平台": {"会员.csv"}, "禅道": {"Bug.csv", "需求.csv"}, "人事": {"花名册.xlsx"},
	} {
		for i := range files {
			files[i] = filepath.Join(dir, name, files[i])
		}
		load(t, db, name, files...)
	}
	r := identity.NewResolver(db)
	runs, err := r.Run(t.Context(), "test", quiet)
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		t.Logf("%s: %d parties, %d entities, %d pairs, %.1f s", run.Kind, run.Parties, run.Entities, run.Pairs, run.Seconds)
	}
	truth := madeTruth(t, db, dir)
	for _, tt := range []struct {
		kind string
		f1   float64
	}{{"account", .93}, {"person", .95}, {"staff", .99}} {
		s := score(t, db, truth[tt.kind])
		t.Logf("%s: precision %.4f, recall %.4f, F1 %.4f over %d parties", tt.kind, s.Precision, s.Recall, s.F1, len(truth[tt.kind]))
		if s.F1 < tt.f1 {
			t.Errorf("%s: F1 = %.4f, want at least %.2f", tt.kind, s.F1, tt.f1)
		}
	}
	branches(t, db, dir, truth["account"])
}

// branches holds that no branch is merged with its parent.
func branches(t *testing.T, db *store.DB, dir string, truth map[string]string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "truth.json"))
	if err != nil {
		t.Fatal(err)
	}
	var made struct {
		Families []struct{ Branch, Parent string } `json:"families"`
	}
	if err := json.Unmarshal(b, &made); err != nil {
		t.Fatal(err)
	}
	view, of := resolved(t.Context(), t, db), map[string]map[string]bool{}
	for p, e := range truth {
		if of[e] == nil {
			of[e] = map[string]bool{}
		}
		of[e][view[p]] = true
	}
	merged := 0
	for _, f := range made.Families {
		for e := range of[f.Branch] {
			if of[f.Parent][e] {
				merged++
				t.Errorf("branch %s is merged with its parent %s in entity %s", f.Branch, f.Parent, e)
			}
		}
	}
	t.Logf("%d branches, %d merged with their parent", len(made.Families), merged)
	if len(made.Families) < 20 {
		t.Errorf("only %d branches: the test shows nothing", len(made.Families))
	}
}

// madeTruth reads truth_entities.csv: true entity by party, by kind.
func madeTruth(t *testing.T, db *store.DB, dir string) map[string]map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, "truth_entities.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	entity := map[string]string{}
	for _, r := range rows[1:] {
		entity[strings.Join(r[:3], "\x1f")] = r[3]
	}
	table, err := fact.Query(t.Context(), db, "SELECT id::TEXT, source, kind, key FROM party")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]string{"account": {}, "person": {}, "staff": {}}
	for _, r := range table.Rows {
		if e := entity[r[1].(string)+"\x1f"+r[2].(string)+"\x1f"+r[3].(string)]; e != "" {
			out[r[2].(string)][r[0].(string)] = e
		}
	}
	return out
}
