// Package splink reads the settings JSON that Splink (moj-analytical-services)
// writes, versions 3 to 5, as linkage.Settings.
//
// Splink's levels are SQL conditions. The usual ones (equality, Levenshtein,
// Damerau, Jaro and Jaro-Winkler, Jaccard) are read with their m and u;
// a condition that isn't understood is an error that names it, never a guess.
package splink

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/chanzipu/outfitter/linkage"
	"github.com/chanzipu/outfitter/linkage/block"
	"github.com/chanzipu/outfitter/linkage/field"
)

type file struct {
	LinkType    string  `json:"link_type"`
	Prior       float64 `json:"probability_two_random_records_match"`
	Rules       []rule  `json:"blocking_rules_to_generate_predictions"`
	Comparisons []struct {
		Name   string  `json:"output_column_name"`
		Levels []level `json:"comparison_levels"`
	} `json:"comparisons"`
}

type level struct {
	SQL    string   `json:"sql_condition"`
	Label  string   `json:"label_for_charts"`
	M      *float64 `json:"m_probability"`
	U      *float64 `json:"u_probability"`
	Null   bool     `json:"is_null_level"`
	TF     string   `json:"tf_adjustment_column"`
	Weight *float64 `json:"tf_adjustment_weight"`
	FixM   bool     `json:"fix_m_probability"`
	FixU   bool     `json:"fix_u_probability"`
}

// A rule is a string or an object with one.
type rule struct{ SQL string }

func (r *rule) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &r.SQL)
	}
	var o struct {
		SQL string `json:"blocking_rule"`
	}
	err := json.Unmarshal(b, &o)
	r.SQL = o.SQL
	return err
}

// Import reads Splink settings or a trained model.
func Import(data []byte) (linkage.Settings, error) {
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return linkage.Settings{}, fmt.Errorf("splink: settings: %w", err)
	}
	s := linkage.Settings{Version: 1, Prior: f.Prior}
	if f.LinkType == "link_only" {
		s.Scope = linkage.ScopeAcross
	}
	for i, c := range f.Comparisons {
		cmp, err := comparison(c.Name, c.Levels)
		if err != nil {
			return s, fmt.Errorf("splink: comparison %d (%q): %w", i+1, c.Name, err)
		}
		s.Comparisons = append(s.Comparisons, cmp)
	}
	for i, r := range f.Rules {
		b, err := blocking(r.SQL)
		if err != nil {
			return s, fmt.Errorf("splink: blocking rule %d: %w", i+1, err)
		}
		s.Blocking = append(s.Blocking, b)
	}
	return s, s.Validate()
}

var (
	column   = `"?([\p{L}_][\p{L}\p{N}_ ]*?)"?`
	side     = `"?([\p{L}_][\p{L}\p{N}_ ]*?)_[lr]"?`
	equal    = regexp.MustCompile(`^` + side + `\s*=\s*` + side + `$`)
	distance = regexp.MustCompile(`^(levenshtein|damerau_levenshtein)\(\s*` + side + `\s*,\s*` + side + `\s*\)\s*<=\s*([0-9.]+)$`)
	likeness = regexp.MustCompile(`^(jaro_winkler_similarity|jaro_winkler|jaro_similarity|jaccard)\(\s*` + side + `\s*,\s*` + side + `\s*\)\s*>=\s*([0-9.]+)$`)
)

var ops = map[string]string{"levenshtein": "levenshtein", "damerau_levenshtein": "damerau", "jaro_winkler_similarity": "jaro_winkler", "jaro_winkler": "jaro_winkler", "jaro_similarity": "jaro", "jaccard": "jaccard"}

func comparison(name string, levels []level) (linkage.Comparison, error) {
	c := linkage.Comparison{Name: name, Kind: field.Custom}
	off := 0.0
	c.TermFrequency = &off
	var params []linkage.Parameter
	trained := true
	for i, l := range levels {
		if l.Null {
			continue
		}
		p := linkage.Parameter{FixM: l.FixM, FixU: l.FixU}
		if l.M != nil && l.U != nil {
			p.M, p.U = *l.M, *l.U
		} else {
			trained = false
		}
		params = append(params, p)
		if l.TF != "" {
			w := 1.0
			if l.Weight != nil {
				w = *l.Weight
			}
			c.TermFrequency = &w
		}
		sql := strings.TrimSpace(l.SQL)
		if strings.EqualFold(sql, "else") {
			continue
		}
		op, col, err := condition(sql)
		if err != nil {
			return c, fmt.Errorf("level %d: %w", i+1, err)
		}
		if len(c.Columns) == 0 {
			c.Columns = []string{col}
		} else if c.Columns[0] != col {
			return c, fmt.Errorf("level %d: condition %q is about column %q, others about %q: one comparison can have one column here", i+1, sql, col, c.Columns[0])
		}
		op.Label = l.Label
		c.Levels = append(c.Levels, op)
	}
	if trained {
		slices.Reverse(params) // Splink lists the best level first
		c.Parameters = params
	}
	if c.Name == "" && len(c.Columns) > 0 {
		c.Name = c.Columns[0]
	}
	return c, nil
}

func condition(sql string) (field.Level, string, error) {
	if m := equal.FindStringSubmatch(sql); m != nil && m[1] == m[2] {
		return field.Level{Op: "equal"}, m[1], nil
	}
	for _, re := range []*regexp.Regexp{distance, likeness} {
		if m := re.FindStringSubmatch(sql); m != nil && m[2] == m[3] {
			bound, err := strconv.ParseFloat(m[4], 64)
			return field.Level{Op: ops[m[1]], Bound: bound}, m[2], err
		}
	}
	return field.Level{}, "", fmt.Errorf("condition %q isn't understood: replace it by equality, a distance or a similarity of one column", sql)
}

var (
	sameColumn = regexp.MustCompile(`^l\.` + column + `\s*=\s*r\.` + column + `$`)
	sameStart  = regexp.MustCompile(`^(?:substr|substring)\(l\.` + column + `,\s*1,\s*(\d+)\)\s*=\s*(?:substr|substring)\(r\.` + column + `,\s*1,\s*(\d+)\)$`)
	and        = regexp.MustCompile(`(?i)\s+and\s+`)
)

func blocking(sql string) (block.Rule, error) {
	var r block.Rule
	sql = strings.NewReplacer("SUBSTRING", "substr", "SUBSTR", "substr").Replace(sql)
	for _, part := range and.Split(strings.TrimSpace(sql), -1) {
		part = strings.TrimSpace(part)
		for strings.HasPrefix(part, "(") && strings.HasSuffix(part, ")") {
			part = strings.TrimSpace(part[1 : len(part)-1])
		}
		if m := sameColumn.FindStringSubmatch(part); m != nil && m[1] == m[2] {
			r.Parts = append(r.Parts, block.Part{Column: m[1]})
			continue
		}
		if m := sameStart.FindStringSubmatch(part); m != nil && m[1] == m[3] && m[2] == m[4] && slices.Contains(block.Takes(), "prefix"+m[2]) {
			r.Parts = append(r.Parts, block.Part{Column: m[1], Take: "prefix" + m[2]})
			continue
		}
		return r, fmt.Errorf("condition %q isn't understood: use l.a = r.a, or substr of 2, 3, 4 or 6 characters, joined by AND", part)
	}
	return r, nil
}
