package lexicon

// A Theme is a problem that many customers have. Subjects and symptoms
// combine freely, and the shared parts of phrase.go stand around them.
type Theme struct {
	Key     string
	ZH, EN  string // label
	Product string // product line it concerns
	zhSubj  []string
	zhSymp  []string
	enSubj  []string
	enSymp  []string
}

// Products are the product lines; Families group them.
var Products = []string{"云ERP", "仓储WMS", "门店POS", "数据看板", "工业网关"}

// Families groups the product lines as the BI sheet does.
var Families = []struct {
	Name     string
	Products []string
}{
	{"软件", []string{"云ERP", "仓储WMS", "数据看板"}},
	{"设备", []string{"门店POS", "工业网关"}},
}

// Standing themes are there all year.
var Standing = []Theme{
	{"login", "登录不上", "cannot log in", "云ERP",
		[]string{"账号", "子账号", "新员工的账号", "后台", "手机端", "财务的登录"}, []string{"一直提示密码错误", "登录之后马上又跳回登录页", "显示账号已锁定", "转圈五分钟进不去", "说没有权限", "换了电脑就登不上"},
		[]string{"The admin account", "A new user", "Our mobile app", "Single sign-on"}, []string{"keeps asking for the password again", "is locked out after one attempt", "spins for minutes and then times out", "says access denied"}},
	{"print", "打印问题", "printing", "门店POS",
		[]string{"小票", "标签打印机", "送货单", "热敏打印机", "批量打印的快递面单", "出库单"}, []string{"打出来是乱码", "只打一半就停了", "打印位置整体偏了两厘米", "完全没反应", "重复打了三张", "中文变成方框"},
		[]string{"The receipt printer", "Label printing", "Batch printing of waybills"}, []string{"stops half way", "prints garbled characters", "prints everything twice", "is shifted by two centimetres"}},
	{"slow", "系统慢", "slow", "云ERP",
		[]string{"月底结账", "库存查询", "打开订单列表", "导出明细", "审批页面", "成本核算"}, []string{"要等十几分钟", "经常超时", "越来越慢", "点一下卡半天", "高峰期基本没法用", "一跑就白屏"},
		[]string{"Month-end closing", "The order list", "Exporting details", "Inventory lookup"}, []string{"takes more than ten minutes", "times out at peak hours", "has become slower every week", "freezes the browser"}},
	{"stock", "库存对不上", "stock mismatch", "仓储WMS",
		[]string{"盘点之后的库存", "调拨单", "仓库实物和系统", "二号仓的数量", "退货入库的货", "赠品的库存"}, []string{"差了几十件", "对不上账", "没有自动扣减", "被扣了两次", "显示在途一直不入库", "和昨天的报表不一致"},
		[]string{"Stock after the count", "The transfer order", "Returned goods"}, []string{"does not match the shelf", "was deducted twice", "never arrives in the system", "differs from yesterday's report"}},
	{"invoice", "开票问题", "invoicing", "云ERP",
		[]string{"增值税专票", "红字发票", "开票抬头", "电子发票", "进项发票认证", "开票限额"}, []string{"开不出来", "税率选不了", "金额差一分钱", "提示税号校验失败", "推送到邮箱收不到", "冲红之后状态没变"},
		[]string{"The VAT invoice", "A credit note", "The e-invoice mail"}, []string{"cannot be issued", "is one cent off", "is rejected for the tax number", "never reaches our mailbox"}},
	{"export", "导出失败", "export", "数据看板",
		[]string{"销售明细", "应收账款", "会员名单", "整年的流水", "看板的图", "导出的Excel"}, []string{"导出到一半失败", "打开是空的", "列都错位了", "超过一万行就报错", "数字变成了文本", "下载链接过期了"},
		[]string{"The sales report", "A full-year export", "The Excel download"}, []string{"fails half way", "comes out empty", "has its columns shifted", "breaks above ten thousand rows"}},
	{"permission", "权限配置", "permissions", "云ERP",
		[]string{"店长角色", "区域经理", "外包人员", "审批流", "离职员工", "只读账号"}, []string{"能看到别的门店的数据", "看不到自己的单子", "配置了不生效", "改了之后所有人都进不去", "少了一个导出权限", "找不到在哪里设"},
		[]string{"The store manager role", "A read-only user", "The approval flow"}, []string{"can see other branches", "cannot see its own orders", "ignores the new settings", "has no export right"}},
	{"offline", "设备离线", "device offline", "工业网关",
		[]string{"三号车间的网关", "夜里的采集器", "新装的设备", "4G模块", "PLC 通讯", "边缘盒子"}, []string{"隔一会儿就离线", "重启才恢复", "数据断了两个小时", "显示在线但没有数据", "时间戳慢了八小时", "丢包很严重"},
		[]string{"The gateway on line 3", "The 4G module", "PLC communication"}, []string{"drops offline every night", "needs a reboot to recover", "shows online but sends nothing", "loses packets"}},
	{"interface", "接口对接", "integration", "云ERP",
		[]string{"和金蝶的接口", "电商平台订单同步", "Webhook 推送", "银企直连", "供应商 EDI", "开放平台的 token"}, []string{"隔三差五断", "漏单", "返回 500", "字段和文档对不上", "签名一直验不过", "延迟了半小时"},
		[]string{"The order webhook", "Marketplace sync", "The EDI feed", "Our API token"}, []string{"returns 500 now and then", "misses orders", "does not match the documentation", "arrives half an hour late"}},
	{"training", "不会用", "how to", "仓储WMS",
		[]string{"新来的仓管", "批次管理", "期初导入", "波次拣货", "多单位换算", "成本调整单"}, []string{"不知道从哪一步开始", "找不到教程", "文档和界面不一样", "想约一次培训", "能不能远程教一下", "步骤太多记不住"},
		[]string{"Our new warehouse clerk", "Wave picking", "The opening stock import"}, []string{"does not know where to start", "looks different from the manual", "needs a training session", "has too many steps"}},
	{"price", "价格与合同", "price and contract", "云ERP",
		[]string{"续费报价", "多门店的折扣", "合同盖章", "升级版本的差价", "发票和付款顺序", "按年付款"}, []string{"比去年贵了不少", "一直没人回", "和销售说的不一样", "能不能便宜一点", "想要书面说明", "流程太慢了"},
		[]string{"The renewal quote", "The multi-branch discount", "The contract"}, []string{"is higher than last year", "differs from what sales said", "has not been answered", "needs a written explanation"}},
	{"ui", "界面建议", "interface wishes", "门店POS",
		[]string{"收银界面", "商品搜索", "手机端的列表", "快捷键", "字体", "会员储值页面"}, []string{"按钮太小了", "希望能自定义列", "能不能加个夜间模式", "点的次数太多", "想要支持拼音首字母搜索", "颜色分不清"},
		[]string{"The checkout screen", "Product search", "The mobile list"}, []string{"has tiny buttons", "needs custom columns", "takes too many clicks", "should support a dark mode"}},
	{"data", "数据不准", "wrong figures", "数据看板",
		[]string{"昨天的销售额", "毛利", "同比", "门店排名", "客单价", "库存周转天数"}, []string{"和财务的对不上", "少了两家店", "凌晨刷新之后变了", "同一个指标两个页面不一样", "出现负数", "没有含税说明"},
		[]string{"Yesterday's revenue", "The gross margin", "Store ranking"}, []string{"does not agree with finance", "misses two stores", "shows negative values", "changed after midnight"}},
	{"praise", "表扬", "praise", "云ERP",
		[]string{"这次实施的老师", "新版的报表", "客服小姐姐", "上门的工程师", "升级之后的速度"}, []string{"非常专业", "帮了大忙", "解决得很快", "比之前好用多了", "我们老板很满意"},
		[]string{"The support engineer", "The new report", "Your onsite team"}, []string{"was very helpful", "solved it within the hour", "is much better than before"}},
}

// Emerging themes start on a day and stand out: they are planted, and found
// or not. Their start days and volumes are the caller's.
var Emerging = []Theme{
	{"einvoice-download", "数电票下载空白", "e-invoice downloads blank", "云ERP",
		[]string{"数电票", "全电发票的PDF", "税局新版的发票文件", "上个月开的数电发票"}, []string{"下载下来是空白页", "只有版头没有内容", "点下载跳到404", "OFD 打不开 PDF 是白的", "二维码缺了一块"},
		[]string{"The digital invoice PDF", "Every e-invoice since the tax bureau update"}, []string{"downloads as a blank page", "has a header and nothing else", "gives a 404"}},
	{"wecom-loop", "企微扫码死循环", "WeCom sign-in loop", "门店POS",
		[]string{"企业微信扫码登录", "用企微授权", "门店用企微扫收银台", "扫码之后的授权页"}, []string{"一直循环跳授权", "扫完提示 redirect_uri 不对", "授权成功又回到二维码", "提示应用可见范围不对", "安卓手机扫了没反应"},
		[]string{"Signing in with the WeCom QR code", "The WeCom consent page"}, []string{"loops for ever", "says redirect_uri mismatch", "returns to the QR code"}},
	{"batch-negative", "升级后批次负库存", "negative batch stock after the upgrade", "仓储WMS",
		[]string{"升级6.3之后批次库存", "近效期批次", "先进先出的批次", "新版本里的批次数量"}, []string{"变成负数", "出库扣错批次", "负的还能继续出", "盘盈也冲不掉", "同一批次出现两行一正一负"},
		[]string{"Batch stock since version 6.3", "FIFO batches"}, []string{"went negative", "is taken from the wrong batch", "shows two rows, one positive and one negative"}},
	{"gateway-241", "网关固件2.4.1掉线", "gateways drop on firmware 2.4.1", "工业网关",
		[]string{"刷了2.4.1固件的网关", "固件升级到 2.4.1 以后", "昨晚推送2.4.1之后的设备", "2.4.1 版本"}, []string{"每四十分钟掉线一次", "MQTT 重连风暴", "看门狗反复重启", "升级后波特率被改了", "回退到 2.3.8 就正常"},
		[]string{"Gateways on firmware 2.4.1", "Since the 2.4.1 push the device"}, []string{"drops every forty minutes", "reboots by its watchdog", "reconnects to MQTT in a storm", "works again on 2.3.8"}},
	{"dashboard-tax", "看板含税口径变了", "dashboard switched to tax-inclusive", "数据看板",
		[]string{"看板的销售额", "首页大屏的金额", "经营日报", "门店业绩那张图"}, []string{"突然变成含税了", "比报表多了13个点", "口径改了没人通知", "含税不含税混在一起", "和钉钉推送的日报差一个税"},
		[]string{"Revenue on the dashboard", "The daily operations report"}, []string{"suddenly includes tax", "is thirteen per cent above the report", "mixes net and gross"}},
	{"sms-code", "收不到验证码", "no SMS codes", "门店POS",
		[]string{"短信验证码", "会员注册的验证码", "移动号段的验证码", "储值支付的短信"}, []string{"收不到", "过了十分钟才来", "连发三条都是过期的", "提示发送频繁但一条没收到", "只有移动的号收不到"},
		[]string{"SMS codes", "The verification text at the till"}, []string{"never arrive", "come ten minutes late", "are expired on arrival"}},
	{"api-429", "接口限流429", "API rate limit 429", "云ERP",
		[]string{"开放接口", "批量拉单的接口", "夜里同步的脚本", "库存查询 API"}, []string{"从这周开始返回 429", "限流没有提前通知", "文档写每秒20次实际5次就限", "Retry-After 写的是 3600", "把我们的 ERP 同步卡死了"},
		[]string{"The open API", "Our nightly sync", "The stock endpoint"}, []string{"returns 429 since this week", "is throttled at five calls a second", "sends Retry-After 3600", "was limited without notice"}},
	{"renewal-hike", "续费涨价", "renewal price hike", "云ERP",
		[]string{"今年的续费单", "老客户续费", "按门店数计费的新政策", "服务费"}, []string{"一下子涨了三成", "没有通知就换了计费方式", "老客户反而比新客户贵", "要重新签全价合同", "说是统一调价没有说明"},
		[]string{"This year's renewal", "The new per-branch billing"}, []string{"went up by thirty per cent", "came without notice", "makes old customers pay more than new ones"}},
}
