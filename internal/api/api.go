// Package api is the HTTP interface: one file per domain, no rules, no SQL.
//
// Every operation names the right it needs, and a test walks all of them with
// every role. The OpenAPI document is a golden file, openapi.json, which the
// web client's types are made from. Requests pass, outermost first: request
// id and log (web.go), security headers, cross-origin check, compression, the
// routes; who asks is found in security.go.
package api

import (
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/chanzipu/outfitter/internal/access/oidc"
	"github.com/chanzipu/outfitter/internal/identity"
	"github.com/chanzipu/outfitter/internal/run"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
)

// Deps are what the API stands on.
type Deps struct {
	DB       *store.DB
	Runs     *run.Runner
	Door     *source.Door       // takes events in; nil = none are taken
	OIDC     *oidc.Provider     // signs people in beside passwords; nil = there is none
	Identity *identity.Resolver // nil = one of its own
	Web      fs.FS              // the built web client; nil = none
	BaseURL  string             // as seen from outside: https://host/prefix; empty = / of whatever host
	Proxied  bool               // a proxy stands before us: the client's address is in X-Forwarded-For
	Version  string
	Log      *slog.Logger // nil = the default one
	// Patience is how long an answer of explore is waited for before it goes on as a run; default 2 s.
	Patience time.Duration
}

type server struct {
	Deps
	base   base
	began  time.Time
	gauges *gauges
	links  *linkCache
}

// New makes the handler of a whole installation.
func New(d Deps) (http.Handler, error) {
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Identity == nil {
		d.Identity = identity.NewResolver(d.DB)
	}
	if d.Patience == 0 {
		d.Patience = 2 * time.Second
	}
	b, err := parseBase(d.BaseURL)
	if err != nil {
		return nil, err
	}
	s := &server{Deps: d, base: b, began: time.Now(), links: &linkCache{db: d.DB}}
	s.gauges = newGauges(d)
	s.registerWork()
	mux := http.NewServeMux()
	s.operations(mux)
	mux.HandleFunc("GET /healthz", s.health)
	mux.HandleFunc("GET /metrics", s.prometheus)
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, problem(http.StatusNotFound, "There is no such operation. The list is at "+prefix+"/openapi.json."))
	})
	mux.Handle("/", s.spa())
	return s.web(mux), nil
}

// operations registers every route of the API: the whole surface, on one page.
func (s *server) operations(mux *http.ServeMux) huma.API {
	c := huma.DefaultConfig("Outfitter", "1")
	c.CreateHooks, c.OpenAPIPath, c.DocsPath, c.SchemasPath = nil, "", "", ""
	c.Info.Description = "Errors are RFC 9457 problems in English and Chinese. Lists are paged by cursor. Long work is a run."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: cookieName},
		"token":   {Type: "http", Scheme: "bearer"},
	}
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", namer())
	c.Transformers = []huma.Transformer{noteCause}
	api := humago.New(mux, c)
	api.UseMiddleware(s.authorise)
	registerAccess(api, s)
	registerOIDC(api, s)
	registerErasure(api, s)
	registerAudit(api, s)
	registerRun(api, s)
	registerSource(api, s)
	registerMapping(api, s)
	registerBatch(api, s)
	registerEvent(api, s)
	registerIdentity(api, s)
	registerExplore(api, s)
	registerCustomer(api, s)
	registerHandover(api, s)
	registerSegment(api, s)
	registerValue(api, s)
	registerReport(api, s)
	registerToday(api, s)
	registerSystem(api, s)
	for _, v := range []reflect.Type{typeOf[inspectResult](), typeOf[importResult](), typeOf[claimRun]()} {
		api.OpenAPI().Components.Schemas.Schema(v, true, "") // results of runs
	}
	return api
}

// namer names a schema after its type; where two packages have a type of one
// name, the second is named after its package too.
func namer() func(reflect.Type, string) string {
	taken := map[string]reflect.Type{}
	return func(t reflect.Type, hint string) string {
		name := huma.DefaultSchemaNamer(t, hint)
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if other, ok := taken[name]; ok && other != t {
			pkg := path.Base(t.PkgPath())
			name = strings.ToUpper(pkg[:1]) + pkg[1:] + name
		}
		taken[name] = t
		return name
	}
}

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }
