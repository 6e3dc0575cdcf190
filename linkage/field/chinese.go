package field

import (
	"github.com/chanzipu/outfitter/linkage/compare"
	"github.com/chanzipu/outfitter/linkage/zh"
)

// zhID compares identity numbers, those of 15 digits as the 18 they became.
type zhID struct {
	plain
	ids []zh.ID
}

func (*zhID) labels() []string {
	return []string{"another valid number", "differs", "same region or birthday", "near", "typo", "equal"}
}

func (*zhID) normal(raw string) string {
	if compare.IsMissing(raw) {
		return ""
	}
	if id, ok := zh.ParseID(raw); ok {
		return id.Number
	}
	return compare.Compact(raw)
}

func (z *zhID) prepare(n string) {
	id, ok := zh.ParseID(n)
	if !ok {
		id = zh.ID{Number: n}
	}
	z.ids = append(z.ids, id)
}

func (*zhID) tfWeight(uint8) float64 { return 0 }

// compare: two numbers whose check digits are both right are not one number
// mistyped, however close; siblings' numbers are.
func (z *zhID) compare(a, b uint32) Result {
	x, y := z.ids[a], z.ids[b]
	d := compare.Damerau([]byte(x.Number), []byte(y.Number), 2)
	both := x.Valid && y.Valid
	switch {
	case d <= 2 && !both:
		return Result{Level: 4}
	case both:
		return Result{Level: 0}
	case d <= 2:
		return Result{Level: 3}
	case len(x.Number) == 18 && len(y.Number) == 18 && x.Number[:14] == y.Number[:14]:
		return Result{Level: 2}
	}
	return Result{Level: 1}
}

// against: one person has one number.
func (*zhID) against(level uint8) float64 {
	if level == 0 {
		return 12
	}
	return 0
}

// zhUSCC compares unified social credit codes.
type zhUSCC struct {
	plain
	codes []zh.USCC
}

func (*zhUSCC) labels() []string { return []string{"differs", "near", "typo", "equal"} }

func (*zhUSCC) normal(raw string) string {
	if compare.IsMissing(raw) {
		return ""
	}
	if c, ok := zh.ParseUSCC(raw); ok {
		return c.Code
	}
	return compare.Compact(raw)
}

func (z *zhUSCC) prepare(n string) {
	c, ok := zh.ParseUSCC(n)
	if !ok {
		c = zh.USCC{Code: n}
	}
	z.codes = append(z.codes, c)
}

func (*zhUSCC) tfWeight(uint8) float64 { return 0 }

func (z *zhUSCC) compare(a, b uint32) Result {
	x, y := z.codes[a], z.codes[b]
	switch d := compare.Damerau([]byte(x.Code), []byte(y.Code), 2); {
	case x.Valid && y.Valid:
		return Result{Level: 0}
	case d <= 2:
		return Result{Level: 2}
	}
	return Result{Level: 1}
}

// against: one legal person has one code, and a mistyped one is rarely valid.
func (*zhUSCC) against(level uint8) float64 {
	if level == 0 {
		return 12
	}
	return 0
}
