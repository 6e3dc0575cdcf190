package cluster_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/linkage/cluster"
)

var options = cluster.Options{Missing: -4, Cap: 12, Never: math.Inf(-1), Always: math.Inf(1)}

func TestRefine(t *testing.T) {
	tests := []struct {
		name  string
		n     int
		edges []cluster.Edge
		want  []uint32
	}{
		{"one edge", 2, []cluster.Edge{{A: 0, B: 1, Weight: 3}}, []uint32{0, 0}},
		{"a chain of two strong pairs joined by a weak edge breaks", 4, []cluster.Edge{{A: 0, B: 1, Weight: 10}, {A: 2, B: 3, Weight: 10}, {A: 1, B: 2, Weight: 1}}, []uint32{0, 0, 1, 1}},
		{"negative evidence splits what an edge joins", 3, []cluster.Edge{{A: 0, B: 1, Weight: 8}, {A: 1, B: 2, Weight: 7}, {A: 0, B: 2, Weight: -12}}, []uint32{0, 0, 1}},
		{"must not link", 3, []cluster.Edge{{A: 0, B: 1, Weight: math.Inf(-1)}, {A: 0, B: 2, Weight: 12}, {A: 1, B: 2, Weight: 11}}, []uint32{0, 1, 0}},
		{"must link", 2, []cluster.Edge{{A: 0, B: 1, Weight: math.Inf(1)}}, []uint32{0, 0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, cluster.Refine(tt.n, tt.edges, options, nil)); diff != "" {
				t.Errorf("Refine (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRefineIgnoresOrder checks both ways of holding pairs: few members and many.
func TestRefineIgnoresOrder(t *testing.T) {
	for _, n := range []int{40, 200} {
		r := rand.New(rand.NewPCG(1, 1))
		var edges []cluster.Edge
		for a := range n {
			for b := range a {
				if r.IntN(4) == 0 {
					edges = append(edges, cluster.Edge{A: uint32(a), B: uint32(b), Weight: r.Float64()*20 - 8})
				}
			}
		}
		want := cluster.Refine(n, edges, options, nil)
		r.Shuffle(len(edges), func(i, j int) { edges[i], edges[j] = edges[j], edges[i] })
		if diff := cmp.Diff(want, cluster.Refine(n, edges, options, nil)); diff != "" {
			t.Errorf("Refine of %d members after shuffling edges (-want +got):\n%s", n, diff)
		}
	}
}
