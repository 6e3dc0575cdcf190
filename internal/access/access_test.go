package access

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

const good = "right horse battery"

func add(t *testing.T, db *store.DB, name, role string) User {
	t.Helper()
	u, _, err := AddUser(t.Context(), db, "user:root", NewUser{Name: name, Role: role, Password: good})
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func code(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Code
	}
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestEnsureAdmin(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		name, password, err := EnsureAdmin(t.Context(), db)
		if err != nil || name != "admin" || len(password) < 20 {
			t.Fatalf("EnsureAdmin() = %q, %q, %v, want admin and a password", name, password, err)
		}
		if _, again, err := EnsureAdmin(t.Context(), db); again != "" || err != nil {
			t.Errorf("EnsureAdmin() the second time = %q, %v, want no password", again, err)
		}
		if _, err := SignIn(t.Context(), db, "ADMIN ", password, "10.0.0.1", "test"); err != nil {
			t.Errorf("SignIn(made password) = %v", err)
		}
	})
}

func TestUsers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		boss, li := add(t, db, "Root", "admin"), add(t, db, "李雷", "sales")
		for _, tt := range []struct{ name, role, password, want string }{
			{"root", "admin", good, "user.exists"},
			{"a b", "admin", good, "user.name"},
			{"", "admin", good, "user.name"},
			{"new", "king", good, "user.role"},
			{"new", "boss", "short", "password.short"},
			{"new", "boss", "aaaaaaaaaaaaa", "password.weak"},
			{"new", "boss", "newnewnew-12345", "password.weak"},
		} {
			if _, _, err := AddUser(ctx, db, "user:root", NewUser{Name: tt.name, Role: tt.role, Password: tt.password}); code(err) != tt.want {
				t.Errorf("AddUser(%q, %q, %q) = %v, want %s", tt.name, tt.role, tt.password, err, tt.want)
			}
		}
		off, sales := true, "sales"
		for _, c := range []UserChange{{Disabled: &off}, {Role: &sales}} {
			if _, err := ChangeUser(ctx, db, "user:root", boss.ID, c); code(err) != "user.last-admin" {
				t.Errorf("ChangeUser(last admin, %+v) = %v, want user.last-admin", c, err)
			}
		}
		s, err := SignIn(ctx, db, "李雷", good, "10.0.0.1", "")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ChangeUser(ctx, db, "user:root", li.ID, UserChange{Disabled: &off}); err != nil {
			t.Fatal(err)
		}
		if _, err := BySession(ctx, db, s.Secret); code(err) != "sign-in.needed" {
			t.Errorf("BySession(disabled user) = %v, want sign-in.needed", err)
		}
		if _, err := SignIn(ctx, db, "李雷", good, "10.0.0.1", ""); code(err) != "sign-in.wrong" {
			t.Errorf("SignIn(disabled user) = %v, want sign-in.wrong", err)
		}
		users, err := ListUsers(ctx, db)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, u := range users {
			names = append(names, fmt.Sprint(u.Name, u.Disabled))
		}
		if diff := cmp.Diff([]string{"rootfalse", "李雷true"}, names); diff != "" {
			t.Errorf("ListUsers() (-want +got):\n%s", diff)
		}
	})
}

func TestSession(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		u := add(t, db, "li", "sales")
		a, err := SignIn(ctx, db, "li", good, "10.0.0.1", "")
		if err != nil {
			t.Fatal(err)
		}
		b, err := SignIn(ctx, db, "li", good, "10.0.0.2", "")
		if err != nil {
			t.Fatal(err)
		}
		who, err := BySession(ctx, db, a.Secret)
		if err != nil || who.Actor != "user:li" || who.User.ID != u.ID || who.Can(Admin) || !who.Can(Explore) {
			t.Fatalf("BySession() = %+v, %v, want li of sales", who, err)
		}
		if err := ChangePassword(ctx, db, who, "wrong", "another horse", a.Secret); code(err) != "password.wrong" {
			t.Errorf("ChangePassword(wrong old) = %v", err)
		}
		if err := ChangePassword(ctx, db, who, good, "another horse", a.Secret); err != nil {
			t.Fatal(err)
		}
		if _, err := BySession(ctx, db, a.Secret); err != nil {
			t.Errorf("after a new password, BySession(own) = %v", err)
		}
		if _, err := BySession(ctx, db, b.Secret); code(err) != "sign-in.needed" {
			t.Errorf("after a new password, BySession(other) = %v, want sign-in.needed", err)
		}
		if err := SignOut(ctx, db, who, a.Secret); err != nil {
			t.Fatal(err)
		}
		if _, err := BySession(ctx, db, a.Secret); code(err) != "sign-in.needed" {
			t.Errorf("BySession(signed out) = %v, want sign-in.needed", err)
		}
	})
}

func TestSessionExpires(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		add(t, db, "li", "sales")
		s, err := SignIn(ctx, db, "li", good, "10.0.0.1", "")
		if err != nil {
			t.Fatal(err)
		}
		expiry := func() (out string) {
			row := db.State.QueryRow(ctx, store.Text("test", "SELECT expires FROM access_session"))
			if err := row.Scan(&out); err != nil {
				t.Fatal(err)
			}
			return out
		}
		old := time.Now().Add(-2 * time.Hour)
		move := store.Text("test", "UPDATE access_session SET seen = $1, expires = $2")
		if _, err := db.State.Exec(ctx, move, store.Time(old), store.Time(old.Add(idle))); err != nil {
			t.Fatal(err)
		}
		if _, err := BySession(ctx, db, s.Secret); err != nil {
			t.Fatal(err)
		}
		if got := expiry(); got <= store.Time(old.Add(idle)) {
			t.Errorf("use did not move the session's end: %s", got)
		}
		if _, err := db.State.Exec(ctx, move, store.Time(old), store.Time(time.Now().Add(-time.Second))); err != nil {
			t.Fatal(err)
		}
		if _, err := BySession(ctx, db, s.Secret); code(err) != "sign-in.needed" {
			t.Errorf("BySession(expired) = %v, want sign-in.needed", err)
		}
	})
}

func TestSignInLimited(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		add(t, db, "li", "sales")
		for i := range perName {
			if _, err := SignIn(ctx, db, "li", "wrong wrong", fmt.Sprint("10.0.0.", i), ""); code(err) != "sign-in.wrong" {
				t.Fatalf("SignIn(wrong, try %d) = %v, want sign-in.wrong", i, err)
			}
		}
		if _, err := SignIn(ctx, db, "li", good, "10.0.1.1", ""); code(err) != "sign-in.limited" {
			t.Errorf("SignIn(right, after %d wrong) = %v, want sign-in.limited", perName, err)
		}
		if _, err := db.State.Exec(ctx, store.Text("test", "UPDATE access_attempt SET since = $1"), store.Time(time.Now().Add(-window-time.Second))); err != nil {
			t.Fatal(err)
		}
		if _, err := SignIn(ctx, db, "li", good, "10.0.1.1", ""); err != nil {
			t.Errorf("SignIn(right, window over) = %v", err)
		}
		fill := store.Text("test", "INSERT INTO access_attempt (kind, key, since, n) VALUES ('address', '10.9.9.9', $1, $2)")
		if _, err := db.State.Exec(ctx, fill, store.Time(time.Now()), perAddress); err != nil {
			t.Fatal(err)
		}
		if _, err := SignIn(ctx, db, "li", good, "10.9.9.9", ""); code(err) != "sign-in.limited" {
			t.Errorf("SignIn(right, address used up) = %v, want sign-in.limited", err)
		}
	})
}

func TestToken(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		_, free, err := AddToken(ctx, db, "user:root", Token{Name: "bi", Role: "analyst"})
		if err != nil {
			t.Fatal(err)
		}
		item, bound, err := AddToken(ctx, db, "user:root", Token{Name: "crm", Role: "admin", Source: "crm"})
		if err != nil {
			t.Fatal(err)
		}
		who, err := ByToken(ctx, db, free)
		if err != nil || !who.Can(Query) || who.Can(Admin) || who.Actor != "token:bi" {
			t.Errorf("ByToken(free) = %+v, %v, want an analyst", who, err)
		}
		who, err = ByToken(ctx, db, bound)
		if err != nil || !who.Can(Ingest) || who.Can(Read) || who.Can(Self) || who.Source != "crm" {
			t.Errorf("ByToken(bound) = %+v, %v, want one that can ingest and nothing else", who, err)
		}
		if _, err := ByToken(ctx, db, bound+"x"); code(err) != "sign-in.token" {
			t.Errorf("ByToken(not one) = %v", err)
		}
		if _, _, err := AddToken(ctx, db, "user:root", Token{Name: "late", Role: "boss", Expires: time.Now().Add(-time.Hour)}); code(err) != "token.expires" {
			t.Errorf("AddToken(expired) = %v", err)
		}
		if _, err := db.State.Exec(ctx, store.Text("test", "UPDATE access_token SET expires = $1 WHERE name = 'bi'"), store.Time(time.Now().Add(-time.Second))); err != nil {
			t.Fatal(err)
		}
		if _, err := ByToken(ctx, db, free); code(err) != "sign-in.token" {
			t.Errorf("ByToken(expired) = %v, want sign-in.token", err)
		}
		if err := RemoveToken(ctx, db, "user:root", item.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := ByToken(ctx, db, bound); code(err) != "sign-in.token" {
			t.Errorf("ByToken(revoked) = %v, want sign-in.token", err)
		}
		if err := RemoveToken(ctx, db, "user:root", item.ID); !errors.Is(err, fault.ErrNotFound) {
			t.Errorf("RemoveToken(again) = %v, want not found", err)
		}
	})
}

// TestSecretsAreNotKept looks for what was handed out in all that is stored.
func TestSecretsAreNotKept(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		add(t, db, "li", "sales")
		s, err := SignIn(ctx, db, "li", good, "10.0.0.1", "")
		if err != nil {
			t.Fatal(err)
		}
		_, text, err := AddToken(ctx, db, "user:root", Token{Name: "bi", Role: "analyst"})
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"access_user", "access_session", "access_token", "access_audit"} {
			for _, row := range dump(t, db, table) {
				for _, secret := range []string{good, s.Secret, text} {
					if strings.Contains(row, secret) {
						t.Errorf("%s keeps a secret: %s", table, row)
					}
				}
			}
		}
	})
}

func dump(t *testing.T, db *store.DB, table string) []string {
	t.Helper()
	rows, err := db.State.Query(t.Context(), store.Text("test", "SELECT * FROM "+table))
	out, err := store.Collect(rows, err, func(r *sql.Rows) (string, error) {
		cols, err := r.Columns()
		if err != nil {
			return "", err
		}
		vals := make([]any, len(cols))
		for i := range vals {
			vals[i] = new(any)
		}
		err = r.Scan(vals...)
		var b strings.Builder
		for _, v := range vals {
			fmt.Fprint(&b, *v.(*any), "|")
		}
		return b.String(), err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAudit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		if c, err := VerifyAudit(ctx, db); err != nil || !c.OK || c.Checked != 0 {
			t.Fatalf("VerifyAudit(empty) = %+v, %v", c, err)
		}
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for j := range 5 {
					err := db.State.Tx(ctx, func(tx *store.Tx) error {
						if err := Record(ctx, tx, Entry{Actor: fmt.Sprint("user:", i), Action: "thing.done", Target: fmt.Sprint(j), Detail: map[string]any{"b": 1, "a": "<中>"}}); err != nil {
							return err
						}
						if j == 4 {
							return errUndone // leaves no gap
						}
						return nil
					})
					if err != nil && !errors.Is(err, errUndone) {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		c, err := VerifyAudit(ctx, db)
		if err != nil || !c.OK || c.Checked != 32 {
			t.Fatalf("VerifyAudit() = %+v, %v, want 32 entries that hold", c, err)
		}
		got, err := ListAudit(ctx, db, AuditFilter{Actor: "user:3", Action: "thing.", Limit: 2})
		if err != nil || len(got) != 2 || got[0].Seq < got[1].Seq || got[0].Actor != "user:3" {
			t.Errorf("ListAudit(user:3) = %+v, %v, want its two newest", got, err)
		}
		if got, err := ListAudit(ctx, db, AuditFilter{Before: 3}); err != nil || len(got) != 2 {
			t.Errorf("ListAudit(before 3) = %d entries, %v, want 2", len(got), err)
		}
		if got, err := ListAudit(ctx, db, AuditFilter{Action: "thing"}); err != nil || len(got) != 0 {
			t.Errorf("ListAudit(thing) = %d entries, %v, want none: no dot, no prefix", len(got), err)
		}
	})
}

var errUndone = errors.New("undone")

func TestVerifyAuditFindsTampering(t *testing.T) {
	tests := []struct {
		name, sql string
		want      int64
	}{
		{"a changed field", "UPDATE access_audit SET target = 'user:other' WHERE seq = 3", 3},
		{"a removed entry", "DELETE FROM access_audit WHERE seq = 4", 4},
		{"a cut tail", "DELETE FROM access_audit WHERE seq >= 5", 5},
		{"a moved entry", "UPDATE access_audit SET seq = 99 WHERE seq = 2", 2},
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		for i := range 6 {
			err := db.State.Tx(ctx, func(tx *store.Tx) error {
				return Record(ctx, tx, Entry{Actor: "user:li", Action: "thing.done", Target: fmt.Sprint(i)})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, tt := range tests {
			if _, err := db.State.Exec(ctx, store.Text("test", tt.sql)); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: the store allowed it: %v", tt.name, err)
			}
		}
		unguard(t, db)
		for _, tt := range tests {
			err := db.State.Tx(ctx, func(tx *store.Tx) error {
				if _, err := tx.Exec(ctx, store.Text("test", tt.sql)); err != nil {
					return err
				}
				c, err := verifyAudit(ctx, tx)
				if err != nil {
					return err
				}
				if c.BrokenAt != tt.want {
					t.Errorf("%s: broken at %d, want %d", tt.name, c.BrokenAt, tt.want)
				}
				return errUndone
			})
			if !errors.Is(err, errUndone) {
				t.Fatal(err)
			}
		}
	})
}

// unguard takes the triggers away, as somebody who owns the database can.
func unguard(t *testing.T, db *store.DB) {
	t.Helper()
	drop := []string{"DROP TRIGGER access_audit_kept", "DROP TRIGGER access_audit_fixed"}
	if db.State.Engine == store.Postgres {
		drop = []string{"DROP TRIGGER access_audit_fixed ON access_audit"}
	}
	for _, q := range drop {
		if _, err := db.State.Exec(context.Background(), store.Text("test", q)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestVeil(t *testing.T) {
	for in, want := range map[string]string{
		"电话13812345678，邮箱li.lei@example.com": "电话138******78，邮箱l*****@example.com",
		"138 1234 5678":             "138********78",
		"+86 138 1234 5678":         "+86************78",
		"身份证 110101199003074578 有误": "身份证 1101**********4578 有误",
		"91110108MA01ABCD2X":        "9111**********CD2X",
		"订单 20240131000123456789":   "订单 20240131000123456789",
		"2024-01-31 10:00:00":       "2024-01-31 10:00:00",
		"没有号码":                      "没有号码",
	} {
		closed, open := Veil{}, Veil{Open: true}
		if got := closed.Text(in); got != want {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
		if (closed.Hidden > 0) != (in != want) {
			t.Errorf("Text(%q) counted %d hidden", in, closed.Hidden)
		}
		if got := open.Text(in); got != in || (open.Shown > 0) != (in != want) {
			t.Errorf("open Text(%q) = %q with %d shown, want it as it is and counted", in, got, open.Shown)
		}
	}
	v := &Veil{}
	got := v.Map(map[string]any{"a": "13812345678", "b": []any{"x@y.cn", 1.0}})
	if diff := cmp.Diff(map[string]any{"a": "138******78", "b": []any{"*@y.cn", 1.0}}, got); diff != "" {
		t.Errorf("Map() (-want +got):\n%s", diff)
	}
	if got := v.Phone("12345"); got != "*****" {
		t.Errorf("Phone(12345) = %q, want all hidden", got)
	}
}

func TestRoles(t *testing.T) {
	admin, _ := RoleOf("admin")
	for _, r := range Roles {
		for _, right := range r.Rights {
			if !admin.Has(right) {
				t.Errorf("%s may %s and admin may not", r.Name, right)
			}
		}
		if r.Name != "admin" && r.Has(Admin) {
			t.Errorf("%s may administer", r.Name)
		}
	}
	if (Who{}).Can(Self) {
		t.Error("nobody is somebody")
	}
}

func FuzzParseHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=47104,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, s string) {
		if m, p, l, _, key, err := parseHash(s); err == nil && (m == 0 || p == 0 || l == 0 || len(key) != 32) {
			t.Errorf("parseHash(%q) let through m=%d t=%d p=%d key of %d", s, m, p, l, len(key))
		}
	})
}

// TestEnsureAdminAfterOthers is a folder whose first user was added from the
// command line: it still needs somebody who can administer it.
func TestEnsureAdminAfterOthers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, n := range []NewUser{{Name: "li", Role: "analyst"}, {Name: "admin", Role: "sales"}} {
			if _, _, err := AddUser(t.Context(), db, "os:root", n); err != nil {
				t.Fatal(err)
			}
		}
		name, password, err := EnsureAdmin(t.Context(), db)
		if err != nil || name != "admin2" || password == "" {
			t.Fatalf("EnsureAdmin() = %q, %q, %v, want admin2 and a password", name, password, err)
		}
		s, err := SignIn(t.Context(), db, name, password, "10.0.0.1", "test")
		if err != nil || s.User.Role != "admin" {
			t.Errorf("SignIn(%s) = %+v, %v, want an administrator", name, s.User, err)
		}
	})
}
