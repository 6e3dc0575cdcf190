// Package changelog_test checks the form of the changelog's files.
package changelog_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	fileName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*\.md$`)
	headline = regexp.MustCompile(`^(Security|Bugfix|Change|Enhancement): \S.{8,100}[^.]$`)
)

func TestForm(t *testing.T) {
	files, err := filepath.Glob("*/*")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no changelog files found")
	}
	for _, f := range files {
		if !fileName.MatchString(filepath.Base(f)) {
			t.Errorf("%s: the name should be a few lower-case words with hyphens", f)
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		parts := strings.SplitN(strings.TrimSpace(string(text)), "\n\n", 3)
		if !headline.MatchString(parts[0]) {
			t.Errorf("%s: first line %q, want Kind: what changed, without a full stop", f, parts[0])
		}
		if len(parts) < 3 {
			t.Errorf("%s: %d paragraphs, want the headline, what was, what is", f, len(parts))
		}
	}
}
