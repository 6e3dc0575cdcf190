package block_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/linkage/block"
)

func TestValues(t *testing.T) {
	tests := []struct {
		take, in string
		want     []string
	}{
		{"", " Smith ", []string{"smith"}}, {"prefix3", "sw1h 9aa", []string{"sw1"}}, {"soundex", "Robert", []string{"r163"}}, {"last", "Ann Lee", []string{"lee"}},
		{"word", "b a b", []string{"a", "b"}}, {"month", "1971-06-24", []string{"197106"}}, {"month", "1971", nil}, {"phone", "+86 138 1234 5678", []string{"12345678"}},
		{"brand", "苏州国泰贸易有限公司", []string{"国泰"}}, {"pinyin", "张伟", []string{"weizhang", "zhangwei"}}, {"", "N/A", nil}, {"nonsense", "x", nil},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, block.Values(tt.take, tt.in)); diff != "" {
			t.Errorf("Values(%q, %q) (-want +got):\n%s", tt.take, tt.in, diff)
		}
	}
}

func TestIndex(t *testing.T) {
	k := block.NewKeys(4)
	for _, keys := range [][]uint64{{7, 9}, {9}, {}, {7, 9, 9}} {
		k.Append(keys)
	}
	ix := block.NewIndex(k)
	got := map[uint64][]uint32{}
	for i := range ix.Blocks() {
		recs, key := ix.Block(i)
		got[key] = recs
	}
	if diff := cmp.Diff(map[uint64][]uint32{7: {0, 3}, 9: {0, 1, 3}}, got); diff != "" {
		t.Errorf("blocks (-want +got):\n%s", diff)
	}
	if got := ix.Pairs(); got != 4 {
		t.Errorf("Pairs = %d, want 4", got)
	}
	if key, ok := k.First(0, 3); !ok || key != 7 {
		t.Errorf("First(0, 3) = %d, %v; want 7", key, ok)
	}
}

// FuzzValues checks that every take stands any text and repeats itself.
func FuzzValues(f *testing.F) {
	f.Add("苏州国泰贸易有限公司")
	f.Add("a@b.c +86 1971-06-24")
	f.Fuzz(func(t *testing.T, s string) {
		for _, take := range block.Takes() {
			if diff := cmp.Diff(block.Values(take, s), block.Values(take, s)); diff != "" {
				t.Errorf("Values(%q, %q) differs from itself:\n%s", take, s, diff)
			}
		}
	})
}
