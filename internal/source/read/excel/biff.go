package excel

import (
	"encoding/binary"
	"math"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// Record types of the workbook stream, by the names of the published format ([MS-XLS]).
const (
	recFormula    = 0x0006
	recEOF        = 0x000a
	recDate1904   = 0x0022
	recFilePass   = 0x002f
	recContinue   = 0x003c
	recCodePage   = 0x0042
	recBoundSheet = 0x0085
	recMulRK      = 0x00bd
	recRString    = 0x00d6
	recXF         = 0x00e0
	recMergeCells = 0x00e5
	recSST        = 0x00fc
	recLabelSST   = 0x00fd
	recNumber     = 0x0203
	recLabel      = 0x0204
	recBoolErr    = 0x0205
	recString     = 0x0207
	recRK         = 0x027e
	recFormat     = 0x041e
	recFormat2    = 0x001e
	recBOF        = 0x0809
)

// A biff walks the records of a workbook stream. Whatever reads past the end
// of a record reads zeros and sets short; the reader of a record checks it.
type biff struct {
	b  []byte
	at int // of the next record
}

// next returns the next record, false at the end or where the stream is cut.
func (s *biff) next() (kind int, data []byte, ok bool) {
	if s.at+4 > len(s.b) {
		return 0, nil, false
	}
	kind = int(binary.LittleEndian.Uint16(s.b[s.at:]))
	n := int(binary.LittleEndian.Uint16(s.b[s.at+2:]))
	if s.at+4+n > len(s.b) {
		return 0, nil, false
	}
	data = s.b[s.at+4 : s.at+4+n]
	s.at += 4 + n
	return kind, data, true
}

// continued returns the CONTINUE records that follow.
func (s *biff) continued() (parts [][]byte) {
	for {
		at := s.at
		kind, data, ok := s.next()
		if !ok || kind != recContinue {
			s.at = at
			return parts
		}
		parts = append(parts, data)
	}
}

func u16(b []byte, i int) int {
	if i < 0 || i+2 > len(b) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(b[i:]))
}

func u32(b []byte, i int) int {
	if i < 0 || i+4 > len(b) {
		return 0
	}
	return int(binary.LittleEndian.Uint32(b[i:]))
}

func f64(b []byte, i int) float64 {
	if i < 0 || i+8 > len(b) {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b[i:]))
}

// rk decodes the short form of numbers: 30 bits of an integer or of a double, perhaps times 1/100.
func rk(v uint32) float64 {
	var f float64
	if v&2 != 0 {
		f = float64(int32(v) >> 2)
	} else {
		f = math.Float64frombits(uint64(v&^3) << 32)
	}
	if v&1 != 0 {
		f /= 100
	}
	return f
}

// codePages are the encodings of texts in Excel 5 to 95.
var codePages = map[int]encoding.Encoding{
	936: simplifiedchinese.GBK, 950: traditionalchinese.Big5, 932: japanese.ShiftJIS, 949: korean.EUCKR,
	1250: charmap.Windows1250, 1251: charmap.Windows1251, 1252: charmap.Windows1252, 1253: charmap.Windows1253, 1254: charmap.Windows1254,
	437: charmap.CodePage437, 850: charmap.CodePage850, 866: charmap.CodePage866, 10000: charmap.Macintosh, 32768: charmap.Macintosh, 32769: charmap.Windows1252,
}

// utf16Text decodes n characters of two bytes.
func utf16Text(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}

// latin decodes the compressed form: the low bytes of UTF-16.
func latin(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// A sst reads the shared strings, whose characters may go on in the next
// record, there perhaps in the other width.
type sst struct {
	parts [][]byte
	i     int                           // in parts[0]
	chars func(chars []byte, wide bool) // gets the characters where they stand; nil = nobody asks
}

func (s *sst) more() bool {
	for len(s.parts) > 0 && s.i >= len(s.parts[0]) {
		s.parts, s.i = s.parts[1:], 0
	}
	return len(s.parts) > 0
}

func (s *sst) take(n int) []byte {
	var out []byte
	for n > 0 && s.more() {
		k := min(n, len(s.parts[0])-s.i)
		out = append(out, s.parts[0][s.i:s.i+k]...)
		s.i += k
		n -= k
	}
	return out
}

func (s *sst) skip(n int) {
	for n > 0 && s.more() {
		k := min(n, len(s.parts[0])-s.i)
		s.i += k
		n -= k
	}
}

// next reads one string with its formatting runs and phonetic part.
func (s *sst) next() (string, bool) {
	if !s.more() {
		return "", false
	}
	head := s.take(3)
	if len(head) < 3 {
		return "", false
	}
	n, flags := u16(head, 0), head[2]
	runs, ext := 0, 0
	if flags&8 != 0 {
		runs = u16(s.take(2), 0)
	}
	if flags&4 != 0 {
		ext = u32(s.take(4), 0)
	}
	text, wide := "", flags&1 != 0
	for n > 0 {
		if s.i >= len(s.parts[0]) { // the characters go on in the next record, behind a new width flag
			s.parts, s.i = s.parts[1:], 0
			if len(s.parts) == 0 || len(s.parts[0]) == 0 {
				return text, false
			}
			wide, s.i = s.parts[0][0]&1 != 0, 1
		}
		width := 1
		if wide {
			width = 2
		}
		k := min(n, (len(s.parts[0])-s.i)/width)
		if k == 0 {
			return text, false
		}
		b := s.parts[0][s.i : s.i+k*width]
		if s.chars != nil {
			s.chars(b, wide)
		}
		if wide {
			text += utf16Text(b)
		} else {
			text += latin(b)
		}
		s.i += k * width
		n -= k
	}
	s.skip(4 * runs)
	s.skip(ext)
	return text, true
}
