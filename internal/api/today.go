package api

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/explore"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/search"
	"github.com/chanzipu/outfitter/internal/simulate/workbook"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/today"
)

type todayIn struct {
	Since string `query:"since" doc:"Day or RFC 3339 instant; default seven days ago"`
}

type todayView struct {
	Since     time.Time      `json:"since"`
	Batches   list[batch]    `json:"batches"`
	CameIn    cameIn         `json:"came_in"`
	Decisions list[decision] `json:"decisions"`
	ByVerb    list[dayVerb]  `json:"by_verb"`
	Disk      disk           `json:"disk"`
}

type cameIn struct {
	Events  int64 `json:"events"`
	Parties int64 `json:"parties"`
	Rejects int64 `json:"rejects"`
	Batches int64 `json:"batches"`
}

type decision struct {
	Kind     string `json:"kind"`
	Title    string `json:"title"`
	TitleZH  string `json:"title_zh"`
	Link     string `json:"link"`
	Severity string `json:"severity" enum:"info,warning,error"`
	N        int64  `json:"n"`
}

type dayVerb struct {
	Day  string `json:"day" format:"date"`
	Verb string `json:"verb"`
	N    int64  `json:"n"`
}

type disk struct {
	Free  int64 `json:"free" doc:"Bytes"`
	Total int64 `json:"total"`
	Low   bool  `json:"low"`
}

type searchIn struct {
	Q    string `query:"q" required:"true" minLength:"1" maxLength:"200"`
	Kind string `query:"kind" enum:"account,person,staff" doc:"Identity records of this kind alone"`
}

type hit struct {
	Kind    string `json:"kind" enum:"party,source,batch,question,metric,page,verb"`
	ID      string `json:"id"`
	Title   string `json:"title"`
	TitleZH string `json:"title_zh"`
	Hint    string `json:"hint"`
	Link    string `json:"link"`
}

type partyView struct {
	ID        string         `json:"id"`
	Source    string         `json:"source"`
	Kind      string         `json:"kind" enum:"person,account,staff"`
	Namespace string         `json:"namespace"`
	Key       string         `json:"key"`
	Name      string         `json:"name"`
	Phone     string         `json:"phone"`
	Email     string         `json:"email"`
	TaxNo     string         `json:"tax_no"`
	Address   string         `json:"address"`
	City      string         `json:"city"`
	Title     string         `json:"title"`
	Company   string         `json:"company"`
	Attrs     map[string]any `json:"attrs"`
	Batch     string         `json:"batch"`
	Row       int64          `json:"row"`
	Events    int64          `json:"events"`
	Masked    bool           `json:"masked"`
}

type statusView struct {
	Version  string `json:"version"`
	Engine   string `json:"engine"`
	Dir      string `json:"dir"`
	Zone     string `json:"zone" doc:"The company's"`
	UptimeS  int64  `json:"uptime_s"`
	Events   int64  `json:"events"`
	DiskFree int64  `json:"disk_free"`
}

type langIn struct {
	Lang string `query:"lang" enum:"zh,en" default:"zh"`
}

func registerToday(api huma.API, s *server) {
	huma.Register(api, op("GET /today", "today", "What came in, what was rejected, what needs a decision", access.Read), s.today)
	huma.Register(api, op("GET /search", "search", "Find anything by a few letters", access.Read), s.search)
	huma.Register(api, op("GET /parties/{id}", "get-party", "A person, account or staff member as one source knows it", access.Read), s.getParty)
	huma.Register(api, op("GET /workbook.xlsx", "workbook", "今年干了什么: the workbook for what the middle office did", access.Read, fileOut(typeXLSX)), s.workbook)
}

func (s *server) today(ctx context.Context, r *todayIn) (*out[todayView], error) {
	zone, err := s.zone(ctx)
	if err != nil {
		return nil, reply(err)
	}
	since, err := explore.ParseBound(r.Since, zone)
	if err != nil {
		return nil, reply(err)
	}
	if since.IsZero() {
		since = time.Now().AddDate(0, 0, -7)
	}
	d, err := today.Get(ctx, s.DB, s.Runs, since)
	if err != nil {
		return nil, reply(err)
	}
	batches, err := s.batchesOf(ctx, d.Batches)
	return &out[todayView]{todayView{Since: since.UTC(), Batches: batches, CameIn: cameIn{d.CameIn.Events, d.CameIn.Parties, d.CameIn.Rejects, d.CameIn.Batches},
		Decisions: each(d.Decisions, func(x today.Decision) decision {
			return decision{x.Kind, x.Title, x.ZH, x.Link, string(x.Severity), x.N}
		}),
		ByVerb: each(d.ByVerb, func(v fact.DayVerb) dayVerb { return dayVerb{v.Day, v.Verb, v.N} }), Disk: disk{d.Disk.Free, d.Disk.Total, d.Disk.Low}}}, reply(err)
}

func (s *server) search(ctx context.Context, r *searchIn) (*out[list[hit]], error) {
	var hits []search.Hit
	var err error
	if r.Kind != "" {
		hits, err = search.Parties(ctx, s.DB, r.Q, r.Kind, 20)
	} else {
		hits, err = search.Find(ctx, s.DB, r.Q)
	}
	return &out[list[hit]]{each(hits, func(h search.Hit) hit { return hit{h.Kind, h.ID, h.Title, h.ZH, h.Hint, h.Link} })}, reply(err)
}

func (s *server) getParty(ctx context.Context, r *ByID) (*out[partyView], error) {
	if _, err := uuid.Parse(r.ID); err != nil {
		return nil, reply(fault.New(fault.ErrNotFound, "party.none", fmt.Sprintf("There is no party %q.", r.ID), fmt.Sprintf("没有身份记录 %q。", r.ID)))
	}
	p, err := fact.GetParty(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	attrs, err := jsonMap(p.Attrs)
	if err != nil {
		return nil, reply(err)
	}
	v := whoIs(ctx).For()
	w := partyView{ID: p.ID, Source: p.Source, Kind: p.Kind, Namespace: p.Namespace, Key: v.Text(p.Key), Name: p.Name, Phone: v.Phone(p.Phone), Email: v.Email(p.Email), TaxNo: v.Number(p.TaxNo),
		Address: p.Address, City: p.City, Title: p.Title, Company: p.Company, Attrs: v.Map(attrs), Batch: p.Batch, Row: p.Row}
	q, err := s.question(ctx, Question{Metric: "events", Where: []string{p.Kind + ":eq:" + p.ID}}, 1)
	if err != nil {
		return nil, reply(err)
	}
	a, err := explore.Run(ctx, s.DB, q)
	if err != nil {
		return nil, reply(err)
	}
	for _, one := range a.Points {
		w.Events += one.N
	}
	w.Masked = v.Hidden > 0
	return &out[partyView]{w}, reply(s.revealed(ctx, v, "party:"+p.ID))
}

func (s *server) status(ctx context.Context, _ *nothing) (*out[statusView], error) {
	n, err := fact.Total(ctx, s.DB)
	if err != nil {
		return nil, reply(err)
	}
	d, err := today.DiskOf(s.DB.Dir)
	if err != nil {
		return nil, reply(err)
	}
	zone, err := source.Zone(ctx, s.DB)
	return &out[statusView]{statusView{Version: s.Version, Engine: string(s.DB.Facts.Engine), Dir: s.DB.Dir, Zone: zone, UptimeS: int64(time.Since(s.began).Seconds()), Events: n.Events, DiskFree: d.Free}}, reply(err)
}

func (s *server) workbook(_ context.Context, r *langIn) (*huma.StreamResponse, error) {
	name := map[string]string{"zh": "今年干了什么.xlsx", "en": "what-we-did-this-year.xlsx"}[r.Lang]
	return s.file(name, typeXLSX, func(w io.Writer) error { return workbook.Write(w, r.Lang) }), nil
}
