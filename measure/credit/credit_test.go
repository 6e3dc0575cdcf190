package credit_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/credit"
	"github.com/chanzipu/outfitter/measure/measuretest"
)

type toy struct {
	Paths       []string
	Conversions []float64
	Exact       map[string]float64
}

func (t toy) paths() []credit.Path {
	var out []credit.Path
	for i, p := range t.Paths {
		out = append(out, credit.Path{Touches: credit.ParsePath(p), Conversions: t.Conversions[i]})
	}
	return out
}

// pychattr's README (exact values, not its simulated ones) and eeghor/mta's tests.
func TestToys(t *testing.T) {
	var cases struct {
		Markov  toy   `json:"markov_toy"`
		Shapley []toy `json:"shapley_toy"`
	}
	measuretest.JSON(t, "ab_fixtures/cases.json", &cases)
	got, err := credit.Markov(cases.Markov.paths(), 1)
	if err != nil {
		t.Fatal(err)
	}
	near(t, got, cases.Markov.Exact, 1e-9)
	for _, tt := range cases.Shapley {
		got, err := credit.Shapley(tt.paths())
		if err != nil {
			t.Fatal(err)
		}
		near(t, got, tt.Exact, 1e-9)
	}
}

func near(t *testing.T, got credit.Split, want map[string]float64, tol float64) {
	t.Helper()
	if len(got.Estimates) != len(want) {
		t.Errorf("%s: %d channels, want %d", got.Method, len(got.Estimates), len(want))
	}
	for name, w := range want {
		e, _ := got.Get(name)
		measuretest.Near(t, got.Method+" "+name, e.Value, w, tol)
	}
}

func pathData(tb testing.TB) []credit.Path {
	t := measuretest.Read(tb, "attribution_pathdata/PathData.csv")
	conversions, value, null := t.Float("total_conversions"), t.Float("total_conversion_value"), t.Float("total_null")
	var out []credit.Path
	for i, p := range t.Text("path") {
		out = append(out, credit.Path{Touches: credit.ParsePath(p), Conversions: conversions[i], Value: value[i], Nulls: null[i]})
	}
	return out
}

// Pins on ChannelAttribution's PathData: its own figures are simulated.
func TestPathData(t *testing.T) {
	paths := pathData(t)
	names := strings.Fields("alpha beta delta epsilon eta gamma iota kappa lambda mi theta zeta")
	tests := []struct {
		name  string
		split func() (credit.Split, error)
		want  []float64
		tol   float64
	}{
		{"first", func() (credit.Split, error) { return credit.FirstTouch(paths) }, []float64{6308, 2831, 1, 99, 3164, 165, 4606, 74, 902, 2, 1606, 27}, 1e-9},
		{"last", func() (credit.Split, error) { return credit.LastTouch(paths) }, []float64{8447, 989, 5, 531, 4167, 92, 3355, 230, 1207, 2, 653, 107}, 1e-9},
		{"linear", func() (credit.Split, error) { return credit.Linear(paths) }, []float64{7574.7186, 2083.5001, 1.7250, 272.1704, 3539.9512, 121.0416, 3857.0962, 137.9641, 1035.2576, 2.2222, 1022.8014, 136.5515}, 5e-5},
		{"shapley", func() (credit.Split, error) { return credit.Shapley(paths) }, []float64{7627.9440, 1982.7393, 2.2929, 374.6774, 3613.6560, 138.1857, 3505.0440, 159.0571, 987.7821, 2.6667, 1190.9631, 199.9917}, 5e-5},
		{"markov", func() (credit.Split, error) { return credit.Markov(paths, 1) }, []float64{5344.9477, 2527.3522, 4.6136, 599.5707, 3340.8474, 171.1454, 3884.6147, 274.3633, 1282.8472, 1.7224, 1971.9129, 381.0626}, 5e-5},
	}
	for _, tt := range tests {
		got, err := tt.split()
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]float64{}
		var sum float64
		for j, name := range names {
			want[name] = tt.want[j]
			sum += got.Shares[j].Conversions
		}
		near(t, got, want, tt.tol)
		measuretest.Near(t, tt.name+" sum", sum, 19785, 1e-6)
	}
	m, _ := credit.Markov(paths, 1)
	measuretest.Near(t, "base", m.Base, 0.22384513559686378, 1e-12)
	for j, w := range []float64{.558399, .264039, .000482, .062639, .349026, .017880, .405835, .028663, .134022, .000180, .206010, .039811} {
		measuretest.Near(t, names[j]+" removal", m.Shares[j].Removal, w, 5e-7)
	}
}

// Removing by force must agree with the fundamental matrix, at any order.
func TestMarkovOrder(t *testing.T) {
	paths := []credit.Path{
		{Touches: []string{"a", "b", "a"}, Conversions: 3, Nulls: 5}, {Touches: []string{"b", "b", "c"}, Conversions: 2, Nulls: 1},
		{Touches: []string{"c", "a"}, Conversions: 1, Nulls: 4}, {Touches: []string{"a"}, Conversions: 4, Nulls: 2},
		{Touches: []string{"c", "a", "b", "a"}, Conversions: 2, Nulls: 2},
	}
	for order := 1; order <= 3; order++ {
		got, err := credit.Markov(paths, order)
		if err != nil {
			t.Fatal(err)
		}
		base := walk(paths, order, "")
		measuretest.Near(t, "base", got.Base, base, 1e-9)
		for _, s := range got.Shares {
			measuretest.Near(t, fmt.Sprint(order, s.Channel), s.Removal, 1-walk(paths, order, s.Channel)/base, 1e-9)
		}
	}
}

// walk pushes probability through the chain, step by step, without channel gone.
func walk(paths []credit.Path, order int, gone string) float64 {
	type step struct{ from, to string }
	weight, out := map[step]float64{}, map[string]float64{}
	newest := map[string]string{}
	for _, p := range paths {
		now := ""
		for k := range p.Touches {
			next := strings.Join(p.Touches[max(0, k+1-order):k+1], ">")
			newest[next] = p.Touches[k]
			weight[step{now, next}] += p.Conversions + p.Nulls
			out[now] += p.Conversions + p.Nulls
			now = next
		}
		weight[step{now, "won"}] += p.Conversions
		out[now] += p.Conversions + p.Nulls
	}
	mass, won := map[string]float64{"": 1}, 0.0
	for range 5000 {
		next := map[string]float64{}
		for s, w := range weight {
			m := mass[s.from] * w / out[s.from]
			switch {
			case s.to == "won":
				won += m
			case newest[s.to] != gone:
				next[s.to] += m
			}
		}
		mass = next
	}
	return won
}

func TestRefusalAndErrors(t *testing.T) {
	s, err := credit.Markov([]credit.Path{{Touches: []string{"a"}, Nulls: 3}}, 1)
	if err != nil || s.Refusal == nil || s.Refusal.Code != "no-conversions" {
		t.Errorf("Markov(no conversions) = %+v, %v, want refusal", s.Refusal, err)
	}
	for name, paths := range map[string][]credit.Path{
		"empty":    nil,
		"no touch": {{Conversions: 1}},
		"negative": {{Touches: []string{"a"}, Conversions: -1}},
		"NaN":      {{Touches: []string{"a"}, Conversions: math.NaN()}},
		"value":    {{Touches: []string{"a"}, Conversions: 1, Value: math.Inf(1)}},
	} {
		if _, err := credit.Shapley(paths); !errors.Is(err, measure.ErrInput) {
			t.Errorf("Shapley(%s) = %v, want ErrInput", name, err)
		}
		if _, err := credit.Markov(paths, 1); !errors.Is(err, measure.ErrInput) {
			t.Errorf("Markov(%s) = %v, want ErrInput", name, err)
		}
	}
	if _, err := credit.Markov([]credit.Path{{Touches: []string{"a"}, Conversions: 1}}, 0); !errors.Is(err, measure.ErrInput) {
		t.Errorf("Markov(order 0) = %v, want ErrInput", err)
	}
}

func FuzzParsePath(f *testing.F) {
	f.Add("a > b>>c ")
	f.Fuzz(func(t *testing.T, s string) {
		for _, p := range credit.ParsePath(s) {
			if p == "" || strings.Contains(p, ">") || strings.TrimSpace(p) != p {
				t.Errorf("ParsePath(%q) has part %q", s, p)
			}
		}
	})
}

func ExampleMarkov() {
	s, err := credit.Markov([]credit.Path{
		{Touches: credit.ParsePath("search > mail"), Conversions: 6, Nulls: 14},
		{Touches: credit.ParsePath("search"), Conversions: 2, Nulls: 18},
	}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range s.Shares {
		fmt.Printf("%s %.2f\n", c.Channel, c.Conversions)
	}
	// Output:
	// mail 3.43
	// search 4.57
}

func BenchmarkMarkov(b *testing.B) {
	paths := pathData(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := credit.Markov(paths, 2); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleShapley() {
	s, err := credit.Shapley([]credit.Path{
		{Touches: credit.ParsePath("search"), Conversions: 4},
		{Touches: credit.ParsePath("search > mail"), Conversions: 6},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range s.Shares {
		fmt.Printf("%s %g\n", c.Channel, c.Conversions)
	}
	// Output:
	// mail 3
	// search 7
}
