//go:build coverage

package rollout_test

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
}
