package html

import (
	"fmt"
	"html"
	"strings"

	"github.com/chanzipu/outfitter/internal/report"
)

func (p *page) block(b report.Block) {
	switch b := b.(type) {
	case report.Para:
		class := ""
		if b.Strong {
			class = ` class="strong"`
		}
		p.put("<p%s>%s%s</p>%s", class, p.in(b.Text), p.refs(b.Claims), p.detail(b.Detail))
	case report.List:
		tag := "ul"
		if b.Numbered {
			tag = "ol"
		}
		p.put(`<%s class="list">`, tag)
		for _, i := range b.Items {
			p.put("<li>%s%s</li>", p.in(i.Text), p.refs(i.Claims))
		}
		p.put("</%s>", tag)
	case report.Figures:
		p.figures(b)
	case report.Table:
		p.table(b)
	case report.Chart:
		p.chart(b)
	case report.Story:
		p.story(b)
	case report.Actions:
		p.actions(b)
	case report.Callout:
		p.put(`<aside class="callout %s"><h4>%s</h4><p>%s</p></aside>`, attr(b.Tone), p.in(b.Title), p.in(b.Text))
	case report.Answer:
		p.put(`<article class="answer"><h3>%s</h3><p>%s%s</p><p class="proof">%s</p></article>`, p.in(b.Question), p.in(b.Text), p.refs(b.Claims), p.in(b.Proof))
	case report.Record:
		p.record(b)
	}
}

func (p *page) figures(b report.Figures) {
	p.put(`<div class="figures many%d">`, min(len(b.Items), 4))
	for _, f := range b.Items {
		p.put(`<div class="figure"><p class="what">%s</p><p class="shown">%s%s</p>`, p.in(f.Label), p.in(f.Shown), p.grade(f.Grade))
		if f.Range != (report.Text{}) {
			p.put(`<p class="range">%s</p>`, p.in(f.Range))
		}
		p.put(`<p class="note">%s%s</p>%s</div>`, p.in(f.Note), p.ref(f.Claim), p.detail(f.Detail))
	}
	p.raw("</div>")
}

func (p *page) table(t report.Table) {
	p.raw(`<figure class="table">`)
	if t.Title != (report.Text{}) {
		p.put("<figcaption>%s</figcaption>", p.in(t.Title))
	}
	p.raw(`<div class="scroll"><table><thead><tr>`)
	for _, c := range t.Columns {
		p.put(`<th scope="col" class="%s">%s</th>`, columnClass(c), p.in(c.Title))
	}
	p.raw("</tr></thead><tbody>")
	for _, row := range t.Rows {
		p.raw("<tr>")
		for i, c := range row {
			class := ""
			if i < len(t.Columns) {
				class = columnClass(t.Columns[i])
			}
			p.put(`<td class="%s">%s</td>`, class, p.cell(c))
		}
		p.raw("</tr>")
	}
	p.raw("</tbody></table></div>")
	if t.Note != (report.Text{}) {
		p.put(`<p class="note">%s</p>`, p.in(t.Note))
	}
	p.raw("</figure>")
}

func columnClass(c report.Column) string {
	switch {
	case c.Right:
		return "right"
	case c.Wide:
		return "wide"
	}
	return ""
}

func (p *page) cell(c report.Cell) string {
	s := p.in(c.Text)
	if c.Href != "" {
		s = p.link(c.Href, s)
	}
	if c.Grade != "" {
		s = p.grade(c.Grade) + s
	}
	if c.Claim != "" && report.In(c.Text, p.lang) == c.Claim {
		return strings.TrimSpace(p.ref(c.Claim))
	}
	return s + p.ref(c.Claim)
}

// link leads to the server where its address is known, else the text stays
// plain. inner is HTML already.
func (p *page) link(path, inner string) string {
	if p.doc.BaseURL == "" || !strings.HasPrefix(path, "/") {
		return inner
	}
	return fmt.Sprintf(`<a href="%s">%s</a>`, html.EscapeString(strings.TrimSuffix(p.doc.BaseURL, "/")+path), inner)
}

func (p *page) chart(c report.Chart) {
	class := "chart " + attr(string(c.Kind))
	p.put(`<figure class="%s">`, class)
	if c.Title != (report.Text{}) {
		badge := ""
		if c.Grade != "" {
			badge = p.grade(c.Grade)
		}
		p.put("<figcaption>%s%s</figcaption>", badge, p.in(c.Title))
	}
	p.raw(draw(c, p.lang))
	if c.Note != (report.Text{}) || c.Claim != "" {
		p.put(`<p class="note">%s%s</p>`, p.in(c.Note), p.ref(c.Claim))
	}
	p.raw("</figure>")
}

func (p *page) story(s report.Story) {
	p.put(`<article class="story"><h4>%s</h4>`, p.in(s.Title))
	if s.Before != (report.Text{}) {
		p.put(`<p class="turn"><span class="was">%s</span><span class="arrow" aria-hidden="true">→</span><span class="now">%s</span></p>`, p.in(s.Before), p.in(s.After))
	}
	p.put("<p>%s%s</p>", p.in(s.Text), p.ref(s.Claim))
	p.rows(s.Rows)
	p.raw("</article>")
}

// rows are addresses of original rows, each a link where the server is known.
func (p *page) rows(rows []report.Row) {
	if len(rows) == 0 {
		return
	}
	p.put(`<ul class="rows" aria-label="%s">`, p.say("原始行", "Original rows"))
	for _, r := range rows {
		where := html.EscapeString(r.File)
		if r.Line > 0 {
			where += p.say(fmt.Sprintf(" 第 %d 行", r.Line), fmt.Sprintf(" line %d", r.Line))
		}
		where = p.link(fmt.Sprintf("/batches/%s/rows/%d", attr(r.Batch), r.Row), where)
		p.put(`<li><span class="says">%s</span><span class="where">%s</span></li>`, p.in(r.Says), where)
	}
	p.raw("</ul>")
}

func (p *page) actions(a report.Actions) {
	p.raw(`<div class="actions">`)
	for _, i := range a.Items {
		p.put(`<div class="action %s"><span class="verb">%s</span><div><b>%s</b><p>%s%s</p></div></div>`, attr(i.Kind), p.in(report.ActionWord(i.Kind)), p.in(i.Title), p.in(i.Why), p.ref(i.Claim))
	}
	p.raw("</div>")
}

func (p *page) record(r report.Record) {
	p.put(`<article class="record" id="claim-%s"><h3>%s<span class="id">%s</span>%s</h3><p class="strong">%s</p>`, attr(r.Claim), p.grade(r.Grade), html.EscapeString(r.Claim), p.in(r.Title), p.in(r.Result))
	if r.Chart != nil {
		p.chart(*r.Chart)
	}
	p.raw("<dl>")
	for _, f := range r.Fields {
		text := p.in(f.Text)
		if f.Mono {
			text = "<code>" + text + "</code>"
		}
		if f.Href != "" {
			text = p.link(f.Href, text)
		}
		p.put("<div><dt>%s</dt><dd>%s</dd></div>", p.in(f.Name), text)
	}
	p.raw("</dl>")
	p.rows(r.Rows)
	p.raw("</article>")
}
