package compare

// Char is one symbol of a compared string: a byte where the text is ASCII, else a rune.
type Char interface{ ~byte | ~rune }

const stackRow = 64 // strings up to this length are compared without allocating

// Levenshtein counts the insertions, deletions and substitutions that turn a
// into b, giving up at limit+1 (limit < 0: no limit).
func Levenshtein[T Char](a, b []T, limit int) int { return edits(a, b, limit, false) }

// Damerau is Levenshtein with the swap of two neighbours as one edit (optimal
// string alignment: no substring is edited twice).
func Damerau[T Char](a, b []T, limit int) int { return edits(a, b, limit, true) }

func edits[T Char](a, b []T, limit int, swaps bool) int {
	a, b = trimCommon(a, b)
	if len(a) > len(b) {
		a, b = b, a
	}
	if limit < 0 {
		limit = len(b)
	}
	if len(b)-len(a) > limit {
		return limit + 1
	}
	if len(a) == 0 {
		return len(b)
	}
	var buf [3][stackRow]int
	prev2, prev, cur := buf[0][:], buf[1][:], buf[2][:]
	if len(b) >= stackRow {
		rows := make([]int, 3*(len(b)+1))
		n := len(b) + 1
		prev2, prev, cur = rows[:n], rows[n:2*n], rows[2*n:]
	}
	for j := 0; j <= len(b); j++ {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		best := i
		for j := 1; j <= len(b); j++ {
			d := prev[j-1]
			if a[i-1] != b[j-1] {
				d = min(d, prev[j], cur[j-1]) + 1
				if swaps && i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
					d = min(d, prev2[j-2]+1)
				}
			}
			cur[j] = d
			best = min(best, d)
		}
		if best > limit {
			return limit + 1
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return min(prev[len(b)], limit+1)
}

func trimCommon[T Char](a, b []T) ([]T, []T) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return a, b
}

// JaroWinkler is Jaro's similarity raised for a common prefix of up to four
// symbols, by a tenth each (Winkler 1990).
func JaroWinkler[T Char](a, b []T) float64 {
	j := Jaro(a, b)
	if j < 0.7 {
		return j
	}
	n := 0
	for n < 4 && n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return j + float64(n)*0.1*(1-j)
}

// Jaro is the mean of three shares: symbols of a found in b nearby, of b in a,
// and of those found the share in order.
func Jaro[T Char](a, b []T) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == 0 {
		if len(b) == 0 {
			return 1
		}
		return 0
	}
	if len(b) > 64 {
		return jaroLong(a, b)
	}
	window := max(len(b)/2-1, 0)
	var usedA, usedB uint64
	matches := 0
	for i, c := range a {
		lo, hi := max(0, i-window), min(len(b)-1, i+window)
		for j := lo; j <= hi; j++ {
			if usedB&(1<<j) == 0 && b[j] == c {
				usedA |= 1 << i
				usedB |= 1 << j
				matches++
				break
			}
		}
	}
	if matches == 0 {
		return 0
	}
	swapped, j := 0, 0
	for i := range a {
		if usedA&(1<<i) == 0 {
			continue
		}
		for usedB&(1<<j) == 0 {
			j++
		}
		if a[i] != b[j] {
			swapped++
		}
		j++
	}
	m := float64(matches)
	return (m/float64(len(a)) + m/float64(len(b)) + (m-float64(swapped/2))/m) / 3
}

func jaroLong[T Char](a, b []T) float64 {
	window := max(len(b)/2-1, 0)
	usedB := make([]bool, len(b))
	var found []T
	for i, c := range a {
		for j := max(0, i-window); j <= min(len(b)-1, i+window); j++ {
			if !usedB[j] && b[j] == c {
				usedB[j] = true
				found = append(found, c)
				break
			}
		}
	}
	if len(found) == 0 {
		return 0
	}
	swapped, k := 0, 0
	for j, u := range usedB {
		if u {
			if b[j] != found[k] {
				swapped++
			}
			k++
		}
	}
	m := float64(len(found))
	return (m/float64(len(a)) + m/float64(len(b)) + (m-float64(swapped/2))/m) / 3
}

// CommonPrefix counts the symbols with which both begin.
func CommonPrefix[T Char](a, b []T) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
