package compare

import "strings"

// PhoneKey is a telephone number's significant digits: no country code 86 or
// 0086, no leading zero of the area code, no extension. Empty when there are
// fewer than five digits.
func PhoneKey(s string) (number, extension string) {
	s = foldWidth(s)
	lower := strings.ToLower(s)
	for _, mark := range []string{"转", "分机", "ext.", "ext", "extension", "#", " x"} {
		if i := strings.Index(lower, mark); i > 4 {
			extension = digits(s[i:])
			s = s[:i]
			break
		}
	}
	international := strings.HasPrefix(strings.TrimSpace(s), "+")
	d := digits(s)
	if strings.HasPrefix(d, "00") {
		d, international = d[2:], true
	}
	switch {
	case strings.HasPrefix(d, "86") && (international || len(d) == 13 && d[2] == '1'):
		d = d[2:]
	case strings.HasPrefix(d, "1") && len(d) == 11 && international:
		d = d[1:] // +1: North America
	}
	if extension == "" && strings.Count(s, "-") >= 2 && strings.HasPrefix(d, "0") { // 010-12345678-801
		i := strings.LastIndexByte(s, '-')
		if e := digits(s[i:]); len(e) >= 1 && len(e) <= 5 && len(digits(s[:i])) >= 10 {
			extension = e
			d = strings.TrimSuffix(d, e)
		}
	}
	d = strings.TrimLeft(d, "0")
	if len(d) < 5 {
		return "", ""
	}
	return d, extension
}

func digits(s string) string {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] >= '0' && s[i] <= '9' {
			out = append(out, s[i])
		}
	}
	return string(out)
}

func foldWidth(s string) string {
	if IsASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}, s)
}

// Email splits an address into its user, without a +tag, and its host, both
// in lower case. It is not validated beyond having both.
func Email(s string) (user, host string, ok bool) {
	s = strings.ToLower(strings.TrimSpace(foldWidth(s)))
	i := strings.LastIndexByte(s, '@')
	if i < 1 || i == len(s)-1 {
		return s, "", false
	}
	user, host = s[:i], s[i+1:]
	if j := strings.IndexByte(user, '+'); j > 0 {
		user = user[:j]
	}
	return user, host, true
}
