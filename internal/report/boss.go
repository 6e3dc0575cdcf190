package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/value"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

// boss is the one page: handed over, changed, one afternoon, what to do.
func (b *builder) boss() Chapter {
	c := Chapter{ID: "boss", Kind: Boss, Title: T(fmt.Sprintf("一页纸：%d 年中台交出了什么", b.Year), fmt.Sprintf("On one page: what the middle office delivered in %d", b.Year)), Lead: b.bossLead()}
	c.Sections = []Section{
		{Title: T("今年交出去的", "Handed over this year"), Blocks: b.handed()},
		{Title: T("前后对比", "Before and after"), Blocks: b.changes()},
		{Title: T("一个下午", "One afternoon"), Blocks: b.afternoon()},
		{Title: T("建议：加码、改进、停掉", "What to fund, fix or stop"), Blocks: []Block{Actions{Items: b.actions()}}},
	}
	return c
}

func (b *builder) bossLead() Text {
	t := b.Ledger.Total
	if t.Counted > 0 && t.Net.Value.OK() {
		u := Currency(t.Currency)
		zh, en := "算得清、不重复计的部分，净值 "+u.Show(float64(t.Net.Value)).ZH, "What can be counted once and with evidence comes to a net "+u.Show(float64(t.Net.Value)).EN
		if t.Net.Lo.OK() && t.Net.Hi.OK() {
			r := u.Range(float64(t.Net.Lo), float64(t.Net.Hi))
			zh, en = zh+"（很可能在 "+r.ZH+" 之间）", en+" (very likely "+r.EN+")"
		}
		zh, en = zh+"，已扣掉成本", en+", costs taken off"
		if t.Net.Lo.OK() && t.Net.Lo < 0 && t.Net.Hi > 0 {
			return T(zh+"；区间跨过零，还不能说一定赚。", en+"; the interval crosses zero, so a gain is not certain.")
		}
		return T(zh+"。", en+".")
	}
	if n := b.count(better); n > 0 {
		return T(fmt.Sprintf("%d 件事有把握地变好了；还不能折成钱的，不硬折。", n), fmt.Sprintf("%d things got better beyond chance; what can't yet be put in money is not.", n))
	}
	return T("今年先把做了什么说清楚；效果能说的说，不能说的写明怎么验证。", "First what was done; then the effects that can be stated, and the tests for those that can't.")
}

// handed counts launches, items and hand-overs.
func (b *builder) handed() []Block {
	f := b.Facts
	card := func(label Text, n int64, note Text) Figure {
		return Figure{Label: label, Value: float64(n), Lo: nan, Hi: nan, Unit: Count, Shown: Count.Show(float64(n)), Grade: D, Note: note}
	}
	launched := f.verb("work.launched")
	used := f.verb("shovel.used")
	cards := []Figure{
		card(T("上线", "Launches"), launched.N, spanOf(launched)),
		card(T("取数与支持", "Data pulls and support"), f.n("work.done"), spanOf(f.verb("work.done"))),
		card(T("递到手上并用上", "Handed over and used"), used.N, T("同事 "+few(used.Staff).ZH+" 名", few(used.Staff).EN+" colleagues")),
		card(T("撮合成的供需", "Needs met between departments"), f.n("flow.delivered"), spanOf(f.verb("flow.delivered"))),
		card(T("收进的客户反馈", "Feedback taken in"), f.n("feedback.received"), T(fmt.Sprintf("%d 个渠道", len(f.Channels)), fmt.Sprintf("%d channels", len(f.Channels)))),
		card(T("故障", "Incidents"), f.n("work.failed"), T("同样记账", "on the books as well")),
	}
	cards = slices.DeleteFunc(cards, func(c Figure) bool { return c.Value == 0 })
	out := []Block{Figures{Items: cards}}
	var named []Item
	for _, w := range f.Work {
		if w.Verb == "work.launched" && w.Teams != "" && len(named) < 3 {
			name := b.clean(w.Name)
			named = append(named, Item{Text: T(name+"："+w.Teams+"，"+w.Day+" 起", name+": "+w.Teams+", since "+w.Day)})
		}
	}
	if len(named) > 0 {
		out = append(out, List{Items: named})
	}
	return out
}

func spanOf(v VerbSum) Text {
	if v.Since == "" {
		return Text{}
	}
	return Same(v.Since + " – " + v.Until)
}

// changes are three before → after pairs, each of another face where possible:
// the best grade first.
func (b *builder) changes() []Block {
	var out []Block
	seen := map[claim.Face]bool{}
	all := b.best([]verdict{better, worse, unclear})
	slices.SortStableFunc(all, func(x, y value.Row) int { return cmp.Compare(order(judged(x)), order(judged(y))) })
	for _, again := range []bool{false, true} {
		for _, r := range all {
			f := r.Version.Claim.Face
			if len(out) == 3 || seen[f] != again || slices.ContainsFunc(out, func(x Block) bool { return x.(Chart).Claim == r.ID }) {
				continue
			}
			if ch, ok := beforeChart(r); ok {
				fig, _ := figureOf(r)
				ch.Note = T(ch.Note.ZH+"。效果 "+withRange(fig.Shown, interval(r, r.Result.Finding.Figures[0])).ZH, ch.Note.EN+". Effect "+withRange(fig.Shown, interval(r, r.Result.Finding.Figures[0])).EN)
				out, seen[f] = append(out, ch), true
			}
		}
	}
	if len(out) == 0 {
		return []Block{Para{Text: T("今年没有一条论断同时有前后两段可比的数据。缺什么、怎么补，见各章「明年要验证」。", "No claim has data of both before and after. What is missing, and the test, stands at the end of each chapter.")}}
	}
	return out
}

// afternoon is the example with both a before and an after, else any, else one
// from the work book.
func (b *builder) afternoon() []Block {
	var with, without []value.Row
	for _, r := range b.best([]verdict{better, worse, unclear, volume}) {
		if e := r.Result.Example; e != nil && len(e.Rows) > 0 {
			if e.Before != nil && e.After != nil {
				with = append(with, r)
			} else {
				without = append(without, r)
			}
		}
	}
	slices.SortStableFunc(with, func(x, y value.Row) int { return cmp.Compare(order(judged(x)), order(judged(y))) })
	if all := append(with, without...); len(all) > 0 {
		return []Block{b.story(all[0])}
	}
	for _, w := range b.Facts.Work {
		if w.Example != "" {
			return []Block{Story{Title: T(w.Day+" · "+b.clean(w.Name), w.Day+" · "+b.clean(w.Name)), Text: Same(b.clean(w.Example)), Rows: []Row{b.row(claim.RowRef{Batch: w.Batch, Row: w.Row}, T("干活账里的这一行", "this line of the work book"))}}}
		}
	}
	return []Block{Para{Text: T("还没有一条带原始行的例子。在干活账的「例子」一列写下一个下午，就会出现在这里。", "There is no example with its rows yet. Write one afternoon into the work book's column Example and it will stand here.")}}
}

// story is a claim's example.
func (b *builder) story(r value.Row) Story {
	e := r.Result.Example
	s := Story{Title: T(clock(e.When)+" · "+r.Version.Claim.Title.ZH, clock(e.When)+" · "+r.Version.Claim.Title.EN), Text: b.cleanText(e.Text), Claim: r.ID}
	add := func(m *claim.Moment, label Text) {
		if m == nil {
			return
		}
		for i, ref := range m.Rows {
			if len(s.Rows) < 6 && i < 2 && !slices.ContainsFunc(s.Rows, func(x Row) bool { return x.Batch == ref.Batch && x.Row == ref.Row }) {
				s.Rows = append(s.Rows, b.row(ref, label))
			}
		}
	}
	if e.Before != nil && e.After != nil {
		s.Before, s.After = UnitOf(e.Before.Unit).Show(float64(e.Before.Value)), UnitOf(e.After.Unit).Show(float64(e.After.Value))
		add(e.Before, T("之前的一次", "once before"))
		add(e.After, T("之后的一次", "once after"))
	}
	for _, ref := range e.Rows {
		if len(s.Rows) < 4 && !slices.ContainsFunc(s.Rows, func(x Row) bool { return x.Batch == ref.Batch && x.Row == ref.Row }) {
			s.Rows = append(s.Rows, b.row(ref, T("原始行", "original row")))
		}
	}
	return s
}

func clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format("2006-01-02")
}

func (b *builder) row(ref claim.RowRef, says Text) Row {
	p := b.Places[ref]
	if p.File == "" {
		p.File = ref.Batch
		if len(p.File) > 8 {
			p.File = p.File[:8]
		}
		p.File += fmt.Sprintf(":%d", ref.Row)
	}
	return Row{Batch: ref.Batch, Row: ref.Row, File: p.File, Line: p.Line, Says: says}
}

// actions follow from the claims alone: fund what helps and pays, fix what is
// unclear or broken, stop what costs more than it can bring, test the rest.
func (b *builder) actions() []Action {
	var fund, fix, halt, test []Action
	for _, r := range b.best([]verdict{better}) {
		if w := r.Result.Finding.Worth; w != nil && w.Net.Value.OK() {
			net := Currency(w.Currency).Show(float64(w.Net.Value))
			if w.Net.Hi.OK() && w.Net.Hi < 0 {
				halt = append(halt, Action{"stop", r.Version.Claim.Title, T("有效，但花的比带来的多：净 "+net.ZH+"。", "It helps, yet costs more than it brings: net "+net.EN+"."), r.ID})
				continue
			}
			fund = append(fund, Action{"fund", r.Version.Claim.Title, T(sentenceTail(r).ZH+"扣掉成本净 "+net.ZH+"。", sentenceTail(r).EN+" Net of cost "+net.EN+"."), r.ID})
			continue
		}
		fund = append(fund, Action{"fund", r.Version.Claim.Title, sentenceTail(r), r.ID})
	}
	for _, r := range b.best([]verdict{worse}) {
		halt = append(halt, Action{"stop", r.Version.Claim.Title, T(sentenceTail(r).ZH+"先停，查明原因再说。", sentenceTail(r).EN+" Stop first, then find out why."), r.ID})
	}
	for _, r := range b.best([]verdict{unclear}) {
		if w := r.Result.Finding.Worth; w != nil && w.Cost.OK() && w.Cost > 0 && w.Net.Value.OK() && w.Net.Value < 0 {
			cost := Currency(w.Currency).Show(float64(w.Cost))
			halt = append(halt, Action{"stop", r.Version.Claim.Title, T("花了 "+cost.ZH+"，看不出差别。", "It cost "+cost.EN+" and no difference could be seen."), r.ID})
			continue
		}
		f, _ := r.Result.Finding.Headline()
		seen := withRange(show(r, f), interval(r, f))
		fix = append(fix, Action{"fix", r.Version.Claim.Title, T("看不出差别："+seen.ZH+"。找用得少的原因，或换个做法。", "No difference seen: "+seen.EN+". Find out why, or do it another way."), r.ID})
	}
	for _, r := range b.best([]verdict{refused}) {
		if f := r.Result.Finding.Refusal; f != nil && f.Test.ZH != "" {
			test = append(test, Action{"test", r.Version.Claim.Title, f.Test, r.ID})
		}
	}
	var out []Action
	for _, part := range [][]Action{fund[:min(2, len(fund))], fix[:min(2, len(fix))], halt[:min(2, len(halt))]} {
		out = append(out, part...)
	}
	for _, a := range test {
		if len(out) < 6 {
			out = append(out, a)
		}
	}
	return out
}

// sentenceTail is the claim's sentence without its title.
func sentenceTail(r value.Row) Text {
	t, title := sentence(r), r.Version.Claim.Title
	return T(strings.TrimPrefix(t.ZH, title.ZH+"："), strings.TrimPrefix(t.EN, title.EN+": "))
}
