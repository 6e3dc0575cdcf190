// Package csv splits delimited text of any dialect into records.
//
// It differs from encoding/csv in three ways that deliveries need: dialects
// (quotes, escapes, comments, line ends, delimiters of several bytes) are
// values that Sniff decides with evidence; a broken record is returned with
// its code and its bytes, and the reader goes on with the next line; and Scan
// checks a clean file at memory speed without making fields at all.
package csv

import (
	"bytes"
	"errors"
	"io"
)

// A Dialect is how a file separates and protects its fields.
type Dialect struct {
	Delim   string `json:"delim"`             // "" = one field per record
	Quote   byte   `json:"quote,omitempty"`   // 0 = none
	Escape  byte   `json:"escape,omitempty"`  // 0 = the quote is doubled; else '\\'
	Comment string `json:"comment,omitempty"` // prefix of lines to skip; "" = none
	CR      bool   `json:"cr,omitempty"`      // a lone CR ends a record too
	Trim    bool   `json:"trim,omitempty"`    // blanks around quoted fields are no data
}

// The codes of a broken record.
const (
	Unclosed = "quote.unclosed"
	Stray    = "quote.stray"
	TooLong  = "line.too-long"
)

// A Record is one record, valid until the next call of Next.
type Record struct {
	Fields  [][]byte
	Raw     []byte // as it stands, without its line end; of a too long one the beginning
	Offset  int64  // of Raw, in bytes
	Line    int64  // 1-based, of its first byte
	Code    string // "" = well formed
	Comment bool
	Blank   bool // nothing but blanks, or nothing at all
}

// A Reader splits a stream. Its memory is bounded by the longest record allowed.
type Reader struct {
	Dialect
	Width int // of a good record, to find back after a quote that never closes; 0 = unknown

	in        io.Reader
	max       int // bytes of one record
	look      int // how far an open quote is followed; shrinks with every one that never closes
	buf       []byte
	pos       int   // of the next record in buf
	base      int64 // offset of buf[0] in the stream
	line      int64
	eof       bool
	err       error
	fields    [][]byte
	scratch   []byte
	strayAt   int
	openQuote bool  // parse stopped inside quotes
	waste     int64 // bytes read more than once because a quote did not close
}

const minLook = 4 << 10

// NewReader reads records of at most max bytes; offset and line are those of
// the stream's first byte.
func NewReader(in io.Reader, d Dialect, max int, offset, line int64) *Reader {
	return &Reader{Dialect: d, in: in, max: max, look: max, base: offset, line: line, buf: make([]byte, 0, 256<<10)}
}

// Offset is where the next record begins.
func (r *Reader) Offset() int64 { return r.base + int64(r.pos) }

// fill reads more behind what is there; it reports whether anything came.
func (r *Reader) fill() bool {
	if r.eof {
		return false
	}
	if r.pos > 0 {
		n := copy(r.buf, r.buf[r.pos:])
		r.buf = r.buf[:n]
		r.base += int64(r.pos)
		r.pos = 0
	}
	if len(r.buf) == cap(r.buf) {
		grown := make([]byte, len(r.buf), 2*cap(r.buf))
		copy(grown, r.buf)
		r.buf = grown
	}
	for range 100 {
		n, err := r.in.Read(r.buf[len(r.buf):cap(r.buf)])
		r.buf = r.buf[:len(r.buf)+n]
		if err != nil {
			r.eof = true
			if err != io.EOF {
				r.err = err
			}
			return n > 0
		}
		if n > 0 {
			return true
		}
	}
	r.eof, r.err = true, io.ErrNoProgress
	return false
}

// Next returns the next record, comments and blank ones included, or io.EOF.
func (r *Reader) Next() (Record, error) {
	for r.pos == len(r.buf) {
		if !r.fill() {
			if r.err != nil {
				return Record{}, r.err
			}
			return Record{}, io.EOF
		}
	}
	for {
		b := r.buf[r.pos:]
		n, st := r.parse(b, r.eof)
		limit := r.max
		if st == more && r.openQuote {
			limit = r.look
		}
		if st == more && !r.eof && len(b) <= limit {
			r.fill()
			if r.err != nil {
				return Record{}, r.err
			}
			continue
		}
		return r.finish(b, n, st)
	}
}

// finish turns a parse into a record and moves on behind it.
func (r *Reader) finish(b []byte, n int, st status) (Record, error) {
	rec := Record{Offset: r.base + int64(r.pos), Line: r.line}
	first := lineEnd(b, r.CR)
	switch st {
	case comment:
		rec.Comment, rec.Raw = true, trimEnd(b[:n])
	case done:
		if n > r.max {
			rec.Code, rec.Raw = TooLong, bytes.Clone(b[:min(n, 4<<10)])
			break
		}
		rec.Raw = trimEnd(b[:n])
		rec.Fields = r.fields
		if r.Width > 0 && len(r.fields) != r.Width && first < n && r.fits(b[first:]) {
			rec.Code, rec.Fields, n = Unclosed, nil, first
		} else if len(bytes.TrimSpace(rec.Raw)) == 0 && !hasSpaceDelim(r.Delim, rec.Raw) {
			rec.Blank = true
		}
	case stray:
		rec.Code = Stray
		n = r.strayAt + lineEnd(b[r.strayAt:], r.CR)
		if first < n && r.fits(b[first:]) {
			rec.Code, n = Unclosed, first
		}
	case more: // the limit or the end of the file came before the end of the record
		if r.openQuote && first < len(b) || r.openQuote && r.eof {
			rec.Code, n = Unclosed, first
			r.waste += int64(len(b))
			r.look = max(minLook, r.look/2)
			break
		}
		return r.tooLong(rec, b)
	}
	if rec.Raw == nil {
		rec.Raw = trimEnd(b[:n])
	}
	r.line += lines(b[:n], r.CR)
	r.pos += n
	return rec, nil
}

// fits reports whether b begins with a record of the right width.
func (r *Reader) fits(b []byte) bool {
	if r.Width < 2 || len(b) == 0 {
		return false
	}
	keep := append([][]byte(nil), r.fields...)
	scratch := r.scratch
	r.scratch = nil
	_, st := r.parse(b, r.eof)
	ok := st == done && len(r.fields) == r.Width
	r.fields, r.scratch = keep, scratch
	return ok
}

// tooLong keeps the beginning of a record that passes the limit and skips the rest of its line.
func (r *Reader) tooLong(rec Record, b []byte) (Record, error) {
	rec.Code = TooLong
	rec.Raw = bytes.Clone(b[:min(len(b), 4<<10)])
	for {
		b := r.buf[r.pos:]
		if n := lineEnd(b, r.CR); n < len(b) || r.eof {
			r.pos += n
			r.line++
			return rec, nil
		}
		r.pos = len(r.buf)
		if !r.fill() && r.err != nil {
			return Record{}, r.err
		}
	}
}

// Lost is how many bytes were read again because quotes did not close.
func (r *Reader) Lost() int64 { return r.waste }

// lineEnd is the length of the first physical line of b with its end; len(b) if there is none.
func lineEnd(b []byte, cr bool) int {
	n := bytes.IndexByte(b, '\n')
	if cr {
		to := b
		if n >= 0 {
			to = b[:n]
		}
		if c := bytes.IndexByte(to, '\r'); c >= 0 {
			if c+1 == n {
				return n + 1
			}
			return c + 1
		}
	}
	if n < 0 {
		return len(b)
	}
	return n + 1
}

func lines(b []byte, cr bool) int64 {
	n := int64(bytes.Count(b, []byte{'\n'}))
	if cr {
		n += int64(bytes.Count(b, []byte{'\r'}) - bytes.Count(b, []byte("\r\n")))
	}
	return n
}

func trimEnd(b []byte) []byte {
	if n := len(b); n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
	}
	if n := len(b); n > 0 && b[n-1] == '\r' {
		b = b[:n-1]
	}
	return b
}

func hasSpaceDelim(delim string, raw []byte) bool {
	return delim != "" && (delim[0] == '\t' || delim[0] == ' ') && bytes.Contains(raw, []byte(delim))
}

// ErrLine is returned by Scan for a record that passes the limit.
var ErrLine = errors.New("csv: a record is too long")
