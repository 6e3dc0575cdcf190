package linkage

import (
	"fmt"
	"slices"
)

// A Verdict is what somebody decided about a pair of records.
type Verdict int

// The verdicts; Open takes an earlier one back.
const (
	Open Verdict = iota
	Same
	Different
)

// Judge makes a verdict on two records hold from now on and groups the records
// around them anew.
func (rv *Resolver) Judge(a, b uint32, v Verdict) error {
	if n := uint32(rv.Len()); a >= n || b >= n || a == b || rv.dead[a] || rv.dead[b] {
		return fmt.Errorf("linkage: judge: records %d and %d: two different ones that are there are needed", a, b)
	}
	if rv.apart == nil {
		rv.apart = map[uint64]bool{}
	}
	if rv.together == nil {
		rv.together = map[uint64]bool{}
	}
	k := pairKey(a, b)
	delete(rv.apart, k)
	delete(rv.together, k)
	switch v {
	case Same:
		rv.together[k] = true
		rv.join(a, b)
	case Different:
		rv.apart[k] = true
	}
	for _, rec := range []uint32{a, b} {
		rv.renew(rec)
	}
	return nil
}

// Remove takes a record away: it is nobody's candidate any more, and what it
// alone held together falls apart. Its number is not used again.
func (rv *Resolver) Remove(rec uint32) {
	if rv.dead[rec] {
		return
	}
	if rv.dead == nil {
		rv.dead = map[uint32]bool{}
	}
	rv.dead[rec] = true
	for _, judged := range []map[uint64]bool{rv.apart, rv.together} {
		for k := range judged {
			if uint32(k>>32) == rec || uint32(k) == rec {
				delete(judged, k)
			}
		}
	}
	root := rv.sets.Find(rec)
	rest := slices.DeleteFunc(slices.Clone(rv.membersOf(root)), func(m uint32) bool { return m == rec })
	rv.members[root] = rest
	if len(rest) > 0 {
		rv.renew(rest[0])
	}
}

// renew groups a record's component again.
func (rv *Resolver) renew(rec uint32) {
	recs := rv.Component(rec)
	if len(recs) < 2 {
		return
	}
	res := Resolution{Record: rec, Entity: rv.entity[rec]}
	rv.regroup(recs, &res)
}

// Component lists the records that are connected with one by matches, itself
// among them, ascending. Entities are parts of components. A component only
// grows: what connected it may be gone. The result is not to be changed.
func (rv *Resolver) Component(rec uint32) []uint32 { return rv.membersOf(rv.sets.Find(rec)) }

// Find compares a record that is not kept with those held, and returns the
// edges at or above a weight, the strongest first; A is the record found.
func (rv *Resolver) Find(source uint16, values []string, least float64) ([]Edge, error) {
	if len(values) != len(rv.e.rs.names) {
		return nil, fmt.Errorf("linkage: resolver: %d values for the columns %q", len(values), rv.e.rs.names)
	}
	rec := uint32(len(rv.entity))
	rv.e.source = append(rv.e.source, source)
	for i, p := range rv.e.props {
		p.codes = append(p.codes, p.Add(rv.joined(i, values)))
	}
	defer func() {
		rv.e.source = rv.e.source[:rec]
		for _, p := range rv.e.props {
			p.codes = p.codes[:rec]
		}
	}()
	var out []Edge
	seen := map[uint32]bool{}
	for r, rule := range rv.e.rules {
		for _, k := range rv.ruleKeys(r, rule, rec, values) {
			first, added := rv.postings[r].Lookup(k)
			for _, list := range [][]uint32{first, added} {
				for _, other := range list {
					if seen[other] || rv.dead[other] {
						continue
					}
					seen[other] = true
					p, tf := rv.scorer.compare(other, rec)
					if w := rv.w.of(rv.e, p) + float64(tf); w >= least {
						out = append(out, Edge{other, rec, float32(w), p})
					}
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Edge) int {
		if a.Weight != b.Weight {
			return int(b.Weight*4096) - int(a.Weight*4096)
		}
		return int(a.A) - int(b.A)
	})
	return out, nil
}

// Neighbours returns the edges from a record to all that share a key with it
// and weigh at least least; A is the record itself.
func (rv *Resolver) Neighbours(rec uint32, least float64) []Edge {
	var out []Edge
	seen := map[uint32]bool{rec: true}
	for r := range rv.e.rules {
		for _, k := range rv.keysOf(r, rec) {
			first, added := rv.postings[r].Lookup(k)
			for _, list := range [][]uint32{first, added} {
				for _, other := range list {
					if seen[other] || rv.dead[other] {
						continue
					}
					seen[other] = true
					if w := rv.Weight(rec, other); w >= least {
						p, _ := rv.scorer.compare(rec, other)
						out = append(out, Edge{rec, other, float32(w), p})
					}
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Edge) int { return int(a.B) - int(b.B) })
	return out
}

// Weight is the evidence on two records in bits, judgements left aside.
func (rv *Resolver) Weight(a, b uint32) float64 {
	p, tf := rv.scorer.compare(a, b)
	return rv.w.of(rv.e, p) + float64(tf)
}

// Explain rebuilds the evidence for two records; its bars sum to Weight exactly.
func (rv *Resolver) Explain(a, b uint32) (Waterfall, error) {
	if n := uint32(rv.Len()); a >= n || b >= n || a == b {
		return Waterfall{}, fmt.Errorf("linkage: explain: records %d and %d: two different ones below %d are needed", a, b, n)
	}
	s := rv.e.explain(rv.w, &rv.e.set, a, b)
	for r := range rv.e.rules {
		shared := slices.ContainsFunc(rv.keysOf(r, a), func(k uint64) bool { return slices.Contains(rv.keysOf(r, b), k) })
		if shared {
			s.Rule = rv.e.rules[r].String()
			break
		}
	}
	return s, nil
}

func (rv *Resolver) joined(comparison int, values []string) string {
	cols := rv.e.set.Comparisons[comparison].Columns
	parts := make([]string, len(cols))
	for j, c := range cols {
		parts[j] = values[rv.e.rs.column(c)]
	}
	return joinTuple(parts)
}
