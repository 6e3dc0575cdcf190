package access

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// A Veil hides phone, mail and tax numbers from those who may not see them,
// and notices when it showed or hid any.
type Veil struct {
	Open   bool // let everything through
	Shown  int  // let through because it is open; each is audited
	Hidden int
}

// For returns the veil for whoever asks.
func (w Who) For() *Veil { return &Veil{Open: w.Can(Reveal)} }

// Phone keeps the first three and last two digits.
func (v *Veil) Phone(s string) string { return v.hide(s, keep(s, 3, 2)) }

// Email keeps the first letter and the domain.
func (v *Veil) Email(s string) string {
	name, domain, ok := strings.Cut(s, "@")
	if !ok {
		return v.hide(s, keep(s, 1, 0))
	}
	return v.hide(s, keep(name, 1, 0)+"@"+domain)
}

// Number keeps the first and last four characters of a tax or identity number.
func (v *Veil) Number(s string) string { return v.hide(s, keep(s, 4, 4)) }

// What free text may hold: mail; mainland mobile and international numbers;
// unified social credit codes and identity numbers. Longer runs of digits,
// such as order numbers, stay.
var personal = regexp.MustCompile(`[\w.+-]+@[\w-]+(?:\.[\w-]+)+` +
	`|(?:\+\d{1,3}[ -]?)(?:\(?\d{2,4}\)?[ -]?){2,4}\d{2,4}` +
	`|\b1[3-9]\d[ -]?\d{4}[ -]?\d{4}\b` +
	`|\b[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]\b` +
	`|\b[159Y][1239]\d{6}[0-9A-HJ-NPQRTUWXY]{10}\b`)

// Text hides what looks personal inside free text.
func (v *Veil) Text(s string) string {
	if !strings.ContainsAny(s, "0123456789@") {
		return s
	}
	return personal.ReplaceAllStringFunc(s, func(m string) string {
		if strings.Contains(m, "@") {
			return v.Email(m)
		}
		if strings.ContainsAny(m, "+ -") || utf8.RuneCountInString(m) < 15 {
			return v.Phone(m)
		}
		return v.Number(m)
	})
}

// Value hides what looks personal in a value from JSON.
func (v *Veil) Value(x any) any {
	switch x := x.(type) {
	case string:
		return v.Text(x)
	case []any:
		out := make([]any, len(x))
		for i := range x {
			out[i] = v.Value(x[i])
		}
		return out
	case map[string]any:
		return v.Map(x)
	}
	return x
}

// Map hides what looks personal in the values of a JSON object.
func (v *Veil) Map(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	out := make(map[string]any, len(m))
	for k, x := range m {
		out[k] = v.Value(x)
	}
	return out
}

func (v *Veil) hide(s, masked string) string {
	if s == "" || s == masked {
		return s
	}
	if v.Open {
		v.Shown++
		return s
	}
	v.Hidden++
	return masked
}

// keep replaces all but the first and last characters by stars; a text too
// short for that loses everything.
func keep(s string, first, last int) string {
	r := []rune(s)
	if len(r) <= first+last {
		return strings.Repeat("*", len(r))
	}
	for i := first; i < len(r)-last; i++ {
		r[i] = '*'
	}
	return string(r)
}
