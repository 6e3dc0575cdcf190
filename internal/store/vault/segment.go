package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// A Log takes appended lines durably: an append returns once its bytes are
// synced. Appends that come together share one sync. Each name (a source) has
// its own open segment; Seal closes the open segments, so that they can be
// taken into the vault as objects.
//
// After a crash an open segment may end in a torn line, which nobody was told
// is safe: Open cuts it off and the segment counts as sealed.
type Log struct {
	dir  string
	wait time.Duration

	mu      sync.Mutex
	open    map[string]*segment
	pending []*appending
	work    chan struct{}
	done    chan struct{}
	closed  bool
}

type segment struct {
	f     *os.File
	path  string
	bytes int64
	born  time.Time
}

type appending struct {
	name  string
	lines []byte
	err   chan error
}

// A Sealed is a segment that grows no more.
type Sealed struct {
	Name string // of the log's source
	Path string
}

// OpenLog opens the vault's log. wait is how long an append lingers for others
// to share its sync; 0 = not at all beyond the sync that is under way.
func (v *Vault) OpenLog(wait time.Duration) (*Log, error) {
	l := &Log{dir: filepath.Join(v.dir, "segment"), wait: wait, open: map[string]*segment{}, work: make(chan struct{}, 1), done: make(chan struct{})}
	left, err := l.find("open-")
	if err != nil {
		return nil, err
	}
	for _, s := range left {
		if err := mend(s.Path); err != nil {
			return nil, err
		}
	}
	go l.write()
	return l, nil
}

// mend cuts a torn last line off and seals the segment.
func mend(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("vault: segment: %w", err)
	}
	defer func() { _ = f.Close() }()
	end, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("vault: segment: %w", err)
	}
	buf := make([]byte, 1<<16)
	whole := int64(0)
	for at := end; at > 0 && whole == 0; {
		n := min(int64(len(buf)), at)
		at -= n
		if _, err := f.ReadAt(buf[:n], at); err != nil {
			return fmt.Errorf("vault: segment: %w", err)
		}
		for i := n - 1; i >= 0; i-- {
			if buf[i] == '\n' {
				whole = at + i + 1
				break
			}
		}
	}
	if whole == 0 {
		return os.Remove(path)
	}
	if err := f.Truncate(whole); err != nil {
		return fmt.Errorf("vault: segment: %w", err)
	}
	if err := f.Sync(); err != nil {
		return fmt.Errorf("vault: segment: %w", err)
	}
	return seal(path)
}

func seal(path string) error {
	dir, base := filepath.Split(path)
	if err := os.Rename(path, filepath.Join(dir, "sealed-"+base[len("open-"):])); err != nil {
		return fmt.Errorf("vault: segment: %w", err)
	}
	return syncDir(dir)
}

// Append writes lines (each with its line end) for a source and returns once
// they are durable.
func (l *Log) Append(ctx context.Context, name string, lines []byte) error {
	a := &appending{name: name, lines: lines, err: make(chan error, 1)}
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return errors.New("vault: log is closed")
	}
	l.pending = append(l.pending, a)
	l.mu.Unlock()
	select {
	case l.work <- struct{}{}:
	default:
	}
	select {
	case err := <-a.err:
		return err
	case <-ctx.Done():
		return ctx.Err() // the lines may still become durable: the sender doesn't know, and sends again
	}
}

func (l *Log) write() {
	defer close(l.done)
	for range l.work {
		if l.wait > 0 {
			time.Sleep(l.wait)
		}
		l.mu.Lock()
		todo := l.pending
		l.pending = nil
		closed := l.closed
		l.flush(todo)
		l.mu.Unlock()
		if closed {
			return
		}
	}
}

// flush writes and syncs what is pending. It holds mu, so that Seal never
// closes a segment under it.
func (l *Log) flush(todo []*appending) {
	byName := map[string][]*appending{}
	for _, a := range todo {
		byName[a.name] = append(byName[a.name], a)
	}
	for name, as := range byName {
		err := l.flushOne(name, as)
		for _, a := range as {
			a.err <- err
		}
	}
}

func (l *Log) flushOne(name string, as []*appending) error {
	s, err := l.segment(name)
	if err != nil {
		return err
	}
	n := 0
	for _, a := range as {
		n += len(a.lines)
	}
	buf := make([]byte, 0, n)
	for _, a := range as {
		buf = append(buf, a.lines...)
	}
	if _, err = s.f.Write(buf); err == nil {
		err = s.f.Sync()
	}
	if err != nil {
		// What was written in part must not be read as whole later.
		if terr := s.f.Truncate(s.bytes); terr == nil {
			_, _ = s.f.Seek(s.bytes, io.SeekStart)
		}
		return fmt.Errorf("vault: segment: %w", err)
	}
	s.bytes += int64(n)
	return nil
}

func (l *Log) segment(name string) (*segment, error) {
	if s := l.open[name]; s != nil {
		return s, nil
	}
	dir := filepath.Join(l.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("vault: segment: %w", err)
	}
	now := time.Now()
	path := filepath.Join(dir, fmt.Sprintf("open-%020d.ndjson", now.UnixNano()))
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("vault: segment: %w", err)
	}
	if err := errors.Join(syncDir(dir), syncDir(l.dir)); err != nil {
		_ = f.Close()
		return nil, err
	}
	s := &segment{f: f, path: path, born: now}
	l.open[name] = s
	return s, nil
}

// Seal closes the segments that were opened before an instant and returns all
// sealed ones, oldest first.
func (l *Log) Seal(before time.Time) ([]Sealed, error) {
	l.mu.Lock()
	for name, s := range l.open {
		if s.born.After(before) {
			continue
		}
		delete(l.open, name)
		if err := errors.Join(s.f.Close(), seal(s.path)); err != nil {
			l.mu.Unlock()
			return nil, err
		}
	}
	l.mu.Unlock()
	return l.find("sealed-")
}

// find lists the segments whose file name starts with prefix, oldest first.
func (l *Log) find(prefix string) ([]Sealed, error) {
	var out []Sealed
	names, err := os.ReadDir(l.dir)
	if err != nil {
		return nil, fmt.Errorf("vault: log: %w", err)
	}
	for _, n := range names {
		files, err := os.ReadDir(filepath.Join(l.dir, n.Name()))
		if err != nil {
			return nil, fmt.Errorf("vault: log: %w", err)
		}
		for _, f := range files {
			if strings.HasPrefix(f.Name(), prefix) {
				out = append(out, Sealed{Name: n.Name(), Path: filepath.Join(l.dir, n.Name(), f.Name())})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Sealed) int { return strings.Compare(filepath.Base(a.Path), filepath.Base(b.Path)) })
	return out, nil
}

// Close ends the log; what was acknowledged stays in its segments.
func (l *Log) Close() error {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil
	}
	l.closed = true
	l.mu.Unlock()
	select {
	case l.work <- struct{}{}:
	default:
	}
	<-l.done
	l.mu.Lock()
	defer l.mu.Unlock()
	var errs []error
	for _, s := range l.open {
		errs = append(errs, s.f.Close())
	}
	return errors.Join(errs...)
}
