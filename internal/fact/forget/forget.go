// Package forget takes one person out of the facts.
//
// Events stay, without who it was and without their text, so that what was
// counted still counts; what sources said of the person goes. It writes package
// fact's tables; package erasure decides who is forgotten and does the vault.
package forget

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed forget.sql
var file string

var queries = store.Load("fact.forget", file)

// A Party is one of a person's, as a source knows it.
type Party struct {
	ID        string `json:"id"`
	Source    string `json:"source"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Key       string `json:"key"`
	Name      string `json:"name"`
}

func scanParty(r *sql.Rows) (p Party, err error) {
	err = r.Scan(&p.ID, &p.Source, &p.Kind, &p.Namespace, &p.Key, &p.Name)
	return p, err
}

// Same lists the parties of the person that a party or entity is.
func Same(ctx context.Context, db *store.DB, id string) ([]Party, error) {
	rows, err := db.Facts.Query(ctx, queries.Get("same-person"), id)
	return store.Collect(rows, err, scanParty)
}

// Search lists the parties that have exactly this name, key, phone, mail or
// number, by person: each group is one.
func Search(ctx context.Context, db *store.DB, text string) ([][]Party, error) {
	rows, err := db.Facts.Query(ctx, queries.Get("search"), text)
	found, err := store.Collect(rows, err, scanParty)
	if err != nil {
		return nil, err
	}
	var out [][]Party
	at := map[string]int{}
	for _, p := range found {
		var entity string
		if err := db.Facts.QueryRow(ctx, queries.Get("entity-of"), p.ID).Scan(&entity); err != nil {
			return nil, fmt.Errorf("fact: party %s: %w", p.ID, err)
		}
		i, there := at[entity]
		if entity == "" || !there {
			i = len(out)
			at[entity] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], p)
	}
	return out, nil
}

// A Value is what was said of the person in a field.
type Value struct{ Field, Text string }

// A Trace is where and how a person appears.
type Trace struct {
	Values []Value
	Shared map[string]bool // phones, mails and numbers that others have too
	Rows   []fact.RowRef
}

// Find traces a person's parties.
func Find(ctx context.Context, db *store.DB, parties []string) (t Trace, err error) {
	t.Shared = map[string]bool{}
	err = db.Facts.Tx(ctx, func(tx *store.Tx) error {
		if err := enter(ctx, tx, parties, nil, nil); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, queries.Get("values"))
		t.Values, err = store.Collect(rows, err, func(r *sql.Rows) (v Value, err error) { err = r.Scan(&v.Field, &v.Text); return v, err })
		if err != nil {
			return err
		}
		for _, v := range t.Values {
			if v.Field == "name" || v.Field == "key" {
				continue
			}
			var n int64
			if err := tx.QueryRow(ctx, queries.Get("shared"), v.Text).Scan(&n); err != nil {
				return err
			}
			t.Shared[v.Text] = n > 0
		}
		rows, err = tx.Query(ctx, queries.Get("rows"))
		t.Rows, err = store.Collect(rows, err, func(r *sql.Rows) (a fact.RowRef, err error) { err = r.Scan(&a.Batch, &a.Row); return a, err })
		if err != nil {
			return err
		}
		return leave(ctx, tx)
	})
	return t, err
}

// enter fills the temporary tables that the statements speak of.
func enter(ctx context.Context, tx *store.Tx, parties, needles, words []string) error {
	if err := leave(ctx, tx); err != nil {
		return err
	}
	for _, q := range []string{"make-person", "make-words"} {
		if _, err := tx.Exec(ctx, queries.Get(q)); err != nil {
			return err
		}
	}
	for _, id := range parties {
		if _, err := tx.Exec(ctx, queries.Get("add-person"), id); err != nil {
			return err
		}
	}
	for whole, list := range map[bool][]string{false: needles, true: words} {
		for _, w := range list {
			if _, err := tx.Exec(ctx, queries.Get("add-word"), w, whole); err != nil {
				return err
			}
		}
	}
	_, err := tx.Exec(ctx, queries.Get("make-rows"))
	return err
}

func leave(ctx context.Context, tx *store.Tx) error {
	for _, q := range []string{"drop-rows", "drop-words", "drop-person"} {
		if _, err := tx.Exec(ctx, queries.Get(q)); err != nil {
			return err
		}
	}
	return nil
}

// A Count is what went from the facts.
type Count struct {
	Events  int64 `json:"events"` // kept, without the person
	Records int64 `json:"records"`
	Parties int64 `json:"parties"`
	Rejects int64 `json:"rejects"`
}

// Facts takes the person out of the facts, in one transaction. needles may
// stand inside any text; words are whole values: names and keys.
func Facts(ctx context.Context, db *store.DB, parties, needles, words []string) (c Count, err error) {
	err = db.Facts.Tx(ctx, func(tx *store.Tx) error {
		c = Count{}
		if err := enter(ctx, tx, parties, needles, words); err != nil {
			return err
		}
		for _, s := range []struct {
			name string
			n    *int64
		}{{"day-in", nil}, {"day-out", nil}, {"events", &c.Events}, {"events-superseded", nil}, {"mentions", nil}, {"mentions-superseded", nil},
			{"mentions-party", nil}, {"mentions-record", nil}, {"mentions-record-superseded", nil}, {"mentions-snapshot", nil}, {"mentions-snapshot-superseded", nil},
			{"rejects", &c.Rejects}, {"empty-records", nil}, {"empty-records-superseded", nil}, {"empty-party", nil}, {"empty-snapshot", nil}, {"empty-snapshot-superseded", nil},
			{"remove-records-again", nil}, {"remove-records", &c.Records}, {"remove-records-superseded", nil}, {"remove-party", &c.Parties},
			{"remove-entity", nil}, {"remove-membership-again", nil}, {"remove-membership", nil}, {"remove-membership-superseded", nil},
			{"remove-snapshot-again", nil}, {"remove-snapshot", nil}, {"remove-snapshot-superseded", nil}} {
			n, err := tx.Exec(ctx, queries.Get(s.name))
			if err != nil {
				return err
			}
			if s.n != nil {
				*s.n = n
			}
		}
		if err := reports(ctx, tx, slices.Concat(needles, words)); err != nil {
			return err
		}
		if err := leave(ctx, tx); err != nil {
			return err
		}
		return fact.Changed(ctx, tx) // kept answers hold names
	})
	return c, err
}

// reports takes the words out of the batches' reports, such as from a column
// that holds one value throughout.
func reports(ctx context.Context, tx *store.Tx, words []string) error {
	rows, err := tx.Query(ctx, queries.Get("reports"))
	found, err := store.Collect(rows, err, func(r *sql.Rows) (b [2]string, err error) { err = r.Scan(&b[0], &b[1]); return b, err })
	if err != nil {
		return err
	}
	for _, b := range found {
		var v any
		if err := json.Unmarshal([]byte(b[1]), &v); err != nil {
			return fmt.Errorf("fact: report of batch %s: %w", b[0], err)
		}
		text, err := json.Marshal(without(v, words))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, queries.Get("set-report"), b[0], string(text)); err != nil {
			return err
		}
	}
	return nil
}

// without empties the texts of a JSON value that hold a word, names of members apart.
func without(v any, words []string) any {
	switch v := v.(type) {
	case string:
		for _, w := range words {
			if len([]rune(w)) >= 2 && strings.Contains(strings.ToLower(v), strings.ToLower(w)) {
				return ""
			}
		}
	case []any:
		for i := range v {
			v[i] = without(v[i], words)
		}
	case map[string]any:
		for k := range v {
			v[k] = without(v[k], words)
		}
	}
	return v
}

// Outbox takes the person out of the state changes that became events: facts
// could be rebuilt from them.
func Outbox(ctx context.Context, db *store.DB, parties, needles, words []string) (n int64, err error) {
	err = db.State.Tx(ctx, func(tx *store.Tx) error {
		rows, err := tx.Query(ctx, queries.Get("outbox"))
		type line struct {
			seq  int64
			body string
		}
		lines, err := store.Collect(rows, err, func(r *sql.Rows) (l line, err error) { err = r.Scan(&l.seq, &l.body); return l, err })
		if err != nil {
			return err
		}
		for _, l := range lines {
			var e fact.Event
			if err := json.Unmarshal([]byte(l.body), &e); err != nil {
				return fmt.Errorf("fact: outbox %d: %w", l.seq, err)
			}
			// What is projected holds bare ids of parties, which without the key
			// lead to nobody, and must arrive as it is.
			if fact.Projected(e.Verb) {
				continue
			}
			hit := slices.ContainsFunc(slices.Concat(needles, words), func(w string) bool {
				return len(w) > 3 && (strings.Contains(e.Text, w) || strings.Contains(e.Attrs, w) || e.ObjectKey == w)
			})
			for _, who := range []*string{&e.Account, &e.Person, &e.Staff} {
				if slices.Contains(parties, *who) {
					*who, hit = "", true
				}
			}
			if !hit {
				continue
			}
			e.Text, e.Attrs = "", ""
			if slices.Contains(words, e.ObjectKey) {
				e.ObjectKey = ""
			}
			body, err := json.Marshal(e)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, queries.Get("set-outbox"), l.seq, string(body)); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}

// A Delivery is a batch as the vault's blanking needs it.
type Delivery struct {
	ID, Source, Name, Member, Object string
	Bytes                            int64
	Mapping                          string
	Report                           json.RawMessage
}

// Deliveries lists every batch that has a vault object, those rolled back too.
func Deliveries(ctx context.Context, db *store.DB) ([]Delivery, error) {
	rows, err := db.Facts.Query(ctx, queries.Get("batches"))
	return store.Collect(rows, err, func(r *sql.Rows) (d Delivery, err error) {
		var report string
		err = r.Scan(&d.ID, &d.Source, &d.Name, &d.Member, &d.Object, &d.Bytes, &d.Mapping, &report)
		d.Report = json.RawMessage(report)
		return d, err
	})
}

// A Left is a party of a batch, by what a tombstone knows it.
type Left struct{ Party, Phone, Email, TaxNo string }

// Parties lists whom a batch names; "" = all batches.
func Parties(ctx context.Context, db *store.DB, batch string) ([]Left, error) {
	rows, err := db.Facts.Query(ctx, queries.Get("left"), batch)
	return store.Collect(rows, err, func(r *sql.Rows) (l Left, err error) {
		err = r.Scan(&l.Party, &l.Phone, &l.Email, &l.TaxNo)
		return l, err
	})
}
