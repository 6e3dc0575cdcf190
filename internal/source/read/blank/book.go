package blank

import (
	"strings"
	"unicode/utf8"

	"github.com/chanzipu/outfitter/internal/source/read"
	"github.com/chanzipu/outfitter/internal/source/read/excel"
)

// book empties cells of a workbook.
type book struct {
	kind  read.Kind
	cells map[int]map[cell]bool // by sheet
	texts map[string]bool       // what they held, for the parts that repeat it
}

type cell struct {
	row int64
	col int
}

func (b *book) take(s read.Spot, fields []int) {
	if b.cells[s.Sheet] == nil {
		b.cells[s.Sheet] = map[cell]bool{}
	}
	for _, i := range fields {
		b.cells[s.Sheet][cell{s.Line, i + s.Left}] = true
		if t := strings.TrimSpace(s.Fields[i]); utf8.RuneCountInString(t) > 1 && len(t) > 2 {
			b.texts[t] = true
		}
	}
}

func (b *book) write(j Job) error {
	goes := func(sheet, row, col int) bool { return b.cells[sheet][cell{int64(row), col}] }
	l := excel.Limits{Bytes: 64 << 30, Ratio: 1000, Columns: 1 << 14, Rows: 1 << 20} // it was read within bounds before
	if b.kind == read.XLS {
		return excel.BlankXLS(j.Path, j.Out, l, goes)
	}
	var words []string
	for t := range b.texts {
		words = append(words, t)
	}
	return excel.BlankXLSX(j.Path, j.Out, l, goes, words)
}
