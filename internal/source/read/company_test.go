package read

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCompany reads the company's exports; the counts are those that each
// folder's SOURCE.txt states.
func TestCompany(t *testing.T) {
	tests := []struct {
		file    string
		rows    []int64
		columns int // of the first table
	}{
		{"bank_marketing/bank-additional-full.csv", []int64{41188}, 21},
		{"bank_marketing/bank-full.csv", []int64{45211}, 17},
		{"bpic2013/bpic2013_closed_problems.csv", []int64{6660}, 12},
		{"bpic2013/bpic2013_incidents.csv", []int64{65533}, 12},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			_, tables, err := Extract(t.Context(), data(t, "company/"+tt.file), tt.file, t.TempDir(), Hints{}, Limits{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			var rows []int64
			for _, tb := range tables {
				rows = append(rows, tb.Rows)
			}
			if diff := cmp.Diff(tt.rows, rows); diff != "" {
				t.Errorf("rows of %s (-want +got):\n%s", tt.file, diff)
			}
		})
	}
}
