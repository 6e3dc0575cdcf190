package mapping

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	syntaxtree "github.com/goccy/go-yaml/parser"

	"github.com/chanzipu/outfitter/internal/fault"
)

// Limits of a mapping file; it comes from outside.
const (
	maxFile  = 1 << 20
	maxLine  = 32 << 10
	maxNest  = 100
	maxShown = 10 // problems in one error's text
)

// A Problem is one thing to mend in a mapping.
type Problem struct {
	Path   string `json:"path"`   // tables[0].events[1].verb
	Line   int    `json:"line"`   // 1-based; 0 where not known
	Column int    `json:"column"` // 1-based
	Msg    string `json:"message"`
}

func (p Problem) String() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d, column %d: ", p.Line, p.Column)
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	return b.String() + p.Msg
}

// An Error lists all that has to be mended in a mapping.
type Error struct{ Problems []Problem }

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("mapping: ")
	for i, p := range e.Problems {
		if i == maxShown {
			fmt.Fprintf(&b, "; and %d more", len(e.Problems)-i)
			break
		}
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(p.String())
	}
	return b.String()
}

// Chinese is Error for readers of Chinese.
func (e *Error) Chinese() string {
	var parts []string
	for i, p := range e.Problems {
		if i == maxShown {
			parts = append(parts, fmt.Sprintf("另有 %d 处", len(e.Problems)-i))
			break
		}
		at := ""
		if p.Line > 0 {
			at = fmt.Sprintf("第 %d 行第 %d 列：", p.Line, p.Column)
		}
		if p.Path != "" {
			at += p.Path + "："
		}
		parts = append(parts, at+p.Chinese())
	}
	return "映射有误：" + strings.Join(parts, "；")
}

func (e *Error) Unwrap() error { return fault.ErrInvalid }

// Parse reads a mapping and checks it. What is wrong comes back as an *Error
// with a line and column for each problem.
func Parse(text []byte) (Mapping, error) {
	var m Mapping
	if err := small(text); err != nil {
		return m, err
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	file, err := syntaxtree.ParseBytes(text, 0)
	if err != nil {
		return m, syntax(err)
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return m, &Error{[]Problem{{Msg: fmt.Sprintf("the file holds %d YAML documents with content; one mapping with `source` and `tables` is needed", len(file.Docs))}}}
	}
	body := file.Docs[0].Body
	var alias aliases
	ast.Walk(&alias, body)
	if alias.found != nil {
		pos := alias.found.GetToken().Position
		return m, &Error{[]Problem{{Line: pos.Line, Column: pos.Column, Msg: "anchors and aliases (& and *) are not supported: write the value out; a text that begins with one goes in quotes"}}}
	}
	if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&m); err != nil {
		return m, syntax(err)
	}
	problems := m.problems()
	for i, p := range problems {
		problems[i].Line, problems[i].Column = locate(body, p.Path)
	}
	if len(problems) > 0 {
		return m, &Error{problems}
	}
	return m, nil
}

// small refuses what would cost the YAML reader too much.
func small(text []byte) error {
	one := func(line int, format string, args ...any) error {
		return &Error{[]Problem{{Line: line, Column: 1, Msg: fmt.Sprintf(format, args...)}}}
	}
	if len(text) > maxFile {
		return one(0, "the file has %d bytes; a mapping has at most %d", len(text), maxFile)
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return one(0, "the file is empty; a mapping needs `source` and `tables`")
	}
	nest := 0
	for i, line := range bytes.Split(text, []byte("\n")) {
		if len(line) > maxLine {
			return one(i+1, "the line has %d bytes; at most %d are allowed", len(line), maxLine)
		}
		for _, c := range line {
			switch c {
			case '[', '{':
				nest++
			case ']', '}':
				nest = max(0, nest-1)
			}
		}
		if nest > maxNest || bytes.Count(line, []byte("- ")) > maxNest && bytes.HasPrefix(bytes.TrimSpace(line), []byte("- - -")) {
			return one(i+1, "brackets are nested more than %d deep", maxNest)
		}
	}
	return nil
}

type aliases struct{ found ast.Node }

func (a *aliases) Visit(n ast.Node) ast.Visitor {
	if t := n.Type(); (t == ast.AliasType || t == ast.AnchorType || t == ast.MergeKeyType) && a.found == nil {
		a.found = n
	}
	return a
}

// syntax turns the YAML reader's error into a Problem, without its excerpt.
func syntax(err error) error {
	var ye yaml.Error
	if !errors.As(err, &ye) {
		return &Error{[]Problem{{Msg: "the YAML can't be read: " + err.Error()}}}
	}
	p := Problem{Msg: ye.GetMessage()}
	if tk := ye.GetToken(); tk != nil && tk.Position != nil {
		p.Line, p.Column = tk.Position.Line, tk.Position.Column
	}
	if name, ok := strings.CutPrefix(p.Msg, "unknown field "); ok {
		name = strings.Trim(name, `"`)
		p.Msg = fmt.Sprintf("there is no field %q here", name)
		if near := nearest(name, fields); len(near) > 0 {
			p.Msg += "; did you mean " + quotedList(near) + "?"
		} else {
			p.Msg += "; docs/mapping.md lists the fields"
		}
	}
	return &Error{[]Problem{p}}
}

// fields are all the words that a mapping's structure knows.
var fields = strings.Fields(`source title zone missing tables name match file sheet columns format mode key where dates let parties events memberships
	ref kind namespace phone email tax_no address city company attrs noun verb ts when account person staff object channel amount currency quantity
	unit text required team since until encoding delimiter quote header records pivot off keep names value`)

// locate finds where a path like tables[0].let["a b"] stands.
func locate(n ast.Node, path string) (line, column int) {
	for _, part := range split(path) {
		next := step(n, part)
		if next == nil {
			break
		}
		n = next
	}
	if n == nil || n.GetToken() == nil || n.GetToken().Position == nil {
		return 0, 0
	}
	if m, ok := n.(*ast.MappingNode); ok && len(m.Values) > 0 {
		n = m.Values[0].Key
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		n = m.Key
	}
	pos := n.GetToken().Position
	return pos.Line, pos.Column
}

func step(n ast.Node, part any) ast.Node {
	switch n := n.(type) {
	case *ast.MappingNode:
		for _, v := range n.Values {
			if k, ok := v.Key.(ast.ScalarNode); ok && fmt.Sprint(k.GetValue()) == part {
				return v.Value
			}
		}
	case *ast.MappingValueNode:
		if k, ok := n.Key.(ast.ScalarNode); ok && fmt.Sprint(k.GetValue()) == part {
			return n.Value
		}
	case *ast.SequenceNode:
		if i, ok := part.(int); ok && i < len(n.Values) {
			return n.Values[i]
		}
	case *ast.TagNode:
		return step(n.Value, part)
	}
	return nil
}

// split takes a path apart into names and indexes.
func split(path string) []any {
	var out []any
	for path != "" {
		switch {
		case path[0] == '.':
			path = path[1:]
		case strings.HasPrefix(path, `["`):
			end := strings.Index(path, `"]`)
			if end < 0 {
				return out
			}
			out, path = append(out, path[2:end]), path[end+2:]
		case path[0] == '[':
			var i int
			if _, err := fmt.Sscanf(path, "[%d]", &i); err != nil {
				return out
			}
			out, path = append(out, i), path[strings.IndexByte(path, ']')+1:]
		default:
			end := strings.IndexAny(path, ".[")
			if end < 0 {
				end = len(path)
			}
			out, path = append(out, path[:end]), path[end:]
		}
	}
	return out
}

// YAML writes the mapping as a file that Parse reads back the same.
func (m Mapping) YAML() ([]byte, error) {
	out, err := yaml.MarshalWithOptions(m, yaml.Indent(2), yaml.IndentSequence(true), yaml.UseSingleQuote(true))
	if err != nil {
		return nil, fmt.Errorf("mapping: %q: write YAML: %w", m.Source, err)
	}
	return out, nil
}
