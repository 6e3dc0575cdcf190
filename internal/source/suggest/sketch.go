package suggest

import (
	"math"
	"slices"
)

// sketchSize is how many of a column's smallest hashes are kept: shares are
// right to about 1/√sketchSize.
const sketchSize = 1024

// A sketch keeps the smallest hashes of a column's distinct values with how
// often each was seen: a uniform sample of the distinct values, the same in
// every file, so that two columns can be compared without their values.
type sketch struct {
	count map[uint64]uint32
	limit uint64 // hashes above it are not kept
}

func newSketch() *sketch {
	return &sketch{count: make(map[uint64]uint32, 2*sketchSize), limit: math.MaxUint64}
}

func (s *sketch) add(h uint64) {
	if h > s.limit {
		return
	}
	s.count[h]++
	if len(s.count) >= 2*sketchSize {
		s.shrink()
	}
}

// shrink keeps the sketchSize smallest.
func (s *sketch) shrink() {
	if len(s.count) <= sketchSize {
		return
	}
	hs := make([]uint64, 0, len(s.count))
	for h := range s.count {
		hs = append(hs, h)
	}
	slices.Sort(hs)
	for _, h := range hs[sketchSize:] {
		delete(s.count, h)
	}
	s.limit = hs[sketchSize-1]
}

// distinct estimates the number of distinct values; exact below sketchSize.
func (s *sketch) distinct() float64 {
	s.shrink()
	if s.limit == math.MaxUint64 {
		return float64(len(s.count))
	}
	return float64(len(s.count)-1) / (float64(s.limit) / float64(math.MaxUint64))
}

// unique is the share of distinct values that occur once.
func (s *sketch) unique() float64 {
	if len(s.count) == 0 {
		return 0
	}
	once := 0
	for _, n := range s.count {
		if n == 1 {
			once++
		}
	}
	return float64(once) / float64(len(s.count))
}

// within is the share of s's distinct values that t has, too, and on how many
// sampled values that rests.
func (s *sketch) within(t *sketch) (share float64, of int) {
	limit := min(s.limit, t.limit)
	both := 0
	for h := range s.count {
		if h > limit {
			continue
		}
		of++
		if t.count[h] > 0 {
			both++
		}
	}
	if of == 0 {
		return 0, 0
	}
	return float64(both) / float64(of), of
}

// hash is FNV-1a with a final mix; the same in every run.
func hash(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for len(b) >= 8 {
		w := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		h = (h ^ w) * 0x9E3779B97F4A7C15
		h ^= h >> 29
		b = b[8:]
	}
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	return h
}
