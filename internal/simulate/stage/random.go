package stage

import (
	"math"
	"math/rand/v2"
	"sort"
)

// Rand gives the stream of random numbers that belongs to a label and ids.
// Each thing draws from a stream of its own, so that one thing more or less
// changes nothing about the others, and a potential outcome can be drawn
// twice with the same luck.
func (w *Stage) Rand(label string, ids ...int) *rand.Rand {
	h := uint64(14695981039346656037)
	for i := range len(label) {
		h = (h ^ uint64(label[i])) * 1099511628211
	}
	g := w.Seed ^ 0x9e3779b97f4a7c15
	for _, id := range ids {
		g = Mix(g + uint64(id) + 0x632be59bd9b4e019)
	}
	return rand.New(rand.NewPCG(Mix(h^w.Seed), Mix(g)))
}

func Mix(x uint64) uint64 { // the finaliser of splitmix64 (Steele, Lea, Flood 2014)
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// poisson is the u-quantile of a Poisson with that mean: monotone in both,
// so a higher mean with the same luck never gives fewer.
func Poisson(u, mean float64) int {
	p := math.Exp(-mean)
	sum, k := p, 0
	for sum < u && k < 1000 {
		k++
		p *= mean / float64(k)
		sum += p
	}
	return k
}

// poissonTail is P(N >= k).
func PoissonTail(k int, mean float64) float64 {
	p := math.Exp(-mean)
	sum := 0.0
	for i := range k {
		sum += p
		p *= mean / float64(i+1)
	}
	return 1 - sum
}

// lognormal draws with that median and sigma of the logarithm.
func Lognormal(r *rand.Rand, median, sigma float64) float64 {
	return median * math.Exp(sigma*r.NormFloat64())
}

// pareto draws a weight of at least 1, capped.
func pareto(r *rand.Rand, alpha, most float64) float64 {
	return math.Min(most, math.Pow(1-r.Float64(), -1/alpha))
}

// A sampler picks an index in proportion to its weight.
type Sampler struct{ steps []float64 }

func NewSampler(weights []float64) Sampler { return Sampler{cumulate(weights)} }

func (s Sampler) Pick(r *rand.Rand) int {
	if len(s.steps) == 0 {
		return -1
	}
	u := r.Float64() * s.steps[len(s.steps)-1]
	return min(sort.SearchFloat64s(s.steps, u), len(s.steps)-1)
}

// Quantile of counts in a histogram, the smallest value whose share of the
// counts below or at it reaches q.
func (h Histogram) Quantile(q float64) float64 {
	sum := 0
	for k, c := range h {
		if sum += c; float64(sum) >= q*float64(h.Total()) && c > 0 {
			return float64(k)
		}
	}
	return 0
}

type Histogram [64]int

func (h *Histogram) Add(v int) { h[min(max(v, 0), len(h)-1)]++ }
func (h Histogram) Total() (n int) {
	for _, c := range h {
		n += c
	}
	return n
}
func (h Histogram) AtLeast(line int) (n int) {
	for _, c := range h[line:] {
		n += c
	}
	return n
}

// GCD is the greatest common divisor.
func GCD(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
