package api

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/access/oidc"
	"github.com/chanzipu/outfitter/internal/run"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

// An issuer is an identity provider in this process, with real keys: discovery,
// authorisation, token exchange with PKCE, signed identities.
type issuer struct {
	*httptest.Server
	t      *testing.T
	key    *rsa.PrivateKey
	claims map[string]any // of who signs in next
	spoil  func(claims map[string]any)
	forged *rsa.PrivateKey // signs instead of key

	challenge, nonce string
}

func newIssuer(t *testing.T) *issuer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &issuer{t: t, key: key}
	mux := http.NewServeMux()
	write := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		write(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/auth", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		b64 := base64.RawURLEncoding.EncodeToString
		write(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "n": b64(key.N.Bytes()), "e": b64([]byte{1, 0, 1})}}})
	})
	mux.HandleFunc("/auth", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("code_challenge_method") != "S256" || q.Get("response_type") != "code" || !strings.Contains(q.Get("scope"), "openid") {
			t.Errorf("authorisation asked with %v, want a code with S256", q)
		}
		p.challenge, p.nonce = q.Get("code_challenge"), q.Get("nonce")
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"state": {q.Get("state")}, "code": {"good"}}.Encode(), http.StatusFound)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		id, secret, _ := r.BasicAuth()
		if r.FormValue("code") != "good" || base64.RawURLEncoding.EncodeToString(sum[:]) != p.challenge || id != "outfitter" || secret != "s3cret" {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		write(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": p.identity()})
	})
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *issuer) identity() string {
	claims := map[string]any{"iss": p.URL, "aud": "outfitter", "exp": time.Now().Add(time.Minute).Unix(), "iat": time.Now().Unix(), "nonce": p.nonce}
	for k, v := range p.claims {
		claims[k] = v
	}
	if p.spoil != nil {
		p.spoil(claims)
	}
	body, err := json.Marshal(claims)
	if err != nil {
		p.t.Error(err)
	}
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RS256","kid":"1"}`)) + "." + base64.RawURLEncoding.EncodeToString(body)
	key := p.key
	if p.forged != nil {
		key = p.forged
	}
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		p.t.Error(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(sig)
}

// A browser keeps cookies and follows redirects one by one.
type browser struct {
	t       *testing.T
	site    *httptest.Server
	cookies map[string]string
}

func (b *browser) get(to string) *http.Response {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, to, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	if strings.HasPrefix(to, b.site.URL) {
		for k, v := range b.cookies {
			r.AddCookie(&http.Cookie{Name: k, Value: v})
		}
	}
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	_ = resp.Body.Close()
	for _, k := range resp.Cookies() {
		if b.cookies[k.Name] = k.Value; k.MaxAge < 0 {
			delete(b.cookies, k.Name)
		}
	}
	return resp
}

// signIn goes through the whole flow and returns where it ends.
func (b *browser) signIn() *url.URL {
	b.t.Helper()
	to := b.site.URL + "/api/v1/session/oidc"
	for range 3 {
		resp := b.get(to)
		next, err := resp.Location()
		if err != nil {
			b.t.Fatalf("%s: %d, %v", to, resp.StatusCode, err)
		}
		if to = next.String(); !strings.Contains(to, "/auth?") && !strings.Contains(to, "/callback?") {
			return next
		}
	}
	b.t.Fatalf("still not back at %s", to)
	return nil
}

func TestOIDC(t *testing.T) {
	p := newIssuer(t)
	db := storetest.Embedded(t)
	runs, err := run.Open(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(runs.Close)
	conf := oidc.Config{Issuer: p.URL, ClientID: "outfitter", ClientSecret: "s3cret", Title: "公司账号", Roles: []oidc.Grant{{Value: "data", Role: "analyst"}, {Value: "staff", Role: "sales"}}}
	if err := conf.Check(); err != nil {
		t.Fatal(err)
	}
	h, err := New(Deps{DB: db, Runs: runs, OIDC: oidc.New(conf)})
	if err != nil {
		t.Fatal(err)
	}
	site := httptest.NewServer(h)
	t.Cleanup(site.Close)
	if _, _, err := access.EnsureAdmin(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	fresh := func() *browser { return &browser{t: t, site: site, cookies: map[string]string{}} }
	who := func(b *browser) (access.User, error) {
		w, err := access.BySession(t.Context(), db, b.cookies[cookieName])
		return w.User, err
	}

	p.claims = map[string]any{"sub": "u1", "preferred_username": "admin", "email": "li@example.com", "name": "李", "groups": []string{"staff", "data"}}
	b := fresh()
	if at := b.signIn(); at.Path != "/" || at.RawQuery != "" {
		t.Fatalf("signed in at %s, want /", at)
	}
	u, err := who(b)
	if err != nil || u.Name != "li@example.com" || u.Role != "analyst" || u.Display != "李" {
		t.Errorf("signed in as %+v, %v: want a new analyst, who does not take over the local admin", u, err)
	}
	if _, left := b.cookies[flowCookie]; left {
		t.Error("the cookie of the flow is still there")
	}
	// The same subject under another name, with another role, is the same user.
	p.claims["preferred_username"], p.claims["groups"] = "li", "staff"
	b = fresh()
	b.signIn()
	if again, err := who(b); err != nil || again.ID != u.ID || again.Role != "sales" {
		t.Errorf("the second time = %+v, %v, want the same user as sales", again, err)
	}
	// An administrator's word counts: who is disabled stays out.
	disabled := true
	if _, err := access.ChangeUser(t.Context(), db, "user:admin", u.ID, access.UserChange{Disabled: &disabled}); err != nil {
		t.Fatal(err)
	}
	if at := fresh().signIn(); at.Query().Get("sign_in") != "sign-in.disabled" {
		t.Errorf("disabled: %s", at)
	}
	if c, err := access.VerifyAudit(t.Context(), db); err != nil || !c.OK {
		t.Errorf("VerifyAudit() = %+v, %v", c, err)
	}
	refusals(t, p, fresh, db)
}

func refusals(t *testing.T, p *issuer, fresh func() *browser, db *store.DB) {
	t.Helper()
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	before, err := access.ListUsers(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		spoil  func(map[string]any)
		forged *rsa.PrivateKey
		code   string
	}{
		{"a forged signature", nil, other, "oidc.refused"},
		{"another audience", func(c map[string]any) { c["aud"] = "somebody" }, nil, "oidc.refused"},
		{"another issuer", func(c map[string]any) { c["iss"] = "https://evil.example.com" }, nil, "oidc.refused"},
		{"another nonce", func(c map[string]any) { c["nonce"] = "x" }, nil, "oidc.refused"},
		{"out of date", func(c map[string]any) { c["exp"] = time.Now().Add(-time.Hour).Unix() }, nil, "oidc.refused"},
		{"no role", func(c map[string]any) { c["groups"] = []string{"guests"} }, nil, "oidc.no-role"},
		{"no list of roles", func(c map[string]any) { c["groups"] = 7 }, nil, "oidc.refused"},
	}
	for _, tt := range tests {
		p.claims = map[string]any{"sub": "new-" + tt.name, "groups": []string{"staff"}}
		p.spoil, p.forged = tt.spoil, tt.forged
		b := fresh()
		at := b.signIn()
		if at.Query().Get("sign_in") != tt.code || b.cookies[cookieName] != "" {
			t.Errorf("%s: back at %s with the cookies %v, want %s and no session", tt.name, at, b.cookies, tt.code)
		}
	}
	p.spoil, p.forged = nil, nil
	// An answer that belongs to no sign-in of this browser.
	b := fresh()
	b.get(b.site.URL + "/api/v1/session/oidc")
	for _, q := range []string{"?state=x&code=good", "?error=access_denied", ""} {
		keep := b.cookies[flowCookie]
		resp := b.get(b.site.URL + "/api/v1/session/oidc/callback" + q)
		if at, err := resp.Location(); err != nil || at.Query().Get("sign_in") != "oidc.refused" || b.cookies[cookieName] != "" {
			t.Errorf("callback%s = %s, %v, want it refused", q, at, err)
		}
		b.cookies[flowCookie] = keep
	}
	after, err := access.ListUsers(t.Context(), db)
	if err != nil || len(after) != len(before) {
		t.Errorf("%d users after refused sign-ins, %d before (%v)", len(after), len(before), err)
	}
}
