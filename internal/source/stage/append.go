package stage

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/store"
)

// A Row is one event that came as an event, with its parties, ready to stage.
type Row struct {
	No                     int64
	Key                    string // the sender's id, or a hash of the content
	Verb                   string
	TS                     time.Time
	Precision              string
	Account, Person, Staff *PartyOf
	ObjectKind, ObjectKey  string
	Channel                string
	Amount, Quantity       *float64
	Currency, Unit, Text   string
	Attrs                  json.RawMessage
}

// A PartyOf is a party as an event names it.
type PartyOf struct {
	Namespace, Key, Name, Phone, Email, TaxNo, Address, City, Title, Company string
	Attrs                                                                    json.RawMessage
}

// APITable is the table name of events that came through the API.
const APITable = "api"

// Append writes a stage file for events of one source. Zone is the company's.
func Append(ctx context.Context, path, source, batch, zone string, key []byte, loaded time.Time, rows []Row) (err error) {
	loc, err := location(zone)
	if err != nil {
		return err
	}
	connector, err := duckdb.NewConnector(path, nil)
	if err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	db := sql.OpenDB(connector)
	defer func() {
		if cerr := db.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("stage: %w", cerr)
		}
	}()
	// In one transaction: each of its own would wait for the disk.
	if _, err := db.ExecContext(ctx, "BEGIN; "+strings.Join(fact.StageTables, "; ")+"; COMMIT"); err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	conn, err := connector.Connect(ctx)
	if err != nil {
		return fmt.Errorf("stage: %w", err)
	}
	defer func() { _ = conn.Close() }()
	a := appender{conn: conn, source: source, batch: uid(batch), key: key, loaded: loaded.UTC(), zone: loc, parties: map[uuid.UUID]*record{}}
	return a.write(rows)
}

type appender struct {
	conn    driver.Conn
	source  string
	batch   duckdb.UUID
	key     []byte
	loaded  time.Time
	zone    *time.Location
	parties map[uuid.UUID]*record
	order   []uuid.UUID
}

type record struct {
	kind string
	row  int64
	p    PartyOf
}

func uid(s string) duckdb.UUID {
	id, err := uuid.Parse(s)
	if err != nil {
		return duckdb.UUID{}
	}
	return duckdb.UUID(id)
}

func (a *appender) write(rows []Row) error {
	last := map[uuid.UUID]int{}
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = store.ID(a.key, a.source, APITable, r.Verb, r.Key)
		last[ids[i]] = i
	}
	events, err := duckdb.NewAppenderFromConn(a.conn, "", "stage_event")
	if err != nil {
		return fmt.Errorf("stage: append: %w", err)
	}
	dups, err := duckdb.NewAppenderFromConn(a.conn, "", "stage_event_dup")
	if err != nil {
		return fmt.Errorf("stage: append: %w", err)
	}
	for i, r := range rows {
		to := events
		if last[ids[i]] != i {
			to = dups
		}
		ts := r.TS.UTC()
		local := r.TS.In(a.zone)
		err := to.AppendRow(duckdb.UUID(ids[i]), a.source, APITable, a.batch, r.No, r.Verb, ts, r.Precision,
			time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC), a.loaded,
			a.party("account", r.Account, r.No), a.party("person", r.Person, r.No), a.party("staff", r.Staff, r.No),
			null(r.ObjectKind), null(r.ObjectKey), null(r.Channel), money(r.Amount), null(r.Currency), number(r.Quantity), null(r.Unit), null(r.Text), jsonOf(r.Attrs))
		if err != nil {
			return fmt.Errorf("stage: append row %d: %w", r.No, err)
		}
	}
	if err := events.Close(); err != nil {
		return fmt.Errorf("stage: append: %w", err)
	}
	if err := dups.Close(); err != nil {
		return fmt.Errorf("stage: append: %w", err)
	}
	return a.records()
}

// party remembers a party and gives its id.
func (a *appender) party(kind string, p *PartyOf, row int64) driver.Value {
	if p == nil || p.Key == "" {
		return nil
	}
	id := store.ID(a.key, "party", a.source, kind, p.Namespace, p.Key)
	r := a.parties[id]
	if r == nil {
		a.parties[id] = &record{kind, row, *p}
		a.order = append(a.order, id)
		return duckdb.UUID(id)
	}
	r.row = row
	for _, f := range [][2]*string{{&r.p.Name, &p.Name}, {&r.p.Phone, &p.Phone}, {&r.p.Email, &p.Email}, {&r.p.TaxNo, &p.TaxNo},
		{&r.p.Address, &p.Address}, {&r.p.City, &p.City}, {&r.p.Title, &p.Title}, {&r.p.Company, &p.Company}} {
		if *f[1] != "" {
			*f[0] = *f[1]
		}
	}
	if len(p.Attrs) > 0 {
		r.p.Attrs = p.Attrs
	}
	return duckdb.UUID(id)
}

func (a *appender) records() error {
	to, err := duckdb.NewAppenderFromConn(a.conn, "", "stage_party_record")
	if err != nil {
		return fmt.Errorf("stage: append: %w", err)
	}
	for _, id := range a.order {
		r := a.parties[id]
		err := to.AppendRow(duckdb.UUID(store.ID(a.key, "record", id.String(), APITable)), a.source, APITable, a.batch, r.row, a.loaded,
			duckdb.UUID(id), r.kind, r.p.Namespace, r.p.Key, null(r.p.Name), null(r.p.Phone), null(r.p.Email), null(r.p.TaxNo),
			null(r.p.Address), null(r.p.City), null(r.p.Title), null(r.p.Company), jsonOf(r.p.Attrs))
		if err != nil {
			return fmt.Errorf("stage: append party: %w", err)
		}
	}
	return to.Close()
}

func null(s string) driver.Value {
	if s == "" {
		return nil
	}
	return s
}

// jsonOf is JSON as it stands: a Go string would be kept as a JSON string.
func jsonOf(raw json.RawMessage) driver.Value {
	if len(raw) == 0 {
		return nil
	}
	return raw
}

func number(f *float64) driver.Value {
	if f == nil {
		return nil
	}
	return *f
}

// money is an amount in the event table's DECIMAL(18,4).
func money(f *float64) driver.Value {
	if f == nil {
		return nil
	}
	return decimal(*f)
}
