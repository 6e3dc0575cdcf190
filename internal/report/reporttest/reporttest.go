// Package reporttest makes an input for tests of the report and its printers:
// every verdict, every chart, a refusal, a small group, text that must be
// escaped, names that must not appear.
package reporttest

import (
	"fmt"
	"math"
	"time"

	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/value"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

func num(v float64) claim.Number { return claim.Number(v) }

func fig(name, kind string, v, lo, hi float64, title, unit claim.Text) claim.Figure {
	se := (hi - lo) / 3.92
	return claim.Figure{Name: name, Kind: kind, Title: title, Value: num(v), Lo: num(lo), Hi: num(hi), SE: num(se), P: num(2 * math.Exp(-math.Abs(v/se))), Unit: unit}
}

var (
	minutes = report.T("分钟", "minutes")
	shares  = report.T("占比", "share")
	deals   = report.T("个商机", "deals")
	ratio   = report.T("倍", "times")
	made    = time.Date(2026, 12, 18, 9, 30, 0, 0, time.FixedZone("CST", 8*3600))
)

func day(m time.Month, d, h, min int) time.Time {
	return time.Date(2026, m, d, h, min, 0, 0, made.Location())
}

type spec struct {
	id, zh, en  string
	face        claim.Face
	unit        claim.Unit
	design      claim.Design
	grade       claim.Grade
	figures     []claim.Figure
	was, now    float64
	lower       bool
	outcomeUnit claim.Text
}

func row(s spec) value.Row {
	c := claim.Claim{ID: s.id, Title: report.T(s.zh, s.en), Question: report.T(s.zh+"，有没有变？", "Did it change: "+s.en+"?"), Face: s.face, Unit: s.unit,
		Window: claim.Window{Since: "2026-01-01", Until: "2026-12-01"}, Exposure: claim.Exposure{Kind: claim.Access, Design: s.design, Shovel: "S-" + s.id},
		Outcome: claim.Outcome{Verbs: []string{"deal.created"}, Measure: claim.Count, Unit: s.outcomeUnit, Lower: s.lower}, Year: "2026"}
	f := claim.Finding{Method: "did", Grade: s.grade, Figures: s.figures, Counts: claim.Counts{Rows: 2410, Units: 214, Treated: 118, Control: 96, Exposed: 1180, Clusters: 18, Events: 9130, LeftOut: 14, Censored: 3}}
	if !math.IsNaN(s.now) {
		f.Bars = []claim.Bar{{Group: "treated", When: "before", Mean: num(s.was), N: 118, Since: "2026-01-01", Until: "2026-04-30"}, {Group: "treated", When: "after", Mean: num(s.now), N: 118, Since: "2026-05-01", Until: "2026-11-30"}}
	}
	f.Balance = []claim.Balance{{Name: "入职月数", Treated: 14, Control: 13, SMD: 0.08}}
	r := value.Row{Item: value.Item{ID: s.id, State: value.Ran, Version: value.Version{Claim: c, Number: 2, Hash: fmt.Sprintf("%064x", len(s.id)*7919), Author: "user:admin",
		Seal: &value.Seal{TS: day(2, 3, 10, 0), Actor: "user:admin", Audit: 41, PreRegistered: s.grade == claim.A}}}, Q: num(0.012), Holds: true}
	r.Result = &claim.Result{Claim: s.id, Version: 2, Seed: 1, Finding: f, Sample: fmt.Sprintf("%064x", 77+len(s.zh)), Evidence: fmt.Sprintf("%064x", 99+len(s.en)), Digest: fmt.Sprintf("%064x", 5)}
	return r
}

func worth(gross, lo, hi, cost float64) *claim.Worth {
	return &claim.Worth{Definition: "contract", Currency: "CNY", Gross: fig("gross", "absolute", gross, lo, hi, claim.Text{}, report.T("元", "CNY")), Cost: num(cost),
		Net: fig("net", "absolute", gross-cost, lo-cost, hi-cost, claim.Text{}, report.T("元", "CNY")), Note: report.T("按合同口径的平均金额折算。", "Valued at the mean contract.")}
}

// Input is a year with claims of every kind.
func Input() report.Input {
	nan := math.NaN()
	eff, rel := report.T("效果", "effect"), report.T("是没有时的几倍", "times what it would have been")
	prep := row(spec{"prep-time", "竞品战卡：准备时间", "Battlecards: preparation time", claim.Hours, claim.Object, claim.RandomCases, claim.A,
		[]claim.Figure{fig("effect", "absolute", -41.2, -47.9, -34.5, eff, minutes), fig("ratio", "relative", 0.46, 0.41, 0.52, rel, ratio)}, 77.4, 35.2, true, minutes})
	prep.Result.Finding.Worth = worth(610000, 480000, 742000, 96000)
	prep.Result.Example = &claim.Example{When: day(5, 12, 14, 10), Text: report.T("5 月 12 日下午，华东一组去见江苏远景前找竞品资料。王小明说，以前要 3 小时，这次 20 分钟拿到报价表。", "On the afternoon of 12 May, East 1 looked for the rival's prices before meeting Yuanjing: 20 minutes instead of three hours."),
		Before: &claim.Moment{Began: day(3, 3, 13, 0), Ended: day(3, 3, 16, 0), Value: 180, Unit: minutes, Rows: []claim.RowRef{{Batch: "b-task", Row: 1201}, {Batch: "b-task", Row: 1202}}},
		After:  &claim.Moment{Began: day(5, 12, 14, 10), Ended: day(5, 12, 14, 30), Value: 20, Unit: minutes, Rows: []claim.RowRef{{Batch: "b-task", Row: 4410}, {Batch: "b-log", Row: 88120}}},
		Rows:   []claim.RowRef{{Batch: "b-task", Row: 4410}, {Batch: "b-log", Row: 88120}, {Batch: "b-crm", Row: 311}}}
	deal := row(spec{"deals-lead-list", "每周线索清单：每人每月新商机", "Weekly lead list: new deals per person and month", claim.Constant, claim.Staff, claim.Staggered, claim.B,
		[]claim.Figure{fig("effect", "absolute", 1.32, 0.61, 2.03, eff, deals), fig("ratio", "relative", 1.24, 1.11, 1.39, rel, ratio)}, 5.5, 6.9, false, deals})
	deal.Result.Finding.Worth = worth(1840000, 850000, 2830000, 310000)
	deal.Result.Finding.Influenced = &claim.Influenced{Touched: 23400000, Caused: fig("caused", "absolute", 1840000, 850000, 2830000, eff, report.T("元", "CNY")), Money: true, Unit: report.T("元", "CNY")}
	for i := -5; i <= 6; i++ {
		v := 0.05 * math.Sin(float64(i)*2)
		if i >= 0 {
			v = 1.1 + 0.08*float64(i)
		}
		deal.Result.Finding.EventTimes = append(deal.Result.Finding.EventTimes, claim.EventTime{E: i, Effect: num(v), Lo: num(v - 0.6), Hi: num(v + 0.6)})
	}
	for m := 1; m <= 11; m++ {
		p := claim.Point{Period: fmt.Sprintf("2026-%02d", m), Treated: claim.None, Control: num(5.4 + 0.1*math.Sin(float64(m))), NC: 60}
		if m >= 4 {
			p.Treated, p.NT = num(6.2+0.11*float64(m)), 50
		}
		deal.Result.Finding.Series = append(deal.Result.Finding.Series, p)
	}
	deal.Version.Signs = []value.Sign{{Role: "finance", Name: "财务", TS: day(12, 2, 9, 0)}, {Role: "sales", TS: day(12, 3, 9, 0)}}
	floor := row(spec{"floor-deals", "资料上架：最弱一成的新商机", "Briefs: new deals of the weakest tenth", claim.Floor, claim.Staff, claim.Staggered, claim.B,
		[]claim.Figure{fig("effect", "absolute", 0.9, 0.2, 1.6, eff, deals), fig("tau=0.1", "quantile", 1.4, 0.7, 2.1, report.T("P10", "P10"), deals), fig("tau=0.5", "quantile", 0.8, 0.2, 1.4, report.T("P50", "P50"), deals), fig("tau=0.9", "quantile", 0.1, -0.8, 1.0, report.T("P90", "P90"), deals)}, 3.1, 4.0, false, deals})
	lift := row(spec{"campaign-may", "五月回访活动：14 天内购买", "May call-back campaign: bought within 14 days", claim.Campaign, claim.Member, claim.RandomPeople, claim.A,
		[]claim.Figure{fig("effect", "absolute", 0.018, 0.011, 0.025, eff, shares), fig("ratio", "relative", 1.29, 1.16, 1.43, rel, ratio)}, 0.062, 0.08, false, shares})
	lift.Result.Finding.Bars = []claim.Bar{{Group: "control", When: "after", Mean: 0.062, N: 4020, Since: "2026-05-04", Until: "2026-06-14"}, {Group: "treated", When: "after", Mean: 0.08, N: 16100, Since: "2026-05-04", Until: "2026-06-14"}}
	lift.Result.Finding.Worth = worth(420000, 250000, 590000, 55000)
	late := row(spec{"reply-24h", "统一收件箱：24 小时没有回音的占比", "One inbox: not answered within 24 hours", claim.Speed, claim.Object, claim.Staggered, claim.B,
		[]claim.Figure{fig("effect", "absolute", -0.072, -0.103, -0.041, eff, shares), fig("ratio", "relative", 0.58, 0.44, 0.76, rel, ratio)}, 0.171, 0.094, true, shares})
	noeff := row(spec{"poster", "海报模板：赢单率", "Poster templates: win rate", claim.Constant, claim.Staff, claim.Chosen, claim.C,
		[]claim.Figure{fig("effect", "absolute", 0.004, -0.021, 0.029, eff, shares), fig("ratio", "relative", 1.02, 0.9, 1.15, rel, ratio)}, 0.213, 0.216, false, shares})
	noeff.Result.Finding.Worth = worth(20000, -160000, 200000, 120000)
	noeff.Result.Finding.Diagnostics = []claim.Diagnostic{{Code: "selection", Severity: "warning", Text: report.T("用它的人本来就更资深，差别不能全算成它的。", "Those who used it were more senior from the start; not all of the difference is its own."), Trap: true}}
	noeff.Q, noeff.Holds = num(0.81), false
	hand := row(spec{"handover-pack", "交接包：到首次跟进的天数", "Hand-over pack: days to the first follow-up", claim.Continuity, claim.Object, claim.RandomCases, claim.A,
		[]claim.Figure{fig("effect", "absolute", -3.4, -5.2, -1.6, eff, report.T("天", "days")), fig("ratio", "relative", 0.62, 0.47, 0.8, rel, ratio)}, 9.1, 5.6, true, report.T("天", "days")})
	small := row(spec{"pilot", "试点小组：<b>单价</b> & 折扣", "Pilot team: <b>price</b> & discount", claim.Precision, claim.Staff, claim.Staggered, claim.C,
		[]claim.Figure{fig("effect", "absolute", -0.01, -0.06, 0.04, eff, shares)}, nan, nan, false, shares})
	small.Result.Finding.Small, small.Holds = true, false
	ref := row(spec{"ceiling", "战卡：最强一成的成交额", "Battlecards: sales of the strongest tenth", claim.Ceiling, claim.Staff, claim.Staggered, claim.D, nil, nan, nan, false, report.T("万元", "10k CNY")})
	ref.State = value.Refused
	ref.Result.Finding.Refusal = &claim.Refusal{Code: "tail.small", Reason: report.T("每个尾部只有 3 个人，少于 5 人，说不了上限。", "Each tail holds three people, fewer than five: nothing can be said about the ceiling."), MDE: num(14.2), Test: report.T("明年让四个团队分两批上线，每批至少 30 人，看六个月。", "Next year roll out to four teams in two stages of at least thirty people each, for six months.")}
	open := row(spec{"late-cost", "晚回一天丢多少客户", "What a day's delay costs", claim.Speed, claim.Account, claim.Chosen, "", nil, nan, nan, false, shares})
	open.State, open.Result, open.Holds = value.Sealed, nil, false
	rows := []value.Row{floor, ref, deal, noeff, lift, prep, small, late, open, hand}
	for i := range rows {
		if w := rows[i].Result; w != nil && w.Finding.Worth != nil && rows[i].ID != "poster" {
			rows[i].Counted = true
		}
	}
	rows[3].Why = report.T("和「每周线索清单」建立在同一批商机上，只计后者。", "It rests on the same deals as the weekly lead list, which is counted.")
	in := report.Input{Year: 2026, Company: "江南仪表（演示）", Author: "陈思远", Made: made, Head: "9f2c4be1a07d33c15e6f", BaseURL: "https://outfitter.example", Facts: facts()}
	in.Ledger = value.Ledger{Year: "2026", Rows: rows, Tests: 8, Overlap: []value.Overlap{{A: "deals-lead-list", B: "poster", Shared: 1802, Share: 0.7}},
		Total:  value.Total{Currency: "CNY", Counted: 3, Gross: fig("gross", "absolute", 2870000, 1800000, 3940000, claim.Text{}, report.T("元", "CNY")), Cost: 612000, Net: fig("net", "absolute", 2258000, 1188000, 3328000, claim.Text{}, report.T("元", "CNY"))},
		Bridge: []value.Bridge{{Definition: "contract", Stat: "合同额", Before: 84200000, After: 93100000, Growth: 8900000, Note: report.T("能解释的不超过增长本身。", "What is explained does not exceed the growth."), Steps: []value.Step{{Kind: "explained", Grade: "A", Amount: 420000, Title: report.T("A 级解释", "explained, A")}, {Kind: "explained", Grade: "B", Amount: 1840000, Title: report.T("B 级解释", "explained, B")}, {Kind: "uncertain", Amount: 1100000, Title: report.T("不确定", "uncertain")}, {Kind: "rest", Amount: 5540000, Title: report.T("市场与人", "market and people")}}}}}
	in.Places = map[claim.RowRef]report.Place{{Batch: "b-task", Row: 1201}: {File: "任务计时.csv", Line: 1202}, {Batch: "b-task", Row: 1202}: {File: "任务计时.csv", Line: 1203}, {Batch: "b-task", Row: 4410}: {File: "任务计时.csv", Line: 4411}, {Batch: "b-log", Row: 88120}: {File: "递铲日志.ndjson", Line: 88120}, {Batch: "b-crm", Row: 311}: {File: "商机_2026.xlsx", Line: 313}}
	return in
}

func facts() report.Facts {
	v := func(verb string, n, staff, accounts int64) report.VerbSum {
		return report.VerbSum{Verb: verb, N: n, Staff: staff, Accounts: accounts, Objects: n, Since: "2026-01-04", Until: "2026-11-28"}
	}
	return report.Facts{Since: day(1, 1, 0, 0), Until: day(11, 30, 0, 0), Files: 214, Rows: 512330, Rejected: 1841, Staff: []string{"王小明", "陈思远", "Li Na"},
		Verbs: []report.VerbSum{v("work.launched", 23, 4, 0), v("work.done", 412, 6, 0), v("work.failed", 7, 3, 0), v("shovel.offered", 40211, 301, 9120), v("shovel.opened", 22871, 287, 8011), v("shovel.used", 12904, 254, 5230),
			v("task.started", 4021, 188, 0), v("task.ended", 3977, 188, 0), v("idea.sought", 88, 3, 0), v("idea.chosen", 61, 12, 0), v("campaign.launched", 19, 0, 0), v("arm.assigned", 88210, 0, 0), v("touch.sent", 176004, 0, 0), v("goal.reached", 9120, 0, 0),
			v("feedback.received", 30112, 44, 7120), v("feedback.replied", 28733, 44, 7011), v("need.raised", 310, 120, 0), v("match.made", 221, 0, 0), v("flow.delivered", 204, 96, 0), v("account.handed", 512, 31, 512)},
		Shovels:  []report.Reach{{Key: "S1", Name: "竞品战卡", Offered: 20110, Opened: 12011, Used: 7120, People: 201, Months: 10}, {Key: "S2", Name: "每周线索清单", Offered: 15222, Opened: 9011, Used: 5502, People: 164, Months: 8}, {Key: "S3", Name: "试点：=报价助手", Offered: 44, Opened: 31, Used: 12, People: 3, Months: 2}},
		Work:     []report.Work{{Verb: "work.launched", Key: "W1", Name: "竞品战卡", Teams: "企业华东一组", Before: "自己上网搜，一次 3 小时", Example: "5 月 12 日，王小明在华东一组……", Day: "2026-03-02", Batch: "b-work", Row: 2}, {Verb: "work.launched", Key: "W2", Name: "每周线索清单", Teams: "成长华中一组、成长华南一组", Before: "按字母顺序打电话", Day: "2026-04-06", Batch: "b-work", Row: 3}},
		Channels: []report.ChannelSum{{Channel: "工单", N: 14022}, {Channel: "企业微信", N: 9011}, {Channel: "电话", N: 4120}, {Channel: "应用商店", N: 2959}},
		First:    report.FirstReply{Cases: 12044, Answered: 11890, Late: 1310, MedianHours: 3.6}}
}
