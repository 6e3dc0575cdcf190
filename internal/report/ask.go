package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/chanzipu/outfitter/internal/value/claim"
)

// answers are made from the ledger: a question that nothing answers says so.
func (b *builder) answers() []Answer {
	var out []Answer
	add := func(q, t, proof Text, claims ...string) {
		out = append(out, Answer{Question: q, Text: t, Claims: claims, Proof: proof})
	}
	evidence := T("证据：本报告「证据」一章，每条论断一节。", "Evidence: the chapter Evidence, a section per claim.")
	top, ok := b.strongest()
	if ok {
		c := top.Result.Finding.Counts
		t := sentence(top)
		add(T("你们到底做了什么？这个数从哪来？", "What did you do, and where does the number come from?"),
			T(t.ZH+fmt.Sprintf("它由 %s 条原始记录算出，每一条都能点到原文件的那一行。", plain(max(c.Events, c.Rows))), t.EN+fmt.Sprintf(" It is computed from %s original records, each of which leads to its line in its file.", plain(max(c.Events, c.Rows)))), evidence, top.ID)
		with, without := group(top.Result.Finding)
		t = designAnswer(top.Version.Claim.Exposure.Design, with, without)
		add(T("没有你们，他们就做不到吗？", "Would they not have done it without you?"), t, evidence, top.ID)
		add(T("是不是今年行情好，大家都涨了？", "Was it not simply a good year for everybody?"), b.marketAnswer(top.Version.Claim.Exposure.Design), evidence, top.ID)
		out = append(out, b.chosenAnswer(top.Result.Finding, top.ID))
	}
	out = append(out, b.worthAnswer(), b.costAnswer(), b.pickedAnswer(), b.refusedAnswer())
	signs := b.signed()
	add(T("财务和业务部门认吗？", "Do finance and the departments agree?"), signs, T("证据：封存记录里的会签；方法一章的对账图。", "Evidence: the countersignatures in each seal; the reconciliation in Method."))
	out = append(out, b.nextAnswer())
	add(T("这是不是在给员工排名？", "Does this rank our people?"),
		T("不是。人的本事只用来扣除，不足 5 人的组不显示，报告里没有任何一个人和一个关于他的数字放在一起。", "No. Ability is estimated only to be taken out, groups under five are not shown, and no person stands beside a figure about them."), T("证据：方法一章的第五条规矩。", "Evidence: the fifth rule in Method."))
	add(T("我不信，怎么自己核对？", "I don't believe it. How do I check?"),
		T("拿 report.zip 在任何一台电脑上运行 outfitter verify report.zip，不联网，逐条重算。改过一个字节都会被指出来是哪一条。", "Run outfitter verify report.zip on any computer, offline: every figure is computed again. One changed byte is found and named."), T("证据：核对包的清单 manifest.json。", "Evidence: manifest.json of the bundle."))
	return out
}

func designAnswer(d claim.Design, with, without int) Text {
	n := T(fmt.Sprintf("（用上的 %s，没用上的 %s）", plain(with), plain(without)), fmt.Sprintf(" (%s with it, %s without)", plain(with), plain(without)))
	switch {
	case d.Random():
		return T("谁先用是抽签定的，所以没用上的那一半就是「没有我们」的样子"+n.ZH+"。两边的差就是它带来的，和谁本事大无关。", "A lot decided who had it, so the other half is what “without us” looks like"+n.EN+". The difference is what it brought, whoever is abler.")
	case d == claim.Staggered:
		return T("它是分批上线的，后用的那批在用之前就是「没有我们」的样子"+n.ZH+"。比的是同一时间里先用的和还没用的。", "It came in stages, and those still waiting are what “without us” looks like"+n.EN+". Early and late are compared at the same time.")
	case d == claim.Chosen || d == claim.Volunteers:
		return T("不是抽签，我们拿条件相近而没用上的人来比"+n.ZH+"。已知的差别扣掉了，未知的扣不掉，所以只评 C 级。", "There was no lot: people alike in what is known, without it, are the comparison"+n.EN+". What is unknown can't be taken out, hence grade C.")
	}
	return T("这一条没有对照组，答不了这个问题"+n.ZH+"。明年留一部分人晚用，就能答。", "This one has no comparison group and can't answer that"+n.EN+". Letting some have it later next year would.")
}

func (b *builder) marketAnswer(d claim.Design) Text {
	if d == claim.BeforeAfter || d == claim.Described {
		return T("只有前后、没有对照，行情的份额分不出来，所以评级低。能分出来的在对账图里单列「市场与人」。", "With before and after alone the market's part can't be told apart, hence the low grade. Where it can, the reconciliation shows market and people by themselves.")
	}
	return T("行情好，两边一起涨；我们算的是两边的差，一起涨的部分已经减掉。对账图里「市场与人」单列，没有算成我们的。", "A good year lifts both sides; what is counted is the difference between them. The reconciliation shows market and people by themselves, not as ours.")
}

func (b *builder) chosenAnswer(f claim.Finding, id string) Answer {
	a := Answer{Question: T("是不是好团队先用，所以看起来有效？", "Did the good teams get it first, and so it looks as if it worked?"), Claims: []string{id}, Proof: T("证据：该论断的平衡表。", "Evidence: the claim's table of balance.")}
	worst, name := 0.0, ""
	for _, x := range f.Balance {
		if x.SMD.OK() && math.Abs(float64(x.SMD)) > worst {
			worst, name = math.Abs(float64(x.SMD)), x.Name
		}
	}
	switch {
	case name == "":
		a.Text = T("先后的安排在封存的论断里写死了，事后不能改。上线前两组的走势也画了出来，可以自己看平不平。", "Who came when is fixed in the sealed claim and can't be changed afterwards. The months before the launch are drawn as well: see whether they are level.")
	case worst <= 0.25:
		a.Text = T(fmt.Sprintf("查过了：用之前两组最大的差别在「%s」，只有 %s 个标准差，算相近。差别已经在计算里扣掉。", name, digits(worst)), fmt.Sprintf("It was checked: before, the groups differed most in %s, by %s standard deviations, which is little. The difference is taken out.", name, digits(worst)))
	default:
		a.Text = T(fmt.Sprintf("两组原来就不一样：「%s」差 %s 个标准差。我们扣掉了它，但把这一条写进了提醒，也降了等级。", name, digits(worst)), fmt.Sprintf("The groups were unlike from the start: %s differs by %s standard deviations. It is taken out, and the claim carries a warning and a lower grade.", name, digits(worst)))
	}
	return a
}

func (b *builder) worthAnswer() Answer {
	a := Answer{Question: T("一共值多少钱？", "What is it all worth?"), Proof: T("证据：方法一章「合起来值多少」。", "Evidence: Method, net value.")}
	t := b.Ledger.Total
	if t.Counted == 0 || !t.Net.Value.OK() {
		a.Text = T("今年没有一条论断能可靠地折成钱，所以不给总数。给一个算不清的总数，不如不给。", "No claim could be put in money reliably this year, so there is no total. None is better than one that can't be checked.")
		return a
	}
	u := Currency(t.Currency)
	zh, en := "扣掉全部成本，净值 "+u.Show(float64(t.Net.Value)).ZH, "With all costs taken off, a net "+u.Show(float64(t.Net.Value)).EN
	if t.Net.Lo.OK() && t.Net.Hi.OK() {
		i := u.Range(float64(t.Net.Lo), float64(t.Net.Hi))
		zh, en = zh+"，很可能在 "+i.ZH+" 之间", en+", very likely "+i.EN
	}
	a.Text = T(zh+fmt.Sprintf("。只计了 %d 条互不重复的论断，重复的只算一次。", t.Counted), en+fmt.Sprintf(". Only %d claims that share no records are in it; what overlaps counts once.", t.Counted))
	return a
}

func (b *builder) costAnswer() Answer {
	a := Answer{Question: T("花了多少？", "What did it cost?"), Proof: T("证据：干活账与论断里的成本。", "Evidence: the work book and each claim's costs.")}
	t := b.Ledger.Total
	if !t.Cost.OK() || t.Cost == 0 {
		a.Text = T("成本还没有记全，所以净值不完整。把投入工时和外部花费填进干活账，下次就能算。", "Costs are not complete, so neither is the net value. Put hours and outside costs into the work book and they will be counted.")
		return a
	}
	c := Currency(t.Currency).Show(float64(t.Cost))
	a.Text = T("一共 "+c.ZH+"，含人力。没有结论的那些也算在里面，没有只算成功的。", c.EN+" in all, wages included. What led to no conclusion is in it too.")
	return a
}

func (b *builder) pickedAnswer() Answer {
	n := len(b.rows)
	return Answer{Question: T("你们是不是挑好看的说？", "Did you pick what looks good?"), Proof: T("证据：方法一章「全部论断」与审计链。", "Evidence: Method, all claims; the audit chain."),
		Text: T(fmt.Sprintf("提了 %d 条，全都在报告里：变好 %d、变差 %d、看不出 %d、不下结论 %d、没跑 %d。问题在看结果之前封存进审计链，删不掉，也改不了。", n, b.count(better), b.count(worse), b.count(unclear), b.count(refused), b.count(open)),
			fmt.Sprintf("%d were asked and all are here: better %d, worse %d, no difference %d, no conclusion %d, not run %d. Questions are sealed into the audit chain and can't be removed or reworded.", n, b.count(better), b.count(worse), b.count(unclear), b.count(refused), b.count(open)))}
}

func (b *builder) refusedAnswer() Answer {
	a := Answer{Question: T("为什么有些算不出来？", "Why is there no figure for some?"), Proof: T("证据：各章末尾「明年要验证」。", "Evidence: the end of each chapter.")}
	for _, r := range b.rows {
		if judged(r) == refused && r.Result.Finding.Refusal != nil {
			f := r.Result.Finding.Refusal
			a.Text = T("比如「"+r.Version.Claim.Title.ZH+"」："+stop(f.Reason.ZH, "。")+stop(f.Test.ZH, "。"), "For one, “"+r.Version.Claim.Title.EN+"”: "+stop(f.Reason.EN, ".")+" "+stop(f.Test.EN, "."))
			a.Claims = []string{r.ID}
			return a
		}
	}
	a.Text = T("今年跑过的都有数。以后遇到数据答不了的，我们会写明原因，不会硬给。", "Every claim that ran has a figure this year. Where data can't answer, the reason will stand there instead of a number.")
	return a
}

func (b *builder) signed() Text {
	var who []string
	seen := map[string]bool{}
	n := 0
	for _, r := range b.rows {
		if len(r.Version.Signs) > 0 {
			n++
		}
		for _, s := range r.Version.Signs {
			if w := roleWord(s.Role); !seen[w.ZH] {
				seen[w.ZH], who = true, append(who, w.ZH+"|"+w.EN)
			}
		}
	}
	if n == 0 {
		return T("还没有人会签，请各部门在论断页上签字。口径用的是财务自己的定义，合计不超过财务的增长数。", "Nobody has countersigned yet: departments do so on a claim's page. Amounts follow finance's own definitions and can't exceed its growth.")
	}
	var zh, en []string
	for _, w := range who {
		a, b, _ := strings.Cut(w, "|")
		zh, en = append(zh, a), append(en, b)
	}
	return T(fmt.Sprintf("%d 条论断有会签：%s。口径用的是财务自己的定义，合计不超过财务的增长数。", n, strings.Join(zh, "、")), fmt.Sprintf("%d claims are countersigned by %s. Amounts follow finance's own definitions and can't exceed its growth.", n, strings.Join(en, ", ")))
}

func roleWord(role string) Text {
	switch role {
	case "sales":
		return T("销售", "sales")
	case "finance":
		return T("财务", "finance")
	case "service":
		return T("客服", "service")
	case "growth":
		return T("增长", "growth")
	}
	return Same(role)
}

func (b *builder) nextAnswer() Answer {
	a := Answer{Question: T("明年钱给哪，停什么？", "Where should next year's money go, and what should stop?"), Proof: T("证据：一页纸的建议，各自带着论断。", "Evidence: the one page's recommendations, each with its claim.")}
	var zh, en []string
	for _, x := range b.actions() {
		if len(zh) == 4 {
			break
		}
		w := ActionWord(x.Kind)
		zh, en = append(zh, w.ZH+"「"+x.Title.ZH+"」"), append(en, strings.ToLower(w.EN)+" “"+x.Title.EN+"”")
		a.Claims = append(a.Claims, x.Claim)
	}
	if len(zh) == 0 {
		a.Text = T("凭今年的证据还提不出增减的建议。先按各章末尾的办法验证，半年后再定。", "This year's evidence supports no change yet. Run the tests named in each chapter, then decide in half a year.")
		return a
	}
	a.Text = T(strings.Join(zh, "；")+"。理由都在一页纸上，每条对着一条论断。", "We would "+strings.Join(en, "; ")+". The reasons stand on the one page, each with its claim.")
	return a
}
