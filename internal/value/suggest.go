package value

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"strings"
	"time"

	"github.com/mozillazg/go-pinyin"

	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

//go:embed suggest.sql
var suggestFile string

var (
	suggestQueries = store.Load("value.suggest", suggestFile)
	sqlCampaigns   = suggestQueries.Get("campaigns")
	sqlShovels     = suggestQueries.Get("shovels")
	sqlUses        = suggestQueries.Get("uses")
	sqlLaunches    = suggestQueries.Get("launches")
	sqlOutcomes    = suggestQueries.Get("outcomes")
	sqlSlices      = suggestQueries.Get("slices")
)

// A Suggestion is a claim that the events allow.
type Suggestion struct {
	Claim claim.Claim `json:"claim"`
	YAML  string      `json:"yaml"`
	Grade claim.Grade `json:"grade"` // that it can reach
	Why   claim.Text  `json:"why"`
	Known bool        `json:"known"` // a claim of that id is there already
}

// maxSuggested bounds each kind of suggestion.
const maxSuggested = 50

// Suggest proposes claims from what the events allow: random assignments,
// staggered roll-outs, first uses, dates of the work book. Strongest first.
func Suggest(ctx context.Context, db *store.DB) ([]Suggestion, error) {
	p := &proposer{ctx: ctx, db: db, spans: map[string]spanOf{}}
	p.outcomes()
	p.campaigns()
	p.slices()
	p.shovels()
	p.launches()
	p.uses()
	if p.err != nil {
		return nil, p.err
	}
	all, err := List(ctx, db)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, it := range all {
		known[it.ID] = true
	}
	out := []Suggestion{}
	for _, g := range []claim.Grade{claim.A, claim.B, claim.C, claim.D} {
		for _, s := range p.out {
			if s.Grade != g {
				continue
			}
			s.Known = known[s.Claim.ID]
			if s.YAML, err = s.Claim.YAML(); err != nil {
				return nil, err
			}
			out = append(out, s)
		}
	}
	return out, nil
}

type spanOf struct {
	n, staff, person, account int64
	since, until              time.Time
}

type proposer struct {
	ctx   context.Context
	db    *store.DB
	err   error
	spans map[string]spanOf // by outcome verb
	out   []Suggestion
}

// each runs a query and reads every row; the first error ends all.
func (p *proposer) each(q store.SQL, scan func(r *sql.Rows) error) {
	if p.err != nil {
		return
	}
	rows, err := p.db.Facts.Query(p.ctx, q)
	_, p.err = store.Collect(rows, err, func(r *sql.Rows) (struct{}, error) { return struct{}{}, scan(r) })
}

func (p *proposer) outcomes() {
	p.each(sqlOutcomes, func(r *sql.Rows) error {
		var verb string
		var s spanOf
		err := r.Scan(&verb, &s.n, &s.staff, &s.person, &s.account, &s.since, &s.until)
		p.spans[verb] = s
		return err
	})
}

// outcome is the first of some verbs that at least ten units have.
func (p *proposer) outcome(of func(spanOf) int64, verbs ...string) (string, spanOf, bool) {
	for _, v := range verbs {
		if s, ok := p.spans[v]; ok && of(s) >= 10 {
			return v, s, true
		}
	}
	return "", spanOf{}, false
}

func window(since, until time.Time) claim.Window {
	return claim.Window{Since: since.Format(time.DateOnly), Until: until.AddDate(0, 0, 1).Format(time.DateOnly)}
}

// months widens a window to whole months.
func months(since, until time.Time) claim.Window {
	since = time.Date(since.Year(), since.Month(), 1, 0, 0, 0, 0, time.UTC)
	return claim.Window{Since: since.Format(time.DateOnly), Until: time.Date(until.Year(), until.Month()+1, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)}
}

// slug makes an id's part of any key.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(spoken(s)) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	out := strings.Trim(b.String(), "-")
	if out == "" {
		out = fmt.Sprintf("%x", s)
	}
	if len(out) > 60 {
		out = out[:60]
	}
	return out
}

// spoken writes Chinese as it is spoken.
func spoken(s string) string {
	var b strings.Builder
	for _, r := range s {
		if p := pinyin.LazyConvert(string(r), nil); len(p) > 0 {
			b.WriteString(p[0] + " ")
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// controls are names of arms to which nothing was done.
var controls = []string{"对照", "对照组", "空白组", "control", "holdout", "no e-mail", "no email", "none", "0"}

func (p *proposer) campaigns() {
	verb, _, ok := p.outcome(func(s spanOf) int64 { return s.person + s.account }, "order.placed", "goal.reached", "deal.won")
	if !ok {
		return
	}
	type arms struct {
		treated, control []string
		nt, nc           int64
		since, until     time.Time
	}
	by, order := map[string]*arms{}, []string{}
	p.each(sqlCampaigns, func(r *sql.Rows) error {
		var key, arm string
		var n int64
		var since, until time.Time
		err := r.Scan(&key, &arm, &n, &since, &until)
		a := by[key]
		if a == nil {
			a = &arms{since: since, until: until}
			by[key], order = a, append(order, key)
		}
		if since.Before(a.since) {
			a.since = since
		}
		if until.After(a.until) {
			a.until = until
		}
		for _, c := range controls {
			if strings.EqualFold(arm, c) {
				a.control, a.nc = append(a.control, arm), a.nc+n
				return err
			}
		}
		a.treated, a.nt = append(a.treated, arm), a.nt+n
		return err
	})
	for _, key := range order {
		a := by[key]
		if a.nc < 10 || a.nt < 10 || len(p.out) >= maxSuggested {
			continue
		}
		c := claim.Claim{ID: "campaign-" + slug(key), Face: claim.Campaign, Unit: claim.Member, Window: window(a.since, a.until.AddDate(0, 0, 0)),
			Title:      claim.Text{ZH: "活动 " + key + "：增量", EN: "Campaign " + key + ": lift"},
			Question:   claim.Text{ZH: "收到活动的人，14 天内比对照组多做了多少？", EN: "How much more often within 14 days than the holdout?"},
			Population: claim.Population{Entry: &claim.Entry{Verbs: []string{"arm.assigned"}, Where: []string{"object:eq:" + key}}},
			Outcome:    claim.Outcome{Verbs: []string{verb}, Measure: claim.Any, Within: 14, Match: "person", Unit: claim.Text{ZH: "占比", EN: "share"}},
			Exposure:   claim.Exposure{Kind: claim.Arm, Attr: "arm", Treated: a.treated, Control: a.control, Design: claim.RandomPeople}}
		p.out = append(p.out, Suggestion{Claim: c, Grade: claim.A, Why: claim.Text{EN: fmt.Sprintf("%d were drawn to get it and %d not to.", a.nt, a.nc), ZH: fmt.Sprintf("抽签分组：%d 人收到，%d 人不收。", a.nt, a.nc)}})
	}
}

func (p *proposer) slices() {
	p.each(sqlSlices, func(r *sql.Rows) error {
		var shovel, kind string
		var n int64
		var since, until time.Time
		if err := r.Scan(&shovel, &kind, &n, &since, &until); err != nil || n < 5 {
			return err
		}
		where := []string{"attr:shovel:eq:" + shovel}
		if kind != "" {
			where = append(where, "attr:kind:eq:"+kind)
		}
		c := claim.Claim{ID: "hours-" + slug(shovel), Face: claim.Hours, Shovel: shovel, Unit: claim.Object, Window: months(since, until),
			Title:      claim.Text{ZH: kind + "：工时", EN: kind + ": effort"},
			Question:   claim.Text{ZH: "有 " + shovel + "，做一次「" + kind + "」少花多少工时？", EN: "With " + shovel + ", how much less effort does one " + kind + " take?"},
			Population: claim.Population{Entry: &claim.Entry{Verbs: []string{"task.started"}, Where: where}},
			Outcome:    claim.Outcome{Verbs: []string{"task.ended"}, Measure: claim.Value, Column: "quantity", Lower: true, Unit: claim.Text{ZH: "分钟工时", EN: "minutes of effort"}},
			Exposure:   claim.Exposure{Kind: claim.Attribute, Attr: "withheld", Treated: []string{"false"}, Control: []string{"true"}, Design: claim.RandomCases}}
		p.out = append(p.out, Suggestion{Claim: c, Grade: claim.A, Why: claim.Text{EN: fmt.Sprintf("A random slice of %d tasks ran without it.", n), ZH: fmt.Sprintf("随机抽出 %d 个任务不用它。", n)}})
		return nil
	})
}

// designs are the words for how a shovel was handed out.
var designs = map[string]claim.Design{
	"随机分批": claim.RandomTeams, "random teams": claim.RandomTeams, "随机个人": claim.RandomPeople, "random people": claim.RandomPeople,
	"自愿报名": claim.Volunteers, "volunteers": claim.Volunteers,
}

func (p *proposer) shovels() {
	verb, span, ok := p.outcome(func(s spanOf) int64 { return s.staff }, "deal.created", "deal.won", "contract.signed", "activity.logged", "feedback.replied")
	if !ok {
		return
	}
	p.each(sqlShovels, func(r *sql.Rows) error {
		var shovel, scope, how string
		var n, days int64
		var since, until time.Time
		if err := r.Scan(&shovel, &scope, &how, &n, &days, &since, &until); err != nil {
			return err
		}
		design, known := designs[how]
		if !known {
			design = claim.Staggered
		}
		grade, method := claim.B, "did"
		switch {
		case design.Random():
			grade = claim.A
		case design == claim.Volunteers:
			grade, method = claim.C, "ppml"
		case days == 1 && n < 2 || how == "全员":
			design, grade, method = claim.BeforeAfter, claim.C, "its"
		}
		c := p.staffMonths("shovel-"+slug(shovel), shovel, verb, span, claim.Exposure{Kind: claim.Access, Shovel: shovel, Design: design}, method)
		why := claim.Text{EN: fmt.Sprintf("Switched on for %d on %d dates from %s (%s).", n, days, since.Format(time.DateOnly), or(how, "no word on how")), ZH: fmt.Sprintf("自 %s 起分 %d 个日期为 %d 个对象开通（%s）。", since.Format(time.DateOnly), days, n, or(how, "未写方式"))}
		p.out = append(p.out, Suggestion{Claim: c, Grade: grade, Why: why})
		return nil
	})
}

// staffMonths is what a colleague does in a month, with and without.
func (p *proposer) staffMonths(id, name, verb string, span spanOf, x claim.Exposure, method string) claim.Claim {
	return claim.Claim{ID: id, Face: claim.Constant, Shovel: x.Shovel, Unit: claim.Staff, Period: "month", Cluster: "team", Window: months(span.since, span.until),
		Title:     claim.Text{ZH: name + "：" + verb, EN: name + ": " + verb},
		Question:  claim.Text{ZH: "同一个人每月的 " + verb + "，有 " + name + " 与没有相差多少？", EN: "How much more " + verb + " does the same person have in a month with " + name + "?"},
		Outcome:   claim.Outcome{Verbs: []string{verb}, Measure: claim.Count, Unit: claim.Text{ZH: "次", EN: "times"}},
		Exposure:  x,
		Estimator: claim.Estimator{Method: method}}
}

// launches proposes what went live for named teams: where nothing was
// recorded, its date is the exposure.
func (p *proposer) launches() {
	verb, span, ok := p.outcome(func(s spanOf) int64 { return s.staff }, "deal.created", "deal.won", "contract.signed", "activity.logged", "feedback.replied")
	if !ok {
		return
	}
	n := 0
	p.each(sqlLaunches, func(r *sql.Rows) error {
		var name, teams string
		var waves, ours int
		var day time.Time
		if err := r.Scan(&name, &waves, &teams, &day, &ours); err != nil || n >= maxSuggested || !day.After(span.since) || !day.Before(span.until) {
			return err
		}
		where := []string{"text:eq:" + name}
		x, grade, method := claim.Exposure{Kind: claim.Launch, Where: where, Design: claim.Staggered}, claim.B, "did"
		why := claim.Text{EN: fmt.Sprintf("The work book says that it went live on %d dates, first on %s for %s.", waves, day.Format(time.DateOnly), teams), ZH: fmt.Sprintf("干活账写明分 %d 个日期上线，最早 %s，面向 %s。", waves, day.Format(time.DateOnly), teams)}
		if teams == "" || strings.Contains(teams, "全") || strings.EqualFold(teams, "all") {
			x, grade, method = claim.Exposure{Kind: claim.Launch, Where: where, Design: claim.BeforeAfter}, claim.C, "its"
			why = claim.Text{EN: "It went live for everybody on " + day.Format(time.DateOnly) + ": only before and after can be compared.", ZH: day.Format(time.DateOnly) + " 全员上线：只能前后对比。"}
		} else if ours == 0 {
			return nil // for nobody whom the roster knows
		}
		n++
		p.out = append(p.out, Suggestion{Claim: p.staffMonths("work-"+slug(name), name, verb, span, x, method), Grade: grade, Why: why})
		return nil
	})
}

func (p *proposer) uses() {
	p.each(sqlUses, func(r *sql.Rows) error {
		var shovel string
		var n, staff int64
		var since, until time.Time
		if err := r.Scan(&shovel, &n, &staff, &since, &until); err != nil {
			return err
		}
		c := claim.Claim{ID: "reach-" + slug(shovel), Face: claim.Coverage, Shovel: shovel, Unit: claim.Staff, Period: "month", Window: months(since, until),
			Title:    claim.Text{ZH: shovel + "：用了多少", EN: shovel + ": how often it was used"},
			Question: claim.Text{ZH: shovel + " 被用上多少次，多少人用过？", EN: "How often was " + shovel + " used, and by how many?"},
			Outcome:  claim.Outcome{Verbs: []string{"shovel.used"}, Where: []string{"object:eq:" + shovel}, Measure: claim.Count, Unit: claim.Text{ZH: "次", EN: "times"}},
			Exposure: claim.Exposure{Kind: claim.Everybody, Design: claim.Described}}
		p.out = append(p.out, Suggestion{Claim: c, Grade: claim.D, Why: claim.Text{EN: fmt.Sprintf("Used %d times by %d colleagues.", n, staff), ZH: fmt.Sprintf("%d 人用了 %d 次。", staff, n)}})
		return nil
	})
}
