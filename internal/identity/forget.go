package identity

import (
	"context"
	"database/sql"
	_ "embed"
	"slices"
	"time"

	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed forget.sql
var forgetFile string

var (
	forgetQueries    = store.Load("identity.forget", forgetFile)
	sqlForgetParties = forgetQueries.Get("parties")
	forgetSteps      = []store.SQL{forgetQueries.Get("moves"), forgetQueries.Get("switches"), forgetQueries.Get("judgements"), forgetQueries.Get("entities"), forgetQueries.Get("members")}
)

// Forget removes, within a state transaction, all that the state knows of an
// entity and its parties, vanished ones too: membership, moves, judgements. The
// history keeps that something changed, not about whom. The rows of
// party_entity go through the outbox, whose earlier rows still hold bare ids:
// hashes that without the key lead to nobody. parties are those that are there
// (Members); more may be named.
func Forget(ctx context.Context, tx *store.Tx, entity EntityID, parties ...string) error {
	rows, err := tx.Query(ctx, sqlForgetParties, string(entity))
	known, err := store.Collect(rows, err, func(r *sql.Rows) (id string, err error) { err = r.Scan(&id); return id, err })
	if err != nil {
		return err
	}
	ids := slices.Concat([]string{string(entity)}, known, parties)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var moves []Move
	for _, id := range ids {
		for _, q := range forgetSteps {
			if _, err := tx.Exec(ctx, q, id); err != nil {
				return err
			}
		}
		moves = append(moves, Move{Party: id})
	}
	at, err := readHeads(ctx, tx)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	if _, err := tx.Exec(ctx, sqlAddChange, at.change+1, string(actForget), "", store.Time(now), Machine, "", 0, "[]"); err != nil {
		return err
	}
	return emit(ctx, tx, now, moves)
}

// actForget marks in the history that somebody was forgotten; resolvers read the state anew.
const actForget Act = "forget"
