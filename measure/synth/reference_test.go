package synth_test

import (
	"encoding/csv"
	"os"
	"strconv"
	"testing"

	"github.com/chanzipu/outfitter/measure/absorb"
	"github.com/chanzipu/outfitter/measure/measuretest"
	"github.com/chanzipu/outfitter/measure/synth"
)

// california is synthdid's california_prop99: 39 states, 1970 to 2000.
func california(tb testing.TB) (synth.Panel, []string) {
	f, err := os.Open(measuretest.Path(tb, "prop99/california_prop99.csv"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = ';'
	rows, err := r.ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	var p synth.Panel
	var states []string
	for _, row := range rows[1:] {
		year, _ := strconv.Atoi(row[1])
		packs, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			tb.Fatal(err)
		}
		states = append(states, row[0])
		p.Time, p.Outcome = append(p.Time, year), append(p.Outcome, packs)
	}
	code := absorb.NewFactor("state", states)
	names := make([]string, code.Levels)
	for i, c := range code.Code {
		p.Unit = append(p.Unit, int(c))
		names[c] = states[i]
	}
	for c, name := range names {
		if name == "California" {
			p.Treated = []int{c}
		}
	}
	p.Since = 1989
	return p, names
}

// Exact optimum; weights and RMSE as Stata's synth2 prints them.
func TestCaliforniaControl(t *testing.T) {
	p, names := california(t)
	f, err := synth.Control(t.Context(), p, synth.Options{})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "ATT", f.Estimates[0].Value, -19.51363, 1e-5)
	measuretest.Near(t, "ATT v. synthdid", f.Estimates[0].Value, -19.61966, .15)
	measuretest.Near(t, "RMSE", f.RMSE, 1.65640, 1e-5)
	want := map[string]float64{"Utah": .3939, "Montana": .2318, "Nevada": .2049, "Connecticut": .1091, "New Hampshire": .0454, "Colorado": .0148}
	for _, w := range f.Weights {
		measuretest.Near(t, names[w.ID], w.Share, want[names[w.ID]], 1e-4)
	}
	if len(f.Weights) != len(want) {
		t.Errorf("weights = %v, want %d states", f.Weights, len(want))
	}
	// ADH 2010, section 3.4, with their covariates: California ranks first of 39, P 0.026.
	t.Logf("SE %.4f P %.4f", f.Estimates[0].SE, f.Estimates[0].P)
}

// Stata sdid and synthdid print −15.60383; the exact optimum is −15.60540.
func TestCaliforniaDiD(t *testing.T) {
	p, _ := california(t)
	f, err := synth.DiD(t.Context(), p, synth.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "ATT v. synthdid", f.Estimates[0].Value, -15.60383, .005)
	measuretest.Near(t, "ATT v. exact", f.Estimates[0].Value, -15.60540, 1e-5)
	measuretest.Near(t, "placebo SE", f.Estimates[0].SE, 9.87941, .2*9.87941)
	t.Log(f.Estimates, f.TimeWeights)
}
