package fact

import (
	"context"
	"database/sql"

	"github.com/chanzipu/outfitter/internal/store"
)

// A Preview is what a stage file would bring.
type Preview struct {
	Events, Parties int64
	ByVerb          []VerbCount
	Rejects         []Reject
}

var (
	sqlPeekVerbs   = store.Text("fact.peek-verbs", "SELECT verb, count(*) FROM stage_event GROUP BY verb ORDER BY verb")
	sqlPeekRejects = store.Text("fact.peek-rejects", "SELECT tbl, row_no, line_no, col, code, reason, reason_zh, text FROM stage_reject ORDER BY row_no, col LIMIT $1")
)

// Peek counts a stage file without committing it.
func Peek(ctx context.Context, db *store.DB, stage string, rejects int) (p Preview, err error) {
	err = db.StageTx(ctx, stage, func(tx *store.Tx) error {
		var since, until sql.NullTime
		if err := tx.QueryRow(ctx, sqlExtent).Scan(&p.Events, &p.Parties, &since, &until); err != nil {
			return err
		}
		rows, err := tx.Query(ctx, sqlPeekVerbs)
		if p.ByVerb, err = store.Collect(rows, err, func(r *sql.Rows) (v VerbCount, err error) { err = r.Scan(&v.Verb, &v.N); return v, err }); err != nil {
			return err
		}
		rows, err = tx.Query(ctx, sqlPeekRejects, rejects)
		p.Rejects, err = store.Collect(rows, err, scanReject)
		return err
	})
	return p, err
}
