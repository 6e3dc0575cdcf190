package splink_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/linkage"
	"github.com/chanzipu/outfitter/linkage/block"
	"github.com/chanzipu/outfitter/linkage/field"
	"github.com/chanzipu/outfitter/linkage/splink"
)

func TestImport(t *testing.T) {
	got, err := splink.Import([]byte(`{"link_type":"link_only","probability_two_random_records_match":0.001,
	"blocking_rules_to_generate_predictions":[{"blocking_rule":"l.\"surname\" = r.\"surname\" AND SUBSTR(l.dob, 1, 4) = SUBSTR(r.dob, 1, 4)","sql_dialect":"duckdb"},"l.dob = r.dob"],
	"comparisons":[{"output_column_name":"surname","comparison_levels":[
	{"sql_condition":"\"surname_l\" IS NULL OR \"surname_r\" IS NULL","is_null_level":true},
	{"sql_condition":"\"surname_l\" = \"surname_r\"","label_for_charts":"Exact","m_probability":0.8,"u_probability":0.01,"tf_adjustment_column":"surname","tf_adjustment_weight":1.0},
	{"sql_condition":"jaro_winkler_similarity(\"surname_l\", \"surname_r\") >= 0.9","m_probability":0.15,"u_probability":0.02},
	{"sql_condition":"ELSE","m_probability":0.05,"u_probability":0.97}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	one := 1.0
	want := linkage.Settings{Version: 1, Scope: linkage.ScopeAcross, Prior: .001,
		Comparisons: []linkage.Comparison{{Name: "surname", Columns: []string{"surname"}, Kind: field.Custom, TermFrequency: &one,
			Levels:     []field.Level{{Label: "Exact", Op: "equal"}, {Op: "jaro_winkler", Bound: .9}},
			Parameters: []linkage.Parameter{{M: .05, U: .97}, {M: .15, U: .02}, {M: .8, U: .01}}}},
		Blocking: []block.Rule{{Parts: []block.Part{{Column: "surname"}, {Column: "dob", Take: "prefix4"}}}, {Parts: []block.Part{{Column: "dob"}}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Import (-want +got):\n%s", diff)
	}
}

func TestImportNamesWhatItCannotRead(t *testing.T) {
	_, err := splink.Import([]byte(`{"comparisons":[{"output_column_name":"a","comparison_levels":[{"sql_condition":"soundex(a_l) = soundex(a_r)"}]}]}`))
	if err == nil || !strings.Contains(err.Error(), "soundex(a_l)") {
		t.Errorf("Import error = %v, want one that quotes the condition", err)
	}
}

func FuzzImport(f *testing.F) {
	f.Add(`{"comparisons":[{"comparison_levels":[{"sql_condition":"a_l = a_r"}]}],"blocking_rules_to_generate_predictions":["l.a = r.a"]}`)
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := splink.Import([]byte(s)); err == nil && got.Validate() != nil {
			t.Errorf("Import(%q) gave settings that aren't valid", s)
		}
	})
}
