package stage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/source/read"
	"github.com/chanzipu/outfitter/internal/source/read/blank"
	"github.com/chanzipu/outfitter/internal/store"
)

// Blank is blank.File in a child process; Parquet too.
func Blank(ctx context.Context, j blank.Job, b Bounds) (blank.Result, error) {
	return run[blank.Result](ctx, request{Op: "blank", Blank: j}, b, nil)
}

// A ReplaceJob asks for an archive with other files in the place of some members.
type ReplaceJob struct {
	Path string         `json:"path"`
	Work string         `json:"work"`
	Out  string         `json:"out"`
	With map[int]string `json:"with"`
}

// Replace is archive.Replace in a child process.
func Replace(ctx context.Context, j ReplaceJob, b Bounds) error {
	_, err := run[any](ctx, request{Op: "replace", Replace: j}, b, nil)
	return err
}

func blankFile(ctx context.Context, j blank.Job) (blank.Result, error) {
	r, err := blank.File(ctx, j)
	if !errors.Is(err, blank.ErrUnknown) {
		return r, err
	}
	f, err := read.Detect(ctx, j.Path, j.Name, j.Hints, j.Limits)
	if err != nil || f.Kind != read.Parquet {
		return blank.Result{}, err
	}
	return blankParquet(ctx, j)
}

// blankParquet finds the cells in the text that Parquet is read as, and has
// the engine write the file anew with NULL in their place.
func blankParquet(ctx context.Context, j blank.Job) (blank.Result, error) {
	from := j
	from.Path, from.Name = filepath.Join(j.Work, "parquet.csv"), strings.TrimSuffix(j.Name, filepath.Ext(j.Name))+".csv"
	one := 1
	from.Hints.Encoding, from.Hints.Delimiter, from.Hints.Quote, from.Hints.Header = "utf-8", ",", "\"", &one
	if err := unpack(ctx, j.Path, from.Path, j.Work); err != nil {
		return blank.Result{}, fmt.Errorf("stage: blank %s: %w", j.Name, err)
	}
	goes := map[int][]string{} // rows by column
	r, err := blank.Pick(ctx, from, func(s read.Spot, fields []int) {
		for _, i := range fields {
			if s.Row > 0 {
				goes[i] = append(goes[i], fmt.Sprint(s.Row-1))
			}
		}
	})
	if err != nil || r.Cells == 0 {
		return r, err
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return r, fmt.Errorf("stage: blank: %w", err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(ctx, "SELECT name FROM (SELECT column_name AS name FROM (DESCRIBE SELECT * FROM read_parquet("+store.Literal(j.Path)+")))")
	names, err := store.Collect(rows, err, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err })
	if err != nil {
		return r, fmt.Errorf("stage: blank %s: %w", j.Name, err)
	}
	var sel []string
	for i, n := range names {
		name := `"` + strings.ReplaceAll(n, `"`, `""`) + `"`
		if len(goes[i]) == 0 {
			sel = append(sel, name)
			continue
		}
		sel = append(sel, fmt.Sprintf("CASE WHEN file_row_number IN (%s) THEN NULL ELSE %s END AS %s", strings.Join(goes[i], ", "), name, name))
	}
	q := fmt.Sprintf("COPY (SELECT %s FROM read_parquet(%s, file_row_number = true)) TO %s (FORMAT parquet)", strings.Join(sel, ", "), store.Literal(j.Path), store.Literal(j.Out))
	for _, q := range []string{"SET memory_limit = '512MB'", "SET TimeZone = 'UTC'", "SET temp_directory = " + store.Literal(filepath.Join(j.Work, "spill")), q} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return r, fmt.Errorf("stage: blank %s: %w", j.Name, err)
		}
	}
	return r, nil
}

// HintsFor are the hints by which a file of that name is read under a mapping.
func HintsFor(m mapping.Mapping, name string) read.Hints { return hintsFor(m, name) }
