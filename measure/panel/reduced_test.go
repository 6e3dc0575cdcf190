package panel_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/panel"
)

// TestReducedTwoGroups checks the closed form of Imbens and Kolesár (2016,
// section II): with every row its own cluster and one dummy, the variance is
// Welch's and the degrees of freedom depend on the sizes alone.
func TestReducedTwoGroups(t *testing.T) {
	y := []float64{3.1, 4.7, 2.2, 8.0, 5.5, 6.1, 7.4, 1.9, 4.4, 5.0, 3.6}
	x := []float64{1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0}
	code := make([]int, len(y))
	for i := range code {
		code[i] = i
	}
	fit, err := panel.OLS(t.Context(), panel.Data{Outcome: y, Regressors: []panel.Column{{Name: "x", Values: x}}, Clusters: []absorb.Factor{absorb.NewFactor("row", code)}}, panel.Options{Errors: panel.Reduced})
	if err != nil {
		t.Fatal(err)
	}
	v := func(from, to int) (n, s2 float64) {
		n = float64(to - from)
		mean := 0.0
		for _, y := range y[from:to] {
			mean += y / n
		}
		for _, y := range y[from:to] {
			s2 += (y - mean) * (y - mean) / (n - 1)
		}
		return n, s2
	}
	n1, s1 := v(0, 3)
	n0, s0 := v(3, len(y))
	if got, want := fit.Cov.At(0, 0), s1/n1+s0/n0; math.Abs(got-want) > 1e-10 {
		t.Errorf("variance = %.12g, want %.12g", got, want)
	}
	want := math.Pow(1/n1+1/n0, 2) / (1/(n1*n1*(n1-1)) + 1/(n0*n0*(n0-1)))
	if math.Abs(fit.DF-want) > 1e-9 {
		t.Errorf("degrees of freedom = %.12g, want %.12g", fit.DF, want)
	}
}

// TestReducedDense compares with the definition on dense matrices: two-way
// fixed effects, one nested in the clusters, weights, a second regressor.
func TestReducedDense(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var y, x1, x2, w []float64
	var unit, period, team []int
	for u := range 12 {
		for p := range 5 {
			if r.IntN(8) == 0 {
				continue
			}
			d := 0.0
			if u/3%2 == 0 && p >= 2+u/6 {
				d = 1
			}
			unit, period, team = append(unit, u), append(period, p), append(team, u/3)
			x1, x2 = append(x1, d), append(x2, r.NormFloat64())
			w = append(w, 0.5+r.Float64())
			y = append(y, 0.4*d+0.2*float64(p)+r.NormFloat64())
		}
	}
	d := panel.Data{Outcome: y, Regressors: []panel.Column{{Name: "x1", Values: x1}, {Name: "x2", Values: x2}}, Weights: w,
		Fixed: []absorb.Factor{absorb.NewFactor("unit", unit), absorb.NewFactor("period", period)}, Clusters: []absorb.Factor{absorb.NewFactor("team", team)}}
	fit, err := panel.OLS(t.Context(), d, panel.Options{Errors: panel.Reduced})
	if err != nil {
		t.Fatal(err)
	}
	variance, df := dense(y, [][]float64{x1, x2}, w, unit, period, team)
	for j, name := range fit.Names {
		e, _ := fit.Get(name)
		if math.Abs(e.SE*e.SE-variance[j]) > 1e-8*variance[j] {
			t.Errorf("variance of %s = %.10g, want %.10g", name, e.SE*e.SE, variance[j])
		}
		half := (e.Hi - e.Lo) / 2 / e.SE
		if got := quantileDF(half); math.Abs(got-df[j]) > 1e-4*df[j] {
			t.Errorf("degrees of freedom of %s = %.6g, want %.6g", name, got, df[j])
		}
	}
}

// dense is the definition: all fixed effects as dummies, nested ones taken out
// first, (I−H)^-½ by the spectrum of each cluster's rows.
func dense(y []float64, x [][]float64, w []float64, unit, period, team []int) (variance, df []float64) {
	n := len(y)
	root := func(i int) float64 { return math.Sqrt(w[i]) }
	columns := func(code []int, from int) (out [][]float64) {
		levels := map[int]bool{}
		for _, c := range code {
			levels[c] = true
		}
		for l := from; l < len(levels); l++ {
			col := make([]float64, n)
			for i, c := range code {
				if c == l {
					col[i] = root(i)
				}
			}
			out = append(out, col)
		}
		return out
	}
	t := matrix(columns(unit, 0))
	var us [][]float64
	us = append(us, columns(period, 1)...)
	for _, v := range x {
		col := make([]float64, n)
		for i := range col {
			col[i] = v[i] * root(i)
		}
		us = append(us, col)
	}
	u := away(t, matrix(us))
	yv := mat.NewDense(n, 1, nil)
	for i := range n {
		yv.Set(i, 0, y[i]*root(i))
	}
	e := away(u, away(t, yv))
	var uu, m mat.Dense
	uu.Mul(u.T(), u)
	if err := m.Inverse(&uu); err != nil {
		panic(err)
	}
	var hat, tmp mat.Dense
	tmp.Mul(u, &m)
	hat.Mul(&tmp, u.T())
	groups := map[int][]int{}
	for i, g := range team {
		groups[g] = append(groups[g], i)
	}
	p := len(us)
	omega := make([]*mat.Dense, len(groups)) // n × p, zero outside the cluster
	for g, rows := range groups {
		k := len(rows)
		b := mat.NewSymDense(k, nil)
		for a := range k {
			for c := a; c < k; c++ {
				v := -hat.At(rows[a], rows[c])
				if a == c {
					v++
				}
				b.SetSym(a, c, v)
			}
		}
		var eig mat.EigenSym
		eig.Factorize(b, true)
		var q mat.Dense
		eig.VectorsTo(&q)
		s := mat.NewDense(k, k, nil)
		for i, v := range eig.Values(nil) {
			if v > 1e-9 {
				s.Set(i, i, 1/math.Sqrt(v))
			}
		}
		var a mat.Dense
		a.Mul(&q, s)
		a.Mul(&a, q.T())
		part := mat.NewDense(k, p, nil)
		for i, row := range rows {
			for j := range p {
				part.Set(i, j, tmp.At(row, j))
			}
		}
		var o mat.Dense
		o.Mul(&a, part)
		full := mat.NewDense(n, p, nil)
		for i, row := range rows {
			for j := range p {
				full.Set(row, j, o.At(i, j))
			}
		}
		omega[g] = full
	}
	all := mat.NewDense(n, n, nil)
	for i := range n {
		all.Set(i, i, 1)
	}
	all.Sub(away(t, all), &hat)
	for j := p - len(x); j < p; j++ {
		var v, trace, square float64
		for g := range omega {
			s := mat.Dot(omega[g].ColView(j), e.ColView(0))
			v += s * s
			for h := range omega {
				var ah mat.VecDense
				ah.MulVec(all, omega[h].ColView(j))
				pgh := mat.Dot(omega[g].ColView(j), &ah)
				if g == h {
					trace += pgh
				}
				square += pgh * pgh
			}
		}
		variance, df = append(variance, v), append(df, trace*trace/square)
	}
	return variance, df
}

func matrix(cols [][]float64) *mat.Dense {
	m := mat.NewDense(len(cols[0]), len(cols), nil)
	for j, c := range cols {
		m.SetCol(j, c)
	}
	return m
}

// away is what the columns of x leave of y.
func away(x, y *mat.Dense) *mat.Dense {
	var xx, xy, b, fit, out mat.Dense
	xx.Mul(x.T(), x)
	xy.Mul(x.T(), y)
	if err := b.Solve(&xx, &xy); err != nil {
		panic(err)
	}
	fit.Mul(x, &b)
	out.Sub(y, &fit)
	return &out
}

// quantileDF finds the degrees of freedom whose 97.5 % quantile of t it is.
func quantileDF(q float64) float64 {
	lo, hi := 0.5, 1e4
	for range 200 {
		mid := math.Sqrt(lo * hi)
		if studentQuantile(mid) > q {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

func studentQuantile(df float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile(0.975)
}

// TestReducedPoisson says what few clusters cost: the interval is t's, wider
// than the normal one, around the same coefficient.
func TestReducedPoisson(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var y, x []float64
	var unit, team, period []int
	for u := range 40 {
		for p := range 6 {
			d := 0.0
			if u/5%2 == 0 && p >= 3 {
				d = 1
			}
			unit, team, period = append(unit, u), append(team, u/5), append(period, p)
			x, y = append(x, d), append(y, float64(r.IntN(6)))
		}
	}
	d := panel.Data{Outcome: y, Regressors: []panel.Column{{Name: "x", Values: x}}, Fixed: []absorb.Factor{absorb.NewFactor("unit", unit), absorb.NewFactor("period", period)}, Clusters: []absorb.Factor{absorb.NewFactor("team", team)}}
	plain, err := panel.Poisson(t.Context(), d, panel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	few, err := panel.Poisson(t.Context(), d, panel.Options{Errors: panel.Reduced})
	if err != nil {
		t.Fatal(err)
	}
	a, _ := plain.Get("x")
	b, _ := few.Get("x")
	if a.Value != b.Value || b.SE <= 0 || (b.Hi-b.Lo)/b.SE <= (a.Hi-a.Lo)/a.SE || few.DF > 7 {
		t.Errorf("reduced = %+v with %.3g degrees of freedom, plain = %+v: want the same value and a wider interval in standard errors", b, few.DF, a)
	}
}
