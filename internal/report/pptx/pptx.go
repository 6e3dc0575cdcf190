// Package pptx prints a report as slides with native, editable charts.
//
// A company's own template gives masters, layouts, theme and slide size: its
// slides are removed, ours use its title placeholder and lie in the space
// below it. Long tables continue on further slides; what doesn't fit a slide
// is in the document, never cut in the middle of a sentence.
package pptx

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/report"
	"github.com/chanzipu/outfitter/internal/report/ooxml"
)

const (
	namespaces = `xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"`
	slideType  = "application/vnd.openxmlformats-officedocument.presentationml."
)

// Options say how the file is printed.
type Options struct {
	Lang     string
	Template *ooxml.File // of the company, read anew for each Write; nil = ours
}

// A printer makes slides. Lengths are EMU.
type printer struct {
	doc    *report.Document
	lang   string
	file   *ooxml.File
	main   string
	cover  string // layout parts
	layout string
	w, h   int
	top    int // below the title
	slides []string
	charts int
	err    error
}

// Write prints the document.
func Write(w io.Writer, d *report.Document, o Options) error {
	p := &printer{doc: d, lang: o.Lang, file: o.Template, main: "ppt/presentation.xml"}
	if p.file == nil {
		p.file = ours()
	}
	if err := p.prepare(); err != nil {
		return err
	}
	p.coverSlide()
	for _, c := range d.Chapters {
		p.chapter(c)
	}
	if p.err != nil {
		return p.err
	}
	p.finish()
	return p.file.Write(w)
}

var (
	slideSize = regexp.MustCompile(`<p:sldSz\b[^>]*/>`)
	slideList = regexp.MustCompile(`(?s)<p:sldIdLst\b[^>]*/>|<p:sldIdLst\b.*?</p:sldIdLst>`)
	sections  = regexp.MustCompile(`(?s)<p:extLst>.*?</p:extLst>`)
	showList  = regexp.MustCompile(`(?s)<p:custShowLst>.*?</p:custShowLst>`)
	lengthOf  = map[string]*regexp.Regexp{"cx": regexp.MustCompile(`cx="(\d+)"`), "cy": regexp.MustCompile(`cy="(\d+)"`)}
	typeOf    = regexp.MustCompile(`<p:sldLayout\b[^>]*\btype="(\w+)"`)
	shape     = regexp.MustCompile(`(?s)<p:sp>.*?</p:sp>`)
	titleType = regexp.MustCompile(`<p:ph\b[^>]*type="(title|ctrTitle)"`)
	offset    = regexp.MustCompile(`<a:off x="(-?\d+)" y="(-?\d+)"/>\s*<a:ext cx="(\d+)" cy="(\d+)"/>`)
)

// prepare removes the template's slides and finds its layouts.
func (p *printer) prepare() error {
	if target, _ := p.file.RelsOf("").Target("officeDocument"); target != "" {
		p.main = ooxml.Resolve("", target)
	}
	if !strings.Contains(p.file.Kind(p.main), "presentationml") {
		return fault.New(fault.ErrInvalid, "template.bad", "The template is no PowerPoint file: give a .docx for docx, a .pptx for pptx.", "模板不是 PowerPoint 文件：docx 请给 .docx，pptx 请给 .pptx。")
	}
	p.file.Remove(func(name string) bool {
		for _, dir := range []string{"ppt/slides/", "ppt/notesSlides/", "ppt/comments/", "ppt/charts/", "ppt/embeddings/", "ppt/diagrams/", "ppt/vbaProject"} {
			if strings.HasPrefix(name, dir) {
				return true
			}
		}
		return false
	})
	rels := p.file.RelsOf(p.main)
	for _, k := range []string{"slide", "vbaProject", "commentAuthors"} {
		rels.Drop(k)
	}
	p.file.Put(ooxml.RelsName(p.main), "", rels.Bytes())
	body := string(p.file.Parts[p.main])
	p.w, p.h = 12192000, 6858000
	if s := slideSize.FindString(body); s != "" {
		p.w, p.h = number(lengthOf["cx"], s, p.w), number(lengthOf["cy"], s, p.h)
	}
	p.findLayouts()
	if p.layout == "" {
		return fault.New(fault.ErrInvalid, "template.no_layout", "The template has no layout with a title: add one in its slide master.", "模板里没有带标题的版式：请在幻灯片母版里加一个。")
	}
	p.top = p.titleBottom()
	return nil
}

func number(re *regexp.Regexp, s string, other int) int {
	if m := re.FindStringSubmatch(s); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil && n > 0 {
			return n
		}
	}
	return other
}

// findLayouts picks a cover and a layout with a title and little else.
func (p *printer) findLayouts() {
	rank := map[string]int{"titleOnly": 1, "obj": 2, "tx": 3, "twoObj": 4}
	best := 99
	for n := 1; n < 200; n++ {
		name := fmt.Sprintf("ppt/slideLayouts/slideLayout%d.xml", n)
		body, ok := p.file.Parts[name]
		if !ok || !titleType.Match(body) {
			continue
		}
		kind := ""
		if m := typeOf.FindSubmatch(body); m != nil {
			kind = string(m[1])
		}
		if kind == "title" && p.cover == "" {
			p.cover = name
			continue
		}
		r, known := rank[kind]
		if !known {
			r = 50
		}
		if r < best {
			best, p.layout = r, name
		}
	}
	if p.cover == "" {
		p.cover = p.layout
	}
	if p.layout == "" {
		p.layout = p.cover
	}
}

// titleBottom is where the title of the layout, or of its master, ends.
func (p *printer) titleBottom() int {
	parts := []string{p.layout}
	if m, _ := p.file.RelsOf(p.layout).Target("slideMaster"); m != "" {
		parts = append(parts, ooxml.Resolve(p.layout, m))
	}
	for _, part := range parts {
		for _, s := range shape.FindAllString(string(p.file.Parts[part]), -1) {
			if m := offset.FindStringSubmatch(s); m != nil && titleType.MatchString(s) {
				y, _ := strconv.Atoi(m[2])
				cy, _ := strconv.Atoi(m[4])
				if bottom := y + cy; bottom > 0 && bottom < p.h/2 {
					return bottom + p.h/60
				}
			}
		}
	}
	return p.h / 5
}

// add puts a slide in; body is the shapes beside the title.
func (p *printer) add(layout, title, titlePlace, body string, rels *ooxml.Rels) {
	n := len(p.slides) + 1
	name := fmt.Sprintf("ppt/slides/slide%d.xml", n)
	rels.Add("slideLayout", "/"+layout)
	p.file.Put(name, slideType+"slide+xml", []byte(ooxml.Header+`<p:sld `+namespaces+`><p:cSld><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>`+
		`<p:sp><p:nvSpPr><p:cNvPr id="2" name="Title"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="`+titlePlace+`"/></p:nvPr></p:nvSpPr><p:spPr/><p:txBody><a:bodyPr><a:normAutofit/></a:bodyPr><a:lstStyle/><a:p><a:r><a:rPr lang="`+ooxml.Locale(p.lang)+`"/><a:t>`+ooxml.Escape(title)+`</a:t></a:r></a:p></p:txBody></p:sp>`+
		body+`</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sld>`))
	p.file.Put(ooxml.RelsName(name), "", rels.Bytes())
	p.slides = append(p.slides, name)
}

// finish lists the slides in the presentation.
func (p *printer) finish() {
	rels := p.file.RelsOf(p.main)
	var list strings.Builder
	list.WriteString("<p:sldIdLst>")
	for i, s := range p.slides {
		fmt.Fprintf(&list, `<p:sldId id="%d" r:id="%s"/>`, 1000+i, rels.Add("slide", "/"+s))
	}
	list.WriteString("</p:sldIdLst>")
	p.file.Put(ooxml.RelsName(p.main), "", rels.Bytes())
	body := showList.ReplaceAllString(sections.ReplaceAllString(string(p.file.Parts[p.main]), ""), "")
	if slideList.MatchString(body) {
		body = slideList.ReplaceAllLiteralString(body, list.String())
	} else {
		at := strings.Index(body, "<p:sldSz")
		if at < 0 {
			at = strings.Index(body, "<p:notesSz")
		}
		if at > 0 {
			body = body[:at] + list.String() + body[at:]
		}
	}
	p.file.Put(p.main, slideType+"presentation.main+xml", []byte(body))
	if _, ok := p.file.Parts["docProps/app.xml"]; ok { // it names the slides that are gone
		p.file.Put("docProps/app.xml", "", []byte(ooxml.Header+`<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Outfitter</Application></Properties>`))
	}
}
