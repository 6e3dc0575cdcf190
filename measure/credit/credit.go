// Package credit splits conversions among the channels that people touched
// on their way: by removal effects in a Markov chain, by Shapley values, and
// by the rules of thumb that incumbents print.
//
// Two facts that surprise. Removal effects are solved exactly here, where the
// usual package simulates (its figures change from run to run). And no split
// is causal: a channel that only meets people who would have bought anyway
// gets full credit from every method; each result says so.
package credit

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/mat"

	"github.com/chanzipu/outfitter/measure"
)

// A Path is a sequence of touches that some people went through.
type Path struct {
	Touches     []string
	Conversions float64 // people, or conversions, at its end; ≥ 0
	Value       float64 // money of these conversions, any sign
	Nulls       float64 // people at its end without conversion; ≥ 0
}

// ParsePath splits "a > b > c" and trims the names.
func ParsePath(s string) []string {
	var out []string
	for part := range strings.SplitSeq(s, ">") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// A Share is what a channel is given.
type Share struct {
	Channel     string
	Conversions float64
	Value       float64
	Removal     float64 // share of conversions lost without the channel (Markov); NaN elsewhere
}

// A Split is a result with its shares, by channel name. Estimates are the
// conversions, named by channel; they have no sampling interval.
type Split struct {
	measure.Result
	Shares []Share
	Base   float64 // probability of conversion from the start (Markov); NaN elsewhere
}

// maxStates bounds the dense solve: 4,000 states take 128 MB and a minute.
const maxStates = 4000

// check returns the channels in order of name and each path as their numbers.
func check(paths []Path) (names []string, coded [][]int, err error) {
	if len(paths) == 0 {
		return nil, nil, measure.Invalid("credit: no paths: give one row per path")
	}
	at := map[string]int{}
	for i, p := range paths {
		if len(p.Touches) == 0 {
			return nil, nil, measure.Invalid("credit: path %d has no touch: leave it out or name its channel", i+1)
		}
		for name, v := range map[string]float64{"conversions": p.Conversions, "nulls": p.Nulls} {
			if !(v >= 0) || math.IsInf(v, 1) {
				return nil, nil, measure.Invalid("credit: path %d: %s %v is not a number of 0 or more", i+1, name, v)
			}
		}
		if math.IsNaN(p.Value) || math.IsInf(p.Value, 0) {
			return nil, nil, measure.Invalid("credit: path %d: value %v is not a number", i+1, p.Value)
		}
		for _, t := range p.Touches {
			at[t] = 0
		}
	}
	for t := range at {
		names = append(names, t)
	}
	slices.Sort(names)
	for j, t := range names {
		at[t] = j
	}
	for _, p := range paths {
		c := make([]int, len(p.Touches))
		for k, t := range p.Touches {
			c[k] = at[t]
		}
		coded = append(coded, c)
	}
	return names, coded, nil
}

func totals(paths []Path) (conversions, value float64) {
	for _, p := range paths {
		conversions += p.Conversions
		value += p.Value
	}
	return conversions, value
}

// split makes the result; false if nothing converted.
func (s *Split) split(method string, paths []Path) bool {
	s.Method, s.Base = method, math.NaN()
	var n float64
	for _, p := range paths {
		n += p.Conversions + p.Nulls
	}
	s.N = int(math.Round(n))
	if c, _ := totals(paths); c == 0 {
		s.Refuse("no-conversions", "没有任何转化，无功可分。", "Nothing converted: there is no credit to split.", math.NaN())
		return false
	}
	return true
}

func (s *Split) finish() Split {
	for _, x := range s.Shares {
		s.Estimates = append(s.Estimates, measure.Point(x.Channel, x.Conversions))
	}
	s.Note("not-causal", measure.Serious, "归因只是按接触路径分功劳，不是因果：没有该渠道时会少多少，只有对照实验能回答。",
		"Attribution splits credit by who touched what; it is not causal. What would be lost without a channel only a comparison with people who did not get it can tell.", nil)
	return *s
}

// Markov gives each channel credit in proportion to its removal effect.
//
// People walk a Markov chain whose states are the last order touches (order
// ≥ 1), from a start to conversion or to nothing, with the transition shares
// seen in paths. A channel's removal effect is the share of conversions lost
// when every step onto the channel ends in nothing; conversions and value are
// split in proportion. Solved exactly through the fundamental matrix.
// Descriptive, not causal. Errors: [measure.ErrInput], also when an order
// makes more than 4,000 states. Refusal: "no-conversions".
// Source: Anderl, Becker, von Wangenheim and Schumann (2016), section 3.
func Markov(paths []Path, order int) (Split, error) {
	if order < 1 {
		return Split{}, measure.Invalid("credit: order %d: must be 1 or more touches", order)
	}
	names, coded, err := check(paths)
	if err != nil {
		return Split{}, err
	}
	var s Split
	if !s.split("markov", paths) {
		return s, nil
	}
	c, err := newChain(paths, coded, order)
	if err != nil {
		return Split{}, err
	}
	base, removal, err := c.removals(len(names))
	if err != nil {
		return Split{}, err
	}
	s.Base = base
	var sum float64
	for _, r := range removal {
		sum += r
	}
	conversions, value := totals(paths)
	for j, name := range names {
		share := removal[j] / sum
		s.Shares = append(s.Shares, Share{name, conversions * share, value * share, removal[j]})
	}
	return s.finish(), nil
}

// chain is the absorbing Markov chain over transient states.
type chain struct {
	newest []int // channel of each state's newest touch; -1 for the start, state 0
	to     []map[int]float64
	won    []float64 // weight of steps into conversion
	all    []float64 // weight of all steps out
}

func newChain(paths []Path, coded [][]int, order int) (*chain, error) {
	c := &chain{newest: []int{-1}, to: []map[int]float64{{}}, won: []float64{0}, all: []float64{0}}
	at := map[string]int{}
	for i, p := range paths {
		w := p.Conversions + p.Nulls
		if w == 0 {
			continue
		}
		now := 0
		for k, touch := range coded[i] {
			key := fmt.Sprint(coded[i][max(0, k+1-order) : k+1])
			next, ok := at[key]
			if !ok {
				next = len(c.newest)
				if next > maxStates {
					return nil, measure.Invalid("credit: more than %d states: lower the order or merge rare channels", maxStates)
				}
				at[key] = next
				c.newest, c.to = append(c.newest, touch), append(c.to, map[int]float64{})
				c.won, c.all = append(c.won, 0), append(c.all, 0)
			}
			c.to[now][next] += w
			c.all[now] += w
			now = next
		}
		c.won[now] += p.Conversions
		c.all[now] += w
	}
	return c, nil
}

// removals returns the probability of conversion from the start and, per
// channel, the share of it that is lost with the channel's states C: with N
// the fundamental matrix, visits to C before leaving it for good are
// weighted by N_0C · N_CC⁻¹, and each such first visit loses x_C.
func (c *chain) removals(channels int) (base float64, removal []float64, err error) {
	n := len(c.newest)
	a := mat.NewDense(n, n, nil) // I − Q
	x := mat.NewVecDense(n, nil)
	for i := range n {
		a.Set(i, i, 1)
		for j, w := range c.to[i] {
			a.Set(i, j, a.At(i, j)-w/c.all[i])
		}
		x.SetVec(i, c.won[i]/c.all[i])
	}
	var lu mat.LU
	lu.Factorize(a)
	inv := mat.NewDense(n, n, nil)
	eye := mat.NewDiagDense(n, nil)
	for i := range n {
		eye.SetDiag(i, 1)
	}
	if err := lu.SolveTo(inv, false, eye); err != nil && math.IsInf(lu.Cond(), 1) {
		return 0, nil, measure.Invalid("credit: paths that never end: every path needs conversions or nulls")
	}
	var conv mat.VecDense
	conv.MulVec(inv, x)
	base = conv.AtVec(0)
	states := make([][]int, channels)
	for i, ch := range c.newest {
		if ch >= 0 {
			states[ch] = append(states[ch], i)
		}
	}
	removal = make([]float64, channels)
	for ch, set := range states {
		if len(set) == 0 {
			continue
		}
		k := len(set)
		block, row := mat.NewDense(k, k, nil), mat.NewVecDense(k, nil)
		for s, i := range set {
			row.SetVec(s, inv.At(0, i))
			for t, j := range set {
				block.Set(s, t, inv.At(i, j))
			}
		}
		var first mat.VecDense // first' = N_0C N_CC⁻¹: where C is entered first
		if err := first.SolveVec(block.T(), row); err != nil && math.IsNaN(first.AtVec(0)) {
			return 0, nil, fmt.Errorf("credit: channel %d: %w", ch, err)
		}
		for s, i := range set {
			removal[ch] += first.AtVec(s) * conv.AtVec(i) / base
		}
	}
	return base, removal, nil
}

// Shapley splits by the Shapley value of the game in which a set of channels
// earns the conversions of all paths that lie within it: each path's
// conversions are shared equally by its distinct channels, which is that
// game's exact Shapley value. Nulls are not used. Descriptive, not causal.
// Source: Shapley (1953); Zhao, Mahboobi and Bagheri (2018), equation 5.
func Shapley(paths []Path) (Split, error) {
	return rule("shapley", paths, func(touches []int, give func(int, float64)) {
		distinct := slices.Compact(slices.Sorted(slices.Values(touches)))
		for _, c := range distinct {
			give(c, 1/float64(len(distinct)))
		}
	})
}

// FirstTouch gives all credit to the first touch.
func FirstTouch(paths []Path) (Split, error) {
	return rule("first-touch", paths, func(t []int, give func(int, float64)) { give(t[0], 1) })
}

// LastTouch gives all credit to the last touch.
func LastTouch(paths []Path) (Split, error) {
	return rule("last-touch", paths, func(t []int, give func(int, float64)) { give(t[len(t)-1], 1) })
}

// Linear shares credit equally among touches, repeats counted.
func Linear(paths []Path) (Split, error) {
	return rule("linear", paths, func(t []int, give func(int, float64)) {
		for _, c := range t {
			give(c, 1/float64(len(t)))
		}
	})
}

// rule splits each path by fixed shares.
func rule(method string, paths []Path, share func(touches []int, give func(channel int, share float64))) (Split, error) {
	names, coded, err := check(paths)
	if err != nil {
		return Split{}, err
	}
	var s Split
	if !s.split(method, paths) {
		return s, nil
	}
	s.Shares = make([]Share, len(names))
	for j, name := range names {
		s.Shares[j] = Share{Channel: name, Removal: math.NaN()}
	}
	for i, p := range paths {
		share(coded[i], func(c int, f float64) {
			s.Shares[c].Conversions += f * p.Conversions
			s.Shares[c].Value += f * p.Value
		})
	}
	return s.finish(), nil
}
