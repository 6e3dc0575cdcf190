package company

import (
	"math"
	"time"

	"github.com/chanzipu/outfitter/internal/simulate/stage"
)

// A Need is one request across departments and what became of it.
type Need struct {
	ID        int
	From, To  int // departments, indices into Departments
	Staff     int
	Title     string
	Raised    time.Time
	Offered   time.Time
	Matched   time.Time // zero: never
	Delivered time.Time // zero: never, or after the span
	TwoWay    bool
	Desk      bool // through the 撮合台

	days, without float64
}

// Departments raise and answer needs.
var Departments = []string{"企业事业部", "成长事业部", "增长部", "客服部", "产品部", "财务部", "人事部", "市场部"}

var needTitles = []string{"要一份华东老客户名单", "求近半年流失客户原因", "活动页要客户案例授权", "想借会员数据做续费提醒", "找懂数电票的人给客户讲一次", "要竞品最新报价", "请提供门店POS装机量", "需要法务版合同模板", "想知道谁负责网关固件", "求一份行业白皮书做直播", "要客服热点问题做产品排期", "想用投诉数据筛流失预警", "对账口径要财务确认", "需要海外客户英文资料", "请支持活动现场两名工程师"}

// brokerMonths draws the month in which each department joins the desk.
func (w *World) brokerMonths() []int {
	r := w.Rand("cohort", stage.BrokerDesk)
	order := r.Perm(len(Departments))
	months := make([]int, len(Departments))
	for i, d := range order {
		c := i * 4 / len(order)
		months[d] = stage.Shovels[stage.BrokerDesk].Month + c*stage.CohortGap
		if c == 3 {
			months[d] = stage.Months
		}
	}
	return months
}

// BrokerRollouts says when each department joined the desk; Months: never.
func (w *World) BrokerRollouts() map[string]int {
	out := map[string]int{}
	for i, m := range w.brokerMonths() {
		out[Departments[i]] = m
	}
	return out
}

// Needs walks the needs month by month. A need goes through the desk when
// the department that raises it has joined.
func (w *World) Needs(visit func(Need) bool) {
	joins := w.brokerMonths()
	id := 0
	for m := range stage.Months {
		r := w.Rand("needs", m)
		for range poissonBig(r, w.NeedsPerMonth*stage.SeasonOf(m)) {
			n := Need{ID: id, From: r.IntN(len(Departments)), Title: needTitles[r.IntN(len(needTitles))]}
			n.To = (n.From + 1 + r.IntN(len(Departments)-1)) % len(Departments)
			n.Raised = stage.OfficeTime(r, stage.PickWorkday(r, m))
			n.TwoWay = r.IntN(100) < 22
			n.Desk = joins[n.From] <= m
			n.Staff = w.anyone(id, m, n.From)
			n.without = stage.Lognormal(r, 6, 0.9)
			n.days = n.without
			if n.Desk {
				n.days *= stage.BrokerRatio
			}
			at := func(share float64) time.Time {
				return n.Raised.Add(time.Duration(share * n.days * 24 * float64(time.Hour))).Truncate(time.Second)
			}
			n.Offered = at(0.3)
			if r.IntN(100) < 88 {
				n.Matched = at(0.45)
				n.Delivered = at(1)
			}
			if !n.Delivered.Before(stage.Date(stage.Days)) {
				n.Delivered = time.Time{}
			}
			id++
			if !visit(n) {
				return
			}
		}
	}
}

// anyone is a person of about the right department.
func (w *World) anyone(id, m, dept int) int {
	role := []string{stage.Sales, stage.Sales, stage.Growth, stage.Service, stage.Product, stage.Middle, stage.Middle, stage.Growth}[dept]
	teams := w.TeamsOf(role)
	r := w.Rand("anyone", id)
	for range 20 {
		if mates := w.OnDuty(teams[r.IntN(len(teams))], m); len(mates) > 0 {
			return mates[r.IntN(len(mates))]
		}
	}
	return 0
}

// A Work is one item of the middle office's own work.
type Work struct {
	ID       int
	Tool     string // 禅道需求, 禅道Bug, TAPD, Jira
	Kind     string // launch, pull, request, incident
	Title    string
	From     string // department
	Creator  int
	Owner    int
	Created  time.Time
	Done     time.Time // zero: open
	Planned  float64   // hours
	Hours    float64
	Priority int
	Shovel   int // launches: which, else -1
}

// Tools that hold the middle office's work.
var Tools = []string{"禅道需求", "禅道Bug", "TAPD", "Jira"}

var workTitles = map[string][]string{
	"request":  {"客户列表增加续费到期列", "战卡支持手机端", "简报里加最近三次工单", "看板加含税开关", "门店维度权限", "人群包增加排除规则", "撮合台转发消息即建需求", "日报推送改为早八点", "导出带水印", "交接包自动生成"},
	"pull":     {"拉取华东近90天流失客户", "季度续费到期名单", "双11活动复盘数据", "各区赢单率明细", "会员沉默名单去重", "客服热词周报底表", "网关装机客户清单", "财务对账差异明细", "老客户交叉购买分析", "展会线索清洗"},
	"incident": {"日报延迟两小时", "看板数据翻倍", "人群包推送失败", "数仓任务超时", "权限同步中断", "短信通道异常", "报表含税口径错误", "登录服务抖动"},
}

var workEnglish = map[string][]string{
	"request":  {"Add churn flag to account view", "Expose segment size via API", "Support dark mode in dashboards", "Mask phone numbers in exports", "Add overseas currency column"},
	"pull":     {"Pull overseas pipeline by country", "List of dormant accounts for APAC", "Export ticket SLA by group", "Cohort table for Q3 campaign"},
	"incident": {"Nightly load failed", "Dashboard shows doubled revenue", "Segment push delayed", "SSO outage", "Kafka lag over 2h", "Wrong tax basis in daily report"},
}

// WorkItems walks all items, tool by tool in order of creation.
func (w *World) WorkItems(visit func(Work) bool) {
	id := 0
	for ti, tool := range Tools {
		for m := range stage.Months {
			if tool == "TAPD" || tool == "Jira" {
				for k, s := range stage.Shovels {
					first := s.Month
					if s.Design == stage.Withdrawn {
						first = 0
					}
					if first == m && (k%4 == 3) == (tool == "Jira") {
						r := w.Rand("launch", k)
						day := stage.FirstWorkday(m)
						x := Work{ID: id, Tool: tool, Kind: "launch", Title: "上线：" + s.ZH, From: s.For, Shovel: k, Done: stage.Date(day).Add(10 * time.Hour), Planned: 60 + float64(r.IntN(120))}
						if tool == "Jira" {
							x.Title = "Launch " + s.EN
						}
						x.Created = stage.Date(day - 25 - r.IntN(30)).Add(9*time.Hour + time.Duration(r.IntN(8*3600))*time.Second)
						x.Hours = math.Round(x.Planned*(0.8+0.6*r.Float64())*2) / 2
						w.assign(&x, m)
						id++
						if !visit(x) {
							return
						}
					}
				}
			}
			r := w.Rand("work", ti, m)
			var buf []Work
			for range poissonBig(r, w.WorkPerMonth) {
				x := Work{ID: id, Tool: tool, Shovel: -1, Kind: []string{"request", "pull", "pull", "incident"}[r.IntN(4)], Priority: 1 + r.IntN(4), From: Departments[r.IntN(len(Departments))]}
				switch tool {
				case "禅道需求":
					x.Kind = "request"
				case "禅道Bug":
					x.Kind = "incident"
				case "TAPD":
					if x.Kind == "incident" {
						x.Kind = "pull"
					}
				}
				titles := workTitles[x.Kind]
				if tool == "Jira" {
					titles = workEnglish[x.Kind]
				}
				x.Title = titles[r.IntN(len(titles))]
				x.Created = stage.OfficeTime(r, stage.PickWorkday(r, m))
				x.Planned = math.Ceil(stage.Lognormal(r, 5, 0.8))
				x.Hours = math.Round(x.Planned*stage.Lognormal(r, 1.1, 0.4)*2) / 2
				elapsed := stage.Lognormal(r, 60, 1)
				if x.Kind == "incident" {
					elapsed = stage.Lognormal(r, 7, 1)
				}
				if r.IntN(100) < 93 {
					x.Done = stage.AfterService(x.Created, time.Duration(elapsed*float64(time.Hour)/2)).Truncate(time.Second)
				}
				if !x.Done.Before(stage.Date(stage.Days)) {
					x.Done, x.Hours = time.Time{}, 0
				}
				w.assign(&x, m)
				id++
				buf = append(buf, x)
			}
			order := make([]int, len(buf))
			for i := range order {
				order[i] = i
			}
			stage.SortBy(order, func(i int) float64 { return float64(buf[i].Created.Unix()) })
			for _, i := range order {
				if !visit(buf[i]) {
					return
				}
			}
		}
	}
}

func (w *World) assign(x *Work, m int) {
	x.Owner = w.MiddleHand("owner", x.ID, m)
	x.Creator = w.anyone(x.ID, m, w.Rand("creator", x.ID).IntN(5))
}
