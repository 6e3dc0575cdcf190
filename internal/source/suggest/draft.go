package suggest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/source/read"
)

// A pick is one field of a proposal.
type pick struct {
	field string // "name", "amount", "attrs.x"
	expr  mapping.Expr
	col   *column
	also  *column // a second one in the expression
	Reason
}

type party struct {
	ref, kind, namespace string
	label                string
	key                  pick
	keyCol, nameCol      *column
	picks                []pick
	self                 bool
}

type event struct {
	verb                   string
	ts                     pick
	when                   mapping.Expr
	whenCol                *column
	account, person, staff string
	kind                   string // of its object
	key                    pick
	picks                  []pick
	Reason
}

// A draft is the proposal for one table.
type draft struct {
	file    string
	table   read.Table
	cols    []*column
	many    bool // the file has several tables
	more    bool // other files have the same shape
	name    string
	noun    string // what a row is
	self    string // party kind of a row; "" = none
	key     *column
	parties []*party
	events  []*event
	team    *column
}

func newDraft(f File, t read.Table, profiles []*profile, tables int) *draft {
	d := &draft{file: f.Name, table: t, many: tables > 1}
	for _, p := range profiles {
		d.cols = append(d.cols, classify(p))
	}
	d.name = slug(stem(f.Name))
	if d.many {
		d.name = slug(t.Name)
	}
	if d.name == "" {
		d.name = "table"
	}
	return d
}

func (d *draft) sheet() string { return d.table.Name }

func (d *draft) of(r role) []*column {
	var out []*column
	for _, c := range d.cols {
		if c.role == r {
			out = append(out, c)
		}
	}
	return out
}

// assemble turns columns into parties and events.
func (d *draft) assemble() {
	d.subject()
	d.group()
	d.happen()
}

// subject decides what a row of the table is.
func (d *draft) subject() {
	file, sheet := parse(stem(d.file)), parse(d.table.Name)
	object, _ := sheet.last("object")
	if object == "" || !d.many {
		if o, _ := file.last("object"); o != "" {
			object = o
		}
	}
	who, _ := file.last("party")
	if w, _ := sheet.last("party"); d.many && w != "" {
		who = w
	}
	for _, c := range d.cols {
		if (c.role == roleKey || c.role == roleName && c.party != "" || c.role == roleName && c.label == "" && c.object == "") && c.unique() && d.key == nil {
			d.key = c
			if c.role == roleKey {
				break
			}
		}
	}
	if d.table.Wide {
		d.noun = "stat"
		d.key = nil
		return
	}
	switch {
	case d.key != nil && d.key.object != "" && d.key.party == "":
		d.noun = d.key.object
	case object != "" && object != "stat" && !(d.key != nil && d.key.party != "" && who == d.key.party):
		d.noun = object
	case d.key != nil && d.key.party != "":
		d.noun, d.self = d.key.party, d.key.party
	case who != "" && d.key != nil:
		d.noun, d.self = who, who
	case d.key == nil:
		d.noun = d.byEvidence()
	}
	if d.noun == "" {
		d.noun = d.byEvidence()
	}
	if d.noun == "case" && d.effort() {
		d.noun = "work"
	}
	if d.noun == "campaign" && d.key == nil && len(d.of(roleText)) > 0 && d.hasParty("staff") && d.hasParty("account") {
		d.noun = "activity"
	}
	if d.noun == "visit" && slices.ContainsFunc(d.cols, func(c *column) bool { return c.object == "report" && c.role == roleKey }) {
		d.noun = "report"
	}
	if d.noun == "touch" && !d.hasParty("person") && !d.hasParty("account") && len(d.of(roleQuantity)) > 1 {
		d.noun = "stat" // how many were reached, not who
	}
}

func (d *draft) hasParty(kind string) bool {
	return slices.ContainsFunc(d.cols, func(c *column) bool { return c.party == kind && (c.role == roleKey || c.role == roleName) })
}

// effort reports whether working hours are booked: tickets of customers have none.
func (d *draft) effort() bool {
	return slices.ContainsFunc(d.cols, func(c *column) bool {
		return strings.Contains(c.header, "工时") || slices.Contains(c.name.text, "time spent") || slices.Contains(c.name.text, "story")
	})
}

// byEvidence guesses a nameless table from its columns.
func (d *draft) byEvidence() string {
	votes := map[string]int{}
	for _, c := range d.cols {
		if c.object != "" && c.role == roleKey {
			votes[c.object] += 2
		}
		if c.role == roleTime {
			if v := verbOf("", c.when); v != "" {
				votes["."+c.when]++
			}
		}
	}
	best, n := "", 0
	for _, k := range slices.Sorted(maps.Keys(votes)) {
		if !strings.HasPrefix(k, ".") && votes[k] > n {
			best, n = k, votes[k]
		}
	}
	if best != "" {
		return best
	}
	own := map[role]bool{}
	for _, c := range d.cols {
		if c.party == "" {
			own[c.role] = true
		}
	}
	switch {
	case own[roleTax]:
		d.self = "account"
	case own[roleName] && (own[rolePhone] || own[roleEmail] || own[roleTitle]) || own[roleName] && d.traits() >= 2:
		d.self = "person"
	case len(d.of(roleText)) > 0:
		return "review"
	}
	return d.self
}

// traits counts the columns that only people have: sex, birthday, surname.
func (d *draft) traits() int {
	n := 0
	for _, c := range d.cols {
		if is, _ := c.name.first("trait"); is != "" {
			n++
		}
	}
	return n
}

// fullName joins a given and a family name that stand in two columns.
func (d *draft) fullName(p *party) (given, family *column) {
	for _, c := range d.cols {
		if c.role != roleName || c.party != "" && c.party != p.kind || c.party == "" && !p.self {
			continue
		}
		if is, _ := c.name.first("given"); is != "" && given == nil {
			given = c
		}
		if is, _ := c.name.first("family"); is != "" && family == nil {
			family = c
		}
	}
	return given, family
}

// group makes parties of the columns that name them.
func (d *draft) group() {
	groups := map[string]*party{}
	var order []string
	at := func(kind, label string) *party {
		id := kind + "|" + label
		if groups[id] == nil {
			groups[id] = &party{kind: kind, label: label}
			order = append(order, id)
		}
		return groups[id]
	}
	for _, c := range d.cols {
		if c.party == "" || c.object != "" && c.role != roleKey && c.role != roleName {
			continue
		}
		switch c.role {
		case roleKey:
			if p := at(c.party, c.label); p.keyCol == nil {
				p.keyCol = c
			}
		case roleName:
			if p := at(c.party, c.label); p.nameCol == nil {
				p.nameCol = c
			}
		}
	}
	var ps []*party
	for _, id := range order {
		ps = append(ps, groups[id])
	}
	ps = merge(ps)
	d.beside(ps)
	d.own(&ps)
	d.parties = ps
	for _, p := range ps {
		d.finish(p)
	}
	ps = slices.DeleteFunc(ps, func(p *party) bool { return p.key.col == nil })
	refs := map[string]int{}
	for _, p := range ps {
		p.ref = p.kind
		if !p.self && p.kind == "staff" || refs[p.kind] > 0 {
			p.ref = slug(cmp.Or(p.label, p.kind))
		}
		for base, k := p.ref, 2; refs[p.ref] > 0; k++ {
			p.ref = fmt.Sprintf("%s_%d", base, k)
		}
		refs[p.ref]++
	}
	d.parties = ps
	if teams := d.of(roleTeam); len(teams) > 0 && d.self == "staff" {
		d.team = teams[len(teams)-1]
		d.team.used = true
	}
}

// beside gives a nameless party the bare name that stands beside its key, and
// takes what is left of bare names in a table of things for their titles.
func (d *draft) beside(ps []*party) {
	if d.self != "" {
		return
	}
	for _, c := range d.cols {
		if c.role != roleName || c.party != "" {
			continue
		}
		for _, p := range ps {
			if p.nameCol == nil && p.keyCol != nil && (p.keyCol.place == c.place-1 || p.keyCol.place == c.place+1) && c.person > 0.5 {
				p.nameCol = c
				break
			}
		}
		if !slices.ContainsFunc(ps, func(p *party) bool { return p.nameCol == c }) {
			c.is(roleText, 0.6, "it names the thing that the row is", "是该行事物的名称")
		}
	}
}

// merge joins a party that has only a key with the one of its kind that has
// only a name, where they are the only such pair or stand side by side.
func merge(ps []*party) []*party {
	for _, p := range ps {
		if p.keyCol == nil || p.nameCol != nil {
			continue
		}
		var mates []*party
		for _, q := range ps {
			if q.kind == p.kind && q.keyCol == nil && q.nameCol != nil {
				mates = append(mates, q)
			}
		}
		mate := -1
		for i, q := range mates {
			if gap := q.nameCol.place - p.keyCol.place; gap == 1 || gap == -1 || strings.Contains(q.label, p.label) || strings.Contains(p.label, q.label) {
				mate = i
				break
			}
		}
		if mate < 0 && len(mates) == 1 && p.kind == "account" {
			mate = 0
		}
		if mate >= 0 {
			p.nameCol, mates[mate].nameCol = mates[mate].nameCol, nil
		}
	}
	return slices.DeleteFunc(ps, func(p *party) bool { return p.keyCol == nil && p.nameCol == nil })
}

// own finds or makes the party that the rows themselves are.
func (d *draft) own(ps *[]*party) {
	if d.self == "" {
		return
	}
	for _, p := range *ps {
		if p.kind == d.self && (p.keyCol == d.key || p.nameCol == d.key) {
			p.self = true
			return
		}
	}
	p := &party{kind: d.self, self: true}
	for _, c := range d.cols {
		if c.party == "" && c.object == "" && c.role == roleKey && p.keyCol == nil && (c == d.key || c.unique()) {
			p.keyCol = c
		}
	}
	if d.key != nil && d.key.party == "" && p.keyCol == nil {
		p.keyCol = d.key
	}
	*ps = append([]*party{p}, *ps...)
}

var names = map[role]string{roleName: "name", rolePhone: "phone", roleEmail: "email", roleTax: "tax_no", roleAddress: "address", roleCity: "city", roleTitle: "title"}

// nickname is a name that its bearer chose: it gives way to one that others use.
func nickname(c *column) bool {
	h := strings.ToLower(c.header)
	return strings.Contains(h, "昵称") || strings.Contains(h, "nick") || strings.Contains(h, "网名")
}

// finish gives a party its fields.
func (d *draft) finish(p *party) {
	take := func(field string, expr mapping.Expr, c *column) {
		if c.used && c.role != roleName && c.role != roleKey {
			return
		}
		for _, k := range p.picks {
			if k.field == field {
				return
			}
		}
		c.used = true
		p.picks = append(p.picks, pick{field: field, expr: expr, col: c, Reason: Reason{c.sure, c.why, c.whyZh}})
	}
	for _, c := range d.cols {
		mine := p.self && (c.party == "" || c.party == p.kind && c.label == p.label) && c.object == "" || !p.self && c.party == p.kind && c.label == p.label
		if !p.self && d.self == "" && p == d.main(p.kind) && c.party == "" && (c.role == rolePhone || c.role == roleEmail || c.role == roleTax) {
			mine = true
		}
		if !mine && !(p.self && p.kind == "account" && (c.role == roleTax || c.role == roleAddress || c.role == rolePhone || c.role == roleCity)) && !(p.self && (c.role == rolePhone || c.role == roleEmail)) {
			continue
		}
		switch c.role {
		case rolePhone:
			take("phone", mapping.Expr("phone("+string(ident(c.header))+")"), c)
		case roleEmail:
			take("email", mapping.Expr("lower("+string(ident(c.header))+")"), c)
		case roleTax:
			take("tax_no", mapping.Expr("upper(trim("+string(ident(c.header))+"))"), c)
		case roleName:
			if p.nameCol == nil || nickname(p.nameCol) && !nickname(c) {
				p.nameCol = c
			}
		case roleAddress, roleCity, roleTitle:
			take(names[c.role], ident(c.header), c)
		}
	}
	if p.keyCol == nil {
		p.keyCol = p.nameCol
	}
	if p.keyCol == nil {
		for _, k := range p.picks {
			if k.field == "phone" || k.field == "email" || k.field == "tax_no" {
				p.keyCol = k.col
				p.key = pick{field: "key", expr: k.expr, col: k.col, Reason: Reason{k.Sure * 0.8, "nothing else names it: " + k.Why, "没有其他键：" + k.WhyZh}}
				break
			}
		}
	}
	if p.keyCol == nil {
		return
	}
	p.keyCol.used = true
	if p.key.col == nil {
		c := p.keyCol
		p.key = pick{field: "key", expr: ident(c.header), col: c, Reason: Reason{c.sure, c.why, c.whyZh}}
		if p.self && c.unique() {
			p.key.Sure = min(0.98, c.sure+0.08)
			p.key.Why += ", and it is unique"
			p.key.WhyZh += "，且唯一"
		}
	}
	if given, family := d.fullName(p); given != nil && family != nil && p.nameCol != nil && (p.nameCol == given || p.nameCol == family) {
		given.used, family.used = true, true
		p.picks = append([]pick{{field: "name", expr: "concat(" + ident(given.header) + ", ' ', " + ident(family.header) + ")", col: given, also: family, Reason: Reason{given.sure, given.why, given.whyZh}}}, p.picks...)
	} else if p.nameCol != nil {
		p.nameCol.used = true
		p.picks = append([]pick{{field: "name", expr: ident(p.nameCol.header), col: p.nameCol, Reason: Reason{p.nameCol.sure, p.nameCol.why, p.nameCol.whyZh}}}, p.picks...)
	}
	if p.kind == "person" {
		for _, c := range d.cols {
			if c.party == "account" && c.role == roleName {
				p.picks = append(p.picks, pick{field: "company", expr: ident(c.header), col: c, Reason: Reason{c.sure * 0.95, c.why, c.whyZh}})
				break
			}
		}
	}
}

// main is the table's foremost party of a kind.
func (d *draft) main(kind string) *party {
	for _, p := range d.parties {
		if p.kind == kind && p.self {
			return p
		}
	}
	for _, p := range d.parties {
		if p.kind == kind {
			return p
		}
	}
	return nil
}
