package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/value"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

// Build makes the document.
func Build(in Input) *Document {
	b := &builder{Input: in, rows: slices.Clone(in.Ledger.Rows)}
	b.rows = slices.DeleteFunc(b.rows, func(r value.Row) bool { return r.State == value.Withdrawn })
	d := &Document{
		Year: in.Year, Company: in.Company, Author: in.Author, Made: in.Made, Head: in.Head, BaseURL: in.BaseURL,
		Title:    T("中台价值报告", "What the middle office was worth"),
		Subtitle: b.subtitle(),
	}
	if !in.Facts.Since.IsZero() {
		since, until := in.Facts.Since.Format("2006-01-02"), in.Facts.Until.Format("2006-01-02")
		d.Span = T(since+" 至 "+until, since+" to "+until)
	}
	d.Chapters = append(d.Chapters, b.opening(), b.boss())
	for _, f := range faces {
		if c, ok := b.face(f); ok {
			d.Chapters = append(d.Chapters, c)
		}
	}
	d.Chapters = append(d.Chapters, b.method(), b.questions(), b.evidence())
	return d
}

type builder struct {
	Input
	rows []value.Row
}

// count counts the claims of a verdict.
func (b *builder) count(v ...verdict) int {
	n := 0
	for _, r := range b.rows {
		if slices.Contains(v, judged(r)) {
			n++
		}
	}
	return n
}

func (b *builder) subtitle() Text {
	n, good, no := len(b.rows), b.count(better), b.count(refused)
	if n == 0 {
		return T("这一年做了什么，一件一件都能查到原始记录；效果还没有论断可报。", "What was done this year, each thing traceable to its record; no claim about effects was made.")
	}
	return T(fmt.Sprintf("%d 条价值论断：%d 条有把握地变好，%d 条看不出差别或变差，%d 条暂不下结论。每个数字都能查到原始记录。", n, good, b.count(unclear, worse), no),
		fmt.Sprintf("%d claims: %d better beyond chance, %d without a difference or worse, %d without a conclusion. Every figure leads to its records.", n, good, b.count(unclear, worse), no))
}

// best are the claims of some faces that show an effect, the strongest first:
// by grade, then by how far the interval is from nothing.
func (b *builder) best(want []verdict, of ...claim.Face) []value.Row {
	var out []value.Row
	for _, r := range b.rows {
		if slices.Contains(want, judged(r)) && (len(of) == 0 || slices.Contains(of, r.Version.Claim.Face)) {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(x, y value.Row) int {
		return cmp.Or(cmp.Compare(rank(gradeOf(x)), rank(gradeOf(y))), -cmp.Compare(strength(x), strength(y)), strings.Compare(x.ID, y.ID))
	})
	return out
}

func rank(g Grade) string {
	if g == "" {
		return "Z"
	}
	return string(g)
}

// strength is the distance of the estimate from nothing, in half widths.
func strength(r value.Row) float64 {
	f, ok := r.Result.Finding.Headline()
	if !ok || !f.Lo.OK() || !f.Hi.OK() || f.Hi <= f.Lo {
		return 0
	}
	null := 0.0
	if f.Kind == "relative" {
		null = 1
	}
	d := float64(f.Value) - null
	if d < 0 {
		d = -d
	}
	return min(d/float64(f.Hi-f.Lo)*2, 1e6)
}

// An assumption hides a middle office.
type assumption struct {
	id      string
	says    Text
	faces   []claim.Face
	fact    func(Facts) Text
	nothing Text // where no claim answers it
}

var assumptions = []assumption{
	{
		id: "alone", says: T("「单子是销售自己谈下来的」", "“Sales did it alone”"),
		faces: []claim.Face{claim.Floor, claim.Constant, claim.Ceiling, claim.Hours, claim.Continuity},
		fact: func(f Facts) Text {
			n := Count.Show(float64(f.n("shovel.used", "shovel.opened")))
			p := few(max(f.verb("shovel.used").Staff, f.verb("shovel.opened").Staff))
			return T("这一年，"+p.ZH+" 名同事打开或用上我们递出的资料 "+n.ZH+" 次。", "This year "+p.EN+" colleagues opened or used what we handed them "+n.EN+" times.")
		},
		nothing: T("能不能多拿单，今年的数据还答不了；后面写明了明年怎么验证。", "Whether it won more deals this year's data can't say; the test that would is named further on."),
	},
	{
		id: "luck", says: T("「增长是碰巧想到了好点子」", "“Growth had a lucky idea”"),
		faces: []claim.Face{claim.Campaign, claim.Idea, claim.Precision, claim.Constant},
		fact: func(f Facts) Text {
			return T("找想法 "+Count.Show(float64(f.n("idea.sought"))).ZH+" 次，选定 "+Count.Show(float64(f.n("idea.chosen"))).ZH+" 个，上线活动 "+Count.Show(float64(f.n("campaign.launched"))).ZH+" 场；每一次从哪天找到哪天定都有记录。",
				"Ideas were sought "+Count.Show(float64(f.n("idea.sought"))).EN+" times, "+Count.Show(float64(f.n("idea.chosen"))).EN+" chosen, "+Count.Show(float64(f.n("campaign.launched"))).EN+" campaigns launched; the days of each are on record.")
		},
		nothing: T("点子好坏今年没有可比的对照，还不能说。", "There was nothing to compare ideas with this year, so it can't be said."),
	},
	{
		id: "itself", says: T("「产品体验自己就变好了」", "“The product experience made itself”"),
		faces: []claim.Face{claim.Speed, claim.Coverage, claim.Broker, claim.Continuity},
		fact: func(f Facts) Text {
			n := Count.Show(float64(f.n("feedback.received")))
			c := Count.Show(float64(len(f.Channels)))
			return T("从 "+c.ZH+" 个渠道收进客户的话 "+n.ZH+" 条，一条一条看过、分给了人。", "From "+c.EN+" channels "+n.EN+" messages of customers were taken in and given to somebody.")
		},
		nothing: T("收得多不等于体验好：效果今年还不能说。", "Taking in much is not a better experience: the effect can't be stated this year."),
	},
}

// opening names the assumptions and answers each: a fact first, then the
// strongest effect there is, or the admission that there is none.
func (b *builder) opening() Chapter {
	c := Chapter{ID: "opening", Kind: Opening, Title: T("三个让中台隐形的假设", "Three assumptions that hide a middle office"),
		Lead: T("看得见金子，看不见铲子。年底说不清中台值多少，多半因为大家默认了下面三句话。逐条回答。", "Everybody sees the gold, nobody the shovel. Three sentences that all take for granted make a middle office disappear. Here is an answer to each.")}
	used := map[string]bool{}
	for _, a := range assumptions {
		s := Section{ID: "assumption-" + a.id, Title: a.says}
		s.Blocks = append(s.Blocks, Para{Text: a.fact(b.Facts)})
		all := b.best([]verdict{better, worse, unclear}, a.faces...)
		fresh := slices.DeleteFunc(slices.Clone(all), func(r value.Row) bool { return used[r.ID] })
		if len(fresh) == 0 {
			s.Blocks = append(s.Blocks, Para{Text: a.nothing, Strong: true})
			c.Sections = append(c.Sections, s)
			continue
		}
		// The strongest first, never more than one that says nothing.
		slices.SortStableFunc(fresh, func(x, y value.Row) int { return cmp.Compare(order(judged(x)), order(judged(y))) })
		for i, r := range fresh[:min(2, len(fresh))] {
			if i > 0 && judged(r) == unclear {
				break
			}
			used[r.ID] = true
			s.Blocks = append(s.Blocks, Para{Text: sentence(r), Strong: i == 0, Claims: []string{r.ID}})
		}
		s.Blocks = append(s.Blocks, Para{Text: reply(a.id, judged(fresh[0]), gradeOf(fresh[0]))})
		c.Sections = append(c.Sections, s)
	}
	return c
}

func order(v verdict) int {
	return slices.Index([]verdict{better, worse, unclear}, v)
}

// reply is what follows from the strongest claim.
func reply(id string, v verdict, g Grade) Text {
	how := T("这是"+g.Means().ZH+"（"+string(g)+" 级）的结论。", "The evidence is graded "+string(g)+" ("+strings.ToLower(g.Means().EN)+").")
	var t Text
	switch {
	case v == unclear:
		t = T("所以这一条我们今年证明不了，也不反驳。", "So this year we can neither prove nor refute it.")
	case v == worse:
		t = T("这一条的结果对我们不利，如实写在这里。", "The result speaks against us, and stands here as it is.")
	case id == "alone":
		t = T("本事是销售自己的，差别来自手里有没有这把铲子：比的是同样的人有它和没有它。", "The skill is the salesperson's own. The difference is the shovel: like people are compared, with it and without.")
	case id == "luck":
		t = T("不是碰巧：一样的人群，收到的和没收到的比；运气两边一样多。", "Not luck: like people are compared, reached and not reached, and luck falls on both sides alike.")
	default:
		t = T("体验不会自己变好：变好的正是用上了它的那部分，没用上的没有这样变。", "It did not make itself: what improved is the part that had it, and the rest did not move so.")
	}
	return T(t.ZH+how.ZH, t.EN+" "+how.EN)
}
