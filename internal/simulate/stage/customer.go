package stage

import (
	"fmt"
	"math"
	"sort"

	"github.com/chanzipu/outfitter/internal/simulate/lexicon"
)

// A Company is one customer entity. A 分公司 is a Company of its own, with
// Parent set; sisters share a brand in other cities and are not the same
// either.
type Company struct {
	Firm    lexicon.Firm
	Parent  int32 // company of which this is a branch, -1 for none
	Weight  float32
	Code    int32 // serial of its credit code
	Org     bool  // has an organisation in 工单系统
	Ledger  bool  // finance knows it
	English bool  // writes tickets in English
}

// Systems that keep customer lists.
const (
	FX = "纷享销客"
	XS = "销售易"
	WX = "企业微信"
	TK = "工单系统"
	GR = "增长平台"
	HR = "人事"
	FI = "财务"
	ZT = "禅道"
)

// An Account is one CRM record of a company. The same company may have
// several, in one CRM or in both.
type Account struct {
	Company int32
	Unit    uint8 // which CRM
	Seat    int32
	Copy    uint8 // 1: a duplicate within its CRM
	Created int32 // day; negative: before the span
}

// Key is the record's number in its CRM.
func (w *Stage) AccountKey(i int) string {
	if w.Accounts[i].Unit == Enterprise {
		return fmt.Sprintf("KH%07d", 10_000+i)
	}
	return fmt.Sprintf("%d", 6_200_000_000+int64(Mix(uint64(i))%97)+int64(i)*97)
}

// System is the CRM that holds the record.
func (w *Stage) AccountSystem(i int) string { return [2]string{FX, XS}[w.Accounts[i].Unit] }

func (w *Stage) foundCompanies() {
	brand, serial := 0, 0
	add := func(f lexicon.Firm, parent int32, weight float64) {
		r := w.Rand("company", len(w.Companies))
		c := Company{Firm: f, Parent: parent, Weight: float32(weight), Code: int32(serial), English: r.IntN(100) < 9}
		c.Org = r.Float64() < 0.62
		c.Ledger = r.Float64() < 0.5
		serial++
		w.Companies = append(w.Companies, c)
	}
	for len(w.Companies) < w.Params.Companies {
		r := w.Rand("firm", brand)
		f := lexicon.NewFirm(r, brand)
		brand++
		weight := pareto(r, 1.15, 400)
		head := int32(len(w.Companies))
		add(f, -1, weight)
		n := r.IntN(100)
		if n < 7 || weight > 40 { // branches of a large firm
			seen := map[int]bool{f.City: true}
			for range 1 + r.IntN(2) {
				b := f
				city := lexicon.PickCity(r)
				if seen[city] {
					continue
				}
				seen[city] = true
				b.Branch = city + 1
				add(b, head, weight*0.2+1)
			}
		}
		if n >= 7 && n < 12 { // a sister: the same brand, registered elsewhere
			s := f
			s.City = lexicon.PickCity(r)
			s.Legacy = 0
			if s.City != f.City {
				add(s, -1, pareto(r, 1.15, 100))
			}
		}
	}
	w.openAccounts()
	w.numberContacts()
}

// openAccounts gives each company its CRM records and each record a seat:
// of the company's region where the unit has a team there.
func (w *Stage) openAccounts() {
	byRegion := [2]map[string][]int{{}, {}}
	all := [2][]int{}
	for i, s := range w.Seats {
		t := w.Teams[s.Team]
		byRegion[t.Unit][t.Region] = append(byRegion[t.Unit][t.Region], i)
		all[t.Unit] = append(all[t.Unit], i)
	}
	for c := range w.Companies {
		co := w.Companies[c]
		r := w.Rand("account", c)
		big := float64(co.Weight) > 4
		inFX := big && r.Float64() < 0.85 || !big && r.Float64() < 0.38
		inXS := !inFX || r.Float64() < 0.24
		city := co.Firm.City
		if co.Firm.Branch > 0 {
			city = co.Firm.Branch - 1
		}
		open := func(unit int, copy uint8) {
			seats := byRegion[unit][lexicon.CityAt(city).Region]
			if len(seats) == 0 || r.IntN(100) < 8 {
				seats = all[unit]
			}
			created := -r.IntN(1200) - 1
			if r.IntN(100) < 20 && copy == 0 {
				created = r.IntN(Days - 60)
			} else if copy == 1 {
				created = r.IntN(Days-60) - 200
			}
			s := seats[r.IntN(len(seats))]
			w.Accounts = append(w.Accounts, Account{Company: int32(c), Unit: uint8(unit), Seat: int32(s), Copy: copy, Created: int32(created)})
		}
		if inFX {
			open(Enterprise, 0)
		}
		if inXS {
			open(Starter, 0)
		}
		if r.IntN(100) < 5 { // entered twice by colleagues who did not look
			if inFX {
				open(Enterprise, 1)
			} else {
				open(Starter, 1)
			}
		}
	}
	sort.SliceStable(w.Accounts, func(a, b int) bool { return w.Accounts[a].Created < w.Accounts[b].Created })
	for i, a := range w.Accounts { // numbered in order of creation, as a CRM does
		w.Seats[a.Seat].Accounts = append(w.Seats[a.Seat].Accounts, int32(i))
	}
	for i := range w.Seats {
		st := &w.Seats[i]
		if len(st.Accounts) == 0 { // a tiny company may leave a seat empty; give it one
			a := int32(w.Rand("lone", i).IntN(len(w.Accounts)))
			st.Accounts = []int32{a}
		}
		weights := make([]float64, len(st.Accounts))
		for k, a := range st.Accounts {
			weights[k] = math.Pow(float64(w.Companies[w.Accounts[a].Company].Weight), 0.8)
		}
		st.Weights = NewSampler(weights)
	}
	var weights []float64
	for c, co := range w.Companies {
		if co.Org {
			w.ServiceOrgs = append(w.ServiceOrgs, int32(c))
			weights = append(weights, math.Pow(float64(co.Weight), 0.7))
		}
	}
	w.ServiceWeights = NewSampler(weights)
}

// Contacts are the people at a company: person entities 0 to
// len(contactFrom)-1, numbered company by company.
func (w *Stage) numberContacts() {
	w.contactFrom = make([]int32, len(w.Companies)+1)
	for c, co := range w.Companies {
		r := w.Rand("contacts", c)
		n := 1 + Poisson(r.Float64(), 0.7+0.35*math.Log(float64(co.Weight)))
		w.contactFrom[c+1] = w.contactFrom[c] + int32(n)
		for p := w.contactFrom[c]; p < w.contactFrom[c+1]; p++ {
			if r.IntN(100) < 18 && len(w.memberOf) < w.Members/2 {
				w.memberOf = append(w.memberOf, p)
			}
		}
	}
}

// Contacts gives the numbers [from, to) of a company's people.
func (w *Stage) Contacts(c int) (from, to int) { return int(w.contactFrom[c]), int(w.contactFrom[c+1]) }

// People counts the person entities: contacts, then members who are nobody's
// contact.
func (w *Stage) People() int {
	return int(w.contactFrom[len(w.Companies)]) + w.Members - len(w.memberOf)
}

// MemberPerson is the person behind a member.
func (w *Stage) MemberPerson(m int) int {
	m = int((uint64(m)*104_729 + 17) % uint64(w.Params.Members)) // 104,729 is prime: contacts stand among the others
	if m < len(w.memberOf) {
		return int(w.memberOf[m])
	}
	return int(w.contactFrom[len(w.Companies)]) + m - len(w.memberOf)
}

// CompanyOf is where a contact works, -1 for other members.
func (w *Stage) CompanyOf(person int) int {
	n := len(w.Companies)
	if person >= int(w.contactFrom[n]) {
		return -1
	}
	lo, hi := 0, n
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if int(w.contactFrom[mid]) <= person {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo
}

// Shuffled walks 0 to n-1 in an order of its own, so that lists of different
// systems don't run in parallel.
func (w *Stage) Shuffled(label string, n int) func(func(int) bool) {
	r := w.Rand("shuffle-" + label)
	at, stride := r.IntN(max(n, 1)), 1+r.IntN(max(n, 1))
	for GCD(stride, n) != 1 {
		stride++
	}
	return func(yield func(int) bool) {
		for range n {
			if at = (at + stride) % n; !yield(at) {
				return
			}
		}
	}
}

// A Person is what is true of a contact or member.
type Person struct {
	Name   lexicon.Person
	Mobile string
	Email  string
	Title  string
	City   int
}

// PersonAt draws person number p: the same every time.
func (w *Stage) PersonAt(p int) Person {
	r := w.Rand("person", p)
	x := Person{Name: lexicon.NewPerson(r), Mobile: lexicon.Mobile(r), Title: lexicon.JobTitle(r), City: lexicon.PickCity(r)}
	c := w.CompanyOf(p)
	if c >= 0 && r.IntN(100) < 70 {
		f := w.Companies[c].Firm
		local := x.Name.Pinyin() + "." + x.Name.Roman
		if r.IntN(3) == 0 {
			local = x.Name.Roman + x.Name.Pinyin()
		}
		x.Email = fmt.Sprintf("%s%d@%s", local, p-int(w.contactFrom[c])+1, f.Domain())
		x.City = f.City
	} else {
		x.Email = x.Name.Roman + fmt.Sprintf("%06d", r.IntN(1_000_000)) + []string{"@qq.com", "@163.com", "@126.com", "@outlook.com"}[r.IntN(4)]
		if r.IntN(100) < 30 {
			x.Email = x.Mobile + "@139.com"
		}
	}
	return x
}

// CreditCode is the company's true 统一社会信用代码. A branch has its own.
func (w *Stage) CreditCode(c int) string {
	co := w.Companies[c]
	city := co.Firm.City
	if co.Firm.Branch > 0 {
		city = co.Firm.Branch - 1
	}
	return lexicon.CreditCode(city, int(co.Code))
}

// HasContact says whether a person of the company stands in the contact list
// of a CRM, in WeCom, or among the ticket system's users.
func (w *Stage) HasContact(system string, person int) bool {
	r := w.Rand("has"+system, person)
	switch system {
	case FX, XS:
		return r.Float64() < 0.82
	case WX:
		return r.Float64() < 0.45
	case TK:
		return r.Float64() < 0.6
	}
	return false
}
