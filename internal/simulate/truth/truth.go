// Package truth is the shape of truth.json: what a made company's exports
// don't say and estimates are judged against.
//
// Two facts that surprise: expected and realised effects are both of the
// units that were exposed, never of everybody; and a branch is another
// entity than its parent.
package truth

// Version changes when a field of Truth changes its meaning.
const Version = 1

// A Truth is what truth.json holds, apart from the entities, which are
// streamed into its last field.
type Truth struct {
	Version   int         `json:"version"`
	Seed      uint64      `json:"seed"`
	Size      string      `json:"size"`
	Since     string      `json:"since"` // first day
	Until     string      `json:"until"` // the day after the last
	Zone      string      `json:"zone"`
	Shovels   []Shovel    `json:"shovels"`
	Effects   []Effect    `json:"effects"`
	Late      []Effect    `json:"late_answers"` // what a late first answer costs
	Campaigns []Campaign  `json:"campaigns"`
	Precision []Effect    `json:"precision"` // hits per thousand, the segment against the random slice
	Themes    []Theme     `json:"themes"`
	Handovers []Handover  `json:"handovers"`
	Stopped   []Stop      `json:"stopped"` // what was switched off in the year
	Staff     []Staff     `json:"staff"`
	Finance   []Finance   `json:"finance"`
	Families  []Family    `json:"families"` // branches and their parents, by entity
	Entities  []Reference `json:"entities,omitempty"`
}

// Shovel says how a shovel came to whom.
type Shovel struct {
	ID       string            `json:"id"`
	Name     string            `json:"name"`
	Kind     string            `json:"kind"`
	For      string            `json:"for"`
	Face     string            `json:"face"`
	Design   string            `json:"design"`
	NoEffect bool              `json:"no_effect"`
	Teams    map[string]string `json:"teams,omitempty"`  // team → first exposed day; "" for never
	People   map[string]string `json:"people,omitempty"` // HR number → first exposed day, team roll-outs included; the never exposed are left out
}

// Effect is one estimand with its truth. With and Without are the two
// potential outcomes of the same exposed units: without means that this one
// shovel (campaign, lateness) is taken away and all else stays.
type Effect struct {
	Shovel    string  `json:"shovel,omitempty"`
	Face      string  `json:"face"`
	Outcome   string  `json:"outcome"`   // what is measured, of which unit
	Estimand  string  `json:"estimand"`  // in words
	Files     string  `json:"files"`     // where the outcome stands
	Units     int     `json:"units"`     // exposed units that the figures are over
	Parameter float64 `json:"parameter"` // of the data-generating process
	Meaning   string  `json:"meaning"`   // of the parameter
	// Expected is over the luck of the outcomes, given who was exposed, when,
	// and how able they are; Realised is with the luck that was drawn.
	Expected Pair `json:"expected"`
	Realised Pair `json:"realised"`
}

// Pair holds both potential outcomes and what follows.
type Pair struct {
	With       float64 `json:"with"`
	Without    float64 `json:"without"`
	Difference float64 `json:"difference"`
	Ratio      float64 `json:"ratio"`
}

// Both puts two potential outcomes side by side.
func Both(with, without float64) Pair {
	p := Pair{With: with, Without: without, Difference: with - without}
	if without != 0 {
		p.Ratio = with / without
	}
	return p
}

// Campaign is a campaign's lift.
type Campaign struct {
	ID       string  `json:"id"`
	Holdout  float64 `json:"holdout"`
	Targeted bool    `json:"targeted"`
	Treated  int     `json:"treated"`
	Control  int     `json:"control"`
	Lift     float64 `json:"lift"`     // the parameter: chance × (1 + lift)
	Expected Pair    `json:"expected"` // 14-day purchase share of the treated
	Realised Pair    `json:"realised"`
}

// Theme is a planted theme.
type Theme struct {
	Key       string   `json:"key"`
	ZH        string   `json:"zh"`
	EN        string   `json:"en"`
	Start     string   `json:"start"`
	End       string   `json:"end"` // exclusive
	Ramp      int      `json:"ramp_days"`
	PerDay    float64  `json:"per_day"`   // mean on an ordinary working day at the plateau, tickets and chat
	Tickets   []string `json:"tickets"`   // 工单号
	Messages  []string `json:"messages"`  // msgid
	Customers int      `json:"customers"` // distinct companies that wrote about it
}

// Handover is a seat changing hands.
type Handover struct {
	ID       string `json:"id"`
	From     string `json:"from"`
	To       string `json:"to"`
	Day      string `json:"day"`
	Pack     bool   `json:"pack"`
	Recovery int    `json:"recovery_days"`
	Without  int    `json:"without_days"`
	Accounts int    `json:"accounts"`
}

// Stop is a shovel that was switched off for some.
type Stop struct {
	Shovel string   `json:"shovel"`
	Day    string   `json:"day"`
	Teams  []string `json:"teams"`
}

// Staff is a person's own ability: never in any export, and never to be
// shown; it is here so that estimates of it can be judged.
type Staff struct {
	No      string  `json:"no"`
	Role    string  `json:"role"`
	Ability float64 `json:"ability"`
}

// Finance is a month's figures of a business unit, in yuan.
type Finance struct {
	Unit       string  `json:"unit"`
	Month      string  `json:"month"`
	Contracts  float64 `json:"contracts"`
	Payments   float64 `json:"payments"`
	Recognised float64 `json:"recognised"`
}

// Family names a branch and its parent: two entities, never one.
type Family struct {
	Branch string `json:"branch"`
	Parent string `json:"parent"`
}

// Reference says which entity a record of a system is.
type Reference struct {
	System string `json:"system"`
	Kind   string `json:"kind"` // account, person, staff
	ID     string `json:"id"`
	Entity string `json:"entity"`
}
