//go:build coverage

package adjust

import (
	"testing"

	"github.com/chanzipu/outfitter/measure/measuretest"
	"github.com/chanzipu/outfitter/measure/regression"
)

func TestCoverage(t *testing.T) {
	for name, o := range map[string]Options{
		"ate":               {},
		"att":               {Target: ATT},
		"ate, one fold":     {Folds: 1},
		"ate, lasso":        {Outcome: regression.Lasso, Propensity: regression.Lasso},
		"ate, three splits": {Repeats: 3},
	} {
		got := measuretest.Coverage(t, 2000, draw(o))
		t.Logf("%s: %.4f of 2000 intervals hold the truth", name, got)
		if got < .935 || got > .965 {
			t.Errorf("%s: coverage %v, want .935 to .965", name, got)
		}
	}
}
