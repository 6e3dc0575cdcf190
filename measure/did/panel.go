package did

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/regression"
)

// never stands for a unit that no period in the data treats.
const never = math.MaxInt

// panel holds units sorted by cohort, never-treated last, so that every
// cohort and every comparison group is a range of positions.
type panel struct {
	n        int // units
	times    []int
	groups   []int     // cohorts, ascending, never last if there are any
	start    []int     // of each group; start[len(groups)] = n
	y        []float64 // [period*n + unit]; NaN where not seen
	complete bool
	w        []float64 // mean 1; nil: equal
	cluster  []int     // code by unit; nil: the unit itself
	clusters int
	x        func(period int) (*regression.Design, error) // nil without covariates
	share    []float64                                    // weighted share of each group

	mu     sync.Mutex
	scores map[scoreKey]func() (*regression.Fit, error)
}

func newPanel(in Input, o Options, res *measure.Result) (*panel, error) {
	rows := len(in.Outcome)
	if err := in.check(rows); err != nil {
		return nil, err
	}
	unitOf, units := index(in.Unit)
	timeOf, times := index(in.Time)
	if len(times) < 2 {
		res.Refuse("one-period", "数据只有一个时期，无法比较前后变化。",
			"The data cover one period; a change needs a period before and one after.", math.NaN())
		return nil, nil
	}
	if len(units)*len(times) > 100*rows+1_000_000 {
		return nil, measure.Invalid("did: %d periods for %d rows: nearly every unit misses nearly every period: round the time column to weeks or months", len(times), rows)
	}
	row := make([]int32, len(units)*len(times)) // row number + 1
	first := make([]int32, len(units))          // a unit's earliest row
	for i := range rows {
		u, at := unitOf[i], unitOf[i]*len(times)+timeOf[i]
		if row[at] != 0 {
			return nil, measure.Invalid("did: unit %d has two rows in period %d (rows %d and %d): keep one row per unit and period",
				in.Unit[i], in.Time[i], row[at], i+1)
		}
		row[at] = int32(i + 1)
		if first[u] == 0 || timeOf[first[u]-1] > timeOf[i] {
			first[u] = int32(i + 1)
		}
	}
	if err := in.constant(unitOf, first); err != nil {
		return nil, err
	}
	cohort := in.cohorts(first, times, o, res)
	keep := make([]int, 0, len(units))
	var early, partial int
	for u := range units {
		switch {
		case in.Weights != nil && in.Weights[first[u]-1] == 0: // takes no part
		case cohort[u] != never && cohort[u]-o.Anticipation <= times[0]:
			early++
		case o.Missing == DropUnits && slices.Contains(row[u*len(times):(u+1)*len(times)], 0):
			partial++
		default:
			keep = append(keep, u)
		}
	}
	noteDropped(res, early, partial, len(units))
	if len(keep) == 0 {
		res.Refuse("no-units", "没有可用的单位：要么一开始就已上线，要么时期不全。",
			"No unit is left: all were treated from the start or miss periods (allow pairs of periods to use the latter).", math.NaN())
		return nil, nil
	}
	slices.SortStableFunc(keep, func(a, b int) int { return compare(cohort[a], cohort[b]) })
	p := &panel{n: len(keep), times: times, clusters: len(keep), complete: true,
		scores: map[scoreKey]func() (*regression.Fit, error){}}
	p.y = make([]float64, len(times)*p.n)
	for pos, u := range keep {
		if pos == 0 || cohort[u] != cohort[keep[pos-1]] {
			p.groups, p.start = append(p.groups, cohort[u]), append(p.start, pos)
		}
		for t := range times {
			r := row[u*len(times)+t]
			if r == 0 {
				p.y[t*p.n+pos], p.complete = math.NaN(), false
				continue
			}
			p.y[t*p.n+pos] = in.Outcome[r-1]
		}
	}
	p.start = append(p.start, p.n)
	p.attach(in, keep, first)
	if len(in.Covariates) > 0 {
		p.covariates(in, keep, row)
	}
	return p, nil
}

func compare(a, b int) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (in Input) check(rows int) error {
	if rows == 0 {
		return measure.Invalid("did: no rows: the outcome column is empty")
	}
	if rows > math.MaxInt32-1 {
		return measure.Invalid("did: %d rows: aggregate to fewer than 2 billion", rows)
	}
	for name, n := range map[string]int{"unit": len(in.Unit), "time": len(in.Time), "first treated": len(in.FirstTreated)} {
		if err := measure.CheckLength("did", name, n, rows); err != nil {
			return err
		}
	}
	if err := measure.CheckFinite("did", "outcome", in.Outcome); err != nil {
		return err
	}
	for j, c := range in.Covariates {
		name := fmt.Sprintf("covariate %d", j+1)
		if err := measure.CheckLength("did", name, len(c), rows); err != nil {
			return err
		}
		if err := measure.CheckFinite("did", name, c); err != nil {
			return err
		}
	}
	if in.Cluster != nil {
		if err := measure.CheckLength("did", "cluster", len(in.Cluster), rows); err != nil {
			return err
		}
	}
	for i, g := range in.FirstTreated {
		if g < 0 {
			return measure.Invalid("did: first treated, row %d: %d is negative: give the first treated period, 0 for never", i+1, g)
		}
	}
	return measure.CheckWeights("did", in.Weights, rows)
}

// constant fails where a unit's first treatment or cluster changes.
func (in Input) constant(unitOf []int, first []int32) error {
	for i, u := range unitOf {
		f := int(first[u] - 1)
		if in.FirstTreated[i] != in.FirstTreated[f] {
			return measure.Invalid("did: unit %d: first treated is %d in row %d and %d in row %d: it must be the same on all rows of a unit",
				in.Unit[i], in.FirstTreated[f], f+1, in.FirstTreated[i], i+1)
		}
		if in.Cluster != nil && in.Cluster[i] != in.Cluster[f] {
			return measure.Invalid("did: unit %d: cluster is %d in row %d and %d in row %d: a unit must stay in one cluster",
				in.Unit[i], in.Cluster[f], f+1, in.Cluster[i], i+1)
		}
	}
	return nil
}

// cohorts is the cohort of each unit: a date after the last period counts as never.
func (in Input) cohorts(first []int32, times []int, o Options, res *measure.Result) []int {
	out, late := make([]int, len(first)), 0
	for u, f := range first {
		g := in.FirstTreated[f-1]
		switch {
		case g == 0:
			out[u] = never
		case g > times[len(times)-1]+o.Anticipation:
			out[u] = never
			late++
		default:
			out[u] = g
		}
	}
	if late > 0 {
		res.Note("treated-after-window", measure.Info,
			fmt.Sprintf("%d 个单位在数据结束之后才上线，按“未上线”使用。", late),
			fmt.Sprintf("%d units were treated after the data end; they count as not treated.", late),
			map[string]float64{"units": float64(late)})
	}
	return out
}

func noteDropped(res *measure.Result, early, partial, all int) {
	if early > 0 {
		res.Note("treated-from-start", measure.Warning,
			fmt.Sprintf("%d 个单位从第一期起就已上线，没有上线前的数据，未使用。", early),
			fmt.Sprintf("%d units were treated from the first period on; without a before they can't be used.", early),
			map[string]float64{"units": float64(early)})
	}
	if partial > 0 {
		res.Note("incomplete-units", measure.Warning,
			fmt.Sprintf("%d 个单位（共 %d 个）有缺失的时期，未使用。", partial, all),
			fmt.Sprintf("%d of %d units miss at least one period and were left out.", partial, all),
			map[string]float64{"units": float64(partial), "of": float64(all)})
	}
}

// attach reads what belongs to a unit from its earliest row.
func (p *panel) attach(in Input, keep []int, first []int32) {
	weight := func(pos int) float64 { return 1 }
	if in.Weights != nil {
		p.w = make([]float64, p.n)
		var sum float64
		for pos, u := range keep {
			p.w[pos] = in.Weights[first[u]-1]
			sum += p.w[pos]
		}
		for pos := range p.w {
			p.w[pos] *= float64(p.n) / sum
		}
		weight = func(pos int) float64 { return p.w[pos] }
	}
	p.share = make([]float64, len(p.groups))
	for k := range p.groups {
		for pos := p.start[k]; pos < p.start[k+1]; pos++ {
			p.share[k] += weight(pos) / float64(p.n)
		}
	}
	if in.Cluster != nil {
		ids := make([]int, p.n)
		for pos, u := range keep {
			ids[pos] = in.Cluster[first[u]-1]
		}
		var levels []int
		p.cluster, levels = index(ids)
		p.clusters = len(levels)
	}
}

// covariates keeps a design per period, made when first asked for; a unit not
// seen at a period gets its mean values there (it takes no part in it).
func (p *panel) covariates(in Input, keep []int, row []int32) {
	varies := false
	t := len(p.times)
	cols := func(period int) [][]float64 {
		out := make([][]float64, len(in.Covariates))
		for j, c := range in.Covariates {
			out[j] = make([]float64, p.n)
			for pos, u := range keep {
				if r := row[u*t+period]; r > 0 {
					out[j][pos] = c[r-1]
					continue
				}
				for s := range t {
					if r := row[u*t+s]; r > 0 {
						out[j][pos] = c[r-1]
						break
					}
				}
			}
		}
		return out
	}
	for _, u := range keep {
		var seen int32
		for s := range t {
			r := row[u*t+s]
			if r == 0 {
				continue
			}
			if seen == 0 {
				seen = r
			}
			for _, c := range in.Covariates {
				varies = varies || c[r-1] != c[seen-1]
			}
		}
	}
	made := map[int]*regression.Design{}
	p.x = func(period int) (*regression.Design, error) {
		if !varies {
			period = 0
		}
		if d, ok := made[period]; ok {
			return d, nil
		}
		d, err := regression.NewDesign(p.n, cols(period))
		if err != nil {
			return nil, fmt.Errorf("did: %w", err)
		}
		made[period] = d
		return d, nil
	}
}

// index is measure.Index for whole numbers, without hashing where they are dense.
func index(ids []int) (code, levels []int) {
	lo, hi := slices.Min(ids), slices.Max(ids)
	if hi-lo < 0 || hi-lo > 8*len(ids)+1024 {
		return measure.Index(ids)
	}
	at := make([]int, hi-lo+1)
	for _, v := range ids {
		at[v-lo] = 1
	}
	for v, seen := range at {
		if seen == 1 {
			at[v] = len(levels)
			levels = append(levels, v+lo)
		}
	}
	code = make([]int, len(ids))
	for i, v := range ids {
		code[i] = at[v-lo]
	}
	return code, levels
}
