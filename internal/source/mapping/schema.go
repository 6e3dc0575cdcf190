package mapping

import _ "embed"

// Schema is the JSON Schema (2020-12) of a mapping file, for editors and
// other programs. Begin a file with
//
//	# yaml-language-server: $schema=…/schema.json
//
// to have names completed and explained while writing.
//
//go:embed schema.json
var Schema string
