package access

import (
	"context"
	"crypto/sha256"
	"database/sql"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/sheet"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed audit.sql
var auditFile string

var (
	auditQueries   = store.Load("access", auditFile)
	sqlAdvance     = auditQueries.Get("advance")
	sqlSetHead     = auditQueries.Get("set-head")
	sqlGetHead     = auditQueries.Get("get-head")
	sqlAddEntry    = auditQueries.Get("add-entry")
	sqlListEntries = auditQueries.Get("list-entries")
	sqlWalkEntries = auditQueries.Get("walk-entries")
)

// An Entry is one thing that somebody did. Record fills Seq, TS and Hash.
type Entry struct {
	Seq    int64
	TS     time.Time
	Actor  string // user:li, token:crm, os:root, system
	Action string // noun.past: user.added
	Target string // user:li, batch:…
	Detail any    // becomes JSON; nil = {}
	Hash   string // SHA-256, hex
}

// Record adds an entry to the log, in the transaction of the change itself, so
// that neither stands without the other.
func Record(ctx context.Context, tx *store.Tx, e Entry) error {
	detail, err := json.Marshal(e.Detail)
	if err != nil {
		return fmt.Errorf("access: audit %s: %w", e.Action, err)
	}
	if e.Detail == nil {
		detail = []byte("{}")
	}
	var prev string
	if err := tx.QueryRow(ctx, sqlAdvance).Scan(&e.Seq, &prev); err != nil {
		return fmt.Errorf("access: audit head: %w", err)
	}
	ts := store.Time(time.Now())
	hash := chain(prev, e.Seq, ts, e.Actor, e.Action, e.Target, string(detail))
	if _, err := tx.Exec(ctx, sqlAddEntry, e.Seq, ts, e.Actor, e.Action, e.Target, string(detail), hash); err != nil {
		return fmt.Errorf("access: audit entry %d: %w", e.Seq, err)
	}
	_, err = tx.Exec(ctx, sqlSetHead, hash)
	return err
}

// Note records what changed nothing in the state, such as a reveal or an
// export, in a transaction of its own.
func Note(ctx context.Context, db *store.DB, e Entry) error {
	return db.State.Tx(ctx, func(tx *store.Tx) error { return Record(ctx, tx, e) })
}

// chain is the hash of an entry: SHA-256 over a JSON array of the previous
// entry's hash and the entry's own fields, so that no two entries share a text.
func chain(prev string, seq int64, ts, actor, action, target, detail string) string {
	b, err := json.Marshal([]any{prev, seq, ts, actor, action, target, detail})
	if err != nil {
		panic(err) // texts and a number always marshal
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// An AuditFilter picks entries; zero fields let all through.
type AuditFilter struct {
	Before       int64 // seq, excluded; 0 = from the newest
	Actor        string
	Action       string // exact, or a prefix that ends in a dot
	Since, Until time.Time
	Limit        int
}

// ListAudit lists entries, newest first. Detail is a json.RawMessage.
func ListAudit(ctx context.Context, db *store.DB, f AuditFilter) ([]Entry, error) {
	if f.Before == 0 {
		f.Before = math.MaxInt64
	}
	if f.Limit == 0 {
		f.Limit = 100
	}
	rows, err := db.State.Query(ctx, sqlListEntries, f.Before, f.Actor, f.Action, flag(strings.HasSuffix(f.Action, ".")),
		timeOrEmpty(f.Since), timeOrEmpty(f.Until), f.Limit)
	return store.Collect(rows, err, func(r *sql.Rows) (Entry, error) {
		e, ts, detail, err := scanEntry(r)
		if err != nil {
			return Entry{}, err
		}
		e.Detail = json.RawMessage(detail)
		e.TS, err = store.ParseTime(ts)
		return e, err
	})
}

func scanEntry(r *sql.Rows) (e Entry, ts, detail string, err error) {
	err = r.Scan(&e.Seq, &ts, &e.Actor, &e.Action, &e.Target, &detail, &e.Hash)
	return e, ts, detail, err
}

// ExportAudit writes the entries that the filter picks as CSV, newest first.
func ExportAudit(ctx context.Context, db *store.DB, f AuditFilter, w io.Writer) error {
	out, err := sheet.CSV(w)
	if err != nil {
		return err
	}
	if err := out.Row("seq", "ts", "actor", "action", "target", "detail", "hash"); err != nil {
		return err
	}
	f.Limit = 1000
	for {
		all, err := ListAudit(ctx, db, f)
		if err != nil {
			return err
		}
		for _, e := range all {
			detail, _ := e.Detail.(json.RawMessage)
			if err := out.Row(e.Seq, store.Time(e.TS), e.Actor, e.Action, e.Target, string(detail), e.Hash); err != nil {
				return err
			}
			f.Before = e.Seq
		}
		if len(all) < f.Limit {
			return out.Close()
		}
	}
}

// An AuditCheck is what VerifyAudit found.
type AuditCheck struct {
	OK       bool
	Checked  int64
	Head     string // hash of the newest entry; noted elsewhere, it shows a rewritten log
	BrokenAt int64  // first entry that does not follow from the one before it; 0 = none
}

// VerifyAudit recomputes the whole chain.
func VerifyAudit(ctx context.Context, db *store.DB) (c AuditCheck, err error) {
	err = db.State.Snapshot(ctx, func(tx *store.Tx) error {
		c, err = verifyAudit(ctx, tx)
		return err
	})
	return c, err
}

func verifyAudit(ctx context.Context, tx *store.Tx) (AuditCheck, error) {
	var c AuditCheck
	var seq int64
	if err := tx.QueryRow(ctx, sqlGetHead).Scan(&seq, &c.Head); err != nil {
		return c, fmt.Errorf("access: audit head: %w", err)
	}
	prev, err := walk(ctx, tx, &c)
	if err != nil {
		return c, err
	}
	if c.BrokenAt == 0 && (c.Checked != seq || prev != c.Head) {
		c.BrokenAt = c.Checked + 1
	}
	c.OK = c.BrokenAt == 0
	return c, nil
}

// walk follows the chain from its start to its end or its first break.
func walk(ctx context.Context, tx *store.Tx, c *AuditCheck) (prev string, err error) {
	for {
		rows, err := tx.Query(ctx, sqlWalkEntries, c.Checked)
		met, err := store.Collect(rows, err, func(r *sql.Rows) (int64, error) {
			e, ts, detail, err := scanEntry(r)
			if err != nil {
				return 0, err
			}
			want := chain(prev, c.Checked+1, ts, e.Actor, e.Action, e.Target, detail)
			if c.BrokenAt == 0 && (e.Seq != c.Checked+1 || e.Hash != want) {
				c.BrokenAt = c.Checked + 1
			}
			if c.BrokenAt == 0 {
				prev = e.Hash
				c.Checked++
			}
			return e.Seq, nil
		})
		if err != nil || len(met) == 0 || c.BrokenAt != 0 {
			return prev, err
		}
	}
}

// Head is the newest entry's number and hash: whoever notes it elsewhere can
// show later that nothing before it was rewritten.
func Head(ctx context.Context, q store.Querier) (seq int64, hash string, err error) {
	if err := q.QueryRow(ctx, sqlGetHead).Scan(&seq, &hash); err != nil {
		return 0, "", fmt.Errorf("access: audit head: %w", err)
	}
	return seq, hash, nil
}
