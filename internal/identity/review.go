package identity

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/linkage"
)

// A Why says for what reason a pair is asked about.
type Why string

// The reasons.
const (
	Doubtful Why = "doubtful" // the evidence leaves it open
	Second   Why = "second"   // one judged it; a second one judges it blind
	Dispute  Why = "dispute"  // those who judged it disagree: somebody has to settle it
)

// A Candidate is a pair that somebody should judge.
type Candidate struct {
	Pair
	Kind        string      `json:"kind"`
	Why         Why         `json:"why"`
	Weight      float64     `json:"weight"` // bits
	Probability float64     `json:"probability"`
	Score       float64     `json:"score"`    // what a label teaches: doubt × how many pairs it decides
	Entities    [2]EntityID `json:"entities"` // where the two are now
	Sizes       [2]int      `json:"sizes"`    // parties there
}

// A ReviewRule says how pairs are reviewed.
type ReviewRule struct {
	Twice float64 `json:"twice"` // share of pairs that two people judge, neither seeing the other's label
}

// GetReviewRule returns the rule in force; a tenth of all pairs is judged twice by default.
func GetReviewRule(ctx context.Context, db *store.DB) (ReviewRule, error) {
	rule := ReviewRule{Twice: .1}
	s, err := GetSetting(ctx, db, "review")
	if err == nil && s.Version > 0 {
		err = json.Unmarshal(s.Body, &rule)
	}
	return rule, err
}

// SetReviewRule sets it.
func SetReviewRule(ctx context.Context, db *store.DB, rule ReviewRule, actor string) (Setting, error) {
	if !(rule.Twice >= 0 && rule.Twice <= 1) {
		return Setting{}, fault.New(fault.ErrInvalid, "identity.twice", "The share of pairs judged twice is from 0 to 1.", "双人复核的比例应在 0 到 1 之间。")
	}
	return addSetting(ctx, db, "review", rule, actor)
}

// doubt is the least probability, and 1 minus the most, of a pair worth asking about.
const doubt = .02

// Next lists what an actor should judge next, of one kind or all (""), the
// most telling first: disputes, second opinions, then doubt.
func (r *Resolver) Next(ctx context.Context, actor, kind string, limit int) ([]Candidate, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	rule, err := GetReviewRule(ctx, r.db)
	if err != nil {
		return nil, err
	}
	kinds := Kinds
	if kind != "" {
		if err := checkKind(kind); err != nil {
			return nil, err
		}
		kinds = []string{kind}
	}
	var out []Candidate
	for _, name := range kinds {
		k, err := r.need(ctx, name)
		if err != nil {
			return nil, err
		}
		out = append(out, r.queue(k, actor, rule)...)
	}
	slices.SortFunc(out, func(a, b Candidate) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.A, b.A), cmp.Compare(a.B, b.B))
	})
	return out[:min(limit, len(out))], nil
}

func (r *Resolver) queue(k *linked, actor string, rule ReviewRule) []Candidate {
	if k.rv == nil {
		return nil
	}
	mine, others, unsure := map[Pair]bool{}, map[Pair]int{}, map[Pair]bool{}
	var out []Candidate
	for _, j := range r.judged {
		switch {
		case j.Actor == actor:
			mine[j.Pair] = true
		case j.Verdict == Unsure:
			unsure[j.Pair] = true
		case j.Kind == k.kind:
			others[j.Pair]++
		}
	}
	add := func(p Pair, why Why, lift float64) {
		x, okA := k.record[p.A]
		y, okB := k.record[p.B]
		if okA && okB {
			c := r.candidate(k, p, why, k.rv.Weight(x, y))
			c.Score += lift
			out = append(out, c)
		}
	}
	for p := range r.bound.disputed {
		add(p, Dispute, 1000)
	}
	for p, n := range others {
		if n == 1 && !mine[p] && !r.bound.disputed[p] && twice(p, rule.Twice) {
			add(p, Second, 500)
		}
	}
	low, high := linkage.Weight(doubt), linkage.Weight(1-doubt)
	for _, e := range k.edges(low) {
		p := PairOf(k.party[e.A], k.party[e.B])
		if float64(e.Weight) > high || mine[p] || p.A == "" || r.bound.disputed[p] {
			continue
		}
		if _, _, known := r.bound.inferred(p); known {
			continue
		}
		c := r.candidate(k, p, Doubtful, float64(e.Weight))
		if unsure[p] {
			c.Score /= 4 // somebody looked and could not tell
		}
		out = append(out, c)
	}
	return out
}

func (r *Resolver) candidate(k *linked, p Pair, why Why, weight float64) Candidate {
	c := Candidate{Pair: p, Kind: k.kind, Why: why, Weight: weight, Probability: linkage.Probability(weight), Entities: [2]EntityID{r.entity(p.A), r.entity(p.B)}}
	for i, e := range c.Entities {
		c.Sizes[i] = max(1, len(r.of[e]))
	}
	decides := float64(c.Sizes[0] * c.Sizes[1]) // pairs that join
	if c.Entities[0] == c.Entities[1] {
		decides = float64(c.Sizes[0] - 1) // pairs that part when one party leaves
	}
	q := c.Probability
	entropy := -q*math.Log2(q) - (1-q)*math.Log2(1-q)
	if math.IsNaN(entropy) {
		entropy = 0
	}
	c.Score = entropy * math.Log2(1+decides)
	return c
}

// twice draws a share of pairs by their hash, so that all agree which.
func twice(p Pair, share float64) bool {
	h := fnv.New64a()
	_, _ = h.Write([]byte(p.A + p.B))
	return float64(h.Sum64()>>11)/(1<<53) < share
}

// edges are all candidate pairs at or above a weight: those of the last whole
// comparison, and of the records that came since.
func (k *linked) edges(least float64) []linkage.Edge {
	var out []linkage.Edge
	held := uint32(len(k.result.Clusters))
	for _, e := range k.result.Edges {
		if float64(e.Weight) >= least && k.party[e.A] != "" && k.party[e.B] != "" {
			out = append(out, e)
		}
	}
	for rec := held; rec < uint32(len(k.party)); rec++ {
		if k.party[rec] == "" {
			continue
		}
		for _, e := range k.rv.Neighbours(rec, least) {
			if e.B < rec { // each pair once
				out = append(out, e)
			}
		}
	}
	return out
}

// Evidence is a pair side by side, with what speaks for and against it.
type Evidence struct {
	Candidate
	Parties    [2]fact.Party
	Waterfall  linkage.Waterfall // sums to Weight exactly
	Judgements []Judgement       // all of the pair; none in a blind review
}

// Compare lays out the evidence on two parties. A blind one doesn't say what
// others judged.
func (r *Resolver) Compare(ctx context.Context, p Pair, blind bool) (Evidence, error) {
	p = PairOf(p.A, p.B)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.refresh(ctx); err != nil {
		return Evidence{}, err
	}
	var e Evidence
	kind := ""
	for i, id := range []string{p.A, p.B} {
		was := kind
		var err error
		if kind, err = partyKind(ctx, r.db, id); err != nil {
			return e, err
		}
		if i == 1 && was != kind {
			return e, fault.New(fault.ErrInvalid, "identity.kinds", "The two are of different kinds and can't be compared.", "这两条不是同一类，无法比较。")
		}
		if e.Parties[i], err = fact.GetParty(ctx, r.db, id); err != nil {
			return e, err
		}
	}
	k, err := r.need(ctx, kind)
	if err != nil {
		return e, err
	}
	x, okA := k.record[p.A]
	y, okB := k.record[p.B]
	if !okA || !okB || k.rv == nil {
		return e, fault.New(fault.ErrConflict, "identity.not-yet", "One of the two has just come and is not compared yet. Try again in a few seconds.", "其中一条刚刚导入，尚未参与比对，请几秒后再试。")
	}
	if e.Waterfall, err = k.rv.Explain(x, y); err != nil {
		return e, fmt.Errorf("identity: %s: %w", p, err)
	}
	e.Candidate = r.candidate(k, p, Doubtful, k.rv.Weight(x, y))
	switch {
	case r.bound.disputed[p]:
		e.Why = Dispute
	case r.bound.verdict[p] != "":
		e.Why = Second
	}
	if !blind {
		e.Judgements, err = judgementsOf(ctx, r.db, p)
	}
	return e, err
}

func (p Pair) String() string { return p.A + " and " + p.B }
