package export

import (
	"time"

	"github.com/chanzipu/outfitter/internal/simulate/company"
	"github.com/chanzipu/outfitter/internal/simulate/lexicon"
	"github.com/chanzipu/outfitter/internal/simulate/sink"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
	"github.com/chanzipu/outfitter/internal/simulate/truth"
)

// themeLog remembers which records carry a planted theme.
type themeLog struct {
	tickets, messages map[int][]string
	customers         map[int]map[int]bool
}

func newThemeLog() *themeLog {
	return &themeLog{tickets: map[int][]string{}, messages: map[int][]string{}, customers: map[int]map[int]bool{}}
}

func (l *themeLog) customer(theme, c int) {
	if l.customers[theme] == nil {
		l.customers[theme] = map[int]bool{}
	}
	l.customers[theme][c] = true
}

func (l *themeLog) ticket(t *company.Ticket) {
	l.tickets[t.Theme] = append(l.tickets[t.Theme], company.TicketKey(t))
	l.customer(t.Theme, t.Company)
}

func (l *themeLog) message(m *company.Message, key string) {
	l.messages[m.Theme] = append(l.messages[m.Theme], key)
	l.customer(m.Theme, m.Company)
}

func (l *themeLog) truth(p stage.Params) (out []truth.Theme) {
	for _, plan := range company.Plan {
		t := company.Themes[plan.Theme]
		out = append(out, truth.Theme{
			Key: t.Key, ZH: t.ZH, EN: t.EN, Start: stage.Date(plan.Start).Format(time.DateOnly), End: stage.Date(plan.End).Format(time.DateOnly), Ramp: plan.Ramp,
			PerDay: p.EmergingPerDay * plan.Scale, Tickets: l.tickets[plan.Theme], Messages: l.messages[plan.Theme], Customers: len(l.customers[plan.Theme]),
		})
	}
	return out
}

// service writes the ticket system: organisations, users, agents, tickets.
func (e *exporter) service(themes *themeLog) {
	w := e.w
	orgs, users := e.Open("tk.org", "").Header(), e.Open("tk.user", "").Header()
	for c := range w.Shuffled("orgs", len(w.Companies)) {
		co := w.Companies[c]
		if !co.Org {
			continue
		}
		r := w.Rand("org", c)
		_, phone := e.place(c)
		domain := co.Firm.Domain()
		if r.IntN(100) < 25 {
			domain = ""
		}
		gone := sink.NoDay
		if d := w.Churned(c); d > 0 && d < stage.Days {
			gone = sink.Day(d)
			orgs.Verb("account.churned")
		}
		orgs.Row(orgKey(c), co.Firm.Variant(r), domain, e.switchboard(r, c, phone), []string{"", "VIP", "试用", "年费", "英文"}[r.IntN(5)], stage.Date(-r.IntN(900)), gone)
		e.refer(stage.TK, "account", orgKey(c), company.CompanyEntity(c))
		from, to := w.Contacts(c)
		for p := from; p < to; p++ {
			pr := w.Rand("user", p)
			id := w.PersonAt(p)
			email := id.Email
			if pr.IntN(100) < 15 {
				email = ""
			}
			users.Row(userKey(p), id.Name.Variant(pr), email, lexicon.PhoneVariant(pr, id.Mobile), orgKey(c))
			e.refer(stage.TK, "person", userKey(p), company.PersonEntity(p))
		}
		if !e.OK() {
			break
		}
	}
	orgs.Close()
	users.Close()
	agents := e.Open("tk.agent", "").Header()
	for _, s := range w.Staff {
		if s.Role == stage.Service {
			state := "在线"
			if s.Left < stage.Days {
				state = "停用"
			}
			agents.Row(s.Login, s.Name.Name(), w.TeamName(s.ID, stage.Months-1), s.Login+"@chengchuan.example", state)
			e.refer(stage.TK, "staff", s.Login, company.StaffEntity(s.ID))
		}
	}
	agents.Close()
	e.tickets(themes)
}

func orgKey(c int) string  { return "ORG" + pad(c*37+1001, 8) }
func userKey(p int) string { return "U" + pad(p*11+500_003, 9) }

func pad(n, width int) string {
	b := make([]byte, width)
	for i := width - 1; i >= 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return string(b)
}

var exportDay = stage.DayOf("2027-01-04")

func (e *exporter) tickets(themes *themeLog) {
	w := e.w
	second, third := stage.PreMonths, stage.PreMonths+6
	repeat := stage.FirstDay(third) - 2
	files := []*sink.Out{e.Open("tk.2025H2", "").Header(), e.Open("tk.2026H1", "").Header(), e.Open("tk.2026H2", "").Header()}
	for t := range w.Tickets {
		day := dayNumber(t.Created)
		m := stage.MonthOf(day)
		r := w.Rand("ticket", t.Seq)
		name := w.PersonAt(t.Person).Name.Variant(w.Rand("user", t.Person))
		title, body := w.Text(t, name)
		org := w.Companies[t.Company].Firm.Variant(w.Rand("org", t.Company))
		agent := w.Staff[t.Agent]
		state, replied, resolved, rating := "已关闭", t.Replied, t.Resolved, ""
		if t.Rating > 0 {
			rating = string(rune('0' + t.Rating))
		}
		if !resolved.Before(stage.Date(exportDay)) || r.IntN(100) < 2 {
			state, resolved, rating = "处理中", time.Time{}, ""
		}
		if !replied.Before(stage.Date(exportDay)) {
			state, replied = "待回复", time.Time{}
		}
		product := company.Themes[t.Theme].Product
		if r.IntN(100) < 12 {
			product = ""
		}
		cells := []any{company.TicketKey(t), title, body, company.TicketChannels[t.Channel], orgKey(t.Company), org, userKey(t.Person), name, company.Priorities[t.Priority], product,
			w.Teams[t.Group].Name, agent.Name.Name(), agent.Login, t.Created, replied, resolved, state, rating}
		o := files[0]
		switch {
		case m >= third:
			o = files[2]
		case m >= second:
			o = files[1]
		}
		language := "中文"
		if t.English {
			language = "English"
		}
		if o == files[2] {
			cells = append(cells, language)
		} else if day >= repeat {
			files[2].Row(append(append([]any{}, cells...), language)...)
		}
		o.Verb("feedback.received")
		if !replied.IsZero() {
			o.Verb("feedback.replied")
		}
		if !resolved.IsZero() {
			o.Verb("feedback.resolved")
			if rating != "" {
				o.Verb("feedback.rated")
			}
		}
		if t.Planted {
			themes.ticket(t)
		}
		if !o.Row(cells...) {
			break
		}
	}
	for _, f := range files {
		f.Close()
	}
}
