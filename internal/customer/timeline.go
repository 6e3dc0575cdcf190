package customer

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

// A Filter picks events of a timeline; what is empty lets all through.
type Filter struct {
	Verbs, Sources, Channels []string
	Since, Until             time.Time // half-open
	Text                     string    // in the text, the object's key or an attribute, in any case
}

// Timeline returns a customer's events from every source, newest first, and
// the cursor of the next page; "" = this was the last.
func Timeline(ctx context.Context, db *store.DB, e Entity, f Filter, cursor string, limit int) ([]fact.Event, string, error) {
	a := &args{}
	from := e.rows(a, columns+", v.row_no, v.loaded_at")
	conds := append([]string{"TRUE"}, f.conditions(a)...)
	if cursor != "" {
		ts, id, err := parseCursor(cursor)
		if err != nil {
			return nil, "", err
		}
		t := a.add(ts) + "::TIMESTAMP"
		conds = append(conds, "(e.ts < "+t+" OR (e.ts = "+t+" AND e.id < "+a.add(id)+"::UUID))")
	}
	text := eventColumns + " FROM (" + from + ") AS e WHERE " + strings.Join(conds, " AND ") + " ORDER BY e.ts DESC, e.id DESC LIMIT " + a.add(limit+1)
	rows, err := db.Facts.Query(ctx, store.Text("customer.timeline", text), a.list...)
	events, err := store.Collect(rows, err, scanEvent)
	if err != nil {
		return nil, "", fmt.Errorf("customer: timeline of %s: %w", e.ID, err)
	}
	next := ""
	if len(events) > limit {
		events = events[:limit]
		last := events[limit-1]
		next = base64.RawURLEncoding.EncodeToString([]byte(last.TS.UTC().Format(cursorTime) + "|" + last.ID))
	}
	return events, next, nil
}

const eventColumns = `SELECT e.id::TEXT, e.source, e.tbl, e.batch_id::TEXT, e.row_no, e.verb, e.ts, e.ts_precision, e.loaded_at,
  coalesce(e.account::TEXT, ''), coalesce(e.person::TEXT, ''), coalesce(e.staff::TEXT, ''), coalesce(e.object_kind, ''), coalesce(e.object_key, ''),
  coalesce(e.channel, ''), e.amount::DOUBLE PRECISION, coalesce(e.currency, ''), e.quantity, coalesce(e.unit, ''), coalesce(e.text, ''), coalesce(e.attrs::TEXT, '')`

func scanEvent(r *sql.Rows) (e fact.Event, err error) {
	var amount, quantity sql.NullFloat64
	err = r.Scan(&e.ID, &e.Source, &e.Table, &e.Batch, &e.Row, &e.Verb, &e.TS, &e.TSPrecision, &e.LoadedAt,
		&e.Account, &e.Person, &e.Staff, &e.ObjectKind, &e.ObjectKey, &e.Channel, &amount, &e.Currency, &quantity, &e.Unit, &e.Text, &e.Attrs)
	if amount.Valid {
		e.Amount = &amount.Float64
	}
	if quantity.Valid {
		e.Quantity = &quantity.Float64
	}
	return e, err
}

func (f Filter) conditions(a *args) (conds []string) {
	for _, c := range []struct {
		column string
		values []string
	}{{"e.verb", f.Verbs}, {"e.source", f.Sources}, {"e.channel", f.Channels}} {
		if len(c.values) > 0 {
			conds = append(conds, c.column+" IN ("+a.texts(c.values)+")")
		}
	}
	if !f.Since.IsZero() {
		conds = append(conds, "e.ts >= "+a.add(f.Since.UTC().Format(cursorTime))+"::TIMESTAMP")
	}
	if !f.Until.IsZero() {
		conds = append(conds, "e.ts < "+a.add(f.Until.UTC().Format(cursorTime))+"::TIMESTAMP")
	}
	if t := strings.TrimSpace(f.Text); t != "" {
		m := "lower(" + a.add(t) + "::TEXT)"
		conds = append(conds, "(strpos(lower(e.text), "+m+") > 0 OR strpos(lower(e.object_key), "+m+") > 0 OR strpos(lower(e.attrs::TEXT), "+m+") > 0)")
	}
	return conds
}

const cursorTime = "2006-01-02 15:04:05.999999"

func parseCursor(s string) (ts, id string, err error) {
	if b, bad := base64.RawURLEncoding.DecodeString(s); bad == nil {
		if ts, id, ok := strings.Cut(string(b), "|"); ok && isID(id) {
			if _, bad := time.Parse(cursorTime, ts); bad == nil {
				return ts, id, nil
			}
		}
	}
	return "", "", badCursor()
}

func badCursor() error {
	return fault.New(fault.ErrInvalid, "cursor.bad", "The cursor is not one of ours: start again from the first page.", "翻页游标无效：请从第一页重新开始。")
}

// Events reads some events, newest first, from a FROM that names them e.
func Events(ctx context.Context, db *store.DB, from, where string, list []any, limit int) ([]fact.Event, error) {
	a := &args{list: list}
	text := eventColumns + " FROM " + from + " WHERE " + where + " ORDER BY e.ts DESC, e.id DESC LIMIT " + a.add(limit)
	rows, err := db.Facts.Query(ctx, store.Text("customer.events", text), a.list...)
	return store.Collect(rows, err, scanEvent)
}
