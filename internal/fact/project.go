package fact

import (
	"context"
	"fmt"

	"github.com/chanzipu/outfitter/internal/store"
)

// A Projection carries rows of the outbox of one verb into tables of its own
// instead of the event stream.
type Projection struct {
	// Apply writes one row; it runs in the transaction that moves the cursor, so each row counts once.
	Apply func(ctx context.Context, tx *store.Tx, e Event) error
	// Rebuild makes the tables anew from the state, after facts were found ahead of it.
	Rebuild func(ctx context.Context, db *store.DB) error
}

var projections = map[string]Projection{}

// Project registers a verb's projection, when its package loads.
func Project(verb string, p Projection) {
	if _, twice := projections[verb]; twice {
		panic(fmt.Sprintf("fact: two projections of %q", verb))
	}
	projections[verb] = p
}

// Projected reports whether rows of the verb go into tables of their own.
func Projected(verb string) bool {
	_, is := projections[verb]
	return is
}

// Rebuild makes what every projection keeps anew from the state.
func Rebuild(ctx context.Context, db *store.DB) error {
	for _, p := range projections {
		if err := p.Rebuild(ctx, db); err != nil {
			return err
		}
	}
	return nil
}
