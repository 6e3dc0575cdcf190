// Command summary reads `go test -json` on standard input and prints one line
// per package, the output of what failed, and why tests were skipped. It ends
// with 1 where anything failed; with -left FILE the skips go there too.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

// An event is one line of `go test -json`.
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// where is the file and line that testing puts before a message.
var where = regexp.MustCompile(`^\s*\w+\.go:\d+: `)

func main() {
	left := flag.String("left", "", "file to append the reasons of skipped tests to")
	flag.Parse()
	skips, failed, err := summarize(os.Stdin, os.Stdout)
	if err == nil && *left != "" {
		err = appendSkips(*left, skips)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "summary:", err)
		os.Exit(1)
	}
	if failed {
		os.Exit(1)
	}
}

// summarize returns how many tests were skipped for each reason.
func summarize(in io.Reader, out io.Writer) (skips map[string]int, failed bool, err error) {
	skips = map[string]int{}
	output := map[string][]string{} // by package and test
	sc := bufio.NewScanner(in)
	sc.Buffer(make([]byte, 1<<16), 1<<26)
	for sc.Scan() {
		var e event
		if json.Unmarshal(sc.Bytes(), &e) != nil {
			fmt.Fprintln(out, "   ", sc.Text()) // not JSON: the go command itself speaks
			continue
		}
		pkg := e.Package
		if pkg == "" {
			pkg = e.ImportPath
		}
		key := pkg + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			output[key] = append(output[key], e.Output)
		case "build-fail":
			failed = true
			fmt.Fprintf(out, "    FAILED to build %s\n%s", pkg, indent(output[key]))
		case "skip":
			if e.Test != "" {
				skips[reason(output[key])]++
			}
		case "fail":
			failed = true
			fmt.Fprintf(out, "    FAILED %s (%.1f s)\n%s", strings.TrimSpace(key), e.Elapsed, indent(output[key]))
		case "pass":
			if e.Test == "" {
				fmt.Fprintf(out, "    ok %6.1f s  %s\n", e.Elapsed, pkg)
			}
		}
		if e.Action == "pass" || e.Action == "skip" {
			delete(output, key)
		}
	}
	return skips, failed, sc.Err()
}

// reason is what a skipped test said.
func reason(lines []string) string {
	for _, l := range lines {
		if at := where.FindString(l); at != "" {
			return strings.TrimSpace(l[len(at):])
		}
	}
	return "a test without a reason"
}

func indent(lines []string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString("        " + strings.TrimRight(l, "\n") + "\n")
	}
	return b.String()
}

func appendSkips(name string, skips map[string]int) (err error) {
	f, err := os.OpenFile(name, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	for _, r := range slices.Sorted(maps.Keys(skips)) {
		if _, err := fmt.Fprintf(f, "%d Go tests: %s\n", skips[r], r); err != nil {
			return err
		}
	}
	return nil
}
