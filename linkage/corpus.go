package linkage

import (
	"fmt"
	"strings"

	"github.com/chanzipu/outfitter/linkage/block"
	"github.com/chanzipu/outfitter/linkage/compare"
	"github.com/chanzipu/outfitter/linkage/field"
)

// A property is one comparison with its values and each record's code.
type property struct {
	*field.Field
	codes []uint32
	tf    float64   // scale of term frequency adjustments
	tfBy  []float64 // by level: tf × the kind's own share
}

// prepare encodes all records for a comparison.
func prepare(rs *records, c Comparison) (*property, error) {
	f, err := field.New(c.Kind, c.Levels)
	if err != nil {
		return nil, fmt.Errorf("linkage: comparison %q: %w", c.Name, err)
	}
	cols := make([]int, len(c.Columns))
	for i, name := range c.Columns {
		if cols[i] = rs.column(name); cols[i] < 0 {
			return nil, fmt.Errorf("linkage: comparison %q: no column %q: the tables have %q", c.Name, name, rs.names)
		}
	}
	p := &property{Field: f, codes: make([]uint32, rs.len()), tf: 1}
	if c.TermFrequency != nil {
		p.tf = *c.TermFrequency
	}
	for l := range f.Labels() {
		p.tfBy = append(p.tfBy, p.tf*f.TFWeight(uint8(l)))
	}
	if len(cols) == 1 {
		d := &rs.cols[cols[0]]
		to := make([]uint32, len(d.texts))
		for i, v := range d.texts {
			to[i] = f.Add(v)
		}
		for i, code := range d.codes {
			p.codes[i] = to[code]
		}
	} else {
		p.encodeTuples(rs, cols)
	}
	p.Reweigh(p.counts())
	return p, nil
}

func (p *property) encodeTuples(rs *records, cols []int) {
	seen := map[[4]uint32]uint32{}
	for i := range p.codes {
		var key [4]uint32
		for j, c := range cols {
			code := rs.cols[c].codes[i]
			if j < 4 {
				key[j] = code
			} else {
				key[3] = uint32(block.Join(uint64(key[3]), uint64(code)))
			}
		}
		code, ok := seen[key]
		if !ok || len(cols) > 4 {
			code = p.Add(tuple(rs, uint32(i), cols))
			seen[key] = code
		}
		p.codes[i] = code
	}
}

func tuple(rs *records, rec uint32, cols []int) string {
	parts := make([]string, len(cols))
	for j, c := range cols {
		parts[j] = rs.value(rec, c)
	}
	return joinTuple(parts)
}

func joinTuple(parts []string) string {
	for _, p := range parts {
		if p != "" {
			return strings.Join(parts, field.Sep)
		}
	}
	return ""
}

func (p *property) counts() []uint32 {
	n := make([]uint32, p.Len())
	for _, c := range p.codes {
		n[c]++
	}
	return n
}

// keysOf computes a rule's keys for n records.
func keysOf(n int, parts []keyPart) *block.Keys {
	keys := block.NewKeys(n)
	var buf []uint64
	for rec := range n {
		buf = recordKeys(buf[:0], parts, rec)
		keys.Append(buf)
	}
	return keys
}

const maxKeys = 32 // keys of one record under one rule

// keyPart is one part's hashed keys, by code of its column.
type keyPart struct {
	codes []uint32
	off   []uint32
	keys  []uint64
}

func newKeyPart(rs *records, p block.Part) (keyPart, error) {
	c := rs.column(p.Column)
	if c < 0 {
		return keyPart{}, fmt.Errorf("no column %q: the tables have %q", p.Column, rs.names)
	}
	d := &rs.cols[c]
	k := keyPart{codes: d.codes, off: make([]uint32, 1, len(d.texts)+1)}
	for _, text := range d.texts {
		for _, v := range block.Values(p.Take, text) {
			k.keys = append(k.keys, block.Hash(v))
		}
		k.off = append(k.off, uint32(len(k.keys)))
	}
	return k, nil
}

func (k *keyPart) of(rec int) []uint64 {
	c := k.codes[rec]
	return k.keys[k.off[c]:k.off[c+1]]
}

const derivedSample = 500

// derived reports whether one of two columns is made of the other's words in
// nearly all records: a full name of a surname, a region of a postcode.
func (rs *records) derived(a, b string) bool {
	i, j := rs.column(a), rs.column(b)
	if i < 0 || j < 0 {
		return false
	}
	seen, held := 0, 0
	step := max(rs.len()/derivedSample, 1)
	for rec := 0; rec < rs.len(); rec += step {
		x, y := compare.Compact(rs.value(uint32(rec), i)), compare.Compact(rs.value(uint32(rec), j))
		if len(x) > len(y) {
			x, y = y, x
		}
		if len(x) < 2 {
			continue
		}
		seen++
		if strings.Contains(y, x) {
			held++
		}
	}
	return seen > 10 && held*10 >= seen*8
}
