// Package search finds anything by a few letters: pages, sources, metrics,
// verbs, saved questions, parties, batches.
//
// It looks at names and keys alone, so that an answer comes while one types.
// Metrics and verbs lead to explore, in the language-free form of its address.
// It owns no tables.
package search

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/chanzipu/outfitter/internal/explore"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/metric"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/store"
)

// A Hit is one thing found. Link is a page of the web client.
type Hit struct {
	Kind      string // page, source, metric, verb, question, party, batch
	ID        string
	Title, ZH string
	Hint      string
	Link      string
}

// perKind keeps one kind from crowding out the others.
const perKind = 6

// pages are the web client's.
var pages = []Hit{
	{Kind: "page", ID: "today", Title: "Today", ZH: "今天", Link: "/today"},
	{Kind: "page", ID: "explore", Title: "Explore", ZH: "分析", Link: "/explore"},
	{Kind: "page", ID: "customers", Title: "Customers", ZH: "客户", Link: "/customers"},
	{Kind: "page", ID: "handovers", Title: "Hand-overs", ZH: "客户交接", Link: "/handovers"},
	{Kind: "page", ID: "sources", Title: "Sources", ZH: "数据源", Link: "/sources"},
	{Kind: "page", ID: "import", Title: "Import files", ZH: "导入文件", Link: "/import"},
	{Kind: "page", ID: "batches", Title: "Batches", ZH: "批次", Link: "/batches"},
	{Kind: "page", ID: "users", Title: "Users", ZH: "用户", Link: "/admin/users"},
	{Kind: "page", ID: "roles", Title: "Roles", ZH: "角色", Link: "/admin/roles"},
	{Kind: "page", ID: "tokens", Title: "Tokens", ZH: "令牌", Link: "/admin/tokens"},
	{Kind: "page", ID: "audit", Title: "Audit log", ZH: "审计日志", Link: "/admin/audit"},
}

// Parties returns identity records of one kind (account, person, staff) alone.
func Parties(ctx context.Context, db *store.DB, q, kind string, limit int) ([]Hit, error) {
	q = strings.ToLower(strings.TrimSpace(q))
	if q == "" {
		return nil, nil
	}
	parties, err := fact.SearchParties(ctx, db, q, kind, limit)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return hitsOf(parties), nil
}

func hitsOf(parties []fact.Party) []Hit {
	var out []Hit
	for _, p := range parties {
		title, page := p.Name, "/parties/"
		if title == "" {
			title = p.Key
		}
		if p.Kind == "account" || p.Kind == "person" {
			page = "/customers/"
		}
		out = append(out, Hit{Kind: "party", ID: p.ID, Title: title, ZH: title, Hint: p.Kind + " · " + p.Source + " · " + p.Key, Link: page + p.ID})
	}
	return out
}

// Find returns what matches, by kind.
func Find(ctx context.Context, db *store.DB, q string) ([]Hit, error) {
	q = strings.ToLower(strings.TrimSpace(q))
	if q == "" {
		return nil, nil
	}
	out := take(q, pages)
	sources, err := source.List(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	var hits []Hit
	for _, s := range sources {
		hits = append(hits, Hit{Kind: "source", ID: s.Name, Title: s.Name, ZH: s.Name, Hint: s.Title, Link: "/sources/" + url.PathEscape(s.Name)})
	}
	out = append(out, take(q, hits)...)
	out = append(out, words(q)...)
	saved, err := explore.ListSaved(ctx, db)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	hits = nil
	for _, s := range saved {
		hits = append(hits, Hit{Kind: "question", ID: s.ID, Title: s.Title, ZH: s.Title, Hint: s.Actor, Link: "/explore?" + s.Query})
	}
	out = append(out, take(q, hits)...)
	more, err := facts(ctx, db, q)
	return append(out, more...), err
}

// words finds metrics and verbs.
func words(q string) []Hit {
	var metrics, verbs []Hit
	for _, m := range metric.Catalogue {
		metrics = append(metrics, Hit{Kind: "metric", ID: m.Name, Title: m.Title, ZH: m.ZH, Hint: m.Name, Link: "/explore?metric=" + url.QueryEscape(m.Name)})
	}
	for _, v := range mapping.Verbs {
		verbs = append(verbs, Hit{Kind: "verb", ID: v.Name, Title: v.Name, ZH: v.ZH, Hint: v.EN, Link: "/explore?metric=" + url.QueryEscape(v.Name+".count")})
	}
	return append(take(q, metrics), take(q, verbs)...)
}

// facts finds parties by name or key, and batches by name or the start of their id.
func facts(ctx context.Context, db *store.DB, q string) ([]Hit, error) {
	var out []Hit
	if utf8.RuneCountInString(q) >= 2 {
		parties, err := fact.SearchParties(ctx, db, q, "", perKind)
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		out = append(out, hitsOf(parties)...)
	}
	batches, err := fact.ListBatches(ctx, db, "", 0, 200)
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	var hits []Hit
	for _, b := range batches {
		hits = append(hits, Hit{Kind: "batch", ID: b.ID, Title: b.Name, ZH: b.Name, Hint: b.Source + " · " + b.LoadedAt.Format("2006-01-02"), Link: "/batches/" + b.ID})
	}
	return append(out, take(q, hits)...), nil
}

// take keeps the first few that hold the text in any of their names.
func take(q string, hits []Hit) []Hit {
	var out []Hit
	for _, h := range hits {
		if len(out) == perKind {
			break
		}
		if strings.Contains(strings.ToLower(h.ID+"\n"+h.Title+"\n"+h.ZH+"\n"+h.Hint), q) {
			out = append(out, h)
		}
	}
	return out
}
