package read

import (
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/read/csv"
)

// A Line is one clean record with its number, as Around returns it.
type Line struct {
	N      int64    `json:"n"`   // 0-based among the clean records
	Row    int64    `json:"row"` // 1-based among the read rows
	Fields []string `json:"fields"`
	Raw    []byte   `json:"raw"` // as it stood in the original; where that was not UTF-8 text, as it stands in the clean copy
}

// Row is the 1-based number among the read rows of clean record n.
func (t Table) Row(n int64) int64 {
	switch {
	case t.RowOf != nil:
		return t.RowOf[n]
	case t.Gaps != nil:
		// The row is n+1 plus the gaps before it: the i-th gap lies before it
		// exactly when Gaps[i]-i, the clean records before that gap plus one, is ≤ n+1.
		i := sort.Search(len(t.Gaps), func(i int) bool { return t.Gaps[i]-int64(i) > n+1 })
		return n + 1 + int64(i)
	}
	return n + 1
}

// Clean is the 0-based clean record of read row number row; false where it was rejected.
func (t Table) Clean(row int64) (int64, bool) {
	n := int64(sort.Search(int(t.Rows), func(n int) bool { return t.Row(int64(n)) >= row }))
	return n, n < t.Rows && t.Row(n) == row
}

// Record is clean record n (0-based) and its bytes in the original, found
// without reading the file up to it. For a table that was decoded, or was not
// lines of text at all, raw is the record of the clean copy.
func (t Table) Record(n int64) (fields []string, raw []byte, err error) {
	lines, err := t.Around(n, 0, 0)
	if err != nil {
		return nil, nil, err
	}
	return lines[0].Fields, lines[0].Raw, nil
}

// Around is clean record n with up to before records ahead of it and after behind it.
func (t Table) Around(n, before, after int64) ([]Line, error) {
	if n < 0 || n >= t.Rows {
		return nil, fmt.Errorf("read: table %q: record %d of %d: %w", t.Name, n, t.Rows, fault.ErrNotFound)
	}
	from, until := max(0, n-before), min(t.Rows, n+after+1)
	out, err := t.clean(from/csv.Every*csv.Every, until)
	if err != nil {
		return nil, err
	}
	if t.Origin != nil {
		if err := t.Origin.raws(out); err != nil {
			return nil, err
		}
	}
	return out[from%csv.Every:], nil
}

// clean reads the clean records from a kept offset on.
func (t Table) clean(from, until int64) ([]Line, error) {
	f, err := os.Open(t.Path)
	if err != nil {
		return nil, fmt.Errorf("read: table %q: %w", t.Name, err)
	}
	defer f.Close()
	if _, err := f.Seek(t.Offsets[from/csv.Every], io.SeekStart); err != nil {
		return nil, fmt.Errorf("read: table %q: %w", t.Name, err)
	}
	r := csv.NewReader(f, csv.Dialect{Delim: string(rune(t.Delim)), Quote: t.Quote}, 1<<30, 0, 1)
	r.Width = len(t.Header)
	out := make([]Line, 0, until-from)
	for n := from; n < until; {
		rec, err := r.Next()
		if err != nil {
			return nil, fmt.Errorf("read: table %q: record %d: %w", t.Name, n, err)
		}
		if rec.Code != "" || len(rec.Fields) != len(t.Header) {
			return nil, fmt.Errorf("read: table %q: record %d is no longer what it was", t.Name, n)
		}
		out = append(out, Line{N: n, Row: t.Row(n), Fields: texts(rec.Fields), Raw: slices.Clone(rec.Raw)})
		n++
	}
	return out, nil
}

// raws replaces the bytes of clean records by those of the original: both are
// walked side by side, and an original record that does not become the next
// clean one was rejected or set aside.
func (o *Origin) raws(lines []Line) error {
	f, err := os.Open(o.Path)
	if err != nil {
		return fmt.Errorf("read: original: %w", err)
	}
	defer f.Close()
	if _, err := f.Seek(o.Offsets[lines[0].N/csv.Every], io.SeekStart); err != nil {
		return fmt.Errorf("read: original: %w", err)
	}
	r := csv.NewReader(f, o.Dialect, 1<<30, 0, 1)
	r.Width = o.Shape.Width
	for i := 0; i < len(lines); {
		rec, err := r.Next()
		if err != nil {
			return fmt.Errorf("read: original: record %d: %w", lines[i].N, err)
		}
		if rec.Code != "" || rec.Comment || rec.Blank && o.Shape.Width > 1 {
			continue
		}
		fields, ok := o.Shape.Fit(rec.Fields)
		if ok && slices.EqualFunc(fields, lines[i].Fields, func(b []byte, s string) bool { return tidy(b) == s }) {
			lines[i].Raw = slices.Clone(rec.Raw)
			i++
		}
	}
	return nil
}

// tidy is a cell as it stands in a clean copy: without NUL, which no store takes.
func tidy(b []byte) string {
	return strings.ReplaceAll(string(b), "\x00", "")
}

func texts(fields [][]byte) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = string(f)
	}
	return out
}
