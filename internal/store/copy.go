package store

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// CopyFiles keeps the embedded databases under DIR/copies/name, so that a
// migration that goes wrong can be undone by hand. PostgreSQL is its owner's
// to back up. It is called while nothing writes.
func CopyFiles(db *DB, name string) error {
	if db.Facts.Engine == Postgres {
		return nil
	}
	to := filepath.Join(db.Dir, "copies", name)
	if err := os.MkdirAll(to, 0o700); err != nil {
		return DiskFault(db.Dir, err)
	}
	ctx := context.Background()
	if _, err := db.State.write.ExecContext(ctx, "VACUUM INTO "+quote(filepath.Join(to, "state.sqlite"))); err != nil {
		return fmt.Errorf("store: copy state: %w", err)
	}
	if _, err := db.Facts.write.ExecContext(ctx, "CHECKPOINT"); err != nil {
		return fmt.Errorf("store: copy facts: %w", err)
	}
	return copyFile(filepath.Join(db.Dir, "facts.duckdb"), filepath.Join(to, "facts.duckdb"))
}

func copyFile(from, to string) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("store: copy: %w", err)
	}
	defer func() { _ = src.Close() }()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("store: copy: %w", err)
	}
	if _, err = io.Copy(dst, src); err == nil {
		err = dst.Sync()
	}
	if cerr := dst.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("store: copy: %w", err)
	}
	return nil
}
