package cluster

import (
	"math"
	"slices"
)

// An Edge joins two members, numbered from 0 within a component, with the
// weight of evidence in bits.
type Edge struct {
	A, B   uint32
	Weight float64
}

// Options say how a component is refined.
type Options struct {
	Threshold float64 // bits: groups merge while their mean linkage is at least this
	Missing   float64 // bits: weight of a pair that nobody scored
	Cap       float64 // bits: no single pair counts more than this above Threshold, nor twice this below it
	Never     float64 // a pair at or below it forbids the merge (a must-not-link label)
	Always    float64 // a pair at or above it is merged first, whatever else speaks against it
}

// Refine splits one component of n members by agglomeration with average
// linkage and returns each member's group, numbered from 0 by first member.
// score gives the weight of a pair that edges lack; nil means Options.Missing.
// The result depends on the set of edges alone, not on their order.
func Refine(n int, edges []Edge, opt Options, score func(a, b uint32) float64) []uint32 {
	if opt.Always == 0 {
		opt.Always = math.Inf(1)
	}
	if n <= maxDense {
		return refineDense(n, edges, opt, score)
	}
	r := &refiner{opt: opt, size: make([]float64, n), near: make([]map[uint32]link, n), parent: NewSets(n)}
	for i := range r.size {
		r.size[i] = 1
		r.near[i] = map[uint32]link{}
	}
	for _, e := range edges {
		if e.A != e.B {
			r.set(e.A, e.B, r.bound(e.Weight))
		}
	}
	if score != nil {
		for a := range uint32(n) {
			for b := a + 1; b < uint32(n); b++ {
				if _, ok := r.near[a][b]; !ok {
					r.set(a, b, r.bound(score(a, b)))
				}
			}
		}
	}
	r.run()
	return r.groups(n)
}

type link struct {
	sum    float64 // of the weights of the pairs that were scored
	pairs  float64 // their number
	never  bool
	always bool
}

type refiner struct {
	opt    Options
	size   []float64
	near   []map[uint32]link
	parent *Sets
	heap   []candidate
}

type candidate struct {
	mean float64
	a, b uint32
	sa   float64 // sizes when it was computed: stale if they differ
	sb   float64
}

func (r *refiner) bound(w float64) link {
	sum, flag := bounded(w, r.opt)
	return link{sum: sum, pairs: 1, never: flag == flagNever, always: flag == flagAlways}
}

const maxMean = math.MaxFloat64

// bounded is what a weight counts, and whether it decides by itself.
func bounded(w float64, opt Options) (float64, uint8) {
	switch {
	case w <= opt.Never:
		return 0, flagNever
	case w >= opt.Always:
		return 0, flagAlways
	}
	return min(max(w, opt.Threshold-2*opt.Cap), opt.Threshold+opt.Cap), 0
}

func (r *refiner) set(a, b uint32, l link) {
	r.near[a][b] = l
	r.near[b][a] = l
}

func (r *refiner) mean(a, b uint32, l link) float64 {
	all := r.size[a] * r.size[b]
	return (l.sum + (all-l.pairs)*r.opt.Missing) / all
}

func (r *refiner) push(a, b uint32, l link) {
	if l.never && !l.always {
		return
	}
	if a > b {
		a, b = b, a
	}
	m := r.mean(a, b, l)
	if l.always {
		m = maxMean
	}
	if m < r.opt.Threshold {
		return
	}
	r.heap = append(r.heap, candidate{m, a, b, r.size[a], r.size[b]})
	for i := len(r.heap) - 1; i > 0; {
		p := (i - 1) / 2
		if !r.heap[i].before(r.heap[p]) {
			break
		}
		r.heap[i], r.heap[p] = r.heap[p], r.heap[i]
		i = p
	}
}

func (c candidate) before(d candidate) bool {
	switch {
	case c.mean != d.mean:
		return c.mean > d.mean
	case c.a != d.a:
		return c.a < d.a
	}
	return c.b < d.b
}

func (r *refiner) pop() candidate {
	top := r.heap[0]
	last := len(r.heap) - 1
	r.heap[0] = r.heap[last]
	r.heap = r.heap[:last]
	for i := 0; ; {
		c := 2*i + 1
		if c >= last {
			break
		}
		if c+1 < last && r.heap[c+1].before(r.heap[c]) {
			c++
		}
		if !r.heap[c].before(r.heap[i]) {
			break
		}
		r.heap[c], r.heap[i] = r.heap[i], r.heap[c]
		i = c
	}
	return top
}

func (r *refiner) run() {
	for a := range r.near {
		for _, b := range sortedKeys(r.near[a]) {
			if uint32(a) < b {
				r.push(uint32(a), b, r.near[a][b])
			}
		}
	}
	for len(r.heap) > 0 {
		c := r.pop()
		if r.size[c.a] != c.sa || r.size[c.b] != c.sb {
			continue
		}
		r.merge(c.a, c.b)
	}
}

func (r *refiner) merge(a, b uint32) {
	r.parent.Join(a, b)
	r.size[a] += r.size[b]
	r.size[b] = 0
	near := r.near[b]
	r.near[b] = nil
	delete(r.near[a], b)
	for _, c := range sortedKeys(near) {
		if c == a {
			continue
		}
		l := near[c]
		k := r.near[a][c]
		joined := link{k.sum + l.sum, k.pairs + l.pairs, k.never || l.never, k.always || l.always}
		delete(r.near[c], b)
		r.set(a, c, joined)
	}
	for _, c := range sortedKeys(r.near[a]) {
		r.push(a, c, r.near[a][c])
	}
}

func sortedKeys(m map[uint32]link) []uint32 {
	keys := make([]uint32, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (r *refiner) groups(n int) []uint32 {
	out := make([]uint32, n)
	number := map[uint32]uint32{}
	for i := range uint32(n) {
		root := r.parent.Find(i)
		g, ok := number[root]
		if !ok {
			g = uint32(len(number))
			number[root] = g
		}
		out[i] = g
	}
	return out
}
