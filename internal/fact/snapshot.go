package fact

import (
	"bytes"
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed snapshot.sql
var snapshotFile string

var (
	snapshotQueries = store.Load("fact.snapshot", snapshotFile)
	sqlChanged      = snapshotQueries.Get("changed")
	sqlRemoved      = snapshotQueries.Get("removed")
	sqlNewer        = snapshotQueries.Get("newer")
	sqlBury         = snapshotQueries.Get("bury")
	sqlBuryLeave    = snapshotQueries.Get("bury-leave")
	sqlTombstone    = snapshotQueries.Get("tombstone")
	sqlInsertEvent  = snapshotQueries.Get("insert-event")
	sqlSnapshotDay  = snapshotQueries.Get("day")
)

// A change is one row of a snapshot that differs from the delivery before.
type change struct {
	source, tbl, noun, key, party, kind string
	row                                 int64
	old, new                            string // JSON objects
	id                                  string
	removed                             bool
}

// commitSnapshots compares whole deliveries with the ones before, keeps them,
// and makes `<noun>.changed` and `<noun>.removed` of the differences. A batch
// that is not the newest of its source tells of no removals.
func commitSnapshots(ctx context.Context, tx *store.Tx, key []byte, b Batch, fresh, overtaken bool) error {
	var changes []change
	if !fresh {
		var err error
		if changes, err = differences(ctx, tx, b, overtaken); err != nil {
			return err
		}
	}
	if err := snapshots.bring(ctx, tx, fresh, overtaken); err != nil {
		return err
	}
	for _, c := range changes {
		if c.removed {
			if err := bury(ctx, tx, b, c); err != nil {
				return err
			}
		}
		if err := tell(ctx, tx, key, b, c); err != nil {
			return err
		}
	}
	if len(changes) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, sqlSnapshotDay, b.ID, b.Source)
	return err
}

func differences(ctx context.Context, tx *store.Tx, b Batch, overtaken bool) ([]change, error) {
	rows, err := tx.Query(ctx, sqlChanged, b.Seq)
	changes, err := store.Collect(rows, err, func(r *sql.Rows) (c change, err error) {
		err = r.Scan(&c.source, &c.tbl, &c.noun, &c.key, &c.party, &c.kind, &c.row, &c.old, &c.new)
		return c, err
	})
	if err != nil {
		return nil, err
	}
	if overtaken {
		return changes, nil
	}
	rows, err = tx.Query(ctx, sqlRemoved, b.Seq, b.Source)
	removed, err := store.Collect(rows, err, func(r *sql.Rows) (c change, err error) {
		c.removed = true
		err = r.Scan(&c.source, &c.tbl, &c.noun, &c.key, &c.party, &c.kind, &c.id)
		return c, err
	})
	return append(changes, removed...), err
}

func bury(ctx context.Context, tx *store.Tx, b Batch, c change) error {
	return runSteps(ctx, tx, []step{
		{sqlBury, []any{c.id}},
		{sqlBuryLeave, []any{c.id}},
		{sqlTombstone, []any{c.id, c.source, c.tbl, b.ID, b.LoadedAt.UTC(), c.noun, c.key, orNil(c.party), orNil(c.kind)}},
	})
}

func tell(ctx context.Context, tx *store.Tx, key []byte, b Batch, c change) error {
	verb, attrs := c.noun+".changed", ""
	if c.removed {
		verb = c.noun + ".removed"
	} else {
		diff, err := fieldChanges(c.old, c.new)
		if err != nil {
			return fmt.Errorf("fact: %s %s: %w", c.noun, c.key, err)
		}
		if diff == "" {
			return nil
		}
		attrs = diff
	}
	who := map[string]any{"account": nil, "person": nil, "staff": nil}
	if c.party != "" {
		who[c.kind] = c.party
	}
	id := store.ID(key, c.source, c.tbl, verb, c.key, strconv.FormatInt(b.Seq, 10))
	ts := b.LoadedAt.UTC()
	_, err := tx.Exec(ctx, sqlInsertEvent, id.String(), c.source, c.tbl, b.ID, c.row, verb, ts, ts.Format("2006-01-02"),
		who["account"], who["person"], who["staff"], c.noun, c.key, orNil(attrs))
	return err
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// fieldChanges lists the fields that differ as {"field": [old, new]}; "" where
// none does (a row that came back from removal has no old fields and lists all).
func fieldChanges(old, now string) (string, error) {
	var a, b map[string]any
	if old != "" {
		if err := json.Unmarshal([]byte(old), &a); err != nil {
			return "", err
		}
	}
	if now != "" {
		if err := json.Unmarshal([]byte(now), &b); err != nil {
			return "", err
		}
	}
	diff := map[string][2]any{}
	for k, v := range b {
		if a[k] != v {
			diff[k] = [2]any{a[k], v}
		}
	}
	for k, v := range a {
		if _, still := b[k]; !still && v != nil {
			diff[k] = [2]any{v, nil}
		}
	}
	if len(diff) == 0 {
		return "", nil
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	err := enc.Encode(diff)
	return string(bytes.TrimSpace(buf.Bytes())), err
}
