package fact

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed event.sql
var eventFile string

var (
	eventQueries  = store.Load("fact.event", eventFile)
	sqlEvent      = eventQueries.Get("get")
	sqlEventsRow  = eventQueries.Get("of-row")
	sqlVersions   = eventQueries.Get("versions")
	sqlAgain      = eventQueries.Get("again")
	sqlAgainRow   = eventQueries.Get("again-of-row")
	sqlDayVerb    = eventQueries.Get("by-verb")
	sqlTotals     = eventQueries.Get("totals")
	sqlSince      = eventQueries.Get("since")
	sqlLastDay    = eventQueries.Get("last-day")
	sqlSourceList = eventQueries.Get("sources")
)

// An Event is something that happened, and the row that says so.
type Event struct {
	ID          string    `json:"id"`
	Source      string    `json:"source"`
	Table       string    `json:"tbl"`
	Batch       string    `json:"batch"`
	Row         int64     `json:"row"`
	Verb        string    `json:"verb"`
	TS          time.Time `json:"ts"`
	TSPrecision string    `json:"ts_precision"` // "ms", "second", "minute", "day", "month"
	LoadedAt    time.Time `json:"loaded_at"`
	Account     string    `json:"account,omitempty"` // party ids
	Person      string    `json:"person,omitempty"`
	Staff       string    `json:"staff,omitempty"`
	ObjectKind  string    `json:"object_kind,omitempty"`
	ObjectKey   string    `json:"object_key,omitempty"`
	Channel     string    `json:"channel,omitempty"`
	Amount      *float64  `json:"amount,omitempty"`
	Currency    string    `json:"currency,omitempty"`
	Quantity    *float64  `json:"quantity,omitempty"`
	Unit        string    `json:"unit,omitempty"`
	Text        string    `json:"text,omitempty"`
	Attrs       string    `json:"attrs,omitempty"` // JSON
}

func scanEvent(r interface{ Scan(...any) error }) (e Event, err error) {
	var amount, quantity sql.NullFloat64
	err = r.Scan(&e.ID, &e.Source, &e.Table, &e.Batch, &e.Row, &e.Verb, &e.TS, &e.TSPrecision, &e.LoadedAt,
		&e.Account, &e.Person, &e.Staff, &e.ObjectKind, &e.ObjectKey, &e.Channel, &amount, &e.Currency, &quantity, &e.Unit, &e.Text, &e.Attrs)
	if amount.Valid {
		e.Amount = &amount.Float64
	}
	if quantity.Valid {
		e.Quantity = &quantity.Float64
	}
	return e, err
}

func notFound(what, id string) error {
	return fault.New(fault.ErrNotFound, what+".none", fmt.Sprintf("There is no %s %q.", what, id), fmt.Sprintf("没有这个 %s：%q。", what, id))
}

// GetEvent returns the newest version of an event.
func GetEvent(ctx context.Context, db *store.DB, id string) (Event, error) {
	e, err := scanEvent(db.Facts.QueryRow(ctx, sqlEvent, id))
	if errors.Is(err, sql.ErrNoRows) {
		return e, notFound("event", id)
	}
	return e, err
}

// Versions returns what newer batches overtook of an event, newest first.
func Versions(ctx context.Context, db *store.DB, id string) ([]Event, error) {
	rows, err := db.Facts.Query(ctx, sqlVersions, id)
	return store.Collect(rows, err, func(r *sql.Rows) (Event, error) { return scanEvent(r) })
}

// A RowRef is the address of one original record.
type RowRef struct {
	Batch string `json:"batch"`
	Row   int64  `json:"row"`
}

// Again returns the other rows that said the same as the event does.
func Again(ctx context.Context, db *store.DB, id string) ([]RowRef, error) {
	rows, err := db.Facts.Query(ctx, sqlAgain, id)
	return store.Collect(rows, err, func(r *sql.Rows) (a RowRef, err error) { err = r.Scan(&a.Batch, &a.Row); return a, err })
}

// EventsOfRow returns the events that one original row says, those that it
// only repeats included.
func EventsOfRow(ctx context.Context, db *store.DB, batch string, row int64) ([]Event, error) {
	rows, err := db.Facts.Query(ctx, sqlEventsRow, batch, row)
	out, err := store.Collect(rows, err, func(r *sql.Rows) (Event, error) { return scanEvent(r) })
	if err != nil {
		return nil, err
	}
	rows, err = db.Facts.Query(ctx, sqlAgainRow, batch, row)
	ids, err := store.Collect(rows, err, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err })
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		e, err := GetEvent(ctx, db, id)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// A DayVerb is how many events of a verb a day saw.
type DayVerb struct {
	Day  string `json:"day"` // YYYY-MM-DD in the company's zone
	Verb string `json:"verb"`
	N    int64  `json:"n"`
}

// ByDay counts events per day and verb from a day on.
func ByDay(ctx context.Context, db *store.DB, since time.Time) ([]DayVerb, error) {
	first := since.Format("2006-01-02")
	days, err := keptDays.Get(ctx, db, first, func(ctx context.Context) ([]DayVerb, error) {
		rows, err := db.Facts.Query(ctx, sqlDayVerb, first)
		return store.Collect(rows, err, func(r *sql.Rows) (d DayVerb, err error) {
			var day time.Time
			err = r.Scan(&day, &d.Verb, &d.N)
			d.Day = day.Format("2006-01-02")
			return d, err
		})
	})
	return slices.Clone(days), err
}

// LastDay is the newest day that has an event, the zero time where none has.
func LastDay(ctx context.Context, db *store.DB) (time.Time, error) {
	return keptLast.Get(ctx, db, "", func(ctx context.Context) (time.Time, error) {
		var day sql.NullTime
		err := db.Facts.QueryRow(ctx, sqlLastDay).Scan(&day)
		return day.Time, err
	})
}

// Totals are the sizes of what is loaded.
type Totals struct{ Events, Parties, Batches, Rejects int64 }

// Total counts all that is loaded.
func Total(ctx context.Context, db *store.DB) (Totals, error) {
	return keptTotal.Get(ctx, db, "", func(ctx context.Context) (t Totals, err error) {
		err = db.Facts.QueryRow(ctx, sqlTotals).Scan(&t.Events, &t.Parties, &t.Batches, &t.Rejects)
		return t, err
	})
}

// CameIn counts what batches loaded since an instant brought.
func CameIn(ctx context.Context, db *store.DB, since time.Time) (t Totals, err error) {
	err = db.Facts.QueryRow(ctx, sqlSince, since.UTC()).Scan(&t.Events, &t.Parties, &t.Rejects, &t.Batches)
	return t, err
}

// A SourceSum is what a source has brought so far.
type SourceSum struct {
	Source                                  string
	Batches, Events, Parties, Rejects, Rows int64
	LastLoaded                              time.Time
}

// Sources sums the batches of each source.
func Sources(ctx context.Context, db *store.DB) ([]SourceSum, error) {
	sums, err := keptSources.Get(ctx, db, "", func(ctx context.Context) ([]SourceSum, error) {
		rows, err := db.Facts.Query(ctx, sqlSourceList)
		return store.Collect(rows, err, func(r *sql.Rows) (s SourceSum, err error) {
			err = r.Scan(&s.Source, &s.Batches, &s.Events, &s.Parties, &s.Rejects, &s.Rows, &s.LastLoaded)
			return s, err
		})
	})
	return slices.Clone(sums), err
}
