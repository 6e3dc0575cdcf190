package access

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed token.sql
var tokenFile string

var (
	tokenQueries   = store.Load("access", tokenFile)
	sqlAddToken    = tokenQueries.Get("add-token")
	sqlListTokens  = tokenQueries.Get("list-tokens")
	sqlTokenByHash = tokenQueries.Get("token-by-hash")
	sqlGetToken    = tokenQueries.Get("get-token")
	sqlUseToken    = tokenQueries.Get("use-token")
	sqlRemoveToken = tokenQueries.Get("remove-token")
)

// tokenPrefix lets people and scanners tell what a leaked text is.
const tokenPrefix = "oft_"

// A Token opens the API for a program.
type Token struct {
	ID, Name, Role string
	Source         string // bound to it; empty = not bound
	Hint           string // last four characters
	Actor          string // who made it
	Created        time.Time
	Expires        time.Time // zero = never
	LastUsed       time.Time // zero = never; to the minute
}

// AddToken makes a token; its text is returned this once.
func AddToken(ctx context.Context, db *store.DB, actor string, t Token) (Token, string, error) {
	if _, ok := RoleOf(t.Role); !ok {
		return Token{}, "", fault.New(fault.ErrInvalid, "token.role", fmt.Sprintf("There is no role %q.", t.Role), fmt.Sprintf("没有角色 %q。", t.Role))
	}
	if t.Name = strings.TrimSpace(t.Name); t.Name == "" {
		return Token{}, "", fault.New(fault.ErrInvalid, "token.name", "The token needs a name that says who uses it.", "请给令牌起一个能说明用途的名字。")
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	if !t.Expires.IsZero() && !t.Expires.After(now) {
		return Token{}, "", fault.New(fault.ErrInvalid, "token.expires", "The token would have expired already. Give a later date.", "令牌的到期时间已过，请填写更晚的日期。")
	}
	text := tokenPrefix + secret()
	t.ID, t.Created, t.Actor, t.Hint, t.LastUsed = uuid.NewString(), now, actor, text[len(text)-4:], time.Time{}
	err := db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlAddToken, t.ID, digest(text), t.Name, t.Role, t.Source, t.Hint, actor, store.Time(now), timeOrEmpty(t.Expires)); err != nil {
			return fmt.Errorf("access: token %q: %w", t.Name, err)
		}
		return Record(ctx, tx, Entry{Actor: actor, Action: "token.added", Target: "token:" + t.ID,
			Detail: map[string]any{"name": t.Name, "role": t.Role, "source": t.Source, "expires": timeOrEmpty(t.Expires)}})
	})
	return t, text, err
}

// ListTokens lists tokens, newest first.
func ListTokens(ctx context.Context, db *store.DB) ([]Token, error) {
	rows, err := db.State.Query(ctx, sqlListTokens)
	return store.Collect(rows, err, func(r *sql.Rows) (Token, error) { return scanToken(r) })
}

// RemoveToken revokes a token at once.
func RemoveToken(ctx context.Context, db *store.DB, actor, id string) error {
	return db.State.Tx(ctx, func(tx *store.Tx) error {
		t, err := scanToken(tx.QueryRow(ctx, sqlGetToken, id))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlRemoveToken, id); err != nil {
			return err
		}
		return Record(ctx, tx, Entry{Actor: actor, Action: "token.removed", Target: "token:" + id, Detail: map[string]any{"name": t.Name}})
	})
}

// ByToken returns who the token stands for.
func ByToken(ctx context.Context, db *store.DB, text string) (Who, error) {
	now := time.Now()
	t, err := scanToken(db.State.QueryRow(ctx, sqlTokenByHash, digest(text)))
	if errors.Is(err, fault.ErrNotFound) || (err == nil && !t.Expires.IsZero() && !t.Expires.After(now)) {
		return Who{}, fault.New(fault.ErrDenied, "sign-in.token", "This token is not valid: it was revoked, has expired or never was one.", "令牌无效：已撤销、已过期或不存在。")
	}
	if err != nil {
		return Who{}, err
	}
	if now.Sub(t.LastUsed) > notice {
		if _, err := db.State.Exec(ctx, sqlUseToken, t.ID, store.Time(now)); err != nil {
			return Who{}, err
		}
	}
	role, ok := RoleOf(t.Role)
	if !ok {
		return Who{}, fmt.Errorf("access: token %s has the unknown role %q", t.ID, t.Role)
	}
	return Who{Actor: "token:" + t.Name, Role: role, Source: t.Source}, nil
}

func scanToken(row interface{ Scan(...any) error }) (Token, error) {
	var t Token
	var times [3]string
	if err := row.Scan(&t.ID, &t.Name, &t.Role, &t.Source, &t.Hint, &t.Actor, &times[0], &times[1], &times[2]); err != nil {
		return Token{}, missing(err, "token", "There is no such token.", "没有这个令牌。")
	}
	for i, to := range []*time.Time{&t.Created, &t.Expires, &t.LastUsed} {
		var err error
		if *to, err = store.ParseTime(times[i]); err != nil {
			return Token{}, fmt.Errorf("access: token %s: %w", t.ID, err)
		}
	}
	return t, nil
}

func timeOrEmpty(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return store.Time(t)
}
