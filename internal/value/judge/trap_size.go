package judge

import (
	"fmt"
	"math"
)

// few refuses groups so small that no figure about them should be shown.
func few(j *court) {
	n := j.f.Counts
	if j.t.n == 0 {
		j.refuse("nothing", "No row fits the claim: nobody of the population has the outcome in the window.", "没有符合该论断的记录：窗口内该人群没有此结果。", math.NaN())
		return
	}
	if j.f.Method == "volume" || j.f.Method == "its" || j.f.Method == "impact" || j.f.Method == "synth" {
		return
	}
	treated, control := n.Treated, n.Control
	if j.panel() {
		// A unit not yet exposed serves as the comparison of an earlier one.
		control = n.Control + later1(j)
	}
	if treated < small {
		j.refuse("few-treated", fmt.Sprintf("Only %d units had it; under %d no figure is shown.", treated, small), fmt.Sprintf("拿到的只有 %d 个单位，少于 %d 个不给数值。", treated, small), math.NaN())
	} else if control < small {
		j.refuse("few-control", fmt.Sprintf("Only %d units are left to compare with; under %d no figure is shown.", control, small), fmt.Sprintf("可供比较的只有 %d 个单位，少于 %d 个不给数值。", control, small), math.NaN())
	}
}

// later1 counts units that are exposed, but not from the first period on.
func later1(j *court) int {
	seen := map[string]bool{}
	n := 0
	lowest := ""
	for _, f := range j.t.text("first") {
		if f != "" && (lowest == "" || f < lowest) {
			lowest = f
		}
	}
	for i, u := range j.t.text("unit") {
		if f := j.t.text("first")[i]; f != "" && f > lowest && !seen[u] {
			seen[u] = true
			n++
		}
	}
	return n
}
