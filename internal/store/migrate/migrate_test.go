package migrate_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	_ "github.com/chanzipu/outfitter/internal/access"
	_ "github.com/chanzipu/outfitter/internal/explore"
	_ "github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	_ "github.com/chanzipu/outfitter/internal/run"
	_ "github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// engines opens an installation without tables on each engine pair.
func engines(t *testing.T, f func(t *testing.T, open func() *store.DB)) {
	t.Helper()
	opener := func(t *testing.T, database string) func() *store.DB {
		dir := t.TempDir()
		return func() *store.DB {
			db, err := store.Open(t.Context(), store.Options{Dir: dir, Database: database, Memory: "512MB"})
			if err != nil {
				t.Fatal(err)
			}
			return db
		}
	}
	t.Run("embedded", func(t *testing.T) { f(t, opener(t, "")) })
	t.Run("postgres", func(t *testing.T) { f(t, opener(t, storetest.Database(t))) })
}

func up(t *testing.T, db *store.DB, before func() error) {
	t.Helper()
	if err := migrate.Up(t.Context(), db, before); err != nil {
		t.Fatalf("Up() = %v", err)
	}
}

func closed(t *testing.T, db *store.DB) {
	t.Helper()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// schema lists every column and index of both stores.
func schema(t *testing.T, db *store.DB) (out []string) {
	t.Helper()
	texts := map[store.Engine]string{
		store.SQLite: "SELECT m.name || '.' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || c.pk FROM sqlite_master m JOIN pragma_table_info(m.name) c UNION SELECT 'index ' || name || ' ' || coalesce(sql, '') FROM sqlite_master WHERE type IN ('index', 'trigger') ORDER BY 1",
		store.DuckDB: "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable FROM duckdb_columns() WHERE NOT internal UNION SELECT 'index ' || index_name FROM duckdb_indexes() ORDER BY 1",
		store.Postgres: "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable FROM information_schema.columns WHERE table_schema = 'public' " +
			"UNION SELECT 'index ' || indexname FROM pg_indexes WHERE schemaname = 'public' UNION SELECT 'trigger ' || trigger_name FROM information_schema.triggers ORDER BY 1",
	}
	for _, c := range []*store.Conn{db.State, db.Facts} {
		rows, err := c.Query(t.Context(), store.Text("test.schema", texts[c.Engine]))
		lines, err := store.Collect(rows, err, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err })
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, lines...)
	}
	return out
}

// TestUp brings an installation forward from nothing and from every version
// that there ever was; each must end as a new one does.
func TestUp(t *testing.T) {
	engines(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		asked := 0
		up(t, db, func() error { asked++; return nil })
		want := schema(t, db)
		up(t, db, func() error { asked++; return nil })
		if asked != 0 {
			t.Errorf("an installation without data was asked %d times for a copy", asked)
		}
		if len(want) < 100 {
			t.Errorf("the new installation has %d columns and indexes, want all of them", len(want))
		}
		for _, kind := range []string{"state", "facts"} {
			done, err := migrate.List(t.Context(), map[string]*store.Conn{"state": db.State, "facts": db.Facts}[kind], kind)
			if err != nil || len(done) != len(migrate.Sequence(kind)) {
				t.Errorf("%s has %d steps behind it (%v), want %d", kind, len(done), err, len(migrate.Sequence(kind)))
			}
		}
		closed(t, db)
		states, facts := len(migrate.Sequence("state")), len(migrate.Sequence("facts"))
		for n := range states + facts {
			t.Run(fmt.Sprintf("from %d", n), func(t *testing.T) { fromVersion(t, min(n, states), max(1, n-states), want) })
		}
	})
}

// fromVersion makes an installation of the first steps, with a row in it, and brings it up.
func fromVersion(t *testing.T, state, facts int, want []string) {
	database := ""
	if strings.Contains(t.Name(), "postgres") {
		database = storetest.Database(t)
	}
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Database: database, Memory: "512MB"})
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, db)
	for _, p := range []struct {
		c    *store.Conn
		kind string
		n    int
	}{{db.State, "state", state}, {db.Facts, "facts", facts}} {
		if err := migrate.UpTo(t.Context(), p.c, p.kind, p.n); err != nil {
			t.Fatalf("%s to %d: %v", p.kind, p.n, err)
		}
	}
	if _, err := db.Facts.Exec(t.Context(), store.Text("test.mark", "UPDATE outbox_cursor SET seq = 7")); err != nil {
		t.Fatal(err)
	}
	asked := 0
	up(t, db, func() error { asked++; return store.CopyFiles(db, "before") })
	if asked != 1 {
		t.Errorf("a copy was asked for %d times, want once before the first step", asked)
	}
	if diff := cmp.Diff(want, schema(t, db)); diff != "" {
		t.Errorf("tables after migrating from state %d, facts %d (-new +migrated):\n%s", state, facts, diff)
	}
	var seq int64
	if err := db.Facts.QueryRow(t.Context(), store.Text("test.seq", "SELECT seq FROM outbox_cursor")).Scan(&seq); err != nil || seq != 7 {
		t.Errorf("the row from before reads %d (%v), want 7", seq, err)
	}
	if database != "" {
		return
	}
	copied := t.TempDir()
	for _, f := range []string{"state.sqlite", "facts.duckdb"} {
		b, err := os.ReadFile(filepath.Join(db.Dir, "copies", "before", f))
		if err == nil {
			err = os.WriteFile(filepath.Join(copied, f), b, 0o600)
		}
		if err != nil {
			t.Fatalf("the copy before the migration: %v", err)
		}
	}
	old, err := store.Open(t.Context(), store.Options{Dir: copied, Memory: "512MB"})
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, old)
	done, err := migrate.List(t.Context(), old.State, "state")
	if err != nil || len(done) != state {
		t.Errorf("the copy has %d steps behind it (%v), want %d", len(done), err, state)
	}
}

// TestNewer refuses a folder that a newer program used, and leaves it alone.
func TestNewer(t *testing.T) {
	engines(t, func(t *testing.T, open func() *store.DB) {
		for _, kind := range []string{"state", "facts"} {
			db := open()
			conn := map[string]*store.Conn{"state": db.State, "facts": db.Facts}[kind]
			if err := migrate.UpTo(t.Context(), conn, kind, 1); err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Exec(t.Context(), store.Text("test.newer", "INSERT INTO migration_"+kind+" (id, hash, ts) VALUES ('next/9999_better', '', '')")); err != nil {
				t.Fatal(err)
			}
			before := schema(t, db)
			err := migrate.Up(t.Context(), db, func() error { t.Error("a copy was asked for"); return nil })
			if !errors.Is(err, fault.ErrConflict) || !strings.Contains(err.Error(), "next/9999_better") {
				t.Errorf("Up() of a newer %s = %v, want a conflict that names the step", kind, err)
			}
			after := schema(t, db)
			if diff := cmp.Diff(without(before, "migration_"), without(after, "migration_")); diff != "" {
				t.Errorf("a refused folder changed:\n%s", diff)
			}
			if _, err := conn.Exec(t.Context(), store.Text("test.older", "DELETE FROM migration_"+kind+" WHERE id = 'next/9999_better'")); err != nil {
				t.Fatal(err)
			}
			closed(t, db)
		}
		db := open()
		defer closed(t, db)
		up(t, db, nil)
	})
}

func without(all []string, part string) (out []string) {
	for _, s := range all {
		if !strings.Contains(s, part) {
			out = append(out, s)
		}
	}
	return out
}

// TestBrokenStep checks that a step which fails leaves nothing of itself, and
// that the next start goes on from there.
func TestBrokenStep(t *testing.T) {
	for _, kind := range []string{"state", "facts"} {
		engines(t, func(t *testing.T, open func() *store.DB) {
			mend := migrate.Break(kind)
			defer mend()
			db := open()
			defer closed(t, db)
			conn := map[string]*store.Conn{"state": db.State, "facts": db.Facts}[kind]
			if err := migrate.Up(t.Context(), db, nil); err == nil {
				t.Errorf("Up() with a broken %s step = nil", kind)
			}
			done, err := migrate.List(t.Context(), conn, kind)
			if err != nil || len(done) != len(migrate.Sequence(kind))-1 {
				t.Errorf("after a broken step %s has %d behind it (%v), want all but the last of %d", kind, len(done), err, len(migrate.Sequence(kind)))
			}
			mend()
			up(t, db, nil)
		})
	}
}

// TestCopyRefused checks that nothing is migrated when the copy can't be taken.
func TestCopyRefused(t *testing.T) {
	db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Memory: "512MB"})
	if err != nil {
		t.Fatal(err)
	}
	defer closed(t, db)
	if err := migrate.UpTo(t.Context(), db.State, "state", 1); err != nil {
		t.Fatal(err)
	}
	full := errors.New("full")
	if err := migrate.Up(t.Context(), db, func() error { return full }); !errors.Is(err, full) {
		t.Errorf("Up() = %v, want the copy's error", err)
	}
	if done, err := migrate.List(t.Context(), db.State, "state"); err != nil || len(done) != 1 {
		t.Errorf("%d steps were applied without a copy (%v)", len(done)-1, err)
	}
}

func TestSplit(t *testing.T) {
	got := migrate.Split("-- c; x\nCREATE TABLE a (\n  -- inside;\n  b TEXT DEFAULT ';x'\n);\n\n;\nINSERT INTO a VALUES (1)")
	if diff := cmp.Diff([]string{"CREATE TABLE a (\n  b TEXT DEFAULT ';x'\n)", "INSERT INTO a VALUES (1)"}, got); diff != "" {
		t.Errorf("Split() (-want +got):\n%s", diff)
	}
}
