package pptx

import (
	"strings"

	"github.com/chanzipu/outfitter/internal/report/ooxml"
)

const emptyTree = `<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>`

// place is a placeholder with its position.
func place(id, name, kind, geometry, props, style string) string {
	return `<p:sp><p:nvSpPr><p:cNvPr id="` + id + `" name="` + name + `"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph ` + kind + `/></p:nvPr></p:nvSpPr><p:spPr>` + geometry + `</p:spPr><p:txBody><a:bodyPr ` + props + `/><a:lstStyle>` + style + `</a:lstStyle><a:p><a:endParaRPr lang="en-GB"/></a:p></p:txBody></p:sp>`
}

func box(x, y, cx, cy string) string {
	return `<a:xfrm><a:off x="` + x + `" y="` + y + `"/><a:ext cx="` + cx + `" cy="` + cy + `"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>`
}

// ours is the template used where the company gives none: 16 to 9, a rule
// above the title, the page number at the right.
func ours() *ooxml.File {
	f := ooxml.New()
	root := &ooxml.Rels{}
	root.Add("officeDocument", "ppt/presentation.xml")
	f.Put("_rels/.rels", "", root.Bytes())
	pres := &ooxml.Rels{}
	master := pres.Add("slideMaster", "slideMasters/slideMaster1.xml")
	pres.Add("theme", "theme/theme1.xml")
	f.Put("ppt/_rels/presentation.xml.rels", "", pres.Bytes())
	f.Put("ppt/presentation.xml", slideType+"presentation.main+xml", []byte(ooxml.Header+`<p:presentation `+namespaces+`><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="`+master+`"/></p:sldMasterIdLst><p:sldIdLst/><p:sldSz cx="12192000" cy="6858000"/><p:notesSz cx="6858000" cy="9144000"/></p:presentation>`))
	f.Put("ppt/theme/theme1.xml", "application/vnd.openxmlformats-officedocument.theme+xml", []byte(ooxml.Theme))

	m := &ooxml.Rels{}
	one, two := m.Add("slideLayout", "../slideLayouts/slideLayout1.xml"), m.Add("slideLayout", "../slideLayouts/slideLayout2.xml")
	m.Add("theme", "../theme/theme1.xml")
	f.Put("ppt/slideMasters/_rels/slideMaster1.xml.rels", "", m.Bytes())
	title := place("2", "Title", `type="title"`, box("560000", "380000", "11072000", "700000"), `anchor="ctr" lIns="0" rIns="0"`, "")
	page := `<p:sp><p:nvSpPr><p:cNvPr id="4" name="Page"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr><p:ph type="sldNum" sz="quarter" idx="4"/></p:nvPr></p:nvSpPr><p:spPr>` + box("10632000", "6440000", "1000000", "260000") + `</p:spPr><p:txBody><a:bodyPr rIns="0" anchor="ctr"/><a:lstStyle><a:lvl1pPr algn="r"><a:defRPr sz="1000"><a:solidFill><a:schemeClr val="accent5"/></a:solidFill></a:defRPr></a:lvl1pPr></a:lstStyle><a:p><a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}" type="slidenum"><a:rPr lang="en-GB"/><a:t>1</a:t></a:fld></a:p></p:txBody></p:sp>`
	rule := `<p:cxnSp><p:nvCxnSpPr><p:cNvPr id="5" name="Rule"/><p:cNvCxnSpPr/><p:nvPr userDrawn="1"/></p:nvCxnSpPr><p:spPr><a:xfrm><a:off x="560000" y="330000"/><a:ext cx="11072000" cy="0"/></a:xfrm><a:prstGeom prst="line"><a:avLst/></a:prstGeom><a:ln w="28575"><a:solidFill><a:schemeClr val="accent1"/></a:solidFill></a:ln></p:spPr></p:cxnSp>`
	level := func(sz, extra string) string {
		return `<a:lvl1pPr marL="0" indent="0" algn="l"><a:buNone/><a:defRPr sz="` + sz + `"` + extra + `><a:solidFill><a:schemeClr val="tx1"/></a:solidFill><a:latin typeface="+mn-lt"/><a:ea typeface="+mn-ea"/></a:defRPr></a:lvl1pPr>`
	}
	titleStyle := strings.NewReplacer("+mn-", "+mj-", `val="tx1"`, `val="accent1"`).Replace(level("2400", ` b="1"`))
	f.Put("ppt/slideMasters/slideMaster1.xml", slideType+"slideMaster+xml", []byte(ooxml.Header+`<p:sldMaster `+namespaces+`><p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val="bg1"/></a:solidFill><a:effectLst/></p:bgPr></p:bg><p:spTree>`+emptyTree+title+place("3", "Text", `type="body" idx="1"`, box("560000", "1300000", "11072000", "4900000"), `lIns="0" rIns="0"`, "")+page+`</p:spTree></p:cSld><p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" folHlink="folHlink"/><p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="`+one+`"/><p:sldLayoutId id="2147483650" r:id="`+two+`"/></p:sldLayoutIdLst><p:txStyles><p:titleStyle>`+titleStyle+`</p:titleStyle><p:bodyStyle>`+level("1600", "")+`</p:bodyStyle><p:otherStyle>`+level("1200", "")+`</p:otherStyle></p:txStyles></p:sldMaster>`))

	back := &ooxml.Rels{}
	back.Add("slideMaster", "../slideMasters/slideMaster1.xml")
	for name, body := range map[string]string{
		"slideLayout1": `type="title" preserve="1"><p:cSld name="Cover"><p:bg><p:bgPr><a:solidFill><a:schemeClr val="accent1"/></a:solidFill><a:effectLst/></p:bgPr></p:bg><p:spTree>` + emptyTree + place("2", "Title", `type="ctrTitle"`, box("900000", "2250000", "10000000", "1300000"), `anchor="b" lIns="0"`, `<a:lvl1pPr><a:defRPr sz="4400" b="1"><a:solidFill><a:schemeClr val="bg1"/></a:solidFill></a:defRPr></a:lvl1pPr>`) + place("3", "Subtitle", `type="subTitle" idx="1"`, box("900000", "3700000", "9600000", "1500000"), `lIns="0"`, `<a:lvl1pPr><a:defRPr sz="1800"><a:solidFill><a:schemeClr val="bg1"/></a:solidFill></a:defRPr></a:lvl1pPr>`),
		"slideLayout2": `type="titleOnly" preserve="1"><p:cSld name="Title"><p:spTree>` + emptyTree + rule + place("2", "Title", `type="title"`, "", "", "") + page,
	} {
		f.Put("ppt/slideLayouts/"+name+".xml", slideType+"slideLayout+xml", []byte(ooxml.Header+`<p:sldLayout `+namespaces+` `+body+`</p:spTree></p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>`))
		f.Put("ppt/slideLayouts/_rels/"+name+".xml.rels", "", back.Bytes())
	}
	return f
}
