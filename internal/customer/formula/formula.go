// Package formula reads the small arithmetic in which a company writes traits
// of its own, and turns it into SQL that DuckDB and PostgreSQL both run.
//
// Numbers, names of other traits, + - * /, comparisons, and or not, and the
// functions if, coalesce, least, greatest, abs. Dividing by zero gives nothing
// rather than an error; nothing else can reach the database. It owns no tables.
package formula

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/chanzipu/outfitter/internal/fault"
)

// Bounds on what is read.
const (
	maxLength = 2000
	maxDepth  = 50
)

// Compile gives SQL of a DOUBLE PRECISION for text. name gives the SQL of a
// named number, or false; names lists those it used, in order of appearance.
func Compile(text string, name func(string) (string, bool)) (sql string, names []string, err error) {
	p := &parser{text: []rune(text), name: name}
	if len(text) > maxLength {
		return "", nil, p.fail("it is longer than 2,000 characters", "超过 2000 个字符")
	}
	p.next()
	sql, truth, err := p.or()
	switch {
	case err != nil:
		return "", nil, err
	case p.tok != "":
		return "", nil, p.fail(fmt.Sprintf("%q was not expected there", p.tok), fmt.Sprintf("此处不应出现 %q", p.tok))
	case truth:
		return "", nil, p.fail("it gives true or false, not a number: use if(condition, 1, 0)", "结果是真假而不是数，请写成 if(条件, 1, 0)")
	}
	return "(" + sql + ")::DOUBLE PRECISION", p.used, nil
}

type parser struct {
	text  []rune
	at    int    // behind tok
	from  int    // where tok starts
	tok   string // "" = the end
	depth int
	name  func(string) (string, bool)
	used  []string
}

func (p *parser) fail(en, zh string) error {
	return fault.New(fault.ErrInvalid, "formula", fmt.Sprintf("The formula can't be read at character %d: %s.", p.from+1, en), fmt.Sprintf("公式第 %d 个字符处无法读取：%s。", p.from+1, zh))
}

// next reads one token: a number, a name, or a sign.
func (p *parser) next() {
	for p.at < len(p.text) && unicode.IsSpace(p.text[p.at]) {
		p.at++
	}
	p.from = p.at
	if p.at == len(p.text) {
		p.tok = ""
		return
	}
	word := func(r rune) bool { return r == '_' || r == '.' || unicode.IsLetter(r) || unicode.IsDigit(r) }
	switch r := p.text[p.at]; {
	case word(r):
		for p.at < len(p.text) && word(p.text[p.at]) {
			p.at++
		}
	default:
		p.at++
		if p.at < len(p.text) && strings.ContainsRune("<>!", r) && strings.ContainsRune("=>", p.text[p.at]) {
			p.at++
		}
	}
	p.tok = string(p.text[p.from:p.at])
}

func (p *parser) take(words ...string) (string, bool) {
	for _, w := range words {
		if strings.EqualFold(p.tok, w) {
			p.next()
			return w, true
		}
	}
	return "", false
}

func (p *parser) want(sign string) error {
	if _, ok := p.take(sign); !ok {
		return p.fail(fmt.Sprintf("%q is missing", sign), fmt.Sprintf("缺少 %q", sign))
	}
	return nil
}

// typed refuses a condition where a number is needed, and the other way round.
func (p *parser) typed(truth, want bool) error {
	switch {
	case truth == want:
		return nil
	case want:
		return p.fail("a condition is needed, found a number", "此处需要条件，而不是数")
	}
	return p.fail("a number is needed, found a condition", "此处需要数，而不是条件")
}

func (p *parser) or() (string, bool, error) { return p.logic(p.and, "or") }

func (p *parser) and() (string, bool, error) { return p.logic(p.not, "and") }

func (p *parser) logic(operand func() (string, bool, error), word string) (string, bool, error) {
	l, truth, err := operand()
	if err != nil {
		return "", false, err
	}
	for {
		if _, ok := p.take(word); !ok {
			return l, truth, nil
		}
		r, other, err := operand()
		if err != nil {
			return "", false, err
		}
		if err := p.typed(truth && other, true); err != nil {
			return "", false, err
		}
		l = "(" + l + " " + strings.ToUpper(word) + " " + r + ")"
	}
}

func (p *parser) not() (string, bool, error) {
	if _, ok := p.take("not"); !ok {
		return p.compare()
	}
	if p.depth++; p.depth > maxDepth {
		return "", false, p.fail("it is nested too deeply", "嵌套过深")
	}
	defer func() { p.depth-- }()
	v, truth, err := p.not()
	if err != nil {
		return "", false, err
	}
	return "(NOT " + v + ")", true, p.typed(truth, true)
}

func (p *parser) compare() (string, bool, error) {
	l, truth, err := p.sum()
	if err != nil {
		return "", false, err
	}
	op, ok := p.take("<=", ">=", "<>", "!=", "=", "<", ">")
	if !ok {
		return l, truth, nil
	}
	r, other, err := p.sum()
	if err != nil {
		return "", false, err
	}
	if op == "!=" {
		op = "<>"
	}
	return "(" + l + " " + op + " " + r + ")", true, p.typed(truth || other, false)
}

func (p *parser) sum() (string, bool, error) { return p.arithmetic(p.product, "+", "-") }

func (p *parser) product() (string, bool, error) { return p.arithmetic(p.sign, "*", "/") }

func (p *parser) arithmetic(operand func() (string, bool, error), signs ...string) (string, bool, error) {
	l, truth, err := operand()
	if err != nil {
		return "", false, err
	}
	for {
		op, ok := p.take(signs...)
		if !ok {
			return l, truth, nil
		}
		r, other, err := operand()
		if err != nil {
			return "", false, err
		}
		if err := p.typed(truth || other, false); err != nil {
			return "", false, err
		}
		if op == "/" {
			r = "NULLIF(" + r + ", 0)"
		}
		l = "(" + l + " " + op + " " + r + ")"
	}
}

func (p *parser) sign() (string, bool, error) {
	if p.depth++; p.depth > maxDepth {
		return "", false, p.fail("it is nested too deeply", "嵌套过深")
	}
	defer func() { p.depth-- }()
	if _, ok := p.take("-"); ok {
		v, truth, err := p.sign()
		if err != nil {
			return "", false, err
		}
		return "(- " + v + ")", false, p.typed(truth, false)
	}
	if _, ok := p.take("("); ok {
		v, truth, err := p.or()
		if err != nil {
			return "", false, err
		}
		return v, truth, p.want(")")
	}
	return p.value()
}

// value reads a number, a name or a call.
func (p *parser) value() (string, bool, error) {
	if p.tok == "" {
		return "", false, p.fail("something is missing at the end", "末尾缺少内容")
	}
	word := p.tok
	first := []rune(word)[0]
	switch {
	case unicode.IsDigit(first) || first == '.':
		n, err := strconv.ParseFloat(word, 64)
		if err != nil || strings.IndexFunc(word, func(r rune) bool { return r != '.' && (r < '0' || r > '9') }) >= 0 {
			return "", false, p.fail(fmt.Sprintf("%q is not a number", word), fmt.Sprintf("%q 不是数", word))
		}
		p.next()
		return strconv.FormatFloat(n, 'f', -1, 64) + "::DOUBLE PRECISION", false, nil
	case first != '_' && !unicode.IsLetter(first):
		return "", false, p.fail(fmt.Sprintf("%q was not expected there", word), fmt.Sprintf("此处不应出现 %q", word))
	}
	if f, ok := functions[strings.ToLower(word)]; ok {
		p.next()
		return p.call(f)
	}
	sql, ok := p.name(word)
	if !ok {
		return "", false, p.fail(fmt.Sprintf("there is no trait %q", word), fmt.Sprintf("没有画像特征 %q", word))
	}
	p.used = append(p.used, word)
	p.next()
	return sql, false, nil
}

// A function takes min to max numbers; of if the first is a condition.
type function struct {
	sql      string
	min, max int
}

var functions = map[string]function{
	"if": {"", 3, 3}, "coalesce": {"COALESCE", 1, 20}, "least": {"LEAST", 1, 20}, "greatest": {"GREATEST", 1, 20}, "abs": {"ABS", 1, 1},
}

func (p *parser) call(f function) (string, bool, error) {
	if err := p.want("("); err != nil {
		return "", false, err
	}
	var list []string
	for {
		v, truth, err := p.or()
		if err != nil {
			return "", false, err
		}
		if err := p.typed(truth, f.sql == "" && len(list) == 0); err != nil {
			return "", false, err
		}
		list = append(list, v)
		if _, more := p.take(","); !more {
			break
		}
	}
	if err := p.want(")"); err != nil {
		return "", false, err
	}
	if len(list) < f.min || len(list) > f.max {
		return "", false, p.fail(fmt.Sprintf("the function takes %d to %d values, found %d", f.min, f.max, len(list)), fmt.Sprintf("函数需要 %d 到 %d 个参数，给了 %d 个", f.min, f.max, len(list)))
	}
	if f.sql == "" {
		return "(CASE WHEN " + list[0] + " THEN " + list[1] + " ELSE " + list[2] + " END)", false, nil
	}
	return f.sql + "(" + strings.Join(list, ", ") + ")", false, nil
}
