package excel

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A form is how a number format shows a number.
type form byte

const (
	plain form = iota
	date
	dateTime
	timeOnly
	elapsed // [h]:mm: may pass 24 hours
)

// builtin tells the forms of formats that are numbered, not written out.
// 27 to 36 and 50 to 58 are dates in the East Asian editions (ECMA-376, 18.8.30).
func builtin(id int) form {
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57 || id == 58:
		return date
	case id == 22:
		return dateTime
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id == 45 || id == 47, id == 55 || id == 56:
		return timeOnly
	case id == 46:
		return elapsed
	}
	return plain
}

// formOf reads a written-out number format: letters of dates outside quotes, brackets and escapes.
func formOf(code string) form {
	if i := strings.IndexByte(code, ';'); i >= 0 {
		code = code[:i]
	}
	var day, clock, span, minute bool
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			j := strings.IndexByte(code[i+1:], '"')
			if j < 0 {
				return plain
			}
			i += j + 1
		case '\\', '_', '*':
			i++
		case '[':
			j := strings.IndexByte(code[i:], ']')
			if j < 0 {
				return plain
			}
			if in := strings.ToLower(code[i+1 : i+j]); in != "" && strings.Trim(in, "hms") == "" {
				span = true
			}
			i += j
		case 'y', 'Y', 'd', 'D', 'e', 'b', 'B':
			if c == 'e' && (i+1 < len(code) && (code[i+1] == '+' || code[i+1] == '-')) {
				return plain
			}
			day = true
		case 'm', 'M':
			minute = true
		case 'h', 'H', 's', 'S':
			clock = true
		case 'E':
			return plain
		case 'G', 'g':
			if strings.HasPrefix(strings.ToLower(code[i:]), "general") {
				return plain
			}
			day = true
		case '0', '#', '?':
			if !clock && !span {
				return plain
			}
		}
	}
	switch {
	case span:
		return elapsed
	case day && clock:
		return dateTime
	case day, minute && !clock:
		return date
	case clock:
		return timeOnly
	}
	return plain
}

// iso writes serial as f shows it; false where it is no date (negative or after 9999).
func iso(serial float64, f form, is1904 bool) (string, bool) {
	if math.IsNaN(serial) || serial < 0 || serial >= 2958466 {
		return "", false
	}
	ms := int64(math.Round(serial * 86400_000))
	if r := ms % 1000; r <= 1 || r >= 999 { // what a double of this size can't hold
		ms = (ms + 500) / 1000 * 1000
	}
	days, clock := ms/86400_000, ms%86400_000
	switch {
	case f == elapsed:
		return hms(ms), true
	case f == timeOnly && days == 0:
		return hms(clock), true
	}
	var day string
	switch {
	case is1904:
		day = time.Date(1904, 1, 1+int(days), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	case days == 60:
		day = "1900-02-29" // the day that Excel made up
	case days < 60:
		day = time.Date(1899, 12, 31+int(days), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	default:
		day = time.Date(1899, 12, 30+int(days), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	if clock == 0 && f != dateTime {
		return day, true
	}
	return day + " " + hms(clock), true
}

func hms(ms int64) string {
	s := fmt.Sprintf("%02d:%02d:%02d", ms/3600_000, ms/60_000%60, ms/1000%60)
	if r := ms % 1000; r != 0 {
		s += fmt.Sprintf(".%03d", r)
	}
	return s
}

// number writes v as Excel shows it in full: at most 15 significant digits.
func number(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.FormatInt(int64(v), 10)
	}
	s := strconv.FormatFloat(v, 'g', 15, 64)
	if strings.ContainsRune(s, 'e') && math.Abs(v) < 1e21 && math.Abs(v) > 1e-9 {
		r, _ := strconv.ParseFloat(s, 64)
		return strconv.FormatFloat(r, 'f', -1, 64)
	}
	return s
}

// cellOf is a number under a form.
func cellOf(v float64, f form, is1904 bool) Cell {
	if f != plain {
		if s, ok := iso(v, f, is1904); ok {
			return Cell{Text: s, Sort: Date}
		}
	}
	return Cell{Text: number(v), Sort: Number}
}
