package export

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/chanzipu/outfitter/internal/simulate/layout"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
)

// A book is a workbook being written; its sheets are outs.
type book struct {
	e      *exporter
	path   string
	f      *excelize.File
	sheets int
	styles struct{ banner, header, day, total int }
}

// newBook starts a workbook with fixed time stamps, so that the same content
// gives the same bytes.
func (e *exporter) newBook(path string) *book {
	b := &book{e: e, path: path, f: excelize.NewFile()}
	b.f.ZipWriter = func(w io.Writer) excelize.ZipWriter { return newSortedZip(w) }
	stamp := "2027-01-04T01:12:00Z"
	e.fail(b.f.SetDocProps(&excelize.DocProperties{Creator: "导出服务", Created: stamp, Modified: stamp}))
	style := func(s *excelize.Style) int {
		id, err := b.f.NewStyle(s)
		e.fail(err)
		return id
	}
	format := "yyyy-mm-dd"
	b.styles.banner = style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}, Alignment: &excelize.Alignment{Horizontal: "center"}})
	b.styles.header = style(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}})
	b.styles.day = style(&excelize.Style{CustomNumFmt: &format})
	b.styles.total = style(&excelize.Style{Font: &excelize.Font{Bold: true}})
	return b
}

// sheet starts a sheet for the table.
func (b *book) sheet(id string) *sheet {
	t := layout.Find(id)
	o := &out{e: b.e, table: t, width: len(t.Columns), clock: "2006-01-02 15:04", day: time.DateOnly, file: File{Path: b.path, Sheet: t.Sheet, Table: id, Verbs: map[string]int64{}}}
	s := &sheet{out: o, book: b}
	if b.e.err != nil {
		return s
	}
	if b.sheets++; b.sheets == 1 {
		b.e.fail(b.f.SetSheetName("Sheet1", t.Sheet))
	} else {
		_, err := b.f.NewSheet(t.Sheet)
		b.e.fail(err)
	}
	sw, err := b.f.NewStreamWriter(t.Sheet)
	if err != nil {
		b.e.fail(fmt.Errorf("simulate: %s: sheet %s: %w", b.path, t.Sheet, err))
		return s
	}
	s.sw = sw
	b.e.fail(sw.SetColWidth(1, max(2, len(t.Columns)), 16))
	o.write = func(cells []any) error {
		s.n++
		at, err := excelize.CoordinatesToCellName(1, s.n)
		if err != nil {
			return err
		}
		row := make([]any, len(cells))
		for i, c := range cells {
			row[i] = s.value(c)
		}
		return sw.SetRow(at, row)
	}
	o.close_ = sw.Flush
	return s
}

type sheet struct {
	*out
	book  *book
	sw    *excelize.StreamWriter
	n     int // rows written
	style int
}

// value keeps numbers as numbers and days as real dates.
func (s *sheet) value(c any) any {
	switch v := c.(type) {
	case int, int64, float64:
		if s.style > 0 {
			return excelize.Cell{StyleID: s.style, Value: v}
		}
		return v
	case Day:
		if v == NoDay {
			return nil
		}
		// excelize reads the wall clock; days since 1899-12-30 are the same everywhere.
		return excelize.Cell{StyleID: s.book.styles.day, Value: int(stage.Date(int(v)).Sub(excelEpoch).Hours() / 24)}
	}
	text := s.cell(c)
	if text == "" {
		return nil
	}
	if s.style > 0 {
		return excelize.Cell{StyleID: s.style, Value: text}
	}
	return text
}

var excelEpoch = time.Date(1899, 12, 30, 0, 0, 0, 0, stage.Zone)

// styled writes a line in a style.
func (s *sheet) styled(style int, cells ...any) {
	s.style = style
	s.line(cells...)
	s.style = 0
}

// banner writes a title merged over the sheet's width.
func (s *sheet) banner(width int, title string) {
	s.styled(s.book.styles.banner, title)
	s.merge(1, s.n, width, s.n)
}

func (s *sheet) merge(c1, r1, c2, r2 int) {
	if s.e.err != nil || s.sw == nil || c1 == c2 && r1 == r2 {
		return
	}
	a, err := excelize.CoordinatesToCellName(c1, r1)
	s.e.fail(err)
	b, err := excelize.CoordinatesToCellName(c2, r2)
	s.e.fail(err)
	s.e.fail(s.sw.MergeCell(a, b))
}

// columnsRow writes the header row.
func (s *sheet) columnsRow() {
	cells := make([]any, len(s.table.Columns))
	for i, c := range s.table.Columns {
		cells[i] = c.Name
	}
	s.styled(s.book.styles.header, cells...)
}

// save writes the workbook.
func (b *book) save() {
	if b.e.err != nil {
		b.f.Close()
		return
	}
	full := filepath.Join(b.e.dir, filepath.FromSlash(b.path))
	err := os.MkdirAll(filepath.Dir(full), 0o755)
	if err == nil {
		err = WriteFile(full, b.f)
	}
	if err != nil {
		b.e.fail(fmt.Errorf("simulate: %s: %w", b.path, err))
	}
}

// WriteFile writes a workbook to a file and closes it.
func WriteFile(path string, f *excelize.File) error {
	w, err := os.Create(path)
	if err != nil {
		return err
	}
	return closeAll(func() error { return f.Write(w) }, f.Close, w.Close)
}

// sortedZip writes a workbook's parts in order of their names: excelize
// hands streamed sheets over in the order of a map.
type sortedZip struct {
	w     *zip.Writer
	parts map[string]*part
	last  *part
}

type part struct {
	name string
	data bytes.Buffer
	fw   *flate.Writer
	sum  uint32
	size uint64
}

func newSortedZip(w io.Writer) *sortedZip {
	return &sortedZip{w: zip.NewWriter(w), parts: map[string]*part{}}
}

// Create starts a part; the one before is complete by then.
func (z *sortedZip) Create(name string) (io.Writer, error) {
	p := &part{name: name}
	fw, err := flate.NewWriter(&p.data, flate.DefaultCompression)
	if err != nil {
		return nil, err
	}
	p.fw = fw
	if err := z.finish(); err != nil {
		return nil, err
	}
	z.parts[name], z.last = p, p
	return p, nil
}

func (z *sortedZip) finish() error {
	if z.last == nil {
		return nil
	}
	p := z.last
	z.last = nil
	return p.fw.Close()
}

func (p *part) Write(b []byte) (int, error) {
	p.sum = crc32.Update(p.sum, crc32.IEEETable, b)
	p.size += uint64(len(b))
	return p.fw.Write(b)
}

// AddFS is part of excelize's interface; nothing here calls it.
func (z *sortedZip) AddFS(fs.FS) error { return errors.New("export: AddFS is not supported") }

// Close writes all parts.
func (z *sortedZip) Close() error {
	if err := z.finish(); err != nil {
		return err
	}
	names := make([]string, 0, len(z.parts))
	for n := range z.parts {
		names = append(names, n)
	}
	sort.Slice(names, func(i, j int) bool { // readers expect the types first
		if a, b := names[i] == "[Content_Types].xml", names[j] == "[Content_Types].xml"; a != b {
			return a
		}
		return names[i] < names[j]
	})
	for _, n := range names {
		p := z.parts[n]
		w, err := z.w.CreateRaw(&zip.FileHeader{Name: n, Method: zip.Deflate, CRC32: p.sum, CompressedSize64: uint64(p.data.Len()), UncompressedSize64: p.size})
		if err != nil {
			return err
		}
		if _, err := p.data.WriteTo(w); err != nil {
			return err
		}
	}
	return z.w.Close()
}
