package experiment

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/measure"
)

// Small is an experiment small enough to ask of every assignment that could
// have been drawn: teams of 8 to 40, or a few clusters.
type Small struct {
	Outcome []float64
	Treated []bool
	Stratum []int // assignment was shuffled within strata; nil: over everyone
	Cluster []int // rows assigned together; each cluster then counts once, by its mean
}

// SmallOptions of randomisation inference. The zero value is usual.
type SmallOptions struct {
	Level float64 // 0: 0.95
	// Exact is the largest number of assignments to enumerate; 0: 1,000,000.
	Exact int
	// Draws is how many assignments to draw by Seed beyond that; 0: 20,000.
	Draws int
	Seed  uint64
}

// Randomise tests and bounds an effect by the assignment alone.
//
// Estimand: the constant effect of treatment on the outcome (its unit),
// "effect"; "lift" is the same over the control mean, without an interval. P is Fisher's (1935): the
// share of assignments, with as many treated in each stratum, whose absolute
// difference in means is at least the one seen, were there no effect at all.
// The interval holds every constant effect that the same test would not
// reject (Hodges and Lehmann 1963), solved exactly: against a shift τ an
// assignment with differences A of the outcome and B of the treatment itself
// counts where |A − τB| ≥ |A_obs − τ|, which is an interval of τ.
//
// Assumes only that the assignment was random as described. It enumerates up
// to Exact assignments and draws beyond, counting the observed one in, so the
// test never exceeds its level. It refuses where even the most extreme
// outcome could not reach significance.
func Randomise(ctx context.Context, in Small, o SmallOptions) (measure.Result, error) {
	res := measure.Result{Method: "randomisation"}
	if err := o.fill(); err != nil {
		return res, err
	}
	units, err := in.units()
	if err != nil {
		return res, err
	}
	_, err = units.test(ctx, o, &res)
	return res, err
}

func (o *SmallOptions) fill() error {
	var err error
	if o.Level, err = measure.Level(o.Level); err != nil {
		return err
	}
	if o.Exact == 0 {
		o.Exact = 1_000_000
	}
	if o.Draws == 0 {
		o.Draws = 20_000
	}
	if o.Exact < 0 || o.Draws < 100 {
		return measure.Invalid("experiment: randomise: %d exact assignments and %d draws: give a positive number, and at least 100 draws", o.Exact, o.Draws)
	}
	return nil
}

// small is the units of assignment by stratum, treated or not.
type small struct {
	strata []stratum
	n      int // units in strata that hold both arms
	lost   int // units in strata that do not
}

type stratum struct {
	y       []float64
	t       []bool
	treated int
}

func (in Small) units() (small, error) {
	n := len(in.Outcome)
	if n == 0 {
		return small{}, measure.Invalid("experiment: no rows: the outcome column is empty")
	}
	if err := measure.CheckFinite("experiment", "outcome", in.Outcome); err != nil {
		return small{}, err
	}
	if err := measure.CheckLength("experiment", "treatment", len(in.Treated), n); err != nil {
		return small{}, err
	}
	rows := Rows{Outcome: in.Outcome, Treated: in.Treated, Cluster: in.Cluster}
	if err := rows.check(); err != nil {
		return small{}, err
	}
	columns, treated, err := rows.units()
	if err != nil {
		return small{}, err
	}
	code, count := make([]int, len(treated)), 1
	if in.Stratum != nil {
		if err := measure.CheckLength("experiment", "stratum", len(in.Stratum), n); err != nil {
			return small{}, err
		}
		if code, count, err = in.strata(len(treated)); err != nil {
			return small{}, err
		}
	}
	all := make([]stratum, count)
	for u, c := range code {
		s := &all[c]
		s.y, s.t = append(s.y, columns[0][u]/columns[1][u]), append(s.t, treated[u])
		if treated[u] {
			s.treated++
		}
	}
	var out small
	for _, s := range all {
		if s.treated == 0 || s.treated == len(s.y) {
			out.lost += len(s.y)
			continue
		}
		out.strata, out.n = append(out.strata, s), out.n+len(s.y)
	}
	return out, nil
}

// strata is the stratum of each unit.
func (in Small) strata(units int) (code []int, count int, err error) {
	byRow, levels := measure.Index(in.Stratum)
	if in.Cluster == nil {
		return byRow, len(levels), nil
	}
	of, clusters := measure.Index(in.Cluster)
	code = make([]int, units)
	for i := range code {
		code[i] = -1
	}
	for i, c := range of {
		if code[c] >= 0 && code[c] != byRow[i] {
			return nil, 0, measure.Invalid("experiment: cluster %d lies in strata %d and %d: a cluster must lie in one", clusters[c], levels[code[c]], in.Stratum[i])
		}
		code[c] = byRow[i]
	}
	return code, len(levels), nil
}

// shift is one assignment: the difference in means that it gives the
// outcome (a) and the observed treatment (b).
type shift struct{ a, b float64 }

func (s stratum) difference(sumY, sumT, totalY float64, share float64) shift {
	k, n := float64(s.treated), float64(len(s.y))
	return shift{share * (sumY/k - (totalY-sumY)/(n-k)), share * (sumT/k - (k-sumT)/(n-k))}
}

func (s stratum) total() float64 {
	var t float64
	for _, v := range s.y {
		t += v
	}
	return t
}

func (u small) observed() shift {
	var out shift
	for _, s := range u.strata {
		var y float64
		for i, t := range s.t {
			if t {
				y += s.y[i]
			}
		}
		d := s.difference(y, float64(s.treated), s.total(), float64(len(s.y))/float64(u.n))
		out.a, out.b = out.a+d.a, out.b+d.b
	}
	return out
}

// assignments is how many there are; +Inf beyond float range.
func (u small) assignments() float64 {
	total := 1.0
	for _, s := range u.strata {
		total *= choose(len(s.y), s.treated)
	}
	return total
}

func choose(n, k int) float64 {
	out := 1.0
	for i := range min(k, n-k) {
		out *= float64(n-i) / float64(i+1)
	}
	return math.Round(out)
}

// enumerate lists every assignment.
func (u small) enumerate(ctx context.Context) ([]shift, error) {
	all := []shift{{}}
	for _, s := range u.strata {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("experiment: randomise: %w", ctx.Err())
		}
		share, total := float64(len(s.y))/float64(u.n), s.total()
		var own []shift
		var walk func(from, left int, y, t float64)
		walk = func(from, left int, y, t float64) {
			if left == 0 {
				own = append(own, s.difference(y, t, total, share))
				return
			}
			for i := from; i <= len(s.y)-left; i++ {
				ti := 0.0
				if s.t[i] {
					ti = 1
				}
				walk(i+1, left-1, y+s.y[i], t+ti)
			}
		}
		walk(0, s.treated, 0, 0)
		next := make([]shift, 0, len(all)*len(own))
		for _, a := range all {
			for _, b := range own {
				next = append(next, shift{a.a + b.a, a.b + b.b})
			}
		}
		all = next
	}
	return all, nil
}

// sample draws assignments; the observed one is the first.
func (u small) sample(ctx context.Context, o SmallOptions) ([]shift, error) {
	rng := measure.Rand(o.Seed)
	out := append(make([]shift, 0, o.Draws+1), u.observed())
	for d := range o.Draws {
		if d%1024 == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("experiment: randomise: %w", ctx.Err())
		}
		var at shift
		for _, s := range u.strata {
			order := rng.Perm(len(s.y))
			var y, t float64
			for _, i := range order[:s.treated] {
				y += s.y[i]
				if s.t[i] {
					t++
				}
			}
			v := s.difference(y, t, s.total(), float64(len(s.y))/float64(u.n))
			at.a, at.b = at.a+v.a, at.b+v.b
		}
		out = append(out, at)
	}
	return out, nil
}

// test fills res; exact says whether all assignments were enumerated.
func (u small) test(ctx context.Context, o SmallOptions, res *measure.Result) (exact bool, err error) {
	res.N = u.n
	if len(u.strata) == 0 {
		res.Refuse("one-arm", "没有任何一组同时有用和没用的人，无法比较。",
			"No group holds both treated and untreated units, so there is nothing to compare.", math.NaN())
		return false, nil
	}
	if u.lost > 0 {
		res.Note("one-sided-strata", measure.Warning,
			fmt.Sprintf("%d 个单位所在的分层只有一种情况，未使用。", u.lost),
			fmt.Sprintf("%d units lie in strata with one arm only and were left out.", u.lost), map[string]float64{"units": float64(u.lost)})
	}
	total := u.assignments()
	var all []shift
	if exact = total <= float64(o.Exact); exact {
		all, err = u.enumerate(ctx)
	} else {
		all, err = u.sample(ctx, o)
	}
	if err != nil {
		return exact, err
	}
	seen := u.observed()
	mde := measure.MDE(u.se(), o.Level, 0.8)
	lo, hi, p := invert(all, seen, 1-o.Level)
	if total*(1-o.Level) < u.mirror() || math.IsInf(lo, -1) {
		res.Refuse("too-few-units",
			fmt.Sprintf("只有 %.0f 种可能的分配，结果再极端也达不到显著；请扩大人数。", total),
			fmt.Sprintf("There are only %.0f possible assignments: even the most extreme outcome would not be significant. More units are needed.", total), mde)
		return exact, nil
	}
	e := measure.Estimate{Name: "effect", Value: seen.a, SE: math.NaN(), Lo: lo, Hi: hi, P: p}
	control := u.mean(false)
	lift := math.NaN()
	if control != 0 {
		lift = seen.a / math.Abs(control)
	}
	res.Estimates = append(res.Estimates, e, measure.Point("lift", lift), measure.Point("control", control), measure.Point("treated", u.mean(true)))
	how := [2]string{fmt.Sprintf("列举了全部 %.0f 种分配", total), fmt.Sprintf("all %.0f possible assignments were compared", total)}
	if !exact {
		how = [2]string{fmt.Sprintf("抽取了 %d 种分配", o.Draws), fmt.Sprintf("%d assignments were drawn at random", o.Draws)}
	}
	res.Note("randomisation", measure.Info,
		fmt.Sprintf("%s；这么多人里，八成把握能看出的最小效果约为 %.3g。", how[0], mde),
		fmt.Sprintf("With %s; the smallest effect that %d units show four times in five is about %.3g.", how[1], u.n, mde),
		map[string]float64{"assignments": total, "mde": mde})
	return exact, nil
}

// mirror is how many assignments are always as extreme as the most extreme
// one: two where the arms can be swapped in every stratum, else one.
func (u small) mirror() float64 {
	for _, s := range u.strata {
		if 2*s.treated != len(s.y) {
			return 1
		}
	}
	return 2
}

func (u small) mean(treated bool) float64 {
	var m float64
	for _, s := range u.strata {
		var sum, n float64
		for i, t := range s.t {
			if t == treated {
				sum += s.y[i]
				n++
			}
		}
		m += sum / n * float64(len(s.y)) / float64(u.n)
	}
	return m
}

// se is Neyman's, pooled within strata, for the minimum detectable effect.
func (u small) se() float64 {
	var v float64
	for _, s := range u.strata {
		k, n := float64(s.treated), float64(len(s.y))
		var ss, sum [2]float64
		for i, t := range s.t {
			a := 0
			if t {
				a = 1
			}
			sum[a] += s.y[i]
			ss[a] += s.y[i] * s.y[i]
		}
		within := ss[0] - sum[0]*sum[0]/(n-k) + ss[1] - sum[1]*sum[1]/k
		if n <= 2 {
			return math.NaN()
		}
		share := n / float64(u.n)
		v += share * share * max(within, 0) / (n - 2) * (1/k + 1/(n-k))
	}
	return math.Sqrt(v)
}

// invert returns the P value of no effect and the effects not rejected.
func invert(all []shift, seen shift, alpha float64) (lo, hi, p float64) {
	var starts, ends []float64
	var always, extreme int
	size := math.Abs(seen.a)
	for _, w := range all {
		size = max(size, math.Abs(w.a))
	}
	slack := 1e-9 * size // ties in the sums, lost to rounding
	for _, w := range all {
		if math.Abs(w.a) >= math.Abs(seen.a)-slack {
			extreme++
		}
		if 1-math.Abs(w.b) < 1e-12 {
			always++ // the observed assignment, or its mirror image
			continue
		}
		r1, r2 := (seen.a-w.a)/(1-w.b), (seen.a+w.a)/(1+w.b)
		starts, ends = append(starts, min(r1, r2)-slack), append(ends, max(r1, r2)+slack)
	}
	p = float64(extreme) / float64(len(all))
	need := int(math.Floor(alpha*float64(len(all))+1e-9)) + 1 - always // more than α of all
	if need <= 0 {
		return math.Inf(-1), math.Inf(1), p
	}
	return edge(starts, ends, need) + slack, -edge(negated(ends), negated(starts), need) - slack, p
}

// edge is the smallest point that lies in at least need of the intervals.
func edge(starts, ends []float64, need int) float64 {
	slices.Sort(starts)
	slices.Sort(ends)
	closed := 0
	for k, s := range starts {
		for closed < len(ends) && ends[closed] < s {
			closed++
		}
		if k+1-closed >= need {
			return s
		}
	}
	return math.NaN()
}

func negated(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = -v
	}
	return out
}
