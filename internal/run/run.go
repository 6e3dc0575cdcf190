// Package run carries out long work so that it can be watched, cancelled and,
// after a restart, taken up again.
//
// A run's progress goes to its followers at once and to the state about once a
// second. A run that was under way when the process ended is found failed at
// the next start; it can be resumed where its kind is registered and its
// parameters were kept, and then begins again with the same parameters: what
// is resumed must leave alone what it has already done.
//
// Owns run_run.
package run

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
)

//go:embed migration/*.sql
var migrations embed.FS

//go:embed run.sql
var file string

var (
	queries      = store.Load("run", file)
	sqlAdd       = queries.Get("add")
	sqlSet       = queries.Get("set")
	sqlGet       = queries.Get("get")
	sqlList      = queries.Get("list")
	sqlInterrupt = queries.Get("interrupt")
	sqlRemoveOld = queries.Get("remove-old")
	sqlCount     = queries.Get("count")
	sqlKept      = queries.Get("kept")
	sqlForget    = queries.Get("forget")
)

func init() {
	sub, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err)
	}
	migrate.Add("run", sub)
}

// A State is where a run stands.
type State string

// The states; the last three are final.
const (
	Queued    State = "queued"
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Ended reports whether nothing more will happen.
func (s State) Ended() bool { return s == Done || s == Failed || s == Cancelled }

// A Run is long work, as it stands now.
type Run struct {
	ID, Kind, Actor string
	Title, TitleZH  string
	State           State
	Done, Total     int64 // in Unit; Total 0 = not known
	Unit            string
	What, WhatZH    string // what it is doing
	Result          json.RawMessage
	Error           *fault.Error // Kind is not kept
	Started, Ended  time.Time
	Resumable       bool

	params string
}

// get reads a run from the state.
func get(ctx context.Context, q store.Querier, id string) (Run, error) {
	r, err := scan(q.QueryRow(ctx, sqlGet, id))
	if errors.Is(err, sql.ErrNoRows) {
		return Run{}, fault.New(fault.ErrNotFound, "run.missing", fmt.Sprintf("There is no run %q.", id), fmt.Sprintf("没有运行任务 %q。", id))
	}
	return r, err
}

func scan(row interface{ Scan(...any) error }) (Run, error) {
	var r Run
	var e fault.Error
	var result, started, ended string
	err := row.Scan(&r.ID, &r.Kind, &r.Title, &r.TitleZH, &r.Actor, &r.State, &r.Done, &r.Total, &r.Unit, &r.What, &r.WhatZH,
		&r.params, &result, &e.Code, &e.EN, &e.ZH, &started, &ended)
	if err != nil {
		return Run{}, fmt.Errorf("run: %w", err)
	}
	if result != "" {
		r.Result = json.RawMessage(result)
	}
	if e.Code != "" {
		r.Error = &e
	}
	if r.Started, err = store.ParseTime(started); err != nil {
		return Run{}, fmt.Errorf("run %s: %w", r.ID, err)
	}
	r.Ended, err = store.ParseTime(ended)
	return r, err
}

// put writes a run's changing part to the state.
func put(ctx context.Context, q store.Querier, r Run) error {
	e := fault.Error{}
	if r.Error != nil {
		e = *r.Error
	}
	ended := ""
	if !r.Ended.IsZero() {
		ended = store.Time(r.Ended)
	}
	_, err := q.Exec(ctx, sqlSet, r.ID, string(r.State), r.Done, r.Total, r.Unit, r.What, r.WhatZH, string(r.Result), e.Code, e.EN, e.ZH, store.Time(r.Started), ended)
	return err
}

// sentence makes of any error what a run keeps of it; ours stays in the log.
func sentence(err error) *fault.Error {
	var f *fault.Error
	switch {
	case errors.As(err, &f):
		return f
	case fault.Mine(err):
		return fault.New(nil, "ours", "Something went wrong on our side; the log has the details under this run's id.", "服务器内部出错，日志中可按任务编号查到原因。")
	}
	return fault.New(nil, "invalid", err.Error(), err.Error())
}
