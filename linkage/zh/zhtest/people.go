// Package zhtest makes Chinese customer records whose truth is known: people
// and companies in three sources, with the errors that such sources have and
// with neighbours that must not be merged. The same seed makes the same records.
package zhtest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"

	"github.com/chanzipu/outfitter/linkage/zh"
)

// A Record is one row of one source.
type Record struct {
	Source string
	ID     string
	Entity string // the truth
	Kind   string // of the entity: plain, family, namesake; plain, branch, sister, city
	Values []string
}

// PeopleColumns names the values of People's records.
var PeopleColumns = []string{"姓名", "手机号", "身份证号", "地址", "邮箱"}

const (
	surnameList = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔向汤单解仇区查翟章温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂"
	givenMale   = "伟强磊军洋勇杰涛超明刚平辉鹏飞鑫波斌宇浩凯健俊帆帅旭宁龙林欢阳建华亮成峰志文博天宏海山仁义兴良庆国栋昊然子轩泽瑞晨铭哲睿嘉逸梓皓"
	givenFemale = "芳娜敏静丽艳娟霞秀英燕玲桂梅红莉婷雪倩颖萍洁琳琴云兰凤慧巧美琪梦瑶佳欣怡诗涵雨萱梓妍思语彤若曦紫晴可心雅楠晓璐"
)

var streets = strings.Fields("人民路 中山路 解放路 建设路 和平路 文化路 新华路 长江路 黄河路 北京路 南京路 胜利街 朝阳街 光明街 幸福街 友谊路 青年路 学府路 科技路 创业路 滨江路 迎宾大道 世纪大道 金融街 工业路 团结路 育才路 凤凰路 花园路 公园路")

var cities = []struct {
	province, city string
	counties       []string
}{
	{"北京市", "北京市", []string{"朝阳区", "海淀区", "丰台区", "通州区"}}, {"上海市", "上海市", []string{"浦东新区", "徐汇区", "闵行区", "宝山区"}},
	{"广东省", "广州市", []string{"天河区", "越秀区", "番禺区"}}, {"广东省", "深圳市", []string{"南山区", "福田区", "龙岗区"}},
	{"浙江省", "杭州市", []string{"西湖区", "滨江区", "余杭区"}}, {"浙江省", "宁波市", []string{"鄞州区", "海曙区", "江北区"}},
	{"江苏省", "南京市", []string{"鼓楼区", "玄武区", "江宁区"}}, {"江苏省", "苏州市", []string{"姑苏区", "吴中区", "昆山市"}},
	{"四川省", "成都市", []string{"锦江区", "武侯区", "青羊区"}}, {"湖北省", "武汉市", []string{"江汉区", "武昌区", "洪山区"}},
	{"山东省", "济南市", []string{"历下区", "市中区", "槐荫区"}}, {"山东省", "青岛市", []string{"市南区", "崂山区", "黄岛区"}},
	{"河南省", "郑州市", []string{"金水区", "中原区", "二七区"}}, {"陕西省", "西安市", []string{"雁塔区", "碑林区", "未央区"}},
	{"湖南省", "长沙市", []string{"岳麓区", "芙蓉区", "雨花区"}}, {"福建省", "厦门市", []string{"思明区", "湖里区", "集美区"}},
}

type person struct {
	name, phone, id, email string
	place                  place
	kind                   string
}

type place struct {
	city, county int
	street       string
	number, room int
}

func (p place) full() string {
	c := cities[p.city]
	prov := c.province
	if prov == c.city {
		prov = ""
	}
	return fmt.Sprintf("%s%s%s%s%d号%d室", prov, c.city, c.counties[p.county], p.street, p.number, p.room)
}

// skewed draws an index below n, small ones more often (about Zipf).
func skewed(r *rand.Rand, n int) int {
	return int(float64(n) * math.Pow(r.Float64(), 2.2))
}

func pick(r *rand.Rand, s string) string {
	rs := []rune(s)
	return string(rs[r.IntN(len(rs))])
}

func newPlace(r *rand.Rand) place {
	c := r.IntN(len(cities))
	return place{c, r.IntN(len(cities[c].counties)), streets[r.IntN(len(streets))], 1 + r.IntN(200), 101 + r.IntN(12)*100 + r.IntN(4)}
}

func newPerson(r *rand.Rand, kind string) person {
	female := r.IntN(2) == 0
	given := givenMale
	if female {
		given = givenFemale
	}
	rs := []rune(surnameList)
	p := person{kind: kind, place: newPlace(r)}
	p.name = string(rs[skewed(r, len(rs))])
	if r.IntN(60) == 0 {
		p.name = []string{"欧阳", "司马", "上官", "诸葛"}[r.IntN(4)]
	}
	gs := []rune(given)
	p.name += string(gs[skewed(r, len(gs))])
	if r.IntN(10) < 6 {
		p.name += string(gs[skewed(r, len(gs))])
	}
	p.phone = fmt.Sprintf("1%d%09d", 3+r.IntN(7), r.IntN(1e9))
	seq := r.IntN(500)*2 + 1
	if female {
		seq++
	}
	body := fmt.Sprintf("%d%04d%02d%02d%03d", 110100+r.IntN(50)*100+r.IntN(8)+1, 1950+r.IntN(55), 1+r.IntN(12), 1+r.IntN(28), seq%1000)
	id15 := body[:6] + body[8:]
	if body[6:8] == "19" {
		id, _ := zh.ParseID(id15)
		p.id = id.Number
	} else {
		for _, c := range "0123456789X" {
			if id, _ := zh.ParseID(body + string(c)); id.Valid {
				p.id = id.Number
			}
		}
	}
	py := strings.ReplaceAll(splitName(p.name).Sound(), " ", "")
	p.email = fmt.Sprintf("%s%d@%s", py, r.IntN(9999), []string{"qq.com", "163.com", "126.com", "gmail.com", "sina.com"}[r.IntN(5)])
	return p
}

func splitName(s string) zh.Person {
	p, _ := zh.ParsePerson(s)
	return p
}

// People makes about n records of people in three sources.
func People(seed uint64, n int) []Record {
	r := rand.New(rand.NewPCG(seed, 1))
	var out []Record
	entity := 0
	var last []person
	for len(out) < n {
		p := newPerson(r, "plain")
		family := []person{p}
		switch {
		case r.IntN(6) == 0: // spouse and child share phone and address
			for range 1 + r.IntN(2) {
				q := newPerson(r, "family")
				q.place, q.phone = p.place, p.phone
				family = append(family, q)
			}
		case r.IntN(12) == 0 && len(last) > 0: // a namesake
			q := newPerson(r, "namesake")
			q.name = last[r.IntN(len(last))].name
			family = []person{q}
		}
		last = family
		for _, q := range family {
			entity++
			for range 1 + r.IntN(4) {
				out = append(out, q.record(r, len(out), entity))
			}
		}
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func (p person) record(r *rand.Rand, n, entity int) Record {
	sources := []string{"crm", "mall", "service"}
	rec := Record{Source: sources[r.IntN(3)], ID: fmt.Sprint("p", n), Entity: fmt.Sprint("person", entity), Kind: p.kind}
	rec.Values = []string{writeName(r, p.name), writePhone(r, p.phone), writeID(r, p.id), writePlace(r, p.place), p.email}
	for i, missing := range []int{2, 25, 55, 35, 60} {
		if r.IntN(100) < missing {
			rec.Values[i] = ""
		}
	}
	if rec.Values[1] == "" && rec.Values[2] == "" && rec.Values[4] == "" { // something must identify
		rec.Values[1] = writePhone(r, p.phone)
		if r.IntN(3) == 0 {
			rec.Values[1], rec.Values[2] = "", writeID(r, p.id)
		}
	}
	return rec
}

func writeName(r *rand.Rand, name string) string {
	p := splitName(name)
	switch k := r.IntN(100); {
	case k < 62:
		return name
	case k < 70:
		return homophone(r, name)
	case k < 78:
		return Traditional(name)
	case k < 90:
		surname, given := title(firstSound(p.Surname, true)), title(firstSound(p.Given, false))
		switch r.IntN(4) {
		case 0:
			return given + " " + surname
		case 1:
			return strings.ToUpper(surname) + ", " + given
		case 2:
			return strings.ToLower(surname + given)
		}
		return surname + " " + given
	case k < 95:
		return name + []string{"先生", "女士", " ", "(VIP)"}[r.IntN(4)]
	}
	rs := []rune(name)
	return string(rs[:1]) + " " + string(rs[1:])
}

func firstSound(s string, surname bool) string {
	var b strings.Builder
	for _, c := range s {
		if rd := zh.Readings(c, surname); len(rd) > 0 {
			b.WriteString(rd[0])
		}
	}
	return b.String()
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// homophone writes one character as another that sounds alike.
func homophone(r *rand.Rand, name string) string {
	rs := []rune(name)
	pool := []rune(givenMale + givenFemale + surnameList + "薇炜玮炜维蔚娅雅亚佳家嘉加张章彰璋王汪刘柳留陈晨辰沉李里理丽莉力立利静净婧靖晶菁敏民闽珉")
	i := r.IntN(len(rs))
	off := r.IntN(len(pool))
	for k := range pool {
		c := pool[(k+off)%len(pool)]
		if c != rs[i] && zh.SoundAlike(c, rs[i], i == 0) {
			rs[i] = c
			break
		}
	}
	return string(rs)
}

var traditionalOf = func() map[rune]rune {
	m := map[rune]rune{}
	for r := rune(0x4E00); r < 0x9FA6; r++ {
		if s := []rune(zh.Simplify(string(r)))[0]; s != r {
			if _, ok := m[s]; !ok {
				m[s] = r
			}
		}
	}
	return m
}()

// Traditional writes a name in traditional characters.
func Traditional(s string) string {
	return strings.Map(func(r rune) rune {
		if t, ok := traditionalOf[r]; ok {
			return t
		}
		return r
	}, s)
}

func writePhone(r *rand.Rand, p string) string {
	if r.IntN(25) == 0 {
		p = slip(r, p, "0123456789")
	}
	switch r.IntN(6) {
	case 0:
		return "+86 " + p
	case 1:
		return "86-" + p
	case 2:
		return p[:3] + "-" + p[3:7] + "-" + p[7:]
	case 3:
		return p[:3] + " " + p[3:7] + " " + p[7:]
	}
	return p
}

func writeID(r *rand.Rand, id string) string {
	switch {
	case r.IntN(20) == 0:
		return slip(r, id, "0123456789")
	case r.IntN(10) == 0 && id[6:8] == "19":
		return id[:6] + id[8:17]
	case r.IntN(8) == 0:
		return strings.ToLower(id)
	}
	return id
}

// slip mistypes one character or swaps two neighbours.
func slip(r *rand.Rand, s, alphabet string) string {
	b := []byte(s)
	i := 1 + r.IntN(len(b)-2)
	if r.IntN(3) == 0 && b[i] != b[i+1] {
		b[i], b[i+1] = b[i+1], b[i]
		return string(b)
	}
	for {
		if c := alphabet[r.IntN(len(alphabet))]; c != b[i] {
			b[i] = c
			return string(b)
		}
	}
}

func writePlace(r *rand.Rand, p place) string {
	full := p.full()
	switch r.IntN(6) {
	case 0:
		return strings.TrimPrefix(full, cities[p.city].province)
	case 1:
		return strings.ReplaceAll(strings.ReplaceAll(full, "省", ""), "市", "")
	case 2:
		return full[:strings.Index(full, "号")] + "号"
	case 3:
		return Traditional(full)
	}
	return full
}
