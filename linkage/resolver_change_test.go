package linkage

import (
	"math"
	"slices"
	"testing"
)

// changing is a resolver over twelve people, each twice, and one more of the first.
func changing(t *testing.T) *Resolver {
	t.Helper()
	table, err := NewTable("crm", []string{"name", "phone"})
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"王小明", "李大海", "张雪梅", "陈国强", "刘思远", "杨桂花", "赵铁柱", "黄丽华", "周文斌", "吴建军", "徐慧敏", "孙志刚"}
	for i, n := range names {
		for range 2 {
			if err := table.Append(n, []string{n, "138" + string(rune('0'+i/10)) + string(rune('0'+i%10)) + "123456"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	res, err := Link(t.Context(), []*Table{table}, nil, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return res.Resolver()
}

func TestResolverTakesVerdicts(t *testing.T) {
	rv := changing(t)
	if rv.Entity(0) != rv.Entity(1) || rv.Entity(0) == rv.Entity(2) {
		t.Fatalf("entities %v: want pairs", rv.entity)
	}
	for _, step := range []struct {
		a, b uint32
		v    Verdict
		want bool
	}{{0, 1, Different, false}, {0, 1, Open, true}, {0, 2, Same, true}, {0, 2, Open, false}} {
		if err := rv.Judge(step.a, step.b, step.v); err != nil {
			t.Fatal(err)
		}
		if got := rv.Entity(step.a) == rv.Entity(step.b); got != step.want {
			t.Errorf("after Judge(%d, %d, %d) together = %t, want %t", step.a, step.b, step.v, got, step.want)
		}
	}
}

func TestResolverForgetsWhatIsRemoved(t *testing.T) {
	rv := changing(t)
	values := []string{"王小明", "13800123456"}
	before, err := rv.Find(0, values, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(before) != 2 || rv.Len() != 24 {
		t.Fatalf("Find = %v of %d records, want the two", before, rv.Len())
	}
	rv.Remove(1)
	after, err := rv.Find(0, values, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(after) != 1 || after[0].A != 0 {
		t.Errorf("Find after Remove(1) = %v, want record 0", after)
	}
	res, err := rv.Add(0, values)
	if err != nil {
		t.Fatal(err)
	}
	if rv.Entity(0) != res.Entity || !slices.Equal(rv.Component(0), []uint32{0, res.Record}) {
		t.Errorf("Component(0) = %v, want 0 and the new record %d", rv.Component(0), res.Record)
	}
}

func TestResolverExplainSumsToWeight(t *testing.T) {
	rv := changing(t)
	for a := range uint32(rv.Len()) {
		for _, e := range rv.Neighbours(a, math.Inf(-1)) {
			w, err := rv.Explain(e.A, e.B)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(w.Weight-float64(e.Weight)) > 1e-9 || w.Rule == "" {
				t.Errorf("Explain(%d, %d) = %v by %q, the edge weighs %v", e.A, e.B, w.Weight, w.Rule, e.Weight)
			}
		}
	}
}
