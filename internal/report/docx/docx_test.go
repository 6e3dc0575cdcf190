package docx_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/report/docx"
	"github.com/chanzipu/outfitter/internal/report/ooxml"
	"github.com/chanzipu/outfitter/internal/report/reporttest"
)

func write(t *testing.T, o docx.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := docx.Write(&b, report.Build(reporttest.Input()), o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhole(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		file := write(t, docx.Options{Lang: lang})
		parts := reporttest.CheckOffice(t, file)
		charts, books := 0, 0
		for name := range parts {
			if strings.HasPrefix(name, "word/charts/outfitter") {
				charts++
			}
			if strings.HasPrefix(name, "word/embeddings/") {
				books++
			}
		}
		if charts < 10 || charts != books {
			t.Errorf("%s: %d charts and %d workbooks, want a workbook behind each of at least ten", lang, charts, books)
		}
		doc := parts["word/document.xml"]
		if strings.Contains(doc, "王小明") || !strings.Contains(doc, "陈思远") {
			t.Errorf("%s: names of staff: only the author's may be there", lang)
		}
		for _, rest := range strings.Split(doc, `w:anchor="`)[1:] {
			if a, _, _ := strings.Cut(rest, `"`); !strings.Contains(doc, `w:name="`+a+`"`) {
				t.Errorf("%s: the link to %s leads nowhere", lang, a)
			}
		}
		if again := write(t, docx.Options{Lang: lang}); !bytes.Equal(again, file) && len(again) != len(file) {
			t.Errorf("%s: a second print differs", lang)
		}
	}
}

// TestTemplate prints on a template: its style ids, page and header stay.
func TestTemplate(t *testing.T) {
	f, err := ooxml.Open(bytes.NewReader(write(t, docx.Options{Lang: "zh"})), int64(len(write(t, docx.Options{Lang: "zh"}))), "x.docx")
	if err != nil {
		t.Fatal(err)
	}
	styles := strings.ReplaceAll(string(f.Parts["word/styles.xml"]), `w:styleId="Heading1"`, `w:styleId="Ueberschrift1"`)
	f.Put("word/styles.xml", "", []byte(styles))
	f.Put("word/document.xml", "", []byte(strings.ReplaceAll(string(f.Parts["word/document.xml"]), `w:w="11906"`, `w:w="12240"`)))
	var tpl bytes.Buffer
	if err := f.Write(&tpl); err != nil {
		t.Fatal(err)
	}
	again, err := ooxml.Open(bytes.NewReader(tpl.Bytes()), int64(tpl.Len()), "x.docx")
	if err != nil {
		t.Fatal(err)
	}
	parts := reporttest.CheckOffice(t, write(t, docx.Options{Lang: "en", Template: again}))
	doc := parts["word/document.xml"]
	if !strings.Contains(doc, `w:pStyle w:val="Ueberschrift1"`) {
		t.Error("headings do not use the template's own style")
	}
	if !strings.Contains(doc, `w:w="12240"`) {
		t.Error("the template's page is not kept")
	}
	if strings.Contains(doc, "三个让中台隐形的假设") {
		t.Error("the template's own text is still there")
	}
}

func TestTemplateRefused(t *testing.T) {
	if _, err := ooxml.Open(strings.NewReader("no zip"), 6, "x.docx"); err == nil || !strings.Contains(err.Error(), "template") {
		t.Errorf("Open(no zip) = %v, want a refusal that names the template", err)
	}
}
