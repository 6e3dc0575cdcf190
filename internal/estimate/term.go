package estimate

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/chanzipu/outfitter/measure/panel"
)

// covariates are regressors made from columns.
type covariates struct {
	parts []part
}

// A part is one term: numbers, or categories that become one indicator per
// level but the first.
type part struct {
	name string
	num  *numbers
	cat  *labels
}

// terms declares covariates: a column (text becomes indicators), x^2, log(x),
// a:b (product), factor(x) (indicators even if numeric), -x.
func (f *frame) terms(flag string, names []string) *covariates {
	c := &covariates{}
	for _, name := range names {
		if name = strings.TrimSpace(name); name != "" {
			c.parts = append(c.parts, f.term(flag, name))
		}
	}
	return c
}

var (
	power    = regexp.MustCompile(`^(.+)\^(\d+(?:\.\d+)?)$`)
	function = regexp.MustCompile(`^(log|factor)\((.+)\)$`)
)

func (f *frame) term(flag, name string) part {
	if k := f.t.Column(name); k >= 0 {
		if f.numeric(k) {
			return part{name: name, num: f.number(flag, name)}
		}
		return part{name: name, cat: f.label(flag, name)}
	}
	if m := function.FindStringSubmatch(name); m != nil {
		if m[1] == "factor" {
			return part{name: m[2], cat: f.label(flag, strings.TrimSpace(m[2]))}
		}
		return f.derived(flag, name, m[2], func(x float64) float64 { return math.Log(x) })
	}
	if m := power.FindStringSubmatch(name); m != nil {
		e, err := strconv.ParseFloat(m[2], 64)
		if err == nil {
			return f.derived(flag, name, m[1], func(x float64) float64 { return math.Pow(x, e) })
		}
	}
	if rest, ok := strings.CutPrefix(name, "-"); ok && f.t.Column(rest) >= 0 {
		return f.derived(flag, name, rest, func(x float64) float64 { return -x })
	}
	if a, b, ok := strings.Cut(name, ":"); ok && f.t.Column(a) >= 0 && f.t.Column(b) >= 0 {
		x, y := f.number(flag, a), f.number(flag, b)
		if f.err != nil {
			return part{name: name, num: &numbers{}}
		}
		out := &numbers{flag: flag, v: make([]float64, len(x.v))}
		for i := range out.v {
			out.v[i] = x.v[i] * y.v[i]
		}
		f.cells = append(f.cells, out)
		return part{name: name, num: out}
	}
	f.column(flag, name) // fails with the list
	return part{name: name, num: &numbers{}}
}

// derived declares a function of a column.
func (f *frame) derived(flag, name, column string, of func(float64) float64) part {
	x := f.number(flag, strings.TrimSpace(column))
	out := &numbers{flag: flag}
	if f.err != nil {
		return part{name: name, num: out}
	}
	out.v = make([]float64, len(x.v))
	for i, v := range x.v {
		out.v[i] = of(v)
		if math.IsInf(out.v[i], 0) || math.IsNaN(out.v[i]) && !math.IsNaN(v) {
			f.fail(usage("term", fmt.Sprintf("--%s: %s does not exist for %v in row %d (line %d): leave the row's cell empty or use another term.", flag, name, v, i+1, f.t.Line(i)),
				fmt.Sprintf("--%s：第 %d 行（文件第 %d 行）的值 %v 无法计算 %s：请留空或换一种写法。", flag, i+1, f.t.Line(i), v, name)))
			break
		}
	}
	f.cells = append(f.cells, out)
	return part{name: name, num: out}
}

// numeric reports whether a column holds numbers. One text among many numbers
// is a slip, so that it is reported rather than made a category.
func (f *frame) numeric(column int) bool {
	numbers, texts := 0, 0
	for i := range f.t.Rows {
		s := f.t.Cell(i, column)
		if blank(s) {
			continue
		}
		if _, ok := number(s, f.t.Delimiter); ok {
			numbers++
		} else {
			texts++
		}
	}
	return numbers > 20*texts
}

// columns are the regressors, after complete.
func (c *covariates) columns() []panel.Column {
	var out []panel.Column
	for _, p := range c.parts {
		if p.num != nil {
			out = append(out, panel.Column{Name: p.name, Values: p.num.v})
			continue
		}
		for k := 1; k < len(p.cat.names); k++ {
			v := make([]float64, len(p.cat.code))
			for i, code := range p.cat.code {
				if code == k {
					v[i] = 1
				}
			}
			out = append(out, panel.Column{Name: p.name + "=" + p.cat.names[k], Values: v})
		}
	}
	return out
}

// values are the regressors without names, on some rows (nil: all).
func (c *covariates) values(rows []int) [][]float64 {
	var out [][]float64
	for _, x := range c.columns() {
		if rows != nil {
			x.Values = pick(x.Values, rows)
		}
		out = append(out, x.Values)
	}
	return out
}
