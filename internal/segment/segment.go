// Package segment picks customers by a rule, keeps who was in when, says why,
// and hands them out: with consent respected, and with some held out at random
// so that it can be told later what the campaign did.
//
// A rule is a tree that compiles to one SQL text for both engines; all its
// event clauses share one scan. Two facts surprise. A window of days counts
// back from the newest day in the data, not from today. And a static segment's
// list lives in the state, the facts hold a copy: it can't be computed again.
//
// Owns segment, segment_version, segment_list, segment_holdout, segment_arm,
// segment_export and segment_hook in the state, segment_member in the facts.
package segment

import (
	"context"
	"database/sql"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/customer"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
)

//go:embed migration/*.sql
var migrations embed.FS

//go:embed segment.sql
var file string

var (
	queries       = store.Load("segment", file)
	sqlAdd        = queries.Get("add")
	sqlChange     = queries.Get("change")
	sqlGet        = queries.Get("get")
	sqlList       = queries.Get("list")
	sqlRemove     = queries.Get("remove")
	sqlRefreshed  = queries.Get("refreshed")
	sqlAddVersion = queries.Get("add-version")
	sqlVersions   = queries.Get("versions")
	sqlPutList    = queries.Get("put-list")
	sqlGetList    = queries.Get("get-list")
)

func init() {
	sub, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err)
	}
	migrate.Add("segment", sub)
}

// The modes: a dynamic segment follows its rule, a static one is a list that
// was taken once.
const (
	Dynamic = "dynamic"
	Static  = "static"
)

// A Segment is a rule that picks customers of one kind.
type Segment struct {
	ID, Title, About string
	Kind, Mode       string
	Owner            string // actor; approves holdouts
	Rule             Rule
	Version          int64
	Created, Changed time.Time
	Refreshed        time.Time // zero = never
	Members          int64     // at the last refresh
	Removed          time.Time // zero = in use
}

// A Version is what a segment was.
type Version struct {
	Version     int64
	Title, Mode string
	Rule        Rule
	Actor       string
	TS          time.Time
}

// A New is a segment to be, or what an existing one becomes.
type New struct {
	Title, About, Kind, Mode, Owner string
	Rule                            Rule
}

// Add keeps a new segment. It has no members until it is refreshed.
func Add(ctx context.Context, db *store.DB, actor string, n New) (Segment, error) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	s := Segment{ID: uuid.NewString(), Title: strings.TrimSpace(n.Title), About: n.About, Kind: n.Kind, Mode: n.Mode, Owner: n.Owner, Rule: n.Rule, Version: 1, Created: now, Changed: now}
	if s.Owner == "" {
		s.Owner = actor
	}
	if err := s.check(ctx, db); err != nil {
		return s, err
	}
	body, err := json.Marshal(s.Rule)
	if err != nil {
		return s, fmt.Errorf("segment: rule: %w", err)
	}
	return s, db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlAdd, s.ID, s.Title, s.About, s.Kind, s.Mode, s.Owner, string(body), store.Time(now)); err != nil {
			return err
		}
		return s.record(ctx, tx, actor, "segment.added", string(body))
	})
}

// record notes a version, and who made it.
func (s Segment) record(ctx context.Context, tx *store.Tx, actor, action, rule string) error {
	if _, err := tx.Exec(ctx, sqlAddVersion, s.ID, s.Version, s.Title, s.Mode, rule, actor, store.Time(s.Changed)); err != nil {
		return err
	}
	return access.Record(ctx, tx, access.Entry{Actor: actor, Action: action, Target: "segment:" + s.ID, Detail: map[string]any{"title": s.Title, "version": s.Version, "mode": s.Mode}})
}

// Change makes a new version of a segment. Its owner and administrators may.
func Change(ctx context.Context, db *store.DB, who access.Who, id string, n New) (Segment, error) {
	s, err := own(ctx, db, who, id)
	if err != nil {
		return s, err
	}
	s.Title, s.About, s.Mode, s.Rule = strings.TrimSpace(n.Title), n.About, n.Mode, n.Rule
	if n.Owner != "" {
		s.Owner = n.Owner
	}
	s.Version++
	s.Changed = time.Now().UTC().Truncate(time.Microsecond)
	if err := s.check(ctx, db); err != nil {
		return s, err
	}
	body, err := json.Marshal(s.Rule)
	if err != nil {
		return s, fmt.Errorf("segment: rule: %w", err)
	}
	return s, db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlChange, s.ID, s.Title, s.About, s.Mode, s.Owner, string(body), s.Version, store.Time(s.Changed)); err != nil {
			return err
		}
		return s.record(ctx, tx, who.Actor, "segment.changed", string(body))
	})
}

// Restore makes an old version the newest, or (version 0) takes a segment out
// of the recycle bin.
func Restore(ctx context.Context, db *store.DB, who access.Who, id string, version int64) (Segment, error) {
	s, err := own(ctx, db, who, id)
	if err != nil {
		return s, err
	}
	if version == 0 {
		s.Removed = time.Time{}
		return s, db.State.Tx(ctx, func(tx *store.Tx) error {
			if _, err := tx.Exec(ctx, sqlRemove, id, ""); err != nil {
				return err
			}
			return access.Record(ctx, tx, access.Entry{Actor: who.Actor, Action: "segment.restored", Target: "segment:" + id, Detail: map[string]any{"title": s.Title}})
		})
	}
	all, err := Versions(ctx, db, id)
	if err != nil {
		return s, err
	}
	i := slices.IndexFunc(all, func(v Version) bool { return v.Version == version })
	if i < 0 {
		return s, fault.New(fault.ErrNotFound, "segment.version", fmt.Sprintf("The segment has no version %d.", version), fmt.Sprintf("该人群没有版本 %d。", version))
	}
	return Change(ctx, db, who, id, New{Title: all[i].Title, About: s.About, Mode: all[i].Mode, Rule: all[i].Rule})
}

// Remove puts a segment into the recycle bin. One that others use stays.
func Remove(ctx context.Context, db *store.DB, who access.Who, id string) error {
	s, err := own(ctx, db, who, id)
	if err != nil {
		return err
	}
	users, err := UsedBy(ctx, db, id)
	if err != nil {
		return err
	}
	if len(users) > 0 {
		return fault.New(fault.ErrConflict, "segment.used", fmt.Sprintf("The segment %q is used by %q: change that one first.", s.Title, users[0].Title), fmt.Sprintf("人群“%s”正被“%s”引用，请先修改后者。", s.Title, users[0].Title))
	}
	return db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlRemove, id, store.Time(time.Now())); err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: who.Actor, Action: "segment.removed", Target: "segment:" + id, Detail: map[string]any{"title": s.Title}})
	})
}

// own returns the segment if who asks may change it.
func own(ctx context.Context, db *store.DB, who access.Who, id string) (Segment, error) {
	s, err := Get(ctx, db, id)
	if err == nil && s.Owner != who.Actor && !who.Can(access.Admin) {
		return s, fault.New(fault.ErrDenied, "segment.others", fmt.Sprintf("This segment belongs to %s. Ask them, or copy it to one of your own.", s.Owner), fmt.Sprintf("该人群由 %s 负责，请与其联系，或另存为自己的人群。", s.Owner))
	}
	return s, err
}

// Get returns a segment, also one in the recycle bin.
func Get(ctx context.Context, db *store.DB, id string) (Segment, error) {
	s, err := scan(db.State.QueryRow(ctx, sqlGet, id))
	if errors.Is(err, sql.ErrNoRows) {
		return s, fault.New(fault.ErrNotFound, "segment.none", fmt.Sprintf("There is no segment %q.", id), fmt.Sprintf("没有人群 %q。", id))
	}
	return s, err
}

// List lists segments by title: those in use, or those in the recycle bin.
func List(ctx context.Context, db *store.DB, removed bool) ([]Segment, error) {
	word := ""
	if removed {
		word = "removed"
	}
	rows, err := db.State.Query(ctx, sqlList, word)
	return store.Collect(rows, err, func(r *sql.Rows) (Segment, error) { return scan(r) })
}

func scan(r interface{ Scan(...any) error }) (s Segment, err error) {
	var rule string
	var ts [4]string
	if err := r.Scan(&s.ID, &s.Title, &s.About, &s.Kind, &s.Mode, &s.Owner, &rule, &s.Version, &ts[0], &ts[1], &ts[2], &s.Members, &ts[3]); err != nil {
		return s, err
	}
	for i, to := range []*time.Time{&s.Created, &s.Changed, &s.Refreshed, &s.Removed} {
		if *to, err = store.ParseTime(ts[i]); err != nil {
			return s, fmt.Errorf("segment: %s: %w", s.ID, err)
		}
	}
	if err := json.Unmarshal([]byte(rule), &s.Rule); err != nil {
		return s, fmt.Errorf("segment: %s: rule: %w", s.ID, err)
	}
	return s, nil
}

// Versions lists what a segment was, newest first.
func Versions(ctx context.Context, db *store.DB, id string) ([]Version, error) {
	rows, err := db.State.Query(ctx, sqlVersions, id)
	return store.Collect(rows, err, func(r *sql.Rows) (v Version, err error) {
		var rule, ts string
		if err = r.Scan(&v.Version, &v.Title, &v.Mode, &rule, &v.Actor, &ts); err != nil {
			return v, err
		}
		if err = json.Unmarshal([]byte(rule), &v.Rule); err != nil {
			return v, fmt.Errorf("segment: %s: version %d: %w", id, v.Version, err)
		}
		v.TS, err = store.ParseTime(ts)
		return v, err
	})
}

// UsedBy lists the segments in use whose rules name this one.
func UsedBy(ctx context.Context, db *store.DB, id string) ([]Segment, error) {
	all, err := List(ctx, db, false)
	return slices.DeleteFunc(all, func(s Segment) bool { return s.ID == id || !slices.Contains(s.Rule.Uses().Segments, id) }), err
}

// check refuses what can't be kept: a rule that can't be compiled, a circle.
func (s Segment) check(ctx context.Context, db *store.DB) error {
	switch {
	case s.Title == "":
		return fault.New(fault.ErrInvalid, "segment.title", "The segment needs a title.", "请填写人群名称。")
	case !slices.Contains(customer.Kinds, s.Kind):
		return fault.New(fault.ErrInvalid, "segment.kind", "A segment is of accounts or of persons: kind account or person.", "人群的对象只能是 account（客户）或 person（个人）。")
	case s.Mode != Dynamic && s.Mode != Static:
		return fault.New(fault.ErrInvalid, "segment.mode", "A segment is dynamic or static.", "人群类型只能是 dynamic（动态）或 static（静态）。")
	}
	_, err := prepare(ctx, db, s)
	return err
}

// prepare checks a segment's rule with all that it refers to, and says for
// what it is compiled.
func prepare(ctx context.Context, db *store.DB, s Segment) (scope, error) {
	sc := scope{kind: s.Kind, others: map[string]Segment{}}
	traits, err := customer.Traits(ctx, db)
	if err != nil {
		return sc, err
	}
	err = s.Rule.Check(func(name string) (word, ok bool) {
		i := slices.IndexFunc(traits, func(t customer.Trait) bool { return t.Name == name && t.Of(s.Kind) })
		return i >= 0 && traits[i].Text, i >= 0
	})
	if err != nil {
		return sc, err
	}
	if err := sc.follow(ctx, db, s, []string{s.ID}); err != nil {
		return sc, err
	}
	sc.asOf, err = customer.AsOf(ctx, db)
	return sc, err
}

// follow reads the segments that a rule names, and refuses a circle.
func (sc scope) follow(ctx context.Context, db *store.DB, s Segment, path []string) error {
	for _, id := range s.Rule.Uses().Segments {
		if slices.Contains(path, id) {
			return fault.New(fault.ErrInvalid, "segment.circle", "The segment would be defined by itself: one of the segments in its rule leads back to it.", "人群不能引用自身：规则里引用的人群又引用回了它。")
		}
		other, err := Get(ctx, db, id)
		if err != nil {
			return err
		}
		if other.Kind != s.Kind {
			return fault.New(fault.ErrInvalid, "segment.other-kind", fmt.Sprintf("The segment %q is of another kind of customers and can't be used in this one.", other.Title), fmt.Sprintf("人群“%s”的对象类型不同，不能在此引用。", other.Title))
		}
		sc.others[id] = other
		if len(path) > maxDepth {
			return wrong("rule", "segments refer to one another more than 20 deep", "人群相互引用超过 20 层")
		}
		if err := sc.follow(ctx, db, other, append(slices.Clone(path), id)); err != nil {
			return err
		}
	}
	return nil
}
