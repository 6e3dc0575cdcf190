package quantile

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/regression"
)

var errEmpty = errors.New("an arm is empty")

// scratch is memory that one worker uses again in each draw.
type scratch struct{ count, w, ahead []float64 }

func (m *scratch) of(p *[]float64, n int) []float64 {
	if len(*p) < n {
		*p = make([]float64, n)
	}
	return (*p)[:n]
}

// estimate returns, for bootstrap counts by row (nil: one each), the treated
// quantile and the untreated one for each τ, then both at Floor and Ceiling,
// then both means.
func (s *sample) estimate(o Options, count []float64, m *scratch) ([]float64, error) {
	w := m.of(&m.w, s.n)
	for i := range w {
		w[i] = s.weight(i)
		if count != nil {
			w[i] *= count[i]
		}
	}
	var fit *regression.Fit
	if s.x != nil {
		var err error
		if fit, err = s.x.Logit(nil, s.d, w, s.start); err != nil {
			return nil, err
		}
	}
	taus := append(append([]float64{}, o.Tau...), o.Floor, o.Ceiling)
	out := make([]float64, 2*len(taus)+2)
	for k := range 2 {
		side := 1 - k // treated first
		weighted := s.w != nil || (s.x != nil && !(k == 1 && o.OnTreated))
		from, to := s.arm(k)
		var total, sum float64
		ahead := m.of(&m.ahead, to-from+1) // weight before each row
		for i := from; i < to; i++ {
			if fit != nil && w[i] > 0 {
				w[i] *= s.ipw(i, fit.Prob(i), o)
			}
			total += w[i]
			ahead[i-from+1] = total
			sum += w[i] * s.y[i]
		}
		if !(total > 0) || math.IsInf(total, 0) {
			return nil, errEmpty
		}
		for t, tau := range taus {
			out[2*t+side] = quantile(tau, s.y[from:to], ahead, total, weighted)
		}
		out[2*len(taus)+side] = sum / total
	}
	return out, nil
}

// quantile of ascending values y; ahead[r+1] is the weight of the first r+1.
func quantile(tau float64, y, ahead []float64, total float64, weighted bool) float64 {
	value := func(target float64) float64 { // at which the weight reaches target
		at, _ := slices.BinarySearch(ahead[1:], target)
		return y[min(at, len(y)-1)]
	}
	target := tau * total
	if weighted {
		return value(target * (1 - 1e-13))
	}
	j := math.Floor(target + 4e-15*total) // R's type 4: order statistics j and j+1
	low, h := value(max(j, 1)), target-j
	if h < 1e-12*total || j < 1 {
		return low
	}
	return low + h*(value(min(j+1, total))-low)
}

// bootstrap returns Draws estimates, each as [sample.estimate] does; a draw
// in which an arm is empty or separated is drawn again.
func (s *sample) bootstrap(ctx context.Context, o Options, size int) ([][]float64, error) {
	out := make([][]float64, o.Draws)
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), o.Draws)
	var members [][]int
	if s.code != nil {
		members = make([][]int, s.clusters)
		for i, c := range s.code {
			members[c] = append(members[c], i)
		}
	}
	for k := range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			var m scratch
			count := m.of(&m.count, s.n)
			for b := k; b < o.Draws && ctx.Err() == nil; b += workers {
				for try := range 20 {
					s.resample(o.Seed+uint64(try)*0x9e3779b9, b, count, members)
					if est, err := s.estimate(o, count, &m); err == nil {
						out[b] = est
						break
					}
				}
			}
		}()
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("quantile: bootstrap: %w", err)
	}
	kept := out[:0]
	for _, d := range out {
		if len(d) == size {
			kept = append(kept, d)
		}
	}
	return kept, nil
}

func (s *sample) resample(seed uint64, b int, count []float64, members [][]int) {
	rng := measure.Rand(seed ^ uint64(b+1)*0xbf58476d1ce4e5b9)
	clear(count)
	for range s.clusters {
		c := rng.IntN(s.clusters)
		if members == nil {
			count[c]++
			continue
		}
		for _, i := range members[c] {
			count[i]++
		}
	}
}
