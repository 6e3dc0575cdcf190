package erasure

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/fact/forget"
	"github.com/chanzipu/outfitter/internal/store"
)

// A tombstone is one keyed hash by which an erased person is known again.
type tombstone struct {
	Hash string `json:"hash"`
	Job  string `json:"job"`
	TS   string `json:"ts"`
}

// mark is the keyed hash of a party's id or of a value that is one person's.
func mark(key []byte, what string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("erased\x1f" + strings.ToLower(what)))
	return hex.EncodeToString(h.Sum(nil))
}

// entomb keeps the tombstones: in the state, in the folder, and in the folders
// of the backups that were made of it.
func entomb(ctx context.Context, db *store.DB, j *Job, _ Progress) error {
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	ts := store.Time(j.TS)
	err := db.State.Tx(ctx, func(tx *store.Tx) error {
		for _, what := range slices.Concat(j.plan.ids(), j.plan.Needles) {
			t := tombstone{mark(db.Key, what), j.ID, ts}
			if _, err := tx.Exec(ctx, sqlAddTombstone, t.Hash, t.Job, t.TS); err != nil {
				return err
			}
			if err := enc.Encode(t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	backups, err := store.AddTombstones(db, lines.Bytes())
	j.Outcome.Backups = len(backups)
	return err
}

// known reads the tombstones of the state.
func known(ctx context.Context, db *store.DB) (map[string]bool, error) {
	rows, err := db.State.Query(ctx, sqlTombstones)
	all, err := store.Collect(rows, err, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err })
	out := make(map[string]bool, len(all))
	for _, h := range all {
		out[h] = true
	}
	return out, err
}

// takeTombstones takes into the state what only the folder knows: a backup was
// restored that is older than they are.
func takeTombstones(ctx context.Context, db *store.DB) error {
	lines, err := store.Tombstones(db)
	if err != nil || len(lines) == 0 {
		return err
	}
	have, err := known(ctx, db)
	if err != nil {
		return err
	}
	var add []tombstone
	for line := range bytes.Lines(lines) {
		var t tombstone
		if err := json.Unmarshal(line, &t); err != nil {
			return fmt.Errorf("erasure: tombstones: %w", err)
		}
		if !have[t.Hash] {
			add = append(add, t)
		}
	}
	if len(add) == 0 {
		return nil
	}
	// First erased, then noted: a crash in between erases again.
	if err := screenBy(ctx, db, "", Restored, func(hash string) bool {
		return have[hash] || slices.ContainsFunc(add, func(t tombstone) bool { return t.Hash == hash })
	}); err != nil {
		return err
	}
	return db.State.Tx(ctx, func(tx *store.Tx) error {
		for _, t := range add {
			if _, err := tx.Exec(ctx, sqlAddTombstone, t.Hash, t.Job, t.TS); err != nil {
				return err
			}
		}
		return nil
	})
}

// Screen erases again whom a batch that was just committed brought back.
func Screen(ctx context.Context, db *store.DB, batch string) error {
	one.Lock()
	defer one.Unlock()
	return screen(ctx, db, batch, Delivered)
}

func screen(ctx context.Context, db *store.DB, batch, why string) error {
	have, err := known(ctx, db)
	if err != nil || len(have) == 0 {
		return err
	}
	return screenBy(ctx, db, batch, why, func(hash string) bool { return have[hash] })
}

func screenBy(ctx context.Context, db *store.DB, batch, why string, erased func(hash string) bool) error {
	named, err := forget.Parties(ctx, db, batch)
	if err != nil {
		return err
	}
	var back []forget.Party
	for _, l := range named {
		for _, what := range []string{l.Party, l.Phone, onlyDigits(l.Phone), l.Email, l.TaxNo} {
			if len(what) < 6 || !erased(mark(db.Key, strings.TrimSpace(what))) {
				continue
			}
			same, err := forget.Same(ctx, db, l.Party)
			if err != nil {
				return err
			}
			for _, p := range same {
				if p.ID == l.Party { // whom else linkage thinks they are is for a person to say
					back = append(back, p)
				}
			}
			break
		}
	}
	if len(back) == 0 {
		return nil
	}
	slices.SortFunc(back, func(a, b forget.Party) int { return strings.Compare(a.ID, b.ID) })
	back = slices.CompactFunc(back, func(a, b forget.Party) bool { return a.ID == b.ID })
	plan, err := planOf(ctx, db, back)
	if err != nil {
		return err
	}
	_, err = erase(ctx, db, plan, "system", why, nil)
	return err
}
