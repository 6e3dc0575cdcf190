package store

import (
	"fmt"
	"strings"
)

// An SQL is one named query. Its text starts with a comment that names it, so
// that an engine's log leads back to the file.
type SQL struct {
	Name string // package.query
	Text string
}

// Queries are the named sections of one .sql file.
type Queries struct {
	pkg  string
	byID map[string]SQL
}

// Load splits a file into its `-- name:` sections. It panics on a section
// without a name, a name given twice or an empty section: a package that loads
// badly must not start.
func Load(pkg, file string) Queries {
	q := Queries{pkg: pkg, byID: map[string]SQL{}}
	for i, part := range strings.Split("\n"+file, "\n-- name:") {
		if i == 0 {
			if strings.TrimSpace(stripComments(part)) != "" {
				panic(fmt.Sprintf("store: %s: SQL stands before the first -- name:", pkg))
			}
			continue
		}
		name, body, _ := strings.Cut(part, "\n")
		name = strings.TrimSpace(name)
		text := strings.TrimSpace(stripComments(body))
		text = strings.TrimSuffix(text, ";")
		if name == "" || text == "" {
			panic(fmt.Sprintf("store: %s: section %d (%q) has no name or no SQL", pkg, i, name))
		}
		if _, twice := q.byID[name]; twice {
			panic(fmt.Sprintf("store: %s: %q is named twice", pkg, name))
		}
		q.byID[name] = SQL{Name: pkg + "." + name, Text: "/* " + pkg + "." + name + " */ " + text}
	}
	return q
}

// Get returns the query of that name, and panics where there is none.
func (q Queries) Get(name string) SQL {
	s, ok := q.byID[name]
	if !ok {
		panic(fmt.Sprintf("store: %s has no query %q", q.pkg, name))
	}
	return s
}

// Names lists the queries, for tests that must run each.
func (q Queries) Names() []string {
	var names []string
	for n := range q.byID {
		names = append(names, n)
	}
	return names
}

// Text makes an unnamed query, for text that is composed from allow-lists.
func Text(name, text string) SQL {
	return SQL{Name: name, Text: "/* " + name + " */ " + text}
}

// stripComments drops the lines that are comments alone. Text after code
// stays: it may be inside a string.
func stripComments(s string) string {
	var keep []string
	for line := range strings.Lines(s) {
		if !strings.HasPrefix(strings.TrimSpace(line), "--") {
			keep = append(keep, line)
		}
	}
	return strings.Join(keep, "")
}
