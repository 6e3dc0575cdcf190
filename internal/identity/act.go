package identity

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

// maxPairs bounds what one merge or split may judge at once.
const maxPairs = 20000

// Merge makes one entity of several. It overrides what was judged between
// them, and binds every later run.
func (r *Resolver) Merge(ctx context.Context, actor, reason string, ids ...EntityID) (Change, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.change(ctx, func() (*draft, error) {
		kind, sides, err := r.sides(ctx, ids)
		if err != nil {
			return nil, err
		}
		keep := sides[0]
		d := &draft{Change: Change{Act: ActMerge, Kind: kind, Actor: actor, Reason: reason}}
		var all []string
		for _, s := range sides {
			all = append(all, s.parties...)
			if len(s.parties) > len(keep.parties) {
				keep = s
			}
		}
		inside := setOf(all)
		for _, j := range r.judged {
			if j.Verdict == Different && inside[j.A] && inside[j.B] {
				d.toggles = append(d.toggles, toggle{j.Seq, true, false})
			}
		}
		for _, p := range all {
			if p != all[0] {
				d.judgements = append(d.judgements, Judgement{Pair: PairOf(all[0], p), Verdict: Same, Actor: actor, Note: reason})
			}
			d.Moves = r.move(d.Moves, p, keep.id)
		}
		return d, r.impose(ctx, d)
	})
}

// A side is an entity about to be merged.
type side struct {
	id      EntityID
	parties []string
}

// sides checks that entities can be merged and lists their parties.
func (r *Resolver) sides(ctx context.Context, ids []EntityID) (kind string, out []side, err error) {
	seen := map[EntityID]bool{}
	for _, id := range ids {
		e, err := Get(ctx, r.db, string(id))
		if err != nil {
			return "", nil, err
		}
		if kind != "" && e.Kind != kind {
			return "", nil, fault.New(fault.ErrInvalid, "identity.kinds",
				fmt.Sprintf("A %s and a %s can't be merged: they are different kinds.", kind, e.Kind), fmt.Sprintf("%s与%s不是同一类，不能合并。", kindZH[kind], kindZH[e.Kind]))
		}
		kind = e.Kind
		own := r.entity(string(id))
		if !seen[own] {
			seen[own] = true
			out = append(out, side{own, r.parties(own)})
		}
	}
	if len(out) < 2 {
		return "", nil, fault.New(fault.ErrInvalid, "identity.merge-two", "Name at least two different entities to merge.", "请至少选择两个不同的实体来合并。")
	}
	n := 0
	for _, s := range out {
		n += len(s.parties)
	}
	if n > maxPairs {
		return "", nil, tooMany(n)
	}
	return kind, out, nil
}

func tooMany(n int) error {
	return fault.New(fault.ErrInvalid, "identity.many", fmt.Sprintf("That is too much for one step (%d): at most %d. Do it in parts.", n, maxPairs),
		fmt.Sprintf("一次处理过多（%d），最多 %d，请分几次进行。", n, maxPairs))
}

// Split takes parties out of an entity: they are a different one, and every
// later run keeps them so. What was judged across the cut no longer counts.
func (r *Resolver) Split(ctx context.Context, actor, reason string, id EntityID, parties ...string) (Change, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.change(ctx, func() (*draft, error) {
		e, err := Get(ctx, r.db, string(id))
		if err != nil {
			return nil, err
		}
		all := r.parties(r.entity(string(id)))
		out := setOf(parties)
		var rest, away []string
		for _, p := range all {
			if out[p] {
				away = append(away, p)
			} else {
				rest = append(rest, p)
			}
		}
		if len(away) != len(out) || len(away) == 0 || len(rest) == 0 {
			return nil, fault.New(fault.ErrInvalid, "identity.split-some",
				fmt.Sprintf("Name some, not all, of the entity's %d parties to split off.", len(all)), fmt.Sprintf("请从该实体的 %d 条身份记录中选出要拆出的一部分（不能是全部）。", len(all)))
		}
		if n := len(away) * len(rest); n > maxPairs {
			return nil, tooMany(n)
		}
		d := &draft{Change: Change{Act: ActSplit, Kind: e.Kind, Actor: actor, Reason: reason}}
		for _, j := range r.judged {
			if j.Verdict == Same && (out[j.A] != out[j.B]) {
				d.toggles = append(d.toggles, toggle{j.Seq, true, false})
			}
		}
		for _, a := range away {
			for _, b := range rest {
				d.judgements = append(d.judgements, Judgement{Pair: PairOf(a, b), Verdict: Different, Actor: actor, Note: reason})
			}
		}
		// Whoever has the founder keeps the id; a founder who is gone stays with the larger part.
		own := r.entity(string(id))
		keepers, leavers := rest, away
		if out[string(own)] || !slices.Contains(all, string(own)) && len(away) > len(rest) {
			keepers, leavers = away, rest
		}
		for _, p := range keepers {
			d.Moves = r.move(d.Moves, p, own)
		}
		for _, p := range leavers {
			d.Moves = r.move(d.Moves, p, EntityID(leavers[0]))
		}
		return d, r.impose(ctx, d)
	})
}

func setOf(all []string) map[string]bool {
	out := make(map[string]bool, len(all))
	for _, s := range all {
		out[s] = true
	}
	return out
}

// move appends that a party goes to an entity, unless it is there.
func (r *Resolver) move(moves []Move, party string, to EntityID) []Move {
	was, row := r.members[party]
	if row && was.entity == to {
		return moves
	}
	m := Move{Party: party, After: to}
	if row {
		m.Before = was.entity
		m.BeforeSince, _ = store.ParseTime(was.since)
	}
	return append(moves, m)
}

// after is the binding as a draft will leave it.
func (r *Resolver) after(d *draft) *binding {
	off, on := map[int64]bool{}, map[int64]bool{}
	for _, t := range d.toggles {
		off[t.judgement], on[t.judgement] = !t.after, t.after
	}
	all := slices.DeleteFunc(slices.Clone(r.judged), func(j Judgement) bool { return off[j.Seq] })
	return bind(append(all, d.judgements...))
}

// impose shows the kernel what a draft decides, where it holds the kind.
func (r *Resolver) impose(_ context.Context, d *draft) error {
	k := r.kinds[d.Kind]
	if k == nil {
		return nil
	}
	var pairs []Pair
	off := map[int64]bool{}
	for _, t := range d.toggles {
		off[t.judgement] = true
	}
	for _, j := range r.judged {
		if off[j.Seq] {
			pairs = append(pairs, j.Pair)
		}
	}
	for _, j := range d.judgements {
		pairs = append(pairs, j.Pair)
	}
	_, err := k.impose(pairs, r.after(d))
	return err
}

// Undo restores what was before a merge, split, judgement or undo: where its
// parties belonged and which judgements counted. It is refused where a later
// change moved one of them: that one comes first.
func (r *Resolver) Undo(ctx context.Context, actor, reason string, seq int64) (Change, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.change(ctx, func() (*draft, error) {
		c, err := GetChange(ctx, r.db, seq)
		if err != nil {
			return nil, err
		}
		if err := r.undoable(ctx, c); err != nil {
			return nil, err
		}
		d := &draft{Change: Change{Act: ActUndo, Kind: c.Kind, Actor: actor, Reason: reason, Undoes: seq}}
		for _, m := range c.Moves {
			d.Moves = append(d.Moves, Move{m.Party, m.After, m.AfterSince, m.Before, m.BeforeSince})
		}
		rows, err := r.db.State.Query(ctx, sqlSwitches, seq)
		toggles, err := store.Collect(rows, err, func(r *sql.Rows) (t toggle, err error) {
			var before, after int
			err = r.Scan(&t.judgement, &before, &after)
			t.before, t.after = after == 1, before == 1
			return t, err
		})
		if err != nil {
			return nil, err
		}
		d.toggles = toggles
		return d, r.imposeUndo(ctx, d)
	})
}

// imposeUndo checks that what counts after an undo agrees with where parties
// will belong, and shows the kernel.
func (r *Resolver) imposeUndo(ctx context.Context, d *draft) error {
	live := map[int64]Judgement{}
	for _, j := range r.judged {
		live[j.Seq] = j
	}
	var pairs []Pair
	for _, t := range d.toggles {
		j, err := scanJudgement(r.db.State.QueryRow(ctx, sqlJudgement, t.judgement))
		if err != nil {
			return fmt.Errorf("identity: judgement %d: %w", t.judgement, err)
		}
		pairs = append(pairs, j.Pair)
		if t.after {
			j.Active = true
			live[j.Seq] = j
		} else {
			delete(live, j.Seq)
		}
	}
	all := make([]Judgement, 0, len(live))
	for _, seq := range slices.Sorted(maps.Keys(live)) {
		all = append(all, live[seq])
	}
	b := bind(all)
	will := map[string]EntityID{}
	for _, m := range d.Moves {
		if will[m.Party] = m.After; m.After == "" {
			will[m.Party] = EntityID(m.Party)
		}
	}
	at := func(p string) EntityID {
		if e, ok := will[p]; ok {
			return e
		}
		return r.entity(p)
	}
	switched := map[Pair]bool{}
	for _, p := range pairs {
		switched[p] = true
	}
	for p, v := range b.verdict {
		if _, moved := will[p.A]; !moved && !switched[p] {
			if _, moved = will[p.B]; !moved {
				continue
			}
		}
		if (v == Same) != (at(p.A) == at(p.B)) {
			return r.laterOf(ctx, d.Undoes, p)
		}
	}
	k := r.kinds[d.Kind]
	if k == nil {
		return nil
	}
	_, err := k.impose(pairs, b)
	return err
}

// laterOf refuses an undo, naming the changes that moved or judged the pair since.
func (r *Resolver) laterOf(ctx context.Context, seq int64, pair Pair) error {
	var all []Change
	for _, p := range []string{pair.A, pair.B} {
		rows, err := r.db.State.Query(ctx, sqlLaterParty, seq, p)
		later, err := store.Collect(rows, err, func(r *sql.Rows) (Change, error) { return scanChange(r) })
		if err != nil {
			return err
		}
		all = append(all, later...)
	}
	for _, j := range r.judged {
		if j.Pair == pair && j.Change > seq {
			c, err := GetChange(ctx, r.db, j.Change)
			if err != nil {
				return err
			}
			all = append(all, c)
		}
	}
	return laterFault(all)
}

func laterFault(later []Change) error {
	slices.SortFunc(later, func(a, b Change) int { return int(b.Seq - a.Seq) })
	var names []string
	for _, l := range later {
		if name := fmt.Sprintf("%d (%s)", l.Seq, l.Act); l.Undone == 0 && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return fault.New(fault.ErrConflict, "identity.later",
		fmt.Sprintf("Later changes moved the same parties: %s. Undo those first, in this order.", strings.Join(names, ", ")),
		fmt.Sprintf("之后的变更又动过这些身份记录：%s。请先按此顺序撤销。", strings.Join(names, "、")))
}

func (r *Resolver) undoable(ctx context.Context, c Change) error {
	switch {
	case c.Act == ActRun:
		return fault.New(fault.ErrConflict, "identity.undo-run",
			"A run can't be undone: the next one would find the same. Split the entity, or judge the pair, and that stands.",
			"自动识别不能撤销：下次运行还会得到同样的结果。请拆分该实体或对这一对作出判断，人工决定会一直有效。")
	case c.Undone != 0:
		return fault.New(fault.ErrConflict, "identity.undone", fmt.Sprintf("Change %d was undone already, by change %d.", c.Seq, c.Undone), fmt.Sprintf("变更 %d 已被变更 %d 撤销。", c.Seq, c.Undone))
	}
	rows, err := r.db.State.Query(ctx, sqlLater, c.Seq)
	later, err := store.Collect(rows, err, func(r *sql.Rows) (Change, error) { return scanChange(r) })
	if err != nil {
		return err
	}
	rows, err = r.db.State.Query(ctx, sqlLaterSwitch, c.Seq)
	switched, err := store.Collect(rows, err, func(r *sql.Rows) (Change, error) { return scanChange(r) })
	if err != nil {
		return err
	}
	moved := slices.ContainsFunc(c.Moves, func(m Move) bool { return r.members[m.Party].entity != m.After })
	if !moved && len(switched) == 0 {
		return nil
	}
	return laterFault(append(later, switched...))
}

// A Label is what a reviewer says of a pair.
type Label struct {
	Pair
	Verdict Verdict
	Actor   string
	Blind   bool
	Note    string
	Settle  bool // it ends a dispute: others' judgements of the pair no longer count
}

// Judge keeps a judgement on two parties and lets it count at once: the same
// are joined, the different parted, as far as the evidence on their neighbours
// agrees. One who judges a pair again replaces what they said. It is refused
// where it contradicts what follows from other judgements.
func (r *Resolver) Judge(ctx context.Context, l Label) (Change, error) {
	l.Pair = PairOf(l.A, l.B)
	if l.Verdict != Same && l.Verdict != Different && l.Verdict != Unsure || l.A == l.B {
		return Change{}, fault.New(fault.ErrInvalid, "identity.verdict", "Judge two different parties as same, different or unsure.", "请对两条不同的身份记录作出判断：same（同一个）、different（不同）或 unsure（不确定）。")
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.change(ctx, func() (*draft, error) {
		a, err := partyKind(ctx, r.db, l.A)
		if err != nil {
			return nil, err
		}
		b, err := partyKind(ctx, r.db, l.B)
		if err != nil {
			return nil, err
		}
		if a != b {
			return nil, fault.New(fault.ErrInvalid, "identity.kinds", "The two are of different kinds and can't be the same.", "这两条不是同一类，不可能是同一个。")
		}
		d := &draft{Change: Change{Act: ActJudge, Kind: a, Actor: l.Actor, Reason: l.Note},
			judgements: []Judgement{{Pair: l.Pair, Verdict: l.Verdict, Actor: l.Actor, Blind: l.Blind, Note: l.Note}}}
		var others []Judgement
		for _, j := range r.judged {
			if j.Pair == l.Pair && (j.Actor == l.Actor || l.Settle) {
				d.toggles = append(d.toggles, toggle{j.Seq, true, false})
			} else {
				others = append(others, j)
			}
		}
		if v, why, known := bind(withoutPair(others, l.Pair)).inferred(l.Pair); known && l.Verdict != Unsure && v != l.Verdict {
			return nil, contradiction(v, why)
		}
		k, err := r.need(ctx, a)
		if err != nil {
			return nil, err
		}
		touched, err := k.impose([]Pair{l.Pair}, r.after(d))
		if err != nil {
			return nil, err
		}
		d.Moves = r.movesOf(k, touched)
		return d, nil
	})
}

func withoutPair(all []Judgement, p Pair) []Judgement {
	return slices.DeleteFunc(slices.Clone(all), func(j Judgement) bool { return j.Pair == p })
}

// partyKind is a party's kind, and says not found where it is not there.
func partyKind(ctx context.Context, db *store.DB, id string) (string, error) {
	if _, err := uuid.Parse(id); err != nil {
		return "", fault.New(fault.ErrNotFound, "party.none", fmt.Sprintf("There is no party %q.", id), fmt.Sprintf("没有身份记录 %q。", id))
	}
	p, err := fact.GetParty(ctx, db, id)
	return p.Kind, err
}
