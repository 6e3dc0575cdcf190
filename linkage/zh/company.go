package zh

import (
	"slices"
	"strings"
	"unicode"
)

// A Company is a Chinese company name taken apart.
type Company struct {
	Region  []string // administrative names, short: 江苏, 苏州
	Brand   string   // what tells this company from others (字号); may be empty
	Trade   string   // what it does (行业)
	Form    string   // legal form, normalised: 有限责任公司 is 有限公司
	Branch  string   // of a 分公司 and the like: what tells it from its parent
	Former  string   // a former name given in brackets (原 …)
	English string   // letters found beside the Chinese name
	Group   bool     // 集团
}

// ParseCompany splits a company name. A name without Chinese characters has
// only English.
func ParseCompany(s string) Company {
	s = strings.Join(strings.Fields(Simplify(s)), " ")
	var c Company
	s = c.cutBrackets(s)
	s = c.cutEnglish(s)
	rs := []rune(strings.ReplaceAll(s, " ", ""))
	rs = []rune(strings.TrimPrefix(string(rs), "中国"))
	if len(rs) == 0 {
		return c
	}
	rs = c.cutBranch(rs)
	rs = c.cutForm(rs)
	rs = c.cutRegion(rs)
	c.splitBrand(rs)
	slices.Sort(c.Region)
	c.Region = slices.Compact(c.Region)
	return c
}

// cutBrackets takes a region, a former or an English name out of brackets.
func (c *Company) cutBrackets(s string) string {
	for range 8 {
		i := strings.IndexByte(s, '(')
		if i < 0 {
			break
		}
		j := strings.IndexByte(s[i:], ')')
		if j < 0 {
			s = s[:i] + s[i+1:]
			continue
		}
		inner := strings.TrimSpace(s[i+1 : i+j])
		s = s[:i] + s[i+j+1:]
		former, isFormer := inner, false
		for _, p := range []string{"曾用名", "原名", "原"} {
			if rest, ok := strings.CutPrefix(inner, p); ok {
				former, isFormer = strings.TrimLeft(rest, ":： "), true
				break
			}
		}
		switch {
		case isFormer:
			c.Former = former
		case !IsHan(inner):
			c.English = strings.TrimSpace(c.English + " " + inner)
		case strings.Contains(inner, "合伙") || strings.Contains(inner, "独资"):
			c.Form = formWords["("+inner+")"]
		case isBranch(inner):
			c.Branch = inner
		default:
			if rest := c.cutRegion([]rune(inner)); len(rest) > 0 && inner != "集团" {
				c.Trade += string(rest)
			}
			c.Group = c.Group || inner == "集团"
		}
	}
	return strings.ReplaceAll(s, ")", "")
}

func isBranch(s string) bool {
	for _, b := range branchWords {
		if strings.HasSuffix(s, b) {
			return true
		}
	}
	return false
}

// cutEnglish takes words of Latin letters off a name that also has Chinese
// ones; letters that are part of the brand (TCL科技) stay if they come first.
func (c *Company) cutEnglish(s string) string {
	if !IsHan(s) && !strings.ContainsFunc(s, isHan) {
		c.English = strings.TrimSpace(c.English + " " + s)
		return ""
	}
	last := strings.LastIndexFunc(s, isHan)
	for i := last; i < len(s); i++ {
		if s[i] < 0x80 && i > last+2 && len(strings.TrimSpace(s[i:])) > 2 {
			c.English = strings.TrimSpace(c.English + " " + strings.TrimSpace(s[i:]))
			return s[:i]
		}
	}
	return s
}

// cutBranch takes off what follows the parent's form: 泽信控股邯郸分公司.
func (c *Company) cutBranch(rs []rune) []rune {
	s := string(rs)
	for _, b := range branchWords {
		head, ok := strings.CutSuffix(s, b)
		if !ok || len([]rune(head)) < 3 {
			continue
		}
		// The parent ends where its form does; without one, at the branch's region.
		for _, form := range []string{"有限责任公司", "有限公司", "公司", "集团", "银行", "控股"} {
			if i := strings.LastIndex(head, form); i > 0 {
				c.Branch = head[i+len(form):] + b
				return []rune(head[:i+len(form)])
			}
		}
		if b == "营业部" || b == "办事处" || b == "专卖店" {
			return rs
		}
		hs := []rune(head)
		for i := 2; i < len(hs)-1; i++ {
			if _, _, n := place(hs[i:]); n > 0 && i+n >= len(hs) {
				c.Branch = string(hs[i:]) + b
				return hs[:i]
			}
		}
		c.Branch = b
		return hs
	}
	return rs
}

func (c *Company) cutForm(rs []rune) []rune {
	for k := min(12, len(rs)-1); k >= 1; k-- {
		word := string(rs[len(rs)-k:])
		form, ok := formWords[word]
		if !ok || k == 1 && len(rs) < 5 {
			continue
		}
		if c.Form == "" {
			c.Form = form
		}
		c.Group = c.Group || strings.Contains(word, "集团")
		rs = rs[:len(rs)-k]
		if tradeIndex[word] || strings.HasPrefix(word, "药") || strings.HasPrefix(word, "大药") || strings.HasPrefix(word, "研究") || strings.HasPrefix(word, "设计") {
			c.Trade = word
		}
		break
	}
	return rs
}

// cutRegion takes administrative names off the front, as long as something
// that can be a brand or a trade is left.
func (c *Company) cutRegion(rs []rune) []rune {
	for len(rs) > 0 {
		name, _, n := place(rs)
		if n == 0 || n > len(rs) {
			break
		}
		_, listed := placeNames[name]
		rest := len(rs) - n
		if !listed && rest < 2 || listed && rest == 1 && len(c.Region) > 0 {
			break
		}
		c.Region = append(c.Region, name)
		rs = rs[n:]
	}
	return rs
}

// splitBrand divides the rest into brand and trade: the brand is the shortest
// beginning after which trade words, or regions, explain as much as possible.
func (c *Company) splitBrand(rs []rune) {
	if len(rs) == 0 {
		return
	}
	// cost[i]: characters from i on that no word explains.
	cost := make([]int, len(rs)+1)
	for i := len(rs) - 1; i >= 0; i-- {
		cost[i] = cost[i+1] + 6
		for k := 2; k <= maxTrade && i+k <= len(rs); k++ {
			if tradeIndex[string(rs[i:i+k])] {
				cost[i] = min(cost[i], cost[i+k])
			}
		}
		if i > 0 {
			if name, _, n := place(rs[i:]); n > 0 && i+n <= len(rs) {
				if _, ok := placeNames[name]; ok {
					cost[i] = min(cost[i], cost[i+n])
				}
			}
			if i == len(rs)-1 && strings.ContainsRune("业店行厂社院所馆部", rs[i]) {
				cost[i] = 0
			}
		}
	}
	best, bestCost := 0, cost[0]
	if len(rs) >= 2 || cost[0] > 0 {
		for i := 1; i <= len(rs); i++ {
			if k := cost[i] + brandCost(rs, i); k < bestCost {
				best, bestCost = i, k
			}
		}
	}
	c.Brand = string(rs[:best])
	c.Trade += string(rs[best:])
	c.regionsInTrade()
}

// brandCost: two to four characters make a usual brand. The charge for having
// one at all is what a name of nothing but trade words saves.
func brandCost(rs []rune, n int) int {
	latin := true
	for _, r := range rs[:n] {
		latin = latin && r < 0x80
	}
	switch {
	case latin:
		return 2
	case n == 1:
		return 7
	case n <= 3:
		return 2
	case n == 4:
		return 3
	}
	return 3 + 5*(n-4)
}

func (c *Company) regionsInTrade() {
	rs := []rune(c.Trade)
	for i := 0; i < len(rs); i++ {
		name, _, n := place(rs[i:])
		if _, ok := placeNames[name]; ok && n > 0 && i+n <= len(rs) && !tradeIndex[string(rs[i:i+n])] {
			c.Region = append(c.Region, name)
			rs = slices.Delete(rs, i, i+n)
			i--
		}
	}
	c.Trade = string(rs)
}

// Core is the brand, or, of a name that has none, region and trade.
func (c Company) Core() string {
	if c.Brand != "" {
		return strings.ToLower(c.Brand)
	}
	return strings.Join(c.Region, "") + c.Trade
}

// CompanyKey is the name in the form in which two writings of one name are
// equal: simplified, brackets and 有限责任公司 levelled, spaces dropped.
// CompanyKey(CompanyKey(s)) = CompanyKey(s).
func CompanyKey(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, Simplify(s))
	for range 4 {
		t := strings.ReplaceAll(strings.ReplaceAll(s, "有限责任公司", "有限公司"), "股份公司", "股份有限公司")
		if t == s {
			break
		}
		s = t
	}
	return s
}

// How two company names agree, from worst to best.
const (
	CompanyDiffers  = iota
	CompanyBranch   // one brand, but one is a branch and the other isn't, or is another branch
	CompanyConflict // one brand, but region or trade contradict: a sister
	CompanyAlike    // brands alike in sound or but one character, rest compatible
	CompanyShort    // one brand, one side leaves out region or trade
	CompanyCore     // brand and region and trade agree, form may differ
	CompanySame
)

// CompareCompanies grades two parsed names.
func CompareCompanies(a, b Company) int {
	if a.Branch != b.Branch && (a.Branch == "" || b.Branch == "" || !strings.Contains(a.Branch, b.Branch) && !strings.Contains(b.Branch, a.Branch)) {
		if a.Core() == b.Core() {
			return CompanyBranch
		}
		return CompanyDiffers
	}
	brand := brandsAgree(a, b)
	if brand == 0 {
		return CompanyDiffers
	}
	region := regionsAgree(a.Region, b.Region)
	trade := tradesAgree(a.Trade, b.Trade)
	if trade == 0 && a.registered() && b.registered() && len(a.Trade) != len(b.Trade) {
		trade = -1 // 科技 for short may be 网络科技, but two full names are two companies
	}
	switch {
	case region < 0 || trade < 0:
		if brand == 2 {
			return CompanyConflict
		}
		return CompanyDiffers
	case brand == 1:
		return CompanyAlike
	case region > 0 && trade > 0:
		if a.Form == b.Form && a.Group == b.Group {
			return CompanySame
		}
		return CompanyCore
	}
	return CompanyShort
}

// registered reports whether a name has all that a registered one has.
func (c Company) registered() bool {
	return len(c.Region) > 0 && c.Brand != "" && c.Trade != "" && (c.Form == "有限公司" || c.Form == "股份有限公司")
}

// brandsAgree is 2 for one brand, 1 for brands that sound alike or differ in
// one character of three or more, else 0.
func brandsAgree(a, b Company) int {
	x, y := []rune(a.Core()), []rune(b.Core())
	if string(x) == string(y) {
		return 2
	}
	if len(x) != len(y) || len(x) < 2 {
		return 0
	}
	same, alike := 0, 0
	for i := range x {
		if x[i] == y[i] {
			same++
			alike++
		} else if SoundAlike(x[i], y[i], false) {
			alike++
		}
	}
	if alike == len(x) || len(x) >= 3 && same == len(x)-1 {
		return 1
	}
	return 0
}

// regionsAgree is 1 when one side's places are among the other's, 0 when one
// side has none or they are of two levels (广东, 广州), -1 when they contradict.
func regionsAgree(a, b []string) int {
	if len(a) == 0 && len(b) == 0 {
		return 1
	}
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	shared := 0
	for _, r := range a {
		if slices.Contains(b, r) {
			shared++
		}
	}
	switch {
	case shared == len(a) || shared == len(b):
		return 1
	case compatible(a, b):
		return 0
	}
	return -1
}

// compatible: no place of one side excludes one of the other. A county's city
// isn't known here, so it excludes other counties alone.
func compatible(a, b []string) bool {
	for _, x := range a {
		for _, y := range b {
			p, q := provinceOf[x], provinceOf[y]
			if x != y && (placeNames[x] == placeNames[y] || p != "" && q != "" && p != q) {
				return false
			}
		}
	}
	return true
}

// tradesAgree is 1 for one trade, 0 when one leaves it out or contains the
// other, -1 when they differ.
func tradesAgree(a, b string) int {
	switch {
	case a == b:
		return 1
	case a == "" || b == "" || strings.Contains(a, b) || strings.Contains(b, a):
		return 0
	}
	x, y := []rune(a), []rune(b)
	shared := 0
	for _, r := range x {
		if slices.Contains(y, r) {
			shared++
		}
	}
	if 2*shared > max(len(x), len(y)) {
		return 0
	}
	return -1
}
