//go:build coverage

package quantile

import (
	"testing"

	"github.com/chanzipu/outfitter/measure/measuretest"
)

func TestCoverage(t *testing.T) {
	for name, draw := range map[string]measuretest.Draw{
		"median, random":        drawQuantile(false, false, "tau=0.5", 600, 300),
		"P10, random":           drawQuantile(false, false, "tau=0.1", 600, 300),
		"P90, random":           drawQuantile(false, false, "tau=0.9", 600, 300),
		"ceiling-floor, random": drawQuantile(false, false, "ceiling-floor", 600, 300),
		"median, adjusted":      drawQuantile(true, false, "tau=0.5", 600, 300),
		"median, on treated":    drawQuantile(true, true, "tau=0.5", 600, 300),
		"band over nine":        bandDraw,
	} {
		got := measuretest.Coverage(t, 2000, draw)
		t.Logf("%s: %.4f of 2000 intervals hold the truth", name, got)
		if got < .935 || got > .965 {
			t.Errorf("%s: coverage %v, want .935 to .965", name, got)
		}
	}
}
