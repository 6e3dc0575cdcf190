// Package identity finds which parties are the same person, account or
// colleague, and keeps what people decided about it.
//
// An entity's id is the id of the party that it was founded on, so a party
// that is alone needs no row anywhere: the facts' view resolved(party, entity)
// is the whole answer. Two facts surprise. A party that vanished with a
// rolled-back batch keeps its place, so that importing it again changes
// nothing. And no run undoes a person: judgements bind every later run, what
// follows from them included.
//
// Owns identity_member, identity_change, identity_move, identity_judgement,
// identity_switch, identity_setting and identity_run in the state, the rows of
// fact's party_entity, and the view resolved.
package identity

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
)

//go:embed migration/*.sql
var migrations embed.FS

//go:embed entity.sql
var entityFile string

var (
	entityQueries    = store.Load("identity.entity", entityFile)
	sqlEntityOf      = entityQueries.Get("of")
	sqlEntityParty   = entityQueries.Get("parties")
	sqlEntityRecords = entityQueries.Get("records")
)

func init() {
	sub, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err)
	}
	migrate.Add("identity", sub)
}

// An EntityID names a real person, account or colleague. It is the id of one
// of the entity's parties and stays while that party does.
type EntityID string

// An Entity is a real person, account or colleague.
type Entity struct {
	ID      EntityID
	Kind    string       // account, person, staff
	Name    string       // golden; empty where no party has one
	Parties []fact.Party // that are there now, by source, namespace and key
}

// Get returns the entity of that id, or of the party of that id.
func Get(ctx context.Context, db *store.DB, id string) (Entity, error) {
	if _, err := uuid.Parse(id); err != nil {
		return Entity{}, noEntity(id)
	}
	of, err := Of(ctx, db, id)
	if err != nil {
		return Entity{}, err
	}
	e := Entity{ID: of}
	if e.Parties, err = Parties(ctx, db, of); err != nil {
		return Entity{}, err
	}
	if len(e.Parties) == 0 {
		return Entity{}, noEntity(id)
	}
	e.Kind = e.Parties[0].Kind
	records, err := Records(ctx, db, of)
	if err != nil {
		return Entity{}, err
	}
	rules, err := GetRules(ctx, db)
	if err != nil {
		return Entity{}, err
	}
	e.Name = Golden(rules, records)["name"].Value.Value
	return e, nil
}

// Of returns the entity that a party belongs to; an entity's own id gives
// itself. It does not say whether the party is there.
func Of(ctx context.Context, db *store.DB, party string) (EntityID, error) {
	var id EntityID
	if err := db.Facts.QueryRow(ctx, sqlEntityOf, party).Scan(&id); err != nil {
		return "", fmt.Errorf("identity: party %s: %w", party, err)
	}
	return id, nil
}

// Parties returns the parties of an entity that are there now.
func Parties(ctx context.Context, db *store.DB, id EntityID) ([]fact.Party, error) {
	rows, err := db.Facts.Query(ctx, sqlEntityParty, string(id))
	return store.Collect(rows, err, func(r *sql.Rows) (fact.Party, error) { return fact.ScanParty(r) })
}

// Members returns the ids of the parties of an entity that are there now, ascending.
func Members(ctx context.Context, db *store.DB, id EntityID) ([]string, error) {
	parties, err := Parties(ctx, db, id)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(parties))
	for i, p := range parties {
		ids[i] = p.ID
	}
	slices.Sort(ids)
	return ids, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func noEntity(id string) error {
	return fault.New(fault.ErrNotFound, "entity.none", fmt.Sprintf("There is no entity %q.", id), fmt.Sprintf("没有实体 %q。", id))
}
