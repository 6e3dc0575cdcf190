package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/customer"
)

type newHandover struct {
	From     string       `json:"from" format:"uuid" doc:"A colleague: entity or party"`
	To       string       `json:"to" format:"uuid"`
	Accounts list[string] `json:"accounts,omitempty" maxItems:"10000" doc:"Empty = all that they look after"`
	Reason   string       `json:"reason,omitempty" maxLength:"400"`
	DryRun   bool         `json:"dry_run,omitempty" doc:"Count alone"`
}

type handoverView struct {
	ID       string       `json:"id,omitempty"`
	From     partyRef     `json:"from"`
	To       partyRef     `json:"to"`
	N        int64        `json:"n"`
	Reason   string       `json:"reason"`
	Actor    string       `json:"actor"`
	TS       time.Time    `json:"ts"`
	Undone   *time.Time   `json:"undone"`
	UndoneBy string       `json:"undone_by,omitempty"`
	Accounts list[string] `json:"accounts" doc:"Empty in lists"`
}

func registerHandover(api huma.API, s *server) {
	huma.Register(api, op("GET /handovers", "list-handovers", "Hand-overs of customers, newest first", access.Read), s.listHandovers)
	huma.Register(api, op("POST /handovers", "hand-over", "Hand all customers of a colleague to another, in one step", access.Assign, status(201)), s.handOver)
	huma.Register(api, op("GET /handovers/{id}", "get-handover", "One hand-over with its customers", access.Read), s.getHandover)
	huma.Register(api, op("POST /handovers/{id}/undo", "undo-handover", "Give back those that are still with whom they were handed to", access.Assign), s.undoHandover)
}

func handoverOf(h customer.Handover) handoverView {
	return handoverView{h.ID, partyRef{h.From, h.FromName, "staff"}, partyRef{h.To, h.ToName, "staff"}, h.N, h.Reason, h.Actor, h.TS, instantOf(h.Undone), h.UndoneBy, h.Accounts}
}

func (s *server) listHandovers(ctx context.Context, r *Paging) (*out[page[handoverView]], error) {
	before := time.Now().Add(time.Hour)
	if r.Cursor != "" {
		t, err := time.Parse(time.RFC3339Nano, r.Cursor)
		if err != nil {
			return nil, reply(badCursor())
		}
		before = t
	}
	all, err := customer.ListHandovers(ctx, s.DB, before, r.Limit+1)
	next := ""
	if len(all) > r.Limit {
		all = all[:r.Limit]
		next = all[r.Limit-1].TS.Format(time.RFC3339Nano)
	}
	return &out[page[handoverView]]{page[handoverView]{each(all, handoverOf), next}}, reply(err)
}

func (s *server) handOver(ctx context.Context, r *in[newHandover]) (*out[handoverView], error) {
	h, err := customer.HandOver(ctx, s.DB, customer.NewHandover{From: r.Body.From, To: r.Body.To, Accounts: r.Body.Accounts, Reason: r.Body.Reason, DryRun: r.Body.DryRun, Actor: whoIs(ctx).Actor})
	return &out[handoverView]{handoverOf(h)}, reply(err)
}

func (s *server) getHandover(ctx context.Context, r *ByID) (*out[handoverView], error) {
	h, err := customer.GetHandover(ctx, s.DB, r.ID)
	return &out[handoverView]{handoverOf(h)}, reply(err)
}

func (s *server) undoHandover(ctx context.Context, r *ByID) (*out[handoverView], error) {
	h, err := customer.UndoHandover(ctx, s.DB, r.ID, whoIs(ctx).Actor)
	return &out[handoverView]{handoverOf(h)}, reply(err)
}
