package suggest

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/source/mapping"
	"github.com/chanzipu/outfitter/internal/source/read"
)

// table writes rows as a clean table, the first being the header.
func table(tb testing.TB, name string, rows ...[]string) read.Table {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), name+".csv")
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	if err := w.WriteAll(rows[1:]); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		tb.Fatal(err)
	}
	return read.Table{Name: name, Header: rows[0], Path: path, Delim: ',', Quote: '"', Rows: int64(len(rows) - 1)}
}

func propose(tb testing.TB, tables ...read.Table) Proposal {
	tb.Helper()
	var files []File
	for _, t := range tables {
		files = append(files, File{t.Name + ".csv", []read.Table{t}})
	}
	p, err := Propose(context.Background(), "crm", files)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func crm(tb testing.TB) (accounts, deals read.Table) {
	a := [][]string{{"客户编号", "客户名称", "电话", "建档日期"}}
	d := [][]string{{"商机编号", "客户编号", "负责人", "金额(万元)", "创建时间", "结单时间", "结果"}}
	surnames := []rune("赵钱孙李周吴郑王冯陈")
	for i := range 60 {
		a = append(a, []string{fmt.Sprintf("KH%05d", i), fmt.Sprintf("第%d机械有限公司", i), fmt.Sprintf("138%08d", 10000000+i), fmt.Sprintf("2026-01-%02d", i%28+1)})
	}
	for i := range 200 {
		closed, result := "", "进行中"
		if i%3 == 0 {
			closed, result = fmt.Sprintf("2026-03-%02d 10:00", i%28+1), "赢单"
		} else if i%3 == 1 {
			closed, result = fmt.Sprintf("2026-04-%02d 11:30", i%28+1), "输单"
		}
		d = append(d, []string{fmt.Sprintf("SJ%06d", i), fmt.Sprintf("KH%05d", i%60), string(surnames[i%10]) + "敏", fmt.Sprintf("%d.5", i), fmt.Sprintf("2026-02-%02d 09:07", i%28+1), closed, result})
	}
	return table(tb, "客户", a...), table(tb, "商机", d...)
}

func TestPropose(t *testing.T) {
	accounts, deals := crm(t)
	p := propose(t, accounts, deals)
	m := p.Mapping()
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	var verbs []string
	for _, e := range m.Tables[1].Events {
		verbs = append(verbs, fmt.Sprintf("%s %s [%s] %s", e.Verb, e.TS, e.When, e.Amount))
	}
	want := []string{
		`deal.created 创建时间 [] "金额(万元)" * 10000`,
		`deal.won 结单时间 [结果 = '赢单'] "金额(万元)" * 10000`,
		`deal.lost 结单时间 [结果 = '输单'] "金额(万元)" * 10000`,
	}
	if diff := cmp.Diff(want, verbs); diff != "" {
		t.Errorf("events of the deals (-want +got):\n%s", diff)
	}
	account := m.Tables[0].Parties[0]
	if account.Kind != "account" || account.Key != "客户编号" || account.Name != "客户名称" || account.Phone != "phone(电话)" {
		t.Errorf("the account is %+v", account)
	}
	i := slices.IndexFunc(m.Tables[1].Parties, func(p mapping.Party) bool { return p.Kind == "account" })
	if i < 0 || m.Tables[1].Parties[i].Namespace != account.Namespace {
		t.Errorf("deals point to %+v, want the accounts' namespace %q: their values overlap", m.Tables[1].Parties, account.Namespace)
	}
	if len(p.Links) == 0 || p.Links[0].From != "商机.csv/商机/客户编号" || p.Links[0].Share < 0.99 {
		t.Errorf("links = %+v, want the deals' 客户编号 in the accounts", p.Links)
	}
	for _, c := range p.Columns {
		if len(c.Concepts) > 0 && (c.Why == "" || c.WhyZh == "" || c.Sure <= 0 || c.Sure > 1) {
			t.Errorf("column %s: %+v has no reason or confidence", c.Column, c)
		}
	}
}

func TestYAML(t *testing.T) {
	accounts, deals := crm(t)
	p := propose(t, accounts, deals)
	text, err := p.YAML()
	if err != nil {
		t.Fatal(err)
	}
	back, err := mapping.Parse(text)
	if err != nil {
		t.Fatalf("Parse(YAML()): %v\n%s", err, text)
	}
	if diff := cmp.Diff(p.Mapping(), back); diff != "" {
		t.Errorf("Parse(YAML()) (-want +got):\n%s", diff)
	}
	for _, say := range []string{"# 9", "的值是电话号码", "of the values are phone numbers"} {
		if !strings.Contains(string(text), say) {
			t.Errorf("YAML() does not say %q:\n%s", say, text)
		}
	}
}

func TestConfident(t *testing.T) {
	accounts, deals := crm(t)
	p := propose(t, accounts, deals)
	if n := len(p.Confident(1.01).Tables); n != 0 {
		t.Errorf("Confident(1.01) keeps %d tables, want none", n)
	}
	half := p.Confident(0.7)
	if err := half.Validate(); err != nil {
		t.Errorf("Confident(0.7): %v", err)
	}
	if len(half.Tables) != 2 {
		t.Errorf("Confident(0.7) keeps %d tables, want 2", len(half.Tables))
	}
}

func TestStaffListsStayApart(t *testing.T) {
	rows := [][]string{{"ticket_id", "opened_by", "resolved_by", "opened_at"}}
	for i := range 300 {
		rows = append(rows, []string{fmt.Sprintf("T-%05d", i), fmt.Sprint(i % 90), fmt.Sprint(i % 70), fmt.Sprintf("2026-05-%02d 10:%02d", i%28+1, i%60)})
	}
	m := propose(t, table(t, "tickets", rows...)).Mapping()
	ns := map[string]bool{}
	for _, p := range m.Tables[0].Parties {
		ns[p.Namespace] = true
	}
	if len(ns) != 2 {
		t.Errorf("parties = %+v, want two code lists: small numbers of two columns are not one list", m.Tables[0].Parties)
	}
}

func TestParseName(t *testing.T) {
	tests := []struct{ header, party, object, attr, when string }{
		{"客户编号", "account", "", "key", ""}, {"基本信息/客户名称", "account", "", "name", ""}, {"提单人ID", "person", "", "key", ""}, {"负责人工号", "staff", "", "key", ""},
		{"首次回复时间", "", "", "time", "replied"}, {"customer_id", "account", "", "key", ""}, {"createdAt", "", "", "time", "created"}, {"assigned_to", "staff", "", "", ""},
		{"msgtime", "", "message", "time", ""}, {"Order Amount (USD)", "", "order", "amount", ""}, {"first_contact_date", "", "", "time", "created"}, {"商机金额(元)", "", "deal", "amount", ""},
	}
	for _, tt := range tests {
		n := parse(tt.header)
		party, _ := n.last("party")
		object, _ := n.last("object")
		attr, _ := n.last("attr")
		when, _ := n.last("when")
		if party != tt.party || object != tt.object || attr != tt.attr || when != tt.when {
			t.Errorf("parse(%q) = %q %q %q %q, want %q %q %q %q", tt.header, party, object, attr, when, tt.party, tt.object, tt.attr, tt.when)
		}
	}
}

func TestSketch(t *testing.T) {
	a, b := newSketch(), newSketch()
	for i := range 100_000 {
		a.add(hash([]byte(fmt.Sprint("k", i))))
		if i%4 == 0 {
			b.add(hash([]byte(fmt.Sprint("k", i))))
			b.add(hash([]byte(fmt.Sprint("k", i))))
		}
	}
	a.shrink()
	b.shrink()
	if d := a.distinct(); d < 90_000 || d > 110_000 {
		t.Errorf("distinct() = %.0f, want about 100,000", d)
	}
	if u := a.unique(); u != 1 {
		t.Errorf("unique() = %v, want 1", u)
	}
	if u := b.unique(); u != 0 {
		t.Errorf("unique() of doubled values = %v, want 0", u)
	}
	if s, _ := b.within(a); s != 1 {
		t.Errorf("b within a = %v, want 1", s)
	}
	if s, _ := a.within(b); s < 0.2 || s > 0.3 {
		t.Errorf("a within b = %v, want about 0.25", s)
	}
}

// FuzzRecords checks the reader against encoding/csv on what it wrote.
func FuzzRecords(f *testing.F) {
	f.Add("a,b", "c\"d\ne", "")
	f.Add("", "x", "\"")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		if strings.Contains(a+b+c, "\r") {
			return
		}
		var buf bytes.Buffer
		w := csv.NewWriter(&buf)
		want := [][]string{{a, b, c}, {c, a, b}}
		if err := w.WriteAll(want); err != nil {
			t.Fatal(err)
		}
		var got [][]string
		err := records(&buf, ',', '"', func(fields [][]byte) error {
			var row []string
			for _, v := range fields {
				row = append(row, string(v))
			}
			got = append(got, row)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("records (-want +got):\n%s", diff)
		}
	})
}

// BenchmarkLook profiles a table of about 100 MB.
func BenchmarkLook(b *testing.B) {
	rows := [][]string{{"id", "customer", "amount", "created_at", "text", "status"}}
	for i := range 1_000_000 {
		rows = append(rows, []string{fmt.Sprintf("T-%08d", i), fmt.Sprintf("C%06d", i%50_000), fmt.Sprintf("%d.%02d", i%9000, i%100), fmt.Sprintf("2026-05-%02d 10:%02d:%02d", i%28+1, i%60, i%59), "the customer asks when the parcel arrives, order " + fmt.Sprint(i), "open"})
	}
	t := table(b, "big", rows...)
	info, err := os.Stat(t.Path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		if _, err := look(context.Background(), t); err != nil {
			b.Fatal(err)
		}
	}
}
