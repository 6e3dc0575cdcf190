package suggest

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestUnseen scores proposals for files that have no example mapping. Their
// right concepts were written down from the headers alone, before the first
// run, which got 20 of 37; what people's tables lacked (names in two columns,
// sex, birthday) was learnt from it. "a|b": either is right.
func TestUnseen(t *testing.T) {
	if _, err := os.Stat(data); err != nil {
		t.Skip("shared/data is not beside the project: proposals are not scored")
	}
	either := func(field string) string { return "person." + field + "|account." + field }
	sets := []struct {
		path  string
		right map[string]string
	}{
		{"company/issue_dumps/SeaMonkey_bugs.csv", map[string]string{"Summary": "event.text", "Issue id": "object.case", "Created": "event.ts", "Resolved": "event.ts", "Description": "event.text"}},
		{"er/fake_1000/fake_1000.csv", map[string]string{"unique_id": "person.key", "first_name": "person.name", "surname": "person.name", "city": "person.city", "email": "person.email"}},
		{"er/febrl/dataset1.csv", map[string]string{"rec_id": "person.key", "given_name": "person.name", "surname": "person.name", "address_1": "person.address", "suburb": "person.city"}},
		{"er/senzing_truthset/customers.csv", map[string]string{"RECORD_ID": either("key"), "PRIMARY_NAME_LAST": either("name"), "PRIMARY_NAME_FIRST": either("name"), "PRIMARY_NAME_ORG": either("name"), "EMAIL_ADDRESS": either("email"),
			"ADDR_FULL": either("address"), "ADDR_CITY": either("city"), "PHONE_NUMBER": either("phone"), "AMOUNT": "event.amount", "DATE": "event.ts"}},
		{"er/historical_50k/historical_50k.csv", map[string]string{"unique_id": "person.key", "full_name": "person.name", "first_name": "person.name", "surname": "person.name", "occupation": "person.title"}},
		{"company/ifood_marketing/marketing_campaign.csv", map[string]string{"ID": "person.key", "Dt_Customer": "event.ts"}},
		{"company/bank_marketing/bank-additional-full.csv", map[string]string{"contact": "event.channel"}},
		{"feedback/bdci2018_car/train.csv", map[string]string{"content_id": "object.review", "content": "event.text"}},
		{"feedback/bitext_customer_support/bitext_8k.csv", map[string]string{"utterance": "event.text"}},
		{"feedback/banking77/train.csv", map[string]string{"text": "event.text"}},
	}
	all, right := 0, 0
	for _, s := range sets {
		p, err := Propose(context.Background(), filepath.Base(s.path), load(t, []string{data + s.path}))
		if err != nil {
			t.Fatal(err)
		}
		if m := p.Mapping(); len(m.Tables) > 0 {
			if err := m.Validate(); err != nil {
				t.Errorf("%s: the proposal is no valid mapping: %v", s.path, err)
			}
		}
		n, ok := 0, 0
		for _, c := range p.Columns {
			want, carries := s.right[c.Column]
			if !carries {
				continue
			}
			n++
			if slices.ContainsFunc(strings.Split(want, "|"), func(w string) bool { return slices.Contains(c.Concepts, w) }) {
				ok++
			} else {
				t.Logf("%s: %s: want %s, got %v (%s)", s.path, c.Column, want, c.Concepts, c.Why)
			}
		}
		if n != len(s.right) {
			t.Errorf("%s: %d of %d labelled columns were found", s.path, n, len(s.right))
		}
		t.Logf("%s: %d of %d", s.path, ok, n)
		all, right = all+n, right+ok
	}
	t.Logf("unseen files: %d of %d", right, all)
	if 2*right < all {
		t.Errorf("%d of %d columns of unseen files got the right concept, want at least half", right, all)
	}
}
