package stage

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/source/date"
	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/store"
)

// A moment is a time expression whose column has been decided.
type moment struct {
	text      string // SQL of the text as it stood; "" where the expression is a time already
	ts        string // SQL of the instant, NULL where it can't be read
	day       string // SQL of the company's day
	precision string
	unread    int64 // values that no format reads
}

// moments decides every time expression of the table from all its values.
func (t *table) moments(ctx context.Context) error {
	type asked struct {
		e     mapping.Expr
		where string
	}
	var all []asked
	for i, e := range t.m.Events {
		all = append(all, asked{e.TS, fmt.Sprintf("events[%d].ts", i)})
	}
	for i, m := range t.m.Memberships {
		all = append(all, asked{m.Since, fmt.Sprintf("memberships[%d].since", i)}, asked{m.Until, fmt.Sprintf("memberships[%d].until", i)})
	}
	// Columns whose format is stated or which stand alone as a time are times
	// for other expressions too.
	for _, h := range slices.Sorted(maps.Keys(t.m.Dates)) {
		all = append(all, asked{mapping.Expr(quoted(h)), "dates." + h})
	}
	for _, a := range all {
		if a.e == "" {
			continue
		}
		if _, done := t.times[string(a.e)]; done {
			continue
		}
		m, err := t.moment(ctx, a.e)
		if err != nil {
			return t.wrong(a.where, err)
		}
		t.times[string(a.e)] = m
	}
	return nil
}

func quoted(h string) string { return `"` + strings.ReplaceAll(h, `"`, `""`) + `"` }

// bare is the column that an expression consists of, "" where it is more.
func (t *table) bare(e mapping.Expr) string {
	for _, h := range t.Header {
		if string(e) == h || string(e) == quoted(h) {
			return h
		}
	}
	return ""
}

func (t *table) moment(ctx context.Context, e mapping.Expr) (moment, error) {
	kind, err := mapping.TypeOf(e, t.scope)
	if err != nil {
		return moment{}, err
	}
	if kind == mapping.TypeTime {
		sql, _, err := mapping.Compile(e, t.scope)
		if err != nil {
			return moment{}, err
		}
		return t.instant(ctx, sql, "", "", "'second'")
	}
	sql, _, err := mapping.Text(e, t.scope)
	if err != nil {
		return moment{}, err
	}
	col := t.bare(e)
	d, err := t.decide(ctx, sql, t.m.Dates[col])
	if err != nil {
		return moment{}, err
	}
	local, utc := d.SQL(sql)
	m, err := t.instant(ctx, sql, local, utc, d.PrecisionSQL(sql))
	if err != nil {
		return moment{}, err
	}
	if col != "" {
		t.scope.Times[col] = local
	}
	t.rep.Dates = append(t.rep.Dates, DateColumn{Column: string(e), Precision: d.Precision, Ambiguous: d.Ambiguous, Why: d.Why, WhyZh: d.WhyZh, Unread: m.unread})
	return m, nil
}

// instant turns SQL of local times, and of instants where values carry their
// own offset, into a moment. text, the SQL of what they are read from, may be
// ""; precision is SQL too.
func (t *table) instant(ctx context.Context, text, local, utc, precision string) (moment, error) {
	unread := "0::BIGINT"
	if text != "" {
		unread = fmt.Sprintf("count(*) FILTER (WHERE %s IS NOT NULL AND %s IS NULL)", text, local)
		if utc != "" && utc != none {
			unread = fmt.Sprintf("count(*) FILTER (WHERE %s IS NOT NULL AND coalesce(%s, %s) IS NULL)", text, local, utc)
		}
	}
	vals, err := t.row(ctx, fmt.Sprintf("SELECT min(%[1]s), max(%[1]s), %[3]s FROM %[2]s", local, t.from, unread), 3)
	if err != nil {
		return moment{}, err
	}
	lo, _ := vals[0].(time.Time)
	hi, _ := vals[1].(time.Time)
	m := moment{text: text, precision: precision, ts: t.zones.utc(local, lo, hi)}
	m.unread, _ = vals[2].(int64)
	if utc == "" || utc == none {
		m.day = t.zones.day(local, m.ts, lo, hi)
		return m, nil
	}
	m.ts = fmt.Sprintf("coalesce(%s, %s)", utc, m.ts)
	m.day = t.zones.day("", m.ts, time.Time{}, time.Time{})
	return m, nil
}

// none is how package date writes "no such values".
const none = "NULL::TIMESTAMP"

// decide asks the whole column how its dates are written.
func (t *table) decide(ctx context.Context, sql, hint string) (date.Decision, error) {
	rows, err := t.db.QueryContext(ctx, date.Shapes(sql))
	if err != nil {
		return date.Decision{}, fmt.Errorf("stage: shapes: %w", err)
	}
	defer func() { _ = rows.Close() }()
	shapes, err := date.Scan(rows)
	if err != nil {
		return date.Decision{}, err
	}
	return date.Decide(shapes, hint), nil
}

// happened maps each event of the table.
func (t *table) happened(ctx context.Context) error {
	nth := map[string]int{}
	for i, e := range t.m.Events {
		nth[e.Verb]++
		verb := e.Verb
		if n := nth[e.Verb]; n > 1 {
			verb += "#" + strconv.Itoa(n) // the same verb twice in one table: two events of a row
		}
		if err := t.event(ctx, e, verb); err != nil {
			return t.wrong(fmt.Sprintf("events[%d] (%s)", i, e.Verb), err)
		}
	}
	return nil
}

// A cell is a typed field of an event: the SQL of its value and of its text.
type cell struct{ field, column, value, text, code, from string }

func (t *table) event(ctx context.Context, e mapping.Event, verb string) error {
	m := t.times[string(e.TS)]
	key := t.key
	if len(e.Key) > 0 {
		var err error
		if key, err = t.keyOf(e.Key); err != nil {
			return err
		}
	}
	where := []string{}
	if t.m.Where != "" {
		sql, _, err := mapping.Truth(t.m.Where, t.scope)
		if err != nil {
			return err
		}
		where = append(where, sql)
	}
	if e.When != "" {
		sql, _, err := mapping.Truth(e.When, t.scope)
		if err != nil {
			return err
		}
		where = append(where, sql)
	}
	f := map[string]string{"account": "NULL", "person": "NULL", "staff": "NULL"}
	for field, ref := range map[string]string{"account": e.Account, "person": e.Person, "staff": e.Staff} {
		for _, p := range t.parties {
			if ref != "" && p.Ref == ref {
				f[field] = p.dict + ".id"
			}
		}
	}
	texts := map[string]mapping.Expr{"channel": e.Channel, "currency": e.Currency, "unit": e.Unit, "text": e.Text}
	f["object_kind"] = "NULL"
	if e.Object != nil {
		f["object_kind"], texts["object_key"] = store.Literal(e.Object.Kind), e.Object.Key
	}
	for _, field := range []string{"channel", "currency", "unit", "text", "object_key"} {
		f[field] = "NULL"
		if x := texts[field]; x != "" {
			sql, _, err := mapping.Text(x, t.scope)
			if err != nil {
				return fmt.Errorf("%s: %w", field, err)
			}
			f[field] = sql
		}
	}
	var cells []cell
	if m.unread > 0 {
		cells = append(cells, cell{"ts", string(e.TS), m.ts, m.text, "date.bad", t.from})
	}
	joined := t.joined()
	for field, x := range map[string]mapping.Expr{"amount": e.Amount, "quantity": e.Quantity} {
		f[field] = "NULL"
		if x == "" {
			continue
		}
		value, raw, join, err := t.number(ctx, x)
		if err != nil {
			return fmt.Errorf("%s: %w", field, err)
		}
		if !strings.Contains(joined, join) {
			joined += join
		}
		if field == "amount" {
			value = "TRY_CAST(" + value + " AS DECIMAL(18,4))"
		}
		f[field] = value
		cells = append(cells, cell{field, string(x), value, raw, "number.bad", t.from + join})
	}
	attrs, err := t.attrs(e.Attrs)
	if err != nil {
		return err
	}
	ok := slices.Concat(where, []string{m.ts + " IS NOT NULL", key + " IS NOT NULL"})
	for _, r := range e.Required {
		if sql, there := f[r]; there {
			ok = append(ok, sql+" IS NOT NULL")
		}
	}
	q := fmt.Sprintf(`INSERT INTO out.stage_event SELECT %s, %s, %s, %s::UUID, %s, %s, %s, %s, %s, %s::TIMESTAMP, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s FROM %s WHERE %s`,
		store.IDSQL(t.Job.Key, store.Literal(t.Source), store.Literal(t.m.Name), store.Literal(verb), key),
		store.Literal(t.Source), store.Literal(t.m.Name), store.Literal(t.Batch), t.rn, store.Literal(e.Verb), m.ts, m.precision, m.day,
		store.Literal(t.LoadedAt.UTC().Format("2006-01-02 15:04:05.999999")),
		f["account"], f["person"], f["staff"], f["object_kind"], f["object_key"], f["channel"], f["amount"], f["currency"], f["quantity"], f["unit"], f["text"], attrs,
		joined, strings.Join(ok, " AND "))
	if err := t.exec(ctx, q); err != nil {
		return err
	}
	for _, c := range cells {
		if err := t.badCells(ctx, c, where); err != nil {
			return err
		}
	}
	return t.lacking(ctx, e, m.ts, key, f, where, joined)
}

// lacking records why a row that has a date did not make its event: no key, or
// a required cell that is empty. (One that can't be read is a bad cell already.)
func (t *table) lacking(ctx context.Context, e mapping.Event, ts, key string, f map[string]string, where []string, joined string) error {
	note := func(column, code string, cond ...string) error {
		return t.exec(ctx, fmt.Sprintf("INSERT INTO bad SELECT %s, 0, %s, %s, %s, '', false FROM %s WHERE %s",
			t.rn, store.Literal(t.m.Name), literal(column), store.Literal(code), joined, strings.Join(slices.Concat(where, []string{ts + " IS NOT NULL"}, cond), " AND ")))
	}
	declared := e.Key
	if len(declared) == 0 {
		declared = t.m.Key
	}
	if len(declared) > 0 {
		var cols []string
		for _, k := range declared {
			cols = append(cols, string(k))
		}
		if err := note(strings.Join(cols, ", "), "key.missing", key+" IS NULL"); err != nil {
			return err
		}
	}
	columns := map[string]mapping.Expr{"channel": e.Channel, "currency": e.Currency, "unit": e.Unit, "text": e.Text, "amount": e.Amount, "quantity": e.Quantity}
	for _, r := range e.Required {
		column := string(columns[r])
		if column == "" {
			column = r
		}
		unread := fmt.Sprintf("NOT EXISTS (SELECT 1 FROM bad b WHERE b.row_no = %s AND b.col = %s)", t.rn, literal(column))
		if err := note(column, "field.required", key+" IS NOT NULL", f[r]+" IS NULL", unread); err != nil {
			return err
		}
	}
	return nil
}

// number is the SQL of an expression's number, and of the text it came from
// where that can be bad: a plain column is tried as it stands first. What that
// leaves open is read once per text, not per row, because the engine evaluates
// every part of a coalesce; join is the JOIN that brings those in.
func (t *table) number(ctx context.Context, e mapping.Expr) (value, raw, join string, err error) {
	if col := t.bare(e); col != "" {
		dict, err := t.figures(ctx, col)
		sql := t.scope.Columns[col]
		if err != nil || dict == "" {
			return fmt.Sprintf("TRY_CAST(%s AS DOUBLE)", sql), sql, "", err
		}
		return fmt.Sprintf("coalesce(TRY_CAST(%s AS DOUBLE), %s.value)", sql, dict), sql, fmt.Sprintf(" LEFT JOIN %[1]s ON %[1]s.text = %[2]s", dict, sql), nil
	}
	if value, _, err = mapping.Number(e, t.scope); err != nil {
		return "", "", "", err
	}
	cols, err := mapping.ColumnsOf(e, t.m.Let)
	if err != nil || len(cols) != 1 {
		return value, "", "", err
	}
	return value, t.scope.Columns[cols[0]], "", nil
}

// figures makes the dictionary of the texts in a column that a plain cast does
// not read, once; "" where it reads all.
func (t *table) figures(ctx context.Context, col string) (string, error) {
	if dict, done := t.dicts[col]; done {
		return dict, nil
	}
	scope := t.scope
	scope.Columns = map[string]string{col: "text"}
	num, _, err := mapping.Number(mapping.Expr("number("+quoted(col)+")"), scope)
	if err != nil {
		return "", err
	}
	dict, sql := fmt.Sprintf("figure_%d", len(t.dicts)), t.scope.Columns[col]
	if err := t.exec(ctx, fmt.Sprintf("CREATE TABLE %[1]s AS SELECT text, %[2]s AS value FROM (SELECT DISTINCT %[3]s AS text FROM %[4]s WHERE %[3]s IS NOT NULL AND TRY_CAST(%[3]s AS DOUBLE) IS NULL)",
		dict, num, sql, t.from)); err != nil {
		return "", err
	}
	n, err := t.count(ctx, "SELECT count(*) FROM "+dict)
	if err != nil {
		return "", err
	}
	if n == 0 {
		if err := t.exec(ctx, "DROP TABLE "+dict); err != nil {
			return "", err
		}
		dict = ""
	}
	t.dicts[col] = dict
	return dict, nil
}

// badCells records the cells that hold something that can't be read.
func (t *table) badCells(ctx context.Context, c cell, where []string) error {
	if c.text == "" || c.value == "NULL" {
		return nil
	}
	cond := strings.Join(slices.Concat(where, []string{c.text + " IS NOT NULL", c.value + " IS NULL"}), " AND ")
	return t.exec(ctx, fmt.Sprintf("INSERT INTO bad SELECT %s, 0, %s, %s, %s, left(%s, 4096), false FROM %s WHERE %s",
		t.rn, store.Literal(t.m.Name), literal(c.column), store.Literal(c.code), c.text, c.from, cond))
}

// attrs is the SQL of a JSON object of expressions in their own types.
func (t *table) attrs(exprs map[string]mapping.Expr) (string, error) {
	if len(exprs) == 0 {
		return "NULL", nil
	}
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(exprs)) {
		sql, _, err := mapping.Compile(exprs[k], t.scope)
		if err != nil {
			return "", fmt.Errorf("attrs.%s: %w", k, err)
		}
		parts = append(parts, store.Literal(k), sql)
	}
	return "json_object(" + strings.Join(parts, ", ") + ")", nil
}
