package xlsx_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/report/reporttest"
	"github.com/chanzipu/outfitter/internal/report/xlsx"
)

func TestWrite(t *testing.T) {
	for lang, want := range map[string]string{"zh": "全部论断", "en": "All claims"} {
		var b bytes.Buffer
		if err := xlsx.Write(&b, report.Build(reporttest.Input()), lang); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(f.GetSheetList(), want) {
			t.Errorf("%s: sheets %q, want one %q", lang, f.GetSheetList(), want)
		}
		for _, name := range f.GetSheetList() {
			rows, err := f.GetRows(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				for _, c := range r {
					if strings.HasPrefix(c, "=") || strings.Contains(c, "王小明") {
						t.Errorf("%s: sheet %s holds %q", lang, name, c)
					}
				}
			}
		}
		if v, err := f.GetCellValue(want, "D2"); err != nil || v != "0.9" {
			t.Errorf("%s: the effect of the first claim is %q (%v), want the number 0.9", lang, v, err)
		}
	}
}
