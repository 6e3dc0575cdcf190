package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/report/bundle"
	"github.com/chanzipu/outfitter/internal/report/html"
	"github.com/chanzipu/outfitter/internal/run"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
)

type reportOrder struct {
	Year     int          `json:"year" minimum:"2000" maximum:"2100"`
	Company  string       `json:"company,omitempty" maxLength:"200" doc:"For the cover"`
	Author   string       `json:"author,omitempty" maxLength:"200" doc:"Who presents it; the one colleague whose name may stand in it"`
	Consent  list[string] `json:"consent,omitempty" maxItems:"200" doc:"Colleagues who agreed to be named"`
	Langs    list[string] `json:"langs,omitempty" maxItems:"2" doc:"zh, en; default both"`
	Formats  list[string] `json:"formats,omitempty" maxItems:"5" doc:"html, pdf, docx, pptx, xlsx; default all"`
	Full     bool         `json:"full,omitempty" doc:"With original ids and the addresses of all rows: needs an administrator, and is audited"`
	Template struct {
		DOCX string `json:"docx,omitempty" doc:"Id of an upload: the company's Word file"`
		PPTX string `json:"pptx,omitempty" doc:"Id of an upload: the company's slides"`
	} `json:"template,omitzero"`
}

type reportView struct {
	ID       string            `json:"id"`
	Year     int               `json:"year"`
	Actor    string            `json:"actor"`
	Made     time.Time         `json:"made"`
	Full     bool              `json:"full"`
	Bytes    int64             `json:"bytes"`
	Manifest string            `json:"manifest_sha256" doc:"Also in the audit log"`
	Files    list[reportFile]  `json:"files"`
	LeftOut  list[bundle.Left] `json:"left_out" doc:"Formats that could not be made"`
	Offline  int               `json:"offline" doc:"Claims that verify offline"`
	Server   int               `json:"server" doc:"Claims that verify on the server only"`
	NotRun   int               `json:"not_run"`
}

type reportFile struct {
	Format string `json:"format"`
	Lang   string `json:"lang"`
	Bytes  int64  `json:"bytes"`
}

type reportFileIn struct {
	ByID
	Format string `path:"format" enum:"zip,html,pdf,docx,pptx,xlsx"`
	Lang   string `query:"lang" enum:"zh,en" default:"zh"`
}

type reportShowIn struct {
	ByID
	Lang string `query:"lang" enum:"zh,en" default:"zh"`
}

type reportPreviewIn struct {
	Year    int    `query:"year" minimum:"2000" maximum:"2100" required:"true"`
	Lang    string `query:"lang" enum:"zh,en" default:"zh"`
	Company string `query:"company" maxLength:"200"`
	Author  string `query:"author" maxLength:"200"`
}

type listReportsIn struct {
	Limit int `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

const typeHTML = "text/html; charset=utf-8"

func registerReport(api huma.API, s *server) {
	huma.Register(api, op("POST /reports", "make-report", "Make the year-end report with its proof bundle", access.Report, status(http.StatusAccepted)), s.makeReport)
	huma.Register(api, op("GET /reports", "list-reports", "Reports that were made, newest first", access.Report), s.listReports)
	huma.Register(api, op("GET /reports/preview", "preview-report", "The report as it would be now, as a page", access.Report, fileOut("text/html")), s.previewReport)
	huma.Register(api, op("GET /reports/{id}", "get-report", "One report", access.Report), s.getReport)
	huma.Register(api, op("GET /reports/{id}/preview", "show-report", "One report as a page", access.Report, fileOut("text/html")), s.showReport)
	huma.Register(api, op("GET /reports/{id}/files/{format}", "download-report", "One format, or the whole bundle (zip); a full bundle needs an administrator", access.Report, fileOut("application/octet-stream")), s.downloadReport)
	if s.Runs != nil { // the OpenAPI document alone is made without
		s.Runs.Register("report", 1, work(s.doReport))
	}
}

type reportJob struct {
	Order reportOrder
	Actor string
}

func (s *server) makeReport(ctx context.Context, r *in[reportOrder]) (*out[runView], error) {
	who := whoIs(ctx)
	if r.Body.Full && !who.Can(access.Admin) {
		return nil, reply(fault.New(fault.ErrDenied, "report.full", "A full bundle has original ids: an administrator makes it.", "完整核对包带原始编号，只能由管理员制作。"))
	}
	req, err := s.request(ctx, r.Body)
	if err == nil {
		err = req.Check()
	}
	if err != nil {
		return nil, reply(err)
	}
	v, err := s.Runs.Start(ctx, run.New{Kind: "report", Title: fmt.Sprint(r.Body.Year), Actor: who.Actor, Params: reportJob{r.Body, who.Actor}})
	return &out[runView]{s.runOf(ctx, v)}, reply(err)
}

// request is what the order asks for, templates read.
func (s *server) request(ctx context.Context, o reportOrder) (bundle.Request, error) {
	r := bundle.Request{Order: report.Order{Year: o.Year, Company: o.Company, Author: o.Author, Consent: o.Consent, BaseURL: s.address()}, Langs: o.Langs, Formats: o.Formats, Full: o.Full, Template: map[string][]byte{}}
	for kind, id := range map[string]string{"docx": o.Template.DOCX, "pptx": o.Template.PPTX} {
		if id == "" {
			continue
		}
		u, err := source.GetUpload(ctx, s.DB, id)
		if err != nil {
			return r, err
		}
		if u.Bytes > 64<<20 {
			return r, fault.New(fault.ErrInvalid, "template.large", "The template is larger than 64 MiB.", "模板超过 64 MiB。")
		}
		f, err := s.DB.Vault.Open(u.Object)
		if err != nil {
			return r, fmt.Errorf("api: template %s: %w", id, err)
		}
		r.Template[kind], err = io.ReadAll(f)
		_ = f.Close()
		if err != nil {
			return r, fmt.Errorf("api: template %s: %w", id, err)
		}
	}
	return r, nil
}

// address is the server's as seen from outside; empty = not known.
func (s *server) address() string {
	if s.base.origin == "" {
		return ""
	}
	return s.base.origin + s.base.path
}

func (s *server) doReport(ctx context.Context, p *run.Progress, j reportJob) (any, error) {
	r, err := s.request(ctx, j.Order)
	if err != nil {
		return nil, err
	}
	k, _, err := bundle.Make(ctx, s.DB, r, j.Actor, p.Tell)
	if err != nil {
		return nil, err
	}
	return viewOf(k)
}

func viewOf(k report.Kept) (reportView, error) {
	w := reportView{ID: k.ID, Year: k.Year, Actor: k.Actor, Made: k.Made, Full: k.Full, Bytes: k.Bytes, Manifest: k.Manifest, Files: list[reportFile]{}, LeftOut: list[bundle.Left]{}}
	var made bundle.Made
	if err := json.Unmarshal(k.Result, &made); err != nil {
		return w, fmt.Errorf("api: report %s: %w", k.ID, err)
	}
	w.LeftOut = append(w.LeftOut, made.Left...)
	for _, f := range made.Manifest.Files {
		if lang, format, ok := bundle.Document(f.Name); ok {
			w.Files = append(w.Files, reportFile{format, lang, f.Bytes})
		}
	}
	for _, c := range made.Manifest.Claims {
		switch c.Check {
		case bundle.Offline:
			w.Offline++
		case bundle.Server:
			w.Server++
		default:
			w.NotRun++
		}
	}
	return w, nil
}

func (s *server) listReports(ctx context.Context, r *listReportsIn) (*out[list[reportView]], error) {
	all, err := report.Reports(ctx, s.DB, r.Limit)
	if err != nil {
		return nil, reply(err)
	}
	items := list[reportView]{}
	for _, k := range all {
		v, err := viewOf(k)
		if err != nil {
			return nil, reply(err)
		}
		items = append(items, v)
	}
	return &out[list[reportView]]{items}, nil
}

func (s *server) getReport(ctx context.Context, r *ByID) (*out[reportView], error) {
	k, err := report.Get(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	v, err := viewOf(k)
	return &out[reportView]{v}, reply(err)
}

// sandboxed answers with a page that can run nothing, fetch nothing and be
// framed by our own pages alone.
func sandboxed(page []byte) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", typeHTML)
		ctx.SetHeader("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
		ctx.SetHeader("X-Frame-Options", "SAMEORIGIN")
		if _, err := ctx.BodyWriter().Write(page); err != nil {
			requestOf(ctx.Context()).cause = err
		}
	}}
}

func (s *server) previewReport(ctx context.Context, r *reportPreviewIn) (*huma.StreamResponse, error) {
	in, err := report.Gather(ctx, s.DB, report.Order{Year: r.Year, Company: r.Company, Author: r.Author, BaseURL: s.address()}, time.Now(), func(int64, int64, string, string) {})
	if err != nil {
		return nil, reply(err)
	}
	var page bytes.Buffer
	if err := html.Write(&page, report.Build(in), html.Options{Lang: r.Lang}); err != nil {
		return nil, reply(err)
	}
	return sandboxed(page.Bytes()), nil
}

func (s *server) showReport(ctx context.Context, r *reportShowIn) (*huma.StreamResponse, error) {
	k, err := report.Get(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	page, err := bundle.Member(s.DB, k, bundle.Name(r.Lang, "html"))
	if err != nil {
		return nil, reply(err)
	}
	return sandboxed(page), nil
}

func (s *server) downloadReport(ctx context.Context, r *reportFileIn) (*huma.StreamResponse, error) {
	k, err := report.Get(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	who := whoIs(ctx)
	if r.Format == "zip" && k.Full && !who.Can(access.Admin) {
		return nil, reply(fault.New(fault.ErrDenied, "report.full", "This bundle has original ids: an administrator downloads it.", "这个核对包带原始编号，只能由管理员下载。"))
	}
	var body []byte
	if r.Format != "zip" {
		if body, err = bundle.Member(s.DB, k, bundle.Name(r.Lang, r.Format)); err != nil {
			return nil, reply(err)
		}
	}
	if err := access.Note(ctx, s.DB, access.Entry{Actor: who.Actor, Action: "report.downloaded", Target: "report:" + k.ID, Detail: map[string]any{"format": r.Format, "full": k.Full}}); err != nil {
		return nil, reply(err)
	}
	name := fmt.Sprintf("report-%d.%s.%s", k.Year, r.Lang, r.Format)
	if r.Format == "zip" {
		name = fmt.Sprintf("report-%d.zip", k.Year)
	}
	return s.file(name, "application/octet-stream", func(w io.Writer) error {
		if r.Format != "zip" {
			_, err := w.Write(body)
			return err
		}
		return copyObject(s.DB, k.Bundle, w)
	}), nil
}

func copyObject(db *store.DB, sha string, w io.Writer) error {
	f, err := db.Vault.Open(sha)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	_, err = io.Copy(w, f)
	return err
}
