package identity

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/store"
)

// An Effect is what a change touched elsewhere: figures that count its
// entities anew, segments that pick them, claims that rest on them.
type Effect struct {
	Of      string   // the domain: events, segments, cases, claims
	What    string   // in words
	WhatZH  string   //
	N       int64    // how many
	Objects []string // ids of some, where they have any
}

// A Dependent lists what of its domain depends on entities.
type Dependent func(ctx context.Context, db *store.DB, entities []EntityID) ([]Effect, error)

var dependents = map[string]Dependent{}

// RegisterDependent has a domain asked what a change touched; call it when the
// domain's package loads.
func RegisterDependent(domain string, d Dependent) { dependents[domain] = d }

func init() { RegisterDependent("events", eventsTouched) }

// Effects lists what depends on the entities that a change touched.
func Effects(ctx context.Context, db *store.DB, c Change) ([]Effect, error) {
	var out []Effect
	for _, domain := range sortedKeys(dependents) {
		e, err := dependents[domain](ctx, db, c.Entities)
		if err != nil {
			return nil, fmt.Errorf("identity: effects on %s: %w", domain, err)
		}
		out = append(out, e...)
	}
	return out, nil
}

// maxEffects bounds the entities that events are counted for: a run touches too many.
const maxEffects = 200

// eventsTouched counts the events that are another entity's since: their
// parties stay, their entity is read anew by every question.
func eventsTouched(ctx context.Context, db *store.DB, entities []EntityID) ([]Effect, error) {
	n := int64(0)
	for part := range slices.Chunk(entities[:min(len(entities), maxEffects)], 50) {
		var list []string
		var args []any
		for _, e := range part {
			args = append(args, string(e))
			list = append(list, fmt.Sprintf("$%d::UUID", len(args)))
		}
		in := "(SELECT party FROM resolved WHERE entity IN (" + strings.Join(list, ", ") + "))"
		var one int64
		q := store.Text("identity.effect.events", "SELECT count(*) FROM event WHERE account IN "+in+" OR person IN "+in+" OR staff IN "+in)
		if err := db.Facts.QueryRow(ctx, q, args...).Scan(&one); err != nil {
			return nil, err
		}
		n += one
	}
	return []Effect{{Of: "events", N: n, What: fmt.Sprintf("%d events count for other entities now", n), WhatZH: fmt.Sprintf("%d 个事件改计到新的实体名下", n)}}, nil
}
