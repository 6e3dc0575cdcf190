package export

import (
	"fmt"
	"strings"
	"time"

	"github.com/chanzipu/outfitter/internal/simulate/company"
	"github.com/chanzipu/outfitter/internal/simulate/lexicon"
	"github.com/chanzipu/outfitter/internal/simulate/sink"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
)

func memberKey(m int) string { return "M" + pad(m*17+1_000_001, 9) }

// members writes the growth platform's member list.
func (e *exporter) members() {
	w := e.w
	o := e.Open("gr.member", "").Header()
	for m := range w.Params.Members {
		p := w.MemberPerson(m)
		id := w.PersonAt(p)
		r := w.Rand("member", m)
		firm := ""
		if c := w.CompanyOf(p); c >= 0 && r.IntN(100) < 60 {
			firm = w.Companies[c].Firm.Variant(r)
		} else if c < 0 && r.IntN(100) < 15 {
			firm = "个体户"
		}
		phone, email := lexicon.PhoneVariant(r, id.Mobile), id.Email
		if r.IntN(100) < 45 {
			email = ""
		}
		joined := stage.Date(-r.IntN(900)).Add(time.Duration(r.IntN(24*3600)) * time.Second)
		ok := o.Row(memberKey(m), w.MemberName(m), phone, email, firm, lexicon.CityAt(id.City).Name, joined, []string{"公众号", "官网注册", "门店扫码", "展会", "老带新", "投放"}[r.IntN(6)])
		e.refer(stage.GR, "person", memberKey(m), company.PersonEntity(p))
		if !ok {
			break
		}
	}
	o.Close()
}

// growth writes ideas, campaigns, touches and orders.
func (e *exporter) growth() {
	w := e.w
	ideas := e.Open("gr.idea", "").Header()
	for _, id := range w.Ideas {
		m := stage.MonthOf(dayNumber(id.Sought))
		actual, used := "", ""
		if !id.Launched.IsZero() {
			actual = fmt.Sprint(id.Actual)
		}
		if id.Archive {
			used = stage.Shovels[10].ID
		}
		ideas.Row(ideaKey(id.ID), company.IdeaTopics[id.Topic], w.Staff[id.Staff].No(), w.TeamName(id.Staff, m), id.Sought, id.Chosen, id.Launched, id.Tried, company.Metrics[id.Topic%len(company.Metrics)], id.Target, actual, used)
		ideas.Verb("idea.sought")
		if !id.Chosen.IsZero() {
			ideas.Verb("idea.chosen")
		}
		if !id.Launched.IsZero() {
			ideas.Verb("idea.launched")
		}
	}
	ideas.Close()

	camps := e.Open("gr.campaign", "").Header()
	for _, c := range w.Campaigns {
		id := w.Ideas[c.Idea]
		seg := ""
		if c.Targeted {
			seg = stage.Shovels[9].ID
		}
		name := fmt.Sprintf("%d月%s·%s", int(c.Launch.Month()), company.IdeaTopics[id.Topic], company.Channels[c.Channel])
		camps.Row(company.CampaignKey(c.ID), name, company.Goals[c.Goal], company.Channels[c.Channel], ideaKey(c.Idea), w.Staff[id.Staff].No(), seg, fmt.Sprintf("%.0f%%", 100*c.Holdout), c.Launch, c.Launch.Add(14*24*time.Hour), c.Cost+c.Cost/5/100*100, c.Cost)
		camps.Verb("campaign.launched")
	}
	camps.Close()
	e.touches()
}

func ideaKey(i int) string { return fmt.Sprintf("XF%05d", i+1) }

// touches writes one row per member of an audience and the orders that
// followed. Orders are numbered in order of campaigns, not of time.
func (e *exporter) touches() {
	w := e.w
	orders := e.Open("gr.order", "").Header()
	var o *sink.Out
	month, n := -1, 0
	for t := range w.Touches {
		c := w.Campaigns[t.Campaign]
		if at := stage.MonthOf(dayNumber(c.Launch)); at != month {
			if o != nil {
				o.Close()
			}
			o, month = e.Open("gr.touch", stage.MonthName(at)).Header(), at
		}
		arm := "实验"
		if t.Control {
			arm = "对照"
		}
		o.Verb("arm.assigned")
		if !t.Sent.IsZero() {
			o.Verb("touch.sent")
		}
		if !t.Opened.IsZero() {
			o.Verb("touch.opened")
		}
		if !t.Clicked.IsZero() {
			o.Verb("touch.clicked")
		}
		more := o.Row("T"+pad(t.Seq+1, 10), company.CampaignKey(t.Campaign), memberKey(t.Member), arm, company.SliceNames[t.Slice], t.Assigned, company.Channels[c.Channel], t.Sent, t.Opened, t.Clicked)
		if !t.Order.IsZero() {
			n++
			credit := ""
			if !t.Control {
				credit = company.CampaignKey(t.Campaign)
			}
			orders.Row(fmt.Sprintf("DD%s%08d", strings.ReplaceAll(t.Order.Format("060102"), "-", ""), n), memberKey(t.Member), t.Order, t.Amount, company.GoodsFor(w.Rand("goods", t.Seq)), credit)
			orders.Verb("order.placed")
		}
		if !more {
			break
		}
	}
	if o != nil {
		o.Close()
	}
	orders.Close()
}
