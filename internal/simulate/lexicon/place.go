package lexicon

import (
	"fmt"
	"math/rand/v2"
)

// A City is where firms are registered. Code is the prefix of its districts'
// six-digit GB/T 2260 codes.
type City struct {
	Province, Name, Roman, Area, Code string
	Region                            string // sales region
	Districts                         []string
	weight                            int
}

var cities = []City{
	{"上海市", "上海", "Shanghai", "021", "3101", "华东", []string{"浦东新区", "闵行区", "徐汇区", "嘉定区", "松江区"}, 90},
	{"浙江省", "杭州", "Hangzhou", "0571", "3301", "华东", []string{"西湖区", "滨江区", "余杭区", "萧山区"}, 70},
	{"江苏省", "苏州", "Suzhou", "0512", "3205", "华东", []string{"工业园区", "吴中区", "昆山市", "虎丘区"}, 60},
	{"江苏省", "南京", "Nanjing", "025", "3201", "华东", []string{"江宁区", "建邺区", "鼓楼区", "浦口区"}, 45},
	{"浙江省", "宁波", "Ningbo", "0574", "3302", "华东", []string{"鄞州区", "北仑区", "慈溪市"}, 40},
	{"江苏省", "无锡", "Wuxi", "0510", "3202", "华东", []string{"新吴区", "滨湖区", "江阴市"}, 35},
	{"安徽省", "合肥", "Hefei", "0551", "3401", "华东", []string{"蜀山区", "包河区", "肥西县"}, 28},
	{"浙江省", "温州", "Wenzhou", "0577", "3303", "华东", []string{"鹿城区", "瓯海区", "乐清市"}, 22},
	{"福建省", "厦门", "Xiamen", "0592", "3502", "华东", []string{"思明区", "湖里区", "集美区"}, 24},
	{"山东省", "青岛", "Qingdao", "0532", "3702", "华东", []string{"市南区", "黄岛区", "城阳区"}, 30},
	{"山东省", "济南", "Jinan", "0531", "3701", "华东", []string{"历下区", "高新区", "章丘区"}, 22},
	{"广东省", "深圳", "Shenzhen", "0755", "4403", "华南", []string{"南山区", "宝安区", "龙岗区", "福田区"}, 85},
	{"广东省", "广州", "Guangzhou", "020", "4401", "华南", []string{"天河区", "番禺区", "黄埔区", "白云区"}, 70},
	{"广东省", "东莞", "Dongguan", "0769", "4419", "华南", []string{"松山湖", "长安镇", "虎门镇", "寮步镇"}, 40},
	{"广东省", "佛山", "Foshan", "0757", "4406", "华南", []string{"顺德区", "南海区", "禅城区"}, 36},
	{"广西壮族自治区", "南宁", "Nanning", "0771", "4501", "华南", []string{"青秀区", "良庆区"}, 12},
	{"海南省", "海口", "Haikou", "0898", "4601", "华南", []string{"龙华区", "美兰区"}, 8},
	{"北京市", "北京", "Beijing", "010", "1101", "华北", []string{"海淀区", "朝阳区", "大兴区", "丰台区", "昌平区"}, 80},
	{"天津市", "天津", "Tianjin", "022", "1201", "华北", []string{"滨海新区", "西青区", "武清区"}, 32},
	{"河北省", "石家庄", "Shijiazhuang", "0311", "1301", "华北", []string{"裕华区", "长安区", "正定县"}, 18},
	{"山西省", "太原", "Taiyuan", "0351", "1401", "华北", []string{"小店区", "迎泽区"}, 12},
	{"辽宁省", "大连", "Dalian", "0411", "2102", "华北", []string{"甘井子区", "金州区"}, 20},
	{"辽宁省", "沈阳", "Shenyang", "024", "2101", "华北", []string{"浑南区", "铁西区"}, 20},
	{"吉林省", "长春", "Changchun", "0431", "2201", "华北", []string{"南关区", "绿园区"}, 12},
	{"四川省", "成都", "Chengdu", "028", "5101", "西部", []string{"高新区", "武侯区", "双流区", "龙泉驿区"}, 48},
	{"重庆市", "重庆", "Chongqing", "023", "5001", "西部", []string{"渝北区", "九龙坡区", "江北区"}, 38},
	{"陕西省", "西安", "Xi'an", "029", "6101", "西部", []string{"雁塔区", "高新区", "未央区"}, 32},
	{"云南省", "昆明", "Kunming", "0871", "5301", "西部", []string{"官渡区", "五华区"}, 14},
	{"贵州省", "贵阳", "Guiyang", "0851", "5201", "西部", []string{"观山湖区", "南明区"}, 10},
	{"湖北省", "武汉", "Wuhan", "027", "4201", "华中", []string{"洪山区", "江夏区", "东西湖区"}, 42},
	{"湖南省", "长沙", "Changsha", "0731", "4301", "华中", []string{"岳麓区", "雨花区", "望城区"}, 32},
	{"河南省", "郑州", "Zhengzhou", "0371", "4101", "华中", []string{"金水区", "中原区", "新郑市"}, 34},
	{"江西省", "南昌", "Nanchang", "0791", "3601", "华中", []string{"青山湖区", "红谷滩区"}, 14},
}

// Regions are the sales regions, in the order of the company's own reports.
var Regions = []string{"华东", "华南", "华北", "华中", "西部"}

var cityTotal = func() (n int) {
	for _, c := range cities {
		n += c.weight
	}
	return n
}()

// Cities counts the cities; City gives one by its number.
func Cities() int       { return len(cities) }
func CityAt(i int) City { return cities[i] }

// PickCity draws a city, the larger the likelier.
func PickCity(r *rand.Rand) int {
	n := r.IntN(cityTotal)
	for i, c := range cities {
		if n -= c.weight; n < 0 {
			return i
		}
	}
	return 0
}

var roads = []string{"人民路", "中山路", "解放路", "建设大道", "科技路", "创业路", "工业大道", "文化路", "东风路", "长江路", "黄河路", "学院路", "滨河大道", "迎宾大道", "新华路", "和平路", "金桥路", "望江路", "世纪大道", "高新一路", "振兴路", "兴业路", "软件园路", "物流大道"}

var parks = []string{"科技园", "创新大厦", "国际中心", "工业园", "软件园", "商务广场", "电商产业园", "智谷", "数码港", "综合楼"}

// An Address is a firm's place, from which spellings are made.
type Address struct {
	City     int
	District string
	Street   string
}

// NewAddress draws an address in the city.
func NewAddress(r *rand.Rand, city int) Address {
	c := cities[city]
	return Address{
		City: city, District: c.Districts[r.IntN(len(c.Districts))],
		Street: fmt.Sprintf("%s%d号%s%d栋%d0%d室", roads[r.IntN(len(roads))], 1+r.IntN(1200), parks[r.IntN(len(parks))], 1+r.IntN(18), 1+r.IntN(22), 1+r.IntN(9)),
	}
}

// Full spells out every administrative level.
func (a Address) Full() string {
	c := cities[a.City]
	if c.Province == c.Name+"市" {
		return c.Province + a.District + a.Street
	}
	return c.Province + c.Name + "市" + a.District + a.Street
}

// Variant leaves levels out, as forms do.
func (a Address) Variant(r *rand.Rand) string {
	c := cities[a.City]
	switch n := r.IntN(100); {
	case n < 45:
		return a.Full()
	case n < 65:
		return c.Name + a.District + a.Street
	case n < 80:
		return c.Name + "市" + a.District + a.Street
	case n < 90:
		return a.District + a.Street
	case n < 95:
		return c.Province + " " + c.Name + " " + a.District + " " + a.Street
	default:
		return ""
	}
}
