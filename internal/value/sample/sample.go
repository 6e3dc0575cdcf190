// Package sample gathers the small table that a claim is estimated on.
//
// It reads each contributing event once, in order: what the claim adds up and
// the addresses of the rows behind every cell come from the same pass, so that
// a figure and its evidence can't disagree. A person, account or colleague
// known to several sources is one unit where identity says so, and also where
// the sources use the same code list; colleagues also where their mail is the
// same.
//
// It owns no tables.
package sample

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/metric"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

// maxRows bounds a sample; beyond it the claim should be narrowed.
const maxRows = 5_000_000

// A Gathered is a sample with the rows behind it.
type Gathered struct {
	claim.Sample
	Evidence []Evidence
	Moments  []Candidate // cases that may serve as the example
}

// An Evidence is a row that went into a cell.
type Evidence struct {
	Unit   string
	Period string // or the entry's day
	Role   string // entry, outcome, exposure
	Ref    claim.RowRef
}

// A Candidate is one case for the example.
type Candidate struct {
	Unit    string
	Team    string
	Treated bool
	Began   time.Time
	Ended   time.Time
	Value   float64
	Rows    []claim.RowRef
}

// A Tell reports progress.
type Tell func(done, total int64, what, zh string)

type gatherer struct {
	db    *store.DB
	book  *Book // instead of db
	c     claim.Claim
	staff *roster
	out   Gathered
	why   map[string]int
	until string // last day known
	rows  []row
	spans map[int]span // by day, as they are asked for
}

// A row of the sample.
type row struct {
	unit, team, cluster, stratum, period, first, day string
	treated, outcome, ended, follow, before          float64
	covariates                                       []string
}

// Gather reads what a claim needs from the facts.
func Gather(ctx context.Context, db *store.DB, c claim.Claim, now time.Time, tell Tell) (Gathered, error) {
	c, err := Resolve(c)
	if err != nil {
		return Gathered{}, err
	}
	g := &gatherer{db: db, c: c, why: map[string]int{}}
	tell(0, 4, "who is who", "人员与团队")
	if g.staff, err = loadRoster(ctx, db); err != nil {
		return g.out, err
	}
	if g.until, err = lastDay(ctx, db, c, now); err != nil {
		return g.out, err
	}
	if g.out.About.OutcomeSince, err = firstDay(ctx, db, c); err != nil {
		return g.out, err
	}
	return g.gather(ctx, tell)
}

// gather does the rest, once it is known who is who and until when.
func (g *gatherer) gather(ctx context.Context, tell Tell) (Gathered, error) {
	tell(1, 4, "who had it when", "谁在何时拿到")
	grants, err := g.grants(ctx)
	if err != nil {
		return g.out, err
	}
	tell(2, 4, "what happened", "发生了什么")
	if g.c.Population.Entry != nil {
		err = g.entries(ctx, grants)
	} else {
		err = g.panel(ctx, grants)
	}
	if err != nil {
		return g.out, err
	}
	if len(g.rows) > maxRows {
		return g.out, fault.New(fault.ErrInvalid, "sample.rows",
			fmt.Sprintf("The claim's sample would have %d rows, more than %d. Narrow its window, teams or filters.", len(g.rows), maxRows),
			fmt.Sprintf("该论断的样本将有 %d 行，超过 %d 行。请缩小窗口、团队或筛选范围。", len(g.rows), maxRows))
	}
	tell(3, 4, "money and costs", "金额与成本")
	if err := g.money(ctx); err != nil {
		return g.out, err
	}
	g.about()
	g.out.CSV = g.csv()
	return g.out, nil
}

// Resolve fills in what a metric of the catalogue stands for.
func Resolve(c claim.Claim) (claim.Claim, error) {
	o := &c.Outcome
	if o.Metric == "" {
		return c, nil
	}
	m, ok := metric.Get(o.Metric)
	if !ok {
		return c, fault.New(fault.ErrInvalid, "claim.metric", fmt.Sprintf("There is no metric %q. Choose one of GET /api/v1/metrics.", o.Metric), fmt.Sprintf("没有指标 %q。请从 GET /api/v1/metrics 中选择。", o.Metric))
	}
	if o.Unit == (claim.Text{}) {
		o.Unit = claim.Text{EN: m.Unit, ZH: m.UnitZH}
	}
	measure := claim.Measure("")
	switch m.Kind {
	case metric.Count:
		measure = claim.Count
	case metric.Sum:
		measure = claim.Sum
	case metric.Mean:
		measure = claim.Mean
	case metric.Ratio:
		measure, o.Of = claim.Share, m.To
	case metric.Duration:
		measure = claim.Time
	case metric.Within:
		measure, o.Beyond = claim.Time, m.Hours
	default:
		return c, fault.New(fault.ErrInvalid, "claim.metric", fmt.Sprintf("The metric %q is a %s: it has no value per unit. Write the outcome's verbs and measure instead.", o.Metric, m.Kind), fmt.Sprintf("指标 %q 属于 %s 类，没有单位层面的取值。请直接写结果的动作与口径。", o.Metric, m.Kind))
	}
	if o.Measure == "" {
		o.Measure = measure
	}
	o.Column = m.Column
	o.Verbs = m.From
	if measure == claim.Time {
		o.Verbs = m.To
		if c.Population.Entry == nil {
			c.Population.Entry = &claim.Entry{Verbs: m.From}
		}
	}
	return c, nil
}

// lastDay is the end of the follow-up: the last day of which the sources of
// the outcome know anything.
//
// A day after today counts up to the window's end alone: a contract's end is
// written down years ahead.
func lastDay(ctx context.Context, db *store.DB, c claim.Claim, now time.Time) (string, error) {
	last, limit := "", now.UTC().AddDate(0, 0, 1).Format(time.DateOnly)
	if end, ok := dayOf(c.Window.Until); ok {
		limit = max(limit, dayText(end-1))
	}
	for _, v := range c.Outcome.Verbs {
		var day sql.NullTime
		if err := db.Facts.QueryRow(ctx, sqlLastDay, limit, v).Scan(&day); err != nil {
			return "", fmt.Errorf("value: sample: last day: %w", err)
		}
		if d := day.Time.Format(time.DateOnly); day.Valid && d > last {
			last = d
		}
	}
	return last, nil
}

// firstDay is when the outcome's events begin.
func firstDay(ctx context.Context, db *store.DB, c claim.Claim) (string, error) {
	first := ""
	for _, v := range c.Outcome.Verbs {
		var day sql.NullTime
		if err := db.Facts.QueryRow(ctx, sqlFirstDay, v).Scan(&day); err != nil {
			return "", fmt.Errorf("value: sample: first day: %w", err)
		}
		if d := day.Time.Format(time.DateOnly); day.Valid && (first == "" || d < first) {
			first = d
		}
	}
	return first, nil
}

// Seen counts the outcome events of the claim's window that are loaded.
func Seen(ctx context.Context, db *store.DB, c claim.Claim) (n int64, err error) {
	c, err = Resolve(c)
	if err != nil {
		return 0, err
	}
	verbs := slices.Concat(c.Outcome.Verbs, c.Outcome.Of)
	since := c.Window.Since
	if len(verbs) == 0 {
		return 0, nil
	}
	// What happened before the first exposure may be known: it is the baseline.
	g := &gatherer{db: db, c: c, why: map[string]int{}}
	if g.staff, err = loadRoster(ctx, db); err != nil {
		return 0, err
	}
	grants, err := g.grants(ctx)
	if err != nil {
		return 0, err
	}
	if d, ok := grants.earliest(); ok && c.Population.Entry == nil && dayText(d) > since {
		since = dayText(d)
	}
	query, args, _, err := selection{verbs: verbs, where: c.Outcome.Where, since: since, until: c.Window.Until}.compile(sqlSeen)
	if err != nil {
		return 0, err
	}
	err = db.Facts.QueryRow(ctx, store.Text("value.sample.seen", query), args...).Scan(&n)
	return n, err
}

// money measures what a unit of the outcome is worth, and what the shovel cost.
func (g *gatherer) money(ctx context.Context) error {
	a := &g.out.About
	a.PerUnit, a.PerUnitSE, a.Cost = claim.None, claim.None, claim.None
	if m := g.c.Money; m != nil && m.Verb != "" {
		var n, mean, m2 float64
		currencies := map[string]bool{}
		err := g.events(ctx, selection{verbs: []string{m.Verb}, where: m.Where, since: g.c.Window.Since, until: g.c.Window.Until}, func(h happening) {
			if !h.amount.Valid {
				return
			}
			currencies[h.currency] = true
			n++
			d := h.amount.Float64 - mean
			mean += d / n
			m2 += d * (h.amount.Float64 - mean)
		})
		if err != nil {
			return err
		}
		if len(currencies) > 1 {
			return fault.New(fault.ErrInvalid, "claim.currency",
				fmt.Sprintf("Amounts of %s come in several currencies. Filter money by currency:eq:…", m.Verb), fmt.Sprintf("%s 的金额有多种货币。请在金额中用 currency:eq:… 筛选。", m.Verb))
		}
		for c := range currencies {
			a.Currency = c
		}
		if n > 1 {
			a.PerUnit, a.PerUnitSE, a.PerUnitN = claim.Number(mean), claim.Number(math.Sqrt(m2/(n-1)/n)), int(n)
		}
	}
	if k := g.c.Costs; k != nil && len(k.Objects) > 0 {
		sum, found := 0.0, false
		err := g.events(ctx, selection{verbs: []string{"work.launched", "work.done", "work.stopped"}, objects: k.Objects}, func(h happening) {
			if h.amount.Valid {
				sum, found = sum+h.amount.Float64, true
			}
		})
		if err != nil {
			return err
		}
		if found {
			a.Cost = claim.Number(sum)
		}
	}
	return nil
}

func (g *gatherer) about() {
	a := &g.out.About
	a.LoadedUntil = g.until
	for _, e := range g.out.Evidence {
		if e.Role != "exposure" {
			a.Events++
		}
	}
	for _, code := range slices.Sorted(mapKeys(g.why)) {
		a.LeftOut += g.why[code]
		a.Why = append(a.Why, claim.Reason{Code: code, N: g.why[code], Text: reasons[code]})
	}
}

// reasons are why an entry did not become a row.
var reasons = map[string]claim.Text{
	"follow-up": {EN: "The data end before their outcome's window does.", ZH: "数据在其结果窗口结束之前就已截止。"},
	"coarse":    {EN: "Known only to the day, where hours are asked for.", ZH: "时间只精确到日，无法计算小时数。"},
	"no-value":  {EN: "Their outcome has no value.", ZH: "没有结果取值。"},
	"arm":       {EN: "They are in neither of the two groups.", ZH: "不属于比较的两组。"},
	"carrier":   {EN: "It is not known who handled them.", ZH: "不知道由谁经手。"},
	"unit":      {EN: "The event names no unit.", ZH: "事件没有指明单位。"},
	"never-had": {EN: "They never had it, so nothing could stop.", ZH: "从未拥有过，因而谈不上停用。"},
}

func (g *gatherer) left(code string) { g.why[code]++ }

func (g *gatherer) prove(unit, period, role string, ref claim.RowRef) {
	g.out.Evidence = append(g.out.Evidence, Evidence{unit, period, role, ref})
}

// csv writes the rows with the columns that any of them has.
func (g *gatherer) csv() []byte {
	slices.SortStableFunc(g.rows, func(a, b row) int {
		if c := strings.Compare(a.unit, b.unit); c != 0 {
			return c
		}
		if c := strings.Compare(a.period, b.period); c != 0 {
			return c
		}
		return strings.Compare(a.day, b.day)
	})
	type column struct {
		name string
		get  func(row) string
	}
	num := func(f func(row) float64) func(row) string { return func(r row) string { return figure(f(r)) } }
	all := []column{
		{"unit", func(r row) string { return r.unit }},
		{"team", func(r row) string { return r.team }},
		{"cluster", func(r row) string { return r.cluster }},
		{"stratum", func(r row) string { return r.stratum }},
		{"period", func(r row) string { return r.period }},
		{"first", func(r row) string { return r.first }},
		{"treated", num(func(r row) float64 { return r.treated })},
		{"outcome", num(func(r row) float64 { return r.outcome })},
		{"ended", num(func(r row) float64 { return r.ended })},
		{"day", func(r row) string { return r.day }},
		{"follow", num(func(r row) float64 { return r.follow })},
		{"before", num(func(r row) float64 { return r.before })},
	}
	for i, c := range g.c.Covariates {
		all = append(all, column{c.Name, func(r row) string { return r.covariates[i] }})
	}
	kept := all[:0]
	for _, c := range all {
		if c.name == "unit" || c.name == "outcome" || slices.ContainsFunc(g.rows, func(r row) bool { return c.get(r) != "" }) {
			kept = append(kept, c)
		}
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	line := make([]string, len(kept))
	for i, c := range kept {
		line[i] = c.name
	}
	_ = w.Write(line) // to memory
	for _, r := range g.rows {
		for i, c := range kept {
			line[i] = c.get(r)
		}
		_ = w.Write(line)
	}
	w.Flush()
	return b.Bytes()
}

// figure writes a number; NaN is no value.
func figure(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return strconv.FormatFloat(v, 'g', 12, 64)
}
