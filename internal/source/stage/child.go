package stage

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/read"
	"github.com/chanzipu/outfitter/internal/source/read/archive"
	"github.com/chanzipu/outfitter/internal/source/read/blank"
)

// childMark is the environment variable by which the program knows that it was
// started to parse.
const childMark = "OUTFITTER_PARSE"

// Bounds hold the child. The zero value takes the defaults.
type Bounds struct {
	Memory int64         // resident bytes; default 2 GiB
	Time   time.Duration // default 6 h, for the largest files; a small one gets less (see bound)
}

// A request is what the parent writes to the child's standard input.
type request struct {
	Op      string     `json:"op"` // "load", "look", "members", "around", "blank", "replace"
	Job     Job        `json:"job"`
	Look    LookJob    `json:"look"`
	Row     AroundJob  `json:"row"`
	Split   SplitJob   `json:"split"`
	Blank   blank.Job  `json:"blank"`
	Replace ReplaceJob `json:"replace"`
}

// A message is one line of the child's standard output.
type message struct {
	Done   int64           `json:"done,omitempty"`
	Total  int64           `json:"total,omitempty"`
	What   string          `json:"what,omitempty"`
	WhatZh string          `json:"what_zh,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
	Fault  *said           `json:"fault,omitempty"`
}

// said is a fault on its way to the parent.
type said struct {
	Kind string `json:"kind"`
	Code string `json:"code"`
	EN   string `json:"en"`
	ZH   string `json:"zh"`
}

var kinds = map[string]error{"invalid": fault.ErrInvalid, "not found": fault.ErrNotFound, "conflict": fault.ErrConflict, "denied": fault.ErrDenied}

// IsChild reports whether this process was started to parse; main and TestMain
// then call Child before anything else.
func IsChild() bool { return os.Getenv(childMark) != "" }

// Child does what the parent asks on standard input and exits.
func Child() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	debug.SetMemoryLimit(768 << 20)
	out := bufio.NewWriter(os.Stdout)
	send := func(m message) {
		b, err := json.Marshal(m)
		if err != nil {
			b, _ = json.Marshal(message{Fault: &said{Kind: "ours", EN: err.Error()}})
		}
		_, _ = out.Write(append(b, '\n'))
		_ = out.Flush()
	}
	var r request
	if err := json.NewDecoder(os.Stdin).Decode(&r); err != nil {
		send(message{Fault: &said{Kind: "ours", EN: "parse: request: " + err.Error()}})
		os.Exit(1)
	}
	// The parent closes its end when it dies or cancels; a child without a
	// parent stops.
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(3)
	}()
	last := time.Now()
	tell := func(done, total int64, what, zh string) {
		if time.Since(last) > 100*time.Millisecond {
			last = time.Now()
			send(message{Done: done, Total: total, What: what, WhatZh: zh})
		}
	}
	result, err := func() (res any, err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("parse: %v\n%s", p, debug.Stack())
			}
		}()
		switch r.Op {
		case "load":
			return Load(ctx, r.Job, tell)
		case "look":
			return Look(ctx, r.Look, tell)
		case "members":
			return read.Members(ctx, r.Split.Path, r.Split.Name, r.Split.Work, r.Split.Limits)
		case "around":
			return around(ctx, r.Row)
		case "blank":
			return blankFile(ctx, r.Blank)
		case "replace":
			return true, archive.Replace(ctx, r.Replace.Path, r.Replace.Work, r.Replace.Out, r.Replace.With)
		}
		return nil, fmt.Errorf("parse: no operation %q", r.Op)
	}()
	if err != nil {
		send(message{Fault: toSaid(err)})
		os.Exit(1)
	}
	raw, err := json.Marshal(result)
	if err != nil {
		send(message{Fault: &said{Kind: "ours", EN: err.Error()}})
		os.Exit(1)
	}
	send(message{Result: raw})
	os.Exit(0)
}

func toSaid(err error) *said {
	s := &said{Kind: "ours", EN: err.Error(), ZH: err.Error()}
	for name, kind := range kinds {
		if errors.Is(err, kind) {
			s.Kind = name
		}
	}
	var f *fault.Error
	if errors.As(err, &f) {
		s.Code, s.EN, s.ZH = f.Code, f.EN, f.ZH
	}
	return s
}

func (s *said) err() error {
	kind, ok := kinds[s.Kind]
	if !ok {
		return errors.New(s.EN)
	}
	return fault.New(kind, s.Code, s.EN, s.ZH)
}

// run starts a child for one request and waits for its result.
func run[T any](ctx context.Context, r request, b Bounds, tell Progress) (T, error) {
	var result T
	if b.Memory == 0 {
		b.Memory = 2 << 30
	}
	if b.Time == 0 {
		b.Time = 6 * time.Hour
	}
	ctx, cancel := context.WithTimeoutCause(ctx, b.Time, errTime)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		return result, fmt.Errorf("stage: %w", err)
	}
	body, err := json.Marshal(r)
	if err != nil {
		return result, fmt.Errorf("stage: %w", err)
	}
	cmd := exec.CommandContext(ctx, self)
	cmd.Env = append(os.Environ(), childMark+"=1", "GOTRACEBACK=none")
	cmd.Cancel = func() error { return cmd.Process.Kill() }
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return result, fmt.Errorf("stage: %w", err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return result, fmt.Errorf("stage: %w", err)
	}
	var stderr tail
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		return result, fmt.Errorf("stage: start the parser: %w", err)
	}
	over := make(chan struct{})
	stop := make(chan struct{})
	go watch(cmd.Process, b.Memory, over, stop)
	_, werr := stdin.Write(body)
	var got bool
	var refused *said
	sc := bufio.NewScanner(stdout)
	sc.Buffer(make([]byte, 1<<16), 1<<30)
	for sc.Scan() {
		var m message
		if err := json.Unmarshal(sc.Bytes(), &m); err != nil {
			continue
		}
		switch {
		case m.Fault != nil:
			refused = m.Fault
		case m.Result != nil:
			if err := json.Unmarshal(m.Result, &result); err != nil {
				werr = errors.Join(werr, err)
			}
			got = true
		case tell != nil:
			tell(m.Done, m.Total, m.What, m.WhatZh)
		}
	}
	close(stop)
	_ = stdin.Close()
	err = cmd.Wait()
	switch {
	case refused != nil:
		return result, refused.err()
	case got && werr == nil:
		return result, nil
	case closed(over):
		return result, fault.New(fault.ErrInvalid, "file.too-costly",
			fmt.Sprintf("Reading this file took more than %d MiB of memory and was stopped. Split it, or save it as CSV.", b.Memory>>20),
			fmt.Sprintf("读取该文件占用内存超过 %d MiB，已停止。请拆分文件，或另存为 CSV。", b.Memory>>20))
	case context.Cause(ctx) == errTime:
		return result, fault.New(fault.ErrInvalid, "file.too-slow",
			fmt.Sprintf("Reading this file took longer than %s and was stopped. Split it, or save it as CSV.", b.Time),
			fmt.Sprintf("读取该文件超过 %s，已停止。请拆分文件，或另存为 CSV。", b.Time))
	case ctx.Err() != nil:
		return result, ctx.Err()
	}
	return result, fmt.Errorf("stage: the parser ended without a result: %w: %s", errors.Join(err, werr, sc.Err()), stderr.b.Bytes())
}

var errTime = errors.New("out of time")

func closed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// watch ends the child when it holds more memory than it may.
func watch(p *os.Process, limit int64, over, stop chan struct{}) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
			if resident(p.Pid) > limit {
				close(over)
				_ = p.Kill()
				return
			}
		}
	}
}

// resident is the memory that a process holds, in bytes; 0 where the system
// doesn't tell (then the engine's own limit alone holds).
func resident(pid int) int64 {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "statm"))
	if err != nil {
		return 0
	}
	f := strings.Fields(string(b))
	if len(f) < 3 {
		return 0
	}
	pages, _ := strconv.ParseInt(f[1], 10, 64)
	shared, _ := strconv.ParseInt(f[2], 10, 64)
	return (pages - shared) * int64(os.Getpagesize())
}

// tail keeps the end of what the child says on standard error.
type tail struct{ b bytes.Buffer }

func (t *tail) Write(p []byte) (int, error) {
	t.b.Write(p)
	if n := t.b.Len(); n > 1<<14 {
		t.b.Next(n - 1<<14)
	}
	return len(p), nil
}

// Run is Load in a child process.
func Run(ctx context.Context, j Job, b Bounds, tell Progress) (Report, error) {
	return run[Report](ctx, request{Op: "load", Job: j}, b, tell)
}

// A SplitJob asks for the files inside a delivery.
type SplitJob struct {
	Path   string      `json:"path"`
	Name   string      `json:"name"`
	Work   string      `json:"work"`
	Limits read.Limits `json:"limits"`
}

// Split is read.Members in a child process.
func Split(ctx context.Context, j SplitJob, b Bounds) ([]read.Member, error) {
	return run[[]read.Member](ctx, request{Op: "members", Split: j}, b, nil)
}
