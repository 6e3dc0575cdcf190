package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/chanzipu/outfitter/internal/fault"
)

// MoveTo copies every table of an embedded installation into a migrated
// PostgreSQL database, in one transaction. The vault and the key stay in the
// folder. fresh is what Counts says of a new installation: a target table that
// holds more is somebody's data. The order follows the target's foreign keys.
func MoveTo(ctx context.Context, db *DB, address string, fresh map[string]int64, tell func(done, total int64, what, zh string)) error {
	to, err := openPostgres(ctx, address)
	if err != nil {
		return err
	}
	defer func() { _ = to.Close() }()
	from := map[string]*Conn{}
	for _, c := range []*Conn{db.State, db.Facts} {
		names, err := tablesOf(ctx, c)
		if err != nil {
			return err
		}
		for _, t := range names {
			from[t] = c
		}
	}
	conn, err := to.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("store: move: %w", err)
	}
	defer func() { _ = conn.Close() }()
	return onConn(ctx, conn, Postgres, func(tx *Tx) error {
		order, err := parentsFirst(ctx, tx, from)
		if err != nil {
			return err
		}
		if err := clear(ctx, tx, order, fresh); err != nil {
			return err
		}
		for i, t := range order {
			tell(int64(i), int64(len(order)), "moving "+t, "迁移 "+t)
			if err := moveTable(ctx, from[t], conn, tx, t); err != nil {
				return fmt.Errorf("store: move %s: %w", t, err)
			}
		}
		return triggers(ctx, tx, order, "ENABLE")
	})
}

// Counts says how many rows each table of an installation has.
func Counts(ctx context.Context, db *DB) (map[string]int64, error) {
	out := map[string]int64{}
	for _, c := range []*Conn{db.State, db.Facts} {
		names, err := tablesOf(ctx, c)
		if err != nil {
			return nil, err
		}
		for _, t := range names {
			var n int64
			if err := c.QueryRow(ctx, Text("store.count", "SELECT count(*) FROM "+t)).Scan(&n); err != nil {
				return nil, fmt.Errorf("store: count %s: %w", t, err)
			}
			out[t] = n
		}
	}
	return out, nil
}

func tablesOf(ctx context.Context, c *Conn) ([]string, error) {
	q := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'migration_%' ORDER BY name"
	switch c.Engine {
	case DuckDB:
		q = "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND NOT temporary AND table_name NOT LIKE 'migration_%' ORDER BY table_name"
	case Postgres:
		q = "SELECT tablename::TEXT FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE 'migration_%' ORDER BY tablename"
	}
	rows, err := c.Query(ctx, Text("store.tables", q))
	return Collect(rows, err, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err })
}

// parentsFirst orders the tables so that what a foreign key points at comes
// before what points at it. A table may point at itself: its key is checked
// when all its rows are there.
func parentsFirst(ctx context.Context, tx *Tx, from map[string]*Conn) ([]string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT c.relname::TEXT, p.relname::TEXT FROM pg_constraint k
		JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
		WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace ORDER BY 1, 2`)
	keys, err := Collect(rows, err, func(r *sql.Rows) (k [2]string, err error) { err = r.Scan(&k[0], &k[1]); return k, err })
	if err != nil {
		return nil, fmt.Errorf("store: move: foreign keys: %w", err)
	}
	parents := map[string][]string{}
	for _, k := range keys {
		parents[k[0]] = append(parents[k[0]], k[1])
	}
	var order []string
	met := map[string]bool{}
	var visit func(t string)
	visit = func(t string) {
		if met[t] || from[t] == nil {
			return
		}
		met[t] = true
		for _, p := range parents[t] {
			visit(p)
		}
		order = append(order, t)
	}
	names := make([]string, 0, len(from))
	for t := range from {
		names = append(names, t)
	}
	slices.Sort(names)
	for _, t := range names {
		visit(t)
	}
	return order, nil
}

// clear takes out what migrations put into a new database, children first, and
// leaves the tables' triggers off: they keep append-only what is copied here.
func clear(ctx context.Context, tx *Tx, order []string, fresh map[string]int64) error {
	var filled []string
	for _, t := range slices.Backward(order) {
		var n int64
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM "+t).Scan(&n); err != nil {
			return fmt.Errorf("store: move: %s: %w", t, err)
		}
		if n > fresh[t] {
			return fault.New(fault.ErrConflict, "move.filled",
				fmt.Sprintf("The database to move to is not empty: its table %s has rows. Name a new, empty database.", t),
				fmt.Sprintf("目标数据库非空：表 %s 已有数据。请指定一个新的空数据库。", t))
		}
		if n > 0 {
			filled = append(filled, t)
		}
	}
	if err := triggers(ctx, tx, order, "DISABLE"); err != nil {
		return err
	}
	for _, t := range filled {
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+t); err != nil {
			return fmt.Errorf("store: move: %s: %w", t, err)
		}
	}
	return nil
}

func triggers(ctx context.Context, tx *Tx, tables []string, what string) error {
	if _, err := tx.ExecContext(ctx, "SET CONSTRAINTS ALL IMMEDIATE"); err != nil {
		return fmt.Errorf("store: move: %w", err)
	}
	for _, t := range tables {
		if _, err := tx.ExecContext(ctx, "ALTER TABLE "+t+" "+what+" TRIGGER USER"); err != nil {
			return fmt.Errorf("store: move: %s: %w", t, err)
		}
	}
	return nil
}

func moveTable(ctx context.Context, from *Conn, dst *sql.Conn, tx *Tx, table string) error {
	head, err := tx.QueryContext(ctx, "SELECT * FROM "+table+" LIMIT 0")
	if err != nil {
		return err
	}
	types, err := head.ColumnTypes()
	if cerr := head.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	var names, sel []string
	for _, t := range types {
		names = append(names, t.Name())
		switch {
		case from.Engine == DuckDB && (t.DatabaseTypeName() == "UUID" || t.DatabaseTypeName() == "JSON" || t.DatabaseTypeName() == "NUMERIC"):
			sel = append(sel, t.Name()+"::VARCHAR")
		default:
			sel = append(sel, t.Name())
		}
	}
	rows, err := from.Query(ctx, Text("store.move", fmt.Sprintf("SELECT %s FROM %s", strings.Join(sel, ", "), table)))
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	return dst.Raw(func(d any) error {
		_, err := d.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, names, &movedRows{rowSource{rows: rows, n: len(names)}, types})
		return err
	})
}

// movedRows gives SQLite's values the types that PostgreSQL's columns have: a
// flag is a number there, and a text may come as bytes.
type movedRows struct {
	rowSource
	types []*sql.ColumnType
}

func (m *movedRows) Values() ([]any, error) {
	vals, err := m.rowSource.Values()
	if err != nil {
		return nil, err
	}
	for i, v := range vals {
		switch kind := m.types[i].DatabaseTypeName(); v := v.(type) {
		case int64:
			if kind == "BOOL" {
				vals[i] = v != 0
			}
		case []byte:
			if kind != "BYTEA" {
				vals[i] = string(v)
			}
		}
	}
	return vals, nil
}
