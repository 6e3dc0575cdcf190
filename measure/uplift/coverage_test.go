//go:build coverage

package uplift_test

import (
	"testing"

	"github.com/chanzipu/outfitter/measure/measuretest"
)

func TestCoverage(t *testing.T) {
	got := measuretest.Coverage(t, 2000, simulate)
	t.Logf("uplift@30%%: coverage %.4f", got)
	if got < 0.935 || got > 0.965 {
		t.Errorf("coverage = %v, want 0.935 to 0.965", got)
	}
}
