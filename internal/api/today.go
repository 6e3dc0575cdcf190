package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
)

type todayIn struct {
	Since string `query:"since" doc:"Day or RFC 3339 instant; default seven days ago"`
}

type today struct {
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
	Q string `query:"q" required:"true" minLength:"1" maxLength:"200"`
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
	huma.Register(api, op("GET /status", "status", "The installation", access.Self), s.status)
	huma.Register(api, op("GET /workbook.xlsx", "workbook", "今年干了什么: the workbook for what the middle office did", access.Read, fileOut(typeXLSX)), s.workbook)
}

func (s *server) today(ctx context.Context, r *todayIn) (*out[today], error) { return nil, todo() }
func (s *server) search(ctx context.Context, r *searchIn) (*out[list[hit]], error) {
	return nil, todo()
}
func (s *server) getParty(ctx context.Context, r *ByID) (*out[partyView], error) { return nil, todo() }
func (s *server) status(ctx context.Context, r *nothing) (*out[statusView], error) {
	return nil, todo()
}
func (s *server) workbook(ctx context.Context, r *langIn) (*huma.StreamResponse, error) {
	return nil, todo()
}
