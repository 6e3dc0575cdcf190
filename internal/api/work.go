package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/run"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/source/read"
	"github.com/chanzipu/outfitter/internal/source/stage"
)

// registerWork says what the runs that the API starts do, so that they can be
// resumed after a restart. Imports take turns: two would fight for the disk.
func (s *server) registerWork() {
	s.Runs.Register("inspect", 2, work(s.doInspect))
	s.Runs.Register("import", 1, work(s.doImport))
	s.Runs.Register("dry-run", 2, work(s.doImport))
	s.Runs.Register("rollback", 1, work(s.doRollback))
	s.Runs.Register("remap", 1, work(s.doRemap))
	s.Runs.Register("identity", 1, work(s.doIdentity))
	s.Runs.Register("claim", 1, work(s.doClaims))
}

// work is a run's function whose parameters are a P.
func work[P any](do func(context.Context, *run.Progress, P) (any, error)) run.Func {
	return func(ctx context.Context, p *run.Progress, params json.RawMessage) (any, error) {
		var v P
		if err := json.Unmarshal(params, &v); err != nil {
			return nil, fmt.Errorf("api: parameters of a run: %w", err)
		}
		return do(ctx, p, v)
	}
}

type inspectJob struct {
	Uploads      []source.Upload
	Source, Zone string
	Hints        read.Hints
}

func (s *server) doInspect(ctx context.Context, p *run.Progress, j inspectJob) (any, error) {
	looked, matched, err := source.Inspect(ctx, s.DB, source.Request{Uploads: j.Uploads, Source: j.Source}, stage.LookJob{Hints: j.Hints, Zone: j.Zone}, p.Tell)
	if err != nil {
		return nil, err
	}
	return inspectResult{Files: each(looked.Files, seenOf), Mapping: looked.Mapping, Columns: each(looked.Columns, proposedOf), Matched: matched}, nil
}

func (s *server) doImport(ctx context.Context, p *run.Progress, r source.Request) (any, error) {
	res, err := source.Import(ctx, s.DB, r, p.Tell)
	if err != nil {
		return nil, err
	}
	return s.imported(ctx, r, res)
}

// imported makes of an import's outcome what its run keeps, and is an error
// where nothing could be used.
func (s *server) imported(ctx context.Context, r source.Request, res source.Result) (any, error) {
	w := importResult{Links: each(res.Links, linkOf), Source: res.Source, Mapping: res.Mapping, Suggested: res.Suggested,
		Failed: each(res.Failed, func(f source.Failure) failedFile { return failedFile{f.Name, f.Code, f.EN, f.ZH} })}
	for _, b := range res.Batches {
		one, err := s.importedBatch(ctx, r, res, b)
		if err != nil {
			return nil, err
		}
		w.Batches = append(w.Batches, one)
		if r.DryRun && b.Report != nil {
			w.Samples = append(w.Samples, each(b.Report.Samples, sampleOf)...)
		}
	}
	if len(res.Drift) > 0 {
		w.Drift = driftOf(res.Drift[0])
	}
	if len(res.Batches) == 0 {
		return w, res.Err()
	}
	return w, nil
}

// importedBatch is a batch's report: from the facts, or of a dry run from what it would have brought.
func (s *server) importedBatch(ctx context.Context, r source.Request, res source.Result, b source.BatchResult) (batch, error) {
	if r.DryRun {
		w := batch{ID: b.ID, Source: res.Source, Name: b.Name, Bytes: b.Bytes, State: "dry_run", Actor: r.Actor, Rows: b.Rows, Used: b.Used, Rejected: b.Rejected,
			CellsRejected: b.CellsRejected, Parties: b.Parties, Events: b.Events, Seconds: b.Seconds, ByVerb: each(b.ByVerb, verbOf), Rejects: each(b.Rejects, rejectOf)}
		if b.Report != nil {
			w.report(*b.Report)
		}
		return w, nil
	}
	v, err := fact.GetBatch(ctx, s.DB, b.ID)
	if err != nil {
		return batch{}, err
	}
	all, err := s.batchesOf(ctx, []fact.Batch{v})
	if err != nil {
		return batch{}, err
	}
	w := all[0]
	w.Again = b.Again
	by, err := fact.ByVerb(ctx, s.DB, b.ID)
	w.ByVerb = each(by, verbOf)
	return w, err
}

type batchJob struct{ ID, Reason, Actor string }

func (s *server) doRollback(ctx context.Context, p *run.Progress, j batchJob) (any, error) {
	p.Say("Taking the batch back", "回滚批次中")
	_, err := source.Rollback(ctx, s.DB, j.ID, j.Actor, j.Reason)
	return nil, err
}

func (s *server) doRemap(ctx context.Context, p *run.Progress, j batchJob) (any, error) {
	res, err := source.Remap(ctx, s.DB, j.ID, j.Actor, p.Tell)
	if err != nil {
		return nil, err
	}
	return s.imported(ctx, source.Request{Actor: j.Actor}, res)
}

func (h *hints) read() read.Hints {
	r := read.Hints{Encoding: h.Encoding, Delimiter: h.Delimiter, Quote: h.Quote, Sheet: h.Sheet, Header: h.Header, Columns: h.Columns, Missing: h.Missing, Records: h.Records}
	if p := h.Pivot; p != nil {
		r.Pivot = &read.Pivot{Off: p.Off, Keep: p.Keep, Columns: p.Columns, Names: p.Names, Value: p.Value}
	}
	return r
}

func seenOf(f stage.Seen) inspectFile {
	w := inspectFile{Upload: f.Upload, Name: f.Name, Member: f.Member, Format: formatOf(f.Format), Tables: each(f.Tables, func(t stage.SeenTable) inspectTable {
		return inspectTable{Name: t.Name, Header: t.Header, Rows: t.Rows, Read: t.Read, Wide: t.Wide,
			Sample: each(t.Sample, func(r []string) list[string] { return r }),
			Rejects: each(t.Rejects, func(r read.Reject) reject {
				return reject{Row: r.Row, Line: r.Line, Table: t.Name, Column: r.Column, Code: r.Code, Reason: r.Reason, ReasonZH: r.Zh, Text: r.Text}
			}),
			SetAside: each(t.SetAside, setAsideOf), Evidence: each(t.Evidence, evidenceOf)}
	})}
	if err := f.Err(); err != nil {
		w.Error = &runError{EN: err.Error(), ZH: err.Error(), Code: "file"}
		var fe *fault.Error
		if errors.As(err, &fe) {
			w.Error = &runError{fe.EN, fe.ZH, fe.Code}
		}
	}
	return w
}

func formatOf(f read.Format) fileFormat {
	return fileFormat{Kind: string(f.Kind), Encoding: f.Encoding, BOM: f.BOM, Evidence: each(f.Evidence, evidenceOf)}
}

func evidenceOf(e read.Evidence) evidence { return evidence{e.What, e.Got, e.Why, e.WhyZ, e.Sure} }

func setAsideOf(a read.SetAside) setAside {
	return setAside{a.Line, a.Label, a.Column, a.Stated, a.Summed, a.Agrees}
}

func sampleOf(v stage.Sample) sampleRow {
	w := sampleRow{Kind: v.Of, Fields: v.Fields}
	for _, field := range []string{"verb", "kind"} {
		if name, ok := v.Fields[field].(string); ok && w.Name == "" {
			w.Name = name
		}
	}
	if row, ok := v.Fields["row_no"].(float64); ok {
		w.Row = int64(row)
	}
	return w
}

func driftOf(d source.Drift) *drift {
	return &drift{Table: d.Table, Since: d.Since, ColumnsAdded: d.Added, ColumnsRemoved: d.Removed,
		TypesChanged: each(d.Types, func(t source.TypeChange) string { return t.Column + ": " + t.Was + " → " + t.Is })}
}
