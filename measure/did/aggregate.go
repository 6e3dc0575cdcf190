package did

import (
	"fmt"
	"maps"
	"math"
	"slices"
)

// average is one aggregated effect with its influence function over units.
type average struct {
	name   string
	value  float64
	psi    []float64
	time   int  // event time, of the parts of "dynamic"
	before bool // an event time before treatment
	family int  // estimates of one family share a simultaneous band
}

// aggregate computes the four averages and their parts.
func (p *panel) aggregate(cells []cell) []average {
	byEvent, byGroup, byTime := map[int][]int{}, map[int][]int{}, map[int][]int{}
	var post []int
	for i, c := range cells {
		byEvent[c.Time-c.Group] = append(byEvent[c.Time-c.Group], i)
		if c.post {
			post = append(post, i)
			byGroup[c.Group] = append(byGroup[c.Group], i)
			byTime[c.Time] = append(byTime[c.Time], i)
		}
	}
	out := []average{p.pooled("simple", cells, post)}
	family := func(number int, overall, part string, by map[int][]int, include func(int) bool, equal bool) {
		var parts, used []average
		for _, key := range slices.Sorted(maps.Keys(by)) {
			name := fmt.Sprintf("%s %s=%d", overall, part, key)
			var a average
			if equal {
				a = p.even(name, cells, by[key])
			} else {
				a = p.pooled(name, cells, by[key])
			}
			a.time, a.family = key, number
			a.before = number == 1 && !include(key)
			parts = append(parts, a)
			if include(key) {
				used = append(used, a)
			}
		}
		if len(used) == 0 {
			return
		}
		whole := p.mean(overall, used)
		if equal { // cohorts weigh by their size
			whole = p.bySize(overall, used)
		}
		whole.family = -number
		out = append(append(out, whole), parts...)
	}
	all := func(int) bool { return true }
	family(1, "dynamic", "e", byEvent, func(e int) bool { return len(byEvent[e]) > 0 && cells[byEvent[e][0]].post }, false)
	family(2, "group", "g", byGroup, all, true)
	family(3, "calendar", "t", byTime, all, false)
	return out
}

// pooled averages cells by the share of their cohort; the shares are
// estimated too, which adds to the influence (Callaway and Sant'Anna 2021,
// section 4.1).
func (p *panel) pooled(name string, cells []cell, which []int) average {
	a := average{name: name, psi: make([]float64, p.n)}
	var total float64
	for _, i := range which {
		total += p.share[cells[i].group]
	}
	shift := make(map[int]float64, len(which)) // by group: Σ (ATT − average)/total
	for _, i := range which {
		w := p.share[cells[i].group] / total
		a.value += w * cells[i].ATT
		a.add(w, cells[i])
	}
	for _, i := range which {
		shift[cells[i].group] += (cells[i].ATT - a.value) / total
	}
	p.weigh(a.psi, shift)
	return a
}

// weigh adds the influence of estimated cohort shares: (1{i∈g} − share_g)·shift_g.
func (p *panel) weigh(psi []float64, shift map[int]float64) {
	var centre float64
	for _, g := range slices.Sorted(maps.Keys(shift)) {
		s := shift[g]
		centre += s * p.share[g]
		for i := p.start[g]; i < p.start[g+1]; i++ {
			psi[i] += s * p.weight(i)
		}
	}
	if math.Abs(centre) > 0 {
		for i := range psi {
			psi[i] -= centre
		}
	}
}

// even averages cells with equal, known weights.
func (p *panel) even(name string, cells []cell, which []int) average {
	a := average{name: name, psi: make([]float64, p.n)}
	w := 1 / float64(len(which))
	for _, i := range which {
		a.value += w * cells[i].ATT
		a.add(w, cells[i])
	}
	return a
}

func (p *panel) mean(name string, parts []average) average {
	a := average{name: name, psi: make([]float64, p.n)}
	for _, b := range parts {
		a.value += b.value / float64(len(parts))
		axpy(a.psi, 1/float64(len(parts)), b.psi)
	}
	return a
}

// bySize averages cohort effects (part.time is the cohort) by cohort share.
func (p *panel) bySize(name string, parts []average) average {
	a := average{name: name, psi: make([]float64, p.n)}
	var total float64
	at := make([]int, len(parts))
	for k, b := range parts {
		at[k], _ = slices.BinarySearch(p.groups, b.time)
		total += p.share[at[k]]
	}
	for k, b := range parts {
		w := p.share[at[k]] / total
		a.value += w * b.value
		axpy(a.psi, w, b.psi)
	}
	shift := map[int]float64{}
	for k, b := range parts {
		shift[at[k]] += (b.value - a.value) / total
	}
	p.weigh(a.psi, shift)
	return a
}

func (a *average) add(w float64, c cell) {
	for _, s := range c.psi {
		dst := a.psi[s.from : s.from+len(s.v)]
		for i, v := range s.v {
			dst[i] += w * v
		}
	}
}
