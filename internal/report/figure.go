package report

import (
	"math"
	"slices"
	"strings"

	"github.com/chanzipu/outfitter/internal/value"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

// figureOf is a claim's own figure as a card.
func figureOf(r value.Row) (Figure, bool) {
	if !judged(r).effect() {
		return Figure{}, false
	}
	f, _ := r.Result.Finding.Headline()
	u := unit(r, f)
	out := Figure{Label: r.Version.Claim.Title, Value: float64(f.Value), Lo: float64(f.Lo), Hi: float64(f.Hi), Unit: u, Shown: show(r, f), Grade: gradeOf(r), Claim: r.ID, Note: size(r), Detail: statistics(r)}
	if i := interval(r, f); i != (Text{}) {
		out.Range = T("很可能在 "+i.ZH+" 之间", "very likely "+i.EN)
	}
	return out, true
}

// size is n and the window, in small print.
func size(r value.Row) Text {
	c := r.Result.Finding.Counts
	w := r.Version.Claim.Window
	n := plain(max(c.Units, 0))
	if c.Units == 0 {
		n = plain(c.Rows)
	}
	when := w.Since + " – " + lastDay(w.Until)
	return T("n = "+n+"，"+when, "n = "+n+", "+when)
}

// beforeChart is before and after of those who got the shovel, or with and
// without it where there was no before; ok is false where a group is small.
func beforeChart(r value.Row) (Chart, bool) {
	if !judged(r).effect() || r.Result.Finding.Small {
		return Chart{}, false
	}
	f, _ := r.Result.Finding.Headline()
	bar := func(group, when string) *claim.Bar {
		for i, b := range r.Result.Finding.Bars {
			if b.Group == group && b.When == when && b.Mean.OK() && b.N >= least {
				return &r.Result.Finding.Bars[i]
			}
		}
		return nil
	}
	was, now := bar("treated", "before"), bar("treated", "after")
	names := []Text{T("之前", "before"), T("之后", "after")}
	if was == nil {
		was, names = bar("control", "after"), []Text{T("没有它", "without"), T("有它", "with")}
	}
	if was == nil || now == nil {
		return Chart{}, false
	}
	u := levelUnit(r, f)
	a, b := u.Show(float64(was.Mean)), u.Show(float64(now.Mean))
	title := r.Version.Claim.Title
	return Chart{
		ID: "before-" + r.ID, Kind: Before, Title: title, Unit: u, Mark: -1, Grade: gradeOf(r), Claim: r.ID, Labels: names,
		Says:   T(title.ZH+"："+names[0].ZH+" "+a.ZH+"，"+names[1].ZH+" "+b.ZH, title.EN+": "+names[0].EN+" "+a.EN+", "+names[1].EN+" "+b.EN),
		Series: []Series{{Name: title, Values: []float64{float64(was.Mean), float64(now.Mean)}}},
		Note:   T("n = "+plain(was.N)+" 与 "+plain(now.N)+"；"+days(was)+"，"+days(now), "n = "+plain(was.N)+" and "+plain(now.N)+"; "+days(was)+", "+days(now)),
	}, true
}

func days(b *claim.Bar) string {
	if b.Since == "" {
		return b.Until
	}
	return b.Since + " – " + b.Until
}

// lastDay is the day before an open end.
func lastDay(until string) string {
	t, err := parseDay(until)
	if err != nil {
		return until
	}
	return t.AddDate(0, 0, -1).Format("2006-01-02")
}

// counterChart is the observed beside what would have been. What would have
// been is the observed less the effect at each distance from the launch where
// there are such, else less the one effect.
func counterChart(r value.Row) (Chart, bool) {
	fd := r.Result.Finding
	f, _ := fd.Headline()
	if fd.Small || f.Kind != "absolute" || len(fd.Series) < 3 {
		return Chart{}, false
	}
	ch := Chart{ID: "counter-" + r.ID, Kind: Counter, Unit: levelUnit(r, f), Mark: -1, Grade: gradeOf(r), Claim: r.ID, Title: T("用过的人，和没有它会怎样", "Those who had it, and what would have been without"),
		Says: T("实线是观察到的，虚线是没有它时的估计。", "The line is what was observed, the dashes what would have been."),
		Note: T("虚线 = 观察到的减去估计的效果；两线之间就是效果。", "Dashes: the observed less the estimated effect; what lies between is the effect.")}
	var was, would []float64
	for i, p := range fd.Series {
		v := math.NaN()
		if p.NT >= least {
			v = float64(p.Treated)
		}
		w := math.NaN()
		if p.NT >= least && p.Treated.OK() {
			w = float64(p.Treated) - float64(f.Value)
			if ch.Mark < 0 {
				ch.Mark = i
			}
		}
		ch.Labels = append(ch.Labels, Same(p.Period))
		was, would = append(was, v), append(would, w)
	}
	if ch.Mark < 0 || len(ch.Labels)-ch.Mark < 2 {
		return Chart{}, false
	}
	ch.Series = []Series{{Name: T("用上它的", "with it"), Values: was}, {Name: T("没有它会是", "without it"), Values: would}}
	if slices.ContainsFunc(fd.Series, func(p claim.Point) bool { return p.NC >= least && p.Control.OK() }) {
		c := make([]float64, len(fd.Series))
		for i, p := range fd.Series {
			c[i] = math.NaN()
			if p.NC >= least {
				c[i] = float64(p.Control)
			}
		}
		ch.Series = append(ch.Series, Series{Name: T("还没用上的", "not yet with it"), Values: c})
	}
	return ch, true
}

// pretrendChart is the effect by distance from the launch.
func pretrendChart(r value.Row) (Chart, bool) {
	fd := r.Result.Finding
	f, _ := fd.Headline()
	if len(fd.EventTimes) < 3 {
		return Chart{}, false
	}
	ch := Chart{ID: "pretrend-" + r.ID, Kind: Pretrend, Unit: unit(r, f), Mark: -1, Grade: gradeOf(r), Claim: r.ID, Title: T("上线前就有差别吗？上线后呢", "Was there a difference before the launch? And after?"),
		Says: T("上线前的点应该贴着零：贴着，说明两组本来一样。", "Before the launch the points should lie at zero: then the groups were alike."),
		Note: T("横轴是离上线的期数；空心点在上线之前，应当贴着零线。", "Periods from the launch; the hollow points before it should lie on the zero line.")}
	s := Series{Name: T("效果", "effect")}
	for i, e := range fd.EventTimes {
		if e.E >= 0 && ch.Mark < 0 {
			ch.Mark = i
		}
		ch.Labels = append(ch.Labels, Same(signed(e.E)))
		s.Values, s.Lo, s.Hi = append(s.Values, float64(e.Effect)), append(s.Lo, float64(e.Lo)), append(s.Hi, float64(e.Hi))
	}
	ch.Series = []Series{s}
	return ch, true
}

func signed(e int) string {
	if e > 0 {
		return "+" + digits(float64(e))
	}
	return digits(float64(e))
}

// quantileChart is the effect on those at the bottom, the middle, the top.
func quantileChart(r value.Row) (Chart, bool) {
	var s Series
	ch := Chart{ID: "quantiles-" + r.ID, Kind: Quantiles, Mark: -1, Grade: gradeOf(r), Claim: r.ID, Title: T("抬高的是下限，还是上限？", "Did it lift the floor or the ceiling?"),
		Says: T("从左到右：最弱的、中间的、最强的各变了多少。", "From left to right: how much the weakest, the middle and the strongest changed."),
		Note: T("P10 是最弱的一成所在处，P90 是最强的一成所在处；比的是位置，不是具体的人。", "P10 is where the weakest tenth ends, P90 where the strongest begins; positions are compared, not people.")}
	for _, f := range r.Result.Finding.Figures {
		if f.Kind != "quantile" || f.Method != "" || !f.Value.OK() {
			continue
		}
		ch.Unit = unit(r, f)
		ch.Labels = append(ch.Labels, quantileName(f.Name))
		s.Values, s.Lo, s.Hi = append(s.Values, float64(f.Value)), append(s.Lo, float64(f.Lo)), append(s.Hi, float64(f.Hi))
	}
	if len(s.Values) < 2 {
		return Chart{}, false
	}
	s.Name = T("效果", "effect")
	ch.Series = []Series{s}
	return ch, true
}

// quantileName turns the estimator's "tau=0.1" into P10.
func quantileName(s string) Text {
	_, tau, ok := strings.Cut(s, "=")
	if !ok {
		return Same(s)
	}
	switch tau {
	case "0.1", "0.10":
		return T("P10 下限", "P10 floor")
	case "0.5", "0.50":
		return T("P50 中间", "P50 middle")
	case "0.9", "0.90":
		return T("P90 上限", "P90 ceiling")
	}
	return Same("P" + strings.TrimRight(strings.TrimPrefix(tau, "0."), ""))
}

// charts are the pictures of one claim, the most telling first.
func charts(r value.Row) []Chart {
	var out []Chart
	for _, f := range []func(value.Row) (Chart, bool){quantileChart, counterChart, pretrendChart} {
		if c, ok := f(r); ok {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		if c, ok := beforeChart(r); ok {
			out = append(out, c)
		}
	}
	return out
}

// intervalChart puts the claims whose effect has one unit beside one another;
// relative effects stand together whatever they count.
func intervalChart(id string, title Text, rows []value.Row) (Chart, bool) {
	ch := Chart{ID: id, Kind: Intervals, Title: title, Unit: Points, Mark: -1,
		Says: T("每个点是估计，横线是它很可能所在的范围；跨过零线的是看不出差别。", "Each dot is an estimate, the bar where it very likely lies; one that crosses zero shows no difference."),
		Note: T("变化占原来的百分比。实心：区间不跨零；空心：跨零，看不出差别。", "Change in per cent of what it would have been. Filled: the interval leaves out zero; hollow: it does not.")}
	s := Series{Name: T("变化", "change")}
	ch.Unit = Unit{"words", Same("%")}
	for _, r := range rows {
		if !judged(r).effect() {
			continue
		}
		k, ok := r.Result.Finding.Relative()
		if !ok || !k.Value.OK() {
			continue
		}
		ch.Labels = append(ch.Labels, r.Version.Claim.Title)
		s.Values = append(s.Values, 100*(float64(k.Value)-1))
		s.Lo, s.Hi = append(s.Lo, 100*(float64(k.Lo)-1)), append(s.Hi, 100*(float64(k.Hi)-1))
	}
	if len(s.Values) == 0 {
		return Chart{}, false
	}
	ch.Series = []Series{s}
	return ch, true
}
