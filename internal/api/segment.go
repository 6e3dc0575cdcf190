package api

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/customer"
	"github.com/chanzipu/outfitter/internal/segment"
)

type segmentView struct {
	ID        string          `json:"id"`
	Title     string          `json:"title"`
	About     string          `json:"about"`
	Kind      string          `json:"kind" enum:"account,person"`
	Mode      string          `json:"mode" enum:"dynamic,static"`
	Owner     string          `json:"owner" doc:"Approves holdouts; may change the segment"`
	Rule      segment.Rule    `json:"rule"`
	Version   int64           `json:"version"`
	Created   time.Time       `json:"created"`
	Changed   time.Time       `json:"changed"`
	Refreshed *time.Time      `json:"refreshed" doc:"null = has no members yet"`
	Members   int64           `json:"members" doc:"At the last refresh"`
	Removed   *time.Time      `json:"removed" doc:"Since when it is in the recycle bin"`
	Mine      bool            `json:"mine" doc:"Whoever asks may change it"`
	Uses      segment.Lineage `json:"uses"`
	UsedBy    list[namedRef]  `json:"used_by" doc:"Empty in lists"`
}

type namedRef struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

type newSegment struct {
	Title string       `json:"title" minLength:"1" maxLength:"200"`
	About string       `json:"about,omitempty" maxLength:"4000"`
	Kind  string       `json:"kind" enum:"account,person"`
	Mode  string       `json:"mode,omitempty" enum:"dynamic,static" default:"dynamic"`
	Owner string       `json:"owner,omitempty" maxLength:"200" doc:"Default: who asks" example:"user:li"`
	Rule  segment.Rule `json:"rule"`
}

type changeSegmentIn struct {
	ByID
	Body struct {
		Title *string       `json:"title,omitempty" minLength:"1" maxLength:"200"`
		About *string       `json:"about,omitempty" maxLength:"4000"`
		Mode  *string       `json:"mode,omitempty" enum:"dynamic,static"`
		Owner *string       `json:"owner,omitempty" maxLength:"200"`
		Rule  *segment.Rule `json:"rule,omitempty"`
	}
}

type listSegmentsIn struct {
	Removed bool `query:"removed" doc:"Those in the recycle bin"`
}

// A RuleBody is a rule that need not be kept.
type RuleBody struct {
	Kind string       `json:"kind" enum:"account,person"`
	Rule segment.Rule `json:"rule"`
}

type segmentCount struct {
	N      int64  `json:"n"`
	Of     int64  `json:"of" doc:"Customers of the kind"`
	AsOf   string `json:"as_of" format:"date" doc:"The day that windows count back from: the newest with an event"`
	TookMS int64  `json:"took_ms"`
}

type sampleIn struct {
	Body struct {
		RuleBody
		Limit int    `json:"limit,omitempty" minimum:"1" maximum:"100" default:"20"`
		Seed  string `json:"seed,omitempty" maxLength:"100" doc:"The same seed, the same sample"`
	}
}

type whyIn struct {
	Body struct {
		RuleBody
		Entity string `json:"entity" format:"uuid"`
	}
}

type segmentReason struct {
	Path   string              `json:"path" doc:"The clause's place in the rule, such as rule.all[0].event"`
	Clause segment.Rule        `json:"clause"`
	In     bool                `json:"in"`
	Number *float64            `json:"number" doc:"What was counted, summed or compared; null = nothing, or it can't be said"`
	Text   string              `json:"text,omitempty"`
	Events list[timelineItem]  `json:"events" doc:"Some of those counted, newest first: 10"`
	Inside list[segmentReason] `json:"inside"`
}

type segmentRefresh struct {
	TS      time.Time `json:"ts"`
	Came    int64     `json:"came"`
	Went    int64     `json:"went"`
	Members int64     `json:"members" doc:"0 in histories"`
}

type refreshSegmentIn struct {
	ByID
	Take bool `query:"take" doc:"Take a static segment's list anew"`
}

type membersIn struct {
	ByID
	Cursor  string    `query:"cursor" format:"uuid"`
	Limit   int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	Changed time.Time `query:"changed" doc:"Those who came or went at or after this instant, instead of those in now"`
}

type segmentMember struct {
	Entity string     `json:"entity"`
	Name   string     `json:"name"`
	Since  time.Time  `json:"since"`
	Until  *time.Time `json:"until" doc:"null = is in"`
}

type segmentVersion struct {
	Version int64        `json:"version"`
	Title   string       `json:"title"`
	Mode    string       `json:"mode"`
	Rule    segment.Rule `json:"rule"`
	Actor   string       `json:"actor"`
	TS      time.Time    `json:"ts"`
}

type restoreSegmentIn struct {
	ByID
	Version int64 `query:"version" minimum:"0" doc:"Make this version the newest; 0 = take the segment out of the recycle bin"`
}

type exportSegmentIn struct {
	ByID
	Purpose  string `query:"purpose" required:"true" enum:"contact,analysis" doc:"contact needs a decided holdout"`
	Campaign string `query:"campaign" maxLength:"200" doc:"Of a contact: the campaign's key"`
	Channel  string `query:"channel" maxLength:"100" doc:"Consent to this channel; default to any"`
	OptIn    bool   `query:"opt_in" doc:"Leave out those who never gave consent"`
	Format   string `query:"format" enum:"csv,xlsx" default:"csv"`
	Lang     string `query:"lang" enum:"zh,en" default:"zh"`
}

type sendSegmentIn struct {
	ByID
	Body struct {
		Hook     string `json:"hook"`
		Purpose  string `json:"purpose" enum:"contact,analysis"`
		Campaign string `json:"campaign,omitempty" maxLength:"200"`
		Channel  string `json:"channel,omitempty" maxLength:"100"`
		OptIn    bool   `json:"opt_in,omitempty"`
	}
}

type exportCounts struct {
	Export string `json:"export"`
	segment.Counts
}

type pastExport struct {
	ID      string         `json:"id"`
	Version int64          `json:"version"`
	Actor   string         `json:"actor"`
	TS      time.Time      `json:"ts"`
	Detail  map[string]any `json:"detail" doc:"What was asked, and how many were left out"`
}

type holdoutView struct {
	ID         string     `json:"id"`
	Campaign   string     `json:"campaign"`
	Share      float64    `json:"share"`
	Seed       string     `json:"seed"`
	State      string     `json:"state" enum:"proposed,approved,declined"`
	ProposedBy string     `json:"proposed_by"`
	Proposed   time.Time  `json:"proposed"`
	DecidedBy  string     `json:"decided_by,omitempty"`
	Decided    *time.Time `json:"decided"`
	Reason     string     `json:"reason,omitempty"`
}

type proposeIn struct {
	ByID
	Body struct {
		Campaign string  `json:"campaign" minLength:"1" maxLength:"200"`
		Share    float64 `json:"share,omitempty" minimum:"0" maximum:"0.9" doc:"Default 0.1"`
	}
}

type decideIn struct {
	ID      string `path:"id"`
	Holdout string `path:"holdout"`
	Body    struct {
		Approve bool    `json:"approve"`
		Share   float64 `json:"share,omitempty" minimum:"0" maximum:"0.9" doc:"Default: as proposed"`
		Reason  string  `json:"reason,omitempty" maxLength:"400" doc:"Needed to decline"`
	}
}

type hookView struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	URL      string    `json:"url"`
	Internal bool      `json:"internal"`
	Actor    string    `json:"actor"`
	Created  time.Time `json:"created"`
	Secret   string    `json:"secret,omitempty" doc:"Shown once, when the address is added"`
}

type newHook struct {
	Title    string `json:"title" minLength:"1" maxLength:"100"`
	URL      string `json:"url" minLength:"1" maxLength:"1000" format:"uri"`
	Internal bool   `json:"internal,omitempty" doc:"Allow http and addresses of the own network"`
}

func registerSegment(api huma.API, s *server) {
	huma.Register(api, op("GET /segments", "list-segments", "Segments by title", access.Explore), s.listSegments)
	huma.Register(api, op("POST /segments", "add-segment", "Add a segment", access.Explore, status(201)), s.addSegment)
	huma.Register(api, op("GET /segments/{id}", "get-segment", "One segment", access.Explore), s.getSegment)
	huma.Register(api, op("PATCH /segments/{id}", "change-segment", "Make a new version of one's segment", access.Explore), s.changeSegment)
	huma.Register(api, op("DELETE /segments/{id}", "remove-segment", "Put one's segment into the recycle bin", access.Explore, status(204)), s.removeSegment)
	huma.Register(api, op("GET /segments/{id}/versions", "segment-versions", "What a segment was, newest first", access.Explore), s.segmentVersions)
	huma.Register(api, op("POST /segments/{id}/restore", "restore-segment", "An old version, or one from the recycle bin", access.Explore), s.restoreSegment)

	huma.Register(api, op("POST /segments/count", "count-segment", "How many a rule picks now", access.Explore), s.countSegment)
	huma.Register(api, op("POST /segments/sample", "sample-segment", "Some whom a rule picks", access.Explore), s.sampleSegment)
	huma.Register(api, op("POST /segments/why", "why-segment", "Why a customer is in, or out, clause by clause", access.Explore), s.whySegment)

	huma.Register(api, op("POST /segments/{id}/refresh", "refresh-segment", "Bring the members up to date, or take a static list", access.Explore), s.refreshSegment)
	huma.Register(api, op("GET /segments/{id}/members", "segment-members", "Who is in since when, or who came and went", access.Explore), s.segmentMembers)
	huma.Register(api, op("GET /segments/{id}/refreshes", "segment-refreshes", "How many came and went at each refresh, newest first", access.Explore), s.segmentRefreshes)

	huma.Register(api, op("GET /segments/{id}/export", "export-segment", "The members as a file, without those who must not be contacted", access.Export, fileOut(typeCSV, typeXLSX)), s.exportSegment)
	huma.Register(api, op("POST /segments/{id}/send", "send-segment", "The members to a registered address", access.Export), s.sendSegment)
	huma.Register(api, op("GET /segments/{id}/exports", "segment-exports", "Who exported the segment when, and who was left out", access.Explore), s.segmentExports)
	huma.Register(api, op("GET /segments/{id}/holdouts", "list-holdouts", "The segment's holdouts, newest first", access.Explore), s.listHoldouts)
	huma.Register(api, op("POST /segments/{id}/holdouts", "propose-holdout", "Propose a random holdout for a campaign", access.Explore, status(201)), s.proposeHoldout)
	huma.Register(api, op("POST /segments/{id}/holdouts/{holdout}/decide", "decide-holdout", "Approve or decline it: the segment's owner", access.Explore), s.decideHoldout)

	huma.Register(api, op("GET /hooks", "list-hooks", "Addresses that segments can be sent to", access.Explore), s.listHooks)
	huma.Register(api, op("POST /hooks", "add-hook", "Add an address", access.Admin, status(201)), s.addHook)
	huma.Register(api, op("DELETE /hooks/{id}", "remove-hook", "Remove an address", access.Admin, status(204)), s.removeHook)
}

func segmentOf(ctx context.Context, v segment.Segment) segmentView {
	who := whoIs(ctx)
	return segmentView{ID: v.ID, Title: v.Title, About: v.About, Kind: v.Kind, Mode: v.Mode, Owner: v.Owner, Rule: v.Rule, Version: v.Version, Created: v.Created, Changed: v.Changed,
		Refreshed: instantOf(v.Refreshed), Members: v.Members, Removed: instantOf(v.Removed), Mine: v.Owner == who.Actor || who.Can(access.Admin), Uses: v.Rule.Uses()}
}

func (s *server) listSegments(ctx context.Context, r *listSegmentsIn) (*out[list[segmentView]], error) {
	all, err := segment.List(ctx, s.DB, r.Removed)
	return &out[list[segmentView]]{each(all, func(v segment.Segment) segmentView { return segmentOf(ctx, v) })}, reply(err)
}

func (s *server) addSegment(ctx context.Context, r *in[newSegment]) (*out[segmentView], error) {
	b := r.Body
	v, err := segment.Add(ctx, s.DB, whoIs(ctx).Actor, segment.New{Title: b.Title, About: b.About, Kind: b.Kind, Mode: b.Mode, Owner: b.Owner, Rule: b.Rule})
	return &out[segmentView]{segmentOf(ctx, v)}, reply(err)
}

func (s *server) getSegment(ctx context.Context, r *ByID) (*out[segmentView], error) {
	v, err := segment.Get(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	users, err := segment.UsedBy(ctx, s.DB, r.ID)
	w := segmentOf(ctx, v)
	w.UsedBy = each(users, func(u segment.Segment) namedRef { return namedRef{u.ID, u.Title} })
	return &out[segmentView]{w}, reply(err)
}

func (s *server) changeSegment(ctx context.Context, r *changeSegmentIn) (*out[segmentView], error) {
	v, err := segment.Get(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	n := segment.New{Title: v.Title, About: v.About, Mode: v.Mode, Owner: v.Owner, Rule: v.Rule}
	for _, c := range []struct {
		to   *string
		from *string
	}{{&n.Title, r.Body.Title}, {&n.About, r.Body.About}, {&n.Mode, r.Body.Mode}, {&n.Owner, r.Body.Owner}} {
		if c.from != nil {
			*c.to = *c.from
		}
	}
	if r.Body.Rule != nil {
		n.Rule = *r.Body.Rule
	}
	v, err = segment.Change(ctx, s.DB, whoIs(ctx), r.ID, n)
	return &out[segmentView]{segmentOf(ctx, v)}, reply(err)
}

func (s *server) removeSegment(ctx context.Context, r *ByID) (*nothing, error) {
	return nil, reply(segment.Remove(ctx, s.DB, whoIs(ctx), r.ID))
}

func (s *server) segmentVersions(ctx context.Context, r *ByID) (*out[list[segmentVersion]], error) {
	all, err := segment.Versions(ctx, s.DB, r.ID)
	return &out[list[segmentVersion]]{each(all, func(v segment.Version) segmentVersion {
		return segmentVersion{v.Version, v.Title, v.Mode, v.Rule, v.Actor, v.TS}
	})}, reply(err)
}

func (s *server) restoreSegment(ctx context.Context, r *restoreSegmentIn) (*out[segmentView], error) {
	v, err := segment.Restore(ctx, s.DB, whoIs(ctx), r.ID, r.Version)
	return &out[segmentView]{segmentOf(ctx, v)}, reply(err)
}

func (s *server) countSegment(ctx context.Context, r *in[RuleBody]) (*out[segmentCount], error) {
	t, err := segment.Count(ctx, s.DB, r.Body.Kind, r.Body.Rule)
	return &out[segmentCount]{segmentCount{t.N, t.Of, t.AsOf.Format(time.DateOnly), t.Took.Milliseconds()}}, reply(err)
}

func (s *server) sampleSegment(ctx context.Context, r *sampleIn) (*out[list[customerItem]], error) {
	n := r.Body.Limit
	if n == 0 {
		n = 20
	}
	ids, err := segment.Sample(ctx, s.DB, r.Body.Kind, r.Body.Rule, r.Body.Seed, n)
	if err != nil {
		return nil, reply(err)
	}
	items, err := customer.Items(ctx, s.DB, r.Body.Kind, ids)
	return &out[list[customerItem]]{each(items, itemOf)}, reply(err)
}

func (s *server) whySegment(ctx context.Context, r *whyIn) (*out[segmentReason], error) {
	w, err := segment.Why(ctx, s.DB, r.Body.Kind, r.Body.Rule, r.Body.Entity)
	if err != nil {
		return nil, reply(err)
	}
	v, err := s.reasonOf(ctx, w)
	return &out[segmentReason]{v}, reply(err)
}

func (s *server) reasonOf(ctx context.Context, w segment.Reason) (segmentReason, error) {
	v := segmentReason{Path: w.Path, Clause: w.Rule, In: w.In, Number: w.Number, Text: masked().Text(w.Text)}
	var err error
	if v.Events, err = s.timelineOf(ctx, w.Events); err != nil {
		return v, err
	}
	for _, in := range w.Inside {
		x, err := s.reasonOf(ctx, in)
		if err != nil {
			return v, err
		}
		v.Inside = append(v.Inside, x)
	}
	return v, nil
}

func (s *server) refreshSegment(ctx context.Context, r *refreshSegmentIn) (*out[segmentRefresh], error) {
	v, err := segment.Update(ctx, s.DB, r.ID, r.Take)
	return &out[segmentRefresh]{segmentRefresh(v)}, reply(err)
}

func (s *server) segmentMembers(ctx context.Context, r *membersIn) (*out[page[segmentMember]], error) {
	all, err := segment.Members(ctx, s.DB, r.ID, r.Changed, r.Cursor, r.Limit+1)
	next := ""
	if len(all) > r.Limit {
		all = all[:r.Limit]
		next = all[r.Limit-1].Entity
	}
	return &out[page[segmentMember]]{page[segmentMember]{each(all, func(m segment.Member) segmentMember {
		return segmentMember{m.Entity, m.Name, m.Since, instantOf(m.Until)}
	}), next}}, reply(err)
}

func (s *server) segmentRefreshes(ctx context.Context, r *ByID) (*out[list[segmentRefresh]], error) {
	all, err := segment.Refreshes(ctx, s.DB, r.ID)
	return &out[list[segmentRefresh]]{each(all, func(v segment.Refresh) segmentRefresh { return segmentRefresh(v) })}, reply(err)
}

func (s *server) exportSegment(ctx context.Context, r *exportSegmentIn) (*huma.StreamResponse, error) {
	zone, err := s.zone(ctx)
	if err != nil {
		return nil, reply(err)
	}
	x, err := segment.Prepare(ctx, s.DB, whoIs(ctx), r.ID, segment.Ask{Purpose: r.Purpose, Campaign: r.Campaign, Channel: r.Channel, OptIn: r.OptIn, Format: r.Format, Lang: r.Lang}, zone)
	if err != nil {
		return nil, reply(err)
	}
	v := whoIs(ctx).For()
	kind := map[string]string{"csv": typeCSV, "xlsx": typeXLSX}[r.Format]
	return s.file(x.Segment.Title+"."+r.Format, kind, func(w io.Writer) error {
		if err := x.Write(w, v); err != nil {
			return err
		}
		return s.revealed(ctx, v, "segment:"+x.Segment.ID)
	}), nil
}

func (s *server) sendSegment(ctx context.Context, r *sendSegmentIn) (*out[exportCounts], error) {
	zone, err := s.zone(ctx)
	if err != nil {
		return nil, reply(err)
	}
	if _, err := segment.FindHook(ctx, s.DB, r.Body.Hook); err != nil {
		return nil, reply(err)
	}
	x, err := segment.Prepare(ctx, s.DB, whoIs(ctx), r.ID, segment.Ask{Purpose: r.Body.Purpose, Campaign: r.Body.Campaign, Channel: r.Body.Channel, OptIn: r.Body.OptIn, Format: "hook", Hook: r.Body.Hook}, zone)
	if err != nil {
		return nil, reply(err)
	}
	v := whoIs(ctx).For()
	if err := x.Send(ctx, s.DB, v); err != nil {
		return nil, reply(err)
	}
	return &out[exportCounts]{exportCounts{x.ID, x.Counts}}, reply(s.revealed(ctx, v, "segment:"+x.Segment.ID))
}

func (s *server) segmentExports(ctx context.Context, r *ByID) (*out[list[pastExport]], error) {
	all, err := segment.Exports(ctx, s.DB, r.ID)
	if err != nil {
		return nil, reply(err)
	}
	var w list[pastExport]
	for _, p := range all {
		detail := map[string]any{}
		if err := json.Unmarshal(p.Detail, &detail); err != nil {
			return nil, reply(err)
		}
		w = append(w, pastExport{p.ID, p.Version, p.Actor, p.TS, detail})
	}
	return &out[list[pastExport]]{w}, nil
}

func holdoutOf(h segment.Holdout) holdoutView {
	return holdoutView{h.ID, h.Campaign, h.Share, h.Seed, h.State, h.ProposedBy, h.ProposedAt, h.DecidedBy, instantOf(h.DecidedAt), h.Reason}
}

func (s *server) listHoldouts(ctx context.Context, r *ByID) (*out[list[holdoutView]], error) {
	all, err := segment.Holdouts(ctx, s.DB, r.ID)
	return &out[list[holdoutView]]{each(all, holdoutOf)}, reply(err)
}

func (s *server) proposeHoldout(ctx context.Context, r *proposeIn) (*out[holdoutView], error) {
	h, err := segment.Propose(ctx, s.DB, whoIs(ctx).Actor, r.ID, r.Body.Campaign, r.Body.Share)
	return &out[holdoutView]{holdoutOf(h)}, reply(err)
}

func (s *server) decideHoldout(ctx context.Context, r *decideIn) (*out[holdoutView], error) {
	h, err := segment.Decide(ctx, s.DB, whoIs(ctx), r.Holdout, r.Body.Approve, r.Body.Share, r.Body.Reason)
	return &out[holdoutView]{holdoutOf(h)}, reply(err)
}

func hookOf(h segment.Hook) hookView {
	return hookView{ID: h.ID, Title: h.Title, URL: h.URL, Internal: h.Internal, Actor: h.Actor, Created: h.Created}
}

func (s *server) listHooks(ctx context.Context, _ *nothing) (*out[list[hookView]], error) {
	all, err := segment.Hooks(ctx, s.DB)
	return &out[list[hookView]]{each(all, hookOf)}, reply(err)
}

func (s *server) addHook(ctx context.Context, r *in[newHook]) (*out[hookView], error) {
	h, err := segment.AddHook(ctx, s.DB, whoIs(ctx).Actor, r.Body.Title, r.Body.URL, r.Body.Internal)
	w := hookOf(h)
	w.Secret = h.Secret
	return &out[hookView]{w}, reply(err)
}

func (s *server) removeHook(ctx context.Context, r *ByID) (*nothing, error) {
	return nil, reply(segment.RemoveHook(ctx, s.DB, whoIs(ctx).Actor, r.ID))
}
