package calendar

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCalendar(t *testing.T) {
	tests := []struct {
		name  string
		texts []string
		want  []int
		parse map[string]int
	}{
		{"years", []string{"2003", "2004", "2007"}, []int{2003, 2004, 2007}, map[string]int{"2005": 2005, "2006-07-01": 2006}},
		{"years as decimals", []string{"2003.0", "2004.0"}, []int{2003, 2004}, nil},
		{"relative periods", []string{"-2", "-1", "0", "1"}, []int{1, 2, 3, 4}, map[string]int{"0": 3}},
		{"quarters", []string{"2023Q4", "2024Q1", "2024Q3"}, []int{1, 2, 4}, map[string]int{"2024-05-20": 3, "2024Q2": 3, "2024": 2}},
		{"quarters, other way round", []string{"Q4 2023", "Q1 2024"}, []int{1, 2}, nil},
		{"Chinese quarters", []string{"2023年4季度", "2024年第1季度"}, []int{1, 2}, nil},
		{"months", []string{"2024-11", "2024-12", "2025-01"}, []int{1, 2, 3}, map[string]int{"2024-12-20": 2, "202412": 2}},
		{"Chinese months", []string{"2024年11月", "2025年1月"}, []int{1, 2}, nil},
		{"months without a separator", []string{"202411", "202412", "202501"}, []int{1, 2, 3}, nil},
		{"numbers that are no months", []string{"202411", "202413"}, []int{202411, 202413}, nil},
		{"first days of quarters", []string{"2024-01-01", "2024-04-01", "2024-07-01"}, []int{1, 2, 3}, map[string]int{"2024-04-02": 3, "2024-10-01": 4}},
		{"month ends", []string{"2024-01-31", "2024-02-29", "2024-03-31"}, []int{1, 2, 3}, map[string]int{"2024-02-10": 2}},
		{"weeks by date", []string{"2011-01-02", "2011-01-09", "2011-01-23"}, []int{1, 2, 4}, map[string]int{"2011-01-10": 3, "2011-01-16": 3}},
		{"ISO weeks over a year's end", []string{"2020-W53", "2021-W01"}, []int{1, 2}, nil},
		{"days", []string{"2019-04-16", "2019-04-17", "2019-04-19"}, []int{1, 2, 4}, nil},
		{"hours", []string{"2019-04-16 23:00", "2019-04-17T00:00:00Z"}, []int{1, 2}, nil},
		{"slashes", []string{"2024/1/5", "2024/1/6"}, []int{1, 2}, nil},
		{"decimal quarters", []string{"2004", "2004.25", "2004.75"}, []int{8016, 8017, 8019}, map[string]int{"2004.5": 8018, "2004": 8016, "2004.6": 8019}},
	}
	for _, tt := range tests {
		c, got, bad := New(tt.texts)
		if diff := cmp.Diff(tt.want, got); diff != "" || bad != "" {
			t.Errorf("New(%s): bad %q (-want +got):\n%s", tt.name, bad, diff)
			continue
		}
		for i, s := range tt.texts {
			if l := c.Label(got[i]); l != s {
				t.Errorf("%s: label(%d) = %q, want %q", tt.name, got[i], l, s)
			}
		}
		for s, want := range tt.parse {
			if v, ok := c.Parse(s); !ok || v != want {
				t.Errorf("%s: parse(%q) = %d, %v, want %d", tt.name, s, v, ok, want)
			}
		}
	}
	for _, bad := range [][]string{{"soon"}, {"2024-13"}, {"2024-02-30"}, {"2024", "2024-01"}, {"2024Q1", "2024-01-01"}, {""}} {
		if _, _, got := New(bad); got == "" && bad[0] != "" {
			t.Errorf("New(%q) accepts it, want a complaint", bad)
		}
	}
}

// FuzzCalendar: whatever parses is labelled and parsed back to itself.
func FuzzCalendar(f *testing.F) {
	for _, s := range []string{"2024", "2024Q1", "2024-01", "2024-01-05", "2024-W05", "2024-01-05 10:00", "20240105", "-3", "2004.25", "2024年1月5日"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		c, at, bad := New([]string{a, b})
		if bad != "" || at == nil {
			return
		}
		for i, s := range []string{a, b} {
			if at[i] < 1 && c.grain != whole && c.grain != decimal {
				t.Errorf("New(%q, %q) numbers %q %d", a, b, s, at[i])
			}
			if v, ok := c.Parse(s); !ok || v != at[i] {
				t.Errorf("parse(%q) = %d, %v, want %d (with %q)", s, v, ok, at[i], []string{a, b})
			}
		}
	})
}
