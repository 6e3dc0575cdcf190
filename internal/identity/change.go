package identity

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed change.sql
var changeFile string

var (
	changeQueries  = store.Load("identity.change", changeFile)
	sqlHeads       = changeQueries.Get("heads")
	sqlAddChange   = changeQueries.Get("add-change")
	sqlSetUndone   = changeQueries.Get("set-undone")
	sqlAddMove     = changeQueries.Get("add-move")
	sqlSetMember   = changeQueries.Get("set-member")
	sqlDropMember  = changeQueries.Get("drop-member")
	sqlMembers     = changeQueries.Get("members")
	sqlGetChange   = changeQueries.Get("get-change")
	sqlMoves       = changeQueries.Get("moves")
	sqlLater       = changeQueries.Get("later")
	sqlSwitches    = changeQueries.Get("switches")
	sqlLaterParty  = changeQueries.Get("later-party")
	sqlLaterSwitch = changeQueries.Get("later-switch")
	sqlAddSwitch   = changeQueries.Get("add-switch")
	sqlHistory     = changeQueries.Get("history")
	sqlChanges     = changeQueries.Get("changes")
	sqlChangeLock  = store.Text("identity.lock", "LOCK TABLE identity_change IN EXCLUSIVE MODE")
)

// An Act is what kind of change it was.
type Act string

// The acts.
const (
	ActRun   Act = "run" // what linking found
	ActMerge Act = "merge"
	ActSplit Act = "split"
	ActJudge Act = "judge"
	ActUndo  Act = "undo"
)

// A Move is one party that went from one entity to another. An empty id: it
// had no row, and was its own.
type Move struct {
	Party       string    `json:"party"`
	Before      EntityID  `json:"before"`
	BeforeSince time.Time `json:"before_since"`
	After       EntityID  `json:"after"`
	AfterSince  time.Time `json:"after_since"`
}

// A Change is one entry of the history.
type Change struct {
	Seq      int64      `json:"seq"`
	Act      Act        `json:"act"`
	Kind     string     `json:"kind"` // account, person, staff
	TS       time.Time  `json:"ts"`
	Actor    string     `json:"actor"`
	Reason   string     `json:"reason"`
	Undoes   int64      `json:"undoes"`   // 0 = it is no undo
	Undone   int64      `json:"undone"`   // by that change; 0 = it stands
	Entities []EntityID `json:"entities"` // that lost or gained parties
	Moves    []Move     `json:"moves"`    // where asked for
}

// A place is where a party belongs.
type place struct {
	entity EntityID
	since  string
}

// A toggle switches a judgement on or off.
type toggle struct {
	judgement     int64
	before, after bool
}

// A draft is a change about to be written.
type draft struct {
	Change
	toggles    []toggle
	judgements []Judgement // new ones, switched on
}

// verb of the outbox rows that carry moves to the facts.
const verbResolved = "entity.resolved"

func init() {
	fact.Project(verbResolved, fact.Projection{Apply: project, Rebuild: rebuild})
}

// write puts a change into the state and its moves into the outbox, in one
// transaction. heads must be where the caller read them, or somebody else was
// quicker: errStale.
func write(ctx context.Context, db *store.DB, d *draft, at heads) (heads, error) {
	d.TS = time.Now().UTC().Truncate(time.Microsecond)
	err := db.State.Tx(ctx, func(tx *store.Tx) error {
		if tx.Engine == store.Postgres {
			if _, err := tx.Exec(ctx, sqlChangeLock); err != nil {
				return err
			}
		}
		now, err := readHeads(ctx, tx)
		if err != nil {
			return err
		}
		if now != at {
			return errStale
		}
		d.Seq, at.change = now.change+1, now.change+1
		if err := writeJudgements(ctx, tx, d, &at); err != nil {
			return err
		}
		return d.write(ctx, tx)
	})
	return at, err
}

var errStale = errors.New("identity: somebody else changed it meanwhile")

// heads are how far history and judgements are.
type heads struct{ change, judgement int64 }

func readHeads(ctx context.Context, q store.Querier) (h heads, err error) {
	err = q.QueryRow(ctx, sqlHeads).Scan(&h.change, &h.judgement)
	if err != nil {
		err = fmt.Errorf("identity: heads: %w", err)
	}
	return h, err
}

func (d *draft) write(ctx context.Context, tx *store.Tx) error {
	touched := map[EntityID]bool{}
	for i := range d.Moves {
		m := &d.Moves[i]
		if m.AfterSince.IsZero() && m.After != "" {
			m.AfterSince = d.TS
		}
		for _, e := range []EntityID{m.Before, m.After} {
			if e == "" {
				e = EntityID(m.Party)
			}
			touched[e] = true
		}
	}
	d.Entities = slices.Sorted(maps.Keys(touched))
	entities, err := json.Marshal(d.Entities)
	if err != nil {
		return fmt.Errorf("identity: change: %w", err)
	}
	if _, err := tx.Exec(ctx, sqlAddChange, d.Seq, string(d.Act), d.Kind, store.Time(d.TS), d.Actor, d.Reason, d.Undoes, string(entities)); err != nil {
		return err
	}
	for _, m := range d.Moves {
		if err := writeMove(ctx, tx, d.Seq, m); err != nil {
			return err
		}
	}
	for _, t := range d.toggles {
		if _, err := tx.Exec(ctx, sqlAddSwitch, d.Seq, t.judgement, flag(t.before), flag(t.after)); err != nil {
			return err
		}
	}
	if d.Undoes != 0 {
		if _, err := tx.Exec(ctx, sqlSetUndone, d.Undoes, d.Seq); err != nil {
			return err
		}
	}
	return emit(ctx, tx, d.TS, d.Moves)
}

func writeMove(ctx context.Context, tx *store.Tx, change int64, m Move) error {
	before, after := sinceText(m.Before, m.BeforeSince), sinceText(m.After, m.AfterSince)
	if _, err := tx.Exec(ctx, sqlAddMove, change, m.Party, string(m.Before), before, string(m.After), after); err != nil {
		return err
	}
	if m.After == "" {
		_, err := tx.Exec(ctx, sqlDropMember, m.Party)
		return err
	}
	_, err := tx.Exec(ctx, sqlSetMember, m.Party, string(m.After), after)
	return err
}

func sinceText(e EntityID, t time.Time) string {
	if e == "" {
		return ""
	}
	return store.Time(t)
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// emitMoves is how many moves one row of the outbox carries.
const emitMoves = 1000

// emit hands moves to the facts; they say where a party belongs now, so that
// carrying all rows in order always ends in the same table.
func emit(ctx context.Context, tx *store.Tx, ts time.Time, moves []Move) error {
	for part := range slices.Chunk(moves, emitMoves) {
		rows := make([][3]string, len(part))
		for i, m := range part {
			rows[i] = [3]string{m.Party, string(m.After), sinceText(m.After, m.AfterSince)}
		}
		body, err := json.Marshal(rows)
		if err != nil {
			return fmt.Errorf("identity: moves: %w", err)
		}
		if err := fact.Emit(ctx, tx, fact.Event{Verb: verbResolved, TS: ts, TSPrecision: "ms", Attrs: string(body)}); err != nil {
			return err
		}
	}
	return nil
}

func scanChange(r interface{ Scan(...any) error }) (c Change, err error) {
	var ts, entities string
	if err := r.Scan(&c.Seq, &c.Act, &c.Kind, &ts, &c.Actor, &c.Reason, &c.Undoes, &c.Undone, &entities); err != nil {
		return c, err
	}
	if c.TS, err = store.ParseTime(ts); err != nil {
		return c, fmt.Errorf("identity: change %d: %w", c.Seq, err)
	}
	return c, json.Unmarshal([]byte(entities), &c.Entities)
}

// GetChange returns one change with its moves.
func GetChange(ctx context.Context, db *store.DB, seq int64) (Change, error) {
	c, err := scanChange(db.State.QueryRow(ctx, sqlGetChange, seq))
	if errors.Is(err, sql.ErrNoRows) {
		return c, fault.New(fault.ErrNotFound, "identity.change-none", fmt.Sprintf("There is no change %d.", seq), fmt.Sprintf("没有编号为 %d 的变更。", seq))
	}
	if err != nil {
		return c, err
	}
	c.Moves, err = movesOf(ctx, db.State, seq)
	return c, err
}

func movesOf(ctx context.Context, q store.Querier, seq int64) ([]Move, error) {
	rows, err := q.Query(ctx, sqlMoves, seq)
	return store.Collect(rows, err, func(r *sql.Rows) (m Move, err error) {
		var before, after string
		if err := r.Scan(&m.Party, &m.Before, &before, &m.After, &after); err != nil {
			return m, err
		}
		if m.BeforeSince, err = store.ParseTime(before); err != nil {
			return m, err
		}
		m.AfterSince, err = store.ParseTime(after)
		return m, err
	})
}

// History lists the changes that moved parties into or out of an entity,
// newest first, below a seq (0 = from the newest), each with its moves.
func History(ctx context.Context, db *store.DB, id EntityID, below int64, limit int) ([]Change, error) {
	rows, err := db.State.Query(ctx, sqlHistory, string(id), orAll(below), limit)
	all, err := store.Collect(rows, err, func(r *sql.Rows) (Change, error) { return scanChange(r) })
	for i := range all {
		if err == nil && all[i].Act != ActRun {
			all[i].Moves, err = movesOf(ctx, db.State, all[i].Seq)
		}
	}
	return all, err
}

// Changes lists the whole history, newest first, of one act or all ("").
func Changes(ctx context.Context, db *store.DB, act Act, below int64, limit int) ([]Change, error) {
	rows, err := db.State.Query(ctx, sqlChanges, orAll(below), string(act), limit)
	return store.Collect(rows, err, func(r *sql.Rows) (Change, error) { return scanChange(r) })
}

func orAll(below int64) int64 {
	if below <= 0 {
		return math.MaxInt64
	}
	return below
}
