// Package table reads a delimited text file by columns, as text.
//
// It is for commands that work on any file: nothing is imported, nothing is
// dropped. Encoding (UTF-8, GBK and what package encoding knows) and delimiter
// (comma, semicolon, tab, bar, blank) are found from the file. Two facts that
// surprise: a first line of nothing but numbers is data, and its columns are
// then called 1, 2, 3 …; and a cell keeps its text, so what is a number is
// decided by whoever asks.
package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/read/encoding"
)

// sample is how much of a file decides its encoding and delimiter.
const sample = 1 << 20

// A Reader gives a file's records one after the other.
type Reader struct {
	Name      string   // of the file, without its folder
	Columns   []string // trimmed, made distinct
	Delimiter rune
	Headless  bool // the first line is data

	file   *os.File
	in     *csv.Reader
	first  []string // the first record, if it is data
	record []string
}

// Open opens a file and reads its header.
func Open(path string) (*Reader, error) {
	name := filepath.Base(path)
	st, err := os.Stat(path)
	if err != nil {
		return nil, fault.New(fault.ErrInvalid, "file.missing",
			fmt.Sprintf("There is no file %q: check the path.", path), fmt.Sprintf("没有文件“%s”：请检查路径。", path))
	}
	if !st.Mode().IsRegular() {
		return nil, fault.New(fault.ErrInvalid, "file.irregular",
			fmt.Sprintf("%q is not a regular file: give a CSV file.", path), fmt.Sprintf("“%s”不是普通文件：请给出 CSV 文件。", path))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.New(fault.ErrDenied, "file.unreadable",
			fmt.Sprintf("%q can't be read: %v.", path, err), fmt.Sprintf("“%s”读不出来：%v。", path, err))
	}
	r := &Reader{Name: name, file: f}
	if err := r.start(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return r, nil
}

// Close closes the file.
func (r *Reader) Close() error { return r.file.Close() }

func (r *Reader) start() error {
	head := make([]byte, sample)
	n, err := io.ReadFull(r.file, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return fmt.Errorf("table: %q: %w", r.Name, err)
	}
	head = head[:n]
	if len(bytes.TrimSpace(head)) == 0 {
		return fault.New(fault.ErrNotFound, "file.empty",
			fmt.Sprintf("%q is empty: export it again.", r.Name), fmt.Sprintf("“%s”是空文件：请重新导出。", r.Name))
	}
	if kind := binary(head); kind != "" {
		return fault.New(fault.ErrConflict, "file.binary",
			fmt.Sprintf("%q is not a text table but %s: save it as CSV.", r.Name, kind), fmt.Sprintf("“%s”不是文本表格，而是 %s：请另存为 CSV。", r.Name, kind))
	}
	guess := encoding.Detect(head, n < sample)
	if _, err := r.file.Seek(int64(guess.BOM), io.SeekStart); err != nil {
		return fmt.Errorf("table: %q: %w", r.Name, err)
	}
	text, err := encoding.NewReader(r.file, guess.Name)
	if err != nil {
		return fmt.Errorf("table: %q: %w", r.Name, err)
	}
	decoded, err := encoding.Decode(head[guess.BOM:], guess.Name)
	if err != nil {
		return fmt.Errorf("table: %q: %w", r.Name, err)
	}
	r.Delimiter = sniff(decoded, n < sample)
	r.in = csv.NewReader(text)
	configure(r.in, r.Delimiter)
	return r.header()
}

func configure(in *csv.Reader, delimiter rune) {
	in.Comma, in.LazyQuotes, in.FieldsPerRecord, in.ReuseRecord = delimiter, true, -1, true
	in.TrimLeadingSpace = delimiter == ' '
}

// binary names what a file is that holds no text; "" for text.
func binary(head []byte) string {
	for magic, kind := range map[string]string{
		"PK\x03\x04": "an Excel workbook or ZIP archive", "\xd0\xcf\x11\xe0": "an old Excel workbook",
		"PAR1": "a Parquet file", "\x1f\x8b": "a gzip archive", "%PDF": "a PDF", "\x28\xb5\x2f\xfd": "a zstd archive", "SQLite format 3": "an SQLite database",
	} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return kind
		}
	}
	wide := bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff"))
	if !wide && bytes.Count(head, []byte{0}) > len(head)/3 {
		return "binary data"
	}
	return ""
}

// delimiters in order of preference.
var delimiters = []rune{',', ';', '\t', '|', '#', ' '}

// sniff takes the delimiter that cuts most records as the first one; among
// equals the one that makes more columns.
func sniff(text []byte, whole bool) rune {
	best, score := ',', 0.0
	for _, d := range delimiters {
		in := csv.NewReader(bytes.NewReader(text))
		configure(in, d)
		width, same, all := 0, 0, 0
		for all < 200 {
			rec, err := in.Read()
			if err != nil {
				break
			}
			if all == 0 {
				width = len(rec)
			}
			if len(rec) == width {
				same++
			}
			all++
		}
		if !whole && all < 200 && all > 1 {
			all-- // the sample cuts the last record
		}
		if width < 2 || all == 0 {
			continue
		}
		s := min(float64(same)/float64(all), 1) + 0.001*min(float64(width), 100)
		if d == ' ' {
			s -= 0.2 // prose has blanks too
		}
		if s > score {
			best, score = d, s
		}
	}
	return best
}

func (r *Reader) header() error {
	rec, err := r.in.Read()
	if err != nil {
		return r.broken(err)
	}
	numbers, filled := 0, 0
	for i, c := range rec {
		name := strings.TrimSpace(c)
		if _, err := strconv.ParseFloat(name, 64); err == nil {
			numbers++
		}
		if name != "" {
			filled++
		}
		if name == "" {
			name = strconv.Itoa(i + 1)
		}
		for k, base := 2, name; slices.Contains(r.Columns, name); k++ {
			name = fmt.Sprintf("%s_%d", base, k)
		}
		r.Columns = append(r.Columns, name)
	}
	if filled > 0 && numbers == filled && len(rec) > 1 {
		r.Headless = true
		r.first = slices.Clone(rec)
		for i := range r.Columns {
			r.Columns[i] = strconv.Itoa(i + 1)
		}
	}
	return nil
}

// Next gives the next record, as wide as Columns, and its line in the file;
// io.EOF at the end. The slice is reused.
func (r *Reader) Next() ([]string, int, error) {
	if r.first != nil {
		rec := r.first
		r.first = nil
		return rec, 1, nil
	}
	rec, err := r.in.Read()
	if err == io.EOF {
		return nil, 0, err
	}
	if err != nil {
		return nil, 0, r.broken(err)
	}
	line, _ := r.in.FieldPos(0)
	for len(rec) > len(r.Columns) && strings.TrimSpace(rec[len(rec)-1]) == "" {
		rec = rec[:len(rec)-1]
	}
	if len(rec) > len(r.Columns) {
		return nil, 0, fault.New(fault.ErrConflict, "fields.too-many",
			fmt.Sprintf("%q, line %d has %d fields, but the header has %d: quote the value that holds a %q.", r.Name, line, len(rec), len(r.Columns), r.Delimiter),
			fmt.Sprintf("“%s”第 %d 行有 %d 个字段，而表头只有 %d 列：请给含 %q 的值加引号。", r.Name, line, len(rec), len(r.Columns), r.Delimiter))
	}
	if len(rec) < len(r.Columns) {
		r.record = append(r.record[:0], rec...)
		for len(r.record) < len(r.Columns) {
			r.record = append(r.record, "")
		}
		rec = r.record
	}
	return rec, line, nil
}

func (r *Reader) broken(err error) error {
	return fault.New(fault.ErrConflict, "file.damaged",
		fmt.Sprintf("%q can't be read as a table: %v: export it again.", r.Name, err), fmt.Sprintf("“%s”无法按表格读取：%v：请重新导出。", r.Name, err))
}

// A Table holds the columns asked for.
type Table struct {
	Name      string
	Columns   []string // all of the file's
	Delimiter rune
	Rows      int

	lines []int32
	text  []strings.Builder
	end   [][]int
}

// Read reads the columns for which want is true (nil: all) and closes r.
func (r *Reader) Read(want func(column string) bool) (t *Table, err error) {
	defer func() { err = errors.Join(err, r.Close()) }()
	t = &Table{Name: r.Name, Columns: r.Columns, Delimiter: r.Delimiter, text: make([]strings.Builder, len(r.Columns)), end: make([][]int, len(r.Columns))}
	var cols []int
	for i, c := range r.Columns {
		if want == nil || want(c) {
			cols = append(cols, i)
			t.end[i] = []int{0}
		}
	}
	for {
		rec, line, err := r.Next()
		if err == io.EOF {
			return t, nil
		}
		if err != nil {
			return nil, err
		}
		for _, c := range cols {
			t.text[c].WriteString(strings.TrimSpace(rec[c]))
			t.end[c] = append(t.end[c], t.text[c].Len())
		}
		t.lines = append(t.lines, int32(line))
		t.Rows++
	}
}

// Line is the line of the file in which row i begins.
func (t *Table) Line(i int) int { return int(t.lines[i]) }

// Column is the position of a column, -1 if the file has none of that name.
// Case and blanks around it matter only where two names differ by nothing else.
func (t *Table) Column(name string) int { return Find(t.Columns, name) }

// Cell is the trimmed text of row i in a column that was read.
func (t *Table) Cell(i, column int) string {
	return t.text[column].String()[t.end[column][i]:t.end[column][i+1]]
}

// Find is the position of name among columns: exact, else the only one that
// differs by case alone, else -1.
func Find(columns []string, name string) int {
	name = strings.TrimSpace(name)
	if i := slices.Index(columns, name); i >= 0 {
		return i
	}
	found := -1
	for i, c := range columns {
		if strings.EqualFold(c, name) {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}
