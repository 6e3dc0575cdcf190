package customer

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/store"
)

// A Refreshed says what a refresh did.
type Refreshed struct {
	Full    bool
	Batches int // new ones, of a partial refresh
	AsOf    time.Time
	Took    time.Duration
	Idle    bool // nothing had changed
}

// mark is what the traits have taken in.
type mark struct {
	batches map[string]string // id → events, state and when it was loaded
	outbox  map[string]bool
	rest    string // as-of day, links between parties, the definitions
}

// Refresh brings traits up to date with the facts. New batches alone: their
// customers anew. Anything else that they rest on (a batch gone or replaced, a
// party moved to another entity, a definition, the as-of day): everybody.
func Refresh(ctx context.Context, db *store.DB) (r Refreshed, err error) {
	began := time.Now()
	if r.AsOf, err = AsOf(ctx, db); err != nil {
		return r, err
	}
	now, err := current(ctx, db, r.AsOf)
	if err != nil {
		return r, err
	}
	seen, err := known(ctx, db)
	if err != nil {
		return r, err
	}
	var fresh []string
	r.Full = seen[""] != now.rest
	for part, was := range seen {
		is, ok := now.batches[part]
		r.Full = r.Full || part != "" && (!ok || is != was && !now.outbox[part])
	}
	for id, is := range now.batches {
		if was, ok := seen[id]; !ok || was != is {
			fresh = append(fresh, id)
		}
	}
	if !r.Full && len(fresh) == 0 {
		r.Idle = true
		return r, nil
	}
	r.Full = r.Full || len(fresh) > 50
	r.Batches = len(fresh)
	err = db.Facts.Tx(ctx, func(tx *store.Tx) error { return refresh(ctx, tx, db, r, fresh, now) })
	r.Took = time.Since(began)
	if err != nil {
		return r, fmt.Errorf("customer: refresh: %w", err)
	}
	return r, nil
}

// Fresh reports whether traits and pairs know every batch that is loaded now.
func Fresh(ctx context.Context, db *store.DB) (bool, error) {
	seen, err := known(ctx, db)
	if err != nil {
		return false, err
	}
	now, err := batches(ctx, db)
	if err != nil {
		return false, err
	}
	for id, is := range now.batches {
		if seen[id] != is {
			return false, nil
		}
	}
	return true, nil
}

func known(ctx context.Context, db *store.DB) (map[string]string, error) {
	rows, err := db.Facts.Query(ctx, sqlSeen)
	pairs, err := store.Collect(rows, err, func(r *sql.Rows) (p [2]string, err error) { err = r.Scan(&p[0], &p[1]); return p, err })
	seen := map[string]string{}
	for _, p := range pairs {
		seen[p[0]] = p[1]
	}
	return seen, err
}

func batches(ctx context.Context, db *store.DB) (mark, error) {
	m := mark{batches: map[string]string{}, outbox: map[string]bool{}}
	rows, err := db.Facts.Query(ctx, sqlBatches)
	_, err = store.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var id, state string
		var events int64
		var loaded time.Time
		var outbox bool
		err := r.Scan(&id, &events, &state, &loaded, &outbox)
		m.batches[id] = fmt.Sprintf("%d %s %d", events, state, loaded.UnixMicro())
		m.outbox[id] = outbox
		return struct{}{}, err
	})
	return m, err
}

func current(ctx context.Context, db *store.DB, asOf time.Time) (mark, error) {
	m, err := batches(ctx, db)
	if err != nil {
		return m, err
	}
	var n, entities int64
	var since string
	if err := db.Facts.QueryRow(ctx, sqlLinks).Scan(&n, &since, &entities); err != nil {
		return m, fmt.Errorf("customer: links: %w", err)
	}
	traits, err := Traits(ctx, db)
	if err != nil {
		return m, err
	}
	own, err := ListOwn(ctx, db)
	if err != nil {
		return m, err
	}
	zone, err := zoneOf(ctx, db)
	if err != nil {
		return m, err
	}
	rest, err := json.Marshal([]any{asOf.Format(time.DateOnly), n, since, entities, traits, own, zone.String()})
	m.rest = db.ID(string(rest)).String()
	return m, err
}

func refresh(ctx context.Context, tx *store.Tx, db *store.DB, r Refreshed, fresh []string, now mark) error {
	traits, err := Traits(ctx, db)
	if err != nil {
		return err
	}
	own, err := ownByName(ctx, db)
	if err != nil {
		return err
	}
	zone, err := zoneOf(ctx, db)
	if err != nil {
		return err
	}
	if err := steps(ctx, tx, sqlTouchedDrop, sqlWideDrop); err != nil {
		return err
	}
	scope := ""
	if r.Full {
		if err := steps(ctx, tx, sqlClear, sqlPairsClear, sqlPairs); err != nil {
			return err
		}
	} else {
		if err := steps(ctx, tx, sqlTouchedMake); err != nil {
			return err
		}
		for _, id := range fresh {
			for _, q := range []store.SQL{sqlTouchedAdd, sqlPairsOf} {
				if _, err := tx.Exec(ctx, q, id); err != nil {
					return err
				}
			}
		}
		if err := steps(ctx, tx, sqlClearSome); err != nil {
			return err
		}
		scope = " AND coalesce(r.entity, v.{kind}) IN (SELECT entity FROM trait_touched)"
	}
	for _, kind := range Kinds {
		a := &args{}
		how := "NOT MATERIALIZED"
		if !r.Full {
			how = "MATERIALIZED" // few rows, read six times
		}
		e := "e AS " + how + " (SELECT coalesce(r.entity, v." + kind + ") AS entity, " + date(r.AsOf) + " AS as_of, " + columns + " FROM event v LEFT JOIN party_entity r ON r.party = v." + kind +
			" WHERE v." + kind + " IS NOT NULL AND v.verb <> 'stat.reported' AND v.day <= " + date(r.AsOf) + strings.ReplaceAll(scope, "{kind}", kind) + ")"
		with, from := wide(e, local(zone, r.AsOf), traits, own, a)
		if _, err := tx.Exec(ctx, store.Text("customer.trait.make", "CREATE TEMP TABLE trait_wide AS "+with+"\n"+from), a.list...); err != nil {
			return err
		}
		text := "INSERT INTO trait (entity, kind, trait, num, text, day) WITH w AS (SELECT * FROM trait_wide) SELECT entity, " + store.Literal(kind) + ", trait, num, text, as_of FROM (" + values(kind, traits) +
			") AS t WHERE num IS NOT NULL OR text IS NOT NULL ORDER BY entity, trait"
		if _, err := tx.Exec(ctx, store.Text("customer.trait.fill", text)); err != nil {
			return err
		}
		if err := steps(ctx, tx, sqlWideDrop); err != nil {
			return err
		}
	}
	if err := refreshOwners(ctx, tx, r.AsOf); err != nil {
		return err
	}
	if err := refreshFamilies(ctx, tx); err != nil {
		return err
	}
	return see(ctx, tx, now)
}

// refreshOwners writes whom every account belongs to; it reads four verbs alone.
func refreshOwners(ctx context.Context, tx *store.Tx, asOf time.Time) error {
	if err := steps(ctx, tx, sqlTouchedDrop, store.Text("customer.owner.clear", "DELETE FROM trait WHERE trait = 'owner'")); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, store.Text("customer.owner.fill", "INSERT INTO trait (entity, kind, trait, num, text, day) SELECT o.entity::UUID, 'account', 'owner', NULL, o.staff, "+date(asOf)+
		" FROM ("+sqlOwned.Text+") AS o(entity, staff, ts, verb)"), "")
	return err
}

func see(ctx context.Context, tx *store.Tx, now mark) error {
	if err := steps(ctx, tx, sqlUnsee); err != nil {
		return err
	}
	now.batches[""] = now.rest
	for part, is := range now.batches {
		if _, err := tx.Exec(ctx, sqlSee, part, is); err != nil {
			return err
		}
	}
	return nil
}

func steps(ctx context.Context, tx *store.Tx, qs ...store.SQL) error {
	for _, q := range qs {
		if _, err := tx.Exec(ctx, q); err != nil {
			return err
		}
	}
	return nil
}
