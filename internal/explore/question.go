package explore

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed question.sql
var questionFile string

var (
	questionQueries   = store.Load("explore.question", questionFile)
	sqlAddQuestion    = questionQueries.Get("add")
	sqlListQuestions  = questionQueries.Get("list")
	sqlGetQuestion    = questionQueries.Get("get")
	sqlChangeQuestion = questionQueries.Get("change")
	sqlRemoveQuestion = questionQueries.Get("remove")
)

// A Saved is a question that somebody kept. Everybody sees it; who kept it and
// administrators may change it.
type Saved struct {
	ID, Title, Query, Actor string
	Created, Changed        time.Time
}

// Save keeps a question.
func Save(ctx context.Context, db *store.DB, actor, title, query string) (Saved, error) {
	now := time.Now().UTC().Truncate(time.Microsecond)
	s := Saved{ID: uuid.NewString(), Title: strings.TrimSpace(title), Query: strings.TrimPrefix(query, "?"), Actor: actor, Created: now, Changed: now}
	if err := s.check(); err != nil {
		return Saved{}, err
	}
	return s, db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlAddQuestion, s.ID, s.Title, s.Query, s.Actor, store.Time(now)); err != nil {
			return fmt.Errorf("explore: question: %w", err)
		}
		return access.Record(ctx, tx, access.Entry{Actor: actor, Action: "question.added", Target: "question:" + s.ID, Detail: map[string]any{"title": s.Title}})
	})
}

func (s Saved) check() error {
	v, err := url.ParseQuery(s.Query)
	if err != nil || v.Get("metric") == "" {
		return fault.New(fault.ErrInvalid, "question.query", "The question can't be read: it should be the explore page's query string, with a metric in it.", "问题无法读取：应为分析页面的查询串，且包含指标。")
	}
	if s.Title == "" {
		return fault.New(fault.ErrInvalid, "question.title", "The question needs a title.", "请给问题起一个标题。")
	}
	return nil
}

// ListSaved lists saved questions by title.
func ListSaved(ctx context.Context, db *store.DB) ([]Saved, error) {
	rows, err := db.State.Query(ctx, sqlListQuestions)
	return store.Collect(rows, err, func(r *sql.Rows) (Saved, error) { return scanSaved(r) })
}

// GetSaved returns one saved question.
func GetSaved(ctx context.Context, db *store.DB, id string) (Saved, error) {
	return scanSaved(db.State.QueryRow(ctx, sqlGetQuestion, id))
}

func scanSaved(row interface{ Scan(...any) error }) (Saved, error) {
	var s Saved
	var created, changed string
	err := row.Scan(&s.ID, &s.Title, &s.Query, &s.Actor, &created, &changed)
	if noRows(err) {
		return s, fault.New(fault.ErrNotFound, "question.missing", "There is no such saved question.", "没有这个已保存的问题。")
	}
	if err != nil {
		return s, fmt.Errorf("explore: question: %w", err)
	}
	if s.Created, err = store.ParseTime(created); err != nil {
		return s, fmt.Errorf("explore: question %s: %w", s.ID, err)
	}
	s.Changed, err = store.ParseTime(changed)
	return s, err
}

// ChangeSaved changes title or query, where they are not nil.
func ChangeSaved(ctx context.Context, db *store.DB, who access.Who, id string, title, query *string) (Saved, error) {
	var s Saved
	err := db.State.Tx(ctx, func(tx *store.Tx) (err error) {
		if s, err = mine(ctx, tx, who, id); err != nil {
			return err
		}
		if title != nil {
			s.Title = strings.TrimSpace(*title)
		}
		if query != nil {
			s.Query = strings.TrimPrefix(*query, "?")
		}
		s.Changed = time.Now().UTC().Truncate(time.Microsecond)
		if err := s.check(); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlChangeQuestion, s.ID, s.Title, s.Query, store.Time(s.Changed)); err != nil {
			return fmt.Errorf("explore: question: %w", err)
		}
		return access.Record(ctx, tx, access.Entry{Actor: who.Actor, Action: "question.changed", Target: "question:" + s.ID, Detail: map[string]any{"title": s.Title}})
	})
	return s, err
}

// RemoveSaved removes a saved question.
func RemoveSaved(ctx context.Context, db *store.DB, who access.Who, id string) error {
	return db.State.Tx(ctx, func(tx *store.Tx) error {
		s, err := mine(ctx, tx, who, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlRemoveQuestion, s.ID); err != nil {
			return fmt.Errorf("explore: question: %w", err)
		}
		return access.Record(ctx, tx, access.Entry{Actor: who.Actor, Action: "question.removed", Target: "question:" + s.ID, Detail: map[string]any{"title": s.Title}})
	})
}

// mine returns the question if who asks may change it.
func mine(ctx context.Context, tx *store.Tx, who access.Who, id string) (Saved, error) {
	s, err := scanSaved(tx.QueryRow(ctx, sqlGetQuestion, id))
	if err == nil && s.Actor != who.Actor && !who.Can(access.Admin) {
		return s, fault.New(fault.ErrDenied, "question.others", "This question was saved by somebody else. Save one of your own instead.", "这个问题由他人保存，您可以另存一份。")
	}
	return s, err
}
