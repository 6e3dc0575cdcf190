package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
	"github.com/chanzipu/outfitter/internal/value/valuetest"
)

// TestValue goes from a claim's file to the ledger, and repeats the estimate
// by hand from the sample.
func TestValue(t *testing.T) {
	dir := t.TempDir()
	db, err := store.Open(t.Context(), store.Options{Dir: filepath.Join(dir, "data")})
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate.Up(t.Context(), db, nil); err != nil {
		t.Fatal(err)
	}
	valuetest.Fill(t, db)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "claim.yaml")
	if err := os.WriteFile(file, []byte(valuetest.Campaign), 0o600); err != nil {
		t.Fatal(err)
	}
	data := []string{"--data", filepath.Join(dir, "data")}
	do := func(want int, args ...string) string {
		t.Helper()
		out, errw, code := command(t, append(append([]string{"value"}, args...), data...)...)
		if code != want {
			t.Fatalf("value %v = %d, want %d: %s%s", args, code, want, out, errw)
		}
		return out
	}
	has := func(out, want string) {
		t.Helper()
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
	has(do(0, "suggest"), "campaign-c1")
	has(do(0, "add", file), "campaign@1")
	has(do(0, "seal", "campaign"), "sealed")
	out := do(0, "run", "all")
	has(out, "campaign: grade A by diff")
	has(out, "$ outfitter estimate diff --input sample.csv --outcome outcome --treatment treated")
	has(do(0, "countersign", "--role", "finance", "--name", "王", "campaign"), "finance")
	do(4, "countersign", "--role", "finance", "--name", "王", "campaign")
	has(do(0, "list"), "run")
	has(do(0, "show", "campaign"), "touched")
	has(do(0, "ledger", "--year", "2026"), "in all: gross")
	has(do(0, "export-head"), `"audit"`)
	do(3, "show", "nobody")
	has(do(0, "withdraw", "--why", "asked anew", "campaign"), "withdrawn")

	sample := filepath.Join(dir, "sample.csv")
	if err := os.WriteFile(sample, []byte(do(0, "sample", "campaign")), 0o600); err != nil {
		t.Fatal(err)
	}
	by, errw, code := command(t, "estimate", "diff", "--input", sample, "--outcome", "outcome", "--treatment", "treated")
	if code != 0 || !strings.Contains(by, "0.2") {
		t.Errorf("by hand = %d: %s%s", code, by, errw)
	}
}
