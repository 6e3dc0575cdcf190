package compare

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Fold brings a text to the form in which texts are compared: compatibility
// forms resolved (full width to half), lower case, Latin accents dropped,
// anything that is neither letter nor digit turned into one space.
// Fold(Fold(s)) = Fold(s).
func Fold(s string) string {
	if out, ok := foldASCII(s); ok {
		return out
	}
	out := foldOnce(s)
	for range 3 { // a few code points decompose into others that fold again
		next := foldOnce(out)
		if next == out {
			break
		}
		out = next
	}
	return out
}

func foldOnce(s string) string {
	s = norm.NFKD.String(strings.ToValidUTF8(s, " "))
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case r == '\'' || r == '’' || r == '`' || r == 'ʼ' || r == 'ʻ' || unicode.Is(unicode.Mn, r) && r < 0x900:
			continue
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r):
			if space && b.Len() > 0 {
				b.WriteByte(' ')
			}
			space = false
			r = unicode.ToLower(r)
			if l, ok := latin[r]; ok {
				b.WriteString(l)
			} else {
				b.WriteRune(r)
			}
		default:
			space = true
		}
	}
	return norm.NFC.String(b.String())
}

// latin holds letters of the Latin script that no decomposition reaches.
var latin = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'þ': "th",
	'ł': "l", 'ħ': "h", 'ı': "i", 'ŋ': "n", 'ŧ': "t", 'ə': "a",
}

func foldASCII(s string) (string, bool) {
	clean := true // already folded: nothing to copy
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			return "", false
		}
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == ' ' && i > 0 && s[i-1] != ' ' && i < len(s)-1 {
			continue
		}
		clean = false
	}
	if clean {
		return s, true
	}
	out := make([]byte, 0, len(s))
	space := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c == '\'' || c == '`':
			continue
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		default:
			space = true
			continue
		}
		if space && len(out) > 0 {
			out = append(out, ' ')
		}
		space = false
		out = append(out, c)
	}
	return string(out), true
}

// Compact is Fold without its spaces: for codes, where "SW1H 9AA" is "sw1h9aa".
func Compact(s string) string { return strings.ReplaceAll(Fold(s), " ", "") }

// IsASCII reports whether s holds nothing beyond ASCII.
func IsASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// IsMissing reports whether a cell says that nothing is known: empty, or one
// of the words exports write for it.
func IsMissing(s string) bool {
	s = strings.TrimSpace(s)
	if len(s) > 9 {
		return false
	}
	switch strings.ToLower(s) {
	case "", "-", "--", "null", "none", "nan", "n/a", "na", "nil", "unknown", "\\n", "#n/a", "无", "未知", "暂无", "空", "不详":
		return true
	}
	return false
}
