package field

import (
	"fmt"

	"github.com/chanzipu/outfitter/linkage/compare"
)

// A Level is one step of a Custom field: it holds when Op(values) reaches Bound.
type Level struct {
	Label string  `json:"label,omitempty"`
	Op    string  `json:"op"`
	Bound float64 `json:"bound,omitempty"`
}

// Ops lists what a level may ask: similarities hold at or above the bound,
// distances at or below it.
func Ops() []string {
	return []string{"equal", "levenshtein", "damerau", "jaro", "jaro_winkler", "jaccard", "prefix", "suffix", "days", "years", "number", "kilometres", "shared", "contains", "reversed"}
}

type custom struct {
	plain
	levels []Level // from level 1 up, the top one "equal"
	values []string
	words  []word
	tokens [][]string
	dates  []compare.Date
}

// newCustom takes levels from best to worst, without the last ("else").
func newCustom(levels []Level) (*custom, error) {
	if len(levels) == 0 || levels[0].Op != "equal" {
		return nil, fmt.Errorf("field: kind %q: the first level must be {\"op\":\"equal\"}, the others follow from most to least alike", Custom)
	}
	c := &custom{}
	for i := len(levels) - 1; i >= 0; i-- {
		l := levels[i]
		known := false
		for _, op := range Ops() {
			known = known || op == l.Op
		}
		if !known || l.Op == "equal" && i > 0 {
			return nil, fmt.Errorf("field: kind %q: level %d: op %q can't be used here; use one of %v", Custom, i+1, l.Op, Ops())
		}
		if l.Label == "" {
			l.Label = l.Op
			if l.Bound != 0 {
				l.Label = fmt.Sprintf("%s %g", l.Op, l.Bound)
			}
		}
		c.levels = append(c.levels, l)
	}
	return c, nil
}

func (c *custom) labels() []string {
	out := []string{"else"}
	for _, l := range c.levels {
		out = append(out, l.Label)
	}
	return out
}

func (c *custom) normal(raw string) string {
	if compare.IsMissing(raw) {
		return ""
	}
	for _, l := range c.levels {
		if l.Op == "reversed" || l.Op == "kilometres" || l.Op == "shared" || l.Op == "days" || l.Op == "years" {
			return raw
		}
	}
	return compare.Fold(raw)
}

func (c *custom) prepare(n string) {
	c.values = append(c.values, n)
	c.words = append(c.words, newWord(n))
	c.tokens = append(c.tokens, compare.Tokens(compare.Fold(n)))
	d, _ := compare.ParseDate(n)
	c.dates = append(c.dates, d)
}

func (c *custom) tfWeight(level uint8) float64 {
	if int(level) == len(c.levels) {
		return 1
	}
	return 0
}

func (c *custom) compare(a, b uint32) Result {
	for i := len(c.levels) - 2; i >= 0; i-- {
		if c.holds(c.levels[i], a, b) {
			return Result{Level: uint8(i + 1)}
		}
	}
	return Result{}
}

func (c *custom) holds(l Level, a, b uint32) bool {
	x, y := c.words[a], c.words[b]
	switch l.Op {
	case "levenshtein":
		if x.r == nil && y.r == nil {
			return compare.Levenshtein(x.b, y.b, int(l.Bound)) <= int(l.Bound)
		}
		return compare.Levenshtein(x.runes(), y.runes(), int(l.Bound)) <= int(l.Bound)
	case "damerau":
		return damerau(x, y, int(l.Bound)) <= int(l.Bound)
	case "jaro":
		return compare.Jaro(x.runes(), y.runes()) >= l.Bound
	case "jaro_winkler":
		return jaroWinkler(x, y) >= l.Bound
	case "jaccard":
		return compare.Jaccard(c.tokens[a], c.tokens[b]) >= l.Bound
	case "prefix":
		return commonPrefix(x, y) >= int(l.Bound)
	case "suffix":
		rx, ry := x.runes(), y.runes()
		n := 0
		for n < len(rx) && n < len(ry) && rx[len(rx)-1-n] == ry[len(ry)-1-n] {
			n++
		}
		return n >= int(l.Bound)
	case "days", "years":
		da, db := c.dates[a], c.dates[b]
		if da.Year == 0 || db.Year == 0 {
			return false
		}
		gap := da.DaysFrom(db)
		if l.Op == "years" {
			return gap <= l.Bound*365.25
		}
		return gap <= l.Bound
	case "number":
		u, ok1 := compare.ParseNumber(c.values[a])
		v, ok2 := compare.ParseNumber(c.values[b])
		return ok1 && ok2 && compare.Numbers(u, v) >= l.Bound
	case "kilometres":
		u, ok1 := compare.ParsePlace(c.values[a])
		v, ok2 := compare.ParsePlace(c.values[b])
		return ok1 && ok2 && compare.Kilometres(u, v) <= l.Bound
	case "shared":
		return compare.Overlap(compare.Items(c.values[a]), compare.Items(c.values[b])) >= int(max(l.Bound, 1))
	case "contains":
		return contained(c.tokens[a], c.tokens[b])
	case "reversed":
		return reversed(c.values[a], c.values[b])
	}
	return false
}

func contained(a, b []string) bool {
	n := min(len(a), len(b))
	return n > 0 && compare.Overlap(a, b) >= n
}
