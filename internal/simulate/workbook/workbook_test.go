package workbook

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
)

func TestWrite(t *testing.T) {
	for lang, want := range languages {
		var a, b bytes.Buffer
		rows := []Row{{Kind: want.kinds[0], Name: "x", Team: "y", Start: day(2026, 3, 2), Owner: "z", Hours: 1.5}}
		if err := WriteRows(&a, lang, rows); err != nil {
			t.Fatal(err)
		}
		if err := WriteRows(&b, lang, rows); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a.Bytes(), b.Bytes()) {
			t.Errorf("WriteRows(%s) gives different bytes the second time", lang)
		}
		f, err := excelize.OpenReader(&a)
		if err != nil {
			t.Fatal(err)
		}
		got, err := f.GetRows(want.work)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][]string{want.header, {"W001", want.kinds[0], "x", "y", "2026-03-02", "", "z", "1.5"}}, got); diff != "" {
			t.Errorf("%s: sheet %s (-want +got):\n%s", lang, want.work, diff)
		}
		if n, _ := f.GetRows(want.examples); len(n) != len(want.rows)+1 {
			t.Errorf("%s: %d example lines, want %d", lang, len(n), len(want.rows)+1)
		}
		dvs, err := f.GetDataValidations(want.work)
		if err != nil || len(dvs) != 4 {
			t.Errorf("%s: %d validations (%v), want 4", lang, len(dvs), err)
		}
		panes, err := f.GetPanes(want.work)
		if err != nil || !panes.Freeze || panes.YSplit != 1 {
			t.Errorf("%s: panes = %+v (%v), want the header frozen", lang, panes, err)
		}
		if len(want.header) != len(widths) || len(want.guideText) != 12 {
			t.Errorf("%s: %d columns, %d widths, %d lines of guide", lang, len(want.header), len(widths), len(want.guideText))
		}
	}
}

func TestWriteRefusesOtherLanguages(t *testing.T) {
	if err := Write(&bytes.Buffer{}, "fr"); err == nil {
		t.Error("Write(fr) = nil, want an error")
	}
}

func TestSerial(t *testing.T) {
	// Excel shows 2026-03-02 as day 46083 of its 1900 calendar.
	if got := serial(time.Date(2026, 3, 2, 23, 0, 0, 0, time.FixedZone("", 8*3600))); got != 46083 {
		t.Errorf("serial(2026-03-02) = %v, want 46083", got)
	}
}
