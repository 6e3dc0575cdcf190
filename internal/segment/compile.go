package segment

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/customer"
	"github.com/chanzipu/outfitter/internal/metric"
	"github.com/chanzipu/outfitter/internal/store"
)

// A scope is what a rule is compiled for.
type scope struct {
	kind   string
	asOf   time.Time
	others map[string]Segment // the segments that the rule may refer to, and theirs
	only   *customer.Entity   // one customer; nil = all
}

// A leaf is one clause that reads data.
type leaf struct {
	path  string
	rule  Rule
	cond  string // SQL: TRUE or FALSE, never NULL
	num   string // SQL of what it compared; NULL where nothing
	text  string
	where string // of events: which are counted
}

// compiled is a rule as SQL: the CTEs, the joins to u and the condition.
type compiled struct {
	with, joins []string
	cond        string
	leaves      []leaf
	args        []any
}

// compile turns a rule into SQL that DuckDB and PostgreSQL both run. All event
// clauses share one scan of the events.
func (s scope) compile(r Rule) compiled {
	b := &builder{scope: s}
	cond := b.rule(r, "rule")
	c := compiled{cond: cond, leaves: b.leaves}
	c.with = append([]string{b.universe()}, b.scan()...)
	c.with = append(c.with, b.with...)
	c.joins, c.args = b.joins, b.args
	return c
}

func (c compiled) text(selected string) string {
	return "WITH " + strings.Join(c.with, ",\n") + "\nSELECT " + selected + " FROM u" + strings.Join(c.joins, "")
}

// members selects who fulfils the rule.
func (c compiled) members() string { return c.text("u.entity") + " WHERE " + c.cond }

type builder struct {
	scope
	args   []any
	with   []string
	joins  []string
	leaves []leaf
	counts []string // columns of the shared scan
	conds  []string // of which events it counts
	verbs  [][]string
	since  []string // SQL day per event clause, "" = no bound
	sums   []int    // the event clauses that sum
}

func (b *builder) arg(v any) string {
	b.args = append(b.args, v)
	return "$" + strconv.Itoa(len(b.args))
}

func (b *builder) texts(values []string) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = b.arg(v) + "::TEXT"
	}
	return strings.Join(out, ", ")
}

func (b *builder) universe() string {
	if b.only != nil {
		return "u AS (SELECT " + b.arg(b.only.ID) + "::UUID AS entity)"
	}
	// Who is alone is its own entity: only the others need telling apart.
	k := b.arg(b.kind) + "::TEXT"
	return "u AS (SELECT p.id AS entity FROM party p WHERE p.kind = " + k + " AND NOT EXISTS (SELECT 1 FROM party_entity r WHERE r.party = p.id) AND NOT EXISTS (SELECT 1 FROM party_entity r WHERE r.entity = p.id)" +
		" UNION ALL SELECT DISTINCT r.entity FROM party p JOIN party_entity r ON r.party = p.id WHERE p.kind = " + k + ")"
}

// events is the FROM of a scan of events as e, and the entity of each.
func (b *builder) events() (entity, from string) {
	if b.only != nil {
		return b.arg(b.only.ID) + "::UUID", "(" + b.only.EventRows(&b.args) + ") AS e"
	}
	return "coalesce(r.entity, e." + b.kind + ")", "event e LEFT JOIN party_entity r ON r.party = e." + b.kind
}

// scan is the shared scan: one row per customer, one column per count or sum.
// It groups by party first and then by entity: the join is then of parties,
// not of events; and each clause's condition is worked out once per event.
func (b *builder) scan() []string {
	if len(b.conds) == 0 {
		return nil
	}
	party, from := "e."+b.kind, "event e"
	entity, join := "coalesce(r.entity, g.party)", " LEFT JOIN party_entity r ON r.party = g.party"
	if b.only != nil {
		from, join = "("+b.only.EventRows(&b.args)+") AS e", ""
		entity = b.arg(b.only.ID) + "::UUID"
	}
	var marks, again []string
	for i, c := range b.conds {
		marks = append(marks, fmt.Sprintf("%s AS k%d", c, i))
		again = append(again, fmt.Sprintf("sum(g.c%[1]d) AS c%[1]d", i))
	}
	var all []string
	for _, v := range b.verbs {
		if len(v) == 0 {
			all = nil
			break
		}
		all = append(all, v...)
	}
	conds := []string{party + " IS NOT NULL"}
	if all != nil {
		slices.Sort(all)
		conds = append(conds, "e.verb IN ("+literals(slices.Compact(all))+")")
	}
	if !slices.Contains(b.since, "") {
		conds = append(conds, "e.day >= "+slices.Min(b.since))
	}
	if len(b.conds) == 1 {
		conds, marks = append(conds, b.conds...), []string{"TRUE AS k0"}
	}
	for _, i := range b.sums {
		again = append(again, fmt.Sprintf("CASE WHEN min(g.lo%[1]d) IS NOT DISTINCT FROM max(g.hi%[1]d) AND (sum(g.a%[1]d) = sum(g.b%[1]d) OR sum(g.b%[1]d) = 0) THEN coalesce(sum(g.s%[1]d), 0)::DOUBLE PRECISION END AS s%[1]d", i))
	}
	return []string{"ev AS (SELECT " + entity + " AS entity, " + strings.Join(again, ", ") + " FROM (SELECT party, " + strings.Join(b.counts, ", ") + " FROM (SELECT " + party + " AS party, e.amount, e.quantity, e.currency, e.unit, " +
		strings.Join(marks, ", ") + " FROM " + from + " WHERE " + strings.Join(conds, " AND ") + ") AS k WHERE " + b.marked() + " GROUP BY party) AS g" + join + " GROUP BY 1)"}
}

// marked wants at least one clause to count the event.
func (b *builder) marked() string {
	out := make([]string, len(b.conds))
	for i := range b.conds {
		out[i] = fmt.Sprintf("k%d", i)
	}
	return "(" + strings.Join(out, " OR ") + ")"
}

func literals(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = store.Literal(w)
	}
	return strings.Join(out, ", ")
}

// rule returns the SQL condition of a clause.
func (b *builder) rule(r Rule, path string) string {
	switch {
	case r.All != nil || r.Any != nil:
		list, word, glue := r.All, "all", " AND "
		if r.Any != nil {
			list, word, glue = r.Any, "any", " OR "
		}
		parts := make([]string, len(list))
		for i, c := range list {
			parts[i] = b.rule(c, fmt.Sprintf("%s.%s[%d]", path, word, i))
		}
		return "(" + strings.Join(parts, glue) + ")"
	case r.Not != nil:
		return "(NOT " + b.rule(*r.Not, path+".not") + ")"
	case r.Segment != "":
		return b.segment(r, path)
	}
	l := leaf{path: path, rule: r, num: "NULL", text: "NULL"}
	switch {
	case r.Trait != nil:
		b.trait(&l, *r.Trait)
	case r.Event != nil:
		b.event(&l, *r.Event)
	case r.Text != nil:
		b.event(&l, r.Text.event())
	case r.Sequence != nil:
		b.sequence(&l, *r.Sequence)
	case r.Field != nil:
		b.field(&l, *r.Field)
	}
	b.leaves = append(b.leaves, l)
	return l.cond
}

// join adds a CTE with at most one row per entity and joins it.
func (b *builder) join(prefix, query string) string {
	name := prefix + strconv.Itoa(len(b.joins))
	b.with = append(b.with, name+" AS ("+query+")")
	b.joins = append(b.joins, " LEFT JOIN "+name+" ON "+name+".entity = u.entity")
	return name
}

// segment is a dynamic segment's rule written out, or a static one's members.
func (b *builder) segment(r Rule, path string) string {
	other := b.others[r.Segment]
	if other.Mode != Static && other.ID != "" {
		return b.rule(other.Rule, path+".segment")
	}
	name := b.join("m", "SELECT DISTINCT coalesce(r.entity, m.entity) AS entity FROM segment_member m LEFT JOIN party_entity r ON r.party = m.entity WHERE m.segment = "+b.arg(r.Segment)+"::TEXT AND m.until IS NULL")
	l := leaf{path: path, rule: r, num: "NULL", text: "NULL", cond: "(" + name + ".entity IS NOT NULL)"}
	b.leaves = append(b.leaves, l)
	return l.cond
}

func (b *builder) trait(l *leaf, t Trait) {
	name := b.join("t", "SELECT entity, num, text FROM trait WHERE kind = "+b.arg(b.kind)+"::TEXT AND trait = "+b.arg(t.Name)+"::TEXT")
	l.num, l.text = name+".num", name+".text"
	var cond string
	switch {
	case t.Op == "null":
		cond = name + ".entity IS NULL"
	case t.Op == "notnull":
		cond = name + ".entity IS NOT NULL"
	case t.Op == "in":
		cond = name + ".text IN (" + b.texts(t.Values) + ")"
	case t.Op == "has":
		cond = "strpos(lower(" + name + ".text), lower(" + b.arg(t.Text) + "::TEXT)) > 0"
	case t.Number != nil:
		cond = name + ".num " + comparisons[t.Op] + " " + b.arg(*t.Number) + "::DOUBLE PRECISION"
	default:
		cond = name + ".text " + comparisons[t.Op] + " " + b.arg(t.Text) + "::TEXT"
	}
	l.cond = "coalesce(" + cond + ", FALSE)"
}

// window writes its bounds; since is the first day, for the scan's own bound.
func (b *builder) window(w Window) (conds []string, since string) {
	last := b.asOf.Format(time.DateOnly)
	if w.Since != "" {
		since = w.Since
	}
	if w.Days > 0 {
		if s := b.asOf.AddDate(0, 0, 1-w.Days).Format(time.DateOnly); s > since {
			since = s
		}
		conds = append(conds, "e.day <= DATE '"+last+"'")
	}
	if w.Until != "" {
		conds = append(conds, "e.day < "+day(w.Until))
	}
	if since == "" {
		return conds, ""
	}
	since = day(since)
	return append(conds, "e.day >= "+since), since
}

// day writes a day that was checked as a literal.
func day(s string) string { return "DATE " + store.Literal(s) }

// matching is the condition that an event is one of a step's.
func (b *builder) matching(verbs, where, more []string) string {
	conds := slices.Clone(more)
	if len(verbs) > 0 {
		conds = append(conds, "e.verb IN ("+literals(verbs)+")")
	} else {
		conds = append(conds, "e.verb <> 'stat.reported'")
	}
	var filters []metric.Filter
	for _, w := range where {
		if f, err := metric.ParseFilter(w); err == nil { // checked when the rule was
			filters = append(filters, f)
		}
	}
	if len(filters) > 0 {
		var text string
		text, b.args = metric.Conditions(filters, b.args)
		conds = append(conds, text)
	}
	return "(" + strings.Join(conds, " AND ") + ")"
}

func (b *builder) event(l *leaf, e Event) {
	bounds, since := b.window(e.Window)
	l.where = b.matching(e.Verbs, e.Where, bounds)
	i := len(b.conds)
	if i == 0 {
		b.joins = append(b.joins, " LEFT JOIN ev ON ev.entity = u.entity")
	}
	b.conds, b.verbs, b.since = append(b.conds, l.where), append(b.verbs, e.Verbs), append(b.since, since)
	n := fmt.Sprintf("c%d", i)
	b.counts = append(b.counts, fmt.Sprintf("count(*) FILTER (WHERE k%d) AS %s", i, n))
	n = "coalesce(ev." + n + ", 0)"
	l.num = n
	var conds []string
	if e.Count != nil {
		conds = append(conds, n+" "+comparisons[e.Count.Op]+" "+b.arg(e.Count.Value)+"::DOUBLE PRECISION")
	} else if e.Sum == nil {
		conds = append(conds, n+" > 0")
	}
	if e.Sum != nil {
		// Amounts of several currencies, or of one and of none, have no sum.
		guard := map[string]string{"amount": "currency", "quantity": "unit"}[e.Sum.Of]
		filter := fmt.Sprintf(" FILTER (WHERE k%d AND %s IS NOT NULL)", i, e.Sum.Of)
		b.sums = append(b.sums, i)
		b.counts = append(b.counts, fmt.Sprintf("min(%[1]s)%[2]s AS lo%[4]d, max(%[1]s)%[2]s AS hi%[4]d, count(%[3]s)%[2]s AS a%[4]d, count(%[1]s)%[2]s AS b%[4]d, sum(%[3]s)%[2]s AS s%[4]d", guard, filter, e.Sum.Of, i))
		l.num = fmt.Sprintf("CASE WHEN ev.entity IS NULL THEN 0 ELSE ev.s%d END", i)
		conds = append(conds, l.num+" "+comparisons[e.Sum.Op]+" "+b.arg(e.Sum.Value)+"::DOUBLE PRECISION")
	}
	l.num = "(" + l.num + ")"
	l.cond = "coalesce(" + strings.Join(conds, " AND ") + ", FALSE)"
}

// sequence follows the steps: of each step's events, only those are kept that
// have a kept event of the step before early enough; the newest such decides.
func (b *builder) sequence(l *leaf, s Sequence) {
	bounds, _ := b.window(s.Window)
	var any, is, all []string
	for i, step := range s.Steps {
		c := b.matching(step.Verbs, step.Where, nil)
		any = append(any, c)
		is = append(is, fmt.Sprintf("%s AS a%d", c, i))
		all = append(all, step.Verbs...)
	}
	slices.Sort(all)
	entity, from := b.events()
	conds := append([]string{"e." + b.kind + " IS NOT NULL", "e.verb IN (" + literals(slices.Compact(all)) + ")", "(" + strings.Join(any, " OR ") + ")"}, bounds...)
	text := "SELECT q.*, CASE WHEN a0 THEN ts END AS m0 FROM (SELECT " + entity + " AS entity, e.ts, " + strings.Join(is, ", ") + " FROM " + from + " WHERE " + strings.Join(conds, " AND ") + ") AS q"
	within := b.arg(s.Within) + "::DOUBLE PRECISION"
	for i := 1; i < len(s.Steps); i++ {
		text = fmt.Sprintf("SELECT q.*, CASE WHEN a%[1]d AND EXTRACT(EPOCH FROM (ts - before%[1]d)) <= 86400 * %[3]s THEN ts END AS m%[1]d FROM (SELECT q.*, max(m%[2]d) OVER (PARTITION BY entity ORDER BY ts RANGE BETWEEN UNBOUNDED PRECEDING AND INTERVAL '1 microsecond' PRECEDING) AS before%[1]d FROM (%[4]s) AS q) AS q", i, i-1, within, text)
	}
	name := b.join("q", fmt.Sprintf("SELECT entity, count(*) AS n FROM (%s) AS q WHERE m%d IS NOT NULL GROUP BY entity", text, len(s.Steps)-1))
	l.where = "(" + strings.Join(append([]string{"(" + strings.Join(any, " OR ") + ")"}, bounds...), " AND ") + ")"
	l.num = "coalesce(" + name + ".n, 0)"
	l.cond = "(" + name + ".entity IS NOT NULL)"
}

func (b *builder) field(l *leaf, f Field) {
	column := "p." + f.Name
	if key, ok := strings.CutPrefix(f.Name, "attr:"); ok {
		column = "(p.attrs ->> " + b.arg(key) + "::TEXT)"
	}
	var cond string
	switch f.Op {
	case "eq", "ne":
		cond = "lower(" + column + ") = lower(" + b.arg(f.Text) + "::TEXT)"
	case "in":
		cond = column + " IN (" + b.texts(f.Values) + ")"
	case "has":
		cond = "strpos(lower(" + column + "), lower(" + b.arg(f.Text) + "::TEXT)) > 0"
	default:
		cond = column + " IS NOT NULL AND " + column + " <> ''"
	}
	name := b.join("f", "SELECT coalesce(r.entity, p.id) AS entity, min("+column+") AS text FROM party p LEFT JOIN party_entity r ON r.party = p.id WHERE p.kind = "+b.arg(b.kind)+"::TEXT AND "+cond+" GROUP BY 1")
	l.text = name + ".text"
	l.cond = "(" + name + ".entity IS NOT NULL)"
	if f.Op == "ne" || f.Op == "null" {
		l.cond = "(" + name + ".entity IS NULL)"
	}
}
