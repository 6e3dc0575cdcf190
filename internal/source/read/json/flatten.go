// Package json reads streams of JSON values as flat records.
//
// A value is checked strictly (RFC 8259) while it is flattened: members of
// nested objects become dotted paths, arrays stay JSON text. A Decoder cuts a
// stream of any length into values of bounded length without parsing them.
package json

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// The faults of a value.
var (
	ErrDepth  = errors.New("json: nested too deeply")
	ErrSyntax = errors.New("json: syntax")
	ErrUTF8   = errors.New("json: bytes that are not text")
)

// A SyntaxError is an ErrSyntax with its place in the value.
type SyntaxError struct {
	At   int // byte in the value
	What string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("json: at byte %d: %s", e.At, e.What) }
func (e *SyntaxError) Unwrap() error { return ErrSyntax }

// FlatDepth is how many levels of objects become dotted paths; deeper ones stay JSON text.
const FlatDepth = 8

// Self is the path of a value that is no object.
const Self = "value"

type parser struct {
	b     []byte
	i     int
	depth int // allowed
	put   func(path string, text []byte)
}

// Flatten checks the one value in b and calls put for every leaf: of an object
// by dotted path, of an array by place (列1 …), else by Self. A null is an
// empty text. text is valid during the call.
func Flatten(b []byte, depth int, put func(path string, text []byte)) error {
	p := &parser{b: b, depth: depth, put: put}
	if !utf8.Valid(b) {
		if err := p.check(); err != nil && !errors.Is(err, ErrUTF8) {
			return err
		}
		return ErrUTF8
	}
	if err := p.top(); err != nil {
		return err
	}
	p.ws()
	if p.i < len(p.b) {
		return p.fail("text behind the value")
	}
	return nil
}

// check parses without flattening.
func (p *parser) check() error {
	p.ws()
	if _, err := p.value("", 0, false); err != nil {
		return err
	}
	p.ws()
	if p.i < len(p.b) {
		return p.fail("text behind the value")
	}
	return nil
}

func (p *parser) top() error {
	p.ws()
	if p.i < len(p.b) && p.b[p.i] == '[' {
		return p.array()
	}
	path := Self
	if p.i < len(p.b) && p.b[p.i] == '{' {
		path = ""
	}
	_, err := p.value(path, 0, true)
	return err
}

// array flattens an array by place.
func (p *parser) array() error {
	p.i++
	for n := 1; ; n++ {
		p.ws()
		if n == 1 && p.i < len(p.b) && p.b[p.i] == ']' {
			p.i++
			return nil
		}
		if _, err := p.value("列"+strconv.Itoa(n), 1, true); err != nil {
			return err
		}
		p.ws()
		c := p.next()
		if c == ']' {
			return nil
		}
		if c != ',' {
			return p.fail("a comma or ] is missing")
		}
	}
}

func (p *parser) fail(what string) error { return &SyntaxError{At: min(p.i, len(p.b)), What: what} }

func (p *parser) ws() {
	for p.i < len(p.b) {
		switch p.b[p.i] {
		case ' ', '\t', '\n', '\r':
			p.i++
		default:
			return
		}
	}
}

// next takes one byte; 0 at the end.
func (p *parser) next() byte {
	if p.i >= len(p.b) {
		p.i++
		return 0
	}
	p.i++
	return p.b[p.i-1]
}

// value parses one value; where leaf is set its text goes to put under path,
// or, for an object not too deep, its members' texts do.
func (p *parser) value(path string, depth int, leaf bool) ([]byte, error) {
	if depth > p.depth {
		return nil, ErrDepth
	}
	if p.i >= len(p.b) {
		return nil, p.fail("the value ends too early")
	}
	start := p.i
	var text []byte
	var err error
	switch c := p.b[p.i]; {
	case c == '{':
		flat := leaf && depth < FlatDepth
		if err = p.object(path, depth, flat); err != nil {
			return nil, err
		}
		if flat {
			if path != "" && p.i-start <= 4 && len(bytes.Trim(p.b[start:p.i], "{} \t\r\n")) == 0 {
				p.put(path, nil)
			}
			return nil, nil
		}
		text = p.b[start:p.i]
	case c == '[':
		if err = p.list(depth); err != nil {
			return nil, err
		}
		text = p.b[start:p.i]
	case c == '"':
		text, err = p.str()
	case c == '-' || c >= '0' && c <= '9':
		err = p.number()
		text = p.b[start:min(p.i, len(p.b))]
	default:
		text, err = p.word()
	}
	if err == nil && leaf {
		p.put(path, text)
	}
	return text, err
}

func (p *parser) object(path string, depth int, flat bool) error {
	p.i++
	for n := 0; ; n++ {
		p.ws()
		if n == 0 && p.i < len(p.b) && p.b[p.i] == '}' {
			p.i++
			return nil
		}
		if p.i >= len(p.b) || p.b[p.i] != '"' {
			return p.fail("a member's name is missing")
		}
		key, err := p.str()
		if err != nil {
			return err
		}
		name := ""
		if flat {
			name = string(key)
			if path != "" {
				name = path + "." + name
			}
		}
		p.ws()
		if p.next() != ':' {
			p.i--
			return p.fail("a colon is missing")
		}
		p.ws()
		if _, err := p.value(name, depth+1, flat); err != nil {
			return err
		}
		p.ws()
		switch p.next() {
		case '}':
			return nil
		case ',':
		default:
			p.i--
			return p.fail("a comma or } is missing")
		}
	}
}

func (p *parser) list(depth int) error {
	p.i++
	for n := 0; ; n++ {
		p.ws()
		if n == 0 && p.i < len(p.b) && p.b[p.i] == ']' {
			p.i++
			return nil
		}
		if _, err := p.value("", depth+1, false); err != nil {
			return err
		}
		p.ws()
		switch p.next() {
		case ']':
			return nil
		case ',':
		default:
			p.i--
			return p.fail("a comma or ] is missing")
		}
	}
}

// str parses a string; without escapes its text is a part of b.
func (p *parser) str() ([]byte, error) {
	p.i++
	start := p.i
	for p.i < len(p.b) {
		switch c := p.b[p.i]; {
		case c == '"':
			p.i++
			return p.b[start : p.i-1], nil
		case c == '\\':
			return p.escaped(start)
		case c < 0x20:
			return nil, p.fail("a control character in a string")
		}
		p.i++
	}
	return nil, p.fail("a string does not end")
}

func (p *parser) escaped(start int) ([]byte, error) {
	out := append([]byte(nil), p.b[start:p.i]...)
	for p.i < len(p.b) {
		c := p.b[p.i]
		switch {
		case c == '"':
			p.i++
			return out, nil
		case c < 0x20:
			return nil, p.fail("a control character in a string")
		case c != '\\':
			out = append(out, c)
			p.i++
			continue
		}
		p.i++
		e := p.next()
		if i := bytes.IndexByte([]byte(`"\/bfnrt`), e); e != 0 && i >= 0 {
			out = append(out, "\"\\/\b\f\n\r\t"[i])
			continue
		}
		if e != 'u' {
			return nil, p.fail("an unknown escape")
		}
		r, ok := p.hex()
		if !ok {
			return nil, p.fail("an escape without four hex digits")
		}
		if utf16.IsSurrogate(r) {
			low := rune(0)
			if p.i+1 < len(p.b) && p.b[p.i] == '\\' && p.b[p.i+1] == 'u' {
				at := p.i
				p.i += 2
				if low, ok = p.hex(); !ok {
					return nil, p.fail("an escape without four hex digits")
				}
				if utf16.DecodeRune(r, low) == utf8.RuneError {
					p.i = at
				}
			}
			r = utf16.DecodeRune(r, low)
		}
		out = utf8.AppendRune(out, r)
	}
	return nil, p.fail("a string does not end")
}

func (p *parser) hex() (rune, bool) {
	if p.i+4 > len(p.b) {
		return 0, false
	}
	n := rune(0)
	for _, c := range p.b[p.i : p.i+4] {
		switch {
		case c >= '0' && c <= '9':
			n = n<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			n = n<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	p.i += 4
	return n, true
}

func (p *parser) number() error {
	if p.b[p.i] == '-' {
		p.i++
	}
	digits := func() int {
		n := 0
		for p.i < len(p.b) && p.b[p.i] >= '0' && p.b[p.i] <= '9' {
			p.i++
			n++
		}
		return n
	}
	first := p.i
	n := digits()
	if n == 0 || n > 1 && p.b[first] == '0' {
		return p.fail("a malformed number")
	}
	if p.i < len(p.b) && p.b[p.i] == '.' {
		p.i++
		if digits() == 0 {
			return p.fail("a malformed number")
		}
	}
	if p.i < len(p.b) && p.b[p.i]|0x20 == 'e' {
		p.i++
		if p.i < len(p.b) && (p.b[p.i] == '+' || p.b[p.i] == '-') {
			p.i++
		}
		if digits() == 0 {
			return p.fail("a malformed number")
		}
	}
	return nil
}

func (p *parser) word() ([]byte, error) {
	for _, w := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(p.b[p.i:], []byte(w)) {
			p.i += len(w)
			if w == "null" {
				return nil, nil
			}
			return []byte(w), nil
		}
	}
	return nil, p.fail("no value begins like this")
}

// Envelope opens {"table": "name", "row": {…}}, the form in which one stream
// carries several tables.
func Envelope(b []byte) (table string, row []byte, ok bool) {
	p := &parser{b: b, depth: 2, put: func(string, []byte) {}}
	p.ws()
	if p.next() != '{' {
		return "", nil, false
	}
	for range 2 {
		p.ws()
		if p.i >= len(b) || b[p.i] != '"' {
			return "", nil, false
		}
		key, err := p.str()
		p.ws()
		if err != nil || p.next() != ':' {
			return "", nil, false
		}
		p.ws()
		switch {
		case string(key) == "table" && p.i < len(b) && b[p.i] == '"':
			name, err := p.str()
			if err != nil || len(name) == 0 {
				return "", nil, false
			}
			table = string(name)
		case string(key) == "row" && p.i < len(b) && b[p.i] == '{':
			end := Span(b[p.i:])
			if end < 0 {
				return "", nil, false
			}
			row = b[p.i : p.i+end]
			p.i += end
		default:
			return "", nil, false
		}
		p.ws()
		if c := p.next(); c != ',' && c != '}' {
			return "", nil, false
		}
	}
	p.ws()
	return table, row, table != "" && row != nil && p.i >= len(b)
}
