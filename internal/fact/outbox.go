package fact

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed outbox.sql
var outboxFile string

//go:embed cursor.sql
var cursorFile string

var (
	outboxQueries    = store.Load("fact.outbox", outboxFile)
	sqlOutboxNext    = outboxQueries.Get("next")
	sqlOutboxAdd     = outboxQueries.Get("add")
	sqlOutboxAfter   = outboxQueries.Get("after")
	cursorQueries    = store.Load("fact.cursor", cursorFile)
	sqlCursor        = cursorQueries.Get("get")
	sqlCursorSet     = cursorQueries.Get("set")
	sqlCursorMove    = cursorQueries.Get("move")
	sqlRelayInsert   = cursorQueries.Get("insert")
	dayRelayed       = dayDelta("relayed", 1, "event e WHERE e.source = 'outfitter' AND e.tbl = 'outbox' AND e.row_no > $1 AND e.row_no <= $2")
	sqlRelayBatch    = cursorQueries.Get("batch")
	sqlRelayCount    = cursorQueries.Get("count")
	sqlAheadCount    = cursorQueries.Get("ahead-count")
	dayAhead         = dayDelta("ahead", -1, "event e WHERE e.source = 'outfitter' AND e.tbl = 'outbox' AND e.row_no > $1")
	sqlAhead         = cursorQueries.Get("ahead")
	sqlOutboxLock    = store.Text("fact.outbox.lock", "LOCK TABLE fact_outbox IN EXCLUSIVE MODE")
	outboxBatchParts = []string{"batch", "outfitter", "outbox"}
)

// Emit writes events into the outbox within a state transaction: they happen
// if and only if it commits. Seq, id, batch and row are given here and by the
// relay. Parties are named by their ids.
func Emit(ctx context.Context, tx *store.Tx, events ...Event) error {
	if tx.Engine == store.Postgres {
		if _, err := tx.Exec(ctx, sqlOutboxLock); err != nil {
			return err
		}
	}
	var seq int64
	if err := tx.QueryRow(ctx, sqlOutboxNext).Scan(&seq); err != nil {
		return fmt.Errorf("fact: outbox: %w", err)
	}
	for i, e := range events {
		if e.TS.IsZero() {
			e.TS = time.Now()
		}
		body, err := json.Marshal(e)
		if err != nil {
			return fmt.Errorf("fact: outbox: %w", err)
		}
		if _, err := tx.Exec(ctx, sqlOutboxAdd, seq+int64(i), store.Time(e.TS), e.Verb, string(body)); err != nil {
			return err
		}
	}
	return nil
}

// Reconcile brings facts and outbox in step after a restore: rows of the outbox
// that only the facts' copy knows are trimmed, those that it lacks are relayed.
func Reconcile(ctx context.Context, db *store.DB) error {
	var cursor, next int64
	if err := db.Facts.QueryRow(ctx, sqlCursor).Scan(&cursor); err != nil {
		return fmt.Errorf("fact: reconcile: %w", err)
	}
	if err := db.State.QueryRow(ctx, sqlOutboxNext).Scan(&next); err != nil {
		return fmt.Errorf("fact: reconcile: %w", err)
	}
	if last := next - 1; cursor > last {
		err := db.Facts.Tx(ctx, func(tx *store.Tx) error {
			return runSteps(ctx, tx, append(dayAhead.steps(last), step{sqlAhead, []any{last}}, step{sqlCursorSet, []any{last}},
				step{sqlAheadCount, []any{db.ID(outboxBatchParts...).String(), last}}, step{sqlVersionAdd, nil}))
		})
		if err != nil {
			return err
		}
		if err := Rebuild(ctx, db); err != nil {
			return err
		}
	}
	return Relay(ctx, db)
}

// Relay carries what stands in the outbox into the facts, in order, and moves
// the cursor in the same facts transaction, so that each row arrives once.
func Relay(ctx context.Context, db *store.DB) error {
	for {
		var cursor int64
		if err := db.Facts.QueryRow(ctx, sqlCursor).Scan(&cursor); err != nil {
			return fmt.Errorf("fact: relay: %w", err)
		}
		rows, err := db.State.Query(ctx, sqlOutboxAfter, cursor)
		type line struct {
			seq  int64
			body string
		}
		lines, err := store.Collect(rows, err, func(r *sql.Rows) (l line, err error) {
			var ts, verb string
			err = r.Scan(&l.seq, &ts, &verb, &l.body)
			return l, err
		})
		if err != nil || len(lines) == 0 {
			return err
		}
		batch := db.ID(outboxBatchParts...).String()
		last := lines[len(lines)-1].seq
		err = db.Facts.Tx(ctx, func(tx *store.Tx) error {
			// Another relay may have been quicker: then there is nothing left to do.
			if n, err := tx.Exec(ctx, sqlCursorMove, last, cursor); err != nil || n == 0 {
				return err
			}
			var there int64
			if err := tx.QueryRow(ctx, sqlRelayBatch, batch).Scan(&there); err != nil {
				return err
			}
			if there == 0 {
				b := Batch{ID: batch, Seq: 0, Source: "outfitter", Name: "outbox", State: Loaded, Actor: "outfitter", LoadedAt: time.Now(), Report: []byte("{}")}
				if err := insertBatch(ctx, tx, b); err != nil {
					return err
				}
			}
			events := int64(0)
			for _, l := range lines {
				var e Event
				if err := json.Unmarshal([]byte(l.body), &e); err != nil {
					return fmt.Errorf("fact: relay: row %d: %w", l.seq, err)
				}
				if p, ok := projections[e.Verb]; ok {
					if err := p.Apply(ctx, tx, e); err != nil {
						return err
					}
					continue
				}
				events++
				if err := relayOne(ctx, tx, db, batch, l.seq, e); err != nil {
					return err
				}
			}
			return runSteps(ctx, tx, append(dayRelayed.steps(cursor, last), step{sqlRelayCount, []any{batch, last, time.Now().UTC(), events}}, step{sqlVersionAdd, nil}))
		})
		if err != nil {
			return err
		}
	}
}

func relayOne(ctx context.Context, tx *store.Tx, db *store.DB, batch string, seq int64, e Event) error {
	id := db.ID("outbox", strconv.FormatInt(seq, 10)).String()
	ts := e.TS.UTC()
	_, err := tx.Exec(ctx, sqlRelayInsert, id, batch, seq, e.Verb, ts, ts.Format("2006-01-02"), time.Now().UTC(),
		orNil(e.Account), orNil(e.Person), orNil(e.Staff), orNil(e.ObjectKind), orNil(e.ObjectKey), orNil(e.Channel),
		floatOrNil(e.Amount), orNil(e.Currency), floatOrNil(e.Quantity), orNil(e.Unit), orNil(e.Text), orNil(e.Attrs))
	return err
}

func floatOrNil(f *float64) any {
	if f == nil {
		return nil
	}
	return *f
}
