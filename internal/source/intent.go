package source

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

// An intent is a change of the facts that is to stand in the audit log. Facts
// and audit log are two stores, so it is kept in the state first, the facts
// are changed, and the audit entry takes its place: none is missed, whenever
// the process ends.
type intent struct {
	id, actor, action, batch string
	loaded                   string // of a commit: the batch's LoadedAt
	detail                   map[string]any
}

// audited changes the facts and notes it. do fills the detail in.
func audited(ctx context.Context, db *store.DB, i intent, do func(detail map[string]any) error) error {
	i.id = uuid.NewString()
	raw, err := json.Marshal(i.detail)
	if err != nil {
		return fmt.Errorf("source: intent: %w", err)
	}
	if _, err := db.State.Exec(ctx, sqlIntentAdd, i.id, store.Time(time.Now()), i.actor, i.action, i.batch, i.loaded, string(raw)); err != nil {
		return err
	}
	if err := do(i.detail); err != nil {
		// What can't be said for certain is left to the next start.
		if there, cerr := i.happened(context.WithoutCancel(ctx), db); cerr == nil && !there {
			_, cerr = db.State.Exec(context.WithoutCancel(ctx), sqlIntentRemove, i.id)
			return errors.Join(err, cerr)
		}
		return err
	}
	return i.settle(context.WithoutCancel(ctx), db)
}

// settle puts the audit entry in the intent's place.
func (i intent) settle(ctx context.Context, db *store.DB) error {
	return db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlIntentRemove, i.id); err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: i.actor, Action: i.action, Target: "batch:" + i.batch, Detail: i.detail})
	})
}

// happened reports whether the facts say what the intent wanted.
func (i intent) happened(ctx context.Context, db *store.DB) (bool, error) {
	b, err := fact.GetBatch(ctx, db, i.batch)
	if errors.Is(err, fault.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if i.action == "batch.rolled_back" {
		return b.State == fact.RolledBack, nil
	}
	return b.State == fact.Loaded && store.Time(b.LoadedAt) == i.loaded, nil
}

// Settle notes in the audit log what a dead process had changed in the facts
// and not noted. It is called when the folder is opened.
func Settle(ctx context.Context, db *store.DB) error {
	rows, err := db.State.Query(ctx, sqlIntentAll)
	left, err := store.Collect(rows, err, func(r *sql.Rows) (i intent, err error) {
		var detail string
		if err = r.Scan(&i.id, &i.actor, &i.action, &i.batch, &i.loaded, &detail); err == nil {
			err = json.Unmarshal([]byte(detail), &i.detail)
		}
		return i, err
	})
	if err != nil {
		return fmt.Errorf("source: intents: %w", err)
	}
	for _, i := range left {
		there, err := i.happened(ctx, db)
		if err != nil {
			return err
		}
		if !there {
			if _, err := db.State.Exec(ctx, sqlIntentRemove, i.id); err != nil {
				return err
			}
			continue
		}
		if i.action == "batch.loaded" {
			if err := guard(ctx, db, i.batch); err != nil {
				return err
			}
		}
		if err := i.settle(ctx, db); err != nil {
			return err
		}
	}
	return nil
}

// Rollback takes a batch out of the facts again, audited.
func Rollback(ctx context.Context, db *store.DB, id, actor, reason string) (fact.Batch, error) {
	b, err := fact.GetBatch(ctx, db, id)
	if err != nil {
		return b, err
	}
	if b.State == fact.RolledBack { // said before anything is noted
		return b, fact.Rollback(ctx, db, b.ID)
	}
	i := intent{actor: actor, action: "batch.rolled_back", batch: b.ID,
		detail: map[string]any{"source": b.Source, "name": b.Name, "reason": reason, "events": b.Events}}
	if err := audited(ctx, db, i, func(map[string]any) error { return fact.Rollback(ctx, db, b.ID) }); err != nil {
		return b, err
	}
	return fact.GetBatch(ctx, db, b.ID)
}
