package zh_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/linkage/zh"
)

func TestParseID(t *testing.T) {
	tests := []struct {
		in     string
		number string
		valid  bool
	}{
		{"11010519491231002X", "11010519491231002X", true}, // the example of GB 11643-1999
		{"11010519491231002x", "11010519491231002X", true},
		{"440524188001010014", "440524188001010014", true}, // its other one
		{"440524800101001", "440524198001010013", true},
		{"110105194912310021", "110105194912310021", false},
		{"１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X", true},
	}
	for _, tt := range tests {
		got, ok := zh.ParseID(tt.in)
		if !ok || got.Number != tt.number || got.Valid != tt.valid {
			t.Errorf("ParseID(%q) = %+v, %v; want %s valid %v", tt.in, got, ok, tt.number, tt.valid)
		}
	}
	for _, in := range []string{"", "12345", "1101051949123100", "11010519491231X021"} {
		if got, ok := zh.ParseID(in); ok {
			t.Errorf("ParseID(%q) = %+v, want none", in, got)
		}
	}
}

func TestUSCC(t *testing.T) {
	tests := []struct {
		in    string
		valid bool
	}{
		{"91350100M000100Y43", true}, // the example of GB 32100-2015
		{"91350100M000100Y44", false},
		{"9135O100M000100Y43", true}, // letter O for zero
	}
	for _, tt := range tests {
		got, ok := zh.ParseUSCC(tt.in)
		if !ok || got.Valid != tt.valid {
			t.Errorf("ParseUSCC(%q) = %+v, %v; want valid %v", tt.in, got, ok, tt.valid)
		}
	}
}

func TestParseCompany(t *testing.T) {
	tests := []struct {
		in   string
		want zh.Company
	}{
		{"苏州国泰贸易有限责任公司", zh.Company{Region: []string{"苏州"}, Brand: "国泰", Trade: "贸易", Form: "有限公司"}},
		{"国泰（蘇州）貿易有限公司", zh.Company{Region: []string{"苏州"}, Brand: "国泰", Trade: "贸易", Form: "有限公司"}},
		{"苏州国泰贸易有限公司杭州分公司", zh.Company{Region: []string{"苏州"}, Brand: "国泰", Trade: "贸易", Form: "有限公司", Branch: "杭州分公司"}},
		{"江苏省苏州市国泰贸易有限公司（原苏州大丰贸易有限公司）", zh.Company{Region: []string{"江苏", "苏州"}, Brand: "国泰", Trade: "贸易", Form: "有限公司", Former: "苏州大丰贸易有限公司"}},
		{"国泰贸易", zh.Company{Brand: "国泰", Trade: "贸易"}},
		{"Guotai Trading Co., Ltd.", zh.Company{English: "Guotai Trading Co., Ltd."}},
		{"", zh.Company{}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, zh.ParseCompany(tt.in)); diff != "" {
			t.Errorf("ParseCompany(%q) (-want +got):\n%s", tt.in, diff)
		}
	}
}

func TestCompareCompanies(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"苏州国泰贸易有限公司", "國泰(苏州)贸易有限责任公司", zh.CompanySame},
		{"苏州国泰贸易有限公司", "苏州国泰贸易股份有限公司", zh.CompanyCore},
		{"苏州国泰贸易有限公司", "国泰贸易", zh.CompanyShort},
		{"苏州国泰贸易有限公司", "苏州国太贸易有限公司", zh.CompanyAlike},
		{"苏州国泰贸易有限公司", "苏州国泰贸易有限公司杭州分公司", zh.CompanyBranch},
		{"苏州国泰贸易有限公司", "杭州国泰贸易有限公司", zh.CompanyConflict},
		{"苏州国泰贸易有限公司", "四川国泰贸易有限公司", zh.CompanyConflict},
		{"苏州国泰贸易有限公司", "苏州国泰食品有限公司", zh.CompanyConflict},
		{"苏州国泰贸易有限公司", "苏州恒力贸易有限公司", zh.CompanyDiffers},
	}
	for _, tt := range tests {
		if got := zh.CompareCompanies(zh.ParseCompany(tt.a), zh.ParseCompany(tt.b)); got != tt.want {
			t.Errorf("CompareCompanies(%s, %s) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestPersons(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"张伟", "張偉", zh.PersonSame},
		{"张伟", "章伟", zh.PersonSound},
		{"李小明", "李小朋", zh.PersonNear},
		{"张伟", "张敏", zh.PersonSurname},
		{"欧阳娜娜", "歐陽娜娜女士", zh.PersonSame},
		{"张伟", "王芳", zh.PersonDiffers},
	}
	for _, tt := range tests {
		a, _ := zh.ParsePerson(tt.a)
		b, _ := zh.ParsePerson(tt.b)
		if got := zh.ComparePersons(a, b); got != tt.want {
			t.Errorf("ComparePersons(%s, %s) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}

func TestMatchLetters(t *testing.T) {
	tests := []struct {
		name, letters string
		want          bool
	}{
		{"张伟", "Zhang Wei", true}, {"张伟", "WEI, Zhang", true}, {"张伟", "zhangwei", true}, {"单雄信", "Shan Xiongxin", true}, {"解缙", "Xie Jin", true},
		{"仇英", "Qiu Ying", true}, {"吕布", "Lu Bu", true}, {"张伟", "Zhang Min", false},
	}
	for _, tt := range tests {
		p, _ := zh.ParsePerson(tt.name)
		if got := p.MatchLetters(tt.letters); got != tt.want {
			t.Errorf("MatchLetters(%s, %s) = %v, want %v", tt.name, tt.letters, got, tt.want)
		}
	}
	if keys := zh.NameKeys("Wei Zhang"); !slices.Contains(keys, "zhangwei") {
		t.Errorf("NameKeys(Wei Zhang) = %q, want zhangwei among them", keys)
	}
}

func TestCompareAddresses(t *testing.T) {
	tests := []struct {
		a, b string
		want int
	}{
		{"浙江省杭州市西湖区文三路100号", "杭州西湖区文三路100号", zh.AddressSame},
		{"浙江省杭州市西湖区文三路100号201室", "杭州市西湖区文三路100号", zh.AddressNumber},
		{"浙江省杭州市西湖区文三路100号", "杭州市西湖区文三路200号", zh.AddressRoad},
		{"浙江省杭州市西湖区文三路100号", "浙江省宁波市海曙区文三路100号", zh.AddressDiffers},
		{"浙江省杭州市西湖区文三路100号", "江苏省文三路100号", zh.AddressDiffers},
	}
	for _, tt := range tests {
		if got := zh.CompareAddresses(zh.ParseAddress(tt.a), zh.ParseAddress(tt.b)); got != tt.want {
			t.Errorf("CompareAddresses(%s, %s) = %d, want %d: %+v %+v", tt.a, tt.b, got, tt.want, zh.ParseAddress(tt.a), zh.ParseAddress(tt.b))
		}
	}
}

// FuzzCompanyKey checks what blocking relies on: a key is its own key.
func FuzzCompanyKey(f *testing.F) {
	f.Add("北京（海淀）某某科技有限责任公司")
	f.Fuzz(func(t *testing.T, name string) {
		if k := zh.CompanyKey(name); zh.CompanyKey(k) != k {
			t.Errorf("CompanyKey(CompanyKey(%q)) = %q, want %q", name, zh.CompanyKey(k), k)
		}
	})
}

// FuzzParse checks that no text breaks a parser and that a name is itself.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"苏州国泰贸易有限公司（原大丰）", "((", "欧阳", "浙江省杭州市文三路100号", "11010519491231002X", "市市区县"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := zh.ParseCompany(s)
		if c.Core() != "" && zh.CompareCompanies(c, zh.ParseCompany(s)) < zh.CompanyShort {
			t.Errorf("CompareCompanies(%q, itself) = %d", s, zh.CompareCompanies(c, zh.ParseCompany(s)))
		}
		if a := zh.ParseAddress(s); zh.CompareAddresses(a, zh.ParseAddress(s)) != zh.AddressSame {
			t.Errorf("CompareAddresses(%q, itself) isn't the same", s)
		}
		zh.NameKeys(s)
		if id, ok := zh.ParseID(s); ok && id.Number == "" {
			t.Errorf("ParseID(%q) took it and gives no number", s)
		}
		zh.ParseUSCC(s)
	})
}
