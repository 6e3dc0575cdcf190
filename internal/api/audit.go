package api

import (
	"context"
	"encoding/json"
	"io"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/explore"
)

type auditEntry struct {
	Seq    int64           `json:"seq"`
	TS     time.Time       `json:"ts"`
	Actor  string          `json:"actor"`
	Action string          `json:"action" example:"user.added"`
	Target string          `json:"target"`
	Detail json.RawMessage `json:"detail"`
	Hash   string          `json:"hash" doc:"SHA-256 over the previous entry's hash and this entry"`
}

type auditIn struct {
	Paging
	Actor  string `query:"actor"`
	Action string `query:"action" doc:"Exact, or a prefix that ends in a dot: user."`
	Since  string `query:"since" doc:"Day or RFC 3339 instant, included"`
	Until  string `query:"until" doc:"Day or RFC 3339 instant, excluded"`
}

type auditCheck struct {
	OK       bool   `json:"ok"`
	Checked  int64  `json:"checked"`
	Head     string `json:"head" doc:"Hash of the newest entry: note it elsewhere, and a rewritten log can't hide"`
	BrokenAt int64  `json:"broken_at,omitempty" doc:"First entry that does not follow from the one before it"`
}

func registerAudit(api huma.API, s *server) {
	huma.Register(api, op("GET /audit", "list-audit", "What was done, newest first", access.Audit), s.listAudit)
	huma.Register(api, op("GET /audit/verify", "verify-audit", "Check the whole chain", access.Audit), s.verifyAudit)
	huma.Register(api, op("GET /audit/export.csv", "export-audit", "The audit log as a file", access.Audit, fileOut(typeCSV)), s.exportAudit)
}

func (s *server) auditFilter(ctx context.Context, r *auditIn) (f access.AuditFilter, err error) {
	zone, err := s.zone(ctx)
	if err != nil {
		return f, err
	}
	f = access.AuditFilter{Actor: r.Actor, Action: r.Action, Limit: r.Limit}
	if f.Since, err = explore.ParseBound(r.Since, zone); err != nil {
		return f, err
	}
	if f.Until, err = explore.ParseBound(r.Until, zone); err != nil {
		return f, err
	}
	if r.Cursor != "" {
		if f.Before, err = strconv.ParseInt(r.Cursor, 10, 64); err != nil {
			return f, badCursor()
		}
	}
	return f, nil
}

func (s *server) listAudit(ctx context.Context, r *auditIn) (*out[page[auditEntry]], error) {
	f, err := s.auditFilter(ctx, r)
	if err != nil {
		return nil, reply(err)
	}
	f.Limit++
	all, err := access.ListAudit(ctx, s.DB, f)
	p := page[auditEntry]{}
	if len(all) > r.Limit {
		all = all[:r.Limit]
		p.Next = strconv.FormatInt(all[r.Limit-1].Seq, 10)
	}
	p.Items = each(all, func(e access.Entry) auditEntry {
		detail, _ := e.Detail.(json.RawMessage)
		return auditEntry{e.Seq, e.TS, e.Actor, e.Action, e.Target, detail, e.Hash}
	})
	return &out[page[auditEntry]]{p}, reply(err)
}

func (s *server) verifyAudit(ctx context.Context, _ *nothing) (*out[auditCheck], error) {
	c, err := access.VerifyAudit(ctx, s.DB)
	return &out[auditCheck]{auditCheck{c.OK, c.Checked, c.Head, c.BrokenAt}}, reply(err)
}

func (s *server) exportAudit(ctx context.Context, r *auditIn) (*huma.StreamResponse, error) {
	f, err := s.auditFilter(ctx, r)
	if err != nil {
		return nil, reply(err)
	}
	if err := access.Note(ctx, s.DB, access.Entry{Actor: whoIs(ctx).Actor, Action: "audit.exported", Target: "audit"}); err != nil {
		return nil, reply(err)
	}
	return s.file("audit.csv", typeCSV, func(w io.Writer) error { return access.ExportAudit(ctx, s.DB, f, w) }), nil
}
