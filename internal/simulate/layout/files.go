package layout

// Tables lists every file of the exports, in the order in which README.md
// prints them.
var Tables = []Table{
	// 纷享销客: the CRM of the 企业事业部 (large accounts).
	{
		ID: "fx.account", Path: "纷享销客/客户.xlsx", Sheet: "客户", Encoding: XLSX, Above: 2, Mode: "snapshot",
		Columns: columns(`客户编号=key 客户名称=name 统一社会信用代码=tax_no 行业=industry 客户级别=level 客户来源=origin 省份=province
			城市=city 详细地址=address 公司电话=phone 官网=site 负责人=staff.name 负责人工号=staff.key 归属团队=team 状态=status
			创建时间=created 流失日期=ts 累计签约额(元)=amount_total`),
		Key: "客户编号", Party: "account", Verbs: []string{"account.churned @ 流失日期 (when filled; a day)"},
		Note: "Row 1 a merged banner with the export stamp, row 2 merged group headers (基本信息, 联系方式, 归属, 统计). The last row says 共 N 条记录 and is not a record.",
	},
	{
		ID: "fx.contact", Path: "纷享销客/联系人.xlsx", Sheet: "联系人", Encoding: XLSX, Above: 1, Mode: "snapshot",
		Columns: columns(`联系人编号=key 姓名=name 客户编号=account.key 客户名称=account.name 职务=title 手机=phone 邮箱=email 创建时间=created`),
		Key:     "联系人编号", Party: "person",
	},
	{
		ID: "fx.deal1", Path: "纷享销客/商机_导出20260701.xlsx", Sheet: "商机", Encoding: XLSX, Above: 1, Mode: "log",
		Columns: columns(`商机编号=key 商机名称=name 客户编号=account.key 客户名称=account.name 产品线=product 销售阶段=stage 预计金额(元)=amount
			商机来源=origin 负责人=staff.name 负责人工号=staff.key 创建人工号=creator.key 创建时间=ts 预计成交日期=expected 结单时间=closed 结果=outcome`),
		Key: "商机编号", Verbs: []string{"opportunity.created @ 创建时间 (staff 创建人工号)", "deal.won @ 结单时间 (结果 = 赢单)", "deal.lost @ 结单时间 (结果 = 输单)"},
		Note: "State on 2026-07-01: later closings still say 进行中.",
	},
	{
		ID: "fx.deal2", Path: "纷享销客/商机_导出20270104.xlsx", Sheet: "商机", Encoding: XLSX, Above: 1, Mode: "log",
		Columns: columns(`商机编号=key 商机名称=name 客户编号=account.key 客户名称=account.name 产品线=product 销售阶段=stage 商机金额(元)=amount
			商机来源=origin 负责人=staff.name 负责人工号=staff.key 创建人工号=creator.key 创建时间=ts 预计成交日期=expected 结单时间=closed 结果=outcome 竞争对手=competitor 输单原因=reason`),
		Key: "商机编号", Verbs: []string{"opportunity.created @ 创建时间 (staff 创建人工号)", "deal.won @ 结单时间 (结果 = 赢单)", "deal.lost @ 结单时间 (结果 = 输单)"},
		Note: "The mid-year schema change: 预计金额(元) is now 商机金额(元), two columns are new. Holds what was created since June or closed since July: overlaps the first export; the newer row wins.",
	},
	{
		ID: "fx.contract", Path: "纷享销客/合同.xlsx", Sheet: "合同", Encoding: XLSX, Above: 1, Mode: "log",
		Columns: columns(`合同编号=key 合同名称=name 客户编号=account.key 客户名称=account.name 商机编号=opportunity.key 合同类型=kind 合同金额(元)=amount
			签约日期=ts 开始日期=starts 结束日期=ends 负责人工号=staff.key`),
		Key: "合同编号", Verbs: []string{"contract.signed @ 签约日期 (a day; 合同类型 is 新签 or 续费)"},
	},
	{
		ID: "fx.payment", Path: "纷享销客/回款明细.xlsx", Sheet: "回款明细", Encoding: XLSX, Above: 1, Mode: "log",
		Columns: columns(`回款编号=key 合同编号=contract.key 客户编号=account.key 客户名称=account.name 回款金额(元)=amount 回款日期=ts 回款方式=method 登记人工号=staff.key`),
		Key:     "回款编号", Verbs: []string{"payment.received @ 回款日期 (a day)"},
	},
	{
		ID: "fx.payment2", Path: "纷享销客/回款明细_2026年6月更正.xlsx", Sheet: "回款明细", Encoding: XLSX, Above: 1, Mode: "log",
		Columns: columns(`回款编号=key 合同编号=contract.key 客户编号=account.key 客户名称=account.name 回款金额(元)=amount 回款日期=ts 回款方式=method 登记人工号=staff.key`),
		Key:     "回款编号", Verbs: []string{"payment.received @ 回款日期 (a day)"},
		Note: "The whole of June 2026 again, some amounts corrected: the same ids, the newer file wins. truth.json's finance figures use the corrected ones.",
	},
	{
		ID: "fx.followup", Path: "纷享销客/跟进记录.csv", Encoding: UTF8, Mode: "log",
		Columns: columns(`客户编号=account.key 商机编号=opportunity.key 跟进人工号=staff.key 跟进方式=channel 跟进时间=ts 跟进内容=text`),
		Verbs:   []string{"activity.logged @ 跟进时间"},
		Note:    "No key: identical rows are real and each counts.",
	},

	// 销售易: the CRM of the 成长事业部 (small and middle accounts).
	{
		ID: "xs.account", Path: "销售易/客户.csv", Encoding: GBK, Above: 1, Mode: "snapshot",
		Columns: columns(`公司ID=key 公司全称=name 信用代码=tax_no 所属行业=industry 所在地区=region 通讯地址=address 公司电话=phone 客户状态=status
			销售代表=staff.name 代表账号=staff.key 建档日期=created 流失日期=ts`),
		Key: "公司ID", Party: "account", Verbs: []string{"account.churned @ 流失日期 (when filled; a day)"},
		Note: "Dates as 2026/3/5 9:07. The same companies as in 纷享销客 where both units sell to them, spelt in another way.",
	},
	{
		ID: "xs.contact", Path: "销售易/联系人.csv", Encoding: GBK, Above: 1, Mode: "snapshot",
		Columns: columns(`联系人ID=key 联系人姓名=name 公司ID=account.key 公司全称=account.name 职位=title 移动电话=phone 电子邮件=email 建档日期=created`),
		Key:     "联系人ID", Party: "person",
	},
	{
		ID: "xs.deal", Path: "销售易/销售机会.csv", Encoding: GBK, Above: 1, Mode: "log",
		Columns: columns(`机会ID=key 机会主题=name 公司ID=account.key 公司全称=account.name 产品=product 阶段=stage 金额(万元)=amount 销售代表=staff.name
			代表账号=staff.key 创建人账号=creator.key 建立时间=ts 实际成交日=closed 失败原因=reason`),
		Key: "机会ID", Verbs: []string{"opportunity.created @ 建立时间 (staff 创建人账号)", "deal.won @ 实际成交日 (阶段 = 赢单)", "deal.lost @ 实际成交日 (阶段 = 输单)"},
		Note: "Amounts in 万元 (10,000 yuan).",
	},
	{
		ID: "xs.contract", Path: "销售易/合同回款.csv", Encoding: GBK, Above: 1, Mode: "log",
		Columns: columns(`单号=key 类型=kind 机会ID=opportunity.key 公司ID=account.key 公司全称=account.name 合同额(万元)=amount 签订日=ts 回款额(万元)=paid 回款日=paid_at 代表账号=staff.key`),
		Key:     "单号", Verbs: []string{"contract.signed @ 签订日 (a day; 类型 is 新签 or 续费)", "payment.received @ 回款日 (a day; amount is 回款额; when filled)"},
	},
	{
		ID: "xs.followup", Path: "销售易/活动记录.csv", Encoding: GBK, Above: 1, Mode: "log",
		Columns: columns(`公司ID=account.key 机会ID=opportunity.key 代表账号=staff.key 活动类型=channel 活动时间=ts 备注=text`),
		Verbs:   []string{"activity.logged @ 活动时间"}, Note: "No key: identical rows are real and each counts.",
	},

	// 企业微信.
	{
		ID: "wx.staff", Path: "企业微信/成员.csv", Encoding: UTF8BOM, Mode: "snapshot",
		Columns: columns(`userid=key 姓名=name 别名=alias 部门=team 职务=title 手机=phone 企业邮箱=email 状态=status`),
		Key:     "userid", Party: "staff",
	},
	{
		ID: "wx.team", Path: "企业微信/部门.csv", Encoding: UTF8BOM, Mode: "snapshot",
		Columns: columns(`部门ID=key 部门名称=name 上级部门ID=parent`), Key: "部门ID",
	},
	{
		ID: "wx.contact", Path: "企业微信/外部联系人.csv", Encoding: UTF8BOM, Mode: "snapshot",
		Columns: columns(`external_userid=key 昵称=alias 备注名=name 备注企业=account.name 备注手机=phone 添加人userid=staff.key 添加时间=created 来源=origin 标签=tags`),
		Key:     "external_userid", Party: "person",
	},
	{
		ID: "wx.room", Path: "企业微信/客户群.csv", Encoding: UTF8BOM, Mode: "snapshot",
		Columns: columns(`roomid=key 群名=name 群主userid=staff.key 创建时间=created 群人数=members`), Key: "roomid",
	},
	{
		ID: "wx.chat", Path: "企业微信/会话存档/会话存档_{month}.ndjson", Encoding: NDJSON, Mode: "log",
		Columns: columns(`msgid=key action=action from=sender tolist=receivers roomid=room.key msgtime=ts msgtype=kind text=text`),
		Key:     "msgid", Verbs: []string{"feedback.received @ msgtime (from starts with wm: a customer's contact)", "message.sent @ msgtime (otherwise: staff)"},
		Note: "msgtime in milliseconds since 1970; text is {\"content\": …}. Every message is an event; truth.json names those that carry a planted theme.",
	},
	{
		ID: "wx.mass", Path: "企业微信/群发记录.csv", Encoding: UTF8BOM, Mode: "log",
		Columns: columns(`群发ID=key 群发名称=name 发送成员userid=staff.key 类型=kind 发送时间=ts 目标人数=target 送达人数=delivered 未送达人数=undelivered`),
		Key:     "群发ID", Verbs: []string{"stat.reported @ 发送时间 (送达人数)"},
	},

	// 工单系统: service.
	{
		ID: "tk.org", Path: "工单系统/组织.csv", Encoding: UTF8BOM, Mode: "snapshot",
		Columns: columns(`组织ID=key 组织名称=name 域名=domain 联系电话=phone 标签=tags 创建时间=created 停用日期=ts`), Key: "组织ID", Party: "account", Verbs: []string{"account.churned @ 停用日期 (when filled; a day)"},
	},
	{
		ID: "tk.user", Path: "工单系统/用户.csv", Encoding: UTF8BOM, Mode: "snapshot",
		Columns: columns(`用户ID=key 姓名=name 邮箱=email 电话=phone 组织ID=account.key`), Key: "用户ID", Party: "person",
	},
	{
		ID: "tk.agent", Path: "工单系统/坐席.csv", Encoding: UTF8BOM, Mode: "snapshot",
		Columns: columns(`坐席账号=key 姓名=name 受理组=team 邮箱=email 状态=status`), Key: "坐席账号", Party: "staff",
	},
	{
		ID: "tk.2025H2", Path: "工单系统/工单_2025H2.csv", Encoding: UTF8BOM, Mode: "log", Columns: columns(ticketOld),
		Key: "工单号", Verbs: ticketVerbs, Note: ticketNote,
	},
	{
		ID: "tk.2026H1", Path: "工单系统/工单_2026H1.csv", Encoding: UTF8BOM, Mode: "log", Columns: columns(ticketOld),
		Key: "工单号", Verbs: ticketVerbs, Note: "As above; tickets are listed in the half year in which they were made, with their state on 2027-01-04.",
	},
	{
		ID: "tk.2026H2", Path: "工单系统/工单_2026H2.csv", Encoding: UTF8BOM, Mode: "log", Columns: columns(ticketNew),
		Key: "工单号", Verbs: ticketVerbs, Note: "The mid-year schema change: 优先级 is now 紧急程度, 语言 is new. Its first rows repeat the last two days of June.",
	},

	// 数据平台BI.
	{
		ID: "bi.pivot25", Path: "数据平台BI/月度签约透视.xlsx", Sheet: "2025下半年", Encoding: XLSX, Above: 2, Mode: "snapshot",
		Columns: columns(`产品族=product_family 产品线=product`), Verbs: []string{"stat.reported @ month of the column (签约额, 万元)"}, Note: pivotNote,
	},
	{
		ID: "bi.pivot26", Path: "数据平台BI/月度签约透视.xlsx", Sheet: "2026年", Encoding: XLSX, Above: 2, Mode: "snapshot",
		Columns: columns(`产品族=product_family 产品线=product`), Verbs: []string{"stat.reported @ month of the column (签约额, 万元)"}, Note: pivotNote,
	},
	{
		ID: "bi.view", Path: "数据平台BI/访问日志.csv", Encoding: UTF8, Mode: "log",
		Columns: columns(`访问ID=key 工号=staff.key 报表ID=object.key 报表名称=name 访问时间=ts 停留秒数=seconds 是否导出=exported`),
		Key:     "访问ID", Verbs: []string{"report.viewed @ 访问时间"},
	},

	// 增长平台.
	{
		ID: "gr.member", Path: "增长平台/会员.csv", Encoding: UTF8, Mode: "snapshot",
		Columns: columns(`会员ID=key 姓名=name 手机号=phone 邮箱=email 公司=account.name 城市=city 注册时间=created 来源渠道=origin`), Key: "会员ID", Party: "person",
	},
	{
		ID: "gr.campaign", Path: "增长平台/活动.csv", Encoding: UTF8BOM, Mode: "log",
		Columns: columns(`活动ID=key 活动名称=name 目标=goal 渠道=channel 想法ID=idea.key 策划人工号=staff.key 人群包=segment 对照比例=holdout 上线时间=ts 结束时间=ends 预算(元)=budget 实际花费(元)=amount`),
		Key:     "活动ID", Verbs: []string{"campaign.launched @ 上线时间"},
	},
	{
		ID: "gr.touch", Path: "增长平台/触达明细/触达明细_{month}.csv", Encoding: UTF8, Mode: "log",
		Columns: columns(`触达ID=key 活动ID=campaign.key 会员ID=person.key 组别=arm 人群类型=slice 分组时间=assigned 渠道=channel 发送时间=ts 打开时间=opened 点击时间=clicked`),
		Key:     "触达ID", Verbs: []string{"arm.assigned @ 分组时间 (组别 is 实验 or 对照)", "touch.sent @ 发送时间", "touch.opened @ 打开时间", "touch.clicked @ 点击时间"},
		Note: "Control rows (对照) have no 发送时间. 人群类型 is 人群包 (chosen by the segment), 随机 (a random slice kept beside it) or 全量.",
	},
	{
		ID: "gr.order", Path: "增长平台/订单.csv", Encoding: UTF8, Mode: "log",
		Columns: columns(`订单号=key 会员ID=person.key 下单时间=ts 订单金额(元)=amount 商品=product 归因活动ID=campaign.key`),
		Key:     "订单号", Verbs: []string{"order.placed @ 下单时间"}, Note: "归因活动ID is the platform's last-touch credit, filled for treated members only: what incumbents call influenced.",
	},
	{
		ID: "gr.idea", Path: "增长平台/想法.csv", Encoding: UTF8BOM, Mode: "log",
		Columns: columns(`想法ID=key 主题=name 提出人工号=staff.key 团队=team 开始寻找=ts 选定时间=chosen 上线时间=launched 看过的候选数=tried 目标指标=metric 事先目标值=target 实际值=actual 参考报表=shovel.key`),
		Key:     "想法ID", Verbs: []string{"idea.sought @ 开始寻找", "idea.chosen @ 选定时间", "idea.launched @ 上线时间"},
	},

	// 中台门户: what the middle office handed over.
	{
		ID: "po.shovel", Path: "中台门户/铲子目录.csv", Encoding: UTF8BOM, Mode: "snapshot",
		Columns: columns(`铲子ID=key 名称=name 类别=kind 面向=for 责任人工号=staff.key 首次上线=launched 停用日期=stopped 年度成本(元)=cost 事先约定的口径=line`), Key: "铲子ID",
	},
	{
		ID: "po.access", Path: "中台门户/开通名册.csv", Encoding: UTF8BOM, Mode: "log",
		Columns: columns(`铲子ID=shovel.key 范围=scope 团队=team 工号=staff.key 开通日期=ts 关闭日期=stopped 开通方式=design`),
		Key:     "铲子ID+团队+工号", Verbs: []string{"shovel.enabled @ 开通日期 (a day)", "shovel.disabled @ 关闭日期 (a day)"},
		Note: "范围 is 团队 (then 工号 is empty) or 个人. 开通方式: 随机分批, 随机个人, 自愿报名, 全员. Units never enabled are not listed.",
	},
	{
		ID: "po.delivery", Path: "中台门户/递铲日志/递铲日志_{month}.ndjson", Encoding: NDJSON, Mode: "log",
		Columns: columns(`id=key ts=ts event=verb shovel=shovel.key kind=kind staff=staff.key team=team system=account.source account=account.key opportunity=opportunity.key reason=reason`),
		Key:     "id", Verbs: []string{"shovel.offered @ ts", "shovel.opened @ ts", "shovel.used @ ts", "shovel.skipped @ ts (event names the verb)"},
		Note: "ts is RFC 3339 with +08:00. staff is the HR number. kind: message, brief, battlecard, segment, report, answer, contact.",
	},
	{
		ID: "po.task", Path: "中台门户/任务计时.csv", Encoding: UTF8, Mode: "log",
		Columns: columns(`任务ID=key 任务类型=kind 工号=staff.key 开始时间=ts 结束时间=ended 实际投入分钟=effort 可用铲子=shovel.key 随机停用=withheld`),
		Key:     "任务ID", Verbs: []string{"task.started @ 开始时间", "task.ended @ 结束时间"},
		Note: "Elapsed is 结束 − 开始; effort is 实际投入分钟; they differ. 随机停用 = 是: a random tenth of the tasks was run without the shovel. An empty 结束时间 is a task given up.",
	},
	{
		ID: "po.broker", Path: "中台门户/供需撮合.ndjson", Encoding: NDJSON, Mode: "log",
		Columns: columns(`id=key ts=ts event=verb need=need.key offer=offer.key from=team to=team2 staff=staff.key title=text two_way=two_way via=channel`),
		Key:     "id", Verbs: []string{"need.raised", "offer.made", "match.made", "flow.delivered (event names the verb)"},
	},
	{
		ID: "po.handover", Path: "中台门户/交接.csv", Encoding: UTF8BOM, Mode: "log",
		Columns: columns(`交接编号=handover.key 移交人工号=staff.from 接手人工号=staff.key 系统=account.source 客户编号=account.key 交接日期=ts 交接包=pack`),
		Key:     "交接编号+客户编号", Verbs: []string{"account.handed @ 交接日期 (a day)"},
	},

	// The middle office's own work.
	{
		ID: "zt.story", Path: "禅道/需求.csv", Encoding: UTF8BOM, Mode: "log",
		Columns: columns(`编号=key 所属产品=product 需求名称=name 需求描述=text 来源=team 优先级=priority 预计工时=planned 消耗工时=hours 当前状态=status 所处阶段=stage 由谁创建=creator 创建日期=ts 指派给=staff.key 关闭者=closer 关闭日期=done`),
		Key:     "编号", Verbs: []string{"work.requested @ 创建日期 (a day)", "work.done @ 关闭日期 (a day, when filled)"},
		Note: "Staff as 禅道 accounts (pinyin). Kind of work: request.",
	},
	{
		ID: "zt.bug", Path: "禅道/Bug.csv", Encoding: GBK, Mode: "log",
		Columns: columns(`Bug编号=key 所属产品=product Bug标题=name 严重程度=severity 优先级=priority Bug类型=kind 重现步骤=text Bug状态=status 由谁创建=creator 创建日期=ts 指派给=staff.key 解决者=solver 解决方案=solution 解决日期=done 消耗工时=hours`),
		Key:     "Bug编号", Verbs: []string{"work.requested @ 创建日期 (a day)", "work.done @ 解决日期 (a day, when filled)"},
	},
	{
		ID: "td.story", Path: "TAPD/需求与任务.xlsx", Sheet: "需求", Encoding: XLSX, Above: 1, Mode: "log",
		Columns: columns(`ID=key 标题=name 分类=kind 状态=status 优先级=priority 业务部门=team 创建人=creator 处理人=staff.name 创建时间=ts 完成时间=done 上线日期=launched 预估工时=planned 完成工时=hours`),
		Key:     "ID", Verbs: []string{"work.requested @ 创建时间", "work.done @ 完成时间", "work.launched @ 上线日期 (a day; 分类 = 上线)"},
		Note: "Staff by name only: two people may share one. 分类: 上线 (launch), 取数 (data pull), 支持 (request).",
	},
	{
		ID: "td.task", Path: "TAPD/需求与任务.xlsx", Sheet: "任务", Encoding: XLSX, Above: 1, Mode: "log",
		Columns: columns(`ID=key 所属需求=parent 标题=name 状态=status 处理人=staff.name 实际开始=ts 实际结束=done 完成工时=hours`),
		Key:     "ID", Verbs: []string{"work.started @ 实际开始", "work.done @ 实际结束"},
	},
	{
		ID: "ji.issue", Path: "Jira/Jira.csv", Encoding: UTF8, Mode: "log",
		Columns: columns(`Issue~key=key Issue~id=id Summary=name Issue~Type=kind Status=status Priority=priority Assignee=staff.name Reporter=creator Created=ts Resolved=done Labels=tags Time~Spent=effort_seconds Custom~field~(Team)=team`),
		Key:     "Issue key", Verbs: []string{"work.failed @ Created (Issue Type = Incident)", "work.restored @ Resolved (Incident)", "work.requested @ Created (otherwise)", "work.done @ Resolved (otherwise)"},
		Note: "English; dates as 02/Mar/26 9:15 AM; Time Spent in seconds; staff by English display name (pinyin, given name first).",
	},
	{
		ID: "wb.launch", Path: "今年干了什么/今年干了什么.xlsx", Sheet: "干活账", Encoding: XLSX, Mode: "log",
		Columns: columns(`编号=key 类型=kind 名称=name 面向团队=team 上线日期=ts 结束日期=stopped 负责人=staff.name 投入工时=hours 外部花费(元)=cost 替代了什么=before 事先约定的口径=line 例子=text 备注=note`),
		Key:     "编号", Verbs: []string{"work.launched @ 上线日期 (类型 = 上线)", "work.done @ 上线日期 (取数, 支持)", "work.failed @ 上线日期 (故障)", "work.stopped @ 结束日期 (when filled)"},
		Note: "The shipped workbook, filled in; sheets 说明 and 选项 hold no records.",
	},

	// People.
	{
		ID: "hr.staff", Path: "人事/花名册.xlsx", Sheet: "花名册", Encoding: XLSX, Above: 1, Mode: "snapshot",
		Columns: columns(`工号=key 姓名=name 性别=sex 手机=phone 邮箱=email 部门=department 团队=team 岗位=title 入职日期=joined 离职日期=left`),
		Key:     "工号", Party: "staff", Verbs: []string{"staff.joined @ 入职日期 (a day)", "staff.left @ 离职日期 (a day, when filled)"},
	},
	{
		ID: "hr.move", Path: "人事/异动记录.csv", Encoding: GBK, Mode: "log",
		Columns: columns(`单号=key 工号=staff.key 姓名=staff.name 异动类型=kind 原团队=team_before 新团队=team 生效日期=ts`),
		Key:     "单号", Verbs: []string{"staff.moved @ 生效日期 (a day; 异动类型 = 调岗)"},
		Note: "入职 and 离职 rows repeat what 花名册 says; only 调岗 is an event of its own.",
	},
	{
		ID: "hr.wage", Path: "人事/薪资.xlsx", Sheet: "薪资", Encoding: XLSX, Above: 2, Mode: "log",
		Columns: columns(`工号=staff.key 姓名=staff.name 部门=department 月份=ts 应发工资(元)=gross 公司社保公积金(元)=social 人力成本合计(元)=amount`),
		Key:     "工号+月份", Verbs: []string{"wage.paid @ 月份 (2026-03: a month)"}, Note: "A 小计 row after each department's block and a 合计 row at the end.",
	},

	// Finance.
	{
		ID: "fi.growth", Path: "财务/增长口径.xlsx", Sheet: "增长口径", Encoding: XLSX, Above: 2, Mode: "snapshot",
		Columns: columns(`事业部=team 指标=metric`), Verbs: []string{"stat.reported @ month of the column (元)"},
		Note: "A column per month from 2025-07 to 2026-12, then 2025H2, 2026H2 and 同比. 指标: 合同额, 回款额, 确认收入; 事业部 stands in the first of its three rows, merged downwards. Three 合计 rows at the end.",
	},
	{
		ID: "fi.ledger", Path: "财务/合同台账.csv", Encoding: GBK, Above: 2, Mode: "snapshot",
		Columns: columns(`客户编码=key 客户名称=name 纳税人识别号=tax_no 合同数=contracts 合同额(元)=amount 已回款(元)=paid 已确认收入(元)=recognised`),
		Key:     "客户编码", Party: "account", Note: "One row per customer that finance knows, a 合计 row at the end: used to reconcile, no events.",
	},
}

const (
	ticketOld = `工单号=key 标题=title 内容=text 渠道=channel 组织ID=account.key 客户名称=account.name 提单人ID=person.key 提单人=person.name 优先级=priority 产品线=product
		受理组=team 受理人=staff.name 受理人账号=staff.key 创建时间=ts 首次回复时间=replied 解决时间=resolved 状态=status 满意度=rating`
	ticketNew = `工单号=key 标题=title 内容=text 渠道=channel 组织ID=account.key 客户名称=account.name 提单人ID=person.key 提单人=person.name 紧急程度=priority 产品线=product
		受理组=team 受理人=staff.name 受理人账号=staff.key 创建时间=ts 首次回复时间=replied 解决时间=resolved 状态=status 满意度=rating 语言=language`
	ticketNote = "内容 is HTML, with line breaks inside quotes. Chinese and English."
	pivotNote  = "Row 1 a banner, row 2 months merged over their regions, row 3 the header: 产品族, 产品线, then one column per month × region and 合计. 小计 rows per 产品族, 合计 at the end. Equals the sum of 新签 contracts of both CRMs, rounded to 0.01 万元 per cell."
)

var ticketVerbs = []string{"feedback.received @ 创建时间", "feedback.replied @ 首次回复时间", "feedback.resolved @ 解决时间", "feedback.rated @ 解决时间 (满意度 1 to 5, when filled)"}
