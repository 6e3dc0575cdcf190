package identity_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/identity"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

// vanish takes parties away as a rolled-back batch does.
func vanish(t *testing.T, db *store.DB, ids ...string) {
	t.Helper()
	for _, id := range ids {
		for _, q := range []string{"DELETE FROM party WHERE id = $1", "DELETE FROM party_record WHERE party = $1"} {
			if _, err := db.Facts.Exec(t.Context(), store.Text("test", q), id); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func take(t *testing.T, r *identity.Resolver) []identity.Change {
	t.Helper()
	changes, err := r.Sync(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

// TestSync brings parties batch after batch, takes a batch back and imports it
// again: entities are those of a whole run, and their ids stay.
func TestSync(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		crm, ledger := firms(12)
		a := add(t, db, crm...)
		r := identity.NewResolver(db)
		if got := take(t, r); len(got) != 0 {
			t.Errorf("Sync over parties that are all different = %+v, want no change", got)
		}
		b := add(t, db, ledger...)
		if got := take(t, r); len(got) != 1 {
			t.Errorf("Sync = %d changes, want one", len(got))
		}
		together := resolved(t.Context(), t, db)
		for i := range a {
			if together[a[i]] != together[b[i]] {
				t.Errorf("%s is in two entities", crm[i].Name)
			}
		}
		if again := take(t, r); len(again) != 0 {
			t.Errorf("Sync with nothing new = %+v", again)
		}
		vanish(t, db, b[:3]...)
		if got := take(t, r); len(got) != 0 {
			t.Errorf("Sync after parties vanished = %+v: nobody who is left has to move", got)
		}
		if again := add(t, db, ledger[:3]...); again[0] != b[0] {
			t.Fatal("the test imports other parties")
		}
		take(t, r)
		if diff := cmp.Diff(together, resolved(t.Context(), t, db)); diff != "" {
			t.Errorf("resolved after rolling back and importing again (-before +after):\n%s", diff)
		}
		run(t, identity.NewResolver(db))
		if diff := cmp.Diff(together, resolved(t.Context(), t, db)); diff != "" {
			t.Errorf("resolved after a whole run (-one by one +whole):\n%s", diff)
		}
		late := add(t, db, fact.Party{Source: "web", Kind: "account", Namespace: "web.form", Key: "1", Name: crm[4].Name, Phone: crm[4].Phone})
		take(t, r)
		if got := resolved(t.Context(), t, db)[late[0]]; got != together[a[4]] {
			t.Errorf("a party that came late is in %s, want %s", got, together[a[4]])
		}
	})
}

// TestJudgementsOutliveBatches keeps what was judged of a party that went and came again.
func TestJudgementsOutliveBatches(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		crm, ledger := firms(6)
		a, b := add(t, db, crm...), add(t, db, ledger...)
		r := identity.NewResolver(db)
		run(t, r)
		if _, err := r.Judge(t.Context(), identity.Label{Pair: identity.PairOf(a[0], b[0]), Verdict: identity.Different, Actor: "user:li"}); err != nil {
			t.Fatal(err)
		}
		vanish(t, db, b[0])
		take(t, r)
		add(t, db, ledger[0])
		take(t, r)
		if view := resolved(t.Context(), t, db); view[a[0]] == view[b[0]] {
			t.Error("two that were judged different are together after one was imported again")
		}
	})
}

// TestForget leaves nothing of an entity in the state, and nothing of it in party_entity.
func TestForget(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		crm, ledger := firms(4)
		a, b := add(t, db, crm...), add(t, db, ledger...)
		r := identity.NewResolver(db)
		run(t, r)
		if _, err := r.Merge(t.Context(), "user:li", "同一家", identity.EntityID(a[0]), identity.EntityID(a[1])); err != nil {
			t.Fatal(err)
		}
		of, err := identity.Of(t.Context(), db, b[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := db.State.Tx(t.Context(), func(tx *store.Tx) error { return identity.Forget(t.Context(), tx, of) }); err != nil {
			t.Fatal(err)
		}
		if err := fact.Relay(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{a[0], a[1], b[0], b[1]} {
			if n := mentions(t.Context(), t, db, id); n != 0 {
				t.Errorf("the state names party %s in %d rows after it was forgotten", id, n)
			}
		}
		view := resolved(t.Context(), t, db)
		if view[a[0]] != a[0] || view[a[2]] != view[b[2]] {
			t.Error("the forgotten have an entity still, or others lost theirs")
		}
	})
}

func mentions(ctx context.Context, t *testing.T, db *store.DB, id string) (n int) {
	t.Helper()
	q := store.Text("test", `SELECT (SELECT count(*) FROM identity_member WHERE party = $1 OR entity = $1) + (SELECT count(*) FROM identity_move WHERE party = $1)
+ (SELECT count(*) FROM identity_judgement WHERE a = $1 OR b = $1) + (SELECT count(*) FROM identity_change WHERE entities LIKE '%' || $1 || '%')`)
	if err := db.State.QueryRow(ctx, q, id).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestGolden(t *testing.T) {
	records := []identity.Record{
		{Party: "p1", Source: "crm", Row: 1, Seq: 1, Fields: map[string]string{"name": "杭州鼎盛有限公司", "phone": "1"}},
		{Party: "p2", Source: "erp", Row: 7, Seq: 2, Fields: map[string]string{"name": "鼎盛", "phone": "2"}},
		{Party: "p3", Source: "web", Row: 3, Seq: 3, Fields: map[string]string{"name": "杭州鼎盛有限公司", "phone": "3"}},
	}
	got := identity.Golden(identity.Rules{"name": {Pick: identity.Frequent}, "phone": {Pick: identity.Trusted, Sources: []string{"erp", "crm"}}}, records)
	if n := got["name"]; n.Value.Value != "杭州鼎盛有限公司" || n.Source != "web" || n.Rows != 2 || len(n.Others) != 2 {
		t.Errorf("name = %+v, want the one that two rows say, by the newer", n)
	}
	if p := got["phone"]; p.Value.Value != "2" || p.Row != 7 || len(p.Others) != 2 || p.Others[0].Value != "1" {
		t.Errorf("phone = %+v, want erp's, then crm's", p)
	}
	if p := identity.Golden(nil, records)["phone"]; p.Value.Value != "3" || p.Others[1].Value != "1" {
		t.Errorf("phone without a rule = %+v, want the newest first", p)
	}
	for _, bad := range []identity.Rules{{"age": {Pick: identity.Recent}}, {"name": {Pick: "best"}}, {"name": {Pick: identity.Trusted}}} {
		if bad.Validate() == nil {
			t.Errorf("Validate(%v) = nil", bad)
		}
	}
}
