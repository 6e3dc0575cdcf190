// Package outfitter_test holds the house rules that a compiler can't: which
// floor may import which, and how long a file or package may grow.
package outfitter_test

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/chanzipu/outfitter"

const (
	maxFileLines    = 600
	maxPackageLines = 2000
)

// talked lists the packages whose size was talked about: what they may grow to, and why.
var talked = map[string]struct {
	lines int
	why   string
}{
	"internal/api":               {7500, "one file per domain; the whole surface of routes and rights is tested in one place"},
	"internal/cli":               {5000, "one file per command; the whole command line is tested in one place"},
	"internal/customer":          {2600, "a page, its traits and its owners are read together"},
	"internal/segment":           {2400, "a rule, its SQL and what it hands out change together"},
	"internal/estimate":          {3600, "one file per method, each an adapter from CSV columns to a kernel"},
	"internal/report":            {3200, "the document's types, its words in two languages and how they follow from the ledger change together"},
	"internal/identity":          {3600, "one resolver holds the kernel, what people decided and what runs found; each act on it is a file"},
	"internal/source":            {2300, "every way in (files, folders, events) shares what a delivery is, and its audit"},
	"internal/source/read":       {2300, "a delivery's parts share one state; walking it is reading it"},
	"internal/source/read/excel": {2300, "two formats, read and blanked, on one idea of a cell"},
	"internal/source/mapping":    {2600, "the glossary's lists and the Chinese of its messages take 250 lines of it"},
	"internal/source/stage":      {2800, "the child, its protocol and its SQL change together"},
	"internal/source/suggest":    {2600, "half of it is the vocabulary of headers"},
	"internal/value/sample":      {2400, "events of the facts and of a made company go through the same gatherer"},
	"linkage":                    {3500, "the parts that had an own subject are folders already"},
}

// A goFile is one Go file of the project.
type goFile struct {
	name    string // slash-separated, from the project's root
	pkg     string // its folder
	test    bool
	lines   int
	imports []string
}

// wall says that what it fences may be imported only by the rooms named.
type wall struct {
	fenced func(imported string) bool
	rooms  []string // folders; what is below one counts
	tests  bool     // do tests have to keep it too?
	why    string
}

var walls = []wall{
	{
		fenced: anyOf("database/sql/driver", "github.com/duckdb/duckdb-go", "github.com/jackc/pgx", "modernc.org/sqlite"),
		rooms:  []string{"internal/store", "internal/source/stage", "internal/fact", "bench"},
		why:    "only the store opens databases, the parser child its own engine",
	},
	{
		fenced: anyOf("github.com/danielgtaylor/huma", "net/http/pprof"),
		rooms:  []string{"internal/api"},
		why:    "routes are the API's",
	},
	{
		fenced: anyOf("github.com/spf13"),
		rooms:  []string{"internal/cli"},
		why:    "flags are the command line's",
	},
	{
		fenced: anyOf(module + "/internal/api"),
		rooms:  []string{"internal/cli", "internal/api"},
		tests:  true,
		why:    "nobody but the command that serves it knows the API",
	},
	{
		fenced: anyOf(module + "/internal/cli"),
		rooms:  []string{"cmd", "internal/cli"}, // docs_test.go looks commands up, as a test may
		why:    "the command line is called by main alone",
	},
	{
		fenced: anyOf(module + "/bench"),
		rooms:  []string{"bench"},
		why:    "nothing stands on a benchmark",
	},
}

// kernels may import these and one another's parts, nothing else.
var kernels = map[string][]string{
	"measure": {"gonum.org/v1/gonum"},
	"linkage": {"golang.org/x/text", "github.com/mozillazg/go-pinyin", "gonum.org/v1/gonum"},
	"nlp":     {"golang.org/x/text", "github.com/mozillazg/go-pinyin", "gonum.org/v1/gonum"},
}

// forbidden names say nothing of what is inside.
var forbidden = []string{"util", "utils", "common", "service", "services", "manager", "helper", "helpers", "impl", "model", "models", "repository", "misc", "base"}

func TestImportWalls(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, imported := range f.imports {
			for _, w := range walls {
				if f.test && !w.tests || !w.fenced(imported) || within(f.pkg, w.rooms) {
					continue
				}
				t.Errorf("%s imports %s: only %s may, because %s", f.name, imported, strings.Join(w.rooms, ", "), w.why)
			}
		}
	}
}

func TestKernelsArePure(t *testing.T) {
	for _, f := range goFiles(t) {
		kernel, _, _ := strings.Cut(f.pkg, "/")
		allowed, is := kernels[kernel]
		if !is || f.test {
			continue
		}
		for _, imported := range f.imports {
			first, _, _ := strings.Cut(imported, "/")
			standard := !strings.Contains(first, ".")
			own := below(imported, module+"/"+kernel)
			if !own && !(standard && imported != "database/sql") && !anyOf(allowed...)(imported) {
				t.Errorf("%s imports %s: a kernel takes slices and knows only the standard library and %s", f.name, imported, strings.Join(allowed, ", "))
			}
		}
	}
}

func TestFloorsGoDown(t *testing.T) {
	// Who may not know whom: the left of each pair stands below the right.
	rank := map[string]int{"fault": 0, "store": 1, "fact": 2, "source": 3, "api": 9, "cli": 10}
	for _, f := range goFiles(t) {
		from, ok := rank[room(f.pkg)]
		if !ok || f.test || !strings.HasPrefix(f.pkg, "internal/") {
			continue
		}
		for _, imported := range f.imports {
			rel, ours := strings.CutPrefix(imported, module+"/")
			if to, ok := rank[room(rel)]; ours && ok && strings.HasPrefix(rel, "internal/") && to > from {
				t.Errorf("%s imports %s, a floor above its own", f.name, imported)
			}
		}
	}
}

func TestSizes(t *testing.T) {
	lines := map[string]int{}
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		lines[f.pkg] += f.lines
		if f.lines > maxFileLines {
			t.Errorf("%s has %d lines, over %d: talk about a split", f.name, f.lines, maxFileLines)
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(lines)) {
		limit := maxPackageLines
		if x, ok := talked[pkg]; ok {
			limit = x.lines
		}
		if lines[pkg] > limit {
			t.Errorf("package %s has %d lines, over %d: talk about a split", pkg, lines[pkg], limit)
		}
		if _, ok := talked[pkg]; ok && lines[pkg] <= maxPackageLines {
			t.Errorf("package %s has %d lines and needs no leave to be large: take it out of talked", pkg, lines[pkg])
		}
	}
}

func TestPackageNames(t *testing.T) {
	for _, pkg := range packages(t) {
		if name := path.Base(pkg); slices.Contains(forbidden, name) {
			t.Errorf("package %s: the name %q says nothing of what is inside", pkg, name)
		}
	}
}

// TestPackageComments wants every package to say what it is for.
func TestPackageComments(t *testing.T) {
	said := map[string]bool{}
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.FromSlash(f.name), nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		said[f.pkg] = said[f.pkg] || parsed.Doc != nil
	}
	for _, pkg := range slices.Sorted(maps.Keys(said)) {
		if !said[pkg] {
			t.Errorf("package %s has no package comment: what is it for, what does it own?", pkg)
		}
	}
}

func packages(t *testing.T) []string {
	seen := map[string]bool{}
	for _, f := range goFiles(t) {
		seen[f.pkg] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

// goFiles reads every Go file of the project but generated and build-tagged
// lists of dependencies.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var out []goFile
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); name != "." && (strings.HasPrefix(base, ".") || base == "node_modules" || base == "testdata") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || name == "deps.go" {
			return nil
		}
		f, err := readGo(name)
		if err != nil {
			return err
		}
		out = append(out, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 100 {
		t.Fatalf("only %d Go files found: is this the project's root?", len(out))
	}
	return out
}

func readGo(name string) (goFile, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return goFile{}, err
	}
	slashed := filepath.ToSlash(name)
	f := goFile{name: slashed, pkg: path.Dir(slashed), test: strings.HasSuffix(name, "_test.go"), lines: bytes.Count(text, []byte("\n"))}
	parsed, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ImportsOnly)
	if err != nil {
		return f, fmt.Errorf("%s: %w", name, err)
	}
	for _, i := range parsed.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return f, fmt.Errorf("%s: %w", name, err)
		}
		f.imports = append(f.imports, p)
	}
	return f, nil
}

// anyOf fences the packages at or below the paths; a version suffix counts as below.
func anyOf(paths ...string) func(string) bool {
	return func(imported string) bool {
		return slices.ContainsFunc(paths, func(p string) bool { return below(imported, p) })
	}
}

func below(p, root string) bool { return p == root || strings.HasPrefix(p, root+"/") }

func within(pkg string, rooms []string) bool {
	return slices.ContainsFunc(rooms, func(r string) bool { return below(pkg, r) })
}

// room is the domain of a path: internal/source/read is source's.
func room(p string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(p, "internal/"), "/")
	return name
}
