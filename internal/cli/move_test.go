package cli

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

// rowsFor are values that a made-up row needs because the program reads them
// when it starts.
var rowsFor = map[string]any{
	"erasure_job.step":    "done",
	"erasure_job.plan":    "{}",
	"erasure_job.outcome": "{}",
	"fact_outbox.body": func() string {
		b, err := json.Marshal(fact.Event{Verb: "deal.won", TS: time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC), TSPrecision: "second"})
		if err != nil {
			panic(err)
		}
		return string(b)
	}(),
}

var (
	oneOf  = regexp.MustCompile(`(?i)\b(\w+)\s+IN\s*\(\s*('[^']*'|\d+)`)
	tables = store.Text("test.tables", "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'migration_%' ORDER BY name")
)

type column struct {
	Name, Type string
	Ref        string // table.column that it points at
}

// fillState puts a row into every table of the state that has none, whatever
// package made it.
func fillState(t *testing.T, db *store.DB) {
	t.Helper()
	ctx := t.Context()
	made := map[string]string{}
	var order []string
	rows, err := db.State.Query(ctx, tables)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var name, ddl string
		if err := rows.Scan(&name, &ddl); err != nil {
			t.Fatal(err)
		}
		made[name], order = ddl, append(order, name)
	}
	if err := rows.Err(); err != nil || len(order) < 10 {
		t.Fatalf("%d tables of the state (%v), want all", len(order), err)
	}
	done := map[string]bool{}
	var fill func(table string)
	fill = func(table string) {
		if done[table] || table == "source_intent" { // settled, and gone, whenever a folder is opened
			return
		}
		done[table] = true
		cols := columnsOf(t, db, table)
		for _, c := range cols {
			if parent, _, ok := strings.Cut(c.Ref, "."); ok {
				fill(parent)
			}
		}
		var n int
		if err := db.State.QueryRow(ctx, store.Text("test.count", "SELECT count(*) FROM "+table)).Scan(&n); err != nil || n > 0 {
			return
		}
		allowed := map[string]string{}
		for _, m := range oneOf.FindAllStringSubmatch(made[table], -1) {
			allowed[m[1]] = strings.Trim(m[2], "'")
		}
		var names, marks []string
		var vals []any
		for i, c := range cols {
			names, marks = append(names, c.Name), append(marks, fmt.Sprintf("$%d", i+1))
			vals = append(vals, madeUp(t, db, table, c, allowed))
		}
		q := fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s)", table, strings.Join(names, ", "), strings.Join(marks, ", "))
		if _, err := db.State.Exec(ctx, store.Text("test.fill", q), vals...); err != nil {
			t.Errorf("a row for %s can't be made up: %v (say in rowsFor what it needs)", table, err)
		}
	}
	for _, table := range order {
		fill(table)
	}
}

func columnsOf(t *testing.T, db *store.DB, table string) (out []column) {
	t.Helper()
	rows, err := db.State.Query(t.Context(), store.Text("test.columns", `SELECT c.name, lower(c.type), coalesce(k."table" || '.' || coalesce(k."to", 'id'), '')
		FROM pragma_table_info('`+table+`') c LEFT JOIN pragma_foreign_key_list('`+table+`') k ON k."from" = c.name ORDER BY c.cid`))
	out, err = store.Collect(rows, err, func(r *sql.Rows) (c column, err error) { err = r.Scan(&c.Name, &c.Type, &c.Ref); return c, err })
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func madeUp(t *testing.T, db *store.DB, table string, c column, allowed map[string]string) any {
	t.Helper()
	if v, ok := rowsFor[table+"."+c.Name]; ok {
		return v
	}
	if parent, key, ok := strings.Cut(c.Ref, "."); ok && parent != table {
		var v any
		if err := db.State.QueryRow(t.Context(), store.Text("test.parent", "SELECT "+key+" FROM "+parent+" LIMIT 1")).Scan(&v); err != nil {
			t.Errorf("%s.%s points at %s, which has no row: %v", table, c.Name, c.Ref, err)
		}
		return v
	}
	if v, ok := allowed[c.Name]; ok {
		return v
	}
	switch {
	case strings.Contains(c.Type, "int"), strings.Contains(c.Type, "bool"):
		return 1
	case strings.Contains(c.Type, "real"), strings.Contains(c.Type, "double"), strings.Contains(c.Type, "float"), strings.Contains(c.Type, "num"), strings.Contains(c.Type, "dec"):
		return 1.5
	case strings.Contains(c.Type, "blob"), strings.Contains(c.Type, "bytea"):
		return []byte{1, 2}
	}
	return "1"
}

// stateOf is every row of every table of the state, as text.
func stateOf(t *testing.T, db *store.DB) map[string][]string {
	t.Helper()
	counts, err := store.Counts(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for table := range counts {
		if db.State.Engine == store.SQLite && !isState(t, db, table) {
			continue
		}
		rows, err := db.State.Query(t.Context(), store.Text("test.rows", "SELECT * FROM "+table))
		if err != nil {
			t.Fatal(err)
		}
		cols, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			vals, ptrs := make([]any, len(cols)), make([]any, len(cols))
			for i := range vals {
				ptrs[i] = &vals[i]
			}
			if err := rows.Scan(ptrs...); err != nil {
				t.Fatal(err)
			}
			for i, v := range vals {
				if b, ok := v.([]byte); ok {
					vals[i] = string(b)
				}
			}
			out[table] = append(out[table], fmt.Sprintf("%v %v", cols, vals))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func isState(t *testing.T, db *store.DB, table string) bool {
	t.Helper()
	var n int
	err := db.State.QueryRow(t.Context(), store.Text("test.is", "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = $1"), table).Scan(&n)
	return err == nil && n > 0
}

// opened runs do on the folder in this process.
func opened(t *testing.T, dir, database string, do func(db *store.DB)) {
	t.Helper()
	db, err := (&streams{dir: dir, database: database}).open(context.WithoutCancel(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	do(db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestMoveEveryTable carries a folder in which somebody has signed in, and in
// which every table of the state has a row, through backup, restore and the
// move to PostgreSQL.
func TestMoveEveryTable(t *testing.T) {
	f := newFolder(t)
	var want map[string][]string
	opened(t, f.dir, "", func(db *store.DB) {
		_, password, err := access.EnsureAdmin(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := access.SignIn(t.Context(), db, "admin", password, "127.0.0.1", "test"); err != nil {
			t.Fatal(err)
		}
		fillState(t, db)
		want = stateOf(t, db)
	})
	for table, rows := range want {
		if len(rows) == 0 {
			t.Errorf("%s has no row", table)
		}
	}
	to := filepath.Join(t.TempDir(), "backup")
	f.run(0, "backup", "--out", to)
	restored := newFolder(t)
	restored.run(0, "restore", "--from", to)
	compare := func(name, dir, database string) {
		opened(t, dir, database, func(db *store.DB) {
			got := stateOf(t, db)
			for table, rows := range want {
				if diff := cmp.Diff(rows, got[table]); diff != "" {
					t.Errorf("%s: %s (-was +is):\n%s", name, table, diff)
				}
			}
		})
	}
	compare("restored", restored.dir, "")
	t.Run("postgres", func(t *testing.T) {
		database := storetest.Database(t)
		f.run(0, "move", "--to", database)
		compare("moved", f.dir, database)
	})
}

// TestDemoFolder holds that the demo keeps out of ./data, the folder of every
// other command.
func TestDemoFolder(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("OUTFITTER_DATA", "")
	var out, errs strings.Builder
	if code := Run(t.Context(), []string{"demo", "--size", "none"}, nil, &out, &errs); code != 2 {
		t.Errorf("demo --size none: exit code = %d (%s), want 2", code, errs.String())
	}
	got, err := filepath.Glob("*")
	if diff := cmp.Diff([]string{"demo"}, got); err != nil || diff != "" {
		t.Errorf("demo made (-want +got):\n%s", diff)
	}
}
