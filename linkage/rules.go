package linkage

import (
	"context"
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"sort"

	"github.com/chanzipu/outfitter/linkage/block"
	"github.com/chanzipu/outfitter/linkage/profile"
)

// A RuleCost is a blocking rule with what it was estimated to bring.
type RuleCost struct {
	Rule   block.Rule `json:"rule"`
	Pairs  float64    `json:"pairs"` // all it finds
	Share  float64    `json:"share"` // of the matches seen while choosing
	Added  float64    `json:"added"` // share that no rule chosen before it finds
	Chosen bool       `json:"chosen"`
}

const (
	costSample  = 12000 // records on which a rule's pairs are estimated
	probes      = 1500  // records whose partners show what rules find
	maxTried    = 128   // rules whose matches are looked at
	maxChosen   = 16
	pairsEach   = 16  // pairs per record that all rules together may bring
	partnersMax = 400 // of one probe under one rule
	minAdded    = 0.0008
)

// keyParts are single parts' keys, computed once for all rules that use them.
type keyParts map[block.Part]keyPart

func (e *engine) newKeyParts(ctx context.Context, rules []block.Rule) (keyParts, error) {
	var parts []block.Part
	for _, r := range rules {
		for _, p := range r.Parts {
			if !slices.Contains(parts, p) {
				parts = append(parts, p)
			}
		}
	}
	made := make([]keyPart, len(parts))
	if err := e.each(ctx, len(parts), func(i int) (err error) {
		made[i], err = newKeyPart(e.rs, parts[i])
		return err
	}); err != nil {
		return nil, err
	}
	ks := keyParts{}
	for i, p := range parts {
		ks[p] = made[i]
	}
	return ks, nil
}

func (ks keyParts) of(r block.Rule) []keyPart {
	out := make([]keyPart, len(r.Parts))
	for i, p := range r.Parts {
		out[i] = ks[p]
	}
	return out
}

// recordKeys appends a record's keys under parts to buf.
func recordKeys(buf []uint64, parts []keyPart, rec int) []uint64 {
	single := uint64(0)
	for i := range parts {
		k := parts[i].of(rec)
		if len(k) != 1 {
			return severalKeys(buf, parts, rec)
		}
		single = block.Join(single, k[0])
	}
	return append(buf, single)
}

func severalKeys(buf []uint64, parts []keyPart, rec int) []uint64 {
	var a, b [maxKeys]uint64
	cur, next := append(a[:0], 0), b[:0]
	for i := range parts {
		next = next[:0]
		for _, v := range parts[i].of(rec) {
			for _, k := range cur {
				if len(next) < maxKeys {
					next = append(next, block.Join(k, v))
				}
			}
		}
		cur, next = next, cur
	}
	return append(buf, cur...)
}

// possibleRules lists single parts and pairs of parts of different columns.
func possibleRules(cols []profile.Column) []block.Rule {
	var rules []block.Rule
	var beside []block.Part
	for _, c := range cols {
		if c.Kind == "" {
			continue
		}
		alone, with := takesFor(c)
		for _, t := range alone {
			rules = append(rules, block.Rule{Parts: []block.Part{{Column: c.Name, Take: t}}})
		}
		for _, t := range with {
			beside = append(beside, block.Part{Column: c.Name, Take: t})
		}
	}
	for i, a := range beside {
		for _, b := range beside[:i] {
			if a.Column != b.Column {
				rules = append(rules, block.Rule{Parts: []block.Part{b, a}})
			}
		}
	}
	return rules
}

// chooseRules picks the rules that together find most matches for the pairs
// they cost. What matches is learned on the way: the partners that all
// affordable rules give to some probe records are compared and fitted by EM.
func (e *engine) chooseRules(ctx context.Context, cols []profile.Column, opt Options) ([]block.Rule, []RuleCost, error) {
	rng := rand.New(rand.NewPCG(opt.Seed, 77))
	possible := possibleRules(cols)
	ks, err := e.newKeyParts(ctx, possible)
	if err != nil {
		return nil, nil, err
	}
	costs, err := e.estimateCosts(ctx, ks, possible, rng)
	if err != nil {
		return nil, nil, err
	}
	n := float64(e.rs.len())
	budget := min(max(pairsEach*n, 3e5), n*(n-1)/2)
	var tried []RuleCost
	for _, c := range costs {
		if c.Pairs <= budget*0.6 || len(c.Rule.Parts) > 1 && c.Pairs <= budget {
			tried = append(tried, c)
		}
	}
	if len(tried) == 0 && len(costs) > 0 { // nothing is affordable: the guard will refine the cheapest
		tried = costs[:1]
	}
	if len(tried) == 0 {
		for _, c := range e.set.Comparisons {
			tried = append(tried, RuleCost{Rule: block.Rule{Parts: []block.Part{{Column: c.Columns[0]}}}})
		}
	}
	// Wide rules find more, so they are looked at first.
	sort.SliceStable(tried, func(i, j int) bool { return tried[i].Pairs > tried[j].Pairs })
	if len(tried) > maxTried {
		rest := tried[maxTried/2:]
		kept := slices.Clone(tried[:maxTried/2])
		for i := range maxTried / 2 {
			kept = append(kept, rest[i*len(rest)/(maxTried/2)])
		}
		tried = kept
	}
	pairs, err := e.probe(ctx, ks, tried, rng, opt)
	if err != nil {
		return nil, nil, err
	}
	chosen := greedy(tried, pairs, budget, n)
	return chosen, tried, nil
}

func (e *engine) estimateCosts(ctx context.Context, ks keyParts, rules []block.Rule, rng *rand.Rand) ([]RuleCost, error) {
	n := e.rs.len()
	sample := make([]int, n)
	for i := range sample {
		sample[i] = i
	}
	if n > costSample {
		rng.Shuffle(n, func(i, j int) { sample[i], sample[j] = sample[j], sample[i] })
		sample = sample[:costSample]
	}
	scale := float64(n) * float64(n) / (float64(len(sample)) * float64(len(sample)))
	out := make([]RuleCost, len(rules))
	err := e.each(ctx, len(rules), func(i int) error {
		parts := ks.of(rules[i])
		keys := make([]uint64, 0, len(sample))
		for _, rec := range sample {
			keys = recordKeys(keys, parts, rec)
		}
		out[i] = RuleCost{Rule: rules[i], Pairs: -1}
		if len(keys) > 0 {
			out[i].Pairs = float64(block.CountPairs(keys)) * scale
		}
		return nil
	})
	out = slices.DeleteFunc(out, func(c RuleCost) bool { return c.Pairs < 0 })
	sort.SliceStable(out, func(i, j int) bool { return out[i].Pairs < out[j].Pairs })
	return out, err
}

// probed is a pair with the rules that find it and its probability of a match.
type probed struct {
	rules [maxTried / 64]uint64
	match float64
}

// probe finds the partners of some records under every rule tried, and judges them.
func (e *engine) probe(ctx context.Context, ks keyParts, tried []RuleCost, rng *rand.Rand, opt Options) ([]probed, error) {
	n := e.rs.len()
	picked := rng.Perm(n)[:min(n, probes)]
	slices.Sort(picked)
	isProbe := make([]bool, n)
	for _, p := range picked {
		isProbe[p] = true
	}
	partners := make([][]uint64, len(tried))
	if err := e.each(ctx, len(tried), func(r int) error {
		partners[r] = e.partners(ks.of(tried[r].Rule), picked, isProbe)
		return nil
	}); err != nil {
		return nil, err
	}
	found := map[uint64]*[maxTried / 64]uint64{}
	for r := range partners {
		for _, key := range partners[r] {
			b := found[key]
			if b == nil {
				b = new([maxTried / 64]uint64)
				found[key] = b
			}
			b[r/64] |= 1 << (r % 64)
		}
	}
	return e.judge(ctx, found, opt)
}

// partners lists the pairs, smaller record in the upper half, that one rule
// makes of the picked records with any others.
func (e *engine) partners(parts []keyPart, picked []int, isProbe []bool) []uint64 {
	var buf, out []uint64
	under := map[uint64][]int{}
	var filter [1 << 12]uint64 // a bit per key's low bits: most keys are nobody's
	for _, p := range picked {
		buf = recordKeys(buf[:0], parts, p)
		for _, k := range buf {
			under[k] = append(under[k], p)
			filter[k>>6&(1<<12-1)] |= 1 << (k & 63)
		}
	}
	met := map[uint64]int{}
	for rec := range e.rs.len() {
		buf = recordKeys(buf[:0], parts, rec)
		for _, k := range buf {
			if filter[k>>6&(1<<12-1)]&(1<<(k&63)) == 0 {
				continue
			}
			ps := under[k]
			if len(ps) == 0 || met[k] > partnersMax {
				continue
			}
			met[k]++
			for _, p := range ps {
				if p == rec || isProbe[rec] && rec < p || e.set.Scope == ScopeAcross && e.source[p] == e.source[rec] {
					continue
				}
				out = append(out, uint64(min(p, rec))<<32|uint64(max(p, rec)))
			}
		}
	}
	return out
}

// judge compares the pairs found and fits the model on them alone.
func (e *engine) judge(ctx context.Context, found map[uint64]*[maxTried / 64]uint64, opt Options) ([]probed, error) {
	model := e.set.clone()
	if err := e.estimateU(ctx, &model, opt.Seed); err != nil {
		return nil, err
	}
	e.u = model.clone().Comparisons
	keys := make([]uint64, 0, len(found))
	for k := range found {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	c := &candidates{counts: map[uint64]int64{}, edges: make([]Edge, len(keys))}
	const chunk = 4096
	pool := e.scorers()
	if err := e.each(ctx, (len(keys)+chunk-1)/chunk, func(i int) error {
		s := <-pool
		for j := i * chunk; j < min((i+1)*chunk, len(keys)); j++ {
			a, b := uint32(keys[j]>>32), uint32(keys[j])
			p, tf := s.compare(a, b)
			c.edges[j] = Edge{a, b, tf, p}
		}
		pool <- s
		return nil
	}); err != nil {
		return nil, err
	}
	for i := range c.edges {
		c.counts[uint64(c.edges[i].Pattern)]++
	}
	if len(c.edges) > 0 {
		e.fitProbes(c, &model)
	}
	w := e.weigh(&model)
	out := make([]probed, len(c.edges))
	for i, ed := range c.edges {
		out[i] = probed{*found[keys[i]], Probability(w.of(e, ed.Pattern) + float64(ed.Weight))}
	}
	return out, nil
}

// fitProbes runs EM on the probes' pairs, all comparisons free.
func (e *engine) fitProbes(c *candidates, model *Settings) {
	active := make([]int, len(e.props))
	for i := range active {
		active[i] = i
	}
	f := e.newSession(c, model, -1, active).best()
	for i := range active {
		for l, m := range f.m[i] {
			model.Comparisons[i].Parameters[l].M = m
		}
	}
	probed := float64(min(e.rs.len(), probes))
	e.fitPrior(c, model, max(probed*float64(e.rs.len()-1), 1))
	e.estimateOffsets(c, model)
}

// greedy takes, one after the other, the rule that adds most matches for its
// new pairs, until the budget is spent or little is added.
func greedy(tried []RuleCost, pairs []probed, budget, n float64) []block.Rule {
	total := 0.0
	for _, p := range pairs {
		total += p.match
	}
	var covered [maxTried / 64]uint64
	spent := 0.0
	perProbe := n / min(n, probes) / 2 // pairs in the whole for each new one of a probe
	var chosen []block.Rule
	gain := make([]float64, len(tried))
	fresh := make([]float64, len(tried))
	for len(chosen) < maxChosen {
		clear(gain)
		clear(fresh)
		for i := range pairs {
			p := &pairs[i]
			if p.rules[0]&covered[0]|p.rules[1]&covered[1] != 0 {
				continue
			}
			for w, set := range p.rules {
				for ; set != 0; set &= set - 1 {
					r := w*64 + bits.TrailingZeros64(set)
					gain[r] += p.match
					fresh[r]++
				}
			}
		}
		if len(chosen) == 0 {
			for r := range tried {
				tried[r].Share = gain[r] / max(total, 1e-9)
			}
		}
		best, score := -1, 0.0
		for r := range tried {
			cost := min(fresh[r]*perProbe, tried[r].Pairs)
			if gain[r] < minAdded*total || spent+cost > budget {
				continue
			}
			// The square root: a wide rule that finds much beats a sharp one that finds little.
			if s := gain[r] / math.Sqrt(cost+n/10); s > score {
				best, score = r, s
			}
		}
		if best < 0 {
			break
		}
		tried[best].Chosen, tried[best].Added = true, gain[best]/max(total, 1e-9)
		spent += min(fresh[best]*perProbe, tried[best].Pairs)
		covered[best/64] |= 1 << (best % 64)
		chosen = append(chosen, tried[best].Rule)
	}
	if len(chosen) == 0 {
		chosen = append(chosen, tried[len(tried)-1].Rule)
	}
	return chosen
}
