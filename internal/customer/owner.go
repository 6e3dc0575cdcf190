package customer

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/identity"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed owner.sql
var ownerFile string

//go:embed handover.sql
var handoverFile string

var (
	ownerQueries    = store.Load("customer.owner", ownerFile)
	sqlOwned        = ownerQueries.Get("owned")
	sqlCalled       = ownerQueries.Get("called")
	sqlLeft         = ownerQueries.Get("left")
	handoverQueries = store.Load("customer.handover", handoverFile)
	sqlHandAdd      = handoverQueries.Get("add")
	sqlHandItem     = handoverQueries.Get("add-item")
	sqlHandItems    = handoverQueries.Get("items")
	sqlHandList     = handoverQueries.Get("list")
	sqlHandGet      = handoverQueries.Get("get")
	sqlHandUndo     = handoverQueries.Get("undo")
)

// A Tenure is how long somebody looked after a customer, and what says so.
type Tenure struct {
	Staff, Name  string // entity; "" where a field names somebody unknown
	Since, Until time.Time
	Basis        string // a verb, or field
	Ref
}

// ownerAttrs are the attributes that sources name the owner in.
var ownerAttrs = []string{"owner", "account_manager", "负责人", "客户经理", "所属销售", "owner_name"}

// tenures orders who owned the customer, newest first, by the rule of the
// query "owned".
func (p *Page) tenures(ctx context.Context, db *store.DB, parts []part, names map[string]named) ([]Tenure, error) {
	var said []part
	main := slices.ContainsFunc(parts, func(r part) bool { return r.section == "owner" && r.a != "deal.assigned" })
	for _, r := range parts {
		if r.section == "owner" && !(main && r.a == "deal.assigned") {
			said = append(said, r)
		}
	}
	place := map[string]int{"account.handed": 0, "lead.assigned": 1, "account.created": 2, "deal.assigned": 3}
	slices.SortStableFunc(said, func(a, b part) int {
		if c := b.t1.Compare(a.t1); c != 0 {
			return c
		}
		return place[a.a] - place[b.a]
	})
	var out []Tenure
	until := time.Time{}
	for _, r := range said {
		n := names[r.b]
		t := Tenure{Staff: n.Entity, Name: n.Name, Since: r.t1, Until: until, Basis: r.a, Ref: r.ref}
		if k := len(out); k > 0 && out[k-1].Staff == t.Staff { // the same person again: since the earlier
			t.Until = out[k-1].Until
			out[k-1] = t
		} else {
			out = append(out, t)
		}
		until = t.Since
	}
	if len(out) > 0 || p.Kind != Account {
		return out, nil
	}
	return p.namedOwner(ctx, db)
}

// namedOwner reads the owner from a field, where no event tells.
func (p *Page) namedOwner(ctx context.Context, db *store.DB) ([]Tenure, error) {
	for _, name := range ownerAttrs {
		for _, f := range p.Fields {
			if f.Name != "attr:"+name {
				continue
			}
			rows, err := db.Facts.Query(ctx, sqlCalled, f.Value.Value)
			who, err := store.Collect(rows, err, func(r *sql.Rows) (n named, err error) { err = r.Scan(&n.Entity, &n.Name); return n, err })
			if err != nil {
				return nil, fmt.Errorf("customer: owner of %s: %w", p.ID, err)
			}
			t := Tenure{Name: f.Value.Value, Basis: "field", Ref: Ref{Batch: f.Value.Batch, Row: f.Value.Row}}
			who = slices.CompactFunc(who, func(a, b named) bool { return a.Entity == b.Entity })
			if len(who) == 1 {
				t.Staff, t.Name = who[0].Entity, who[0].Name
			}
			return []Tenure{t}, nil
		}
	}
	return nil, nil
}

// An Ownership is one account's owner.
type Ownership struct {
	Account, Staff string // entities
	Since          time.Time
	Basis          string
}

// Owned lists the accounts that a colleague (entity; "" = anybody) looks after now.
func Owned(ctx context.Context, db *store.DB, staff string) ([]Ownership, error) {
	rows, err := db.Facts.Query(ctx, sqlOwned, staff)
	return store.Collect(rows, err, func(r *sql.Rows) (o Ownership, err error) {
		var since sql.NullTime
		err = r.Scan(&o.Account, &o.Staff, &since, &o.Basis)
		o.Since = since.Time
		return o, err
	})
}

// A Handover moved customers from one colleague to another.
type Handover struct {
	ID, From, To     string // entities of staff
	N                int64
	Reason, Actor    string
	TS, Undone       time.Time // Undone zero = it stands
	UndoneBy         string
	Accounts         []string // on Get alone
	FromName, ToName string
}

// A NewHandover asks for one. Accounts empty = all that From looks after.
type NewHandover struct {
	From, To string
	Accounts []string
	Reason   string
	Actor    string
	DryRun   bool // count alone
}

// HandOver gives all customers of one colleague, or some of them, to another:
// in one step, as one account.handed per customer, so that it can be undone.
func HandOver(ctx context.Context, db *store.DB, n NewHandover) (Handover, error) {
	var h Handover
	from, err := colleague(ctx, db, n.From)
	if err != nil {
		return h, err
	}
	to, err := colleague(ctx, db, n.To)
	if err != nil {
		return h, err
	}
	if from.ID == to.ID {
		return h, fault.New(fault.ErrInvalid, "handover.same", "Both sides of the hand-over are the same colleague: choose another successor.", "交出人和接手人是同一位员工，请另选接手人。")
	}
	owned, err := Owned(ctx, db, string(from.ID))
	if err != nil {
		return h, err
	}
	var accounts []string
	for _, o := range owned {
		if len(n.Accounts) == 0 || slices.Contains(n.Accounts, o.Account) {
			accounts = append(accounts, o.Account)
		}
	}
	for _, a := range n.Accounts {
		if !slices.Contains(accounts, a) {
			return h, fault.New(fault.ErrConflict, "handover.not-theirs", fmt.Sprintf("Customer %s is not looked after by %s now. Reload and choose again.", a, from.Name), fmt.Sprintf("客户 %s 目前不归 %s 负责，请刷新后重选。", a, from.Name))
		}
	}
	h = Handover{ID: uuid.NewString(), From: string(from.ID), To: string(to.ID), N: int64(len(accounts)), Reason: n.Reason, Actor: n.Actor, TS: time.Now().UTC().Truncate(time.Microsecond), Accounts: accounts, FromName: from.Name, ToName: to.Name}
	if n.DryRun {
		h.ID = ""
		return h, nil
	}
	if len(accounts) == 0 {
		return h, fault.New(fault.ErrNotFound, "handover.none", fmt.Sprintf("%s looks after no customer: there is nothing to hand over.", from.Name), fmt.Sprintf("%s 名下没有客户，无需交接。", from.Name))
	}
	err = db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlHandAdd, h.ID, h.From, h.To, h.N, h.Reason, h.Actor, store.Time(h.TS)); err != nil {
			return err
		}
		for _, a := range accounts {
			if _, err := tx.Exec(ctx, sqlHandItem, h.ID, a); err != nil {
				return err
			}
		}
		if err := fact.Emit(ctx, tx, handed(accounts, h.TS, h.To, map[string]any{"from": h.From, "handover": h.ID, "reason": h.Reason, "actor": h.Actor}, h.ID)...); err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: n.Actor, Action: "customers.handed", Target: "handover:" + h.ID, Detail: map[string]any{"from": h.From, "to": h.To, "n": h.N, "reason": h.Reason}})
	})
	if err != nil {
		return h, fmt.Errorf("customer: handover from %s: %w", h.From, err)
	}
	return h, fact.Relay(ctx, db)
}

// handed are the events of one hand-over.
func handed(accounts []string, ts time.Time, to string, attrs map[string]any, id string) []fact.Event {
	body, err := json.Marshal(attrs)
	if err != nil {
		panic(err) // texts always marshal
	}
	out := make([]fact.Event, len(accounts))
	for i, a := range accounts {
		out[i] = fact.Event{Verb: "account.handed", TS: ts, Account: a, Staff: to, ObjectKind: "handover", ObjectKey: id, Attrs: string(body)}
	}
	return out
}

func colleague(ctx context.Context, db *store.DB, id string) (identity.Entity, error) {
	e, err := identity.Get(ctx, db, id)
	if err == nil && e.Kind != "staff" || errors.Is(err, fault.ErrNotFound) {
		return e, fault.New(fault.ErrNotFound, "staff.none", fmt.Sprintf("There is no colleague %q. Choose one from the list.", id), fmt.Sprintf("没有员工 %q，请从列表中选择。", id))
	}
	return e, err
}

// UndoHandover gives each customer back that still is with whom it was handed
// to; those handed on since then stay where they are. It returns how many went back.
func UndoHandover(ctx context.Context, db *store.DB, id, actor string) (Handover, error) {
	h, err := GetHandover(ctx, db, id)
	if err != nil {
		return h, err
	}
	now, err := Owned(ctx, db, h.To)
	if err != nil {
		return h, err
	}
	still := map[string]bool{}
	for _, o := range now {
		still[o.Account] = true
	}
	var back []string
	for _, a := range h.Accounts {
		of, err := identity.Of(ctx, db, a) // it may have been merged since
		if err != nil {
			return h, err
		}
		if still[string(of)] {
			back = append(back, string(of))
		}
	}
	ts := time.Now().UTC().Truncate(time.Microsecond)
	err = db.State.Tx(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, sqlHandUndo, id, store.Time(ts), actor)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.ErrConflict, "handover.undone", "This hand-over was undone already.", "这次交接已经撤销过。")
		}
		if err := fact.Emit(ctx, tx, handed(back, ts, h.From, map[string]any{"from": h.To, "undo": h.ID, "actor": actor}, h.ID)...); err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: actor, Action: "handover.undone", Target: "handover:" + id, Detail: map[string]any{"back": len(back), "of": h.N}})
	})
	if err != nil {
		return h, err
	}
	h.Undone, h.UndoneBy, h.Accounts = ts, actor, back
	return h, fact.Relay(ctx, db)
}

func scanHandover(r interface{ Scan(...any) error }) (h Handover, err error) {
	var ts, undone string
	if err = r.Scan(&h.ID, &h.From, &h.To, &h.N, &h.Reason, &h.Actor, &ts, &undone, &h.UndoneBy); err != nil {
		return h, err
	}
	if h.TS, err = store.ParseTime(ts); err != nil {
		return h, err
	}
	h.Undone, err = store.ParseTime(undone)
	return h, err
}

// GetHandover returns one hand-over with its accounts.
func GetHandover(ctx context.Context, db *store.DB, id string) (Handover, error) {
	h, err := scanHandover(db.State.QueryRow(ctx, sqlHandGet, id))
	if errors.Is(err, sql.ErrNoRows) {
		return h, fault.New(fault.ErrNotFound, "handover.missing", fmt.Sprintf("There is no hand-over %q.", id), fmt.Sprintf("没有交接记录 %q。", id))
	}
	if err != nil {
		return h, fmt.Errorf("customer: handover %s: %w", id, err)
	}
	rows, err := db.State.Query(ctx, sqlHandItems, id)
	if h.Accounts, err = store.Collect(rows, err, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err }); err != nil {
		return h, err
	}
	one := []Handover{h}
	err = nameHandovers(ctx, db, one)
	return one[0], err
}

// ListHandovers lists hand-overs, newest first, those before an instant.
func ListHandovers(ctx context.Context, db *store.DB, before time.Time, limit int) ([]Handover, error) {
	rows, err := db.State.Query(ctx, sqlHandList, store.Time(before), limit)
	out, err := store.Collect(rows, err, func(r *sql.Rows) (Handover, error) { return scanHandover(r) })
	if err != nil {
		return nil, err
	}
	return out, nameHandovers(ctx, db, out)
}

func nameHandovers(ctx context.Context, db *store.DB, all []Handover) error {
	var ids []string
	for _, h := range all {
		ids = append(ids, h.From, h.To)
	}
	names, err := Names(ctx, db, ids)
	for i := range all {
		all[i].FromName, all[i].ToName = names[all[i].From].Name, names[all[i].To].Name
	}
	return err
}

// LeftAt is when a colleague left; zero = has not.
func LeftAt(ctx context.Context, db *store.DB, staff string) (time.Time, error) {
	var t sql.NullTime
	err := db.Facts.QueryRow(ctx, sqlLeft, staff).Scan(&t)
	return t.Time, err
}
