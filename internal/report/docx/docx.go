// Package docx prints a report as a Word file with native, editable charts.
//
// A company's own template gives the styles, fonts, colours, page, header and
// footer: its body is replaced, and what it lacks is added from ours. The
// statistics stand in footnotes.
package docx

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
	namespaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"`
	wordType   = "application/vnd.openxmlformats-officedocument.wordprocessingml."
)

// Options say how the file is printed.
type Options struct {
	Lang     string
	Template *ooxml.File // of the company, read anew for each Write; nil = ours
}

// Write prints the document.
func Write(w io.Writer, d *report.Document, o Options) error {
	f, main, err := begin(o)
	if err != nil {
		return err
	}
	p := &printer{doc: d, lang: o.Lang, file: f, rels: f.RelsOf(main), marks: map[string]bool{}}
	p.page = pageOf(string(f.Parts[main]))
	p.styles(main)
	p.numbering(main)
	p.rels.Drop("footnotes")
	p.rels.Add("footnotes", "footnotes.xml")
	p.body()
	if p.err != nil {
		return p.err
	}
	f.Put(main, wordType+"document.main+xml", []byte(ooxml.Header+`<w:document `+namespaces+`><w:body>`+p.b.String()+`</w:body></w:document>`))
	f.Put(ooxml.Resolve(main, "footnotes.xml"), wordType+"footnotes+xml", []byte(p.footnotes()))
	f.Put(ooxml.RelsName(main), "", p.rels.Bytes())
	f.Put("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml", []byte(ooxml.Header+`<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>`+ooxml.Escape(report.In(d.Title, o.Lang))+`</dc:title><dc:creator>`+ooxml.Escape(d.Author)+`</dc:creator><dcterms:created xsi:type="dcterms:W3CDTF">`+d.Made.UTC().Format("2006-01-02T15:04:05Z")+`</dcterms:created></cp:coreProperties>`))
	return f.Write(w)
}

// begin gives the package to fill, and its main part.
func begin(o Options) (*ooxml.File, string, error) {
	if o.Template == nil {
		f := ooxml.New()
		rels := &ooxml.Rels{}
		rels.Add("officeDocument", "word/document.xml")
		f.Put("_rels/.rels", "", rels.Bytes())
		main := &ooxml.Rels{}
		main.Add("styles", "styles.xml")
		main.Add("settings", "settings.xml")
		main.Add("theme", "theme/theme1.xml")
		footer := main.Add("footer", "footer1.xml")
		f.Put(ooxml.RelsName("word/document.xml"), "", main.Bytes())
		f.Put("word/theme/theme1.xml", "application/vnd.openxmlformats-officedocument.theme+xml", []byte(ooxml.Theme))
		f.Put("word/settings.xml", wordType+"settings+xml", []byte(ooxml.Header+`<w:settings `+namespaces+`><w:zoom w:percent="100"/><w:footnotePr><w:footnote w:id="-1"/><w:footnote w:id="0"/></w:footnotePr><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`))
		f.Put("word/footer1.xml", wordType+"footer+xml", []byte(ooxml.Header+`<w:ftr `+namespaces+`><w:p><w:pPr><w:jc w:val="right"/></w:pPr><w:r><w:rPr><w:color w:val="5A6675"/><w:sz w:val="18"/></w:rPr><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:rPr><w:color w:val="5A6675"/><w:sz w:val="18"/></w:rPr><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:rPr><w:color w:val="5A6675"/><w:sz w:val="18"/></w:rPr><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p></w:ftr>`))
		f.Put("word/styles.xml", wordType+"styles+xml", []byte(ooxml.Header+`<w:styles `+namespaces+`>`+defaults+`</w:styles>`))
		f.Put("word/document.xml", wordType+"document.main+xml", []byte(`<w:sectPr><w:footerReference w:type="default" r:id="`+footer+`"/><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1247" w:right="1134" w:bottom="1134" w:left="1134" w:header="680" w:footer="567" w:gutter="0"/><w:titlePg/></w:sectPr>`))
		return f, "word/document.xml", nil
	}
	f := o.Template
	target, _ := f.RelsOf("").Target("officeDocument")
	main := ooxml.Resolve("", target)
	if kind := f.Kind(main); !strings.Contains(kind, "wordprocessingml") {
		return nil, "", fault.New(fault.ErrInvalid, "template.bad", "The template is no Word file: give a .docx for docx, a .pptx for pptx.", "模板不是 Word 文件：docx 请给 .docx，pptx 请给 .pptx。")
	}
	f.Remove(func(name string) bool {
		return strings.HasPrefix(name, "word/comments") || strings.HasPrefix(name, "word/vba") || name == "word/footnotes.xml" || name == "word/_rels/footnotes.xml.rels"
	})
	rels := f.RelsOf(main)
	for _, k := range []string{"comments", "commentsExtended", "commentsIds", "commentsExtensible", "vbaProject"} {
		rels.Drop(k)
	}
	f.Put(ooxml.RelsName(main), "", rels.Bytes())
	return f, main, nil
}

// A sheet of paper: the section properties, upright and on its side, and the
// width between its margins in twips.
type paper struct {
	upright, wide  string
	width, breadth int
}

var (
	section = regexp.MustCompile(`(?s)<w:sectPr\b[^>]*>.*?</w:sectPr>`)
	size    = regexp.MustCompile(`<w:pgSz\b[^>]*/>`)
	margin  = regexp.MustCompile(`<w:pgMar\b[^>]*/>`)
	attribs = regexp.MustCompile(`w:(\w+)="(-?\d+)"`)
)

func pageOf(document string) paper {
	p := paper{upright: `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1247" w:right="1134" w:bottom="1134" w:left="1134" w:header="680" w:footer="567" w:gutter="0"/></w:sectPr>`}
	if all := section.FindAllString(document, -1); len(all) > 0 {
		p.upright = all[len(all)-1]
	}
	at := map[string]int{"w": 11906, "h": 16838, "left": 1134, "right": 1134, "top": 1134, "bottom": 1134}
	for _, re := range []*regexp.Regexp{size, margin} {
		for _, a := range attribs.FindAllStringSubmatch(re.FindString(p.upright), -1) {
			if n, err := strconv.Atoi(a[2]); err == nil && n > 0 {
				at[a[1]] = n
			}
		}
	}
	if at["w"] > at["h"] {
		at["w"], at["h"] = at["h"], at["w"]
	}
	p.width, p.breadth = at["w"]-at["left"]-at["right"], at["h"]-1000-1000
	p.wide = size.ReplaceAllString(p.upright, fmt.Sprintf(`<w:pgSz w:w="%d" w:h="%d" w:orient="landscape"/>`, at["h"], at["w"]))
	p.wide = margin.ReplaceAllString(p.wide, `<w:pgMar w:top="850" w:right="1000" w:bottom="700" w:left="1000" w:header="500" w:footer="400" w:gutter="0"/>`)
	p.wide = strings.ReplaceAll(p.wide, "<w:titlePg/>", "")
	return p
}
