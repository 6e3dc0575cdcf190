package sample

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/metric"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

// An Event is one that is kept in memory instead of in the facts; its parties
// are units already.
type Event struct {
	Verb                   string
	TS                     time.Time
	Day                    time.Time // midnight in the company's zone
	Coarse                 bool      // known only to the day
	Account, Person, Staff string
	Source, Kind, Key      string
	Channel                string
	Amount, Quantity       *float64
	Currency               string
	Attrs                  map[string]string
}

// A Stay is a time in a team, half-open; a zero bound is open.
type Stay struct {
	Staff, Team  string
	Since, Until time.Time
}

// A Book holds events and who was in which team, so that a claim's sample can
// be gathered without a database: a thousand made companies need no files.
type Book struct {
	all   []kept
	verbs map[string][]int32
	last  map[string]int // day by source
	staff *roster
}

type kept struct {
	happening
	channel string
}

// NewBook keeps the events; last says until which day each source is known.
func NewBook(events []Event, stays []Stay, last map[string]time.Time) *Book {
	b := &Book{all: make([]kept, len(events)), verbs: map[string][]int32{}, last: map[string]int{}}
	slices.SortStableFunc(events, func(x, y Event) int {
		if c := x.TS.Compare(y.TS); c != 0 {
			return c
		}
		return strings.Compare(x.Verb, y.Verb)
	})
	for i, e := range events {
		k := kept{happening{verb: e.Verb, ts: e.TS, day: localDay(e.Day), coarse: e.Coarse, account: e.Account, person: e.Person, staff: e.Staff,
			source: e.Source, kind: e.Kind, key: e.Key, currency: e.Currency, attrs: e.Attrs}, e.Channel}
		if e.Amount != nil {
			k.amount.Float64, k.amount.Valid = *e.Amount, true
		}
		if e.Quantity != nil {
			k.quantity.Float64, k.quantity.Valid = *e.Quantity, true
		}
		b.all[i] = k
		b.verbs[e.Verb] = append(b.verbs[e.Verb], int32(i))
	}
	for s, d := range last {
		b.last[s] = localDay(d)
	}
	r := &roster{alias: map[string]string{}, stays: map[string][]stay{}}
	named := map[string]bool{}
	for _, s := range stays {
		x := stay{team: s.Team}
		if !s.Since.IsZero() {
			x.since = localDay(s.Since)
		}
		if !s.Until.IsZero() {
			x.until = localDay(s.Until)
		}
		if !slices.Contains(r.stays[s.Staff], x) {
			r.stays[s.Staff] = append(r.stays[s.Staff], x)
		}
		named[s.Team] = true
	}
	for _, all := range r.stays {
		slices.SortStableFunc(all, narrower)
	}
	r.teams = slices.Sorted(mapKeys(named))
	b.staff = r
	return b
}

// localDay is the number of a midnight's day, whatever its zone.
func localDay(t time.Time) int {
	y, m, d := t.Date()
	return dayNumber(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

// Gather reads what a claim needs from the book, as Gather does from the facts.
func (b *Book) Gather(ctx context.Context, c claim.Claim, now time.Time) (Gathered, error) {
	c, err := Resolve(c)
	if err != nil {
		return Gathered{}, err
	}
	for _, v := range c.Covariates {
		if v.Party != "" {
			return Gathered{}, fault.New(fault.ErrInvalid, "sample.party", fmt.Sprintf("The covariate %q stands with a party, of which a book knows nothing.", v.Name), fmt.Sprintf("协变量 %q 来自身份记录，内存样本中没有。", v.Name))
		}
	}
	g := &gatherer{book: b, staff: b.staff, c: c, why: map[string]int{}, until: b.lastDay(c, now)}
	return g.gather(ctx, func(int64, int64, string, string) {})
}

func (b *Book) lastDay(c claim.Claim, now time.Time) string {
	last := ""
	for _, v := range c.Outcome.Verbs {
		seen := map[string]bool{}
		for _, i := range b.verbs[v] {
			src := b.all[i].source
			if seen[src] {
				continue
			}
			seen[src] = true
			last = max(last, dayText(min(b.last[src], localDay(now)+1)))
		}
	}
	return last
}

// events runs a selection, oldest first.
func (b *Book) events(s selection, each func(happening)) error {
	filters, err := Filters(s.where)
	if err != nil {
		return err
	}
	since, _ := dayOf(s.since)
	until, dated := dayOf(s.until)
	var at []int32
	for _, v := range slices.Compact(slices.Sorted(slices.Values(s.verbs))) {
		at = append(at, b.verbs[v]...)
	}
	slices.Sort(at)
	for _, i := range at {
		h := b.all[i]
		if s.since != "" && h.day < since || dated && h.day >= until || len(s.objects) > 0 && !slices.Contains(s.objects, h.key) {
			continue
		}
		ok, err := h.passes(filters)
		if err != nil {
			return err
		}
		if ok {
			each(h.happening)
		}
	}
	return nil
}

// passes compares as the database does: nothing equals what is not there.
func (h kept) passes(filters []metric.Filter) (bool, error) {
	for _, f := range filters {
		v, known, err := h.dimension(f.Dimension.Name)
		if err != nil {
			return false, err
		}
		ok := false
		switch f.Op {
		case "null":
			ok = !known
		case "notnull":
			ok = known
		case "ne":
			ok = !known || v != f.Values[0]
		case "eq", "in":
			ok = known && slices.Contains(f.Values, v)
		case "has":
			ok = known && strings.Contains(strings.ToLower(v), strings.ToLower(f.Values[0]))
		default:
			x, err := strconv.ParseFloat(v, 64)
			y, err2 := strconv.ParseFloat(f.Values[0], 64)
			if err != nil || err2 != nil {
				break
			}
			ok = known && (f.Op == "gt" && x > y || f.Op == "gte" && x >= y || f.Op == "lt" && x < y || f.Op == "lte" && x <= y)
		}
		if !ok {
			return false, nil
		}
	}
	return true, nil
}

func (h kept) dimension(name string) (v string, known bool, err error) {
	if key, ok := attrName(name); ok {
		v, known = h.attrs[key]
		return v, known, nil
	}
	switch name {
	case "verb":
		v = h.verb
	case "source":
		v = h.source
	case "channel":
		v = h.channel
	case "object_kind":
		v = h.kind
	case "object":
		v = h.key
	case "currency":
		v = h.currency
	case "account":
		v = h.account
	case "person":
		v = h.person
	case "staff":
		v = h.staff
	default:
		return "", false, fault.New(fault.ErrInvalid, "sample.dimension", fmt.Sprintf("A book can't be filtered by %q.", name), fmt.Sprintf("内存样本不能按 %q 筛选。", name))
	}
	return v, v != "", nil
}
