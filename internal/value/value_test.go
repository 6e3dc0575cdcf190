package value_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
	"github.com/chanzipu/outfitter/internal/value"
	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/internal/value/judge"
	"github.com/chanzipu/outfitter/internal/value/valuetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func silent(int64, int64, string, string) {}

func add(t *testing.T, db *store.DB, text string) value.Version {
	t.Helper()
	v, err := value.Add(t.Context(), db, value.New{Text: text, Actor: "user:li"})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func code(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

// TestClaim goes the whole way: draft, seal, run, rows, countersign, a second
// version, the ledger.
func TestClaim(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valuetest.Fill(t, db)
		v := add(t, db, valuetest.Campaign)
		if again := add(t, db, valuetest.Campaign); again.Number != 1 || again.Hash != v.Hash {
			t.Errorf("the same twice = version %d, want 1", again.Number)
		}
		if _, err := value.Countersign(t.Context(), db, "campaign", value.Sign{Role: "finance", Actor: "user:wang", Name: "王"}); code(err) != "sign.draft" {
			t.Errorf("a draft countersigned: %v, want sign.draft", err)
		}
		r, err := value.Run(t.Context(), db, "campaign", "user:li", silent)
		if err != nil {
			t.Fatal(err)
		}
		if g, _ := r.Finding.Headline(); r.Finding.Grade != claim.A || math.Abs(float64(g.Value)-0.2) > 1e-9 {
			t.Errorf("grade %s, %v, want A, 0.2", r.Finding.Grade, g.Value)
		}
		sealed(t, db)
		rows(t, db, r)
		offline(t, db, r)
		ledger(t, db)
	})
}

func sealed(t *testing.T, db *store.DB) {
	t.Helper()
	s, err := value.SealClaim(t.Context(), db, "campaign", "user:li")
	if err != nil || s.Seal == nil || s.Seal.PreRegistered || s.Seal.Seen != 100 {
		t.Errorf("seal = %+v, %v, want one that saw 100 outcomes", s.Seal, err)
	}
	future := strings.Replace(strings.Replace(valuetest.Campaign, "id: campaign", "id: next-year", 1), "since: 2026-01-01, until: 2026-09-01", "since: 2027-01-01, until: 2028-01-01", 1)
	add(t, db, future)
	if s, err := value.SealClaim(t.Context(), db, "next-year", "user:li"); err != nil || !s.Seal.PreRegistered {
		t.Errorf("sealed before its outcomes: %+v, %v, want pre-registered", s.Seal, err)
	}
	v, err := value.Countersign(t.Context(), db, "campaign", value.Sign{Role: "finance", Actor: "user:wang", Name: "王"})
	if err != nil || len(v.Signs) != 1 || v.Signs[0].Hash != s.Seal.Hash {
		t.Errorf("countersigned: %+v, %v", v.Signs, err)
	}
	if _, err := value.Countersign(t.Context(), db, "campaign", value.Sign{Role: "finance", Actor: "user:x", Name: "x"}); code(err) != "sign.twice" {
		t.Errorf("countersigned twice: %v, want sign.twice", err)
	}
	check, err := access.VerifyAudit(t.Context(), db)
	if err != nil || !check.OK {
		t.Errorf("audit chain: %+v, %v", check, err)
	}
	h, err := value.ExportHead(t.Context(), db)
	if err != nil || h.Hash != check.Head || len(h.Claims) != 2 {
		t.Errorf("head = %+v, %v, want the chain's with two seals", h, err)
	}
	changed := add(t, db, strings.Replace(valuetest.Campaign, "within: 14", "within: 7", 1))
	all, err := value.Versions(t.Context(), db, "campaign")
	if err != nil || changed.Number != 2 || len(all) != 2 || all[1].Seal == nil || all[0].Seal != nil {
		t.Errorf("after a change: version %d of %d, %v, want a draft 2 beside the sealed 1", changed.Number, len(all), err)
	}
}

// rows: every cell opens its evidence.
func rows(t *testing.T, db *store.DB, r claim.Result) {
	t.Helper()
	all, total, err := value.Rows(t.Context(), db, r, value.Cell{Role: "outcome", Limit: 5})
	if err != nil || total != 80 || len(all) != 5 {
		t.Fatalf("Rows(outcome) = %d of %d, %v, want 5 of 80", len(all), total, err)
	}
	one, n, err := value.Rows(t.Context(), db, r, value.Cell{Unit: all[0].Unit})
	if err != nil || n != 2 || one[0].Role != "entry" || one[1].Role != "outcome" {
		t.Errorf("Rows(%s) = %+v, %v, want its entry and its order", all[0].Unit, one, err)
	}
}

// offline: the finding follows from claim, sample and seed alone.
func offline(t *testing.T, db *store.DB, r claim.Result) {
	t.Helper()
	s, err := value.SampleOf(db, r)
	if err != nil {
		t.Fatal(err)
	}
	all, err := value.Versions(t.Context(), db, r.Claim)
	if err != nil {
		t.Fatal(err)
	}
	f, err := judge.Judge(t.Context(), all[len(all)-1].Claim, s, r.Seed)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text(r.Finding), text(f)); diff != "" {
		t.Errorf("judged again from the sample (-kept +again):\n%s", diff)
	}
	if got := value.DigestOf(r.Sample, r.Evidence, r.About); got != r.Digest {
		t.Errorf("digest = %s, want %s", got, r.Digest)
	}
}

func ledger(t *testing.T, db *store.DB) {
	t.Helper()
	// Two claims on the same orders: the totals take one.
	add(t, db, strings.Replace(valuetest.Campaign, "id: campaign", "id: twin", 1))
	for _, id := range []string{"campaign", "twin"} {
		if _, err := value.Run(t.Context(), db, id, "user:li", silent); err != nil {
			t.Fatal(err)
		}
	}
	add(t, db, valuetest.RollOut)
	l, err := value.Book(t.Context(), db, "2026")
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Overlap) != 1 || l.Overlap[0].Shared != 80 || l.Total.Counted != 1 {
		t.Errorf("overlap %+v, %d counted, want 80 rows shared and one counted", l.Overlap, l.Total.Counted)
	}
	if l.Tests != 2 || l.Counts[value.Draft] != 1 || l.Counts[value.Ran] != 2 {
		t.Errorf("%d tests, %v, want 2, one draft, two run", l.Tests, l.Counts)
	}
	if err := value.Withdraw(t.Context(), db, "twin", "asked twice", "user:li"); err != nil {
		t.Fatal(err)
	}
	l, err = value.Book(t.Context(), db, "2026")
	if err != nil || l.Counts[value.Withdrawn] != 1 || l.Tests != 1 {
		t.Errorf("after withdrawing: %v, %d tests, %v", l.Counts, l.Tests, err)
	}
}

func TestAddRefuses(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for want, text := range map[string]string{
			"claim.verb":        strings.Replace(valuetest.Campaign, "[order.placed]", "[order.invented]", 1),
			"claim.metric":      strings.Replace(valuetest.RollOut, "deal.created.count", "deal.open", 1),
			"dimension.unknown": strings.Replace(valuetest.Campaign, "verbs: [arm.assigned]", `verbs: [arm.assigned], where: ["colour:eq:red"]`, 1),
			"claim.invalid":     strings.Replace(valuetest.Campaign, "face: campaign", "face: pretty", 1),
		} {
			if _, err := value.Add(t.Context(), db, value.New{Text: text, Actor: "x"}); code(err) != want {
				t.Errorf("Add = %v, want %s", err, want)
			}
		}
		if _, err := value.Get(t.Context(), db, "nobody"); code(err) != "claim.none" {
			t.Errorf("Get(nobody) = %v, want claim.none", err)
		}
	})
}

func TestSuggest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		valuetest.Fill(t, db)
		all, err := value.Suggest(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]claim.Grade{}
		for _, s := range all {
			got[s.Claim.ID] = s.Grade
			if _, err := value.Add(t.Context(), db, value.New{Text: s.YAML, Actor: "x"}); err != nil {
				t.Errorf("%s can't be added as suggested: %v", s.Claim.ID, err)
			}
		}
		if diff := cmp.Diff(map[string]claim.Grade{"campaign-c1": claim.A, "shovel-s1": claim.B}, got); diff != "" {
			t.Errorf("Suggest (-want +got):\n%s", diff)
		}
	})
}

// text is a finding as JSON, in which NaN equals NaN.
func text(f claim.Finding) string {
	b, err := json.Marshal(f)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
