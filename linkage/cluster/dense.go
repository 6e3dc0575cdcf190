package cluster

// maxDense is the largest component whose pairs are held as a matrix.
const maxDense = 160

// dense is Refine for small components: the same merges in the same order,
// on a matrix instead of maps.
type dense struct {
	n     int
	opt   Options
	sum   []float64 // n×n: of the weights between two groups, missing pairs counted
	flag  []uint8   // n×n
	size  []float64
	alive []int
	best  []int     // of each group, its best partner, -1 if none is good enough
	mean  []float64 // with that partner
	root  []uint32
}

const (
	flagNever  = 1
	flagAlways = 2
)

func refineDense(n int, edges []Edge, opt Options, score func(a, b uint32) float64) []uint32 {
	d := &dense{n: n, opt: opt, sum: make([]float64, n*n), flag: make([]uint8, n*n), size: make([]float64, n), best: make([]int, n), mean: make([]float64, n), root: make([]uint32, n)}
	seen := make([]bool, n*n)
	for _, e := range edges {
		if e.A != e.B {
			d.set(int(e.A), int(e.B), e.Weight)
			seen[int(e.A)*n+int(e.B)], seen[int(e.B)*n+int(e.A)] = true, true
		}
	}
	for a := range n {
		d.size[a], d.root[a] = 1, uint32(a)
		d.alive = append(d.alive, a)
		for b := a + 1; b < n; b++ {
			switch {
			case seen[a*n+b]:
			case score != nil:
				d.set(a, b, score(uint32(a), uint32(b)))
			default:
				d.sum[a*n+b], d.sum[b*n+a] = opt.Missing, opt.Missing
			}
		}
	}
	d.run()
	return d.groups()
}

func (d *dense) set(a, b int, w float64) {
	l, flag := bounded(w, d.opt)
	i, j := a*d.n+b, b*d.n+a
	d.sum[i], d.sum[j], d.flag[i], d.flag[j] = l, l, flag, flag
}

// look finds a group's best partner, the first of equals.
func (d *dense) look(a int) {
	d.best[a] = -1
	for _, b := range d.alive {
		if b == a {
			continue
		}
		i := a*d.n + b
		m := d.sum[i] / (d.size[a] * d.size[b])
		switch {
		case d.flag[i]&flagAlways != 0:
			m = maxMean
		case d.flag[i]&flagNever != 0 || m < d.opt.Threshold:
			continue
		}
		if d.best[a] < 0 || m > d.mean[a] {
			d.best[a], d.mean[a] = b, m
		}
	}
}

func (d *dense) run() {
	for _, a := range d.alive {
		d.look(a)
	}
	for {
		x := -1
		for _, a := range d.alive {
			if d.best[a] >= 0 && (x < 0 || d.mean[a] > d.mean[x]) {
				x = a
			}
		}
		if x < 0 {
			return
		}
		d.merge(min(x, d.best[x]), max(x, d.best[x]))
	}
}

func (d *dense) merge(a, b int) {
	kept := d.alive[:0]
	for _, c := range d.alive {
		if c != b {
			kept = append(kept, c)
		}
	}
	d.alive = kept
	for i := range d.root {
		if d.root[i] == uint32(b) {
			d.root[i] = uint32(a)
		}
	}
	for _, c := range d.alive {
		if c == a {
			continue
		}
		s, f := d.sum[a*d.n+c]+d.sum[b*d.n+c], d.flag[a*d.n+c]|d.flag[b*d.n+c]
		d.sum[a*d.n+c], d.sum[c*d.n+a], d.flag[a*d.n+c], d.flag[c*d.n+a] = s, s, f, f
	}
	d.size[a] += d.size[b]
	d.look(a)
	for _, c := range d.alive {
		if c == a {
			continue
		}
		if d.best[c] == a || d.best[c] == b {
			d.look(c)
			continue
		}
		// a has changed: it may now be c's best.
		i := c*d.n + a
		m := d.sum[i] / (d.size[a] * d.size[c])
		if d.flag[i]&flagAlways != 0 {
			m = maxMean
		} else if d.flag[i]&flagNever != 0 || m < d.opt.Threshold {
			continue
		}
		if d.best[c] < 0 || m > d.mean[c] || m == d.mean[c] && a < d.best[c] {
			d.best[c], d.mean[c] = a, m
		}
	}
}

func (d *dense) groups() []uint32 {
	number := make([]uint32, d.n)
	next := uint32(0)
	out := make([]uint32, d.n)
	for i := range d.n {
		r := d.root[i]
		if r == uint32(i) { // a root is its group's first member
			number[i] = next
			next++
		}
		out[i] = number[r]
	}
	return out
}
