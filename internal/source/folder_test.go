package source_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func migrated(t *testing.T, db *store.DB) {
	t.Helper()
	if err := migrate.Up(t.Context(), db, nil); err != nil {
		t.Fatal(err)
	}
}

// TestPoll: a file is imported once it has kept still for one look; one that
// grows waits; a refused one is said and not tried again until it changes.
func TestPoll(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		dir := filepath.Join(t.TempDir(), "in [1]")
		put := func(name, text string, age time.Duration) {
			t.Helper()
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, now.Add(-age), now.Add(-age)); err != nil {
				t.Fatal(err)
			}
		}
		put("a.csv", january[:60], time.Hour)
		if _, err := source.PutMapping(t.Context(), db, deals, "test"); err != nil {
			t.Fatal(err)
		}
		if err := source.PutFolder(t.Context(), db, source.Folder{Source: "crm", Path: dir, Pattern: "*.csv", Actor: "test"}); err != nil {
			t.Fatal(err)
		}
		at := now
		poll := func() (said string) {
			t.Helper()
			at = at.Add(2 * time.Minute)
			if err := source.Poll(t.Context(), db, at); err != nil {
				t.Fatalf("Poll() = %v", err)
			}
			all, err := source.Folders(t.Context(), db)
			if err != nil || len(all) != 1 || !all[0].Polled.Equal(at) {
				t.Fatalf("Folders() = %+v, %v", all, err)
			}
			return all[0].Error
		}
		poll()
		if got := standing(t, db); len(got) != 0 {
			t.Errorf("the first look imported %v: the file may still be written", got)
		}
		put("a.csv", january, time.Minute) // it grew
		poll()
		if got := standing(t, db); len(got) != 0 {
			t.Errorf("a file that grew was imported: %v", got)
		}
		poll()
		if got := standing(t, db); len(got) != 3 {
			t.Errorf("after it kept still %v stand, want 3", got)
		}
		put("b.txt", "not asked for", time.Hour)
		put(".hidden.csv", january, time.Hour)
		put("sub/c.csv", "id,customer,name,won,amount\nD9,C9,癸,2026-01-09,9\n", time.Hour)
		put("bad.csv", "x,y\n1,2\n", time.Hour)
		if err := os.Symlink(dir, filepath.Join(dir, "loop")); err != nil {
			t.Fatal(err)
		}
		poll()
		if said := poll(); !strings.Contains(said, "bad.csv") {
			t.Errorf("the folder says %q, want it to name bad.csv", said)
		}
		if got := standing(t, db); len(got) != 4 {
			t.Errorf("after the new files %v stand, want 4", got)
		}
		if said := poll(); said != "" {
			t.Errorf("a refused file is tried again unchanged: %q", said)
		}
		put("bad.csv", "id,customer,name,won,amount\nD8,C9,癸,2026-01-09,9\n", 2*time.Hour)
		poll()
		poll()
		if got := standing(t, db); len(got) != 5 {
			t.Errorf("after the mended file %v stand, want 5", got)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if said := poll(); said == "" {
			t.Error("a folder that is gone says nothing")
		}
	})
}

func TestPutFolderRefuses(t *testing.T) {
	db := storetest.Embedded(t)
	file := write(t, "a.csv", "a\n")
	for _, f := range []source.Folder{{Source: "s", Path: "relative"}, {Source: "s", Path: "/no/such/folder"}, {Source: "s", Path: file}, {Source: "s", Path: t.TempDir(), Pattern: "["}} {
		if err := source.PutFolder(t.Context(), db, f); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("PutFolder(%+v) = %v, want it refused", f, err)
		}
	}
	if err := source.RemoveFolder(t.Context(), db, "test", "s"); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("RemoveFolder() of none = %v", err)
	}
}
