package identity

import (
	"context"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/linkage"
)

// A Chart is what the model page of one kind shows.
type Chart struct {
	Kind        string
	Parties     int
	Entities    int
	Pairs       int // compared
	Prior       float64
	Threshold   float64
	Comparisons []ChartComparison
	Sessions    []linkage.Session     // EM, one for each rule, with its history
	Rules       []linkage.RuleReport  // pairs that each blocking rule added
	Blocks      []linkage.BlockReport // keys that too many share
	Weights     []Bin                 // pairs by weight
	Unlinkable  []Point               // share of parties that not even a copy of themselves would match, by threshold
	Thresholds  []Choice
	Sizes       map[int]int // entities by number of parties
}

// A ChartComparison is one compared property.
type ChartComparison struct {
	Name   string
	Kind   string
	Levels []ChartLevel // from disagreement up
}

// A ChartLevel is what agreement of one degree tells.
type ChartLevel struct {
	Label string
	M, U  float64
	Bits  float64 // log2(m/u)
}

// A Bin counts pairs with a weight in [Least, Least+1) bits.
type Bin struct {
	Least int
	Pairs int
}

// A Point is a share at a threshold.
type Point struct {
	Threshold float64
	Share     float64
}

// A Choice is what a threshold would bring: pairs at or above it, and how far
// those that people judged agree. Expected counts wrong pairs by the model's
// own probabilities.
type Choice struct {
	Threshold         float64
	Pairs             int
	Expected          float64 // wrong pairs at or above it
	Missed            float64 // right pairs below it
	JudgedSame        int     // judged same, at or above it
	JudgedDifferent   int     // judged different, at or above it
	JudgedSameBelow   int
	JudgedDifferBelow int
}

var thresholds = []float64{.01, .05, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99, .999}

// Charts lays out the model of a kind as it is now.
func (r *Resolver) Charts(ctx context.Context, kind string) (Chart, error) {
	if err := checkKind(kind); err != nil {
		return Chart{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.refresh(ctx); err != nil {
		return Chart{}, err
	}
	k, err := r.need(ctx, kind)
	if err != nil {
		return Chart{}, err
	}
	c := Chart{Kind: kind, Parties: len(k.sum), Entities: len(k.sum), Sizes: map[int]int{}}
	if k.rv == nil {
		return c, nil
	}
	res := k.result
	c.Pairs, c.Prior, c.Sessions, c.Rules, c.Blocks = len(res.Edges), res.Model.Prior, res.Sessions, res.Rules, res.Blocks
	if c.Threshold = res.Model.Threshold; c.Threshold == 0 {
		c.Threshold = linkage.DefaultThreshold
	}
	for _, cmp := range res.Model.Comparisons {
		one := ChartComparison{Name: cmp.Name, Kind: string(cmp.Kind)}
		for _, p := range cmp.Parameters {
			one.Levels = append(one.Levels, ChartLevel{p.Label, p.M, p.U, math.Log2(max(p.M, 1e-9) / max(p.U, 1e-12))})
		}
		c.Comparisons = append(c.Comparisons, one)
	}
	members := map[EntityID]int{}
	for p := range k.record {
		members[r.entity(p)]++
	}
	c.Entities = len(members)
	for _, n := range members {
		c.Sizes[n]++
	}
	edges := k.edges(math.Inf(-1))
	c.Weights, c.Unlinkable, c.Thresholds = binsOf(edges), k.unlinkable(), k.choices(edges, r.bound)
	return c, nil
}

func binsOf(edges []linkage.Edge) []Bin {
	count := map[int]int{}
	for _, e := range edges {
		count[int(math.Floor(float64(e.Weight)))]++
	}
	out := make([]Bin, 0, len(count))
	for least, n := range count {
		out = append(out, Bin{least, n})
	}
	slices.SortFunc(out, func(a, b Bin) int { return a.Least - b.Least })
	return out
}

// unlinkable compares every party with itself: one that says too little about
// itself can't be found again.
func (k *linked) unlinkable() []Point {
	var own []float64
	for _, rec := range k.record {
		own = append(own, linkage.Probability(k.rv.Weight(rec, rec)))
	}
	slices.Sort(own)
	out := make([]Point, len(thresholds))
	for i, t := range thresholds {
		n, _ := slices.BinarySearch(own, t)
		out[i] = Point{t, float64(n) / float64(max(len(own), 1))}
	}
	return out
}

func (k *linked) choices(edges []linkage.Edge, b *binding) []Choice {
	out := make([]Choice, len(thresholds))
	for i, t := range thresholds {
		c, bound := Choice{Threshold: t}, linkage.Weight(t)
		for _, e := range edges {
			p, w := linkage.Probability(float64(e.Weight)), float64(e.Weight)
			v := b.verdict[PairOf(k.party[e.A], k.party[e.B])]
			switch {
			case w >= bound:
				c.Pairs++
				c.Expected += 1 - p
				c.JudgedSame += flag(v == Same)
				c.JudgedDifferent += flag(v == Different)
			default:
				c.Missed += p
				c.JudgedSameBelow += flag(v == Same)
				c.JudgedDifferBelow += flag(v == Different)
			}
		}
		out[i] = c
	}
	return out
}

// A Graph is an entity's parties and the evidence between them.
type Graph struct {
	Entity EntityID
	Nodes  []string // parties that are there
	Edges  []GraphEdge
}

// A GraphEdge is the evidence on two parties; Verdict is empty where nobody judged.
type GraphEdge struct {
	Pair
	Weight      float64
	Probability float64
	Verdict     Verdict
}

// maxNodes bounds a graph: every pair of its parties is an edge.
const maxNodes = 200

// GraphOf lays out how an entity holds together.
func (r *Resolver) GraphOf(ctx context.Context, id EntityID) (Graph, error) {
	e, err := Get(ctx, r.db, string(id))
	if err != nil {
		return Graph{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.refresh(ctx); err != nil {
		return Graph{}, err
	}
	k, err := r.need(ctx, e.Kind)
	if err != nil {
		return Graph{}, err
	}
	g := Graph{Entity: e.ID}
	for _, p := range e.Parties {
		if _, ok := k.record[p.ID]; ok {
			g.Nodes = append(g.Nodes, p.ID)
		}
	}
	if len(g.Nodes) > maxNodes {
		return g, fault.New(fault.ErrInvalid, "identity.graph", "This entity has too many parties to draw.", "该实体的身份记录过多，无法绘图。")
	}
	for i, a := range g.Nodes {
		for _, b := range g.Nodes[:i] {
			p := PairOf(a, b)
			w := k.rv.Weight(k.record[p.A], k.record[p.B])
			g.Edges = append(g.Edges, GraphEdge{p, w, linkage.Probability(w), r.bound.verdict[p]})
		}
	}
	return g, nil
}
