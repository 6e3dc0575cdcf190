package field

import (
	"math"
	"strings"

	"github.com/chanzipu/outfitter/linkage/compare"
)

// shareBits gives each word -log2 of the share of records whose value holds it.
func shareBits(items [][]string, counts []uint32) map[string]float32 {
	df := map[string]float64{}
	var total float64
	for c, words := range items {
		n := 1.0
		if c < len(counts) {
			n = float64(counts[c])
		}
		if len(words) == 0 {
			continue
		}
		total += n
		for i, w := range words {
			if !holds(words[:i], w) {
				df[w] += n
			}
		}
	}
	bits := make(map[string]float32, len(df))
	for w, n := range df {
		bits[w] = float32(max(0, math.Log2(max(total, 1)/max(n, 1))))
	}
	return bits
}

func holds(list []string, s string) bool {
	for _, t := range list {
		if s == t {
			return true
		}
	}
	return false
}

func reversed(a, b string) bool {
	x, y := strings.Split(a, Sep), strings.Split(b, Sep)
	if len(x) != 2 || len(y) != 2 {
		return false
	}
	return x[0] != "" && x[1] != "" && compare.Fold(x[0]) == compare.Fold(y[1]) && compare.Fold(x[1]) == compare.Fold(y[0])
}

// tokens compares long texts by their words, each weighed by its rarity.
type tokens struct {
	ids   map[string]uint32
	names []string
	lists [][]uint32 // sorted distinct word ids by code
	bits  []float32  // by word id
	sums  []float32  // by code
}

func (*tokens) labels() []string {
	return []string{"differs", "some words", "a third", "half", "most", "nearly all", "equal"}
}
func (*tokens) normal(raw string) string { return foldKnown(raw) }

func (t *tokens) prepare(n string) {
	if t.ids == nil {
		t.ids = map[string]uint32{}
	}
	var list []uint32
	for _, w := range compare.Tokens(n) {
		id, ok := t.ids[w]
		if !ok {
			id = uint32(len(t.names))
			t.ids[w] = id
			t.names = append(t.names, w)
			t.bits = append(t.bits, 12)
		}
		list = append(list, id)
	}
	list = sortedSet(list)
	t.lists = append(t.lists, list)
	t.sums = append(t.sums, t.sum(list))
}

func (t *tokens) sum(list []uint32) float32 {
	var s float32
	for _, id := range list {
		s += t.bits[id]
	}
	return s
}

func (t *tokens) reweigh(counts []uint32) {
	df := make([]float64, len(t.names))
	var total float64
	for c, list := range t.lists {
		if c >= len(counts) || len(list) == 0 {
			continue
		}
		total += float64(counts[c])
		for _, id := range list {
			df[id] += float64(counts[c])
		}
	}
	for id := range t.bits {
		t.bits[id] = float32(max(0.1, math.Log2(max(total, 1)/max(df[id], 1))))
	}
	for c := range t.lists {
		t.sums[c] = t.sum(t.lists[c])
	}
}

func (*tokens) tfWeight(level uint8) float64 {
	switch level {
	case 0:
		return 0
	case 6:
		return 1
	}
	return 0.4
}

func (t *tokens) compare(a, b uint32) Result {
	shared := t.shared(a, b)
	both := max(t.sums[a]+t.sums[b]-shared, 1e-3)
	short := max(min(t.sums[a], t.sums[b]), 1e-3)
	// Between Jaccard and containment: a title within a description is evidence, but less.
	s := 0.5*shared/both + 0.5*shared/short
	switch {
	case s >= 0.9:
		return Result{5, shared}
	case s >= 0.65:
		return Result{4, shared}
	case s >= 0.45:
		return Result{3, shared}
	case s >= 0.28:
		return Result{2, shared}
	case s >= 0.12:
		return Result{1, shared}
	}
	return Result{}
}

func (t *tokens) shared(a, b uint32) float32 {
	var s float32
	x, y := t.lists[a], t.lists[b]
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] < y[j]:
			i++
		case x[i] > y[j]:
			j++
		default:
			s += t.bits[x[i]]
			i, j = i+1, j+1
		}
	}
	return s
}
