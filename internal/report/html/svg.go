package html

import (
	"fmt"
	"html"
	"math"
	"strings"

	"github.com/chanzipu/outfitter/internal/report"
)

// A canvas collects the elements of one SVG picture. Colours are classes of
// style.css, so that print and screen may differ.
type canvas struct {
	b    strings.Builder
	w, h float64
	lang string
}

func (c *canvas) line(x1, y1, x2, y2 float64, class string) {
	fmt.Fprintf(&c.b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" class="%s"/>`, x1, y1, x2, y2, class)
}

func (c *canvas) rect(x, y, w, h float64, class string) {
	fmt.Fprintf(&c.b, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" class="%s"/>`, x, y, math.Max(w, 0.5), math.Max(h, 0.5), class)
}

func (c *canvas) dot(x, y, r float64, class string) {
	fmt.Fprintf(&c.b, `<circle cx="%.1f" cy="%.1f" r="%.1f" class="%s"/>`, x, y, r, class)
}

// text anchors at start, middle or end.
func (c *canvas) text(x, y float64, anchor, class, s string) {
	fmt.Fprintf(&c.b, `<text x="%.1f" y="%.1f" text-anchor="%s" class="%s">%s</text>`, x, y, anchor, class, html.EscapeString(s))
}

func (c *canvas) path(class string, points [][2]float64, closed bool) {
	if len(points) == 0 {
		return
	}
	c.b.WriteString(`<path class="` + class + `" d="`)
	for i, p := range points {
		op := "L"
		if i == 0 {
			op = "M"
		}
		fmt.Fprintf(&c.b, "%s%.1f %.1f", op, p[0], p[1])
	}
	if closed {
		c.b.WriteString("Z")
	}
	c.b.WriteString(`"/>`)
}

func (c *canvas) done(says string) string {
	return fmt.Sprintf(`<svg viewBox="0 0 %.0f %.0f" role="img" aria-label="%s" style="max-width:%.0fpx">`, c.w, c.h, html.EscapeString(says), c.w) + c.b.String() + "</svg>"
}

// An axis maps values onto pixels.
type axis struct {
	lo, hi, from, to float64
	ticks            []float64
}

func (a axis) at(v float64) float64 { return a.from + (v-a.lo)/(a.hi-a.lo)*(a.to-a.from) }

// fit makes an axis with round ticks over the values; with zero it begins there.
func fit(values []float64, zero bool, from, to float64, n int) axis {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			lo, hi = math.Min(lo, v), math.Max(hi, v)
		}
	}
	if math.IsInf(lo, 1) {
		lo, hi = 0, 1
	}
	if zero {
		lo, hi = math.Min(lo, 0), math.Max(hi, 0)
	}
	if hi-lo < 1e-12 {
		lo, hi = lo-0.5*math.Max(math.Abs(lo), 1), hi+0.5*math.Max(math.Abs(hi), 1)
	}
	step := round((hi - lo) / float64(n))
	a := axis{lo: math.Floor(lo/step+1e-9) * step, hi: math.Ceil(hi/step-1e-9) * step, from: from, to: to}
	for i := 0.0; ; i++ {
		t := a.lo + i*step
		if t > a.hi+step/2 || i > 50 {
			break
		}
		if math.Abs(t) < step/1e6 {
			t = 0
		}
		a.ticks = append(a.ticks, t)
	}
	return a
}

// round is the next of 1, 2, 2.5, 5 times a power of ten.
func round(step float64) float64 {
	p := math.Pow(10, math.Floor(math.Log10(step)))
	for _, m := range []float64{1, 2, 2.5, 5, 10} {
		if step <= m*p*1.0001 {
			return m * p
		}
	}
	return 10 * p
}

// width is about how many pixels a text takes at a font size.
func width(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		if r > 0x2e7f {
			w++
		} else {
			w += 0.54
		}
	}
	return w * size
}

// lines breaks a label so that each line takes at most max pixels.
func lines(s string, size, most float64) []string {
	var out []string
	line := ""
	for _, word := range words(s) {
		if line != "" && width(line+word, size) > most {
			out, line = append(out, strings.TrimSpace(line)), ""
		}
		line += word
	}
	if line = strings.TrimSpace(line); line != "" {
		out = append(out, line)
	}
	return out
}

// words splits where a line may end: after a space, after each Han character.
func words(s string) []string {
	var out []string
	word := ""
	for _, r := range s {
		word += string(r)
		if r == ' ' || r > 0x2e7f && !strings.ContainsRune("（“《", r) {
			if strings.ContainsRune("，。、；：）”》", r) && word == string(r) && len(out) > 0 {
				out[len(out)-1] += word
			} else {
				out = append(out, word)
			}
			word = ""
		}
	}
	return append(out, word)
}

// draw is the chart as SVG.
func draw(ch report.Chart, lang string) string {
	if len(ch.Series) == 0 || len(ch.Labels) == 0 {
		return ""
	}
	switch ch.Kind {
	case report.Intervals:
		return drawIntervals(ch, lang)
	case report.Before:
		return drawBefore(ch, lang)
	case report.Waterfall:
		return drawWaterfall(ch, lang)
	case report.Bars:
		return drawBars(ch, lang)
	}
	return drawLines(ch, lang)
}

func in(t report.Text, lang string) string { return report.In(t, lang) }

// scaled are the values as the axis reads them.
func scaled(ch report.Chart, vs []float64) []float64 {
	out := make([]float64, len(vs))
	for i, v := range vs {
		out[i] = v * ch.Unit.Scale()
	}
	return out
}

// tick is a number on an axis.
func tick(v float64) string { return report.Count.Show(v).EN }

func drawIntervals(ch report.Chart, lang string) string {
	s := ch.Series[0]
	lo, hi, v := scaled(ch, s.Lo), scaled(ch, s.Hi), scaled(ch, s.Values)
	const row, size, left, w = 34.0, 12.5, 214.0, 680.0
	c := &canvas{w: w, h: float64(len(ch.Labels))*row + 34, lang: lang}
	x := fit(append(append(append([]float64{}, v...), lo...), hi...), true, left+12, w-118, 5)
	for _, t := range x.ticks {
		class := "grid"
		if t == 0 {
			class = "zero"
		}
		c.line(x.at(t), 4, x.at(t), c.h-26, class)
		c.text(x.at(t), c.h-10, "middle", "tick", tick(t))
	}
	c.text(w, c.h-10, "end", "tick", in(ch.Unit.Word(), lang))
	for i, l := range ch.Labels {
		y := 4 + row*(float64(i)+0.5)
		ls := lines(in(l, lang), size, left)
		for j, s := range ls[:min(2, len(ls))] {
			c.text(left, y+4.5+14*(float64(j)-float64(min(2, len(ls))-1)/2), "end", "label", s)
		}
		if i >= len(v) || math.IsNaN(v[i]) {
			c.text(x.at(0)+8, y+4.5, "start", "tick", in(report.T("暂不下结论", "no conclusion"), lang))
			continue
		}
		class := ""
		if len(lo) > i && len(hi) > i && !math.IsNaN(lo[i]) && !math.IsNaN(hi[i]) {
			if lo[i] <= 0 && hi[i] >= 0 {
				class = " open"
			}
			c.line(x.at(lo[i]), y, x.at(hi[i]), y, "whisker"+class)
			c.line(x.at(lo[i]), y-4, x.at(lo[i]), y+4, "whisker"+class)
			c.line(x.at(hi[i]), y-4, x.at(hi[i]), y+4, "whisker"+class)
		}
		c.dot(x.at(v[i]), y, 5, "dot"+class)
		c.text(w, y+4.5, "end", "value", in(ch.Unit.Signed(s.Values[i]), lang))
	}
	return c.done(in(ch.Says, lang))
}

func drawBefore(ch report.Chart, lang string) string {
	c := &canvas{w: 220, h: 150, lang: lang}
	v := ch.Series[0].Values
	y := fit(scaled(ch, v), true, 112, 26, 3)
	c.line(10, y.at(0), 210, y.at(0), "zero")
	for i, val := range v[:min(2, len(v))] {
		mid := 62 + 96*float64(i)
		class := "bar before"
		if i == 1 {
			class = "bar after"
		}
		if math.IsNaN(val) {
			continue
		}
		top := y.at(val * ch.Unit.Scale())
		c.rect(mid-28, math.Min(top, y.at(0)), 56, math.Abs(y.at(0)-top), class)
		c.text(mid, math.Min(top, y.at(0))-7, "middle", "big", in(ch.Unit.Show(val), lang))
		if i < len(ch.Labels) {
			for j, s := range lines(in(ch.Labels[i], lang), 11.5, 100) {
				c.text(mid, 128+13*float64(j), "middle", "tick", s)
			}
		}
	}
	return c.done(in(ch.Says, lang))
}

func drawWaterfall(ch report.Chart, lang string) string {
	v := scaled(ch, ch.Series[0].Values)
	tops := make([]float64, 0, len(v)+1)
	sum := 0.0
	for i, x := range v {
		if i < len(v)-1 {
			sum += x
			tops = append(tops, sum)
		} else {
			tops = append(tops, x)
		}
	}
	const w, h, left = 680.0, 260.0, 70.0
	c := &canvas{w: w, h: h, lang: lang}
	y := fit(tops, ch.Mark != 0 || spread(tops) > 0.4, h-52, 22, 4)
	grid(c, y, left, w, ch.Unit, lang)
	if y.lo > 0 {
		c.text(left, 10, "start", "tick", in(report.T("纵轴不从零开始", "the axis does not begin at zero"), lang))
	}
	each := (w - left) / float64(len(v))
	sum = 0
	for i, x := range v {
		from, to, class := sum, sum+x, "bar gain"
		if x < 0 {
			class = "bar cost"
		}
		shown := ch.Unit.Signed(ch.Series[0].Values[i])
		if i == len(v)-1 || i == 0 && ch.Mark == 0 {
			from, to, class = math.Max(0, y.lo), x, "bar total"
			shown = ch.Unit.Show(ch.Series[0].Values[i])
		}
		at, bw := left+each*(float64(i)+0.5), math.Min(64, each*0.62)
		c.rect(at-bw/2, math.Min(y.at(from), y.at(to)), bw, math.Abs(y.at(from)-y.at(to)), class)
		c.text(at, math.Min(y.at(from), y.at(to))-6, "middle", "value", in(shown, lang))
		if i < len(v)-1 {
			c.line(at+bw/2, y.at(to), at+each-bw/2, y.at(to), "join")
		}
		underneath(c, in(ch.Labels[i], lang), at, h-36, each-8)
		sum = to
	}
	return c.done(in(ch.Says, lang))
}

func underneath(c *canvas, label string, at, y, most float64) {
	for j, s := range lines(label, 11.5, most) {
		if j < 3 {
			c.text(at, y+13*float64(j), "middle", "tick", s)
		}
	}
}

// grid draws the value axis at the left.
func grid(c *canvas, y axis, left, right float64, u report.Unit, lang string) {
	for _, t := range y.ticks {
		class := "grid"
		if t == 0 {
			class = "zero"
		}
		c.line(left, y.at(t), right, y.at(t), class)
		s := tick(t)
		if u.Money() {
			s = in(u.Show(t), lang)
		}
		c.text(left-8, y.at(t)+4, "end", "tick", s)
	}
	if word := in(u.Word(), lang); !u.Money() && word != "" {
		c.text(left-8, y.to-10, "end", "tick", word)
	}
}

func drawBars(ch report.Chart, lang string) string {
	var all []float64
	for _, s := range ch.Series {
		all = append(all, scaled(ch, s.Values)...)
	}
	const w, h, left = 680.0, 240.0, 58.0
	c := &canvas{w: w, h: h, lang: lang}
	y := fit(all, true, h-48, 34, 4)
	grid(c, y, left, w, ch.Unit, lang)
	each, n := (w-left)/float64(len(ch.Labels)), float64(len(ch.Series))
	bw := math.Min(40, each*0.7/n)
	for i, l := range ch.Labels {
		mid := left + each*(float64(i)+0.5)
		for k, s := range ch.Series {
			if i >= len(s.Values) || math.IsNaN(s.Values[i]) {
				continue
			}
			x, top := mid+bw*(float64(k)-n/2), y.at(s.Values[i]*ch.Unit.Scale())
			c.rect(x+1, math.Min(top, y.at(0)), bw-2, math.Abs(y.at(0)-top), fmt.Sprintf("bar s%d", k%3))
			if len(ch.Labels)*len(ch.Series) <= 16 {
				c.text(x+bw/2, math.Min(top, y.at(0))-5, "middle", "value", tick(s.Values[i]*ch.Unit.Scale()))
			}
		}
		underneath(c, in(l, lang), mid, h-30, each-6)
	}
	if len(ch.Series) > 1 {
		legend(c, ch, lang, func(k int) string { return fmt.Sprintf("bar s%d", k%3) })
	}
	return c.done(in(ch.Says, lang))
}

func legend(c *canvas, ch report.Chart, lang string, class func(int) string) {
	x := c.w
	for k := len(ch.Series) - 1; k >= 0; k-- {
		name := in(ch.Series[k].Name, lang)
		x -= width(name, 12) + 4
		c.text(x, 14, "start", "tick", name)
		x -= 20
		c.rect(x, 5, 14, 10, class(k))
		x -= 12
	}
}
