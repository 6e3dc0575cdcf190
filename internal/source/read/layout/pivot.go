package layout

import (
	"fmt"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
)

// A pivot turns wide rows into one record per figure.
type pivot struct {
	keep     []int // columns that stay
	columns  []int // columns that become rows
	labels   [][]string
	totals   []int // total columns among them: set aside, used to check
	groups   []string
	header   []string
	names    []string // of the original columns
	evidence Evidence
	out      [][]byte
}

// regions are the words that people head columns with when a column is a place.
var regions = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`华东 华南 华北 华中 东北 西北 西南 东部 西部 南部 北部 中部 华东区 华南区 华北区 华中区 东北区 西北区 西南区 港澳台 海外 国内 国际
		北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门
		深圳 广州 杭州 南京 苏州 成都 武汉 西安 长沙 郑州 青岛 大连 厦门 宁波 济南 沈阳
		north south east west central northeast northwest southeast southwest emea apac amer latam americas europe asia africa domestic overseas`) {
		m[w] = true
	}
	return m
}()

func isRegion(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, end := range []string{"", "省", "市", "自治区", "大区", "地区", "区域", "分公司", "区", " region"} {
		if end != "" && !strings.HasSuffix(s, end) {
			continue
		}
		if regions[strings.TrimSuffix(s, end)] {
			return true
		}
	}
	return false
}

// findPivot decides whether the columns of a sheet are values of a dimension:
// at least three of figures are headed by periods or by regions, or two header
// levels repeat the same names under several others. Columns headed as totals
// are set aside.
func findPivot(t *Body, l Layout, sorts []cellSort, h Hints) (*pivot, error) {
	if h.Pivot != nil && h.Pivot.Off || len(l.header) == 0 {
		return nil, nil
	}
	if h.Pivot != nil && (len(h.Pivot.Columns) > 0 || len(h.Pivot.Keep) > 0) {
		return statedPivot(t, l, h.Pivot)
	}
	levels := labelsOf(l, len(t.Header))
	figures := func(j int) bool { return sorts[j] == numberCell || sorts[j] == emptyCell }
	p := &pivot{}
	why, zh := "", ""
	switch {
	case len(l.levels) > 1:
		p.columns, p.totals = twoLevels(levels, figures)
		why, zh = "two header rows repeat the same names under several others", "两层表头在不同的上级下重复相同的名字"
	default:
		p.columns, p.totals = oneLevel(levels, figures)
		why, zh = "these columns of figures are headed by periods or regions", "这些数值列的列名是时间或地区"
	}
	if len(p.columns) == 0 {
		return nil, nil
	}
	p.labels = levels
	p.finish(t, h.Pivot, why, zh, 0.9)
	return p, nil
}

// labelsOf is each column's label per header level, without empty levels.
func labelsOf(l Layout, width int) [][]string {
	out := make([][]string, width)
	for j := range width {
		for _, level := range l.levels {
			c := ""
			if j < len(level) {
				c = strings.Join(strings.Fields(level[j]), " ")
			}
			if n := len(out[j]); c != "" && (n == 0 || out[j][n-1] != c) {
				out[j] = append(out[j], c)
			}
		}
	}
	return out
}

func oneLevel(labels [][]string, figures func(int) bool) (columns, sums []int) {
	var byPeriod, byRegion, totals []int
	figured := 0
	for j, l := range labels {
		if len(l) != 1 {
			continue
		}
		name := l[0]
		if figures(j) {
			figured++
		} else {
			continue
		}
		switch {
		case IsTotal(name):
			totals = append(totals, j)
		case isPeriod(name) || sortOf(name) == dateCell:
			byPeriod = append(byPeriod, j)
		case isRegion(name):
			byRegion = append(byRegion, j)
		}
	}
	columns = byPeriod
	if len(byRegion) > len(byPeriod) {
		columns = byRegion
	}
	if len(columns) < 3 || !sameKind(labels, columns) || len(columns)*2 < figured-len(totals) {
		return nil, nil
	}
	return columns, totals
}

// sameKind tells that labels are written alike, as the values of one dimension are.
func sameKind(labels [][]string, columns []int) bool {
	shapes := map[string]int{}
	for _, j := range columns {
		shapes[kindOfPeriod(labels[j][len(labels[j])-1])]++
	}
	return len(shapes) == 1
}

// twoLevels finds columns with two labels; the lower ones repeat under at
// least two upper ones.
func twoLevels(labels [][]string, figures func(int) bool) (columns, sums []int) {
	under := map[string]map[string]bool{}
	for j, l := range labels {
		if len(l) < 2 || !figures(j) {
			continue
		}
		if IsTotal(l[0]) || IsTotal(l[len(l)-1]) {
			sums = append(sums, j)
			continue
		}
		columns = append(columns, j)
		low := l[len(l)-1]
		if under[low] == nil {
			under[low] = map[string]bool{}
		}
		under[low][strings.Join(l[:len(l)-1], "/")] = true
	}
	for j, l := range labels {
		if len(l) == 1 && figures(j) && IsTotal(l[0]) {
			sums = append(sums, j)
		}
	}
	repeated := 0
	for _, j := range columns {
		l := labels[j]
		if len(under[l[len(l)-1]]) > 1 {
			repeated++
		}
	}
	if len(columns) < 4 || repeated*3 < len(columns)*2 {
		return nil, nil
	}
	return columns, sums
}

// statedPivot follows the mapping.
func statedPivot(t *Body, l Layout, h *Pivot) (*pivot, error) {
	p := &pivot{labels: labelsOf(l, len(t.Header))}
	has := func(list []string, j int) bool { return slices.Contains(list, t.Header[j]) }
	for j := range t.Header {
		if has(h.Columns, j) || len(h.Columns) == 0 && !has(h.Keep, j) {
			p.columns = append(p.columns, j)
		} else if IsTotal(t.Header[j]) && !has(h.Keep, j) {
			p.totals = append(p.totals, j)
		}
	}
	for _, c := range append(slices.Clone(h.Columns), h.Keep...) {
		if !slices.Contains(t.Header, c) {
			return nil, fault.New(fault.ErrInvalid, "pivot.column", fmt.Sprintf("the mapping's pivot names the column %q, which %q does not have; it has %s", c, t.Name, Clip(strings.Join(t.Header, ", "), 200)),
				fmt.Sprintf("映射的 pivot 提到列“%s”，但“%s”没有这一列；现有列：%s", c, t.Name, Clip(strings.Join(t.Header, "、"), 200)))
		}
	}
	p.finish(t, h, "the mapping says so", "映射如此说明", 1)
	return p, nil
}

// finish names the new columns.
func (p *pivot) finish(t *Body, h *Pivot, why, zh string, sure float64) {
	p.names = t.Header
	levels := 1
	for _, j := range p.columns {
		if len(p.labels[j]) == 0 {
			p.labels[j] = []string{t.Header[j]}
		}
		levels = max(levels, len(p.labels[j]))
	}
	for _, j := range p.columns { // a missing lower level repeats nothing
		for len(p.labels[j]) < levels {
			p.labels[j] = append(p.labels[j], "")
		}
	}
	for j := range t.Header {
		if !slices.Contains(p.columns, j) && !slices.Contains(p.totals, j) {
			p.keep = append(p.keep, j)
			p.header = append(p.header, t.Header[j])
		}
	}
	var stated []string
	val := "数值"
	if h != nil {
		stated = h.Names
		if h.Value != "" {
			val = h.Value
		}
	}
	for k := range levels {
		if k < len(stated) {
			p.groups = append(p.groups, stated[k])
			continue
		}
		p.groups = append(p.groups, p.dimension(k))
	}
	p.header = Unique(append(append(p.header, p.groups...), val))
	first, last := p.names[p.columns[0]], p.names[p.columns[len(p.columns)-1]]
	p.evidence = Evidence{What: "pivot", Got: fmt.Sprintf("%d: %s … %s → %s, %s", len(p.columns), first, last, strings.Join(p.groups, ", "), val), Why: why, WhyZ: zh, Sure: sure}
	p.out = make([][]byte, len(p.header))
}

// dimension names a header level by what its labels are.
func (p *pivot) dimension(k int) string {
	kinds, places := map[string]int{}, 0
	for _, j := range p.columns {
		l := p.labels[j][k]
		if isRegion(l) {
			places++
		}
		kinds[kindOfPeriod(l)]++
	}
	if places*2 > len(p.columns) {
		return "地区"
	}
	for kind, n := range kinds {
		if n*2 > len(p.columns) && kind != "" {
			return kind
		}
	}
	if len(p.groups) == 0 && k == 0 {
		return "分组"
	}
	return "指标"
}

// kindOfPeriod names the unit of a period's label; "" where it is none.
func kindOfPeriod(s string) string {
	s = strings.TrimSpace(s)
	low := strings.ToLower(s)
	switch {
	case sortOf(s) == dateCell && strings.Count(strings.NewReplacer("/", "-", ".", "-").Replace(s), "-") == 2:
		return "日期"
	case !isPeriod(s):
		return ""
	case strings.Contains(low, "q") || strings.Contains(s, "季"):
		return "季度"
	case strings.Contains(s, "半年") || strings.Contains(low, "h1") || strings.Contains(low, "h2"):
		return "半年"
	case strings.HasPrefix(low, "w") || strings.HasSuffix(s, "周"):
		return "周"
	case len(strings.TrimSuffix(s, "年")) == 4 && isNumber(strings.TrimSuffix(s, "年")) || strings.HasPrefix(low, "fy"):
		return "年份"
	}
	return "月份"
}

// unfold calls f once per figure and returns how many there were; f must not keep its argument.
func (p *pivot) unfold(fields [][]byte, f func([][]byte)) (n int) {
	for _, j := range p.columns {
		if len(strings.TrimSpace(string(fields[j]))) == 0 {
			continue
		}
		for i, k := range p.keep {
			p.out[i] = fields[k]
		}
		for k, l := range p.labels[j] {
			p.out[len(p.keep)+k] = []byte(l)
		}
		p.out[len(p.out)-1] = fields[j]
		f(p.out)
		n++
	}
	return n
}

// check compares the total columns of a row with what they cover: all figures,
// or those under the same upper label.
func (p *pivot) check(t *Body, fields [][]byte, line int64) {
	for _, c := range p.totals {
		stated, ok := value(string(fields[c]))
		if !ok || isRate(p.names[c]) || len(t.Set) > maxSetAside {
			continue
		}
		best, agrees, dec := 0.0, false, decimals(string(fields[c]))
		for _, only := range []bool{true, false} {
			sum, most, n := 0.0, 0, 0
			for _, j := range p.columns {
				if only && len(p.labels[c]) > 1 && !shares(p.labels[c], p.labels[j]) {
					continue
				}
				if v, ok := value(string(fields[j])); ok {
					sum += v
					most = max(most, decimals(string(fields[j])))
					n++
				}
			}
			best, agrees = tidyFloat(sum), near(stated, sum, dec, most, n)
			if agrees {
				break
			}
		}
		if !agrees || len(t.Set) < 100 { // all that disagree, and enough of those that agree
			t.Set = append(t.Set, SetAside{Line: line, Label: p.labels[c][len(p.labels[c])-1], Column: p.names[c], Stated: stated, Summed: best, Agrees: agrees})
		}
	}
}

// shares tells that a total's column stands under the same label as another: 华东/合计 and 华东/1月, or 合计/收入 and 1月/收入.
func shares(total, other []string) bool {
	for k, l := range total {
		if !IsTotal(l) && k < len(other) && other[k] == l {
			return true
		}
	}
	return false
}
