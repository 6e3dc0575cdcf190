package identity

import (
	"bytes"
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/linkage"
	"github.com/chanzipu/outfitter/linkage/block"
	"github.com/chanzipu/outfitter/linkage/field"
)

//go:embed setting.sql
var settingFile string

var (
	settingQueries = store.Load("identity.setting", settingFile)
	sqlSettingGet  = settingQueries.Get("get")
	sqlSettingList = settingQueries.Get("list")
	sqlSettingAdd  = settingQueries.Get("add")
)

// Kinds of party, each linked by itself.
var Kinds = []string{"account", "person", "staff"}

// few is how many parties are too few to learn from: then what is usual holds.
const few = 300

// defaultSettings say how n parties of a kind are compared where nobody set
// anything else. What agreement by chance means is known beforehand for what
// is given to one alone (a registered name, a number, an address); how often
// matches agree is learned.
func defaultSettings(kind string, n int) linkage.Settings {
	s := linkage.Settings{Version: 1}
	rare := func(x float64) float64 { return x / float64(max(n, few)) }
	switch kind {
	case "account":
		s.Comparisons = []linkage.Comparison{
			compared("name", field.Company, map[int]float64{8: rare(.02), 7: rare(.02), 6: rare(.06), 5: rare(.6)}),
			compared("tax_no", field.ZhUSCC, nil),
			compared("phone", field.Phone, map[int]float64{3: rare(.03), 2: rare(.03)}),
			compared("address", field.Address, nil), compared("city", field.Text, nil),
			compared("email", field.Email, map[int]float64{4: rare(.02), 3: rare(.1)}),
			opposed("office"), keyed("code", rare(1e-3)),
		}
		s.Blocking = rules("name", "name:brand", "name:sound", "tax_no:uscc", "phone:phone", "email", "address:road+city", "code")
	case "person":
		mail := compared("email", field.Email, map[int]float64{4: rare(.02), 3: rare(.1)})
		// Two people of one name have one user name at two companies.
		mail.Parameters[1], mail.Parameters[2] = fixed(.03, .02), fixed(.02, .01)
		s.Comparisons = []linkage.Comparison{
			compared("name", field.Person, nil), compared("phone", field.Phone, map[int]float64{3: rare(.03), 2: rare(.03)}), mail,
			compared("company", field.Company, nil), compared("city", field.Text, nil), compared("tax_no", field.ZhID, nil), keyed("code", rare(1e-3)),
		}
		s.Blocking = rules("phone:phone", "email", "email:user", "tax_no:zhid", "name:pinyin+company:brand", "name:pinyin+company:word", "name:pinyin+city",
			"name:pinyin+email:prefix4", "name:sorted", "code")
	case "staff":
		s.Comparisons = []linkage.Comparison{
			compared("name", field.Person, nil), compared("phone", field.Phone, map[int]float64{3: rare(.03), 2: rare(.03)}), compared("email", field.Email, map[int]float64{4: rare(.02)}),
			compared("code", field.Code, nil), compared("account", field.Code, nil),
		}
		s.Blocking = rules("phone:phone", "email", "name:pinyin", "code", "account")
	}
	if n < few {
		usual(kind, &s)
	}
	return s
}

// compared is a property with what is known of u beforehand, by level.
func compared(column string, kind field.Kind, u map[int]float64) linkage.Comparison {
	c := linkage.Comparison{Name: column, Columns: []string{column}, Kind: kind}
	if u == nil {
		return c
	}
	f, err := field.New(kind, nil)
	if err != nil {
		panic(err) // the kinds above exist
	}
	c.Parameters = make([]linkage.Parameter, len(f.Labels()))
	for l, p := range u {
		c.Parameters[l] = linkage.Parameter{U: p, FixU: true}
	}
	return c
}

// keyed is a key that, where two systems share it, says who it is; a
// different one says nothing.
func keyed(column string, u float64) linkage.Comparison {
	c := linkage.Comparison{Name: column, Columns: []string{column}, Kind: field.Exact, TermFrequency: new(float64)}
	c.Parameters = []linkage.Parameter{fixed(.5, .5), fixed(.5, u)}
	return c
}

// opposed is a property that speaks against a match when it differs: a branch
// is not its parent, whatever they share.
func opposed(column string) linkage.Comparison {
	c := linkage.Comparison{Name: column, Columns: []string{column}, Kind: field.Exact, TermFrequency: new(float64)}
	c.Parameters = []linkage.Parameter{fixed(1e-9, .1), fixed(.99, .9)}
	return c
}

func fixed(m, u float64) linkage.Parameter {
	return linkage.Parameter{M: m, U: u, FixM: true, FixU: true}
}

// rules reads blocking rules: column:take, joined by +.
func rules(texts ...string) []block.Rule {
	var out []block.Rule
	for _, text := range texts {
		var r block.Rule
		for part := range strings.SplitSeq(text, "+") {
			column, take, _ := strings.Cut(part, ":")
			r.Parts = append(r.Parts, block.Part{Column: column, Take: take})
		}
		out = append(out, r)
	}
	return out
}

// usual fixes every parameter at what is usual for the kind: from a few
// records nothing can be learned.
func usual(kind string, s *linkage.Settings) {
	s.Prior, s.FixPrior = 2./few, true
	for i := range s.Comparisons {
		c := &s.Comparisons[i]
		f, err := field.New(c.Kind, nil)
		if err != nil {
			panic(err)
		}
		c.TermFrequency = new(float64)
		params := make([]linkage.Parameter, len(f.Labels()))
		for l := range params {
			m, u := usualOf(c.Kind, l, len(params)-1)
			params[l] = fixed(m, u)
			if l < len(c.Parameters) && c.Parameters[l].FixU {
				params[l].U = c.Parameters[l].U
			}
			if l < len(c.Parameters) && c.Parameters[l].FixM {
				params[l].M = c.Parameters[l].M
			}
		}
		c.Parameters = params
	}
	switch kind {
	case "staff": // colleagues are few: their names tell them apart
		s.Prior = 6. / few
	case "person": // a name alone is not enough
		s.Prior = .6 / few
	}
}

// usualOf is m and u of a level: what was learned on thousands of made and
// real parties, rounded.
func usualOf(kind field.Kind, level, top int) (m, u float64) {
	known := map[field.Kind][][2]float64{
		field.Company: {{.04, .98}, {.001, .002}, {.001, .003}, {.02, .02}, {.04, .002}, {.2, .002}, {.15, 2e-4}, {.15, 7e-5}, {.4, 7e-5}},
		field.Person:  nil,
		field.ZhUSCC:  {{.02, .999}, {.001, .01}, {.03, 1e-4}, {.95, 2e-5}},
		field.Phone:   {{.15, .999}, {.03, 1e-4}, {.05, 1e-4}, {.77, 1e-4}},
		field.Email:   {{.1, .98}, {.03, .02}, {.02, .01}, {.02, 3e-4}, {.83, 7e-5}},
	}[kind]
	if level < len(known) && len(known) == top+1 {
		return known[level][0], known[level][1]
	}
	// Between, evidence grows evenly from disagreement to equality.
	switch level {
	case 0:
		return .08, .97
	case top:
		return .6, .002
	}
	share := float64(level) / float64(top)
	return .3 / float64(max(top-1, 1)), .03 * (1 - share)
}

// A Setting is one version of what somebody set.
type Setting struct {
	Name    string
	Version int64
	TS      time.Time
	Actor   string
	Body    json.RawMessage
}

// GetSetting returns the newest version, zero where nobody set any.
func GetSetting(ctx context.Context, db *store.DB, name string) (Setting, error) {
	s, err := scanSetting(db.State.QueryRow(ctx, sqlSettingGet, name))
	if errors.Is(err, sql.ErrNoRows) {
		return Setting{Name: name}, nil
	}
	return s, err
}

// Settings lists the versions, newest first.
func Settings(ctx context.Context, db *store.DB, name string) ([]Setting, error) {
	rows, err := db.State.Query(ctx, sqlSettingList, name)
	return store.Collect(rows, err, func(r *sql.Rows) (Setting, error) { return scanSetting(r) })
}

func scanSetting(r interface{ Scan(...any) error }) (s Setting, err error) {
	var ts, body string
	if err := r.Scan(&s.Name, &s.Version, &ts, &s.Actor, &body); err != nil {
		return s, err
	}
	s.Body = json.RawMessage(body)
	s.TS, err = store.ParseTime(ts)
	return s, err
}

// SetLinkage sets how a kind is compared from the next run on; the text is
// linkage settings as JSON, checked here.
func SetLinkage(ctx context.Context, db *store.DB, kind string, body []byte, actor string) (Setting, error) {
	if err := checkKind(kind); err != nil {
		return Setting{}, err
	}
	s, err := linkage.ParseSettings(body)
	if err == nil {
		err = knownColumns(s)
	}
	if err != nil {
		return Setting{}, fault.New(fault.ErrInvalid, "identity.settings", fmt.Sprintf("These settings can't be used: %v.", err), fmt.Sprintf("这份设置无法使用：%v。", err))
	}
	return addSetting(ctx, db, kind, s, actor)
}

func knownColumns(s linkage.Settings) error {
	t, err := linkage.NewTable("settings", columns)
	if err != nil {
		return err
	}
	for _, c := range s.Comparisons {
		for _, name := range c.Columns {
			if t.Column(name) < 0 {
				return fmt.Errorf("comparison %q: no column %q: use one of %s", c.Name, name, strings.Join(columns, ", "))
			}
		}
	}
	for _, r := range s.Blocking {
		for _, p := range r.Parts {
			if t.Column(p.Column) < 0 {
				return fmt.Errorf("blocking rule %s: no column %q: use one of %s", r, p.Column, strings.Join(columns, ", "))
			}
		}
	}
	return nil
}

// SetRules sets how golden values are chosen.
func SetRules(ctx context.Context, db *store.DB, r Rules, actor string) (Setting, error) {
	if err := r.Validate(); err != nil {
		return Setting{}, err
	}
	return addSetting(ctx, db, "golden", r, actor)
}

// GetRules returns the rules in force.
func GetRules(ctx context.Context, db *store.DB) (Rules, error) {
	s, err := GetSetting(ctx, db, "golden")
	if err != nil || s.Version == 0 {
		return DefaultRules(), err
	}
	r := Rules{}
	if err := json.Unmarshal(s.Body, &r); err != nil {
		return nil, fmt.Errorf("identity: golden rules %d: %w", s.Version, err)
	}
	return r, nil
}

func addSetting(ctx context.Context, db *store.DB, name string, body any, actor string) (Setting, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return Setting{}, fmt.Errorf("identity: setting %s: %w", name, err)
	}
	s := Setting{Name: name, TS: time.Now().UTC().Truncate(time.Microsecond), Actor: actor, Body: b}
	err = db.State.Tx(ctx, func(tx *store.Tx) error {
		return tx.QueryRow(ctx, sqlSettingAdd, name, store.Time(s.TS), actor, string(b)).Scan(&s.Version)
	})
	return s, err
}

// settingsFor are what a run of a kind uses: what somebody set, else the default.
func settingsFor(ctx context.Context, db *store.DB, kind string, n int) (linkage.Settings, error) {
	s, err := GetSetting(ctx, db, kind)
	if err != nil || s.Version == 0 {
		return defaultSettings(kind, n), err
	}
	return linkage.ParseSettings(s.Body)
}

func checkKind(kind string) error {
	for _, k := range Kinds {
		if k == kind {
			return nil
		}
	}
	return fault.New(fault.ErrInvalid, "identity.kind", fmt.Sprintf("There is no kind %q: use one of %s.", kind, strings.Join(Kinds, ", ")),
		fmt.Sprintf("没有类型 %q，可用：%s。", kind, strings.Join(Kinds, "、")))
}

// Set sets linkage settings of a kind, the golden rules ("golden") or how pairs
// are reviewed ("review"), from JSON.
func Set(ctx context.Context, db *store.DB, name string, body []byte, actor string) (Setting, error) {
	switch name {
	case "golden":
		r := Rules{}
		if err := strict(body, &r); err != nil {
			return Setting{}, err
		}
		return SetRules(ctx, db, r, actor)
	case "review":
		var r ReviewRule
		if err := strict(body, &r); err != nil {
			return Setting{}, err
		}
		return SetReviewRule(ctx, db, r, actor)
	}
	return SetLinkage(ctx, db, name, body, actor)
}

func strict(body []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return fault.New(fault.ErrInvalid, "identity.settings", fmt.Sprintf("These settings can't be read: %v.", err), fmt.Sprintf("这份设置读不出来：%v。", err))
	}
	return nil
}

// DefaultSetting is what holds while nobody set anything, as version 0.
func DefaultSetting(ctx context.Context, db *store.DB, name string) (Setting, error) {
	s := Setting{Name: name, Actor: Machine}
	var v any
	switch name {
	case "golden":
		v = DefaultRules()
	case "review":
		rule, err := GetReviewRule(ctx, db)
		if err != nil {
			return s, err
		}
		v = rule
	default:
		if err := checkKind(name); err != nil {
			return s, err
		}
		st, err := readStamp(ctx, db)
		if err != nil {
			return s, err
		}
		v = defaultSettings(name, max(int(st.parties), few))
	}
	b, err := json.Marshal(v)
	s.Body = b
	return s, err
}

// Threshold is the probability from which parties belong together where
// settings say nothing else.
const Threshold = linkage.DefaultThreshold
