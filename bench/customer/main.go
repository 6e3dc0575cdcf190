// Command customer measures what stands behind a customer's page and the rule
// builder, on a folder that bench/fill filled with -persons: functions alone,
// without the HTTP server, one user.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"syscall"
	"time"

	_ "github.com/chanzipu/outfitter/internal/access" // its migrations
	"github.com/chanzipu/outfitter/internal/customer"
	_ "github.com/chanzipu/outfitter/internal/explore"
	"github.com/chanzipu/outfitter/internal/fact"
	_ "github.com/chanzipu/outfitter/internal/run"
	"github.com/chanzipu/outfitter/internal/segment"
	_ "github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
)

func main() {
	data := flag.String("data", "", "the filled folder")
	turns := flag.Int("turns", 30, "how often each is asked")
	flag.Parse()
	if err := run(context.Background(), *data, *turns); err != nil {
		fmt.Fprintln(os.Stderr, "customer:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, data string, turns int) (err error) {
	db, err := store.Open(ctx, store.Options{Dir: data})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := migrate.Up(ctx, db, nil); err != nil {
		return err
	}
	r, err := customer.Refresh(ctx, db)
	if err != nil {
		return err
	}
	fmt.Printf("traits: %+v\n", r)
	for _, kind := range customer.Kinds {
		if err := pages(ctx, db, kind, turns); err != nil {
			return err
		}
	}
	return rules(ctx, db, max(turns/6, 1))
}

// some are customers of different sizes: every event is as likely to lead to its own.
func some(ctx context.Context, db *store.DB, kind string, n int) ([]string, error) {
	t, err := fact.Query(ctx, db, fmt.Sprintf("SELECT DISTINCT %[1]s::TEXT FROM (SELECT %[1]s FROM event WHERE day = (SELECT max(day) - 40 FROM event) AND %[1]s IS NOT NULL LIMIT %d) e", kind, 3*n))
	if err != nil {
		return nil, err
	}
	var out []string
	for _, row := range t.Rows {
		out = append(out, row[0].(string))
	}
	return out[:min(n, len(out))], nil
}

func pages(ctx context.Context, db *store.DB, kind string, turns int) error {
	ids, err := some(ctx, db, kind, turns)
	if err != nil {
		return err
	}
	times := map[string][]float64{}
	for _, id := range ids {
		timed := func(name string, do func() error) {
			began, used := time.Now(), work()
			if e := do(); e != nil {
				err = errors.Join(err, fmt.Errorf("%s: %w", name, e))
			}
			times[name] = append(times[name], float64(time.Since(began).Microseconds())/1000)
			times[name+cpu] = append(times[name+cpu], work()-used)
		}
		var e customer.Entity
		timed("find", func() (err error) { e, err = customer.Find(ctx, db, id); return err })
		timed("page", func() error { _, err := customer.Get(ctx, db, id); return err })
		timed("timeline, first 50", func() error {
			_, _, err := customer.Timeline(ctx, db, e, customer.Filter{}, "", 50)
			return err
		})
		timed("timeline, one verb", func() error {
			_, _, err := customer.Timeline(ctx, db, e, customer.Filter{Verbs: []string{"deal.won"}}, "", 50)
			return err
		})
		timed("portrait", func() error { _, err := customer.Portrait(ctx, db, e.ID); return err })
		timed("history, 12 months", func() error { _, err := customer.History(ctx, db, e, 12); return err })
	}
	timed := func(name string, q customer.Query) {
		for range 5 {
			began := time.Now()
			if _, _, e := customer.List(ctx, db, q); e != nil {
				err = errors.Join(err, e)
			}
			times[name] = append(times[name], float64(time.Since(began).Microseconds())/1000)
		}
	}
	timed("list, by money", customer.Query{Kind: kind, Sort: "money", Limit: 50})
	timed("list, by name", customer.Query{Kind: kind, Text: "123", Limit: 50})
	fmt.Println(kind + ":")
	for _, name := range []string{"find", "page", "timeline, first 50", "timeline, one verb", "portrait", "history, 12 months", "list, by money", "list, by name"} {
		report(name, times[name])
		report(name+cpu, times[name+cpu])
	}
	return err
}

// cpu marks the time that the processor worked, which other programs on the
// machine do not lengthen as they do the time on the clock.
const cpu = ", processor"

func work() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e6
}

func rules(ctx context.Context, db *store.DB, turns int) error {
	n := 2000.0
	bought := segment.Rule{Event: &segment.Event{Verbs: []string{"order.placed", "deal.won"}, Window: segment.Window{Days: 90}, Count: &segment.Compare{Op: "gte", Value: 2}}}
	ever := segment.Rule{Event: &segment.Event{Verbs: []string{"order.placed", "deal.won"}, Sum: &segment.Sum{Of: "amount", Compare: segment.Compare{Op: "gte", Value: 50000}}}}
	silent := segment.Rule{Not: &segment.Rule{Event: &segment.Event{Verbs: []string{"feedback.received"}, Window: segment.Window{Days: 30}}}}
	money := segment.Rule{Trait: &segment.Trait{Name: "money_365", Op: "gte", Number: &n}}
	sequence := segment.Rule{Sequence: &segment.Sequence{Steps: []segment.Step{{Verbs: []string{"touch.sent"}}, {Verbs: []string{"order.placed"}}}, Within: 7, Window: segment.Window{Days: 180}}}
	fmt.Println("live counts of accounts (goal 1,000 ms):")
	for _, c := range []struct {
		name string
		rule segment.Rule
	}{
		{"a trait", money},
		{"twice in 90 days", bought},
		{"a sum over all time", ever},
		{"did, did not, sum, trait", segment.Rule{All: []segment.Rule{bought, silent, ever, money}}},
		{"a sequence within 7 days, in 180 days", sequence},
		{"all of them", segment.Rule{Any: []segment.Rule{sequence, {All: []segment.Rule{bought, silent, ever, money}}}}},
	} {
		var times, worked []float64
		var t segment.Tally
		for range turns {
			var err error
			used := work()
			if t, err = segment.Count(ctx, db, customer.Account, c.rule); err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			times, worked = append(times, float64(t.Took.Microseconds())/1000), append(worked, work()-used)
		}
		report(fmt.Sprintf("%s: %d of %d", c.name, t.N, t.Of), times)
		report(c.name+cpu, worked)
	}
	return nil
}

func report(name string, times []float64) {
	if len(times) == 0 {
		return
	}
	t := slices.Sorted(slices.Values(times))
	p := func(q float64) float64 { return t[min(int(q*float64(len(t))), len(t)-1)] }
	fmt.Printf("  %-50s n %4d  p50 %8.1f  p95 %8.1f  max %8.1f ms\n", name, len(t), p(.5), p(.95), t[len(t)-1])
}
