package zhtest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/chanzipu/outfitter/linkage/zh"
)

// CompanyColumns names the values of Companies' records.
var CompanyColumns = []string{"公司名称", "统一社会信用代码", "注册地址", "联系电话"}

const brandChars = "华兴鑫盛泰宏达隆昌瑞祥福润丰德信诚嘉恒远博通海天龙金银星宇航力创新科智慧云腾飞翔凯旋宝利源源康健安宁永久中正和顺美佳雅尚品优卓越高峰耀辉光明阳晨曦晶莹蓝绿青蕴蓓蕾思诺艾维拓普朗迪威特诗曼奥迈森柏林枫桦麒麟鼎铭钰锦绣程万联众合聚汇"

var trades = strings.Fields("科技 信息技术 网络科技 电子商务 贸易 商贸 机械设备 自动化设备 建筑工程 装饰工程 食品 餐饮管理 文化传媒 广告 教育科技 企业管理咨询 物流 供应链管理 医疗器械 生物科技 医药 环保科技 新能源 新材料 化工 服装 家具 汽车配件 农业科技 房地产开发 投资管理 物业管理 软件 智能科技 电器 五金制品 包装材料 印刷 旅行社 人力资源")

var companyForms = []string{"有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "集团有限公司"}

type company struct {
	region, brand, trade, form, branch, former, english string
	code, phone, kind                                   string
	place                                               place
	regionFirst                                         bool
}

func newCompany(r *rand.Rand) company {
	c := company{place: newPlace(r), kind: "plain", regionFirst: r.IntN(4) > 0}
	city := cities[c.place.city]
	c.region = strings.TrimSuffix(city.city, "市")
	if r.IntN(4) == 0 {
		c.region = strings.TrimSuffix(strings.TrimSuffix(city.province, "省"), "市")
	}
	for range 2 + r.IntN(2) {
		c.brand += pick(r, brandChars)
	}
	c.trade = trades[skewed(r, len(trades))]
	c.form = companyForms[r.IntN(len(companyForms))]
	c.code = newCode(r)
	c.phone = fmt.Sprintf("0%d-%08d", []int{10, 21, 20, 755, 571, 574, 25, 512, 28, 27}[r.IntN(10)], 10000000+r.IntN(89999999))
	if r.IntN(15) == 0 {
		c.former = c.region + pick(r, brandChars) + pick(r, brandChars) + c.trade + "有限公司"
	}
	if r.IntN(8) == 0 {
		c.english = title(firstSound(c.region, false)) + " " + title(firstSound(c.brand, false)) + " Co., Ltd."
	}
	return c
}

func newCode(r *rand.Rand) string {
	const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
	b := []byte(fmt.Sprintf("91%06d", 110000+r.IntN(540000)))
	for len(b) < 17 {
		b = append(b, alphabet[r.IntN(len(alphabet))])
	}
	return string(append(b, zh.USCCCheck(string(b))))
}

// Companies makes about n records of companies in three sources. One in four
// has a relation that must not be merged with it: a branch, a sister of the
// same brand in another trade, or a namesake in another city.
func Companies(seed uint64, n int) []Record {
	r := rand.New(rand.NewPCG(seed, 2))
	var out []Record
	entity := 0
	add := func(c company) {
		entity++
		for range 1 + r.IntN(4) {
			out = append(out, c.record(r, len(out), entity))
		}
	}
	for len(out) < n {
		c := newCompany(r)
		add(c)
		switch r.IntN(12) {
		case 0:
			d := newCompany(r)
			d.region, d.brand, d.trade, d.form, d.kind, d.english, d.former, d.regionFirst = c.region, c.brand, c.trade, c.form, "branch", "", "", c.regionFirst
			d.branch = strings.TrimSuffix(cities[d.place.city].city, "市") + "分公司"
			add(d)
		case 1:
			d := newCompany(r)
			for d.trade == c.trade {
				d.trade = trades[r.IntN(len(trades))]
			}
			d.region, d.brand, d.kind, d.english, d.former = c.region, c.brand, "sister", "", ""
			if r.IntN(2) == 0 {
				d.place, d.phone = c.place, c.phone
			}
			add(d)
		case 2:
			d := newCompany(r)
			for d.place.city == c.place.city || strings.HasPrefix(cities[d.place.city].province, c.region) {
				d.place = newPlace(r)
			}
			d.region, d.brand, d.trade, d.form, d.kind, d.english, d.former = strings.TrimSuffix(cities[d.place.city].city, "市"), c.brand, c.trade, c.form, "city", "", ""
			add(d)
		}
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func (c company) record(r *rand.Rand, n, entity int) Record {
	sources := []string{"erp", "crm", "registry"}
	rec := Record{Source: sources[r.IntN(3)], ID: fmt.Sprint("c", n), Entity: fmt.Sprint("company", entity), Kind: c.kind}
	code := c.code
	if r.IntN(12) == 0 {
		code = slip(r, code, "0123456789ABCDEFGH")
	}
	phone := c.phone
	switch r.IntN(5) {
	case 0:
		phone = "+86 " + phone[1:]
	case 1:
		phone += "转" + fmt.Sprint(801)
	case 2:
		phone = strings.ReplaceAll(phone, "-", "")
	}
	rec.Values = []string{c.write(r), code, writePlace(r, c.place), phone}
	for i, missing := range []int{0, 45, 30, 35} {
		if r.IntN(100) < missing {
			rec.Values[i] = ""
		}
	}
	if c.former != "" && r.IntN(3) == 0 { // still under its former name: the code tells
		rec.Values[0], rec.Values[1] = c.former, c.code
	}
	return rec
}

func (c company) write(r *rand.Rand) string {
	name := c.region + c.brand + c.trade + c.form
	form := c.form
	switch k := r.IntN(100); {
	case k < 50:
	case k < 60 && strings.HasSuffix(form, "有限公司") && form != "股份有限公司": // the two names of one form
		form = strings.Replace(form, "有限公司", "有限责任公司", 1)
		name = c.region + c.brand + c.trade + form
	case k < 70:
		name = c.brand + "(" + c.region + ")" + c.trade + form
	case k < 78:
		name = c.brand + "（" + c.region + "）" + c.trade + form
	case k < 84 && c.branch == "":
		return c.region + c.brand + c.trade
	case k < 88 && c.branch == "":
		return c.brand + c.trade
	case k < 92:
		name = Traditional(name)
	case k < 95 && c.english != "" && c.branch == "":
		return c.english
	case k < 97 && c.former != "":
		name += "（原" + c.former + "）"
	case k < 98:
		name = c.region + homophone(r, c.brand) + c.trade + form
	}
	return name + c.branch
}
