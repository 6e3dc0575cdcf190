// Package customertest fills an installation with a small made set of parties
// and events, for the tests of what stands on them.
package customertest

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/store"
)

// An Event is one event in few words. Parties are named by their keys.
type Event struct {
	Verb, Day, Time        string // 2026-01-31, 15:04 in UTC; "" = known to the day alone
	Account, Person, Staff string
	Kind, Object, Channel  string
	Amount                 float64 // 0 = none
	Currency               string
	Quantity               float64 // 0 = none
	Text, Attrs            string
}

// A Party is one party in few words.
type Party struct {
	Kind, Key, Name, Phone, Email, City, Company, Attrs string
	Entity                                              string // key of the party whose entity it is; "" = its own
}

// ID is the id of the party of that kind and key.
func ID(kind, key string) string {
	return uuid.NewSHA1(uuid.NameSpaceOID, []byte(kind+":"+key)).String()
}

// EventID is the id of the nth event given to Fill with the batch.
func EventID(batch string, n int) string {
	return uuid.NewSHA1(uuid.NameSpaceURL, []byte(fmt.Sprintf("%s:%d", batch, n))).String()
}

// Fill writes one batch with its parties and events.
func Fill(t testing.TB, db *store.DB, batch string, parties []Party, events []Event) {
	t.Helper()
	id := ID("batch", batch)
	err := db.Facts.Tx(t.Context(), func(tx *store.Tx) error {
		do := func(q string, args ...any) {
			t.Helper()
			if _, err := tx.Exec(t.Context(), store.Text("customertest", q), args...); err != nil {
				t.Fatal(err)
			}
		}
		loaded := time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)
		do(`INSERT INTO batch (id, seq, source, name, member, object, bytes, state, actor, mapping, mapping_hash, loaded_at, seconds, n_rows, used, rejected, cells_rejected, set_aside, parties, events, report)
VALUES ($1::UUID, (SELECT coalesce(max(seq), 0) + 1 FROM batch), $2, 'made.csv', '', '', 0, 'loaded', 'test', '', '', $3, 0, $4, $4, 0, 0, 0, $5, $4, '{}')`, id, batch, loaded, len(events), len(parties))
		for i, p := range parties {
			party := ID(p.Kind, p.Key)
			for _, table := range []string{"party (id", "party_record (tbl, loaded_at, id, party"} {
				more, vals := "", "$1::UUID"
				args := []any{party, batch, p.Kind, p.Key, null(p.Name), null(p.Phone), null(p.Email), null(p.City), null(p.Company), null(p.Attrs), id, i + 1}
				if table != "party (id" {
					vals = "'made', $13, $1::UUID, $1::UUID"
					args = append(args, loaded)
				}
				do(`INSERT INTO `+table+more+`, source, kind, namespace, key, name, phone, email, city, company, attrs, batch_id, row_no)
VALUES (`+vals+`, $2, $3, 'made', $4, $5, $6, $7, $8, $9, $10, $11::UUID, $12)`, args...)
			}
			if p.Entity != "" {
				do(`INSERT INTO party_entity (party, entity, since) VALUES ($1::UUID, $2::UUID, $3)`, party, ID(p.Kind, p.Entity), loaded)
			}
		}
		for i, e := range events {
			precision, clock := "day", "00:00"
			if e.Time != "" {
				precision, clock = "minute", e.Time
			}
			do(`INSERT INTO event (id, source, tbl, batch_id, row_no, verb, ts, ts_precision, day, loaded_at, account, person, staff, object_kind, object_key, channel, amount, currency, quantity, text, attrs)
VALUES ($1::UUID, $2, 'made', $3::UUID, $4, $5, $6::TIMESTAMP, $7, $8::DATE, $9, $10::UUID, $11::UUID, $12::UUID, $13, $14, $15, $16, $17, $18, $19, $20)`,
				EventID(batch, i), batch, id, i+1, e.Verb, e.Day+" "+clock, precision, e.Day, loaded, party("account", e.Account), party("person", e.Person), party("staff", e.Staff),
				null(e.Kind), null(e.Object), null(e.Channel), number(e.Amount), null(e.Currency), number(e.Quantity), null(e.Text), null(e.Attrs))
		}
		do(`INSERT INTO event_day (day, verb, source, tbl, channel, object_kind, staff, currency, unit, n, amount, n_amount, quantity)
SELECT day, verb, source, tbl, channel, object_kind, staff, currency, unit, count(*), coalesce(sum(amount), 0), count(amount), coalesce(sum(quantity), 0)
FROM event WHERE batch_id = $1::UUID GROUP BY day, verb, source, tbl, channel, object_kind, staff, currency, unit`, id)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func number(f float64) any {
	if f == 0 {
		return nil
	}
	return f
}

func party(kind, key string) any {
	if key == "" {
		return nil
	}
	return ID(kind, key)
}
