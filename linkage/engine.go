package linkage

import (
	"context"
	"fmt"
	"runtime"
	"sort"
	"sync"
	"sync/atomic"

	"github.com/chanzipu/outfitter/linkage/block"
	"github.com/chanzipu/outfitter/linkage/field"
)

// An Edge is one candidate pair, sixteen bytes: record numbers, the weight of
// evidence in bits (a multiple of 2⁻¹², so that its parts sum to it exactly)
// and the level of every comparison.
type Edge struct {
	A, B    uint32
	Weight  float32
	Pattern Pattern
}

// A Pattern packs the levels of all comparisons as one number of mixed base;
// its digits are 0 for nothing known, else the level plus one.
type Pattern uint32

// engine holds what scoring needs.
type engine struct {
	rs      *records
	source  []uint16 // of each record: its table
	set     Settings
	props   []*property
	base    []uint32 // of each comparison's digit
	rules   []block.Rule
	keys    []*block.Keys
	indexes []*block.Index    // dropped once candidates are found
	large   []map[uint64]bool // keys of each rule that were refined
	dropped []map[uint64]bool // refined keys that are still shared too widely
	blocked []BlockReport
	u       []Comparison // with u estimated, where that was done already
	workers int
}

// BlockReport tells of a key that too many records share.
type BlockReport struct {
	Rule    string `json:"rule"`
	Records int    `json:"records"`
	Example string `json:"example"` // source and id of one of them
	Action  string `json:"action"`  // "refined" by further columns, or "dropped"
}

const maxRules = 32

// newEngine encodes the records for every comparison; block must follow
// before pairs are sought.
func newEngine(ctx context.Context, rs *records, set Settings, workers int) (*engine, error) {
	e := &engine{rs: rs, source: rs.source, set: set, workers: workers}
	if e.workers < 1 {
		e.workers = runtime.GOMAXPROCS(0)
	}
	e.props = make([]*property, len(set.Comparisons))
	if err := e.each(ctx, len(e.props), func(i int) (err error) {
		e.props[i], err = prepare(rs, set.Comparisons[i])
		return err
	}); err != nil {
		return nil, err
	}
	return e, e.number()
}

// block computes the keys of the settings' rules.
func (e *engine) block(ctx context.Context, rules []block.Rule) error {
	if len(rules) > maxRules {
		return fmt.Errorf("linkage: settings: %d blocking rules: at most %d are possible", len(rules), maxRules)
	}
	e.set.Blocking, e.rules = rules, rules
	e.keys = make([]*block.Keys, len(e.rules))
	e.large, e.dropped = make([]map[uint64]bool, len(rules)), make([]map[uint64]bool, len(rules))
	e.indexes = make([]*block.Index, len(rules))
	parts, err := e.newKeyParts(ctx, rules)
	if err != nil {
		return err
	}
	reports := make([][]BlockReport, len(e.rules))
	err = e.each(ctx, len(e.rules), func(i int) error {
		e.keys[i], reports[i] = e.guard(i, keysOf(e.rs.len(), parts.of(e.rules[i])))
		return nil
	})
	for _, r := range reports {
		e.blocked = append(e.blocked, r...)
	}
	return err
}

// number gives each comparison its digit in a pattern.
func (e *engine) number() error {
	size := uint64(1)
	for _, p := range e.props {
		e.base = append(e.base, uint32(size))
		size *= uint64(p.Top()) + 2
		if size > 1<<32 {
			return fmt.Errorf("linkage: settings: the levels of %d comparisons make more than 2³² patterns: compare fewer properties", len(e.props))
		}
	}
	return nil
}

// digit is a comparison's part of a pattern: 0 nothing known, else level+1.
func (e *engine) digit(p Pattern, c int) int {
	return int(uint32(p) / e.base[c] % (uint32(e.props[c].Top()) + 2))
}

// each runs n independent tasks on all workers and returns the first error by number.
func (e *engine) each(ctx context.Context, n int, task func(i int) error) error {
	return each(ctx, e.workers, n, task)
}

func each(ctx context.Context, workers, n int, task func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				errs[i] = task(i)
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}

// guard refines blocks that are too large: their records get, instead of the
// key, one key for each other property joined to it. What is still too large
// after that is dropped.
func (e *engine) guard(rule int, k *block.Keys) (*block.Keys, []BlockReport) {
	r := e.rules[rule]
	e.indexes[rule] = block.NewIndex(k)
	large, reports := e.oversize(r, e.indexes[rule], "refined")
	e.large[rule] = large
	if len(large) == 0 {
		return k, nil
	}
	refined := block.NewKeys(k.Len())
	var buf []uint64
	for rec := range uint32(k.Len()) {
		buf = buf[:0]
		for _, key := range k.Of(rec) {
			if !large[key] {
				buf = append(buf, key)
				continue
			}
			buf = e.refine(buf, key, rec)
		}
		refined.Append(buf)
	}
	e.indexes[rule] = block.NewIndex(refined)
	still, dropped := e.oversize(r, e.indexes[rule], "dropped")
	e.dropped[rule] = still
	if len(still) == 0 {
		return refined, reports
	}
	final := block.NewKeys(k.Len())
	for rec := range uint32(k.Len()) {
		buf = buf[:0]
		for _, key := range refined.Of(rec) {
			if !still[key] {
				buf = append(buf, key)
			}
		}
		final.Append(buf)
	}
	e.indexes[rule] = block.NewIndex(final)
	return final, append(reports, dropped...)
}

// refine appends the narrower keys that stand for one that is shared too widely.
func (e *engine) refine(buf []uint64, key uint64, rec uint32) []uint64 {
	for i, p := range e.props {
		if c := p.codes[rec]; c != 0 {
			buf = append(buf, block.Join(key+uint64(i), block.Hash(p.Value(c))))
		}
	}
	return buf
}

func (e *engine) oversize(r block.Rule, ix *block.Index, action string) (map[uint64]bool, []BlockReport) {
	large := map[uint64]bool{}
	var reports []BlockReport
	for i := range ix.Blocks() {
		recs, key := ix.Block(i)
		if len(recs) > e.set.maxBlock() {
			large[key] = true
			source, id := e.rs.id(recs[0])
			reports = append(reports, BlockReport{Rule: r.String(), Records: len(recs), Example: source + " " + id, Action: action})
		}
	}
	sort.SliceStable(reports, func(i, j int) bool { return reports[i].Records > reports[j].Records })
	return large, reports
}

// candidates are all pairs with their patterns; weights hold the sum of
// term-frequency bits until score adds the rest.
type candidates struct {
	edges  []Edge
	starts []int            // first edge of each rule, and the end
	counts map[uint64]int64 // pairs by rules (upper half) and pattern (lower half)
}

// task is a run of blocks of one rule, of about the same work.
type task struct{ rule, from, to int }

const taskPairs = 1 << 16

func (e *engine) tasks(indexes []*block.Index) []task {
	var out []task
	for r, ix := range indexes {
		from, work := 0, 0
		for i := range ix.Blocks() {
			recs, _ := ix.Block(i)
			if work += len(recs) * (len(recs) - 1) / 2; work >= taskPairs {
				out = append(out, task{r, from, i + 1})
				from, work = i+1, 0
			}
		}
		out = append(out, task{r, from, ix.Blocks()})
	}
	return out
}

// find compares every candidate pair once.
func (e *engine) find(ctx context.Context, progress func(done, all int)) (*candidates, error) {
	indexes := e.indexes
	e.indexes = nil
	tasks := e.tasks(indexes)
	found := make([][]Edge, len(tasks))
	pool := e.scorers()
	var done atomic.Int64
	if err := e.each(ctx, len(tasks), func(i int) error {
		s := <-pool
		found[i] = s.run(indexes[tasks[i].rule], tasks[i])
		pool <- s
		progress(int(done.Add(1)), len(tasks))
		return nil
	}); err != nil {
		return nil, err
	}
	return e.gather(tasks, found, pool), nil
}

func (e *engine) gather(tasks []task, found [][]Edge, pool chan *scorer) *candidates {
	c := &candidates{starts: make([]int, len(e.rules)+1), counts: map[uint64]int64{}}
	n := 0
	for i := range found {
		n += len(found[i])
	}
	c.edges = make([]Edge, 0, n)
	for i, t := range tasks {
		c.edges = append(c.edges, found[i]...)
		found[i] = nil
		c.starts[t.rule+1] = len(c.edges)
	}
	for range e.workers {
		s := <-pool
		for k, n := range s.counts {
			c.counts[k] += n
		}
	}
	return c
}

// scorer is one goroutine's share of the work.
type scorer struct {
	e      *engine
	memos  []*field.Memo
	counts map[uint64]int64
}

const memoBits = 17

// scorers makes one scorer for each worker.
func (e *engine) scorers() chan *scorer {
	pool := make(chan *scorer, e.workers)
	for range e.workers {
		pool <- newScorer(e)
	}
	return pool
}

func newScorer(e *engine) *scorer {
	s := &scorer{e: e, counts: map[uint64]int64{}}
	for _, p := range e.props {
		s.memos = append(s.memos, field.NewMemo(p.Field, memoBits))
	}
	return s
}

func (s *scorer) run(ix *block.Index, t task) []Edge {
	var out []Edge
	for i := t.from; i < t.to; i++ {
		recs, key := ix.Block(i)
		for j, b := range recs {
			for _, a := range recs[:j] {
				if mask, ok := s.e.owns(t.rule, key, a, b); ok {
					p, bits := s.compare(a, b)
					out = append(out, Edge{a, b, bits, p})
					s.counts[uint64(mask)<<32|uint64(p)]++
				}
			}
		}
	}
	return out
}

// owns reports whether a pair belongs to this rule and key: no earlier rule
// finds it, and no lesser key of this one. mask has a bit for each rule that finds it.
func (e *engine) owns(rule int, key uint64, a, b uint32) (mask uint32, ok bool) {
	if e.set.Scope == ScopeAcross && e.source[a] == e.source[b] {
		return 0, false
	}
	for r := range rule {
		if _, shared := e.keys[r].First(a, b); shared {
			return 0, false
		}
	}
	if k, _ := e.keys[rule].First(a, b); k != key {
		return 0, false
	}
	mask = 1 << rule
	for r := rule + 1; r < len(e.keys); r++ {
		if _, shared := e.keys[r].First(a, b); shared {
			mask |= 1 << r
		}
	}
	return mask, true
}

// compare grades a pair on every property.
func (s *scorer) compare(a, b uint32) (Pattern, float32) {
	var pattern uint32
	var bits float32
	for i, p := range s.e.props {
		x, y := p.codes[a], p.codes[b]
		if x == 0 || y == 0 {
			continue
		}
		r := s.memos[i].Compare(x, y)
		pattern += s.e.base[i] * (uint32(r.Level) + 1)
		if w := p.tfBy[r.Level]; w != 0 {
			bits += quantize(w * float64(r.Bits))
		}
	}
	return Pattern(pattern), bits
}

// quantize rounds bits to a multiple of 2⁻¹²; sums of such are exact in a
// float32 up to 4,096 bits.
func quantize(bits float64) float32 {
	const step = 1 << 12
	if bits > 500 {
		bits = 500
	} else if bits < -500 {
		bits = -500
	}
	n := int64(bits * step)
	return float32(n) / step
}
