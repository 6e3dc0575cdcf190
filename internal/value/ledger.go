package value

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

// alarm is the share of false alarms that the ledger accepts.
const alarm = 0.05

// Book is the ledger of a fiscal year: every claim that counts for it.
func Book(ctx context.Context, db *store.DB, year string) (Ledger, error) {
	l := Ledger{Year: year, Rows: []Row{}, Faces: []FaceSum{}, Overlap: []Overlap{}, Bridge: []Bridge{}, Notes: []claim.Text{}, Counts: map[State]int{}}
	all, err := List(ctx, db)
	if err != nil {
		return l, err
	}
	for _, it := range all {
		if y := it.Version.Claim.Year; year == "" || y == year || y == "" && strings.HasPrefix(it.Version.Claim.Window.Until, year) {
			l.Rows = append(l.Rows, Row{Item: it, Q: claim.None})
			l.Counts[it.State]++
		}
	}
	slices.SortStableFunc(l.Rows, func(a, b Row) int {
		return slices.Index(claim.Faces, a.Version.Claim.Face) - slices.Index(claim.Faces, b.Version.Claim.Face)
	})
	l.alarms()
	rows, err := l.outcomes(ctx, db)
	if err != nil {
		return l, err
	}
	l.overlaps(rows)
	l.choose(rows)
	l.sum()
	err = l.bridges(ctx, db)
	return l, err
}

// open reports whether a row has a figure that stands.
func (r Row) open() bool {
	return r.Result != nil && r.State == Ran && r.Result.Finding.Refusal == nil
}

// alarms corrects the P values for how many claims were asked.
func (l *Ledger) alarms() {
	p := make([]float64, len(l.Rows))
	for i, r := range l.Rows {
		p[i] = math.NaN()
		if r.open() {
			if g, ok := r.Result.Finding.Headline(); ok && r.Result.Finding.Grade != claim.D {
				p[i] = float64(g.P)
			}
		}
	}
	for i, q := range benjaminiHochberg(p) {
		l.Rows[i].Q = claim.Number(q)
		l.Rows[i].Holds = q <= alarm
		if !math.IsNaN(q) {
			l.Tests++
		}
	}
	if l.Tests > 1 {
		l.Notes = append(l.Notes, claim.Text{
			EN: fmt.Sprintf("%d claims were tested. Of those that still hold after the correction, at most one in twenty is expected to be a false alarm.", l.Tests),
			ZH: fmt.Sprintf("共检验了 %d 个论断。校正之后仍然成立的，预计误报不超过二十分之一。", l.Tests)})
	}
}

// outcomes reads the outcome rows of each claim with a figure.
func (l *Ledger) outcomes(ctx context.Context, db *store.DB) ([]map[uint64]bool, error) {
	out := make([]map[uint64]bool, len(l.Rows))
	for i, r := range l.Rows {
		if !r.open() || r.Result.Finding.Grade == claim.D {
			continue
		}
		own := map[uint64]bool{}
		rows, _, err := Rows(ctx, db, *r.Result, Cell{})
		if err != nil {
			return nil, err
		}
		entry := r.Version.Claim.Population.Entry != nil && r.Version.Claim.Outcome.Measure == claim.Share // its entries are its outcomes
		for _, x := range rows {
			if x.Role == "outcome" || entry && x.Role == "entry" {
				h := fnv.New64a()
				_, _ = h.Write([]byte(x.Batch + ":" + strconv.FormatInt(x.Row, 10)))
				own[h.Sum64()] = true
			}
		}
		out[i] = own
	}
	return out, nil
}

func shared(a, b map[uint64]bool) (n int) {
	if len(b) < len(a) {
		a, b = b, a
	}
	for k := range a {
		if b[k] {
			n++
		}
	}
	return n
}

func (l *Ledger) overlaps(rows []map[uint64]bool) {
	for i := range rows {
		for k := i + 1; k < len(rows); k++ {
			if n := shared(rows[i], rows[k]); n > 0 {
				l.Overlap = append(l.Overlap, Overlap{A: l.Rows[i].ID, B: l.Rows[k].ID, Shared: n, Share: claim.Number(float64(n) / float64(min(len(rows[i]), len(rows[k]))))})
			}
		}
	}
}

// choose decides which claims the totals add: strongest evidence first, each
// only if none before it rests on the same rows.
func (l *Ledger) choose(rows []map[uint64]bool) {
	var order []int
	for i := range l.Rows {
		r := &l.Rows[i]
		switch {
		case r.State == Withdrawn:
			r.Why = claim.Text{EN: "withdrawn", ZH: "已撤回"}
		case !r.open():
			r.Why = claim.Text{EN: "no figure", ZH: "没有数值"}
		case r.Result.Finding.Grade == claim.D:
			r.Why = claim.Text{EN: "a volume", ZH: "只是数量"}
		case r.Result.Finding.Worth == nil:
			r.Why = claim.Text{EN: "not in money", ZH: "没有折算成金额"}
		default:
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		fa, fb := l.Rows[a].Result.Finding, l.Rows[b].Result.Finding
		if c := strings.Compare(string(fa.Grade), string(fb.Grade)); c != 0 {
			return c
		}
		// of equal grade the one that is known more sharply
		return compare(width(fa), width(fb))
	})
	var counted []int
	for _, i := range order {
		r := &l.Rows[i]
		r.Counted = true
		for _, k := range counted {
			if n := shared(rows[i], rows[k]); n > 0 {
				r.Counted = false
				r.Why = claim.Text{EN: fmt.Sprintf("shares %d rows with %s, which is counted", n, l.Rows[k].ID), ZH: fmt.Sprintf("与已计入的 %s 共用 %d 行", l.Rows[k].ID, n)}
				break
			}
		}
		if r.Counted {
			counted = append(counted, i)
		}
	}
	if len(counted) < len(order) {
		l.Notes = append(l.Notes, claim.Text{
			EN: fmt.Sprintf("%d claims in money rest on the same rows as others; the totals leave them out, so that nothing is counted twice.", len(order)-len(counted)),
			ZH: fmt.Sprintf("有 %d 个折算成金额的论断与其他论断共用原始行，合计不重复计入。", len(order)-len(counted))})
	}
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// width is how wide the interval is, against the figure.
func width(f claim.Finding) float64 {
	g := f.Worth.Gross
	if !g.SE.OK() || g.Value == 0 {
		return math.Inf(1)
	}
	return math.Abs(float64(g.SE / g.Value))
}

// costs are what claims cost, each shovel once.
func costs(rows []Row) (sum float64, known bool) {
	by := map[string]float64{}
	for _, r := range rows {
		k := r.Version.Claim.Costs
		if r.State == Withdrawn || k == nil {
			continue
		}
		c := k.Wages + k.External
		if r.Result != nil && r.Result.About.Cost.OK() {
			c += float64(r.Result.About.Cost)
		}
		key := r.Version.Claim.Shovel
		if key == "" {
			key = r.ID
		}
		by[key] = max(by[key], c)
	}
	for _, c := range by {
		sum += c
	}
	return sum, len(by) > 0
}

// sum adds up what is counted, by face and in all.
func (l *Ledger) sum() {
	for _, face := range claim.Faces {
		var own []Row
		s := FaceSum{Face: face, Gross: claim.None, Cost: claim.None, Net: claim.None}
		for _, r := range l.Rows {
			if r.Version.Claim.Face != face {
				continue
			}
			own = append(own, r)
			s.Claims++
			switch r.State {
			case Ran:
				s.Run++
			case Refused:
				s.Refused++
			}
		}
		if s.Claims == 0 {
			continue
		}
		if g := total(own); g.Value.OK() {
			s.Gross = g.Value
		}
		if c, ok := costs(own); ok {
			s.Cost = claim.Number(c)
		}
		s.Net = s.Gross - s.Cost
		l.Faces = append(l.Faces, s)
	}
	l.Total.Gross = total(l.Rows)
	l.Total.Cost, l.Total.Currency = claim.None, "CNY"
	for _, r := range l.Rows {
		if r.Counted {
			l.Total.Counted++
			l.Total.Currency = r.Result.Finding.Worth.Currency
		}
	}
	net := l.Total.Gross
	net.Name = "net"
	if c, ok := costs(l.Rows); ok {
		l.Total.Cost = claim.Number(c)
	}
	net.Value, net.Lo, net.Hi = net.Value-l.Total.Cost, net.Lo-l.Total.Cost, net.Hi-l.Total.Cost
	l.Total.Net = net
}

// total is the sum of counted claims; they share no rows, so their errors add
// up as independent ones do.
func total(rows []Row) claim.Figure {
	g := claim.Figure{Name: "gross", Kind: "absolute", Value: claim.None, Lo: claim.None, Hi: claim.None, SE: claim.None, P: claim.None}
	v, variance, n := 0.0, 0.0, 0
	for _, r := range rows {
		if r.Counted {
			x := r.Result.Finding.Worth.Gross
			v, variance, n = v+float64(x.Value), variance+float64(x.SE*x.SE), n+1
		}
	}
	if n > 0 {
		se := math.Sqrt(variance)
		g.Value, g.SE, g.Lo, g.Hi = claim.Number(v), claim.Number(se), claim.Number(v-1.96*se), claim.Number(v+1.96*se)
	}
	return g
}
