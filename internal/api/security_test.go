package api

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/run"
)

// TestRightsMatrix asks every operation as every role: who has the right gets
// past the door, who has not does not, nobody gets in without signing in.
func TestRightsMatrix(t *testing.T) {
	s := start(t)
	nobody := &caller{s: s}
	callers := map[string]*caller{}
	for _, r := range access.Roles {
		callers[r.Name] = s.token(access.Token{Name: r.Name, Role: r.Name})
	}
	callers["bound"] = s.token(access.Token{Name: "bound", Role: "admin", Source: "crm"})
	var routes []string
	right := map[string]access.Right{}
	mux := http.NewServeMux()
	spec := (&server{Deps: Deps{DB: s.db, Runs: s.runs}}).operations(mux).OpenAPI()
	for path, item := range spec.Paths {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			op := map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete}[method]
			if op == nil {
				continue
			}
			r, ok := op.Metadata[rightKey].(access.Right)
			if !ok {
				t.Errorf("%s %s names no right", method, path)
				continue
			}
			routes, right[method+" "+path] = append(routes, method+" "+path), r
		}
	}
	slices.Sort(routes)
	var table strings.Builder
	for _, route := range routes {
		method, path, _ := strings.Cut(route, " ")
		var may []string
		for _, name := range append(names(), "bound") {
			c := callers[name]
			code := c.do(method, s.URL+concrete(path), nil).StatusCode
			got := code != http.StatusUnauthorized && code != http.StatusForbidden
			role, _ := access.RoleOf(name)
			want := access.Who{Actor: "x", Role: role}.Can(right[route])
			if name == "bound" {
				want = right[route] == access.Ingest || right[route] == access.Public
			}
			if right[route] == access.Public {
				want, got = true, code != http.StatusForbidden
			}
			if got != want {
				t.Errorf("%s as %s = %d, let in %v, want %v", route, name, code, got, want)
			}
			if want {
				may = append(may, name)
			}
		}
		if code := nobody.do(method, s.URL+concrete(path), nil).StatusCode; right[route] != access.Public && code != http.StatusUnauthorized {
			t.Errorf("%s as nobody = %d, want 401", route, code)
		}
		fmt.Fprintf(&table, "%-62s %-8s %s\n", route, right[route], strings.Join(may, " "))
	}
	golden(t, "testdata/rights.txt", []byte(table.String()))
}

func names() (out []string) {
	for _, r := range access.Roles {
		out = append(out, r.Name)
	}
	return out
}

// concrete fills a path's parameters with what is not there.
func concrete(path string) string {
	for _, p := range []string{"{id}", "{name}", "{source}"} {
		path = strings.ReplaceAll(path, p, "none")
	}
	return strings.NewReplacer("{row}", "1", "{version}", "1").Replace(path)
}

func TestSession(t *testing.T) {
	s := start(t)
	li := s.user("li", "sales")
	c := li.cookie
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || c.Path != "/" {
		t.Errorf("cookie over http = %+v, want HttpOnly, Lax, not Secure, /", c)
	}
	m := get[me](li, "GET", "/session", nil)
	if m.User.Name != "li" || m.User.Role != "sales" || !slices.Contains(m.Rights, "explore") || slices.Contains(m.Rights, "admin") {
		t.Errorf("GET /session = %+v", m)
	}
	if m = get[me](li, "PATCH", "/session", map[string]string{"lang": "en", "theme": "dark"}); m.User.Lang != "en" || m.User.Theme != "dark" {
		t.Errorf("PATCH /session = %+v, want en and dark", m)
	}
	if got := li.do("PUT", "/session/password", map[string]string{"old": "nonsense", "new": "another horse 1"}).problem(); got != "password.wrong" {
		t.Errorf("PUT /session/password with a wrong one = %s", got)
	}
	get[nothing](li, "PUT", "/session/password", map[string]string{"old": goodPassword, "new": "another horse 1"})
	out := li.do("DELETE", "/session", nil)
	if got := out.Cookies(); len(got) != 1 || got[0].MaxAge >= 0 {
		t.Errorf("DELETE /session set %v, want the cookie removed", got)
	}
	if got := li.do("GET", "/session", nil); got.StatusCode != http.StatusUnauthorized || got.problem() != "sign-in.needed" {
		t.Errorf("GET /session after signing out = %s %s", got.Status, got.text)
	}
}

func TestSignInLimit(t *testing.T) {
	s := start(t)
	s.user("li", "sales")
	c := &caller{s: s}
	var codes []int
	for range 11 {
		codes = append(codes, c.do("POST", "/session", map[string]string{"name": "li", "password": "wrong wrong"}).StatusCode)
	}
	want := append(slices.Repeat([]int{401}, 10), 429)
	if diff := cmp.Diff(want, codes); diff != "" {
		t.Errorf("eleven wrong passwords (-want +got):\n%s", diff)
	}
}

func TestCrossOrigin(t *testing.T) {
	s := start(t)
	li := s.user("li", "sales")
	for _, tt := range []struct {
		header map[string]string
		want   int
	}{
		{map[string]string{"Sec-Fetch-Site": "cross-site"}, 403},
		{map[string]string{"Sec-Fetch-Site": "same-site"}, 403},
		{map[string]string{"Origin": "https://evil.example"}, 403},
		{map[string]string{"Sec-Fetch-Site": "same-origin"}, 200},
		{map[string]string{"Origin": s.URL}, 200},
		{nil, 200}, // not a browser
	} {
		li.header = tt.header
		if got := li.do("PATCH", "/session", map[string]string{"lang": "zh"}); got.StatusCode != tt.want {
			t.Errorf("PATCH with %v = %s, want %d", tt.header, got.Status, tt.want)
		} else if tt.want == 403 && got.problem() != "cross-origin" {
			t.Errorf("PATCH with %v: %s", tt.header, got.text)
		}
	}
}

func TestBaseURL(t *testing.T) {
	s := start(t, func(d *Deps) { d.BaseURL, d.Proxied = "https://out.example/shop", true })
	s.URL += "/shop"
	li := s.user("li", "sales")
	if c := li.cookie; !c.Secure || c.Path != "/shop/" {
		t.Errorf("cookie = %+v, want Secure and /shop/", c)
	}
	if r := li.do("GET", s.URL+"/explore", nil); !strings.Contains(r.text, `<base href="/shop/" />`) || r.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("GET /shop/explore = %s %s %v", r.Status, r.text, r.Header)
	}
	li.header = map[string]string{"Origin": "https://out.example"}
	if r := li.do("PATCH", "/session", map[string]string{"lang": "zh"}); r.StatusCode != 200 {
		t.Errorf("PATCH from the base URL's origin = %s %s", r.Status, r.text)
	}
	if _, err := New(Deps{BaseURL: "ftp://x"}); fault.Status(err) != 422 {
		t.Errorf("New(ftp base) = %v, want invalid", err)
	}
}

func TestPages(t *testing.T) {
	s := start(t)
	c := &caller{s: s, header: map[string]string{"Accept-Encoding": "gzip"}}
	js := c.do("GET", s.URL+"/assets/app-1234.js", nil)
	if js.StatusCode != 200 || !strings.Contains(js.Header.Get("Cache-Control"), "immutable") || js.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("a hashed asset = %s %v, want it immutable and compressed", js.Status, js.Header)
	}
	c.header = nil
	for path, want := range map[string]int{"/": 200, "/batches/x/rows/3": 200, "/assets/gone.js": 404, "/favicon.ico": 404, "/api/v1/nothing": 404, "/healthz": 200, "/metrics": 200} {
		if r := c.do("GET", s.URL+path, nil); r.StatusCode != want {
			t.Errorf("GET %s = %s, want %d", path, r.Status, want)
		}
	}
	r := c.do("GET", s.URL+"/today", nil)
	for name, want := range map[string]string{"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cache-Control": "no-cache"} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if id := r.Header.Get("X-Request-Id"); len(id) != 16 {
		t.Errorf("X-Request-Id = %q", id)
	}
	c.header = map[string]string{"X-Request-Id": "abc-1", "X-Forwarded-For": "10.0.0.9"}
	if r := c.do("GET", s.URL+"/metrics", nil); r.StatusCode != 401 || r.Header.Get("X-Request-Id") != "abc-1" {
		t.Errorf("GET /metrics from afar = %s %v, want 401 and the id kept", r.Status, r.Header)
	}
	c.header = nil
	if r := c.do("GET", s.URL+"/metrics", nil); !strings.Contains(r.text, `outfitter_http_requests_total{code="200",route="GET /healthz"} 1`) || !strings.Contains(r.text, `outfitter_runs{state="done"} 0`) {
		t.Errorf("GET /metrics =\n%s", r.text)
	}
}

func TestUsersAndTokens(t *testing.T) {
	s := start(t)
	root := s.user("root", "admin")
	made := get[userWithPassword](root, "POST", "/users", map[string]string{"name": "han", "role": "boss"})
	if made.Password == "" {
		t.Fatal("POST /users made no password")
	}
	if got := root.do("POST", "/users", map[string]string{"name": "han", "role": "boss"}); got.StatusCode != 409 || got.problem() != "user.exists" {
		t.Errorf("POST /users again = %s %s", got.Status, got.text)
	}
	bad := root.do("POST", "/users", map[string]string{"name": "x", "role": "king"})
	var p Problem
	if err := json.Unmarshal([]byte(bad.text), &p); err != nil || bad.StatusCode != 422 || len(p.Errors) != 1 || p.Errors[0].Location != "body.role" || p.DetailZH == "" || bad.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("POST /users with a bad role = %s %s", bad.Status, bad.text)
	}
	reset := get[password](root, "POST", "/users/"+made.User.ID+"/password", nil)
	if r := (&caller{s: s}).do("POST", "/session", map[string]string{"name": "han", "password": reset.Password}); r.StatusCode != 200 {
		t.Errorf("sign in with the new password = %s", r.Status)
	}
	tok := get[tokenWithSecret](root, "POST", "/tokens", map[string]string{"name": "bi", "role": "analyst"})
	bi := &caller{s: s, token: tok.Token}
	if m := get[me](bi, "GET", "/session", nil); m.User.Name != "token:bi" || m.User.Role != "analyst" {
		t.Errorf("GET /session with a token = %+v", m)
	}
	if got := bi.do("PATCH", "/session", map[string]string{"lang": "en"}); got.problem() != "user.only" {
		t.Errorf("PATCH /session with a token = %s", got.text)
	}
	get[nothing](root, "DELETE", "/tokens/"+tok.Item.ID, nil)
	if got := bi.do("GET", "/session", nil); got.StatusCode != 401 {
		t.Errorf("GET /session with a revoked token = %s", got.Status)
	}
	check := get[auditCheck](root, "GET", "/audit/verify", nil)
	if !check.OK || check.Checked < 7 {
		t.Errorf("GET /audit/verify = %+v", check)
	}
	var actions []string
	cursor := ""
	for {
		p := get[page[auditEntry]](root, "GET", "/audit?limit=3&action=user.&cursor="+cursor, nil)
		for _, e := range p.Items {
			actions = append(actions, e.Action+" "+e.Target)
		}
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	if diff := cmp.Diff([]string{"user.password user:han", "user.added user:han", "user.added user:root"}, actions); diff != "" {
		t.Errorf("GET /audit?action=user. (-want +got):\n%s", diff)
	}
	if r := root.do("GET", "/audit/export.csv", nil); !strings.HasPrefix(r.text, "\ufeffseq,ts,actor") || !strings.Contains(r.Header.Get("Content-Disposition"), "audit.csv") {
		t.Errorf("GET /audit/export.csv = %v %.80s", r.Header, r.text)
	}
}

func TestRunEvents(t *testing.T) {
	s := start(t)
	li, boss := s.user("li", "sales"), s.user("boss", "boss")
	release := make(chan bool)
	v, err := s.runs.Do(t.Context(), run.New{Kind: "test", Title: "T", Actor: "user:li"}, func(ctx context.Context, p *run.Progress) (any, error) {
		p.Tell(1, 2, "Half", "一半")
		select {
		case <-release:
			return map[string]int{"a": 1}, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), "GET", s.URL+prefix+"/runs/"+v.ID+"/events", nil)
	req.Header.Set("Accept", "text/event-stream")
	req.AddCookie(li.cookie)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	var last runView
	released := false
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		text, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		if err := json.Unmarshal([]byte(text), &last); err != nil {
			t.Fatal(err)
		}
		if last.WhatZH == "一半" && last.State == "running" && !released {
			close(release)
			released = true
		}
	}
	if last.State != "done" || string(last.Result) != `{"a":1}` {
		t.Errorf("the last event = %+v, want done with its result", last)
	}
	if got := get[runView](boss, "GET", "/runs/"+v.ID, nil); got.Result != nil || got.State != "done" {
		t.Errorf("somebody else's run = %+v, want it without its result", got)
	}
	if got := boss.do("POST", "/runs/"+v.ID+"/cancel", nil); got.problem() != "run.others" {
		t.Errorf("cancel somebody else's run = %s", got.text)
	}
	if got := get[page[runView]](boss, "GET", "/runs?state=done&limit=1", nil); len(got.Items) != 1 || got.Next != "" {
		t.Errorf("GET /runs = %+v", got)
	}
}

// follow waits for a run's end.
func follow(t *testing.T, c *caller, id string) runView {
	t.Helper()
	for range 600 {
		if v := get[runView](c, "GET", "/runs/"+id, nil); run.State(v.State).Ended() {
			return v
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("run %s does not end", id)
	return runView{}
}
