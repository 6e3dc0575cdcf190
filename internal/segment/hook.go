package segment

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/google/uuid"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
)

// A Hook is where lists are sent to.
type Hook struct {
	ID, Title, URL string
	Secret         string // signs what is sent; shown once
	Internal       bool   // http and addresses of the own network are allowed
	Actor          string
	Created        time.Time
}

// AddHook adds an address. https alone, and not into the own network, unless
// an administrator allows it as internal.
func AddHook(ctx context.Context, db *store.DB, actor, title, address string, internal bool) (Hook, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !(internal && u.Scheme == "http") {
		return Hook{}, fault.New(fault.ErrInvalid, "hook.url", fmt.Sprintf("The address %q can't be used: it must be https://host/path; http only where it is allowed as internal.", address),
			fmt.Sprintf("地址 %q 不可用：应为 https://主机/路径；仅在允许为内网地址时可用 http。", address))
	}
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	h := Hook{ID: uuid.NewString(), Title: title, URL: address, Secret: hex.EncodeToString(b), Internal: internal, Actor: actor, Created: time.Now().UTC().Truncate(time.Microsecond)}
	flag := 0
	if internal {
		flag = 1
	}
	return h, db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlAddHook, h.ID, h.Title, h.URL, h.Secret, flag, actor, store.Time(h.Created)); err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: actor, Action: "hook.added", Target: "hook:" + h.ID, Detail: map[string]any{"title": title, "url": address, "internal": internal}})
	})
}

// Hooks lists the addresses by title.
func Hooks(ctx context.Context, db *store.DB) ([]Hook, error) {
	rows, err := db.State.Query(ctx, sqlHooks)
	return store.Collect(rows, err, func(r *sql.Rows) (h Hook, err error) {
		var internal int64
		var created string
		if err = r.Scan(&h.ID, &h.Title, &h.URL, &h.Secret, &internal, &h.Actor, &created); err != nil {
			return h, err
		}
		h.Internal = internal == 1
		h.Created, err = store.ParseTime(created)
		return h, err
	})
}

// RemoveHook removes an address.
func RemoveHook(ctx context.Context, db *store.DB, actor, id string) error {
	return db.State.Tx(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, sqlRemoveHook, id)
		if err != nil {
			return err
		}
		if n == 0 {
			return noHook(id)
		}
		return access.Record(ctx, tx, access.Entry{Actor: actor, Action: "hook.removed", Target: "hook:" + id})
	})
}

func noHook(id string) error {
	return fault.New(fault.ErrNotFound, "hook.none", fmt.Sprintf("There is no address %q to send to.", id), fmt.Sprintf("没有推送地址 %q。", id))
}

// FindHook returns one address.
func FindHook(ctx context.Context, db *store.DB, id string) (Hook, error) {
	all, err := Hooks(ctx, db)
	if err != nil {
		return Hook{}, err
	}
	i := slices.IndexFunc(all, func(h Hook) bool { return h.ID == id })
	if i < 0 {
		return Hook{}, noHook(id)
	}
	return all[i], nil
}

const (
	hookPage  = 1000
	hookTries = 4
)

// hookWait is how long the nth retry waits.
var hookWait = func(n int) time.Duration { return time.Duration(1<<n) * time.Second }

// Send sends the list in pages of 1,000, each signed: X-Outfitter-Signature is
// sha256= and the HMAC of timestamp, a dot and the body under the hook's
// secret. A page that fails is tried four times; the receiver tells repeats by
// X-Outfitter-Delivery.
func (x Export) Send(ctx context.Context, db *store.DB, v *access.Veil) error {
	h, err := FindHook(ctx, db, x.Ask.Hook)
	if err != nil {
		return err
	}
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DialContext: (&net.Dialer{Timeout: 10 * time.Second, Control: h.control}).DialContext},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	pages := (len(x.Rows) + hookPage - 1) / hookPage
	for n := range max(pages, 1) {
		rows := x.Rows[min(n*hookPage, len(x.Rows)):min((n+1)*hookPage, len(x.Rows))]
		body, err := x.body(rows, n, pages, v)
		if err != nil {
			return err
		}
		if err := h.post(ctx, client, body, fmt.Sprintf("%s-%d", x.ID, n)); err != nil {
			return err
		}
	}
	return nil
}

func (x Export) body(rows []Row, n, pages int, v *access.Veil) ([]byte, error) {
	type member struct {
		Entity  string `json:"entity"`
		Key     string `json:"key"`
		Name    string `json:"name"`
		Phone   string `json:"phone,omitempty"`
		Email   string `json:"email,omitempty"`
		City    string `json:"city,omitempty"`
		Company string `json:"company,omitempty"`
		Since   string `json:"since"`
	}
	members := make([]member, len(rows))
	for i, m := range rows {
		members[i] = member{m.Entity, m.Key, m.Name, v.Phone(m.Phone), v.Email(m.Email), m.City, m.Company, m.Since.UTC().Format(time.RFC3339)}
	}
	body, err := json.Marshal(map[string]any{"export": x.ID, "segment": x.Segment.ID, "title": x.Segment.Title, "version": x.Segment.Version, "campaign": x.Ask.Campaign,
		"actor": x.Actor, "ts": x.TS, "counts": x.Counts, "page": n + 1, "pages": max(pages, 1), "members": members})
	if err != nil {
		return nil, fmt.Errorf("segment: hook: %w", err)
	}
	return body, nil
}

// Sign is the signature of a body sent at an instant (Unix seconds).
func Sign(secret string, unix int64, body []byte) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(strconv.FormatInt(unix, 10) + "."))
	m.Write(body)
	return "sha256=" + hex.EncodeToString(m.Sum(nil))
}

func (h Hook) post(ctx context.Context, client *http.Client, body []byte, delivery string) error {
	var last error
	for try := range hookTries {
		if try > 0 {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(hookWait(try)):
			}
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
		if err != nil {
			return fmt.Errorf("segment: hook %s: %w", h.ID, err)
		}
		now := time.Now().Unix()
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("User-Agent", "outfitter")
		req.Header.Set("X-Outfitter-Delivery", delivery)
		req.Header.Set("X-Outfitter-Timestamp", strconv.FormatInt(now, 10))
		req.Header.Set("X-Outfitter-Signature", Sign(h.Secret, now, body))
		resp, err := client.Do(req)
		if err != nil {
			last = err
			continue
		}
		_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16))
		_ = resp.Body.Close()
		if resp.StatusCode >= 200 && resp.StatusCode < 300 {
			return nil
		}
		last = fmt.Errorf("it answered %s", resp.Status)
		if resp.StatusCode < 500 && resp.StatusCode != http.StatusTooManyRequests {
			break // it will not change its mind
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fault.New(fault.ErrConflict, "hook.failed", fmt.Sprintf("%s could not be reached: %v. The export is recorded; send it again once the other side works.", h.Title, last),
		fmt.Sprintf("推送到“%s”失败：%v。导出已登记，请待对方恢复后重新推送。", h.Title, last))
}

var errOwnNetwork = errors.New("the address lies in the own network, which only an internal one may")

// control refuses addresses of the own network after the name was looked up.
func (h Hook) control(_, address string, _ syscall.RawConn) error {
	if h.Internal {
		return nil
	}
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	if ip := a.Addr().Unmap(); ip.IsPrivate() || ip.IsLoopback() || ip.IsLinkLocalUnicast() || ip.IsUnspecified() || ip.IsMulticast() {
		return errOwnNetwork
	}
	return nil
}
