package sheet

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

var rows = [][]any{
	{"客户", "金额", "备注"},
	{"甲公司", 12.5, "=HYPERLINK(\"http://x\")"},
	{nil, int64(-3), "-1+2"},
	{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), nil, "@SUM(A1)"},
}

func TestCSV(t *testing.T) {
	var b bytes.Buffer
	w, err := CSV(&b)
	if err != nil {
		t.Fatal(err)
	}
	write(t, w)
	want := "\ufeff客户,金额,备注\r\n甲公司,12.5,\"'=HYPERLINK(\"\"http://x\"\")\"\r\n,'-3,'-1+2\r\n2026-01-02T03:04:05Z,,'@SUM(A1)\r\n"
	want = strings.Replace(want, "'-3", "-3", 1)
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Errorf("CSV (-want +got):\n%s", diff)
	}
}

func TestXLSX(t *testing.T) {
	var b bytes.Buffer
	w, err := XLSX(&b, "结果")
	if err != nil {
		t.Fatal(err)
	}
	write(t, w)
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.GetRows("结果")
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"客户", "金额", "备注"}, {"甲公司", "12.5", "'=HYPERLINK(\"http://x\")"}, {"", "-3", "'-1+2"}, {"2026-01-02T03:04:05Z", "", "'@SUM(A1)"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("XLSX (-want +got):\n%s", diff)
	}
	if formula, err := f.GetCellFormula("结果", "C2"); err != nil || formula != "" {
		t.Errorf("C2 holds the formula %q, %v", formula, err)
	}
}

func write(t *testing.T, w Writer) {
	t.Helper()
	for _, r := range rows {
		if err := w.Row(r...); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func FuzzSafe(f *testing.F) {
	f.Add("=1+1")
	f.Add("正常")
	f.Fuzz(func(t *testing.T, s string) {
		got := Safe(s)
		if got != "" && strings.ContainsRune("=+-@\t\r\n|", rune(got[0])) {
			t.Errorf("Safe(%q) = %q, which starts a formula", s, got)
		}
		if strings.TrimPrefix(got, "'") != s && got != s {
			t.Errorf("Safe(%q) = %q, which is another text", s, got)
		}
	})
}
