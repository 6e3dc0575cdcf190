package identity

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

// Fields are what parties say of themselves, in the order they are shown.
var Fields = []string{"name", "phone", "email", "tax_no", "address", "city", "title", "company"}

// A Record is what one row of one source says of a party.
type Record struct {
	Party, Source, Table, Batch string
	Row                         int64
	Seen                        time.Time // when the row was loaded
	Seq                         int64     // of its batch: the higher is newer
	Fields                      map[string]string
}

// Records returns all that sources say of an entity now, newest first.
func Records(ctx context.Context, db *store.DB, id EntityID) ([]Record, error) {
	rows, err := db.Facts.Query(ctx, sqlEntityRecords, string(id))
	return store.Collect(rows, err, func(r *sql.Rows) (Record, error) {
		v, said := Record{Fields: map[string]string{}}, make([]string, len(Fields))
		to := []any{&v.Party, &v.Source, &v.Table, &v.Batch, &v.Row, &v.Seen, &v.Seq}
		for i := range said {
			to = append(to, &said[i])
		}
		err := r.Scan(to...)
		for i, f := range Fields {
			if s := strings.TrimSpace(said[i]); s != "" {
				v.Fields[f] = s
			}
		}
		return v, err
	})
}

// A Pick says which of several values is shown.
type Pick string

// The picks; each falls back on the next newer value where it can't decide.
const (
	Recent   Pick = "recent"   // the newest
	Trusted  Pick = "trusted"  // of the source that stands first in Sources
	Frequent Pick = "frequent" // what most rows say
)

// A Rule says how one field's golden value is chosen.
type Rule struct {
	Pick    Pick     `json:"pick"`
	Sources []string `json:"sources,omitempty"` // for Trusted: the most trusted first
}

// Rules are the rule of each field; a field without one takes Recent.
type Rules map[string]Rule

// DefaultRules hold until somebody sets others: what identifies is taken from
// the majority, what changes from the newest.
func DefaultRules() Rules {
	return Rules{"name": {Pick: Frequent}, "tax_no": {Pick: Frequent}, "phone": {Pick: Recent}, "email": {Pick: Recent},
		"address": {Pick: Recent}, "city": {Pick: Recent}, "title": {Pick: Recent}, "company": {Pick: Recent}}
}

// Validate reports the first thing wrong with the rules.
func (r Rules) Validate() error {
	for _, f := range sortedKeys(r) {
		rule := r[f]
		if !slices.Contains(Fields, f) {
			return fault.New(fault.ErrInvalid, "golden.field", fmt.Sprintf("There is no field %q: use one of %s.", f, strings.Join(Fields, ", ")),
				fmt.Sprintf("没有字段 %q，可用：%s。", f, strings.Join(Fields, "、")))
		}
		if rule.Pick != Recent && rule.Pick != Trusted && rule.Pick != Frequent {
			return fault.New(fault.ErrInvalid, "golden.pick", fmt.Sprintf("Field %s: %q is not a rule: use recent, trusted or frequent.", f, rule.Pick),
				fmt.Sprintf("字段 %s：没有规则 %q，可用 recent（最新）、trusted（可信来源优先）、frequent（出现最多）。", f, rule.Pick))
		}
		if rule.Pick == Trusted && len(rule.Sources) == 0 {
			return fault.New(fault.ErrInvalid, "golden.sources", fmt.Sprintf("Field %s: the rule trusted needs its sources, the most trusted first.", f),
				fmt.Sprintf("字段 %s：trusted 规则需要按可信程度列出数据源。", f))
		}
	}
	return nil
}

// A Value is one thing that sources say, with the newest row that says it.
type Value struct {
	Value, Source, Table, Party, Batch string
	Row                                int64
	Seen                               time.Time
	Rows                               int // that say it

	seq int64
}

// A Field is a golden value with those that lost, best first.
type Field struct {
	Value
	Rule   Rule
	Others []Value
}

// Golden chooses each field's value by its rule. Fields that nobody says
// anything about are left out.
func Golden(rules Rules, records []Record) map[string]Field {
	out := map[string]Field{}
	for _, f := range Fields {
		values := valuesOf(f, records)
		if len(values) == 0 {
			continue
		}
		rule, ok := rules[f]
		if !ok {
			rule = Rule{Pick: Recent}
		}
		slices.SortFunc(values, func(a, b Value) int { return rule.compare(a, b) })
		out[f] = Field{values[0], rule, values[1:]}
	}
	return out
}

// compare puts the better value first; the order is total.
func (r Rule) compare(a, b Value) int {
	first := 0
	switch r.Pick {
	case Trusted:
		first = cmp.Compare(r.trust(a.Source), r.trust(b.Source))
	case Frequent:
		first = cmp.Compare(b.Rows, a.Rows)
	}
	return cmp.Or(first, cmp.Compare(b.seq, a.seq), cmp.Compare(b.Row, a.Row), strings.Compare(a.Value, b.Value), strings.Compare(a.Source, b.Source))
}

// trust is a source's place; those not named come last.
func (r Rule) trust(source string) int {
	if i := slices.Index(r.Sources, source); i >= 0 {
		return i
	}
	return len(r.Sources)
}

// valuesOf lists the different values of a field, by source, so that a rule
// can prefer one.
func valuesOf(field string, records []Record) []Value {
	type key struct{ value, source string }
	at, rows := map[key]int{}, map[string]int{}
	var out []Value
	for _, r := range records {
		s := r.Fields[field]
		if s == "" {
			continue
		}
		rows[s]++
		v := Value{Value: s, Source: r.Source, Table: r.Table, Party: r.Party, Batch: r.Batch, Row: r.Row, Seen: r.Seen, seq: r.Seq}
		i, ok := at[key{s, r.Source}]
		if !ok {
			at[key{s, r.Source}] = len(out)
			out = append(out, v)
		} else if v.seq > out[i].seq || v.seq == out[i].seq && v.Row > out[i].Row {
			out[i] = v
		}
	}
	for i := range out {
		out[i].Rows = rows[out[i].Value]
	}
	return out
}
