package keep_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	_ "github.com/chanzipu/outfitter/internal/erasure/keep"
	"github.com/chanzipu/outfitter/internal/erasure/keeper"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fact/forget"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const (
	mine   = "00000000-0000-0000-0000-00000000000a"
	theirs = "00000000-0000-0000-0000-00000000000b"
	one    = "00000000-0000-0000-0000-0000000000e1" // mine alone
	two    = "00000000-0000-0000-0000-0000000000e2" // theirs
)

// TestKeepers puts two people into what is kept by entity and has one forgotten.
func TestKeepers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		exec := func(c *store.Conn, q string) {
			t.Helper()
			if _, err := c.Exec(t.Context(), store.Text("test.put", q)); err != nil {
				t.Fatalf("%s: %v", q, err)
			}
		}
		for party, entity := range map[string]string{mine: one, theirs: two} {
			exec(db.Facts, "INSERT INTO party_entity (party, entity, since) VALUES ('"+party+"', '"+entity+"', TIMESTAMP '2026-01-01 00:00:00')")
			exec(db.Facts, "INSERT INTO trait (entity, kind, trait, text, day) VALUES ('"+entity+"', 'person', 'city', '上海', DATE '2026-01-01')")
			exec(db.Facts, "INSERT INTO segment_member (segment, entity, since) VALUES ('s1', '"+entity+"', TIMESTAMP '2026-01-01 00:00:00')")
			exec(db.State, "INSERT INTO segment_arm (holdout, entity, arm) VALUES ('h', '"+entity+"', 'a')")
			exec(db.State, "INSERT INTO customer_handover_item (handover, account) VALUES ('h', '"+entity+"')")
		}
		exec(db.State, "INSERT INTO segment_export (id, segment, version, actor, ts, body) VALUES ('x1', 's1', 1, 'user:li', '2026-01-02', '{}'), ('x2', 's2', 1, 'user:li', '2026-01-02', '{}')")
		got := map[string]keeper.Outcome{}
		for _, k := range keeper.All() {
			o, err := k.Forget(t.Context(), db, keeper.Person{Parties: []string{mine}})
			if err != nil {
				t.Fatalf("%s: %v", k.Name, err)
			}
			got[k.Name] = o
		}
		want := map[string]keeper.Outcome{"customer": {Removed: 4, Exports: []string{"segment:s1 export:x1"}}, "identity": {Removed: 1}, "value": {}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("outcomes (-want +got):\n%s", diff)
		}
		// What identity emitted arrives, though its body holds the words.
		if _, err := forget.Outbox(t.Context(), db, []string{mine}, nil, []string{mine, "2026"}); err != nil {
			t.Fatal(err)
		}
		if err := fact.Relay(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		for _, q := range []struct {
			c    *store.Conn
			text string
		}{{db.Facts, "SELECT count(*) FROM party_entity"}, {db.Facts, "SELECT count(*) FROM trait"}, {db.Facts, "SELECT count(*) FROM segment_member"}, {db.State, "SELECT count(*) FROM segment_arm"}, {db.State, "SELECT count(*) FROM customer_handover_item"}} {
			var n int
			if err := q.c.QueryRow(t.Context(), store.Text("test.left", q.text)).Scan(&n); err != nil || n != 1 {
				t.Errorf("%s = %d, %v, want the other's", q.text, n, err)
			}
		}
	})
}
