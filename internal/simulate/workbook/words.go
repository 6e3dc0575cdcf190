package workbook

import "time"

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

var languages = map[string]words{
	"zh": {
		guide: "说明", work: "干活账", examples: "例子", options: "选项", creator: "铲子铺 Outfitter",
		header: []string{"编号", "类型", "名称", "面向团队", "上线日期", "结束日期", "负责人", "投入工时", "外部花费(元)", "替代了什么", "事先约定的口径", "例子", "备注"},
		kinds:  []string{"上线", "取数", "支持", "故障"},
		lines:  []string{"每人每月新商机数", "赢单率", "新人首单天数", "准备时间(分钟)", "首次回复超24小时占比", "找想法到选定的天数", "每千人成交人数", "交接到首次跟进的天数", "从需求到交付的天数", "没有约定"},
		guideText: [][2]string{
			{"今年干了什么", ""},
			{"这张表做什么用", "把中台今年做过的事记下来：给了谁、哪天起、花了多少。铲子铺用这些日期去对业务结果，算出这件事值多少，算不出就直说。"},
			{"怎么填", "只填「干活账」这一页，一件事一行，从第2行起。不用改表头，不用合并单元格。填完直接导入。「例子」这一页不会被导入。"},
			{"类型", "上线：新东西给了某些团队用。取数：给过一次数据或报表。支持：帮忙做了一件事。故障：我们的东西坏了（结束日期写修好那天）。"},
			{"面向团队", "写团队在人事表里的名字。分批上线的，每一批写一行，这样才比得出先后。几个团队同一天上线，用顿号隔开。"},
			{"上线日期", "团队真正能用的那天，不是评审通过的那天。写成 2026-03-02 这样的日期。"},
			{"结束日期", "停用或修好的那天；还在用就空着。停用也是证据：停了以后变差，说明它有用。"},
			{"投入工时、外部花费", "工时按小时写，把产品、开发、运营都算上。外部花费只写付给外面的钱，单位元；工资由铲子铺按薪资表算。"},
			{"替代了什么", "没有它之前大家怎么做。例：自己上网搜，一次3小时。"},
			{"事先约定的口径", "上线前说好看哪个数。可以从下拉里选，也可以自己写；没有就选「没有约定」，不要事后补。"},
			{"例子", "一个具体的下午：哪个团队、哪个客户、发生了什么。老板会问的就是这个。"},
			{"不知道怎么办", "不确定的格子空着，比猜一个强。"},
		},
		rows: []Row{
			{"上线", "竞品战卡", "企业华东一组", day(2026, 3, 2), time.Time{}, "王敏", 120, 0, "销售自己上网搜竞品，一次约3小时", "赢单率", "5月12日下午，华东一组见客户前查对手报价，20分钟拿到，以前要3小时。", "第一批"},
			{"上线", "竞品战卡", "企业华南一组、企业华北一组", day(2026, 5, 6), time.Time{}, "王敏", 16, 0, "同上", "赢单率", "", "第二批"},
			{"上线", "每周线索清单", "成长华中一组", day(2025, 1, 6), day(2026, 9, 1), "李强", 200, 30000, "按客户名字母顺序打电话", "每人每月新商机数", "", "9月预算调整停用"},
			{"取数", "双11活动复盘数据", "增长一组", day(2026, 11, 16), time.Time{}, "赵婷", 6.5, 0, "各人从平台手工导出再拼表", "没有约定", "周一早会前给到，当天定了下一次的人群。", ""},
			{"支持", "为续费谈判做客户画像", "企业西部一组", day(2026, 8, 4), time.Time{}, "李强", 9, 0, "", "没有约定", "", ""},
			{"故障", "日报数据翻倍", "全公司", day(2026, 6, 10), day(2026, 6, 10), "赵婷", 5, 0, "", "没有约定", "上午9点发现，中午12点恢复。", ""},
		},
		dateTitle: "日期", dateText: "写成 2026-03-02 这样的日期（2000 到 2099 年）。", numberTitle: "数字", numberText: "只写数字，不写单位，不小于 0。", listTitle: "类型", listText: "从下拉里选：上线、取数、支持、故障。",
	},
	"en": {
		guide: "Guide", work: "Work", examples: "Examples", options: "Options", creator: "Outfitter",
		header: []string{"No", "Kind", "Name", "For team", "Since", "Until", "Owner", "Hours", "Outside cost (CNY)", "What it replaced", "Measure agreed beforehand", "Example", "Note"},
		kinds:  []string{"launch", "data pull", "support", "incident"},
		lines:  []string{"new opportunities per person and month", "win rate", "days to a newcomer's first deal", "preparation time (minutes)", "share of first replies after 24 hours", "days from seeking an idea to choosing it", "buyers per thousand", "days from hand-over to first follow-up", "days from need to delivery", "none agreed"},
		guideText: [][2]string{
			{"What we did this year", ""},
			{"What this is for", "Write down what the middle office did this year: for whom, since when, at what cost. Outfitter sets these dates against business outcomes and says what each thing was worth, or says that it can't."},
			{"How to fill it in", "Only the sheet Work, one row per thing, from row 2. Leave the header alone and merge no cells. Then import the file as it is. The sheet Examples is not imported."},
			{"Kind", "launch: something new was given to some teams. data pull: data or a report was handed over once. support: a job done for somebody. incident: something of ours broke (Until is the day it was mended)."},
			{"For team", "The team's name as the HR list has it. A staggered roll-out is one row per batch, so that earlier and later can be compared. Several teams on one day are parted by commas."},
			{"Since", "The day on which the team could really use it, not the day it was approved. As 2026-03-02."},
			{"Until", "The day it was switched off or mended; empty if it is still on. Switching off is evidence too."},
			{"Hours, Outside cost", "Hours of everybody who worked on it. Outside cost is money paid to others, in CNY; wages are taken from the wage list."},
			{"What it replaced", "How people did it before. Say: each searched the web for three hours."},
			{"Measure agreed beforehand", "The figure that was to move, agreed before the launch. Pick one or write your own; if there was none, say so and don't make one up now."},
			{"Example", "One concrete afternoon: which team, which customer, what happened. This is what the boss will ask."},
			{"If you don't know", "An empty cell is better than a guess."},
		},
		rows: []Row{
			{"launch", "Competitor battlecards", "Enterprise East 1", day(2026, 3, 2), time.Time{}, "Min Wang", 120, 0, "everybody searched the web, about 3 hours each time", "win rate", "12 May, before a meeting: the rival's price list in 20 minutes instead of 3 hours.", "first batch"},
			{"launch", "Competitor battlecards", "Enterprise South 1, Enterprise North 1", day(2026, 5, 6), time.Time{}, "Min Wang", 16, 0, "as above", "win rate", "", "second batch"},
			{"launch", "Weekly lead list", "Starter Central 1", day(2025, 1, 6), day(2026, 9, 1), "Qiang Li", 200, 30000, "calling customers in alphabetical order", "new opportunities per person and month", "", "switched off with the September budget"},
			{"data pull", "Data for the November campaign review", "Growth 1", day(2026, 11, 16), time.Time{}, "Ting Zhao", 6.5, 0, "each exported and joined sheets by hand", "none agreed", "Delivered before Monday's meeting; the next audience was chosen the same day.", ""},
			{"support", "Customer portrait for a renewal", "Enterprise West 1", day(2026, 8, 4), time.Time{}, "Qiang Li", 9, 0, "", "none agreed", "", ""},
			{"incident", "Daily report showed doubled figures", "everybody", day(2026, 6, 10), day(2026, 6, 10), "Ting Zhao", 5, 0, "", "none agreed", "Found at 9, mended at 12.", ""},
		},
		dateTitle: "Date", dateText: "Write a date as 2026-03-02 (2000 to 2099).", numberTitle: "Number", numberText: "A number without a unit, not below 0.", listTitle: "Kind", listText: "Pick one: launch, data pull, support, incident.",
	},
}
