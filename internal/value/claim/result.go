package claim

import (
	"encoding/json"
	"math"
	"time"

	"github.com/chanzipu/outfitter/measure"
)

// A Grade is how strong the evidence is.
type Grade string

// The grades.
const (
	A Grade = "A" // randomised
	B Grade = "B" // quasi-experiment
	C Grade = "C" // adjusted comparison
	D Grade = "D" // volume or self-report
)

// Lower is the next weaker grade; D stays.
func (g Grade) Lower() Grade {
	switch g {
	case A:
		return B
	case B:
		return C
	}
	return D
}

// Cap is the weaker of the two.
func (g Grade) Cap(at Grade) Grade { return max(g, at) }

// A Number is a figure that may not exist: NaN in Go, null in JSON.
type Number float64

// None is a figure that does not exist.
var None = Number(math.NaN())

// OK reports whether the figure exists.
func (n Number) OK() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

// MarshalJSON writes null where there is no figure.
func (n Number) MarshalJSON() ([]byte, error) {
	if !n.OK() {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON reads null as no figure.
func (n *Number) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*n = None
		return nil
	}
	return json.Unmarshal(b, (*float64)(n))
}

// A Figure is a number with its interval, at 95 %.
type Figure struct {
	Name  string `json:"name"` // as the estimator calls it: effect, ratio treated, tau=0.1
	Title Text   `json:"title"`
	Kind  string `json:"kind" enum:"absolute,relative,level,quantile,check" doc:"relative: 1 means no change"`
	Value Number `json:"value"`
	Lo    Number `json:"lo"`
	Hi    Number `json:"hi"`
	SE    Number `json:"se"`
	P     Number `json:"p"`
	Unit  Text   `json:"unit"`
	// Method is the estimator of a figure that is not the claim's own.
	Method string `json:"method,omitempty"`
}

// A Diagnostic is a sentence that a reader of the figure should know.
type Diagnostic struct {
	Code     string            `json:"code"`
	Severity string            `json:"severity" enum:"info,warning,serious"`
	Text     Text              `json:"text"`
	Values   map[string]Number `json:"values,omitempty"`
	Trap     bool              `json:"trap,omitempty" doc:"It lowered the grade"`
}

// A Refusal is why there is no figure, what could have been seen, and the test
// that would answer it.
type Refusal struct {
	Code   string `json:"code"`
	Reason Text   `json:"reason"`
	MDE    Number `json:"mde" doc:"Smallest effect seen with 80 % power, in the outcome's unit"`
	Test   Text   `json:"test" doc:"The test that would answer it next year"`
}

// Counts say how much went in.
type Counts struct {
	Rows     int `json:"rows"` // of the sample
	Units    int `json:"units"`
	Treated  int `json:"treated"`  // units ever exposed
	Control  int `json:"control"`  // units never exposed
	Exposed  int `json:"exposed"`  // rows exposed: what the effect is multiplied by
	Clusters int `json:"clusters"` // assigned together
	Events   int `json:"events"`   // behind the rows
	LeftOut  int `json:"left_out"` // entries without a usable outcome
	Censored int `json:"censored"` // not ended when the data end
}

// A Balance compares the groups before, in one covariate.
type Balance struct {
	Name    string `json:"name"`
	Treated Number `json:"treated"`
	Control Number `json:"control"`
	SMD     Number `json:"smd" doc:"Standardised difference of means; beyond ±0.1 worth a look, beyond ±0.25 unlike"`
}

// A Bar is a mean before or after, of those who got the shovel or not.
type Bar struct {
	Group string `json:"group" enum:"treated,control"`
	When  string `json:"when" enum:"before,after"`
	Mean  Number `json:"mean"`
	N     int    `json:"n"`
	Since string `json:"since"` // first and last day in it
	Until string `json:"until"`
}

// A Point is one period of the chart.
type Point struct {
	Period  string `json:"period"`
	Treated Number `json:"treated"` // mean of those exposed by then
	Control Number `json:"control"`
	NT      int    `json:"n_treated"`
	NC      int    `json:"n_control"`
}

// An EventTime is the effect so many periods after the start; before 0 it
// should be nothing.
type EventTime struct {
	E      int    `json:"e"`
	Effect Number `json:"effect"`
	Lo     Number `json:"lo"`
	Hi     Number `json:"hi"`
}

// A Worth is the effect in money: gross, cost, net.
type Worth struct {
	Definition string `json:"definition" enum:"contract,payment,revenue,wage"`
	Currency   string `json:"currency"`
	PerUnit    Figure `json:"per_unit"`
	Quantity   Number `json:"quantity" doc:"What the effect was multiplied by: exposed rows"`
	Gross      Figure `json:"gross"`
	Cost       Number `json:"cost"`
	Net        Figure `json:"net"`
	Note       Text   `json:"note"`
}

// Influenced is what incumbents print, beside what was caused.
type Influenced struct {
	Touched Number `json:"touched"` // the outcome of all exposed rows, summed
	Caused  Figure `json:"caused"`  // the effect, summed over them
	Gap     Number `json:"gap"`
	Money   bool   `json:"money"`
	Unit    Text   `json:"unit"`
	Note    Text   `json:"note"`
}

// A Finding is all that follows from a claim and its sample; Judge computes it
// and nothing else goes into it.
type Finding struct {
	Method      string       `json:"method"`
	Grade       Grade        `json:"grade"`
	Figures     []Figure     `json:"figures"` // the claim's own first
	Refusal     *Refusal     `json:"refusal"`
	Diagnostics []Diagnostic `json:"diagnostics"`
	Counts      Counts       `json:"counts"`
	Balance     []Balance    `json:"balance,omitempty"`
	Bars        []Bar        `json:"bars,omitempty"`
	Series      []Point      `json:"series,omitempty"`
	EventTimes  []EventTime  `json:"event_times,omitempty"`
	Worth       *Worth       `json:"worth,omitempty"`
	Influenced  *Influenced  `json:"influenced,omitempty"`
	Small       bool         `json:"small,omitempty"` // a group of fewer than five: group means are withheld
	Command     string       `json:"command"`         // the same estimate on the sample by hand
}

// Headline is the claim's own figure, absolute before relative.
func (f Finding) Headline() (Figure, bool) {
	if len(f.Figures) == 0 {
		return Figure{Value: None, Lo: None, Hi: None, SE: None, P: None}, false
	}
	return f.Figures[0], true
}

// Relative is the first relative figure: k 倍.
func (f Finding) Relative() (Figure, bool) {
	for _, g := range f.Figures {
		if g.Kind == "relative" && g.Method == "" {
			return g, true
		}
	}
	return Figure{Value: None}, false
}

// About is what the CSV of a sample can't say.
type About struct {
	LoadedUntil string `json:"loaded_until"` // last day with any event
	// OutcomeSince is the first day of which any of the outcome's events is known.
	OutcomeSince string   `json:"outcome_since,omitempty"`
	Events       int      `json:"events"`
	LeftOut      int      `json:"left_out"`
	Why          []Reason `json:"why,omitempty"` // why entries were left out
	Currency     string   `json:"currency,omitempty"`
	// PerUnit is the measured mean of Money.Verb with its standard error.
	PerUnit   Number            `json:"per_unit"`
	PerUnitSE Number            `json:"per_unit_se"`
	PerUnitN  int               `json:"per_unit_n"`
	Cost      Number            `json:"cost"`            // from the work book, on top of what the claim states
	Arms      map[string]int    `json:"arms,omitempty"`  // rows by value of the attribute that splits them
	First     map[string]string `json:"first,omitempty"` // first exposed day by cluster, "" = never
}

// A Reason counts entries left out.
type Reason struct {
	Code string `json:"code"`
	N    int    `json:"n"`
	Text Text   `json:"text"`
}

// A Sample is what an estimate needs: a small tidy table.
//
// Columns of the CSV, those that the claim has: unit, cluster, stratum,
// period (2026-03), first (first exposed period, empty = never), treated (0,
// 1), outcome, ended (0 = censored), day (of the entry), follow (days from the
// entry to the end of the data), before, and covariates under their names.
type Sample struct {
	CSV   []byte
	About About
}

// An Example is one team, one customer, one afternoon, with its rows.
type Example struct {
	Text   Text      `json:"text"`
	When   time.Time `json:"when"`
	Before *Moment   `json:"before,omitempty"`
	After  *Moment   `json:"after,omitempty"`
	Rows   []RowRef  `json:"rows"`
}

// A Moment is one case: when it began and ended, and what it took.
type Moment struct {
	Began time.Time `json:"began"`
	Ended time.Time `json:"ended"`
	Value Number    `json:"value"`
	Unit  Text      `json:"unit"`
	Team  string    `json:"team,omitempty"`
	Rows  []RowRef  `json:"rows"`
}

// A RowRef is the address of one original record.
type RowRef struct {
	Batch string `json:"batch"`
	Row   int64  `json:"row"`
}

// A Result is one run of one version of a claim.
type Result struct {
	Claim    string    `json:"claim"`
	Version  int       `json:"version"`
	Run      string    `json:"run"`
	TS       time.Time `json:"ts"`
	Actor    string    `json:"actor"`
	Code     string    `json:"code"` // of the program
	Seed     uint64    `json:"seed"`
	Finding  Finding   `json:"finding"`
	About    About     `json:"about"`
	Example  *Example  `json:"example,omitempty"`
	Sample   string    `json:"sample"`   // SHA-256 of the CSV, an object of the vault
	Evidence string    `json:"evidence"` // SHA-256 of the list of rows behind it, an object of the vault
	Digest   string    `json:"digest"`   // over sample, about and evidence
	// Withdrawn: rows that went in have since been rolled back or erased.
	Withdrawn bool `json:"withdrawn,omitempty"`
}

// FigureOf makes a figure of an estimate.
func FigureOf(e measure.Estimate, kind string, title, unit Text) Figure {
	return Figure{Name: e.Name, Title: title, Kind: kind, Value: Number(e.Value), Lo: Number(e.Lo), Hi: Number(e.Hi), SE: Number(e.SE), P: Number(e.P), Unit: unit}
}
