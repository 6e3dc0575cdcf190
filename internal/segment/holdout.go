package segment

import (
	"context"
	"crypto/sha256"
	"database/sql"
	_ "embed"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed holdout.sql
var holdoutFile string

var (
	holdoutQueries = store.Load("segment.holdout", holdoutFile)
	sqlHoldAdd     = holdoutQueries.Get("add")
	sqlHoldGet     = holdoutQueries.Get("get")
	sqlHoldOf      = holdoutQueries.Get("of")
	sqlHoldDecide  = holdoutQueries.Get("decide")
	sqlArms        = holdoutQueries.Get("arms")
	sqlAddArm      = holdoutQueries.Get("add-arm")
	sqlAddExport   = holdoutQueries.Get("add-export")
	sqlExports     = holdoutQueries.Get("exports")
	sqlAddHook     = holdoutQueries.Get("add-hook")
	sqlHooks       = holdoutQueries.Get("hooks")
	sqlRemoveHook  = holdoutQueries.Get("remove-hook")
)

// DefaultShare is the share that is held out where nobody says otherwise.
const DefaultShare = 0.1

// The states of a holdout, and its arms.
const (
	Proposed = "proposed"
	Approved = "approved"
	Declined = "declined"

	ArmHoldout = "holdout"
	ArmTreated = "treated"
)

// A Holdout is who is kept out of one campaign to a segment.
type Holdout struct {
	ID, Segment, Campaign string
	Share                 float64
	Seed                  string
	State                 string
	ProposedBy, DecidedBy string
	ProposedAt, DecidedAt time.Time
	Reason                string
}

// Arm draws a customer's arm: the same for the same seed, whoever else is in.
func (h Holdout) Arm(entity string) string {
	sum := sha256.Sum256([]byte(h.Seed + "\x1f" + entity))
	if float64(binary.BigEndian.Uint64(sum[:8])>>11)/(1<<53) < h.Share {
		return ArmHoldout
	}
	return ArmTreated
}

// Propose proposes a holdout for a campaign to a segment; one that is there
// already is returned as it is.
func Propose(ctx context.Context, db *store.DB, actor, segment, campaign string, share float64) (Holdout, error) {
	s, err := Get(ctx, db, segment)
	if err != nil {
		return Holdout{}, err
	}
	campaign = strings.TrimSpace(campaign)
	if campaign == "" {
		return Holdout{}, fault.New(fault.ErrInvalid, "holdout.campaign", "A holdout is of one campaign: give its key.", "对照组属于某个活动：请填写活动编号。")
	}
	if share <= 0 {
		share = DefaultShare
	}
	if share > 0.9 {
		return Holdout{}, fault.New(fault.ErrInvalid, "holdout.share", "The share held out must lie above 0 and not above 0.9.", "对照组占比须大于 0 且不超过 0.9。")
	}
	all, err := Holdouts(ctx, db, segment)
	if err != nil {
		return Holdout{}, err
	}
	for _, h := range all {
		if h.Campaign == campaign {
			return h, nil
		}
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	h := Holdout{ID: uuid.NewString(), Segment: s.ID, Campaign: campaign, Share: share, State: Proposed, ProposedBy: actor, ProposedAt: now}
	h.Seed = db.ID("holdout", s.ID, campaign).String() // keyed: nobody can pick a seed that suits
	return h, db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlHoldAdd, h.ID, h.Segment, h.Campaign, h.Share, h.Seed, actor, store.Time(now)); err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: actor, Action: "holdout.proposed", Target: "segment:" + s.ID, Detail: map[string]any{"campaign": campaign, "share": share}})
	})
}

// Decide approves or declines a proposed holdout. Only the segment's owner (or
// an administrator) may; whoever declines says why. share 0 = as proposed.
func Decide(ctx context.Context, db *store.DB, who access.Who, id string, approve bool, share float64, reason string) (Holdout, error) {
	h, err := GetHoldout(ctx, db, id)
	if err != nil {
		return h, err
	}
	if _, err := own(ctx, db, who, h.Segment); err != nil {
		return h, err
	}
	if share > 0 {
		h.Share = share
	}
	if h.Share > 0.9 {
		return h, fault.New(fault.ErrInvalid, "holdout.share", "The share held out must lie above 0 and not above 0.9.", "对照组占比须大于 0 且不超过 0.9。")
	}
	h.State = Approved
	if !approve {
		h.State = Declined
		if strings.TrimSpace(reason) == "" {
			return h, fault.New(fault.ErrInvalid, "holdout.reason", "Say why the holdout is declined: without it nobody can tell later what the campaign did.", "请说明为何不设对照组：没有对照组，事后无法判断活动的作用。")
		}
	}
	h.DecidedBy, h.DecidedAt, h.Reason = who.Actor, time.Now().UTC().Truncate(time.Microsecond), reason
	return h, db.State.Tx(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, sqlHoldDecide, h.ID, h.State, h.Share, h.DecidedBy, store.Time(h.DecidedAt), h.Reason)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.ErrConflict, "holdout.decided", "This holdout was decided already.", "该对照组已有结论。")
		}
		return access.Record(ctx, tx, access.Entry{Actor: who.Actor, Action: "holdout." + h.State, Target: "segment:" + h.Segment, Detail: map[string]any{"campaign": h.Campaign, "share": h.Share, "reason": reason}})
	})
}

func scanHoldout(r interface{ Scan(...any) error }) (h Holdout, err error) {
	var proposed, decided string
	if err = r.Scan(&h.ID, &h.Segment, &h.Campaign, &h.Share, &h.Seed, &h.State, &h.ProposedBy, &proposed, &h.DecidedBy, &decided, &h.Reason); err != nil {
		return h, err
	}
	if h.ProposedAt, err = store.ParseTime(proposed); err != nil {
		return h, err
	}
	h.DecidedAt, err = store.ParseTime(decided)
	return h, err
}

// GetHoldout returns one holdout.
func GetHoldout(ctx context.Context, db *store.DB, id string) (Holdout, error) {
	h, err := scanHoldout(db.State.QueryRow(ctx, sqlHoldGet, id))
	if errors.Is(err, sql.ErrNoRows) {
		return h, fault.New(fault.ErrNotFound, "holdout.none", fmt.Sprintf("There is no holdout %q.", id), fmt.Sprintf("没有对照组 %q。", id))
	}
	return h, err
}

// Holdouts lists a segment's holdouts, newest first.
func Holdouts(ctx context.Context, db *store.DB, segment string) ([]Holdout, error) {
	rows, err := db.State.Query(ctx, sqlHoldOf, segment)
	return store.Collect(rows, err, func(r *sql.Rows) (Holdout, error) { return scanHoldout(r) })
}

// assign draws the arms of those who have none yet and records each as an
// arm.assigned event; it returns everybody's arm. Who was drawn once keeps the
// arm, whatever becomes of the segment.
func (h Holdout) assign(ctx context.Context, db *store.DB, s Segment, entities []string) (map[string]string, error) {
	rows, err := db.State.Query(ctx, sqlArms, h.ID)
	arms := map[string]string{}
	_, err = store.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var e, arm string
		err := r.Scan(&e, &arm)
		arms[e] = arm
		return struct{}{}, err
	})
	if err != nil {
		return nil, fmt.Errorf("segment: arms of %s: %w", h.ID, err)
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	var events []fact.Event
	var drawn []string
	for _, id := range entities {
		if arms[id] != "" {
			continue
		}
		arms[id] = h.Arm(id)
		drawn = append(drawn, id)
		attrs, err := json.Marshal(map[string]any{"arm": arms[id], "share": h.Share, "seed": h.Seed, "segment": s.ID, "version": s.Version, "holdout": h.ID, "random": true})
		if err != nil {
			return nil, fmt.Errorf("segment: arm: %w", err)
		}
		e := fact.Event{Verb: "arm.assigned", TS: now, ObjectKind: "campaign", ObjectKey: h.Campaign, Attrs: string(attrs)}
		if s.Kind == "person" {
			e.Person = id
		} else {
			e.Account = id
		}
		events = append(events, e)
	}
	if len(drawn) == 0 {
		return arms, nil
	}
	err = db.State.Tx(ctx, func(tx *store.Tx) error {
		for _, id := range drawn {
			if _, err := tx.Exec(ctx, sqlAddArm, h.ID, id, arms[id]); err != nil {
				return err
			}
		}
		return fact.Emit(ctx, tx, events...)
	})
	if err != nil {
		return nil, fmt.Errorf("segment: arms of %s: %w", h.ID, err)
	}
	return arms, fact.Relay(ctx, db)
}
