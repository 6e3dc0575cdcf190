package docx

import (
	"fmt"

	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/report/ooxml"
)

func (p *printer) block(b report.Block, width int) {
	switch b := b.(type) {
	case report.Para:
		props := ""
		if b.Strong {
			props = "<w:b/>"
		}
		p.para("", "", run(p.in(b.Text), props)+p.note(b.Detail)+p.refs(b.Claims))
	case report.List:
		style, num := "ListBullet", 9101
		if b.Numbered {
			style, num = "ListNumber", 9102
		}
		for _, i := range b.Items {
			p.para(style, fmt.Sprintf(`<w:numPr><w:ilvl w:val="0"/><w:numId w:val="%d"/></w:numPr>`, num), run(p.in(i.Text), "")+p.refs(i.Claims))
		}
	case report.Figures:
		p.figures(b, width)
	case report.Table:
		p.table(b, width)
	case report.Chart:
		p.chart(b, width)
	case report.Story:
		p.story(b)
	case report.Actions:
		p.actions(b, width)
	case report.Callout:
		p.para("Quote", "", run(p.in(b.Title)+"  ", "<w:b/>")+run(p.in(b.Text), ""))
	case report.Answer:
		p.para("Heading3", "", run(p.in(b.Question), ""))
		p.para("", "", run(p.in(b.Text), "")+p.refs(b.Claims))
		p.para("OutfitterNote", "", run(p.in(b.Proof), ""))
	case report.Record:
		p.record(b, width)
	}
}

// figures stand in rows of at most three.
func (p *printer) figures(b report.Figures, width int) {
	most := 3
	if width < 7000 {
		most = 2
	}
	for at := 0; at < len(b.Items); at += most {
		part := b.Items[at:min(at+most, len(b.Items))]
		widths := make([]int, len(part))
		for i := range widths {
			widths[i] = width / max(most, len(part))
		}
		p.columns(widths, func(i int) {
			f := part[i]
			p.para("OutfitterNote", `<w:spacing w:before="100" w:after="0"/>`, run(p.in(f.Label), ""))
			p.para("OutfitterNumber", "", run(p.in(f.Shown)+" ", numberSize(width))+gradeRun(f.Grade)+p.note(f.Detail))
			if p.in(f.Range) != "" {
				p.para("OutfitterNote", `<w:spacing w:after="0"/>`, run(p.in(f.Range), `<w:color w:val="1A2330"/>`))
			}
			p.para("OutfitterNote", "", run(p.in(f.Note), "")+p.refs([]string{f.Claim}))
		})
		p.gap()
	}
}

func numberSize(width int) string {
	if width < 7000 {
		return `<w:sz w:val="28"/>`
	}
	return ""
}

// gap is the paragraph that Word wants after a table.
func (p *printer) gap() { p.para("", `<w:spacing w:after="0" w:line="120" w:lineRule="exact"/>`, "") }

func (p *printer) table(t report.Table, width int) {
	if p.in(t.Title) != "" {
		p.para("Caption", "", run(p.in(t.Title), ""))
	}
	shares, sum := make([]int, len(t.Columns)), 0
	for i, c := range t.Columns {
		shares[i] = 2
		if c.Wide {
			shares[i] = 4
		}
		sum += shares[i]
	}
	rule := `<w:tblBorders><w:top w:val="single" w:sz="8" w:color="12354F"/><w:bottom w:val="single" w:sz="4" w:color="DDE2E8"/><w:insideH w:val="single" w:sz="4" w:color="DDE2E8"/></w:tblBorders>`
	p.put(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/>%s<w:tblLayout w:type="fixed"/><w:tblCellMar><w:right w:w="120" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`, width, rule)
	for i := range t.Columns {
		p.put(`<w:gridCol w:w="%d"/>`, width*shares[i]/sum)
	}
	p.put(`</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	for i, c := range t.Columns {
		p.cell(width*shares[i]/sum, c.Right, run(p.in(c.Title), `<w:b/><w:color w:val="5A6675"/>`))
	}
	p.put(`</w:tr>`)
	for _, row := range t.Rows {
		p.put(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for i, c := range row {
			if i >= len(t.Columns) {
				break
			}
			runs := gradeRun(c.Grade)
			switch {
			case c.Claim != "" && p.in(c.Text) == c.Claim:
				runs += p.refs([]string{c.Claim})
			default:
				runs += p.link(c.Href, run(p.in(c.Text), "")) + p.refs([]string{c.Claim})
			}
			p.cell(width*shares[i]/sum, t.Columns[i].Right, runs)
		}
		p.put(`</w:tr>`)
	}
	p.put(`</w:tbl>`)
	p.gap()
	if p.in(t.Note) != "" {
		p.para("OutfitterNote", "", run(p.in(t.Note), ""))
	}
}

func (p *printer) cell(width int, right bool, runs string) {
	props := ""
	if right {
		props = `<w:jc w:val="right"/>`
	}
	p.put(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, width)
	p.para("OutfitterCell", props, runs)
	p.put(`</w:tc>`)
}

// link leads to the server where its address is known.
func (p *printer) link(path, runs string) string {
	if path == "" || p.doc.BaseURL == "" || runs == "" {
		return runs
	}
	return `<w:hyperlink r:id="` + p.rels.Link(p.doc.BaseURL+path) + `">` + runs + `</w:hyperlink>`
}

// EMU per twip.
const emu = 635

func (p *printer) chart(c report.Chart, width int) {
	p.charts++
	name, err := p.file.AddChart("word", p.charts, c, p.lang)
	if err != nil {
		p.err = err
		return
	}
	id := p.rels.Add("chart", "/"+name)
	p.para("Caption", "", gradeRun(c.Grade)+run(p.in(c.Title), ""))
	w, h := width, width*46/100
	switch {
	case c.Kind == report.Before && width < 7000:
		w, h = width*80/100, 1050
	case c.Kind == report.Before:
		w, h = 4200, 2500
	case c.Kind == report.Intervals:
		h = 900 + 620*len(c.Labels)
	}
	p.para("", `<w:keepNext/>`, fmt.Sprintf(`<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="chart %d" descr="%s"/><wp:cNvGraphicFramePr/><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"><c:chart r:id="%s"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`,
		w*emu, h*emu, p.charts, p.charts, ooxml.Escape(p.in(c.Says)), id))
	p.para("OutfitterNote", "", run(p.in(c.Note), "")+p.refs([]string{c.Claim}))
}

func (p *printer) story(s report.Story) {
	p.para("Quote", `<w:keepNext/>`, run(p.in(s.Title), "<w:b/>"))
	if p.in(s.Before) != "" {
		p.para("Quote", `<w:keepNext/>`, run(p.in(s.Before), `<w:color w:val="8A94A1"/><w:sz w:val="32"/>`)+run("  →  ", `<w:color w:val="B5782A"/><w:sz w:val="32"/>`)+run(p.in(s.After), `<w:b/><w:color w:val="12354F"/><w:sz w:val="32"/>`))
	}
	p.para("Quote", "", run(p.in(s.Text), "")+p.refs([]string{s.Claim}))
	p.rows(s.Rows, "Quote")
}

func (p *printer) rows(rows []report.Row, style string) {
	for _, r := range rows {
		where := r.File
		if r.Line > 0 {
			where += p.say(fmt.Sprintf(" 第 %d 行", r.Line), fmt.Sprintf(" line %d", r.Line))
		}
		small := `<w:color w:val="5A6675"/><w:sz w:val="16"/>`
		p.para(style, `<w:spacing w:after="0"/>`, run(p.in(r.Says)+"：", small)+p.link(fmt.Sprintf("/batches/%s/rows/%d", r.Batch, r.Row), run(where, small)))
	}
}

func (p *printer) actions(a report.Actions, width int) {
	if len(a.Items) == 0 {
		return
	}
	for at := 0; at < len(a.Items); at += 3 {
		part := a.Items[at:min(at+3, len(a.Items))]
		widths := make([]int, len(part))
		for i := range widths {
			widths[i] = width / 3
		}
		p.columns(widths, func(i int) {
			x := part[i]
			p.para("OutfitterCell", `<w:spacing w:before="60" w:after="0"/>`, run(" "+p.in(report.ActionWord(x.Kind))+" ", `<w:b/><w:color w:val="FFFFFF"/><w:shd w:val="clear" w:color="auto" w:fill="`+actionFill(x.Kind)+`"/>`)+run("  "+p.in(x.Title), "<w:b/>"))
			p.para("OutfitterNote", "", run(p.in(x.Why), "")+p.refs([]string{x.Claim}))
		})
		p.gap()
	}
}

func actionFill(kind string) string {
	switch kind {
	case "fix":
		return "B5782A"
	case "stop":
		return "A8442F"
	case "test":
		return "5A6675"
	}
	return "12354F"
}

func (p *printer) record(r report.Record, width int) {
	p.para("Heading3", "", gradeRun(r.Grade)+p.anchored("claim-"+r.Claim, run(p.in(r.Title), ""))+run("  "+r.Claim, `<w:color w:val="2F6F94"/><w:sz w:val="18"/>`))
	p.para("", "", run(p.in(r.Result), "<w:b/>"))
	if r.Chart != nil {
		p.chart(*r.Chart, width)
	}
	p.put(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="%d"/></w:tblGrid>`, width, width-2000)
	for _, f := range r.Fields {
		p.put(`<w:tr>`)
		p.cell(2000, false, run(p.in(f.Name), `<w:color w:val="5A6675"/><w:sz w:val="17"/>`))
		p.cell(width-2000, false, p.link(f.Href, run(p.in(f.Text), `<w:sz w:val="17"/>`)))
		p.put(`</w:tr>`)
	}
	p.put(`</w:tbl>`)
	p.gap()
	p.rows(r.Rows, "OutfitterNote")
}
