package explore

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/metric"
	"github.com/chanzipu/outfitter/internal/store"
)

// Events returns the events behind a point, newest first, and the cursor of
// the next page; empty = this was the last.
func Events(ctx context.Context, db *store.DB, q metric.Question, p metric.Place, cursor string, limit int) ([]fact.Event, string, error) {
	c := q.Behind(p)
	args := c.Args
	after := ""
	if cursor != "" {
		ts, id, err := parseCursor(cursor)
		if err != nil {
			return nil, "", err
		}
		args = append(args, ts, id)
		after = fmt.Sprintf(" WHERE (e.ts < $%[1]d::TIMESTAMP OR (e.ts = $%[1]d::TIMESTAMP AND e.id < $%[2]d::UUID))", len(args)-1, len(args))
	}
	if first, ok, err := firstOfPage(ctx, db, q, c.Text, after, args, limit); err != nil {
		return nil, "", err
	} else if ok {
		args = append(args, first)
		if after == "" {
			after = " WHERE TRUE"
		}
		after += fmt.Sprintf(" AND e.ts >= $%d::TIMESTAMP", len(args))
	}
	args = append(args, limit+1)
	text := `SELECT e.id::TEXT, e.source, e.tbl, e.batch_id::TEXT, e.row_no, e.verb, e.ts, e.ts_precision, e.loaded_at,
  coalesce(e.account::TEXT, ''), coalesce(e.person::TEXT, ''), coalesce(e.staff::TEXT, ''), coalesce(e.object_kind, ''), coalesce(e.object_key, ''),
  coalesce(e.channel, ''), e.amount::DOUBLE PRECISION, coalesce(e.currency, ''), e.quantity, coalesce(e.unit, ''), coalesce(e.text, '')
FROM (` + c.Text + ") AS e" + after + fmt.Sprintf(" ORDER BY e.ts DESC, e.id DESC LIMIT $%d", len(args))
	rows, err := db.Facts.Query(ctx, store.Text("explore.events", text), args...)
	events, err := store.Collect(rows, err, scanEvent)
	if err != nil {
		return nil, "", fmt.Errorf("explore: events behind %s: %w", q.Metric.Name, err)
	}
	next := ""
	if len(events) > limit {
		events = events[:limit]
		last := events[limit-1]
		next = base64.RawURLEncoding.EncodeToString([]byte(last.TS.UTC().Format(cursorTime) + "|" + last.ID))
	}
	return events, next, nil
}

// firstOfPage finds the instant from which on a page's events lie, where many
// events may stand behind a point: reading times alone and then the few rows
// from there on costs half of reading all rows. Where few can, or where
// finding them is the work, it says no.
func firstOfPage(ctx context.Context, db *store.DB, q metric.Question, behind, after string, args []any, limit int) (string, bool, error) {
	switch q.Metric.Kind {
	case metric.Duration, metric.Within, metric.Stock:
		return "", false, nil
	}
	for _, f := range q.Where {
		if f.Dimension.Type == metric.ID || f.Dimension.Name == "object" {
			return "", false, nil
		}
	}
	text := "SELECT e.ts FROM (" + behind + ") AS e" + after + fmt.Sprintf(" ORDER BY e.ts DESC LIMIT 1 OFFSET $%d", len(args)+1)
	var ts time.Time
	err := db.Facts.QueryRow(ctx, store.Text("explore.first", text), append(slices.Clone(args), limit)...).Scan(&ts)
	if noRows(err) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("explore: events behind %s: %w", q.Metric.Name, err)
	}
	return ts.UTC().Format(cursorTime), true, nil
}

const cursorTime = "2006-01-02 15:04:05.999999"

func parseCursor(s string) (ts, id string, err error) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		var ok bool
		if ts, id, ok = strings.Cut(string(b), "|"); ok {
			_, badTime := time.Parse(cursorTime, ts)
			_, badID := uuid.Parse(id)
			if badTime == nil && badID == nil {
				return ts, id, nil
			}
		}
	}
	return "", "", fault.New(fault.ErrInvalid, "cursor.bad", "The cursor is not one of ours: start again from the first page.", "翻页游标无效：请从第一页重新开始。")
}

func scanEvent(r *sql.Rows) (e fact.Event, err error) {
	var amount, quantity sql.NullFloat64
	err = r.Scan(&e.ID, &e.Source, &e.Table, &e.Batch, &e.Row, &e.Verb, &e.TS, &e.TSPrecision, &e.LoadedAt,
		&e.Account, &e.Person, &e.Staff, &e.ObjectKind, &e.ObjectKey, &e.Channel, &amount, &e.Currency, &quantity, &e.Unit, &e.Text)
	if amount.Valid {
		e.Amount = &amount.Float64
	}
	if quantity.Valid {
		e.Quantity = &quantity.Float64
	}
	return e, err
}

// Names returns the names of the parties that events point to.
func Names(ctx context.Context, db *store.DB, events ...fact.Event) (map[string]string, error) {
	ids, out := map[string]bool{}, map[string]string{}
	for _, e := range events {
		for _, id := range []string{e.Account, e.Person, e.Staff} {
			if id != "" {
				ids[id] = true
			}
		}
	}
	return out, name(ctx, db, "party", ids, out)
}
