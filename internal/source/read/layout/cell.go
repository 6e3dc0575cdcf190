package layout

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A sort is what a cell looks like, as far as telling headers from data needs it.
type cellSort int

const (
	emptyCell cellSort = iota
	textCell
	numberCell
	dateCell
	boolCell
)

var (
	dateShape = regexp.MustCompile(`^(\d{4}[-/.年]\d{1,2}([-/.月]\d{1,2}日?)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[- ][A-Za-z]{3,9}[- ,]+\d{2,4}|[A-Z][a-z]{2,8}\.? \d{1,2},? \d{4})([ T]\d{1,2}[:.]\d{2}.*)?$|^\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?( ?[AP]M)?$`)
	period    = regexp.MustCompile(`(?i)^((19|20)\d{2}年?|(19|20)?\d{2}[-/.年]?(Q[1-4]|[一二三四1-4]季度?|H[12]|[上下]半年)|(Q[1-4]|第?[一二三四]季度|[上下]半年)([-/ ]?(19|20)\d{2})?|((19|20)\d{2}[-/.年]?)?(0?[1-9]|1[0-2])月份?|(19|20)\d{2}[-/.](0?[1-9]|1[0-2])|(19|20)\d{2}(0[1-9]|1[0-2])|([一二三四五六七八九十]|十一|十二)月份?|(jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?([- /']?(19|20)?\d{2})?|第?\d{1,2}周|w(eek)? ?\d{1,2}|FY ?(19|20)?\d{2})$`)
	unit      = regexp.MustCompile(`(?i)^[(（\[【]?(单位[:：])?(千|万|百万|亿|十万)?(元|美元|港元|欧元|人|个|件|次|台|套|家|户|吨|千克|公斤|克|公里|平方公里|米|平方米|立方米|公顷|亩|㎡|天|日|小时|分钟|秒|月|年|%|％|‰|百分比|percent|pct|usd|cny|rmb|eur|gbp|\$|€|£|¥|kg|g|t|km|m|cm|mm|h|hr|hrs|hours?|min|minutes?|s|sec|seconds?|days?|years?|units?|pcs|count|no\.?|°c|℃|mw|kwh|gwh|l|ml|mb|gb|thousands?|millions?|\$m|k\$|000s?)(/(人|天|月|年|件|h|s|day))?[)）\]】]?$`)
)

func sortOf(cell string) cellSort {
	s := strings.TrimSpace(cell)
	if s == "" {
		return emptyCell
	}
	switch {
	case isNumber(s):
		return numberCell
	case len(s) <= 40 && dateShape.MatchString(s):
		return dateCell
	}
	switch strings.ToLower(s) {
	case "true", "false":
		return boolCell
	}
	return textCell
}

// isNumber takes what people write: 1,234.50, ¥12, (3), 45%, 1e-5, 1.234,5.
func isNumber(s string) bool {
	if len(s) > 40 {
		return false
	}
	s = strings.TrimSuffix(strings.TrimSuffix(s, "%"), "％")
	for _, c := range []string{"¥", "￥", "$", "€", "£"} {
		s = strings.TrimPrefix(s, c)
	}
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") && len(s) > 2 {
		s = s[1 : len(s)-1]
	}
	s = strings.TrimSpace(s)
	digits, exp := 0, false
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r == '-' || r == '+':
			if i != 0 && s[i-1] != 'e' && s[i-1] != 'E' {
				return false
			}
		case r == '.' || r == ',':
		case (r == 'e' || r == 'E') && digits > 0 && !exp:
			exp = true
		default:
			return false
		}
	}
	return digits > 0
}

// value reads a number as sums of totals need it; a comma groups thousands
// unless it is alone and not followed by three digits.
func value(cell string) (float64, bool) {
	s := strings.TrimSpace(cell)
	if !isNumber(s) {
		return 0, false
	}
	neg := strings.HasPrefix(s, "(")
	s = strings.Trim(s, "()%％¥￥$€£ ")
	if i := strings.LastIndexByte(s, ','); i >= 0 && strings.Count(s, ",") == 1 && !strings.Contains(s, ".") && len(s)-i-1 != 3 {
		s = strings.Replace(s, ",", ".", 1)
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	if neg {
		v = -v
	}
	return v, err == nil
}

// isPeriod tells labels of time: 1月, 2024Q1, 2024-03, Mar 2024, 1998.
func isPeriod(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) <= 20 && period.MatchString(s)
}

func isUnit(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) <= 24 && unit.MatchString(s)
}

// tag tells a text that reads like a column's name: an identifier, or a few
// words without digits or sentence marks.
func tag(s string) bool {
	s = strings.TrimSpace(s)
	if s == "" || utf8.RuneCountInString(s) > 40 || strings.ContainsAny(s, "。！？!?\"@") {
		return false
	}
	letters := 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
		}
	}
	return letters > 0
}

// identifier tells snake_case and camelCase names.
func identifier(s string) bool {
	if s == "" || len(s) > 60 || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	joint, lower := false, false
	for i, r := range s {
		switch {
		case r == '_':
			joint = true
		case r >= 'A' && r <= 'Z':
			joint = joint || i > 0 && lower
		case r >= 'a' && r <= 'z':
			lower = true
		case r >= '0' && r <= '9' || r == '.':
		default:
			return false
		}
	}
	return joint && lower || lower && strings.ToLower(s) == s && len(s) <= 12
}
