package block

import "slices"

// An Index lists, for one rule, the records under each key.
type Index struct {
	recs   []uint32 // grouped by key, ascending within a group
	starts []uint32 // of each group of two records or more, and the end
	keys   []uint64 // of each group
}

type posting struct {
	key uint64
	rec uint32
}

// NewIndex groups the records of a rule by key; groups of one are left out.
func NewIndex(k *Keys) *Index {
	ps := make([]posting, 0, len(k.keys))
	for rec := range uint32(k.Len()) {
		for _, key := range k.Of(rec) {
			ps = append(ps, posting{key, rec})
		}
	}
	sortPostings(ps)
	ix := &Index{}
	for i := 0; i < len(ps); {
		j := i
		for j < len(ps) && ps[j].key == ps[i].key {
			j++
		}
		if j-i > 1 {
			ix.starts = append(ix.starts, uint32(len(ix.recs)))
			ix.keys = append(ix.keys, ps[i].key)
			for _, p := range ps[i:j] {
				ix.recs = append(ix.recs, p.rec)
			}
		}
		i = j
	}
	ix.starts = append(ix.starts, uint32(len(ix.recs)))
	return ix
}

// sortPostings sorts by key, stably, so records stay in order: four passes of
// sixteen bits, all of them needed since keys are hashes.
func sortPostings(ps []posting) {
	if len(ps) < 1<<12 {
		slices.SortStableFunc(ps, func(a, b posting) int {
			switch {
			case a.key < b.key:
				return -1
			case a.key > b.key:
				return 1
			}
			return 0
		})
		return
	}
	buf := make([]posting, len(ps))
	for shift := 0; shift < 64; shift += 16 {
		var count [1 << 16]uint32
		for i := range ps {
			count[uint16(ps[i].key>>shift)]++
		}
		var sum uint32
		for i := range count {
			count[i], sum = sum, sum+count[i]
		}
		for i := range ps {
			d := uint16(ps[i].key >> shift)
			buf[count[d]] = ps[i]
			count[d]++
		}
		ps, buf = buf, ps
	}
}

// Blocks is the number of groups.
func (ix *Index) Blocks() int { return len(ix.keys) }

// Block is the records of a group and their key.
func (ix *Index) Block(i int) ([]uint32, uint64) {
	return ix.recs[ix.starts[i]:ix.starts[i+1]], ix.keys[i]
}

// Pairs is the number of pairs within groups, before any is dropped.
func (ix *Index) Pairs() int64 {
	var n int64
	for i := range ix.keys {
		m := int64(ix.starts[i+1] - ix.starts[i])
		n += m * (m - 1) / 2
	}
	return n
}

// CountPairs is the number of pairs of equal keys; it sorts keys.
func CountPairs(keys []uint64) int64 {
	slices.Sort(keys)
	var n int64
	for i := 0; i < len(keys); {
		j := i
		for j < len(keys) && keys[j] == keys[i] {
			j++
		}
		n += int64(j-i) * int64(j-i-1) / 2
		i = j
	}
	return n
}

// Postings finds the records under any key; more can be added. It keeps keys
// of one record too, which an Index leaves out.
type Postings struct {
	keys  []uint64 // ascending, one per record and key
	recs  []uint32
	added map[uint64][]uint32
}

// NewPostings takes in all records of a rule; nil keys make it empty.
func NewPostings(k *Keys) *Postings {
	p := &Postings{added: map[uint64][]uint32{}}
	if k == nil {
		return p
	}
	ps := make([]posting, 0, len(k.keys))
	for rec := range uint32(k.Len()) {
		for _, key := range k.Of(rec) {
			ps = append(ps, posting{key, rec})
		}
	}
	sortPostings(ps)
	p.keys, p.recs = make([]uint64, len(ps)), make([]uint32, len(ps))
	for i, x := range ps {
		p.keys[i], p.recs[i] = x.key, x.rec
	}
	return p
}

// Lookup returns the records under a key: those taken in first, and those added.
func (p *Postings) Lookup(key uint64) (first, added []uint32) {
	i, ok := slices.BinarySearch(p.keys, key)
	if ok {
		j := i
		for j < len(p.keys) && p.keys[j] == key {
			j++
		}
		first = p.recs[i:j]
	}
	return first, p.added[key]
}

// Add puts a record under a key.
func (p *Postings) Add(key uint64, rec uint32) { p.added[key] = append(p.added[key], rec) }
