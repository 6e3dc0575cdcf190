package linkage

import (
	"context"
	"math"
	"slices"
)

// refit learns once more from what the first clustering showed. Frequencies
// over records count an entity's own duplicates as coincidences, so that u is
// too high and a rare value looks common; over entities they don't.
func (e *engine) refit(ctx context.Context, c *candidates, res *Result) error {
	if e.fixedModel() {
		return nil
	}
	if err := e.cluster(ctx, res, false); err != nil {
		return err
	}
	old := e.weigh(&res.Model)
	before := make([][]float32, len(e.props))
	if err := e.each(ctx, len(e.props), func(i int) error {
		p := e.props[i]
		before[i] = make([]float32, p.Len())
		for code := range before[i] {
			before[i][code] = p.Bits(uint32(code))
		}
		e.refitField(i, res)
		return nil
	}); err != nil {
		return err
	}
	var err error
	if res.Sessions, err = e.estimateM(ctx, c, &res.Model); err != nil {
		return err
	}
	e.learnM(res)
	e.estimatePrior(c, &res.Model)
	e.estimateOffsets(c, &res.Model)
	return e.rescore(ctx, c, old, e.weigh(&res.Model), before)
}

// fixedModel reports whether nothing is left to learn.
func (e *engine) fixedModel() bool {
	if !e.set.FixPrior {
		return false
	}
	for _, c := range e.set.Comparisons {
		if len(c.Parameters) == 0 {
			return false
		}
		for _, p := range c.Parameters {
			if !p.FixM || !p.FixU {
				return false
			}
		}
	}
	return true
}

// refitField counts a property's values by entity and sets its u.
func (e *engine) refitField(i int, res *Result) {
	p := e.props[i]
	pairs := make([]uint64, 0, len(p.codes)) // code in the upper half, entity in the lower
	perEntity := make([]uint32, len(p.codes))
	known := 0.0
	for rec, code := range p.codes {
		if code != 0 {
			pairs = append(pairs, uint64(code)<<32|uint64(res.Clusters[rec]))
			perEntity[res.Clusters[rec]]++
			known++
		}
	}
	slices.Sort(pairs)
	entities := make([]uint32, p.Len())
	chance, within := 0.0, 0.0 // pairs of equal values: by chance, within entities
	for j := 0; j < len(pairs); {
		n, k, code := 0.0, j, pairs[j]>>32
		for k < len(pairs) && pairs[k]>>32 == code {
			m := k
			for m < len(pairs) && pairs[m] == pairs[k] {
				m++
			}
			size := float64(m - k)
			within += size * (size - 1) / 2
			n += size
			entities[code]++
			k = m
		}
		chance += n * (n - 1) / 2
		j = k
	}
	chance -= within
	all := known * (known - 1) / 2
	count := 0
	for _, n := range perEntity {
		if n > 0 {
			count++
			all -= float64(n) * (float64(n) - 1) / 2
		}
	}
	p.Recount(entities, count)
	e.refitU(i, &res.Model, chance, max(all, 1), float64(count))
}

// refitU takes the share of matches out of u, which was counted on all pairs.
func (e *engine) refitU(i int, model *Settings, chance, all, entities float64) {
	params := model.Comparisons[i].Parameters
	top := len(params) - 1
	sum := 0.0
	for l := range params {
		q := &params[l]
		if q.FixU || e.set.Comparisons[i].given(l) {
			sum += q.U
			continue
		}
		if l == top {
			q.U = max((chance+1)/all, 0.02/max(entities, 1))
		} else {
			q.U = max((q.U-model.Prior*q.M)/(1-model.Prior), q.U/20)
		}
		q.U = min(q.U, 1)
		sum += q.U
	}
	if sum > 0 && math.Abs(sum-1) > 1e-12 {
		// What is left belongs to disagreement.
		params[0].U = max(params[0].U+1-sum, 1e-6)
	}
}

// given reports whether the settings set a level's u beforehand.
func (c Comparison) given(level int) bool {
	return level < len(c.Parameters) && c.Parameters[level].U > 0
}

// rescore replaces old weights by new ones without comparing again: levels
// stay, only what equality of a value tells has changed.
func (e *engine) rescore(ctx context.Context, c *candidates, old, now *weights, before [][]float32) error {
	const chunk = 1 << 18
	n := (len(c.edges) + chunk - 1) / chunk
	return e.each(ctx, n, func(i int) error {
		known := map[Pattern]float32{}
		edges := c.edges[i*chunk : min((i+1)*chunk, len(c.edges))]
		for j := range edges {
			ed := &edges[j]
			change, ok := known[ed.Pattern]
			if !ok {
				change = float32(now.of(e, ed.Pattern)) - float32(old.of(e, ed.Pattern))
				known[ed.Pattern] = change
			}
			ed.Weight += change
			for k, p := range e.props {
				code := p.codes[ed.A]
				if w := p.tfBy[p.Top()]; w != 0 && code != 0 && code == p.codes[ed.B] {
					ed.Weight += quantize(w*float64(p.Bits(code))) - quantize(w*float64(before[k][code]))
				}
			}
		}
		return nil
	})
}
