// Package claim is the language of value: what a claim asks, and what a
// result answers.
//
// Two facts surprise. A claim is one question whose answer may be a refusal;
// the refusal is a result like any other, with the smallest effect that could
// have been seen. And a result says nothing that its sample can't: everything
// in Finding is computed from the claim, the sample's CSV and About alone, so
// that anybody can compute it again without the databases.
//
// It owns no tables.
package claim

import "github.com/chanzipu/outfitter/measure"

// A Text is one sentence or title in both languages.
type Text = measure.Text

// A Face is the side of the middle office that a claim is about.
type Face string

// The faces.
const (
	Floor      Face = "floor"      // 下限: what everybody reaches
	Ceiling    Face = "ceiling"    // 上限: what the ablest reach
	Constant   Face = "constant"   // the a of y = a·x
	Hours      Face = "hours"      // time saved
	Precision  Face = "precision"  // hits per thousand
	Campaign   Face = "campaign"   // lift of a campaign
	Idea       Face = "idea"       // ideas: time and tries per hit
	Speed      Face = "speed"      // of service and of answers
	Coverage   Face = "coverage"   // of channels and of what was handed over
	Broker     Face = "broker"     // flows between departments
	Continuity Face = "continuity" // after a hand-over
)

// Faces are all of them in the order of reports.
var Faces = []Face{Floor, Ceiling, Constant, Hours, Campaign, Precision, Idea, Speed, Coverage, Broker, Continuity}

// A Unit is who or what is compared.
type Unit string

// The units. Staff, Team, Account and Person have an outcome per period;
// with Population.Entry they, and every kind of object, have one per entry.
const (
	Staff   Unit = "staff"
	Team    Unit = "team"
	Account Unit = "account"
	Person  Unit = "person"
	Object  Unit = "object" // what the entry's event is about: a case, a task, a deal, an idea
	Member  Unit = "member" // a person in a campaign: object and person together
)

// A Claim is one question about value.
type Claim struct {
	ID         string      `json:"id"` // lower-case letters, digits, hyphens; names it for ever
	Title      Text        `json:"title"`
	Question   Text        `json:"question"`
	Face       Face        `json:"face"`
	Shovel     string      `json:"shovel,omitempty"` // whose value it is, where it is one shovel's
	Unit       Unit        `json:"unit"`
	Period     string      `json:"period,omitempty"`  // month, week, quarter; empty = no periods
	Cluster    string      `json:"cluster,omitempty"` // what was assigned together: team, staff, person, account, attr:<key>; empty = the unit
	Window     Window      `json:"window"`
	Population Population  `json:"population,omitzero"`
	Outcome    Outcome     `json:"outcome"`
	Exposure   Exposure    `json:"exposure"`
	Estimator  Estimator   `json:"estimator,omitzero"`
	Covariates []Covariate `json:"covariates,omitempty"`
	Money      *Money      `json:"money,omitempty"`
	Costs      *Costs      `json:"costs,omitempty"`
	Year       string      `json:"year,omitempty"` // the fiscal year it counts for: 2026
	Author     string      `json:"author,omitempty"`
}

// A Window is half-open: [Since, Until), days in the company's zone.
type Window struct {
	Since string `json:"since"` // 2025-07-01
	Until string `json:"until"`
}

// A Population says who is in.
type Population struct {
	// Entry makes each entry a row: a task that began, a member drawn into an
	// arm. Without it the sample has a row per unit and period.
	Entry *Entry   `json:"entry,omitempty"`
	Verbs []string `json:"verbs,omitempty"` // per period: only units with at least one of these in the window
	Where []string `json:"where,omitempty"` // of those events: dimension:operator:value, as in Explore
	Teams []string `json:"teams,omitempty"` // only these teams or their people; a trailing * is any ending
}

// An Entry is the event that makes a row.
type Entry struct {
	Verbs []string `json:"verbs"`
	Where []string `json:"where,omitempty"`
	First bool     `json:"first,omitempty"` // only the unit's first
	Until string   `json:"until,omitempty"` // entries before this day; default the window's end
}

// A Measure is how outcome events become a number.
type Measure string

// The measures.
const (
	Count   Measure = "count"
	Sum     Measure = "sum"     // of Column
	Mean    Measure = "mean"    // of Column
	Share   Measure = "share"   // events of Verbs among those of Of
	Reached Measure = "reached" // 1 where the count (or with Column the value) reaches Line
	Any     Measure = "any"     // 1 where there is at least one
	Days    Measure = "days"    // from the entry to the first of Verbs; what has not ended is censored
	Time    Measure = "hours"   // the same in wall-clock hours; refuses times known only to the day
	Value   Measure = "value"   // Column of the first of Verbs
)

// An Outcome is what is measured.
type Outcome struct {
	Metric  string   `json:"metric,omitempty"` // a name of the catalogue instead of verbs and measure
	Verbs   []string `json:"verbs,omitempty"`
	Of      []string `json:"of,omitempty"`
	Where   []string `json:"where,omitempty"`
	Measure Measure  `json:"measure,omitempty"`
	Column  string   `json:"column,omitempty"` // amount, quantity, attr:<key>
	Line    float64  `json:"line,omitempty"`
	Target  string   `json:"target,omitempty"` // reached: the event's own line, attr:<key>
	Match   string   `json:"match,omitempty"`  // with an entry: object (the same object) or unit (the same person, account, staff); default object for objects
	Within  int      `json:"within,omitempty"` // days after the entry that count
	Beyond  float64  `json:"beyond,omitempty"` // hours: 1 where it takes longer than this, also where it never ended
	Log     bool     `json:"log,omitempty"`    // natural logarithm: for skewed durations
	Horizon float64  `json:"horizon,omitempty"`
	Unit    Text     `json:"unit,omitzero"` // of one unit of the outcome
	Lower   bool     `json:"lower,omitempty"`
}

// An ExposureKind says where it is written who had the shovel.
type ExposureKind string

// The kinds.
const (
	Arm       ExposureKind = "arm"       // arm.assigned: the entry's own attribute
	Attribute ExposureKind = "attribute" // an attribute of the entry: a random slice, a pack
	Access    ExposureKind = "access"    // shovel.enabled and .disabled, by team or person
	Use       ExposureKind = "use"       // the first shovel.used
	Launch    ExposureKind = "launch"    // work.launched in the work book, with the teams it was for
	Dates     ExposureKind = "dates"     // dates written in the claim
	Late      ExposureKind = "late"      // the entry was answered later than Hours
	Everybody ExposureKind = "everybody" // everybody at once, or a volume without comparison
)

// A Design says how it was decided who had the shovel.
type Design string

// The designs, strongest first.
const (
	RandomPeople Design = "random-people"
	RandomTeams  Design = "random-teams"
	RandomCases  Design = "random-cases" // single cases, tasks, hand-overs by lot
	Staggered    Design = "staggered"    // at different dates, not by lot
	Chosen       Design = "chosen"       // somebody chose whom; adjusted for what is known
	Volunteers   Design = "volunteers"   // they chose themselves
	BeforeAfter  Design = "before-after" // one group, one date
	Described    Design = "described"    // volumes, no comparison
)

// Random reports whether a lot decided.
func (d Design) Random() bool { return d == RandomPeople || d == RandomTeams || d == RandomCases }

// An Exposure says who had the shovel, and since when.
type Exposure struct {
	Kind    ExposureKind       `json:"kind"`
	Design  Design             `json:"design"`
	Shovel  string             `json:"shovel,omitempty"` // object key of the access, use or launch events
	Where   []string           `json:"where,omitempty"`
	Attr    string             `json:"attr,omitempty"`    // arm, attribute: its name; default arm
	Treated []string           `json:"treated,omitempty"` // its values that mean treated; default true, yes, 实验, treatment …
	Control []string           `json:"control,omitempty"` // and control; default all others
	Shares  map[string]float64 `json:"shares,omitempty"`  // planned, by value of the attribute
	Carrier string             `json:"carrier,omitempty"` // who carries the access: staff, team, attr:<key> of the entry
	Stopped bool               `json:"stopped,omitempty"` // the question is what stopped when access ended
	Dates   []RollOut          `json:"dates,omitempty"`
	Verbs   []string           `json:"verbs,omitempty"` // late: what counts as the answer; use: what counts as use, default shovel.used
	Hours   float64            `json:"hours,omitempty"` // late: wall-clock
}

// A RollOut is one line of a roll-out calendar.
type RollOut struct {
	Team  string `json:"team,omitempty"`
	Unit  string `json:"unit,omitempty"`
	Since string `json:"since"`
	Until string `json:"until,omitempty"`
}

// An Estimator says how to compare; empty = what the design asks for.
type Estimator struct {
	Method  string    `json:"method,omitempty"` // of `outfitter estimate`
	Control string    `json:"control,omitempty"`
	FE      []string  `json:"fe,omitempty"` // columns of the sample: unit, cluster, period, stratum
	Tau     []float64 `json:"tau,omitempty"`
	Also    []string  `json:"also,omitempty"`    // further methods shown beside it
	After   bool      `json:"after,omitempty"`   // one row per unit: from the last roll-out on, covariate "before"
	Stratum string    `json:"stratum,omitempty"` // attr:<key>, object, source: compared within only
}

// A Covariate is something known of a unit before.
type Covariate struct {
	Name  string `json:"name"`
	Attr  string `json:"attr,omitempty"`  // attribute of the entry's event
	Party string `json:"party,omitempty"` // field or attribute of the unit's party: city, attr:level
	// Before is the outcome's own measure in so many days before the entry or
	// the first roll-out.
	Before int `json:"before,omitempty"`
	// Known says when it became known: start (with the entry or before) or
	// after. What is known only after can't adjust: it may be an effect.
	Known string `json:"known"`
}

// A Money says what one unit of the outcome is worth.
type Money struct {
	// Definition is finance's: contract (合同), payment (回款), revenue (确认收入), wage (人力).
	Definition string `json:"definition"`
	// Verb's mean amount in the window, per event, is what one unit is worth;
	// its sampling error goes into the interval. Instead: PerUnit.
	Verb     string   `json:"verb,omitempty"`
	Where    []string `json:"where,omitempty"`
	PerUnit  float64  `json:"per_unit,omitempty"`
	Lo       float64  `json:"lo,omitempty"`
	Hi       float64  `json:"hi,omitempty"`
	Factor   float64  `json:"factor,omitempty"` // units of Verb per unit of the outcome: 1 by default
	Currency string   `json:"currency,omitempty"`
	Note     Text     `json:"note,omitzero"`
}

// Costs are what the shovel cost in the fiscal year, wages included.
type Costs struct {
	Wages    float64  `json:"wages,omitempty"`
	External float64  `json:"external,omitempty"`
	Objects  []string `json:"objects,omitempty"` // amounts of work.launched, work.done and the like of these objects come on top
	Note     Text     `json:"note,omitzero"`
}
