package stage

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/read"
	"github.com/chanzipu/outfitter/internal/store"
)

// extract is read.Extract, with the engine's help for Parquet: its values are
// written out as text once, and read like any other table.
func extract(ctx context.Context, path, name, work string, h read.Hints, l read.Limits, p read.Progress) (read.Format, []read.Table, error) {
	format, tables, err := read.Extract(ctx, path, name, work, h, l, p)
	if err != nil || format.Kind != read.Parquet {
		return format, tables, err
	}
	csv := filepath.Join(work, "parquet.csv")
	if err := unpack(ctx, path, csv, work); err != nil {
		return format, nil, fault.New(fault.ErrInvalid, "parquet.damaged",
			fmt.Sprintf("The Parquet file %s can't be read: %s. Export it again.", name, cause(err)),
			fmt.Sprintf("Parquet 文件 %s 读不出来：%s。请重新导出。", name, cause(err)))
	}
	one := 1
	h.Encoding, h.Delimiter, h.Quote, h.Header = "utf-8", ",", "\"", &one
	_, tables, err = read.Extract(ctx, csv, strings.TrimSuffix(name, filepath.Ext(name))+".csv", work, h, l, p)
	return format, tables, err
}

func unpack(ctx context.Context, from, to, work string) error {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	for _, q := range []string{
		"SET memory_limit = '512MB'",
		"SET TimeZone = 'UTC'",
		"SET temp_directory = " + store.Literal(filepath.Join(work, "spill")),
		fmt.Sprintf("COPY (SELECT COLUMNS(*)::VARCHAR FROM read_parquet(%s)) TO %s (FORMAT csv, HEADER true, DELIMITER ',', QUOTE '\"', ESCAPE '\"')", store.Literal(from), store.Literal(to)),
	} {
		if _, err := conn.ExecContext(ctx, q); err != nil {
			return err
		}
	}
	return nil
}
