// Package access says who may do what, and keeps the record of who did.
//
// Passwords are kept as argon2id, sessions and tokens as SHA-256 of 256 random
// bits: what the state holds opens nothing. A token bound to a source can hand
// in events for that source and do nothing else, whatever its role. The audit
// log is a chain: each entry's hash covers the entry before it, and it is
// written in the transaction of the change that it records.
//
// Owns access_user, access_session, access_token, access_attempt,
// access_audit and access_audit_head.
package access

import (
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"io/fs"

	"github.com/chanzipu/outfitter/internal/store/migrate"
)

//go:embed migration/*.sql
var migrations embed.FS

func init() {
	sub, err := fs.Sub(migrations, "migration")
	if err != nil {
		panic(err)
	}
	migrate.Add("access", sub)
}

// A Who is whoever asks: a user by session, a token, or the machine's own user.
type Who struct {
	Actor  string // as the audit log names it: user:li, token:crm, os:root
	Role   Role
	User   User   // of a session; zero otherwise
	Source string // of a bound token
}

// Can reports whether the right is theirs. A bound token has Ingest alone.
func (w Who) Can(r Right) bool {
	switch {
	case r == Public:
		return true
	case w.Actor == "":
		return false
	case w.Source != "":
		return r == Ingest
	case r == Self:
		return true
	}
	return w.Role.Has(r)
}

// OS is who comes through the folder's own socket: the machine has already
// decided that they may.
func OS(name string) Who {
	r, _ := RoleOf("admin")
	return Who{Actor: "os:" + name, Role: r}
}

// secret returns 256 random bits as text.
func secret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b)
}

// digest is what the state keeps of a secret. The secret has 256 bits, so a
// plain hash is enough.
func digest(secret string) string {
	h := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(h[:])
}
