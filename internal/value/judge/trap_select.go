package judge

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/measure"
)

// unlike is the standardised difference from which two groups count as unlike.
const unlike = 0.25

// selected compares the groups in what was known before: a lot makes them
// alike, choice does not.
func selected(j *court) {
	j.balance()
	var odd []string
	for _, b := range j.f.Balance {
		if b.SMD.OK() && math.Abs(float64(b.SMD)) > unlike {
			odd = append(odd, b.Name)
		}
	}
	design, n := j.c.Exposure.Design, j.f.Counts
	list := strings.Join(odd, ", ")
	switch {
	case j.f.Method == "volume":
	case design == claim.Volunteers:
		j.note("selected", measure.Serious, "They chose themselves. Who volunteers is often better anyway; the comparison can only partly undo that.", "他们是自己报名的。报名的人往往本来就更强，比较只能部分抵消这一点。", nil)
		j.f.Diagnostics[len(j.f.Diagnostics)-1].Trap = true
		j.f.Grade = j.f.Grade.Cap(claim.C)
	case design.Random() && len(odd) > 0 && min(n.Treated, n.Control) >= 100:
		j.trap("unbalanced", claim.B, fmt.Sprintf("Drawn by lot, yet unlike beforehand in %s. Was the lot followed?", list), fmt.Sprintf("虽是抽签，事先在 %s 上却不一样。抽签真的执行了吗？", list), nil)
	case design.Random() && len(odd) > 0:
		j.note("unbalanced", measure.Warning, fmt.Sprintf("The groups differed beforehand in %s; with so few units a lot may do that.", list), fmt.Sprintf("两组事先在 %s 上有差别；单位这么少，抽签也可能如此。", list), nil)
	case len(odd) > 0:
		j.note("selected", measure.Warning, fmt.Sprintf("Those who got it differed beforehand in %s. What else they differ in isn't in the data.", list), fmt.Sprintf("拿到的人事先在 %s 上就不同；数据之外还有什么不同，无从知道。", list), nil)
	case design == claim.Chosen:
		j.note("selected", measure.Warning, "Nobody drew lots. The groups look alike in what is known; what else they differ in isn't in the data.", "没有抽签。两组在已知方面相近；数据之外还有什么不同，无从知道。", nil)
	}
}

// balance fills the table of what was known before, the outcome before the
// first roll-out included.
func (j *court) balance() {
	treated := j.t.num("treated")
	group := make([]bool, j.t.n)
	for i := range group {
		group[i] = treated[i] == 1
	}
	if j.panel() {
		group = j.ever()
		j.before(group)
	}
	names := []string{}
	if j.t.has("before") {
		names = append(names, "before")
	}
	for _, c := range j.c.Covariates {
		if c.Known == "start" && j.t.has(c.Name) {
			names = append(names, c.Name)
		}
	}
	for _, name := range names {
		if j.t.numeric(name) {
			j.weigh(name, j.t.num(name), group)
			continue
		}
		levels := slices.Clone(j.t.text(name))
		slices.Sort(levels)
		for k, l := range slices.Compact(levels) {
			if l == "" || k > 20 {
				continue
			}
			v := make([]float64, j.t.n)
			for i, s := range j.t.text(name) {
				if s == l {
					v[i] = 1
				}
			}
			j.weigh(name+"="+l, v, group)
		}
	}
}

func (j *court) weigh(name string, v []float64, group []bool) {
	var t, c tally
	for i := range v {
		if group[i] {
			t.add(v[i])
		} else {
			c.add(v[i])
		}
	}
	b := claim.Balance{Name: name, Treated: t.value(), Control: c.value(), SMD: claim.Number(smd(t, c))}
	if (t.n < small || c.n < small) && j.c.Unit == claim.Staff {
		b.Treated, b.Control, b.SMD = claim.None, claim.None, claim.None
	}
	j.f.Balance = append(j.f.Balance, b)
}

// before compares units by their mean outcome before anybody was exposed.
func (j *court) before(group []bool) {
	first := ""
	for _, f := range j.t.text("first") {
		if f != "" && (first == "" || f < first) {
			first = f
		}
	}
	sums := map[string]*tally{}
	on := map[string]bool{}
	y := j.t.num("outcome")
	for i, p := range j.t.text("period") {
		if first == "" || p >= first {
			continue
		}
		u := j.t.text("unit")[i]
		if sums[u] == nil {
			sums[u] = &tally{}
		}
		sums[u].add(y[i])
		on[u] = group[i]
	}
	var v []float64
	var g []bool
	for u, s := range sums {
		v, g = append(v, s.mean), append(g, on[u])
	}
	if len(v) > 0 {
		v, g = sorted(v, g)
		j.weigh("outcome before", v, g)
	}
}

// sorted puts values in order, so that sums don't depend on a map's.
func sorted(v []float64, g []bool) ([]float64, []bool) {
	at := make([]int, len(v))
	for i := range at {
		at[i] = i
	}
	slices.SortFunc(at, func(a, b int) int {
		switch {
		case v[a] < v[b]:
			return -1
		case v[a] > v[b]:
			return 1
		case g[a] == g[b]:
			return 0
		case g[a]:
			return 1
		}
		return -1
	})
	sv, sg := make([]float64, len(v)), make([]bool, len(v))
	for i, k := range at {
		sv[i], sg[i] = v[k], g[k]
	}
	return sv, sg
}
