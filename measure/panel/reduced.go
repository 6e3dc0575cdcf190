package panel

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
)

// maxReduced bounds the columns of a bias-reduced covariance: the regressors
// and the levels of the fixed effects that cut across clusters.
const maxReduced = 600

// A block is what a cluster adds: S = U'WU and u = U'We of its rows.
type block struct {
	s *mat.SymDense
	u []float64
}

// reduced sets Cov and the degrees of freedom of each coefficient by the
// bias-reduced linearisation of Bell and McCaffrey (2002): every cluster's
// residuals are widened by (I − H)^-½, H its leverage, and the t statistic has
// Satterthwaite's degrees of freedom under equal independent errors. With
// clusters few or unlike, G−1 and the usual factor leave intervals too short;
// this one knows from the design how much. Fixed effects nested in clusters
// are absorbed, the others stand in the leverage (Pustejovsky and Tipton 2018,
// theorem 2; their weights are inverse variances, as Poisson's are). Where the
// crossing levels are too many the ordinary clustered errors stay.
func (f *Fit) reduced(ctx context.Context, e []float64) error {
	s := f.sample
	if len(s.clusters) != 1 {
		return measure.Invalid("panel: bias-reduced errors need one cluster column, not %d", len(s.clusters))
	}
	g := s.clusters[0]
	u, k, err := f.crossing(ctx, g)
	if err != nil || u == nil {
		return err
	}
	blocks := make([]block, g.Levels)
	rows := make([][]int, g.Levels)
	for i, c := range g.Code {
		rows[c] = append(rows[c], i)
	}
	p := len(u)
	total := mat.NewSymDense(p, nil)
	for c, at := range rows {
		blocks[c] = newBlock(u, e, s.weights, at)
		total.AddSym(total, blocks[c].s)
	}
	keep := independent(total)
	for j := p - k; j < p; j++ {
		if !keep[j] { // the absorbed fit decided otherwise: too close to tell
			return nil
		}
	}
	for c := range blocks {
		blocks[c] = blocks[c].pick(keep)
	}
	f.settle(blocks, invert(pickSym(total, keep)), k)
	return nil
}

// crossing are the columns whose leverage counts: levels of the fixed effects
// not nested in clusters, then the fit's k regressors, nested effects taken
// out. It returns none where they are too many.
func (f *Fit) crossing(ctx context.Context, g absorb.Factor) (u [][]float64, k int, err error) {
	s := f.sample
	n := len(s.y)
	var nested []absorb.Factor
	for _, x := range s.fixed {
		if x.Nested(g) {
			nested = append(nested, x)
			continue
		}
		for l := range x.Levels {
			col := make([]float64, n)
			for i, c := range x.Code {
				if int(c) == l {
					col[i] = 1
				}
			}
			u = append(u, col)
		}
		if len(u) > maxReduced {
			return nil, 0, nil
		}
	}
	for _, name := range f.Names {
		for j, other := range s.names {
			if other == name {
				u = append(u, append([]float64(nil), s.x[j]...))
			}
		}
	}
	if len(nested) > 0 {
		solver, err := absorb.New(nested, s.weights)
		if err != nil {
			return nil, 0, fmt.Errorf("panel: %w", err)
		}
		if err := solver.Residuals(ctx, u); err != nil {
			return nil, 0, fmt.Errorf("panel: %w", err)
		}
	}
	return u, len(f.Names), nil
}

func newBlock(u [][]float64, e, w []float64, rows []int) block {
	p := len(u)
	b := block{mat.NewSymDense(p, nil), make([]float64, p)}
	for _, i := range rows {
		wi := 1.0
		if w != nil {
			wi = w[i]
		}
		for a := range p {
			v := u[a][i] * wi
			if v == 0 {
				continue
			}
			b.u[a] += v * e[i]
			for c := a; c < p; c++ {
				if t := u[c][i]; t != 0 {
					b.s.SetSym(a, c, b.s.At(a, c)+v*t)
				}
			}
		}
	}
	return b
}

func (b block) pick(keep []bool) block { return block{pickSym(b.s, keep), pick(b.u, keep)} }

// settle computes the covariance of the last k columns and their degrees of
// freedom; m is (Σ S)⁻¹.
func (f *Fit) settle(blocks []block, m *mat.SymDense, k int) {
	p := m.SymmetricDim()
	var chol mat.Cholesky
	chol.Factorize(m)
	var l mat.TriDense
	chol.LTo(&l)
	scores := make([][]float64, k)      // coefficient → cluster
	own := make([][]float64, k)         // ω'ω
	lever := make([][]*mat.VecDense, k) // S q
	for j := range k {
		scores[j], own[j] = make([]float64, len(blocks)), make([]float64, len(blocks))
		lever[j] = make([]*mat.VecDense, len(blocks))
	}
	for c, b := range blocks {
		widen := b.widen(&l)
		for j := range k {
			h := mat.NewVecDense(p, nil)
			for i := range p {
				h.SetVec(i, m.At(i, p-k+j))
			}
			var sh, q, sq mat.VecDense
			sh.MulVec(b.s, h)
			q.MulVec(widen, &sh)
			q.AddVec(&q, h)
			sq.MulVec(b.s, &q)
			for i, v := range b.u {
				scores[j][c] += q.AtVec(i) * v
			}
			own[j][c] = mat.Dot(&q, &sq)
			lever[j][c] = &sq
		}
	}
	f.Cov = mat.NewSymDense(k, nil)
	f.dfs = make([]float64, k)
	f.DF = math.Inf(1)
	for j := range k {
		for i := j; i < k; i++ {
			var v float64
			for c := range blocks {
				v += scores[j][c] * scores[i][c]
			}
			f.Cov.SetSym(j, i, v)
		}
		f.dfs[j] = satterthwaite(own[j], lever[j], m)
		f.DF = math.Min(f.DF, f.dfs[j])
	}
}

// widen is L·C·L' with which (I − H)^-½ acts on the columns: H's spectrum is
// that of L'SL. A direction that the cluster determines alone is left out.
func (b block) widen(l *mat.TriDense) *mat.Dense {
	p := b.s.SymmetricDim()
	var t, inner mat.Dense
	t.Mul(b.s, l)
	inner.Mul(l.T(), &t)
	sym := mat.NewSymDense(p, nil)
	for i := range p {
		for j := i; j < p; j++ {
			sym.SetSym(i, j, (inner.At(i, j)+inner.At(j, i))/2)
		}
	}
	var eig mat.EigenSym
	out := mat.NewDense(p, p, nil)
	if !eig.Factorize(sym, true) {
		return out
	}
	var v, lv mat.Dense
	eig.VectorsTo(&v)
	lv.Mul(l, &v)
	scaled := mat.DenseCopyOf(&lv)
	for j, h := range eig.Values(nil) {
		d := 0.5 // the limit at no leverage
		switch {
		case 1-h < 1e-8:
			d = -1 / h
		case h > 1e-9:
			d = (1/math.Sqrt(1-h) - 1) / h
		}
		for i := range p {
			scaled.Set(i, j, scaled.At(i, j)*d)
		}
	}
	out.Mul(scaled, lv.T())
	return out
}

// satterthwaite matches the variance estimate's first two moments to a χ²:
// (tr P)²/tr P² with P[g,h] = δ ω'ω − (S q)'M(S q).
func satterthwaite(own []float64, lever []*mat.VecDense, m *mat.SymDense) float64 {
	var trace, square float64
	for a := range own {
		var mv mat.VecDense
		mv.MulVec(m, lever[a])
		for b := a; b < len(own); b++ {
			v := -mat.Dot(&mv, lever[b])
			if a == b {
				v += own[a]
				trace += v
				square += v * v
				continue
			}
			square += 2 * v * v
		}
	}
	if square <= 0 {
		return 1
	}
	return trace * trace / square
}
