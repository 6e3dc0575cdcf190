package segment

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/metric"
	"github.com/chanzipu/outfitter/internal/source/mapping"
)

// A Rule is a tree: exactly one of its parts is set. A clause whose value is
// not known is not fulfilled; its negation is.
type Rule struct {
	All      []Rule    `json:"all,omitempty" doc:"Every one of these"`
	Any      []Rule    `json:"any,omitempty" doc:"At least one of these"`
	Not      *Rule     `json:"not,omitempty" doc:"Not this"`
	Trait    *Trait    `json:"trait,omitempty"`
	Event    *Event    `json:"event,omitempty"`
	Sequence *Sequence `json:"sequence,omitempty"`
	Text     *Text     `json:"text,omitempty"`
	Field    *Field    `json:"field,omitempty"`
	Segment  string    `json:"segment,omitempty" doc:"Is in this other segment"`
}

// A Trait compares what a customer is like.
type Trait struct {
	Name   string   `json:"name" maxLength:"60"`
	Op     string   `json:"op" enum:"eq,ne,in,has,gt,gte,lt,lte,null,notnull"`
	Number *float64 `json:"number,omitempty" doc:"For eq, ne, gt, gte, lt, lte of a number"`
	Text   string   `json:"text,omitempty" maxLength:"400" doc:"For eq, ne, has of a word"`
	Values []string `json:"values,omitempty" maxItems:"1000" doc:"For in"`
}

// A Field compares what sources say of the customer; any of its parties counts.
type Field struct {
	Name   string   `json:"name" maxLength:"210" doc:"name, phone, email, tax_no, address, city, title, company, source, or attr:<key>" example:"city"`
	Op     string   `json:"op" enum:"eq,ne,in,has,null,notnull" doc:"ne and null: of no party"`
	Text   string   `json:"text,omitempty" maxLength:"400"`
	Values []string `json:"values,omitempty" maxItems:"1000"`
}

// A Window bounds days, in the company's zone; nothing set = always.
type Window struct {
	Days  int    `json:"days,omitempty" minimum:"0" maximum:"36600" doc:"The last so many days up to the as-of day"`
	Since string `json:"since,omitempty" format:"date" doc:"Included"`
	Until string `json:"until,omitempty" format:"date" doc:"Excluded"`
}

// A Compare compares a number.
type Compare struct {
	Op    string  `json:"op" enum:"eq,ne,gt,gte,lt,lte"`
	Value float64 `json:"value"`
}

// An Event counts or sums what happened; without Count and Sum: at least once.
// Did not: count eq 0.
type Event struct {
	Verbs []string `json:"verbs,omitempty" maxItems:"100" doc:"None = every verb"`
	Where []string `json:"where,omitempty" maxItems:"20" doc:"dimension:operator:value, as in Explore" example:"[\"channel:eq:web\"]"`
	Window
	Count *Compare `json:"count,omitempty"`
	Sum   *Sum     `json:"sum,omitempty"`
}

// A Sum compares a sum; of amounts in several currencies there is none.
type Sum struct {
	Of string `json:"of" enum:"amount,quantity"`
	Compare
}

// A Step is one event of a sequence.
type Step struct {
	Verbs []string `json:"verbs" minItems:"1" maxItems:"100"`
	Where []string `json:"where,omitempty" maxItems:"20"`
}

// A Sequence wants its steps one after the other, each within so many days (of
// 24 hours) of the one before and known to be later than it: two events known
// only to the same day are in no order.
type Sequence struct {
	Steps  []Step  `json:"steps" minItems:"2" maxItems:"6"`
	Within float64 `json:"within_days" exclusiveMinimum:"0" maximum:"3660"`
	Window
}

// A Text wants an event whose text contains words.
type Text struct {
	Contains string   `json:"contains" minLength:"1" maxLength:"400"`
	Verbs    []string `json:"verbs,omitempty" maxItems:"100"`
	Window
}

// event is the clause as an Event.
func (t Text) event() Event {
	return Event{Verbs: t.Verbs, Window: t.Window, Where: []string{"text:has:" + t.Contains}}
}

const (
	maxClauses = 100
	maxDepth   = 20
)

// fields of a party that rules may name.
var fields = []string{"name", "phone", "email", "tax_no", "address", "city", "title", "company", "source"}

var comparisons = map[string]string{"eq": "=", "ne": "<>", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}

// Check reports the first thing wrong with the rule. traits says whether a
// trait exists for the kind, and whether it is a word.
func (r Rule) Check(trait func(name string) (word, ok bool)) error {
	n := 0
	return r.check("rule", 0, &n, trait)
}

func wrong(path, en, zh string) error {
	return fault.New(fault.ErrInvalid, "rule", fmt.Sprintf("The rule can't be used at %s: %s.", path, en), fmt.Sprintf("规则在 %s 处无法使用：%s。", path, zh))
}

func (r Rule) check(path string, depth int, n *int, trait func(string) (bool, bool)) error {
	if *n++; *n > maxClauses || depth > maxDepth {
		return wrong(path, "it has more than 100 clauses or is nested more than 20 deep", "条件超过 100 个或嵌套超过 20 层")
	}
	set := 0
	for _, is := range []bool{r.All != nil, r.Any != nil, r.Not != nil, r.Trait != nil, r.Event != nil, r.Sequence != nil, r.Text != nil, r.Field != nil, r.Segment != ""} {
		if is {
			set++
		}
	}
	if set != 1 {
		return wrong(path, "a clause must be exactly one of all, any, not, trait, event, sequence, text, field, segment", "每个条件必须且只能是 all、any、not、trait、event、sequence、text、field、segment 之一")
	}
	switch {
	case r.All != nil || r.Any != nil:
		list, word := r.All, "all"
		if r.Any != nil {
			list, word = r.Any, "any"
		}
		if len(list) == 0 {
			return wrong(path+"."+word, "it is empty", "为空")
		}
		for i, c := range list {
			if err := c.check(fmt.Sprintf("%s.%s[%d]", path, word, i), depth+1, n, trait); err != nil {
				return err
			}
		}
	case r.Not != nil:
		return r.Not.check(path+".not", depth+1, n, trait)
	case r.Trait != nil:
		return r.Trait.check(path+".trait", trait)
	case r.Event != nil:
		return r.Event.check(path + ".event")
	case r.Text != nil:
		if strings.TrimSpace(r.Text.Contains) == "" {
			return wrong(path+".text", "it has no words", "没有填写文字")
		}
		return r.Text.event().check(path + ".text")
	case r.Sequence != nil:
		return r.Sequence.check(path + ".sequence")
	case r.Field != nil:
		return r.Field.check(path + ".field")
	}
	return nil
}

func (t Trait) check(path string, trait func(string) (bool, bool)) error {
	word, ok := trait(t.Name)
	switch {
	case !ok:
		return wrong(path, fmt.Sprintf("there is no trait %q for these customers", t.Name), fmt.Sprintf("此类客户没有特征 %q", t.Name))
	case t.Op == "null" || t.Op == "notnull":
		return nil
	case t.Op == "in":
		if len(t.Values) == 0 {
			return wrong(path, "in needs values", "in 需要给出取值")
		}
		return nil
	case t.Op == "has":
		if t.Text == "" {
			return wrong(path, "has needs a text", "has 需要给出文字")
		}
		return nil
	case comparisons[t.Op] == "":
		return wrong(path, fmt.Sprintf("there is no operator %q", t.Op), fmt.Sprintf("没有运算符 %q", t.Op))
	case t.Number == nil && (!word || t.Op != "eq" && t.Op != "ne"):
		return wrong(path, t.Op+" needs a number", t.Op+" 需要给出数字")
	}
	return nil
}

func (f Field) check(path string) error {
	key, attr := strings.CutPrefix(f.Name, "attr:")
	if !slices.Contains(fields, f.Name) && (!attr || key == "" || strings.HasPrefix(key, "$") || strings.HasPrefix(key, "/") || strings.ContainsRune(key, 0)) {
		return wrong(path, fmt.Sprintf("there is no field %q", f.Name), fmt.Sprintf("没有字段 %q", f.Name))
	}
	if !slices.Contains([]string{"eq", "ne", "in", "has", "null", "notnull"}, f.Op) {
		return wrong(path, fmt.Sprintf("there is no operator %q", f.Op), fmt.Sprintf("没有运算符 %q", f.Op))
	}
	if f.Op == "in" && len(f.Values) == 0 || f.Op == "has" && f.Text == "" {
		return wrong(path, f.Op+" needs a value", f.Op+" 需要给出取值")
	}
	if slices.ContainsFunc(append([]string{f.Text}, f.Values...), func(s string) bool { return strings.ContainsRune(s, 0) }) {
		return wrong(path, "a value holds a NUL character", "取值含有 NUL 字符")
	}
	return nil
}

func (w Window) check(path string) error {
	for _, s := range []string{w.Since, w.Until} {
		if _, err := time.Parse(time.DateOnly, s); s != "" && err != nil {
			return wrong(path, fmt.Sprintf("%q is not a day such as 2026-01-31", s), fmt.Sprintf("%q 不是日期（如 2026-01-31）", s))
		}
	}
	if w.Days < 0 || w.Days > 36600 {
		return wrong(path, "days must lie between 0 and 36600", "天数须在 0 到 36600 之间")
	}
	if w.Since != "" && w.Until != "" && w.Since >= w.Until {
		return wrong(path, "until must lie after since", "结束日须晚于开始日")
	}
	return nil
}

func checkStep(path string, verbs, where []string) error {
	for _, v := range verbs {
		if !slices.ContainsFunc(mapping.Verbs, func(w mapping.Word) bool { return w.Name == v }) {
			return wrong(path, fmt.Sprintf("there is no verb %q", v), fmt.Sprintf("没有动作 %q", v))
		}
	}
	for _, w := range where {
		if _, err := metric.ParseFilter(w); err != nil {
			return err
		}
	}
	return nil
}

func (c *Compare) check(path string) error {
	if c != nil && comparisons[c.Op] == "" {
		return wrong(path, fmt.Sprintf("there is no operator %q", c.Op), fmt.Sprintf("没有运算符 %q", c.Op))
	}
	return nil
}

func (e Event) check(path string) error {
	if err := e.Window.check(path); err != nil {
		return err
	}
	if err := checkStep(path, e.Verbs, e.Where); err != nil {
		return err
	}
	if err := e.Count.check(path + ".count"); err != nil {
		return err
	}
	if e.Sum != nil {
		if e.Sum.Of != "amount" && e.Sum.Of != "quantity" {
			return wrong(path+".sum", "only amount and quantity can be summed", "只能对 amount 或 quantity 求和")
		}
		return e.Sum.Compare.check(path + ".sum")
	}
	return nil
}

func (s Sequence) check(path string) error {
	if len(s.Steps) < 2 || len(s.Steps) > 6 || !(s.Within > 0 && s.Within <= 3660) {
		return wrong(path, "a sequence has two to six steps, each within more than 0 and at most 3660 days", "序列应有 2 到 6 步，步间天数须大于 0 且不超过 3660")
	}
	for i, step := range s.Steps {
		if len(step.Verbs) == 0 {
			return wrong(fmt.Sprintf("%s.steps[%d]", path, i), "it names no verb", "没有选择动作")
		}
		if err := checkStep(fmt.Sprintf("%s.steps[%d]", path, i), step.Verbs, step.Where); err != nil {
			return err
		}
	}
	return s.Window.check(path)
}

// Parse reads a rule from JSON, refusing what it does not know.
func Parse(text []byte) (Rule, error) {
	var r Rule
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, fault.New(fault.ErrInvalid, "rule.json", fmt.Sprintf("The rule can't be read as JSON: %v.", err), fmt.Sprintf("规则不是可用的 JSON：%v。", err))
	}
	return r, nil
}

// Lineage is what a rule reads.
type Lineage struct {
	Traits   []string `json:"traits"`
	Verbs    []string `json:"verbs"`
	Fields   []string `json:"fields"`
	Segments []string `json:"segments"`
}

// Uses lists what the rule itself names, without what its segments name.
func (r Rule) Uses() Lineage {
	l := Lineage{Traits: []string{}, Verbs: []string{}, Fields: []string{}, Segments: []string{}}
	r.walk(func(c Rule) {
		switch {
		case c.Trait != nil:
			l.Traits = append(l.Traits, c.Trait.Name)
		case c.Field != nil:
			l.Fields = append(l.Fields, c.Field.Name)
		case c.Event != nil:
			l.Verbs = append(l.Verbs, c.Event.Verbs...)
		case c.Text != nil:
			l.Verbs = append(l.Verbs, c.Text.Verbs...)
		case c.Sequence != nil:
			for _, s := range c.Sequence.Steps {
				l.Verbs = append(l.Verbs, s.Verbs...)
			}
		case c.Segment != "":
			l.Segments = append(l.Segments, c.Segment)
		}
	})
	for _, p := range []*[]string{&l.Traits, &l.Verbs, &l.Fields, &l.Segments} {
		slices.Sort(*p)
		*p = slices.Compact(*p)
	}
	return l
}

// walk visits every clause.
func (r Rule) walk(visit func(Rule)) {
	visit(r)
	for _, c := range r.All {
		c.walk(visit)
	}
	for _, c := range r.Any {
		c.walk(visit)
	}
	if r.Not != nil {
		r.Not.walk(visit)
	}
}
