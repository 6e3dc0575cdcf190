// Command ingest measures POST /api/v1/events on an empty folder: batches as
// fast as they are acknowledged, then single events at a steady rate. At the
// end it counts what is in the facts: every acknowledged event, once.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chanzipu/outfitter/bench/server"
)

func main() {
	program := flag.String("program", "bin/outfitter", "the program")
	events := flag.Int("events", 400_000, "events to send in batches")
	size := flag.Int("size", 1000, "events per batch")
	senders := flag.Int("senders", 4, "who send batches at once")
	rate := flag.Int("rate", 500, "single events per second")
	seconds := flag.Int("seconds", 20, "how long to send single events")
	flag.Parse()
	if err := run(context.Background(), *program, *events, *size, *senders, *rate, *seconds); err != nil {
		fmt.Fprintln(os.Stderr, "ingest:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, program string, events, size, senders, rate, seconds int) (err error) {
	dir, err := os.MkdirTemp("", "outfitter-ingest-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := server.Start(ctx, program, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Kill()) }()
	began := time.Now()
	if err := batches(ctx, s, events, size, senders); err != nil {
		return err
	}
	took := time.Since(began).Seconds()
	fmt.Printf("batches of %d from %d senders: %d events in %.1f s, %.0f events/s acknowledged (goal 20000)\n", size, senders, events, took, float64(events)/took)
	settled, err := wait(ctx, s, int64(events))
	if err != nil {
		return err
	}
	fmt.Printf("all in the facts %.1f s after the last acknowledgement\n", settled.Seconds())
	times, err := singles(ctx, s, rate, seconds)
	if err != nil {
		return err
	}
	fmt.Printf("single events at %d/s for %d s: p50 %.1f ms, p99 %.1f ms, worst %.1f ms (goal p99 50 ms)\n", rate, seconds, at(times, 0.5), at(times, 0.99), at(times, 1))
	_, err = wait(ctx, s, int64(events+len(times)))
	return err
}

func line(b *bytes.Buffer, n int) {
	fmt.Fprintf(b, `{"id":"e%d","verb":"feedback.received","ts":"2025-03-%02dT%02d:%02d:%02dZ","account":{"namespace":"shop","key":"c%d"},"object":{"kind":"case","key":"k%d"},"channel":"wecom","text":"发货慢，第 %d 次催"}`+"\n",
		n, 1+n%28, n/7%24, n/11%60, n%60, n%5000, n, n%9)
}

func batches(ctx context.Context, s *server.Server, events, size, senders int) error {
	var next atomic.Int64
	errs := make([]error, senders)
	var wg sync.WaitGroup
	for w := range senders {
		wg.Go(func() {
			var b bytes.Buffer
			for errs[w] == nil {
				first := int(next.Add(int64(size))) - size
				if first >= events {
					return
				}
				b.Reset()
				for i := first; i < min(first+size, events); i++ {
					line(&b, i)
				}
				_, errs[w] = s.Post(ctx, "/api/v1/events?source=shop", "application/x-ndjson", b.Bytes())
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// singles sends at a steady rate whatever the answers take, and returns the
// times in milliseconds.
func singles(ctx context.Context, s *server.Server, rate, seconds int) ([]float64, error) {
	n := rate * seconds
	times, errs := make([]float64, n), make([]error, n)
	tick := time.NewTicker(time.Second / time.Duration(rate))
	defer tick.Stop()
	var wg sync.WaitGroup
	for i := range n {
		<-tick.C
		wg.Go(func() {
			var b bytes.Buffer
			line(&b, 1_000_000_000+i)
			began := time.Now()
			_, errs[i] = s.Post(ctx, "/api/v1/events?source=shop", "application/x-ndjson", b.Bytes())
			times[i] = float64(time.Since(began).Microseconds()) / 1000
		})
	}
	wg.Wait()
	slices.Sort(times)
	return times, errors.Join(errs...)
}

// wait returns once the facts hold want events, and fails when they hold more
// or take too long.
func wait(ctx context.Context, s *server.Server, want int64) (time.Duration, error) {
	began := time.Now()
	for {
		body, err := s.Get(ctx, "/api/v1/explore?metric=feedback.received.count")
		if err != nil {
			return 0, err
		}
		var got struct{ Points []struct{ Value float64 } }
		if err := json.Unmarshal(body, &got); err != nil {
			return 0, err
		}
		n := int64(0)
		if len(got.Points) > 0 {
			n = int64(got.Points[0].Value)
		}
		if n == want {
			return time.Since(began), nil
		}
		if n > want || time.Since(began) > 3*time.Minute {
			return 0, fmt.Errorf("%d events acknowledged, %d in the facts", want, n)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func at(sorted []float64, p float64) float64 {
	return sorted[min(int(p*float64(len(sorted))), len(sorted)-1)]
}
