package read

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/fault"
)

// data is where the test data stands; a test that needs it skips where it is not.
func data(t testing.TB, path string) string {
	p, err := filepath.Abs(filepath.Join("../../../../shared/data", path))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(p); err != nil {
		t.Skipf("SKIPPED: test data is not here: %s", path)
	}
	return p
}

func write(t testing.TB, text string) string {
	p := filepath.Join(t.TempDir(), "object")
	if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

func extract(t testing.TB, text, name string, h Hints) (Format, []Table, error) {
	t.Helper()
	return Extract(context.Background(), write(t, text), name, t.TempDir(), h, Limits{}, nil)
}

// all reads every clean record of a table back.
func all(t testing.TB, tb Table) [][]string {
	t.Helper()
	if tb.Rows == 0 {
		return nil
	}
	lines, err := tb.Around(0, 0, tb.Rows)
	if err != nil {
		t.Fatal(err)
	}
	var out [][]string
	for _, l := range lines {
		out = append(out, l.Fields)
	}
	return out
}

type summary struct {
	Header  string
	Rows    []string
	Rejects []string
	InPlace bool
}

func summarize(t testing.TB, path string, tb Table) summary {
	s := summary{Header: strings.Join(tb.Header, "¦"), InPlace: tb.Path == path}
	for _, r := range all(t, tb) {
		s.Rows = append(s.Rows, strings.Join(r, "¦"))
	}
	for _, r := range tb.Rejects {
		s.Rejects = append(s.Rejects, strings.TrimSpace(r.Code+" "+r.Text))
	}
	return s
}

func TestExtractDelimited(t *testing.T) {
	tests := []struct {
		name, in string
		h        Hints
		want     summary
	}{
		{name: "clean", in: "id,name\n1,a\n2,b\n", want: summary{"id¦name", []string{"1¦a", "2¦b"}, nil, true}},
		{name: "bom and crlf", in: "\ufeffid,name\r\n1,a\r\n2,b\r\n", want: summary{"id¦name", []string{"1¦a", "2¦b"}, nil, true}},
		{name: "semicolons", in: "id;name\n1;a,b\n2;b\n", want: summary{"id¦name", []string{"1¦a,b", "2¦b"}, nil, true}},
		{name: "one bad row", in: "id,name\n1,a\n2,b,c\n3,d\n", want: summary{"id¦name", []string{"1¦a", "3¦d"}, []string{"fields.too-many 2,b,c"}, false}},
		{name: "short row", in: "id,name,n\n1,a,2\n2,b\n3,d,4\n", want: summary{"id¦name¦n", []string{"1¦a¦2", "3¦d¦4"}, []string{"fields.too-few 2,b"}, false}},
		{name: "all short", in: "id,name,n,m\n1,a\n2,b,7\n3,d\n", want: summary{"id¦name¦n¦m", []string{"1¦a¦¦", "2¦b¦7¦", "3¦d¦¦"}, nil, false}},
		{name: "trailing delimiter", in: "id,name,\n1,a,\n2,b,\n", want: summary{"id¦name", []string{"1¦a", "2¦b"}, nil, false}},
		{name: "banner and footer", in: "销售报表\n\n客户,金额\n甲,1\n乙,2\n\n数据来源：CRM\n", want: summary{"客户¦金额", []string{"甲¦1", "乙¦2"}, nil, false}},
		{name: "headerless", in: "1,2.5,2024-01-01\n2,3.5,2024-01-02\n", want: summary{"列1¦列2¦列3", []string{"1¦2.5¦2024-01-01", "2¦3.5¦2024-01-02"}, nil, true}},
		{name: "duplicate names", in: "id,category,category\n1,a,b\n", want: summary{"id¦category¦category_2", []string{"1¦a¦b"}, nil, true}},
		{name: "units", in: "城市,面积,人口\n,平方公里,万人\n北京,16410,2189\n上海,6340,2487\n", want: summary{"城市¦面积¦人口", []string{"北京¦16410¦2189", "上海¦6340¦2487"}, nil, true}},
		{name: "two header rows", in: "地区,2024年,,2025年,\n,收入,成本,收入,成本\n华东,1,2,3,4\n华北,5,6,7,8\n", h: Hints{Pivot: &Pivot{Off: true}},
			want: summary{"地区¦2024年/收入¦2024年/成本¦2025年/收入¦2025年/成本", []string{"华东¦1¦2¦3¦4", "华北¦5¦6¦7¦8"}, nil, true}},
		{name: "bad bytes", in: "id,name\n1,中\n2,\xff\xfe\n3,文\n4,好\n5,中文中文中文中文中文中文中文中文中文中文中文\n", want: summary{"id¦name", []string{"1¦中", "3¦文", "4¦好", "5¦中文中文中文中文中文中文中文中文中文中文中文"}, []string{"encoding 2,\uFFFD"}, false}},
		{name: "gbk", in: "\xb1\xe0\xba\xc5,\xbf\xcd\xbb\xa7\n1,\xd6\xd0\xb9\xfa\n", want: summary{"编号¦客户", []string{"1¦中国"}, nil, false}},
		{name: "unclosed", in: "id,name\n1,\"a\"\n2,\"b\n3,c\n4,d\n", want: summary{"id¦name", []string{"1¦a", "3¦c", "4¦d"}, []string{`quote.unclosed 2,"b`}, false}},
		{name: "row names", in: "a,b\nx,1,2\ny,3,4\n", want: summary{"列1¦a¦b", []string{"x¦1¦2", "y¦3¦4"}, nil, true}},
		{name: "mixed line ends", in: "a,b\r\n1,2\n3,4\r\n", want: summary{"a¦b", []string{"1¦2", "3¦4"}, nil, false}},
		{name: "one column with commas", in: "name\nhello world\nx\nhow, are you\n", want: summary{"name", []string{"hello world", "x", "how, are you"}, nil, true}},
		{name: "no header by hint", in: "a,b\n1,2\n", h: Hints{Header: new(int)}, want: summary{"列1¦列2", []string{"a¦b", "1¦2"}, nil, true}},
		{name: "columns by hint", in: "x,y\nz,w\n", h: Hints{Columns: []string{"k", "v"}}, want: summary{"k¦v", []string{"x¦y", "z¦w"}, nil, true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := write(t, tt.in)
			f, tables, err := Extract(t.Context(), path, "x.csv", t.TempDir(), tt.h, Limits{}, nil)
			if err != nil {
				t.Fatalf("Extract(%q) = %v", tt.in, err)
			}
			if len(tables) != 1 {
				t.Fatalf("Extract(%q) = %d tables, want 1", tt.in, len(tables))
			}
			if diff := cmp.Diff(tt.want, summarize(t, path, tables[0])); diff != "" {
				t.Errorf("Extract(%q) (-want +got):\n%s\n%+v", tt.in, diff, f.Evidence)
			}
			if tb := tables[0]; tb.Read != tb.Rows+int64(len(tb.Rejects)) {
				t.Errorf("Extract(%q): read %d, clean %d, rejects %d", tt.in, tb.Read, tb.Rows, len(tb.Rejects))
			}
		})
	}
}

func TestRecord(t *testing.T) {
	var b strings.Builder
	b.WriteString("id;name\n")
	for i := range 10_000 {
		if i%100 == 7 {
			b.WriteString("bad;row;here\n")
			continue
		}
		b.WriteString(strings.Repeat("x", i%50) + ";\"a;" + strings.Repeat("中", i%9) + "\"\n")
	}
	_, tables, err := extract(t, b.String(), "x.csv", Hints{})
	if err != nil {
		t.Fatal(err)
	}
	tb := tables[0]
	if tb.Rows != 9900 || tb.Read != 10_000 || len(tb.Rejects) != 100 {
		t.Fatalf("rows %d, read %d, rejects %d; want 9900, 10000, 100", tb.Rows, tb.Read, len(tb.Rejects))
	}
	for _, n := range []int64{0, 6, 7, 4095, 4096, 5000, 9899} {
		fields, raw, err := tb.Record(n)
		if err != nil {
			t.Fatal(err)
		}
		i := int(tb.Row(n)) - 1
		want := []string{strings.Repeat("x", i%50), "a;" + strings.Repeat("中", i%9)}
		if diff := cmp.Diff(want, fields); diff != "" {
			t.Errorf("Record(%d) (-want +got):\n%s", n, diff)
		}
		if want := want[0] + ";\"" + want[1] + "\""; string(raw) != want {
			t.Errorf("Record(%d) raw = %q, want %q", n, raw, want)
		}
		if back, ok := tb.Clean(tb.Row(n)); back != n || !ok {
			t.Errorf("Clean(Row(%d)) = %d, %v", n, back, ok)
		}
	}
	if _, ok := tb.Clean(8); ok {
		t.Error("Clean(8) is true, but row 8 was rejected")
	}
	byGaps := tb
	byGaps.RowOf, byGaps.Gaps = nil, nil
	for _, r := range tb.Rejects {
		byGaps.Gaps = append(byGaps.Gaps, r.Row)
	}
	for n := range tb.Rows {
		if byGaps.Row(n) != tb.Row(n) {
			t.Fatalf("Row(%d) = %d by gaps, want %d", n, byGaps.Row(n), tb.Row(n))
		}
	}
	lines, err := tb.Around(4096, 2, 2)
	if err != nil || len(lines) != 5 || lines[0].N != 4094 || lines[4].N != 4098 {
		t.Errorf("Around(4096, 2, 2) = %v, %v", lines, err)
	}
	if _, _, err := tb.Record(9900); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("Record(9900) = %v, want not found", err)
	}
}

func TestRefused(t *testing.T) {
	tests := []struct{ name, file, in, code string }{
		{"empty", "a.csv", "", "file.empty"},
		{"blank", "a.csv", " \n\n", "file.empty"},
		{"feed", "a.xml", `<?xml version="1.0"?><rss version="2.0"><channel/></rss>`, "kind.feed"},
		{"mail", "a.txt", "From: a@b.c\nSubject: x\n\nhello\n", "kind.mail"},
		{"html", "a.xls", "<html><body><table></table></body></html>", "kind.html"},
		{"pdf", "a.csv", "%PDF-1.4 ...", "kind.binary"},
		{"too wide", "a.csv", strings.Repeat("a,", 5000) + "\n" + strings.Repeat("1,", 5000) + "\n", "columns.too-many"},
		{"damaged zip", "a.zip", "PK\x03\x04xxxxxxxxxxxxxxxxxxxxxxxxxxx", "file.damaged"},
		{"damaged gzip", "a.gz", "\x1f\x8bxxxxxxxxxxxxxxx", "file.damaged"},
		{"damaged parquet", "a.parquet", "PAR1xxxxxxxxxxxxxxxxxxxxxxx", "file.damaged"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, _, err := extract(t, tt.in, tt.file, Hints{})
			var fe *fault.Error
			if !errors.As(err, &fe) || fe.Code != tt.code || fe.ZH == "" {
				t.Errorf("Extract(%s) = %v, want a fault %s", tt.name, err, tt.code)
			}
		})
	}
}
