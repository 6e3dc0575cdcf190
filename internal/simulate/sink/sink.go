// Package sink writes text files and workbooks row by row: encodings, banners,
// real dates, and the same bytes for the same rows.
//
// Two facts that surprise: the first error stops everything and is read once
// at the end, so rows are written without checking; and a workbook's parts
// are put in order before they are zipped, since excelize hands them over in
// the order of a map.
package sink

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"github.com/chanzipu/outfitter/internal/simulate/layout"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
)

// A File is what was written to one file or sheet.
type File struct {
	Path  string           `json:"path"` // below the output folder, with slashes
	Sheet string           `json:"sheet,omitempty"`
	Table string           `json:"table"`            // Table.ID
	Rows  int64            `json:"rows"`             // records, without banners and totals
	Verbs map[string]int64 `json:"events,omitempty"` // distinct events by verb; a repeated row adds none
}

// A Day is a date without a time, the number of days since stage.Epoch;
// NoDay is an empty cell.
type Day int

// NoDay is no date.
const NoDay Day = -1 << 30

// An Out writes one table. Its methods do nothing once the folder has failed.
type Out struct {
	e      *Folder
	Table  layout.Table
	File   File
	Width  int
	Clock  string // layout of moments
	Day    string // layout of days
	write  func(cells []any) error
	finish func() error
	text   []string
}

// A Folder is what files are written into. The first error stops it.
type Folder struct {
	Ctx   context.Context
	Dir   string
	Files []File
	Err   error
	rows  int64
}

// Fail keeps the first error.
func (e *Folder) Fail(err error) {
	if e.Err == nil && err != nil {
		e.Err = err
	}
}

// OK says whether to go on; walks stop when it is false.
func (e *Folder) OK() bool { return e.Err == nil }

// Open starts a text table; month fills {month} in its path.
func (e *Folder) Open(id, month string) *Out {
	t := layout.Find(id)
	path := strings.ReplaceAll(t.Path, "{month}", month)
	o := &Out{e: e, Table: t, Width: len(t.Columns), Clock: time.DateTime, Day: time.DateOnly, File: File{Path: path, Table: id, Verbs: map[string]int64{}}}
	if e.Err != nil {
		return o
	}
	full := filepath.Join(e.Dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		e.Fail(fmt.Errorf("simulate: %s: %w", path, err))
		return o
	}
	f, err := os.Create(full)
	if err != nil {
		e.Fail(fmt.Errorf("simulate: %s: %w", path, err))
		return o
	}
	buf := bufio.NewWriterSize(f, 1<<20)
	if t.Encoding == layout.NDJSON {
		enc := json.NewEncoder(buf)
		enc.SetEscapeHTML(false)
		o.write = func(cells []any) error { return enc.Encode(cells[0]) }
		o.Width = 1
		o.finish = func() error { return CloseAll(buf.Flush, f.Close) }
		return o
	}
	var sink io.Writer = buf
	flush := buf.Flush
	if t.Encoding == layout.GBK {
		tw := transform.NewWriter(buf, simplifiedchinese.GBK.NewEncoder())
		sink, flush = tw, func() error { return CloseAll(tw.Close, buf.Flush) }
	}
	if t.Encoding == layout.UTF8BOM {
		_, err = buf.WriteString("\ufeff")
		e.Fail(err)
	}
	cw := csv.NewWriter(sink)
	cw.UseCRLF = t.Encoding != layout.UTF8
	o.text = make([]string, 0, 32)
	o.write = func(cells []any) error {
		o.text = o.text[:0]
		for _, c := range cells {
			o.text = append(o.text, o.Cell(c))
		}
		return cw.Write(o.text)
	}
	o.finish = func() error {
		cw.Flush()
		return CloseAll(cw.Error, flush, f.Close)
	}
	return o
}

// CloseAll runs every step and gives the first error.
func CloseAll(steps ...func() error) (first error) {
	for _, s := range steps {
		if err := s(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

// Cell spells a value as text.
func (o *Out) Cell(c any) string {
	switch v := c.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case Day:
		if v == NoDay {
			return ""
		}
		return stage.Date(int(v)).Format(o.Day)
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.Format(o.Clock)
	case nil:
		return ""
	}
	panic(fmt.Sprintf("sink: table %s: cell of type %T", o.Table.ID, c))
}

// Line writes a row that is no record: a banner, a header, a total.
func (o *Out) Line(cells ...any) {
	if o.e.Err == nil && o.write != nil {
		o.e.Fail(o.write(cells))
	}
}

// Header writes the table's header row.
func (o *Out) Header() *Out {
	cells := make([]any, len(o.Table.Columns))
	for i, c := range o.Table.Columns {
		cells[i] = c.Name
	}
	o.Line(cells...)
	return o
}

// Row writes a record and says whether to go on.
func (o *Out) Row(cells ...any) bool {
	if len(cells) != o.Width {
		panic(fmt.Sprintf("sink: table %s: %d cells, want %d", o.Table.ID, len(cells), o.Width))
	}
	o.Line(cells...)
	o.File.Rows++
	if o.e.rows++; o.e.rows%4096 == 0 {
		o.e.Fail(o.e.Ctx.Err())
	}
	return o.e.OK()
}

// Verb counts an event that a mapping should find.
func (o *Out) Verb(v string) { o.File.Verbs[v]++ }

// Close ends the file, or sheet, and notes what was written.
func (o *Out) Close() {
	if o.finish != nil {
		o.e.Fail(o.finish())
		o.finish = nil
	}
	o.e.Files = append(o.e.Files, o.File)
}
