package name

import (
	"strings"

	"github.com/chanzipu/outfitter/linkage/compare"
)

// PersonScore says how likely two names, with nothing else known, are one
// person's: 0 to 1, a match from Threshold. Words may come in any order; a
// word that one side leaves out costs little, words that contradict cost all.
func PersonScore(a, b string) float64 {
	x, y := PersonTokens(a), PersonTokens(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	if joined(x) == joined(y) {
		return 1
	}
	x, y = rejoin(x, y)
	y, x = rejoin(y, x)
	return score(x, y, personLeft)
}

// OrgScore is PersonScore for organisations: their legal forms don't count.
func OrgScore(a, b string) float64 {
	x, y := ParseOrg(a), ParseOrg(b)
	if len(x.Tokens) == 0 || len(y.Tokens) == 0 {
		return 0
	}
	if joined(x.Tokens) == joined(y.Tokens) || strings.Join(orgWords(a), "") == strings.Join(orgWords(b), "") {
		return 1
	}
	if acronym(x.Tokens, y.Tokens) || acronym(y.Tokens, x.Tokens) {
		return 0.75
	}
	s, t := rejoin(x.Tokens, y.Tokens)
	t, s = rejoin(t, s)
	return score(s, t, orgLeft)
}

// Threshold is the score from which names are taken to match.
const Threshold = 0.7

func joined(toks []Token) string {
	parts := make([]string, len(toks))
	for i, t := range toks {
		parts[i] = t.Text
	}
	return strings.Join(parts, "")
}

// rejoin writes two neighbours of x as one word where y has them as one.
func rejoin(x, y []Token) ([]Token, []Token) {
	for i := 0; i+1 < len(x); i++ {
		both := x[i].Text + x[i+1].Text
		for _, t := range y {
			if t.Text == both || len(both) >= 6 && editsOf(t.Text, both) <= 1 {
				out := append([]Token{}, x[:i]...)
				out = append(out, NewToken(both))
				return append(out, x[i+2:]...), y
			}
		}
	}
	return x, y
}

func editsOf(a, b string) int { return compare.Damerau([]byte(a), []byte(b), 2) }

// acronym: x is one word made of the initials of y's words.
func acronym(x, y []Token) bool {
	if len(x) != 1 || len(y) < 3 || len(x[0].Text) != len(y) {
		return false
	}
	for i, t := range y {
		if t.Text[0] != x[0].Text[i] {
			return false
		}
	}
	return true
}

// A leftover says what words without a partner cost.
type leftover struct {
	oneSide  float64 // share of the weight lost for each word that one side adds
	bothSide float64 // and where both sides have such words
}

var (
	personLeft = leftover{oneSide: 0.35, bothSide: 1.6}
	orgLeft    = leftover{oneSide: 0.75, bothSide: 1.5}
)

// score weighs words by how much they tell: particles little, initials half.
func score(x, y []Token, left leftover) float64 {
	x, y = x[:min(len(x), maxTokens)], y[:min(len(y), maxTokens)]
	usedX, usedY := make([]bool, len(x)), make([]bool, len(y))
	matched, total, numbers := 0.0, 0.0, false
	for {
		best, bi, bj := 0.0, -1, -1
		for i := range x {
			for j := range y {
				if usedX[i] || usedY[j] {
					continue
				}
				if s := closeness(&x[i], &y[j]) - 0.001*float64(abs(i-j)); s > best {
					best, bi, bj = s, i, j
				}
			}
		}
		if bi < 0 {
			break
		}
		usedX[bi], usedY[bj] = true, true
		w := (weight(&x[bi]) + weight(&y[bj])) / 2
		if len(x[bi].Text) == 1 || len(y[bj].Text) == 1 {
			w *= 0.5
			best = max(best, 0.8)
		}
		matched += w * min(best+0.001*float64(abs(bi-bj)), 1)
		total += w
	}
	var onlyX, onlyY float64
	for i := range x {
		if !usedX[i] {
			onlyX += weight(&x[i])
			numbers = numbers || isNumber(x[i].Text)
		}
	}
	for j := range y {
		if !usedY[j] {
			onlyY += weight(&y[j])
			numbers = numbers || isNumber(y[j].Text)
		}
	}
	if total == 0 {
		return 0
	}
	cost := left.oneSide * (onlyX + onlyY)
	if onlyX > 0.3 && onlyY > 0.3 { // words that contradict do so in a long name as well
		cost = left.bothSide * max(onlyX, onlyY) * max(1, total/2.5)
	} else if total < 1.2 && onlyX+onlyY > 0.9 {
		cost *= 2 // one word of several is little to go by
	}
	if numbers {
		cost += 1
	}
	return matched / (total + cost)
}

func weight(t *Token) float64 {
	switch {
	case t.generic || particles[t.Text]:
		return 0.25
	case commonOrgWords[t.Text]:
		return 0.6
	case len(t.Text) <= 2:
		return 0.7
	}
	return 1
}

// closeness is finer than TokenSimilarity: a short word may not differ much.
func closeness(a, b *Token) float64 {
	s := TokenSimilarity(a, b)
	if s == 1 || s == 0.93 {
		return s
	}
	x, y := a.Text, b.Text
	if isNumber(x) != isNumber(y) || isNumber(x) {
		return 0
	}
	if s > initialSimilarity {
		jw := compare.JaroWinkler([]byte(x), []byte(y))
		short := min(len(x), len(y))
		switch d := editsOf(x, y); {
		case d == 1 && short >= 5:
			return max(0.85, jw-0.05)
		case d == 1:
			return 0.76
		case d == 2 && x[0] == y[0] && jw >= 0.9:
			return 0.74
		case a.skeleton == b.skeleton:
			return 0.85
		}
		return 0.55
	}
	return s
}

func isNumber(s string) bool {
	return s != "" && s[0] >= '0' && s[0] <= '9'
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

var commonOrgWords = words(`international global group holdings company trading services systems technology industries enterprises management consulting solutions partners investment investments capital financial bank insurance energy resources development construction engineering corporation association foundation institute national general`)
