package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Replace puts the bytes of a file under an object's name, durably, and keeps
// their SHA-256: a person's cells were blanked in it. What refers to the object
// stays true, and the old bytes, should they come again, are not kept again. A
// crash leaves either the old bytes or the new ones.
func (v *Vault) Replace(ctx context.Context, sha, from string) (Ref, error) {
	src, err := os.Open(from)
	if err != nil {
		return Ref{}, fmt.Errorf("vault: replace: %w", err)
	}
	defer func() { _ = src.Close() }()
	f, err := os.CreateTemp(filepath.Join(v.dir, "tmp"), "put-*")
	if err != nil {
		return Ref{}, fmt.Errorf("vault: replace: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }() // gone already when all went well
	h := sha256.New()
	n, err := io.CopyBuffer(io.MultiWriter(f, h), ctxReader{ctx, src}, make([]byte, 1<<20))
	if err == nil {
		err = f.Chmod(0o400)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return Ref{}, fmt.Errorf("vault: replace: %w", err)
	}
	ref := Ref{SHA: hex.EncodeToString(h.Sum(nil)), Size: n}
	if err := WriteFile(filepath.Join(v.dir, "blanked", sha), []byte(ref.SHA+"\n"), 0o600); err != nil {
		return Ref{}, fmt.Errorf("vault: replace: %w", err)
	}
	v.checked.Delete(sha)
	return ref, v.settle(f.Name(), sha)
}

// Current is the SHA-256 of the bytes that stand under an object's name: the
// name itself, unless a person was erased from it.
func (v *Vault) Current(sha string) string {
	b, err := os.ReadFile(filepath.Join(v.dir, "blanked", sha))
	if err != nil {
		return sha
	}
	return strings.TrimSpace(string(b))
}

// List names every object.
func (v *Vault) List() ([]string, error) {
	found, err := filepath.Glob(filepath.Join(v.dir, "object", "??", "*"))
	if err != nil {
		return nil, fmt.Errorf("vault: list: %w", err)
	}
	for i, f := range found {
		found[i] = filepath.Base(f)
	}
	return found, nil
}

// ErasedDir is where the tombstones and the proofs of erased people lie.
func (v *Vault) ErasedDir() string { return filepath.Join(v.dir, "erased") }
