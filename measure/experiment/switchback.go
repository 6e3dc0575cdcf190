package experiment

import (
	"fmt"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/measure"
)

// Switches is a switchback experiment: everyone in a place is switched
// together, block of time by block of time, at random.
type Switches struct {
	Outcome []float64
	Treated []bool
	Time    []float64 // any unit; Burn is in the same
	Place   []int     // region, queue, store; nil: one
	Block   []int     // assigned block; nil: each run of one state counts as a block
	Burn    float64   // leave out rows closer than this to the start of their block
	Level   float64   // 0: 0.95
}

// Switchback estimates the effect of the state that a place is in.
//
// Estimand: the mean difference between the two states once a switch has
// settled, in the outcome's unit ("effect"). Assumes that blocks were
// assigned at random and that what a block leaves behind is gone after Burn
// (Bojinov, Simchi-Levi and Zhao 2023). Outcome and state are taken as
// deviations from the place's mean; the error sums over blocks, with Student
// quantiles on blocks − places − 1 degrees of freedom.
//
// The diagnostic "carry-over" compares the half of each block after the
// switch with the half before the next. It refuses fewer than four blocks in
// either state.
func Switchback(in Switches) (measure.Result, error) {
	res := measure.Result{Method: "switchback"}
	level, err := measure.Level(in.Level)
	if err != nil {
		return res, err
	}
	block, err := in.blocks()
	if err != nil {
		return res, err
	}
	start, end := map[int]float64{}, map[int]float64{}
	for i, b := range block {
		if s, ok := start[b]; !ok || in.Time[i] < s {
			start[b] = in.Time[i]
		}
		if e, ok := end[b]; !ok || in.Time[i] > e {
			end[b] = in.Time[i]
		}
	}
	all, early := make([]bool, len(block)), make([]bool, len(block))
	late := make([]bool, len(block))
	for i, b := range block {
		all[i] = in.Time[i]-start[b] >= in.Burn
		early[i] = all[i] && in.Time[i]-start[b] < (end[b]-start[b])/2
		late[i] = all[i] && !early[i]
	}
	effect, se, df, counts := in.within(block, all)
	res.N = counts[0] + counts[1]
	if min(counts[0], counts[1]) < 4 || df < 1 {
		res.Refuse("too-few-blocks",
			fmt.Sprintf("开启的时段有 %d 个、关闭的有 %d 个；各至少要 4 个。", counts[1], counts[0]),
			fmt.Sprintf("There are %d blocks on and %d off; at least 4 of each are needed.", counts[1], counts[0]),
			measure.MDE(se, level, .8))
		return res, nil
	}
	res.Estimates = append(res.Estimates, measure.WaldT("effect", effect, se, df, level))
	a, sa, da, na := in.within(block, early)
	b, sb, db, nb := in.within(block, late)
	if min(na[0], na[1], nb[0], nb[1]) >= 4 && sa > 0 && sb > 0 {
		gap := measure.WaldT("gap", a-b, math.Sqrt(sa*sa+sb*sb), min(da, db), level)
		severity := measure.Info
		if gap.P < .05 {
			severity = measure.Serious
		}
		res.Note("carry-over", severity,
			fmt.Sprintf("切换后前半段的效果是 %.4g，后半段是 %.4g（p = %.2g）；差别明显时应去掉切换后的一段时间。", a, b, gap.P),
			fmt.Sprintf("The effect is %.4g in the half after a switch and %.4g in the half before the next (p = %.2g); where they differ, leave out the time after switches.", a, b, gap.P),
			map[string]float64{"early": a, "late": b, "p": gap.P})
	}
	if !(se > 0) {
		res.Note("constant-outcome", measure.Serious, "结果没有差异，无法给出误差区间。", "The outcome does not vary, so there is no interval.", nil)
	}
	return res, nil
}

func (in Switches) blocks() ([]int, error) {
	n := len(in.Outcome)
	if err := (Rows{Outcome: in.Outcome, Treated: in.Treated}).check(); err != nil {
		return nil, err
	}
	if err := measure.CheckLength("experiment", "time", len(in.Time), n); err != nil {
		return nil, err
	}
	if err := measure.CheckFinite("experiment", "time", in.Time); err != nil {
		return nil, err
	}
	if !(in.Burn >= 0) || math.IsInf(in.Burn, 0) {
		return nil, measure.Invalid("experiment: switchback: burn %v: give the time to leave out after a switch, 0 for none", in.Burn)
	}
	place := make([]int, n)
	if in.Place != nil {
		if err := measure.CheckLength("experiment", "place", len(in.Place), n); err != nil {
			return nil, err
		}
		place, _ = measure.Index(in.Place)
	}
	block := make([]int, n)
	if in.Block != nil {
		if err := measure.CheckLength("experiment", "block", len(in.Block), n); err != nil {
			return nil, err
		}
		code, levels := measure.Index(in.Block)
		state := map[int]bool{}
		for i := range block {
			block[i] = place[i]*len(levels) + code[i]
			if s, ok := state[block[i]]; ok && s != in.Treated[i] {
				return nil, measure.Invalid("experiment: switchback: block %d is both on and off (row %d): a block has one state", in.Block[i], i+1)
			}
			state[block[i]] = in.Treated[i]
		}
		return block, nil
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case place[a] != place[b]:
			return place[a] - place[b]
		case in.Time[a] < in.Time[b]:
			return -1
		case in.Time[a] > in.Time[b]:
			return 1
		}
		return 0
	})
	run := 0
	for k, i := range order {
		if k > 0 && (place[i] != place[order[k-1]] || in.Treated[i] != in.Treated[order[k-1]]) {
			run++
		}
		block[i] = run
	}
	return block, nil
}

// within is least squares of outcome on state inside places over the rows
// used, with the number of blocks off and on.
func (in Switches) within(block []int, use []bool) (effect, se, df float64, blocks [2]int) {
	place := func(i int) int {
		if in.Place == nil {
			return 0
		}
		return in.Place[i]
	}
	n, y, d := map[int]float64{}, map[int]float64{}, map[int]float64{}
	state := func(i int) float64 {
		if in.Treated[i] {
			return 1
		}
		return 0
	}
	for i, ok := range use {
		if ok {
			p := place(i)
			n[p]++
			y[p] += in.Outcome[i]
			d[p] += state(i)
		}
	}
	var dy, dd float64
	for i, ok := range use {
		if ok {
			p := place(i)
			di := state(i) - d[p]/n[p]
			dy += di * (in.Outcome[i] - y[p]/n[p])
			dd += di * di
		}
	}
	if dd == 0 {
		return math.NaN(), math.NaN(), 0, blocks
	}
	effect = dy / dd
	sums, seen := map[int]float64{}, map[int]bool{}
	for i, ok := range use {
		if !ok {
			continue
		}
		p := place(i)
		di := state(i) - d[p]/n[p]
		sums[block[i]] += di * (in.Outcome[i] - y[p]/n[p] - effect*di)
		if !seen[block[i]] {
			seen[block[i]] = true
			blocks[int(state(i))]++
		}
	}
	var ss float64
	for _, b := range sortedKeys(sums) {
		ss += sums[b] * sums[b]
	}
	g := float64(len(sums))
	df = g - float64(len(n)) - 1
	if df < 1 {
		return effect, math.NaN(), df, blocks
	}
	return effect, math.Sqrt(ss*g/df) / dd, df, blocks
}

func sortedKeys(m map[int]float64) []int {
	out := make([]int, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
