package stage

import (
	"context"
	"fmt"
	"strings"

	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/store"
)

// A party of the table, with the engine's table that maps its keys to ids.
type party struct {
	mapping.Party
	dict string // table: key, id
	key  string // SQL
}

// people maps the table's parties: a dictionary of ids per reference, so that
// a hash is computed once per key and not once per row, and one record per
// party, each field the last that a row gives.
func (t *table) people(ctx context.Context) error {
	where, err := t.where()
	if err != nil {
		return err
	}
	groups := map[string][]string{} // by kind and namespace: selects of their records
	var order []string
	for i, p := range t.m.Parties {
		key, _, err := mapping.Text(p.Key, t.scope)
		if err != nil {
			return t.wrong(fmt.Sprintf("parties[%d].key", i), err)
		}
		pt := party{Party: p, dict: fmt.Sprintf("party_%d", i), key: key}
		q := fmt.Sprintf("CREATE TABLE %s AS SELECT key, %s AS id FROM (SELECT DISTINCT %s AS key FROM %s) WHERE key IS NOT NULL",
			pt.dict, store.IDSQL(t.Job.Key, "'party'", store.Literal(t.Source), store.Literal(p.Kind), store.Literal(p.Namespace), "key"), key, t.from)
		if err := t.exec(ctx, q); err != nil {
			return err
		}
		t.parties = append(t.parties, pt)
		sel, err := t.fields(pt)
		if err != nil {
			return t.wrong(fmt.Sprintf("parties[%d]", i), err)
		}
		g := p.Kind + "\x00" + p.Namespace
		if groups[g] == nil {
			order = append(order, g)
		}
		groups[g] = append(groups[g], fmt.Sprintf("SELECT %s FROM %s WHERE %s IS NOT NULL%s", sel, t.from, key, where))
	}
	for _, g := range order {
		kind, namespace, _ := strings.Cut(g, "\x00")
		if err := t.records(ctx, kind, namespace, groups[g]); err != nil {
			return err
		}
	}
	return nil
}

// where is the table's own condition, ready to follow another.
func (t *table) where() (string, error) {
	if t.m.Where == "" {
		return "", nil
	}
	sql, _, err := mapping.Truth(t.m.Where, t.scope)
	if err != nil {
		return "", t.wrong("where", err)
	}
	return " AND " + sql, nil
}

var partyFields = []string{"name", "phone", "email", "tax_no", "address", "city", "title", "company"}

func (t *table) fields(p party) (string, error) {
	exprs := map[string]mapping.Expr{"name": p.Name, "phone": p.Phone, "email": p.Email, "tax_no": p.TaxNo,
		"address": p.Address, "city": p.City, "title": p.Title, "company": p.Company}
	sel := []string{p.key + " AS key", t.rn + " AS rn"}
	for _, f := range partyFields {
		sql := "NULL::VARCHAR"
		if exprs[f] != "" {
			var err error
			if sql, _, err = mapping.Text(exprs[f], t.scope); err != nil {
				return "", fmt.Errorf("%s: %w", f, err)
			}
		}
		sel = append(sel, sql+" AS "+f)
	}
	attrs, err := t.attrs(p.Attrs)
	return strings.Join(append(sel, attrs+" AS attrs"), ", "), err
}

// records writes one record per party of a kind and namespace.
func (t *table) records(ctx context.Context, kind, namespace string, selects []string) error {
	var last []string
	for _, f := range partyFields {
		last = append(last, fmt.Sprintf("arg_max(%s, rn)", f))
	}
	id := store.IDSQL(t.Job.Key, "'party'", store.Literal(t.Source), store.Literal(kind), store.Literal(namespace), "key")
	q := fmt.Sprintf(`INSERT INTO out.stage_party_record
		SELECT %s, %s, %s, %s::UUID, rn, %s::TIMESTAMP, party, %s, %s, key, %s, attrs
		FROM (SELECT key, %s AS party, rn, %s, attrs FROM (SELECT key, max(rn) AS rn, %s, arg_max(attrs, rn) AS attrs FROM (%s) GROUP BY key) x(key, rn, %s, attrs))`,
		store.IDSQL(t.Job.Key, "'record'", "party::VARCHAR", store.Literal(t.m.Name)),
		store.Literal(t.Source), store.Literal(t.m.Name), store.Literal(t.Batch), store.Literal(t.LoadedAt.UTC().Format("2006-01-02 15:04:05.999999")),
		store.Literal(kind), store.Literal(namespace), strings.Join(partyFields, ", "),
		id, strings.Join(partyFields, ", "), strings.Join(last, ", "), strings.Join(selects, " UNION ALL "), strings.Join(partyFields, ", "))
	return t.exec(ctx, q)
}

// joined is the FROM clause with the ids of the parties.
func (t *table) joined() string {
	from := t.from
	for _, p := range t.parties {
		from += fmt.Sprintf(" LEFT JOIN %[1]s ON %[1]s.key = %[2]s", p.dict, p.key)
	}
	return from
}

// members maps who was in which team.
func (t *table) members(ctx context.Context) error {
	where, err := t.where()
	if err != nil {
		return err
	}
	for i, m := range t.m.Memberships {
		team, _, err := mapping.Text(m.Team, t.scope)
		if err != nil {
			return t.wrong(fmt.Sprintf("memberships[%d].team", i), err)
		}
		staff := ""
		for _, p := range t.parties {
			if p.Ref == m.Staff {
				staff = p.dict + ".id"
			}
		}
		since, until := "NULL::TIMESTAMP", "NULL::TIMESTAMP"
		if m.Since != "" {
			since = t.times[string(m.Since)].ts
		}
		if m.Until != "" {
			until = t.times[string(m.Until)].ts
		}
		id := store.IDSQL(t.Job.Key, "'member'", store.Literal(t.Source), store.Literal(t.m.Name), "staff::VARCHAR", "team", "since::VARCHAR")
		q := fmt.Sprintf(`INSERT INTO out.stage_membership SELECT %s, %s, %s, %s::UUID, max(rn), %s::TIMESTAMP, staff, team, since, arg_max(until, rn)
			FROM (SELECT %s AS staff, %s AS team, %s AS since, %s AS until, %s AS rn FROM %s WHERE true%s) WHERE staff IS NOT NULL AND team IS NOT NULL GROUP BY staff, team, since`,
			id, store.Literal(t.Source), store.Literal(t.m.Name), store.Literal(t.Batch), store.Literal(t.LoadedAt.UTC().Format("2006-01-02 15:04:05.999999")),
			staff, team, since, until, t.rn, t.joined(), where)
		if err := t.exec(ctx, q); err != nil {
			return err
		}
	}
	return nil
}

// whole keeps the rows of a table that is delivered whole each time, so that
// the next delivery can be compared with it.
func (t *table) whole(ctx context.Context) error {
	if t.m.Mode != mapping.Snapshot || len(t.m.Key) == 0 {
		return nil
	}
	where, err := t.where()
	if err != nil {
		return err
	}
	noun, who, kind := t.m.Name, "NULL::UUID", "NULL"
	for _, p := range t.parties {
		if key, err := t.keyOf(t.m.Key); err == nil && key == p.key {
			noun, who, kind = p.Kind, p.dict+".id", store.Literal(p.Kind)
			if p.Noun != "" {
				noun = p.Noun
			}
			break
		}
	}
	if who == "NULL::UUID" {
		for _, e := range t.m.Events {
			if e.Object != nil {
				noun = e.Object.Kind
				break
			}
		}
	}
	var fields []string
	for i, h := range t.Header {
		fields = append(fields, literal(h), fmt.Sprintf("stage.c%d", i+1))
	}
	q := fmt.Sprintf(`INSERT INTO out.stage_snapshot SELECT %s, %s, %s, %s::UUID, %s, %s::TIMESTAMP, %s, %s, %s, %s, json_object(%s) FROM %s WHERE %s IS NOT NULL%s`,
		store.IDSQL(t.Job.Key, "'snapshot'", store.Literal(t.Source), store.Literal(t.m.Name), t.key), store.Literal(t.Source), store.Literal(t.m.Name), store.Literal(t.Batch), t.rn,
		store.Literal(t.LoadedAt.UTC().Format("2006-01-02 15:04:05.999999")), store.Literal(noun), t.key, who, kind, strings.Join(fields, ", "), t.joined(), t.key, where)
	return t.exec(ctx, q)
}

// idle finds the clean rows that came to nothing, and says why: a row that the
// mapping sets aside is used; one that should have said something is rejected.
func (t *table) idle(ctx context.Context) error {
	where, err := t.where()
	if err != nil {
		return err
	}
	// An unpivoted row stands in the stage once per value column.
	rows := t.Rows
	if t.RowOf != nil {
		if rows, err = t.count(ctx, "SELECT count(DISTINCT rn) FROM stage"); err != nil {
			return err
		}
	}
	if where != "" {
		excluded, err := t.count(ctx, fmt.Sprintf("SELECT count(*) FROM %s WHERE NOT coalesce(%s, false)", t.from, strings.TrimPrefix(where, " AND ")))
		if err != nil {
			return err
		}
		t.rep.Excluded = excluded
	}
	cond := []string{"true" + where}
	for _, p := range t.parties {
		cond = append(cond, p.key+" IS NULL")
	}
	cond = append(cond, fmt.Sprintf("NOT EXISTS (SELECT 1 FROM out.stage_event e WHERE e.row_no = %s)", t.rn))
	// An event whose condition holds should have happened.
	due := []string{}
	for _, e := range t.m.Events {
		if e.When == "" {
			due = append(due, "true")
			continue
		}
		sql, _, err := mapping.Truth(e.When, t.scope)
		if err != nil {
			return t.wrong("when", err)
		}
		due = append(due, "coalesce("+sql+", false)")
	}
	if len(due) == 0 {
		due = []string{"true"}
	}
	q := fmt.Sprintf(`CREATE TABLE idle AS SELECT %s AS row_no, %s IS NULL AS keyless FROM %s WHERE %s AND (%s)`,
		t.rn, t.key, t.from, strings.Join(cond, " AND "), strings.Join(due, " OR "))
	if err := t.exec(ctx, q); err != nil {
		return err
	}
	defer func() { _ = t.exec(context.WithoutCancel(ctx), "DROP TABLE IF EXISTS idle") }()
	n, err := t.count(ctx, "SELECT count(DISTINCT row_no) FROM idle")
	if err != nil {
		return err
	}
	t.rep.Rejected, t.rep.Used = t.Read-rows+n, rows-n
	if n == 0 {
		return nil
	}
	if err := t.exec(ctx, "UPDATE bad SET whole = true WHERE row_no IN (SELECT row_no FROM idle)"); err != nil {
		return err
	}
	return t.exec(ctx, fmt.Sprintf(`INSERT INTO bad SELECT row_no, 0, %s, '', CASE WHEN keyless THEN 'key.missing' ELSE 'date.missing' END, '', true
		FROM (SELECT DISTINCT row_no, keyless FROM idle) WHERE row_no NOT IN (SELECT row_no FROM bad)`, store.Literal(t.m.Name)))
}
