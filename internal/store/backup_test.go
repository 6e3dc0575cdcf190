package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func quiet(int64, int64, string, string) {}

// filled is an installation with something in each part.
func filled(t *testing.T) *store.DB {
	t.Helper()
	db := storetest.Embedded(t)
	if _, err := db.Vault.Put(t.Context(), strings.NewReader("a,b\n1,2\n")); err != nil {
		t.Fatal(err)
	}
	log, err := db.Vault.OpenLog(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	if err := log.Append(t.Context(), "s-x", []byte("{}\n")); err != nil {
		t.Fatal(err)
	}
	for c, q := range map[*store.Conn]string{db.State: "INSERT INTO source_setting (key, value) VALUES ('zone', 'UTC')", db.Facts: "UPDATE outbox_cursor SET seq = 3"} {
		if _, err := c.Exec(t.Context(), text(q)); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func backup(t *testing.T, db *store.DB, to string) store.Manifest {
	t.Helper()
	m, err := store.Backup(t.Context(), db, to, "", quiet)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestBackupRestores(t *testing.T) {
	db := filled(t)
	to := filepath.Join(t.TempDir(), "backup")
	first := backup(t, db, to)
	if _, err := db.State.Exec(t.Context(), text("UPDATE source_setting SET value = 'Asia/Shanghai'")); err != nil {
		t.Fatal(err)
	}
	second := backup(t, db, to)
	if len(first.Files) != len(second.Files) || first.Files["state.sqlite"] == second.Files["state.sqlite"] {
		t.Errorf("the second backup into the same folder = %v, want the same files with a newer state", second.Files)
	}
	dir := filepath.Join(t.TempDir(), "restored")
	if _, err := store.Restore(t.Context(), to, dir, "", quiet); err != nil {
		t.Fatal(err)
	}
	back, err := store.Open(t.Context(), store.Options{Dir: dir, Memory: "512MB"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = back.Close() }()
	var zone string
	if err := back.State.QueryRow(t.Context(), text("SELECT value FROM source_setting WHERE key = 'zone'")).Scan(&zone); err != nil || zone != "Asia/Shanghai" {
		t.Errorf("restored zone = %q (%v)", zone, err)
	}
	if got := count(t, back.Facts, "SELECT seq FROM outbox_cursor"); got != 3 {
		t.Errorf("restored cursor = %d, want 3", got)
	}
	if diff := cmp.Diff(db.Key, back.Key); diff != "" {
		t.Error("the key differs: no id could be recomputed")
	}
	log, err := back.Vault.OpenLog(0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	if s, err := log.Seal(time.Now()); err != nil || len(s) != 1 {
		t.Errorf("restored segments = %v (%v), want the one acknowledged", s, err)
	}
}

// TestBackupOntoItself must never touch the folder that it copies.
func TestBackupOntoItself(t *testing.T) {
	db := filled(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(db.Dir, link); err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{db.Dir, filepath.Join(db.Dir, "vault"), filepath.Join(db.Dir, "new", "backup"), filepath.Dir(db.Dir), link, filepath.Join(link, "b")} {
		if _, err := store.Backup(t.Context(), db, to, "", quiet); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("Backup(%s) = %v, want it refused", to, err)
		}
	}
	if got := count(t, db.State, "SELECT count(*) FROM source_setting"); got != 1 {
		t.Errorf("the state has %d settings after refused backups, want 1", got)
	}
	if _, err := os.Stat(filepath.Join(db.Dir, "state.sqlite")); err != nil {
		t.Error(err)
	}
}

func TestRestoreRefuses(t *testing.T) {
	db := filled(t)
	tests := []struct {
		name  string
		spoil func(t *testing.T, backup, dir string)
		code  string
	}{
		{"a changed file", func(t *testing.T, b, _ string) {
			change(t, filepath.Join(b, "facts.duckdb"), func(p []byte) []byte { p[len(p)/2] ^= 1; return p })
		}, "backup.damaged"},
		{"a missing object", func(t *testing.T, b, _ string) {
			if err := os.RemoveAll(filepath.Join(b, "vault", "object")); err != nil {
				t.Fatal(err)
			}
		}, "backup.damaged"},
		{"no manifest: the backup did not end", func(t *testing.T, b, _ string) {
			if err := os.Remove(filepath.Join(b, "backup.json")); err != nil {
				t.Fatal(err)
			}
		}, "backup.incomplete"},
		{"half a manifest", func(t *testing.T, b, _ string) {
			change(t, filepath.Join(b, "backup.json"), func(p []byte) []byte { return p[:len(p)/2] })
		}, "backup.incomplete"},
		{"a path that leads out", func(t *testing.T, b, _ string) {
			change(t, filepath.Join(b, "backup.json"), func(p []byte) []byte { return []byte(strings.Replace(string(p), `"key"`, `"../key"`, 1)) })
		}, "backup.damaged"},
		{"a folder in use", func(t *testing.T, _, dir string) {
			if err := os.MkdirAll(filepath.Join(dir, "vault"), 0o700); err != nil {
				t.Fatal(err)
			}
		}, "restore.folder"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			to, dir := filepath.Join(t.TempDir(), "b"), filepath.Join(t.TempDir(), "d")
			backup(t, db, to)
			tt.spoil(t, to, dir)
			before, _ := os.ReadDir(dir)
			_, err := store.Restore(t.Context(), to, dir, "", quiet)
			var f *fault.Error
			if !errors.As(err, &f) || f.Code != tt.code {
				t.Errorf("Restore() = %v, want %s", err, tt.code)
			}
			if after, _ := os.ReadDir(dir); len(after) != len(before) {
				t.Errorf("a refused restore left %v", after)
			}
		})
	}
}

func change(t *testing.T, path string, f func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, f(b), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestBackupCancelled leaves no manifest, so nothing to be taken for a backup.
func TestBackupCancelled(t *testing.T) {
	db := filled(t)
	to := filepath.Join(t.TempDir(), "b")
	backup(t, db, to)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := store.Backup(ctx, db, to, "", func(_, _ int64, what, _ string) {
		if strings.Contains(what, "facts") {
			cancel()
		}
	})
	cancel()
	if err == nil {
		t.Fatal("Backup() of a cancelled context = nil")
	}
	if _, err := store.Restore(t.Context(), to, filepath.Join(t.TempDir(), "d"), "", quiet); !errors.Is(err, fault.ErrConflict) {
		t.Errorf("Restore() of a backup that did not end = %v, want a conflict", err)
	}
}
