package api

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/run"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/source/stage"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files")

func TestMain(m *testing.M) {
	if stage.IsChild() {
		stage.Child()
	}
	storetest.Main(m)
}

func TestOpenAPI(t *testing.T) {
	s := &server{}
	api := s.operations(http.NewServeMux())
	got, err := json.MarshalIndent(api.OpenAPI(), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "openapi.json", append(got, '\n'))
}

// golden compares with the file, or writes it under -update.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (make it with -update)", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s is not what the code says; if that is meant, run with -update (-file +code):\n%s", path, diff)
	}
}

// A site is a running server and the state behind it.
type site struct {
	*httptest.Server
	db   *store.DB
	runs *run.Runner
	door *source.Door
	t    *testing.T
}

// start runs a real server on an empty embedded installation.
func start(t *testing.T, change ...func(*Deps)) *site {
	return serve(t, storetest.Embedded(t), change...)
}

func serve(t *testing.T, db *store.DB, change ...func(*Deps)) *site {
	t.Helper()
	log := slog.New(slog.NewTextHandler(testWriter{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	runs, err := run.Open(t.Context(), db, log)
	if err != nil {
		t.Fatal(err)
	}
	door, err := source.OpenDoor(db)
	if err != nil {
		t.Fatal(err)
	}
	d := Deps{DB: db, Runs: runs, Door: door, Version: "test", Log: log, Web: fstest.MapFS{
		"index.html":         {Data: []byte(`<!doctype html><html><head><base href="/" /><title>x</title></head></html>`)},
		"assets/app-1234.js": {Data: []byte("let a;" + strings.Repeat(" ", 4000))},
	}}
	for _, c := range change {
		c(&d)
	}
	h, err := New(d)
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(func() {
		srv.Close()
		runs.Close()
		if err := door.Close(); err != nil {
			t.Errorf("Close() = %v", err)
		}
	})
	return &site{srv, db, runs, door, t}
}

type testWriter struct{ t *testing.T }

func (w testWriter) Write(b []byte) (int, error) {
	w.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

const goodPassword = "right horse battery"

// user adds a user and returns a signed-in caller.
func (s *site) user(name, role string) *caller {
	s.t.Helper()
	if _, _, err := access.AddUser(s.t.Context(), s.db, "system", access.NewUser{Name: name, Role: role, Password: goodPassword}); err != nil {
		s.t.Fatal(err)
	}
	c := &caller{s: s}
	r := c.do("POST", "/session", map[string]string{"name": name, "password": goodPassword})
	if r.StatusCode != http.StatusOK || len(r.Cookies()) != 1 {
		s.t.Fatalf("sign in %s: %s %s", name, r.Status, r.text)
	}
	c.cookie = r.Cookies()[0]
	return c
}

// token makes a token and returns a caller that uses it.
func (s *site) token(t access.Token) *caller {
	s.t.Helper()
	_, text, err := access.AddToken(s.t.Context(), s.db, "system", t)
	if err != nil {
		s.t.Fatal(err)
	}
	return &caller{s: s, token: text}
}

type caller struct {
	s      *site
	cookie *http.Cookie
	token  string
	header map[string]string
}

type answer struct {
	*http.Response
	text string
}

// problem reads the code of an error.
func (a answer) problem() string {
	var p Problem
	if err := json.Unmarshal([]byte(a.text), &p); err != nil {
		return a.Status + " without a problem: " + a.text
	}
	return p.Code
}

// do sends a request below /api/v1; a body that is neither reader nor string is sent as JSON.
func (c *caller) do(method, path string, body any) answer {
	c.s.t.Helper()
	var r io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case io.Reader:
		r, kind = b, "application/octet-stream"
	case string:
		r = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			c.s.t.Fatal(err)
		}
		r = bytes.NewReader(text)
	}
	if !strings.HasPrefix(path, "http") {
		path = c.s.URL + prefix + path
	}
	req, err := http.NewRequestWithContext(c.s.t.Context(), method, path, r)
	if err != nil {
		c.s.t.Fatal(err)
	}
	if r != nil {
		req.Header.Set("Content-Type", kind)
	}
	if c.cookie != nil {
		req.AddCookie(c.cookie)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	for k, v := range c.header {
		req.Header.Set(k, v)
	}
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	if err != nil {
		c.s.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		c.s.t.Fatal(err)
	}
	return answer{resp, string(text)}
}

// get sends a request that must succeed and decodes its answer.
func get[T any](c *caller, method, path string, body any) T {
	c.s.t.Helper()
	r := c.do(method, path, body)
	var v T
	if r.StatusCode >= 300 {
		c.s.t.Fatalf("%s %s = %s: %s", method, path, r.Status, r.text)
	}
	if r.text != "" {
		if err := json.Unmarshal([]byte(r.text), &v); err != nil {
			c.s.t.Fatalf("%s %s: %v: %s", method, path, err, r.text)
		}
	}
	return v
}
