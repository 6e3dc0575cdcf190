package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestErasure imports a file, and erases one of those in it.
func TestErasure(t *testing.T) {
	s := start(t)
	ana, root := s.user("ana", "analyst"), s.user("root", "admin")
	up := get[upload](ana, "POST", "/uploads?name="+url.QueryEscape("工单.csv"), strings.NewReader(tickets))
	started := get[runView](ana, "POST", "/imports", map[string]any{"uploads": []uploadRef{{up.ID, up.Name}, {up.ID, "b.csv"}}, "source": "tickets", "mapping": ticketMapping})
	if started.Title != "工单.csv and 1 more" || started.TitleZH != "工单.csv 等 2 个文件" {
		t.Errorf("the run is called %q and %q, want both languages", started.Title, started.TitleZH)
	}
	finish[importResult](t, ana, started)
	all := get[page[batch]](ana, "GET", "/batches", nil).Items
	if len(all) == 0 {
		t.Fatal("no batch")
	}
	if diff := cmp.Diff(list[verbCount]{{"feedback.received", 3}}, all[0].ByVerb); diff != "" {
		t.Errorf("verbs of a batch in the list (-want +got):\n%s", diff)
	}

	ask := erasureAsk{Search: "13912345678"}
	if got := ana.do("POST", "/erasures", ask).StatusCode; got != http.StatusForbidden {
		t.Errorf("POST /erasures as analyst = %d, want 403", got)
	}
	for _, bad := range []erasureAsk{{}, {Party: "x", Search: "y"}} {
		if got := root.do("POST", "/erasures/plan", bad).problem(); got != "erasure.who" {
			t.Errorf("plan of %+v = %s", bad, got)
		}
	}
	plan := get[erasurePlan](root, "POST", "/erasures/plan", ask)
	if len(plan.Parties) != 1 || plan.Parties[0].Name != "乙公司" || plan.Rows != 1 {
		t.Fatalf("plan = %+v, want 乙公司 in one row", plan)
	}
	ask = erasureAsk{Party: plan.Parties[0].ID}
	done := finish[map[string]string](t, root, get[runView](root, "POST", "/erasures", ask))
	proof := root.do("GET", "/erasures/"+done["erasure"], nil)
	var p erasureProof
	if err := json.Unmarshal([]byte(proof.text), &p); err != nil || len(p.Objects) != 1 || p.Objects[0].Rows != 1 {
		t.Errorf("proof = %s (%v), want one row of one object", proof.text, err)
	}
	if read := root.do("GET", "/erasures/"+done["erasure"]+"/proof.txt", nil); !strings.Contains(read.text, "抹除证明") || strings.Contains(read.text+proof.text, "乙公司") {
		t.Errorf("proof.txt = %s", read.text)
	}
	if items := get[page[erasureItem]](root, "GET", "/erasures", nil).Items; len(items) != 1 || items[0].Ended == nil {
		t.Errorf("GET /erasures = %+v", items)
	}
	if got := root.do("POST", "/erasures/plan", ask).problem(); got != "erasure.nobody" {
		t.Errorf("plan of the erased = %s", got)
	}
}

// TestAppPathsWithDots opens a source that is named after its file, by address.
func TestAppPathsWithDots(t *testing.T) {
	s := start(t)
	c := &caller{s: s, header: map[string]string{"Accept": "text/html,application/xhtml+xml"}}
	if r := c.do("GET", s.URL+"/sources/deals.v2.csv", nil); r.StatusCode != http.StatusOK || !strings.Contains(r.text, "<base") {
		t.Errorf("GET /sources/deals.v2.csv = %s, want the page", r.Status)
	}
	c.header = map[string]string{"Accept": "*/*"}
	for _, path := range []string{"/favicon.png", "/assets/gone.js"} {
		if r := c.do("GET", s.URL+path, nil); r.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s = %s, want 404", path, r.Status)
		}
	}
}

// TestAdditive holds what may be summed: a ratio of a week is no sum of days.
func TestAdditive(t *testing.T) {
	s := start(t)
	ana := s.user("ana", "analyst")
	for _, m := range get[list[metricView]](ana, "GET", "/metrics", nil) {
		if want := m.Kind == "count" || m.Kind == "sum"; m.Additive && !want {
			t.Errorf("metric %s, a %s, is additive", m.Name, m.Kind)
		}
	}
}
