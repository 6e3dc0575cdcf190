// Package layout tells the parts of a sheet apart: banner, header, units,
// data, totals, notes; and turns wide sheets into long ones.
//
// It works on rows of text, wherever they come from, decides from a sample of
// them and says why.
package layout

import (
	"fmt"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
)

// A Layout says what each part of a sheet or delimited file is: banner rows,
// then one or several header rows, perhaps a row of units, then data.
type Layout struct {
	Start    int   // index among the sample's rows of the first data row
	header   []int // indices of the header rows; empty = there is none
	levels   [][]string
	Names    []string
	Shape    Shape
	Evidence []Evidence
}

const bodySample = 300

// Arrange decides the layout from the first rows without blank ones. ragged
// says that rows may lack or exceed fields (text), not only cells (sheets).
// at gives each row's number as a person would count it, for hints.
func Arrange(rows [][]string, at []int64, h Hints, ragged bool) (Layout, error) {
	var l Layout
	if len(rows) == 0 {
		return l, nil
	}
	width := usualWidth(rows)
	switch {
	case h.Header != nil && *h.Header == 0:
		l.note("header", "none", "the mapping says that there is no header", "映射说明没有表头", 1)
	case h.Header != nil:
		i := slices.Index(at, int64(*h.Header))
		if i < 0 {
			return l, fault.New(fault.ErrInvalid, "header.missing",
				fmt.Sprintf("the mapping says that the header is record %d, but there is no such record among the first %d; correct `header` in its format", *h.Header, len(rows)),
				fmt.Sprintf("映射说表头是第 %d 条记录，但前 %d 条中没有；请修改 format 里的 header", *h.Header, len(rows)))
		}
		l.header, l.Start = []int{i}, i+1
		l.note("header", fmt.Sprint(at[i]), "the mapping says so", "映射如此说明", 1)
	case len(h.Columns) > 0:
		l.note("header", "none", "the mapping names the columns", "映射给出了列名", 1)
	default:
		l.find(rows, at, width)
	}
	l.skipUnits(rows)
	l.name(rows, h, width, ragged)
	return l, nil
}

func (l *Layout) note(what, got, why, zh string, sure float64) {
	l.Evidence = append(l.Evidence, Evidence{What: what, Got: got, Why: why, WhyZ: zh, Sure: sure})
}

// usualWidth is the most frequent number of cells; of equally frequent ones the largest.
func usualWidth(rows [][]string) int {
	count, best := map[int]int{}, 0
	for _, r := range rows {
		count[len(r)]++
	}
	for w, n := range count {
		if n > count[best] || n == count[best] && w > best {
			best = w
		}
	}
	return best
}

// Filled counts the cells that hold something.
func Filled(row []string) (n int) {
	for _, c := range row {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

// find looks for the header: the first row that is filled like the table.
func (l *Layout) find(rows [][]string, at []int64, width int) {
	c := 0
	if width > 1 {
		c = slices.IndexFunc(rows, func(r []string) bool { return Filled(r) >= max(2, (width+1)/2) })
		if c < 0 {
			c = slices.IndexFunc(rows, func(r []string) bool { return Filled(r) >= 2 })
		}
		if c < 0 || c > 100 {
			c = 0
		}
	}
	c = deeper(rows, c, width)
	score, why, zh := headerScore(rows[c], rows[c+1:])
	sure := 0.5 + 0.49*min(1, abs(score)/4)
	if score < 0 {
		l.Start = c
		l.banner(rows, c)
		l.note("header", "none", why, zh, sure)
		return
	}
	l.header, l.Start = []int{c}, c+1
	if c > 0 && upper(rows[c-1], rows[c]) {
		l.header = []int{c - 1, c}
		if c > 1 && upper(rows[c-2], rows[c-1]) {
			l.header = []int{c - 2, c - 1, c}
		}
	}
	for len(l.header) < 4 && lower(rows, l.Start, l.header) {
		l.header = append(l.header, l.Start)
		l.Start++
	}
	l.banner(rows, l.header[0])
	first, last := at[l.header[0]], at[l.header[len(l.header)-1]]
	got := fmt.Sprint(first)
	if last != first {
		got = fmt.Sprintf("%d-%d", first, last)
	}
	l.note("header", got, why, zh, sure)
}

// tags counts cells that are usual names of columns.
func tags(row []string) (n int) {
	for _, c := range row {
		if c = strings.TrimSpace(c); known(c) || identifier(c) && strings.ContainsAny(c, "_ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			n++
		}
	}
	return n
}

// deeper moves from a row of remarks to the row of names below it: that one is
// fuller or has more usual names, has text where what follows has figures, and
// does not stand under groups.
func deeper(rows [][]string, c, width int) int {
	grouped := false
	for k := c + 1; k+1 < len(rows) && k <= c+6; k++ {
		row, next := rows[c], rows[k]
		grouped = grouped || k == c+1 && (upper(row, next) || lower(rows, k, []int{c}))
		sorts, over := columnSorts(rows[k+1:], len(next)), 0
		for j, cell := range next {
			switch s := sortOf(cell); {
			case s != textCell && s != emptyCell && !isPeriod(cell):
				return c
			case s == textCell && (sorts[j] == numberCell || sorts[j] == dateCell):
				over++
			}
		}
		named := tags(next) >= tags(row)+2 && Filled(next)*10 >= width*8
		fuller := Filled(row) < width && Filled(next) >= Filled(row)
		if over > 0 && (named || !grouped && (fuller || tags(next) > tags(row))) {
			return deeper(rows, k, width)
		}
	}
	return c
}

func (l *Layout) banner(rows [][]string, n int) {
	if n == 0 {
		return
	}
	var text []string
	for _, r := range rows[:n] {
		text = append(text, strings.TrimSpace(strings.Join(r, " ")))
	}
	l.note("banner", Clip(strings.Join(text, " ⏎ "), 300),
		fmt.Sprintf("%d rows above the table have too few cells to belong to it", n),
		fmt.Sprintf("表格上方有 %d 行单元格太少，不属于表格", n), 0.9)
}

// upper tells a group row above the names: it has gaps where names go on, and
// the names below it repeat or have gaps where it is filled.
func upper(above, names []string) bool {
	if Filled(above) < 2 {
		return false
	}
	seen := map[string]bool{}
	gaps, dups, only := 0, 0, 0
	for j, n := range names {
		n = strings.TrimSpace(n)
		a := ""
		if j < len(above) {
			a = strings.TrimSpace(above[j])
		}
		if sortOf(a) == numberCell && !isPeriod(a) {
			return false
		}
		switch {
		case a == "" && n != "":
			gaps++
		case a != "" && n == "":
			only++
		}
		if n != "" && seen[n] {
			dups++
		}
		seen[n] = true
	}
	return gaps > 0 && (dups > 0 || only > 0)
}

// lower tells that the row at i names columns too, below the header rows so far.
func lower(rows [][]string, i int, header []int) bool {
	if i+1 >= len(rows) {
		return false
	}
	top, row := rows[header[len(header)-1]], rows[i]
	texts, complements, repeats := 0, 0, 0
	for j := range row {
		c := strings.TrimSpace(row[j])
		t := ""
		if j < len(top) {
			t = strings.TrimSpace(top[j])
		}
		switch s := sortOf(c); {
		case (s == numberCell || s == dateCell || s == boolCell) && !isPeriod(c):
			return false
		case c != "" && t == "" && j > 0:
			complements++
		case s == textCell:
			texts++
		}
		if j > 0 && t != "" && j-1 < len(top) && t == strings.TrimSpace(top[j-1]) && c != "" && row[j-1] != row[j] {
			repeats++
		}
	}
	if (complements+repeats)*3 < Filled(row) || texts+complements == 0 {
		return false
	}
	// Names must end here: what follows has figures where this row has text,
	// or this row alone leaves open what the row above names.
	body := columnSorts(rows[i+1:], len(row))
	figures, vertical := 0, 0
	for j, s := range body {
		if (s == numberCell || s == dateCell) && j < len(row) && strings.TrimSpace(row[j]) != "" {
			figures++
		}
		if j < len(row) && strings.TrimSpace(row[j]) == "" && j < len(top) && strings.TrimSpace(top[j]) != "" {
			vertical++
		}
	}
	return figures > 0 || vertical > 0 && complements > 0
}

// skipUnits steps over a row of units below the header.
func (l *Layout) skipUnits(rows [][]string) {
	if len(l.header) == 0 || l.Start+1 >= len(rows) {
		return
	}
	row := rows[l.Start]
	n, units := 0, 0
	for _, c := range row {
		if strings.TrimSpace(c) != "" {
			n++
			if isUnit(c) {
				units++
			}
		}
	}
	if units < 1 || units*10 < n*6 {
		return
	}
	body := columnSorts(rows[l.Start+1:], len(row))
	over := 0
	for j, c := range row {
		if isUnit(c) && body[j] == numberCell {
			over++
		}
	}
	if over*10 < units*6 {
		return
	}
	l.note("units", Clip(strings.Join(row, " "), 200), "the row below the header holds units", "表头下面一行是单位", 0.9)
	l.Start++
}

// name makes the columns' names and the shape of a record.
func (l *Layout) name(rows [][]string, h Hints, width int, ragged bool) {
	body := rows[min(l.Start, len(rows)):]
	usual := width
	if len(body) > 0 {
		usual = usualWidth(body)
	}
	var names []string
	for _, i := range l.header {
		l.levels = append(l.levels, slices.Clone(rows[i]))
	}
	if len(l.header) > 0 {
		names = join(l.levels)
	} else {
		names = slices.Clone(h.Columns)
	}
	l.Shape.Width = max(len(names), 1)
	switch {
	case len(names) == 0:
		l.Shape.Width = max(usual, 1)
		if ragged && len(body) > 0 {
			l.headerless(body)
		}
	case !ragged || len(body) == 0:
		l.Shape.Width = max(len(names), usual)
	case usual == len(names)+1 && lastEmpty(body, usual):
		l.Shape.Drop = true
		l.note("width", fmt.Sprint(len(names)), "every record ends with a delimiter too many", "每条记录末尾多一个分隔符", 0.95)
	case usual == len(names)+1 && len(h.Columns) == 0:
		names = append([]string{""}, names...)
		l.Shape.Width = usual
		l.note("width", fmt.Sprint(usual), "records have one field more than the header; its first column has no name", "记录比表头多一个字段；第一列没有名字", 0.8)
	case usual > len(names):
		l.Shape.Width = usual
	case usual == len(names)-1 && usual > 1 && strings.TrimSpace(names[usual]) == "":
		names = names[:usual]
		l.Shape = Shape{Width: usual, Drop: true}
		l.note("width", fmt.Sprint(usual), "the header ends with a delimiter too many", "表头末尾多一个分隔符", 0.95)
	case usual < len(names):
		l.pad(body, len(names))
	case len(names) > 1 && strings.TrimSpace(names[len(names)-1]) == "" && lastEmpty(body, usual):
		names = names[:len(names)-1]
		l.Shape = Shape{Width: len(names), Drop: true}
		l.note("width", fmt.Sprint(len(names)), "every line ends with a delimiter too many", "每行末尾多一个分隔符", 0.95)
	}
	for len(names) < l.Shape.Width {
		names = append(names, "")
	}
	l.Names = Unique(names)
}

// headerless widths: a nearly always empty last field is no column.
func (l *Layout) headerless(body [][]string) {
	w := l.Shape.Width
	if w > 2 && len(body) > 2 && lastEmpty(body, w) {
		l.Shape = Shape{Width: w - 1, Drop: true}
		l.note("width", fmt.Sprint(w-1), "every line ends with a delimiter too many", "每行末尾多一个分隔符", 0.9)
		return
	}
	widest := 0
	for _, r := range body {
		widest = max(widest, len(r))
	}
	if widest > w {
		full := 0
		for _, r := range body {
			if len(r) == w {
				full++
			}
		}
		if full*2 < len(body) {
			l.Shape.Width = widest
			l.pad(body, widest)
		}
	}
}

// pad decides whether records shorter than the header are the rule.
func (l *Layout) pad(body [][]string, width int) {
	full := 0
	for _, r := range body {
		if len(r) == width {
			full++
		}
	}
	if full*2 < len(body) && len(body) > 1 {
		l.Shape.Pad = true
		l.note("width", fmt.Sprint(width), fmt.Sprintf("only %d of the first %d records have all %d fields, so the missing ones at the end are empty", full, len(body), width),
			fmt.Sprintf("前 %[2]d 条记录只有 %[1]d 条有全部 %[3]d 个字段，所以末尾缺的按空值处理", full, len(body), width), 0.8)
	}
}

// lastEmpty tells that the last field of all full records is empty.
func lastEmpty(body [][]string, width int) bool {
	n := 0
	for _, r := range body {
		if len(r) == width {
			n++
			if strings.TrimSpace(r[width-1]) != "" {
				return false
			}
		}
	}
	return n > 0
}

// join makes one name of several header rows: 'A/B'. An upper label goes on
// to the right over gaps, as merged cells do.
func join(levels [][]string) []string {
	width := 0
	for _, l := range levels {
		width = max(width, len(l))
	}
	spread(levels, width)
	names := make([]string, width)
	for j := range width {
		var parts []string
		for _, l := range levels {
			p := strings.Join(strings.Fields(l[j]), " ")
			if p != "" && (len(parts) == 0 || parts[len(parts)-1] != p) {
				parts = append(parts, p)
			}
		}
		names[j] = strings.Join(parts, "/")
	}
	return names
}

// spread fills the gaps of all levels but the last.
func spread(levels [][]string, width int) {
	for i, l := range levels {
		for len(l) < width {
			l = append(l, "")
		}
		levels[i] = l
	}
	for i := range len(levels) - 1 {
		l, below := levels[i], levels[i+1]
		if !groups(l, below) {
			continue
		}
		for j := 1; j < width; j++ {
			if strings.TrimSpace(l[j]) == "" && strings.TrimSpace(below[j]) != "" && strings.TrimSpace(below[j-1]) != "" {
				l[j] = l[j-1]
			}
		}
	}
}

// groups tells that the gaps of a level belong to the labels at their left:
// most of what stands below the gaps stands below labels, too.
func groups(l, below []string) bool {
	seen := map[string]int{}
	for _, b := range below {
		seen[strings.TrimSpace(b)]++
	}
	gaps, repeated := 0, 0
	for j, b := range below {
		if b = strings.TrimSpace(b); j > 0 && b != "" && strings.TrimSpace(l[j]) == "" {
			gaps++
			if seen[b] > 1 {
				repeated++
			}
		}
	}
	return repeated*2 >= gaps
}

// Unique trims names, names the nameless by their place and numbers repeated ones.
func Unique(names []string) []string {
	out := make([]string, len(names))
	taken := map[string]bool{}
	for i, n := range names {
		n = strings.Join(strings.Fields(strings.ReplaceAll(n, "\x00", "")), " ")
		n = strings.ToValidUTF8(strings.TrimPrefix(n, "\ufeff"), "\uFFFD")
		if n == "" {
			n = fmt.Sprintf("列%d", i+1)
		}
		name := n
		for k := 2; taken[name]; k++ {
			name = fmt.Sprintf("%s_%d", n, k)
		}
		taken[name] = true
		out[i] = name
	}
	return out
}

func abs(v float64) float64 {
	if v < 0 {
		return -v
	}
	return v
}

// Clip shortens a text to about n bytes.
func Clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + "…"
}
