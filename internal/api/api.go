// Package api is the HTTP interface: one file per domain, no rules, no SQL.
//
// Every operation names the right it needs, and a test walks all of them with
// every role. The OpenAPI document is a golden file, openapi.json, which the
// web client's types are made from.
package api

import (
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// Deps are what the API stands on.
type Deps struct {
	Version string
}

type server struct{ Deps }

// operations registers every route of the API: the whole surface, on one page.
func operations(mux *http.ServeMux, s *server) huma.API {
	c := huma.DefaultConfig("Outfitter", s.Version)
	c.CreateHooks, c.OpenAPIPath, c.DocsPath, c.SchemasPath = nil, "", "", ""
	c.Info.Description = "Errors are RFC 9457 problems in English and Chinese. Lists are paged by cursor. Long work is a run."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: "outfitter_session"},
		"token":   {Type: "http", Scheme: "bearer"},
	}
	api := humago.New(mux, c)
	registerAccess(api, s)
	registerAudit(api, s)
	registerRun(api, s)
	registerSource(api, s)
	registerMapping(api, s)
	registerBatch(api, s)
	registerEvent(api, s)
	registerExplore(api, s)
	registerToday(api, s)
	for _, v := range []reflect.Type{typeOf[inspectResult](), typeOf[importResult]()} {
		api.OpenAPI().Components.Schemas.Schema(v, true, "") // results of runs
	}
	return api
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }
