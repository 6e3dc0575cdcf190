package api

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/explore"
	"github.com/chanzipu/outfitter/internal/metric"
	"github.com/chanzipu/outfitter/internal/run"
)

type metricView struct {
	Name      string       `json:"name" example:"deals.won"`
	Title     string       `json:"title"`
	TitleZH   string       `json:"title_zh"`
	Unit      string       `json:"unit" doc:"deals, share, hours, amount …"`
	UnitZH    string       `json:"unit_zh"`
	Kind      string       `json:"kind" enum:"count,sum,mean,ratio,distinct,quantile,duration,stock"`
	About     string       `json:"about" doc:"Its definition"`
	AboutZH   string       `json:"about_zh"`
	Verbs     list[string] `json:"verbs" doc:"The verbs that it reads; empty = all"`
	Additive  bool         `json:"additive" doc:"Its values may be summed over days and groups"`
	Available bool         `json:"available" doc:"There are events for it"`
}

type dimensionView struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	TitleZH string `json:"title_zh"`
	Type    string `json:"type" enum:"text,uuid,number"`
	Rollup  bool   `json:"rollup" doc:"In the daily rollup"`
	Filter  bool   `json:"filter" doc:"For filters alone, not for splitting"`
}

type Question struct {
	Metric string   `query:"metric" required:"true" maxLength:"100"`
	By     string   `query:"by" maxLength:"100" doc:"A dimension"`
	By2    string   `query:"by2" maxLength:"100" doc:"A second one"`
	Grain  string   `query:"grain" enum:"day,week,month,quarter,year,none" default:"none"`
	Since  string   `query:"since" doc:"Day or RFC 3339 instant, included"`
	Until  string   `query:"until" doc:"Day or RFC 3339 instant, excluded"`
	Where  []string `query:"where,explode" maxItems:"20" doc:"dimension:operator:value with eq, ne, in (values by |), has, gt, gte, lt, lte, null, notnull" example:"[\"verb:eq:deal.won\"]"`
	Zone   string   `query:"zone" maxLength:"100" doc:"IANA; default the company's"`
}

type exploreIn struct {
	Question
	Limit int `query:"limit" minimum:"1" maximum:"100000" default:"5000" doc:"Points"`
}

type exploreOut struct {
	Status int
	Body   exploreResult
}

type exploreResult struct {
	Metric    string              `json:"metric"`
	Unit      string              `json:"unit"`
	UnitZH    string              `json:"unit_zh"`
	Columns   list[exploreColumn] `json:"columns"`
	Rows      list[list[any]]     `json:"rows"`
	Points    list[point]         `json:"points"`
	TookMS    int64               `json:"took_ms"`
	From      string              `json:"from" enum:"rollup,events"`
	Truncated bool                `json:"truncated" doc:"There are more points than the limit"`
	Labels    map[string]string   `json:"labels" doc:"Names for the ids in the points"`
	Note      string              `json:"note,omitempty" doc:"What the reader must know: rows left out, and why"`
	NoteZH    string              `json:"note_zh,omitempty"`
	Run       string              `json:"run,omitempty" doc:"With status 202: the run that goes on; its result is this body"`
}

type exploreColumn struct {
	Name string `json:"name"`
	Kind string `json:"kind" enum:"time,dimension,value,n"`
}

type point struct {
	T     *string  `json:"t" format:"date" doc:"First day of the grain"`
	A     *string  `json:"a" doc:"Value of the first dimension"`
	B     *string  `json:"b"`
	Value *float64 `json:"value" doc:"null = it can't be said"`
	N     int64    `json:"n" doc:"Events or objects behind it"`
}

type exploreEventsIn struct {
	Question
	Paging
	T string `query:"t" doc:"The point's t"`
	A string `query:"a" doc:"The point's a; the text \\N = null"`
	B string `query:"b"`
}

type exploreExportIn struct {
	Question
	Format string `query:"format" enum:"csv,xlsx" default:"csv"`
	Lang   string `query:"lang" enum:"zh,en" default:"zh"`
}

type savedQuestion struct {
	ID      string    `json:"id"`
	Title   string    `json:"title"`
	Query   string    `json:"query" doc:"The explore page's query string"`
	Actor   string    `json:"actor"`
	Created time.Time `json:"created"`
	Changed time.Time `json:"changed"`
}

type newQuestion struct {
	Title string `json:"title" minLength:"1" maxLength:"400"`
	Query string `json:"query" minLength:"1" maxLength:"8000"`
}

type changeQuestionIn struct {
	ByID
	Body struct {
		Title *string `json:"title,omitempty" minLength:"1" maxLength:"400"`
		Query *string `json:"query,omitempty" minLength:"1" maxLength:"8000"`
	}
}

func registerExplore(api huma.API, s *server) {
	huma.Register(api, op("GET /metrics", "list-metrics", "The catalogue of metrics", access.Explore), s.listMetrics)
	huma.Register(api, op("GET /dimensions", "list-dimensions", "What a metric can be split by", access.Explore), s.listDimensions)
	huma.Register(api, op("GET /explore", "explore", "Answer a question; 202 with a run when it takes over two seconds", access.Explore), s.explore)
	huma.Register(api, op("GET /explore/events", "explore-events", "The events behind a point", access.Explore), s.exploreEvents)
	huma.Register(api, op("GET /explore/export", "export-explore", "The answer as a file", access.Export, fileOut(typeCSV, typeXLSX)), s.exportExplore)

	huma.Register(api, op("GET /questions", "list-questions", "Saved questions by title", access.Explore), s.listQuestions)
	huma.Register(api, op("POST /questions", "add-question", "Save a question", access.Explore, status(201)), s.addQuestion)
	huma.Register(api, op("GET /questions/{id}", "get-question", "One saved question", access.Explore), s.getQuestion)
	huma.Register(api, op("PATCH /questions/{id}", "change-question", "Change one's saved question", access.Explore), s.changeQuestion)
	huma.Register(api, op("DELETE /questions/{id}", "remove-question", "Remove one's saved question", access.Explore, status(204)), s.removeQuestion)
}

func (s *server) listMetrics(ctx context.Context, _ *nothing) (*out[list[metricView]], error) {
	verbs, err := explore.Available(ctx, s.DB)
	return &out[list[metricView]]{each(metric.Catalogue, func(m metric.Metric) metricView {
		kind := m.Kind
		if kind == metric.Within {
			kind = metric.Ratio
		}
		return metricView{Name: m.Name, Title: m.Title, TitleZH: m.ZH, Unit: m.Unit, UnitZH: m.UnitZH, Kind: string(kind), About: m.About, AboutZH: m.AboutZH,
			Verbs: m.Verbs(), Additive: m.Additive() && m.Kind != metric.Ratio && m.Kind != metric.Mean, Available: explore.Answerable(m, verbs)}
	})}, reply(err)
}

func (s *server) listDimensions(context.Context, *nothing) (*out[list[dimensionView]], error) {
	return &out[list[dimensionView]]{each(metric.Dimensions, func(d metric.Dimension) dimensionView {
		return dimensionView{d.Name, d.Title, d.ZH, string(d.Type), d.Rollup, d.Filter}
	})}, nil
}

// question makes a checked question of a URL's.
func (s *server) question(ctx context.Context, q Question, limit int) (metric.Question, error) {
	zone, err := s.zone(ctx)
	if err != nil {
		return metric.Question{}, err
	}
	a := explore.Ask{Metric: q.Metric, By: q.By, By2: q.By2, Grain: q.Grain, Since: q.Since, Until: q.Until, Where: q.Where, Zone: q.Zone, Limit: limit}
	return a.Question(zone, time.Now())
}

func (s *server) explore(ctx context.Context, r *exploreIn) (*exploreOut, error) {
	q, err := s.question(ctx, r.Question, r.Limit)
	if err != nil {
		return nil, reply(err)
	}
	type answered struct {
		body exploreResult
		err  error
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	got := make(chan answered, 1)
	go func() {
		a, err := explore.Run(work, s.DB, q)
		got <- answered{answerOf(a), err}
	}()
	select {
	case a := <-got:
		stop()
		return &exploreOut{http.StatusOK, a.body}, reply(a.err)
	case <-ctx.Done():
		stop()
		return nil, reply(ctx.Err())
	case <-time.After(s.Patience):
	}
	v, err := s.Runs.Do(ctx, run.New{Kind: "explore", Title: q.Metric.Title, TitleZH: q.Metric.ZH, Actor: whoIs(ctx).Actor}, func(ctx context.Context, p *run.Progress) (any, error) {
		defer stop()
		p.Say("Reading the events", "读取事件中")
		select {
		case a := <-got:
			return a.body, a.err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	})
	if err != nil {
		stop()
		return nil, reply(err)
	}
	return &exploreOut{http.StatusAccepted, exploreResult{Metric: q.Metric.Name, Unit: q.Metric.Unit, UnitZH: q.Metric.UnitZH, From: "events", Labels: map[string]string{}, Run: v.ID}}, nil
}

func answerOf(a explore.Answer) exploreResult {
	q := a.Question
	r := exploreResult{Metric: q.Metric.Name, Unit: q.Metric.Unit, UnitZH: q.Metric.UnitZH, TookMS: a.Took.Milliseconds(), From: "events", Truncated: a.Truncated, Labels: a.Labels, Note: a.Note, NoteZH: a.NoteZH}
	if a.Rollup {
		r.From = "rollup"
	}
	if q.Grain != metric.None {
		r.Columns = append(r.Columns, exploreColumn{"t", "time"})
	}
	for _, d := range q.By {
		r.Columns = append(r.Columns, exploreColumn{d.Name, "dimension"})
	}
	r.Columns = append(r.Columns, exploreColumn{q.Metric.Name, "value"}, exploreColumn{"n", "n"})
	for _, p := range a.Points {
		w := point{A: p.A, B: p.B, Value: p.Value, N: p.N}
		var row list[any]
		if q.Grain != metric.None && p.T != nil {
			day := p.T.Format(time.DateOnly)
			w.T = &day
			row = append(row, day)
		}
		for i := range q.By {
			row = append(row, [2]*string{p.A, p.B}[i])
		}
		r.Rows = append(r.Rows, append(row, p.Value, p.N))
		r.Points = append(r.Points, w)
	}
	return r
}

func (s *server) exploreEvents(ctx context.Context, r *exploreEventsIn) (*out[page[EventItem]], error) {
	q, err := s.question(ctx, r.Question, 0)
	if err != nil {
		return nil, reply(err)
	}
	place := metric.Place{A: r.A, B: r.B}
	if r.T != "" {
		if place.T, err = explore.ParseBound(r.T, q.Zone); err != nil {
			return nil, reply(err)
		}
	}
	events, next, err := explore.Events(ctx, s.DB, q, place, r.Cursor, r.Limit)
	if err != nil {
		return nil, reply(err)
	}
	items, err := s.eventsOf(ctx, "explore:"+q.Metric.Name, events)
	return &out[page[EventItem]]{page[EventItem]{items, next}}, reply(err)
}

func (s *server) exportExplore(ctx context.Context, r *exploreExportIn) (*huma.StreamResponse, error) {
	q, err := s.question(ctx, r.Question, 100_000)
	if err != nil {
		return nil, reply(err)
	}
	a, err := explore.Run(ctx, s.DB, q)
	if err != nil {
		return nil, reply(err)
	}
	who := whoIs(ctx)
	if err := access.Note(ctx, s.DB, access.Entry{Actor: who.Actor, Action: "explore.exported", Target: "metric:" + q.Metric.Name,
		Detail: map[string]any{"by": r.By, "by2": r.By2, "since": r.Since, "until": r.Until, "where": r.Where, "format": r.Format, "points": len(a.Points)}}); err != nil {
		return nil, reply(err)
	}
	kind := map[string]string{"csv": typeCSV, "xlsx": typeXLSX}[r.Format]
	return s.file(q.Metric.Name+"."+r.Format, kind, func(w io.Writer) error {
		return explore.Export(w, a, r.Format, r.Lang, who.Actor, time.Now())
	}), nil
}

func savedOf(v explore.Saved) savedQuestion {
	return savedQuestion{v.ID, v.Title, v.Query, v.Actor, v.Created, v.Changed}
}

func (s *server) listQuestions(ctx context.Context, _ *nothing) (*out[page[savedQuestion]], error) {
	all, err := explore.ListSaved(ctx, s.DB)
	return &out[page[savedQuestion]]{page[savedQuestion]{Items: each(all, savedOf)}}, reply(err)
}

func (s *server) addQuestion(ctx context.Context, r *in[newQuestion]) (*out[savedQuestion], error) {
	v, err := explore.Save(ctx, s.DB, whoIs(ctx).Actor, r.Body.Title, r.Body.Query)
	return &out[savedQuestion]{savedOf(v)}, reply(err)
}

func (s *server) getQuestion(ctx context.Context, r *ByID) (*out[savedQuestion], error) {
	v, err := explore.GetSaved(ctx, s.DB, r.ID)
	return &out[savedQuestion]{savedOf(v)}, reply(err)
}

func (s *server) changeQuestion(ctx context.Context, r *changeQuestionIn) (*out[savedQuestion], error) {
	v, err := explore.ChangeSaved(ctx, s.DB, whoIs(ctx), r.ID, r.Body.Title, r.Body.Query)
	return &out[savedQuestion]{savedOf(v)}, reply(err)
}

func (s *server) removeQuestion(ctx context.Context, r *ByID) (*nothing, error) {
	return &nothing{}, reply(explore.RemoveSaved(ctx, s.DB, whoIs(ctx), r.ID))
}
