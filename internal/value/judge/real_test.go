package judge

import (
	"encoding/csv"
	"fmt"
	"hash/fnv"
	"os"
	"strings"
	"testing"

	"github.com/chanzipu/outfitter/internal/value/claim"
)

// records reads a file of the shared data, or skips.
func records(t *testing.T, path string, comma rune) (header map[string]int, rows [][]string) {
	t.Helper()
	f, err := os.Open("../../../../shared/data/company/" + path)
	if err != nil {
		t.Skipf("shared/data is not beside the project: %s is not tried", path)
	}
	defer func() { _ = f.Close() }()
	r := csv.NewReader(f)
	r.Comma = comma
	all, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	header = map[string]int{}
	for i, name := range all[0] {
		header[name] = i
	}
	return header, all[1:]
}

// TestBankDuration: the length of a call is known only when it is over.
func TestBankDuration(t *testing.T) {
	h, rows := records(t, "bank_marketing/bank-full.csv", ';')
	var b strings.Builder
	b.WriteString("unit,treated,outcome,age,balance,previous,duration\n")
	for i, r := range rows {
		if i%5 == 0 { // every fifth of 45,211
			fmt.Fprintf(&b, "%d,%d,%d,%s,%s,%s,%s\n", i, bit(r[h["contact"]] == "cellular"), bit(r[h["y"]] == "yes"), r[h["age"]], r[h["balance"]], r[h["previous"]], r[h["duration"]])
		}
	}
	c := entry(claim.Chosen, claim.Attribute, claim.Any)
	for _, name := range []string{"age", "balance", "previous", "duration"} {
		c.Covariates = append(c.Covariates, claim.Covariate{Name: name, Attr: name, Known: "start"})
	}
	s := claim.Sample{CSV: []byte(b.String()), About: empty()}
	if f := judged(t, c, s); !has(f, "leak") || f.Grade != claim.D {
		t.Errorf("duration said to be known before: grade %s, %+v, want D for a leak", f.Grade, f.Diagnostics)
	}
	c.Covariates[3].Known = "after"
	f := judged(t, c, s)
	if !has(f, "later") || has(f, "leak") || strings.Contains(f.Command, "duration") || f.Grade > claim.C {
		t.Errorf("duration said to be known after: grade %s, %q, want C without it", f.Grade, f.Command)
	}
}

// TestHillstromPlacebo: two random halves of those who got no mail.
func TestHillstromPlacebo(t *testing.T) {
	h, rows := records(t, "hillstrom/hillstrom_email_data.csv", ',')
	for _, outcome := range []string{"visit", "conversion", "spend"} {
		var b strings.Builder
		b.WriteString("unit,treated,outcome,history\n")
		for i, r := range rows {
			if r[h["segment"]] != "No E-Mail" {
				continue
			}
			k := fnv.New32a()
			fmt.Fprintf(k, "half %d", i)
			fmt.Fprintf(&b, "%d,%d,%s,%s\n", i, k.Sum32()>>7&1, r[h[outcome]], r[h["history"]])
		}
		c := entry(claim.RandomPeople, claim.Arm, claim.Any)
		c.Covariates = []claim.Covariate{{Name: "history", Attr: "history", Known: "start"}}
		f := judged(t, c, claim.Sample{CSV: []byte(b.String()), About: empty()})
		g, ok := f.Headline()
		t.Logf("%s: %.6f [%.6f, %.6f], grade %s, %d rows", outcome, g.Value, g.Lo, g.Hi, f.Grade, f.Counts.Rows)
		if !ok || f.Grade != claim.A || g.Lo > 0 || g.Hi < 0 {
			t.Errorf("placebo on %s = %v [%v, %v], grade %s, want nothing seen at grade A", outcome, g.Value, g.Lo, g.Hi, f.Grade)
		}
	}
}
