// Command page measures a filled folder (see bench/fill): start-up, idle
// memory, the API calls behind each page by one user and by fifty, and
// questions in Explore.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/chanzipu/outfitter/bench/memory"
	"github.com/chanzipu/outfitter/bench/server"
)

func main() {
	program := flag.String("program", "bin/outfitter", "the program")
	data := flag.String("data", "", "the filled folder; empty = a new one, for start-up and idle memory alone")
	users := flag.Int("users", 50, "users at once")
	seconds := flag.Int("seconds", 30, "how long they go on")
	turns := flag.Int("turns", 20, "how often each question is asked")
	settle := flag.Duration("settle", 0, "how long background work may go on before anything is asked")
	flag.Parse()
	if err := run(context.Background(), *program, *data, *users, *seconds, *turns, *settle); err != nil {
		fmt.Fprintln(os.Stderr, "page:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, program, data string, users, seconds, turns int, settle time.Duration) (err error) {
	empty := data == ""
	if empty {
		if data, err = os.MkdirTemp("", "outfitter-page-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	}
	s, err := server.Start(ctx, program, data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	fmt.Printf("ready %.0f ms after the start\n", float64(s.Ready.Microseconds())/1000)
	time.Sleep(5 * time.Second)
	fmt.Printf("after 5 s: %d MiB\n", memory.Resident(s.PID())>>20)
	if settle > 0 {
		used := s.CPU()
		time.Sleep(settle)
		fmt.Printf("after %s more: %d MiB; the server took %.1f s of processor time meanwhile\n", settle, memory.Resident(s.PID())>>20, s.CPU()-used)
	}
	if empty {
		return nil
	}
	accounts, err := known(ctx, s)
	if err != nil {
		return err
	}
	if err := pages(ctx, s, accounts, 1, seconds/3); err != nil {
		return err
	}
	if err := pages(ctx, s, accounts, users, seconds); err != nil {
		return err
	}
	return questions(ctx, s, turns)
}

// known finds some accounts and an event by search.
func known(ctx context.Context, s *server.Server) ([]string, error) {
	body, err := ask(ctx, s, "metric=events&by=account&limit=200&since=2024-03-01&until=2024-03-03")
	if err != nil {
		return nil, err
	}
	var got struct{ Points []struct{ A *string } }
	if err := json.Unmarshal(body, &got); err != nil {
		return nil, err
	}
	var out []string
	for _, p := range got.Points {
		if p.A != nil {
			out = append(out, *p.A)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("the folder holds no accounts")
	}
	return out, nil
}

// A call is what one page asks for.
type call struct{ name, path string }

func calls(accounts []string) []call {
	a := accounts[rand.IntN(len(accounts))]
	return []call{
		{"today", "/api/v1/today"},
		{"sources", "/api/v1/sources"},
		{"batches", "/api/v1/batches"},
		{"metrics", "/api/v1/metrics"},
		{"search", "/api/v1/search?q=" + url.QueryEscape(fmt.Sprintf("客户%d", rand.IntN(5000)))},
		{"explore, by day", "/api/v1/explore?metric=events&grain=day&by=verb"},
		{"explore, month by channel", "/api/v1/explore?metric=order.placed.count&grain=month&by=channel"},
		{"events of a day", "/api/v1/explore/events?metric=events&grain=day&t=2024-05-06&limit=50"},
		{"account's events", "/api/v1/explore/events?metric=events&where=" + url.QueryEscape("account:eq:"+a) + "&limit=50"},
		{"account", "/api/v1/parties/" + a},
	}
}

func pages(ctx context.Context, s *server.Server, accounts []string, users, seconds int) error {
	var mu sync.Mutex
	times := map[string][]float64{}
	failed := map[string]error{}
	stop := time.Now().Add(time.Duration(seconds) * time.Second)
	began, used := time.Now(), s.CPU()
	var wg sync.WaitGroup
	for range users {
		wg.Go(func() {
			if users > 1 {
				time.Sleep(time.Duration(rand.IntN(1500)) * time.Millisecond) // nobody comes at the same moment
			}
			for time.Now().Before(stop) {
				list := calls(accounts)
				rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
				for _, c := range list {
					began := time.Now()
					_, err := s.Get(ctx, c.path)
					took := float64(time.Since(began).Microseconds()) / 1000
					mu.Lock()
					times[c.name] = append(times[c.name], took)
					if err != nil {
						failed[c.name] = err
					}
					mu.Unlock()
					if time.Now().After(stop) {
						return
					}
					if users > 1 {
						time.Sleep(time.Duration(500+rand.IntN(1000)) * time.Millisecond) // a person reads
					}
				}
			}
		})
	}
	wg.Wait()
	for name, err := range failed {
		fmt.Printf("  %s failed: %v\n", name, err)
	}
	fmt.Printf("%d users for %d s:\n", users, seconds)
	var all []float64
	for _, c := range calls(accounts) {
		report(c.name, times[c.name])
		all = append(all, times[c.name]...)
	}
	report("all calls", all)
	fmt.Printf("  %.1f calls a second; the server took %.1f ms of processor time for each\n", float64(len(all))/time.Since(began).Seconds(), (s.CPU()-used)*1000/float64(len(all)))
	return nil
}

func questions(ctx context.Context, s *server.Server, turns int) error {
	rollup := []string{
		"metric=events&grain=day&by=verb&by2=channel", "metric=order.placed.count&grain=day&by=channel&by2=source",
		"metric=order.placed.amount&grain=day&by=channel&by2=currency", "metric=feedback.received.count&grain=week&by=channel&by2=source",
		"metric=shovel.use_rate&grain=month&by=staff",
	}
	heavy := []string{
		"metric=accounts.distinct&grain=month&by=channel", "metric=order.accounts.distinct&grain=week&by=channel",
		"metric=events&grain=month&by=attr:product", "metric=feedback.first_reply.median&grain=month",
	}
	for _, kind := range []struct {
		name string
		asks []string
		n    int
	}{{"additive, from the rollup (goal p95 300 ms)", rollup, turns}, {"distinct, quantile, attribute (goal 10 s)", heavy, max(turns/10, 1)}} {
		fmt.Println(kind.name + ":")
		var all []float64
		for _, q := range kind.asks {
			var times []float64
			for turn := range kind.n {
				began := time.Now()
				since := time.Date(2024, 1, 1+turn, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) // never asked before
				if _, err := ask(ctx, s, q+"&since="+since); err != nil {
					fmt.Printf("  %s failed: %v\n", q, err)
					break
				}
				times = append(times, float64(time.Since(began).Microseconds())/1000)
			}
			report(q, times)
			all = append(all, times...)
		}
		report("all", all)
	}
	return nil
}

// ask waits for the answer, also where it comes as a run.
func ask(ctx context.Context, s *server.Server, q string) ([]byte, error) {
	body, err := s.Get(ctx, "/api/v1/explore?"+q)
	if err != nil {
		return nil, err
	}
	var got struct{ Run string }
	if err := json.Unmarshal(body, &got); err != nil || got.Run == "" {
		return body, err
	}
	for {
		if body, err = s.Get(ctx, "/api/v1/runs/"+got.Run); err != nil {
			return nil, err
		}
		var r struct {
			State  string
			Result json.RawMessage
		}
		if err := json.Unmarshal(body, &r); err != nil {
			return nil, err
		}
		switch r.State {
		case "done":
			return r.Result, nil
		case "failed", "cancelled":
			return nil, fmt.Errorf("run %s: %s", r.State, body)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func report(name string, times []float64) {
	if len(times) == 0 {
		return
	}
	t := slices.Sorted(slices.Values(times))
	p := func(q float64) float64 { return t[min(int(q*float64(len(t))), len(t)-1)] }
	fmt.Printf("  %-62s n %5d  p50 %8.1f  p95 %8.1f  p99 %8.1f ms\n", strings.TrimPrefix(name, "metric="), len(t), p(.5), p(.95), p(.99))
}
