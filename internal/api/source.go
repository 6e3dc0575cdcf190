package api

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/run"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/source/mapping"
)

type upload struct {
	ID    string `json:"id" doc:"SHA-256 of its bytes"`
	Name  string `json:"name"`
	Bytes int64  `json:"bytes"`
}

type uploadIn struct {
	Name string `query:"name" required:"true" minLength:"1" maxLength:"400" example:"客户.xlsx"`
	body io.Reader
}

// Resolve keeps the body, so that it is read as it comes.
func (r *uploadIn) Resolve(ctx huma.Context) []error {
	req, w := humago.Unwrap(ctx)
	r.body = http.MaxBytesReader(w, req.Body, maxUpload)
	return nil
}

type uploadRef struct {
	ID   string `json:"id" minLength:"64" maxLength:"64"`
	Name string `json:"name" minLength:"1" maxLength:"400"`
}

type hints struct {
	Encoding  string       `json:"encoding,omitempty" doc:"IANA name: gb18030, utf-8, big5"`
	Delimiter string       `json:"delimiter,omitempty" doc:"One character, or tab"`
	Quote     string       `json:"quote,omitempty" doc:"One character, or none"`
	Sheet     string       `json:"sheet,omitempty"`
	Header    *int         `json:"header,omitempty" doc:"1-based record of the header's last row; 0 = there is none"`
	Columns   list[string] `json:"columns,omitempty" doc:"Names for a table without a header"`
	Missing   list[string] `json:"missing,omitempty" doc:"Texts that mean: no value"`
	Records   string       `json:"records,omitempty" doc:"JSON: dotted path of the rows"`
	Pivot     *pivot       `json:"pivot,omitempty" doc:"Absent = detect"`
}

type pivot struct {
	Off     bool         `json:"off,omitempty"`
	Keep    list[string] `json:"keep,omitempty"`
	Columns list[string] `json:"columns,omitempty"`
	Names   list[string] `json:"names,omitempty"`
	Value   string       `json:"value,omitempty"`
}

type inspectIn struct {
	Uploads []uploadRef `json:"uploads" minItems:"1" maxItems:"1000"`
	Hints   *hints      `json:"hints,omitempty"`
	Source  string      `json:"source,omitempty" maxLength:"100"`
	Zone    string      `json:"zone,omitempty" maxLength:"100" doc:"IANA zone of dates without one"`
}

type inspectResult struct {
	Files   list[inspectFile]   `json:"files"`
	Mapping string              `json:"mapping" doc:"Proposed, as YAML"`
	Columns list[inspectColumn] `json:"columns"`
	Matched string              `json:"matched" doc:"Source of the stored mapping that fits; empty = none"`
}

type inspectFile struct {
	Upload string             `json:"upload"`
	Name   string             `json:"name"`
	Member string             `json:"member" doc:"Path inside an archive"`
	Format fileFormat         `json:"format"`
	Tables list[inspectTable] `json:"tables"`
	Error  *runError          `json:"error,omitempty"`
}

type fileFormat struct {
	Kind     string         `json:"kind"`
	Encoding string         `json:"encoding"`
	BOM      bool           `json:"bom"`
	Evidence list[evidence] `json:"evidence"`
}

type evidence struct {
	What  string  `json:"what"`
	Got   string  `json:"got"`
	Why   string  `json:"why"`
	WhyZH string  `json:"why_zh"`
	Sure  float64 `json:"sure" minimum:"0" maximum:"1"`
}

type inspectTable struct {
	Name     string             `json:"name"`
	Header   list[string]       `json:"header"`
	Rows     int64              `json:"rows"`
	Read     int64              `json:"read"`
	Wide     bool               `json:"wide" doc:"It was unpivoted"`
	Sample   list[list[string]] `json:"sample" doc:"The first 20 rows"`
	Rejects  list[reject]       `json:"rejects" doc:"The first 20"`
	SetAside list[setAside]     `json:"set_aside"`
	Evidence list[evidence]     `json:"evidence"`
}

type setAside struct {
	Line   int64   `json:"line"`
	Label  string  `json:"label" example:"小计"`
	Column string  `json:"column"`
	Stated float64 `json:"stated"`
	Summed float64 `json:"summed"`
	Agrees bool    `json:"agrees"`
}

type inspectColumn struct {
	File       string  `json:"file"`
	Table      string  `json:"table"`
	Column     string  `json:"column"`
	Target     string  `json:"target" example:"account.phone" doc:"Empty = kept as it is, among the attributes"`
	TargetZH   string  `json:"target_zh"`
	Confidence float64 `json:"confidence" minimum:"0" maximum:"1"`
	Reason     string  `json:"reason"`
	ReasonZH   string  `json:"reason_zh"`
}

type importIn struct {
	Uploads     []uploadRef `json:"uploads" minItems:"1" maxItems:"1000"`
	Source      string      `json:"source" maxLength:"100" doc:"Empty = the mapping's"`
	Mapping     string      `json:"mapping,omitempty" maxLength:"1000000" doc:"YAML; empty = the source's stored one, else the confident part of the suggestion"`
	DryRun      bool        `json:"dry_run,omitempty"`
	AcceptDrift bool        `json:"accept_drift,omitempty"`
}

type importResult struct {
	Batches   list[batch]      `json:"batches"`
	Links     list[link]       `json:"links"`
	Samples   list[sampleRow]  `json:"samples,omitempty" doc:"Dry run alone"`
	Drift     *drift           `json:"drift,omitempty"`
	Failed    list[failedFile] `json:"failed" doc:"Files that could not be used, and why"`
	Source    string           `json:"source"`
	Mapping   string           `json:"mapping" doc:"The YAML that was used"`
	Suggested bool             `json:"suggested" doc:"Nobody wrote the mapping: the confident part of a suggestion was used"`
}

type failedFile struct {
	Name string `json:"name"`
	Code string `json:"code"`
	EN   string `json:"en"`
	ZH   string `json:"zh"`
}

type sampleRow struct {
	Kind   string         `json:"kind" enum:"event,party,membership"`
	Name   string         `json:"name" doc:"The verb, or the party's kind"`
	Row    int64          `json:"row"`
	Fields map[string]any `json:"fields"`
}

type drift struct {
	Table          string       `json:"table"`
	Since          string       `json:"since" doc:"The batch compared with"`
	ColumnsAdded   list[string] `json:"columns_added"`
	ColumnsRemoved list[string] `json:"columns_removed"`
	TypesChanged   list[string] `json:"types_changed"`
}

type link struct {
	From    string  `json:"from"`
	To      string  `json:"to"`
	By      string  `json:"by" doc:"What they share: person:mql (key), deal (object key), account.phone"`
	Matched int64   `json:"matched"`
	Total   int64   `json:"total"`
	Share   float64 `json:"share" minimum:"0" maximum:"1"`
}

type SourceView struct {
	Name        string     `json:"name"`
	Title       string     `json:"title"`
	Kind        string     `json:"kind" enum:"files,api,folder"`
	Batches     int64      `json:"batches"`
	Events      int64      `json:"events"`
	Parties     int64      `json:"parties"`
	Rejects     int64      `json:"rejects"`
	LastBatch   string     `json:"last_batch"`
	LastLoaded  *time.Time `json:"last_loaded,omitempty"`
	Health      string     `json:"health" enum:"ok,late,failing,empty"`
	HealthWhy   string     `json:"health_why"`
	HealthWhyZH string     `json:"health_why_zh"`
	Zone        string     `json:"zone"`
}

type sourceDetail struct {
	SourceView
	MappingVersion int64       `json:"mapping_version" doc:"0 = none stored"`
	Recent         list[batch] `json:"recent" doc:"The last batches, newest first"`
	Links          list[link]  `json:"links"`
	LinksPending   bool        `json:"links_pending" doc:"The links are being counted: ask again, or GET …/links, which waits"`
	Folder         *folder     `json:"folder,omitempty"`
}

type folder struct {
	Path         string `json:"path" minLength:"1" maxLength:"4000" doc:"On the server"`
	EverySeconds int    `json:"every_seconds" minimum:"5" maximum:"86400" default:"60"`
	Pattern      string `json:"pattern,omitempty" maxLength:"400" doc:"Glob on the file's name; empty = all" example:"*.csv"`
}

type folderIn struct {
	ByName
	Body folder
}

type ByName struct {
	Name string `path:"name" maxLength:"100"`
}

func registerSource(api huma.API, s *server) {
	huma.Register(api, op("POST /uploads", "upload", "Hand in a file", access.Import, status(201),
		streamIn("The file's bytes", "application/octet-stream")), s.upload)
	huma.Register(api, op("GET /uploads/{id}", "get-upload", "A file that was handed in", access.Import), s.getUpload)
	huma.Register(api, op("POST /imports/inspect", "inspect", "Detect format and encoding and propose a mapping", access.Import, status(202)), s.inspect)
	huma.Register(api, op("POST /imports", "import", "Import files, or try it without writing", access.Import, status(202)), s.importFiles)
	huma.Register(api, op("GET /sources", "list-sources", "Sources by name", access.Read), s.listSources)
	huma.Register(api, op("GET /sources/{name}", "get-source", "One source", access.Read), s.getSource)
	huma.Register(api, op("GET /sources/{name}/links", "list-links", "How far a source's keys are found in the others", access.Read), s.listLinks)
	huma.Register(api, op("PUT /sources/{name}/folder", "watch-folder", "Take in what lands in a folder", access.Import), s.watchFolder)
	huma.Register(api, op("DELETE /sources/{name}/folder", "unwatch-folder", "Stop watching the folder", access.Import, status(204)), s.unwatchFolder)
}

// maxUpload bounds one file; what it unpacks to is bounded when it is read.
const maxUpload = 16 << 30

func (s *server) upload(ctx context.Context, r *uploadIn) (*out[upload], error) {
	u, err := source.AddUpload(ctx, s.DB, path.Base(strings.ReplaceAll(r.Name, "\\", "/")), whoIs(ctx).Actor, r.body)
	return &out[upload]{upload{u.Object, u.Name, u.Bytes}}, reply(err)
}

func (s *server) getUpload(ctx context.Context, r *ByID) (*out[upload], error) {
	u, err := source.GetUpload(ctx, s.DB, r.ID)
	return &out[upload]{upload{u.Object, u.Name, u.Bytes}}, reply(err)
}

// uploads checks that each file was handed in, under the name it has now.
func (s *server) uploads(ctx context.Context, refs []uploadRef) (all []source.Upload, title, titleZh string, err error) {
	for _, ref := range refs {
		u, err := source.GetUpload(ctx, s.DB, ref.ID)
		if err != nil {
			return nil, "", "", err
		}
		u.Name = path.Base(strings.ReplaceAll(ref.Name, "\\", "/"))
		all = append(all, u)
	}
	title, titleZh = all[0].Name, all[0].Name
	if len(all) > 1 {
		title, titleZh = fmt.Sprintf("%s and %d more", title, len(all)-1), fmt.Sprintf("%s 等 %d 个文件", title, len(all))
	}
	return all, title, titleZh, nil
}

func (s *server) inspect(ctx context.Context, r *in[inspectIn]) (*out[runView], error) {
	uploads, title, titleZh, err := s.uploads(ctx, r.Body.Uploads)
	if err != nil {
		return nil, reply(err)
	}
	job := inspectJob{Uploads: uploads, Source: r.Body.Source, Zone: r.Body.Zone}
	if h := r.Body.Hints; h != nil {
		job.Hints = h.read()
	}
	v, err := s.Runs.Start(ctx, run.New{Kind: "inspect", Title: title, TitleZH: titleZh, Actor: whoIs(ctx).Actor, Params: job})
	return &out[runView]{s.runOf(ctx, v)}, reply(err)
}

func (s *server) importFiles(ctx context.Context, r *in[importIn]) (*out[runView], error) {
	b := r.Body
	uploads, title, titleZh, err := s.uploads(ctx, b.Uploads)
	if err != nil {
		return nil, reply(err)
	}
	if b.Mapping != "" { // a mapping that can't be read is said at once, not by a run
		if _, err := mapping.Parse([]byte(b.Mapping)); err != nil {
			return nil, reply(err)
		}
	}
	who := whoIs(ctx)
	kind := "import"
	if b.DryRun {
		kind = "dry-run"
	}
	v, err := s.Runs.Start(ctx, run.New{Kind: kind, Title: title, TitleZH: titleZh, Actor: who.Actor,
		Params: source.Request{Uploads: uploads, Source: b.Source, Mapping: b.Mapping, DryRun: b.DryRun, AcceptDrift: b.AcceptDrift, Actor: who.Actor}})
	return &out[runView]{s.runOf(ctx, v)}, reply(err)
}

func sourceOf(v source.Source) SourceView {
	return SourceView{Name: v.Name, Title: v.Title, Kind: v.Kind, Batches: v.Batches, Events: v.Events, Parties: v.Parties, Rejects: v.Rejects, LastBatch: v.LastBatch,
		LastLoaded: timeOf(v.LastLoaded), Health: v.Health, HealthWhy: v.HealthWhy, HealthWhyZH: v.HealthWhyZh, Zone: v.Zone}
}

func (s *server) listSources(ctx context.Context, _ *nothing) (*out[page[SourceView]], error) {
	all, err := source.List(ctx, s.DB)
	return &out[page[SourceView]]{page[SourceView]{Items: each(all, sourceOf)}}, reply(err)
}

func (s *server) getSource(ctx context.Context, r *ByName) (*out[sourceDetail], error) {
	v, err := source.Get(ctx, s.DB, r.Name)
	if err != nil {
		return nil, reply(err)
	}
	d := sourceDetail{SourceView: sourceOf(v), MappingVersion: v.Mapping}
	if v.Folder != nil {
		d.Folder = &folder{v.Folder.Path, int(v.Folder.Every / time.Second), v.Folder.Pattern}
	}
	recent, err := fact.ListBatches(ctx, s.DB, r.Name, 0, 20)
	if err != nil {
		return nil, reply(err)
	}
	if d.Recent, err = s.batchesOf(ctx, recent); err != nil {
		return nil, reply(err)
	}
	d.Links, d.LinksPending, err = s.links.peek(ctx, r.Name)
	return &out[sourceDetail]{d}, reply(err)
}

func (s *server) listLinks(ctx context.Context, r *ByName) (*out[page[link]], error) {
	links, err := s.links.count(ctx, r.Name)
	return &out[page[link]]{page[link]{Items: links}}, reply(err)
}

func (s *server) watchFolder(ctx context.Context, r *folderIn) (*out[folder], error) {
	who, b := whoIs(ctx), r.Body
	f := source.Folder{Source: r.Name, Path: b.Path, Pattern: b.Pattern, Every: time.Duration(b.EverySeconds) * time.Second, Actor: who.Actor}
	return &out[folder]{b}, reply(source.PutFolder(ctx, s.DB, f))
}

func (s *server) unwatchFolder(ctx context.Context, r *ByName) (*nothing, error) {
	return &nothing{}, reply(source.RemoveFolder(ctx, s.DB, whoIs(ctx).Actor, r.Name))
}
