package docx

import (
	"fmt"
	"strings"

	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/report/ooxml"
)

type printer struct {
	b      strings.Builder
	doc    *report.Document
	lang   string
	file   *ooxml.File
	rels   *ooxml.Rels
	style  map[string]string // ours to the template's
	page   paper
	notes  []string
	charts int
	marks  map[string]bool
	tight  bool // the one page: less air
	err    error
}

func (p *printer) in(t report.Text) string     { return report.In(t, p.lang) }
func (p *printer) say(zh, en string) string    { return p.in(report.T(zh, en)) }
func (p *printer) put(format string, a ...any) { fmt.Fprintf(&p.b, format, a...) }

// run is a piece of text; props may be empty.
func run(text, props string) string {
	if text == "" {
		return ""
	}
	if props != "" {
		props = "<w:rPr>" + props + "</w:rPr>"
	}
	return `<w:r>` + props + `<w:t xml:space="preserve">` + ooxml.Escape(text) + `</w:t></w:r>`
}

// para writes a paragraph of runs that are XML already.
func (p *printer) para(style, props, runs string) {
	if p.tight && !strings.Contains(props, "<w:spacing") {
		props += `<w:spacing w:before="20" w:after="20" w:line="228" w:lineRule="auto"/>`
	}
	if id := p.style[style]; id != "" {
		props = `<w:pStyle w:val="` + ooxml.Escape(id) + `"/>` + props
	}
	p.put(`<w:p><w:pPr>%s</w:pPr>%s</w:p>`, props, runs)
}

// anchored wraps runs in a bookmark.
func (p *printer) anchored(id, runs string) string {
	name := bookmark(id)
	if id == "" || p.marks[name] {
		return runs
	}
	p.marks[name] = true
	n := len(p.marks)
	return fmt.Sprintf(`<w:bookmarkStart w:id="%d" w:name="%s"/>%s<w:bookmarkEnd w:id="%d"/>`, n, name, runs, n)
}

func (p *printer) refs(claims []string) string {
	var b strings.Builder
	for _, c := range claims {
		if c != "" {
			fmt.Fprintf(&b, `<w:hyperlink w:anchor="%s">%s</w:hyperlink>`, bookmark("claim-"+c), run(" ["+c+"]", `<w:color w:val="2F6F94"/><w:sz w:val="16"/>`))
		}
	}
	return b.String()
}

// note puts text into a footnote and returns its mark.
func (p *printer) note(t report.Text) string {
	if t == (report.Text{}) {
		return ""
	}
	p.notes = append(p.notes, p.in(t))
	return fmt.Sprintf(`<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="%d"/></w:r>`, len(p.notes))
}

func (p *printer) footnotes() string {
	var b strings.Builder
	b.WriteString(ooxml.Header + `<w:footnotes ` + namespaces + `><w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote><w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>`)
	for i, n := range p.notes {
		fmt.Fprintf(&b, `<w:footnote w:id="%d"><w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr><w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>%s</w:p></w:footnote>`, i+1, ooxml.Escape(p.style["FootnoteText"]), run(" "+n, ""))
	}
	b.WriteString("</w:footnotes>")
	return b.String()
}

const pageBreak = `<w:p><w:r><w:br w:type="page"/></w:r></w:p>`

func (p *printer) body() {
	p.cover()
	for i, c := range p.doc.Chapters {
		if c.Kind == report.Boss {
			p.b.WriteString(`<w:p><w:pPr>` + p.page.upright + `</w:pPr></w:p>`)
			p.chapter(c)
			p.b.WriteString(`<w:p><w:pPr><w:spacing w:after="0" w:line="20" w:lineRule="exact"/>` + p.page.wide + `</w:pPr></w:p>`)
			continue
		}
		if i == 0 || p.doc.Chapters[i-1].Kind != report.Boss {
			p.b.WriteString(pageBreak)
		}
		p.chapter(c)
	}
	p.b.WriteString(p.page.upright)
}

func (p *printer) cover() {
	d := p.doc
	p.para("OutfitterLead", "", run(d.Company, ""))
	p.para("Title", "", run(fmt.Sprintf("%d %s", d.Year, p.in(d.Title)), ""))
	p.para("Subtitle", "", run(p.in(d.Subtitle), ""))
	for _, f := range []report.Field{{Name: report.T("编制", "Prepared by"), Text: report.Same(d.Author)}, {Name: report.T("数据期间", "Data covers"), Text: d.Span}, {Name: report.T("生成时间", "Made"), Text: report.Same(d.Made.Format("2006-01-02 15:04 MST"))}} {
		if p.in(f.Text) != "" {
			p.para("OutfitterNote", "", run(p.in(f.Name)+"  ", "")+run(p.in(f.Text), ""))
		}
	}
	p.b.WriteString(pageBreak)
	p.para("OutfitterLead", "", run(p.say("目录", "Contents"), "<w:b/>"))
	for i, c := range d.Chapters {
		begin, end := "", ""
		if i == 0 {
			begin = `<w:r><w:fldChar w:fldCharType="begin" w:dirty="true"/></w:r><w:r><w:instrText xml:space="preserve"> TOC \o "1-1" \h \z \u </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`
		}
		if i == len(d.Chapters)-1 {
			end = `<w:r><w:fldChar w:fldCharType="end"/></w:r>`
		}
		p.para("TOC1", "", begin+`<w:hyperlink w:anchor="`+bookmark(c.ID)+`">`+run(p.in(c.Title), "")+`</w:hyperlink>`+end)
	}
	p.para("Heading3", "", run(p.say("每个数字旁的字母：证据有多硬", "The letter beside each figure: how strong its evidence is"), ""))
	for _, g := range report.Grades {
		p.para("OutfitterNote", "", run(string(g.Grade)+"  "+p.in(g.Name)+"  ", "<w:b/>")+run(p.in(g.Means), ""))
	}
}

func (p *printer) chapter(c report.Chapter) {
	props := ""
	if c.Kind == report.Boss {
		props = `<w:spacing w:after="40"/>`
	}
	p.para("Heading1", props, p.anchored(c.ID, run(p.in(c.Title), "")))
	if p.in(c.Lead) != "" {
		p.para("OutfitterLead", props, run(p.in(c.Lead), ""))
	}
	if c.Kind == report.Boss && len(c.Sections) == 4 {
		w := p.page.breadth
		p.tight = true
		defer func() { p.tight = false }()
		p.columns([]int{w * 30 / 100, w * 38 / 100, w * 32 / 100}, func(i int) { p.section(c.Sections[i], w*30/100) })
		p.section(c.Sections[3], w)
		return
	}
	for _, s := range c.Sections {
		p.section(s, p.page.width)
	}
}

func (p *printer) section(s report.Section, width int) {
	if p.in(s.Title) != "" {
		style := "Heading2"
		if s.Sub {
			style = "Heading3"
		}
		p.para(style, "", run(p.in(s.Title), ""))
	}
	for _, b := range s.Blocks {
		p.block(b, width)
	}
}

// columns writes a table without rules whose cells f fills.
func (p *printer) columns(widths []int, f func(int)) {
	total := 0
	for _, w := range widths {
		total += w
	}
	p.put(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblLayout w:type="fixed"/><w:tblCellMar><w:right w:w="200" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`, total)
	for _, w := range widths {
		p.put(`<w:gridCol w:w="%d"/>`, w)
	}
	p.put(`</w:tblGrid><w:tr>`)
	for i, w := range widths {
		p.put(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, w)
		at := p.b.Len()
		f(i)
		if p.b.Len() == at || strings.HasSuffix(p.b.String(), "</w:tbl>") {
			p.put("<w:p/>")
		}
		p.put("</w:tc>")
	}
	p.put(`</w:tr></w:tbl>`)
}

func gradeRun(g report.Grade) string {
	if g == "" {
		return ""
	}
	fill, color := map[report.Grade]string{report.A: "12354F", report.B: "2F6F94", report.C: "C9DAE6", report.D: "EEF1F4"}[g], "FFFFFF"
	if g == report.C || g == report.D {
		color = "12354F"
	}
	return run(" "+string(g)+" ", `<w:b/><w:color w:val="`+color+`"/><w:sz w:val="17"/><w:shd w:val="clear" w:color="auto" w:fill="`+fill+`"/>`) + run(" ", "")
}
