package encoding

import (
	"sync"

	"golang.org/x/text/encoding"
)

// others holds encodings that were asked for by name beyond the usual ones.
var others sync.Map

func byNameOnce(name string, e encoding.Encoding) { others.LoadOrStore(name, e) }

func lookup(name string) encoding.Encoding {
	if e := byName[name]; e != nil {
		return e
	}
	e, _ := others.Load(name)
	return e.(encoding.Encoding)
}
