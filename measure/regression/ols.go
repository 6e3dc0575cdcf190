package regression

import (
	"math"

	"github.com/chanzipu/outfitter/measure"
)

// OLS fits y on the design by weighted least squares over rows (nil: all).
// y and w (nil: equal) are indexed by row of the design.
func (d *Design) OLS(rows []int, y, w []float64) (*Fit, error) {
	gram, xy := d.moments(rows, y, w)
	if gram[0] <= 0 {
		return nil, measure.Invalid("regression: no row with weight: the group to fit is empty")
	}
	f := d.solve(gram, xy)
	d.refine(f, rows, y, w)
	return f, nil
}

// refine takes one more step from the residuals, which wins back the digits
// that squaring the design lost.
func (d *Design) refine(f *Fit, rows []int, y, w []float64) {
	left := make([]float64, d.P)
	d.each(rows, func(i int, z []float64) {
		r := at(w, i) * (y[i] - dot(f.Beta, z))
		for a, v := range z {
			left[a] += r * v
		}
	})
	for a := range f.Beta {
		f.Beta[a] += dot(f.Inv[a*d.P:(a+1)*d.P], left)
	}
}

// moments returns ZᵀWZ (lower triangle filled both ways) and ZᵀWy.
func (d *Design) moments(rows []int, y, w []float64) (gram, xy []float64) {
	p := d.P
	gram, xy = make([]float64, p*p), make([]float64, p)
	d.each(rows, func(i int, z []float64) {
		wi := 1.0
		if w != nil {
			if wi = w[i]; wi == 0 {
				return
			}
		}
		for a, za := range z {
			t := wi * za
			xy[a] += t * y[i]
			row := gram[a*p : a*p+a+1]
			for b := range row {
				row[b] += t * z[b]
			}
		}
	})
	mirror(gram, p)
	return gram, xy
}

func (d *Design) each(rows []int, visit func(i int, z []float64)) {
	if rows == nil {
		for i := range d.N {
			visit(i, d.Row(i))
		}
		return
	}
	for _, i := range rows {
		visit(i, d.Row(i))
	}
}

func (d *Design) solve(gram, xy []float64) *Fit {
	inv, dropped := invert(gram, d.P)
	f := &Fit{Beta: make([]float64, d.P), Inv: inv, Dropped: dropped, Rank: d.P - len(dropped), design: d}
	for a := range f.Beta {
		f.Beta[a] = dot(inv[a*d.P:(a+1)*d.P], xy)
	}
	return f
}

// invert returns the inverse of a symmetric p×p matrix over the columns that
// are linearly independent of earlier ones; rows and columns of the others
// (named in dropped) are zero.
func invert(a []float64, p int) (inv []float64, dropped []int) {
	l := make([]float64, p*p) // Cholesky factor of the kept columns
	kept := make([]bool, p)
	for j := range p {
		s := a[j*p+j]
		for k := range j {
			if !kept[k] {
				continue
			}
			t := a[j*p+k]
			for m := range k {
				t -= l[j*p+m] * l[k*p+m]
			}
			l[j*p+k] = t / l[k*p+k]
			s -= l[j*p+k] * l[j*p+k]
		}
		if !(s > 1e-10*a[j*p+j]) || a[j*p+j] <= 0 {
			dropped = append(dropped, j)
			for k := range j {
				l[j*p+k] = 0
			}
			continue
		}
		kept[j] = true
		l[j*p+j] = math.Sqrt(s)
	}
	inv = make([]float64, p*p)
	x := make([]float64, p)
	for c := range p {
		if !kept[c] {
			continue
		}
		for j := range p {
			x[j] = 0
			if !kept[j] || j < c {
				continue
			}
			t := 0.0
			if j == c {
				t = 1
			}
			for k := c; k < j; k++ {
				t -= l[j*p+k] * x[k]
			}
			x[j] = t / l[j*p+j]
		}
		for j := p - 1; j >= 0; j-- {
			if !kept[j] {
				continue
			}
			t := x[j]
			for k := j + 1; k < p; k++ {
				t -= l[k*p+j] * inv[k*p+c]
			}
			inv[j*p+c] = t / l[j*p+j]
		}
	}
	return inv, dropped
}

func mirror(a []float64, p int) {
	for i := range p {
		for j := range i {
			a[j*p+i] = a[i*p+j]
		}
	}
}
