package name

import (
	"strings"

	"github.com/mozillazg/go-pinyin"

	"github.com/chanzipu/outfitter/linkage/compare"
)

// Latin folds a name and writes it in the letters a to z: Cyrillic, Greek,
// Arabic, Hebrew, Georgian, Armenian, kana and Hangul letter by letter, Han by
// the first reading of each character, which then stand as words of their own.
// Scripts it doesn't know stay as they are.
func Latin(s string) string {
	f := compare.Fold(s)
	if compare.IsASCII(f) {
		return f
	}
	var b strings.Builder
	b.Grow(len(f) + 8)
	rs := []rune(f)
	for i, r := range rs {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r >= 0xAC00 && r <= 0xD7A3:
			b.WriteString(hangul(r))
		case r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF:
			p := pinyin.SinglePinyin(r, pinyinArgs)
			b.WriteByte(' ')
			if len(p) > 0 {
				b.WriteString(p[0])
			} else {
				b.WriteRune(r)
			}
			b.WriteByte(' ')
		default:
			if l, ok := letters[r]; ok {
				if (r == 'е' || r == 'є') && (i == 0 || rs[i-1] == ' ') {
					l = "e"
				}
				b.WriteString(l)
			} else {
				b.WriteRune(r)
			}
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

var pinyinArgs = pinyin.NewArgs()

// letters transliterates single letters; the folded (lower case, unaccented) ones suffice.
var letters = func() map[rune]string {
	m := map[rune]string{}
	for _, t := range []string{
		"а a|б b|в v|г g|д d|е e|ё e|ж zh|з z|и i|й i|к k|л l|м m|н n|о o|п p|р r|с s|т t|у u|ф f|х kh|ц ts|ч ch|ш sh|щ shch|ъ |ы y|ь |э e|ю iu|я ia|і i|ї i|є ie|ґ g|ў u|ј j|љ lj|њ nj|ћ c|ђ dj|џ dz|ѓ g|ќ k|ѕ dz|қ q|ғ g|ң n|ү u|ұ u|ө o|һ h|ә a|ӯ u|ҳ h|ҷ j|ӣ i",
		"α a|β v|γ g|δ d|ε e|ζ z|η i|θ th|ι i|κ k|λ l|μ m|ν n|ξ x|ο o|π p|ρ r|σ s|ς s|τ t|υ y|φ f|χ ch|ψ ps|ω o",
		"ا a|أ a|إ i|آ a|ٱ a|ب b|ت t|ث th|ج j|ح h|خ kh|د d|ذ dh|ر r|ز z|س s|ش sh|ص s|ض d|ط t|ظ z|ع a|غ gh|ف f|ق q|ك k|ک k|ل l|م m|ن n|ه h|ة a|و u|ؤ u|ي i|ى a|ی i|ئ i|ء |پ p|چ ch|ژ zh|گ g|ٹ t|ڈ d|ڑ r|ں n|ھ h|ہ h|ے e",
		"א a|ב b|ג g|ד d|ה h|ו v|ז z|ח h|ט t|י i|כ k|ך k|ל l|מ m|ם m|נ n|ן n|ס s|ע a|פ p|ף f|צ ts|ץ ts|ק k|ר r|ש sh|ת t",
		"ა a|ბ b|გ g|დ d|ე e|ვ v|ზ z|თ t|ი i|კ k|ლ l|მ m|ნ n|ო o|პ p|ჟ zh|რ r|ს s|ტ t|უ u|ფ p|ქ k|ღ gh|ყ q|შ sh|ჩ ch|ც ts|ძ dz|წ ts|ჭ ch|ხ kh|ჯ j|ჰ h",
		"ա a|բ b|գ g|դ d|ե e|զ z|է e|ը y|թ t|ժ zh|ի i|լ l|խ kh|ծ ts|կ k|հ h|ձ dz|ղ gh|ճ ch|մ m|յ y|ն n|շ sh|ո o|չ ch|պ p|ջ j|ռ r|ս s|վ v|տ t|ր r|ց ts|ւ u|փ p|ք k|և ev|օ o|ֆ f",
		"あ a|い i|う u|え e|お o|か ka|き ki|く ku|け ke|こ ko|さ sa|し shi|す su|せ se|そ so|た ta|ち chi|つ tsu|て te|と to|な na|に ni|ぬ nu|ね ne|の no|は ha|ひ hi|ふ fu|へ he|ほ ho|ま ma|み mi|む mu|め me|も mo|や ya|ゆ yu|よ yo|ら ra|り ri|る ru|れ re|ろ ro|わ wa|を o|ん n",
		"ក k|ខ kh|គ k|ឃ kh|ង ng|ច ch|ឆ chh|ជ ch|ញ nh|ដ d|ឋ th|ណ n|ត t|ថ th|ទ t|ធ th|ន n|ប p|ផ ph|ព p|ភ ph|ម m|យ y|រ r|ល l|វ v|ស s|ហ h|ឡ l|អ a|ា a|ិ i|ី i|ឹ oe|ឺ oe|ុ o|ូ u|ួ uo|ើ ae|ឿ oea|ៀ ie|េ e|ែ ae|ៃ ai|ោ o|ៅ au|ំ m|ះ h|់ |្ ",
		"ก k|ข kh|ค kh|ฆ kh|ง ng|จ ch|ฉ ch|ช ch|ซ s|ญ y|ด d|ต t|ถ th|ท th|ธ th|น n|บ b|ป p|ผ ph|ฝ f|พ ph|ฟ f|ภ ph|ม m|ย y|ร r|ล l|ว w|ศ s|ษ s|ส s|ห h|อ o|ฮ h|ะ a|า a|ิ i|ี i|ึ ue|ื ue|ุ u|ู u|เ e|แ ae|โ o|ใ ai|ไ ai|ณ n|ั a|็ |่ |้ |์ ",
		"क k|ख kh|ग g|घ gh|च ch|छ chh|ज j|झ jh|ट t|ठ th|ड d|ढ dh|ण n|त t|थ th|द d|ध dh|न n|प p|फ ph|ब b|भ bh|म m|य y|र r|ल l|व v|श sh|ष sh|स s|ह h|अ a|आ a|इ i|ई i|उ u|ऊ u|ए e|ऐ ai|ओ o|औ au|ा a|ि i|ी i|ु u|ू u|े e|ै ai|ो o|ौ au|ं n|् ",
	} {
		for _, p := range strings.Split(t, "|") {
			from, to, _ := strings.Cut(p, " ")
			m[[]rune(from)[0]] = to
		}
	}
	for r := 'ァ'; r <= 'ン'; r++ { // katakana as hiragana
		if l, ok := m[r-('ァ'-'ぁ')]; ok {
			m[r] = l
		}
	}
	for voiced, plain := range map[rune]string{'が': "ga", 'ぎ': "gi", 'ぐ': "gu", 'げ': "ge", 'ご': "go", 'ざ': "za", 'じ': "ji", 'ず': "zu", 'ぜ': "ze", 'ぞ': "zo",
		'だ': "da", 'で': "de", 'ど': "do", 'ば': "ba", 'び': "bi", 'ぶ': "bu", 'べ': "be", 'ぼ': "bo", 'ぱ': "pa", 'ぴ': "pi", 'ぷ': "pu", 'ぺ': "pe", 'ぽ': "po", 'ゃ': "ya", 'ゅ': "yu", 'ょ': "yo"} {
		m[voiced] = plain
		m[voiced+('ァ'-'ぁ')] = plain
	}
	m['ー'] = ""
	return m
}()

var (
	hangulLead  = strings.Split("g kk n d tt r m b pp s ss  j jj ch k t p h", " ")
	hangulVowel = strings.Split("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i", " ")
	hangulTail  = strings.Split(" k k ks n nj nh t l lk lm lp ls lt lp lh m p ps t t ng t t k t p t", " ")
)

// hangul writes one syllable in the Revised Romanization, without assimilation.
func hangul(r rune) string {
	i := int(r - 0xAC00)
	return hangulLead[i/588] + hangulVowel[i%588/28] + hangulTail[i%28]
}
