package absorb

import (
	"slices"

	"github.com/chanzipu/outfitter/measure"
)

// A Factor is a category per row: Code[i] is between 0 and Levels−1.
type Factor struct {
	Name   string
	Code   []int32
	Levels int
}

// NewFactor numbers ids in the order in which they first appear; integers of
// a small range are numbered in their own order, which is many times faster.
// ids[i] belongs to row i.
func NewFactor[K comparable](name string, ids []K) Factor {
	switch x := any(ids).(type) {
	case []int:
		if f, ok := dense(name, x); ok {
			return f
		}
	case []int64:
		if f, ok := dense(name, x); ok {
			return f
		}
	case []int32:
		if f, ok := dense(name, x); ok {
			return f
		}
	}
	f := Factor{Name: name, Code: make([]int32, len(ids))}
	at := make(map[K]int32, 256)
	for i, id := range ids {
		c, ok := at[id]
		if !ok {
			c = int32(len(at))
			at[id] = c
		}
		f.Code[i] = c
	}
	f.Levels = len(at)
	return f
}

func dense[T int | int32 | int64](name string, ids []T) (Factor, bool) {
	if len(ids) == 0 {
		return Factor{Name: name}, true
	}
	lo, hi := slices.Min(ids), slices.Max(ids)
	span := uint64(hi) - uint64(lo) + 1
	if span == 0 || span > uint64(4*len(ids)+1024) {
		return Factor{}, false
	}
	at := make([]int32, span)
	for _, id := range ids {
		at[id-lo] = 1
	}
	f := Factor{Name: name, Code: make([]int32, len(ids))}
	for j, seen := range at {
		if seen > 0 {
			at[j] = int32(f.Levels)
			f.Levels++
		}
	}
	for i, id := range ids {
		f.Code[i] = at[id-lo]
	}
	return f, true
}

// Constant is the factor with one level: an intercept.
func Constant(rows int) Factor {
	return Factor{Name: "intercept", Code: make([]int32, rows), Levels: 1}
}

func (f Factor) check(n int) error {
	if len(f.Code) != n {
		return measure.Invalid("absorb: factor %q has %d rows, the first factor has %d", f.Name, len(f.Code), n)
	}
	for i, c := range f.Code {
		if c < 0 || int(c) >= f.Levels {
			return measure.Invalid("absorb: factor %q, row %d: code %d is not between 0 and %d", f.Name, i+1, c, f.Levels-1)
		}
	}
	return nil
}

// Keep returns the factor on the rows where keep is true, renumbered so that
// no level is empty.
func (f Factor) Keep(keep []bool) Factor {
	at := make([]int32, f.Levels)
	out := Factor{Name: f.Name}
	for i, c := range f.Code {
		if keep[i] {
			at[c] = 1
		}
	}
	for c, used := range at {
		if used > 0 {
			at[c] = int32(out.Levels)
			out.Levels++
		}
	}
	for i, c := range f.Code {
		if keep[i] {
			out.Code = append(out.Code, at[c])
		}
	}
	return out
}

// Nested reports whether each level of f lies within one level of g.
func (f Factor) Nested(g Factor) bool {
	in := make([]int32, f.Levels)
	for c := range in {
		in[c] = -1
	}
	for i, c := range f.Code {
		switch {
		case in[c] < 0:
			in[c] = g.Code[i]
		case in[c] != g.Code[i]:
			return false
		}
	}
	return true
}

// Intersect is the factor of the combinations of f and g that occur.
func Intersect(f, g Factor) Factor {
	id := make([]int64, len(f.Code))
	for i, c := range f.Code {
		id[i] = int64(c)*int64(g.Levels) + int64(g.Code[i])
	}
	return NewFactor(f.Name+"×"+g.Name, id)
}

// Singletons marks rows that are alone in a level of any factor, again and
// again until none is left: such rows say nothing about the coefficients.
// keep[i] is false for them; alone is their number.
func Singletons(factors []Factor) (keep []bool, alone int) {
	if len(factors) == 0 {
		return nil, 0
	}
	n := len(factors[0].Code)
	keep = make([]bool, n)
	count := make([][]int32, len(factors))
	for f, x := range factors {
		count[f] = make([]int32, x.Levels)
		for _, c := range x.Code {
			count[f][c]++
		}
	}
	for i := range keep {
		keep[i] = true
	}
	for found := true; found; {
		found = false
		for i := range keep {
			if !keep[i] {
				continue
			}
			for f, x := range factors {
				if count[f][x.Code[i]] == 1 {
					keep[i], found = false, true
					alone++
					for g, y := range factors {
						count[g][y.Code[i]]--
					}
					break
				}
			}
		}
	}
	return keep, alone
}

// Components numbers the connected parts of the graph whose nodes are the
// levels of two factors and whose edges are the rows: part[i] is row i's.
// Only within one part can levels of one factor be compared.
func Components(f, g Factor) (part []int32, parts int) {
	up := make([]int32, f.Levels+g.Levels)
	for j := range up {
		up[j] = int32(j)
	}
	root := func(j int32) int32 {
		for up[j] != j {
			up[j] = up[up[j]]
			j = up[j]
		}
		return j
	}
	for i, c := range f.Code {
		a, b := root(c), root(g.Code[i]+int32(f.Levels))
		if a != b {
			up[a] = b
		}
	}
	number := make([]int32, len(up))
	part = make([]int32, len(f.Code))
	for i, c := range f.Code {
		r := root(c)
		if number[r] == 0 {
			parts++
			number[r] = int32(parts)
		}
		part[i] = number[r] - 1
	}
	return part, parts
}
