package mapping

import (
	"cmp"
	"slices"
	"strings"
)

// nearest are at most three of names, equally likely, that a slip of the
// fingers may have turned into name.
func nearest(name string, names []string) []string {
	type near struct {
		name string
		d    int
	}
	a := []rune(strings.ToLower(strings.TrimSpace(name)))
	if len(a) > 200 {
		return nil
	}
	var out []near
	for _, n := range names {
		b := []rune(strings.ToLower(n))
		if len(b) > 200 {
			continue
		}
		d := distance(a, b)
		within := strings.Contains(string(b), string(a)) || strings.Contains(string(a), string(b)) && len(b) > 1
		switch {
		case d <= max(1, len(a)/3):
			out = append(out, near{n, d})
		case within:
			out = append(out, near{n, len(a) + d})
		}
	}
	slices.SortStableFunc(out, func(x, y near) int { return cmp.Compare(x.d, y.d) })
	best := make([]string, 0, 3)
	for _, n := range out[:min(3, len(out))] {
		if n.d == out[0].d {
			best = append(best, n.name)
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
