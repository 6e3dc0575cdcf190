// Package mapping says how the columns of a source become parties and events.
//
// A mapping is a YAML file, checked against the JSON Schema that this package
// publishes. Its expressions are a small, safe part of SQL: columns, literals,
// operators, CASE and an allow-list of functions; no table, no file, no
// statement can be named. They are compiled to text for the engine that maps.
package mapping

import "github.com/chanzipu/outfitter/internal/source/read"

// A Mapping is one source's whole description.
type Mapping struct {
	Source  string   `yaml:"source" json:"source"`                       // the source's name: olist
	Title   string   `yaml:"title,omitempty" json:"title,omitempty"`     // for people
	Zone    string   `yaml:"zone,omitempty" json:"zone,omitempty"`       // IANA zone of dates without one; default the company's
	Missing []string `yaml:"missing,omitempty" json:"missing,omitempty"` // texts that mean "no value" in every table
	Tables  []Table  `yaml:"tables" json:"tables"`
}

// A Mode says what a later delivery of the same table means.
type Mode string

// Log appends; Snapshot is the whole state each time, so that a changed field
// becomes `<noun>.changed` and a missing key `<noun>.removed`.
const (
	Log      Mode = "log"
	Snapshot Mode = "snapshot"
)

// A Table maps one table of the source.
type Table struct {
	Name        string            `yaml:"name" json:"name"`                       // tbl of its events
	Match       Match             `yaml:"match,omitempty" json:"match,omitempty"` // which files and sheets it is for
	Format      read.Hints        `yaml:"format,omitempty" json:"format,omitempty"`
	Mode        Mode              `yaml:"mode,omitempty" json:"mode,omitempty"`   // default log
	Key         []Expr            `yaml:"key,omitempty" json:"key,omitempty"`     // natural key of a row; none = (row content, n)
	Where       Expr              `yaml:"where,omitempty" json:"where,omitempty"` // rows for which it is not true are set aside, counted, not rejected
	Dates       map[string]string `yaml:"dates,omitempty" json:"dates,omitempty"` // column → its format, where the column can't decide: "D/M/YYYY", "M/D/YYYY", "excel1904", "unix_ms"
	Let         map[string]Expr   `yaml:"let,omitempty" json:"let,omitempty"`     // named expressions, usable as columns in all others, in any order
	Parties     []Party           `yaml:"parties,omitempty" json:"parties,omitempty"`
	Events      []Event           `yaml:"events,omitempty" json:"events,omitempty"`
	Memberships []Membership      `yaml:"memberships,omitempty" json:"memberships,omitempty"`
}

// A Match picks a table for what a delivery holds. All stated conditions must hold.
type Match struct {
	File    string   `yaml:"file,omitempty" json:"file,omitempty"`       // glob on the base name, * and ? and {a,b}
	Sheet   string   `yaml:"sheet,omitempty" json:"sheet,omitempty"`     // glob on the sheet name
	Columns []string `yaml:"columns,omitempty" json:"columns,omitempty"` // all of these must be there
}

// An Expr is one expression of the safe subset; empty = none. A bare column
// name is an expression; a name with blanks or signs goes in double quotes.
type Expr string

// A Party is a person, account or staff member that each row names.
type Party struct {
	Ref       string          `yaml:"ref" json:"ref"`             // how events of this table point to it
	Kind      string          `yaml:"kind" json:"kind"`           // person, account, staff
	Namespace string          `yaml:"namespace" json:"namespace"` // code list the key belongs to: "mql", "crm.customer"
	Key       Expr            `yaml:"key" json:"key"`             // empty for a row = no such party in that row
	Name      Expr            `yaml:"name,omitempty" json:"name,omitempty"`
	Phone     Expr            `yaml:"phone,omitempty" json:"phone,omitempty"`
	Email     Expr            `yaml:"email,omitempty" json:"email,omitempty"`
	TaxNo     Expr            `yaml:"tax_no,omitempty" json:"tax_no,omitempty"`
	Address   Expr            `yaml:"address,omitempty" json:"address,omitempty"`
	City      Expr            `yaml:"city,omitempty" json:"city,omitempty"`
	Title     Expr            `yaml:"title,omitempty" json:"title,omitempty"`
	Company   Expr            `yaml:"company,omitempty" json:"company,omitempty"`
	Attrs     map[string]Expr `yaml:"attrs,omitempty" json:"attrs,omitempty"`
	Noun      string          `yaml:"noun,omitempty" json:"noun,omitempty"` // of <noun>.changed and .removed in a snapshot; default the kind
}

// An Event is something that each row, or each row with When, says happened.
type Event struct {
	Verb     string          `yaml:"verb" json:"verb"` // from the glossary
	TS       Expr            `yaml:"ts" json:"ts"`
	When     Expr            `yaml:"when,omitempty" json:"when,omitempty"`
	Key      []Expr          `yaml:"key,omitempty" json:"key,omitempty"`         // default the table's
	Account  string          `yaml:"account,omitempty" json:"account,omitempty"` // a party's ref
	Person   string          `yaml:"person,omitempty" json:"person,omitempty"`
	Staff    string          `yaml:"staff,omitempty" json:"staff,omitempty"`
	Object   *Object         `yaml:"object,omitempty" json:"object,omitempty"`
	Channel  Expr            `yaml:"channel,omitempty" json:"channel,omitempty"`
	Amount   Expr            `yaml:"amount,omitempty" json:"amount,omitempty"`
	Currency Expr            `yaml:"currency,omitempty" json:"currency,omitempty"`
	Quantity Expr            `yaml:"quantity,omitempty" json:"quantity,omitempty"`
	Unit     Expr            `yaml:"unit,omitempty" json:"unit,omitempty"`
	Text     Expr            `yaml:"text,omitempty" json:"text,omitempty"`
	Attrs    map[string]Expr `yaml:"attrs,omitempty" json:"attrs,omitempty"`
	Required []string        `yaml:"required,omitempty" json:"required,omitempty"` // fields whose bad cell rejects the row's event; ts always is
}

// An Object is the thing an event is about: a deal, a case, a campaign.
type Object struct {
	Kind string `yaml:"kind" json:"kind"`
	Key  Expr   `yaml:"key" json:"key"`
}

// A Membership says which team a staff member was in, since and until when.
type Membership struct {
	Staff string `yaml:"staff" json:"staff"` // a party's ref
	Team  Expr   `yaml:"team" json:"team"`
	Since Expr   `yaml:"since,omitempty" json:"since,omitempty"`
	Until Expr   `yaml:"until,omitempty" json:"until,omitempty"`
}
