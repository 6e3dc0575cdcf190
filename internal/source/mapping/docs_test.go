package mapping

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the tables of docs/mapping.md anew")

// TestDocs holds the list of functions in docs/mapping.md to the table in Go.
func TestDocs(t *testing.T) {
	const file, from, to = "../../../docs/mapping.md", "<!-- functions: written by go test ./internal/source/mapping -update -->\n", "<!-- /functions -->"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("| function | gives | 说明 | example |\n|---|---|---|---|\n")
	for _, name := range sortedKeys(Functions) {
		f := Functions[name]
		example := ""
		if f.Example != "" {
			want := "NULL"
			if f.Want != "" {
				want = f.Want
			}
			example = fmt.Sprintf("`%s` → %s", strings.ReplaceAll(f.Example, "|", `\|`), want)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", f.Signature(), strings.ReplaceAll(f.EN, "|", `\|`), f.ZH, example)
	}
	before, rest, ok := strings.Cut(string(text), from)
	_, after, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatalf("%s lacks the marks %q and %q", file, from, to)
	}
	want := before + from + b.String() + to + after
	if *update {
		if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("docs/mapping.md is not what the table of functions says; run go test ./internal/source/mapping -update (-want +got):\n%s", diff)
	}
}
