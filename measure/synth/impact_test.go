package synth_test

import (
	"encoding/csv"
	"os"
	"strconv"
	"testing"

	"github.com/chanzipu/outfitter/measure/measuretest"
	"github.com/chanzipu/outfitter/measure/synth"
)

// series reads a file of CausalImpact's comparisons: dates (if any), outcome,
// controls; before counts rows with a date before since, or is given.
func series(tb testing.TB, name string, comma rune, date bool, since string, before int) synth.Series {
	f, err := os.Open(measuretest.Path(tb, "causalimpact/"+name))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = comma
	rows, err := r.ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	s := synth.Series{Before: before}
	for _, row := range rows[1:] {
		if date {
			if row[0] < since {
				s.Before++
			}
			row = row[1:]
		}
		if s.Controls == nil {
			s.Controls = make([][]float64, len(row)-1)
		}
		for j, cell := range row {
			v, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				tb.Fatal(err)
			}
			if j == 0 {
				s.Outcome = append(s.Outcome, v)
			} else {
				s.Controls[j-1] = append(s.Controls[j-1], v)
			}
		}
	}
	return s
}

// Google's R CausalImpact on four series: posterior mean within a quarter of
// its posterior standard deviation.
func TestCausalImpact(t *testing.T) {
	tests := []struct {
		name    string
		s       synth.Series
		cum, sd float64
	}{
		{"comparison", series(t, "comparison_data.csv", ',', true, "2019-07-15", 0), -11831, 13253},
		{"volks", series(t, "volks_data.csv", ' ', true, "2015-09-20", 0), -3496, 438.5},
		{"basque", series(t, "basque.csv", ',', true, "1976", 0), -16.75, 6.89},
		{"arma", series(t, "arma_data.csv", ',', false, "", 70), 26.67, 9.1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := synth.Impact(t.Context(), tt.s, synth.ImpactOptions{Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			e, _ := f.Get("cumulative")
			t.Logf("%+v (%.2f sd off)", e, (e.Value-tt.cum)/tt.sd)
			measuretest.Near(t, "cumulative", e.Value, tt.cum, 0.25*tt.sd)
			measuretest.Near(t, "posterior SD", e.SE, tt.sd, 0.25*tt.sd)
		})
	}
}
