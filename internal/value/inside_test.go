package value

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/chanzipu/outfitter/internal/value/claim"
)

// TestBenjaminiHochberg: the fifteen P values of Benjamini and Hochberg (1995),
// section 3.2; R's p.adjust(p, "BH") gives the same.
func TestBenjaminiHochberg(t *testing.T) {
	p := []float64{.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1, math.NaN()}
	want := []float64{.0015, .003, .0095, .035625, .0603, .0638571429, .0638571429, .0645, .0765, .486, .5811818182, .714875, .7532307692, .8132142857, 1, math.NaN()}
	if diff := cmp.Diff(want, benjaminiHochberg(p), cmpopts.EquateApprox(0, 1e-9), cmpopts.EquateNaNs()); diff != "" {
		t.Errorf("benjaminiHochberg (-want +got):\n%s", diff)
	}
}

// TestBridgeIsCapped: claims can't have brought more than the whole growth.
func TestBridgeIsCapped(t *testing.T) {
	row := func(id string, gross, half float64) Row {
		f := claim.Finding{Grade: claim.A, Worth: &claim.Worth{Gross: claim.Figure{Value: claim.Number(gross), Lo: claim.Number(gross - half), Hi: claim.Number(gross + half)}}}
		return Row{Item: Item{ID: id, Version: Version{Claim: claim.Claim{ID: id, Money: &claim.Money{Definition: "contract"}}}, Result: &claim.Result{Finding: f}}, Counted: true}
	}
	months := map[string]float64{}
	for _, m := range []string{"01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11", "12"} {
		months["2025-"+m], months["2026-"+m] = 100, 110
	}
	for _, tt := range []struct {
		name             string
		rows             []Row
		explained, rest  float64
		uncertain        float64
		capped, hasDoubt bool
	}{
		{name: "within the growth", rows: []Row{row("a", 50, 10), row("b", 20, 30)}, explained: 50, uncertain: 20, rest: 50, hasDoubt: true},
		{name: "doubt gives way first", rows: []Row{row("a", 100, 10), row("b", 60, 90)}, explained: 100, uncertain: 20, rest: 0, capped: true, hasDoubt: true},
		{name: "then what is sure", rows: []Row{row("a", 300, 10)}, explained: 120, rest: 0, capped: true},
	} {
		l := Ledger{Rows: tt.rows}
		b, ok := l.bridge("contract", "合同额", 2026, months)
		got := map[string]float64{}
		for _, s := range b.Steps {
			got[s.Kind] += float64(s.Amount)
		}
		want := map[string]float64{"explained": tt.explained, "rest": tt.rest}
		if tt.hasDoubt {
			want["uncertain"] = tt.uncertain
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" || !ok || b.Capped != tt.capped || float64(b.Growth) != 120 {
			t.Errorf("%s: capped %v, growth %v (-want +got):\n%s", tt.name, b.Capped, b.Growth, diff)
		}
	}
}
