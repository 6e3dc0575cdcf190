package regression

import (
	"errors"
	"math"

	"github.com/chanzipu/outfitter/measure"
)

// ErrSeparated says that the covariates tell the two groups apart perfectly,
// so the likelihood has no maximum: there is no overlap to compare within.
var ErrSeparated = errors.New("the covariates separate the groups perfectly")

// Logit fits P(y=1) by maximum likelihood (Newton with step halving) over
// rows (nil: all). y holds 0 and 1; w nil means equal weights; start, if not
// nil, is a Beta to begin from. It fails with [ErrSeparated] where the
// covariates tell the groups apart perfectly. Where they do so for some rows
// only, the fit is the limit reached, with those rows' probabilities at 0 or
// 1 to rounding, and Fit.Separated is set.
func (d *Design) Logit(rows []int, y, w, start []float64) (*Fit, error) {
	p := d.P
	f := &Fit{Beta: make([]float64, p), design: d}
	if start != nil {
		copy(f.Beta, start)
	} else {
		var ones, all float64
		d.each(rows, func(i int, _ []float64) { wi := at(w, i); all += wi; ones += wi * y[i] })
		if all <= 0 {
			return nil, measure.Invalid("regression: no row with weight: the group to fit is empty")
		}
		if ones <= 0 || ones >= all {
			return nil, ErrSeparated
		}
		f.Beta[0] = math.Log(ones / (all - ones))
	}
	step, dev, rank := make([]float64, p), math.Inf(1), 0
	for iteration := range 100 {
		s := d.score(rows, y, w, f.Beta)
		for half := 0; s.deviance > dev+1e-10*math.Abs(dev) && half < 30; half++ {
			for a := range step {
				step[a] /= 2
				f.Beta[a] -= step[a]
			}
			s = d.score(rows, y, w, f.Beta)
		}
		if s.deviance < 1e-6*s.total {
			return nil, ErrSeparated
		}
		f.Inv, f.Dropped = invert(s.info, p)
		f.Rank = p - len(f.Dropped)
		if iteration == 0 {
			rank = f.Rank
		}
		var size float64
		for a := range step {
			step[a] = dot(f.Inv[a*p:(a+1)*p], s.grad)
			size = max(size, math.Abs(step[a]))
		}
		settled := math.Abs(dev-s.deviance) <= 1e-10*math.Abs(s.deviance)
		f.Separated = f.Rank < rank || (settled && size > 0.1)
		dev = s.deviance
		if f.Separated {
			return f, nil
		}
		for a := range step {
			f.Beta[a] += step[a]
		}
		if size < 1e-9 {
			return f, nil
		}
	}
	return f, nil
}

type logitScore struct {
	grad, info      []float64
	deviance, total float64
}

func (d *Design) score(rows []int, y, w, beta []float64) logitScore {
	p := d.P
	s := logitScore{grad: make([]float64, p), info: make([]float64, p*p)}
	d.each(rows, func(i int, z []float64) {
		wi := at(w, i)
		if wi == 0 {
			return
		}
		eta := dot(beta, z)
		e := math.Exp(-math.Abs(eta))
		pr := 1 / (1 + e)
		if eta < 0 {
			pr = e / (1 + e)
		}
		v := wi * pr * (1 - pr)
		r := wi * (y[i] - pr)
		s.total += wi
		// −2 log likelihood without overflow: log(1+e^η) − yη
		s.deviance += 2 * wi * (max(eta, 0) + math.Log1p(e) - y[i]*eta)
		for a, za := range z {
			s.grad[a] += r * za
			t := v * za
			row := s.info[a*p : a*p+a+1]
			for b := range row {
				row[b] += t * z[b]
			}
		}
	})
	mirror(s.info, p)
	return s
}

func at(w []float64, i int) float64 {
	if w == nil {
		return 1
	}
	return w[i]
}
