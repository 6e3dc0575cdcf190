// Package block finds the pairs of records worth comparing.
//
// A rule takes a key from each record (the surname's sound and the year of
// birth, say); records that share a key are candidates. A record may have
// several keys under one rule, one for each word of a name. A pair belongs to
// the first rule that finds it, and comes once.
package block

import (
	"fmt"
	"strings"
)

// A Part is one component of a key: what is taken from a column.
type Part struct {
	Column string `json:"column"`
	Take   string `json:"take,omitempty"` // see Takes; empty: the whole value
}

// A Rule joins parts to a key; a record that lacks one of them has no key.
type Rule struct {
	Parts []Part `json:"on"`
}

// String is the rule as reports show it: surname:soundex + dob:year.
func (r Rule) String() string {
	parts := make([]string, len(r.Parts))
	for i, p := range r.Parts {
		parts[i] = p.Column
		if p.Take != "" {
			parts[i] += ":" + p.Take
		}
	}
	return strings.Join(parts, " + ")
}

// Validate reports the first thing wrong with a rule.
func (r Rule) Validate() error {
	if len(r.Parts) == 0 {
		return fmt.Errorf("block: rule: it has no parts; name at least one column under \"on\"")
	}
	for _, p := range r.Parts {
		if p.Column == "" {
			return fmt.Errorf("block: rule %q: a part names no column", r)
		}
		if _, ok := takes[p.Take]; !ok {
			return fmt.Errorf("block: rule %q: take %q is not known; use one of %v", r, p.Take, Takes())
		}
	}
	return nil
}
