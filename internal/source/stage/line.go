package stage

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/chanzipu/outfitter/internal/source/read"
	"github.com/chanzipu/outfitter/internal/source/read/csv"
	"github.com/chanzipu/outfitter/internal/store"
)

// lined is how many rejected rows of a table get their line; a file with more
// has one fault that is everywhere.
const lined = 20_000

// lines finds the lines of the table's rows that the mapping refused a cell
// of: what stands in `bad` without one. A line of JSON that is not one per row
// is not known.
func (t *table) lines(ctx context.Context) error {
	if t.report.Format.Kind == read.JSON || len(t.LineOf) == 0 {
		return nil
	}
	rows, err := t.db.QueryContext(ctx, "SELECT DISTINCT row_no FROM bad WHERE line_no = 0 AND row_no >= $1 AND row_no < $2 AND code <> 'table.unmapped' ORDER BY row_no LIMIT $3",
		t.rep.FirstRow, t.rep.FirstRow+t.Read, lined)
	wanted, err := store.Collect(rows, err, func(r *sql.Rows) (n int64, err error) { err = r.Scan(&n); return n, err })
	if err != nil || len(wanted) == 0 {
		return err
	}
	var values []string
	chunk, known := int64(-1), map[int64]int64{}
	for _, row := range wanted {
		n, clean := t.Clean(row - t.rep.FirstRow + 1)
		if !clean {
			continue
		}
		if k := n / csv.Every; k != chunk {
			chunk = k
			if known, err = t.chunkLines(k); err != nil {
				return err
			}
		}
		if line, ok := known[n]; ok {
			values = append(values, fmt.Sprintf("(%d, %d)", row, line))
		}
	}
	if len(values) == 0 {
		return nil
	}
	return t.exec(ctx, "UPDATE bad SET line_no = l.line FROM (VALUES "+strings.Join(values, ", ")+") l(row_no, line) WHERE l.row_no = bad.row_no AND bad.line_no = 0")
}

// chunkLines are the lines of the clean records between two kept offsets.
// Refused records in between take a line each, as far as is known.
func (t *table) chunkLines(k int64) (map[int64]int64, error) {
	if int(k) >= len(t.LineOf) {
		return nil, nil
	}
	all, err := t.Around(k*csv.Every, 0, csv.Every-1)
	if err != nil {
		return nil, err
	}
	out, more := map[int64]int64{}, int64(0)
	for _, l := range all {
		out[l.N] = t.LineOf[k] + l.Row - t.Row(k*csv.Every) + more
		if t.report.Format.Kind == read.CSV {
			more += int64(bytes.Count(bytes.TrimRight(l.Raw, "\r\n"), []byte("\n")))
		}
	}
	return out, nil
}
