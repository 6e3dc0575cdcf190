package access

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed session.sql
var sessionFile string

var (
	sessionQueries        = store.Load("access", sessionFile)
	sqlAddSession         = sessionQueries.Get("add-session")
	sqlGetSession         = sessionQueries.Get("get-session")
	sqlSeeSession         = sessionQueries.Get("see-session")
	sqlRemoveSession      = sessionQueries.Get("remove-session")
	sqlRemoveUserSessions = sessionQueries.Get("remove-user-sessions")
	sqlRemoveExpired      = sessionQueries.Get("remove-expired")
	sqlTry                = sessionQueries.Get("try")
	sqlForgive            = sessionQueries.Get("forgive")
	sqlForgiveAll         = sessionQueries.Get("forgive-all")
	sqlRemoveOldAttempts  = sessionQueries.Get("remove-old-attempts")
)

// A session ends after a day without use, and after thirty in any case.
const (
	idle     = 24 * time.Hour
	lifetime = 30 * 24 * time.Hour
	notice   = time.Minute // how often use is written down
)

// Tries that failed, per window.
const (
	window     = 15 * time.Minute
	perName    = 10
	perAddress = 50
)

// A Session is what a sign-in gives.
type Session struct {
	Secret  string // for the cookie; nowhere else
	User    User
	Expires time.Time
}

// SignIn checks name and password. Whatever is wrong, the answer is the same.
func SignIn(ctx context.Context, db *store.DB, name, password, address, agent string) (Session, error) {
	name = fold(name)
	if err := limit(ctx, db, "address", address, perAddress); err != nil {
		return Session{}, err
	}
	if err := limit(ctx, db, "name", name, perName); err != nil {
		return Session{}, err
	}
	u, err := UserByName(ctx, db, name)
	if err != nil && !errors.Is(err, fault.ErrNotFound) {
		return Session{}, err
	}
	ok, err := checkPassword(ctx, u.password, password)
	if err != nil {
		return Session{}, err
	}
	if !ok || u.Disabled {
		err := db.State.Tx(ctx, func(tx *store.Tx) error {
			return Record(ctx, tx, Entry{Actor: "anyone", Action: "session.refused", Target: "user:" + name, Detail: map[string]any{"address": address}})
		})
		return Session{}, errors.Join(err, fault.New(fault.ErrDenied, "sign-in.wrong", "Name or password is not right.", "用户名或密码不正确。"))
	}
	return open(ctx, db, u, address, agent)
}

// open starts a session for a user whose identity is proven.
func open(ctx context.Context, db *store.DB, u User, address, agent string) (Session, error) {
	now := time.Now()
	s := Session{Secret: secret(), User: u, Expires: now.Add(idle)}
	err := db.State.Tx(ctx, func(tx *store.Tx) error {
		for _, step := range []struct {
			q    store.SQL
			args []any
		}{
			{sqlAddSession, []any{digest(s.Secret), u.ID, store.Time(now), store.Time(s.Expires), clip(address, 100), clip(agent, 300)}},
			{sqlSeeUser, []any{u.ID, store.Time(now)}},
			{sqlForgiveAll, []any{"name", u.Name}},
			{sqlForgive, []any{"address", address}},
			{sqlRemoveExpired, []any{store.Time(now)}},
			{sqlRemoveOldAttempts, []any{store.Time(now.Add(-window))}},
		} {
			if _, err := tx.Exec(ctx, step.q, step.args...); err != nil {
				return err
			}
		}
		return Record(ctx, tx, Entry{Actor: "user:" + u.Name, Action: "session.opened", Target: "user:" + u.Name, Detail: map[string]any{"address": address}})
	})
	return s, err
}

// limit counts a try and refuses it when there were too many.
func limit(ctx context.Context, db *store.DB, kind, key string, most int) error {
	var n int
	now := time.Now()
	err := db.State.Tx(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, sqlTry, kind, key, store.Time(now), store.Time(now.Add(-window))).Scan(&n)
	})
	if err != nil {
		return fmt.Errorf("access: sign-in limit: %w", err)
	}
	if n > most {
		return fault.New(fault.ErrDenied, "sign-in.limited", "Too many tries. Wait 15 minutes, or ask an administrator for a new password.", "尝试次数过多。请等待 15 分钟，或请管理员重置密码。")
	}
	return nil
}

// BySession returns who holds the session, and moves its end on.
func BySession(ctx context.Context, db *store.DB, cookie string) (Who, error) {
	var created, seen, expires string
	var u User
	hash, now := digest(cookie), time.Now()
	row := db.State.QueryRow(ctx, sqlGetSession, hash)
	u, err := scanUser(withColumns{row, []any{&created, &seen, &expires}})
	if errors.Is(err, fault.ErrNotFound) || (err == nil && (u.Disabled || expires <= store.Time(now))) {
		return Who{}, signInFirst()
	}
	if err != nil {
		return Who{}, err
	}
	if seen < store.Time(now.Add(-notice)) {
		began, err := store.ParseTime(created)
		if err != nil {
			return Who{}, fmt.Errorf("access: session: %w", err)
		}
		end := now.Add(idle)
		if last := began.Add(lifetime); end.After(last) {
			end = last
		}
		err = db.State.Tx(ctx, func(tx *store.Tx) error {
			if _, err := tx.Exec(ctx, sqlSeeSession, hash, store.Time(now), store.Time(end)); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, sqlSeeUser, u.ID, store.Time(now))
			return err
		})
		if err != nil {
			return Who{}, err
		}
	}
	role, ok := RoleOf(u.Role)
	if !ok {
		return Who{}, fmt.Errorf("access: user %q has the unknown role %q", u.Name, u.Role)
	}
	return Who{Actor: "user:" + u.Name, Role: role, User: u}, nil
}

// SignOut ends the session.
func SignOut(ctx context.Context, db *store.DB, who Who, cookie string) error {
	return db.State.Tx(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, sqlRemoveSession, digest(cookie))
		if err != nil || n == 0 {
			return err
		}
		return Record(ctx, tx, Entry{Actor: who.Actor, Action: "session.closed", Target: "user:" + who.User.Name})
	})
}

// withColumns scans its own columns before those that scanUser asks for.
type withColumns struct {
	row   interface{ Scan(...any) error }
	first []any
}

func (w withColumns) Scan(dest ...any) error {
	return w.row.Scan(append(append([]any{}, w.first...), dest...)...)
}

func signInFirst() error {
	return fault.New(fault.ErrDenied, "sign-in.needed", "Sign in first, or send a token.", "请先登录，或使用令牌。")
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
