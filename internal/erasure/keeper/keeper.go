// Package keeper is the list of those who keep something of people outside the
// facts and the vault: judgements, segments, cases, claims, exports.
//
// Each package that does registers one when it loads; package erasure asks all
// of them when a person is erased, in the order of their names, and asks again
// after a crash: what was forgotten is forgotten without error.
package keeper

import (
	"context"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/store"
)

// A Person is who is to be forgotten, as every part of the program knows them.
type Person struct {
	Parties []string // party ids
	Needles []string // phones, mails and numbers that are nobody else's: a text that holds one is theirs
	Words   []string // names and keys: a value that equals one may be theirs
	Batches []string // batches that have rows of theirs
}

// An Outcome is what a keeper did. It names no person.
type Outcome struct {
	Removed   int64    `json:"removed"`             // rows removed or emptied
	Withdrawn []string `json:"withdrawn,omitempty"` // claims and figures marked 'rows withdrawn'
	Exports   []string `json:"exports,omitempty"`   // files that were handed out with the person in them
}

// A Keeper forgets a person.
type Keeper struct {
	Name   string // of the package: identity, customer, value
	Forget func(ctx context.Context, db *store.DB, p Person) (Outcome, error)
}

var all []Keeper

// Register adds a keeper; called from init.
func Register(k Keeper) { all = append(all, k) }

// All lists the keepers by name.
func All() []Keeper {
	out := slices.Clone(all)
	slices.SortStableFunc(out, func(a, b Keeper) int { return strings.Compare(a.Name, b.Name) })
	return out
}
