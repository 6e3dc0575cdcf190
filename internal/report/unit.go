package report

import (
	"math"
	"strconv"
	"strings"
)

// A Unit is what a number counts.
type Unit struct {
	form  string
	Words Text // behind the number
}

// Units with a form of their own.
var (
	Count   = Unit{form: "count"}
	Share   = Unit{"share", T("%", "%")}          // 0 to 1, read as per cent
	Points  = Unit{"points", T("个百分点", "points")} // a difference of shares, read as percentage points
	Minutes = Unit{"minutes", T("分钟", "minutes")}
	Hours   = Unit{"hours", T("小时", "hours")}
	Days    = Unit{"days", T("天", "days")}
	Times   = Unit{"times", T("倍", "×")} // a ratio
)

// currencies in words; others keep their code.
var currencies = map[string]Text{"CNY": T("元", "CNY"), "USD": T("美元", "USD"), "EUR": T("欧元", "EUR"), "HKD": T("港元", "HKD")}

// Currency is the unit of an amount of money; empty = CNY.
func Currency(code string) Unit {
	if code == "" {
		code = "CNY"
	}
	if w, ok := currencies[code]; ok {
		return Unit{"money", w}
	}
	return Unit{"money", Same(code)}
}

// forms by the words that claims use for them.
var forms = map[string]Unit{
	"minute": Minutes, "minutes": Minutes, "分钟": Minutes, "hour": Hours, "hours": Hours, "小时": Hours, "day": Days, "days": Days, "天": Days,
	"cny": Currency("CNY"), "yuan": Currency("CNY"), "元": Currency("CNY"), "share": Share, "占比": Share, "比例": Share, "%": Share, "": Count,
}

// UnitOf is the unit that the words name; unknown words stand behind the number.
func UnitOf(words Text) Unit {
	if u, ok := forms[strings.ToLower(strings.TrimSpace(words.EN))]; ok && words.EN != "" {
		return u
	}
	if u, ok := forms[strings.TrimSpace(words.ZH)]; ok {
		return u
	}
	return Unit{"words", words}
}

// Word is the unit as an axis names it.
func (u Unit) Word() Text { return u.Words }

// Money reports whether the unit is a currency.
func (u Unit) Money() bool { return u.form == "money" }

// Scale is what a chart multiplies values by, so that its axis reads in Word.
func (u Unit) Scale() float64 {
	if u == Share || u == Points {
		return 100
	}
	return 1
}

// Show is the number with its unit, as people read it.
func (u Unit) Show(v float64) Text {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Same("–")
	}
	switch {
	case u == Share:
		return Same(digits(100*v) + "%")
	case u == Points:
		return T(digits(100*v)+" 个百分点", digits(100*v)+" points")
	case u == Times:
		return T(digits(v)+" 倍", digits(v)+"×")
	case u == Minutes && math.Abs(v) >= 180:
		return Hours.Show(v / 60)
	case u == Days, u == Hours, u == Minutes:
		w := u.Word()
		return T(digits(v)+" "+w.ZH, digits(v)+" "+w.EN)
	case u.Money():
		return money(v, u)
	case u.form == "words":
		return T(digits(v)+" "+u.Words.ZH, digits(v)+" "+u.Words.EN)
	}
	return Same(digits(v))
}

// Signed is Show with a plus before gains.
func (u Unit) Signed(v float64) Text {
	t := u.Show(v)
	if v > 0 {
		return T("+"+t.ZH, "+"+t.EN)
	}
	return t
}

// Range is an interval as people read it.
func (u Unit) Range(lo, hi float64) Text {
	if math.IsNaN(lo) || math.IsNaN(hi) {
		return Text{}
	}
	a, b := u.Show(lo), u.Show(hi)
	return T(between(a.ZH, b.ZH, " 到 "), between(a.EN, b.EN, " to "))
}

// between says a unit that both ends share once.
func between(a, b, to string) string {
	for _, unit := range []string{"元", "%", "×"} {
		if strings.HasSuffix(a, unit) && strings.HasSuffix(b, unit) && unit != "元" {
			return strings.TrimSuffix(a, unit) + to + b
		}
	}
	an, au, ok := strings.Cut(a, " ")
	if _, bu, ok2 := strings.Cut(b, " "); ok && ok2 && au == bu && an != "" && strings.ContainsAny(an, "0123456789") {
		return an + to + b
	}
	return a + to + b
}

// Change is a difference as people say it: less or more.
func (u Unit) Change(v float64) Text {
	t := u.Show(math.Abs(v))
	switch {
	case v < 0:
		return T("减少 "+t.ZH, t.EN+" less")
	case v > 0:
		return T("增加 "+t.ZH, t.EN+" more")
	}
	return T("没有变化", "no change")
}

// ChangeRange is an interval of a difference.
func (u Unit) ChangeRange(lo, hi float64) Text {
	switch {
	case math.IsNaN(lo) || math.IsNaN(hi):
		return Text{}
	case lo >= 0:
		return u.Range(lo, hi)
	case hi <= 0:
		return u.Range(-hi, -lo)
	}
	a, b := u.Change(lo), u.Change(hi)
	return T("从"+a.ZH+"到"+b.ZH, "from "+a.EN+" to "+b.EN)
}

// money is read in 万 and 亿, in thousands and millions.
func money(v float64, u Unit) Text {
	w := u.Word()
	zh, en := digits(v), digits(v)
	switch a := math.Abs(v); {
	case a >= 1e8:
		zh = digits(v/1e8) + " 亿"
	case a >= 1e4:
		zh = digits(v/1e4) + " 万"
	default:
		zh += " "
	}
	switch a := math.Abs(v); {
	case a >= 1e9:
		en = digits(v/1e9) + " bn"
	case a >= 1e6:
		en = digits(v/1e6) + " m"
	case a >= 1e4:
		en = digits(v/1e3) + " k"
	}
	sign := ""
	if strings.HasPrefix(en, "−") {
		sign, en = "−", strings.TrimPrefix(en, "−")
	}
	return T(zh+w.ZH, sign+w.EN+" "+en)
}

// digits keeps three significant digits, and all of a whole number; thousands
// are parted and the minus is the typographer's.
func digits(v float64) string {
	a := math.Abs(v)
	places := 0
	switch {
	case a == math.Trunc(a) || a >= 100:
	case a >= 10:
		places = 1
	case a >= 0.1:
		places = 2
	case a > 0:
		places = min(6, 1-int(math.Floor(math.Log10(a))))
	}
	s := strconv.FormatFloat(a, 'f', places, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	whole, part, dot := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if dot {
		whole += "." + part
	}
	if v < 0 && strings.Trim(whole, "0.,") != "" {
		return "−" + whole
	}
	return whole
}
