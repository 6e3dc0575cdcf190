package source

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/source/stage"
	"github.com/chanzipu/outfitter/internal/store"
)

// An Original is one record as it came, and what was made of it.
type Original struct {
	Batch      fact.Batch
	Row        int64
	Line       int64 // of the file or sheet; 0 = unknown
	Table      stage.TableReport
	Header     []string
	Fields     []string // nil where the reader refused the row
	Raw        string   // as it stood
	Neighbours []Neighbour
	Events     []fact.Event
	Parties    []fact.Party
	Rejects    []fact.Reject
	Lines      [2]int // of the mapping's table in the batch's YAML, 1-based, inclusive; zero = unknown
}

// A Neighbour is a record near the one asked for.
type Neighbour struct {
	Row    int64    `json:"row"`
	Fields []string `json:"fields"`
}

// ParseRow reads the address of an original record, BATCH:ROW.
func ParseRow(address string) (batch string, row int64, err error) {
	batch, no, ok := strings.Cut(address, ":")
	row, perr := strconv.ParseInt(no, 10, 64)
	if !ok || perr != nil || row < 1 || batch == "" {
		return "", 0, fault.New(fault.ErrInvalid, "row.address",
			fmt.Sprintf("%q is not the address of a row: write BATCH:ROW, such as 3f2a9c1e:17.", address),
			fmt.Sprintf("%q 不是原始行地址，应写作 批次:行号，如 3f2a9c1e:17。", address))
	}
	return batch, row, nil
}

// Row returns an original record from the vault, with its neighbours and all
// that was made of it. The vault object is verified, in full the first time.
func Row(ctx context.Context, db *store.DB, batch string, row, around int64) (Original, error) {
	b, err := fact.GetBatch(ctx, db, batch)
	if err != nil {
		return Original{}, err
	}
	o := Original{Batch: b, Row: row}
	var rep stage.Report
	if err := json.Unmarshal(b.Report, &rep); err != nil {
		return o, fmt.Errorf("source: batch %s: report: %w", b.ID, err)
	}
	at := -1
	for i, t := range rep.Tables {
		if row >= t.FirstRow && row < t.FirstRow+t.Rows {
			at = i
		}
	}
	if at < 0 {
		return o, fault.New(fault.ErrNotFound, "row.none",
			fmt.Sprintf("Batch %s has %d rows; there is no row %d.", b.ID, b.Rows, row), fmt.Sprintf("批次 %s 共 %d 行，没有第 %d 行。", b.ID, b.Rows, row))
	}
	o.Table = rep.Tables[at]
	p, err := place(ctx, db, b, rep, at, row, around)
	if err != nil {
		return o, err
	}
	o.Header, o.Line = p.Header, p.Line
	if o.Table.Table == stage.APITable && b.Mapping == "" {
		o.Line = row // an event is a line
	}
	for i, l := range p.Lines {
		if i == p.Hit {
			o.Fields, o.Raw = l.Fields, string(l.Raw)
			if o.Table.Table == stage.APITable && b.Mapping == "" {
				if o.Raw, err = lineOf(db.Vault.Path(b.Object), row); err != nil {
					return o, err
				}
			}
		}
		o.Neighbours = append(o.Neighbours, Neighbour{o.Table.FirstRow + l.Row - 1, l.Fields})
	}
	if o.Events, err = fact.EventsOfRow(ctx, db, b.ID, row); err != nil {
		return o, err
	}
	if o.Parties, err = fact.PartiesOfRow(ctx, db, b.ID, row); err != nil {
		return o, err
	}
	if o.Rejects, err = fact.RejectsOfRow(ctx, db, b.ID, row); err != nil {
		return o, err
	}
	for _, r := range o.Rejects {
		if p.Hit < 0 && o.Raw == "" {
			o.Raw = r.Text
		}
		if o.Line == 0 {
			o.Line = r.Line
		}
	}
	o.Lines = tableLines(b.Mapping, o.Table.Table)
	return o, nil
}

// lineOf reads the nth line of a file, 1-based, without its end.
func lineOf(path string, n int64) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("source: row: %w", err)
	}
	defer func() { _ = f.Close() }()
	r := bufio.NewReaderSize(f, 1<<16)
	for ; n > 1; n-- {
		for more := true; more; {
			_, err := r.ReadSlice('\n')
			if more = errors.Is(err, bufio.ErrBufferFull); err != nil && !more {
				return "", fmt.Errorf("source: row: %w", err)
			}
		}
	}
	line, err := r.ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("source: row: %w", err)
	}
	return strings.TrimSuffix(line, "\n"), nil
}

func place(ctx context.Context, db *store.DB, b fact.Batch, rep stage.Report, at int, row, around int64) (stage.Place, error) {
	if err := db.Vault.Check(ctx, b.Object); err != nil {
		return stage.Place{}, err
	}
	t := rep.Tables[at]
	inTable := row - t.FirstRow + 1
	if t.Layout != nil && b.Member == "" {
		layout := *t.Layout
		layout.Path = db.Vault.Path(b.Object)
		return stage.PlaceOf(layout, inTable, around, around, true)
	}
	work, err := os.MkdirTemp(db.StageDir(), "row-")
	if err != nil {
		return stage.Place{}, fmt.Errorf("source: row: %w", err)
	}
	defer func() { _ = os.RemoveAll(work) }()
	var m mapping.Mapping // of API events there is none
	if b.Mapping != "" {
		if m, err = mapping.Parse([]byte(b.Mapping)); err != nil {
			return stage.Place{}, err
		}
	}
	path, name := db.Vault.Path(b.Object), filepath.Base(b.Name)
	if b.Member != "" {
		ms, err := stage.Split(ctx, stage.SplitJob{Path: path, Name: strings.TrimSuffix(b.Name, "/"+b.Member), Work: work}, bounds(b.Bytes))
		if err != nil {
			return stage.Place{}, err
		}
		for _, one := range distinct(ms) {
			if one.Name == b.Member {
				path, name = one.Path, filepath.Base(b.Member)
			}
		}
	}
	copies := filepath.Join(work, "copy")
	if err := os.MkdirAll(copies, 0o700); err != nil {
		return stage.Place{}, fmt.Errorf("source: row: %w", err)
	}
	return stage.Around(ctx, stage.AroundJob{Path: path, Name: name, Work: copies, Map: m, Index: at, Row: inTable, Before: around, After: around}, bounds(b.Bytes))
}

// tableLines finds the lines of a table in a mapping's text.
func tableLines(yaml, table string) [2]int {
	lines := strings.Split(yaml, "\n")
	since, indent := 0, 0
	for i, l := range lines {
		trimmed := strings.TrimLeft(l, " ")
		name, isName := strings.CutPrefix(strings.TrimPrefix(trimmed, "- "), "name:")
		if since == 0 && isName && strings.Trim(strings.TrimSpace(strings.SplitN(name, " #", 2)[0]), `"'`) == table {
			since, indent = i+1, len(l)-len(trimmed)
			if !strings.HasPrefix(trimmed, "- ") {
				for since > 1 && !strings.HasPrefix(strings.TrimSpace(lines[since-1]), "- ") {
					since--
				}
				indent = len(lines[since-1]) - len(strings.TrimLeft(lines[since-1], " "))
			}
			continue
		}
		if since > 0 && trimmed != "" && len(l)-len(trimmed) <= indent && !strings.HasPrefix(trimmed, "#") {
			return [2]int{since, i}
		}
	}
	if since == 0 {
		return [2]int{}
	}
	return [2]int{since, len(lines)}
}
