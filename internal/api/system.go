package api

import (
	"context"
	"encoding/json"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
)

func registerSystem(api huma.API, s *server) {
	huma.Register(api, op("GET /status", "status", "The installation", access.Self), s.status)
	huma.Register(api, op("GET /openapi.json", "openapi", "This description", access.Self),
		func(context.Context, *nothing) (*out[json.RawMessage], error) {
			text, err := json.Marshal(api.OpenAPI())
			return &out[json.RawMessage]{text}, reply(err)
		})
}
