package linkage

import (
	"fmt"
	"strings"
)

// A Table is one source's records, held by column with each distinct text once.
type Table struct {
	Source  string
	columns []string
	cols    []dictionary
	ids     []string
}

// dictionary holds one column: codes by record, texts by code.
type dictionary struct {
	texts []string
	codes []uint32
	index map[string]uint32
}

// NewTable makes an empty table. Column names are trimmed; they must differ
// and not be empty.
func NewTable(source string, columns []string) (*Table, error) {
	t := &Table{Source: source, cols: make([]dictionary, len(columns))}
	seen := map[string]bool{}
	for i, c := range columns {
		c = strings.TrimSpace(strings.TrimPrefix(c, "\ufeff"))
		if c == "" {
			return nil, fmt.Errorf("linkage: table %q: column %d has no name: give it one in the header", source, i+1)
		}
		if seen[c] {
			return nil, fmt.Errorf("linkage: table %q: two columns are named %q: rename one", source, c)
		}
		seen[c] = true
		t.columns = append(t.columns, c)
		t.cols[i].index = map[string]uint32{}
	}
	if len(columns) == 0 {
		return nil, fmt.Errorf("linkage: table %q: it has no columns", source)
	}
	return t, nil
}

// Append adds a record. Its id need not be unique across sources.
func (t *Table) Append(id string, values []string) error {
	if len(values) != len(t.columns) {
		return fmt.Errorf("linkage: table %q: record %d (id %q) has %d values for %d columns", t.Source, len(t.ids)+1, id, len(values), len(t.columns))
	}
	t.ids = append(t.ids, id)
	for i, v := range values {
		t.cols[i].add(v)
	}
	return nil
}

func (d *dictionary) add(v string) {
	c, ok := d.index[v]
	if !ok {
		c = uint32(len(d.texts))
		v = strings.Clone(v) // the caller's buffer may hold a whole row
		d.index[v] = c
		d.texts = append(d.texts, v)
	}
	d.codes = append(d.codes, c)
}

// Len is the number of records.
func (t *Table) Len() int { return len(t.ids) }

// Columns are the column names, trimmed.
func (t *Table) Columns() []string { return t.columns }

// ID is the id of record i.
func (t *Table) ID(i int) string { return t.ids[i] }

// Value is the text of record i in column c.
func (t *Table) Value(i, c int) string { return t.cols[c].texts[t.cols[c].codes[i]] }

// Column returns the position of a named column, -1 if there is none.
func (t *Table) Column(name string) int {
	for i, c := range t.columns {
		if c == name {
			return i
		}
	}
	return -1
}

// records are all tables' records in one numbering, columns joined by name.
type records struct {
	tables []*Table
	starts []int // first record of each table, and the end
	source []uint16
	names  []string
	cols   []dictionary // index is nil; a table without the column has code 0, the empty text
}

func newRecords(tables []*Table) (*records, error) {
	rs := &records{tables: tables, starts: []int{0}}
	position := map[string]int{}
	for i, t := range tables {
		if t == nil {
			return nil, fmt.Errorf("linkage: table %d is nil", i+1)
		}
		n := rs.starts[i] + t.Len()
		rs.starts = append(rs.starts, n)
		for _, c := range t.columns {
			if _, ok := position[c]; !ok {
				position[c] = len(rs.names)
				rs.names = append(rs.names, c)
			}
		}
		for range t.Len() {
			rs.source = append(rs.source, uint16(i))
		}
	}
	n := rs.starts[len(tables)]
	if n < 2 {
		return nil, fmt.Errorf("linkage: %d records: at least two are needed", n)
	}
	if len(tables) > 1<<16-1 || n > 1<<31 {
		return nil, fmt.Errorf("linkage: %d tables with %d records: at most 65,535 and 2,147,483,648 are possible", len(tables), n)
	}
	rs.cols = make([]dictionary, len(rs.names))
	for c, name := range rs.names {
		rs.cols[c] = joinColumn(tables, name, n)
	}
	return rs, nil
}

func joinColumn(tables []*Table, name string, n int) dictionary {
	if len(tables) == 1 {
		d := tables[0].cols[tables[0].Column(name)]
		return dictionary{texts: d.texts, codes: d.codes}
	}
	out := dictionary{texts: []string{""}, codes: make([]uint32, 0, n)}
	index := map[string]uint32{"": 0}
	for _, t := range tables {
		c := t.Column(name)
		if c < 0 {
			out.codes = append(out.codes, make([]uint32, t.Len())...)
			continue
		}
		d := &t.cols[c]
		to := make([]uint32, len(d.texts))
		for i, v := range d.texts {
			code, ok := index[v]
			if !ok {
				code = uint32(len(out.texts))
				index[v] = code
				out.texts = append(out.texts, v)
			}
			to[i] = code
		}
		for _, code := range d.codes {
			out.codes = append(out.codes, to[code])
		}
	}
	return out
}

func (rs *records) len() int { return rs.starts[len(rs.starts)-1] }

func (rs *records) column(name string) int {
	for i, c := range rs.names {
		if c == name {
			return i
		}
	}
	return -1
}

func (rs *records) value(rec uint32, col int) string {
	return rs.cols[col].texts[rs.cols[col].codes[rec]]
}

// id is a record's source and id.
func (rs *records) id(rec uint32) (source, id string) {
	t := rs.source[rec]
	return rs.tables[t].Source, rs.tables[t].ids[int(rec)-rs.starts[t]]
}
