package fact

import (
	"bytes"
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

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
	sqlTombstone    = snapshotQueries.Get("tombstone")
	dayTold         = dayDelta("told", 1, `event e WHERE e.batch_id = $1::UUID AND e.verb IN (
		SELECT DISTINCT noun || '.changed' FROM snapshot WHERE source = $2 UNION SELECT DISTINCT noun || '.removed' FROM snapshot WHERE source = $2)`)
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
func commitSnapshots(ctx context.Context, tx *store.Tx, key []byte, b Batch, n staged, fresh, overtaken bool) error {
	var changes []change
	if !fresh {
		var err error
		if changes, err = differences(ctx, tx, b, overtaken); err != nil {
			return err
		}
	}
	if err := snapshots.bring(ctx, tx, n, fresh, overtaken); err != nil {
		return err
	}
	if len(changes) == 0 {
		return nil
	}
	if !overtaken {
		err := runSteps(ctx, tx, []step{{sqlBury, []any{b.Seq, b.Source}}, {sqlTombstone, []any{b.Seq, b.Source, b.ID, b.LoadedAt.UTC()}}})
		if err != nil {
			return err
		}
	}
	if err := tell(ctx, tx, key, b, changes); err != nil {
		return err
	}
	return runSteps(ctx, tx, dayTold.steps(b.ID, b.Source))
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

// told is how many events tell inserts with one statement: DuckDB keeps a
// buffer per statement and column until the commit, so single rows would cost
// gigabytes.
const told = 400

// tell makes the events of the changes.
func tell(ctx context.Context, tx *store.Tx, key []byte, b Batch, changes []change) error {
	ts := b.LoadedAt.UTC()
	var tuples []string
	var args []any
	flush := func() error {
		if len(tuples) == 0 {
			return nil
		}
		q := store.Text("fact.snapshot.tell", `INSERT INTO event (id, source, tbl, batch_id, row_no, verb, ts, ts_precision, day, loaded_at, account, person, staff, object_kind, object_key, attrs) VALUES `+strings.Join(tuples, ", "))
		_, err := tx.Exec(ctx, q, args...)
		tuples, args = tuples[:0], args[:0]
		return err
	}
	for _, c := range changes {
		verb, attrs := c.noun+".removed", ""
		if !c.removed {
			diff, err := fieldChanges(c.old, c.new)
			if err != nil {
				return fmt.Errorf("fact: %s %s: %w", c.noun, c.key, err)
			}
			if diff == "" {
				continue
			}
			verb, attrs = c.noun+".changed", diff
		}
		who := map[string]any{"account": nil, "person": nil, "staff": nil}
		if c.party != "" {
			who[c.kind] = c.party
		}
		n := len(args)
		tuples = append(tuples, fmt.Sprintf("($%d::UUID, $%d, $%d, $%d::UUID, $%d, $%d, $%d, 'second', $%d::DATE, $%d, $%d::UUID, $%d::UUID, $%d::UUID, $%d, $%d, $%d::JSON)",
			n+1, n+2, n+3, n+4, n+5, n+6, n+7, n+8, n+9, n+10, n+11, n+12, n+13, n+14, n+15))
		args = append(args, store.ID(key, c.source, c.tbl, verb, c.key, strconv.FormatInt(b.Seq, 10)).String(), c.source, c.tbl, b.ID, c.row, verb,
			ts, ts.Format("2006-01-02"), ts, who["account"], who["person"], who["staff"], c.noun, c.key, orNil(attrs))
		if len(tuples) == told {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
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
