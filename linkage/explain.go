package linkage

import "fmt"

// A Bar is one step of a pair's waterfall, in bits.
type Bar struct {
	Name  string  `json:"name"`  // the comparison; "prior" first
	Level string  `json:"level"` // its grade; "missing" when one side has no value
	A     string  `json:"a"`     // the compared values, in normal form
	B     string  `json:"b"`
	Bits  float64 `json:"bits"`                     // what the level tells
	Rare  float64 `json:"term_frequency,omitempty"` // what the rarity of the value adds
}

// A Waterfall explains a pair's weight; its bars sum to Weight exactly.
type Waterfall struct {
	Weight      float64 `json:"weight"`
	Probability float64 `json:"probability"`
	Rule        string  `json:"rule"` // the blocking rule that found the pair; empty if none does
	Bars        []Bar   `json:"bars"`
}

// Explain rebuilds the evidence for a pair of records, whether blocking found
// it or not.
func (r *Result) Explain(a, b uint32) (Waterfall, error) {
	n := uint32(len(r.Clusters))
	if a >= n || b >= n || a == b {
		return Waterfall{}, fmt.Errorf("linkage: explain: records %d and %d: two different ones below %d are needed", a, b, n)
	}
	e := r.engine
	s := e.explain(e.weigh(&r.Model), &r.Model, a, b)
	for i, k := range e.keys {
		if _, ok := k.First(a, b); ok {
			s.Rule = e.rules[i].String()
			break
		}
	}
	return s, nil
}

// explain is a waterfall without its rule.
func (e *engine) explain(w *weights, set *Settings, a, b uint32) Waterfall {
	s := Waterfall{Bars: []Bar{{Name: "prior", Level: "two random records", Bits: w.prior}}}
	for i, p := range e.props {
		bar := Bar{Name: set.Comparisons[i].Name, Level: "missing", A: p.Value(p.codes[a]), B: p.Value(p.codes[b])}
		if p.codes[a] != 0 && p.codes[b] != 0 {
			g := p.Compare(p.codes[a], p.codes[b])
			bar.Level = p.Labels()[g.Level]
			bar.Bits = w.base[i][g.Level+1]
			if tf := p.tfBy[g.Level]; tf != 0 {
				bar.Rare = w.level[i][g.Level+1] - bar.Bits + float64(quantize(tf*float64(g.Bits)))
			}
		}
		s.Bars = append(s.Bars, bar)
	}
	for _, bar := range s.Bars {
		s.Weight += bar.Bits + bar.Rare
	}
	s.Probability = Probability(s.Weight)
	return s
}

// RuleOf is the rule that found edge i.
func (r *Result) RuleOf(i int) string {
	for k := range r.Rules {
		if i < r.starts[k+1] {
			return r.Rules[k].Rule
		}
	}
	return ""
}

// Record is a record's source and id, by its number in Clusters and Edges.
func (r *Result) Record(rec uint32) (source, id string) { return r.engine.rs.id(rec) }

// Levels are the grades of an edge's comparisons by name; -1 is missing.
func (r *Result) Levels(ed Edge) map[string]int {
	out := map[string]int{}
	for i, c := range r.Model.Comparisons {
		out[c.Name] = r.engine.digit(ed.Pattern, i) - 1
	}
	return out
}
