package export

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/chanzipu/outfitter/internal/simulate/company"
	"github.com/chanzipu/outfitter/internal/simulate/layout"
	"github.com/chanzipu/outfitter/internal/simulate/lexicon"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
)

// unit10k is 10,000 yuan, the unit of 销售易 and the BI sheet.
const unit10k = 10_000

// xsClock and xsDay are how 销售易 writes dates.
const (
	xsClock = "2006/1/2 15:04"
	xsDay   = "2006/1/2"
)

func (o *out) xs() *out {
	o.clock, o.day = xsClock, xsDay
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
	fx := e.newBook(layout.Find("fx.account").Path)
	fa := fx.sheet("fx.account")
	fa.banner(len(fa.table.Columns), "纷享销客 客户导出　导出人：系统管理员　导出时间：2027-01-04 09:12")
	fa.styled(fx.styles.header, "基本信息", "", "", "", "", "", "", "", "", "联系方式", "", "归属", "", "", "", "", "", "统计")
	fa.merge(1, 2, 9, 2)
	fa.merge(10, 2, 11, 2)
	fa.merge(12, 2, 17, 2)
	fa.columnsRow()
	cb := e.newBook(layout.Find("fx.contact").Path)
	fc := cb.sheet("fx.contact")
	fc.banner(len(fc.table.Columns), "纷享销客 联系人导出（企业事业部）")
	fc.columnsRow()
	xa, xc := e.open("xs.account", "").xs(), e.open("xs.contact", "").xs()
	xa.line("销售易CRM 客户列表导出 成长事业部 2027/1/4 9:30")
	xa.header()
	xc.line("销售易CRM 联系人列表导出 成长事业部 2027/1/4 9:31")
	xc.header()

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
		churn, status := NoDay, states[r.IntN(len(states))]
		if d := w.Churned(c); d > 0 && d < stage.Days {
			churn, status = Day(d), "已流失"
		}
		created := stage.Date(int(acc.Created)).Add(time.Duration(9*60+r.IntN(540)) * time.Minute)
		system := w.AccountSystem(i)
		o := fa.out
		go_ := true
		if acc.Unit == stage.Enterprise {
			at := lexicon.CityAt(city(co.Firm))
			go_ = fa.row(key, name, lexicon.CreditCodeVariant(r, w.CreditCode(c), 22), lexicon.Industry(co.Firm.Trade), levels[levelOf(float64(co.Weight))],
				company.Origins[r.IntN(len(company.Origins))], at.Province, at.Name, address.Variant(r), e.switchboard(r, c, phone), "www."+co.Firm.Domain(),
				owner.Name.Name(), owner.No(), w.TeamName(owner.ID, stage.Months-1), status, created, churn, signed[i])
		} else {
			o = xa
			at := lexicon.CityAt(city(co.Firm))
			go_ = xa.row(key, name, lexicon.CreditCodeVariant(r, w.CreditCode(c), 45), lexicon.Industry(co.Firm.Trade), at.Name, address.Variant(r),
				e.switchboard(r, c, phone), status, owner.Name.Name(), owner.Login, created, churn)
		}
		if churn != NoDay {
			o.verb("account.churned")
		}
		e.refer(system, "account", key, company.CompanyEntity(c))
		from, to := w.Contacts(c)
		for p := from; p < to && go_; p++ {
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
				go_ = fc.row(k, id.Name.Variant(pr), key, name, id.Title, lexicon.PhoneVariant(pr, id.Mobile), email, at)
				e.refer(system, "person", k, company.PersonEntity(p))
			} else {
				k := fmt.Sprint(8_100_000_000 + int64(contacts)*13)
				go_ = xc.row(k, id.Name.Variant(pr), key, name, id.Title, lexicon.PhoneVariant(pr, id.Mobile), email, at)
				e.refer(system, "person", k, company.PersonEntity(p))
			}
		}
		if !go_ {
			break
		}
	}
	fa.styled(fx.styles.total, fmt.Sprintf("共 %d 条记录", fa.file.Rows))
	for _, o := range []*out{fa.out, fc.out, xa, xc} {
		o.close()
	}
	fx.save()
	cb.save()
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
		if !e.ok() {
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
	e                                *exporter
	books                            []*book
	old, new, contract, pay, payFix  *sheet
	xsDeal, xsContract               *out
	names                            map[int]string
	money                            *money
	reExport, firstExport, corrected int // days
}

// opportunities writes opportunities, contracts and payments of both CRMs,
// and gathers finance's and the BI sheet's figures on the way.
func (e *exporter) opportunities() {
	d := &deals{e: e, names: map[int]string{}, money: newMoney(), firstExport: stage.DayOf("2026-07-01"), reExport: stage.DayOf("2026-06-01")}
	start := func(id, title string) *sheet {
		b := e.newBook(layout.Find(id).Path)
		d.books = append(d.books, b)
		s := b.sheet(id)
		s.banner(len(s.table.Columns), title)
		s.columnsRow()
		return s
	}
	d.old = start("fx.deal1", "纷享销客 商机导出　导出时间：2026-07-01 08:30")
	d.new = start("fx.deal2", "纷享销客 商机导出　导出时间：2027-01-04 09:20（字段已按新模板调整）")
	d.contract = start("fx.contract", "合同台账（企业事业部）")
	d.pay = start("fx.payment", "回款明细（企业事业部）")
	d.payFix = start("fx.payment2", "回款明细 2026年6月 更正版，以本表为准")
	d.xsDeal, d.xsContract = e.open("xs.deal", "").xs(), e.open("xs.contract", "").xs()
	d.xsDeal.line("销售易CRM 销售机会导出 成长事业部 2027/1/4 9:35 （金额单位：万元）")
	d.xsDeal.header()
	d.xsContract.line("销售易CRM 合同回款导出 成长事业部 2027/1/4 9:40 （金额单位：万元）")
	d.xsContract.header()

	for o := range e.w.Opportunities {
		if e.w.Accounts[o.Account].Unit == stage.Enterprise {
			d.enterprise(o)
		} else {
			d.starter(o)
		}
		if c, ok := e.w.Contract(o); ok {
			d.signed(c, OpportunityKey(e.w.Accounts[o.Account].Unit, o.Seq))
		}
		if !e.ok() {
			break
		}
	}
	for c := range e.w.Renewals {
		if d.signed(c, ""); !e.ok() {
			break
		}
	}
	for _, o := range []*out{d.old.out, d.new.out, d.contract.out, d.pay.out, d.payFix.out, d.xsDeal, d.xsContract} {
		o.close()
	}
	for _, b := range d.books {
		b.save()
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
	created, expected := dayNumber(o.Created), Day(dayNumber(o.Created)+20+r.IntN(60))
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
		d.old.row(key, title, account, name, company.ProductName(o.Product), st, o.Amount, company.Origins[o.Origin], w.Staff[owner].Name.Name(), w.Staff[owner].No(), creator, o.Created, expected, at, oc)
		d.old.verb("opportunity.created")
		if closed < d.firstExport {
			d.old.verb(outcomeVerb(o))
		}
	}
	if inNew {
		d.new.row(key, title, account, name, company.ProductName(o.Product), state, o.Amount, company.Origins[o.Origin], w.Staff[o.Closer].Name.Name(), w.Staff[o.Closer].No(), creator, o.Created, expected, o.Closed, outcome, competitor, reason)
		if !inOld {
			d.new.verb("opportunity.created")
		}
		if closed >= d.firstExport && closed < stage.Days {
			d.new.verb(outcomeVerb(o))
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
	d.xsDeal.row(OpportunityKey(stage.Starter, o.Seq), firm.Short()+"-"+company.ProductName(o.Product), w.AccountKey(o.Account), d.e.accountName(o.Account), company.ProductName(o.Product),
		state, o.Amount/unit10k, owner.Name.Name(), owner.Login, w.Staff[o.Creator].Login, o.Created, o.Closed, reason)
	d.xsDeal.verb("opportunity.created")
	if !o.Open() {
		d.xsDeal.verb(outcomeVerb(o))
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
		paid, day := "", NoDay
		if len(c.Payments) > 0 {
			paid, day = d.xsContract.cell(c.Payments[0].Amount/unit10k), Day(c.Payments[0].Day)
			d.xsContract.verb("payment.received")
		}
		d.xsContract.row(key, kind, opportunity, account, name, c.Amount/unit10k, Day(c.Signed), paid, day, owner.Login)
		d.xsContract.verb("contract.signed")
		return
	}
	d.contract.row(key, company.ProductName(c.Product)+kind+"合同", account, name, opportunity, kind, c.Amount, Day(c.Signed), Day(c.Starts), Day(c.Starts+365), owner.No())
	d.contract.verb("contract.signed")
	for i, p := range c.Payments {
		r := w.Rand("payment"+prefix, c.Seq, i)
		pk, way := fmt.Sprintf("HK%s-%d", key[2:], i+1), payWays[r.IntN(len(payWays))]
		if c.Renewal {
			pk = "X" + pk
		}
		amount, wrong := p.Amount, r.IntN(100) < 6
		if stage.MonthName(stage.MonthOf(p.Day)) == "2026-06" {
			d.payFix.row(pk, key, account, name, amount, Day(p.Day), way, owner.No())
			if wrong { // a digit too many, corrected in the second file
				amount = math.Round(amount * 10)
			}
		}
		d.pay.row(pk, key, account, name, amount, Day(p.Day), way, owner.No())
		d.pay.verb("payment.received")
	}
}

// followups writes the sales notes of both CRMs.
func (e *exporter) followups() {
	fx, xs := e.open("fx.followup", "").header(), e.open("xs.followup", "").xs()
	xs.line("销售易CRM 活动记录导出 成长事业部 2027/1/4 9:45")
	xs.header()
	for f := range e.w.Followups {
		go_ := true
		if e.w.Accounts[f.Account].Unit == stage.Enterprise {
			go_ = fx.row(e.w.AccountKey(f.Account), "", e.w.Staff[f.Staff].No(), company.Ways[f.Way], f.Time, f.Text)
			fx.verb("activity.logged")
		} else {
			go_ = xs.row(e.w.AccountKey(f.Account), "", e.w.Staff[f.Staff].Login, company.Ways[f.Way], f.Time, f.Text)
			xs.verb("activity.logged")
		}
		if !go_ {
			break
		}
	}
	fx.close()
	xs.close()
}
