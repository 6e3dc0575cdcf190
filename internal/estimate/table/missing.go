package table

import (
	"fmt"
	"strings"

	"github.com/chanzipu/outfitter/internal/fault"
)

// MissingColumn is the error for a flag that names no column of a file.
func MissingColumn(file, flag, name string, columns []string) error {
	shown := columns
	more := ""
	if len(shown) > 60 {
		shown, more = shown[:60], fmt.Sprintf(" … (%d)", len(columns))
	}
	list := strings.Join(shown, ", ") + more
	en := fmt.Sprintf("--%s: %q has no column %q; it has: %s.", flag, file, name, list)
	zh := fmt.Sprintf("--%s：“%s”没有列“%s”；现有列：%s。", flag, file, name, list)
	if near := nearest(name, columns); near != "" {
		en += fmt.Sprintf(" Did you mean %q?", near)
		zh += fmt.Sprintf("是不是“%s”？", near)
	}
	return fault.New(fault.ErrInvalid, "column.missing", en, zh)
}

// nearest is the name that a slip of the fingers may have turned into name; ""
// where none is near.
func nearest(name string, columns []string) string {
	a := []rune(strings.ToLower(strings.TrimSpace(name)))
	best, least := "", len(a)+1
	for _, c := range columns {
		b := []rune(strings.ToLower(c))
		if len(a) == 0 || len(b) == 0 || len(a) > 200 || len(b) > 200 {
			continue
		}
		d := distance(a, b)
		within := strings.Contains(string(b), string(a)) || strings.Contains(string(a), string(b))
		if (d <= max(1, len(a)/3) || within) && d < least {
			best, least = c, d
		}
	}
	return best
}

// distance is Levenshtein's, in characters.
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diag := row[0]
		row[0] = i + 1
		for j, y := range b {
			cost := diag
			if x != y {
				cost++
			}
			diag = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
