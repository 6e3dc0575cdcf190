package field

import (
	"math"
	"strings"

	"github.com/chanzipu/outfitter/linkage/compare"
	"github.com/chanzipu/outfitter/linkage/zh"
)

// share is what agreeing on something that n of total records hold tells, in bits.
func share(total, n float64) float32 {
	return float32(min(max(0.2, math.Log2(max(total, 1)/max(n, 1))), 18))
}

// address compares postal addresses: Chinese ones level by level, others by
// their words, with house numbers and the like kept apart.
type address struct {
	tokens
	zh []zh.Address
}

func (a *address) labels() []string {
	return []string{"differs", "some words", "half", "most", "same house", "nearly all", "equal"}
}

func (a *address) normal(raw string) string {
	if compare.IsMissing(raw) {
		return ""
	}
	raw = strings.ReplaceAll(raw, Sep, " ")
	if zh.IsHan(raw) {
		return strings.Join(strings.Fields(zh.Simplify(raw)), "")
	}
	words := strings.Fields(compare.Fold(raw))
	for i, w := range words {
		if s, ok := streetForms[w]; ok {
			words[i] = s
		}
	}
	return strings.Join(words, " ")
}

func (a *address) prepare(n string) {
	var z zh.Address
	if zh.IsHan(n) {
		z = zh.ParseAddress(n)
	}
	a.zh = append(a.zh, z)
	a.tokens.prepare(n)
}

func (a *address) compare(x, y uint32) Result {
	p, q := a.zh[x], a.zh[y]
	if p != (zh.Address{}) && q != (zh.Address{}) {
		bits := min(a.shared(x, y), 20)
		switch zh.CompareAddresses(p, q) {
		case zh.AddressSame:
			return Result{5, bits}
		case zh.AddressNumber:
			return Result{4, bits}
		case zh.AddressRoad:
			return Result{3, bits}
		case zh.AddressCounty:
			return Result{2, 0}
		case zh.AddressUnknown:
			return Result{1, 0}
		}
		return Result{}
	}
	r := a.tokens.compare(x, y)
	if r.Level > 3 && numbersConflict(a.Value(x), a.Value(y)) {
		r.Level = 3
	}
	return r
}

func (a *address) tfWeight(level uint8) float64 { return a.tokens.tfWeight(level) }

// Value rebuilds the text of a code from its words; order is lost.
func (a *address) Value(code uint32) []string {
	out := make([]string, len(a.lists[code]))
	for i, id := range a.lists[code] {
		out[i] = a.names[id]
	}
	return out
}

// numbersConflict: both name numbers, and no number is in both.
func numbersConflict(x, y []string) bool {
	nx, ny, shared := 0, 0, 0
	for _, w := range y {
		if w[0] >= '0' && w[0] <= '9' {
			ny++
		}
	}
	for _, w := range x {
		if w[0] >= '0' && w[0] <= '9' {
			nx++
			if holds(y, w) {
				shared++
			}
		}
	}
	return nx > 0 && ny > 0 && shared == 0
}

var streetForms = map[string]string{
	"street": "st", "road": "rd", "avenue": "ave", "av": "ave", "lane": "ln", "drive": "dr", "court": "ct", "place": "pl", "boulevard": "blvd",
	"highway": "hwy", "crescent": "cres", "terrace": "tce", "parade": "pde", "suite": "ste", "apartment": "apt", "north": "n", "south": "s", "east": "e", "west": "w",
	"circuit": "cct", "close": "cl", "square": "sq", "mount": "mt", "saint": "st", "first": "1st", "second": "2nd", "third": "3rd",
}
