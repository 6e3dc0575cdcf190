package html

import (
	"math"

	"github.com/chanzipu/outfitter/internal/report"
)

// drawLines draws what runs over an ordered axis: the observed beside what
// would have been, effects over quantiles, effects over periods.
func drawLines(ch report.Chart, lang string) string {
	const w, h, left = 680.0, 268.0, 66.0
	c := &canvas{w: w, h: h, lang: lang}
	var all []float64
	for _, s := range ch.Series {
		all = append(append(append(all, scaled(ch, s.Values)...), scaled(ch, s.Lo)...), scaled(ch, s.Hi)...)
	}
	effect := ch.Kind != report.Counter
	y := fit(all, effect || spread(all) > 0.55, h-44, 34, 4)
	grid(c, y, left, w-8, ch.Unit, lang)
	n := len(ch.Labels)
	x := func(i int) float64 { return left + 14 + (w-left-36)*(float64(i)+0.5)/float64(n) }
	every := int(math.Ceil(float64(n) * labelWidth(ch, lang) / (w - left)))
	for i, l := range ch.Labels {
		if i%every == 0 {
			c.text(x(i), h-24, "middle", "tick", in(l, lang))
		}
	}
	if ch.Mark > 0 && ch.Mark < n {
		at := (x(ch.Mark-1) + x(ch.Mark)) / 2
		c.line(at, 22, at, h-40, "mark")
		c.text(at, 16, "middle", "tick strong", in(report.T("从这里开始", "starts here"), lang))
	}
	if ch.Kind == report.Counter && len(ch.Series) > 1 {
		gap(c, ch, x, y)
	}
	for k := len(ch.Series) - 1; k >= 0; k-- {
		c.series(ch, k, x, y)
	}
	if len(ch.Series) > 1 {
		legend(c, ch, lang, func(k int) string {
			return []string{"bar after", "bar before", "bar s2"}[k%3]
		})
	}
	return c.done(in(ch.Says, lang))
}

// spread is the range relative to the largest value: a narrow one hides
// against an axis that begins at zero.
func spread(all []float64) float64 {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range all {
		if !math.IsNaN(v) {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	return (hi - lo) / math.Max(math.Abs(hi), 1e-300)
}

func labelWidth(ch report.Chart, lang string) float64 {
	w := 24.0
	for _, l := range ch.Labels {
		w = math.Max(w, width(in(l, lang), 11.5)+12)
	}
	return w
}

// gap shades what lies between the observed and what would have been.
func gap(c *canvas, ch report.Chart, x func(int) float64, y axis) {
	a, b := scaled(ch, ch.Series[0].Values), scaled(ch, ch.Series[1].Values)
	var up, down [][2]float64
	for i := range a {
		if i >= len(b) || i < ch.Mark || math.IsNaN(a[i]) || math.IsNaN(b[i]) {
			continue
		}
		up = append(up, [2]float64{x(i), y.at(a[i])})
		down = append([][2]float64{{x(i), y.at(b[i])}}, down...)
	}
	if len(up) > 1 {
		c.path("gap", append(up, down...), true)
	}
}

func (c *canvas) series(ch report.Chart, k int, x func(int) float64, y axis) {
	s := ch.Series[k]
	v, lo, hi := scaled(ch, s.Values), scaled(ch, s.Lo), scaled(ch, s.Hi)
	var points, up, down [][2]float64
	for i, val := range v {
		if math.IsNaN(val) {
			continue
		}
		points = append(points, [2]float64{x(i), y.at(val)})
		if i < len(lo) && i < len(hi) && !math.IsNaN(lo[i]) && !math.IsNaN(hi[i]) {
			up = append(up, [2]float64{x(i), y.at(hi[i])})
			down = append([][2]float64{{x(i), y.at(lo[i])}}, down...)
		}
	}
	switch {
	case ch.Kind == report.Counter && k == 1:
		c.path("would", points, false)
		return
	case ch.Kind == report.Counter && k > 1:
		c.path("other", points, false)
		return
	case ch.Kind == report.Counter:
		c.path("was", points, false)
		return
	case ch.Kind == report.Quantiles && len(up) > 1:
		c.path("band", append(up, down...), true)
		c.path("was", points, false)
	}
	for i, val := range v {
		if math.IsNaN(val) {
			continue
		}
		class := ""
		if ch.Kind == report.Pretrend && i < ch.Mark {
			class = " early"
		}
		if ch.Kind == report.Pretrend && i < len(lo) && i < len(hi) && !math.IsNaN(lo[i]) && !math.IsNaN(hi[i]) {
			c.line(x(i), y.at(lo[i]), x(i), y.at(hi[i]), "whisker"+class)
		}
		c.dot(x(i), y.at(val), 4, "dot"+class)
	}
}
