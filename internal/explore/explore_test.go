package explore

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/chanzipu/outfitter/internal/access"
	"github.com/chanzipu/outfitter/internal/fault"
	"github.com/chanzipu/outfitter/internal/metric"
	"github.com/chanzipu/outfitter/internal/store"
	"github.com/chanzipu/outfitter/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

var (
	shanghai = time.FixedZone("Asia/Shanghai", 8*3600)
	now      = time.Date(2026, 6, 1, 0, 0, 0, 0, shanghai)
)

// fill inserts a company's year in a few statements.
func fill(t *testing.T, db *store.DB) {
	t.Helper()
	event := `INSERT INTO event (id, source, tbl, batch_id, row_no, verb, ts, ts_precision, day, loaded_at, account, object_kind, object_key, channel, amount, currency, text)
SELECT ('00000000-0000-0000-0001-' || lpad(g::TEXT, 12, '0'))::UUID, 'crm', 't', '00000000-0000-0000-0000-000000000001'::UUID, g, `
	for _, q := range []string{
		event + `'feedback.received', TIMESTAMP '2026-01-01 02:00:00' + g * INTERVAL '1 day', 'second', DATE '2026-01-01' + g::INTEGER, TIMESTAMP '2026-05-01 00:00:00', ('00000000-0000-0000-0002-' || lpad((g % 7)::TEXT, 12, '0'))::UUID, 'case', g::TEXT, CASE WHEN g % 3 = 0 THEN NULL ELSE '=chat' END, NULL, NULL, 'call 13812345678' FROM generate_series(1, 90) AS s(g)`,
		strings.Replace(event, "'00000000-0000-0000-0001-'", "'00000000-0000-0000-0003-'", 1) + `'feedback.closed', TIMESTAMP '2026-01-02 02:00:00' + g * INTERVAL '1 day', 'second', DATE '2026-01-02' + g::INTEGER, TIMESTAMP '2026-05-01 00:00:00', NULL, 'case', g::TEXT, NULL, g, CASE WHEN g % 2 = 0 THEN 'CNY' ELSE 'EUR' END, NULL FROM generate_series(1, 80) AS s(g)`,
		`INSERT INTO event_day SELECT day, verb, source, tbl, channel, object_kind, staff, currency, unit, count(*), coalesce(sum(amount), 0), count(amount), 0 FROM event GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`,
		`INSERT INTO event_day_all SELECT day, verb, source, tbl, channel, object_kind, currency, unit, n, amount, n_amount, quantity FROM event_day`,
		`INSERT INTO party (id, source, kind, namespace, key, name, batch_id, row_no) SELECT ('00000000-0000-0000-0002-' || lpad(g::TEXT, 12, '0'))::UUID, 'crm', 'account', 'crm', g::TEXT, '客户' || g::TEXT, '00000000-0000-0000-0000-000000000001'::UUID, 1 FROM generate_series(0, 5) AS s(g)`,
	} {
		if _, err := db.Facts.Exec(t.Context(), store.Text("test", q)); err != nil {
			t.Fatal(err)
		}
	}
}

func ask(t *testing.T, db *store.DB, a Ask) Answer {
	t.Helper()
	q, err := a.Question(shanghai, now)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := Run(t.Context(), db, q)
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// lines writes points one a line: t a b value n.
func lines(points []Point) []string {
	out := []string{}
	text := func(s *string) string {
		if s == nil {
			return "-"
		}
		return *s
	}
	for _, p := range points {
		t, v := "-", "-"
		if p.T != nil {
			t = p.T.Format(time.DateOnly)
		}
		if p.Value != nil {
			v = fmt.Sprint(*p.Value)
		}
		out = append(out, fmt.Sprint(t, " ", text(p.A), " ", text(p.B), " ", v, " ", p.N))
	}
	return out
}

func TestRun(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		zero := ask(t, db, Ask{Metric: "events"})
		if diff := cmp.Diff([]string{"- - - 0 0"}, lines(zero.Points)); diff != "" {
			t.Errorf("events of nothing (-want +got):\n%s", diff)
		}
		fill(t, db)
		stock := ask(t, db, Ask{Metric: "feedback.open", Grain: "month", Since: "2026-02-01", Until: "2026-04-15"})
		// each case is closed a day later; the last ten never; the newest is of 2026-04-01
		if diff := cmp.Diff([]string{"2026-02-01 - - 1 1", "2026-03-01 - - 9 9", "2026-04-01 - - 10 10"}, lines(stock.Points)); diff != "" {
			t.Errorf("stock by month (-want +got):\n%s", diff)
		}
		if got := ask(t, db, Ask{Metric: "feedback.open", Until: "2026-01-04"}); cmp.Diff([]string{"- - - 1 1"}, lines(got.Points)) != "" {
			t.Errorf("stock at a day = %v, want 1", lines(got.Points))
		}
		top := ask(t, db, Ask{Metric: "events", By: "account", Where: []string{"account:notnull"}, Limit: 2})
		if diff := cmp.Diff([]string{"- 00000000-0000-0000-0002-000000000001 - 13 13", "- 00000000-0000-0000-0002-000000000002 - 13 13"}, lines(top.Points)); diff != "" {
			t.Errorf("the two heaviest of seven, the first by id where they tie (-want +got):\n%s", diff)
		}
		if !top.Truncated || top.Groups != 7 || !strings.Contains(top.Note, "2 of 7") || top.Labels[*top.Points[0].A] == "" {
			t.Errorf("cut to two of seven = %+v, want it said, and names", top)
		}
	})
}

func TestNotes(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		fill(t, db)
		a := ask(t, db, Ask{Metric: "feedback.resolution.median"})
		if diff := cmp.Diff([]string{"- - - 24 80"}, lines(a.Points)); diff != "" {
			t.Errorf("hours (-want +got):\n%s", diff)
		}
		if a.Note != "10 have not ended and are not in it." || a.NoteZH != "10 个尚未结束，未计入。" {
			t.Errorf("note = %q, %q", a.Note, a.NoteZH)
		}
		m, _ := metric.Get("payment.received.amount")
		m.From = []string{"feedback.closed"} // amounts in two currencies
		got, err := Run(t.Context(), db, metric.Question{Metric: m, Grain: metric.None, Zone: shanghai})
		if err != nil || got.Points[0].Value != nil || !strings.Contains(got.Note, "several currencies") {
			t.Errorf("sum of two currencies = %v %q, %v, want no value and why", lines(got.Points), got.Note, err)
		}
	})
}

func TestEventsPages(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		fill(t, db)
		q, err := Ask{Metric: "feedback.received.count", By: "channel", Grain: "month"}.Question(shanghai, now)
		if err != nil {
			t.Fatal(err)
		}
		place := metric.Place{T: time.Date(2026, 2, 1, 0, 0, 0, 0, shanghai), A: metric.Null}
		seen, cursor, pages := map[string]bool{}, "", 0
		for {
			events, next, err := Events(t.Context(), db, q, place, cursor, 4)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range events {
				if seen[e.ID] || e.Channel != "" || e.TS.Month() != 2 {
					t.Errorf("event %s twice, or not of the point: %+v", e.ID, e)
				}
				seen[e.ID] = true
			}
			if pages++; next == "" || pages > 10 {
				break
			}
			cursor = next
		}
		a, err := Run(t.Context(), db, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range a.Points {
			if p.A == nil && p.T.Month() == 2 && int(p.N) != len(seen) {
				t.Errorf("%d events in %d pages behind a point of %d", len(seen), pages, p.N)
			}
		}
		if len(seen) == 0 || pages != (len(seen)+3)/4 {
			t.Errorf("%d events in %d pages of 4", len(seen), pages)
		}
		if _, _, err := Events(t.Context(), db, q, place, "bm9wZQ", 4); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("Events(bad cursor) = %v, want invalid", err)
		}
	})
}

func TestAskRefuses(t *testing.T) {
	for want, a := range map[string]Ask{
		"metric.unknown":        {Metric: "gold"},
		"grain.unknown":         {Metric: "events", Grain: "hour"},
		"zone.unknown":          {Metric: "events", Zone: "Mars/Base"},
		"dimension.unknown":     {Metric: "events", By: "colour"},
		"dimension.filter-only": {Metric: "events", By: "text"},
		"filter.operator":       {Metric: "events", Where: []string{"verb:is:x"}},
		"range.bound":           {Metric: "events", Since: "yesterday"},
		"range.empty":           {Metric: "events", Since: "2026-02-01", Until: "2026-02-01"},
	} {
		_, err := a.Question(shanghai, now)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != want || f.ZH == "" {
			t.Errorf("Question(%+v) = %v, want %s", a, err, want)
		}
	}
}

func TestSaved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		sales, _ := access.RoleOf("sales")
		li, han := access.Who{Actor: "user:li", Role: sales}, access.Who{Actor: "user:han", Role: sales}
		s, err := Save(ctx, db, li.Actor, " 赢单 ", "?metric=deal.won.count")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := GetSaved(ctx, db, s.ID); err != nil || cmp.Diff(s, got) != "" || got.Title != "赢单" || got.Query != "metric=deal.won.count" {
			t.Errorf("GetSaved() = %+v, %v, want %+v", got, err, s)
		}
		if _, err := Save(ctx, db, li.Actor, "x", "by=verb"); !errors.Is(err, fault.ErrInvalid) {
			t.Errorf("Save(no metric) = %v, want invalid", err)
		}
		title := "别人的"
		if _, err := ChangeSaved(ctx, db, han, s.ID, &title, nil); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("ChangeSaved(somebody else's) = %v, want denied", err)
		}
		if err := RemoveSaved(ctx, db, han, s.ID); !errors.Is(err, fault.ErrDenied) {
			t.Errorf("RemoveSaved(somebody else's) = %v, want denied", err)
		}
		if err := RemoveSaved(ctx, db, access.OS("root"), s.ID); err != nil {
			t.Errorf("RemoveSaved(by an administrator) = %v", err)
		}
		if all, err := ListSaved(ctx, db); err != nil || len(all) != 0 {
			t.Errorf("ListSaved() = %v, %v, want none left", all, err)
		}
	})
}

func TestExport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		fill(t, db)
		a := ask(t, db, Ask{Metric: "feedback.received.count", By: "channel", Grain: "quarter"})
		var b bytes.Buffer
		if err := Export(&b, a, "csv", "en", "li", now); err != nil {
			t.Fatal(err)
		}
		want := "\ufeffPeriod from,Channel,Count of feedback.received (events),Behind it\r\n2026-01-01,'=chat,60,60\r\n2026-01-01,,29,29\r\n2026-04-01,,1,1\r\n"
		if got := b.String(); !strings.HasPrefix(got, want) || !strings.Contains(got, "Exported by li at 2026-06-01 00:00:00 +08:00") {
			t.Errorf("Export(csv) =\n%s\nwant it to start with\n%s", got, want)
		}
		b.Reset()
		if err := Export(&b, a, "xlsx", "zh", "li", now); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := f.GetRows("结果"); err != nil || len(got) < 4 || got[0][1] != "渠道" || got[1][1] != "'=chat" {
			t.Errorf("Export(xlsx) = %v, %v", got, err)
		}
	})
}

func TestAvailable(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		fill(t, db)
		verbs, err := Available(t.Context(), db)
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]bool{"events": true, "feedback.open": true, "feedback.resolution.median": true, "feedback.first_reply.median": false, "deal.win_rate": false, "accounts.distinct": true} {
			m, ok := metric.Get(name)
			if !ok || Answerable(m, verbs) != want {
				t.Errorf("Answerable(%s) = %v, want %v", name, !want, want)
			}
		}
	})
}
