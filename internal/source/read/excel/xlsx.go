package excel

import (
	"archive/zip"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxStrings = 256 << 20 // bytes of all shared strings
	mergeBytes = 64 << 20  // of a sheet whose merged ranges, which stand at its end, are looked for
)

type xlsx struct {
	z       *zip.ReadCloser
	parts   map[string]*zip.File
	l       Limits
	spent   int64
	sheets  []Sheet
	is1904  bool
	forms   []form   // by cell style
	text    []byte   // shared strings, one after the other
	offsets []uint32 // of each in text, and the end
}

// OpenXLSX opens a workbook of Excel 2007 and later.
func OpenXLSX(file string, l Limits) (Book, error) {
	z, err := zip.OpenReader(file)
	if err != nil {
		return nil, ErrDamaged
	}
	b := &xlsx{z: z, parts: map[string]*zip.File{}, l: l}
	for _, f := range z.File {
		b.parts[partName(f.Name)] = f
	}
	if err := b.open(); err != nil {
		z.Close()
		return nil, err
	}
	return b, nil
}

func partName(n string) string {
	return strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(n, "\\", "/"), "/"))
}

func (b *xlsx) open() error {
	book := b.bookPart()
	if _, ok := b.parts[book]; !ok {
		for name := range b.parts {
			if strings.HasSuffix(name, "workbook.bin") {
				return ErrBinaryXML
			}
		}
		return ErrDamaged
	}
	rels, err := b.relations(book)
	if err != nil {
		return err
	}
	if err := b.workbook(book, rels); err != nil {
		return err
	}
	styles, shared := path.Dir(book)+"/styles.xml", path.Dir(book)+"/sharedstrings.xml"
	for _, r := range rels {
		switch {
		case strings.HasSuffix(r.kind, "/styles"):
			styles = r.target
		case strings.HasSuffix(r.kind, "/sharedStrings"):
			shared = r.target
		}
	}
	if err := b.styles(styles); err != nil {
		return err
	}
	return b.sharedStrings(shared)
}

type relation struct{ kind, target string }

// bookPart is where the workbook stands, as the package's relations say.
func (b *xlsx) bookPart() string {
	rels, err := b.relations("")
	if err == nil {
		for _, r := range rels {
			if strings.HasSuffix(r.kind, "/officeDocument") {
				return r.target
			}
		}
	}
	return "xl/workbook.xml"
}

func (b *xlsx) relations(of string) (map[string]relation, error) {
	dir, base := path.Split(of)
	out := map[string]relation{}
	err := b.each(dir+"_rels/"+base+".rels", false, func(s *scanner) error {
		if string(s.name) != "Relationship" || s.end {
			return nil
		}
		target := s.str("Target")
		if !strings.HasPrefix(target, "/") {
			target = dir + target
		}
		out[s.str("Id")] = relation{kind: s.str("Type"), target: partName(path.Clean(target))}
		return nil
	})
	return out, err
}

// each walks the tags of a part; a missing part has none.
func (b *xlsx) each(part string, want bool, f func(*scanner) error) error {
	z, ok := b.parts[part]
	if !ok {
		return nil
	}
	in, err := z.Open()
	if err != nil {
		return ErrDamaged
	}
	defer in.Close()
	s := newScanner(&bounded{in: in, b: b, packed: int64(z.CompressedSize64)})
	for {
		err := s.next(want)
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = f(s)
		}
		if err != nil {
			if errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrFormat) || strings.Contains(err.Error(), "flate") {
				return ErrDamaged
			}
			return err
		}
	}
}

// bounded stops a part that unpacks to too much.
type bounded struct {
	in     io.Reader
	b      *xlsx
	packed int64
	n      int64
}

func (r *bounded) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	r.n += int64(n)
	r.b.spent += int64(n)
	if r.b.spent > 4*r.b.l.Bytes || r.n > r.b.l.Bytes || r.n > 100<<20 && r.n/max(r.packed, 1) > r.b.l.Ratio {
		return n, ErrBomb
	}
	return n, err
}

func (b *xlsx) workbook(part string, rels map[string]relation) error {
	return b.each(part, false, func(s *scanner) error {
		switch string(s.name) {
		case "workbookPr":
			v := s.str("date1904")
			b.is1904 = b.is1904 || v == "1" || v == "true"
		case "sheet":
			id := s.str("r:id")
			if id == "" {
				id = relID(s)
			}
			r, ok := rels[id]
			if s.end || !ok || strings.HasSuffix(r.kind, "/chartsheet") || strings.HasSuffix(r.kind, "/dialogsheet") {
				return nil
			}
			state := s.str("state")
			b.sheets = append(b.sheets, Sheet{Name: s.str("name"), Hidden: state == "hidden" || state == "veryHidden", part: r.target})
		}
		return nil
	})
}

// relID finds the id attribute under whatever prefix the file gives the namespace.
func relID(s *scanner) string {
	for _, f := range strings.Fields(string(s.tag)) {
		if i := strings.Index(f, ":id="); i > 0 {
			return strings.Trim(f[i+4:], `"'`)
		}
	}
	return ""
}

// styles learns the form of each cell style.
func (b *xlsx) styles(part string) error {
	custom := map[int]form{}
	inXfs := false
	return b.each(part, false, func(s *scanner) error {
		switch string(s.name) {
		case "numFmt":
			if !s.end {
				custom[s.int("numFmtId", -1)] = formOf(s.str("formatCode"))
			}
		case "cellXfs":
			inXfs = !s.end
		case "xf":
			if inXfs && !s.end && len(b.forms) < 1<<16 {
				id := s.int("numFmtId", 0)
				f, ok := custom[id]
				if !ok {
					f = builtin(id)
				}
				b.forms = append(b.forms, f)
			}
		}
		return nil
	})
}

func (b *xlsx) sharedStrings(part string) error {
	var item strings.Builder
	inT, phonetic := false, 0
	return b.each(part, true, func(s *scanner) error {
		if inT {
			inT = false
			if phonetic == 0 {
				item.WriteString(unescape(s.text))
			}
		}
		switch string(s.name) {
		case "t":
			inT = !s.end && !s.self
		case "rPh":
			phonetic += depth(s)
		case "si":
			if s.end || s.self {
				if len(b.offsets) == 0 {
					b.offsets = append(b.offsets, 0)
				}
				b.text = append(b.text, unmangle(item.String())...)
				if len(b.text) > maxStrings {
					return ErrBomb
				}
				b.offsets = append(b.offsets, uint32(len(b.text)))
				item.Reset()
			}
		}
		return nil
	})
}

func depth(s *scanner) int {
	switch {
	case s.self:
		return 0
	case s.end:
		return -1
	}
	return 1
}

func (b *xlsx) shared(i int) string {
	if i < 0 || i+1 >= len(b.offsets) {
		return ""
	}
	return string(b.text[b.offsets[i]:b.offsets[i+1]])
}

func (b *xlsx) Sheets() []Sheet { return b.sheets }
func (b *xlsx) Date1904() bool  { return b.is1904 }
func (b *xlsx) Close() error    { return b.z.Close() }

func (b *xlsx) Merges(i int) ([]Range, error) {
	z := b.parts[b.sheets[i].part]
	if z == nil || z.UncompressedSize64 > mergeBytes {
		return nil, nil
	}
	var out []Range
	err := b.each(b.sheets[i].part, false, func(s *scanner) error {
		if string(s.name) != "mergeCell" || s.end || len(out) >= 1<<16 {
			return nil
		}
		from, to, ok := strings.Cut(s.str("ref"), ":")
		c1, r1 := position(from)
		c2, r2 := position(to)
		if ok && c1 >= 0 && c2 >= c1 && r1 >= 1 && r2 >= r1 {
			out = append(out, Range{Top: r1 - 1, Left: c1, Bottom: r2 - 1, Right: c2})
		}
		return nil
	})
	return out, err
}

// position reads "AB12" as column 27 (0-based) and row 12; -1 and 0 where it can't.
func position(ref string) (col, row int) {
	i := 0
	for i < len(ref) && i < 4 && (ref[i]|0x20) >= 'a' && (ref[i]|0x20) <= 'z' {
		col = col*26 + int(ref[i]|0x20) - 'a' + 1
		i++
	}
	if i == 0 {
		return -1, 0
	}
	row, err := strconv.Atoi(ref[i:])
	if err != nil {
		return col - 1, 0
	}
	return col - 1, row
}

// A walk is the state of reading one sheet.
type walk struct {
	b        *xlsx
	f        func(int, []Cell) error
	cells    []Cell
	row, col int
	kind     string // t of the cell in hand
	style    int
	value    string
	inV, inT bool
	inCell   bool
	phonetic int
}

func (b *xlsx) Rows(i int, f func(int, []Cell) error) error {
	w := walk{b: b, f: f}
	err := b.each(b.sheets[i].part, true, w.tag)
	if errors.Is(err, ErrStop) {
		return nil
	}
	return err
}

func (w *walk) tag(s *scanner) error {
	if w.inV || w.inT {
		if w.phonetic == 0 {
			w.value += unescape(s.text)
		}
		w.inV, w.inT = false, false
	}
	switch string(s.name) {
	case "row":
		return w.atRow(s)
	case "c":
		return w.atCell(s)
	case "v":
		w.inV = w.inCell && !s.end && !s.self
	case "t":
		w.inT = w.inCell && !s.end && !s.self
	case "rPh":
		w.phonetic += depth(s)
	case "sheetData":
		if s.end {
			return ErrStop
		}
	}
	return nil
}

func (w *walk) atRow(s *scanner) error {
	if !s.end {
		r := s.int("r", w.row+1)
		if r <= w.row {
			r = w.row + 1
		}
		w.row, w.col, w.cells, w.inCell = r, -1, w.cells[:0], false
		if r > w.b.l.Rows {
			return ErrRows
		}
	}
	if (s.end || s.self) && len(w.cells) > 0 {
		return w.f(w.row, w.cells)
	}
	return nil
}

func (w *walk) atCell(s *scanner) error {
	if !s.end {
		col, _ := position(s.str("r"))
		if col <= w.col {
			col = w.col + 1
		}
		w.col, w.kind, w.style, w.value, w.inCell = col, s.str("t"), s.int("s", 0), "", true
	}
	if !s.end && !s.self || !w.inCell {
		return nil
	}
	w.inCell = false
	c := w.cell()
	if c.Sort == Empty {
		return nil
	}
	if w.col >= w.b.l.Columns {
		return ErrColumns
	}
	for len(w.cells) <= w.col {
		w.cells = append(w.cells, Cell{})
	}
	w.cells[w.col] = c
	return nil
}

func (w *walk) cell() Cell {
	v := w.value
	switch w.kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(v))
		if err != nil {
			return Cell{}
		}
		return textCell(w.b.shared(n))
	case "inlineStr", "str":
		return textCell(unmangle(v))
	case "b":
		switch strings.TrimSpace(v) {
		case "":
			return Cell{}
		case "1", "true":
			return Cell{Text: "TRUE", Sort: Bool}
		}
		return Cell{Text: "FALSE", Sort: Bool}
	case "e":
		return Cell{Text: v, Sort: Error}
	case "d":
		return Cell{Text: strings.Replace(v, "T", " ", 1), Sort: Date}
	}
	v = strings.TrimSpace(v)
	if v == "" {
		return Cell{}
	}
	n, err := strconv.ParseFloat(v, 64)
	if err != nil {
		return textCell(v)
	}
	f := plain
	if w.style >= 0 && w.style < len(w.b.forms) {
		f = w.b.forms[w.style]
	}
	return cellOf(n, f, w.b.is1904)
}

func textCell(s string) Cell {
	if s == "" {
		return Cell{}
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return Cell{Text: s, Sort: Text}
}
