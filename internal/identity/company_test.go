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
	mapped(t, db, name, "", files...)
}

func mapped(t *testing.T, db *store.DB, name, mapping string, files ...string) {
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
	res, err := source.Import(t.Context(), db, source.Request{Uploads: ups, Source: name, Mapping: mapping, Actor: "test"}, quiet)
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

// shared skips where the shared test data is absent.
func shared(t *testing.T, elements ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "..", "shared", "data", "company"}, elements...)...)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the shared test data is absent: %v", err)
	}
	return path
}

// TestTwoExportsOfOneSystem reconciles what two systems exported of the same
// leads and deals: every one is found again, and no two become one.
func TestTwoExportsOfOneSystem(t *testing.T) {
	if testing.Short() {
		t.Skip("it imports two exports; left out with -short")
	}
	db := storetest.Embedded(t)
	for name, dir := range map[string]string{"olist": shared(t, "olist_funnel"), "hifly": shared(t, "olist_funnel", "second_export_hifly")} {
		deals, err := filepath.Glob(filepath.Join(dir, "*closed_deals*.csv"))
		if err != nil || len(deals) != 1 {
			t.Fatalf("deals of %s: %v, %v", name, deals, err)
		}
		load(t, db, name, filepath.Join(dir, "olist_marketing_qualified_leads_dataset.csv"), deals[0])
	}
	if _, err := identity.NewResolver(db).Run(t.Context(), "test", quiet); err != nil {
		t.Fatal(err)
	}
	table, err := fact.Query(t.Context(), db, `SELECT p.kind, p.source, p.key, r.entity::TEXT FROM party p JOIN resolved r ON r.party = p.id WHERE p.kind IN ('person', 'account')`)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]map[string]string{"olist": {}, "hifly": {}}
	keys := map[string]map[string]bool{} // of one entity
	for _, r := range table.Rows {
		if len(r[2].(string)) != 32 { // the list names some by a word
			continue
		}
		key, entity := r[0].(string)+" "+r[2].(string), r[3].(string)
		of[r[1].(string)][key] = entity
		if keys[entity] == nil {
			keys[entity] = map[string]bool{}
		}
		keys[entity][key] = true
	}
	found := map[string]int{}
	for key, entity := range of["olist"] {
		if of["hifly"][key] == entity {
			kind, _, _ := strings.Cut(key, " ")
			found[kind]++
		}
	}
	wrong := 0
	for _, k := range keys {
		if len(k) > 1 {
			wrong++
		}
	}
	t.Logf("found again: %v of %d in one export and %d in the other; %d false merges", found, len(of["olist"]), len(of["hifly"]), wrong)
	if wrong > 0 || found["person"] != 8000 || found["account"] != 842 || len(of["olist"]) != 8842 || len(of["hifly"]) != 8842 {
		t.Errorf("found again %v of %d and %d, %d false merges; want all and none", found, len(of["olist"]), len(of["hifly"]), wrong)
	}
}

// registryMapping keeps what the press calls a firm beside its registered name.
const registryMapping = `source: registry
tables:
  - name: firm
    match: {columns: [公司名称, 统一信用代码]}
    key: [公司名称]
    parties:
      - {ref: firm, kind: account, namespace: registry.firm, key: 公司名称, name: 公司名称, tax_no: upper(trim(统一信用代码)), address: 地址, attrs: {简称: 名称}}
    events: []
`

// TestWhoWasFunded finds the firms of a registry in a list of funding events,
// which names them as the press does.
func TestWhoWasFunded(t *testing.T) {
	if testing.Short() {
		t.Skip("it imports a registry; left out with -short")
	}
	dir := shared(t, "cn_company_registry")
	db := storetest.Embedded(t)
	mapped(t, db, "registry", registryMapping, filepath.Join(dir, "SmoothNLP工商数据集样本10K.xlsx"))
	load(t, db, "press", filepath.Join(dir, "SmoothNLP投资事件数据集样本2k.xlsx"))
	runs, err := identity.NewResolver(db).Run(t.Context(), "test", quiet, "account")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d parties, %d entities, %d pairs, %.1f s", runs[0].Parties, runs[0].Entities, runs[0].Pairs, runs[0].Seconds)
	table, err := fact.Query(t.Context(), db, `SELECT a.name, b.name, coalesce(b.attrs::TEXT, '') FROM party a JOIN resolved ra ON ra.party = a.id JOIN resolved rb ON rb.entity = ra.entity JOIN party b ON b.id = rb.party
WHERE a.source = 'press' AND b.source = 'registry'`)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	odd := 0
	for _, r := range table.Rows {
		press, attrs := r[0].(string), r[2].(string)
		if found[press] = true; !strings.Contains(attrs, `"`+press+`"`) {
			if odd++; odd <= 20 {
				t.Logf("%s is taken for %s %s", press, r[1], attrs)
			}
		}
	}
	same, err := fact.Query(t.Context(), db, `SELECT a.name, min(b.name) FROM party a JOIN party b ON b.attrs->>'简称' = a.name WHERE a.source = 'press' AND b.source = 'registry' GROUP BY a.name`)
	if err != nil {
		t.Fatal(err)
	}
	missed := 0
	for _, r := range same.Rows {
		if !found[r[0].(string)] {
			if missed++; missed <= 10 {
				t.Logf("%s, which is %s, is not found", r[0], r[1])
			}
		}
	}
	t.Logf("%d funded firms are in the registry by name, %d of them found; %d found in all, %d under a name that is not quite theirs", len(same.Rows), len(same.Rows)-missed, len(found), odd)
	if len(same.Rows) < 100 || missed*20 > len(same.Rows) {
		t.Errorf("%d of %d funded firms that the registry knows by that name are missed, want at most one in twenty", missed, len(same.Rows))
	}
}
