// Package company plays on a stage: what its people and customers do over
// the span, and what each shovel really did to that. README.md in the folder
// above tells the data-generating process in full.
//
// Two facts that surprise: a potential outcome without a shovel is computed
// for every unit beside the real one, from the same luck, so a realised
// effect is exact and not an estimate; and nothing big is kept, the streams
// of events are generated anew each time they are walked.
package company

import "github.com/chanzipu/outfitter/internal/simulate/stage"

// A World is one company over the whole span. It is immutable once built;
// its walks (Opportunities, Tickets, Touches …) may be repeated, also at the
// same time, and give the same each time.
type World struct {
	*stage.Stage
	Ideas     []Idea
	Campaigns []Campaign

	fate    []fate // company → what its index ticket led to
	effects effects
}

// New builds the company. It walks the tickets once, to know who leaves.
func New(p stage.Params) *World {
	w := &World{Stage: stage.New(p)}
	w.decideFates()
	w.inventIdeas()
	return w
}
