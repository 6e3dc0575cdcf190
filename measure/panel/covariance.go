package panel

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
)

// infer fills Cov, DF, Sigma and Clusters from the within regressors x,
// residuals e and bread (X'WX)⁻¹; it refuses where nothing is left to
// estimate a variance from.
func (f *Fit) infer(x [][]float64, e []float64, bread *mat.SymDense, rss float64, o Options) {
	s := f.sample
	n, k := float64(len(e)), float64(len(x))
	all := n - k - float64(parameters(s.fixed, nil))
	if all < 1 {
		f.Refuse("too-few-rows", fmt.Sprintf("只有 %d 行，固定效应和变量已用尽自由度。", len(e)),
			fmt.Sprintf("%d rows are used up by the fixed effects and regressors: none is left to judge uncertainty by.", len(e)), math.NaN())
		return
	}
	f.Sigma, f.DF = math.Sqrt(rss/all), all
	kind := o.Errors
	if kind == Auto {
		kind = IID
		if len(s.clusters) > 0 {
			kind = Clustered
		}
	}
	switch kind {
	case Clustered, Reduced:
		f.Cov = f.clustered(x, e, bread, k)
	case Robust:
		f.Cov = sandwich(bread, meat(x, e, s.weights, nil))
		f.Cov.ScaleSym((n)/all, f.Cov)
	default:
		f.Cov = mat.NewSymDense(len(x), nil)
		f.Cov.ScaleSym(rss/all, bread)
	}
}

func (f *Fit) clustered(x [][]float64, e []float64, bread *mat.SymDense, k float64) *mat.SymDense {
	s := f.sample
	if f.Clusters = fewest(s.clusters); f.Clusters < 2 {
		f.refuseClusters()
		return nil
	}
	n, g := float64(len(e)), float64(f.Clusters)
	f.DF = g - 1
	m := multiway(s.clusters, len(x), func(c absorb.Factor) *mat.SymDense { return meat(x, e, s.weights, &c) })
	m.ScaleSym(g/(g-1)*(n-1)/(n-k-float64(parameters(s.fixed, s.clusters))), m)
	v := sandwich(bread, m)
	if len(s.clusters) > 1 {
		f.repair(v)
	}
	return v
}

func (f *Fit) refuseClusters() {
	f.Refuse("too-few-clusters", "只有一个聚类，无法衡量不确定性。", "There is only one cluster: nothing to judge uncertainty by. Cluster by a finer unit.", math.NaN())
}

func fewest(clusters []absorb.Factor) int {
	g := math.MaxInt
	for _, c := range clusters {
		g = min(g, c.Levels)
	}
	return g
}

// multiway adds the middle matrices of all combinations of clusters, odd
// ones with plus and even ones with minus. Cameron, Gelbach, Miller (2011), eq. 2.13.
func multiway(clusters []absorb.Factor, k int, middle func(absorb.Factor) *mat.SymDense) *mat.SymDense {
	sum := mat.NewSymDense(k, nil)
	for set := 1; set < 1<<len(clusters); set++ {
		var both absorb.Factor
		size := 0
		for c, x := range clusters {
			if set>>c&1 == 0 {
				continue
			}
			if size++; size == 1 {
				both = x
			} else {
				both = absorb.Intersect(both, x)
			}
		}
		m := middle(both)
		if size%2 == 0 {
			m.ScaleSym(-1, m)
		}
		sum.AddSym(sum, m)
	}
	return sum
}

// meat is Σ of outer products of scores x·e·w, summed within clusters first
// (nil: each row for itself).
func meat(x [][]float64, e, w []float64, cluster *absorb.Factor) *mat.SymDense {
	if cluster == nil {
		square := make([]float64, len(e))
		for i, v := range e {
			if w != nil {
				v *= w[i]
			}
			square[i] = v * v
		}
		return cross(x, square)
	}
	scores := make([][]float64, len(x))
	for j := range x {
		scores[j] = make([]float64, cluster.Levels)
		for i, v := range x[j] {
			v *= e[i]
			if w != nil {
				v *= w[i]
			}
			scores[j][cluster.Code[i]] += v
		}
	}
	return cross(scores, nil)
}

// sandwich is bread · m · bread.
func sandwich(bread, m *mat.SymDense) *mat.SymDense {
	var a, v mat.Dense
	a.Mul(bread, m)
	v.Mul(&a, bread)
	k := bread.SymmetricDim()
	out := mat.NewSymDense(k, nil)
	for i := range k {
		for j := i; j < k; j++ {
			out.SetSym(i, j, (v.At(i, j)+v.At(j, i))/2)
		}
	}
	return out
}

// repair sets negative eigenvalues of a multiway covariance to zero.
func (f *Fit) repair(v *mat.SymDense) {
	var e mat.EigenSym
	if !e.Factorize(v, true) {
		return
	}
	values := e.Values(nil)
	if values[0] >= 0 {
		return
	}
	var q mat.Dense
	e.VectorsTo(&q)
	k := len(values)
	for i := range k {
		for j := i; j < k; j++ {
			var s float64
			for l, d := range values {
				s += math.Max(d, 0) * q.At(i, l) * q.At(j, l)
			}
			v.SetSym(i, j, s)
		}
	}
	f.Note("not-positive", measure.Info, "多重聚类的方差矩阵有负特征值，已置零。", "The covariance with several clusters had negative eigenvalues, which were set to zero.", nil)
}
