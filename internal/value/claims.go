package value

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"slices"
	"time"

	_ "embed"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/internal/value/sample"
)

//go:embed migration/*.sql
var migrations embed.FS

//go:embed value.sql
var file string

var (
	queries       = store.Load("value", file)
	sqlAddClaim   = queries.Get("add-claim")
	sqlWithdraw   = queries.Get("withdraw")
	sqlClaims     = queries.Get("claims")
	sqlAddVersion = queries.Get("add-version")
	sqlVersions   = queries.Get("versions")
	sqlSeal       = queries.Get("seal")
	sqlSign       = queries.Get("sign")
	sqlSigns      = queries.Get("signs")
	sqlAddResult  = queries.Get("add-result")
	sqlResults    = queries.Get("results")
)

func init() {
	sub, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err)
	}
	migrate.Add("value", sub)
}

// Code is the version of the program that goes into a seal; the command line sets it.
var Code = "dev"

// A New is a claim as somebody hands it in.
type New struct {
	Text  string // YAML or JSON
	Actor string
}

// Add keeps a claim, or a new version of it. The same wording twice is one
// version.
func Add(ctx context.Context, db *store.DB, n New) (Version, error) {
	c, err := claim.Parse([]byte(n.Text))
	if err != nil {
		return Version{}, err
	}
	if c, err = checked(c); err != nil {
		return Version{}, err
	}
	var v Version
	err = db.State.Tx(ctx, func(tx *store.Tx) error {
		v, err = add(ctx, tx, c, n)
		return err
	})
	return v, err
}

// checked fills in what the metric stands for and refuses words that the
// facts don't know.
func checked(c claim.Claim) (claim.Claim, error) {
	c, err := sample.Resolve(c)
	if err != nil {
		return c, err
	}
	verbs := slices.Concat(c.Outcome.Verbs, c.Outcome.Of, c.Population.Verbs, c.Exposure.Verbs)
	where := slices.Concat(c.Outcome.Where, c.Population.Where, c.Exposure.Where)
	if e := c.Population.Entry; e != nil {
		verbs, where = append(verbs, e.Verbs...), append(where, e.Where...)
	}
	if m := c.Money; m != nil {
		where = append(where, m.Where...)
		if m.Verb != "" {
			verbs = append(verbs, m.Verb)
		}
	}
	for _, verb := range verbs {
		if !sample.Known(verb) {
			return c, fault.New(fault.ErrInvalid, "claim.verb", fmt.Sprintf("There is no verb %q. The glossary lists them all.", verb), fmt.Sprintf("没有动作 %q。词汇表列出了全部动作。", verb))
		}
	}
	_, err = sample.Filters(where)
	return c, err
}

func add(ctx context.Context, tx *store.Tx, c claim.Claim, n New) (Version, error) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	v := Version{Claim: c, Number: 1, YAML: n.Text, Hash: hashOf(c, Code), Author: n.Actor, Created: now, Signs: []Sign{}}
	if _, err := tx.Exec(ctx, sqlAddClaim, c.ID, store.Time(now)); err != nil {
		return v, err
	}
	old, err := versions(ctx, tx, c.ID)
	if err != nil {
		return v, err
	}
	if len(old) > 0 {
		if string(old[0].Claim.Canonical()) == string(c.Canonical()) {
			return old[0], nil
		}
		v.Number = old[0].Number + 1
	}
	if _, err := tx.Exec(ctx, sqlAddVersion, c.ID, v.Number, string(c.Canonical()), v.YAML, v.Hash, v.Author, store.Time(now)); err != nil {
		return v, err
	}
	return v, access.Record(ctx, tx, access.Entry{Actor: n.Actor, Action: "claim.added", Target: target(c.ID, v.Number), Detail: map[string]any{"hash": v.Hash}})
}

func target(id string, number int) string { return fmt.Sprintf("claim:%s@%d", id, number) }

// hashOf is the hash of what is sealed: the claim and the program's version.
func hashOf(c claim.Claim, code string) string {
	b, err := json.Marshal([]json.RawMessage{c.Canonical(), mustJSON(code)})
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func mustJSON(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// versions are those of one claim, newest first; of all where id is empty.
func versions(ctx context.Context, q store.Querier, id string) ([]Version, error) {
	rows, err := q.Query(ctx, sqlVersions, id)
	out, err := store.Collect(rows, err, scanVersion)
	if err != nil {
		return nil, err
	}
	rows, err = q.Query(ctx, sqlSigns, id)
	type signed struct {
		claim  string
		number int
		Sign
	}
	signs, err := store.Collect(rows, err, func(r *sql.Rows) (s signed, err error) {
		var ts string
		if err = r.Scan(&s.claim, &s.number, &s.Role, &s.Actor, &s.Name, &s.Note, &s.Hash, &ts); err != nil {
			return s, err
		}
		s.TS, err = store.ParseTime(ts)
		return s, err
	})
	if err != nil {
		return nil, err
	}
	for i := range out {
		for _, s := range signs {
			if s.claim == out[i].Claim.ID && s.number == out[i].Number {
				out[i].Signs = append(out[i].Signs, s.Sign)
			}
		}
	}
	return out, nil
}

func scanVersion(r *sql.Rows) (v Version, err error) {
	var id, body, created, sealed string
	var s Seal
	var prereg int
	if err = r.Scan(&id, &v.Number, &body, &v.YAML, &v.Hash, &v.Author, &created, &sealed, &s.Actor, &s.Code, &s.Hash, &s.Audit, &prereg, &s.Seen); err != nil {
		return v, err
	}
	v.Signs = []Sign{}
	if err = json.Unmarshal([]byte(body), &v.Claim); err != nil {
		return v, fmt.Errorf("value: claim %s: %w", id, err)
	}
	if v.Created, err = store.ParseTime(created); err != nil || sealed == "" {
		return v, err
	}
	s.PreRegistered = prereg == 1
	s.TS, err = store.ParseTime(sealed)
	v.Seal = &s
	return v, err
}

// Versions lists a claim's versions, newest first.
func Versions(ctx context.Context, db *store.DB, id string) ([]Version, error) {
	out, err := versions(ctx, db.State, id)
	if err == nil && (len(out) == 0 || id == "") {
		return nil, missing(id)
	}
	return out, err
}

func missing(id string) error {
	return fault.New(fault.ErrNotFound, "claim.none", fmt.Sprintf("There is no claim %q.", id), fmt.Sprintf("没有论断 %q。", id))
}

// Get is a claim's newest version with its last result.
func Get(ctx context.Context, db *store.DB, id string) (Item, error) {
	all, err := list(ctx, db, id)
	if err == nil && (len(all) == 0 || id == "") {
		return Item{}, missing(id)
	}
	if err != nil {
		return Item{}, err
	}
	return all[0], nil
}

// List is every claim, in the order in which they came.
func List(ctx context.Context, db *store.DB) ([]Item, error) { return list(ctx, db, "") }

func list(ctx context.Context, db *store.DB, id string) (out []Item, err error) {
	err = db.State.Snapshot(ctx, func(tx *store.Tx) error {
		out, err = items(ctx, tx, id)
		return err
	})
	return out, err
}

func items(ctx context.Context, tx *store.Tx, id string) ([]Item, error) {
	rows, err := tx.Query(ctx, sqlClaims)
	type head struct{ id, withdrawn, why string }
	heads, err := store.Collect(rows, err, func(r *sql.Rows) (h head, err error) { err = r.Scan(&h.id, &h.withdrawn, &h.why); return h, err })
	if err != nil {
		return nil, err
	}
	all, err := versions(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	newest := map[string]Version{}
	for _, v := range all {
		if _, ok := newest[v.Claim.ID]; !ok {
			newest[v.Claim.ID] = v
		}
	}
	last, err := lastResults(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	var out []Item
	for _, h := range heads {
		v, ok := newest[h.id]
		if !ok {
			continue
		}
		it := Item{ID: h.id, Version: v, Why: h.why, State: Draft}
		if r, ok := last[h.id]; ok && r.Version == v.Number {
			it.Result = &r
		}
		switch {
		case h.withdrawn != "":
			it.State = Withdrawn
		case it.Result != nil && it.Result.Finding.Refusal != nil:
			it.State = Refused
		case it.Result != nil:
			it.State = Ran
		case v.Seal != nil:
			it.State = Sealed
		}
		out = append(out, it)
	}
	return out, nil
}

// Withdraw takes a claim out of the ledger's sums; it stays in its list, with
// the reason.
func Withdraw(ctx context.Context, db *store.DB, id, why, actor string) error {
	if _, err := Get(ctx, db, id); err != nil {
		return err
	}
	return db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlWithdraw, id, store.Time(time.Now()), why); err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: actor, Action: "claim.withdrawn", Target: "claim:" + id, Detail: map[string]any{"why": why}})
	})
}
