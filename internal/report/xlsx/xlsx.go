// Package xlsx prints a report's figures as a workbook: a sheet per table and
// per chart, and one with every figure and its claim.
//
// Numbers stay numbers; text that a spreadsheet would take for a formula is
// made safe.
package xlsx

import (
	"fmt"
	"io"
	"math"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/sheet"
)

// Write prints the document in one language.
func Write(w io.Writer, d *report.Document, lang string) error {
	b := &book{x: excelize.NewFile(), lang: lang, names: map[string]bool{}}
	defer func() { _ = b.x.Close() }()
	if err := b.style(); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	figures := [][]any{b.header("章节|数字|值|区间下限|区间上限|单位|读作|等级|论断|说明", "Chapter|Figure|Value|Low|High|Unit|As read|Grade|Claim|Note")}
	d.Walk(func(c report.Chapter, s report.Section, bl report.Block) {
		switch x := bl.(type) {
		case report.Figures:
			for _, f := range x.Items {
				figures = append(figures, []any{b.in(c.Title), b.in(f.Label), number(f.Value), number(f.Lo), number(f.Hi), b.in(f.Unit.Word()), b.in(f.Shown), string(f.Grade), f.Claim, b.in(f.Note)})
			}
		case report.Table:
			b.tables = append(b.tables, table{title: first(b.in(x.Title), b.in(c.Title)+" "+b.in(s.Title)), rows: b.table(x)})
		case report.Chart:
			b.tables = append(b.tables, table{title: first(b.in(x.Title), x.ID), rows: b.chart(x)})
		}
	})
	b.tables = append([]table{{title: b.in(report.T("全部数字", "All figures")), rows: figures}}, b.tables...)
	if err := b.write(d); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	if err := b.x.Write(w); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return nil
}

type table struct {
	title string
	rows  [][]any
}

type book struct {
	x          *excelize.File
	lang       string
	names      map[string]bool
	tables     []table
	head, wrap int
}

func (b *book) in(t report.Text) string { return report.In(t, b.lang) }

func first(s, other string) string {
	if strings.TrimSpace(s) == "" {
		return other
	}
	return s
}

// number is nil where there is none.
func number(v float64) any {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return v
}

func (b *book) header(zh, en string) []any {
	var out []any
	for _, s := range strings.Split(b.in(report.T(zh, en)), "|") {
		out = append(out, s)
	}
	return out
}

func (b *book) table(t report.Table) [][]any {
	var head []any
	for _, c := range t.Columns {
		head = append(head, b.in(c.Title))
	}
	out := [][]any{append(head, b.header("等级|论断", "Grade|Claim")...)}
	for _, row := range t.Rows {
		line, grade, claim := make([]any, len(t.Columns)), "", ""
		for i, c := range row {
			if i < len(line) {
				line[i] = b.in(c.Text)
				if c.Number != nil {
					line[i] = number(*c.Number)
				}
			}
			grade, claim = first(grade, string(c.Grade)), first(claim, c.Claim)
		}
		out = append(out, append(line, grade, claim))
	}
	return out
}

func (b *book) chart(c report.Chart) [][]any {
	head := []any{""}
	for _, s := range c.Series {
		head = append(head, first(b.in(s.Name), b.in(c.Title)))
		if s.Lo != nil {
			head = append(head, b.in(report.T("下限", "low")), b.in(report.T("上限", "high")))
		}
	}
	out := [][]any{append(head, b.in(report.T("单位", "Unit")), b.in(report.T("论断", "Claim")))}
	for i, l := range c.Labels {
		line := []any{b.in(l)}
		at := func(v []float64) any {
			if i < len(v) {
				return number(v[i])
			}
			return nil
		}
		for _, s := range c.Series {
			line = append(line, at(s.Values))
			if s.Lo != nil {
				line = append(line, at(s.Lo), at(s.Hi))
			}
		}
		out = append(out, append(line, b.in(c.Unit.Word()), c.Claim))
	}
	return out
}

func (b *book) style() (err error) {
	b.head, err = b.x.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Color: "12354F"}, Border: []excelize.Border{{Type: "bottom", Color: "12354F", Style: 2}}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "bottom"}})
	if err != nil {
		return err
	}
	b.wrap, err = b.x.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	return err
}

// write makes the list of sheets, then a sheet for each table.
func (b *book) write(d *report.Document) error {
	list := b.name(b.in(report.T("目录", "Contents")))
	if err := b.x.SetSheetName("Sheet1", list); err != nil {
		return err
	}
	contents := [][]any{{fmt.Sprintf("%d %s", d.Year, b.in(d.Title)), d.Company}, {}, b.header("表|行数", "Sheet|Rows")}
	for _, t := range b.tables {
		name := b.name(t.title)
		if _, err := b.x.NewSheet(name); err != nil {
			return err
		}
		if err := b.fill(name, t.rows, 1); err != nil {
			return err
		}
		contents = append(contents, []any{name, len(t.rows) - 1})
	}
	if err := b.fill(list, contents, 3); err != nil {
		return err
	}
	for i := range b.tables {
		cell, err := excelize.CoordinatesToCellName(1, i+4)
		if err != nil {
			return err
		}
		name, _ := contents[i+3][0].(string)
		if err := b.x.SetCellHyperLink(list, cell, "'"+strings.ReplaceAll(name, "'", "''")+"'!A1", "Location"); err != nil {
			return err
		}
	}
	return nil
}

// name is one that Excel takes: at most 31 characters, none twice.
func (b *book) name(title string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) || r < ' ' {
			return ' '
		}
		return r
	}, title)
	runes := []rune(strings.TrimSpace(clean))
	for n := 1; ; n++ {
		tail := ""
		if n > 1 {
			tail = fmt.Sprintf(" %d", n)
		}
		s := strings.TrimSpace(string(runes[:min(len(runes), 31-len(tail))])) + tail
		if s != "" && !b.names[strings.ToLower(s)] {
			b.names[strings.ToLower(s)] = true
			return s
		}
	}
}

func (b *book) fill(name string, rows [][]any, head int) error {
	widths := map[int]int{}
	for y, row := range rows {
		for x, v := range row {
			cell, err := excelize.CoordinatesToCellName(x+1, y+1)
			if err != nil {
				return err
			}
			if s, ok := v.(string); ok {
				v = sheet.Safe(s)
				widths[x] = max(widths[x], wide(s))
			}
			if v == nil {
				continue
			}
			if err := b.x.SetCellValue(name, cell, v); err != nil {
				return err
			}
			style := b.wrap
			if y+1 == head {
				style = b.head
			}
			if err := b.x.SetCellStyle(name, cell, cell, style); err != nil {
				return err
			}
		}
	}
	for x, w := range widths {
		col, err := excelize.ColumnNumberToName(x + 1)
		if err != nil {
			return err
		}
		if err := b.x.SetColWidth(name, col, col, float64(min(max(w+2, 9), 60))); err != nil {
			return err
		}
	}
	return b.x.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: head, TopLeftCell: fmt.Sprintf("A%d", head+1), ActivePane: "bottomLeft"})
}

func wide(s string) int {
	n := 0
	for _, r := range s {
		if n++; r > 0x2e7f {
			n++
		}
	}
	return n
}
