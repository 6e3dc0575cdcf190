package akm

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
)

// matches are the person × platform cells: the unit that is left out.
type matches struct {
	n        float64 // rows
	person   []int32
	platform []int32
	weight   []float64 // rows in the match
	mean     []float64 // outcome
	persons  int
	plats    int
	of       [][]int32 // matches of each person
	total    []float64 // rows of each person
	size     []float64 // rows of each platform
	spread   []float64 // variance of a stayer's outcomes; by person
	solver   *absorb.Solver
	error    []float64 // match mean less fit
	leverage []float64 // movers' matches: what 1/(1−P) multiplies the error by
	bias     []components
}

func newMatches(y []float64, person, platform absorb.Factor) *matches {
	cell := absorb.Intersect(person, platform)
	m := &matches{n: float64(len(y)), persons: person.Levels, plats: platform.Levels}
	m.person, m.platform = make([]int32, cell.Levels), make([]int32, cell.Levels)
	m.weight, m.mean = make([]float64, cell.Levels), make([]float64, cell.Levels)
	for i, c := range cell.Code {
		m.person[c], m.platform[c] = person.Code[i], platform.Code[i]
		m.weight[c]++
		m.mean[c] += y[i]
	}
	m.of, m.total, m.size = make([][]int32, m.persons), make([]float64, m.persons), make([]float64, m.plats)
	for c := range m.mean {
		m.mean[c] /= m.weight[c]
		m.of[m.person[c]] = append(m.of[m.person[c]], int32(c))
		m.total[m.person[c]] += m.weight[c]
		m.size[m.platform[c]] += m.weight[c]
	}
	m.spread = make([]float64, m.persons)
	for i, c := range cell.Code {
		p := m.person[c]
		if len(m.of[p]) == 1 {
			m.spread[p] += (y[i] - m.mean[c]) * (y[i] - m.mean[c]) / (m.total[p] - 1)
		}
	}
	return m
}

func (m *matches) moves(c int) bool { return len(m.of[m.person[c]]) > 1 }

// fit is the plug-in decomposition, by weighted least squares on matches.
func (m *matches) fit(ctx context.Context) (components, error) {
	factors := []absorb.Factor{{Name: "person", Code: m.person, Levels: m.persons}, {Name: "platform", Code: m.platform, Levels: m.plats}}
	var err error
	if m.solver, err = absorb.New(factors, m.weight); err != nil {
		return components{}, err
	}
	e, err := m.solver.Effects(ctx, m.mean)
	if err != nil {
		return components{}, err
	}
	m.error = make([]float64, len(m.mean))
	for c := range m.mean {
		m.error[c] = m.mean[c] - e[0][m.person[c]] - e[1][m.platform[c]]
	}
	return m.quadratic(e[0], e[1]), nil
}

// quadratic is the person-period variances and covariance of effects.
func (m *matches) quadratic(person, platform []float64) components {
	var a, b float64
	for i, v := range person {
		a += m.total[i] * v / m.n
	}
	for j, v := range platform {
		b += m.size[j] * v / m.n
	}
	var q components
	for i, v := range person {
		q.person += m.total[i] * (v - a) * (v - a) / (m.n - 1)
	}
	for j, v := range platform {
		q.platform += m.size[j] * (v - b) * (v - b) / (m.n - 1)
	}
	for c, w := range m.weight {
		q.cov += w * (person[m.person[c]] - a) * (platform[m.platform[c]] - b) / (m.n - 1)
	}
	return q
}

// exact finds leverages and bias weights of movers' matches from the inverse
// of the platforms' Laplacian (people eliminated, one platform as reference).
func (m *matches) exact(ctx context.Context) error {
	k := m.plats - 1
	lap := mat.NewSymDense(max(k, 1), nil)
	add := func(a, b int32, v float64) {
		if int(a) < k && int(b) < k && a <= b {
			lap.SetSym(int(a), int(b), lap.At(int(a), int(b))+v)
		}
	}
	for c, w := range m.weight {
		add(m.platform[c], m.platform[c], w)
		if !m.moves(c) {
			add(m.platform[c], m.platform[c], -w)
			continue
		}
		for _, b := range m.of[m.person[c]] {
			add(m.platform[c], m.platform[b], -w*m.weight[b]/m.total[m.person[c]])
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(lap) {
		return measure.Invalid("akm: platforms are too weakly connected for the exact method: use %q", string(Projection))
	}
	inv := mat.NewSymDense(k, nil)
	if err := chol.InverseTo(inv); err != nil && math.IsNaN(inv.At(0, 0)) {
		return err
	}
	m.leverage, m.bias = make([]float64, len(m.mean)), make([]components, len(m.mean))
	work := make([]*quadraticForm, 64)
	shape := m.shape()
	return each(ctx, len(m.mean), func(worker, c int) {
		if !m.moves(c) {
			return
		}
		if work[worker] == nil {
			work[worker] = &quadraticForm{matches: m, shape: shape, inv: inv, psi: make([]float64, m.plats)}
		}
		work[worker].match(c)
	})
}

// shape is what all matches' bias weights share.
type shape struct {
	moving []int32   // people who move
	stay   []float64 // rows of stayers, by platform
}

func (m *matches) shape() shape {
	s := shape{stay: make([]float64, m.plats)}
	for i, of := range m.of {
		if len(of) > 1 {
			s.moving = append(s.moving, int32(i))
		} else if len(of) == 1 {
			s.stay[m.platform[of[0]]] += m.total[i]
		}
	}
	return s
}

// quadraticForm computes z = S⁻¹ x for one match and z'Az for the three A.
type quadraticForm struct {
	*matches
	shape
	inv *mat.SymDense
	psi []float64
}

func (q *quadraticForm) match(c int) {
	own, w := q.person[c], q.weight[c]
	clear(q.psi)
	raw := q.inv.RawSymmetric()
	add := func(platform int32, v float64) {
		j := int(platform)
		if j >= raw.N {
			return
		}
		row := raw.Data[j*raw.Stride : j*raw.Stride+raw.N]
		for l := range j {
			q.psi[l] += v * raw.Data[l*raw.Stride+j]
		}
		for l := j; l < raw.N; l++ {
			q.psi[l] += v * row[l]
		}
	}
	add(q.platform[c], 1)
	for _, b := range q.of[own] {
		add(q.platform[b], -q.weight[b]/q.total[own])
	}
	var mp, mf, pp, ff, pf float64 // Σ person, Σ platform, Σ person², Σ platform², Σ both, by rows
	for j, v := range q.psi {
		mf += q.size[j] * v
		ff += q.size[j] * v * v
		mp -= q.stay[j] * v // a stayer's effect is minus its platform's
		pp += q.stay[j] * v * v
		pf -= q.stay[j] * v * v
	}
	var alpha float64
	for _, i := range q.moving {
		var s float64
		for _, b := range q.of[i] {
			s += q.weight[b] * q.psi[q.platform[b]]
		}
		a := -s / q.total[i]
		if i == own {
			a += 1 / q.total[i]
			alpha = a
		}
		mp += q.total[i] * a
		pp += q.total[i] * a * a
		pf += a * s
	}
	q.leverage[c] = 1 / (1 - w*(alpha+q.psi[q.platform[c]]))
	q.bias[c] = components{
		platform: w * (ff - mf*mf/q.n) / (q.n - 1),
		cov:      w * (pf - mf*mp/q.n) / (q.n - 1),
		person:   w * (pp - mp*mp/q.n) / (q.n - 1),
	}
}

// correct subtracts Σ bias weight × leave-out error variance, the scaled
// outcome times its leave-out error. Any constant may be taken from the
// outcome first; LeaveOutTwoWay takes the mean of the scaled outcomes, and so
// do we.
func (m *matches) correct(plug components) components {
	out := plug
	var centre float64
	for c, w := range m.weight {
		centre += math.Sqrt(w) * m.mean[c] / float64(len(m.mean))
	}
	for c, w := range m.weight {
		if !m.moves(c) {
			p := m.person[c]
			out.person -= (1 - w/m.n) / (m.n - 1) * m.spread[p]
			continue
		}
		variance := (math.Sqrt(w)*m.mean[c] - centre) * math.Sqrt(w) * m.error[c] * m.leverage[c]
		out.platform -= m.bias[c].platform * variance
		out.cov -= m.bias[c].cov * variance
		out.person -= m.bias[c].person * variance
	}
	return out
}
