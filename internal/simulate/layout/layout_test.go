package layout

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the list of files in README.md")

const (
	readme = "../README.md"
	opens  = "<!-- files: written by go test ./internal/simulate/layout -update -->\n"
	closes = "<!-- /files -->"
)

// TestReadmeListsEveryFile holds the README's list to the layout that the
// writers use, since others write their mappings from it.
func TestReadmeListsEveryFile(t *testing.T) {
	b, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), opens)
	if !ok {
		t.Fatalf("%s has no line %q", readme, opens)
	}
	got, after, ok := strings.Cut(rest, closes)
	if !ok {
		t.Fatalf("%s has no %q", readme, closes)
	}
	want := describe()
	if *update {
		if err := os.WriteFile(readme, []byte(before+opens+want+closes+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("README's file list (-layout +readme), mend with -update:\n%s", diff)
	}
}

func TestTableIDsAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, table := range Tables {
		if seen[table.ID] {
			t.Errorf("two tables are called %q", table.ID)
		}
		seen[table.ID] = true
		names := map[string]bool{}
		for _, c := range table.Columns {
			if c.Concept == "" {
				t.Errorf("table %s: column %q has no concept", table.ID, c.Name)
			}
			if names[c.Name] {
				t.Errorf("table %s: two columns are called %q", table.ID, c.Name)
			}
			names[c.Name] = true
		}
	}
}

func describe() string {
	var b strings.Builder
	for _, t := range Tables {
		fmt.Fprintf(&b, "\n#### `%s`", t.Path)
		if t.Sheet != "" {
			fmt.Fprintf(&b, ", sheet %s", t.Sheet)
		}
		fmt.Fprintf(&b, "\n\n`%s` · %s · %s", t.ID, t.Encoding, t.Mode)
		if t.Above > 0 {
			fmt.Fprintf(&b, " · header in row %d", t.Above+1)
		}
		if t.Key != "" {
			fmt.Fprintf(&b, " · key %s", t.Key)
		}
		if t.Party != "" {
			fmt.Fprintf(&b, " · party %s", t.Party)
		}
		b.WriteString("\n\n")
		for _, v := range t.Verbs {
			fmt.Fprintf(&b, "- %s\n", v)
		}
		if t.Note != "" {
			fmt.Fprintf(&b, "- %s\n", t.Note)
		}
		b.WriteString("\n| column | concept |\n|---|---|\n")
		for _, c := range t.Columns {
			fmt.Fprintf(&b, "| %s | %s |\n", c.Name, c.Concept)
		}
	}
	b.WriteString("\n")
	return b.String()
}
