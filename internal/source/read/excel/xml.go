package excel

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A scanner walks the tags of an XML part. It knows what workbooks use:
// elements, attributes, text, entities, CDATA; names come without prefix.
// Whatever it does not understand is ErrDamaged, never a panic.
type scanner struct {
	in   *bufio.Reader
	tag  []byte // between < and >
	name []byte
	end  bool // </name>
	self bool // <name/>
	text []byte
}

const maxTag = 1 << 20

func newScanner(in io.Reader) *scanner { return &scanner{in: bufio.NewReaderSize(in, 64<<10)} }

// next moves to the next tag; the text before it is kept where want is set.
func (s *scanner) next(want bool) error {
	s.text = s.text[:0]
	for {
		if err := s.upTo(want); err != nil {
			return err
		}
		c, err := s.in.ReadByte()
		if err != nil {
			return damage(err)
		}
		switch c {
		case '?':
			if err := s.skip("?>"); err != nil {
				return err
			}
			continue
		case '!':
			again, err := s.bang(want)
			if err != nil {
				return err
			}
			if again {
				continue
			}
		}
		return s.readTag(c)
	}
}

// upTo reads text up to and with the next '<'.
func (s *scanner) upTo(want bool) error {
	for {
		b, err := s.in.ReadSlice('<')
		if want {
			n := len(b)
			if err == nil {
				n--
			}
			if len(s.text)+n > maxTag*32 {
				return ErrDamaged
			}
			s.text = append(s.text, b[:n]...)
		}
		if err == nil {
			return nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// bang deals with comments, CDATA and declarations.
func (s *scanner) bang(want bool) (bool, error) {
	p, err := s.in.Peek(7)
	switch {
	case bytes.HasPrefix(p, []byte("--")):
		return true, s.skip("-->")
	case bytes.HasPrefix(p, []byte("[CDATA[")):
		s.in.Discard(7)
		start := len(s.text)
		for {
			c, err := s.in.ReadByte()
			if err != nil {
				return false, damage(err)
			}
			if len(s.text) > maxTag*32 {
				return false, ErrDamaged
			}
			s.text = append(s.text, c)
			if bytes.HasSuffix(s.text[start:], []byte("]]>")) {
				s.text = s.text[:len(s.text)-3]
				if !want {
					s.text = s.text[:0]
				}
				return true, nil
			}
		}
	case err != nil && !errors.Is(err, io.EOF):
		return false, damage(err)
	}
	return true, s.skip(">")
}

func (s *scanner) skip(end string) error {
	var last []byte
	for {
		c, err := s.in.ReadByte()
		if err != nil {
			return damage(err)
		}
		last = append(last, c)
		if len(last) > len(end) {
			last = last[1:]
		}
		if string(last) == end {
			return nil
		}
	}
}

func (s *scanner) readTag(c byte) error {
	s.tag = append(s.tag[:0], c)
	if c == '>' {
		return ErrDamaged
	}
	quote := byte(0)
	for {
		b, err := s.in.ReadSlice('>')
		s.tag = append(s.tag, b...)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return damage(err)
		}
		if len(s.tag) > maxTag {
			return ErrDamaged
		}
		if err == nil {
			quote = openQuote(s.tag)
			if quote == 0 {
				break
			}
		}
	}
	t := s.tag[:len(s.tag)-1]
	s.end = t[0] == '/'
	if s.end {
		t = t[1:]
	}
	s.self = len(t) > 0 && t[len(t)-1] == '/'
	if s.self {
		t = t[:len(t)-1]
	}
	s.tag = t
	n := bytes.IndexAny(t, " \t\r\n")
	if n < 0 {
		n = len(t)
	}
	s.name = local(t[:n])
	return nil
}

// openQuote is the quote that is open at the end of a tag, for '>' inside values.
func openQuote(t []byte) (q byte) {
	if bytes.IndexByte(t, '=') < 0 {
		return 0
	}
	for _, c := range t {
		switch {
		case q == 0 && (c == '"' || c == '\''):
			q = c
		case c == q:
			q = 0
		}
	}
	return q
}

func local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// attr is the value of an attribute by its local name; it skips those of other
// namespaces only where full is given with its prefix.
func (s *scanner) attr(name string) ([]byte, bool) {
	t := s.tag
	i := bytes.IndexAny(t, " \t\r\n")
	if i < 0 {
		return nil, false
	}
	for t = t[i:]; ; {
		t = bytes.TrimLeft(t, " \t\r\n")
		eq := bytes.IndexByte(t, '=')
		if eq < 0 {
			return nil, false
		}
		key := bytes.TrimSpace(t[:eq])
		t = bytes.TrimLeft(t[eq+1:], " \t\r\n")
		if len(t) == 0 || t[0] != '"' && t[0] != '\'' {
			return nil, false
		}
		end := bytes.IndexByte(t[1:], t[0])
		if end < 0 {
			return nil, false
		}
		if string(key) == name {
			return t[1 : end+1], true
		}
		t = t[end+2:]
	}
}

func (s *scanner) str(name string) string {
	v, _ := s.attr(name)
	return unescape(v)
}

func (s *scanner) int(name string, or int) int {
	v, ok := s.attr(name)
	if !ok {
		return or
	}
	n, err := strconv.Atoi(string(v))
	if err != nil {
		return or
	}
	return n
}

func damage(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrDamaged
	}
	return err
}

// unescape resolves entities.
func unescape(b []byte) string {
	if bytes.IndexByte(b, '&') < 0 {
		return string(b)
	}
	var out strings.Builder
	for len(b) > 0 {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			out.Write(b)
			break
		}
		out.Write(b[:i])
		b = b[i:]
		end := bytes.IndexByte(b[:min(len(b), 12)], ';')
		if end < 0 {
			out.WriteByte('&')
			b = b[1:]
			continue
		}
		out.WriteString(entity(string(b[1:end])))
		b = b[end+1:]
	}
	return out.String()
}

func entity(e string) string {
	switch e {
	case "amp":
		return "&"
	case "lt":
		return "<"
	case "gt":
		return ">"
	case "quot":
		return `"`
	case "apos":
		return "'"
	}
	if strings.HasPrefix(e, "#") {
		base, digits := 10, e[1:]
		if strings.HasPrefix(digits, "x") || strings.HasPrefix(digits, "X") {
			base, digits = 16, digits[1:]
		}
		if n, err := strconv.ParseUint(digits, base, 32); err == nil && utf8.ValidRune(rune(n)) {
			return string(rune(n))
		}
	}
	return "&" + e + ";"
}

// unmangle resolves _x000D_, Excel's way to write control characters, and line ends.
func unmangle(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var out strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 || i+7 > len(s) {
			out.WriteString(s)
			return out.String()
		}
		n, err := strconv.ParseUint(s[i+2:i+6], 16, 32)
		if err != nil || s[i+6] != '_' || !utf8.ValidRune(rune(n)) {
			out.WriteString(s[:i+2])
			s = s[i+2:]
			continue
		}
		out.WriteString(s[:i])
		out.WriteRune(rune(n))
		s = s[i+7:]
	}
}
