package pdf_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/report/pdf"
	"github.com/chanzipu/outfitter/internal/report/reporttest"
)

func TestDestinations(t *testing.T) {
	file := `1 0 obj
<</Type /Pages
/Count 2
/Kids [5 0 R 6 0 R]
/Parent 9 0 R>>
endobj
2 0 obj
<</Type /Pages
/Count 1
/Kids [7 0 R]
/Parent 9 0 R>>
endobj
9 0 obj
<</Type /Pages
/Count 3
/Kids [1 0 R 2 0 R]>>
endobj
8 0 obj
<</opening [6 0 R /XYZ 0 841.9 0]
/face-floor [7 0 R /XYZ 0 841.9 0]>>
endobj`
	want := map[string]int{"opening": 2, "face-floor": 3}
	if diff := cmp.Diff(want, pdf.Destinations([]byte(file))); diff != "" {
		t.Errorf("Destinations (-want +got):\n%s", diff)
	}
	if got := pdf.Destinations([]byte("%PDF-1.4 something else")); len(got) != 0 {
		t.Errorf("Destinations(no pages) = %v, want none", got)
	}
}

func TestSaysHowToInstall(t *testing.T) {
	t.Setenv("OUTFITTER_CHROMIUM", "/nowhere/chromium")
	err := pdf.Write(t.Context(), &bytes.Buffer{}, report.Build(reporttest.Input()), "zh")
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != "pdf.no_chromium" || !bytes.Contains([]byte(f.EN), []byte("apt install chromium")) {
		t.Errorf("without Chromium the error is %v, want one that says how to install it", err)
	}
}

func TestPrint(t *testing.T) {
	if testing.Short() {
		t.Skip("starts Chromium twice: left out with -short")
	}
	if _, err := pdf.Find(); err != nil {
		t.Skip("Chromium is not installed here: the print itself is not tested")
	}
	var b bytes.Buffer
	if err := pdf.Write(t.Context(), &b, report.Build(reporttest.Input()), "zh"); err != nil {
		t.Fatal(err)
	}
	pages := pdf.Destinations(b.Bytes())
	if pages["boss"] < 3 || pages["evidence"] <= pages["method"] {
		t.Errorf("chapters begin on %v", pages)
	}
	if !bytes.Contains(b.Bytes(), []byte("/FontFile2")) && !bytes.Contains(b.Bytes(), []byte("/FontFile3")) {
		t.Error("no font is embedded")
	}
}
