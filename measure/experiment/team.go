package experiment

import (
	"context"
	"fmt"
	"math"

	"github.com/chanzipu/outfitter/measure"
)

// ReachingOptions of [Reaching].
type ReachingOptions struct {
	SmallOptions
	Line   float64 // fixed before the outcomes were seen
	AtMost bool    // reaching means at most Line (days), not at least (deals)
}

// Reaching asks what a team of 30 can answer about its floor: did the share
// that reaches a line fixed beforehand change?
//
// Estimand: the average effect on reaching the line, a share from −1 to 1
// ("effect"; "control" and "treated" are the shares). P as in [Randomise],
// which here is Fisher's exact test by two-sided distance. The interval makes
// no assumption of a constant effect: it holds every average effect that some
// table of potential outcomes compatible with the data could have (Rigdon and
// Hudgens 2015; Li and Ding 2016). It is given for up to 100 people without
// strata; beyond 100 it is Welch's, with strata it is left out.
func Reaching(ctx context.Context, in Small, o ReachingOptions) (measure.Result, error) {
	res := measure.Result{Method: "reaching"}
	if err := o.fill(); err != nil {
		return res, err
	}
	if math.IsNaN(o.Line) || math.IsInf(o.Line, 0) {
		return res, measure.Invalid("experiment: line %v is not a number: give the value that counts as reached", o.Line)
	}
	u, err := in.units()
	if err != nil {
		return res, err
	}
	for _, s := range u.strata {
		for i, v := range s.y {
			hit := v >= o.Line
			if o.AtMost {
				hit = v <= o.Line
			}
			s.y[i] = 0
			if hit {
				s.y[i] = 1
			}
		}
	}
	if _, err := u.test(ctx, o.SmallOptions, &res); err != nil || res.Refusal != nil {
		return res, err
	}
	e := &res.Estimates[0]
	e.Lo, e.Hi = math.NaN(), math.NaN()
	if len(u.strata) > 1 {
		res.Note("no-interval", measure.Info, "分层后只给检验，不给区间。", "With strata the test is given without an interval.", nil)
		return res, nil
	}
	t := u.strata[0].table()
	if n := len(u.strata[0].y); n > 100 {
		c := contrast(ProportionArm(n-u.strata[0].treated, t.controlHits), ProportionArm(u.strata[0].treated, t.treatedHits))
		w := measure.WaldT("effect", c.effect, c.se, c.df, o.Level)
		e.Lo, e.Hi = w.Lo, w.Hi
		return res, nil
	}
	lo, hi, err := t.interval(ctx, 1-o.Level)
	if err != nil {
		return res, err
	}
	e.Lo, e.Hi = lo, hi
	return res, nil
}

// table is a two-by-two table of an experiment.
type table struct{ treated, control, treatedHits, controlHits int }

func (s stratum) table() table {
	t := table{treated: s.treated, control: len(s.y) - s.treated}
	for i, v := range s.y {
		switch {
		case v == 0:
		case s.t[i]:
			t.treatedHits++
		default:
			t.controlHits++
		}
	}
	return t
}

// interval tests each possible number of people helped minus harmed.
func (t table) interval(ctx context.Context, alpha float64) (lo, hi float64, err error) {
	n := t.treated + t.control
	c := combinations(n)
	accepted := func(k int) bool {
		for helped := max(k, 0); helped <= n; helped++ { // N10: reach the line only if treated
			harmed := helped - k // N01: only if not
			for both := 0; both+helped+harmed <= n; both++ {
				p := potential{both, helped, harmed, n - both - helped - harmed}
				if t.compatible(p) && t.p(p, c) >= alpha-1e-12 {
					return true
				}
			}
		}
		return false
	}
	seen := int(math.Round(float64(n) * (float64(t.treatedHits)/float64(t.treated) - float64(t.controlHits)/float64(t.control))))
	seen = min(max(seen, -n), n)
	low, high := n+1, -n-1
	for k := -n; k <= seen && low > n; k++ { // outermost first
		if ctx.Err() != nil {
			return 0, 0, fmt.Errorf("experiment: reaching: %w", ctx.Err())
		}
		if t.possible(k) && accepted(k) {
			low = k
		}
	}
	for k := n; k >= seen && high < -n; k-- {
		if ctx.Err() != nil {
			return 0, 0, fmt.Errorf("experiment: reaching: %w", ctx.Err())
		}
		if t.possible(k) && accepted(k) {
			high = k
		}
	}
	return float64(low) / float64(n), float64(high) / float64(n), nil
}

// possible: given the outcomes seen, helped − harmed can only lie in a range.
func (t table) possible(k int) bool {
	return k >= -(t.treated-t.treatedHits)-t.controlHits && k <= t.treatedHits+t.control-t.controlHits
}

// potential counts people by what happens with and without treatment.
type potential struct{ both, helped, harmed, neither int }

// compatible says whether some split of p into the arms gives the table seen;
// x is how many of both are among the treated.
func (t table) compatible(p potential) bool {
	lo, hi := max(0, p.both-t.controlHits), min(p.both, t.treatedHits)
	for x := lo; x <= hi; x++ {
		helpedTreated := t.treatedHits - x
		harmedControl := t.controlHits - (p.both - x)
		harmedTreated := p.harmed - harmedControl
		neitherTreated := t.treated - x - helpedTreated - harmedTreated
		if helpedTreated <= p.helped && harmedControl >= 0 && harmedTreated >= 0 &&
			neitherTreated >= 0 && neitherTreated <= p.neither {
			return true
		}
	}
	return false
}

// p is the chance, over assignments of the potential outcomes p, of a
// difference at least as far from p's own average effect as the one seen.
func (t table) p(p potential, c [][]float64) float64 {
	n := t.treated + t.control
	effect := float64(p.helped-p.harmed) / float64(n)
	a, b := float64(t.treated), float64(t.control)
	far := math.Abs(float64(t.treatedHits)/a-float64(t.controlHits)/b-effect) - 1e-9
	var sum float64
	for x := 0; x <= min(p.both, t.treated); x++ {
		for h := 0; h <= min(p.helped, t.treated-x); h++ {
			cxh := c[p.both][x] * c[p.helped][h]
			for r := 0; r <= min(p.harmed, t.treated-x-h); r++ {
				rest := t.treated - x - h - r
				if rest > p.neither {
					continue
				}
				d := float64(x+h)/a - float64(p.both-x+p.harmed-r)/b
				if math.Abs(d-effect) >= far {
					sum += cxh * c[p.harmed][r] * c[p.neither][rest]
				}
			}
		}
	}
	return sum / c[n][t.treated]
}

func combinations(n int) [][]float64 {
	c := make([][]float64, n+1)
	for i := range c {
		c[i] = make([]float64, i+1)
		c[i][0], c[i][i] = 1, 1
		for j := 1; j < i; j++ {
			c[i][j] = c[i-1][j-1] + c[i-1][j]
		}
	}
	return c
}

// FirstOptions of [DaysToFirst].
type FirstOptions struct {
	SmallOptions
	// Horizon is the number of days within which to compare; 0: the shortest
	// time that anyone still without an event was watched.
	Horizon float64
}

// DaysToFirst compares how long newcomers take to a first event, a deal say.
//
// Small.Outcome holds days until the event, or days watched so far where
// happened is false. Estimand: the effect on the mean of min(days, Horizon),
// in days ("effect", negative is faster), by [Randomise]. Everybody still
// without an event must have been watched for the whole Horizon; otherwise
// the latest to start would look the fastest, and the comparison is refused.
func DaysToFirst(ctx context.Context, in Small, happened []bool, o FirstOptions) (measure.Result, error) {
	res := measure.Result{Method: "days-to-first"}
	if err := o.fill(); err != nil {
		return res, err
	}
	n := len(in.Outcome)
	if err := measure.CheckLength("experiment", "happened", len(happened), n); err != nil {
		return res, err
	}
	if err := measure.CheckFinite("experiment", "days", in.Outcome); err != nil {
		return res, err
	}
	watched, longest := math.Inf(1), 0.0
	for i, d := range in.Outcome {
		if d < 0 {
			return res, measure.Invalid("experiment: days, row %d: %v is negative: the event can't precede the start", i+1, d)
		}
		longest = max(longest, d)
		if !happened[i] {
			watched = min(watched, d)
		}
	}
	if math.IsNaN(o.Horizon) || o.Horizon < 0 {
		return res, measure.Invalid("experiment: horizon %v: give a number of days above 0", o.Horizon)
	}
	if o.Horizon == 0 {
		o.Horizon = min(watched, longest)
	}
	if o.Horizon > watched {
		res.N = n
		res.Refuse("short-watch",
			fmt.Sprintf("有人还没有发生，却只观察了 %.4g 天，短于所比较的 %.4g 天；请把期限设为 %.4g 天以内，或等数据完整。", watched, o.Horizon, watched),
			fmt.Sprintf("Someone without an event was watched for %.4g days only, less than the horizon of %.4g; choose a horizon up to %.4g, or wait.", watched, o.Horizon, watched),
			math.NaN())
		return res, nil
	}
	days := make([]float64, n)
	reached := 0
	for i, d := range in.Outcome {
		days[i] = min(d, o.Horizon)
		if happened[i] && d <= o.Horizon {
			reached++
		}
	}
	in.Outcome = days
	r, err := Randomise(ctx, in, o.SmallOptions)
	r.Method = res.Method
	if err == nil && r.Refusal == nil {
		r.Note("horizon", measure.Info,
			fmt.Sprintf("在 %.4g 天之内比较；%d 人中有 %d 人在期限内发生。", o.Horizon, n, reached),
			fmt.Sprintf("Compared within %.4g days; %d of %d had their event by then.", o.Horizon, reached, n),
			map[string]float64{"horizon": o.Horizon, "reached": float64(reached)})
	}
	return r, err
}
