// Package measuretest reads the published data sets that the estimators are
// checked against, and runs coverage simulations. For tests only.
package measuretest

import (
	"encoding/csv"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/chanzipu/outfitter/measure"
)

// Table is a CSV file by columns, as text.
type Table struct {
	tb      testing.TB
	N       int
	columns map[string][]string
}

// Path is the path of a file under shared/data/measure. It skips the test,
// saying so, where the data are absent.
func Path(tb testing.TB, name string) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			tb.Fatal("measuretest: no go.mod above the test's folder")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, "..", "shared", "data", "measure", name)
	if _, err := os.Stat(path); err != nil {
		tb.Skipf("reference data %s absent: place the test data at ../shared/data beside the project's root", name)
	}
	return path
}

// Read reads a CSV file with a header.
func Read(tb testing.TB, name string) *Table {
	tb.Helper()
	f, err := os.Open(Path(tb, name))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		tb.Fatalf("measuretest: %s: %v", name, err)
	}
	t := &Table{tb: tb, N: len(rows) - 1, columns: map[string][]string{}}
	for j, h := range rows[0] {
		col := make([]string, t.N)
		for i := range col {
			col[i] = rows[i+1][j]
		}
		t.columns[strings.TrimSpace(h)] = col
	}
	return t
}

// JSON decodes a file into v.
func JSON(tb testing.TB, name string, v any) {
	tb.Helper()
	b, err := os.ReadFile(Path(tb, name))
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		tb.Fatalf("measuretest: %s: %v", name, err)
	}
}

// Text returns a column as written.
func (t *Table) Text(name string) []string {
	t.tb.Helper()
	c, ok := t.columns[name]
	if !ok {
		t.tb.Fatalf("measuretest: no column %q", name)
	}
	return c
}

// Float returns a column of numbers; an empty cell or NA is NaN.
func (t *Table) Float(name string) []float64 {
	t.tb.Helper()
	col := t.Text(name)
	out := make([]float64, len(col))
	for i, s := range col {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil {
			if s != "" && s != "NA" {
				t.tb.Fatalf("measuretest: column %q, row %d: %q is not a number", name, i+1, s)
			}
			v = math.NaN()
		}
		out[i] = v
	}
	return out
}

// Int returns a column of whole numbers.
func (t *Table) Int(name string) []int {
	t.tb.Helper()
	out := make([]int, t.N)
	for i, v := range t.Float(name) {
		out[i] = int(v)
	}
	return out
}

// Near fails the test where got is further than tol from want. With -v it
// prints both and their difference: the lines that docs/measure.md tabulates.
func Near(tb testing.TB, what string, got, want, tol float64) {
	tb.Helper()
	if testing.Verbose() {
		tb.Logf("%s | %.10g | %.10g | %.1e | %.0e", what, got, want, got-want, tol)
	}
	if !(math.Abs(got-want) <= tol) {
		tb.Errorf("%s = %.12g, want %.12g ± %g", what, got, want, tol)
	}
}

// Draw simulates one data set from seed and returns the estimate of a known truth.
type Draw func(seed uint64) (e measure.Estimate, truth float64, err error)

// Coverage runs draws and returns the share of intervals that hold the truth.
// A draw without an interval counts as a miss.
func Coverage(tb testing.TB, draws int, draw Draw) float64 {
	tb.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	var hits, next int
	for range runtime.GOMAXPROCS(0) {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				mu.Lock()
				k := next
				next++
				mu.Unlock()
				if k >= draws {
					return
				}
				e, truth, err := draw(uint64(k) + 1)
				mu.Lock()
				if err != nil {
					tb.Errorf("draw %d: %v", k, err)
				}
				if e.Lo <= truth && truth <= e.Hi {
					hits++
				}
				mu.Unlock()
			}
		}()
	}
	wg.Wait()
	return float64(hits) / float64(draws)
}
