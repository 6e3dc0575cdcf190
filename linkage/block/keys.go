package block

import (
	"slices"
)

// Keys holds the keys of all records under one rule. Records come in order.
type Keys struct {
	off  []uint32
	keys []uint64
}

// NewKeys makes room for n records.
func NewKeys(n int) *Keys { return &Keys{off: make([]uint32, 1, n+1), keys: make([]uint64, 0, n)} }

// Append adds the next record's keys.
func (k *Keys) Append(keys []uint64) {
	n := len(k.keys)
	k.keys = append(k.keys, keys...)
	slices.Sort(k.keys[n:])
	k.keys = k.keys[:n+len(slices.Compact(k.keys[n:]))]
	k.off = append(k.off, uint32(len(k.keys)))
}

// Of is a record's keys, ascending.
func (k *Keys) Of(rec uint32) []uint64 { return k.keys[k.off[rec]:k.off[rec+1]] }

// Len is the number of records.
func (k *Keys) Len() int { return len(k.off) - 1 }

// First is the least key that two records share.
func (k *Keys) First(a, b uint32) (uint64, bool) { return FirstShared(k.Of(a), k.Of(b)) }

// FirstShared is the least key that stands in both lists, which ascend.
func FirstShared(x, y []uint64) (uint64, bool) {
	if len(x) == 1 && len(y) == 1 {
		return x[0], x[0] == y[0]
	}
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] < y[j]:
			i++
		case x[i] > y[j]:
			j++
		default:
			return x[i], true
		}
	}
	return 0, false
}

// Hash is a key's hash (FNV-1a, then mixed); the same in every process.
func Hash(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := 0; i < len(s); i++ {
		h ^= uint64(s[i])
		h *= 1099511628211
	}
	return mix(h)
}

// Join makes one key of two.
func Join(a, b uint64) uint64 { return mix(a*0x9E3779B97F4A7C15 + b) }

func mix(h uint64) uint64 {
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	h ^= h >> 32
	h *= 0xD6E8FEB86659FD93
	h ^= h >> 32
	return h
}
