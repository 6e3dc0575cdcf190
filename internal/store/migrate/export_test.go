package migrate

import (
	"context"

	"github.com/chanzipu/outfitter/internal/store"
)

// Sequence names a store's steps in their order.
func Sequence(kind string) (ids []string) {
	for _, s := range sequence(kind) {
		ids = append(ids, s.id)
	}
	return ids
}

// UpTo makes an earlier version: the first n steps of one store.
func UpTo(ctx context.Context, c *store.Conn, kind string, n int) error {
	if _, err := known(ctx, c, kind); err != nil {
		return err
	}
	for _, s := range sequence(kind)[:n] {
		if err := apply(ctx, c, s, "migration_"+kind); err != nil {
			return err
		}
	}
	return nil
}

// Break makes the last step of a store fail, and returns how to mend it.
func Break(kind string) (mend func()) {
	last := sequence(kind)[len(sequence(kind))-1]
	for i := range steps {
		if steps[i].store == kind && steps[i].id == last.id {
			was := steps[i]
			steps[i].extra, steps[i].text = "", was.text+"\n;\nSELECT no_such_column FROM no_such_table;\n"
			steps[i].pg = ""
			return func() { steps[i] = was }
		}
	}
	return func() {}
}

// Split is split.
func Split(text string) []string { return split(text) }
