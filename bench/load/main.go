// Command load times the import of one CSV against DuckDB's own load of the
// same file, turn by turn in one run, so that a busy machine slows both.
//
// The import is the program's own (`outfitter import`), from process start to
// committed events with rejects and row addresses, into an empty folder. The
// peer is CREATE TABLE AS read_csv into an empty database file, with its
// checkpoint, in a process of its own too.
package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "github.com/duckdb/duckdb-go/v2" // the peer

	"github.com/chanzipu/outfitter/bench/export"
	"github.com/chanzipu/outfitter/bench/memory"
)

func main() {
	rows := flag.Int64("rows", 1_000_000, "rows of the file")
	turns := flag.Int("turns", 3, "how often each is timed")
	program := flag.String("program", "bin/outfitter", "the program")
	peer := flag.String("peer", "", "load this file into peer.duckdb beside it and exit")
	flag.Parse()
	err := run(context.Background(), *rows, *turns, *program, *peer)
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, rows int64, turns int, program, peer string) (err error) {
	if peer != "" {
		return loadPeer(ctx, peer)
	}
	dir, err := os.MkdirTemp("", "outfitter-load-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	csv, mapping := filepath.Join(dir, "orders.csv"), filepath.Join(dir, "orders.yaml")
	size, took, err := write(csv, rows)
	if err != nil {
		return err
	}
	if err := os.WriteFile(mapping, []byte(export.Mapping), 0o600); err != nil {
		return err
	}
	fmt.Printf("%d rows of 12 columns, %.0f MB, written in %.1f s\n", rows, float64(size)/1e6, took.Seconds())
	var clock, cpu []float64
	var peak int64
	for i := range turns {
		p, err := timePeer(ctx, csv)
		if err != nil {
			return err
		}
		o, m, err := timeImport(ctx, program, dir, csv, mapping, rows)
		if err != nil {
			return err
		}
		peak = max(peak, m)
		clock, cpu = append(clock, o.clock/p.clock), append(cpu, o.cpu/p.cpu)
		fmt.Printf("turn %d: DuckDB %.2f s (processor %.2f s), import %.2f s (%.2f s): %.2f times the clock's, %.2f the processor's\n",
			i+1, p.clock, p.cpu, o.clock, o.cpu, o.clock/p.clock, o.cpu/p.cpu)
	}
	fmt.Printf("median: %.2f times by the clock, %.2f by the processor (goal 2.5); program and parser together held at most %d MiB (goal 1024)\n",
		median(clock), median(cpu), peak>>20)
	return nil
}

func write(path string, rows int64) (size int64, took time.Duration, err error) {
	began := time.Now()
	f, err := os.Create(path)
	if err != nil {
		return 0, 0, err
	}
	if err := errors.Join(export.Write(f, export.Options{Rows: rows, Seed: 1}), f.Sync(), f.Close()); err != nil {
		return 0, 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return 0, 0, err
	}
	return info.Size(), time.Since(began), nil
}

// A cost is what one load took: by the clock, and of the processors, its
// children's included; the latter says more on a busy machine.
type cost struct{ clock, cpu float64 }

func costOf(began time.Time, p *os.ProcessState) cost {
	return cost{time.Since(began).Seconds(), (p.UserTime() + p.SystemTime()).Seconds()}
}

func timePeer(ctx context.Context, csv string) (cost, error) {
	self, err := os.Executable()
	if err != nil {
		return cost{}, err
	}
	cmd := exec.CommandContext(ctx, self, "-peer", csv)
	began := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		return cost{}, fmt.Errorf("DuckDB: %w: %s", err, out)
	}
	return costOf(began, cmd.ProcessState), nil
}

func loadPeer(ctx context.Context, csv string) error {
	out := filepath.Join(filepath.Dir(csv), "peer.duckdb")
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	db, err := sql.Open("duckdb", out)
	if err != nil {
		return err
	}
	for _, q := range []string{"SET preserve_insertion_order = false", "CREATE TABLE orders AS SELECT * FROM read_csv('" + strings.ReplaceAll(csv, "'", "''") + "')", "CHECKPOINT"} {
		if _, err := db.ExecContext(ctx, q); err != nil {
			return errors.Join(err, db.Close())
		}
	}
	return db.Close()
}

func timeImport(ctx context.Context, program, dir, csv, mapping string, rows int64) (c cost, peak int64, err error) {
	data := filepath.Join(dir, "data")
	if err := os.RemoveAll(data); err != nil {
		return cost{}, 0, err
	}
	cmd := exec.CommandContext(ctx, program, "import", "--data", data, "--mapping", mapping, "--json", csv)
	cmd.Stderr = os.Stderr
	var out strings.Builder
	cmd.Stdout = &out
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return cost{}, 0, err
	}
	watch := memory.Watch(cmd.Process.Pid)
	err = cmd.Wait()
	c = costOf(began, cmd.ProcessState)
	peak = watch.Stop()
	if err != nil {
		return cost{}, 0, fmt.Errorf("import: %w: %s", err, out.String())
	}
	var res struct {
		Batches []struct{ Rows, Used, Rejected, Events int64 }
	}
	if err := json.Unmarshal([]byte(out.String()), &res); err != nil {
		return cost{}, 0, fmt.Errorf("import: %w", err)
	}
	if len(res.Batches) != 1 || res.Batches[0].Rows != rows || res.Batches[0].Used+res.Batches[0].Rejected != rows {
		return cost{}, 0, fmt.Errorf("import: the report says %+v, want one batch of %d rows", res.Batches, rows)
	}
	return c, peak, nil
}

func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[len(v)/2]
}
