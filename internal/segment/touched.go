package segment

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/identity"
	"github.com/chanzipu/outfitter/internal/store"
)

func init() { identity.RegisterDependent("segments", touched) }

// touched lists the segments that hold one of the entities now: their next
// refresh counts anew who is in.
func touched(ctx context.Context, db *store.DB, entities []identity.EntityID) ([]identity.Effect, error) {
	found := map[string]bool{}
	for part := range slices.Chunk(entities, 200) {
		var list []string
		var args []any
		for _, e := range part {
			args = append(args, string(e))
			list = append(list, fmt.Sprintf("$%d::UUID", len(args)))
		}
		in := strings.Join(list, ", ")
		rows, err := db.Facts.Query(ctx, store.Text("segment.touched", "SELECT DISTINCT segment FROM segment_member WHERE until IS NULL AND (entity IN ("+in+
			") OR entity IN (SELECT party FROM party_entity WHERE entity IN ("+in+")))"), args...)
		ids, err := store.Collect(rows, err, func(r *sql.Rows) (id string, err error) { err = r.Scan(&id); return id, err })
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			found[id] = true
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	e := identity.Effect{Of: "segments", N: int64(len(found)), What: fmt.Sprintf("%d segments hold one of them and are counted anew", len(found)), WhatZH: fmt.Sprintf("%d 个人群包含其中的实体，将重新计数", len(found))}
	for id := range found {
		e.Objects = append(e.Objects, id)
	}
	slices.Sort(e.Objects)
	return []identity.Effect{e}, nil
}
