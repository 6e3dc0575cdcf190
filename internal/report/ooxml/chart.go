package ooxml

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/sheet"
)

// A column is one series as Office draws it.
type column struct {
	name        string
	values      []float64
	plus, minus []float64 // lengths of the interval's halves; nil = none
	fill        string    // scheme colour, "" = invisible
	dash        string
	marker      bool
	noLine      bool
	labels      bool
	points      []string // fill of single points; nil = all as fill
}

// Scheme colours: a company's template brings its own.
const (
	deep  = `<a:schemeClr val="accent1"/>`
	mid   = `<a:schemeClr val="accent2"/>`
	gold  = `<a:schemeClr val="accent3"/>`
	loss  = `<a:schemeClr val="accent4"/>`
	quiet = `<a:srgbClr val="BCC6D0"/>`
	grey  = `<a:srgbClr val="5A6675"/>`
)

// AddChart adds a native chart with its data as an embedded workbook, and
// returns the part's name. folder is word or ppt.
func (f *File) AddChart(folder string, n int, c report.Chart, language string) (string, error) {
	cols := columns(c, language)
	book, err := workbook(c, cols, language)
	if err != nil {
		return "", err
	}
	name := fmt.Sprintf("%s/charts/outfitter%d.xml", folder, n)
	data := fmt.Sprintf("%s/embeddings/outfitter%d.xlsx", folder, n)
	f.Put(data, "", book)
	f.Default("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	rels := &Rels{}
	id := rels.Add("package", fmt.Sprintf("../embeddings/outfitter%d.xlsx", n))
	f.Put(RelsName(name), "", rels.Bytes())
	f.Put(name, "application/vnd.openxmlformats-officedocument.drawingml.chart+xml", []byte(chartXML(c, cols, language, id)))
	return name, nil
}

// columns turns a chart into what Office can draw: a waterfall is a stack whose
// lowest part is invisible, an interval a pair of error bars.
func columns(c report.Chart, lang string) []column {
	scale := 1.0
	if c.Unit == report.Points {
		scale = 100
	}
	var out []column
	for k, s := range c.Series {
		col := column{name: report.In(s.Name, lang), values: times(s.Values, scale), fill: []string{deep, quiet, gold}[k%3]}
		if col.name == "" {
			col.name = report.In(c.Title, lang)
		}
		if len(s.Lo) == len(s.Values) && len(s.Hi) == len(s.Values) {
			col.plus, col.minus = halves(s, scale)
		}
		switch c.Kind {
		case report.Waterfall:
			return waterfall(c, col.values, lang)
		case report.Before:
			col.points, col.labels = []string{quiet, deep}, true
		case report.Bars:
			col.labels = len(c.Series) == 1
		case report.Intervals:
			col.fill, col.labels = mid, false
		case report.Quantiles:
			col.marker = true
		case report.Pretrend:
			col.marker, col.noLine = true, true
		case report.Counter:
			if k == 1 {
				col.dash, col.fill = "dash", grey
			}
			if k == 2 {
				col.fill = quiet
			}
		}
		out = append(out, col)
	}
	return out
}

func times(v []float64, by float64) []float64 {
	out := make([]float64, len(v))
	for i, x := range v {
		out[i] = x * by
	}
	return out
}

func halves(s report.Series, scale float64) (plus, minus []float64) {
	for i, v := range s.Values {
		p, m := (s.Hi[i]-v)*scale, (v-s.Lo[i])*scale
		if math.IsNaN(p) || math.IsNaN(m) {
			p, m = 0, 0
		}
		plus, minus = append(plus, math.Max(p, 0)), append(minus, math.Max(m, 0))
	}
	return plus, minus
}

func waterfall(c report.Chart, v []float64, lang string) []column {
	n := len(v)
	base, gain, cost, total, below := make([]float64, n), gaps(n), gaps(n), gaps(n), gaps(n)
	sum := 0.0
	for i, x := range v {
		from, to, into := sum, sum+x, gain
		if x < 0 {
			into = cost
		}
		if i == n-1 || i == 0 && c.Mark == 0 {
			from, to, into = 0, x, total
		}
		lo, hi := math.Min(from, to), math.Max(from, to)
		switch {
		case lo >= 0:
			base[i], into[i] = lo, hi-lo
		case hi <= 0:
			base[i], into[i] = hi, lo-hi
		default:
			into[i], below[i] = hi, lo
		}
		sum = to
	}
	say := func(zh, en string) string { return report.In(report.T(zh, en), lang) }
	return []column{{name: say("（垫高）", "(offset)"), values: base}, {name: say("增加", "gain"), values: gain, fill: mid}, {name: say("减少", "cost"), values: cost, fill: loss}, {name: say("合计", "total"), values: total, fill: deep}, {name: say("零以下", "below zero"), values: below, fill: loss}}
}

func gaps(n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = math.NaN()
	}
	return out
}

// workbook is the chart's data, as Office opens it with "Edit data".
func workbook(c report.Chart, cols []column, lang string) ([]byte, error) {
	x := excelize.NewFile()
	defer func() { _ = x.Close() }()
	set := func(col, row int, v any) error {
		cell, err := excelize.CoordinatesToCellName(col, row)
		if err != nil {
			return err
		}
		return x.SetCellValue("Sheet1", cell, v)
	}
	for i, l := range c.Labels {
		if err := set(1, i+2, sheet.Safe(report.In(l, lang))); err != nil {
			return nil, fmt.Errorf("ooxml: chart %s: %w", c.ID, err)
		}
	}
	at := 2
	for _, col := range cols {
		for _, part := range []struct {
			name string
			v    []float64
		}{{col.name, col.values}, {col.name + " +", col.plus}, {col.name + " −", col.minus}} {
			if part.v == nil {
				continue
			}
			if err := set(at, 1, sheet.Safe(part.name)); err != nil {
				return nil, fmt.Errorf("ooxml: chart %s: %w", c.ID, err)
			}
			for i, v := range part.v {
				if !math.IsNaN(v) {
					if err := set(at, i+2, v); err != nil {
						return nil, fmt.Errorf("ooxml: chart %s: %w", c.ID, err)
					}
				}
			}
			at++
		}
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		return nil, fmt.Errorf("ooxml: chart %s: %w", c.ID, err)
	}
	return b.Bytes(), nil
}

func chartXML(c report.Chart, cols []column, lang, data string) string {
	var b strings.Builder
	b.WriteString(Header + `<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>`)
	line := c.Kind == report.Counter || c.Kind == report.Quantiles || c.Kind == report.Pretrend
	switch {
	case line:
		b.WriteString(`<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/>`)
	case c.Kind == report.Intervals:
		b.WriteString(`<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>`)
	case c.Kind == report.Waterfall:
		b.WriteString(`<c:barChart><c:barDir val="col"/><c:grouping val="stacked"/><c:varyColors val="0"/>`)
	default:
		b.WriteString(`<c:barChart><c:barDir val="col"/><c:grouping val="clustered"/><c:varyColors val="0"/>`)
	}
	at := 2
	for k, col := range cols {
		series(&b, c, col, k, at, line, lang)
		at++
		if col.plus != nil {
			at += 2
		}
	}
	switch {
	case line:
		b.WriteString(`<c:marker val="1"/>`)
	case c.Kind == report.Waterfall:
		b.WriteString(`<c:gapWidth val="45"/><c:overlap val="100"/>`)
	default:
		b.WriteString(`<c:gapWidth val="70"/>`)
	}
	b.WriteString(`<c:axId val="111"/><c:axId val="112"/>`)
	if line {
		b.WriteString(`</c:lineChart>`)
	} else {
		b.WriteString(`</c:barChart>`)
	}
	axes(&b, c)
	b.WriteString(`</c:plotArea>`)
	if len(cols) > 1 && c.Kind != report.Waterfall {
		b.WriteString(`<c:legend><c:legendPos val="t"/><c:overlay val="0"/></c:legend>`)
	}
	b.WriteString(`<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr><c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="900"><a:solidFill>` + grey + `</a:solidFill></a:defRPr></a:pPr><a:endParaRPr lang="` + Locale(lang) + `"/></a:p></c:txPr>`)
	fmt.Fprintf(&b, `<c:externalData r:id="%s"><c:autoUpdate val="0"/></c:externalData></c:chartSpace>`, data)
	return b.String()
}

func letter(col int) string {
	s, err := excelize.ColumnNumberToName(col)
	if err != nil {
		return "A"
	}
	return s
}

func format(u report.Unit) string {
	switch {
	case u == report.Share:
		return "0.0%"
	case u.Money():
		return "#,##0"
	}
	return "#,##0.##"
}

func numbers(b *strings.Builder, col int, v []float64, u report.Unit) {
	fmt.Fprintf(b, `<c:numRef><c:f>Sheet1!$%s$2:$%s$%d</c:f><c:numCache><c:formatCode>%s</c:formatCode><c:ptCount val="%d"/>`, letter(col), letter(col), len(v)+1, format(u), len(v))
	for i, x := range v {
		if !math.IsNaN(x) && !math.IsInf(x, 0) {
			fmt.Fprintf(b, `<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, i, strconv.FormatFloat(x, 'g', -1, 64))
		}
	}
	b.WriteString(`</c:numCache></c:numRef>`)
}

func fillOf(s string) string {
	if s == "" {
		return "<a:noFill/>"
	}
	return "<a:solidFill>" + s + "</a:solidFill>"
}

func series(b *strings.Builder, c report.Chart, col column, k, at int, line bool, lang string) {
	fmt.Fprintf(b, `<c:ser><c:idx val="%d"/><c:order val="%d"/><c:tx><c:strRef><c:f>Sheet1!$%s$1</c:f><c:strCache><c:ptCount val="1"/><c:pt idx="0"><c:v>%s</c:v></c:pt></c:strCache></c:strRef></c:tx>`, k, k, letter(at), Escape(col.name))
	if line {
		stroke := fillOf(col.fill)
		if col.noLine {
			stroke = "<a:noFill/>"
		}
		dash := ""
		if col.dash != "" {
			dash = `<a:prstDash val="` + col.dash + `"/>`
		}
		fmt.Fprintf(b, `<c:spPr><a:ln w="28575" cap="rnd">%s%s<a:round/></a:ln></c:spPr>`, stroke, dash)
		if col.marker {
			fmt.Fprintf(b, `<c:marker><c:symbol val="circle"/><c:size val="7"/><c:spPr>%s<a:ln><a:noFill/></a:ln></c:spPr></c:marker>`, fillOf(col.fill))
		} else {
			b.WriteString(`<c:marker><c:symbol val="none"/></c:marker>`)
		}
	} else {
		fmt.Fprintf(b, `<c:spPr>%s</c:spPr><c:invertIfNegative val="0"/>`, fillOf(col.fill))
		for i, p := range col.points {
			fmt.Fprintf(b, `<c:dPt><c:idx val="%d"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/><c:spPr>%s</c:spPr></c:dPt>`, i, fillOf(p))
		}
	}
	if col.labels {
		fmt.Fprintf(b, `<c:dLbls><c:numFmt formatCode="%s" sourceLinked="0"/><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr><c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="1100" b="1"/></a:pPr><a:endParaRPr lang="%s"/></a:p></c:txPr><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>`, format(c.Unit), Locale(lang))
	}
	if col.plus != nil {
		dir := ""
		if line {
			dir = `<c:errDir val="y"/>`
		}
		fmt.Fprintf(b, `<c:errBars>%s<c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="0"/><c:plus>`, dir)
		numbers(b, at+1, col.plus, c.Unit)
		b.WriteString(`</c:plus><c:minus>`)
		numbers(b, at+2, col.minus, c.Unit)
		fmt.Fprintf(b, `</c:minus><c:spPr><a:ln w="19050">%s</a:ln></c:spPr></c:errBars>`, fillOf(grey))
	}
	fmt.Fprintf(b, `<c:cat><c:strRef><c:f>Sheet1!$A$2:$A$%d</c:f><c:strCache><c:ptCount val="%d"/>`, len(c.Labels)+1, len(c.Labels))
	for i, l := range c.Labels {
		fmt.Fprintf(b, `<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, i, Escape(report.In(l, lang)))
	}
	b.WriteString(`</c:strCache></c:strRef></c:cat><c:val>`)
	numbers(b, at, col.values, c.Unit)
	b.WriteString(`</c:val>`)
	if line {
		b.WriteString(`<c:smooth val="0"/>`)
	}
	b.WriteString(`</c:ser>`)
}

func axes(b *strings.Builder, c report.Chart) {
	order, side, valueSide, hide := "minMax", "b", "l", "0"
	if c.Kind == report.Intervals {
		order, side, valueSide = "maxMin", "l", "b"
	}
	if c.Kind == report.Before {
		hide = "1"
	}
	rule := `<c:spPr><a:ln w="9525"><a:solidFill>` + quiet + `</a:solidFill></a:ln></c:spPr>`
	fmt.Fprintf(b, `<c:catAx><c:axId val="111"/><c:scaling><c:orientation val="%s"/></c:scaling><c:delete val="0"/><c:axPos val="%s"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="low"/>%s<c:crossAx val="112"/><c:crosses val="autoZero"/><c:auto val="0"/><c:lblAlgn val="ctr"/><c:lblOffset val="100"/><c:noMultiLvlLbl val="1"/></c:catAx>`, order, side, rule)
	grid := ""
	if c.Kind != report.Before {
		grid = `<c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="E8ECF0"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>`
	}
	least := ""
	if c.Kind == report.Before || c.Kind == report.Bars {
		if lowest(c) >= 0 {
			least = `<c:min val="0"/>`
		}
	}
	if c.Kind == report.Waterfall && c.Mark == 0 {
		least = floorOf(c)
	}
	crosses := "autoZero"
	if c.Kind == report.Intervals {
		crosses = "max" // the categories run downwards, the axis stays below
	}
	fmt.Fprintf(b, `<c:valAx><c:axId val="112"/><c:scaling><c:orientation val="minMax"/>%s</c:scaling><c:delete val="%s"/><c:axPos val="%s"/>%s<c:numFmt formatCode="%s" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:spPr><a:ln><a:noFill/></a:ln></c:spPr><c:crossAx val="111"/><c:crosses val="%s"/><c:crossBetween val="between"/></c:valAx>`, least, hide, valueSide, grid, format(c.Unit), crosses)
}

// floorOf lets a bridge begin near its ends where its steps would else be too
// small to see.
func floorOf(c report.Chart) string {
	v := c.Series[0].Values
	if len(v) < 2 || v[0] <= 0 || v[len(v)-1] <= 0 {
		return ""
	}
	lo, hi := math.Min(v[0], v[len(v)-1]), math.Max(v[0], v[len(v)-1])
	if (hi-lo)/hi > 0.4 {
		return ""
	}
	step := math.Pow(10, math.Floor(math.Log10(hi)))
	for _, div := range []float64{1, 2, 5, 10, 20, 50} {
		if at := math.Floor((lo-(hi-lo))/(step/div)) * step / div; at > 0 && lo-at < 4*(hi-lo)+1e-9 {
			return `<c:min val="` + strconv.FormatFloat(at, 'f', -1, 64) + `"/>`
		}
	}
	return ""
}

func lowest(c report.Chart) float64 {
	lo := math.Inf(1)
	for _, s := range c.Series {
		for _, v := range s.Values {
			if !math.IsNaN(v) {
				lo = math.Min(lo, v)
			}
		}
	}
	return lo
}
