package fact_test

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	_ "github.com/duckdb/duckdb-go/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// A row is one staged event of the made table: key and value decide it.
type row struct {
	no         int64
	key, value string
}

var loaded = time.Date(2026, 5, 12, 8, 0, 0, 0, time.UTC)

const loadedText = "2026-05-12 08:00:00"

// stageFile writes a stage file that holds rows as events, each with a party
// and a snapshot row of the same key.
func stageFile(t *testing.T, db *store.DB, batch string, rows []row) string {
	t.Helper()
	path := filepath.Join(db.StageDir(), "test-"+batch+fmt.Sprint(rand.Int64())+".duckdb")
	lite, err := sql.Open("duckdb", path)
	if err != nil {
		t.Fatal(err)
	}
	lite.SetMaxOpenConns(1)
	var script []string
	exec := func(q string, args ...any) {
		for i := len(args); i > 0; i-- {
			q = strings.ReplaceAll(q, fmt.Sprintf("$%d", i), store.Literal(fmt.Sprint(args[i-1])))
		}
		script = append(script, q)
	}
	exec("BEGIN")
	for _, q := range fact.StageTables {
		exec(q)
	}
	last := map[string]int64{}
	for _, r := range rows {
		last[r.key] = r.no
	}
	for _, r := range rows {
		dup := ""
		if last[r.key] != r.no {
			dup = "_dup"
		}
		id, party := db.ID("s", "t", "deal.won", r.key).String(), db.ID("party", "s", "account", "c", r.key).String()
		exec(`INSERT INTO stage_event`+dup+` (id, source, tbl, batch_id, row_no, verb, ts, ts_precision, day, loaded_at, account, staff, channel, amount, text)
			VALUES ($1, 's', 't', $2, $3, 'deal.won', '2026-05-01 10:00:00', 'second', '2026-05-01', $4, $5, $5, $7, $6, $7)`, id, batch, r.no, loadedText, party, len(r.value), r.value)
		exec(`INSERT INTO stage_party_record`+dup+` (id, source, tbl, batch_id, row_no, loaded_at, party, kind, namespace, key, name)
			VALUES ($1, 's', 't', $2, $3, $4, $1, 'account', 'c', $5, $6)`, party, batch, r.no, loadedText, r.key, r.value)
		exec(`INSERT INTO stage_snapshot`+dup+` (id, source, tbl, batch_id, row_no, loaded_at, noun, key, party, party_kind, fields)
			VALUES ($1, 's', 't', $2, $3, $4, 'account', $5, $1, 'account', $6)`, party, batch, r.no, loadedText, r.key, fmt.Sprintf(`{"name":%q}`, r.value))
	}
	exec("COMMIT")
	if _, err := lite.ExecContext(t.Context(), strings.Join(script, ";\n")); err != nil {
		t.Fatalf("stage file: %v", err)
	}
	if err := lite.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func commit(t *testing.T, db *store.DB, name string, rows []row) string {
	t.Helper()
	id := db.ID("batch", name).String()
	b := fact.Batch{ID: id, Source: "s", Name: name, Object: name, Actor: "test", LoadedAt: loaded, Rows: int64(len(rows)), Used: int64(len(rows)), Report: []byte("{}")}
	if _, err := fact.Commit(t.Context(), db, b, stageFile(t, db, id, rows)); err != nil {
		t.Fatalf("Commit(%s) = %v", name, err)
	}
	return id
}

// standing reads what stands: deals by text as "value batch:row".
func standing(t *testing.T, db *store.DB) map[string]string {
	t.Helper()
	rows, err := db.Facts.Query(t.Context(), store.Text("test.standing", `
		SELECT p.key, e.text, p.name, e.batch_id::TEXT, e.row_no FROM event e LEFT JOIN party p ON p.id = e.account WHERE e.verb = 'deal.won' ORDER BY p.key`))
	got := map[string]string{}
	_, err = store.Collect(rows, err, func(r *sql.Rows) (int, error) {
		var key, text, name, batch string
		var no int64
		err := r.Scan(&key, &text, &name, &batch, &no)
		if text != name {
			t.Errorf("event says %q and party %q for key %s", text, name, key)
		}
		if _, twice := got[key]; twice {
			t.Errorf("key %s stands twice", key)
		}
		got[key] = fmt.Sprintf("%s %s:%d", text, batch, no)
		return 0, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// checkDays compares the rollups with the events.
func checkDays(t *testing.T, db *store.DB) {
	t.Helper()
	for _, r := range []struct{ table, staff string }{{"event_day", "coalesce(staff::TEXT, '')"}, {"event_day_all", "''"}} {
		key := "concat_ws('|', day::TEXT, verb, source, tbl, coalesce(channel, ''), coalesce(object_kind, ''), " + r.staff + ", coalesce(currency, ''), coalesce(unit, ''))"
		var diff, groups int64
		err := db.Facts.QueryRow(t.Context(), store.Text("test.days", `
			SELECT count(*) FILTER (WHERE d.n IS DISTINCT FROM e.n OR d.a IS DISTINCT FROM e.a OR d.na IS DISTINCT FROM e.na), count(e.k)
			FROM (SELECT `+key+` AS k, sum(n) AS n, sum(amount) AS a, sum(n_amount) AS na FROM `+r.table+` GROUP BY 1 HAVING sum(n) <> 0) d
			FULL JOIN (SELECT `+key+` AS k, count(*) AS n, coalesce(sum(amount), 0) AS a, count(amount) AS na FROM event GROUP BY 1) e ON d.k = e.k`)).Scan(&diff, &groups)
		if err != nil || diff != 0 {
			t.Errorf("%s and event disagree on %d of %d groups (%v)", r.table, diff, groups, err)
		}
	}
}

func TestCommitAndRollback(t *testing.T) {
	a := []row{{1, "k1", "x"}, {2, "k2", "x"}}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		first := commit(t, db, "a", a)
		again := commit(t, db, "b", []row{{1, "k1", "x"}})
		other := commit(t, db, "c", []row{{1, "k1", "yy"}, {2, "k3", "z"}, {3, "k3", "zz"}})
		want := map[string]string{"k1": "yy " + other + ":1", "k2": "x " + first + ":2", "k3": "zz " + other + ":3"}
		if diff := cmp.Diff(want, standing(t, db)); diff != "" {
			t.Errorf("three batches (-want +got):\n%s", diff)
		}
		checkDays(t, db)
		for _, s := range []struct {
			batch string
			want  map[string]string
		}{
			{other, map[string]string{"k1": "x " + first + ":1", "k2": "x " + first + ":2"}},
			{first, map[string]string{"k1": "x " + again + ":1"}},
			{again, map[string]string{}},
		} {
			if err := fact.Rollback(t.Context(), db, s.batch); err != nil {
				t.Fatalf("Rollback(%s) = %v", s.batch, err)
			}
			if diff := cmp.Diff(s.want, standing(t, db)); diff != "" {
				t.Errorf("after rolling back %s (-want +got):\n%s", s.batch, diff)
			}
			checkDays(t, db)
		}
		if err := fact.Rollback(t.Context(), db, again); err == nil {
			t.Error("Rollback() of a batch that is rolled back = nil, want a conflict")
		}
	})
}

// model is what any order of commits, remaps and rollbacks must come to: per
// key the value of the batch with the highest seq that still stands.
type model struct {
	seq     map[string]int
	rows    map[string][]row
	counter int
}

func (m *model) values() map[string]string {
	out, by := map[string]string{}, map[string]int{}
	for b, rows := range m.rows {
		for _, r := range rows {
			if m.seq[b] >= by[r.key] {
				by[r.key], out[r.key] = m.seq[b], r.value
			}
		}
	}
	return out
}

// TestAnyOrder drives random commits, corrected mappings, rollbacks and compactions.
func TestAnyOrder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		rng := rand.New(rand.NewPCG(7, 11))
		m := &model{seq: map[string]int{}, rows: map[string][]row{}}
		ids := map[string]string{}
		ops := 200
		if testing.Short() {
			ops = 14
		}
		for op := range ops {
			if rng.IntN(4) == 0 {
				if err := fact.CompactFrom(t.Context(), db, 0, 0); err != nil {
					t.Fatal(err)
				}
			}
			name := fmt.Sprintf("b%d", rng.IntN(6))
			if _, there := m.rows[name]; there && rng.IntN(2) == 0 {
				if err := fact.Rollback(t.Context(), db, ids[name]); err != nil {
					t.Fatal(err)
				}
				delete(m.rows, name)
			} else {
				var rows []row
				for i := range 1 + rng.IntN(5) {
					rows = append(rows, row{int64(i + 1), fmt.Sprintf("k%d", rng.IntN(4)), fmt.Sprintf("v%d", rng.IntN(3))})
				}
				if _, standing := m.rows[name]; !standing {
					m.counter++
					m.seq[name] = m.counter
				}
				m.rows[name] = rows
				ids[name] = commit(t, db, name, rows)
			}
			got := map[string]string{}
			for k, v := range standing(t, db) {
				got[k] = v[:2]
			}
			if diff := cmp.Diff(m.values(), got); diff != "" {
				t.Fatalf("after operation %d (%s), standing batches %v (-want +got):\n%s", op, name, slices.Sorted(maps.Keys(m.rows)), diff)
			}
			checkDays(t, db)
		}
	})
}

func TestSnapshotTellsWhatChanged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		commit(t, db, "monday", []row{{1, "k1", "x"}, {2, "k2", "x"}})
		tuesday := commit(t, db, "tuesday", []row{{1, "k1", "y"}})
		verbs := func() map[string]int64 {
			t.Helper()
			out := map[string]int64{}
			v, err := fact.ByVerb(context.Background(), db, tuesday)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range v {
				out[c.Verb] = c.N
			}
			return out
		}
		if diff := cmp.Diff(map[string]int64{"account.changed": 1, "account.removed": 1, "deal.won": 1}, verbs()); diff != "" {
			t.Errorf("Tuesday's events (-want +got):\n%s", diff)
		}
		checkDays(t, db)
		if err := fact.Rollback(t.Context(), db, tuesday); err != nil {
			t.Fatal(err)
		}
		if got := verbs(); len(got) != 0 {
			t.Errorf("Tuesday's events after rollback = %v, want none", got)
		}
		checkDays(t, db)
		wednesday := commit(t, db, "wednesday", []row{{1, "k1", "x"}, {2, "k2", "x"}})
		v, err := fact.ByVerb(t.Context(), db, wednesday)
		if err != nil || len(v) != 0 {
			t.Errorf("a delivery that repeats Monday's says %v (%v), want nothing new", v, err)
		}
	})
}
