package read

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/read/excel"
	"github.com/chanzipu/outfitter/internal/source/read/layout"
)

// workbook extracts a table from each sheet that holds cells.
func (d *delivery) workbook() ([]Table, error) {
	l := excel.Limits{Bytes: d.l.Bytes, Ratio: d.l.Ratio, Columns: min(d.l.Columns, 1<<14), Rows: d.l.SheetRows}
	open := excel.OpenXLSX
	if d.format.Kind == XLS {
		open = excel.OpenXLS
	}
	book, err := open(d.path, l)
	if err != nil {
		return nil, d.bookFault(err)
	}
	defer book.Close()
	if book.Date1904() {
		d.note("date_system", "1904", "the workbook counts days from 1904-01-01", "工作簿从 1904-01-01 起计日", 1)
	}
	var tables []Table
	for i, sheet := range book.Sheets() {
		if d.h.Sheet != "" && sheet.Name != d.h.Sheet {
			continue
		}
		if err := d.ctx.Err(); err != nil {
			return nil, err
		}
		t, err := d.sheet(book, i, sheet)
		if err != nil {
			return nil, d.bookFault(err)
		}
		if t != nil {
			tables = append(tables, *t)
			d.sheets++
		}
		d.progress(d.size*int64(i+1)/int64(len(book.Sheets())), d.size)
	}
	if len(tables) == 0 {
		return nil, d.noSheet(book)
	}
	return tables, nil
}

func (d *delivery) noSheet(book excel.Book) error {
	var names []string
	for _, s := range book.Sheets() {
		names = append(names, s.Name)
	}
	list := strings.Join(names, ", ")
	if d.h.Sheet != "" && !slices.Contains(names, d.h.Sheet) {
		return fault.New(fault.ErrNotFound, "sheet.missing", fmt.Sprintf("%q has no sheet %q; it has: %s", d.name, d.h.Sheet, list), fmt.Sprintf("“%s”没有工作表“%s”；现有：%s", d.name, d.h.Sheet, list))
	}
	return fault.New(fault.ErrNotFound, "file.empty", fmt.Sprintf("no sheet of %q holds any cell (%s)", d.name, list), fmt.Sprintf("“%s”的工作表都没有内容（%s）", d.name, list))
}

// bookFault words what went wrong with a workbook.
func (d *delivery) bookFault(err error) error {
	words := []struct {
		err          error
		kind         error
		code, en, zh string
	}{
		{excel.ErrLocked, fault.ErrInvalid, "workbook.locked", "is protected by a password; save it without one", "有密码保护；请去掉密码后另存"},
		{excel.ErrBomb, fault.ErrDenied, "archive.bomb", "unpacks to more than is allowed; save the sheet as CSV", "解压后超过允许的大小；请把工作表另存为 CSV"},
		{excel.ErrColumns, fault.ErrInvalid, "columns.too-many", fmt.Sprintf("has cells beyond column %d; turn columns into rows or delete stray cells", d.l.Columns), fmt.Sprintf("在第 %d 列之外还有单元格；请把列转成行，或删除多余单元格", d.l.Columns)},
		{excel.ErrRows, fault.ErrInvalid, "rows.too-many", fmt.Sprintf("has cells beyond row %d; save the sheet as CSV", d.l.SheetRows), fmt.Sprintf("在第 %d 行之外还有单元格；请另存为 CSV", d.l.SheetRows)},
		{excel.ErrTooOld, fault.ErrInvalid, "workbook.old", "is a workbook of a version before Excel 5; save it as XLSX", "是 Excel 5 之前版本的工作簿；请另存为 XLSX"},
		{excel.ErrBinaryXML, fault.ErrInvalid, "workbook.binary", "is a binary workbook (XLSB); save it as XLSX", "是二进制工作簿（XLSB）；请另存为 XLSX"},
		{excel.ErrNotABook, fault.ErrInvalid, "kind.binary", "is an Office document of another kind, not a workbook; export the table as XLSX or CSV", "是其他 Office 文档，不是工作簿；请把表格导出为 XLSX 或 CSV"},
		{excel.ErrDamaged, fault.ErrDenied, "file.damaged", "is a workbook that is cut off or damaged; get it again from its source", "是不完整或已损坏的工作簿；请重新获取"},
	}
	for _, w := range words {
		if errors.Is(err, w.err) {
			return fault.New(w.kind, w.code, fmt.Sprintf("%q %s", d.name, w.en), fmt.Sprintf("“%s”%s", d.name, w.zh))
		}
	}
	var fe *fault.Error
	if errors.As(err, &fe) || d.ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("read: %q: %w", d.name, err)
}

const bannerRows = 1000 // sheet rows from which the layout is decided

// sheet extracts one sheet; nil where it holds no cell.
func (d *delivery) sheet(book excel.Book, i int, sheet excel.Sheet) (*Table, error) {
	var rows [][]string
	var at []int64
	err := book.Rows(i, func(row int, cells []excel.Cell) error {
		text := make([]string, len(cells))
		for j, c := range cells {
			if c.Sort != excel.Error {
				text[j] = c.Text
			} else {
				text[j] = " " // filled by something that is no value
			}
		}
		if layout.Filled(text) == 0 {
			return nil
		}
		rows, at = append(rows, text), append(at, int64(row))
		if len(rows) >= bannerRows {
			return excel.ErrStop
		}
		return nil
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	merges, err := book.Merges(i)
	if err != nil {
		return nil, err
	}
	left, width := layout.Square(rows)
	layout.FillMerges(rows, at, merges, left)
	l, err := layout.Arrange(rows, at, d.hints(), false)
	if err != nil {
		return nil, err
	}
	t := &Table{Name: sheet.Name, Header: l.Names, Evidence: l.Evidence}
	if sheet.Hidden {
		t.Evidence = append(t.Evidence, Evidence{What: "sheet", Got: "hidden", Why: "the sheet is hidden in the workbook", WhyZ: "该工作表在工作簿中是隐藏的", Sure: 1})
	}
	first := int64(1) << 62
	if l.Start < len(at) {
		first = at[l.Start]
	}
	return t, d.cells(book, i, t, l, rows, first, left, width)
}

// cells writes the data rows.
func (d *delivery) cells(book excel.Book, i int, t *Table, l layout.Layout, sample [][]string, first int64, left, width int) error {
	b, err := layout.NewBody(t.Name, l, sample, d.hints())
	if err != nil {
		return err
	}
	s, err := newSink(d.work, t)
	if err != nil {
		return err
	}
	s.take(b)
	w := sheetRows{d: d, sheet: i, s: s, width: max(width, len(l.Names)), left: left, names: l.Names}
	err = book.Rows(i, func(row int, cells []excel.Cell) error {
		if int64(row) < first {
			w.banner(int64(row), cells)
			return nil
		}
		if row%4096 == 0 && d.ctx.Err() != nil {
			return d.ctx.Err()
		}
		return w.row(int64(row), cells)
	})
	if err == nil {
		err = w.end()
	}
	if err != nil {
		s.drop()
		return err
	}
	return s.close()
}

// sheetRows turns rows of cells into rows of a body.
type sheetRows struct {
	d     *delivery
	sheet int
	s     *sink
	names []string
	left  int
	width int
	last  int64
	tail  []held
}

// held is a row with one cell, which may be a note below the table.
type held struct {
	line   int64
	fields [][]byte
	after  bool // empty rows stand above it
}

func (w *sheetRows) row(line int64, cells []excel.Cell) error {
	fields := make([][]byte, len(w.names))
	var errs []int
	n, texts := 0, 0
	for j, c := range cells {
		if c.Sort == excel.Empty || strings.TrimSpace(c.Text) == "" {
			continue
		}
		k := j - w.left
		if k < 0 || k >= len(fields) {
			return w.outside(line, cells)
		}
		n++
		if c.Sort == excel.Error {
			errs = append(errs, k)
			continue
		}
		if c.Sort == excel.Text {
			texts++
		}
		fields[k] = []byte(c.Text)
	}
	if n == 0 {
		return nil
	}
	after := w.last > 0 && line > w.last+1
	w.last = line
	if len(w.names) > 2 && n == 1 && texts == 1 && len(w.tail) < 30 || len(w.tail) > 0 && texts == n && len(w.names) > n*2 && len(w.tail) < 30 {
		w.tail = append(w.tail, held{line: line, fields: fields, after: after})
		return nil
	}
	if err := w.flush(); err != nil {
		return err
	}
	return w.put(line, fields, errs, cells)
}

// banner tells who asks of a row above the data.
func (w *sheetRows) banner(line int64, cells []excel.Cell) {
	fields := make([][]byte, len(cells))
	for j, c := range cells {
		fields[j] = []byte(c.Text)
	}
	w.met(line, fields, 0, w.s.t.Read)
}

// met tells who asks of a row that was read, or set aside.
func (w *sheetRows) met(line int64, fields [][]byte, left int, before int64) {
	if w.d.visit == nil {
		return
	}
	s := Spot{Table: w.d.sheets, Name: w.s.t.Name, Names: w.names, Fields: texts(fields), Sheet: w.sheet, Line: line, Left: left}
	if w.s.t.Read > before {
		s.Row = w.s.t.Read
	}
	w.d.visit(s)
}

func (w *sheetRows) put(line int64, fields [][]byte, errs []int, cells []excel.Cell) error {
	before := w.s.t.Read
	if err := w.s.row(fields, line); err != nil {
		return err
	}
	w.met(line, fields, w.left, before)
	for _, k := range errs {
		c := cells[k+w.left]
		if len(w.s.t.Rejects) < maxRejects {
			if err := w.s.reject(Reject{Line: line, Column: w.names[k], Code: "cell.error", Reason: "the formula's value is the error " + c.Text, Zh: "公式的值是错误 " + c.Text}, []byte(c.Text)); err != nil {
				return err
			}
		}
	}
	return nil
}

// outside refuses a row with cells where the table has no column.
func (w *sheetRows) outside(line int64, cells []excel.Cell) error {
	if err := w.flush(); err != nil {
		return err
	}
	var text []byte
	fields := make([][]byte, len(cells))
	for j, c := range cells {
		text = append(append(text, c.Text...), ',')
		fields[j] = []byte(c.Text)
	}
	w.s.t.Read++
	w.met(line, fields, 0, w.s.t.Read-1)
	w.last = line
	return w.s.reject(Reject{Line: line, Code: "fields.too-many", Reason: "the row has cells outside the table's columns", Zh: "该行在表格的列之外还有单元格"}, text)
}

func (w *sheetRows) flush() error {
	for _, h := range w.tail {
		before := w.s.t.Read
		if err := w.s.row(h.fields, h.line); err != nil {
			return err
		}
		w.met(h.line, h.fields, w.left, before)
	}
	w.tail = w.tail[:0]
	return nil
}

// end keeps notes at the sheet's end apart; other rows held back are rows.
func (w *sheetRows) end() error {
	from := len(w.tail)
	text := func(h held) string {
		var parts []string
		for _, f := range h.fields {
			if len(f) > 0 {
				parts = append(parts, string(f))
			}
		}
		return strings.Join(parts, " ")
	}
	for i, h := range w.tail {
		if h.after || layout.IsNote(text(h)) {
			from = i
			break
		}
	}
	var notes []string
	for _, h := range w.tail[from:] {
		notes = append(notes, text(h))
		w.met(h.line, h.fields, w.left, w.s.t.Read)
	}
	w.tail = w.tail[:from]
	if len(notes) > 0 {
		w.s.t.Evidence = append(w.s.t.Evidence, layout.Footer(notes))
	}
	return w.flush()
}
