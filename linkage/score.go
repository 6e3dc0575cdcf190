package linkage

import (
	"context"
	"math"
)

// weights hold each level's evidence in bits, for quick scoring.
type weights struct {
	prior float64     // log2 odds of two random records
	level [][]float64 // by comparison and digit; digit 0 (nothing known) is 0
	base  [][]float64 // the part of level that is log2(m/u)
}

func (e *engine) weigh(model *Settings) *weights {
	w := &weights{prior: float64(quantize(math.Log2(model.Prior / (1 - model.Prior))))}
	for c, p := range e.props {
		level, base := []float64{0}, []float64{0}
		for l, q := range model.Comparisons[c].Parameters {
			bits := float64(quantize(math.Log2(max(q.M, 1e-9) / max(q.U, 1e-12))))
			base = append(base, bits)
			if p.tfBy[l] != 0 {
				bits += float64(quantize(q.Offset))
			}
			level = append(level, bits)
		}
		w.level, w.base = append(w.level, level), append(w.base, base)
	}
	return w
}

// of is the weight of a pattern without its term-frequency bits.
func (w *weights) of(e *engine, p Pattern) float64 {
	sum := w.prior
	for c := range e.props {
		sum += w.level[c][e.digit(p, c)]
	}
	return sum
}

// Probability is the probability of a match that a weight in bits stands for.
func Probability(weight float64) float64 { return 1 / (1 + math.Exp2(-weight)) }

// Weight is the inverse of Probability.
func Weight(probability float64) float64 { return math.Log2(probability / (1 - probability)) }

// score turns the term-frequency bits that find left in the edges into whole weights.
func (e *engine) score(ctx context.Context, c *candidates, w *weights) error {
	const chunk = 1 << 18
	n := (len(c.edges) + chunk - 1) / chunk
	return e.each(ctx, n, func(i int) error {
		known := map[Pattern]float32{}
		edges := c.edges[i*chunk : min((i+1)*chunk, len(c.edges))]
		for j := range edges {
			bits, ok := known[edges[j].Pattern]
			if !ok {
				bits = float32(w.of(e, edges[j].Pattern))
				known[edges[j].Pattern] = bits
			}
			edges[j].Weight += bits
		}
		return nil
	})
}

// estimatePrior finds the share of matches among all pairs that makes the
// candidates' expected matches agree with itself.
func (e *engine) estimatePrior(c *candidates, model *Settings) {
	if model.FixPrior && model.Prior > 0 {
		return
	}
	e.fitPrior(c, model, e.possiblePairs())
}

// fitPrior does that for a number of pairs of which the candidates are part.
func (e *engine) fitPrior(c *candidates, model *Settings, all float64) {
	model.Prior = 1e-4
	active := make([]int, len(e.props))
	for i := range active {
		active[i] = i
	}
	s := e.newSession(c, model, -1, active)
	ratios := make([]float64, len(s.digits))
	for j, digits := range s.digits {
		r := 1.0
		for cmp, d := range digits {
			if d > 0 {
				q := model.Comparisons[cmp].Parameters[d-1]
				r *= max(q.M, 1e-9) / max(q.U, 1e-12)
			}
		}
		ratios[j] = r
	}
	for range 200 {
		odds := model.Prior / (1 - model.Prior)
		matches := 0.0
		for j, r := range ratios {
			matches += s.count[j] * r * odds / (1 + r*odds)
		}
		next := min(max(matches, 0.5)/all, 0.5)
		if math.Abs(next-model.Prior) < 1e-6*model.Prior {
			break
		}
		model.Prior = next
	}
}

// possiblePairs is the number of pairs in scope.
func (e *engine) possiblePairs() float64 {
	n := float64(e.rs.len())
	all := n * (n - 1) / 2
	if e.set.Scope == ScopeAcross {
		for i := range e.rs.tables {
			m := float64(e.rs.starts[i+1] - e.rs.starts[i])
			all -= m * (m - 1) / 2
		}
	}
	return max(all, 1)
}

// estimateOffsets centres term-frequency adjustments: among matches of a
// level, 2^-adjustment must average 1, or the adjustments would shift the
// level's weight (from P(v|match)/P(v|no match) with agreement on v ∝ share).
func (e *engine) estimateOffsets(c *candidates, model *Settings) {
	w := e.weigh(model)
	type acc struct{ p, sum float64 }
	accs := make([][]acc, len(e.props))
	for i, p := range e.props {
		accs[i] = make([]acc, p.Top()+1)
	}
	step := max(len(c.edges)/offsetSample, 1)
	for j := 0; j < len(c.edges); j += step {
		ed := &c.edges[j]
		post := Probability(w.of(e, ed.Pattern))
		if post < 0.05 {
			continue
		}
		for i, p := range e.props {
			x, y := p.codes[ed.A], p.codes[ed.B]
			if x == 0 || y == 0 {
				continue
			}
			l := e.digit(ed.Pattern, i) - 1
			if p.tfBy[l] == 0 {
				continue
			}
			r := p.Compare(x, y)
			accs[i][l].p += post
			accs[i][l].sum += post * math.Exp2(-p.tfBy[l]*float64(r.Bits))
		}
	}
	for i, p := range e.props {
		for l, a := range accs[i] {
			q := &model.Comparisons[i].Parameters[l]
			q.Offset = 0
			switch {
			case p.tfBy[l] == 0:
			case a.p > 5:
				q.Offset = math.Log2(a.sum / a.p)
			case l == int(p.Top()):
				q.Offset = p.tfBy[l] * math.Log2(max(p.ExactShare(), 1e-9))
			default:
				q.Offset = -p.tfBy[l] * 8
			}
		}
	}
}

const offsetSample = 60000
