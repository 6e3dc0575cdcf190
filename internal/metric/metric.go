// Package metric is the catalogue of what can be asked of the event stream,
// and the SQL that each question compiles to.
//
// A metric compiles to one text that DuckDB and PostgreSQL both run: on
// event_day where the metric is additive and every dimension and filter is in
// the rollup (event_day_all where none asks for staff), on event otherwise. stat.reported is never counted as an event.
// Money in several currencies has no sum: the value is NULL and the point says
// how many there were. A duration refuses rows known only to the day.
//
// It owns no tables.
package metric

import (
	"slices"
	"strings"
)

// A Kind is how a metric comes from events.
type Kind string

// The kinds.
const (
	Count    Kind = "count"
	Sum      Kind = "sum"
	Mean     Kind = "mean"
	Ratio    Kind = "ratio" // a share, 0 to 1, or so many of one per one of the other
	Distinct Kind = "distinct"
	Quantile Kind = "quantile"
	Duration Kind = "duration" // quantile of hours between two verbs of one object
	Within   Kind = "within"   // share of durations up to Hours; "ratio" to the reader
	Stock    Kind = "stock"    // objects open at the end of a period
)

// A Metric is a named question over events, with a unit.
type Metric struct {
	Name           string
	Title, ZH      string
	Unit, UnitZH   string
	Kind           Kind
	About, AboutZH string
	From, To       []string // verbs: counted or begun; of a Ratio To is the denominator, of a Duration and Stock the end
	Column         string   // amount, quantity, account …: what is summed, averaged, told apart
	P              float64  // of a Quantile or Duration
	Hours          float64  // of a Within
}

// Verbs are all that the metric reads; none = every verb but stat.reported.
func (m Metric) Verbs() []string {
	out := slices.Clone(m.From)
	for _, v := range m.To {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// Additive reports whether the daily rollup can answer the metric.
func (m Metric) Additive() bool {
	switch m.Kind {
	case Count, Ratio:
		return true
	case Sum, Mean:
		return m.Column == "amount" // the rollup counts those with an amount, not those with a quantity
	}
	return false
}

// Money reports whether the metric's unit is a currency.
func (m Metric) Money() bool { return m.Column == "amount" }

// Get returns the metric of that name.
func Get(name string) (Metric, bool) {
	m, ok := byName[name]
	return m, ok
}

var byName = func() map[string]Metric {
	all := map[string]Metric{}
	for _, m := range Catalogue {
		if _, twice := all[m.Name]; twice {
			panic("metric: " + m.Name + " is named twice")
		}
		all[m.Name] = m
	}
	return all
}()

// quoted writes the catalogue's own words as SQL literals.
func quoted(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = "'" + strings.ReplaceAll(w, "'", "''") + "'"
	}
	return strings.Join(out, ", ")
}
