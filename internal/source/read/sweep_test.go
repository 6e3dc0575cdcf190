package read

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
)

// TestMessy sweeps every messy file: each is extracted or refused with one
// sentence in both languages, within ten seconds, and no row is lost.
func TestMessy(t *testing.T) {
	root := data(t, "messy")
	counts := map[string]map[string]int{}
	var slow time.Duration
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "SOURCE.txt" {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		set := strings.SplitN(rel, string(filepath.Separator), 2)[0]
		if counts[set] == nil {
			counts[set] = map[string]int{}
		}
		start := time.Now()
		outcome := sweep(t, path, rel)
		if took := time.Since(start); took > slow {
			slow = took
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%s took %v", rel, took)
		}
		counts[set][outcome]++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for set, c := range counts {
		t.Logf("%s: %v", set, c)
	}
	t.Logf("slowest file: %v", slow)
}

func sweep(t *testing.T, path, rel string) string {
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	work, err := os.MkdirTemp("", "sweep")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(work)
	f, tables, err := Extract(ctx, path, filepath.Base(path), work, Hints{}, Limits{}, nil)
	verbose := os.Getenv("SWEEP") != "" && strings.Contains(rel, os.Getenv("SWEEP"))
	if err != nil {
		var fe *fault.Error
		if !errors.As(err, &fe) || fe.EN == "" || fe.ZH == "" || strings.Contains(fe.EN, "\n") {
			t.Errorf("%s: not one clear sentence: %v", rel, err)
		}
		if verbose {
			fmt.Printf("REFUSED %s: %v\n", rel, err)
		}
		if fe != nil {
			return "refused " + fe.Code
		}
		return "refused"
	}
	outcome := "extracted " + string(f.Kind)
	for _, tb := range tables {
		if tb.Kind == Parquet {
			continue
		}
		rejected := int64(0)
		for _, r := range tb.Rejects {
			if r.Column == "" {
				rejected++
			}
		}
		if rejected > 0 {
			outcome = "extracted " + string(f.Kind) + " with rejects"
		}
		if !tb.Wide && tb.Read != tb.Rows+rejected {
			t.Errorf("%s: table %q: read %d, clean %d, rejected %d", rel, tb.Name, tb.Read, tb.Rows, rejected)
		}
		if got := int64(len(all(t, tb))); got != tb.Rows {
			t.Errorf("%s: table %q: %d clean records can be read, want %d", rel, tb.Name, got, tb.Rows)
		}
		if verbose {
			show := all(t, tb)
			fmt.Printf("OK %s [%s %s] table %q rows %d read %d rejects %d set %d header %q first %q\n", rel, f.Kind, f.Encoding, tb.Name, tb.Rows, tb.Read, len(tb.Rejects), len(tb.Set), tb.Header, show[:min(1, len(show))])
			for _, r := range tb.Rejects[:min(2, len(tb.Rejects))] {
				fmt.Printf("      reject line %d %s %s: %.80q\n", r.Line, r.Code, r.Reason, r.Text)
			}
		}
	}
	return outcome
}
