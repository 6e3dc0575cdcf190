package mapping

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/source/date"
)

var plainName = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,99}$`)

// Validate checks a mapping that did not come from Parse; the *Error has
// paths but no lines.
func (m Mapping) Validate() error {
	if ps := m.problems(); len(ps) > 0 {
		return &Error{ps}
	}
	return nil
}

// A check gathers problems under a path.
type check struct{ out *[]Problem }

func (c check) add(path, format string, args ...any) {
	*c.out = append(*c.out, Problem{Path: path, Msg: fmt.Sprintf(format, args...)})
}

// oneOf checks that name is in words and suggests one that is.
func (c check) oneOf(path, name, what string, words []string) {
	if slices.Contains(words, name) {
		return
	}
	hint := "one of " + strings.Join(words, ", ")
	if near := nearest(name, words); len(near) > 0 {
		hint = "did you mean " + quotedList(near) + "?"
	} else if len(words) > 12 {
		hint = "GLOSSARY.md lists those that are"
	}
	c.add(path, "%q is no %s; %s", name, what, hint)
}

func (c check) name(path, name, what string) {
	if !plainName.MatchString(name) {
		c.add(path, "%s %q must begin with a letter or digit and hold only letters, digits, _ . and -", what, name)
	}
}

// expr checks one expression; need says it may not be empty.
func (c check) expr(path string, e Expr, let map[string]Expr, need bool) {
	if e == "" {
		if need {
			c.add(path, "an expression is needed here: a column's name, for example")
		}
		return
	}
	if _, err := ColumnsOf(e, let); err != nil {
		c.add(path, "%s", err)
	}
}

func (c check) exprs(path string, es map[string]Expr, let map[string]Expr) {
	for _, k := range sortedKeys(es) {
		c.expr(fmt.Sprintf("%s[%q]", path, k), es[k], let, true)
	}
}

func (m Mapping) problems() []Problem {
	var out []Problem
	c := check{&out}
	c.name("source", m.Source, "the source's name")
	if m.Zone != "" {
		if _, err := time.LoadLocation(m.Zone); err != nil || m.Zone == "Local" {
			c.add("zone", "%q is no time zone; write it like Asia/Shanghai, Europe/Berlin, UTC", m.Zone)
		}
	}
	if len(m.Tables) == 0 {
		c.add("tables", "no table is described")
	}
	names := map[string]bool{}
	for i, t := range m.Tables {
		path := fmt.Sprintf("tables[%d]", i)
		c.name(path+".name", t.Name, "the table's name")
		if names[t.Name] {
			c.add(path+".name", "two tables are named %q", t.Name)
		}
		names[t.Name] = true
		t.problems(c, path)
	}
	return out
}

func (t Table) problems(c check, path string) {
	switch t.Mode {
	case "", Log:
	case Snapshot:
		if len(t.Key) == 0 && len(t.Parties) == 0 {
			c.add(path+".mode", "a snapshot needs a `key`, or parties with one, to tell what is missing from the next")
		}
	default:
		c.oneOf(path+".mode", string(t.Mode), "mode", []string{string(Log), string(Snapshot)})
	}
	for name, e := range t.Let {
		if name == "" || strings.ContainsAny(name, "\"\x00") {
			c.add(path+".let", "%q is no name for an expression", name)
		}
		_ = e
	}
	c.exprs(path+".let", t.Let, t.Let)
	for i, k := range t.Key {
		c.expr(fmt.Sprintf("%s.key[%d]", path, i), k, t.Let, true)
	}
	c.expr(path+".where", t.Where, t.Let, false)
	for _, col := range sortedKeys(t.Dates) {
		if err := date.Check(t.Dates[col]); err != nil {
			c.add(fmt.Sprintf("%s.dates[%q]", path, col), "%s", err)
		}
	}
	kinds := t.parties(c, path)
	if len(t.Parties)+len(t.Events)+len(t.Memberships) == 0 {
		c.add(path, "the table makes no parties and no events; add some, or leave the table out")
	}
	for i, e := range t.Events {
		e.problems(c, fmt.Sprintf("%s.events[%d]", path, i), t.Let, kinds)
	}
	for i, ms := range t.Memberships {
		p := fmt.Sprintf("%s.memberships[%d]", path, i)
		ref(c, p+".staff", ms.Staff, "staff", kinds, true)
		c.expr(p+".team", ms.Team, t.Let, true)
		c.expr(p+".since", ms.Since, t.Let, false)
		c.expr(p+".until", ms.Until, t.Let, false)
	}
}

// parties checks the table's parties and returns ref → kind.
func (t Table) parties(c check, path string) map[string]string {
	kinds := map[string]string{}
	for i, p := range t.Parties {
		at := fmt.Sprintf("%s.parties[%d]", path, i)
		c.name(at+".ref", p.Ref, "a party's ref")
		if _, ok := kinds[p.Ref]; ok {
			c.add(at+".ref", "two parties of the table have the ref %q", p.Ref)
		}
		kinds[p.Ref] = p.Kind
		c.oneOf(at+".kind", p.Kind, "kind of party", namesOf(PartyKinds))
		c.name(at+".namespace", p.Namespace, "the namespace of the key's code list")
		c.expr(at+".key", p.Key, t.Let, true)
		for _, f := range p.fields() {
			c.expr(at+"."+f.name, f.expr, t.Let, false)
		}
		c.exprs(at+".attrs", p.Attrs, t.Let)
		if p.Noun != "" && !regexp.MustCompile(`^[a-z][a-z_]*$`).MatchString(p.Noun) {
			c.add(at+".noun", "%q must be one small English word: it becomes the verbs <noun>.changed and <noun>.removed", p.Noun)
		}
	}
	return kinds
}

type field struct {
	name string
	expr Expr
}

// fields are a party's descriptive expressions by name.
func (p Party) fields() []field {
	return []field{{"name", p.Name}, {"phone", p.Phone}, {"email", p.Email}, {"tax_no", p.TaxNo}, {"address", p.Address}, {"city", p.City}, {"title", p.Title}, {"company", p.Company}}
}

// fields are an event's single-valued expressions by name.
func (e Event) fields() []field {
	return []field{{"channel", e.Channel}, {"amount", e.Amount}, {"currency", e.Currency}, {"quantity", e.Quantity}, {"unit", e.Unit}, {"text", e.Text}}
}

func ref(c check, path, name, kind string, kinds map[string]string, need bool) {
	switch got, ok := kinds[name]; {
	case name == "" && !need:
	case name == "":
		c.add(path, "the ref of a party of this table is needed")
	case !ok:
		c.oneOf(path, name, "ref of a party of this table", sortedKeys(kinds))
	case got != kind:
		c.add(path, "%q is a party of kind %s; here one of kind %s is needed", name, got, kind)
	}
}

func (e Event) problems(c check, path string, let map[string]Expr, kinds map[string]string) {
	c.oneOf(path+".verb", e.Verb, "verb of the glossary", namesOf(Verbs))
	c.expr(path+".ts", e.TS, let, true)
	c.expr(path+".when", e.When, let, false)
	for i, k := range e.Key {
		c.expr(fmt.Sprintf("%s.key[%d]", path, i), k, let, true)
	}
	ref(c, path+".account", e.Account, "account", kinds, false)
	ref(c, path+".person", e.Person, "person", kinds, false)
	ref(c, path+".staff", e.Staff, "staff", kinds, false)
	if e.Object != nil {
		c.oneOf(path+".object.kind", e.Object.Kind, "kind of object", namesOf(Kinds))
		c.expr(path+".object.key", e.Object.Key, let, true)
	}
	known := []string{"ts", "account", "person", "staff", "object"}
	for _, f := range e.fields() {
		c.expr(path+"."+f.name, f.expr, let, false)
		known = append(known, f.name)
	}
	c.exprs(path+".attrs", e.Attrs, let)
	for i, r := range e.Required {
		if name, ok := strings.CutPrefix(r, "attrs."); ok && e.Attrs[name] != "" {
			continue
		}
		c.oneOf(fmt.Sprintf("%s.required[%d]", path, i), r, "field of an event", known)
	}
}
