package layout

import (
	"bytes"
	"fmt"
	"strings"
)

// IsNote tells how notes below a table begin.
func IsNote(s string) bool {
	s = strings.ToLower(strings.Trim(s, " \t\"'(（[【,;"))
	for _, p := range []string{"注", "备注", "说明", "数据来源", "来源", "制表", "导出", "统计时间", "打印", "共", "source", "note", "*", "※", "footnote", "generated", "exported", "prepared", "report ", "disclaimer", "end of", "-- "} {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return strings.HasSuffix(s, " rows)") || strings.HasSuffix(s, " rows")
}

// One tells a record with a single filled field, its first.
func One(fields [][]byte) bool {
	if len(bytes.TrimSpace(fields[0])) == 0 {
		return false
	}
	for _, f := range fields[1:] {
		if len(bytes.TrimSpace(f)) > 0 {
			return false
		}
	}
	return true
}

// Fit is fields made as wide as the table, and whether they could be.
func (s Shape) Fit(fields [][]byte) ([][]byte, bool) {
	n := len(fields)
	if n == s.Width {
		return fields, true
	}
	if s.Drop && n == s.Width+1 && len(fields[n-1]) == 0 {
		return fields[:s.Width], true
	}
	if s.Pad && n < s.Width {
		for len(fields) < s.Width {
			fields = append(fields, nil)
		}
		return fields, true
	}
	return fields, false
}

// Footer is the evidence of notes below the table.
func Footer(notes []string) Evidence {
	return Evidence{What: "footer", Got: Clip(strings.Join(notes, " ⏎ "), 300), Sure: 0.9,
		Why: fmt.Sprintf("%d rows below the table are notes", len(notes)), WhyZ: fmt.Sprintf("表格下方有 %d 行说明", len(notes))}
}
