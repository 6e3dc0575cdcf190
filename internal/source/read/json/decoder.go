package json

import (
	"bytes"
	"errors"
	"io"
)

// ErrLong is a value that passes the decoder's limit.
var ErrLong = errors.New("json: a value is too long")

// A Decoder cuts a stream into values.
type Decoder struct {
	in   io.Reader
	max  int
	buf  []byte
	pos  int
	base int64
	line int64
	look int // how far Complete looks
	eof  bool
	err  error
}

// NewDecoder reads values of at most max bytes; offset is that of the stream's first byte.
func NewDecoder(in io.Reader, max int, offset int64) *Decoder {
	return &Decoder{in: in, max: max, base: offset, line: 1, buf: make([]byte, 0, 256<<10)}
}

// Line is the 1-based line of the next byte.
func (d *Decoder) Line() int64 { return d.line }

// Offset is that of the next byte in the stream.
func (d *Decoder) Offset() int64 { return d.base + int64(d.pos) }

func (d *Decoder) fill() bool {
	if d.eof {
		return false
	}
	if d.pos > 0 {
		n := copy(d.buf, d.buf[d.pos:])
		d.buf = d.buf[:n]
		d.base += int64(d.pos)
		d.pos = 0
	}
	if len(d.buf) == cap(d.buf) {
		grown := make([]byte, len(d.buf), 2*cap(d.buf))
		copy(grown, d.buf)
		d.buf = grown
	}
	for range 100 {
		n, err := d.in.Read(d.buf[len(d.buf):cap(d.buf)])
		d.buf = d.buf[:len(d.buf)+n]
		if err != nil {
			d.eof = true
			if err != io.EOF {
				d.err = err
			}
			return n > 0
		}
		if n > 0 {
			return true
		}
	}
	d.eof, d.err = true, io.ErrNoProgress
	return false
}

func (d *Decoder) advance(n int) {
	d.line += int64(bytes.Count(d.buf[d.pos:d.pos+n], []byte{'\n'}))
	d.pos += n
}

// Peek skips blanks and returns the next byte, io.EOF at the end.
func (d *Decoder) Peek() (byte, error) {
	for {
		n := 0
		b := d.buf[d.pos:]
		for n < len(b) && (b[n] == ' ' || b[n] == '\t' || b[n] == '\n' || b[n] == '\r') {
			n++
		}
		d.advance(n)
		if n < len(b) {
			return b[n], nil
		}
		if !d.fill() {
			if d.err != nil {
				return 0, d.err
			}
			return 0, io.EOF
		}
	}
}

// Skip takes the byte that Peek returned.
func (d *Decoder) Skip() { d.advance(1) }

// Value is the bytes of the next value, valid until the next call. Only
// brackets and strings are looked at; Flatten checks the rest.
func (d *Decoder) Value() ([]byte, error) {
	if _, err := d.Peek(); err != nil {
		return nil, err
	}
	for {
		b := d.buf[d.pos:]
		if n := Span(b); n > 0 && (n < len(b) || d.eof || closed(b)) {
			d.advance(n)
			return b[:n:n], nil
		}
		if len(b) > d.max {
			return nil, ErrLong
		}
		if !d.fill() {
			if d.err != nil {
				return nil, d.err
			}
			d.advance(len(b))
			return b, io.ErrUnexpectedEOF
		}
	}
}

// closed tells values whose end does not depend on what follows.
func closed(b []byte) bool { return b[0] == '{' || b[0] == '[' || b[0] == '"' }

// Rest is the rest of the line, for what is no value.
func (d *Decoder) Rest() []byte {
	for {
		b := d.buf[d.pos:]
		if n := bytes.IndexByte(b, '\n'); n >= 0 {
			d.advance(n + 1)
			return b[:n]
		}
		if len(b) > d.max {
			d.advance(len(b))
			return d.skipLine(bytes.Clone(b[:4096]))
		}
		if !d.fill() {
			d.advance(len(b))
			return b
		}
	}
}

func (d *Decoder) skipLine(keep []byte) []byte {
	for {
		b := d.buf[d.pos:]
		if n := bytes.IndexByte(b, '\n'); n >= 0 {
			d.advance(n + 1)
			return keep
		}
		d.advance(len(b))
		if !d.fill() {
			return keep
		}
	}
}

// Span is the length of the value at the start of b, -1 where its end is not in b.
func Span(b []byte) int {
	switch b[0] {
	case '"':
		return stringEnd(b, 0)
	case '{', '[':
		depth := 0
		for i := 0; i < len(b); {
			switch b[i] {
			case '"':
				i = stringEnd(b, i)
				if i < 0 {
					return -1
				}
				continue
			case '{', '[':
				depth++
			case '}', ']':
				depth--
				if depth == 0 {
					return i + 1
				}
			}
			i++
		}
		return -1
	}
	if i := bytes.IndexAny(b, " \t\r\n,]}"); i > 0 {
		return i
	} else if i == 0 {
		return 1
	}
	return len(b)
}

// stringEnd is the index behind the string that begins at i; -1 where it does not end.
func stringEnd(b []byte, i int) int {
	for i++; i < len(b); {
		j := bytes.IndexByte(b[i:], '"')
		if j < 0 {
			return -1
		}
		i += j + 1
		k := i - 2
		for b[k] == '\\' {
			k--
		}
		if (i-2-k)%2 == 0 {
			return i
		}
	}
	return -1
}

// Ahead is the rest of the line as far as it is no longer than the limit, without taking it.
func (d *Decoder) Ahead() []byte {
	for {
		b := d.buf[d.pos:]
		if n := bytes.IndexByte(b, '\n'); n >= 0 {
			return b[:n]
		}
		if len(b) > d.max || !d.fill() {
			return d.buf[d.pos:]
		}
	}
}

// Complete is the length of a well-formed value over several lines, -1 where
// none ends near enough: a megabyte, less with every time that none did.
func (d *Decoder) Complete() int {
	if d.look == 0 {
		d.look = 1 << 20
	}
	for {
		b := d.buf[d.pos:]
		if n := Span(b[:min(len(b), d.look)]); n > 0 {
			if Flatten(b[:n], 1<<10, func(string, []byte) {}) != nil {
				return -1
			}
			return n
		}
		if len(b) > min(d.max, d.look) || !d.fill() {
			d.look = max(4<<10, d.look/2)
			return -1
		}
	}
}

// Take takes n bytes.
func (d *Decoder) Take(n int) []byte {
	b := d.buf[d.pos : d.pos+n]
	d.advance(n)
	return b
}

// Rows tells whether the array that comes next holds objects.
func (d *Decoder) Rows() bool {
	for {
		b := bytes.TrimLeft(d.buf[min(d.pos+1, len(d.buf)):], " \t\r\n")
		if len(b) > 0 {
			return b[0] == '{'
		}
		if len(d.buf)-d.pos > d.max || !d.fill() {
			return false
		}
	}
}
