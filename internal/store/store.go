// Package store is the only door to the databases and the vault.
//
// An installation is one folder, owned by one process at a time: state
// (SQLite), facts (DuckDB), vault, key. With a PostgreSQL address both stores
// live there and the folder keeps the vault and the key. A query is one text
// for the two engines of its store; no query joins the two stores.
//
// It owns no tables: the packages that do hand it their migrations and their
// named SQL.
package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gofrs/flock"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store/vault"
)

// Options say where an installation lives.
type Options struct {
	Dir      string // the folder; made if missing
	Database string // postgres://…; empty = DuckDB and SQLite in Dir
	Memory   string // DuckDB's memory limit; default "4GB"
	Threads  int    // DuckDB's threads; default all cores
}

// A DB is an open installation.
type DB struct {
	Dir   string
	Facts *Conn
	State *Conn
	Vault *vault.Vault
	Key   []byte // 32 bytes, the installation's; ids are keyed with it

	lock    *flock.Flock
	address string // of PostgreSQL; "" = embedded
}

// Open takes the folder's lock and opens both stores and the vault. It does
// not migrate: Migrate does, so that a caller may take a copy first.
func Open(ctx context.Context, o Options) (_ *DB, err error) {
	db := &DB{}
	defer func() {
		if err != nil {
			_ = db.Close()
		}
	}()
	if db.Dir, err = filepath.Abs(o.Dir); err != nil {
		return nil, fmt.Errorf("store: folder %q: %w", o.Dir, err)
	}
	if err := os.MkdirAll(db.Dir, 0o700); err != nil {
		return nil, DiskFault(db.Dir, err)
	}
	if err := db.takeLock(); err != nil {
		return nil, err
	}
	if db.Key, err = loadKey(filepath.Join(db.Dir, "key")); err != nil {
		return nil, err
	}
	if db.Vault, err = vault.Open(filepath.Join(db.Dir, "vault")); err != nil {
		return nil, DiskFault(db.Dir, err)
	}
	// What dead imports left behind goes: the folder is ours now.
	if err := os.RemoveAll(db.StageDir()); err != nil {
		return nil, DiskFault(db.Dir, err)
	}
	if err := os.MkdirAll(db.StageDir(), 0o700); err != nil {
		return nil, DiskFault(db.Dir, err)
	}
	if o.Database != "" {
		if db.State, err = openPostgres(ctx, o.Database); err != nil {
			return nil, err
		}
		db.Facts, db.address = db.State, o.Database
		return db, nil
	}
	if db.State, err = openSQLite(ctx, filepath.Join(db.Dir, "state.sqlite")); err != nil {
		return nil, err
	}
	if err := db.rewriteFacts(ctx); err != nil {
		return nil, err
	}
	db.Facts, err = openDuckDB(ctx, filepath.Join(db.Dir, "facts.duckdb"), db.StageDir(), o)
	return db, err
}

// StageDir is where the parser child leaves what a batch commit reads.
func (db *DB) StageDir() string { return filepath.Join(db.Dir, "stage") }

// Close gives up the connections, then the lock. A nil part is skipped.
func (db *DB) Close() error {
	var errs []error
	if db.Facts != nil && db.Facts != db.State {
		errs = append(errs, db.Facts.Close())
	}
	if db.State != nil {
		errs = append(errs, db.State.Close())
	}
	if db.Vault != nil {
		errs = append(errs, db.Vault.Close())
	}
	if db.lock != nil {
		errs = append(errs, db.lock.Unlock())
	}
	return errors.Join(errs...)
}

func (db *DB) takeLock() error {
	db.lock = flock.New(filepath.Join(db.Dir, "lock"), flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	ok, err := db.lock.TryLock()
	if err != nil {
		db.lock = nil
		return DiskFault(db.Dir, err)
	}
	if !ok {
		db.lock = nil
		return fault.New(fault.ErrConflict, "folder.locked",
			fmt.Sprintf("The folder %s is in use by another outfitter process. Stop it, or run this command while `outfitter serve` runs on the same folder so that it goes through the server.", db.Dir),
			fmt.Sprintf("文件夹 %s 正被另一个 outfitter 进程使用。请先停掉它；或者让 `outfitter serve` 在该文件夹上运行，命令会自动经由服务器执行。", db.Dir))
	}
	return nil
}

func loadKey(path string) ([]byte, error) {
	key, err := os.ReadFile(path)
	if err == nil {
		if len(key) != 32 {
			return nil, fault.New(fault.ErrConflict, "key.damaged",
				fmt.Sprintf("The key file %s is damaged (%d bytes, 32 expected). Restore it from a backup: without it no id can be recomputed.", path, len(key)),
				fmt.Sprintf("密钥文件 %s 已损坏（%d 字节，应为 32）。请从备份恢复：没有它，任何编号都无法重算。", path, len(key)))
		}
		return key, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, DiskFault(filepath.Dir(path), err)
	}
	key = make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, fmt.Errorf("store: key: %w", err)
	}
	if err := vault.WriteFile(path, key, 0o600); err != nil {
		return nil, DiskFault(filepath.Dir(path), err)
	}
	return key, nil
}

// DiskFault turns what the operating system says of the folder into a sentence
// for whoever started the program; other errors pass unchanged but for a prefix.
func DiskFault(dir string, err error) error {
	switch {
	case errors.Is(err, fs.ErrPermission) || vault.ReadOnly(err):
		return fault.New(fault.ErrDenied, "folder.read-only",
			fmt.Sprintf("The folder %s can't be written. Give this user the right to write there, or choose another with --data.", dir),
			fmt.Sprintf("文件夹 %s 不可写。请给当前用户写权限，或用 --data 指定别的文件夹。", dir))
	case vault.Full(err):
		return fault.New(fault.ErrConflict, "disk.full",
			fmt.Sprintf("The disk that holds %s is full. Free some space and try again: nothing was lost.", dir),
			fmt.Sprintf("%s 所在磁盘已满。请腾出空间后重试：没有丢失任何数据。", dir))
	}
	return fmt.Errorf("store: folder %s: %w", dir, err)
}
