package mapping

import (
	"path"
	"strings"
)

// Matches reports whether a table of a delivery is what m describes: file is
// the delivery's base name (a path is cut down to it), sheet the table's name
// within it. Every stated condition must hold; none stated matches all. A
// column is found under a group of merged header cells, too.
func (m Match) Matches(file, sheet string, header []string) bool {
	if m.File != "" && !glob(m.File, path.Base(strings.ReplaceAll(file, `\`, "/"))) {
		return false
	}
	if m.Sheet != "" && !glob(m.Sheet, sheet) {
		return false
	}
	for _, c := range m.Columns {
		if _, ok := Resolve(c, header); !ok {
			return false
		}
	}
	return true
}

// glob matches * ? and {a,b}; letters' case does not count.
func glob(pattern, s string) bool {
	for _, p := range alternatives(pattern, 64) {
		if wild([]rune(strings.ToLower(p)), []rune(strings.ToLower(s))) {
			return true
		}
	}
	return false
}

// alternatives writes {a,b} out, at most limit patterns.
func alternatives(p string, limit int) []string {
	open := strings.IndexByte(p, '{')
	if open < 0 {
		return []string{p}
	}
	length := strings.IndexByte(p[open:], '}')
	if length < 0 {
		return []string{p}
	}
	var out []string
	for _, alt := range strings.Split(p[open+1:open+length], ",") {
		for _, rest := range alternatives(p[open+length+1:], limit) {
			if len(out) == limit {
				return out
			}
			out = append(out, p[:open]+alt+rest)
		}
	}
	return out
}

// wild matches * and ? in time proportional to len(p) × len(s).
func wild(p, s []rune) bool {
	i, j, star, mark := 0, 0, -1, 0
	for j < len(s) {
		switch {
		case i < len(p) && (p[i] == '?' || p[i] == s[j]) && p[i] != '*':
			i, j = i+1, j+1
		case i < len(p) && p[i] == '*':
			star, mark = i, j
			i++
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
