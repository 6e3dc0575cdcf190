// Package value keeps claims: one question about value each, sealed, run,
// countersigned, and put together in the ledger.
//
// Two facts surprise. A claim is never changed: a change is a new version, and
// the old one stays with its results. And nothing here computes a figure:
// sample gathers a small table from the facts, judge turns it into a finding
// without any database, so that whoever has the table can do it again.
//
// Others call
//
//	Add, Get, List, Versions, Withdraw   claims and their versions
//	SealClaim, Countersign, ExportHead   sealing; the audit chain's head
//	Run, Results, LastResult             one run of one version
//	SampleOf, Rows                       the table behind a result, the rows behind a cell
//	Book                                 the ledger of a fiscal year, with its bridge
//	Suggest, Templates                   claims to begin with
//	judge.Judge(ctx, claim, sample, seed) the pure step (package judge)
//
// Owns value_claim, value_version, value_sign and value_result.
package value

import (
	"time"

	"github.com/chanzipu/outfitter/internal/value/claim"
)

// A State is where a claim stands.
type State string

// The states.
const (
	Draft     State = "draft"
	Sealed    State = "sealed"
	Ran       State = "run"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
)

// A Version is one wording of a claim.
type Version struct {
	Claim   claim.Claim `json:"claim"`
	Number  int         `json:"version"`
	YAML    string      `json:"yaml"` // as it was given; made from the form where it came as one
	Hash    string      `json:"hash"` // SHA-256 of the canonical JSON of question, population, design and code version
	Author  string      `json:"author"`
	Created time.Time   `json:"created"`
	Seal    *Seal       `json:"seal,omitempty"`
	Signs   []Sign      `json:"signs"`
}

// A Seal fixes a version: what will be asked, of whom, and how.
type Seal struct {
	TS            time.Time `json:"ts"`
	Actor         string    `json:"actor"`
	Hash          string    `json:"hash"`
	Code          string    `json:"code"`           // version of the program, part of the hash
	Audit         int64     `json:"audit"`          // number of the entry in the audit chain
	PreRegistered bool      `json:"pre_registered"` // no outcome of the window had been loaded yet
	Seen          int64     `json:"seen"`           // outcome events of the window that were loaded
}

// A Sign is a department's countersignature (会签).
type Sign struct {
	Role  string    `json:"role"` // sales, finance, service
	Actor string    `json:"actor"`
	Name  string    `json:"name"` // as the signer writes it
	TS    time.Time `json:"ts"`
	Note  string    `json:"note"`
	Hash  string    `json:"hash"` // of the version that was signed
}

// An Item is a claim as lists show it: its newest version and last result.
type Item struct {
	ID      string        `json:"id"`
	State   State         `json:"state"`
	Version Version       `json:"version"`
	Result  *claim.Result `json:"result,omitempty"` // of that version
	Why     string        `json:"why,omitempty"`    // it was withdrawn
}

// A Ledger is all claims of a fiscal year, open and closed.
type Ledger struct {
	Year    string        `json:"year"`
	Rows    []Row         `json:"rows"`
	Faces   []FaceSum     `json:"faces"`
	Overlap []Overlap     `json:"overlap"`
	Total   Total         `json:"total"`
	Bridge  []Bridge      `json:"bridge"`
	Tests   int           `json:"tests"` // claims with a P value, all of them counted
	Notes   []claim.Text  `json:"notes"`
	Counts  map[State]int `json:"counts"`
}

// A Row is one claim in the ledger.
type Row struct {
	Item
	// Q is the P value of the claim's figure after Benjamini and Hochberg over
	// all claims of the ledger; Holds where it is at most 0.05.
	Q     claim.Number `json:"q"`
	Holds bool         `json:"holds"`
	// Counted in the totals: run, graded A to C, money, and no overlap with a
	// claim counted before it.
	Counted bool       `json:"counted"`
	Why     claim.Text `json:"why"` // not counted
}

// A FaceSum is what a face adds up to.
type FaceSum struct {
	Face    claim.Face   `json:"face"`
	Claims  int          `json:"claims"`
	Run     int          `json:"run"`
	Refused int          `json:"refused"`
	Gross   claim.Number `json:"gross"`
	Cost    claim.Number `json:"cost"`
	Net     claim.Number `json:"net"`
}

// An Overlap says that two claims rest on the same outcome rows.
type Overlap struct {
	A      string       `json:"a"`
	B      string       `json:"b"`
	Shared int          `json:"shared"` // rows
	Share  claim.Number `json:"share"`  // of the smaller claim's
}

// A Total sums the claims counted.
type Total struct {
	Currency string       `json:"currency"`
	Gross    claim.Figure `json:"gross"`
	Cost     claim.Number `json:"cost"` // of all claims, run or not
	Net      claim.Figure `json:"net"`
	Counted  int          `json:"counted"`
}

// A Bridge goes from last year's figure to this year's, in finance's own
// words: explained by claims graded A to C, uncertain, market and people.
type Bridge struct {
	Definition string       `json:"definition" enum:"contract,payment,revenue"`
	Stat       string       `json:"stat"` // finance's name: 合同额
	Since      string       `json:"since"`
	Until      string       `json:"until"`
	Before     claim.Number `json:"before"` // the same months a year earlier, annualised where they were not all reported
	After      claim.Number `json:"after"`
	Growth     claim.Number `json:"growth"`
	Steps      []Step       `json:"steps"`
	Capped     bool         `json:"capped"` // claims came to more than the growth
	Note       claim.Text   `json:"note"`
}

// A Step is one bar of the bridge.
type Step struct {
	Kind   string       `json:"kind" enum:"explained,uncertain,rest"`
	Grade  claim.Grade  `json:"grade,omitempty"`
	Claims []string     `json:"claims,omitempty"`
	Amount claim.Number `json:"amount"`
	Lo     claim.Number `json:"lo"`
	Hi     claim.Number `json:"hi"`
	Title  claim.Text   `json:"title"`
}
