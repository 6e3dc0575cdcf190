package export

import (
	"fmt"
	"math"

	"github.com/chanzipu/outfitter/internal/simulate/company"
	"github.com/chanzipu/outfitter/internal/simulate/layout"
	"github.com/chanzipu/outfitter/internal/simulate/lexicon"
	"github.com/chanzipu/outfitter/internal/simulate/stage"
	"github.com/chanzipu/outfitter/internal/simulate/truth"
)

// money gathers contracts and payments by month, unit, product and region,
// and by company, as finance and the BI sheet will report them.
type money struct {
	contracts, payments, recognised [2][stage.Months]float64
	signed                          map[cellKey]float64 // new contracts only
	ledger                          map[int32]*ledgerRow
}

type cellKey struct {
	product, month int
	region         string
}

type ledgerRow struct {
	contracts                int
	signed, paid, recognised float64
}

func newMoney() *money {
	return &money{signed: map[cellKey]float64{}, ledger: map[int32]*ledgerRow{}}
}

func (m *money) contract(w *company.World, c company.Contract) {
	acc := w.Accounts[c.Account]
	month := stage.MonthOf(c.Signed)
	m.contracts[acc.Unit][month] += c.Amount
	if !c.Renewal {
		m.signed[cellKey{c.Product, month, c.Region}] += c.Amount
	}
	l := m.ledger[acc.Company]
	if l == nil {
		l = &ledgerRow{}
		m.ledger[acc.Company] = l
	}
	l.contracts++
	l.signed += c.Amount
	for _, p := range c.Payments {
		m.payments[acc.Unit][stage.MonthOf(p.Day)] += p.Amount
		l.paid += p.Amount
	}
	before := 0.0
	for i := range stage.Months {
		done := c.Recognised(stage.FirstDay(i + 1))
		m.recognised[acc.Unit][i] += done - before
		before = done
	}
	l.recognised += before
}

// opening adds what is recognised from contracts signed before the span: the
// average monthly contract value of its first half year, running out over
// twelve months.
func (m *money) opening() {
	for u := range 2 {
		mean := 0.0
		for i := range 6 {
			mean += m.contracts[u][i] / 6
		}
		for i := range 12 {
			m.recognised[u][i] += mean * (1 - (float64(i)+0.5)/12)
		}
	}
}

// finance writes the growth sheet and the contract ledger.
func (e *exporter) finance(m *money) {
	m.opening()
	for u := range 2 {
		for i := range stage.Months {
			m.contracts[u][i], m.payments[u][i], m.recognised[u][i] = cents(m.contracts[u][i]), cents(m.payments[u][i]), cents(m.recognised[u][i])
			e.truth.Finance = append(e.truth.Finance, truth.Finance{Unit: stage.Units[u], Month: stage.MonthName(i), Contracts: m.contracts[u][i], Payments: m.payments[u][i], Recognised: m.recognised[u][i]})
		}
	}
	b := e.NewBook(layout.Find("fi.growth").Path)
	s := b.Sheet("fi.growth")
	s.Banner(2+stage.Months+3, "2026年度增长口径（财务部，单位：元）")
	years := []any{"", ""}
	for i := range stage.Months {
		label := ""
		if i == 0 {
			label = "2025年下半年"
		} else if i == stage.PreMonths {
			label = "2026年"
		}
		years = append(years, label)
	}
	s.Styled(b.Styles.Header, append(years, "增长", "", "")...)
	s.Merge(3, 2, 2+stage.PreMonths, 2)
	s.Merge(3+stage.PreMonths, 2, 2+stage.Months, 2)
	s.Merge(3+stage.Months, 2, 5+stage.Months, 2)
	head := []any{"事业部", "指标"}
	for i := range stage.Months {
		head = append(head, stage.MonthName(i))
	}
	s.Styled(b.Styles.Header, append(head, "2025H2", "2026H2", "同比")...)
	names := []string{"合同额", "回款额", "确认收入"}
	line := func(first, second string, v [stage.Months]float64) []any {
		cells := []any{first, second}
		h25, h26 := 0.0, 0.0
		for i, x := range v {
			cells = append(cells, cents(x))
			if i < stage.PreMonths {
				h25 += x
			} else if i >= stage.Months-6 {
				h26 += x
			}
		}
		return append(cells, cents(h25), cents(h26), fmt.Sprintf("%.1f%%", 100*(h26/math.Max(h25, 1)-1)))
	}
	s.Width = len(head) + 3
	var total [3][stage.Months]float64
	for u := range 2 {
		for k, v := range [][stage.Months]float64{m.contracts[u], m.payments[u], m.recognised[u]} {
			first := ""
			if k == 0 {
				first = stage.Units[u] // merged downwards, as people do
			}
			s.Row(line(first, names[k], v)...)
			for i := range v {
				total[k][i] += v[i]
				s.Verb("stat.reported")
			}
		}
		s.Merge(1, s.N-2, 1, s.N)
	}
	for k := range total {
		s.Styled(b.Styles.Total, line("合计", names[k], total[k])...)
	}
	s.Close()
	b.Save()
	e.ledger(m)
}

func cents(x float64) float64 { return math.Round(x*100) / 100 }

func (e *exporter) ledger(m *money) {
	o := e.Open("fi.ledger", "")
	o.Line("澄川科技有限公司 合同台账", "", "", "", "", "", "")
	o.Line("编制：财务部 截止2026-12-31 单位：元", "", "", "", "", "", "")
	o.Header()
	var n int
	var signed, paid, recognised float64
	for c := range e.w.Shuffled("ledger", len(e.w.Companies)) {
		l := m.ledger[int32(c)]
		if l == nil {
			continue
		}
		r := e.w.Rand("ledger", c)
		name := e.w.Companies[c].Firm.Name()
		if r.IntN(100) < 12 {
			name = e.w.Companies[c].Firm.Variant(r)
		}
		key := fmt.Sprintf("C%06d", 100_000+n)
		n++
		o.Row(key, name, lexicon.CreditCodeVariant(r, e.w.CreditCode(c), 6), l.contracts, cents(l.signed), cents(l.paid), cents(l.recognised))
		e.refer(stage.FI, "account", key, company.CompanyEntity(c))
		signed, paid, recognised = signed+l.signed, paid+l.paid, recognised+l.recognised
	}
	o.Line("合计", "", "", "", cents(signed), cents(paid), cents(recognised))
	o.Close()
}

// pivot writes the BI sheets: a column per month and region, rows per
// product, subtotals per family.
func (e *exporter) pivot(m *money) {
	b := e.NewBook(layout.Find("bi.pivot25").Path)
	for _, part := range []struct {
		id          string
		first, last int
	}{{"bi.pivot25", 0, stage.PreMonths}, {"bi.pivot26", stage.PreMonths, stage.Months}} {
		s := b.Sheet(part.id)
		regions := lexicon.Regions
		width := 2 + (part.last-part.first)*len(regions) + 1
		s.Banner(width, "月度签约透视（新签，万元）　数据截至 2026-12-31")
		months, head := []any{"", ""}, []any{"产品族", "产品线"}
		for i := part.first; i < part.last; i++ {
			for k, reg := range regions {
				label := ""
				if k == 0 {
					label = stage.MonthName(i)
				}
				months, head = append(months, label), append(head, reg)
			}
		}
		s.Styled(b.Styles.Header, append(months, "")...)
		for i := range part.last - part.first {
			s.Merge(3+i*len(regions), 2, 2+(i+1)*len(regions), 2)
		}
		s.Styled(b.Styles.Header, append(head, "合计")...)
		s.Width = width
		all := make([]float64, width-3)
		for _, fam := range lexicon.Families {
			sub := make([]float64, width-3)
			for k, p := range fam.Products {
				first := ""
				if k == 0 {
					first = fam.Name
				}
				cells, sum, at := []any{first, p}, 0.0, 0
				for i := part.first; i < part.last; i++ {
					for _, reg := range regions {
						x := cents(m.signed[cellKey{productIndex(p), i, reg}] / unit10k)
						cells = append(cells, x)
						sum += x
						sub[at] += x
						all[at] += x
						at++
						s.Verb("stat.reported")
					}
				}
				s.Row(append(cells, cents(sum))...)
			}
			s.Merge(1, s.N-len(fam.Products)+1, 1, s.N)
			s.Styled(b.Styles.Total, totals("小计", fam.Name+"小计", sub)...)
		}
		s.Styled(b.Styles.Total, totals("合计", "", all)...)
		s.Close()
	}
	b.Save()
}

func totals(first, second string, v []float64) []any {
	cells, sum := []any{first, second}, 0.0
	for _, x := range v {
		cells = append(cells, cents(x))
		sum += x
	}
	return append(cells, cents(sum))
}

func productIndex(name string) int {
	for i, p := range lexicon.Products {
		if p == name {
			return i
		}
	}
	panic("export: no product " + name)
}
