package source_test

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/chanzipu/outfitter/internal/source"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

// A made row and what must become of it under the mapping below.
type made struct {
	id, customer, won, amount, stage string
	ragged                           bool
}

var pool = struct{ ids, customers, dates, amounts, stages []string }{
	[]string{"D1", "D2", "D3", "D4", "D5", ""},
	[]string{"C1", "C2", "C3", "", " "},
	[]string{"2026-01-05", "2026-02-06", "", "昨天", "2026-13-45", "0000-00-00"},
	[]string{"100", "1,234.5", "", "许多", "-3", "1e400"},
	[]string{"won", "won", "lost", "", "test"},
}

func pick(rng *rand.Rand, from []string) string { return from[rng.IntN(len(from))] }

// rowMapping uses every way by which a row may come to nothing: an excluded
// row, a condition, a key, a date, a required field, no party.
const rowMapping = `source: crm
zone: UTC
tables:
  - name: deal
    match: {columns: [id, customer]}
    key: [id]
    where: coalesce(stage, '') <> 'test'
    parties:
      - {ref: customer, kind: account, namespace: crm.customer, key: customer}
    events:
      - {verb: deal.won, when: stage = 'won', ts: won, account: customer, object: {kind: deal, key: id}, amount: amount, required: [amount]}
      - {verb: deal.lost, when: stage = 'lost', ts: won, account: customer, object: {kind: deal, key: id}, amount: amount}
`

// outcome is the rule in words: a row that the mapping sets aside is used; so
// is one that names a party; else it must have made the event that is due.
func (r made) outcome() (used bool, cells int) {
	date := r.won == "2026-01-05" || r.won == "2026-02-06"
	number := slices.Contains([]string{"100", "1,234.5", "-3"}, r.amount)
	due := r.stage == "won" || r.stage == "lost"
	if r.stage == "test" {
		return true, 0
	}
	event := due && date && r.id != "" && (r.stage == "lost" || number)
	used = strings.TrimSpace(r.customer) != "" || !due || event
	if used && due {
		if r.won != "" && !date {
			cells++
		}
		if r.amount != "" && !number {
			cells++
		}
		if date && (r.id == "" || r.stage == "won" && r.amount == "") {
			cells++
		}
	}
	return used, cells
}

// TestRowsAreUsedOrRejected drives random files of bad cells, missing keys and
// ragged rows through the import and compares with the rule.
func TestRowsAreUsedOrRejected(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		rounds := uint64(12)
		if db.Facts.Engine == store.Postgres {
			rounds = 4
		}
		for seed := range rounds {
			rng := rand.New(rand.NewPCG(seed, 3))
			var rows []made
			for range 20 + rng.IntN(200) {
				rows = append(rows, made{pick(rng, pool.ids), pick(rng, pool.customers), pick(rng, pool.dates), pick(rng, pool.amounts), pick(rng, pool.stages), seed%2 == 1 && rng.IntN(9) == 0})
			}
			// What decides the columns must be there, whatever the dice say.
			rows = append(rows, made{"D9", "C9", "2026-01-05", "100", "won", false}, made{"D8", "C9", "2026-02-06", "100", "lost", false})
			rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
			checkRows(t, db, seed, rows)
		}
	})
}

func checkRows(t *testing.T, db *store.DB, seed uint64, rows []made) {
	t.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"id", "customer", "won", "amount", "stage", "note"})
	used, cells := 0, 0
	for _, r := range rows {
		rec := []string{r.id, r.customer, r.won, r.amount, r.stage, "it said \"x\",\nand y"}
		if r.ragged {
			rec = append(rec, "one", "too many")
		} else if ok, bad := r.outcome(); ok {
			used, cells = used+1, cells+bad
		}
		_ = w.Write(rec)
	}
	w.Flush()
	batch := one(t, db, fmt.Sprintf("seed%d.csv", seed), b.String(), rowMapping)
	ragged := len(slices.DeleteFunc(slices.Clone(rows), func(r made) bool { return !r.ragged }))
	if int(batch.Rows) != len(rows) || ragged == 0 && (int(batch.Used) != used || int(batch.CellsRejected) != cells) {
		t.Errorf("seed %d: %d rows, %d used, %d cells rejected, want %d, %d, %d", seed, batch.Rows, batch.Used, batch.CellsRejected, len(rows), used, cells)
	}
	if ragged > 0 && int(batch.Used) > used+ragged {
		t.Errorf("seed %d: %d used of %d that can be (%d ragged)", seed, batch.Used, used, ragged)
	}
	// Every row that was refused has its reason, and none of it reached the facts.
	rejected := strs(t, db.Facts, "SELECT DISTINCT row_no::TEXT FROM reject WHERE batch_id = $1::UUID AND reason <> '' AND reason_zh <> ''", batch.ID)
	if len(rejected) < int(batch.Rejected) {
		t.Errorf("seed %d: %d rows rejected, but only %d have a reason", seed, batch.Rejected, len(rejected))
	}
	for i, r := range rows {
		no := fmt.Sprint(i + 1)
		ok, bad := r.outcome()
		if !r.ragged && (!ok || bad > 0) != slices.Contains(rejected, no) {
			t.Errorf("seed %d: row %s %+v: used %v with %d bad cells, but its rejects stand: %v", seed, no, r, ok, bad, !(!ok || bad > 0))
		}
	}
	if loose := strs(t, db.Facts, "SELECT row_no::TEXT FROM event WHERE batch_id = $1::UUID AND (row_no < 1 OR row_no > $2)", batch.ID, len(rows)); len(loose) > 0 {
		t.Errorf("seed %d: events of rows that are not there: %v", seed, loose)
	}
	for range 3 {
		i := rand.IntN(len(rows))
		o, err := source.Row(t.Context(), db, batch.ID, int64(i+1), 1)
		if err != nil {
			t.Fatal(err)
		}
		if r := rows[i]; !r.ragged && (len(o.Fields) != 6 || o.Fields[0] != r.id || strings.TrimSpace(o.Fields[2]) != r.won || o.Fields[5] != "it said \"x\",\nand y") {
			t.Errorf("seed %d: Row(%d) = %q, want %+v", seed, i+1, o.Fields, r)
		}
	}
	rollback(t, db, batch.ID)
}

// TestRejectReasons says of each row what is wrong with it, not something else.
func TestRejectReasons(t *testing.T) {
	text := "id,customer,won,amount,stage,note\n" +
		"D1,,2026-01-05,100,won,fine\n" +
		",,2026-01-05,100,won,no key\n" +
		"D3,,,100,won,no date\n" +
		"D4,,昨天,100,won,bad date\n" +
		"D5,,2026-01-05,,won,no amount\n" +
		"D6,,2026-01-05,许多,won,bad amount\n" +
		"D7,C1,昨天,许多,won,both bad but a party\n" +
		"D8,,2026-01-05,1,test,set aside\n"
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := one(t, db, "a.csv", text, rowMapping)
		if b.Rows != 8 || b.Rejected != 5 || b.CellsRejected != 2 {
			t.Errorf("%d rows, %d rejected, %d cells, want 8, 5, 2", b.Rows, b.Rejected, b.CellsRejected)
		}
		same(t, "reasons", []string{"2 id key.missing ", "3  date.missing ", "4 won date.bad 昨天", "5 amount field.required ", "6 amount number.bad 许多", "7 amount number.bad 许多", "7 won date.bad 昨天"},
			strs(t, db.Facts, "SELECT row_no::TEXT || ' ' || col || ' ' || code || ' ' || text FROM reject ORDER BY row_no, col"))
	})
}

// TestPivot unpivots a sheet with a column per month; its subtotal is set
// aside and a month without a value is no loss.
func TestPivot(t *testing.T) {
	text := "大区,1月,2月,3月\n华东,100,200,\n华北,,,\n华南,7,,9\n合计,107,200,9\n"
	mapping := `source: bi
tables:
  - name: sales
    match: {columns: [大区]}
    format: {pivot: {columns: [1月, 2月, 3月], names: [月份], value: 销售额}}
    key: [大区, 月份]
    events:
      - {verb: stat.reported, ts: "'2026年' || 月份", object: {kind: report, key: 大区}, amount: 销售额, currency: "'CNY'"}
`
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		b := one(t, db, "a.csv", text, mapping)
		if b.Rows != 3 || b.Used+b.Rejected != 3 || b.Events != 4 || b.Report.SetAside != 3 {
			t.Errorf("pivot: %d rows, %d used, %d rejected, %d events, %d set aside, want 3, all accounted for, 4 events, the total of three months aside", b.Rows, b.Used, b.Rejected, b.Events, b.Report.SetAside)
		}
		if rejects := strs(t, db.Facts, "SELECT row_no::TEXT FROM reject"); len(rejects) != int(b.Rejected) {
			t.Errorf("%d rows rejected, but rejects stand for rows %v", b.Rejected, rejects)
		}
		same(t, "figures", []string{"华东 2026-01-01 100 1", "华东 2026-02-01 200 1", "华南 2026-01-01 7 3", "华南 2026-03-01 9 3"},
			strs(t, db.Facts, "SELECT concat_ws(' ', object_key, day::TEXT, amount::BIGINT::TEXT, row_no::TEXT) FROM event ORDER BY row_no, day"))
	})
}

// TestTwoSheets maps two sheets of a workbook by two tables; a third that
// nothing maps is rejected and counted, and addresses run on over all three.
func TestTwoSheets(t *testing.T) {
	f := excelize.NewFile()
	put := func(sheet string, rows ...[]any) {
		if _, err := f.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			if err := f.SetSheetRow(sheet, fmt.Sprintf("A%d", i+1), &r); err != nil {
				t.Fatal(err)
			}
		}
	}
	put("客户", []any{"客户号", "名称"}, []any{"C1", "甲"}, []any{"C2", "乙"}, []any{"", "无号"})
	put("说明", []any{"x", "y"}, []any{1, 2}, []any{3, 4})
	put("成交", []any{"单号", "客户号", "日期", "金额"}, []any{"D1", "C1", "2026-01-05", 100}, []any{"D2", "C2", "2026-01-06", "=1+1"}, []any{"D3", "C9", "", 5})
	if err := f.DeleteSheet("Sheet1"); err != nil {
		t.Fatal(err)
	}
	path := write(t, "两表.xlsx", "")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	mapping := `source: book
tables:
  - name: customer
    match: {sheet: 客户}
    key: [客户号]
    parties:
      - {ref: c, kind: account, namespace: book.c, key: 客户号, name: 名称}
  - name: deal
    match: {sheet: 成交}
    key: [单号]
    parties:
      - {ref: c, kind: account, namespace: book.c, key: 客户号}
    events:
      - {verb: deal.won, ts: 日期, account: c, object: {kind: deal, key: 单号}, amount: 金额}
`
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		res := load(t, db, source.Request{Paths: []string{path}, Mapping: mapping})
		b := res.Batches[0]
		if b.Rows != 8 || b.Used != 5 || b.Rejected != 3 || b.CellsRejected != 1 || len(b.Report.Tables) != 3 {
			t.Errorf("%d rows, %d used, %d rejected, %d cells of %d tables, want 8, 5, 3, 1 of 3", b.Rows, b.Used, b.Rejected, b.CellsRejected, len(b.Report.Tables))
		}
		same(t, "deals of both sheets", []string{"D1 C1 甲 2026-01-05 100", "D2 C2 乙 2026-01-06 -"}, standing(t, db))
		for row, want := range map[int64]string{1: "C1", 3: "", 5: "3", 6: "D1", 8: "D3"} {
			o, err := source.Row(t.Context(), db, b.ID, row, 1)
			if err != nil {
				t.Errorf("Row(%d) = %v", row, err)
				continue
			}
			if len(o.Fields) == 0 || o.Fields[0] != want {
				t.Errorf("Row(%d) = %q, want it to begin with %q", row, o.Fields, want)
			}
		}
	})
}
