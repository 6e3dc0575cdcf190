package access

import "slices"

// A Right is one thing that a role may do.
type Right string

// The rights. Public and Self are not given by roles: Public needs no one to
// be signed in, Self anyone who is.
const (
	Public   Right = "public"
	Self     Right = "self"
	Read     Right = "read"     // today, sources, batches, parties, search
	Explore  Right = "explore"  // questions, charts, the events behind a point
	Rows     Right = "rows"     // original rows and rejects
	Import   Right = "import"   // uploads, imports, mappings, folders
	Rollback Right = "rollback" // taking a batch back, mapping it again
	Ingest   Right = "ingest"   // events by API
	Export   Right = "export"   // CSV and XLSX out
	Reveal   Right = "reveal"   // phone, mail and tax numbers unmasked; audited
	Review   Right = "review"   // who is who: judging pairs, merging, splitting, undoing, linking anew
	Assign   Right = "assign"   // who looks after which customer: hand-overs
	Claim    Right = "claim"    // writing, sealing and running claims about value
	Report   Right = "report"   // making, seeing and downloading the year-end report
	Query    Right = "query"    // SQL over the facts
	Audit    Right = "audit"    // the audit log
	Admin    Right = "admin"    // users, tokens
)

// A Role is a named set of rights.
type Role struct {
	Name   string
	Title  string
	ZH     string
	Rights []Right
}

// Roles is the whole table of who may do what.
var Roles = []Role{
	{"admin", "Administrator", "管理员", []Right{Read, Explore, Rows, Import, Rollback, Ingest, Export, Reveal, Review, Assign, Claim, Report, Query, Audit, Admin}},
	{"analyst", "Analyst", "分析师", []Right{Read, Explore, Rows, Import, Rollback, Ingest, Export, Reveal, Review, Assign, Claim, Report, Query}},
	{"sales", "Sales", "销售", []Right{Read, Explore, Rows, Export, Assign}},
	{"growth", "Growth", "增长", []Right{Read, Explore, Rows, Export}},
	{"service", "Service", "客服", []Right{Read, Explore, Rows}},
	{"product", "Product", "产品", []Right{Read, Explore, Rows}},
	{"boss", "Management", "管理层", []Right{Read, Explore, Rows, Export, Report, Audit}},
}

// RoleOf returns the role of that name.
func RoleOf(name string) (Role, bool) {
	i := slices.IndexFunc(Roles, func(r Role) bool { return r.Name == name })
	if i < 0 {
		return Role{}, false
	}
	return Roles[i], true
}

// Has reports whether the role gives the right.
func (r Role) Has(right Right) bool { return slices.Contains(r.Rights, right) }
