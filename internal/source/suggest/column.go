package suggest

import (
	"fmt"
	"strings"
)

// A role is what a column does in its table.
type role string

const (
	roleKey      role = "key"
	roleName     role = "name"
	rolePhone    role = "phone"
	roleEmail    role = "email"
	roleTax      role = "tax_no"
	roleAddress  role = "address"
	roleCity     role = "city"
	roleTitle    role = "title"
	roleTime     role = "ts"
	roleAmount   role = "amount"
	roleQuantity role = "quantity"
	roleText     role = "text"
	roleChannel  role = "channel"
	roleStatus   role = "status"
	roleStep     role = "step"
	roleTeam     role = "team"
	roleVerb     role = "verb"
	roleOther    role = ""
)

// A column is one with what is thought of it.
type column struct {
	*profile
	name   name
	role   role
	party  string // account, person, staff; "" = the table's own, or none
	label  string // the word that says so: 负责人
	object string // deal, case …
	when   string // of a time: created, closed …
	sure   float64
	why    string
	whyZh  string
	used   bool
}

func (c *column) is(r role, sure float64, why, whyZh string) {
	c.role, c.sure, c.why, c.whyZh = r, sure, why, whyZh
}

func percent(share float64) string { return fmt.Sprintf("%.0f%%", 100*share) }

// classify says what a column does, from its values first and its header next.
func classify(p *profile) *column {
	c := &column{profile: p, name: parse(p.header)}
	c.party, c.label = c.name.last("party")
	c.object, _ = c.name.last("object")
	c.when, _ = c.name.last("when")
	attr, attrText := c.name.last("attr")
	if c.party == "" && staffKey[attrText] {
		c.party, c.label = "staff", "staff"
	}
	if len(c.values) == 0 {
		c.is(roleOther, 0, "the column is empty", "该列为空")
		return c
	}
	switch {
	case c.verb > 0.9:
		c.is(roleVerb, 0.98, "its values are verbs of the glossary", "取值就是词汇表中的动作")
	case c.email > 0.8:
		c.is(roleEmail, 0.97, percent(c.email)+" of the values are mail addresses", percent(c.email)+" 的值是邮箱")
	case c.tax > 0.6 && (attr == "tax" || attr != "key" && c.whole < 0.7):
		c.is(roleTax, 0.97, percent(c.tax)+" of the values have the form of a company registration number", percent(c.tax)+" 的值符合统一社会信用代码格式")
	case c.phone > 0.6 && (attr != "key" || c.name.has("attr", "phone")):
		c.is(rolePhone, 0.95, percent(c.phone)+" of the values are phone numbers", percent(c.phone)+" 的值是电话号码")
	case c.time(attr):
	case attr != "":
		c.byHeader(attr, attrText)
	default:
		c.byNoun()
	}
	return c
}

// staffKey are words for a colleague's key that need no other.
var staffKey = map[string]bool{"工号": true, "userid": true, "登录名": true}

// time decides whether the column is a time, and of what.
func (c *column) time(attr string) bool {
	if attr == "key" && c.number > 0.9 {
		return false
	}
	stamp := (c.whole > 0.95 && (attr == "time" || c.when != "")) && (allLong(c.values, 10) || allLong(c.values, 13))
	if c.date < 0.7 && !stamp {
		return false
	}
	sure, why, whyZh := 0.7, percent(c.date)+" of the values are dates", percent(c.date)+" 的值是日期"
	if stamp {
		why, whyZh = "its values are seconds or milliseconds since 1970", "取值是 1970 年以来的秒或毫秒数"
	}
	if c.when != "" || attr == "time" || attr == "month" {
		sure = 0.92
		why, whyZh = why+", and the header says so", whyZh+"，表头也如此"
	}
	if c.name.has("attr", "planned") || c.when == "born" {
		c.is(roleOther, 0.6, "a planned date or one of a biography, not something that happened", "计划日期或个人、公司的属性日期，不是已发生的事")
		return true
	}
	c.is(roleTime, sure, why, whyZh)
	return true
}

func allLong(values []string, n int) bool {
	for _, v := range values {
		if len(v) != n {
			return false
		}
	}
	return true
}

// byHeader takes the header's word for it, where the values don't object.
func (c *column) byHeader(attr, word string) {
	says := fmt.Sprintf("the header says %q", word)
	saysZh := fmt.Sprintf("表头含“%s”", word)
	numeric := c.number > 0.7
	switch attr {
	case "key":
		c.is(roleKey, 0.85, says, saysZh)
	case "name":
		switch {
		case c.object != "" && c.party == "" && c.code > 0.8:
			c.is(roleKey, 0.75, says+", and the values are codes", saysZh+"，取值是编码")
		case c.object != "" && c.party == "":
			c.is(roleText, 0.55, says+" of a thing", saysZh+"，是事物的名称")
		case c.listed() && steps(c) > 0.5:
			c.is(roleStep, 0.75, "its values are steps of a process", "取值是流程步骤")
		default:
			c.is(roleName, 0.85, says, saysZh)
		}
	case "phone":
		c.is(roleOther, 0.3, says+", but the values are no phone numbers", saysZh+"，但取值不像电话")
	case "tax":
		c.is(roleTax, 0.85, says, saysZh)
	case "address":
		c.is(roleAddress, 0.88, says, saysZh)
	case "city":
		if numeric {
			c.is(roleOther, 0.4, says+", but the values are numbers", saysZh+"，但取值是数字")
			return
		}
		c.is(roleCity, 0.85, says, saysZh)
	case "title":
		c.is(roleTitle, 0.85, says, saysZh)
	case "amount":
		if !numeric && c.money < 0.3 {
			c.byValues(says, saysZh)
			return
		}
		c.is(roleAmount, 0.8, says+" and the values are numbers", saysZh+"，取值是数字")
		if c.name.has("attr", "planned") || c.name.has("attr", "budget") {
			c.sure = 0.6
		}
	case "budget":
		if numeric {
			c.is(roleAmount, 0.5, says, saysZh)
		}
	case "quantity", "score":
		if numeric && !c.name.has("attr", "planned") {
			c.is(roleQuantity, 0.72, says+" and the values are numbers", saysZh+"，取值是数字")
		}
	case "text":
		if c.party != "" && !c.prose() {
			c.is(roleName, 0.7, says+" and a "+c.party, saysZh+"，并指明对象")
			return
		}
		c.is(roleText, 0.75, says, saysZh)
		if c.prose() {
			c.sure = 0.92
		}
	case "subject":
		if c.party == "person" || word == "title" && c.object == "" && c.length < 25 && c.listed() {
			c.is(roleTitle, 0.6, says, saysZh)
			return
		}
		c.is(roleText, 0.7, says, saysZh)
	case "channel":
		c.is(roleChannel, 0.8, says, saysZh)
	case "status":
		c.is(roleStatus, 0.8, says, saysZh)
	case "step":
		if c.listed() {
			c.is(roleStep, 0.75, says, saysZh)
		}
	case "team":
		c.is(roleTeam, 0.75, says, saysZh)
	case "time", "month":
		c.is(roleOther, 0.3, says+", but the values are no dates", saysZh+"，但取值不是日期")
	case "before", "kind", "planned", "file":
		if c.party != "" && c.role == "" && attr == "before" && (c.code > 0.8 || c.person > 0.5) {
			c.is(roleKey, 0.5, says, saysZh)
		}
	}
}

// byNoun decides a column whose header names a thing alone: account, 负责人.
func (c *column) byNoun() {
	switch {
	case c.party != "":
		word := fmt.Sprintf("the header names a %s (%s)", c.party, c.label)
		wordZh := fmt.Sprintf("表头指%s（%s）", map[string]string{"account": "客户", "person": "个人", "staff": "员工"}[c.party], c.label)
		if c.listed() && c.truth > 0.9 || c.number > 0.9 && c.distinct() < 3 {
			c.is(roleOther, 0.3, word+", but the values are flags", wordZh+"，但取值是标记")
			return
		}
		if c.hex > 0.8 || c.code > 0.9 {
			c.is(roleKey, 0.78, word+" and the values are codes", wordZh+"，取值是编码")
			return
		}
		c.is(roleName, 0.8, word, wordZh)
	case c.object != "" && (c.code > 0.9 && (c.whole < 0.5 || !c.listed()) || c.hex > 0.8):
		c.is(roleKey, 0.7, "the header names a "+c.object+" and the values are codes", "表头指事物，取值是编码")
	default:
		c.byValues("", "")
	}
}

// byValues decides a column whose header says nothing.
func (c *column) byValues(says, saysZh string) {
	if says != "" {
		says, saysZh = says+", but ", saysZh+"，但"
	}
	switch {
	case c.prose():
		c.is(roleText, 0.7, says+"its values are free text", saysZh+"取值是长文本")
	case c.address > 0.6:
		c.is(roleAddress, 0.7, says+"its values are addresses", saysZh+"取值是地址")
	case c.company > 0.6:
		c.party, c.label = "account", "company"
		c.is(roleName, 0.7, says+"its values are names of companies", saysZh+"取值是公司名称")
	case c.listed() && steps(c) > 0.5 && c.distinct() > 2:
		c.is(roleStep, 0.65, says+"its values are steps of a process", saysZh+"取值是流程步骤")
	case c.hex > 0.9 && c.unique():
		c.is(roleKey, 0.6, says+"its values are unique codes", saysZh+"取值是唯一编码")
	}
}

// stages of a process by words in the values, in the order tried.
var stages = []struct{ stage, words string }{
	{"reopened", "reopen 重开 重新打开"}, {"queued", "queued queue 排队 待分配 待受理"},
	{"paused", "wait pending hold 等待 挂起 暂停 awaiting"}, {"escalated", "escalat upgrade 升级"},
	{"replied", "repl respond 回复 响应"}, {"closed", "clos 关闭 结案 归档"},
	{"resolved", "resolv complet solved fixed done 解决 完成 修复 已处理"},
	{"assigned", "accept assign charge 受理 分派 指派 派单 接单 progress 处理中 active"},
	{"received", "new open insert create register submit 新建 提交 登记 创建 待处理"},
}

func stageOf(value string) string {
	v := strings.ToLower(value)
	for _, s := range stages {
		for _, w := range strings.Fields(s.words) {
			if strings.Contains(v, w) {
				return s.stage
			}
		}
	}
	return ""
}

// steps is the share of sampled values that name a stage.
func steps(c *column) float64 {
	n, all := 0, 0
	for v, k := range c.often {
		all += k
		if len([]rune(v)) <= 40 && stageOf(v) != "" {
			n += k
		}
	}
	return float64(n) / float64(max(1, all))
}
