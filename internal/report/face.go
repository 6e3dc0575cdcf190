package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/value"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

var nan = math.NaN()

// A face is one chapter: one side of the value.
type face struct {
	id    string
	title Text
	lead  Text
	faces []claim.Face
	verbs []verbName
}

type verbName struct {
	verb string
	name Text
}

var faces = []face{
	{
		"floor", T("下限与上限：资源托底，人才冲高", "Floor and ceiling: resources lift the floor"),
		T("给销售的资料、画像、战卡，先看最弱的那一批人有没有站起来。", "Briefs, portraits, battlecards: did those who were weakest get up?"),
		[]claim.Face{claim.Floor, claim.Ceiling},
		[]verbName{
			{"shovel.enabled", T("开通铲子", "access given")},
			{"shovel.offered", T("递到面前", "offered at the moment of need")},
			{"shovel.opened", T("打开", "opened")},
			{"shovel.used", T("用上", "used")},
			{"shovel.skipped", T("跳过", "skipped")},
			{"activity.logged", T("跟进记录（业务量）", "contacts logged (for scale)")},
			{"deal.won", T("赢单（业务量）", "deals won (for scale)")},
		},
	},
	{
		"constant", T("常数 a：同样的人，同样的力气，多打多少", "The constant a: the same people, the same effort, how much more"),
		T("y = a·x。x 是人自己的本事，我们不量人，只量 a 变了几倍。", "y = a·x. x is a person's own ability, which is not measured here; only how many times a has become is."),
		[]claim.Face{claim.Constant, claim.Campaign},
		[]verbName{
			{"campaign.launched", T("活动上线", "campaigns launched")},
			{"arm.assigned", T("进了对照试验的人次", "drawn into an arm of an experiment")},
			{"touch.sent", T("触达", "messages sent")},
			{"report.viewed", T("看报表", "reports opened")},
		},
	},
	{
		"hours", T("省下的时间：每一小时都有起点行和终点行", "Time saved: every hour has its first row and its last"),
		T("时间是量出来的，不是填出来的；只数真正开始过的任务，成没成都算。", "Time is measured, not typed in; every task that began counts, whatever came of it."),
		[]claim.Face{claim.Hours, claim.Idea},
		[]verbName{
			{"task.started", T("计时任务开始", "timed tasks begun")},
			{"task.ended", T("计时任务结束", "timed tasks ended")},
			{"idea.sought", T("找想法", "ideas sought")},
			{"idea.chosen", T("选定想法", "ideas chosen")},
			{"idea.launched", T("想法上线", "ideas launched")},
			{"work.done", T("取数与支持", "data pulls and support")},
		},
	},
	{
		"precision", T("精准：每千人里多中几个", "Precision: how many more per thousand"),
		T("和随便挑一千人比，不和「触达了多少人」比。", "Compared with a thousand taken at random, not with how many were reached."),
		[]claim.Face{claim.Precision},
		[]verbName{
			{"touch.delivered", T("送达", "messages delivered")},
			{"touch.clicked", T("点击", "links followed")},
			{"goal.reached", T("转化", "goals reached")},
			{"coupon.redeemed", T("核销", "coupons redeemed")},
		},
	},
	{
		"service", T("服务：多快听见，听全了没有", "Service: how soon, and how much of it, is heard"),
		T("按自然时算：客户等的是日历，不是工时。分母写明哪些渠道还没接。", "By the wall clock: customers wait in calendar time. The denominator names the channels that are not connected."),
		[]claim.Face{claim.Speed, claim.Coverage},
		[]verbName{
			{"feedback.received", T("收到反馈", "feedback taken in")},
			{"feedback.replied", T("回复", "replies")},
			{"feedback.resolved", T("解决", "solved")},
			{"feedback.reopened", T("重开", "reopened")},
			{"feedback.escalated", T("升级", "escalated")},
			{"feedback.rated", T("客户评价", "rated by customers")},
		},
	},
	{
		"broker", T("撮合：谁有，谁要，人走了还转不转", "The broker: who has, who needs, and does it go on when people leave"),
		T("一条需求只要转发一句话。换了人，客户那边几天能接上？", "A need is one forwarded message. When people change, how many days until customers notice nothing?"),
		[]claim.Face{claim.Broker, claim.Continuity},
		[]verbName{
			{"need.raised", T("提出需求", "needs raised")},
			{"offer.made", T("提出供给", "offers made")},
			{"match.made", T("撮合", "matches")},
			{"flow.delivered", T("供需流转", "flows delivered")},
			{"account.handed", T("客户交接", "accounts handed over")},
			{"request.completed", T("请求完成", "requests completed")},
		},
	},
}

// face is one chapter: facts, effects, what can't be said yet. ok is false
// where there is neither a fact nor a claim.
func (b *builder) face(f face) (Chapter, bool) {
	c := Chapter{ID: "face-" + f.id, Kind: Face, Title: f.title, Lead: f.lead}
	var rows []value.Row
	for _, r := range b.rows {
		if slices.Contains(f.faces, r.Version.Claim.Face) {
			rows = append(rows, r)
		}
	}
	facts := b.facts(f)
	if len(rows) == 0 && len(facts) == 0 {
		return c, false
	}
	if len(facts) > 0 {
		c.Sections = append(c.Sections, Section{ID: f.id + "-facts", Title: T("做了什么（D 级：事实）", "What was done (grade D: facts)"), Blocks: facts})
	}
	c.Sections = append(c.Sections, b.effects(f, rows)...)
	if s, ok := notYet(f, rows); ok {
		c.Sections = append(c.Sections, s)
	}
	return c, true
}

// facts count what was done, for whom, how often.
func (b *builder) facts(f face) []Block {
	t := Table{ID: f.id + "-facts", Columns: []Column{{Title: T("做了什么", "What")}, {Title: T("次数", "Times"), Right: true}, {Title: T("同事", "Colleagues"), Right: true}, {Title: T("客户", "Customers"), Right: true}, {Title: T("第一天 – 最后一天", "First – last day"), Right: true}}}
	for _, v := range f.verbs {
		s := b.Facts.verb(v.verb)
		if s.N == 0 {
			continue
		}
		n := float64(s.N)
		t.Rows = append(t.Rows, []Cell{{Text: v.name, Href: "/explore?metric=count&where=verb:eq:" + v.verb}, {Text: Count.Show(n), Number: &n}, {Text: blank(few(s.Staff), s.Staff)}, {Text: blank(Count.Show(float64(s.Accounts)), s.Accounts)}, {Text: spanOf(s)}})
	}
	var out []Block
	if len(t.Rows) > 0 {
		t.Note = T("按当年有日期的事件计数；– 表示原始数据没有记这一项。少于 5 人的不显示确数。", "Counted from dated events of the year; – where the source does not say. Numbers of people under five are not shown.")
		out = append(out, t)
	}
	switch f.id {
	case "floor":
		out = append(out, b.reach()...)
	case "service":
		out = append(out, b.service()...)
	case "hours":
		out = append(out, b.work()...)
	}
	return out
}

func blank(t Text, n int64) Text {
	if n == 0 {
		return Same("–")
	}
	return t
}

// reach is a table of shovels: how many colleagues each got to.
func (b *builder) reach() []Block {
	if len(b.Facts.Shovels) == 0 {
		return nil
	}
	t := Table{ID: "reach", Title: T("每把铲子到了多少人手里", "How far each shovel got"), Columns: []Column{{Title: T("铲子", "Shovel")}, {Title: T("递出", "Offered"), Right: true}, {Title: T("打开", "Opened"), Right: true}, {Title: T("用上", "Used"), Right: true}, {Title: T("同事", "Colleagues"), Right: true}, {Title: T("用过的月数", "Months in use"), Right: true}}}
	for _, s := range b.Facts.Shovels {
		num := func(n int64) Cell { v := float64(n); return Cell{Text: Count.Show(v), Number: &v} }
		t.Rows = append(t.Rows, []Cell{{Text: Same(b.clean(s.Name))}, num(s.Offered), num(s.Opened), num(s.Used), {Text: few(s.People)}, num(s.Months)})
	}
	return []Block{t}
}

func (b *builder) work() []Block {
	t := Table{ID: "work", Title: T("今年上线的主要事项", "Main launches of the year"), Columns: []Column{{Title: T("上线", "Since"), Right: false}, {Title: T("名称", "Name"), Wide: true}, {Title: T("面向", "For")}, {Title: T("替代了什么", "What it replaced"), Wide: true}}}
	for _, w := range b.Facts.Work {
		if w.Verb == "work.launched" && len(t.Rows) < 20 {
			t.Rows = append(t.Rows, []Cell{{Text: Same(w.Day), Href: fmt.Sprintf("/batches/%s/rows/%d", w.Batch, w.Row)}, {Text: Same(b.clean(w.Name))}, {Text: Same(w.Teams)}, {Text: Same(b.clean(w.Before))}})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []Block{t}
}

func (b *builder) service() []Block {
	var out []Block
	if f := b.Facts.First; f.Cases > 0 {
		late := float64(f.Late) / float64(f.Cases)
		out = append(out, Figures{Items: []Figure{
			{Label: T("首次回复的中位等待（自然时）", "Median wait for a first reply (wall clock)"), Value: f.MedianHours, Lo: nan, Hi: nan, Unit: Hours, Shown: Hours.Show(f.MedianHours), Grade: D, Note: T(Count.Show(float64(f.Answered)).ZH+" 件已回复", Count.Show(float64(f.Answered)).EN+" answered")},
			{Label: T("24 小时内没有等到回复", "Not answered within 24 hours"), Value: late, Lo: nan, Hi: nan, Unit: Share, Shown: Share.Show(late), Grade: D, Note: T(Count.Show(float64(f.Cases)).ZH+" 件里的 "+Count.Show(float64(f.Late)).ZH+" 件", Count.Show(float64(f.Late)).EN+" of "+Count.Show(float64(f.Cases)).EN)},
		}})
	}
	if len(b.Facts.Channels) > 1 {
		ch := Chart{ID: "channels", Kind: Bars, Title: T("客户的话从哪里来", "Where customers speak"), Unit: Count, Mark: -1, Grade: D,
			Says: T("每个渠道收到的反馈条数。", "Feedback per channel.")}
		s := Series{Name: T("条数", "messages")}
		for i, c := range b.Facts.Channels {
			if i == 8 {
				break
			}
			ch.Labels = append(ch.Labels, Same(c.Channel))
			s.Values = append(s.Values, float64(c.N))
		}
		ch.Series = []Series{s}
		ch.Note = T("只含已接入的渠道；没有接入的渠道不在分母里。", "Connected channels alone; what is not connected is not in the denominator.")
		out = append(out, ch)
	}
	return out
}

// effects are the claims of a face with a result, the strongest first.
func (b *builder) effects(f face, rows []value.Row) []Section {
	var run []value.Row
	for _, r := range rows {
		if judged(r).effect() {
			run = append(run, r)
		}
	}
	run = (&builder{rows: run}).best([]verdict{better, worse, unclear})
	head := Section{ID: f.id + "-effects", Title: T("带来了什么（A 到 C 级：效果）", "What came of it (grades A to C: effects)")}
	if len(run) == 0 {
		head.Blocks = []Block{Para{Text: T("今年没有一条能下结论的效果。事实就是事实，不拿数量冒充效果。", "No effect could be concluded this year. Volumes are not passed off as effects.")}}
		return []Section{head}
	}
	if len(run) > 1 {
		if ch, ok := intervalChart(f.id+"-intervals", T("一张图看完这一章的效果", "The effects of this chapter in one picture"), run); ok && len(ch.Labels) > 1 {
			head.Blocks = append(head.Blocks, ch)
		}
	}
	out := []Section{head}
	for _, r := range run {
		out = append(out, Section{ID: "effect-" + r.ID, Title: r.Version.Claim.Title, Sub: true, Blocks: b.effect(r)})
	}
	return out
}

// effect is one claim: sentence, figures, picture, warnings, money, touched
// against caused.
func (b *builder) effect(r value.Row) []Block {
	fd := r.Result.Finding
	out := []Block{Para{Text: sentenceTail(r), Strong: true, Claims: []string{r.ID}, Detail: statistics(r)}}
	cards := Figures{}
	if f, ok := figureOf(r); ok {
		f.Label, f.Detail = T("效果", "Effect"), Text{}
		cards.Items = append(cards.Items, f)
	}
	for _, g := range fd.Figures[1:] {
		if len(cards.Items) < 3 && g.Value.OK() && g.Method == "" && g.Kind == "relative" {
			c := Figure{Label: g.Title, Value: float64(g.Value), Lo: float64(g.Lo), Hi: float64(g.Hi), Unit: unit(r, g), Shown: show(r, g), Grade: gradeOf(r), Claim: r.ID}
			if i := interval(r, g); i != (Text{}) {
				c.Range = T("很可能在 "+i.ZH+" 之间", "very likely "+i.EN)
			}
			cards.Items = append(cards.Items, c)
			break
		}
	}
	if w := fd.Worth; w != nil && w.Net.Value.OK() {
		u := Currency(w.Currency)
		c := Figure{Label: T("扣掉成本的净值（"+definition(w.Definition).ZH+"）", "Net of cost ("+definition(w.Definition).EN+")"), Value: float64(w.Net.Value), Lo: float64(w.Net.Lo), Hi: float64(w.Net.Hi), Unit: u, Shown: u.Show(float64(w.Net.Value)), Grade: gradeOf(r), Claim: r.ID, Detail: w.Note}
		if w.Cost.OK() {
			c.Note = T("成本 "+u.Show(float64(w.Cost)).ZH, "cost "+u.Show(float64(w.Cost)).EN)
		}
		if w.Net.Lo.OK() && w.Net.Hi.OK() {
			i := u.Range(float64(w.Net.Lo), float64(w.Net.Hi))
			c.Range = T("很可能在 "+i.ZH+" 之间", "very likely "+i.EN)
		}
		cards.Items = append(cards.Items, c)
	}
	out = append(out, cards)
	for _, c := range charts(r) {
		out = append(out, c)
	}
	if fd.Small {
		out = append(out, Callout{T("分组不足 5 人", "A group of fewer than five"), T("各组的均值不公开，只给出比较的结果。", "Group means are withheld; only the comparison is shown."), "plain"})
	}
	if i := fd.Influenced; i != nil && i.Touched.OK() && i.Caused.Value.OK() && !r.Version.Claim.Outcome.Lower {
		out = append(out, influenced(r, i))
	}
	var warn []Item
	for _, d := range fd.Diagnostics {
		if d.Severity != "info" {
			warn = append(warn, Item{Text: d.Text})
		}
	}
	if len(warn) > 0 {
		zh, en := make([]string, len(warn)), make([]string, len(warn))
		for i, w := range warn {
			zh[i], en[i] = stop(w.Text.ZH, "。"), stop(w.Text.EN, ".")
		}
		out = append(out, Callout{T("读这个数字时要知道", "Before you use this figure"), T(strings.Join(zh, ""), strings.Join(en, " ")), "warn"})
	}
	if e := r.Result.Example; e != nil && len(e.Rows) > 0 {
		out = append(out, b.story(r))
	}
	return out
}

func influenced(r value.Row, i *claim.Influenced) Block {
	u := UnitOf(i.Unit)
	if f, _ := r.Result.Finding.Headline(); levelUnit(r, f) == Share {
		u = Unit{"words", T("次", "times")} // a sum of hits, no share any more
	}
	if i.Money && r.Result.Finding.Worth != nil {
		u = Currency(r.Result.Finding.Worth.Currency)
	}
	t, c := u.Show(float64(i.Touched)), u.Show(float64(i.Caused.Value))
	return Callout{T("碰过的，不等于带来的", "Touched is not caused"),
		T("它碰过的一共 "+t.ZH+"；其中因为它而多出来的是 "+c.ZH+"。前一个数常被拿来当功劳，后一个才是。", "It touched "+t.EN+" in all; what came because of it is "+c.EN+". The first is often printed as merit; the second is."), "plain"}
}

func definition(d string) Text {
	switch d {
	case "contract":
		return T("按合同", "contracts")
	case "payment":
		return T("按回款", "payments")
	case "revenue":
		return T("按确认收入", "recognised revenue")
	case "wage":
		return T("按人力成本", "wages")
	}
	return Same(d)
}

// notYet is what can't be said, each with the test that would answer it.
func notYet(f face, rows []value.Row) (Section, bool) {
	t := Table{ID: f.id + "-next", Columns: []Column{{Title: T("问题", "Question"), Wide: true}, {Title: T("为什么还不能说", "Why it can't be said yet"), Wide: true}, {Title: T("至少多大才看得出", "Smallest effect seen"), Right: true}, {Title: T("明年怎么验证", "The test that would answer it"), Wide: true}}}
	for _, r := range rows {
		c := r.Version.Claim
		switch judged(r) {
		case refused:
			ref := r.Result.Finding.Refusal
			if ref == nil {
				continue
			}
			mde := Same("–")
			if ref.MDE.OK() {
				u := UnitOf(c.Outcome.Unit)
				if u == Share {
					u = Points
				}
				mde = u.Show(math.Abs(float64(ref.MDE)))
			}
			t.Rows = append(t.Rows, []Cell{{Text: c.Title, Claim: r.ID}, {Text: ref.Reason}, {Text: mde}, {Text: ref.Test}})
		case open:
			t.Rows = append(t.Rows, []Cell{{Text: c.Title, Claim: r.ID}, {Text: T("已提出，还没有跑。", "Asked, not run yet.")}, {Text: Same("–")}, {Text: T("运行这条论断。", "Run the claim.")}})
		}
	}
	return Section{ID: f.id + "-next", Title: T("还不能说的：明年要验证", "What can't be said yet: to be tested next year"), Blocks: []Block{t}}, len(t.Rows) > 0
}
