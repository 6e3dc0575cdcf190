package suggest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/chanzipu/outfitter/internal/source/mapping"
)

// build makes the table of what is at least so sure; ok is false where
// nothing is left.
func (d *draft) build(least float64) (mapping.Table, bool) {
	t := mapping.Table{Name: d.name, Match: d.match()}
	if d.key != nil && d.key.sure >= least {
		t.Key = []mapping.Expr{ident(d.key.header)}
		t.Mode = d.mode()
	}
	refs := map[string]bool{"": true}
	for _, p := range d.parties {
		if p.key.Sure < least {
			continue
		}
		refs[p.ref] = true
		t.Parties = append(t.Parties, p.build(least))
	}
	for _, e := range d.events {
		if e.Sure < least || e.ts.Sure < least {
			continue
		}
		ev := e.build(least)
		for _, r := range []*string{&ev.Account, &ev.Person, &ev.Staff} {
			if !refs[*r] {
				*r = ""
			}
		}
		t.Events = append(t.Events, ev)
	}
	if d.team != nil && d.team.sure >= least {
		if p := d.main("staff"); p != nil && refs[p.ref] {
			t.Memberships = []mapping.Membership{{Staff: p.ref, Team: ident(d.team.header)}}
		}
	}
	return t, len(t.Parties)+len(t.Events) > 0
}

// mode takes a table of people, companies or things with a state for a
// snapshot, and one of happenings for a log.
func (d *draft) mode() mapping.Mode {
	if d.self != "" {
		return mapping.Snapshot
	}
	return mapping.Log
}

// match finds the table again: by its file's name where several have one
// header, by its header's telling columns always.
func (d *draft) match() mapping.Match {
	var m mapping.Match
	for _, c := range d.cols {
		if c.used && len(m.Columns) < 6 && c.sure > 0 {
			m.Columns = append(m.Columns, c.header)
		}
	}
	if len(m.Columns) < 2 {
		m.Columns = slices.Clone(d.table.Header[:min(6, len(d.table.Header))])
	}
	if len(d.cols) <= 3 && !d.many {
		m.File = reDigits.ReplaceAllString(d.file, "*")
	}
	return m
}

func (p *party) build(least float64) mapping.Party {
	out := mapping.Party{Ref: p.ref, Kind: p.kind, Namespace: p.namespace, Key: p.key.expr}
	for _, k := range p.picks {
		if k.Sure >= least {
			put(&out, k)
		}
	}
	return out
}

func put(p *mapping.Party, k pick) {
	switch k.field {
	case "name":
		p.Name = k.expr
	case "phone":
		p.Phone = k.expr
	case "email":
		p.Email = k.expr
	case "tax_no":
		p.TaxNo = k.expr
	case "address":
		p.Address = k.expr
	case "city":
		p.City = k.expr
	case "title":
		p.Title = k.expr
	case "company":
		p.Company = k.expr
	}
}

func (e *event) build(least float64) mapping.Event {
	out := mapping.Event{Verb: e.verb, TS: e.ts.expr, When: e.when, Account: e.account, Person: e.person, Staff: e.staff}
	if e.kind != "" && e.key.Sure >= least {
		out.Object = &mapping.Object{Kind: e.kind, Key: e.key.expr}
	}
	for _, k := range e.picks {
		if k.Sure < least {
			continue
		}
		switch k.field {
		case "amount":
			out.Amount = k.expr
		case "currency":
			out.Currency = k.expr
		case "quantity":
			out.Quantity = k.expr
		case "channel":
			out.Channel = k.expr
		case "text":
			out.Text = k.expr
		default:
			if out.Attrs == nil {
				out.Attrs = map[string]mapping.Expr{}
			}
			out.Attrs[strings.TrimPrefix(k.field, "attrs.")] = k.expr
		}
	}
	return out
}

// columns lists what is proposed for each column, in the table's order.
func (d *draft) columns() []Column {
	concepts := map[*column][]string{}
	note := func(c *column, concept string) {
		if c != nil && !slices.Contains(concepts[c], concept) {
			concepts[c] = append(concepts[c], concept)
		}
	}
	for _, p := range d.parties {
		note(p.key.col, p.kind+".key")
		for _, k := range p.picks {
			note(k.col, p.kind+"."+k.field)
			note(k.also, p.kind+"."+k.field)
		}
	}
	for _, e := range d.events {
		note(e.ts.col, "event.ts")
		note(e.ts.col, "verb:"+e.verb)
		note(e.whenCol, "event.when")
		if e.kind != "" {
			note(e.key.col, "object."+e.kind)
		}
		for _, k := range e.picks {
			if !strings.HasPrefix(k.field, "attrs.") {
				note(k.col, "event."+k.field)
				note(k.also, "event."+k.field)
			}
		}
	}
	if d.key != nil {
		note(d.key, "row.key")
	}
	note(d.team, "staff.team")
	if len(d.events) == 0 { // no date, no event; the parts are known all the same
		for _, c := range d.cols {
			switch {
			case c.role == roleText || c.role == roleAmount || c.role == roleChannel:
				note(c, "event."+string(c.role))
			case c.role == roleKey && c.party == "" && c.object != "":
				note(c, "object."+c.object)
			}
		}
	}
	for _, c := range d.cols { // a column that says the same again
		for _, o := range d.cols {
			if c != o && len(concepts[c]) == 0 && len(concepts[o]) > 0 && c.distinct() > 1 && maps.Equal(c.sketch.count, o.sketch.count) {
				concepts[c] = concepts[o]
				c.why, c.whyZh = "it repeats "+o.header, "与“"+o.header+"”相同"
			}
		}
	}
	out := make([]Column, len(d.cols))
	for i, c := range d.cols {
		out[i] = Column{d.file, d.table.Name, c.header, concepts[c], Reason{c.sure, c.why, c.whyZh}}
	}
	return out
}

// YAML writes the proposal as a mapping file in which each line that was
// proposed says how sure it is and why, in both languages.
func (p Proposal) YAML() ([]byte, error) {
	comments := yaml.CommentMap{}
	say := func(path string, r Reason) {
		if r.Why != "" {
			comments[path] = []*yaml.Comment{yaml.LineComment(" " + percent(r.Sure) + " · " + oneLine(r.Why) + " · " + oneLine(r.WhyZh))}
		}
	}
	i := 0
	for _, d := range p.drafts {
		t, ok := d.build(0)
		if !ok {
			continue
		}
		at := fmt.Sprintf("$.tables[%d]", i)
		i++
		for j, q := range d.parties {
			say(fmt.Sprintf("%s.parties[%d].key", at, j), q.key.Reason)
			for _, k := range q.picks {
				say(fmt.Sprintf("%s.parties[%d].%s", at, j, k.field), k.Reason)
			}
		}
		for j, e := range d.events {
			say(fmt.Sprintf("%s.events[%d].verb", at, j), e.Reason)
			say(fmt.Sprintf("%s.events[%d].ts", at, j), e.ts.Reason)
			if t.Events[j].Object != nil {
				say(fmt.Sprintf("%s.events[%d].object.key", at, j), e.key.Reason)
			}
			for _, k := range e.picks {
				if !strings.HasPrefix(k.field, "attrs.") {
					say(fmt.Sprintf("%s.events[%d].%s", at, j, k.field), k.Reason)
				}
			}
		}
	}
	out, err := yaml.MarshalWithOptions(p.Mapping(), yaml.Indent(2), yaml.IndentSequence(true), yaml.UseSingleQuote(true), yaml.WithComment(comments))
	if err != nil {
		return nil, fmt.Errorf("suggest: write YAML: %w", err)
	}
	head := "# Proposed from the files. Each line says how sure it is and why: correct what is wrong,\n# then: outfitter import --mapping THIS_FILE PATH…\n# 由文件自动提出，每行注明把握与理由；改正后用 outfitter import --mapping 导入。\n"
	return append([]byte(head), out...), nil
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
