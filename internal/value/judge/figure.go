package judge

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/measure"
)

func say(en, zh string) claim.Text { return claim.Text{EN: en, ZH: zh} }

var times = say("times", "倍")

// take makes the claim's figures of its estimator's result.
func (j *court) take(res measure.Result) {
	for _, d := range res.Diagnostics {
		if d.Severity == measure.Serious && res.Refusal == nil {
			j.trap(d.Code, j.f.Grade.Lower(), d.Text.EN, d.Text.ZH, d.Values)
			continue
		}
		j.note(d.Code, d.Severity, d.Text.EN, d.Text.ZH, d.Values)
	}
	if r := res.Refusal; r != nil {
		j.refuse(r.Code, r.Reason.EN, r.Reason.ZH, r.MDE)
		return
	}
	j.f.Figures = j.figures(j.f.Method, res)
	if len(j.f.Figures) == 0 {
		j.refuse("no-figure", "The estimator gave no figure for this question.", "该方法对此问题没有给出数值。", math.NaN())
		return
	}
	if !j.f.Figures[0].Value.OK() {
		j.refuse("no-figure", "The figure does not exist on these data.", "在这些数据上该数值不存在。", math.NaN())
		return
	}
	if !j.effect.Value.OK() {
		for _, g := range j.f.Figures {
			if g.Kind == "absolute" {
				j.effect = g
				break
			}
		}
	}
	if e := j.effect; e.SE.OK() {
		mde := measure.MDE(float64(e.SE), measure.DefaultLevel, 0.8)
		j.note("mde", measure.Info, fmt.Sprintf("The smallest effect that these data would have shown in four of five cases is %s.", brief(mde)),
			fmt.Sprintf("以这些数据，五次中有四次能看出的最小效果为 %s。", brief(mde)), map[string]float64{"mde": mde})
	}
}

// beside adds another method's own figure.
func (j *court) beside(method string, res measure.Result) {
	if res.Refusal != nil {
		j.note("also-"+method, measure.Info, "Estimated by "+method+" too: "+res.Refusal.Reason.EN, "另以 "+method+" 估计："+res.Refusal.Reason.ZH, nil)
		return
	}
	effect := j.effect
	for _, g := range j.figures(method, res) {
		if g.Kind == "absolute" || g.Kind == "relative" {
			g.Method = method
			j.f.Figures = append(j.f.Figures, g)
		}
	}
	j.effect = effect
}

// figures names an estimator's estimates.
func (j *court) figures(method string, res measure.Result) (out []claim.Figure) {
	unit := j.c.Outcome.Unit
	add := func(name, kind string, title, unit claim.Text) bool {
		e, ok := res.Get(name)
		if ok {
			out = append(out, claim.FigureOf(e, kind, title, unit))
		}
		return ok
	}
	effect, onTreated := say("Effect", "效果"), say("Effect on those who had it", "对拿到者的效果")
	switch method {
	case "diff", "ratio":
		add("effect", "absolute", effect, unit)
		if e, ok := res.Get("lift"); ok {
			out = append(out, relative(e, 1))
		}
		add("treated", "level", say("With", "有"), unit)
		add("control", "level", say("Without", "没有"), unit)
	case "did", "sunab", "synth", "sdid":
		name := map[string]string{"did": "simple", "sunab": "ATT", "synth": "ATT", "sdid": "ATT"}[method]
		if add(name, "absolute", onTreated, unit) {
			out = j.multiple(out, out[0])
		}
		j.f.EventTimes = dynamic(res)
	case "twfe", "fe":
		if !add("treated", "absolute", effect, unit) {
			add("treatment", "absolute", effect, unit)
		}
		if len(out) > 0 {
			out = j.logged(out)
		}
	case "ppml":
		if add("ratio treated", "relative", say("Times as much with it", "有铲子是没铲子的倍数"), times) {
			out[0].Name = "ratio"
			abs := j.fromRatio(out[0])
			out = append(out, abs)
			j.effect = abs
		}
	case "aipw":
		if !add("att", "absolute", onTreated, unit) {
			add("ate", "absolute", effect, unit)
		}
		if len(out) > 0 {
			out = j.multiple(out, out[0])
		}
		add("raw", "check", say("Without adjustment", "未调整"), unit)
	case "qte":
		out = j.quantiles(res)
	case "rmst":
		add("difference", "absolute", say("Difference of the mean time", "平均时间之差"), unit)
		add("ratio", "relative", say("Times as long with it", "有铲子用时是没铲子的倍数"), times)
		add("treated", "level", say("With", "有"), unit)
		add("control", "level", say("Without", "没有"), unit)
	case "its", "impact":
		add("ratio", "relative", say("Times as much after", "之后是之前的倍数"), times)
		add("average", "absolute", effect, unit)
		add("cumulative", "absolute", say("In all", "累计"), unit)
	}
	return out
}

// relative turns a lift of 0.2 into 1.2 times.
func relative(e measure.Estimate, plus float64) claim.Figure {
	e.Value, e.Lo, e.Hi = e.Value+plus, e.Lo+plus, e.Hi+plus
	e.Name = "ratio"
	return claim.FigureOf(e, "relative", say("Times as much with it", "有铲子是没铲子的倍数"), times)
}

// exposedMean is what those exposed had, with it.
func (j *court) exposedMean() float64 {
	var t tally
	y := j.t.num("outcome")
	for i, on := range j.t.num("treated") {
		if on == 1 {
			t.add(y[i])
		}
	}
	return t.mean
}

// multiple adds an absolute effect as a multiple, where that has an interval.
func (j *court) multiple(out []claim.Figure, a claim.Figure) []claim.Figure {
	if k := j.times(a); k.Value.OK() && k.Lo.OK() && k.Hi.OK() && k.Lo <= k.Hi {
		out = append(out, k)
	}
	return out
}

// times is an absolute effect as a multiple of what there would have been
// without: with / (with − effect), the effect's interval carried over.
func (j *court) times(a claim.Figure) claim.Figure {
	y := j.exposedMean()
	k := func(e claim.Number) claim.Number {
		if without := y - float64(e); without > 0 {
			return claim.Number(y / without)
		}
		return claim.None
	}
	g := claim.Figure{Name: "ratio", Kind: "relative", Title: say("Times as much with it", "有铲子是没铲子的倍数"), Unit: times, Value: k(a.Value), Lo: k(a.Lo), Hi: k(a.Hi), SE: claim.None, P: a.P}
	if y < 0 {
		g.Value, g.Lo, g.Hi = claim.None, claim.None, claim.None
	}
	return g
}

// fromRatio is a multiple as an absolute effect on those exposed.
func (j *court) fromRatio(k claim.Figure) claim.Figure {
	y := j.exposedMean()
	e := func(k claim.Number) claim.Number { return claim.Number(y - y/float64(k)) }
	g := claim.Figure{Name: "effect", Kind: "absolute", Title: say("Effect on those who had it", "对拿到者的效果"), Unit: j.c.Outcome.Unit, Value: e(k.Value), Lo: e(k.Lo), Hi: e(k.Hi), P: k.P}
	g.SE = (g.Hi - g.Lo) / 3.92
	return g
}

// logged reads an effect on a logarithm as a multiple, and adds the multiple
// of an effect that is none.
func (j *court) logged(out []claim.Figure) []claim.Figure {
	a := out[0]
	if !j.c.Outcome.Log {
		return j.multiple(out, a)
	}
	exp := func(n claim.Number) claim.Number { return claim.Number(math.Exp(float64(n))) }
	k := claim.Figure{Name: "ratio", Kind: "relative", Title: say("Times as long with it", "有铲子用时是没铲子的倍数"), Unit: times, Value: exp(a.Value), Lo: exp(a.Lo), Hi: exp(a.Hi), SE: claim.None, P: a.P}
	a.Title, a.Unit = say("Effect on the logarithm", "对数上的效果"), say("log", "对数")
	return []claim.Figure{k, a}
}

// quantiles are the floor, the ceiling, and which moved more.
func (j *court) quantiles(res measure.Result) (out []claim.Figure) {
	for _, e := range res.Estimates {
		q, is := strings.CutPrefix(e.Name, "tau=")
		kind := "quantile"
		if !is {
			if q, is = strings.CutPrefix(e.Name, "relative tau="); is {
				kind = "relative"
				e.Value, e.Lo, e.Hi = e.Value+1, e.Lo+1, e.Hi+1
			}
		}
		if is {
			tau, _ := strconv.ParseFloat(q, 64)
			p := fmt.Sprintf("P%g", 100*tau)
			unit := j.c.Outcome.Unit
			if kind == "relative" {
				unit = times
			}
			out = append(out, claim.FigureOf(e, kind, say(p, p), unit))
		}
		if e.Name == "ceiling-floor" {
			out = append(out, claim.FigureOf(e, "check", say("Ceiling less floor", "上限变化减下限变化"), j.c.Outcome.Unit))
		}
		if e.Name == "ate" {
			j.effect = claim.FigureOf(e, "absolute", say("Effect on the mean", "均值的效果"), j.c.Outcome.Unit)
			out = append(out, j.effect)
		}
	}
	if j.c.Face == claim.Ceiling { // its own quantile first
		for i, g := range out {
			if g.Name == "tau=0.9" {
				out = append([]claim.Figure{g}, append(append([]claim.Figure{}, out[:i]...), out[i+1:]...)...)
				break
			}
		}
	}
	return out
}

// dynamic are the effects by time since the start.
func dynamic(res measure.Result) (out []claim.EventTime) {
	for _, e := range res.Estimates {
		for _, prefix := range []string{"dynamic e=", "event="} {
			if t, ok := strings.CutPrefix(e.Name, prefix); ok {
				if n, err := strconv.Atoi(t); err == nil {
					out = append(out, claim.EventTime{E: n, Effect: claim.Number(e.Value), Lo: claim.Number(e.Lo), Hi: claim.Number(e.Hi)})
				}
			}
		}
	}
	return out
}

// volume is a claim without comparison: what was done, for how many.
func (j *court) volume() {
	sum, n := 0.0, 0
	units := map[string]bool{}
	y := j.t.num("outcome")
	for i, u := range j.t.text("unit") {
		if !math.IsNaN(y[i]) {
			sum, n = sum+y[i], n+1
			if y[i] > 0 {
				units[u] = true
			}
		}
	}
	point := func(name string, v float64, title, unit claim.Text) claim.Figure {
		g := none()
		g.Name, g.Kind, g.Value, g.Title, g.Unit = name, "level", claim.Number(v), title, unit
		return g
	}
	j.f.Figures = []claim.Figure{
		point("total", sum, say("In all", "合计"), j.c.Outcome.Unit),
		point("mean", sum/float64(max(n, 1)), say("Per unit", "平均每个单位"), j.c.Outcome.Unit),
		point("reach", float64(len(units))/float64(max(j.f.Counts.Units, 1)), say("Share of units reached", "触达单位占比"), say("share", "占比")),
	}
	if n == 0 {
		j.refuse("nothing", "Nothing of the kind is in the data.", "数据中没有这类记录。", math.NaN())
	}
	j.note("volume", measure.Info, "A volume: it says that something was done, not what it caused.", "这是数量：说明做了什么，不说明带来了什么。", nil)
}

// brief is a number as a sentence shows it.
func brief(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }
