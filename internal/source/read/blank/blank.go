// Package blank overwrites one person's cells in a delivery, in whatever
// format it came, and leaves everything else where it stands.
//
// Rows keep their numbers. In text a cell is overwritten by as many blanks as
// it had bytes (in an encoding other than UTF-8 its line is encoded anew), so
// that kept offsets stay true; in a workbook it becomes an empty cell, and a
// text that no other cell shares goes too. It owns no tables; like package
// read it works within the parser child.
package blank

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/source/read"
	"github.com/chanzipu/outfitter/internal/source/read/json"
)

// A Table says which rows of a table are the person's, and which of their
// cells are to go.
type Table struct {
	Rows    []int64  `json:"rows"`    // 1-based
	Who     []Who    `json:"who"`     // where a row names people: one each
	Columns []string `json:"columns"` // whose cells go in the person's rows, whoever else the row names
	Keep    []string `json:"keep"`    // instead of Columns: all go but these; one that ends in a dot stands for what begins so
}

// A Who is one place in which rows of a table name a person.
type Who struct {
	Key     []string `json:"key"`     // columns that tell who it is
	Values  []string `json:"values"`  // what they hold, joined by 0x1f, where it is the person; learnt from Rows where there is one Who
	Columns []string `json:"columns"` // whose cells go with the person
}

// A Job is one delivery that holds the person.
type Job struct {
	Path    string      `json:"path"`
	Name    string      `json:"name"`
	Work    string      `json:"work"` // empty folder
	Out     string      `json:"out"`  // file to make, if a cell goes
	Hints   read.Hints  `json:"hints"`
	Limits  read.Limits `json:"limits"`
	Tables  []Table     `json:"tables"`  // in the delivery's order
	Needles []string    `json:"needles"` // a cell that holds one goes, in any row: phone, mail, identity number
	Words   []string    `json:"words"`   // a cell that holds one goes in the person's rows: names, keys
}

// A Result is what was overwritten. Without any there is no new file.
type Result struct {
	Rows  int64 `json:"rows"`
	Cells int64 `json:"cells"`
}

// ErrUnknown is a kind that File leaves to the caller: Parquet, which the engine writes.
var ErrUnknown = errors.New("blank: a kind that only the engine writes")

// File makes the delivery anew without the person's cells.
func File(ctx context.Context, j Job) (Result, error) {
	var w writer
	f, err := read.Detect(ctx, j.Path, j.Name, j.Hints, j.Limits)
	if err != nil {
		return Result{}, err
	}
	switch f.Kind {
	case read.CSV, read.JSON, read.NDJSON:
		w = &text{format: f}
	case read.XLSX, read.XLS:
		w = &book{kind: f.Kind, cells: map[int]map[cell]bool{}, texts: map[string]bool{}}
	default:
		return Result{}, ErrUnknown
	}
	r, err := Pick(ctx, j, w.take)
	if err != nil || r.Cells == 0 {
		return r, err
	}
	return r, w.write(j)
}

// A writer gathers the cells that go, then makes the file without them.
type writer interface {
	take(s read.Spot, fields []int)
	write(j Job) error
}

// Pick walks the delivery twice, to learn whose the person's rows are and to
// tell take which fields of which record go.
func Pick(ctx context.Context, j Job, take func(s read.Spot, fields []int)) (Result, error) {
	tables := make([]*known, len(j.Tables))
	for i, t := range j.Tables {
		tables[i] = newKnown(t)
	}
	walk := func(visit func(read.Spot)) error {
		work, err := os.MkdirTemp(j.Work, "walk-*")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(work) }()
		_, err = read.Walk(ctx, j.Path, j.Name, work, j.Hints, j.Limits, func(s read.Spot) {
			if s.Paths != nil {
				s = leaves(s)
			}
			visit(s)
		})
		return err
	}
	if slices.ContainsFunc(tables, (*known).learns) {
		if err := walk(func(s read.Spot) {
			if s.Table < len(tables) {
				tables[s.Table].learn(s)
			}
		}); err != nil {
			return Result{}, err
		}
	}
	var r Result
	err := walk(func(s read.Spot) {
		goes := func(string) bool { return false }
		theirs := false
		if s.Row > 0 && s.Table < len(tables) {
			theirs, goes = tables[s.Table].look(s, j.Needles)
		}
		if fields := j.of(s, theirs, goes); len(fields) > 0 {
			r.Rows++
			r.Cells += int64(len(fields))
			take(s, fields)
		}
	})
	return r, err
}

// known is a Table with what was learnt of it.
type known struct {
	Table
	rows   map[int64]bool
	values []map[string]bool // of each Who
}

func newKnown(t Table) *known {
	k := &known{Table: t, rows: map[int64]bool{}}
	for _, r := range t.Rows {
		k.rows[r] = true
	}
	for _, w := range t.Who {
		m := map[string]bool{}
		for _, v := range w.Values {
			m[v] = true
		}
		k.values = append(k.values, m)
	}
	return k
}

func (k *known) learns() bool { return len(k.Who) == 1 && len(k.rows) > 0 }

func (k *known) learn(s read.Spot) {
	if !k.learns() || !k.rows[s.Row] {
		return
	}
	if v := signature(s, k.Who[0].Key); v != "" {
		k.values[0][v] = true
	}
}

// look tells whether a row is the person's, and which of its columns go.
func (k *known) look(s read.Spot, needles []string) (theirs bool, goes func(string) bool) {
	var columns []string
	met := false
	for i, w := range k.Who {
		if v := signature(s, w.Key); v != "" && k.values[i][v] || says(s, w.Columns, needles) {
			columns, met = append(columns, w.Columns...), true
		}
	}
	if !met {
		for _, w := range k.Who {
			columns = append(columns, w.Columns...)
		}
	}
	return met || k.rows[s.Row], func(name string) bool {
		if slices.Contains(columns, name) {
			return true
		}
		if k.Keep == nil {
			return slices.Contains(k.Columns, name)
		}
		return !slices.ContainsFunc(k.Keep, func(keep string) bool {
			return keep == name || strings.HasSuffix(keep, ".") && strings.HasPrefix(name, keep)
		})
	}
}

// says tells whether a needle stands where the record names the person: so it
// does without a key too, or under another one.
func says(s read.Spot, columns, needles []string) bool {
	for i, n := range s.Names {
		if i < len(s.Fields) && slices.Contains(columns, n) && slices.ContainsFunc(needles, func(w string) bool { return strings.EqualFold(strings.TrimSpace(s.Fields[i]), w) }) {
			return true
		}
	}
	return false
}

// of are the fields of a record that go.
func (j Job) of(s read.Spot, theirs bool, goes func(string) bool) (out []int) {
	for i, f := range s.Fields {
		if strings.TrimSpace(f) == "" {
			continue
		}
		column := theirs && (s.Names == nil || i >= len(s.Names) || goes(s.Names[i]))
		if column || holds(f, j.Needles) || theirs && holds(f, j.Words) {
			out = append(out, i)
		}
	}
	return out
}

// signature is what a record holds in the columns that tell whose it is.
func signature(s read.Spot, key []string) string {
	var parts []string
	empty := true
	for _, k := range key {
		v := ""
		for i, n := range s.Names {
			if n == k && i < len(s.Fields) {
				v = strings.TrimSpace(s.Fields[i])
			}
		}
		empty = empty && v == ""
		parts = append(parts, v)
	}
	if empty {
		return ""
	}
	return strings.Join(parts, "\x1f")
}

// holds tells whether a cell holds one of the words, not as part of a longer
// number or Latin word.
func holds(cell string, words []string) bool {
	folded := strings.ToLower(cell)
	for _, w := range words {
		w = strings.ToLower(w)
		for from := 0; w != ""; {
			i := strings.Index(folded[from:], w)
			if i < 0 {
				break
			}
			i += from
			if !joined(folded, i) && !joined(folded, i+len(w)) {
				return true
			}
			from = i + len(w)
		}
	}
	return false
}

// joined tells whether the bytes around i belong to one number or Latin word.
func joined(s string, i int) bool {
	return i > 0 && i < len(s) && latin(s[i-1]) && latin(s[i])
}

func latin(c byte) bool { return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' }

// leaves gives a JSON record its fields: every value in it with its column.
func leaves(s read.Spot) read.Spot {
	raw, prefix := s.Raw, ""
	if _, _, ok := json.Envelope(raw); ok {
		prefix = "row."
	}
	all, err := json.Leaves(raw)
	header := s.Names
	s.Names = nil
	if err != nil { // broken: what can't be told apart counts as one
		s.Fields, s.Spans = []string{string(raw)}, [][2]int{{0, len(raw)}}
		return s
	}
	for _, l := range all {
		name := strings.TrimPrefix(l.Path, prefix)
		if i, ok := s.Paths[name]; ok && i < len(header) {
			name = header[i]
		}
		s.Names, s.Fields, s.Spans = append(s.Names, name), append(s.Fields, l.Text), append(s.Spans, [2]int{l.From, l.To})
	}
	return s
}
