package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/chanzipu/outfitter/internal/erasure"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/migrate"
)

// A tell reports progress.
type tell func(done, total int64, what, whatZh string)

// A folderCommand is work on the folder that can be done here, or by the
// server that owns the folder. In and Out go as JSON.
type folderCommand struct {
	name string
	do   func(ctx context.Context, db *store.DB, in json.RawMessage, tell tell) (any, error)
}

// folderCommands are what the server does for commands on its socket.
var folderCommands = map[string]folderCommand{}

// onFolder registers a command and returns the function that calls it.
func onFolder[In, Out any](name string, do func(ctx context.Context, db *store.DB, in In, tell tell) (Out, error)) func(context.Context, *streams, In) (Out, error) {
	folderCommands[name] = folderCommand{name, func(ctx context.Context, db *store.DB, raw json.RawMessage, tell tell) (any, error) {
		var in In
		if err := json.Unmarshal(raw, &in); err != nil {
			return nil, fmt.Errorf("cli: %s: %w", name, err)
		}
		return do(ctx, db, in, tell)
	}}
	return func(ctx context.Context, s *streams, in In) (out Out, err error) {
		progress, end := s.progress()
		defer end()
		db, conn, err := s.reach(ctx)
		if err != nil {
			return out, err
		}
		if conn != nil {
			return viaServer[Out](ctx, conn, name, in, progress)
		}
		defer func() { err = errors.Join(err, db.Close()) }()
		return do(ctx, db, in, progress)
	}
}

// patience is how long a command waits for a folder that another one holds: a
// short command ends, a server that is starting opens its socket.
const patience = 3 * time.Second

// reach finds the server that owns the folder, or else opens it here.
func (s *streams) reach(ctx context.Context) (*store.DB, net.Conn, error) {
	for until := time.Now().Add(patience); ; {
		if conn, err := dialServer(ctx, s.dir); err == nil {
			return nil, conn, nil
		}
		db, err := s.open(ctx)
		var f *fault.Error
		if err == nil || !errors.As(err, &f) || f.Code != "folder.locked" || time.Now().After(until) {
			return db, nil, err
		}
		select {
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// open takes the folder's lock and brings the stores up to date.
func (s *streams) open(ctx context.Context) (*store.DB, error) {
	db, err := store.Open(ctx, store.Options{Dir: s.dir, Database: s.database})
	if err != nil {
		return nil, err
	}
	err = migrate.Up(ctx, db, copyBefore(db))
	if err == nil {
		err = fact.Reconcile(ctx, db)
	}
	if err == nil {
		err = source.Settle(ctx, db)
	}
	if err == nil {
		err = erasure.Resume(ctx, db)
	}
	if err != nil {
		if fault.Mine(err) {
			err = store.DiskFault(db.Dir, err)
		}
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// copyBefore keeps the embedded databases as they are before a migration.
func copyBefore(db *store.DB) func() error {
	return func() error { return store.CopyFiles(db, "before-"+time.Now().UTC().Format("20060102-150405")) }
}

// progress draws a bar on a terminal, and nothing elsewhere.
func (s *streams) progress() (tell, func()) {
	if s.json || !terminal(s.err) {
		return func(int64, int64, string, string) {}, func() {}
	}
	bar := progressbar.NewOptions64(1000, progressbar.OptionSetWriter(s.err), progressbar.OptionSetWidth(28),
		progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionSetPredictTime(true))
	return func(done, total int64, en, zh string) {
		bar.Describe(s.say(en, zh))
		if total > 0 {
			_ = bar.Set64(1000 * done / total)
		}
	}, func() { _ = bar.Finish() }
}

// socketPath is where the server listens for commands.
func socketPath(dir string) string { return filepath.Join(dir, "outfitter.sock") }

// dialServer fails where no server owns the folder.
func dialServer(ctx context.Context, dir string) (net.Conn, error) {
	if _, err := os.Stat(socketPath(dir)); err != nil {
		return nil, err
	}
	var d net.Dialer
	return d.DialContext(ctx, "unix", socketPath(dir))
}

// A localLine is one line of the server's answer to a command.
type localLine struct {
	Done   int64           `json:"done,omitempty"`
	Total  int64           `json:"total,omitempty"`
	EN     string          `json:"en,omitempty"`
	ZH     string          `json:"zh,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
	Fault  *localFault     `json:"fault,omitempty"`
}

type localFault struct {
	Exit int    `json:"exit"`
	Code string `json:"code"`
	EN   string `json:"en"`
	ZH   string `json:"zh"`
}

var kindOfExit = map[int]error{fault.ExitUsage: fault.ErrInvalid, fault.ExitNothing: fault.ErrNotFound, fault.ExitRefused: fault.ErrConflict}

func viaServer[Out any](ctx context.Context, conn net.Conn, name string, in any, progress tell) (out Out, err error) {
	used := false
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		if used {
			return nil, errors.New("one request per connection")
		}
		used = true
		return conn, nil
	}}}
	defer client.CloseIdleConnections()
	body, err := json.Marshal(in)
	if err != nil {
		return out, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://outfitter/"+name, bytes.NewReader(body))
	if err != nil {
		return out, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return out, fmt.Errorf("cli: the server on this folder: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	sc := bufio.NewScanner(resp.Body)
	sc.Buffer(make([]byte, 1<<16), 1<<30)
	for sc.Scan() {
		var l localLine
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			return out, fmt.Errorf("cli: the server's answer: %w", err)
		}
		switch {
		case l.Fault != nil:
			if kind, ok := kindOfExit[l.Fault.Exit]; ok {
				return out, fault.New(kind, l.Fault.Code, l.Fault.EN, l.Fault.ZH)
			}
			return out, errors.New(l.Fault.EN)
		case l.Result != nil:
			return out, json.Unmarshal(l.Result, &out)
		default:
			progress(l.Done, l.Total, l.EN, l.ZH)
		}
	}
	return out, fmt.Errorf("cli: the server went away: %w", errors.Join(sc.Err(), io.ErrUnexpectedEOF))
}

// localHandler answers commands on the folder's socket. Whoever can open the
// socket is the folder's owner, so there is no further check.
func localHandler(db *store.DB) http.Handler {
	mux := http.NewServeMux()
	for name, c := range folderCommands {
		mux.HandleFunc("POST /"+name, func(w http.ResponseWriter, r *http.Request) {
			raw, err := io.ReadAll(r.Body)
			if err != nil {
				return
			}
			enc := json.NewEncoder(w)
			flush := func(l localLine) {
				_ = enc.Encode(l)
				if f, ok := w.(http.Flusher); ok {
					f.Flush()
				}
			}
			last := time.Now()
			out, err := c.do(r.Context(), db, raw, func(done, total int64, en, zh string) {
				if time.Since(last) > 100*time.Millisecond {
					last = time.Now()
					flush(localLine{Done: done, Total: total, EN: en, ZH: zh})
				}
			})
			if err != nil {
				f := &localFault{Exit: fault.Exit(err), EN: err.Error(), ZH: err.Error()}
				var fe *fault.Error
				if errors.As(err, &fe) {
					f.Code, f.EN, f.ZH = fe.Code, fe.EN, fe.ZH
				}
				flush(localLine{Fault: f})
				return
			}
			result, err := json.Marshal(out)
			if err != nil {
				flush(localLine{Fault: &localFault{Exit: fault.ExitOurs, EN: err.Error()}})
				return
			}
			flush(localLine{Result: result})
		})
	}
	return mux
}
