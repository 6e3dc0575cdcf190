package api

import (
	"strings"

	"github.com/chanzipu/outfitter/internal/source/suggest"
)

// conceptZH is what a proposed target is called in Chinese, part by part.
var conceptZH = map[string]string{
	"account": "客户", "person": "个人", "staff": "员工", "event": "事件", "object": "对象", "membership": "团队",
	"key": "编号", "name": "名称", "phone": "电话", "email": "邮箱", "tax_no": "税号", "address": "地址", "city": "城市", "title": "职务", "company": "公司",
	"ts": "时间", "amount": "金额", "currency": "货币", "quantity": "数量", "unit": "单位", "text": "内容", "channel": "渠道", "verb": "动作", "kind": "类型",
	"team": "团队", "since": "开始", "until": "结束", "attrs": "属性",
}

// targetZH turns account.phone into 客户.电话; a part without a Chinese word stays.
func targetZH(concepts []string) string {
	out := make([]string, len(concepts))
	for i, c := range concepts {
		parts := strings.Split(c, ".")
		for j, p := range parts {
			if zh, ok := conceptZH[p]; ok {
				parts[j] = zh
			}
		}
		out[i] = strings.Join(parts, ".")
	}
	return strings.Join(out, "、")
}

func proposedOf(c suggest.Column) inspectColumn {
	return inspectColumn{File: c.File, Table: c.Table, Column: c.Column, Target: strings.Join(c.Concepts, ", "), TargetZH: targetZH(c.Concepts), Confidence: c.Sure, Reason: c.Why, ReasonZH: c.WhyZh}
}
