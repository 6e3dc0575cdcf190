package api

import (
	"context"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
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
	r.body = ctx.BodyReader()
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
	Table      string  `json:"table"`
	Column     string  `json:"column"`
	Target     string  `json:"target" example:"account.phone"`
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
	Batches list[batch]     `json:"batches"`
	Links   list[link]      `json:"links"`
	Samples list[sampleRow] `json:"samples,omitempty" doc:"Dry run alone"`
	Drift   *drift          `json:"drift,omitempty"`
}

type sampleRow struct {
	Kind   string         `json:"kind" enum:"event,party,membership"`
	Name   string         `json:"name" doc:"The verb, or the party's kind"`
	Row    int64          `json:"row"`
	Fields map[string]any `json:"fields"`
}

type drift struct {
	Table          string       `json:"table"`
	ColumnsAdded   list[string] `json:"columns_added"`
	ColumnsRemoved list[string] `json:"columns_removed"`
	TypesChanged   list[string] `json:"types_changed"`
}

type link struct {
	From    string  `json:"from"`
	To      string  `json:"to"`
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
	MappingVersion int         `json:"mapping_version" doc:"0 = none stored"`
	Recent         list[batch] `json:"recent" doc:"The last batches, newest first"`
	Links          list[link]  `json:"links"`
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

func (s *server) upload(ctx context.Context, r *uploadIn) (*out[upload], error) { return nil, todo() }
func (s *server) getUpload(ctx context.Context, r *ByID) (*out[upload], error)  { return nil, todo() }
func (s *server) inspect(ctx context.Context, r *in[inspectIn]) (*out[runView], error) {
	return nil, todo()
}
func (s *server) importFiles(ctx context.Context, r *in[importIn]) (*out[runView], error) {
	return nil, todo()
}
func (s *server) listSources(ctx context.Context, r *nothing) (*out[page[SourceView]], error) {
	return nil, todo()
}
func (s *server) getSource(ctx context.Context, r *ByName) (*out[sourceDetail], error) {
	return nil, todo()
}
func (s *server) listLinks(ctx context.Context, r *ByName) (*out[page[link]], error) {
	return nil, todo()
}
func (s *server) watchFolder(ctx context.Context, r *folderIn) (*out[folder], error) {
	return nil, todo()
}
func (s *server) unwatchFolder(ctx context.Context, r *ByName) (*nothing, error) { return nil, todo() }
