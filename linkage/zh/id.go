package zh

import "strings"

// idForm is an identity number folded: full-width digits made plain, spaces
// dropped, a final x capital.
func idForm(s string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == 'Ｘ' || r == 'ｘ':
			return 'X'
		case r == ' ' || r == '-' || r == '\u3000' || r == '\t':
			return -1
		}
		return r
	}, s))
}

// LooksLikeID reports whether s has the form of an identity number: 15 digits,
// or 17 and a check digit that need not be right, with a possible date inside.
func LooksLikeID(s string) bool {
	s = idForm(s)
	switch len(s) {
	case 15:
		return allDigits(s) && s[0] != '0' && month(s[8:10]) && day(s[10:12])
	case 18:
		return allDigits(s[:17]) && (s[17] == 'X' || s[17] >= '0' && s[17] <= '9') && s[0] != '0' &&
			(s[6:8] == "19" || s[6:8] == "20" || s[6:8] == "18") && month(s[10:12]) && day(s[12:14])
	}
	return false
}

func month(s string) bool { return s >= "01" && s <= "12" }
func day(s string) bool   { return s >= "01" && s <= "31" }

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// An ID is an identity number in its form of 18 (居民身份证, GB 11643-1999).
type ID struct {
	Number string // 18 characters, the last as computed if 15 were given
	Valid  bool   // the check digit is right, or there was none
}

// ParseID reads a number of 15 or 18 characters; one of 15 gets the century
// 19 and its check digit.
func ParseID(s string) (ID, bool) {
	s = idForm(s)
	switch {
	case len(s) == 15 && allDigits(s):
		s = s[:6] + "19" + s[6:]
		return ID{s + string(idCheck(s)), true}, true
	case len(s) == 18 && allDigits(s[:17]):
		return ID{s, s[17] == idCheck(s[:17])}, true
	}
	return ID{}, false
}

// idCheck is the check character of 17 digits (ISO 7064 MOD 11-2).
func idCheck(s string) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return "10X98765432"[sum%11]
}

// usccAlphabet holds the characters of a unified social credit code, in the
// order of their values (GB 32100-2015: no I, O, S, V, Z).
const usccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// LooksLikeUSCC reports whether s has the form of a 统一社会信用代码; the check
// digit need not be right.
func LooksLikeUSCC(s string) bool {
	s = idForm(s)
	if len(s) != 18 || LooksLikeID(s) || !allDigits(s[2:8]) {
		return false
	}
	for i := range len(s) {
		if strings.IndexByte(usccAlphabet, s[i]) < 0 {
			return false
		}
	}
	return strings.IndexByte("123456789ANY", s[0]) >= 0
}

// A USCC is a 统一社会信用代码.
type USCC struct {
	Code  string // 18 characters, upper case
	Valid bool   // the check digit is right
}

// ParseUSCC reads a code; O, I, Z and S, which its alphabet lacks, are read as
// the digits they are mistaken for.
func ParseUSCC(s string) (USCC, bool) {
	s = strings.NewReplacer("O", "0", "I", "1", "Z", "2", "S", "5").Replace(idForm(s))
	if len(s) != 18 {
		return USCC{}, false
	}
	for i := range len(s) {
		if strings.IndexByte(usccAlphabet, s[i]) < 0 {
			return USCC{}, false
		}
	}
	return USCC{s, s[17] == USCCCheck(s[:17])}, true
}

// USCCCheck is the check character of a code's first 17; 0 if one of them is
// not of the alphabet.
func USCCCheck(s string) byte {
	sum, w := 0, 1
	for i := range len(s) {
		v := strings.IndexByte(usccAlphabet, s[i])
		if v < 0 {
			return 0
		}
		sum += v * w
		w = w * 3 % 31
	}
	return usccAlphabet[(31-sum%31)%31]
}
