package customer

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/customer/formula"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/metric"
	"github.com/chanzipu/outfitter/internal/store"
)

//go:embed own.sql
var ownFile string

var (
	ownQueries   = store.Load("customer.own", ownFile)
	sqlOwnList   = ownQueries.Get("list")
	sqlOwnPut    = ownQueries.Get("put")
	sqlOwnRemove = ownQueries.Get("remove")
)

// An Own is a trait that the company added: a metric of the catalogue per
// customer, or a formula over other traits.
type Own struct {
	Name    string   `json:"name"` // letters, digits, _; Chinese too
	Title   string   `json:"title"`
	ZH      string   `json:"title_zh"`
	Unit    string   `json:"unit"`
	UnitZH  string   `json:"unit_zh"`
	About   string   `json:"about"`
	AboutZH string   `json:"about_zh"`
	Kinds   []string `json:"kinds,omitempty"` // none = accounts and persons

	Metric string   `json:"metric,omitempty"`
	Days   int      `json:"days,omitempty"`  // count back so many days; 0 = all
	Where  []string `json:"where,omitempty"` // metric's filters: channel:eq:web

	Formula string `json:"formula,omitempty"`

	Actor   string    `json:"-"`
	Changed time.Time `json:"-"`
}

var ownName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_]{0,59}$`)

// ListOwn lists the company's own traits by name.
func ListOwn(ctx context.Context, db *store.DB) ([]Own, error) {
	rows, err := db.State.Query(ctx, sqlOwnList)
	return store.Collect(rows, err, func(r *sql.Rows) (o Own, err error) {
		var name, body, changed string
		if err = r.Scan(&name, &body, &o.Actor, &changed); err != nil {
			return o, err
		}
		if err = json.Unmarshal([]byte(body), &o); err != nil {
			return o, fmt.Errorf("customer: trait %s: %w", name, err)
		}
		o.Changed, err = store.ParseTime(changed)
		return o, err
	})
}

func ownByName(ctx context.Context, db *store.DB) (map[string]Own, error) {
	all, err := ListOwn(ctx, db)
	out := map[string]Own{}
	for _, o := range all {
		out[o.Name] = o
	}
	return out, err
}

// SaveOwn keeps a trait of the company's, new or changed. It has values after
// the next refresh.
func SaveOwn(ctx context.Context, db *store.DB, actor string, o Own) (Trait, error) {
	o.Name, o.Title, o.ZH = strings.TrimSpace(o.Name), strings.TrimSpace(o.Title), strings.TrimSpace(o.ZH)
	traits, err := Traits(ctx, db)
	if err != nil {
		return Trait{}, err
	}
	traits = slices.DeleteFunc(traits, func(t Trait) bool { return t.Own && t.Name == o.Name })
	t, err := o.trait(traits)
	if err != nil {
		return t, err
	}
	body, err := json.Marshal(o)
	if err != nil {
		return t, fmt.Errorf("customer: trait %s: %w", o.Name, err)
	}
	return t, db.State.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Exec(ctx, sqlOwnPut, o.Name, string(body), actor, store.Time(time.Now())); err != nil {
			return err
		}
		return access.Record(ctx, tx, access.Entry{Actor: actor, Action: "trait.saved", Target: "trait:" + o.Name, Detail: o})
	})
}

// RemoveOwn removes a trait of the company's.
func RemoveOwn(ctx context.Context, db *store.DB, actor, name string) error {
	return db.State.Tx(ctx, func(tx *store.Tx) error {
		n, err := tx.Exec(ctx, sqlOwnRemove, name)
		if err != nil {
			return err
		}
		if n == 0 {
			return noTrait(name)
		}
		return access.Record(ctx, tx, access.Entry{Actor: actor, Action: "trait.removed", Target: "trait:" + name})
	})
}

func noTrait(name string) error {
	return fault.New(fault.ErrNotFound, "trait.none", fmt.Sprintf("There is no trait %q. GET /api/v1/traits lists them.", name), fmt.Sprintf("没有画像特征 %q，可用特征见 GET /api/v1/traits。", name))
}

// trait checks the definition and makes a trait of it, given those there are.
func (o Own) trait(there []Trait) (Trait, error) {
	t := Trait{Name: o.Name, Title: o.Title, ZH: o.ZH, Unit: o.Unit, UnitZH: o.UnitZH, Kinds: o.Kinds, About: o.About, AboutZH: o.AboutZH, Own: true, Formula: o.Formula, Metric: o.Metric}
	bad := func(en, zh string) (Trait, error) {
		return t, fault.New(fault.ErrInvalid, "trait.definition", fmt.Sprintf("The trait %q can't be kept: %s.", o.Name, en), fmt.Sprintf("画像特征 %q 无法保存：%s。", o.Name, zh))
	}
	switch {
	case !ownName.MatchString(o.Name):
		return bad("its name must be letters, digits and _, at most 60, and begin with a letter", "名称只能用文字、数字和下划线，最多 60 个字符，且不能以数字开头")
	case slices.ContainsFunc(there, func(x Trait) bool { return x.Name == o.Name }):
		return bad("there is a trait of that name", "已有同名特征")
	case o.Title == "" || o.ZH == "":
		return bad("it needs a title in both languages", "请填写中英文标题")
	case slices.ContainsFunc(o.Kinds, func(k string) bool { return !slices.Contains(Kinds, k) }):
		return bad("kinds are account and person", "适用对象只能是 account、person")
	case (o.Metric == "") == (o.Formula == ""):
		return bad("give either a metric or a formula", "请在指标与公式中选填一个")
	case o.Days < 0 || o.Days > 3660:
		return bad("days must lie between 0 and 3660", "天数须在 0 到 3660 之间")
	}
	if o.Formula != "" {
		sql, names, err := formula.Compile(o.Formula, func(name string) (string, bool) {
			i := slices.IndexFunc(there, func(x Trait) bool { return x.Name == name && x.Num != "" })
			if i < 0 {
				return "", false
			}
			return "(" + there[i].Num + ")::DOUBLE PRECISION", true
		})
		t.Num, t.Uses = sql, names
		return t, err
	}
	m, ok := metric.Get(o.Metric)
	if !ok {
		return bad(fmt.Sprintf("there is no metric %q", o.Metric), fmt.Sprintf("没有指标 %q", o.Metric))
	}
	if !slices.Contains([]metric.Kind{metric.Count, metric.Sum, metric.Mean, metric.Ratio, metric.Distinct}, m.Kind) {
		return bad("a metric of a customer counts, sums, averages, tells apart or is a ratio; durations, quantiles and stocks are for groups", "单个客户的指标只能是计数、求和、均值、去重或比率；时长、分位数、存量只适用于群体")
	}
	for _, w := range o.Where {
		if _, err := metric.ParseFilter(w); err != nil {
			return t, err
		}
	}
	t.Num, t.Verbs = column(o.Name), m.Verbs()
	if m.Money() {
		t.Unit, t.UnitZH = "money", "金额"
	}
	if t.About == "" {
		t.About = m.About
	}
	if t.AboutZH == "" {
		t.AboutZH = m.AboutZH
	}
	return t, nil
}
