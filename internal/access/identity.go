package access

import (
	"context"
	"errors"
	"fmt"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

var sqlUserBySubject = userQueries.Get("user-by-subject")

// An Identity is who an identity provider says that somebody is.
type Identity struct {
	Subject string   // issuer and subject: what binds a user
	Names   []string // for a new user, the best first
	Display string
	Role    string // as the provider's claims have it; "" = it says nothing
}

// SignInBy opens a session for whom an identity provider has proven. They are
// known by subject alone, never by name: a provider can't take over a local
// account. Who is new becomes a user; a role that the provider gives is taken
// over at each sign-in.
func SignInBy(ctx context.Context, db *store.DB, id Identity, address, agent string) (Session, error) {
	u, err := scanUser(db.State.QueryRow(ctx, sqlUserBySubject, id.Subject))
	if errors.Is(err, fault.ErrNotFound) {
		u, err = welcome(ctx, db, id)
	}
	if err != nil {
		return Session{}, err
	}
	if u.Disabled {
		err := Note(ctx, db, Entry{Actor: "anyone", Action: "session.refused", Target: "user:" + u.Name, Detail: map[string]any{"address": address, "by": "oidc"}})
		return Session{}, errors.Join(err, fault.New(fault.ErrDenied, "sign-in.disabled", "This account is disabled. Ask an administrator.", "该账号已停用，请联系管理员。"))
	}
	if id.Role != "" && id.Role != u.Role {
		changed, err := ChangeUser(ctx, db, "system", u.ID, UserChange{Role: &id.Role})
		var f *fault.Error
		switch {
		case err == nil:
			u = changed
		case !errors.As(err, &f) || f.Code != "user.last-admin": // the last administrator stays one
			return Session{}, err
		}
	}
	return open(ctx, db, u, address, agent)
}

// welcome adds a user for an identity, under the first of its names that is free.
func welcome(ctx context.Context, db *store.DB, id Identity) (User, error) {
	if id.Role == "" {
		return User{}, fault.New(fault.ErrDenied, "oidc.no-role",
			"The identity provider knows you, but gives you no role here. Ask an administrator.", "身份提供方认可您的身份，但未授予本系统的角色。请联系管理员。")
	}
	for _, name := range id.Names {
		u, _, err := AddUser(ctx, db, "system", NewUser{Name: name, Display: id.Display, Role: id.Role, Subject: id.Subject})
		var f *fault.Error
		if errors.As(err, &f) && (f.Code == "user.exists" || f.Code == "user.name") {
			continue
		}
		return u, err
	}
	return User{}, fault.New(fault.ErrConflict, "oidc.name",
		fmt.Sprintf("There are local accounts of the names %q already, so no account could be made for you. Ask an administrator to rename or remove them.", id.Names),
		fmt.Sprintf("已有同名的本地账号 %q，无法为您建立账号。请管理员改名或删除。", id.Names))
}
