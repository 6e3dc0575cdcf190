package api

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chanzipu/outfitter/internal/store/storetest"
	"github.com/chanzipu/outfitter/internal/value"
	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/internal/value/valuetest"
)

// TestClaims does what an analyst, a department and a boss do with a claim.
func TestClaims(t *testing.T) {
	db := storetest.Embedded(t)
	valuetest.Fill(t, db)
	s := serve(t, db)
	ana, sales, boss := s.user("ana", "analyst"), s.user("sal", "sales"), s.user("bo", "boss")
	body := claimText{valuetest.Campaign}

	if r := sales.do("POST", "/claims", body); r.StatusCode != http.StatusForbidden {
		t.Errorf("sales writes a claim: %s, want 403", r.Status)
	}
	if c := get[claimCheck](ana, "POST", "/claims/check", claimText{strings.Replace(valuetest.Campaign, "face: campaign", "face: pretty", 1)}); c.OK || len(c.Problems) != 1 || c.Problems[0].Line == 0 {
		t.Errorf("check = %+v, want one problem with its line", c)
	}
	if v := get[value.Version](ana, "POST", "/claims", body); v.Number != 1 || v.Seal != nil {
		t.Errorf("added: version %d, seal %v, want a draft 1", v.Number, v.Seal)
	}
	v := get[runView](ana, "POST", "/claims/campaign/run", nil)
	for v.State == "queued" || v.State == "running" {
		time.Sleep(20 * time.Millisecond)
		v = get[runView](ana, "GET", "/runs/"+v.ID, nil)
	}
	if v.State != "done" {
		t.Fatalf("run = %s %+v", v.State, v.Error)
	}
	it := get[value.Item](boss, "GET", "/claims/campaign", nil)
	if it.State != value.Ran || it.Result == nil || it.Result.Finding.Grade != claim.A || it.Version.Seal == nil {
		t.Fatalf("claim = %s, result %v, want run, sealed, grade A", it.State, it.Result)
	}
	rows := get[claimRows](sales, "GET", "/claims/campaign/rows?role=outcome&limit=3", nil)
	if rows.Total != 80 || len(rows.Items) != 3 || rows.Next != 3 {
		t.Errorf("rows = %d of %d, next %d, want 3 of 80, next 3", len(rows.Items), rows.Total, rows.Next)
	}
	if r := ana.do("GET", "/claims/campaign/sample.csv", nil); r.StatusCode != http.StatusOK || !strings.HasPrefix(r.text, "unit,treated,outcome,") {
		t.Errorf("sample = %s %.60q", r.Status, r.text)
	}
	sign := map[string]string{"role": "finance", "name": "王"}
	if r := sales.do("POST", "/claims/campaign/countersign", sign); r.problem() != "sign.others" {
		t.Errorf("sales signs for finance: %s, want sign.others", r.problem())
	}
	sign["role"] = "sales"
	if v := get[value.Version](sales, "POST", "/claims/campaign/countersign", sign); len(v.Signs) != 1 || v.Signs[0].Actor != "user:sal" {
		t.Errorf("signed: %+v", v.Signs)
	}
	l := get[value.Ledger](boss, "GET", "/ledger?year=2026", nil)
	if len(l.Rows) != 1 || l.Total.Counted != 1 || !l.Total.Net.Value.OK() {
		t.Errorf("ledger = %d rows, total %+v", len(l.Rows), l.Total)
	}
	if all := get[[]value.Suggestion](ana, "GET", "/claims/suggested", nil); len(all) != 2 {
		t.Errorf("%d suggestions, want 2", len(all))
	}
	if all := get[[]claimTemplate](ana, "GET", "/claims/templates", nil); len(all) < 20 {
		t.Errorf("%d templates", len(all))
	}
	if h := get[value.Head](boss, "GET", "/claims/head", nil); len(h.Claims) != 1 || h.Hash == "" {
		t.Errorf("head = %+v", h)
	}
	if r := ana.do("GET", "/claims/nobody", nil); r.StatusCode != http.StatusNotFound || r.problem() != "claim.none" {
		t.Errorf("no claim: %s %s", r.Status, r.problem())
	}
}
