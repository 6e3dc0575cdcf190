package csv

import "bytes"

type status int

const (
	done    status = iota // one whole record
	more                  // it goes on behind b
	stray                 // text behind a closing quote, at strayAt
	comment               // a comment line
)

// parse splits the record at the start of b into r.fields, which point into b
// or into r.scratch, and returns its length with its line end.
func (r *Reader) parse(b []byte, eof bool) (int, status) {
	r.fields = r.fields[:0]
	r.scratch = r.scratch[:0]
	r.openQuote = false
	if r.Comment != "" && bytes.HasPrefix(b, []byte(r.Comment)) {
		n := lineEnd(b, r.CR)
		if n == len(b) && !eof {
			return 0, more
		}
		return n, comment
	}
	i := 0
	for {
		at, n, st := r.field(b, i, eof)
		if st != done {
			return 0, st
		}
		r.fields = append(r.fields, at)
		i = n
		switch end := r.end(b, i, eof); {
		case end < 0:
			return 0, more
		case end == 0 && i < len(b): // a delimiter
			i += len(r.Delim)
		default:
			return i + end, done
		}
	}
}

// end is the length of the line end at b[i:]: 0 where there is a delimiter or
// the end of the file, -1 where more bytes are needed to tell.
func (r *Reader) end(b []byte, i int, eof bool) int {
	switch {
	case i >= len(b):
		if eof {
			return 0
		}
		return -1
	case b[i] == '\n':
		return 1
	case b[i] == '\r' && i+1 < len(b) && b[i+1] == '\n':
		return 2
	case b[i] == '\r' && i+1 == len(b) && !eof:
		return -1
	case b[i] == '\r' && (r.CR || i+1 == len(b)):
		return 1
	}
	return 0
}

// field reads one field from b[i:]; the second value is where it ends.
func (r *Reader) field(b []byte, i int, eof bool) ([]byte, int, status) {
	if r.Quote != 0 {
		j := i
		if r.Trim {
			for j < len(b) && b[j] == ' ' && r.Delim != " " {
				j++
			}
		}
		if j < len(b) && b[j] == r.Quote {
			return r.quoted(b, j+1, eof)
		}
	}
	if r.Escape != 0 {
		return r.escaped(b, i, eof)
	}
	d := byte('\n')
	if r.Delim != "" {
		d = r.Delim[0]
	}
	for j := i; j < len(b); j++ {
		switch c := b[j]; {
		case c == '\n':
			return b[i:j], j, done
		case c == '\r':
			if j+1 == len(b) {
				if !eof {
					return nil, 0, more
				}
				return b[i:j], j, done
			}
			if r.CR || b[j+1] == '\n' {
				return b[i:j], j, done
			}
		case c == d:
			if len(r.Delim) == 1 {
				return b[i:j], j, done
			}
			if j+len(r.Delim) > len(b) && !eof {
				return nil, 0, more
			}
			if bytes.HasPrefix(b[j:], []byte(r.Delim)) {
				return b[i:j], j, done
			}
		}
	}
	if !eof {
		return nil, 0, more
	}
	return b[i:], len(b), done
}

// quoted reads the rest of a field behind its opening quote.
func (r *Reader) quoted(b []byte, i int, eof bool) ([]byte, int, status) {
	start, copied := i, -1
	for {
		j := r.nextQuote(b, i)
		if j < 0 {
			r.openQuote = true
			return nil, 0, more
		}
		if r.Escape != 0 && b[j] == r.Escape && r.Escape != r.Quote {
			if j+1 >= len(b) {
				r.openQuote = true
				return nil, 0, more
			}
			copied = r.open(copied)
			r.scratch = append(r.scratch, b[start:j]...)
			r.scratch = append(r.scratch, unescape(b[j+1]))
			i = j + 2
			start = i
			continue
		}
		if j+1 < len(b) && b[j+1] == r.Quote {
			copied = r.open(copied)
			r.scratch = append(r.scratch, b[start:j+1]...)
			i = j + 2
			start = i
			continue
		}
		if j+1 == len(b) && !eof {
			r.openQuote = true
			return nil, 0, more
		}
		text := b[start:j]
		if copied >= 0 {
			r.scratch = append(r.scratch, text...)
			text = r.scratch[copied:len(r.scratch):len(r.scratch)]
		}
		return r.closed(b, j+1, eof, text)
	}
}

// closed looks at what follows a closing quote.
func (r *Reader) closed(b []byte, i int, eof bool, text []byte) ([]byte, int, status) {
	j := i
	if r.Trim {
		for j < len(b) && b[j] == ' ' && r.Delim != " " {
			j++
		}
	}
	switch {
	case j == len(b) && !eof:
		return nil, 0, more
	case j == len(b), b[j] == '\n', b[j] == '\r' && (r.CR || j+1 == len(b) || b[j+1] == '\n'):
		return text, j, done
	case r.Delim != "" && bytes.HasPrefix(b[j:], []byte(r.Delim)):
		return text, j, done
	case r.Delim != "" && len(b)-j < len(r.Delim) && !eof:
		return nil, 0, more
	}
	r.strayAt = j
	return nil, 0, stray
}

// open notes where in scratch a field begins that can't be a part of b.
func (r *Reader) open(copied int) int {
	if copied < 0 {
		return len(r.scratch)
	}
	return copied
}

func (r *Reader) nextQuote(b []byte, i int) int {
	if r.Escape == 0 || r.Escape == r.Quote {
		if j := bytes.IndexByte(b[i:], r.Quote); j >= 0 {
			return i + j
		}
		return -1
	}
	for ; i < len(b); i++ {
		if b[i] == r.Quote || b[i] == r.Escape {
			return i
		}
	}
	return -1
}

// escaped reads an unquoted field in which a backslash protects the next byte.
// \N alone is the missing value of MySQL's and PostgreSQL's exports.
func (r *Reader) escaped(b []byte, i int, eof bool) ([]byte, int, status) {
	at := len(r.scratch)
	for j := i; j < len(b); j++ {
		c := b[j]
		switch {
		case c == r.Escape:
			if j+1 >= len(b) {
				if !eof {
					return nil, 0, more
				}
				r.scratch = append(r.scratch, c)
				continue
			}
			j++
			if b[j] == 'N' && j == i+1 {
				continue
			}
			r.scratch = append(r.scratch, unescape(b[j]))
		case c == '\n', c == '\r' && (r.CR || j+1 < len(b) && b[j+1] == '\n' || j+1 == len(b) && eof):
			return r.scratch[at:len(r.scratch):len(r.scratch)], j, done
		case c == '\r' && j+1 == len(b) && !eof:
			return nil, 0, more
		case r.Delim != "" && c == r.Delim[0] && (len(r.Delim) == 1 || bytes.HasPrefix(b[j:], []byte(r.Delim))):
			return r.scratch[at:len(r.scratch):len(r.scratch)], j, done
		default:
			r.scratch = append(r.scratch, c)
		}
	}
	if !eof {
		return nil, 0, more
	}
	return r.scratch[at:len(r.scratch):len(r.scratch)], len(b), done
}

func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'r':
		return '\r'
	}
	return c
}
