// Package evaluate measures a clustering, and the pairs behind it, against
// the truth.
//
// A clustering is a label per record; records come in one order everywhere.
// Pairs that blocking never produced count as missed.
package evaluate

import (
	"fmt"
	"math"
)

// A Score is precision, recall and their harmonic mean, as shares.
type Score struct {
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

func newScore(p, r float64) Score {
	s := Score{Precision: p, Recall: r}
	if p+r > 0 {
		s.F1 = 2 * p * r / (p + r)
	}
	return s
}

// Pairwise scores the pairs that got puts together against those that truth does.
func Pairwise(got, truth []uint32) (Score, error) {
	both, g, t, err := cells(got, truth)
	if err != nil {
		return Score{}, err
	}
	var tp, pg, pt float64
	for _, n := range both {
		tp += pairs(n)
	}
	for _, n := range g {
		pg += pairs(n)
	}
	for _, n := range t {
		pt += pairs(n)
	}
	return newScore(share(tp, pg), share(tp, pt)), nil
}

// BCubed is the mean over records of the precision and recall of the record's
// own cluster (Bagga and Baldwin 1998).
func BCubed(got, truth []uint32) (Score, error) {
	both, g, t, err := cells(got, truth)
	if err != nil {
		return Score{}, err
	}
	var p, r float64
	for k, n := range both {
		p += n * n / g[k[0]]
		r += n * n / t[k[1]]
	}
	n := float64(len(got))
	return newScore(share(p, n), share(r, n)), nil
}

func cells(got, truth []uint32) (both map[[2]uint32]float64, g, t map[uint32]float64, err error) {
	if len(got) != len(truth) {
		return nil, nil, nil, fmt.Errorf("evaluate: %d records clustered, %d in the truth: give one label per record in both", len(got), len(truth))
	}
	both, g, t = map[[2]uint32]float64{}, map[uint32]float64{}, map[uint32]float64{}
	for i := range got {
		both[[2]uint32{got[i], truth[i]}]++
		g[got[i]]++
		t[truth[i]]++
	}
	return both, g, t, nil
}

func pairs(n float64) float64 { return n * (n - 1) / 2 }

// share is 1 of nothing: no pair claimed is no pair wrong.
func share(part, whole float64) float64 {
	if whole == 0 {
		return 1
	}
	return part / whole
}

// TruePairs is the number of pairs that truth puts together.
func TruePairs(truth []uint32) int64 {
	n := map[uint32]int64{}
	for _, t := range truth {
		n[t]++
	}
	var sum int64
	for _, k := range n {
		sum += k * (k - 1) / 2
	}
	return sum
}

// A Bin is one step of a calibration curve.
type Bin struct {
	From, To  float64 // predicted probability
	Pairs     int64
	Predicted float64 // mean
	Observed  float64 // share that truly match
}

// Calibration gathers predicted probabilities against the truth.
type Calibration struct {
	bins [20]struct{ n, p, hit float64 }
}

// Add counts one pair.
func (c *Calibration) Add(probability float64, match bool) {
	i := min(max(int(probability*20), 0), 19)
	b := &c.bins[i]
	b.n++
	b.p += probability
	if match {
		b.hit++
	}
}

// Error is the expected calibration error: the mean gap between predicted
// and observed, weighed by pairs. NaN without pairs.
func (c *Calibration) Error() float64 {
	var n, gap float64
	for _, b := range c.bins {
		n += b.n
		gap += math.Abs(b.p - b.hit)
	}
	return gap / n
}

// Bins is the curve, empty bins left out.
func (c *Calibration) Bins() []Bin {
	var out []Bin
	for i, b := range c.bins {
		if b.n > 0 {
			out = append(out, Bin{From: float64(i) / 20, To: float64(i+1) / 20, Pairs: int64(b.n), Predicted: b.p / b.n, Observed: b.hit / b.n})
		}
	}
	return out
}
