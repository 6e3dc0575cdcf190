package layout

import (
	"fmt"
	"strings"
)

// columnSorts is what at least four fifths of each column's filled cells look like; text where there is no such sort.
func columnSorts(rows [][]string, width int) []cellSort {
	out := make([]cellSort, width)
	for j := range width {
		var n [5]int
		total := 0
		for _, r := range rows[:min(len(rows), bodySample)] {
			if j < len(r) {
				if s := sortOf(r[j]); s != emptyCell {
					n[s]++
					total++
				}
			}
		}
		if total == 0 {
			continue
		}
		out[j] = textCell
		for s, c := range n {
			if c*5 >= total*4 {
				out[j] = cellSort(s)
			}
		}
	}
	return out
}

// headerScore is above zero where row names the columns of body; each column is a vote.
func headerScore(row []string, body [][]string) (score float64, why, zh string) {
	sorts := columnSorts(body, len(row))
	labels := periods(row)
	var figures, same, recur, tags, dups int
	seen := map[string]bool{}
	for j, cell := range row {
		c := strings.TrimSpace(cell)
		s := sortOf(c)
		if labels >= 3 && isPeriod(c) {
			s = textCell
		}
		if c == "" {
			score -= 0.2
			continue
		}
		if seen[c] {
			dups++
			score -= 0.3
		}
		seen[c] = true
		switch {
		case s == textCell && (sorts[j] == numberCell || sorts[j] == dateCell || sorts[j] == boolCell):
			figures++
			score += 2
		case s != textCell && s == sorts[j]:
			same++
			score -= 2
		case s != textCell:
			same++
			score -= 1
		case sorts[j] == textCell:
			if n, of := recurs(c, body, j); n > 0 {
				recur++
				score -= min(2, 1+3*float64(n)/float64(of))
			} else if identifier(c) || known(c) {
				tags++
				score += 0.8
			} else if tag(c) {
				score += 0.25
			} else {
				score -= 0.6
			}
			if alike(c, body, j) {
				score -= 0.7
			}
		default: // an empty column says little
			if tag(c) {
				score += 0.1
			}
		}
	}
	if len(body) == 0 && same == 0 {
		score = max(score, 0.1)
	}
	why = fmt.Sprintf("%d names stand over figures or dates, %d read like names, %d cells are figures themselves, %d recur below", figures, tags, same, recur)
	zh = fmt.Sprintf("%d 个列名下面是数字或日期，%d 个像列名，%d 个单元格本身是数字，%d 个在下面重复出现", figures, tags, same, recur)
	return score, why, zh
}

func periods(row []string) (n int) {
	for _, c := range row {
		if isPeriod(c) {
			n++
		}
	}
	return n
}

// recurs counts the rows of body whose cell is c, and the filled ones.
func recurs(c string, body [][]string, j int) (n, of int) {
	for _, r := range body[:min(len(body), bodySample)] {
		if j < len(r) && strings.TrimSpace(r[j]) != "" {
			of++
			if strings.TrimSpace(r[j]) == c {
				n++
			}
		}
	}
	return n, max(of, 1)
}

// alike tells that c has the shape of all the cells below it: as many
// characters of the same classes, as ids and codes have.
func alike(c string, body [][]string, j int) bool {
	want, n := shapeOf(c), 0
	if !strings.Contains(want, "9") {
		return false
	}
	for _, r := range body[:min(len(body), bodySample)] {
		if j < len(r) && strings.TrimSpace(r[j]) != "" {
			if shapeOf(strings.TrimSpace(r[j])) != want {
				return false
			}
			n++
		}
	}
	return n > 0
}

// shapeOf writes digits as 9 and letters as a, runs of letters as one.
func shapeOf(s string) string {
	var b strings.Builder
	last := rune(0)
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			r = '9'
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= 0x80:
			r = 'a'
		}
		if r == 'a' && last == 'a' {
			continue
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// known tells words that name columns far more often than they are values.
func known(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	if commonNames[s] {
		return true
	}
	for _, end := range []string{" id", " name", " date", " time", " type", " code", " no", " no.", "编号", "名称", "日期", "时间", "姓名", "类型", "金额", "状态", "电话", "地址", "备注", "数量", "来源", "渠道", "部门", "负责人"} {
		if strings.HasSuffix(s, end) {
			return true
		}
	}
	return false
}

var commonNames = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`id name date time type code key value status state city country region address phone email title text label category product amount price quantity qty total count year month day user customer company account comment review description note notes source channel first last gender sex age score rating url first_name last_name
		序号 客户 产品 价格 数量 单价 省份 城市 地区 区域 年份 月份 性别 年龄 手机 邮箱 公司 职位 行业 渠道 内容 评论 标签 标题 主题 类别 分类 单位 项目 订单号 工号`) {
		m[w] = true
	}
	return m
}()
