package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/chanzipu/outfitter/internal/fault"
)

// MoveTo copies every table of an embedded installation into an empty,
// migrated PostgreSQL database, in one transaction. The vault and the key stay
// in the folder.
func MoveTo(ctx context.Context, db *DB, address string, tell func(done, total int64, what, zh string)) error {
	to, err := openPostgres(ctx, address)
	if err != nil {
		return err
	}
	defer func() { _ = to.Close() }()
	state, err := tablesOf(ctx, db.State)
	if err != nil {
		return err
	}
	facts, err := tablesOf(ctx, db.Facts)
	if err != nil {
		return err
	}
	conn, err := to.write.Conn(ctx)
	if err != nil {
		return fmt.Errorf("store: move: %w", err)
	}
	defer func() { _ = conn.Close() }()
	return onConn(ctx, conn, Postgres, func(tx *Tx) error {
		n, all := int64(0), int64(len(state)+len(facts))
		for _, part := range []struct {
			from   *Conn
			tables []string
		}{{db.State, state}, {db.Facts, facts}} {
			for _, t := range part.tables {
				tell(n, all, "moving "+t, "迁移 "+t)
				n++
				if err := moveTable(ctx, part.from, conn, tx, t); err != nil {
					return fmt.Errorf("store: move %s: %w", t, err)
				}
			}
		}
		return nil
	})
}

func tablesOf(ctx context.Context, c *Conn) ([]string, error) {
	q := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'migration_%' ORDER BY name"
	if c.Engine == DuckDB {
		q = "SELECT table_name FROM duckdb_tables() WHERE database_name = current_database() AND table_name NOT LIKE 'migration_%' ORDER BY table_name"
	}
	rows, err := c.Query(ctx, Text("store.tables", q))
	return Collect(rows, err, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err })
}

func moveTable(ctx context.Context, from *Conn, dst *sql.Conn, tx *Tx, table string) error {
	head, err := tx.QueryContext(ctx, "SELECT * FROM "+table+" LIMIT 1")
	if err != nil {
		return err
	}
	types, err := head.ColumnTypes()
	filled := head.Next()
	if cerr := head.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	seeded := table == "outbox_cursor" || strings.HasSuffix(table, "_head")
	if filled && !seeded {
		return fault.New(fault.ErrConflict, "move.filled",
			fmt.Sprintf("The database to move to is not empty: its table %s has rows. Name a new, empty database.", table),
			fmt.Sprintf("目标数据库非空：表 %s 已有数据。请指定一个新的空数据库。", table))
	}
	if filled { // an append-only table refuses the statement even when it is empty
		if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
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
		_, err := d.(*stdlib.Conn).Conn().CopyFrom(ctx, pgx.Identifier{table}, names, &rowSource{rows: rows, n: len(names)})
		return err
	})
}
