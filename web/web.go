// Package web holds the built pages inside the program.
//
// They are made by `npm run build` in this folder; a program built without
// them still works through its API and commands and says what is missing.
// Owns nothing.
package web

import (
	"embed"
	"io/fs"
)

// dist always holds .keep, so that this compiles before the first build.
//
//go:embed all:dist
var dist embed.FS

// Files returns the built pages, and whether they are there.
func Files() (fs.FS, bool) {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, false
	}
	_, err = fs.Stat(sub, "index.html")
	return sub, err == nil
}
