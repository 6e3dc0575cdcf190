package metric

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/store"
)

// A Question is a metric, split and filtered.
type Question struct {
	Metric       Metric
	By           []Dimension // at most two
	Grain        Grain
	Since, Until time.Time // half-open; zero = open
	Where        []Filter
	Zone         *time.Location // in which days are counted
	Company      *time.Location // in which event.day was counted; nil = Zone
	Now          time.Time      // for what is not due yet
	Limit        int            // points
}

// A Compiled is a question's SQL. Its columns are t DATE, a and b TEXT,
// value DOUBLE, n, x, y and the number of groups in all BIGINT; a row per
// point, by t and then by the groups' weight.
//
// n is how much is behind the value. x is the number of currencies or units of
// a Sum, Mean or Quantile, and what was refused for being known only to the
// day of a Duration or Within; y is what has not ended, or is not due yet.
// For a Stock value and n are changes, to be added up over t.
type Compiled struct {
	store.SQL
	Args   []any
	Rollup bool
}

// builder collects parameters.
type builder struct{ args []any }

func (b *builder) arg(v any) string {
	b.args = append(b.args, v)
	return "$" + strconv.Itoa(len(b.args))
}

// UsesRollup reports whether the daily rollup can answer the question.
func (q Question) UsesRollup() bool {
	if !q.Metric.Additive() || !q.aligned() || q.otherZone() {
		return false
	}
	for _, d := range q.By {
		if !d.Rollup {
			return false
		}
	}
	for _, f := range q.Where {
		if !f.Dimension.Rollup {
			return false
		}
	}
	return true
}

// rollup is the smallest rollup that can answer the question.
func (q Question) rollup() string {
	for _, d := range q.By {
		if d.staff {
			return "event_day"
		}
	}
	for _, f := range q.Where {
		if f.Dimension.staff {
			return "event_day"
		}
	}
	return "event_day_all"
}

// aligned reports whether the range begins and ends at midnight.
func (q Question) aligned() bool {
	midnight := func(t time.Time) bool {
		h, m, s := t.In(q.Zone).Clock()
		return t.IsZero() || h+m+s+t.Nanosecond() == 0
	}
	return midnight(q.Since) && midnight(q.Until)
}

func (q Question) otherZone() bool {
	return q.Company != nil && q.Company.String() != q.Zone.String()
}

// day is the event's day in the question's zone.
func (q Question) day(b *builder) string {
	if !q.otherZone() {
		return "e.day"
	}
	return "(CASE WHEN e.ts_precision IN ('day', 'month') THEN e.day ELSE CAST(((e.ts AT TIME ZONE 'UTC') AT TIME ZONE " + b.arg(q.Zone.String()) + "::TEXT) AS DATE) END)"
}

// Compile turns the question into SQL.
func (q Question) Compile() Compiled {
	b := &builder{}
	c := Compiled{Rollup: q.UsesRollup()}
	var with, main string
	switch q.Metric.Kind {
	case Count, Ratio, Distinct, Quantile:
		main = q.flat(b, c.Rollup)
	case Sum, Mean:
		main = q.perUnit(b, c.Rollup)
	case Duration, Within:
		with, main = q.spans(b)
	case Stock:
		with, main = q.changes(b)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 5000
	}
	text := "WITH " + with + "q AS MATERIALIZED (" + main + `),
w AS (SELECT q.*, sum(abs(n)) OVER (PARTITION BY a, b) AS weight FROM q),
r AS (SELECT w.*, dense_rank() OVER (ORDER BY weight DESC, a, b) AS place FROM w)
SELECT t, a, b, value, n, x, y, (SELECT max(place) FROM r)::BIGINT AS total FROM r
WHERE place <= greatest(1.0, ` + b.arg(limit) + `::DOUBLE PRECISION / greatest(1, (SELECT count(DISTINCT t) FROM q)))
ORDER BY t NULLS FIRST, place`
	c.SQL, c.Args = store.Text("metric."+q.Metric.Name, text), b.args
	return c
}

// point writes the columns t, a and b.
func (q Question) point(b *builder) string {
	if q.Grain == None {
		return "NULL::DATE AS t, " + q.groups(b)
	}
	return q.Grain.bucket(q.day(b)) + " AS t, " + q.groups(b)
}

func (q Question) groups(b *builder) string {
	cols := [2]string{"NULL::TEXT", "NULL::TEXT"}
	for i, d := range q.By {
		cols[i] = d.label(b)
	}
	return cols[0] + " AS a, " + cols[1] + " AS b"
}

// where writes what every event of the question fulfils.
func (q Question) where(b *builder, verbs []string) string {
	conds := append([]string{verbIn(verbs)}, q.between(b, func() string { return q.day(b) })...)
	return " WHERE " + strings.Join(append(conds, q.filters(b)...), " AND ")
}

func verbIn(verbs []string) string {
	if len(verbs) == 0 {
		return "e.verb <> '" + statReported + "'"
	}
	return "e.verb IN (" + quoted(verbs) + ")"
}

// between bounds the range: by day where it is aligned, so that the rollup
// and the engine's statistics can be used, by instant otherwise.
func (q Question) between(b *builder, day func() string) (conds []string) {
	for _, bound := range []struct {
		t  time.Time
		op string
	}{{q.Since, " >= "}, {q.Until, " < "}} {
		switch {
		case bound.t.IsZero():
		case q.aligned():
			conds = append(conds, day()+bound.op+b.arg(bound.t.In(q.Zone).Format(time.DateOnly))+"::DATE")
		default:
			conds = append(conds, "e.ts"+bound.op+b.arg(stamp(bound.t))+"::TIMESTAMP")
		}
	}
	return conds
}

// literal is a day that needs no parameter.
func literal(day string) func() string { return func() string { return day } }

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.999999") }

func (q Question) filters(b *builder) (conds []string) {
	for _, f := range q.Where {
		conds = append(conds, f.sql(b))
	}
	return conds
}

// filtered is the filters as one condition.
func (q Question) filtered(b *builder) string {
	return "(" + strings.Join(append([]string{"TRUE"}, q.filters(b)...), " AND ") + ")"
}

// flat compiles what one GROUP BY answers.
func (q Question) flat(b *builder, rollup bool) string {
	table, n, num, den := "event", "count(*)", "count(*)", "count(*)"
	if rollup {
		table, n, num, den = q.rollup(), "sum(e.n)", "sum(e.n)", "sum(e.n)"
	}
	var value, x, only string
	x = "0"
	switch q.Metric.Kind {
	case Count:
		value = n
	case Ratio:
		num += " FILTER (WHERE e.verb IN (" + quoted(q.Metric.From) + "))"
		den += " FILTER (WHERE e.verb IN (" + quoted(q.Metric.To) + "))"
		value, n = "coalesce("+num+", 0)::DOUBLE PRECISION / NULLIF("+den+", 0)", "coalesce("+den+", 0)"
	case Distinct:
		value, only = "count(DISTINCT e."+q.Metric.Column+")", " AND e."+q.Metric.Column+" IS NOT NULL"
		if q.Metric.Column == "object" {
			value, only = "count(DISTINCT (e.source, e.object_kind, e.object_key))", " AND e.object_key IS NOT NULL"
		}
	case Quantile:
		x = "count(DISTINCT coalesce(e." + q.guard() + ", ''))"
		value = "CASE WHEN " + x + " > 1 THEN NULL ELSE percentile_cont(" + strconv.FormatFloat(q.Metric.P, 'f', -1, 64) + ") WITHIN GROUP (ORDER BY e." + q.Metric.Column + "::DOUBLE PRECISION) END"
		only = " AND e." + q.Metric.Column + " IS NOT NULL"
	}
	text := "SELECT " + q.point(b) + ", (" + value + ")::DOUBLE PRECISION AS value, (" + n + ")::BIGINT AS n, (" + x + ")::BIGINT AS x, 0::BIGINT AS y FROM " + table + " AS e" +
		q.where(b, q.Metric.Verbs()) + only + " GROUP BY 1, 2, 3"
	if rollup {
		text += " HAVING sum(e.n) <> 0"
	}
	return text
}

// guard is the column that must have one value for amounts to be comparable.
func (q Question) guard() string {
	if q.Metric.Column == "amount" {
		return "currency"
	}
	return "unit"
}

// perUnit sums within each currency or unit first: where there are several,
// there is no value. In the rollup a currency whose batches were rolled back
// leaves rows that add up to nothing, and is none.
func (q Question) perUnit(b *builder, rollup bool) string {
	col := "e." + q.Metric.Column
	inner := "SELECT " + q.point(b) + ", coalesce(e." + q.guard() + ", '') AS per, "
	if rollup {
		inner += "sum(" + col + ")::DOUBLE PRECISION AS s, sum(e.n_amount)::BIGINT AS c FROM " + q.rollup() + " AS e" + q.where(b, q.Metric.Verbs()) +
			" GROUP BY 1, 2, 3, 4 HAVING sum(e.n_amount) <> 0"
	} else {
		inner += "sum(" + col + ")::DOUBLE PRECISION AS s, count(*)::BIGINT AS c FROM event AS e" + q.where(b, q.Metric.Verbs()) +
			" AND " + col + " IS NOT NULL GROUP BY 1, 2, 3, 4"
	}
	value := "sum(s)"
	if q.Metric.Kind == Mean {
		value = "sum(s) / NULLIF(sum(c), 0)"
	}
	return "SELECT t, a, b, (CASE WHEN count(*) > 1 THEN NULL ELSE " + value + " END)::DOUBLE PRECISION AS value, sum(c)::BIGINT AS n, count(*)::BIGINT AS x, 0::BIGINT AS y FROM (" + inner + ") AS u GROUP BY 1, 2, 3"
}

// object is what an event is about; two systems may use the same key.
const object = "source, object_kind, object_key"

// firsts is one row per object: the first event that began it.
func (q Question) firsts(b *builder) string {
	return "SELECT DISTINCT ON (e.source, e.object_kind, e.object_key) e.source, e.object_kind, e.object_key, e.ts, e.ts_precision, " + q.day(b) + " AS day, " + q.groups(b) + ", " + q.filtered(b) +
		" AS keep FROM event AS e WHERE " + verbIn(q.Metric.From) + " AND e.object_kind IS NOT NULL AND e.object_key IS NOT NULL ORDER BY e.source, e.object_kind, e.object_key, e.ts, e.id"
}

// spans compiles durations: from each object's first event to the next that
// ends it, under the period in which it began.
func (q Question) spans(b *builder) (with, main string) {
	conds := strings.Join(append([]string{"e.keep"}, q.between(b, literal("e.day"))...), " AND ")
	with = "first AS (" + q.firsts(b) + "),\nbegun AS (SELECT * FROM first AS e WHERE " + conds + `),
ended AS (SELECT DISTINCT ON (s.source, s.object_kind, s.object_key) s.source, s.object_kind, s.object_key, e.ts, e.ts_precision
  FROM begun AS s JOIN event AS e ON e.source = s.source AND e.object_kind = s.object_kind AND e.object_key = s.object_key
  WHERE ` + verbIn(q.Metric.To) + ` AND (e.ts >= s.ts OR (e.ts_precision IN ('day', 'month') AND e.day >= s.day))
  ORDER BY s.source, s.object_kind, s.object_key, e.ts, e.id),
span AS (SELECT s.day, s.a, s.b, s.ts, (s.ts_precision IN ('day', 'month') OR coalesce(f.ts_precision, '') IN ('day', 'month')) AS coarse,
  (EXTRACT(EPOCH FROM (f.ts - s.ts)) / 3600)::DOUBLE PRECISION AS hours
  FROM begun AS s LEFT JOIN ended AS f ON f.source = s.source AND f.object_kind = s.object_kind AND f.object_key = s.object_key),
`
	head := "SELECT " + q.Grain.bucket("day") + " AS t, a, b, "
	tail := ", count(*) FILTER (WHERE coarse)::BIGINT AS x, "
	if q.Metric.Kind == Duration {
		fine := "CASE WHEN NOT coarse THEN hours END"
		return with, head + "(percentile_cont(" + strconv.FormatFloat(q.Metric.P, 'f', -1, 64) + ") WITHIN GROUP (ORDER BY " + fine + "))::DOUBLE PRECISION AS value, count(" + fine + ")::BIGINT AS n" +
			tail + "count(*) FILTER (WHERE NOT coarse AND hours IS NULL)::BIGINT AS y FROM span GROUP BY 1, 2, 3"
	}
	hours := strconv.FormatFloat(q.Metric.Hours, 'f', -1, 64)
	due := "(hours IS NOT NULL OR ts <= " + b.arg(stamp(q.Now.Add(-time.Duration(q.Metric.Hours*float64(time.Hour))))) + "::TIMESTAMP)"
	n := "count(*) FILTER (WHERE NOT coarse AND " + due + ")"
	return with, head + "(count(*) FILTER (WHERE NOT coarse AND hours <= " + hours + "))::DOUBLE PRECISION / NULLIF(" + n + ", 0) AS value, " + n + "::BIGINT AS n" +
		tail + "count(*) FILTER (WHERE NOT coarse AND NOT " + due + ")::BIGINT AS y FROM span GROUP BY 1, 2, 3"
}

// states is one row per event that opens (1) or closes (0) an object.
func (q Question) states(b *builder) string {
	until := ""
	if !q.Until.IsZero() {
		until = " AND " + strings.Join(Question{Until: q.Until, Zone: q.Zone, Company: q.Company}.between(b, func() string { return q.day(b) }), " AND ")
	}
	return "SELECT e.*, " + q.day(b) + " AS of_day, CASE WHEN e.verb IN (" + quoted(q.Metric.From) + ") THEN 1 ELSE 0 END AS state, " + q.groups(b) + ", " + q.filtered(b) +
		" AS keep FROM event AS e WHERE " + verbIn(q.Metric.Verbs()) + " AND e.object_kind IS NOT NULL AND e.object_key IS NOT NULL" + until
}

// changes compiles a stock into its changes: +1 where an object opens, -1
// where it closes, under what its first event says; what was open before the
// range stands in its first period.
func (q Question) changes(b *builder) (with, main string) {
	with = "step AS (" + q.states(b) + `),
change AS (SELECT of_day AS day, state - lag(state, 1, 0) OVER w AS delta, first_value(a) OVER w AS a, first_value(b) OVER w AS b, first_value(keep) OVER w AS keep
  FROM step WINDOW w AS (PARTITION BY ` + object + ` ORDER BY ts, state DESC, id)),
`
	day := "day"
	if !q.Since.IsZero() && q.Grain != None {
		day = "greatest(day, " + b.arg(q.Since.In(q.Zone).Format(time.DateOnly)) + "::DATE)"
	}
	return with, "SELECT " + q.Grain.bucket(day) + " AS t, a, b, sum(delta)::DOUBLE PRECISION AS value, sum(delta)::BIGINT AS n, 0::BIGINT AS x, 0::BIGINT AS y FROM change WHERE keep AND delta <> 0 GROUP BY 1, 2, 3"
}

// A Place is one point of an answer. Nil = not restricted; a or b null is "\N".
type Place struct {
	T    time.Time // first day of the grain; zero = the whole range
	A, B string
}

// Null is how a Place says that a dimension has no value.
const Null = `\N`

// Behind is the SQL of the events behind a point: rows of event, as e.
func (q Question) Behind(p Place) Compiled {
	if !p.T.IsZero() && q.Grain != None {
		q.clip(p.T)
	}
	b := &builder{}
	var text string
	switch q.Metric.Kind {
	case Duration, Within:
		text = "SELECT DISTINCT ON (e.source, e.object_kind, e.object_key) e.*, " + q.day(b) + " AS of_day, " + q.groups(b) + ", " + q.filtered(b) + " AS keep FROM event AS e WHERE " + verbIn(q.Metric.From) +
			" AND e.object_kind IS NOT NULL AND e.object_key IS NOT NULL ORDER BY e.source, e.object_kind, e.object_key, e.ts, e.id"
		text = "SELECT e.* FROM (" + text + ") AS e WHERE " + strings.Join(append([]string{"e.keep"}, q.between(b, literal("e.of_day"))...), " AND ")
	case Stock:
		text = "SELECT e.*, row_number() OVER (PARTITION BY " + object + " ORDER BY ts DESC, state, id DESC) AS back, first_value(a) OVER w AS of_a, first_value(b) OVER w AS of_b, first_value(keep) OVER w AS of_keep FROM (" +
			q.states(b) + ") AS e WINDOW w AS (PARTITION BY " + object + " ORDER BY ts, state DESC, id)"
		text = "SELECT e.* FROM (SELECT * FROM (" + text + ") AS l WHERE back = 1 AND state = 1 AND of_keep) AS e WHERE TRUE"
	default:
		text = "SELECT e.* FROM (SELECT e.*, " + q.groups(b) + " FROM event AS e" + q.where(b, q.Metric.Verbs()) + q.only() + ") AS e WHERE TRUE"
	}
	cols := [2]string{"e.a", "e.b"}
	if q.Metric.Kind == Stock {
		cols = [2]string{"e.of_a", "e.of_b"}
	}
	for i, v := range [2]string{p.A, p.B} {
		switch {
		case i >= len(q.By) || v == "":
		case v == Null:
			text += " AND " + cols[i] + " IS NULL"
		default:
			text += " AND " + cols[i] + " = " + b.arg(v) + "::TEXT"
		}
	}
	return Compiled{SQL: store.Text("metric.behind."+q.Metric.Name, text), Args: b.args}
}

// only keeps the events that carry what the metric reads.
func (q Question) only() string {
	switch q.Metric.Kind {
	case Sum, Mean, Quantile, Distinct:
		if q.Metric.Column == "object" {
			return " AND e.object_key IS NOT NULL"
		}
		return " AND e." + q.Metric.Column + " IS NOT NULL"
	}
	return ""
}

// clip narrows the range to one period; a stock keeps what came before.
func (q *Question) clip(t time.Time) {
	since := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, q.Zone)
	until := q.Grain.Next(since)
	if q.Since.Before(since) {
		q.Since = since
	}
	if q.Until.IsZero() || q.Until.After(until) {
		q.Until = until
	}
}

// A Grain is the period that a point stands for.
type Grain string

// The grains.
const (
	None    Grain = "none"
	Day     Grain = "day"
	Week    Grain = "week" // from Monday
	Month   Grain = "month"
	Quarter Grain = "quarter"
	Year    Grain = "year"
)

// bucket is the first day of the period that a day lies in.
func (g Grain) bucket(day string) string {
	switch g {
	case Day:
		return day
	case Week, Month, Quarter, Year:
		return fmt.Sprintf("date_trunc('%s', %s)::DATE", string(g), day)
	}
	return "NULL::DATE"
}

// Next is the first day of the next period.
func (g Grain) Next(t time.Time) time.Time {
	switch g {
	case Day:
		return t.AddDate(0, 0, 1)
	case Week:
		return t.AddDate(0, 0, 7)
	case Month:
		return t.AddDate(0, 1, 0)
	case Quarter:
		return t.AddDate(0, 3, 0)
	}
	return t.AddDate(1, 0, 0)
}
