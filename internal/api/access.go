package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
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

func (s *server) signIn(ctx context.Context, r *in[signIn]) (*signInOut, error) {
	info := requestOf(ctx)
	v, err := access.SignIn(ctx, s.DB, r.Body.Name, r.Body.Password, info.address, info.agent)
	if err != nil {
		return nil, reply(err)
	}
	return s.signedIn(info, v), nil
}

// signedIn answers with a session's cookie and user.
func (s *server) signedIn(info *request, v access.Session) *signInOut {
	info.who = access.Who{Actor: "user:" + v.User.Name, User: v.User}
	info.who.Role, _ = access.RoleOf(v.User.Role)
	return &signInOut{SetCookie: s.sessionCookie(info, v.Secret), Body: s.meOf(info.who)}
}

func (s *server) meOf(who access.Who) me {
	m := me{User: userOf(who.User), Rights: each(who.Role.Rights, func(r access.Right) string { return string(r) })}
	if who.User.ID == "" { // a token, or the machine's own user
		m.User = user{ID: who.Actor, Name: who.Actor, Display: who.Actor, Role: who.Role.Name, Lang: "zh", Theme: "auto"}
	}
	return m
}

func userOf(u access.User) user {
	return user{ID: u.ID, Name: u.Name, Display: u.Display, Role: u.Role, Team: u.Team, Lang: u.Lang, Theme: u.Theme, Disabled: u.Disabled, Created: u.Created, LastSeen: timeOf(u.LastSeen)}
}

// timeOf is absent for the zero time.
func timeOf(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func (s *server) whoAmI(ctx context.Context, _ *nothing) (*out[me], error) {
	return &out[me]{s.meOf(whoIs(ctx))}, nil
}

func (s *server) signOut(ctx context.Context, _ *nothing) (*signOutOut, error) {
	info := requestOf(ctx)
	if err := access.SignOut(ctx, s.DB, info.who, info.cookie); err != nil {
		return nil, reply(err)
	}
	return &signOutOut{SetCookie: s.sessionCookie(info, "")}, nil
}

// aUser is whoever asks, if it is a user.
func aUser(ctx context.Context) (access.Who, error) {
	who := whoIs(ctx)
	if who.User.ID == "" {
		return who, fault.New(fault.ErrDenied, "user.only", "Only a user who is signed in can do this, not a token.", "仅登录用户可执行此操作，令牌不可以。")
	}
	return who, nil
}

func (s *server) changeMyPassword(ctx context.Context, r *in[changePassword]) (*nothing, error) {
	who, err := aUser(ctx)
	if err == nil {
		err = access.ChangePassword(ctx, s.DB, who, r.Body.Old, r.Body.New, requestOf(ctx).cookie)
	}
	return &nothing{}, reply(err)
}

func (s *server) changeMe(ctx context.Context, r *in[changeMe]) (*out[me], error) {
	who, err := aUser(ctx)
	if err != nil {
		return nil, reply(err)
	}
	who.User, err = access.ChangeUser(ctx, s.DB, who.Actor, who.User.ID, access.UserChange{Display: r.Body.Display, Lang: r.Body.Lang, Theme: r.Body.Theme})
	return &out[me]{s.meOf(who)}, reply(err)
}

func (s *server) listUsers(ctx context.Context, _ *nothing) (*out[page[user]], error) {
	all, err := access.ListUsers(ctx, s.DB)
	return &out[page[user]]{page[user]{Items: each(all, userOf)}}, reply(err)
}

func (s *server) addUser(ctx context.Context, r *in[newUser]) (*out[userWithPassword], error) {
	b := r.Body
	u, made, err := access.AddUser(ctx, s.DB, whoIs(ctx).Actor, access.NewUser{Name: b.Name, Display: b.Display, Role: b.Role, Team: b.Team, Password: b.Password})
	return &out[userWithPassword]{userWithPassword{userOf(u), made}}, reply(err)
}

func (s *server) changeUser(ctx context.Context, r *changeUserIn) (*out[user], error) {
	b := r.Body
	u, err := access.ChangeUser(ctx, s.DB, whoIs(ctx).Actor, r.ID, access.UserChange{Display: b.Display, Role: b.Role, Team: b.Team, Disabled: b.Disabled})
	return &out[user]{userOf(u)}, reply(err)
}

func (s *server) resetPassword(ctx context.Context, r *ByID) (*out[password], error) {
	made, err := access.ResetPassword(ctx, s.DB, whoIs(ctx).Actor, r.ID)
	return &out[password]{password{made}}, reply(err)
}

func (s *server) listRoles(context.Context, *nothing) (*out[list[role]], error) {
	return &out[list[role]]{each(access.Roles, func(r access.Role) role {
		return role{r.Name, r.Title, r.ZH, each(r.Rights, func(x access.Right) string { return string(x) })}
	})}, nil
}

func tokenOf(t access.Token) token {
	return token{ID: t.ID, Name: t.Name, Role: t.Role, Source: t.Source, Hint: t.Hint, Created: t.Created, Actor: t.Actor, Expires: timeOf(t.Expires), LastUsed: timeOf(t.LastUsed)}
}

func (s *server) listTokens(ctx context.Context, _ *nothing) (*out[page[token]], error) {
	all, err := access.ListTokens(ctx, s.DB)
	return &out[page[token]]{page[token]{Items: each(all, tokenOf)}}, reply(err)
}

func (s *server) addToken(ctx context.Context, r *in[newToken]) (*out[tokenWithSecret], error) {
	n := access.Token{Name: r.Body.Name, Role: r.Body.Role, Source: r.Body.Source}
	if r.Body.Expires != nil {
		n.Expires = *r.Body.Expires
	}
	t, text, err := access.AddToken(ctx, s.DB, whoIs(ctx).Actor, n)
	return &out[tokenWithSecret]{tokenWithSecret{text, tokenOf(t)}}, reply(err)
}

func (s *server) removeToken(ctx context.Context, r *ByID) (*nothing, error) {
	return &nothing{}, reply(access.RemoveToken(ctx, s.DB, whoIs(ctx).Actor, r.ID))
}
