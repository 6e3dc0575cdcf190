package segment

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/customer"
	"github.com/chanzipu/outfitter/internal/customer/customertest"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

// world is a made set, and what its traits turned out to be.
type world struct {
	parties []customertest.Party
	events  []customertest.Event
	traits  map[string]map[string]customer.Value // key of the entity's party → trait
	asOf    time.Time
	other   Rule // of the segment that rules refer to
}

var testVerbs = []string{"order.placed", "deal.won", "feedback.received", "touch.sent", "touch.clicked"}

func makeWorld(r *rand.Rand) *world {
	w := &world{asOf: time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC)}
	for i := range 14 {
		p := customertest.Party{Kind: "account", Key: fmt.Sprintf("A%02d", i), Name: []string{"甲公司", "乙公司", "Acme"}[i%3], City: []string{"上海", "北京", ""}[i%3], Attrs: []string{"", `{"level": "A"}`, `{"level": "b", "n": 3}`}[i/2%3]}
		if i >= 11 {
			p.Entity = fmt.Sprintf("A%02d", i-11) // three are known twice
		}
		w.parties = append(w.parties, p)
	}
	for range 160 {
		e := customertest.Event{Verb: testVerbs[r.IntN(len(testVerbs))], Account: fmt.Sprintf("A%02d", r.IntN(14)), Day: w.asOf.AddDate(0, 0, -r.IntN(60)).Format(time.DateOnly)}
		if r.IntN(3) > 0 {
			e.Time = fmt.Sprintf("%02d:%02d", r.IntN(24), r.IntN(3)*20)
		}
		e.Channel = []string{"web", "wecom", ""}[r.IntN(3)]
		if e.Verb == "order.placed" || e.Verb == "deal.won" {
			e.Amount, e.Currency = float64(1+r.IntN(20))*10, []string{"CNY", "CNY", "CNY", "CNY", "USD"}[r.IntN(5)]
		}
		if e.Verb == "feedback.received" {
			e.Text = []string{"要退款", "很好用", "Refund please", ""}[r.IntN(4)]
		}
		w.events = append(w.events, e)
	}
	w.events = append(w.events, customertest.Event{Verb: "touch.sent", Account: "A00", Day: w.asOf.Format(time.DateOnly)})
	return w
}

func (w *world) entity(key string) string {
	for _, p := range w.parties {
		if p.Key == key && p.Entity != "" {
			return p.Entity
		}
	}
	return key
}

func (w *world) entities() []string {
	seen := map[string]bool{}
	for _, p := range w.parties {
		seen[w.entity(p.Key)] = true
	}
	return slices.Sorted(maps.Keys(seen))
}

func instant(e customertest.Event) time.Time {
	clock := e.Time
	if clock == "" {
		clock = "00:00"
	}
	t, err := time.Parse("2006-01-02 15:04", e.Day+" "+clock)
	if err != nil {
		panic(err)
	}
	return t
}

func holds(op string, a, b float64) bool {
	return map[string]bool{"eq": a == b, "ne": a != b, "gt": a > b, "gte": a >= b, "lt": a < b, "lte": a <= b}[op]
}

// matches is whether an event is one of a step's, by the filters that the
// generator makes.
func matches(e customertest.Event, verbs, where []string) bool {
	if len(verbs) > 0 && !slices.Contains(verbs, e.Verb) {
		return false
	}
	for _, f := range where {
		p := strings.SplitN(f, ":", 3)
		switch p[0] + ":" + p[1] {
		case "channel:eq":
			if e.Channel != p[2] {
				return false
			}
		case "channel:ne":
			if e.Channel == p[2] {
				return false
			}
		case "channel:null":
			if e.Channel != "" {
				return false
			}
		case "amount:gte":
			if e.Amount < 100 {
				return false
			}
		case "text:has":
			if e.Text == "" || !strings.Contains(strings.ToLower(e.Text), strings.ToLower(p[2])) {
				return false
			}
		default:
			panic(f)
		}
	}
	return true
}

func (w *world) inside(e customertest.Event, n Window) bool {
	if n.Days > 0 && (e.Day < w.asOf.AddDate(0, 0, 1-n.Days).Format(time.DateOnly) || e.Day > w.asOf.Format(time.DateOnly)) {
		return false
	}
	return (n.Since == "" || e.Day >= n.Since) && (n.Until == "" || e.Day < n.Until)
}

// fulfils is the rule's meaning, written as plainly as can be.
func (w *world) fulfils(r Rule, entity string) bool {
	var mine []customertest.Event
	for _, e := range w.events {
		if w.entity(e.Account) == entity {
			mine = append(mine, e)
		}
	}
	switch {
	case r.All != nil:
		for _, c := range r.All {
			if !w.fulfils(c, entity) {
				return false
			}
		}
		return true
	case r.Any != nil:
		for _, c := range r.Any {
			if w.fulfils(c, entity) {
				return true
			}
		}
		return false
	case r.Not != nil:
		return !w.fulfils(*r.Not, entity)
	case r.Segment != "":
		return w.fulfils(w.other, entity)
	case r.Trait != nil:
		return w.trait(*r.Trait, entity)
	case r.Text != nil:
		return w.event(r.Text.event(), mine)
	case r.Event != nil:
		return w.event(*r.Event, mine)
	case r.Field != nil:
		return w.field(*r.Field, entity)
	}
	return w.sequence(*r.Sequence, mine)
}

func (w *world) event(c Event, mine []customertest.Event) bool {
	n, sum := 0, 0.0
	currencies := map[string]bool{}
	for _, e := range mine {
		if w.inside(e, c.Window) && matches(e, c.Verbs, c.Where) {
			n++
			if e.Amount != 0 {
				sum += e.Amount
				currencies[e.Currency] = true
			}
		}
	}
	if c.Count == nil && c.Sum == nil {
		return n > 0
	}
	if c.Count != nil && !holds(c.Count.Op, float64(n), c.Count.Value) {
		return false
	}
	return c.Sum == nil || len(currencies) < 2 && holds(c.Sum.Op, sum, c.Sum.Value)
}

func (w *world) sequence(c Sequence, mine []customertest.Event) bool {
	// reach(i, t): can step i and those after it follow an event of step i-1 at t?
	var reach func(i int, t time.Time) bool
	reach = func(i int, t time.Time) bool {
		if i == len(c.Steps) {
			return true
		}
		for _, e := range mine {
			at := instant(e)
			if !w.inside(e, c.Window) || !matches(e, c.Steps[i].Verbs, c.Steps[i].Where) {
				continue
			}
			if i > 0 && (!at.After(t) || at.Sub(t).Seconds() > c.Within*86400) {
				continue
			}
			if reach(i+1, at) {
				return true
			}
		}
		return false
	}
	return reach(0, time.Time{})
}

func (w *world) trait(c Trait, entity string) bool {
	v, ok := w.traits[entity][c.Name]
	switch {
	case c.Op == "null":
		return !ok
	case c.Op == "notnull":
		return ok
	case !ok:
		return false
	case c.Op == "in":
		return slices.Contains(c.Values, v.Text)
	case c.Number != nil:
		return v.Num != nil && holds(c.Op, *v.Num, *c.Number)
	case c.Op == "eq":
		return v.Text == c.Text
	}
	return v.Text != c.Text
}

func (w *world) field(c Field, entity string) bool {
	any := func(is func(string) bool) bool {
		return slices.ContainsFunc(w.parties, func(p customertest.Party) bool {
			value := map[string]string{"name": p.Name, "city": p.City}[c.Name]
			if c.Name == "attr:level" && p.Attrs != "" {
				var m map[string]any
				if err := json.Unmarshal([]byte(p.Attrs), &m); err != nil {
					panic(err)
				}
				value = m["level"].(string)
			}
			return w.entity(p.Key) == entity && value != "" && is(value)
		})
	}
	switch c.Op {
	case "eq", "ne":
		return any(func(s string) bool { return strings.EqualFold(s, c.Text) }) == (c.Op == "eq")
	case "has":
		return any(func(s string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(c.Text)) })
	case "in":
		return any(func(s string) bool { return slices.Contains(c.Values, s) })
	}
	return any(func(string) bool { return true }) == (c.Op == "notnull")
}

func oneOf[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }

func randomWindow(r *rand.Rand) Window {
	return oneOf(r, Window{}, Window{Days: 1 + r.IntN(50)}, Window{Since: "2026-03-10"}, Window{Until: "2026-03-10"}, Window{Since: "2026-02-20", Until: "2026-03-20"}, Window{Days: 30, Until: "2026-03-25"})
}

func randomStep(r *rand.Rand) Step {
	s := Step{Verbs: []string{oneOf(r, testVerbs...)}}
	if r.IntN(3) == 0 {
		s.Verbs = append(s.Verbs, oneOf(r, testVerbs...))
	}
	if r.IntN(3) == 0 {
		s.Where = []string{oneOf(r, "channel:eq:web", "channel:ne:web", "channel:null", "amount:gte:100", "text:has:退款")}
	}
	return s
}

func randomRule(r *rand.Rand, depth int, segment string) Rule {
	if depth > 0 && r.IntN(2) == 0 {
		list := make([]Rule, 1+r.IntN(3))
		for i := range list {
			list[i] = randomRule(r, depth-1, segment)
		}
		return oneOf(r, Rule{All: list}, Rule{Any: list}, Rule{Not: &list[0]})
	}
	n := float64(r.IntN(60))
	switch r.IntN(8) {
	case 0:
		return Rule{Trait: &Trait{Name: oneOf(r, "recency", "frequency", "money", "silence"), Op: oneOf(r, "gt", "lte", "eq", "ne"), Number: &n}}
	case 1:
		return Rule{Trait: oneOf(r, &Trait{Name: "stage", Op: "eq", Text: "new"}, &Trait{Name: "stage", Op: "ne", Text: "new"}, &Trait{Name: "channel", Op: "in", Values: []string{"web", "x"}}, &Trait{Name: "money", Op: "null"}, &Trait{Name: "rating", Op: "notnull"})}
	case 2:
		return Rule{Field: oneOf(r, &Field{Name: "city", Op: "eq", Text: "上海"}, &Field{Name: "city", Op: "ne", Text: "上海"}, &Field{Name: "name", Op: "has", Text: "acme"}, &Field{Name: "attr:level", Op: "eq", Text: "B"}, &Field{Name: "city", Op: "null"}, &Field{Name: "name", Op: "in", Values: []string{"甲公司"}})}
	case 3:
		return Rule{Text: &Text{Contains: oneOf(r, "退款", "refund"), Window: randomWindow(r)}}
	case 4:
		s := &Sequence{Within: oneOf(r, 0.5, 3, 20), Window: randomWindow(r)}
		for range 2 + r.IntN(2) {
			s.Steps = append(s.Steps, randomStep(r))
		}
		return Rule{Sequence: s}
	case 5:
		if segment != "" {
			return Rule{Segment: segment}
		}
	case 6:
		s := randomStep(r)
		return Rule{Event: &Event{Verbs: s.Verbs, Where: s.Where, Window: randomWindow(r), Sum: &Sum{Of: "amount", Compare: Compare{oneOf(r, "gte", "lt", "eq"), oneOf(r, 0.0, 100, 300)}}}}
	}
	s := randomStep(r)
	e := &Event{Verbs: s.Verbs, Where: s.Where, Window: randomWindow(r)}
	if r.IntN(4) == 0 {
		e.Verbs = nil
	}
	if r.IntN(2) == 0 {
		e.Count = &Compare{oneOf(r, "eq", "gte", "lt", "ne"), float64(r.IntN(4))}
	}
	return Rule{Event: e}
}

// TestRulesMean holds the SQL of random rules to their plain meaning, on both
// engines: who is in, how many, and the reason given for each.
func TestRulesMean(t *testing.T) {
	n := 250
	if testing.Short() {
		n = 60
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := rand.New(rand.NewPCG(7, 11))
		w := makeWorld(r)
		customertest.Fill(t, db, "made", w.parties, w.events)
		if _, err := customer.Refresh(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		w.readTraits(t, db)
		w.other = randomRule(r, 1, "")
		other, err := Add(t.Context(), db, "user:li", New{Title: "other", Kind: "account", Mode: Dynamic, Rule: w.other})
		if err != nil {
			t.Fatal(err)
		}
		both := 0
		for i := range n {
			rule := randomRule(r, 3, other.ID)
			var want []string
			for _, e := range w.entities() {
				if w.fulfils(rule, e) {
					want = append(want, customertest.ID("account", e))
				}
			}
			slices.Sort(want)
			text, _ := json.Marshal(rule)
			got, err := Sample(t.Context(), db, "account", rule, "", 100)
			if err != nil {
				t.Fatalf("rule %d: %s: %v", i, text, err)
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("rule %d: %s (-want +got):\n%s", i, text, diff)
			}
			if len(want) > 0 && len(want) < len(w.entities()) {
				both++
			}
			if i%10 != 0 {
				continue
			}
			c, err := Count(t.Context(), db, "account", rule)
			if err != nil || c.N != int64(len(want)) || c.Of != int64(len(w.entities())) {
				t.Errorf("rule %d: Count() = %+v, %v, want %d of %d", i, c, err, len(want), len(w.entities()))
			}
			id := customertest.ID("account", w.entities()[i%len(w.entities())])
			why, err := Why(t.Context(), db, "account", rule, id)
			if err != nil || why.In != slices.Contains(want, id) {
				t.Errorf("rule %d: %s: Why() = %v, %v, want %v", i, text, why.In, err, slices.Contains(want, id))
			}
		}
		if both < n/3 {
			t.Errorf("only %d of %d rules told customers apart", both, n)
		}
	})
}

func (w *world) readTraits(t *testing.T, db *store.DB) {
	t.Helper()
	w.traits = map[string]map[string]customer.Value{}
	for _, e := range w.entities() {
		values, err := customer.Portrait(t.Context(), db, customertest.ID("account", e))
		if err != nil {
			t.Fatal(err)
		}
		w.traits[e] = map[string]customer.Value{}
		for _, v := range values {
			w.traits[e][v.Trait] = v
		}
	}
}

func TestCheck(t *testing.T) {
	ok := func(name string) (bool, bool) { return name == "stage", name == "stage" || name == "money" }
	deep := Rule{Text: &Text{Contains: "x"}}
	for range 30 {
		deep = Rule{Not: &Rule{All: []Rule{deep}}}
	}
	for _, tt := range []struct {
		json string
		good bool
	}{
		{`{"text":{"contains":"退款"}}`, true},
		{`{"event":{"verbs":["deal.won"],"days":90,"count":{"op":"gte","value":2}}}`, true},
		{`{}`, false},
		{`{"all":[]}`, false},
		{`{"text":{"contains":"a"},"segment":"x"}`, false},
		{`{"text":{"contains":" "}}`, false},
		{`{"event":{"verbs":["deal.stolen"]}}`, false},
		{`{"event":{"where":["nonsense"]}}`, false},
		{`{"event":{"count":{"op":"like","value":1}}}`, false},
		{`{"event":{"sum":{"of":"price","op":"gt","value":1}}}`, false},
		{`{"event":{"since":"2026-13-01"}}`, false},
		{`{"event":{"since":"2026-02-01","until":"2026-01-01"}}`, false},
		{`{"trait":{"name":"none","op":"null"}}`, false},
		{`{"trait":{"name":"money","op":"gt"}}`, false},
		{`{"trait":{"name":"stage","op":"eq","text":"new"}}`, true},
		{`{"trait":{"name":"stage","op":"in"}}`, false},
		{`{"field":{"name":"password","op":"eq"}}`, false},
		{`{"field":{"name":"attr:$.x","op":"eq"}}`, false},
		{`{"sequence":{"steps":[{"verbs":["deal.won"]}],"within_days":1}}`, false},
		{`{"sequence":{"steps":[{"verbs":["deal.won"]},{"verbs":[]}],"within_days":1}}`, false},
		{`{"sequence":{"steps":[{"verbs":["deal.won"]},{"verbs":["deal.lost"]}],"within_days":0}}`, false},
	} {
		r, err := Parse([]byte(tt.json))
		if err != nil {
			t.Fatalf("Parse(%s) = %v", tt.json, err)
		}
		if err := r.Check(ok); (err == nil) != tt.good || fault.Mine(err) {
			t.Errorf("Check(%s) = %v, want good %v", tt.json, err, tt.good)
		}
	}
	if deep.Check(ok) == nil {
		t.Error("Check(nested 60 deep) = nil, want invalid")
	}
	for _, s := range []string{`{"foo":1}`, `[`, `{"event":{"verbs":1}}`} {
		if _, err := Parse([]byte(s)); fault.Status(err) != 422 {
			t.Errorf("Parse(%s) = %v, want invalid", s, err)
		}
	}
}
