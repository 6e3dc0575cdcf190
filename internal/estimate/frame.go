package estimate

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/chanzipu/outfitter/internal/estimate/table"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/absorb"
)

// A frame gathers typed columns over all rows, then keeps the rows in which
// every one of them has a value. The first error stays until complete.
type frame struct {
	t      *table.Table
	err    error
	cells  []compacter
	row    []int // complete rows, as rows of the table
	absent map[string]int
}

// A compacter is a column that can drop rows.
type compacter interface {
	missing(i int) bool
	compact(rows []int)
	flagName() string
}

// numbers is a column of numbers, NaN where a row has none.
type numbers struct {
	flag string
	v    []float64
}

func (c *numbers) missing(i int) bool { return math.IsNaN(c.v[i]) }
func (c *numbers) compact(rows []int) { c.v = pick(c.v, rows) }
func (c *numbers) flagName() string   { return c.flag }

// labels is a column of categories: codes into names, which are sorted (as
// numbers where all are); −1 where a row has none.
type labels struct {
	flag, column string
	code         []int
	names        []string
}

func (c *labels) missing(i int) bool { return c.code[i] < 0 }
func (c *labels) flagName() string   { return c.flag }

// compact also drops names that no row is left with.
func (c *labels) compact(rows []int) {
	c.code = pick(c.code, rows)
	seen := make([]int, len(c.names))
	for _, k := range c.code {
		if k >= 0 {
			seen[k] = 1
		}
	}
	var names []string
	for k, s := range seen {
		if s == 1 {
			seen[k] = len(names)
			names = append(names, c.names[k])
		}
	}
	for i, k := range c.code {
		if k >= 0 {
			c.code[i] = seen[k]
		}
	}
	c.names = names
}

func (c *labels) factor() absorb.Factor {
	code := make([]int32, len(c.code))
	for i, k := range c.code {
		code[i] = int32(k)
	}
	return absorb.Factor{Name: c.column, Code: code, Levels: len(c.names)}
}

func pick[T any](x []T, rows []int) []T {
	if x == nil {
		return nil
	}
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = x[r]
	}
	return out
}

func (f *frame) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

// column finds a column; "" is a flag that was not given.
func (f *frame) column(flag, name string) int {
	if name == "" {
		f.fail(usage("flag", fmt.Sprintf("This method needs --%s: name a column.", flag), fmt.Sprintf("该方法需要 --%s：请给出列名。", flag)))
		return -1
	}
	c := f.t.Column(name)
	if c < 0 {
		f.fail(table.MissingColumn(f.t.Name, flag, name, f.t.Columns))
	}
	return c
}

// number declares a column of numbers.
func (f *frame) number(flag, name string) *numbers {
	c := &numbers{flag: flag}
	if k := f.column(flag, name); k >= 0 {
		c.v = f.parse(flag, name, k)
		f.cells = append(f.cells, c)
	}
	return c
}

// optional declares a column of numbers if one is named; v is nil otherwise.
func (f *frame) optional(flag, name string) *numbers {
	if name == "" {
		return &numbers{flag: flag}
	}
	return f.number(flag, name)
}

func (f *frame) parse(flag, name string, column int) []float64 {
	v := make([]float64, f.t.Rows)
	for i := range v {
		text := f.t.Cell(i, column)
		x, ok := number(text, f.t.Delimiter)
		if !ok {
			line := f.t.Line(i)
			f.fail(usage("not-a-number",
				fmt.Sprintf("--%s: column %q of %q holds %q in row %d (line %d), which is not a number: correct it, leave the cell empty, or name another column.", flag, name, f.t.Name, clip(text), i+1, line),
				fmt.Sprintf("--%s：“%s”的列“%s”在第 %d 行（文件第 %d 行）是“%s”，不是数字：请改正、留空或换一列。", flag, f.t.Name, name, i+1, line, clip(text))))
			return v
		}
		v[i] = x
	}
	return v
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// number reads a cell; a missing value is NaN and fine. Thousands separators,
// a percent sign, a currency sign and (where ; or tab separates) a decimal
// comma are understood.
func number(s string, delimiter rune) (float64, bool) {
	if x, err := strconv.ParseFloat(s, 64); err == nil {
		return x, !math.IsInf(x, 0)
	}
	switch strings.ToLower(s) {
	case "", "na", "n/a", "nan", "null", "none", ".", "-", "--", "#n/a", "<na>":
		return math.NaN(), true
	}
	scale := 1.0
	t := strings.Trim(s, " \u00a0¥￥$€£")
	if rest, ok := strings.CutSuffix(t, "%"); ok {
		t, scale = strings.TrimSpace(rest), 0.01
	}
	switch groups := strings.Split(t, ","); {
	case len(groups) == 2 && delimiter != ',' && !strings.Contains(t, "."):
		t = groups[0] + "." + groups[1]
	case len(groups) > 1:
		for k, g := range groups[1:] {
			whole, _, _ := strings.Cut(g, ".")
			if len(whole) != 3 || k < len(groups)-2 && len(g) != 3 {
				return 0, false
			}
		}
		t = strings.Join(groups, "")
	}
	x, err := strconv.ParseFloat(t, 64)
	return x * scale, err == nil && !math.IsInf(x, 0)
}

// label declares a column of categories.
func (f *frame) label(flag, name string) *labels {
	c := &labels{flag: flag, column: name}
	if k := f.column(flag, name); k >= 0 {
		c.code, c.names = f.categories(k)
		f.cells = append(f.cells, c)
	}
	return c
}

func (f *frame) categories(column int) (code []int, names []string) {
	at := map[string]int{}
	code = make([]int, f.t.Rows)
	for i := range code {
		s := f.t.Cell(i, column)
		if blank(s) {
			code[i] = -1
			continue
		}
		k, ok := at[s]
		if !ok {
			k = len(names)
			at[s] = k
			names = append(names, s)
		}
		code[i] = k
	}
	order := make([]int, len(names))
	for k := range order {
		order[k] = k
	}
	value := make([]float64, len(names))
	numeric := true
	for k, s := range names {
		x, err := strconv.ParseFloat(s, 64)
		numeric = numeric && err == nil
		value[k] = x
	}
	slices.SortFunc(order, func(a, b int) int {
		if numeric && value[a] != value[b] {
			if value[a] < value[b] {
				return -1
			}
			return 1
		}
		return strings.Compare(names[a], names[b])
	})
	rank, sorted := make([]int, len(names)), make([]string, len(names))
	for k, o := range order {
		rank[o], sorted[k] = k, names[o]
	}
	for i, k := range code {
		if k >= 0 {
			code[i] = rank[k]
		}
	}
	return code, sorted
}

// blank reports whether a category is missing.
func blank(s string) bool {
	switch s {
	case "", "NA", "NaN", "nan", "NULL", "null", "#N/A", "<NA>":
		return true
	}
	return false
}

// flagged declares a column of yes and no.
func (f *frame) flagged(flag, name string) *numbers {
	l := f.label(flag, name)
	c := &numbers{flag: flag}
	if f.err != nil {
		return c
	}
	yes := make([]float64, len(l.names))
	known := true
	for k, s := range l.names {
		switch strings.ToLower(s) {
		case "1", "1.0", "true", "t", "yes", "y", "是", "有", "dead", "died", "event":
			yes[k] = 1
		case "0", "0.0", "false", "f", "no", "n", "否", "无", "alive", "censored", "censor":
		default:
			known = false
		}
	}
	if !known {
		lo, errLo := strconv.ParseFloat(l.names[0], 64)
		hi, errHi := strconv.ParseFloat(l.names[len(l.names)-1], 64)
		if len(l.names) != 2 || errLo != nil || errHi != nil || !(lo < hi) {
			f.fail(usage("not-yes-or-no",
				fmt.Sprintf("--%s: column %q holds %s: it must say 1 or 0, yes or no.", flag, name, list(l.names)),
				fmt.Sprintf("--%s：列“%s”的取值是 %s：应为 1 或 0、是或否。", flag, name, list(l.names))))
			return c
		}
		yes[0], yes[1] = 0, 1 // survival data code 1 for waiting, 2 for happened
	}
	c.v = make([]float64, f.t.Rows)
	for i, k := range l.code {
		c.v[i] = math.NaN()
		if k >= 0 {
			c.v[i] = yes[k]
		}
	}
	f.cells = append(f.cells, c)
	return c
}

func list(names []string) string {
	if len(names) > 12 {
		return strings.Join(names[:12], ", ") + fmt.Sprintf(" … (%d)", len(names))
	}
	return strings.Join(names, ", ")
}

// complete keeps the rows in which every declared column has a value. use, if
// not nil, limits them further without counting the others as missing.
func (f *frame) complete(use func(row int) bool) error {
	if f.err != nil {
		return f.err
	}
	f.absent = map[string]int{}
	for i := range f.t.Rows {
		if use != nil && !use(i) {
			continue
		}
		ok := true
		for _, c := range f.cells {
			if c.missing(i) {
				f.absent[c.flagName()]++
				ok = false
				break
			}
		}
		if ok {
			f.row = append(f.row, i)
		}
	}
	if len(f.row) == 0 {
		return fault.New(fault.ErrNotFound, "estimate.no-rows",
			fmt.Sprintf("No row of %q has a value in every column asked for (missing: %s): check which columns are empty.", f.t.Name, f.counts()),
			fmt.Sprintf("“%s”没有一行在所需各列都有值（缺失：%s）：请检查哪些列是空的。", f.t.Name, f.counts()))
	}
	for _, c := range f.cells {
		c.compact(f.row)
	}
	return nil
}

func (f *frame) counts() string {
	var parts []string
	for flag, n := range f.absent {
		parts = append(parts, fmt.Sprintf("--%s %d", flag, n))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// note tells how many rows were left out.
func (f *frame) note(r *measure.Result) {
	var n int
	values := map[string]float64{}
	for flag, k := range f.absent {
		n += k
		values[flag] = float64(k)
	}
	if n == 0 {
		return
	}
	severity := measure.Info
	if 20*n > len(f.row) {
		severity = measure.Warning
	}
	values["rows"] = float64(n)
	r.Note("missing-values", severity, fmt.Sprintf("%d 行缺少所需的值，未使用（%s）。", n, f.counts()),
		fmt.Sprintf("%d rows miss a value that is needed and were left out (%s).", n, f.counts()), values)
}

// line is where a kept row stands in the file.
func (f *frame) line(i int) int { return f.t.Line(f.row[i]) }

// unique fails on a unit that is seen twice in one period, in the file's words.
func (f *frame) unique(unit *labels, time *times) error {
	type cell struct{ unit, time int }
	seen := make(map[cell]int, len(unit.code))
	for i, u := range unit.code {
		c := cell{u, time.v[i]}
		if j, ok := seen[c]; ok {
			return usage("duplicate",
				fmt.Sprintf("%q: unit %q appears twice in period %s (lines %d and %d): keep one row per unit and period.", f.t.Name, unit.names[u], time.Label(c.time), f.line(j), f.line(i)),
				fmt.Sprintf("“%s”：单位“%s”在时期 %s 出现两次（第 %d 行和第 %d 行）：每个单位每个时期只保留一行。", f.t.Name, unit.names[u], time.Label(c.time), f.line(j), f.line(i)))
		}
		seen[c] = i
	}
	return nil
}
