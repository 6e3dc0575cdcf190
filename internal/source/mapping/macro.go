package mapping

import (
	_ "embed"

	"github.com/chanzipu/outfitter/internal/source/date"
)

//go:embed macro.sql
var ownMacros string

// Macros is the DuckDB SQL that compiled expressions need, those of package
// date included. The macros are temporary: run it once on each connection.
var Macros = date.Macros + ownMacros
