package judge

import (
	"fmt"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/measure"
)

// mismatch is how unlikely a split has to be before it counts as broken.
const mismatch = 0.001

// ratio checks that the groups came out as large as was planned: rows lost on
// the way from one of them are rarely lost by chance.
func ratio(j *court) {
	plan := j.c.Exposure.Shares
	if len(plan) == 0 || len(j.s.About.Arms) == 0 {
		return
	}
	total, all := 0.0, 0.0
	for arm, p := range plan {
		total += float64(j.s.About.Arms[arm])
		all += p
	}
	if total == 0 || all == 0 {
		return
	}
	chi2 := 0.0
	names := make([]string, 0, len(plan))
	for arm := range plan {
		names = append(names, arm)
	}
	slices.Sort(names)
	for _, arm := range names {
		want := total * plan[arm] / all
		chi2 += math.Pow(float64(j.s.About.Arms[arm])-want, 2) / want
	}
	p := measure.ChiSquaredP(chi2, float64(len(plan)-1))
	v := map[string]float64{"chi2": chi2, "p": p}
	if p >= mismatch {
		j.note("ratio", measure.Info, "The groups are as large as planned.", "各组大小与计划相符。", v)
		return
	}
	j.refuse("ratio", fmt.Sprintf("The groups are not as large as planned (chance of this or worse: %s): rows of one group were lost, so the groups are no longer alike.", brief(p)),
		fmt.Sprintf("各组大小与计划不符（纯属偶然的可能只有 %s）：有一组的记录丢了，两组已不可比。", brief(p)), math.NaN())
}
