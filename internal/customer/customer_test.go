package customer

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/chanzipu/outfitter/internal/customer/customertest"
	"github.com/chanzipu/outfitter/internal/fact"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

// made is one account known to two systems, its branch, a person of it, and
// two colleagues of whom one leaves.
func made(t *testing.T, db *store.DB) {
	t.Helper()
	customertest.Fill(t, db, "crm", []customertest.Party{
		{Kind: "account", Key: "A1", Name: "上海铲子科技有限公司", Phone: "13800138000", City: "上海"},
		{Kind: "account", Key: "A2", Name: "上海铲子科技有限公司北京分公司"},
		{Kind: "account", Key: "A3", Name: "Acme", Attrs: `{"parent": "A1", "owner": "S2"}`},
		{Kind: "person", Key: "P1", Name: "王一", Company: "上海铲子科技有限公司"},
		{Kind: "staff", Key: "S1", Name: "李二"}, {Kind: "staff", Key: "S2", Name: "张三"},
	}, []customertest.Event{
		{Verb: "account.created", Day: "2025-12-01", Account: "A1", Staff: "S1"},
		{Verb: "deal.created", Day: "2026-01-05", Account: "A1", Staff: "S1", Kind: "deal", Object: "D1", Amount: 100, Currency: "CNY"},
		{Verb: "deal.won", Day: "2026-02-01", Account: "A1", Staff: "S1", Kind: "deal", Object: "D1", Amount: 120, Currency: "CNY"},
		{Verb: "deal.created", Day: "2026-03-01", Account: "A1", Staff: "S1", Kind: "deal", Object: "D2", Amount: 50, Currency: "CNY"},
		{Verb: "activity.logged", Day: "2026-03-02", Time: "06:00", Account: "A1", Person: "P1", Staff: "S1", Channel: "电话", Text: "约定下周回访", Attrs: `{"next": "2026-03-09"}`},
		{Verb: "account.created", Day: "2026-01-01", Account: "A2", Staff: "S2"},
	})
	customertest.Fill(t, db, "desk", []customertest.Party{
		{Kind: "account", Key: "B1", Name: "铲子科技", Phone: "13900139000", Entity: "A1"},
	}, []customertest.Event{
		{Verb: "feedback.received", Day: "2026-03-10", Time: "08:30", Account: "B1", Kind: "case", Object: "C1", Channel: "微信", Text: "导出失败"},
		{Verb: "feedback.received", Day: "2026-03-11", Time: "08:40", Account: "B1", Kind: "case", Object: "C2", Channel: "微信", Text: "无法登录"},
		{Verb: "feedback.resolved", Day: "2026-03-12", Time: "09:00", Account: "B1", Kind: "case", Object: "C2"},
		{Verb: "touch.sent", Day: "2026-03-15", Time: "02:00", Account: "B1", Kind: "campaign", Object: "春季", Channel: "短信", Attrs: `{"arm": "A"}`},
		{Verb: "touch.clicked", Day: "2026-03-15", Time: "03:00", Account: "B1", Kind: "campaign", Object: "春季", Channel: "短信"},
		{Verb: "shovel.offered", Day: "2026-03-16", Time: "03:00", Account: "B1", Staff: "S1", Kind: "shovel", Object: "话术"},
		{Verb: "shovel.used", Day: "2026-03-16", Time: "03:10", Account: "B1", Staff: "S1", Kind: "shovel", Object: "话术"},
	})
}

func a1() string { return customertest.ID("account", "A1") }

func TestGet(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		made(t, db)
		if _, err := Refresh(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		p, err := Get(t.Context(), db, customertest.ID("account", "B1")) // by a party's id
		if err != nil {
			t.Fatal(err)
		}
		if p.ID != a1() || p.Events != 12 || len(p.Parties) != 2 {
			t.Errorf("Get(B1) = entity %s, %d events, %d parties, want A1's %s, 12, 2", p.ID, p.Events, len(p.Parties), a1())
		}
		var got []string
		for _, s := range p.Sums {
			got = append(got, fmt.Sprint(s.Kind, " ", s.State, " ", s.N, " ", s.Money))
		}
		for _, s := range p.Things {
			got = append(got, fmt.Sprint(s.Kind, " ", s.Key, " ", s.State, " ", s.Text, " ", s.Row > 0))
		}
		for _, c := range p.Campaigns {
			got = append(got, fmt.Sprint("campaign ", c.Key, " ", c.Arm, " ", c.Sent, c.Clicked))
		}
		for _, s := range p.Shovels {
			got = append(got, fmt.Sprint("shovel ", s.Key, " ", s.Offered, s.Used, " ", s.Staff))
		}
		for _, s := range p.Promises {
			got = append(got, fmt.Sprint("promise ", s.Due, " ", s.Text))
		}
		for _, s := range p.Theirs {
			got = append(got, fmt.Sprint("theirs ", s.Name, " ", s.Events))
		}
		for _, s := range p.Ours {
			got = append(got, fmt.Sprint("ours ", s.Name, " ", s.Owner))
		}
		for _, o := range p.Owners {
			got = append(got, fmt.Sprint("owner ", o.Name, " ", o.Since.Format(time.DateOnly), " ", o.Basis))
		}
		for _, b := range p.Family.Branches {
			got = append(got, fmt.Sprint("branch ", b.Name, " ", b.Basis))
		}
		want := []string{"case closed 1 []", "case open 1 []", "deal open 1 [{CNY 50}]", "deal won 1 [{CNY 120}]",
			"case C1 open 导出失败 true", "deal D2 open  true", "case C2 closed 无法登录 true", "deal D1 won  true",
			"campaign 春季 A 1 1", "shovel 话术 1 1 李二", "promise 2026-03-09 约定下周回访", "theirs 王一 1", "ours 李二 true", "owner 李二 2025-12-01 account.created",
			"branch Acme attr", "branch 上海铲子科技有限公司北京分公司 name"}
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Get(A1) (-want +got):\n%s", diff)
		}
		if f := p.Fields[1]; f.Name != "phone" || len(f.Others) != 1 || f.Value.Batch == "" {
			t.Errorf("Get(A1).Fields[1] = %+v, want a phone with one loser and its row", f)
		}
	})
}

func TestFamilyOfBranch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		made(t, db)
		if _, err := Refresh(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		for key, want := range map[string]string{"A2": "name", "A3": "attr"} {
			p, err := Get(t.Context(), db, customertest.ID("account", key))
			if err != nil {
				t.Fatal(err)
			}
			if f := p.Family.Parent; f == nil || f.Entity != a1() || f.Basis != want {
				t.Errorf("Get(%s).Family.Parent = %+v, want A1 by %s", key, f, want)
			}
		}
	})
}

func TestFindNone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		made(t, db)
		for _, id := range []string{"x", customertest.ID("account", "none"), customertest.ID("staff", "S1"), ""} {
			if _, err := Find(t.Context(), db, id); fault.Status(err) != 404 {
				t.Errorf("Find(%q) = %v, want not found", id, err)
			}
		}
	})
}

func TestTimeline(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		made(t, db)
		e, err := Find(t.Context(), db, a1())
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			name  string
			f     Filter
			limit int
			want  int
		}{
			{"all", Filter{}, 5, 12},
			{"verb", Filter{Verbs: []string{"deal.won", "deal.created"}}, 2, 3},
			{"source and channel", Filter{Sources: []string{"desk"}, Channels: []string{"微信"}}, 1, 2},
			{"text", Filter{Text: "登录"}, 10, 1},
			{"text in attributes", Filter{Text: "2026-03-09"}, 10, 1},
			{"half-open range", Filter{Since: day(2026, 3, 1), Until: day(2026, 3, 2)}, 10, 1},
		} {
			seen := map[string]bool{}
			last := time.Now()
			for cursor, pages := "", 0; ; pages++ {
				events, next, err := Timeline(t.Context(), db, e, tt.f, cursor, tt.limit)
				if err != nil || pages > 20 {
					t.Fatal(err, pages)
				}
				for _, v := range events {
					if seen[v.ID] || v.TS.After(last) {
						t.Errorf("%s: event %s comes twice or out of order", tt.name, v.ID)
					}
					seen[v.ID], last = true, v.TS
				}
				if cursor = next; cursor == "" {
					break
				}
			}
			if len(seen) != tt.want {
				t.Errorf("Timeline(%s) = %d events, want %d", tt.name, len(seen), tt.want)
			}
		}
		if _, _, err := Timeline(t.Context(), db, e, Filter{}, "nonsense", 5); fault.Status(err) != 422 {
			t.Errorf("Timeline(bad cursor) = %v, want invalid", err)
		}
	})
}

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// TestPersonPairs wants a person's events found before and after the pairs know them.
func TestPersonPairs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		made(t, db)
		check := func(when string, want int) {
			t.Helper()
			e, err := Find(t.Context(), db, customertest.ID("person", "P1"))
			if err != nil {
				t.Fatal(err)
			}
			events, _, err := Timeline(t.Context(), db, e, Filter{}, "", 100)
			if err != nil || len(events) != want {
				t.Errorf("%s: Timeline(P1) = %d events (%v), want %d", when, len(events), err, want)
			}
		}
		check("before", 1)
		if _, err := Refresh(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		check("after", 1)
		customertest.Fill(t, db, "late", nil, []customertest.Event{{Verb: "site.visited", Day: "2026-03-20", Person: "P1"}, {Verb: "site.visited", Day: "2026-03-20", Person: "P1", Account: "A2"}})
		check("a batch that the pairs don't know", 3)
		if r, err := Refresh(t.Context(), db); err != nil || r.Idle {
			t.Fatal(r, err)
		}
		check("after it", 3)
	})
}

func words(t *testing.T, values []Value) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, v := range values {
		s := v.Text
		if v.Num != nil {
			s = fmt.Sprintf("%s %.3g", s, *v.Num)
		}
		out[v.Trait] = s
	}
	return out
}

func TestPortrait(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		made(t, db)
		for _, o := range []Own{
			{Name: "复购", Title: "Won twice", ZH: "赢单数", Metric: "deal.won.count", Days: 60},
			{Name: "value_day", Title: "Money a day", ZH: "日均金额", Formula: "money / tenure"},
		} {
			if _, err := SaveOwn(t.Context(), db, "user:li", o); err != nil {
				t.Fatal(err)
			}
		}
		r, err := Refresh(t.Context(), db)
		if err != nil || !r.Full {
			t.Fatalf("Refresh() = %+v, %v, want a full one", r, err)
		}
		got, err := Portrait(t.Context(), db, a1())
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]string{"stage": "new", "health": "good 84.2", "recency": " 43", "frequency": " 1", "money": "CNY 120", "money_365": "CNY 120", "purchases": " 1",
			"silence": " 0", "tenure": " 105", "events": " 12", "sources": " 2", "channel": "微信 0.667", "daypart": "afternoon 0.667", "cases_open": " 1", "feedback_365": " 2",
			"touches_90": " 1", "response": " 1", "复购": " 1", "value_day": " 1.14", "owner": customertest.ID("staff", "S1")}
		// the last event is the offer of 16 March; 15 points for the open case
		delete(want, "health")
		g := words(t, got)
		if g["health"] != "good 85" {
			t.Errorf("Portrait(A1) health = %q, want good 85", g["health"])
		}
		delete(g, "health")
		if diff := cmp.Diff(want, g); diff != "" {
			t.Errorf("Portrait(A1) (-want +got):\n%s", diff)
		}
		e, err := Find(t.Context(), db, a1())
		if err != nil {
			t.Fatal(err)
		}
		past, err := History(t.Context(), db, e, 4)
		if err != nil {
			t.Fatal(err)
		}
		by := map[string][]string{}
		for _, v := range past {
			s := v.Text
			if v.Num != nil {
				s = fmt.Sprintf("%s %.3g", s, *v.Num)
			}
			by[v.Trait] = append(by[v.Trait], v.Day.Format("01-02")+" "+s)
		}
		for trait, want := range map[string][]string{
			"stage":      {"12-31 prospect", "01-31 prospect", "02-28 new", "03-16 new"},
			"purchases":  {"12-31  0", "01-31  0", "02-28  1", "03-16  1"},
			"cases_open": {"12-31  0", "01-31  0", "02-28  0", "03-16  1"},
		} {
			if diff := cmp.Diff(want, by[trait]); diff != "" {
				t.Errorf("History(A1) of %s (-want +got):\n%s", trait, diff)
			}
		}
	})
}

// TestRefreshPartial wants a partial refresh to end where a full one does.
func TestRefreshPartial(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		made(t, db)
		if _, err := Refresh(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		if r, err := Refresh(t.Context(), db); err != nil || !r.Idle {
			t.Fatalf("second Refresh() = %+v, %v, want idle", r, err)
		}
		customertest.Fill(t, db, "more", nil, []customertest.Event{{Verb: "payment.received", Day: "2026-03-16", Account: "A2", Amount: 7, Currency: "USD"}, {Verb: "payment.received", Day: "2026-03-15", Account: "A2", Amount: 9, Currency: "CNY"}})
		r, err := Refresh(t.Context(), db)
		if err != nil || r.Full || r.Batches != 1 {
			t.Fatalf("Refresh(one more batch) = %+v, %v, want a partial one", r, err)
		}
		dump := func() fact.Table {
			t.Helper()
			rows, err := fact.Query(t.Context(), db, "SELECT entity, kind, trait, num, text, day FROM trait ORDER BY entity, trait")
			if err != nil {
				t.Fatal(err)
			}
			return rows
		}
		partial := dump()
		if _, err := db.Facts.Exec(t.Context(), sqlUnsee); err != nil {
			t.Fatal(err)
		}
		if r, err := Refresh(t.Context(), db); err != nil || !r.Full {
			t.Fatal(r, err)
		}
		if diff := cmp.Diff(dump(), partial); diff != "" {
			t.Errorf("partial refresh (-full +partial):\n%s", diff)
		}
		got, err := Portrait(t.Context(), db, customertest.ID("account", "A2"))
		if err != nil {
			t.Fatal(err)
		}
		w := words(t, got)
		if _, ok := w["money"]; ok && w["money"] != "CNY" || w["purchases"] != " 2" {
			t.Errorf("Portrait(A2) = money %q, purchases %q: two currencies have no sum", w["money"], w["purchases"])
		}
	})
}

func TestOwnRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		for _, o := range []Own{
			{Name: "1x", Title: "a", ZH: "a", Formula: "1"},
			{Name: "money", Title: "a", ZH: "a", Formula: "1"},
			{Name: "x", Title: "a", ZH: "a"},
			{Name: "x", ZH: "a", Formula: "1"},
			{Name: "x", Title: "a", ZH: "a", Metric: "feedback.first_reply.median"},
			{Name: "x", Title: "a", ZH: "a", Metric: "deal.won.count", Where: []string{"nonsense"}},
			{Name: "x", Title: "a", ZH: "a", Formula: "money; DROP TABLE trait"},
			{Name: "x", Title: "a", ZH: "a", Formula: "x + 1"},
			{Name: "x", Title: "a", ZH: "a", Formula: "money > 1"},
		} {
			if _, err := SaveOwn(t.Context(), db, "user:li", o); fault.Status(err) != 422 {
				t.Errorf("SaveOwn(%+v) = %v, want invalid", o, err)
			}
		}
	})
}

func TestHandOver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		made(t, db)
		s1, s2 := customertest.ID("staff", "S1"), customertest.ID("staff", "S2")
		count := func(staff string) int {
			t.Helper()
			o, err := Owned(t.Context(), db, staff)
			if err != nil {
				t.Fatal(err)
			}
			return len(o)
		}
		if a, b := count(s1), count(s2); a != 1 || b != 2 { // S2: one by creation, one by the field
			t.Fatalf("Owned(S1), Owned(S2) = %d, %d, want 1, 2", a, b)
		}
		if h, err := HandOver(t.Context(), db, NewHandover{From: s2, To: s1, DryRun: true}); err != nil || h.N != 2 || count(s2) != 2 {
			t.Errorf("HandOver(dry run) = %+v, %v", h, err)
		}
		h, err := HandOver(t.Context(), db, NewHandover{From: s2, To: s1, Reason: "离职", Actor: "user:li"})
		if err != nil {
			t.Fatal(err)
		}
		if a, b := count(s1), count(s2); a != 3 || b != 0 || h.N != 2 {
			t.Errorf("after HandOver: Owned(S1), Owned(S2) = %d, %d, want 3, 0", a, b)
		}
		p, err := Get(t.Context(), db, customertest.ID("account", "A2"))
		if err != nil || len(p.Owners) != 2 || p.Owners[0].Staff != s1 || p.Owners[1].Until.IsZero() {
			t.Errorf("Get(A2).Owners = %+v, %v, want S1 after S2", p.Owners, err)
		}
		if _, err := UndoHandover(t.Context(), db, h.ID, "user:li"); err != nil {
			t.Fatal(err)
		}
		if a, b := count(s1), count(s2); a != 1 || b != 2 {
			t.Errorf("after undoing: Owned(S1), Owned(S2) = %d, %d, want 1, 2", a, b)
		}
		if _, err := UndoHandover(t.Context(), db, h.ID, "user:li"); fault.Status(err) != 409 {
			t.Errorf("UndoHandover(twice) = %v, want a conflict", err)
		}
		for _, n := range []NewHandover{{From: s1, To: s1}, {From: s1, To: "x"}, {From: a1(), To: s1}} {
			if _, err := HandOver(t.Context(), db, n); fault.Mine(err) || err == nil {
				t.Errorf("HandOver(%+v) = %v, want a refusal", n, err)
			}
		}
	})
}

func TestList(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		made(t, db)
		if _, err := Refresh(t.Context(), db); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			name string
			q    Query
			want []string
		}{
			{"all, by money", Query{Kind: Account, Sort: "money"}, []string{"A1", "A2", "A3"}},
			{"by phone of another party", Query{Kind: Account, Text: "13900139000"}, []string{"A1"}},
			{"by name", Query{Kind: Account, Text: "acme"}, []string{"A3"}},
			{"by trait", Query{Kind: Account, Traits: map[string]string{"stage": "new"}}, []string{"A1"}},
			{"by owner", Query{Kind: Account, Traits: map[string]string{"owner": customertest.ID("staff", "S2")}}, []string{"A2", "A3"}},
			{"person", Query{Kind: Person}, []string{"P1"}},
		} {
			for _, limit := range []int{1, 10} {
				q := tt.q
				q.Limit = limit
				var got []string
				for range 10 {
					items, next, err := List(t.Context(), db, q)
					if err != nil {
						t.Fatalf("%s: %v", tt.name, err)
					}
					for _, i := range items {
						got = append(got, i.Entity)
					}
					if q.Cursor = next; next == "" {
						break
					}
				}
				var want []string
				for _, k := range tt.want {
					want = append(want, customertest.ID(tt.q.Kind, k))
				}
				slices.Sort(got)
				slices.Sort(want)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("List(%s), %d a page (-want +got):\n%s", tt.name, limit, diff)
				}
			}
		}
	})
}
