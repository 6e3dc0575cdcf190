package cli

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/api"
	"github.com/chanzipu/outfitter/internal/customer"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/identity"
	"github.com/chanzipu/outfitter/internal/run"
	"github.com/chanzipu/outfitter/internal/segment"
	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/web"
)

type serveOptions struct {
	listen  string
	baseURL string
	cert    string
	key     string
	proxied bool
	zone    string
	oidc    oidcOptions
}

func newServe(s *streams) *cobra.Command {
	var o serveOptions
	c := &cobra.Command{
		Use:   "serve --data DIR",
		Short: "Run the server: web pages, API, polled folders",
		Example: `  outfitter serve --data ./data
  outfitter serve --data ./data --listen 0.0.0.0:443 --cert cert.pem --key key.pem --base-url https://mid.example.com`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return runServe(c.Context(), s, o) },
	}
	s.folderFlags(c)
	o.flags(c)
	return c
}

func (o *serveOptions) flags(c *cobra.Command) {
	c.Flags().StringVar(&o.listen, "listen", "127.0.0.1:8080", "address to listen on")
	c.Flags().StringVar(&o.baseURL, "base-url", "", "address as seen from outside, with the path prefix if there is one")
	c.Flags().StringVar(&o.cert, "cert", "", "certificate, to serve HTTPS without a proxy")
	c.Flags().StringVar(&o.key, "key", "", "the certificate's key")
	c.Flags().BoolVar(&o.proxied, "behind-proxy", false, "believe X-Forwarded-For of the proxy in front")
	c.Flags().StringVar(&o.zone, "zone", "", "the company's time zone, for a new folder")
	o.oidc.flags(c)
}

// An installation is a running server's parts.
type installation struct {
	db   *store.DB
	runs *run.Runner
	door *source.Door
	log  *slog.Logger
	who  *identity.Resolver
}

func runServe(ctx context.Context, s *streams, o serveOptions) (err error) {
	db, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return serve(ctx, s, o, db, func(string) {})
}

// serve runs until ctx ends. ready is called with the address once it listens.
func serve(ctx context.Context, s *streams, o serveOptions, db *store.DB, ready func(url string)) (err error) {
	signIn, err := o.oidc.provider()
	if err != nil {
		return err
	}
	if o.zone != "" {
		if err := source.SetZone(ctx, db, osUser(), o.zone); err != nil {
			return err
		}
	}
	in := &installation{db: db, log: slog.New(slog.NewJSONHandler(s.err, nil)), who: identity.NewResolver(db)}
	resolvers.Store(db, in.who)
	defer resolvers.Delete(db)
	if in.runs, err = run.Open(ctx, db, in.log); err != nil {
		return err
	}
	defer in.runs.Close()
	if in.door, err = source.OpenDoor(db); err != nil {
		return err
	}
	in.door.Linger = time.Second
	defer func() { err = errors.Join(err, in.door.Close()) }()
	name, password, err := access.EnsureAdmin(ctx, db)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fault.New(fault.ErrConflict, "listen",
			fmt.Sprintf("The address %s can't be used: %v. Choose another with --listen.", o.listen, err),
			fmt.Sprintf("地址 %s 无法使用：%v。请用 --listen 换一个。", o.listen, err))
	}
	scheme := "http"
	if o.cert != "" {
		pair, err := tls.LoadX509KeyPair(o.cert, o.key)
		if err != nil {
			return errors.Join(listener.Close(), fault.New(fault.ErrInvalid, "certificate",
				fmt.Sprintf("The certificate can't be used: %v.", err), fmt.Sprintf("证书无法使用：%v。", err)))
		}
		listener, scheme = tls.NewListener(listener, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}), "https"
	}
	pages, _ := web.Files()
	handler, err := api.New(api.Deps{DB: db, Runs: in.runs, Door: in.door, OIDC: signIn, Identity: in.who, Web: pages, BaseURL: o.baseURL, Proxied: o.proxied, Version: Version, Log: in.log})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	url := o.baseURL
	if url == "" {
		url = scheme + "://" + listener.Addr().String()
	}
	sock, err := listenSocket(db.Dir)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	s.welcome(url, name, password)
	ready(url)
	return in.run(ctx, listener, sock, handler)
}

// welcome prints where the server is and, once, how to sign in.
func (s *streams) welcome(url, name, password string) {
	if s.json {
		out := map[string]any{"url": url, "name": nil, "password": nil}
		if password != "" {
			out["name"], out["password"] = name, password
		}
		_ = s.print(out)
		return
	}
	fmt.Fprintf(s.out, s.say("Outfitter is ready: %s\n", "铲子铺已就绪：%s\n"), url)
	if password != "" {
		fmt.Fprintf(s.out, s.say("Sign in as %s with the password %s (shown once; `outfitter user reset-password %[1]s` makes a new one)\n",
			"用户名 %s，密码 %s（只显示一次；忘了可用 `outfitter user reset-password %[1]s` 重设）\n"), name, password)
	}
}

// run serves HTTP and the folder's socket, and keeps the house: loads events,
// relays the outbox, polls folders, compacts, watches the disk.
func (in *installation) run(ctx context.Context, listener, sock net.Listener, handler http.Handler) error {
	g, ctx := errgroup.WithContext(ctx)
	public := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(in.log.Handler(), slog.LevelWarn)}
	local := &http.Server{Handler: localHandler(in.db), ReadHeaderTimeout: 10 * time.Second}
	for _, one := range []struct {
		server *http.Server
		l      net.Listener
	}{{public, listener}, {local, sock}} {
		g.Go(func() error {
			if err := one.server.Serve(one.l); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		})
		g.Go(func() error {
			<-ctx.Done()
			wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			if err := one.server.Shutdown(wait); err != nil {
				return one.server.Close()
			}
			return nil
		})
	}
	g.Go(func() error { return in.every(ctx, 500*time.Millisecond, "load events", in.door.Load) })
	g.Go(func() error {
		return in.every(ctx, time.Second, "relay", func(ctx context.Context) error { return fact.Relay(ctx, in.db) })
	})
	g.Go(func() error {
		return in.every(ctx, 2*time.Second, "link parties", func(ctx context.Context) error { _, err := in.who.Sync(ctx); return err })
	})
	g.Go(func() error {
		return in.every(ctx, source.PollLeast, "poll folders", func(ctx context.Context) error { return source.Poll(ctx, in.db, time.Now()) })
	})
	g.Go(func() error {
		return in.every(ctx, time.Minute, "compact", func(ctx context.Context) error { return fact.Compact(ctx, in.db) })
	})
	g.Go(func() error { return in.every(ctx, time.Minute, "traits", in.refresh) })
	g.Go(func() error { return in.every(ctx, time.Minute, "disk", in.watchDisk) })
	return g.Wait()
}

// every repeats a piece of housekeeping; its errors go to the log.
func (in *installation) every(ctx context.Context, d time.Duration, what string, do func(context.Context) error) error {
	t := time.NewTicker(d)
	defer t.Stop()
	for {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			in.log.Error(what, "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// refresh brings traits up to date with what was loaded, and then the segments.
func (in *installation) refresh(ctx context.Context) error {
	r, err := customer.Refresh(ctx, in.db)
	if err != nil || r.Idle {
		return err
	}
	return segment.UpdateAll(ctx, in.db)
}

// lowDisk is when the alarm is raised: below 5 % or 2 GiB, whichever is more.
const lowDisk = 2 << 30

func (in *installation) watchDisk(context.Context) error {
	var st syscall.Statfs_t
	if err := syscall.Statfs(in.db.Dir, &st); err != nil {
		return err
	}
	free, total := int64(st.Bavail)*int64(st.Bsize), int64(st.Blocks)*int64(st.Bsize)
	if free < max(lowDisk, total/20) {
		in.log.Warn("the disk is nearly full", "folder", in.db.Dir, "free_bytes", free, "total_bytes", total)
	}
	return nil
}

// listenSocket listens on the folder's socket for commands. A socket that a
// dead server left is replaced: the folder's lock is ours.
func listenSocket(dir string) (net.Listener, error) {
	path := socketPath(dir)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, store.DiskFault(dir, err)
	}
	if len(path) > 100 {
		return nil, fault.New(fault.ErrInvalid, "folder.path-long",
			fmt.Sprintf("The folder's path is too long for a socket (%d characters, 80 at most): %s", len(dir), dir),
			fmt.Sprintf("文件夹路径过长（%d 个字符，最多 80）：%s", len(dir), dir))
	}
	old := syscall.Umask(0o177)
	l, err := net.Listen("unix", path)
	syscall.Umask(old)
	if err != nil {
		return nil, store.DiskFault(dir, err)
	}
	return l, nil
}
