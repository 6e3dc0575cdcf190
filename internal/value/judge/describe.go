package judge

import (
	"maps"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/internal/value/claim"
)

// count says how much went in.
func (j *court) count() {
	ever, clusters := map[string]bool{}, map[string]bool{}
	treated := j.t.num("treated")
	exposed := 0
	for i, u := range j.t.text("unit") {
		ever[u] = ever[u] || treated[i] == 1
		if treated[i] == 1 {
			exposed++
		}
		if c := j.t.text("cluster")[i]; c != "" {
			clusters[c] = true
		}
	}
	n := &j.f.Counts
	n.Rows, n.Units, n.Clusters, n.Exposed = j.t.n, len(ever), len(clusters), exposed
	for _, on := range ever {
		if on {
			n.Treated++
		} else {
			n.Control++
		}
	}
	n.Events, n.LeftOut = j.s.About.Events, j.s.About.LeftOut
	if j.t.has("ended") {
		for _, e := range j.t.num("ended") {
			if e == 0 {
				n.Censored++
			}
		}
	}
	// With periods the same unit is both; what counts is whether anything is
	// left to compare with.
	j.f.Small = n.Treated > 0 && n.Treated < small || n.Control > 0 && n.Control < small
}

// panel reports whether rows are units' periods.
func (j *court) panel() bool { return j.c.Population.Entry == nil && j.t.has("period") }

// ever marks the rows of units that are exposed at some time.
func (j *court) ever() []bool {
	treated := j.t.num("treated")
	on := map[string]bool{}
	for i, u := range j.t.text("unit") {
		on[u] = on[u] || treated[i] == 1
	}
	out := make([]bool, j.t.n)
	for i, u := range j.t.text("unit") {
		out[i] = on[u]
	}
	return out
}

// split is the first period of the median roll-out: what comes before it is
// before for those who never got it.
func (j *court) split() string {
	var firsts []string
	seen := map[string]bool{}
	for i, u := range j.t.text("unit") {
		if f := j.t.text("first")[i]; f != "" && !seen[u] {
			seen[u] = true
			firsts = append(firsts, f)
		}
	}
	if len(firsts) == 0 {
		return ""
	}
	slices.Sort(firsts)
	return firsts[len(firsts)/2]
}

// compare makes the bars: before and after, with and without.
func (j *court) compare() {
	type key struct{ group, when string }
	sums, from, to := map[key]*tally{}, map[key]string{}, map[key]string{}
	units := map[key]map[string]bool{}
	treated, y, ever, split := j.t.num("treated"), j.t.num("outcome"), j.ever(), j.split()
	when := j.t.text("period")
	if !j.t.has("period") {
		when = j.t.text("day")
	}
	for i, u := range j.t.text("unit") {
		k := key{"control", "after"}
		switch {
		case treated[i] == 1:
			k.group = "treated"
		case j.panel() && ever[i]:
			k = key{"treated", "before"}
		case j.panel() && split != "" && when[i] < split:
			k = key{"control", "before"}
		}
		if sums[k] == nil {
			sums[k], units[k] = &tally{}, map[string]bool{}
			from[k] = when[i]
		}
		sums[k].add(y[i])
		units[k][u] = true
		from[k], to[k] = min(from[k], when[i]), max(to[k], when[i])
	}
	for _, k := range []key{{"treated", "before"}, {"treated", "after"}, {"control", "before"}, {"control", "after"}} {
		if s := sums[k]; s != nil {
			b := claim.Bar{Group: k.group, When: k.when, Mean: s.value(), N: int(s.n), Since: from[k], Until: to[k]}
			if len(units[k]) < small && j.c.Unit == claim.Staff {
				b.Mean = claim.None
			}
			j.f.Bars = append(j.f.Bars, b)
		}
	}
}

// series is the chart: by period, those who get it and those who never do.
func (j *court) series() {
	if !j.t.has("period") {
		return
	}
	type pair struct{ t, c tally }
	by := map[string]*pair{}
	y, group := j.t.num("outcome"), j.ever()
	if !j.panel() {
		for i, v := range j.t.num("treated") {
			group[i] = v == 1
		}
	}
	for i, p := range j.t.text("period") {
		if by[p] == nil {
			by[p] = &pair{}
		}
		if group[i] {
			by[p].t.add(y[i])
		} else {
			by[p].c.add(y[i])
		}
	}
	hide := func(t tally) claim.Number {
		if t.n < small && j.c.Unit == claim.Staff {
			return claim.None
		}
		return t.value()
	}
	for _, p := range slices.Sorted(maps.Keys(by)) {
		x := by[p]
		j.f.Series = append(j.f.Series, claim.Point{Period: p, Treated: hide(x.t), Control: hide(x.c), NT: int(x.t.n), NC: int(x.c.n)})
	}
}

// smd is the standardised difference of two means.
func smd(t, c tally) float64 {
	v := (t.variance() + c.variance()) / 2
	if math.IsNaN(v) || v == 0 {
		return math.NaN()
	}
	return (t.mean - c.mean) / math.Sqrt(v)
}
