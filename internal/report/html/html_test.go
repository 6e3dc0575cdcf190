package html_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/report/html"
	"github.com/chanzipu/outfitter/internal/report/reporttest"
)

var update = flag.Bool("update", false, "write golden files")

func render(t *testing.T, lang string) string {
	t.Helper()
	var b bytes.Buffer
	if err := html.Write(&b, report.Build(reporttest.Input()), html.Options{Lang: lang}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestText holds every sentence of both languages: a reviewer reads them there.
func TestText(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		got := text(render(t, lang))
		golden := filepath.Join("testdata", "report."+lang+".txt")
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got), -update writes it:\n%s", golden, diff)
		}
	}
}

var (
	blocks = regexp.MustCompile(`<(?:p|h[1-6]|li|tr|td|th|dt|dd|div|figure|figcaption|section|article|text)[ >]`)
	tags   = regexp.MustCompile(`<[^>]*>`)
)

// text is what a reader reads, a line per element.
func text(page string) string {
	_, body, _ := strings.Cut(page, "<body>")
	body = tags.ReplaceAllString(blocks.ReplaceAllString(body, "\n$0"), " ")
	var out []string
	for _, l := range strings.Split(body, "\n") {
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n") + "\n"
}

func TestDataIsNeverMarkup(t *testing.T) {
	page := render(t, "zh")
	for _, bad := range []string{"<b>单价</b>", "<script", "http-equiv=\"refresh\""} {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if !strings.Contains(page, "&lt;b&gt;单价&lt;/b&gt; &amp; 折扣") {
		t.Error("the claim's title is not there as it was written")
	}
}

func TestEveryFigureLeadsToItsEvidence(t *testing.T) {
	page := render(t, "en")
	refs := regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(refs) < 30 {
		t.Fatalf("%d links inside the page, want many", len(refs))
	}
	for _, r := range refs {
		if !strings.Contains(page, `id="`+r[1]+`"`) {
			t.Errorf("#%s leads nowhere", r[1])
		}
	}
}

func TestNamesOfStaffStayOut(t *testing.T) {
	for _, lang := range []string{"zh", "en"} {
		page := render(t, lang)
		if strings.Contains(page, "王小明") {
			t.Errorf("%s: a colleague is named beside figures", lang)
		}
		if !strings.Contains(page, "陈思远") {
			t.Errorf("%s: the author is missing", lang)
		}
	}
}

func TestSelfContained(t *testing.T) {
	page := render(t, "zh")
	for _, bad := range []string{"<link", "<img", "@import", "url(http", "src=\"http"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page fetches something: %s", bad)
		}
	}
}
