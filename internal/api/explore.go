package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
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
	Additive  bool         `json:"additive" doc:"Answered from the daily rollup"`
	Available bool         `json:"available" doc:"There are events for it"`
}

type dimensionView struct {
	Name    string `json:"name"`
	Title   string `json:"title"`
	TitleZH string `json:"title_zh"`
	Rollup  bool   `json:"rollup" doc:"In the daily rollup"`
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
	ID      string `json:"id"`
	Title   string `json:"title"`
	Query   string `json:"query" doc:"The explore page's query string"`
	Actor   string `json:"actor"`
	Created string `json:"created" format:"date-time"`
	Changed string `json:"changed" format:"date-time"`
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

func (s *server) listMetrics(ctx context.Context, r *nothing) (*out[list[metricView]], error) {
	return nil, todo()
}
func (s *server) listDimensions(ctx context.Context, r *nothing) (*out[list[dimensionView]], error) {
	return nil, todo()
}
func (s *server) explore(ctx context.Context, r *exploreIn) (*exploreOut, error) { return nil, todo() }
func (s *server) exploreEvents(ctx context.Context, r *exploreEventsIn) (*out[page[EventItem]], error) {
	return nil, todo()
}
func (s *server) exportExplore(ctx context.Context, r *exploreExportIn) (*huma.StreamResponse, error) {
	return nil, todo()
}
func (s *server) listQuestions(ctx context.Context, r *nothing) (*out[page[savedQuestion]], error) {
	return nil, todo()
}
func (s *server) addQuestion(ctx context.Context, r *in[newQuestion]) (*out[savedQuestion], error) {
	return nil, todo()
}
func (s *server) getQuestion(ctx context.Context, r *ByID) (*out[savedQuestion], error) {
	return nil, todo()
}
func (s *server) changeQuestion(ctx context.Context, r *changeQuestionIn) (*out[savedQuestion], error) {
	return nil, todo()
}
func (s *server) removeQuestion(ctx context.Context, r *ByID) (*nothing, error) { return nil, todo() }
