// Package oidc signs people in by an OpenID Connect provider.
//
// The code flow with PKCE: state, nonce and verifier of a sign-in under way
// are kept in the browser's own cookie, so any process of the installation can
// finish it. The provider is asked for its endpoints and keys when somebody
// first signs in, so that the server starts while it can't be reached. It owns
// no tables.
package oidc

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
)

// A Config names the provider and what its claims mean here.
type Config struct {
	Issuer       string
	ClientID     string
	ClientSecret string // empty = a public client, which PKCE alone protects
	Title        string // on the sign-in page's button; empty = the issuer's host
	RoleClaim    string // a text or a list of texts; default "groups"
	Roles        []Grant
	DefaultRole  string // of who has none of Roles; empty = they may not sign in, if Roles are given
}

// A Grant gives a role to whom the provider counts under a value.
type Grant struct{ Value, Role string }

// ParseGrants reads "value=role" pairs; the first that applies counts.
func ParseGrants(pairs []string) ([]Grant, error) {
	var out []Grant
	for _, p := range pairs {
		value, role, ok := strings.Cut(p, "=")
		if _, known := access.RoleOf(role); !ok || value == "" || !known {
			return nil, fault.New(fault.ErrInvalid, "oidc.role",
				fmt.Sprintf("--oidc-role %q can't be used: write VALUE=ROLE, with a role such as analyst.", p),
				fmt.Sprintf("--oidc-role %q 不可用：请写成 值=角色，角色如 analyst。", p))
		}
		out = append(out, Grant{value, role})
	}
	return out, nil
}

// Check says what is wrong with a configuration.
func (c Config) Check() error {
	u, err := url.Parse(c.Issuer)
	local := err == nil && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost" || u.Hostname() == "::1")
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && local) {
		return fault.New(fault.ErrInvalid, "oidc.issuer",
			fmt.Sprintf("The issuer %q can't be used: it should be the https:// address that the provider names.", c.Issuer),
			fmt.Sprintf("--oidc-issuer %q 不可用：应为身份提供方的 https:// 地址。", c.Issuer))
	}
	if c.ClientID == "" {
		return fault.New(fault.ErrInvalid, "oidc.client", "--oidc-client-id is missing: the provider gives it when you register this server.", "缺少 --oidc-client-id：在身份提供方登记本服务器时获得。")
	}
	if _, ok := access.RoleOf(c.DefaultRole); c.DefaultRole != "" && !ok {
		return fault.New(fault.ErrInvalid, "oidc.role", fmt.Sprintf("There is no role %q.", c.DefaultRole), fmt.Sprintf("没有角色 %q。", c.DefaultRole))
	}
	return nil
}

// A Provider signs people in.
type Provider struct {
	c      Config
	client *http.Client

	mu    sync.Mutex
	found *oidc.Provider
}

// New makes a provider from a checked configuration. It asks nobody yet.
func New(c Config) *Provider {
	if c.RoleClaim == "" {
		c.RoleClaim = "groups"
	}
	if u, err := url.Parse(c.Issuer); err == nil && c.Title == "" {
		c.Title = u.Hostname()
	}
	return &Provider{c: c, client: &http.Client{Timeout: 15 * time.Second}}
}

// Title is what the sign-in page calls the provider.
func (p *Provider) Title() string { return p.c.Title }

// A Flow is a sign-in under way; it goes into a cookie of the browser.
type Flow struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
}

// discover asks the provider for its endpoints once; a failure is tried again.
func (p *Provider) discover(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.found != nil {
		return p.found, nil
	}
	// The keys are fetched later with this context, so it must not end with the request.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.c.Issuer)
	if err != nil {
		return nil, fault.New(fault.ErrConflict, "oidc.unreachable",
			fmt.Sprintf("The identity provider %s can't be reached or does not answer as one. Sign in with a password, or try again later.", p.c.Title),
			fmt.Sprintf("身份提供方 %s 无法连接或应答不正确。请用密码登录，或稍后再试。", p.c.Title))
	}
	p.found = found
	return found, nil
}

func (p *Provider) config(found *oidc.Provider, redirect string) oauth2.Config {
	return oauth2.Config{ClientID: p.c.ClientID, ClientSecret: p.c.ClientSecret, Endpoint: found.Endpoint(), RedirectURL: redirect,
		Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}
}

// Begin starts a sign-in: where to send the browser, and what it is to keep.
func (p *Provider) Begin(ctx context.Context, redirect string) (to string, f Flow, err error) {
	found, err := p.discover(ctx)
	if err != nil {
		return "", f, err
	}
	f = Flow{State: oauth2.GenerateVerifier(), Nonce: oauth2.GenerateVerifier(), Verifier: oauth2.GenerateVerifier()}
	c := p.config(found, redirect)
	return c.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), f, nil
}

// Finish takes what the provider sent the browser back with, and says who it is.
func (p *Provider) Finish(ctx context.Context, redirect string, f Flow, state, code string) (access.Identity, error) {
	var who access.Identity
	if f.State == "" || subtle.ConstantTimeCompare([]byte(f.State), []byte(state)) != 1 || code == "" {
		return who, refused("the answer does not belong to this sign-in", "应答与本次登录不符")
	}
	found, err := p.discover(ctx)
	if err != nil {
		return who, err
	}
	ctx = oidc.ClientContext(ctx, p.client)
	c := p.config(found, redirect)
	token, err := c.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return who, refused("the provider did not take the code", "身份提供方未接受授权码")
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return who, refused("the provider sent no identity", "身份提供方未返回身份令牌")
	}
	id, err := found.Verifier(&oidc.Config{ClientID: p.c.ClientID}).Verify(ctx, raw)
	if err != nil {
		return who, refused("the identity's signature, audience or time is not right", "身份令牌的签名、受众或时间不正确")
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.Nonce)) != 1 {
		return who, refused("the identity is not of this sign-in", "身份令牌不属于本次登录")
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return who, refused("the identity can't be read", "身份令牌无法读取")
	}
	return p.identity(id, claims)
}

func refused(en, zh string) error {
	return fault.New(fault.ErrDenied, "oidc.refused", fmt.Sprintf("Sign-in by the identity provider failed: %s. Start again from the sign-in page.", en),
		fmt.Sprintf("通过身份提供方登录失败：%s。请从登录页重新开始。", zh))
}

// identity reads who it is from the claims, and which role they have.
func (p *Provider) identity(id *oidc.IDToken, claims map[string]any) (access.Identity, error) {
	text := func(name string) string {
		s, _ := claims[name].(string)
		return strings.TrimSpace(s)
	}
	who := access.Identity{Subject: id.Issuer + "|" + id.Subject, Display: text("name")}
	for _, name := range []string{text("preferred_username"), text("email"), id.Subject} {
		if name = strings.Join(strings.Fields(name), ""); name != "" {
			who.Names = append(who.Names, name)
		}
	}
	values, err := texts(claims[p.c.RoleClaim])
	if err != nil {
		return who, err
	}
	for _, g := range p.c.Roles {
		if slices.Contains(values, g.Value) {
			who.Role = g.Role
			return who, nil
		}
	}
	who.Role = p.c.DefaultRole
	if who.Role == "" && len(p.c.Roles) > 0 {
		return who, fault.New(fault.ErrDenied, "oidc.no-role",
			"The identity provider knows you, but gives you no role here. Ask an administrator.", "身份提供方认可您的身份，但未授予本系统的角色。请联系管理员。")
	}
	return who, nil
}

// texts are the values of a claim: a text, or a list of texts.
func texts(claim any) ([]string, error) {
	switch v := claim.(type) {
	case nil:
		return nil, nil
	case string:
		return []string{v}, nil
	case []any:
		var out []string
		for _, x := range v {
			s, ok := x.(string)
			if !ok {
				return nil, refused("its role claim is no list of texts", "角色声明不是文本列表")
			}
			out = append(out, s)
		}
		return out, nil
	}
	return nil, refused("its role claim is no list of texts", "角色声明不是文本列表")
}

// Encode is a flow as a cookie holds it.
func (f Flow) Encode() string {
	b, err := json.Marshal(f)
	if err != nil {
		panic(err) // three texts always marshal
	}
	return url.QueryEscape(string(b))
}

// DecodeFlow reads what Encode wrote.
func DecodeFlow(s string) (f Flow, err error) {
	text, err := url.QueryUnescape(s)
	if err == nil {
		err = json.Unmarshal([]byte(text), &f)
	}
	if err == nil && f.State == "" {
		err = errors.New("oidc: no state")
	}
	return f, err
}
