package api

import (
	"context"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/customer"
	"github.com/chanzipu/outfitter/internal/explore"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/identity"
)

// ByEntity names a customer: by its entity's id or one of its parties'.
type ByEntity struct {
	Entity string `path:"entity" format:"uuid" doc:"Of the entity, or of one of its parties"`
}

type customersIn struct {
	Paging
	Q      string   `query:"q" maxLength:"200" doc:"In a name; or a whole key, phone, mail or tax number"`
	Kind   string   `query:"kind" enum:"account,person" default:"account"`
	City   string   `query:"city" maxLength:"100"`
	Source string   `query:"source" maxLength:"100"`
	Trait  []string `query:"trait,explode" maxItems:"10" doc:"name:word, such as stage:active, owner:<id of a colleague>" example:"[\"stage:active\"]"`
	Sort   string   `query:"sort" maxLength:"60" doc:"A trait that is a number; default: last seen first"`
	Up     bool     `query:"up" doc:"Smallest first"`
}

type customerItem struct {
	Entity  string         `json:"entity"`
	Kind    string         `json:"kind" enum:"account,person"`
	Name    string         `json:"name"`
	City    string         `json:"city,omitempty"`
	Parties int64          `json:"parties" doc:"Identity records behind it"`
	Sources list[string]   `json:"sources"`
	Traits  list[traitNow] `json:"traits"`
}

type traitNow struct {
	Trait  string   `json:"trait"`
	Number *float64 `json:"number" doc:"null = a word alone"`
	Text   string   `json:"text,omitempty" doc:"The word; of money its currency"`
	Day    string   `json:"day" format:"date" doc:"As of"`
}

type customerView struct {
	Entity    string                 `json:"entity"`
	Kind      string                 `json:"kind" enum:"account,person"`
	Name      string                 `json:"name"`
	Masked    bool                   `json:"masked" doc:"Personal numbers are hidden; POST …/reveal shows them"`
	Fields    list[goldenField]      `json:"fields"`
	Parties   list[customerParty]    `json:"parties"`
	Events    int64                  `json:"events"`
	First     *time.Time             `json:"first"`
	Last      *time.Time             `json:"last"`
	Verbs     list[customerCount]    `json:"verbs"`
	Sources   list[customerCount]    `json:"sources"`
	Channels  list[customerCount]    `json:"channels"`
	Sums      list[customerSum]      `json:"sums" doc:"How many deals, cases … are in which state, and their money"`
	Deals     list[customerThing]    `json:"deals" doc:"Open ones first, then the latest: 20"`
	Cases     list[customerThing]    `json:"cases"`
	Requests  list[customerThing]    `json:"requests" doc:"Requests, needs and tasks about the customer"`
	Promises  list[customerPromise]  `json:"promises" doc:"Dates given or planned"`
	Campaigns list[customerCampaign] `json:"campaigns"`
	Shovels   list[customerShovel]   `json:"shovels"`
	Theirs    list[customerSomeone]  `json:"theirs" doc:"Of an account its people; of a person the accounts"`
	Ours      list[customerSomeone]  `json:"ours"`
	Owners    list[customerTenure]   `json:"owners" doc:"Newest first; the first holds now"`
	Parent    *customerRelation      `json:"parent"`
	Branches  list[customerRelation] `json:"branches"`
}

type goldenField struct {
	Name   string            `json:"name" doc:"name, phone, email, tax_no, address, city, title, company or attr:<key>"`
	Rule   string            `json:"rule" enum:"recent,trusted,frequent" doc:"How the value won"`
	Value  goldenValue       `json:"value"`
	Losers list[goldenValue] `json:"losers"`
}

type goldenValue struct {
	Value  string    `json:"value"`
	Source string    `json:"source"`
	Table  string    `json:"tbl"`
	Party  string    `json:"party"`
	Batch  string    `json:"batch"`
	Row    int64     `json:"row"`
	Seen   time.Time `json:"seen" doc:"When the row was loaded"`
	Rows   int       `json:"rows" doc:"That say it"`
}

type customerParty struct {
	ID        string `json:"id"`
	Source    string `json:"source"`
	Namespace string `json:"namespace"`
	Key       string `json:"key"`
	Name      string `json:"name"`
	Batch     string `json:"batch"`
	Row       int64  `json:"row"`
}

type customerCount struct {
	Value string    `json:"value"`
	N     int64     `json:"n"`
	First time.Time `json:"first"`
	Last  time.Time `json:"last"`
}

type customerMoney struct {
	Currency string  `json:"currency"`
	Amount   float64 `json:"amount"`
}

type customerSum struct {
	Kind  string              `json:"kind" example:"deal"`
	State string              `json:"state" enum:"open,won,lost,removed,closed,unknown"`
	N     int64               `json:"n"`
	Money list[customerMoney] `json:"money"`
}

// A sayer is the event that says it, and its row.
type sayer struct {
	Event string `json:"event,omitempty"`
	Batch string `json:"batch"`
	Row   int64  `json:"row"`
}

type customerThing struct {
	Kind     string    `json:"kind"`
	Source   string    `json:"source"`
	Key      string    `json:"key"`
	State    string    `json:"state" enum:"open,won,lost,removed,closed,unknown"`
	Amount   *float64  `json:"amount"`
	Currency string    `json:"currency,omitempty"`
	Text     string    `json:"text,omitempty"`
	Events   int64     `json:"events"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
	Newest   sayer     `json:"newest"`
}

type customerPromise struct {
	Verb  string    `json:"verb"`
	Staff string    `json:"staff"`
	Due   string    `json:"due" doc:"As the source writes it"`
	Text  string    `json:"text,omitempty"`
	TS    time.Time `json:"ts"`
	Said  sayer     `json:"said"`
}

type customerCampaign struct {
	Source  string    `json:"source"`
	Key     string    `json:"key"`
	Arm     string    `json:"arm,omitempty"`
	Sent    int64     `json:"sent"`
	Opened  int64     `json:"opened"`
	Clicked int64     `json:"clicked"`
	Failed  int64     `json:"failed"`
	Reached int64     `json:"reached" doc:"Goals and redemptions"`
	Events  int64     `json:"events"`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
	Newest  sayer     `json:"newest"`
}

type customerShovel struct {
	Source  string    `json:"source"`
	Key     string    `json:"key"`
	Staff   string    `json:"staff,omitempty" doc:"One of those it was handed to"`
	Offered int64     `json:"offered"`
	Opened  int64     `json:"opened"`
	Used    int64     `json:"used"`
	Skipped int64     `json:"skipped"`
	First   time.Time `json:"first"`
	Last    time.Time `json:"last"`
	Newest  sayer     `json:"newest"`
}

type customerSomeone struct {
	Entity string     `json:"entity"`
	Name   string     `json:"name"`
	Title  string     `json:"title,omitempty"`
	Events int64      `json:"events" doc:"In common; 0 = known by the company's name alone"`
	First  *time.Time `json:"first"`
	Last   *time.Time `json:"last"`
	Owner  bool       `json:"owner"`
}

type customerTenure struct {
	Staff string     `json:"staff" doc:"Entity; empty where a field names somebody unknown"`
	Name  string     `json:"name"`
	Since *time.Time `json:"since" doc:"null = not known"`
	Until *time.Time `json:"until" doc:"null = still"`
	Basis string     `json:"basis" doc:"The verb that says so, or field"`
	Said  sayer      `json:"said"`
}

type customerRelation struct {
	Entity string `json:"entity,omitempty" doc:"Empty = not a customer here"`
	Name   string `json:"name"`
	Basis  string `json:"basis" enum:"attr,name"`
}

type timelineIn struct {
	ByEntity
	Paging
	Verb    []string `query:"verb,explode" maxItems:"100"`
	Source  []string `query:"source,explode" maxItems:"100"`
	Channel []string `query:"channel,explode" maxItems:"100"`
	Since   string   `query:"since" doc:"Day or RFC 3339 instant, included"`
	Until   string   `query:"until" doc:"Day or RFC 3339 instant, excluded"`
	Q       string   `query:"q" maxLength:"200" doc:"In the text, the object's key or an attribute"`
}

type timelineItem struct {
	EventItem
	Attrs map[string]any `json:"attrs"`
}

type portraitIn struct {
	ByEntity
	Months int `query:"months" minimum:"0" maximum:"60" default:"12" doc:"History at so many month ends; 0 = none"`
}

type portraitView struct {
	Entity string              `json:"entity"`
	Kind   string              `json:"kind"`
	AsOf   string              `json:"as_of" format:"date" doc:"The newest day with an event: windows count back from it"`
	Fresh  bool                `json:"fresh" doc:"The stored traits know every batch; else they do within about a minute"`
	Traits list[portraitTrait] `json:"traits"`
}

type portraitTrait struct {
	TraitView
	Number  *float64       `json:"number"`
	Text    string         `json:"text,omitempty"`
	History list[traitNow] `json:"history" doc:"Oldest first, the last is now"`
}

type TraitView struct {
	Name    string           `json:"name"`
	Title   string           `json:"title"`
	TitleZH string           `json:"title_zh"`
	Unit    string           `json:"unit"`
	UnitZH  string           `json:"unit_zh"`
	Word    bool             `json:"word" doc:"Its value is the text; the number says how much"`
	Kinds   list[string]     `json:"kinds"`
	About   string           `json:"about" doc:"Its definition"`
	AboutZH string           `json:"about_zh"`
	Verbs   list[string]     `json:"verbs" doc:"That it reads; empty = every verb, or other traits alone"`
	Uses    list[string]     `json:"uses" doc:"Other traits"`
	Values  list[traitValue] `json:"values" doc:"What the words are shown as"`
	Own     bool             `json:"own" doc:"Added by the company"`
	Formula string           `json:"formula,omitempty"`
	Metric  string           `json:"metric,omitempty"`
}

type traitValue struct {
	Value   string `json:"value"`
	Title   string `json:"title"`
	TitleZH string `json:"title_zh"`
}

type revealIn struct {
	ByEntity
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"400" doc:"Stands in the audit log"`
	}
}

func registerCustomer(api huma.API, s *server) {
	huma.Register(api, op("GET /customers", "list-customers", "Search customers", access.Read), s.listCustomers)
	huma.Register(api, op("GET /customers/{entity}", "get-customer", "One customer from every system", access.Read), s.getCustomer)
	huma.Register(api, op("GET /customers/{entity}/timeline", "customer-timeline", "All that happened, newest first", access.Read), s.customerTimeline)
	huma.Register(api, op("GET /customers/{entity}/portrait", "customer-portrait", "What the customer is like, and was", access.Read), s.customerPortrait)
	huma.Register(api, op("POST /customers/{entity}/reveal", "reveal-customer", "The golden record unmasked; audited", access.Reveal), s.revealCustomer)

	huma.Register(api, op("GET /traits", "list-traits", "The catalogue of traits", access.Read), s.listTraits)
	huma.Register(api, op("PUT /traits/{name}", "save-trait", "Add or change a trait of one's own", access.Import), s.saveTrait)
	huma.Register(api, op("DELETE /traits/{name}", "remove-trait", "Remove a trait of one's own", access.Import, status(204)), s.removeTrait)
}

// masked is the veil of pages that many look at: nobody sees personal numbers
// there; revealing is a deliberate, audited step.
func masked() *access.Veil { return &access.Veil{} }

func instantOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	u := t.UTC()
	return &u
}

func (s *server) listCustomers(ctx context.Context, r *customersIn) (*out[page[customerItem]], error) {
	q := customer.Query{Kind: r.Kind, Text: r.Q, City: r.City, Source: r.Source, Sort: r.Sort, Up: r.Up, Cursor: r.Cursor, Limit: r.Limit, Traits: map[string]string{}}
	for _, t := range r.Trait {
		name, word, ok := strings.Cut(t, ":")
		if !ok {
			return nil, reply(fault.New(fault.ErrInvalid, "customer.trait", "A filter by trait reads name:word, such as stage:active.", "按特征筛选应写成 名称:取值，如 stage:active。"))
		}
		q.Traits[name] = word
	}
	items, next, err := customer.List(ctx, s.DB, q)
	return &out[page[customerItem]]{page[customerItem]{each(items, itemOf), next}}, reply(err)
}

func itemOf(i customer.Item) customerItem {
	return customerItem{i.Entity, i.Kind, i.Name, i.City, i.Parties, strings.Split(i.Sources, ","), each(i.Traits, traitOf)}
}

func traitOf(v customer.Value) traitNow {
	return traitNow{v.Trait, v.Num, v.Text, v.Day.Format(time.DateOnly)}
}

func (s *server) getCustomer(ctx context.Context, r *ByEntity) (*out[customerView], error) {
	p, err := customer.Get(ctx, s.DB, r.Entity)
	if err != nil {
		return nil, reply(err)
	}
	v := masked()
	w := customerOf(p, v)
	w.Masked = v.Hidden > 0
	return &out[customerView]{w}, nil
}

func customerOf(p customer.Page, v *access.Veil) customerView {
	w := customerView{Entity: p.ID, Kind: p.Kind, Name: p.Name, Events: p.Events, First: instantOf(p.First), Last: instantOf(p.Last),
		Fields: fieldsOf(p.Fields, v), Parties: each(p.Parties, func(x fact.Party) customerParty {
			return customerParty{x.ID, x.Source, x.Namespace, keyOf(x.Key, v), x.Name, x.Batch, x.Row}
		}),
		Verbs: each(p.Verbs, countOf), Sources: each(p.Sources, countOf), Channels: each(p.Channels, countOf),
		Sums: each(p.Sums, func(x customer.Sum) customerSum {
			return customerSum{x.Kind, x.State, x.N, each(x.Money, func(m customer.Money) customerMoney { return customerMoney{m.Currency, m.Amount} })}
		}),
		Promises: each(p.Promises, func(x customer.Promise) customerPromise {
			return customerPromise{x.Verb, x.Staff, x.Due, v.Text(x.Text), x.TS, sayerOf(x.Ref)}
		}),
		Campaigns: each(p.Campaigns, func(x customer.Campaign) customerCampaign {
			return customerCampaign{x.Source, x.Key, x.Arm, x.Sent, x.Opened, x.Clicked, x.Failed, x.Reached, x.Events, x.First, x.Last, sayerOf(x.Ref)}
		}),
		Shovels: each(p.Shovels, func(x customer.Shovel) customerShovel {
			return customerShovel{x.Source, x.Key, x.Staff, x.Offered, x.Opened, x.Used, x.Skipped, x.First, x.Last, sayerOf(x.Ref)}
		}),
		Theirs: each(p.Theirs, someoneOf), Ours: each(p.Ours, someoneOf),
		Owners: each(p.Owners, func(x customer.Tenure) customerTenure {
			return customerTenure{x.Staff, x.Name, instantOf(x.Since), instantOf(x.Until), x.Basis, sayerOf(x.Ref)}
		}),
		Branches: each(p.Family.Branches, relationOf)}
	for _, t := range p.Things {
		x := customerThing{t.Kind, t.Source, t.Key, t.State, t.Amount, t.Currency, v.Text(t.Text), t.Events, t.First, t.Last, sayerOf(t.Ref)}
		switch t.Kind {
		case "deal":
			w.Deals = append(w.Deals, x)
		case "case":
			w.Cases = append(w.Cases, x)
		default:
			w.Requests = append(w.Requests, x)
		}
	}
	if p.Family.Parent != nil {
		r := relationOf(*p.Family.Parent)
		w.Parent = &r
	}
	return w
}

// keyOf hides a key that is itself a phone or mail.
func keyOf(key string, v *access.Veil) string { return v.Text(key) }

func fieldsOf(fields []customer.Field, v *access.Veil) list[goldenField] {
	return each(fields, func(f customer.Field) goldenField {
		return goldenField{f.Name, f.Rule, valueOf(f.Name, f.Value, v), each(f.Others, func(o identity.Value) goldenValue { return valueOf(f.Name, o, v) })}
	})
}

func valueOf(field string, x identity.Value, v *access.Veil) goldenValue {
	text := x.Value
	switch field {
	case "phone":
		text = v.Phone(text)
	case "email":
		text = v.Email(text)
	case "tax_no":
		text = v.Number(text)
	default:
		text = v.Text(text)
	}
	return goldenValue{text, x.Source, x.Table, x.Party, x.Batch, x.Row, x.Seen.UTC(), x.Rows}
}

func countOf(c customer.Count) customerCount {
	return customerCount{c.Value, c.N, c.First, c.Last}
}

func sayerOf(r customer.Ref) sayer { return sayer{r.Event, r.Batch, r.Row} }

func someoneOf(x customer.Someone) customerSomeone {
	return customerSomeone{x.Entity, x.Name, x.Title, x.Events, instantOf(x.First), instantOf(x.Last), x.Owner}
}

func relationOf(r customer.Relation) customerRelation {
	return customerRelation{r.Entity, r.Name, r.Basis}
}

func (s *server) customerTimeline(ctx context.Context, r *timelineIn) (*out[page[timelineItem]], error) {
	zone, err := s.zone(ctx)
	if err != nil {
		return nil, reply(err)
	}
	f := customer.Filter{Verbs: r.Verb, Sources: r.Source, Channels: r.Channel, Text: r.Q}
	if f.Since, err = explore.ParseBound(r.Since, zone); err != nil {
		return nil, reply(err)
	}
	if f.Until, err = explore.ParseBound(r.Until, zone); err != nil {
		return nil, reply(err)
	}
	e, err := customer.Find(ctx, s.DB, r.Entity)
	if err != nil {
		return nil, reply(err)
	}
	events, next, err := customer.Timeline(ctx, s.DB, e, f, r.Cursor, r.Limit)
	if err != nil {
		return nil, reply(err)
	}
	items, err := s.timelineOf(ctx, events)
	return &out[page[timelineItem]]{page[timelineItem]{items, next}}, reply(err)
}

// timelineOf names the parties of events and masks their texts and attributes.
func (s *server) timelineOf(ctx context.Context, events []fact.Event) (list[timelineItem], error) {
	names, err := explore.Names(ctx, s.DB, events...)
	if err != nil {
		return nil, err
	}
	v := masked()
	items := make(list[timelineItem], 0, len(events))
	for _, e := range events {
		attrs, err := jsonMap(e.Attrs)
		if err != nil {
			return nil, err
		}
		items = append(items, timelineItem{eventOf(e, names, v), v.Map(attrs)})
	}
	return items, nil
}

func (s *server) customerPortrait(ctx context.Context, r *portraitIn) (*out[portraitView], error) {
	e, err := customer.Find(ctx, s.DB, r.Entity)
	if err != nil {
		return nil, reply(err)
	}
	asOf, err := customer.AsOf(ctx, s.DB)
	if err != nil {
		return nil, reply(err)
	}
	fresh, err := customer.Fresh(ctx, s.DB)
	if err != nil {
		return nil, reply(err)
	}
	traits, err := customer.Traits(ctx, s.DB)
	if err != nil {
		return nil, reply(err)
	}
	now, err := customer.Portrait(ctx, s.DB, e.ID)
	if err != nil {
		return nil, reply(err)
	}
	past := map[string]list[traitNow]{}
	if r.Months > 0 {
		all, err := customer.History(ctx, s.DB, e, r.Months)
		if err != nil {
			return nil, reply(err)
		}
		for _, v := range all {
			past[v.Trait] = append(past[v.Trait], traitOf(v))
		}
	}
	w := portraitView{Entity: e.ID, Kind: e.Kind, AsOf: asOf.Format(time.DateOnly), Fresh: fresh}
	for _, t := range traits {
		if !t.Of(e.Kind) {
			continue
		}
		p := portraitTrait{TraitView: traitViewOf(t), History: past[t.Name]}
		for _, v := range now {
			if v.Trait == t.Name {
				p.Number, p.Text = v.Num, v.Text
			}
		}
		w.Traits = append(w.Traits, p)
	}
	return &out[portraitView]{w}, nil
}

func (s *server) revealCustomer(ctx context.Context, r *revealIn) (*out[list[goldenField]], error) {
	p, err := customer.Get(ctx, s.DB, r.Entity)
	if err != nil {
		return nil, reply(err)
	}
	v := &access.Veil{Open: true}
	w := fieldsOf(p.Fields, v)
	err = access.Note(ctx, s.DB, access.Entry{Actor: whoIs(ctx).Actor, Action: "personal.revealed", Target: "customer:" + p.ID, Detail: map[string]any{"n": v.Shown, "reason": r.Body.Reason}})
	if err != nil {
		return nil, reply(err)
	}
	return &out[list[goldenField]]{w}, nil
}

func traitViewOf(t customer.Trait) TraitView {
	kinds := t.Kinds
	if len(kinds) == 0 {
		kinds = customer.Kinds
	}
	return TraitView{t.Name, t.Title, t.ZH, t.Unit, t.UnitZH, t.Text, kinds, t.About, t.AboutZH, t.Verbs, t.Uses,
		each(t.Values, func(l customer.Label) traitValue { return traitValue{l.Value, l.Title, l.ZH} }), t.Own, t.Formula, t.Metric}
}

func (s *server) listTraits(ctx context.Context, _ *nothing) (*out[list[TraitView]], error) {
	all, err := customer.Traits(ctx, s.DB)
	return &out[list[TraitView]]{each(all, traitViewOf)}, reply(err)
}

type ownTrait struct {
	Title   string       `json:"title" minLength:"1" maxLength:"100"`
	TitleZH string       `json:"title_zh" minLength:"1" maxLength:"100"`
	Unit    string       `json:"unit,omitempty" maxLength:"50"`
	UnitZH  string       `json:"unit_zh,omitempty" maxLength:"50"`
	About   string       `json:"about,omitempty" maxLength:"2000"`
	AboutZH string       `json:"about_zh,omitempty" maxLength:"2000"`
	Kinds   list[string] `json:"kinds,omitempty" doc:"account, person; none = both"`
	Metric  string       `json:"metric,omitempty" doc:"Of GET /metrics: a count, sum, mean, ratio or distinct count" example:"order.placed.amount"`
	Days    int          `json:"days,omitempty" minimum:"0" maximum:"3660" doc:"Of a metric: the last so many days; 0 = all"`
	Where   list[string] `json:"where,omitempty" maxItems:"20" doc:"Of a metric: dimension:operator:value" example:"[\"channel:eq:web\"]"`
	Formula string       `json:"formula,omitempty" maxLength:"2000" doc:"Over other traits: + - * /, comparisons, and or not, if coalesce least greatest abs" example:"money / purchases"`
}

type saveTraitIn struct {
	Name string `path:"name" maxLength:"60"`
	Body ownTrait
}

type traitByName struct {
	Name string `path:"name" maxLength:"60"`
}

func (s *server) saveTrait(ctx context.Context, r *saveTraitIn) (*out[TraitView], error) {
	b := r.Body
	t, err := customer.SaveOwn(ctx, s.DB, whoIs(ctx).Actor, customer.Own{Name: r.Name, Title: b.Title, ZH: b.TitleZH, Unit: b.Unit, UnitZH: b.UnitZH, About: b.About, AboutZH: b.AboutZH,
		Kinds: b.Kinds, Metric: b.Metric, Days: b.Days, Where: b.Where, Formula: b.Formula})
	return &out[TraitView]{traitViewOf(t)}, reply(err)
}

func (s *server) removeTrait(ctx context.Context, r *traitByName) (*nothing, error) {
	return nil, reply(customer.RemoveOwn(ctx, s.DB, whoIs(ctx).Actor, r.Name))
}
