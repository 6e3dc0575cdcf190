package api

import (
	"bytes"
	"html"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// spa serves the web client. A path that is no file is the client's own to
// route; hashed files never change.
func (s *server) spa() http.Handler {
	index := s.index()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			writeProblem(w, problem(http.StatusMethodNotAllowed, "Pages can only be read."))
			return
		}
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if s.Web != nil && name != "" && name != "index.html" {
			if info, err := fs.Stat(s.Web, name); err == nil && !info.IsDir() {
				if strings.HasPrefix(name, "assets/") {
					w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
				} else {
					w.Header().Set("Cache-Control", "public, max-age=3600")
				}
				http.ServeFileFS(w, r, s.Web, name)
				return
			}
			if strings.HasPrefix(name, "assets/") || !wantsPage(r) {
				w.Header().Set("Cache-Control", "no-store")
				http.NotFound(w, r)
				return
			}
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, "index.html", time.Time{}, bytes.NewReader(index))
	})
}

// wantsPage tells a person's browser, which asks for HTML, from what a page or
// a program asks for by name. A path of the client's own may hold a dot: a
// source is named after its file.
func wantsPage(r *http.Request) bool {
	return path.Ext(r.URL.Path) == "" || strings.Contains(r.Header.Get("Accept"), "text/html")
}

// index is the client's first page, told where it lives.
func (s *server) index() []byte {
	page := []byte("<!doctype html><html><head><meta charset=\"utf-8\"><title>Outfitter</title></head><body><p>The web client is not built into this program. Build it with <code>make build</code>. The API is at " + prefix + ".</p></body></html>")
	if s.Web != nil {
		if b, err := fs.ReadFile(s.Web, "index.html"); err == nil {
			page = b
		}
	}
	tag := []byte("<base href=\"" + html.EscapeString(s.base.path) + "/\" />")
	if old := baseTag.FindIndex(page); old != nil {
		return slices.Concat(page[:old[0]], tag, page[old[1]:])
	}
	return bytes.Replace(page, []byte("<head>"), append([]byte("<head>"), tag...), 1)
}

var baseTag = regexp.MustCompile(`<base href="[^"]*"\s*/?>`)
