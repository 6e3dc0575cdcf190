package customer

// A Trait is one thing that a customer is, with its definition.
type Trait struct {
	Name         string
	Title, ZH    string
	Unit, UnitZH string
	Text         bool // its value is a word; Num then tells how sure or how much
	Kinds        []string
	About        string
	AboutZH      string
	Verbs        []string // that it reads; none = every verb
	Uses         []string // other traits
	Values       []Label  // of a word
	Num          string   // SQL over the row w
	Word         string
	Own          bool // added by the company
	Formula      string
	Metric       string
}

// A Label is what a word is shown as.
type Label struct{ Value, Title, ZH string }

var purchase = []string{"payment.received", "order.placed", "contract.signed", "deal.won"}

// customerSide are what a customer does itself.
var customerSide = []string{"touch.opened", "touch.clicked", "site.visited", "goal.reached", "coupon.redeemed", "order.placed", "feedback.received", "payment.received", "person.registered"}

const (
	aboutPurchase = "A purchase is a payment received; of customers without any, an order; without any, a contract signed; without any, a deal won."
	purchaseZH    = "“购买”依次取：回款；没有回款的取下单；再没有的取签约；都没有的取赢单。"
)

// Catalogue is every built-in trait, in the order that a portrait shows them.
var Catalogue = []Trait{
	{Name: "stage", Title: "Lifecycle stage", ZH: "生命周期阶段", Text: true, Verbs: append([]string{"account.churned"}, purchase...),
		Values:  []Label{{"lead", "Lead", "线索"}, {"prospect", "Prospect", "潜在"}, {"new", "New", "新客"}, {"active", "Active", "活跃"}, {"dormant", "Dormant", "沉睡"}, {"lost", "Lost", "流失"}},
		About:   "Lost: churned after the last purchase, or none for over 365 days. Dormant: none for 181 to 365 days. New: the first within 90 days. Active: the last within 180 days. Without any: prospect if there was an event within 90 days, else lead. " + aboutPurchase,
		AboutZH: "流失：最后一次购买之后已登记流失，或超过 365 天未购买；沉睡：181 至 365 天未购买；新客：首次购买在 90 天内；活跃：最近一次购买在 180 天内。从未购买的：90 天内有事件为潜在，否则为线索。" + purchaseZH,
		Word: `CASE WHEN last_buy IS NULL AND churned IS NOT NULL THEN 'lost' WHEN last_buy IS NULL AND silent < 90 THEN 'prospect' WHEN last_buy IS NULL THEN 'lead'
 WHEN churned >= last_buy OR as_of - last_buy > 365 THEN 'lost' WHEN as_of - last_buy > 180 THEN 'dormant' WHEN as_of - first_buy <= 90 THEN 'new' ELSE 'active' END`},
	{Name: "health", Title: "Health", ZH: "健康度", Unit: "points of 100", UnitZH: "分（满分 100）", Text: true, Verbs: []string{"feedback.received", "feedback.reopened", "feedback.escalated", "feedback.resolved", "feedback.closed", "feedback.rated", "account.churned"},
		Values:  []Label{{"good", "Good", "良好"}, {"watch", "Watch", "需关注"}, {"risk", "At risk", "有风险"}},
		About:   "100 points, less up to 40 for silence (days since the last event over three times the usual gap between days with events, at least 30), 15 for each open case (30 at most), 10 for each escalation or reopening within 90 days (20 at most), 10 for a mean rating below 3. 0 once churned. Good from 70, at risk below 40. None for customers seen on fewer than three days.",
		AboutZH: "满分 100。沉默最多扣 40（距最近事件的天数 ÷ 平时间隔的三倍，间隔三倍不足 30 天按 30 天计）；每个未结工单扣 15（最多 30）；90 天内每次升级或重开扣 10（最多 20）；平均评分低于 3 扣 10；已流失为 0。70 分以上良好，40 分以下有风险。出现不足三天的客户不评。",
		Num:     healthPoints, Word: "CASE WHEN " + healthPoints + " IS NULL THEN NULL WHEN " + healthPoints + " >= 70 THEN 'good' WHEN " + healthPoints + " >= 40 THEN 'watch' ELSE 'risk' END"},
	{Name: "recency", Title: "Days since the last purchase", ZH: "距最近购买天数", Unit: "days", UnitZH: "天", Verbs: purchase, About: "Days from the last purchase to the as-of day. " + aboutPurchase, AboutZH: "最近一次购买到统计日的天数。" + purchaseZH, Num: "(as_of - last_buy)"},
	{Name: "frequency", Title: "Purchases in 365 days", ZH: "近 365 天购买次数", Unit: "purchases", UnitZH: "次", Verbs: purchase, About: "Purchases within the last 365 days. " + aboutPurchase, AboutZH: "近 365 天的购买次数。" + purchaseZH, Num: "coalesce(purchases_365, 0)"},
	{Name: "money", Title: "Money in all", ZH: "累计金额", Unit: "money", UnitZH: "金额", Verbs: purchase, About: "Sum of the purchases' amounts, refunds not deducted; none where there are several currencies. " + aboutPurchase, AboutZH: "购买金额合计，未扣退款；涉及多种货币时不给数字。" + purchaseZH, Num: "money", Word: "currency"},
	{Name: "money_365", Title: "Money in 365 days", ZH: "近 365 天金额", Unit: "money", UnitZH: "金额", Verbs: purchase, About: "The same for the last 365 days.", AboutZH: "同上，只计近 365 天。", Num: "money_365", Word: "currency"},
	{Name: "purchases", Title: "Purchases in all", ZH: "累计购买次数", Unit: "purchases", UnitZH: "次", Verbs: purchase, About: "All purchases so far. " + aboutPurchase, AboutZH: "至今全部购买次数。" + purchaseZH, Num: "coalesce(purchases, 0)"},
	{Name: "silence", Title: "Days since the last event", ZH: "距最近事件天数", Unit: "days", UnitZH: "天", About: "Days from the newest event of any kind to the as-of day.", AboutZH: "最近一条任意事件到统计日的天数。", Num: "silent"},
	{Name: "tenure", Title: "Days known", ZH: "认识天数", Unit: "days", UnitZH: "天", About: "Days from the first event to the as-of day.", AboutZH: "首个事件到统计日的天数。", Num: "(as_of - first_day)"},
	{Name: "events", Title: "Events", ZH: "事件数", Unit: "events", UnitZH: "件", About: "All events from every source.", AboutZH: "所有来源的事件总数。", Num: "events"},
	{Name: "sources", Title: "Systems with events", ZH: "涉及系统数", Unit: "systems", UnitZH: "个", About: "How many sources have events of the customer.", AboutZH: "有该客户事件的数据源数量。", Num: "sources"},
	{Name: "channel", Title: "Preferred channel", ZH: "偏好渠道", Text: true, Verbs: customerSide, Unit: "share", UnitZH: "占比", About: "The channel of most of what the customer did itself within 365 days; the number is its share.", AboutZH: "近 365 天客户自己的行为最多的渠道；数字为其占比。", Num: "channel_share", Word: "channel"},
	{Name: "daypart", Title: "Preferred time of day", ZH: "偏好时段", Text: true, Verbs: customerSide, Unit: "share", UnitZH: "占比",
		Values: []Label{{"night", "Night (0–6)", "凌晨（0–6 点）"}, {"morning", "Morning (6–12)", "上午（6–12 点）"}, {"noon", "Noon (12–14)", "中午（12–14 点）"}, {"afternoon", "Afternoon (14–18)", "下午（14–18 点）"}, {"evening", "Evening (18–24)", "晚上（18–24 点）"}},
		About:  "When most of what the customer did itself within 365 days happened, in the company's time; rows known only to the day are left out.", AboutZH: "近 365 天客户自己的行为最集中的时段（公司所在时区）；只精确到日的记录不计。", Num: "daypart_share", Word: "daypart"},
	{Name: "product", Title: "Product interest", ZH: "产品兴趣", Text: true, Unit: "share", UnitZH: "占比", About: "The product that most events within 365 days name, as object or attribute; the number is its share.", AboutZH: "近 365 天事件中（对象或附加字段）出现最多的产品；数字为其占比。", Num: "product_share", Word: "product"},
	{Name: "cases_open", Title: "Open cases", ZH: "未结工单", Unit: "cases", UnitZH: "件", Verbs: []string{"feedback.received", "feedback.reopened", "feedback.resolved", "feedback.closed"}, About: "Cases received or reopened and not resolved or closed since.", AboutZH: "已收到或重开、其后未解决或关闭的工单。", Num: "cases_open"},
	{Name: "feedback_365", Title: "Feedback in 365 days", ZH: "近 365 天反馈数", Unit: "messages", UnitZH: "条", Verbs: []string{"feedback.received"}, About: "What the customer said within 365 days.", AboutZH: "近 365 天收到的反馈。", Num: "feedback_365"},
	{Name: "rating", Title: "Mean rating", ZH: "平均评分", Unit: "points", UnitZH: "分", Verbs: []string{"feedback.rated"}, About: "Mean of the ratings within 365 days, on the source's own scale.", AboutZH: "近 365 天评分的平均值（按来源自己的分制）。", Num: "rating"},
	{Name: "touches_90", Title: "Messages in 90 days", ZH: "近 90 天触达次数", Unit: "messages", UnitZH: "次", Verbs: []string{"touch.sent"}, About: "Campaign messages sent within 90 days.", AboutZH: "近 90 天发出的活动触达。", Num: "touches_90"},
	{Name: "response", Title: "Responses per message", ZH: "触达响应率", Unit: "share", UnitZH: "占比", Verbs: []string{"touch.sent", "touch.opened", "touch.clicked"}, About: "Openings and clicks per message sent, within 365 days; above 1 where messages are opened repeatedly.", AboutZH: "近 365 天打开与点击次数 ÷ 发送次数；反复打开会大于 1。", Num: "answers_365::DOUBLE PRECISION / NULLIF(touches_365, 0)"},
}

const healthPoints = `(CASE WHEN days < 3 THEN NULL WHEN churned >= coalesce(last_buy, churned) THEN 0.0 ELSE
 100.0 - 40.0 * least(1.0, silent / greatest(3.0 * gap, 30.0)) - least(30.0, 15.0 * cases_open) - least(20.0, 10.0 * escalated_90) - CASE WHEN rating < 3 THEN 10.0 ELSE 0.0 END END)::DOUBLE PRECISION`

// Owner is the trait that is not computed from a row of w: the colleague who
// looks after an account (package comment of owner.sql). It has no past here;
// the page has the tenures.
var Owner = Trait{Name: "owner", Title: "Owner", ZH: "负责人", Text: true, Kinds: []string{Account}, Verbs: []string{"account.handed", "lead.assigned", "account.created", "deal.assigned"},
	About:   "The colleague of the newest hand-over, lead assignment or creation of the account; without any, of the newest deal assignment; without any, whom the owner's field names. The value is the colleague's id.",
	AboutZH: "最近一次客户交接、线索分配或建档的员工；都没有时取最近的商机分配；再没有时取负责人字段。值为员工编号。"}
