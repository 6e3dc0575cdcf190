package company

import (
	"math"
	"math/rand/v2"
	"sort"
	"time"

	"github.com/chanzipu/outfitter/internal/simulate/lexicon"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
)

// An Opportunity from its creation to its end.
type Opportunity struct {
	Seq     int // numbers all opportunities in order of the walk
	Seat    int
	Creator int // staff
	Closer  int // staff who held the seat at the end (or holds it now)
	Account int
	Product int
	Amount  float64 // yuan
	Created time.Time
	Closed  time.Time // zero while open at the end of the span
	Won     bool
	Brief   bool // a 客户简报 was used for it
	Lost    int  // which reason, when lost
	Origin  int

	first               bool    // a newcomer's forced first deal
	p, noCard, noBrief  float64 // chance to win as it was, without the battlecards, without the brief
	wonNoCard, wonNoBrf bool
}

// Open says that the opportunity had no result by then.
func (o *Opportunity) Open() bool { return o.Closed.IsZero() }

// baseRate is the mean of new opportunities per person and month at ability
// 1 in an average month.
const baseRate = 3.6

// meanRate is the Poisson mean of a person's new opportunities in a month,
// with one shovel left out (-1 for none); kept asks as if the weekly lead
// list had not been taken from anybody.
func (w *World) meanRate(staff, team, m, without int, kept bool) float64 {
	s := w.Staff[staff]
	tenure := float64(stage.FirstDay(m)-s.Joined) / 30
	mu := baseRate * s.Ability * min(1, 0.5+0.125*max(0, tenure)) * stage.SeasonOf(m)
	mu *= math.Exp(0.06 * w.Rand("shock", team, m).NormFloat64())
	has := func(k int) bool { return k != without && w.Exposed(k, staff, m) }
	if has(stage.LeadList) || kept {
		mu *= stage.LeadsK
	}
	if has(stage.Navigation) {
		mu *= stage.NavigationK
	}
	if s.Rank > stage.CeilingRank && has(stage.Playbook) {
		mu *= 1 + stage.CeilingGain*(s.Rank-stage.CeilingRank)/(1-stage.CeilingRank)
	}
	if mu < stage.FloorLevel && has(stage.BrandMessage) {
		mu += stage.FloorShare * (stage.FloorLevel - mu)
	}
	return mu
}

// A RepMonth is one salesperson's month: the unit of the floor, the ceiling
// and the constant.
type RepMonth struct {
	Staff, Seat, Team, Month int
	Opportunities            int
	// Mean is the Poisson mean behind Opportunities; Without and MeanWithout
	// say what both would have been without shovel k, with the same luck.
	Mean        float64
	Without     map[int]int
	MeanWithout map[int]float64
	extra       int // a forced first deal on top
}

// rateShovels act on the rate of new opportunities, or would if they worked.
var rateShovels = []int{stage.BrandMessage, stage.Navigation, stage.Playbook, stage.LeadList, stage.MarketDaily, stage.CaseCollection}

// RepMonths walks all months of all salespeople.
func (w *World) RepMonths(visit func(RepMonth) bool) {
	for m := range stage.Months {
		for i := range w.Seats {
			if !visit(w.repMonth(i, m)) {
				return
			}
		}
	}
}

func (w *World) repMonth(i, m int) RepMonth {
	st := &w.Seats[i]
	who := st.Occupants[m]
	r := w.Rand("month", i, m)
	u := r.Float64()
	rm := RepMonth{Staff: who, Seat: i, Team: st.Team, Month: m, Mean: w.meanRate(who, st.Team, m, -1, false)}
	if f, ok := w.firstDeal(who); ok && stage.MonthOf(f.created) == m {
		rm.extra = 1
	}
	rm.Opportunities = stage.Poisson(u, rm.Mean) + rm.extra
	rm.Without, rm.MeanWithout = map[int]int{}, map[int]float64{}
	for _, k := range rateShovels {
		if w.Exposed(k, who, m) {
			mu := w.meanRate(who, st.Team, m, k, false)
			rm.MeanWithout[k] = mu
			rm.Without[k] = stage.Poisson(u, mu) + rm.extra
		}
	}
	return rm
}

// first is a newcomer's first deal.
type first struct {
	created, closed int // days
	with, without   int // days from joining, as it was and without the starter pack
}

// firstDeal says when a newcomer's first deal falls; ok is false for others,
// and for those who leave, or reach the year's end, before it.
func (w *World) firstDeal(staff int) (f first, ok bool) {
	s := w.Staff[staff]
	if s.Role != stage.Sales || !s.Newcomer() {
		return f, false
	}
	t0 := stage.Lognormal(w.Rand("first", staff), 80, 0.5)
	t := t0
	if w.Access[stage.StarterPack][staff] < stage.Months {
		t *= stage.StarterRatio
	}
	f.closed = stage.NextWorkday(s.Joined + int(math.Ceil(t)))
	f.with = f.closed - s.Joined
	f.without = stage.NextWorkday(s.Joined+int(math.Ceil(t0))) - s.Joined
	f.created = min(stage.NextWorkday(s.Joined+int(0.4*t)), f.closed)
	return f, f.closed < s.Left && f.closed < stage.Days
}

// Opportunities walks all opportunities, month by month in order of
// creation. The pointer is valid within the call only.
func (w *World) Opportunities(visit func(*Opportunity) bool) {
	seq := 0
	var buf []Opportunity
	for m := range stage.Months {
		buf = buf[:0]
		for i := range w.Seats {
			rm := w.repMonth(i, m)
			for k := range rm.Opportunities {
				buf = append(buf, w.opportunity(i, m, k, k < rm.extra))
			}
		}
		sort.SliceStable(buf, func(a, b int) bool { return buf[a].Created.Before(buf[b].Created) })
		for i := range buf {
			buf[i].Seq = seq
			seq++
			if !visit(&buf[i]) {
				return
			}
		}
	}
}

var (
	productMedian = []float64{150_000, 110_000, 60_000, 80_000, 130_000}
	productWin    = []float64{1, 0.95, 1.15, 1.05, 0.85}
	productPick   = [2]stage.Sampler{stage.NewSampler([]float64{34, 24, 6, 18, 18}), stage.NewSampler([]float64{18, 14, 44, 16, 8})}
)

const baseWin = 0.24

func (w *World) opportunity(seat, m, k int, isFirst bool) Opportunity {
	r := w.Rand("opportunity", seat, m, k)
	st := &w.Seats[seat]
	who := st.Occupants[m]
	unit := w.Teams[st.Team].Unit
	day := stage.PickWorkday(r, m)
	cycle := int(max(3, stage.Lognormal(r, 35, 0.6)))
	if isFirst {
		f, _ := w.firstDeal(who)
		day, cycle = f.created, f.closed-f.created
	}
	o := Opportunity{Seat: seat, Creator: who, first: isFirst, Product: productPick[unit].Pick(r), Created: stage.OfficeTime(r, day), Origin: originPick.Pick(r)}
	o.Account = w.pickAccount(r, st, day)
	weight := float64(w.Companies[w.Accounts[o.Account].Company].Weight)
	scale := [2]float64{1.6, 0.45}[unit]
	o.Amount = max(3000, math.Round(stage.Lognormal(r, productMedian[o.Product]*scale*math.Pow(weight, 0.25), 0.7)/100)*100)

	closed := stage.NextWorkday(day + cycle)
	u, closing := r.Float64(), stage.OfficeTime(r, min(closed, stage.Days-1))
	o.Lost = lostPick.Pick(r)
	if closing.Before(o.Created) {
		closing = o.Created.Add(time.Hour)
	}
	if closed >= stage.Days {
		o.Closer = w.Occupant(seat, stage.Days-1)
		return o
	}
	o.Closed = closing
	if isFirst {
		o.Closer, o.Won, o.wonNoCard, o.wonNoBrf = who, true, true, true
		o.p, o.noCard, o.noBrief = 1, 1, 1
		return o
	}
	o.Closer = w.Occupant(seat, closed)
	w.decide(&o, closed, u)
	return o
}

// decide says who wins: the closer's ability, her access to the battlecards
// on that day, and whether a brief was used.
func (w *World) decide(o *Opportunity, closed int, u float64) {
	s := w.Staff[o.Closer]
	m := stage.MonthOf(closed)
	p0 := min(0.6, baseWin*math.Pow(s.Ability, 0.3)*productWin[o.Product])
	card, brf := 1.0, 1.0
	if w.Exposed(stage.Battlecard, o.Closer, m) {
		card = stage.BattlecardK
	}
	if w.Exposed(stage.CustomerBrief, o.Closer, m) && stage.Adopts(w.Rand("brief", o.Seat, int(o.Created.Unix())), s, 0.62) {
		o.Brief = true
		brf = stage.BriefK
	}
	o.p, o.noCard, o.noBrief = p0*card*brf, p0*brf, p0*card
	if f, ok := w.firstDeal(o.Closer); ok && closed <= f.closed || !ok && s.Newcomer() {
		// Nothing is won before a newcomer's first deal.
		o.p, o.noCard, o.noBrief = 0, 0, 0
	}
	o.Won, o.wonNoCard, o.wonNoBrf = u < o.p, u < o.noCard, u < o.noBrief
}

// pickAccount prefers large accounts, among those that exist and have not
// gone.
func (w *World) pickAccount(r *rand.Rand, st *stage.Seat, day int) int {
	for range 8 {
		a := int(st.Accounts[st.Weights.Pick(r)])
		if int(w.Accounts[a].Created) < day && !w.goneBy(int(w.Accounts[a].Company), day) {
			return a
		}
	}
	best := int(st.Accounts[0])
	for _, a := range st.Accounts {
		if w.Accounts[a].Created < w.Accounts[best].Created {
			best = int(a)
		}
	}
	return best
}

// LostReasons and Competitors are what the second export's new columns say.
var (
	LostReasons = []string{"价格高", "输给竞品", "预算取消", "需求变更", "客户无响应", "功能不满足", "交付周期长"}
	Competitors = []string{"", "", "云帆软件", "畅仓科技", "铂点数据", "极联物联", "店达"}
	lostPick    = stage.NewSampler([]float64{30, 18, 14, 11, 16, 7, 4})
	originPick  = stage.NewSampler([]float64{44, 24, 15, 6, 11})
	Origins     = []string{"自拓", "市场线索", "老客户转介绍", "展会", "线上注册"}
)

// A Contract follows a won opportunity, or a renewal (Opportunity -1).
type Contract struct {
	Seq      int
	Renewal  bool
	Account  int
	Staff    int
	Region   string // of the team that sold it; empty for renewals
	Product  int
	Amount   float64 // yuan
	Signed   int     // day
	Starts   int
	Payments []Payment
}

// A Payment is one instalment that arrived within the span.
type Payment struct {
	Day    int
	Amount float64
}

// Contract gives what a won opportunity led to; ok is false if it was not
// signed within the span.
func (w *World) Contract(o *Opportunity) (c Contract, ok bool) {
	if !o.Won {
		return c, false
	}
	r := w.Rand("contract", o.Seat, int(o.Created.Unix()))
	signed := stage.NextWorkday(int(o.Closed.Sub(stage.Epoch)/(24*time.Hour)) + r.IntN(9))
	if signed >= stage.Days {
		return c, false
	}
	c = Contract{Seq: o.Seq, Account: o.Account, Staff: o.Closer, Region: w.Teams[w.Seats[o.Seat].Team].Region, Product: o.Product, Signed: signed, Starts: signed + 1 + r.IntN(20)}
	c.Amount = math.Round(o.Amount * (0.88 + 0.12*r.Float64()))
	c.Payments = instalments(r, w.Accounts[c.Account].Unit, c.Amount, signed)
	return c, true
}

// instalments splits large amounts; 销售易 keeps one payment per contract.
func instalments(r *rand.Rand, unit uint8, amount float64, signed int) (ps []Payment) {
	n := 1
	if amount > 60_000 && unit == stage.Enterprise {
		n = 1 + r.IntN(3)
	}
	left, day := amount, signed
	for i := range n {
		part := left
		if i < n-1 {
			part = math.Round(amount / float64(n))
		}
		left -= part
		day = stage.NextWorkday(day + 5 + int(stage.Lognormal(r, 30, 0.6)))
		if day >= stage.Days {
			return ps
		}
		ps = append(ps, Payment{Day: day, Amount: part})
	}
	return ps
}

// Recognised is the revenue recognised by the end of day d: evenly over the
// 365 days from the contract's start.
func (c Contract) Recognised(d int) float64 {
	days := min(max(d-c.Starts, 0), 365)
	return c.Amount * float64(days) / 365
}

// ProductName is the product line's name.
func ProductName(p int) string { return lexicon.Products[p] }
