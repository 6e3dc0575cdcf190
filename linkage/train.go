package linkage

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/chanzipu/outfitter/linkage/field"
)

// A Session is one run of EM on the pairs of one rule.
type Session struct {
	Rule       string               `json:"rule"`
	Pairs      int64                `json:"pairs"`
	Skipped    []string             `json:"skipped,omitempty"` // comparisons that the rule decides
	Share      float64              `json:"share"`             // of the rule's pairs that match
	Iterations int                  `json:"iterations"`
	LogLik     float64              `json:"log_likelihood"`
	M          map[string][]float64 `json:"m"`
	History    []float64            `json:"history"` // log likelihood after each iteration
}

// estimateU sets u from value frequencies: equality exactly (Σf²), the levels
// between from pairs of values drawn by frequency.
func (e *engine) estimateU(ctx context.Context, model *Settings, seed uint64) error {
	if e.u != nil {
		model.Comparisons = Settings{Comparisons: e.u}.clone().Comparisons
		return nil
	}
	return e.each(ctx, len(e.props), func(c int) error {
		p := e.props[c]
		n := int(p.Top()) + 1
		params := &model.Comparisons[c].Parameters
		if len(*params) == 0 {
			*params = make([]Parameter, n)
		}
		for l, label := range p.Labels() {
			(*params)[l].Label = label
		}
		u := e.sampleU(p, rand.New(rand.NewPCG(seed, uint64(c))))
		for l := range *params {
			if !(*params)[l].FixU && (*params)[l].U == 0 {
				(*params)[l].U = u[l]
			}
		}
		return nil
	})
}

const sampledPairs = 1 << 17

func (e *engine) sampleU(p *property, rng *rand.Rand) []float64 {
	known := make([]uint32, 0, len(p.codes))
	for _, c := range p.codes {
		if c != 0 {
			known = append(known, c)
		}
	}
	n := int(p.Top()) + 1
	count := make([]float64, n)
	memo := field.NewMemo(p.Field, memoBits)
	drawn := 0.0
	if len(known) > 1 {
		for range sampledPairs {
			a, b := known[rng.IntN(len(known))], known[rng.IntN(len(known))]
			if a == b {
				continue
			}
			count[memo.Compare(a, b).Level]++
			drawn++
		}
	}
	exact := min(max(p.ExactShare(), 1e-9), 0.999)
	u := make([]float64, n)
	u[n-1] = exact
	for l := range n - 1 {
		// Half a pair more than was seen: a level that never turned up is rare, not impossible.
		u[l] = (1 - exact) * (count[l] + 0.5) / (drawn + 0.5*float64(n-1))
	}
	return u
}

// session is EM on the pairs of one rule, for the comparisons it leaves free.
type session struct {
	e      *engine
	active []int
	digits [][]uint8 // by pattern: digit of each active comparison
	count  []float64
	total  float64
	u      [][]float64 // by active comparison, digit
	fixed  [][]Parameter
}

const (
	maxIterations = 200
	converged     = 1e-7 // relative change of the log likelihood
	priorPairs    = 2.0  // pseudo pairs per comparison, spread as startM has it
)

// newSession collects the patterns of the pairs that rule finds; all rules' if rule < 0.
func (e *engine) newSession(c *candidates, model *Settings, rule int, active []int) *session {
	s := &session{e: e, active: active}
	at := map[uint32]int{}
	keys := make([]uint64, 0, len(c.counts))
	for k := range c.counts {
		if rule < 0 || k>>32&(1<<rule) != 0 {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		var short uint32
		digits := make([]uint8, len(active))
		for i, cmp := range active {
			d := e.digit(Pattern(uint32(k)), cmp)
			digits[i] = uint8(d)
			short += e.base[cmp] * uint32(d)
		}
		j, ok := at[short]
		if !ok {
			j = len(s.count)
			at[short] = j
			s.count = append(s.count, 0)
			s.digits = append(s.digits, digits)
		}
		s.count[j] += float64(c.counts[k])
		s.total += float64(c.counts[k])
	}
	for _, cmp := range active {
		params := model.Comparisons[cmp].Parameters
		u := []float64{1}
		for _, p := range params {
			u = append(u, p.U)
		}
		s.u = append(s.u, u)
		s.fixed = append(s.fixed, params)
	}
	return s
}

// startM spreads m over the levels of a comparison: top of the mass on
// equality, the rest falling towards disagreement.
func startM(levels int, top float64) []float64 {
	m := make([]float64, levels)
	rest := 0.0
	for l := range levels - 1 {
		m[l] = float64(l + 1)
		rest += m[l]
	}
	for l := range levels - 1 {
		m[l] *= (1 - top) / rest
	}
	m[levels-1] = top
	return m
}

type fit struct {
	m       [][]float64 // by active comparison, level
	share   float64
	logLik  float64
	history []float64
	weights [][]float64 // expected matches behind each m
}

// best fits from several starts and keeps the likeliest whose m makes sense.
func (s *session) best() fit {
	var best fit
	for _, start := range []struct{ top, share float64 }{{0.7, 0.2}, {0.9, 0.02}, {0.5, 0.6}} {
		f := s.run(start.top, start.share)
		if best.m == nil || s.sensible(f) && (f.logLik > best.logLik || !s.sensible(best)) {
			best = f
		}
	}
	return best
}

// sensible: on most comparisons matches are equal more often than others are,
// and don't mostly differ. EM also finds other groups that share a rule's key,
// such as all who bear one surname.
func (s *session) sensible(f fit) bool {
	good := 0
	for i := range f.m {
		top := len(f.m[i]) - 1
		if f.m[i][top] > s.u[i][top+1] && f.m[i][0] < 0.5 {
			good++
		}
	}
	return 2*good > len(f.m)
}

func (s *session) run(top, share float64) fit {
	f := fit{share: share}
	for i := range s.active {
		m := startM(len(s.fixed[i]), top)
		for l, p := range s.fixed[i] {
			if p.FixM {
				m[l] = p.M
			}
		}
		f.m = append(f.m, m)
	}
	last := math.Inf(-1)
	for range maxIterations {
		lik := s.step(&f, top)
		f.history = append(f.history, lik)
		f.logLik = lik
		if math.Abs(lik-last) < converged*math.Abs(lik) {
			break
		}
		last = lik
	}
	return f
}

// step is one iteration; it returns the log likelihood before it.
func (s *session) step(f *fit, top float64) float64 {
	ratio := make([][]float64, len(s.active))
	sum := make([][]float64, len(s.active))
	for i := range s.active {
		ratio[i] = []float64{1}
		for l, m := range f.m[i] {
			ratio[i] = append(ratio[i], m/s.u[i][l+1])
		}
		sum[i] = make([]float64, len(f.m[i])+1)
	}
	lik, matches := 0.0, 0.0
	for j, digits := range s.digits {
		r := f.share
		for i, d := range digits {
			r *= ratio[i][d]
		}
		p := r / (r + 1 - f.share)
		// Up to a constant: Σ log u of the pattern doesn't depend on what is estimated.
		lik += s.count[j] * math.Log(r+1-f.share)
		w := p * s.count[j]
		matches += w
		for i, d := range digits {
			sum[i][d] += w
		}
	}
	f.share = min(max(matches/s.total, 1e-9), 1-1e-6)
	f.weights = sum
	for i := range s.active {
		known := 0.0
		for _, w := range sum[i][1:] {
			known += w
		}
		start := startM(len(f.m[i]), top)
		freeMass, freeSum := 1.0, 0.0
		for l, p := range s.fixed[i] {
			if p.FixM {
				freeMass -= p.M
			} else {
				freeSum += sum[i][l+1] + priorPairs*start[l]
			}
		}
		for l, p := range s.fixed[i] {
			if !p.FixM && freeSum > 0 {
				f.m[i][l] = max(freeMass, 0) * (sum[i][l+1] + priorPairs*start[l]) / freeSum
			}
		}
		_ = known
	}
	return lik
}

// estimateM runs EM once for each rule and pools the sessions.
func (e *engine) estimateM(ctx context.Context, c *candidates, model *Settings) ([]Session, error) {
	fits := make([]fit, len(e.rules))
	sessions := make([]Session, len(e.rules))
	actives := make([][]int, len(e.rules))
	err := e.each(ctx, len(e.rules), func(r int) error {
		var skipped []string
		for i := range e.props {
			if e.related(r, i) {
				skipped = append(skipped, e.set.Comparisons[i].Name)
			} else {
				actives[r] = append(actives[r], i)
			}
		}
		sessions[r] = Session{Rule: e.rules[r].String(), Skipped: skipped, M: map[string][]float64{}}
		s := e.newSession(c, model, r, actives[r])
		sessions[r].Pairs = int64(s.total)
		if len(actives[r]) < 2 || s.total < minTraining {
			return nil
		}
		f := s.best()
		if !s.sensible(f) {
			return nil
		}
		fits[r] = f
		sessions[r].Share, sessions[r].Iterations, sessions[r].LogLik, sessions[r].History = f.share, len(f.history), f.logLik, f.history
		for i, cmp := range actives[r] {
			sessions[r].M[e.set.Comparisons[cmp].Name] = f.m[i]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	e.pool(model, fits, actives)
	return sessions, nil
}

const minTraining = 20 // pairs without which a rule teaches nothing

// pool averages m over sessions. A session whose matches are something else
// (the family behind one telephone) disagrees with the others about how often
// matches differ: sessions far from the median of that are left out.
func (e *engine) pool(model *Settings, fits []fit, actives [][]int) {
	for c, p := range e.props {
		params := model.Comparisons[c].Parameters
		var votes []vote
		for r, f := range fits {
			i := slices.Index(actives[r], c)
			if i < 0 || f.m == nil {
				continue
			}
			known := 0.0
			for _, n := range f.weights[i][1:] {
				known += n
			}
			if known < minTraining {
				continue
			}
			// The root: a large session isn't right in proportion to its size.
			votes = append(votes, vote{f.m[i], math.Sqrt(known)})
		}
		sum, weight := make([]float64, len(params)), 0.0
		middle := medianDiffers(votes)
		for _, v := range votes {
			if math.Abs(v.m[0]-middle) > 0.08+0.5*middle {
				continue
			}
			weight += v.weight
			for l, m := range v.m {
				sum[l] += v.weight * m
			}
		}
		fallback := startM(len(params), 0.7)
		for l := range params {
			switch {
			case params[l].FixM:
				continue
			case weight > 0:
				params[l].M = sum[l] / weight
			case params[l].M == 0:
				params[l].M = fallback[l]
			}
			// Some levels are known to speak against a match, whatever a few families say.
			if bits := p.Against(uint8(l)); bits > 0 {
				params[l].M = min(params[l].M, max(params[l].U, 1e-6)*math.Exp2(-bits))
			}
		}
	}
}

// vote is what one session says of one comparison.
type vote struct {
	m      []float64
	weight float64
}

// medianDiffers is the (lower) median of the sessions' m of disagreement.
func medianDiffers(votes []vote) float64 {
	sorted := slices.Clone(votes)
	slices.SortStableFunc(sorted, func(a, b vote) int { return cmp.Compare(a.m[0], b.m[0]) })
	if len(sorted) == 0 {
		return 0
	}
	return sorted[(len(sorted)-1)/2].m[0]
}

// related reports whether a rule decides a comparison, so that its pairs can't
// teach anything about it.
func (e *engine) related(rule, cmp int) bool {
	for _, part := range e.rules[rule].Parts {
		for _, col := range e.set.Comparisons[cmp].Columns {
			if part.Column == col || e.rs.derived(part.Column, col) {
				return true
			}
		}
	}
	return false
}
