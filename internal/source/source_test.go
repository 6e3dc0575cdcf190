package source_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/source/stage"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func TestMain(m *testing.M) {
	if stage.IsChild() {
		stage.Child()
	}
	storetest.Main(m)
}

// deals is the mapping of most tests: a key, two parties, an event that needs
// its amount.
const deals = `source: crm
zone: UTC
tables:
  - name: deal
    match: {columns: [id, customer, won]}
    key: [id]
    parties:
      - {ref: customer, kind: account, namespace: crm.customer, key: customer, name: name}
    events:
      - {verb: deal.won, ts: won, account: customer, object: {kind: deal, key: id}, amount: amount, currency: "'CNY'"}
`

const january = "id,customer,name,won,amount\nD1,C1,甲,2026-01-05,100\nD2,C2,乙,2026-01-06,200\nD3,C1,甲,2026-01-07,300\n"

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, db *store.DB, r source.Request) source.Result {
	t.Helper()
	if r.Actor == "" {
		r.Actor = "test"
	}
	res, err := source.Import(t.Context(), db, r, nil)
	if err != nil {
		t.Fatalf("Import(%v) = %v", r.Paths, err)
	}
	for _, f := range res.Failed {
		t.Errorf("Import(%v): %s: %s", r.Paths, f.Name, f.EN)
	}
	for _, b := range res.Batches {
		if b.Rows != b.Used+b.Rejected {
			t.Errorf("%s: %d rows, but %d used and %d rejected", b.Name, b.Rows, b.Used, b.Rejected)
		}
	}
	return res
}

// one imports one text under one mapping and returns its batch.
func one(t *testing.T, db *store.DB, name, text, mapping string) source.BatchResult {
	t.Helper()
	res := load(t, db, source.Request{Paths: []string{write(t, name, text)}, Mapping: mapping})
	if len(res.Batches) != 1 {
		t.Fatalf("Import(%s) made %d batches, want 1", name, len(res.Batches))
	}
	return res.Batches[0]
}

func rollback(t *testing.T, db *store.DB, batch string) {
	t.Helper()
	if err := fact.Rollback(t.Context(), db, batch); err != nil {
		t.Fatal(err)
	}
}

func strs(t *testing.T, c *store.Conn, q string, args ...any) []string {
	t.Helper()
	rows, err := c.Query(t.Context(), store.Text("test", q), args...)
	out, err := store.Collect(rows, err, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err })
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return out
}

// standing is what the facts say of deals now.
func standing(t *testing.T, db *store.DB) []string {
	t.Helper()
	return strs(t, db.Facts, `SELECT concat_ws(' ', e.object_key, p.key, coalesce(p.name, '-'), e.day::TEXT, coalesce(e.amount::DOUBLE PRECISION::BIGINT::TEXT, '-'))
		FROM event e LEFT JOIN party p ON p.id = e.account WHERE e.verb = 'deal.won' ORDER BY 1`)
}

// everything is every fact but when it was loaded and the batches' own rows.
func everything(t *testing.T, db *store.DB) (out []string) {
	t.Helper()
	for _, table := range []string{"event", "event_superseded", "event_again", "party_record", "party_record_superseded", "party_record_again", "party",
		"membership", "membership_superseded", "membership_again", "snapshot", "snapshot_superseded", "snapshot_again", "reject"} {
		cols := strs(t, db.Facts, "SELECT column_name FROM information_schema.columns WHERE table_name = $1 AND table_schema IN ('main', 'public') ORDER BY column_name", table)
		cols = slices.DeleteFunc(cols, func(c string) bool { return c == "loaded_at" })
		for i, c := range cols {
			cols[i] = "coalesce(" + c + "::TEXT, '-')"
		}
		out = append(out, strs(t, db.Facts, "SELECT concat_ws('|', '"+table+"', "+strings.Join(cols, ", ")+") FROM "+table+" ORDER BY 1")...)
	}
	out = append(out, strs(t, db.Facts, "SELECT concat_ws('|', 'day', day::TEXT, verb, source, sum(n)::BIGINT::TEXT, sum(amount)::DOUBLE PRECISION::TEXT) FROM event_day GROUP BY day, verb, source HAVING sum(n) <> 0 ORDER BY day, verb, source")...)
	return out
}

func same(t *testing.T, what string, want, got []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestTheSameFileTwice(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first := one(t, db, "a.csv", january, deals)
		before := everything(t, db)
		again := one(t, db, "renamed.csv", january, deals)
		if !again.Again || again.ID != first.ID || first.Again || again.Events != 3 {
			t.Errorf("the second import = %+v, want the first batch again", again)
		}
		same(t, "facts after the same file twice", before, everything(t, db))
		if all, err := fact.ListBatches(t.Context(), db, "", 0, 10); err != nil || len(all) != 1 {
			t.Errorf("%d batches (%v), want 1", len(all), err)
		}
		if v, err := source.MappingVersions(t.Context(), db, "crm"); err != nil || len(v) != 1 {
			t.Errorf("%d mapping versions (%v), want 1", len(v), err)
		}
	})
}

// TestIdenticalRows keeps rows that are equal to the letter: without a key
// each is its own event, and a second delivery of them says nothing new.
func TestIdenticalRows(t *testing.T) {
	keyless := strings.Replace(deals, "    key: [id]\n", "", 1)
	row := "D1,C1,甲,2026-01-05,100\n"
	header := "id,customer,name,won,amount\n"
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := one(t, db, "a.csv", header+strings.Repeat(row, 5), keyless)
		if b.Events != 5 || b.Report.Tables[0].Identical != 4 {
			t.Errorf("five identical rows made %d events, %d identical, want 5 and 4", b.Events, b.Report.Tables[0].Identical)
		}
		more := one(t, db, "b.csv", header+strings.Repeat(row, 7), keyless)
		if n := len(standing(t, db)); n != 7 {
			t.Errorf("five, then seven identical rows: %d events stand, want 7", n)
		}
		rollback(t, db, b.ID)
		if n := len(standing(t, db)); n != 7 {
			t.Errorf("after rolling the five back %d stand, want the 7 of the other batch", n)
		}
		rollback(t, db, more.ID)
		if n := len(standing(t, db)); n != 0 {
			t.Errorf("after rolling both back %d stand", n)
		}
		keyed := one(t, db, "c.csv", header+strings.Repeat(row, 5), deals)
		if keyed.Events != 1 || keyed.Used != 5 || keyed.Report.Tables[0].Duplicates != 4 {
			t.Errorf("with a key five identical rows made %d events of %d used rows, %d duplicates, want 1, 5, 4", keyed.Events, keyed.Used, keyed.Report.Tables[0].Duplicates)
		}
	})
}

// TestCorrectedFile walks the awkward order: corrected, taken back, late again.
func TestCorrectedFile(t *testing.T) {
	corrected := strings.NewReplacer("D2,C2,乙,2026-01-06,200", "D2,C2,乙方,2026-01-08,250", "D3,", "D4,").Replace(january)
	both := []string{"D1 C1 甲 2026-01-05 100", "D2 C2 乙方 2026-01-08 250", "D3 C1 甲 2026-01-07 300", "D4 C1 甲 2026-01-07 300"}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first := one(t, db, "a.csv", january, deals)
		old, alone := standing(t, db), everything(t, db)
		second := one(t, db, "a.csv", corrected, deals)
		same(t, "after the correction", both, standing(t, db))
		if got := strs(t, db.Facts, "SELECT concat_ws(' ', object_key, batch_id::TEXT) FROM event_superseded"); len(got) != 1 || got[0] != "D2 "+first.ID {
			t.Errorf("overtaken versions = %v, want D2 of the first batch", got)
		}
		if got := strs(t, db.Facts, "SELECT concat_ws(' ', batch_id::TEXT, row_no::TEXT, of_batch::TEXT) FROM event_again"); len(got) != 1 || got[0] != second.ID+" 1 "+first.ID {
			t.Errorf("said again = %v, want row 1 of the second batch", got)
		}
		after := everything(t, db)
		rollback(t, db, second.ID)
		same(t, "after the correction is rolled back", old, standing(t, db))
		same(t, "every fact after the rollback", alone, everything(t, db))

		one(t, db, "a.csv", corrected, deals)
		same(t, "the correction imported again", after, everything(t, db))

		rollback(t, db, first.ID)
		same(t, "without the first file", []string{both[0], both[1], both[3]}, standing(t, db))
		late := one(t, db, "a.csv", january, deals)
		if late.ID != first.ID || late.Again {
			t.Errorf("the late import = %+v, want the first batch loaded anew", late)
		}
		same(t, "the first file late again: it is the newest word now", append(old, both[3]), standing(t, db))
		rollback(t, db, late.ID)
		rollback(t, db, second.ID)
		if left := everything(t, db); len(left) != 0 {
			t.Errorf("after rolling all back there is left:\n%s", strings.Join(left, "\n"))
		}
	})
}

// TestCorrectedMapping replaces a batch's facts in their place, and a newer
// batch keeps its word.
func TestCorrectedMapping(t *testing.T) {
	wrong := strings.Replace(deals, "amount: amount", "amount: amount * 2", 1)
	second := "id,customer,name,won,amount\nD2,C2,乙,2026-01-06,222\n"
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first := one(t, db, "a.csv", january, wrong)
		one(t, db, "b.csv", second, deals)
		mended := one(t, db, "a.csv", january, deals)
		if mended.ID != first.ID || mended.Again {
			t.Errorf("the remapped batch = %+v, want the first one's id, not again", mended)
		}
		same(t, "after correcting the mapping", []string{"D1 C1 甲 2026-01-05 100", "D2 C2 乙 2026-01-06 222", "D3 C1 甲 2026-01-07 300"}, standing(t, db))
		got := everything(t, db)
		if _, err := source.PutMapping(t.Context(), db, wrong, "test"); err != nil {
			t.Fatal(err)
		}
		if _, err := source.Remap(t.Context(), db, first.ID, "test", nil); err != nil {
			t.Fatal(err)
		}
		same(t, "remapped under the wrong one", []string{"D1 C1 甲 2026-01-05 200", "D2 C2 乙 2026-01-06 222", "D3 C1 甲 2026-01-07 600"}, standing(t, db))
		if _, err := source.PutMapping(t.Context(), db, deals, "test"); err != nil {
			t.Fatal(err)
		}
		if _, err := source.Remap(t.Context(), db, first.ID, "test", nil); err != nil {
			t.Fatal(err)
		}
		same(t, "remapped back", got, everything(t, db))
		// A mapping under which nothing can be used leaves all as it is.
		useless := strings.Replace(deals, "columns: [id, customer, won]", "columns: [nothing]", 1)
		if _, err := source.PutMapping(t.Context(), db, useless, "test"); err != nil {
			t.Fatal(err)
		}
		res, err := source.Remap(t.Context(), db, first.ID, "test", nil)
		if err == nil {
			err = res.Err()
		}
		if !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("Remap() under a mapping that fits nothing = %v, want nothing usable", err)
		}
		same(t, "after a remap that was refused", got, everything(t, db))
	})
}

// TestOneEventInTwoBatches keeps an event that another batch says too.
func TestOneEventInTwoBatches(t *testing.T) {
	some := "id,customer,name,won,amount\nD1,C1,甲,2026-01-05,100\n"
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, order := range [][2]string{{january, some}, {some, january}} {
			a, b := one(t, db, "a.csv", order[0], deals), one(t, db, "b.csv", order[1], deals)
			rollback(t, db, a.ID)
			want := []string{"D1 C1 甲 2026-01-05 100"}
			if order[1] == january {
				want = append(want, "D2 C2 乙 2026-01-06 200", "D3 C1 甲 2026-01-07 300")
			}
			same(t, "after rolling one of two back", want, standing(t, db))
			if got := strs(t, db.Facts, "SELECT DISTINCT batch_id::TEXT FROM event"); len(got) != 1 || got[0] != b.ID {
				t.Errorf("the events stand under %v, want %s", got, b.ID)
			}
			rollback(t, db, b.ID)
			if left := everything(t, db); len(left) != 0 {
				t.Fatalf("left over:\n%s", strings.Join(left, "\n"))
			}
		}
	})
}

func TestDrift(t *testing.T) {
	renamed := strings.Replace(january, "amount", "金额", 1)
	retyped := strings.NewReplacer(",100", ",一百", ",200", ",二百", ",300", ",三百", "D", "E").Replace(january)
	grown := strings.NewReplacer("amount\n", "amount,extra\n", "100\n", "100,x\n", "200\n", "200,y\n", "300\n", "300,z\n", "D", "F").Replace(january)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		one(t, db, "a.csv", january, deals)
		before := everything(t, db)
		for name, text := range map[string]string{"amount, 金额": renamed, "number, text": retyped, "extra": grown} {
			mapping := deals
			if text == renamed {
				mapping = strings.Replace(deals, "amount: amount", "amount: 金额", 1)
			}
			r := source.Request{Paths: []string{write(t, "b.csv", text)}, Mapping: mapping, Actor: "test"}
			res, err := source.Import(t.Context(), db, r, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(res.Drift) != 1 || len(res.Batches) != 0 || !errors.Is(res.Err(), fault.ErrConflict) || fault.Exit(res.Err()) != fault.ExitRefused {
				t.Errorf("%s: Import() = %+v, %v, want drift refused", name, res, res.Err())
				continue
			}
			for _, w := range strings.Split(name, ", ") {
				if !strings.Contains(res.Err().Error(), w) {
					t.Errorf("%s: the refusal doesn't name %q: %v", name, w, res.Err())
				}
			}
			same(t, name+": facts after a refusal", before, everything(t, db))
			if v, err := source.GetMapping(t.Context(), db, "crm"); err != nil || v.YAML != deals {
				t.Errorf("%s: a mapping that brought nothing in became the source's", name)
			}
			r.AcceptDrift = true
			if text == renamed {
				continue
			}
			accepted := load(t, db, r)
			if len(accepted.Batches) != 1 || len(accepted.Drift) != 1 {
				t.Errorf("%s: accepted = %+v", name, accepted)
				continue
			}
			rollback(t, db, accepted.Batches[0].ID)
		}
	})
}

// TestDryRun writes nothing: not a fact, not a setting, not a file.
func TestDryRun(t *testing.T) {
	bad := january + "D4,C4,丁,昨天,400\nD5,C5,戊,2026-01-09,许多\n"
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		one(t, db, "a.csv", january, deals)
		facts, files := everything(t, db), tree(t, db.Dir)
		batches := strs(t, db.Facts, "SELECT concat_ws('|', id::TEXT, seq::TEXT, state, loaded_at::TEXT) FROM batch")
		maps := strs(t, db.State, "SELECT source || version || yaml FROM source_mapping")
		other := strings.Replace(deals, "source: crm", "source: other", 1)
		for _, r := range []source.Request{
			{Paths: []string{write(t, "b.csv", bad)}, Mapping: deals},
			{Paths: []string{write(t, "b.csv", bad)}, Mapping: other},
			{Paths: []string{write(t, "a.csv", january)}, Mapping: deals},
			{Paths: []string{write(t, "客户.csv", "客户编号,客户名称,创建时间\nC1,甲公司,2026-01-01\nC2,乙公司,2026-01-02\n")}},
		} {
			r.DryRun, r.Actor = true, "test"
			res := load(t, db, r)
			if len(res.Batches) != 1 || res.Batches[0].Again {
				t.Fatalf("dry run = %+v", res)
			}
			if b := res.Batches[0]; b.Rows == 5 && (b.Events != 4 || b.CellsRejected != 2 || len(b.Rejects) != 2 || len(b.Report.Samples) == 0) {
				t.Errorf("dry run of five rows = %d events, %d cells rejected, %d rejects, %d samples", b.Events, b.CellsRejected, len(b.Rejects), len(b.Report.Samples))
			}
		}
		same(t, "facts after dry runs", facts, everything(t, db))
		same(t, "files after dry runs", files, tree(t, db.Dir))
		same(t, "batches after dry runs", batches, strs(t, db.Facts, "SELECT concat_ws('|', id::TEXT, seq::TEXT, state, loaded_at::TEXT) FROM batch"))
		same(t, "mappings after dry runs", maps, strs(t, db.State, "SELECT source || version || yaml FROM source_mapping"))
	})
}

// tree lists the files of a folder with their sizes, the databases' apart:
// they may rewrite themselves.
func tree(t *testing.T, dir string) (out []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		if d.IsDir() || strings.HasPrefix(rel, "state.sqlite") || strings.HasPrefix(rel, "facts.duckdb") {
			return nil
		}
		info, err := d.Info()
		out = append(out, fmt.Sprint(rel, " ", info.Size()))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestZone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		if err := source.SetZone(t.Context(), db, "test", "Nowhere/Land"); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("SetZone(Nowhere/Land) = %v", err)
		}
		if err := source.SetZone(t.Context(), db, "test", "America/New_York"); err != nil {
			t.Fatal(err)
		}
		text := "id,customer,name,won,amount\nD1,C1,a,2026-07-05T03:00:00Z,1\nD2,C1,a,2026-07-05T05:00:00Z,1\n"
		one(t, db, "a.csv", text, strings.Replace(deals, "zone: UTC\n", "", 1))
		same(t, "days in New York", []string{"D1 C1 a 2026-07-04 1", "D2 C1 a 2026-07-05 1"}, standing(t, db))
		if err := source.SetZone(t.Context(), db, "test", "Asia/Shanghai"); !errors.Is(err, fault.ErrConflict) {
			t.Errorf("SetZone() once data is in = %v, want a conflict", err)
		}
		if err := source.SetZone(t.Context(), db, "test", "America/New_York"); err != nil {
			t.Errorf("SetZone() to what it is = %v", err)
		}
	})
}

var now = time.Date(2026, 5, 12, 8, 0, 0, 0, time.UTC)
