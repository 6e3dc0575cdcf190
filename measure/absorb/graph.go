package absorb

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/chanzipu/outfitter/measure"
)

// pre is the graph preconditioner, made once, when the first column needs it:
// for each other factor an approximate factor of the Laplacian of its graph
// with the main factor.
type pre struct {
	once  sync.Once
	ready atomic.Bool
	pairs []*cholesky
}

func (s *Solver) graphPreconditioner() *pre {
	g := s.graph
	g.once.Do(func() {
		g.pairs = make([]*cholesky, len(s.rest))
		for q, f := range s.rest {
			g.pairs[q] = factorise(s.pair(q), len(s.total)+s.factors[f].Levels)
		}
		g.ready.Store(true)
	})
	return g
}

// solve sets m = M⁻¹ r, block by block.
func (g *pre) solve(s *Solver, r, m []float64) {
	units := len(s.total)
	for q, c := range g.pairs {
		n := len(c.pivot)
		y := make([]float64, n)
		lo, hi := s.offset[q], s.offset[q]+n-units
		copy(y[units:], r[lo:hi])
		c.solve(y)
		copy(m[lo:hi], y[units:])
	}
}

type edge struct {
	a, b int32
	w    float64
}

// pair lists the edges between main levels and levels of factor rest[q];
// nodes of the latter are numbered after the former. Rows of one cell merge.
func (s *Solver) pair(q int) []edge {
	units := int32(len(s.total))
	code := s.code[q]
	last := make([]int32, s.factors[s.rest[q]].Levels)
	for j := range last {
		last[j] = -1
	}
	var edges []edge
	for u := range units {
		first := int32(len(edges))
		for k := s.start[u]; k < s.start[u+1]; k++ {
			c := code[k]
			if last[c] >= first {
				edges[last[c]].w += s.at(k)
				continue
			}
			last[c] = int32(len(edges))
			edges = append(edges, edge{u, units + c, s.at(k)})
		}
	}
	return edges
}

// cholesky is an approximate factor of a graph's Laplacian. Nodes are
// eliminated in order; node order[t] passes a share of its value to each of
// to[begin[t]:begin[t+1]], the last of them taking what is left.
type cholesky struct {
	order []int32
	begin []int
	to    []int32
	share []float64
	pivot []float64 // by node; 0 for the last node of a connected part
}

// half is one direction of an edge, in a linked list per node.
type half struct {
	w    float64
	node int32 // -1 once the edge is gone
	mate int32 // index of the other direction
	next int32 // -1 ends the list
}

// elimination is the state of [factorise].
type elimination struct {
	halves []half
	head   []int32 // by node: first half of its list
	mark   []int32 // by node: place+1 in near, this round
	near   []link
	sum    []float64 // running total of near's weights
}

// link is a neighbour of the node being eliminated and the half that leads there.
type link struct {
	w    float64
	node int32
	half int32
}

// factorise eliminates nodes in the order of their (approximate) degree. The
// clique that exact elimination would leave among a node's d neighbours is
// replaced by d−1 sampled edges with the right expectation, which is exact
// for d ≤ 2. New edges reuse the places of old ones, so memory is that of the
// graph. Source: Gao, Kyng, Spielman (2023), algorithm 5.
func factorise(edges []edge, nodes int) *cholesky {
	rng := measure.Rand(factorSeed)
	degree := make([]int32, nodes)
	x := newElimination(edges, degree)
	queue := newBuckets(degree)
	c := &cholesky{begin: make([]int, 1, nodes+1), pivot: make([]float64, nodes)}
	c.order = make([]int32, 0, nodes)
	c.to, c.share = make([]int32, 0, len(edges)), make([]float64, 0, len(edges))
	for range nodes {
		v := queue.pop()
		x.gather(v, queue)
		c.order = append(c.order, v)
		d := len(x.near)
		scale := 1.0
		var total float64
		if d > 0 {
			total = x.sum[d-1]
		}
		left := total
		for i, e := range x.near {
			w := e.w * scale
			back := x.halves[e.half].mate // from the neighbour to v
			if i == d-1 {
				c.to, c.share = append(c.to, e.node), append(c.share, 1)
				c.pivot[v] = w
				x.halves[back].node = -1
				queue.move(e.node, -1)
				break
			}
			f := w / left
			c.to, c.share = append(c.to, e.node), append(c.share, f)
			u := x.sum[i] + rng.Float64()*(total-x.sum[i])
			k, _ := slices.BinarySearch(x.sum, u)
			k = max(min(k, d-1), i+1)
			other := x.near[k].node
			w = f * (1 - f) * left
			x.halves[back].node, x.halves[back].w = other, w
			x.halves[e.half] = half{w: w, node: e.node, mate: back, next: x.head[other]}
			x.head[other] = e.half
			queue.move(other, 1)
			scale *= 1 - f
			left *= (1 - f) * (1 - f)
		}
		c.begin = append(c.begin, len(c.to))
	}
	return c
}

func newElimination(edges []edge, degree []int32) *elimination {
	x := &elimination{head: make([]int32, len(degree)), mark: make([]int32, len(degree)), halves: make([]half, 0, 2*len(edges))}
	for j := range x.head {
		x.head[j] = -1
	}
	for _, e := range edges {
		at := int32(len(x.halves))
		x.halves = append(x.halves, half{w: e.w, node: e.b, mate: at + 1, next: x.head[e.a]}, half{w: e.w, node: e.a, mate: at, next: x.head[e.b]})
		x.head[e.a], x.head[e.b] = at, at+1
		degree[e.a]++
		degree[e.b]++
	}
	return x
}

// gather lists v's neighbours, lightest first, merging parallel edges.
func (x *elimination) gather(v int32, queue *buckets) {
	x.near, x.sum = x.near[:0], x.sum[:0]
	for h := x.head[v]; h >= 0; h = x.halves[h].next {
		e := x.halves[h]
		switch {
		case e.node < 0:
		case x.mark[e.node] > 0:
			x.near[x.mark[e.node]-1].w += e.w
			x.halves[e.mate].node = -1
			queue.move(e.node, -1)
		default:
			x.near = append(x.near, link{e.w, e.node, h})
			x.mark[e.node] = int32(len(x.near))
		}
	}
	for _, e := range x.near {
		x.mark[e.node] = 0
	}
	slices.SortFunc(x.near, func(a, b link) int {
		return cmp.Or(cmp.Compare(a.w, b.w), cmp.Compare(a.node, b.node))
	})
	var total float64
	for _, e := range x.near {
		total += e.w
		x.sum = append(x.sum, total)
	}
}

// solve replaces y by the approximate solution of L x = y.
func (c *cholesky) solve(y []float64) {
	for t, v := range c.order {
		lo, hi := c.begin[t], c.begin[t+1]
		if lo == hi {
			continue
		}
		x := y[v]
		for k := lo; k < hi-1; k++ {
			f := c.share[k]
			y[c.to[k]] += f * x
			x *= 1 - f
		}
		y[c.to[hi-1]] += x
		y[v] = x
	}
	for v, d := range c.pivot {
		if d > 0 {
			y[v] /= d
		} else {
			y[v] = 0
		}
	}
	for t := len(c.order) - 1; t >= 0; t-- {
		v := c.order[t]
		lo, hi := c.begin[t], c.begin[t+1]
		if lo == hi {
			continue
		}
		x := y[v] + y[c.to[hi-1]]
		for k := hi - 2; k >= lo; k-- {
			f := c.share[k]
			x = (1-f)*x + f*y[c.to[k]]
		}
		y[v] = x
	}
}

// buckets is a queue of nodes by degree: doubly linked lists, one per degree
// up to a cap; above it order hardly matters.
type buckets struct {
	first      []int32 // by degree
	next, prev []int32
	degree     []int32
	low        int32
}

const topDegree = 1 << 12

func newBuckets(degree []int32) *buckets {
	n := len(degree)
	b := &buckets{first: make([]int32, topDegree+1), next: make([]int32, n), prev: make([]int32, n), degree: degree}
	for d := range b.first {
		b.first[d] = -1
	}
	for v := n - 1; v >= 0; v-- {
		b.insert(int32(v))
	}
	return b
}

func (b *buckets) place(v int32) int32 { return max(0, min(b.degree[v], topDegree)) }

func (b *buckets) insert(v int32) {
	d := b.place(v)
	b.prev[v], b.next[v] = -1, b.first[d]
	if b.first[d] >= 0 {
		b.prev[b.first[d]] = v
	}
	b.first[d] = v
	b.low = min(b.low, d)
}

func (b *buckets) remove(v int32) {
	if b.prev[v] >= 0 {
		b.next[b.prev[v]] = b.next[v]
	} else {
		b.first[b.place(v)] = b.next[v]
	}
	if b.next[v] >= 0 {
		b.prev[b.next[v]] = b.prev[v]
	}
}

func (b *buckets) move(v, by int32) {
	b.remove(v)
	b.degree[v] += by
	b.insert(v)
}

func (b *buckets) pop() int32 {
	for b.first[b.low] < 0 {
		b.low++
	}
	v := b.first[b.low]
	b.remove(v)
	return v
}
