package report

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/value"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

//go:embed fact.sql
var factFile string

var (
	factQueries  = store.Load("report", factFile)
	sqlVerbs     = factQueries.Get("verbs")
	sqlReach     = factQueries.Get("reach")
	sqlWork      = factQueries.Get("work")
	sqlChannels  = factQueries.Get("channels")
	sqlFirst     = factQueries.Get("first-reply")
	sqlStaffName = factQueries.Get("staff")
)

// An Order says what report is wanted.
type Order struct {
	Year    int      `json:"year"`
	Company string   `json:"company"`
	Author  string   `json:"author"`
	Consent []string `json:"consent,omitempty"`
	BaseURL string   `json:"base_url,omitempty"`
}

// Gather reads what the report is made of: the ledger of the year, the facts,
// the places of the rows that examples name.
func Gather(ctx context.Context, db *store.DB, o Order, now time.Time, tell func(done, total int64, en, zh string)) (in Input, err error) {
	name, err := source.Zone(ctx, db)
	if err != nil {
		return in, err
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return in, fmt.Errorf("report: zone: %w", err)
	}
	in = Input{Year: o.Year, Company: o.Company, Author: o.Author, Consent: o.Consent, BaseURL: o.BaseURL, Made: now.In(zone)}
	tell(0, 3, "reading the ledger", "读取价值账本")
	if in.Ledger, err = value.Book(ctx, db, strconv.Itoa(o.Year)); err != nil {
		return in, err
	}
	if _, in.Head, err = access.Head(ctx, db.State); err != nil {
		return in, err
	}
	tell(1, 3, "counting what was done", "统计做了什么")
	if in.Facts, err = facts(ctx, db, o.Year); err != nil {
		return in, err
	}
	tell(2, 3, "finding the original rows", "查找原始行")
	in.Places, err = places(ctx, db, &in)
	return in, err
}

func facts(ctx context.Context, db *store.DB, year int) (f Facts, err error) {
	since, until := fmt.Sprintf("%04d-01-01", year), fmt.Sprintf("%04d-01-01", year+1)
	rows, err := db.Facts.Query(ctx, sqlVerbs, since, until)
	f.Verbs, err = store.Collect(rows, err, func(r *sql.Rows) (v VerbSum, err error) {
		return v, r.Scan(&v.Verb, &v.N, &v.Staff, &v.Accounts, &v.Objects, &v.Since, &v.Until)
	})
	if err != nil {
		return f, err
	}
	for _, v := range f.Verbs {
		a, errA := parseDay(v.Since)
		b, errB := parseDay(v.Until)
		if errA != nil || errB != nil {
			continue
		}
		if f.Since.IsZero() || a.Before(f.Since) {
			f.Since = a
		}
		if b.After(f.Until) {
			f.Until = b
		}
	}
	rows, err = db.Facts.Query(ctx, sqlReach, since, until)
	if f.Shovels, err = store.Collect(rows, err, func(r *sql.Rows) (v Reach, err error) {
		return v, r.Scan(&v.Key, &v.Name, &v.Offered, &v.Opened, &v.Used, &v.People, &v.Months)
	}); err != nil {
		return f, err
	}
	rows, err = db.Facts.Query(ctx, sqlWork, since, until)
	if f.Work, err = store.Collect(rows, err, func(r *sql.Rows) (v Work, err error) {
		return v, r.Scan(&v.Verb, &v.Key, &v.Name, &v.Teams, &v.Before, &v.Example, &v.Day, &v.Batch, &v.Row)
	}); err != nil {
		return f, err
	}
	rows, err = db.Facts.Query(ctx, sqlChannels, since, until)
	if f.Channels, err = store.Collect(rows, err, func(r *sql.Rows) (v ChannelSum, err error) { return v, r.Scan(&v.Channel, &v.N) }); err != nil {
		return f, err
	}
	if err = store.One(db.Facts.QueryRow(ctx, sqlFirst, since, until), "first replies", &f.First.Cases, &f.First.Answered, &f.First.Late, &f.First.MedianHours); err != nil {
		return f, err
	}
	rows, err = db.Facts.Query(ctx, sqlStaffName)
	if f.Staff, err = store.Collect(rows, err, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }); err != nil {
		return f, err
	}
	var before int64
	for {
		all, err := fact.ListBatches(ctx, db, "", before, 500)
		if err != nil {
			return f, err
		}
		for _, b := range all {
			before = b.Seq
			if b.State == fact.Loaded {
				f.Files, f.Rows, f.Rejected = f.Files+1, f.Rows+b.Rows, f.Rejected+b.Rejected
			}
		}
		if len(all) < 500 {
			return f, nil
		}
	}
}

// places finds file and line of the rows that the report names.
func places(ctx context.Context, db *store.DB, in *Input) (map[claim.RowRef]Place, error) {
	out := map[claim.RowRef]Place{}
	for _, ref := range refs(in) {
		if _, ok := out[ref]; ok || len(out) >= 400 {
			continue
		}
		o, err := source.Row(ctx, db, ref.Batch, ref.Row, 0)
		if err != nil {
			if ctx.Err() != nil {
				return nil, errors.Join(ctx.Err(), err)
			}
			continue // rolled back or erased since: its address is shown as it is
		}
		out[ref] = Place{File: o.Batch.Name, Line: o.Line}
	}
	return out, nil
}

func refs(in *Input) (out []claim.RowRef) {
	for _, r := range in.Ledger.Rows {
		if r.Result == nil || r.Result.Example == nil {
			continue
		}
		e := r.Result.Example
		all := append([]claim.RowRef{}, e.Rows[:min(4, len(e.Rows))]...)
		for _, m := range []*claim.Moment{e.Before, e.After} {
			if m != nil {
				all = append(all, m.Rows[:min(2, len(m.Rows))]...)
			}
		}
		out = append(out, all...)
	}
	for _, w := range in.Facts.Work {
		if w.Example != "" && len(out) < 300 {
			out = append(out, claim.RowRef{Batch: w.Batch, Row: w.Row})
			break
		}
	}
	return out
}
