// Package read turns a delivery, whatever its shape, into clean tables.
//
// A clean table is a UTF-8 file of comma-separated records, each with exactly
// as many fields as the table has columns and no header, so that the engine
// that loads it has nothing left to guess. Where the original bytes already
// are such a file, the table points into them and nothing is copied. Every
// record that can't be made clean is a reject with its text: rows read = clean
// rows + rejects, always.
//
// It owns no tables and knows no database. It runs in the parser child, so its
// limits bound what a hostile file can cost.
package read

import (
	"cmp"
	"context"

	"github.com/chanzipu/outfitter/internal/source/read/csv"
	"github.com/chanzipu/outfitter/internal/source/read/kind"
	"github.com/chanzipu/outfitter/internal/source/read/layout"
)

// The shapes of a delivery's parts, named here for callers.
type (
	Kind     = kind.Kind
	Pivot    = layout.Pivot    // which columns of a wide sheet are values of a dimension
	Evidence = layout.Evidence // why Detect decided as it did
	SetAside = layout.SetAside // a subtotal or total row and its check
	Shape    = layout.Shape    // how a record of an original becomes as wide as its table
)

// The kinds that Detect tells apart.
const (
	CSV     = kind.CSV
	JSON    = kind.JSON
	NDJSON  = kind.NDJSON
	Parquet = kind.Parquet
	XLSX    = kind.XLSX
	XLS     = kind.XLS
	ZIP     = kind.ZIP
	GZIP    = kind.GZIP
	ZSTD    = kind.ZSTD
)

// Hints override what Detect would find; the zero value overrides nothing.
// They are the `format` block of a mapping's table.
type Hints struct {
	Encoding  string   `yaml:"encoding,omitempty" json:"encoding,omitempty"`   // IANA name: gb18030, utf-8, big5, windows-1252
	Delimiter string   `yaml:"delimiter,omitempty" json:"delimiter,omitempty"` // one character, or "tab"
	Quote     string   `yaml:"quote,omitempty" json:"quote,omitempty"`         // one character, or "none"
	Sheet     string   `yaml:"sheet,omitempty" json:"sheet,omitempty"`         // only this sheet of a workbook
	Header    *int     `yaml:"header,omitempty" json:"header,omitempty"`       // 1-based record of the (last) header row; 0 = there is none
	Columns   []string `yaml:"columns,omitempty" json:"columns,omitempty"`     // names for a headerless table
	Missing   []string `yaml:"missing,omitempty" json:"missing,omitempty"`     // texts that mean "no value", beside the empty one: "?", "NULL"
	Records   string   `yaml:"records,omitempty" json:"records,omitempty"`     // JSON: dotted path of the array that holds the rows
	Pivot     *Pivot   `yaml:"pivot,omitempty" json:"pivot,omitempty"`         // unpivot so; nil = detect; &Pivot{} with Off = don't
}

// A Format is everything needed to read the delivery the same way again.
type Format struct {
	Kind     Kind       `json:"kind"`
	Encoding string     `json:"encoding,omitempty"`
	BOM      bool       `json:"bom,omitempty"`
	Evidence []Evidence `json:"evidence"`
}

// A Table is one clean table.
type Table struct {
	Name    string   `json:"name"`           // sheet, JSON member, or the file's stem
	Header  []string `json:"header"`         // unique, trimmed, never empty: "列3" for a nameless third column
	Kind    Kind     `json:"kind,omitempty"` // "" = delimited as stated below; Parquet = the engine reads Path by itself, Rows unknown
	Path    string   `json:"path"`           // the clean file: the delivery itself, or a copy under the work folder
	Skip    int64    `json:"skip"`           // bytes before the first record (BOM, banner, header)
	Delim   byte     `json:"delim"`
	Quote   byte     `json:"quote"`           // 0 = none; inside quotes the quote is doubled
	Tight   bool     `json:"tight,omitempty"` // no value has blanks around it; false = unknown
	Rows    int64    `json:"rows"`            // clean records
	Read    int64    `json:"read"`            // records met in the original, clean or not, banner, header, blanks and subtotals apart
	Offsets []int64  `json:"offsets"`         // byte offset in Path of every 4,096th clean record, the first included
	// RowOf maps a clean record (0-based) to its 1-based row among the Read rows; nil where they are the same but for +1,
	// or where Gaps says it. Rejects take the numbers that are missing. Row(n) knows all three ways.
	RowOf []int64 `json:"row_of,omitempty"`
	// Gaps are the read rows without a clean record, ascending, in place of RowOf where that would pass 4 M entries.
	Gaps []int64 `json:"gaps,omitempty"`
	// LineOf is the 1-based line or sheet row of every 4,096th clean record in the original, for a person's eye.
	LineOf   []int64    `json:"line_of,omitempty"`
	Rejects  []Reject   `json:"rejects,omitempty"`
	Set      []SetAside `json:"set_aside,omitempty"` // subtotals and totals, with their check
	Evidence []Evidence `json:"evidence,omitempty"`
	Wide     bool       `json:"wide,omitempty"`   // was unpivoted: its figures are aggregates
	Origin   *Origin    `json:"origin,omitempty"` // where a rewritten table's records stand in the original; nil = in Path itself, or nowhere
}

// An Origin finds the original bytes of a rewritten table's records.
type Origin struct {
	Path    string      `json:"path"`
	Offsets []int64     `json:"offsets"` // byte offset in Path of every 4,096th clean record
	Dialect csv.Dialect `json:"dialect"`
	Shape   Shape       `json:"shape"`
}

// A Reject is a record that could not be used, with its text as it stood.
type Reject struct {
	Row    int64  `json:"row"`    // among the Read rows
	Line   int64  `json:"line"`   // in the original
	Column string `json:"column"` // "" = the whole record
	Code   string `json:"code"`   // "fields.too-many", "fields.too-few", "encoding", "quote.unclosed", "line.too-long", "json.syntax"
	Reason string `json:"reason"`
	Zh     string `json:"reason_zh"`
	Text   string `json:"text"` // at most 4 KiB of it
}

// Progress is called now and then with bytes done of all.
type Progress func(done, total int64)

// Limits bound what one delivery may cost. Zero fields take the defaults.
type Limits struct {
	Bytes     int64 // decompressed, in all; default 64 GiB
	Ratio     int64 // decompressed to compressed; default 200, over 100 MiB
	Line      int64 // bytes of one record; default 16 MiB
	Columns   int   // default 4,096
	Depth     int   // nesting of JSON; default 64
	Members   int   // files in an archive; default 10,000
	SheetRows int   // default 1,048,576
}

// defaults fills the zero fields.
func (l Limits) defaults() Limits {
	return Limits{
		Bytes: cmp.Or(l.Bytes, 64<<30), Ratio: cmp.Or(l.Ratio, 200), Line: cmp.Or(l.Line, 16<<20), Columns: cmp.Or(l.Columns, 4096),
		Depth: cmp.Or(l.Depth, 64), Members: cmp.Or(l.Members, 10_000), SheetRows: cmp.Or(l.SheetRows, 1<<20),
	}
}

// ExtractFunc is the shape of Extract, named for the callers that wrap it.
type ExtractFunc func(ctx context.Context, path, name, work string, h Hints, l Limits, p Progress) (Format, []Table, error)
