package suggest

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/chanzipu/outfitter/internal/source/mapping"
)

// A tag is what a word in a header can mean.
type tag struct {
	kind string // "party", "object", "attr", "when"
	is   string // account, person, staff · deal, case … · key, name, phone … · created, closed …
}

// words is the vocabulary: of headers, file and sheet names, in Chinese and
// English. It was put together from the field names that common CRM, ticket,
// shop, HR and project systems use in their exports.
var words = map[string][]tag{}

var knownVerb = map[string]bool{}

// longest is the longest Chinese word, in characters.
var longest int

func learn(kind, is, list string) {
	for _, w := range strings.Fields(list) {
		w = strings.ReplaceAll(w, "_", " ")
		words[w] = append(words[w], tag{kind, is})
		longest = max(longest, len([]rune(w)))
	}
}

func init() {
	learn("party", "account", `客户 公司 企业 组织 机构 单位 商户 商家 店铺 门店 供应商 经销商 代理商 渠道商 卖家 融资方 被投企业 甲方 厂商 品牌方 租户 家庭 开户名
		account customer company organization organisation org client merchant seller vendor supplier dealer shop tenant household firm business employer buyer_company`)
	learn("party", "person", `联系人 会员 用户 顾客 买家 粉丝 提单人 报修人 反馈人 来电人 投诉人 咨询人 访客 线索人 学员 患者 外部联系人 收件人 受访者 评论人 评价人
		contact lead member user person caller requester visitor subscriber mql patient student consumer reviewer respondent recipient prospect guest buyer shopper external_userid`)
	learn("party", "staff", `负责人 销售 销售员 销售代表 销售人员 代表 业务员 员工 坐席 客服 受理人 处理人 指派给 创建人 创建者 由谁创建 登记人 跟进人 责任人 经办人 操作人 操作员 解决者 关闭者 提出人 策划人 添加人 发送成员 成员 顾问 经理 主管 客户经理 服务人员 工程师 审批人 执行人 开发者 测试者 发起人 移交人 接手人 群主 拥有者 所有人 归属人 催收人 提交人 报告人 技师 讲师
		owner agent assignee assigned_to assigned reporter resource rep representative sales_rep sales_agent sdr sr ae csm staff employee operator updater creator created_by opened_by updated_by resolved_by closed_by modified_by handler engineer technician salesperson salesman consultant sys_created_by sys_updated_by worker author manager`)
	learn("object", "deal", `商机 机会 销售机会 项目机会 opportunity deal oppty closed_deals pipeline sales_pipeline`)
	learn("object", "quote", `报价单 报价 quote quotation`)
	learn("object", "contract", `合同 协议 contract agreement`)
	learn("object", "payment", `回款 收款 付款 到账 支付 payment receipt`)
	learn("object", "invoice", `发票 开票 invoice`)
	learn("object", "order", `订单 交易 购物篮 小票 order purchase basket transaction transactions sale checkout`)
	learn("object", "product", `产品 商品 物料 产品线 货品 product sku item goods`)
	learn("object", "coupon", `优惠券 券 卡券 coupon voucher redemption redemptions`)
	learn("object", "campaign", `活动 营销活动 推广计划 campaign campaigns promotion`)
	learn("object", "case", `工单 服务单 案例 投诉 反馈 故障单 事件单 报修 ticket case incident complaint inquiry enquiry issue bug bugs helpdesk`)
	learn("object", "review", `评价 评论 点评 口碑 review reviews`)
	learn("object", "message", `消息 会话 聊天 短信 会话存档 message msg chat conversation`)
	learn("object", "lead", `线索 潜客 leads qualified_leads`)
	learn("object", "shovel", `铲子 素材 资料 shovel`)
	learn("object", "report", `报表 看板 仪表盘 report dashboard`)
	learn("object", "idea", `想法 创意 点子 idea`)
	learn("object", "work", `需求 缺陷 故事 故障 干活账 用户故事 story requirement epic feature`)
	learn("object", "task", `任务 待办 task todo`)
	learn("object", "request", `请求 申请 工单流转 problem request`)
	learn("object", "touch", `触达 触达明细 推送 发送明细 群发 mailing touch send mailings`)
	learn("object", "visit", `访问 浏览 访问日志 visit pageview session`)
	learn("object", "activity", `跟进 跟进记录 拜访 活动记录 行动记录 沟通记录 联系记录 followup follow-up activity_log call`)
	learn("object", "funding", `投资事件 融资 轮次 funding investment`)
	learn("object", "handover", `交接 移交 handover`)
	learn("object", "wage", `薪资 工资 工资条 薪酬 payroll salary wage`)
	learn("object", "move", `异动 调动 异动记录 transfer`)
	learn("object", "delivery", `递铲 递铲日志 delivery`)
	learn("object", "access", `开通 授权 开通名册`)
	learn("object", "need", `供需 need`)
	learn("object", "stat", `统计 透视 汇总 月报 周报 日报`)
	learn("attr", "key", `编号 编码 代码 号 单号 id ids 账号 帐号 工号 userid uid guid uuid code no key 流水号 序号 登录名 number account_no zip_code_prefix upc msgid roomid`)
	learn("attr", "name", `名称 姓名 全称 简称 名 名字 抬头 备注名 昵称 name fullname full_name first_name last_name given_name family_name surname forename name_first name_last username display_name`)
	learn("attr", "phone", `手机 手机号 手机号码 电话 电话号码 联系电话 联系方式 移动电话 固话 座机 phone mobile tel telephone cell cellphone`)
	learn("attr", "email", `邮箱 邮件 电子邮件 电子邮箱 企业邮箱 email mail e-mail email_address`)
	learn("attr", "tax", `税号 信用代码 统一社会信用代码 统一信用代码 社会信用代码 纳税人识别号 纳税识别号 tax taxno tax_no tax_id vat vat_no ein cnpj`)
	learn("attr", "address", `地址 住址 详细地址 通讯地址 注册地址 收货地址 address addr street street_address`)
	learn("attr", "city", `城市 市 所在城市 所在地区 所在地 city town office_location location_city`)
	learn("attr", "title", `职务 职位 岗位 职称 头衔 job_title position jobtitle`)
	learn("attr", "time", `时间 日期 日 时刻 年月 date time datetime timestamp day at on ts dt`)
	learn("attr", "month", `月份 月 month`)
	learn("attr", "amount", `金额 额 价 价格 总价 收入 销售额 成交额 实付 应付 花费 费用 费 成本 人力成本 工资 薪水 回款额 合同额 签约额 amount amt price value revenue sales spend spent cost fee total gmv payment_value sales_value close_value turnover paid`)
	learn("attr", "budget", `预算 预计金额 目标值 目标 budget target quota forecast 年度成本`)
	learn("attr", "quantity", `数量 数 件数 人数 次数 个数 份数 工时 消耗工时 完成工时 投入工时 秒数 分钟 时长 停留秒数 投入分钟 送达人数 qty quantity count units duration minutes seconds hours time_spent`)
	learn("attr", "score", `评分 分数 星级 满意度 打分 rating score stars csat nps`)
	learn("attr", "text", `内容 正文 描述 详情 评语 留言 意见 问题描述 需求描述 重现步骤 跟进内容 反馈内容 备注 说明 text content body description comment comments message_text notes review_text utterance 资讯 事件资讯`)
	learn("attr", "subject", `标题 主题 摘要 概要 事项 title subject summary headline`)
	learn("attr", "channel", `渠道 来源 方式 途径 来源渠道 渠道来源 跟进方式 回款方式 支付方式 channel source origin medium contact_type via referrer utm_source`)
	learn("attr", "status", `状态 阶段 结果 进度 销售阶段 status stage state outcome result resolution`)
	learn("attr", "step", `步骤 环节 操作 动作 行为 事件 activity action event step operation transition`)
	learn("attr", "kind", `类型 分类 类别 种类 级别 优先级 紧急程度 严重程度 type category kind class level priority severity segment subject_area`)
	learn("attr", "team", `部门 团队 组 小组 受理组 事业部 业务部门 群组 归属团队 group team department dept region office queue assignment_group`)
	learn("attr", "file", `网址 官网 链接 图片 url link website site`)
	learn("attr", "planned", `预计 计划 预期 预估 目标 expected planned due estimate estimated deadline 截止 到期 有效期`)
	learn("attr", "before", `原 旧 上级 所属 parent previous old subsidiary`)
	learn("when", "created", `创建 建立 建档 新建 提交 提单 登记 录入 注册 添加 进线 来电 报修 产生 下单 发起 收到 申请 created create opened open submitted received registered signup first_contact engage start_time placed ordered purchase_date 下单时间 received_at sys_created reported`)
	learn("when", "started", `开始 启动 started start begin began`)
	learn("when", "assigned", `分配 指派 派单 assign assigned_at`)
	learn("when", "replied", `回复 首次回复 响应 首次响应 首响 replied reply responded response first_response answered`)
	learn("when", "resolved", `解决 完成 处理完成 修复 resolved resolve solved completed complete finished done`)
	learn("when", "closed", `关闭 结单 结案 成交 实际成交 结束单 closed close`)
	learn("when", "won", `赢单 won win`)
	learn("when", "lost", `输单 丢单 lost`)
	learn("when", "grouped", `分组 入组 assigned_arm randomized randomised`)
	learn("when", "ended", `结束 截止 到期 停用 终止 下线 关停 失效 end ended expired stop stopped until`)
	learn("when", "signed", `签约 签订 签署 signed sign`)
	learn("when", "paid", `回款 付款 支付 到账 收款 paid payment`)
	learn("when", "sent", `发送 发出 推送 触达 sent send mailed`)
	learn("when", "delivered", `送达 delivered`)
	learn("when", "opened", `打开 阅读 查看 read viewed`)
	learn("when", "clicked", `点击 click clicked`)
	learn("when", "launched", `上线 发布 推出 投放 启用 launch launched release released go-live`)
	learn("when", "joined", `入职 joined hired hire`)
	learn("when", "left", `离职 left terminated termination`)
	learn("when", "churned", `流失 注销 退订 churn churned cancelled_at`)
	learn("when", "updated", `更新 修改 变更 最后修改 updated update modified changed sys_updated last_modified`)
	learn("when", "visited", `访问 浏览 登录 visited visit login`)
	learn("when", "redeemed", `核销 兑换 redeemed redemption`)
	learn("when", "chosen", `选定 确定 chosen decided selected`)
	learn("when", "sought", `开始寻找 寻找`)
	learn("when", "enabled", `开通 授权 enabled granted activated`)
	learn("when", "disabled", `disabled revoked 关闭权限`)
	learn("when", "effective", `生效 effective`)
	learn("when", "funded", `融资 投资 funded invested`)
	learn("when", "born", `出生 生日 成立 birth born founded established`)
	// words whose parts would say something else
	learn("skip", "", `一级 二级 系统 产品族 上级部门 目标指标 行业 sector industry`)
	learn("trait", "person", `性别 年龄 生日 出生日期 出生年月 婚姻 学历 民族 gender sex age birth dob birthday birthdate birth_date date_of_birth marital marital_status first_name given_name surname last_name family_name forename name_first name_last maiden`)
	learn("given", "name", `first_name given_name forename name_first`)
	learn("family", "name", `surname last_name family_name name_last`)
	learn("when", "launched", `首次上线`)
	for _, v := range mapping.Verbs {
		knownVerb[v.Name] = true
	}
}

var (
	reUnit  = regexp.MustCompile(`[（(\[]([^）)\]]*)[）)\]]`)
	reCamel = regexp.MustCompile(`([a-z0-9])([A-Z])`)
)

// A name is a header taken apart.
type name struct {
	tags []tag
	text []string // the words behind tags
	unit string   // what stands in brackets: 元, 万元
	raw  string   // last part of a grouped header
}

// parse takes a header, a file's or a sheet's name apart into known words, the
// longest first.
func parse(header string) name {
	if i := strings.LastIndexByte(header, '/'); i >= 0 && i < len(header)-1 && hasHan(header) {
		header = header[i+1:]
	}
	n := name{raw: header}
	if m := reUnit.FindStringSubmatch(header); m != nil {
		n.unit = m[1]
		header = strings.TrimSpace(reUnit.ReplaceAllString(header, " "))
		if header == "" || m[1] == "Team" || len([]rune(m[1])) > 4 && !hasHan(m[1]) {
			header += " " + m[1]
		}
	}
	s := strings.ToLower(reCamel.ReplaceAllString(header, "$1 $2"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return ' '
	}, s)
	var tokens []string
	for _, part := range strings.Fields(split(s)) {
		if !hasHan(part) {
			tokens = append(tokens, part)
			continue
		}
		n.english(tokens)
		tokens = nil
		n.chinese(part)
	}
	n.english(tokens)
	return n
}

// split puts blanks between Chinese and other letters: 提单人ID.
func split(s string) string {
	var b strings.Builder
	was := false
	for i, r := range s {
		is := unicode.Is(unicode.Han, r)
		if i > 0 && is != was {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		was = is
	}
	return b.String()
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// chinese cuts a run of Chinese into known words, longest first from the left.
func (n *name) chinese(s string) {
	rs := []rune(s)
	for i := 0; i < len(rs); {
		length := 1
		var found []tag
		for l := min(longest, len(rs)-i); l >= 1; l-- {
			if t, ok := words[string(rs[i:i+l])]; ok {
				found, length = t, l
				break
			}
		}
		n.take(string(rs[i:i+length]), found)
		i += length
	}
}

// take adds a word with each of its meanings.
func (n *name) take(word string, tags []tag) {
	if len(tags) == 0 {
		tags = []tag{{}}
	}
	for _, t := range tags {
		n.text, n.tags = append(n.text, word), append(n.tags, t)
	}
}

// english joins the tokens that make a known term together and looks the
// others up: plurals as singulars, msgtime as msg and time.
func (n *name) english(tokens []string) {
	for i := 0; i < len(tokens); {
		length, found := 1, lookup(tokens[i])
		for l := min(3, len(tokens)-i); l > 1; l-- {
			if t, ok := words[strings.Join(tokens[i:i+l], " ")]; ok {
				found, length = t, l
				break
			}
		}
		if len(found) == 0 {
			if head, tail, ok := glued(tokens[i]); ok {
				n.take(head, lookup(head))
				n.take(tail, lookup(tail))
				i++
				continue
			}
		}
		n.take(strings.Join(tokens[i:i+length], " "), found)
		i += length
	}
}

func lookup(token string) []tag {
	if t, ok := words[token]; ok {
		return t
	}
	return words[strings.TrimSuffix(token, "s")]
}

// glued cuts a token like msgtime, custname, orderid in two.
func glued(token string) (head, tail string, ok bool) {
	for _, end := range []string{"time", "date", "name", "phone", "mobile", "email", "code", "type", "status", "id", "no"} {
		if h, found := strings.CutSuffix(token, end); found && len(h) >= 2 && (len(end) > 2 || len(lookup(h)) > 0) {
			return h, end, true
		}
	}
	return "", "", false
}

// last is the last tag of a kind, which in both languages names the thing:
// 客户|名称, customer|name.
func (n name) last(kind string) (is, text string) {
	for i := len(n.tags) - 1; i >= 0; i-- {
		if n.tags[i].kind == kind {
			return n.tags[i].is, n.text[i]
		}
	}
	return "", ""
}

func (n name) first(kind string) (is, text string) {
	for i, t := range n.tags {
		if t.kind == kind {
			return t.is, n.text[i]
		}
	}
	return "", ""
}

func (n name) has(kind, is string) bool { return slices.Contains(n.tags, tag{kind, is}) }
