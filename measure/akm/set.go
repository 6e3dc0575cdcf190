package akm

import "github.com/chanzipu/outfitter/measure/absorb"

// sets says what was left of the data.
type sets struct {
	movers         int // in all the data
	connected      int // rows of the largest connected set
	leaveOutMovers int
}

// leaveOut cuts the data to the leave-one-out connected set: the largest set
// of platforms that stay connected when any one person is left out, and the
// people there with two rows or more.
func (d Data) leaveOut() (Data, sets) {
	var s sets
	s.movers = movers(d)
	d = d.largest()
	s.connected = len(d.Outcome)
	for len(d.Outcome) > 0 {
		cut := articulation(d.Person, d.Platform)
		any := false
		rows := make([]bool, len(d.Outcome))
		for i, p := range d.Person.Code {
			rows[i] = !cut[p]
			any = any || cut[p]
		}
		if !any {
			break
		}
		d = d.keep(rows).largest()
	}
	count := make([]int, d.Person.Levels)
	for _, p := range d.Person.Code {
		count[p]++
	}
	rows := make([]bool, len(d.Outcome))
	for i, p := range d.Person.Code {
		rows[i] = count[p] > 1
	}
	d = d.keep(rows)
	s.leaveOutMovers = movers(d)
	return d, s
}

// movers counts people seen on two platforms or more.
func movers(d Data) int {
	first := make([]int32, d.Person.Levels)
	moved := make([]bool, d.Person.Levels)
	n := 0
	for i, p := range d.Person.Code {
		f := d.Platform.Code[i] + 1
		if first[p] == 0 {
			first[p] = f
		} else if first[p] != f && !moved[p] {
			moved[p] = true
			n++
		}
	}
	return n
}

// largest is the connected part with most rows.
func (d Data) largest() Data {
	if len(d.Outcome) == 0 {
		return d
	}
	part, parts := absorb.Components(d.Person, d.Platform)
	if parts < 2 {
		return d
	}
	size := make([]int, parts)
	best := 0
	for _, p := range part {
		size[p]++
	}
	for p := range size {
		if size[p] > size[best] {
			best = p
		}
	}
	rows := make([]bool, len(part))
	for i, p := range part {
		rows[i] = int(p) == best
	}
	return d.keep(rows)
}

// articulation marks the people whose removal disconnects the graph of
// people and platforms (Tarjan's low points, on an explicit stack).
func articulation(person, platform absorb.Factor) []bool {
	nodes := person.Levels + platform.Levels
	start := make([]int32, nodes+1)
	for i, p := range person.Code {
		start[p+1]++
		start[person.Levels+int(platform.Code[i])+1]++
	}
	for v := range nodes {
		start[v+1] += start[v]
	}
	next := append([]int32(nil), start[:nodes]...)
	to := make([]int32, 2*len(person.Code))
	for i, p := range person.Code {
		f := int32(person.Levels) + platform.Code[i]
		to[next[p]] = f
		to[next[f]] = p
		next[p]++
		next[f]++
	}
	copy(next, start)
	depth, low, parent := make([]int32, nodes), make([]int32, nodes), make([]int32, nodes)
	cut := make([]bool, person.Levels)
	var stack []int32
	for root := range int32(nodes) {
		if depth[root] > 0 {
			continue
		}
		depth[root], low[root], parent[root] = 1, 1, -1
		children := 0
		stack = append(stack[:0], root)
		for len(stack) > 0 {
			v := stack[len(stack)-1]
			if next[v] < start[v+1] {
				u := to[next[v]]
				next[v]++
				switch {
				case depth[u] == 0:
					depth[u], low[u], parent[u] = depth[v]+1, depth[v]+1, v
					stack = append(stack, u)
				case u != parent[v]:
					low[v] = min(low[v], depth[u])
				}
				continue
			}
			stack = stack[:len(stack)-1]
			p := parent[v]
			if p < 0 {
				continue
			}
			low[p] = min(low[p], low[v])
			if p == root {
				children++
			} else if int(p) < person.Levels && low[v] >= depth[p] {
				cut[p] = true
			}
		}
		if int(root) < person.Levels && children > 1 {
			cut[root] = true
		}
	}
	return cut
}
