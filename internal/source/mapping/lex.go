package mapping

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/chanzipu/outfitter/internal/fault"
)

// Limits of one expression: a mapping comes from outside, so what it may cost is bounded.
const (
	maxExpr  = 16 << 10  // bytes of one expression
	maxDepth = 100       // nesting
	maxSQL   = 256 << 10 // bytes of compiled text, named expressions written out
)

// A SyntaxError says where in an expression something is wrong and how to mend it.
type SyntaxError struct {
	Expr   Expr
	Offset int // characters before the fault
	Msg    string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("at character %d of %q: %s", e.Offset+1, clip(string(e.Expr), 120), e.Msg)
}

func (e *SyntaxError) Unwrap() error { return fault.ErrInvalid }

type tokenKind int

const (
	tokEnd    tokenKind = iota
	tokName             // bare name or keyword
	tokQuoted           // "name"
	tokString           // 'text'
	tokNumber
	tokSign // operator or bracket
)

type token struct {
	kind tokenKind
	text string // unquoted
	pos  int    // character offset
}

// is reports whether the token is the keyword or sign s; keywords ignore case.
func (t token) is(s string) bool {
	switch t.kind {
	case tokName:
		return strings.EqualFold(t.text, s)
	case tokSign:
		return t.text == s
	}
	return false
}

func (t token) String() string {
	switch t.kind {
	case tokEnd:
		return "the end"
	case tokString:
		return "'" + t.text + "'"
	}
	return fmt.Sprintf("%q", t.text)
}

func nameStart(r rune) bool { return r == '_' || unicode.IsLetter(r) }
func nameRune(r rune) bool {
	return nameStart(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// wide are signs that a Chinese input method leaves behind.
var wide = map[rune]string{'（': "(", '）': ")", '，': ",", '“': `"`, '”': `"`, '‘': "'", '’': "'", '＝': "=", '＋': "+", '％': "%", '；': ";"}

func lex(e Expr) ([]token, error) {
	if len(e) > maxExpr {
		return nil, &SyntaxError{e, 0, fmt.Sprintf("the expression has %d bytes; at most %d are allowed: split it into named expressions under `let`", len(e), maxExpr)}
	}
	if !utf8.ValidString(string(e)) || strings.ContainsRune(string(e), 0) {
		return nil, &SyntaxError{e, 0, "the expression is not clean UTF-8 text"}
	}
	rs := []rune(string(e))
	var out []token
	for i := 0; i < len(rs); {
		r := rs[i]
		switch {
		case unicode.IsSpace(r) || r == '\ufeff':
			i++
		case r == '\'' || r == '"':
			text, next, ok := quoted(rs, i)
			if !ok {
				return nil, &SyntaxError{e, i, fmt.Sprintf("the quote %c is never closed", r)}
			}
			kind := tokString
			if r == '"' {
				kind = tokQuoted
				if text == "" {
					return nil, &SyntaxError{e, i, `"" names no column; an empty text is ''`}
				}
			}
			out = append(out, token{kind, text, i})
			i = next
		case r >= '0' && r <= '9' || r == '.' && i+1 < len(rs) && rs[i+1] >= '0' && rs[i+1] <= '9':
			j := number(rs, i)
			if j < len(rs) && nameRune(rs[j]) {
				k := j
				for k < len(rs) && nameRune(rs[k]) {
					k++
				}
				return nil, &SyntaxError{e, i, fmt.Sprintf("a column name that begins with a digit goes in double quotes: \"%s\"", string(rs[i:k]))}
			}
			out = append(out, token{tokNumber, string(rs[i:j]), i})
			i = j
		case nameStart(r):
			j := i
			for j < len(rs) && nameRune(rs[j]) {
				j++
			}
			out = append(out, token{tokName, string(rs[i:j]), i})
			i = j
		default:
			t := ""
			for _, s := range []string{"||", "<>", "!=", "<=", ">=", "::"} {
				if strings.HasPrefix(string(rs[i:min(i+2, len(rs))]), s) {
					t = s
				}
			}
			if t == "" && strings.ContainsRune("+-*/%()<>=,", r) {
				t = string(r)
			}
			if t == "" {
				return nil, &SyntaxError{e, i, badSign(r)}
			}
			out = append(out, token{tokSign, t, i})
			i += len([]rune(t))
		}
	}
	return append(out, token{tokEnd, "", len(rs)}), nil
}

func badSign(r rune) string {
	if w, ok := wide[r]; ok {
		return fmt.Sprintf("%q is a full-width sign: write %s, or put the whole column name in double quotes", string(r), w)
	}
	return fmt.Sprintf("%q means nothing here; a column name that holds it goes in double quotes", string(r))
}

// quoted reads a quoted text from rs[i], whose quote is doubled inside.
func quoted(rs []rune, i int) (text string, next int, ok bool) {
	q := rs[i]
	var b strings.Builder
	for j := i + 1; j < len(rs); j++ {
		if rs[j] != q {
			b.WriteRune(rs[j])
			continue
		}
		if j+1 < len(rs) && rs[j+1] == q {
			b.WriteRune(q)
			j++
			continue
		}
		return b.String(), j + 1, true
	}
	return "", 0, false
}

// number is where the number that begins at rs[i] ends.
func number(rs []rune, i int) int {
	digits := func() {
		for i < len(rs) && rs[i] >= '0' && rs[i] <= '9' {
			i++
		}
	}
	digits()
	if i < len(rs) && rs[i] == '.' {
		i++
		digits()
	}
	if i < len(rs) && (rs[i] == 'e' || rs[i] == 'E') {
		j := i + 1
		if j < len(rs) && (rs[j] == '+' || rs[j] == '-') {
			j++
		}
		if j < len(rs) && rs[j] >= '0' && rs[j] <= '9' {
			i = j
			digits()
		}
	}
	return i
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
