// Package storetest runs a test on the real engines.
//
// Embedded: DuckDB and SQLite in a temporary folder. PostgreSQL: the server
// that OUTFITTER_TEST_POSTGRES names, else one started on loopback from the
// machine's own binaries, once per test binary; where there is neither, that
// half is skipped, saying so.
package storetest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"database/sql"
	"net"
	"os/user"

	_ "github.com/jackc/pgx/v5/stdlib" // the "pgx" driver

	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
)

// Each runs f on every engine pair, each time on an empty, migrated installation.
func Each(t *testing.T, f func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) { f(t, Embedded(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// Embedded opens an empty installation on DuckDB and SQLite.
func Embedded(t testing.TB) *store.DB {
	t.Helper()
	return open(t, store.Options{Dir: t.TempDir(), Memory: "1GB"})
}

// Postgres opens an empty installation on PostgreSQL, or skips.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	return open(t, store.Options{Dir: t.TempDir(), Database: Database(t)})
}

func open(t testing.TB, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	})
	if err := migrate.Up(t.Context(), db, nil); err != nil {
		t.Fatal(err)
	}
	return db
}

var (
	once    sync.Once
	address string // of the server's maintenance database
	why     string
	counter atomic.Int64
	stop    = func() {}
)

// Database makes an empty database on the test server and returns its address.
func Database(t testing.TB) string {
	t.Helper()
	once.Do(start)
	if address == "" {
		t.Skip("PostgreSQL is left out: " + why)
	}
	name := fmt.Sprintf("outfitter_test_%d_%d", os.Getpid(), counter.Add(1))
	admin, err := sql.Open("pgx", address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close() }()
	if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		admin, err := sql.Open("pgx", address)
		if err != nil {
			return
		}
		defer func() { _ = admin.Close() }()
		_, _ = admin.ExecContext(context.Background(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	})
	return strings.Replace(address, "/postgres?", "/"+name+"?", 1)
}

// Main runs the tests of a package and stops the server that they started.
// Packages that use Each call it from TestMain.
func Main(m *testing.M) { os.Exit(Run(m)) }

// Run is Main for a TestMain that has more to do before it exits.
func Run(m *testing.M) int {
	defer func() { stop() }()
	return m.Run()
}

func start() {
	if a := os.Getenv("OUTFITTER_TEST_POSTGRES"); a != "" {
		address = a
		return
	}
	bin, err := binaries()
	if err != nil {
		why = err.Error()
		return
	}
	dir, err := os.MkdirTemp("", "outfitter-pg-")
	if err != nil {
		why = err.Error()
		return
	}
	if err := startServer(bin, dir); err != nil {
		why = err.Error()
		_ = os.RemoveAll(dir)
	}
}

// binaries finds initdb and postgres: on the path, or where Debian keeps them.
func binaries() (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1]), nil
	}
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p), nil
	}
	return "", fmt.Errorf("no initdb on this machine; install postgresql, or set OUTFITTER_TEST_POSTGRES to a server's address")
}

// startServer runs PostgreSQL on a free loopback port. As root it runs as the
// user postgres, because the server refuses root.
func startServer(bin, dir string) error {
	run := func(name string, args ...string) *exec.Cmd { return exec.Command(filepath.Join(bin, name), args...) }
	if os.Getuid() == 0 {
		u, err := user.Lookup("postgres")
		if err != nil {
			return fmt.Errorf("as root the server needs the user postgres: %w", err)
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		if err := os.Chown(dir, uid, gid); err != nil {
			return err
		}
		run = func(name string, args ...string) *exec.Cmd {
			return exec.Command("setpriv", append([]string{"--reuid=" + u.Uid, "--regid=" + u.Gid, "--clear-groups", filepath.Join(bin, name)}, args...)...)
		}
	}
	data := filepath.Join(dir, "data")
	if out, err := run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N").CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	cmd := run("postgres", "-D", data, "-p", strconv.Itoa(port), "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories="+dir, "-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=300")
	if err := cmd.Start(); err != nil {
		return err
	}
	stop = func() {
		_ = cmd.Process.Signal(os.Interrupt)
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	}
	a := fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", port)
	for range 200 {
		if ping(a) {
			address = a
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	stop()
	return fmt.Errorf("the server did not answer within 10 s")
}

func ping(a string) bool {
	db, err := sql.Open("pgx", a)
	if err != nil {
		return false
	}
	defer func() { _ = db.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return db.PingContext(ctx) == nil
}
