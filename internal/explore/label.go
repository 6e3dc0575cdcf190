package explore

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/metric"
	"github.com/chanzipu/outfitter/internal/store"
)

// labels names the parties and batches among the points.
func labels(ctx context.Context, db *store.DB, q metric.Question, points []Point) (map[string]string, error) {
	out := map[string]string{}
	for i, d := range q.By {
		table := ""
		switch {
		case d.Parties():
			table = "party"
		case d.Name == "batch":
			table = "batch"
		default:
			continue
		}
		ids := map[string]bool{}
		for _, p := range points {
			if v := [2]*string{p.A, p.B}[i]; v != nil {
				ids[*v] = true
			}
		}
		if err := name(ctx, db, table, ids, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// A book holds names that were looked up, up to so many.
type book struct {
	names sync.Map // id to name
	n     atomic.Int64
}

const maxNames = 50_000

var books fact.Memo[*book] // by table

// name looks up the names of ids.
func name(ctx context.Context, db *store.DB, table string, ids map[string]bool, out map[string]string) error {
	if len(ids) == 0 {
		return nil
	}
	b, err := books.Get(ctx, db, table, func(context.Context) (*book, error) { return new(book), nil })
	if err != nil {
		return fmt.Errorf("explore: labels: %w", err)
	}
	var open []string
	for id := range ids {
		if n, ok := b.names.Load(id); ok {
			out[id], _ = n.(string)
			continue
		}
		open = append(open, id)
	}
	return b.look(ctx, db, table, open, out)
}

// look reads the names of ids, a thousand at a time.
func (b *book) look(ctx context.Context, db *store.DB, table string, ids []string, out map[string]string) error {
	what := map[string]string{"party": "coalesce(nullif(name, ''), key)", "batch": "name"}[table]
	for chunk := range slices.Chunk(ids, 1000) {
		marks, args := make([]string, len(chunk)), make([]any, len(chunk))
		for i, id := range chunk {
			marks[i], args[i] = fmt.Sprintf("$%d::UUID", i+1), id
		}
		q := store.Text("explore.labels", "SELECT id::TEXT, "+what+" FROM "+table+" WHERE id IN ("+strings.Join(marks, ", ")+")")
		rows, err := db.Facts.Query(ctx, q, args...)
		_, err = store.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
			var id, n string
			err := r.Scan(&id, &n)
			out[id] = n
			if err == nil && b.n.Add(1) <= maxNames {
				b.names.Store(id, n)
			}
			return struct{}{}, err
		})
		if err != nil {
			return fmt.Errorf("explore: labels: %w", err)
		}
	}
	return nil
}
