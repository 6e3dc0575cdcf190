package vault

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func openLog(t *testing.T, v *Vault) *Log {
	t.Helper()
	l, err := v.OpenLog(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func add(t *testing.T, l *Log, name, lines string) {
	t.Helper()
	if err := l.Append(t.Context(), name, []byte(lines)); err != nil {
		t.Fatal(err)
	}
}

// sealed reads the sealed segments as name and text, in order.
func sealed(t *testing.T, l *Log) (got [][2]string) {
	t.Helper()
	all, err := l.Seal(time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		b, err := os.ReadFile(s.Path)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, [2]string{s.Name, string(b)})
	}
	return got
}

func TestSeal(t *testing.T) {
	l := openLog(t, open(t, filepath.Join(t.TempDir(), "数据 [x]*?")))
	if got := sealed(t, l); got != nil {
		t.Errorf("Seal() of an empty log = %v", got)
	}
	add(t, l, "b", "1\n")
	add(t, l, "a", "2\n")
	add(t, l, "b", "3\n")
	if diff := cmp.Diff([][2]string{{"b", "1\n3\n"}, {"a", "2\n"}}, sealed(t, l)); diff != "" {
		t.Errorf("Seal() (-want +got):\n%s", diff)
	}
	add(t, l, "b", "4\n")
	if got, err := l.Seal(time.Now().Add(-time.Hour)); err != nil || len(got) != 2 {
		t.Errorf("Seal(an hour ago) = %v, %v, want the two that were sealed", got, err)
	}
	if diff := cmp.Diff([][2]string{{"b", "1\n3\n"}, {"a", "2\n"}, {"b", "4\n"}}, sealed(t, l)); diff != "" {
		t.Errorf("Seal() (-want +got):\n%s", diff)
	}
}

func TestAppendTogether(t *testing.T) {
	l := openLog(t, open(t, t.TempDir()))
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			if err := l.Append(context.WithoutCancel(t.Context()), fmt.Sprintf("s%d", i%3), fmt.Appendf(nil, "%d\n", i)); err != nil {
				t.Errorf("Append(%d) = %v", i, err)
			}
		})
	}
	wg.Wait()
	seen := map[string]int{}
	for _, s := range sealed(t, l) {
		for line := range strings.Lines(s[1]) {
			seen[strings.TrimSpace(line)]++
		}
	}
	for i := range 200 {
		if n := seen[fmt.Sprint(i)]; n != 1 {
			t.Errorf("line %d stands %d times, want once", i, n)
		}
	}
}

// TestReopen checks that what was acknowledged comes back and what was torn
// does not, wherever the tear is.
func TestReopen(t *testing.T) {
	tests := []struct {
		name, bytes string
		want        [][2]string
	}{
		{"whole", "1\n2\n", [][2]string{{"s", "1\n2\n"}}},
		{"torn in the last line", "1\n2\n{\"a\":", [][2]string{{"s", "1\n2\n"}}},
		{"torn in the first line", "{\"a\":", nil},
		{"empty", "", nil},
		{"a long torn line", "1\n" + strings.Repeat("x", 200_000), [][2]string{{"s", "1\n"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := open(t, t.TempDir())
			dir := filepath.Join(v.dir, "segment", "s")
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "open-00000000000000000001.ndjson"), []byte(tt.bytes), 0o600); err != nil {
				t.Fatal(err)
			}
			l := openLog(t, v)
			if diff := cmp.Diff(tt.want, sealed(t, l)); diff != "" {
				t.Errorf("Seal() after a crash (-want +got):\n%s", diff)
			}
			add(t, l, "s", "9\n")
			if diff := cmp.Diff(append(tt.want, [2]string{"s", "9\n"}), sealed(t, l)); diff != "" {
				t.Errorf("Seal() after going on (-want +got):\n%s", diff)
			}
		})
	}
}

func TestClosedLog(t *testing.T) {
	v := open(t, t.TempDir())
	l := openLog(t, v)
	add(t, l, "s", "1\n")
	for range 2 {
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Append(t.Context(), "s", []byte("2\n")); err == nil {
		t.Error("Append() to a closed log = nil, want an error: it would not be durable")
	}
	if diff := cmp.Diff([][2]string{{"s", "1\n"}}, sealed(t, openLog(t, v))); diff != "" {
		t.Errorf("after reopening (-want +got):\n%s", diff)
	}
}
