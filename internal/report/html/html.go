// Package html prints a report as one self-contained HTML file: style, charts
// and all inside it, nothing fetched. It is also what package pdf prints.
//
// The statistics stand folded away behind each sentence; on paper they unfold
// as small print. Every text is escaped here: cells are data, never markup.
package html

import (
	_ "embed"
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/chanzipu/outfitter/internal/report"
)

//go:embed style.css
var style string

// Options say how the page is printed.
type Options struct {
	Lang  string         // zh, en
	Pages map[string]int // page of each chapter, for the contents on paper; nil = none known
}

// Write prints the document.
func Write(w io.Writer, d *report.Document, o Options) error {
	p := &page{lang: o.Lang, doc: d, pages: o.Pages}
	p.head()
	p.cover()
	for _, c := range d.Chapters {
		p.chapter(c)
	}
	p.raw("</main></body></html>\n")
	if _, err := io.WriteString(w, p.b.String()); err != nil {
		return fmt.Errorf("html: %w", err)
	}
	return nil
}

type page struct {
	b     strings.Builder
	lang  string
	doc   *report.Document
	pages map[string]int
}

func (p *page) raw(s string)                { p.b.WriteString(s) }
func (p *page) in(t report.Text) string     { return html.EscapeString(report.In(t, p.lang)) }
func (p *page) say(zh, en string) string    { return p.in(report.T(zh, en)) }
func (p *page) put(format string, a ...any) { fmt.Fprintf(&p.b, format, a...) }

// locale is the language tag of the page.
func (p *page) locale() string {
	if p.lang == "en" {
		return "en"
	}
	return "zh-CN"
}

func (p *page) head() {
	p.put(`<!doctype html><html lang="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">`, p.locale())
	p.put(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">`)
	title := fmt.Sprintf("%d %s", p.doc.Year, report.In(p.doc.Title, p.lang))
	p.put(`<title>%s · %s</title><style>%s`, html.EscapeString(title), html.EscapeString(p.doc.Company), style)
	// Page margins can't read the document: what they say stands in the style.
	p.put("\n@page{@top-left{content:%s}@bottom-left{content:%s}}", quote(title), quote(p.doc.Company))
	p.raw("\n@page:first{@top-left{content:none}@bottom-left{content:none}@bottom-right{content:none}}</style></head><body><main>")
}

// quote makes a CSS string.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		if r < ' ' || strings.ContainsRune(`"\<>&`, r) {
			fmt.Fprintf(&b, `\%x `, r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

func (p *page) cover() {
	d := p.doc
	p.raw(`<header class="cover"><div class="covertop"><span class="mark"></span>`)
	p.put(`<span class="brand">%s</span></div>`, html.EscapeString(d.Company))
	p.put(`<div class="coverbody"><p class="year">%d</p><h1>%s</h1><p class="subtitle">%s</p></div>`, d.Year, p.in(d.Title), p.in(d.Subtitle))
	p.raw(`<dl class="colophon">`)
	for _, f := range []report.Field{
		{Name: report.T("编制", "Prepared by"), Text: report.Same(d.Author)},
		{Name: report.T("数据期间", "Data covers"), Text: d.Span},
		{Name: report.T("生成时间", "Made"), Text: report.Same(d.Made.Format("2006-01-02 15:04 MST"))},
		{Name: report.T("审计链", "Audit chain"), Text: report.Same(short(d.Head))},
	} {
		if report.In(f.Text, p.lang) != "" {
			p.put("<div><dt>%s</dt><dd>%s</dd></div>", p.in(f.Name), p.in(f.Text))
		}
	}
	p.put(`</dl></header><nav class="contents" aria-label="%s"><h2>%s</h2><ol>`, p.say("目录", "Contents"), p.say("目录", "Contents"))
	for _, c := range d.Chapters {
		p.put(`<li><a href="#%s"><span class="name">%s</span><span class="dots"></span><span class="no">%s</span></a></li>`, attr(c.ID), p.in(c.Title), p.pageOf(c.ID))
	}
	p.raw("</ol>")
	p.legend()
	p.raw("</nav>")
}

// pageOf is the page that a chapter begins on, where it is known.
func (p *page) pageOf(id string) string {
	if n := p.pages[id]; n > 0 {
		return fmt.Sprint(n)
	}
	return ""
}

// legend says what the letters mean, once, before the first of them.
func (p *page) legend() {
	p.put(`<aside class="grades"><h3>%s</h3><dl>`, p.say("每个数字旁的字母：证据有多硬", "The letter beside each figure: how strong its evidence is"))
	for _, g := range report.Grades {
		p.put(`<div><dt>%s</dt><dd><b>%s</b> %s</dd></div>`, p.grade(g.Grade), p.in(g.Name), p.in(g.Means))
	}
	p.raw("</dl></aside>")
}

func short(s string) string {
	if len(s) > 16 {
		return s[:16] + "…"
	}
	return s
}

// attr makes an id or anchor: letters, digits, hyphens.
func attr(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, s)
}

func (p *page) chapter(c report.Chapter) {
	p.put(`<section class="chapter %s" id="%s"><div class="chapterhead"><h2>%s</h2>`, attr(string(c.Kind)), attr(c.ID), p.in(c.Title))
	if c.Lead != (report.Text{}) {
		p.put(`<p class="lead">%s</p>`, p.in(c.Lead))
	}
	p.raw("</div>")
	if c.Kind == report.Boss {
		p.raw(`<div class="onepage">`)
	}
	for i, s := range c.Sections {
		id := ""
		if s.ID != "" {
			id = ` id="` + attr(s.ID) + `"`
		}
		p.put(`<div class="section n%d"%s>`, i, id)
		if s.Title != (report.Text{}) {
			tag := "h3"
			if s.Sub {
				tag = "h4"
			}
			p.put("<%s>%s</%s>", tag, p.in(s.Title), tag)
		}
		for _, b := range s.Blocks {
			p.block(b)
		}
		p.raw("</div>")
	}
	if c.Kind == report.Boss {
		p.raw("</div>")
	}
	p.raw("</section>")
}

// grade is the letter in its badge.
func (p *page) grade(g report.Grade) string {
	if g == "" {
		return fmt.Sprintf(`<span class="grade none" title="%s">–</span>`, p.say("暂不下结论", "no conclusion"))
	}
	return fmt.Sprintf(`<span class="grade g%s" title="%s">%s</span>`, attr(string(g)), p.in(g.Means()), attr(string(g)))
}

// refs are the claims that a sentence stands on.
func (p *page) refs(claims []string) string {
	var b strings.Builder
	for _, c := range claims {
		fmt.Fprintf(&b, ` <a class="ref" href="#claim-%s">%s</a>`, attr(c), html.EscapeString(c))
	}
	return b.String()
}

func (p *page) ref(claim string) string {
	if claim == "" {
		return ""
	}
	return p.refs([]string{claim})
}

// detail folds the statistics away.
func (p *page) detail(t report.Text) string {
	if t == (report.Text{}) {
		return ""
	}
	return fmt.Sprintf(`<details><summary>%s</summary><p>%s</p></details>`, p.say("统计细节", "The statistics"), p.in(t))
}
