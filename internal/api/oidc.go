package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/access/oidc"
	"github.com/chanzipu/outfitter/internal/fault"
)

// flowCookie holds a sign-in by the identity provider while it is under way.
const flowCookie = "outfitter_oidc"

type signInWays struct {
	Password bool    `json:"password"`
	OIDC     *oidcIn `json:"oidc,omitempty" doc:"Absent where no identity provider is set up"`
}

type oidcIn struct {
	Title string `json:"title" doc:"What the provider is called"`
	Path  string `json:"path" doc:"Where to send the browser, below the API"`
}

// A redirect sends the browser elsewhere.
type redirect struct {
	Status    int
	Location  string        `header:"Location"`
	SetCookie []http.Cookie `header:"Set-Cookie"`
}

type oidcBack struct {
	State string `query:"state" maxLength:"500"`
	Code  string `query:"code" maxLength:"4000"`
	Error string `query:"error" maxLength:"500"`
	Flow  string `cookie:"outfitter_oidc" maxLength:"4000"`
}

func registerOIDC(api huma.API, s *server) {
	huma.Register(api, op("GET /session/ways", "sign-in-ways", "How one can sign in here", access.Public), s.signInWays)
	huma.Register(api, op("GET /session/oidc", "begin-oidc", "Send the browser to the identity provider", access.Public, status(http.StatusFound)), s.beginOIDC)
	huma.Register(api, op("GET /session/oidc/callback", "finish-oidc", "Where the identity provider sends the browser back to", access.Public, status(http.StatusFound)), s.finishOIDC)
}

func (s *server) signInWays(context.Context, *nothing) (*out[signInWays], error) {
	w := signInWays{Password: true}
	if s.OIDC != nil {
		w.OIDC = &oidcIn{Title: s.OIDC.Title(), Path: "session/oidc"}
	}
	return &out[signInWays]{w}, nil
}

// back is where the provider sends the browser to, as it was registered there.
func (s *server) back(ctx context.Context) string {
	info := requestOf(ctx)
	origin := s.base.origin
	if origin == "" {
		origin = "http://" + info.host
		if info.secure {
			origin = "https://" + info.host
		}
	}
	return origin + s.base.path + prefix + "/session/oidc/callback"
}

func (s *server) beginOIDC(ctx context.Context, _ *nothing) (*redirect, error) {
	if s.OIDC == nil {
		return nil, reply(noOIDC())
	}
	to, flow, err := s.OIDC.Begin(ctx, s.back(ctx))
	if err != nil {
		return s.failed(ctx, err), nil
	}
	return &redirect{Status: http.StatusFound, Location: to, SetCookie: []http.Cookie{s.flow(ctx, flow.Encode())}}, nil
}

func noOIDC() error {
	return fault.New(fault.ErrNotFound, "oidc.none", "No identity provider is set up here.", "未配置身份提供方。")
}

// flow is the cookie of a sign-in under way; an empty one ends it. It comes
// back with the provider's redirect, which is a navigation, so Lax lets it.
func (s *server) flow(ctx context.Context, text string) http.Cookie {
	c := http.Cookie{Name: flowCookie, Value: text, Path: s.base.path + prefix + "/session/oidc", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: requestOf(ctx).secure, MaxAge: 600}
	if text == "" {
		c.MaxAge = -1
	}
	return c
}

func (s *server) finishOIDC(ctx context.Context, r *oidcBack) (*redirect, error) {
	if s.OIDC == nil {
		return nil, reply(noOIDC())
	}
	flow, err := oidc.DecodeFlow(r.Flow)
	if err != nil || r.Error != "" {
		return s.failed(ctx, fault.New(fault.ErrDenied, "oidc.refused", "Sign-in by the identity provider was not finished. Start again from the sign-in page.", "通过身份提供方的登录未完成，请从登录页重新开始。")), nil
	}
	id, err := s.OIDC.Finish(ctx, s.back(ctx), flow, r.State, r.Code)
	if err != nil {
		return s.failed(ctx, err), nil
	}
	info := requestOf(ctx)
	v, err := access.SignInBy(ctx, s.DB, id, info.address, info.agent)
	if err != nil {
		return s.failed(ctx, err), nil
	}
	info.who = access.Who{Actor: "user:" + v.User.Name, User: v.User}
	return &redirect{Status: http.StatusFound, Location: s.base.path + "/", SetCookie: []http.Cookie{s.sessionCookie(info, v.Secret), s.flow(ctx, "")}}, nil
}

// failed sends the browser back to the sign-in page, which says why.
func (s *server) failed(ctx context.Context, err error) *redirect {
	q := url.Values{"sign_in": {"ours"}}
	var f *fault.Error
	if errors.As(err, &f) {
		q = url.Values{"sign_in": {f.Code}} // the page has the words: it shows no text out of its address
	} else {
		requestOf(ctx).cause = err
	}
	return &redirect{Status: http.StatusFound, Location: s.base.path + "/?" + q.Encode(), SetCookie: []http.Cookie{s.flow(ctx, "")}}
}
