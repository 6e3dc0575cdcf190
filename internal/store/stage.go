package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// StageTx runs fn in one facts transaction in which the tables of a stage
// file (a DuckDB database that the parser child left in StageDir) can be read
// under their own names. On DuckDB they are views on the attached file; on
// PostgreSQL temporary tables, copied in.
func (db *DB) StageTx(ctx context.Context, file string, fn func(*Tx) error) error {
	if db.Facts.Engine == DuckDB {
		return db.Facts.attached(ctx, file, fn)
	}
	return db.Facts.copied(ctx, file, fn)
}

func (c *Conn) attached(ctx context.Context, file string, fn func(*Tx) error) (err error) {
	c.turn.Lock()
	defer c.turn.Unlock()
	conn, err := c.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("store: stage: %w", err)
	}
	// Views and attachment live as long as the connection, so this one does not
	// go back to the pool.
	defer func() { _ = conn.Raw(func(any) error { return sql.ErrConnDone }); _ = conn.Close() }()
	if _, err := conn.ExecContext(ctx, "ATTACH "+quote(file)+" AS stage (READ_ONLY)"); err != nil {
		return fmt.Errorf("store: stage %s: %w", filepath.Base(file), err)
	}
	defer func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "DETACH DATABASE IF EXISTS stage")
	}()
	tables, err := stageTables(ctx, conn, "stage")
	if err != nil {
		return err
	}
	for _, t := range tables {
		if _, err := conn.ExecContext(ctx, fmt.Sprintf("CREATE OR REPLACE TEMP VIEW %s AS SELECT * FROM stage.main.%s", t, t)); err != nil {
			return fmt.Errorf("store: stage view %s: %w", t, err)
		}
	}
	defer func() {
		for _, t := range tables {
			_, _ = conn.ExecContext(context.WithoutCancel(ctx), "DROP VIEW IF EXISTS temp.main."+t)
		}
	}()
	return onConn(ctx, conn, DuckDB, fn)
}

func onConn(ctx context.Context, conn *sql.Conn, e Engine, fn func(*Tx) error) error {
	t, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer func() { _ = t.Rollback() }()
	if err := fn(&Tx{Tx: t, Engine: e}); err != nil {
		return err
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

func stageTables(ctx context.Context, conn *sql.Conn, catalog string) ([]string, error) {
	rows, err := conn.QueryContext(ctx, "SELECT table_name FROM duckdb_tables() WHERE database_name = $1 ORDER BY table_name", catalog)
	return Collect(rows, err, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err })
}

// copied carries the stage into PostgreSQL. The turn is taken as on DuckDB: two
// commits that overlap must see each other.
func (c *Conn) copied(ctx context.Context, file string, fn func(*Tx) error) error {
	c.turn.Lock()
	defer c.turn.Unlock()
	connector, err := duckdb.NewConnector("", nil)
	if err != nil {
		return fmt.Errorf("store: stage: %w", err)
	}
	lite := sql.OpenDB(connector)
	defer func() { _ = lite.Close() }()
	src, err := lite.Conn(ctx)
	if err != nil {
		return fmt.Errorf("store: stage: %w", err)
	}
	defer func() { _ = src.Close() }()
	if _, err := src.ExecContext(ctx, "ATTACH "+quote(file)+" AS stage (READ_ONLY)"); err != nil {
		return fmt.Errorf("store: stage %s: %w", filepath.Base(file), err)
	}
	tables, err := stageTables(ctx, src, "stage")
	if err != nil {
		return err
	}
	conn, err := c.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("store: stage: %w", err)
	}
	defer func() { _ = conn.Close() }()
	return onConn(ctx, conn, Postgres, func(tx *Tx) error {
		// One committer at a time across processes too.
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(7063, 1)"); err != nil {
			return fmt.Errorf("store: stage lock: %w", err)
		}
		for _, t := range tables {
			if err := copyTable(ctx, src, conn, tx, t); err != nil {
				return fmt.Errorf("store: stage table %s: %w", t, err)
			}
		}
		return fn(tx)
	})
}

// pgTypes maps what a stage file holds to what the temporary table is made of.
var pgTypes = map[string]string{
	"VARCHAR": "TEXT", "BIGINT": "BIGINT", "INTEGER": "BIGINT", "HUGEINT": "NUMERIC", "DOUBLE": "DOUBLE PRECISION", "BOOLEAN": "BOOLEAN",
	"UUID": "UUID", "DATE": "DATE", "TIMESTAMP": "TIMESTAMP", "JSON": "JSON", "DECIMAL(18,4)": "DECIMAL(18,4)",
}

func copyTable(ctx context.Context, src, dst *sql.Conn, tx *Tx, table string) error {
	rows, err := src.QueryContext(ctx, "SELECT column_name, data_type FROM duckdb_columns() WHERE database_name = 'stage' AND table_name = $1 ORDER BY column_index", table)
	cols, err := Collect(rows, err, func(r *sql.Rows) (c [2]string, err error) { err = r.Scan(&c[0], &c[1]); return c, err })
	if err != nil {
		return err
	}
	var names, defs, sel []string
	for _, c := range cols {
		t, ok := pgTypes[c[1]]
		if !ok {
			return fmt.Errorf("column %s has the type %s, which has no counterpart", c[0], c[1])
		}
		names, defs = append(names, c[0]), append(defs, c[0]+" "+t)
		switch c[1] {
		case "UUID", "JSON", "DECIMAL(18,4)", "HUGEINT":
			sel = append(sel, c[0]+"::VARCHAR")
		default:
			sel = append(sel, c[0])
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("CREATE TEMP TABLE %s (%s) ON COMMIT DROP", table, strings.Join(defs, ", "))); err != nil {
		return err
	}
	from, err := src.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM stage.main.%s", strings.Join(sel, ", "), table))
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	if err := dst.Raw(func(d any) error {
		_, err := d.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, names, &rowSource{rows: from, n: len(names)})
		return err
	}); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "ANALYZE "+table)
	return err
}

type rowSource struct {
	rows *sql.Rows
	n    int
}

func (s *rowSource) Next() bool { return s.rows.Next() }
func (s *rowSource) Err() error { return s.rows.Err() }
func (s *rowSource) Values() ([]any, error) {
	vals, ptrs := make([]any, s.n), make([]any, s.n)
	for i := range vals {
		ptrs[i] = &vals[i]
	}
	if err := s.rows.Scan(ptrs...); err != nil {
		return nil, err
	}
	for i, v := range vals {
		if t, ok := v.(string); ok && strings.IndexByte(t, 0) >= 0 {
			vals[i] = strings.ReplaceAll(t, "\x00", "") // PostgreSQL keeps no NUL in text
		}
	}
	return vals, nil
}
