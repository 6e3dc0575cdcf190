package compare

import "strings"

// Tokens splits a folded text at its spaces; a run of Han, Hiragana, Katakana
// or Hangul, which has no spaces, is split into overlapping pairs of characters.
func Tokens(folded string) []string {
	words := strings.Fields(folded)
	if IsASCII(folded) {
		return words
	}
	var out []string
	for _, w := range words {
		out = append(out, splitScript(w)...)
	}
	return out
}

func splitScript(word string) []string {
	var out []string
	rs := []rune(word)
	for i := 0; i < len(rs); {
		j := i
		for j < len(rs) && isEastAsian(rs[j]) == isEastAsian(rs[i]) {
			j++
		}
		switch {
		case !isEastAsian(rs[i]) || j-i <= 2:
			out = append(out, string(rs[i:j]))
		default:
			for k := i; k+1 < j; k++ {
				out = append(out, string(rs[k:k+2]))
			}
		}
		i = j
	}
	return out
}

func isEastAsian(r rune) bool {
	return r >= 0x2E80 && r <= 0x9FFF || r >= 0xAC00 && r <= 0xD7AF || r >= 0xF900 && r <= 0xFAFF || r >= 0x20000 && r <= 0x3FFFF
}

// Jaccard is the share of distinct elements that both lists hold.
func Jaccard(a, b []string) float64 {
	if len(a) == 0 && len(b) == 0 {
		return 1
	}
	set := make(map[string]uint8, len(a)+len(b))
	for _, t := range a {
		set[t] |= 1
	}
	for _, t := range b {
		set[t] |= 2
	}
	both := 0
	for _, m := range set {
		if m == 3 {
			both++
		}
	}
	return float64(both) / float64(len(set))
}

// Overlap is the number of distinct elements that both lists hold.
func Overlap(a, b []string) int {
	n := 0
	for i, t := range a {
		if contains(a[:i], t) {
			continue
		}
		if contains(b, t) {
			n++
		}
	}
	return n
}

func contains(list []string, s string) bool {
	for _, t := range list {
		if t == s {
			return true
		}
	}
	return false
}

// Items reads a cell that holds a list: ["a","b"], {a,b}, a;b, a|b.
func Items(s string) []string {
	s = strings.Trim(strings.TrimSpace(s), "[]{}()")
	sep := ","
	for _, c := range []string{"|", ";", "；", "、", "，"} {
		if strings.Contains(s, c) {
			sep = c
			break
		}
	}
	var out []string
	for _, p := range strings.Split(s, sep) {
		if p = Fold(strings.Trim(strings.TrimSpace(p), `"'`)); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// Soundex is the American Soundex code of a folded word: its first letter and
// three digits. A word without Latin letters has none.
func Soundex(word string) string {
	const codes = "01230120022455012623010202" // a to z; h and w are passed over
	var out []byte
	last := byte('0')
	for i := 0; i < len(word) && len(out) < 4; i++ {
		c := word[i]
		if c < 'a' || c > 'z' {
			continue
		}
		d := codes[c-'a']
		if len(out) == 0 {
			out = append(out, c)
			last = d
			continue
		}
		if c == 'h' || c == 'w' {
			continue
		}
		if d != '0' && d != last {
			out = append(out, d)
		}
		last = d
	}
	for len(out) > 0 && len(out) < 4 {
		out = append(out, '0')
	}
	return string(out)
}
