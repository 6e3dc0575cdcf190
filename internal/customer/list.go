package customer

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

// A Query picks and orders customers.
type Query struct {
	Kind   string            // account or person
	Text   string            // in a name, or a whole key, phone, mail or tax number
	Traits map[string]string // trait → the word it must have
	City   string
	Source string
	Sort   string // a trait; "" = last seen first
	Up     bool   // smallest first
	Cursor string
	Limit  int
}

// An Item is a customer as a list shows it.
type Item struct {
	Entity, Kind, Name, City string
	Parties                  int64
	Sources                  string // by comma
	Traits                   []Value

	sort *float64
}

// List searches customers and pages through them.
func List(ctx context.Context, db *store.DB, q Query) ([]Item, string, error) {
	if !slices.Contains(Kinds, q.Kind) {
		return nil, "", fault.New(fault.ErrInvalid, "customer.kind", fmt.Sprintf("There is no kind of customer %q: use account or person.", q.Kind), fmt.Sprintf("没有客户类型 %q，可用 account、person。", q.Kind))
	}
	items, err := find(ctx, db, q, true)
	if err == nil && len(items) <= q.Limit {
		items, err = find(ctx, db, q, false)
	}
	if err != nil {
		return nil, "", fmt.Errorf("customer: list: %w", err)
	}
	next := ""
	if len(items) > q.Limit {
		items = items[:q.Limit]
		last := items[len(items)-1]
		b, err := json.Marshal(place{last.sort, last.Entity})
		if err != nil {
			return nil, "", fmt.Errorf("customer: cursor: %w", err)
		}
		next = base64.RawURLEncoding.EncodeToString(b)
	}
	ids := make([]string, len(items))
	for i, it := range items {
		ids[i] = it.Entity
	}
	items, err = Items(ctx, db, q.Kind, ids)
	return items, next, err
}

// find returns the entities of a page and one more. quick reads the trait it is
// sorted by alone, where nothing is asked of the parties: most lists end there.
func find(ctx context.Context, db *store.DB, q Query, quick bool) ([]Item, error) {
	if quick && (strings.TrimSpace(q.Text) != "" || q.City != "" || q.Source != "") {
		return nil, nil
	}
	a := &args{}
	text, err := q.sql(a, quick)
	if err != nil {
		return nil, err
	}
	rows, err := db.Facts.Query(ctx, store.Text("customer.list", text), a.list...)
	return store.Collect(rows, err, func(r *sql.Rows) (i Item, err error) {
		var n sql.NullFloat64
		err = r.Scan(&i.Entity, &n)
		if n.Valid {
			i.sort = &n.Float64
		}
		return i, err
	})
}

// A place is where a page of a list ended.
type place struct {
	Sort   *float64 `json:"s"`
	Entity string   `json:"e"`
}

// sql finds the entities by their parties, joined to the trait they are sorted
// by; quick by that trait alone.
func (q Query) sql(a *args, quick bool) (string, error) {
	kind := a.add(q.Kind) + "::TEXT"
	conds := []string{"p.kind = " + kind}
	if t := strings.TrimSpace(q.Text); t != "" {
		m := a.add(t) + "::TEXT"
		conds = append(conds, "(strpos(lower(p.name), lower("+m+")) > 0 OR p.key = "+m+" OR p.phone = "+m+" OR lower(p.email) = lower("+m+") OR p.tax_no = upper("+m+"))")
	}
	if q.City != "" {
		conds = append(conds, "strpos(lower(p.city), lower("+a.add(q.City)+"::TEXT)) > 0")
	}
	if q.Source != "" {
		conds = append(conds, "p.source = "+a.add(q.Source)+"::TEXT")
	}
	var with []string
	for _, name := range sortedKeys(q.Traits) {
		with = append(with, "EXISTS (SELECT 1 FROM trait f WHERE f.entity = m.entity AND f.kind = m.kind AND f.trait = "+a.add(name)+"::TEXT AND f.text = "+a.add(q.Traits[name])+"::TEXT)")
	}
	order, up := cmp.Or(q.Sort, "silence"), q.Up
	if q.Sort == "" {
		up = true
	}
	dir, beyond := "DESC", "<"
	if up {
		dir, beyond = "ASC", ">"
	}
	if q.Cursor != "" {
		var c place
		b, err := base64.RawURLEncoding.DecodeString(q.Cursor)
		if err != nil || json.Unmarshal(b, &c) != nil || !isID(c.Entity) {
			return "", badCursor()
		}
		id := a.add(c.Entity) + "::UUID"
		if c.Sort == nil {
			with = append(with, "t.num IS NULL AND m.entity > "+id)
		} else {
			v := a.add(*c.Sort) + "::DOUBLE PRECISION"
			with = append(with, "(t.num "+beyond+" "+v+" OR (t.num = "+v+" AND m.entity > "+id+") OR t.num IS NULL)")
		}
	}
	where := ""
	if len(with) > 0 {
		where = " WHERE " + strings.Join(with, " AND ")
	}
	by := a.add(order) + "::TEXT"
	from := "(SELECT DISTINCT coalesce(r.entity, p.id) AS entity, " + kind + " AS kind FROM party p LEFT JOIN party_entity r ON r.party = p.id WHERE " + strings.Join(conds, " AND ") +
		") m LEFT JOIN trait t ON t.entity = m.entity AND t.kind = m.kind AND t.trait = " + by
	if quick {
		from = "(SELECT entity, kind, num FROM trait WHERE kind = " + kind + " AND trait = " + by + " AND num IS NOT NULL) m"
		where = strings.ReplaceAll(where, "t.num", "m.num")
		return "SELECT m.entity::TEXT, m.num FROM " + from + where + " ORDER BY m.num " + dir + ", m.entity LIMIT " + a.add(q.Limit+1), nil
	}
	return "SELECT m.entity::TEXT, t.num FROM " + from + where + " ORDER BY t.num " + dir + " NULLS LAST, m.entity LIMIT " + a.add(q.Limit+1), nil
}

// Items returns customers as a list shows them, by their entities, in that order.
func Items(ctx context.Context, db *store.DB, kind string, entities []string) ([]Item, error) {
	if len(entities) == 0 {
		return nil, nil
	}
	a := &args{}
	k := a.add(kind)
	marks := strings.ReplaceAll(a.uuids(entities), ", ", "), (")
	text := `WITH page AS (SELECT id FROM (VALUES (` + marks + `)) AS v(id)),
has AS (SELECT r.party, r.entity FROM party_entity r JOIN page g ON g.id = r.entity UNION SELECT g.id, g.id FROM page g WHERE NOT EXISTS (SELECT 1 FROM party_entity r WHERE r.party = g.id))
SELECT o.entity::TEXT, ` + k + `::TEXT, coalesce(min(nullif(p.name, '')), min(p.key)), coalesce(min(p.city), ''), count(*), coalesce(string_agg(DISTINCT p.source, ','), '')
FROM party p JOIN has o ON o.party = p.id GROUP BY o.entity`
	rows, err := db.Facts.Query(ctx, store.Text("customer.items", text), a.list...)
	found, err := store.Collect(rows, err, func(r *sql.Rows) (i Item, err error) {
		err = r.Scan(&i.Entity, &i.Kind, &i.Name, &i.City, &i.Parties, &i.Sources)
		return i, err
	})
	if err != nil {
		return nil, fmt.Errorf("customer: items: %w", err)
	}
	at := map[string]int{}
	for i, id := range entities {
		at[id] = i
	}
	slices.SortFunc(found, func(a, b Item) int { return at[a.Entity] - at[b.Entity] })
	return found, addTraits(ctx, db, found)
}

// addTraits reads the traits of a page's customers.
func addTraits(ctx context.Context, db *store.DB, items []Item) error {
	if len(items) == 0 {
		return nil
	}
	at := map[string]int{}
	a := &args{}
	ids := make([]string, len(items))
	for i, it := range items {
		at[it.Entity], ids[i] = i, it.Entity
	}
	text := "SELECT trait, num, coalesce(text, ''), day, entity::TEXT FROM trait WHERE entity IN (" + a.uuids(ids) + ") ORDER BY trait"
	rows, err := db.Facts.Query(ctx, store.Text("customer.list.traits", text), a.list...)
	_, err = store.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var v Value
		var n sql.NullFloat64
		var id string
		if err := r.Scan(&v.Trait, &n, &v.Text, &v.Day, &id); err != nil {
			return struct{}{}, err
		}
		if n.Valid {
			v.Num = &n.Float64
		}
		items[at[id]].Traits = append(items[at[id]].Traits, v)
		return struct{}{}, nil
	})
	return err
}
