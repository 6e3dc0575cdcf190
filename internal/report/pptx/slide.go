package pptx

import (
	"fmt"
	"strings"

	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/report/ooxml"
)

func (p *printer) in(t report.Text) string  { return report.In(t, p.lang) }
func (p *printer) say(zh, en string) string { return p.in(report.T(zh, en)) }

// A slide is being filled.
type slide struct {
	p    *printer
	b    strings.Builder
	rels ooxml.Rels
	id   int
}

func (p *printer) slide() *slide { return &slide{p: p, id: 10} }

func (s *slide) done(title string) { s.p.add(s.p.layout, title, "title", s.b.String(), &s.rels) }

// A line is a paragraph of a text box; size in points.
type line struct {
	text  string
	size  float64
	bold  bool
	color string // scheme colour; "" = text
	space int    // points before
	serif bool
	link  string
}

func (s *slide) text(x, y, w, h int, fill string, lines ...line) {
	s.id++
	back, inset := "<a:noFill/>", "0"
	if fill != "" {
		back, inset = `<a:solidFill><a:schemeClr val="`+fill+`"/></a:solidFill>`, "110000"
	}
	fmt.Fprintf(&s.b, `<p:sp><p:nvSpPr><p:cNvPr id="%d" name="Text %d"/><p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="%d" y="%d"/><a:ext cx="%d" cy="%d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>%s</p:spPr><p:txBody><a:bodyPr wrap="square" lIns="%s" tIns="45720" rIns="%s" bIns="45720"><a:normAutofit/></a:bodyPr><a:lstStyle/>`, s.id, s.id, x, y, w, h, back, inset, inset)
	n := 0
	for _, l := range lines {
		if l.text == "" {
			continue
		}
		n++
		bold, color, face, link := "", l.color, "", ""
		if l.bold {
			bold = ` b="1"`
		}
		if color == "" {
			color = "tx1"
		}
		if l.serif {
			face = `<a:latin typeface="+mj-lt"/><a:ea typeface="+mj-ea"/>`
		}
		if l.link != "" && s.p.doc.BaseURL != "" {
			link = fmt.Sprintf(`<a:r><a:rPr lang="en-GB" sz="%d"><a:hlinkClick r:id="%s"/></a:rPr><a:t> ↗</a:t></a:r>`, int(l.size*100), s.rels.Link(s.p.doc.BaseURL+l.link))
		}
		fmt.Fprintf(&s.b, `<a:p><a:pPr marL="0" indent="0"><a:lnSpc><a:spcPct val="108000"/></a:lnSpc><a:spcBef><a:spcPts val="%d"/></a:spcBef><a:buNone/></a:pPr><a:r><a:rPr lang="%s" sz="%d"%s><a:solidFill><a:schemeClr val="%s"/></a:solidFill>%s</a:rPr><a:t>%s</a:t></a:r>%s</a:p>`, l.space*100, ooxml.Locale(s.p.lang), int(l.size*100), bold, color, face, ooxml.Escape(l.text), link)
	}
	if n == 0 {
		s.b.WriteString(`<a:p><a:endParaRPr lang="en-GB"/></a:p>`)
	}
	s.b.WriteString(`</p:txBody></p:sp>`)
}

func (s *slide) chart(x, y, w, h int, c report.Chart) {
	s.p.charts++
	name, err := s.p.file.AddChart("ppt", s.p.charts, c, s.p.lang)
	if err != nil {
		s.p.err = err
		return
	}
	s.id++
	fmt.Fprintf(&s.b, `<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="%d" name="Chart %d" descr="%s"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="%d" y="%d"/><a:ext cx="%d" cy="%d"/></p:xfrm><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="%s"/></a:graphicData></a:graphic></p:graphicFrame>`,
		s.id, s.id, ooxml.Escape(s.p.in(c.Says)), x, y, w, h, s.rels.Add("chart", "/"+name))
}

// table writes rows; the first is the header.
func (s *slide) table(x, y, w int, cols []report.Column, rows [][]string) {
	s.id++
	sum := 0
	shares := make([]int, len(cols))
	for i, c := range cols {
		shares[i] = 2
		if c.Wide {
			shares[i] = 5
		}
		sum += shares[i]
	}
	fmt.Fprintf(&s.b, `<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="%d" name="Table %d"/><p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr><p:xfrm><a:off x="%d" y="%d"/><a:ext cx="%d" cy="%d"/></p:xfrm><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl><a:tblPr firstRow="1"/><a:tblGrid>`, s.id, s.id, x, y, w, 320000*len(rows))
	for i := range cols {
		fmt.Fprintf(&s.b, `<a:gridCol w="%d"/>`, w*shares[i]/sum)
	}
	s.b.WriteString(`</a:tblGrid>`)
	for r, row := range rows {
		s.b.WriteString(`<a:tr h="320000">`)
		for i := range cols {
			align, look, rule := "l", ` sz="1100"`, `<a:lnB w="6350"><a:solidFill><a:srgbClr val="DDE2E8"/></a:solidFill></a:lnB>`
			if cols[i].Right {
				align = "r"
			}
			if r == 0 {
				look, rule = ` sz="1050" b="1"`, `<a:lnB w="15875"><a:solidFill><a:schemeClr val="accent1"/></a:solidFill></a:lnB>`
			}
			fmt.Fprintf(&s.b, `<a:tc><a:txBody><a:bodyPr/><a:lstStyle/><a:p><a:pPr algn="%s"/><a:r><a:rPr lang="%s"%s><a:solidFill><a:schemeClr val="tx1"/></a:solidFill></a:rPr><a:t>%s</a:t></a:r></a:p></a:txBody><a:tcPr marL="0" marR="90000" marT="50000" marB="50000"><a:lnL w="0"><a:noFill/></a:lnL><a:lnR w="0"><a:noFill/></a:lnR><a:lnT w="0"><a:noFill/></a:lnT>%s<a:noFill/></a:tcPr></a:tc>`, align, ooxml.Locale(s.p.lang), look, ooxml.Escape(row[i]), rule)
		}
		s.b.WriteString(`</a:tr>`)
	}
	s.b.WriteString(`</a:tbl></a:graphicData></a:graphic></p:graphicFrame>`)
}

func (p *printer) coverSlide() {
	d := p.doc
	kind := "title"
	if m := titleType.FindSubmatch(p.file.Parts[p.cover]); m != nil {
		kind = string(m[1])
	}
	s := p.slide()
	sub := ""
	if strings.Contains(string(p.file.Parts[p.cover]), `type="subTitle"`) {
		sub = `<p:sp><p:nvSpPr><p:cNvPr id="3" name="Subtitle"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="subTitle" idx="1"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr><a:normAutofit/></a:bodyPr><a:lstStyle/><a:p><a:r><a:rPr lang="` + ooxml.Locale(p.lang) + `"/><a:t>` + ooxml.Escape(p.in(d.Subtitle)) + `</a:t></a:r></a:p><a:p><a:r><a:rPr lang="` + ooxml.Locale(p.lang) + `" sz="1200"/><a:t>` + ooxml.Escape(strings.Join(nonEmpty(d.Company, d.Author, d.Made.Format("2006-01-02")), " · ")) + `</a:t></a:r></a:p></p:txBody></p:sp>`
	}
	p.add(p.cover, fmt.Sprintf("%d %s", d.Year, p.in(d.Title)), kind, sub, &s.rels)
}

func nonEmpty(all ...string) []string {
	var out []string
	for _, s := range all {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}
