package excel

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

var limits = Limits{Bytes: 1 << 30, Ratio: 200, Columns: 1 << 14, Rows: 1 << 20}

func lines(t testing.TB, b Book, sheet int) (out []string) {
	t.Helper()
	err := b.Rows(sheet, func(row int, cells []Cell) error {
		var parts []string
		for _, c := range cells {
			s := c.Text
			if c.Sort == Error {
				s = "!" + s
			}
			parts = append(parts, s)
		}
		out = append(out, strings.Join(parts, "¦"))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestXLSX reads what Excelize wrote.
func TestXLSX(t *testing.T) {
	f := excelize.NewFile()
	date, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
	code := "yyyy\"年\"m\"月\"d\"日\" h:mm"
	custom, _ := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
	percent, _ := f.NewStyle(&excelize.Style{NumFmt: 10})
	set := func(cell string, v any) {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	set("A1", "日期")
	set("B1", "a&b <c>")
	set("D1", true)
	set("A2", 45356)
	f.SetCellStyle("Sheet1", "A2", "A2", date)
	set("B2", 45356.4375)
	f.SetCellStyle("Sheet1", "B2", "B2", custom)
	set("C2", 0.45)
	f.SetCellStyle("Sheet1", "C2", "C2", percent)
	set("D2", 0.1+0.2)
	set("A4", time.Date(2024, 3, 5, 0, 0, 0, 0, time.UTC))
	set("B4", "1e5")
	set("C4", 123456789012345.0)
	f.MergeCell("Sheet1", "A6", "C6")
	set("A6", "merged")
	f.NewSheet("隐藏")
	f.SetCellValue("隐藏", "B2", 7)
	f.SetSheetVisible("隐藏", false)
	path := filepath.Join(t.TempDir(), "x")
	var buf bytes.Buffer
	if err := f.Write(&buf); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := OpenXLSX(path, limits)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	want := []string{"日期¦a&b <c>¦¦TRUE", "2024-03-05¦2024-03-05 10:30:00¦0.45¦0.3", "2024-03-05¦1e5¦123456789012345", "merged"}
	if diff := cmp.Diff(want, lines(t, b, 0)); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"¦7"}, lines(t, b, 1)); diff != "" || !b.Sheets()[1].Hidden {
		t.Errorf("hidden sheet %+v (-want +got):\n%s", b.Sheets()[1], diff)
	}
	m, err := b.Merges(0)
	if diff := cmp.Diff([]Range{{Top: 5, Left: 0, Bottom: 5, Right: 2}}, m); diff != "" || err != nil {
		t.Errorf("Merges %v (-want +got):\n%s", err, diff)
	}
}

func TestISO(t *testing.T) {
	tests := []struct {
		serial float64
		f      form
		is1904 bool
		want   string
	}{
		{1, date, false, "1900-01-01"},
		{59, date, false, "1900-02-28"},
		{60, date, false, "1900-02-29"},
		{61, date, false, "1900-03-01"},
		{45356, date, false, "2024-03-05"},
		{43894, date, true, "2024-03-05"},
		{0, date, true, "1904-01-01"},
		{0.5, timeOnly, false, "12:00:00"},
		{1.0625, elapsed, false, "25:30:00"},
		{42488.479166666664, dateTime, false, "2016-04-28 11:30:00"},
		{45356.999999995, dateTime, false, "2024-03-06 00:00:00"},
	}
	for _, tt := range tests {
		if got, ok := iso(tt.serial, tt.f, tt.is1904); got != tt.want || !ok {
			t.Errorf("iso(%v, %v, %v) = %q, %v, want %q", tt.serial, tt.f, tt.is1904, got, ok, tt.want)
		}
	}
	for _, v := range []float64{-1, 2958466} {
		if got, ok := iso(v, date, false); ok {
			t.Errorf("iso(%v) = %q, want none", v, got)
		}
	}
}

func TestFormOf(t *testing.T) {
	tests := map[string]form{
		"General": plain, "0.00": plain, "#,##0 \"days\"": plain, "yyyy-mm-dd": date, "[$-804]yyyy\"年\"m\"月\"": date, "m/d/yy h:mm": dateTime, "h:mm AM/PM": timeOnly,
		"[h]:mm:ss": elapsed, "0.00E+00": plain, "[Red]0.0;[Blue]-0.0": plain, "mm:ss.0": timeOnly, "@": plain, "¥#,##0.00": plain, "mmm-yy": date, "\\d0": plain,
	}
	for code, want := range tests {
		if got := formOf(code); got != want {
			t.Errorf("formOf(%q) = %d, want %d", code, got, want)
		}
	}
}

// TestTwins reads the XLS files that have an XLSX twin: both hold the same.
func TestTwins(t *testing.T) {
	dir := "../../../../../shared/data/messy/excel_readxl"
	olds, _ := filepath.Glob(dir + "/*.xls")
	more, _ := filepath.Glob(dir + "/extdata/*.xls")
	if olds = append(olds, more...); len(olds) == 0 {
		t.Skip("SKIPPED: test data is not here: messy/excel_readxl")
	}
	n := 0
	for _, old := range olds {
		twin := strings.TrimSuffix(old, ".xls") + ".xlsx"
		if strings.HasSuffix(old, "-xls.xls") {
			twin = strings.TrimSuffix(old, "-xls.xls") + "-xlsx.xlsx"
		}
		if _, err := os.Stat(twin); err != nil {
			continue
		}
		a, err := OpenXLS(old, limits)
		if err != nil {
			t.Fatal(old, err)
		}
		b, err := OpenXLSX(twin, limits)
		if err != nil {
			t.Fatal(twin, err)
		}
		for i := range a.Sheets() {
			n++
			if diff := cmp.Diff(lines(t, b, i), lines(t, a, i)); diff != "" {
				t.Errorf("%s, sheet %d (-xlsx +xls):\n%s", filepath.Base(old), i, diff)
			}
		}
	}
	t.Logf("%d sheets", n)
}

// fuzzBook opens b as a file and reads all of it: it may fail, not panic or hang.
func fuzzBook(t *testing.T, b []byte, open func(string, Limits) (Book, error)) {
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	book, err := open(path, Limits{Bytes: 1 << 24, Ratio: 200, Columns: 4096, Rows: 1 << 16})
	if err != nil {
		return
	}
	defer book.Close()
	for i := range book.Sheets() {
		book.Merges(i)
		book.Rows(i, func(int, []Cell) error { return nil })
	}
}

// TestMutated damages real workbooks in many places, the same in every run.
func TestMutated(t *testing.T) {
	files, _ := filepath.Glob("../../../../../shared/data/messy/excel_readxl/*.xls*")
	if len(files) == 0 {
		t.Skip("SKIPPED: test data is not here: messy/excel_readxl")
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, file := range files {
		b, err := os.ReadFile(file)
		if err != nil || len(b) > 60<<10 {
			continue
		}
		for range 40 {
			c := bytes.Clone(b)
			for range 1 + rng.IntN(8) {
				c[rng.IntN(len(c))] = byte(rng.IntN(256))
			}
			if rng.IntN(4) == 0 {
				c = c[:rng.IntN(len(c))]
			}
			open := OpenXLS
			if strings.HasSuffix(file, "x") {
				open = OpenXLSX
			}
			fuzzBook(t, c, open)
		}
	}
}

func seeds(f *testing.F, pattern string) {
	files, _ := filepath.Glob("../../../../../shared/data/messy/excel_readxl/" + pattern)
	for _, file := range files {
		if b, err := os.ReadFile(file); err == nil && len(b) < 40<<10 {
			f.Add(b)
		}
	}
}

func FuzzXLS(f *testing.F) {
	seeds(f, "*.xls")
	f.Add([]byte("\x09\x08\x10\x00\x00\x06\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) { fuzzBook(t, b, OpenXLS) })
}

func FuzzXLSX(f *testing.F) {
	seeds(f, "*.xlsx")
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, b []byte) { fuzzBook(t, b, OpenXLSX) })
}

// FuzzScanner walks any text as XML: it ends.
func FuzzScanner(f *testing.F) {
	f.Add("<a b='c>d'><!-- x --><![CDATA[y]]>&amp;</a>")
	f.Fuzz(func(t *testing.T, text string) {
		s := newScanner(strings.NewReader(text))
		for range len(text) + 1 {
			if err := s.next(true); err != nil {
				return
			}
			s.str("b")
			unmangle(unescape(s.text))
		}
		t.Fatalf("the tags of %q do not end", text)
	})
}
