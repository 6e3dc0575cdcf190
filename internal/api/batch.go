package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/run"
	"github.com/chanzipu/outfitter/internal/sheet"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/source/stage"
)

type batch struct {
	ID             string           `json:"id"`
	Source         string           `json:"source"`
	Name           string           `json:"name"`
	Member         string           `json:"member"`
	Bytes          int64            `json:"bytes"`
	SHA            string           `json:"sha"`
	State          string           `json:"state" enum:"loaded,rolled_back,superseded,dry_run"`
	MappingVersion int64            `json:"mapping_version"`
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
	Links          list[link]       `json:"links" doc:"Of its source"`
	LinksPending   bool             `json:"links_pending,omitempty" doc:"The links are being counted: ask again"`
	Format         *fileFormat      `json:"format,omitempty"`
	Checks         list[setAside]   `json:"checks" doc:"Subtotals and totals against the rows that they cover"`
	Rejects        list[reject]     `json:"rejects,omitempty" doc:"Of a dry run, the first ones"`
	Again          bool             `json:"again,omitempty" doc:"It was loaded before under the same mapping: nothing changed"`
}

type verbCount struct {
	Verb string `json:"verb"`
	N    int64  `json:"n"`
}

type batchTable struct {
	Name       string           `json:"name"`
	Table      string           `json:"tbl" doc:"Of the mapping; empty = nothing maps it"`
	Rows       int64            `json:"rows"`
	Used       int64            `json:"used"`
	Rejected   int64            `json:"rejected"`
	FirstRow   int64            `json:"first_row"`
	Header     list[string]     `json:"header"`
	Missing    list[string]     `json:"missing" doc:"Columns without a single value"`
	Constant   list[columnText] `json:"constant" doc:"Columns with one value alone"`
	Duplicates int64            `json:"duplicates" doc:"Rows whose event another row says again or overtakes"`
	Identical  int64            `json:"identical" doc:"Rows that equal an earlier one to the letter"`
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
	Reject     *reject        `json:"reject,omitempty" doc:"The first of rejects"`
	Rejects    list[reject]   `json:"rejects"`
	Masked     bool           `json:"masked" doc:"Phone, mail or tax numbers were masked"`
}

type rowNear struct {
	Row    int64        `json:"row"`
	Fields list[string] `json:"fields"`
}

type rowEvent struct {
	ID   string     `json:"id"`
	Verb string     `json:"verb"`
	TS   *time.Time `json:"ts,omitempty"`
}

type rowMapping struct {
	Version int64  `json:"version" doc:"0 = no longer stored"`
	YAML    string `json:"yaml"`
	Lines   [2]int `json:"lines" doc:"The lines of the row's table, first and last, 1-based; 0, 0 = not known"`
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

func verbOf(v fact.VerbCount) verbCount { return verbCount{v.Verb, v.N} }

func rejectOf(r fact.Reject) reject {
	return reject{Row: r.Row, Line: r.Line, Table: r.Table, Column: r.Column, Code: r.Code, Reason: r.Reason, ReasonZH: r.ReasonZh, Text: r.Text}
}

// batchesOf adds to each batch which version of its source's mapping made it.
func (s *server) batchesOf(ctx context.Context, all []fact.Batch) (list[batch], error) {
	versions := map[string]map[string]int64{}
	out := make(list[batch], 0, len(all))
	for _, b := range all {
		if versions[b.Source] == nil {
			vs, err := source.MappingVersions(ctx, s.DB, b.Source)
			if err != nil {
				return nil, err
			}
			versions[b.Source] = map[string]int64{}
			for _, v := range vs {
				versions[b.Source][v.Hash] = v.Version
			}
		}
		w := batch{ID: b.ID, Source: b.Source, Name: b.Name, Member: b.Member, Bytes: b.Bytes, SHA: b.Object, State: b.State, MappingVersion: versions[b.Source][b.MappingHash],
			Loaded: b.LoadedAt.UTC(), Actor: b.Actor, Rows: b.Rows, Used: b.Used, Rejected: b.Rejected, CellsRejected: b.CellsRejected, SetAside: b.SetAside,
			Parties: b.Parties, Events: b.Events, Seconds: b.Seconds, Since: timeOf(b.Since), Until: timeOf(b.Until)}
		var rep stage.Report
		if err := json.Unmarshal(b.Report, &rep); err != nil {
			return nil, fmt.Errorf("api: batch %s: report: %w", b.ID, err)
		}
		w.report(rep)
		if len(w.ByVerb) == 0 && b.Events > 0 { // a batch from before reports said so
			by, err := fact.ByVerb(ctx, s.DB, b.ID)
			if err != nil {
				return nil, err
			}
			w.ByVerb = each(by, verbOf)
		}
		out = append(out, w)
	}
	return out, nil
}

// report fills in what the batch's report says of its format and tables.
func (w *batch) report(rep stage.Report) {
	f := formatOf(rep.Format)
	w.Format, w.SetAside = &f, rep.SetAside
	w.ByVerb = each(rep.ByVerb, verbOf)
	for _, t := range rep.Tables {
		constant := each(t.Constant, func(c stage.Constant) columnText { return columnText{c.Column, c.Value} })
		w.Tables = append(w.Tables, batchTable{Name: t.Name, Table: t.Table, Rows: t.Rows, Used: t.Used, Rejected: t.Rejected, FirstRow: t.FirstRow, Header: t.Header,
			Missing: t.Missing, Constant: constant, Duplicates: t.Duplicates, Identical: t.Identical})
		w.Checks = append(w.Checks, each(t.SetAside, setAsideOf)...)
	}
}

func (s *server) listBatches(ctx context.Context, r *listBatchesIn) (*out[page[batch]], error) {
	var before int64
	if r.Cursor != "" {
		var err error
		if before, err = strconv.ParseInt(r.Cursor, 10, 64); err != nil {
			return nil, reply(badCursor())
		}
	}
	all, err := fact.ListBatches(ctx, s.DB, r.Source, before, r.Limit+1)
	if err != nil {
		return nil, reply(err)
	}
	p := page[batch]{}
	if len(all) > r.Limit {
		all = all[:r.Limit]
		p.Next = strconv.FormatInt(all[r.Limit-1].Seq, 10)
	}
	p.Items, err = s.batchesOf(ctx, all)
	return &out[page[batch]]{p}, reply(err)
}

func (s *server) getBatch(ctx context.Context, r *ByID) (*out[batch], error) {
	b, err := fact.GetBatch(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	all, err := s.batchesOf(ctx, []fact.Batch{b})
	if err != nil {
		return nil, reply(err)
	}
	w := all[0]
	by, err := fact.ByVerb(ctx, s.DB, b.ID)
	if err != nil {
		return nil, reply(err)
	}
	w.ByVerb = each(by, verbOf)
	w.Links, w.LinksPending, err = s.links.peek(ctx, b.Source)
	return &out[batch]{w}, reply(err)
}

func (s *server) listRejects(ctx context.Context, r *listRejectsIn) (*out[page[reject]], error) {
	b, err := fact.GetBatch(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	var after fact.Reject
	if r.Cursor != "" {
		row, column, _ := strings.Cut(r.Cursor, "_")
		if after.Row, err = strconv.ParseInt(row, 10, 64); err != nil {
			return nil, reply(badCursor())
		}
		after.Column = column
	}
	all, err := fact.Rejects(ctx, s.DB, b.ID, r.Code, after, r.Limit+1)
	p := page[reject]{}
	if len(all) > r.Limit {
		all = all[:r.Limit]
		last := all[r.Limit-1]
		p.Next = strconv.FormatInt(last.Row, 10) + "_" + last.Column
	}
	if err == nil {
		p.Items, err = s.rejectsOf(ctx, b.ID, all)
	}
	return &out[page[reject]]{p}, reply(err)
}

// rejectsOf masks the text of rejects for who may not see it.
func (s *server) rejectsOf(ctx context.Context, batch string, all []fact.Reject) (list[reject], error) {
	v := whoIs(ctx).For()
	items := each(all, func(r fact.Reject) reject {
		w := rejectOf(r)
		w.Text, w.Reason, w.ReasonZH = v.Text(w.Text), v.Text(w.Reason), v.Text(w.ReasonZH)
		return w
	})
	return items, s.revealed(ctx, v, "batch:"+batch)
}

// exportRejects writes a workbook that is corrected and imported again: one
// line per reject, the reason beside the text.
func (s *server) exportRejects(ctx context.Context, r *ByID) (*huma.StreamResponse, error) {
	b, err := fact.GetBatch(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	if err := access.Note(ctx, s.DB, access.Entry{Actor: whoIs(ctx).Actor, Action: "rejects.exported", Target: "batch:" + b.ID}); err != nil {
		return nil, reply(err)
	}
	return s.file(path.Base(b.Name)+".rejects.xlsx", typeXLSX, func(w io.Writer) error {
		x, err := sheet.XLSX(w, "rejects")
		if err != nil {
			return err
		}
		if err := x.Row("行 Row", "原文件行 Line", "表 Table", "列 Column", "原因", "Reason", "代码 Code", "原文 Text"); err != nil {
			return err
		}
		var after fact.Reject
		for n := 1; n < sheet.MaxRows; {
			all, err := fact.Rejects(ctx, s.DB, b.ID, "", after, min(5000, sheet.MaxRows-n))
			if err != nil {
				return err
			}
			if len(all) == 0 {
				break
			}
			masked, err := s.rejectsOf(ctx, b.ID, all)
			if err != nil {
				return err
			}
			for _, j := range masked {
				if err := x.Row(j.Row, j.Line, j.Table, j.Column, j.ReasonZH, j.Reason, j.Code, j.Text); err != nil {
					return err
				}
			}
			n, after = n+len(all), all[len(all)-1]
		}
		return x.Close()
	}), nil
}

// around is how many rows are shown on either side of one.
const around = 5

func (s *server) getRow(ctx context.Context, r *rowIn) (*out[rowView], error) {
	o, err := source.Row(ctx, s.DB, r.ID, r.Row, around)
	if err != nil {
		return nil, reply(err)
	}
	v := whoIs(ctx).For()
	texts := func(all []string) list[string] { return each(all, v.Text) }
	w := rowView{Batch: o.Batch.ID, Row: o.Row, Line: o.Line, File: o.Batch.Name, Table: o.Table.Name, Source: o.Batch.Source, Header: o.Header, Fields: texts(o.Fields), Raw: v.Text(o.Raw),
		Neighbours: each(o.Neighbours, func(n source.Neighbour) rowNear { return rowNear{n.Row, texts(n.Fields)} }),
		Events:     each(o.Events, func(e fact.Event) rowEvent { return rowEvent{e.ID, e.Verb, timeOf(e.TS)} }),
		Parties:    each(o.Parties, func(p fact.Party) partyRef { return partyRef{p.ID, cmp.Or(p.Name, p.Key), p.Kind} }),
		Rejects: each(o.Rejects, func(j fact.Reject) reject {
			x := rejectOf(j)
			x.Text, x.Reason, x.ReasonZH = v.Text(x.Text), v.Text(x.Reason), v.Text(x.ReasonZH)
			return x
		})}
	if len(w.Rejects) > 0 {
		w.Reject = &w.Rejects[0]
	}
	all, err := s.batchesOf(ctx, []fact.Batch{o.Batch})
	if err != nil {
		return nil, reply(err)
	}
	w.Mapping = &rowMapping{all[0].MappingVersion, o.Batch.Mapping, o.Lines}
	w.Masked = v.Hidden > 0
	return &out[rowView]{w}, reply(s.revealed(ctx, v, fmt.Sprintf("row:%s:%d", w.Batch, w.Row)))
}

// revealed notes that personal numbers were shown, where any were.
func (s *server) revealed(ctx context.Context, v *access.Veil, target string) error {
	if v.Shown == 0 {
		return nil
	}
	return access.Note(ctx, s.DB, access.Entry{Actor: whoIs(ctx).Actor, Action: "personal.revealed", Target: target, Detail: map[string]any{"n": v.Shown}})
}

func (s *server) rollbackBatch(ctx context.Context, r *rollbackIn) (*out[runView], error) {
	return s.startBatch(ctx, "rollback", r.ID, r.Body.Reason)
}

func (s *server) remapBatch(ctx context.Context, r *ByID) (*out[runView], error) {
	return s.startBatch(ctx, "remap", r.ID, "")
}

func (s *server) startBatch(ctx context.Context, kind, id, reason string) (*out[runView], error) {
	b, err := fact.GetBatch(ctx, s.DB, id)
	if err != nil {
		return nil, reply(err)
	}
	who := whoIs(ctx)
	v, err := s.Runs.Start(ctx, run.New{Kind: kind, Title: b.Name, Actor: who.Actor, Params: batchJob{b.ID, reason, who.Actor}})
	return &out[runView]{s.runOf(ctx, v)}, reply(err)
}
