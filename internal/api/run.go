package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/sse"

	"github.com/chanzipu/outfitter/internal/access"
)

type runView struct {
	ID      string          `json:"id"`
	Kind    string          `json:"kind" example:"import"`
	Title   string          `json:"title"`
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
	huma.Register(api, op("POST /runs/{id}/cancel", "cancel-run", "Cancel a run", access.Import), s.cancelRun)
	huma.Register(api, op("POST /runs/{id}/resume", "resume-run", "Take up a run that was cut off", access.Import), s.resumeRun)
}

func (s *server) listRuns(ctx context.Context, r *listRunsIn) (*out[page[runView]], error) {
	return nil, todo()
}
func (s *server) getRun(ctx context.Context, r *ByID) (*out[runView], error)    { return nil, todo() }
func (s *server) followRun(ctx context.Context, r *ByID, send sse.Sender)       {}
func (s *server) cancelRun(ctx context.Context, r *ByID) (*out[runView], error) { return nil, todo() }
func (s *server) resumeRun(ctx context.Context, r *ByID) (*out[runView], error) { return nil, todo() }

func todo() error { return problem(http.StatusNotImplemented, "") }
