package read

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/read/csv"
	"github.com/chanzipu/outfitter/internal/source/read/encoding"
	"github.com/chanzipu/outfitter/internal/source/read/kind"
	"github.com/chanzipu/outfitter/internal/source/read/layout"
)

const sampleRows = 1000

// A plan is how a delimited file will be read.
type plan struct {
	guess   csv.Guess
	layout  layout.Layout
	rows    [][]string // the sample
	skip    int64      // bytes before the first data record, the BOM apart
	line    int64      // of the first data record
	records int        // header and banner records to step over
}

// sniff decides dialect and layout from the head.
func (d *delivery) sniff() (plan, error) {
	fixed, none, err := csv.Stated(d.h.Delimiter, d.h.Quote)
	if err != nil {
		return plan{}, err
	}
	p := plan{guess: csv.Sniff(d.text, d.whole, fixed, none)}
	delim := p.guess.Delim
	d.note("delimiter", csv.Show(delim), p.guess.Why, p.guess.WhyZ, p.guess.Share)
	if p.guess.Quote != 0 && p.guess.Quote != '"' {
		d.note("quote", string(p.guess.Quote), "fields begin and end with it", "字段首尾都是它", 0.9)
	}
	if p.guess.Escape != 0 {
		d.note("escape", string(p.guess.Escape), "it stands before quotes or delimiters inside fields", "它出现在字段内的引号或分隔符之前", 0.9)
	}
	if p.guess.Comment != "" {
		d.note("comment", p.guess.Comment, "some lines begin with it and are no records", "以它开头的行不是记录", 0.8)
	}
	var at, offset, line []int64
	r := csv.NewReader(bytes.NewReader(d.text), p.guess.Dialect, len(d.text)+1, 0, 1)
	r.Width = p.guess.Width
	number := int64(0)
	for len(p.rows) < sampleRows {
		rec, err := r.Next()
		if err == io.EOF {
			break
		}
		number++
		if rec.Comment || rec.Blank || rec.Code != "" {
			continue
		}
		if !d.whole && r.Offset() >= int64(len(d.text)) {
			break
		}
		if len(rec.Fields) > d.l.Columns {
			return p, d.tooWide(len(rec.Fields))
		}
		p.rows = append(p.rows, validTexts(rec.Fields))
		at, offset, line = append(at, number), append(offset, rec.Offset), append(line, rec.Line)
	}
	if len(p.rows) == 0 && !d.whole {
		return p, fault.New(fault.ErrInvalid, csv.TooLong, fmt.Sprintf("the first line of %q is longer than %d MiB; it is not a table of records", d.name, len(d.text)>>20),
			fmt.Sprintf("“%s”的第一行超过 %d MiB；它不是逐行记录的表格", d.name, len(d.text)>>20))
	}
	if p.layout, err = layout.Arrange(p.rows, at, d.hints(), true); err != nil {
		return p, err
	}
	d.format.Evidence = append(d.format.Evidence, p.layout.Evidence...)
	p.records = p.layout.Start
	if p.layout.Start < len(offset) {
		p.skip, p.line = offset[p.layout.Start], line[p.layout.Start]
	} else {
		p.skip, p.line = int64(len(d.text)), 0
	}
	return p, nil
}

func (d *delivery) note(what, got, why, zh string, sure float64) {
	d.format.Evidence = append(d.format.Evidence, Evidence{What: what, Got: got, Why: why, WhyZ: zh, Sure: sure})
}

func (d *delivery) tooWide(n int) error {
	return fault.New(fault.ErrInvalid, "columns.too-many", fmt.Sprintf("%q has %d columns, more than the %d allowed; turn its columns into rows before exporting", d.name, n, d.l.Columns),
		fmt.Sprintf("“%s”有 %d 列，超过上限 %d；请先把列转成行再导出", d.name, n, d.l.Columns))
}

func validTexts(fields [][]byte) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = strings.ToValidUTF8(string(f), "\uFFFD")
	}
	return out
}

// delimited extracts the one table of a delimited file: in place where its
// bytes are clean already, else as a copy.
func (d *delivery) delimited() ([]Table, error) {
	p, err := d.sniff()
	if err != nil {
		return nil, err
	}
	t := Table{Name: kind.Stem(d.name), Header: p.layout.Names, Evidence: p.layout.Evidence}
	if len(t.Header) > d.l.Columns {
		return nil, d.tooWide(len(t.Header))
	}
	f, err := os.Open(d.path)
	if err != nil {
		return nil, fmt.Errorf("read: %q: %w", d.name, err)
	}
	defer f.Close()
	asIs, err := d.inPlace(f, p, t)
	if err != nil {
		return nil, err
	}
	if asIs && d.visit == nil {
		c, err := d.scan(f, p)
		if err != nil {
			return nil, err
		}
		if c.Clean {
			t.Path, t.Skip, t.Delim, t.Quote = d.path, p.skip+int64(d.bom), delimByte(p.guess.Delim), p.guess.Quote
			t.Rows, t.Read, t.Offsets, t.LineOf, t.Tight = c.Rows, c.Rows, c.Offsets, c.Lines, !c.Blanks
			return []Table{t}, nil
		}
		if c.Why == csv.NotUTF8 {
			again, err := d.recode(f, c.At)
			if err != nil {
				return nil, err
			}
			if again {
				return d.delimited()
			}
		}
	}
	if err := d.rewrite(f, p, &t); err != nil {
		return nil, err
	}
	return []Table{t}, nil
}

// delimByte is the delimiter as a table states it; a list of values has one that does not occur.
func delimByte(delim string) byte {
	if delim == "" {
		return 0x1f
	}
	return delim[0]
}

// inPlace tells whether the file's bytes could serve as the clean table.
func (d *delivery) inPlace(f *os.File, p plan, t Table) (bool, error) {
	g := p.guess
	if d.format.Encoding != encoding.UTF8 || len(g.Delim) > 1 || g.Escape != 0 || g.Comment != "" || g.CR || g.Trim ||
		p.layout.Shape.Pad || p.layout.Shape.Drop || p.layout.Start >= len(p.rows) {
		return false, nil
	}
	b, err := layout.NewBody(t.Name, p.layout, p.rows, d.hints())
	if err != nil || b.Wide {
		return false, err
	}
	for _, r := range p.rows[p.layout.Start:] {
		for _, c := range r {
			if layout.IsTotal(c) {
				return false, nil
			}
		}
	}
	return !d.totalsIn(f), nil
}

const totalsWhole = 32 << 20 // bytes of a file that is searched whole for the labels of totals

// totalsIn looks for cells that end like a total's label: in a small file
// everywhere, in a large one, which no person made with subtotals, at its end.
func (d *delivery) totalsIn(f *os.File) bool {
	at := int64(0)
	if d.size > totalsWhole {
		at = d.size - headBytes
	}
	in := io.NewSectionReader(f, at, d.size-at)
	buf := make([]byte, headBytes)
	keep := 0
	for {
		n, err := io.ReadFull(in, buf[keep:])
		b := buf[:keep+n]
		for _, p := range layout.TotalParts {
			for rest := b; ; {
				i := bytes.Index(rest, p)
				if i < 0 {
					break
				}
				rest = rest[i+len(p):]
				if len(rest) == 0 || bytes.IndexByte([]byte(",;\t|\"\r\n^~ :)"), rest[0]) >= 0 || rest[0] == 's' || rest[0] == 'S' {
					return true
				}
			}
		}
		if err != nil {
			return false
		}
		keep = copy(buf, b[len(b)-64:])
	}
}

// scan checks the file from its first data record on.
func (d *delivery) scan(f *os.File, p plan) (csv.Check, error) {
	at := p.skip + int64(d.bom)
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return csv.Check{}, fmt.Errorf("read: %q: %w", d.name, err)
	}
	done := at
	dialect := p.guess.Dialect
	dialect.Delim = string([]byte{delimByte(dialect.Delim)})
	return csv.Scan(f, dialect, len(p.layout.Names), int(d.l.Line), at, p.line, func(n int64) error {
		done += n
		d.progress(done, d.size)
		return d.ctx.Err()
	})
}

// recode decides the encoding anew where the head was all ASCII but what
// follows is not UTF-8. It reports whether the decision changed.
func (d *delivery) recode(f *os.File, at int64) (bool, error) {
	if d.h.Encoding != "" || d.bom > 0 || bytes.ContainsFunc(d.head, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return false, nil
	}
	b := make([]byte, 2<<20)
	n, err := f.ReadAt(b, at)
	if err != nil && err != io.EOF {
		return false, fmt.Errorf("read: %q: %w", d.name, err)
	}
	g := encoding.Detect(b[:n], err == io.EOF)
	if g.Name == encoding.UTF8 || g.BOM > 0 {
		return false, nil
	}
	return true, d.decode(g)
}

// rewrite makes the clean copy, record by record.
func (d *delivery) rewrite(f *os.File, p plan, t *Table) error {
	in, err := d.opened(f)
	if err != nil {
		return err
	}
	b, err := layout.NewBody(t.Name, p.layout, p.rows, d.hints())
	if err != nil {
		return err
	}
	s, err := newSink(d.work, t)
	if err != nil {
		return err
	}
	s.take(b)
	if d.format.Encoding == encoding.UTF8 && !b.Wide && !d.totalsIn(f) {
		b.NoTotals()
		if in, err = d.opened(f); err != nil {
			return err
		}
	}
	w := rewriter{d: d, s: s, t: t, shape: p.layout.Shape, plain: d.format.Encoding == encoding.UTF8 && !b.Wide}
	if w.plain {
		t.Origin = &Origin{Path: d.path, Dialect: p.guess.Dialect, Shape: w.shape}
	}
	r := csv.NewReader(in, p.guess.Dialect, int(d.l.Line), int64(d.bom), 1)
	r.Width = w.shape.Width
	if err := w.all(r, p); err != nil {
		s.drop()
		return err
	}
	if t.Rows == 0 && t.Read == 1 && t.Rejects[0].Code == csv.TooLong {
		s.drop()
		return fault.New(fault.ErrInvalid, csv.TooLong, fmt.Sprintf("the only line of %q is longer than %d MiB; it is not a table of records", d.name, d.l.Line>>20),
			fmt.Sprintf("“%s”唯一的一行超过 %d MiB；它不是逐行记录的表格", d.name, d.l.Line>>20))
	}
	return s.close()
}

// A rewriter turns records into clean ones or rejects.
type rewriter struct {
	d     *delivery
	s     *sink
	t     *Table
	shape layout.Shape
	plain bool // offsets are those of the original
	tail  []footer
	blank bool // a blank line came last
}

// A footer is a record at the end that may be a note below the table.
type footer struct {
	reject Reject
	text   []byte
	blank  bool // a blank line stood before it
}

func (w *rewriter) all(r *csv.Reader, p plan) error {
	for skipped := 0; ; {
		rec, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read: %q: %w", w.d.name, err)
		}
		if rec.Comment || rec.Blank {
			w.blank = w.blank || rec.Blank
			continue
		}
		if skipped < p.records {
			if rec.Code == "" { // else a broken banner line
				skipped++
			}
			w.d.met(w.t, w.t.Read, rec, p.guess.Dialect, nil)
			continue
		}
		before := w.t.Read
		if err := w.record(rec); err != nil {
			return err
		}
		w.d.met(w.t, before, rec, p.guess.Dialect, p.layout.Names)
		w.blank = false
	}
	return w.footers()
}

func (w *rewriter) record(rec csv.Record) error {
	if rec.Code != "" {
		return w.refuse(rec, brokenReason(rec, w.d.l))
	}
	fields, ok := w.shape.Fit(rec.Fields)
	if !ok {
		rej := widthReason(rec, w.shape.Width)
		if rej.Code == "fields.too-few" && layout.One(rec.Fields) && utf8.Valid(rec.Raw) {
			w.tail = append(w.tail, footer{reject: rej, text: bytes.Clone(rec.Raw[:min(len(rec.Raw), maxText)]), blank: w.blank})
			if len(w.tail) <= 30 {
				return nil
			}
			return w.flush()
		}
		return w.refuse(rec, rej)
	}
	if !utf8.Valid(rec.Raw) {
		return w.refuse(rec, w.badBytes(rec))
	}
	if err := w.flush(); err != nil {
		return err
	}
	if w.plain && w.t.Rows%csv.Every == 0 && int64(len(w.t.Origin.Offsets)) == w.t.Rows/csv.Every {
		w.t.Origin.Offsets = append(w.t.Origin.Offsets, rec.Offset)
	}
	return w.s.row(fields, rec.Line)
}

func (w *rewriter) refuse(rec csv.Record, r Reject) error {
	if err := w.flush(); err != nil {
		return err
	}
	w.t.Read++
	return w.s.reject(r, rec.Raw)
}

// flush rejects the records that turned out not to be the file's last.
func (w *rewriter) flush() error {
	for _, f := range w.tail {
		w.t.Read++
		if err := w.s.reject(f.reject, f.text); err != nil {
			return err
		}
	}
	w.tail = w.tail[:0]
	return nil
}

// footers keeps notes below the table apart: they follow a blank line or
// begin as notes do. Anything else stays a rejected row.
func (w *rewriter) footers() error {
	var notes []string
	from := len(w.tail)
	for i, f := range w.tail {
		if f.blank || layout.IsNote(string(f.text)) {
			from = i
			break
		}
	}
	for _, f := range w.tail[from:] {
		notes = append(notes, strings.TrimSpace(string(f.text)))
	}
	w.tail = w.tail[:from]
	if len(notes) > 0 {
		w.t.Evidence = append(w.t.Evidence, layout.Footer(notes))
	}
	return w.flush()
}
