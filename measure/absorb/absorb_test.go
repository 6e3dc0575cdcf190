package absorb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/chanzipu/outfitter/measure"
)

// dummies regresses v on all levels' indicators, densely.
func dummies(factors []Factor, w, v []float64) []float64 {
	n, k := len(v), 0
	for _, f := range factors {
		k += f.Levels
	}
	d := mat.NewDense(n, k, nil)
	for i := range n {
		at := 0
		for _, f := range factors {
			d.Set(i, at+int(f.Code[i]), math.Sqrt(w[i]))
			at += f.Levels
		}
	}
	y := mat.NewVecDense(n, nil)
	for i := range n {
		y.SetVec(i, v[i]*math.Sqrt(w[i]))
	}
	var svd mat.SVD
	svd.Factorize(d, mat.SVDThin)
	var b mat.Dense
	svd.SolveTo(&b, y, svd.Rank(1e-10))
	out := make([]float64, n)
	for i := range n {
		at := 0
		out[i] = v[i]
		for _, f := range factors {
			out[i] -= b.At(at+int(f.Code[i]), 0)
			at += f.Levels
		}
	}
	return out
}

func design(n int, levels ...int) (factors []Factor, w, v []float64) {
	rng := measure.Rand(7)
	for q, l := range levels {
		id := make([]int, n)
		for i := range id {
			id[i] = rng.IntN(l) * 3
		}
		factors = append(factors, NewFactor(fmt.Sprint("f", q), id))
	}
	w, v = make([]float64, n), make([]float64, n)
	for i := range v {
		w[i], v[i] = 0.5+rng.Float64(), rng.NormFloat64()*10
	}
	return factors, w, v
}

func TestResiduals(t *testing.T) {
	for _, levels := range [][]int{{9}, {40, 7}, {7, 40}, {30, 30}, {25, 12, 8}, {60, 60, 5}} {
		for _, weighted := range []bool{false, true} {
			t.Run(fmt.Sprint(levels, weighted), func(t *testing.T) {
				factors, w, v := design(150, levels...)
				var weights []float64
				if weighted {
					weights = w
				} else {
					for i := range w {
						w[i] = 1
					}
				}
				want := dummies(factors, w, v)
				s, err := New(factors, weights)
				if err != nil {
					t.Fatal(err)
				}
				for _, hard := range []bool{false, true} {
					if hard {
						s.cheap = 1 // the graph preconditioner does the work
					}
					got := append([]float64(nil), v...)
					if err := s.Residuals(t.Context(), [][]float64{got}); err != nil {
						t.Fatal(err)
					}
					for i := range got {
						if math.Abs(got[i]-want[i]) > 1e-7 {
							t.Fatalf("graph %v: residual %d = %v, want %v", hard, i, got[i], want[i])
						}
					}
				}
				e, err := s.Effects(t.Context(), v)
				if err != nil {
					t.Fatal(err)
				}
				for i := range v {
					r := v[i]
					for f, x := range factors {
						r -= e[f][x.Code[i]]
					}
					if math.Abs(r-want[i]) > 1e-7 {
						t.Fatalf("residual by effects %d = %v, want %v", i, r, want[i])
					}
				}
			})
		}
	}
}

// TestSparse is a chain of workers each joining two neighbouring firms: the
// worst graph for alternating projections.
func TestSparse(t *testing.T) {
	const firms = 20000
	var worker, firm []int
	var y []float64
	rng := measure.Rand(3)
	for j := range firms - 1 {
		for k := range 2 {
			worker, firm = append(worker, j), append(firm, j+k)
			y = append(y, float64(j%13)+5*math.Sin(float64(j+k))+1e-3*rng.NormFloat64())
		}
		if j%10 == 0 {
			worker, firm, y = append(worker, firms+j), append(firm, j), append(y, 1)
			worker, firm, y = append(worker, firms+j), append(firm, j), append(y, 3)
		}
	}
	s, err := New([]Factor{NewFactor("worker", worker), NewFactor("firm", firm)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Residuals(t.Context(), [][]float64{y}); err != nil {
		t.Fatal(err)
	}
	var pure float64
	for i := range y {
		if worker[i] < firms {
			pure = math.Max(pure, math.Abs(y[i]))
		} else if math.Abs(math.Abs(y[i])-1) > 1e-9 {
			t.Fatalf("stayer's residual = %v, want ±1", y[i])
		}
	}
	if pure > 1e-6 { // a chain is fitted exactly
		t.Errorf("largest residual on the chain = %v, want 0", pure)
	}
}

func TestFactor(t *testing.T) {
	f := NewFactor("city", []string{"b", "a", "b", "c"})
	g := NewFactor("region", []int{10, 20, 10, 20})
	if !f.Nested(g) || g.Nested(f) {
		t.Errorf("Nested = %v, %v, want true, false", f.Nested(g), g.Nested(f))
	}
	if got := Intersect(f, g).Levels; got != 3 {
		t.Errorf("Intersect levels = %d, want 3", got)
	}
	if _, parts := Components(f, g); parts != 2 {
		t.Errorf("Components = %d, want 2", parts)
	}
	keep, alone := Singletons([]Factor{f, g})
	if alone != 2 || !keep[0] || keep[1] || !keep[2] || keep[3] {
		t.Errorf("Singletons = %v, %d, want the rows of a and c", keep, alone)
	}
	if got := f.Keep(keep); got.Levels != 1 || len(got.Code) != 2 {
		t.Errorf("Keep = %v, want one level on two rows", got)
	}
	far := NewFactor("id", []int64{math.MaxInt64, math.MinInt64, math.MaxInt64})
	if far.Levels != 2 || far.Code[0] != far.Code[2] {
		t.Errorf("NewFactor(far apart) = %v, want 2 levels", far)
	}
}

func TestBadInput(t *testing.T) {
	f := NewFactor("a", []int{1, 2, 1})
	tests := []struct {
		name    string
		factors []Factor
		weights []float64
	}{
		{name: "no factor"},
		{name: "no rows", factors: []Factor{{Name: "a"}}},
		{name: "lengths differ", factors: []Factor{f, NewFactor("b", []int{1})}},
		{name: "code out of range", factors: []Factor{{Name: "a", Code: []int32{0, 5}, Levels: 2}}},
		{name: "zero weight", factors: []Factor{f}, weights: []float64{1, 0, 1}},
		{name: "weights too short", factors: []Factor{f}, weights: []float64{1}},
	}
	for _, tt := range tests {
		if _, err := New(tt.factors, tt.weights); !errors.Is(err, measure.ErrInput) {
			t.Errorf("New(%s) = %v, want ErrInput", tt.name, err)
		}
	}
}

func TestCancel(t *testing.T) {
	factors, _, v := design(3000, 900, 800)
	s, err := New(factors, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := s.Residuals(ctx, [][]float64{v}); !errors.Is(err, context.Canceled) {
		t.Errorf("Residuals(cancelled) = %v, want context.Canceled", err)
	}
}

func BenchmarkPanel(b *testing.B) {
	for _, n := range []int{1e5, 1e6} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			factors, _, v := design(n, n/20, int(math.Sqrt(float64(n))))
			b.ReportAllocs()
			for b.Loop() {
				s, err := New(factors, nil)
				if err != nil {
					b.Fatal(err)
				}
				if err := s.Residuals(b.Context(), [][]float64{append([]float64(nil), v...), append([]float64(nil), v...)}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSparse has workers who hardly ever move: 1 M rows, one in fifty
// workers seen at a second firm.
func BenchmarkSparse(b *testing.B) {
	for _, move := range []float64{0.02, 0.5} {
		b.Run(fmt.Sprint(move), func(b *testing.B) {
			factors, v := mobility(1e6, move)
			b.ReportAllocs()
			for b.Loop() {
				s, err := New(factors, nil)
				if err != nil {
					b.Fatal(err)
				}
				if err := s.Residuals(b.Context(), [][]float64{append([]float64(nil), v...), append([]float64(nil), v...)}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// mobility draws workers of 10 years each; with probability move a worker
// changes, each year, to a neighbouring firm of a ring.
func mobility(n int, move float64) ([]Factor, []float64) {
	rng := measure.Rand(11)
	firms := n / 100
	worker, firm, v := make([]int, n), make([]int, n), make([]float64, n)
	at := 0
	for i := range n {
		worker[i] = i / 10
		if i%10 == 0 {
			at = rng.IntN(firms)
		} else if rng.Float64() < move {
			at = (at + 1 + rng.IntN(3)) % firms
		}
		firm[i] = at
		v[i] = rng.NormFloat64() + math.Sin(float64(at))
	}
	return []Factor{NewFactor("worker", worker), NewFactor("firm", firm)}, v
}
