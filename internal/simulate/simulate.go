// Package simulate makes a company whose truth is known: it writes the
// exports of its systems as files, and beside them truth.json, which says
// who is who and what each shovel really did. README.md tells how the data
// come about and lists every file.
//
// Two facts that surprise: the same seed and size give the same bytes,
// workbooks included (on one processor architecture: others may round a
// logarithm differently); and nothing in the exports is drawn from the
// truth file, both are written from the same walk.
package simulate

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/chanzipu/outfitter/internal/simulate/company"
	"github.com/chanzipu/outfitter/internal/simulate/export"
	"github.com/chanzipu/outfitter/internal/simulate/sink"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
	"github.com/chanzipu/outfitter/internal/simulate/truth"
)

// A Size is how big the company is.
type Size string

// Small is about 50 thousand events, Medium 5 million, Large 50 million.
const (
	Small  Size = "small"
	Medium Size = "medium"
	Large  Size = "large"
)

// ParseSize reads a size as a user writes it.
func ParseSize(s string) (Size, error) {
	switch z := Size(s); z {
	case Small, Medium, Large:
		return z, nil
	}
	return "", fmt.Errorf("simulate: size %q: use small, medium or large", s)
}

// Options of a run.
type Options struct {
	Seed     uint64
	Size     Size
	Out      string                               // folder; made if missing
	Progress func(done, total int64, what string) // may be nil
}

// A Summary says what was written.
type Summary struct {
	Seed     uint64      `json:"seed"`
	Size     Size        `json:"size"`
	Out      string      `json:"out"`
	Rows     int64       `json:"rows"`
	Events   int64       `json:"events"` // distinct events that complete mappings find
	Accounts int         `json:"accounts"`
	Staff    int         `json:"staff"`
	Files    []sink.File `json:"files"`
}

// World builds the company without writing anything.
func World(seed uint64, size Size) (*company.World, error) {
	switch size {
	case Small:
		return company.New(stage.Small(seed)), nil
	case Medium:
		return company.New(stage.Medium(seed)), nil
	case Large:
		return company.New(stage.Large(seed)), nil
	}
	return nil, fmt.Errorf("simulate: size %q: use small, medium or large", size)
}

// Run writes the company into o.Out.
func Run(ctx context.Context, o Options) (Summary, error) {
	s := Summary{Seed: o.Seed, Size: o.Size, Out: o.Out}
	if o.Out == "" {
		return s, fmt.Errorf("simulate: no output folder: name one")
	}
	w, err := World(o.Seed, o.Size)
	if err != nil {
		return s, err
	}
	s.Accounts, s.Staff = len(w.Accounts), len(w.Staff)
	s.Files, err = export.Run(ctx, w, o.Out, o.Progress)
	s.Rows, s.Events = export.Total(s.Files)
	return s, err
}

// ReadTruth reads the truth that Run wrote into dir.
func ReadTruth(dir string) (truth.Truth, error) {
	var t truth.Truth
	path := filepath.Join(dir, "truth.json")
	f, err := os.Open(path)
	if err != nil {
		return t, fmt.Errorf("simulate: %w: %q must be a folder that outfitter simulate wrote", err, dir)
	}
	defer f.Close()
	if err := json.NewDecoder(bufio.NewReaderSize(f, 1<<20)).Decode(&t); err != nil {
		return t, fmt.Errorf("simulate: %s: %w", path, err)
	}
	if t.Version != truth.Version {
		return t, fmt.Errorf("simulate: %s: version %d, this program reads %d: simulate again", path, t.Version, truth.Version)
	}
	return t, nil
}
