package field

import (
	"strings"

	"github.com/chanzipu/outfitter/linkage/compare"
	"github.com/chanzipu/outfitter/linkage/name"
	"github.com/chanzipu/outfitter/linkage/zh"
)

// company compares names of organisations: Chinese ones by region, brand,
// trade and branch, others by their words without the legal form.
type company struct {
	zh    []zh.Company // zero unless the name is Chinese
	orgs  []name.Org
	cores map[string]float64 // records by brand
	df    map[string]float64 // records by word
	total float64
}

func (*company) labels() []string {
	return []string{"differs", "branch", "sister", "some words", "alike", "short form", "same core", "same form", "equal"}
}

func (*company) normal(raw string) string {
	if compare.IsMissing(raw) {
		return ""
	}
	raw = strings.Join(strings.Fields(zh.Simplify(raw)), " ")
	if strings.ContainsFunc(raw, func(r rune) bool { return r >= 0x3400 }) {
		return strings.ToLower(raw) // its brackets tell regions and former names
	}
	return compare.Fold(raw)
}

func (c *company) prepare(n string) {
	var z zh.Company
	var o name.Org
	if zh.IsHan(n) {
		z = zh.ParseCompany(n)
	}
	o = name.ParseOrg(n)
	for i := range o.Tokens {
		o.Tokens[i].Bits = share(c.total, c.df[o.Tokens[i].Text])
	}
	c.zh, c.orgs = append(c.zh, z), append(c.orgs, o)
}

func (c *company) reweigh(counts []uint32) {
	c.df = map[string]float64{}
	c.cores, c.total = map[string]float64{}, 0
	for code := range c.orgs {
		n := 0.0
		if code < len(counts) {
			n = float64(counts[code])
		}
		if code > 0 {
			c.total += n
		}
		for _, t := range c.orgs[code].Tokens {
			c.df[t.Text] += n
		}
		if core := c.zh[code].Core(); core != "" {
			c.cores[core] += n
		}
	}
	for _, o := range c.orgs {
		for i := range o.Tokens {
			o.Tokens[i].Bits = share(c.total, c.df[o.Tokens[i].Text])
		}
	}
}

func (*company) tfWeight(level uint8) float64 {
	switch {
	case level == 8:
		return 1
	case level >= 3:
		return 0.7
	}
	return 0
}

// against: a branch is not its parent, nor a sister its sister, even where
// they share an address and a telephone.
func (*company) against(level uint8) float64 {
	switch level {
	case 1:
		return 30
	case 2:
		return 24
	}
	return 0
}

func (c *company) compare(a, b uint32) Result {
	x, y := c.zh[a], c.zh[b]
	if x.Core() != "" && y.Core() != "" {
		return c.compareChinese(x, y)
	}
	if x.Core() != "" && x.English != "" || y.Core() != "" && y.English != "" {
		return c.compareEnglish(a, b)
	}
	return c.compareOrgs(c.orgs[a], c.orgs[b])
}

func (c *company) compareChinese(x, y zh.Company) Result {
	if x.Former != "" && formerly(x, y) || y.Former != "" && formerly(y, x) {
		return Result{5, share(c.total, c.cores[y.Core()])}
	}
	bits := share(c.total, max(c.cores[x.Core()], c.cores[y.Core()]))
	switch zh.CompareCompanies(x, y) {
	case zh.CompanySame:
		return Result{7, bits}
	case zh.CompanyCore:
		return Result{6, bits}
	case zh.CompanyShort:
		return Result{5, bits}
	case zh.CompanyAlike:
		return Result{4, bits * 0.7}
	case zh.CompanyConflict:
		return Result{2, 0}
	case zh.CompanyBranch:
		return Result{1, 0}
	}
	return Result{}
}

// compareEnglish sets a Chinese name's English form beside a name in letters.
func (c *company) compareEnglish(a, b uint32) Result {
	side := func(code uint32) name.Org {
		if c.zh[code].Core() == "" {
			return c.orgs[code]
		}
		o := name.ParseOrg(c.zh[code].English)
		for i := range o.Tokens {
			o.Tokens[i].Bits = 8
		}
		return o
	}
	return c.compareOrgs(side(a), side(b))
}

func (c *company) compareOrgs(x, y name.Org) Result {
	al := name.Align(x.Tokens, y.Tokens)
	bits := float32(al.Bits)
	left := al.BitsA + al.BitsB
	whole := al.Bits + left
	switch {
	case al.Exact+al.Fuzzy == 0 || whole <= 0:
		return Result{}
	case al.OnlyA+al.OnlyB == 0 && al.Fuzzy+al.Initials == 0 && x.Form == y.Form:
		return Result{7, bits}
	case al.OnlyA+al.OnlyB == 0:
		return Result{6, bits}
	case (al.OnlyA == 0 || al.OnlyB == 0) && al.Bits >= 0.5*whole:
		return Result{5, bits}
	case al.Bits >= 0.6*whole:
		return Result{4, bits}
	case al.Bits >= 0.25*whole:
		return Result{3, bits}
	}
	return Result{}
}

// formerly reports whether y's name is the one that x had before.
func formerly(x, y zh.Company) bool {
	return zh.CompareCompanies(zh.ParseCompany(x.Former), y) >= zh.CompanyShort
}
