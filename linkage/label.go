package linkage

import "fmt"

// learnLabels numbers the labelled pairs and keeps them as judgements.
func (e *engine) learnLabels(res *Result, labels []Label) error {
	if len(labels) == 0 {
		return nil
	}
	type key struct{ source, id string }
	at := make(map[key]uint32, e.rs.len())
	for rec := range uint32(e.rs.len()) {
		source, id := e.rs.id(rec)
		at[key{source, id}] = rec
	}
	res.apart, res.together = map[uint64]bool{}, map[uint64]bool{}
	for i, l := range labels {
		a, ok1 := at[key{l.SourceA, l.A}]
		b, ok2 := at[key{l.SourceB, l.B}]
		switch {
		case !ok1:
			return fmt.Errorf("linkage: label %d: no record %q in source %q", i+1, l.A, l.SourceA)
		case !ok2:
			return fmt.Errorf("linkage: label %d: no record %q in source %q", i+1, l.B, l.SourceB)
		case a == b:
			return fmt.Errorf("linkage: label %d: both sides are record %q of source %q", i+1, l.A, l.SourceA)
		}
		k := pairKey(a, b)
		if res.apart[k] && l.Match || res.together[k] && !l.Match {
			return fmt.Errorf("linkage: label %d: records %q and %q are labelled both the same and different: remove one label", i+1, l.A, l.B)
		}
		if l.Match {
			res.together[k] = true
		} else {
			res.apart[k] = true
		}
	}
	return nil
}

// labelWeight is how many labelled matches weigh as much as all that EM saw.
const labelWeight = 50.0

// learnM moves m towards what labelled matches show.
func (e *engine) learnM(res *Result) {
	if len(res.together) == 0 {
		return
	}
	s := newScorer(e)
	counts := make([][]float64, len(e.props))
	for c, p := range e.props {
		counts[c] = make([]float64, p.Top()+1)
	}
	for k := range res.together {
		p, _ := s.compare(uint32(k>>32), uint32(k))
		for c := range e.props {
			if d := e.digit(p, c); d > 0 {
				counts[c][d-1]++
			}
		}
	}
	for c := range e.props {
		n := 0.0
		for _, k := range counts[c] {
			n += k
		}
		params := res.Model.Comparisons[c].Parameters
		for l := range params {
			if !params[l].FixM {
				params[l].M = (counts[c][l] + labelWeight*params[l].M) / (n + labelWeight)
			}
		}
	}
}
