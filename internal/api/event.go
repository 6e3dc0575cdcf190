package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/explore"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source"
)

type eventIn struct {
	ID       string         `json:"id,omitempty" maxLength:"200" doc:"Yours; the same id again is the same event. Without one, equal content is the same event"`
	Verb     string         `json:"verb" maxLength:"100" example:"feedback.received"`
	TS       string         `json:"ts" maxLength:"64" doc:"RFC 3339, or a day"`
	Account  *partyIn       `json:"account,omitempty"`
	Person   *partyIn       `json:"person,omitempty"`
	Staff    *partyIn       `json:"staff,omitempty"`
	Object   *objectIn      `json:"object,omitempty"`
	Channel  string         `json:"channel,omitempty" maxLength:"200"`
	Amount   *float64       `json:"amount,omitempty"`
	Currency string         `json:"currency,omitempty" maxLength:"16"`
	Quantity *float64       `json:"quantity,omitempty"`
	Unit     string         `json:"unit,omitempty" maxLength:"64"`
	Text     string         `json:"text,omitempty" maxLength:"1000000"`
	Attrs    map[string]any `json:"attrs,omitempty"`
}

type partyIn struct {
	Namespace string         `json:"namespace" maxLength:"200"`
	Key       string         `json:"key" minLength:"1" maxLength:"400"`
	Name      string         `json:"name,omitempty"`
	Phone     string         `json:"phone,omitempty"`
	Email     string         `json:"email,omitempty"`
	TaxNo     string         `json:"tax_no,omitempty"`
	Address   string         `json:"address,omitempty"`
	City      string         `json:"city,omitempty"`
	Title     string         `json:"title,omitempty"`
	Company   string         `json:"company,omitempty"`
	Attrs     map[string]any `json:"attrs,omitempty"`
}

type objectIn struct {
	Kind string `json:"kind" maxLength:"100" example:"deal"`
	Key  string `json:"key" maxLength:"400"`
}

type ingestIn struct {
	Source   string `query:"source" maxLength:"100" doc:"Only for those who are not bound to one by their token"`
	Type     string `header:"Content-Type"`
	Encoding string `header:"Content-Encoding"`
	body     io.ReadCloser
}

// Resolve keeps the body, so that it is read as it comes.
func (r *ingestIn) Resolve(ctx huma.Context) []error {
	req, w := humago.Unwrap(ctx)
	r.body = http.MaxBytesReader(w, req.Body, maxIngest)
	return nil
}

type ingested struct {
	Accepted   int64                `json:"accepted" doc:"Durable now; in the facts within about a second"`
	Duplicates int64                `json:"duplicates,omitempty"`
	Rejected   list[ingestRejected] `json:"rejected"`
}

type ingestRejected struct {
	Index    int    `json:"index" doc:"0-based"`
	Reason   string `json:"reason"`
	ReasonZH string `json:"reason_zh"`
}

type partyRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Kind string `json:"kind,omitempty"`
}

type objectRef struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
}

type EventItem struct {
	ID          string     `json:"id"`
	TS          time.Time  `json:"ts"`
	TSPrecision string     `json:"ts_precision" example:"second"`
	Verb        string     `json:"verb"`
	Source      string     `json:"source"`
	Table       string     `json:"tbl"`
	Account     *partyRef  `json:"account,omitempty"`
	Person      *partyRef  `json:"person,omitempty"`
	Staff       *partyRef  `json:"staff,omitempty"`
	Object      *objectRef `json:"object,omitempty"`
	Channel     string     `json:"channel,omitempty"`
	Amount      *float64   `json:"amount,omitempty"`
	Currency    string     `json:"currency,omitempty"`
	Quantity    *float64   `json:"quantity,omitempty"`
	Unit        string     `json:"unit,omitempty"`
	Text        string     `json:"text,omitempty"`
	Batch       string     `json:"batch"`
	Row         int64      `json:"row"`
}

type eventView struct {
	EventItem
	Day       string             `json:"day" format:"date" doc:"In the company's zone"`
	LoadedAt  time.Time          `json:"loaded_at"`
	Attrs     map[string]any     `json:"attrs"`
	SourceRow sourceRow          `json:"source_row"`
	Versions  list[eventVersion] `json:"versions" doc:"What newer batches replaced, newest first"`
	Again     list[rowAddress]   `json:"again" doc:"Other rows that say the same"`
	Masked    bool               `json:"masked"`
}

type sourceRow struct {
	Batch string `json:"batch"`
	Row   int64  `json:"row"`
	File  string `json:"file"`
	Line  int64  `json:"line"`
}

type eventVersion struct {
	EventItem
	LoadedAt time.Time `json:"loaded_at"`
}

type rowAddress struct {
	Batch string `json:"batch"`
	Row   int64  `json:"row"`
}

func registerEvent(api huma.API, s *server) {
	huma.Register(api, op("POST /events", "ingest", "Hand in events; answered once they are durable", access.Ingest, status(202)), s.ingest)
	describeEvents(api)
	huma.Register(api, op("GET /events/{id}", "get-event", "One event, its row, and what it replaced", access.Explore), s.getEvent)
}

// describeEvents documents the body of POST /events after the fact: huma would
// read and keep whole a body that it knows the schema of.
func describeEvents(api huma.API) {
	o := api.OpenAPI().Paths[prefix+"/events"].Post
	streamIn("A JSON array of events, {\"events\": […]}, or one event per line; gzip is understood", "application/json", "application/x-ndjson")(o)
	events := api.OpenAPI().Components.Schemas.Schema(typeOf[[]eventIn](), true, "")
	o.RequestBody.Content["application/json"].Schema = &huma.Schema{OneOf: []*huma.Schema{events,
		{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"events": events}, Required: []string{"events"}}}}
}

// eventsOf names the parties of events and masks their texts.
func (s *server) eventsOf(ctx context.Context, target string, events []fact.Event) (list[EventItem], error) {
	names, err := explore.Names(ctx, s.DB, events...)
	if err != nil {
		return nil, err
	}
	v := whoIs(ctx).For()
	items := each(events, func(e fact.Event) EventItem { return eventOf(e, names, v) })
	return items, s.revealed(ctx, v, target)
}

func eventOf(e fact.Event, names map[string]string, v *access.Veil) EventItem {
	party := func(id, kind string) *partyRef {
		if id == "" {
			return nil
		}
		return &partyRef{id, names[id], kind}
	}
	w := EventItem{ID: e.ID, TS: e.TS.UTC(), TSPrecision: e.TSPrecision, Verb: e.Verb, Source: e.Source, Table: e.Table, Account: party(e.Account, "account"), Person: party(e.Person, "person"),
		Staff: party(e.Staff, "staff"), Channel: e.Channel, Amount: e.Amount, Currency: e.Currency, Quantity: e.Quantity, Unit: e.Unit, Text: v.Text(e.Text), Batch: e.Batch, Row: e.Row}
	if e.ObjectKind != "" || e.ObjectKey != "" {
		w.Object = &objectRef{e.ObjectKind, e.ObjectKey}
	}
	return w
}

func (s *server) getEvent(ctx context.Context, r *ByID) (*out[eventView], error) {
	if _, err := uuid.Parse(r.ID); err != nil {
		return nil, reply(fault.New(fault.ErrNotFound, "event.none", fmt.Sprintf("There is no event %q.", r.ID), fmt.Sprintf("没有事件 %q。", r.ID)))
	}
	e, err := fact.GetEvent(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	versions, err := fact.Versions(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	again, err := fact.Again(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	names, err := explore.Names(ctx, s.DB, append(versions, e)...)
	if err != nil {
		return nil, reply(err)
	}
	zone, err := s.zone(ctx)
	if err != nil {
		return nil, reply(err)
	}
	v := whoIs(ctx).For()
	attrs, err := jsonMap(e.Attrs)
	if err != nil {
		return nil, reply(err)
	}
	w := eventView{EventItem: eventOf(e, names, v), Day: e.TS.In(zone).Format(time.DateOnly), LoadedAt: e.LoadedAt.UTC(), Attrs: v.Map(attrs), SourceRow: s.sourceRow(ctx, e),
		Versions: each(versions, func(o fact.Event) eventVersion { return eventVersion{eventOf(o, names, v), o.LoadedAt.UTC()} }),
		Again:    each(again, func(a fact.RowRef) rowAddress { return rowAddress{a.Batch, a.Row} })}
	w.Masked = v.Hidden > 0
	return &out[eventView]{w}, reply(s.revealed(ctx, v, "event:"+e.ID))
}

// sourceRow says where the event's row stands. The event is shown even when
// its file is not there any more: then the line is not known.
func (s *server) sourceRow(ctx context.Context, e fact.Event) sourceRow {
	w := sourceRow{Batch: e.Batch, Row: e.Row}
	o, err := source.Row(ctx, s.DB, e.Batch, e.Row, 0)
	w.File, w.Line = o.Batch.Name, o.Line
	if err != nil && fault.Mine(err) {
		requestOf(ctx).cause = err
	}
	return w
}

// jsonMap reads a JSON object; an empty text is an empty one.
func jsonMap(text string) (map[string]any, error) {
	m := map[string]any{}
	if text == "" {
		return m, nil
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		return nil, fmt.Errorf("api: attributes: %w", err)
	}
	return m, nil
}
