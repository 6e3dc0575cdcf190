// Package memory watches how much memory a process and its children hold, on
// Linux. Elsewhere it says 0.
package memory

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A Watcher samples a process every 20 ms.
type Watcher struct {
	stop, done chan struct{}
	peak       int64 // bytes
}

// Watch starts to sample.
func Watch(pid int) *Watcher {
	w := &Watcher{stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-w.stop:
				return
			case <-tick.C:
				w.peak = max(w.peak, Resident(pid))
			}
		}
	}()
	return w
}

// Stop returns the most that process and children held together, in bytes.
func (w *Watcher) Stop() int64 {
	close(w.stop)
	<-w.done
	return w.peak
}

// Resident is what a process and its children hold now, in bytes: anonymous
// memory, because the pages of files are the system's to drop.
func Resident(pid int) int64 {
	total := anonymous(pid)
	lists, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil {
		return total
	}
	for _, l := range lists {
		b, err := os.ReadFile(l)
		if err != nil {
			continue
		}
		for child := range strings.FieldsSeq(string(b)) {
			if n, err := strconv.Atoi(child); err == nil {
				total += Resident(n)
			}
		}
	}
	return total
}

func anonymous(pid int) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "RssAnon:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			if err != nil {
				return 0
			}
			return kb << 10
		}
	}
	return 0
}
