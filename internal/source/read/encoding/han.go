package encoding

import (
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// The national standards already rank characters: GB 2312 puts the 3,755
// usual ones into its first level (rows 16 to 55), Big5 its 5,401 (A440 to
// C67E). most holds the few hundred that make up two thirds of any Chinese
// text, simplified and traditional.
const most = "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很给名法间斯知世什两次使身者被高已亲其进此话常与活正感见明问力理尔点文几定本公特做外孩相西果走将月十实向声车全信重三机工物气每并别真打太新比才便夫再书部水像眼等体却加电主界门利海受听表德少克代员许先口由死安写性马光白或住难望教命花结乐色更拉东神记处让母父应直字场平报友关放至张认接告入笑内英军候民岁往何度山觉路带万男边风解叫任金快原吃妈变通师立象数四失满战远格士音轻目条呢病始达深完今提求清王化空业思切怎非找片罗钱吗语元喜曾离飞科言干流欢约各即指合反题必该论交终林请医晚制球决传画保读运及则房早院量苦火布品近坐产答星精视五连司巴奇管类未朋且婚台夜青北队久乎越观落尽形影红爸百令周吧识步希亚术留市半热送兴造谈容极随演收首根讲整式取照办强石古华拿计您装似足双妻尼转诉米称丽客南领节衣站黑刻统断福城故历惊脸选包紧争另建维绝树系伤示愿持千史谁准联妇纪基买志静阿诗独复痛消社算义竟确酒需单治卡幸兰念举仅钟怕共毛句息功官待究跟穿室易游程号居考突皮哪费倒价图具刚脑永歌响商礼细专黄块脚味灵改据般破引食仍存众注笔甚某沉血备习校默务土微娘须试怀料调广苏显赛查密议底列富梦错座参八除跑亮假印设线温虽掉京初养香停际致阳纸李纳验助激够严证帝饭忘趣支春集丈木研班普导顿睡展跳获艺六波察群皇段急庭创区奥器谢弟店否害草排背止组州朝封睛板角况曲馆育忙质河续哥呼若推境遇雨标姐充围案伦护冷警贝著雪索剧啊船险烟依斗值帮汉慢佛肯闻唱沙局伯族低玩资屋击速顾泪洲团圣旁堂兵七露园牛哭旅街劳型烈姑陈莫鱼异抱宝权鲁简态级票怪寻杀律胜份汽右洋范床舞秘午登楼贵吸责例追较职属渐左录丝牙党继托赶章智冲叶胡吉卖坚喝肉遗救修松临藏担戏善卫药悲敢靠伊村戴词森耳差短祖云规窗散迷油旧适乡架恩投弹铁博雷府压超负勒杂醒洗采毫嘴毕九冰既状乱景席珍童顶派素脱农疑练野按犯拍征坏骨余承置彩灯巨琴免环姆暗换技翻束增忍餐洛塞缺忆判欧层付阵玛批岛项狗休懂武革良恶恋委拥娜妙探呀营退摇弄桌熟诺宣银势奖宫忽套康供优课鸟喊降夏困刘罪亡鞋健模败伴守挥鲜财孤枪禁恐伙杰迹妹遍盖副坦牌江顺秋萨菜划授归浪听凡预奶雄升编典袋莱含盛济蒙棋端腿招释介烧误店铺销售部门客户合同产品价格数量订单编号名称日期时间地址电话备注" +
	"這個們來時為說國後會過還對學麼發當沒樣開總從無動經長兒間兩給頭愛點與親進話問見實將聲車機氣別書體電門裡聽難教樂東記處讓應場報關認軍歲覺邊風觀變師數戰輕遠條達業錢嗎語離飛歡約論終醫決傳畫讀運產視連類談隊極隨講計裝雙轉訴稱麗領節歷驚臉選緊爭維絕樹傷準聯婦紀買詩獨復義確單臺號價圖專黃塊腳靈據眾筆須備務試懷調廣顯賽議夢錯參線溫陽紙納驗夠嚴證飯導頓獲藝創區謝組馬訂購網頁說歡龍"

var mostSet = func() map[rune]bool {
	m := map[rune]bool{}
	for _, r := range most {
		m[r] = true
	}
	return m
}()

// level1 holds the usual characters of each standard.
var gbLevel1, big5Level1 = func() (map[rune]bool, map[rune]bool) {
	gb, big := map[rune]bool{}, map[rune]bool{}
	add := func(m map[rune]bool, s string) {
		for _, r := range s {
			if r != 0xfffd {
				m[r] = true
			}
		}
	}
	for row := 0xb0; row <= 0xd7; row++ {
		for col := 0xa1; col <= 0xfe; col++ {
			s, _ := simplifiedchinese.GB18030.NewDecoder().String(string([]byte{byte(row), byte(col)}))
			add(gb, s)
		}
	}
	for row := 0xa4; row <= 0xc6; row++ {
		for col := 0x40; col <= 0xfe; col++ {
			if col > 0x7e && col < 0xa1 || row == 0xc6 && col > 0x7e {
				continue
			}
			s, _ := traditionalchinese.Big5.NewDecoder().String(string([]byte{byte(row), byte(col)}))
			add(big, s)
		}
	}
	return gb, big
}()

// han is the worth of a Han character in a reading as name.
func han(name string, r rune) float64 {
	if mostSet[r] {
		return 1.2
	}
	switch name {
	case "gb18030":
		if gbLevel1[r] {
			return 0.55
		}
		if big5Level1[r] {
			return 0.2 // traditional, or half of another encoding's pair
		}
		return -0.6
	case "big5":
		if big5Level1[r] {
			return 0.55
		}
		return -0.6
	case "shift_jis", "euc-jp":
		if big5Level1[r] || gbLevel1[r] {
			return 0.4
		}
		return -0.4
	}
	if big5Level1[r] || gbLevel1[r] {
		return 0
	}
	return -0.6
}

// hangulRank tells whether a syllable is among the 2,350 of KS X 1001, which
// every EUC-KR byte pair of that block is; so what counts is its shape:
// syllables without a double final are the usual ones.
func hangulRank(r rune) (common, ok bool) {
	if r < 0xac00 || r > 0xd7a3 {
		return false, false
	}
	final := (r - 0xac00) % 28
	switch final {
	case 0, 1, 4, 8, 16, 17, 19, 20, 21: // none, ㄱ ㄴ ㄹ ㅁ ㅂ ㅅ ㅆ ㅇ
		return true, true
	}
	return false, true
}
