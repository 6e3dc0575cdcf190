package access

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed user.sql
var userFile string

var (
	userQueries    = store.Load("access", userFile)
	sqlAddUser     = userQueries.Get("add-user")
	sqlListUsers   = userQueries.Get("list-users")
	sqlGetUser     = userQueries.Get("get-user")
	sqlUserByName  = userQueries.Get("user-by-name")
	sqlChangeUser  = userQueries.Get("change-user")
	sqlSetPassword = userQueries.Get("set-password")
	sqlSeeUser     = userQueries.Get("see-user")
	sqlCountAdmins = userQueries.Get("count-admins")
)

// A User is a person who can sign in.
type User struct {
	ID       string
	Name     string // folded
	Display  string
	Role     string
	Team     string
	Lang     string // zh, en
	Theme    string // auto, light, dark
	Disabled bool
	Created  time.Time
	LastSeen time.Time // zero = never

	password, subject string
}

// A NewUser is what AddUser needs.
type NewUser struct {
	Name, Display, Role, Team string
	Lang                      string // default zh
	Password                  string // empty = one is made
	Subject                   string // at the identity provider; such a user needs no password
}

// A UserChange changes the fields that are not nil.
type UserChange struct {
	Display, Role, Team, Lang, Theme *string
	Disabled                         *bool
}

// AddUser adds a user and returns the password that was made, if one was.
func AddUser(ctx context.Context, db *store.DB, actor string, n NewUser) (User, string, error) {
	made := ""
	u, err := n.check()
	if err != nil {
		return User{}, "", err
	}
	if n.Password == "" && n.Subject == "" {
		made = RandomPassword()
		n.Password = made
	}
	if n.Password != "" {
		if err := goodEnough(u.Name, n.Password); err != nil {
			return User{}, "", err
		}
		if u.password, err = hashPassword(ctx, n.Password); err != nil {
			return User{}, "", err
		}
	}
	err = db.State.Tx(ctx, func(tx *store.Tx) error { return addUser(ctx, tx, actor, u) })
	return u, made, err
}

func (n NewUser) check() (User, error) {
	u := User{ID: uuid.NewString(), Name: fold(n.Name), Display: strings.TrimSpace(n.Display), Role: n.Role, Team: strings.TrimSpace(n.Team),
		Lang: n.Lang, Theme: "auto", Created: time.Now().UTC().Truncate(time.Microsecond), subject: n.Subject}
	if u.Lang == "" {
		u.Lang = "zh"
	}
	if u.Display == "" {
		u.Display = strings.TrimSpace(n.Name)
	}
	if u.Name == "" || len(u.Name) > 200 || strings.ContainsFunc(u.Name, func(r rune) bool { return unicode.IsControl(r) || unicode.IsSpace(r) }) {
		return User{}, fault.New(fault.ErrInvalid, "user.name", fmt.Sprintf("The name %q can't be used: it needs 1 to 200 characters without blanks.", n.Name),
			fmt.Sprintf("用户名 %q 不可用：应为 1 到 200 个字符，且不含空格。", n.Name))
	}
	return u, checkUser(u)
}

func checkUser(u User) error {
	if _, ok := RoleOf(u.Role); !ok {
		return fault.New(fault.ErrInvalid, "user.role", fmt.Sprintf("There is no role %q.", u.Role), fmt.Sprintf("没有角色 %q。", u.Role))
	}
	if u.Lang != "zh" && u.Lang != "en" {
		return fault.New(fault.ErrInvalid, "user.lang", fmt.Sprintf("There is no language %q: use zh or en.", u.Lang), fmt.Sprintf("没有语言 %q：请用 zh 或 en。", u.Lang))
	}
	if u.Theme != "auto" && u.Theme != "light" && u.Theme != "dark" {
		return fault.New(fault.ErrInvalid, "user.theme", fmt.Sprintf("There is no theme %q: use auto, light or dark.", u.Theme), fmt.Sprintf("没有主题 %q：请用 auto、light 或 dark。", u.Theme))
	}
	return nil
}

func addUser(ctx context.Context, tx *store.Tx, actor string, u User) error {
	if _, err := scanUser(tx.QueryRow(ctx, sqlUserByName, u.Name)); err == nil {
		return fault.New(fault.ErrConflict, "user.exists", fmt.Sprintf("There is already a user %q. Choose another name.", u.Name),
			fmt.Sprintf("用户 %q 已存在，请换一个名字。", u.Name))
	} else if !errors.Is(err, fault.ErrNotFound) {
		return err
	}
	if _, err := tx.Exec(ctx, sqlAddUser, u.ID, u.Name, u.Display, u.Role, u.Team, u.Lang, u.password, u.subject, store.Time(u.Created)); err != nil {
		return fmt.Errorf("access: user %q: %w", u.Name, err)
	}
	return Record(ctx, tx, Entry{Actor: actor, Action: "user.added", Target: "user:" + u.Name,
		Detail: map[string]any{"role": u.Role, "team": u.Team}})
}

// EnsureAdmin adds an administrator to an installation that has none, and
// returns the password that was made; empty = there is one already. Other
// users may have been added before: the name is then the first that is free.
func EnsureAdmin(ctx context.Context, db *store.DB) (name, password string, err error) {
	var n int
	if err := db.State.QueryRow(ctx, sqlCountAdmins).Scan(&n); err != nil {
		return "", "", fmt.Errorf("access: count admins: %w", err)
	}
	for i := 1; n == 0; i++ {
		name = "admin"
		if i > 1 {
			name = fmt.Sprintf("admin%d", i)
		}
		u, password, err := AddUser(ctx, db, "system", NewUser{Name: name, Display: "管理员", Role: "admin"})
		var f *fault.Error
		if errors.As(err, &f) && f.Code == "user.exists" {
			continue
		}
		return u.Name, password, err
	}
	return "", "", nil
}

// ListUsers lists users by name.
func ListUsers(ctx context.Context, db *store.DB) ([]User, error) {
	rows, err := db.State.Query(ctx, sqlListUsers)
	return store.Collect(rows, err, func(r *sql.Rows) (User, error) { return scanUser(r) })
}

// GetUser returns the user of that id.
func GetUser(ctx context.Context, db *store.DB, id string) (User, error) {
	return scanUser(db.State.QueryRow(ctx, sqlGetUser, id))
}

// UserByName returns the user of that name.
func UserByName(ctx context.Context, db *store.DB, name string) (User, error) {
	return scanUser(db.State.QueryRow(ctx, sqlUserByName, fold(name)))
}

// ChangeUser changes a user. The last administrator can't be disabled or given
// another role. A user who is disabled or changes role is signed out.
func ChangeUser(ctx context.Context, db *store.DB, actor, id string, c UserChange) (User, error) {
	var u User
	err := db.State.Tx(ctx, func(tx *store.Tx) (err error) {
		u, err = changeUser(ctx, tx, actor, id, c)
		return err
	})
	return u, err
}

func changeUser(ctx context.Context, tx *store.Tx, actor, id string, c UserChange) (User, error) {
	u, err := scanUser(tx.QueryRow(ctx, sqlGetUser, id))
	if err != nil {
		return User{}, err
	}
	was, detail := u, map[string]any{}
	set(&u.Display, c.Display, "display", detail)
	set(&u.Role, c.Role, "role", detail)
	set(&u.Team, c.Team, "team", detail)
	set(&u.Lang, c.Lang, "lang", detail)
	set(&u.Theme, c.Theme, "theme", detail)
	set(&u.Disabled, c.Disabled, "disabled", detail)
	if len(detail) == 0 {
		return u, nil
	}
	if err := checkUser(u); err != nil {
		return User{}, err
	}
	if _, err := tx.Exec(ctx, sqlChangeUser, u.ID, u.Display, u.Role, u.Team, u.Lang, u.Theme, flag(u.Disabled)); err != nil {
		return User{}, fmt.Errorf("access: user %q: %w", u.Name, err)
	}
	if was.Role != u.Role || was.Disabled != u.Disabled {
		var admins int
		if err := tx.QueryRow(ctx, sqlCountAdmins).Scan(&admins); err != nil {
			return User{}, fmt.Errorf("access: count admins: %w", err)
		}
		if admins == 0 {
			return User{}, fault.New(fault.ErrConflict, "user.last-admin", "This is the last administrator. Make somebody else one first.", "这是最后一位管理员。请先指定另一位管理员。")
		}
		if _, err := tx.Exec(ctx, sqlRemoveUserSessions, u.ID, ""); err != nil {
			return User{}, err
		}
	}
	return u, Record(ctx, tx, Entry{Actor: actor, Action: "user.changed", Target: "user:" + u.Name, Detail: detail})
}

// set changes a field and notes it, where there is a new value.
func set[T comparable](field *T, to *T, name string, detail map[string]any) {
	if to != nil && *to != *field {
		detail[name] = map[string]any{"from": *field, "to": *to}
		*field = *to
	}
}

// ResetPassword gives a user a new made password and signs the user out.
func ResetPassword(ctx context.Context, db *store.DB, actor, id string) (string, error) {
	password := RandomPassword()
	return password, setPassword(ctx, db, actor, id, password, "")
}

// ChangePassword changes one's own password and signs out one's other sessions.
func ChangePassword(ctx context.Context, db *store.DB, who Who, old, password, keep string) error {
	u, err := GetUser(ctx, db, who.User.ID)
	if err != nil {
		return err
	}
	if err := limit(ctx, db, "name", u.Name, perName); err != nil {
		return err
	}
	ok, err := checkPassword(ctx, u.password, old)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.ErrInvalid, "password.wrong", "The old password is not right.", "原密码不正确。")
	}
	if err := goodEnough(u.Name, password); err != nil {
		return err
	}
	return setPassword(ctx, db, who.Actor, u.ID, password, digest(keep))
}

func setPassword(ctx context.Context, db *store.DB, actor, id, password, keep string) error {
	hash, err := hashPassword(ctx, password)
	if err != nil {
		return err
	}
	return db.State.Tx(ctx, func(tx *store.Tx) error {
		u, err := scanUser(tx.QueryRow(ctx, sqlGetUser, id))
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlSetPassword, id, hash); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlRemoveUserSessions, id, keep); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlForgiveAll, "name", u.Name); err != nil {
			return err
		}
		return Record(ctx, tx, Entry{Actor: actor, Action: "user.password", Target: "user:" + u.Name})
	})
}

func scanUser(row interface{ Scan(...any) error }) (User, error) {
	var u User
	var disabled int
	var created, seen string
	err := row.Scan(&u.ID, &u.Name, &u.Display, &u.Role, &u.Team, &u.Lang, &u.Theme, &u.password, &u.subject, &disabled, &created, &seen)
	if err != nil {
		return User{}, missing(err, "user", "There is no such user.", "没有这个用户。")
	}
	u.Disabled = disabled == 1
	if u.Created, err = store.ParseTime(created); err != nil {
		return User{}, fmt.Errorf("access: user %q: %w", u.Name, err)
	}
	u.LastSeen, err = store.ParseTime(seen)
	return u, err
}

// missing turns no rows into a sentence.
func missing(err error, what, en, zh string) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.ErrNotFound, what+".missing", en, zh)
	}
	return fmt.Errorf("access: %s: %w", what, err)
}

// fold is how names are compared.
func fold(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
