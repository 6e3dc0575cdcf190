package lexicon

import (
	"math/rand/v2"
	"testing"
)

func TestCreditCodeChecks(t *testing.T) {
	// A published example of GB 32100-2015's arithmetic.
	if code := "91350100M000100Y43"; !ValidCreditCode(code) {
		t.Errorf("ValidCreditCode(%q) = false, want true", code)
	}
	seen := map[string]bool{}
	for i := range 5000 {
		code := CreditCode(i%Cities(), i)
		if !ValidCreditCode(code) {
			t.Fatalf("CreditCode(%d) = %q: last place does not check", i, code)
		}
		wrong := code[:17] + string(codeAlphabet[(creditSum(code)+1)%31])
		if ValidCreditCode(wrong) {
			t.Fatalf("ValidCreditCode(%q) = true, want false", wrong)
		}
		if seen[code] {
			t.Fatalf("CreditCode(%d) = %q: used before", i, code)
		}
		seen[code] = true
	}
}

func TestBrandsDiffer(t *testing.T) {
	seen := map[string]int{}
	for i := range 50_000 {
		s := Brand(i)
		if j, ok := seen[s]; ok {
			t.Fatalf("Brand(%d) = Brand(%d) = %q", i, j, s)
		}
		seen[s] = i
	}
}

func TestVariantsKeepTheBranch(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	f := NewFirm(r, 7)
	f.Branch = 3
	for range 1000 {
		v := f.Variant(r)
		if !hasAny(v, "分公司", "Branch") {
			t.Fatalf("Variant of a branch = %q: reads like the parent", v)
		}
	}
}

func hasAny(s string, parts ...string) bool {
	for _, p := range parts {
		for i := 0; i+len(p) <= len(s); i++ {
			if s[i:i+len(p)] == p {
				return true
			}
		}
	}
	return false
}
