package docx

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/chanzipu/outfitter/internal/report/ooxml"
)

// defaults are the document's fonts: what the machine has of them is used.
const defaults = `<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Calibri" w:hAnsi="Calibri" w:eastAsia="Noto Sans CJK SC" w:cs="Calibri"/><w:color w:val="1A2330"/><w:sz w:val="21"/><w:szCs w:val="21"/><w:lang w:val="en-GB" w:eastAsia="zh-CN"/></w:rPr></w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="120" w:line="312" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults><w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/></w:style><w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="0" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="0" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>`

// A style that the report uses: its name as Word knows it, and ours.
type style struct{ name, id, xml string }

const serif = `<w:rFonts w:ascii="Georgia" w:hAnsi="Georgia" w:eastAsia="Noto Serif CJK SC"/>`

var own = []style{
	{"Title", "Title", `<w:pPr><w:spacing w:before="5200" w:after="240" w:line="264" w:lineRule="auto"/></w:pPr><w:rPr>` + serif + `<w:b/><w:color w:val="12354F"/><w:sz w:val="68"/></w:rPr>`},
	{"Subtitle", "Subtitle", `<w:pPr><w:spacing w:after="1200"/></w:pPr><w:rPr><w:color w:val="5A6675"/><w:sz w:val="26"/></w:rPr>`},
	{"heading 1", "Heading1", `<w:pPr><w:keepNext/><w:pBdr><w:top w:val="single" w:sz="18" w:space="12" w:color="12354F"/></w:pBdr><w:spacing w:before="0" w:after="160" w:line="276" w:lineRule="auto"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr>` + serif + `<w:b/><w:color w:val="12354F"/><w:sz w:val="38"/></w:rPr>`},
	{"heading 2", "Heading2", `<w:pPr><w:keepNext/><w:spacing w:before="320" w:after="100"/><w:outlineLvl w:val="1"/></w:pPr><w:rPr><w:b/><w:color w:val="1A2330"/><w:sz w:val="26"/></w:rPr>`},
	{"heading 3", "Heading3", `<w:pPr><w:keepNext/><w:spacing w:before="240" w:after="80"/><w:outlineLvl w:val="2"/></w:pPr><w:rPr><w:b/><w:color w:val="1A2330"/><w:sz w:val="23"/></w:rPr>`},
	{"toc 1", "TOC1", `<w:pPr><w:pBdr><w:bottom w:val="single" w:sz="4" w:space="4" w:color="DDE2E8"/></w:pBdr><w:spacing w:before="60" w:after="60"/></w:pPr>`},
	{"caption", "Caption", `<w:pPr><w:keepNext/><w:spacing w:before="160" w:after="60"/></w:pPr><w:rPr><w:b/><w:sz w:val="21"/></w:rPr>`},
	{"Quote", "Quote", `<w:pPr><w:pBdr><w:left w:val="single" w:sz="24" w:space="12" w:color="B5782A"/></w:pBdr><w:ind w:left="280"/></w:pPr>`},
	{"footnote text", "FootnoteText", `<w:pPr><w:spacing w:after="40" w:line="240" w:lineRule="auto"/></w:pPr><w:rPr><w:sz w:val="17"/><w:color w:val="5A6675"/></w:rPr>`},
	{"Outfitter Lead", "OutfitterLead", `<w:pPr><w:spacing w:after="200"/></w:pPr><w:rPr><w:color w:val="5A6675"/><w:sz w:val="24"/></w:rPr>`},
	{"Outfitter Note", "OutfitterNote", `<w:pPr><w:spacing w:after="80" w:line="264" w:lineRule="auto"/></w:pPr><w:rPr><w:color w:val="5A6675"/><w:sz w:val="17"/></w:rPr>`},
	{"Outfitter Cell", "OutfitterCell", `<w:pPr><w:spacing w:before="50" w:after="50" w:line="252" w:lineRule="auto"/></w:pPr><w:rPr><w:sz w:val="18"/></w:rPr>`},
	{"Outfitter Number", "OutfitterNumber", `<w:pPr><w:spacing w:after="0" w:line="252" w:lineRule="auto"/></w:pPr><w:rPr>` + serif + `<w:b/><w:color w:val="12354F"/><w:sz w:val="36"/></w:rPr>`},
	{"List Bullet", "ListBullet", `<w:pPr><w:spacing w:after="60"/><w:ind w:left="360" w:hanging="260"/></w:pPr>`},
	{"List Number", "ListNumber", `<w:pPr><w:spacing w:after="60"/><w:ind w:left="400" w:hanging="340"/></w:pPr>`},
}

var (
	styleOf = regexp.MustCompile(`(?s)<w:style\b[^>]*w:styleId="([^"]+)"[^>]*>\s*<w:name w:val="([^"]+)"`)
	latin   = regexp.MustCompile(`[^A-Za-z0-9_]`)
)

// styles finds each style in the template by its name, and adds ours where
// there is none.
func (p *printer) styles(main string) {
	target, _ := p.rels.Target("styles")
	if target == "" {
		target = "styles.xml"
		p.rels.Add("styles", target)
	}
	part := ooxml.Resolve(main, target)
	text := string(p.file.Parts[part])
	if !strings.Contains(text, "</w:styles>") {
		text = ooxml.Header + `<w:styles ` + namespaces + `>` + defaults + `</w:styles>`
	}
	have := map[string]string{}
	for _, m := range styleOf.FindAllStringSubmatch(text, -1) {
		have[strings.ToLower(m[2])] = m[1]
	}
	p.style = map[string]string{}
	var add strings.Builder
	for _, s := range own {
		id := have[strings.ToLower(s.name)]
		if id == "" {
			id = s.id
			fmt.Fprintf(&add, `<w:style w:type="paragraph" w:customStyle="0" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="%s"/><w:qFormat/>%s</w:style>`, s.id, s.name, ifEmpty(have["normal"], "Normal"), s.xml)
		}
		p.style[s.id] = id
	}
	p.file.Put(part, wordType+"styles+xml", []byte(strings.Replace(text, "</w:styles>", add.String()+"</w:styles>", 1)))
}

func ifEmpty(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// numbering adds our two lists to the template's.
func (p *printer) numbering(main string) {
	target, _ := p.rels.Target("numbering")
	if target == "" {
		target = "numbering.xml"
		p.rels.Add("numbering", target)
	}
	part := ooxml.Resolve(main, target)
	text := string(p.file.Parts[part])
	if !strings.Contains(text, "</w:numbering>") {
		text = ooxml.Header + `<w:numbering ` + namespaces + `></w:numbering>`
	}
	level := func(id int, format, show string, hang int) string {
		return fmt.Sprintf(`<w:abstractNum w:abstractNumId="%d"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="%s"/><w:lvlText w:val="%s"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="%d" w:hanging="%d"/></w:pPr></w:lvl></w:abstractNum>`, id, format, show, hang+40, hang)
	}
	abstract := level(9101, "bullet", "•", 280) + level(9102, "decimal", "%1.", 360)
	nums := `<w:num w:numId="9101"><w:abstractNumId w:val="9101"/></w:num><w:num w:numId="9102"><w:abstractNumId w:val="9102"/></w:num>`
	if i := strings.Index(text, "<w:num "); i >= 0 {
		text = text[:i] + abstract + text[i:]
	} else {
		text = strings.Replace(text, "</w:numbering>", abstract+"</w:numbering>", 1)
	}
	end := "</w:numbering>"
	if i := strings.Index(text, "<w:numIdMacAtCleanup"); i >= 0 {
		text = text[:i] + nums + text[i:]
	} else {
		text = strings.Replace(text, end, nums+end, 1)
	}
	p.file.Put(part, wordType+"numbering+xml", []byte(text))
}

// bookmark is the name of an anchor: letters, digits, at most 40.
func bookmark(s string) string {
	s = "o_" + latin.ReplaceAllString(s, "_")
	if len(s) > 40 {
		s = s[:40]
	}
	return s
}
