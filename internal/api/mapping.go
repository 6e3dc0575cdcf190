package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/source/mapping"
)

type yamlText struct {
	YAML string `json:"yaml" maxLength:"1000000"`
}

type mappingCheck struct {
	OK     bool               `json:"ok"`
	Errors list[mappingError] `json:"errors"`
}

type mappingError struct {
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	Message   string `json:"message"`
	MessageZH string `json:"message_zh"`
}

type mappingItem struct {
	Source  string    `json:"source"`
	Title   string    `json:"title"`
	Version int64     `json:"version"`
	TS      time.Time `json:"ts"`
	Actor   string    `json:"actor"`
}

type mappingView struct {
	Source   string               `json:"source"`
	YAML     string               `json:"yaml"`
	Version  int64                `json:"version"`
	Versions list[mappingVersion] `json:"versions" doc:"Newest first"`
}

type mappingVersion struct {
	Version int64     `json:"version"`
	TS      time.Time `json:"ts"`
	Actor   string    `json:"actor"`
}

type BySource struct {
	Source string `path:"source" maxLength:"100"`
}

type putMappingIn struct {
	BySource
	Body yamlText
}

type mappingVersionIn struct {
	BySource
	Version int64 `path:"version" minimum:"1"`
}

func registerMapping(api huma.API, s *server) {
	huma.Register(api, op("POST /mappings/check", "check-mapping", "Check a mapping without keeping it", access.Import), s.checkMapping)
	huma.Register(api, op("GET /mappings", "list-mappings", "Stored mappings by source", access.Read), s.listMappings)
	huma.Register(api, op("GET /mappings/schema.json", "mapping-schema", "JSON Schema of a mapping", access.Self), s.mappingSchema)
	huma.Register(api, op("GET /mappings/{source}", "get-mapping", "A source's mapping", access.Read), s.getMapping)
	huma.Register(api, op("PUT /mappings/{source}", "put-mapping", "Keep a new version of a source's mapping", access.Import), s.putMapping)
	huma.Register(api, op("GET /mappings/{source}/versions/{version}", "get-mapping-version", "One version of a source's mapping", access.Read), s.getMappingVersion)
}

func (s *server) checkMapping(_ context.Context, r *in[yamlText]) (*out[mappingCheck], error) {
	_, err := mapping.Parse([]byte(r.Body.YAML))
	c := mappingCheck{OK: err == nil, Errors: mappingErrors(err)}
	if err != nil && fault.Mine(err) {
		return nil, reply(err)
	}
	return &out[mappingCheck]{c}, nil
}

// mappingErrors are the places to mend; an error without places stands alone.
func mappingErrors(err error) list[mappingError] {
	var all *mapping.Error
	var f *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &all):
		return each(all.Problems, func(p mapping.Problem) mappingError {
			en, zh := p.Msg, p.Chinese()
			if p.Path != "" {
				en, zh = p.Path+": "+en, p.Path+"："+zh
			}
			return mappingError{p.Line, p.Column, en, zh}
		})
	case errors.As(err, &f):
		return list[mappingError]{{Message: f.EN, MessageZH: f.ZH}}
	}
	return list[mappingError]{{Message: err.Error(), MessageZH: err.Error()}}
}

func (s *server) listMappings(ctx context.Context, _ *nothing) (*out[page[mappingItem]], error) {
	all, err := source.Mappings(ctx, s.DB)
	return &out[page[mappingItem]]{page[mappingItem]{Items: each(all, func(v source.Version) mappingItem {
		m, _ := mapping.Parse([]byte(v.YAML)) // one that no longer parses has no title
		return mappingItem{v.Source, m.Title, v.Version, v.TS, v.Actor}
	})}}, reply(err)
}

func (s *server) mappingSchema(context.Context, *nothing) (*out[json.RawMessage], error) {
	return &out[json.RawMessage]{json.RawMessage(mapping.Schema)}, nil
}

func (s *server) getMapping(ctx context.Context, r *BySource) (*out[mappingView], error) {
	v, err := s.mappingOf(ctx, r.Source, 0)
	return &out[mappingView]{v}, reply(err)
}

// mappingOf is one version of a source's mapping, with its history; 0 = the newest.
func (s *server) mappingOf(ctx context.Context, name string, version int64) (mappingView, error) {
	all, err := source.MappingVersions(ctx, s.DB, name)
	if err != nil {
		return mappingView{}, err
	}
	view := mappingView{Source: name, Versions: each(all, func(v source.Version) mappingVersion { return mappingVersion{v.Version, v.TS, v.Actor} })}
	for _, v := range all {
		if version == 0 || v.Version == version {
			view.YAML, view.Version = v.YAML, v.Version
			return view, nil
		}
	}
	return view, fault.New(fault.ErrNotFound, "mapping.none", fmt.Sprintf("The source %q has no such mapping.", name), fmt.Sprintf("数据源 %q 没有这个映射。", name))
}

func (s *server) putMapping(ctx context.Context, r *putMappingIn) (*out[mappingView], error) {
	m, err := mapping.Parse([]byte(r.Body.YAML))
	if err != nil {
		return nil, reply(err)
	}
	if m.Source != r.Source {
		return nil, reply(fault.New(fault.ErrInvalid, "mapping.source", fmt.Sprintf("The mapping says source: %s, but it was sent for %s. Make the two the same.", m.Source, r.Source),
			fmt.Sprintf("映射中写的是 source: %s，却提交给了 %s。请保持一致。", m.Source, r.Source)))
	}
	if _, err := source.PutMapping(ctx, s.DB, r.Body.YAML, whoIs(ctx).Actor); err != nil {
		return nil, reply(err)
	}
	view, err := s.mappingOf(ctx, r.Source, 0)
	return &out[mappingView]{view}, reply(err)
}

func (s *server) getMappingVersion(ctx context.Context, r *mappingVersionIn) (*out[mappingView], error) {
	v, err := s.mappingOf(ctx, r.Source, r.Version)
	return &out[mappingView]{v}, reply(err)
}
