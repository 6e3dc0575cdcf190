package read

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"sort"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/read/csv"
	"github.com/chanzipu/outfitter/internal/source/read/layout"
)

// Bounds on what a table may keep in memory about its rejects.
const (
	maxRejects    = 1_000_000
	maxRejectText = 64 << 20 // bytes of all texts; later rejects keep 80 bytes each
	maxText       = 4 << 10
	maxRowOf      = 4 << 20
)

// A sink writes one clean table and keeps its book.
type sink struct {
	t     *Table
	f     *os.File
	w     *bufio.Writer
	at    int64
	text  int
	gaps  []int64
	body  *layout.Body // of a sheet or delimited text; nil for JSON
	rowOf []int64      // of a wide table, whose rows make several records
}

// newSink begins a clean copy in the work folder.
func newSink(work string, t *Table) (*sink, error) {
	f, err := os.CreateTemp(work, "table-*.csv")
	if err != nil {
		return nil, fmt.Errorf("read: clean copy: %w", err)
	}
	t.Path, _ = filepath.Abs(f.Name())
	t.Delim, t.Quote, t.Skip = ',', '"', 0
	return &sink{t: t, f: f, w: bufio.NewWriterSize(f, 256<<10)}, nil
}

// add writes one clean record that stands at line in the original.
func (s *sink) add(fields [][]byte, line int64) {
	if s.t.Rows%csv.Every == 0 {
		s.t.Offsets = append(s.t.Offsets, s.at)
		s.t.LineOf = append(s.t.LineOf, line)
	}
	s.t.Rows++
	n := 0
	for i, f := range fields {
		if i > 0 {
			s.w.WriteByte(',')
			n++
		}
		n += s.cell(f, len(fields) == 1)
	}
	s.w.WriteByte('\n')
	s.at += int64(n) + 1
}

// cell writes one field, quoted where it must be.
func (s *sink) cell(f []byte, alone bool) int {
	quote := false
	for _, c := range f {
		if c <= ',' && (c == ',' || c == '"' || c == '\n' || c == '\r' || c == 0) {
			quote = true
			break
		}
	}
	if quote && bytes.IndexByte(f, 0) >= 0 {
		f = bytes.ReplaceAll(f, []byte{0}, nil)
	}
	if !quote && !(alone && len(bytes.TrimSpace(f)) == 0) {
		s.w.Write(f)
		return len(f)
	}
	n := 2 + len(f)
	s.w.WriteByte('"')
	for {
		i := bytes.IndexByte(f, '"')
		if i < 0 {
			break
		}
		s.w.Write(f[:i+1])
		s.w.WriteByte('"')
		f = f[i+1:]
		n++
	}
	s.w.Write(f)
	s.w.WriteByte('"')
	return n
}

// reject keeps a record that can't be used; the Read row is the one in hand.
func (s *sink) reject(r Reject, text []byte) error {
	if len(s.t.Rejects) >= maxRejects {
		return tooManyRejects(s.t)
	}
	keep := min(len(text), maxText)
	if s.text > maxRejectText {
		keep = min(keep, 80)
	}
	r.Text = string(bytes.ToValidUTF8(text[:keep], []byte("\uFFFD")))
	s.text += keep
	r.Row = s.t.Read
	s.t.Rejects = append(s.t.Rejects, r)
	if r.Column == "" {
		s.gaps = append(s.gaps, r.Row)
	}
	return nil
}

func tooManyRejects(t *Table) error {
	first := t.Rejects[0]
	return fault.New(fault.ErrInvalid, "file.unreadable",
		fmt.Sprintf("more than %d records of %q don't fit what was detected (first: line %d, %s); state its delimiter, quote or encoding in the mapping's format", maxRejects, t.Name, first.Line, first.Reason),
		fmt.Sprintf("“%s”中有超过 %d 条记录不符合识别出的格式（第一处：第 %d 行，%s）；请在映射的 format 中写明分隔符、引号或编码", t.Name, maxRejects, first.Line, first.Zh))
}

// take makes b the table's body: its header becomes the table's.
func (s *sink) take(b *layout.Body) {
	s.body, s.t.Header, s.t.Wide = b, b.Header, b.Wide
	s.t.Evidence = append(s.t.Evidence, b.Evidence...)
}

// row writes the records of one row of the original that is as wide as the table.
func (s *sink) row(fields [][]byte, line int64) error {
	before := s.t.Rows
	aside := s.body.Row(fields, line, func(rec [][]byte) {
		s.add(rec, line)
		if s.t.Wide {
			s.rowOf = append(s.rowOf, s.t.Read+1)
		}
	})
	if aside {
		return nil
	}
	s.t.Read++
	if s.t.Rows == before {
		return s.reject(Reject{Line: line, Code: "pivot.empty", Reason: "the row holds no figure in any of the unpivoted columns", Zh: "该行在转置的各列中没有任何数值"}, bytes.Join(fields, []byte{','}))
	}
	return nil
}

// close ends the copy and settles which row each record came from.
func (s *sink) close() error {
	if s.body != nil {
		s.body.End()
		s.t.Set = s.body.Set
	}
	err := s.w.Flush()
	if e := s.f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("read: clean copy: %w", err)
	}
	if s.rowOf != nil {
		s.t.RowOf = s.rowOf
		return nil
	}
	if len(s.gaps) == 0 {
		return nil
	}
	sort.Slice(s.gaps, func(i, j int) bool { return s.gaps[i] < s.gaps[j] })
	if s.t.Rows > maxRowOf {
		s.t.Gaps = s.gaps
		return nil
	}
	s.t.RowOf = make([]int64, 0, s.t.Rows)
	g := 0
	for row := int64(1); row <= s.t.Read; row++ {
		if g < len(s.gaps) && s.gaps[g] == row {
			g++
			continue
		}
		s.t.RowOf = append(s.t.RowOf, row)
	}
	return nil
}

// drop removes the copy of a table that is not wanted after all.
func (s *sink) drop() {
	s.f.Close()
	os.Remove(s.t.Path)
}
