//go:build coverage

package did

import (
	"testing"

	"github.com/chanzipu/outfitter/measure/measuretest"
)

func TestCoverage(t *testing.T) {
	for name, draw := range map[string]measuretest.Draw{
		"never-treated":           drawEvent(300, Options{}, false),
		"not-yet treated":         drawEvent(300, Options{Control: NotYetTreated}, false),
		"doubly robust":           drawEvent(500, Options{}, true),
		"bootstrap, simple event": drawEvent(300, Options{Draws: 300}, false),
	} {
		got := measuretest.Coverage(t, 2000, draw)
		t.Logf("%s: %.4f of 2000 intervals hold the truth", name, got)
		if name == "bootstrap, simple event" { // a simultaneous band holds each point more often
			if got < .95 {
				t.Errorf("%s: %v, want at least .95", name, got)
			}
			continue
		}
		if got < .935 || got > .965 {
			t.Errorf("%s: coverage %v, want .935 to .965", name, got)
		}
	}
}
