package vault

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chanzipu/outfitter/internal/fault"
)

func open(t *testing.T, dir string) *Vault {
	t.Helper()
	v, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func put(t *testing.T, v *Vault, text string) Ref {
	t.Helper()
	ref, err := v.Put(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func read(t *testing.T, v *Vault, sha string) (string, error) {
	t.Helper()
	r, err := v.Open(sha)
	if err != nil {
		return "", err
	}
	defer func() { _ = r.Close() }()
	b, err := io.ReadAll(r)
	return string(b), err
}

// damage changes one byte of an object without changing its size.
func damage(t *testing.T, v *Vault, sha string) {
	t.Helper()
	b, err := os.ReadFile(v.Path(sha))
	if err != nil {
		t.Fatal(err)
	}
	b[0] ^= 1
	if err := os.Remove(v.Path(sha)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(v.Path(sha), b, 0o400); err != nil {
		t.Fatal(err)
	}
}

func TestPut(t *testing.T) {
	v := open(t, filepath.Join(t.TempDir(), "a[1]*"))
	a, again, b := put(t, v, "甲\n"), put(t, v, "甲\n"), put(t, v, "")
	if a != again || a.Size != 4 || a.SHA == b.SHA {
		t.Errorf("Put() = %v, again %v, empty %v", a, again, b)
	}
	for _, tt := range []struct{ sha, want string }{{a.SHA, "甲\n"}, {b.SHA, ""}} {
		if got, err := read(t, v, tt.sha); got != tt.want || err != nil {
			t.Errorf("Open(%s) reads %q, %v, want %q", tt.sha, got, err, tt.want)
		}
	}
	left, err := os.ReadDir(filepath.Join(v.dir, "tmp"))
	if err != nil || len(left) != 0 {
		t.Errorf("Put() left %v in tmp (%v)", left, err)
	}
	if _, err := v.Open(strings.Repeat("0", 64)); !errors.Is(err, fault.ErrNotFound) {
		t.Errorf("Open() of what is not there = %v, want not found", err)
	}
}

func TestDamageIsNoticedAndMended(t *testing.T) {
	v := open(t, t.TempDir())
	ref := put(t, v, "a,b\n1,2\n")
	for _, check := range []func(context.Context, string) error{v.Verify, v.Check, v.Check} {
		if err := check(t.Context(), ref.SHA); err != nil {
			t.Fatal(err)
		}
	}
	damage(t, v, ref.SHA)
	if _, err := read(t, v, ref.SHA); !errors.Is(err, fault.ErrConflict) {
		t.Errorf("reading a damaged object = %v, want a conflict", err)
	}
	if err := v.Verify(t.Context(), ref.SHA); !errors.Is(err, fault.ErrConflict) {
		t.Errorf("Verify() of a damaged object = %v, want a conflict", err)
	}
	if err := v.Check(t.Context(), ref.SHA); !errors.Is(err, fault.ErrConflict) {
		t.Errorf("Check() of an object damaged since the last = %v, want a conflict", err)
	}
	put(t, v, "a,b\n1,2\n")
	if got, err := read(t, v, ref.SHA); got != "a,b\n1,2\n" || err != nil {
		t.Errorf("after the same bytes came again: %q, %v", got, err)
	}
}

func TestPutLeavesNothingWhenItFails(t *testing.T) {
	v := open(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Put(ctx, strings.NewReader("x")); !errors.Is(err, context.Canceled) {
		t.Errorf("Put() with a cancelled context = %v", err)
	}
	broken := errors.New("broken")
	if _, err := v.Put(t.Context(), io.MultiReader(strings.NewReader("x"), readerFunc(func([]byte) (int, error) { return 0, broken }))); !errors.Is(err, broken) {
		t.Errorf("Put() of a broken reader = %v", err)
	}
	for _, d := range []string{"tmp", "object"} {
		if left, err := os.ReadDir(filepath.Join(v.dir, d)); err != nil || len(left) != 0 {
			t.Errorf("%s holds %v (%v), want nothing", d, left, err)
		}
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestOpenClearsWhatACrashLeft(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	half := filepath.Join(dir, "tmp", "put-123")
	if err := os.WriteFile(half, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if _, err := os.Stat(half); !os.IsNotExist(err) {
		t.Errorf("tmp still holds a half written file (%v)", err)
	}
}
