package read

import (
	"context"

	"github.com/chanzipu/outfitter/internal/source/read/csv"
)

// A Spot is one record of a delivery as it stands there: of text its bytes and
// their offset, of a workbook its sheet and row.
type Spot struct {
	Table  int      // 0-based, as Extract orders them
	Name   string   // of the table
	Row    int64    // among the read rows; 0 = header, banner, subtotal or note
	Names  []string // of the columns as the original has them; nil = not known
	Fields []string // of text and workbooks

	Offset int64 // of Raw in the text, decoded, behind any byte order mark
	Raw    []byte
	Spans  [][2]int       // of Fields in Raw; nil for JSON
	Paths  map[string]int // JSON: which of Names a path is

	Sheet int   // workbook: 0-based
	Line  int64 // workbook: 1-based row of the sheet
	Left  int   // workbook: column of the first of Fields
}

// Walk reads a delivery as Extract does and calls visit for every record of
// it. It leaves its copies in the empty folder work.
func Walk(ctx context.Context, path, name, work string, h Hints, l Limits, visit func(Spot)) (Format, error) {
	d, err := open(ctx, path, name, h, l)
	if err != nil {
		return Format{}, err
	}
	d.work, d.visit = work, visit
	f, _, err := d.extract()
	return f, err
}

// met tells who asks of a record of delimited text.
func (d *delivery) met(t *Table, before int64, rec csv.Record, dialect csv.Dialect, names []string) {
	if d.visit == nil {
		return
	}
	s := Spot{Name: t.Name, Names: names, Raw: rec.Raw, Offset: rec.Offset - int64(d.bom)}
	if t.Read > before {
		s.Row = t.Read
	}
	if rec.Code == "" {
		s.Fields, s.Spans = texts(rec.Fields), dialect.Spans(rec.Raw)
	}
	if len(s.Spans) != len(s.Fields) || rec.Code != "" { // what can't be told apart counts as one
		s.Fields, s.Spans, s.Names = []string{string(rec.Raw)}, [][2]int{{0, len(rec.Raw)}}, nil
	}
	d.visit(s)
}
