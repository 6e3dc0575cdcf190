package zh

import (
	"slices"
	"strings"

	"github.com/mozillazg/go-pinyin"
)

// surnames are the common family names, simplified; the double ones first.
const doubleSurnames = "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 端木 夏侯 长孙 宇文 独孤 南宫 百里 申屠 呼延 轩辕 澹台 公冶 宗政 濮阳 淳于 单于 太叔 仲孙 钟离 闻人 赫连 万俟 西门 东郭 南门 第五 司空 鲜于 闾丘 亓官 拓跋 完颜 纳兰 那拉 叶赫"

const singleSurnames = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路岳齐沿梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强柴华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙伏岑习胥保和蔺邝楼阚宿尚水战仝缪苍由但闻储郗明逄麻步师宣乌慎逯火雍郦强敬羊澹冒鲜亢占鹿惠茅芮丰寇竹巴原隆亓门母阴云仰皮阙初禹帅桓班狄解苏区朴勾逯璩楚单尉牧粟经邴暴粱"

var singles = func() map[rune]bool {
	m := map[rune]bool{}
	for _, r := range singleSurnames {
		m[r] = true
	}
	return m
}()

var doubles = strings.Fields(doubleSurnames)

// surnameReadings are readings that a character has as a family name.
var surnameReadings = map[rune][]string{
	'单': {"shan", "dan"}, '解': {"xie", "jie"}, '仇': {"qiu", "chou"}, '区': {"ou", "qu"}, '查': {"zha", "cha"}, '曾': {"zeng", "ceng"},
	'朴': {"piao", "pu", "park"}, '翟': {"zhai", "di"}, '盖': {"ge", "gai"}, '乐': {"yue", "le"}, '任': {"ren"}, '华': {"hua"}, '宁': {"ning"},
	'缪': {"miao", "mou"}, '员': {"yun", "yuan"}, '黑': {"he", "hei"}, '种': {"chong", "zhong"}, '秘': {"bi", "mi"}, '冼': {"xian"}, '召': {"shao", "zhao"},
	'隗': {"wei", "kui"}, '尉': {"wei", "yu"}, '万': {"wan", "mo"}, '俟': {"qi", "si"}, '覃': {"qin", "tan"}, '洗': {"xian", "xi"}, '呙': {"guo"}, '纪': {"ji"},
	'长': {"zhang", "chang"}, '吕': {"lv", "lu", "lyu"}, '女': {"nv", "nu"}, '繁': {"po", "fan"}, '折': {"she", "zhe"}, '沈': {"shen"}, '石': {"shi"}, '曲': {"qu"}, '应': {"ying"}, '卜': {"bu"}, '葛': {"ge"}, '那': {"na"}, '燕': {"yan"}, '重': {"chong", "zhong"},
}

var heteronym = func() pinyin.Args {
	a := pinyin.NewArgs()
	a.Heteronym = true
	return a
}()

// Readings lists the readings of a character, without tones, the first the
// most usual; ü is written v, and lu, nu stand beside lv, nv.
func Readings(r rune, surname bool) []string {
	if surname {
		if s, ok := surnameReadings[r]; ok {
			return s
		}
	}
	var out []string
	for _, p := range pinyin.SinglePinyin(r, heteronym) {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
		if strings.HasPrefix(p, "lv") || strings.HasPrefix(p, "nv") {
			out = append(out, p[:1]+"u"+p[2:])
		}
	}
	return out
}

// A Person is a Chinese name split into family and given name, simplified.
type Person struct {
	Surname, Given string
}

// HasSurname reports whether a text begins with a known family name.
func HasSurname(s string) bool {
	s = Simplify(s)
	for _, d := range doubles {
		if strings.HasPrefix(s, d) {
			return true
		}
	}
	for _, r := range s {
		return singles[r]
	}
	return false
}

// ParsePerson splits a name in Chinese characters; titles after it (先生, 女士,
// 经理 …), spaces and remarks in brackets are dropped. A text without Chinese
// characters, or too long for a name, is none.
func ParsePerson(s string) (Person, bool) {
	s = Simplify(s)
	if i := strings.IndexByte(s, '('); i > 0 {
		s = s[:i]
	}
	var rs []rune
	for _, r := range s {
		if isHan(r) {
			rs = append(rs, r)
		} else if r != ' ' && r != '·' {
			return Person{}, false
		}
	}
	s = string(rs)
	for _, t := range []string{"先生", "女士", "小姐", "经理", "总监", "老师", "同志", "主任", "教授", "医生", "师傅"} {
		if rest := strings.TrimSuffix(s, t); rest != s && rest != "" {
			s = rest
			break
		}
	}
	rs = []rune(s)
	if len(rs) == 0 || len(rs) > 10 {
		return Person{}, false
	}
	for _, d := range doubles {
		if rest, ok := strings.CutPrefix(s, d); ok && rest != "" {
			return Person{d, rest}, true
		}
	}
	return Person{string(rs[:1]), string(rs[1:])}, true
}

const maxReadings = 24 // spellings of one name that are tried

// Spellings lists how a name may be written in letters, without spaces: every
// reading, family name first and last.
func (p Person) Spellings() []string {
	surname := spell(p.Surname, true)
	given := spell(p.Given, false)
	var out []string
	for _, s := range surname {
		for _, g := range given {
			if len(out) >= 2*maxReadings {
				return out
			}
			out = append(out, s+g)
			if g != "" {
				out = append(out, g+s)
			}
		}
	}
	return out
}

func spell(text string, surname bool) []string {
	out := []string{""}
	for _, r := range text {
		var next []string
		for _, s := range out {
			for _, p := range Readings(r, surname) {
				if len(next) < maxReadings {
					next = append(next, s+p)
				}
			}
		}
		if len(next) == 0 {
			return nil
		}
		out = next
	}
	return out
}

// Sound is the name's first reading with the syllables apart; names that sound
// alike have one Sound.
func (p Person) Sound() string {
	var b strings.Builder
	for i, part := range []string{p.Surname, p.Given} {
		for _, r := range part {
			if rd := Readings(r, i == 0); len(rd) > 0 {
				b.WriteString(rd[0])
			} else {
				b.WriteRune(r)
			}
			b.WriteByte(' ')
		}
	}
	return strings.TrimSpace(b.String())
}

// NameKeys are the keys under which a name in characters and the same name in
// letters meet, whatever the order: the spellings of the former; of the latter
// the letters of its words in both orders. Names of one word too many are left out.
func NameKeys(s string) []string {
	if p, ok := ParsePerson(s); ok && p.Given != "" {
		return p.Spellings()
	}
	words := strings.FieldsFunc(strings.ToLower(Simplify(s)), func(r rune) bool { return r < 'a' || r > 'z' })
	switch len(words) {
	case 1:
		return words
	case 2:
		return []string{words[0] + words[1], words[1] + words[0]}
	case 3:
		return []string{words[0] + words[1] + words[2], words[1] + words[2] + words[0], words[2] + words[0] + words[1]}
	}
	return nil
}

// How two names agree, from worst to best.
const (
	PersonDiffers = iota
	PersonSurname // one family name, other given names
	PersonNear    // one character of several differs
	PersonSound   // every character sounds alike in some reading
	PersonSame
)

// ComparePersons grades two names in Chinese characters.
func ComparePersons(a, b Person) int {
	if a == b {
		return PersonSame
	}
	x, y := []rune(a.Surname+a.Given), []rune(b.Surname+b.Given)
	if len(x) == len(y) {
		alike, same := 0, 0
		first := len([]rune(a.Surname))
		for i := range x {
			switch {
			case x[i] == y[i]:
				alike++
				same++
			case SoundAlike(x[i], y[i], i < first):
				alike++
			}
		}
		switch {
		case alike == len(x):
			return PersonSound
		case len(x) >= 3 && same >= len(x)-1:
			return PersonNear
		}
	}
	if a.Surname == b.Surname {
		return PersonSurname
	}
	return PersonDiffers
}

// SoundAlike reports whether two characters share a reading.
func SoundAlike(a, b rune, surname bool) bool {
	if a == b {
		return true
	}
	ra := Readings(a, surname)
	for _, q := range Readings(b, surname) {
		if slices.Contains(ra, q) {
			return true
		}
	}
	return false
}

// MatchLetters reports whether letters (any order of family and given name,
// any spacing) can be a spelling of the name.
func (p Person) MatchLetters(letters string) bool {
	var b strings.Builder
	for _, r := range strings.ToLower(letters) {
		if r >= 'a' && r <= 'z' {
			b.WriteRune(r)
		} else if r == 'ü' {
			b.WriteByte('v')
		}
	}
	return b.Len() > 0 && slices.Contains(p.Spellings(), b.String())
}
