// Package docs_test holds the documentation to what is there: SQL samples run,
// commands and flags exist, links lead somewhere.
package docs_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	_ "github.com/chanzipu/outfitter/internal/access" // its migrations
	"github.com/chanzipu/outfitter/internal/cli"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// pages are what a reader is given.
func pages(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, pattern := range []string{"*.md", "decisions/*.md", "../README*.md"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			b, err := os.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			out[n] = string(b)
		}
	}
	if len(out) < 10 {
		t.Fatalf("only %d pages found", len(out))
	}
	return out
}

var block = regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```")

// blocks are the fenced blocks of a language.
func blocks(text, language string) []string {
	var out []string
	for _, m := range block.FindAllStringSubmatch(text, -1) {
		if m[1] == language {
			out = append(out, m[2])
		}
	}
	return out
}

func TestSQLSamples(t *testing.T) {
	all := pages(t)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ran := 0
		for name, text := range all {
			for _, q := range blocks(text, "sql") {
				ran++
				if _, err := fact.Query(t.Context(), db, q); err != nil {
					t.Errorf("%s: a sample fails: %v\n%s", name, err, q)
				}
			}
			for _, q := range quotedQuery.FindAllStringSubmatch(text, -1) {
				ran++
				if _, err := fact.Query(t.Context(), db, q[1]); err != nil {
					t.Errorf("%s: a sample fails: %v\n%s", name, err, q[1])
				}
			}
		}
		if ran < 8 {
			t.Errorf("only %d samples found", ran)
		}
	})
}

var (
	quotedQuery = regexp.MustCompile(`outfitter query [^"\n]*"(SELECT [^"]*)"`)
	command     = regexp.MustCompile(`(?m)(?:^|/|\s)outfitter ([a-z][a-z-]*(?: [a-z][a-z-]*)?)((?: [^\n|&;]*)?)$`)
	flag        = regexp.MustCompile(`--[a-z][a-z-]*`)
)

// TestCommands asks the program for the help of every command in a shell
// block, and looks its flags up there.
func TestCommands(t *testing.T) {
	known := map[string]string{}
	help := func(words []string) string {
		key := strings.Join(words, " ")
		if _, ok := known[key]; !ok {
			var out bytes.Buffer
			if code := cli.Run(t.Context(), append(slices.Clone(words), "--help"), strings.NewReader(""), &out, &out); code != 0 {
				return ""
			}
			known[key] = out.String()
		}
		return known[key]
	}
	ran := 0
	for name, text := range pages(t) {
		for _, b := range blocks(text, "sh") {
			for _, m := range command.FindAllStringSubmatch(strings.NewReplacer("\\\n", " ", "sudo -u outfitter ", "").Replace(b), -1) {
				ran++
				words := strings.Fields(m[1])
				about := help(words)
				if !strings.Contains(about, "outfitter "+strings.Join(words, " ")) && len(words) == 2 {
					words = words[:1] // the second word was an argument
					about = help(words)
				}
				if !strings.Contains(about, "outfitter "+words[0]) {
					t.Errorf("%s: there is no command %q", name, strings.Join(words, " "))
					continue
				}
				for _, f := range flag.FindAllString(m[2], -1) {
					if !strings.Contains(about, f+" ") {
						t.Errorf("%s: outfitter %s has no flag %s", name, strings.Join(words, " "), f)
					}
				}
			}
		}
	}
	if ran < 15 {
		t.Errorf("only %d commands found", ran)
	}
}

var link = regexp.MustCompile(`\]\(([^)#:\s]+)(?:#[^)]*)?\)`)

func TestLinks(t *testing.T) {
	for name, text := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(name), filepath.FromSlash(m[1]))); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", name, m[1])
			}
		}
	}
}
