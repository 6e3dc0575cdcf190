package field

import (
	"math"
	"strings"

	"github.com/chanzipu/outfitter/linkage/compare"
	"github.com/chanzipu/outfitter/linkage/name"
)

// person compares names of people by their words, in any order.
type person struct {
	names [][]name.Token
}

func (*person) labels() []string {
	return []string{"differs", "initial only", "a word alike", "a word", "several words", "contained", "all alike", "reordered", "equal"}
}

func (*person) normal(raw string) string { return foldKnown(raw) }

func (p *person) prepare(n string) {
	var toks []name.Token
	if n != "" {
		toks = name.PersonTokens(n)
	}
	p.names = append(p.names, toks)
}

func (p *person) reweigh(counts []uint32) {
	df := map[string]float64{}
	var total float64
	for c, toks := range p.names {
		n := 0.0
		if c < len(counts) {
			n = float64(counts[c])
		}
		if len(toks) > 0 {
			total += n
		}
		for _, t := range toks {
			df[t.Text] += n
		}
	}
	for _, toks := range p.names {
		for i := range toks {
			toks[i].Bits = float32(min(max(0.2, math.Log2(max(total, 1)/max(df[toks[i].Text], 1))), 18))
		}
	}
}

func (*person) tfWeight(level uint8) float64 {
	switch {
	case level >= 6:
		return 1
	case level >= 2:
		return 0.7
	}
	return 0
}

func (p *person) compare(a, b uint32) Result {
	al := name.Align(p.names[a], p.names[b])
	bits := float32(al.Bits)
	pairs := al.Pairs()
	switch {
	case pairs == 0:
		return Result{}
	case al.OnlyA == 0 && al.OnlyB == 0 && al.Fuzzy+al.Initials == 0:
		return Result{7, bits}
	case al.OnlyA == 0 && al.OnlyB == 0 && al.Exact+al.Fuzzy > 0:
		return Result{6, bits}
	case (al.OnlyA == 0 || al.OnlyB == 0) && al.Exact+al.Fuzzy >= 2:
		return Result{5, bits}
	case al.Exact+al.Fuzzy >= 2:
		return Result{4, bits}
	case al.Exact == 1:
		return Result{3, bits}
	case al.Fuzzy >= 1:
		return Result{2, bits}
	}
	return Result{1, 0}
}

// company compares names of organisations.
type company struct{ tokens }

// address compares postal addresses.
type address struct{ tokens }

type zhID struct{ code }
type zhUSCC struct{ code }

var _ = strings.ToUpper
var _ = compare.Fold
