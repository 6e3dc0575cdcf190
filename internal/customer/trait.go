package customer

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/metric"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed trait.sql
var traitFile string

var (
	traitQueries   = store.Load("customer.trait", traitFile)
	sqlWide        = traitQueries.Get("wide")
	sqlAsOf        = traitQueries.Get("asof")
	sqlBatches     = traitQueries.Get("batches")
	sqlLinks       = traitQueries.Get("links")
	sqlSeen        = traitQueries.Get("seen")
	sqlSee         = traitQueries.Get("see")
	sqlUnsee       = traitQueries.Get("unsee")
	sqlWideDrop    = traitQueries.Get("wide-drop")
	sqlTouchedDrop = traitQueries.Get("touched-drop")
	sqlTouchedMake = traitQueries.Get("touched-make")
	sqlTouchedAdd  = traitQueries.Get("touched-add")
	sqlClear       = traitQueries.Get("clear")
	sqlClearSome   = traitQueries.Get("clear-touched")
	sqlPairsClear  = traitQueries.Get("pairs-clear")
	sqlPairs       = traitQueries.Get("pairs")
	sqlPairsOf     = traitQueries.Get("pairs-of")
	sqlPairsGet    = traitQueries.Get("pairs-get")
	sqlTraitsOf    = traitQueries.Get("of")
)

// Traits are the built-in traits and the company's own, in the order of a portrait.
func Traits(ctx context.Context, db *store.DB) ([]Trait, error) {
	own, err := ListOwn(ctx, db)
	if err != nil {
		return nil, err
	}
	out := append(slices.Clone(Catalogue), Owner)
	for _, o := range own {
		t, err := o.trait(out)
		if err != nil {
			continue // it used one that is gone: it has no value until it is mended
		}
		out = append(out, t)
	}
	return out, nil
}

// Of reports whether the trait is for customers of the kind.
func (t Trait) Of(kind string) bool { return len(t.Kinds) == 0 || slices.Contains(t.Kinds, kind) }

// AsOf is the day that traits and windows count back from: the newest day with
// an event, not beyond today. With last year's exports alone "the last 90
// days" are then the last 90 that the data knows.
func AsOf(ctx context.Context, db *store.DB) (time.Time, error) {
	zone, err := zoneOf(ctx, db)
	if err != nil {
		return time.Time{}, err
	}
	today := time.Now().In(zone).Format(time.DateOnly)
	var day sql.NullTime
	if err := db.Facts.QueryRow(ctx, sqlAsOf, today).Scan(&day); err != nil {
		return time.Time{}, fmt.Errorf("customer: as-of day: %w", err)
	}
	if !day.Valid {
		day.Time, err = time.Parse(time.DateOnly, today)
	}
	return day.Time, err
}

func zoneOf(ctx context.Context, db *store.DB) (*time.Location, error) {
	name, err := source.Zone(ctx, db)
	if err != nil {
		return nil, err
	}
	return time.LoadLocation(name)
}

// local is the SQL of ts in the company's zone. A zone without summer time is
// an offset, which costs a tenth of asking the engine's calendar.
func local(zone *time.Location, asOf time.Time) string {
	_, now := asOf.In(zone).Zone()
	for m := range 120 {
		if _, o := asOf.AddDate(0, -m, 0).In(zone).Zone(); o != now {
			return "((ts AT TIME ZONE 'UTC') AT TIME ZONE " + store.Literal(zone.String()) + ")"
		}
	}
	return fmt.Sprintf("(ts + INTERVAL '%d seconds')", now)
}

// columns of an event that traits may read.
const columns = "v.id, v.source, v.tbl, v.batch_id, v.verb, v.ts, v.ts_precision, v.day, v.account, v.person, v.staff, v.object_kind, v.object_key, v.channel, v.amount, v.currency, v.quantity, v.unit, v.text, v.attrs"

func date(t time.Time) string { return "DATE '" + t.Format(time.DateOnly) + "'" }

// wide is the query of w, given the CTE e, with a column own_<i> per own metric.
func wide(e, local string, traits []Trait, own map[string]Own, a *args) (with, from string) {
	with = "WITH " + e + ",\n" + strings.Replace(sqlWide.Text, "/*local*/ ts", local, 1)
	cols, join := "w.*", ""
	for i, t := range traits {
		o, ok := own[t.Name]
		if !ok || o.Metric == "" {
			continue
		}
		name := fmt.Sprintf("own_%d", i)
		with += ",\n" + name + " AS (" + o.sql(a) + ")"
		cols += ", " + name + ".num AS " + column(t.Name)
		join += " LEFT JOIN " + name + " ON " + name + ".entity = w.entity AND " + name + ".as_of = w.as_of"
	}
	return with, "SELECT " + cols + " FROM w" + join
}

// values selects every trait from a table or CTE named w.
func values(kind string, traits []Trait) string {
	var parts []string
	for _, t := range traits {
		if t.Name == Owner.Name || !t.Of(kind) {
			continue
		}
		num, word := "NULL", "NULL"
		if t.Num != "" {
			num = t.Num
		}
		if t.Word != "" {
			word = t.Word
		}
		parts = append(parts, "SELECT entity, as_of, "+store.Literal(t.Name)+" AS trait, ("+num+")::DOUBLE PRECISION AS num, ("+word+")::TEXT AS text FROM w")
	}
	return strings.Join(parts, "\nUNION ALL ")
}

// A Value is what a trait is for one customer.
type Value struct {
	Trait string
	Num   *float64
	Text  string
	Day   time.Time // as of
}

func scanValue(r *sql.Rows) (v Value, err error) {
	var n sql.NullFloat64
	err = r.Scan(&v.Trait, &n, &v.Text, &v.Day)
	if n.Valid {
		v.Num = &n.Float64
	}
	return v, err
}

// Portrait returns what a customer is like now, from what was stored at the
// last refresh.
func Portrait(ctx context.Context, db *store.DB, entity string) ([]Value, error) {
	rows, err := db.Facts.Query(ctx, sqlTraitsOf, entity)
	return store.Collect(rows, err, scanValue)
}

// History computes what each trait was at the end of every of the last months,
// and is now, oldest first: from the events before each day, late ones included.
func History(ctx context.Context, db *store.DB, e Entity, months int) ([]Value, error) {
	now, err := AsOf(ctx, db)
	if err != nil {
		return nil, err
	}
	zone, err := zoneOf(ctx, db)
	if err != nil {
		return nil, err
	}
	traits, err := Traits(ctx, db)
	if err != nil {
		return nil, err
	}
	own, err := ownByName(ctx, db)
	if err != nil {
		return nil, err
	}
	days := []string{"(" + date(now) + ")"}
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	for m := range months - 1 {
		days = append(days, "("+date(first.AddDate(0, -m, -1))+")")
	}
	a := &args{}
	ours := fmt.Sprintf("%s::UUID", a.add(e.ID))
	text := "e AS MATERIALIZED (SELECT " + ours + " AS entity, m.as_of, v.* FROM (VALUES " + strings.Join(days, ", ") + ") AS m(as_of) JOIN (" +
		e.rows(a, columns) + ") AS v ON v.day <= m.as_of WHERE v.verb <> 'stat.reported')"
	with, from := wide(text, local(zone, now), traits, own, a)
	text = renamed(with) + ",\nw AS MATERIALIZED (" + strings.ReplaceAll(from, "FROM w", "FROM w0 AS w") + ")\nSELECT trait, num, coalesce(text, ''), as_of FROM (" + values(e.Kind, traits) + ") AS t WHERE num IS NOT NULL OR text IS NOT NULL ORDER BY as_of, trait"
	rows, err := db.Facts.Query(ctx, store.Text("customer.history", text), a.list...)
	out, err := store.Collect(rows, err, scanValue)
	if err != nil {
		return nil, fmt.Errorf("customer: history of %s: %w", e.ID, err)
	}
	return out, nil
}

// renamed gives the shipped CTE w another name, so that w is the one with the
// company's own columns.
func renamed(with string) string { return strings.Replace(with, "\nw AS (", "\nw0 AS (", 1) }

// sql is the query of an own trait's metric: entity, as_of, num.
func (o Own) sql(a *args) string {
	m, _ := metric.Get(o.Metric)
	conds := []string{verbs(m.From)}
	if len(m.From) == 0 {
		conds = nil
	}
	if m.Kind == metric.Ratio {
		conds = []string{verbs(m.Verbs())}
	}
	if o.Days > 0 {
		conds = append(conds, fmt.Sprintf("e.day > e.as_of - %d", o.Days))
	}
	var filters []metric.Filter
	for _, w := range o.Where {
		if f, err := metric.ParseFilter(w); err == nil { // checked when it was kept
			filters = append(filters, f)
		}
	}
	where, list := metric.Conditions(filters, a.list)
	a.list = list
	conds = append(conds, where)
	num := "count(*)"
	col := "e." + m.Column
	switch m.Kind {
	case metric.Sum, metric.Mean:
		guard := "e.unit"
		if m.Money() {
			guard = "e.currency"
		}
		num = map[metric.Kind]string{metric.Sum: "sum", metric.Mean: "avg"}[m.Kind] + "(" + col + ")"
		num = "CASE WHEN min(" + guard + ") IS NOT DISTINCT FROM max(" + guard + ") THEN " + num + " END"
		conds = append(conds, col+" IS NOT NULL")
	case metric.Distinct:
		num = "count(DISTINCT " + col + ")"
		if m.Column == "object" {
			num = "count(DISTINCT (e.source, e.object_kind, e.object_key))"
			conds = append(conds, "e.object_key IS NOT NULL")
		}
	case metric.Ratio:
		num = "count(*) FILTER (WHERE " + verbs(m.From) + ")::DOUBLE PRECISION / NULLIF(count(*) FILTER (WHERE " + verbs(m.To) + "), 0)"
	}
	return "SELECT e.entity, e.as_of, (" + num + ")::DOUBLE PRECISION AS num FROM e WHERE " + strings.Join(conds, " AND ") + " GROUP BY e.entity, e.as_of"
}

func verbs(words []string) string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = store.Literal(w)
	}
	return "e.verb IN (" + strings.Join(out, ", ") + ")"
}

// column is the name of an own metric's column: quoted, as it may be Chinese.
func column(name string) string { return `"own ` + strings.ReplaceAll(name, `"`, "") + `"` }
