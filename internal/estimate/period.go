package estimate

import (
	"fmt"

	"github.com/chanzipu/outfitter/internal/estimate/calendar"
)

// times is a column of periods. v numbers them from 1 on, evenly spaced by the
// calendar; plain whole numbers stay what they are.
type times struct {
	flag string
	v    []int
	none []bool // rows without a period
	calendar.Calendar
}

func (c *times) missing(i int) bool { return c.none[i] }
func (c *times) compact(rows []int) { c.v, c.none = pick(c.v, rows), pick(c.none, rows) }
func (c *times) flagName() string   { return c.flag }

// time declares a column of periods.
func (f *frame) time(flag, name string) *times {
	c := &times{flag: flag}
	k := f.column(flag, name)
	if k < 0 {
		return c
	}
	code, names := f.categories(k)
	cal, at, bad := calendar.New(names)
	if bad != "" {
		line := 0
		for i, n := range code {
			if n >= 0 && names[n] == bad {
				line = f.t.Line(i)
				break
			}
		}
		f.fail(usage("not-a-time",
			fmt.Sprintf("--%s: column %q of %q holds %q (line %d): give whole numbers, years, 2024Q1, 2024-01, 2024-W05 or ISO dates, the same way in every row.", flag, name, f.t.Name, clip(bad), line),
			fmt.Sprintf("--%s：“%s”的列“%s”含有“%s”（第 %d 行）：请统一写成整数、年份、2024Q1、2024-01、2024-W05 或 ISO 日期。", flag, f.t.Name, name, clip(bad), line)))
		return c
	}
	c.Calendar = cal
	c.v, c.none = make([]int, f.t.Rows), make([]bool, f.t.Rows)
	for i, n := range code {
		if n < 0 {
			c.none[i] = true
			continue
		}
		c.v[i] = at[n]
	}
	f.cells = append(f.cells, c)
	return c
}

// when parses a period given in a flag.
func (t *times) when(flag, s string) (int, error) {
	if s == "" {
		return 0, usage("flag", fmt.Sprintf("This method needs --%s: give the first period with treatment, as the time column writes it.", flag),
			fmt.Sprintf("该方法需要 --%s：请给出开始的时期，写法与时间列一致。", flag))
	}
	v, ok := t.Parse(s)
	if !ok {
		return 0, usage("not-a-time", fmt.Sprintf("--%s: %q can't be read beside the time column, which holds e.g. %q.", flag, s, t.First()),
			fmt.Sprintf("--%s：“%s”与时间列的写法不符，时间列例如“%s”。", flag, s, t.First()))
	}
	return v, nil
}
