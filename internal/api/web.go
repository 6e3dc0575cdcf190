package api

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"github.com/chanzipu/outfitter/internal/fault"
)

// A base is where the program is reached from outside.
type base struct {
	path   string // "" or "/outfitter"
	origin string // "" or "https://host"
	https  bool
}

func parseBase(s string) (base, error) {
	if s == "" || s == "/" {
		return base{}, nil
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https") || (u.Scheme == "" && !strings.HasPrefix(u.Path, "/")) || u.RawQuery != "" || u.Fragment != "" || (u.Scheme != "" && u.Host == "") {
		return base{}, fault.New(fault.ErrInvalid, "base-url", fmt.Sprintf("The base URL %q can't be used: it should look like https://host/prefix or /prefix.", s), fmt.Sprintf("--base-url %q 不可用：应形如 https://主机/前缀 或 /前缀。", s))
	}
	b := base{path: strings.TrimRight(u.EscapedPath(), "/"), https: u.Scheme == "https"}
	if u.Scheme != "" {
		b.origin = u.Scheme + "://" + u.Host
	}
	return b, nil
}

// web wraps the routes in what every request passes.
func (s *server) web(mux http.Handler) http.Handler {
	h := s.compress(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r)
		requestOf(r.Context()).route = r.Pattern
	}))
	csrf := http.NewCrossOriginProtection()
	if s.base.origin != "" {
		if err := csrf.AddTrustedOrigin(s.base.origin); err != nil {
			s.Log.Warn("base URL is no origin", "err", err)
		}
	}
	csrf.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, problemOf(fault.New(fault.ErrDenied, "cross-origin", "This request came from another site and was refused.", "该请求来自其他网站，已被拒绝。")))
	}))
	h = csrf.Handler(h)
	h = s.headers(h)
	if s.base.path != "" {
		h = s.strip(h)
	}
	return s.observe(h)
}

// strip serves under the prefix, and its root for who asks without it: a proxy
// may strip it already.
func (s *server) strip(next http.Handler) http.Handler {
	under := http.StripPrefix(s.base.path, next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == s.base.path:
			http.Redirect(w, r, s.base.path+"/", http.StatusMovedPermanently)
		case strings.HasPrefix(r.URL.Path, s.base.path+"/"):
			under.ServeHTTP(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// policy lets the page run its own scripts and talk to its own server; inline
// styles are what Ant Design and ECharts write.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; " +
	"connect-src 'self'; worker-src 'self' blob:; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

func (s *server) headers(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
		if s.secure(r) {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if strings.HasPrefix(r.URL.Path, "/api/") {
			h.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}

// compress gzips what gets smaller; a stream of events must not wait in a buffer.
func (s *server) compress(next http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(1400), gzhttp.ExceptContentTypes([]string{"text/event-stream", "image/png", "font/woff2", typeXLSX, "application/octet-stream"}))
	if err != nil {
		panic(err) // the options are constants
	}
	zipped := wrap(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.Header.Get("Accept"), "text/event-stream") {
			next.ServeHTTP(w, r)
			return
		}
		zipped.ServeHTTP(w, r)
	})
}

// observe gives the request an id, logs it, counts it, and survives a panic.
func (s *server) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		info := &request{id: requestID(r), address: s.clientAddress(r), secure: s.secure(r), agent: r.UserAgent(), host: r.Host, route: "none"}
		if c, err := r.Cookie(cookieName); err == nil {
			info.cookie = c.Value
		}
		r = r.WithContext(context.WithValue(r.Context(), keyRequest, info))
		rec := &recorder{ResponseWriter: w}
		rec.Header().Set("X-Request-Id", info.id)
		defer func() {
			if p := recover(); p != nil && p != http.ErrAbortHandler {
				info.cause = fmt.Errorf("api: panic: %v\n%s", p, debug.Stack())
				if rec.code == 0 {
					writeProblem(rec, problem(http.StatusInternalServerError, ""))
				}
			}
			s.finish(r, rec, info, time.Since(began))
		}()
		next.ServeHTTP(rec, r)
	})
}

func (s *server) finish(r *http.Request, rec *recorder, info *request, took time.Duration) {
	if rec.code == 0 {
		rec.code = http.StatusOK
	}
	s.gauges.observe(info.route, rec.code, took)
	level, attrs := slog.LevelInfo, []slog.Attr{
		slog.String("id", info.id), slog.String("method", r.Method), slog.String("path", r.URL.Path), slog.Int("status", rec.code),
		slog.Float64("ms", float64(took.Microseconds())/1000), slog.Int64("bytes", rec.n), slog.String("actor", info.who.Actor), slog.String("address", info.address)}
	switch {
	case info.cause != nil && !errors.Is(info.cause, context.Canceled):
		level = slog.LevelError
		attrs = append(attrs, slog.Any("err", info.cause))
	case rec.code < 400 && (strings.HasPrefix(r.URL.Path, "/assets/") || r.URL.Path == "/healthz" || r.URL.Path == "/metrics"):
		level = slog.LevelDebug
	}
	s.Log.LogAttrs(r.Context(), level, "request", attrs...)
}

// requestID keeps an id that a proxy gave, if it is harmless.
func requestID(r *http.Request) string {
	id := r.Header.Get("X-Request-Id")
	harmless := strings.IndexFunc(id, func(c rune) bool {
		return !(c == '-' || c == '_' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')
	}) < 0
	if id != "" && len(id) <= 64 && harmless {
		return id
	}
	b := make([]byte, 8)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// A recorder remembers what was answered.
type recorder struct {
	http.ResponseWriter
	code int
	n    int64
}

func (r *recorder) WriteHeader(code int) {
	if r.code == 0 {
		r.code = code
	}
	r.ResponseWriter.WriteHeader(code)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.code == 0 {
		r.code = http.StatusOK
	}
	n, err := r.ResponseWriter.Write(b)
	r.n += int64(n)
	return n, err
}

// Flush sends what is there; server-sent events need it.
func (r *recorder) Flush() {
	if f, ok := r.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

// Unwrap lets http.ResponseController reach the connection.
func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// writeProblem answers with an error outside the operations.
func writeProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}
