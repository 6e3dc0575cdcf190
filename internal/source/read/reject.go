package read

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/chanzipu/outfitter/internal/source/read/csv"
	"github.com/chanzipu/outfitter/internal/source/read/json"
)

func widthReason(rec csv.Record, width int) Reject {
	n := len(rec.Fields)
	if n < width {
		return Reject{Line: rec.Line, Code: "fields.too-few", Reason: fmt.Sprintf("%d fields instead of %d", n, width), Zh: fmt.Sprintf("有 %d 个字段，应为 %d 个", n, width)}
	}
	return Reject{Line: rec.Line, Code: "fields.too-many", Reason: fmt.Sprintf("%d fields instead of %d", n, width), Zh: fmt.Sprintf("有 %d 个字段，应为 %d 个", n, width)}
}

func brokenReason(rec csv.Record, l Limits) Reject {
	r := Reject{Line: rec.Line, Code: rec.Code}
	switch rec.Code {
	case csv.Unclosed:
		r.Reason, r.Zh = "a quote opens here and never closes", "此处的引号没有闭合"
	case csv.Stray:
		r.Reason, r.Zh = "text follows a closing quote; quotes inside a field must be doubled", "引号闭合后还有文字；字段内的引号应写两个"
	case csv.TooLong:
		r.Reason, r.Zh = fmt.Sprintf("the record is longer than %d MiB", l.Line>>20), fmt.Sprintf("记录超过 %d MiB", l.Line>>20)
	}
	return r
}

// badBytes names the first bytes that the encoding does not have.
func (w *rewriter) badBytes(rec csv.Record) Reject {
	b := rec.Raw
	at := 0
	for at < len(b) {
		r, n := utf8.DecodeRune(b[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	what := ""
	if w.plain {
		what = fmt.Sprintf(" (%X)", b[at:min(at+1, len(b))])
	}
	col := utf8.RuneCount(b[:at]) + 1
	return Reject{Line: rec.Line, Code: "encoding",
		Reason: fmt.Sprintf("the bytes%s at character %d are not %s", what, col, w.d.format.Encoding),
		Zh:     fmt.Sprintf("第 %d 个字符处的字节%s不是 %s", col, what, w.d.format.Encoding)}
}

// rejectJSON words what Flatten found wrong with a record.
func rejectJSON(err error, line int64, enc string) Reject {
	r := Reject{Line: line, Code: "json.syntax"}
	var se *json.SyntaxError
	switch {
	case errors.Is(err, json.ErrDepth):
		r.Code, r.Reason, r.Zh = "json.depth", "objects or arrays are nested too deeply", "对象或数组嵌套过深"
	case errors.Is(err, json.ErrUTF8):
		r.Code, r.Reason, r.Zh = "encoding", "it holds bytes that are not "+enc, "含有不是 "+enc+" 的字节"
	case errors.As(err, &se):
		r.Reason, r.Zh = fmt.Sprintf("not JSON: %s (byte %d)", se.What, se.At+1), fmt.Sprintf("不是合法的 JSON：%s（第 %d 字节）", se.What, se.At+1)
	}
	return r
}
