package identity_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/identity"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func quiet(int64, int64, string, string) {}

// firms are n companies, each in a CRM and in a ledger.
func firms(n int) (crm, ledger []fact.Party) {
	brands := []string{"华泰", "金坊", "远航", "鼎盛", "瑞木", "腾顺", "曦涌", "康湖", "卓园", "百涌", "星禾", "博创"}
	for i := range n {
		name := fmt.Sprintf("杭州%s%s科技有限公司", brands[i%len(brands)], string(rune('甲'+i/len(brands))))
		crm = append(crm, fact.Party{Source: "crm", Kind: "account", Namespace: "crm.account", Key: fmt.Sprintf("K%03d", i), Name: name, Phone: fmt.Sprintf("0571-8%07d", i*7919+1)})
		ledger = append(ledger, fact.Party{Source: "erp", Kind: "account", Namespace: "erp.customer", Key: fmt.Sprintf("C%03d", i), Name: name})
	}
	return crm, ledger
}

func run(t *testing.T, r *identity.Resolver) []identity.Run {
	t.Helper()
	runs, err := r.Run(t.Context(), "user:li", quiet, "account")
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

func TestRunJoinsWhatBelongsTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		crm, ledger := firms(12)
		a, b := add(t, db, crm...), add(t, db, ledger...)
		r := identity.NewResolver(db)
		got := run(t, r)[0]
		if got.Parties != 24 || got.Entities != 12 || got.Moved != 24 || got.Merged != 12 {
			t.Errorf("Run = %d parties, %d entities, %d moved, %d merged; want 24, 12, 24, 12", got.Parties, got.Entities, got.Moved, got.Merged)
		}
		view := resolved(t.Context(), t, db)
		for i := range a {
			if view[a[i]] != view[b[i]] {
				t.Errorf("%s is in two entities: %s, %s", crm[i].Name, view[a[i]], view[b[i]])
			}
		}
		// Again, by another process: nobody moves.
		if again := run(t, identity.NewResolver(db))[0]; again.Change != 0 || again.Moved != 0 {
			t.Errorf("the second Run moved %d in change %d, want nobody", again.Moved, again.Change)
		}
		if diff := cmp.Diff(view, resolved(t.Context(), t, db)); diff != "" {
			t.Errorf("resolved after the second run (-first +second):\n%s", diff)
		}
	})
}

// TestAnyHistory merges, splits, judges, undoes and runs at random. Each undo
// restores where the parties of its change were, to the row; the facts always
// say what the state says; what people decided is never broken by a run; and
// the outbox, carried again from its beginning, ends in the same table.
func TestAnyHistory(t *testing.T) {
	seeds, steps := []uint64{4, 10, 21}, 60
	if testing.Short() {
		seeds, steps = seeds[:1], 30
	}
	for _, seed := range seeds {
		storetest.Each(t, func(t *testing.T, db *store.DB) {
			crm, ledger := firms(6)
			add(t, db, crm...)
			add(t, db, ledger...)
			r := identity.NewResolver(db)
			run(t, r)
			h := &history{t: t, db: db, r: r, rng: rand.New(rand.NewPCG(seed, 11)), before: map[int64]map[string]string{}}
			for range steps {
				h.step()
				h.check()
			}
			h.replay()
			if h.undone < 3 || h.done < 8 {
				t.Errorf("only %d changes and %d undos came about: the test tried too little", h.done, h.undone)
			}
		})
	}
}

type history struct {
	t      *testing.T
	db     *store.DB
	r      *identity.Resolver
	rng    *rand.Rand
	before map[int64]map[string]string // what the table was before each change
	stack  []int64
	done   int
	undone int
}

// table is party_entity, row by row.
func (h *history) table() map[string]string {
	h.t.Helper()
	got, err := fact.Query(h.t.Context(), h.db, "SELECT party::TEXT, entity::TEXT, since::TEXT FROM party_entity")
	if err != nil {
		h.t.Fatal(err)
	}
	out := map[string]string{}
	for _, row := range got.Rows {
		if _, twice := out[row[0].(string)]; twice {
			h.t.Fatalf("party %v stands twice in party_entity", row[0])
		}
		out[row[0].(string)] = row[1].(string) + " " + row[2].(string)
	}
	return out
}

func (h *history) step() {
	h.t.Helper()
	before := h.table()
	view := resolved(h.t.Context(), h.t, h.db)
	parties := slices.Sorted(maps.Keys(view))
	entities := slices.Compact(slices.Sorted(maps.Values(view)))
	pick := func(of []string) string { return of[h.rng.IntN(len(of))] }
	var c identity.Change
	var err error
	ctx := h.t.Context()
	switch n := h.rng.IntN(10); {
	case n < 3:
		c, err = h.r.Merge(ctx, "user:li", "", identity.EntityID(pick(entities)), identity.EntityID(pick(entities)))
	case n < 5:
		e := pick(entities)
		var members []string
		for _, p := range parties {
			if view[p] == e {
				members = append(members, p)
			}
		}
		h.rng.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		c, err = h.r.Split(ctx, "user:li", "", identity.EntityID(e), members[:1+h.rng.IntN(len(members))]...)
	case n < 7:
		v := []identity.Verdict{identity.Same, identity.Different, identity.Unsure}[h.rng.IntN(3)]
		c, err = h.r.Judge(ctx, identity.Label{Pair: identity.PairOf(pick(parties), pick(parties)), Verdict: v, Actor: pick([]string{"user:li", "user:wang"})})
	case n < 9 && len(h.stack) > 0:
		last := h.stack[len(h.stack)-1]
		if h.rng.IntN(4) == 0 {
			last = h.stack[h.rng.IntN(len(h.stack))]
		}
		if c, err = h.r.Undo(ctx, "user:li", "", last); err == nil {
			h.undone++
			h.restored(last)
			h.stack = slices.DeleteFunc(h.stack, func(s int64) bool { return s == last })
			if h.rng.IntN(3) > 0 {
				c.Seq = 0 // else the undo may be undone
			}
		}
	default:
		run(h.t, []*identity.Resolver{h.r, identity.NewResolver(h.db)}[h.rng.IntN(2)])
	}
	if err != nil && !errors.Is(err, fault.ErrConflict) && !errors.Is(err, fault.ErrInvalid) {
		h.t.Fatal(err)
	}
	if err == nil && c.Seq != 0 {
		h.done++
		h.before[c.Seq] = before
		h.stack = append(h.stack, c.Seq)
	}
}

// restored checks that the parties of an undone change stand as before it.
func (h *history) restored(seq int64) {
	h.t.Helper()
	c, err := identity.GetChange(h.t.Context(), h.db, seq)
	if err != nil {
		h.t.Fatal(err)
	}
	now, want, got := h.table(), map[string]string{}, map[string]string{}
	for _, m := range c.Moves {
		if v, ok := h.before[seq][m.Party]; ok {
			want[m.Party] = v
		}
		if v, ok := now[m.Party]; ok {
			got[m.Party] = v
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		h.t.Errorf("after undoing change %d (%s) its parties (-before it +now):\n%s", seq, c.Act, diff)
	}
}

// check holds state, facts and judgements together.
func (h *history) check() {
	h.t.Helper()
	ctx := h.t.Context()
	rows, err := h.db.State.Query(ctx, store.Text("test", "SELECT party, entity FROM identity_member"))
	if err != nil {
		h.t.Fatal(err)
	}
	state := map[string]string{}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var p, e string
		if err := rows.Scan(&p, &e); err != nil {
			h.t.Fatal(err)
		}
		state[p] = e
	}
	view := resolved(ctx, h.t, h.db)
	for p, e := range view {
		want := p
		if s, ok := state[p]; ok {
			want = s
		}
		if e != want {
			h.t.Errorf("party %s: the facts say %s, the state %s", p, e, want)
		}
	}
	judged, err := identity.Judgements(ctx, h.db, "")
	if err != nil {
		h.t.Fatal(err)
	}
	said := map[identity.Pair]map[identity.Verdict]bool{}
	for _, j := range judged {
		if said[j.Pair] == nil {
			said[j.Pair] = map[identity.Verdict]bool{}
		}
		said[j.Pair][j.Verdict] = true
	}
	for p, v := range said {
		if v[identity.Same] && v[identity.Different] {
			continue // disputed
		}
		if together := view[p.A] == view[p.B]; v[identity.Same] && !together || v[identity.Different] && together {
			h.t.Errorf("%v is judged %v, and together is %t", p, v, together)
		}
	}
}

// replay carries the whole outbox again, into an empty table.
func (h *history) replay() {
	h.t.Helper()
	want := h.table()
	for _, q := range []string{"DELETE FROM party_entity", "UPDATE outbox_cursor SET seq = 0"} {
		if _, err := h.db.Facts.Exec(h.t.Context(), store.Text("test", q)); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := fact.Relay(h.t.Context(), h.db); err != nil {
		h.t.Fatal(err)
	}
	if diff := cmp.Diff(want, h.table()); diff != "" {
		h.t.Errorf("party_entity after a replay (-before +after):\n%s", diff)
	}
	if err := fact.Rebuild(h.t.Context(), h.db); err != nil {
		h.t.Fatal(err)
	}
	if diff := cmp.Diff(want, h.table()); diff != "" {
		h.t.Errorf("party_entity rebuilt from the state (-before +after):\n%s", diff)
	}
}
