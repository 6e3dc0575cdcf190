package read

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

// book writes a workbook with one sheet of the given cells; nil leaves one empty.
func book(t *testing.T, rows [][]any, more func(*excelize.File)) string {
	f := excelize.NewFile()
	for i, r := range rows {
		for j, v := range r {
			if v == nil {
				continue
			}
			cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
			if err := f.SetCellValue("Sheet1", cell, v); err != nil {
				t.Fatal(err)
			}
		}
	}
	if more != nil {
		more(f)
	}
	path := filepath.Join(t.TempDir(), "book.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestSheet(t *testing.T) {
	tests := []struct {
		name string
		rows [][]any
		more func(*excelize.File)
		want summary
		set  int
	}{
		{name: "title, merged header of two rows, subtotal, note",
			rows: [][]any{{"2024年各区域销售"}, {}, {"区域", "城市", "上半年", nil, "下半年", nil}, {nil, nil, "收入", "成本", "收入", "成本"},
				{"华东", "上海", 1, 2, 3, 4}, {"华东", "杭州", 5, 6, 7, 8}, {"小计", nil, 6, 8, 10, 12}, {}, {"注：单位为万元"}},
			more: func(f *excelize.File) {
				f.MergeCell("Sheet1", "A1", "F1")
				f.MergeCell("Sheet1", "C3", "D3")
				f.MergeCell("Sheet1", "E3", "F3")
				f.MergeCell("Sheet1", "A3", "A4")
				f.MergeCell("Sheet1", "B3", "B4")
			},
			want: summary{Header: "区域¦城市¦半年¦指标¦数值", Rows: []string{"华东¦上海¦上半年¦收入¦1", "华东¦上海¦上半年¦成本¦2", "华东¦上海¦下半年¦收入¦3", "华东¦上海¦下半年¦成本¦4",
				"华东¦杭州¦上半年¦收入¦5", "华东¦杭州¦上半年¦成本¦6", "华东¦杭州¦下半年¦收入¦7", "华东¦杭州¦下半年¦成本¦8"}}, set: 4},
		{name: "1904", rows: [][]any{{"day", "n"}, {43894, 1}},
			more: func(f *excelize.File) {
				yes := true
				f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes})
				s, _ := f.NewStyle(&excelize.Style{NumFmt: 14})
				f.SetCellStyle("Sheet1", "A2", "A2", s)
			},
			want: summary{Header: "day¦n", Rows: []string{"2024-03-05¦1"}}},
		{name: "columns away from the edge", rows: [][]any{{}, {}, {nil, nil, "id", "name"}, {nil, nil, 1, "a"}, {}, {nil, nil, 2, "b"}},
			want: summary{Header: "id¦name", Rows: []string{"1¦a", "2¦b"}}},
		{name: "formulas and markup are text", rows: [][]any{{"id", "name"}, {1, "=HYPERLINK(\"x\")"}, {2, "<b>x</b>"}},
			want: summary{Header: "id¦name", Rows: []string{"1¦=HYPERLINK(\"x\")", "2¦<b>x</b>"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := book(t, tt.rows, tt.more)
			f, tables, err := Extract(t.Context(), path, "表.xlsx", t.TempDir(), Hints{}, Limits{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, summarize(t, path, tables[0])); diff != "" {
				t.Errorf("Extract (-want +got):\n%s\n%+v", diff, tables[0].Evidence)
			}
			if len(tables[0].Set) != tt.set {
				t.Errorf("%d sums were set aside, want %d: %+v", len(tables[0].Set), tt.set, tables[0].Set)
			}
			for _, s := range tables[0].Set {
				if !s.Agrees {
					t.Errorf("%+v does not agree", s)
				}
			}
			if f.Kind != XLSX {
				t.Errorf("kind %s, want xlsx", f.Kind)
			}
		})
	}
}

func TestSheetHint(t *testing.T) {
	path := book(t, [][]any{{"a", "b"}, {1, 2}}, func(f *excelize.File) {
		f.NewSheet("二")
		f.SetCellValue("二", "A1", "x")
		f.SetCellValue("二", "A2", 5)
		f.SetSheetVisible("二", false)
	})
	_, tables, err := Extract(t.Context(), path, "b.xlsx", t.TempDir(), Hints{Sheet: "二"}, Limits{}, nil)
	if err != nil || len(tables) != 1 || tables[0].Name != "二" || !strings.Contains(tables[0].Evidence[len(tables[0].Evidence)-1].Why, "hidden") {
		t.Fatalf("Extract = %+v, %v, want the hidden sheet 二", tables, err)
	}
	if _, _, err := Extract(t.Context(), path, "b.xlsx", t.TempDir(), Hints{Sheet: "三"}, Limits{}, nil); code(err) != "sheet.missing" {
		t.Errorf("Extract of a sheet that is not there = %v, want sheet.missing", err)
	}
}

// TestErrorCell checks that a formula's error is a missing cell with a reject
// of its own, and that its row stays.
func TestErrorCell(t *testing.T) {
	_, tables, err := Extract(t.Context(), data(t, "messy/excel_readxl/types.xlsx"), "types.xlsx", t.TempDir(), Hints{Sheet: "smorgasbord"}, Limits{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	tb := tables[0]
	if tb.Rows != 19 || tb.Read != 19 || tb.RowOf != nil {
		t.Errorf("%d rows of %d read, row numbers %v; want 19 of 19 and none", tb.Rows, tb.Read, tb.RowOf)
	}
	var got []string
	for _, r := range tb.Rejects {
		got = append(got, r.Column+" "+r.Code+" "+r.Text)
	}
	if len(got) != 8 || !strings.HasPrefix(got[0], tb.Header[0]+" cell.error #") && !strings.HasPrefix(got[0], tb.Header[1]+" cell.error #") {
		t.Errorf("rejects %v, want 8 of code cell.error with a column", got)
	}
}
