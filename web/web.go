// Package web holds the built pages inside the program.
//
// They are made by `npm run build` in this folder; a program built without
// them still works through its API and commands and says what is missing.
// Owns nothing.
package web

import (
	"bytes"
	"embed"
	"html"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// dist always holds .keep, so that this compiles before the first build.
//
//go:embed all:dist
var dist embed.FS

// Policy is the content security policy that the pages are made for: no
// inline script, nothing from elsewhere. Ant Design and ECharts write style
// attributes, hence 'unsafe-inline' for styles alone.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
	"font-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

// Files returns the built pages, and whether they are there.
func Files() (fs.FS, bool) {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, false
	}
	_, err = fs.Stat(sub, "index.html")
	return sub, err == nil
}

// Handler serves the pages below base ("/" or "/outfitter/"), the prefix
// already stripped from the request's path. Any path that is no file gets the
// start page, whose program knows the addresses.
func Handler(base string) http.Handler {
	files, ok := Files()
	if !ok {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "This program was built without its pages: run `make build`, or `npm ci && npm run build` in web/ before building it.\n"+
				"此程序在构建时没有包含网页：请运行 make build。", http.StatusNotFound)
		})
	}
	start, err := fs.ReadFile(files, "index.html")
	if err != nil {
		panic("web: index.html: " + err.Error()) // embedded and just seen: can't happen
	}
	base = "/" + strings.Trim(base, "/") + "/"
	if base == "//" {
		base = "/"
	}
	start = bytes.Replace(start, []byte(`<base href="/" />`), []byte(`<base href="`+html.EscapeString(base)+`" />`), 1)
	server := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", Policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		if info, err := fs.Stat(files, name); name == "" || name == "index.html" || err != nil || info.IsDir() {
			if strings.HasPrefix(name, "assets/") {
				http.NotFound(w, r)
				return
			}
			h.Set("Content-Type", "text/html; charset=utf-8")
			h.Set("Cache-Control", "no-cache")
			if _, err := w.Write(start); err != nil {
				return // the reader went away
			}
			return
		}
		if strings.HasPrefix(name, "assets/") {
			h.Set("Cache-Control", "public, max-age=31536000, immutable") // their names hold a hash
		} else {
			h.Set("Cache-Control", "no-cache")
		}
		server.ServeHTTP(w, r)
	})
}
