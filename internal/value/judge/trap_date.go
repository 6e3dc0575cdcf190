package judge

import (
	"math"

	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/measure"
)

// collinear looks whether exposure and date can be told apart: in some period
// there have to be units with and units without.
func collinear(j *court) {
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
