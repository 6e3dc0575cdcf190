package evaluate_test

import (
	"math"
	"testing"

	"github.com/chanzipu/outfitter/linkage/evaluate"
)

func TestScores(t *testing.T) {
	got, truth := []uint32{0, 0, 0, 1, 1}, []uint32{0, 0, 1, 1, 1}
	p, err := evaluate.Pairwise(got, truth) // pairs: 4 claimed, 4 true, 2 of them right
	if err != nil {
		t.Fatal(err)
	}
	if p.Precision != .5 || p.Recall != .5 || p.F1 != .5 {
		t.Errorf("Pairwise = %+v, want all .5", p)
	}
	b, err := evaluate.BCubed(got, truth)
	if err != nil {
		t.Fatal(err)
	}
	// Precision: records' shares 2/3, 2/3, 1/3, 1, 1.
	if want := (2./3 + 2./3 + 1./3 + 2) / 5; math.Abs(b.Precision-want) > 1e-12 {
		t.Errorf("BCubed precision = %v, want %v", b.Precision, want)
	}
	if _, err := evaluate.Pairwise(got, truth[:2]); err == nil {
		t.Error("Pairwise of unequal lengths gave no error")
	}
}

func TestCalibration(t *testing.T) {
	var c evaluate.Calibration
	for i := range 10 {
		c.Add(.82, i < 6)
	}
	if got := c.Error(); math.Abs(got-.22) > 1e-9 {
		t.Errorf("Error = %v, want .22", got)
	}
}
