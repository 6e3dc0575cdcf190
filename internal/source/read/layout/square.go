package layout

import (
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/source/read/excel"
)

// Square crops empty columns at the left and makes all rows as wide as the widest.
func Square(rows [][]string) (left, width int) {
	left = 1 << 30
	for _, r := range rows {
		for j, c := range r {
			if strings.TrimSpace(c) != "" {
				left = min(left, j)
				width = max(width, j+1)
			}
		}
	}
	for i, r := range rows {
		for len(r) < width {
			r = append(r, "")
		}
		rows[i] = r[left:width]
	}
	return left, width - left
}

// FillMerges writes the label of a merged range into each of its cells of one
// row, as far as the range is narrower than the sheet: a title is not a header.
func FillMerges(rows [][]string, at []int64, merges []excel.Range, left int) {
	for _, m := range merges {
		i, ok := slices.BinarySearch(at, int64(m.Top+1))
		if !ok || m.Right == m.Left || i >= 20 {
			continue
		}
		from, to := m.Left-left, min(m.Right-left, len(rows[i])-1)
		if from < 0 || from >= len(rows[i]) || (to-from+1)*10 >= len(rows[i])*9 || Filled(rows[i]) < 2 {
			continue
		}
		for j := from + 1; j <= to; j++ {
			if rows[i][j] == "" {
				rows[i][j] = rows[i][from]
			}
		}
	}
}
