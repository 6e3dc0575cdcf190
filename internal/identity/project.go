package identity

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed project.sql
var projectFile string

var (
	projectQueries = store.Load("identity.project", projectFile)
	sqlClearEntity = projectQueries.Get("clear")
)

// project carries one outbox row of moves into party_entity.
func project(ctx context.Context, tx *store.Tx, e fact.Event) error {
	var rows [][3]string
	if err := json.Unmarshal([]byte(e.Attrs), &rows); err != nil {
		return fmt.Errorf("identity: moves of %s: %w", e.TS, err)
	}
	return writeRows(ctx, tx, rows, true)
}

// rebuild makes party_entity anew from the state.
func rebuild(ctx context.Context, db *store.DB) error {
	members, err := readMembers(ctx, db)
	if err != nil {
		return err
	}
	rows := make([][3]string, 0, len(members))
	for _, party := range sortedKeys(members) {
		rows = append(rows, [3]string{party, string(members[party].entity), members[party].since})
	}
	return db.Facts.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlClearEntity); err != nil {
			return err
		}
		return writeRows(ctx, tx, rows, false)
	})
}

// placeRows is how many rows one statement writes.
const placeRows = 250

// writeRows writes rows of party, entity ("" = none) and since; replace takes
// what was there away first.
func writeRows(ctx context.Context, tx *store.Tx, rows [][3]string, replace bool) error {
	for part := range slices.Chunk(rows, placeRows) {
		var drop, add []string
		var parties, all []any
		for _, r := range part {
			parties = append(parties, r[0])
			drop = append(drop, fmt.Sprintf("$%d::UUID", len(parties)))
			if r[1] == "" {
				continue
			}
			since, err := store.ParseTime(r[2])
			if err != nil {
				return fmt.Errorf("identity: party %s: since: %w", r[0], err)
			}
			n := len(all)
			add = append(add, fmt.Sprintf("($%d::UUID, $%d::UUID, $%d::TIMESTAMP)", n+1, n+2, n+3))
			all = append(all, r[0], r[1], since.UTC().Format("2006-01-02 15:04:05.999999"))
		}
		if replace {
			if _, err := tx.Exec(ctx, store.Text("identity.project.drop-many", "DELETE FROM party_entity WHERE party IN ("+strings.Join(drop, ", ")+")"), parties...); err != nil {
				return err
			}
		}
		if len(add) == 0 {
			continue
		}
		if _, err := tx.Exec(ctx, store.Text("identity.project.add-many", "INSERT INTO party_entity (party, entity, since) VALUES "+strings.Join(add, ", ")), all...); err != nil {
			return err
		}
	}
	return nil
}
