package api

import (
	"archive/zip"
	"bytes"
	"net/url"
	"strings"
	"testing"

	"github.com/chanzipu/outfitter/internal/report/bundle"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

// TestReport makes a report over a file of feedback, looks at it, downloads
// every format and verifies the bundle.
func TestReport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := serve(t, db)
		ana, boss, sales := s.user("ana", "analyst"), s.user("bo", "boss"), s.user("sam", "sales")
		up := get[upload](ana, "POST", "/uploads?name="+url.QueryEscape("工单.csv"), strings.NewReader(tickets))
		finish[importResult](t, ana, get[runView](ana, "POST", "/imports", map[string]any{"uploads": []uploadRef{{up.ID, up.Name}}, "source": "tickets", "mapping": ticketMapping}))

		if a := sales.do("GET", "/reports", nil); a.StatusCode != 403 {
			t.Errorf("sales list reports: %d, want 403", a.StatusCode)
		}
		if a := ana.do("POST", "/reports", map[string]any{"year": 2026, "full": true}); a.StatusCode != 403 {
			t.Errorf("an analyst makes a full bundle: %d, want 403", a.StatusCode)
		}
		if a := ana.do("POST", "/reports", map[string]any{"year": 2026, "formats": []string{"odt"}}); a.StatusCode != 422 && a.StatusCode != 400 {
			t.Errorf("a format that we don't have: %d", a.StatusCode)
		}
		made := finish[reportView](t, boss, get[runView](boss, "POST", "/reports", map[string]any{"year": 2026, "company": "演示", "formats": []string{"html", "docx", "pptx", "xlsx"}}))
		if len(made.Files) != 8 || made.Manifest == "" {
			t.Fatalf("made = %+v, want eight documents", made)
		}
		if all := get[[]reportView](ana, "GET", "/reports", nil); len(all) != 1 || all[0].ID != made.ID {
			t.Errorf("GET /reports = %+v", all)
		}
		for _, path := range []string{"/reports/" + made.ID + "/preview?lang=en", "/reports/preview?year=2026"} {
			page := boss.do("GET", path, nil)
			if csp := page.Header.Get("Content-Security-Policy"); page.StatusCode != 200 || !strings.HasPrefix(csp, "sandbox; default-src 'none'") || !strings.Contains(page.text, "<!doctype html>") {
				t.Errorf("GET %s = %d under policy %q", path, page.StatusCode, csp)
			}
		}
		for _, f := range []string{"html", "docx", "pptx", "xlsx"} {
			if a := boss.do("GET", "/reports/"+made.ID+"/files/"+f, nil); a.StatusCode != 200 || len(a.text) < 1000 {
				t.Errorf("GET %s = %d, %d bytes", f, a.StatusCode, len(a.text))
			}
		}
		if a := boss.do("GET", "/reports/"+made.ID+"/files/pdf", nil); a.StatusCode != 404 {
			t.Errorf("a PDF that was not made: %d, want 404", a.StatusCode)
		}
		file := []byte(boss.do("GET", "/reports/"+made.ID+"/files/zip", nil).text)
		if _, err := zip.NewReader(bytes.NewReader(file), int64(len(file))); err != nil {
			t.Fatal(err)
		}
		got, err := bundle.Verify(t.Context(), bytes.NewReader(file), int64(len(file)), bundle.Default, func(int64, int64, string, string) {})
		if err != nil || !got.OK || got.Manifest != made.Manifest {
			t.Errorf("Verify(downloaded) = %+v, %v", got, err)
		}
	})
}
