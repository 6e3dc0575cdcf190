// Package kind tells what the bytes of a delivery are: one of the kinds that
// can be read as tables, or something else, which it names.
package kind

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/source/read/json"
)

// A Kind is the shape of a delivery's bytes.
type Kind string

// The kinds that are told apart.
const (
	CSV     Kind = "csv" // any delimiter
	JSON    Kind = "json"
	NDJSON  Kind = "ndjson"
	Parquet Kind = "parquet"
	XLSX    Kind = "xlsx"
	XLS     Kind = "xls"
	ZIP     Kind = "zip"
	GZIP    Kind = "gzip"
	ZSTD    Kind = "zstd"
)

// foreign are signatures of what is no table, with what it is in both languages.
var foreign = []struct {
	magic  string
	en, zh string
}{
	{"%PDF", "a PDF document", "PDF 文档"},
	{"\x89PNG", "a PNG picture", "PNG 图片"},
	{"\xff\xd8\xff", "a JPEG picture", "JPEG 图片"},
	{"GIF8", "a GIF picture", "GIF 图片"},
	{"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", "7z 压缩包"},
	{"Rar!", "a RAR archive", "RAR 压缩包"},
	{"BZh", "a bzip2 archive", "bzip2 压缩文件"},
	{"\xfd7zXZ", "an xz archive", "xz 压缩文件"},
	{"\x7fELF", "a program", "程序文件"},
	{"MZ", "a program", "程序文件"},
	{"SQLite format 3\x00", "an SQLite database", "SQLite 数据库"},
	{"{\\rtf", "an RTF document", "RTF 文档"},
	{"ORC", "an ORC file", "ORC 文件"},
	{"Obj\x01", "an Avro file", "Avro 文件"},
	{"ARROW1", "an Arrow file", "Arrow 文件"},
	{"BEGIN:VCALENDAR", "a calendar (iCalendar)", "日历（iCalendar）"},
	{"BEGIN:VCARD", "a contact card (vCard)", "名片（vCard）"},
}

// Magic tells binary kinds by their first bytes; "" where the file is text.
func Magic(head []byte) Kind {
	has := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	switch {
	case has("PK\x03\x04"), has("PK\x05\x06"), has("PK\x07\x08"):
		return ZIP
	case has("\x1f\x8b"):
		return GZIP
	case has("\x28\xb5\x2f\xfd"):
		return ZSTD
	case has("PAR1"):
		return Parquet
	case has("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		return XLS
	case has("\x09\x08\x08\x00\x00\x05"), has("\x09\x08\x10\x00\x00\x06"), has("\x09\x04\x06\x00"), has("\x09\x02\x06\x00"):
		return XLS
	}
	return ""
}

var (
	mailStart = regexp.MustCompile(`(?i)^(from |return-path:|received:|x-[a-z-]+:|message-id:|mime-version:|path: |newsgroups:|xref: |delivered-to:|subject:|from:|to:|date:|content-type:|reply-to:|sender:)`)
	mailLine  = regexp.MustCompile(`(?im)^(from|to|subject|date|message-id|newsgroups|mime-version|content-type|received|return-path):[ \t]?\S`)
	feedRoot  = regexp.MustCompile(`(?i)<(rss|feed|rdf:RDF|channel|opml|([a-z0-9]+:)?feed)[\s>]`)
	htmlRoot  = regexp.MustCompile(`(?i)<(!doctype html|html|head|body|table)[\s>]`)
)

// NotTable refuses texts that are something else, saying what they are.
func NotTable(text []byte, name string) error {
	for _, f := range foreign {
		if bytes.HasPrefix(text, []byte(f.magic)) && (f.magic != "MZ" && f.magic != "ORC" || bytes.IndexByte(text[:min(len(text), 512)], 0) >= 0) {
			return Unsupported(name, f.en, f.zh, "")
		}
	}
	t := bytes.TrimLeft(text[:min(len(text), 64<<10)], "\ufeff \t\r\n")
	if len(t) > 0 && t[0] == '<' {
		html, feed := first(htmlRoot, t[:min(len(t), 4096)]), first(feedRoot, t)
		switch {
		case html < feed:
			return Unsupported(name, "an HTML page", "HTML 网页", "html")
		case feed < len(t):
			return Unsupported(name, "a feed (RSS, Atom or OPML)", "订阅源（RSS、Atom 或 OPML）", "feed")
		case bytes.HasPrefix(t, []byte("<?xml")) || bytes.HasPrefix(t, []byte("<!")) || xmlTag.Match(t):
			return Unsupported(name, "an XML document", "XML 文档", "xml")
		}
	}
	if ext := strings.ToLower(filepath.Ext(name)); (ext == ".html" || ext == ".htm") && bytes.IndexByte(t, '<') >= 0 {
		return Unsupported(name, "an HTML page", "HTML 网页", "html")
	}
	if bytes.HasPrefix(t, []byte("{")) && bytes.Contains(t, []byte(`"https://jsonfeed.org/version/`)) {
		return Unsupported(name, "a feed (JSON Feed)", "订阅源（JSON Feed）", "feed")
	}
	if isMail(t, name) {
		return Unsupported(name, "a mail or newsgroup message", "邮件或新闻组消息", "mail")
	}
	return nil
}

// first is where re matches first, or far behind the text.
func first(re *regexp.Regexp, t []byte) int {
	if at := re.FindIndex(t); at != nil {
		return at[0]
	}
	return 1 << 30
}

var xmlTag = regexp.MustCompile(`^<[A-Za-z_][\w:.-]*(\s[^<>]*)?/?>`)

func isMail(t []byte, name string) bool {
	head := t
	for _, end := range []string{"\n\n", "\r\n\r\n", "\r\r"} {
		if i := bytes.Index(head, []byte(end)); i >= 0 {
			head = head[:i]
		}
	}
	if strings.EqualFold(filepath.Ext(name), ".eml") {
		return true
	}
	kinds := map[string]bool{}
	for _, m := range mailLine.FindAllSubmatch(head, 20) {
		kinds[strings.ToLower(string(m[1]))] = true
	}
	return mailStart.Match(t) && (len(kinds) >= 2 || kinds["content-type"] || kinds["mime-version"])
}

// Unsupported says that name is no table but what en and zh say; code is how to mend it: feed, mail, html, xml.
func Unsupported(name, en, zh, code string) error {
	mend := map[string][2]string{
		"feed": {"; add it as a feed source instead", "；请把它作为订阅源添加"},
		"mail": {"; add it as a mailbox source instead", "；请把它作为邮箱来源添加"},
		"html": {"; save the table as CSV or XLSX first", "；请先把表格另存为 CSV 或 XLSX"},
	}[code]
	if mend[0] == "" {
		mend = [2]string{"; export it as CSV, XLSX, JSON or Parquet", "；请导出为 CSV、XLSX、JSON 或 Parquet"}
	}
	if code == "" {
		code = "binary"
	}
	return fault.New(fault.ErrInvalid, "kind."+code,
		fmt.Sprintf("%q is %s, not a table%s", name, en, mend[0]), fmt.Sprintf("“%s”是%s，不是表格%s", name, zh, mend[1]))
}

// Binary tells text that no encoding explains: many control bytes.
func Binary(text []byte) bool {
	text = text[:min(len(text), 64<<10)]
	n := 0
	for _, c := range text {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != 0x0c && c != 0x1b && c != 0x01 && c != 0x1f && c != 0x02 {
			n++
		}
	}
	return len(text) > 0 && n*10 > len(text)
}

// LooksJSON tells JSON by its first byte and what can follow it; a name that
// says JSON settles what else is open. Several values, each on lines of its
// own, are NDJSON.
func LooksJSON(text []byte, whole bool, name string) (Kind, bool) {
	ext := strings.ToLower(filepath.Ext(name))
	named := ext == ".json" || ext == ".geojson"
	if ext == ".ndjson" || ext == ".jsonl" {
		return NDJSON, true
	}
	t := bytes.TrimLeft(text, "\ufeff \t\r\n")
	if len(t) < 1 {
		return JSON, named
	}
	switch t[0] {
	case '{':
		rest := bytes.TrimLeft(t[1:], " \t\r\n")
		if len(rest) > 0 && rest[0] != '"' && rest[0] != '}' && !named {
			return "", false
		}
		return several(t, whole), true
	case '[':
		rest := bytes.TrimLeft(t[1:], " \t\r\n")
		if named || len(rest) == 0 && whole || len(rest) > 0 && bytes.IndexByte([]byte(`{["]`), rest[0]) >= 0 {
			return JSON, true
		}
	}
	return JSON, named
}

// several tells NDJSON from one JSON object: behind the first value, or the
// first line where that value is broken, another object begins.
func several(t []byte, whole bool) Kind {
	d := json.NewDecoder(bytes.NewReader(t), len(t)+1, 0)
	v, err := d.Value()
	if err == nil && bytes.IndexByte(v, '\n') < 0 || errors.Is(err, io.ErrUnexpectedEOF) || err == nil && json.Flatten(v, 1<<10, func(string, []byte) {}) != nil {
		i := bytes.IndexByte(t, '\n')
		if i > 0 && bytes.HasSuffix(bytes.TrimSpace(t[:i]), []byte("}")) && bytes.HasPrefix(bytes.TrimLeft(t[i:], " \t\r\n"), []byte("{")) {
			return NDJSON
		}
	}
	if err != nil {
		return JSON
	}
	if c, err := d.Peek(); err == nil && c == '{' {
		return NDJSON
	}
	return JSON
}

// Stem is a file's name without folders and endings.
func Stem(name string) string {
	name = filepath.Base(strings.ReplaceAll(name, "\\", "/"))
	if !utf8.ValidString(name) {
		name = strings.ToValidUTF8(name, "\uFFFD")
	}
	for _, packed := range []string{".gz", ".zst", ".zip", ".gzip"} {
		if s, ok := strings.CutSuffix(name, packed); ok && s != "" {
			name = s
			break
		}
	}
	ext := filepath.Ext(name)
	if len(ext) > 10 || len(ext) == len(name) {
		return name
	}
	return strings.TrimSuffix(name, ext)
}

// IsWorkbook tells an XLSX from other ZIP files by what stands in it.
func IsWorkbook(file string) bool {
	z, err := zip.OpenReader(file)
	if err != nil {
		return false
	}
	defer z.Close()
	for _, f := range z.File {
		n := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, "\\", "/"), "/"))
		if strings.HasPrefix(n, "xl/") || path.Base(n) == "workbook.xml" {
			return true
		}
	}
	return false
}

// Damaged says that a file is cut off or broken.
func Damaged(name, kind string) error {
	return fault.New(fault.ErrDenied, "file.damaged", fmt.Sprintf("the %s file %q is cut off or damaged; get it again from its source", kind, name),
		fmt.Sprintf("%s 文件“%s”不完整或已损坏；请重新获取", kind, name))
}
