package judge

import (
	"fmt"
	"math"

	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/measure"
)

// tied is the share of exposure that its date alone explains from which the
// two can't be told apart any more.
const tied = 0.85

// collinear looks whether exposure and date can be told apart: in some period
// there have to be units with and units without.
func collinear(j *court) {
	if r2 := j.dated(); r2 >= tied && j.f.Method != "volume" && j.f.Method != "its" && j.f.Method != "impact" {
		j.refuse("date", fmt.Sprintf("The date alone says to %.0f %% who had it: almost everybody on one side of it, almost nobody on the other. What it did can't be told from what else changed then.", 100*r2),
			fmt.Sprintf("单凭日期就能说出 %.0f %% 的人有没有：某天之前几乎都有，之后几乎都没有（或相反）。它的作用与当时其他变化无法区分。", 100*r2), math.NaN())
		return
	}
	if !j.t.has("period") || j.f.Method == "volume" {
		return
	}
	type both struct{ with, without bool }
	by := map[string]*both{}
	for i, p := range j.t.text("period") {
		if by[p] == nil {
			by[p] = &both{}
		}
		if j.t.num("treated")[i] == 1 {
			by[p].with = true
		} else {
			by[p].without = true
		}
	}
	mixed, allOn := 0, 0
	for _, b := range by {
		switch {
		case b.with && b.without:
			mixed++
		case b.with:
			allOn++
		}
	}
	switch {
	case mixed > 0 && allOn > 0:
		j.note("all-on", measure.Info, "In some periods everybody had it already; those tell nothing about its effect and weigh nothing.", "有些时期所有人都已拿到，这些时期无法说明效果，不计权重。", nil)
	case mixed > 0:
	case j.c.Exposure.Design == claim.BeforeAfter || j.f.Method == "its" || j.f.Method == "impact":
		j.trap("date", claim.C, "Everybody got it on the same day. Whatever else changed then, a season, a price, a competitor, is in the figure too.", "所有人在同一天拿到。那段时间其他一切变化（季节、价格、竞品）也都混在这个数里。", nil)
	default:
		j.refuse("date", "Everybody got it on the same day, so what it did can't be told from what else changed then.", "所有人在同一天拿到，它的作用与当时其他变化无法区分。", math.NaN())
	}
}

// dated is how much of who was exposed the period (of entries without one,
// the day) explains, less what as many periods explain by chance.
func (j *court) dated() float64 {
	when := j.t.text("period")
	if !j.t.has("period") {
		when = j.t.text("day")
	}
	by, all := map[string]*tally{}, tally{}
	for i, d := range j.t.num("treated") {
		if by[when[i]] == nil {
			by[when[i]] = &tally{}
		}
		by[when[i]].add(d)
		all.add(d)
	}
	within, k := 0.0, float64(len(by))
	for _, t := range by {
		within += t.m2
	}
	if all.m2 == 0 || all.n <= k+1 || k < 2 {
		return 0
	}
	return 1 - within/(all.n-k)/(all.m2/(all.n-1))
}
