// Package profile looks at a column's name and values and says what it holds:
// a person's name, a date, a postcode. It knows kinds of data, not data sets.
package profile

import (
	"slices"
	"strings"
	"unicode"

	"github.com/chanzipu/outfitter/linkage/compare"
	"github.com/chanzipu/outfitter/linkage/field"
	"github.com/chanzipu/outfitter/linkage/name"
)

// A Column is what was found out about one column.
type Column struct {
	Name     string     `json:"name"`
	Kind     field.Kind `json:"kind,omitempty"` // empty: of no use for comparing
	Role     Role       `json:"role,omitempty"`
	Filled   float64    `json:"filled"`   // share of records with a value
	Distinct int        `json:"distinct"` // different values
	Records  int        `json:"records"`
	Reason   string     `json:"reason"` // why this kind, or why none
}

// Role tells columns of one kind apart.
type Role string

// The roles.
const (
	Given   Role = "given"
	Middle  Role = "middle"
	Surname Role = "surname"
	Full    Role = "full"
	Lat     Role = "latitude"
	Lon     Role = "longitude"
)

// Sample is how many records' values are enough to judge a column.
const Sample = 4000

// Of judges a column by its name and by values of it, evenly drawn, missing
// ones left out. filled and distinct are counts over all records.
func Of(header string, values []string, records, filled, distinct int) Column {
	c := Column{Name: header, Records: records, Distinct: distinct}
	if records > 0 {
		c.Filled = float64(filled) / float64(records)
	}
	switch {
	case len(values) == 0 || filled == 0:
		c.Reason = "no values"
	case distinct < 2:
		c.Reason = "one value throughout"
	default:
		c.Kind, c.Role, c.Reason = judge(newFacts(header, values, filled, distinct))
	}
	if unique := filled > 20 && distinct == filled; unique && (c.Kind == field.Code || c.Kind == field.Number || c.Kind == field.Exact) {
		c.Kind, c.Reason = "", "every value occurs once, as in a row number"
	}
	return c
}

// facts are shares over the sampled values, and what the header says.
type facts struct {
	hint                                              map[string]bool
	header                                            string
	date, email, phone, mobile, number, decimal, list float64
	han, letters, digits, oneWord, mixed              float64
	zhID, uscc, company, address                      float64
	zhPerson                                          float64
	sameLength                                        float64
	words, length                                     float64 // means
	filled, distinct                                  int
	inRange                                           func(lo, hi float64) bool
}

func newFacts(header string, values []string, filled, distinct int) *facts {
	f := &facts{hint: map[string]bool{}, header: strings.ToLower(header), filled: filled, distinct: distinct}
	for _, w := range headerWords(header) {
		f.hint[w] = true
	}
	lengths := map[int]int{}
	lo, hi := 0.0, 0.0
	for i, v := range values {
		f.add(v, lengths)
		if x, ok := compare.ParseNumber(v); ok {
			if i == 0 || x < lo {
				lo = x
			}
			if i == 0 || x > hi {
				hi = x
			}
		}
	}
	n := float64(len(values))
	for _, p := range []*float64{&f.date, &f.email, &f.phone, &f.mobile, &f.number, &f.decimal, &f.list, &f.han, &f.letters, &f.digits, &f.oneWord, &f.mixed, &f.zhID, &f.uscc, &f.company, &f.address, &f.zhPerson, &f.words, &f.length} {
		*p /= n
	}
	most := 0
	for _, k := range lengths {
		most = max(most, k)
	}
	f.sameLength = float64(most) / n
	f.inRange = func(a, b float64) bool { return lo >= a && hi <= b }
	return f
}

// headerWords splits a header at punctuation and where a capital follows a small letter.
func headerWords(h string) []string {
	var b strings.Builder
	rs := []rune(h)
	for i, r := range rs {
		if i > 0 && unicode.IsUpper(r) && unicode.IsLower(rs[i-1]) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.Fields(compare.Fold(b.String()))
}

func count(p *float64, holds bool) {
	if holds {
		*p++
	}
}

func (f *facts) add(v string, lengths map[int]int) {
	v = strings.TrimSpace(v)
	folded := compare.Fold(v)
	words := strings.Fields(folded)
	han, letters, digits := 0, 0, 0
	for _, r := range folded {
		switch {
		case unicode.Is(unicode.Han, r):
			han++
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		}
	}
	length := han + letters + digits
	lengths[length]++
	f.length += float64(length)
	f.words += float64(len(words))
	_, isNumber := compare.ParseNumber(v)
	count(&f.number, isNumber)
	count(&f.decimal, isNumber && strings.Contains(v, "."))
	d, isDate := compare.ParseDate(v)
	count(&f.date, isDate && d.Month > 0 && d.Month <= 31 && (!isNumber || length == 8 && d.Month <= 12 && d.Day <= 31 && d.Year >= 1500))
	_, _, isEmail := compare.Email(v)
	count(&f.email, isEmail && !strings.ContainsAny(v, " ,"))
	count(&f.mobile, digits == 11 && letters == 0 && isMobile(v))
	count(&f.phone, digits >= 7 && digits <= 15 && letters+han <= 3 && !isDate)
	count(&f.list, len(v) > 2 && (v[0] == '[' || v[0] == '{' || strings.ContainsAny(v, "|;；、")))
	count(&f.han, han > 0 && 2*han >= length)
	count(&f.letters, letters > 0 && digits == 0)
	count(&f.digits, digits > 0 && letters+han == 0)
	count(&f.mixed, digits > 0 && letters > 0)
	count(&f.oneWord, len(words) == 1)
	count(&f.zhID, isZhID(v))
	count(&f.uscc, isUSCC(v))
	count(&f.company, han > 0 && isZhCompany(folded) || han == 0 && name.HasLegalForm(v))
	count(&f.address, isAddress(folded, han, digits, len(words)))
	count(&f.zhPerson, isZhPerson(folded, han, length))
}

// says reports whether the header holds one of the words, or, for words in
// Han characters, contains it.
func (f *facts) says(words ...string) bool {
	for _, w := range words {
		if f.hint[w] || w[0] >= 0x80 && strings.Contains(f.header, w) {
			return true
		}
	}
	return false
}

func judge(f *facts) (field.Kind, Role, string) {
	switch {
	case f.zhID >= 0.5:
		return field.ZhID, "", "Chinese identity numbers"
	case f.uscc >= 0.5:
		return field.ZhUSCC, "", "unified social credit codes"
	case f.email >= 0.6:
		return field.Email, "", "mail addresses"
	case f.number >= 0.9 && f.says("lat", "latitude", "纬度") && f.inRange(-90, 90):
		return field.Place, Lat, "latitudes"
	case f.number >= 0.9 && f.says("lon", "lng", "long", "longitude", "经度") && f.inRange(-180, 180):
		return field.Place, Lon, "longitudes"
	case f.date >= 0.75:
		return field.Date, "", "dates"
	case f.mobile >= 0.7 || f.phone >= 0.6 && f.says("phone", "tel", "telephone", "mobile", "cell", "fax", "phonenumber", "电话", "手机", "联系方式", "传真"):
		return field.Phone, "", "telephone numbers"
	case f.phone >= 0.8 && f.digits < 0.7*f.phone:
		return field.Phone, "", "telephone numbers"
	case f.number >= 0.9:
		return judgeNumber(f)
	case f.list >= 0.5:
		return field.List, "", "lists"
	case f.han >= 0.5:
		return judgeHan(f)
	}
	return judgeText(f)
}

func judgeNumber(f *facts) (field.Kind, Role, string) {
	switch {
	case f.says("price", "amount", "cost", "total", "salary", "revenue", "weight", "height", "age", "quantity", "金额", "价格", "年龄"), f.decimal > 0.2:
		return field.Number, "", "quantities"
	case f.distinct <= 12:
		return field.Exact, "", "a few numbers"
	case f.says("year", "年份"):
		return field.Number, "", "years"
	}
	return field.Code, "", "numbers used as codes"
}

func judgeHan(f *facts) (field.Kind, Role, string) {
	switch {
	case f.company >= 0.4 || f.says("公司", "企业", "单位名称", "客户名称") && f.length >= 4:
		return field.Company, "", "Chinese company names"
	case f.says("姓名", "名字", "联系人", "客户名", "会员名") && f.length <= 6 || f.zhPerson >= 0.7 && f.distinct > 30:
		return field.Person, Full, "Chinese names of people"
	case f.address >= 0.4 || f.says("地址", "住址"):
		return field.Address, "", "Chinese addresses"
	case few(f):
		return field.Exact, "", "few values"
	case f.length >= 12:
		return field.Tokens, "", "long texts"
	}
	return field.Text, "", "short texts"
}

func few(f *facts) bool { return f.distinct <= 20 || float64(f.distinct) < 0.0008*float64(f.filled) }

func judgeText(f *facts) (field.Kind, Role, string) {
	person := f.letters >= 0.7 && f.words < 5
	switch {
	case person && !few(f) && f.says("surname", "lastname", "last", "family", "sname", "lname", "姓") && !f.says("date", "update"):
		return field.Person, Surname, "surnames"
	case person && !few(f) && f.says("middle", "middlename", "mname"):
		return field.Person, Middle, "middle names"
	case person && !few(f) && f.says("given", "givenname", "first", "firstname", "forename", "fname", "名"):
		if f.says("surname", "last") {
			return field.Person, Full, "names of people"
		}
		return field.Person, Given, "given names"
	case f.says("company", "organisation", "organization", "org", "employer", "firm", "business", "vendor", "supplier", "account", "manufacturer") && !few(f) && f.words < 9 || f.company >= 0.25:
		return field.Company, "", "names of organisations"
	case f.says("address", "addr", "street") && f.words >= 1.5 && !f.says("city", "state", "country", "type") || f.address >= 0.5:
		return field.Address, "", "addresses"
	case person && !few(f) && f.words < 4 && f.says("name", "fullname", "person", "customer", "contact", "author", "artist") && !f.says("product", "item", "title", "place", "city", "country", "street", "user", "file"):
		return field.Person, Full, "names of people"
	case few(f):
		return field.Exact, "", "few values"
	case f.mixed+f.digits >= 0.5 && f.words < 3:
		return field.Code, "", "codes"
	case f.words >= 3.2 || f.length > 30:
		return field.Tokens, "", "long texts"
	}
	return field.Text, "", "short texts"
}

func isMobile(v string) bool {
	n, _ := compare.PhoneKey(v)
	return len(n) == 11 && n[0] == '1' && n[1] >= '3'
}

var streetWords = strings.Fields("street st road rd avenue ave lane ln drive dr court ct place pl boulevard blvd way highway hwy close crescent circuit terrace parade suite apt unit floor box strasse rue via calle")

func isAddress(folded string, han, digits, words int) bool {
	if han > 0 {
		n := 0
		for _, mark := range []string{"省", "市", "区", "县", "镇", "路", "街", "号", "室", "村", "乡", "道", "楼", "栋"} {
			if strings.Contains(folded, mark) {
				n++
			}
		}
		return n >= 3
	}
	if words < 2 {
		return false
	}
	for _, w := range strings.Fields(folded) {
		if slices.Contains(streetWords, w) && (digits > 0 || len(w) > 3) {
			return true
		}
	}
	return false
}
