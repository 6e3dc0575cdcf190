package value

import (
	"context"
	"database/sql"
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/value/claim"
)

//go:embed ledger.sql
var ledgerFile string

var sqlReported = store.Load("value.ledger", ledgerFile).Get("reported")

// stats are finance's own words for its figures.
var stats = []struct {
	definition string
	names      []string
}{
	{"contract", []string{"合同额", "contracts"}},
	{"payment", []string{"回款额", "payments"}},
	{"revenue", []string{"确认收入", "revenue"}},
}

// bridges sums the claims to the growth that finance reports.
func (l *Ledger) bridges(ctx context.Context, db *store.DB) error {
	year, err := strconv.Atoi(l.Year)
	if err != nil {
		return nil // all years at once grow from nothing
	}
	for _, s := range stats {
		for _, name := range s.names {
			months, err := reported(ctx, db, name, year)
			if err != nil {
				return err
			}
			if b, ok := l.bridge(s.definition, name, year, months); ok {
				l.Bridge = append(l.Bridge, b)
				break
			}
		}
	}
	return nil
}

// reported is a figure by month, of the year and the one before; where several
// sources report it, of the one that has most months.
func reported(ctx context.Context, db *store.DB, name string, year int) (map[string]float64, error) {
	rows, err := db.Facts.Query(ctx, sqlReported, name, fmt.Sprintf("%d-01-01", year-1), fmt.Sprintf("%d-01-01", year+1))
	by := map[string]map[string]float64{}
	best := ""
	_, err = store.Collect(rows, err, func(r *sql.Rows) (struct{}, error) {
		var source string
		var month time.Time
		var sum sql.NullFloat64
		var currency sql.NullString
		err := r.Scan(&source, &month, &sum, &currency)
		if sum.Valid {
			if by[source] == nil {
				by[source] = map[string]float64{}
			}
			by[source][month.Format("2006-01")] = sum.Float64
			if best == "" || len(by[source]) > len(by[best]) {
				best = source
			}
		}
		return struct{}{}, err
	})
	return by[best], err
}

// bridge goes from the year before to the year, in the months that both have.
func (l *Ledger) bridge(definition, name string, year int, months map[string]float64) (Bridge, bool) {
	b := Bridge{Definition: definition, Stat: name}
	before, after, n := 0.0, 0.0, 0
	for m := 1; m <= 12; m++ {
		was, ok1 := months[fmt.Sprintf("%d-%02d", year-1, m)]
		is, ok2 := months[fmt.Sprintf("%d-%02d", year, m)]
		if !ok1 || !ok2 {
			continue
		}
		if n == 0 {
			b.Since = fmt.Sprintf("%d-%02d-01", year, m)
		}
		b.Until = time.Date(year, time.Month(m)+1, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		before, after, n = before+was, after+is, n+1
	}
	if n == 0 {
		return b, false
	}
	b.Before, b.After, b.Growth = claim.Number(before), claim.Number(after), claim.Number(after-before)
	part := float64(n) / 12
	sure, unsure := map[claim.Grade]*Step{}, &Step{Kind: "uncertain", Title: claim.Text{EN: "Uncertain: intervals that hold nothing too", ZH: "不确定：区间包含零"}, Claims: []string{}}
	for _, r := range l.Rows {
		if !r.Counted || r.Version.Claim.Money.Definition != definition {
			continue
		}
		f := r.Result.Finding
		s := unsure
		if f.Worth.Gross.Lo > 0 || f.Worth.Gross.Hi < 0 {
			if sure[f.Grade] == nil {
				sure[f.Grade] = &Step{Kind: "explained", Grade: f.Grade, Claims: []string{}, Title: claim.Text{EN: "Explained, grade " + string(f.Grade), ZH: "可解释，" + string(f.Grade) + " 级"}}
			}
			s = sure[f.Grade]
		}
		s.Claims = append(s.Claims, r.ID)
		s.Amount += f.Worth.Gross.Value * claim.Number(part)
		s.Lo += f.Worth.Gross.Lo * claim.Number(part)
		s.Hi += f.Worth.Gross.Hi * claim.Number(part)
	}
	explained := 0.0
	for _, g := range []claim.Grade{claim.A, claim.B, claim.C} {
		if s := sure[g]; s != nil {
			explained += float64(s.Amount)
		}
	}
	growth := after - before
	scale := 1.0
	if growth > 0 && explained+math.Max(0, float64(unsure.Amount)) > growth {
		// Claims can't have brought more than there is: what is uncertain gives
		// way first, then all in proportion.
		b.Capped = true
		unsure.Amount = claim.Number(math.Max(0, growth-explained))
		if explained > growth {
			scale = growth / explained
		}
	}
	for _, g := range []claim.Grade{claim.A, claim.B, claim.C} {
		if s := sure[g]; s != nil {
			s.Amount *= claim.Number(scale)
			b.Steps = append(b.Steps, *s)
		}
	}
	if len(unsure.Claims) > 0 {
		b.Steps = append(b.Steps, *unsure)
	}
	rest := growth
	for _, s := range b.Steps {
		rest -= float64(s.Amount)
	}
	b.Steps = append(b.Steps, Step{Kind: "rest", Amount: claim.Number(rest), Lo: claim.None, Hi: claim.None, Claims: []string{}, Title: claim.Text{EN: "Market, people and all else", ZH: "市场、人和其他"}})
	b.Note = note(n, b.Capped)
	return b, true
}

func note(months int, capped bool) claim.Text {
	t := claim.Text{EN: "Finance's own figures, this year against the year before.", ZH: "取自财务口径，本年对上年。"}
	if months < 12 {
		t.EN += fmt.Sprintf(" Only %d months were reported in both years: the bridge compares those, and takes claims in the same proportion.", months)
		t.ZH += fmt.Sprintf("两年都有的只有 %d 个月：只比较这些月份，论断金额按同一比例计入。", months)
	}
	if capped {
		t.EN += " Claims came to more than the whole growth, so they were cut to it."
		t.ZH += "论断合计超过全部增长，已按增长额截断。"
	}
	return t
}
