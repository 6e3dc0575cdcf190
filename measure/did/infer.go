package did

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/chanzipu/outfitter/measure"
)

// infer fills standard errors and intervals: averages first, then cells.
func (p *panel) infer(ctx context.Context, o Options, cells []cell, averages []average, out *Effects) error {
	columns := make([]column, 0, len(averages)+len(cells))
	for _, a := range averages {
		columns = append(columns, column{name: a.name, value: a.value, family: a.family, psi: []segment{{0, a.psi}}})
	}
	const cellFamily = 9
	for _, c := range cells {
		columns = append(columns, column{name: fmt.Sprintf("ATT(%d,%d)", c.Group, c.Time), value: c.ATT, family: cellFamily, psi: c.psi})
	}
	for i := range columns {
		columns[i].se = p.se(columns[i].psi)
	}
	critical := map[int]float64{}
	if o.Draws > 0 {
		draws, err := p.bootstrap(ctx, o, columns)
		if err != nil {
			return err
		}
		for i := range columns {
			columns[i].se = spread(draws[i], columns[i].se)
		}
		critical = bands(columns, draws, o)
		out.Critical = orNaN(critical, cellFamily)
		for family, name := range map[int]string{1: "dynamic", 2: "group", 3: "calendar", cellFamily: "cells"} {
			if c, ok := critical[family]; ok {
				out.Note("simultaneous-band-"+name, measure.Info,
					fmt.Sprintf("“%s”各点的区间同时成立（临界值 %.3f）。", name, c),
					fmt.Sprintf("The intervals of %q hold all at once (critical value %.3f).", name, c),
					map[string]float64{"critical": c})
			}
		}
		slices.SortFunc(out.Diagnostics, func(a, b measure.Diagnostic) int { return compareText(a.Code, b.Code) })
	}
	var flat int
	for i, c := range columns {
		e := measure.Wald(c.name, c.value, c.se, o.Level)
		if q, ok := critical[c.family]; ok && c.se > 0 {
			e.Lo, e.Hi = c.value-q*c.se, c.value+q*c.se
		}
		if !(c.se > 0) {
			e.SE = math.NaN()
			if c.family != cellFamily && c.value != 0 {
				flat++
			}
		}
		out.Estimates = append(out.Estimates, e)
		if k := i - len(averages); k >= 0 {
			cells[k].SE = e.SE
		}
	}
	if flat > 0 {
		out.Note("constant-outcome", measure.Serious,
			"组内的变化没有差异，无法给出误差区间。",
			"Changes do not vary within the groups, so there is no interval.", nil)
	}
	return nil
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func orNaN(m map[int]float64, k int) float64 {
	if v, ok := m[k]; ok {
		return v
	}
	return math.NaN()
}

// column is one estimate on its way to an interval.
type column struct {
	name      string
	value, se float64
	family    int
	psi       []segment
}

// se sums the influence by cluster.
func (p *panel) se(psi []segment) float64 {
	var ss, size float64
	if p.cluster == nil {
		for _, s := range psi {
			for _, v := range s.v {
				ss += v * v
			}
		}
	} else {
		sum := make([]float64, p.clusters)
		for _, s := range psi {
			for i, v := range s.v {
				sum[p.cluster[s.from+i]] += v
				size += v * v
			}
		}
		for _, v := range sum {
			ss += v * v
		}
	}
	se := math.Sqrt(ss) / float64(p.n)
	if size > 0 && ss < 1e-24*size { // clusters cancel: rounding, not precision
		return 0
	}
	return se
}

// PreTest asks whether the cohorts moved together before treatment, and how
// much that answer is worth.
type PreTest struct {
	Statistic float64 // Wald, chi-squared with DF degrees of freedom
	DF        int
	P         float64
	// Drift is the steady trend difference (outcome units per period) that
	// this test would catch with 80 % power, after Roth (2022).
	Drift float64
	// DriftBias is what that drift alone would add to the "dynamic" average.
	DriftBias float64
	// Breakdown is how many times the largest change between two periods
	// before treatment the change between periods afterwards would have to be
	// for the interval of "dynamic" to include zero (relative magnitudes,
	// Rambachan and Roth 2023, with the plug-in bound).
	Breakdown float64
}

func noPreTest() PreTest {
	nan := math.NaN()
	return PreTest{Statistic: nan, P: nan, Drift: nan, DriftBias: nan, Breakdown: nan}
}

func (p *panel) preTest(o Options, cells []cell, averages []average, res *measure.Result) PreTest {
	out := noPreTest()
	var pre []cell
	for _, c := range cells {
		if c.Time < c.Group-o.Anticipation && !c.reference {
			pre = append(pre, c)
		}
	}
	if len(pre) == 0 {
		res.Note("no-pre-period", measure.Warning,
			"上线前只有一期数据，无法检查两组此前是否同步。",
			"There is only one period before treatment, so nothing shows that the groups moved together.", nil)
		return out
	}
	v := p.covariance(pre)
	b := make([]float64, len(pre))
	for i, c := range pre {
		b[i] = c.ATT
	}
	if x, ok := solve(v, b); ok {
		out.Statistic, out.DF = inner(b, x), len(pre)
		out.P = measure.ChiSquaredP(out.Statistic, float64(out.DF))
	} else {
		res.Note("pre-test-singular", measure.Warning,
			"独立单位太少，无法对上线前各期做联合检验。",
			"There are too few independent units for a joint test of the periods before treatment.", nil)
	}
	p.drift(o, averages, &out)
	out.tell(res)
	return out
}

// drift measures the pre-test's own power on the event-time averages.
func (p *panel) drift(o Options, averages []average, out *PreTest) {
	var early, late []average
	var overall average
	for _, a := range averages {
		switch {
		case a.name == "dynamic":
			overall = a
		case a.family == 1 && a.before && p.se([]segment{{0, a.psi}}) > 0:
			early = append(early, a)
		case a.family == 1 && !a.before:
			late = append(late, a)
		}
	}
	if len(early) == 0 || len(late) == 0 {
		return
	}
	psi := make([]cell, len(early))
	x, largest := make([]float64, len(early)), 0.0
	for i, a := range early {
		psi[i] = cell{psi: []segment{{0, a.psi}}}
		x[i] = 1 // a short difference spans one period
		if o.Base == Universal {
			x[i] = float64(a.time + 1 + o.Anticipation)
			next := 0.0
			if i+1 < len(early) {
				next = early[i+1].value
			}
			largest = max(largest, math.Abs(next-a.value))
		} else {
			largest = max(largest, math.Abs(a.value))
		}
	}
	z, ok := solve(p.covariance(psi), x)
	if !ok || !(inner(x, z) > 0) {
		return
	}
	var reach float64
	for _, a := range late {
		reach += float64(a.time+1+o.Anticipation) / float64(len(late))
	}
	out.Drift = measure.MDE(1/math.Sqrt(inner(x, z)), o.Level, 0.8)
	out.DriftBias = out.Drift * reach
	margin := math.Abs(overall.value) - measure.NormalQuantile((1+o.Level)/2)*p.se([]segment{{0, overall.psi}})
	if largest > 0 {
		out.Breakdown = max(0, margin) / (largest * reach)
	}
}

func (t PreTest) tell(res *measure.Result) {
	values := map[string]float64{"p": t.P, "statistic": t.Statistic, "df": float64(t.DF),
		"drift": t.Drift, "drift_bias": t.DriftBias, "breakdown": t.Breakdown}
	honestZH, honestEN := "", ""
	if !math.IsNaN(t.Drift) {
		honestZH = fmt.Sprintf("每期 %.3g 的持续分化它只有八成机会发现，而这会给结果带来 %.3g 的偏差。", t.Drift, t.DriftBias)
		honestEN = fmt.Sprintf(" A steady drift of %.3g per period would be caught only four times in five, and would by itself add %.3g to the result.", t.Drift, t.DriftBias)
	}
	if t.Breakdown > 0 {
		honestZH += fmt.Sprintf("只要上线后每期的分化不超过上线前最大波动的 %.2g 倍，结论就成立。", t.Breakdown)
		honestEN += fmt.Sprintf(" The conclusion stands while drift per period afterwards stays below %.2g times the largest move before.", t.Breakdown)
	}
	switch {
	case t.P < 0.05:
		res.Note("pre-trends", measure.Serious,
			fmt.Sprintf("上线前两组就不同步（p = %.3g），之后的差别不能都算在它头上。", t.P)+honestZH,
			fmt.Sprintf("The groups moved apart before treatment already (p = %.3g), so what came after is not its effect alone.", t.P)+honestEN, values)
	case !math.IsNaN(t.P):
		res.Note("pre-trends", measure.Info,
			fmt.Sprintf("上线前没有发现两组不同步（p = %.3g）；这不等于证明了同步。", t.P)+honestZH,
			fmt.Sprintf("No difference before treatment was found (p = %.3g); that does not prove there was none.", t.P)+honestEN, values)
	}
}

// covariance of cells' effects, by cluster.
func (p *panel) covariance(cells []cell) [][]float64 {
	dense := make([][]segment, len(cells))
	for i, c := range cells {
		dense[i] = c.psi
		if p.cluster != nil {
			sum := make([]float64, p.clusters)
			for _, s := range c.psi {
				for j, v := range s.v {
					sum[p.cluster[s.from+j]] += v
				}
			}
			dense[i] = []segment{{0, sum}}
		}
	}
	v := make([][]float64, len(cells))
	for a := range v {
		v[a] = make([]float64, len(cells))
	}
	n2 := float64(p.n) * float64(p.n)
	for a := range cells {
		for b := range a + 1 {
			v[a][b] = overlap(dense[a], dense[b]) / n2
			v[b][a] = v[a][b]
		}
	}
	return v
}

func overlap(a, b []segment) float64 {
	var s float64
	for _, x := range a {
		for _, y := range b {
			lo, hi := max(x.from, y.from), min(x.from+len(x.v), y.from+len(y.v))
			if lo < hi {
				s += inner(x.v[lo-x.from:hi-x.from], y.v[lo-y.from:hi-y.from])
			}
		}
	}
	return s
}

// solve solves a·x = b for a covariance matrix by Cholesky on its
// correlations; false where it is singular.
func solve(a [][]float64, b []float64) ([]float64, bool) {
	n := len(b)
	l, x, sd := make([][]float64, n), make([]float64, n), make([]float64, n)
	for i := range n {
		if !(a[i][i] > 0) {
			return nil, false
		}
		sd[i] = math.Sqrt(a[i][i])
		l[i] = make([]float64, i+1)
		for j := range i + 1 {
			s := a[i][j]/(sd[i]*sd[j]) - inner(l[i][:j], l[j][:j])
			if i == j {
				if s < 1e-10 {
					return nil, false
				}
				l[i][i] = math.Sqrt(s)
				break
			}
			l[i][j] = s / l[j][j]
		}
	}
	for i := range n {
		x[i] = (b[i]/sd[i] - inner(l[i][:i], x[:i])) / l[i][i]
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= l[k][i] * x[k]
		}
		x[i] /= l[i][i]
	}
	for i := range x {
		x[i] /= sd[i]
	}
	return x, true
}
