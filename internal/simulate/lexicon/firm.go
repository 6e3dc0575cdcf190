package lexicon

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A Trade is what a firm does; the trade words of its name follow from it.
type Trade struct {
	Industry string
	Words    []string
	English  string
}

var trades = []Trade{
	{"机械制造", []string{"智能装备", "精密机械", "机电设备", "自动化设备", "数控机床"}, "Machinery"},
	{"电子电器", []string{"电子科技", "半导体", "光电", "电气", "传感技术"}, "Electronics"},
	{"食品饮料", []string{"食品", "饮品", "农业科技", "粮油", "乳业"}, "Foods"},
	{"批发零售", []string{"商贸", "供应链管理", "贸易", "连锁超市", "百货"}, "Trading"},
	{"物流仓储", []string{"物流", "国际货运代理", "仓储服务", "供应链", "冷链物流"}, "Logistics"},
	{"医药健康", []string{"医药", "医疗器械", "生物科技", "大药房连锁", "健康科技"}, "Pharma"},
	{"服装纺织", []string{"服饰", "纺织", "针织", "鞋业", "服装"}, "Apparel"},
	{"化工材料", []string{"新材料", "化工", "塑胶制品", "涂料", "橡塑"}, "Materials"},
	{"建筑工程", []string{"建设工程", "装饰工程", "建筑安装", "市政工程", "钢结构"}, "Construction"},
	{"信息技术", []string{"信息技术", "网络科技", "软件", "数据科技", "物联网科技"}, "Information Technology"},
	{"餐饮酒店", []string{"餐饮管理", "酒店管理", "咖啡", "餐饮连锁", "酒店"}, "Hospitality"},
	{"教育文化", []string{"教育科技", "文化传媒", "教育咨询", "文化发展", "传媒"}, "Culture"},
	{"汽车配件", []string{"汽车零部件", "汽配", "汽车服务", "新能源汽车", "轮胎"}, "Auto Parts"},
	{"家居建材", []string{"家居", "建材", "家具", "卫浴", "门窗"}, "Home"},
	{"能源环保", []string{"环保科技", "新能源", "光伏", "节能科技", "水务"}, "Energy"},
}

// Industry names the trade's industry.
func Industry(trade int) string { return trades[trade].Industry }

var (
	brandA = []rune("鼎恒瑞华盛泰宏远达信诚创天海金银嘉佳美德福祥昌兴旺隆裕丰润泽汇通联合智慧启航腾飞翔凌云星辰晨曦阳光明亮清源博雅文昊宇辉煌卓越锦绣万千百亿安康宁和睦友邦国民东南西北中")
	brandB = []rune("业达盛源丰泰科力威能胜利康健安顺通运迅捷速优品佳美味鲜禾田园林森木石玉珠宝珍奇妙趣享乐活动源泉涌流川江河湖海洋波涛浪潮汐月星光影像视界域境观澜庭轩阁坊居苑")
	brandC = []rune("尔特斯维思诺格曼顿森博克莱恩达普迪亚")
)

// Brands counts the distinct brands that Brand can spell.
func Brands() int { return len(brandA) * len(brandB) * (1 + len(brandC)) }

// Brand spells brand number i: two or three characters. Neighbouring numbers
// look nothing alike.
func Brand(i int) string {
	n := Brands()
	i = int((uint64(i)*2654435761 + 97) % uint64(n)) // 2654435761 is prime, so this is a permutation
	a, b, c := i%len(brandA), i/len(brandA)%len(brandB), i/(len(brandA)*len(brandB))
	s := string(brandA[a]) + string(brandB[b])
	if c > 0 {
		s += string(brandC[c-1])
	}
	return s
}

// A Firm is a registered company; two firms are the same only if all their
// fields are.
type Firm struct {
	Brand  int
	City   int
	Trade  int
	Word   int    // which trade word
	Form   uint8  // see forms
	Branch int    // city of the 分公司 plus one; 0: a firm of its own
	Legacy uint16 // brand number of a former name plus one; 0: none
}

var forms = []string{"有限公司", "有限责任公司", "股份有限公司", "集团有限公司"}

// NewFirm draws a firm of that brand; its form and trade word follow trade.
func NewFirm(r *rand.Rand, brand int) Firm {
	trade := r.IntN(len(trades))
	f := Firm{Brand: brand, City: PickCity(r), Trade: trade, Word: r.IntN(len(trades[trade].Words))}
	switch n := r.IntN(100); {
	case n < 80:
	case n < 88:
		f.Form = 1
	case n < 97:
		f.Form = 2
	default:
		f.Form = 3
	}
	if r.IntN(100) < 4 {
		f.Legacy = uint16(1 + r.IntN(60_000))
	}
	return f
}

// Name is the name in the company register.
func (f Firm) Name() string {
	s := CityAt(f.City).Name + Brand(f.Brand) + trades[f.Trade].Words[f.Word] + forms[f.Form]
	if f.Branch > 0 {
		s += CityAt(f.Branch-1).Name + "分公司"
	}
	return s
}

// Short is what people call it.
func (f Firm) Short() string {
	s := Brand(f.Brand)
	if f.Branch > 0 {
		return s + CityAt(f.Branch-1).Name + "分公司"
	}
	return s + string([]rune(trades[f.Trade].Words[f.Word])[:2])
}

// English is the firm's name on its English letterhead.
func (f Firm) English() string {
	s := CityAt(f.City).Roman + " " + title(Pinyin(Brand(f.Brand))) + " " + trades[f.Trade].English + " Co., Ltd."
	if f.Branch > 0 {
		s += " " + CityAt(f.Branch-1).Roman + " Branch"
	}
	return s
}

// Domain is the firm's mail domain, under a reserved top-level name.
func (f Firm) Domain() string {
	return Pinyin(Brand(f.Brand)) + "-" + strings.ToLower(strings.ReplaceAll(CityAt(f.City).Roman, "'", "")) + ".example"
}

// Variant is the firm's name as another system's clerk wrote it.
func (f Firm) Variant(r *rand.Rand) string {
	city, brand, word, form := CityAt(f.City), Brand(f.Brand), trades[f.Trade].Words[f.Word], forms[f.Form]
	tail := ""
	if f.Branch > 0 {
		tail = CityAt(f.Branch-1).Name + "分公司"
	}
	switch n := r.IntN(100); {
	case n < 40:
		return f.Name()
	case n < 48:
		return city.Name + "市" + brand + word + form + tail
	case n < 55:
		return brand + word + "（" + city.Name + "）" + form + tail
	case n < 60:
		return brand + word + "(" + city.Name + ")" + form + tail
	case n < 67:
		return city.Name + brand + word + strings.NewReplacer("有限责任公司", "有限公司", "股份有限公司", "股份公司", "有限公司", "有限责任公司").Replace(form) + tail
	case n < 72:
		return city.Province + city.Name + brand + word + form + tail
	case n < 79:
		return city.Name + brand + word + tail
	case n < 84:
		return brand + word + form + tail
	case n < 87:
		return f.Short()
	case n < 90:
		runes := []rune(f.Name())
		i := len([]rune(city.Name)) + r.IntN(3)
		runes[i], runes[i+1] = runes[i+1], runes[i]
		return string(runes)
	case n < 93:
		return traditional.Replace(f.Name())
	case n < 95:
		return " " + f.Name() + "　"
	case n < 97:
		if f.Legacy > 0 {
			return city.Name + Brand(int(f.Legacy)-1) + word + form + tail + "（现" + f.Name() + "）"
		}
		return f.Name() + "（老客户）"
	default:
		return f.English()
	}
}

var traditional = strings.NewReplacer("达", "達", "华", "華", "泰", "泰", "远", "遠", "创", "創", "银", "銀", "丰", "豐", "汇", "匯", "联", "聯", "启", "啟", "飞", "飛",
	"阳", "陽", "辉", "輝", "万", "萬", "亿", "億", "宁", "寧", "国", "國", "东", "東", "业", "業", "胜", "勝", "顺", "順", "运", "運", "园", "園", "乐", "樂", "动", "動",
	"科技", "科技", "贸", "貿", "设备", "設備", "机", "機", "电", "電", "药", "藥", "医", "醫", "疗", "療", "纺织", "紡織", "装", "裝", "责", "責", "有限公司", "有限公司")

const codeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY" // GB 32100-2015: no I, O, S, V, Z

// CreditCode makes a 统一社会信用代码 with right check digits: GB 32100-2015,
// whose 9th to 17th places are an organisation code after GB 11714-1997.
// Serial tells firms apart.
func CreditCode(city, serial int) string {
	org := fmt.Sprintf("MA%06d", serial%1_000_000)
	if serial >= 1_000_000 {
		org = fmt.Sprintf("M%c%06d", "BCDEFGHJK"[serial/1_000_000%9], serial%1_000_000)
	}
	sum := 0
	for i, w := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		sum += w * strings.IndexByte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", org[i])
	}
	org += string("0123456789X"[(11-sum%11)%11])
	code := "91" + CityAt(city).Code + "0" + string('1'+byte(serial%5)) + org
	return code + string(codeAlphabet[creditSum(code)])
}

// ValidCreditCode says whether the last place checks.
func ValidCreditCode(code string) bool {
	return len(code) == 18 && code[17] == codeAlphabet[creditSum(code[:17])]
}

func creditSum(code string) int {
	sum, w := 0, 1
	for i := range 17 {
		sum += w * max(0, strings.IndexByte(codeAlphabet, code[i]))
		w = w * 3 % 31
	}
	return (31 - sum%31) % 31
}

// CreditCodeVariant leaves a code out, mistypes a place or adds blanks.
func CreditCodeVariant(r *rand.Rand, code string, missing int) string {
	switch n := r.IntN(100); {
	case n < missing:
		return ""
	case n < missing+3: // two neighbours swapped
		i := 8 + r.IntN(8)
		b := []byte(code)
		b[i], b[i+1] = b[i+1], b[i]
		return string(b)
	case n < missing+5:
		return code[:len(code)-1]
	case n < missing+8:
		return strings.ToLower(code)
	case n < missing+10:
		return code[:8] + " " + code[8:]
	}
	return code
}

// Landline is the firm's switchboard.
func Landline(r *rand.Rand, city int) string {
	s := fmt.Sprintf("%s-%d%07d", CityAt(city).Area, 2+r.IntN(7), r.IntN(10_000_000))
	if r.IntN(100) < 12 {
		s += fmt.Sprintf("-%d", 800+r.IntN(200))
	}
	return s
}
