package metric

import "github.com/chanzipu/outfitter/internal/source/mapping"

// Catalogue is every built-in metric, in the order that a reader meets them.
var Catalogue = build()

func build() []Metric {
	out := []Metric{{Name: "events", Title: "Events", ZH: "事件数", Unit: "events", UnitZH: "件", Kind: Count,
		About: "How many events there are. Figures that came aggregated (stat.reported) are not events.", AboutZH: "事件的数量。汇总得来的报表数字（stat.reported）不是事件，不计入。"}}
	out = append(out, ratios...)
	out = append(out, stocks...)
	out = append(out, durations()...)
	out = append(out, distincts...)
	out = append(out, amounts()...)
	out = append(out, quantities...)
	for _, v := range mapping.Verbs {
		if v.Name == statReported {
			continue
		}
		out = append(out, Metric{Name: v.Name + ".count", Title: "Count of " + v.Name, ZH: v.ZH + "次数", Unit: "events", UnitZH: "件", Kind: Count, From: []string{v.Name},
			About: "How many events say: " + v.EN + ".", AboutZH: "“" + v.ZH + "”（" + v.Name + "）事件的数量。"})
	}
	return out
}

// statReported is a figure that came aggregated.
const statReported = "stat.reported"

var ratios = []Metric{
	{Name: "deal.win_rate", Title: "Win rate", ZH: "赢单率", Unit: "share", UnitZH: "占比", Kind: Ratio, From: []string{"deal.won"}, To: []string{"deal.won", "deal.lost"},
		About: "Deals won, of all that were won or lost in the period. Open deals are not in it.", AboutZH: "当期赢单数 ÷（赢单数 + 输单数）。尚未结束的商机不计入。"},
	{Name: "touch.open_rate", Title: "Opens per message sent", ZH: "触达打开率", Unit: "share", UnitZH: "占比", Kind: Ratio, From: []string{"touch.opened"}, To: []string{"touch.sent"},
		About: "Openings recorded in the period, per message sent in it. Above 1 where messages are opened repeatedly.", AboutZH: "当期打开次数 ÷ 当期发送数。重复打开会使其大于 1。"},
	{Name: "touch.click_rate", Title: "Clicks per message sent", ZH: "触达点击率", Unit: "share", UnitZH: "占比", Kind: Ratio, From: []string{"touch.clicked"}, To: []string{"touch.sent"},
		About: "Clicks recorded in the period, per message sent in it.", AboutZH: "当期点击次数 ÷ 当期发送数。"},
	{Name: "goal.rate", Title: "Conversions per message sent", ZH: "触达转化率", Unit: "share", UnitZH: "占比", Kind: Ratio, From: []string{"goal.reached"}, To: []string{"touch.sent"},
		About: "Conversions recorded in the period, per message sent in it. What would have happened anyway is in it too.", AboutZH: "当期转化数 ÷ 当期发送数。其中也包含没有触达也会发生的转化。"},
	{Name: "shovel.use_rate", Title: "Shovels used per shovel offered", ZH: "铲子使用率", Unit: "share", UnitZH: "占比", Kind: Ratio, From: []string{"shovel.used"}, To: []string{"shovel.offered"},
		About: "Uses recorded in the period, per offer made in it.", AboutZH: "当期用上铲子次数 ÷ 当期递铲次数。"},
	{Name: "order.cancel_rate", Title: "Orders cancelled per order placed", ZH: "取消率", Unit: "share", UnitZH: "占比", Kind: Ratio, From: []string{"order.cancelled"}, To: []string{"order.placed"},
		About: "Orders cancelled in the period, per order placed in it.", AboutZH: "当期取消订单数 ÷ 当期下单数。"},
	{Name: "feedback.reopen_rate", Title: "Cases reopened per case resolved", ZH: "重开率", Unit: "share", UnitZH: "占比", Kind: Ratio, From: []string{"feedback.reopened"}, To: []string{"feedback.resolved"},
		About: "Reopenings recorded in the period, per resolution in it.", AboutZH: "当期重开次数 ÷ 当期解决次数。"},
}

var stocks = []Metric{
	stock("feedback.open", "Open cases", "未结工单", "cases", "件", []string{"feedback.received", "feedback.reopened"}, []string{"feedback.resolved", "feedback.closed"}),
	stock("deal.open", "Open deals", "在跟商机", "deals", "个", []string{"deal.created"}, []string{"deal.won", "deal.lost", "deal.removed"}),
	stock("need.open", "Needs without a match", "未撮合需求", "needs", "个", []string{"need.raised"}, []string{"match.made"}),
	stock("request.open", "Open requests", "在办请求", "requests", "个", []string{"request.queued", "request.accepted"}, []string{"request.completed"}),
	stock("work.open", "Open work", "在办工作", "items", "项", []string{"work.requested", "work.started"}, []string{"work.done", "work.launched", "work.stopped"}),
}

func stock(name, title, zh, unit, unitZH string, from, to []string) Metric {
	return Metric{Name: name, Title: title, ZH: zh, Unit: unit, UnitZH: unitZH, Kind: Stock, From: from, To: to,
		About:   "How many are open at the end of each period: begun by " + words(from) + ", and not ended since by " + words(to) + ". Split by what the first event says.",
		AboutZH: "每期期末仍未结束的数量：由 " + words(from) + " 开始，其后没有 " + words(to) + "。按首个事件的维度拆分。"}
}

func durations() []Metric {
	type span struct {
		name, title, zh string
		from, to        []string
	}
	var out []Metric
	for _, s := range []span{
		{"feedback.first_reply", "First reply", "首次回复", []string{"feedback.received"}, []string{"feedback.replied"}},
		{"feedback.resolution", "Resolution", "解决", []string{"feedback.received"}, []string{"feedback.resolved", "feedback.closed"}},
		{"deal.cycle", "Deal won", "赢单", []string{"deal.created"}, []string{"deal.won"}},
		{"lead.qualification", "Lead qualified", "线索合格", []string{"lead.created"}, []string{"lead.qualified"}},
		{"idea.search", "Idea chosen", "选定想法", []string{"idea.sought"}, []string{"idea.chosen"}},
		{"idea.launch", "Idea launched", "想法上线", []string{"idea.chosen"}, []string{"idea.launched"}},
		{"need.match", "Need matched", "需求撮合", []string{"need.raised"}, []string{"match.made"}},
		{"request.completion", "Request completed", "请求完成", []string{"request.queued"}, []string{"request.completed"}},
		{"work.completion", "Work done", "工作完成", []string{"work.requested"}, []string{"work.done", "work.launched"}},
	} {
		about := "Hours from an object's first " + words(s.from) + " to the next " + words(s.to) + ", in wall-clock time, shown under the period in which it began. Rows known only to the day are refused; what has not ended is not in it, and both are counted beside the answer."
		zh := "从首个 " + words(s.from) + " 到其后首个 " + words(s.to) + " 的自然时小时数，计入开始的那一期。只精确到日的记录不采用；尚未结束的不计入；两者的数量都会注明。"
		out = append(out,
			Metric{Name: s.name + ".median", Title: s.title + ": median hours", ZH: s.zh + "用时（中位数）", Unit: "hours", UnitZH: "小时", Kind: Duration, From: s.from, To: s.to, P: 0.5, About: "Half take longer. " + about, AboutZH: "一半更长。" + zh},
			Metric{Name: s.name + ".p90", Title: s.title + ": 90th percentile of hours", ZH: s.zh + "用时（P90）", Unit: "hours", UnitZH: "小时", Kind: Duration, From: s.from, To: s.to, P: 0.9, About: "One in ten takes longer. " + about, AboutZH: "十分之一更长。" + zh})
	}
	for _, w := range []struct {
		hours  float64
		name   string
		en, zh string
	}{{24, "feedback.within_24h", "Answered within 24 hours", "24 小时内回复"}, {1, "feedback.within_1h", "Answered within an hour", "1 小时内回复"}} {
		out = append(out, Metric{Name: w.name, Title: w.en, ZH: w.zh + "占比", Unit: "share", UnitZH: "占比", Kind: Within, From: []string{"feedback.received"}, To: []string{"feedback.replied", "feedback.resolved"}, Hours: w.hours,
			About:   "Cases answered or solved in that many wall-clock hours, of all received in the period whose time is up. Nobody's answer counts as too late; rows known only to the day are refused and counted beside the answer.",
			AboutZH: "在该自然时内得到回复或解决的工单 ÷ 当期收到且时限已到的全部工单。无人回复算超时；只精确到日的记录不采用，数量会注明。"})
	}
	return out
}

var distincts = []Metric{
	distinct("accounts", "Accounts with an event", "有事件的客户数", "accounts", "家", "account", nil),
	distinct("persons", "People with an event", "有事件的个人数", "people", "人", "person", nil),
	distinct("staff", "Colleagues with an event", "有事件的员工数", "colleagues", "人", "staff", nil),
	distinct("objects", "Objects with an event", "涉及对象数", "objects", "个", "object", nil),
	distinct("order.accounts", "Accounts that bought", "下单客户数", "accounts", "家", "account", []string{"order.placed"}),
	distinct("order.persons", "People who bought", "下单人数", "people", "人", "person", []string{"order.placed"}),
	distinct("feedback.accounts", "Accounts that gave feedback", "反馈客户数", "accounts", "家", "account", []string{"feedback.received"}),
	distinct("touch.persons", "People reached", "触达人数", "people", "人", "person", []string{"touch.sent"}),
	distinct("shovel.staff", "Colleagues who used a shovel", "用铲员工数", "colleagues", "人", "staff", []string{"shovel.used"}),
}

func distinct(name, title, zh, unit, unitZH, column string, verbs []string) Metric {
	of, ofZH := "any event", "任意事件"
	if verbs != nil {
		of, ofZH = words(verbs), words(verbs)
	}
	return Metric{Name: name + ".distinct", Title: title, ZH: zh, Unit: unit, UnitZH: unitZH, Kind: Distinct, From: verbs, Column: column,
		About:   "How many different ones there are with " + of + " in the period, each counted once per point, as each source knows them. Points don't add up: one may be in several.",
		AboutZH: "当期有 " + ofZH + " 的不重复数量（以各数据源的身份记录计），每个点内只计一次。各点不可相加：同一个可出现在多个点。"}
}

// amounts are the verbs that carry money.
func amounts() []Metric {
	var out []Metric
	for _, v := range []struct{ verb, en, zh string }{
		{"deal.won", "Won deals", "赢单"}, {"deal.created", "Deals opened", "商机"}, {"contract.signed", "Contracts", "签约"}, {"payment.received", "Payments", "回款"},
		{"order.placed", "Orders", "订单"}, {"quote.sent", "Quotes", "报价"}, {"invoice.issued", "Invoices", "开票"}, {"refund.paid", "Refunds", "退款"}, {"wage.paid", "Wages", "人力成本"}, {"funding.raised", "Funding", "融资"},
	} {
		m := Metric{Unit: "amount", UnitZH: "金额", Column: "amount", From: []string{v.verb}}
		tail := " Events without an amount are not in it. Where there are several currencies there is no answer: split or filter by currency."
		tailZH := "没有金额的事件不计入。涉及多种货币时不给数字：请按货币拆分或筛选。"
		add := func(name, title, zh string, k Kind, p float64, about, aboutZH string) {
			m.Name, m.Title, m.ZH, m.Kind, m.P, m.About, m.AboutZH = v.verb+name, title, zh, k, p, about+tail, aboutZH+tailZH
			out = append(out, m)
		}
		add(".amount", v.en+": amount", v.zh+"金额", Sum, 0, "Sum of the amounts of "+v.verb+".", v.verb+" 金额之和。")
		add(".amount.mean", v.en+": mean amount", v.zh+"平均金额", Mean, 0, "Mean amount of "+v.verb+".", v.verb+" 金额的平均值。")
		add(".amount.median", v.en+": median amount", v.zh+"金额中位数", Quantile, 0.5, "Half of the amounts of "+v.verb+" are larger.", v.verb+" 金额的中位数。")
		add(".amount.p90", v.en+": 90th percentile of amounts", v.zh+"金额 P90", Quantile, 0.9, "One in ten amounts of "+v.verb+" is larger.", v.verb+" 金额的 90 分位。")
	}
	return out
}

var quantities = []Metric{
	{Name: "order.placed.quantity", Title: "Orders: quantity", ZH: "订单数量", Unit: "quantity", UnitZH: "数量", Kind: Sum, Column: "quantity", From: []string{"order.placed"},
		About: "Sum of the quantities ordered. Where there are several units there is no answer: split or filter by unit.", AboutZH: "下单数量之和。涉及多种单位时不给数字：请按单位拆分或筛选。"},
	{Name: "feedback.rated.mean", Title: "Mean rating", ZH: "平均评分", Unit: "rating", UnitZH: "分", Kind: Mean, Column: "quantity", From: []string{"feedback.rated"},
		About: "Mean of the ratings given. Where there are several units (scales) there is no answer: split or filter by unit.", AboutZH: "评分的平均值。涉及多种单位（量表）时不给数字：请按单位拆分或筛选。"},
	{Name: "task.ended.quantity", Title: "Tasks: quantity", ZH: "任务量", Unit: "quantity", UnitZH: "数量", Kind: Sum, Column: "quantity", From: []string{"task.ended"},
		About: "Sum of the quantities of ended tasks, such as hours. Where there are several units there is no answer: split or filter by unit.", AboutZH: "已结束任务的数量（如工时）之和。涉及多种单位时不给数字：请按单位拆分或筛选。"},
	{Name: "stat.reported.quantity", Title: "Reported figures", ZH: "报表数字", Unit: "quantity", UnitZH: "数量", Kind: Sum, Column: "quantity", From: []string{statReported},
		About: "Sum of figures that came aggregated, as reported. They are not events, and adding them makes sense for figures of one kind alone: filter by object.", AboutZH: "汇总得来的报表数字之和，照报表原样。它们不是事件；只有同类数字相加才有意义，请按对象筛选。"},
	{Name: "stat.reported.amount", Title: "Reported amounts", ZH: "报表金额", Unit: "amount", UnitZH: "金额", Kind: Sum, Column: "amount", From: []string{statReported},
		About: "Sum of amounts that came aggregated, as reported. They are not events, and adding them makes sense for figures of one kind alone: filter by object.", AboutZH: "汇总得来的报表金额之和，照报表原样。它们不是事件；只有同类数字相加才有意义，请按对象筛选。"},
}

// words joins verbs for a sentence.
func words(verbs []string) string {
	s := ""
	for i, v := range verbs {
		if i > 0 {
			s += " / "
		}
		s += v
	}
	return s
}
