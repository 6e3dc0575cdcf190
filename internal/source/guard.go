package source

import (
	"context"
	"fmt"

	"github.com/chanzipu/outfitter/internal/store"
)

// A Guard looks at a batch that was just committed: package erasure erases
// again whom it brought back.
type Guard func(ctx context.Context, db *store.DB, batch string) error

var guards []Guard

// AddGuard adds a guard; called from init.
func AddGuard(g Guard) { guards = append(guards, g) }

// guard asks every guard. The batch is in whatever they say, so a delivery
// that was cancelled meanwhile is looked at all the same.
func guard(ctx context.Context, db *store.DB, batch string) error {
	for _, g := range guards {
		if err := g(context.WithoutCancel(ctx), db, batch); err != nil {
			return fmt.Errorf("source: batch %s: %w", batch, err)
		}
	}
	return nil
}
