package api

import (
	"context"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/erasure"
	_ "github.com/chanzipu/outfitter/internal/erasure/keep" // who forgets
	"github.com/chanzipu/outfitter/internal/fact/forget"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/run"
	"github.com/chanzipu/outfitter/internal/store"
)

type erasureAsk struct {
	Party  string `json:"party,omitempty" maxLength:"100" doc:"Id of a party or entity of the person"`
	Search string `json:"search,omitempty" maxLength:"400" doc:"Instead: exact name, key, phone, mail or number, of one person alone"`
}

type erasurePlan struct {
	Parties list[erasureParty] `json:"parties"`
	Batches int                `json:"batches"`
	Rows    int                `json:"rows"`
}

type erasureParty struct {
	ID        string `json:"id"`
	Source    string `json:"source"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Key       string `json:"key"`
	Name      string `json:"name"`
}

type erasureItem struct {
	ID    string     `json:"id"`
	Began time.Time  `json:"began"`
	Ended *time.Time `json:"ended,omitempty" doc:"Absent while it is under way"`
	Actor string     `json:"actor"`
	Why   string     `json:"why" enum:"asked,restored,delivered again"`
}

type erasureTextIn struct {
	ByID
	Lang string `query:"lang" enum:"zh,en" default:"zh"`
}

func registerErasure(api huma.API, s *server) {
	huma.Register(api, op("POST /erasures/plan", "plan-erasure", "What erasing a person would touch", access.Admin), s.planErasure)
	huma.Register(api, op("POST /erasures", "erase-person", "Erase a person from vault, state and facts", access.Admin, status(202)), s.erasePerson)
	huma.Register(api, op("GET /erasures", "list-erasures", "Erasures, newest first; they name nobody", access.Admin), s.listErasures)
	huma.Register(api, op("GET /erasures/{id}", "get-erasure", "The proof of an erasure", access.Admin), s.getErasure)
	huma.Register(api, op("GET /erasures/{id}/proof.txt", "read-erasure", "The proof as a person reads it", access.Admin, fileOut("text/plain")), s.readErasure)
}

func (s *server) findPerson(ctx context.Context, ask erasureAsk) (erasure.Plan, error) {
	if (ask.Party == "") == (ask.Search == "") {
		return erasure.Plan{}, fault.New(fault.ErrInvalid, "erasure.who", "Name one person: by party or by search.", "请指明一个人：填 party 或 search 之一。")
	}
	return erasure.Find(ctx, s.DB, ask.Party, ask.Search)
}

func (s *server) planErasure(ctx context.Context, r *in[erasureAsk]) (*out[erasurePlan], error) {
	plan, err := s.findPerson(ctx, r.Body)
	if err != nil {
		return nil, reply(err)
	}
	if err := access.Note(ctx, s.DB, access.Entry{Actor: whoIs(ctx).Actor, Action: "personal.revealed", Target: "erasure:plan", Detail: map[string]any{"n": len(plan.Parties)}}); err != nil {
		return nil, reply(err)
	}
	sum := plan.Summary()
	return &out[erasurePlan]{erasurePlan{Batches: sum.Batches, Rows: sum.Rows, Parties: each(sum.Parties, func(p forget.Party) erasureParty {
		return erasureParty{p.ID, p.Source, p.Kind, p.Namespace, p.Key, p.Name}
	})}}, nil
}

// erasePerson starts the work as a run that keeps no parameters: they would
// name the person. What a crash cuts off goes on at the next start.
func (s *server) erasePerson(ctx context.Context, r *in[erasureAsk]) (*out[runView], error) {
	plan, err := s.findPerson(ctx, r.Body)
	if err != nil {
		return nil, reply(err)
	}
	actor := whoIs(ctx).Actor
	v, err := s.Runs.Do(ctx, run.New{Kind: "erasure", Title: "Erase a person", TitleZH: "抹除个人信息", Actor: actor}, func(ctx context.Context, p *run.Progress) (any, error) {
		j, err := erasure.Forget(ctx, s.DB, plan, actor, erasure.Asked, p.Tell)
		return map[string]string{"erasure": j.ID}, err
	})
	return &out[runView]{s.runOf(ctx, v)}, reply(err)
}

func (s *server) listErasures(ctx context.Context, r *Paging) (*out[page[erasureItem]], error) {
	var before erasure.Job
	if r.Cursor != "" {
		var err error
		if before, err = erasure.Get(ctx, s.DB, r.Cursor); err != nil {
			return nil, reply(badCursor())
		}
	}
	all, err := erasure.List(ctx, s.DB, before, r.Limit+1)
	p := page[erasureItem]{}
	if len(all) > r.Limit {
		all = all[:r.Limit]
		p.Next = all[r.Limit-1].ID
	}
	p.Items = each(all, func(j erasure.Job) erasureItem { return erasureItem{j.ID, j.TS.UTC(), timeOf(j.Ended), j.Actor, j.Why} })
	return &out[page[erasureItem]]{p}, reply(err)
}

type erasureProof struct {
	ID      string              `json:"id"`
	Began   time.Time           `json:"began"`
	Ended   time.Time           `json:"ended"`
	Actor   string              `json:"actor"`
	Why     string              `json:"why"`
	Objects list[erasureObject] `json:"objects" doc:"Vault objects in which cells were blanked"`
	Text    string              `json:"text"`
	TextZH  string              `json:"text_zh"`
}

type erasureObject struct {
	Original string `json:"original_sha256"`
	Current  string `json:"current_sha256"`
	Rows     int64  `json:"rows"`
	Cells    int64  `json:"cells"`
}

func (s *server) getErasure(ctx context.Context, r *ByID) (*out[erasureProof], error) {
	p, err := erasure.ProofOf(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	return &out[erasureProof]{erasureProof{ID: p.ID, Began: p.Began, Ended: p.Ended, Actor: p.Actor, Why: p.Why, Text: p.Text(false), TextZH: p.Text(true),
		Objects: each(p.Objects, func(b erasure.BlankedBytes) erasureObject {
			return erasureObject{b.Original, b.Current, b.Rows, b.Cells}
		})}}, nil
}

func (s *server) readErasure(ctx context.Context, r *erasureTextIn) (*huma.StreamResponse, error) {
	p, err := erasure.ProofOf(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	return s.file("erasure-"+p.ID+"-"+store.Time(p.Ended)[:10]+".txt", "text/plain; charset=utf-8", func(w io.Writer) error {
		_, err := io.WriteString(w, p.Text(r.Lang == "zh"))
		return err
	}), nil
}
