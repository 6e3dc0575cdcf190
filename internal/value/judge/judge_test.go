package judge

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/value/claim"
)

// made is a sample of n units, half of them treated, with the outcome that y
// gives them.
func made(n int, header string, line func(i int, treated bool) string) claim.Sample {
	var b strings.Builder
	b.WriteString(header + "\n")
	for i := range n {
		b.WriteString(line(i, i%2 == 1) + "\n")
	}
	return claim.Sample{CSV: []byte(b.String()), About: empty()}
}

func empty() claim.About {
	return claim.About{PerUnit: claim.None, PerUnitSE: claim.None, Cost: claim.None}
}

func entry(design claim.Design, kind claim.ExposureKind, measure claim.Measure) claim.Claim {
	return claim.Claim{ID: "x", Face: claim.Campaign, Unit: claim.Member, Window: claim.Window{Since: "2026-01-01", Until: "2027-01-01"},
		Population: claim.Population{Entry: &claim.Entry{Verbs: []string{"arm.assigned"}}},
		Outcome:    claim.Outcome{Verbs: []string{"order.placed"}, Measure: measure, Within: 14, Unit: claim.Text{EN: "share", ZH: "占比"}},
		Exposure:   claim.Exposure{Kind: kind, Design: design}}
}

func judged(t *testing.T, c claim.Claim, s claim.Sample) claim.Finding {
	t.Helper()
	f, err := Judge(t.Context(), c, s, 1)
	if err != nil {
		t.Fatalf("Judge() = %v", err)
	}
	return f
}

func has(f claim.Finding, code string) bool {
	for _, d := range f.Diagnostics {
		if d.Code == code {
			return true
		}
	}
	return false
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// lottery is 400 members, half drawn; 30 % buy, 50 % of those with it.
func lottery() claim.Sample {
	return made(400, "unit,treated,outcome,day,follow", func(i int, treated bool) string {
		return fmt.Sprintf("u%d,%d,%d,2026-03-01,90", i, bit(treated), bit(i/2%10 < 3+2*bit(treated)))
	})
}

func TestLotteryIsGradeA(t *testing.T) {
	c := entry(claim.RandomPeople, claim.Arm, claim.Any)
	c.Money = &claim.Money{Definition: "contract", PerUnit: 100, Currency: "CNY"}
	c.Costs = &claim.Costs{Wages: 500, External: 100}
	f := judged(t, c, lottery())
	g, _ := f.Headline()
	if f.Grade != claim.A || f.Method != "diff" || math.Abs(float64(g.Value)-0.2) > 1e-9 || !(g.Lo > 0) {
		t.Errorf("grade %s by %s, effect %v [%v, %v], want A by diff, 0.2 above 0", f.Grade, f.Method, g.Value, g.Lo, g.Hi)
	}
	if k, ok := f.Relative(); !ok || math.Abs(float64(k.Value)-5.0/3) > 1e-9 {
		t.Errorf("k = %v, want 5/3", k.Value)
	}
	if w := f.Worth; w == nil || math.Abs(float64(w.Gross.Value)-200*.2*100) > 1e-6 || w.Cost != 600 || w.Net.Value != w.Gross.Value-600 || w.Net.Lo != w.Gross.Lo-600 {
		t.Errorf("worth = %+v, want gross 4000, cost 600", f.Worth)
	}
	if i := f.Influenced; i == nil || i.Touched != 10000 || math.Abs(float64(i.Gap)-6000) > 1e-6 {
		t.Errorf("influenced = %+v, want 10000 touched, 6000 of it not caused", f.Influenced)
	}
	if !strings.HasPrefix(f.Command, "outfitter estimate diff --input sample.csv") {
		t.Errorf("command = %q", f.Command)
	}
	first, err1 := json.Marshal(f)
	again, err2 := json.Marshal(judged(t, c, lottery()))
	if diff := cmp.Diff(string(first), string(again)); diff != "" || err1 != nil || err2 != nil {
		t.Errorf("the same judged twice differs:\n%s", diff)
	}
}

func TestNoCostNoNet(t *testing.T) {
	c := entry(claim.RandomPeople, claim.Arm, claim.Any)
	c.Money = &claim.Money{Definition: "contract", PerUnit: 100}
	if f := judged(t, c, lottery()); f.Worth.Net.Value.OK() || !has(f, "cost") {
		t.Errorf("net = %v without a cost, want none and a warning", f.Worth.Net.Value)
	}
}

func TestTrapFew(t *testing.T) {
	s := made(40, "unit,treated,outcome,day,follow", func(i int, _ bool) string {
		return fmt.Sprintf("u%d,%d,%d,2026-03-01,90", i, bit(i < 4), i%2)
	})
	f := judged(t, entry(claim.RandomPeople, claim.Arm, claim.Any), s)
	if f.Refusal == nil || f.Refusal.Code != "few-treated" || len(f.Figures) > 0 || !f.Refusal.MDE.OK() || f.Refusal.Test.ZH == "" {
		t.Errorf("four treated: %+v with %d figures, want a refusal with a smallest effect and a test", f.Refusal, len(f.Figures))
	}
}

// TestTrapDate: a flag that all but a few lose on one day.
func TestTrapDate(t *testing.T) {
	s := made(600, "unit,treated,outcome,period", func(i int, _ bool) string {
		with := i < 300
		if i%97 == 0 {
			with = !with
		}
		return fmt.Sprintf("u%d,%d,%d,2026-%02d", i, bit(with), i%7, 1+i/100)
	})
	f := judged(t, entry(claim.Chosen, claim.Attribute, claim.Any), s)
	if f.Refusal == nil || f.Refusal.Code != "date" {
		t.Errorf("refusal = %+v, want date", f.Refusal)
	}
	one := made(200, "unit,treated,outcome,period,first", func(i int, _ bool) string {
		return fmt.Sprintf("u%d,%d,%d,2026-%02d,2026-03", i/5, bit(i%5 >= 2), i%7, 1+i%5)
	})
	c := entry(claim.Staggered, claim.Access, claim.Count)
	c.Population.Entry, c.Unit, c.Period = nil, claim.Staff, "month"
	if f := judged(t, c, one); f.Refusal == nil {
		t.Errorf("everybody on one day = %+v, want a refusal", f.Figures)
	}
}

func TestTrapWindow(t *testing.T) {
	c := entry(claim.RandomPeople, claim.Arm, claim.Any)
	s := lottery()
	s.About.Why = []claim.Reason{{Code: "follow-up", N: 500}}
	if f := judged(t, c, s); f.Refusal == nil || f.Refusal.Code != "window" {
		t.Errorf("500 of 900 cut off: %+v, want refused for the window", f.Refusal)
	}
	s.About.Why[0].N = 20
	if f := judged(t, c, s); f.Refusal != nil || !has(f, "window") || f.Grade != claim.A {
		t.Errorf("20 of 420 cut off: %+v, grade %s, want told and grade A", f.Refusal, f.Grade)
	}
	open := made(400, "unit,treated,outcome,day,follow", func(i int, treated bool) string {
		return fmt.Sprintf("u%d,%d,%d,2026-03-01,%d", i, bit(treated), i%3, i)
	})
	c.Outcome.Within = 0
	if f := judged(t, c, open); f.Refusal == nil || f.Refusal.Code != "window" {
		t.Errorf("no window, follow-up from 0 to 399 days: %+v, want refused", f.Refusal)
	}
}

func TestTrapLater(t *testing.T) {
	c := entry(claim.Chosen, claim.Attribute, claim.Any)
	c.Covariates = []claim.Covariate{{Name: "age", Attr: "age", Known: "start"}, {Name: "length", Attr: "length", Known: "after"}}
	s := made(400, "unit,treated,outcome,day,age,length", func(i int, treated bool) string {
		return fmt.Sprintf("u%d,%d,%d,2026-03-01,%d,%d", i, bit(treated), bit(i%3 == 0), 20+i%41, i%17)
	})
	f := judged(t, c, s)
	if !has(f, "later") || strings.Contains(f.Command, "length") || !strings.Contains(f.Command, "age") {
		t.Errorf("command %q, want age without length, and the trap told", f.Command)
	}
}

// TestTrapLeak: a covariate that nobody declared as late, but that knows the outcome.
func TestTrapLeak(t *testing.T) {
	c := entry(claim.Chosen, claim.Attribute, claim.Any)
	c.Covariates = []claim.Covariate{{Name: "age", Attr: "age", Known: "start"}, {Name: "duration", Attr: "duration", Known: "start"}}
	r := rand.New(rand.NewPCG(1, 2))
	s := made(400, "unit,treated,outcome,day,age,duration", func(i int, treated bool) string {
		y := bit(i%3 == 0)
		return fmt.Sprintf("u%d,%d,%d,2026-03-01,%d,%d", i, bit(treated), y, 20+i%41, 100+r.IntN(100)+y*r.IntN(300))
	})
	if f := judged(t, c, s); !has(f, "leak") || f.Grade != claim.D {
		t.Errorf("grade %s, diagnostics %+v, want D for a leak", f.Grade, f.Diagnostics)
	}
}

func TestTrapSelected(t *testing.T) {
	c := entry(claim.RandomPeople, claim.Arm, claim.Any)
	c.Covariates = []claim.Covariate{{Name: "size", Attr: "size", Known: "start"}}
	s := made(400, "unit,treated,outcome,day,follow,size", func(i int, treated bool) string {
		return fmt.Sprintf("u%d,%d,%d,2026-03-01,90,%d", i, bit(treated), bit(i%5 == 0), i%50+30*bit(treated))
	})
	f := judged(t, c, s)
	if f.Grade != claim.B || !has(f, "unbalanced") || len(f.Balance) != 1 || !(f.Balance[0].SMD > unlike) {
		t.Errorf("a lot that was not followed: grade %s, balance %+v, want B", f.Grade, f.Balance)
	}
	c.Exposure.Design = claim.Volunteers
	if f := judged(t, c, s); f.Grade != claim.C || !has(f, "selected") {
		t.Errorf("volunteers: grade %s, want C", f.Grade)
	}
}

func TestTrapRatio(t *testing.T) {
	c := entry(claim.RandomPeople, claim.Arm, claim.Any)
	c.Exposure.Shares = map[string]float64{"实验": .5, "对照": .5}
	s := lottery()
	s.About.Arms = map[string]int{"实验": 260, "对照": 140}
	if f := judged(t, c, s); f.Refusal == nil || f.Refusal.Code != "ratio" {
		t.Errorf("260 to 140 for half and half: %+v, want refused", f.Refusal)
	}
	s.About.Arms = map[string]int{"实验": 205, "对照": 195}
	if f := judged(t, c, s); f.Refusal != nil || !has(f, "ratio") {
		t.Errorf("205 to 195: %+v, want told that it fits", f.Refusal)
	}
}

func TestTrapSpill(t *testing.T) {
	c := entry(claim.RandomPeople, claim.Access, claim.Any)
	c.Unit = claim.Staff
	apart := func(i int, treated bool) string {
		return fmt.Sprintf("u%d,t%d,%d,%d,2026-03-01,90", i, i%2, bit(treated), bit(i%3 == 0))
	}
	mixed := func(i int, treated bool) string {
		return fmt.Sprintf("u%d,t%d,%d,%d,2026-03-01,90", i, i/2%5, bit(treated), bit(i%3 == 0))
	}
	header := "unit,team,treated,outcome,day,follow"
	if f := judged(t, c, made(200, header, mixed)); !has(f, "spill") {
		t.Error("those with and without share teams: want it told")
	}
	if f := judged(t, c, made(200, header, apart)); has(f, "spill") {
		t.Error("teams wholly with or without: nothing to tell")
	}
}

// TestVolumeIsGradeD: what was done is no effect.
func TestVolumeIsGradeD(t *testing.T) {
	c := entry(claim.Described, claim.Everybody, claim.Count)
	c.Population.Entry, c.Period, c.Unit = nil, "month", claim.Staff
	s := made(120, "unit,period,treated,outcome", func(i int, _ bool) string { return fmt.Sprintf("u%d,2026-%02d,0,%d", i/12, 1+i%12, i%2) })
	f := judged(t, c, s)
	if g, _ := f.Headline(); f.Grade != claim.D || g.Value != 60 || g.Lo.OK() {
		t.Errorf("grade %s, %v with interval %v, want D, 60 without", f.Grade, g.Value, g.Lo)
	}
}
