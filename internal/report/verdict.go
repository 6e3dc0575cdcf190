package report

import (
	"math"
	"strings"

	"github.com/chanzipu/outfitter/internal/value"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

// A verdict is what may be said of a claim.
type verdict string

const (
	better  verdict = "better"
	worse   verdict = "worse"
	unclear verdict = "unclear" // no difference could be seen
	volume  verdict = "volume"  // grade D: a quantity, no comparison
	refused verdict = "refused"
	open    verdict = "open" // not run yet
)

func judged(r value.Row) verdict {
	switch {
	case r.Result == nil:
		return open
	case r.Result.Finding.Refusal != nil:
		return refused
	case r.Result.Finding.Grade == claim.D:
		return volume
	}
	f, ok := r.Result.Finding.Headline()
	if !ok || !f.Value.OK() {
		return refused
	}
	null := 0.0
	if f.Kind == "relative" {
		null = 1
	}
	lo, hi := float64(f.Lo), float64(f.Hi)
	if !f.Lo.OK() || !f.Hi.OK() || lo <= null && hi >= null {
		return unclear
	}
	if (lo > null) != r.Version.Claim.Outcome.Lower {
		return better
	}
	return worse
}

// effect reports whether the claim says what a shovel did, not how much of it there was.
func (v verdict) effect() bool { return v == better || v == worse || v == unclear }

// gradeOf is the claim's grade; empty where there is no conclusion.
func gradeOf(r value.Row) Grade {
	if r.Result == nil || r.Result.Finding.Refusal != nil {
		return ""
	}
	return Grade(r.Result.Finding.Grade)
}

// unit of a figure: a relative one is a ratio whatever the outcome counts.
// A share's difference is in points.
func unit(r value.Row, f claim.Figure) Unit {
	if f.Kind == "relative" {
		return Times
	}
	u := levelUnit(r, f)
	if u == Share && f.Kind != "level" {
		return Points
	}
	return u
}

// levelUnit is the unit of the outcome itself, for group means: a share
// whatever it is a share of.
func levelUnit(r value.Row, f claim.Figure) Unit {
	o := r.Version.Claim.Outcome
	if (o.Measure == claim.Share || o.Measure == claim.Reached || o.Measure == claim.Any || o.Beyond > 0) && !o.Log {
		return Share
	}
	return UnitOf(f.Unit)
}

// show is a figure as it is read: effects carry their sign.
func show(r value.Row, f claim.Figure) Text {
	u := unit(r, f)
	if f.Kind == "absolute" || f.Kind == "quantile" {
		return u.Signed(float64(f.Value))
	}
	return u.Show(float64(f.Value))
}

func interval(r value.Row, f claim.Figure) Text {
	if !f.Lo.OK() || !f.Hi.OK() {
		return Text{}
	}
	return unit(r, f).Range(float64(f.Lo), float64(f.Hi))
}

// brief is the verdict in a table.
func brief(v verdict) Text {
	switch v {
	case better:
		return T("变好", "better")
	case worse:
		return T("变差", "worse")
	case unclear:
		return T("看不出", "no difference")
	case volume:
		return T("数量", "volume")
	case refused:
		return T("不下结论", "none")
	}
	return T("没有跑", "not run")
}

// sayVerdict is the verdict in words.
func sayVerdict(v verdict) Text {
	switch v {
	case better:
		return T("有把握地变好了", "better, beyond chance")
	case worse:
		return T("有把握地变差了", "worse, beyond chance")
	case unclear:
		return T("看不出差别", "no difference could be seen")
	case volume:
		return T("只是数量，不说明效果", "a volume, not an effect")
	case refused:
		return T("暂不下结论", "no conclusion yet")
	}
	return T("还没有跑", "not run yet")
}

// sentence is the claim's result in one plain sentence.
func sentence(r value.Row) Text {
	v := judged(r)
	title := r.Version.Claim.Title
	switch v {
	case open:
		return T(title.ZH+"：还没有跑。", title.EN+": not run yet.")
	case refused:
		reason := T("没有可用的数字。", "there is no usable figure.")
		if f := r.Result.Finding.Refusal; f != nil {
			reason = f.Reason
		}
		return T(title.ZH+"：暂不下结论。"+stop(reason.ZH, "。"), title.EN+": no conclusion. "+stop(reason.EN, "."))
	}
	f, _ := r.Result.Finding.Headline()
	shown, i := show(r, f), interval(r, f)
	if (f.Kind == "absolute" || f.Kind == "quantile") && v.effect() {
		shown, i = unit(r, f).Change(float64(f.Value)), Text{}
		if f.Lo.OK() && f.Hi.OK() {
			i = unit(r, f).ChangeRange(float64(f.Lo), float64(f.Hi))
		}
	}
	zh, en := title.ZH+"："+shown.ZH, title.EN+": "+shown.EN
	if i != (Text{}) {
		zh, en = zh+"（"+i.ZH+"）", en+" ("+i.EN+")"
	}
	if rel, ok := r.Result.Finding.Relative(); ok && f.Kind != "relative" && rel.Value.OK() {
		t := Times.Show(float64(rel.Value))
		if r.Version.Claim.Face == claim.Constant {
			zh, en = zh+"，同一个人，有铲子是没铲子的 "+t.ZH, en+"; the same person with the shovel does "+t.EN+" of what they do without"
		} else {
			zh, en = zh+"，是没有时的 "+t.ZH, en+", "+t.EN+" of what it would have been"
		}
	}
	if w := sayVerdict(v); v.effect() {
		zh, en = zh+"，"+w.ZH, en+"; "+w.EN
	}
	return T(zh+"。", en+".")
}

// stop ends a sentence once.
func stop(s, with string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasSuffix(s, with) || strings.HasSuffix(s, "。") || strings.HasSuffix(s, ".") {
		return s
	}
	return s + with
}

// statistics are what a statistician asks for, kept one click away.
func statistics(r value.Row) Text {
	if r.Result == nil {
		return Text{}
	}
	f, ok := r.Result.Finding.Headline()
	if !ok {
		return Text{}
	}
	fd := r.Result.Finding
	zh, en := "方法 "+fd.Method, "method "+fd.Method
	add := func(a, b string) { zh, en = zh+"；"+a, en+"; "+b }
	if f.SE.OK() {
		s := digits(float64(f.SE))
		add("标准误 "+s, "standard error "+s)
	}
	if f.P.OK() {
		s := pValue(float64(f.P))
		add("p "+s, "p "+s)
	}
	if r.Q.OK() {
		s := pValue(float64(r.Q))
		add("多重比较校正后 q "+s, "after correction for many tests q "+s)
	}
	c := fd.Counts
	add(plain(c.Rows)+" 行、"+plain(c.Units)+" 个单位（用过 "+plain(c.Treated)+"，没用过 "+plain(c.Control)+"）", plain(c.Rows)+" rows, "+plain(c.Units)+" units ("+plain(c.Treated)+" with it, "+plain(c.Control)+" without)")
	if c.Clusters > 0 && c.Clusters != c.Units {
		add("按 "+plain(c.Clusters)+" 组聚类", plain(c.Clusters)+" clusters")
	}
	for _, g := range fd.Figures[1:] {
		if len(g.Title.ZH) > 0 && g.Value.OK() && g.Kind != "check" {
			add(g.Title.ZH+" "+withRange(show(r, g), interval(r, g)).ZH, g.Title.EN+" "+withRange(show(r, g), interval(r, g)).EN)
		}
	}
	return T(zh+"。", en+".")
}

func withRange(shown, rng Text) Text {
	if rng == (Text{}) {
		return shown
	}
	return T(shown.ZH+"（"+rng.ZH+"）", shown.EN+" ("+rng.EN+")")
}

func plain(n int) string { return digits(float64(n)) }

func pValue(p float64) string {
	if p < 0.001 {
		return "< 0.001"
	}
	return "= " + digits(math.Round(p*1000)/1000)
}
