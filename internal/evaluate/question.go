// Package evaluate judges the measuring itself: it puts the built-in claims to
// made companies, whose truth is known, and counts how often their intervals
// hold it.
//
// Two facts surprise. The truth that an interval has to cover is the expected
// effect on those who were exposed, not the one that luck made of it: where
// both outcomes of a unit are drawn with the same luck, the realised effect
// moves with the estimate, and an interval for the one says nothing of the
// other. And nothing here is tuned to a truth file: what misses its nominal
// coverage is printed with its distance.
//
// It owns no tables.
package evaluate

import (
	"fmt"
	"math"
	"strings"

	"github.com/chanzipu/outfitter/examples"
	"github.com/chanzipu/outfitter/internal/simulate/truth"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

// A Question is a claim with where its answer stands in truth.json.
type Question struct {
	Claim claim.Claim
	// None: nothing happens in truth, so that any interval without the null
	// is a false alarm.
	None bool
	pick func(truth.Truth) (truth.Pair, truth.Pair, bool)
	kind string // of the figure that is compared: relative, absolute, quantile
	from scale
}

// A scale says what a pair of the truth has to become to be compared.
type scale int

const (
	ratio      scale = iota // with ÷ without
	difference              // with − without
	logRatio                // e to the difference of logarithms
	thousand                // the difference per thousand, as a share
)

// An Answer is what is true.
type Answer struct {
	Expected float64 `json:"expected"` // over the luck of outcomes: what an interval has to cover
	Realised float64 `json:"realised"` // with the luck that was drawn
	Null     float64 `json:"null"`     // what it would be without any effect
}

// Truth is the answer in a truth; ok is false where it has none.
func (q Question) Truth(t truth.Truth) (a Answer, ok bool) {
	expected, realised, ok := q.pick(t)
	if !ok {
		return a, false
	}
	a.Expected, a.Realised = q.from.of(expected), q.from.of(realised)
	if q.kind == "relative" {
		a.Null = 1
	}
	return a, !math.IsNaN(a.Expected)
}

func (s scale) of(p truth.Pair) float64 {
	switch s {
	case difference:
		return p.Difference
	case logRatio:
		return math.Exp(p.Difference)
	case thousand:
		return p.Difference / 1000
	}
	if p.Without == 0 {
		return math.NaN()
	}
	return p.With / p.Without
}

// figure is the finding's figure that the truth is about.
func (q Question) figure(f claim.Finding) (claim.Figure, bool) {
	for _, g := range f.Figures {
		if g.Kind == q.kind && g.Method == "" {
			return g, true
		}
	}
	return claim.Figure{}, false
}

// asked are the built-in claims that have a truth: how their figure is read,
// whose effect it is, and how the truth words outcome and estimand.
var asked = []struct {
	id, kind          string
	from              scale
	outcome, estimand string
}{
	{"broker-delivery", "relative", logRatio, "log days from a need", ""},
	{"constant-battlecard", "relative", ratio, "share won", ""},
	{"constant-brief", "relative", ratio, "share won", "intention to treat"},
	{"constant-case-library", "relative", ratio, "new opportunities per person and month", ""},
	{"constant-daily-news", "relative", ratio, "new opportunities per person and month", ""},
	{"constant-navigation", "relative", ratio, "new opportunities per person and month", ""},
	{"constant-playbook", "relative", ratio, "new opportunities per person and month", ""},
	{"constant-quote-template", "relative", ratio, "share won", ""},
	{"floor-brand-message", "absolute", difference, "share of person-months", ""},
	{"floor-starter-pack", "absolute", difference, "days from joining", ""},
	{"handover-pack", "absolute", difference, "days from hand-over", ""},
	{"hours-competitor-research", "absolute", difference, "minutes of effort", ""},
	{"hours-data-pull", "absolute", difference, "minutes of effort", ""},
	{"hours-visit-preparation", "absolute", difference, "minutes of effort", ""},
	{"idea-hit", "absolute", difference, "share of launched ideas", ""},
	{"idea-search", "relative", logRatio, "log days from seeking", ""},
	{"speed-answer-library", "relative", logRatio, "log wall-clock minutes", ""},
	{"speed-answer-library-late", "absolute", difference, "share of tickets", ""},
	{"speed-script-cards", "relative", logRatio, "log wall-clock minutes", ""},
	{"stopped-lead-list", "relative", ratio, "after the list was switched off", ""},
}

// Questions are the built-in claims that have a truth.
func Questions() ([]Question, error) {
	list, err := examples.Claims()
	if err != nil {
		return nil, err
	}
	claims := map[string]claim.Claim{}
	var out []Question
	for _, x := range list {
		c, err := claim.Parse([]byte(x.YAML))
		if err != nil {
			return nil, fmt.Errorf("evaluate: %s: %w", x.Name, err)
		}
		claims[c.ID] = c
	}
	add := func(id string, q Question) {
		if c, ok := claims[id]; ok {
			q.Claim = c
			out = append(out, q)
		}
	}
	for _, a := range asked {
		shovel := claims[a.id].Shovel
		if shovel == "" {
			shovel = claims[a.id].Exposure.Shovel
		}
		add(a.id, Question{kind: a.kind, from: a.from, pick: effect(shovel, a.outcome, a.estimand)})
	}
	add("late-answer-loss", Question{kind: "absolute", from: difference, pick: late})
	add("precision-segment", Question{kind: "absolute", from: thousand, pick: precision})
	add("campaign-lift", Question{kind: "absolute", from: difference, pick: lift(false)})
	if c, ok := claims["campaign-lift"]; ok {
		c.ID = "campaign-lift-zero"
		out = append(out, Question{Claim: c, None: true, kind: "absolute", from: difference, pick: lift(true)})
	}
	return out, nil
}

// For fits a question to a company: false alarms of campaigns are counted on
// those that did nothing.
func (q Question) For(t truth.Truth) Question {
	if q.Claim.ID == "campaign-lift-zero" {
		var ids []string
		for _, c := range t.Campaigns {
			if c.Lift == 0 && c.Control > 0 {
				ids = append(ids, c.ID)
			}
		}
		e := *q.Claim.Population.Entry
		e.Where = append(append([]string{}, e.Where...), "object:in:"+strings.Join(ids, "|"))
		q.Claim.Population.Entry = &e
	}
	for _, s := range t.Shovels {
		q.None = q.None || s.NoEffect && s.ID == q.Claim.Exposure.Shovel
	}
	return q
}

func effect(shovel, outcome, estimand string) func(truth.Truth) (truth.Pair, truth.Pair, bool) {
	return func(t truth.Truth) (a, b truth.Pair, ok bool) {
		for _, e := range t.Effects {
			if e.Units > 0 && strings.HasPrefix(shovel, e.Shovel) && strings.Contains(e.Outcome, outcome) && strings.Contains(e.Estimand, estimand) {
				return e.Expected, e.Realised, true
			}
		}
		return a, b, false
	}
}

func late(t truth.Truth) (a, b truth.Pair, ok bool) {
	for _, e := range t.Late {
		if strings.Contains(e.Outcome, "gone within") && e.Units > 0 {
			return e.Expected, e.Realised, true
		}
	}
	return a, b, false
}

func precision(t truth.Truth) (a, b truth.Pair, ok bool) {
	for _, e := range t.Precision {
		return e.Expected, e.Realised, true
	}
	return a, b, false
}

// lift is the mean over campaigns with a holdout, each with the weight of
// Mantel and Haenszel, treated × control ÷ all, as least squares within
// campaigns gives: where one member in ten is held out, ten per cent of the
// controls would otherwise carry nearly all of the variance.
func lift(zero bool) func(truth.Truth) (truth.Pair, truth.Pair, bool) {
	return func(t truth.Truth) (a, b truth.Pair, ok bool) {
		var n, with, without, realWith, realWithout float64
		for _, c := range t.Campaigns {
			if c.Control == 0 || c.Treated == 0 || zero && c.Lift != 0 {
				continue
			}
			k := float64(c.Treated) * float64(c.Control) / float64(c.Treated+c.Control)
			n += k
			with, without = with+k*c.Expected.With, without+k*c.Expected.Without
			realWith, realWithout = realWith+k*c.Realised.With, realWithout+k*c.Realised.Without
		}
		if n == 0 {
			return a, b, false
		}
		return truth.Both(with/n, without/n), truth.Both(realWith/n, realWithout/n), true
	}
}
