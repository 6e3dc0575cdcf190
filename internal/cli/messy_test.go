package cli

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// messySets are the folders of files that break importers, those of tables.
var messySets = []string{"encodings_cn", "excel_readxl", "excel_real", "json_testsuite", "messy_csv_duckdb"}

// A messyOutcome is what `outfitter import` made of one file.
type messyOutcome struct {
	set, file                                 string
	code                                      int
	rows, rejected, cells, events, partiesHad int64
	took                                      time.Duration
	trouble                                   string
}

// TestMessyFiles imports every messy file as a newcomer would, without a
// mapping: it is imported, or nothing in it is recognised, or it is refused,
// each with one sentence. With -update all are run and docs/messy.md is
// written; else every seventh.
func TestMessyFiles(t *testing.T) {
	root := filepath.Join("..", "..", "..", "shared", "data", "messy")
	if _, err := os.Stat(root); err != nil {
		t.Skip("THE MESSY FILES ARE NOT TESTED: ../shared/data/messy is not here")
	}
	var files [][2]string
	for _, set := range messySets {
		err := filepath.WalkDir(filepath.Join(root, set), func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && d.Name() != "SOURCE.txt" {
				files = append(files, [2]string{set, path})
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	every := 7
	if *update {
		every = 1
	}
	todo := make(chan int)
	var mu sync.Mutex
	var all []messyOutcome
	var wg sync.WaitGroup
	for w := range 3 {
		wg.Go(func() {
			dir := filepath.Join(t.TempDir(), fmt.Sprint(w))
			for i := range todo {
				o := messyImport(t, dir, fmt.Sprintf("f%d", i), files[i][0], files[i][1])
				mu.Lock()
				all = append(all, o)
				mu.Unlock()
			}
		})
	}
	for i := 0; i < len(files); i += every {
		todo <- i
	}
	close(todo)
	wg.Wait()
	for _, o := range all {
		if o.trouble != "" {
			t.Errorf("%s/%s: %s", o.set, o.file, o.trouble)
		}
	}
	if *update {
		writeMessy(t, all)
	}
}

func messyImport(t *testing.T, dir, source, set, path string) messyOutcome {
	began := time.Now()
	abs, err := filepath.Abs(path)
	if err != nil {
		return messyOutcome{trouble: err.Error()}
	}
	out, errs, code := command(t, "import", "--json", "--data", dir, "--source", source, abs)
	o := messyOutcome{set: set, file: filepath.Base(path), code: code, took: time.Since(began)}
	var res importOut
	if err := json.Unmarshal([]byte(out), &res); err != nil {
		o.trouble = fmt.Sprintf("exit %d without a result: %s", code, errs)
		return o
	}
	for _, b := range res.Batches {
		o.rows, o.rejected, o.cells, o.events, o.partiesHad = o.rows+b.Rows, o.rejected+b.Rejected, o.cells+b.CellsRejected, o.events+b.Events, o.partiesHad+b.Parties
		if b.Rows != b.Used+b.Rejected {
			o.trouble = fmt.Sprintf("%d rows, but %d used and %d rejected", b.Rows, b.Used, b.Rejected)
		}
	}
	for _, f := range res.Failed {
		if f.EN == "" || strings.Contains(f.EN, "\n") || f.Code == "" {
			o.trouble = fmt.Sprintf("not one clear sentence: %+v", f)
		}
	}
	switch {
	case code != 0 && code != 3 && code != 4:
		o.trouble = fmt.Sprintf("exit %d: %s", code, errs)
	case code != 0 && len(res.Failed) == 0:
		o.trouble = fmt.Sprintf("exit %d without a word", code)
	case o.took > 60*time.Second: // a hang; the table says how long it took
		o.trouble = fmt.Sprintf("it took %v", o.took)
	}
	return o
}

// writeMessy writes docs/messy.md: how many of each, and what became of the rows.
func writeMessy(t *testing.T, all []messyOutcome) {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Messy files through `outfitter import`\n\n" +
		"Every table file of the messy test sets, each imported by itself without a mapping, as a newcomer would (written by `go test ./internal/cli -run TestMessyFiles -update`, which fails on a crash, a file without a sentence, or rows that are neither used nor rejected).\n\n" +
		"*Imported*: the confident part of a suggestion could use it. *Not recognised*: it was read, but what its columns mean is not certain enough to use unseen (or it holds no rows); the sentence says so and how to go on. *Refused*: it can't be read as a table; the sentence says why.\n\n" +
		"| set | files | imported | not recognised | refused | rows | used | rejected | cells rejected | slowest |\n|---|---|---|---|---|---|---|---|---|---|\n")
	for _, set := range append(slices.Clone(messySets), "all") {
		var n, imported, unknown, refused int
		var rows, rejected, cells int64
		var slow time.Duration
		for _, o := range all {
			if o.set != set && set != "all" {
				continue
			}
			n++
			switch o.code {
			case 0:
				imported++
			case 3:
				unknown++
			case 4:
				refused++
			}
			rows, rejected, cells, slow = rows+o.rows, rejected+o.rejected, cells+o.cells, max(slow, o.took)
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d | %d | %d | %d | %.1f s |\n", set, n, imported, unknown, refused, rows, rows-rejected, rejected, cells, slow.Seconds())
	}
	b.WriteString("\nTimes: 2 cores, three imports at once beside other work, each with its own process start and database opening.\n")
	if err := os.WriteFile(filepath.Join("..", "..", "docs", "messy.md"), []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
