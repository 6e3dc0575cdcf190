package export

import (
	"fmt"

	"github.com/chanzipu/outfitter/internal/simulate/company"
	"github.com/chanzipu/outfitter/internal/simulate/lexicon"
	"github.com/chanzipu/outfitter/internal/simulate/sink"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
)

// externalID is a contact's external_userid.
func (e *exporter) externalID(person int) string {
	r := e.w.Rand("external", person)
	return fmt.Sprintf("wmX%013x%08x", r.Uint64()>>12, person)
}

func roomID(account int) string { return fmt.Sprintf("wrY%010d", account*7919+13) }

// wecom writes staff, departments, external contacts and rooms.
func (e *exporter) wecom() {
	w := e.w
	staff := e.Open("wx.staff", "").Header()
	for _, s := range w.Staff {
		state := "已激活"
		if s.Left < stage.Days {
			state = "已退出"
		}
		alias := ""
		if w.Rand("alias", s.ID).IntN(3) == 0 {
			alias = s.Name.English()
		}
		staff.Row(s.WeCom, s.Name.Name(), alias, w.TeamName(s.ID, stage.Months-1), s.Title, s.Mobile, s.Login+"@chengchuan.example", state)
		e.refer(stage.WX, "staff", s.WeCom, company.StaffEntity(s.ID))
	}
	staff.Close()

	teams := e.Open("wx.team", "").Header()
	teams.Row(1, "澄川科技", "")
	for i, r := range []string{stage.Units[0], stage.Units[1], "增长部", "客服部", "产品部", "中台"} {
		teams.Row(2+i, r, 1)
	}
	for _, t := range w.Teams {
		parent := map[string]int{stage.Sales: 2 + t.Unit, stage.Growth: 4, stage.Service: 5, stage.Product: 6, stage.Middle: 7}[t.Role]
		teams.Row(100+t.ID, t.Name, parent)
	}
	teams.Close()
	e.externals()
}

// externals writes the customers' people whom ours have added, and the rooms.
func (e *exporter) externals() {
	w := e.w
	inRoom := make([]bool, len(w.Companies))
	rooms := e.Open("wx.room", "").Header()
	for _, a := range w.Rooms() {
		acc := w.Accounts[a]
		c := int(acc.Company)
		inRoom[c] = true
		r := w.Rand("roomname", a)
		from, to := w.Contacts(c)
		owner := w.Staff[w.Occupant(int(acc.Seat), stage.Days-1)]
		name := w.Companies[c].Firm.Short() + []string{"服务群", "×澄川 项目群", "对接群", "售后群"}[r.IntN(4)]
		rooms.Row(roomID(a), name, owner.WeCom, stage.Date(r.IntN(60)-90).Add(10*3600e9), to-from+2+r.IntN(3))
	}
	rooms.Close()

	ext := e.Open("wx.contact", "").Header()
	seatOf := map[int32]int32{}
	for _, acc := range w.Accounts {
		if _, ok := seatOf[acc.Company]; !ok {
			seatOf[acc.Company] = acc.Seat
		}
	}
	for c := range w.Shuffled("externals", len(w.Companies)) {
		from, to := w.Contacts(c)
		for p := from; p < to; p++ {
			if !inRoom[c] && !w.HasContact(stage.WX, p) {
				continue
			}
			r := w.Rand("wx", p)
			id := w.PersonAt(p)
			nick := id.Name.Given
			switch r.IntN(4) {
			case 0:
				nick = id.Name.Name()
			case 1:
				nick = []string{"阳光", "向前", "Lucky", "静水流深", "A", "云淡风轻", "Sunny", "平安是福"}[r.IntN(8)]
			}
			remark := id.Name.Variant(r)
			firm := w.Companies[c].Firm
			corp := firm.Short()
			if r.IntN(100) < 35 {
				corp = firm.Variant(r)
			}
			phone := lexicon.PhoneVariant(r, id.Mobile)
			if r.IntN(100) < 30 {
				phone = ""
			}
			key := e.externalID(p)
			added := r.IntN(stage.Days)
			if inRoom[c] {
				added = -r.IntN(300)
			}
			owner := w.Staff[w.Occupant(int(seatOf[int32(c)]), max(added, 0))]
			ok := ext.Row(key, nick, remark, corp, phone, owner.WeCom, stage.Date(added).Add(9*3600e9), []string{"扫一扫", "名片分享", "群聊", "搜索手机号"}[r.IntN(4)], []string{"", "A类", "老客户", "展会", "重点;续费"}[r.IntN(5)])
			e.refer(stage.WX, "person", key, company.PersonEntity(p))
			if !ok {
				return
			}
		}
	}
	ext.Close()
}

// message is one line of the chat archive, as WeCom decrypts it.
type message struct {
	MsgID   string      `json:"msgid"`
	Action  string      `json:"action"`
	From    string      `json:"from"`
	ToList  []string    `json:"tolist"`
	RoomID  string      `json:"roomid"`
	MsgTime int64       `json:"msgtime"`
	MsgType string      `json:"msgtype"`
	Text    messageText `json:"text"`
}

type messageText struct {
	Content string `json:"content"`
}

// chats writes the chat archive, a file per month, and notes which messages
// carry a planted theme.
func (e *exporter) chats(themes *themeLog) {
	w := e.w
	rooms := w.Rooms()
	var o *sink.Out
	month := -1
	for m := range w.Chats {
		if at := stage.MonthOf(dayNumber(m.Sent)); at != month {
			if o != nil {
				o.Close()
			}
			o, month = e.Open("wx.chat", stage.MonthName(at)), at
		}
		a := rooms[m.Room]
		owner := w.Staff[w.Occupant(w.SeatOf(a), dayNumber(m.Sent))].WeCom
		x := message{MsgID: company.MessageKey(m), Action: "send", RoomID: roomID(a), MsgTime: m.Sent.UnixMilli(), MsgType: "text", Text: messageText{m.Text}}
		verb := "message.sent"
		if m.Person >= 0 {
			verb = "feedback.received"
			x.From, x.ToList = e.externalID(m.Person), []string{owner}
		} else {
			from, _ := w.Contacts(m.Company)
			x.From, x.ToList = w.Staff[m.Staff].WeCom, []string{e.externalID(from)}
		}
		if m.Planted {
			themes.message(m, x.MsgID)
		}
		o.Verb(verb)
		if !o.Row(x) {
			break
		}
	}
	if o != nil {
		o.Close()
	}
	e.massMail()
}

// massMail writes the 群发 records: aggregates per sender.
func (e *exporter) massMail() {
	o := e.Open("wx.mass", "").Header()
	n := 0
	for m := range stage.Months {
		for _, s := range e.w.Staff {
			if s.Role != stage.Sales || s.TeamIn(m) < 0 {
				continue
			}
			r := e.w.Rand("mass", s.ID, m)
			if r.IntN(3) > 0 {
				continue
			}
			n++
			target := 20 + r.IntN(180)
			sent := target - r.IntN(target/4+1)
			day := stage.FirstDay(m) + r.IntN(27)
			o.Row(fmt.Sprintf("QF%07d", n), []string{"节日祝福", "新品上线通知", "续费提醒", "直播邀请", "数电票政策解读"}[r.IntN(5)], s.WeCom, []string{"客户群", "客户"}[r.IntN(2)], stage.Date(day).Add(10*3600e9), target, sent, target-sent)
			o.Verb("stat.reported")
		}
	}
	o.Close()
}
