package company

import (
	"math"
	"math/rand/v2"
	"sort"
	"time"

	"github.com/chanzipu/outfitter/internal/simulate/lexicon"
)

// A Delivery is one event of a handed shovel.
type Delivery struct {
	Seq         int // of the offer; the four verbs of one offer share it
	Verb        string
	Shovel      int
	Staff       int
	Time        time.Time
	Account     int // -1: none
	Opportunity int // -1: none
	Reason      string
}

var (
	skipReasons = []string{"已经有了", "没时间看", "客户不匹配", "内容过时", "看不懂"}
	skipPick    = newSampler([]float64{22, 41, 20, 12, 5})
)

// Deliveries walks the portal's log month by month, in order of time. Offers
// of the customer brief hang on opportunities, whose outcomes they moved.
func (w *World) Deliveries(visit func(Delivery) bool) {
	briefs := map[int][]Delivery{} // month → uses of briefs
	seq := 0
	for o := range w.Opportunities {
		if o.Open() || !w.Exposed(brief, o.Closer, MonthOf(dayOf(o.Closed))) || o.first {
			continue
		}
		r := w.rand("briefs", o.Seq)
		if !o.Brief && r.IntN(3) > 0 {
			continue // not offered, or not asked for
		}
		from := o.Created
		start := FirstDay(int(w.effects.exposed[brief][o.Closer]))
		if o.Creator != o.Closer { // handed over meanwhile: offered to the successor
			start = max(start, FirstDay(MonthOf(dayOf(o.Closed))))
		}
		if t := Date(nextWorkday(start)).Add(9 * time.Hour); from.Before(t) {
			from = t
		}
		if !from.Before(o.Closed) {
			from = o.Closed.Add(-2 * time.Hour)
		}
		gap := o.Closed.Sub(from)
		t := from.Add(time.Duration(r.Float64() * 0.5 * float64(gap)))
		for _, d := range w.offer(r, brief, o.Closer, t, o.Brief, gap/3) {
			d.Seq, d.Account, d.Opportunity = seq, o.Account, o.Seq
			d.Time = within(officeHours(d.Time), from, o.Closed)
			m := MonthOf(dayOf(d.Time))
			briefs[m] = append(briefs[m], d)
		}
		seq++
	}
	for m := range Months {
		buf := briefs[m]
		for i := range w.Staff {
			s := &w.Staff[i]
			if s.TeamIn(m) < 0 {
				continue
			}
			for k, sh := range Shovels {
				if k == brief || k == pack || k == broker || sh.For != s.Role || k == starter && FirstDay(m)-s.Joined > 60 {
					continue
				}
				if k != segment && !w.Exposed(k, i, m) || k == segment && m < sh.Month {
					continue
				}
				r := w.rand("offers", k, i, m)
				for range poisson(r.Float64(), w.OffersPer) {
					t := officeTime(r, pickWorkday(r, m))
					a := -1
					if s.Role == Sales && r.IntN(3) > 0 {
						if st := w.seatOfStaff(i, m); st >= 0 {
							a = w.pickAccount(r, &w.seats[st], dayOf(t))
						}
					}
					for _, d := range w.offer(r, k, i, t, adopts(r, *s, 0.5), 6*time.Hour) {
						d.Seq, d.Account, d.Opportunity = seq, a, -1
						if MonthOf(dayOf(d.Time)) == m {
							buf = append(buf, d)
						}
					}
					seq++
				}
			}
		}
		sort.SliceStable(buf, func(i, j int) bool { return buf[i].Time.Before(buf[j].Time) })
		for _, d := range buf {
			if !visit(d) {
				return
			}
		}
	}
}

func dayOf(t time.Time) int { return int(t.Sub(Epoch) / (24 * time.Hour)) }

// officeHours moves a moment into office hours, keeping the order of
// moments: a working day's 24 hours become 08:00 to 19:00, days off the
// evening before them.
func officeHours(t time.Time) time.Time {
	d := dayOf(t)
	off := 0
	for d > 0 && !Workday(d) {
		d--
		off++
	}
	share := float64(t.Sub(Date(d+off))) / float64(24*time.Hour)
	if off == 0 {
		return Date(d).Add(8*time.Hour + time.Duration(share*11*float64(time.Hour))).Truncate(time.Second)
	}
	share = min(1, (share+float64(off-1))/9)
	return Date(d).Add(19*time.Hour + time.Duration(share*2*float64(time.Hour))).Truncate(time.Second)
}

// within clamps t into [from, to].
func within(t, from, to time.Time) time.Time {
	if t.Before(from) {
		return from
	}
	if t.After(to) {
		return to
	}
	return t
}

// seatOfStaff is the seat that a salesperson holds in month m.
func (w *World) seatOfStaff(s, m int) int {
	if w.seatIn == nil {
		w.seatIn = make(map[int]int)
		for m := range Months {
			for i := range w.seats {
				w.seatIn[w.seats[i].occupants[m]*Months+m] = i
			}
		}
	}
	if i, ok := w.seatIn[s*Months+m]; ok {
		return i
	}
	return -1
}

// offer is one hand-over and what came of it, within the given time.
func (w *World) offer(r *rand.Rand, k, staff int, t time.Time, used bool, within time.Duration) []Delivery {
	d := Delivery{Verb: "shovel.offered", Shovel: k, Staff: staff, Time: t.Truncate(time.Second)}
	ds := []Delivery{d}
	step := func(verb, reason string) {
		wait := time.Duration((0.01 + 0.45*r.Float64()) * float64(within))
		d.Verb, d.Reason, d.Time = verb, reason, d.Time.Add(wait).Truncate(time.Second)
		ds = append(ds, d)
	}
	switch {
	case used:
		step("shovel.opened", "")
		step("shovel.used", "")
	case r.IntN(100) < 35:
		step("shovel.opened", "")
		if r.IntN(2) == 0 {
			step("shovel.skipped", skipReasons[skipPick.pick(r)])
		}
	case r.IntN(100) < 40:
		step("shovel.skipped", skipReasons[skipPick.pick(r)])
	}
	return ds
}

// A Task was timed from its beginning to its end: where hours come from.
type Task struct {
	Seq      int
	Kind     int
	Staff    int
	Start    time.Time
	End      time.Time // zero: given up
	Minutes  float64   // effort
	Access   bool      // the shovel was at hand
	Withheld bool      // and drawn by lot to be left aside

	without float64
}

// TaskKinds are the timed tasks: their shovel, their median effort in
// minutes without it, and the ratio with it.
var TaskKinds = []struct {
	Name    string
	Shovel  int
	Minutes float64
	Ratio   float64
}{
	{"找竞品资料", battlecard, 180, searchRatio},
	{"拜访准备", brief, 95, prepRatio},
	{"取数", archive, 240, pullRatio},
}

// Tasks walks the timed tasks month by month.
func (w *World) Tasks(visit func(Task) bool) {
	seq := 0
	for m := range Months {
		for i := range w.Staff {
			s := &w.Staff[i]
			for k, kind := range TaskKinds {
				if s.Role != Shovels[kind.Shovel].For || s.TeamIn(m) < 0 {
					continue
				}
				r := w.rand("tasks", k, i, m)
				for range poisson(r.Float64(), w.TasksPer) {
					t := w.task(r, k, i, m)
					t.Seq = seq
					seq++
					if !visit(t) {
						return
					}
				}
			}
		}
	}
}

func (w *World) task(r *rand.Rand, k, staff, m int) Task {
	kind := TaskKinds[k]
	t := Task{Kind: k, Staff: staff, Start: officeTime(r, pickWorkday(r, m)), Access: w.Exposed(kind.Shovel, staff, m)}
	t.without = lognormal(r, kind.Minutes, 0.5) * math.Pow(w.Staff[staff].Ability, -0.15)
	t.Minutes = t.without
	held, slack, given := r.Float64() < 0.1, 1.05+0.6*r.Float64(), r.IntN(100) < 4
	if t.Access {
		t.Withheld = held
		if !held {
			t.Minutes *= kind.Ratio
		}
	}
	t.Minutes = math.Round(t.Minutes*10) / 10
	t.without = math.Round(t.without*10) / 10
	if !given {
		t.End = t.Start.Add(time.Duration(t.Minutes * slack * float64(time.Minute))).Truncate(time.Second)
	}
	return t
}

// A Followup is a salesperson's contact with a customer.
type Followup struct {
	Account int
	Staff   int
	Time    time.Time
	Way     int
	Text    string
}

// Ways of following up.
var Ways = []string{"电话", "微信", "上门拜访", "视频会议", "邮件"}

var wayPick = newSampler([]float64{38, 31, 13, 7, 11})

// Followups walks the sales notes month by month. A successor writes none
// on her new accounts before the hand-over has recovered; on that day she
// writes the first. Every hundredth note is entered twice.
func (w *World) Followups(visit func(Followup) bool) {
	for m := range Months {
		var buf []Followup
		for i := range w.seats {
			st := &w.seats[i]
			r := w.rand("followups", i, m)
			for range poisson(r.Float64(), w.FollowupsPer*seasonOf(m)) {
				d := pickWorkday(r, m)
				f := w.followup(r, st, d)
				if w.idle(i, d) {
					continue
				}
				buf = append(buf, f)
				if r.IntN(100) == 0 {
					buf = append(buf, f)
				}
			}
			for _, h := range w.handed[i] {
				if d := w.Handovers[h].Day + w.Handovers[h].Recovery; d < Days && MonthOf(d) == m && w.Occupant(i, d) == w.Handovers[h].To {
					buf = append(buf, w.followup(w.rand("recovery", h), st, d))
				}
			}
		}
		sort.SliceStable(buf, func(a, b int) bool { return buf[a].Time.Before(buf[b].Time) })
		for _, f := range buf {
			if !visit(f) {
				return
			}
		}
	}
}

func (w *World) followup(r *rand.Rand, st *seat, d int) Followup {
	return Followup{Account: w.pickAccount(r, st, d), Staff: st.occupants[MonthOf(d)], Time: officeTime(r, d), Way: wayPick.pick(r), Text: lexicon.Note(r)}
}

// idle says whether the seat waits for its new holder to find her feet.
func (w *World) idle(seat, d int) bool {
	for _, h := range w.handed[seat] {
		x := w.Handovers[h]
		if FirstDay(MonthOf(x.Day)) <= d && d <= x.Day+x.Recovery && w.seats[seat].occupants[MonthOf(d)] == x.To {
			return true
		}
	}
	return false
}
