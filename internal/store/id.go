package store

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/google/uuid"
)

// idSeparator stands between the parts of an id; it can't be typed.
const idSeparator = "\x1f"

// ID is the deterministic keyed id of some parts: the first 16 bytes of
// SHA-256 over the key in hex and the parts, each after a separator. Without
// the key nobody can guess a phone from an id. IDSQL computes the same.
func (db *DB) ID(parts ...string) uuid.UUID { return ID(db.Key, parts...) }

// ID is DB.ID for callers that hold only the key.
func ID(key []byte, parts ...string) uuid.UUID {
	h := sha256.New()
	h.Write([]byte(hex.EncodeToString(key)))
	for _, p := range parts {
		h.Write([]byte(idSeparator))
		h.Write([]byte(p))
	}
	var id uuid.UUID
	copy(id[:], h.Sum(nil))
	return id
}

// IDSQL is the DuckDB expression for ID over text expressions; NULL counts as
// the empty text.
func IDSQL(key []byte, exprs ...string) string {
	var b strings.Builder
	b.WriteString("sha256(" + quote(hex.EncodeToString(key)))
	for _, e := range exprs {
		b.WriteString(" || chr(31) || coalesce(" + e + ", '')")
	}
	b.WriteString(")[1:32]::UUID")
	return b.String()
}

// Literal makes a SQL text literal of s, for the few places (settings, the
// mapping's constants) that take no parameter.
func Literal(s string) string { return quote(s) }
