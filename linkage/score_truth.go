package linkage

import (
	"fmt"
	"math"

	"github.com/chanzipu/outfitter/linkage/evaluate"
)

// An Evaluation sets a result beside the truth.
type Evaluation struct {
	Records          int            `json:"records"` // that the truth names
	TruePairs        int64          `json:"true_pairs"`
	Pairwise         evaluate.Score `json:"pairwise"`
	BCubed           evaluate.Score `json:"b_cubed"`
	BlockingRecall   float64        `json:"blocking_recall"`
	CalibrationError float64        `json:"calibration_error"` // over candidate pairs
	Calibration      []evaluate.Bin `json:"calibration,omitempty"`
}

// A Truth says which entity a record is of.
type Truth struct{ Source, ID, Entity string }

// Evaluate measures a result on the records that the truth names; pairs that
// blocking missed count as missed.
func (r *Result) Evaluate(truth []Truth) (Evaluation, error) {
	type key struct{ source, id string }
	entity := make(map[key]uint32, len(truth))
	number := map[string]uint32{}
	for _, t := range truth {
		n, ok := number[t.Entity]
		if !ok {
			n = uint32(len(number))
			number[t.Entity] = n
		}
		k := key{t.Source, t.ID}
		if old, ok := entity[k]; ok && old != n {
			return Evaluation{}, fmt.Errorf("linkage: truth: record %q of source %q is said to be of two entities", t.ID, t.Source)
		}
		entity[k] = n
	}
	const unnamed = math.MaxUint32
	want := make([]uint32, len(r.Clusters))
	var got, known []uint32
	for rec := range want {
		source, id := r.Record(uint32(rec))
		n, ok := entity[key{source, id}]
		if !ok {
			want[rec] = unnamed
			continue
		}
		want[rec] = n
		got, known = append(got, r.Clusters[rec]), append(known, n)
	}
	if len(known) < 2 {
		return Evaluation{}, fmt.Errorf("linkage: truth: it names %d of the %d records: source and id must be written as in the input", len(known), len(want))
	}
	ev := Evaluation{Records: len(known), TruePairs: evaluate.TruePairs(known)}
	var err error
	if ev.Pairwise, err = evaluate.Pairwise(got, known); err != nil {
		return ev, err
	}
	if ev.BCubed, err = evaluate.BCubed(got, known); err != nil {
		return ev, err
	}
	var cal evaluate.Calibration
	found := int64(0)
	for _, ed := range r.Edges {
		a, b := want[ed.A], want[ed.B]
		if a == unnamed || b == unnamed {
			continue
		}
		if a == b {
			found++
		}
		cal.Add(Probability(float64(ed.Weight)), a == b)
	}
	ev.BlockingRecall = 1
	if ev.TruePairs > 0 {
		ev.BlockingRecall = float64(found) / float64(ev.TruePairs)
	}
	if ev.CalibrationError = cal.Error(); math.IsNaN(ev.CalibrationError) {
		ev.CalibrationError = 0 // no candidate pairs
	}
	ev.Calibration = cal.Bins()
	return ev, nil
}
