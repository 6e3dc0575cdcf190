//go:build coverage

package synth_test

import (
	"testing"

	"github.com/chanzipu/outfitter/measure/measuretest"
)

func TestCoverage(t *testing.T) {
	for name, draw := range simulations {
		got := measuretest.Coverage(t, 2000, draw)
		t.Logf("%s: coverage %.4f", name, got)
		if got < 0.935 || got > 0.965 {
			t.Errorf("%s: coverage = %v, want 0.935 to 0.965", name, got)
		}
	}
	for name, test := range sizes {
		got := size(t, 2000, test)
		t.Logf("%s: size %.4f", name, got)
		if got > 0.05+0.0125 { // 99 % of 2,000 draws at a size of exactly 0.05
			t.Errorf("%s: size = %v, want at most 0.05", name, got)
		}
	}
}
