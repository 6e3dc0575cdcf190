// Package excel reads the cells of XLSX and XLS workbooks as a stream.
//
// A number under a date format becomes an ISO date, by the workbook's own
// date system (1900, with its leap year that never was, or 1904); a formula
// is its cached value; an error cell is empty and says which error. Nothing
// is ever computed. Excelize, which the tests write workbooks with, streams
// cells without their number formats, so that dates could not be told from
// numbers; that is why the XLSX part is read here.
package excel

import "errors"

// A Sort is what a cell holds.
type Sort byte

// The sorts of a cell.
const (
	Empty Sort = iota
	Text
	Number
	Date // ISO text: 2024-03-05, 2024-03-05 10:20:30 or 10:20:30
	Bool // TRUE or FALSE
	Error
)

// A Cell is one value as text.
type Cell struct {
	Text string // of an Error its name: #N/A
	Sort Sort
}

// A Sheet is one sheet of cells; charts and macros are none.
type Sheet struct {
	Name   string
	Hidden bool
	part   string // XLSX: where it stands in the archive
	at     int    // XLS: offset in the workbook stream
}

// A Range is a merged range, 0-based, both ends included.
type Range struct{ Top, Left, Bottom, Right int }

// A Book is an open workbook.
type Book interface {
	Sheets() []Sheet
	Date1904() bool
	// Rows calls f for each row that holds a cell, in order; row is 1-based.
	// The cells are valid during the call. f returns ErrStop to end early.
	Rows(i int, f func(row int, cells []Cell) error) error
	// Merges lists merged ranges, as far as they can be had cheaply.
	Merges(i int) ([]Range, error)
	Close() error
}

// Limits bound what a workbook may cost.
type Limits struct {
	Bytes   int64 // unpacked
	Ratio   int64 // unpacked to packed, above 100 MiB
	Columns int
	Rows    int
}

// The faults of a workbook; the caller words them.
var (
	ErrStop      = errors.New("excel: stop")
	ErrDamaged   = errors.New("excel: damaged workbook")
	ErrLocked    = errors.New("excel: workbook protected by a password")
	ErrBomb      = errors.New("excel: workbook unpacks to too much")
	ErrColumns   = errors.New("excel: too many columns")
	ErrRows      = errors.New("excel: too many rows")
	ErrNotABook  = errors.New("excel: not a workbook")
	ErrTooOld    = errors.New("excel: workbook of a version before Excel 5")
	ErrBinaryXML = errors.New("excel: binary workbook (XLSB)")
)
