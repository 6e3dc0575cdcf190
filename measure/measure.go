// Package measure holds what every causal estimator here shares: the shape
// of a result, the distributions, standard errors from influence functions,
// and seeded randomness. The estimators live in sub-packages by family:
// experiment, did, quantile, adjust, panel, synth, survival, credit, uplift.
//
// All of them are pure: slices in, values out. No SQL, no clock, no global
// state; every random draw comes from a seed that is an argument. Three
// outcomes are kept apart:
//
//   - an error: the input is malformed (a NaN, lengths that differ, a unit
//     seen twice in one period). It wraps [ErrInput] and says how to mend it.
//   - a [Refusal]: the input is sound but can't answer the question (too few
//     units, no overlap, everyone treated). It carries the reason and the
//     smallest effect that could have been seen.
//   - estimates, with [Diagnostic] sentences that a non-statistician reads.
//
// A figure that does not exist is NaN in Go and null in JSON, never 0.
package measure

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
)

// ErrInput marks input that an estimator can't use at all; the text before it
// says what is wrong, where, and how to mend it.
var ErrInput = errors.New("invalid input")

// Invalid returns an error that wraps [ErrInput], e.g. Invalid("did: row %d: …").
func Invalid(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, ErrInput)...)
}

// Estimate is one figure with its uncertainty. NaN stands where a part does
// not exist. Lo and Hi bound the interval at the level asked for (95 % unless
// said otherwise); P is two-sided against no effect.
type Estimate struct {
	Name  string
	Value float64 // the estimator's doc comment names the unit
	SE    float64
	Lo    float64
	Hi    float64
	P     float64
}

// MarshalJSON writes NaN and infinities as null.
func (e Estimate) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Name  string   `json:"name"`
		Value *float64 `json:"estimate"`
		SE    *float64 `json:"se"`
		Lo    *float64 `json:"lo"`
		Hi    *float64 `json:"hi"`
		P     *float64 `json:"p"`
	}{e.Name, finite(e.Value), finite(e.SE), finite(e.Lo), finite(e.Hi), finite(e.P)})
}

// UnmarshalJSON reads null as NaN.
func (e *Estimate) UnmarshalJSON(b []byte) error {
	var w struct {
		Name  string   `json:"name"`
		Value *float64 `json:"estimate"`
		SE    *float64 `json:"se"`
		Lo    *float64 `json:"lo"`
		Hi    *float64 `json:"hi"`
		P     *float64 `json:"p"`
	}
	if err := json.Unmarshal(b, &w); err != nil {
		return fmt.Errorf("measure: estimate: %w", err)
	}
	*e = Estimate{w.Name, orNaN(w.Value), orNaN(w.SE), orNaN(w.Lo), orNaN(w.Hi), orNaN(w.P)}
	return nil
}

// Text is one plain sentence in both languages.
type Text struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Severity says how much a diagnostic takes away from a result.
type Severity string

// The severities, from harmless to serious.
const (
	Info    Severity = "info"    // good to know
	Warning Severity = "warning" // the figure stands, read it with care
	Serious Severity = "serious" // do not use the figure without an answer to this
)

// Diagnostic is one thing that a reader of the result should know, with the
// numbers behind the sentence.
type Diagnostic struct {
	Code     string
	Severity Severity
	Text     Text
	Values   map[string]float64
}

// MarshalJSON writes values that are not finite as null.
func (d Diagnostic) MarshalJSON() ([]byte, error) {
	values := make(map[string]*float64, len(d.Values))
	for k, v := range d.Values {
		values[k] = finite(v)
	}
	return json.Marshal(struct {
		Code     string              `json:"code"`
		Severity Severity            `json:"severity"`
		Text     Text                `json:"text"`
		Values   map[string]*float64 `json:"values,omitempty"`
	}{d.Code, d.Severity, d.Text, values})
}

// Refusal is how an estimator says that sound data can't answer the question.
type Refusal struct {
	Code   string
	Reason Text
	MDE    float64 // smallest effect seen with 80 % power, in the outcome's unit; NaN if unknown
}

// MarshalJSON writes an unknown MDE as null.
func (r Refusal) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Code   string   `json:"code"`
		Reason Text     `json:"reason"`
		MDE    *float64 `json:"mde"`
	}{r.Code, r.Reason, finite(r.MDE)})
}

// Result is what every estimator returns. With a Refusal, Estimates is empty.
type Result struct {
	Method      string       `json:"method"`
	Estimates   []Estimate   `json:"estimates"`
	N           int          `json:"n"` // units of analysis used
	Diagnostics []Diagnostic `json:"diagnostics"`
	Refusal     *Refusal     `json:"refusal"`
}

// MarshalJSON writes empty lists as [], not null.
func (r Result) MarshalJSON() ([]byte, error) {
	type plain Result
	p := plain(r)
	if p.Estimates == nil {
		p.Estimates = []Estimate{}
	}
	if p.Diagnostics == nil {
		p.Diagnostics = []Diagnostic{}
	}
	return json.Marshal(p)
}

// Get returns the estimate of that name.
func (r Result) Get(name string) (Estimate, bool) {
	for _, e := range r.Estimates {
		if e.Name == name {
			return e, true
		}
	}
	return Estimate{}, false
}

// Note adds a diagnostic.
func (r *Result) Note(code string, s Severity, zh, en string, values map[string]float64) {
	r.Diagnostics = append(r.Diagnostics, Diagnostic{Code: code, Severity: s, Text: Text{ZH: zh, EN: en}, Values: values})
}

// Refuse drops the estimates and records why; mde is NaN where unknown. Data
// without any spread give 0, which isn't an effect that could be seen.
func (r *Result) Refuse(code, zh, en string, mde float64) {
	if mde <= 0 {
		mde = math.NaN()
	}
	r.Estimates = nil
	r.Refusal = &Refusal{Code: code, Reason: Text{ZH: zh, EN: en}, MDE: mde}
}

func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func orNaN(p *float64) float64 {
	if p == nil {
		return math.NaN()
	}
	return *p
}
