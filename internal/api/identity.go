package api

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/customer"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/identity"
	"github.com/chanzipu/outfitter/internal/run"
)

type entityView struct {
	ID      string            `json:"id"`
	Kind    string            `json:"kind" enum:"account,person,staff"`
	Name    string            `json:"name"`
	Masked  bool              `json:"masked"`
	Fields  list[goldenField] `json:"fields"`
	Parties list[entityParty] `json:"parties"`
}

type entityParty struct {
	ID        string `json:"id"`
	Source    string `json:"source"`
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Key       string `json:"key"`
	Name      string `json:"name"`
	Phone     string `json:"phone,omitempty"`
	Email     string `json:"email,omitempty"`
	TaxNo     string `json:"tax_no,omitempty"`
	Address   string `json:"address,omitempty"`
	City      string `json:"city,omitempty"`
	Title     string `json:"title,omitempty"`
	Company   string `json:"company,omitempty"`
	Batch     string `json:"batch"`
	Row       int64  `json:"row"`
}

type IdentityChange struct {
	Seq      int64              `json:"seq"`
	Act      string             `json:"act" enum:"run,merge,split,judge,undo,forget"`
	Kind     string             `json:"kind"`
	TS       time.Time          `json:"ts"`
	Actor    string             `json:"actor"`
	Reason   string             `json:"reason"`
	Undoes   int64              `json:"undoes" doc:"0 = it is no undo"`
	Undone   int64              `json:"undone" doc:"By that change; 0 = it stands"`
	Entities list[string]       `json:"entities" doc:"That lost or gained parties"`
	Moves    list[identityMove] `json:"moves"`
}

type identityMove struct {
	Party  string `json:"party"`
	Before string `json:"before" doc:"Entity"`
	After  string `json:"after"`
}

type identityEffect struct {
	Of      string       `json:"of" example:"events"`
	What    string       `json:"what"`
	WhatZH  string       `json:"what_zh"`
	N       int64        `json:"n"`
	Objects list[string] `json:"objects"`
}

type identityChangeView struct {
	IdentityChange
	Effects list[identityEffect] `json:"effects" doc:"What it touched elsewhere"`
}

type ReviewPair struct {
	A           string       `json:"a"`
	B           string       `json:"b"`
	Kind        string       `json:"kind" enum:"account,person,staff"`
	Why         string       `json:"why" enum:"doubtful,second,dispute"`
	Probability float64      `json:"probability" minimum:"0" maximum:"1"`
	Weight      float64      `json:"weight" doc:"Bits"`
	Score       float64      `json:"score" doc:"What a label teaches: doubt × pairs that it decides"`
	Entities    list[string] `json:"entities" doc:"Of a and b"`
	Sizes       list[int]    `json:"sizes" doc:"Parties there"`
	Names       list[string] `json:"names"`
}

type pairEvidence struct {
	ReviewPair
	Parties    list[entityParty]       `json:"parties"`
	Rule       string                  `json:"rule" doc:"The blocking rule that found the pair"`
	Waterfall  list[waterfallBar]      `json:"waterfall" doc:"Sums to weight"`
	Judgements list[identityJudgement] `json:"judgements" doc:"None in a blind review"`
	Masked     bool                    `json:"masked"`
}

type waterfallBar struct {
	Name  string  `json:"name" example:"phone"`
	Level string  `json:"level" example:"equal"`
	A     string  `json:"a" doc:"In normal form"`
	B     string  `json:"b"`
	Bits  float64 `json:"bits" doc:"What the level tells"`
	Rare  float64 `json:"rare" doc:"What the rarity of the value adds"`
}

type identityJudgement struct {
	Seq     int64     `json:"seq"`
	Verdict string    `json:"verdict" enum:"same,different,unsure"`
	Actor   string    `json:"actor"`
	TS      time.Time `json:"ts"`
	Blind   bool      `json:"blind"`
	Note    string    `json:"note"`
	Active  bool      `json:"active" doc:"It counts"`
}

type reviewIn struct {
	Kind  string `query:"kind" enum:"account,person,staff"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"20"`
}

type pairIn struct {
	A     string `query:"a" required:"true" format:"uuid"`
	B     string `query:"b" required:"true" format:"uuid"`
	Blind bool   `query:"blind" doc:"Don't say what others judged"`
}

type judgeIn struct {
	A       string `json:"a" format:"uuid"`
	B       string `json:"b" format:"uuid"`
	Verdict string `json:"verdict" enum:"same,different,unsure"`
	Blind   bool   `json:"blind,omitempty" doc:"It was made without seeing others'"`
	Settle  bool   `json:"settle,omitempty" doc:"It ends a dispute: others' judgements of the pair no longer count"`
	Note    string `json:"note,omitempty" maxLength:"2000"`
}

type mergeIn struct {
	Entities []string `json:"entities" minItems:"2" maxItems:"100"`
	Reason   string   `json:"reason,omitempty" maxLength:"2000"`
}

type splitIn struct {
	Entity  string   `json:"entity" format:"uuid"`
	Parties []string `json:"parties" minItems:"1" maxItems:"5000" doc:"To take out of it"`
	Reason  string   `json:"reason,omitempty" maxLength:"2000"`
}

type undoIn struct {
	Change int64  `json:"change" minimum:"1"`
	Reason string `json:"reason,omitempty" maxLength:"2000"`
}

type changesIn struct {
	Paging
	Act string `query:"act" enum:"run,merge,split,judge,undo,forget"`
}

type entityHistoryIn struct {
	ByID
	Paging
}

type bySeq struct {
	Seq int64 `path:"seq" minimum:"1"`
}

type checkIn struct {
	Kind      string  `json:"kind" enum:"account,person,staff"`
	Namespace string  `json:"namespace,omitempty" maxLength:"200"`
	Key       string  `json:"key,omitempty" maxLength:"400"`
	Name      string  `json:"name,omitempty" maxLength:"400"`
	Phone     string  `json:"phone,omitempty" maxLength:"100"`
	Email     string  `json:"email,omitempty" maxLength:"320"`
	TaxNo     string  `json:"tax_no,omitempty" maxLength:"64"`
	Address   string  `json:"address,omitempty" maxLength:"1000"`
	City      string  `json:"city,omitempty" maxLength:"100"`
	Title     string  `json:"title,omitempty" maxLength:"200"`
	Company   string  `json:"company,omitempty" maxLength:"400"`
	Least     float64 `json:"least,omitempty" minimum:"0" maximum:"1" default:"0.1" doc:"Probability from which to warn"`
}

type checkMatch struct {
	Entity      string  `json:"entity"`
	Name        string  `json:"name"`
	Probability float64 `json:"probability" minimum:"0" maximum:"1"`
	Parties     int     `json:"parties"`
	Phone       string  `json:"phone,omitempty" doc:"Masked unless you may see it"`
	City        string  `json:"city,omitempty"`
	Owner       string  `json:"owner,omitempty" doc:"Who looks after it; masked unless you may see it"`
}

type checkAnswer struct {
	Exists  bool             `json:"exists" doc:"At or above the threshold"`
	Says    string           `json:"says"`
	SaysZH  string           `json:"says_zh"`
	Matches list[checkMatch] `json:"matches"`
}

func registerIdentity(api huma.API, s *server) {
	huma.Register(api, op("GET /entities/{id}", "get-entity", "One entity: golden values, losers, parties", access.Read), s.getEntity)
	huma.Register(api, op("GET /entities/{id}/history", "entity-history", "What moved parties into or out of an entity, newest first", access.Read), s.entityHistory)
	huma.Register(api, op("GET /entities/{id}/graph", "entity-graph", "The evidence between an entity's parties", access.Review), s.entityGraph)
	huma.Register(api, op("GET /identity", "identity-status", "Parties and entities by kind, and the last runs", access.Read), s.identityStatus)
	huma.Register(api, op("GET /identity/review", "next-pairs", "Pairs to judge, the most telling first", access.Review), s.nextPairs)
	huma.Register(api, op("GET /identity/pair", "compare-pair", "Two parties side by side, with what speaks for and against", access.Review), s.comparePair)
	huma.Register(api, op("POST /identity/judge", "judge-pair", "Say whether two parties are the same", access.Review), s.judgePair)
	huma.Register(api, op("POST /identity/merge", "merge-entities", "Make one entity of several", access.Review), s.mergeEntities)
	huma.Register(api, op("POST /identity/split", "split-entity", "Take parties out of an entity", access.Review), s.splitEntity)
	huma.Register(api, op("POST /identity/undo", "undo-change", "Restore what was before a merge, split, judgement or undo", access.Review), s.undoChange)
	huma.Register(api, op("GET /identity/changes", "list-changes", "The history, newest first", access.Read), s.listChanges)
	huma.Register(api, op("GET /identity/changes/{seq}", "get-change", "One change: who moved, and what it touched elsewhere", access.Read), s.getChange)
	huma.Register(api, op("POST /identity/check", "check-duplicate", "Is this record somebody we know? Nothing is kept", access.Read), s.checkDuplicate)
	registerLinkage(api, s)
}

func entityPartyOf(p fact.Party, v *access.Veil) entityParty {
	return entityParty{p.ID, p.Source, p.Kind, p.Namespace, v.Text(p.Key), p.Name, v.Phone(p.Phone), v.Email(p.Email), v.Number(p.TaxNo), p.Address, p.City, p.Title, p.Company, p.Batch, p.Row}
}

func (s *server) getEntity(ctx context.Context, r *ByID) (*out[entityView], error) {
	e, err := identity.Get(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	records, err := identity.Records(ctx, s.DB, e.ID)
	if err != nil {
		return nil, reply(err)
	}
	rules, err := identity.GetRules(ctx, s.DB)
	if err != nil {
		return nil, reply(err)
	}
	v := whoIs(ctx).For()
	golden := identity.Golden(rules, records)
	w := entityView{ID: string(e.ID), Kind: e.Kind, Name: golden["name"].Value.Value, Parties: each(e.Parties, func(p fact.Party) entityParty { return entityPartyOf(p, v) })}
	for _, name := range identity.Fields {
		if f, ok := golden[name]; ok {
			w.Fields = append(w.Fields, goldenField{name, string(f.Rule.Pick), valueOf(name, f.Value, v), each(f.Others, func(o identity.Value) goldenValue { return valueOf(name, o, v) })})
		}
	}
	w.Masked = v.Hidden > 0
	return &out[entityView]{w}, reply(s.revealed(ctx, v, "entity:"+w.ID))
}

func changeOf(c identity.Change) IdentityChange {
	return IdentityChange{c.Seq, string(c.Act), c.Kind, c.TS, c.Actor, c.Reason, c.Undoes, c.Undone, each(c.Entities, func(e identity.EntityID) string { return string(e) }),
		each(c.Moves, func(m identity.Move) identityMove {
			w := identityMove{m.Party, string(m.Before), string(m.After)}
			if w.Before == "" {
				w.Before = m.Party
			}
			if w.After == "" {
				w.After = m.Party
			}
			return w
		})}
}

// seqCursor reads a cursor that is a number; empty = from the newest.
func seqCursor(cursor string) (int64, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || n < 1 {
		return 0, badCursor()
	}
	return n, nil
}

func changePage(all []identity.Change, limit int) *out[page[IdentityChange]] {
	p := page[IdentityChange]{Items: each(all, changeOf)}
	if len(all) == limit {
		p.Next = strconv.FormatInt(all[len(all)-1].Seq, 10)
	}
	return &out[page[IdentityChange]]{p}
}

func (s *server) entityHistory(ctx context.Context, r *entityHistoryIn) (*out[page[IdentityChange]], error) {
	below, err := seqCursor(r.Cursor)
	if err != nil {
		return nil, reply(err)
	}
	all, err := identity.History(ctx, s.DB, identity.EntityID(r.ID), below, r.Limit)
	return changePage(all, r.Limit), reply(err)
}

func (s *server) listChanges(ctx context.Context, r *changesIn) (*out[page[IdentityChange]], error) {
	below, err := seqCursor(r.Cursor)
	if err != nil {
		return nil, reply(err)
	}
	all, err := identity.Changes(ctx, s.DB, identity.Act(r.Act), below, r.Limit)
	return changePage(all, r.Limit), reply(err)
}

func (s *server) getChange(ctx context.Context, r *bySeq) (*out[identityChangeView], error) {
	c, err := identity.GetChange(ctx, s.DB, r.Seq)
	if err != nil {
		return nil, reply(err)
	}
	effects, err := identity.Effects(ctx, s.DB, c)
	return &out[identityChangeView]{identityChangeView{changeOf(c), each(effects, func(e identity.Effect) identityEffect {
		return identityEffect{e.Of, e.What, e.WhatZH, e.N, e.Objects}
	})}}, reply(err)
}

func (s *server) pairOf(ctx context.Context, c identity.Candidate) (ReviewPair, error) {
	w := ReviewPair{A: c.A, B: c.B, Kind: c.Kind, Why: string(c.Why), Probability: c.Probability, Weight: c.Weight, Score: c.Score,
		Entities: list[string]{string(c.Entities[0]), string(c.Entities[1])}, Sizes: c.Sizes[:]}
	for _, id := range []string{c.A, c.B} {
		name, err := identity.PartyName(ctx, s.DB, id)
		if err != nil {
			return w, err
		}
		w.Names = append(w.Names, name)
	}
	return w, nil
}

func (s *server) nextPairs(ctx context.Context, r *reviewIn) (*out[list[ReviewPair]], error) {
	all, err := s.Identity.Next(ctx, whoIs(ctx).Actor, r.Kind, r.Limit)
	if err != nil {
		return nil, reply(err)
	}
	pairs := make(list[ReviewPair], 0, len(all))
	for _, c := range all {
		w, err := s.pairOf(ctx, c)
		if err != nil {
			return nil, reply(err)
		}
		pairs = append(pairs, w)
	}
	return &out[list[ReviewPair]]{pairs}, nil
}

func (s *server) comparePair(ctx context.Context, r *pairIn) (*out[pairEvidence], error) {
	e, err := s.Identity.Compare(ctx, identity.PairOf(r.A, r.B), r.Blind)
	if err != nil {
		return nil, reply(err)
	}
	pair, err := s.pairOf(ctx, e.Candidate)
	if err != nil {
		return nil, reply(err)
	}
	v := whoIs(ctx).For()
	w := pairEvidence{ReviewPair: pair, Rule: e.Waterfall.Rule, Parties: each(e.Parties[:], func(p fact.Party) entityParty { return entityPartyOf(p, v) })}
	for _, b := range e.Waterfall.Bars {
		x, y := b.A, b.B
		switch b.Name {
		case "phone":
			x, y = v.Phone(x), v.Phone(y)
		case "email":
			x, y = v.Email(x), v.Email(y)
		case "tax_no":
			x, y = v.Number(x), v.Number(y)
		}
		w.Waterfall = append(w.Waterfall, waterfallBar{b.Name, b.Level, x, y, b.Bits, b.Rare})
	}
	w.Judgements = each(e.Judgements, func(j identity.Judgement) identityJudgement {
		return identityJudgement{j.Seq, string(j.Verdict), j.Actor, j.TS, j.Blind, j.Note, j.Active}
	})
	w.Masked = v.Hidden > 0
	return &out[pairEvidence]{w}, reply(s.revealed(ctx, v, "pair:"+e.A+":"+e.B))
}

// changed answers with what a change did and notes who made it.
func (s *server) changed(ctx context.Context, c identity.Change, err error) (*out[identityChangeView], error) {
	if err != nil {
		return nil, reply(err)
	}
	effects, err := identity.Effects(ctx, s.DB, c)
	if err != nil {
		return nil, reply(err)
	}
	err = access.Note(ctx, s.DB, access.Entry{Actor: whoIs(ctx).Actor, Action: "identity." + string(c.Act), Target: fmt.Sprintf("change:%d", c.Seq),
		Detail: map[string]any{"kind": c.Kind, "parties": len(c.Moves), "reason": c.Reason}})
	return &out[identityChangeView]{identityChangeView{changeOf(c), each(effects, func(e identity.Effect) identityEffect {
		return identityEffect{e.Of, e.What, e.WhatZH, e.N, e.Objects}
	})}}, reply(err)
}

func (s *server) judgePair(ctx context.Context, r *in[judgeIn]) (*out[identityChangeView], error) {
	b := r.Body
	c, err := s.Identity.Judge(ctx, identity.Label{Pair: identity.PairOf(b.A, b.B), Verdict: identity.Verdict(b.Verdict), Actor: whoIs(ctx).Actor, Blind: b.Blind, Note: b.Note, Settle: b.Settle})
	return s.changed(ctx, c, err)
}

func (s *server) mergeEntities(ctx context.Context, r *in[mergeIn]) (*out[identityChangeView], error) {
	ids := each(r.Body.Entities, func(id string) identity.EntityID { return identity.EntityID(id) })
	c, err := s.Identity.Merge(ctx, whoIs(ctx).Actor, r.Body.Reason, ids...)
	return s.changed(ctx, c, err)
}

func (s *server) splitEntity(ctx context.Context, r *in[splitIn]) (*out[identityChangeView], error) {
	c, err := s.Identity.Split(ctx, whoIs(ctx).Actor, r.Body.Reason, identity.EntityID(r.Body.Entity), r.Body.Parties...)
	return s.changed(ctx, c, err)
}

func (s *server) undoChange(ctx context.Context, r *in[undoIn]) (*out[identityChangeView], error) {
	c, err := s.Identity.Undo(ctx, whoIs(ctx).Actor, r.Body.Reason, r.Body.Change)
	return s.changed(ctx, c, err)
}

// checkMatches is how many likely entities a warning names, and checkOwners of
// how many it says who looks after them.
const (
	checkMatches = 10
	checkOwners  = 3
)

// ownerShown names who looks after a customer; whoever may not reveal sees the
// first letter alone.
func (s *server) ownerShown(ctx context.Context, who access.Who, id string) (string, error) {
	c, err := customer.Get(ctx, s.DB, id)
	if err != nil || len(c.Owners) == 0 {
		return "", err
	}
	name := []rune(c.Owners[0].Name)
	if len(name) == 0 || who.Can(access.Reveal) {
		return string(name), nil
	}
	return string(name[:1]) + "**", nil
}

func (s *server) checkDuplicate(ctx context.Context, r *in[checkIn]) (*out[checkAnswer], error) {
	b := r.Body
	p := fact.Party{Kind: b.Kind, Namespace: b.Namespace, Key: b.Key, Name: b.Name, Phone: b.Phone, Email: b.Email, TaxNo: b.TaxNo, Address: b.Address, City: b.City, Title: b.Title, Company: b.Company}
	if p.Key == "" && p.Name == "" && p.Phone == "" && p.Email == "" && p.TaxNo == "" {
		return nil, reply(fault.New(fault.ErrInvalid, "identity.check-empty", "Give at least a name, phone, mail, tax number or key.", "请至少给出名称、电话、邮箱、税号或编号中的一项。"))
	}
	found, err := s.Identity.Check(ctx, p, b.Least, checkMatches)
	if err != nil {
		return nil, reply(err)
	}
	who := whoIs(ctx)
	v := who.For()
	w := checkAnswer{Says: "Nobody like this is known.", SaysZH: "没有发现相似的记录。"}
	for _, m := range found {
		e, err := identity.Get(ctx, s.DB, string(m.Entity))
		if err != nil {
			return nil, reply(err)
		}
		one := checkMatch{Entity: string(m.Entity), Name: e.Name, Probability: m.Probability, Parties: len(e.Parties)}
		for _, q := range e.Parties {
			if q.ID == m.Party {
				one.Phone, one.City = v.Phone(q.Phone), q.City
			}
		}
		if len(w.Matches) < checkOwners && e.Kind != "staff" {
			if one.Owner, err = s.ownerShown(ctx, who, one.Entity); err != nil {
				return nil, reply(err)
			}
		}
		w.Matches = append(w.Matches, one)
	}
	if len(found) > 0 {
		w.Says, w.SaysZH = "There are similar ones: look before you add another.", "有相似的记录，录入前请先核对。"
	}
	if w.Exists = len(found) > 0 && found[0].Probability >= identity.Threshold; w.Exists {
		w.Says, w.SaysZH = "This one exists already.", "该"+map[string]string{"account": "客户", "person": "联系人", "staff": "员工"}[b.Kind]+"已存在。"
	}
	return &out[checkAnswer]{w}, reply(s.revealed(ctx, v, "check"))
}

type identityJob struct {
	Kinds []string
	Actor string
}

func (s *server) doIdentity(ctx context.Context, p *run.Progress, j identityJob) (any, error) {
	runs, err := s.Identity.Run(ctx, j.Actor, p.Tell, j.Kinds...)
	if err != nil {
		return nil, err
	}
	return each(runs, linkageRunOf), nil
}
