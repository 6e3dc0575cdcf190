package judge

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/estimate"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

// method is what the claim names, or what its design asks for.
func (j *court) method() string {
	c := j.c
	if c.Estimator.Method != "" {
		return c.Estimator.Method
	}
	x := c.Exposure
	switch {
	case x.Kind == claim.Everybody && x.Design == claim.Described:
		return "volume"
	case x.Design == claim.BeforeAfter:
		return "its"
	case j.panel() && x.Stopped:
		return "ppml"
	case j.panel():
		return "did"
	case x.Design == claim.Chosen || x.Design == claim.Volunteers:
		return "aipw"
	case j.t.has("ended"):
		return "rmst"
	case x.Kind == claim.Access || x.Kind == claim.Launch || x.Kind == claim.Dates:
		return "fe"
	case j.t.has("stratum"):
		return "fe"
	}
	return "diff"
}

// fewClusters is below which the usual clustered errors are too short.
const fewClusters = 50

// request is the estimator's, over the sample's columns.
func (j *court) request(method, path string) estimate.Request {
	c := j.c
	r := estimate.New()
	r.Input, r.Outcome, r.Seed = path, "outcome", j.seed
	m, _ := estimate.Find(method)
	if m.Reads("cluster") {
		switch {
		case c.Exposure.Design == claim.RandomCases && (method == "diff" || method == "qte"):
			// the case itself was drawn
		case j.t.has("cluster"):
			r.Cluster = []string{"cluster"}
		case j.panel() || (method == "fe" || method == "ppml") && j.repeated():
			r.Cluster = []string{"unit"}
		}
	}
	r.Reduced = m.Reads("reduced") && len(r.Cluster) == 1 && j.f.Counts.Clusters < fewClusters
	switch method {
	case "did", "sunab":
		r.Unit, r.Time, r.FirstTreated = "unit", "period", "first"
		if method == "did" {
			r.Control, r.Missing = c.Estimator.Control, "pair"
			if r.Control == "" {
				r.Control = "not-yet"
			}
		}
	case "twfe":
		r.Unit, r.Time, r.Treatment = "unit", "period", "treated"
	case "synth", "sdid", "impact":
		r.Unit, r.Time, r.FirstTreated = "unit", "period", "first"
	case "fe", "ppml":
		r.Treatment, r.Fixed = "treated", j.fixed()
		r.Robust = method == "fe" && len(r.Cluster) == 0
		r.Covariates = j.covariates()
	case "its":
		r.Time, r.Treatment, r.Quasi = "period", "", true
		r.Intervention = "treated"
		if strings.Contains(c.Period, "month") && len(j.t.text("period")) >= 24 {
			r.Period, r.Harmonics = 12, 1
		}
	case "rmst":
		r.Outcome = ""
		r.Duration, r.Event, r.Treatment, r.Reduced = "outcome", "ended", "treated", true
		if c.Outcome.Horizon > 0 {
			r.Tau = []float64{min(c.Outcome.Horizon, j.watched())}
		}
	case "aipw":
		r.Treatment, r.Target, r.Covariates = "treated", "att", j.covariates()
		r.Repeats = 1
	case "qte":
		r.Treatment, r.Tau = "treated", c.Estimator.Tau
		if !c.Exposure.Design.Random() { // weights made from a few dozen people cost more than they mend
			r.Covariates = j.covariates()
		}
		if len(r.Tau) == 0 {
			r.Tau = []float64{0.1, 0.5, 0.9}
		}
	default:
		r.Treatment, r.Covariates = "treated", j.covariates()
	}
	return r
}

// watched is up to when both groups' mean time is known: the shorter group's
// longest wait, for ever where nobody of a group waits at its end.
func (j *court) watched() float64 {
	last, open := [2]float64{}, [2]bool{}
	y, ended := j.t.num("outcome"), j.t.num("ended")
	for i, on := range j.t.num("treated") {
		k := 0
		if on == 1 {
			k = 1
		}
		if y[i] > last[k] {
			last[k], open[k] = y[i], false
		}
		if y[i] == last[k] && ended[i] == 0 {
			open[k] = true
		}
	}
	reach := math.Inf(1)
	for k := range last {
		if open[k] {
			reach = min(reach, last[k])
		}
	}
	return reach
}

// repeated reports whether a unit has several rows.
func (j *court) repeated() bool { return j.f.Counts.Units < j.t.n }

// fixed are the columns whose differences are taken out.
func (j *court) fixed() (out []string) {
	want := j.c.Estimator.FE
	if len(want) == 0 {
		want = []string{"stratum", "period"}
		switch {
		case j.panel():
			want = []string{"unit", "period"}
		case !j.c.Exposure.Design.Random() || j.c.Exposure.Kind == claim.Access:
			want = []string{"cluster", "stratum", "period"}
		}
	}
	for _, f := range want {
		if j.t.has(f) {
			out = append(out, f)
		}
	}
	return out
}

// covariates are those known beforehand that the sample has.
func (j *court) covariates() (out []string) {
	if j.t.has("before") {
		out = append(out, "before")
	}
	for _, c := range j.c.Covariates {
		if c.Known == "start" && j.t.has(c.Name) && !slices.Contains(out, c.Name) && j.varies(c.Name) {
			out = append(out, c.Name)
		}
	}
	return out
}

func (j *court) varies(name string) bool {
	col := j.t.text(name)
	return slices.ContainsFunc(col, func(s string) bool { return s != col[0] })
}

// command is the same by hand.
func command(method string, r estimate.Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "outfitter estimate %s --input %s", method, r.Input)
	put := func(flag, v string) {
		if v != "" {
			fmt.Fprintf(&b, " --%s %s", flag, v)
		}
	}
	put("outcome", r.Outcome)
	put("treatment", r.Treatment)
	put("unit", r.Unit)
	put("time", r.Time)
	put("first-treated", r.FirstTreated)
	put("duration", r.Duration)
	put("event", r.Event)
	put("intervention", r.Intervention)
	put("cluster", strings.Join(r.Cluster, ","))
	put("covariates", strings.Join(r.Covariates, ","))
	put("fe", strings.Join(r.Fixed, ","))
	put("control", r.Control)
	put("missing", r.Missing)
	if method == "aipw" {
		put("target", r.Target)
		put("repeats", fmt.Sprint(r.Repeats))
	}
	var tau []string
	for _, t := range r.Tau {
		tau = append(tau, fmt.Sprint(t))
	}
	put("tau", strings.Join(tau, ","))
	if r.Robust {
		b.WriteString(" --robust")
	}
	if r.Reduced {
		b.WriteString(" --reduced")
	}
	if r.Quasi {
		b.WriteString(" --quasi")
	}
	if r.Harmonics > 0 {
		put("period", fmt.Sprint(r.Period))
		put("harmonics", fmt.Sprint(r.Harmonics))
	}
	put("seed", fmt.Sprint(r.Seed))
	return b.String()
}
