// Package workbook makes 今年干了什么.xlsx: the sheet in which a middle office
// that has no ticket system writes down what it launched, for which team,
// when and at what cost. Filled in an hour, it is imported as it is.
//
// Two facts that surprise: only the sheet 干活账 (Work in English) holds
// records, the examples stand on a sheet of their own, so nobody imports
// them by mistake; and the same rows always give the same bytes.
package workbook

import (
	"fmt"
	"io"
	"time"

	"github.com/xuri/excelize/v2"
)

// A Row is one thing that the middle office did.
type Row struct {
	Kind    string // one of Kinds in the workbook's language
	Name    string
	Team    string // for whom; several parted by 、
	Start   time.Time
	End     time.Time // zero: still on
	Owner   string
	Hours   float64
	Cost    float64 // yuan, outside spending
	Before  string  // what it replaced
	Line    string  // the measure agreed beforehand
	Example string  // one concrete afternoon
	Note    string
}

// words are a language's sheets, columns and texts.
type words struct {
	guide, work, examples, options string
	header                         []string
	kinds, lines                   []string
	guideText                      [][2]string
	rows                           []Row
	dateTitle, dateText            string
	numberTitle, numberText        string
	listTitle, listText            string
	creator                        string
}

// Empty rows that carry validation, beneath the header.
const lastRow = 2000

var widths = []float64{10, 10, 30, 22, 13, 13, 12, 11, 14, 26, 30, 46, 22}

// Write writes the empty workbook: lang is zh or en.
func Write(w io.Writer, lang string) error { return WriteRows(w, lang, nil) }

// WriteRows writes the workbook with rows filled in.
func WriteRows(w io.Writer, lang string, rows []Row) error {
	t, ok := languages[lang]
	if !ok {
		return fmt.Errorf("workbook: language %q: use zh or en", lang)
	}
	f := excelize.NewFile()
	defer f.Close()
	b := &builder{f: f, t: t}
	b.start()
	b.sheet(t.work, rows)
	b.sheet(t.examples, t.rows)
	b.optionSheet()
	b.validate(t.work, lastRow)
	b.validate(t.examples, len(t.rows)+1)
	if b.err != nil {
		return fmt.Errorf("workbook: %w", b.err)
	}
	if i, err := f.GetSheetIndex(t.work); err == nil {
		f.SetActiveSheet(i)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("workbook: %w", err)
	}
	return nil
}

// builder keeps the first error.
type builder struct {
	f                        *excelize.File
	t                        words
	head, wrap, day, big, hi int
	err                      error
}

func (b *builder) do(err error) {
	if b.err == nil {
		b.err = err
	}
}

func (b *builder) style(s *excelize.Style) int {
	id, err := b.f.NewStyle(s)
	b.do(err)
	return id
}

// start makes the styles and the guide.
func (b *builder) start() {
	const stamp = "2026-01-01T00:00:00Z"
	b.do(b.f.SetDocProps(&excelize.DocProperties{Creator: b.t.creator, Title: b.t.guide, Created: stamp, Modified: stamp}))
	format := "yyyy-mm-dd"
	border := []excelize.Border{{Type: "bottom", Color: "8EA9DB", Style: 1}}
	b.head = b.style(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E78"}}, Border: border, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}})
	b.wrap = b.style(&excelize.Style{Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}})
	b.day = b.style(&excelize.Style{CustomNumFmt: &format, Alignment: &excelize.Alignment{Vertical: "top"}})
	b.big = b.style(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}})
	b.hi = b.style(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{Vertical: "top"}})

	b.do(b.f.SetSheetName("Sheet1", b.t.guide))
	b.do(b.f.SetColWidth(b.t.guide, "A", "A", 22))
	b.do(b.f.SetColWidth(b.t.guide, "B", "B", 96))
	for i, line := range b.t.guideText {
		at := fmt.Sprint(i + 1)
		b.do(b.f.SetCellStr(b.t.guide, "A"+at, line[0]))
		b.do(b.f.SetCellStr(b.t.guide, "B"+at, line[1]))
		left := b.hi
		if i == 0 {
			left = b.big
		}
		b.do(b.f.SetCellStyle(b.t.guide, "A"+at, "A"+at, left))
		b.do(b.f.SetCellStyle(b.t.guide, "B"+at, "B"+at, b.wrap))
	}
}

// sheet writes a sheet of records with its frozen header.
func (b *builder) sheet(name string, rows []Row) {
	_, err := b.f.NewSheet(name)
	b.do(err)
	last, err := excelize.ColumnNumberToName(len(b.t.header))
	b.do(err)
	b.do(b.f.SetSheetRow(name, "A1", &b.t.header))
	b.do(b.f.SetCellStyle(name, "A1", last+"1", b.head))
	b.do(b.f.SetRowHeight(name, 1, 32))
	for i, width := range widths {
		col, err := excelize.ColumnNumberToName(i + 1)
		b.do(err)
		b.do(b.f.SetColWidth(name, col, col, width))
	}
	b.do(b.f.SetPanes(name, &excelize.Panes{Freeze: true, XSplit: 3, YSplit: 1, TopLeftCell: "D2", ActivePane: "bottomRight"}))
	for i, r := range rows {
		cells := []any{fmt.Sprintf("W%03d", i+1), r.Kind, r.Name, r.Team, serial(r.Start), serial(r.End), r.Owner, number(r.Hours), number(r.Cost), r.Before, r.Line, r.Example, r.Note}
		for k, c := range cells {
			if c == nil || c == "" {
				continue
			}
			at, err := excelize.CoordinatesToCellName(k+1, i+2)
			b.do(err)
			b.do(b.f.SetCellValue(name, at, c))
			style := b.wrap
			if k == 4 || k == 5 {
				style = b.day
			}
			b.do(b.f.SetCellStyle(name, at, at, style))
		}
	}
	end := max(lastRow, len(rows)+1)
	if name == b.t.work {
		for i := len(rows) + 2; i <= end; i += end { // the empty date cells look like dates when filled
			b.do(b.f.SetCellStyle(name, fmt.Sprintf("E%d", i), fmt.Sprintf("F%d", min(end, i+200)), b.day))
		}
	}
}

// serial is Excel's day number, nil for no date.
func serial(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	d := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	return int(d.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24)
}

func number(x float64) any {
	if x == 0 {
		return nil
	}
	return x
}

// optionSheet lists what the drop-downs offer; people add to it.
func (b *builder) optionSheet() {
	t := b.t
	_, err := b.f.NewSheet(t.options)
	b.do(err)
	b.do(b.f.SetSheetRow(t.options, "A1", &[]string{t.header[1], t.header[10]}))
	b.do(b.f.SetCellStyle(t.options, "A1", "B1", b.head))
	b.do(b.f.SetColWidth(t.options, "A", "A", 14))
	b.do(b.f.SetColWidth(t.options, "B", "B", 40))
	for i, k := range t.kinds {
		b.do(b.f.SetCellStr(t.options, fmt.Sprintf("A%d", i+2), k))
	}
	for i, l := range t.lines {
		b.do(b.f.SetCellStr(t.options, fmt.Sprintf("B%d", i+2), l))
	}
}

// validate puts the checks on a sheet's rows 2 to last.
func (b *builder) validate(sheet string, last int) {
	add := func(cols string, set func(*excelize.DataValidation) error, stop bool, title, text string) {
		dv := excelize.NewDataValidation(true)
		dv.Sqref = fmt.Sprintf("%c2:%c%d", cols[0], cols[len(cols)-1], last)
		b.do(set(dv))
		style := excelize.DataValidationErrorStyleWarning
		if stop {
			style = excelize.DataValidationErrorStyleStop
		}
		dv.SetError(style, title, text)
		dv.SetInput(title, text)
		b.do(b.f.AddDataValidation(sheet, dv))
	}
	t := b.t
	add("B", func(dv *excelize.DataValidation) error {
		dv.SetSqrefDropList(fmt.Sprintf("'%s'!$A$2:$A$%d", t.options, len(t.kinds)+1))
		return nil
	}, true, t.listTitle, t.listText)
	add("EF", func(dv *excelize.DataValidation) error {
		return dv.SetRange(36526, 73050, excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween) // 2000-01-01 to 2099-12-31
	}, true, t.dateTitle, t.dateText)
	add("HI", func(dv *excelize.DataValidation) error {
		return dv.SetRange(0, 1_000_000_000, excelize.DataValidationTypeDecimal, excelize.DataValidationOperatorBetween)
	}, true, t.numberTitle, t.numberText)
	add("K", func(dv *excelize.DataValidation) error {
		dv.SetSqrefDropList(fmt.Sprintf("'%s'!$B$2:$B$%d", t.options, len(t.lines)+1))
		return nil
	}, false, t.header[10], t.guideText[9][1])
}

// Kinds are the kinds of work in a language: launch, data pull, support,
// incident.
func Kinds(lang string) []string { return languages[lang].kinds }
