package sink

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

// A Book is a workbook being written; its sheets are Outs.
type Book struct {
	e      *Folder
	path   string
	f      *excelize.File
	sheets int
	Styles struct{ Banner, Header, Day, Total int }
}

// NewBook starts a workbook with fixed time stamps, so that the same content
// gives the same bytes.
func (e *Folder) NewBook(path string) *Book {
	b := &Book{e: e, path: path, f: excelize.NewFile()}
	b.f.ZipWriter = func(w io.Writer) excelize.ZipWriter { return newSortedZip(w) }
	stamp := "2027-01-04T01:12:00Z"
	e.Fail(b.f.SetDocProps(&excelize.DocProperties{Creator: "导出服务", Created: stamp, Modified: stamp}))
	style := func(s *excelize.Style) int {
		id, err := b.f.NewStyle(s)
		e.Fail(err)
		return id
	}
	format := "yyyy-mm-dd"
	b.Styles.Banner = style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}, Alignment: &excelize.Alignment{Horizontal: "center"}})
	b.Styles.Header = style(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDEBF7"}}})
	b.Styles.Day = style(&excelize.Style{CustomNumFmt: &format})
	b.Styles.Total = style(&excelize.Style{Font: &excelize.Font{Bold: true}})
	return b
}

// Sheet starts a sheet for the table.
func (b *Book) Sheet(id string) *Sheet {
	t := layout.Find(id)
	o := &Out{e: b.e, Table: t, Width: len(t.Columns), Clock: "2006-01-02 15:04", Day: time.DateOnly, File: File{Path: b.path, Sheet: t.Sheet, Table: id, Verbs: map[string]int64{}}}
	s := &Sheet{Out: o, book: b}
	if b.e.Err != nil {
		return s
	}
	if b.sheets++; b.sheets == 1 {
		b.e.Fail(b.f.SetSheetName("Sheet1", t.Sheet))
	} else {
		_, err := b.f.NewSheet(t.Sheet)
		b.e.Fail(err)
	}
	sw, err := b.f.NewStreamWriter(t.Sheet)
	if err != nil {
		b.e.Fail(fmt.Errorf("simulate: %s: sheet %s: %w", b.path, t.Sheet, err))
		return s
	}
	s.sw = sw
	b.e.Fail(sw.SetColWidth(1, max(2, len(t.Columns)), 16))
	o.write = func(cells []any) error {
		s.N++
		at, err := excelize.CoordinatesToCellName(1, s.N)
		if err != nil {
			return err
		}
		row := make([]any, len(cells))
		for i, c := range cells {
			row[i] = s.value(c)
		}
		return sw.SetRow(at, row)
	}
	o.finish = sw.Flush
	return s
}

// A Sheet is an Out within a workbook.
type Sheet struct {
	*Out
	book  *Book
	sw    *excelize.StreamWriter
	N     int // rows written
	style int
}

// value keeps numbers as numbers and days as real dates.
func (s *Sheet) value(c any) any {
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
		return excelize.Cell{StyleID: s.book.Styles.Day, Value: int(stage.Date(int(v)).Sub(excelEpoch).Hours() / 24)}
	}
	text := s.Cell(c)
	if text == "" {
		return nil
	}
	if s.style > 0 {
		return excelize.Cell{StyleID: s.style, Value: text}
	}
	return text
}

var excelEpoch = time.Date(1899, 12, 30, 0, 0, 0, 0, stage.Zone)

// Styled writes a line in a style.
func (s *Sheet) Styled(style int, cells ...any) {
	s.style = style
	s.Line(cells...)
	s.style = 0
}

// Banner writes a title merged over the sheet's width.
func (s *Sheet) Banner(width int, title string) {
	s.Styled(s.book.Styles.Banner, title)
	s.Merge(1, s.N, width, s.N)
}

// Merge joins cells, columns and rows from 1.
func (s *Sheet) Merge(c1, r1, c2, r2 int) {
	if s.e.Err != nil || s.sw == nil || c1 == c2 && r1 == r2 {
		return
	}
	a, err := excelize.CoordinatesToCellName(c1, r1)
	s.e.Fail(err)
	b, err := excelize.CoordinatesToCellName(c2, r2)
	s.e.Fail(err)
	s.e.Fail(s.sw.MergeCell(a, b))
}

// Columns writes the header row.
func (s *Sheet) Columns() {
	cells := make([]any, len(s.Table.Columns))
	for i, c := range s.Table.Columns {
		cells[i] = c.Name
	}
	s.Styled(s.book.Styles.Header, cells...)
}

// Save writes the workbook.
func (b *Book) Save() {
	if b.e.Err != nil {
		b.f.Close()
		return
	}
	full := filepath.Join(b.e.Dir, filepath.FromSlash(b.path))
	err := os.MkdirAll(filepath.Dir(full), 0o755)
	if err == nil {
		err = WriteFile(full, b.f)
	}
	if err != nil {
		b.e.Fail(fmt.Errorf("simulate: %s: %w", b.path, err))
	}
}

// WriteFile writes a workbook to a file and closes it.
func WriteFile(path string, f *excelize.File) error {
	w, err := os.Create(path)
	if err != nil {
		return err
	}
	return CloseAll(func() error { return f.Write(w) }, f.Close, w.Close)
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
func (z *sortedZip) AddFS(fs.FS) error { return errors.New("sink: AddFS is not supported") }

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
