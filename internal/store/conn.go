package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
)

// An Engine names what runs a store. Only DDL and the stage's transport may
// ask for it; queries never do.
type Engine string

// The engines.
const (
	DuckDB   Engine = "duckdb"
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// A Conn is one open store.
type Conn struct {
	Engine Engine

	write *sql.DB // SQLite: the single writing connection
	read  *sql.DB
	turn  sync.Mutex // one write transaction at a time where the engine wants it
}

// A Querier is what a Conn and a Tx share.
type Querier interface {
	Query(ctx context.Context, q SQL, args ...any) (*sql.Rows, error)
	QueryRow(ctx context.Context, q SQL, args ...any) *sql.Row
	Exec(ctx context.Context, q SQL, args ...any) (int64, error)
}

// Query runs a reading query outside any transaction.
func (c *Conn) Query(ctx context.Context, q SQL, args ...any) (*sql.Rows, error) {
	rows, err := c.read.QueryContext(ctx, q.Text, args...)
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", q.Name, err)
	}
	return rows, nil
}

// QueryRow runs a query for one row; its error comes with Scan.
func (c *Conn) QueryRow(ctx context.Context, q SQL, args ...any) *sql.Row {
	return c.read.QueryRowContext(ctx, q.Text, args...)
}

// Exec runs one statement in a transaction of its own and returns the number
// of rows it touched.
func (c *Conn) Exec(ctx context.Context, q SQL, args ...any) (n int64, err error) {
	err = c.Tx(ctx, func(tx *Tx) error {
		n, err = tx.Exec(ctx, q, args...)
		return err
	})
	return n, err
}

// Tx runs fn in one transaction and commits it if fn returns nil. On SQLite
// and DuckDB write transactions take turns: waiting beats a conflict error.
func (c *Conn) Tx(ctx context.Context, fn func(*Tx) error) (err error) {
	if c.Engine != Postgres {
		c.turn.Lock()
		defer c.turn.Unlock()
	}
	t, err := c.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer func() {
		if p := recover(); p != nil {
			_ = t.Rollback()
			panic(p)
		}
	}()
	tx := &Tx{Tx: t, Engine: c.Engine}
	if err := fn(tx); err != nil {
		return errors.Join(err, ignoreDone(t.Rollback()))
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("store: commit: %w", err)
	}
	return nil
}

// Snapshot runs fn in a reading transaction, so that all its queries see one state.
func (c *Conn) Snapshot(ctx context.Context, fn func(*Tx) error) error {
	t, err := c.read.BeginTx(ctx, &sql.TxOptions{Isolation: snapshotIsolation(c.Engine), ReadOnly: c.Engine == Postgres})
	if err != nil {
		return fmt.Errorf("store: begin: %w", err)
	}
	defer func() { _ = t.Rollback() }()
	return fn(&Tx{Tx: t, Engine: c.Engine})
}

func snapshotIsolation(e Engine) sql.IsolationLevel {
	if e == Postgres {
		return sql.LevelRepeatableRead
	}
	return sql.LevelDefault
}

// Raw gives the writing pool to the few that need a driver's own interface.
func (c *Conn) Raw() *sql.DB { return c.write }

// Close closes the pools.
func (c *Conn) Close() error {
	var errs []error
	if c.read != nil && c.read != c.write {
		errs = append(errs, c.read.Close())
	}
	if c.write != nil {
		errs = append(errs, c.write.Close())
	}
	return errors.Join(errs...)
}

// A Tx is a transaction that speaks named SQL.
type Tx struct {
	*sql.Tx
	Engine Engine
}

// Query runs a reading query in the transaction.
func (t *Tx) Query(ctx context.Context, q SQL, args ...any) (*sql.Rows, error) {
	rows, err := t.Tx.QueryContext(ctx, q.Text, args...)
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", q.Name, err)
	}
	return rows, nil
}

// QueryRow runs a query for one row in the transaction.
func (t *Tx) QueryRow(ctx context.Context, q SQL, args ...any) *sql.Row {
	return t.Tx.QueryRowContext(ctx, q.Text, args...)
}

// Exec runs one statement in the transaction.
func (t *Tx) Exec(ctx context.Context, q SQL, args ...any) (int64, error) {
	r, err := t.Tx.ExecContext(ctx, q.Text, args...)
	if err != nil {
		return 0, fmt.Errorf("store: %s: %w", q.Name, err)
	}
	n, err := r.RowsAffected()
	if err != nil {
		return 0, nil // DDL on some engines
	}
	return n, nil
}

// Collect scans every row with scan and closes them.
func Collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, fmt.Errorf("store: scan: %w", err)
		}
		out = append(out, v)
	}
	return out, rows.Err()
}

// One scans the single row of a query, and says not found where there is none.
func One(row *sql.Row, what string, dest ...any) error {
	err := row.Scan(dest...)
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", what, fault.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Time formats an instant as the state stores it: UTC text with microseconds,
// which sorts as it reads on every engine.
func Time(t time.Time) string { return t.UTC().Format(timeLayout) }

const timeLayout = "2006-01-02T15:04:05.000000Z"

// ParseTime reads what Time wrote; the empty text is the zero time.
func ParseTime(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	return time.Parse(timeLayout, s)
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}
