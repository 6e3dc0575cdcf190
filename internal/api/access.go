package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
)

type user struct {
	ID       string     `json:"id"`
	Name     string     `json:"name" doc:"What one signs in with"`
	Display  string     `json:"display"`
	Role     string     `json:"role" enum:"admin,analyst,sales,growth,service,product,boss"`
	Team     string     `json:"team"`
	Lang     string     `json:"lang" enum:"zh,en"`
	Theme    string     `json:"theme" enum:"auto,light,dark"`
	Disabled bool       `json:"disabled"`
	Created  time.Time  `json:"created"`
	LastSeen *time.Time `json:"last_seen,omitempty"`
}

type me struct {
	User   user         `json:"user"`
	Rights list[string] `json:"rights"`
	OIDC   bool         `json:"oidc" doc:"Sign-in through the company's identity provider is set up"`
}

type signInOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      me
}

type signOutOut struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

type signIn struct {
	Name     string `json:"name" minLength:"1" maxLength:"200"`
	Password string `json:"password" minLength:"1" maxLength:"1000"`
}

type changePassword struct {
	Old string `json:"old" maxLength:"1000"`
	New string `json:"new" minLength:"10" maxLength:"1000"`
}

type changeMe struct {
	Display *string `json:"display,omitempty" maxLength:"200"`
	Lang    *string `json:"lang,omitempty" enum:"zh,en"`
	Theme   *string `json:"theme,omitempty" enum:"auto,light,dark"`
}

type newUser struct {
	Name     string `json:"name" minLength:"1" maxLength:"200"`
	Display  string `json:"display,omitempty" maxLength:"200"`
	Role     string `json:"role" enum:"admin,analyst,sales,growth,service,product,boss"`
	Team     string `json:"team,omitempty" maxLength:"200"`
	Password string `json:"password,omitempty" maxLength:"1000" doc:"Empty = one is made and shown once"`
}

type userWithPassword struct {
	User     user   `json:"user"`
	Password string `json:"password" doc:"Shown this once; empty where one was given"`
}

type changeUserIn struct {
	ID   string `path:"id"`
	Body struct {
		Display  *string `json:"display,omitempty" maxLength:"200"`
		Role     *string `json:"role,omitempty" enum:"admin,analyst,sales,growth,service,product,boss"`
		Team     *string `json:"team,omitempty" maxLength:"200"`
		Disabled *bool   `json:"disabled,omitempty"`
	}
}

type password struct {
	Password string `json:"password" doc:"Shown this once"`
}

type role struct {
	Role    string       `json:"role"`
	Title   string       `json:"title"`
	TitleZH string       `json:"title_zh"`
	Rights  list[string] `json:"rights"`
}

type token struct {
	ID       string     `json:"id"`
	Name     string     `json:"name"`
	Role     string     `json:"role"`
	Source   string     `json:"source,omitempty" doc:"The one source that it hands in events for; such a token can do nothing else"`
	Hint     string     `json:"hint" doc:"Its last four characters"`
	Created  time.Time  `json:"created"`
	Actor    string     `json:"actor"`
	Expires  *time.Time `json:"expires,omitempty"`
	LastUsed *time.Time `json:"last_used,omitempty"`
}

type newToken struct {
	Name    string     `json:"name" minLength:"1" maxLength:"200"`
	Role    string     `json:"role" enum:"admin,analyst,sales,growth,service,product,boss"`
	Source  string     `json:"source,omitempty" maxLength:"100"`
	Expires *time.Time `json:"expires,omitempty"`
}

type tokenWithSecret struct {
	Token string `json:"token" doc:"Shown this once"`
	Item  token  `json:"item"`
}

type ByID struct {
	ID string `path:"id" maxLength:"200"`
}

func registerAccess(api huma.API, s *server) {
	huma.Register(api, op("POST /session", "sign-in", "Sign in", access.Public), s.signIn)
	huma.Register(api, op("GET /session", "who-am-i", "Who is signed in", access.Self), s.whoAmI)
	huma.Register(api, op("DELETE /session", "sign-out", "Sign out", access.Self), s.signOut)
	huma.Register(api, op("PUT /session/password", "change-my-password", "Change one's password", access.Self, status(204)), s.changeMyPassword)
	huma.Register(api, op("PATCH /session", "change-me", "Change one's name, language or theme", access.Self), s.changeMe)

	huma.Register(api, op("GET /users", "list-users", "Users by name", access.Admin), s.listUsers)
	huma.Register(api, op("POST /users", "add-user", "Add a user", access.Admin, status(201)), s.addUser)
	huma.Register(api, op("PATCH /users/{id}", "change-user", "Change a user's role, team or name, or disable one", access.Admin), s.changeUser)
	huma.Register(api, op("POST /users/{id}/password", "reset-password", "Make a new password", access.Admin), s.resetPassword)
	huma.Register(api, op("GET /roles", "list-roles", "Which role has which rights", access.Self), s.listRoles)

	huma.Register(api, op("GET /tokens", "list-tokens", "Tokens, newest first", access.Admin), s.listTokens)
	huma.Register(api, op("POST /tokens", "add-token", "Make a token", access.Admin, status(201)), s.addToken)
	huma.Register(api, op("DELETE /tokens/{id}", "remove-token", "Revoke a token", access.Admin, status(204)), s.removeToken)
}

func (s *server) signIn(ctx context.Context, r *in[signIn]) (*signInOut, error) { return nil, todo() }
func (s *server) whoAmI(ctx context.Context, r *nothing) (*out[me], error)      { return nil, todo() }
func (s *server) signOut(ctx context.Context, r *nothing) (*signOutOut, error)  { return nil, todo() }
func (s *server) changeMyPassword(ctx context.Context, r *in[changePassword]) (*nothing, error) {
	return nil, todo()
}
func (s *server) changeMe(ctx context.Context, r *in[changeMe]) (*out[me], error) { return nil, todo() }
func (s *server) listUsers(ctx context.Context, r *nothing) (*out[page[user]], error) {
	return nil, todo()
}
func (s *server) addUser(ctx context.Context, r *in[newUser]) (*out[userWithPassword], error) {
	return nil, todo()
}
func (s *server) changeUser(ctx context.Context, r *changeUserIn) (*out[user], error) {
	return nil, todo()
}
func (s *server) resetPassword(ctx context.Context, r *ByID) (*out[password], error) {
	return nil, todo()
}
func (s *server) listRoles(ctx context.Context, r *nothing) (*out[list[role]], error) {
	return nil, todo()
}
func (s *server) listTokens(ctx context.Context, r *nothing) (*out[page[token]], error) {
	return nil, todo()
}
func (s *server) addToken(ctx context.Context, r *in[newToken]) (*out[tokenWithSecret], error) {
	return nil, todo()
}
func (s *server) removeToken(ctx context.Context, r *ByID) (*nothing, error) { return nil, todo() }
