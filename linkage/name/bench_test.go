package name_test

import (
	"encoding/csv"
	"os"
	"testing"

	"github.com/chanzipu/outfitter/linkage/name"
)

func TestNameBench(t *testing.T) {
	f, err := os.Open("../../../shared/data/er/nk_name_bench/cases.csv")
	if err != nil {
		t.Skipf("labelled name pairs are absent: %v", err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var tp, fp, fn float64
	for _, r := range rows[1:] {
		s := name.OrgScore(r[2], r[3])
		if r[1] == "Person" {
			s = name.PersonScore(r[2], r[3])
		}
		switch said, match := s >= name.Threshold, r[4] == "true"; {
		case said && match:
			tp++
		case said:
			fp++
		case match:
			fn++
		}
	}
	f1 := 2 * tp / (2*tp + fp + fn)
	t.Logf("precision %.3f, recall %.3f, F1 %.3f at %g", tp/(tp+fp), tp/(tp+fn), f1, name.Threshold)
	if f1 < 0.82 {
		t.Errorf("F1 on the labelled name pairs = %.3f, want at least .82", f1)
	}
}
