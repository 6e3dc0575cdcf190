// Package layout lists the files of the made company's exports: which
// encoding, which rows above the header, which columns, which row means
// which event. README.md in the folder above prints the list, a test holds
// both together, and every file is written through it.
//
// Two facts that surprise: some files repeat rows of others on purpose (a
// re-export, a correction), and some have no key column at all, so identical
// rows are different events there.
package layout

import "strings"

// An Encoding is how a file's bytes are to be read.
type Encoding string

// The encodings that the exports use.
const (
	XLSX    Encoding = "xlsx"
	UTF8    Encoding = "utf-8"
	UTF8BOM Encoding = "utf-8 with BOM"
	GBK     Encoding = "gbk"
	NDJSON  Encoding = "ndjson, utf-8"
)

// A Column is one header cell and the concept behind it. Concept is written
// as field of the row's own party or event (key, name, ts, amount …) or as a
// reference to another table's party (account.key, staff.key …).
type Column struct {
	Name    string
	Concept string
}

// A Table is one kind of file, or one sheet of a workbook.
type Table struct {
	ID       string // stable short name used in code, never shown in a file
	Path     string // below the output folder; {month} is 2026-01 and so on
	Sheet    string // empty for text files
	Encoding Encoding
	Above    int // rows above the header row: banner, export stamp, merged group headers
	Columns  []Column
	Key      string   // column(s) that name a row; empty: no key, identical rows are real
	Mode     string   // log or snapshot
	Party    string   // the party that a row describes, empty if none
	Verbs    []string // "verb @ column [condition]"
	Note     string
}

// Header is the table's header row.
func (t Table) Header() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// columns reads "name=concept" pairs parted by blanks; a ~ in a name is a blank.
func columns(list string) []Column {
	var cs []Column
	for _, pair := range strings.Fields(list) {
		name, concept, _ := strings.Cut(pair, "=")
		cs = append(cs, Column{Name: strings.ReplaceAll(name, "~", " "), Concept: concept})
	}
	return cs
}

// Find gives the table with that id; an unknown id is a mistake in this
// program, so it panics.
func Find(id string) Table {
	for _, t := range Tables {
		if t.ID == id {
			return t
		}
	}
	panic("export: no table " + id)
}
