package claim

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Schema is the JSON Schema (2020-12) of a claim, for editors, forms and other
// programs.
//
//go:embed schema.json
var Schema string

var compiled = sync.OnceValue(func() *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(Schema))
	if err != nil {
		panic(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("claim.json", doc); err != nil {
		panic(err)
	}
	return c.MustCompile("claim.json")
})
