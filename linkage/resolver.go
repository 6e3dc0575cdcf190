package linkage

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/linkage/block"
	"github.com/chanzipu/outfitter/linkage/cluster"
)

// A Resolver places records one at a time among those it holds, with a
// trained model that stays as it is. Entities depend on the records alone, not
// on their order; ids of entities stay with most of their records. It is not
// safe for concurrent use.
type Resolver struct {
	e        *engine
	w        *weights
	bound    float64
	scorer   *scorer
	postings []*block.Postings
	sets     *cluster.Sets
	members  map[uint32][]uint32 // by root of sets; lone records have no entry
	keys     [][][]uint64        // by rule, of records added
	held     int                 // records taken over from the batch
	entity   []EntityID
	next     EntityID
	stamp    []uint32 // last call that saw a record as a candidate
	call     uint32
	apart    map[uint64]bool // judged pairs
	together map[uint64]bool
	dead     map[uint32]bool // records that were removed
}

// EntityID names an entity for as long as it exists.
type EntityID uint32

// A Resolution is what adding a record did.
type Resolution struct {
	Record     uint32     // the record's number
	Entity     EntityID   // where it belongs
	Candidates int        // records it was compared with
	Matches    []Edge     // those at or above the threshold, with the evidence
	Merged     []EntityID // entities that ceased, their records now elsewhere
	Split      []EntityID // entities that came to be out of others' records
}

// Resolver returns a resolver that holds all records of the result.
func (r *Result) Resolver() *Resolver {
	rv := r.newResolver(r.engine)
	rv.held = r.engine.rs.len()
	for i := range r.engine.rules {
		rv.postings = append(rv.postings, block.NewPostings(r.engine.keys[i]))
	}
	rv.sets = cluster.NewSets(rv.held)
	for _, ed := range r.Edges {
		if float64(ed.Weight) >= rv.bound && !rv.apart[pairKey(ed.A, ed.B)] {
			rv.sets.Join(ed.A, ed.B)
		}
	}
	for k := range rv.together {
		rv.sets.Join(uint32(k>>32), uint32(k))
	}
	size := make([]uint32, rv.held)
	for i := range size {
		size[rv.sets.Find(uint32(i))]++
	}
	for i := range uint32(rv.held) {
		if root := rv.sets.Find(i); size[root] > 1 {
			rv.members[root] = append(rv.members[root], i)
		}
	}
	for _, c := range r.Clusters {
		rv.entity = append(rv.entity, EntityID(c))
	}
	rv.next = EntityID(rv.held)
	rv.stamp = make([]uint32, rv.held)
	return rv
}

// EmptyResolver returns one with the result's model and frequencies and no records.
func (r *Result) EmptyResolver() *Resolver {
	e := *r.engine
	e.props = make([]*property, len(r.engine.props))
	for i, p := range r.engine.props {
		q := *p
		q.codes = nil
		e.props[i] = &q
	}
	rv := r.newResolver(&e)
	for range e.rules {
		rv.postings = append(rv.postings, block.NewPostings(nil))
	}
	rv.sets = cluster.NewSets(0)
	rv.apart, rv.together = nil, nil
	e.source = nil
	return rv
}

func (r *Result) newResolver(e *engine) *Resolver {
	return &Resolver{
		e: e, w: e.weigh(&r.Model), bound: Weight(r.Model.threshold()), scorer: newScorer(e),
		members: map[uint32][]uint32{}, keys: make([][][]uint64, len(e.rules)), apart: maps.Clone(r.apart), together: maps.Clone(r.together),
	}
}

// Columns are the columns whose values Add expects.
func (rv *Resolver) Columns() []string { return rv.e.rs.names }

// Len is the number of records held.
func (rv *Resolver) Len() int { return len(rv.entity) }

// Entity is the entity of a record.
func (rv *Resolver) Entity(record uint32) EntityID { return rv.entity[record] }

// Add places a record. source numbers the table it comes from, in the order
// given to Link; new sources follow.
func (rv *Resolver) Add(source uint16, values []string) (Resolution, error) {
	if len(values) != len(rv.e.rs.names) {
		return Resolution{}, fmt.Errorf("linkage: resolver: %d values for the columns %q", len(values), rv.e.rs.names)
	}
	rec := rv.encode(source, values)
	res := Resolution{Record: rec, Entity: rv.next}
	rv.entity[rec] = rv.next
	rv.next++
	for _, other := range rv.candidates(rec, values) {
		res.Candidates++
		if w := rv.weight(other, rec); w >= rv.bound {
			p, _ := rv.scorer.compare(other, rec)
			res.Matches = append(res.Matches, Edge{other, rec, float32(w), p})
		}
	}
	slices.SortFunc(res.Matches, func(a, b Edge) int { return int(int64(a.A) - int64(b.A)) })
	if len(res.Matches) == 0 {
		return res, nil
	}
	for _, m := range res.Matches {
		rv.join(m.A, m.B)
	}
	rv.regroup(rv.affected(rv.members[rv.sets.Find(rec)], &res), &res)
	res.Entity = rv.entity[rec]
	return res, nil
}

const regroupAll = 240 // records of a component that is refined whole when one joins

// affected narrows a large component, which would take long to refine, to the
// entities that the new record matches.
func (rv *Resolver) affected(recs []uint32, res *Resolution) []uint32 {
	if len(recs) <= regroupAll {
		return recs
	}
	touched := map[EntityID]bool{res.Entity: true}
	for _, m := range res.Matches {
		touched[rv.entity[m.A]] = true
	}
	var out []uint32
	for _, rec := range recs {
		if touched[rv.entity[rec]] {
			out = append(out, rec)
		}
	}
	return out
}

// encode appends a record's codes and keys, and returns its number.
func (rv *Resolver) encode(source uint16, values []string) uint32 {
	rec := rv.sets.Add()
	rv.entity = append(rv.entity, 0)
	rv.stamp = append(rv.stamp, 0)
	rv.e.source = append(rv.e.source, source)
	for i, p := range rv.e.props {
		p.codes = append(p.codes, p.Add(rv.joined(i, values)))
	}
	return rec
}

// candidates lists the records that share a key with a new one, and files it.
func (rv *Resolver) candidates(rec uint32, values []string) []uint32 {
	var out []uint32
	rv.call++
	take := func(list []uint32) {
		for _, other := range list {
			if rv.stamp[other] != rv.call && other != rec && !rv.dead[other] && (rv.e.set.Scope != ScopeAcross || rv.e.source[other] != rv.e.source[rec]) {
				rv.stamp[other] = rv.call
				out = append(out, other)
			}
		}
	}
	for r, rule := range rv.e.rules {
		keys := rv.ruleKeys(r, rule, rec, values)
		rv.keys[r] = append(rv.keys[r], keys)
		for _, k := range keys {
			first, added := rv.postings[r].Lookup(k)
			take(first)
			take(added)
			rv.postings[r].Add(k, rec)
			if len(first)+len(added) >= rv.e.set.maxBlock() {
				rv.widen(r, k, first, added)
			}
		}
	}
	return out
}

// widen marks a key that has become too common, as a batch run would have: from
// now on its records are found under narrower keys.
func (rv *Resolver) widen(r int, key uint64, first, added []uint32) {
	if rv.e.large[r] == nil {
		rv.e.large[r] = map[uint64]bool{}
	}
	rv.e.large[r][key] = true
	var buf []uint64
	for _, list := range [][]uint32{first, added} {
		for _, rec := range list {
			buf = rv.e.refine(buf[:0], key, rec)
			for _, k := range buf {
				rv.postings[r].Add(k, rec)
			}
		}
	}
}

func (rv *Resolver) ruleKeys(r int, rule block.Rule, rec uint32, values []string) []uint64 {
	keys := []uint64{0}
	for _, part := range rule.Parts {
		var next []uint64
		for _, v := range block.Values(part.Take, values[rv.e.rs.column(part.Column)]) {
			for _, k := range keys {
				if len(next) < maxKeys {
					next = append(next, block.Join(k, block.Hash(v)))
				}
			}
		}
		keys = next
	}
	var out []uint64
	for _, k := range keys {
		if rv.e.large[r][k] {
			out = rv.e.refine(out, k, rec)
		} else {
			out = append(out, k)
		}
	}
	out = slices.DeleteFunc(out, func(k uint64) bool { return rv.e.dropped[r][k] })
	slices.Sort(out)
	return slices.Compact(out)
}

func (rv *Resolver) weight(a, b uint32) float64 {
	if rv.apart[pairKey(a, b)] {
		return math.Inf(-1)
	}
	p, tf := rv.scorer.compare(a, b)
	return rv.w.of(rv.e, p) + float64(tf)
}

func (rv *Resolver) join(a, b uint32) {
	x, y := rv.sets.Find(a), rv.sets.Find(b)
	if x == y {
		return
	}
	mx, my := rv.membersOf(x), rv.membersOf(y)
	delete(rv.members, x)
	delete(rv.members, y)
	rv.sets.Join(x, y)
	all := slices.Concat(mx, my)
	slices.Sort(all)
	rv.members[rv.sets.Find(x)] = all
}

func (rv *Resolver) membersOf(root uint32) []uint32 {
	if m := rv.members[root]; m != nil {
		return m
	}
	return []uint32{root}
}

// regroup refines a component again and gives its groups their ids.
func (rv *Resolver) regroup(recs []uint32, res *Resolution) {
	groups := rv.scorer.refine(rv.component(recs), rv.w, rv.bound, true, rv.apart, rv.together)
	byGroup := map[uint32][]uint32{}
	var order []uint32
	for i, g := range groups {
		if byGroup[g] == nil {
			order = append(order, g)
		}
		byGroup[g] = append(byGroup[g], recs[i])
	}
	before := map[EntityID]int{}
	for _, rec := range recs {
		before[rv.entity[rec]]++
	}
	// Larger groups choose first; each takes the id that most of its records had.
	slices.SortStableFunc(order, func(a, b uint32) int { return len(byGroup[b]) - len(byGroup[a]) })
	taken := map[EntityID]bool{}
	for _, g := range order {
		id, ok := mostHeld(rv.entity, byGroup[g], taken)
		if !ok {
			id = rv.next
			rv.next++
			res.Split = append(res.Split, id)
		}
		taken[id] = true
		for _, rec := range byGroup[g] {
			rv.entity[rec] = id
		}
	}
	own := res.Entity
	for id := range before {
		if !taken[id] && id != own {
			res.Merged = append(res.Merged, id)
		}
	}
	slices.Sort(res.Merged)
}

// mostHeld is the id that most records have, the oldest of equals, among those not taken.
func mostHeld(entity []EntityID, recs []uint32, taken map[EntityID]bool) (EntityID, bool) {
	count := map[EntityID]int{}
	best, found := EntityID(0), false
	for _, rec := range recs {
		id := entity[rec]
		if taken[id] {
			continue
		}
		count[id]++
		if !found || count[id] > count[best] || count[id] == count[best] && id < best {
			best, found = id, true
		}
	}
	return best, found
}

// component gives refine what it needs: small components are scored whole, of
// larger ones the pairs that share a key.
func (rv *Resolver) component(recs []uint32) *component {
	c := &component{recs: recs}
	if len(recs) <= scoreAll {
		return c
	}
	for r := range rv.e.rules {
		under := map[uint64][]uint32{}
		for i, rec := range recs {
			for _, k := range rv.keysOf(r, rec) {
				for _, j := range under[k] {
					if rv.firstRule(r, recs[j], rec, k) && (rv.e.set.Scope != ScopeAcross || rv.e.source[recs[j]] != rv.e.source[rec]) {
						c.edges = append(c.edges, cluster.Edge{A: j, B: uint32(i), Weight: rv.weight(recs[j], rec)})
					}
				}
				under[k] = append(under[k], uint32(i))
			}
		}
	}
	// A judgement counts although no rule finds the pair.
	at := map[uint32]uint32{}
	for i, rec := range recs {
		at[rec] = uint32(i)
	}
	for _, judged := range []map[uint64]bool{rv.apart, rv.together} {
		for k := range judged {
			a, okA := at[uint32(k>>32)]
			b, okB := at[uint32(k)]
			if okA && okB {
				c.edges = append(c.edges, cluster.Edge{A: a, B: b}) // refine gives it its weight
			}
		}
	}
	return c
}

func (rv *Resolver) keysOf(r int, rec uint32) []uint64 {
	if int(rec) < rv.held {
		return rv.e.keys[r].Of(rec)
	}
	return rv.keys[r][int(rec)-rv.held]
}

// firstRule reports whether no earlier rule, and no lesser key, joins a pair.
func (rv *Resolver) firstRule(r int, a, b uint32, key uint64) bool {
	for q := range r {
		if _, ok := block.FirstShared(rv.keysOf(q, a), rv.keysOf(q, b)); ok {
			return false
		}
	}
	k, _ := block.FirstShared(rv.keysOf(r, a), rv.keysOf(r, b))
	return k == key
}

func pairKey(a, b uint32) uint64 {
	if a > b {
		a, b = b, a
	}
	return uint64(a)<<32 | uint64(b)
}
