package mapping

import (
	"fmt"
	"strings"
)

// A node is one part of an expression's tree.
type node struct {
	op   string // "column", "string", "number", "null", "true", "false", "call", "cast", "case", or an operator
	text string // name, literal, type
	args []*node
	not  bool // NOT IN, NOT LIKE, IS NOT NULL …
	els  bool // case: the last of args is ELSE
	base bool // case: the first of args is compared
	pos  int
}

// reserved words can't be bare column names.
var reserved = map[string]bool{
	"and": true, "or": true, "not": true, "in": true, "between": true, "like": true, "ilike": true, "is": true, "null": true,
	"true": true, "false": true, "case": true, "when": true, "then": true, "else": true, "end": true, "cast": true, "as": true,
}

type parser struct {
	expr  Expr
	toks  []token
	at    int
	depth int
}

// parse turns an expression into its tree.
func parse(e Expr) (*node, error) {
	toks, err := lex(e)
	if err != nil {
		return nil, err
	}
	p := &parser{expr: e, toks: toks}
	if p.peek().kind == tokEnd {
		return nil, p.fail(p.peek(), "the expression is empty")
	}
	n, err := p.or()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokEnd {
		msg := fmt.Sprintf("%s was not expected here", t)
		if t.kind == tokName || t.kind == tokQuoted || t.kind == tokNumber {
			msg += "; a column name with blanks goes in double quotes"
		}
		return nil, p.fail(t, msg)
	}
	return n, nil
}

func (p *parser) peek() token { return p.toks[p.at] }

func (p *parser) next() token {
	t := p.toks[p.at]
	if t.kind != tokEnd {
		p.at++
	}
	return t
}

// take consumes the keyword or sign s if it is next.
func (p *parser) take(s string) bool {
	if p.peek().is(s) {
		p.at++
		return true
	}
	return false
}

func (p *parser) want(s, after string) error {
	if p.take(s) {
		return nil
	}
	return p.fail(p.peek(), fmt.Sprintf("%s is missing after %s, found %s", s, after, p.peek()))
}

func (p *parser) fail(t token, msg string) error { return &SyntaxError{p.expr, t.pos, msg} }

// deeper guards the recursion; call the returned function when done.
func (p *parser) deeper() error {
	if p.depth++; p.depth > maxDepth {
		return p.fail(p.peek(), fmt.Sprintf("the expression is nested more than %d deep", maxDepth))
	}
	return nil
}

// left parses operands joined by any of ops, grouping to the left.
func (p *parser) left(operand func() (*node, error), ops ...string) (*node, error) {
	n, err := operand()
	if err != nil {
		return nil, err
	}
	for count := 0; ; count++ {
		t, op := p.peek(), ""
		for _, o := range ops {
			if t.is(o) {
				op = o
			}
		}
		if op == "" {
			return n, nil
		}
		if count > maxDepth*4 {
			return nil, p.fail(t, "too many operands in a row")
		}
		p.next()
		r, err := operand()
		if err != nil {
			return nil, err
		}
		n = &node{op: op, args: []*node{n, r}, pos: t.pos}
	}
}

func (p *parser) or() (*node, error) {
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	return p.left(func() (*node, error) { return p.left(p.not, "and") }, "or")
}

func (p *parser) not() (*node, error) {
	t := p.peek()
	if !p.take("not") {
		return p.compare()
	}
	if err := p.deeper(); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	n, err := p.not()
	if err != nil {
		return nil, err
	}
	return &node{op: "not", args: []*node{n}, pos: t.pos}, nil
}

func (p *parser) compare() (*node, error) {
	l, err := p.concat()
	if err != nil {
		return nil, err
	}
	t := p.peek()
	for _, op := range []string{"=", "<>", "!=", "<", "<=", ">", ">="} {
		if p.take(op) {
			r, err := p.concat()
			if err != nil {
				return nil, err
			}
			if op == "!=" {
				op = "<>"
			}
			return &node{op: op, args: []*node{l, r}, pos: t.pos}, nil
		}
	}
	if p.take("is") {
		not := p.take("not")
		if err := p.want("null", "IS"); err != nil {
			return nil, err
		}
		return &node{op: "is null", args: []*node{l}, not: not, pos: t.pos}, nil
	}
	not := p.take("not")
	switch {
	case p.take("in"):
		if err := p.want("(", "IN"); err != nil {
			return nil, err
		}
		args, err := p.list()
		if err != nil {
			return nil, err
		}
		if len(args) == 0 {
			return nil, p.fail(t, "the list after IN is empty")
		}
		return &node{op: "in", args: append([]*node{l}, args...), not: not, pos: t.pos}, nil
	case p.take("between"):
		lo, err := p.concat()
		if err != nil {
			return nil, err
		}
		if err := p.want("and", "BETWEEN and its lower bound"); err != nil {
			return nil, err
		}
		hi, err := p.concat()
		if err != nil {
			return nil, err
		}
		return &node{op: "between", args: []*node{l, lo, hi}, not: not, pos: t.pos}, nil
	case p.peek().is("like") || p.peek().is("ilike"):
		op := strings.ToLower(p.next().text)
		r, err := p.concat()
		if err != nil {
			return nil, err
		}
		return &node{op: op, args: []*node{l, r}, not: not, pos: t.pos}, nil
	}
	if not {
		return nil, p.fail(p.peek(), "after NOT, one of IN, BETWEEN, LIKE is expected here")
	}
	return l, nil
}

func (p *parser) concat() (*node, error) {
	return p.left(func() (*node, error) {
		return p.left(func() (*node, error) { return p.left(p.unary, "*", "/", "%") }, "+", "-")
	}, "||")
}

func (p *parser) unary() (*node, error) {
	t := p.peek()
	if t.is("-") || t.is("+") {
		p.next()
		if err := p.deeper(); err != nil {
			return nil, err
		}
		defer func() { p.depth-- }()
		n, err := p.unary()
		if err != nil || t.is("+") {
			return n, err
		}
		return &node{op: "negate", args: []*node{n}, pos: t.pos}, nil
	}
	n, err := p.primary()
	for count := 0; err == nil && p.peek().is("::"); count++ {
		t := p.next()
		if count > maxDepth {
			return nil, p.fail(t, "too many casts in a row")
		}
		n, err = p.castTo(n, t)
	}
	return n, err
}

// castTo reads the type of a cast of n.
func (p *parser) castTo(n *node, at token) (*node, error) {
	t := p.next()
	name := strings.ToLower(t.text)
	if _, ok := castTypes[name]; !ok || t.kind != tokName {
		return nil, p.fail(t, fmt.Sprintf("%s is no type; one of %s is", t, strings.Join(sortedKeys(castTypes), ", ")))
	}
	if p.take("(") { // DECIMAL(18, 2): the scale changes nothing
		if _, err := p.list(); err != nil {
			return nil, err
		}
	}
	return &node{op: "cast", text: name, args: []*node{n}, pos: at.pos}, nil
}

// list parses expressions up to the closing bracket.
func (p *parser) list() ([]*node, error) {
	var out []*node
	if p.take(")") {
		return nil, nil
	}
	for {
		n, err := p.or()
		if err != nil {
			return nil, err
		}
		out = append(out, n)
		if p.take(",") {
			continue
		}
		return out, p.want(")", "the last value of the list")
	}
}

func (p *parser) primary() (*node, error) {
	t := p.next()
	switch t.kind {
	case tokString:
		return &node{op: "string", text: t.text, pos: t.pos}, nil
	case tokNumber:
		return &node{op: "number", text: t.text, pos: t.pos}, nil
	case tokQuoted:
		return &node{op: "column", text: t.text, pos: t.pos}, nil
	case tokName:
		return p.name(t)
	}
	if t.is("(") {
		n, err := p.or()
		if err != nil {
			return nil, err
		}
		return n, p.want(")", "the opening bracket's content")
	}
	return nil, p.fail(t, fmt.Sprintf("a value was expected here, found %s", t))
}

func (p *parser) name(t token) (*node, error) {
	word := strings.ToLower(t.text)
	switch word {
	case "null", "true", "false":
		return &node{op: word, pos: t.pos}, nil
	case "case":
		return p.caseOf(t)
	case "cast":
		if err := p.want("(", "CAST"); err != nil {
			return nil, err
		}
		n, err := p.or()
		if err != nil {
			return nil, err
		}
		if err := p.want("as", "the value to cast"); err != nil {
			return nil, err
		}
		if n, err = p.castTo(n, t); err != nil {
			return nil, err
		}
		return n, p.want(")", "CAST's type")
	}
	if p.take("(") {
		args, err := p.list()
		if err != nil {
			return nil, err
		}
		return &node{op: "call", text: word, args: args, pos: t.pos}, nil
	}
	if reserved[word] {
		return nil, p.fail(t, fmt.Sprintf("%s is a word of the language here; a column of that name goes in double quotes", t))
	}
	return &node{op: "column", text: t.text, pos: t.pos}, nil
}

func (p *parser) caseOf(t token) (*node, error) {
	n := &node{op: "case", pos: t.pos}
	if !p.peek().is("when") {
		b, err := p.or()
		if err != nil {
			return nil, err
		}
		n.base, n.args = true, append(n.args, b)
	}
	for p.take("when") {
		w, err := p.or()
		if err != nil {
			return nil, err
		}
		if err := p.want("then", "WHEN's condition"); err != nil {
			return nil, err
		}
		v, err := p.or()
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, w, v)
	}
	if len(n.args) < 2 {
		return nil, p.fail(p.peek(), "CASE needs at least one WHEN … THEN …")
	}
	if p.take("else") {
		v, err := p.or()
		if err != nil {
			return nil, err
		}
		n.els, n.args = true, append(n.args, v)
	}
	return n, p.want("end", "CASE's last value")
}
