// Package keep registers who forgets a person beside the facts' and the vault's
// own: identity, customers and segments, claims.
//
// It knows all of them so that none needs to know erasure; the API and the
// command line import it for what it registers. What customers and segments
// keep under an entity's id it removes itself, as a rebuild of theirs would.
package keep

import (
	"context"
	"database/sql"
	_ "embed"
	"slices"

	_ "github.com/chanzipu/outfitter/internal/customer" // its tables
	"github.com/chanzipu/outfitter/internal/erasure/keeper"
	"github.com/chanzipu/outfitter/internal/identity"
	_ "github.com/chanzipu/outfitter/internal/segment" // its tables
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/value"
)

//go:embed keep.sql
var file string

var queries = store.Load("erasure.keep", file)

func init() {
	keeper.Register(keeper.Keeper{Name: "customer", Forget: customers})
	keeper.Register(keeper.Keeper{Name: "identity", Forget: identities})
	keeper.Register(keeper.Keeper{Name: "value", Forget: claims})
}

func texts(rows *sql.Rows, err error) ([]string, error) {
	return store.Collect(rows, err, func(r *sql.Rows) (s string, err error) { err = r.Scan(&s); return s, err })
}

// entities are those that have no party but the person's.
func entities(ctx context.Context, db *store.DB, p keeper.Person) ([]string, error) {
	n := map[string]int{}
	for _, party := range p.Parties {
		rows, err := db.Facts.Query(ctx, queries.Get("entities"), party)
		found, err := texts(rows, err)
		if err != nil {
			return nil, err
		}
		for _, e := range found {
			n[e]++
		}
	}
	var out []string
	for e, mine := range n {
		var all int
		if err := db.Facts.QueryRow(ctx, queries.Get("alone"), e).Scan(&all); err != nil {
			return nil, err
		}
		if all <= mine {
			out = append(out, e)
		}
	}
	slices.Sort(out)
	return out, nil
}

func identities(ctx context.Context, db *store.DB, p keeper.Person) (keeper.Outcome, error) {
	all, err := entities(ctx, db, p)
	if err != nil || len(p.Parties) == 0 {
		return keeper.Outcome{}, err
	}
	if len(all) == 0 { // shared with others, who stay, or never resolved
		all = p.Parties[:1]
	}
	err = db.State.Tx(ctx, func(tx *store.Tx) error {
		for _, e := range all {
			if err := identity.Forget(ctx, tx, identity.EntityID(e), p.Parties...); err != nil {
				return err
			}
		}
		return nil
	})
	return keeper.Outcome{Removed: int64(len(p.Parties))}, err
}

// customers removes traits, memberships, arms and hand-overs, and lists the
// exports of the segments that the person was in.
func customers(ctx context.Context, db *store.DB, p keeper.Person) (o keeper.Outcome, err error) {
	all, err := entities(ctx, db, p)
	if err != nil {
		return o, err
	}
	for _, e := range all {
		rows, err := db.Facts.Query(ctx, queries.Get("segments"), e)
		segments, err := texts(rows, err)
		if err != nil {
			return o, err
		}
		for _, s := range segments {
			rows, err := db.State.Query(ctx, queries.Get("exports"), s)
			ids, err := texts(rows, err)
			if err != nil {
				return o, err
			}
			for _, id := range ids {
				o.Exports = append(o.Exports, "segment:"+s+" export:"+id)
			}
		}
		for _, part := range []struct {
			conn  *store.Conn
			names []string
		}{{db.State, []string{"arm", "handed"}}, {db.Facts, []string{"trait", "employer", "parent", "member"}}} {
			err := part.conn.Tx(ctx, func(tx *store.Tx) error {
				for _, q := range part.names {
					n, err := tx.Exec(ctx, queries.Get(q), e)
					if err != nil {
						return err
					}
					o.Removed += n
				}
				return nil
			})
			if err != nil {
				return o, err
			}
		}
	}
	return o, nil
}

// claims withdraws the rows of every result that was computed with the person
// in the facts; the aggregates stay.
func claims(ctx context.Context, db *store.DB, _ keeper.Person) (o keeper.Outcome, err error) {
	all, err := value.List(ctx, db)
	if err != nil {
		return o, err
	}
	for _, c := range all {
		if r, err := value.Results(ctx, db, c.ID); err != nil {
			return o, err
		} else if len(r) > 0 {
			o.Withdrawn = append(o.Withdrawn, c.ID)
		}
	}
	return o, nil
}
