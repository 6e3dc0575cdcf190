package identity

import (
	"context"
	"slices"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/linkage"
)

// A Match is an entity that a record about to be entered may be of.
type Match struct {
	Entity      EntityID
	Party       string // of the entity: the one most like the record
	Probability float64
	Weight      float64
}

// Check says whose record this may be, the most probable first, down to a
// probability. Nothing is kept. The party's id and source may be empty.
func (r *Resolver) Check(ctx context.Context, p fact.Party, least float64, limit int) ([]Match, error) {
	if err := checkKind(p.Kind); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	k, err := r.need(ctx, p.Kind)
	if err != nil {
		return nil, err
	}
	best := map[EntityID]Match{}
	take := func(party string, weight float64) {
		e := r.entity(party)
		if m, ok := best[e]; !ok || weight > m.Weight {
			best[e] = Match{e, party, linkage.Probability(weight), weight}
		}
	}
	if k.rv != nil {
		edges, err := k.rv.Find(uint16(len(k.sources)), valuesOfParty(p), linkage.Weight(max(least, 1e-6)))
		if err != nil {
			return nil, err
		}
		for _, e := range edges {
			take(k.party[e.A], float64(e.Weight))
		}
	}
	for _, party := range k.keys[p.Namespace+"\x1f"+p.Key] {
		if p.Key != "" {
			take(party, 40) // the same key of the same code list
		}
	}
	out := make([]Match, 0, len(best))
	for _, id := range sortedIDs(best) {
		out = append(out, best[id])
	}
	slices.SortStableFunc(out, func(a, b Match) int {
		switch {
		case a.Weight > b.Weight:
			return -1
		case a.Weight < b.Weight:
			return 1
		}
		return 0
	})
	return out[:min(limit, len(out))], nil
}
