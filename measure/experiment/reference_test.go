package experiment

import (
	"math"
	"testing"

	"github.com/chanzipu/outfitter/measure"
	"github.com/chanzipu/outfitter/measure/measuretest"
)

func get(t testing.TB, r measure.Result, name string) measure.Estimate {
	t.Helper()
	if r.Refusal != nil {
		t.Fatalf("refused: %s", r.Refusal.Reason.EN)
	}
	e, ok := r.Get(name)
	if !ok {
		t.Fatalf("no estimate %q in %+v", name, r.Estimates)
	}
	return e
}

type want struct {
	Est *float64
	CI  []float64
	SE  *float64
	P   *float64
}

func (w want) check(t *testing.T, what string, e measure.Estimate) {
	t.Helper()
	const tol = 1e-5
	if w.Est != nil {
		measuretest.Near(t, what+" est", e.Value, *w.Est, tol)
	}
	if w.SE != nil {
		measuretest.Near(t, what+" se", e.SE, *w.SE, tol)
	}
	if w.P != nil {
		measuretest.Near(t, what+" p", e.P, *w.P, tol)
	}
	if len(w.CI) == 2 {
		measuretest.Near(t, what+" lo", e.Lo, w.CI[0], tol)
		measuretest.Near(t, what+" hi", e.Hi, w.CI[1], tol)
	}
}

type sums struct {
	Sum        float64
	SumSquares float64 `json:"sum_squares"`
	N          int
	MPost      []float64 `json:"m_post"`
	DPost      []float64 `json:"d_post"`
	MPre       []float64 `json:"m_pre"`
	DPre       []float64 `json:"d_pre"`
	MPostMPre  float64   `json:"mpost_mpre"`
	DPostDPre  float64   `json:"dpost_dpre"`
	MPreDPre   float64   `json:"mpre_dpre"`
	MPostDPost float64   `json:"mpost_dpost"`
	MPostDPre  float64   `json:"mpost_dpre"`
	MPreDPost  float64   `json:"mpre_dpost"`
}

func (s sums) mean() Arm {
	m := s.Sum / float64(s.N)
	return MeanArm(s.N, m, s.SumSquares-s.Sum*m)
}

func (s sums) ratio() Arm {
	return SumsArm(s.N, []float64{s.MPost[0], s.DPost[0], s.MPre[0], s.DPre[0]}, [][]float64{
		{s.MPost[1], s.MPostDPost, s.MPostMPre, s.MPostDPre},
		{s.MPostDPost, s.DPost[1], s.MPreDPost, s.DPostDPre},
		{s.MPostMPre, s.MPreDPost, s.MPre[1], s.MPreDPre},
		{s.MPostDPre, s.DPostDPre, s.MPreDPre, s.DPre[1]},
	})
}

type fixture struct {
	A, B               *sums
	AProp              *sums `json:"a_prop"`
	BProp              *sums `json:"b_prop"`
	Tuning             float64
	Relative, Absolute *want
	Sequential         *want `json:"sequential_relative"`
}

func (f fixture) arms() (control, treated Arm) {
	if f.AProp != nil {
		return ProportionArm(f.AProp.N, int(f.AProp.Sum)), ProportionArm(f.BProp.N, int(f.BProp.Sum))
	}
	return f.A.mean(), f.B.mean()
}

// TestGrowthBook holds the values of growthbook's own tests
// (growthbook/growthbook@8f1db44, packages/stats/tests/frequentist).
func TestGrowthBook(t *testing.T) {
	var f struct {
		TTest, Sequential []fixture
		Ratio             fixture `json:"ratio_cuped"`
	}
	measuretest.JSON(t, "ab_fixtures/cases.json", &f)
	for i, c := range f.TTest {
		control, treated := c.arms()
		got, err := Diff(control, treated, Options{})
		if err != nil {
			t.Fatal(err)
		}
		c.Relative.check(t, "ttest relative", get(t, got, "lift"))
		if i == 0 {
			c.Absolute.check(t, "ttest absolute", get(t, got, "effect"))
		}
	}
	for _, c := range f.Sequential {
		control, treated := c.arms()
		got, err := Sequential(control, treated, Options{Tuning: c.Tuning})
		if err != nil {
			t.Fatal(err)
		}
		c.Relative.check(t, "sequential", get(t, got, "lift"))
	}
	control, treated := f.Ratio.A.ratio(), f.Ratio.B.ratio()
	got, err := Diff(control, treated, Options{})
	if err != nil {
		t.Fatal(err)
	}
	f.Ratio.Relative.check(t, "ratio cuped", get(t, got, "lift"))
	got, err = Sequential(control, treated, Options{Tuning: 5000})
	if err != nil {
		t.Fatal(err)
	}
	f.Ratio.Sequential.check(t, "ratio cuped sequential", get(t, got, "lift"))
}

// TestHillstrom: means as published for MineThatData's e-mail challenge
// (2008); the rest are our own pins, computed independently.
func TestHillstrom(t *testing.T) {
	d := measuretest.Read(t, "hillstrom/hillstrom.csv")
	segment, history := d.Text("segment"), d.Float("history")
	for name, mean := range map[string]float64{"visit": .14678125, "conversion": .00903125, "spend": 1.05090828} {
		var sum float64
		for _, v := range d.Float(name) {
			sum += v
		}
		measuretest.Near(t, "mean "+name, sum/float64(d.N), mean, 5e-9)
	}
	arm := func(name, outcome, denominator string) Rows {
		var r Rows
		y, x := d.Float(outcome), d.Float(denominator)
		var cov []float64
		for i, s := range segment {
			if s != name && s != "No E-Mail" {
				continue
			}
			r.Outcome, r.Treated = append(r.Outcome, y[i]), append(r.Treated, s == name)
			r.Denominator, cov = append(r.Denominator, x[i]), append(cov, history[i])
		}
		r.Covariates = [][]float64{cov}
		return r
	}
	const women, men = "Womens E-Mail", "Mens E-Mail"
	tests := []struct {
		arm, outcome, kind string
		effect, se         float64
	}{
		{men, "visit", "diff", .0765895637, .0033858878},
		{men, "conversion", "diff", .0068050065, .0009208728},
		{men, "spend", "diff", .7698271559, .1452465602},
		{women, "visit", "diff", .0452331066, .0032344621},
		{women, "conversion", "diff", .0031110575, .0008226771},
		{women, "spend", "diff", .4244122159, .1303328585},
		{men, "visit", "cuped", .0764111475, .0033783605},
		{men, "spend", "cuped", .7674384994, .1452150422},
		{women, "visit", "cuped", .0450949424, .0032279809},
		{men, "spend", "ratio", 1.63551690, .98714052},
		{women, "spend", "ratio", .96623270, .99853170},
	}
	for _, tt := range tests {
		r := arm(tt.arm, tt.outcome, "visit")
		tol := 1e-9
		if tt.kind != "ratio" {
			r.Denominator = nil
		} else {
			tol = 1e-8
		}
		if tt.kind != "cuped" {
			r.Covariates = nil
		}
		got, err := Analyse(r, Options{})
		if err != nil {
			t.Fatal(err)
		}
		e := get(t, got, "effect")
		measuretest.Near(t, tt.arm+" "+tt.outcome+" "+tt.kind, e.Value, tt.effect, tol)
		measuretest.Near(t, tt.arm+" "+tt.outcome+" "+tt.kind+" se", e.SE, tt.se, tol)
	}
	got, err := SRM([]int{21387, 21306, 21307}, nil)
	if err != nil {
		t.Fatal(err)
	}
	measuretest.Near(t, "srm chi2", get(t, got, "chi2").Value, .20253125, 1e-9)
	measuretest.Near(t, "srm p", get(t, got, "chi2").P, .9037, 1e-4)
}

// TestNSW: Dehejia and Wahba (1999), LaLonde (1986).
func TestNSW(t *testing.T) {
	tests := []struct {
		file, treat        string
		effect, se, pooled float64
	}{
		{"nsw_dw/nsw_mixtape.csv", "treat", 1794.342382, 670.996544, 632.853392},
		{"nsw_dw/nswdemo_lalonde722.csv", "trt", 886.303731, 488.204530, 472.086258},
	}
	for _, tt := range tests {
		d := measuretest.Read(t, tt.file)
		r := Rows{Outcome: d.Float("re78")}
		for _, v := range d.Int(tt.treat) {
			r.Treated = append(r.Treated, v == 1)
		}
		got, err := Analyse(r, Options{})
		if err != nil {
			t.Fatal(err)
		}
		e := get(t, got, "effect")
		measuretest.Near(t, tt.file, e.Value, tt.effect, 1e-6)
		measuretest.Near(t, tt.file+" se", e.SE, tt.se, 1e-6)
		c, a, err := r.Arms()
		if err != nil {
			t.Fatal(err)
		}
		nc, nt := float64(c.N), float64(a.N)
		s2 := ((nc-1)*c.Cov[0][0] + (nt-1)*a.Cov[0][0]) / (nc + nt - 2)
		measuretest.Near(t, tt.file+" pooled se", math.Sqrt(s2*(1/nc+1/nt)), tt.pooled, 1e-6)
	}
}
