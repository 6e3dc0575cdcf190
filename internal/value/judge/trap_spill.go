package judge

import (
	"fmt"

	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/measure"
)

// spill looks whether people without it sit beside people with it: what these
// learn from those makes the effect look smaller than it is.
func spill(j *court) {
	if j.c.Exposure.Design != claim.RandomPeople && j.c.Exposure.Design != claim.Volunteers || !j.t.has("team") || j.c.Unit != claim.Staff && j.c.Unit != claim.Object {
		return
	}
	with := map[string]bool{}
	ever := j.ever()
	if !j.panel() {
		for i, v := range j.t.num("treated") {
			ever[i] = v == 1
		}
	}
	for i, team := range j.t.text("team") {
		if ever[i] && team != "" {
			with[team] = true
		}
	}
	n, beside := map[string]bool{}, map[string]bool{}
	for i, u := range j.t.text("unit") {
		if team := j.t.text("team")[i]; !ever[i] && team != "" {
			n[u] = true
			if with[team] {
				beside[u] = true
			}
		}
	}
	if len(n) == 0 {
		return
	}
	share := float64(len(beside)) / float64(len(n))
	if share > 0.5 {
		j.note("spill", measure.Warning, fmt.Sprintf("%.0f %% of those without it sit in a team with somebody who has it. Where they look over each other's shoulder, the true effect is larger than the figure.", 100*share),
			fmt.Sprintf("没有的人里 %.0f %% 与有的人同在一个团队。若互相看得到、学得到，真实效果会比这个数更大。", 100*share), map[string]float64{"share": share})
	}
}
