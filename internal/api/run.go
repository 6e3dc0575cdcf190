package api

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/sse"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/run"
	"github.com/chanzipu/outfitter/internal/store"
)

type runView struct {
	ID      string          `json:"id"`
	Kind    string          `json:"kind" example:"import"`
	Title   string          `json:"title"`
	TitleZH string          `json:"title_zh"`
	Actor   string          `json:"actor"`
	State   string          `json:"state" enum:"queued,running,done,failed,cancelled"`
	Done    int64           `json:"done"`
	Total   int64           `json:"total" doc:"0 = not known"`
	Unit    string          `json:"unit" example:"bytes"`
	What    string          `json:"what"`
	WhatZH  string          `json:"what_zh"`
	Started time.Time       `json:"started"`
	Ended   *time.Time      `json:"ended,omitempty"`
	Error   *runError       `json:"error,omitempty"`
	Result  json.RawMessage `json:"result,omitempty" doc:"What the kind promises: inspect → InspectResult, import → ImportResult, explore → ExploreResult, …"`
	Resume  bool            `json:"resume" doc:"It can be taken up again"`
}

type runError struct {
	EN   string `json:"en"`
	ZH   string `json:"zh"`
	Code string `json:"code"`
}

type listRunsIn struct {
	Paging
	State string `query:"state" enum:"queued,running,done,failed,cancelled"`
	Kind  string `query:"kind"`
}

func registerRun(api huma.API, s *server) {
	huma.Register(api, op("GET /runs", "list-runs", "Runs, newest first", access.Read), s.listRuns)
	huma.Register(api, op("GET /runs/{id}", "get-run", "One run", access.Read), s.getRun)
	sse.Register(api, op("GET /runs/{id}/events", "follow-run", "A run's progress, as it happens, until it has ended", access.Read),
		map[string]any{"progress": runView{}}, s.followRun)
	huma.Register(api, op("POST /runs/{id}/cancel", "cancel-run", "Cancel one's run; with the right to import, anybody's", access.Read), s.cancelRun)
	huma.Register(api, op("POST /runs/{id}/resume", "resume-run", "Take up one's run that was cut off; with the right to import, anybody's", access.Read), s.resumeRun)
}

func (s *server) runOf(ctx context.Context, v run.Run) runView {
	w := runView{ID: v.ID, Kind: v.Kind, Title: v.Title, TitleZH: cmp.Or(v.TitleZH, v.Title), Actor: v.Actor, State: string(v.State), Done: v.Done, Total: v.Total, Unit: v.Unit, What: v.What, WhatZH: v.WhatZH,
		Started: v.Started, Ended: timeOf(v.Ended), Resume: v.Resumable}
	if v.Error != nil {
		w.Error = &runError{v.Error.EN, v.Error.ZH, v.Error.Code}
	}
	if who := whoIs(ctx); who.Actor == v.Actor || who.Can(access.Import) {
		w.Result = v.Result // it may hold rows as they are
	}
	return w
}

func (s *server) listRuns(ctx context.Context, r *listRunsIn) (*out[page[runView]], error) {
	f := run.Filter{State: run.State(r.State), Kind: r.Kind, Limit: r.Limit + 1}
	if r.Cursor != "" {
		ts, id, ok := strings.Cut(r.Cursor, "_")
		before, err := store.ParseTime(ts)
		if !ok || err != nil {
			return nil, reply(badCursor())
		}
		f.Before, f.BeforeID = before, id
	}
	all, err := s.Runs.List(ctx, f)
	p := page[runView]{}
	if len(all) > r.Limit {
		all = all[:r.Limit]
		last := all[r.Limit-1]
		p.Next = store.Time(last.Started) + "_" + last.ID
	}
	p.Items = each(all, func(v run.Run) runView { return s.runOf(ctx, v) })
	return &out[page[runView]]{p}, reply(err)
}

func (s *server) getRun(ctx context.Context, r *ByID) (*out[runView], error) {
	v, err := s.Runs.Get(ctx, r.ID)
	return &out[runView]{s.runOf(ctx, v)}, reply(err)
}

// followRun sends the run now, at each change, and every ten seconds so that
// proxies keep the connection.
func (s *server) followRun(ctx context.Context, r *ByID, send sse.Sender) {
	err := s.Runs.Follow(ctx, r.ID, 10*time.Second, func(v run.Run) error { return send.Data(s.runOf(ctx, v)) })
	if err != nil && ctx.Err() == nil && fault.Mine(err) {
		requestOf(ctx).cause = err
	}
}

func (s *server) cancelRun(ctx context.Context, r *ByID) (*out[runView], error) {
	return s.changeRun(ctx, r.ID, "run.cancelled", s.Runs.Cancel)
}

func (s *server) resumeRun(ctx context.Context, r *ByID) (*out[runView], error) {
	return s.changeRun(ctx, r.ID, "run.resumed", s.Runs.Resume)
}

func (s *server) changeRun(ctx context.Context, id, action string, do func(context.Context, string) (run.Run, error)) (*out[runView], error) {
	who := whoIs(ctx)
	v, err := s.Runs.Get(ctx, id)
	if err == nil && v.Actor != who.Actor && !who.Can(access.Import) {
		err = fault.New(fault.ErrDenied, "run.others", "This run was started by somebody else.", "该任务由他人启动。")
	}
	if err == nil { // noted first: what is done to a run under way can't be undone
		err = access.Note(ctx, s.DB, access.Entry{Actor: who.Actor, Action: action, Target: "run:" + id})
	}
	if err == nil {
		v, err = do(ctx, id)
	}
	return &out[runView]{s.runOf(ctx, v)}, reply(err)
}
