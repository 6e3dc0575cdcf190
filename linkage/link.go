package linkage

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/chanzipu/outfitter/linkage/cluster"
)

// Options say how a run goes about it, not what it finds.
type Options struct {
	Seed     uint64
	Workers  int // 0: as many as GOMAXPROCS
	Progress func(Progress)
	Now      func() time.Time // for Result.Stages; nil leaves durations at zero
	Labels   []Label          // judgements to learn from and to respect
}

// Progress tells how far a run is.
type Progress struct {
	Stage string // prepare, compare, train, cluster
	Done  int
	All   int
}

// A Label is a judgement on a pair of records.
type Label struct {
	SourceA, A string
	SourceB, B string
	Match      bool
}

// A Result is what Link found.
type Result struct {
	Model    Settings // with every parameter filled in
	Sessions []Session
	Clusters []uint32 // by record: its entity, numbered by first record
	Edges    []Edge   // every candidate, grouped by the rule that found it
	Rules    []RuleReport
	Blocks   []BlockReport // keys that too many records share
	Matches  int64         // edges at or above the threshold
	Stages   []Stage
	engine   *engine
	starts   []int
	together map[uint64]bool // pairs judged the same
	apart    map[uint64]bool // pairs judged different
}

// A RuleReport tells what a blocking rule brought.
type RuleReport struct {
	Rule  string `json:"rule"`
	Pairs int64  `json:"pairs"` // that no earlier rule had found
}

// A Stage is one part of a run and how long it took.
type Stage struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

// Link finds which records of the tables are the same entity. Without
// settings (nil) it profiles the columns and chooses comparisons and blocking
// rules. The same input and seed give the same result.
func Link(ctx context.Context, tables []*Table, settings *Settings, opt Options) (*Result, error) {
	rs, err := newRecords(tables)
	if err != nil {
		return nil, err
	}
	t := newTimer(opt)
	e, err := start(ctx, rs, settings, opt, t)
	if err != nil {
		return nil, err
	}
	t.stage("prepare")
	c, err := e.find(ctx, t.progress("compare"))
	if err != nil {
		return nil, err
	}
	t.stage("compare")
	res := &Result{Model: e.set.clone(), engine: e, starts: c.starts, Blocks: e.blocked}
	for r := range e.rules {
		res.Rules = append(res.Rules, RuleReport{e.rules[r].String(), int64(c.starts[r+1] - c.starts[r])})
	}
	if err := e.learnLabels(res, opt.Labels); err != nil {
		return nil, err
	}
	if err := e.train(ctx, c, res, opt); err != nil {
		return nil, err
	}
	if err := e.score(ctx, c, e.weigh(&res.Model)); err != nil {
		return nil, err
	}
	res.Edges = c.edges
	t.stage("train")
	if err := e.refit(ctx, c, res); err != nil {
		return nil, err
	}
	t.stage("refit")
	if err := e.cluster(ctx, res, true); err != nil {
		return nil, err
	}
	t.stage("cluster")
	res.Stages = t.stages
	return res, nil
}

// start makes the engine that given settings ask for, or suggested ones.
func start(ctx context.Context, rs *records, settings *Settings, opt Options, t *timer) (*engine, error) {
	if settings == nil {
		s, e, err := suggest(ctx, rs, opt)
		if err != nil {
			return nil, err
		}
		t.stage("profile")
		return e, e.block(ctx, s.Settings.Blocking)
	}
	if err := settings.Validate(); err != nil {
		return nil, err
	}
	e, err := newEngine(ctx, rs, settings.clone(), opt.Workers)
	if err != nil {
		return nil, err
	}
	return e, e.block(ctx, settings.Blocking)
}

func (e *engine) train(ctx context.Context, c *candidates, res *Result, opt Options) error {
	if err := e.estimateU(ctx, &res.Model, opt.Seed); err != nil {
		return err
	}
	var err error
	if res.Sessions, err = e.estimateM(ctx, c, &res.Model); err != nil {
		return err
	}
	e.learnM(res)
	e.estimatePrior(c, &res.Model)
	e.estimateOffsets(c, &res.Model)
	return nil
}

// timer collects stages by the caller's clock.
type timer struct {
	opt    Options
	last   time.Time
	stages []Stage
}

func newTimer(opt Options) *timer {
	t := &timer{opt: opt}
	if opt.Now != nil {
		t.last = opt.Now()
	}
	return t
}

func (t *timer) stage(name string) {
	if t.opt.Now == nil {
		t.stages = append(t.stages, Stage{Name: name})
		return
	}
	now := t.opt.Now()
	t.stages = append(t.stages, Stage{name, now.Sub(t.last).Seconds()})
	t.last = now
}

func (t *timer) progress(stage string) func(done, all int) {
	return func(done, all int) {
		if t.opt.Progress != nil {
			t.opt.Progress(Progress{stage, done, all})
		}
	}
}

// cluster joins records at the threshold and refines each component.
// With whole unset, pairs that no rule found are not scored: quicker, and good
// enough to learn from.
func (e *engine) cluster(ctx context.Context, res *Result, whole bool) error {
	res.Matches = 0
	bound := Weight(res.Model.threshold())
	sets := cluster.NewSets(e.rs.len())
	for i := range res.Edges {
		ed := &res.Edges[i]
		if float64(ed.Weight) >= bound && !res.apart[pairKey(ed.A, ed.B)] {
			sets.Join(ed.A, ed.B)
			res.Matches++
		}
	}
	for k := range res.together {
		sets.Join(uint32(k>>32), uint32(k))
	}
	comps := e.components(sets, res)
	groups := make([][]uint32, len(comps))
	w := e.weigh(&res.Model)
	pool := e.scorers()
	if err := e.each(ctx, len(comps), func(i int) error {
		s := <-pool
		groups[i] = s.refine(comps[i], w, bound, whole, res.apart, res.together)
		pool <- s
		return nil
	}); err != nil {
		return err
	}
	res.Clusters = make([]uint32, e.rs.len())
	for i := range res.Clusters {
		res.Clusters[i] = uint32(i)
	}
	for i, comp := range comps {
		first := map[uint32]uint32{}
		for j, rec := range comp.recs {
			g := groups[i][j]
			if _, ok := first[g]; !ok {
				first[g] = rec
			}
			res.Clusters[rec] = first[g]
		}
	}
	return nil
}

// component is a connected component of three records or more (smaller ones
// need no refining), its records ascending.
type component struct {
	recs  []uint32
	edges []cluster.Edge
}

func (e *engine) components(sets *cluster.Sets, res *Result) []*component {
	size := make([]uint32, sets.Len())
	for i := range size {
		size[sets.Find(uint32(i))]++
	}
	at := map[uint32]*component{}
	local := make([]uint32, sets.Len())
	var comps []*component
	for i := range uint32(len(size)) {
		root := sets.Find(i)
		if size[root] < 2 {
			continue
		}
		c := at[root]
		if c == nil {
			c = &component{}
			at[root] = c
			comps = append(comps, c)
		}
		local[i] = uint32(len(c.recs))
		c.recs = append(c.recs, i)
	}
	for _, ed := range res.Edges {
		if root := sets.Find(ed.A); root == sets.Find(ed.B) {
			c := at[root]
			c.edges = append(c.edges, cluster.Edge{A: local[ed.A], B: local[ed.B], Weight: float64(ed.Weight)})
		}
	}
	for weight, judged := range map[float64]map[uint64]bool{math.Inf(-1): res.apart, math.Inf(1): res.together} {
		for k := range judged {
			a, b := uint32(k>>32), uint32(k)
			if root := sets.Find(a); root == sets.Find(b) {
				at[root].edges = append(at[root].edges, cluster.Edge{A: local[a], B: local[b], Weight: weight})
			}
		}
	}
	return comps
}

const (
	scoreAll   = 120  // records up to which every pair of a component is scored
	pairCap    = 12.0 // bits that one pair may weigh against the threshold
	missingAll = -4.0 // bits of an unscored pair in larger components
)

// refine splits a component where the evidence, or a judgement, says so.
func (s *scorer) refine(c *component, w *weights, bound float64, whole bool, apart, together map[uint64]bool) []uint32 {
	opt := cluster.Options{Threshold: bound, Missing: bound + missingAll, Cap: pairCap, Never: math.Inf(-1), Always: math.Inf(1)}
	judged := func(a, b uint32, weight float64) float64 {
		switch k := pairKey(c.recs[a], c.recs[b]); {
		case apart[k]:
			return opt.Never
		case together[k]:
			return opt.Always
		}
		return weight
	}
	if len(apart)+len(together) > 0 {
		for i := range c.edges {
			c.edges[i].Weight = judged(c.edges[i].A, c.edges[i].B, c.edges[i].Weight)
		}
	}
	var score func(a, b uint32) float64
	if whole && len(c.recs) <= scoreAll {
		score = func(a, b uint32) float64 {
			p, tf := s.compare(c.recs[a], c.recs[b])
			return judged(a, b, w.of(s.e, p)+float64(tf))
		}
	}
	return cluster.Refine(len(c.recs), c.edges, opt, score)
}

// String sums the run up in a line.
func (r *Result) String() string {
	n := map[uint32]bool{}
	for _, c := range r.Clusters {
		n[c] = true
	}
	return fmt.Sprintf("%d records, %d pairs, %d matches, %d entities", len(r.Clusters), len(r.Edges), r.Matches, len(n))
}
