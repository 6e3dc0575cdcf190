package judge

import (
	"fmt"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/measure"
)

// truncated looks whether everybody's outcome had time to happen.
func truncated(j *court) {
	cut := 0
	for _, r := range j.s.About.Why {
		if r.Code == "follow-up" {
			cut += r.N
		}
	}
	if share := float64(cut) / float64(max(cut+j.t.n, 1)); cut > 0 {
		en := fmt.Sprintf("%d of %d entries are left out: the data end before their outcome's window does.", cut, cut+j.t.n)
		zh := fmt.Sprintf("%d 条中有 %d 条未计入：数据在其结果窗口结束之前就已截止。", cut+j.t.n, cut)
		v := map[string]float64{"left out": float64(cut), "share": share}
		switch {
		case share > 0.5:
			j.refuse("window", en+" What is left is no fair picture.", zh+"剩下的已不能代表整体。", math.NaN())
		case share > 0.1:
			j.note("window", measure.Warning, en, zh, v)
		default:
			j.note("window", measure.Info, en, zh, v)
		}
	}
	j.recording()
	o := j.c.Outcome
	open := o.Within == 0 && !j.t.has("ended") && (o.Measure == claim.Any || o.Measure == claim.Count || o.Measure == claim.Sum)
	if j.panel() || !open || !j.t.has("follow") {
		return
	}
	follow := slices.Clone(j.t.num("follow"))
	slices.Sort(follow)
	short, median := follow[len(follow)/20], follow[len(follow)/2]
	if short < median/2 {
		j.trap("window", claim.D, fmt.Sprintf("The outcome is counted to the end of the data, but some were watched for %.0f days and half for over %.0f: later ones look worse only because their time is not up. Give the outcome a window (within).", short, median),
			fmt.Sprintf("结果一直计到数据末尾，但有的只观察了 %.0f 天，一半超过 %.0f 天：较晚的看上去更差，只是因为时间还没到。请给结果设定天数窗口（within）。", short, median), map[string]float64{"short": short, "median": median})
		j.refuse("window", fmt.Sprintf("The outcome has no window: some entries were watched for %.0f days, half for over %.0f. Set outcome.within, at most %.0f days.", short, median, median),
			fmt.Sprintf("结果没有窗口：有的只观察了 %.0f 天，一半超过 %.0f 天。请设置 outcome.within，最多 %.0f 天。", short, median, median), math.NaN())
	}
}

// recording looks whether outcomes were written down from the first entry on:
// where far fewer came of the entries before the first recorded outcome than
// of those after it, they were not lacking but not recorded.
func (j *court) recording() {
	since := j.s.About.OutcomeSince
	if since == "" || !j.t.has("day") || j.panel() || j.t.has("ended") {
		return
	}
	var before, after tally
	y := j.t.num("outcome")
	for i, day := range j.t.text("day") {
		v := 0.0
		if y[i] > 0 {
			v = 1
		}
		if day < since {
			before.add(v)
		} else {
			after.add(v)
		}
	}
	expected, seen := before.n*after.mean, before.n*before.mean
	if expected-seen <= 10 || seen > expected/2 {
		return
	}
	j.refuse("recording", fmt.Sprintf("Outcomes are recorded only from %s on. Of the %.0f entries before, %.0f should have had one and %.0f have: a rise since then is one of the records. Let the window begin there.", since, before.n, expected, seen),
		fmt.Sprintf("结果从 %s 才开始有记录。此前 %.0f 条中本应约有 %.0f 条有结果，实际只有 %.0f 条：之后的“上升”只是记录变全了。请让窗口从那天开始。", since, before.n, expected, seen), math.NaN())
}
