package suggest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/source/mapping"
)

// happen turns the table's times into events.
func (d *draft) happen() {
	times := d.of(roleTime)
	if len(times) == 0 {
		return
	}
	switch {
	case d.table.Wide:
		d.add("stat.reported", times[0], 0.9, "the sheet is a pivot of aggregated figures", "这是汇总数字的透视表")
	case len(d.of(roleVerb)) == 1:
		d.spelled(d.of(roleVerb)[0], times[0])
	case d.steps(times):
	default:
		d.dated(times)
	}
	if len(d.events) == 0 {
		if v := first[d.noun]; v != "" && !(d.self != "" && d.key == nil) {
			d.add(v, times[0], 0.5, fmt.Sprintf("a row is a %s and this is its first time", d.noun), "行表示的事物与它的第一个时间")
		}
	}
	for i, e := range d.events {
		d.fill(e, i == 0)
	}
	if len(d.events) > 0 {
		d.rest(d.events[0])
	}
}

// add makes an event of a time.
func (d *draft) add(verb string, ts *column, sure float64, why, whyZh string) *event {
	e := &event{verb: verb, ts: pick{field: "ts", expr: ident(ts.header), col: ts, Reason: Reason{ts.sure, ts.why, ts.whyZh}}, Reason: Reason{min(sure, ts.sure), why, whyZh}}
	if ts.missing > 0 {
		e.when = ident(ts.header) + " IS NOT NULL"
	}
	ts.used = true
	d.events = append(d.events, e)
	return e
}

// spelled makes one event for each verb that a column spells out.
func (d *draft) spelled(c, ts *column) {
	for _, v := range slices.Sorted(maps.Keys(c.often)) {
		if !knownVerb[v] {
			continue
		}
		e := d.add(v, ts, 0.96, fmt.Sprintf("the column %q spells the verb out", c.header), fmt.Sprintf("“%s”列写明了动作", c.header))
		e.when, e.whenCol = ident(c.header)+" = "+text(v), c
	}
	c.used = true
	if d.noun == "" || d.noun == "stat" {
		d.noun, _, _ = strings.Cut(d.events[0].verb, ".")
	}
}

// steps makes events of a process log: the same thing in many rows, each with
// a step and one time.
func (d *draft) steps(times []*column) bool {
	var step *column
	for _, c := range append(d.of(roleStep), d.of(roleStatus)...) {
		if c.listed() && steps(c) > 0.5 && (step == nil || steps(c)*c.sure > steps(step)*step.sure) {
			step = c
		}
	}
	thing := d.repeated()
	if step == nil || thing == nil || len(times) > 1 && step.role == roleStatus {
		return false
	}
	found := map[string][]string{}
	for _, v := range slices.Sorted(maps.Keys(step.often)) {
		found[stageOf(v)] = append(found[stageOf(v)], v)
	}
	noun := cmp.Or(d.noun, thing.object)
	if len(found["queued"]) > 0 && len(found["assigned"]) > 0 && noun == "case" {
		noun = "request"
	}
	if staged[noun] == nil {
		noun = "case"
	}
	d.noun, d.key, step.used = noun, nil, true
	done := map[string][]string{}
	for stage, vs := range found {
		if v := staged[noun][stage]; v != "" {
			done[v] = append(done[v], vs...)
		}
	}
	for _, verb := range slices.Sorted(maps.Keys(done)) {
		vs := done[verb]
		slices.Sort(vs)
		e := d.add(verb, times[0], 0.72, fmt.Sprintf("rows are steps of one %s (%q repeats); these values of %q say so", noun, thing.header, step.header), fmt.Sprintf("每行是一个步骤（“%s”重复出现），“%s”的取值如此", thing.header, step.header))
		list := make([]string, len(vs))
		for i, v := range vs {
			list[i] = string(text(v))
		}
		e.when, e.whenCol = ident(step.header)+" IN ("+mapping.Expr(strings.Join(list, ", "))+")", step
		e.key = pick{field: "key", expr: ident(thing.header), col: thing, Reason: Reason{thing.sure, thing.why, thing.whyZh}}
	}
	return len(done) > 0
}

// repeated is the key of the thing that many rows tell of.
func (d *draft) repeated() *column {
	var best *column
	for _, c := range d.cols {
		if c.role != roleKey || c.party != "" || c.unique() || c.distinct() < 2 || c.distinct() > 0.8*float64(c.present()) || c.missingShare() > 0.01 {
			continue
		}
		if best == nil || c.distinct() > best.distinct() {
			best = c
		}
	}
	return best
}

// dated makes an event of each time whose kind the glossary knows, for things
// of the table's noun.
func (d *draft) dated(times []*column) {
	taken := map[string]bool{}
	win, lose, status := d.outcome()
	for i, t := range times {
		when := t.when
		if when == "" && i == 0 {
			when = "created"
		}
		if t.when == "closed" && d.noun == "deal" && status != nil || d.noun == "deal" && status != nil && t.when == "won" && len(lose) > 0 && t.missing == 0 {
			d.closed(t, status, win, lose)
			continue
		}
		verb := verbOf(d.noun, when)
		if t.name.has("attr", "team") {
			verb = ""
		}
		sure := 0.85
		if verb == "" && (t.when == "" && i == 0 || len(times) == 1) && d.noun != "" {
			verb, sure = first[d.noun], 0.7
		}
		if t.when == "" && i > 0 || verb == "" || taken[verb] || d.self != "" && first[d.noun] == verb && when == "updated" {
			continue
		}
		if d.key == nil && d.self == "" {
			sure -= 0.05
		}
		if d.noun == "" {
			sure = 0.65
		}
		taken[verb] = true
		why := fmt.Sprintf("a row is a %s", cmp.Or(d.noun, "record"))
		whyZh := "每行是一条“" + cmp.Or(d.noun, "记录") + "”"
		if t.when != "" {
			why, whyZh = why+fmt.Sprintf(" and %q is when it was %s", t.header, t.when), whyZh+"，“"+t.header+"”是其发生时间"
		}
		e := d.add(verb, t, sure, why, whyZh)
		if sc := d.of(roleQuantity); verb == "feedback.resolved" && len(sc) > 0 && sc[0].name.has("attr", "score") {
			r := d.add("feedback.rated", t, 0.7, "it has a rating: "+sc[0].header, "有评分列“"+sc[0].header+"”")
			r.when = ident(sc[0].header) + " IS NOT NULL"
			r.picks = append(r.picks, pick{field: "quantity", expr: ident(sc[0].header), col: sc[0], Reason: Reason{sc[0].sure, sc[0].why, sc[0].whyZh}})
			sc[0].used = true
		}
		_ = e
	}
}

// outcome finds the column that tells won from lost, and its values.
func (d *draft) outcome() (win, lose []string, status *column) {
	for _, c := range append(d.of(roleStatus), d.of(roleStep)...) {
		var w, l []string
		for _, v := range slices.Sorted(maps.Keys(c.often)) {
			s := strings.ToLower(v)
			switch {
			case strings.Contains(s, "lost") || strings.Contains(s, "输") || strings.Contains(s, "丢单") || strings.Contains(s, "失败"):
				l = append(l, v)
			case strings.Contains(s, "won") || strings.Contains(s, "赢") || strings.Contains(s, "成交") && !strings.Contains(s, "未"):
				w = append(w, v)
			}
		}
		if len(w) > 0 && (status == nil || len(w)+len(l) >= len(win)+len(lose) && c.distinct() < status.distinct()) {
			win, lose, status = w, l, c
		}
	}
	return win, lose, status
}

// closed makes deal.won and deal.lost of a closing time and an outcome.
func (d *draft) closed(t, status *column, win, lose []string) {
	status.used = true
	for _, o := range []struct {
		verb   string
		values []string
	}{{"deal.won", win}, {"deal.lost", lose}} {
		for _, v := range o.values {
			e := d.add(o.verb, t, 0.85, fmt.Sprintf("%q tells won from lost, %q when", status.header, t.header), fmt.Sprintf("“%s”区分输赢，“%s”是时间", status.header, t.header))
			e.when, e.whenCol = ident(status.header)+" = "+text(v), status
		}
	}
}

// fill gives an event whom and what it is about.
func (d *draft) fill(e *event, main bool) {
	if p := d.main("account"); p != nil {
		e.account = p.ref
	}
	if p := d.main("person"); p != nil {
		e.person = p.ref
	}
	e.staff = d.doer(e)
	e.kind = objectKind(d.noun)
	if e.key.col == nil {
		e.key = d.objectKey(e.kind)
	}
	if e.key.col == nil {
		e.kind = ""
	} else {
		e.key.col.used = true
	}
	for _, r := range []struct {
		role  role
		field string
	}{{roleAmount, "amount"}, {roleQuantity, "quantity"}, {roleChannel, "channel"}, {roleText, "text"}} {
		money := d.noun == "deal" || d.noun == "contract"
		if !main && !(r.role == roleAmount && money) && r.role != roleQuantity {
			continue
		}
		if r.role == roleQuantity && (slices.ContainsFunc(e.picks, func(p pick) bool { return p.field == "quantity" }) || !main && e != d.events[len(d.events)-1]) {
			continue
		}
		if c := d.best(r.role, e); c != nil {
			d.value(e, r.field, c)
		}
	}
	if c := d.kindOf(); main && c != nil {
		d.value(e, "channel", c)
	}
}

// kindOf is the kind of a noted contact, which is its channel: 电话, visit.
func (d *draft) kindOf() *column {
	if d.noun != "activity" || len(d.of(roleChannel)) > 0 {
		return nil
	}
	for _, c := range d.cols {
		if c.name.has("attr", "kind") && c.listed() && !c.used {
			return c
		}
	}
	return nil
}

// doer is the colleague who did it: who created for a creation, else who owns.
func (d *draft) doer(e *event) string {
	best, score := "", -1
	for _, p := range d.parties {
		if p.kind != "staff" {
			continue
		}
		s := 1
		if p.self {
			s = 9
		}
		if e.ts.col != nil && sameRoot(p.label, e.ts.col.header) {
			s = 5
		} else if strings.Contains(p.label, "创建") || strings.Contains(p.label, "creat") || strings.Contains(p.label, "report") {
			s = 0
			if e == d.events[0] && d.noun == "work" {
				s = 3
			}
		}
		if s > score {
			best, score = p.ref, s
		}
	}
	return best
}

// sameRoot reports whether two headers share their first word: resolved_by
// and resolved_at, 创建人 and 创建时间.
func sameRoot(label, header string) bool {
	if hasHan(label) {
		rs := []rune(label)
		return len(rs) > 2 && strings.HasPrefix(header, string(rs[:2]))
	}
	a, b := strings.Fields(label), strings.FieldsFunc(strings.ToLower(header), func(r rune) bool { return r == '_' || r == ' ' })
	return len(a) > 1 && len(b) > 1 && slices.Contains(b, a[len(a)-2])
}

func (d *draft) objectKey(kind string) pick {
	if kind == "" {
		return pick{}
	}
	from := func(c *column, cut float64) pick {
		return pick{field: "key", expr: ident(c.header), col: c, Reason: Reason{c.sure * cut, c.why, c.whyZh}}
	}
	if d.key != nil && d.self == "" && kind == d.noun && (d.key.object == "" || d.key.object == kind) {
		return from(d.key, 1)
	}
	var best *column
	for _, c := range d.cols {
		if c.object == kind && (c.role == roleKey || c.role == roleName && c.party == "") && (best == nil || c.unique()) {
			best = c
		}
	}
	if best != nil {
		return from(best, 1)
	}
	if d.key != nil && d.self == "" {
		return from(d.key, 0.9)
	}
	if c := d.repeated(); c != nil && c.object == "" && kind == d.noun {
		return from(c, 0.8)
	}
	for _, c := range d.cols { // what else the rows are about
		if c.role == roleKey && c.party == "" && c.object != "" {
			return pick{field: "key", expr: ident(c.header), col: c, Reason: Reason{c.sure * 0.7, c.why, c.whyZh}}
		}
	}
	return pick{}
}

// best is the column of a role that suits an event most.
func (d *draft) best(r role, e *event) *column {
	var best *column
	score := func(c *column) float64 {
		s := c.sure
		switch r {
		case roleAmount:
			if c.object == d.noun || c.when != "" && c.when == e.ts.col.when {
				s += 0.2
			}
			if c.unique() || c.truth > 0.99 {
				s -= 0.3
			}
			if strings.Contains(c.header, "合计") || c.name.has("attr", "total") {
				s += 0.25
			}
			if strings.Contains(c.header, "实") || c.name.has("attr", "amount") && c.name.raw != c.header {
				s += 0.1
			}
		case roleText:
			s += min(c.length, 40) / 400
		case roleChannel:
			if hasHan(c.header) && strings.HasSuffix(c.header, "渠道") || c.header == "channel" {
				s += 0.1
			}
		}
		return s
	}
	for _, c := range d.cols {
		if c.role != r || c.when != "" && r == roleAmount && c.when != e.ts.col.when && c.object == "" && len(d.of(r)) > 1 {
			continue
		}
		if best == nil || score(c) > score(best) {
			best = c
		}
	}
	return best
}

// value adds a single-valued field with what its unit asks for.
func (d *draft) value(e *event, field string, c *column) {
	c.used = true
	expr := ident(c.header)
	r := Reason{c.sure, c.why, c.whyZh}
	switch field {
	case "amount":
		if strings.HasPrefix(c.name.unit, "万") {
			expr += " * 10000"
		}
		if strings.HasSuffix(c.name.unit, "元") || strings.HasSuffix(strings.TrimSpace(c.values[0]), "元") || strings.ContainsAny(c.values[0], "¥￥") || strings.Contains(c.values[0], "人民币") {
			e.picks = append(e.picks, pick{field: "currency", expr: "'CNY'", col: nil, Reason: Reason{c.sure, "its unit is " + c.name.unit, "单位是" + c.name.unit}})
		}
	case "text":
		if c.html > 0.2 {
			expr = "strip_html(" + expr + ")"
		}
		if title := d.title(c); title != nil {
			title.used = true
			e.picks = append(e.picks, pick{field: field, expr: "concat(" + ident(title.header) + ", ' ', " + expr + ")", col: c, also: title, Reason: r})
			return
		}
	}
	e.picks = append(e.picks, pick{field: field, expr: expr, col: c, Reason: r})
}

// title is the heading that goes before a body of text.
func (d *draft) title(body *column) *column {
	for _, c := range d.of(roleText) {
		if c != body && !c.used && (c.name.has("attr", "subject") || c.name.has("attr", "name") && c.object != "") {
			return c
		}
	}
	return nil
}

// rest keeps what is left as attributes of the first event.
func (d *draft) rest(e *event) {
	for _, c := range d.cols {
		if !c.used && len(c.values) > 0 {
			e.picks = append(e.picks, pick{field: "attrs." + c.header, expr: ident(c.header), col: c, Reason: Reason{max(c.sure, 0.6), cmp.Or(c.why, "kept as it is"), cmp.Or(c.whyZh, "原样保留")}})
		}
	}
}
