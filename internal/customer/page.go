package customer

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed page.sql
var pageFile string

var (
	pageQueries = store.Load("customer.page", pageFile)
	sqlSections = pageQueries.Get("sections")
	sqlNames    = pageQueries.Get("names")
	sqlContacts = pageQueries.Get("contacts")
)

// A Ref is the event that says something, and its row.
type Ref struct {
	Event, Batch string
	Row          int64
}

// A Count is how many events have a value.
type Count struct {
	Value       string
	N           int64
	First, Last time.Time
}

// A Money is a sum in one currency; "" = none was given.
type Money struct {
	Currency string
	Amount   float64
}

// A Thing is an object with a state: a deal, case, request, need or task.
type Thing struct {
	Kind, Source, Key string
	State             string // open, won, lost, removed, closed, unknown
	Amount            *float64
	Currency, Text    string
	Events            int64
	First, Last       time.Time
	Ref
}

// A Sum says how many things of a kind are in a state, and what they are worth.
type Sum struct {
	Kind, State string
	N           int64
	Money       []Money
}

// A Campaign is what one campaign did to the customer.
type Campaign struct {
	Source, Key, Arm                               string
	Sent, Opened, Clicked, Failed, Reached, Events int64
	First, Last                                    time.Time
	Ref
}

// A Shovel is what was handed over for the customer.
type Shovel struct {
	Source, Key, Staff             string // staff: one of those it was handed to
	Offered, Opened, Used, Skipped int64
	First, Last                    time.Time
	Ref
}

// A Someone is a person or colleague beside the customer.
type Someone struct {
	Entity, Name, Title string
	Events              int64 // in common
	First, Last         time.Time
	Owner               bool
}

// A Promise is a date that was given or planned.
type Promise struct {
	Verb, Staff, Due, Text string
	TS                     time.Time
	Ref
}

// A Page is all that is known of a customer but its timeline and its traits.
type Page struct {
	Entity
	Name      string
	Fields    []Field
	Events    int64
	First     time.Time
	Last      time.Time
	Verbs     []Count
	Sources   []Count
	Channels  []Count
	Sums      []Sum
	Things    []Thing
	Campaigns []Campaign
	Shovels   []Shovel
	Promises  []Promise
	Theirs    []Someone
	Ours      []Someone
	Owners    []Tenure // newest first; the first holds now
	Family    Family
}

// Get returns a customer's page.
func Get(ctx context.Context, db *store.DB, id string) (Page, error) {
	e, err := Find(ctx, db, id)
	if err != nil {
		return Page{}, err
	}
	p := Page{Entity: e}
	var parts []part
	g, together := errgroup.WithContext(ctx) // each waits for the engine; none for another
	g.Go(func() (err error) {
		p.Fields, err = record(together, db, e)
		return err
	})
	g.Go(func() (err error) {
		parts, err = sections(together, db, e)
		return err
	})
	g.Go(func() (err error) {
		p.Family, err = family(together, db, e)
		return err
	})
	if err := g.Wait(); err != nil {
		return Page{}, err
	}
	p.Name = nameOf(p.Fields, e.Parties)
	p.fill(parts)
	return p, p.people(ctx, db, parts)
}

// sections reads all that the customer's events say of it.
func sections(ctx context.Context, db *store.DB, e Entity) ([]part, error) {
	a := &args{}
	text := "WITH mine AS MATERIALIZED (SELECT id, source, batch_id, row_no, verb, ts, " + other(e.Kind) +
		" AS other, staff, object_kind, object_key, channel, amount, currency, CASE WHEN object_kind IS NULL OR object_kind <> 'message' THEN text END AS text, attrs FROM (" +
		e.rows(a, columns+", v.row_no") + ") AS e WHERE verb <> 'stat.reported'),\n" + sqlSections.Text
	rows, err := db.Facts.Query(ctx, store.Text(sqlSections.Name, text), a.list...)
	parts, err := store.Collect(rows, err, scanPart)
	if err != nil {
		return nil, fmt.Errorf("customer: %s: %w", e.ID, err)
	}
	return parts, nil
}

// other is the column of the other side of a customer's events.
func other(kind string) string {
	if kind == Person {
		return Account
	}
	return Person
}

// A part is one row of the sections.
type part struct {
	section, a, b, c, d string
	n                   [6]int64
	x                   *float64
	t1, t2              time.Time
	ref                 Ref
}

func scanPart(r *sql.Rows) (p part, err error) {
	var x sql.NullFloat64
	err = r.Scan(&p.section, &p.a, &p.b, &p.c, &p.d, &p.n[0], &p.n[1], &p.n[2], &p.n[3], &p.n[4], &p.n[5], &x, &p.t1, &p.t2, &p.ref.Event, &p.ref.Batch, &p.ref.Row)
	if x.Valid {
		p.x = &x.Float64
	}
	return p, err
}

// fill sorts the parts into the page's sections.
func (p *Page) fill(parts []part) {
	sums := map[[2]string]*Sum{}
	for _, r := range parts {
		count := Count{r.a, r.n[0], r.t1, r.t2}
		switch r.section {
		case "verb":
			p.Verbs = append(p.Verbs, count)
			p.Events += count.N
			if p.First.IsZero() || r.t1.Before(p.First) {
				p.First = r.t1
			}
			if r.t2.After(p.Last) {
				p.Last = r.t2
			}
		case "source":
			p.Sources = append(p.Sources, count)
		case "channel":
			p.Channels = append(p.Channels, count)
		case "state":
			k := [2]string{r.a, r.b}
			if sums[k] == nil {
				sums[k] = &Sum{Kind: r.a, State: r.b}
			}
			sums[k].N += r.n[0]
			if r.x != nil {
				sums[k].Money = append(sums[k].Money, Money{r.c, *r.x})
			}
		case "object":
			source, key, _ := strings.Cut(r.c, ":")
			currency, text, _ := strings.Cut(r.d, "|")
			p.Things = append(p.Things, Thing{r.a, source, key, r.b, r.x, currency, text, r.n[0], r.t1, r.t2, r.ref})
		case "campaign":
			p.Campaigns = append(p.Campaigns, Campaign{r.a, r.b, r.c, r.n[0], r.n[1], r.n[2], r.n[3], r.n[4], r.n[5], r.t1, r.t2, r.ref})
		case "shovel":
			p.Shovels = append(p.Shovels, Shovel{r.a, r.b, r.c, r.n[0], r.n[1], r.n[2], r.n[3], r.t1, r.t2, r.ref})
		case "promise":
			p.Promises = append(p.Promises, Promise{r.a, r.b, r.c, r.d, r.t1, r.ref})
		}
	}
	for _, k := range slices.SortedFunc(maps.Keys(sums), func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }) {
		p.Sums = append(p.Sums, *sums[k])
	}
	for _, c := range [][]Count{p.Verbs, p.Sources, p.Channels} {
		slices.SortStableFunc(c, func(a, b Count) int { return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Value, b.Value)) })
	}
}

// A named is a party's entity with its name.
type named struct{ Entity, Name, Title string }

// people names those on both sides, and whoever owns the customer.
func (p *Page) people(ctx context.Context, db *store.DB, parts []part) error {
	var ids []string
	for _, r := range parts {
		switch r.section {
		case "theirs", "ours":
			ids = append(ids, r.a)
		case "owner", "promise":
			ids = append(ids, r.b)
		case "shovel":
			ids = append(ids, r.c)
		}
	}
	names, err := Names(ctx, db, ids)
	if err != nil {
		return err
	}
	theirs, ours := map[string]*Someone{}, map[string]*Someone{}
	for _, r := range parts {
		if side := map[string]map[string]*Someone{"theirs": theirs, "ours": ours}[r.section]; side != nil {
			join(side, names, r)
		}
	}
	if p.Kind == Account {
		if err := p.contacts(ctx, db, theirs); err != nil {
			return err
		}
	}
	if p.Owners, err = p.tenures(ctx, db, parts, names); err != nil {
		return err
	}
	if len(p.Owners) > 0 {
		if s := ours[p.Owners[0].Staff]; s != nil {
			s.Owner = true
		}
	}
	for i, s := range p.Shovels {
		p.Shovels[i].Staff = names[s.Staff].Name
	}
	for i, s := range p.Promises {
		p.Promises[i].Staff = names[s.Staff].Name
	}
	p.Theirs, p.Ours = ranked(theirs), ranked(ours)
	return nil
}

func join(side map[string]*Someone, names map[string]named, r part) {
	n := names[r.a]
	if n.Entity == "" {
		n = named{r.a, r.a, ""} // a party that is gone
	}
	s := side[n.Entity]
	if s == nil {
		side[n.Entity] = &Someone{Entity: n.Entity, Name: n.Name, Title: n.Title, Events: r.n[0], First: r.t1, Last: r.t2}
		return
	}
	s.Events += r.n[0]
	if r.t1.Before(s.First) {
		s.First = r.t1
	}
	if r.t2.After(s.Last) {
		s.Last = r.t2
	}
	s.Title = cmp.Or(s.Title, n.Title)
}

func ranked(side map[string]*Someone) []Someone {
	out := make([]Someone, 0, len(side))
	for _, s := range side {
		out = append(out, *s)
	}
	slices.SortFunc(out, func(a, b Someone) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(b.Events, a.Events), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Entity, b.Entity))
	})
	return out
}

// contacts adds people who name the customer as their company.
func (p *Page) contacts(ctx context.Context, db *store.DB, theirs map[string]*Someone) error {
	var known []string
	for _, f := range p.Fields {
		if f.Name == "name" {
			known = append(known, f.Value.Value)
			for _, o := range f.Others {
				known = append(known, o.Value)
			}
		}
	}
	if len(known) == 0 {
		return nil
	}
	a := &args{}
	rows, err := db.Facts.Query(ctx, store.Text(sqlContacts.Name, "WITH asked AS (SELECT name FROM (VALUES ("+strings.Join(strings.Split(a.texts(known), ", "), "), (")+")) AS v(name)) "+sqlContacts.Text), a.list...)
	found, err := store.Collect(rows, err, scanNamed)
	for _, f := range found {
		if theirs[f[1]] == nil {
			theirs[f[1]] = &Someone{Entity: f[1], Name: f[2], Title: f[3]}
		}
	}
	return err
}

func scanNamed(r *sql.Rows) (f [4]string, err error) {
	err = r.Scan(&f[0], &f[1], &f[2], &f[3])
	return f, err
}

// Names returns entity, name and title of parties, by their ids.
func Names(ctx context.Context, db *store.DB, ids []string) (map[string]named, error) {
	ids = slices.DeleteFunc(slices.Compact(slices.Sorted(slices.Values(ids))), func(s string) bool { return !isID(s) })
	out := map[string]named{}
	size := 40 // DuckDB looks few ids up as it scans; more it joins afterwards
	if len(ids) > 5*size {
		size = 1000
	}
	for chunk := range slices.Chunk(ids, size) {
		a := &args{}
		marks := strings.ReplaceAll(a.uuids(chunk), ", ", "), (")
		rows, err := db.Facts.Query(ctx, store.Text(sqlNames.Name, "WITH asked AS (SELECT id FROM (VALUES ("+marks+")) AS v(id)) "+sqlNames.Text), a.list...)
		found, err := store.Collect(rows, err, scanNamed)
		if err != nil {
			return nil, fmt.Errorf("customer: names: %w", err)
		}
		for _, f := range found {
			out[f[0]] = named{f[1], f[2], f[3]}
		}
	}
	return out, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
