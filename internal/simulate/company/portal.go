package company

import (
	"math"
	"math/rand/v2"
	"sort"
	"time"

	"github.com/chanzipu/outfitter/internal/simulate/lexicon"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
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
	skipPick    = stage.NewSampler([]float64{22, 41, 20, 12, 5})
)

// Deliveries walks the portal's log month by month, in order of time. Offers
// of the customer brief hang on opportunities, whose outcomes they moved.
func (w *World) Deliveries(visit func(Delivery) bool) {
	briefs := map[int][]Delivery{} // month → uses of briefs
	seq := 0
	for o := range w.Opportunities {
		if o.Open() || !w.Exposed(stage.CustomerBrief, o.Closer, stage.MonthOf(dayOf(o.Closed))) || o.first {
			continue
		}
		r := w.Rand("briefs", o.Seq)
		if !o.Brief && r.IntN(3) > 0 {
			continue // not offered, or not asked for
		}
		from := o.Created
		start := stage.FirstDay(int(w.Access[stage.CustomerBrief][o.Closer]))
		if o.Creator != o.Closer { // handed over meanwhile: offered to the successor
			start = max(start, stage.FirstDay(stage.MonthOf(dayOf(o.Closed))))
		}
		if t := stage.Date(stage.NextWorkday(start)).Add(9 * time.Hour); from.Before(t) {
			from = t
		}
		if !from.Before(o.Closed) {
			from = o.Closed.Add(-2 * time.Hour)
		}
		gap := o.Closed.Sub(from)
		t := from.Add(time.Duration(r.Float64() * 0.5 * float64(gap)))
		for _, d := range w.offer(r, stage.CustomerBrief, o.Closer, t, o.Brief, gap/3) {
			d.Seq, d.Account, d.Opportunity = seq, o.Account, o.Seq
			d.Time = within(officeHours(d.Time), from, o.Closed)
			m := stage.MonthOf(dayOf(d.Time))
			briefs[m] = append(briefs[m], d)
		}
		seq++
	}
	for m := range stage.Months {
		buf := briefs[m]
		for i := range w.Staff {
			s := &w.Staff[i]
			if s.TeamIn(m) < 0 {
				continue
			}
			for k, sh := range stage.Shovels {
				if k == stage.CustomerBrief || k == stage.HandoverPack || k == stage.BrokerDesk || sh.For != s.Role || k == stage.StarterPack && stage.FirstDay(m)-s.Joined > 60 {
					continue
				}
				if k != stage.PreciseSegment && !w.Exposed(k, i, m) || k == stage.PreciseSegment && m < sh.Month {
					continue
				}
				r := w.Rand("offers", k, i, m)
				for range stage.Poisson(r.Float64(), w.OffersPer) {
					t := stage.OfficeTime(r, stage.PickWorkday(r, m))
					a := -1
					if s.Role == stage.Sales && r.IntN(3) > 0 {
						if st := w.SeatOfStaff(i, m); st >= 0 {
							a = w.pickAccount(r, &w.Seats[st], dayOf(t))
						}
					}
					for _, d := range w.offer(r, k, i, t, stage.Adopts(r, *s, 0.5), 6*time.Hour) {
						d.Seq, d.Account, d.Opportunity = seq, a, -1
						if stage.MonthOf(dayOf(d.Time)) == m {
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

func dayOf(t time.Time) int { return int(t.Sub(stage.Epoch) / (24 * time.Hour)) }

// officeHours moves a moment into office hours, keeping the order of
// moments: a working day's 24 hours become 08:00 to 19:00, days off the
// evening before them.
func officeHours(t time.Time) time.Time {
	d := dayOf(t)
	off := 0
	for d > 0 && !stage.Workday(d) {
		d--
		off++
	}
	share := float64(t.Sub(stage.Date(d+off))) / float64(24*time.Hour)
	if off == 0 {
		return stage.Date(d).Add(8*time.Hour + time.Duration(share*11*float64(time.Hour))).Truncate(time.Second)
	}
	share = min(1, (share+float64(off-1))/9)
	return stage.Date(d).Add(19*time.Hour + time.Duration(share*2*float64(time.Hour))).Truncate(time.Second)
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
			step("shovel.skipped", skipReasons[skipPick.Pick(r)])
		}
	case r.IntN(100) < 40:
		step("shovel.skipped", skipReasons[skipPick.Pick(r)])
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
	{"找竞品资料", stage.Battlecard, 180, stage.SearchRatio},
	{"拜访准备", stage.CustomerBrief, 95, stage.PrepRatio},
	{"取数", stage.CampaignArchive, 240, stage.PullRatio},
}

// Tasks walks the timed tasks month by month.
func (w *World) Tasks(visit func(Task) bool) {
	seq := 0
	for m := range stage.Months {
		for i := range w.Staff {
			s := &w.Staff[i]
			for k, kind := range TaskKinds {
				if s.Role != stage.Shovels[kind.Shovel].For || s.TeamIn(m) < 0 {
					continue
				}
				r := w.Rand("tasks", k, i, m)
				for range stage.Poisson(r.Float64(), w.TasksPer) {
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

const taskSigma = 0.5

// meanTask is the mean effort of a person's task without the shovel.
func (w *World) meanTask(kind, staff int) float64 {
	return TaskKinds[kind].Minutes * math.Exp(taskSigma*taskSigma/2) * math.Pow(w.Staff[staff].Ability, -0.15)
}

func (w *World) task(r *rand.Rand, k, staff, m int) Task {
	kind := TaskKinds[k]
	t := Task{Kind: k, Staff: staff, Start: stage.OfficeTime(r, stage.PickWorkday(r, m)), Access: w.Exposed(kind.Shovel, staff, m)}
	t.without = stage.Lognormal(r, kind.Minutes, taskSigma) * math.Pow(w.Staff[staff].Ability, -0.15)
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

var wayPick = stage.NewSampler([]float64{38, 31, 13, 7, 11})

// Followups walks the sales notes month by month. A successor writes none
// on her new accounts before the hand-over has recovered; on that day she
// writes the first. Every hundredth note is entered twice.
func (w *World) Followups(visit func(Followup) bool) {
	for m := range stage.Months {
		var buf []Followup
		for i := range w.Seats {
			st := &w.Seats[i]
			r := w.Rand("followups", i, m)
			for range stage.Poisson(r.Float64(), w.FollowupsPer*stage.SeasonOf(m)) {
				d := stage.PickWorkday(r, m)
				f := w.followup(r, st, d)
				if w.idle(i, d) {
					continue
				}
				buf = append(buf, f)
				if r.IntN(100) == 0 {
					buf = append(buf, f)
				}
			}
			for _, h := range w.Handed[i] {
				if d := w.Handovers[h].Day + w.Handovers[h].Recovery; d < stage.Days && stage.MonthOf(d) == m && w.Occupant(i, d) == w.Handovers[h].To {
					buf = append(buf, w.followup(w.Rand("recovery", h), st, d))
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

func (w *World) followup(r *rand.Rand, st *stage.Seat, d int) Followup {
	return Followup{Account: w.pickAccount(r, st, d), Staff: st.Occupants[stage.MonthOf(d)], Time: stage.OfficeTime(r, d), Way: wayPick.Pick(r), Text: lexicon.Note(r)}
}

// idle says whether the seat waits for its new holder to find her feet.
func (w *World) idle(seat, d int) bool {
	for _, h := range w.Handed[seat] {
		x := w.Handovers[h]
		if stage.FirstDay(stage.MonthOf(x.Day)) <= d && d <= x.Day+x.Recovery && w.Seats[seat].Occupants[stage.MonthOf(d)] == x.To {
			return true
		}
	}
	return false
}
