package field

// A Memo remembers comparisons by pair of codes, in fixed room: a later pair
// may push out an earlier one. Each goroutine has its own.
type Memo struct {
	f    *Field
	keys []uint64
	res  []uint16
	mask uint64
}

// NewMemo makes a memo of 1<<bits cells of ten bytes.
func NewMemo(f *Field, bits int) *Memo {
	return &Memo{f: f, keys: make([]uint64, 1<<bits), res: make([]uint16, 1<<bits), mask: 1<<bits - 1}
}

// Compare is Field.Compare, from memory where it can.
func (m *Memo) Compare(a, b uint32) Result {
	if a == b {
		return Result{m.f.Top(), m.f.bits[a]}
	}
	if a > b {
		a, b = b, a
	}
	key := uint64(a)<<32 | uint64(b)
	h := key * 0x9E3779B97F4A7C15
	h = (h ^ h>>29) & m.mask
	if m.keys[h] == key {
		v := m.res[h]
		return Result{uint8(v >> 12), float32(v&0xFFF) / 128}
	}
	r := m.f.cmp.compare(a, b)
	q := quantum(float64(r.Bits))
	m.keys[h] = key
	m.res[h] = uint16(r.Level)<<12 | uint16(q*128)
	return Result{r.Level, q}
}
