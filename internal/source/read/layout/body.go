package layout

import (
	"bytes"
	"fmt"
	"strings"
)

// A Body takes a table's rows in order: totals are set aside, wide rows become
// one record per figure.
type Body struct {
	Name     string
	Header   []string // of the records
	Wide     bool     // rows become several records
	Set      []SetAside
	Evidence []Evidence

	totals *totals // nil = none are looked for
	pivot  *pivot  // nil = the table is not wide
}

// NewBody decides from the sample what the rows of the table name need.
func NewBody(name string, l Layout, rows [][]string, h Hints) (*Body, error) {
	b := &Body{Name: name, Header: l.Names}
	var data [][]string
	if l.Start < len(rows) {
		data = rows[l.Start:]
	}
	sorts := columnSorts(data, len(b.Header))
	b.totals = newTotals(b, sorts)
	p, err := findPivot(b, l, sorts, h)
	if err != nil {
		return nil, err
	}
	if p != nil {
		b.pivot = p
		b.totals.header = b.Header
		b.Wide = true
		b.Evidence = append(b.Evidence, p.evidence)
		b.Header = p.header
	}
	return b, nil
}

// NoTotals says that the rows hold no totals, so that none need be looked for.
func (b *Body) NoTotals() { b.totals = nil }

// Row takes one row of the original that is as wide as the table and calls put
// for each record that it makes, which must not be kept. It reports whether
// the row was set aside as a total.
func (b *Body) Row(fields [][]byte, line int64, put func([][]byte)) (aside bool) {
	if b.totals != nil {
		if b.totals.take(fields, line) {
			return true
		}
		b.totals.add(fields)
	}
	if b.pivot == nil {
		put(fields)
		return false
	}
	b.pivot.unfold(fields, put)
	b.pivot.check(b, fields, line)
	return false
}

// End settles the totals that stood above their rows.
func (b *Body) End() {
	if b.totals != nil {
		b.totals.end()
	}
}

// Totals.

const maxSetAside = 10_000

// totals recognises subtotal and total rows and keeps the sums that they are checked against.
type totals struct {
	t       *Body
	key     []bool   // columns without figures
	skip    []bool   // rates and averages: no sums
	header  []string // the names before unpivoting; nil = the table has them
	all     sums
	since   sums            // since the last row set aside
	like    map[string]sums // since the last one with the same kind of label
	pending []pending       // set aside before any row: checked at the end
}

type sums struct {
	v []float64
	d []int // most decimals met
	n int
}

type pending struct {
	line   int64
	label  string
	stated map[int]string
}

func newTotals(t *Body, sorts []cellSort) *totals {
	x := &totals{t: t, key: make([]bool, len(sorts)), skip: make([]bool, len(sorts)), like: map[string]sums{}}
	for j, s := range sorts {
		x.key[j] = s != numberCell
		x.skip[j] = isRate(t.Header[j])
	}
	x.all, x.since = newSums(len(sorts)), newSums(len(sorts))
	return x
}

func newSums(n int) sums { return sums{v: make([]float64, n), d: make([]int, n)} }

// isRate tells columns whose total is no sum.
func isRate(name string) bool {
	n := strings.ToLower(name)
	for _, w := range []string{"率", "占比", "比例", "均价", "平均", "单价", "同比", "环比", "%", "rate", "ratio", "share", "avg", "average", "mean", "price", "percent"} {
		if strings.Contains(n, w) {
			return true
		}
	}
	return false
}

// IsTotal tells the labels of total rows and columns, and whether it is a grand total.
func IsTotal(cell string) bool {
	s := strings.ToLower(strings.Trim(strings.Join(strings.Fields(cell), " "), " :：*-【】[]()（）"))
	s = strings.ReplaceAll(s, " ", "")
	switch s {
	case "小计", "合计", "总计", "总合计", "共计", "汇总", "总和", "累计", "total", "totals", "grandtotal", "subtotal", "sub-total", "sum", "overall", "全部合计", "本页合计", "合計", "小計", "總計":
		return true
	}
	if len(s) > 60 {
		return false
	}
	for _, end := range []string{"小计", "合计", "总计", "小計", "合計", "總計", "subtotal"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	low := strings.ToLower(strings.TrimSpace(cell))
	return strings.HasSuffix(low, " total") || strings.HasPrefix(low, "total ") && len(low) < 30
}

// TotalParts are what every total's label holds.
var TotalParts = [][]byte{[]byte("计"), []byte("計"), []byte("otal"), []byte("OTAL"), []byte("汇总"), []byte("总和")}

// maybeTotal is a quick look before isTotal.
func maybeTotal(f []byte) bool {
	if len(f) < 3 || len(f) > 100 {
		return false
	}
	if len(f) == 3 && bytes.EqualFold(f, []byte("sum")) || len(f) == 7 && bytes.EqualFold(f, []byte("overall")) {
		return true
	}
	for _, p := range TotalParts {
		if bytes.Contains(f, p) {
			return true
		}
	}
	return false
}

// take sets a total row aside; it reports whether fields are one. Such a row
// has a total's label as the first or last of its texts, no text behind it
// but dashes or the label again, and at least one figure.
func (x *totals) take(fields [][]byte, line int64) bool {
	at := -1
	for j, f := range fields {
		if j < len(x.key) && maybeTotal(f) && IsTotal(string(f)) {
			at = j
			break
		}
	}
	if at < 0 {
		return false
	}
	label := strings.TrimSpace(string(fields[at]))
	stated := map[int]string{}
	for j, f := range fields {
		c := strings.TrimSpace(string(f))
		if c == "" || j == at {
			continue
		}
		if x.key[j] {
			if j > at && c != label && strings.Trim(c, "-—–/") != "" && !IsTotal(c) {
				return false
			}
			continue
		}
		if _, ok := value(c); ok {
			stated[j] = c
		}
	}
	if len(stated) == 0 || len(x.t.Set) > maxSetAside {
		return false
	}
	p := pending{line: line, label: label, stated: stated}
	if x.all.n == 0 {
		x.pending = append(x.pending, p)
		return true
	}
	kind := fmt.Sprint(at)
	like, ok := x.like[kind]
	if !ok {
		like = x.all
	}
	best := x.all
	for _, s := range []sums{x.since, like, x.all} {
		if s.n > 0 && x.agreeing(p, s) > x.agreeing(p, best) {
			best = s
		}
	}
	x.report(p, best)
	x.since = newSums(len(x.key))
	x.like[kind] = newSums(len(x.key))
	return true
}

func (x *totals) end() {
	for _, p := range x.pending {
		x.report(p, x.all)
	}
}

func (x *totals) agreeing(p pending, s sums) (n int) {
	for j, c := range p.stated {
		if v, ok := value(c); ok && !x.skip[j] && near(v, s.v[j], decimals(c), s.d[j], s.n) {
			n++
		}
	}
	return n
}

func (x *totals) report(p pending, s sums) {
	for j := range x.key {
		c, ok := p.stated[j]
		if !ok || x.skip[j] {
			continue
		}
		v, _ := value(c)
		x.t.Set = append(x.t.Set, SetAside{Line: p.line, Label: p.label, Column: x.name(j), Stated: v, Summed: tidyFloat(s.v[j]), Agrees: near(v, s.v[j], decimals(c), s.d[j], s.n)})
	}
	if len(x.t.Set) == 0 || x.t.Set[len(x.t.Set)-1].Line != p.line {
		x.t.Set = append(x.t.Set, SetAside{Line: p.line, Label: p.label})
	}
}

func (x *totals) name(j int) string { return x.names()[j] }

func (x *totals) names() []string {
	if x.header == nil {
		return x.t.Header
	}
	return x.header
}

// add counts a row into all running sums.
func (x *totals) add(fields [][]byte) {
	x.all.n++
	x.since.n++
	for k, s := range x.like {
		s.n++
		x.like[k] = s
	}
	for j, f := range fields {
		if j >= len(x.key) || x.key[j] || len(f) == 0 {
			continue
		}
		c := string(f)
		v, ok := value(c)
		if !ok {
			continue
		}
		d := decimals(c)
		x.all.put(j, v, d)
		x.since.put(j, v, d)
		for _, s := range x.like {
			s.put(j, v, d)
		}
	}
}

func (s sums) put(j int, v float64, d int) {
	s.v[j] += v
	s.d[j] = max(s.d[j], d)
}

func decimals(c string) int {
	c = strings.TrimRight(strings.TrimSpace(c), "%％)")
	if i := strings.LastIndexByte(c, '.'); i >= 0 {
		return len(c) - i - 1
	}
	return 0
}

// near allows for what rounding of the figures shown can make of a sum of n.
func near(stated, summed float64, dec, most, n int) bool {
	slack := 1e-9 * max(abs(stated), abs(summed))
	if most > dec || dec > 0 {
		unit := 0.5
		for range min(dec, 12) {
			unit /= 10
		}
		if most > dec {
			slack += unit
		} else {
			slack += unit * float64(min(n, 20))
		}
	}
	return abs(stated-summed) <= slack+1e-12
}

// tidyFloat drops what adding floats leaves behind the twelfth digit.
func tidyFloat(v float64) float64 {
	var out float64
	fmt.Sscanf(fmt.Sprintf("%.12g", v), "%g", &out)
	return out
}
