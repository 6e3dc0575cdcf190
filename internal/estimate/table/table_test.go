package table

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/chanzipu/outfitter/internal/fault"
)

func read(t *testing.T, text string) (*Table, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "t.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path)
	if err != nil {
		return nil, err
	}
	return r.Read(nil)
}

func cells(t *Table) [][]string {
	var out [][]string
	for i := range t.Rows {
		var row []string
		for c := range t.Columns {
			row = append(row, t.Cell(i, c))
		}
		out = append(out, row)
	}
	return out
}

func TestRead(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(strings.Repeat("北京某某科技有限公司,对照组的客户\n", 20))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, text string
		columns    []string
		first      []string
	}{
		{"comma", "a,b\n1,x\n", []string{"a", "b"}, []string{"1", "x"}},
		{"BOM and blanks", "\ufeffa , b\n1 , x\n", []string{"a", "b"}, []string{"1", "x"}},
		{"semicolon", "a;b\n1,5;x\n2,5;y\n", []string{"a", "b"}, []string{"1,5", "x"}},
		{"tab", "a\tb\n1\tx\n", []string{"a", "b"}, []string{"1", "x"}},
		{"bar", "a|b\nx, y|z\n", []string{"a", "b"}, []string{"x, y", "z"}},
		{"blank", "\"a\" \"b\"\n\"1\" 2\n\"3\" 4\n", []string{"a", "b"}, []string{"1", "2"}},
		{"quoted", "a,b\n\"x, \"\"y\"\"\",\"two\nlines\"\n", []string{"a", "b"}, []string{`x, "y"`, "two\nlines"}},
		{"no header", "1,2\n3,4\n", []string{"1", "2"}, []string{"1", "2"}},
		{"one column", "a\n1\n", []string{"a"}, []string{"1"}},
		{"same names, no name", "a,a,\n1,2,3\n", []string{"a", "a_2", "3"}, []string{"1", "2", "3"}},
		{"short and long rows", "a,b\n1\n", []string{"a", "b"}, []string{"1", ""}},
		{"empty cells beyond", "a,b\n1,2,,\n", []string{"a", "b"}, []string{"1", "2"}},
		{"GBK", gbk, []string{"北京某某科技有限公司", "对照组的客户"}, []string{"北京某某科技有限公司", "对照组的客户"}},
	}
	for _, tt := range tests {
		got, err := read(t, tt.text)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if diff := cmp.Diff(tt.columns, got.Columns); diff != "" {
			t.Errorf("%s: columns (-want +got):\n%s", tt.name, diff)
		}
		if diff := cmp.Diff(tt.first, cells(got)[0]); diff != "" {
			t.Errorf("%s: first row (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestRefused(t *testing.T) {
	tests := []struct {
		text string
		exit int
	}{
		{"", fault.ExitNothing}, {" \n\n", fault.ExitNothing}, {"PK\x03\x04xx", fault.ExitRefused}, {"a,b\n1,2,3\n", fault.ExitRefused}, {strings.Repeat("a\x00\x00", 50), fault.ExitRefused},
	}
	for _, tt := range tests {
		if _, err := read(t, tt.text); fault.Exit(err) != tt.exit {
			t.Errorf("read(%.10q) = %v, exit %d, want %d", tt.text, err, fault.Exit(err), tt.exit)
		}
	}
}

func TestMissingColumn(t *testing.T) {
	tests := []struct{ name, near string }{{"outcom", "outcome"}, {"OUT COME", "outcome"}, {"trt", ""}, {"treat", "treatment"}, {"xyz", ""}}
	for _, tt := range tests {
		if got := nearest(tt.name, []string{"outcome", "treatment", "week"}); got != tt.near {
			t.Errorf("nearest(%q) = %q, want %q", tt.name, got, tt.near)
		}
	}
}

// FuzzRead: no file crashes the reader, and every row has every column.
func FuzzRead(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\ufeffa;b\n1,5;2\n", "\xff\xfea\x00,\x00", "\"a\nb", "1 2\n3 4", "a\tb\r\n1\t\"x\"\"\"\r\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := read(t, text)
		if err != nil {
			return
		}
		for i, row := range cells(got) {
			if len(row) != len(got.Columns) || got.Line(i) < 1 {
				t.Errorf("row %d of %q has %d cells at line %d, want %d", i, text, len(row), got.Line(i), len(got.Columns))
			}
		}
	})
}
