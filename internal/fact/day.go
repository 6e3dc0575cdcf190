package fact

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed day.sql
var dayFile string

var (
	dayQueries    = store.Load("fact.day", dayFile)
	sqlDeltaDrop  = dayQueries.Get("drop")
	sqlDayAdd     = dayQueries.Get("add")
	sqlAllAdd     = dayQueries.Get("add-all")
	sqlDayDrop    = dayQueries.Get("merged-drop")
	sqlVersion    = dayQueries.Get("version")
	sqlVersionAdd = dayQueries.Get("changed")

	rollups = []rollup{
		{"day", dayQueries.Get("size"), dayQueries.Get("merge"), dayQueries.Get("clear"), dayQueries.Get("fill")},
		{"day_all", dayQueries.Get("size-all"), dayQueries.Get("merge-all"), dayQueries.Get("clear-all"), dayQueries.Get("fill-all")},
	}
)

// A rollup is a table of deltas and how it is summed; part is its name in compaction.
type rollup struct {
	part                     string
	size, merge, clear, fill store.SQL
}

// dayDelta are the steps that add (sign 1) or take away (-1) some events, the
// rows of from as e, in both rollups. They are summed once for the larger one,
// and the smaller is made of that.
func dayDelta(name string, sign int, from string) deltas {
	return deltas{store.Text("fact.day."+name, fmt.Sprintf(`CREATE TEMP TABLE day_delta AS
		SELECT e.day, e.verb, e.source, e.tbl, e.channel, e.object_kind, e.staff, e.currency, e.unit, %[1]d * count(*) AS n,
		       %[1]d * coalesce(sum(e.amount), 0) AS amount, %[1]d * count(e.amount) AS n_amount, (%[1]d * coalesce(sum(e.quantity), 0))::DOUBLE PRECISION AS quantity
		FROM %[2]s GROUP BY e.day, e.verb, e.source, e.tbl, e.channel, e.object_kind, e.staff, e.currency, e.unit`, sign, from))}
}

// deltas make day_delta.
type deltas struct{ make store.SQL }

func (d deltas) steps(args ...any) []step {
	return []step{{sqlDeltaDrop, nil}, {d.make, args}, {sqlDayAdd, nil}, {sqlAllAdd, nil}, {sqlDeltaDrop, nil}}
}

// Version grows with every change of the facts.
func Version(ctx context.Context, db *store.DB) (n int64, err error) {
	if err := db.Facts.QueryRow(ctx, sqlVersion).Scan(&n); err != nil {
		return 0, fmt.Errorf("fact: version: %w", err)
	}
	return n, nil
}

// Changed says, in the transaction of the change, that the facts are no longer
// what they were. Whoever writes to the facts calls it.
func Changed(ctx context.Context, tx *store.Tx) error {
	_, err := tx.Exec(ctx, sqlVersionAdd)
	return err
}
