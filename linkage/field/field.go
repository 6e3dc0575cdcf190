// Package field holds one compared property of all records: its distinct
// values in normal form, how often each occurs, and how two of them compare.
//
// A value is normalised once per distinct text and then known by its code; two
// values are the same exactly when their codes are. Code 0 means that nothing
// is known. Comparing grades a pair: level 0 is disagreement, the highest level
// is equality, and Bits says how much an agreement at that level tells beyond
// the level itself (sharing a rare surname tells more than sharing a common one).
package field

import (
	"fmt"
	"math"
	"slices"
)

// Kind names a way of comparing.
type Kind string

// The kinds. Each works on every script; Chinese forms are recognised by value.
const (
	Exact   Kind = "exact"   // equal or not: gender, country, category
	Text    Kind = "text"    // a short text: city, occupation
	Code    Kind = "code"    // postcode, account number, part number
	Person  Kind = "person"  // a person's name, in one column or several
	Company Kind = "company" // an organisation's name
	Tokens  Kind = "tokens"  // a long text, compared by its words: titles, descriptions
	Address Kind = "address" // a postal address
	Date    Kind = "date"
	Number  Kind = "number"
	Place   Kind = "place" // latitude and longitude, in one column or two
	Phone   Kind = "phone"
	Email   Kind = "email"
	List    Kind = "list"    // several items in one cell
	ZhID    Kind = "zh_id"   // 居民身份证, 15 or 18 characters
	ZhUSCC  Kind = "zh_uscc" // 统一社会信用代码
	Custom  Kind = "custom"  // levels given one by one
)

// A Result is one comparison: a level and the information of the agreement, in bits.
type Result struct {
	Level uint8
	Bits  float32
}

// A comparer is what a kind must do. Codes are its own, from 1.
type comparer interface {
	labels() []string             // from level 0 up
	normal(raw string) string     // the normal form, "" when nothing is known
	prepare(normal string)        // called once for each code, in order
	reweigh(counts []uint32)      // frequencies by code; called before comparing
	compare(a, b uint32) Result   // a and b differ and aren't 0
	tfWeight(level uint8) float64 // share of Bits that counts at this level
}

// A Field is one compared property. Add and Reweigh may not run beside Compare.
type Field struct {
	Kind   Kind
	cmp    comparer
	raw    map[string]uint32 // code by raw text
	codes  map[string]uint32 // code by normal form
	values []string          // normal form by code
	bits   []float32         // -log2 of the value's share, by code
	counts []uint32          // as last given to Reweigh
	total  float64
	top    uint8
}

// New makes an empty field. Levels are needed for Custom alone.
func New(kind Kind, levels []Level) (*Field, error) {
	cmp, err := newComparer(kind, levels)
	if err != nil {
		return nil, err
	}
	f := &Field{Kind: kind, cmp: cmp, raw: map[string]uint32{}, codes: map[string]uint32{}}
	f.values, f.bits = []string{""}, []float32{0}
	f.top = uint8(len(cmp.labels()) - 1)
	cmp.prepare("")
	if n := len(cmp.labels()); n > MaxLevels {
		return nil, fmt.Errorf("field: kind %q: %d levels, at most %d are possible", kind, n, MaxLevels)
	}
	return f, nil
}

// MaxLevels is the most levels one field can have.
const MaxLevels = 15

func newComparer(kind Kind, levels []Level) (comparer, error) {
	switch kind {
	case Exact:
		return &exact{}, nil
	case Text:
		return &text{}, nil
	case Code:
		return &code{}, nil
	case Person:
		return &person{}, nil
	case Company:
		return &company{}, nil
	case Tokens:
		return &tokens{}, nil
	case Address:
		return &address{}, nil
	case Date:
		return &date{}, nil
	case Number:
		return &number{}, nil
	case Place:
		return &place{}, nil
	case Phone:
		return &phone{}, nil
	case Email:
		return &email{}, nil
	case List:
		return &list{}, nil
	case ZhID:
		return &zhID{}, nil
	case ZhUSCC:
		return &zhUSCC{}, nil
	case Custom:
		return newCustom(levels)
	}
	return nil, fmt.Errorf("field: kind %q: not known; use one of %v", kind, Kinds())
}

// Kinds lists the kinds that settings may name.
func Kinds() []Kind {
	return []Kind{Exact, Text, Code, Person, Company, Tokens, Address, Date, Number, Place, Phone, Email, List, ZhID, ZhUSCC, Custom}
}

// Add returns the code of a raw value, making one if it is new; 0 when the
// value says nothing.
func (f *Field) Add(raw string) uint32 {
	if c, ok := f.raw[raw]; ok {
		return c
	}
	n := f.cmp.normal(raw)
	c := uint32(0)
	if n != "" {
		var ok bool
		if c, ok = f.codes[n]; !ok {
			c = uint32(len(f.values))
			f.codes[n] = c
			f.values = append(f.values, n)
			f.bits = append(f.bits, f.rareBits())
			f.cmp.prepare(n)
		}
	}
	f.raw[raw] = c
	return c
}

// Len is the number of codes, with 0 among them.
func (f *Field) Len() int { return len(f.values) }

// Value is the normal form of a code.
func (f *Field) Value(code uint32) string { return f.values[code] }

// Labels names the levels, from 0 up.
func (f *Field) Labels() []string { return f.cmp.labels() }

// Top is the level of equal values.
func (f *Field) Top() uint8 { return f.top }

// TFWeight is the share of a result's Bits that its level lets count by default.
func (f *Field) TFWeight(level uint8) float64 { return f.cmp.tfWeight(level) }

// Against is the weight in bits by which a level speaks against a match
// whatever the data say; 0 for nearly all.
func (f *Field) Against(level uint8) float64 {
	if a, ok := f.cmp.(interface{ against(uint8) float64 }); ok {
		return a.against(level)
	}
	return 0
}

// Reweigh sets how often each code occurs among the records.
func (f *Field) Reweigh(counts []uint32) {
	f.counts = slices.Clone(counts)
	f.total = 0
	for _, n := range counts[1:] {
		f.total += float64(n)
	}
	for c := 1; c < len(f.values); c++ {
		n := 1.0
		if c < len(counts) {
			n = max(1, float64(counts[c]))
		}
		f.bits[c] = quantum(math.Log2(max(f.total, 1) / n))
	}
	f.cmp.reweigh(counts)
}

// Recount sets how many entities have each code, once records are grouped: a
// value that one entity's records share among themselves is not a common one.
// It changes what equality tells, not how levels are found.
func (f *Field) Recount(entities []uint32, all int) {
	for c := 1; c < len(f.values) && c < len(entities); c++ {
		others := max(float64(entities[c])-1, 0)
		f.bits[c] = quantum(math.Log2(max(float64(all), 1) / (others + 0.5)))
	}
	f.total = 2 * float64(all)
}

// Bits is what equality of a code's value tells.
func (f *Field) Bits(code uint32) float32 { return f.bits[code] }

func (f *Field) rareBits() float32 {
	return quantum(math.Log2(f.total + 1))
}

// quantum rounds to 1/128 bit, and holds to what a memo's cell can keep.
func quantum(bits float64) float32 {
	return float32(math.Round(min(max(bits, 0), 31)*128) / 128)
}

// Compare grades two codes, neither of them 0.
func (f *Field) Compare(a, b uint32) Result {
	if a == b {
		return Result{f.Top(), f.bits[a]}
	}
	if a > b {
		a, b = b, a
	}
	r := f.cmp.compare(a, b)
	r.Bits = quantum(float64(r.Bits))
	return r
}

// ExactShare is the probability that two records drawn at random, both with a
// value, have the same one: Σf².
func (f *Field) ExactShare() float64 {
	var s float64
	for _, n := range f.counts[min(1, len(f.counts)):] {
		s += float64(n) * (float64(n) - 1)
	}
	if f.total < 2 {
		return 0
	}
	return s / (f.total * (f.total - 1))
}
