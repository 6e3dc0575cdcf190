package name

import (
	"strings"

	"github.com/chanzipu/outfitter/linkage/compare"
)

// A Token is one word of a name, in Latin letters, ready to be compared.
type Token struct {
	Text     string
	Bits     float32 // how much an agreement on it tells: -log2 of its share; 1 where unknown
	nick     []uint16
	skeleton string
	generic  bool // a title, particle or other word that many names hold
}

// NewToken prepares one folded word.
func NewToken(text string) Token {
	return Token{Text: text, Bits: 1, nick: diminutives[text], skeleton: Skeleton(text), generic: titles[text] || particles[text]}
}

// PersonTokens splits a person's name into tokens: folded, in Latin letters,
// titles dropped unless nothing else is left.
func PersonTokens(s string) []Token {
	words := strings.Fields(Latin(s))
	out := make([]Token, 0, len(words))
	for _, w := range words {
		if !titles[w] {
			out = append(out, NewToken(w))
		}
	}
	if len(out) == 0 {
		for _, w := range words {
			out = append(out, NewToken(w))
		}
	}
	return out
}

// An Alignment says what two token lists share after each token was paired
// with at most one of the other list, best pairs first.
type Alignment struct {
	Exact, Fuzzy, Initials int     // pairs of each kind
	OnlyA, OnlyB           int     // tokens left over
	Bits                   float64 // information of the pairs; an inexact pair counts the rarer token, shrunk
	BitsA, BitsB           float64 // information of the tokens left over
	Weakest                float64 // similarity of the least alike pair, 1 if none is inexact
}

// Pairs is the number of paired tokens.
func (al Alignment) Pairs() int { return al.Exact + al.Fuzzy + al.Initials }

const maxTokens = 24 // further tokens of a name are not looked at

// Align pairs the tokens of two names. It doesn't look at their order.
func Align(a, b []Token) Alignment {
	a, b = a[:min(len(a), maxTokens)], b[:min(len(b), maxTokens)]
	al := Alignment{Weakest: 1}
	var usedA, usedB uint32
	for i := range a {
		for j := range b {
			if usedB&(1<<j) == 0 && a[i].Text == b[j].Text {
				usedA |= 1 << i
				usedB |= 1 << j
				if len(a[i].Text) == 1 {
					al.Initials++
				} else {
					al.Exact++
				}
				al.Bits += float64(a[i].Bits)
				break
			}
		}
	}
	for {
		best, bi, bj := 0.0, -1, -1
		for i := range a {
			if usedA&(1<<i) != 0 {
				continue
			}
			for j := range b {
				if usedB&(1<<j) != 0 {
					continue
				}
				if s := TokenSimilarity(&a[i], &b[j]); s > best {
					best, bi, bj = s, i, j
				}
			}
		}
		if bi < 0 {
			break
		}
		usedA |= 1 << bi
		usedB |= 1 << bj
		bits := float64(min(a[bi].Bits, b[bj].Bits))
		if best <= initialSimilarity {
			al.Initials++
			al.Bits += min(bits, 3)
		} else {
			al.Fuzzy++
			al.Bits += bits * 0.7
		}
		al.Weakest = min(al.Weakest, best)
	}
	for i := range a {
		if usedA&(1<<i) == 0 {
			al.OnlyA++
			al.BitsA += float64(a[i].Bits)
		}
	}
	for j := range b {
		if usedB&(1<<j) == 0 {
			al.OnlyB++
			al.BitsB += float64(b[j].Bits)
		}
	}
	return al
}

const initialSimilarity = 0.5

// TokenSimilarity is 0 for unlike words, initialSimilarity for a word and its
// initial, else between .8 and 1.
func TokenSimilarity(a, b *Token) float64 {
	x, y := a.Text, b.Text
	if x == y {
		return 1
	}
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) == 0 {
		return 0
	}
	if len(x) == 1 {
		if x[0] == y[0] && x[0] >= 'a' && x[0] <= 'z' {
			return initialSimilarity
		}
		return 0
	}
	for _, g := range a.nick {
		for _, h := range b.nick {
			if g == h {
				return 0.93
			}
		}
	}
	if x[0] >= '0' && x[0] <= '9' || y[0] >= '0' && y[0] <= '9' {
		if len(x) < 4 {
			return 0
		}
	}
	limit := editsAllowed(len(x))
	if len(y)-len(x) <= limit && limit > 0 {
		var bufA, bufB [64]byte
		if d := compare.Damerau(append(bufA[:0], x...), append(bufB[:0], y...), limit); d <= limit {
			return 0.95 - 0.04*float64(d)
		}
	}
	if len(a.skeleton) >= 3 && a.skeleton == b.skeleton && x[0] == y[0] {
		return 0.85
	}
	return 0
}

// editsAllowed is how many edits two spellings of one word may lie apart.
func editsAllowed(n int) int {
	switch {
	case n < 4:
		return 0
	case n < 8:
		return 1
	}
	return 2
}

// Skeleton is a word without what transliterations disagree about: vowels
// after the first letter, doubled letters, h, and letters written for one sound.
func Skeleton(w string) string {
	out := make([]byte, 0, len(w))
	for i := 0; i < len(w); i++ {
		c := w[i]
		switch c {
		case 'a', 'e', 'i', 'o', 'u', 'y':
			if i > 0 {
				continue
			}
			if c == 'y' {
				c = 'i'
			} else if c == 'u' {
				c = 'o'
			} else if c == 'e' {
				c = 'i'
			}
		case 'h':
			if i > 0 {
				continue
			}
		case 'q', 'c':
			if c == 'c' && i+1 < len(w) && w[i+1] == 'h' {
				c = 'c'
			} else {
				c = 'k'
			}
		case 'w':
			c = 'v'
		case 'z':
			c = 's'
		case 'x':
			out = append(out, 'k')
			c = 's'
		case 'p':
			if i+1 < len(w) && w[i+1] == 'h' {
				c = 'f'
			}
		case 'd':
			if i == len(w)-1 {
				c = 't'
			}
		}
		if len(out) == 0 || out[len(out)-1] != c {
			out = append(out, c)
		}
	}
	return string(out)
}

// Diminutives numbers the given names that a folded word may be short for.
func Diminutives(word string) []uint16 { return diminutives[word] }
