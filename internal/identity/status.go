package identity

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed status.sql
var statusFile string

var sqlCounts = store.Load("identity.status", statusFile).Get("counts")

// A KindStatus counts one kind.
type KindStatus struct {
	Kind       string `json:"kind"`
	Parties    int64  `json:"parties"`
	Entities   int64  `json:"entities"`
	Shared     int64  `json:"shared"`     // entities of more than one party
	Judgements int    `json:"judgements"` // that count
	Disputed   int    `json:"disputed"`   // pairs that those who judged disagree on
}

// A Status is how far identity is.
type Status struct {
	Kinds []KindStatus `json:"kinds"`
	Runs  []Run        `json:"runs"` // the last, newest first
}

// GetStatus counts parties and entities and lists the last runs.
func GetStatus(ctx context.Context, db *store.DB, runs int) (Status, error) {
	rows, err := db.Facts.Query(ctx, sqlCounts)
	kinds, err := store.Collect(rows, err, func(r *sql.Rows) (k KindStatus, err error) {
		err = r.Scan(&k.Kind, &k.Parties, &k.Entities, &k.Shared)
		return k, err
	})
	if err != nil {
		return Status{}, err
	}
	for i := range kinds {
		all, err := Judgements(ctx, db, kinds[i].Kind)
		if err != nil {
			return Status{}, err
		}
		kinds[i].Judgements, kinds[i].Disputed = len(all), len(bind(all).disputed)
	}
	s := Status{Kinds: kinds}
	s.Runs, err = Runs(ctx, db, "", 0, runs)
	return s, err
}

// PartyName is a party's name, or its key where it has none; empty where the
// party is not there.
func PartyName(ctx context.Context, db *store.DB, id string) (string, error) {
	p, err := fact.GetParty(ctx, db, id)
	if errors.Is(err, fault.ErrNotFound) {
		return "", nil
	}
	if p.Name == "" {
		p.Name = p.Key
	}
	return p.Name, err
}
