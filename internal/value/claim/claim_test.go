package claim_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/examples"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

const good = `id: answer-speed
title: {zh: 答得快, en: Faster answers}
question: {zh: 快多少？, en: How much faster?}
face: speed
unit: object
period: month
window: {since: 2026-01-01, until: 2027-01-01}
population:
  entry: {verbs: [feedback.received]}
outcome: {verbs: [feedback.replied], measure: hours, log: true}
exposure: {kind: access, shovel: SH12, design: random-teams, carrier: "attr:group"}
`

func TestParse(t *testing.T) {
	c, err := claim.Parse([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if c.ID != "answer-speed" || c.Outcome.Measure != claim.Time || c.Window.Since != "2026-01-01" || !c.Exposure.Design.Random() {
		t.Errorf("Parse = %+v", c)
	}
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	again, err := claim.Parse(b)
	if err != nil {
		t.Fatalf("as JSON: %v", err)
	}
	if diff := cmp.Diff(string(c.Canonical()), string(again.Canonical())); diff != "" {
		t.Errorf("YAML and JSON (-yaml +json):\n%s", diff)
	}
	y, err := c.YAML()
	if err != nil {
		t.Fatal(err)
	}
	if again, err = claim.Parse([]byte(y)); err != nil || string(again.Canonical()) != string(c.Canonical()) {
		t.Errorf("written and read again: %v", err)
	}
}

func TestProblems(t *testing.T) {
	for _, tt := range []struct {
		name, old, new string
		path           string
		line           int
	}{
		{"a word that is none of ours", "face: speed", "face: pretty", "face", 4},
		{"an unknown field", "face: speed", "face: speed\ncolour: red", "", 0},
		{"a missing field", "unit: object\n", "", "", 0},
		{"a window that ends before it begins", "2027-01-01", "2025-01-01", "window", 7},
		{"a duration without an entry", "population:\n  entry: {verbs: [feedback.received]}\n", "", "outcome.measure", 8},
		{"access to nothing", "shovel: SH12, ", "", "exposure.shovel", 11},
		{"a lot without a comparison", "kind: access, shovel: SH12", "kind: everybody", "exposure.design", 11},
		{"a text where a list stands", "verbs: [feedback.replied]", "verbs: feedback.replied", "outcome.verbs", 10},
	} {
		text := strings.Replace(good, tt.old, tt.new, 1)
		got, _, err := claim.Check([]byte(text))
		if err != nil || len(got) == 0 {
			t.Errorf("%s: %+v, %v, want a problem", tt.name, got, err)
			continue
		}
		if got[0].Path != tt.path || got[0].Line != tt.line || got[0].EN == "" || got[0].ZH == "" {
			t.Errorf("%s: %+v, want at %q, line %d, in both languages", tt.name, got[0], tt.path, tt.line)
		}
		var f *fault.Error
		if _, err := claim.Parse([]byte(text)); !errors.As(err, &f) || f.Code != "claim.invalid" {
			t.Errorf("%s: Parse = %v, want claim.invalid", tt.name, err)
		}
	}
}

// TestExamples: what we ship can be read, and its id is its file's name.
func TestExamples(t *testing.T) {
	all, err := examples.Claims()
	if err != nil || len(all) < 20 {
		t.Fatalf("%d examples, %v", len(all), err)
	}
	faces := map[claim.Face]bool{}
	for _, e := range all {
		c, err := claim.Parse([]byte(e.YAML))
		if err != nil {
			t.Errorf("%s: %v", e.Name, err)
		}
		if c.ID != e.Name {
			t.Errorf("%s has the id %s", e.Name, c.ID)
		}
		faces[c.Face] = true
	}
	for _, f := range claim.Faces {
		if !faces[f] {
			t.Errorf("no example of face %s", f)
		}
	}
}

// FuzzParse: whatever comes in, Parse returns, and what it lets through reads
// the same when written out.
func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add("a: [[[[[[")
	f.Add("&a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := claim.Parse([]byte(text))
		if err != nil {
			return
		}
		again, err := claim.Parse(c.Canonical())
		if err != nil || string(again.Canonical()) != string(c.Canonical()) {
			t.Errorf("Parse(%q) does not read its own canonical form: %v", text, err)
		}
	})
}
