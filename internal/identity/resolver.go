package identity

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/linkage"
)

//go:embed party.sql
var partyFile string

var (
	partyQueries = store.Load("identity.party", partyFile)
	sqlStamp     = partyQueries.Get("stamp")
	sqlAll       = partyQueries.Get("all")
	sqlTouched   = partyQueries.Get("touched")
)

// A Resolver holds all parties ready to be compared, and places new ones
// within milliseconds. One per process is enough; several, here or on other
// machines, see one another's changes through the state.
type Resolver struct {
	db *store.DB

	mu      sync.Mutex
	at      heads // of the state, as held
	loaded  bool
	members map[string]place
	of      map[EntityID]map[string]bool // parties with a row, vanished ones too
	bound   *binding
	judged  []Judgement
	kinds   map[string]*linked
	seen    stamp
}

// A stamp tells whether batches came or went.
type stamp struct {
	batches, seq, loaded int64
	last                 string
	parties              int64
}

// linked is one kind of parties in the kernel.
type linked struct {
	kind    string
	rv      *linkage.Resolver
	result  *linkage.Result
	record  map[string]uint32   // of a party that is there
	party   []string            // by record; "" = taken away
	sum     map[string]uint64   // of a party's values
	keys    map[string][]string // parties by namespace and key
	alias   map[string][]string // parties by the other name that their source gives them
	named   map[string][]string // and by their own
	sources map[string]uint16
	trained int // parties that the model was learned on
}

// NewResolver makes a resolver; it reads nothing before it is used.
func NewResolver(db *store.DB) *Resolver { return &Resolver{db: db} }

// refresh reads the state where somebody else has changed it.
func (r *Resolver) refresh(ctx context.Context) error {
	at, err := readHeads(ctx, r.db.State)
	if err != nil {
		return err
	}
	if r.loaded && at == r.at {
		return nil
	}
	members, err := readMembers(ctx, r.db)
	if err != nil {
		return err
	}
	judged, err := Judgements(ctx, r.db, "")
	if err != nil {
		return err
	}
	foreign := r.loaded
	r.members, r.of, r.judged, r.bound = members, map[EntityID]map[string]bool{}, judged, bind(judged)
	for p, m := range members {
		r.join(p, m.entity)
	}
	r.at, r.loaded = at, true
	if foreign || r.kinds == nil {
		r.kinds = map[string]*linked{}
	}
	return nil
}

func readMembers(ctx context.Context, db *store.DB) (map[string]place, error) {
	rows, err := db.State.Query(ctx, sqlMembers)
	out := map[string]place{}
	_, err = store.Collect(rows, err, func(rows *sql.Rows) (_ struct{}, err error) {
		var party string
		var p place
		err = rows.Scan(&party, &p.entity, &p.since)
		out[party] = p
		return struct{}{}, err
	})
	return out, err
}

func (r *Resolver) join(party string, e EntityID) {
	if r.of[e] == nil {
		r.of[e] = map[string]bool{}
	}
	r.of[e][party] = true
}

// entity is where a party belongs.
func (r *Resolver) entity(party string) EntityID {
	if m, ok := r.members[party]; ok {
		return m.entity
	}
	return EntityID(party)
}

// parties of an entity, vanished ones too, ascending.
func (r *Resolver) parties(e EntityID) []string {
	if all := r.of[e]; len(all) > 0 {
		return sortedKeys(all)
	}
	return []string{string(e)}
}

func readStamp(ctx context.Context, db *store.DB) (s stamp, err error) {
	err = db.Facts.QueryRow(ctx, sqlStamp).Scan(&s.batches, &s.seq, &s.loaded, &s.last, &s.parties)
	if err != nil {
		err = fmt.Errorf("identity: batches: %w", err)
	}
	return s, err
}

// build compares all parties of a kind anew, judgements respected, and holds
// the outcome. It writes nothing.
func (r *Resolver) build(ctx context.Context, kind string, tell Tell) (*linked, error) {
	parties, err := partiesOf(ctx, r.db, sqlAll, kind)
	if err != nil {
		return nil, err
	}
	k := &linked{kind: kind, record: map[string]uint32{}, sum: map[string]uint64{}, keys: map[string][]string{}, alias: map[string][]string{}, named: map[string][]string{}, sources: map[string]uint16{}, trained: len(parties)}
	if len(parties) < 2 {
		k.trained = 0
		for _, p := range parties {
			k.sum[p.ID] = sumOf(p, valuesOfParty(p))
		}
		r.kinds[kind] = k
		return k, nil
	}
	set, err := settingsFor(ctx, r.db, kind, len(parties))
	if err != nil {
		return nil, err
	}
	tables, err := k.tables(parties)
	if err != nil {
		return nil, err
	}
	k.result, err = linkage.Link(ctx, tables, &set, linkage.Options{Seed: 1, Labels: k.labels(parties, r.bound), Now: time.Now,
		Progress: func(p linkage.Progress) {
			tell(int64(p.Done), int64(p.All), "comparing "+kind+" records", "比对"+kindZH[kind]+"记录")
		}})
	if err != nil {
		return nil, fmt.Errorf("identity: %s: %w", kind, err)
	}
	k.rv = k.result.Resolver()
	r.kinds[kind] = k
	return k, nil
}

var kindZH = map[string]string{"account": "客户", "person": "个人", "staff": "员工"}

// Tell reports progress.
type Tell func(done, total int64, what, whatZh string)

func partiesOf(ctx context.Context, db *store.DB, q store.SQL, args ...any) ([]fact.Party, error) {
	rows, err := db.Facts.Query(ctx, q, args...)
	return store.Collect(rows, err, func(rows *sql.Rows) (fact.Party, error) { return fact.ScanParty(rows) })
}

// tables puts parties into the kernel's tables, one for each source, and
// numbers the records.
func (k *linked) tables(parties []fact.Party) ([]*linkage.Table, error) {
	var out []*linkage.Table
	var table *linkage.Table
	for _, p := range parties { // ordered by source
		if table == nil || table.Source != p.Source {
			var err error
			if table, err = linkage.NewTable(p.Source, columns); err != nil {
				return nil, err
			}
			k.sources[p.Source] = uint16(len(out))
			out = append(out, table)
		}
		v := valuesOfParty(p)
		if err := table.Append(p.ID, v); err != nil {
			return nil, err
		}
		k.file(p, v, uint32(len(k.party)))
	}
	return out, nil
}

// file notes a record of a party.
func (k *linked) file(p fact.Party, values []string, rec uint32) {
	k.party = append(k.party, p.ID)
	k.record[p.ID], k.sum[p.ID] = rec, sumOf(p, values)
	note := func(in map[string][]string, key string) {
		if !slices.Contains(in[key], p.ID) {
			in[key] = append(in[key], p.ID)
		}
	}
	note(k.keys, p.Namespace+"\x1f"+p.Key)
	if k.kind != "account" {
		return
	}
	if a := alias(p.Attrs); a != "" {
		note(k.alias, a)
	}
	if p.Name != "" {
		note(k.named, p.Name)
	}
}

// known pairs parties that need no comparing: those with one key in one code
// list, and those that go by the name which a source gives one company alone
// beside its registered one.
func (k *linked) known(yield func(Pair)) {
	for _, ids := range k.keys {
		for _, id := range ids[min(1, len(ids)):] {
			yield(PairOf(ids[0], id))
		}
	}
	for a := range k.alias {
		k.goesBy(a, yield)
	}
}

func (k *linked) goesBy(name string, yield func(Pair)) {
	if of := k.alias[name]; len(of) == 1 {
		for _, id := range k.named[name] {
			if id != of[0] {
				yield(PairOf(of[0], id))
			}
		}
	}
}

// labels are what binds the parties: judgements, and what is known by itself.
func (k *linked) labels(parties []fact.Party, b *binding) []linkage.Label {
	source := make(map[string]string, len(parties))
	for _, p := range parties {
		source[p.ID] = p.Source
	}
	var out []linkage.Label
	add := func(p Pair, match bool) {
		if source[p.A] != "" && source[p.B] != "" {
			out = append(out, linkage.Label{SourceA: source[p.A], A: p.A, SourceB: source[p.B], B: p.B, Match: match})
		}
	}
	for p, v := range b.verdict {
		add(p, v == Same)
	}
	k.known(func(p Pair) {
		if _, judged := b.verdict[p]; judged {
			return
		}
		if v, _, known := b.inferred(p); !known || v == Same {
			add(p, true)
		}
	})
	slices.SortFunc(out, func(x, y linkage.Label) int {
		if x.A != y.A {
			return cmpString(x.A, y.A)
		}
		return cmpString(x.B, y.B)
	})
	return slices.Compact(out)
}

// sumOf tells whether a party changed in what it is compared on.
func sumOf(p fact.Party, values []string) uint64 {
	h := fnv.New64a()
	for _, v := range append([]string{p.Source, p.Namespace, p.Key}, values...) {
		_, _ = h.Write([]byte(v))
		_, _ = h.Write([]byte{0x1f})
	}
	return h.Sum64()
}

// groups are the entities that linking found, by party, for the records given
// or (nil) all.
func (k *linked) groups(touched map[uint32]bool) [][]string {
	by := map[linkage.EntityID][]string{}
	if touched == nil {
		for rec, party := range k.party {
			if party != "" {
				by[k.rv.Entity(uint32(rec))] = append(by[k.rv.Entity(uint32(rec))], party)
			}
		}
	} else {
		done := map[uint32]bool{}
		for rec := range touched {
			for _, m := range k.rv.Component(rec) {
				if !done[m] && k.party[m] != "" {
					done[m] = true
					by[k.rv.Entity(m)] = append(by[k.rv.Entity(m)], k.party[m])
				}
			}
		}
	}
	out := make([][]string, 0, len(by))
	for _, g := range by {
		slices.Sort(g)
		out = append(out, g)
	}
	slices.SortFunc(out, func(a, b []string) int { return cmpString(a[0], b[0]) })
	return out
}

func cmpString(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// settle gives groups of parties that are there their entities, and returns
// who has to move. A group keeps the id that most of its parties have, if the
// party that the id was founded on is among them or is not there any more.
func (r *Resolver) settle(groups [][]string, there func(party string) bool) []Move {
	taken := map[EntityID]bool{}
	ids := make([]EntityID, len(groups))
	order := make([]int, len(groups))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(groups[b]) - len(groups[a]) })
	for _, i := range order {
		ids[i] = r.keep(groups[i], taken, there)
		taken[ids[i]] = true
	}
	var moves []Move
	for i, g := range groups {
		for _, p := range g {
			was, row := r.members[p]
			if r.entity(p) == ids[i] && (row || len(g) == 1) {
				continue
			}
			m := Move{Party: p, After: ids[i]}
			if row {
				m.Before = was.entity
				m.BeforeSince, _ = store.ParseTime(was.since)
			}
			moves = append(moves, m)
		}
	}
	slices.SortFunc(moves, func(a, b Move) int { return cmpString(a.Party, b.Party) })
	return moves
}

func (r *Resolver) keep(group []string, taken map[EntityID]bool, there func(string) bool) EntityID {
	count := map[EntityID]int{}
	for _, p := range group {
		count[r.entity(p)]++
	}
	best, most := EntityID(group[0]), 0
	for _, id := range sortedIDs(count) {
		founder := string(id)
		own := slices.Contains(group, founder)
		if !taken[id] && (own || !there(founder)) && count[id] > most {
			best, most = id, count[id]
		}
	}
	return best
}

func sortedIDs[V any](m map[EntityID]V) []EntityID { return slices.Sorted(maps.Keys(m)) }

// commit writes a draft and holds what it did.
func (r *Resolver) commit(ctx context.Context, d *draft) error {
	at, err := write(ctx, r.db, d, r.at)
	if err != nil {
		return err
	}
	r.at = at
	for _, m := range d.Moves {
		if was, ok := r.members[m.Party]; ok {
			delete(r.of[was.entity], m.Party)
			if len(r.of[was.entity]) == 0 {
				delete(r.of, was.entity)
			}
		}
		if m.After == "" {
			delete(r.members, m.Party)
			continue
		}
		r.members[m.Party] = place{m.After, store.Time(m.AfterSince)}
		r.join(m.Party, m.After)
	}
	if len(d.toggles) > 0 {
		if r.judged, err = Judgements(ctx, r.db, ""); err != nil {
			r.loaded = false
			return err
		}
		r.bound = bind(r.judged)
	}
	return fact.Relay(ctx, r.db)
}

// attempts is how often a change is worked out again when another process was quicker.
const attempts = 5

// change works out a draft on what the state says now and writes it; where
// somebody else was quicker it begins again.
func (r *Resolver) change(ctx context.Context, work func() (*draft, error)) (Change, error) {
	for range attempts {
		if err := r.refresh(ctx); err != nil {
			return Change{}, err
		}
		d, err := work()
		if err != nil {
			return Change{}, err
		}
		if d == nil {
			return Change{}, nil
		}
		err = r.commit(ctx, d)
		if err == nil {
			return d.Change, nil
		}
		r.loaded, r.kinds = false, nil // the kernel was shown what did not come to pass
		if !errors.Is(err, errStale) {
			return Change{}, err
		}
	}
	return Change{}, fault.New(fault.ErrConflict, "identity.busy", "Somebody else is changing entities right now. Try again in a moment.", "其他人正在修改实体，请稍后再试。")
}

// need returns a kind ready to be compared with, built if it is not.
func (r *Resolver) need(ctx context.Context, kind string) (*linked, error) {
	if k := r.kinds[kind]; k != nil {
		return k, nil
	}
	return r.build(ctx, kind, func(int64, int64, string, string) {})
}

// impose brings the kernel in step with what binds pairs, and returns the
// records that it may have moved.
func (k *linked) impose(pairs []Pair, b *binding) (map[uint32]bool, error) {
	touched := map[uint32]bool{}
	if k.rv == nil {
		return touched, nil
	}
	for _, p := range pairs {
		x, okA := k.record[p.A]
		y, okB := k.record[p.B]
		if !okA || !okB {
			continue
		}
		if err := k.rv.Judge(x, y, b.verdictOf(p)); err != nil {
			return nil, err
		}
		touched[x], touched[y] = true, true
	}
	return touched, nil
}
