package value

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/value/sample"
)

// SealClaim fixes a claim's newest version: its hash goes into the audit chain
// in the same transaction. It counts as pre-registered where none of the
// window's outcomes after the first exposure had been loaded. Sealing twice is
// once.
func SealClaim(ctx context.Context, db *store.DB, id, actor string) (Version, error) {
	all, err := Versions(ctx, db, id)
	if err != nil {
		return Version{}, err
	}
	v := all[0]
	if v.Seal != nil {
		return v, nil
	}
	seen, err := sample.Seen(ctx, db, v.Claim)
	if err != nil {
		return v, err
	}
	s := Seal{TS: time.Now().UTC().Truncate(time.Microsecond), Actor: actor, Hash: hashOf(v.Claim, Code), Code: Code, Seen: seen, PreRegistered: seen == 0}
	err = db.State.Tx(ctx, func(tx *store.Tx) error {
		if err := access.Record(ctx, tx, access.Entry{Actor: actor, Action: "claim.sealed", Target: target(id, v.Number),
			Detail: map[string]any{"hash": s.Hash, "code": s.Code, "pre_registered": s.PreRegistered, "seen": seen}}); err != nil {
			return err
		}
		if s.Audit, _, err = access.Head(ctx, tx); err != nil {
			return err
		}
		n, err := tx.Exec(ctx, sqlSeal, id, v.Number, store.Time(s.TS), actor, s.Code, s.Hash, s.Audit, flag(s.PreRegistered), seen)
		if err == nil && n == 0 {
			return fault.New(fault.ErrConflict, "claim.sealed", "Somebody sealed this version a moment ago.", "该版本刚刚已被封存。")
		}
		return err
	})
	v.Seal = &s
	return v, err
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Roles are those whose countersignature a claim wants.
var Roles = []string{"sales", "finance", "service", "growth", "product", "boss"}

// Countersign records a department's word for a sealed version; the first of
// each role stays.
func Countersign(ctx context.Context, db *store.DB, id string, s Sign) (Version, error) {
	if !slices.Contains(Roles, s.Role) {
		return Version{}, fault.New(fault.ErrInvalid, "sign.role", fmt.Sprintf("%q can't countersign: choose sales, finance, service, growth, product or boss.", s.Role), fmt.Sprintf("%q 不能会签：请选 sales、finance、service、growth、product 或 boss。", s.Role))
	}
	all, err := Versions(ctx, db, id)
	if err != nil {
		return Version{}, err
	}
	v := all[0]
	if v.Seal == nil {
		return v, fault.New(fault.ErrConflict, "sign.draft", "Seal the claim first: a draft may still change.", "请先封存该论断：草稿还会变。")
	}
	s.TS, s.Hash = time.Now().UTC().Truncate(time.Microsecond), v.Seal.Hash
	err = db.State.Tx(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, sqlSign, id, v.Number, s.Role, s.Actor, s.Name, s.Note, s.Hash, store.Time(s.TS))
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.ErrConflict, "sign.twice", fmt.Sprintf("%s has countersigned this version already.", s.Role), fmt.Sprintf("%s 已会签过该版本。", s.Role))
		}
		return access.Record(ctx, tx, access.Entry{Actor: s.Actor, Action: "claim.countersigned", Target: target(id, v.Number), Detail: map[string]any{"role": s.Role, "name": s.Name, "hash": s.Hash}})
	})
	if err != nil {
		return v, err
	}
	v.Signs = append(v.Signs, s)
	return v, nil
}

// NotYours is what somebody of another department is told.
func NotYours(role string) error {
	return fault.New(fault.ErrDenied, "sign.others", fmt.Sprintf("Only %s, or an administrator on their behalf, can countersign as %s.", role, role), fmt.Sprintf("只有 %s 的人（或管理员代为）才能以 %s 身份会签。", role, role))
}

// A Head is what to note outside: whoever has it can show later that neither
// the audit chain nor a seal before it was rewritten.
type Head struct {
	TS     time.Time  `json:"ts"`
	Audit  int64      `json:"audit"`
	Hash   string     `json:"hash"`
	Claims []HeadSeal `json:"claims"`
}

// A HeadSeal is one sealed version.
type HeadSeal struct {
	Claim   string    `json:"claim"`
	Version int       `json:"version"`
	Hash    string    `json:"hash"`
	Audit   int64     `json:"audit"`
	TS      time.Time `json:"ts"`
}

// ExportHead is the audit chain's head with every seal.
func ExportHead(ctx context.Context, db *store.DB) (h Head, err error) {
	h.TS, h.Claims = time.Now().UTC(), []HeadSeal{}
	err = db.State.Snapshot(ctx, func(tx *store.Tx) error {
		if h.Audit, h.Hash, err = access.Head(ctx, tx); err != nil {
			return err
		}
		all, err := versions(ctx, tx, "")
		for _, v := range all {
			if v.Seal != nil {
				h.Claims = append(h.Claims, HeadSeal{v.Claim.ID, v.Number, v.Seal.Hash, v.Seal.Audit, v.Seal.TS})
			}
		}
		return err
	})
	return h, err
}
