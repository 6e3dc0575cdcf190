// Package migrate brings a store forward, never back.
//
// A package that owns tables registers its numbered steps with Add when it
// loads: state_0001_users.sql for the state, facts_0001_events.sql for the
// facts, and `.pg.sql` beside one where PostgreSQL's DDL must differ (indexes).
// Each step runs in a transaction and is recorded with the hash of its text.
package migrate

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

// A step is one file of one package.
type step struct {
	store string // "state" or "facts"
	id    string // package/0001_users
	text  string
	pg    string // instead of text on PostgreSQL; empty = the same
	extra string // after text, on PostgreSQL alone (.pg.sql that starts with "-- also")
}

var steps []step

// Add registers the migrations of one package from an embedded folder. order
// places the package among the others: lower first. It panics on a badly named
// file, because a program with broken migrations must not start.
func Add(pkg string, files fs.FS) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil || len(names) == 0 {
		panic(fmt.Sprintf("migrate: %s has no migrations: %v", pkg, err))
	}
	for _, name := range names {
		if strings.HasSuffix(name, ".pg.sql") {
			continue
		}
		kind, rest, ok := strings.Cut(strings.TrimSuffix(name, ".sql"), "_")
		if !ok || (kind != "state" && kind != "facts") {
			panic(fmt.Sprintf("migrate: %s: %q should start with state_ or facts_", pkg, name))
		}
		s := step{store: kind, id: pkg + "/" + rest, text: mustRead(files, name)}
		if pg, err := fs.ReadFile(files, strings.TrimSuffix(name, ".sql")+".pg.sql"); err == nil {
			if strings.HasPrefix(string(pg), "-- also") {
				s.extra = string(pg)
			} else {
				s.pg = string(pg)
			}
		}
		steps = append(steps, s)
	}
}

func mustRead(files fs.FS, name string) string {
	b, err := fs.ReadFile(files, name)
	if err != nil {
		panic(fmt.Sprintf("migrate: %s: %v", name, err))
	}
	return string(b)
}

// An Applied is one step that a store has behind it.
type Applied struct {
	ID, Hash, TS string
}

// Up brings both stores to the newest version. before is called once, before
// the first step that an existing installation needs, so that a copy can be
// taken; nil = take none.
func Up(ctx context.Context, db *store.DB, before func() error) error {
	asked := false
	ask := func() error {
		if asked || before == nil {
			return nil
		}
		asked = true
		return before()
	}
	// Both are checked before either is touched: a newer folder stays as it is.
	parts := []struct {
		conn *store.Conn
		kind string
		done []Applied
	}{{conn: db.State, kind: "state"}, {conn: db.Facts, kind: "facts"}}
	used := false
	for i, p := range parts {
		done, err := known(ctx, p.conn, p.kind)
		if err != nil {
			return err
		}
		parts[i].done, used = done, used || len(done) > 0
	}
	if !used {
		before = nil
	}
	for _, p := range parts {
		if err := up(ctx, p.conn, p.kind, p.done, ask); err != nil {
			return err
		}
	}
	return nil
}

// known lists the steps that the store has behind it, and refuses one that
// this program doesn't know.
func known(ctx context.Context, c *store.Conn, kind string) ([]Applied, error) {
	if _, err := c.Exec(ctx, store.Text("migrate.table", "CREATE TABLE IF NOT EXISTS migration_"+kind+" (id TEXT PRIMARY KEY, hash TEXT NOT NULL, ts TEXT NOT NULL)")); err != nil {
		return nil, err
	}
	done, err := List(ctx, c, kind)
	if err != nil {
		return nil, err
	}
	for _, d := range done {
		if !slices.ContainsFunc(steps, func(s step) bool { return s.store == kind && s.id == d.ID }) {
			return nil, fault.New(fault.ErrConflict, "data.newer",
				fmt.Sprintf("This folder was used by a newer version of outfitter (its %s store has step %s). Install that version again, or restore an older backup.", kind, d.ID),
				fmt.Sprintf("此文件夹已被更新版本的 outfitter 使用过（%s 库含步骤 %s）。请安装该版本，或恢复更早的备份。", kind, d.ID))
		}
	}
	return done, nil
}

// sequence is the order in which a store's steps run.
func sequence(kind string) []step {
	todo := slices.DeleteFunc(slices.Clone(steps), func(s step) bool { return s.store != kind })
	slices.SortStableFunc(todo, func(a, b step) int {
		return strings.Compare(number(a.id)+a.id, number(b.id)+b.id)
	})
	return todo
}

func up(ctx context.Context, c *store.Conn, kind string, done []Applied, before func() error) error {
	for _, s := range sequence(kind) {
		if slices.ContainsFunc(done, func(d Applied) bool { return d.ID == s.id }) {
			continue
		}
		if err := before(); err != nil {
			return fmt.Errorf("migrate: copy before %s: %w", s.id, err)
		}
		if err := apply(ctx, c, s, "migration_"+kind); err != nil {
			return fmt.Errorf("migrate: %s: %w", s.id, err)
		}
	}
	return nil
}

func number(id string) string {
	_, n, _ := strings.Cut(id, "/")
	n, _, _ = strings.Cut(n, "_")
	return n
}

func apply(ctx context.Context, c *store.Conn, s step, table string) error {
	return c.Tx(ctx, func(tx *store.Tx) error {
		text := s.text
		if c.Engine == store.Postgres {
			if s.pg != "" {
				text = s.pg
			}
			text += "\n;" + s.extra
		}
		for _, q := range split(text) {
			if _, err := tx.Exec(ctx, store.Text("migrate."+s.id, q)); err != nil {
				return err
			}
		}
		sum := sha256.Sum256([]byte(s.text))
		_, err := tx.Exec(ctx, store.Text("migrate.record", "INSERT INTO "+table+" (id, hash, ts) VALUES ($1, $2, $3)"),
			s.id, hex.EncodeToString(sum[:]), store.Time(time.Now()))
		return err
	})
}

// split cuts a file at the semicolons that end a line.
func split(text string) []string {
	var out []string
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "--") {
			continue
		}
		b.WriteString(line)
		if strings.HasSuffix(strings.TrimSpace(line), ";") {
			out = appendStatement(out, b.String())
			b.Reset()
		}
	}
	return appendStatement(out, b.String())
}

func appendStatement(out []string, s string) []string {
	s = strings.TrimSuffix(strings.TrimSpace(s), ";")
	if s == "" {
		return out
	}
	return append(out, s)
}

// List returns the steps that a store has behind it.
func List(ctx context.Context, c *store.Conn, kind string) ([]Applied, error) {
	rows, err := c.Query(ctx, store.Text("migrate.list", "SELECT id, hash, ts FROM migration_"+kind+" ORDER BY id"))
	return store.Collect(rows, err, scanApplied)
}

func scanApplied(r *sql.Rows) (a Applied, err error) {
	err = r.Scan(&a.ID, &a.Hash, &a.TS)
	return a, err
}
