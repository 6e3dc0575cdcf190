package source_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

// noted is the audit log as actor and action, oldest first.
func noted(t *testing.T, db *store.DB) (out []string) {
	t.Helper()
	all, err := access.ListAudit(t.Context(), db, access.AuditFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		out = append([]string{e.Actor + " " + e.Action}, out...)
	}
	return out
}

// TestEveryChangeIsNoted goes the ways that change a source, none of them
// through the API.
func TestEveryChangeIsNoted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		b := one(t, db, "deals.csv", january, deals)
		dir := t.TempDir()
		if err := source.PutFolder(ctx, db, source.Folder{Source: "crm", Path: dir, Actor: "os:li"}); err != nil {
			t.Fatal(err)
		}
		if _, err := source.PutMapping(ctx, db, deals+"# remapped\n", "os:li"); err != nil {
			t.Fatal(err)
		}
		if _, err := source.Remap(ctx, db, b.ID, "os:wang", nil); err != nil {
			t.Fatal(err)
		}
		if _, err := source.Rollback(ctx, db, b.ID, "os:wang", "wrong file"); err != nil {
			t.Fatal(err)
		}
		if _, err := source.Rollback(ctx, db, b.ID, "os:wang", "again"); !errors.Is(err, fault.ErrConflict) {
			t.Errorf("Rollback() the second time = %v, want a conflict", err)
		}
		if err := source.RemoveFolder(ctx, db, "os:li", "crm"); err != nil {
			t.Fatal(err)
		}
		want := []string{"test batch.loaded", "test mapping.changed", "os:li folder.watched", "os:li mapping.changed", "os:wang batch.loaded", "os:wang batch.rolled_back", "os:li folder.left"}
		if diff := cmp.Diff(want, noted(t, db)); diff != "" {
			t.Errorf("audit log (-want +got):\n%s", diff)
		}
	})
}

// TestSettle ends the process between the change of the facts and its audit
// entry, and before the change.
func TestSettle(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		b := one(t, db, "deals.csv", january, deals)
		before := noted(t, db)
		loaded, err := fact.GetBatch(ctx, db, b.ID)
		if err != nil {
			t.Fatal(err)
		}
		detail, _ := json.Marshal(map[string]any{"name": "deals.csv"})
		add := store.Text("test.intent", "INSERT INTO source_intent (id, ts, actor, action, batch, loaded, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)")
		for i, x := range []struct{ action, loaded string }{
			{"batch.loaded", store.Time(loaded.LoadedAt)},
			{"batch.loaded", store.Time(loaded.LoadedAt.Add(time.Second))}, // a commit that never came
			{"batch.rolled_back", ""},                                      // the batch still stands
		} {
			if _, err := db.State.Exec(ctx, add, string(rune('a'+i)), store.Time(time.Now()), "os:li", x.action, b.ID, x.loaded, string(detail)); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			if err := source.Settle(ctx, db); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(append(before, "os:li batch.loaded"), noted(t, db)); diff != "" {
			t.Errorf("audit log (-want +got):\n%s", diff)
		}
	})
}

// TestRejectsHaveLines looks for the line of a refused cell, past one that
// takes two lines.
func TestRejectsHaveLines(t *testing.T) {
	db := storetest.Embedded(t)
	const text = "id,customer,name,won,amount\nD1,C1,\"甲\n乙\",2026-01-05,100\nD2,C2,丙,昨天,200\nD3,C1,甲,2026-01-07,many\n"
	b := one(t, db, "deals.csv", text, deals)
	got := map[string]int64{}
	all, err := fact.Rejects(t.Context(), db, b.ID, "", fact.Reject{}, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		got[r.Column] = r.Line
	}
	if diff := cmp.Diff(map[string]int64{"won": 4, "amount": 5}, got); diff != "" {
		t.Errorf("lines of rejects (-want +got):\n%s", diff)
	}
}

// TestFolderInterval refuses what the server would not keep to.
func TestFolderInterval(t *testing.T) {
	db := storetest.Embedded(t)
	for every, want := range map[time.Duration]error{time.Second: fault.ErrInvalid, 5 * time.Second: nil, 48 * time.Hour: fault.ErrInvalid} {
		f := source.Folder{Source: "s", Path: t.TempDir(), Every: every, Actor: "test"}
		if err := source.PutFolder(t.Context(), db, f); !errors.Is(err, want) {
			t.Errorf("PutFolder(every %s) = %v, want %v", every, err, want)
		}
	}
	all, err := source.Folders(t.Context(), db)
	if err != nil || len(all) != 1 || all[0].Every != 5*time.Second {
		t.Errorf("Folders() = %+v, %v, want one of every 5 s", all, err)
	}
}

// TestFailingSourceHasLastBatch holds that a source's newest batch is known
// whatever its health.
func TestFailingSourceHasLastBatch(t *testing.T) {
	db := storetest.Embedded(t)
	b := one(t, db, "deals.csv", "id,customer,name,won,amount\nD1,C1,甲,2026-01-05,100\nD2,C2,乙,昨天,200\n", deals)
	s, err := source.Get(t.Context(), db, "crm")
	if err != nil || s.Health != source.Failing || s.LastBatch != b.ID {
		t.Errorf("Get() = health %s, last batch %q, %v, want failing and %q", s.Health, s.LastBatch, err, b.ID)
	}
}
