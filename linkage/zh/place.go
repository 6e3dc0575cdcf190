package zh

import "strings"

// provinces and cities by their short names; full names add 省, 市, 自治区 ….
const provinceNames = "北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南 陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆 香港 澳门 " +
	// Countries, which stand in the same place of a name.
	"美国 英国 法国 德国 日本 韩国 意大利 俄罗斯 加拿大 澳大利亚 新加坡 马来西亚 泰国 越南 印度 印尼 菲律宾 荷兰 瑞士 瑞典 西班牙 巴西 南非 新西兰 以色列"

const cityNames = `石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁 呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 乌兰察布 兴安盟 锡林郭勒 阿拉善
沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭 朝阳 葫芦岛 长春 四平 辽源 通化 白山 松原 白城 延边 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河 绥化 大兴安岭
南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 巢湖
福州 厦门 莆田 三明 泉州 漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁 泰安 威海 日照 莱芜 临沂 德州 聊城 滨州 菏泽
郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘 信阳 周口 驻马店 济源 武汉 黄石 十堰 宜昌 襄阳 襄樊 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 恩施 仙桃 潜江 天门 神农架
长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 张家界 益阳 郴州 永州 怀化 娄底 湘西 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞 中山 潮州 揭阳 云浮
南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左 海口 三亚 三沙 儋州 成都 自贡 攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳 阿坝 甘孜 凉山
贵阳 六盘水 遵义 安顺 毕节 铜仁 黔西南 黔东南 黔南 昆明 曲靖 玉溪 保山 昭通 丽江 普洱 临沧 楚雄 红河 文山 西双版纳 大理 德宏 怒江 迪庆 拉萨 日喀则 昌都 林芝 山南 那曲 阿里
西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 兰州 嘉峪关 金昌 白银 天水 武威 张掖 平凉 酒泉 庆阳 定西 陇南 临夏 甘南 西宁 海东 海北 黄南 果洛 玉树 海西 银川 石嘴山 吴忠 固原 中卫
乌鲁木齐 克拉玛依 吐鲁番 哈密 昌吉 博尔塔拉 巴音郭楞 阿克苏 克孜勒苏 喀什 和田 伊犁 塔城 阿勒泰 石河子 阿拉尔 图木舒克 五家渠 台北 高雄 台中 台南 新竹 基隆 嘉义 九龙 新界`

// countyNames are counties and county-level cities that names often carry without 县 or 市.
const countyNames = `义乌 昆山 江阴 张家港 常熟 太仓 宜兴 溧阳 丹阳 扬中 句容 靖江 泰兴 兴化 东台 启东 如皋 海门 海安 仪征 高邮 新沂 邳州 余姚 慈溪 奉化 象山 宁海 海宁 平湖 桐乡 嘉善 海盐 德清 长兴 安吉 诸暨 嵊州 上虞 新昌 东阳 永康 兰溪 武义 浦江 江山 临海 温岭 玉环 天台 仙居 乐清 瑞安 龙港 苍南 平阳 永嘉 富阳 临安 建德 桐庐 淳安 萧山 余杭
晋江 石狮 南安 惠安 安溪 永春 德化 福清 长乐 闽侯 龙海 漳浦 福安 福鼎 邵武 建瓯 武夷山 永安 增城 从化 番禺 花都 顺德 南海 三水 高明 台山 开平 鹤山 恩平 普宁 廉江 吴川 雷州 高州 化州 信宜 四会 高要 英德 连州 兴宁 陆丰 罗定 阳春
即墨 胶州 平度 莱西 章丘 龙口 莱阳 莱州 蓬莱 招远 栖霞 海阳 青州 诸城 寿光 安丘 高密 昌邑 曲阜 邹城 新泰 肥城 荣成 乳山 乐陵 禹城 临清 滕州 邹平 文登 辛集 藁城 晋州 新乐 鹿泉 遵化 迁安 武安 南宫 沙河 涿州 定州 安国 高碑店 泊头 任丘 黄骅 河间 霸州 三河 冀州 深州
巩义 荥阳 新密 新郑 登封 偃师 舞钢 汝州 林州 卫辉 辉县 沁阳 孟州 禹州 长葛 义马 灵宝 邓州 永城 项城 大冶 丹江口 宜都 当阳 枝江 老河口 枣阳 宜城 钟祥 应城 安陆 汉川 石首 洪湖 松滋 麻城 武穴 赤壁 广水 恩施 利川 浏阳 宁乡 醴陵 湘乡 韶山 耒阳 常宁 武冈 汨罗 临湘 津市 沅江 资兴 洪江 冷水江 涟源 吉首 湘阴 望城
新民 瓦房店 普兰店 庄河 海城 东港 凤城 凌海 北镇 盖州 大石桥 灯塔 调兵山 开原 北票 凌源 兴城 榆树 德惠 公主岭 双辽 梅河口 集安 临江 延吉 图们 敦化 珲春 龙井 五常 尚志 双城 阿城 讷河 密山 虎林 铁力 同江 富锦 绥芬河 海林 宁安 穆棱 北安 安达 肇东 海伦
都江堰 彭州 邛崃 崇州 简阳 广汉 什邡 绵竹 江油 峨眉山 阆中 华蓥 万源 西昌 清镇 赤水 仁怀 凯里 都匀 福泉 兴义 安宁 宣威 个旧 开远 景洪 瑞丽 韩城 华阴 兴平 玉门 敦煌 合作 格尔木 德令哈 灵武 青铜峡 库尔勒 奎屯 伊宁 乌苏 巢湖 桐城 天长 明光 界首 宁国 瑞昌 乐平 瑞金 南康 丰城 樟树 高安 德兴 井冈山 桂平 北流 宜州 东兴 岑溪 凭祥 琼海 文昌 万宁 东方 五指山 古交 介休 河津 永济 原平 侯马 霍州 孝义 汾阳 高平 潞城 满洲里 牙克石 扎兰屯 丰镇 霍林郭勒 锡林浩特 二连浩特 乌兰浩特 浦东 浦东新区 闵行 嘉定 松江 青浦 奉贤 崇明 宝山 徐汇 海淀 朝阳区 丰台 石景山 通州 顺义 昌平 大兴 怀柔 平谷 密云 延庆 南山 福田 罗湖 龙岗 宝安 龙华 坪山 滨海新区 滨海 武清 宝坻 静海 蓟州 江津 合川 永川 南川 涪陵 万州 黔江 璧山 铜梁 綦江 大足 荣昌 江宁 浦口 六合 溧水 高淳 吴江 武进 金坛 锡山 惠山 铜山 通州`

var (
	placeNames = func() map[string]int {
		m := map[string]int{}
		for level, names := range []string{provinceNames, cityNames, countyNames} {
			for _, n := range strings.Fields(names) {
				if _, ok := m[n]; !ok {
					m[n] = level
				}
			}
		}
		return m
	}()
	// provinceOf knows the province of a city: cityNames goes province by
	// province, each beginning with its capital.
	provinceOf = func() map[string]string {
		capitals := map[string]string{}
		f := strings.Fields(`石家庄 河北 太原 山西 呼和浩特 内蒙古 沈阳 辽宁 长春 吉林 哈尔滨 黑龙江 南京 江苏 杭州 浙江 合肥 安徽 福州 福建 南昌 江西 济南 山东 郑州 河南
			武汉 湖北 长沙 湖南 广州 广东 南宁 广西 海口 海南 成都 四川 贵阳 贵州 昆明 云南 拉萨 西藏 西安 陕西 兰州 甘肃 西宁 青海 银川 宁夏 乌鲁木齐 新疆 台北 台湾 九龙 香港`)
		for i := 0; i+1 < len(f); i += 2 {
			capitals[f[i]] = f[i+1]
		}
		m := map[string]string{}
		now := ""
		for _, c := range strings.Fields(cityNames) {
			if p, ok := capitals[c]; ok {
				now = p
			}
			m[c] = now
		}
		for _, p := range strings.Fields(provinceNames) {
			m[p] = p
		}
		return m
	}()
	maxPlace = func() int {
		n := 0
		for p := range placeNames {
			n = max(n, len([]rune(p)))
		}
		return n
	}()
)

var placeSuffixes = [...][]string{
	{"特别行政区", "维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市"},
	{"自治州", "地区", "市", "州", "盟"},
	{"自治县", "新区", "市", "县", "区", "旗"},
}

// place reads one administrative name at the start of rs: its short form,
// level (0 province, 1 city, 2 county) and the characters it takes; 0 if none.
func place(rs []rune) (name string, level, n int) {
	for k := min(maxPlace, len(rs)); k >= 2; k-- {
		short := string(rs[:k])
		l, ok := placeNames[short]
		if !ok {
			continue
		}
		rest := string(rs[k:])
		if l > 0 && len(rs) > k && strings.ContainsRune("山湖", rs[k]) {
			continue // 栖霞山 is a hill
		}
		for _, suffixes := range placeSuffixes {
			for _, s := range suffixes {
				if strings.HasPrefix(rest, s) {
					return short, l, k + len([]rune(s))
				}
			}
		}
		return short, l, k
	}
	// An unlisted one: some characters before 自治县, 县, 区, 市, 镇 or 乡.
	for k := 1; k <= 8 && k < len(rs); k++ {
		if k >= 3 && strings.HasPrefix(string(rs[k:]), "自治") && len(rs) > k+2 && (rs[k+2] == '县' || rs[k+2] == '州' || rs[k+2] == '旗') {
			return string(rs[:k]), 2, k + 3
		}
	}
	for k := 1; k <= 4 && k < len(rs); k++ {
		switch rs[k] {
		case '县':
			return string(rs[:k]), 2, k + 1
		case '区', '市', '镇', '乡', '旗':
			if k < 2 || rs[k] == '市' && k+1 < len(rs) && (rs[k+1] == '场' || rs[k+1] == '政') || rs[k] == '区' && k+1 < len(rs) && rs[k+1] == '块' {
				continue
			}
			return string(rs[:k]), 2, k + 1
		}
	}
	return "", 0, 0
}

// An Address is a Chinese address by its levels; those not given are empty.
type Address struct {
	Province, City, County string // short names
	Road                   string // with its 路, 街, 道 …
	Number                 string // digits of the house number
	Rest                   string // building, room and whatever else
}

// ParseAddress splits an address. A municipality counts as province and city.
func ParseAddress(s string) Address {
	var a Address
	rs := []rune(strings.Join(strings.Fields(Simplify(s)), ""))
	rs = []rune(strings.TrimPrefix(string(rs), "中国"))
	for len(rs) > 0 {
		name, level, n := place(rs)
		if n == 0 {
			break
		}
		switch {
		case level == 0 && a.Province == "":
			a.Province = name
			if name == "北京" || name == "上海" || name == "天津" || name == "重庆" {
				a.City = name
			}
		case level == 1 && (a.City == "" || a.City == name):
			a.City = name
		case a.County == "" || level > 0:
			a.County = name
		}
		rs = rs[n:]
		for _, p := range []string{"市辖区", "市", "区"} {
			rs = []rune(strings.TrimPrefix(string(rs), p))
		}
	}
	if a.Province == "" {
		a.Province = provinceOf[a.City]
	}
	a.Road, rs = cutRoad(rs)
	a.Number, a.Rest = cutNumber(rs)
	return a
}

func cutRoad(rs []rune) (string, []rune) {
	for i, r := range rs {
		switch r {
		case '路', '街', '道', '巷', '弄', '村', '园', '港':
			if i == 0 {
				continue
			}
			if r == '街' && i+1 < len(rs) && rs[i+1] == '道' { // 街道 is a sub-district
				return cutRoad(rs[i+2:])
			}
			if r == '道' && i+1 < len(rs) && rs[i+1] == '路' {
				continue
			}
			return string(rs[:i+1]), rs[i+1:]
		}
	}
	return "", rs
}

func cutNumber(rs []rune) (string, string) {
	i := 0
	for i < len(rs) && rs[i] >= '0' && rs[i] <= '9' {
		i++
	}
	number := string(rs[:i])
	return number, strings.Trim(string(rs[i:]), "号,，#-院")
}

// How two addresses agree, from worst to best.
const (
	AddressDiffers = iota // province, city or county contradict
	AddressUnknown        // nothing contradicts, and no road to compare
	AddressCounty         // one county, other roads
	AddressRoad           // one road, numbers missing or different
	AddressNumber         // one house
	AddressSame
)

// CompareAddresses grades two addresses; a level that one of them leaves out
// doesn't contradict.
func CompareAddresses(a, b Address) int {
	if a == b {
		return AddressSame
	}
	differ := func(x, y string) bool { return x != "" && y != "" && x != y }
	switch {
	case differ(a.Province, b.Province) || differ(a.City, b.City) || differ(a.County, b.County):
		return AddressDiffers
	case a.Road == "" || b.Road == "":
		if a.County != "" && a.County == b.County {
			return AddressCounty
		}
		return AddressUnknown
	case a.Road != b.Road:
		if a.County != "" && a.County == b.County {
			return AddressCounty
		}
		return AddressDiffers
	case a.Number == b.Number && a.Number != "":
		if a.Rest == b.Rest {
			return AddressSame
		}
		return AddressNumber
	}
	return AddressRoad
}
