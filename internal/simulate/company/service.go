package company

import (
	"math"
	"math/rand/v2"
	"sort"
	"time"

	"github.com/chanzipu/outfitter/internal/simulate/lexicon"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
)

// A Ticket is one customer's problem and how it was answered.
type Ticket struct {
	Seq      int
	Company  int
	Person   int
	Theme    int // index into Themes
	Planted  bool
	Priority int // 0 紧急 … 3 低
	Group    int // team
	Agent    int // staff
	Created  time.Time
	Replied  time.Time
	Resolved time.Time
	Rating   int  // 1 to 5, 0: not given
	English  bool // written in English
	Index    bool // the company's first ticket in the index window
	Channel  int

	without time.Time // the first reply without the answer library
}

// Late says whether the first reply took more than 24 wall-clock hours.
func (t *Ticket) Late() bool { return t.Replied.Sub(t.Created) > 24*time.Hour }

// Words of tickets, by index.
var (
	Priorities     = []string{"紧急", "高", "普通", "低"}
	TicketChannels = []string{"网页", "邮件", "电话", "企业微信", "App内"}
	channelPick    = stage.NewSampler([]float64{30, 16, 22, 20, 12})
	priorityPick   = stage.NewSampler([]float64{9, 24, 52, 15})
	prioritySpeed  = []float64{0.4, 0.7, 1, 1.5}
	baseChurn      = []float64{0.09, 0.06, 0.045, 0.03}
)

const (
	baseRenew    = 0.28
	replyMedian  = 150.0 // service minutes
	replySigma   = 1.35
	indexLastDay = 184 + 273 // 2026-10-01: 90 days are left to see what follows
)

// Themes are the standing ones, then the emerging.
var Themes = append(append([]lexicon.Theme{}, lexicon.Standing...), lexicon.Emerging...)

// A Planted is one emerging theme's course. Its mean per day climbs linearly
// over Ramp days to Params.EmergingPerDay × Scale and stays there until End.
type Planted struct {
	Theme      int // index into Themes
	Start, End int // days, half-open
	Ramp       int
	Scale      float64
}

// Plan says when each emerging theme began.
var Plan = []Planted{
	{0, stage.DayOf("2026-01-12"), stage.DayOf("2026-02-13"), 0, 1.2},
	{1, stage.DayOf("2026-02-26"), stage.DayOf("2026-03-20"), 0, 1.0},
	{2, stage.DayOf("2026-03-18"), stage.DayOf("2026-05-10"), 3, 0.9},
	{3, stage.DayOf("2026-04-21"), stage.DayOf("2026-05-30"), 1, 1.4},
	{4, stage.DayOf("2026-06-02"), stage.DayOf("2026-08-15"), 25, 0.8},
	{5, stage.DayOf("2026-07-15"), stage.DayOf("2026-07-21"), 0, 2.5},
	{6, stage.DayOf("2026-09-08"), stage.DayOf("2026-10-20"), 0, 0.9},
	{7, stage.DayOf("2026-11-03"), stage.DayOf("2027-01-01"), 20, 1.1},
}

func init() {
	for i := range Plan {
		Plan[i].Theme += len(lexicon.Standing)
	}
}

// mean is the theme's expected reports on day d over all channels.
func (p Planted) mean(d int, perDay float64) float64 {
	if d < p.Start || d >= p.End {
		return 0
	}
	m := perDay * p.Scale * dayVolume(d)
	if p.Ramp > 0 {
		m *= min(1, float64(d-p.Start+1)/float64(p.Ramp))
	}
	return m
}

// chatShare is the share of an emerging theme's reports that arrive in chat.
const chatShare = 0.35

// dayVolume is customers' writing on day d against an average day.
func dayVolume(d int) float64 {
	v := 0.75 + 0.25*stage.SeasonOf(stage.MonthOf(d))
	switch stage.KindOf(d) {
	case stage.WorkingDay:
		if !stage.Workday(max(d-1, 0)) {
			v *= 1.25 // what piled up
		}
		return v * 1.25
	case stage.WeekendDay:
		return v * 0.5
	}
	return v * 0.35
}

var standingPick = stage.NewSampler([]float64{14, 11, 10, 10, 8, 8, 7, 7, 6, 6, 4, 5, 7, 3})

// fate is what became of a company after its index ticket. Day 0 never
// occurs as an outcome, so 0 means none.
type fate struct {
	churn int16 // day of leaving
	renew int16 // day of repurchase
	index int16 // day of the index ticket plus one
}

func (w *World) goneBy(company, day int) bool {
	f := w.fate
	return f != nil && f[company].churn > 0 && int(f[company].churn) <= day
}

// Churned is the day a company left, 0 if it stayed.
func (w *World) Churned(company int) int { return int(w.fate[company].churn) }

// decideFates walks the tickets once, deciding what each company's index
// ticket led to.
func (w *World) decideFates() {
	w.fate = make([]fate, len(w.Companies))
	for t := range w.walkTickets {
		w.effects.addTicket(w, t)
		if t.Index {
			w.follow(t)
		}
	}
}

// follow draws whether the company leaves, or buys again, within 90 days of
// its index ticket.
func (w *World) follow(t *Ticket) {
	f := &w.fate[t.Company]
	r := w.Rand("fate", t.Company)
	day := int(t.Created.Sub(stage.Epoch) / (24 * time.Hour))
	f.index = int16(day + 1)
	uc, ur, dc, dr := r.Float64(), r.Float64(), 1+r.IntN(89), 1+r.IntN(89)
	c, n := baseChurn[t.Priority], baseRenew
	if w.Companies[t.Company].Weight > 4 {
		n += 0.06
	}
	late := t.Late()
	chance := func(late bool) (float64, float64) {
		if late {
			return c + stage.LateChurn, n - stage.LateRenew
		}
		return c, n
	}
	pc, pr := chance(late)
	if uc < pc {
		f.churn = int16(day + dc)
	}
	if ur < pr {
		f.renew = int16(day + dr)
	}
	c0, n0 := chance(false)
	w.effects.addFate(late, uc < pc, uc < c0, ur < pr, ur < n0, pc, c0, pr, n0)
}

// Tickets walks all tickets in order of creation. The pointer is valid
// within the call only.
func (w *World) Tickets(visit func(*Ticket) bool) { w.walkTickets(visit) }

func (w *World) walkTickets(visit func(*Ticket) bool) {
	groups := w.TeamsOf(stage.Service)
	seen := make([]bool, len(w.Companies))
	seq := 0
	var buf []Ticket
	for d := range stage.Days {
		buf = buf[:0]
		r := w.Rand("tickets", d)
		// Gamma noise on the day's mean: counts are over-dispersed.
		noise := math.Exp(0.25*r.NormFloat64() - 0.03)
		for range poissonBig(r, w.TicketsPerDay*dayVolume(d)*noise) {
			buf = append(buf, w.ticket(r, d, standingPick.Pick(r), groups))
		}
		for _, p := range Plan {
			for range poissonBig(r, p.mean(d, w.EmergingPerDay)*(1-chatShare)) {
				t := w.ticket(r, d, p.Theme, groups)
				t.Planted = true
				buf = append(buf, t)
			}
		}
		sort.SliceStable(buf, func(i, j int) bool { return buf[i].Created.Before(buf[j].Created) })
		for i := range buf {
			t := &buf[i]
			if w.goneBy(t.Company, d) {
				continue
			}
			if !seen[t.Company] && d < indexLastDay {
				seen[t.Company] = true
				t.Index = true
			}
			t.Seq = seq
			seq++
			if !visit(t) {
				return
			}
		}
	}
}

// poissonBig draws a Poisson of any mean.
func poissonBig(r *rand.Rand, mean float64) int {
	n := 0
	for mean > 500 { // sums of Poissons are Poisson
		n += max(0, int(math.Round(500+math.Sqrt(500)*r.NormFloat64())))
		mean -= 500
	}
	return n + stage.Poisson(r.Float64(), mean)
}

func (w *World) ticket(r *rand.Rand, d, theme int, groups []int) Ticket {
	t := Ticket{Theme: theme, Company: int(w.ServiceOrgs[w.ServiceWeights.Pick(r)]), Created: stage.CustomerTime(r, d)}
	t.Priority = priorityPick.Pick(r)
	t.Channel = channelPick.Pick(r)
	t.English = w.Companies[t.Company].English
	from, to := w.Contacts(t.Company)
	t.Person = from + r.IntN(to-from)
	t.Group = groups[r.IntN(len(groups))]
	mates := w.OnDuty(t.Group, stage.MonthOf(d))
	t.Agent = mates[r.IntN(len(mates))]

	agent := w.Staff[t.Agent]
	minutes := stage.Lognormal(r, replyMedian, replySigma) * pace(t.Priority, agent)
	t.without = stage.AfterService(t.Created, time.Duration(minutes*float64(time.Minute)))
	t.Replied = t.without
	if w.Exposed(stage.AnswerLibrary, t.Agent, stage.MonthOf(d)) {
		t.Replied = stage.AfterService(t.Created, time.Duration(minutes*stage.ReplyRatio*float64(time.Minute)))
	}
	t.Replied = t.Replied.Truncate(time.Second)
	t.Resolved = stage.AfterService(t.Replied, time.Duration(stage.Lognormal(r, 260, 1.2)*float64(time.Minute))).Truncate(time.Second)
	if r.IntN(100) < 34 {
		wait := math.Log1p(t.Replied.Sub(t.Created).Hours())
		t.Rating = min(5, max(1, int(math.Round(5.2-0.75*wait+0.8*r.NormFloat64()))))
	}
	return t
}

// pace multiplies the service minutes to a first reply.
func pace(priority int, agent stage.Staff) float64 {
	return prioritySpeed[priority] * math.Pow(agent.Ability, -0.4)
}

// lateChance is the chance that the first reply takes more than 24 wall-clock
// hours, its service minutes times the ratio.
func (w *World) lateChance(t *Ticket, ratio float64) float64 {
	open := stage.ServiceWithin(t.Created, 24*time.Hour).Minutes()
	z := math.Log(open/(replyMedian*pace(t.Priority, w.Staff[t.Agent])*ratio)) / replySigma
	return 0.5 * math.Erfc(z/math.Sqrt2)
}

// Text is the ticket's title and HTML body.
func (w *World) Text(t *Ticket, from string) (title, body string) {
	return Themes[t.Theme].Ticket(w.Rand("text", t.Seq), t.English, from)
}

// A Message is one line of a customer group's chat.
type Message struct {
	Room     int
	Company  int
	Person   int // the customer's contact who wrote it, -1 for ours
	Staff    int // ours who wrote it, -1 for theirs
	Sent     time.Time
	Text     string
	Theme    int // -1: says nothing
	Planted  bool
	Sequence int
}

// Rooms are the companies with a WeCom customer group: the larger accounts.
func (w *World) Rooms() []int {
	var rooms []int
	for a, acc := range w.Accounts {
		if acc.Copy == 0 && w.Rand("room", a).Float64() < math.Min(0.8, 0.1+0.06*float64(w.Companies[acc.Company].Weight)) {
			rooms = append(rooms, a)
		}
	}
	return rooms
}

// Chats walks all messages in order of time. The pointer is valid within
// the call only.
func (w *World) Chats(visit func(*Message) bool) {
	rooms := w.Rooms()
	weights := make([]float64, len(rooms))
	for i, a := range rooms {
		weights[i] = math.Pow(float64(w.Companies[w.Accounts[a].Company].Weight), 0.6)
	}
	pick := stage.NewSampler(weights)
	seq := 0
	var buf []Message
	for d := range stage.Days {
		buf = buf[:0]
		r := w.Rand("chats", d)
		for range poissonBig(r, w.ChatsPerDay*dayVolume(d)) {
			theme := -1
			if r.IntN(100) < 55 {
				theme = standingPick.Pick(r)
			}
			buf = w.converse(buf, r, d, rooms, pick, theme, false)
		}
		for _, p := range Plan {
			for range poissonBig(r, p.mean(d, w.EmergingPerDay)*chatShare) {
				buf = w.converse(buf, r, d, rooms, pick, p.Theme, true)
			}
		}
		sort.SliceStable(buf, func(i, j int) bool { return buf[i].Sent.Before(buf[j].Sent) })
		for i := range buf {
			buf[i].Sequence = seq
			seq++
			if !visit(&buf[i]) {
				return
			}
		}
	}
}

// converse adds one conversation: a customer writes, ours answer.
func (w *World) converse(buf []Message, r *rand.Rand, d int, rooms []int, pick stage.Sampler, theme int, planted bool) []Message {
	room := pick.Pick(r)
	acc := w.Accounts[rooms[room]]
	company := int(acc.Company)
	from, to := w.Contacts(company)
	who := from + r.IntN(to-from)
	ours := w.Occupant(int(acc.Seat), d)
	t := stage.CustomerTime(r, d)
	for k := range 1 + r.IntN(6) {
		m := Message{Room: room, Company: company, Person: -1, Staff: -1, Sent: t, Theme: -1}
		switch {
		case k == 0 && theme >= 0:
			m.Person, m.Theme, m.Planted = who, theme, planted
			m.Text = Themes[theme].Chat(r, w.Companies[company].English)
		case k == 0 || r.IntN(100) < 45:
			m.Person, m.Text = who, lexicon.Chatter(r)
		default:
			m.Staff, m.Text = ours, lexicon.StaffReply(r)
		}
		buf = append(buf, m)
		t = t.Add(time.Duration(stage.Lognormal(r, 90, 1.3)) * time.Second)
		if int(t.Sub(stage.Epoch)/(24*time.Hour)) != d {
			break
		}
	}
	return buf
}

// Renewals walks the repurchases within 90 days of index tickets, and the
// ordinary renewals of companies without any.
func (w *World) Renewals(visit func(Contract) bool) {
	done := make([]bool, len(w.Companies))
	seq := 0
	for a, acc := range w.Accounts {
		c := int(acc.Company)
		if done[c] {
			continue
		}
		done[c] = true
		f := w.fate[c]
		r := w.Rand("renewal", c)
		day := int(f.renew)
		if f.index == 0 && acc.Created < 0 && r.Float64() < 0.3 {
			day = 1 + r.IntN(stage.Days-1)
		}
		if day == 0 || day >= stage.Days {
			continue
		}
		p := r.IntN(len(productMedian))
		amount := math.Round(stage.Lognormal(r, productMedian[p]*0.3*math.Pow(float64(w.Companies[c].Weight), 0.25), 0.5))
		if !visit(Contract{Seq: seq, Renewal: true, Account: a, Staff: w.Occupant(int(acc.Seat), day), Product: p, Amount: amount, Signed: day, Starts: day, Payments: instalments(r, acc.Unit, amount, day)}) {
			return
		}
		seq++
	}
}
