package excel

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strconv"
	"strings"
)

// Goes tells whether a cell is to become empty: sheet and col 0-based, row 1-based.
type Goes func(sheet, row, col int) bool

// copies are parts that repeat what cells hold.
var copies = []string{"xl/pivotcache/", "xl/comments", "xl/threadedcomments/", "xl/charts/", "xl/drawings/", "xl/externallinks/", "docprops/", "xl/worksheets/_rels/"}

// BlankXLSX writes the workbook anew without some of its cells. A shared text
// that only such cells use goes too; the words go from the parts that repeat
// what cells hold.
func BlankXLSX(file, out string, l Limits, goes Goes, words []string) error {
	book, err := OpenXLSX(file, l)
	if err != nil {
		return err
	}
	b := book.(*xlsx)
	defer b.Close()
	index := map[string]int{}
	for i, s := range b.sheets {
		index[s.part] = i
	}
	gone, kept := map[int]bool{}, map[int]bool{}
	changed := map[string][]byte{}
	for part, i := range index {
		text, err := b.whole(part)
		if err != nil {
			return err
		}
		w := sheetBlank{goes: func(row, col int) bool { return goes(i, row, col) }, gone: gone, kept: kept}
		if changed[part], err = w.rewrite(text); err != nil {
			return err
		}
	}
	for n := range kept {
		delete(gone, n)
	}
	for part := range b.parts {
		switch {
		case path.Base(part) == "sharedstrings.xml" && len(gone) > 0:
			text, err := b.whole(part)
			if err != nil {
				return err
			}
			if changed[part], err = blankShared(text, gone); err != nil {
				return err
			}
		case repeats(part):
			text, err := b.whole(part)
			if err != nil {
				return err
			}
			changed[part] = erase(text, words)
		}
	}
	return b.rewritten(out, changed)
}

func repeats(part string) bool {
	for _, p := range copies {
		if strings.HasPrefix(part, p) {
			return true
		}
	}
	return false
}

// whole reads a part; the bounds of the reader hold here too.
func (b *xlsx) whole(part string) ([]byte, error) {
	z, ok := b.parts[part]
	if !ok {
		return nil, ErrDamaged
	}
	in, err := z.Open()
	if err != nil {
		return nil, ErrDamaged
	}
	defer in.Close()
	text, err := io.ReadAll(&bounded{in: in, b: b, packed: int64(z.CompressedSize64)})
	if errors.Is(err, ErrBomb) {
		return nil, err
	}
	if err != nil {
		return nil, ErrDamaged
	}
	return text, nil
}

// rewritten copies the archive with the changed parts in the others' places.
func (b *xlsx) rewritten(out string, changed map[string][]byte) (err error) {
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}()
	z := zip.NewWriter(f)
	for _, part := range b.z.File {
		text, ok := changed[partName(part.Name)]
		if !ok {
			if err := z.Copy(part); err != nil {
				return fmt.Errorf("excel: %w", err)
			}
			continue
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: part.Name, Method: zip.Deflate, Modified: part.Modified})
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			return fmt.Errorf("excel: %w", err)
		}
	}
	return z.Close()
}

// A sheetBlank rewrites one sheet.
type sheetBlank struct {
	goes       func(row, col int) bool
	gone, kept map[int]bool // shared texts by who uses them
	row, col   int
	at         int64 // where the cell in hand begins
	cell       xml.StartElement
	inV        bool
	value      string
	out        bytes.Buffer
	done       int64 // of the original, so far
}

func (w *sheetBlank) rewrite(text []byte) ([]byte, error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	for {
		from := d.InputOffset()
		token, err := d.RawToken()
		if err == io.EOF {
			w.out.Write(text[w.done:])
			return w.out.Bytes(), nil
		}
		if err != nil {
			return nil, ErrDamaged
		}
		switch e := token.(type) {
		case xml.StartElement:
			w.start(e, from)
		case xml.CharData:
			if w.inV {
				w.value += string(e)
			}
		case xml.EndElement:
			w.inV = false
			if e.Name.Local == "c" && w.cell.Name.Local == "c" {
				w.end(text, d.InputOffset())
			}
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

func (w *sheetBlank) start(e xml.StartElement, from int64) {
	switch e.Name.Local {
	case "row":
		r, err := strconv.Atoi(attr(e, "r"))
		if err != nil || r <= w.row {
			r = w.row + 1
		}
		w.row, w.col = r, -1
	case "c":
		col, _ := position(attr(e, "r"))
		if col <= w.col {
			col = w.col + 1
		}
		w.col, w.at, w.cell, w.value = col, from, e.Copy(), ""
	case "v":
		w.inV = w.cell.Name.Local == "c"
	}
}

func (w *sheetBlank) end(text []byte, to int64) {
	shared, n := attr(w.cell, "t") == "s", 0
	if shared {
		var err error
		n, err = strconv.Atoi(strings.TrimSpace(w.value))
		shared = err == nil
	}
	cell := w.cell
	w.cell = xml.StartElement{}
	if !w.goes(w.row, w.col) {
		if shared {
			w.kept[n] = true
		}
		return
	}
	if shared {
		w.gone[n] = true
	}
	w.out.Write(text[w.done:w.at])
	w.done = to
	name := cell.Name.Local
	if cell.Name.Space != "" {
		name = cell.Name.Space + ":" + name
	}
	fmt.Fprintf(&w.out, "<%s", name)
	for _, a := range []string{"r", "s"} {
		if v := attr(cell, a); v != "" {
			fmt.Fprintf(&w.out, " %s=%q", a, v)
		}
	}
	w.out.WriteString("/>")
}

// blankShared empties the shared texts of those numbers; the others keep theirs.
func blankShared(text []byte, gone map[int]bool) ([]byte, error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	var out bytes.Buffer
	done, at, n := int64(0), int64(0), -1
	for {
		from := d.InputOffset()
		token, err := d.RawToken()
		if err == io.EOF {
			out.Write(text[done:])
			return out.Bytes(), nil
		}
		if err != nil {
			return nil, ErrDamaged
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local == "si" {
				at = from
				n++
			}
		case xml.EndElement:
			if e.Name.Local == "si" && gone[n] {
				prefix := ""
				if e.Name.Space != "" {
					prefix = e.Name.Space + ":"
				}
				out.Write(text[done:at])
				fmt.Fprintf(&out, "<%[1]ssi><%[1]st></%[1]st></%[1]ssi>", prefix)
				done = d.InputOffset()
			}
		}
	}
}

// erase overwrites words by blanks, also as XML writes them.
func erase(text []byte, words []string) []byte {
	text = bytes.Clone(text)
	for _, w := range words {
		var escaped bytes.Buffer
		_ = xml.EscapeText(&escaped, []byte(w))
		for _, form := range [][]byte{[]byte(w), escaped.Bytes()} {
			if len(bytes.TrimSpace(form)) > 1 {
				text = bytes.ReplaceAll(text, form, bytes.Repeat([]byte{' '}, len(form)))
			}
		}
	}
	return text
}
