// Package sheet writes tables that spreadsheets open as they are meant.
//
// CSV starts with a BOM, so that Excel reads Chinese; a text that a
// spreadsheet would take for a formula gets an apostrophe before it, in both
// formats. Numbers stay numbers. It owns no tables.
package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// A Writer takes a table row by row. Close finishes the file.
type Writer interface {
	Row(cells ...any) error
	Close() error
}

// Safe returns the text so that no spreadsheet takes it for a formula.
func Safe(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n|", rune(s[0])) || strings.HasPrefix(s, "＝") || strings.HasPrefix(s, "＋") || strings.HasPrefix(s, "－") || strings.HasPrefix(s, "＠") {
		return "'" + s
	}
	return s
}

type csvWriter struct{ w *csv.Writer }

// CSV starts a CSV file.
func CSV(w io.Writer) (Writer, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, fmt.Errorf("sheet: %w", err)
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	return csvWriter{c}, nil
}

func (c csvWriter) Row(cells ...any) error {
	out := make([]string, len(cells))
	for i, v := range cells {
		out[i] = text(v)
	}
	if err := c.w.Write(out); err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	return nil
}

func (c csvWriter) Close() error {
	c.w.Flush()
	if err := c.w.Error(); err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	return nil
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return Safe(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case int64:
		return strconv.FormatInt(v, 10)
	case int:
		return strconv.Itoa(v)
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	}
	return Safe(fmt.Sprint(v))
}

// maxCell is what Excel holds in one cell, in characters.
const maxCell = 32767

// MaxRows is what Excel holds in one sheet.
const MaxRows = 1_048_576

type xlsxWriter struct {
	to     io.Writer
	f      *excelize.File
	s      *excelize.StreamWriter
	header int
	n      int
}

// XLSX starts a workbook with one sheet, whose first row is a header.
func XLSX(w io.Writer, name string) (Writer, error) {
	f := excelize.NewFile()
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return nil, fmt.Errorf("sheet: %w", err)
	}
	s, err := f.NewStreamWriter(name)
	if err != nil {
		return nil, fmt.Errorf("sheet: %w", err)
	}
	header, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F0F0F0"}}})
	if err != nil {
		return nil, fmt.Errorf("sheet: %w", err)
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, fmt.Errorf("sheet: %w", err)
	}
	if err := s.SetColWidth(1, 64, 18); err != nil {
		return nil, fmt.Errorf("sheet: %w", err)
	}
	return &xlsxWriter{to: w, f: f, s: s, header: header}, nil
}

func (x *xlsxWriter) Row(cells ...any) error {
	x.n++
	out := make([]any, len(cells))
	for i, v := range cells {
		switch v := v.(type) {
		case string:
			out[i] = clip(Safe(v))
		case time.Time:
			out[i] = v.UTC().Format(time.RFC3339)
		default:
			out[i] = v
		}
		if x.n == 1 {
			out[i] = excelize.Cell{StyleID: x.header, Value: out[i]}
		}
	}
	cell, err := excelize.CoordinatesToCellName(1, x.n)
	if err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	if err := x.s.SetRow(cell, out); err != nil {
		return fmt.Errorf("sheet: row %d: %w", x.n, err)
	}
	return nil
}

func (x *xlsxWriter) Close() error {
	defer func() { _ = x.f.Close() }()
	if err := x.s.Flush(); err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	if _, err := x.f.WriteTo(x.to); err != nil {
		return fmt.Errorf("sheet: %w", err)
	}
	return nil
}

func clip(s string) string {
	if len(s) <= maxCell {
		return s
	}
	r := []rune(s)
	if len(r) <= maxCell {
		return s
	}
	return string(r[:maxCell-1]) + "…"
}
