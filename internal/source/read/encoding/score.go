package encoding

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// candidates are compared for every sample that is not UTF-8.
var candidates = []string{"gb18030", "big5", "shift_jis", "euc-jp", "euc-kr", "windows-1252", "windows-1251", "windows-1250", "macintosh"}

// score reads b in every candidate and says how much each reading looks like
// writing: frequent characters count for it, rare ones, mixed scripts,
// controls and undecodable bytes against it.
func score(b []byte, whole bool) []Score {
	b = b[:min(len(b), 256<<10)]
	var out []Score
	for _, name := range candidates {
		text, err := Decode(b, name)
		if err != nil {
			continue
		}
		if !whole { // the cut may have hit a character
			for len(text) > 0 && text[len(text)-1] == 0xff {
				text = text[:len(text)-1]
			}
		}
		out = append(out, fluency(name, text))
	}
	slices.SortStableFunc(out, func(a, b Score) int { return cmp.Compare(b.Score, a.Score) })
	return out
}

func fluency(name string, text []byte) Score {
	s := Score{Name: name}
	var sum, weight float64
	var prev rune
	for len(text) > 0 {
		r, n := utf8.DecodeRune(text)
		bad := r == utf8.RuneError && n == 1
		text = text[n:]
		if r < utf8.RuneSelf && !bad {
			prev = r
			continue
		}
		value, bytes := 0.0, 1.0
		if bad {
			s.Bad++
			value = -6
		} else {
			value, bytes = worth(name, r, prev)
		}
		sum += value * bytes
		weight += bytes
		prev = r
	}
	if weight > 0 {
		s.Score = sum / weight
	}
	return s
}

// worth is how much one character beyond ASCII speaks for a reading, about 1
// for a usual one; and how many bytes it stands for.
func worth(name string, r, prev rune) (value, bytes float64) {
	bytes = 2
	if isSingle(name) {
		bytes = 1
	}
	switch {
	case r >= 0x80 && r < 0xa0: // controls
		return -4, bytes
	case unicode.Is(unicode.Co, r) || !unicode.IsGraphic(r) && !unicode.IsSpace(r):
		return -3, bytes
	case unicode.Is(unicode.Han, r):
		return han(name, r), bytes
	case r >= 0x3041 && r <= 0x30ff:
		if name == "shift_jis" || name == "euc-jp" {
			return 1, bytes
		}
		return -0.2, bytes
	case r >= 0xff61 && r <= 0xff9f: // half-width katakana: one byte each, seldom meant
		if prev >= 0xff61 && prev <= 0xff9f {
			return -0.2, 1
		}
		return -0.8, 1
	case r >= 0xac00 && r <= 0xd7a3:
		if common, ok := hangulRank(r); ok && common {
			return 0.9, bytes
		}
		return -0.5, bytes
	case r >= 0x3000 && r <= 0x303f, r >= 0xff01 && r <= 0xff5e, r >= 0x2010 && r <= 0x2026:
		switch {
		case !isSingle(name):
			return 0.9, bytes
		case r == '–' || r == '—' || r == '‘' || r == '’' || r == '“' || r == '”' || r == '…':
			return 0.6, bytes
		}
		return -0.7, bytes
	}
	return letter(name, r, prev), bytes
}

func isSingle(name string) bool { return strings.HasPrefix(name, "windows-") || name == "macintosh" }

// letter judges alphabets and signs.
func letter(name string, r, prev rune) float64 {
	afterLetter := unicode.IsLetter(prev)
	switch {
	case unicode.Is(unicode.Cyrillic, r):
		if name != "windows-1251" {
			return 0
		}
		switch {
		case unicode.IsUpper(r) && unicode.IsLower(prev):
			return -1.5 // in the middle of a word
		case prev < utf8.RuneSelf && unicode.IsLetter(prev):
			return -1 // within a Latin word
		case afterLetter && unicode.Is(unicode.Cyrillic, prev):
			return 0.9
		}
		return 0.3
	case unicode.Is(unicode.Latin, r):
		if !isSingle(name) {
			return -0.5
		}
		v := 0.35
		if latinCommon[r] {
			v = 0.75
		}
		if prev >= utf8.RuneSelf && unicode.IsLetter(prev) {
			v -= 1.1 // two accented letters in a row: two halves of one character
		}
		if unicode.IsUpper(r) && unicode.IsLower(prev) {
			v -= 1
		}
		if name != "windows-1252" { // the usual one, all else being equal
			v -= 0.05
		}
		return v
	case unicode.Is(unicode.Greek, r):
		return 0.2
	case r == '€' || r == '£' || r == '°' || r == '©' || r == '®' || r == '·' || r == '«' || r == '»' || r == 0xa0 || r == '½' || r == '²' || r == '§' || r == '¥':
		if prev >= utf8.RuneSelf && isSingle(name) && r != 0xa0 {
			return -0.6
		}
		return 0.3
	case unicode.IsSymbol(r) || unicode.IsPunct(r) || unicode.IsNumber(r):
		if isSingle(name) {
			return -0.7
		}
		return 0
	}
	return -0.5
}

var latinCommon = func() map[rune]bool {
	m := map[rune]bool{}
	for _, r := range "äöüßÄÖÜéèêëàâçîïôûùÉáíóúñÁÍÓÚÑãõÃÕÇåøæÅØÆìòÀÈ" {
		m[r] = true
	}
	return m
}()
