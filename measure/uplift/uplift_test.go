package uplift_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/measuretest"
	"github.com/chanzipu/outfitter/measure/uplift"
)

// scikit-uplift's tests of uplift_auc_score.
func TestToys(t *testing.T) {
	var cases struct {
		Toys []struct {
			Y, Uplift []float64
			T         []int
			AUC       float64 `json:"uplift_auc"`
		} `json:"sklift_toy"`
	}
	measuretest.JSON(t, "ab_fixtures/cases.json", &cases)
	for _, tt := range cases.Toys {
		d := uplift.Data{Outcome: tt.Y, Score: tt.Uplift}
		for _, v := range tt.T {
			d.Treated = append(d.Treated, v == 1)
		}
		c, err := uplift.Score(d)
		if err != nil {
			t.Fatal(err)
		}
		e, _ := c.Get("auuc")
		measuretest.Near(t, "auuc", e.Value, tt.AUC, 1e-9)
	}
}

func hillstrom(tb testing.TB, score func(*measuretest.Table) []float64) uplift.Data {
	t := measuretest.Read(tb, "hillstrom/hillstrom.csv")
	visit, s := t.Float("visit"), score(t)
	var d uplift.Data
	for i, arm := range t.Text("segment") {
		if arm != "Mens E-Mail" {
			d.Outcome, d.Treated, d.Score = append(d.Outcome, visit[i]), append(d.Treated, arm == "Womens E-Mail"), append(d.Score, s[i])
		}
	}
	return d
}

// Pins, Womens against none, visit, scikit-uplift's formulas.
func TestHillstrom(t *testing.T) {
	column := func(name string, sign float64) func(*measuretest.Table) []float64 {
		return func(t *measuretest.Table) []float64 {
			x := t.Float(name)
			for i := range x {
				x[i] *= sign
			}
			return x
		}
	}
	tests := []struct {
		name       string
		score      func(*measuretest.Table) []float64
		qini, auuc float64
	}{
		{"womens", column("womens", 1), .0640155085, .0294311611},
		{"history", column("history", 1), .0026215141, .0010476346},
		{"-recency", column("recency", -1), -.0045197693, -.0019703901},
	}
	for _, tt := range tests {
		c, err := uplift.Score(hillstrom(t, tt.score))
		if err != nil {
			t.Fatal(err)
		}
		q, _ := c.Get("qini")
		a, _ := c.Get("auuc")
		measuretest.Near(t, tt.name+" qini", q.Value, tt.qini, 1e-9)
		measuretest.Near(t, tt.name+" auuc", a.Value, tt.auuc, 1e-9)
	}
	r, err := uplift.AtK(hillstrom(t, column("history", 1)), 0.3, 0)
	if err != nil {
		t.Fatal(err)
	}
	e, _ := r.Get("uplift@30%")
	measuretest.Near(t, "uplift@30% by history", e.Value, .04794239, 1e-8)
}

// Row order must not matter when scores are tied.
func TestTies(t *testing.T) {
	d := uplift.Data{Outcome: []float64{1, 0, 1, 0, 1, 0, 0, 1}, Treated: []bool{true, true, false, false, true, false, true, false}, Score: []float64{1, 1, 1, 1, 0, 0, 0, 0}}
	a, err := uplift.Score(d)
	if err != nil {
		t.Fatal(err)
	}
	r1, _ := uplift.AtK(d, 1, 0)
	for _, x := range [][2]int{{0, 2}, {1, 3}, {4, 7}} {
		i, j := x[0], x[1]
		d.Outcome[i], d.Outcome[j] = d.Outcome[j], d.Outcome[i]
		d.Treated[i], d.Treated[j] = d.Treated[j], d.Treated[i]
	}
	b, _ := uplift.Score(d)
	r2, _ := uplift.AtK(d, 1, 0)
	if a.Estimates[0] != b.Estimates[0] && a.Estimates[0].Value != b.Estimates[0].Value {
		t.Errorf("qini = %v after reordering, want %v", b.Estimates[0], a.Estimates[0])
	}
	if r1.Estimates[0].Value != r2.Estimates[0].Value {
		t.Errorf("uplift = %v after reordering, want %v", r2.Estimates[0], r1.Estimates[0])
	}
}

func TestRefusal(t *testing.T) {
	y, s := []float64{1, 0, 0, 1}, []float64{4, 3, 2, 1}
	yes, no, mixed := []bool{true, true, true, true}, make([]bool, 4), []bool{true, false, true, false}
	for _, tt := range []struct {
		name string
		d    uplift.Data
		want string
	}{
		{"all", uplift.Data{Outcome: y, Treated: yes, Score: s}, "everyone-treated"},
		{"none", uplift.Data{Outcome: y, Treated: no, Score: s}, "nobody-treated"},
		{"constant", uplift.Data{Outcome: y, Treated: mixed, Score: make([]float64, 4)}, "constant-score"},
	} {
		c, err := uplift.Score(tt.d)
		if err != nil || c.Refusal == nil || c.Refusal.Code != tt.want {
			t.Errorf("Score(%s) = %+v, %v, want refusal %q", tt.name, c.Refusal, err, tt.want)
		}
	}
	r, err := uplift.AtK(uplift.Data{Outcome: y, Treated: mixed, Score: s}, 0.5, 0)
	if err != nil || r.Refusal == nil || r.Refusal.Code != "too-few-units" || !(r.Refusal.MDE > 0) {
		t.Errorf("AtK(two people) = %+v, %v, want refusal with MDE", r.Refusal, err)
	}
	h, err := uplift.HitsPerThousand(no, s, 0.5, 0)
	if err != nil || h.Refusal == nil {
		t.Errorf("HitsPerThousand(no hit) = %+v, %v, want refusal", h.Refusal, err)
	}
}

func TestBadInput(t *testing.T) {
	ok := []bool{true, false}
	for name, d := range map[string]uplift.Data{
		"empty": {}, "treatment short": {Outcome: []float64{1, 0}, Treated: ok[:1], Score: []float64{1, 0}},
		"score short": {Outcome: []float64{1, 0}, Treated: ok, Score: []float64{1}},
		"NaN":         {Outcome: []float64{1, math.NaN()}, Treated: ok, Score: []float64{1, 2}},
		"score NaN":   {Outcome: []float64{1, 0}, Treated: ok, Score: []float64{1, math.NaN()}},
	} {
		if _, err := uplift.Score(d); !errors.Is(err, measure.ErrInput) {
			t.Errorf("Score(%s) = %v, want ErrInput", name, err)
		}
	}
	if _, err := uplift.AtK(uplift.Data{Outcome: []float64{1, 0}, Treated: ok, Score: []float64{1, 0}}, 1.5, 0); !errors.Is(err, measure.ErrInput) {
		t.Errorf("AtK(1.5) = %v, want ErrInput", err)
	}
	if _, err := uplift.HitsPerThousand(ok, []float64{1, 0}, 0, 0); !errors.Is(err, measure.ErrInput) {
		t.Errorf("HitsPerThousand(0) = %v, want ErrInput", err)
	}
}

func ExampleScore() {
	c, err := uplift.Score(uplift.Data{
		Outcome: []float64{1, 1, 0, 0, 1, 0, 0, 1},
		Treated: []bool{true, true, false, false, true, true, false, false},
		Score:   []float64{.9, .8, .8, .7, .3, .2, .2, .1},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	q, _ := c.Get("qini")
	fmt.Printf("qini %.3f\n", q.Value)
	// Output: qini 0.773
}

func ExampleHitsPerThousand() {
	hit := make([]bool, 1000)
	score := make([]float64, 1000)
	for i := range hit {
		score[i] = float64(1000 - i)
		hit[i] = i < 8 || i%250 == 0
	}
	r, _ := uplift.HitsPerThousand(hit, score, 0.1, 0)
	for _, e := range r.Estimates {
		fmt.Printf("%s %.1f\n", e.Name, e.Value)
	}
	// Output:
	// hits 80.0
	// base 11.0
	// lift 7.3
}

// simulate has uplift 0.2·score on a base of 0.3, so the best 30 % gain 0.17.
func simulate(seed uint64) (measure.Estimate, float64, error) {
	rng := measure.Rand(seed)
	var d uplift.Data
	for range 1500 {
		s, t := rng.Float64(), rng.IntN(2) == 0
		p := 0.3
		if t {
			p += 0.2 * s
		}
		y := 0.0
		if rng.Float64() < p {
			y = 1
		}
		d.Outcome, d.Treated, d.Score = append(d.Outcome, y), append(d.Treated, t), append(d.Score, s)
	}
	r, err := uplift.AtK(d, 0.3, 0)
	return r.Estimates[0], 0.17, err
}

func TestSimulation(t *testing.T) {
	if got := measuretest.Coverage(t, 50, simulate); got < 0.8 {
		t.Errorf("coverage of 50 draws = %v, want about 0.95", got)
	}
}

func BenchmarkScore(b *testing.B) {
	rng := measure.Rand(1)
	var d uplift.Data
	for range 100000 {
		d.Outcome, d.Treated, d.Score = append(d.Outcome, float64(rng.IntN(2))), append(d.Treated, rng.IntN(2) == 0), append(d.Score, rng.Float64())
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := uplift.Score(d); err != nil {
			b.Fatal(err)
		}
	}
}

func ExampleAtK() {
	r, err := uplift.AtK(uplift.Data{
		Outcome: []float64{1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1},
		Treated: []bool{true, true, false, false, true, false, true, true, false, false, true, false},
		Score:   []float64{12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1},
	}, 0.5, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range r.Estimates {
		fmt.Printf("%s %.2f\n", e.Name, e.Value)
	}
	// Output:
	// uplift@50% 1.00
	// uplift-all 0.33
	// gain 0.67
}
