package linkage_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/linkage"
)

func TestParseSettingsErrors(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"not JSON", `{`, "unexpected EOF"},
		{"a field nobody knows", `{"version":1,"colour":2}`, `unknown field "colour"`},
		{"another version", `{"version":2}`, "reads version 1"},
		{"nothing compared", `{"version":1,"blocking":[{"on":[{"column":"a"}]}]}`, "no comparisons"},
		{"no rules", `{"version":1,"comparisons":[{"name":"a","columns":["a"],"kind":"text"}]}`, "no blocking rules"},
		{"unknown kind", `{"version":1,"comparisons":[{"name":"a","columns":["a"],"kind":"colour"}],"blocking":[{"on":[{"column":"a"}]}]}`, `kind "colour"`},
		{"unknown take", `{"version":1,"comparisons":[{"name":"a","columns":["a"],"kind":"text"}],"blocking":[{"on":[{"column":"a","take":"x"}]}]}`, `take "x"`},
		{"a threshold of one", `{"version":1,"threshold":1,"comparisons":[{"name":"a","columns":["a"],"kind":"text"}],"blocking":[{"on":[{"column":"a"}]}]}`, "threshold 1"},
		{"too few parameters", `{"version":1,"comparisons":[{"name":"a","columns":["a"],"kind":"exact","parameters":[{"m":1,"u":1}]}],"blocking":[{"on":[{"column":"a"}]}]}`, "1 parameters for 2 levels"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := linkage.ParseSettings([]byte(tt.in))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ParseSettings(%s) error = %v, want one with %q", tt.in, err, tt.want)
			}
		})
	}
}

func TestModelIsPortable(t *testing.T) {
	s := readSet(t, "unique_id", "cluster", "fake_1000/fake_1000.csv")
	res, _ := link(t, s, nil, linkage.Options{Seed: 1})
	text, err := json.Marshal(res.Model)
	if err != nil {
		t.Fatal(err)
	}
	back, err := linkage.ParseSettings(text)
	if err != nil {
		t.Fatalf("a trained model can't be read back: %v", err)
	}
	if diff := cmp.Diff(res.Model, back); diff != "" {
		t.Errorf("model after JSON (-want +got):\n%s", diff)
	}
}

func TestFixedParametersStay(t *testing.T) {
	s := readSet(t, "unique_id", "cluster", "fake_1000/fake_1000.csv")
	set, err := linkage.ParseSettings([]byte(`{"version":1,"comparisons":[
		{"name":"name","columns":["first_name","surname"],"kind":"person"},
		{"name":"city","columns":["city"],"kind":"exact","parameters":[{"m":0.3,"u":0.9,"fix_m":true,"fix_u":true},{"m":0.7,"u":0.1,"fix_m":true,"fix_u":true}]},
		{"name":"dob","columns":["dob"],"kind":"date"}],
		"blocking":[{"on":[{"column":"dob"}]},{"on":[{"column":"surname"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	res, _ := link(t, s, &set, linkage.Options{Seed: 1})
	for l, want := range []struct{ m, u float64 }{{.3, .9}, {.7, .1}} {
		if p := res.Model.Comparisons[1].Parameters[l]; p.M != want.m || p.U != want.u {
			t.Errorf("level %d of city: m %g, u %g; want the fixed %g, %g", l, p.M, p.U, want.m, want.u)
		}
	}
}

func TestLinkErrors(t *testing.T) {
	table := func(rows ...string) *linkage.Table {
		tab, err := linkage.NewTable("t", []string{"a"})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			if err := tab.Append(r, []string{r}); err != nil {
				t.Fatal(err)
			}
		}
		return tab
	}
	tests := []struct {
		name   string
		tables []*linkage.Table
		want   string
	}{
		{"no tables", nil, "at least two"},
		{"no records", []*linkage.Table{table()}, "at least two"},
		{"a nil table", []*linkage.Table{nil}, "is nil"},
		{"nothing to compare", []*linkage.Table{table("", "")}, "no values"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := linkage.Link(t.Context(), tt.tables, nil, linkage.Options{})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Link error = %v, want one with %q", err, tt.want)
			}
		})
	}
}
