package did

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"gonum.org/v1/gonum/floats"

	"github.com/chanzipu/outfitter/measure"
)

// Mammen's two-point weights: low with probability mammen/65536, else high;
// mean 0, variance 1, third moment 1.
const mammen = 47422 // (1+√5)/(2√5) · 65536

// bootstrap returns, per column, Draws values of the estimate's error.
//
// Eight clusters at a time, all 256 sums of their influence are tabled, so a
// draw adds one table row per eight clusters instead of eight products.
func (p *panel) bootstrap(ctx context.Context, o Options, columns []column) ([][]float64, error) {
	const width = 64
	out := make([][]float64, len(columns))
	var wg sync.WaitGroup
	blocks := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for at := range blocks {
				p.draw(ctx, o, columns[at:min(at+width, len(columns))], out[at:])
			}
		}()
	}
	for at := 0; at < len(columns); at += width {
		blocks <- at
	}
	close(blocks)
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("did: bootstrap: %w", err)
	}
	return out, nil
}

func (p *panel) draw(ctx context.Context, o Options, columns []column, out [][]float64) {
	k := len(columns)
	sums := p.byCluster(columns)
	table := make([]float64, 256*k)
	total, acc := make([]float64, k), make([]float64, o.Draws*k)
	word := make([]byte, (o.Draws+7)/8*8)
	for first := 0; first < p.clusters; first += 8 {
		if first%4096 == 0 && ctx.Err() != nil {
			return
		}
		live := min(8, p.clusters-first)
		if !slices.ContainsFunc(sums[first*k:(first+live)*k], func(v float64) bool { return v != 0 }) {
			continue // none of these clusters takes part in any of the columns
		}
		for m := 1; m < 1<<live; m++ {
			dst := table[m*k : (m+1)*k]
			copy(dst, table[(m&(m-1))*k:])
			floats.Add(dst, sums[(first+bits.TrailingZeros(uint(m)))*k:][:k])
		}
		floats.Add(total, table[(1<<live-1)*k:][:k])
		coins(rand.NewPCG(o.Seed, uint64(first)), word)
		for b := range o.Draws {
			m := int(word[b]) & (1<<live - 1)
			floats.Add(acc[b*k:(b+1)*k], table[m*k:(m+1)*k])
		}
	}
	pr := mammen / 65536.0
	low, high := -math.Sqrt((1-pr)/pr), math.Sqrt(pr/(1-pr))
	for c := range k {
		out[c] = make([]float64, o.Draws)
		for b := range o.Draws {
			out[c][b] = (high*total[c] + (low-high)*acc[b*k+c]) / float64(p.n)
		}
	}
}

// byCluster lays influence out as [cluster*len(columns) + column].
func (p *panel) byCluster(columns []column) []float64 {
	k := len(columns)
	out := make([]float64, p.clusters*k)
	for c, col := range columns {
		for _, s := range col.psi {
			for i, v := range s.v {
				at := s.from + i
				if p.cluster != nil {
					at = p.cluster[at]
				}
				out[at*k+c] += v
			}
		}
	}
	return out
}

// coins fills dst with bits that are 1 with probability mammen/65536, from
// fair ones: reading the probability's digits from the last, OR halves the
// distance to 1 and AND that to 0.
func coins(src *rand.PCG, dst []byte) {
	for at := 0; at < len(dst); at += 8 {
		var acc uint64
		for d := range 16 {
			if mammen>>d&1 == 1 {
				acc |= src.Uint64()
			} else {
				acc &= src.Uint64()
			}
		}
		for j := range 8 {
			dst[at+j] = byte(acc >> (8 * j))
		}
	}
}

// spread is the bootstrap standard error, from the interquartile range so
// that a few wild draws do not matter; analytic stands in where it is 0.
func spread(draws []float64, analytic float64) float64 {
	if !(analytic > 0) {
		return 0
	}
	s := slices.Sorted(slices.Values(draws))
	iqr := s[ceil(0.75, len(s))] - s[ceil(0.25, len(s))]
	if se := iqr / (2 * measure.NormalQuantile(0.75)); se > 0 {
		return se
	}
	return analytic
}

// ceil is the position of the inf{F ≥ q} quantile.
func ceil(q float64, n int) int {
	return min(max(int(math.Ceil(q*float64(n)))-1, 0), n-1)
}

// bands gives each family of more than one estimate the critical value at
// which all its intervals hold at once.
func bands(columns []column, draws [][]float64, o Options) map[int]float64 {
	top, size := map[int][]float64{}, map[int]int{}
	for i, c := range columns {
		if c.family <= 0 || !(c.se > 0) {
			continue
		}
		if top[c.family] == nil {
			top[c.family] = make([]float64, o.Draws)
		}
		size[c.family]++
		for b, v := range draws[i] {
			top[c.family][b] = max(top[c.family][b], math.Abs(v)/c.se)
		}
	}
	out := map[int]float64{}
	for family, t := range top {
		if size[family] < 2 {
			continue
		}
		slices.Sort(t)
		out[family] = max(t[ceil(o.Level, len(t))], measure.NormalQuantile((1+o.Level)/2))
	}
	return out
}
