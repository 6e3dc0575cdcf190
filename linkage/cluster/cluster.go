// Package cluster turns scored pairs into entities.
//
// Connected components come first; each is then refined, because one wrong
// edge chains two entities together. Refining merges what is most alike first
// and stops where the pairs between two groups speak, on average, against it,
// so evidence against a match splits what a single edge would join.
package cluster

// Sets is a disjoint-set forest; a set's root is its least member.
type Sets struct{ parent []uint32 }

// NewSets makes n sets of one member.
func NewSets(n int) *Sets {
	s := &Sets{parent: make([]uint32, n)}
	for i := range s.parent {
		s.parent[i] = uint32(i)
	}
	return s
}

// Find is the root of x's set.
func (s *Sets) Find(x uint32) uint32 {
	for s.parent[x] != x {
		s.parent[x] = s.parent[s.parent[x]]
		x = s.parent[x]
	}
	return x
}

// Join merges two sets and reports whether they were two.
func (s *Sets) Join(a, b uint32) bool {
	a, b = s.Find(a), s.Find(b)
	if a == b {
		return false
	}
	if b < a {
		a, b = b, a
	}
	s.parent[b] = a
	return true
}

// Add makes one more set and returns its member.
func (s *Sets) Add() uint32 {
	x := uint32(len(s.parent))
	s.parent = append(s.parent, x)
	return x
}

// Len is the number of members.
func (s *Sets) Len() int { return len(s.parent) }
