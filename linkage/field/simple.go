package field

import (
	"strconv"
	"strings"

	"github.com/chanzipu/outfitter/linkage/compare"
)

// plain is what kinds without token weights share.
type plain struct{}

func (plain) reweigh([]uint32) {}

// A word is a text in the cheaper of its two forms.
type word struct {
	b []byte // ASCII
	r []rune // else
}

func newWord(s string) word {
	if compare.IsASCII(s) {
		return word{b: []byte(s)}
	}
	return word{r: []rune(s)}
}

func (w word) len() int { return len(w.b) + len(w.r) }

func (w word) runes() []rune {
	if w.r != nil {
		return w.r
	}
	return []rune(string(w.b))
}

func damerau(a, b word, limit int) int {
	if a.r == nil && b.r == nil {
		return compare.Damerau(a.b, b.b, limit)
	}
	return compare.Damerau(a.runes(), b.runes(), limit)
}

func jaroWinkler(a, b word) float64 {
	if a.r == nil && b.r == nil {
		return compare.JaroWinkler(a.b, b.b)
	}
	return compare.JaroWinkler(a.runes(), b.runes())
}

func commonPrefix(a, b word) int {
	if a.r == nil && b.r == nil {
		return compare.CommonPrefix(a.b, b.b)
	}
	return compare.CommonPrefix(a.runes(), b.runes())
}

func foldKnown(raw string) string {
	if compare.IsMissing(raw) {
		return ""
	}
	return compare.Fold(strings.ReplaceAll(raw, Sep, " "))
}

// Sep stands between the columns of a value that is made of several.
const Sep = "\x1f"

type exact struct{ plain }

func (*exact) labels() []string             { return []string{"differs", "equal"} }
func (*exact) normal(raw string) string     { return foldKnown(raw) }
func (*exact) prepare(string)               {}
func (*exact) compare(a, b uint32) Result   { return Result{} }
func (*exact) tfWeight(level uint8) float64 { return float64(level) }

// text compares short texts.
type text struct {
	plain
	words []word
}

func (*text) labels() []string         { return []string{"differs", "alike", "near", "typo", "equal"} }
func (*text) normal(raw string) string { return foldKnown(raw) }
func (t *text) prepare(n string)       { t.words = append(t.words, newWord(n)) }
func (*text) tfWeight(level uint8) float64 {
	if level == 4 {
		return 1
	}
	return 0
}

func (t *text) compare(a, b uint32) Result {
	x, y := t.words[a], t.words[b]
	short, long := min(x.len(), y.len()), max(x.len(), y.len())
	limit := 1
	if short >= 8 {
		limit = 2
	}
	if short >= 4 && long-short <= limit && damerau(x, y, limit) <= limit {
		return Result{Level: 3}
	}
	jw := jaroWinkler(x, y)
	switch {
	case jw >= 0.92 && short >= 3 || short >= 4 && commonPrefix(x, y) == short:
		return Result{Level: 2}
	case jw >= 0.82:
		return Result{Level: 1}
	}
	return Result{}
}

// code compares identifiers, where a prefix means a region or a series.
type code struct {
	plain
	words []word
}

func (*code) labels() []string { return []string{"differs", "prefix", "near", "typo", "equal"} }
func (*code) normal(raw string) string {
	if compare.IsMissing(raw) {
		return ""
	}
	return compare.Compact(raw)
}
func (c *code) prepare(n string) { c.words = append(c.words, newWord(n)) }
func (*code) tfWeight(level uint8) float64 {
	if level == 4 {
		return 1
	}
	return 0
}

func (c *code) compare(a, b uint32) Result {
	x, y := c.words[a], c.words[b]
	short := min(x.len(), y.len())
	if short >= 3 {
		switch d := damerau(x, y, 2); {
		case d == 1:
			return Result{Level: 3}
		case d == 2 && short >= 6:
			return Result{Level: 2}
		}
	}
	if p := commonPrefix(x, y); p >= 2 && 2*p >= short {
		return Result{Level: 1}
	}
	return Result{}
}

type date struct {
	plain
	dates []compare.Date
}

func (*date) labels() []string { return []string{"differs", "year", "near", "typo", "equal"} }

// normal keeps a date's parts; what isn't a date is taken as nothing known.
func (*date) normal(raw string) string {
	if compare.IsMissing(raw) {
		return ""
	}
	d, ok := compare.ParseDate(raw)
	if !ok {
		return ""
	}
	return strconv.Itoa(d.Year) + "-" + strconv.Itoa(d.Month) + "-" + strconv.Itoa(d.Day)
}

func (t *date) prepare(n string) {
	var d compare.Date
	p := strings.SplitN(n, "-", 3)
	if len(p) == 3 {
		d.Year, _ = strconv.Atoi(p[0])
		d.Month, _ = strconv.Atoi(p[1])
		d.Day, _ = strconv.Atoi(p[2])
	}
	t.dates = append(t.dates, d)
}

func (*date) tfWeight(level uint8) float64 {
	if level == 4 {
		return 1
	}
	return 0
}

func (t *date) compare(a, b uint32) Result {
	return Result{Level: uint8(compare.CompareDates(t.dates[a], t.dates[b]))}
}

type number struct {
	plain
	values []float64
}

func (*number) labels() []string {
	return []string{"differs", "within 20 %", "within 5 %", "within 1 %", "equal"}
}
func (*number) normal(raw string) string {
	v, ok := compare.ParseNumber(raw)
	if !ok {
		return ""
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}
func (t *number) prepare(n string) {
	v, _ := strconv.ParseFloat(n, 64)
	t.values = append(t.values, v)
}
func (*number) tfWeight(level uint8) float64 {
	if level == 4 {
		return 1
	}
	return 0
}
func (t *number) compare(a, b uint32) Result {
	switch s := compare.Numbers(t.values[a], t.values[b]); {
	case s >= 0.99:
		return Result{Level: 3}
	case s >= 0.95:
		return Result{Level: 2}
	case s >= 0.8:
		return Result{Level: 1}
	}
	return Result{}
}

type place struct {
	plain
	places []compare.Place
}

func (*place) labels() []string {
	return []string{"differs", "within 50 km", "within 10 km", "within 1 km", "within 100 m", "equal"}
}
func (*place) normal(raw string) string {
	p, ok := compare.ParsePlace(raw)
	if !ok || p == (compare.Place{}) {
		return ""
	}
	return strconv.FormatFloat(p.Lat, 'f', 6, 64) + " " + strconv.FormatFloat(p.Lon, 'f', 6, 64)
}
func (t *place) prepare(n string) {
	p, _ := compare.ParsePlace(n)
	t.places = append(t.places, p)
}
func (*place) tfWeight(uint8) float64 { return 0 }
func (t *place) compare(a, b uint32) Result {
	switch d := compare.Kilometres(t.places[a], t.places[b]); {
	case d < 0.1:
		return Result{Level: 4}
	case d < 1:
		return Result{Level: 3}
	case d < 10:
		return Result{Level: 2}
	case d < 50:
		return Result{Level: 1}
	}
	return Result{}
}
