package source

import (
	"context"
	"fmt"
	"time"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/source/stage"
	"github.com/chanzipu/outfitter/internal/store"
)

// The states of a source's health.
const (
	OK      = "ok"
	Late    = "late"    // it used to deliver more often
	Failing = "failing" // its folder can't be read, or many of its rows are refused
	Empty   = "empty"   // it has a mapping and nothing loaded
)

// A Source is where data comes from, and how it is doing.
type Source struct {
	Name, Title, Kind string // Kind: files, folder, api
	fact.SourceSum
	Mapping     int64 // version in use; 0 = none
	Zone        string
	Health      string
	HealthWhy   string
	HealthWhyZh string
	Folder      *Folder
	LastBatch   string
}

// List returns every source that has a batch, a mapping or a folder.
func List(ctx context.Context, db *store.DB) ([]Source, error) {
	sums, err := fact.Sources(ctx, db)
	if err != nil {
		return nil, err
	}
	maps, err := Mappings(ctx, db)
	if err != nil {
		return nil, err
	}
	folders, err := Folders(ctx, db)
	if err != nil {
		return nil, err
	}
	company, err := Zone(ctx, db)
	if err != nil {
		return nil, err
	}
	var out []Source
	at := map[string]int{}
	get := func(name string) *Source {
		i, there := at[name]
		if !there {
			i = len(out)
			at[name] = i
			out = append(out, Source{Name: name, Kind: "files", Zone: company})
			out[i].Source = name
		}
		return &out[i]
	}
	for _, s := range sums {
		get(s.Source).SourceSum = s
	}
	for _, v := range maps {
		s := get(v.Source)
		s.Mapping = v.Version
		if m, err := mapping.Parse([]byte(v.YAML)); err == nil {
			s.Title = m.Title
			if m.Zone != "" {
				s.Zone = m.Zone
			}
		}
	}
	for _, f := range folders {
		s := get(f.Source)
		s.Kind, s.Folder = "folder", &f
	}
	for i := range out {
		s := &out[i]
		if s.Mapping == 0 && s.Folder == nil {
			s.Kind = "api"
		}
		if err := judge(ctx, db, s); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// judge decides a source's health from its batches.
func judge(ctx context.Context, db *store.DB, s *Source) error {
	s.Health = OK
	batches, err := fact.ListBatches(ctx, db, s.Name, 0, 10)
	if err != nil {
		return err
	}
	if len(batches) > 0 {
		s.LastBatch = batches[0].ID
	}
	switch {
	case s.Folder != nil && s.Folder.Error != "":
		s.Health, s.HealthWhy, s.HealthWhyZh = Failing, s.Folder.Error, s.Folder.ErrorZh
		return nil
	case s.Batches == 0:
		s.Health, s.HealthWhy, s.HealthWhyZh = Empty, "Nothing is loaded yet.", "尚无数据。"
		return nil
	case s.Rows > 0 && s.Rejects*10 > s.Rows:
		s.Health = Failing
		s.HealthWhy = fmt.Sprintf("%d of %d rows or cells were rejected.", s.Rejects, s.Rows)
		s.HealthWhyZh = fmt.Sprintf("%d 行中有 %d 处被拒收。", s.Rows, s.Rejects)
		return nil
	}
	if s.Kind == "api" || len(batches) < 4 {
		return nil
	}
	span := batches[0].LoadedAt.Sub(batches[len(batches)-1].LoadedAt) / time.Duration(len(batches)-1)
	if quiet := time.Since(batches[0].LoadedAt); span > time.Hour && quiet > 3*span {
		s.Health = Late
		s.HealthWhy = fmt.Sprintf("It delivered about every %s and has been quiet for %s.", span.Round(time.Hour), quiet.Round(time.Hour))
		s.HealthWhyZh = fmt.Sprintf("以往约每 %s 有一次数据，现已 %s 没有。", span.Round(time.Hour), quiet.Round(time.Hour))
	}
	return nil
}

// Get returns one source.
func Get(ctx context.Context, db *store.DB, name string) (Source, error) {
	all, err := List(ctx, db)
	if err != nil {
		return Source{}, err
	}
	for _, s := range all {
		if s.Name == name {
			return s, nil
		}
	}
	return Source{}, fault.New(fault.ErrNotFound, "source.none", fmt.Sprintf("There is no source %q.", name), fmt.Sprintf("没有数据源 %q。", name))
}

// Remap maps a loaded batch again, under the mapping in use of its source, and
// replaces its facts in their place.
func Remap(ctx context.Context, db *store.DB, batch, actor string, tell stage.Progress) (Result, error) {
	b, err := fact.GetBatch(ctx, db, batch)
	if err != nil {
		return Result{}, err
	}
	v, err := GetMapping(ctx, db, b.Source)
	if err != nil {
		return Result{}, err
	}
	name := b.Name
	if b.Member != "" {
		name = name[:len(name)-len(b.Member)-1]
	}
	if err := db.Vault.Check(ctx, b.Object); err != nil {
		return Result{}, err
	}
	return Import(ctx, db, Request{Uploads: []Upload{{b.Object, name, b.Bytes}}, Source: b.Source, Mapping: v.YAML, AcceptDrift: true, Actor: actor}, tell)
}
