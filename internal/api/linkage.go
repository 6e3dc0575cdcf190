package api

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/identity"
	"github.com/chanzipu/outfitter/internal/run"
	"github.com/chanzipu/outfitter/linkage"
)

type identityStatus struct {
	Kinds list[identityKind] `json:"kinds"`
	Runs  list[linkageRun]   `json:"runs" doc:"The last, newest first"`
}

type identityKind struct {
	Kind       string `json:"kind" enum:"account,person,staff"`
	Parties    int64  `json:"parties"`
	Entities   int64  `json:"entities"`
	Shared     int64  `json:"shared" doc:"Entities of more than one party"`
	Judgements int    `json:"judgements" doc:"That count"`
	Disputed   int    `json:"disputed" doc:"Pairs that those who judged disagree on"`
}

type linkageRun struct {
	Seq        int64            `json:"seq"`
	Kind       string           `json:"kind" enum:"account,person,staff"`
	TS         time.Time        `json:"ts"`
	Seconds    float64          `json:"seconds"`
	Actor      string           `json:"actor"`
	Change     int64            `json:"change" doc:"0 = nobody moved"`
	Parties    int              `json:"parties"`
	Entities   int              `json:"entities"`
	Pairs      int              `json:"pairs" doc:"Compared"`
	Matches    int64            `json:"matches" doc:"At or above the threshold"`
	Threshold  float64          `json:"threshold"`
	Moved      int              `json:"moved" doc:"Parties in another entity than before"`
	Merged     int              `json:"merged" doc:"Entities whose parties are in others now"`
	Split      int              `json:"split" doc:"Entities that lost parties"`
	Appeared   int              `json:"appeared"`
	Vanished   int              `json:"vanished"`
	Judgements int              `json:"judgements"`
	Disputed   int              `json:"disputed"`
	Sizes      list[sizeCount]  `json:"sizes"`
	Rules      list[ruleCount]  `json:"rules"`
	Stages     list[stageClock] `json:"stages"`
}

type sizeCount struct {
	Parties  int `json:"parties"`
	Entities int `json:"entities"`
}

type ruleCount struct {
	Rule  string `json:"rule"`
	Pairs int64  `json:"pairs" doc:"That no earlier rule found"`
}

type stageClock struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

type linkageModel struct {
	Kind        string                    `json:"kind" enum:"account,person,staff"`
	Parties     int                       `json:"parties"`
	Entities    int                       `json:"entities"`
	Pairs       int                       `json:"pairs"`
	Prior       float64                   `json:"prior" doc:"Probability that two random parties are the same"`
	Threshold   float64                   `json:"threshold"`
	Comparisons list[linkageComparison]   `json:"comparisons"`
	Sessions    list[linkageSession]      `json:"sessions" doc:"EM, one for each blocking rule"`
	Rules       list[ruleCount]           `json:"rules"`
	Blocks      list[linkage.BlockReport] `json:"blocks" doc:"Keys that too many records share"`
	Weights     list[weightBin]           `json:"weights"`
	Unlinkable  list[unlinkablePoint]     `json:"unlinkable" doc:"Parties that say too little to be found again"`
	Thresholds  list[thresholdChoice]     `json:"thresholds"`
	Sizes       list[sizeCount]           `json:"sizes"`
}

type linkageComparison struct {
	Name   string             `json:"name"`
	Kind   string             `json:"kind"`
	Levels list[linkageLevel] `json:"levels" doc:"From disagreement up"`
}

type linkageLevel struct {
	Label string  `json:"label"`
	M     float64 `json:"m" doc:"Probability among the same"`
	U     float64 `json:"u" doc:"Among different ones"`
	Bits  float64 `json:"bits" doc:"log2(m/u)"`
}

type linkageSession struct {
	Rule       string        `json:"rule"`
	Pairs      int64         `json:"pairs"`
	Skipped    list[string]  `json:"skipped"`
	Iterations int           `json:"iterations"`
	History    list[float64] `json:"history" doc:"Log likelihood after each iteration"`
}

type weightBin struct {
	Bits  int `json:"bits" doc:"From, up to one more"`
	Pairs int `json:"pairs"`
}

type unlinkablePoint struct {
	Threshold float64 `json:"threshold"`
	Share     float64 `json:"share"`
}

type thresholdChoice struct {
	Threshold       float64 `json:"threshold"`
	Pairs           int     `json:"pairs"`
	WrongExpected   float64 `json:"wrong_expected" doc:"By the model's own probabilities"`
	MissedExpected  float64 `json:"missed_expected"`
	JudgedSame      int     `json:"judged_same" doc:"At or above it"`
	JudgedDifferent int     `json:"judged_different"`
	MissedSame      int     `json:"missed_same" doc:"Judged same, below it"`
	RightDifferent  int     `json:"right_different" doc:"Judged different, below it"`
}

type entityGraph struct {
	Entity string          `json:"entity"`
	Nodes  list[string]    `json:"nodes" doc:"Parties"`
	Edges  list[graphEdge] `json:"edges"`
}

type graphEdge struct {
	A           string  `json:"a"`
	B           string  `json:"b"`
	Weight      float64 `json:"weight"`
	Probability float64 `json:"probability"`
	Verdict     string  `json:"verdict" doc:"same or different where judged"`
}

type identitySetting struct {
	Name    string          `json:"name"`
	Version int64           `json:"version" doc:"0 = the default holds"`
	TS      *time.Time      `json:"ts,omitempty"`
	Actor   string          `json:"actor"`
	Body    json.RawMessage `json:"body,omitempty"`
}

type BySetting struct {
	Name string `path:"name" enum:"account,person,staff,golden,review"`
}

type setSettingIn struct {
	BySetting
	RawBody []byte
}

type byKind struct {
	Kind string `path:"kind" enum:"account,person,staff"`
}

type startIdentityIn struct {
	Kinds []string `json:"kinds,omitempty" maxItems:"3" doc:"Empty = all"`
}

type linkageRunsIn struct {
	Paging
	Kind string `query:"kind" enum:"account,person,staff"`
}

func registerLinkage(api huma.API, s *server) {
	huma.Register(api, op("POST /identity/run", "run-identity", "Link all parties anew; what people decided stands", access.Review, status(202)), s.runIdentity)
	huma.Register(api, op("GET /identity/runs", "list-linkage-runs", "Runs, newest first, and how entities drifted between them", access.Read), s.linkageRuns)
	huma.Register(api, op("GET /identity/model/{kind}", "linkage-model", "What the model page shows: m and u, weights, EM, rules, thresholds", access.Review), s.linkageModel)
	huma.Register(api, op("GET /identity/settings/{name}", "identity-settings", "Versions of a kind's linkage settings, the golden rules or the review rule, newest first", access.Review), s.identitySettings)
	huma.Register(api, op("PUT /identity/settings/{name}", "set-identity-settings", "Set them from the next run on", access.Review, streamIn("As GET shows it", "application/json")), s.setIdentitySetting)
}

func (s *server) runIdentity(ctx context.Context, r *in[startIdentityIn]) (*out[runView], error) {
	who := whoIs(ctx)
	v, err := s.Runs.Start(ctx, run.New{Kind: "identity", Title: "identity", Actor: who.Actor, Params: identityJob{r.Body.Kinds, who.Actor}})
	return &out[runView]{s.runOf(ctx, v)}, reply(err)
}

func linkageRunOf(r identity.Run) linkageRun {
	return linkageRun{r.Seq, r.Kind, r.TS, r.Seconds, r.Actor, r.Change, r.Parties, r.Entities, r.Pairs, r.Matches, r.Threshold, r.Moved, r.Merged, r.Split, r.Appeared, r.Vanished,
		r.Judgements, r.Disputed, sizesOf(r.Sizes), each(r.Rules, ruleOf), each(r.Stages, func(g linkage.Stage) stageClock { return stageClock{g.Name, g.Seconds} })}
}

func ruleOf(r linkage.RuleReport) ruleCount { return ruleCount{r.Rule, r.Pairs} }

func sizesOf(sizes map[int]int) list[sizeCount] {
	var out list[sizeCount]
	for n := 1; len(out) < len(sizes); n++ {
		if c, ok := sizes[n]; ok {
			out = append(out, sizeCount{n, c})
		}
	}
	return out
}

func (s *server) identityStatus(ctx context.Context, _ *nothing) (*out[identityStatus], error) {
	st, err := identity.GetStatus(ctx, s.DB, 10)
	return &out[identityStatus]{identityStatus{each(st.Kinds, func(k identity.KindStatus) identityKind { return identityKind(k) }), each(st.Runs, linkageRunOf)}}, reply(err)
}

func (s *server) linkageRuns(ctx context.Context, r *linkageRunsIn) (*out[page[linkageRun]], error) {
	below, err := seqCursor(r.Cursor)
	if err != nil {
		return nil, reply(err)
	}
	all, err := identity.Runs(ctx, s.DB, r.Kind, below, r.Limit)
	p := page[linkageRun]{Items: each(all, linkageRunOf)}
	if len(all) == r.Limit {
		p.Next = strconv.FormatInt(all[len(all)-1].Seq, 10)
	}
	return &out[page[linkageRun]]{p}, reply(err)
}

func (s *server) linkageModel(ctx context.Context, r *byKind) (*out[linkageModel], error) {
	c, err := s.Identity.Charts(ctx, r.Kind)
	if err != nil {
		return nil, reply(err)
	}
	w := linkageModel{Kind: c.Kind, Parties: c.Parties, Entities: c.Entities, Pairs: c.Pairs, Prior: c.Prior, Threshold: c.Threshold, Rules: each(c.Rules, ruleOf), Blocks: c.Blocks, Sizes: sizesOf(c.Sizes)}
	w.Comparisons = each(c.Comparisons, func(x identity.ChartComparison) linkageComparison {
		return linkageComparison{x.Name, x.Kind, each(x.Levels, func(l identity.ChartLevel) linkageLevel { return linkageLevel(l) })}
	})
	w.Sessions = each(c.Sessions, func(x linkage.Session) linkageSession {
		return linkageSession{x.Rule, x.Pairs, x.Skipped, x.Iterations, x.History}
	})
	w.Weights = each(c.Weights, func(b identity.Bin) weightBin { return weightBin{b.Least, b.Pairs} })
	w.Unlinkable = each(c.Unlinkable, func(p identity.Point) unlinkablePoint { return unlinkablePoint(p) })
	w.Thresholds = each(c.Thresholds, func(x identity.Choice) thresholdChoice {
		return thresholdChoice{x.Threshold, x.Pairs, x.Expected, x.Missed, x.JudgedSame, x.JudgedDifferent, x.JudgedSameBelow, x.JudgedDifferBelow}
	})
	return &out[linkageModel]{w}, nil
}

func (s *server) entityGraph(ctx context.Context, r *ByID) (*out[entityGraph], error) {
	g, err := s.Identity.GraphOf(ctx, identity.EntityID(r.ID))
	return &out[entityGraph]{entityGraph{string(g.Entity), g.Nodes, each(g.Edges, func(e identity.GraphEdge) graphEdge {
		return graphEdge{e.A, e.B, e.Weight, e.Probability, string(e.Verdict)}
	})}}, reply(err)
}

func settingOf(x identity.Setting) identitySetting {
	return identitySetting{x.Name, x.Version, timeOf(x.TS), x.Actor, x.Body}
}

func (s *server) identitySettings(ctx context.Context, r *BySetting) (*out[list[identitySetting]], error) {
	all, err := identity.Settings(ctx, s.DB, r.Name)
	if err == nil && len(all) == 0 {
		var one identity.Setting
		one, err = identity.DefaultSetting(ctx, s.DB, r.Name)
		all = []identity.Setting{one}
	}
	return &out[list[identitySetting]]{each(all, settingOf)}, reply(err)
}

func (s *server) setIdentitySetting(ctx context.Context, r *setSettingIn) (*out[identitySetting], error) {
	x, err := identity.Set(ctx, s.DB, r.Name, r.RawBody, whoIs(ctx).Actor)
	if err != nil {
		return nil, reply(err)
	}
	return &out[identitySetting]{settingOf(x)}, reply(access.Note(ctx, s.DB, access.Entry{Actor: whoIs(ctx).Actor, Action: "identity.set", Target: "setting:" + r.Name, Detail: map[string]any{"version": x.Version}}))
}
