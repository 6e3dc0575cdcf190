package run

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

// How often a run's progress goes out, and to the state.
const (
	tick    = 100 * time.Millisecond
	persist = time.Second
	keep    = 90 * 24 * time.Hour
)

// A Func does the work. It reports progress, heeds ctx, and returns what
// becomes the run's result as JSON, with an error as without.
type Func func(ctx context.Context, p *Progress, params json.RawMessage) (result any, err error)

// A New is a run to start.
type New struct {
	Kind, Title, Actor string
	TitleZH            string // default Title
	Params             any    // kept as JSON for Resume; nil = it can't be resumed
}

// A Runner starts runs and knows those under way in this process.
type Runner struct {
	db  *store.DB
	log *slog.Logger
	ctx context.Context // ends with Close
	end context.CancelFunc
	wg  sync.WaitGroup

	mu    sync.Mutex
	kinds map[string]kind
	live  map[string]*live
}

type kind struct {
	do    Func
	slots chan struct{} // nil = as many at once as are asked for
}

// live is a run under way.
type live struct {
	mu      sync.Mutex
	run     Run
	dirty   bool
	changed chan struct{} // closed and replaced at each change
	cancel  context.CancelFunc
}

// Open makes the Runner of an installation, marks as failed what a dead
// process left under way, and forgets runs that ended 90 days ago.
func Open(ctx context.Context, db *store.DB, log *slog.Logger) (*Runner, error) {
	now := time.Now()
	if _, err := db.State.Exec(ctx, sqlInterrupt,
		"Interrupted: the program ended while this ran. Nothing half done was kept; resume it or start it again.",
		"已中断：执行期间程序退出。未保留任何半成品，可继续或重新开始。", store.Time(now)); err != nil {
		return nil, fmt.Errorf("run: %w", err)
	}
	if _, err := db.State.Exec(ctx, sqlRemoveOld, store.Time(now.Add(-keep))); err != nil {
		return nil, fmt.Errorf("run: %w", err)
	}
	r := &Runner{db: db, log: log, kinds: map[string]kind{}, live: map[string]*live{}}
	r.ctx, r.end = context.WithCancel(context.WithoutCancel(ctx))
	return r, nil
}

// Register says what runs of the kind do; at most slots at once, 0 = any number.
func (r *Runner) Register(name string, slots int, do Func) {
	k := kind{do: do}
	if slots > 0 {
		k.slots = make(chan struct{}, slots)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kinds[name] = k
}

// Start starts a run of a registered kind and returns at once.
func (r *Runner) Start(ctx context.Context, n New) (Run, error) {
	r.mu.Lock()
	k, ok := r.kinds[n.Kind]
	r.mu.Unlock()
	if !ok {
		return Run{}, fmt.Errorf("run: kind %q is not registered", n.Kind)
	}
	return r.start(ctx, n, k)
}

// Do starts a run of work that only this process can do: it can't be resumed.
func (r *Runner) Do(ctx context.Context, n New, do func(ctx context.Context, p *Progress) (any, error)) (Run, error) {
	n.Params = nil
	return r.start(ctx, n, kind{do: func(ctx context.Context, p *Progress, _ json.RawMessage) (any, error) { return do(ctx, p) }})
}

func (r *Runner) start(ctx context.Context, n New, k kind) (Run, error) {
	v := Run{ID: uuid.NewString(), Kind: n.Kind, Title: n.Title, TitleZH: cmp.Or(n.TitleZH, n.Title), Actor: n.Actor, State: Queued, Started: time.Now().UTC().Truncate(time.Microsecond)}
	if n.Params != nil {
		b, err := json.Marshal(n.Params)
		if err != nil {
			return Run{}, fmt.Errorf("run: parameters of %s: %w", n.Kind, err)
		}
		v.params = string(b)
	}
	if _, err := r.db.State.Exec(ctx, sqlAdd, v.ID, v.Kind, v.Title, v.TitleZH, v.Actor, string(v.State), v.params, store.Time(v.Started)); err != nil {
		return Run{}, err
	}
	return r.launch(v, k)
}

// launch hands the run to a goroutine of its own.
func (r *Runner) launch(v Run, k kind) (Run, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil {
		return Run{}, fault.New(fault.ErrConflict, "run.closing", "The server is shutting down. Try again in a moment.", "服务器正在关闭，请稍后再试。")
	}
	ctx, cancel := context.WithCancel(r.ctx)
	l := &live{run: v, changed: make(chan struct{}), cancel: cancel}
	r.live[v.ID] = l
	r.wg.Go(func() {
		defer cancel()
		r.carryOut(ctx, l, k)
	})
	return v, nil
}

func (r *Runner) carryOut(ctx context.Context, l *live, k kind) {
	stop := make(chan struct{})
	var writer sync.WaitGroup
	writer.Go(func() { r.write(l, stop) })
	result, err := attempt(ctx, l, k)
	close(stop)
	writer.Wait()

	// The end shows only once it is recorded: who waited for it may list runs next.
	l.mu.Lock()
	v := l.run
	l.mu.Unlock()
	v.Ended, v.Result = time.Now().UTC().Truncate(time.Microsecond), result
	switch {
	case err == nil:
		v.State = Done
	case errors.Is(err, context.Canceled) && ctx.Err() != nil && r.ctx.Err() == nil:
		v.State = Cancelled
	case errors.Is(err, context.Canceled) && r.ctx.Err() != nil:
		v.State, v.Error = Failed, fault.New(nil, "run.interrupted",
			"Interrupted: the program ended while this ran. Nothing half done was kept; resume it or start it again.",
			"已中断：执行期间程序退出。未保留任何半成品，可继续或重新开始。")
	default:
		v.State, v.Error = Failed, sentence(err)
		if fault.Mine(err) {
			r.log.Error("run failed", "run", v.ID, "kind", v.Kind, "err", err)
		}
	}
	if err := put(context.WithoutCancel(ctx), r.db.State, v); err != nil {
		r.log.Error("run not recorded", "run", v.ID, "err", err)
	}
	r.mu.Lock()
	delete(r.live, v.ID)
	r.mu.Unlock()
	l.mu.Lock()
	close(l.changed) // for good: the state now has the last word
	l.mu.Unlock()
}

// attempt waits for a slot and does the work; a panic is an error.
func attempt(ctx context.Context, l *live, k kind) (result json.RawMessage, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("run: panic: %v\n%s", p, debug.Stack())
		}
	}()
	if k.slots != nil {
		select {
		case k.slots <- struct{}{}:
			defer func() { <-k.slots }()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	l.change(func(v *Run) { v.State = Running })
	out, err := k.do(ctx, &Progress{l}, json.RawMessage(l.run.params))
	if out == nil {
		return nil, err
	}
	result, bad := json.Marshal(out)
	if bad != nil {
		return nil, fmt.Errorf("run: result: %w", errors.Join(err, bad))
	}
	return result, err
}

// write sends changes to followers each tick and to the state each second.
func (r *Runner) write(l *live, stop chan struct{}) {
	t := time.NewTicker(tick)
	defer t.Stop()
	last := time.Time{}
	for {
		select {
		case <-stop:
			return
		case <-t.C:
		}
		l.mu.Lock()
		v, dirty := l.run, l.dirty
		if dirty {
			l.dirty = false
			close(l.changed)
			l.changed = make(chan struct{})
		}
		l.mu.Unlock()
		if dirty && time.Since(last) >= persist {
			last = time.Now()
			if err := put(r.ctx, r.db.State, v); err != nil && r.ctx.Err() == nil {
				r.log.Warn("run's progress not recorded", "run", v.ID, "err", err)
			}
		}
	}
}

func (l *live) change(f func(*Run)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f(&l.run)
	l.dirty = true
}

// A Progress is how work says where it stands. A nil one takes everything and
// does nothing, for work done outside a run.
type Progress struct{ l *live }

// Set says how much is done of how much, in unit; total 0 = not known.
func (p *Progress) Set(done, total int64, unit string) {
	if p == nil {
		return
	}
	p.l.change(func(v *Run) { v.Done, v.Total, v.Unit = done, total, unit })
}

// Say says what is being done now, and begins its count anew.
func (p *Progress) Say(en, zh string) {
	if p == nil {
		return
	}
	p.l.change(func(v *Run) {
		if v.What != en {
			v.What, v.WhatZH, v.Done, v.Total, v.Unit = en, zh, 0, 0, ""
		}
	})
}

// Tell is Set and Say at once, for work that reports both together.
func (p *Progress) Tell(done, total int64, en, zh string) {
	if p == nil {
		return
	}
	p.l.change(func(v *Run) { v.Done, v.Total, v.Unit, v.What, v.WhatZH = done, total, "", en, zh })
}

// Get returns the run as it stands.
func (r *Runner) Get(ctx context.Context, id string) (Run, error) {
	if l := r.find(id); l != nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.run, nil
	}
	v, err := get(ctx, r.db.State, id)
	return r.complete(v), err
}

func (r *Runner) find(id string) *live {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.live[id]
}

func (r *Runner) complete(v Run) Run {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, known := r.kinds[v.Kind]
	v.Resumable = known && v.params != "" && (v.State == Failed || v.State == Cancelled)
	return v
}

// A Filter picks runs; zero fields let all through.
type Filter struct {
	State    State
	Kind     string
	Before   time.Time // with BeforeID: the last run of the page before
	BeforeID string
	Limit    int
}

// List lists runs, newest first, without their results.
func (r *Runner) List(ctx context.Context, f Filter) ([]Run, error) {
	before := "~" // sorts after every instant
	if !f.Before.IsZero() {
		before = store.Time(f.Before)
	}
	if f.Limit == 0 {
		f.Limit = 100
	}
	rows, err := r.db.State.Query(ctx, sqlList, before, f.BeforeID, string(f.State), f.Kind, f.Limit)
	return store.Collect(rows, err, func(rows *sql.Rows) (Run, error) {
		v, err := scan(rows)
		if l := r.find(v.ID); l != nil {
			l.mu.Lock()
			v = l.run
			l.mu.Unlock()
		}
		return r.complete(v), err
	})
}

// Count returns the number of runs by state.
func (r *Runner) Count(ctx context.Context) (map[State]int64, error) {
	rows, err := r.db.State.Query(ctx, sqlCount)
	out := map[State]int64{}
	_, err = store.Collect(rows, err, func(rows *sql.Rows) (n int64, err error) {
		var s State
		err = rows.Scan(&s, &n)
		out[s] = n
		return n, err
	})
	return out, err
}

// Follow calls f with the run now, at each change and at least every beat,
// until it has ended, f fails or ctx is done.
func (r *Runner) Follow(ctx context.Context, id string, beat time.Duration, f func(Run) error) error {
	for {
		var changed chan struct{}
		if l := r.find(id); l != nil {
			l.mu.Lock()
			changed = l.changed
			l.mu.Unlock()
		}
		v, err := r.Get(ctx, id)
		if err != nil {
			return err
		}
		if err := f(v); err != nil {
			return err
		}
		if v.State.Ended() {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		case <-time.After(beat):
		}
	}
}

// Wait returns the run once it has ended.
func (r *Runner) Wait(ctx context.Context, id string) (Run, error) {
	var last Run
	err := r.Follow(ctx, id, time.Second, func(v Run) error { last = v; return nil })
	return last, err
}

// Cancel asks a run to stop and returns it as it stands; one that has ended stays as it is.
func (r *Runner) Cancel(ctx context.Context, id string) (Run, error) {
	if l := r.find(id); l != nil {
		l.cancel()
	}
	return r.Get(ctx, id)
}

// Resume takes up a run that failed or was cancelled, with its own parameters.
func (r *Runner) Resume(ctx context.Context, id string) (Run, error) {
	v, err := r.Get(ctx, id)
	if err != nil {
		return Run{}, err
	}
	if !v.Resumable {
		return Run{}, fault.New(fault.ErrConflict, "run.not-resumable",
			fmt.Sprintf("The run %s can't be resumed: it is %s. Only one that failed or was cancelled can, if its kind knows how. Start it again instead.", id, v.State),
			fmt.Sprintf("任务 %s 无法继续：当前状态为 %s。只有失败或取消、且支持续跑的任务可以继续。请重新开始。", id, v.State))
	}
	v.State, v.Error, v.Result, v.Ended, v.Resumable = Queued, nil, nil, time.Time{}, false
	v.Started, v.Done, v.Total = time.Now().UTC().Truncate(time.Microsecond), 0, 0
	if err := put(ctx, r.db.State, v); err != nil {
		return Run{}, err
	}
	r.mu.Lock()
	k := r.kinds[v.Kind]
	r.mu.Unlock()
	return r.launch(v, k)
}

// Close stops all runs and waits for them.
func (r *Runner) Close() {
	r.mu.Lock()
	r.end()
	r.mu.Unlock()
	r.wg.Wait()
}
