package akm

import (
	"context"
	"errors"
	"math"

	"github.com/chanzipu/outfitter/measure"
)

// moments of the two projections of one match: its fitted part (whose mean is
// the leverage P) and its residual part (mean 1−P).
type moments struct{ p, m, mm, pm float64 }

func (l *moments) add(d moments) {
	l.p += d.p
	l.m += d.m
	l.mm += d.m * d.m
	l.pm += d.p * d.m
}

func (c *components) add(d components) {
	c.platform += d.platform
	c.cov += d.cov
	c.person += d.person
}

const batch = 8 // draws side by side

// project approximates leverages and bias weights by random signs: E over
// signs r of (x'S⁻¹X'r)² is the leverage, and of (x'S⁻¹A½'r)² the bias
// weight (Johnson and Lindenstrauss 1984; KSS computational appendix). The
// inverse 1/(1−P) is taken as 1 + P/M with M the mean of the residual part,
// less the second-order bias of that ratio.
func (m *matches) project(ctx context.Context, o Options) error {
	draws := o.Draws
	if draws == 0 {
		draws = defaultDraws
	}
	seeds := make([]uint64, draws)
	rng := measure.Rand(o.Seed)
	for k := range seeds {
		seeds[k] = rng.Uint64()
	}
	m.solver.Prepare()
	lev, bias := make([]moments, len(m.mean)), make([]components, len(m.mean))
	var p [batch][]moments
	var b [batch][]components
	var failed [batch]error
	for at := 0; at < draws; at += batch {
		n := min(batch, draws-at)
		err := each(ctx, n, func(_, k int) { p[k], b[k], failed[k] = m.draw(ctx, seeds[at+k]) })
		if err := errors.Join(append(failed[:n:n], err)...); err != nil {
			return err
		}
		for k := range n { // in order, for the same digits each time
			for c := range lev {
				lev[c].add(p[k][c])
				bias[c].add(b[k][c])
			}
		}
	}
	n := float64(draws)
	m.leverage, m.bias = make([]float64, len(m.mean)), bias
	for c, l := range lev {
		p, res := l.p/n, l.m/n
		vm, cov := (l.mm/n-res*res)/n, (l.pm/n-p*res)/n
		m.leverage[c] = 1 + p/res - p*vm/(res*res*res) + cov/(res*res)
		if !m.moves(c) || math.IsInf(m.leverage[c], 0) || math.IsNaN(m.leverage[c]) {
			m.leverage[c] = 1
		}
		bias[c].platform /= n
		bias[c].cov /= n
		bias[c].person /= n
	}
	return nil
}

func (m *matches) draw(ctx context.Context, seed uint64) ([]moments, []components, error) {
	rng := measure.Rand(seed)
	sign := func() []float64 {
		r := make([]float64, len(m.mean))
		for c := range r {
			r[c] = float64(2*rng.IntN(2) - 1)
		}
		return r
	}
	r := sign()
	fit, err := m.through(ctx, r, true, true)
	if err != nil {
		return nil, nil, err
	}
	lev := make([]moments, len(r))
	for c, f := range fit {
		lev[c] = moments{p: f * f, m: (r[c] - f) * (r[c] - f)}
	}
	r = sign()
	var s float64 // centre: the quadratic forms are about the mean
	for c, w := range m.weight {
		s += math.Sqrt(w) * r[c] / m.n
	}
	for c, w := range m.weight {
		r[c] = (r[c] - math.Sqrt(w)*s) / math.Sqrt(m.n-1)
	}
	a, err := m.through(ctx, r, true, false)
	if err != nil {
		return nil, nil, err
	}
	b, err := m.through(ctx, r, false, true)
	if err != nil {
		return nil, nil, err
	}
	bias := make([]components, len(r))
	for c := range r {
		bias[c] = components{platform: b[c] * b[c], cov: a[c] * b[c], person: a[c] * a[c]}
	}
	return lev, bias, nil
}

// through returns √w·x'S⁻¹D'√w r by match, with D the person or platform
// columns, or both.
func (m *matches) through(ctx context.Context, r []float64, person, platform bool) ([]float64, error) {
	rhs := [][]float64{make([]float64, m.persons), make([]float64, m.plats)}
	for c, w := range m.weight {
		v := math.Sqrt(w) * r[c]
		if person {
			rhs[0][m.person[c]] += v
		}
		if platform {
			rhs[1][m.platform[c]] += v
		}
	}
	e, err := m.solver.Solve(ctx, rhs)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(r))
	for c, w := range m.weight {
		out[c] = math.Sqrt(w) * (e[0][m.person[c]] + e[1][m.platform[c]])
	}
	return out, nil
}
