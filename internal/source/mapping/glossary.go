package mapping

// A Word is a verb or a kind of the glossary. GLOSSARY.md is tested against
// the tables below; a new word needs a line in both.
type Word struct {
	Name string
	ZH   string
	EN   string // what it means
}

// Verbs is what can be said to have happened, `noun.past`, in the glossary's order.
var Verbs = []Word{
	// people and companies
	{"lead.created", "线索进入", "a person or company first became known as a possible customer"},
	{"lead.assigned", "线索分配", "a lead was given to somebody"},
	{"lead.qualified", "线索合格", "a lead was found worth pursuing"},
	{"account.created", "客户建档", "an account was first recorded"},
	{"account.activated", "客户激活", "an account first did what it was won for"},
	{"account.handed", "客户交接", "an account passed from one colleague to another"},
	{"account.churned", "客户流失", "an account was lost"},
	{"person.registered", "注册", "a person signed up"},
	{"account.changed", "客户变更", "a field of an account changed between two snapshots"},
	{"account.removed", "客户移除", "an account is missing from a later snapshot"},
	{"person.changed", "联系人变更", "a field of a person changed between two snapshots"},
	{"person.removed", "联系人移除", "a person is missing from a later snapshot"},
	{"consent.given", "同意联系", "a customer agreed to be contacted, on the channel named or on every one"},
	{"consent.withdrawn", "撤回同意", "a customer took that agreement back"},
	{"contact.blocked", "免打扰", "a customer must not be contacted"},
	{"staff.joined", "入职", "a colleague began"},
	{"staff.moved", "调岗", "a colleague changed team"},
	{"staff.left", "离职", "a colleague left"},
	{"staff.changed", "员工变更", "a field of a colleague changed between two snapshots"},
	{"staff.removed", "员工移除", "a colleague is missing from a later snapshot"},
	{"wage.paid", "发薪", "wages or other costs of people were paid"},
	// sales
	{"activity.logged", "跟进记录", "a colleague noted a contact with a customer: call, visit, meeting, message"},
	{"deal.created", "商机创建", "a deal was opened"},
	{"deal.advanced", "商机推进", "a deal reached another stage"},
	{"deal.assigned", "商机分配", "a deal was given to somebody"},
	{"deal.won", "赢单", "a deal was won"},
	{"deal.lost", "输单", "a deal was lost"},
	{"deal.changed", "商机变更", "a field of a deal changed between two snapshots"},
	{"deal.removed", "商机移除", "a deal is missing from a later snapshot"},
	{"quote.sent", "报价", "a price was offered"},
	{"contract.signed", "签约", "a contract was signed"},
	{"contract.ended", "合同到期", "a contract ended"},
	{"payment.received", "回款", "money came in"},
	{"invoice.issued", "开票", "an invoice was issued"},
	{"refund.paid", "退款", "money went back"},
	{"order.placed", "下单", "something was bought"},
	{"order.cancelled", "取消订单", "an order was cancelled"},
	// campaigns
	{"campaign.launched", "活动上线", "a campaign began"},
	{"campaign.ended", "活动结束", "a campaign ended"},
	{"arm.assigned", "分组", "somebody was drawn into an arm of an experiment, or kept out of a campaign"},
	{"touch.sent", "触达", "a message of a campaign went to somebody"},
	{"touch.delivered", "送达", "it arrived"},
	{"touch.opened", "打开", "it was opened"},
	{"touch.clicked", "点击", "a link in it was followed"},
	{"touch.failed", "触达失败", "it did not arrive"},
	{"coupon.redeemed", "核销", "a coupon was used"},
	{"site.visited", "访问", "a customer visited the site, app or shop"},
	{"goal.reached", "转化", "a customer did what a campaign asked for"},
	// feedback and service
	{"message.sent", "发出消息", "a colleague wrote to a customer"},
	{"feedback.received", "收到反馈", "a customer said something: ticket, review, call, message"},
	{"feedback.assigned", "反馈分派", "a case went to a person or group"},
	{"feedback.updated", "反馈更新", "somebody changed a case"},
	{"feedback.replied", "反馈回复", "a customer was answered"},
	{"feedback.paused", "等待客户", "a case waits for somebody outside"},
	{"feedback.escalated", "反馈升级", "a case went up a level"},
	{"feedback.resolved", "反馈解决", "a case was solved"},
	{"feedback.reopened", "反馈重开", "a solved case came back"},
	{"feedback.closed", "反馈关闭", "a case was closed"},
	{"feedback.rated", "满意度评价", "a customer rated the answer"},
	// shovels
	{"shovel.enabled", "开通铲子", "a person or team got access to a shovel"},
	{"shovel.disabled", "关闭铲子", "the access ended"},
	{"shovel.offered", "递铲", "a shovel was put before somebody at the moment of need"},
	{"shovel.opened", "打开铲子", "it was opened"},
	{"shovel.used", "用上铲子", "it was used"},
	{"shovel.skipped", "跳过铲子", "it was declined"},
	{"report.viewed", "看报表", "somebody opened a report"},
	{"record.updated", "改记录", "a colleague changed a record in a system: its use, not its subject"},
	// ideas
	{"idea.sought", "开始找想法", "somebody began to look for an idea"},
	{"idea.chosen", "选定想法", "an idea was chosen"},
	{"idea.launched", "想法上线", "an idea went live"},
	// broker
	{"need.raised", "提出需求", "somebody needs data, a resource or an answer from another department"},
	{"offer.made", "提出供给", "somebody can give something"},
	{"match.made", "撮合", "a need met an offer"},
	{"flow.delivered", "供需流转", "what was agreed was handed over"},
	{"request.queued", "请求排队", "a request between departments entered a queue"},
	{"request.accepted", "请求受理", "somebody took a request on"},
	{"request.completed", "请求完成", "a request was done"},
	// work of the middle office
	{"work.requested", "提出工作", "work was asked of the middle office"},
	{"work.started", "工作开始", "it began"},
	{"work.done", "工作完成", "it was done"},
	{"work.launched", "工作上线", "something of the middle office went live"},
	{"work.stopped", "工作停用", "it was taken out of use"},
	{"work.failed", "故障", "something of the middle office broke"},
	{"work.restored", "恢复", "it worked again"},
	{"task.started", "任务开始", "a timed task began"},
	{"task.ended", "任务结束", "it ended"},
	// market
	{"funding.raised", "融资", "a company raised money"},
	{"news.published", "新闻", "something was published about a market, competitor or customer"},
	{"price.changed", "调价", "a competitor or supplier changed a price"},
	// figures
	{"stat.reported", "报表数字", "a figure that came aggregated; never counted as an event"},
}

// PartyKinds is whom a party can be.
var PartyKinds = []Word{
	{"person", "个人", "a customer's or prospect's person"},
	{"account", "客户", "a company or household that buys, may buy, or sells through us"},
	{"staff", "员工", "a colleague, or a system user that acts like one"},
}

// Kinds is what an event's object can be.
var Kinds = []Word{
	{"lead", "线索", "a possible customer in a funnel"},
	{"deal", "商机", "a sale being pursued"},
	{"quote", "报价单", "a price offered"},
	{"contract", "合同", "an agreement signed"},
	{"payment", "回款", "money received"},
	{"invoice", "发票", "a bill"},
	{"order", "订单", "a purchase, a basket"},
	{"product", "产品", "what is sold"},
	{"coupon", "优惠券", "a coupon"},
	{"campaign", "活动", "a campaign, an experiment"},
	{"page", "页面", "a page, screen or shop"},
	{"case", "工单", "one customer's problem"},
	{"message", "消息", "one message of a conversation"},
	{"review", "评价", "a public opinion with a rating"},
	{"shovel", "铲子", "anything the middle office hands over"},
	{"report", "报表", "a report, a chart, a query"},
	{"idea", "想法", "an idea looked for, chosen, launched"},
	{"need", "需求", "what somebody needs from another department"},
	{"offer", "供给", "what somebody can give"},
	{"match", "撮合", "a need and an offer brought together"},
	{"request", "请求", "a request between departments or teams"},
	{"work", "干活账", "a piece of the middle office's own work"},
	{"task", "任务", "a timed task"},
	{"record", "记录", "a record of another system"},
	{"company", "公司", "a company in the market"},
	{"news", "新闻", "something published"},
	{"stat", "统计项", "what a reported figure is about"},
	{"activity", "跟进", "a contact with a customer"},
	{"handover", "交接", "a hand-over of customers between colleagues"},
}

func namesOf(words []Word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.Name
	}
	return out
}
