package report

import (
	"fmt"
	"strings"

	"github.com/chanzipu/outfitter/internal/value"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

// method says how the figures were made, how many were tried, and what was
// left out.
func (b *builder) method() Chapter {
	c := Chapter{ID: "method", Kind: Method, Title: T("方法：这些数字是怎么来的", "Method: where these figures come from"),
		Lead: T("提了多少、跑了多少、拒了多少，一条不落；没有挑好看的说。", "How many were asked, run, refused: all of them. None was picked for its looks.")}
	c.Sections = append(c.Sections, b.tally())
	c.Sections = append(c.Sections, Section{ID: "method-rules", Title: T("五条规矩", "Five rules"), Blocks: []Block{List{Numbered: true, Items: []Item{
		{Text: T("先封存再看结果。问题、人群、做法连同程序版本一起算出指纹，写进审计链；改一个字就是新版本，旧的留着。", "Sealed before looked at. Question, population, design and program are hashed into the audit chain; a changed word is a new version, and the old one stays.")},
		{Text: T("没把握就不下结论。数据答不了的，写明原因、至少多大才看得出、明年用什么验证。", "No conclusion without grounds. Where the data can't answer, the reason stands there, the smallest effect that could have been seen, and the test.")},
		{Text: T("碰过的不算带来的。只算和「没有它」相比多出来的那部分。", "Touched is not caused. Only what goes beyond having none of it counts.")},
		{Text: T("一分钱不算两遍。建立在同一批记录上的论断，只有一条计入合计；合计不超过财务自己的增长数。", "No yuan twice. Of claims that rest on the same records one alone enters the total, which can't exceed finance's own growth.")},
		{Text: T("量铲子，不量人。人的本事只用来扣除，从不排名；不足 5 人的组合并或不显示。", "The shovel is measured, not the digger. Ability is taken out, never ranked; groups under five are merged or withheld.")},
	}}}})
	if s, ok := b.money(); ok {
		c.Sections = append(c.Sections, s)
	}
	if s, ok := b.bridge(); ok {
		c.Sections = append(c.Sections, s)
	}
	c.Sections = append(c.Sections, b.left(), b.check())
	return c
}

// tally counts the claims by what became of them.
func (b *builder) tally() Section {
	card := func(zh, en string, n int, note Text) Figure {
		return Figure{Label: T(zh, en), Value: float64(n), Lo: nan, Hi: nan, Unit: Count, Shown: Count.Show(float64(n)), Grade: D, Note: note}
	}
	pre := 0
	for _, r := range b.rows {
		if r.Version.Seal != nil && r.Version.Seal.PreRegistered {
			pre++
		}
	}
	s := Section{ID: "method-tally", Title: T("论断一共有多少", "How many claims there were"), Blocks: []Block{Figures{Items: []Figure{
		card("提出", "asked", len(b.rows), T(fmt.Sprintf("其中结果出来前就封存的 %d 条", pre), fmt.Sprintf("%d sealed before their outcomes existed", pre))),
		card("跑出结果", "with a result", b.count(better, worse, unclear, volume), T(fmt.Sprintf("有把握变好 %d，变差 %d，看不出 %d，只是数量 %d", b.count(better), b.count(worse), b.count(unclear), b.count(volume)), fmt.Sprintf("better %d, worse %d, no difference %d, volumes %d", b.count(better), b.count(worse), b.count(unclear), b.count(volume)))),
		card("暂不下结论", "without a conclusion", b.count(refused), T("原因见各章末尾", "why: at the end of each chapter")),
		card("还没有跑", "not run", b.count(open), T("提出了，没有跑", "asked, not run")),
	}}}}
	if n := b.Ledger.Tests; n > 0 {
		holds := 0
		for _, r := range b.rows {
			if r.Holds {
				holds++
			}
		}
		zh := fmt.Sprintf("一次看 %d 个数，纯凭运气也会有约 %s 个看起来有效。按 Benjamini-Hochberg 校正之后，还站得住的有 %d 个。", n, digits(float64(n)*0.05), holds)
		en := fmt.Sprintf("With %d figures looked at, about %s would look real by luck alone. After the correction of Benjamini and Hochberg %d still hold.", n, digits(float64(n)*0.05), holds)
		s.Blocks = append(s.Blocks, Para{Text: T(zh, en)})
	}
	t := Table{ID: "ledger", Title: T("全部论断", "All claims"), Columns: []Column{{Title: T("论断", "Claim")}, {Title: T("问题", "Title"), Wide: true}, {Title: T("结果", "Result")}, {Title: T("效果", "Effect"), Right: true}, {Title: T("区间", "Interval"), Right: true}, {Title: Same("q"), Right: true}}}
	for _, r := range b.rows {
		row := []Cell{{Text: Same(r.ID), Claim: r.ID, Href: "/value/claims/" + r.ID}, {Text: r.Version.Claim.Title, Grade: gradeOf(r)}, {Text: brief(judged(r))}, {Text: Same("–")}, {Text: Same("–")}, {Text: Same("–")}}
		if judged(r).effect() || judged(r) == volume {
			f, _ := r.Result.Finding.Headline()
			v := float64(f.Value)
			row[3] = Cell{Text: show(r, f), Number: &v}
			if i := interval(r, f); i != (Text{}) {
				row[4] = Cell{Text: i}
			}
			if r.Q.OK() {
				q := float64(r.Q)
				row[5] = Cell{Text: Same(strings.TrimPrefix(pValue(q), "= ")), Number: &q}
			}
		}
		t.Rows = append(t.Rows, row)
	}
	if len(t.Rows) > 0 {
		s.Blocks = append(s.Blocks, t)
	}
	return s
}

// money is the waterfall of net value over the claims that are counted once.
func (b *builder) money() (Section, bool) {
	s := Section{ID: "method-money", Title: T("合起来值多少：净值", "What it comes to: net value")}
	t := b.Ledger.Total
	if t.Counted == 0 || !t.Gross.Value.OK() {
		return s, false
	}
	ch := Chart{ID: "net-value", Kind: Waterfall, Title: T("从每条论断到净值", "From each claim to the net value"), Unit: Currency(t.Currency), Mark: -1,
		Says: T("每一条论断带来多少，减去全部成本，剩下净值。", "What each claim brought, less all costs, is the net value.")}
	ser := Series{Name: T("金额", "amount")}
	var rest float64
	counted := 0
	for _, r := range b.rows {
		if !r.Counted || r.Result == nil || r.Result.Finding.Worth == nil || !r.Result.Finding.Worth.Gross.Value.OK() {
			continue
		}
		g := float64(r.Result.Finding.Worth.Gross.Value)
		if counted++; counted > 6 {
			rest += g
			continue
		}
		ch.Labels, ser.Values = append(ch.Labels, r.Version.Claim.Title), append(ser.Values, g)
	}
	if rest != 0 {
		ch.Labels, ser.Values = append(ch.Labels, T("其余论断", "other claims")), append(ser.Values, rest)
	}
	if t.Cost.OK() {
		ch.Labels, ser.Values = append(ch.Labels, T("全部成本", "all costs")), append(ser.Values, -float64(t.Cost))
	}
	ch.Labels, ser.Values = append(ch.Labels, T("净值", "net value")), append(ser.Values, float64(t.Net.Value))
	ch.Series = []Series{ser}
	ch.Note = T("成本算上了所有论断的，包括没有结论的。", "Costs are those of all claims, with a conclusion or without.")
	s.Blocks = append(s.Blocks, ch)
	u := Currency(t.Currency)
	if t.Net.Lo.OK() && t.Net.Hi.OK() {
		i := u.Range(float64(t.Net.Lo), float64(t.Net.Hi))
		s.Blocks = append(s.Blocks, Para{Text: T("净值 "+u.Show(float64(t.Net.Value)).ZH+"，很可能在 "+i.ZH+" 之间。", "Net "+u.Show(float64(t.Net.Value)).EN+", very likely "+i.EN+"."), Strong: true})
	}
	var items []Item
	for _, r := range b.rows {
		if !r.Counted && judged(r).effect() && r.Why.ZH != "" && r.Result.Finding.Worth != nil {
			items = append(items, Item{Text: T(r.Version.Claim.Title.ZH+"没有计入："+r.Why.ZH, r.Version.Claim.Title.EN+" is not counted: "+r.Why.EN), Claims: []string{r.ID}})
		}
	}
	for _, o := range b.Ledger.Overlap {
		items = append(items, Item{Text: T(fmt.Sprintf("%s 与 %s 建立在同样的 %s 条记录上，只计一次。", o.A, o.B, plain(o.Shared)), fmt.Sprintf("%s and %s rest on the same %s records; they count once.", o.A, o.B, plain(o.Shared))), Claims: nil})
	}
	if len(items) > 0 {
		s.Blocks = append(s.Blocks, List{Items: items[:min(12, len(items))]})
	}
	return s, true
}

// bridge reconciles with finance's own growth.
func (b *builder) bridge() (Section, bool) {
	s := Section{ID: "method-bridge", Title: T("和财务对账", "Reconciled with finance")}
	for _, br := range b.Ledger.Bridge {
		if !br.Before.OK() || !br.After.OK() {
			continue
		}
		u := Currency(b.Ledger.Total.Currency)
		ch := Chart{ID: "bridge-" + br.Definition, Kind: Waterfall, Unit: u, Title: T(br.Stat+"：从去年到今年", definition(br.Definition).EN+": from last year to this"),
			Says: T("去年的数，加上能解释的、不确定的、市场与人的，等于今年的数。", "Last year's figure, plus what is explained, uncertain, market and people, is this year's."), Note: br.Note}
		ser := Series{Name: T("金额", "amount"), Values: []float64{float64(br.Before)}}
		ch.Labels = []Text{T("去年", "last year")}
		for _, st := range br.Steps {
			if st.Amount.OK() {
				ch.Labels, ser.Values = append(ch.Labels, st.Title), append(ser.Values, float64(st.Amount))
			}
		}
		ch.Labels, ser.Values = append(ch.Labels, T("今年", "this year")), append(ser.Values, float64(br.After))
		ch.Series = []Series{ser}
		s.Blocks = append(s.Blocks, ch)
	}
	return s, len(s.Blocks) > 0
}

// left says what did not go in.
func (b *builder) left() Section {
	f := b.Facts
	s := Section{ID: "method-left", Title: T("没有算进去的", "What was left out")}
	items := []Item{{Text: T(fmt.Sprintf("读了 %s 个文件、%s 行；拒收 %s 行，每一行都留着原文和原因，没有悄悄丢掉的。", Count.Show(float64(f.Files)).ZH, Count.Show(float64(f.Rows)).ZH, Count.Show(float64(f.Rejected)).ZH),
		fmt.Sprintf("%s files with %s rows were read; %s rows were refused, each kept with its text and reason. None was dropped silently.", Count.Show(float64(f.Files)).EN, Count.Show(float64(f.Rows)).EN, Count.Show(float64(f.Rejected)).EN))}}
	out, cens := 0, 0
	for _, r := range b.rows {
		if r.Result != nil {
			out, cens = out+r.Result.Finding.Counts.LeftOut, cens+r.Result.Finding.Counts.Censored
		}
	}
	if out > 0 {
		items = append(items, Item{Text: T(fmt.Sprintf("有 %s 条记录没有可用的结果，没有进入计算；每条论断的证据页写明了原因。", plain(out)), fmt.Sprintf("%s records had no usable outcome and did not go in; each claim's evidence says why.", plain(out)))})
	}
	if cens > 0 {
		items = append(items, Item{Text: T(fmt.Sprintf("有 %s 条到数据截止时还没有结束，按「还没结束」处理，不当作零。", plain(cens)), fmt.Sprintf("%s had not ended when the data end; they count as not ended, not as zero.", plain(cens)))})
	}
	small := 0
	for _, r := range b.rows {
		if r.Result != nil && r.Result.Finding.Small {
			small++
		}
	}
	if small > 0 {
		items = append(items, Item{Text: T(fmt.Sprintf("%d 条论断有不足 5 人的组，均值不公开，核对包里也不带它们的数据。", small), fmt.Sprintf("%d claims have a group of fewer than five; their means are withheld and the proof bundle carries no rows of them.", small))})
	}
	for _, n := range b.Ledger.Notes {
		items = append(items, Item{Text: n})
	}
	s.Blocks = []Block{List{Items: items}}
	return s
}

func (b *builder) check() Section {
	return Section{ID: "method-check", Title: T("自己核对", "Check it yourself"), Blocks: []Block{
		Para{Text: T("核对包 report.zip 带着每条论断、定义、指纹和所需的数据（编号已随机重编，没有姓名和文字）。离线运行 outfitter verify report.zip，会把每个数字重算一遍，逐条说通过还是不通过；包里改动一个字节就不通过。",
			"The proof bundle report.zip carries every claim, definition, digest and the rows they need (unit ids drawn at random, no names, no text). outfitter verify report.zip computes every figure again, offline, and says PASS or FAIL for each; one changed byte fails.")},
	}}
}

// questions are what the boss will ask, each answered in two sentences.
func (b *builder) questions() Chapter {
	c := Chapter{ID: "questions", Kind: Questions, Title: T("老板追问卡", "What the boss will ask next"), Lead: T("会被问到的问题，每个两句话，后面跟着证据。", "The questions that will come, each answered in two sentences with its evidence.")}
	s := Section{}
	for _, a := range b.answers() {
		s.Blocks = append(s.Blocks, a)
	}
	c.Sections = []Section{s}
	return c
}

// strongest is the claim that will be asked about first.
func (b *builder) strongest() (value.Row, bool) {
	if all := b.best([]verdict{better}); len(all) > 0 {
		return all[0], true
	}
	if all := b.best([]verdict{worse, unclear}); len(all) > 0 {
		return all[0], true
	}
	return value.Row{}, false
}

func group(f claim.Finding) (with, without int) { return f.Counts.Treated, f.Counts.Control }
