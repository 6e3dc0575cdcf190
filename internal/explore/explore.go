// Package explore answers questions that people put together themselves: a
// metric, up to two dimensions, filters, a grain and a range.
//
// An answer says where it came from (the daily rollup or the events), what was
// left out of it and why, and whether groups were cut; each of its points leads
// to the events behind it. Saved questions are the query string of the page
// that asked them.
//
// Owns explore_question.
package explore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/metric"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
)

//go:embed migration/*.sql
var migrations embed.FS

//go:embed explore.sql
var file string

var (
	queries  = store.Load("explore", file)
	sqlVerbs = queries.Get("verbs")
)

func init() {
	sub, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err)
	}
	migrate.Add("explore", sub)
}

// An Ask is a question in words, as a URL has it.
type Ask struct {
	Metric, By, By2 string
	Grain           string
	Since, Until    string // a day in the zone, or an RFC 3339 instant
	Where           []string
	Zone            string // IANA; empty = the company's
	Limit           int
}

// Question checks an Ask and makes a question of it. company is the zone that
// days were counted in when events were loaded.
func (a Ask) Question(company *time.Location, now time.Time) (metric.Question, error) {
	q := metric.Question{Zone: company, Company: company, Now: now, Limit: a.Limit, Grain: metric.Grain(a.Grain)}
	var ok bool
	if q.Metric, ok = metric.Get(a.Metric); !ok {
		return q, fault.New(fault.ErrInvalid, "metric.unknown", fmt.Sprintf("There is no metric %q. GET /api/v1/metrics lists them.", a.Metric), fmt.Sprintf("没有指标 %q。可用指标见 GET /api/v1/metrics。", a.Metric))
	}
	if a.Grain == "" {
		q.Grain = metric.None
	}
	if !slices.Contains([]metric.Grain{metric.None, metric.Day, metric.Week, metric.Month, metric.Quarter, metric.Year}, q.Grain) {
		return q, fault.New(fault.ErrInvalid, "grain.unknown", fmt.Sprintf("There is no grain %q: use day, week, month, quarter, year or none.", a.Grain), fmt.Sprintf("没有时间粒度 %q：请用 day、week、month、quarter、year 或 none。", a.Grain))
	}
	if a.Zone != "" {
		zone, err := time.LoadLocation(a.Zone)
		if err != nil || a.Zone == "Local" {
			return q, fault.New(fault.ErrInvalid, "zone.unknown", fmt.Sprintf("There is no time zone %q: use a name such as Asia/Shanghai.", a.Zone), fmt.Sprintf("没有时区 %q：请用 Asia/Shanghai 这样的名称。", a.Zone))
		}
		q.Zone = zone
	}
	for _, name := range []string{a.By, a.By2} {
		if name == "" {
			continue
		}
		d, err := metric.DimensionOf(name)
		if err != nil {
			return q, err
		}
		if d.Filter {
			return q, fault.New(fault.ErrInvalid, "dimension.filter-only", fmt.Sprintf("%q is for filters, not for splitting.", name), fmt.Sprintf("%q 只能用于筛选，不能用于拆分。", name))
		}
		q.By = append(q.By, d)
	}
	for _, w := range a.Where {
		f, err := metric.ParseFilter(w)
		if err != nil {
			return q, err
		}
		q.Where = append(q.Where, f)
	}
	var err error
	if q.Since, err = ParseBound(a.Since, q.Zone); err != nil {
		return q, err
	}
	if q.Until, err = ParseBound(a.Until, q.Zone); err != nil {
		return q, err
	}
	if !q.Since.IsZero() && !q.Until.IsZero() && !q.Since.Before(q.Until) {
		return q, fault.New(fault.ErrInvalid, "range.empty", "The range is empty: until must lie after since.", "时间范围为空：结束必须晚于开始。")
	}
	return q, nil
}

// ParseBound reads a day in the zone or an RFC 3339 instant; empty = the zero time.
func ParseBound(s string, zone *time.Location) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.ParseInLocation(time.DateOnly, s, zone); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}, fault.New(fault.ErrInvalid, "range.bound", fmt.Sprintf("%q is neither a day (2026-01-31) nor an instant (2026-01-31T08:00:00+08:00).", s), fmt.Sprintf("%q 既不是日期（2026-01-31），也不是时刻（2026-01-31T08:00:00+08:00）。", s))
	}
	return t, nil
}

// A Point is one value. Nil T = the whole range, nil A or B = no value or no
// such dimension; nil Value = it can't be said.
type Point struct {
	T     *time.Time // first day of the grain
	A, B  *string
	Value *float64
	N     int64 // events or objects behind it
}

// An Answer is what a question gave.
type Answer struct {
	Question  metric.Question
	Points    []Point
	Rollup    bool
	Truncated bool
	Groups    int64             // before they were cut
	Labels    map[string]string // names of the ids in the points
	Note      string            // what the reader must know; empty = nothing
	NoteZH    string
	Took      time.Duration
}

// These save reading the same again while nothing came in. What the rollup
// answered has a place of its own, or the accounts looked at would drive the
// charts out.
var (
	charts, answers fact.Memo[Answer]
	verbsKept       fact.Memo[map[string]bool]
)

// maxKept is the limit of points up to which an answer is kept.
const maxKept = 20_000

// Run answers a question. Its points and labels are shared with who asks the
// same: they are for reading.
func Run(ctx context.Context, db *store.DB, q metric.Question) (Answer, error) {
	began := time.Now()
	if q.Limit <= 0 {
		q.Limit = 5000
	}
	c := q.Compile()
	if q.Limit > maxKept || q.Metric.Kind == metric.Within { // the latter changes by the minute
		return read(ctx, db, q, c, began)
	}
	// A stock's last period follows from the range; the rest is in the SQL.
	key := fmt.Sprint(c.Text, "\x00", c.Args, q.Grain, q.Limit, q.Since.UTC(), q.Until.UTC(), q.Zone)
	memo := &answers
	if c.Rollup {
		memo = &charts
	}
	a, err := memo.Get(ctx, db, key, func(ctx context.Context) (Answer, error) { return read(ctx, db, q, c, began) })
	a.Question, a.Took = q, time.Since(began)
	return a, err
}

func read(ctx context.Context, db *store.DB, q metric.Question, c metric.Compiled, began time.Time) (Answer, error) {
	var found tally
	rows, err := db.Facts.Query(ctx, c.SQL, c.Args...)
	points, err := store.Collect(rows, err, found.scan)
	if err != nil {
		return Answer{}, fmt.Errorf("explore: %s: %w", q.Metric.Name, err)
	}
	a := Answer{Question: q, Points: points, Rollup: c.Rollup, Groups: found.groups}
	if q.Metric.Kind == metric.Stock {
		if a.Points, err = level(ctx, db, q, points); err != nil {
			return Answer{}, err
		}
	}
	if q.Metric.Kind == metric.Count && len(a.Points) == 0 && len(q.By) == 0 && q.Grain == metric.None {
		zero := 0.0
		a.Points = []Point{{Value: &zero}}
	}
	a.Truncated = found.groups > int64(found.kept)
	if len(a.Points) > q.Limit {
		a.Points, a.Truncated = a.Points[len(a.Points)-q.Limit:], true
	}
	a.note(found)
	a.Labels, err = labels(ctx, db, q, a.Points)
	a.Took = time.Since(began)
	return a, err
}

// tally is what Run learns while it reads.
type tally struct {
	several, x, y int64 // points in several currencies or units; sums of x and y
	groups        int64
	kept          int
	seen          map[[2]string]bool
}

func (f *tally) scan(r *sql.Rows) (Point, error) {
	var p Point
	var t sql.NullTime
	var a, b sql.NullString
	var v sql.NullFloat64
	var x, y int64
	if err := r.Scan(&t, &a, &b, &v, &p.N, &x, &y, &f.groups); err != nil {
		return p, err
	}
	if t.Valid {
		p.T = &t.Time
	}
	if a.Valid {
		p.A = &a.String
	}
	if b.Valid {
		p.B = &b.String
	}
	if v.Valid && !math.IsNaN(v.Float64) && !math.IsInf(v.Float64, 0) {
		p.Value = &v.Float64
	}
	if x > 1 {
		f.several++
	}
	f.x, f.y = f.x+x, f.y+y
	if f.seen == nil {
		f.seen = map[[2]string]bool{}
	}
	if g := p.group(); !f.seen[g] {
		f.seen[g] = true
		f.kept++
	}
	return p, nil
}

// group tells groups apart, no value from an empty one included.
func (p Point) group() [2]string {
	g := [2]string{metric.Null, metric.Null}
	if p.A != nil {
		g[0] = "=" + *p.A
	}
	if p.B != nil {
		g[1] = "=" + *p.B
	}
	return g
}

// note says what was left out.
func (a *Answer) note(f tally) {
	say := func(en, zh string) {
		a.Note = strings.TrimSpace(a.Note + " " + en)
		a.NoteZH += zh
	}
	switch a.Question.Metric.Kind {
	case metric.Sum, metric.Mean, metric.Quantile:
		if f.several > 0 {
			what, zh := "currencies", "货币"
			if !a.Question.Metric.Money() {
				what, zh = "units", "单位"
			}
			say(fmt.Sprintf("%d points have several %s and therefore no value: split or filter by them.", f.several, what), fmt.Sprintf("%d 个点涉及多种%s，不给数字：请按%s拆分或筛选。", f.several, zh, zh))
		}
	case metric.Duration:
		if f.x > 0 {
			say(fmt.Sprintf("%d were refused: they are known only to the day.", f.x), fmt.Sprintf("%d 个只精确到日，未采用。", f.x))
		}
		if f.y > 0 {
			say(fmt.Sprintf("%d have not ended and are not in it.", f.y), fmt.Sprintf("%d 个尚未结束，未计入。", f.y))
		}
	case metric.Within:
		if f.x > 0 {
			say(fmt.Sprintf("%d were refused: they are known only to the day.", f.x), fmt.Sprintf("%d 个只精确到日，未采用。", f.x))
		}
		if f.y > 0 {
			say(fmt.Sprintf("%d are not due yet.", f.y), fmt.Sprintf("%d 个时限未到，未计入。", f.y))
		}
	}
	if a.Truncated {
		if f.groups > int64(f.kept) {
			say(fmt.Sprintf("Only %d of %d groups are shown: those with most events.", f.kept, f.groups), fmt.Sprintf("仅显示 %d 个分组（共 %d 个）：事件最多的那些。", f.kept, f.groups))
		} else {
			say(fmt.Sprintf("Only the last %d points are shown.", len(a.Points)), fmt.Sprintf("仅显示最后 %d 个点。", len(a.Points)))
		}
	}
}

// level turns a stock's changes into what is open at the end of each period,
// for every group and every period up to the range's end or the newest event.
func level(ctx context.Context, db *store.DB, q metric.Question, changes []Point) ([]Point, error) {
	if len(changes) == 0 {
		return nil, nil
	}
	var groups []Point
	delta := map[[2]string]map[string]int64{}
	for _, c := range changes {
		g := c.group()
		if delta[g] == nil {
			delta[g] = map[string]int64{}
			groups = append(groups, c)
		}
		t := time.Time{}
		if c.T != nil {
			t = *c.T
		}
		delta[g][t.Format(time.DateOnly)] += c.N
	}
	periods := []time.Time{{}}
	if q.Grain != metric.None {
		last, err := lastDay(ctx, db, q)
		if err != nil {
			return nil, err
		}
		periods = nil
		for t := *changes[0].T; !t.After(last) && len(periods) <= q.Limit*4; t = q.Grain.Next(t) {
			periods = append(periods, t)
		}
	}
	open := map[[2]string]int64{}
	var out []Point
	for _, t := range periods {
		for _, g := range groups {
			k := g.group()
			open[k] += delta[k][t.Format(time.DateOnly)]
			v := float64(open[k])
			p := Point{A: g.A, B: g.B, Value: &v, N: open[k]}
			if !t.IsZero() {
				p.T = &t
			}
			out = append(out, p)
		}
	}
	return out, nil
}

// lastDay is the last day of the range that a stock is shown for.
func lastDay(ctx context.Context, db *store.DB, q metric.Question) (time.Time, error) {
	day, err := fact.LastDay(ctx, db)
	if err != nil {
		return time.Time{}, fmt.Errorf("explore: newest day: %w", err)
	}
	if !q.Until.IsZero() {
		if u := q.Until.Add(-time.Nanosecond).In(q.Zone); u.Before(day) {
			day = time.Date(u.Year(), u.Month(), u.Day(), 0, 0, 0, 0, time.UTC)
		}
	}
	return day, nil
}

// Available returns the metrics' verbs that there are events for.
func Available(ctx context.Context, db *store.DB) (map[string]bool, error) {
	return verbsKept.Get(ctx, db, "", func(ctx context.Context) (map[string]bool, error) {
		rows, err := db.Facts.Query(ctx, sqlVerbs)
		verbs, err := store.Collect(rows, err, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err })
		out := map[string]bool{}
		for _, v := range verbs {
			out[v] = true
		}
		return out, err
	})
}

// Answerable reports whether there are events for the metric: any to begin
// with, and for a duration or share any to end with.
func Answerable(m metric.Metric, verbs map[string]bool) bool {
	has := func(of []string) bool { return slices.ContainsFunc(of, func(v string) bool { return verbs[v] }) }
	switch {
	case len(m.Verbs()) == 0:
		return len(verbs) > 1 || (len(verbs) == 1 && !verbs["stat.reported"])
	case m.Kind == metric.Duration || m.Kind == metric.Within:
		return has(m.From) && has(m.To)
	case m.Kind == metric.Ratio:
		return has(m.To)
	}
	return has(m.From)
}

// errNoRows keeps database/sql out of the other files.
func noRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }
