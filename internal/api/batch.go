package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
)

type batch struct {
	ID             string           `json:"id"`
	Source         string           `json:"source"`
	Name           string           `json:"name"`
	Member         string           `json:"member"`
	Bytes          int64            `json:"bytes"`
	SHA            string           `json:"sha"`
	State          string           `json:"state" enum:"loaded,rolled_back,superseded"`
	MappingVersion int              `json:"mapping_version"`
	Loaded         time.Time        `json:"loaded"`
	Actor          string           `json:"actor"`
	Rows           int64            `json:"rows" doc:"= used + rejected"`
	Used           int64            `json:"used"`
	Rejected       int64            `json:"rejected"`
	CellsRejected  int64            `json:"cells_rejected"`
	SetAside       int64            `json:"set_aside"`
	Parties        int64            `json:"parties"`
	Events         int64            `json:"events"`
	Seconds        float64          `json:"seconds"`
	Since          *time.Time       `json:"since,omitempty" doc:"Of its events"`
	Until          *time.Time       `json:"until,omitempty"`
	ByVerb         list[verbCount]  `json:"by_verb"`
	Tables         list[batchTable] `json:"tables"`
	Links          list[link]       `json:"links"`
	Format         *fileFormat      `json:"format,omitempty"`
	Checks         list[setAside]   `json:"checks" doc:"Subtotals and totals against the rows that they cover"`
}

type verbCount struct {
	Verb string `json:"verb"`
	N    int64  `json:"n"`
}

type batchTable struct {
	Name       string           `json:"name"`
	Rows       int64            `json:"rows"`
	FirstRow   int64            `json:"first_row"`
	Header     list[string]     `json:"header"`
	Missing    list[string]     `json:"missing" doc:"Columns without a single value"`
	Constant   list[columnText] `json:"constant" doc:"Columns with one value alone"`
	Duplicates int64            `json:"duplicates" doc:"Rows that repeat another in full"`
}

type columnText struct {
	Column string `json:"column"`
	Value  string `json:"value"`
}

type reject struct {
	Row      int64  `json:"row"`
	Line     int64  `json:"line"`
	Table    string `json:"table"`
	Column   string `json:"column" doc:"Empty = the whole row"`
	Code     string `json:"code"`
	Reason   string `json:"reason"`
	ReasonZH string `json:"reason_zh"`
	Text     string `json:"text"`
}

type listBatchesIn struct {
	Paging
	Source string `query:"source"`
}

type listRejectsIn struct {
	Paging
	ID   string `path:"id"`
	Code string `query:"code"`
}

type rollbackIn struct {
	ID   string `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"1000"`
	}
}

type rowIn struct {
	ID  string `path:"id"`
	Row int64  `path:"row" minimum:"1"`
}

type rowView struct {
	Batch      string         `json:"batch"`
	Row        int64          `json:"row"`
	Line       int64          `json:"line" doc:"In the original: line of the text, row of the sheet"`
	File       string         `json:"file"`
	Table      string         `json:"table"`
	Source     string         `json:"source"`
	Header     list[string]   `json:"header"`
	Fields     list[string]   `json:"fields"`
	Raw        string         `json:"raw"`
	Neighbours list[rowNear]  `json:"neighbours"`
	Events     list[rowEvent] `json:"events"`
	Parties    list[partyRef] `json:"parties"`
	Mapping    *rowMapping    `json:"mapping,omitempty"`
	Reject     *reject        `json:"reject,omitempty"`
	Masked     bool           `json:"masked" doc:"Phone, mail or tax numbers were masked"`
}

type rowNear struct {
	Row    int64        `json:"row"`
	Line   int64        `json:"line"`
	Fields list[string] `json:"fields"`
}

type rowEvent struct {
	ID   string     `json:"id"`
	Verb string     `json:"verb"`
	TS   *time.Time `json:"ts,omitempty"`
}

type rowMapping struct {
	Version int    `json:"version"`
	YAML    string `json:"yaml"`
	Lines   [2]int `json:"lines" doc:"The lines of the row's table, first and last, 1-based"`
}

func registerBatch(api huma.API, s *server) {
	huma.Register(api, op("GET /batches", "list-batches", "Batches, newest first", access.Read), s.listBatches)
	huma.Register(api, op("GET /batches/{id}", "get-batch", "One batch's report", access.Read), s.getBatch)
	huma.Register(api, op("GET /batches/{id}/rejects", "list-rejects", "Rows and cells that could not be used", access.Rows), s.listRejects)
	huma.Register(api, op("GET /batches/{id}/rejects.xlsx", "export-rejects", "The same as a workbook with the reason beside each row", access.Rows, fileOut(typeXLSX)), s.exportRejects)
	huma.Register(api, op("GET /batches/{id}/rows/{row}", "get-row", "The original row, its neighbours, and what was made of it", access.Rows), s.getRow)
	huma.Register(api, op("POST /batches/{id}/rollback", "rollback-batch", "Take a batch back", access.Rollback, status(202)), s.rollbackBatch)
	huma.Register(api, op("POST /batches/{id}/remap", "remap-batch", "Map a batch again with the source's newest mapping", access.Rollback, status(202)), s.remapBatch)
}

func (s *server) listBatches(ctx context.Context, r *listBatchesIn) (*out[page[batch]], error) {
	return nil, todo()
}
func (s *server) getBatch(ctx context.Context, r *ByID) (*out[batch], error) { return nil, todo() }
func (s *server) listRejects(ctx context.Context, r *listRejectsIn) (*out[page[reject]], error) {
	return nil, todo()
}
func (s *server) exportRejects(ctx context.Context, r *ByID) (*huma.StreamResponse, error) {
	return nil, todo()
}
func (s *server) getRow(ctx context.Context, r *rowIn) (*out[rowView], error) { return nil, todo() }
func (s *server) rollbackBatch(ctx context.Context, r *rollbackIn) (*out[runView], error) {
	return nil, todo()
}
func (s *server) remapBatch(ctx context.Context, r *ByID) (*out[runView], error) { return nil, todo() }
