package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite" // the state's driver

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store/vault"
)

func openSQLite(ctx context.Context, path string) (*Conn, error) {
	params := url.Values{}
	for _, p := range []string{"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)", "busy_timeout(10000)"} {
		params.Add("_pragma", p)
	}
	params.Set("_txlock", "immediate")
	write, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+params.Encode())
	if err != nil {
		return nil, fmt.Errorf("store: state %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	params.Set("_txlock", "deferred")
	params.Add("_pragma", "query_only(ON)")
	read, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+params.Encode())
	if err != nil {
		_ = write.Close()
		return nil, fmt.Errorf("store: state %s: %w", path, err)
	}
	read.SetMaxOpenConns(max(4, runtime.NumCPU()))
	c := &Conn{Engine: SQLite, write: write, read: read}
	if err := write.PingContext(ctx); err != nil {
		_ = c.Close()
		return nil, damaged(path, err)
	}
	return c, nil
}

// openDuckDB opens the facts and locks the connection down: no file but the
// stage, no extension, no setting can be reached from a query afterwards.
func openDuckDB(ctx context.Context, path, stage string, o Options) (*Conn, error) {
	memory, threads := o.Memory, o.Threads
	if memory == "" {
		memory = "4GB"
	}
	if threads == 0 {
		threads = runtime.NumCPU()
	}
	boot := []string{
		fmt.Sprintf("SET memory_limit = %s", quote(memory)),
		fmt.Sprintf("SET threads = %d", threads),
		fmt.Sprintf("SET temp_directory = %s", quote(path+".tmp")),
		"SET TimeZone = 'UTC'",
		"SET autoinstall_known_extensions = false",
		"SET autoload_known_extensions = false",
		"SET preserve_insertion_order = false",
		fmt.Sprintf("SET allowed_directories = [%s]", quote(stage)),
		"SET enable_external_access = false",
		"SET lock_configuration = true",
	}
	first := true
	connector, err := duckdb.NewConnector(path, func(exec driver.ExecerContext) error {
		if !first {
			return nil
		}
		for _, q := range boot {
			if _, err := exec.ExecContext(ctx, q, nil); err != nil {
				return fmt.Errorf("store: facts: %s: %w", q, err)
			}
		}
		first = false
		return nil
	})
	if err != nil {
		return nil, damaged(path, err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(64)
	db.SetMaxIdleConns(8)
	c := &Conn{Engine: DuckDB, write: db, read: db}
	if err := db.PingContext(ctx); err != nil {
		_ = c.Close()
		return nil, damaged(path, err)
	}
	return c, nil
}

func openPostgres(ctx context.Context, address string) (*Conn, error) {
	cfg, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, fault.New(fault.ErrInvalid, "database.address",
			"The address given with --database is not a PostgreSQL address: it should look like postgres://user:password@host:5432/name.",
			"--database 给出的不是 PostgreSQL 地址，应形如 postgres://用户:密码@主机:5432/库名。")
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	db := stdlib.OpenDB(*cfg)
	db.SetMaxOpenConns(32)
	db.SetMaxIdleConns(8)
	c := &Conn{Engine: Postgres, write: db, read: db}
	if err := db.PingContext(ctx); err != nil {
		_ = c.Close()
		return nil, fault.New(fault.ErrConflict, "database.unreachable",
			fmt.Sprintf("PostgreSQL at %s:%d can't be reached (%s). Check that it runs and that user, password and database are right.", cfg.Host, cfg.Port, oneLine(err)),
			fmt.Sprintf("无法连接 PostgreSQL %s:%d（%s）。请检查服务是否运行，用户、密码、库名是否正确。", cfg.Host, cfg.Port, oneLine(err)))
	}
	return c, nil
}

func damaged(path string, err error) error {
	if vault.NoRoom(path) { // SQLite calls it an I/O error
		err = errors.Join(syscall.ENOSPC, err)
	}
	if f := DiskFault(filepath.Dir(path), err); fault.Status(f) != 500 {
		return f
	}
	return fault.New(fault.ErrConflict, "file.damaged",
		fmt.Sprintf("The file %s can't be opened (%s). Restore the folder from a backup with `outfitter restore`.", path, oneLine(err)),
		fmt.Sprintf("文件 %s 打不开（%s）。请用 `outfitter restore` 从备份恢复。", path, oneLine(err)))
}

// quote makes a text literal; for settings, which take no parameters.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
