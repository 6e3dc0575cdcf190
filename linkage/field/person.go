package field

import (
	"github.com/chanzipu/outfitter/linkage/name"
	"github.com/chanzipu/outfitter/linkage/zh"
)

// person compares names of people by their words, in any order.
// Chinese characters are compared as such with each other, by their readings
// with letters.
type person struct {
	names [][]name.Token
	zh    []zh.Person // zero unless the name is in Chinese characters
	texts []string
	df    map[string]float64 // records by word, as of the last reweigh
	total float64
}

func (*person) labels() []string {
	return []string{"differs", "initial only", "a word alike", "a word", "several words", "contained", "all alike", "reordered", "equal"}
}

func (*person) normal(raw string) string { return foldKnown(raw) }

func (p *person) prepare(n string) {
	var toks []name.Token
	var han zh.Person
	if n != "" {
		toks = name.PersonTokens(n)
		for i := range toks {
			toks[i].Bits = share(p.total, p.df[toks[i].Text])
		}
		if zh.IsHan(n) {
			han, _ = zh.ParsePerson(n)
		}
	}
	p.names, p.zh, p.texts = append(p.names, toks), append(p.zh, han), append(p.texts, n)
}

func (p *person) reweigh(counts []uint32) {
	p.df, p.total = map[string]float64{}, 0
	for c, toks := range p.names {
		n := 0.0
		if c < len(counts) {
			n = float64(counts[c])
		}
		if len(toks) > 0 {
			p.total += n
		}
		for _, t := range toks {
			p.df[t.Text] += n
		}
	}
	for _, toks := range p.names {
		for i := range toks {
			toks[i].Bits = share(p.total, p.df[toks[i].Text])
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
	x, y := p.zh[a], p.zh[b]
	switch {
	case x.Given != "" && y.Given != "":
		return p.compareHan(a, b)
	case x.Given != "" && p.names[b] != nil && x.MatchLetters(p.texts[b]), y.Given != "" && y.MatchLetters(p.texts[a]):
		return Result{7, p.tokenBits(a, b)}
	}
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

// compareHan: names in characters don't share words but characters and sounds.
func (p *person) compareHan(a, b uint32) Result {
	switch zh.ComparePersons(p.zh[a], p.zh[b]) {
	case zh.PersonSame:
		return Result{7, p.tokenBits(a, b)}
	case zh.PersonSound:
		return Result{6, p.tokenBits(a, b)}
	case zh.PersonNear:
		return Result{4, p.tokenBits(a, b) / 2}
	case zh.PersonSurname:
		return Result{2, p.names[a][0].Bits}
	}
	return Result{}
}

// tokenBits is what all words of the commoner name tell.
func (p *person) tokenBits(a, b uint32) float32 {
	var x, y float32
	for _, t := range p.names[a] {
		x += t.Bits
	}
	for _, t := range p.names[b] {
		y += t.Bits
	}
	return min(x, y)
}
