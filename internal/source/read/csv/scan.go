package csv

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/bits"
	"unicode/utf8"
)

// Every is how many records lie between two kept offsets.
const Every = 4096

// A Check is what Scan found. Where Clean is false the file needs the Reader,
// from its beginning, and the other fields say nothing.
type Check struct {
	Clean   bool
	Why     string // what was not clean, first met
	Rows    int64
	Offsets []int64 // of every 4,096th record
	Lines   []int64 // 1-based line of the same records
	Blanks  bool    // some value may have blanks around it
	At      int64   // about where Why was met
}

// Scan checks that every record has width fields, that quotes stand only
// around fields and are doubled inside, that all is valid UTF-8 without NUL
// and that lines end in one way, without making fields: 64 bytes at a time
// become bit masks of delimiters, quotes and line ends, and the bits between
// quotes come from a running exclusive or.
//
// offset and line are those of the first byte of in. tick, called for every
// chunk with the bytes read, may stop the scan with an error.
func Scan(in io.Reader, d Dialect, width, maxRecord int, offset, line int64, tick func(int64) error) (Check, error) {
	s := scan{delim: d.Delim[0], quote: d.Quote, want: width - 1, max: int64(maxRecord), recordAt: offset, line: line, first: line, prevSep: true, prevEdge: true}
	buf := make([]byte, 1<<20)
	tail := 0 // bytes of an incomplete rune kept from the last chunk
	at := offset
	for {
		n, err := io.ReadFull(in, buf[tail:])
		chunk := buf[:tail+n]
		last := err != nil
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return Check{}, err
		}
		whole := len(chunk)
		if !last { // no cut rune
			whole -= 64
			for back := 0; back < utf8.UTFMax && !utf8.RuneStart(chunk[whole]); back++ {
				whole--
			}
		}
		if why := s.chunk(chunk[:whole], at); why != "" {
			return Check{Why: why, At: at}, nil
		}
		at += int64(whole)
		if err := tick(int64(whole)); err != nil {
			return Check{}, err
		}
		if last {
			break
		}
		tail = copy(buf, chunk[whole:])
	}
	return s.end(at)
}

type scan struct {
	delim, quote byte
	want         int // delimiters of a record
	max          int64
	crlf         int // 0 = not seen yet, 1 = LF, 2 = CRLF

	rows, line, first int64
	recordAt          int64  // where the record in hand begins
	seps              int    // delimiters met in it
	inQuote           uint64 // all ones inside quotes at the block's start
	prevSep           bool   // the byte before this block ended a field
	prevQuote         bool   // it was a quote
	prevClose         bool   // it was a closing quote
	prevCR            bool
	hasQuote, hasCR   bool // in the chunk in hand
	blanks            bool // met around a value
	prevEdge          bool // the byte before this block is a delimiter, quote or line end
	prevBlank         bool // it is a blank
	offsets, lines    []int64
}

// chunk checks b block by block; its last block is padded.
func (s *scan) chunk(b []byte, at int64) string {
	if !utf8.Valid(b) {
		return NotUTF8
	}
	if bytes.IndexByte(b, 0) >= 0 {
		return "a NUL byte"
	}
	s.hasQuote = s.quote != 0 && bytes.IndexByte(b, s.quote) >= 0
	s.hasCR = bytes.IndexByte(b, '\r') >= 0
	if !s.blanks {
		for _, wide := range wideBlanks {
			s.blanks = s.blanks || bytes.Contains(b, wide)
		}
	}
	i := 0
	for ; i+64 <= len(b); i += 64 {
		if why := s.block((*[64]byte)(b[i:]), at+int64(i), 64); why != "" {
			return why
		}
	}
	if i < len(b) {
		var pad [64]byte
		n := copy(pad[:], b[i:])
		return s.block(&pad, at+int64(i), n)
	}
	return ""
}

// block takes n bytes of p, 64 but for the last of a chunk.
func (s *scan) block(p *[64]byte, at int64, n int) string {
	delims, news := masks(p, s.delim, '\n')
	var quotes, crs uint64
	if s.hasQuote {
		quotes = mask(p, s.quote)
	}
	if s.hasCR {
		crs = mask(p, '\r')
	}
	if n < 64 { // the rest of p is zero, which no byte of interest is
		keep := uint64(1)<<n - 1
		delims, news, crs, quotes = delims&keep, news&keep, crs&keep, quotes&keep
	}
	inq := s.inQuote
	if quotes != 0 || inq != 0 {
		inq = prefixXor(quotes) ^ s.inQuote
	}
	if s.crlf == 0 && news&^inq != 0 {
		s.setLineEnd(crs, news&^inq)
	}
	out := ^inq
	sepsOut, newsOut, crsOut := delims&out, news&out, crs&out
	if !s.blanks {
		s.findBlanks(p, sepsOut|newsOut|crsOut|quotes, n)
	}
	if quotes != 0 || s.prevClose {
		if why := s.checkQuotes(quotes, inq, sepsOut|newsOut, sepsOut|newsOut|crsOut, n); why != "" {
			return why
		}
	}
	if s.crlf != 1 || crsOut != 0 || s.prevCR {
		if why := s.checkCR(crsOut, newsOut, n); why != "" {
			return why
		}
	}
	if newsOut == 0 {
		s.seps += bits.OnesCount64(sepsOut)
		s.line += int64(bits.OnesCount64(news))
		if at+int64(n)-s.recordAt > s.max {
			return "a record that is too long"
		}
	} else if why := s.ends(sepsOut, newsOut, news, at); why != "" {
		return why
	}
	top := uint(n - 1)
	s.inQuote = -(inq >> top & 1)
	s.prevSep = (sepsOut|newsOut)>>top&1 == 1
	s.prevQuote = quotes>>top&1 == 1
	s.prevClose = (quotes&^inq)>>top&1 == 1
	s.prevCR = crsOut>>top&1 == 1
	return ""
}

// wideBlanks are the blanks of more than one byte: no-break, ideographic, narrow.
var wideBlanks = [][]byte{[]byte("\u00a0"), []byte("\u3000"), []byte("\u202f")}

// findBlanks looks for a blank or tab beside the edge of a value.
func (s *scan) findBlanks(p *[64]byte, edges uint64, n int) {
	blanks, tabs := masks(p, ' ', '\t')
	if s.delim != '\t' {
		blanks |= tabs
	}
	if s.delim == ' ' {
		blanks = 0
	}
	after, before := edges<<1, blanks<<1
	if s.prevEdge {
		after |= 1
	}
	if s.prevBlank {
		before |= 1
	}
	s.blanks = after&blanks != 0 || before&edges != 0
	s.prevEdge, s.prevBlank = edges>>(n-1)&1 == 1, blanks>>(n-1)&1 == 1
}

func (s *scan) setLineEnd(crs, newsOut uint64) {
	i := bits.TrailingZeros64(newsOut)
	s.crlf = 1
	if i > 0 && crs>>(i-1)&1 == 1 || i == 0 && s.prevCR {
		s.crlf = 2
	}
}

// ends closes the records that end in this block.
func (s *scan) ends(sepsOut, newsOut, news uint64, at int64) string {
	done := uint64(0) // bits of this block that are dealt with
	for newsOut != 0 {
		i := bits.TrailingZeros64(newsOut)
		upTo := uint64(1)<<i - 1
		seps := s.seps + bits.OnesCount64(sepsOut&upTo&^done)
		if seps != s.want {
			return "a record with another number of fields"
		}
		next := at + int64(i) + 1
		size := next - s.recordAt
		if size <= int64(s.crlf) {
			return "an empty line"
		}
		if size > s.max {
			return "a record that is too long"
		}
		if s.rows%Every == 0 {
			s.offsets = append(s.offsets, s.recordAt)
			s.lines = append(s.lines, s.first)
		}
		s.rows++
		s.line += int64(bits.OnesCount64(news & (upTo | 1<<i) &^ done))
		s.first = s.line
		s.recordAt = next
		done |= upTo | 1<<i
		s.seps = 0
		newsOut &= newsOut - 1
	}
	s.seps = bits.OnesCount64(sepsOut &^ done)
	s.line += int64(bits.OnesCount64(news &^ done))
	return ""
}

// checkQuotes refuses a quote that does not stand at a field's edge or doubled.
func (s *scan) checkQuotes(quotes, inq, before, after uint64, n int) string {
	opening := quotes & inq
	allowed := (before | quotes) << 1
	if s.prevSep || s.prevQuote {
		allowed |= 1
	}
	if opening&^allowed != 0 {
		return "a quote inside a field without quotes"
	}
	closing := (quotes &^ inq) << 1
	if s.prevClose {
		closing |= 1
	}
	if n < 64 {
		closing &= uint64(1)<<n - 1
	}
	if closing&^(after|quotes) != 0 {
		return "text behind a closing quote"
	}
	return ""
}

func (s *scan) checkCR(crsOut, newsOut uint64, n int) string {
	want := newsOut >> 1
	if s.crlf != 2 {
		if crsOut != 0 || s.prevCR {
			if s.crlf == 0 && newsOut == 0 && crsOut>>(n-1)&1 == 1 && bits.OnesCount64(crsOut) == 1 {
				return "" // the first line end, cut by the block
			}
			return "line ends of several kinds"
		}
		return ""
	}
	if s.prevCR != (newsOut&1 == 1) {
		return "line ends of several kinds"
	}
	open := uint64(1) << (n - 1) // the last byte's CR is judged with the next block
	if (crsOut^want)&^open != 0 {
		return "line ends of several kinds"
	}
	return ""
}

// end closes the last record, which may lack its line end.
func (s *scan) end(at int64) (Check, error) {
	switch {
	case s.inQuote != 0:
		return Check{Why: "a quote that never closes"}, nil
	case s.prevCR:
		return Check{Why: "line ends of several kinds"}, nil
	}
	if at > s.recordAt {
		if s.seps != s.want {
			return Check{Why: "a record with another number of fields"}, nil
		}
		if s.rows%Every == 0 {
			s.offsets = append(s.offsets, s.recordAt)
			s.lines = append(s.lines, s.first)
		}
		s.rows++
	}
	return Check{Clean: true, Blanks: s.blanks || s.prevBlank, Rows: s.rows, Offsets: s.offsets, Lines: s.lines}, nil
}

const (
	ones = 0x0101010101010101
	low7 = 0x7f7f7f7f7f7f7f7f
	// gather moves the top bit of each byte into the top byte, in order.
	gather = 0x0002040810204081
)

// equal has bit 7 of each byte set where x's byte is zero, and no other bit: exact, no carry between bytes.
func equal(x uint64) uint64 { return ^((x&low7 + low7) | x | low7) }

func mask(p *[64]byte, c byte) uint64 {
	v := uint64(c) * ones
	var m uint64
	for i := range 8 {
		w := binary.LittleEndian.Uint64(p[i*8:])
		m |= (equal(w^v) * gather >> 56) << (i * 8)
	}
	return m
}

func masks(p *[64]byte, a, b byte) (uint64, uint64) {
	va, vb := uint64(a)*ones, uint64(b)*ones
	var ma, mb uint64
	for i := range 8 {
		w := binary.LittleEndian.Uint64(p[i*8:])
		ma |= (equal(w^va) * gather >> 56) << (i * 8)
		mb |= (equal(w^vb) * gather >> 56) << (i * 8)
	}
	return ma, mb
}

// prefixXor sets each bit to the parity of the bits up to it.
func prefixXor(x uint64) uint64 {
	x ^= x << 1
	x ^= x << 2
	x ^= x << 4
	x ^= x << 8
	x ^= x << 16
	x ^= x << 32
	return x
}

// NotUTF8 is the Why of bytes that no UTF-8 text has.
const NotUTF8 = "bytes that are not UTF-8"
