// Package vault keeps the original bytes of every delivery.
//
// An object's name is the SHA-256 of its bytes, so the same bytes are kept
// once and a damaged object is noticed when it is read. Objects are written to
// a temporary file, synced, then renamed: a name that exists is whole. API
// events go to segments (segment.go), which are objects once sealed. Where a
// person was erased, other bytes stand under an object's name, and their own
// SHA-256 is kept beside it (blanked.go).
package vault

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/chanzipu/outfitter/internal/fault"
)

// A Vault is an open folder of objects.
type Vault struct {
	dir     string
	checked sync.Map // object → stamp when Check last found it whole
}

// A Ref names an object.
type Ref struct {
	SHA  string // SHA-256, lower-case hex
	Size int64  // bytes
}

// Open opens or makes the vault and clears what a crash left half written.
func Open(dir string) (*Vault, error) {
	for _, d := range []string{"object", "tmp", "segment", "blanked", "erased"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			return nil, fmt.Errorf("vault: %w", err)
		}
	}
	v := &Vault{dir: dir}
	left, err := os.ReadDir(filepath.Join(dir, "tmp"))
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	for _, f := range left {
		if err := os.RemoveAll(filepath.Join(dir, "tmp", f.Name())); err != nil {
			return nil, fmt.Errorf("vault: %w", err)
		}
	}
	return v, nil
}

// Close gives nothing back today; it is there so that callers need not know.
func (v *Vault) Close() error { return nil }

// Path is where the object lies; it need not exist.
func (v *Vault) Path(sha string) string {
	if len(sha) < 2 {
		sha = "00" + sha
	}
	return filepath.Join(v.dir, "object", sha[:2], sha)
}

// Has reports whether the object is there.
func (v *Vault) Has(sha string) bool {
	_, err := os.Stat(v.Path(sha))
	return err == nil
}

// Put stores what r gives and returns once it is durable. An object that is
// there already stays, unless it is damaged: then this mends it.
func (v *Vault) Put(ctx context.Context, r io.Reader) (_ Ref, err error) {
	f, err := os.CreateTemp(filepath.Join(v.dir, "tmp"), "put-*")
	if err != nil {
		return Ref{}, fmt.Errorf("vault: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	h := sha256.New()
	n, err := io.CopyBuffer(io.MultiWriter(f, h), ctxReader{ctx, r}, make([]byte, 1<<20))
	if err != nil {
		return Ref{}, fmt.Errorf("vault: write: %w", err)
	}
	ref := Ref{SHA: hex.EncodeToString(h.Sum(nil)), Size: n}
	if v.Has(ref.SHA) && v.Check(ctx, ref.SHA) == nil {
		_ = f.Close()
		return ref, os.Remove(f.Name())
	}
	if err := f.Chmod(0o400); err != nil {
		return Ref{}, fmt.Errorf("vault: %w", err)
	}
	if err := f.Sync(); err != nil {
		return Ref{}, fmt.Errorf("vault: sync: %w", err)
	}
	if err := f.Close(); err != nil {
		return Ref{}, fmt.Errorf("vault: %w", err)
	}
	return ref, v.settle(f.Name(), ref.SHA)
}

// settle moves a synced file to its name and syncs the folders.
func (v *Vault) settle(from, sha string) error {
	to := v.Path(sha)
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	if err := os.Rename(from, to); err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	if err := syncDir(filepath.Dir(to)); err != nil {
		return err
	}
	return syncDir(filepath.Join(v.dir, "object"))
}

// Verify reads the whole object and compares it with its name.
func (v *Vault) Verify(ctx context.Context, sha string) error {
	f, err := v.open(sha)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	h := sha256.New()
	if _, err := io.CopyBuffer(h, ctxReader{ctx, f}, make([]byte, 1<<20)); err != nil {
		return fmt.Errorf("vault: object %s: %w", sha, err)
	}
	return v.check(sha, h)
}

// Check is Verify that spares itself a second reading: an object that was whole
// and whose size and times have not changed since, while this vault is open,
// counts as whole.
func (v *Vault) Check(ctx context.Context, sha string) error {
	if now, err := stampOf(v.Path(sha)); err == nil {
		if was, ok := v.checked.Load(sha); ok && was == now {
			return nil
		}
	}
	if err := v.Verify(ctx, sha); err != nil {
		return err
	}
	if now, err := stampOf(v.Path(sha)); err == nil {
		v.checked.Store(sha, now)
	}
	return nil
}

// Open opens the object for reading; reading it to its end verifies it.
func (v *Vault) Open(sha string) (io.ReadCloser, error) {
	f, err := v.open(sha)
	if err != nil {
		return nil, err
	}
	return &verified{f: f, h: sha256.New(), sha: sha, v: v}, nil
}

func (v *Vault) open(sha string) (*os.File, error) {
	f, err := os.Open(v.Path(sha))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.ErrNotFound, "vault.missing",
			fmt.Sprintf("The vault has no object %s. Restore the vault from a backup.", sha),
			fmt.Sprintf("保险库里没有对象 %s。请从备份恢复保险库。", sha))
	}
	if err != nil {
		return nil, fmt.Errorf("vault: %w", err)
	}
	return f, nil
}

func (v *Vault) check(sha string, h hash.Hash) error {
	if got := hex.EncodeToString(h.Sum(nil)); got != sha && got != v.Current(sha) {
		return fault.New(fault.ErrConflict, "vault.damaged",
			fmt.Sprintf("The vault's object %s is damaged: its bytes now hash to %s. Restore %s from a backup.", sha, got, v.Path(sha)),
			fmt.Sprintf("保险库对象 %s 已损坏：现在的哈希是 %s。请从备份恢复 %s。", sha, got, v.Path(sha)))
	}
	return nil
}

type verified struct {
	f   *os.File
	h   hash.Hash
	sha string
	v   *Vault
}

func (r *verified) Read(p []byte) (int, error) {
	n, err := r.f.Read(p)
	r.h.Write(p[:n])
	if err == io.EOF {
		if bad := r.v.check(r.sha, r.h); bad != nil {
			return n, bad
		}
	}
	return n, err
}

func (r *verified) Close() error { return r.f.Close() }

type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// WriteFile writes a small file whole or not at all, durably.
func WriteFile(path string, data []byte, mode os.FileMode) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if _, err := f.Write(data); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("vault: %w", err)
	}
	defer func() { _ = d.Close() }()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("vault: sync %s: %w", dir, err)
	}
	return nil
}
