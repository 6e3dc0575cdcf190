package identity

import (
	"testing"

	"github.com/chanzipu/outfitter/internal/fact"
)

func TestUnique(t *testing.T) {
	for key, want := range map[string]bool{
		"5420aad7fec3549a85876ba1c529bd84": true, "401013266745e5661589292315434968": true, "3f2504e0-4f89-11d3-9a0c-0305e82c3301": true,
		"wmX88c19de2c9518000007cc": true, "1029384756102938475": true,
		"KH0010000": false, "10064": false, "000000000000000000012345": false, "Changchun Beiyuanke Logistics": false, "杭州鼎盛": false, "": false,
	} {
		if got := unique(key); got != want {
			t.Errorf("unique(%q) = %t, want %t", key, got, want)
		}
	}
}

func TestWithoutNote(t *testing.T) {
	for name, want := range map[string]string{
		"宁波嘉源格食品有限公司东莞分公司（老客户）":     "宁波嘉源格食品有限公司东莞分公司",
		"杭州鼎盛精密机械有限公司[勿扰]":          "杭州鼎盛精密机械有限公司",
		"某某科技有限公司（原某某网络有限公司）":       "某某科技有限公司（原某某网络有限公司）",
		"北京某某中心（有限合伙）":              "北京某某中心（有限合伙）",
		"Acme Co., Ltd. (Shanghai)": "Acme Co., Ltd. (Shanghai)",
		"张三":                        "张三", "": "",
	} {
		if got := withoutNote(name); got != want {
			t.Errorf("withoutNote(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestValuesOfParty(t *testing.T) {
	at := func(p fact.Party, column string) string {
		for i, c := range columns {
			if c == column {
				return valuesOfParty(p)[i]
			}
		}
		return "?"
	}
	for _, tt := range []struct {
		p            fact.Party
		column, want string
	}{
		{fact.Party{Kind: "staff", Key: "CC00012"}, "code", "CC00012"},
		{fact.Party{Kind: "staff", Key: "Zhang.siting"}, "account", "zhangsiting"},
		{fact.Party{Kind: "staff", Key: "CC00012", Email: "zhangsiting@x.example"}, "account", "zhangsiting"},
		{fact.Party{Kind: "staff", Key: "张思婷;"}, "name", "张思婷"},
		{fact.Party{Kind: "account", Name: "杭州鼎盛有限公司上海分公司"}, "office", "branch"},
		{fact.Party{Kind: "account", Name: "Wuhan Liangxuanlai Home Co., Ltd. Chengdu Branch"}, "office", "branch"},
		{fact.Party{Kind: "account", Name: "杭州鼎盛有限公司"}, "office", "head"},
		{fact.Party{Kind: "account", Key: "10064"}, "office", ""},
		{fact.Party{Kind: "account", Key: "10064"}, "code", ""},
		{fact.Party{Kind: "person", Email: "13141792735@139.com"}, "phone", "13141792735"},
	} {
		if got := at(tt.p, tt.column); got != tt.want {
			t.Errorf("%s of %+v = %q, want %q", tt.column, tt.p, got, tt.want)
		}
	}
}
