package date

import (
	"regexp"
	"strconv"
	"strings"
)

// A reading is one way to read an example.
type reading struct {
	format    string // with D and M as found first, when either could be meant
	either    bool   // the first two numbers could be D/M or M/D
	yearAny   bool   // two-digit numbers throughout: the year may come first or last
	yearFirst bool   // 24/5/1
	number    string // "excel", "unix" …: only if the column's range agrees
}

var (
	reYMD    = regexp.MustCompile(`^(\d{4})([-/.])(\d{1,2})([-/.])(\d{1,2})`)
	reCN     = regexp.MustCompile(`^(\d{4}|\d{2})年(\d{1,2})月(\d{1,2})([日号])`)
	reXXY    = regexp.MustCompile(`^(\d{1,2})([-/.])(\d{1,2})([-/.])(\d{4}|\d{2})`)
	reYYMD   = regexp.MustCompile(`^(\d{2})([-/.])(\d{1,2})([-/.])(\d)`)
	reDMon   = regexp.MustCompile(`^(\d{1,2})([- /]?)([A-Za-z]{3,9})([- /,]{0,2})(\d{4}|\d{2})`)
	reMonD   = regexp.MustCompile(`^([A-Za-z]{3,9})\.?( +)(\d{1,2})(,? +)(\d{4})`)
	reYM     = regexp.MustCompile(`^(\d{4})([-/.年])(\d{1,2})(月?)$`)
	reMonY   = regexp.MustCompile(`^([A-Za-z]{3,9})([- /]+)(\d{4}|\d{2})$`)
	reCNMD   = regexp.MustCompile(`^(\d{1,2})月(?:(\d{1,2})([日号]))?$`)
	reClock  = regexp.MustCompile(`^([T ]? *)(上午|凌晨|早上|清晨|中午|下午|傍晚|晚上)?( ?)(\d{1,2}):(\d{2})(?::(\d{2})(?:([.,])(\d{1,9}))?)?( ?)([AaPp]\.?[Mm]\.?)?( ?)(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?$`)
	reCNTime = regexp.MustCompile(`^( ?)(上午|凌晨|早上|清晨|中午|下午|傍晚|晚上)?( ?)(\d{1,2})([时点])(\d{1,2})分(?:(\d{1,2})秒)?$`)
)

var months = map[string]string{"jan": "MMM", "feb": "MMM", "mar": "MMM", "apr": "MMM", "may": "MMM", "jun": "MMM", "jul": "MMM", "aug": "MMM", "sep": "MMM", "oct": "MMM", "nov": "MMM", "dec": "MMM",
	"january": "MMMM", "february": "MMMM", "march": "MMMM", "april": "MMMM", "june": "MMMM", "july": "MMMM", "august": "MMMM", "september": "MMMM", "october": "MMMM", "november": "MMMM", "december": "MMMM"}

func pad(digits, long, short string) string {
	if len(digits) == 2 {
		return long
	}
	return short
}

func year(digits string) string {
	if len(digits) == 4 {
		return "YYYY"
	}
	return "YY"
}

// recognise reads one example, as people write dates.
func recognise(s string) (reading, bool) {
	s = strings.TrimSpace(s)
	if r, ok := compact(s); ok {
		return r, true
	}
	r, rest, ok := calendar(s)
	if !ok {
		return r, false
	}
	if rest == "" {
		return r, true
	}
	clock, ok := clock(rest)
	if !ok || !strings.Contains(r.format, "D") {
		return r, false
	}
	r.format += clock
	return r, true
}

// calendar reads the date at the front of s.
func calendar(s string) (r reading, rest string, ok bool) {
	at := func(m []string, format string) (reading, string, bool) {
		return reading{format: format}, s[len(m[0]):], true
	}
	if m := reYMD.FindStringSubmatch(s); m != nil {
		return at(m, "YYYY"+m[2]+pad(m[3], "MM", "M")+m[4]+pad(m[5], "DD", "D"))
	}
	if m := reCN.FindStringSubmatch(s); m != nil {
		return at(m, year(m[1])+"年"+pad(m[2], "MM", "M")+"月"+pad(m[3], "DD", "D")+m[4])
	}
	if m := reXXY.FindStringSubmatch(s); m != nil {
		r, rest, ok := at(m, pad(m[1], "DD", "D")+m[2]+pad(m[3], "MM", "M")+m[4]+year(m[5]))
		r.either, r.yearAny = true, len(m[5]) == 2 && len(m[1]) == 2
		return r, rest, ok
	}
	if m := reYYMD.FindStringSubmatch(s); m != nil {
		r, rest, ok := at(m, "YY"+m[2]+pad(m[3], "MM", "M")+m[4]+"D")
		r.yearFirst = true
		return r, rest, ok && (rest == "" || rest[0] < '0' || rest[0] > '9')
	}
	if m := reDMon.FindStringSubmatch(s); m != nil && months[strings.ToLower(m[3])] != "" {
		return at(m, pad(m[1], "DD", "D")+m[2]+months[strings.ToLower(m[3])]+m[4]+year(m[5]))
	}
	if m := reMonD.FindStringSubmatch(s); m != nil && months[strings.ToLower(m[1])] != "" {
		return at(m, months[strings.ToLower(m[1])]+m[2]+pad(m[3], "DD", "D")+m[4]+"YYYY")
	}
	if m := reYM.FindStringSubmatch(s); m != nil && (m[2] == "年") == (m[4] == "月") && plausible(m[1], m[3]) {
		return at(m, "YYYY"+m[2]+pad(m[3], "MM", "M")+m[4])
	}
	if m := reMonY.FindStringSubmatch(s); m != nil && months[strings.ToLower(m[1])] != "" {
		return at(m, months[strings.ToLower(m[1])]+m[2]+year(m[3]))
	}
	if m := reCNMD.FindStringSubmatch(s); m != nil {
		f := pad(m[1], "MM", "M") + "月"
		if m[2] != "" {
			f += pad(m[2], "DD", "D") + m[3]
		}
		return at(m, f)
	}
	return r, s, false
}

func plausible(y, m string) bool {
	yy, _ := strconv.Atoi(y)
	mm, _ := strconv.Atoi(m)
	return yy >= 1900 && yy < 2200 && mm >= 1 && mm <= 12
}

// clock reads the time after a date.
func clock(s string) (format string, ok bool) {
	if m := reCNTime.FindStringSubmatch(s); m != nil {
		f := m[1]
		hour := pad(m[4], "HH", "H")
		if m[2] != "" {
			f, hour = f+"A"+m[3], strings.ToLower(hour)
		}
		f += hour + m[5] + pad(m[6], "mm", "m") + "分"
		if m[7] != "" {
			f += pad(m[7], "ss", "s") + "秒"
		}
		return f, true
	}
	m := reClock.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	f, hour := m[1], pad(m[4], "HH", "H")
	if m[2] != "" || m[10] != "" {
		hour = strings.ToLower(hour)
	}
	if m[2] != "" {
		f += "A" + m[3]
	}
	f += hour + ":mm"
	if m[6] != "" {
		f += ":ss"
	}
	if m[8] != "" {
		f += m[7] + "SSS"
	}
	if m[10] != "" {
		f += m[9] + "A"
	}
	if m[12] != "" {
		if m[10] == "" {
			f += m[9]
		}
		f += m[11] + "Z"
	}
	return f, true
}

// compact reads digits alone.
func compact(s string) (reading, bool) {
	whole, frac, _ := strings.Cut(s, ".")
	for _, r := range whole + frac {
		if r < '0' || r > '9' {
			if len(s) > 9 && s[8] == ' ' || len(s) > 9 && s[8] == 'T' { // 20260512 15:04
				if day, ok := compact(s[:8]); ok && day.format == "YYYYMMDD" {
					if c, ok := clock(s[8:]); ok {
						return reading{format: day.format + c}, true
					}
				}
			}
			return reading{}, false
		}
	}
	n, _ := strconv.ParseFloat(s, 64)
	day := func(d string) bool {
		dd, _ := strconv.Atoi(d)
		return dd >= 1 && dd <= 31
	}
	switch {
	case len(whole) == 14 && plausible(s[:4], s[4:6]) && day(s[6:8]):
		return reading{format: "YYYYMMDDHHmmss"}, true
	case len(whole) == 12 && frac == "" && plausible(s[:4], s[4:6]) && day(s[6:8]):
		return reading{format: "YYYYMMDDHHmm"}, true
	case len(s) == 8 && plausible(s[:4], s[4:6]) && day(s[6:8]):
		return reading{format: "YYYYMMDD"}, true
	case len(s) == 6 && frac == "" && plausible(s[:4], s[4:6]):
		return reading{format: "YYYYMM"}, true
	case len(whole) == 5 && n >= 20000 && n < 80000:
		return reading{number: Excel1900}, true
	case (len(whole) == 10 || len(whole) == 9) && n >= 3e8:
		return reading{number: Unix}, true
	case len(whole) == 13 || len(whole) == 12 && n >= 3e11:
		return reading{number: UnixMS}, true
	case len(whole) == 16:
		return reading{number: UnixUS}, true
	}
	return reading{}, false
}

// Looks reports whether a value alone looks like a date; numbers only where
// they spell a day or a second out (20260512).
func Looks(s string) bool {
	r, ok := recognise(s)
	if !ok || r.number != "" || len(strings.TrimSpace(s)) == 6 && r.format == "YYYYMM" {
		return false
	}
	return strings.Contains(r.format, "Y") || strings.Contains(r.format, "月")
}
