package cli

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// zeros is a file of n bytes that costs no disk.
func zeros(t *testing.T, path string, n int64, head string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(head), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, n); err != nil {
		t.Fatal(err)
	}
}

// TestHostileFiles gives the program what should cost little and end with one
// sentence, in a process whose memory is watched.
func TestHostileFiles(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	put := func(name, text string) string {
		if err := os.WriteFile(at(name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return at(name)
	}
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	w, err := z.Create("deals.csv")
	if err != nil {
		t.Fatal(err)
	}
	for range 400 {
		if _, err := io.WriteString(w, strings.Repeat("x", 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	zeros(t, at("line.csv"), 256<<20, "id,customer,won\n")
	if err := syscall.Mkfifo(at("fifo.csv"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(at("loop.csv"), at("loop.csv")); err != nil {
		t.Fatal(err)
	}
	noise := make([]byte, 1<<20)
	for i := range noise {
		noise[i] = byte(i*7919>>3 ^ i)
	}
	tests := []struct {
		name, path string
		exit       []int // those that may be
	}{
		{"a ZIP bomb", put("bomb.zip", bomb.String()), []int{4}},
		{"a line of 256 MiB", at("line.csv"), []int{3, 4}},
		{"100,000 columns", put("wide.csv", strings.Repeat("a,", 100_000)+"b\n"+strings.Repeat("1,", 100_000)+"2\n"), []int{4}},
		{"deep JSON", put("deep.json", strings.Repeat(`{"a":`, 200_000)+"1"+strings.Repeat("}", 200_000)), []int{4}},
		{"deep arrays", put("arrays.json", strings.Repeat("[", 1_000_000)), []int{4}},
		{"noise", put("noise.csv", string(noise)), []int{3, 4}},
		{"noise as a workbook", put("noise.xlsx", "PK\x03\x04"+string(noise)), []int{4}},
		{"noise as Parquet", put("noise.parquet", "PAR1"+string(noise)+"PAR1"), []int{4}},
		{"a pipe", at("fifo.csv"), []int{2, 4}},
		{"a link to itself", at("loop.csv"), []int{2, 4}},
		{"a device", "/dev/zero", []int{2, 4}},
		{"nothing", put("empty.csv", ""), []int{3}},
	}
	f := newFolder(t)
	f.run(0, "query", "SELECT 1 AS a")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var errs bytes.Buffer
			c := program(t.Context(), "import", "--data", f.dir, tt.path)
			c.Stderr = &errs
			began := time.Now()
			_ = c.Run()
			took := time.Since(began)
			ok := false
			for _, e := range tt.exit {
				ok = ok || c.ProcessState.ExitCode() == e
			}
			if !ok {
				t.Errorf("exit code = %d, want one of %v: %s", c.ProcessState.ExitCode(), tt.exit, errs.String())
			}
			folder{t, f.dir}.sentence(errs.String(), filepath.Base(tt.path))
			if took > 60*time.Second { // not a measure: a hang
				t.Errorf("it took %v", took)
			}
			if use, ok := c.ProcessState.SysUsage().(*syscall.Rusage); ok && use.Maxrss > 1<<20 { // KiB
				t.Errorf("the program held %d MiB", use.Maxrss>>10)
			}
			t.Logf("%v: %s", took.Round(time.Millisecond), strings.TrimSpace(errs.String()))
		})
	}
	if n := parse[[]struct{ N int }](t, first(f.run(0, "query", "--json", "SELECT count(*) AS n FROM batch")))[0].N; n != 0 {
		t.Errorf("%d batches came of hostile files", n)
	}
}

// TestCellsAreData keeps formulas and HTML as the text that they are.
func TestCellsAreData(t *testing.T) {
	cells := []string{"=cmd|' /C calc'!A0", "@SUM(1)", "+1+1", "-1+1", "<script>alert(1)</script>", "'; DROP TABLE event; --", "{{7*7}}", "../../etc/passwd", "\u202egnp.exe"}
	var b strings.Builder
	b.WriteString("id,customer,name,won,amount\n")
	book := excelize.NewFile()
	_ = book.SetSheetRow("Sheet1", "A1", &[]any{"id", "customer", "name", "won", "amount"})
	for i, c := range cells {
		fmt.Fprintf(&b, "D%d,C%d,\"%s\",2026-01-05,1\n", i, i, c)
		_ = book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+2), &[]any{fmt.Sprint("E", i), fmt.Sprint("C", i), c, "2026-01-05", 1})
	}
	xlsx := filepath.Join(t.TempDir(), "cells.xlsx")
	if err := book.SaveAs(xlsx); err != nil {
		t.Fatal(err)
	}
	f := newFolder(t)
	f.run(0, "import", "--mapping", file(t, "m.yaml", dealsYAML), file(t, "cells.csv", b.String()))
	f.run(0, "import", "--mapping", file(t, "m.yaml", strings.Replace(dealsYAML, "source: crm", "source: book", 1)), xlsx)
	for _, src := range []string{"crm", "book"} {
		got := parse[[]struct{ Name string }](t, first(f.run(0, "query", "--json", "SELECT name FROM party WHERE source = '"+src+"' ORDER BY key")))
		for i, c := range cells {
			if i >= len(got) || got[i].Name != c {
				t.Errorf("%s: cell %q came out as %+v", src, c, got)
				break
			}
		}
	}
}

// mounted is a small file system of its own, or a skip.
func mounted(t *testing.T, size string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "disk")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := mount(dir, size); err != nil {
		t.Skipf("FULL DISK AND READ-ONLY FOLDER ARE NOT TESTED: no small file system can be mounted here: %v", err)
	}
	t.Cleanup(func() { _ = unmount(dir) })
	return dir
}

// TestFullDisk fills the disk under an import: one sentence, nothing half
// done, and once there is room it goes on.
func TestFullDisk(t *testing.T) {
	disk := mounted(t, "24m")
	f := folder{t, filepath.Join(disk, "data")}
	mapping, small := file(t, "m.yaml", dealsYAML), file(t, "deals.csv", dealsCSV)
	f.run(0, "import", "--mapping", mapping, small)
	ballast, big := filepath.Join(disk, "ballast"), bigCSV(t, 20_000)
	for _, room := range []int64{0, 1 << 19, 2 << 20, 4 << 20} {
		if err := fill(ballast); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(ballast)
		if err == nil {
			err = os.Truncate(ballast, info.Size()-room)
		}
		if err != nil {
			t.Fatal(err)
		}
		_, errs := f.run(4, "import", "--mapping", mapping, big)
		f.sentence(errs, "full")
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
	}
	out, _ := f.run(0, "query", "--json", "SELECT count(*) AS n, (SELECT count(*) FROM batch) AS b FROM event")
	if got := parse[[]struct{ N, B int }](t, out)[0]; got.N != 2 || got.B != 1 {
		t.Errorf("after a full disk %+v, want the 2 events of 1 batch from before", got)
	}
	f.run(0, "import", "--mapping", mapping, file(t, "more.csv", strings.ReplaceAll(dealsCSV, "D", "G")))
}

func fill(path string) error {
	w, err := os.Create(path)
	if err != nil {
		return err
	}
	defer func() { _ = w.Close() }()
	for _, size := range []int{1 << 20, 1 << 12, 1} {
		for buf := make([]byte, size); ; {
			if _, err := w.Write(buf); err != nil {
				break
			}
		}
	}
	return nil
}

func TestReadOnlyFolder(t *testing.T) {
	disk := mounted(t, "24m")
	f := folder{t, filepath.Join(disk, "data")}
	f.run(0, "query", "SELECT 1 AS a")
	if err := readOnly(disk); err != nil {
		t.Skipf("READ-ONLY FOLDER IS NOT TESTED: %v", err)
	}
	for _, args := range [][]string{{"import", file(t, "deals.csv", dealsCSV)}, {"query", "SELECT 1 AS a"}, {"serve", "--listen", "127.0.0.1:0"}} {
		_, errs := f.run(4, args...)
		f.sentence(errs, f.dir)
	}
	_, errs := folder{t, filepath.Join(disk, "new")}.run(4, "query", "SELECT 1 AS a")
	f.sentence(errs, filepath.Join(disk, "new"))
}
