package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
)

const cookieName = "outfitter_session"

type key int

const keyRequest key = 0 // *request

// A request is what is known of one request beside its content.
type request struct {
	id      string
	address string // the client's
	agent   string
	host    string // as the client named it
	route   string // the pattern that took it
	secure  bool   // it came by https, as far as the outside goes
	cookie  string // the session's
	who     access.Who
	cause   error // behind a 5xx
}

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(keyRequest).(*request); ok {
		return r
	}
	return &request{}
}

// whoIs is who asks; the zero Who where nobody needs to be signed in.
func whoIs(ctx context.Context) access.Who { return requestOf(ctx).who }

// authorise finds out who asks and lets through who has the operation's right.
func (s *server) authorise(ctx huma.Context, next func(huma.Context)) {
	right, ok := ctx.Operation().Metadata[rightKey].(access.Right)
	if !ok {
		s.refuse(ctx, errors.New("api: operation "+ctx.Operation().OperationID+" names no right"))
		return
	}
	info := requestOf(ctx.Context())
	if right != access.Public {
		r, _ := humago.Unwrap(ctx)
		who, err := s.identify(r, info)
		if err != nil {
			s.refuse(ctx, err)
			return
		}
		info.who = who
		if !who.Can(right) {
			s.refuse(ctx, fault.New(fault.ErrDenied, "right.missing",
				"This needs the right "+string(right)+", which your role or token does not have. Ask an administrator.",
				"此操作需要 "+string(right)+" 权限，您的角色或令牌没有。请联系管理员。"))
			return
		}
	}
	next(ctx)
}

// identify is who sent the request: by token or session.
func (s *server) identify(r *http.Request, info *request) (access.Who, error) {
	if h := r.Header.Get("Authorization"); h != "" {
		text, ok := strings.CutPrefix(h, "Bearer ")
		if !ok {
			return access.Who{}, fault.New(fault.ErrDenied, "sign-in.token", "The Authorization header should read: Bearer TOKEN.", "Authorization 头应为：Bearer 令牌。")
		}
		return access.ByToken(r.Context(), s.DB, strings.TrimSpace(text))
	}
	if info.cookie == "" {
		return access.Who{}, fault.New(fault.ErrDenied, "sign-in.needed", "Sign in first, or send a token.", "请先登录，或使用令牌。")
	}
	return access.BySession(r.Context(), s.DB, info.cookie)
}

// refuse answers instead of the operation.
func (s *server) refuse(ctx huma.Context, err error) {
	_, w := humago.Unwrap(ctx)
	p := problemOf(err)
	requestOf(ctx.Context()).cause = p.cause
	writeProblem(w, p)
}

// noteCause keeps what the caller does not see for the log.
func noteCause(ctx huma.Context, _ string, v any) (any, error) {
	if p, ok := v.(*Problem); ok && p.Status >= http.StatusInternalServerError {
		requestOf(ctx.Context()).cause = p.cause
	}
	return v, nil
}

// clientAddress is where the request comes from. Behind a proxy it is the last
// address of X-Forwarded-For: the one that the proxy itself saw.
func (s *server) clientAddress(r *http.Request) string {
	if s.Proxied {
		all := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		if a, err := netip.ParseAddr(strings.TrimSpace(all[len(all)-1])); err == nil {
			return a.String()
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// secure reports whether the client's side of the connection is https.
func (s *server) secure(r *http.Request) bool {
	return r.TLS != nil || s.base.https || (s.Proxied && r.Header.Get("X-Forwarded-Proto") == "https")
}

// sessionCookie carries a session; without a secret it ends one.
func (s *server) sessionCookie(info *request, secret string) http.Cookie {
	c := http.Cookie{Name: cookieName, Value: secret, Path: s.base.path + "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: info.secure, MaxAge: 30 * 24 * 3600}
	if secret == "" {
		c.MaxAge = -1
	}
	return c
}
