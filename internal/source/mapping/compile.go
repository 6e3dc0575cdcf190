package mapping

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
)

// A Scope is what an expression may name. All SQL text in it is trusted.
type Scope struct {
	Columns map[string]string // header → SQL of its VARCHAR, NULL where missing
	Times   map[string]string // header → SQL of its local TIMESTAMP, where the column's format is decided; may be nil
	Let     map[string]Expr   // named expressions
	Row     string            // SQL text for row(), file(), sheet(); "" = not to be had here
	File    string
	Sheet   string
}

// Compile gives DuckDB SQL for e in its own type, and the columns it reads,
// sorted. The SQL needs Macros and never fails on a value: what can't be
// computed is NULL.
func Compile(e Expr, s Scope) (sql string, columns []string, err error) {
	sql, _, columns, err = run(e, s, "")
	return sql, columns, err
}

// Text gives SQL of a VARCHAR, NULL rather than empty.
func Text(e Expr, s Scope) (sql string, columns []string, err error) {
	sql, _, columns, err = run(e, s, TypeText)
	if err == nil {
		sql = "nullif(" + sql + ", '')"
	}
	return sql, columns, err
}

// Number gives SQL of a finite DOUBLE or NULL.
func Number(e Expr, s Scope) (sql string, columns []string, err error) {
	sql, _, columns, err = run(e, s, TypeNumber)
	if err == nil {
		sql = "mapping_finite(" + sql + ")"
	}
	return sql, columns, err
}

// Truth gives SQL of a BOOLEAN or NULL.
func Truth(e Expr, s Scope) (sql string, columns []string, err error) {
	sql, _, columns, err = run(e, s, TypeTruth)
	return sql, columns, err
}

// TypeOf tells what e gives, so that a caller knows whether a time still has
// to be decided from the column (TypeText) or is already one (TypeTime).
func TypeOf(e Expr, s Scope) (Type, error) {
	_, t, _, err := run(e, s, "")
	return t, err
}

// ColumnsOf lists the columns that e reads, sorted, those of the named
// expressions it uses included, without knowing the header.
func ColumnsOf(e Expr, let map[string]Expr) ([]string, error) {
	_, _, columns, err := compileIn(&compiler{scope: Scope{Let: let, Row: "1", File: "''", Sheet: "''"}, open: true}, e, "")
	return columns, err
}

type compiler struct {
	scope   Scope
	open    bool // any column name is good
	expr    Expr
	path    []string        // names being written out, outermost first
	columns map[string]bool // read so far
	size    int
}

func run(e Expr, s Scope, want Type) (string, Type, []string, error) {
	return compileIn(&compiler{scope: s}, e, want)
}

func compileIn(c *compiler, e Expr, want Type) (string, Type, []string, error) {
	c.columns = map[string]bool{}
	v, err := c.expression(e)
	if err != nil {
		return "", "", nil, err
	}
	if want != "" {
		if v, err = c.as(v, want); err != nil {
			return "", "", nil, err
		}
	}
	if err := c.bounded(v.sql); err != nil {
		return "", "", nil, err
	}
	return v.sql, v.typ, sortedKeys(c.columns), nil
}

// bounded refuses text that would cost the engine too much to read.
func (c *compiler) bounded(sql string) error {
	depth, deepest := 0, 0
	for _, r := range sql {
		switch r {
		case '(':
			depth++
			deepest = max(deepest, depth)
		case ')':
			depth--
		}
	}
	if len(sql) > maxSQL || deepest > 4*maxDepth {
		return &SyntaxError{c.expr, 0, "with its named expressions written out it is too large; shorten it"}
	}
	return nil
}

// A value is compiled text with its type.
type value struct {
	sql  string
	typ  Type
	node *node
}

func (c *compiler) fail(n *node, format string, args ...any) error {
	return &SyntaxError{c.expr, n.pos, fmt.Sprintf(format, args...)}
}

func (c *compiler) expression(e Expr) (value, error) {
	n, err := parse(e)
	if err != nil {
		return value{}, err
	}
	outer := c.expr
	c.expr = e
	v, err := c.node(n)
	if err == nil {
		c.expr = outer
	}
	if c.expr == "" {
		c.expr = e
	}
	return v, err
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func (c *compiler) node(n *node) (value, error) {
	v, err := c.build(n)
	if err != nil {
		return value{}, err
	}
	if c.size += len(v.sql); len(v.sql) > maxSQL || c.size > 64*maxSQL {
		return value{}, c.fail(n, "with its named expressions written out it is too large; shorten it")
	}
	v.node = n
	return v, nil
}

func (c *compiler) build(n *node) (value, error) {
	switch n.op {
	case "column":
		return c.column(n)
	case "string":
		return value{sql: quote(n.text), typ: TypeText}, nil
	case "number":
		f, err := strconv.ParseFloat(n.text, 64)
		if err != nil || math.IsInf(f, 0) {
			return value{}, c.fail(n, "the number %s is out of range", n.text)
		}
		return value{sql: strconv.FormatFloat(f, 'e', -1, 64) + "::DOUBLE", typ: TypeNumber}, nil
	case "null":
		return value{sql: "NULL", typ: TypeNull}, nil
	case "true", "false":
		return value{sql: n.op, typ: TypeTruth}, nil
	case "call":
		return c.call(n)
	case "case":
		return c.caseOf(n)
	case "cast":
		return c.cast(n)
	}
	return c.operator(n)
}

func (c *compiler) column(n *node) (value, error) {
	name := n.text
	if e, ok := c.scope.Let[name]; ok {
		if slices.Contains(c.path, name) {
			return value{}, c.fail(n, "%s is defined by itself: %s → %s", name, strings.Join(c.path, " → "), name)
		}
		if len(c.path) >= maxDepth {
			return value{}, c.fail(n, "named expressions are nested more than %d deep", maxDepth)
		}
		c.path = append(c.path, name)
		v, err := c.expression(e)
		c.path = c.path[:len(c.path)-1]
		return v, err
	}
	if c.open {
		c.columns[name] = true
		return value{sql: "NULL::VARCHAR", typ: TypeText}, nil
	}
	sql, ok := c.scope.Columns[name]
	if !ok {
		if full, found := Resolve(name, sortedKeys(c.scope.Columns)); found {
			name, sql, ok = full, c.scope.Columns[full], true
			n.text = full
		}
	}
	if !ok {
		return value{}, &ColumnError{Expr: c.expr, Offset: n.pos, Name: name, Near: nearest(name, append(sortedKeys(c.scope.Columns), sortedKeys(c.scope.Let)...))}
	}
	c.columns[name] = true
	return value{sql: sql, typ: TypeText}, nil
}

// Resolve finds the column that name means: itself, or the only one under a
// group of merged header cells, "客户编号" for "基本信息/客户编号".
func Resolve(name string, header []string) (column string, ok bool) {
	for _, h := range header {
		if h == name {
			return h, true
		}
		if strings.HasSuffix(h, "/"+name) {
			if column != "" {
				column = "\x00"
				continue
			}
			column = h
		}
	}
	return column, column != "" && column != "\x00"
}

// A ColumnError says that an expression names a column which the table lacks.
type ColumnError struct {
	Expr   Expr
	Offset int
	Name   string
	Near   []string // the most similar names, best first
}

func (e *ColumnError) Error() string {
	msg := fmt.Sprintf("there is no column %q", e.Name)
	if len(e.Near) > 0 {
		msg += fmt.Sprintf("; did you mean %s?", quotedList(e.Near))
	} else {
		msg += fmt.Sprintf("; if a fixed text is meant, it needs its own quotes: \"'%s'\"", e.Name)
	}
	return (&SyntaxError{e.Expr, e.Offset, msg}).Error()
}

func (e *ColumnError) Unwrap() error { return fault.ErrInvalid }

func quotedList(names []string) string {
	q := make([]string, len(names))
	for i, n := range names {
		q[i] = strconv.Quote(n)
	}
	return strings.Join(q, " or ")
}

// as turns v into type t.
func (c *compiler) as(v value, t Type) (value, error) {
	out := value{typ: t, node: v.node}
	switch {
	case v.typ == t:
		return v, nil
	case v.typ == TypeNull:
		out.sql = map[Type]string{TypeText: "NULL::VARCHAR", TypeNumber: "NULL::DOUBLE", TypeTruth: "NULL::BOOLEAN", TypeTime: "NULL::TIMESTAMP"}[t]
	case t == TypeText && v.typ == TypeNumber:
		out.sql = "mapping_plain(" + v.sql + ")"
	case t == TypeText && v.typ == TypeTruth:
		out.sql = "(" + v.sql + ")::VARCHAR"
	case t == TypeText && v.typ == TypeTime:
		out.sql = "strftime(" + v.sql + ", '%Y-%m-%d %H:%M:%S')"
	case t == TypeNumber && v.typ == TypeText:
		out.sql = "mapping_number(" + v.sql + ")"
	case t == TypeNumber && v.typ == TypeTruth:
		out.sql = "(" + v.sql + ")::INTEGER::DOUBLE"
	case t == TypeTruth && v.typ == TypeText:
		out.sql = "mapping_yes(" + v.sql + ")"
	case t == TypeTruth && v.typ == TypeNumber:
		out.sql = "(" + v.sql + " <> 0)"
	case t == TypeTime && v.typ == TypeText:
		out.sql = "mapping_date(" + v.sql + ")"
		if v.node != nil && v.node.op == "column" && c.scope.Times[v.node.text] != "" && c.scope.Columns[v.node.text] == v.sql {
			out.sql = c.scope.Times[v.node.text]
		}
	default:
		return value{}, c.fail(v.node, "a %s can't be used as a %s here", v.typ, t)
	}
	return out, nil
}

// unify turns all values into the one type that suits them: a number or a
// time wins over text, because text can state either.
func (c *compiler) unify(vs []value) ([]value, Type, error) {
	t := TypeNull
	for _, v := range vs {
		switch {
		case v.typ == TypeNull || v.typ == t:
		case t == TypeNull || t == TypeText:
			t = v.typ
		case v.typ == TypeText:
		default:
			return nil, "", c.fail(v.node, "a %s and a %s are mixed here", t, v.typ)
		}
	}
	if t == TypeNull {
		return vs, t, nil
	}
	out := make([]value, len(vs))
	for i, v := range vs {
		w, err := c.as(v, t)
		if err != nil {
			return nil, "", err
		}
		out[i] = w
	}
	return out, t, nil
}

func (c *compiler) all(ns []*node) ([]value, error) {
	out := make([]value, len(ns))
	for i, n := range ns {
		v, err := c.node(n)
		if err != nil {
			return nil, err
		}
		out[i] = v
	}
	return out, nil
}

func (c *compiler) allAs(ns []*node, t Type) ([]value, error) {
	vs, err := c.all(ns)
	if err != nil {
		return nil, err
	}
	for i := range vs {
		if vs[i], err = c.as(vs[i], t); err != nil {
			return nil, err
		}
	}
	return vs, nil
}

func (c *compiler) operator(n *node) (value, error) {
	switch n.op {
	case "and", "or":
		vs, err := c.allAs(n.args, TypeTruth)
		if err != nil {
			return value{}, err
		}
		return value{sql: "(" + vs[0].sql + " " + strings.ToUpper(n.op) + " " + vs[1].sql + ")", typ: TypeTruth}, nil
	case "not":
		vs, err := c.allAs(n.args, TypeTruth)
		if err != nil {
			return value{}, err
		}
		return value{sql: "(NOT " + vs[0].sql + ")", typ: TypeTruth}, nil
	case "+", "-", "*", "/", "%", "negate":
		return c.arithmetic(n)
	case "||":
		vs, err := c.allAs(n.args, TypeText)
		if err != nil {
			return value{}, err
		}
		return value{sql: "(" + vs[0].sql + " || " + vs[1].sql + ")", typ: TypeText}, nil
	case "like", "ilike":
		vs, err := c.allAs(n.args, TypeText)
		if err != nil {
			return value{}, err
		}
		return value{sql: "(" + vs[0].sql + negated(n) + strings.ToUpper(n.op) + " " + vs[1].sql + ")", typ: TypeTruth}, nil
	}
	return c.comparison(n)
}

func negated(n *node) string {
	if n.not {
		return " NOT "
	}
	return " "
}

func (c *compiler) arithmetic(n *node) (value, error) {
	vs, err := c.allAs(n.args, TypeNumber)
	if err != nil {
		return value{}, err
	}
	if n.op == "negate" {
		return value{sql: "(- " + vs[0].sql + ")", typ: TypeNumber}, nil
	}
	r := vs[1].sql
	if n.op == "/" || n.op == "%" {
		r = "nullif(" + r + ", 0)"
	}
	return value{sql: "(" + vs[0].sql + " " + n.op + " " + r + ")", typ: TypeNumber}, nil
}

func (c *compiler) comparison(n *node) (value, error) {
	vs, err := c.all(n.args)
	if err != nil {
		return value{}, err
	}
	if n.op == "is null" {
		return value{sql: "(" + vs[0].sql + " IS" + negated(n) + "NULL)", typ: TypeTruth}, nil
	}
	vs, t, err := c.unify(vs)
	if err != nil {
		return value{}, err
	}
	if t == TypeNull {
		return value{sql: "NULL::BOOLEAN", typ: TypeTruth}, nil
	}
	switch n.op {
	case "in":
		items := make([]string, len(vs)-1)
		for i, v := range vs[1:] {
			items[i] = v.sql
		}
		return value{sql: "(" + vs[0].sql + negated(n) + "IN (" + strings.Join(items, ", ") + "))", typ: TypeTruth}, nil
	case "between":
		return value{sql: "(" + vs[0].sql + negated(n) + "BETWEEN " + vs[1].sql + " AND " + vs[2].sql + ")", typ: TypeTruth}, nil
	}
	return value{sql: "(" + vs[0].sql + " " + n.op + " " + vs[1].sql + ")", typ: TypeTruth}, nil
}

func (c *compiler) caseOf(n *node) (value, error) {
	vs, err := c.all(n.args)
	if err != nil {
		return value{}, err
	}
	rest := vs
	if n.base {
		rest = vs[1:]
	}
	var conds, results []value
	for i := 0; i+1 < len(rest); i += 2 {
		conds, results = append(conds, rest[i]), append(results, rest[i+1])
	}
	if n.els {
		results = append(results, rest[len(rest)-1])
	}
	if n.base {
		u, t, err := c.unify(append([]value{vs[0]}, conds...))
		if err != nil {
			return value{}, err
		}
		if t == TypeNull {
			return value{}, c.fail(n, "CASE compares nothing but NULL")
		}
		for i := range conds {
			conds[i].sql = "(" + u[0].sql + " = " + u[i+1].sql + ")"
		}
	} else {
		for i := range conds {
			if conds[i], err = c.as(conds[i], TypeTruth); err != nil {
				return value{}, err
			}
		}
	}
	results, t, err := c.unify(results)
	if err != nil {
		return value{}, err
	}
	var b strings.Builder
	b.WriteString("(CASE")
	for i, w := range conds {
		b.WriteString(" WHEN " + w.sql + " THEN " + results[i].sql)
	}
	if n.els {
		b.WriteString(" ELSE " + results[len(results)-1].sql)
	}
	return value{sql: b.String() + " END)", typ: t}, nil
}

func (c *compiler) cast(n *node) (value, error) {
	v, err := c.node(n.args[0])
	if err != nil {
		return value{}, err
	}
	v, err = c.as(v, castTypes[n.text])
	if err != nil {
		return value{}, err
	}
	switch n.text {
	case "integer", "int", "bigint":
		v.sql = "round(" + v.sql + ")"
	case "date":
		v.sql = "date_trunc('day', " + v.sql + ")::TIMESTAMP"
	}
	return value{sql: v.sql, typ: v.typ}, nil
}

func (c *compiler) call(n *node) (value, error) {
	f, ok := Functions[n.text]
	if !ok {
		near := nearest(n.text, sortedKeys(Functions))
		hint := "docs/mapping.md lists those that are"
		if len(near) > 0 {
			hint = "did you mean " + quotedList(near) + "?"
		}
		return value{}, c.fail(n, "the function %q is not allowed; %s", n.text, hint)
	}
	if len(n.args) < f.Min || len(n.args) > len(f.Params) && !f.Variadic {
		return value{}, c.fail(n, "%s takes other arguments: %s", f.Name, f.Signature())
	}
	if sql, ok := map[string]string{"row": c.scope.Row, "file": c.scope.File, "sheet": c.scope.Sheet}[f.Name]; ok {
		if sql == "" {
			return value{}, c.fail(n, "%s() is not known here", f.Name)
		}
		return value{sql: "(" + sql + ")::VARCHAR", typ: TypeText}, nil
	}
	vs, t, err := c.arguments(n, f)
	if err != nil {
		return value{}, err
	}
	sqls, lits := make([]string, len(vs)), make([]string, len(vs))
	for i, v := range vs {
		sqls[i] = v.sql
		if i < len(n.args) && n.args[i].op == "string" || i < len(n.args) && n.args[i].op == "number" {
			lits[i] = n.args[i].text
		}
	}
	if f.check != nil {
		if err := f.check(lits[:len(n.args)]); err != nil {
			return value{}, c.fail(n, "%s: %v", f.Name, err)
		}
	}
	if f.build != nil {
		sql, err := f.build(sqls, lits[:len(n.args)])
		if err != nil {
			return value{}, c.fail(n, "%s: %v", f.Name, err)
		}
		return value{sql: sql, typ: t}, nil
	}
	return value{sql: expand(f.SQL, sqls), typ: t}, nil
}

// arguments compiles and turns the arguments of a call, defaults filled in.
func (c *compiler) arguments(n *node, f Function) ([]value, Type, error) {
	vs, err := c.all(n.args)
	if err != nil {
		return nil, "", err
	}
	if f.Type == typeSame {
		return c.unify(vs)
	}
	for i := range vs {
		p := f.Params[min(i, len(f.Params)-1)]
		lit := n.args[i].op
		if p.Literal && lit != "string" && lit != "number" {
			return nil, "", c.fail(n.args[i], "argument %d of %s (%s) must be written out, not computed", i+1, f.Name, p.Name)
		}
		if p.Literal && p.Type == TypeNumber {
			if lit != "number" || strings.ContainsAny(n.args[i].text, ".eE") || len(n.args[i].text) > 3 {
				return nil, "", c.fail(n.args[i], "argument %d of %s (%s) must be a small whole number", i+1, f.Name, p.Name)
			}
			vs[i].sql = n.args[i].text
			continue
		}
		if vs[i], err = c.as(vs[i], p.Type); err != nil {
			return nil, "", err
		}
	}
	for i := len(vs); i < len(f.Params) && f.Params[i].Default != ""; i++ {
		vs = append(vs, value{sql: f.Params[i].Default, typ: f.Params[i].Type})
	}
	return vs, f.Type, nil
}

// expand fills the arguments into a template in one pass, so that no
// argument's own text is taken for a place.
func expand(tmpl string, args []string) string {
	var b strings.Builder
	for i := 0; i < len(tmpl); i++ {
		if tmpl[i] != '$' || i+1 == len(tmpl) {
			b.WriteByte(tmpl[i])
			continue
		}
		i++
		if tmpl[i] == '*' {
			b.WriteString(strings.Join(args, ", "))
			continue
		}
		b.WriteString(args[tmpl[i]-'1'])
	}
	return b.String()
}
