package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

const tickets = `工单号,客户编号,客户名称,联系电话,创建时间,渠道,内容
T1,C1,甲公司,13812345678,2026-03-01 10:00:00,电话,打不开
T2,C2,乙公司,13912345678,2026-03-02 11:00:00,微信,=1+1
T3,C1,甲公司,13812345678,不知道,微信,没有日期
T4,C3,丙公司,,2026-04-05 12:30:00,微信,请回电 13712345678
`

const ticketMapping = `source: tickets
title: 工单
tables:
  - name: ticket
    match: {file: "*.csv"}
    key: [工单号]
    parties:
      - ref: customer
        kind: account
        namespace: tickets.customer
        key: 客户编号
        name: 客户名称
        phone: 联系电话
    events:
      - verb: feedback.received
        ts: 创建时间
        account: customer
        object: {kind: case, key: 工单号}
        channel: 渠道
        text: 内容
`

// TestImport walks the whole way: a file in GBK, looked at, tried, imported,
// charted, and back from a point to the original line; then taken back.
func TestImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := serve(t, db)
		ana, sales := s.user("ana", "analyst"), s.user("sam", "sales")
		gbk, err := simplifiedchinese.GBK.NewEncoder().String(tickets)
		if err != nil {
			t.Fatal(err)
		}
		up := get[upload](ana, "POST", "/uploads?name="+url.QueryEscape("工单.csv"), strings.NewReader(gbk))
		if up.Name != "工单.csv" || up.Bytes != int64(len(gbk)) {
			t.Errorf("POST /uploads = %+v", up)
		}
		files := []uploadRef{{up.ID, up.Name}}
		looked := finish[inspectResult](t, ana, get[runView](ana, "POST", "/imports/inspect", map[string]any{"uploads": files}))
		if len(looked.Files) != 1 || looked.Files[0].Format.Encoding != "gb18030" && looked.Files[0].Format.Encoding != "gbk" || looked.Files[0].Tables[0].Sample[0][2] != "甲公司" {
			t.Errorf("inspected = %+v", looked)
		}
		checkProposal(t, looked)
		dry := finish[importResult](t, ana, get[runView](ana, "POST", "/imports", map[string]any{"uploads": files, "source": "tickets", "mapping": ticketMapping, "dry_run": true}))
		if len(dry.Batches) != 1 || dry.Batches[0].State != "dry_run" || dry.Batches[0].Used != 4 || dry.Batches[0].CellsRejected != 1 || len(dry.Samples) == 0 {
			t.Errorf("dry run = %+v", dry)
		}
		if p := get[page[batch]](ana, "GET", "/batches", nil); len(p.Items) != 0 {
			t.Fatalf("a dry run left %d batches", len(p.Items))
		}
		res := finish[importResult](t, ana, get[runView](ana, "POST", "/imports", map[string]any{"uploads": files, "source": "tickets", "mapping": ticketMapping}))
		if len(res.Batches) != 1 || res.Batches[0].Rows != 4 || res.Batches[0].Used != 4 || res.Batches[0].Events != 3 || res.Batches[0].MappingVersion != 1 {
			t.Fatalf("import = %+v", res)
		}
		b := res.Batches[0]
		checkRejects(t, ana, sales, b.ID)
		id := checkExplore(t, ana, sales)
		checkRow(t, ana, sales, id, b.ID)
		checkAround(t, ana, sales, b.ID)
		back := get[runView](ana, "POST", "/batches/"+b.ID+"/rollback", map[string]string{"reason": "wrong file"})
		if v := follow(t, ana, back.ID); v.State != "done" {
			t.Fatalf("rollback = %+v", v)
		}
		if got := get[exploreResult](sales, "GET", "/explore?metric=events", nil); *got.Points[0].Value != 0 {
			t.Errorf("events after the rollback = %v", *got.Points[0].Value)
		}
		audit := get[page[auditEntry]](s.user("root", "admin"), "GET", "/audit?action=batch.", nil)
		if len(audit.Items) != 2 || audit.Items[0].Action != "batch.rolled_back" || !strings.Contains(string(audit.Items[0].Detail), "wrong file") {
			t.Errorf("the audit log of the batch = %+v", audit.Items)
		}
	})
}

// checkProposal looks for the columns that any reader would know.
func checkProposal(t *testing.T, looked inspectResult) {
	t.Helper()
	target := map[string]inspectColumn{}
	for _, c := range looked.Columns {
		target[c.Column] = c
	}
	for column, want := range map[string]string{"联系电话": "phone", "创建时间": "ts", "客户名称": "name"} {
		if c := target[column]; !strings.Contains(c.Target, want) || c.Reason == "" || c.ReasonZH == "" || c.Confidence <= 0 {
			t.Errorf("proposed for %s = %+v, want a %s with its reason", column, c, want)
		}
	}
	if !strings.Contains(looked.Mapping, "联系电话") {
		t.Errorf("the proposed mapping does not name 联系电话:\n%s", looked.Mapping)
	}
}

// finish waits for a run and decodes its result.
func finish[T any](t *testing.T, c *caller, v runView) T {
	t.Helper()
	v = follow(t, c, v.ID)
	var out T
	if v.State != "done" {
		t.Fatalf("run %s = %s: %+v", v.Kind, v.State, v.Error)
	}
	if err := json.Unmarshal(v.Result, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func checkRejects(t *testing.T, ana, sales *caller, batch string) {
	t.Helper()
	all := get[page[reject]](ana, "GET", "/batches/"+batch+"/rejects", nil)
	if len(all.Items) != 1 || all.Items[0].Row != 3 || !strings.Contains(all.Items[0].Text, "不知道") || all.Items[0].ReasonZH == "" {
		t.Errorf("rejects = %+v", all)
	}
	if got := get[page[reject]](sales, "GET", "/batches/"+batch+"/rejects", nil); strings.Contains(fmt.Sprint(got), "13812345678") {
		t.Errorf("sales sees a phone in rejects: %+v", got)
	}
	if r := ana.do("GET", "/batches/"+batch+"/rejects.xlsx", nil); r.StatusCode != 200 || !strings.HasPrefix(r.text, "PK") {
		t.Errorf("rejects.xlsx = %s", r.Status)
	}
}

// checkExplore asks a question, opens a point and returns the event behind it.
func checkExplore(t *testing.T, ana, sales *caller) string {
	t.Helper()
	a := get[exploreResult](sales, "GET", "/explore?metric=feedback.received.count&by=channel&grain=month", nil)
	var got []string
	for _, p := range a.Points {
		got = append(got, fmt.Sprint(*p.T, " ", *p.A, " ", *p.Value))
	}
	if diff := cmp.Diff([]string{"2026-03-01 微信 1", "2026-03-01 电话 1", "2026-04-01 微信 1"}, got); diff != "" || a.From != "rollup" {
		t.Errorf("explore from %s (-want +got):\n%s", a.From, diff)
	}
	by := get[exploreResult](sales, "GET", "/explore?metric=events&by=account&where="+url.QueryEscape("channel:eq:电话"), nil)
	if len(by.Points) != 1 || by.Labels[*by.Points[0].A] != "甲公司" {
		t.Errorf("by account = %+v, want the name of C1", by)
	}
	q := "/explore/events?metric=feedback.received.count&by=channel&grain=month&t=2026-04-01&a=" + url.QueryEscape("微信")
	events := get[page[EventItem]](ana, "GET", q, nil)
	if len(events.Items) != 1 || events.Items[0].Object.Key != "T4" || events.Items[0].Text != "请回电 13712345678" || events.Items[0].Account.Name != "丙公司" {
		t.Fatalf("events behind a point = %+v", events)
	}
	if got := get[page[EventItem]](sales, "GET", q, nil); got.Items[0].Text != "请回电 137******78" {
		t.Errorf("sales reads %q, want it masked", got.Items[0].Text)
	}
	if r := sales.do("GET", "/explore/export?metric=feedback.received.count&by=channel&format=csv&lang=en", nil); !strings.HasPrefix(r.text, "\ufeffChannel,") {
		t.Errorf("export = %s %.60q", r.Status, r.text)
	}
	for _, bad := range []string{"metric=gold", "metric=events&by=x", "metric=events&where=verb", "metric=events&grain=hour", "by=verb"} {
		if r := sales.do("GET", "/explore?"+bad, nil); r.StatusCode != 422 || r.problem() == "ours" {
			t.Errorf("explore?%s = %s %s, want 422", bad, r.Status, r.text)
		}
	}
	return events.Items[0].ID
}

// checkRow follows an event to its original line.
func checkRow(t *testing.T, ana, sales *caller, event, batch string) {
	t.Helper()
	e := get[eventView](ana, "GET", "/events/"+event, nil)
	if e.SourceRow != (sourceRow{batch, 4, "工单.csv", 5}) || e.Day != "2026-04-05" || e.Masked {
		t.Errorf("event = %+v, want row 4 of line 5", e)
	}
	r := get[rowView](ana, "GET", "/batches/"+batch+"/rows/4", nil)
	if r.Raw == "" || r.Fields[6] != "请回电 13712345678" || r.Header[0] != "工单号" || len(r.Events) != 1 || r.Events[0].ID != event || len(r.Neighbours) < 3 ||
		r.Mapping.Version != 1 || r.Mapping.Lines[0] != 4 || r.Masked {
		t.Errorf("row 4 = %+v", r)
	}
	masked := get[rowView](sales, "GET", "/batches/"+batch+"/rows/1", nil)
	if !masked.Masked || masked.Fields[3] != "138******78" || strings.Contains(fmt.Sprint(masked.Raw, masked.Neighbours), "13812345678") {
		t.Errorf("row 1 for sales = %+v, want the phone masked everywhere", masked)
	}
	for _, path := range []string{"/batches/" + batch + "/rows/99", "/events/none", "/events/00000000-0000-0000-0000-000000000000", "/batches/none", "/parties/none"} {
		if got := ana.do("GET", path, nil); got.StatusCode != 404 {
			t.Errorf("GET %s = %s %s, want 404", path, got.Status, got.text)
		}
	}
	p := get[partyView](sales, "GET", "/parties/"+e.Account.ID, nil)
	if p.Name != "丙公司" || p.Events != 1 {
		t.Errorf("party = %+v", p)
	}
}

// checkAround looks at the pages that show what came in.
func checkAround(t *testing.T, ana, sales *caller, batch string) {
	t.Helper()
	d := get[todayView](sales, "GET", "/today", nil)
	if d.CameIn.Events != 3 || len(d.Batches) != 1 || len(d.ByVerb) != 3 || len(d.Decisions) == 0 || d.Disk.Total == 0 {
		t.Errorf("today = %+v", d)
	}
	sources := get[page[SourceView]](sales, "GET", "/sources", nil)
	if len(sources.Items) != 1 || sources.Items[0].Title != "工单" {
		t.Errorf("sources = %+v", sources)
	}
	one := get[sourceDetail](sales, "GET", "/sources/tickets", nil)
	if one.MappingVersion != 1 || len(one.Recent) != 1 || one.Recent[0].ID != batch {
		t.Errorf("source = %+v", one)
	}
	for q, want := range map[string]string{"甲公": "party", "工单.csv": "batch", "win rate": "metric", "赢单": "metric", "ticket": "source", "审计": "page"} {
		hits := get[list[hit]](sales, "GET", "/search?q="+url.QueryEscape(q), nil)
		found := false
		for _, h := range hits {
			found = found || h.Kind == want && h.Link != ""
		}
		if !found {
			t.Errorf("search %q = %+v, want a %s", q, hits, want)
		}
	}
	m := get[mappingView](sales, "GET", "/mappings/tickets", nil)
	if m.Version != 1 || m.YAML != ticketMapping {
		t.Errorf("mapping = %+v", m)
	}
	if r := ana.do("PUT", "/mappings/other", map[string]string{"yaml": ticketMapping}); r.problem() != "mapping.source" {
		t.Errorf("PUT of another source's mapping = %s", r.text)
	}
	c := get[mappingCheck](ana, "POST", "/mappings/check", map[string]string{"yaml": strings.Replace(ticketMapping, "feedback.received", "gold.found", 1)})
	if c.OK || len(c.Errors) == 0 || c.Errors[0].Line != 15 {
		t.Errorf("check of an unknown verb = %+v, want line 15", c)
	}
	st := get[statusView](sales, "GET", "/status", nil)
	if st.Events != 3 || st.Zone != "Asia/Shanghai" {
		t.Errorf("status = %+v", st)
	}
	if r := sales.do("GET", "/workbook.xlsx?lang=zh", nil); !strings.HasPrefix(r.text, "PK") {
		t.Errorf("workbook = %s", r.Status)
	}
}

func TestIngest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := serve(t, db)
		shop := s.token(access.Token{Name: "shop", Role: "admin", Source: "shop"})
		one := `{"id":"1","verb":"order.placed","ts":"2026-03-01T10:00:00+08:00","account":{"namespace":"shop","key":"C1","name":"甲"},"amount":12.5,"currency":"CNY"}`
		two := `{"verb":"order.placed","ts":"2026-03-02"}`
		for name, body := range map[string]string{"array": "[" + one + "," + two + "]", "object": `{"events":[` + one + "]}"} {
			if got := get[ingested](shop, "POST", "/events", body); got.Accepted < 1 || len(got.Rejected) != 0 {
				t.Errorf("%s = %+v", name, got)
			}
		}
		var z bytes.Buffer
		w := gzip.NewWriter(&z)
		if _, err := fmt.Fprintln(w, strings.Join([]string{one, `{"verb":"gold.found","ts":"2026-03-01"}`, "", `{"verb":"order.placed","ts":"2026-03-01","amout":3}`, "{nonsense", two}, "\n")); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		shop.header = map[string]string{"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"}
		got := get[ingested](shop, "POST", "/events", &z)
		var refused []int
		for _, r := range got.Rejected {
			refused = append(refused, r.Index)
		}
		if diff := cmp.Diff([]int{2, 3, 1}, refused); diff != "" || got.Accepted != 2 {
			t.Errorf("NDJSON: accepted %d, refused (-want +got):\n%s", got.Accepted, diff)
		}
		shop.header = nil
		for body, want := range map[string]string{"": "events.body", "[": "events.body", `{"event":[]}`: "events.body", `"x"`: "events.body", "[" + one: "events.body"} {
			if r := shop.do("POST", "/events", body); r.problem() != want {
				t.Errorf("POST %q = %s", body, r.text)
			}
		}
		if r := shop.do("POST", "/events?source=other", "["+one+"]"); r.problem() != "token.source" {
			t.Errorf("POST for another source = %s", r.text)
		}
		if r := s.token(access.Token{Name: "free", Role: "analyst"}).do("POST", "/events", "["+one+"]"); r.problem() != "events.source" {
			t.Errorf("POST without a source = %s", r.text)
		}
		if err := s.door.Load(t.Context()); err != nil {
			t.Fatal(err)
		}
		boss := s.user("boss", "boss")
		if a := get[exploreResult](boss, "GET", "/explore?metric=order.placed.count&by=source", nil); len(a.Points) != 1 || *a.Points[0].Value != 2 {
			t.Errorf("orders loaded = %+v, want two: said again counts once", a.Points)
		}
		if r := boss.do("GET", s.URL+"/metrics", nil); !strings.Contains(r.text, `outfitter_ingested_events_total{outcome="accepted"} 5`) {
			t.Errorf("metrics do not count the five accepted:\n%s", r.text)
		}
	})
}

// TestExploreBecomesARun asks with no patience at all.
func TestExploreBecomesARun(t *testing.T) {
	s := start(t, func(d *Deps) { d.Patience = 1 })
	sam := s.user("sam", "sales")
	for range 20 { // now and then the answer is faster than a nanosecond's timer
		r := sam.do("GET", "/explore?metric=accounts.distinct&by=source", nil)
		if r.StatusCode == 200 {
			continue
		}
		var body exploreResult
		if err := json.Unmarshal([]byte(r.text), &body); err != nil || r.StatusCode != 202 || body.Run == "" {
			t.Fatalf("explore = %s %s, want 202 and a run", r.Status, r.text)
		}
		got := finish[exploreResult](t, sam, runView{ID: body.Run})
		if got.Metric != "accounts.distinct" || got.From != "events" {
			t.Errorf("the run's result = %+v", got)
		}
		return
	}
	t.Error("twenty answers, none of them a run")
}

func TestUploadTooLargeIsOneSentence(t *testing.T) {
	s := start(t)
	root := s.user("root", "admin")
	if r := root.do("POST", "/mappings/check", map[string]string{"yaml": strings.Repeat("x", 5<<20)}); r.StatusCode != 413 || r.problem() != "request.too-large" {
		t.Errorf("5 MiB of mapping = %s %.200s", r.Status, r.text)
	}
}

// TestLinks sees two sources that share a customer, and forgets it when one goes.
func TestLinks(t *testing.T) {
	s := start(t)
	root := s.user("root", "admin")
	for _, from := range []string{"shop", "desk"} {
		e := `[{"verb":"order.placed","ts":"2026-03-01","account":{"namespace":"crm","key":"C1"}}]`
		get[ingested](s.token(access.Token{Name: from, Role: "admin", Source: from}), "POST", "/events", e)
	}
	if err := s.door.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := list[link]{{From: "shop", To: "desk", By: "account:crm", Matched: 1, Total: 1, Share: 1}}
	if diff := cmp.Diff(want, get[page[link]](root, "GET", "/sources/shop/links", nil).Items); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	if d := get[sourceDetail](root, "GET", "/sources/shop", nil); d.LinksPending || len(d.Links) != 1 {
		t.Errorf("the source's page = %+v, want the links, known by now", d)
	}
	desk := get[page[batch]](root, "GET", "/batches?source=desk", nil).Items[0]
	follow(t, root, get[runView](root, "POST", "/batches/"+desk.ID+"/rollback", map[string]string{"reason": "test"}).ID)
	if got := get[page[link]](root, "GET", "/sources/shop/links", nil).Items; len(got) != 0 {
		t.Errorf("links after the rollback = %+v, want none", got)
	}
}
