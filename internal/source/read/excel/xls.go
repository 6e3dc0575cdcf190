package excel

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"

	"github.com/richardlehane/mscfb"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

const maxStream = 512 << 20 // bytes of a workbook stream, which is read whole

type xls struct {
	b      []byte
	l      Limits
	biff8  bool
	is1904 bool
	page   encoding.Encoding // of texts before Excel 97
	sheets []Sheet
	shared []string
	custom map[int]form
	forms  []form // by XF
}

// OpenXLS opens a workbook of Excel 5 to 2003 (BIFF5 and BIFF8).
func OpenXLS(file string, l Limits) (book Book, err error) {
	defer rescue(&err)
	b, err := stream(file)
	if err != nil {
		return nil, err
	}
	x := &xls{b: b, l: l, page: charmap.Windows1252, custom: map[int]form{}}
	if err := x.globals(); err != nil {
		return nil, err
	}
	return x, nil
}

// rescue turns a panic over a hostile file into a damaged one.
func rescue(err *error) {
	if recover() != nil {
		*err = ErrDamaged
	}
}

// stream finds the workbook in its compound file; a bare stream is one too.
func stream(file string) ([]byte, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if st.Size() > maxStream {
		return nil, ErrBomb
	}
	head := make([]byte, 8)
	if _, err := io.ReadFull(f, head); err != nil {
		return nil, ErrDamaged
	}
	if head[0] == 0x09 {
		if head[1] != 0x08 {
			return nil, ErrTooOld
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
		return io.ReadAll(f)
	}
	doc, err := mscfb.New(f)
	if err != nil {
		return nil, ErrDamaged
	}
	var old []byte
	locked := false
	for e, err := doc.Next(); !errors.Is(err, io.EOF); e, err = doc.Next() {
		if err != nil {
			return nil, ErrDamaged
		}
		locked = locked || e.Name == "EncryptedPackage"
		if len(e.Path) > 0 || e.Name != "Workbook" && e.Name != "Book" || e.Size > maxStream {
			continue
		}
		b, err := io.ReadAll(io.LimitReader(e, e.Size))
		if err != nil || int64(len(b)) < e.Size {
			return nil, ErrDamaged
		}
		if e.Name == "Workbook" {
			return b, nil
		}
		old = b
	}
	switch {
	case old != nil:
		return old, nil
	case locked:
		return nil, ErrLocked
	}
	return nil, ErrNotABook
}

// globals reads what stands before the sheets.
func (x *xls) globals() error {
	s := &biff{b: x.b}
	kind, data, ok := s.next()
	if !ok {
		return ErrDamaged
	}
	if kind != recBOF {
		return ErrTooOld
	}
	x.biff8 = u16(data, 0) >= 0x0600
	if u16(data, 2) == 0x0010 { // a bare sheet of Excel 5
		x.sheets = []Sheet{{Name: "Sheet1"}}
	}
	for {
		kind, data, ok := s.next()
		if !ok {
			return ErrDamaged
		}
		switch kind {
		case recEOF:
			return nil
		case recFilePass:
			return ErrLocked
		case recDate1904:
			x.is1904 = u16(data, 0) == 1
		case recCodePage:
			if p := codePages[u16(data, 0)]; p != nil {
				x.page = p
			}
		case recBoundSheet:
			x.boundSheet(data)
		case recFormat, recFormat2:
			x.format(data)
		case recXF:
			id := u16(data, 2)
			f, ok := x.custom[id]
			if !ok {
				f = builtin(id)
			}
			x.forms = append(x.forms, f)
		case recSST:
			x.strings(data, s.continued())
		}
	}
}

func (x *xls) boundSheet(data []byte) {
	if len(data) < 8 || data[5] != 0 { // 0 is a worksheet; others are charts and macros
		return
	}
	name, _ := x.short(data[6:])
	x.sheets = append(x.sheets, Sheet{Name: name, Hidden: data[4]&3 != 0, at: u32(data, 0)})
}

func (x *xls) format(data []byte) {
	if len(data) < 3 {
		return
	}
	var code string
	if x.biff8 {
		code, _ = x.long(data[2:])
	} else {
		code, _ = x.short(data[2:])
	}
	x.custom[u16(data, 0)] = formOf(code)
}

func (x *xls) strings(data []byte, parts [][]byte) {
	if len(data) < 8 {
		return
	}
	n := u32(data, 4)
	s := &sst{parts: append([][]byte{data[8:]}, parts...)}
	for range n {
		text, ok := s.next()
		if !ok && text == "" {
			return
		}
		x.shared = append(x.shared, text)
	}
}

// short reads a text whose length is one byte, long one whose length is two.
func (x *xls) short(b []byte) (string, bool) {
	if len(b) < 1 {
		return "", false
	}
	return x.chars(b[1:], int(b[0]))
}

func (x *xls) long(b []byte) (string, bool) {
	if len(b) < 2 {
		return "", false
	}
	return x.chars(b[2:], u16(b, 0))
}

func (x *xls) chars(b []byte, n int) (string, bool) {
	if !x.biff8 {
		if n > len(b) {
			return "", false
		}
		s, err := x.page.NewDecoder().Bytes(b[:n])
		return string(s), err == nil
	}
	if len(b) < 1 {
		return "", n == 0
	}
	wide := b[0]&1 != 0
	skip := 1
	if b[0]&8 != 0 {
		skip += 2
	}
	if b[0]&4 != 0 {
		skip += 4
	}
	if wide {
		n *= 2
	}
	if skip+n > len(b) {
		return "", false
	}
	if wide {
		return utf16Text(b[skip : skip+n]), true
	}
	return latin(b[skip : skip+n]), true
}

func (x *xls) Sheets() []Sheet { return x.sheets }
func (x *xls) Date1904() bool  { return x.is1904 }
func (x *xls) Close() error    { return nil }

// walk calls f for each cell of a sheet as it stands in the stream.
func (x *xls) walk(i int, f func(row, col int, c Cell) error, merged func(Range)) (err error) {
	defer rescue(&err)
	at := x.sheets[i].at
	if at < 0 || at >= len(x.b) {
		return ErrDamaged
	}
	s := &biff{b: x.b, at: at}
	if kind, _, ok := s.next(); !ok || kind != recBOF {
		return ErrDamaged
	}
	depth := 1
	row, col := -1, -1 // of a formula whose text comes next
	for depth > 0 {
		kind, data, ok := s.next()
		if !ok {
			return ErrDamaged
		}
		switch {
		case kind == recBOF:
			depth++
		case kind == recEOF:
			depth--
		case depth > 1:
		case kind == recMergeCells && merged != nil:
			for k := range u16(data, 0) {
				p := 2 + 8*k
				if p+8 <= len(data) {
					merged(Range{Top: u16(data, p), Bottom: u16(data, p+2), Left: u16(data, p+4), Right: u16(data, p+6)})
				}
			}
		case f == nil:
		case kind == recString:
			if row < 0 {
				continue
			}
			text, _ := x.long(x.joined(data, s))
			err := f(row, col, textCell(text))
			row = -1
			if err != nil {
				return err
			}
		default:
			text, err := x.cell(kind, data, f)
			if err != nil {
				return err
			}
			if text {
				row, col = u16(data, 0), u16(data, 2)
			}
		}
	}
	return nil
}

// joined is a STRING record with its continuations, whose width flags agree in practice.
func (x *xls) joined(data []byte, s *biff) []byte {
	parts := s.continued()
	if len(parts) == 0 {
		return data
	}
	out := bytes.Clone(data)
	for _, p := range parts {
		if x.biff8 && len(p) > 0 {
			p = p[1:]
		}
		out = append(out, p...)
	}
	return out
}

// cell reads one cell record; it reports whether the value is a text that follows.
func (x *xls) cell(kind int, data []byte, f func(int, int, Cell) error) (bool, error) {
	row, col, style := u16(data, 0), u16(data, 2), u16(data, 4)
	switch kind {
	case recNumber:
		return false, f(row, col, x.number(f64(data, 6), style))
	case recRK:
		return false, f(row, col, x.number(rk(uint32(u32(data, 6))), style))
	case recMulRK:
		for p := 4; p+6 <= len(data)-2; p += 6 {
			if err := f(row, col, x.number(rk(uint32(u32(data, p+2))), u16(data, p))); err != nil {
				return false, err
			}
			col++
		}
	case recLabelSST:
		if i := u32(data, 6); i >= 0 && i < len(x.shared) {
			return false, f(row, col, textCell(x.shared[i]))
		}
	case recLabel, recRString:
		if len(data) >= 8 {
			text, _ := x.long(data[6:])
			return false, f(row, col, textCell(text))
		}
	case recBoolErr:
		if len(data) >= 8 {
			return false, f(row, col, boolErr(data[6], data[7] == 1))
		}
	case recFormula, 0x0206, 0x0406:
		if len(data) < 14 {
			return false, nil
		}
		if u16(data, 12) != 0xffff {
			return false, f(row, col, x.number(f64(data, 6), style))
		}
		switch data[6] {
		case 0:
			return true, nil
		case 1, 2:
			return false, f(row, col, boolErr(data[8], data[6] == 2))
		}
	}
	return false, nil
}

func (x *xls) number(v float64, style int) Cell {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Cell{Text: "#NUM!", Sort: Error}
	}
	f := plain
	if style < len(x.forms) {
		f = x.forms[style]
	}
	return cellOf(v, f, x.is1904)
}

var errorNames = map[byte]string{0x00: "#NULL!", 0x07: "#DIV/0!", 0x0f: "#VALUE!", 0x17: "#REF!", 0x1d: "#NAME?", 0x24: "#NUM!", 0x2a: "#N/A"}

func boolErr(v byte, isErr bool) Cell {
	switch {
	case isErr:
		name := errorNames[v]
		if name == "" {
			name = "#ERR"
		}
		return Cell{Text: name, Sort: Error}
	case v != 0:
		return Cell{Text: "TRUE", Sort: Bool}
	}
	return Cell{Text: "FALSE", Sort: Bool}
}

func (x *xls) Merges(i int) ([]Range, error) {
	var out []Range
	err := x.walk(i, nil, func(r Range) { out = append(out, r) })
	return out, err
}

func (x *xls) Rows(i int, f func(int, []Cell) error) error {
	last, sorted := -1, true
	err := x.walk(i, func(row, _ int, _ Cell) error {
		sorted = sorted && row >= last
		last = row
		return nil
	}, nil)
	if err != nil {
		return err
	}
	if sorted {
		err = x.inOrder(i, f)
	} else {
		err = x.gathered(i, f)
	}
	if errors.Is(err, ErrStop) {
		return nil
	}
	return err
}

// inOrder hands rows on as they come.
func (x *xls) inOrder(i int, f func(int, []Cell) error) error {
	var cells []Cell
	at := -1
	flush := func() error {
		if at < 0 || len(cells) == 0 {
			return nil
		}
		return f(at+1, cells)
	}
	err := x.walk(i, func(row, col int, c Cell) error {
		if row != at {
			if err := flush(); err != nil {
				return err
			}
			at, cells = row, cells[:0]
		}
		var err error
		cells, err = x.put(cells, col, c)
		return err
	}, nil)
	if err != nil {
		return err
	}
	return flush()
}

func (x *xls) put(cells []Cell, col int, c Cell) ([]Cell, error) {
	if c.Sort == Empty {
		return cells, nil
	}
	if col >= x.l.Columns {
		return cells, ErrColumns
	}
	for len(cells) <= col {
		cells = append(cells, Cell{})
	}
	cells[col] = c
	return cells, nil
}

// gathered collects a sheet whose records are out of order; it has 65,536 rows at most.
func (x *xls) gathered(i int, f func(int, []Cell) error) error {
	rows := make([][]Cell, 1<<16)
	err := x.walk(i, func(row, col int, c Cell) error {
		var err error
		rows[row], err = x.put(rows[row], col, c)
		return err
	}, nil)
	if err != nil {
		return err
	}
	for row, cells := range rows {
		if len(cells) > 0 {
			if err := f(row+1, cells); err != nil {
				return err
			}
		}
	}
	return nil
}
