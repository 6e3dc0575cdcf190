package judge

import (
	"math"

	"github.com/chanzipu/outfitter/internal/value/claim"
	"github.com/chanzipu/outfitter/measure"
)

// cost is all that the claim states and the work book adds; none where neither
// says anything.
func (j *court) cost() claim.Number {
	k := j.c.Costs
	if k == nil {
		return claim.None
	}
	sum := k.Wages + k.External
	if j.s.About.Cost.OK() {
		sum += float64(j.s.About.Cost)
	}
	return claim.Number(sum)
}

// gain is the effect as something good: less of what should be little is gain.
func (j *court) gain() claim.Figure {
	e := j.effect
	if j.c.Outcome.Lower && e.Value.OK() {
		e.Value, e.Lo, e.Hi = -e.Value, -e.Hi, -e.Lo
	}
	return e
}

// perUnit is what one unit of the outcome is worth, measured or stated.
func (j *court) perUnit() (claim.Figure, bool) {
	m := j.c.Money
	if m == nil {
		return none(), false
	}
	factor := m.Factor
	if factor == 0 {
		factor = 1
	}
	g := none()
	g.Name, g.Kind, g.Title = "per unit", "level", say("Worth of one unit", "每单位价值")
	switch a := j.s.About; {
	case m.Verb != "" && a.PerUnit.OK():
		g.Value, g.SE = a.PerUnit*claim.Number(factor), a.PerUnitSE*claim.Number(factor)
		g.Lo, g.Hi = g.Value-1.96*g.SE, g.Value+1.96*g.SE
	case m.PerUnit != 0:
		g.Value, g.SE = claim.Number(m.PerUnit*factor), 0
		if m.Lo != 0 || m.Hi != 0 {
			g.Lo, g.Hi = claim.Number(m.Lo*factor), claim.Number(m.Hi*factor)
			g.SE = (g.Hi - g.Lo) / 3.92
		} else {
			g.Lo, g.Hi = g.Value, g.Value
		}
	default:
		return g, false
	}
	g.Unit = claim.Text{EN: j.currency(), ZH: j.currency()}
	return g, true
}

func (j *court) currency() string {
	if j.s.About.Currency != "" {
		return j.s.About.Currency
	}
	if j.c.Money != nil && j.c.Money.Currency != "" {
		return j.c.Money.Currency
	}
	return "CNY"
}

// worth is the effect in money. The interval carries both errors, the
// effect's and that of the worth of a unit (delta method).
func (j *court) worth() *claim.Worth {
	per, ok := j.perUnit()
	if !ok || j.refused || !j.effect.Value.OK() || j.c.Outcome.Log {
		return nil
	}
	n := float64(j.f.Counts.Exposed)
	e := j.gain()
	w := &claim.Worth{Definition: j.c.Money.Definition, Currency: j.currency(), PerUnit: per, Quantity: claim.Number(n), Cost: j.cost(), Note: j.c.Money.Note}
	g := none()
	g.Name, g.Kind, g.Title, g.Unit, g.P = "gross", "absolute", say("Gross", "毛值"), per.Unit, e.P
	g.Value = claim.Number(n) * e.Value * per.Value
	if e.SE.OK() && per.SE.OK() {
		se := n * math.Hypot(float64(per.Value)*float64(e.SE), float64(e.Value)*float64(per.SE))
		g.SE = claim.Number(se)
		g.Lo, g.Hi = g.Value-claim.Number(1.96*se), g.Value+claim.Number(1.96*se)
	}
	w.Gross = g
	net := g
	net.Name, net.Title = "net", say("Net of cost", "净值")
	if !w.Cost.OK() {
		net.Value, net.Lo, net.Hi, net.SE = claim.None, claim.None, claim.None, claim.None
		j.note("cost", measure.Warning, "The claim states no cost, so no net value can be shown.", "论断没有写成本，因此不给净值。", nil)
	} else {
		net.Value, net.Lo, net.Hi = g.Value-w.Cost, g.Lo-w.Cost, g.Hi-w.Cost
	}
	w.Net = net
	return w
}

// influenced is the sum that incumbents print, beside what was caused.
func (j *court) influenced() *claim.Influenced {
	if j.refused || !j.effect.Value.OK() || j.c.Outcome.Log || j.c.Outcome.Lower {
		return nil
	}
	switch j.c.Outcome.Measure {
	case claim.Mean, claim.Days, claim.Time:
		return nil // sums of these mean nothing
	}
	touched := 0.0
	y := j.t.num("outcome")
	for i, on := range j.t.num("treated") {
		if on == 1 && !math.IsNaN(y[i]) {
			touched += y[i]
		}
	}
	scale, unit, money := 1.0, j.c.Outcome.Unit, false
	if per, ok := j.perUnit(); ok {
		scale, unit, money = float64(per.Value), per.Unit, true
	}
	k := claim.Number(scale * float64(j.f.Counts.Exposed))
	caused := j.effect
	caused.Name, caused.Title, caused.Unit = "caused", say("Caused", "由它带来"), unit
	caused.Value, caused.Lo, caused.Hi, caused.SE = k*caused.Value, k*caused.Lo, k*caused.Hi, k*caused.SE
	t := claim.Number(touched * scale)
	return &claim.Influenced{Touched: t, Caused: caused, Gap: t - caused.Value, Money: money, Unit: unit,
		Note: say("Touched counts everything that those who had it achieved, also what they would have achieved anyway.", "“触达”把拿到者的全部结果都算在内，其中也包括没有它也会发生的。")}
}
