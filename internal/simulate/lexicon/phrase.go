package lexicon

import (
	"math/rand/v2"
	"strings"
)

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// maybe gives one of the list that often in a hundred, else nothing.
func maybe(r *rand.Rand, percent int, list []string) string {
	if r.IntN(100) < percent {
		return pick(r, list)
	}
	return ""
}

var (
	zhOpen    = []string{"您好，", "你好，", "老师好，", "在吗？", "麻烦看一下，", "请问一下，", "急！", "客服你好，", "又来打扰了，", "早上好，"}
	zhWhen    = []string{"今天早上开始", "昨天下午", "从上周一起", "这两天", "刚刚", "月底对账的时候", "早高峰", "升级以后", "换了新电脑之后", "周末值班时"}
	zhWhere   = []string{"我们城东门店", "总部财务", "二号仓库", "苏州工厂", "三家加盟店", "客服中心", "车间那边", "老板手机上", "海外子公司", "新开的店"}
	zhImpact  = []string{"已经影响发货了", "客户在催", "今天必须要报税", "收银台排了很长的队", "老板很不高兴", "我们只能手工记账", "差点发错货", "停了半条线", "月结关不了", "倒不是很急"}
	zhTried   = []string{"重启过了没用", "换了浏览器也一样", "同事的电脑也这样", "清过缓存了", "按照文档做了三遍", "打过400没人接", "之前提过一次工单没解决"}
	zhAsk     = []string{"麻烦尽快处理", "请今天给个答复", "什么时候能修好？", "能不能远程看一下", "希望给个说法", "需要的话我发截图", "谢谢！", "可以安排人上门吗", "请问怎么操作？"}
	zhTrouble = []string{"。", "！", "，", "……", "；"}
	enOpen    = []string{"Hi team,", "Hello,", "Dear support,", "Good morning,", "Hi again,", "Urgent:"}
	enWhen    = []string{"since this morning", "since yesterday's update", "for the last three days", "at month end", "during peak hours", "after we changed our network"}
	enImpact  = []string{"Shipping is blocked.", "Our customers are waiting.", "We are keeping books by hand.", "The queue at the till is long.", "It is not urgent, but annoying.", "Management is asking about it."}
	enAsk     = []string{"Please advise.", "When will this be fixed?", "Could someone take a look today?", "Screenshots attached.", "Thanks in advance.", "Can you call us back?"}
)

// Sentence says what is wrong, in one line, in Chinese or English.
func (t Theme) Sentence(r *rand.Rand, english bool) string {
	if english {
		return pick(r, t.enSubj) + " " + pick(r, t.enSymp)
	}
	return pick(r, t.zhSubj) + pick(r, t.zhSymp)
}

// Label names the theme.
func (t Theme) Label(english bool) string {
	if english {
		return t.EN
	}
	return t.ZH
}

// Ticket is a ticket's title and its body as HTML, as mail gateways leave it.
func (t Theme) Ticket(r *rand.Rand, english bool, from string) (title, body string) {
	core := t.Sentence(r, english)
	title = core
	var parts []string
	if english {
		parts = []string{pick(r, enOpen), core + " " + pick(r, enWhen) + "."}
		if r.IntN(100) < 25 {
			parts = append(parts, "Also, "+lowerFirst(t.Sentence(r, true))+".")
		}
		parts = append(parts, maybe(r, 60, enImpact), maybe(r, 75, enAsk))
		if r.IntN(100) < 30 {
			title = "[" + t.Product + "] " + core
		}
	} else {
		first := maybe(r, 60, zhOpen) + maybe(r, 45, zhWhere) + maybe(r, 55, zhWhen) + core + pick(r, zhTrouble)
		parts = []string{first}
		if r.IntN(100) < 25 {
			parts = append(parts, "另外"+t.Sentence(r, false)+"。")
		}
		parts = append(parts, stop(maybe(r, 40, zhTried)), stop(maybe(r, 60, zhImpact)), stop(maybe(r, 75, zhAsk)))
		if r.IntN(100) < 20 {
			title = "【" + t.Product + "】" + core
		} else if r.IntN(100) < 15 {
			title = "求助"
		}
	}
	return title, htmlBody(r, parts, from, english)
}

func stop(s string) string {
	if s == "" || strings.HasSuffix(s, "？") || strings.HasSuffix(s, "！") {
		return s
	}
	return s + "。"
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

func htmlBody(r *rand.Rand, parts []string, from string, english bool) string {
	var b strings.Builder
	open, shut := "<p>", "</p>"
	switch r.IntN(4) {
	case 0:
		open, shut = "<div>", "</div>\n"
	case 1:
		open, shut = `<p style="font-family:微软雅黑;font-size:14px">`, "</p>"
	case 2:
		open, shut = "", "<br/>\n"
	}
	for _, p := range parts {
		if p != "" {
			b.WriteString(open + p + shut)
		}
	}
	switch r.IntN(8) {
	case 0:
		b.WriteString(`<p><img src="cid:image001.png" alt="截图"></p>`)
	case 1:
		b.WriteString("<p>&nbsp;</p>")
	case 2:
		if english {
			b.WriteString("<p>--<br>Best regards,<br>" + from + "</p>")
		} else {
			b.WriteString("<hr><p>发自我的手机<br>" + from + "</p>")
		}
	}
	return b.String()
}

// Chat is a customer's message in a group.
func (t Theme) Chat(r *rand.Rand, english bool) string {
	if english {
		return t.Sentence(r, true) + " " + maybe(r, 40, enWhen) + maybe(r, 30, []string{" 🙏", " ??", "!"})
	}
	return maybe(r, 30, zhOpen) + maybe(r, 35, zhWhen) + t.Sentence(r, false) + maybe(r, 45, []string{"，" + pick(r, zhImpact), "，" + pick(r, zhAsk), "[流泪]", "[图片]", "@技术支持", "？？"})
}

var (
	chatter    = []string{"收到", "好的", "谢谢", "[OK]", "辛苦了", "嗯嗯", "稍等", "明白了", "1", "可以的", "周五前给我们就行", "我问下财务", "已转给同事", "合同寄出了吗", "发票抬头用老的", "下午三点开会", "新店下周开业，要三台", "群里谁管物流？", "报价单再发一下", "这个月先不续", "[玫瑰]", "早", "在的", "您说", "麻烦拉一下技术"}
	staffReply = []string{"您好，已经记录，马上请技术看", "收到，我这边帮您催一下", "麻烦发一下截图和门店编号", "已经修复，请刷新重试", "这个需要升级版本，我约一下时间", "报价单已发您邮箱", "好的老板，明天上门", "我们排查了，是网络的问题", "给您申请了延期", "资料发您了，请查收", "已提工单，编号稍后给您", "新版说明书在这里", "明天上午十点远程可以吗"}
	notes      = []string{"电话沟通，客户预算下季度才批", "拜访了采购和IT，对竞品价格敏感", "演示完成，关注批次管理", "发了报价，等回复", "客户要求增加两家门店试用", "老板不在，约下周", "介绍了新版看板，反馈不错", "合同条款在走法务", "催款，答应月底付", "竞品也在接触，提供了对比资料", "送了案例集，对同行案例感兴趣", "需求不明确，先培育", "微信问候，无进展", "参观工厂，确认网关点位", "续费沟通，嫌贵"}
)

// Chatter is a message that means little; StaffReply one of ours; Note what
// a salesperson writes after a contact.
func Chatter(r *rand.Rand) string    { return pick(r, chatter) }
func StaffReply(r *rand.Rand) string { return pick(r, staffReply) }
func Note(r *rand.Rand) string {
	return pick(r, notes) + maybe(r, 35, []string{"；下次带方案", "；抄送主管", "。客户人不错", "；需要中台给竞品资料", "，本周再跟", "；对接人换了"})
}
