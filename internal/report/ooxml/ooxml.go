// Package ooxml holds what DOCX and PPTX files share: the package of parts,
// the opening of a company's template, and native charts that can be edited.
//
// A template is somebody's file: it is bounded in size and number of parts,
// its macros are left behind, and no part name may leave the package.
package ooxml

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/fault"
)

// Bounds on a template.
const (
	maxParts = 4000
	maxBytes = 128 << 20
)

// A File is a package being made: its parts by name, without a leading slash.
type File struct {
	Parts map[string][]byte
	types contentTypes
}

type contentTypes struct {
	XMLName   xml.Name   `xml:"http://schemas.openxmlformats.org/package/2006/content-types Types"`
	Defaults  []typeOf   `xml:"Default"`
	Overrides []override `xml:"Override"`
}

type typeOf struct {
	Extension   string `xml:"Extension,attr"`
	ContentType string `xml:"ContentType,attr"`
}

type override struct {
	PartName    string `xml:"PartName,attr"`
	ContentType string `xml:"ContentType,attr"`
}

// New is an empty package.
func New() *File {
	return &File{Parts: map[string][]byte{}, types: contentTypes{Defaults: []typeOf{
		{"rels", "application/vnd.openxmlformats-package.relationships+xml"}, {"xml", "application/xml"},
		{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	}}}
}

// Open reads a template. main is the content type that its main part must
// have, without "template.main+xml" or "document.main+xml" at the end.
func Open(r io.ReaderAt, size int64, name string) (*File, error) {
	bad := func(en, zh string) error {
		return fault.New(fault.ErrInvalid, "template.bad", fmt.Sprintf("The template %s can't be used: %s. Save it anew in Word or PowerPoint as .docx or .pptx.", name, en), fmt.Sprintf("模板 %s 不能用：%s。请在 Word 或 PowerPoint 里另存为 .docx 或 .pptx。", name, zh))
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, bad("it is no Office file", "不是 Office 文件")
	}
	if len(z.File) > maxParts {
		return nil, bad("it has too many parts", "部件太多")
	}
	f, left := &File{Parts: map[string][]byte{}}, int64(maxBytes)
	for _, e := range z.File {
		if strings.HasSuffix(e.Name, "/") {
			continue
		}
		clean := path.Clean("/" + e.Name)[1:]
		if clean != e.Name || strings.Contains(e.Name, "\\") {
			return nil, bad("it has a part with a bad name", "部件名不合法")
		}
		b, err := readPart(e, left)
		if err != nil {
			return nil, bad("it is damaged or too large", "文件损坏或太大")
		}
		left -= int64(len(b))
		f.Parts[e.Name] = b
	}
	if err := xml.Unmarshal(f.Parts["[Content_Types].xml"], &f.types); err != nil {
		return nil, bad("it has no list of contents", "缺少内容清单")
	}
	f.types.Overrides = slices.DeleteFunc(f.types.Overrides, func(o override) bool {
		return strings.Contains(o.ContentType, "macroEnabled") && strings.Contains(o.PartName, "vba")
	})
	return f, nil
}

func readPart(e *zip.File, left int64) ([]byte, error) {
	if int64(e.UncompressedSize64) > left {
		return nil, fmt.Errorf("ooxml: %q: %d bytes", e.Name, e.UncompressedSize64)
	}
	r, err := e.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	b, err := io.ReadAll(io.LimitReader(r, left+1))
	if err == nil && int64(len(b)) > left {
		err = fmt.Errorf("ooxml: %q is longer than it says", e.Name)
	}
	return b, err
}

// Put adds or replaces a part; kind is its content type, empty = as before or
// by its extension.
func (f *File) Put(name, kind string, body []byte) {
	f.Parts[name] = body
	if kind == "" {
		return
	}
	for i, o := range f.types.Overrides {
		if o.PartName == "/"+name {
			f.types.Overrides[i].ContentType = kind
			return
		}
	}
	f.types.Overrides = append(f.types.Overrides, override{"/" + name, kind})
}

// Remove takes parts away.
func (f *File) Remove(match func(name string) bool) {
	for name := range f.Parts {
		if match(name) {
			delete(f.Parts, name)
		}
	}
	f.types.Overrides = slices.DeleteFunc(f.types.Overrides, func(o override) bool { return match(strings.TrimPrefix(o.PartName, "/")) })
}

// Kind is the content type of a part.
func (f *File) Kind(name string) string {
	for _, o := range f.types.Overrides {
		if o.PartName == "/"+name {
			return o.ContentType
		}
	}
	return ""
}

// Default adds the content type of an extension.
func (f *File) Default(extension, kind string) {
	if !slices.ContainsFunc(f.types.Defaults, func(t typeOf) bool { return strings.EqualFold(t.Extension, extension) }) {
		f.types.Defaults = append(f.types.Defaults, typeOf{extension, kind})
	}
}

// Write writes the package; the same parts give the same bytes.
func (f *File) Write(w io.Writer) error {
	f.Default("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	types, err := xml.Marshal(f.types)
	if err != nil {
		return fmt.Errorf("ooxml: content types: %w", err)
	}
	z := zip.NewWriter(w)
	put := func(name string, body []byte) error {
		e, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err == nil {
			_, err = e.Write(body)
		}
		return err
	}
	if err := put("[Content_Types].xml", append([]byte(Header), types...)); err != nil {
		return fmt.Errorf("ooxml: %w", err)
	}
	names := make([]string, 0, len(f.Parts))
	for name := range f.Parts {
		if name != "[Content_Types].xml" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if err := put(name, f.Parts[name]); err != nil {
			return fmt.Errorf("ooxml: %s: %w", name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("ooxml: %w", err)
	}
	return nil
}

// Header begins every part.
const Header = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// Escape makes text safe inside an element or attribute, and drops what XML
// can't hold.
func Escape(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(strings.ToValidUTF8(s, "�")))
	return strings.NewReplacer("&#xA;", " ", "&#x9;", " ", "&#xD;", "").Replace(b.String())
}

// Rels are the relationships of one part, numbered as they are added.
type Rels struct {
	list []rel
}

type rel struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
	Mode   string `xml:"TargetMode,attr,omitempty"`
}

// The types of relationships begin so.
const relType = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

// Add adds a relationship of a type (its last word: chart, slide, styles).
func (r *Rels) Add(kind, target string) string {
	return r.add(rel{Type: relType + kind, Target: target})
}

// Link adds a hyperlink to outside.
func (r *Rels) Link(url string) string {
	return r.add(rel{Type: relType + "hyperlink", Target: url, Mode: "External"})
}

func (r *Rels) add(x rel) string {
	for n := len(r.list) + 1; ; n++ {
		x.ID = fmt.Sprintf("rId%d", n)
		if !slices.ContainsFunc(r.list, func(o rel) bool { return o.ID == x.ID }) {
			break
		}
	}
	r.list = append(r.list, x)
	return x.ID
}

// Target is where a relationship of the type leads, and its id.
func (r *Rels) Target(kind string) (target, id string) {
	for _, x := range r.list {
		if strings.HasSuffix(x.Type, "/"+kind) {
			return x.Target, x.ID
		}
	}
	return "", ""
}

// Drop removes the relationships of a type.
func (r *Rels) Drop(kind string) {
	r.list = slices.DeleteFunc(r.list, func(x rel) bool { return strings.HasSuffix(x.Type, "/"+kind) })
}

// Bytes is the part.
func (r *Rels) Bytes() []byte {
	var b strings.Builder
	b.WriteString(Header + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`)
	for _, x := range r.list {
		mode := ""
		if x.Mode != "" {
			mode = ` TargetMode="` + Escape(x.Mode) + `"`
		}
		fmt.Fprintf(&b, `<Relationship Id="%s" Type="%s" Target="%s"%s/>`, Escape(x.ID), Escape(x.Type), Escape(x.Target), mode)
	}
	b.WriteString("</Relationships>")
	return []byte(b.String())
}

// RelsOf reads the relationships of a part; none where it has none.
func (f *File) RelsOf(name string) *Rels {
	r := &Rels{}
	var in struct {
		List []rel `xml:"Relationship"`
	}
	if xml.Unmarshal(f.Parts[RelsName(name)], &in) == nil {
		r.list = in.List
	}
	return r
}

// RelsName is where the relationships of a part stand.
func RelsName(part string) string {
	dir, base := path.Split(part)
	return dir + "_rels/" + base + ".rels"
}

// Resolve is the part that a target leads to from another part.
func Resolve(from, target string) string {
	if strings.HasPrefix(target, "/") {
		return target[1:]
	}
	return path.Join(path.Dir(from), target)
}

var lang = regexp.MustCompile(`^[a-z]{2}$`)

// Locale is the language tag that Office uses.
func Locale(l string) string {
	if l == "en" || !lang.MatchString(l) {
		return "en-GB"
	}
	return "zh-CN"
}
