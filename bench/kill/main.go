// Command kill ends the program with kill -9 again and again, during imports
// and during API ingest, and checks after each that nothing acknowledged is
// lost, nothing is there twice, and no repair is needed: the same command
// simply goes on.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"

	"github.com/chanzipu/outfitter/bench/export"
	"github.com/chanzipu/outfitter/bench/server"
)

func main() {
	program := flag.String("program", "bin/outfitter", "the program")
	kills := flag.Int("kills", 200, "how many, half of them during imports")
	rows := flag.Int64("rows", 20_000, "rows of each import")
	flag.Parse()
	ctx := context.Background()
	err := errors.Join(imports(ctx, *program, *kills/2, *rows), ingests(ctx, *program, *kills-*kills/2))
	if err != nil {
		fmt.Fprintln(os.Stderr, "kill:", err)
		os.Exit(1)
	}
}

// imports kills an import at a random moment, checks that its events are all
// there or none, runs it again to its end and checks that they are there once.
func imports(ctx context.Context, program string, kills int, rows int64) (err error) {
	dir, err := os.MkdirTemp("", "outfitter-kill-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	mapping, data := filepath.Join(dir, "orders.yaml"), filepath.Join(dir, "data")
	if err := os.WriteFile(mapping, []byte(export.Mapping), 0o600); err != nil {
		return err
	}
	began := time.Now()
	var want, done int64
	during := 0
	length := 3 * time.Second
	for n := 0; n < kills; n++ {
		csv := filepath.Join(dir, fmt.Sprintf("orders-%d.csv", n))
		if err := write(csv, export.Options{Rows: rows, First: int64(n) * rows, Customers: 1000, Seed: uint64(n)}); err != nil {
			return err
		}
		cmd := importOf(ctx, program, data, mapping, csv)
		if err := cmd.Start(); err != nil {
			return err
		}
		time.Sleep(time.Duration(rand.Int64N(int64(length))))
		if cmd.Process.Kill() == nil && cmd.Wait() != nil {
			during++
		}
		if got, err := count(ctx, program, data); err != nil {
			return fmt.Errorf("after kill %d: %w", n+1, err)
		} else if got != done && (n == 0 || got <= done) {
			return fmt.Errorf("after kill %d: %d events, want %d or those of one more file", n+1, got, done)
		}
		start := time.Now()
		events, err := finish(ctx, program, data, mapping, csv)
		if err != nil {
			return fmt.Errorf("after kill %d: %w", n+1, err)
		}
		length = (3*length + time.Since(start)) / 4 // the kill falls anywhere in an import's time
		want = done + events
		got, err := count(ctx, program, data)
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("after kill %d and the import again: %d events, want %d", n+1, got, want)
		}
		done = got
		if err := os.Remove(csv); err != nil {
			return err
		}
	}
	fmt.Printf("imports: %d kills, %d before the end; %d events, none lost, none twice, no repair; %.0f s\n", kills, during, done, time.Since(began).Seconds())
	return nil
}

func write(path string, o export.Options) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(export.Write(f, o), f.Close())
}

func importOf(ctx context.Context, program, data, mapping, csv string) *exec.Cmd {
	return exec.CommandContext(ctx, program, "import", "--data", data, "--mapping", mapping, "--json", csv)
}

func finish(ctx context.Context, program, data, mapping, csv string) (int64, error) {
	out, err := importOf(ctx, program, data, mapping, csv).Output()
	if err != nil {
		return 0, fmt.Errorf("import: %w: %s", err, out)
	}
	var res struct {
		Batches []struct{ Events, Rows, Used, Rejected int64 }
	}
	if err := json.Unmarshal(out, &res); err != nil {
		return 0, err
	}
	if len(res.Batches) != 1 || res.Batches[0].Used+res.Batches[0].Rejected != res.Batches[0].Rows {
		return 0, fmt.Errorf("import: %s", out)
	}
	return res.Batches[0].Events, nil
}

// count compares the events themselves with the rollup and with their ids.
func count(ctx context.Context, program, data string) (int64, error) {
	const q = "SELECT count(*) AS n, count(DISTINCT id) AS ids, (SELECT coalesce(sum(events), 0)::BIGINT FROM batch WHERE state = 'loaded') AS said FROM event"
	out, err := exec.CommandContext(ctx, program, "query", "--data", data, "--json", q).Output()
	if err != nil {
		return 0, fmt.Errorf("query: %w: %s", err, out)
	}
	return readCount(out)
}

func readCount(out []byte) (int64, error) {
	var rows []struct{ N, IDs, Said int64 }
	if err := json.Unmarshal(out, &rows); err != nil || len(rows) != 1 {
		return 0, fmt.Errorf("query: %w: %s", err, out)
	}
	r := rows[0]
	if r.IDs != r.N || r.Said != r.N {
		return 0, fmt.Errorf("%d events with %d ids, batches say %d", r.N, r.IDs, r.Said)
	}
	return r.N, nil
}

// ingests kills the server while four senders hand in events, and checks after
// each start that every acknowledged event is there, and none twice.
func ingests(ctx context.Context, program string, kills int) (err error) {
	dir, err := os.MkdirTemp("", "outfitter-kill-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	began := time.Now()
	sent := &log{}
	for n := range kills {
		s, err := server.Start(ctx, program, dir)
		if err != nil {
			return fmt.Errorf("start %d: %w", n+1, err)
		}
		var wg sync.WaitGroup
		stop, cancel := context.WithCancel(ctx)
		for w := range 4 {
			wg.Go(func() { send(stop, s, sent, w) })
		}
		time.Sleep(time.Duration(rand.IntN(1500)) * time.Millisecond)
		err = s.Kill()
		cancel()
		wg.Wait()
		if err != nil {
			return err
		}
		if err := check(ctx, program, dir, sent); err != nil {
			return fmt.Errorf("after kill %d: %w", n+1, err)
		}
	}
	fmt.Printf("ingest: %d kills; %d events acknowledged of %d sent, none lost, none twice, no repair; %.0f s\n", kills, sent.acked, sent.sent, time.Since(began).Seconds())
	return nil
}

type log struct {
	mu          sync.Mutex
	sent, acked int64
}

// send hands in batches of 20 until the server is gone. A batch that was not
// acknowledged may be there or not; it is sent again by nobody.
func send(ctx context.Context, s *server.Server, l *log, who int) {
	var b bytes.Buffer
	for ctx.Err() == nil {
		l.mu.Lock()
		first := l.sent
		l.sent += 20
		l.mu.Unlock()
		b.Reset()
		for i := range int64(20) {
			fmt.Fprintf(&b, `{"id":"e%d","verb":"feedback.received","ts":"2025-03-01T00:00:00Z","account":{"namespace":"shop","key":"c%d"},"text":"%d"}`+"\n", first+i, who, first+i)
		}
		if _, err := s.Post(ctx, "/api/v1/events?source=shop", "application/x-ndjson", b.Bytes()); err != nil {
			return
		}
		l.mu.Lock()
		l.acked += 20
		l.mu.Unlock()
	}
}

// check starts the server once more, waits until what lay in the vault is
// loaded, and counts.
func check(ctx context.Context, program, dir string, l *log) (err error) {
	s, err := server.Start(ctx, program, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Stop()) }()
	var got int64
	for range 200 {
		if got, err = count(ctx, program, dir); err != nil {
			return err
		}
		if got >= l.acked {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if got < l.acked || got > l.sent {
		return fmt.Errorf("%d events in the facts, %d acknowledged, %d sent", got, l.acked, l.sent)
	}
	return nil
}
