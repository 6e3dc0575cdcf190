// Package suggest proposes a mapping for files that nobody has described.
//
// It looks at headers (a Chinese and English vocabulary), at what the values
// look like, at which columns are unique, and at which columns of different
// files hold the same values. Each proposal carries a confidence and its
// reason; a person corrects it, or the confident part is used as it is.
//
// Two facts that surprise: values decide before headers do, because headers
// lie more often; and two columns of staff numbers are two code lists unless
// their names or their values say otherwise.
package suggest

import (
	"context"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/source/read"
)

// Sure is how sure a part of the proposal must be to be used by an import
// without a mapping.
const Sure = 0.7

// A File is one delivered file and the clean tables found in it.
type File struct {
	Name   string // base name
	Tables []read.Table
}

// A Reason says why something was proposed.
type Reason struct {
	Sure  float64 `json:"sure"` // share, 0 to 1
	Why   string  `json:"why"`
	WhyZh string  `json:"why_zh"`
}

// A Column is what is proposed for one column of a file.
type Column struct {
	File     string   `json:"file"`
	Table    string   `json:"table"`
	Column   string   `json:"column"`
	Concepts []string `json:"concepts"` // "account.key", "event.ts", "event.amount", "object.key" …; none = kept as it is
	Reason
}

// A Link says that one column's values are found in another's: a foreign key.
type Link struct {
	From, To string  // file/table/column
	Share    float64 // of From's distinct values that To has
	Of       int     // distinct values compared
}

// A Proposal is what Propose found.
type Proposal struct {
	Source  string
	Columns []Column
	Links   []Link
	drafts  []*draft
}

// Propose looks at all files of one source together.
func Propose(ctx context.Context, source string, files []File) (Proposal, error) {
	p := Proposal{Source: slug(source)}
	if p.Source == "" {
		p.Source = "source"
	}
	for _, f := range files {
		for _, t := range f.Tables {
			if t.Rows == 0 || len(t.Header) == 0 {
				continue
			}
			cols, err := look(ctx, t)
			if err != nil {
				return p, err
			}
			if p.same(f, t) {
				continue
			}
			p.drafts = append(p.drafts, newDraft(f, t, cols, len(f.Tables)))
		}
	}
	p.Links = link(p.drafts)
	taken := map[string]bool{}
	for _, d := range p.drafts {
		d.assemble()
		for base, k := d.name, 2; taken[d.name]; k++ {
			d.name = fmt.Sprintf("%s_%d", base, k)
		}
		taken[d.name] = true
	}
	namespaces(p.Source, p.drafts, p.Links)
	for _, d := range p.drafts {
		p.Columns = append(p.Columns, d.columns()...)
	}
	return p, nil
}

var reDigits = regexp.MustCompile(`\d+`)

// same reports whether a table with the same header from a file of the same
// name but for numbers is already drafted, as monthly files are; the draft
// then takes both.
func (p *Proposal) same(f File, t read.Table) bool {
	for _, d := range p.drafts {
		if strings.Join(d.table.Header, "\x00") == strings.Join(t.Header, "\x00") && (reDigits.ReplaceAllString(d.file, "*") == reDigits.ReplaceAllString(f.Name, "*") || d.sheet() == t.Name && d.many) {
			d.more = true
			return true
		}
	}
	return false
}

// Mapping is the whole proposal.
func (p Proposal) Mapping() mapping.Mapping { return p.Confident(0) }

// Confident is the part of the proposal of which it is at least so sure:
// tables, parties, events and fields below it are left out.
func (p Proposal) Confident(least float64) mapping.Mapping {
	m := mapping.Mapping{Source: p.Source}
	for _, d := range p.drafts {
		if t, ok := d.build(least); ok {
			m.Tables = append(m.Tables, t)
		}
	}
	return m
}

// slug makes a name that a mapping may use, letters of any script kept.
func slug(s string) string {
	s = strings.Trim(regexp.MustCompile(`[^\p{L}\p{N}]+`).ReplaceAllString(strings.ToLower(s), "_"), "_")
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60])
	}
	return s
}

func stem(file string) string {
	base := filepath.Base(file)
	for ext := filepath.Ext(base); ext != "" && len(ext) <= 8; ext = filepath.Ext(base) {
		base = strings.TrimSuffix(base, ext)
	}
	return base
}

var rePlain = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_]*$`)

// ident writes a column's name as an expression.
func ident(h string) mapping.Expr {
	if rePlain.MatchString(h) {
		if _, err := mapping.ColumnsOf(mapping.Expr(h), nil); err == nil {
			return mapping.Expr(h)
		}
	}
	return mapping.Expr(`"` + strings.ReplaceAll(h, `"`, `""`) + `"`)
}

func text(s string) mapping.Expr {
	return mapping.Expr("'" + strings.ReplaceAll(s, "'", "''") + "'")
}
