package stage

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/source/read"
	"github.com/chanzipu/outfitter/internal/source/read/csv"
	"github.com/chanzipu/outfitter/internal/source/suggest"
)

// A LookJob asks what is in some files, and what they might mean.
type LookJob struct {
	Files  []LookFile  `json:"files"`
	Work   string      `json:"work"`
	Source string      `json:"source"`
	Zone   string      `json:"zone"`
	Hints  read.Hints  `json:"hints"`
	Limits read.Limits `json:"limits"`
}

// A LookFile is one file to look at.
type LookFile struct {
	Path   string `json:"path"`
	Name   string `json:"name"`
	Upload string `json:"upload"`
	Member string `json:"member"`
}

// A Seen is what a file holds.
type Seen struct {
	LookFile
	Format read.Format `json:"format"`
	Tables []SeenTable `json:"tables"`
	Error  *said       `json:"error,omitempty"`
}

// Err is why the file could not be read; nil where it could.
func (s Seen) Err() error {
	if s.Error == nil {
		return nil
	}
	return s.Error.err()
}

// A SeenTable is one table with its first rows.
type SeenTable struct {
	Name     string          `json:"name"`
	Header   []string        `json:"header"`
	Rows     int64           `json:"rows"`
	Read     int64           `json:"read"`
	Wide     bool            `json:"wide"`
	Sample   [][]string      `json:"sample"`
	Rejects  []read.Reject   `json:"rejects"`
	SetAside []read.SetAside `json:"set_aside"`
	Evidence []read.Evidence `json:"evidence"`
}

// An AroundJob asks for a row of a delivery and its neighbours.
type AroundJob struct {
	Path   string          `json:"path"`
	Name   string          `json:"name"`
	Work   string          `json:"work"`
	Map    mapping.Mapping `json:"mapping"`
	Limits read.Limits     `json:"limits"`
	Layout *read.Table     `json:"layout"` // set: rows are found in Path itself
	Index  int             `json:"index"`  // else: which of the delivery's tables
	Row    int64           `json:"row"`    // 1-based among the table's read rows
	Before int64           `json:"before"`
	After  int64           `json:"after"`
}

// A Place is an original row among its neighbours.
type Place struct {
	Header []string    `json:"header"`
	Lines  []read.Line `json:"lines"`
	Hit    int         `json:"hit"`  // index in Lines; -1 where the row was refused by the reader
	Line   int64       `json:"line"` // near this line or sheet row of the original; 0 = unknown
}

// Around finds an original row in a child process.
func Around(ctx context.Context, j AroundJob, b Bounds) (Place, error) {
	return run[Place](ctx, request{Op: "around", Row: j}, b, nil)
}

func around(ctx context.Context, j AroundJob) (Place, error) {
	t, text := j.Layout, true
	if t == nil {
		format, tables, err := extract(ctx, j.Path, j.Name, j.Work, hintsFor(j.Map, j.Name), j.Limits, nil)
		if err != nil {
			return Place{}, err
		}
		if j.Index >= len(tables) {
			return Place{}, fmt.Errorf("stage: table %d of %d: %w", j.Index, len(tables), fault.ErrNotFound)
		}
		t, text = &tables[j.Index], format.Kind == read.CSV
	} else {
		t.Path = j.Path
	}
	return PlaceOf(*t, j.Row, j.Before, j.After, text)
}

// PlaceOf is the place of a read row of a clean table. A row that the reader
// refused has no clean record: its neighbours are shown around the gap. text
// says that the original is lines of text, where a record may take several.
func PlaceOf(t read.Table, row, before, after int64, text bool) (Place, error) {
	n, clean := t.Clean(row)
	p := Place{Header: t.Header, Hit: -1}
	if t.Rows == 0 {
		return p, nil
	}
	lines, err := t.Around(min(n, t.Rows-1), before, after)
	if err != nil {
		return p, err
	}
	p.Lines = lines
	for i, l := range lines {
		if clean && l.Row == row {
			p.Hit = i
		}
	}
	if k := n / csv.Every; int(k) < len(t.LineOf) && clean {
		// Refused records in between take a line each, as far as is known.
		p.Line = t.LineOf[k] + row - t.Row(k*csv.Every)
		if text && n%csv.Every > 0 {
			above, err := t.Around(n-1, n%csv.Every-1, 0)
			if err != nil {
				return p, err
			}
			for _, l := range above {
				p.Line += int64(bytes.Count(bytes.TrimRight(l.Raw, "\r\n"), []byte("\n")))
			}
		}
	}
	return p, nil
}

// A Looked is what some files hold and what they might mean.
type Looked struct {
	Files     []Seen           `json:"files"`
	Mapping   string           `json:"mapping"`   // YAML proposal, with confidence and reason as comments; "" = none
	Confident string           `json:"confident"` // the part of it that may be used unseen; "" = none
	Columns   []suggest.Column `json:"columns"`
}

// sure is the confidence from which a proposal is used unseen: two out of
// three, because a wrong mapping costs more than a missing one.
const sure = 0.65

// RunLook is Look in a child process.
func RunLook(ctx context.Context, j LookJob, b Bounds, tell Progress) (Looked, error) {
	return run[Looked](ctx, request{Op: "look", Look: j}, b, tell)
}

// Unread is a file that could not be read at all.
func Unread(name string, err error) Seen {
	return Seen{LookFile: LookFile{Name: name}, Tables: []SeenTable{}, Error: toSaid(err)}
}

// Look reads some files and says what is in them and what they might mean.
func Look(ctx context.Context, j LookJob, tell Progress) (Looked, error) {
	var out Looked
	var files []suggest.File
	for i, f := range j.Files {
		tell(int64(i), int64(len(j.Files)+1), "looking at "+f.Name, "查看 "+f.Name)
		s := Seen{LookFile: f, Tables: []SeenTable{}}
		work := filepath.Join(j.Work, strconv.Itoa(i))
		if err := os.MkdirAll(work, 0o700); err != nil {
			return out, fmt.Errorf("stage: %w", err)
		}
		format, tables, err := extract(ctx, f.Path, f.Name, work, j.Hints, j.Limits, nil)
		if err != nil {
			if ctx.Err() != nil {
				return out, ctx.Err()
			}
			s.Error = toSaid(err)
			out.Files = append(out.Files, s)
			continue
		}
		s.Format = format
		for _, t := range tables {
			st, err := seen(t)
			if err != nil {
				return out, err
			}
			s.Tables = append(s.Tables, st)
		}
		out.Files = append(out.Files, s)
		files = append(files, suggest.File{Name: f.Name, Tables: tables})
	}
	tell(int64(len(j.Files)), int64(len(j.Files)+1), "proposing a mapping", "生成映射建议")
	return out, out.propose(ctx, j.Source, files)
}

func seen(t read.Table) (SeenTable, error) {
	st := SeenTable{Name: t.Name, Header: t.Header, Rows: t.Rows, Read: t.Read, Wide: t.Wide, Rejects: t.Rejects[:min(20, len(t.Rejects))], SetAside: t.Set, Evidence: t.Evidence, Sample: [][]string{}}
	if t.Rows == 0 {
		return st, nil
	}
	lines, err := t.Around(0, 0, 19)
	for _, l := range lines {
		st.Sample = append(st.Sample, l.Fields)
	}
	return st, err
}

// propose fills in what the files might mean.
func (l *Looked) propose(ctx context.Context, source string, files []suggest.File) error {
	if len(files) == 0 {
		return nil
	}
	if source == "" {
		source = sourceName(files[0].Name)
	}
	p, err := suggest.Propose(ctx, source, files)
	if err != nil {
		return err
	}
	text, err := p.YAML()
	if err != nil {
		return err
	}
	l.Mapping, l.Columns = string(text), p.Columns
	confident := p.Confident(sure)
	if len(confident.Tables) == 0 {
		return nil
	}
	text, err = confident.YAML()
	l.Confident = string(text)
	return err
}

// sourceName makes a source's name of a file's.
func sourceName(file string) string {
	stem := strings.TrimSuffix(file, filepath.Ext(file))
	name := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		default:
			return '_'
		}
	}, stem)
	if name = strings.Trim(name, "_"); name == "" {
		return "files"
	}
	return name
}
