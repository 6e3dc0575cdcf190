package synth

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// A ridge solves min |b − Σ w_i a_i|² + η|w|² over the simplex for one set of
// many short columns and several b, exactly. Its dual has only len(b)+1
// unknowns (the residual r and the multiplier ν of Σ w = 1, with
// w_i = max(0, a_i·r + ν)/η) and is piecewise quadratic, so Newton's method
// with a line search ends at the optimum once it has the right set of
// positive weights. Columns are stored one after the other.
type ridge struct {
	rows int
	a    []float64 // column i is a[i*rows : (i+1)*rows]
	eta  float64
}

// dual is a point of a ridge's dual, and the Hessian's part that depends on
// which weights are positive, kept up to date as they change.
type dual struct {
	r   []float64
	nu  float64
	in  []bool
	h   []float64 // Σ over positive weights of (a_i,1)(a_i,1)', lower triangle used
	sum int
}

func (q *ridge) columns() int { return len(q.a) / q.rows }

func (q *ridge) column(i int) []float64 { return q.a[i*q.rows : (i+1)*q.rows] }

func (q *ridge) start(b []float64) *dual {
	m := q.rows + 1
	d := &dual{r: make([]float64, q.rows), in: make([]bool, q.columns()), h: make([]float64, m*m)}
	d.nu = q.eta / float64(q.columns())
	return d
}

func (d *dual) clone() *dual {
	c := *d
	c.r = append([]float64(nil), d.r...)
	c.in = append([]bool(nil), d.in...)
	c.h = append([]float64(nil), d.h...)
	return &c
}

// solve moves d to the optimum for b and returns the weights; skip marks
// columns that must stay at zero (nil: none).
func (q *ridge) solve(b []float64, d *dual, skip []bool) []float64 {
	n := q.columns()
	g := make([]float64, n) // a_i·r + ν
	dg := make([]float64, n)
	grad := make([]float64, q.rows+1)
	dr := make([]float64, q.rows)
	q.products(d.r, d.nu, g)
	for range 200 {
		q.activate(d, g, skip)
		f := q.value(b, d, g, skip)
		q.gradient(b, d, g, grad)
		if converged(b, grad) {
			break
		}
		step := d.newton(grad, q.eta)
		if step == nil {
			break
		}
		copy(dr, step[:q.rows])
		dnu := step[q.rows]
		q.products(dr, dnu, dg)
		slope := dot(grad, step)
		size := 1.0
		for range 60 {
			next := q.moved(b, d, g, dg, dr, dnu, size, skip)
			if next <= f+1e-4*size*slope || math.Abs(next-f) <= 1e-15*math.Abs(f) {
				break
			}
			size /= 2
		}
		for t := range d.r {
			d.r[t] += size * dr[t]
		}
		d.nu += size * dnu
		for i := range g {
			g[i] += size * dg[i]
		}
	}
	w := make([]float64, n)
	var sum float64
	for i, v := range g {
		if d.in[i] && v > 0 {
			w[i] = v
			sum += v
		}
	}
	for i := range w {
		w[i] /= sum
	}
	return w
}

func converged(b, grad []float64) bool {
	m := len(grad) - 1
	return norm(grad[:m]) <= 1e-10*(1+norm(b)) && math.Abs(grad[m]) <= 1e-10
}

// products sets g_i = a_i·r + ν.
func (q *ridge) products(r []float64, nu float64, g []float64) {
	for i := range g {
		g[i] = nu + dot(q.column(i), r)
	}
}

// activate brings the set of positive weights, and the Hessian, up to date.
func (q *ridge) activate(d *dual, g []float64, skip []bool) {
	m := q.rows + 1
	for i, v := range g {
		on := v > 0 && (skip == nil || !skip[i])
		if on == d.in[i] {
			continue
		}
		sign := 1.0
		if !on {
			sign = -1
		}
		d.in[i] = on
		d.sum += int(sign)
		c := q.column(i)
		for s, x := range c {
			row := d.h[s*m:]
			x *= sign
			for t, y := range c[:s+1] {
				row[t] += x * y
			}
		}
		last := d.h[q.rows*m:]
		for t, y := range c {
			last[t] += sign * y
		}
		last[q.rows] += sign
	}
}

// value is the dual objective ½|r|² − b·r − ν + Σ max(0,g)²/2η.
func (q *ridge) value(b []float64, d *dual, g []float64, skip []bool) float64 {
	return dot(d.r, d.r)/2 - dot(b, d.r) - d.nu + q.positive(g, nil, 0, skip)
}

func (q *ridge) moved(b []float64, d *dual, g, dg, dr []float64, dnu, size float64, skip []bool) float64 {
	var f float64
	for t, v := range d.r {
		v += size * dr[t]
		f += v*v/2 - b[t]*v
	}
	return f - d.nu - size*dnu + q.positive(g, dg, size, skip)
}

func (q *ridge) positive(g, dg []float64, size float64, skip []bool) float64 {
	var s float64
	for i, v := range g {
		if dg != nil {
			v += size * dg[i]
		}
		if v > 0 && (skip == nil || !skip[i]) {
			s += v * v
		}
	}
	return s / (2 * q.eta)
}

func (q *ridge) gradient(b []float64, d *dual, g, grad []float64) {
	m := q.rows
	for t := range b {
		grad[t] = d.r[t] - b[t]
	}
	grad[m] = -1
	for i, v := range g {
		if !d.in[i] {
			continue
		}
		w := v / q.eta
		for t, x := range q.column(i) {
			grad[t] += w * x
		}
		grad[m] += w
	}
}

// newton solves the Hessian against −grad; nil if it can't.
func (d *dual) newton(grad []float64, eta float64) []float64 {
	m := len(grad)
	h := mat.NewSymDense(m, nil)
	for s := range m {
		for t := range s + 1 {
			v := d.h[s*m+t] / eta
			if s == t && s < m-1 {
				v++
			}
			h.SetSym(s, t, v)
		}
	}
	if d.sum == 0 {
		h.SetSym(m-1, m-1, 1/eta)
	}
	var c mat.Cholesky
	if !c.Factorize(h) {
		for s := range m {
			h.SetSym(s, s, h.At(s, s)*(1+1e-10)+1e-300)
		}
		if !c.Factorize(h) {
			return nil
		}
	}
	x := mat.NewVecDense(m, nil)
	if err := c.SolveVecTo(x, mat.NewVecDense(m, grad)); err != nil && math.IsNaN(x.AtVec(0)) {
		return nil
	}
	out := make([]float64, m)
	for t := range out {
		out[t] = -x.AtVec(t)
	}
	return out
}
