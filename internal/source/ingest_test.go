package source_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func door(t *testing.T, db *store.DB) *source.Door {
	t.Helper()
	d, err := source.OpenDoor(db)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// incoming parses events as the API takes them.
func incoming(t *testing.T, lines ...string) (out []source.Incoming) {
	t.Helper()
	for _, l := range lines {
		var e source.Incoming
		if err := json.Unmarshal([]byte(l), &e); err != nil {
			t.Fatal(err)
		}
		out = append(out, e)
	}
	return out
}

func won(id, key string, amount int) string {
	return fmt.Sprintf(`{"id":%q,"verb":"deal.won","ts":"2026-01-05","account":{"namespace":"c","key":%q,"name":"甲"},"object":{"kind":"deal","key":%q},"amount":%d}`, id, key, id, amount)
}

func take(t *testing.T, d *source.Door, src string, lines ...string) {
	t.Helper()
	n, refused, err := d.Take(t.Context(), src, incoming(t, lines...))
	if err != nil || int(n) != len(lines) || refused != nil {
		t.Fatalf("Take(%s) = %d, %v, %v, want all %d", src, n, refused, err, len(lines))
	}
}

func taken(t *testing.T, d *source.Door) {
	t.Helper()
	if err := d.Load(t.Context()); err != nil {
		t.Fatalf("Load() = %v", err)
	}
}

func TestEvents(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := door(t, db)
		taken(t, d) // nothing there
		take(t, d, "shop", won("D1", "C1", 100), won("D2", "C2", 200), won("D1", "C1", 100))
		if got := standing(t, db); len(got) != 0 {
			t.Errorf("before the load %v stand", got)
		}
		taken(t, d)
		want := []string{"D1 C1 甲 2026-01-05 100", "D2 C2 甲 2026-01-05 200"}
		same(t, "after the load", want, standing(t, db))
		all, err := fact.ListBatches(t.Context(), db, "shop", 0, 10)
		if err != nil || len(all) != 1 || all[0].Rows != 3 || all[0].Used != 3 || all[0].Events != 2 || all[0].Actor != "api" {
			t.Fatalf("batches = %+v (%v), want one of 3 rows and 2 events", all, err)
		}
		take(t, d, "shop", won("D1", "C1", 100))
		taken(t, d)
		same(t, "a duplicate in a later batch", want, standing(t, db))
		// The last word counts, also when it is what was said first.
		take(t, d, "shop", won("D1", "C1", 150))
		taken(t, d)
		take(t, d, "shop", won("D1", "C1", 100))
		taken(t, d)
		same(t, "said A, B, A", want, standing(t, db))
		if left := segments(t, db); len(left) != 0 {
			t.Errorf("segments left after loading: %v", left)
		}
		o, err := source.Row(t.Context(), db, all[0].ID, 2, 1)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(o.Raw, `{"id":"D2","verb":"deal.won"`) || o.Line != 2 || len(o.Events) != 1 || len(o.Neighbours) != 3 {
			t.Errorf("Row(2) = raw %q, %d events, %d neighbours", o.Raw, len(o.Events), len(o.Neighbours))
		}
	})
}

// TestLinger checks that a steady stream isn't cut at every look.
func TestLinger(t *testing.T) {
	db := storetest.Embedded(t)
	d := door(t, db)
	d.Linger = time.Hour
	take(t, d, "shop", won("D1", "C1", 100))
	taken(t, d)
	if got := standing(t, db); len(got) != 0 {
		t.Errorf("of a young segment %v stand, want none", got)
	}
	take(t, d, "shop", won("D2", "C2", 200))
	d.Linger = 0
	taken(t, d)
	all, err := fact.ListBatches(t.Context(), db, "shop", 0, 10)
	if err != nil || len(all) != 1 || all[0].Events != 2 {
		t.Errorf("batches = %+v (%v), want one of 2 events", all, err)
	}
}

func segments(t *testing.T, db *store.DB) (out []string) {
	t.Helper()
	_ = filepath.WalkDir(filepath.Join(db.Dir, "vault", "segment"), func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			out = append(out, path)
		}
		return err
	})
	return out
}

// TestEventContent: without an id, equal content is one event and other content another.
func TestEventContent(t *testing.T) {
	db := storetest.Embedded(t)
	d := door(t, db)
	e := `{"verb":"feedback.received","ts":"2026-01-05T08:00:00+08:00","text":"打不开","attrs":{"b":1,"a":[1,{"x":null}]}}`
	take(t, d, "chat", e, e, strings.Replace(e, "打不开", "打不开了", 1), strings.Replace(e, `"b":1`, `"b":2`, 1), `{"ts":"2026-01-05T08:00:00+08:00", "verb":"feedback.received", "text":"打不开", "attrs": { "b":1, "a":[1,{"x":null}] }}`)
	taken(t, d)
	take(t, d, "chat", e)
	taken(t, d)
	if got := strs(t, db.Facts, "SELECT concat(text, (attrs->>'b')) FROM event ORDER BY 1"); !cmp.Equal(got, []string{"打不开1", "打不开2", "打不开了1"}) {
		t.Errorf("events = %v, want three", got)
	}
}

// TestRefusedEvents names each bad event by its index and takes the others.
func TestRefusedEvents(t *testing.T) {
	db := storetest.Embedded(t)
	d := door(t, db)
	bad := []string{
		`{"verb":"deal.eaten","ts":"2026-01-05"}`, `{"verb":"deal.won","ts":"yesterday"}`, `{"verb":"deal.won"}`, `{"verb":"deal.won","ts":"0001-01-01"}`, `{"verb":"deal.won","ts":"9999-12-31"}`,
		`{"verb":"deal.won","ts":"1899-12-31T00:00:00Z"}`, `{"verb":"deal.won","ts":"2026-02-30"}`, `{"verb":"deal.won","ts":"2026-01-05","account":{"namespace":"c"}}`,
		`{"verb":"deal.won","ts":"2026-01-05","object":{"kind":"deal"}}`, `{"verb":"deal.won","ts":"2026-01-05","amount":1e15}`, `{"verb":"deal.won","ts":"2026-01-05","attrs":[1]}`,
		`{"verb":"deal.won","ts":"2026-01-05","staff":{"key":"1","attrs":"x"}}`,
	}
	n, refused, err := d.Take(t.Context(), "shop", incoming(t, append(bad, won("D1", "C1", 1))...))
	if err != nil || n != 1 || len(refused) != len(bad) {
		t.Fatalf("Take() = %d, %d refused, %v, want 1 and %d", n, len(refused), err, len(bad))
	}
	for i, r := range refused {
		if r.Index != i || r.EN == "" || r.ZH == "" {
			t.Errorf("refusal %d = %+v", i, r)
		}
	}
	if n, _, err := d.Take(t.Context(), "", incoming(t, won("D1", "C1", 1))); n != 0 || !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("Take() without a source = %d, %v", n, err)
	}
	taken(t, d)
	if got := standing(t, db); len(got) != 1 {
		t.Errorf("%v stand, want the good one", got)
	}
}

// TestEventValues brings what is at the edge through both engines unchanged.
func TestEventValues(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := door(t, db)
		take(t, d, "s",
			`{"id":"1","verb":"deal.won","ts":"2026-01-05T23:30:00.123456Z","amount":-99999999999999,"currency":"CNY","quantity":1e-9,"unit":"件","text":"=1+1\n<b>\u0000\u2028'\"\\","attrs":{"k'":"v\u0000"}}`,
			`{"id":"2","verb":"deal.won","ts":"2026-01-05T23:30:00-05:00","amount":0.00005}`)
		taken(t, d)
		same(t, "values", []string{
			`1|2026-01-05 23:30:00.123456|ms|2026-01-06|-99999999999999.0000|1e-09|件`,
			`2|2026-01-06 04:30:00|second|2026-01-06|0.0001|-|-`,
		}, strs(t, db.Facts, `SELECT concat_ws('|', row_no::TEXT, ts::TEXT, ts_precision, day::TEXT, amount::TEXT, coalesce(quantity::TEXT, '-'), coalesce(unit, '-')) FROM event ORDER BY row_no`))
		if got := strs(t, db.Facts, `SELECT text FROM event WHERE row_no = 1`); strings.ReplaceAll(got[0], "\x00", "") != "=1+1\n<b>\u2028'\"\\" {
			t.Errorf("text = %q", got)
		}
	})
}

func TestSourceNames(t *testing.T) {
	db := storetest.Embedded(t)
	d := door(t, db)
	names := []string{"a", "a/b", "../a", ".", "客服 系统", "a%2Fb", `c:\d`, "a[1]*", "name\n2", strings.Repeat("客", 80), "-x", "'; DROP TABLE event --"}
	for i, n := range names {
		take(t, d, n, won(fmt.Sprint("D", i), "C", 1))
	}
	taken(t, d)
	for i, n := range names {
		if got := strs(t, db.Facts, "SELECT object_key FROM event WHERE source = $1", n); len(got) != 1 || got[0] != fmt.Sprint("D", i) {
			t.Errorf("source %q has %v, want its own event", n, got)
		}
	}
	if _, _, err := d.Take(t.Context(), strings.Repeat("客", 100), incoming(t, won("D", "C", 1))); !errors.Is(err, fault.ErrInvalid) {
		t.Errorf("Take() with a name that is too long = %v, want it refused", err)
	}
	entries, err := os.ReadDir(filepath.Join(db.Dir, "vault", "segment"))
	if err != nil || len(entries) != len(names) {
		t.Errorf("%d folders for %d sources (%v)", len(entries), len(names), err)
	}
}

// TestAcknowledgedIsDurable closes without loading, tears a line, and reopens.
func TestAcknowledgedIsDurable(t *testing.T) {
	dir := t.TempDir()
	open := func() *store.DB { return reopen(t, dir) }
	db := open()
	d, err := source.OpenDoor(db)
	if err != nil {
		t.Fatal(err)
	}
	take(t, d, "s", won("D1", "C1", 1), won("D2", "C1", 2))
	if err := errors.Join(d.Close(), db.Close()); err != nil {
		t.Fatal(err)
	}
	for _, path := range segments(t, db) {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(`{"id":"D3","verb":"deal.w`); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	db = open()
	defer func() { _ = db.Close() }()
	d, err = source.OpenDoor(db)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	taken(t, d)
	if got := standing(t, db); len(got) != 2 {
		t.Errorf("after reopening %v stand, want the two acknowledged", got)
	}
}

// TestLoadRepeats gives a segment to the loader again, as after a kill between
// commit and removal.
func TestLoadRepeats(t *testing.T) {
	db := storetest.Embedded(t)
	d := door(t, db)
	take(t, d, "s", won("D1", "C1", 1))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Load(ctx); err == nil {
		t.Error("Load() of a cancelled context = nil")
	}
	left := segments(t, db)
	if len(left) != 1 || !strings.Contains(left[0], "sealed-") {
		t.Fatalf("segments = %v, want the sealed one kept", left)
	}
	text, err := os.ReadFile(left[0])
	if err != nil {
		t.Fatal(err)
	}
	taken(t, d)
	before := everything(t, db)
	if err := os.WriteFile(left[0], text, 0o600); err != nil {
		t.Fatal(err)
	}
	taken(t, d)
	same(t, "the same segment again", before, everything(t, db))
	if all, err := fact.ListBatches(t.Context(), db, "", 0, 10); err != nil || len(all) != 1 {
		t.Errorf("%d batches (%v), want 1", len(all), err)
	}
}

func reopen(t *testing.T, dir string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{Dir: dir, Memory: "512MB"})
	if err != nil {
		t.Fatal(err)
	}
	migrated(t, db)
	return db
}

// TestOutbox carries state changes into the facts once, whatever breaks in between.
func TestOutbox(t *testing.T) {
	dir := t.TempDir()
	emit := func(db *store.DB, n int, fail error) {
		err := db.State.Tx(t.Context(), func(tx *store.Tx) error {
			for i := range n {
				if err := fact.Emit(t.Context(), tx, fact.Event{Verb: "shovel.used", TS: now.Add(time.Duration(i) * time.Minute), ObjectKind: "shovel", ObjectKey: "K"}); err != nil {
					return err
				}
			}
			return fail
		})
		if !errors.Is(err, fail) {
			t.Fatal(err)
		}
	}
	stop := errors.New("stop")
	db := reopen(t, dir)
	emit(db, 3, nil)
	emit(db, 2, stop) // a change that didn't happen makes no event
	// The facts go away under the relay: nothing is lost, nothing half done.
	if err := db.Facts.Close(); err != nil {
		t.Fatal(err)
	}
	if err := fact.Relay(t.Context(), db); err == nil {
		t.Error("Relay() into closed facts = nil")
	}
	emit(db, 2, nil) // the state goes on
	_ = db.Close()

	db = reopen(t, dir)
	for range 2 {
		if err := fact.Reconcile(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		if got := strs(t, db.Facts, "SELECT count(*)::TEXT || ' ' || count(DISTINCT id)::TEXT || ' ' || max(row_no)::TEXT FROM event WHERE source = 'outfitter'"); got[0] != "5 5 5" {
			t.Errorf("outbox events (all, ids, last) = %s, want 5 5 5", got[0])
		}
	}
	if got := strs(t, db.Facts, "SELECT sum(n)::BIGINT::TEXT || ' ' || (SELECT sum(n)::BIGINT::TEXT FROM event_day_all) FROM event_day"); got[0] != "5 5" {
		t.Errorf("the rollups count %s, want 5 each", got[0])
	}
	// A state from an older backup: what it doesn't know is trimmed, and what it says anew arrives.
	if _, err := db.State.Exec(t.Context(), store.Text("test", "DELETE FROM fact_outbox WHERE seq > 3")); err != nil {
		t.Fatal(err)
	}
	if err := fact.Reconcile(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	emit(db, 1, nil)
	if err := fact.Relay(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if got := strs(t, db.Facts, "SELECT concat_ws(' ', count(*)::TEXT, max(row_no)::TEXT, (SELECT sum(n)::BIGINT::TEXT FROM event_day), (SELECT sum(n)::BIGINT::TEXT FROM event_day_all), (SELECT max(used)::TEXT FROM batch), (SELECT seq::TEXT FROM outbox_cursor)) FROM event"); got[0] != "4 4 4 4 4 4" {
		t.Errorf("events, last, rollups, batch, cursor = %s, want 4 each", got[0])
	}
	_ = db.Close()
}

// TestOutboxTogether relays while others write, on both engines.
func TestOutboxTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		done := make(chan error)
		for w := range 4 {
			go func() {
				var err error
				for range 25 {
					err = errors.Join(err, db.State.Tx(context.WithoutCancel(t.Context()), func(tx *store.Tx) error {
						return fact.Emit(context.WithoutCancel(t.Context()), tx, fact.Event{Verb: "shovel.used", TS: now, ObjectKind: "shovel", ObjectKey: fmt.Sprint(w)})
					}))
				}
				done <- err
			}()
		}
		for n := 0; n < 4; {
			select {
			case err := <-done:
				if err != nil {
					t.Error(err)
				}
				n++
			default:
				if err := fact.Relay(t.Context(), db); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := fact.Relay(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		if got := strs(t, db.Facts, "SELECT concat_ws(' ', count(*)::TEXT, count(DISTINCT id)::TEXT, min(row_no)::TEXT, max(row_no)::TEXT) FROM event"); got[0] != "100 100 1 100" {
			t.Errorf("events, ids, first, last = %s, want 100 100 1 100", got[0])
		}
	})
}
