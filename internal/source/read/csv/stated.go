package csv

import (
	"fmt"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
)

// Stated is the dialect as far as a mapping states it: a delimiter of one
// character, "tab" or "space", a quote of one character or "none".
func Stated(delimiter, quote string) (fixed Dialect, noQuote bool, err error) {
	switch v := delimiter; {
	case v == "tab" || v == "\\t":
		fixed.Delim = "\t"
	case v == "space":
		fixed.Delim = " "
	case len(v) > 8 || strings.ContainsAny(v, "\r\n"):
		return fixed, false, fault.New(fault.ErrInvalid, "delimiter.unknown", fmt.Sprintf("the mapping's delimiter %q is not a character; write one, or \"tab\"", v), fmt.Sprintf("映射里的分隔符“%s”不是一个字符；请写一个字符或 tab", v))
	default:
		fixed.Delim = v
	}
	switch v := quote; {
	case v == "none":
		noQuote = true
	case len(v) == 1:
		fixed.Quote = v[0]
	case v != "":
		return fixed, false, fault.New(fault.ErrInvalid, "quote.unknown", fmt.Sprintf("the mapping's quote %q is not one ASCII character; write one, or \"none\"", v), fmt.Sprintf("映射里的引号“%s”不是一个 ASCII 字符；请写一个字符或 none", v))
	}
	return fixed, noQuote, nil
}
