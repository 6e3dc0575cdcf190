package segment

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/identity"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func TestTouchedNamesSegmentsThatHoldOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a, b, c := db.ID("a").String(), db.ID("b").String(), db.ID("c").String()
		now := time.Now().UTC()
		for _, row := range [][]any{{"s1", a, now, nil}, {"s2", b, now, nil}, {"s3", a, now, now}, {"s4", c, now, nil}} {
			if _, err := db.Facts.Exec(t.Context(), store.Text("test", "INSERT INTO segment_member (segment, entity, since, until) VALUES ($1, $2, $3, $4)"), row...); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.Facts.Exec(t.Context(), store.Text("test", "INSERT INTO party_entity (party, entity, since) VALUES ($1, $2, $3)"), b, a, now); err != nil {
			t.Fatal(err)
		}
		got, err := touched(t.Context(), db, []identity.EntityID{identity.EntityID(a)})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != 1 || !cmp.Equal(got[0].Objects, []string{"s1", "s2"}) || got[0].N != 2 {
			t.Errorf("touched(a) = %+v, want s1, and s2 by a's party b", got)
		}
	})
}
