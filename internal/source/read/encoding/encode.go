package encoding

import (
	"bytes"
	"fmt"

	"golang.org/x/text/encoding"
	"golang.org/x/text/transform"
)

// Encode is the way back from Decode. What Decode could not decode, and what
// the encoding has no character for, becomes its replacement.
func Encode(b []byte, name string) ([]byte, error) {
	n, err := Name(name)
	if err != nil || n == UTF8 {
		return b, err
	}
	b = bytes.ToValidUTF8(b, []byte("?"))
	out, _, err := transform.Bytes(encoding.ReplaceUnsupported(lookup(n).NewEncoder()), b)
	if err != nil {
		return nil, fmt.Errorf("encoding: %s: %w", n, err)
	}
	return out, nil
}
