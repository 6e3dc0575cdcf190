package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
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
	Version int       `json:"version"`
	TS      time.Time `json:"ts"`
	Actor   string    `json:"actor"`
}

type mappingView struct {
	Source   string               `json:"source"`
	YAML     string               `json:"yaml"`
	Version  int                  `json:"version"`
	Versions list[mappingVersion] `json:"versions" doc:"Newest first"`
}

type mappingVersion struct {
	Version int       `json:"version"`
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
	Version int `path:"version" minimum:"1"`
}

func registerMapping(api huma.API, s *server) {
	huma.Register(api, op("POST /mappings/check", "check-mapping", "Check a mapping without keeping it", access.Import), s.checkMapping)
	huma.Register(api, op("GET /mappings", "list-mappings", "Stored mappings by source", access.Read), s.listMappings)
	huma.Register(api, op("GET /mappings/schema.json", "mapping-schema", "JSON Schema of a mapping", access.Self), s.mappingSchema)
	huma.Register(api, op("GET /mappings/{source}", "get-mapping", "A source's mapping", access.Read), s.getMapping)
	huma.Register(api, op("PUT /mappings/{source}", "put-mapping", "Keep a new version of a source's mapping", access.Import), s.putMapping)
	huma.Register(api, op("GET /mappings/{source}/versions/{version}", "get-mapping-version", "One version of a source's mapping", access.Read), s.getMappingVersion)
}

func (s *server) checkMapping(ctx context.Context, r *in[yamlText]) (*out[mappingCheck], error) {
	return nil, todo()
}
func (s *server) listMappings(ctx context.Context, r *nothing) (*out[page[mappingItem]], error) {
	return nil, todo()
}
func (s *server) mappingSchema(ctx context.Context, r *nothing) (*out[json.RawMessage], error) {
	return nil, todo()
}
func (s *server) getMapping(ctx context.Context, r *BySource) (*out[mappingView], error) {
	return nil, todo()
}
func (s *server) putMapping(ctx context.Context, r *putMappingIn) (*out[mappingView], error) {
	return nil, todo()
}
func (s *server) getMappingVersion(ctx context.Context, r *mappingVersionIn) (*out[mappingView], error) {
	return nil, todo()
}
