package segment

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/customer"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed member.sql
var memberFile string

var (
	memberQueries = store.Load("segment.member", memberFile)
	sqlNowDrop    = memberQueries.Get("now-drop")
	sqlLeave      = memberQueries.Get("leave")
	sqlEnter      = memberQueries.Get("enter")
	sqlCount      = memberQueries.Get("count")
	sqlIDs        = memberQueries.Get("ids")
	sqlRefreshes  = memberQueries.Get("refreshes")
	sqlNowAdd     = memberQueries.Get("add")
	sqlNowMake    = memberQueries.Get("make")
	sqlNowKnown   = memberQueries.Get("known")
)

// A Tally is how many a rule picks, of how many.
type Tally struct {
	N, Of int64
	AsOf  time.Time
	Took  time.Duration
}

// Count counts whom a rule would pick now.
func Count(ctx context.Context, db *store.DB, kind string, r Rule) (Tally, error) {
	began := time.Now()
	sc, err := prepare(ctx, db, Segment{Kind: kind, Rule: r})
	if err != nil {
		return Tally{}, err
	}
	c := sc.compile(r)
	t := Tally{AsOf: sc.asOf}
	text := c.text("count(*) FILTER (WHERE " + c.cond + "), count(*)")
	if err := db.Facts.QueryRow(ctx, store.Text("segment.count", text), c.args...).Scan(&t.N, &t.Of); err != nil {
		return t, fmt.Errorf("segment: count: %w", err)
	}
	t.Took = time.Since(began)
	return t, nil
}

// Sample returns some whom a rule would pick, the same ones for the same seed.
func Sample(ctx context.Context, db *store.DB, kind string, r Rule, seed string, n int) ([]string, error) {
	sc, err := prepare(ctx, db, Segment{Kind: kind, Rule: r})
	if err != nil {
		return nil, err
	}
	c := sc.compile(r)
	c.args = append(c.args, seed, n)
	text := c.text("u.entity::TEXT") + " WHERE " + c.cond + fmt.Sprintf(" ORDER BY md5(u.entity::TEXT || $%d::TEXT), u.entity LIMIT $%d", len(c.args)-1, len(c.args))
	rows, err := db.Facts.Query(ctx, store.Text("segment.sample", text), c.args...)
	return store.Collect(rows, err, scanID)
}

func scanID(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err }

// A Change of members between two refreshes.
type Refresh struct {
	TS         time.Time
	Came, Went int64
	Members    int64
}

// Update brings a dynamic segment's members up to date; a static one's list is
// taken where there is none yet, or take is set.
func Update(ctx context.Context, db *store.DB, id string, take bool) (Refresh, error) {
	s, err := Get(ctx, db, id)
	if err != nil {
		return Refresh{}, err
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	fill, err := filling(ctx, db, s, take, now)
	if err != nil {
		return Refresh{}, err
	}
	r := Refresh{TS: now}
	err = db.Facts.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlNowDrop); err != nil {
			return err
		}
		if err := fill(tx); err != nil {
			return err
		}
		if r.Went, err = tx.Exec(ctx, sqlLeave, id, now); err != nil {
			return err
		}
		if r.Came, err = tx.Exec(ctx, sqlEnter, id, now); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, sqlCount, id).Scan(&r.Members); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, sqlNowDrop)
		return err
	})
	if err != nil {
		return r, fmt.Errorf("segment: refresh %s: %w", id, err)
	}
	if s.Mode == Static && take {
		if err := keepList(ctx, db, id, now); err != nil {
			return r, err
		}
	}
	_, err = db.State.Exec(ctx, sqlRefreshed, id, store.Time(now), r.Members)
	return r, err
}

// filling makes the temporary table segment_now: from the rule, or from a
// static segment's list.
func filling(ctx context.Context, db *store.DB, s Segment, take bool, now time.Time) (func(*store.Tx) error, error) {
	if s.Mode == Static && !take {
		ids, found, err := keptList(ctx, db, s.ID)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, fault.New(fault.ErrConflict, "segment.not-taken", "This static segment's list has not been taken yet: take it first.", "这个静态人群尚未生成名单，请先生成。")
		}
		return func(tx *store.Tx) error {
			if _, err := tx.Exec(ctx, sqlNowMake); err != nil {
				return err
			}
			for _, id := range ids {
				if _, err := tx.Exec(ctx, sqlNowAdd, id); err != nil {
					return err
				}
			}
			_, err := tx.Exec(ctx, sqlNowKnown)
			return err
		}, nil
	}
	sc, err := prepare(ctx, db, s)
	if err != nil {
		return nil, err
	}
	c := sc.compile(s.Rule)
	return func(tx *store.Tx) error {
		_, err := tx.Exec(ctx, store.Text("segment.now", "CREATE TEMP TABLE segment_now AS "+c.members()), c.args...)
		return err
	}, nil
}

func keepList(ctx context.Context, db *store.DB, id string, now time.Time) error {
	ids, err := memberIDs(ctx, db, id)
	if err != nil {
		return err
	}
	var raw []byte
	for _, s := range ids {
		v, err := uuid.Parse(s)
		if err != nil {
			return fmt.Errorf("segment: member %q: %w", s, err)
		}
		raw = append(raw, v[:]...)
	}
	_, err = db.State.Exec(ctx, sqlPutList, id, store.Time(now), len(ids), base64.StdEncoding.EncodeToString(raw))
	return err
}

func keptList(ctx context.Context, db *store.DB, id string) ([]string, bool, error) {
	var body string
	err := db.State.QueryRow(ctx, sqlGetList, id).Scan(&body)
	if err == sql.ErrNoRows {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("segment: list of %s: %w", id, err)
	}
	raw, err := base64.StdEncoding.DecodeString(body)
	if err != nil {
		return nil, false, fmt.Errorf("segment: list of %s: %w", id, err)
	}
	var out []string
	for chunk := range slices.Chunk(raw, 16) {
		v, err := uuid.FromBytes(chunk)
		if err != nil {
			return nil, false, fmt.Errorf("segment: list of %s: %w", id, err)
		}
		out = append(out, v.String())
	}
	return out, true, nil
}

func memberIDs(ctx context.Context, db *store.DB, id string) ([]string, error) {
	rows, err := db.Facts.Query(ctx, sqlIDs, id)
	return store.Collect(rows, err, scanID)
}

// UpdateAll refreshes every dynamic segment in use; one that fails does not
// stop the others.
func UpdateAll(ctx context.Context, db *store.DB) (failed error) {
	all, err := List(ctx, db, false)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.Mode != Dynamic {
			continue
		}
		if _, err := Update(ctx, db, s.ID, false); err != nil && failed == nil {
			failed = err
		}
	}
	return failed
}

// Refreshes lists how many came and went at each refresh, newest first.
func Refreshes(ctx context.Context, db *store.DB, id string) ([]Refresh, error) {
	rows, err := db.Facts.Query(ctx, sqlRefreshes, id)
	return store.Collect(rows, err, func(r *sql.Rows) (f Refresh, err error) { err = r.Scan(&f.TS, &f.Came, &f.Went); return f, err })
}

// A Member is a customer in a segment.
type Member struct {
	Entity, Name string
	Since        time.Time
	Until        time.Time // zero = still
}

// Members pages through a segment's members by id: those in now, or those who
// came or went at or after an instant.
func Members(ctx context.Context, db *store.DB, id string, changed time.Time, after string, limit int) ([]Member, error) {
	cond, args := "m.until IS NULL", []any{id, limit}
	if !changed.IsZero() {
		cond, args = "(m.since >= $3 OR m.until >= $3)", append(args, changed.UTC())
	}
	if after != "" {
		args = append(args, after)
		cond += fmt.Sprintf(" AND m.entity > $%d::UUID", len(args))
	}
	text := "SELECT m.entity::TEXT, m.since, m.until FROM segment_member m WHERE m.segment = $1 AND " + cond + " ORDER BY m.entity, m.since LIMIT $2"
	rows, err := db.Facts.Query(ctx, store.Text("segment.members", text), args...)
	out, err := store.Collect(rows, err, func(r *sql.Rows) (m Member, err error) {
		var until sql.NullTime
		err = r.Scan(&m.Entity, &m.Since, &until)
		m.Until = until.Time
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("segment: members of %s: %w", id, err)
	}
	var ids []string
	for _, m := range out {
		ids = append(ids, m.Entity)
	}
	names, err := customer.Names(ctx, db, ids)
	for i := range out {
		out[i].Name = names[out[i].Entity].Name
	}
	return out, err
}

// A Reason is one clause and whether a customer fulfils it.
type Reason struct {
	Path   string // rule.all[0].event
	Rule   Rule   // the clause; of all, any and not without what is inside
	In     bool
	Number *float64 // what was counted, summed or compared
	Text   string
	Events []fact.Event // some of those counted, newest first
	Inside []Reason
}

// Why says clause by clause why a customer is in, or out.
func Why(ctx context.Context, db *store.DB, kind string, r Rule, entity string) (Reason, error) {
	e, err := customer.Find(ctx, db, entity)
	if err != nil {
		return Reason{}, err
	}
	if e.Kind != kind {
		return Reason{}, fault.New(fault.ErrInvalid, "segment.other-kind", "This customer is not of the segment's kind.", "该客户与人群的对象类型不同。")
	}
	sc, err := prepare(ctx, db, Segment{Kind: kind, Rule: r})
	if err != nil {
		return Reason{}, err
	}
	sc.only = &e
	c := sc.compile(r)
	selected := "1"
	for _, l := range c.leaves {
		selected += ", " + l.cond + ", (" + l.num + ")::DOUBLE PRECISION, coalesce((" + l.text + ")::TEXT, '')"
	}
	var one int
	to := []any{&one}
	in, num, text := make([]bool, len(c.leaves)), make([]sql.NullFloat64, len(c.leaves)), make([]string, len(c.leaves))
	for i := range c.leaves {
		to = append(to, &in[i], &num[i], &text[i])
	}
	if err := db.Facts.QueryRow(ctx, store.Text("segment.why", c.text(selected)), c.args...).Scan(to...); err != nil {
		return Reason{}, fmt.Errorf("segment: why %s: %w", entity, err)
	}
	by := map[string]Reason{}
	for i, l := range c.leaves {
		w := Reason{Path: l.path, Rule: l.rule, In: in[i], Text: text[i]}
		if num[i].Valid {
			w.Number = &num[i].Float64
		}
		if l.where != "" {
			if w.Events, err = sc.evidence(ctx, db, l.rule); err != nil {
				return Reason{}, err
			}
		}
		by[l.path] = w
	}
	return sc.explain(r, "rule", by), nil
}

// evidence are some of the events that a clause counts.
func (s scope) evidence(ctx context.Context, db *store.DB, r Rule) ([]fact.Event, error) {
	b := &builder{scope: s}
	var l leaf
	switch {
	case r.Event != nil:
		b.event(&l, Event{Verbs: r.Event.Verbs, Where: r.Event.Where, Window: r.Event.Window})
	case r.Text != nil:
		b.event(&l, r.Text.event())
	case r.Sequence != nil:
		var any []string
		for _, step := range r.Sequence.Steps {
			bounds, _ := b.window(r.Sequence.Window)
			any = append(any, b.matching(step.Verbs, step.Where, bounds))
		}
		l.where = "(" + strings.Join(any, " OR ") + ")"
	}
	from := "(" + s.only.EventRows(&b.args) + ") AS e"
	return customer.Events(ctx, db, from, l.where, b.args, 10)
}

// explain puts the clauses' answers together as the rule does.
func (s scope) explain(r Rule, path string, by map[string]Reason) Reason {
	w := Reason{Path: path, Rule: r}
	switch {
	case r.All != nil:
		w.In, w.Rule = true, Rule{All: []Rule{}}
		for i, c := range r.All {
			in := s.explain(c, fmt.Sprintf("%s.all[%d]", path, i), by)
			w.In = w.In && in.In
			w.Inside = append(w.Inside, in)
		}
	case r.Any != nil:
		w.Rule = Rule{Any: []Rule{}}
		for i, c := range r.Any {
			in := s.explain(c, fmt.Sprintf("%s.any[%d]", path, i), by)
			w.In = w.In || in.In
			w.Inside = append(w.Inside, in)
		}
	case r.Not != nil:
		in := s.explain(*r.Not, path+".not", by)
		w.In, w.Inside, w.Rule = !in.In, []Reason{in}, Rule{Not: &Rule{}}
	case r.Segment != "" && s.others[r.Segment].Mode == Dynamic:
		in := s.explain(s.others[r.Segment].Rule, path+".segment", by)
		w.In, w.Inside = in.In, []Reason{in}
	default:
		return by[path]
	}
	return w
}
