// Package absorb takes fixed effects out of columns: the within transform for
// any number of factors, and the level effects themselves.
//
// Two facts that surprise. The factor with most levels is eliminated exactly,
// so one factor needs no iteration and two factors iterate over the smaller
// one only. And it is conjugate gradients, not alternating projections: where
// the graph of levels is sparse (few workers change firms) it switches to a
// preconditioner made from a randomised approximate Cholesky factor of the
// graph's Laplacian (Gao, Kyng and Spielman 2023), so that such graphs cost a
// few times the easy case instead of hundreds of times.
package absorb

import (
	"context"
	"math"
	"runtime"
	"sync"

	"github.com/chanzipu/outfitter/measure"
)

const (
	tolerance  = 1e-9 // of the preconditioned residual; coefficients are good to its square
	maxSteps   = 5000
	cheapSteps = 60 // with the diagonal preconditioner, before the graph one is built
	checkEvery = 16 // steps between looks at the context
	factorSeed = 1  // of the approximate factor: it changes the path, not the solution
)

// A Solver absorbs one set of factors. It keeps the rows in the order of its
// largest factor; memory is 4 bytes per row and factor, plus 8 with weights,
// plus 8 per row and column being solved.
type Solver struct {
	factors []Factor
	main    int     // index of the factor with most levels
	rest    []int   // the others
	row     []int32 // row[k] is the input row at sorted place k; nil if already sorted
	start   []int32 // start[u] is the first place of main level u
	code    [][]int32
	offset  []int // where factor rest[q] begins in a vector of reduced levels
	size    int   // levels of all the other factors
	weight  []float64
	total   []float64 // weight per main level
	diag    []float64 // diagonal of the reduced system
	graph   *pre
	cheap   int // steps with the diagonal preconditioner
}

// New prepares the factors for weights (one per row, positive; nil means 1).
func New(factors []Factor, weights []float64) (*Solver, error) {
	if len(factors) == 0 {
		return nil, measure.Invalid("absorb: no factor given: name at least one fixed effect")
	}
	n := len(factors[0].Code)
	if n == 0 || n > math.MaxInt32 {
		return nil, measure.Invalid("absorb: %d rows: between 1 and %d are possible", n, math.MaxInt32)
	}
	s := &Solver{factors: factors, cheap: cheapSteps}
	for f, x := range factors {
		if err := x.check(n); err != nil {
			return nil, err
		}
		if x.Levels > factors[s.main].Levels {
			s.main = f
		}
	}
	s.sort()
	for f := range factors {
		if f != s.main {
			s.rest = append(s.rest, f)
			s.offset = append(s.offset, s.size)
			s.size += factors[f].Levels
			s.code = append(s.code, nil)
		}
	}
	each(len(s.rest), func(q int) { s.code[q] = arrange(s, s.factors[s.rest[q]].Code) })
	return s, s.Reweight(weights)
}

// Reweight changes the weights and keeps everything else.
func (s *Solver) Reweight(weights []float64) error {
	n := s.Rows()
	if weights != nil {
		if err := measure.CheckLength("absorb", "weights", len(weights), n); err != nil {
			return err
		}
		for i, w := range weights {
			if !(w > 0) || math.IsInf(w, 1) {
				return measure.Invalid("absorb: weights, row %d: %v is not a positive number: leave such rows out", i+1, w)
			}
		}
		s.weight = arrange(s, weights)
	} else {
		s.weight = nil
	}
	s.graph = &pre{}
	s.total = make([]float64, s.factors[s.main].Levels)
	s.diag = make([]float64, s.size)
	for u := range s.total {
		for k := s.start[u]; k < s.start[u+1]; k++ {
			s.total[u] += s.at(k)
		}
	}
	for q, code := range s.code {
		d := s.diag[s.offset[q]:]
		for u, t := range s.total {
			for k := s.start[u]; k < s.start[u+1]; k++ {
				w := s.at(k)
				d[code[k]] += w - w*w/t // repeats of a level within u are approximated
			}
		}
	}
	for j, d := range s.diag {
		if d <= 1e-12 {
			s.diag[j] = 1
		}
	}
	return nil
}

// Rows is the number of rows.
func (s *Solver) Rows() int { return len(s.factors[0].Code) }

func (s *Solver) at(k int32) float64 {
	if s.weight == nil {
		return 1
	}
	return s.weight[k]
}

// sort puts rows in the order of the main factor, by counting.
func (s *Solver) sort() {
	x := s.factors[s.main]
	s.start = make([]int32, x.Levels+1)
	sorted := true
	for i, c := range x.Code {
		s.start[c+1]++
		if i > 0 && c < x.Code[i-1] {
			sorted = false
		}
	}
	for u := range x.Levels {
		s.start[u+1] += s.start[u]
	}
	if sorted {
		return
	}
	next := append([]int32(nil), s.start...)
	s.row = make([]int32, len(x.Code))
	for i, c := range x.Code {
		s.row[next[c]] = int32(i)
		next[c]++
	}
}

func arrange[T any](s *Solver, x []T) []T {
	if s.row == nil {
		return x
	}
	out := make([]T, len(x))
	for k, i := range s.row {
		out[k] = x[i]
	}
	return out
}

// Residuals replaces each column by what the factors leave of it. Columns
// are solved side by side on all cores.
func (s *Solver) Residuals(ctx context.Context, columns [][]float64) error {
	errs := make([]error, len(columns))
	graph := s.graph.ready.Load() // asked once: which path a column takes must not depend on timing
	each(len(columns), func(c int) {
		if len(columns[c]) != s.Rows() {
			errs[c] = measure.Invalid("absorb: column %d has %d rows, the factors have %d", c+1, len(columns[c]), s.Rows())
			return
		}
		errs[c] = s.residual(ctx, columns[c], graph)
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Solver) residual(ctx context.Context, x []float64, graph bool) error {
	v := x
	if s.row != nil {
		v = arrange(s, x)
	}
	s.demean(v)
	if s.size > 0 {
		b := make([]float64, s.size)
		s.scatter(v, b)
		z, err := s.solve(ctx, b, graph)
		if err != nil {
			return err
		}
		s.subtract(v, z)
	}
	if s.row != nil {
		for k, i := range s.row {
			x[i] = v[k]
		}
	}
	return nil
}

// demean takes the weighted mean of its main level from each value.
func (s *Solver) demean(v []float64) {
	for u, t := range s.total {
		lo, hi := s.start[u], s.start[u+1]
		if lo == hi {
			continue
		}
		part := v[lo:hi]
		var sum float64
		if s.weight == nil {
			for _, y := range part {
				sum += y
			}
		} else {
			for k, y := range part {
				sum += y * s.weight[int(lo)+k]
			}
		}
		m := sum / t
		for k := range part {
			part[k] -= m
		}
	}
}

// scatter adds weighted values to their levels of the other factors.
func (s *Solver) scatter(v, b []float64) {
	for q, code := range s.code {
		to := b[s.offset[q]:]
		if s.weight == nil {
			for k, c := range code {
				to[c] += v[k]
			}
			continue
		}
		for k, c := range code {
			to[c] += v[k] * s.weight[k]
		}
	}
}

// subtract takes the other factors' effects z from v, and then the main ones.
func (s *Solver) subtract(v, z []float64) {
	for q, code := range s.code {
		from := z[s.offset[q]:]
		for k, c := range code {
			v[k] -= from[c]
		}
	}
	s.demean(v)
}

// apply computes out = S z, with S the reduced system: the weighted
// cross-product of the other factors after the main one is taken out.
func (s *Solver) apply(z, out []float64, buf *[]float64) {
	clear(out)
	if len(s.code) == 1 {
		if s.weight == nil {
			s.applyPair(z, out)
		} else {
			s.applyWeighted(z, out)
		}
		return
	}
	for u, t := range s.total {
		lo, hi := s.start[u], s.start[u+1]
		n := int(hi - lo)
		if n == 0 {
			continue
		}
		if cap(*buf) < n {
			*buf = make([]float64, 2*n)
		}
		g := (*buf)[:n]
		clear(g)
		for q, code := range s.code {
			from := z[s.offset[q]:]
			for k, c := range code[lo:hi] {
				g[k] += from[c]
			}
		}
		var sum float64
		if s.weight == nil {
			for _, y := range g {
				sum += y
			}
			m := sum / t
			for k := range g {
				g[k] -= m
			}
		} else {
			w := s.weight[lo:hi]
			for k, y := range g {
				sum += y * w[k]
			}
			m := sum / t
			for k := range g {
				g[k] = (g[k] - m) * w[k]
			}
		}
		for q, code := range s.code {
			to := out[s.offset[q]:]
			for k, c := range code[lo:hi] {
				to[c] += g[k]
			}
		}
	}
}

// applyPair is apply for two factors without weights: the common case, and
// the one that decides how fast ten million rows are.
func (s *Solver) applyPair(z, out []float64) {
	code := s.code[0]
	for u := range s.total {
		part := code[s.start[u]:s.start[u+1]]
		if len(part) < 2 {
			continue
		}
		var sum float64
		for _, c := range part {
			sum += z[c]
		}
		m := sum / float64(len(part))
		for _, c := range part {
			out[c] += z[c] - m
		}
	}
}

// applyWeighted is applyPair with weights.
func (s *Solver) applyWeighted(z, out []float64) {
	code := s.code[0]
	for u, t := range s.total {
		lo, hi := s.start[u], s.start[u+1]
		if hi-lo < 2 {
			continue
		}
		part, w := code[lo:hi], s.weight[lo:hi]
		var sum float64
		for k, c := range part {
			sum += z[c] * w[k]
		}
		m := sum / t
		for k, c := range part {
			out[c] += (z[c] - m) * w[k]
		}
	}
}

// solve finds z with S z = b by preconditioned conjugate gradients; graph
// says to use the graph's preconditioner from the start.
func (s *Solver) solve(ctx context.Context, b []float64, graph bool) ([]float64, error) {
	n := len(b)
	z, r, p, sp, m := make([]float64, n), append([]float64(nil), b...), make([]float64, n), make([]float64, n), make([]float64, n)
	var buf []float64
	cheap := s.cheap
	precondition := func() {
		for j, d := range s.diag {
			m[j] = r[j] / d
		}
	}
	if graph {
		cheap = 0
		precondition = func() { s.graph.solve(s, r, m) }
	}
	precondition()
	copy(p, m)
	rho := dot(r, m)
	goal := tolerance * tolerance * rho
	for step := 1; rho > goal && rho > 1e-300; step++ {
		if step > maxSteps {
			return nil, measure.Invalid("absorb: no convergence after %d steps: the fixed effects are nearly collinear; merge small levels or drop one factor", maxSteps)
		}
		if step%checkEvery == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s.apply(p, sp, &buf)
		down := dot(p, sp)
		if !(down > 0) {
			break
		}
		alpha := rho / down
		for j := range z {
			z[j] += alpha * p[j]
			r[j] -= alpha * sp[j]
		}
		if step == cheap {
			g := s.graphPreconditioner()
			precondition = func() { g.solve(s, r, m) }
			precondition()
			copy(p, m)
			old := rho
			rho = dot(r, m)
			if old > 0 { // the goal keeps its meaning in the new norm
				goal *= rho / old
			}
			continue
		}
		precondition()
		next := dot(r, m)
		beta := next / rho
		rho = next
		for j := range p {
			p[j] = m[j] + beta*p[j]
		}
	}
	return z, nil
}

func dot(a, b []float64) float64 {
	var s float64
	for i, x := range a {
		s += x * b[i]
	}
	return s
}

// Prepare makes the graph preconditioner now: worth it before many calls of
// [Solver.Solve], and needed for the same digits when they run side by side.
func (s *Solver) Prepare() { s.graphPreconditioner() }

// Solve finds level effects e with D′WD e = rhs for rhs given per factor and
// level, where D holds the indicator columns: the inverse that leave-out
// corrections need. rhs must sum to the same total in each factor within each
// connected part. Where effects are only known up to a constant, one of the
// many solutions is returned.
func (s *Solver) Solve(ctx context.Context, rhs [][]float64) ([][]float64, error) {
	mean := make([]float64, len(s.total))
	for u, t := range s.total {
		if t > 0 {
			mean[u] = rhs[s.main][u] / t
		}
	}
	out := make([][]float64, len(s.factors))
	b := make([]float64, s.size)
	for q, f := range s.rest {
		part := b[s.offset[q] : s.offset[q]+s.factors[f].Levels]
		copy(part, rhs[f])
		for u, m := range mean {
			for k := s.start[u]; k < s.start[u+1]; k++ {
				part[s.code[q][k]] -= m * s.at(k)
			}
		}
	}
	z, err := s.solve(ctx, b, s.graph.ready.Load())
	if err != nil {
		return nil, err
	}
	for q, f := range s.rest {
		out[f] = z[s.offset[q] : s.offset[q]+s.factors[f].Levels]
	}
	for u, t := range s.total {
		var sum float64
		for q := range s.rest {
			part := z[s.offset[q]:]
			for k := s.start[u]; k < s.start[u+1]; k++ {
				sum += part[s.code[q][k]] * s.at(k)
			}
		}
		if t > 0 {
			mean[u] -= sum / t
		}
	}
	out[s.main] = mean
	return out, nil
}

// Effects returns level effects, per factor, of the best weighted fit to y.
func (s *Solver) Effects(ctx context.Context, y []float64) ([][]float64, error) {
	rhs := make([][]float64, len(s.factors))
	v := arrange(s, y)
	for f, x := range s.factors {
		rhs[f] = make([]float64, x.Levels)
		code := arrange(s, x.Code)
		for k, c := range code {
			rhs[f][c] += v[k] * s.at(int32(k))
		}
	}
	return s.Solve(ctx, rhs)
}

// each runs f(0) … f(n−1) on all cores.
func each(n int, f func(int)) {
	workers := min(n, runtime.GOMAXPROCS(0))
	if workers < 2 {
		for i := range n {
			f(i)
		}
		return
	}
	var next sync.Mutex
	var wg sync.WaitGroup
	at := 0
	for range workers {
		wg.Go(func() {
			for {
				next.Lock()
				i := at
				at++
				next.Unlock()
				if i >= n {
					return
				}
				f(i)
			}
		})
	}
	wg.Wait()
}
