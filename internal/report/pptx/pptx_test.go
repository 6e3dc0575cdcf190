package pptx_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/report/ooxml"
	"github.com/chanzipu/outfitter/internal/report/pptx"
	"github.com/chanzipu/outfitter/internal/report/reporttest"
)

func write(t *testing.T, o pptx.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := pptx.Write(&b, report.Build(reporttest.Input()), o); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhole(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		parts := reporttest.CheckOffice(t, write(t, pptx.Options{Lang: lang}))
		slides, charts := 0, 0
		for name, body := range parts {
			if strings.HasPrefix(name, "ppt/slides/slide") {
				slides++
				if strings.Contains(body, "王小明") {
					t.Errorf("%s: %s names a colleague", lang, name)
				}
			}
			if strings.HasPrefix(name, "ppt/charts/") && strings.HasSuffix(name, ".xml") {
				charts++
				if !strings.Contains(body, "<c:externalData") {
					t.Errorf("%s: %s has no data to edit", lang, name)
				}
			}
		}
		if slides < 20 || charts < 10 {
			t.Errorf("%s: %d slides, %d charts: want more", lang, slides, charts)
		}
		listed := len(regexp.MustCompile(`<p:sldId `).FindAllString(parts["ppt/presentation.xml"], -1))
		if listed != slides {
			t.Errorf("%s: %d slides, %d listed", lang, slides, listed)
		}
	}
}

// TestTemplate prints onto a template of another size: its slides go, its
// masters stay.
func TestTemplate(t *testing.T) {
	first := write(t, pptx.Options{Lang: "zh"})
	f, err := ooxml.Open(bytes.NewReader(first), int64(len(first)), "x.pptx")
	if err != nil {
		t.Fatal(err)
	}
	f.Put("ppt/presentation.xml", "", []byte(strings.Replace(string(f.Parts["ppt/presentation.xml"]), `cx="12192000" cy="6858000"`, `cx="9144000" cy="6858000"`, 1)))
	f.Put("ppt/theme/theme1.xml", "", []byte(strings.Replace(string(f.Parts["ppt/theme/theme1.xml"]), "12354F", "AA0011", 1)))
	file := write(t, pptx.Options{Lang: "en", Template: f})
	parts := reporttest.CheckOffice(t, file)
	if !strings.Contains(parts["ppt/theme/theme1.xml"], "AA0011") {
		t.Error("the template's colours are gone")
	}
	for name, body := range parts {
		if strings.HasPrefix(name, "ppt/slides/slide") && strings.Contains(body, "三个让中台隐形的假设") {
			t.Errorf("%s is a slide of the template", name)
		}
		for _, m := range regexp.MustCompile(`<a:off x="(\d+)"`).FindAllStringSubmatch(body, -1) {
			if strings.HasPrefix(name, "ppt/slides/") && len(m[1]) >= 8 {
				t.Errorf("%s: a shape begins at %s, beyond the slide", name, m[1])
			}
		}
	}
}

func TestWordTemplateRefused(t *testing.T) {
	f := ooxml.New()
	f.Put("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", []byte("<x/>"))
	if err := pptx.Write(&bytes.Buffer{}, report.Build(reporttest.Input()), pptx.Options{Lang: "zh", Template: f}); err == nil {
		t.Error("a Word file was taken for a PowerPoint template")
	}
}
