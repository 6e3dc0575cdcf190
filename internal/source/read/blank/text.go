package blank

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/source/read"
	"github.com/chanzipu/outfitter/internal/source/read/encoding"
)

// text overwrites cells of delimited text and JSON.
type text struct {
	format  read.Format
	patches []patch
}

// A patch overwrites a part of the decoded text by blanks, after a first word.
type patch struct {
	from, to int64
	first    string
}

func (t *text) take(s read.Spot, fields []int) {
	for _, i := range fields {
		p := patch{s.Offset + int64(s.Spans[i][0]), s.Offset + int64(s.Spans[i][1]), ""}
		if t.format.Kind != read.CSV {
			p.first = literal(s.Raw, s.Spans[i])
		}
		t.patches = append(t.patches, p)
	}
}

// literal is what stands for a value of JSON that is no string: null where it
// fits. A record that is broken stays so.
func literal(raw []byte, span [2]int) string {
	switch {
	case span[0] > 0 && raw[span[0]-1] == '"':
		return ""
	case span[0] == 0 && span[1] == len(raw) && len(raw) > 0 && (raw[0] == '{' || raw[0] == '['):
		return string(raw[:1])
	case span[1]-span[0] >= 4:
		return "null"
	}
	return "0"
}

// write copies the file line by line; a line with a cell that goes is decoded,
// overwritten and encoded again.
func (t *text) write(j Job) (err error) {
	slices.SortFunc(t.patches, func(a, b patch) int { return int(a.from - b.from) })
	src, err := os.Open(j.Path)
	if err != nil {
		return fmt.Errorf("blank: %w", err)
	}
	defer func() { _ = src.Close() }()
	dst, err := os.Create(j.Out)
	if err != nil {
		return fmt.Errorf("blank: %w", err)
	}
	defer func() {
		if cerr := dst.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("blank: %w", cerr)
		}
	}()
	in, out := bufio.NewReaderSize(src, 1<<20), bufio.NewWriterSize(dst, 1<<20)
	if t.format.BOM {
		head, err := in.Peek(4)
		if err != nil && err != io.EOF {
			return fmt.Errorf("blank: %w", err)
		}
		_, n := encoding.BOM(head)
		if _, err := io.CopyN(out, in, int64(n)); err != nil {
			return fmt.Errorf("blank: %w", err)
		}
	}
	if err := t.lines(in, out); err != nil {
		return fmt.Errorf("blank: %w", err)
	}
	return out.Flush()
}

func (t *text) lines(in *bufio.Reader, out io.Writer) error {
	unit := 1
	for prefix, n := range map[string]int{"utf-16": 2, "utf-32": 4} {
		if strings.HasPrefix(t.format.Encoding, prefix) {
			unit = n
		}
	}
	at := int64(0)
	for {
		raw, err := line(in, unit, strings.HasSuffix(t.format.Encoding, "be"))
		if err != nil && err != io.EOF {
			return err
		}
		if len(raw) == 0 && err == io.EOF {
			return nil
		}
		dec, derr := encoding.Decode(raw, t.format.Encoding)
		if derr != nil {
			return derr
		}
		next := at + int64(len(dec))
		for len(t.patches) > 0 && t.patches[0].to <= at {
			t.patches = t.patches[1:]
		}
		if len(t.patches) > 0 && t.patches[0].from < next {
			dec = bytes.Clone(dec)
			for _, p := range t.patches {
				if p.from >= next {
					break
				}
				p.apply(dec, at)
			}
			if raw, err = encoding.Encode(dec, t.format.Encoding); err != nil {
				return err
			}
		}
		if _, werr := out.Write(raw); werr != nil {
			return werr
		}
		at = next
	}
}

// apply overwrites what of the patch lies in the line that begins at at; line
// ends within a cell stay.
func (p patch) apply(line []byte, at int64) {
	for i := max(p.from, at); i < min(p.to, at+int64(len(line))); i++ {
		switch c := &line[i-at]; {
		case i-p.from < int64(len(p.first)):
			*c = p.first[i-p.from]
		case *c != '\n' && *c != '\r':
			*c = ' '
		}
	}
}

// line reads up to and with the next line feed, of units of that many bytes.
func line(in *bufio.Reader, unit int, big bool) ([]byte, error) {
	if unit == 1 {
		return in.ReadBytes('\n')
	}
	feed := make([]byte, unit)
	feed[0] = '\n'
	if big {
		feed[0], feed[unit-1] = 0, '\n'
	}
	var out []byte
	one := make([]byte, unit)
	for {
		n, err := io.ReadFull(in, one)
		out = append(out, one[:n]...)
		if err == io.ErrUnexpectedEOF {
			err = io.EOF
		}
		if err != nil || bytes.Equal(one, feed) {
			return out, err
		}
	}
}
