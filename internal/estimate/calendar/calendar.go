// Package calendar numbers the periods of a time column: years, quarters,
// months, weeks, days, hours or plain numbers, whichever its texts turn out to
// be, evenly spaced from 1 on.
//
// Two facts that surprise. Whole numbers stay what they are, so that a gap
// between years stays a gap. And days that all fall on one day of the month
// (or on its last) count in months.
package calendar

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A grain is what a time column counts in.
type grain int

const (
	whole   grain = iota // years or any whole numbers
	decimal              // numbers with a fraction
	quarter
	month
	week
	day
	second
)

// A Calendar turns periods as written into numbers and back.
type Calendar struct {
	grain  grain
	step   int // units of the grain per period
	origin int // unit of period number shift
	shift  int // so that the first period is at least 1
	names  map[int]string
	months bool // days that are one or more whole months apart count in months
	dom    int  // their day of the month
	last   bool // or its last day
	scale  float64
}

// Label is a period as the file writes it.
func (c Calendar) Label(v int) string {
	if s, ok := c.names[v]; ok {
		return s
	}
	u := c.origin + (v-c.shift)*max(c.step, 1)
	switch c.grain {
	case decimal:
		return strconv.FormatFloat(float64(u)*c.scale, 'g', -1, 64)
	case quarter:
		return fmt.Sprintf("%dQ%d", u/4, u%4+1)
	case month:
		return fmt.Sprintf("%d-%02d", u/12, u%12+1)
	case day:
		if c.months {
			return time.Date(u/12, time.Month(u%12+1), max(c.dom, 1), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		}
		return time.Unix(int64(u)*86400, 0).UTC().Format(time.DateOnly)
	case week:
		return time.Unix(int64(u)*7*86400-3*86400, 0).UTC().Format(time.DateOnly)
	case second:
		return time.Unix(int64(u), 0).UTC().Format("2006-01-02 15:04:05")
	}
	return strconv.Itoa(u)
}

// Plain reports whether numbers and labels are the same.
func (c Calendar) Plain() bool { return c.grain == whole && c.shift == 0 }

var (
	quarterForm = regexp.MustCompile(`^(\d{4})\s*[-/年]?\s*第?[Qq]?([1-4])季?度?$|^[Qq]([1-4])[-/ ]?(\d{4})$`)
	monthForm   = regexp.MustCompile(`^(\d{4})[-/年](\d{1,2})月?$`)
	weekForm    = regexp.MustCompile(`^(\d{4})-?[Ww](\d{1,2})$`)
	dayForm     = regexp.MustCompile(`^(\d{4})([-/.年])(\d{1,2})[-/.月](\d{1,2})日?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?$`)
)

// A moment is one written period, read.
type moment struct {
	grain grain
	unit  float64 // years or numbers, quarters, months, weeks or days since 1970, seconds since 1970
}

// read understands one period as written.
func read(s string) (moment, bool) {
	s = strings.TrimSpace(s)
	atoi := func(t string) int { n, _ := strconv.Atoi(t); return n }
	if x, err := strconv.ParseFloat(s, 64); err == nil && !math.IsNaN(x) && !math.IsInf(x, 0) && math.Abs(x) < 1e15 {
		if x == math.Trunc(x) {
			return moment{whole, x}, true
		}
		return moment{decimal, x}, true
	}
	if m := quarterForm.FindStringSubmatch(s); m != nil && strings.ContainsAny(s, "Qq季") {
		if m[1] != "" {
			return moment{quarter, float64(4*atoi(m[1]) + atoi(m[2]) - 1)}, true
		}
		return moment{quarter, float64(4*atoi(m[4]) + atoi(m[3]) - 1)}, true
	}
	if m := monthForm.FindStringSubmatch(s); m != nil && atoi(m[2]) >= 1 && atoi(m[2]) <= 12 {
		return moment{month, float64(12*atoi(m[1]) + atoi(m[2]) - 1)}, true
	}
	if m := weekForm.FindStringSubmatch(s); m != nil && atoi(m[2]) >= 1 && atoi(m[2]) <= 53 {
		jan4 := time.Date(atoi(m[1]), 1, 4, 0, 0, 0, 0, time.UTC)
		monday := jan4.AddDate(0, 0, -(int(jan4.Weekday())+6)%7+7*(atoi(m[2])-1))
		return moment{week, float64((monday.Unix()/86400 + 3) / 7)}, true
	}
	if m := dayForm.FindStringSubmatch(s); m != nil {
		d := time.Date(atoi(m[1]), time.Month(atoi(m[3])), atoi(m[4]), atoi(m[5]), atoi(m[6]), atoi(m[7]), 0, time.UTC)
		if int(d.Month()) != atoi(m[3]) || d.Day() == 0 || atoi(m[5]) > 23 {
			return moment{}, false
		}
		if m[5] == "" {
			return moment{day, math.Floor(float64(d.Unix()) / 86400)}, true
		}
		return moment{second, float64(d.Unix())}, true
	}
	return moment{}, false
}

// New finds the calendar of distinct periods and their numbers; bad is
// the first that can't be read or doesn't fit the others.
func New(names []string) (c Calendar, at []int, bad string) {
	at = make([]int, len(names))
	if len(names) == 0 {
		return c, at, ""
	}
	read1 := make([]moment, len(names))
	for k, s := range names {
		m, ok := read(s)
		if !ok {
			return c, nil, s
		}
		read1[k] = m
	}
	c.grain = read1[0].grain
	for k, m := range read1 {
		switch {
		case m.grain == c.grain:
		case m.grain <= decimal && c.grain <= decimal:
			c.grain = decimal
		case m.grain >= day && c.grain >= day:
			c.grain = second
		default:
			return c, nil, names[k]
		}
	}
	unit := make([]int, len(names))
	c.step, c.scale = 1, 1
	switch {
	case c.grain == whole && packed(read1, 100, 12, 6):
		c.grain = month
		for k, m := range read1 {
			unit[k] = int(m.unit)/100*12 + int(m.unit)%100 - 1
		}
	case c.grain == whole && packed(read1, 100, 31, 8):
		c.grain = day
		for k, m := range read1 {
			v := int(m.unit)
			unit[k] = days(time.Date(v/10000, time.Month(v/100%100), v%100, 0, 0, 0, 0, time.UTC))
		}
	case c.grain == decimal:
		if k := c.fractions(read1, unit); k >= 0 {
			return c, nil, names[k]
		}
	case c.grain == second:
		for k, m := range read1 {
			unit[k] = int(m.unit)
			if m.grain == day {
				unit[k] = int(m.unit) * 86400
			}
		}
		if !slices.ContainsFunc(unit, func(u int) bool { return u%86400 != 0 }) {
			c.grain = day
			for k := range unit {
				unit[k] /= 86400
			}
		}
	default:
		for k, m := range read1 {
			unit[k] = int(m.unit)
		}
	}
	c.space(unit)
	c.names = map[int]string{}
	for k, u := range unit {
		at[k] = c.number(u)
		if old, ok := c.names[at[k]]; !ok || len(names[k]) < len(old) {
			c.names[at[k]] = names[k]
		}
	}
	return c, at, ""
}

// packed reports whether whole numbers are dates without separators.
func packed(list []moment, base, most, digits int) bool {
	for _, m := range list {
		v := int(m.unit)
		if len(strconv.Itoa(v)) != digits || v%base < 1 || v%base > most {
			return false
		}
		year := v / base
		if digits == 8 {
			year = v / 10000
			if q := v / 100 % 100; q < 1 || q > 12 {
				return false
			}
		}
		if year < 1800 || year > 2200 {
			return false
		}
	}
	return true
}

func days(t time.Time) int { return int(math.Floor(float64(t.Unix()) / 86400)) }

// fractions counts numbers such as 2004.25 in their smallest distance, and
// returns the first that is no multiple of it, −1 if all are.
func (c *Calendar) fractions(list []moment, unit []int) int {
	x := make([]float64, len(list))
	for k, m := range list {
		x[k] = m.unit
	}
	sorted := slices.Clone(x)
	slices.Sort(sorted)
	c.scale = 1
	for k := 1; k < len(sorted); k++ {
		if d := sorted[k] - sorted[k-1]; d > 1e-9 {
			c.scale = min(c.scale, d)
		}
	}
	if r := math.Round(1 / c.scale); math.Abs(r*c.scale-1) < 1e-3 {
		c.scale = 1 / r
	}
	for k := range x {
		u := x[k] / c.scale
		if math.Abs(u) > 1e12 || math.Abs(u-math.Round(u)) >= 0.01 {
			return k
		}
		unit[k] = int(math.Round(u))
	}
	return -1
}

// space finds how far periods are apart, and where to count from.
func (c *Calendar) space(unit []int) {
	if c.grain == day && len(unit) > 1 {
		c.wholeMonths(unit)
	}
	lo := slices.Min(unit)
	if c.grain > decimal {
		step := 0
		for _, u := range unit {
			step = gcd(step, u-lo)
		}
		c.step = max(step, 1)
	}
	switch {
	case c.grain == whole || c.grain == decimal:
		if lo < 1 {
			c.shift = 1 - lo
		}
	default:
		c.origin, c.shift = lo, 1
	}
}

// wholeMonths turns days into months where all fall on one day of the month,
// or on its last.
func (c *Calendar) wholeMonths(unit []int) {
	same, last := true, true
	first := date(unit[0])
	for _, u := range unit {
		d := date(u)
		same = same && d.Day() == first.Day()
		last = last && d.AddDate(0, 0, 1).Day() == 1
	}
	if !same && !last {
		return
	}
	c.months, c.dom, c.last = true, first.Day(), !same
	for k, u := range unit {
		d := date(u)
		unit[k] = 12*d.Year() + int(d.Month()) - 1
	}
}

func date(days int) time.Time { return time.Unix(int64(days)*86400, 0).UTC() }

func gcd(a, b int) int {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, -a)
}

func floorDiv(a, b int) int { return int(math.Floor(float64(a) / float64(b))) }

// number is the period of a unit: for grains that are counted in steps the
// first that does not begin before it.
func (c *Calendar) number(unit int) int {
	return c.shift + int(math.Ceil(float64(unit-c.origin)/float64(max(c.step, 1))-1e-9))
}

// Parse reads a period that a person wrote in a flag or another column: as in
// the time column, or a date. A date within a quarter, month or year is that
// period; between two dates it is the later one.
func (c *Calendar) Parse(s string) (int, bool) {
	m, ok := read(s)
	if !ok {
		return 0, false
	}
	if m.grain == whole && c.grain != whole && c.grain != decimal {
		if v, packed := unpack(int(m.unit)); packed {
			m = v
		} else if m.unit >= 1800 && m.unit <= 2200 {
			m = moment{day, float64(days(time.Date(int(m.unit), 1, 1, 0, 0, 0, 0, time.UTC)))}
		}
	}
	if c.grain == decimal && m.grain <= decimal {
		u := m.unit / c.scale
		if r := math.Round(u); math.Abs(u-r) < 0.01 {
			u = r
		}
		return c.number(int(math.Ceil(u))), math.Abs(u) < 1e12
	}
	if m.grain == c.grain && !c.months {
		return c.number(int(m.unit)), true
	}
	if c.grain == whole && m.grain == decimal {
		return c.number(int(math.Ceil(m.unit))), true
	}
	d, ok := begin(m)
	if !ok {
		return 0, false
	}
	switch c.grain {
	case whole: // years
		if d.Year() < 1800 {
			return 0, false
		}
		return c.number(d.Year()), true
	case quarter:
		return c.number(4*d.Year() + (int(d.Month())-1)/3), true
	case month:
		return c.number(12*d.Year() + int(d.Month()) - 1), true
	case week:
		return c.number(floorDiv(days(d)+3, 7)), true
	case second:
		return c.number(int(d.Unix())), true
	case day:
		if !c.months {
			n := days(d)
			if d.Hour()+d.Minute()+d.Second() > 0 {
				n++
			}
			return c.number(n), true
		}
		u := 12*d.Year() + int(d.Month()) - 1
		if !c.last && d.Day() > c.dom {
			u++
		}
		return c.number(u), true
	}
	return 0, false
}

// unpack reads 202404 and 20240415.
func unpack(v int) (moment, bool) {
	y, m, d := v/100, v%100, 1
	if v > 9999999 {
		y, m, d = v/10000, v/100%100, v%100
	}
	if y < 1800 || y > 2200 || m < 1 || m > 12 || d < 1 || d > 31 {
		return moment{}, false
	}
	return moment{day, float64(days(time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)))}, true
}

// begin is the first instant of a period.
func begin(m moment) (time.Time, bool) {
	u := int(m.unit)
	switch m.grain {
	case quarter:
		return time.Date(u/4, time.Month(3*(u%4)+1), 1, 0, 0, 0, 0, time.UTC), true
	case month:
		return time.Date(u/12, time.Month(u%12+1), 1, 0, 0, 0, 0, time.UTC), true
	case week:
		return date(u*7 - 3), true
	case day:
		return date(u), true
	case second:
		return time.Unix(int64(u), 0).UTC(), true
	}
	return time.Time{}, false
}

// First is the earliest period as it was written, for examples in sentences.
func (c *Calendar) First() string {
	lo := math.MaxInt
	for v := range c.names {
		lo = min(lo, v)
	}
	return c.names[lo]
}

// Rows is the calendar of row numbers.
func Rows() Calendar {
	return Calendar{step: 1, scale: 1, names: map[int]string{1: "1"}}
}
