package identity_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/identity"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

// add puts parties into the facts as one batch of their source, each with one record.
func add(t *testing.T, db *store.DB, parties ...fact.Party) []string {
	t.Helper()
	var ids []string
	err := db.Facts.Tx(t.Context(), func(tx *store.Tx) error {
		var seq int64
		if err := tx.QueryRow(t.Context(), store.Text("test", "SELECT coalesce(max(seq), 0) + 1 FROM batch")).Scan(&seq); err != nil {
			return err
		}
		batch := db.ID("batch", fmt.Sprint(seq)).String()
		now := time.Date(2026, 1, int(seq), 0, 0, 0, 0, time.UTC)
		if _, err := tx.Exec(t.Context(), store.Text("test", `INSERT INTO batch (id, seq, source, name, member, object, bytes, state, actor, mapping, mapping_hash, loaded_at, seconds, n_rows, used, rejected, cells_rejected, set_aside, parties, events, report)
VALUES ($1, $2, $3, 'test', '', '', 0, 'loaded', 'test', '', '', $4, 0, 0, 0, 0, 0, 0, 0, 0, '{}')`), batch, seq, parties[0].Source, now); err != nil {
			return err
		}
		for i, p := range parties {
			id := db.ID("party", p.Source, p.Kind, p.Namespace, p.Key).String()
			ids = append(ids, id)
			said := []any{null(p.Name), null(p.Phone), null(p.Email), null(p.TaxNo), null(p.Address), null(p.City), null(p.Title), null(p.Company), null(p.Attrs)}
			if _, err := tx.Exec(t.Context(), store.Text("test", "DELETE FROM party WHERE id = $1"), id); err != nil {
				return err
			}
			if _, err := tx.Exec(t.Context(), store.Text("test", `INSERT INTO party (id, source, kind, namespace, key, batch_id, row_no, name, phone, email, tax_no, address, city, title, company, attrs)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`), append([]any{id, p.Source, p.Kind, p.Namespace, p.Key, batch, i + 1}, said...)...); err != nil {
				return err
			}
			record := db.ID("record", id, batch).String()
			if _, err := tx.Exec(t.Context(), store.Text("test", `INSERT INTO party_record (id, source, tbl, batch_id, row_no, loaded_at, party, kind, namespace, key, name, phone, email, tax_no, address, city, title, company, attrs)
VALUES ($1, $2, 'tbl', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`), append([]any{record, p.Source, batch, i + 1, now, id, p.Kind, p.Namespace, p.Key}, said...)...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// resolved reads the view.
func resolved(ctx context.Context, t *testing.T, db *store.DB) map[string]string {
	t.Helper()
	table, err := fact.Query(ctx, db, "SELECT party::TEXT, entity::TEXT FROM resolved")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, r := range table.Rows {
		out[r[0].(string)] = r[1].(string)
	}
	return out
}

func TestAPartyAloneIsItsOwnEntity(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ids := add(t, db, fact.Party{Source: "crm", Kind: "account", Namespace: "crm", Key: "1", Name: "甲公司"},
			fact.Party{Source: "crm", Kind: "account", Namespace: "crm", Key: "2", Name: "甲公司", Phone: "1"})
		if _, err := db.Facts.Exec(t.Context(), store.Text("test", "INSERT INTO party_entity (party, entity, since) VALUES ($1, $2, $3)"), ids[1], ids[0], time.Now().UTC()); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Facts.Exec(t.Context(), store.Text("test", "INSERT INTO party_entity (party, entity, since) VALUES ($1, $1, $2)"), ids[0], time.Now().UTC()); err != nil {
			t.Fatal(err)
		}
		alone := add(t, db, fact.Party{Source: "erp", Kind: "account", Namespace: "erp", Key: "9", Name: "乙公司"})[0]
		want := map[string]string{ids[0]: ids[0], ids[1]: ids[0], alone: alone}
		if diff := cmp.Diff(want, resolved(t.Context(), t, db)); diff != "" {
			t.Errorf("resolved (-want +got):\n%s", diff)
		}
		slices.Sort(ids)
		for _, id := range ids {
			e, err := identity.Get(t.Context(), db, id)
			if err != nil {
				t.Fatal(err)
			}
			members, err := identity.Members(t.Context(), db, e.ID)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(ids, members); diff != "" || e.Name != "甲公司" || e.Kind != "account" {
				t.Errorf("Get(%s) = %q %q, members (-want +got):\n%s", id, e.Name, e.Kind, diff)
			}
		}
	})
}
