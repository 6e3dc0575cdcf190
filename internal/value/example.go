package value

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/internal/value/sample"
)

// example picks one case without and one with, of one team where there is one
// with both: those nearest their groups' means, so that neither is the best of
// its kind.
func example(c claim.Claim, all []sample.Candidate, f claim.Finding) *claim.Example {
	if f.Refusal != nil || len(all) == 0 {
		return nil
	}
	if binary(c.Outcome) {
		return occurrence(c, all)
	}
	teams := map[string][2]int{}
	mean := [2]float64{}
	n := [2]float64{}
	for _, m := range all {
		k := side(m.Treated)
		t := teams[m.Team]
		t[k]++
		teams[m.Team] = t
		n[k]++
		mean[k] += (m.Value - mean[k]) / n[k]
	}
	team, best := "", 0
	for t, k := range teams {
		if v := min(k[0], k[1]); t != "" && (v > best || v == best && v > 0 && t < team) {
			team, best = t, v
		}
	}
	pick := func(treated bool) *claim.Moment {
		i := nearest(all, treated, team, mean[side(treated)])
		if i < 0 {
			return nil
		}
		m := all[i]
		return &claim.Moment{Began: m.Began, Ended: m.Ended, Value: claim.Number(m.Value), Unit: c.Outcome.Unit, Team: m.Team, Rows: m.Rows}
	}
	e := &claim.Example{Before: pick(false), After: pick(true), Rows: []claim.RowRef{}}
	if e.After == nil {
		return nil
	}
	e.When = e.After.Began
	who := e.After.Team
	if c.Outcome.Log {
		e.Before, e.After = clock(c, e.Before), clock(c, e.After)
	}
	e.Text = claim.Text{EN: "With it: " + amount(e.After, false), ZH: "有它时：" + amount(e.After, true)}
	if e.Before != nil {
		e.Text = claim.Text{EN: fmt.Sprintf("%s: %s without it, %s with it", or(who, "One case"), amount(e.Before, false), amount(e.After, false)),
			ZH: fmt.Sprintf("%s：没有时 %s，有时 %s", or(who, "一例"), amount(e.Before, true), amount(e.After, true))}
		e.Rows = append(e.Rows, e.Before.Rows...)
	}
	e.Rows = append(e.Rows, e.After.Rows...)
	return e
}

// binary reports whether the outcome is yes or no.
func binary(o claim.Outcome) bool {
	return o.Measure == claim.Any || o.Measure == claim.Share || o.Measure == claim.Reached || o.Beyond > 0
}

// occurrence is one case with it in which the thing happened: when it began,
// and when it happened; the one of middle length.
func occurrence(c claim.Claim, all []sample.Candidate) *claim.Example {
	var with []sample.Candidate
	for _, m := range all {
		if m.Treated {
			with = append(with, m)
		}
	}
	if len(with) == 0 {
		return nil
	}
	slices.SortFunc(with, func(a, b sample.Candidate) int {
		if d := a.Ended.Sub(a.Began) - b.Ended.Sub(b.Began); d != 0 {
			return int(max(-1, min(1, d)))
		}
		return a.Began.Compare(b.Began)
	})
	m := with[len(with)/2]
	hours := m.Ended.Sub(m.Began).Hours()
	return &claim.Example{When: m.Began, Rows: m.Rows,
		After: &claim.Moment{Began: m.Began, Ended: m.Ended, Value: claim.Number(hours), Unit: claim.Text{EN: "hours", ZH: "小时"}, Team: m.Team, Rows: m.Rows},
		Text:  claim.Text{EN: fmt.Sprintf("%s: one case with it, and %.1f hours later its outcome", or(m.Team, c.Title.EN), hours), ZH: fmt.Sprintf("%s：一例有它的情况，%.1f 小时后有了结果", or(m.Team, c.Title.ZH), hours)}}
}

func side(treated bool) int {
	if treated {
		return 1
	}
	return 0
}

func nearest(all []sample.Candidate, treated bool, team string, mean float64) int {
	order := make([]int, 0, len(all))
	for i, m := range all {
		if m.Treated == treated && (team == "" || m.Team == team) {
			order = append(order, i)
		}
	}
	if len(order) == 0 {
		return -1
	}
	return slices.MinFunc(order, func(a, b int) int {
		switch x, y := math.Abs(all[a].Value-mean), math.Abs(all[b].Value-mean); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return all[a].Began.Compare(all[b].Began)
	})
}

// clock turns a logarithm back into what the clock said.
func clock(c claim.Claim, m *claim.Moment) *claim.Moment {
	if m == nil {
		return nil
	}
	out := *m
	hours := m.Ended.Sub(m.Began).Hours()
	out.Value, out.Unit = claim.Number(hours), claim.Text{EN: "hours", ZH: "小时"}
	if c.Outcome.Measure == claim.Days {
		out.Value, out.Unit = claim.Number(hours/24), claim.Text{EN: "days", ZH: "天"}
	}
	return &out
}

func amount(m *claim.Moment, zh bool) string {
	unit := m.Unit.EN
	if zh {
		unit = m.Unit.ZH
	}
	return strconv.FormatFloat(float64(m.Value), 'f', 1, 64) + " " + unit
}

func or(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
