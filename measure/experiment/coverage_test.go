//go:build coverage

package experiment

import (
	"testing"

	"github.com/chanzipu/outfitter/measure/measuretest"
)

func TestCoverage(t *testing.T) {
	tests := []struct {
		name  string
		draw  measuretest.Draw
		exact bool // coverage at least nominal instead of about it
	}{
		{"mean", drawVisits("effect", 200, 1, false, false), false},
		{"mean, cuped", drawVisits("effect", 200, 1, true, false), false},
		{"lift", drawVisits("lift", 200, 1, false, false), false},
		{"lift, cuped", drawVisits("lift", 200, 1, true, false), false},
		{"ratio", drawVisits("effect", 200, 1, false, true), false},
		{"40 clusters", drawVisits("effect", 40, 10, false, false), false},
		{"switchback, 120 blocks", drawSwitches, false},
		{"sequential, 27 looks", drawLooks, true},
		{"randomisation, 12 people", drawTeam(12, 1), true},
		{"randomisation, 30 people", drawTeam(30, 1), true},
		{"randomisation, no effect", drawTeam(12, 0), true},
		{"share reaching a line, 24 people", drawReaching, true},
	}
	for _, tt := range tests {
		got := measuretest.Coverage(t, 2000, tt.draw)
		t.Logf("%s: %.4f of 2000 intervals hold the truth", tt.name, got)
		if tt.exact {
			if got < .94 { // .95 less twice the simulation's own error
				t.Errorf("%s: coverage %v, want at least .95", tt.name, got)
			}
		} else if got < .935 || got > .965 {
			t.Errorf("%s: coverage %v, want .935 to .965", tt.name, got)
		}
	}
}
