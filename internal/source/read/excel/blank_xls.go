package excel

import (
	"encoding/binary"
	"errors"
	"io"
	"os"

	"github.com/richardlehane/mscfb"
)

const recBlank = 0x0201

// BlankXLS copies the workbook and overwrites some of its cells in place: a
// cell's record becomes one of an empty cell, one number of a run of numbers
// 0. A shared text that only such cells use becomes blanks.
func BlankXLS(file, out string, l Limits, goes Goes) (err error) {
	defer rescue(&err)
	book, err := OpenXLS(file, l)
	if err != nil {
		return err
	}
	x := book.(*xls)
	gone, kept := map[int]bool{}, map[int]bool{}
	for i := range x.sheets {
		if err := x.blankSheet(i, goes, gone, kept); err != nil {
			return err
		}
	}
	x.blankShared(gone, kept)
	src, err := os.Open(file)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(out, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := dst.Close(); err == nil {
			err = cerr
		}
	}()
	if _, err := io.Copy(dst, src); err != nil {
		return err
	}
	return x.putStream(dst)
}

// putStream writes the workbook's stream back to where it stands in the file.
func (x *xls) putStream(f *os.File) error {
	var head [1]byte
	if _, err := f.ReadAt(head[:], 0); err != nil {
		return err
	}
	if head[0] == 0x09 {
		_, err := f.WriteAt(x.b, 0)
		return err
	}
	doc, err := mscfb.New(f)
	if err != nil {
		return ErrDamaged
	}
	var old *mscfb.File
	for e, err := doc.Next(); !errors.Is(err, io.EOF); e, err = doc.Next() {
		if err != nil {
			return ErrDamaged
		}
		if len(e.Path) > 0 || e.Name != "Workbook" && e.Name != "Book" {
			continue
		}
		if old = e; e.Name == "Workbook" {
			break
		}
	}
	if old == nil {
		return ErrNotABook
	}
	_, err = old.Write(x.b)
	return err
}

// blankSheet empties a sheet's cells in the stream and notes which shared
// texts they used, and which the others do.
func (x *xls) blankSheet(i int, goes Goes, gone, kept map[int]bool) error {
	at := x.sheets[i].at
	if at < 0 || at >= len(x.b) {
		return ErrDamaged
	}
	s := &biff{b: x.b, at: at}
	if kind, _, ok := s.next(); !ok || kind != recBOF {
		return ErrDamaged
	}
	text := false // the text of a formula that goes comes next
	for depth := 1; depth > 0; {
		kind, data, ok := s.next()
		if !ok {
			return ErrDamaged
		}
		switch {
		case kind == recBOF:
			depth++
		case kind == recEOF:
			depth--
		case depth > 1 || len(data) < 6:
		case kind == recString:
			if text {
				clear(data)
				for _, p := range s.continued() {
					clear(p[min(1, len(p)):])
				}
			}
			text = false
		default:
			text = blankCell(kind, data, x.b[s.at-len(data)-4:], i, goes, gone, kept)
		}
	}
	return nil
}

// blankCell empties one record if its cell goes; it reports whether its text
// follows in a record of its own.
func blankCell(kind int, data, record []byte, sheet int, goes Goes, gone, kept map[int]bool) bool {
	row, col := u16(data, 0)+1, u16(data, 2)
	if kind == recMulRK {
		for p := 4; p+6 <= len(data)-2; p += 6 {
			if goes(sheet, row, col) {
				copy(data[p+2:], []byte{2, 0, 0, 0}) // the integer 0
			}
			col++
		}
		return false
	}
	shared := -1
	if kind == recLabelSST && len(data) >= 10 {
		shared = u32(data, 6)
	}
	if !goes(sheet, row, col) {
		if shared >= 0 {
			kept[shared] = true
		}
		return false
	}
	if shared >= 0 {
		gone[shared] = true
	}
	switch kind {
	case recNumber, recRK, recLabelSST, recLabel, recRString, recBoolErr:
		clear(data[6:])
		binary.LittleEndian.PutUint16(record, recBlank)
	case recFormula, 0x0206, 0x0406:
		if len(data) >= 14 {
			follows := u16(data, 12) == 0xffff && data[6] == 0
			clear(data[6:14])
			copy(data[6:14], []byte{3, 0, 0, 0, 0, 0, 0xff, 0xff}) // an empty text
			return follows
		}
	}
	return false
}

// blankShared overwrites the shared texts that only cells which go used.
func (x *xls) blankShared(gone, kept map[int]bool) {
	s := &biff{b: x.b}
	for {
		kind, data, ok := s.next()
		if !ok || kind == recEOF {
			return
		}
		if kind != recSST || len(data) < 8 {
			continue
		}
		t := &sst{parts: append([][]byte{data[8:]}, s.continued()...)}
		for n := range u32(data, 4) {
			t.chars = nil
			if gone[n] && !kept[n] {
				t.chars = spaces
			}
			if text, ok := t.next(); !ok && text == "" {
				return
			}
		}
		return
	}
}

func spaces(chars []byte, wide bool) {
	for i := range chars {
		chars[i] = ' '
		if wide && i%2 == 1 {
			chars[i] = 0
		}
	}
}
