// Package lexicon holds the words of the made company and the ways to put
// them together: names of people and firms with the ways they get misspelt,
// places, codes with check digits, phones, and a grammar of what customers
// say. All of it was written for this project; nothing is a real person or
// firm, though a name may happen to exist.
//
// Two facts that surprise: every function draws only from the *rand.Rand it
// is given, so the same stream gives the same words; and a name's variants
// never change which entity it means, which only the caller knows.
package lexicon

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/mozillazg/go-pinyin"
)

// surname weights are parts per thousand, after the order (not the exact
// figures) of the Ministry of Public Security's yearly name report.
var surnames = []struct {
	text, roman string
	weight      int
}{
	{"王", "wang", 72}, {"李", "li", 71}, {"张", "zhang", 68}, {"刘", "liu", 52}, {"陈", "chen", 47}, {"杨", "yang", 32},
	{"黄", "huang", 24}, {"赵", "zhao", 21}, {"吴", "wu", 20}, {"周", "zhou", 19}, {"徐", "xu", 14}, {"孙", "sun", 14},
	{"马", "ma", 13}, {"朱", "zhu", 12}, {"胡", "hu", 12}, {"郭", "guo", 11}, {"何", "he", 11}, {"林", "lin", 11},
	{"高", "gao", 10}, {"罗", "luo", 9}, {"郑", "zheng", 9}, {"梁", "liang", 8}, {"谢", "xie", 8}, {"宋", "song", 7},
	{"唐", "tang", 7}, {"许", "xu", 6}, {"韩", "han", 6}, {"邓", "deng", 6}, {"冯", "feng", 6}, {"曹", "cao", 6},
	{"彭", "peng", 5}, {"曾", "zeng", 5}, {"肖", "xiao", 5}, {"田", "tian", 5}, {"董", "dong", 5}, {"潘", "pan", 4},
	{"袁", "yuan", 4}, {"蔡", "cai", 4}, {"蒋", "jiang", 4}, {"余", "yu", 4}, {"于", "yu", 4}, {"杜", "du", 4},
	{"叶", "ye", 4}, {"程", "cheng", 4}, {"魏", "wei", 4}, {"苏", "su", 4}, {"吕", "lv", 4}, {"丁", "ding", 3},
	{"任", "ren", 3}, {"卢", "lu", 3}, {"姚", "yao", 3}, {"沈", "shen", 3}, {"钟", "zhong", 3}, {"姜", "jiang", 3},
	{"崔", "cui", 3}, {"谭", "tan", 3}, {"陆", "lu", 3}, {"范", "fan", 3}, {"汪", "wang", 3}, {"廖", "liao", 3},
	{"石", "shi", 2}, {"金", "jin", 2}, {"韦", "wei", 2}, {"贾", "jia", 2}, {"夏", "xia", 2}, {"付", "fu", 2},
	{"方", "fang", 2}, {"邹", "zou", 2}, {"熊", "xiong", 2}, {"白", "bai", 2}, {"孟", "meng", 2}, {"秦", "qin", 2},
	{"邱", "qiu", 2}, {"侯", "hou", 2}, {"江", "jiang", 2}, {"尹", "yin", 2}, {"薛", "xue", 2}, {"闫", "yan", 2},
	{"段", "duan", 2}, {"雷", "lei", 2}, {"龙", "long", 1}, {"黎", "li", 1}, {"史", "shi", 1}, {"陶", "tao", 1},
	{"贺", "he", 1}, {"顾", "gu", 1}, {"毛", "mao", 1}, {"郝", "hao", 1}, {"龚", "gong", 1}, {"邵", "shao", 1},
	{"单", "shan", 1}, {"解", "xie", 1}, {"仇", "qiu", 1}, {"查", "zha", 1}, {"区", "ou", 1}, {"章", "zhang", 1},
	{"欧阳", "ouyang", 1}, {"上官", "shangguan", 1}, {"司马", "sima", 1}, {"诸葛", "zhuge", 1},
}

var surnameTotal = func() (n int) {
	for _, s := range surnames {
		n += s.weight
	}
	return n
}()

// Given names by the look of a generation: single characters are commoner
// among the older, fashion characters among the younger.
var (
	maleChars   = []rune("伟强磊军洋勇杰涛超明刚平辉鹏华飞鑫波斌宇浩凯健俊帆帅旭宁龙林博轩泽晨浩然子涵睿铭嘉诚志远文家俊国庆海建成永思源一鸣天佑启航")
	femaleChars = []rune("芳娜敏静丽艳娟霞玲燕萍红梅琳雪婷慧莹倩颖洁蕾欣怡梓涵诗雨佳悦雅思琪晓文月梦瑶紫萱可馨子墨若曦语桐婉秀英桂兰淑珍")
)

// A Person is a name and what its owner writes beside it.
type Person struct {
	Surname, Given string
	Roman          string // surname in pinyin
	Female         bool
}

// NewPerson draws a person's name.
func NewPerson(r *rand.Rand) Person {
	n := r.IntN(surnameTotal)
	var p Person
	for _, s := range surnames {
		if n -= s.weight; n < 0 {
			p.Surname, p.Roman = s.text, s.roman
			break
		}
	}
	p.Female = r.IntN(100) < 44
	chars := maleChars
	if p.Female {
		chars = femaleChars
	}
	// The square skews towards the list's head, as name lists are skewed.
	pick := func() rune { u := r.Float64(); return chars[int(u*u*float64(len(chars)))] }
	a := pick()
	p.Given = string(a)
	if r.IntN(100) < 72 {
		p.Given += string(pick())
	}
	return p
}

// Name is the person's full Chinese name.
func (p Person) Name() string { return p.Surname + p.Given }

// Pinyin gives the given name in pinyin without tones or blanks.
func (p Person) Pinyin() string { return Pinyin(p.Given) }

// Pinyin spells Chinese characters without tones or blanks.
func Pinyin(s string) string {
	return strings.Join(pinyin.LazyPinyin(s, pinyin.NewArgs()), "")
}

// English is the given name first, as an English-language tool shows it.
func (p Person) English() string { return title(p.Pinyin()) + " " + title(p.Roman) }

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

var homophones = map[rune][]rune{
	'伟': []rune("炜玮"), '张': []rune("章"), '磊': []rune("垒"), '静': []rune("婧靖"), '丽': []rune("莉俪"), '娜': []rune("那"),
	'婷': []rune("亭"), '杰': []rune("洁"), '军': []rune("君"), '佳': []rune("嘉"), '欣': []rune("新鑫"), '宇': []rune("雨"),
	'肖': []rune("萧"), '付': []rune("傅"), '闫': []rune("阎"), '琳': []rune("林"), '辉': []rune("晖"), '燕': []rune("艳"), '梅': []rune("玫"),
}

// Variant is the name as another system's clerk wrote it; most of the time
// as it is.
func (p Person) Variant(r *rand.Rand) string {
	full := p.Name()
	switch n := r.IntN(100); {
	case n < 78:
		return full
	case n < 84: // title instead of the given name loses the given name
		if p.Female {
			return p.Surname + "女士"
		}
		return p.Surname + []string{"总", "经理", "工", "先生"}[r.IntN(4)]
	case n < 89:
		runes := []rune(full)
		for i, c := range runes {
			if alt := homophones[c]; alt != nil {
				runes[i] = alt[r.IntN(len(alt))]
				return string(runes)
			}
		}
		return full
	case n < 92:
		return title(p.Roman) + " " + title(p.Pinyin())
	case n < 95:
		return p.English()
	case n < 97:
		return p.Surname + " " + p.Given
	default:
		return full + []string{"（采购）", "(IT)", "-财务", " 老师"}[r.IntN(4)]
	}
}

var mobilePrefixes = []string{"130", "131", "132", "133", "135", "136", "137", "138", "139", "150", "151", "152", "155", "156", "157", "158", "159", "166", "173", "176", "177", "178", "180", "181", "182", "183", "185", "186", "187", "188", "189", "191", "198", "199"}

// Mobile draws an eleven-digit mobile number.
func Mobile(r *rand.Rand) string {
	return mobilePrefixes[r.IntN(len(mobilePrefixes))] + fmt.Sprintf("%08d", r.IntN(100_000_000))
}

// PhoneVariant writes a mobile number as people type it.
func PhoneVariant(r *rand.Rand, mobile string) string {
	if len(mobile) != 11 {
		return mobile
	}
	switch n := r.IntN(100); {
	case n < 62:
		return mobile
	case n < 74:
		return mobile[:3] + " " + mobile[3:7] + " " + mobile[7:]
	case n < 82:
		return "+86" + mobile
	case n < 88:
		return "+86 " + mobile[:3] + "-" + mobile[3:7] + "-" + mobile[7:]
	case n < 92:
		return mobile[:3] + "-" + mobile[3:7] + "-" + mobile[7:]
	case n < 95:
		return "86" + mobile
	case n < 97:
		return mobile + " "
	case n < 98: // one digit mistyped
		i := 4 + r.IntN(7)
		return mobile[:i] + string('0'+(mobile[i]-'0'+1)%10) + mobile[i+1:]
	default:
		return ""
	}
}

var jobTitles = []string{"总经理", "副总经理", "采购经理", "采购专员", "IT经理", "信息中心主任", "财务总监", "会计", "仓储主管", "生产厂长", "运营总监", "门店店长", "行政主管", "项目经理", "供应链总监", "数据分析师", "销售总监", "客服主管", "设备工程师", "CIO"}

// JobTitle draws what a customer's contact does there.
func JobTitle(r *rand.Rand) string { return jobTitles[r.IntN(len(jobTitles))] }
