package sample

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/metric"
	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

//go:embed sample.sql
var file string

var (
	queries     = store.Load("value.sample", file)
	sqlStaff    = queries.Get("staff")
	sqlMember   = queries.Get("membership")
	sqlParty    = queries.Get("party")
	sqlLastDay  = queries.Get("last-day")
	sqlFirstDay = queries.Get("first-day")
	sqlEvents   = queries.Get("events").Text
	sqlSeen     = queries.Get("seen").Text
)

// A happening is an event as a sample needs it, its parties as units.
type happening struct {
	verb                   string
	ts                     time.Time
	day                    int // days since 1970, in the company's zone
	coarse                 bool
	account, person, staff string
	source, kind, key      string
	amount, quantity       sql.NullFloat64
	currency               string
	attrs                  map[string]string
	ref                    claim.RowRef
}

// object names what the event is about, apart from other systems' objects.
func (h happening) object() string {
	if h.key == "" {
		return ""
	}
	return h.source + "\x1f" + h.kind + "\x1f" + h.key
}

// column is the value that the claim names: amount, quantity, attr:<key>.
func (h happening) column(name string) (float64, bool) {
	switch name {
	case "amount":
		return h.amount.Float64, h.amount.Valid
	case "quantity":
		return h.quantity.Float64, h.quantity.Valid
	}
	return number(h.attrs[strings.TrimPrefix(name, "attr:")])
}

func number(s string) (float64, bool) {
	v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return v, err == nil && v-v == 0
}

// A selection picks events.
type selection struct {
	verbs        []string
	where        []string
	attrs        []string // keys to bring
	since, until string   // days; empty = open
	objects      []string // keys; nil = any
}

// events runs the selection, oldest first.
func (g *gatherer) events(ctx context.Context, s selection, each func(happening)) error {
	if g.book != nil {
		return g.book.events(s, each)
	}
	query, args, keys, err := s.compile(sqlEvents)
	if err != nil {
		return err
	}
	rows, err := g.db.Facts.Query(ctx, store.Text("value.sample.events", query), args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	values := make([]sql.NullString, len(keys))
	for rows.Next() {
		var h happening
		var day time.Time
		var precision string
		var account, person, staff, kind, key, currency sql.NullString
		dest := []any{&h.verb, &h.ts, &precision, &day, &account, &person, &staff, &h.source, &kind, &key, &h.amount, &h.quantity, &currency, &h.ref.Batch, &h.ref.Row}
		for i := range values {
			dest = append(dest, &values[i])
		}
		if err := rows.Scan(dest...); err != nil {
			return fmt.Errorf("value: sample: events: %w", err)
		}
		h.day, h.coarse = dayNumber(day), precision == "day" || precision == "month"
		h.account, h.person, h.staff = account.String, person.String, g.staff.same(staff.String)
		h.kind, h.key, h.currency = kind.String, key.String, currency.String
		h.attrs = make(map[string]string, len(keys))
		for i, k := range keys {
			if values[i].Valid {
				h.attrs[k] = values[i].String
			}
		}
		each(h)
	}
	return rows.Err()
}

// compile completes a query that ends in its WHERE.
func (s selection) compile(query string) (text string, args []any, keys []string, err error) {
	keys = slices.Compact(slices.Sorted(slices.Values(s.attrs)))
	var cols strings.Builder
	for _, k := range keys {
		args = append(args, k)
		cols.WriteString(", e.attrs ->> $" + strconv.Itoa(len(args)) + "::TEXT")
	}
	place := func(values []string) string {
		var b strings.Builder
		for i, v := range values {
			if i > 0 {
				b.WriteString(", ")
			}
			args = append(args, v)
			b.WriteString("$" + strconv.Itoa(len(args)) + "::TEXT")
		}
		return b.String()
	}
	conds := []string{"e.verb IN (" + place(s.verbs) + ")"}
	if len(s.objects) > 0 {
		conds = append(conds, "e.object_key IN ("+place(s.objects)+")")
	}
	for _, b := range []struct{ day, op string }{{s.since, ">="}, {s.until, "<"}} {
		if b.day != "" {
			args = append(args, b.day)
			conds = append(conds, "e.day "+b.op+" $"+strconv.Itoa(len(args))+"::DATE")
		}
	}
	filters, err := Filters(s.where)
	if err != nil {
		return "", nil, nil, err
	}
	if len(filters) > 0 {
		var c string
		c, args = metric.Conditions(filters, args)
		conds = append(conds, c)
	}
	text = strings.Replace(query, "/*attrs*/", cols.String(), 1)
	text = strings.Replace(text, "TRUE /*where*/", strings.Join(conds, " AND "), 1)
	return text, args, keys, nil
}

// Filters reads a claim's filters.
func Filters(texts []string) (out []metric.Filter, err error) {
	for _, t := range texts {
		f, err := metric.ParseFilter(t)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// Known reports whether a verb is one of ours.
func Known(verb string) bool {
	for _, v := range mapping.Verbs {
		if v.Name == verb {
			return true
		}
	}
	return false
}

func dayNumber(t time.Time) int { return int(t.Unix() / 86400) }

func dayOf(s string) (int, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return dayNumber(t), err == nil
}

func dayText(day int) string { return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly) }
