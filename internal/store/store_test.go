package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	_ "github.com/chanzipu/outfitter/internal/access"
	_ "github.com/chanzipu/outfitter/internal/explore"
	_ "github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	_ "github.com/chanzipu/outfitter/internal/run"
	_ "github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func text(q string) store.SQL { return store.Text("test", q) }

// TestID holds the two makers of ids together: Go's and the engine's.
func TestID(t *testing.T) {
	db := storetest.Embedded(t)
	for _, parts := range [][]string{{}, {""}, {"a", "b"}, {"ab", ""}, {"", "ab"}, {"客户", "a\x1fb"}, {"o'neil", `"x"`, "\n"}, {strings.Repeat("长", 500)}} {
		var exprs []string
		for _, p := range parts {
			exprs = append(exprs, store.Literal(p))
		}
		var got string
		if err := db.Facts.QueryRow(t.Context(), text("SELECT ("+store.IDSQL(db.Key, exprs...)+")::VARCHAR")).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if want := db.ID(parts...).String(); got != want {
			t.Errorf("IDSQL(%q) = %s, want ID's %s", parts, got, want)
		}
	}
	if db.ID("a", "b") == db.ID("ab") || db.ID("a") == store.ID(bytes.Repeat([]byte{1}, 32), "a") {
		t.Error("ids of other parts or another key are equal")
	}
	want := db.ID("a", "").String()
	var got string
	if err := db.Facts.QueryRow(t.Context(), text("SELECT ("+store.IDSQL(db.Key, "'a'", "NULL")+")::VARCHAR")).Scan(&got); err != nil || got != want {
		t.Errorf("IDSQL with NULL = %s (%v), want the id of the empty text %s", got, err, want)
	}
}

func FuzzID(f *testing.F) {
	for _, s := range []string{"", "a", "客户\x1f", "'"} {
		f.Add(s, s)
	}
	key := bytes.Repeat([]byte{7}, 32)
	f.Fuzz(func(t *testing.T, a, b string) {
		if id, again := store.ID(key, a, b), store.ID(bytes.Clone(key), a, b); id != again {
			t.Errorf("ID(%q, %q) = %s, then %s", a, b, id, again)
		}
		if !strings.Contains(a+b, "\x1f") && a != b && store.ID(key, a, b) == store.ID(key, b, a) {
			t.Errorf("ID(%q, %q) = ID(%[2]q, %[1]q)", a, b)
		}
	})
}

func TestTime(t *testing.T) {
	ts := time.Date(2026, 5, 12, 8, 0, 0, 123456000, time.FixedZone("", 8*3600))
	got, err := store.ParseTime(store.Time(ts))
	if err != nil || !got.Equal(ts) || got.Location() != time.UTC {
		t.Errorf("ParseTime(Time(%v)) = %v, %v", ts, got, err)
	}
	if got, err := store.ParseTime(""); err != nil || !got.IsZero() {
		t.Errorf("ParseTime(%q) = %v, %v, want the zero time", "", got, err)
	}
	if _, err := store.ParseTime("yesterday"); err == nil {
		t.Error("ParseTime(yesterday) = nil")
	}
	if a, b := store.Time(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)), store.Time(time.Date(2026, 1, 1, 0, 0, 0, 1000, time.UTC)); a >= b {
		t.Errorf("%q sorts after %q", a, b)
	}
}

func TestLoad(t *testing.T) {
	q := store.Load("p", "-- a file\n-- name: one\n-- comment\nSELECT 1;\n\n-- name: two\nSELECT '-- no comment' -- after\n")
	if got, want := q.Get("one"), (store.SQL{Name: "p.one", Text: "/* p.one */ SELECT 1"}); got != want {
		t.Errorf("Get(one) = %+v, want %+v", got, want)
	}
	if got := q.Get("two").Text; !strings.HasSuffix(got, "SELECT '-- no comment' -- after") {
		t.Errorf("Get(two) = %q", got)
	}
	for name, bad := range map[string]string{
		"SQL before a name": "SELECT 1\n-- name: one\nSELECT 1", "a name twice": "-- name: a\nSELECT 1\n-- name: a\nSELECT 2", "no SQL": "-- name: a\n-- only words\n", "no name": "-- name:\nSELECT 1",
	} {
		if !panics(func() { store.Load("p", bad) }) {
			t.Errorf("Load() of %s does not panic", name)
		}
	}
	if !panics(func() { q.Get("three") }) {
		t.Error("Get() of an unknown name does not panic")
	}
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}

func count(t *testing.T, c *store.Conn, q string) (n int64) {
	t.Helper()
	if err := c.QueryRow(t.Context(), text(q)).Scan(&n); err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return n
}

// TestTx checks that a transaction is all or nothing, however it ends.
func TestTx(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for name, c := range map[string]*store.Conn{"state": db.State, "facts": db.Facts} {
			if _, err := c.Exec(t.Context(), text("CREATE TABLE IF NOT EXISTS probe_"+name+" (n BIGINT)")); err != nil {
				t.Fatal(err)
			}
			insert := text("INSERT INTO probe_" + name + " (n) VALUES (1)")
			stop := errors.New("stop")
			err := c.Tx(t.Context(), func(tx *store.Tx) error {
				_, err := tx.Exec(t.Context(), insert)
				return errors.Join(err, stop)
			})
			if !errors.Is(err, stop) {
				t.Errorf("%s: Tx() = %v, want the function's error", name, err)
			}
			if !panics(func() {
				_ = c.Tx(t.Context(), func(tx *store.Tx) error {
					_, _ = tx.Exec(t.Context(), insert)
					panic("bug")
				})
			}) {
				t.Errorf("%s: a panic in Tx() is swallowed", name)
			}
			ctx, cancel := context.WithCancel(t.Context())
			if err := c.Tx(ctx, func(tx *store.Tx) error {
				_, err := tx.Exec(ctx, insert)
				cancel()
				return err
			}); err == nil {
				t.Errorf("%s: Tx() of a cancelled context = nil", name)
			}
			if n := count(t, c, "SELECT count(*) FROM probe_"+name); n != 0 {
				t.Errorf("%s: %d rows after three transactions that failed, want 0", name, n)
			}
			n, err := c.Exec(t.Context(), insert)
			if err != nil || n != 1 {
				t.Errorf("%s: Exec() = %d, %v", name, n, err)
			}
			if err := c.Snapshot(t.Context(), func(tx *store.Tx) error {
				var n int64
				return tx.QueryRow(t.Context(), text("SELECT count(*) FROM probe_"+name)).Scan(&n)
			}); err != nil {
				t.Errorf("%s: Snapshot() = %v", name, err)
			}
			var v int64
			if err := store.One(c.QueryRow(t.Context(), text("SELECT n FROM probe_"+name+" WHERE n = 9")), "probe 9", &v); !errors.Is(err, fault.ErrNotFound) {
				t.Errorf("%s: One() without a row = %v, want not found", name, err)
			}
		}
	})
}

// TestLock checks that one process owns a folder, and that its end frees it.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	first, err := store.Open(t.Context(), store.Options{Dir: dir, Memory: "512MB"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), store.Options{Dir: dir, Memory: "512MB"}); !errors.Is(err, fault.ErrConflict) || !strings.Contains(err.Error(), dir) {
		t.Errorf("a second Open() = %v, want a conflict that names the folder", err)
	}
	key := hex.EncodeToString(first.Key)
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := store.Open(t.Context(), store.Options{Dir: dir, Memory: "512MB"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = again.Close() }()
	if got := hex.EncodeToString(again.Key); got != key {
		t.Errorf("the key changed from %s to %s", key, got)
	}
}

// TestDamaged checks that each damaged file is named in one sentence.
func TestDamaged(t *testing.T) {
	for name, file := range map[string]string{"key": "key", "state": "state.sqlite", "facts": "facts.duckdb"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			db, err := store.Open(t.Context(), store.Options{Dir: dir, Memory: "512MB"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Facts.Exec(t.Context(), text("CREATE TABLE t AS SELECT range AS n FROM range(100000)")); err != nil {
				t.Fatal(err)
			}
			if _, err := db.State.Exec(t.Context(), text("CREATE TABLE t (n BIGINT)")); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, file)
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, bytes.Repeat([]byte("x"), int(info.Size()/2)), 0o600); err != nil {
				t.Fatal(err)
			}
			again, err := store.Open(t.Context(), store.Options{Dir: dir, Memory: "512MB"})
			if err == nil {
				_ = again.Close()
			}
			if !errors.Is(err, fault.ErrConflict) || !strings.Contains(err.Error(), file) || strings.Contains(err.Error(), "\n") {
				t.Errorf("Open() with a damaged %s = %v, want one sentence that names it", file, err)
			}
		})
	}
}

func TestDiskFault(t *testing.T) {
	for code, err := range map[string]error{"disk.full": syscall.ENOSPC, "folder.read-only": syscall.EROFS} {
		got := store.DiskFault("/d", fmt.Errorf("write: %w", err))
		var f *fault.Error
		if !errors.As(got, &f) || f.Code != code || !strings.Contains(f.EN, "/d") || !strings.Contains(f.ZH, "/d") {
			t.Errorf("DiskFault(%v) = %v, want %s", err, got, code)
		}
	}
	other := errors.New("other")
	if got := store.DiskFault("/d", other); !errors.Is(got, other) || !fault.Mine(got) {
		t.Errorf("DiskFault(other) = %v", got)
	}
}

func TestDatabaseAddress(t *testing.T) {
	for _, a := range []string{"mysql://x", "postgres://127.0.0.1:1/none?connect_timeout=1"} {
		db, err := store.Open(t.Context(), store.Options{Dir: t.TempDir(), Database: a})
		if err == nil {
			_ = db.Close()
		}
		if fault.Mine(err) || err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("Open(%q) = %v, want one sentence for the user", a, err)
		}
	}
}

// TestFactsAreLockedDown checks that SQL on the facts reaches no file.
func TestFactsAreLockedDown(t *testing.T) {
	db := storetest.Embedded(t)
	outside := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(outside, []byte("a\n1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		"SELECT * FROM read_csv('" + outside + "')", "SELECT * FROM '" + outside + "'", "SELECT content FROM read_text('" + filepath.Join(db.Dir, "key") + "')",
		"COPY (SELECT 1) TO '" + outside + "'", "ATTACH '" + outside + ".db'", "SET enable_external_access = true", "SET allowed_directories = ['/']", "INSTALL httpfs", "LOAD httpfs",
	} {
		if _, err := db.Facts.Raw().ExecContext(t.Context(), q); err == nil {
			t.Errorf("%s works, want it refused", q)
		}
	}
}

// stageFile makes a DuckDB file as the parser leaves it, with every type.
func stageFile(t *testing.T, db *store.DB) string {
	t.Helper()
	path := filepath.Join(db.StageDir(), "o'file.duckdb")
	lite, err := sql.Open("duckdb", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []string{
		"CREATE TABLE stage_probe (id UUID, n BIGINT, i INTEGER, f DOUBLE, b BOOLEAN, d DATE, ts TIMESTAMP, j JSON, a DECIMAL(18,4), h HUGEINT, s VARCHAR)",
		`INSERT INTO stage_probe VALUES ('00000000-0000-0000-0000-000000000001', 1, 2, 0.5, true, '2026-05-12', '2026-05-12 08:00:00.123456', '{"a":1}', -12.3456, 170141183460469231731687303715884105727, 'x' || chr(0) || '铲'), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`,
	} {
		if _, err := lite.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	if err := lite.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestStageTx reads a stage file on both engines to the same values.
func TestStageTx(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		path := stageFile(t, db)
		for range 2 { // the second time finds nothing of the first in its way
			var got []string
			err := db.StageTx(t.Context(), path, func(tx *store.Tx) error {
				rows, err := tx.Query(t.Context(), text(`SELECT coalesce(concat_ws('|', id::TEXT, n::TEXT, i::TEXT, f::TEXT, b::TEXT, d::TEXT, ts::TEXT, j::TEXT, a::TEXT, h::TEXT, s), '') FROM stage_probe ORDER BY n NULLS LAST`))
				got, err = store.Collect(rows, err, func(r *sql.Rows) (s string, err error) {
					err = r.Scan(&s)
					return strings.ReplaceAll(s, "\x00", ""), err
				})
				return err
			})
			want := []string{`00000000-0000-0000-0000-000000000001|1|2|0.5|true|2026-05-12|2026-05-12 08:00:00.123456|{"a":1}|-12.3456|170141183460469231731687303715884105727|x铲`, ""}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("stage (-want +got):\n%s", diff)
			}
		}
		stop := errors.New("stop")
		err := db.StageTx(t.Context(), path, func(tx *store.Tx) error {
			_, err := tx.Exec(t.Context(), text("UPDATE outbox_cursor SET seq = 9"))
			return errors.Join(err, stop)
		})
		if !errors.Is(err, stop) || count(t, db.Facts, "SELECT seq FROM outbox_cursor") != 0 {
			t.Errorf("StageTx() that fails = %v, and its change stays", err)
		}
		if err := db.StageTx(t.Context(), filepath.Join(db.StageDir(), "none.duckdb"), func(*store.Tx) error { return nil }); err == nil {
			t.Error("StageTx() of no file = nil")
		}
	})
}
