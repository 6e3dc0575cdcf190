package customer

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/identity"
	"github.com/chanzipu/outfitter/internal/store"
)

// A Field is one thing that is known of a customer, with the row that says it
// and what other rows say instead.
type Field struct {
	Name   string // name, phone, email, tax_no, address, city, title, company, or attr:<key>
	Rule   string // how it won: recent, trusted, frequent
	Value  identity.Value
	Others []identity.Value
}

// record is the golden record: the fields in the order they are shown, then
// the attributes by name.
func record(ctx context.Context, db *store.DB, e Entity) ([]Field, error) {
	rows, err := identity.Records(ctx, db, identity.EntityID(e.ID))
	if err != nil {
		return nil, err
	}
	rules, err := identity.GetRules(ctx, db)
	if err != nil {
		return nil, err
	}
	golden := identity.Golden(rules, rows)
	var out []Field
	for _, name := range identity.Fields {
		if g, ok := golden[name]; ok {
			out = append(out, Field{name, string(g.Rule.Pick), g.Value, g.Others})
		}
	}
	return append(out, attributes(e.Parties, rows)...), nil
}

// attributes are the parties' further values, newest row first; each is said
// by the row that the party's table was merged from.
func attributes(parties []fact.Party, rows []identity.Record) []Field {
	seen := map[string]identity.Record{}
	for _, r := range slices.Backward(rows) {
		seen[r.Party] = r // the newest stays
	}
	by := map[string][]identity.Value{}
	for _, p := range parties {
		r := seen[p.ID]
		for k, v := range attrsOf(p.Attrs) {
			if v != "" {
				by[k] = append(by[k], identity.Value{Value: v, Source: p.Source, Table: r.Table, Party: p.ID, Batch: p.Batch, Row: p.Row, Seen: r.Seen, Rows: 1})
			}
		}
	}
	var out []Field
	for _, k := range sortedKeys(by) {
		vs := by[k]
		slices.SortStableFunc(vs, func(a, b identity.Value) int { return b.Seen.Compare(a.Seen) })
		out = append(out, Field{"attr:" + k, string(identity.Recent), vs[0], slices.DeleteFunc(vs[1:], func(o identity.Value) bool { return o.Value == vs[0].Value && o.Source == vs[0].Source })})
	}
	return out
}

// attrsOf reads a party's attributes as texts; what is no object gives none.
func attrsOf(text string) map[string]string {
	var m map[string]any
	if text == "" || json.Unmarshal([]byte(text), &m) != nil {
		return nil
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		switch v := v.(type) {
		case nil:
		case string:
			out[k] = strings.TrimSpace(v)
		default:
			b, err := json.Marshal(v)
			if err == nil {
				out[k] = string(b)
			}
		}
	}
	return out
}

func isID(s string) bool {
	_, err := uuid.Parse(s)
	return err == nil && len(s) == 36
}

// nameOf is the golden name, or the key where nobody gives one.
func nameOf(fields []Field, parties []fact.Party) string {
	for _, f := range fields {
		if f.Name == "name" {
			return f.Value.Value
		}
	}
	if len(parties) > 0 {
		return fmt.Sprintf("%s:%s", parties[0].Namespace, parties[0].Key)
	}
	return ""
}
