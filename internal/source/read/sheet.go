package read

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/read/excel"
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
		if filled(text) == 0 {
			return nil
		}
		rows, at = append(rows, text), append(at, int64(row))
		if len(rows) >= bannerRows {
			return excel.Stop
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
	left, width := square(rows)
	fillMerges(rows, at, merges, left)
	l, err := arrange(rows, at, d.h, false)
	if err != nil {
		return nil, err
	}
	t := &Table{Name: sheet.Name, Header: l.names, Evidence: l.evidence}
	if sheet.Hidden {
		t.Evidence = append(t.Evidence, Evidence{What: "sheet", Got: "hidden", Why: "the sheet is hidden in the workbook", WhyZ: "该工作表在工作簿中是隐藏的", Sure: 1})
	}
	first := int64(1) << 62
	if l.start < len(at) {
		first = at[l.start]
	}
	return t, d.cells(book, i, t, l, rows, first, left, width)
}

// square crops empty columns at the left and makes all rows as wide as the widest.
func square(rows [][]string) (left, width int) {
	left = 1 << 30
	for _, r := range rows {
		for j, c := range r {
			if strings.TrimSpace(c) != "" {
				left = min(left, j)
				width = max(width, j+1)
			}
		}
	}
	for i, r := range rows {
		for len(r) < width {
			r = append(r, "")
		}
		rows[i] = r[left:width]
	}
	return left, width - left
}

// fillMerges writes the label of a merged range into each of its cells of one
// row, as far as the range is narrower than the sheet: a title is not a header.
func fillMerges(rows [][]string, at []int64, merges []excel.Range, left int) {
	for _, m := range merges {
		i, ok := slices.BinarySearch(at, int64(m.Top+1))
		if !ok || m.Right == m.Left || i >= 20 {
			continue
		}
		from, to := m.Left-left, min(m.Right-left, len(rows[i])-1)
		if from < 0 || from >= len(rows[i]) || (to-from+1)*10 >= len(rows[i])*9 || filled(rows[i]) < 2 {
			continue
		}
		for j := from + 1; j <= to; j++ {
			if rows[i][j] == "" {
				rows[i][j] = rows[i][from]
			}
		}
	}
}

// cells writes the data rows.
func (d *delivery) cells(book excel.Book, i int, t *Table, l layout, sample [][]string, first int64, left, width int) error {
	b, err := newBody(t, l, sample, d.h)
	if err != nil {
		return err
	}
	s, err := newSink(d.work, t)
	if err != nil {
		return err
	}
	b.s = s
	w := sheetRows{d: d, b: b, width: max(width, len(l.names)), left: left, names: l.names}
	err = book.Rows(i, func(row int, cells []excel.Cell) error {
		if int64(row) < first {
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
	b.end()
	return s.close()
}

// sheetRows turns rows of cells into rows of a body.
type sheetRows struct {
	d     *delivery
	b     *body
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

func (w *sheetRows) put(line int64, fields [][]byte, errs []int, cells []excel.Cell) error {
	if err := w.b.row(fields, line); err != nil {
		return err
	}
	for _, k := range errs {
		c := cells[k+w.left]
		if len(w.b.t.Rejects) < maxRejects {
			if err := w.b.s.reject(Reject{Line: line, Column: w.names[k], Code: "cell.error", Reason: "the formula's value is the error " + c.Text, Zh: "公式的值是错误 " + c.Text}, []byte(c.Text)); err != nil {
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
	for _, c := range cells {
		text = append(append(text, c.Text...), ',')
	}
	w.b.t.Read++
	w.last = line
	return w.b.s.reject(Reject{Line: line, Code: "fields.too-many", Reason: "the row has cells outside the table's columns", Zh: "该行在表格的列之外还有单元格"}, text)
}

func (w *sheetRows) flush() error {
	for _, h := range w.tail {
		if err := w.b.row(h.fields, h.line); err != nil {
			return err
		}
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
		if h.after || isNote(text(h)) {
			from = i
			break
		}
	}
	var notes []string
	for _, h := range w.tail[from:] {
		notes = append(notes, text(h))
	}
	w.tail = w.tail[:from]
	if len(notes) > 0 {
		w.b.t.Evidence = append(w.b.t.Evidence, Evidence{What: "footer", Got: clip(strings.Join(notes, " ⏎ "), 300), Sure: 0.9,
			Why: fmt.Sprintf("%d rows below the table are notes", len(notes)), WhyZ: fmt.Sprintf("表格下方有 %d 行说明", len(notes))})
	}
	return w.flush()
}
