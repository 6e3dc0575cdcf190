package date

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/chanzipu/outfitter/internal/fault"
)

// The named formats, for dates that are numbers.
const (
	Excel1900 = "excel"     // days since 1899-12-30, as Excel on Windows counts
	Excel1904 = "excel1904" // days since 1904-01-01, as old Excel on a Mac
	Unix      = "unix"      // seconds since 1970, UTC
	UnixMS    = "unix_ms"
	UnixUS    = "unix_us"
)

// A token of a format and what strptime calls it. Longer ones first.
var tokens = []struct{ token, strp string }{
	{"YYYY", "%Y"}, {"YY", "%y"}, {"MMMM", "%B"}, {"MMM", "%b"}, {"MM", "%m"}, {"M", "%m"},
	{"DD", "%d"}, {"D", "%d"}, {"HH", "%H"}, {"H", "%H"}, {"hh", "%I"}, {"h", "%I"},
	{"mm", "%M"}, {"m", "%M"}, {"SSS", "%f"}, {"ss", "%S"}, {"s", "%S"}, {"A", "%p"}, {"Z", "%z"},
}

// A layout is a format taken apart.
type layout struct {
	year  string // given from outside: {2026}
	strp  string
	iso   bool // a cast reads it
	zone  bool
	ampm  bool
	times string // finest part: "month", "day", "minute", "second", "ms"
}

// compile takes a format apart.
func compile(format string) (layout, error) {
	l := layout{times: "month"}
	if !utf8.ValidString(format) || len(format) > 100 {
		return l, bad(strings.ToValidUTF8(format[:min(100, len(format))], "?"), "it is no short text")
	}
	rest := format
	if len(rest) > 6 && rest[0] == '{' && isYear(rest[1:5]) && rest[5] == '}' {
		l.year, rest = rest[1:5], rest[6:]
	}
	l.iso = isoFormat[rest] && l.year == ""
	var b strings.Builder
	var seen string // the tokens' letters so far
	for rest != "" {
		tok, strp := match(rest)
		width := len(tok)
		if tok == "" {
			r := []rune(rest)[0]
			if strings.ContainsRune("%{}'\"\\", r) || r < ' ' || r >= 'A' && r <= 'Z' && r != 'T' || r >= 'a' && r <= 'z' {
				return l, bad(format, fmt.Sprintf("%q means nothing in it", string(r)))
			}
			b.WriteRune(r)
			rest = rest[len(string(r)):]
			continue
		}
		if strings.HasPrefix(tok, "M") && len(tok) < 3 && strings.ContainsAny(seen, "Hh") && strings.Contains(seen, "M") && !strings.Contains(seen, "m") {
			tok, strp = "mm", "%M" // H:MM, as Excel writes it
		}
		kind := tok[:1]
		if tok == "SSS" {
			kind = "f"
		}
		if strings.Contains(seen, kind) {
			return l, bad(format, fmt.Sprintf("it names %q twice", tok))
		}
		seen += kind
		b.WriteString(strp)
		rest = rest[width:]
	}
	l.strp = b.String()
	l.zone, l.ampm = strings.Contains(seen, "Z"), strings.Contains(seen, "A")
	if (!strings.Contains(seen, "Y") && l.year == "") || !strings.Contains(seen, "M") {
		return l, bad(format, "it needs a year and a month")
	}
	switch {
	case strings.Contains(seen, "f"):
		l.times = "ms"
	case strings.Contains(seen, "s"):
		l.times = "second"
	case strings.ContainsAny(seen, "Hh"):
		l.times = "minute"
	case strings.Contains(seen, "D"):
		l.times = "day"
	}
	if strings.ContainsAny(seen, "Hh") && !strings.Contains(seen, "D") {
		return l, bad(format, "it has an hour but no day")
	}
	if i := strings.Index(l.strp, "%p"); l.ampm && i < strings.Index(l.strp, "%I") { // 下午3:04 is read as 3:04 PM
		l.strp = strings.TrimSpace(strings.Replace(strings.Replace(l.strp, "%p ", "", 1), "%p", "", 1)) + " %p"
	}
	return l, nil
}

func match(s string) (token, strp string) {
	for _, t := range tokens {
		if strings.HasPrefix(s, t.token) {
			return t.token, t.strp
		}
	}
	return "", ""
}

func bad(format, why string) error {
	return fmt.Errorf("date: format %q: %s; write it like YYYY-MM-DD HH:mm:ss, D/M/YYYY, D-MMM-YY, YYYY年M月D日, excel, excel1904, unix or unix_ms: %w", format, why, fault.ErrInvalid)
}

// isoFormat are the formats that a cast reads, far faster than strptime.
var isoFormat = func() map[string]bool {
	m := map[string]bool{}
	for _, d := range []string{"YYYY-MM-DD", "YYYY-M-D", "YYYY/MM/DD", "YYYY/M/D"} {
		for _, t := range []string{"", " HH:mm", "THH:mm", " H:mm", " HH:mm:ss", "THH:mm:ss", " H:mm:ss", " HH:mm:ss.SSS", "THH:mm:ss.SSS", " H:mm:ss.SSS"} {
			m[d+t], m[d+t+"Z"] = true, t != ""
		}
	}
	return m
}()

// number is the SQL for the formats that are numbers; "" if format is none.
func number(x, format string) string {
	day := func(base string) string {
		return fmt.Sprintf(`CASE WHEN regexp_full_match(%[1]s, '\s*[0-9]{1,5}(\.[0-9]+)?\s*') THEN TIMESTAMP '%[2]s' + to_milliseconds((round(TRY_CAST(%[1]s AS DOUBLE) * 86400) * 1000)::BIGINT) END`, x, base)
	}
	unix := func(digits, mul, div string) string {
		return fmt.Sprintf(`CASE WHEN regexp_full_match(%[1]s, '\s*[0-9]{%[2]s}(\.[0-9]{1,9})?\s*') THEN make_timestamp((TRY_CAST(%[1]s AS DOUBLE) * %[3]s / %[4]s)::BIGINT) END`, x, digits, mul, div)
	}
	switch format {
	case Excel1900, "excel1900":
		return day("1899-12-30")
	case Excel1904:
		return day("1904-01-01")
	case Unix:
		return unix("8,10", "1000000", "1")
	case UnixMS:
		return unix("11,13", "1000", "1")
	case UnixUS:
		return unix("14,16", "1", "1")
	}
	return ""
}

// Parse gives SQL that reads the text x in one format; NULL where it can't or
// where the year is not 1900 to 2199. Times with an offset and unix times come
// out in UTC, all others as local. It needs Macros.
func Parse(x, format string) (string, error) {
	if n := number(x, format); n != "" {
		return "mapping_within(" + n + ")", nil
	}
	l, err := compile(format)
	if err != nil {
		return "", err
	}
	return "mapping_within(" + l.sql(x) + ")", nil
}

// sql reads one format, without the check of the year.
func (l layout) sql(x string) string {
	switch {
	case l.iso && l.zone:
		return "make_timestamp(epoch_us(TRY_CAST(" + x + " AS TIMESTAMPTZ)))"
	case l.iso:
		return "TRY_CAST(" + x + " AS TIMESTAMP)"
	}
	text, format := "trim("+x+")", l.strp
	if l.ampm {
		text = "mapping_ampm(" + text + ")"
	}
	if l.year != "" {
		text, format = "'"+l.year+"-' || "+text, "%Y-"+format
	}
	p := "try_strptime(" + text + ", '" + format + "')"
	if l.zone {
		return "make_timestamp(epoch_us(" + p + "))"
	}
	return p
}

// Check reports whether a format can be used, as a hint for a column or in
// an expression: an order of the parts alone is one.
func Check(format string) error {
	if number("x", format) != "" {
		return nil
	}
	_, err := compile(format)
	return err
}
