package encoding

import (
	"bytes"
	"fmt"
	"unicode"
	"unicode/utf8"
)

// A Guess is a detected encoding with what speaks for it.
type Guess struct {
	Name   string
	BOM    int // length of the byte order mark
	Why    string
	WhyZ   string
	Sure   float64 // share, 0 to 1
	Scores []Score // every candidate's, best first
}

// A Score is how well a sample reads in one encoding.
type Score struct {
	Name  string
	Score float64 // about 1 for fluent text, below 0 for noise
	Bad   int     // undecodable sequences
}

// Detect decides the encoding of a text from a sample of it. whole says that
// the sample ends where the text does.
func Detect(b []byte, whole bool) Guess {
	if name, n := BOM(b); n > 0 {
		return Guess{Name: name, BOM: n, Sure: 0.999,
			Why: fmt.Sprintf("it begins with the byte order mark % X", b[:n]), WhyZ: fmt.Sprintf("开头有字节顺序标记 % X", b[:n])}
	}
	if name, sure, ok := wide(b); ok {
		return Guess{Name: name, Sure: sure, Why: "every second or fourth byte is zero, as in " + name, WhyZ: "每隔一个或三个字节为零，符合 " + name}
	}
	high, bad := utf8Errors(b, whole)
	if high == 0 && bad == 0 {
		if g, ok := escaped(b); ok {
			return g
		}
		return Guess{Name: UTF8, Sure: 1, Why: "all bytes are ASCII", WhyZ: "全部是 ASCII 字节"}
	}
	if bad == 0 {
		return Guess{Name: UTF8, Sure: sureUTF8(high), Why: fmt.Sprintf("all %d characters beyond ASCII are valid UTF-8", high), WhyZ: fmt.Sprintf("ASCII 以外的 %d 个字符全部是合法的 UTF-8", high)}
	}
	scores := score(b, whole)
	if bad*4 <= high { // damaged UTF-8: by chance, hardly one in seven pairs of another encoding is valid
		return Guess{Name: UTF8, Sure: 0.9, Scores: scores,
			Why:  fmt.Sprintf("%d characters beyond ASCII are valid UTF-8, %d byte sequences are not", high, bad),
			WhyZ: fmt.Sprintf("ASCII 以外的 %d 个字符是合法的 UTF-8，%d 处不是", high, bad)}
	}
	best, second := scores[0], scores[1]
	sure := 0.5 + 0.49*min(1, max(0, best.Score-second.Score)/0.5)
	return Guess{Name: best.Name, Sure: sure, Scores: scores,
		Why:  fmt.Sprintf("not UTF-8 (%d invalid sequences); it reads best as %s (score %.2f, then %s with %.2f)", bad, best.Name, best.Score, second.Name, second.Score),
		WhyZ: fmt.Sprintf("不是 UTF-8（%d 处不合法）；按 %s 解读最通顺（得分 %.2f，其次 %s %.2f）", bad, best.Name, best.Score, second.Name, second.Score)}
}

func sureUTF8(high int) float64 {
	if high < 3 {
		return 0.9
	}
	return 0.999
}

// utf8Errors counts characters beyond ASCII and invalid sequences.
func utf8Errors(b []byte, whole bool) (high, bad int) {
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			b = b[1:]
			continue
		}
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			if !whole && !utf8.FullRune(b) {
				break
			}
			bad++
		} else {
			high++
		}
		b = b[n:]
	}
	return high, bad
}

// wide tells UTF-16 and UTF-32 without a mark by where zero bytes and line ends stand.
func wide(b []byte) (string, float64, bool) {
	if len(b) < 4 {
		return "", 0, false
	}
	n := len(b) &^ 3
	var zero [4]int
	for i := range n {
		if b[i] == 0 {
			zero[i&3]++
		}
	}
	quarter := n / 4
	most := func(c int) bool { return c*10 > quarter*9 }
	switch {
	case most(zero[2]) && most(zero[3]) && !most(zero[0]):
		return "utf-32le", 0.98, true
	case most(zero[0]) && most(zero[1]) && !most(zero[3]):
		return "utf-32be", 0.98, true
	}
	even, odd := zero[0]+zero[2], zero[1]+zero[3]
	le := bytes.Count(b, []byte("\n\x00")) + bytes.Count(b, []byte(",\x00")) + bytes.Count(b, []byte("\t\x00"))
	be := bytes.Count(b, []byte("\x00\n")) + bytes.Count(b, []byte("\x00,")) + bytes.Count(b, []byte("\x00\t"))
	switch {
	case odd > 8*even && odd*10 > n/2, odd > 8*even && le > 1 && le*200 > n:
		return "utf-16le", 0.95, true
	case even > 8*odd && even*10 > n/2, even > 8*odd && be > 1 && be*200 > n:
		return "utf-16be", 0.95, true
	}
	return "", 0, false
}

// escaped tells the encodings that stay within seven bits.
func escaped(b []byte) (Guess, bool) {
	for name, marks := range map[string][2]string{"iso-2022-jp": {"\x1b$B", "\x1b(B"}, "hz-gb-2312": {"~{", "~}"}} {
		if bytes.Contains(b, []byte(marks[0])) && bytes.Contains(b, []byte(marks[1])) {
			text, err := Decode(b, name)
			if err == nil && !bytes.Contains(text, []byte{0xff}) && hans(text) > 0 {
				return Guess{Name: name, Sure: 0.9, Why: "it switches character sets with " + fmt.Sprintf("%q", marks[0]), WhyZ: "用 " + fmt.Sprintf("%q", marks[0]) + " 切换字符集"}, true
			}
		}
	}
	return Guess{}, false
}

func hans(b []byte) (n int) {
	for _, r := range string(b) {
		if unicode.Is(unicode.Han, r) || unicode.Is(unicode.Hiragana, r) || unicode.Is(unicode.Katakana, r) {
			n++
		}
	}
	return n
}
