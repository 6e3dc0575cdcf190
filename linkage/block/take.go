package block

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/chanzipu/outfitter/linkage/compare"
	"github.com/chanzipu/outfitter/linkage/name"
	"github.com/chanzipu/outfitter/linkage/zh"
)

// A taker turns a raw value into the keys it stands under: none when nothing is known.
type taker func(raw string) []string

var takes = map[string]taker{
	"":         whole,
	"prefix2":  prefix(2),
	"prefix3":  prefix(3),
	"prefix4":  prefix(4),
	"prefix6":  prefix(6),
	"suffix4":  suffix(4),
	"soundex":  soundex,
	"skeleton": skeleton,
	"first":    nth(0),
	"last":     nth(-1),
	"word":     eachWord,
	"rare":     longWords,
	"sorted":   sorted,
	"petname":  petname,
	"year":     datePart(func(d compare.Date) int { return d.Year }),
	"month":    datePart(func(d compare.Date) int { return d.Year*100 + d.Month }),
	"monthday": datePart(func(d compare.Date) int { return -(d.Month*100 + d.Day) }),
	"date":     datePart(func(d compare.Date) int { return d.Number() }),
	"phone":    phone,
	"user":     user,
	"item":     compare.Items,
	"pinyin":   zh.NameKeys,
	"brand":    brand,
	"sound":    brandSound,
	"org":      orgCore,
	"zhid":     zhID,
	"uscc":     uscc,
	"road":     road,
	"city":     city,
}

// Takes lists what a rule's part may take from a column.
func Takes() []string {
	out := make([]string, 0, len(takes))
	for t := range takes {
		out = append(out, t)
	}
	sort.Strings(out)
	return out
}

// Values gives the keys that a raw value has under a take, as texts; none for
// a take that doesn't exist.
func Values(take, raw string) []string {
	t, ok := takes[take]
	if !ok || compare.IsMissing(raw) {
		return nil
	}
	out := t(raw)
	if len(out) > 1 {
		slices.Sort(out)
		out = slices.Compact(out)
	}
	return out
}

func one(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func whole(raw string) []string { return one(compare.Fold(raw)) }

func prefix(n int) taker {
	return func(raw string) []string {
		rs := []rune(compare.Compact(raw))
		if len(rs) < n {
			return nil
		}
		return one(string(rs[:n]))
	}
}

func suffix(n int) taker {
	return func(raw string) []string {
		rs := []rune(compare.Compact(raw))
		if len(rs) < n {
			return nil
		}
		return one(string(rs[len(rs)-n:]))
	}
}

func soundex(raw string) []string { return one(compare.Soundex(name.Latin(raw))) }
func skeleton(raw string) []string {
	return one(name.Skeleton(strings.ReplaceAll(name.Latin(raw), " ", "")))
}

func nth(i int) taker {
	return func(raw string) []string {
		w := strings.Fields(compare.Fold(raw))
		switch {
		case len(w) == 0:
			return nil
		case i < 0:
			return one(w[len(w)-1])
		}
		return one(w[i])
	}
}

func eachWord(raw string) []string { return compare.Tokens(compare.Fold(raw)) }

// longWords are the words of four letters and more, or with a digit.
func longWords(raw string) []string {
	var out []string
	for _, w := range compare.Tokens(compare.Fold(raw)) {
		if len(w) >= 4 || strings.ContainsAny(w, "0123456789") {
			out = append(out, w)
		}
	}
	return out
}

func sorted(raw string) []string {
	w := strings.Fields(compare.Fold(raw))
	slices.Sort(w)
	return one(strings.Join(w, " "))
}

// petname is every given name that the first word may stand for.
func petname(raw string) []string {
	w := strings.Fields(name.Latin(raw))
	if len(w) == 0 {
		return nil
	}
	groups := name.Diminutives(w[0])
	if len(groups) == 0 {
		return one(w[0])
	}
	out := make([]string, len(groups))
	for i, g := range groups {
		out[i] = "#" + strconv.Itoa(int(g))
	}
	return out
}

func datePart(part func(compare.Date) int) taker {
	return func(raw string) []string {
		d, ok := compare.ParseDate(raw)
		if !ok {
			return nil
		}
		n := part(d)
		if n == 0 || n%100 == 0 && n > 9999 {
			return nil // a month that isn't given
		}
		return one(strconv.Itoa(n))
	}
}

func phone(raw string) []string {
	n, _ := compare.PhoneKey(raw)
	if len(n) > 8 { // area codes come and go
		n = n[len(n)-8:]
	}
	return one(n)
}

func user(raw string) []string {
	u, _, _ := compare.Email(raw)
	return one(u)
}

// brand is what tells a company from others; of a name in letters its first
// two words that aren't a form.
func brand(raw string) []string {
	if !zh.IsHan(raw) {
		return orgCore(raw)
	}
	c := zh.ParseCompany(raw)
	out := one(c.Core())
	if c.Former != "" {
		out = append(out, zh.ParseCompany(c.Former).Core())
	}
	if c.English != "" {
		out = append(out, orgCore(c.English)...)
	}
	return out
}

func orgCore(raw string) []string {
	var words []string
	for _, t := range name.ParseOrg(raw).Tokens {
		if words = append(words, t.Text); len(words) == 2 {
			break
		}
	}
	return one(strings.Join(words, " "))
}

// brandSound is the brand's reading, so that 章 and 张 meet.
func brandSound(raw string) []string {
	if !zh.IsHan(raw) {
		return skeleton(raw)
	}
	return one(name.Latin(zh.ParseCompany(raw).Core()))
}

func zhID(raw string) []string {
	if id, ok := zh.ParseID(raw); ok {
		return one(id.Number)
	}
	return one(compare.Compact(raw))
}

func uscc(raw string) []string {
	if c, ok := zh.ParseUSCC(raw); ok {
		return one(c.Code)
	}
	return one(compare.Compact(raw))
}

// road is an address's road and house number, or road alone if none is given.
func road(raw string) []string {
	if !zh.IsHan(raw) {
		return whole(raw)
	}
	a := zh.ParseAddress(raw)
	if a.Road == "" {
		return nil
	}
	return one(a.Road + a.Number)
}

func city(raw string) []string {
	a := zh.ParseAddress(raw)
	return one(a.City + a.County)
}
