package api

import (
	"bytes"
	"context"
	"io"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/examples"
	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/run"
	"github.com/chanzipu/outfitter/internal/value"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

type claimText struct {
	Text string `json:"text" maxLength:"262144" doc:"The claim as YAML or JSON; GET /claims/schema.json says what may stand in it"`
}

type claimCheck struct {
	OK       bool                `json:"ok"`
	Problems list[claim.Problem] `json:"problems"`
	YAML     string              `json:"yaml" doc:"The claim as a file"`
	Claim    *claim.Claim        `json:"claim,omitempty"`
}

type claimTemplate struct {
	Name  string      `json:"name"`
	YAML  string      `json:"yaml"`
	Claim claim.Claim `json:"claim"`
}

type claimRowsIn struct {
	ByID
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Run    string `query:"run" doc:"A run of the claim; default its last"`
	Unit   string `query:"unit"`
	Period string `query:"period" doc:"Or the day of the entry"`
	Role   string `query:"role" enum:"entry,outcome,exposure"`
	Offset int    `query:"offset" minimum:"0"`
}

type claimRows struct {
	Items list[value.CellRow] `json:"items"`
	Total int                 `json:"total"`
	Next  int                 `json:"next" doc:"Give it as offset for the next page; 0 = this was the last"`
}

type claimRunIn struct {
	ByID
	Run string `query:"run"`
}

type runClaimsIn struct {
	Body struct {
		Claims []string `json:"claims" maxItems:"1000" doc:"Ids; empty = all that are not withdrawn"`
	}
}

type countersignIn struct {
	ByID
	Body struct {
		Role string `json:"role" enum:"sales,finance,service,growth,product,boss"`
		Name string `json:"name" minLength:"1" maxLength:"200" doc:"Who signs, as it shall stand there"`
		Note string `json:"note,omitempty" maxLength:"1000"`
	}
}

type withdrawIn struct {
	ByID
	Body struct {
		Why string `json:"why" minLength:"1" maxLength:"1000"`
	}
}

type ledgerIn struct {
	Year string `query:"year" pattern:"^[0-9]{4}$" doc:"The fiscal year; default all"`
}

type claimRun struct {
	Results list[claim.Result] `json:"results"`
	Failed  list[claimFailure] `json:"failed"`
}

type claimFailure struct {
	Claim string   `json:"claim"`
	Error runError `json:"error"`
}

func registerValue(api huma.API, s *server) {
	huma.Register(api, op("GET /claims", "list-claims", "Claims with their newest version and last result", access.Read), s.listClaims)
	huma.Register(api, op("POST /claims", "add-claim", "Keep a claim, or a new version of it", access.Claim, status(http.StatusCreated)), s.addClaim)
	huma.Register(api, op("POST /claims/check", "check-claim", "Check a claim without keeping it", access.Read), s.checkClaim)
	huma.Register(api, op("GET /claims/schema.json", "claim-schema", "JSON Schema of a claim", access.Self), s.claimSchema)
	huma.Register(api, op("GET /claims/templates", "claim-templates", "Example claims to begin with", access.Read), s.claimTemplates)
	huma.Register(api, op("GET /claims/suggested", "suggest-claims", "Claims that the events allow, each with the grade it can reach", access.Read), s.suggestClaims)
	huma.Register(api, op("GET /claims/head", "claims-head", "The audit chain's head and every seal, to be kept elsewhere", access.Read), s.claimsHead)
	huma.Register(api, op("POST /claims/run", "run-claims", "Run several claims", access.Claim, status(http.StatusAccepted)), s.runClaims)
	huma.Register(api, op("GET /claims/{id}", "get-claim", "One claim", access.Read), s.getClaim)
	huma.Register(api, op("GET /claims/{id}/versions", "claim-versions", "A claim's versions with seals and signatures, newest first", access.Read), s.claimVersions)
	huma.Register(api, op("GET /claims/{id}/results", "claim-results", "A claim's results, newest first", access.Read), s.claimResults)
	huma.Register(api, op("POST /claims/{id}/run", "run-claim", "Seal a claim where it is a draft, and run it", access.Claim, status(http.StatusAccepted)), s.runClaim)
	huma.Register(api, op("POST /claims/{id}/seal", "seal-claim", "Fix the newest version in the audit chain", access.Claim), s.sealClaim)
	huma.Register(api, op("POST /claims/{id}/countersign", "countersign-claim", "A department's word for the sealed version (会签)", access.Read), s.countersign)
	huma.Register(api, op("POST /claims/{id}/withdraw", "withdraw-claim", "Take a claim out of the sums; it stays in the list", access.Claim), s.withdrawClaim)
	huma.Register(api, op("GET /claims/{id}/rows", "claim-rows", "Addresses of the rows behind a result, of one cell or of all", access.Rows), s.claimRows)
	huma.Register(api, op("GET /claims/{id}/sample.csv", "claim-sample", "The table that a result was estimated on", access.Export, fileOut(typeCSV)), s.claimSample)
	huma.Register(api, op("GET /ledger", "get-ledger", "All claims by face, what they add up to, and the bridge to finance's growth", access.Read), s.getLedger)
}

func (s *server) listClaims(ctx context.Context, _ *nothing) (*out[list[value.Item]], error) {
	all, err := value.List(ctx, s.DB)
	return &out[list[value.Item]]{all}, reply(err)
}

func (s *server) addClaim(ctx context.Context, r *in[claimText]) (*out[value.Version], error) {
	v, err := value.Add(ctx, s.DB, value.New{Text: r.Body.Text, Actor: whoIs(ctx).Actor})
	return &out[value.Version]{v}, reply(err)
}

func (s *server) checkClaim(_ context.Context, r *in[claimText]) (*out[claimCheck], error) {
	problems, c, err := claim.Check([]byte(r.Body.Text))
	if err != nil {
		return nil, reply(err)
	}
	w := claimCheck{OK: len(problems) == 0, Problems: problems}
	if w.OK {
		w.Claim = &c
		w.YAML, err = c.YAML()
	}
	return &out[claimCheck]{w}, reply(err)
}

func (s *server) claimSchema(context.Context, *nothing) (*huma.StreamResponse, error) {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", "application/schema+json")
		if _, err := io.WriteString(ctx.BodyWriter(), claim.Schema); err != nil {
			requestOf(ctx.Context()).cause = err
		}
	}}, nil
}

func (s *server) claimTemplates(context.Context, *nothing) (*out[list[claimTemplate]], error) {
	all, err := examples.Claims()
	if err != nil {
		return nil, reply(err)
	}
	var w list[claimTemplate]
	for _, e := range all {
		c, err := claim.Parse([]byte(e.YAML))
		if err != nil {
			return nil, reply(err)
		}
		w = append(w, claimTemplate{e.Name, e.YAML, c})
	}
	return &out[list[claimTemplate]]{w}, nil
}

func (s *server) suggestClaims(ctx context.Context, _ *nothing) (*out[list[value.Suggestion]], error) {
	all, err := value.Suggest(ctx, s.DB)
	return &out[list[value.Suggestion]]{all}, reply(err)
}

func (s *server) claimsHead(ctx context.Context, _ *nothing) (*out[value.Head], error) {
	h, err := value.ExportHead(ctx, s.DB)
	return &out[value.Head]{h}, reply(err)
}

func (s *server) getClaim(ctx context.Context, r *ByID) (*out[value.Item], error) {
	it, err := value.Get(ctx, s.DB, r.ID)
	return &out[value.Item]{it}, reply(err)
}

func (s *server) claimVersions(ctx context.Context, r *ByID) (*out[list[value.Version]], error) {
	all, err := value.Versions(ctx, s.DB, r.ID)
	return &out[list[value.Version]]{all}, reply(err)
}

func (s *server) claimResults(ctx context.Context, r *ByID) (*out[list[claim.Result]], error) {
	all, err := value.Results(ctx, s.DB, r.ID)
	return &out[list[claim.Result]]{all}, reply(err)
}

func (s *server) sealClaim(ctx context.Context, r *ByID) (*out[value.Version], error) {
	v, err := value.SealClaim(ctx, s.DB, r.ID, whoIs(ctx).Actor)
	return &out[value.Version]{v}, reply(err)
}

// countersign takes the word of whoever has the role; an administrator may
// record it for a department that has no account.
func (s *server) countersign(ctx context.Context, r *countersignIn) (*out[value.Version], error) {
	who := whoIs(ctx)
	if who.Role.Name != r.Body.Role && !who.Can(access.Admin) {
		return nil, reply(value.NotYours(r.Body.Role))
	}
	v, err := value.Countersign(ctx, s.DB, r.ID, value.Sign{Role: r.Body.Role, Name: r.Body.Name, Note: r.Body.Note, Actor: who.Actor})
	return &out[value.Version]{v}, reply(err)
}

func (s *server) withdrawClaim(ctx context.Context, r *withdrawIn) (*out[value.Item], error) {
	if err := value.Withdraw(ctx, s.DB, r.ID, r.Body.Why, whoIs(ctx).Actor); err != nil {
		return nil, reply(err)
	}
	it, err := value.Get(ctx, s.DB, r.ID)
	return &out[value.Item]{it}, reply(err)
}

// resultOf is the run that is asked for, or the last.
func (s *server) resultOf(ctx context.Context, id, runID string) (claim.Result, error) {
	if runID == "" {
		return value.LastResult(ctx, s.DB, id)
	}
	return value.ResultOf(ctx, s.DB, id, runID)
}

func (s *server) claimRows(ctx context.Context, r *claimRowsIn) (*out[claimRows], error) {
	res, err := s.resultOf(ctx, r.ID, r.Run)
	if err != nil {
		return nil, reply(err)
	}
	rows, total, err := value.Rows(ctx, s.DB, res, value.Cell{Unit: r.Unit, Period: r.Period, Role: r.Role, Offset: r.Offset, Limit: r.Limit})
	w := claimRows{Items: rows, Total: total}
	if next := r.Offset + len(rows); next < total {
		w.Next = next
	}
	return &out[claimRows]{w}, reply(err)
}

func (s *server) claimSample(ctx context.Context, r *claimRunIn) (*huma.StreamResponse, error) {
	res, err := s.resultOf(ctx, r.ID, r.Run)
	if err != nil {
		return nil, reply(err)
	}
	sample, err := value.SampleOf(s.DB, res)
	if err != nil {
		return nil, reply(err)
	}
	if err := access.Note(ctx, s.DB, access.Entry{Actor: whoIs(ctx).Actor, Action: "claim.exported", Target: "claim:" + r.ID, Detail: map[string]any{"run": res.Run, "rows": res.Finding.Counts.Rows}}); err != nil {
		return nil, reply(err)
	}
	return s.file(r.ID+".csv", typeCSV, func(w io.Writer) error {
		_, err := io.Copy(w, bytes.NewReader(sample.CSV))
		return err
	}), nil
}

func (s *server) getLedger(ctx context.Context, r *ledgerIn) (*out[value.Ledger], error) {
	l, err := value.Book(ctx, s.DB, r.Year)
	return &out[value.Ledger]{l}, reply(err)
}

type claimJob struct {
	Claims []string
	Actor  string
}

func (s *server) runClaim(ctx context.Context, r *ByID) (*out[runView], error) {
	if _, err := value.Get(ctx, s.DB, r.ID); err != nil {
		return nil, reply(err)
	}
	return s.startClaims(ctx, r.ID, []string{r.ID})
}

func (s *server) runClaims(ctx context.Context, r *runClaimsIn) (*out[runView], error) {
	ids := r.Body.Claims
	if len(ids) == 0 {
		all, err := value.List(ctx, s.DB)
		if err != nil {
			return nil, reply(err)
		}
		for _, it := range all {
			if it.State != value.Withdrawn {
				ids = append(ids, it.ID)
			}
		}
	}
	return s.startClaims(ctx, "", ids)
}

func (s *server) startClaims(ctx context.Context, title string, ids []string) (*out[runView], error) {
	v, err := s.Runs.Start(ctx, run.New{Kind: "claim", Title: title, Actor: whoIs(ctx).Actor, Params: claimJob{ids, whoIs(ctx).Actor}})
	return &out[runView]{s.runOf(ctx, v)}, reply(err)
}

// doClaims runs claims one after the other; one that can't be run leaves the
// others alone.
func (s *server) doClaims(ctx context.Context, p *run.Progress, j claimJob) (any, error) {
	w := claimRun{}
	var last error
	for i, id := range j.Claims {
		r, err := value.Run(ctx, s.DB, id, j.Actor, func(done, total int64, what, zh string) {
			p.Tell(int64(i)*total+done, int64(len(j.Claims))*total, id+": "+what, id+"："+zh)
		})
		if ctx.Err() != nil {
			return w, ctx.Err()
		}
		if err != nil {
			last = err
			w.Failed = append(w.Failed, claimFailure{id, sentenceOf(err)})
			continue
		}
		w.Results = append(w.Results, r)
	}
	if len(w.Results) == 0 && last != nil {
		return w, last
	}
	return w, nil
}

func sentenceOf(err error) runError {
	p := problemOf(err)
	return runError{EN: p.Detail, ZH: p.DetailZH, Code: p.Code}
}
