// Package date decides how a column of dates is written, from the whole column.
//
// One value rarely tells 5/9 from 9/5; a column does, by the largest number in
// each place. What a column can't tell is reported as ambiguous and never
// guessed silently. Dates that can't be, the year 2 for one, come out as NULL,
// so that the caller can reject the cell.
//
// It owns no tables and runs no SQL: it writes the text of the query that
// counts shapes, decides, and writes the text that parses.
package date

import _ "embed"

// Macros is the DuckDB SQL that the expressions of this package need, run once
// per connection.
//
//go:embed macro.sql
var Macros string
