package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"math/big"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/sync/semaphore"

	"github.com/chanzipu/outfitter/internal/fault"
)

// OWASP's first argon2id setting: 46 MiB, one pass, one lane; about 40 ms.
const (
	argonMemory  = 47104 // KiB
	argonPasses  = 1
	argonThreads = 1
)

// hashing bounds what many sign-ins at once can cost in memory.
var hashing = semaphore.NewWeighted(2)

// hashPassword returns the PHC text of a password.
func hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt)
	key, err := derive(ctx, password, salt, argonPasses, argonMemory, argonThreads)
	if err != nil {
		return "", err
	}
	e := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonThreads,
		e.EncodeToString(salt), e.EncodeToString(key)), nil
}

func derive(ctx context.Context, password string, salt []byte, t, m uint32, p uint8) ([]byte, error) {
	if err := hashing.Acquire(ctx, 1); err != nil {
		return nil, fmt.Errorf("access: password: %w", err)
	}
	defer hashing.Release(1)
	return argon2.IDKey([]byte(password), salt, t, m, p, 32), nil
}

// checkPassword reports whether the password is the one that was hashed. An
// empty hash takes as long and never matches, so that time tells nothing.
func checkPassword(ctx context.Context, hash, password string) (bool, error) {
	m, t, p := uint32(argonMemory), uint32(argonPasses), uint8(argonThreads)
	salt, want := make([]byte, 16), []byte(nil)
	if hash != "" {
		var err error
		if m, t, p, salt, want, err = parseHash(hash); err != nil {
			return false, err
		}
	}
	got, err := derive(ctx, password, salt, t, m, p)
	if err != nil {
		return false, err
	}
	return len(want) > 0 && subtle.ConstantTimeCompare(got, want) == 1, nil
}

func parseHash(hash string) (m, t uint32, p uint8, salt, key []byte, err error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return 0, 0, 0, nil, nil, fmt.Errorf("access: password hash of an unknown kind")
	}
	if _, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &m, &t, &p); err != nil || m == 0 || t == 0 || p == 0 || m > 1<<20 || t > 100 {
		return 0, 0, 0, nil, nil, fmt.Errorf("access: password hash: parameters %q: %w", parts[3], err)
	}
	if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return 0, 0, 0, nil, nil, fmt.Errorf("access: password hash: salt: %w", err)
	}
	if key, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(key) != 32 {
		return 0, 0, 0, nil, nil, fmt.Errorf("access: password hash: key of %d bytes: %w", len(key), err)
	}
	return m, t, p, salt, key, nil
}

// letters of made passwords: none that look alike.
const letters = "abcdefghjkmnpqrstuvwxyzACDEFGHJKLMNPQRSTUVWXYZ2345679"

// RandomPassword makes one of 20 letters in groups of five: 114 bits.
func RandomPassword() string {
	var b strings.Builder
	for i := range 20 {
		if i > 0 && i%5 == 0 {
			b.WriteByte('-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil {
			panic(err) // crypto/rand never fails
		}
		b.WriteByte(letters[n.Int64()])
	}
	return b.String()
}

// goodEnough refuses passwords that are guessed first.
func goodEnough(name, password string) error {
	distinct := map[rune]bool{}
	for _, r := range password {
		distinct[r] = true
	}
	switch {
	case utf8.RuneCountInString(password) < 10:
		return fault.New(fault.ErrInvalid, "password.short", "The password is too short: use at least 10 characters.", "密码太短：至少 10 个字符。")
	case len(password) > 1000:
		return fault.New(fault.ErrInvalid, "password.long", "The password is too long: use at most 1,000 bytes.", "密码太长：最多 1000 字节。")
	case len(distinct) < 5 || strings.Contains(strings.ToLower(password), name):
		return fault.New(fault.ErrInvalid, "password.weak", "The password is too easy to guess: use more different characters, and not the name.", "密码太容易猜到：请使用更多不同的字符，且不要包含用户名。")
	}
	return nil
}
