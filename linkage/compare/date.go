package compare

import (
	"strconv"
	"strings"
)

// A Date is a calendar date as written, valid or not: 1862-24-03 is kept,
// because a typing error is still evidence. Zero parts are unknown.
type Date struct{ Year, Month, Day int }

// How two dates agree, from worst to best.
const (
	DateDiffers = iota
	DateSameYear
	DateNear // both of day and month, or year and one of them, agree; or two digits differ
	DateTypo // one digit differs, two neighbours are swapped, or day and month are
	DateSame
)

// ParseDate reads the usual written forms: 2006-01-02, 20060102, 2.1.2006,
// 1/2/06, 2006年1月2日, Jan 2 2006, 2006, with or without a time after it.
// Of 3/4/2006 it takes the month first unless that can't be; CompareDates
// treats the other reading as a swap.
func ParseDate(s string) (Date, bool) {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, "T "); i >= 8 && i < len(s)-1 && strings.Contains(s[i:], ":") {
		s = s[:i]
	}
	var nums [3]int
	var width [3]int
	n, month := 0, 0
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			j := i
			for j < len(s) && s[j] >= '0' && s[j] <= '9' {
				j++
			}
			if n == 3 || j-i > 8 {
				return Date{}, false
			}
			nums[n], _ = strconv.Atoi(s[i:j])
			width[n] = j - i
			n++
			i = j
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z':
			j := i
			for j < len(s) && (s[j]|0x20) >= 'a' && (s[j]|0x20) <= 'z' {
				j++
			}
			if m := monthNamed(s[i:j]); m > 0 && month == 0 {
				month = m
			} else if n == 0 || month == 0 && !isOrdinal(s[i:j]) {
				return Date{}, false
			}
			i = j
		case strings.IndexByte("-/. ,_", c) >= 0:
			i++
		case strings.HasPrefix(s[i:], "年"), strings.HasPrefix(s[i:], "月"), strings.HasPrefix(s[i:], "日"), strings.HasPrefix(s[i:], "号"):
			i += 3
		default:
			return Date{}, false
		}
	}
	return orderDate(nums, width, n, month)
}

func orderDate(nums, width [3]int, n, month int) (Date, bool) {
	switch {
	case month > 0 && n == 2:
		if width[0] == 4 {
			return Date{nums[0], month, nums[1]}, true
		}
		return Date{century(nums[1], width[1]), month, nums[0]}, nums[0] <= 31
	case month > 0 && n == 1 && width[0] == 4:
		return Date{Year: nums[0], Month: month}, true
	case n == 1 && width[0] == 8:
		d := Date{nums[0] / 10000, nums[0] / 100 % 100, nums[0] % 100}
		return d, plausibleYear(d.Year)
	case n == 1 && width[0] == 4:
		return Date{Year: nums[0]}, plausibleYear(nums[0])
	case n == 2 && width[0] == 4 && width[1] <= 2:
		return Date{Year: nums[0], Month: nums[1]}, plausibleYear(nums[0])
	case n == 3 && width[0] == 4 && width[1] <= 2 && width[2] <= 2:
		return Date{nums[0], nums[1], nums[2]}, true
	case n == 3 && width[0] <= 2 && width[1] <= 2 && (width[2] == 4 || width[2] == 2):
		y := century(nums[2], width[2])
		if nums[0] > 12 {
			return Date{y, nums[1], nums[0]}, true
		}
		return Date{y, nums[0], nums[1]}, true
	}
	return Date{}, false
}

func plausibleYear(y int) bool { return y >= 1000 && y < 2200 }

// century reads a year of two digits as the one nearest before 2030.
func century(y, width int) int {
	if width != 2 {
		return y
	}
	if y < 30 {
		return 2000 + y
	}
	return 1900 + y
}

func isOrdinal(s string) bool {
	switch strings.ToLower(s) {
	case "st", "nd", "rd", "th", "of":
		return true
	}
	return false
}

func monthNamed(s string) int {
	if len(s) < 3 {
		return 0
	}
	const names = "january  february march    april    may      june     july     august   septemberoctober  november december "
	s = strings.ToLower(s)
	for m := 0; m < 12; m++ {
		name := strings.TrimSpace(names[m*9 : m*9+9])
		if strings.HasPrefix(name, s) || s == "sept" && m == 8 {
			return m + 1
		}
	}
	return 0
}

// Digits is the date as eight digits, the form in which typing errors are counted.
func (d Date) Digits() [8]byte {
	var out [8]byte
	for i, v := range [8]int{d.Year / 1000, d.Year / 100, d.Year / 10, d.Year, d.Month / 10, d.Month, d.Day / 10, d.Day} {
		out[i] = byte('0' + v%10)
	}
	return out
}

// Number is the date as the number YYYYMMDD.
func (d Date) Number() int { return d.Year*10000 + d.Month*100 + d.Day }

// CompareDates grades the agreement of two dates; parts unknown on either
// side are not held against them.
func CompareDates(a, b Date) int {
	if a == b {
		return DateSame
	}
	if a.Month == 0 || b.Month == 0 || a.Day == 0 && b.Day == 0 {
		switch {
		case a.Year == b.Year && (a.Month == b.Month || a.Month == 0 || b.Month == 0):
			return DateNear
		case a.Year == b.Year:
			return DateSameYear
		}
		return DateDiffers
	}
	if a.Year == b.Year && a.Month == b.Day && a.Day == b.Month {
		return DateTypo
	}
	da, db := a.Digits(), b.Digits()
	n := Damerau(da[:], db[:], 3)
	same := 0
	for i := range da {
		if da[i] == db[i] {
			same++
		}
	}
	switch {
	case n <= 1 || same == 7:
		return DateTypo
	case a.Year == b.Year && (a.Month == b.Month || a.Day == b.Day), a.Month == b.Month && a.Day == b.Day, same == 6:
		return DateNear
	case a.Year == b.Year:
		return DateSameYear
	}
	return DateDiffers
}

// DaysFrom is the number of days between two dates; unknown months and days
// count as the first.
func (d Date) DaysFrom(e Date) float64 {
	n := d.ordinal() - e.ordinal()
	if n < 0 {
		n = -n
	}
	return float64(n)
}

// ordinal counts days in the proleptic Gregorian calendar (Richards 2013).
func (d Date) ordinal() int {
	y, m, day := d.Year, max(d.Month, 1), max(d.Day, 1)
	if m <= 2 {
		y, m = y-1, m+12
	}
	return 365*y + y/4 - y/100 + y/400 + (153*(m-3)+2)/5 + day
}
