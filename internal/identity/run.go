package identity

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/linkage"
)

//go:embed run.sql
var runFile string

var (
	runQueries = store.Load("identity.run", runFile)
	sqlRunAdd  = runQueries.Get("add")
	sqlRunList = runQueries.Get("list")
)

// Machine is the actor of what nobody asked for.
const Machine = "outfitter"

// A Run is one linking of all parties of a kind, and how its entities differ
// from those before it.
type Run struct {
	Seq     int64     `json:"seq"`
	Kind    string    `json:"kind"`
	TS      time.Time `json:"ts"`
	Seconds float64   `json:"seconds"`
	Actor   string    `json:"actor"`
	Change  int64     `json:"change"` // 0 = nobody moved
	Report
}

// A Report is what a run found.
type Report struct {
	Parties    int                  `json:"parties"`
	Entities   int                  `json:"entities"`
	Pairs      int                  `json:"pairs"`   // compared
	Matches    int64                `json:"matches"` // at or above the threshold
	Sizes      map[int]int          `json:"sizes"`   // entities by number of parties
	Moved      int                  `json:"moved"`   // parties
	Merged     int                  `json:"merged"`  // entities that ceased, their parties now in others
	Split      int                  `json:"split"`   // entities that lost parties to others
	Appeared   int                  `json:"appeared"`
	Vanished   int                  `json:"vanished"` // parties since the run before
	Judgements int                  `json:"judgements"`
	Disputed   int                  `json:"disputed"`
	Threshold  float64              `json:"threshold"`
	Settings   linkage.Settings     `json:"settings"` // with what was learned
	Rules      []linkage.RuleReport `json:"rules"`
	Stages     []linkage.Stage      `json:"stages"`
}

// Run links all parties of the kinds given (none: all) anew. What people
// decided stands. It can be cancelled; a kind is written whole or not at all.
func (r *Resolver) Run(ctx context.Context, actor string, tell Tell, kinds ...string) ([]Run, error) {
	if len(kinds) == 0 {
		kinds = Kinds
	}
	for _, kind := range kinds {
		if err := checkKind(kind); err != nil {
			return nil, err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	now, err := readStamp(ctx, r.db)
	if err != nil {
		return nil, err
	}
	var out []Run
	for _, kind := range kinds {
		one, err := r.runKind(ctx, kind, actor, tell)
		if err != nil {
			return out, err
		}
		out = append(out, one)
	}
	if len(kinds) == len(Kinds) {
		r.seen = now
	}
	return out, nil
}

func (r *Resolver) runKind(ctx context.Context, kind, actor string, tell Tell) (run Run, err error) {
	began := time.Now()
	var rep Report
	c, err := r.change(ctx, func() (*draft, error) {
		before := map[string]bool{}
		if k := r.kinds[kind]; k != nil {
			for p := range k.record {
				before[p] = true
			}
		}
		k, err := r.build(ctx, kind, tell)
		if err != nil {
			return nil, err
		}
		moves := r.movesOf(k, nil)
		rep = r.report(k, moves)
		if len(before) > 0 {
			rep.Appeared, rep.Vanished = lacking(k.record, before), lacking(before, k.record)
		}
		if len(moves) == 0 {
			return nil, nil
		}
		return &draft{Change: Change{Act: ActRun, Kind: kind, Actor: actor, Moves: moves}}, nil
	})
	if err != nil {
		return run, err
	}
	if rep.Parties < 2 && actor == Machine { // nothing to tell, batch after batch
		return Run{Kind: kind, Change: c.Seq, Report: rep}, nil
	}
	run = Run{Kind: kind, TS: time.Now().UTC().Truncate(time.Microsecond), Seconds: time.Since(began).Seconds(), Actor: actor, Change: c.Seq, Report: rep}
	body, err := json.Marshal(rep)
	if err != nil {
		return run, fmt.Errorf("identity: run: %w", err)
	}
	err = r.db.State.Tx(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, sqlRunAdd, kind, store.Time(run.TS), run.Seconds, actor, run.Change, string(body)).Scan(&run.Seq)
	})
	return run, err
}

func lacking[A, B any](in map[string]A, from map[string]B) (n int) {
	for k := range in {
		if _, ok := from[k]; !ok {
			n++
		}
	}
	return n
}

// movesOf says who has to move so that entities are what linking found.
func (r *Resolver) movesOf(k *linked, touched map[uint32]bool) []Move {
	if k.rv == nil {
		return nil
	}
	return r.settle(k.groups(touched), func(party string) bool { _, ok := k.record[party]; return ok })
}

// report counts what a run found against the membership before it.
func (r *Resolver) report(k *linked, moves []Move) Report {
	rep := Report{Parties: len(k.sum), Sizes: map[int]int{}, Moved: len(moves), Disputed: len(r.bound.disputed)}
	for _, j := range r.judged {
		if j.Kind == k.kind {
			rep.Judgements++
		}
	}
	if k.rv == nil {
		rep.Entities = rep.Parties
		if rep.Parties > 0 {
			rep.Sizes[1] = rep.Parties
		}
		return rep
	}
	rep.Pairs, rep.Matches, rep.Settings, rep.Rules, rep.Stages = len(k.result.Edges), k.result.Matches, k.result.Model, k.result.Rules, k.result.Stages
	rep.Threshold = k.result.Model.Threshold
	if rep.Threshold == 0 {
		rep.Threshold = linkage.DefaultThreshold
	}
	for _, g := range k.groups(nil) {
		rep.Sizes[len(g)]++
		rep.Entities++
	}
	lost, left, gone := map[EntityID]bool{}, map[EntityID]bool{}, map[EntityID]bool{}
	to := map[string]EntityID{}
	for _, m := range moves {
		to[m.Party] = m.After
		if was := r.entity(m.Party); was != m.After {
			lost[was] = true
		}
	}
	for p := range k.record {
		after, moved := to[p]
		if was := r.entity(p); !moved || after == was {
			left[was] = true
		}
	}
	for e := range lost {
		if left[e] {
			rep.Split++
		} else {
			gone[e] = true
		}
	}
	rep.Merged = len(gone)
	return rep
}

// Sync takes in what batches brought since it was last called: new parties
// find their entities, vanished ones make room. Nothing new costs one small
// query. It returns what it changed.
func (r *Resolver) Sync(ctx context.Context) ([]Change, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now, err := readStamp(ctx, r.db)
	if err != nil || now == r.seen {
		return nil, err
	}
	if err := r.refresh(ctx); err != nil {
		return nil, err
	}
	var out []Change
	for _, kind := range Kinds {
		c, err := r.syncKind(ctx, kind, now)
		if err != nil {
			return out, err
		}
		if c.Seq != 0 {
			out = append(out, c)
		}
	}
	r.seen = now
	return out, nil
}

// regrown is by how much a kind may grow before its model is learned again, and
// strangers how many parties of a source that the model never saw.
const (
	regrown   = 2
	strangers = 100
)

func (r *Resolver) syncKind(ctx context.Context, kind string, now stamp) (Change, error) {
	k := r.kinds[kind]
	if k == nil || k.rv == nil {
		run, err := r.runKind(ctx, kind, Machine, func(int64, int64, string, string) {})
		return Change{Seq: run.Change, Act: ActRun, Kind: kind}, err
	}
	fresh, gone, err := r.difference(ctx, k, now)
	if err != nil || len(fresh)+len(gone) == 0 {
		return Change{}, err
	}
	strange := 0
	for _, p := range fresh {
		if _, seen := k.sources[p.Source]; !seen {
			strange++
		}
	}
	if len(k.record)+len(fresh) > regrown*k.trained+50 || strange > strangers || len(gone) > len(k.record)/2 {
		run, err := r.runKind(ctx, kind, Machine, func(int64, int64, string, string) {})
		return Change{Seq: run.Change, Act: ActRun, Kind: kind}, err
	}
	touched, err := k.take(fresh, gone, r.bound)
	if err != nil {
		return Change{}, err
	}
	return r.change(ctx, func() (*draft, error) {
		if r.kinds[kind] != k { // somebody else changed the state: all is read anew
			var err error
			if k, err = r.need(ctx, kind); err != nil {
				return nil, err
			}
			touched = nil
		}
		moves := r.movesOf(k, touched)
		if len(moves) == 0 {
			return nil, nil
		}
		return &draft{Change: Change{Act: ActRun, Kind: kind, Actor: Machine, Moves: moves}}, nil
	})
}

// difference lists the parties that came or changed, and the ids of those that went.
func (r *Resolver) difference(ctx context.Context, k *linked, now stamp) (fresh []fact.Party, gone []string, err error) {
	added := r.seen.seq > 0 && now.batches-r.seen.batches == now.seq-r.seen.seq && now.loaded-r.seen.loaded == now.batches-r.seen.batches && now.batches > r.seen.batches
	var parties []fact.Party
	if added { // nothing but new batches
		parties, err = partiesOf(ctx, r.db, sqlTouched, r.seen.seq)
	} else {
		parties, err = partiesOf(ctx, r.db, sqlAll, k.kind)
	}
	if err != nil {
		return nil, nil, err
	}
	here := make(map[string]bool, len(parties))
	for _, p := range parties {
		if p.Kind != k.kind {
			continue
		}
		here[p.ID] = true
		if sum, ok := k.sum[p.ID]; !ok || sum != sumOf(p, valuesOfParty(p)) {
			fresh = append(fresh, p)
		}
	}
	if !added {
		for p := range k.record {
			if !here[p] {
				gone = append(gone, p)
			}
		}
		slices.Sort(gone)
	}
	return fresh, gone, nil
}

// take brings new, changed and vanished parties into the kernel and returns
// the records that they may have moved.
func (k *linked) take(fresh []fact.Party, gone []string, b *binding) (map[uint32]bool, error) {
	touched := map[uint32]bool{}
	drop := func(party string) {
		rec, ok := k.record[party]
		if !ok {
			return
		}
		for _, m := range k.rv.Component(rec) {
			touched[m] = m != rec
		}
		k.rv.Remove(rec)
		k.party[rec] = ""
		delete(k.record, party)
		delete(k.sum, party)
	}
	left := map[string]bool{}
	for _, party := range gone {
		drop(party)
		left[party] = true
	}
	if len(gone) > 0 {
		for _, in := range []map[string][]string{k.keys, k.alias, k.named} {
			for key, ids := range in {
				in[key] = slices.DeleteFunc(ids, func(id string) bool { return left[id] })
			}
		}
	}
	var pairs []Pair
	for _, p := range fresh {
		drop(p.ID)
		if _, ok := k.sources[p.Source]; !ok {
			k.sources[p.Source] = uint16(len(k.sources))
		}
		values := valuesOfParty(p)
		res, err := k.rv.Add(k.sources[p.Source], values)
		if err != nil {
			return nil, fmt.Errorf("identity: party %s: %w", p.ID, err)
		}
		k.file(p, values, res.Record)
		touched[res.Record] = true
		pairs = append(pairs, k.knownOf(p, b)...)
	}
	came := map[string]bool{}
	for _, p := range fresh {
		came[p.ID] = true
	}
	for p := range b.verdict {
		if came[p.A] || came[p.B] {
			pairs = append(pairs, p)
		}
	}
	more, err := k.imposeKeyed(pairs, b)
	if err != nil {
		return nil, err
	}
	maps.Copy(touched, more)
	maps.DeleteFunc(touched, func(rec uint32, on bool) bool { return !on || k.party[rec] == "" })
	return touched, nil
}

// knownOf pairs a new party with those that it is known to be without comparing.
func (k *linked) knownOf(p fact.Party, b *binding) (out []Pair) {
	add := func(pair Pair) {
		if v, _, known := b.inferred(pair); (pair.A == p.ID || pair.B == p.ID) && (!known || v == Same) {
			out = append(out, pair)
		}
	}
	if ids := k.keys[p.Namespace+"\x1f"+p.Key]; len(ids) > 1 {
		for _, id := range ids {
			if id != p.ID {
				add(PairOf(id, p.ID))
				break
			}
		}
	}
	if k.kind == "account" {
		if a := alias(p.Attrs); a != "" {
			k.goesBy(a, add)
		}
		k.goesBy(p.Name, add)
	}
	return out
}

// imposeKeyed binds pairs as judged; those that nobody judged share a key, and
// are the same.
func (k *linked) imposeKeyed(pairs []Pair, b *binding) (map[uint32]bool, error) {
	touched := map[uint32]bool{}
	for _, p := range pairs {
		x, okA := k.record[p.A]
		y, okB := k.record[p.B]
		if !okA || !okB {
			continue
		}
		v := b.verdictOf(p)
		if v == linkage.Open {
			v = linkage.Same
		}
		if err := k.rv.Judge(x, y, v); err != nil {
			return nil, err
		}
		touched[x], touched[y] = true, true
	}
	return touched, nil
}

// Runs lists full runs, newest first; kind "" = of all, below 0 = from the newest.
func Runs(ctx context.Context, db *store.DB, kind string, below int64, limit int) ([]Run, error) {
	rows, err := db.State.Query(ctx, sqlRunList, kind, orAll(below), limit)
	return store.Collect(rows, err, func(r *sql.Rows) (v Run, err error) {
		var ts, report string
		if err := r.Scan(&v.Seq, &v.Kind, &ts, &v.Seconds, &v.Actor, &v.Change, &report); err != nil {
			return v, err
		}
		if v.TS, err = store.ParseTime(ts); err != nil {
			return v, err
		}
		return v, json.Unmarshal([]byte(report), &v.Report)
	})
}
