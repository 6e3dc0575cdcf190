// Package encoding decides how a text's bytes are meant and decodes them.
//
// Detect scores every candidate over the whole sample and takes the best one,
// with the evidence; nothing is decided by what happens to decode first. A
// Reader gives UTF-8 in which every undecodable byte sequence is the single
// byte 0xFF, so that the record that holds it can be told apart and refused
// while the rest goes on.
package encoding

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"
)

// UTF8 is the name of the encoding that needs no decoding.
const UTF8 = "utf-8"

var byName = map[string]encoding.Encoding{
	"utf-16le":     unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	"utf-16be":     unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"utf-32le":     utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM),
	"utf-32be":     utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM),
	"gb18030":      simplifiedchinese.GB18030,
	"hz-gb-2312":   simplifiedchinese.HZGB2312,
	"big5":         traditionalchinese.Big5,
	"shift_jis":    japanese.ShiftJIS,
	"euc-jp":       japanese.EUCJP,
	"iso-2022-jp":  japanese.ISO2022JP,
	"euc-kr":       korean.EUCKR,
	"windows-1252": charmap.Windows1252,
	"windows-1251": charmap.Windows1251,
	"windows-1250": charmap.Windows1250,
	"windows-1253": charmap.Windows1253,
	"macintosh":    charmap.Macintosh,
}

var aliases = map[string]string{
	"utf8": UTF8, "utf-8-sig": UTF8, "utf8bom": UTF8, "ascii": UTF8, "us-ascii": UTF8,
	"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "euc-cn": "gb18030", "gb-18030": "gb18030",
	"big5-hkscs": "big5", "big5hkscs": "big5", "cp950": "big5",
	"latin1": "windows-1252", "latin-1": "windows-1252", "iso-8859-1": "windows-1252", "cp1252": "windows-1252",
	"sjis": "shift_jis", "shift-jis": "shift_jis", "cp932": "shift_jis", "windows-31j": "shift_jis",
	"utf16": "utf-16le", "utf-16": "utf-16le", "utf-16-le": "utf-16le", "utf-16-be": "utf-16be", "utf32": "utf-32le", "utf-32": "utf-32le",
}

// Name is the one name under which an encoding is known here.
func Name(name string) (string, error) {
	n := strings.ToLower(strings.TrimSpace(name))
	if a, ok := aliases[n]; ok {
		n = a
	}
	if n == UTF8 || byName[n] != nil {
		return n, nil
	}
	if e, err := htmlindex.Get(n); err == nil {
		if c, err := htmlindex.Name(e); err == nil {
			byNameOnce(c, e)
			return c, nil
		}
	}
	return "", fmt.Errorf("encoding: %q is no known encoding", name)
}

// BOM is the encoding that a byte order mark names and the mark's length.
func BOM(b []byte) (string, int) {
	switch {
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return UTF8, 3
	case bytes.HasPrefix(b, []byte("\xff\xfe\x00\x00")):
		return "utf-32le", 4
	case bytes.HasPrefix(b, []byte("\x00\x00\xfe\xff")):
		return "utf-32be", 4
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return "utf-16le", 2
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return "utf-16be", 2
	case bytes.HasPrefix(b, []byte("\x84\x31\x95\x33")):
		return "gb18030", 4
	}
	return "", 0
}

// NewReader decodes in, which stands behind any byte order mark.
func NewReader(in io.Reader, name string) (io.Reader, error) {
	n, err := Name(name)
	if err != nil {
		return nil, err
	}
	if n == UTF8 {
		return in, nil
	}
	return transform.NewReader(in, transform.Chain(lookup(n).NewDecoder(), marker{})), nil
}

// marker turns U+FFFD, which the decoders write for what they can't decode, into 0xFF.
type marker struct{ transform.NopResetter }

var replacement = []byte("\uFFFD")

func (marker) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		i := bytes.IndexByte(src[nSrc:], 0xef)
		if i < 0 {
			i = len(src) - nSrc
		}
		n := copy(dst[nDst:], src[nSrc:nSrc+i])
		nDst, nSrc = nDst+n, nSrc+n
		if n < i {
			return nDst, nSrc, transform.ErrShortDst
		}
		if nSrc == len(src) {
			break
		}
		rest := src[nSrc:]
		if len(rest) < 3 && !atEOF {
			return nDst, nSrc, transform.ErrShortSrc
		}
		if nDst == len(dst) {
			return nDst, nSrc, transform.ErrShortDst
		}
		dst[nDst] = rest[0]
		step := 1
		if bytes.HasPrefix(rest, replacement) {
			dst[nDst] = 0xff
			step = 3
		}
		nDst++
		nSrc += step
	}
	return nDst, nSrc, nil
}

// Decode decodes b whole, as NewReader does.
func Decode(b []byte, name string) ([]byte, error) {
	r, err := NewReader(bytes.NewReader(b), name)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
