package export

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

	"github.com/chanzipu/outfitter/internal/simulate/company"
	"github.com/chanzipu/outfitter/internal/simulate/layout"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
	"github.com/chanzipu/outfitter/internal/simulate/truth"
)

type File struct {
	Path  string           `json:"path"` // below the output folder, with slashes
	Sheet string           `json:"sheet,omitempty"`
	Table string           `json:"table"`            // Table.ID
	Rows  int64            `json:"rows"`             // records, without banners and totals
	Verbs map[string]int64 `json:"events,omitempty"` // distinct events by verb; a repeated row adds none
}

type Day int

const NoDay Day = -1 << 30

type out struct {
	e      *exporter
	table  layout.Table
	file   File
	width  int
	clock  string // layout of moments
	day    string // layout of days
	write  func(cells []any) error
	close_ func() error
	text   []string
}

type exporter struct {
	ctx   context.Context
	w     *company.World
	dir   string
	files []File
	refs  *references
	err   error
	rows  int64
	truth *truth.Truth
}

func (e *exporter) fail(err error) {
	if e.err == nil && err != nil {
		e.err = err
	}
}

func (e *exporter) ok() bool { return e.err == nil }

func (e *exporter) open(id, month string) *out {
	t := layout.Find(id)
	path := strings.ReplaceAll(t.Path, "{month}", month)
	o := &out{e: e, table: t, width: len(t.Columns), clock: time.DateTime, day: time.DateOnly, file: File{Path: path, Table: id, Verbs: map[string]int64{}}}
	if e.err != nil {
		return o
	}
	full := filepath.Join(e.dir, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		e.fail(fmt.Errorf("simulate: %s: %w", path, err))
		return o
	}
	f, err := os.Create(full)
	if err != nil {
		e.fail(fmt.Errorf("simulate: %s: %w", path, err))
		return o
	}
	buf := bufio.NewWriterSize(f, 1<<20)
	if t.Encoding == layout.NDJSON {
		enc := json.NewEncoder(buf)
		enc.SetEscapeHTML(false)
		o.write = func(cells []any) error { return enc.Encode(cells[0]) }
		o.width = 1
		o.close_ = func() error { return closeAll(buf.Flush, f.Close) }
		return o
	}
	var sink io.Writer = buf
	flush := buf.Flush
	if t.Encoding == layout.GBK {
		tw := transform.NewWriter(buf, simplifiedchinese.GBK.NewEncoder())
		sink, flush = tw, func() error { return closeAll(tw.Close, buf.Flush) }
	}
	if t.Encoding == layout.UTF8BOM {
		_, err = buf.WriteString("\ufeff")
		e.fail(err)
	}
	cw := csv.NewWriter(sink)
	cw.UseCRLF = t.Encoding != layout.UTF8
	o.text = make([]string, 0, 32)
	o.write = func(cells []any) error {
		o.text = o.text[:0]
		for _, c := range cells {
			o.text = append(o.text, o.cell(c))
		}
		return cw.Write(o.text)
	}
	o.close_ = func() error {
		cw.Flush()
		return closeAll(cw.Error, flush, f.Close)
	}
	return o
}

func closeAll(steps ...func() error) (first error) {
	for _, s := range steps {
		if err := s(); err != nil && first == nil {
			first = err
		}
	}
	return first
}

func (o *out) cell(c any) string {
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
		return stage.Date(int(v)).Format(o.day)
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.Format(o.clock)
	case nil:
		return ""
	}
	panic(fmt.Sprintf("export: table %s: cell of type %T", o.table.ID, c))
}

func (o *out) line(cells ...any) {
	if o.e.err == nil && o.write != nil {
		o.e.fail(o.write(cells))
	}
}

func (o *out) header() *out {
	cells := make([]any, len(o.table.Columns))
	for i, c := range o.table.Columns {
		cells[i] = c.Name
	}
	o.line(cells...)
	return o
}

func (o *out) row(cells ...any) bool {
	if len(cells) != o.width {
		panic(fmt.Sprintf("export: table %s: %d cells, want %d", o.table.ID, len(cells), o.width))
	}
	o.line(cells...)
	o.file.Rows++
	if o.e.rows++; o.e.rows%4096 == 0 {
		o.e.fail(o.e.ctx.Err())
	}
	return o.e.ok()
}

func (o *out) verb(v string) { o.file.Verbs[v]++ }

func (o *out) close() {
	if o.close_ != nil {
		o.e.fail(o.close_())
		o.close_ = nil
	}
	o.e.files = append(o.e.files, o.file)
}

type references struct {
	path string
	file *os.File
	buf  *bufio.Writer
	csv  *csv.Writer
	e    *exporter
}

func (e *exporter) openReferences() {
	path := filepath.Join(e.dir, "truth_entities.csv")
	f, err := os.Create(path)
	if err != nil {
		e.fail(fmt.Errorf("simulate: %s: %w", path, err))
		return
	}
	buf := bufio.NewWriterSize(f, 1<<20)
	e.refs = &references{path: path, file: f, buf: buf, csv: csv.NewWriter(buf), e: e}
	e.fail(e.refs.csv.Write([]string{"source", "kind", "id", "entity"}))
}

func (e *exporter) refer(system, kind, id, entity string) {
	if e.err == nil {
		e.fail(e.refs.csv.Write([]string{system, kind, id, entity}))
	}
}

func (r *references) close() error {
	r.csv.Flush()
	return closeAll(r.csv.Error, r.buf.Flush, r.file.Close)
}

func (e *exporter) writeTruth() error {
	head, err := json.MarshalIndent(e.truth, "", " ")
	if err != nil {
		return fmt.Errorf("simulate: truth.json: %w", err)
	}
	f, err := os.Create(filepath.Join(e.dir, "truth.json"))
	if err != nil {
		return fmt.Errorf("simulate: truth.json: %w", err)
	}
	buf := bufio.NewWriterSize(f, 1<<20)
	buf.Write(head[:len(head)-2]) // without the closing "\n}"
	buf.WriteString(",\n \"entities\": [")
	if err := e.copyReferences(buf); err != nil {
		f.Close()
		return err
	}
	buf.WriteString("\n ]\n}\n")
	return closeAll(buf.Flush, f.Close)
}

func (e *exporter) copyReferences(w io.Writer) error {
	f, err := os.Open(e.refs.path)
	if err != nil {
		return fmt.Errorf("simulate: truth.json: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
	r.ReuseRecord = true
	sep := "\n"
	for first := true; ; first = false {
		rec, err := r.Read()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("simulate: truth.json: %w", err)
		}
		if first {
			continue
		}
		b, err := json.Marshal(truth.Reference{System: rec[0], Kind: rec[1], ID: rec[2], Entity: rec[3]})
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintf(w, "%s  %s", sep, b); err != nil {
			return err
		}
		sep = ",\n"
	}
}
