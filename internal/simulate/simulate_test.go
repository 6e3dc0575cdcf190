package simulate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/chanzipu/outfitter/internal/simulate/layout"
	"github.com/chanzipu/outfitter/internal/simulate/sink"
	"github.com/chanzipu/outfitter/internal/simulate/truth"
)

// one small company serves all tests that only read.
var made struct {
	once    sync.Once
	dir     string
	summary Summary
	err     error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if made.dir != "" {
		os.RemoveAll(made.dir)
	}
	os.Exit(code)
}

func small(t *testing.T) (string, Summary) {
	t.Helper()
	made.once.Do(func() {
		if made.dir, made.err = os.MkdirTemp("", "simulate"); made.err == nil {
			made.summary, made.err = Run(context.Background(), Options{Seed: 11, Size: Small, Out: made.dir})
		}
	})
	if made.err != nil {
		t.Fatal(made.err)
	}
	return made.dir, made.summary
}

// sheetRows reads all lines of a file or sheet, banners included.
func sheetRows(t *testing.T, dir string, f sink.File) [][]string {
	t.Helper()
	full := filepath.Join(dir, filepath.FromSlash(f.Path))
	table := layout.Find(f.Table)
	if table.Encoding == layout.XLSX {
		x, err := excelize.OpenFile(full)
		if err != nil {
			t.Fatal(err)
		}
		defer x.Close()
		rows, err := x.GetRows(f.Sheet)
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	b, err := os.ReadFile(full)
	if err != nil {
		t.Fatal(err)
	}
	switch table.Encoding {
	case layout.GBK:
		if utf8.Valid(b) {
			t.Errorf("%s is valid UTF-8, want GBK", f.Path)
		}
		if b, err = simplifiedchinese.GBK.NewDecoder().Bytes(b); err != nil || bytes.ContainsRune(b, utf8.RuneError) {
			t.Errorf("%s does not decode as GBK: %v", f.Path, err)
		}
	case layout.UTF8BOM:
		var ok bool
		if b, ok = bytes.CutPrefix(b, []byte("\ufeff")); !ok {
			t.Errorf("%s has no byte order mark", f.Path)
		}
	}
	if table.Encoding == layout.NDJSON {
		var rows [][]string
		for line := range bytes.Lines(b) {
			rows = append(rows, []string{string(line)})
		}
		return rows
	}
	r := csv.NewReader(bytes.NewReader(b))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", f.Path, err)
	}
	return rows
}

// records reads a table's records from all its files as maps by column.
func records(t *testing.T, id string) []map[string]string {
	t.Helper()
	dir, s := small(t)
	table := layout.Find(id)
	var out []map[string]string
	for _, f := range s.Files {
		if f.Table != id {
			continue
		}
		rows := sheetRows(t, dir, f)
		if table.Encoding == layout.NDJSON {
			for _, r := range rows {
				var x map[string]any
				if err := json.Unmarshal([]byte(r[0]), &x); err != nil {
					t.Fatalf("%s: %v", f.Path, err)
				}
				m := map[string]string{}
				for k, v := range x {
					m[k] = fmt.Sprint(v)
				}
				out = append(out, m)
			}
			continue
		}
		header := rows[table.Above]
		for _, r := range rows[table.Above+1:] {
			if total(r) {
				continue
			}
			m := map[string]string{}
			for i, h := range header {
				if i < len(r) {
					m[h] = r[i]
				} else {
					m[h] = ""
				}
			}
			out = append(out, m)
		}
	}
	if len(out) == 0 {
		t.Fatalf("no records of %s", id)
	}
	return out
}

func total(r []string) bool {
	return len(r) > 0 && (r[0] == "合计" || r[0] == "小计" || strings.HasPrefix(r[0], "共 "))
}

func TestSameSeedSameBytes(t *testing.T) {
	dir, s := small(t)
	again := t.TempDir()
	s2, err := Run(t.Context(), Options{Seed: 11, Size: Small, Out: again})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(s.Files, s2.Files); diff != "" {
		t.Errorf("summaries differ:\n%s", diff)
	}
	if diff := cmp.Diff(sums(t, dir), sums(t, again)); diff != "" {
		t.Errorf("the same seed gives other bytes:\n%s", diff)
	}
}

func sums(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		h := sha256.New()
		if _, err := io.Copy(h, f); err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		out[rel] = fmt.Sprintf("%x", h.Sum(nil))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFilesAreAsTheLayoutSays(t *testing.T) {
	dir, s := small(t)
	seen := map[string]bool{}
	for _, f := range s.Files {
		seen[f.Table] = true
		table := layout.Find(f.Table)
		rows := sheetRows(t, dir, f)
		if table.Encoding == layout.NDJSON {
			if int64(len(rows)) != f.Rows {
				t.Errorf("%s: %d lines, want %d", f.Path, len(rows), f.Rows)
			}
			continue
		}
		header := rows[table.Above]
		want := table.Header()
		if len(header) < len(want) || !slices.Equal(header[:len(want)], want) {
			t.Errorf("%s %s: row %d is %q, want the header %q", f.Path, f.Sheet, table.Above+1, header, want)
		}
		n := int64(0)
		for _, r := range rows[table.Above+1:] {
			if !total(r) {
				n++
			}
		}
		if n != f.Rows {
			t.Errorf("%s %s: %d records, want %d", f.Path, f.Sheet, n, f.Rows)
		}
	}
	for _, table := range layout.Tables {
		if !seen[table.ID] {
			t.Errorf("no file was written for %s", table.ID)
		}
	}
	if s.Events < 40_000 || s.Events > 80_000 {
		t.Errorf("small has %d events, want about 50 thousand", s.Events)
	}
}

// TestEntities holds truth.json to the lists: each record stands in it once,
// and nothing else does.
func TestEntities(t *testing.T) {
	dir, _ := small(t)
	truth, err := ReadTruth(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]map[string]string{}
	for _, r := range truth.Entities {
		k := r.System + " " + r.Kind
		if got[k] == nil {
			got[k] = map[string]string{}
		}
		if _, ok := got[k][r.ID]; ok {
			t.Errorf("%s %s stands twice in truth.json", k, r.ID)
		}
		got[k][r.ID] = r.Entity
	}
	lists := map[string]struct{ table, column string }{
		"纷享销客 account": {"fx.account", "客户编号"}, "纷享销客 person": {"fx.contact", "联系人编号"},
		"销售易 account": {"xs.account", "公司ID"}, "销售易 person": {"xs.contact", "联系人ID"},
		"企业微信 staff": {"wx.staff", "userid"}, "企业微信 person": {"wx.contact", "external_userid"},
		"工单系统 account": {"tk.org", "组织ID"}, "工单系统 person": {"tk.user", "用户ID"}, "工单系统 staff": {"tk.agent", "坐席账号"},
		"增长平台 person": {"gr.member", "会员ID"}, "人事 staff": {"hr.staff", "工号"}, "财务 account": {"fi.ledger", "客户编码"},
	}
	for k, l := range lists {
		want := map[string]bool{}
		for _, r := range records(t, l.table) {
			id := r[l.column]
			if want[id] {
				t.Errorf("%s: %s stands twice in its list", k, id)
			}
			want[id] = true
			if got[k][id] == "" {
				t.Errorf("%s: %s is not in truth.json", k, id)
			}
		}
		if len(got[k]) != len(want) {
			t.Errorf("%s: truth.json has %d, the list %d", k, len(got[k]), len(want))
		}
	}
	parents := map[string]string{}
	for _, f := range truth.Families {
		parents[f.Branch] = f.Parent
		if f.Branch == f.Parent {
			t.Errorf("branch %s is its own parent", f.Branch)
		}
	}
	if len(parents) == 0 {
		t.Error("no branches")
	}
	both := 0
	in := map[string]bool{}
	for _, e := range got["纷享销客 account"] {
		in[e] = true
	}
	for _, e := range got["销售易 account"] {
		if in[e] {
			both++
		}
	}
	if both < 50 {
		t.Errorf("%d companies stand in both CRMs, want many", both)
	}
}

// TestEffectsFromExports recomputes what the truth says from the files
// alone, with the roll-outs as truth.json states them.
func TestEffectsFromExports(t *testing.T) {
	dir, _ := small(t)
	truth, err := ReadTruth(dir)
	if err != nil {
		t.Fatal(err)
	}
	people := map[string]map[string]string{}
	for _, s := range truth.Shovels {
		people[s.ID] = s.People
	}
	login := map[string]string{} // 销售易 account → HR number
	entity := map[string]string{}
	for _, r := range truth.Entities {
		if r.System == "人事" && r.Kind == "staff" {
			entity[r.Entity] = r.ID
		}
	}
	for _, r := range truth.Entities {
		if r.System == "销售易" && r.Kind == "staff" {
			login[r.ID] = entity[r.Entity]
		}
	}
	type deal struct {
		creator, owner, created, closed string
		won                             bool
	}
	deals := map[string]deal{}
	for _, id := range []string{"fx.deal1", "fx.deal2"} { // the newer wins
		for _, r := range records(t, id) {
			deals[r["商机编号"]] = deal{r["创建人工号"], r["负责人工号"], r["创建时间"], r["结单时间"], r["结果"] == "赢单"}
		}
	}
	for _, r := range records(t, "xs.deal") {
		d := deal{login[r["创建人账号"]], login[r["代表账号"]], iso(t, r["建立时间"]), "", r["阶段"] == "赢单"}
		if r["实际成交日"] != "" {
			d.closed = iso(t, r["实际成交日"])
		}
		deals[r["机会ID"]] = d
	}
	exposed := func(shovel, staff, moment string) bool {
		from := people[shovel][staff]
		return from != "" && from[:7] <= moment[:7]
	}
	for _, e := range truth.Effects {
		switch {
		case e.Outcome == "share won of closed opportunities" && e.Shovel != "SH03":
			n, won := 0, 0
			for _, d := range deals {
				if d.closed != "" && exposed(e.Shovel, d.owner, d.closed) {
					n++
					if d.won {
						won++
					}
				}
			}
			check(t, e, n, float64(won)/float64(n))
		case strings.HasPrefix(e.Outcome, "new opportunities per person and month") && e.Shovel != "SH14":
			count := map[string]int{}
			for _, d := range deals {
				if exposed(e.Shovel, d.creator, d.created) {
					count[d.creator+d.created[:7]]++
				}
			}
			sum := 0
			for _, n := range count {
				sum += n
			}
			check(t, e, e.Units, float64(sum)/float64(e.Units)) // months without any are not in count
		}
	}
}

func check(t *testing.T, e truth.Effect, n int, with float64) {
	t.Helper()
	if n != e.Units || math.Abs(with-e.Realised.With) > 1e-9 {
		t.Errorf("%s %s from the exports: %d units, %g; truth.json says %d, %g", e.Shovel, e.Outcome, n, with, e.Units, e.Realised.With)
	}
}

// iso turns 销售易's 2026/3/5 9:07 into 2026-03-05 09:07.
func iso(t *testing.T, s string) string {
	t.Helper()
	m, err := time.Parse("2006/1/2 15:04", s)
	if err != nil {
		t.Fatal(err)
	}
	return m.Format("2006-01-02 15:04")
}

func TestLateAnswersFromExports(t *testing.T) {
	dir, _ := small(t)
	truth, err := ReadTruth(dir)
	if err != nil {
		t.Fatal(err)
	}
	gone := map[string]string{}
	for _, r := range records(t, "tk.org") {
		gone[r["组织ID"]] = r["停用日期"]
	}
	index := map[string]map[string]string{}
	for _, id := range []string{"tk.2025H2", "tk.2026H1", "tk.2026H2"} {
		for _, r := range records(t, id) {
			o := r["组织ID"]
			if r["创建时间"] < "2026-10-01" && (index[o] == nil || r["创建时间"] < index[o]["创建时间"]) {
				index[o] = r
			}
		}
	}
	late, left := 0, 0
	for o, r := range index {
		at, err1 := time.Parse(time.DateTime, r["创建时间"])
		replied, err2 := time.Parse(time.DateTime, r["首次回复时间"])
		if err := errors.Join(err1, err2); err != nil {
			t.Fatal(err)
		}
		if replied.Sub(at) <= 24*time.Hour {
			continue
		}
		late++
		if day, err := time.Parse(time.DateOnly, gone[o]); err == nil && day.Sub(at) < 91*24*time.Hour {
			left++
		}
	}
	check(t, truth.Late[0], late, float64(left)/float64(late))
}

func TestHandoversFromExports(t *testing.T) {
	dir, _ := small(t)
	truth, err := ReadTruth(dir)
	if err != nil {
		t.Fatal(err)
	}
	login := map[string]string{}
	for _, r := range records(t, "hr.staff") {
		login[r["工号"]] = strings.TrimSuffix(r["邮箱"], "@chengchuan.example")
	}
	type key struct{ account, staff string }
	days := map[key][]string{}
	for _, r := range records(t, "fx.followup") {
		k := key{r["客户编号"], r["跟进人工号"]}
		days[k] = append(days[k], r["跟进时间"][:10])
	}
	for _, r := range records(t, "xs.followup") {
		k := key{r["公司ID"], r["代表账号"]}
		days[k] = append(days[k], iso(t, r["活动时间"])[:10])
	}
	accounts := map[string][]string{}
	for _, r := range records(t, "po.handover") {
		accounts[r["交接编号"]] = append(accounts[r["交接编号"]], r["客户编号"])
	}
	checked := 0
	for _, h := range truth.Handovers {
		first := ""
		for _, a := range accounts[h.ID] {
			for _, who := range []string{h.To, login[h.To]} {
				for _, d := range days[key{a, who}] {
					if d >= h.Day && (first == "" || d < first) {
						first = d
					}
				}
			}
		}
		if first == "" {
			continue // censored
		}
		from, _ := time.Parse(time.DateOnly, h.Day)
		to, _ := time.Parse(time.DateOnly, first)
		if got := int(to.Sub(from).Hours() / 24); got != h.Recovery {
			t.Errorf("hand-over %s recovers after %d days, truth.json says %d", h.ID, got, h.Recovery)
		}
		checked++
	}
	if checked < 20 {
		t.Errorf("%d hand-overs could be checked, want most of %d", checked, len(truth.Handovers))
	}
}

func TestAwkwardRows(t *testing.T) {
	rows := func(id, key string) map[string][]map[string]string {
		m := map[string][]map[string]string{}
		for _, r := range records(t, id) {
			m[r[key]] = append(m[r[key]], r)
		}
		return m
	}
	twice := 0
	seen := map[string]bool{}
	for _, r := range records(t, "fx.followup") {
		k := fmt.Sprint(r)
		if seen[k] {
			twice++
		}
		seen[k] = true
	}
	if twice == 0 {
		t.Error("跟进记录 has no identical rows")
	}
	old, again := rows("fx.deal1", "商机编号"), rows("fx.deal2", "商机编号")
	same, moved := 0, 0
	for k, r := range again {
		if o := old[k]; o != nil {
			if o[0]["结果"] == r[0]["结果"] {
				same++
			} else {
				moved++
			}
		}
	}
	if same == 0 || moved == 0 {
		t.Errorf("the re-export repeats %d opportunities and moves %d on, want some of each", same, moved)
	}
	june, fix := rows("fx.payment", "回款编号"), rows("fx.payment2", "回款编号")
	corrected := 0
	for k, r := range fix {
		if len(june[k]) != 1 {
			t.Fatalf("payment %s of the correction stands %d times in 回款明细", k, len(june[k]))
		}
		if june[k][0]["回款金额(元)"] != r[0]["回款金额(元)"] {
			corrected++
		}
	}
	if corrected == 0 || corrected == len(fix) {
		t.Errorf("%d of %d payments are corrected, want some", corrected, len(fix))
	}
}

// TestMoneyReconciles adds up the CRMs' contracts and finds finance's and the
// BI sheet's figures.
func TestMoneyReconciles(t *testing.T) {
	dir, s := small(t)
	truth, err := ReadTruth(dir)
	if err != nil {
		t.Fatal(err)
	}
	sum := map[string]float64{}
	signed := 0.0
	add := func(unit, kind, date, amount string, scale float64) {
		x := parse(t, amount) * scale
		sum[unit+strings.ReplaceAll(date, "/", "-")] += x
		if kind == "新签" {
			signed += x
		}
	}
	for _, r := range records(t, "fx.contract") {
		add("企业事业部", r["合同类型"], r["签约日期"][:7], r["合同金额(元)"], 1)
	}
	for _, r := range records(t, "xs.contract") {
		day, err := time.Parse("2006/1/2", r["签订日"])
		if err != nil {
			t.Fatal(err)
		}
		add("成长事业部", r["类型"], day.Format("2006-01"), r["合同额(万元)"], 10_000)
	}
	for _, f := range truth.Finance {
		if math.Abs(sum[f.Unit+f.Month]-f.Contracts) > 1 {
			t.Errorf("%s %s: contracts sum to %.2f, finance says %.2f", f.Unit, f.Month, sum[f.Unit+f.Month], f.Contracts)
		}
	}
	pivot := 0.0
	for _, f := range s.Files {
		if !strings.HasPrefix(f.Table, "bi.pivot") {
			continue
		}
		rows := sheetRows(t, dir, f)
		last := rows[len(rows)-1]
		if last[0] != "合计" {
			t.Fatalf("%s %s ends with %q, want 合计", f.Path, f.Sheet, last[0])
		}
		pivot += parse(t, last[len(last)-1])
	}
	if math.Abs(pivot-signed/10_000) > 3 { // 450 cells rounded to 0.01
		t.Errorf("the BI sheet sums to %.2f 万元, the CRMs to %.2f", pivot, signed/10_000)
	}
}

func parse(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func TestThemesStartOnTheirDay(t *testing.T) {
	dir, _ := small(t)
	truth, err := ReadTruth(dir)
	if err != nil {
		t.Fatal(err)
	}
	day := map[string]string{}
	for _, id := range []string{"tk.2025H2", "tk.2026H1", "tk.2026H2"} {
		for _, r := range records(t, id) {
			day[r["工单号"]] = r["创建时间"][:10]
		}
	}
	for _, th := range truth.Themes {
		if len(th.Tickets) == 0 {
			t.Errorf("theme %s has no tickets", th.Key)
		}
		for _, k := range th.Tickets {
			if d := day[k]; d < th.Start || d >= th.End {
				t.Errorf("theme %s: ticket %s was made on %q, outside [%s, %s)", th.Key, k, d, th.Start, th.End)
			}
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Run(ctx, Options{Seed: 1, Size: Small, Out: t.TempDir(), Progress: func(done, _ int64, _ string) {
		if done == 3 {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("Run after a cancel = %v, want context.Canceled", err)
	}
}

func TestRunRefuses(t *testing.T) {
	for _, o := range []Options{{Size: Small}, {Size: "huge", Out: t.TempDir()}} {
		if _, err := Run(t.Context(), o); err == nil {
			t.Errorf("Run(%+v) = nil, want an error", o)
		}
	}
	if _, err := ReadTruth(t.TempDir()); err == nil {
		t.Error("ReadTruth of an empty folder = nil, want an error")
	}
}

// TestKeysNameOneRow holds each file to its key; what a later file repeats
// on purpose is not counted twice within one file.
func TestKeysNameOneRow(t *testing.T) {
	for _, table := range layout.Tables {
		if table.Key == "" {
			continue
		}
		seen := map[string]bool{}
		for _, r := range records(t, table.ID) {
			k := ""
			for _, c := range strings.Split(table.Key, "+") {
				if _, ok := r[c]; !ok {
					t.Fatalf("%s has no column %s", table.ID, c)
				}
				k += r[c] + "\x00"
			}
			if seen[k] {
				t.Errorf("%s: key %q names two rows", table.ID, k)
			}
			seen[k] = true
		}
	}
}
