package source

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/source/stage"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/vault"
)

// An Incoming is an event as the API takes it.
type Incoming struct {
	ID       string          `json:"id,omitempty"` // the sender's; the same id again is the same event
	Verb     string          `json:"verb"`
	TS       string          `json:"ts"` // RFC 3339, or YYYY-MM-DD
	Account  *IncomingParty  `json:"account,omitempty"`
	Person   *IncomingParty  `json:"person,omitempty"`
	Staff    *IncomingParty  `json:"staff,omitempty"`
	Object   *IncomingObject `json:"object,omitempty"`
	Channel  string          `json:"channel,omitempty"`
	Amount   *float64        `json:"amount,omitempty"`
	Currency string          `json:"currency,omitempty"`
	Quantity *float64        `json:"quantity,omitempty"`
	Unit     string          `json:"unit,omitempty"`
	Text     string          `json:"text,omitempty"`
	Attrs    json.RawMessage `json:"attrs,omitempty"` // an object
}

// An IncomingParty is a party as an event names it.
type IncomingParty struct {
	Namespace string          `json:"namespace"`
	Key       string          `json:"key"`
	Name      string          `json:"name,omitempty"`
	Phone     string          `json:"phone,omitempty"`
	Email     string          `json:"email,omitempty"`
	TaxNo     string          `json:"tax_no,omitempty"`
	Address   string          `json:"address,omitempty"`
	City      string          `json:"city,omitempty"`
	Title     string          `json:"title,omitempty"`
	Company   string          `json:"company,omitempty"`
	Attrs     json.RawMessage `json:"attrs,omitempty"`
}

// An IncomingObject is what an event is about.
type IncomingObject struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
}

// A Refusal is an event that was not taken, and why.
type Refusal struct {
	Index int    `json:"index"`
	EN    string `json:"reason"`
	ZH    string `json:"reason_zh"`
}

// A Door takes events in: what it acknowledges is durable, and in the facts
// within about a second.
type Door struct {
	// Linger is how old a segment grows before Load takes it, so that a steady
	// stream becomes a batch every second or two and not every time that Load
	// looks; where loading is slow it grows older, up to two seconds.
	Linger time.Duration

	db    *store.DB
	log   *vault.Log
	Taken atomic.Int64 // since the start
	Late  atomic.Int64 // nanoseconds that the last load took
}

// OpenDoor opens the door; a crash's leftovers are loaded by the first Load.
func OpenDoor(db *store.DB) (*Door, error) {
	log, err := db.Vault.OpenLog(0)
	if err != nil {
		return nil, err
	}
	return &Door{db: db, log: log}, nil
}

// Close stops taking events; what was acknowledged is loaded at the next start.
func (d *Door) Close() error { return d.log.Close() }

// Take checks events and returns once the good ones are durable.
func (d *Door) Take(ctx context.Context, source string, events []Incoming) (accepted int64, refused []Refusal, err error) {
	if source == "" {
		return 0, nil, fault.New(fault.ErrInvalid, "events.source",
			"It isn't said which source these events are from: use a token that is bound to one, or add ?source=.",
			"没有说明这些事件来自哪个数据源：请使用绑定数据源的令牌，或加上 ?source=。")
	}
	if len(segmentName(source)) > 255 {
		return 0, nil, fault.New(fault.ErrInvalid, "events.source-long",
			fmt.Sprintf("The name of the source %q is too long for a folder. Use at most 80 characters.", source),
			fmt.Sprintf("数据源名称 %q 过长，请不超过 80 个字。", source))
	}
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	enc.SetEscapeHTML(false)
	for i, e := range events {
		if en, zh := e.check(); en != "" {
			refused = append(refused, Refusal{i, en, zh})
			continue
		}
		if err := enc.Encode(e); err != nil {
			return 0, nil, fmt.Errorf("source: events: %w", err)
		}
		accepted++
	}
	if accepted == 0 {
		return 0, refused, nil
	}
	if err := d.log.Append(ctx, segmentName(source), lines.Bytes()); err != nil {
		return 0, nil, store.DiskFault(d.db.Dir, err)
	}
	d.Taken.Add(accepted)
	return accepted, refused, nil
}

// segmentName makes a folder's name of a source's: letters of any script stay,
// because a name has 255 bytes and an escaped Chinese character takes nine.
func segmentName(source string) string {
	var b strings.Builder
	b.WriteString("s-")
	for _, r := range source {
		if r < ' ' || r == '%' || r == '/' || r == '\\' || r == utf8.RuneError {
			b.WriteString(url.PathEscape(string(r)))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func sourceOf(segment string) (string, error) {
	return url.PathUnescape(strings.TrimPrefix(segment, "s-"))
}

// verbs are those of the glossary.
var verbs = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range mapping.Verbs {
		m[w.Name] = true
	}
	return m
}()

// check says what is wrong with an event, in both languages; empty = nothing.
func (e *Incoming) check() (en, zh string) {
	if !verbs[e.Verb] {
		return fmt.Sprintf("The verb %q is not in the glossary.", e.Verb), fmt.Sprintf("动作 %q 不在词表中。", e.Verb)
	}
	if _, _, err := e.when(time.UTC); err != nil {
		return fmt.Sprintf("The time %q is neither RFC 3339 nor a day YYYY-MM-DD.", e.TS), fmt.Sprintf("时间 %q 既不是 RFC 3339 也不是 YYYY-MM-DD。", e.TS)
	}
	for name, p := range map[string]*IncomingParty{"account": e.Account, "person": e.Person, "staff": e.Staff} {
		if p != nil && p.Key == "" {
			return fmt.Sprintf("%s has no key.", name), fmt.Sprintf("%s 缺少 key。", name)
		}
		if p != nil && len(p.Attrs) > 0 && !object(p.Attrs) {
			return fmt.Sprintf("%s.attrs is not a JSON object.", name), fmt.Sprintf("%s.attrs 不是 JSON 对象。", name)
		}
	}
	if e.Object != nil && (e.Object.Kind == "" || e.Object.Key == "") {
		return "object needs a kind and a key.", "object 需要 kind 和 key。"
	}
	for name, f := range map[string]*float64{"amount": e.Amount, "quantity": e.Quantity} {
		if f != nil && (math.IsNaN(*f) || math.Abs(*f) > stage.MaxAmount) {
			return fmt.Sprintf("%s is too large.", name), fmt.Sprintf("%s 过大。", name)
		}
	}
	if len(e.Attrs) > 0 && !object(e.Attrs) {
		return "attrs is not a JSON object.", "attrs 不是 JSON 对象。"
	}
	return "", ""
}

func object(raw json.RawMessage) bool {
	t := bytes.TrimSpace(raw)
	return len(t) > 0 && t[0] == '{' && json.Valid(t)
}

// when reads the event's time; a day alone starts in the company's zone.
func (e *Incoming) when(zone *time.Location) (time.Time, string, error) {
	if t, err := time.ParseInLocation("2006-01-02", e.TS, zone); err == nil && t.Year() >= 1900 && t.Year() < 2200 {
		return t, "day", nil
	}
	t, err := time.Parse(time.RFC3339Nano, e.TS)
	if err != nil || t.Year() < 1900 || t.Year() >= 2200 {
		return t, "", fmt.Errorf("source: time %q: %w", e.TS, fault.ErrInvalid)
	}
	if t.Nanosecond() != 0 {
		return t, "ms", nil
	}
	return t, "second", nil
}

// Load turns the sealed segments into batches: each becomes a vault object,
// then facts, then is gone; a crash in between repeats a step that changes
// nothing the second time.
func (d *Door) Load(ctx context.Context) error {
	began := time.Now()
	linger := d.Linger
	if late := 3 * time.Duration(d.Late.Load()); linger > 0 && late > linger {
		linger = max(linger, min(late, 2*time.Second))
	}
	sealed, err := d.log.Seal(began.Add(-linger))
	if err != nil || len(sealed) == 0 {
		return err
	}
	zone, err := Zone(ctx, d.db)
	if err != nil {
		return err
	}
	var errs []error
	for _, s := range sealed {
		if err := d.loadOne(ctx, s, zone); err != nil {
			errs = append(errs, fmt.Errorf("source: segment %s: %w", filepath.Base(s.Path), err))
		}
	}
	d.Late.Store(int64(time.Since(began)))
	return errors.Join(errs...)
}

func (d *Door) loadOne(ctx context.Context, s vault.Sealed, zone string) error {
	source, err := sourceOf(s.Name)
	if err != nil {
		return err
	}
	began := time.Now()
	f, err := os.Open(s.Path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	ref, err := d.db.Vault.Put(ctx, f)
	if err != nil {
		return err
	}
	// The segment's own name counts: what a sender says again after saying
	// something else in between is a new delivery of the same bytes.
	id := d.db.ID("batch", source, ref.SHA, filepath.Base(s.Path)).String()
	if b, err := fact.GetBatch(ctx, d.db, id); err == nil && b.State == fact.Loaded {
		return os.Remove(s.Path)
	}
	if _, err := f.Seek(0, 0); err != nil {
		return err
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return err
	}
	rows, err := segmentRows(f, loc)
	if err != nil {
		return err
	}
	loaded := began.UTC().Truncate(time.Microsecond)
	work, err := os.MkdirTemp(d.db.StageDir(), "events-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	out := filepath.Join(work, "stage.duckdb")
	if err := stage.Append(ctx, out, source, id, zone, d.db.Key, loaded, rows); err != nil {
		return err
	}
	n := int64(len(rows))
	rep := stage.Report{Rows: n, Used: n, Tables: []stage.TableReport{{Name: "events", Table: stage.APITable, FirstRow: 1, Rows: n, Clean: n, Used: n}}}
	rep.ByVerb = verbsOf(rows)
	raw, err := rep.MarshalReport()
	if err != nil {
		return err
	}
	b := fact.Batch{ID: id, Source: source, Name: "events-" + began.UTC().Format("20060102T150405.000") + ".ndjson", Object: ref.SHA, Bytes: ref.Size, Actor: "api",
		LoadedAt: loaded, Seconds: time.Since(began).Seconds(), Rows: n, Used: n, Report: raw}
	if _, err := fact.Commit(ctx, d.db, b, out); err != nil {
		return err
	}
	if err := guard(ctx, d.db, id); err != nil {
		return err
	}
	return os.Remove(s.Path)
}

// verbsOf counts the events of a segment, one that is said twice once.
func verbsOf(rows []stage.Row) []fact.VerbCount {
	said := map[string]map[string]bool{}
	for _, r := range rows {
		if said[r.Verb] == nil {
			said[r.Verb] = map[string]bool{}
		}
		said[r.Verb][r.Key] = true
	}
	out := make([]fact.VerbCount, 0, len(said))
	for _, verb := range slices.Sorted(maps.Keys(said)) {
		out = append(out, fact.VerbCount{Verb: verb, N: int64(len(said[verb]))})
	}
	return out
}

func segmentRows(f *os.File, zone *time.Location) ([]stage.Row, error) {
	var rows []stage.Row
	sc := bufio.NewScanner(f)
	sc.Buffer(make([]byte, 1<<16), 1<<30)
	for sc.Scan() {
		var e Incoming
		if err := json.Unmarshal(sc.Bytes(), &e); err != nil {
			return nil, fmt.Errorf("line %d: %w", len(rows)+1, err)
		}
		ts, precision, err := e.when(zone)
		if err != nil {
			return nil, err
		}
		r := stage.Row{No: int64(len(rows) + 1), Key: "id:" + e.ID, Verb: e.Verb, TS: ts, Precision: precision,
			Account: e.Account.row(), Person: e.Person.row(), Staff: e.Staff.row(),
			Channel: e.Channel, Amount: e.Amount, Quantity: e.Quantity, Currency: e.Currency, Unit: e.Unit, Text: e.Text, Attrs: e.Attrs}
		if e.Object != nil {
			r.ObjectKind, r.ObjectKey = e.Object.Kind, e.Object.Key
		}
		if e.ID == "" {
			sum := sha256.Sum256(sc.Bytes())
			r.Key = "content:" + hex.EncodeToString(sum[:])
		}
		rows = append(rows, r)
	}
	return rows, sc.Err()
}

func (p *IncomingParty) row() *stage.PartyOf {
	if p == nil {
		return nil
	}
	return &stage.PartyOf{Namespace: p.Namespace, Key: p.Key, Name: p.Name, Phone: p.Phone, Email: p.Email, TaxNo: p.TaxNo,
		Address: p.Address, City: p.City, Title: p.Title, Company: p.Company, Attrs: p.Attrs}
}
