package export

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/chanzipu/outfitter/internal/simulate/company"
	"github.com/chanzipu/outfitter/internal/simulate/layout"
	"github.com/chanzipu/outfitter/internal/simulate/lexicon"
	"github.com/chanzipu/outfitter/internal/simulate/sink"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
)

// unit10k is 10,000 yuan, the unit of 销售易 and the BI sheet.
const unit10k = 10_000

// xsClock and xsDay are how 销售易 writes dates.
const (
	xsClock = "2006/1/2 15:04"
	xsDay   = "2006/1/2"
)

// openXS starts one of 销售易's files.
func (e *exporter) openXS(id string) *sink.Out {
	o := e.Open(id, "")
	o.Clock, o.Day = xsClock, xsDay
	return o
}

// city is where the company, or the branch, sits.
func city(f lexicon.Firm) int {
	if f.Branch > 0 {
		return f.Branch - 1
	}
	return f.City
}

// place gives what is true of a company's seat: all its records are spelt
// from the same address and switchboard.
func (e *exporter) place(c int) (lexicon.Address, string) {
	r := e.w.Rand("place", c)
	at := city(e.w.Companies[c].Firm)
	return lexicon.NewAddress(r, at), lexicon.Landline(r, at)
}

// switchboard is the number that a record carries: mostly the firm's, else
// somebody's mobile, or none.
func (e *exporter) switchboard(r *rand.Rand, c int, phone string) string {
	switch n := r.IntN(100); {
	case n < 68:
		return phone
	case n < 74:
		return "(" + phone[:4] + ")" + phone[4:]
	case n < 86:
		from, _ := e.w.Contacts(c)
		return lexicon.PhoneVariant(r, e.w.PersonAt(from).Mobile)
	}
	return ""
}

var (
	levels = []string{"A", "B", "C", "D"}
	states = []string{"跟进中", "已成交", "公海", "潜在"}
)

// accounts writes both CRMs' customers and their contacts.
func (e *exporter) accounts() {
	w := e.w
	fx := e.NewBook(layout.Find("fx.account").Path)
	fa := fx.Sheet("fx.account")
	fa.Banner(len(fa.Table.Columns), "纷享销客 客户导出　导出人：系统管理员　导出时间：2027-01-04 09:12")
	fa.Styled(fx.Styles.Header, "基本信息", "", "", "", "", "", "", "", "", "联系方式", "", "归属", "", "", "", "", "", "统计")
	fa.Merge(1, 2, 9, 2)
	fa.Merge(10, 2, 11, 2)
	fa.Merge(12, 2, 17, 2)
	fa.Columns()
	cb := e.NewBook(layout.Find("fx.contact").Path)
	fc := cb.Sheet("fx.contact")
	fc.Banner(len(fc.Table.Columns), "纷享销客 联系人导出（企业事业部）")
	fc.Columns()
	xa, xc := e.openXS("xs.account"), e.openXS("xs.contact")
	xa.Line("销售易CRM 客户列表导出 成长事业部 2027/1/4 9:30")
	xa.Header()
	xc.Line("销售易CRM 联系人列表导出 成长事业部 2027/1/4 9:31")
	xc.Header()

	signed := e.signedByAccount()
	contacts := 0
	for i, acc := range w.Accounts {
		c := int(acc.Company)
		co := w.Companies[c]
		r := w.Rand("record", i)
		name := co.Firm.Variant(r)
		address, phone := e.place(c)
		owner := w.Staff[w.Occupant(w.SeatOf(i), stage.Days-1)]
		key := w.AccountKey(i)
		churn, status := sink.NoDay, states[r.IntN(len(states))]
		if d := w.Churned(c); d > 0 && d < stage.Days {
			churn, status = sink.Day(d), "已流失"
		}
		created := stage.Date(int(acc.Created)).Add(time.Duration(9*60+r.IntN(540)) * time.Minute)
		system := w.AccountSystem(i)
		o := fa.Out
		more := true
		if acc.Unit == stage.Enterprise {
			at := lexicon.CityAt(city(co.Firm))
			more = fa.Row(key, name, lexicon.CreditCodeVariant(r, w.CreditCode(c), 22), lexicon.Industry(co.Firm.Trade), levels[levelOf(float64(co.Weight))],
				company.Origins[r.IntN(len(company.Origins))], at.Province, at.Name, address.Variant(r), e.switchboard(r, c, phone), "www."+co.Firm.Domain(),
				owner.Name.Name(), owner.No(), w.TeamName(owner.ID, stage.Months-1), status, created, churn, signed[i])
		} else {
			o = xa
			at := lexicon.CityAt(city(co.Firm))
			more = xa.Row(key, name, lexicon.CreditCodeVariant(r, w.CreditCode(c), 45), lexicon.Industry(co.Firm.Trade), at.Name, address.Variant(r),
				e.switchboard(r, c, phone), status, owner.Name.Name(), owner.Login, created, churn)
		}
		if churn != sink.NoDay {
			o.Verb("account.churned")
		}
		e.refer(system, "account", key, company.CompanyEntity(c))
		from, to := w.Contacts(c)
		for p := from; p < to && more; p++ {
			if !w.HasContact(system, p) || acc.Copy == 1 && p != from {
				continue
			}
			contacts++
			pr := w.Rand("contact", i, p)
			id := w.PersonAt(p)
			email := id.Email
			if pr.IntN(100) < 30 {
				email = ""
			}
			at := created.Add(time.Duration(pr.IntN(60*24*30)) * time.Minute)
			if at.After(stage.Date(stage.Days - 1)) {
				at = created
			}
			if acc.Unit == stage.Enterprise {
				k := fmt.Sprintf("LX%08d", contacts)
				more = fc.Row(k, id.Name.Variant(pr), key, name, id.Title, lexicon.PhoneVariant(pr, id.Mobile), email, at)
				e.refer(system, "person", k, company.PersonEntity(p))
			} else {
				k := fmt.Sprint(8_100_000_000 + int64(contacts)*13)
				more = xc.Row(k, id.Name.Variant(pr), key, name, id.Title, lexicon.PhoneVariant(pr, id.Mobile), email, at)
				e.refer(system, "person", k, company.PersonEntity(p))
			}
		}
		if !more {
			break
		}
	}
	fa.Styled(fx.Styles.Total, fmt.Sprintf("共 %d 条记录", fa.File.Rows))
	for _, o := range []*sink.Out{fa.Out, fc.Out, xa, xc} {
		o.Close()
	}
	fx.Save()
	cb.Save()
}

func levelOf(weight float64) int {
	switch {
	case weight > 20:
		return 0
	case weight > 5:
		return 1
	case weight > 2:
		return 2
	}
	return 3
}

// signedByAccount sums each account's contracts.
func (e *exporter) signedByAccount() []float64 {
	sum := make([]float64, len(e.w.Accounts))
	for o := range e.w.Opportunities {
		if c, ok := e.w.Contract(o); ok {
			sum[c.Account] += c.Amount
		}
		if !e.OK() {
			return sum
		}
	}
	for c := range e.w.Renewals {
		sum[c.Account] += c.Amount
	}
	return sum
}

// OpportunityKey is the number of an opportunity in its CRM.
func OpportunityKey(unit uint8, seq int) string {
	if unit == stage.Enterprise {
		return fmt.Sprintf("SJ%08d", seq+1)
	}
	return fmt.Sprintf("OP%d", 40_000_000+seq*3)
}

// deals holds the files that a walk over the opportunities fills.
type deals struct {
	e                               *exporter
	books                           []*sink.Book
	old, new, contract, pay, payFix *sink.Sheet
	xsDeal, xsContract              *sink.Out
	names                           map[int]string
	money                           *money
	reExport, firstExport           int // days
}

// opportunities writes opportunities, contracts and payments of both CRMs,
// and gathers finance's and the BI sheet's figures on the way.
func (e *exporter) opportunities() {
	d := &deals{e: e, names: map[int]string{}, money: newMoney(), firstExport: stage.DayOf("2026-07-01"), reExport: stage.DayOf("2026-06-01")}
	start := func(id, title string) *sink.Sheet {
		b := e.NewBook(layout.Find(id).Path)
		d.books = append(d.books, b)
		s := b.Sheet(id)
		s.Banner(len(s.Table.Columns), title)
		s.Columns()
		return s
	}
	d.old = start("fx.deal1", "纷享销客 商机导出　导出时间：2026-07-01 08:30")
	d.new = start("fx.deal2", "纷享销客 商机导出　导出时间：2027-01-04 09:20（字段已按新模板调整）")
	d.contract = start("fx.contract", "合同台账（企业事业部）")
	d.pay = start("fx.payment", "回款明细（企业事业部）")
	d.payFix = start("fx.payment2", "回款明细 2026年6月 更正版，以本表为准")
	d.xsDeal, d.xsContract = e.openXS("xs.deal"), e.openXS("xs.contract")
	d.xsDeal.Line("销售易CRM 销售机会导出 成长事业部 2027/1/4 9:35 （金额单位：万元）")
	d.xsDeal.Header()
	d.xsContract.Line("销售易CRM 合同回款导出 成长事业部 2027/1/4 9:40 （金额单位：万元）")
	d.xsContract.Header()

	for o := range e.w.Opportunities {
		if e.w.Accounts[o.Account].Unit == stage.Enterprise {
			d.enterprise(o)
		} else {
			d.starter(o)
		}
		if c, ok := e.w.Contract(o); ok {
			d.signed(c, OpportunityKey(e.w.Accounts[o.Account].Unit, o.Seq))
		}
		if !e.OK() {
			break
		}
	}
	for c := range e.w.Renewals {
		if d.signed(c, ""); !e.OK() {
			break
		}
	}
	for _, o := range []*sink.Out{d.old.Out, d.new.Out, d.contract.Out, d.pay.Out, d.payFix.Out, d.xsDeal, d.xsContract} {
		o.Close()
	}
	for _, b := range d.books {
		b.Save()
	}
	e.finance(d.money)
	e.pivot(d.money)
}

// accountName is the customer's name as its own record spells it.
func (e *exporter) accountName(a int) string {
	return e.w.Companies[e.w.Accounts[a].Company].Firm.Variant(e.w.Rand("record", a))
}

var stages = []string{"初步接触", "需求确认", "方案报价", "商务谈判"}

func (d *deals) enterprise(o *company.Opportunity) {
	w := d.e.w
	r := w.Rand("deal", o.Seq)
	key, account, name := OpportunityKey(stage.Enterprise, o.Seq), w.AccountKey(o.Account), d.e.accountName(o.Account)
	title := w.Companies[w.Accounts[o.Account].Company].Firm.Short() + company.ProductName(o.Product) + []string{"项目", "采购", "二期", "升级", "试点"}[r.IntN(5)]
	created, expected := dayNumber(o.Created), sink.Day(dayNumber(o.Created)+20+r.IntN(60))
	openStage, competitor := stages[r.IntN(len(stages))], company.Competitors[r.IntN(len(company.Competitors))]
	closed := stage.Days
	if !o.Open() {
		closed = dayNumber(o.Closed)
	}
	state, outcome, reason := openStage, "进行中", ""
	if o.Won {
		state, outcome = "赢单", "赢单"
	} else if !o.Open() {
		state, outcome, reason = "输单", "输单", company.LostReasons[o.Lost]
	}
	creator := w.Staff[o.Creator].No()
	inOld := created < d.firstExport
	inNew := created >= d.reExport || closed >= d.firstExport && closed < stage.Days
	if inOld {
		st, oc, at, owner := state, outcome, o.Closed, o.Closer
		if closed >= d.firstExport {
			st, oc, at, owner = openStage, "进行中", time.Time{}, w.Occupant(o.Seat, d.firstExport-1)
		}
		d.old.Row(key, title, account, name, company.ProductName(o.Product), st, o.Amount, company.Origins[o.Origin], w.Staff[owner].Name.Name(), w.Staff[owner].No(), creator, o.Created, expected, at, oc)
		d.old.Verb("opportunity.created")
		if closed < d.firstExport {
			d.old.Verb(outcomeVerb(o))
		}
	}
	if inNew {
		d.new.Row(key, title, account, name, company.ProductName(o.Product), state, o.Amount, company.Origins[o.Origin], w.Staff[o.Closer].Name.Name(), w.Staff[o.Closer].No(), creator, o.Created, expected, o.Closed, outcome, competitor, reason)
		if !inOld {
			d.new.Verb("opportunity.created")
		}
		if closed >= d.firstExport && closed < stage.Days {
			d.new.Verb(outcomeVerb(o))
		}
	}
}

func outcomeVerb(o *company.Opportunity) string {
	if o.Won {
		return "deal.won"
	}
	return "deal.lost"
}

func dayNumber(t time.Time) int { return int(t.Sub(stage.Epoch) / (24 * time.Hour)) }

func (d *deals) starter(o *company.Opportunity) {
	w := d.e.w
	r := w.Rand("deal", o.Seq)
	firm := w.Companies[w.Accounts[o.Account].Company].Firm
	state, reason := stages[r.IntN(len(stages))], ""
	if o.Won {
		state = "赢单"
	} else if !o.Open() {
		state, reason = "输单", company.LostReasons[o.Lost]
	}
	owner := w.Staff[o.Closer]
	d.xsDeal.Row(OpportunityKey(stage.Starter, o.Seq), firm.Short()+"-"+company.ProductName(o.Product), w.AccountKey(o.Account), d.e.accountName(o.Account), company.ProductName(o.Product),
		state, o.Amount/unit10k, owner.Name.Name(), owner.Login, w.Staff[o.Creator].Login, o.Created, o.Closed, reason)
	d.xsDeal.Verb("opportunity.created")
	if !o.Open() {
		d.xsDeal.Verb(outcomeVerb(o))
	}
}

var payWays = []string{"银行转账", "银行转账", "承兑汇票", "支付宝对公", "支票"}

// signed writes a contract and its payments.
func (d *deals) signed(c company.Contract, opportunity string) {
	w := d.e.w
	acc := w.Accounts[c.Account]
	kind, prefix := "新签", "HT"
	if c.Renewal {
		kind, prefix = "续费", "XF"
	}
	key, account, name, owner := fmt.Sprintf("%s%08d", prefix, c.Seq+1), w.AccountKey(c.Account), d.e.accountName(c.Account), w.Staff[c.Staff]
	d.money.contract(w, c)
	if acc.Unit == stage.Starter {
		paid, day := "", sink.NoDay
		if len(c.Payments) > 0 {
			paid, day = d.xsContract.Cell(c.Payments[0].Amount/unit10k), sink.Day(c.Payments[0].Day)
			d.xsContract.Verb("payment.received")
		}
		d.xsContract.Row(key, kind, opportunity, account, name, c.Amount/unit10k, sink.Day(c.Signed), paid, day, owner.Login)
		d.xsContract.Verb("contract.signed")
		return
	}
	d.contract.Row(key, company.ProductName(c.Product)+kind+"合同", account, name, opportunity, kind, c.Amount, sink.Day(c.Signed), sink.Day(c.Starts), sink.Day(c.Starts+365), owner.No())
	d.contract.Verb("contract.signed")
	for i, p := range c.Payments {
		r := w.Rand("payment"+prefix, c.Seq, i)
		pk, way := fmt.Sprintf("HK%s-%d", key[2:], i+1), payWays[r.IntN(len(payWays))]
		if c.Renewal {
			pk = "X" + pk
		}
		amount, wrong := p.Amount, r.IntN(100) < 6
		if stage.MonthName(stage.MonthOf(p.Day)) == "2026-06" {
			d.payFix.Row(pk, key, account, name, amount, sink.Day(p.Day), way, owner.No())
			if wrong { // a digit too many, corrected in the second file
				amount = math.Round(amount * 10)
			}
		}
		d.pay.Row(pk, key, account, name, amount, sink.Day(p.Day), way, owner.No())
		d.pay.Verb("payment.received")
	}
}

// followups writes the sales notes of both CRMs.
func (e *exporter) followups() {
	fx, xs := e.Open("fx.followup", "").Header(), e.openXS("xs.followup")
	xs.Line("销售易CRM 活动记录导出 成长事业部 2027/1/4 9:45")
	xs.Header()
	for f := range e.w.Followups {
		more := true
		if e.w.Accounts[f.Account].Unit == stage.Enterprise {
			more = fx.Row(e.w.AccountKey(f.Account), "", e.w.Staff[f.Staff].No(), company.Ways[f.Way], f.Time, f.Text)
			fx.Verb("activity.logged")
		} else {
			more = xs.Row(e.w.AccountKey(f.Account), "", e.w.Staff[f.Staff].Login, company.Ways[f.Way], f.Time, f.Text)
			xs.Verb("activity.logged")
		}
		if !more {
			break
		}
	}
	fx.Close()
	xs.Close()
}
