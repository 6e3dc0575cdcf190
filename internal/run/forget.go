package run

import (
	"context"
	"database/sql"
	"strings"

	"github.com/chanzipu/outfitter/internal/store"
)

// Forget empties what runs keep of their work, parameters and results, where
// it holds one of the words: a person is erased. It counts the runs.
func Forget(ctx context.Context, db *store.DB, words []string) (n int64, err error) {
	err = db.State.Tx(ctx, func(tx *store.Tx) error {
		n = 0
		rows, err := tx.Query(ctx, sqlKept)
		all, err := store.Collect(rows, err, func(r *sql.Rows) (v [2]string, err error) { err = r.Scan(&v[0], &v[1]); return v, err })
		if err != nil {
			return err
		}
		for _, v := range all {
			hit := false
			for _, w := range words {
				hit = hit || len(w) > 3 && strings.Contains(v[1], w)
			}
			if !hit {
				continue
			}
			if _, err := tx.Exec(ctx, sqlForget, v[0]); err != nil {
				return err
			}
			n++
		}
		return nil
	})
	return n, err
}
