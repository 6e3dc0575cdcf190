package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/chanzipu/outfitter/internal/store/vault"
)

const rewriteMark = "rewrite"

// RewriteFacts has the next start write the facts' file anew: DuckDB leaves
// old values in the parts of its file that hold others too. On PostgreSQL it
// does nothing: its files are its owner's.
func RewriteFacts(db *DB) error {
	if db.Facts.Engine != DuckDB {
		return nil
	}
	if err := vault.WriteFile(filepath.Join(db.Vault.ErasedDir(), rewriteMark), nil, 0o600); err != nil {
		return DiskFault(db.Dir, err)
	}
	return nil
}

// rewriteFacts does what RewriteFacts asked for, before the file is opened. A
// crash leaves either the old file or the new one.
func (db *DB) rewriteFacts(ctx context.Context) error {
	mark := filepath.Join(db.Vault.ErasedDir(), rewriteMark)
	if _, err := os.Stat(mark); err != nil {
		return nil
	}
	from, to := filepath.Join(db.Dir, "facts.duckdb"), filepath.Join(db.StageDir(), "facts.duckdb")
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		return os.Remove(mark)
	}
	lite, err := sql.Open("duckdb", "")
	if err != nil {
		return fmt.Errorf("store: rewrite: %w", err)
	}
	lite.SetMaxOpenConns(1)
	for _, q := range []string{"SET temp_directory = " + quote(filepath.Join(db.StageDir(), "spill")), "SET memory_limit = '2GB'",
		"ATTACH " + quote(from) + " AS old", "ATTACH " + quote(to) + " AS new", "COPY FROM DATABASE old TO new", "CHECKPOINT old", "CHECKPOINT new", "DETACH old", "DETACH new"} {
		if _, err := lite.ExecContext(ctx, q); err != nil {
			return errors.Join(DiskFault(db.Dir, fmt.Errorf("rewrite: %w", err)), lite.Close())
		}
	}
	if err := lite.Close(); err != nil {
		return fmt.Errorf("store: rewrite: %w", err)
	}
	// What the old log held stands in both files.
	for _, do := range []func() error{func() error { return ignoreGone(os.Remove(from + ".wal")) }, func() error { return os.Rename(to, from) }, func() error { return os.Remove(mark) }} {
		if err := do(); err != nil {
			return DiskFault(db.Dir, err)
		}
	}
	return nil
}
